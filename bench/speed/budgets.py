"""What each function may cost, and whether it costs more."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.speed.places import BENCH

BUDGETS = BENCH / "budgets.toml"


class Budget(NamedTuple):
    """Shares of what it is compared with: start-up of the floor's, the warm path of bare boto3's calls."""

    start_up: float
    warm_path: float
    calls: Mapping[str, int]
    """How many of each operation; the function makes these and no others."""
    requests_of: str
    """The function whose requests those calls send."""

    @property
    def compared_with(self) -> str:
        """The name of those calls of boto3."""
        return f"{name_calls(self.calls)} of {self.requests_of}"


class Ratios(NamedTuple):
    """What a function was measured to take, as shares like those of its budget."""

    start_up: float
    warm_path: float


def name_calls(calls: Mapping[str, int]) -> str:
    """Return calls as text: `GetItem, 2 Query`."""
    return ", ".join(operation if n == 1 else f"{n} {operation}" for operation, n in sorted(calls.items()))


def load_budgets(file: Path = BUDGETS) -> dict[str, Budget]:
    """Read the budgets, by function."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    return {function: Budget(**{"requests_of": function, **entry}) for function, entry in entries.items()}


def find_overruns(measured: Mapping[str, Ratios], budgets: Mapping[str, Budget]) -> Iterator[str]:
    """Yield a sentence for each figure that passes its budget, and for each function that has none."""
    for function, ratios in measured.items():
        budget = budgets.get(function)
        if budget is None:
            yield f"{function}: has no budget in {BUDGETS.name}"
            continue
        if ratios.start_up > budget.start_up:
            yield f"{function}: start-up takes {ratios.start_up:.3f} of the floor's; its budget is {budget.start_up:.2f}"
        if ratios.warm_path > budget.warm_path:
            yield (
                f"{function}: the warm path takes {ratios.warm_path:.3f} of boto3's {budget.compared_with}; "
                f"its budget is {budget.warm_path:.2f}"
            )
