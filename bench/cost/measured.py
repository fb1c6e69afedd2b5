"""What a million calls consist of: measured, never assumed.

Instructions come from results/speed.json, capacity units from docs/capacity.md, which a test holds against the stack;
sizes of answers and log lines are measured here.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bench.report import RESULTS
from bench.speed import processes, subjects
from bench.speed.places import PROJECT

CAPACITY = PROJECT / "docs" / "capacity.md"
SIZES = RESULTS / "cost.json"
CALLS = 100


@dataclass(frozen=True)
class Sizes:
    """Bytes of one call."""

    answer: int
    """Body and headers, as the function gives them."""
    logged: int
    """Log line and metrics, as the function writes them."""


@dataclass(frozen=True)
class Capacity:
    """Calls to DynamoDB of one call, and their units."""

    calls: int
    write_units: int
    """Of the table and of its indexes."""
    read_units: float


def measure_sizes() -> dict[str, Sizes]:
    """Call every function of the sample events against the canned DynamoDB."""
    with processes.canned_dynamodb() as engine:
        return {name: _sizes(subjects.function(name), engine) for name in subjects.SUCCESS}


def _sizes(subject: subjects.Subject, engine: processes.Engine) -> Sizes:
    (outcome,) = processes.call(subject, engine, [CALLS])
    answer = outcome["answer"]
    headers = sum(len(f"{name}: {value}\r\n".encode()) for name, value in answer["headers"].items())
    return Sizes(len(answer["body"].encode()) + headers, round(outcome["logged_bytes"] / CALLS))


def write_sizes(sizes: dict[str, Sizes]) -> None:
    """Keep the sizes for `read_sizes`."""
    SIZES.write_text(
        json.dumps({name: asdict(size) for name, size in sizes.items()}, indent=1) + "\n", encoding="utf-8"
    )


def read_sizes() -> dict[str, Sizes]:
    """Return what was measured last."""
    return {name: Sizes(**size) for name, size in json.loads(SIZES.read_text(encoding="utf-8")).items()}


def read_capacity() -> dict[str, Capacity]:
    """Return the table of docs/capacity.md."""
    return dict(_capacity_rows())


def _capacity_rows() -> Iterator[tuple[str, Capacity]]:
    row = re.compile(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|$", re.MULTILINE)
    for name, calls, table, indexes, reads in row.findall(CAPACITY.read_text(encoding="utf-8")):
        yield name, Capacity(int(calls), int(table) + int(indexes), float(reads))


def read_instructions() -> dict[str, float]:
    """Return the instructions of a warm call of each function that the last `make bench` measured."""
    measured = json.loads((RESULTS / "speed.json").read_text(encoding="utf-8"))["subjects"]
    return {name: measured[name]["warm_instructions"][name] for name in subjects.SUCCESS if name in measured}
