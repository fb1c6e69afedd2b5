"""Checking in and undoing it: what is asked of the table, and what goes on meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from event_management import keys
from event_management.addresses import parse_address
from event_management.codes import Code
from event_management.errors import (
    AlreadyCheckedInError,
    AttendeeNotFoundError,
    CheckInUndoneError,
    EventCancelledError,
    EventNotFoundError,
    NotCheckedInError,
    RegistrationGoneError,
    StillWaitingError,
    TicketCancelledError,
    TicketOfAnotherEventError,
)
from event_management.models import Access, Idempotency, NewAttendee
from event_management.observability import begin_call
from event_management.roles import Caller
from event_management.seats import attendee_partition
from event_management.store import attendees, changes, check_ins, contention, registrations, waitlist
from event_management.store.client import get_item, transact
from tests.crashes import SlowCaller, holding_up
from tests.gateway import event_payload
from tests.unit.ledger import faults_of
from tests.unit.scripted_dynamodb import THROUGH, cancelled, scripted

OWNER = Caller("anonymous")
KEY = Idempotency("key", "fingerprint")
NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def lawful_id(api, table):
    """An event with four seats, whose law must hold at the end."""
    event_id = api.create_event(event_payload(max_capacity=4, max_party=3, waitlist=True)).json["event"]
    yield event_id
    assert [] == faults_of(table, event_id)


@pytest.fixture
def asha(lawful_id):
    """Registered, a party of three."""
    return register(lawful_id, "asha", 3)


def register(event_id, name, seats=1):
    new = NewAttendee(name.title(), parse_address(f"{name}@example.com"), seats)
    return registrations.register(event_id, new).attendee


def ticket(attendee):
    return Code(attendee.event_id, attendee.id, attendee.serial)


def come(event_id, partition=0):
    return (get_item(keys.check_ins_key(event_id, partition)) or {"checked_in": 0})["checked_in"]


def item_of(attendee):
    return get_item(keys.attendee_key(attendee.event_id, attendee.id))


def check_in(attendee, key=None, now=NOON):
    return check_ins.check_in(attendee.event_id, ticket(attendee), OWNER, key, now)


def undo(attendee):
    return check_ins.undo_check_in(attendee.event_id, attendee.id, OWNER)


def test_a_check_in_is_marked_and_counted_in_one_transaction(asha):
    notes = begin_call("c").counts
    before = item_of(asha)
    with scripted() as record:
        come_in, replayed = check_in(asha)
    assert ["BatchGetItem", "TransactWriteItems"] == [name for name, _ in record.calls]
    after = item_of(asha)
    assert before | {name: after[name] for name in ("checked_in_at", "check_in", "revision")} == after
    assert (keys.stamp(NOON), 3, NOON, False, 1) == (
        after["checked_in_at"],
        come(asha.event_id),
        come_in.checked_in_at,
        replayed,
        notes["CheckIns"],
    )


def test_the_next_one_is_told_of_the_first(asha):
    check_in(asha)
    with pytest.raises(AlreadyCheckedInError, match=r"12:00:00"):
        check_in(asha, now=NOON + timedelta(minutes=1))
    assert 3 == come(asha.event_id)


def test_a_call_is_known_by_its_key_and_request(asha):
    check_in(asha, KEY)
    come_in, replayed = check_in(asha, KEY, NOON + timedelta(seconds=1))
    assert (NOON, True) == (come_in.checked_in_at, replayed)
    for key in (KEY._replace(key="other"), KEY._replace(fingerprint="other"), None):
        with pytest.raises(AlreadyCheckedInError):
            check_in(asha, key, NOON + timedelta(seconds=1))
    assert 3 == come(asha.event_id)


def test_only_the_last_serial_lets_in(asha):
    for serial in ("a" * 13, "", asha.id):
        with pytest.raises(TicketCancelledError):
            check_ins.check_in(asha.event_id, ticket(asha)._replace(serial=serial), OWNER)
    with pytest.raises(TicketCancelledError):
        check_ins.check_in(asha.event_id, ticket(asha)._replace(attendee_id="a" * 16), OWNER)
    attendees.cancel(asha.event_id, asha.id, Access(OWNER))
    with pytest.raises(TicketCancelledError):
        check_in(asha)
    assert 0 == come(asha.event_id)


def test_a_ticket_is_good_at_its_own_event_alone(asha, event_id):
    with scripted() as record, pytest.raises(TicketOfAnotherEventError):
        check_ins.check_in(event_id, ticket(asha), OWNER)
    assert [] == record.calls


def test_nobody_checks_in_at_the_event_of_somebody_else(asha):
    with pytest.raises(EventNotFoundError):
        check_ins.check_in(asha.event_id, ticket(asha), Caller("usha"))
    check_in(asha)
    with pytest.raises(EventNotFoundError):
        check_ins.undo_check_in(asha.event_id, asha.id, Caller("usha"))


def test_who_waits_is_not_let_in(lawful_id, asha):
    register(lawful_id, "usha")
    waiting = waitlist.join(lawful_id, NewAttendee("Ravi", parse_address("ravi@example.com"))).attendee
    with pytest.raises(StillWaitingError):
        check_in(waiting)
    with pytest.raises(NotCheckedInError):
        undo(waiting)


def test_a_cancelled_event_lets_nobody_in_and_lets_check_ins_be_undone(lawful_id, asha):
    usha = register(lawful_id, "usha")
    check_in(asha, KEY)
    changes.cancel(lawful_id, OWNER, "Flooded.")
    with pytest.raises(EventCancelledError):
        check_in(usha)
    assert check_in(asha, KEY, NOON + timedelta(seconds=1))[1]
    undo(asha)
    assert 0 == come(lawful_id)


def test_undoing_takes_the_mark_and_the_count_back(asha):
    check_in(asha)
    with scripted() as record:
        undone = undo(asha)
    assert ["BatchGetItem", "TransactWriteItems"] == [name for name, _ in record.calls]
    assert (None, 0) == (undone.checked_in_at, come(asha.event_id))
    assert "checked_in_at" not in item_of(asha)
    assert 3 == item_of(asha)["revision"]
    with pytest.raises(NotCheckedInError):
        undo(asha)


def test_a_late_retry_does_not_let_in_who_was_sent_out(asha):
    check_in(asha, KEY)
    undo(asha)
    with pytest.raises(CheckInUndoneError):
        check_in(asha, KEY)
    check_in(asha)
    assert 3 == come(asha.event_id)


def test_nothing_is_undone_for_who_is_not_here(asha):
    with pytest.raises(AttendeeNotFoundError):
        check_ins.undo_check_in(asha.event_id, "a" * 16, OWNER)
    attendees.cancel(asha.event_id, asha.id, Access(OWNER))
    with pytest.raises(RegistrationGoneError):
        undo(asha)


def test_people_are_counted_in_their_partition(api):
    event_id = api.create_event(event_payload(max_capacity=33 * 80)).json["event"]
    expected = [0, 0, 0]
    for n in range(6):
        attendee = register(event_id, f"guest{n}")
        check_in(attendee)
        expected[attendee_partition(attendee.id, 3)] += 1
    assert expected == [come(event_id, partition) for partition in range(3)]


# --- Meanwhile --------------------------------------------------------------------------------------------------------


def held(call):
    """Hold a call up before its transaction."""
    slow = SlowCaller(call)
    assert slow.run_until(2)
    return slow


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [
        (check_in, AlreadyCheckedInError),
        (lambda asha: attendees.cancel(asha.event_id, asha.id, Access(OWNER)), TicketCancelledError),
        (lambda asha: attendees.renew_codes(asha.event_id, asha.id, Access(OWNER)), TicketCancelledError),
    ],
    ids=["checked in", "cancelled", "renewed"],
)
def test_two_doors_let_one_in(asha, meanwhile, refusal):
    with holding_up():
        slow = held(lambda: check_in(asha, now=NOON + timedelta(seconds=1)))
        meanwhile(asha)
        with pytest.raises(refusal):
            slow.finish()


def test_two_who_undo_the_same_undo_it_once(asha):
    usha = register(asha.event_id, "usha")
    for attendee in (asha, usha):
        check_in(attendee)
    with holding_up():
        slow = held(lambda: undo(usha))
        undo(usha)
        assert None is slow.finish().checked_in_at
    assert 3 == come(asha.event_id)


def test_a_check_in_made_anew_is_not_what_was_to_be_undone_then(asha):
    """It is undone all the same: the organiser wants this person out."""
    check_in(asha)
    with holding_up():
        slow = held(lambda: undo(asha))
        undo(asha)
        check_in(asha, now=NOON + timedelta(seconds=1))
        slow.finish()
    assert (0, False) == (come(asha.event_id), "checked_in_at" in item_of(asha))


def test_contention_is_tried_again_under_a_new_token(asha):
    begin_call("c")
    conflict = cancelled("None", "TransactionConflict")
    for call in (lambda: check_in(asha), lambda: undo(asha)):
        with scripted(THROUGH, conflict) as record:
            call()
        tokens = [parameters["ClientRequestToken"] for name, parameters in record.calls if name == "TransactWriteItems"]
        assert 2 == len(tokens) == len(set(tokens))


def test_a_count_that_would_fall_below_zero_is_refused(asha):
    """Which nothing but damage can bring about."""
    check_in(asha)
    usha = register(asha.event_id, "usha")
    person = attendees.find(asha.event_id, usha.id, Access(OWNER))
    reasons = transact([check_ins._count(person, -4)], token="t" * 26)
    assert [True] == [reason.is_refusal for reason in reasons]
    assert 3 == come(asha.event_id)
