"""A sale: buyers come, each gets a seat or an answer that says why not."""

import random
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from math import ceil
from typing import Any, Literal

import simpy

from bench.simulation.assumptions import Assumptions
from bench.simulation.buckets import Bucket
from bench.simulation.function import Environment, Function
from bench.simulation.registering import (
    Pause,
    ReadDirectory,
    ReadPerson,
    Step,
    TakeOff,
    TakeSeat,
    register,
)
from bench.simulation.table import Table
from event_management import keys
from event_management.errors import TryAgainError
from event_management.identifiers import derive_attendee_id, new_event_id
from event_management.seats import SeatFinder, plan_attendee_partitions, plan_seat_blocks
from event_management.store.contention import Tries

TAKEN = "got a seat"
SOLD_OUT = "told that seats are full"
COME_BACK = "told to come back (503)"
NO_ENVIRONMENT = "refused by Lambda"
NO_THROUGHPUT = "refused by API Gateway (429)"


@dataclass(frozen=True)
class Sale:
    """What is for sale, who comes, and what was prepared for it."""

    seats: int = 20_000
    buyers: int = 50_000
    seconds: float = 10
    """Over which the buyers come, each at a moment of their own."""
    table_partitions: int = 4
    index_partitions: int = 4
    provisioned: int = 0
    """Environments of the register function."""
    concurrency: int = 3000
    """Quota of the account: environments that may serve calls at once, provisioned ones included."""
    gateway_rate: float = 8000
    gateway_burst: float = 5000
    """Throttle of the API's stage: calls a second, and calls at once."""
    blocks: int | None = None
    """Over how many blocks the seats are spread; the product's choice where None."""
    attendee_partitions: int | None = None
    """The product's choice where None."""
    calls_go_to: Literal["latest", "any"] = "latest"
    """Which of the free environments gets a call: the one freed last, or any. AWS does not say."""
    finder: type[SeatFinder] = SeatFinder
    table: type[Table] = Table
    assumptions: Assumptions = field(default_factory=Assumptions)
    seed: int = 1

    def layout(self) -> tuple[Sequence[int], int]:
        """Return the seats of each block, and over how many index partitions attendees are spread."""
        if self.blocks is None:
            blocks: Sequence[int] = plan_seat_blocks(self.seats)
        else:
            each, more = divmod(self.seats, self.blocks)
            blocks = [each + (block < more) for block in range(self.blocks)]
        return blocks, self.attendee_partitions or plan_attendee_partitions(len(blocks))


@dataclass(frozen=True)
class Outcome:
    """What became of a sale. Times in milliseconds, but for `sold_out_after`."""

    sold: int
    sold_out_after: float
    """Seconds; 0 where seats were left."""
    told_full: int
    told_full_wrongly: int
    """While seats were left."""
    told_to_come_back: int
    """By the product, while seats were left."""
    refused: int
    """By API Gateway or Lambda, while seats were left."""
    turned_away_later: int
    """Told to come back or refused when no seat was left."""
    share_sent_away: float
    """Of all buyers: told to come back or refused while seats were left."""
    p50: float
    p99: float
    longest: float
    p99_of_seats: float
    """Of those who got a seat."""
    environments_started: int
    busiest_table_partition: float
    busiest_index_partition: float
    """How many times its even share."""
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return all figures, rounded."""
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


def run(sale: Sale) -> Outcome:
    """Simulate the sale. The same sale has the same outcome."""
    return _Run(sale).run()


class _Run:
    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.rng = random.Random(sale.seed)
        self.env = simpy.Environment()
        blocks, attendee_partitions = sale.layout()
        self.table = sale.table(
            self.env,
            self.rng,
            sale.assumptions,
            new_event_id(self.rng.randbytes),
            blocks,
            attendee_partitions,
            sale.table_partitions,
            sale.index_partitions,
        )
        self.function = Function(
            self.env,
            sale.assumptions,
            sale.provisioned,
            sale.concurrency,
            make_finder=lambda: sale.finder(clock=lambda: self.env.now, choose=self.rng.choice),
            choose=self.rng.randrange if sale.calls_go_to == "any" else lambda free: free - 1,
        )
        self.gateway = Bucket(self.env, sale.gateway_rate, sale.gateway_burst)
        self.make_tries = partial(Tries, clock=lambda: self.env.now, uniform=self.rng.uniform)
        self.answers: Counter[tuple[str, bool]] = Counter()
        """By what was answered, and whether seats were left then."""
        self.latencies: list[float] = []
        self.latencies_of_seats: list[float] = []

    def run(self) -> Outcome:
        self.env.process(self._arrivals())
        self.env.run()
        return self._outcome()

    def _arrivals(self) -> Generator[simpy.Event, None, None]:
        identity_key = self.rng.randbytes(32)
        moments = sorted(self.rng.uniform(0, self.sale.seconds) for _ in range(self.sale.buyers))
        for number, moment in enumerate(moments):
            yield self.env.timeout(moment - self.env.now)
            attendee_id = derive_attendee_id(identity_key, self.table.event_id, f"{number}@example.com")
            self.env.process(self._buyer(attendee_id))

    def _buyer(self, attendee_id: str) -> Generator[simpy.Event, Any, None]:
        begun = self.env.now
        assumptions = self.sale.assumptions
        answer = NO_THROUGHPUT
        if self.gateway.take():
            answer = NO_ENVIRONMENT
            if place := self.function.begin():
                environment, starting = place
                yield self.env.timeout(starting + assumptions.gateway + assumptions.handler)
                answer = yield from self._call(attendee_id, environment)
                self.function.end(environment)
        self.answers[answer, self.table.left > 0] += 1
        if answer not in {NO_THROUGHPUT, NO_ENVIRONMENT}:
            self.latencies.append(self.env.now - begun)
        if answer == TAKEN:
            self.latencies_of_seats.append(self.env.now - begun)

    def _call(self, attendee_id: str, environment: Environment) -> Generator[simpy.Event, Any, str]:
        try:
            if not environment.is_connected:
                yield self.env.timeout(self.sale.assumptions.connecting)
                yield from self.table.read(keys.secrets_key()["pk"])
                environment.is_connected = True
            steps = register(environment.finder, lambda sleep: self.make_tries(sleep=sleep))
            step = next(steps)
            while True:
                try:
                    done = yield from self._carry_out(step, attendee_id)
                except TryAgainError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(done)
        except TryAgainError:
            return COME_BACK
        except StopIteration as end:
            return TAKEN if end.value else SOLD_OUT

    def _carry_out(self, step: Step, attendee_id: str) -> Generator[simpy.Event, Any, Any]:
        match step:
            case Pause(seconds):
                yield self.env.timeout(seconds)
                return None
            case TakeSeat(block):
                return (yield from self.table.take_seat(attendee_id, block))
            case ReadDirectory(blocks):
                return (yield from self.table.read_directory(attendee_id, blocks))
            case ReadPerson():
                return (yield from self.table.read(self.table.attendee_key(attendee_id)))
            case TakeOff(blocks):
                return (yield from self.table.take_off(blocks))

    def _outcome(self) -> Outcome:
        def answered(*answers: str, left: bool) -> int:
            return sum(self.answers[answer, left] for answer in answers)

        sale, table = self.sale, self.table
        come_back = answered(COME_BACK, left=True)
        refused = answered(NO_ENVIRONMENT, NO_THROUGHPUT, left=True)
        return Outcome(
            sold=sale.seats - table.left,
            sold_out_after=table.sold_out_at,
            told_full=answered(SOLD_OUT, left=False),
            told_full_wrongly=answered(SOLD_OUT, left=True),
            told_to_come_back=come_back,
            refused=refused,
            turned_away_later=answered(COME_BACK, NO_ENVIRONMENT, NO_THROUGHPUT, left=False),
            share_sent_away=(come_back + refused) / sale.buyers,
            p50=percentile(self.latencies, 50),
            p99=percentile(self.latencies, 99),
            longest=percentile(self.latencies, 100),
            p99_of_seats=percentile(self.latencies_of_seats, 99),
            environments_started=self.function.started,
            busiest_table_partition=table.writes.busiest,
            busiest_index_partition=table.index.busiest,
            counts=dict(sorted(table.counts.items())),
        )


def percentile(seconds: Sequence[float], percent: float) -> float:
    """Return, in milliseconds, what so many percent of the calls took at most."""
    if not seconds:
        return 0.0
    return 1000 * sorted(seconds)[max(0, ceil(len(seconds) * percent / 100) - 1)]
