"""What came out, as Markdown tables, as data and as a picture. The same figures give the same files."""

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.report import RESULTS, markdown_table
from bench.simulation.assumptions import Assumptions
from bench.simulation.experiments import (
    GRID_BLOCKS,
    GRID_PARTITIONS,
    RECIPES,
    REQUIRED,
    Experiment,
    Outcomes,
    meets_requirement,
)
from bench.simulation.recipe import RECIPE, Recipe
from bench.simulation.sale import Outcome
from event_management import seats
from event_management.store import contention

PAGE = Path(__file__).with_name("page.md")


def spread(numbers: Iterable[float], form: str = "{:,.0f}") -> str:
    """Return least, median and most, or the one number that all of them are."""
    ordered = sorted(numbers)
    told = [form.format(number) for number in (ordered[0], statistics.median(ordered), ordered[-1])]
    return told[0] if len(set(told)) == 1 else " / ".join(told)


Column = tuple[str, Callable[[Outcome], float], str]

_SOLD: Column = ("seats sold", lambda one: one.sold, "{:,.0f}")
_WHEN: Column = ("sold out after, s", lambda one: one.sold_out_after, "{:.1f}")
_P50: Column = ("p50, ms", lambda one: one.p50, "{:,.0f}")
_P99: Column = ("p99, ms", lambda one: one.p99, "{:,.0f}")
_LONGEST: Column = ("longest, ms", lambda one: one.longest, "{:,.0f}")
_COME_BACK: Column = ("told to come back", lambda one: one.told_to_come_back, "{:,.0f}")
_REFUSED: Column = ("refused by AWS", lambda one: one.refused, "{:,.0f}")
_LATER: Column = ("503 when sold out", lambda one: one.turned_away_later, "{:,.0f}")
_STARTED: Column = ("cold starts", lambda one: one.environments_started, "{:,.0f}")


def _counted(name: str) -> Column:
    return (name, lambda one: one.counts.get(name, 0), "{:,.0f}")


def _rows(outcomes: Outcomes, columns: Sequence[Column]) -> list[list[str]]:
    return [
        [label, *(spread([value(one) for one in some], form) for _, value, form in columns)]
        for label, some in outcomes.items()
    ]


def _table(first: str, outcomes: Outcomes, *columns: Column) -> str:
    return markdown_table([first, *(name for name, _, _ in columns)], _rows(outcomes, columns))


def required_table(outcomes: Outcomes) -> str:
    """Return the required case, with a verdict for each seed."""
    columns = (_SOLD, _WHEN, _COME_BACK, _REFUSED, _LATER, _P50, _P99, _LONGEST)
    verdicts = [
        f"{sum(map(meets_requirement, REQUIRED.sales[label], some))} of {len(some)}" for label, some in outcomes.items()
    ]
    rows = [[*row, verdict] for row, verdict in zip(_rows(outcomes, columns), verdicts, strict=True)]
    return markdown_table(["seat choice", *(name for name, _, _ in columns), "seeds that meet it"], rows)


def recipes_table(outcomes: Outcomes) -> str:
    """Return the recipes with their price."""
    columns = (_SOLD, _COME_BACK, _REFUSED, _P99, _STARTED, _counted("throttled by the index"))
    rows = []
    for row, some in zip(_rows(outcomes, columns), RECIPES.sales.values(), strict=True):
        recipe = Recipe(some[0].table_partitions, some[0].index_partitions, some[0].provisioned)
        price = f"${recipe.warming_dollars:.2f} + ${recipe.provisioned_dollars:.2f}/h"
        rows.append([*row[0].split(" | "), price, *row[1:]])
    return markdown_table(
        ["table, writes/s", "gsi1, writes/s", "provisioned", "price", *(name for name, _, _ in columns)], rows
    )


def policies_table(outcomes: Outcomes) -> str:
    """Return what was tried."""
    columns = (
        _SOLD,
        _WHEN,
        _COME_BACK,
        _REFUSED,
        _LATER,
        _P99,
        _counted("conflicts"),
        _counted("empty blocks met"),
        _counted("throttled by the table"),
    )
    return _table("policy", outcomes, *columns)


def events_table(outcomes: Outcomes) -> str:
    """Return other events."""
    p99_of_seats: Column = ("p99 of those who got a seat, ms", lambda one: one.p99_of_seats, "{:,.0f}")
    return _table("event", outcomes, _SOLD, _WHEN, _COME_BACK, _REFUSED, _LATER, _P50, _P99, p99_of_seats)


def grid_table(outcomes: Outcomes, tell: Callable[[Outcome], str]) -> str:
    """Return one figure of each cell: a row for each number of blocks, a column for each number of partitions."""
    rows = [
        [f"S = {blocks}", *(tell(outcomes[f"{blocks},{partitions}"][0]) for partitions in GRID_PARTITIONS)]
        for blocks in GRID_BLOCKS
    ]
    return markdown_table(["", *(f"P = {partitions}" for partitions in GRID_PARTITIONS)], rows)


def _verdict(outcomes: Outcomes) -> str:
    short = [label for label, some in outcomes.items() if not all(map(meets_requirement, REQUIRED.sales[label], some))]
    return f"Not met in every seed by: {'; '.join(short)}." if short else "Met in every seed."


def page(results: Sequence[Outcomes]) -> str:
    """Return the whole page."""
    required, recipes, policies, events, grid = results
    blocks, attendee_partitions = next(iter(REQUIRED.sales.values()))[0].layout()
    return PAGE.read_text(encoding="utf-8").format(
        blocks=len(blocks),
        attendee_partitions=attendee_partitions,
        table=RECIPE.table_partitions * 1000,
        index=RECIPE.index_partitions * 1000,
        provisioned=RECIPE.provisioned,
        once=f"${RECIPE.warming_dollars:.2f}",
        hourly=f"${RECIPE.provisioned_dollars:.2f}",
        required=required_table(required),
        verdict=_verdict(required),
        read=seats.READ_BESIDE,
        kept=seats.KEPT,
        recipes=recipes_table(recipes),
        sold=grid_table(grid, lambda one: f"{one.sold:,}"),
        p99=grid_table(grid, lambda one: f"{one.p99:,.0f}"),
        policies=policies_table(policies),
        events=events_table(events),
    )


def data(results: Sequence[Outcomes], experiments: Sequence[Experiment]) -> dict[str, Any]:
    """Return all figures, with what they rest on."""
    return {
        "assumptions": asdict(Assumptions()),
        "product": {
            **{name: getattr(seats, name) for name in vars(seats) if name.isupper()},
            **{name: getattr(contention, name) for name in vars(contention) if name.lstrip("_").isupper()},
        },
        "recipe": RECIPE._asdict()
        | {"dollars once": RECIPE.warming_dollars, "dollars an hour": RECIPE.provisioned_dollars},
        "experiments": {
            experiment.title: {
                label: [
                    {"seed": sale.seed, **one.as_dict()}
                    for sale, one in zip(experiment.sales[label], some, strict=True)
                ]
                for label, some in outcomes.items()
            }
            for experiment, outcomes in zip(experiments, results, strict=True)
        },
    }


def write(results: Sequence[Outcomes], experiments: Sequence[Experiment], folder: Path = RESULTS) -> None:
    """Write page and data."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "simulation.md").write_text(page(results), encoding="utf-8")
    text = json.dumps(data(results, experiments), indent=1, ensure_ascii=False)
    (folder / "simulation.json").write_text(text + "\n", encoding="utf-8")
