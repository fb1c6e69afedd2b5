"""The product's table as DynamoDB would serve it: units per physical partition, transactions that conflict, one index.

Calls are SimPy processes: `yield from` them. They answer what the product's store would make of DynamoDB's answer.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Generator, Sequence
from functools import cache
from typing import Any

import simpy

from bench.simulation.assumptions import Assumptions, Range
from bench.simulation.buckets import Bucket
from bench.simulation.registering import Answer, Found
from event_management import keys
from event_management.errors import TryAgainError
from event_management.seats import Directory, attendee_partition

Call = Generator[simpy.Event, Any, Any]


@cache
def _hash(partition_key: str) -> int:
    return int.from_bytes(hashlib.md5(partition_key.encode(), usedforsecurity=False).digest())


class Partitions:
    """So many units a second on each physical partition; a partition key belongs to one of them by its hash."""

    def __init__(self, env: simpy.Environment, number: int, rate: float) -> None:
        self._buckets = [Bucket(env, rate) for _ in range(number)]
        self.throttled = 0

    def take(self, partition_key: str, units: float) -> bool:
        """Take units, all or none; tell whether they were there."""
        taken = self._buckets[_hash(partition_key) % len(self._buckets)].take(units)
        self.throttled += not taken
        return taken

    @property
    def busiest(self) -> float:
        """How many times its even share the busiest partition has given."""
        given = [bucket.given for bucket in self._buckets]
        return max(given) / (sum(given) / len(given)) if any(given) else 0.0


class Table:
    """One event's seat blocks and directory, its attendees and their index."""

    def __init__(
        self,
        env: simpy.Environment,
        rng: random.Random,
        assumptions: Assumptions,
        event_id: str,
        blocks: Sequence[int],
        attendee_partitions: int,
        partitions: int,
        index_partitions: int,
    ) -> None:
        self._env, self._rng, self._assumptions = env, rng, assumptions
        self.event_id = event_id
        self.seats_left = list(blocks)
        self.left = sum(blocks)
        """Seats of all blocks together."""
        self.listed = frozenset(range(len(blocks)))
        self.attendee_partitions = attendee_partitions
        self.writes = Partitions(env, partitions, assumptions.write_units_per_partition)
        self.reads = Partitions(env, partitions, assumptions.read_units_per_partition)
        self.index = Partitions(env, index_partitions, assumptions.write_units_per_partition)
        self.sold_out_at = 0.0
        self.counts: Counter[str] = Counter()
        self._in_transaction: set[int] = set()
        self._block_keys = [keys.seat_block_key(event_id, block)["pk"] for block in range(len(blocks))]
        self._index_keys = [keys.attendees_of(event_id, m) for m in range(attendee_partitions)]
        self._directory_key = keys.directory_key(event_id)["pk"]

    def attendee_key(self, attendee_id: str) -> str:
        """Return the partition key of an attendee's item."""
        return keys.attendee_key(self.event_id, attendee_id)["pk"]

    def take_seat(self, attendee_id: str, block: int) -> Call:
        """The transaction: Put attendee, Update block. Answers an `Answer`."""
        self.counts["transactions"] += 1
        yield self._between(self._assumptions.one_way)
        answer = self._prepare(attendee_id, block)
        if answer is Answer.TAKEN:
            self._in_transaction.add(block)
            yield self._between(self._assumptions.holding)
            self._in_transaction.remove(block)
            self._commit(block)
        else:
            yield self._env.timeout(self._assumptions.cancelling)
        yield self._between(self._assumptions.one_way)
        return answer

    def _prepare(self, attendee_id: str, block: int) -> Answer:
        units = self._assumptions.units_per_transaction_write
        served = [
            self.writes.take(self._block_keys[block], units),
            self.writes.take(self.attendee_key(attendee_id), units),
        ]
        if not all(served):
            self.counts["throttled by the table"] += 1
            return Answer.CONTENTION
        if block in self._in_transaction:
            self.counts["conflicts"] += 1
            return Answer.CONTENTION
        if not self.seats_left[block]:
            self.counts["empty blocks met"] += 1
            return Answer.NO_SEAT
        index_key = self._index_keys[attendee_partition(attendee_id, self.attendee_partitions)]
        if not self.index.take(index_key, self._assumptions.units_per_index_write):
            self.counts["throttled by the index"] += 1
            return Answer.CONTENTION
        return Answer.TAKEN

    def _commit(self, block: int) -> None:
        self.seats_left[block] -= 1
        self.left -= 1
        if not self.left:
            self.sold_out_at = self._env.now

    def read_directory(self, attendee_id: str, blocks: Sequence[int] = ()) -> Call:
        """BatchGetItem of directory, attendee and blocks. Answers `Found`, or None when any but the first was throttled.

        Raises `TryAgainError`.
        """
        self.counts["directory reads"] += 1
        wanted = [self._directory_key, self.attendee_key(attendee_id), *(self._block_keys[block] for block in blocks)]
        found = None
        for attempt in range(self._assumptions.sdk_attempts):
            if attempt:
                yield self._between(self._assumptions.sdk_pause)
            yield self._between(self._assumptions.one_way)
            served = [self._read(partition_key) for partition_key in wanted]
            if all(served):
                directory = Directory(self.listed, 0, self.attendee_partitions)
                found = Found(directory, {block: self.seats_left[block] for block in blocks})
            elif all(served[1:]):
                found = Found(None)
            yield self._between(self._assumptions.one_way)
            if any(served):  # else the whole call is refused, and the SDK repeats it
                self.counts["directory reads throttled"] += not all(served)
                return found
        raise TryAgainError

    def read(self, partition_key: str) -> Call:
        """GetItem. Raises `TryAgainError`."""
        for attempt in range(self._assumptions.sdk_attempts):
            if attempt:
                yield self._between(self._assumptions.sdk_pause)
            yield self._between(self._assumptions.one_way)
            served = self._read(partition_key)
            yield self._between(self._assumptions.one_way)
            if served:
                return
        raise TryAgainError

    def _read(self, partition_key: str) -> bool:
        return self.reads.take(partition_key, self._assumptions.units_per_read)

    def take_off(self, blocks: frozenset[int]) -> Call:
        """UpdateItem: the blocks leave the directory. No block gets seats again here, so its condition holds."""
        for attempt in range(self._assumptions.sdk_attempts):
            if attempt:
                yield self._between(self._assumptions.sdk_pause)
            self.counts["take-offs"] += 1
            yield self._between(self._assumptions.one_way)
            served = self.writes.take(self._directory_key, self._assumptions.units_per_directory_write)
            if served:
                self.listed -= blocks
            yield self._between(self._assumptions.one_way)
            if served:
                return
            self.counts["take-offs refused"] += 1

    def _between(self, span: Range) -> simpy.Event:
        return self._env.timeout(self._rng.uniform(*span))


class AttendeesByPartition(Table):
    """Attendees lie in the table as in the index: 1/M of them under each partition key."""

    def attendee_key(self, attendee_id: str) -> str:
        """Return the partition key that the attendee shares with others."""
        return self._index_keys[attendee_partition(attendee_id, self.attendee_partitions)]


class TakeOffByTransaction(Table):
    """Blocks leave the directory in a transaction that checks that they are empty; it conflicts with its like."""

    is_held = False

    def take_off(self, blocks: frozenset[int]) -> Call:
        """TransactWriteItems: ConditionCheck each block, Update directory. Given up after a conflict."""
        units = self._assumptions.units_per_transaction_write
        self.counts["take-offs"] += 1
        yield self._between(self._assumptions.one_way)
        served = [self.writes.take(self._directory_key, units * self._assumptions.units_per_directory_write)]
        served += [self.writes.take(self._block_keys[block], units) for block in blocks]
        if all(served) and not self.is_held:
            self.is_held = True
            yield self._between(self._assumptions.holding)
            self.is_held = False
            self.listed -= blocks
        else:
            self.counts["take-offs refused"] += 1
            yield self._env.timeout(self._assumptions.cancelling)
        yield self._between(self._assumptions.one_way)
