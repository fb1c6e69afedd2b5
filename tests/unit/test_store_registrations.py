"""Registering people and their parties: every branch, and the calls that are made for it."""

from datetime import UTC, datetime
from itertools import count

import pytest
from botocore.exceptions import ConnectionClosedError

from event_management import keys
from event_management import seats as plan
from event_management.addresses import parse_address
from event_management.errors import (
    AlreadyRegisteredError,
    AlreadyWaitingError,
    EventCancelledError,
    EventNotFoundError,
    IdempotencyKeyReusedError,
    InvalidPayloadError,
    RegistrationCancelledError,
    RegistrationClosedError,
    RegistrationNotOpenError,
    SeatsFullError,
    TryAgainError,
)
from event_management.identifiers import derive_attendee_id
from event_management.models import Idempotency, NewAttendee
from event_management.observability import begin_call
from event_management.seats import attendee_partition
from event_management.store import contention, registrations, seats, secrets
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import get_item, put_if, transact
from event_management.store.ledger import release
from event_management.store.repeats import Marks
from event_management.store.secrets import read_secrets
from tests.gateway import event_payload
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import CarriedOut, cancelled, scripted

CONFLICT = cancelled("None", "TransactionConflict")
FIRST = Idempotency("key", "fingerprint")


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def notes(event_id):
    """What the calls of the test count."""
    return begin_call("c").counts


def asha(**changes):
    return NewAttendee("Asha Rao", parse_address("Asha@example.com"))._replace(**changes)


def plant(table, key, **changes):
    """Change an item behind the product's back; a change to None takes the attribute away."""
    item = {name: value for name, value in ((get_item(key) or key) | changes).items() if value is not None}
    table.put_item(TableName=TABLE, Item=to_attributes(item))


def block(event_id, number=0):
    return get_item(keys.seat_block_key(event_id, number))


def directory(event_id):
    return keys.read_directory(get_item(keys.directory_key(event_id)))


def person(event_id, address="asha@example.com"):
    attendee_id = derive_attendee_id(read_secrets().identity_key, event_id, address)
    return get_item(keys.attendee_key(event_id, attendee_id))


def block_of(item):
    """Return the only block that somebody sits in."""
    ((number, _),) = keys.read_blocks(item).items()
    return number


def guest(number):
    return asha(email=parse_address(f"{number}@example.com"))


def forget_where_seats_are():
    """As a container does that was never asked for an event."""
    seats._memory.finders.clear()


@pytest.fixture
def known(event_id):
    """The event, where seats are known: somebody has registered."""
    registrations.register(event_id, guest("first"))
    return event_id


@pytest.fixture
def large_id(api):
    """An event with three seats in each of three blocks."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(plan, "SEATS_PER_BLOCK", 3)
        return api.create_event(event_payload(max_capacity=9)).json["event"]


# --- Seats ------------------------------------------------------------------------------------------------------------


def test_registration_takes_a_seat_and_records_its_holder(event_id, notes):
    attendee, replayed = registrations.register(event_id, asha(), country="INDIA")
    item = person(event_id)
    assert (attendee, False) == (keys.read_attendee(item), replayed)
    assert ("Asha Rao", "Asha@example.com", "INDIA") == (item["name"], item["email"], item["country"])
    assert 1 == block(event_id)["taken"] == notes["Registrations"]


def test_attendee_is_told_from_others_by_the_key_alone(event_id):
    attendee, _ = registrations.register(event_id, asha())
    item = person(event_id)
    assert (f"EVENT#{event_id}#ATTENDEE#{attendee.id}", "ATTENDEE") == (item["pk"], item["sk"])
    assert (keys.attendees_of(event_id, 0), {"0": 1}) == (item["gsi1pk"], item["blocks"])


def test_registration_on_a_warm_container_is_one_call(known):
    with scripted() as record:
        registrations.register(known, asha())
    assert {"TransactWriteItems": 1} == record.operations
    put, update = (next(iter(action.values())) for action in record.parameters[0]["TransactItems"])
    assert "attribute_not_exists(pk)" == put["ConditionExpression"]
    assert update["ConditionExpression"].startswith("seats_left >= :seats AND ")
    assert ["ALL_OLD"] * 2 == [action["ReturnValuesOnConditionCheckFailure"] for action in (put, update)]


def test_refusal_on_a_warm_container_is_one_call_too(known):
    registrations.register(known, asha())
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        registrations.register(known, asha())
    assert {"TransactWriteItems": 1} == record.operations


def test_registration_on_a_cold_container_reads_the_secrets_and_the_directory_once(event_id):
    secrets.forget_secrets()
    with scripted() as record:
        for n in range(3):
            registrations.register(event_id, guest(n))
    assert ["GetItem", "BatchGetItem", *["TransactWriteItems"] * 3] == [name for name, _ in record.calls]


def test_first_look_into_the_directory_finds_a_duplicate_without_a_write(known):
    forget_where_seats_are()
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        registrations.register(known, guest("first"))
    assert {"BatchGetItem": 1} == record.operations


@pytest.mark.parametrize("capacity", [1, 2])
def test_no_seat_is_left_after_the_last(api, capacity):
    event_id = api.create_event(event_payload(max_capacity=capacity)).json["event"]
    notes = begin_call("c").counts
    for n in range(capacity):
        registrations.register(event_id, guest(n))
    with pytest.raises(SeatsFullError):
        registrations.register(event_id, asha())
    assert (0, capacity, None) == (block(event_id)["seats_left"], block(event_id)["taken"], person(event_id))
    assert (1, 0) == (notes["SoldOut"], notes["ContentionRetries"])


def test_holder_of_a_seat_is_told_so_even_when_all_are_taken(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    registrations.register(event_id, asha())
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        registrations.register(event_id, asha())
    assert {"TransactWriteItems": 1} == record.operations


@pytest.mark.parametrize("other_id", ["aaaaaaaaaa", "k3v7qzm2ab"])
def test_unknown_event_is_not_found(event_id, other_id, table):
    before = table.scan(TableName=TABLE)["Count"]
    with pytest.raises(EventNotFoundError):
        registrations.register(other_id, asha())
    assert before == table.scan(TableName=TABLE)["Count"]


@pytest.mark.parametrize(
    "other_id", ["", "short", "UPPERCASE1", "aaaaaaaaaa#", "aaaaaaaaaaa", "aaaaaaaaa\n", "éaaaaaaaaa"]
)
def test_text_that_is_no_event_id_is_not_found_without_a_call(event_id, other_id):
    with scripted() as record, pytest.raises(EventNotFoundError):
        registrations.register(other_id, asha())
    assert [] == record.calls


def test_no_event_is_found_in_a_stack_that_never_had_one(table):
    with scripted() as record, pytest.raises(EventNotFoundError):
        registrations.register("aaaaaaaaaa", asha())
    assert {"GetItem": 1} == record.operations


TERMS = {
    "a draft": ({"status": "draft"}, EventNotFoundError),
    "cancelled": ({"status": "cancelled"}, EventCancelledError),
    "not open yet": ({"registration_opens": "2099-01-01T00:00:00.000000Z"}, RegistrationNotOpenError),
    "closed": ({"registration_closes": "2020-01-01T00:00:00.000000Z"}, RegistrationClosedError),
    "a larger party than may be": ({"max_party": 2}, InvalidPayloadError),
}


@pytest.mark.parametrize("where", ["directory", "block"])
@pytest.mark.parametrize("seats_left", [0, 50])
@pytest.mark.parametrize(("terms", "told"), TERMS.values(), ids=TERMS)
def test_terms_are_told_whether_full_or_not_and_whoever_learns_of_them_first(
    table, event_id, terms, told, seats_left, where
):
    """The directory is changed first: a caller that knows where seats are learns of it from a block."""
    plant(table, keys.directory_key(event_id), max_party=3)
    plant(table, keys.seat_block_key(event_id, 0), max_party=3)
    if where == "block":
        registrations.register(event_id, guest("first"))
    plant(table, keys.seat_block_key(event_id, 0), seats_left=seats_left, **terms)
    if where == "directory":
        plant(table, keys.directory_key(event_id), **terms)
    with pytest.raises(told):
        registrations.register(event_id, asha(seats=3))
    assert (seats_left, None) == (block(event_id)["seats_left"], person(event_id))


def test_an_event_that_opens_between_a_refusal_and_a_look_at_it_takes_people(known, table):
    """The block refused for its window; by now it is open."""
    closed = to_attributes(block(known) | {"seats_left": 3})
    with scripted(cancelled("None", ("ConditionalCheckFailed", closed))) as record:
        registrations.register(known, asha())
    assert {"TransactWriteItems": 2, "GetItem": 1, "BatchGetItem": 1} == record.operations


def test_event_whose_blocks_are_gone_is_not_found(known, table):
    table.delete_item(TableName=TABLE, Key=to_attributes(keys.seat_block_key(known, 0)))
    with pytest.raises(EventNotFoundError):
        registrations.register(known, asha())
    assert None is person(known)


# --- Several blocks ---------------------------------------------------------------------------------------------------


def test_a_caller_takes_seats_from_one_block_after_the_other_until_all_are_sold(large_id):
    for n in range(9):
        registrations.register(large_id, guest(n))
        taken = [block(large_id, number)["taken"] for number in range(3)]
        assert (n + 1, True) == (sum(taken), max(taken) - min(taken) <= 1)
    with pytest.raises(SeatsFullError):
        registrations.register(large_id, asha())
    sat = [block_of(person(large_id, f"{n}@example.com")) for n in range(9)]
    assert [3] * 3 == [sat.count(number) for number in range(3)]
    assert (frozenset(), 0) == directory(large_id)[:2]


def test_a_block_without_seats_leads_to_another_at_once_under_a_new_token(large_id, table):
    for number in (0, 1):
        plant(table, keys.seat_block_key(large_id, number), seats_left=0, taken=3)
    seats.finder_of(large_id)._choose = min
    notes = begin_call("c").counts
    with scripted() as record:
        registrations.register(large_id, asha())
    assert (2, 0) == (block_of(person(large_id)), notes["ContentionRetries"])
    assert "GetItem" not in record.operations
    tokens = [parameters["ClientRequestToken"] for name, parameters in record.calls if name == "TransactWriteItems"]
    assert len(tokens) == len(set(tokens))


def let_age(finder, seconds):
    """Let the directory that the finder has read be so old, until it reads another."""
    now = finder._asked_at + seconds
    finder.clock = lambda: now


@pytest.mark.parametrize("age", [0, 60])
def test_a_directory_that_is_old_is_read_again_and_rid_of_the_block_without_seats(large_id, table, age):
    registrations.register(large_id, guest(1))
    finder = seats.finder_of(large_id)
    left_for = finder.block
    plant(table, keys.seat_block_key(large_id, left_for), seats_left=0, taken=3)
    let_age(finder, age)
    with scripted() as record:
        registrations.register(large_id, asha())
    looks = {"BatchGetItem": 1, "UpdateItem": 1} if age else {}
    assert {"TransactWriteItems": 2} | looks == record.operations
    assert ({0, 1, 2} - {left_for} if age else {0, 1, 2}) == directory(large_id).open_blocks


def test_contention_leads_to_another_block_and_under_a_new_token(large_id):
    registrations.register(large_id, guest(1))
    with scripted(CONFLICT) as record:
        registrations.register(large_id, asha())
    asked = [block_of(from_attributes(sent["TransactItems"][0]["Put"]["Item"])) for sent in record.sends]
    updated = [from_attributes(sent["TransactItems"][1]["Update"]["Key"])["pk"] for sent in record.sends]
    assert 2 == len(set(asked)) == len({sent["ClientRequestToken"] for sent in record.sends})
    assert [keys.seat_block_key(large_id, number)["pk"] for number in asked] == updated


def test_registration_whose_repetition_met_somebody_is_found(large_id):
    lost = ConnectionClosedError(endpoint_url="http://127.0.0.1")
    with scripted(None, CarriedOut(lost), CONFLICT) as record:
        attendee, replayed = registrations.register(large_id, asha())
    assert {"BatchGetItem": 1, "TransactWriteItems": 2} == record.operations
    assert (person(large_id)["id"], False) == (attendee.id, replayed)
    assert 1 == sum(block(large_id, number)["taken"] for number in range(3))


def test_person_whose_last_try_met_another_is_found_whichever_block_is_next(large_id):
    with scripted(None, CarriedOut(CONFLICT)) as record:
        attendee, replayed = registrations.register(large_id, asha())
    assert {"BatchGetItem": 1, "TransactWriteItems": 2} == record.operations
    assert (person(large_id)["id"], False) == (attendee.id, replayed)
    assert 1 == sum(block(large_id, number)["taken"] for number in range(3))


def in_a_rush(finder):
    finder._unread_at = finder.clock()


def test_refusals_of_a_sold_out_event_on_a_warm_container_are_one_call_each(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    registrations.register(event_id, guest(1), idempotency=FIRST)
    with pytest.raises(SeatsFullError):
        registrations.register(event_id, asha())
    finder = seats.finder_of(event_id)
    for prepare, operation in ((in_a_rush, "GetItem"), (lambda finder: let_age(finder, 60), "BatchGetItem")):
        for refused, who in ((SeatsFullError, asha()), (AlreadyRegisteredError, guest(1))):
            prepare(finder)
            with scripted() as record, pytest.raises(refused):
                registrations.register(event_id, who)
            assert {operation: 1} == record.operations
        prepare(finder)
        with scripted() as record:
            assert registrations.register(event_id, guest(1), idempotency=FIRST).replayed
        assert {operation: 1} == record.operations


def test_seats_that_come_back_to_a_sold_out_event_are_sold(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    registrations.register(event_id, guest(1))
    with pytest.raises(SeatsFullError):
        registrations.register(event_id, asha())
    former = keys.former_attendee_item(person(event_id, "1@example.com"), datetime.now(UTC))
    assert [] == release(event_id, {0: 1}, [put_if(former, "#state = :state", state="registered")])
    registrations.register(event_id, asha())
    assert (1, (frozenset({0}), 1)) == (block(event_id)["taken"], directory(event_id)[:2])


def test_two_callers_find_the_last_seats_of_a_large_event(large_id):
    """Each knows only what it found itself, and the directory."""
    finders = [{}, {}]
    for n in range(9):
        seats._memory.finders = finders[n % 2]
        registrations.register(large_id, guest(n))
    for finder in finders:
        seats._memory.finders = finder
        with pytest.raises(SeatsFullError):
            registrations.register(large_id, asha())
    assert [0, 0, 0] == [block(large_id, number)["seats_left"] for number in range(3)]


@pytest.mark.parametrize("partitions", [2, 16])
def test_people_are_spread_over_the_partitions_of_their_event(table, event_id, partitions):
    plant(table, keys.directory_key(event_id), attendee_partitions=partitions)
    for n in range(8):
        attendee, _ = registrations.register(event_id, guest(n))
        right = attendee_partition(attendee.id, partitions)
        assert keys.attendees_of(event_id, right) == person(event_id, f"{n}@example.com")["gsi1pk"]


# --- Parties ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def party_id(api):
    """An event with four seats in each of three blocks, for parties of up to ten."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(plan, "SEATS_PER_BLOCK", 4)
        return api.create_event(event_payload(max_capacity=12, max_party=10)).json["event"]


def seats_of(event_id):
    """Return seats left and taken of each block."""
    items = [block(event_id, number) for number in range(3)]
    return [(item["seats_left"], item["taken"]) for item in items]


def test_a_party_that_one_block_has_room_for_sits_in_one_block(party_id):
    seats.finder_of(party_id)._choose = min
    with scripted() as record:
        attendee, _ = registrations.register(party_id, asha(seats=4))
    assert {"BatchGetItem": 1, "TransactWriteItems": 1} == record.operations
    assert (4, {0: 4}, 4) == (attendee.seats, keys.read_blocks(person(party_id)), person(party_id)["seats"])
    assert [(0, 4), (4, 0), (4, 0)] == seats_of(party_id)


def test_a_party_that_no_block_has_room_for_gathers_its_seats_at_once(party_id):
    notes = begin_call("c").counts
    attendee, _ = registrations.register(party_id, asha(seats=10))
    parts = keys.read_blocks(person(party_id))
    assert ([2, 4, 4], 10) == (sorted(parts.values()), attendee.seats)
    assert [(4 - parts[n], parts[n]) for n in range(3)] == seats_of(party_id)
    assert (1, 0) == (notes["Registrations"], notes["ContentionRetries"])


def test_a_party_gets_all_its_seats_or_none_and_is_told_how_many_are_left(party_id):
    registrations.register(party_id, guest(1)._replace(seats=10))
    with pytest.raises(SeatsFullError, match="Only 2 of this event's seats are left"):
        registrations.register(party_id, asha(seats=3))
    assert (10, None) == (sum(taken for _, taken in seats_of(party_id)), person(party_id))
    registrations.register(party_id, asha(seats=2))
    with pytest.raises(SeatsFullError, match="Every seat"):
        registrations.register(party_id, guest(2)._replace(seats=3))


@pytest.mark.parametrize("is_known", [False, True])
def test_a_party_gathers_again_where_seats_went_meanwhile(party_id, table, monkeypatch, is_known):
    if is_known:
        registrations.register(party_id, guest(1))
        plant(table, keys.seat_block_key(party_id, block_of(person(party_id, "1@example.com"))), seats_left=4, taken=0)
    gather, gathered = registrations.gather, []

    def lose_one(event_id, wanted):
        parts = gather(event_id, wanted)
        if not gathered:
            number = next(number for number, part in parts.items() if part == 4)
            plant(table, keys.seat_block_key(event_id, number), seats_left=3, taken=1)
        gathered.append(parts)
        return parts

    monkeypatch.setattr(registrations, "gather", lose_one)
    registrations.register(party_id, asha(seats=10))
    assert (2, gathered[1]) == (len(gathered), keys.read_blocks(person(party_id)))


def test_a_party_gathers_again_where_all_seats_of_a_block_went_meanwhile(party_id, table, monkeypatch):
    gather, gathered = registrations.gather, []
    take, asked = registrations.take, []

    def note(event_id, parts, now):
        asked.append(parts)
        return take(event_id, parts, now)

    def lose_all_of_one(event_id, wanted):
        gathered.append(gather(event_id, wanted))
        if len(gathered) == 1:
            plant(table, keys.seat_block_key(event_id, next(iter(gathered[0]))), seats_left=0, taken=4)
        return gathered[-1]

    monkeypatch.setattr(registrations, "gather", lose_all_of_one)
    monkeypatch.setattr(registrations, "take", note)
    registrations.register(party_id, asha(seats=6))
    first, *rest = asked
    assert (1, 2, gathered) == (len(first), len(gathered), rest)
    assert gathered[1] == keys.read_blocks(person(party_id))


def test_a_party_that_met_another_begins_anew(party_id):
    """Where it gathered its seats somebody is at work: one block may do by now."""
    forget_where_seats_are()
    registrations.register(party_id, guest(1))
    finder = seats.finder_of(party_id)
    looked_at = finder.block
    with scripted(None, None, None, cancelled("None", "TransactionConflict", "None")) as record:
        registrations.register(party_id, asha(seats=8))
    tried = [sent["TransactItems"] for sent in record.sends if "TransactItems" in sent]
    assert [2, 3, 2, 3] == [len(actions) for actions in tried]
    assert keys.seat_block_key(party_id, looked_at)["pk"] == tried[0][1]["Update"]["Key"]["pk"]["S"]


@pytest.mark.parametrize(
    "reasons", [("None", "TransactionConflict"), ("None", "ConditionalCheckFailed", "ThrottlingError")]
)
def test_a_party_with_somebody_in_its_way_tries_again(party_id, reasons):
    finder = seats.finder_of(party_id)
    finder._choose = min
    refusal = ("ConditionalCheckFailed", to_attributes(block(party_id)))
    script = [None, None, None, None, cancelled(*(refusal if reason[0] == "C" else reason for reason in reasons))]
    with scripted(*script):
        registrations.register(party_id, asha(seats=10))
    assert 10 == sum(keys.read_blocks(person(party_id)).values()) == sum(taken for _, taken in seats_of(party_id))


def test_parties_and_single_people_share_a_caller_without_losing_a_seat(party_id):
    sizes = [1, 3, 1, 5, 1, 1]
    for n, size in enumerate(sizes):
        registrations.register(party_id, guest(n)._replace(seats=size))
    with pytest.raises(SeatsFullError):
        registrations.register(party_id, asha())
    assert [0, 0, 0] == [left for left, _ in seats_of(party_id)]


def test_a_party_of_an_event_whose_blocks_go_is_told_that_it_is_gone(party_id, table):
    registrations.register(party_id, guest(1))
    for number in range(3):
        table.delete_item(TableName=TABLE, Key=to_attributes(keys.seat_block_key(party_id, number)))
    with pytest.raises(EventNotFoundError):
        registrations.register(party_id, asha(seats=10))


def test_a_party_repeated_under_its_key_is_told_of_the_same_seats(party_id):
    attendee, _ = registrations.register(party_id, asha(seats=10), idempotency=FIRST)
    forget_where_seats_are()
    assert (attendee, True) == registrations.register(party_id, asha(seats=10), idempotency=FIRST)


# --- Who was registered before, or waits ------------------------------------------------------------------------------


def cancel(event_id, address="asha@example.com"):
    """Let somebody who is alone in their block cancel."""
    item = person(event_id, address)
    put = put_if(keys.former_attendee_item(item, datetime.now(UTC)), "serial = :serial", serial=item["serial"])
    assert [] == release(event_id, keys.read_blocks(item), [put])


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("key", ["another", None])
def test_who_cancelled_registers_anew_under_a_new_serial(event_id, is_known, key):
    first, _ = registrations.register(event_id, asha(), idempotency=FIRST)
    cancel(event_id)
    if not is_known:
        forget_where_seats_are()
    again, replayed = registrations.register(event_id, asha(), idempotency=key and Idempotency(key, "f"))
    assert (first.id, False) == (again.id, replayed)
    assert first.serial != again.serial == person(event_id)["serial"]
    assert (49, 1) == (block(event_id)["seats_left"], block(event_id)["taken"])
    assert "expires_at" not in person(event_id)


def test_who_cancelled_registers_anew_in_one_transaction_where_seats_are_not_known(event_id):
    registrations.register(event_id, asha())
    cancel(event_id)
    forget_where_seats_are()
    with scripted() as record:
        registrations.register(event_id, asha())
    assert {"BatchGetItem": 1, "TransactWriteItems": 1} == record.operations


def test_a_registration_made_and_cancelled_meanwhile_is_not_forgotten(event_id, monkeypatch):
    """It is another one's by then, and a late retry of its request must be known."""
    registrations.register(event_id, asha())
    cancel(event_id)
    forget_where_seats_are()
    begun = []

    def transact_late(*arguments, **options):
        if not begun:
            begun.append(True)
            registrations.register(event_id, asha(), idempotency=FIRST)
            cancel(event_id)
        return transact(*arguments, **options)

    monkeypatch.setattr(registrations, "transact", transact_late)
    with pytest.raises(RegistrationCancelledError):
        registrations.register(event_id, asha(), idempotency=FIRST)
    assert (50, "cancelled") == (block(event_id)["seats_left"], person(event_id)["state"])


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("is_full", [False, True])
def test_a_late_retry_books_nobody_again_who_cancelled(table, event_id, is_known, is_full):
    registrations.register(event_id, asha(), idempotency=FIRST)
    cancel(event_id)
    if is_full:
        plant(table, keys.seat_block_key(event_id, 0), seats_left=0, taken=50)
        plant(table, keys.directory_key(event_id), open_blocks=None)
    if not is_known:
        forget_where_seats_are()
    with pytest.raises(RegistrationCancelledError):
        registrations.register(event_id, asha(), idempotency=FIRST)
    with pytest.raises(IdempotencyKeyReusedError):
        registrations.register(event_id, asha(), idempotency=FIRST._replace(fingerprint="other"))
    assert "cancelled" == person(event_id)["state"]


def test_what_is_left_of_a_registration_may_expire_just_then(known, table):
    registrations.register(known, asha())
    cancel(known)
    forget_where_seats_are()
    look_before = registrations.look

    def look_and_expire(*arguments, **options):
        found = look_before(*arguments, **options)
        table.delete_item(TableName=TABLE, Key=to_attributes({name: found[name] for name in ("pk", "sk")}))
        return found

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(registrations, "look", look_and_expire)
        registrations.register(known, asha())
    assert ("registered", 2) == (person(known)["state"], block(known)["taken"])


def test_who_registers_anew_twice_at_once_is_registered_once(known, monkeypatch):
    registrations.register(known, asha())
    cancel(known)
    forget_where_seats_are()
    begun = []

    def transact_late(*arguments, **options):
        if not begun:
            begun.append(True)
            registrations.register(known, asha())
        return transact(*arguments, **options)

    monkeypatch.setattr(registrations, "transact", transact_late)
    with pytest.raises(AlreadyRegisteredError):
        registrations.register(known, asha())
    assert 2 == block(known)["taken"]


@pytest.mark.parametrize("is_known", [False, True])
def test_who_waits_is_told_so(event_id, table, is_known):
    if is_known:
        registrations.register(event_id, guest("first"))
    attendee = registrations.new_person(event_id, asha(), None)
    waiting = keys.waiting_item(attendee, 1) | Marks.new(FIRST, "join_waitlist").attributes()
    table.put_item(TableName=TABLE, Item=to_attributes(waiting))
    for idempotency in (None, FIRST):
        with pytest.raises(AlreadyWaitingError):
            registrations.register(event_id, asha(), idempotency=idempotency)


def test_who_was_registered_once_is_not_told_full_before_the_last_seat_is_gone(event_id):
    """The first try goes by a place that is free; the item in the way is one of a registration that was cancelled."""
    registrations.register(event_id, asha())
    cancel(event_id)
    notes = begin_call("c").counts
    with scripted() as record:
        registrations.register(event_id, asha())
    assert ({"TransactWriteItems": 2}, 0) == (record.operations, notes["ContentionRetries"])


# --- Repeated calls ---------------------------------------------------------------------------------------------------


def test_same_key_and_request_is_told_of_the_same_seat(event_id, notes):
    attendee, _ = registrations.register(event_id, asha(), idempotency=FIRST)
    assert (attendee, True) == registrations.register(event_id, asha(), idempotency=FIRST)
    assert (1, 0) == (notes["Registrations"], notes["Duplicates"])
    assert 1 == block(event_id)["taken"]


def test_same_key_with_another_request_is_refused(event_id):
    registrations.register(event_id, asha(), idempotency=FIRST)
    with pytest.raises(IdempotencyKeyReusedError):
        registrations.register(event_id, asha(), idempotency=FIRST._replace(fingerprint="other"))


@pytest.mark.parametrize(
    ("first", "second"),
    [(None, None), (None, FIRST), (FIRST, None), (FIRST, FIRST._replace(key="other"))],
    ids=["no keys", "key on the second", "key on the first", "two keys"],
)
def test_address_that_is_registered_without_this_key_is_a_duplicate(event_id, notes, first, second):
    registrations.register(event_id, asha(), idempotency=first)
    with pytest.raises(AlreadyRegisteredError):
        registrations.register(event_id, asha(), idempotency=second)
    assert (1, 1) == (notes["Registrations"], notes["Duplicates"])
    assert 1 == block(event_id)["taken"]


def test_same_key_with_another_address_or_event_is_another_registration(api, event_id):
    other_event = api.create_event(event_payload()).json["event"]
    made = {
        registrations.register(event, asha(email=parse_address(address)), idempotency=FIRST)
        for event in (event_id, other_event)
        for address in ("a@example.com", "b@example.com")
    }
    assert 4 == len({registration.attendee.id for registration in made})
    assert not any(registration.replayed for registration in made)


def test_keys_are_not_stored_as_sent(event_id):
    registrations.register(event_id, asha(), idempotency=Idempotency("canary-key", "f"))
    assert "canary-key" not in str(person(event_id))


@pytest.mark.parametrize("lost", [CONFLICT, cancelled("TransactionConflict", "None")])
def test_item_with_our_own_nonce_is_our_own_work(known, lost):
    notes = begin_call("c").counts
    with scripted(CarriedOut(lost)) as record:
        attendee, replayed = registrations.register(known, asha())
    assert 2 == len(record.sends)
    assert (person(known)["id"], False) == (attendee.id, replayed)
    assert (1, 0) == (notes["Registrations"], notes["Duplicates"])
    assert 2 == block(known)["taken"]


def test_every_call_has_a_nonce_of_its_own(event_id):
    for n in range(5):
        registrations.register(event_id, guest(n))
    assert 5 == len({person(event_id, f"{n}@example.com")["nonce"] for n in range(5)})


def test_every_call_has_tokens_of_its_own(known):
    with scripted() as record:
        for n in range(5):
            registrations.register(known, guest(n))
    assert 5 == len({sent["ClientRequestToken"] for sent in record.sends})


def test_item_without_nonce_is_a_duplicate(table, event_id):
    registrations.register(event_id, asha())
    item = person(event_id)
    plant(table, {"pk": item["pk"], "sk": item["sk"]}, nonce=None)
    for idempotency in (None, FIRST):
        with pytest.raises(AlreadyRegisteredError):
            registrations.register(event_id, asha(), idempotency=idempotency)


def test_a_repetition_that_finds_all_sold_looks_once_more_for_its_own_seat(api, monkeypatch):
    """The first call was under way when the person was read, and took the last seat."""
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    ask = seats.get_items

    def come_meanwhile(*wanted, **options):
        monkeypatch.setattr(seats, "get_items", ask)
        registrations.register(event_id, asha(), idempotency=FIRST)
        with pytest.raises(SeatsFullError):
            registrations.register(event_id, guest(1))
        directory, _, *others = ask(*wanted)
        forget_where_seats_are()
        return [directory, None, *others]

    monkeypatch.setattr(seats, "get_items", come_meanwhile)
    forget_where_seats_are()
    assert registrations.register(event_id, asha(), idempotency=FIRST).replayed


# --- Contention -------------------------------------------------------------------------------------------------------


def test_contention_is_tried_again_with_the_same_item_and_new_tokens(known):
    notes = begin_call("c").counts
    with scripted(CONFLICT, CONFLICT) as record:
        registrations.register(known, asha())
    items = [from_attributes(sent["TransactItems"][0]["Put"]["Item"]) for sent in record.sends]
    assert [items[0]] * 3 == items
    assert 3 == len({sent["ClientRequestToken"] for sent in record.sends})
    assert 2 == notes["ContentionRetries"]


def test_contention_without_end_is_worth_another_call(known):
    notes = begin_call("c").counts
    tries = 1 + contention.MAX_RETRIES
    with scripted(*[CONFLICT] * tries) as record, pytest.raises(TryAgainError):
        registrations.register(known, asha())
    assert tries == len(record.sends)
    assert contention.MAX_RETRIES == notes["ContentionRetries"]
    assert (1, None) == (block(known)["taken"], person(known))


def test_search_without_end_is_worth_another_call(known, monkeypatch):
    """Seats come and go so fast that none is caught."""
    monkeypatch.setattr(contention, "MAX_SECONDS", 0.1)
    empty = cancelled("None", ("ConditionalCheckFailed", to_attributes(block(known) | {"seats_left": 0})))
    relistings = count(1)
    monkeypatch.setattr(
        registrations,
        "look",
        lambda finder, *_, **__: finder.learn(plan.Directory(frozenset({0}), next(relistings), 1)),
    )
    with scripted(*[empty] * 1000), pytest.raises(TryAgainError):
        registrations.register(known, asha())
    assert (1, None) == (block(known)["taken"], person(known))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize("change", [{"seats_left": 0}, {"status": "cancelled"}, None])
def test_refusal_by_the_block_counts_only_without_contention(known, code, change):
    item = to_attributes(block(known) | change) if change else None
    refusal = ("ConditionalCheckFailed", item) if item else "ConditionalCheckFailed"
    notes = begin_call("c").counts
    with scripted(cancelled(code, refusal)) as record:
        registrations.register(known, asha())
    first, second = (sent["TransactItems"] for sent in record.sends)
    assert (first[0], first[1]["Update"]["Key"]) == (second[0], second[1]["Update"]["Key"])
    assert (2, 1) == (len(record.sends), notes["ContentionRetries"])


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"])
def test_refusal_by_the_person_counts_whatever_the_block_says(known, code):
    registrations.register(known, asha())
    refusal = ("ConditionalCheckFailed", to_attributes(person(known)))
    with scripted(cancelled(refusal, code)) as record, pytest.raises(AlreadyRegisteredError):
        registrations.register(known, asha())
    assert 1 == len(record.sends)
