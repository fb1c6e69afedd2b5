"""The register function as Lambda runs it: environments that are there, that are started, and calls that are refused."""

from collections.abc import Callable

import simpy

from bench.simulation.assumptions import Assumptions
from bench.simulation.buckets import Bucket
from event_management.seats import SeatFinder


class Environment:
    """One execution environment: it serves one call at a time, and remembers where seats are."""

    def __init__(self, finder: SeatFinder, *, provisioned: bool) -> None:
        self.finder = finder
        self.provisioned = provisioned
        self.is_connected = False


class Function:
    """All environments of the function. A call gets a free one, provisioned ones first."""

    def __init__(
        self,
        env: simpy.Environment,
        assumptions: Assumptions,
        provisioned: int,
        concurrency: int,
        make_finder: Callable[[], SeatFinder],
        choose: Callable[[int], int],
    ) -> None:
        """`choose` tells which one of so many free environments gets the call, in the order in which they became free."""
        self._make_finder, self._choose = make_finder, choose
        self._may_start = concurrency - provisioned
        self._starts = Bucket(env, assumptions.environments_per_second, assumptions.environments_at_once)
        self._calls = Bucket(env, assumptions.calls_per_environment * concurrency)
        self._provisioned_calls = Bucket(env, assumptions.calls_per_environment * provisioned)
        self._cold_start = assumptions.cold_start
        self._free = [Environment(make_finder(), provisioned=True) for _ in range(provisioned)]
        self._free_started: list[Environment] = []
        self.started = 0

    def begin(self) -> tuple[Environment, float] | None:
        """Return an environment for a call, and in how many seconds it is ready; None where Lambda refuses the call."""
        if not self._calls.take():
            return None
        if self._free and self._provisioned_calls.take():
            return self._free.pop(self._choose(len(self._free))), 0.0
        if self._free_started:
            return self._free_started.pop(self._choose(len(self._free_started))), 0.0
        if self.started == self._may_start or not self._starts.take():
            return None
        self.started += 1
        return Environment(self._make_finder(), provisioned=False), self._cold_start

    def end(self, environment: Environment) -> None:
        """Free the environment."""
        (self._free if environment.provisioned else self._free_started).append(environment)
