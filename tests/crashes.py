"""Callers of DynamoDB that are killed, or held up, at any point; and how an event stands afterwards.

Killed: `every_crash(prepare, operate)` prepares a world, lets `operate(world)` run until its first write has been carried
out, kills it there, and yields the world; then anew until the second write, and so on, until it ran to its end:

    for crash in every_crash(prepare, cancel):
        standing_of(engine, TABLE, crash.world)          # the ledger's law holds; what is visible is checked here
        cancel(crash.world)                              # the same call once more
        assert complete == standing_of(engine, TABLE, crash.world)

Writes whose condition failed do not count: they change nothing. `Killed` is no `Exception`, so nothing in the product
can answer it; a killed caller's later calls do not reach DynamoDB.

Held up: `SlowCaller(operate)` runs on a thread of its own and stops before its `n`th call, reads included, until it is told
to go on. One thread runs at any time, so moto will do:

    slow = SlowCaller(lambda: raise_capacity(event))
    slow.run_until(4)           # returns when its fourth call is about to be made, or when it has ended
    lower_capacity(event)       # a whole other change meanwhile
    slow.finish()               # returns what it returned, or raises what it raised

`every_hold_up(prepare, operate)` yields a world and a caller of `operate(world)` that has stopped before its first call;
then anew before the second one, and so on, until the caller runs to its end:

    for world, slow in every_hold_up(prepare, raise_capacity):
        lower_capacity(world)
        slow.finish()

Calls that the product makes side by side come one after the other here, in the same order each time.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

import pytest

from event_management import keys
from event_management.deadline import set_deadline
from event_management.seats import Directory
from event_management.store import client, connection
from event_management.store.attributes import from_attributes

World = TypeVar("World")
T = TypeVar("T")

WRITES = frozenset({"DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})
_caller: ContextVar["SlowCaller[Any] | None"] = ContextVar("caller", default=None)


class Killed(BaseException):
    """The end of a process, as far as its code can tell."""


class Crash(NamedTuple, Generic[World]):
    """What a killed caller left behind."""

    world: World
    after: str
    """The write it was killed after, `2: UpdateItem`."""


def every_crash(prepare: Callable[[], World], operate: Callable[[World], object]) -> Iterator[Crash[World]]:
    """Yield a world after each write of an operation in turn; fails where it makes none."""
    writes = 0
    while True:
        world = prepare()
        writes += 1
        with killed_after(writes) as killing, suppress(Killed):
            operate(world)
        if not killing:
            break
        yield Crash(world, f"{writes}: {killing[-1]}")
    assert writes > 1, "an operation without writes cannot be broken off"


@contextmanager
def killed_after(writes: int) -> Iterator[list[str]]:
    """Kill the caller once so many writes have been carried out. Yields the writes, empty as long as nobody was killed."""
    carried_out: list[str] = []
    killing: list[str] = []

    def fail_if_dead(**_: Any) -> None:
        if killing:
            raise Killed

    def note(http_response: Any, model: Any, **_: Any) -> None:
        if model.name in WRITES and http_response.status_code < 300:
            carried_out.append(model.name)
            if len(carried_out) == writes:
                killing.extend(carried_out)
                raise Killed

    hooks = connection.dynamodb().meta.events
    hooks.register("before-parameter-build.dynamodb", fail_if_dead)
    hooks.register("after-call.dynamodb", note)
    try:
        with one_call_at_a_time():
            yield killing
    finally:
        hooks.unregister("before-parameter-build.dynamodb", fail_if_dead)
        hooks.unregister("after-call.dynamodb", note)


@contextmanager
def one_call_at_a_time() -> Iterator[None]:
    """Let the product make its calls one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "MOST_AT_ONCE", 1)
        yield


class SlowCaller(Generic[T]):
    """Somebody whose calls of DynamoDB can be held up. Needs `holding_up()` around."""

    def __init__(self, operate: Callable[[], T]) -> None:
        self.calls: list[str] = []
        """Operations that were let through, reads included."""
        self._operate = operate
        self._allowed: float = 0
        self._turn, self._mine = threading.Event(), threading.Event()
        self._outcome: list[T] = []
        self._error: BaseException | None = None
        context = copy_context()
        context.run(_caller.set, self)
        self._thread = threading.Thread(target=context.run, args=[self._run], daemon=True)

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing left to hold up."""
        return bool(self._outcome) or self._error is not None

    def run_until(self, call: float) -> bool:
        """Run until the call of this number, from 1 on, is about to be made; tell whether it is, or else all is done."""
        if self.has_ended:
            return False
        self._allowed = call - 1
        self._turn.clear()
        if self._thread.ident is None:
            self._thread.start()
        self._mine.set()
        assert self._turn.wait(60), "held up for ever"
        return not self.has_ended

    def finish(self) -> T:
        """Run to the end; return what the operation returns, or raise what it raises."""
        self.run_until(float("inf"))
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._outcome[0]

    def wait(self, operation: str) -> None:
        """Wait for permission to make the next call."""
        while len(self.calls) >= self._allowed:
            self._mine.clear()
            self._turn.set()
            self._mine.wait()
        self.calls.append(operation)

    def _run(self) -> None:
        set_deadline(float("inf"))
        try:
            self._outcome.append(self._operate())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
            self._error = error
        self._turn.set()


@contextmanager
def holding_up() -> Iterator[None]:
    """Let callers be held up while the block runs; everybody else's calls go through."""

    def wait(model: Any, **_: Any) -> None:
        if caller := _caller.get():
            caller.wait(model.name)

    hooks = connection.dynamodb().meta.events
    hooks.register("before-parameter-build.dynamodb", wait)
    try:
        with one_call_at_a_time():
            yield
    finally:
        hooks.unregister("before-parameter-build.dynamodb", wait)


def every_hold_up(
    prepare: Callable[[], World], operate: Callable[[World], T], *, first: int = 1
) -> Iterator[tuple[World, SlowCaller[T]]]:
    """Yield a world and who is held up in it before each call in turn, from the `first` on; fails where there is none."""
    call = first
    while True:
        world = prepare()
        caller = SlowCaller(partial(operate, world))
        if not caller.run_until(call):
            break
        yield world, caller
        call += 1
    assert call > first, "an operation without that call cannot be held up there"


# --- How an event stands ----------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """An event's items, without what chance or the clock has chosen."""

    event: dict[str, Any]
    """Its item, without instants and marks; empty where there is none."""
    directory: Directory | None
    """Without `fence`, `relistings`, and which blocks are open."""
    seats_left: int
    taken: int
    blocks: int
    people: list[tuple[str, str, int, bool]]
    """Name, state, seats and whether they have come, of everybody who is registered or waits; by name."""
    line: list[str]
    """Names of those who wait, longest waiting first."""
    checked_in: int
    former: int


def standing_of(engine: Any, table: str, event_id: str) -> Standing:
    """Return how an event stands. Fails where the ledger's law is broken, or an item belongs to nothing."""
    items = [from_attributes(item) for item in engine.scan(TableName=table, ConsistentRead=True)["Items"]]
    ours = [item for item in items if item["pk"].split("#")[1:2] == [event_id]]
    event = next((item for item in ours if item["sk"] == "EVENT"), {})
    directory = next(
        (keys.read_directory(item) for item in ours if item["sk"] == "SEATS" and item["pk"].count("#") == 1), None
    )
    blocks = {int(item["pk"].rpartition("#")[2]): item for item in ours if "#SEATS#" in item["pk"]}
    attendees = {item["id"]: item for item in ours if item["sk"] == "ATTENDEE"}
    people = {id_: item for id_, item in attendees.items() if item["state"] != "cancelled"}
    registered = {id_: item for id_, item in people.items() if item["state"] == "registered"}
    places = sorted((item for item in ours if item["pk"].endswith("#WAITLIST")), key=lambda item: str(item["sk"]))
    check_ins = [item for item in ours if item["sk"] == "CHECK_INS"]

    taken: Counter[int] = Counter()
    for item in registered.values():
        assert item["seats"] == sum(item["blocks"].values()), item
        taken.update({int(block): seats for block, seats in item["blocks"].items()})
    assert {n: block["taken"] for n, block in blocks.items() if block["taken"]} == dict(taken)
    assert all(block["seats_left"] >= 0 for block in blocks.values()), blocks
    waiting = {id_: item for id_, item in people.items() if item["state"] == "waiting"}
    assert sorted(place["attendee_id"] for place in places) == sorted(waiting)
    assert all(waiting[place["attendee_id"]]["gsi1sk"] == place["sk"] for place in places), places
    seats_left, seats_taken = sum(block["seats_left"] for block in blocks.values()), sum(taken.values())
    if directory is None:
        assert [] == [*people, *places, *check_ins]
    else:
        with_seats = {n for n, block in blocks.items() if block["seats_left"]}
        assert with_seats <= directory.open_blocks, (with_seats, directory)
        assert directory.reserve >= 0, directory
        assert directory.waiting == sum(item["seats"] for item in waiting.values())
        assert not (directory.waiting and seats_left), "somebody waits while seats are left"
        if event.get("status") != "deleted":
            assert sorted(blocks) == list(range(directory.seat_blocks))
            assert directory.capacity == seats_left + seats_taken + directory.reserve
        directory = directory._replace(open_blocks=frozenset(), relistings=0, fence=0)
    come = sum(item["seats"] for item in registered.values() if "checked_in_at" in item)
    if event.get("status") != "deleted":
        assert come == sum(item["checked_in"] for item in check_ins)
    return Standing(
        event={name: value for name, value in event.items() if name not in _CHANCE},
        directory=directory,
        seats_left=seats_left,
        taken=seats_taken,
        blocks=len(blocks),
        people=sorted(
            (item["name"], item["state"], item["seats"], "checked_in_at" in item) for item in people.values()
        ),
        line=[waiting[place["attendee_id"]]["name"] for place in places],
        checked_in=come,
        former=len(attendees) - len(people),
    )


_CHANCE = frozenset(
    {
        "pk",
        "id",
        "created_at",
        "updated_at",
        "deleted_at",
        "gsi1sk",
        "gsi2sk",
        "nonce",
        "idempotency_key",
        "fingerprint",
    }
) | {"changes", "change", "called_off"}
