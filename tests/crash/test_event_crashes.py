"""Changes of events that are broken off after any write, or held up before any call: nothing is left half-way."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count, product
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ConnectionClosedError

from event_management import keys, seats
from event_management.deadline import set_deadline
from event_management.errors import CapacityTooSmallError, EventNotFoundError, TryAgainError
from event_management.models import Event, EventPatch, ZoneDefault
from event_management.roles import Caller
from event_management.store import changes, contention, events, removal
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import get_item, query_index
from event_management.timezones import find_zone
from tests.crashes import (
    WRITES,
    Crash,
    Killed,
    SlowCaller,
    every_crash,
    every_hold_up,
    holding_up,
    killed_after,
    one_call_at_a_time,
    standing_of,
)
from tests.gateway import Api, Reply, attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.moto_tables import made_once
from tests.unit.scripted_dynamodb import THROUGH, Answer, CarriedOut, cancelled, error, scripted

FIRST = '"1-aaaaaaaaaaaaaaaaaaaaaaaaaa"'
"""An ETag of an event's first version: whatever else was shown with it does not count."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Blocks of two seats, two people removed at once, no pauses, and time enough for who is held up."""
    monkeypatch.setattr(seats, "SEATS_PER_BLOCK", 2)
    monkeypatch.setattr(removal, "_MOST_PEOPLE", 2)
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)
    monkeypatch.setattr(contention, "MAX_SECONDS", 600)


# --- Events to be changed ---------------------------------------------------------------------------------------------


def an_event(api: Api, registered: tuple[int, ...] = (), waiting: tuple[int, ...] = (), **payload: Any) -> str:
    """Make an event and parties of so many seats who are registered, and who wait; the first one has come."""
    event_id = api.create_event(event_payload(max_party=4, waitlist=True, **payload)).json["event"]
    for number, party in enumerate(registered):
        reply = api.register(event_id, attendee_payload(number, seats=party))
        assert 201 == reply.status
        if not number:
            assert 200 == api.check_in(event_id, reply.json["ticket"]).status
    for number, party in enumerate(waiting, 100):
        assert 201 == api.join_waitlist(event_id, attendee_payload(number, seats=party)).status
    return event_id


def half_full(api: Api) -> str:
    return an_event(api, (2, 1), max_capacity=6)


def changed(api: Api) -> str:
    event_id = half_full(api)
    assert 200 == api.update_event(event_id, {"max_capacity": 7}).status
    return event_id


def odd(api: Api) -> str:
    return an_event(api, (1,), max_capacity=5)


def full(api: Api) -> str:
    return an_event(api, (3, 1), max_capacity=4)


def awaited(api: Api) -> str:
    return an_event(api, (3, 1), (2, 3, 1), max_capacity=4)


def draft(api: Api) -> str:
    return an_event(api, max_capacity=3, status="draft")


class Operation(NamedTuple):
    """What an organiser asks for."""

    prepare: Callable[[Api], str]
    ask: Callable[[Api, str], Reply]
    status: int = 200


def patch(**payload: object) -> Callable[[Api, str], Reply]:
    return lambda api, event_id: api.update_event(event_id, payload, FIRST)


def create_large(api: Api) -> Reply:
    return api.create_event(event_payload(max_capacity=2 * 9), Idempotency_Key="k")


CHANGES = {
    "more seats, into blocks that are there": Operation(odd, patch(max_capacity=6, name="Raga Night")),
    "more seats, into new blocks": Operation(half_full, patch(max_capacity=11)),
    "more seats, for who waits": Operation(awaited, patch(max_capacity=6)),
    "more seats than people who wait": Operation(awaited, patch(max_capacity=12)),
    "more seats, not enough for who waits longest": Operation(awaited, patch(max_capacity=5)),
    "fewer seats": Operation(half_full, patch(max_capacity=4, name="Small Raga Night")),
    "as few seats as are taken": Operation(half_full, patch(max_capacity=3)),
    "fewer seats than are taken": Operation(half_full, patch(max_capacity=2), status=409),
    "fewer seats of a full event": Operation(full, patch(max_capacity=3), status=409),
    "a window": Operation(half_full, patch(registration_opens="2098-01-01 09:00")),
    "larger parties": Operation(half_full, patch(max_party=2, registration_closes="2098-01-01 09:00")),
    "no waitlist": Operation(awaited, patch(waitlist=False)),
    "another policy and a seat, for who fits": Operation(awaited, patch(waitlist_policy="fill", max_capacity=5)),
    "another name": Operation(half_full, patch(name="Raga Night")),
    "published": Operation(draft, patch(status="published")),
    "cancelled": Operation(awaited, lambda api, event_id: api.cancel_event(event_id)),
}
OFTEN_BROKEN_OFF = [
    "more seats than people who wait",
    "fewer seats",
    "fewer seats than are taken",
    "published",
    "cancelled",
]
DELETIONS = {
    "deleted": Operation(awaited, lambda api, event_id: api.delete_event(event_id), status=204),
    "deleted before it was published": Operation(draft, lambda api, event_id: api.delete_event(event_id), status=204),
}


def shown(reply: Reply) -> object:
    """Return what an answer says of the event, apart from its id."""
    body = reply.json if reply.text else {}
    return reply.status, body.get("code"), body.get("detail"), {**body.get("event", {}), "id": None}


def crashes(api: Api, operation: Operation) -> Iterator[Crash[str]]:
    """Yield an event after each write of an operation."""
    return every_crash(made_once(lambda: operation.prepare(api)), lambda event_id: operation.ask(api, event_id))


def everything(table: Any) -> list[Any]:
    """Return every item of the table."""
    return sorted(table.scan(TableName=TABLE)["Items"], key=str)


# --- Broken off -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [*CHANGES.values(), *DELETIONS.values()], ids=[*CHANGES, *DELETIONS])
def test_a_call_that_was_broken_off_is_completed_by_its_repetition(api, table, operation):
    reference = operation.prepare(api)
    answer = operation.ask(api, reference)
    assert operation.status == answer.status
    complete = standing_of(table, TABLE, reference)
    assert "pending" not in complete.event
    for crash in crashes(api, operation):
        standing_of(table, TABLE, crash.world)
        assert shown(answer) == shown(operation.ask(api, crash.world)), crash.after
        assert complete == standing_of(table, TABLE, crash.world), crash.after


@pytest.mark.parametrize("operation", [*CHANGES.values(), *DELETIONS.values()], ids=[*CHANGES, *DELETIONS])
def test_a_call_that_is_repeated_after_its_end_changes_nothing(api, table, operation):
    event_id = operation.prepare(api)
    answer, complete = operation.ask(api, event_id), everything(table)
    assert operation.status == answer.status
    assert shown(answer) == shown(operation.ask(api, event_id))
    if operation.status == 200:
        assert complete == everything(table)


@pytest.mark.parametrize(
    "operation",
    [CHANGES[name] for name in OFTEN_BROKEN_OFF],
    ids=OFTEN_BROKEN_OFF,
)
@pytest.mark.parametrize(
    "other",
    [
        lambda api, event_id: api.update_event(event_id, {"location": "Mysuru", "max_capacity": 8}),
        lambda api, event_id: api.cancel_event(event_id, "Rain."),
        lambda api, event_id: api.delete_event(event_id),
    ],
    ids=["changed", "cancelled", "deleted"],
)
def test_a_call_that_was_broken_off_is_completed_before_any_other_change(api, table, operation, other):
    reference = operation.prepare(api)
    operation.ask(api, reference)
    answer = other(api, reference)
    complete = standing_of(table, TABLE, reference)
    for crash in crashes(api, operation):
        assert shown(answer) == shown(other(api, crash.world)), crash.after
        assert complete == standing_of(table, TABLE, crash.world), crash.after


def test_who_completes_a_change_that_takes_long_goes_on_with_their_own(api, table, monkeypatch):
    event_id = half_full(api)
    with killed_after(1), suppress(Killed):
        api.update_event(event_id, {"max_capacity": 9})
    # Between any two looks at the clock goes all the time that there is for tries.
    seconds = count(0, contention.MAX_SECONDS)
    monkeypatch.setattr(changes, "Tries", partial(contention.Tries, clock=lambda: next(seconds)))
    assert 3 == change(event_id, name="Raga")().revision
    assert (3, 9) == (rest(event_id)["revision"], rest(event_id)["max_capacity"])


@pytest.mark.parametrize("operation", CHANGES.values(), ids=CHANGES.keys())
def test_no_seat_too_many_is_sold_or_shown_while_a_change_is_broken_off(api, table, operation):
    for crash in crashes(api, operation):
        event_id = crash.world
        before = api.get_event(event_id).json["event"]
        assert before["registered"] + before["seats_left"] <= before["max_capacity"], crash.after
        while 201 == api.register(event_id, attendee_payload(before["version"] * 1000)).status:
            before["version"] += 1
        after = api.get_event(event_id).json["event"]
        assert after["registered"] <= after["max_capacity"] == before["max_capacity"], crash.after
        reply = operation.ask(api, event_id)
        assert reply.status in (200, 409)
        standing = standing_of(table, TABLE, event_id)
        assert standing.taken <= standing.event["max_capacity"]
        assert "pending" not in standing.event


@pytest.mark.parametrize("operation", DELETIONS.values(), ids=DELETIONS.keys())
def test_an_event_is_gone_for_everybody_with_the_first_write_of_its_deletion(api, operation):
    for crash in crashes(api, operation):
        event_id = crash.world
        replies = [
            api.get_event(event_id),
            api.list_attendees(event_id),
            api.get_waitlist(event_id),
            api.update_event(event_id, {"name": "Raga"}),
            api.cancel_event(event_id),
        ]
        assert [404] * 5 == [reply.status for reply in replies], crash.after
        assert [] == [each for each in api.list_events().json["sections"] if each["id"] == event_id]
        assert [] == [each for each in api.list_own_events().json["sections"] if each["id"] == event_id]
        assert 204 == operation.ask(api, event_id).status


def test_a_deletion_that_was_broken_off_closes_every_block_when_it_is_repeated(api, table):
    hide = lambda event_id: changes.hide(event_id, Caller("anonymous"))  # noqa: E731
    for crash in every_crash(made_once(lambda: half_full(api)), hide):
        assert hide(crash.world)
        blocks = [from_attributes(item) for item in everything(table) if "#SEATS#" in item["pk"]["S"]]
        assert ["deleted"] * 3 == [block["status"] for block in blocks], crash.after
        for number in range(50, 54):
            assert 404 == api.register(crash.world, attendee_payload(number)).status


def test_all_that_is_left_of_a_deleted_event_is_that_it_was_one(api, table):
    event_id = awaited(api)
    person = api.list_attendees(event_id).json["sections"][1]
    api.cancel_attendee(event_id, person["id"])
    api.delete_event(event_id)
    standing = standing_of(table, TABLE, event_id)
    assert (None, 0, 0, 0, [], [], 1) == (*standing[1:4], standing.blocks, standing.people, standing.line, standing[-1])
    assert {"sk", "v", "owner", "status", "attendee_partitions", "revision"} == set(standing.event)


def test_a_large_event_whose_making_was_broken_off_is_made_once(api, table, monkeypatch):
    monkeypatch.setattr(events, "_BLOCKS_BESIDE_EVENT", 2)
    monkeypatch.setattr(events, "MOST_ACTIONS", 4)
    nothing = made_once(lambda: None)
    nothing()
    complete = standing_of(table, TABLE, create_large(api).json["event"])
    assert 9 == complete.blocks
    for crash in every_crash(nothing, lambda _: create_large(api)):
        first, again = create_large(api), create_large(api)
        assert (201, 201, "true") == (first.status, again.status, again.headers["Idempotent-Replayed"])
        assert first.json["event"] == again.json["event"]
        assert complete == standing_of(table, TABLE, first.json["event"]), crash.after
        assert 12 == len([item for item in everything(table) if item["pk"]["S"].startswith("EVENT#")])


def test_a_late_retry_of_a_deleted_events_making_leaves_nothing_behind(api, table, monkeypatch):
    monkeypatch.setattr(events, "_BLOCKS_BESIDE_EVENT", 2)
    event_id = create_large(api).json["event"]
    assert 204 == api.delete_event(event_id).status
    left = everything(table)
    reply = create_large(api)
    assert (409, "event_deleted") == (reply.status, reply.json["code"])
    assert left == everything(table)


# --- Held up ----------------------------------------------------------------------------------------------------------


def change(event_id: str, **payload: object) -> Callable[[], Event]:
    """Return an organiser's change, whatever the event is by then."""
    patch = EventPatch.read(payload, ZoneDefault(find_zone("UTC")))

    def make() -> Event:
        set_deadline(float("inf"))
        return changes.update(event_id, changes.ChangeRequest(Caller("anonymous"), None, patch.content), patch.apply)

    return make


def outcome_of(caller: Callable[[], Event | None]) -> Event | None:
    """Return what a change made of its event; None where it was refused for the seats that are taken."""
    try:
        return caller()
    except CapacityTooSmallError:
        return None


def assert_as_the_last_of(made: list[Event | None], table: Any, event_id: str, first: int = 1) -> None:
    """Assert that each change was made once, and that the event and all its seats are as the last one wanted them."""
    set_deadline(float("inf"))
    standing = standing_of(table, TABLE, event_id)
    done = sorted((event for event in made if event), key=lambda event: event.revision)
    assert [event.revision for event in done] == list(range(first + 1, first + 1 + len(done)))
    item = get_item(keys.event_key(event_id))
    assert item is not None
    assert "pending" not in item
    stored = keys.read_event(item)
    assert stored == (done[-1] if done else stored)
    assert standing.directory is not None
    terms = standing.directory.terms._replace(revision=0)
    assert terms == keys.terms_of(stored)._replace(revision=0)
    assert stored.max_capacity == standing.directory.capacity
    blocks = [
        keys.read_terms(from_attributes(each)) for each in everything(table) if f"{event_id}#SEATS#" in each["pk"]["S"]
    ]
    assert {terms} == {block._replace(revision=0) for block in blocks}


PAIRS = {
    "more, then fewer": ({"max_capacity": 9}, {"max_capacity": 4}),
    "fewer, then more": ({"max_capacity": 4}, {"max_capacity": 9}),
    "fewer, then fewer still": ({"max_capacity": 5}, {"max_capacity": 4}),
    "too few, then more": ({"max_capacity": 2}, {"max_capacity": 9}),
    "fewer, then too few": ({"max_capacity": 4}, {"max_capacity": 2}),
    "more, then as many as before": ({"max_capacity": 9}, {"max_capacity": 6, "name": "Raga"}),
    "fewer, then as many as before": ({"max_capacity": 4}, {"max_capacity": 6, "name": "Raga"}),
    "two windows": ({"registration_closes": "2098-01-01 09:00"}, {"registration_closes": "2098-02-01 09:00"}),
    "another name, then another place": ({"name": "Raga Night"}, {"location": "Mysuru"}),
    "parties, then seats": ({"max_party": 2}, {"max_capacity": 7, "waitlist": False}),
    "more, then too few": ({"max_capacity": 9}, {"max_capacity": 2}),
    "a window, then too few": ({"registration_closes": "2098-01-01 09:00"}, {"max_capacity": 2}),
    "another name, then too few": ({"name": "Raga Night"}, {"max_capacity": 2}),
}


@pytest.mark.parametrize(("slow", "quick"), PAIRS.values(), ids=PAIRS.keys())
def test_a_change_that_is_held_up_anywhere_undoes_nothing_that_came_later(api, table, slow, quick):
    prepare = made_once(lambda: half_full(api))
    with holding_up():
        for event_id, held in every_hold_up(prepare, lambda event_id: change(event_id, **slow)()):
            second = outcome_of(change(event_id, **quick))
            assert_as_the_last_of([outcome_of(held.finish), second], table, event_id)


@pytest.mark.parametrize("event", [half_full, changed], ids=["never changed", "changed before"])
def test_an_event_is_cancelled_whole_although_a_change_was_called_off_since_it_was_read(api, table, event):
    prepare = made_once(lambda: event(api))
    with holding_up():
        for event_id, held in every_hold_up(
            prepare, lambda event_id: changes.cancel(event_id, Caller("anonymous"), "Rain.")
        ):
            assert outcome_of(change(event_id, max_capacity=2)) is None
            assert "cancelled" == held.finish().status
            assert "cancelled" == standing_of(table, TABLE, event_id).directory.terms.status


def test_an_event_is_deleted_whole_although_a_change_was_called_off_since_it_was_read(api, table):
    prepare = made_once(lambda: half_full(api))
    with holding_up():
        for event_id, held in every_hold_up(prepare, api.delete_event):
            with suppress(EventNotFoundError):
                assert outcome_of(change(event_id, max_capacity=2)) is None
            assert 204 == held.finish().status
            gone = standing_of(table, TABLE, event_id)
            assert (None, 0) == (gone.directory, gone.blocks)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the first goes on first", "the second goes on first"])
@pytest.mark.parametrize(
    ("first", "second"),
    [({"max_capacity": 2}, {"max_capacity": 1, "name": "Raga"}), ({"max_capacity": 2}, {"name": "Raga"})],
    ids=["fewer, and fewer still", "fewer, and another name"],
)
def test_two_changes_that_are_held_up_anywhere_are_made_one_after_the_other(api, table, first, second, order):
    prepare = made_once(lambda: an_event(api, (1,), max_capacity=3))
    with holding_up():
        for pauses in pairs_of_pauses():
            event_id = prepare()
            held = [SlowCaller(change(event_id, **first)), SlowCaller(change(event_id, **second))]
            paused = [caller.run_until(pause) for caller, pause in zip(held, pauses, strict=True)]
            made = [held[number].finish() for number in order]
            # Whoever has ended before its pause has none there: another pair has been the same.
            if all(paused):
                assert_as_the_last_of(made, table, event_id)


def pairs_of_pauses() -> list[tuple[int, int]]:
    """Return before which call each of two callers is held up: every pair in the thorough run, else every seventh."""
    every = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 7
    return [pauses for pauses in product(range(1, 16), repeat=2) if not sum(pauses) % every]


def test_seats_on_their_way_into_the_reserve_are_not_taken(api, table):
    """One who lowers a capacity is held up between reading the directory and its blocks; another withdraws the seats."""
    prepare = made_once(lambda: an_event(api, (1,), max_capacity=3))
    with holding_up():
        for pause in range(1, 12):
            event_id = prepare()
            held, helper = SlowCaller(change(event_id, max_capacity=1)), SlowCaller(change(event_id, name="Raga"))
            held.run_until(pause)
            while "TransactWriteItems" not in helper.calls and helper.run_until(len(helper.calls) + 2):
                pass
            made = [held.finish(), helper.finish()]
            assert_as_the_last_of(made, table, event_id)


@pytest.mark.parametrize(
    "other",
    [
        lambda event_id: change(event_id, max_capacity=8),
        lambda event_id: lambda: changes.cancel(event_id, Caller("anonymous"), "Rain."),
    ],
)
def test_a_change_that_is_held_up_while_its_event_is_deleted_brings_nothing_back(api, table, other):
    prepare = made_once(lambda: awaited(api))
    with holding_up():
        for event_id, held in every_hold_up(prepare, lambda event_id: other(event_id)()):
            assert 204 == api.delete_event(event_id).status
            gone = standing_of(table, TABLE, event_id)
            with suppress(EventNotFoundError):
                held.finish()
            assert gone == standing_of(table, TABLE, event_id)
            assert (None, 0) == (gone.directory, gone.blocks)


@pytest.mark.parametrize("seats", [3, 2 * 9], ids=["small", "large"])
@pytest.mark.parametrize("is_deleted", [False, True], ids=["made", "made and deleted"])
def test_two_who_make_one_event_at_once_make_one(api, table, monkeypatch, seats, is_deleted):
    monkeypatch.setattr(events, "_BLOCKS_BESIDE_EVENT", 2)
    monkeypatch.setattr(events, "MOST_ACTIONS", 4)
    api.create_event(event_payload())
    prepare = made_once(lambda: None)
    payload = event_payload(max_capacity=seats)
    with holding_up():
        for _, held in every_hold_up(prepare, lambda _: api.create_event(payload, Idempotency_Key="k")):
            event_id = api.create_event(payload, Idempotency_Key="k").json["event"]
            if is_deleted:
                assert 204 == api.delete_event(event_id).status
            left = everything(table)
            reply = held.finish()
            assert left == everything(table)
            if is_deleted:
                assert (409, "event_deleted") == (reply.status, reply.json["code"])
            else:
                assert (201, event_id, "true") == (
                    reply.status,
                    reply.json["event"],
                    reply.headers["Idempotent-Replayed"],
                )


# --- In the way -------------------------------------------------------------------------------------------------------

SOMEBODY = [
    *("fewer seats", "fewer seats than are taken", "more seats, into new blocks", "more seats than people who wait"),
    *("a window", "cancelled"),
]


def in_the_way(name: str, sent: dict[str, Any]) -> Answer:
    """Return what DynamoDB says of a write while another call is busy with one of its items."""
    if name == "UpdateItem":
        return error("TransactionConflictException")
    return cancelled(*["None"] * (len(sent["TransactItems"]) - 1), "TransactionConflict")


@pytest.mark.parametrize(
    "operation",
    [*(CHANGES[name] for name in SOMEBODY), DELETIONS["deleted"]],
    ids=[*SOMEBODY, "deleted"],
)
def test_a_write_with_somebody_in_its_way_is_made_all_the_same(api, table, operation):
    prepare = made_once(lambda: operation.prepare(api))
    with one_call_at_a_time():
        event_id = prepare()
        with scripted() as record:
            answer = operation.ask(api, event_id)
        complete = standing_of(table, TABLE, event_id)
        for number, (name, _) in enumerate(record.calls):
            if name in WRITES:
                event_id = prepare()
                with scripted(*[THROUGH] * number, in_the_way(name, record.sends[number])) as again:
                    assert shown(answer) == shown(operation.ask(api, event_id)), number
                assert len(again.calls) > len(record.calls)
                assert complete == standing_of(table, TABLE, event_id), number


@pytest.mark.parametrize("operation", [CHANGES[name] for name in SOMEBODY], ids=SOMEBODY)
def test_an_update_whose_answer_is_lost_is_made_once(api, table, operation):
    """The SDK sends it again, and its condition does not hold any more."""
    prepare = made_once(lambda: operation.prepare(api))
    with one_call_at_a_time():
        event_id = prepare()
        with scripted() as record:
            answer = operation.ask(api, event_id)
        complete = standing_of(table, TABLE, event_id)
        for number, (name, _) in enumerate(record.calls):
            if name == "UpdateItem":
                event_id = prepare()
                lost = CarriedOut(ConnectionClosedError(endpoint_url="http://127.0.0.1"))
                with scripted(*[THROUGH] * number, lost):
                    assert shown(answer) == shown(operation.ask(api, event_id)), number
                assert complete == standing_of(table, TABLE, event_id), number


def test_buyers_notice_nothing_of_a_capacity_that_is_refused(api, table):
    event_id = half_full(api)
    with scripted() as record:
        assert 409 == api.update_event(event_id, {"max_capacity": 2}).status
    (intent,) = (call for name, call in record.calls if name == "TransactWriteItems")
    assert [keys.event_key(event_id)] == [
        from_attributes(action["Update"]["Key"]) for action in intent["TransactItems"]
    ]


def test_seats_that_are_sold_while_they_are_looked_at_are_withdrawn_first(api, table):
    """Two looks that differ prove nothing: the seats are put by, so that they stand still."""
    event_id = half_full(api)
    with holding_up():
        held = SlowCaller(change(event_id, max_capacity=2))
        # The intent, the fence, directory, blocks, directory: then somebody registers.
        held.run_until(6)
        assert 201 == api.register(event_id, attendee_payload(50)).status
        with pytest.raises(CapacityTooSmallError, match=r"^4 seats are taken;"):
            held.finish()
    assert "TransactWriteItems" in held.calls[6:]
    assert_as_the_last_of([], table, event_id)
    assert (4, 2) == standing_of(table, TABLE, event_id)[3:1:-1]


def test_a_seat_that_comes_free_while_they_are_looked_at_is_not_taken(api, table):
    prepare = made_once(lambda: full(api))
    with holding_up():
        event_id = prepare()
        refused = SlowCaller(change(event_id, max_capacity=3))
        with pytest.raises(CapacityTooSmallError, match=r"^4 seats are taken;"):
            refused.finish()
        fence, giving_up, *_ = [n for n, name in enumerate(refused.calls, 1) if name == "UpdateItem"]
        assert fence < giving_up
        event_id = prepare()
        held = SlowCaller(change(event_id, max_capacity=3))
        held.run_until(giving_up)
        last = api.list_attendees(event_id).json["sections"][-1]
        assert 200 == api.cancel_attendee(event_id, last["id"]).status
        assert_as_the_last_of([held.finish()], table, event_id)
    assert (3, 0) == standing_of(table, TABLE, event_id)[3:1:-1]


@pytest.mark.parametrize("first", [{"max_capacity": 4}, {"max_capacity": 2}], ids=["made", "called off"])
def test_who_comes_late_leaves_a_change_alone_that_is_under_way(api, table, first):
    prepare = made_once(lambda: half_full(api))
    with holding_up():
        reference = SlowCaller(change(prepare(), **first))
        outcome_of(reference.finish)
        for call in range(4, len(reference.calls) + 1):
            event_id = prepare()
            late = SlowCaller(change(event_id, **first))
            late.run_until(call)
            other = SlowCaller(change(event_id, max_capacity=8, name="Raga"))
            while (rest(event_id)["changes"], "pending" in rest(event_id)) in ((1, True), (1, False), (2, False)):
                assert other.run_until(len(other.calls) + 2)
            made = [outcome_of(late.finish), outcome_of(other.finish)]
            assert_as_the_last_of(made, table, event_id)


def rest(event_id: str) -> keys.Item:
    """Return an event's item."""
    return get_item(keys.event_key(event_id)) or {}


def test_a_deletion_that_another_completes_is_done(api, table):
    prepare = made_once(lambda: half_full(api))
    with holding_up():
        for event_id, held in every_hold_up(prepare, api.delete_event):
            assert 204 == api.delete_event(event_id).status
            gone = standing_of(table, TABLE, event_id)
            assert 204 == held.finish().status
            assert gone == standing_of(table, TABLE, event_id)


def test_seats_are_taken_off_under_a_changes_own_number_alone(api, table):
    """As many seats as a late helper wants are in the reserve again: for another change."""
    prepare = made_once(lambda: half_full(api))
    with holding_up():
        for event_id, late in every_hold_up(prepare, lambda event_id: change(event_id, max_capacity=5)(), first=5):
            back = change(event_id, max_capacity=6, name="Raga")()
            other = SlowCaller(change(event_id, max_capacity=3))
            while (get_item(keys.directory_key(event_id)) or {})["reserve"] < 3:
                assert other.run_until(len(other.calls) + 2)
            made = [outcome_of(late.finish), back, outcome_of(other.finish)]
            assert_as_the_last_of(made, table, event_id)


def test_seats_that_were_put_by_are_taken_off_once(api, table):
    def put_by() -> str:
        event_id = an_event(api, (1, 2), (3,), max_capacity=3)
        last = api.list_attendees(event_id).json["sections"][-1]
        assert 200 == api.cancel_attendee(event_id, last["id"]).status
        assert 2 == (get_item(keys.directory_key(event_id)) or {})["reserve"]
        return event_id

    prepare = made_once(put_by)
    with holding_up():
        for event_id, late in every_hold_up(prepare, lambda event_id: change(event_id, max_capacity=2)()):
            renamed = change(event_id, name="Raga")()
            assert_as_the_last_of([late.finish(), renamed], table, event_id)


def test_a_helper_does_not_make_what_was_called_off(api, table):
    def pending() -> tuple[str, Caller[Event]]:
        event_id = full_event()
        refused = SlowCaller(change(event_id, max_capacity=3))
        refused.run_until(4)
        assert "pending" in rest(event_id)
        return event_id, refused

    full_event = made_once(lambda: full(api))
    with holding_up():
        for (event_id, refused), helper in every_hold_up(pending, lambda world: change(world[0], name="Raga")()):
            assert None is outcome_of(refused.finish)
            last = api.list_attendees(event_id).json["sections"][-1]
            assert 200 == api.cancel_attendee(event_id, last["id"]).status
            assert_as_the_last_of([helper.finish()], table, event_id)


def test_people_whom_the_index_does_not_show_yet_are_removed_too(api, table, monkeypatch):
    event_id = half_full(api)
    late = iter([[], [], []])

    def query(*asked: Any) -> list[dict[str, Any]]:
        shown_so_far = next(late, None)
        return query_index(*asked) if shown_so_far is None else shown_so_far

    monkeypatch.setattr(removal, "query_index", query)
    assert 204 == api.delete_event(event_id).status
    assert [] == list(late)
    assert None is standing_of(table, TABLE, event_id).directory


def test_two_who_delete_an_event_at_once_delete_it(api, table):
    """What the first one is about to write, the second one has done."""

    def hidden() -> str:
        event_id = an_event(api, (1,) * 6, (1,) * 3, max_capacity=6)
        changes.hide(event_id, Caller("anonymous"))
        return event_id

    prepare = made_once(hidden)
    with holding_up():
        for event_id, first in every_hold_up(prepare, api.delete_event):
            second = SlowCaller(partial(api.delete_event, event_id))
            while "TransactWriteItems" not in second.calls and second.run_until(len(second.calls) + 2):
                pass
            assert [204, 204] == [first.finish().status, second.finish().status]
            assert None is standing_of(table, TABLE, event_id).directory


def test_an_event_that_is_anothers_by_now_is_left_alone(api, table):
    event_id = half_full(api)
    with holding_up():
        for payload in ({"name": "Raga"}, {"max_capacity": 5}):
            held = SlowCaller(change(event_id, **payload))
            held.run_until(2)
            plant(table, event_id, owner="usha")
            with pytest.raises(EventNotFoundError):
                held.finish()
            plant(table, event_id, owner="anonymous")
    assert_as_the_last_of([], table, event_id)


def plant(table: Any, event_id: str, **attributes: object) -> None:
    """Change an event's item behind the product's back."""
    item = (get_item(keys.event_key(event_id)) or {}) | attributes
    table.put_item(TableName=TABLE, Item=to_attributes(item))


def test_nobody_knows_what_became_of_a_change_when_too_much_happened_since(api, table):
    event_id = half_full(api)
    with holding_up():
        held = SlowCaller(change(event_id, max_capacity=4))
        held.run_until(4)
        # The first of these completes what is held up, the second is called off.
        assert 200 == api.update_event(event_id, {"name": "Raga"}).status
        assert 409 == api.update_event(event_id, {"max_capacity": 2}).status
        before = everything(table)
        with pytest.raises(TryAgainError):
            held.finish()
    assert before == everything(table)
