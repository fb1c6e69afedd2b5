"""The waitlist: what joining asks of the table, places, and what goes on meanwhile."""

import pytest

from event_management import keys
from event_management.addresses import parse_address
from event_management.errors import (
    AlreadyRegisteredError,
    AlreadyWaitingError,
    EventNotFoundError,
    InvalidPayloadError,
    RegistrationCancelledError,
    RegistrationClosedError,
    RegistrationGoneError,
    SeatsLeftError,
    WaitlistOffError,
)
from event_management.models import Access, EventPatch, Idempotency, NewAttendee
from event_management.observability import begin_call
from event_management.roles import Caller
from event_management.store import attendees, changes, contention, events, registrations, seats, waitlist
from event_management.store.client import get_item
from tests.crashes import SlowCaller, holding_up
from tests.gateway import event_payload
from tests.unit.ledger import faults_of
from tests.unit.scripted_dynamodb import THROUGH, cancelled, scripted

OWNER = Access(Caller("anonymous"))
KEY = Idempotency("key", "fingerprint")


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def make_full(api, table):
    """Makes a full event for two, of one party or of two; the law must hold at the end."""
    made = []

    def make(parties=(2,), **changes):
        payload = event_payload(max_capacity=2, max_party=2, waitlist=True) | changes
        made.append(api.create_event(payload).json["event"])
        held = [registrations.register(made[-1], guest(f"holder{n}", size)) for n, size in enumerate(parties)]
        return made[-1], *(registration.attendee for registration in held)

    yield make
    for event_id in made:
        assert [] == faults_of(table, event_id)


@pytest.fixture
def full(make_full):
    """An event whose two seats are one party's."""
    return make_full()[0]


def guest(name, seats=1):
    return NewAttendee(name.title(), parse_address(f"{name}@example.com"), seats)


def item_of(attendee):
    return get_item(keys.attendee_key(attendee.event_id, attendee.id))


def directory(event_id):
    return keys.read_directory(get_item(keys.directory_key(event_id)))


def give_up(attendee):
    attendees.cancel(attendee.event_id, attendee.id, OWNER)


def update(event_id, **patch):
    request = changes.ChangeRequest(OWNER.caller, None, str(patch))
    return changes.update(event_id, request, EventPatch(patch).apply)


def test_who_joins_has_an_item_a_place_and_is_counted(full):
    notes = begin_call("c").counts
    waiting = waitlist.join(full, guest("ravi", 2), "INDIA")
    item = item_of(waiting.attendee)
    assert ("waiting", 2, "INDIA", "000000000001") == tuple(
        item[name] for name in ("state", "seats", "country", "gsi1sk")
    )
    place = get_item(keys.place_key(full, 1))
    assert (waiting.attendee.id, 2) == (place["attendee_id"], place["seats"])
    assert (2, 2, 1) == (directory(full).waiting, directory(full).next_place, notes["Waiting"])
    assert (keys.read_attendee(item), 1, False) == waiting
    assert 1 == waitlist.find_position(waiting)


def test_places_rise_and_nobody_gets_one_twice(full):
    first, second = (waitlist.join(full, guest(name)) for name in ("ravi", "nadia"))
    waitlist.leave(full, second.attendee.id, OWNER)
    third = waitlist.join(full, guest("nadia"))
    assert [1, 2, 3] == [waiting.place for waiting in (first, second, third)]
    assert [1, 2] == [waitlist.find_position(waiting) for waiting in (first, third)]


@pytest.mark.parametrize("other_id", ["aaaaaaaaaa", "x"])
def test_nobody_joins_an_event_that_is_not_there(full, other_id):
    with pytest.raises(EventNotFoundError):
        waitlist.join(other_id, guest("ravi"))


def test_nobody_joins_who_is_there_already(full):
    waitlist.join(full, guest("ravi"))
    for refusal, name in ((AlreadyWaitingError, "ravi"), (AlreadyRegisteredError, "holder0")):
        with scripted() as record, pytest.raises(refusal):
            waitlist.join(full, guest(name))
        assert {"BatchGetItem": 1} == record.operations


def test_no_party_joins_that_the_event_has_too_few_seats_for(make_full):
    event_id, *_ = make_full(max_party=9)
    with pytest.raises(InvalidPayloadError) as refusal:
        waitlist.join(event_id, guest("ravi", 3))
    assert ["/payload/seats"] == [fault.pointer for fault in refusal.value.faults]
    assert 1 == waitlist.join(event_id, guest("ravi", 2)).place


def test_no_party_joins_that_is_larger_than_the_event_takes(full):
    with pytest.raises(InvalidPayloadError):
        waitlist.join(full, guest("ravi", 3))


def test_a_block_found_empty_is_taken_off_before_somebody_joins(full):
    assert {0} == directory(full).open_blocks
    with scripted() as record:
        waitlist.join(full, guest("ravi"))
    assert ["BatchGetItem", "BatchGetItem", "UpdateItem", "TransactWriteItems"] == [name for name, _ in record.calls]
    with scripted() as record:
        waitlist.join(full, guest("nadia"))
    assert ["BatchGetItem", "TransactWriteItems"] == [name for name, _ in record.calls]


def test_a_place_is_found_until_it_is_given_up_and_is_none_once_registered(make_full):
    event_id, holder = make_full()
    ravi, nadia = (waitlist.join(event_id, guest(name)).attendee for name in ("ravi", "nadia"))
    by_code = Access(serial=ravi.serial)
    assert (keys.read_attendee(item_of(ravi)), 1, False) == waitlist.find_place(event_id, ravi.id, by_code)
    waitlist.leave(event_id, nadia.id, Access(serial=nadia.serial))
    with pytest.raises(RegistrationGoneError):
        waitlist.find_place(event_id, nadia.id, OWNER)
    give_up(holder)
    found = waitlist.find_place(event_id, ravi.id, by_code)
    assert ("registered", None, None) == (found.attendee.state, found.place, waitlist.find_position(found))


def test_a_place_is_known_by_its_key(make_full):
    event_id, holder = make_full()
    first = waitlist.join(event_id, guest("ravi"), None, KEY)
    assert first._replace(replayed=True) == waitlist.join(event_id, guest("ravi"), None, KEY)
    give_up(holder)
    again = waitlist.join(event_id, guest("ravi"), None, KEY)
    assert ("registered", None, True) == (again.attendee.state, again.place, again.replayed)
    give_up(first.attendee)
    with pytest.raises(RegistrationCancelledError):
        waitlist.join(event_id, guest("ravi"), None, KEY)


def test_the_list_goes_on_behind_a_position(full):
    joined = [waitlist.join(full, guest(f"guest{n}")).attendee.id for n in range(4)]
    event = events.find_for(full, OWNER.caller, "organiser")
    listed = waitlist.list_by_place(event, None, 3)
    assert joined[:3] == [attendee.id for _, attendee in listed]
    assert joined[3:] == [attendee.id for _, attendee in waitlist.list_by_place(event, listed[-1][0], 3)]


# --- Meanwhile --------------------------------------------------------------------------------------------------------


def taken_off(event_id):
    """Let a first one wait and leave, so that the directory lists no block."""
    first = waitlist.join(event_id, guest("first")).attendee
    waitlist.leave(event_id, first.id, OWNER)
    assert frozenset() == directory(event_id).open_blocks


def test_two_who_join_at_once_are_one_behind_the_other(full):
    taken_off(full)
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(full, guest("ravi")))
        assert slow.run_until(2)
        assert 2 == waitlist.join(full, guest("nadia")).place
        assert 3 == slow.finish().place


def test_nobody_gets_the_place_of_who_joined_and_left_meanwhile(full):
    taken_off(full)
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(full, guest("ravi")))
        assert slow.run_until(2)
        nadia = waitlist.join(full, guest("nadia"))
        waitlist.leave(full, nadia.attendee.id, OWNER)
        assert 1 + nadia.place == slow.finish().place


def test_nobody_joins_when_a_seat_comes_free_just_then(make_full):
    event_id, holder = make_full()
    taken_off(event_id)
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(event_id, guest("ravi")))
        assert slow.run_until(2)
        give_up(holder)
        with pytest.raises(SeatsLeftError):
            slow.finish()


@pytest.mark.parametrize(
    ("patch", "refusal"),
    [({"registration_closes": "2001-01-01 10:00"}, RegistrationClosedError), ({"waitlist": False}, WaitlistOffError)],
)
def test_nobody_joins_when_that_ends_just_then(full, patch, refusal):
    taken_off(full)
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(full, guest("ravi")))
        assert slow.run_until(2)
        update(full, **patch)
        with pytest.raises(refusal):
            slow.finish()
    assert 0 == directory(full).waiting


def test_who_registers_while_they_join_does_not_wait(make_full):
    event_id, holder = make_full()
    taken_off(event_id)
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(event_id, guest("ravi")))
        assert slow.run_until(2)
        give_up(holder)
        seats._memory.finders.clear()
        registrations.register(event_id, guest("ravi"))
        registrations.register(event_id, guest("nadia"))
        with pytest.raises(AlreadyRegisteredError):
            slow.finish()


@pytest.mark.parametrize(("policy", "place", "waits"), [("strict", 2, "waiting"), ("fill", None, "registered")])
def test_who_joins_while_seats_are_put_by_gets_them_where_smaller_parties_may_pass(make_full, policy, place, waits):
    event_id, one, _ = make_full((1, 1), waitlist_policy=policy)
    waitlist.join(event_id, guest("nadia", 2))
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(event_id, guest("ravi")))
        assert slow.run_until(2)
        give_up(one)
        waiting = slow.finish()
    assert (place, waits, False) == (waiting.place, waiting.attendee.state, waiting.replayed)
    assert waits == item_of(waiting.attendee)["state"]


def test_who_joined_and_was_killed_gets_what_was_put_by_when_they_join_again(make_full):
    event_id, one, _ = make_full((1, 1), waitlist_policy="fill")
    waitlist.join(event_id, guest("nadia", 2))
    give_up(one)
    with holding_up():
        slow = SlowCaller(lambda: waitlist.join(event_id, guest("ravi"), None, KEY))
        assert slow.run_until(3)  # waits, and has not looked whether anything is put by
        again = waitlist.join(event_id, guest("ravi"), None, KEY)
        assert ("registered", True) == (again.attendee.state, again.replayed)
        assert "registered" == slow.finish().attendee.state


def test_contention_is_tried_again_under_a_new_token(full):
    taken_off(full)
    begin_call("c")
    with scripted(THROUGH, cancelled("None", "None", "TransactionConflict")) as record:
        waitlist.join(full, guest("ravi"))
    tokens = [parameters["ClientRequestToken"] for name, parameters in record.calls if name == "TransactWriteItems"]
    assert 2 == len(tokens) == len(set(tokens))


def test_keys_of_registering_and_of_waiting_are_two(make_full):
    """Who was promoted did not register with the key with which they joined."""
    event_id, holder = make_full()
    waitlist.join(event_id, guest("ravi"), None, KEY)
    give_up(holder)
    with pytest.raises(AlreadyRegisteredError):
        registrations.register(event_id, guest("ravi"), None, KEY)
