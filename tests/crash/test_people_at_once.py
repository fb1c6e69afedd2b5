"""Two calls at the same time, and calls broken off: whatever happens in between, it ends as if one had come after the other.

Each call of the product is held up before each of its calls of DynamoDB in turn, while another one is made from beginning
to end. Outcomes and what stands in the table afterwards must be those of one order or of the other.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ConnectionClosedError

from event_management import seats as plan
from event_management.addresses import parse_address
from event_management.codes import Code, read_manage, sign_manage, sign_ticket
from event_management.deadline import set_deadline
from event_management.errors import EventManagementError
from event_management.models import Access, AttendeePatch, EventPatch, Idempotency, NewAttendee, NewHolder
from event_management.roles import Caller
from event_management.store import (
    attendees,
    changes,
    check_ins,
    contention,
    registrations,
    removal,
    waitlist,
)
from event_management.store.connection import ATTEMPTS
from event_management.store.secrets import read_signing_keys
from tests.crashes import every_crash, every_hold_up, holding_up, standing_of
from tests.gateway import event_payload
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of, people_of
from tests.unit.moto_tables import made_once
from tests.unit.scripted_dynamodb import THROUGH, CarriedOut, scripted

OWNER = Caller("anonymous")


class World(NamedTuple):
    """A full event with a waitlist, and who is there."""

    event_id: str
    asha: Code
    """Registered."""
    usha: Code
    """Registered and checked in."""
    ravi: Code
    """First on the waitlist."""
    nadia: Code
    """Second, a party of two."""
    vikram: Code
    """Cancelled."""


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def make_world(api):
    """Makes a world in the place of the one before, the same each time."""

    def prepare():
        payload = event_payload(max_capacity=3, max_party=2, waitlist=True)
        event_id = api.create_event(payload).json["event"]
        vikram = api.register(event_id, person("vikram")).json
        api.cancel_attendee(event_id, vikram["id"], vikram["manage"])
        answers = [
            api.register(event_id, person("asha", seats=2)),
            api.register(event_id, person("usha")),
            api.join_waitlist(event_id, person("ravi")),
            api.join_waitlist(event_id, person("nadia", seats=2)),
        ]
        assert {201} == {answer.status for answer in answers}
        assert 200 == api.check_in(event_id, answers[1].json["ticket"]).status
        return World(event_id, *(read(answer.json) for answer in answers), read(vikram))

    bring_back = made_once(prepare)

    def make():
        set_deadline(float("inf"))  # what the calls before had left
        return bring_back()

    return make


def person(name, **changes):
    return {"name": name.title(), "email": f"{name}@example.com"} | changes


def read(answer):
    return read_manage(answer["manage"], read_signing_keys())


def holder(name):
    return NewHolder(name.title(), parse_address(f"{name}@example.com"))


def newcomer(name, seats=1):
    return NewAttendee(name.title(), parse_address(f"{name}@example.com"), seats)


def access(code):
    return Access(serial=code.serial)


def who(world, name):
    code = getattr(world, name)
    return world.event_id, code.attendee_id, access(code)


KEY = Idempotency("key", "fingerprint")

CALLS: dict[str, Callable[[World], Any]] = {
    "asha gets another name": lambda world: attendees.rename(*who(world, "asha"), "Asha Rao", None),
    "asha gets new codes": lambda world: attendees.renew_codes(*who(world, "asha")[:2], Access(OWNER)),
    "asha cancels": lambda world: attendees.cancel(*who(world, "asha")),
    "asha hands over to somebody new": lambda world: attendees.hand_over(*who(world, "asha"), holder("nobody")),
    "asha hands over to vikram": lambda world: attendees.hand_over(*who(world, "asha"), holder("vikram")),
    "asha is checked in": lambda world: check_ins.check_in(world.event_id, world.asha, OWNER),
    "usha's check-in is undone": lambda world: check_ins.undo_check_in(world.event_id, world.usha.attendee_id, OWNER),
    "ravi leaves": lambda world: waitlist.leave(*who(world, "ravi")),
    "nadia leaves": lambda world: waitlist.leave(*who(world, "nadia")),
    "vikram joins": lambda world: waitlist.join(world.event_id, newcomer("vikram")),
}
"""What people do."""


def updated(**patch_of_event):
    return lambda world: changes.update(
        world.event_id, changes.ChangeRequest(OWNER, None, str(patch_of_event)), EventPatch(patch_of_event).apply
    )


def delete(world):
    if (left := changes.hide(world.event_id, OWNER)) is not None:
        assert removal.remove(left)


MEANWHILE = CALLS | {
    "asha hands over to ravi": lambda world: attendees.hand_over(*who(world, "asha"), holder("ravi")),
    "usha cancels": lambda world: attendees.cancel(*who(world, "usha")),
    "ravi gets another name": lambda world: attendees.rename(*who(world, "ravi"), "Ravi Iyer", None),
    "vikram registers": lambda world: registrations.register(world.event_id, newcomer("vikram")),
    "a seat more": updated(max_capacity=4),
    "registration closes": updated(registration_closes="2001-01-01 10:00"),
    "small parties may pass": updated(waitlist_policy="fill"),
    "the event is cancelled": lambda world: changes.cancel(world.event_id, OWNER, "Flooded."),
    "the event is deleted": delete,
}


def outcome(call: Callable[[World], Any], world: World) -> str:
    """Return what came of a call: the error's class, or nothing."""
    try:
        call(world)
    except EventManagementError as error:
        return type(error).__name__
    return ""


@pytest.fixture(scope="module")
def known():
    """How pairs of calls end, one after the other, as far as that was tried."""
    return {}


def one_after_the_other(table, make_world, known, *names):
    """Return what comes of each call, by name, and how the event stands then."""
    if names not in known:
        world = make_world()
        ends = {name: outcome(MEANWHILE[name], world) for name in names}
        known[names] = ends, standing_of(table, TABLE, world.event_id)
    return known[names]


@pytest.mark.parametrize("first", CALLS)
def test_two_calls_at_the_same_time_end_as_one_after_the_other(table, make_world, known, first):
    for second in MEANWHILE.keys() - {first}:
        orders = [one_after_the_other(table, make_world, known, *names) for names in ((first, second), (second, first))]
        with holding_up():
            # Before its first call it has not begun.
            for world, slow in every_hold_up(make_world, partial(outcome, CALLS[first]), first=2):
                held_up_after = list(slow.calls)
                meanwhile = outcome(MEANWHILE[second], world)
                ends = {first: slow.finish(), second: meanwhile}
                end = ends, standing_of(table, TABLE, world.event_id)
                assert end in orders, f"{first}, held up after {held_up_after}; meanwhile {second}"


# --- Broken off -------------------------------------------------------------------------------------------------------

REPEATED: dict[str, Callable[[World], Any]] = {
    "asha cancels": CALLS["asha cancels"],
    "asha hands over": lambda world: attendees.hand_over(*who(world, "asha"), holder("nobody"), None, KEY),
    "asha hands over by another address": lambda world: attendees.change(
        *who(world, "asha"), AttendeePatch(None, parse_address("nobody@example.com")), None, KEY
    ),
    "asha is checked in": lambda world: check_ins.check_in(world.event_id, world.asha, OWNER, KEY),
    "ravi leaves": CALLS["ravi leaves"],
    "nadia leaves": CALLS["nadia leaves"],
    "vikram joins": lambda world: waitlist.join(world.event_id, newcomer("vikram", 2), None, KEY),
}
"""Calls that answer the same when they are repeated."""


@pytest.mark.parametrize("call", REPEATED)
def test_a_call_that_is_killed_is_completed_by_its_repetition(table, make_world, call):
    world = make_world()
    REPEATED[call](world)
    complete = standing_of(table, TABLE, world.event_id)
    crashes = 0
    for crash in every_crash(make_world, REPEATED[call]):
        crashes += 1
        standing_of(table, TABLE, crash.world.event_id)
        REPEATED[call](crash.world)
        assert complete == standing_of(table, TABLE, crash.world.event_id)
        assert [] == faults_of(table, crash.world.event_id)
    assert 1 == crashes, "what is one transaction has one point to be killed after"


@pytest.mark.parametrize(
    ("call", "again"),
    [("usha's check-in is undone", "NotCheckedInError"), ("asha gets another name", ""), ("asha gets new codes", "")],
)
def test_a_call_that_is_killed_was_carried_out_as_a_whole(table, make_world, call, again):
    world = make_world()
    CALLS[call](world)
    complete = standing_of(table, TABLE, world.event_id)
    (crash,) = (
        (standing_of(table, TABLE, crash.world.event_id), outcome(CALLS[call], crash.world))
        for crash in every_crash(make_world, CALLS[call])
    )
    assert (complete, again) == crash


def test_a_party_that_is_killed_while_it_registers_has_all_its_seats_or_none(table, api, monkeypatch):
    monkeypatch.setattr(plan, "SEATS_PER_BLOCK", 2)

    def make():
        event_id = api.create_event(event_payload(max_capacity=6, max_party=5)).json["event"]
        set_deadline(float("inf"))
        registrations.register(event_id, newcomer("usha"))
        return event_id

    def register(event_id):
        return registrations.register(event_id, newcomer("asha", 5), None, KEY)

    for crash in every_crash(make, register):
        assert standing_of(table, TABLE, crash.world).taken in (1, 6)
        register(crash.world)
        assert 6 == standing_of(table, TABLE, crash.world).taken
        assert [] == faults_of(table, crash.world)


# --- Lost answers -----------------------------------------------------------------------------------------------------

LOST = ConnectionClosedError(endpoint_url="http://127.0.0.1")


@pytest.fixture
def people(api, make_world):
    """A world, and the API; codes as people have them."""
    world = make_world()

    def manage(name):
        return sign_manage(getattr(world, name), read_signing_keys())

    def ticket(name):
        return sign_ticket(getattr(world, name), read_signing_keys())

    return world, manage, ticket


def cancel(api, world, manage, ticket):
    return api.cancel_attendee(world.event_id, world.asha.attendee_id, manage("asha"))


def hand_over(api, world, manage, ticket):
    return api.transfer_attendee(
        world.event_id, world.asha.attendee_id, person("nobody"), manage("asha"), Idempotency_Key="k"
    )


def change_address(api, world, manage, ticket):
    return api.update_attendee(
        world.event_id, world.asha.attendee_id, {"email": "nobody@example.com"}, manage("asha"), Idempotency_Key="k"
    )


def join(api, world, manage, ticket):
    return api.join_waitlist(world.event_id, person("vikram"), Idempotency_Key="k")


def leave(api, world, manage, ticket):
    return api.leave_waitlist(world.event_id, manage("ravi"))


def check_in(api, world, manage, ticket):
    return api.check_in(world.event_id, ticket("asha"), Idempotency_Key="k")


def rename(api, world, manage, ticket):
    return api.update_attendee(world.event_id, world.asha.attendee_id, {"name": "Asha Rao"}, manage("asha"))


@pytest.mark.parametrize("call", [cancel, hand_over, change_address, join, leave, check_in, rename])
def test_a_call_whose_answer_was_lost_is_answered_when_it_is_sent_again(table, api, people, make_world, call):
    assert call(api, *people).status in (200, 201)
    complete = standing_of(table, TABLE, people[0].event_id)
    make_world()
    with scripted() as record:
        call(api, *people)
    writes = [number for number, (name, _) in enumerate(record.calls) if name == "TransactWriteItems"]
    make_world()
    # The last transaction is the one that is carried out; neither its answer nor those of its repetitions arrive.
    with scripted(*[THROUGH] * writes[-1], CarriedOut(LOST), *[LOST] * (ATTEMPTS - 1)):
        lost = call(api, *people)
    assert (503, "try_again") == (lost.status, lost.json["code"])
    assert complete == standing_of(table, TABLE, people[0].event_id)
    again = call(api, *people)
    assert again.status in (200, 201)
    assert complete == standing_of(table, TABLE, people[0].event_id)


@pytest.mark.parametrize("call", [cancel, hand_over, change_address, join, leave, check_in, rename])
def test_a_call_whose_first_attempt_was_carried_out_is_not_carried_out_twice(table, api, people, make_world, call):
    """The SDK sends it again; moto knows nothing of tokens, so this is what happens after they are forgotten."""
    call(api, *people)
    complete = standing_of(table, TABLE, people[0].event_id)
    make_world()
    with scripted() as record:
        call(api, *people)
    writes = [number for number, (name, _) in enumerate(record.calls) if name == "TransactWriteItems"]
    make_world()
    with scripted(*[THROUGH] * writes[-1], CarriedOut(LOST)):
        reply = call(api, *people)
    assert reply.status in (200, 201)
    assert "Idempotent-Replayed" not in reply.headers
    assert complete == standing_of(table, TABLE, people[0].event_id)


def test_an_undoing_whose_answer_was_lost_is_answered(table, api, people, make_world):
    world = people[0]

    def undo():
        return api.undo_check_in(world.event_id, world.usha.attendee_id)

    with scripted(THROUGH, CarriedOut(LOST)):
        reply = undo()
    assert (200, "Check-in undone") == (reply.status, reply.json["message"])
    assert 0 == standing_of(table, TABLE, world.event_id).checked_in
    make_world()
    with scripted(THROUGH, CarriedOut(LOST), *[LOST] * (ATTEMPTS - 1)):
        assert 503 == undo().status
    assert 0 == standing_of(table, TABLE, world.event_id).checked_in
    assert 409 == undo().status


def test_without_a_key_a_repetition_is_told_that_it_was_done(table, api, people):
    world, manage, _ = people
    replies = []
    for _ in range(2):
        replies += [
            api.transfer_attendee(world.event_id, world.asha.attendee_id, person("nobody"), manage("asha")),
            api.join_waitlist(world.event_id, person("vikram")),
        ]
    assert [200, 201, 410, 409] == [reply.status for reply in replies]
    assert ["registration_gone", "already_waiting"] == [reply.json["code"] for reply in replies[2:]]
    assert [] == faults_of(table, world.event_id)
    assert ["Nobody", "Usha"] == sorted(people_of(table, world.event_id, "registered"))
