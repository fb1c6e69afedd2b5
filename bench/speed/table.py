"""What was measured, as a table, as data and as plots."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.report import Plot, markdown_table
from bench.speed.artefacts import build_layer, size_of
from bench.speed.budgets import Budget, Ratios
from bench.speed.measure import COUNTED, Figures, Operations, Spread, paired_ratios
from bench.speed.subjects import Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLOOR = "boto3"

HEADER = (
    "",
    "start-up, M instr.",
    "of floor",
    "ms",
    "of floor: min / median / max",
    "warm call, k instr.",
    "of boto3",
    "ms",
    "of boto3: min / median / max",
    "package, KB",
    "zipped, KB",
)


class Outcome(NamedTuple):
    """One run of the benchmark."""

    floor: Subject
    functions: Sequence[Subject]
    rivals: Sequence[Subject]
    figures: Mapping[str, Figures]
    budgets: Mapping[str, Budget]
    operations: Mapping[str, Operations]
    rounds: int


class Row(NamedTuple):
    """One subject's start-up, or its warm call, beside what it is compared with."""

    instructions: float | None
    ratio: float | None
    """Of instructions."""
    seconds: float
    """Median over the rounds."""
    spread: Spread
    """Of ratios of times."""


def ratios_of(function: str, figures: Mapping[str, Figures], budget: Budget) -> Ratios:
    """Return a function's instructions beside those of bare boto3."""
    ours, theirs = figures[function], figures[FLOOR]
    assert ours.start_up_instructions
    assert theirs.start_up_instructions
    return Ratios(
        ours.start_up_instructions / theirs.start_up_instructions,
        ours.warm_instructions[function] / theirs.warm_instructions[budget.compared_with],
    )


def budget_table(measured: Mapping[str, Ratios], budgets: Mapping[str, Budget]) -> str:
    """Return the table of the short form."""
    header = ("instructions", "start-up, of floor", "budget", "warm, of boto3's", "budget", "boto3's")
    rows = [
        (
            function,
            f"{ratios.start_up:.3f}",
            f"{budgets[function].start_up:.2f}",
            f"{ratios.warm_path:.3f}",
            f"{budgets[function].warm_path:.2f}",
            budgets[function].compared_with,
        )
        for function, ratios in measured.items()
    ]
    return markdown_table(header, rows)


def result_table(outcome: Outcome) -> str:
    """Return the one table."""
    nothing = ("",) * 4
    return markdown_table(
        HEADER,
        [
            ("bare boto3", *_cells(_start_up(outcome, FLOOR), 1e6)[:3], "", *nothing, *_sizes(*outcome.floor.package)),
            *(
                (
                    f"boto3's {call.name}",
                    *nothing,
                    *_cells(_warm(outcome, FLOOR, call.name, call.name), 1e3)[:3],
                    "",
                    "",
                    "",
                )
                for call in outcome.floor.calls
            ),
            ("layer", *nothing, *nothing, *_sizes(build_layer())),
            *(
                (
                    subject.label,
                    *_cells(_start_up(outcome, subject.name), 1e6),
                    *_cells(_own_warm(outcome, subject), 1e3),
                    *_sizes(*subject.package),
                )
                for subject in (*outcome.functions, *outcome.rivals)
            ),
        ],
    )


def notes(outcome: Outcome) -> list[str]:
    """Return what the table's reader must know, as paragraphs of Markdown."""
    asked = "; ".join(
        f"{subject.name} {', '.join(operation for operation, _ in outcome.operations[subject.name]) or 'nothing'}"
        for subject in outcome.functions
    )
    compared = "; ".join(f"{function} with {budget.compared_with}" for function, budget in outcome.budgets.items())
    return [
        """**Start-up** is a whole process, from the interpreter's first instruction to its last: a function's module imported
and its DynamoDB client made, with the layer as it is built. The floor imports boto3, as pip installs it, and calls
`boto3.client("dynamodb")`. get_health and preflight make no client. All run on the same Python, without site-packages, with the
environment of Lambda; each rival has a folder of packages to itself.""",
        f"""**Warm** is from event to answer, log line and metrics written, against a canned DynamoDB on loopback: a process of
its own, without TLS. It is compared with a default boto3 client that sends the very requests of a function to the same
server, one after the other: {compared}. A warm call asks of DynamoDB: {asked}. The pages hold 10 attendees and 50 events.""",
        """**Rivals** register a person as register_attendee does, in the same transaction. They check less (an e-mail address
by a pattern), know no Idempotency-Key, count no metrics and retry nothing of their own. Of Chalice only its run-time part
is imported, which needs nothing else.""",
        f"""Instructions are callgrind's; those of a warm call are the difference of {COUNTED.long} and {COUNTED.short} calls, after
{COUNTED.warm_up} to get warm, divided by {COUNTED.long - COUNTED.short}. Times are medians of {outcome.rounds} rounds in which all
take turns, and ratios those within a round. The garbage collector's full passes, rare ones, are left out. Budgets: [budgets.toml](../budgets.toml).""",
        """**Packages** are what Lambda unpacks: a function's own code, which needs the layer besides; what pip installs for the
others, with its .pyc files. The layer here is for one processor; `sam build` puts the modules of both into it.""",
    ]


def data(outcome: Outcome) -> dict[str, Any]:
    """Return everything that was measured."""
    return {
        "rounds": outcome.rounds,
        "layer": size_of(build_layer()).__dict__,
        "subjects": {
            subject.name: {
                "start_up_instructions": outcome.figures[subject.name].start_up_instructions,
                "start_up_seconds": [round(one, 4) for one in outcome.figures[subject.name].start_up_seconds],
                "warm_instructions": {
                    call: round(one) for call, one in outcome.figures[subject.name].warm_instructions.items()
                },
                "warm_seconds": {
                    call: [round(one, 7) for one in seconds]
                    for call, seconds in outcome.figures[subject.name].warm_seconds.items()
                },
                "operations": [operation for operation, _ in outcome.operations.get(subject.name, ())],
                "package": size_of(*subject.package).__dict__,
            }
            for subject in (outcome.floor, *outcome.functions, *outcome.rivals)
        },
    }


def plots(outcome: Outcome) -> list[Plot]:
    """Return start-up and warm path as bars, bare boto3 being 1."""
    shown = [*outcome.functions, *outcome.rivals]
    start_up = _bars("start-up, that of bare boto3 = 1", shown, lambda subject: _start_up(outcome, subject.name))
    warm = _bars("warm call, boto3's own calls = 1", shown, lambda subject: _own_warm(outcome, subject))
    return [
        Plot("start-up", "Start-up of each function and rival, as a share of bare boto3's", start_up),
        Plot("warm", "A warm call of each function and rival, as a share of boto3's own calls", warm),
    ]


def _bars(title: str, subjects: Sequence[Subject], row_of: Callable[[Subject], Row]) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - the short form draws nothing, and runs without it

    figure = Figure(figsize=(7, 0.6 + 0.5 * len(subjects)))
    axes: Axes = figure.subplots()
    for place, subject in enumerate(subjects):
        row = row_of(subject)
        colour = "tab:blue" if subject.name == subject.label else "tab:gray"
        if row.ratio is not None:
            axes.barh(place - 0.18, row.ratio, 0.36, color=colour)
            axes.annotate(f" {row.ratio:.2f}", (row.ratio, place - 0.18), va="center", fontsize=8)
        whiskers = [[row.spread.median - row.spread.least], [row.spread.most - row.spread.median]]
        axes.barh(place + 0.18, row.spread.median, 0.36, color=colour, alpha=0.45, xerr=whiskers)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(subjects)), [subject.label for subject in subjects])
    axes.invert_yaxis()
    axes.set_xlabel(f"{title}\n(dark: instructions; light: time, median and range)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _start_up(outcome: Outcome, name: str) -> Row:
    """Return a subject's start-up beside that of bare boto3."""
    ours, theirs = outcome.figures[name], outcome.figures[FLOOR]
    return _row(
        ours.start_up_instructions, theirs.start_up_instructions, ours.start_up_seconds, theirs.start_up_seconds
    )


def _own_warm(outcome: Outcome, subject: Subject) -> Row:
    """Return a subject's warm call beside the boto3 call that its budget names; the rivals' is the product's."""
    (call,) = subject.calls
    return _warm(outcome, subject.name, call.name, outcome.budgets[call.name].compared_with)


def _warm(outcome: Outcome, name: str, call: str, compared_with: str) -> Row:
    """Return a subject's warm call beside one of bare boto3."""
    ours, theirs = outcome.figures[name], outcome.figures[FLOOR]
    return _row(
        ours.warm_instructions.get(call),
        theirs.warm_instructions.get(compared_with),
        ours.warm_seconds[call],
        theirs.warm_seconds[compared_with],
    )


def _row(ours: float | None, theirs: float | None, our_seconds: Sequence[float], their_seconds: Sequence[float]) -> Row:
    ratio = ours / theirs if ours is not None and theirs is not None else None
    return Row(ours, ratio, statistics.median(our_seconds), paired_ratios(our_seconds, their_seconds))


def _cells(row: Row, unit: float) -> tuple[str, str, str, str]:
    return (
        "" if row.instructions is None else f"{row.instructions / unit:,.0f}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        f"{row.seconds * 1000:.0f}" if row.seconds > 0.05 else f"{row.seconds * 1000:.2f}",
        " / ".join(f"{ratio:.2f}" for ratio in row.spread),
    )


def _sizes(*folders: Path) -> tuple[str, str]:
    size = size_of(*folders)
    return f"{size.unpacked / 1024:,.1f}", f"{size.zipped / 1024:,.1f}"
