"""Finding, renaming, cancelling, handing over, giving new codes: what each call asks of the table, and what it does in need."""

import pytest
from botocore.exceptions import ConnectionClosedError
from msgspec.structs import replace

from event_management import keys
from event_management.addresses import parse_address
from event_management.codes import Code
from event_management.errors import (
    AlreadyRegisteredError,
    AttendeeNotFoundError,
    CheckedInError,
    EventCancelledError,
    EventNotFoundError,
    IdempotencyKeyReusedError,
    InvalidManageCodeError,
    NotWaitingError,
    RegistrationCancelledError,
    RegistrationGoneError,
    StillWaitingError,
    TryAgainError,
)
from event_management.models import Access, AttendeePatch, Idempotency, NewAttendee, NewHolder
from event_management.observability import begin_call
from event_management.roles import Caller
from event_management.store import attendees, changes, check_ins, contention, registrations, waitlist
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item
from tests.crashes import SlowCaller, holding_up
from tests.gateway import event_payload
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of
from tests.unit.scripted_dynamodb import THROUGH, CarriedOut, cancelled, scripted

OWNER = Access(Caller("anonymous"))
KEY = Idempotency("key", "fingerprint")


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def lawful_id(api, table):
    """An event with two seats, whose law must hold at the end."""
    event_id = api.create_event(event_payload(max_capacity=2, max_party=2, waitlist=True)).json["event"]
    yield event_id
    assert [] == faults_of(table, event_id)


@pytest.fixture
def asha(lawful_id):
    """Registered."""
    return registrations.register(lawful_id, guest("asha"), "INDIA").attendee


@pytest.fixture
def notes(asha):
    """What the calls of the test count."""
    return begin_call("c").counts


def guest(name, seats=1):
    return NewAttendee(name.title(), parse_address(f"{name}@example.com"), seats)


def holder(name):
    return NewHolder(name.title(), parse_address(f"{name}@example.com"))


def one(attendee):
    return attendee.event_id, attendee.id


def by_code(attendee):
    return Access(serial=attendee.serial)


def item_of(attendee):
    return get_item(keys.attendee_key(*one(attendee)))


def give_up(attendee, access=OWNER):
    attendees.cancel(*one(attendee), access)


# --- Finding ----------------------------------------------------------------------------------------------------------


def test_a_person_and_their_event_are_read_at_once(asha):
    with scripted() as record:
        person = attendees.find(*one(asha), by_code(asha))
    assert {"BatchGetItem": 1} == record.operations
    assert (asha.event_id, asha.id) == (person.event["id"], person.item["id"])


@pytest.mark.parametrize("access", [Access(), Access(None, None), Access(serial="a" * 13), Access(serial="")])
def test_who_proves_nothing_is_told_nothing(asha, access):
    for attendee_id in (asha.id, "a" * 16):
        with pytest.raises(InvalidManageCodeError):
            attendees.find(asha.event_id, attendee_id, access)


def test_what_can_be_no_id_is_not_looked_up(asha):
    with scripted() as record:
        with pytest.raises(EventNotFoundError):
            attendees.find("x", asha.id, OWNER)
        with pytest.raises(AttendeeNotFoundError):
            attendees.find(asha.event_id, "x", OWNER)
    assert [] == record.calls


def test_the_organiser_of_another_event_finds_nobody(asha):
    with pytest.raises(EventNotFoundError):
        attendees.find(*one(asha), Access(Caller("usha")))


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_a_name_and_the_spelling_of_an_address_are_changed_each_by_itself(asha):
    renamed = attendees.rename(*one(asha), by_code(asha), "Asha Rao", None)
    assert replace(asha, name="Asha Rao") == renamed == keys.read_attendee(item_of(asha))
    spelled = attendees.rename(*one(asha), by_code(asha), None, parse_address("ASHA@example.com"))
    assert replace(renamed, email="ASHA@example.com") == spelled == keys.read_attendee(item_of(asha))
    assert 3 == item_of(asha)["revision"]


def test_all_else_of_a_registration_stays_when_its_name_changes(asha):
    before = item_of(asha)
    attendees.rename(*one(asha), OWNER, "Asha Rao", None)
    assert before | {"name": "Asha Rao", "revision": 2} == item_of(asha)


def test_new_codes_change_the_serial_alone(asha):
    before = item_of(asha)
    renewed = attendees.renew_codes(*one(asha), OWNER)
    assert before | {"serial": renewed.serial, "revision": 2} == item_of(asha)
    assert asha.serial != renewed.serial


def test_former_registrations_are_neither_renamed_nor_given_codes_nor_handed_over(asha):
    give_up(asha)
    for call in (
        lambda: attendees.rename(*one(asha), by_code(asha), "Asha Rao", None),
        lambda: attendees.renew_codes(*one(asha), OWNER),
        lambda: attendees.hand_over(*one(asha), by_code(asha), holder("usha")),
        lambda: attendees.find_holder(*one(asha), by_code(asha)),
        lambda: attendees.change(*one(asha), by_code(asha), AttendeePatch(None, parse_address("usha@example.com"))),
    ):
        with pytest.raises(RegistrationGoneError):
            call()


# --- Cancelling -------------------------------------------------------------------------------------------------------


def test_cancelling_leaves_the_serial_and_the_marks_and_nothing_personal(asha):
    before = item_of(asha)
    give_up(asha, by_code(asha))
    left = item_of(asha)
    assert {
        "pk",
        "sk",
        "v",
        "id",
        "event_id",
        "state",
        "cancelled_at",
        "serial",
        "revision",
        "nonce",
        "expires_at",
    } == (left.keys())
    assert ("cancelled", before["serial"], before["nonce"], 2) == tuple(
        left[name] for name in ("state", "serial", "nonce", "revision")
    )


def test_cancelling_is_counted_once(asha, notes):
    for _ in range(3):
        give_up(asha)
    assert (1, 0) == (notes["Cancellations"], notes["Promotions"])


def test_only_a_place_is_given_up_where_only_that_is_meant(asha):
    with pytest.raises(NotWaitingError):
        attendees.cancel(*one(asha), by_code(asha), only_waiting=True)
    assert "registered" == item_of(asha)["state"]


def test_what_was_handed_over_is_not_cancelled_by_who_did(asha):
    attendees.hand_over(*one(asha), by_code(asha), holder("usha"))
    for access in (OWNER, by_code(asha)):
        with pytest.raises(RegistrationGoneError):
            give_up(asha, access)


def test_codes_renewed_while_their_holder_cancels_leave_the_registration_alone(asha):
    with holding_up():
        slow = SlowCaller(lambda: give_up(asha, by_code(asha)))
        assert slow.run_until(2)
        attendees.renew_codes(*one(asha), OWNER)
        with pytest.raises(InvalidManageCodeError):
            slow.finish()
    assert "registered" == item_of(asha)["state"]


def test_a_registration_made_anew_meanwhile_is_not_renamed_by_who_had_the_one_before(asha):
    with holding_up():
        slow = SlowCaller(lambda: attendees.rename(*one(asha), by_code(asha), "Somebody Else", None))
        assert slow.run_until(2)
        give_up(asha)
        registrations.register(asha.event_id, guest("asha"))
        with pytest.raises(InvalidManageCodeError):
            slow.finish()
    assert "Asha" == item_of(asha)["name"]


def test_who_cancels_while_their_codes_are_renewed_gets_none(asha):
    with holding_up():
        slow = SlowCaller(lambda: attendees.renew_codes(*one(asha), OWNER))
        assert slow.run_until(2)
        give_up(asha)
        with pytest.raises(RegistrationGoneError):
            slow.finish()
    assert ("cancelled", asha.serial) == (item_of(asha)["state"], item_of(asha)["serial"])


def test_who_is_checked_in_while_they_hand_over_stays(asha):
    with holding_up():
        slow = SlowCaller(lambda: attendees.hand_over(*one(asha), by_code(asha), holder("usha")))
        assert slow.run_until(2)
        check_ins.check_in(asha.event_id, Code(*one(asha), asha.serial), OWNER.caller)
        with pytest.raises(CheckedInError):
            slow.finish()
    assert "registered" == item_of(asha)["state"]


def test_who_is_checked_in_while_they_cancel_stays(asha):
    with holding_up():
        slow = SlowCaller(lambda: give_up(asha, by_code(asha)))
        assert slow.run_until(2)
        check_ins.check_in(asha.event_id, Code(*one(asha), asha.serial), OWNER.caller)
        with pytest.raises(CheckedInError):
            slow.finish()
    assert "registered" == item_of(asha)["state"]


def test_who_gets_a_seat_while_they_leave_the_waitlist_keeps_it(lawful_id, asha):
    usha = registrations.register(lawful_id, guest("usha")).attendee
    ravi = waitlist.join(lawful_id, guest("ravi")).attendee
    with holding_up():
        slow = SlowCaller(lambda: waitlist.leave(*one(ravi), by_code(ravi)))
        assert slow.run_until(3)  # having read the person and the directory
        give_up(usha)
        with pytest.raises(NotWaitingError):
            slow.finish()
    assert "registered" == item_of(ravi)["state"]


# --- Handing over -----------------------------------------------------------------------------------------------------


def test_the_heir_has_the_seats_and_who_gave_them_is_remembered(asha, notes):
    blocks = item_of(asha)["blocks"]
    heir, replayed = attendees.hand_over(*one(asha), by_code(asha), holder("usha"), "Nepal", KEY)
    item, left = item_of(heir), item_of(asha)
    assert ("Usha", "usha@example.com", "Nepal", blocks) == tuple(
        item[name] for name in ("name", "email", "country", "blocks")
    )
    assert (heir, False, 1) == (keys.read_attendee(item), replayed, notes["HandOvers"])
    assert (heir.id, heir.serial, asha.serial) == (left["successor"], left["successor_serial"], left["serial"])
    assert heir.serial != asha.serial


def test_what_is_left_of_a_former_heir_may_go_meanwhile(table, lawful_id, asha):
    """DynamoDB removes it at its `expires_at`, between our look and our write."""
    usha = registrations.register(lawful_id, guest("usha")).attendee
    give_up(usha)
    with holding_up():
        slow = SlowCaller(lambda: attendees.hand_over(*one(asha), by_code(asha), holder("usha")))
        # Refused by what is left of the heir; then read anew, and about to put the heir in its place.
        assert slow.run_until(4)
        table.delete_item(TableName=TABLE, Key=to_attributes(keys.attendee_key(*one(usha))))
        heir, _ = slow.finish()
    assert ["BatchGetItem", "TransactWriteItems"] * 3 == slow.calls
    assert "registered" == item_of(heir)["state"]


def test_what_is_left_of_who_registers_anew_may_go_meanwhile(table, asha):
    give_up(asha)
    with holding_up():
        slow = SlowCaller(lambda: registrations.register(asha.event_id, guest("asha")))
        assert slow.run_until(2)  # about to take its place
        table.delete_item(TableName=TABLE, Key=to_attributes(keys.attendee_key(*one(asha))))
        slow.finish()
    assert ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"] == slow.calls
    assert "registered" == item_of(asha)["state"]


def test_an_heir_who_registers_cancels_and_registers_meanwhile_is_not_overwritten(lawful_id, asha):
    usha = registrations.register(lawful_id, guest("usha")).attendee
    give_up(usha)
    with holding_up():
        slow = SlowCaller(lambda: attendees.hand_over(*one(asha), by_code(asha), holder("usha")))
        assert slow.run_until(4)
        anew = registrations.register(lawful_id, guest("usha")).attendee
        with pytest.raises(AlreadyRegisteredError):
            slow.finish()
    assert (anew.serial, "registered") == (item_of(anew)["serial"], item_of(asha)["state"])


def test_nothing_is_handed_over_at_a_cancelled_event_or_by_who_waits_or_has_come(lawful_id, asha):
    usha = registrations.register(lawful_id, guest("usha")).attendee
    ravi = waitlist.join(lawful_id, guest("ravi")).attendee
    check_ins.check_in(lawful_id, Code(*one(usha), usha.serial), OWNER.caller)
    for giver, refusal in ((ravi, StillWaitingError), (usha, CheckedInError)):
        with pytest.raises(refusal):
            attendees.hand_over(*one(giver), by_code(giver), holder("nobody"))
    changes.cancel(lawful_id, OWNER.caller, "Flooded.")
    with pytest.raises(EventCancelledError):
        attendees.hand_over(*one(asha), by_code(asha), holder("nobody"))


def test_a_hand_over_is_known_by_its_key_heir_and_request(asha):
    heir, _ = attendees.hand_over(*one(asha), OWNER, holder("usha"), None, KEY)
    assert (heir, True) == attendees.hand_over(*one(asha), OWNER, holder("usha"), None, KEY)
    with pytest.raises(IdempotencyKeyReusedError):
        attendees.hand_over(*one(asha), OWNER, holder("usha"), None, KEY._replace(fingerprint="other"))
    for key in (None, KEY._replace(key="other")):
        with pytest.raises(RegistrationGoneError):
            attendees.hand_over(*one(asha), OWNER, holder("usha"), None, key)
    with pytest.raises(RegistrationGoneError):
        attendees.hand_over(*one(asha), OWNER, holder("ravi"), None, KEY)


def test_a_key_is_good_for_who_hands_over_with_it(lawful_id, asha):
    """The same key for the seats of two people is two hand-overs."""
    usha = registrations.register(lawful_id, guest("usha")).attendee
    heirs = [
        attendees.hand_over(*one(giver), OWNER, holder(name), None, KEY)
        for giver, name in ((asha, "ravi"), (usha, "nadia"))
    ]
    assert [False, False] == [heir.replayed for heir in heirs]
    give_up(heirs[0].attendee)
    assert "nadia@example.com" == attendees.hand_over(*one(usha), OWNER, holder("nadia"), None, KEY).attendee.email


def test_a_key_does_not_make_one_hand_over_of_two_to_the_same_person(lawful_id, asha):
    usha = registrations.register(lawful_id, guest("usha")).attendee
    attendees.hand_over(*one(asha), OWNER, holder("ravi"), None, KEY)
    with pytest.raises(AlreadyRegisteredError):
        attendees.hand_over(*one(usha), OWNER, holder("ravi"), None, KEY)


def test_a_late_retry_does_not_hand_over_again_what_came_back(asha):
    heir, _ = attendees.hand_over(*one(asha), OWNER, holder("usha"), None, KEY)
    attendees.hand_over(*one(heir), OWNER, holder("asha"))
    with pytest.raises(RegistrationCancelledError):
        attendees.hand_over(*one(asha), OWNER, holder("usha"), None, KEY)


def test_nobody_hands_over_to_themselves(asha):
    before = get_item(keys.attendee_key(*one(asha)))
    with pytest.raises(AlreadyRegisteredError):
        attendees.hand_over(*one(asha), by_code(asha), NewHolder("A. Rao", parse_address("ASHA@example.com")))
    assert before == get_item(keys.attendee_key(*one(asha)))


def test_a_change_to_anothers_address_keeps_the_name_unless_another_is_sent(asha):
    (heir, _), is_new = attendees.change(*one(asha), OWNER, AttendeePatch(None, parse_address("usha@example.com")))
    assert ("Asha", "usha@example.com", True) == (heir.name, heir.email, is_new)
    (again, _), is_new = attendees.change(*one(heir), OWNER, AttendeePatch("Ravi", parse_address("ravi@example.com")))
    assert ("Ravi", True) == (again.name, is_new)
    (same, _), is_new = attendees.change(*one(again), OWNER, AttendeePatch("Ravi Iyer", None))
    assert (again.id, "Ravi Iyer", False) == (same.id, same.name, is_new)


# --- Contention -------------------------------------------------------------------------------------------------------

CONFLICT = cancelled("TransactionConflict", "TransactionConflict", "TransactionConflict")

CHANGES = {
    "rename": lambda asha: attendees.rename(*one(asha), by_code(asha), "Asha Rao", None),
    "renew codes": lambda asha: attendees.renew_codes(*one(asha), OWNER),
    "cancel": lambda asha: give_up(asha, by_code(asha)),
    "hand over": lambda asha: attendees.hand_over(*one(asha), by_code(asha), holder("usha")),
    "check in": lambda asha: check_ins.check_in(asha.event_id, Code(*one(asha), asha.serial), OWNER.caller),
}


@pytest.mark.parametrize("change", CHANGES)
def test_contention_is_tried_again_under_a_new_token_each_time(asha, change):
    begin_call("c")
    with scripted(THROUGH, CONFLICT) as record:
        CHANGES[change](asha)
    tokens = [parameters["ClientRequestToken"] for name, parameters in record.calls if name == "TransactWriteItems"]
    assert len(tokens) == len(set(tokens)) >= 2


@pytest.mark.parametrize("change", CHANGES)
def test_contention_that_lasts_ends_with_an_error_and_nothing_changed(asha, change, monkeypatch):
    monkeypatch.setattr(contention, "MAX_RETRIES", 2)
    begin_call("c")
    before = item_of(asha)
    script = [THROUGH, CONFLICT] * 9
    with scripted(*script) as record, pytest.raises(TryAgainError):
        CHANGES[change](asha)
    assert 3 <= record.operations["TransactWriteItems"] <= 4
    assert before == item_of(asha)


def test_a_cancellation_whose_repetition_met_somebody_may_have_been_carried_out(asha):
    """Seats that are freed twice would be sold twice: so nobody guesses."""
    lost = ConnectionClosedError(endpoint_url="http://127.0.0.1")
    with scripted(THROUGH, CarriedOut(lost), CONFLICT), pytest.raises(TryAgainError):
        give_up(asha)
    give_up(asha)
    assert "cancelled" == item_of(asha)["state"]


def test_who_cancelled_hands_nothing_over_to_whoever_is_there(lawful_id, asha):
    registrations.register(lawful_id, guest("usha"))
    give_up(asha)
    with pytest.raises(RegistrationGoneError):
        attendees.hand_over(*one(asha), by_code(asha), holder("usha"), None, KEY)


def test_nobody_waits_to_put_an_heir_in_the_place_of_what_is_left(lawful_id, asha):
    usha = registrations.register(lawful_id, guest("usha")).attendee
    give_up(usha)
    notes = begin_call("c").counts
    attendees.hand_over(*one(asha), OWNER, holder("usha"))
    assert (1, 0) == (notes["HandOvers"], notes["ContentionRetries"])
