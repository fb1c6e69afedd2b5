"""Every subject measured in one run: instructions counted side by side, times taken in turns."""

import os
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.speed import processes
from bench.speed.budgets import Budget, name_calls
from bench.speed.processes import Batches, Engine
from bench.speed.subjects import Call, Subject, boto3_call, check_answer

COUNTED = Batches(warm_up=20, short=2, long=12)
"""Python specialises code that has run a few times, so the warm-up is longer than what is counted."""
TIMED = Batches(warm_up=50, short=20, long=220)

Operations = Sequence[tuple[str, Any]]
"""The requests to DynamoDB of one warm call, each with its operation."""


class Spread(NamedTuple):
    """What ratios came out over several runs."""

    least: float
    median: float
    most: float


@dataclass
class Figures:
    """What a subject took: one start-up; one warm call, by the call's name."""

    start_up_instructions: int | None = None
    warm_instructions: dict[str, float] = field(default_factory=dict)
    start_up_seconds: list[float] = field(default_factory=list)
    """Of each round."""
    warm_seconds: dict[str, list[float]] = field(default_factory=dict)
    """Of each round."""


def paired_ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Return the spread of the ratios of each round: what slowed a round down slowed both."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Spread(min(ratios), statistics.median(ratios), max(ratios))


def record_operations(subjects: Iterable[Subject], engine: Engine) -> dict[str, Operations]:
    """Return what one warm call of each subject asks of DynamoDB; each makes one kind of call."""
    operations: dict[str, Operations] = {}
    for subject in subjects:
        engine.requests()
        processes.call(subject, engine, [1])
        cold = engine.requests()
        processes.call(subject, engine, [2])
        operations[subject.name] = engine.requests()[len(cold) :]
    return operations


def check_rivals(operations: Mapping[str, Operations], rivals: Iterable[Subject]) -> None:
    """Raise `ValueError` where a rival does not ask of DynamoDB what the product's registration does."""
    wanted = _shape(operations["register_attendee"])
    for rival in rivals:
        if _shape(operations[rival.name]) != wanted:
            raise ValueError(f"{rival.name}: registers by {_shape(operations[rival.name])}, the product by {wanted}")


def boto3_calls(budgets: Mapping[str, Budget], operations: Mapping[str, Operations]) -> tuple[Call, ...]:
    """Return the calls of bare boto3 that the budgets compare with: each function's own, in its order."""
    calls = {}
    for budget in budgets.values():
        requests = operations[budget.requests_of]
        made = Counter(operation for operation, _ in requests)
        if made != budget.calls:
            raise SystemExit(f"{budget.compared_with}: a warm call makes {name_calls(made) or 'nothing'}")
        calls[budget.compared_with] = boto3_call(budget.compared_with, requests)
    return tuple(calls.values())


def count(subjects: Sequence[Subject], engine: Engine, batches: Batches = COUNTED) -> dict[str, Figures]:
    """Count the instructions of every subject, two at a time."""
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        start_ups = {subject.name: pool.submit(processes.count_start_up, subject) for subject in subjects}
        calls = {
            subject.name: pool.submit(processes.call, subject, engine, batches, valgrind=True) for subject in subjects
        }
        figures = {}
        for subject in subjects:
            outcomes = calls[subject.name].result()
            _check(subject, outcomes)
            figures[subject.name] = Figures(
                start_ups[subject.name].result(),
                {
                    call.name: batches.per_call(outcome["instructions"])
                    for call, outcome in zip(subject.calls, outcomes, strict=True)
                },
            )
        return figures


def time(subjects: Sequence[Subject], engine: Engine, rounds: int, figures: Mapping[str, Figures]) -> None:
    """Add the times of every subject: in each round all of them take their turns, another one first each time."""
    for n in range(rounds):
        turns = [*subjects[n % len(subjects) :], *subjects[: n % len(subjects)]]
        for subject in turns:
            figures[subject.name].start_up_seconds.append(processes.time_start_up(subject))
        for subject in turns:
            outcomes = processes.call(subject, engine, TIMED)
            _check(subject, outcomes)
            for call, outcome in zip(subject.calls, outcomes, strict=True):
                seconds = figures[subject.name].warm_seconds.setdefault(call.name, [])
                seconds.append(TIMED.per_call(outcome["seconds"]))


def _check(subject: Subject, outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Raise `ValueError` where an answer was not the right one; boto3 itself raises for all that is no answer."""
    if subject.logs:
        for call, outcome in zip(subject.calls, outcomes, strict=True):
            check_answer(call.name, outcome["answer"])


def _shape(operations: Operations) -> list[tuple[str, list[str]]]:
    """Return the operations, each with the kinds of its actions."""
    return [
        (operation, [kind for action in request.get("TransactItems", ()) for kind in action])
        for operation, request in operations
    ]
