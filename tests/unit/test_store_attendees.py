"""Registering people and listing them: every branch, and the calls that are made for it."""

import pytest
from msgspec.structs import replace

from event_management import keys
from event_management.addresses import parse_address
from event_management.errors import (
    AlreadyRegisteredError,
    EventNotFoundError,
    IdempotencyKeyReusedError,
    RegistrationClosedError,
    SeatsFullError,
    TryAgainError,
)
from event_management.identifiers import derive_attendee_id
from event_management.models import Idempotency, NewAttendee
from event_management.observability import begin_call
from event_management.seats import attendee_partition
from event_management.store import attendees, contention, events, secrets
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import get_item
from event_management.store.secrets import read_secrets
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import CarriedOut, cancelled, scripted

CONFLICT = cancelled("None", "TransactionConflict")


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


def block(event_id):
    return get_item(keys.seat_block_key(event_id, 0))


def person(event_id, address="asha@example.com", partition=0):
    attendee_id = derive_attendee_id(read_secrets().identity_key, event_id, address)
    return get_item(keys.attendee_key(event_id, partition, attendee_id))


# --- Seats ------------------------------------------------------------------------------------------------------------


def test_registration_takes_a_seat_and_records_its_holder(event_id, notes):
    attendee, replayed = attendees.register(event_id, asha(), country="INDIA")
    item = person(event_id)
    assert (attendee, False) == (keys.read_attendee(item), replayed)
    assert ("Asha Rao", "Asha@example.com", "INDIA") == (item["name"], item["email"], item["country"])
    assert 1 == block(event_id)["taken"] == notes["Registrations"]


def test_registration_on_a_warm_container_is_one_call(event_id):
    with scripted() as record:
        attendees.register(event_id, asha())
    assert {"TransactWriteItems": 1} == record.operations
    put, update = (next(iter(action.values())) for action in record.parameters[0]["TransactItems"])
    assert "attribute_not_exists(pk)" == put["ConditionExpression"]
    assert "taken < seats AND #state = :open AND attendee_partitions = :partitions" == update["ConditionExpression"]
    assert ["ALL_OLD"] * 2 == [action["ReturnValuesOnConditionCheckFailure"] for action in (put, update)]


def test_refusal_on_a_warm_container_is_one_call_too(event_id):
    attendees.register(event_id, asha())
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        attendees.register(event_id, asha())
    assert {"TransactWriteItems": 1} == record.operations


def test_registration_on_a_cold_container_reads_the_secrets_once(api, event_id):
    secrets.forget_secrets()
    with scripted() as record:
        attendees.register(event_id, asha())
        attendees.register(event_id, asha(email=parse_address("b@example.com")))
    assert {"GetItem": 1, "TransactWriteItems": 2} == record.operations


@pytest.mark.parametrize("capacity", [1, 2])
def test_no_seat_is_left_after_the_last(api, capacity):
    event_id = api.create_event(event_payload(max_capacity=capacity)).json["event"]
    notes = begin_call("c").counts
    for n in range(capacity):
        attendees.register(event_id, asha(email=parse_address(f"{n}@example.com")))
    with pytest.raises(SeatsFullError):
        attendees.register(event_id, asha())
    assert (capacity, None) == (block(event_id)["taken"], person(event_id))
    assert 1 == notes["SoldOut"]


def test_holder_of_a_seat_is_told_so_even_when_all_are_taken(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    attendees.register(event_id, asha())
    with pytest.raises(AlreadyRegisteredError):
        attendees.register(event_id, asha())


@pytest.mark.parametrize("other_id", ["aaaaaaaaaa", "k3v7qzm2ab"])
def test_unknown_event_is_not_found(event_id, other_id, table):
    before = table.scan(TableName=TABLE)["Count"]
    with pytest.raises(EventNotFoundError):
        attendees.register(other_id, asha())
    assert before == table.scan(TableName=TABLE)["Count"]


@pytest.mark.parametrize(
    "other_id", ["", "short", "UPPERCASE1", "aaaaaaaaaa#", "aaaaaaaaaaa", "aaaaaaaaa\n", "éaaaaaaaaa"]
)
def test_text_that_is_no_event_id_is_not_found_without_a_call(event_id, other_id):
    with scripted() as record, pytest.raises(EventNotFoundError):
        attendees.register(other_id, asha())
    assert [] == record.calls


def test_no_event_is_found_in_a_stack_that_never_had_one(table):
    with scripted() as record, pytest.raises(EventNotFoundError):
        attendees.register("aaaaaaaaaa", asha())
    assert {"GetItem": 1} == record.operations


@pytest.mark.parametrize("state", ["closed", "cancelled"])
@pytest.mark.parametrize("taken", [0, 50])
def test_block_that_is_not_open_takes_nobody_whether_full_or_not(table, event_id, state, taken):
    plant(table, keys.seat_block_key(event_id, 0), state=state, taken=taken)
    with pytest.raises(RegistrationClosedError):
        attendees.register(event_id, asha())
    assert (taken, None) == (block(event_id)["taken"], person(event_id))


# --- Attendee partitions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [2, 4, 16])
def test_event_with_more_partitions_than_assumed_gets_people_where_the_rule_says(table, event_id, partitions):
    plant(table, keys.seat_block_key(event_id, 0), attendee_partitions=partitions)
    for n in range(8):
        address = f"{n}@example.com"
        with scripted() as record:
            attendee, _ = attendees.register(event_id, asha(email=parse_address(address)))
        right = attendee_partition(attendee.id, partitions)
        found = {m: person(event_id, address, m) for m in range(partitions)}
        assert {right} == {m for m, item in found.items() if item}
        assert keys.attendees_of(event_id, right) == found[right]["gsi1pk"]
        first, second = record.parameters
        assert first["ClientRequestToken"] != second["ClientRequestToken"]
        with pytest.raises(AlreadyRegisteredError):
            attendees.register(event_id, asha(email=parse_address(address)))
    assert 8 == block(event_id)["taken"]


def test_full_event_with_more_partitions_than_assumed_is_full(table, event_id):
    plant(table, keys.seat_block_key(event_id, 0), attendee_partitions=4, taken=50)
    with pytest.raises(SeatsFullError):
        attendees.register(event_id, asha())


# --- Repeated calls ---------------------------------------------------------------------------------------------------

FIRST = Idempotency("key", "fingerprint")


def test_same_key_and_request_is_told_of_the_same_seat(event_id, notes):
    attendee, _ = attendees.register(event_id, asha(), idempotency=FIRST)
    assert (attendee, True) == attendees.register(event_id, asha(), idempotency=FIRST)
    assert (1, 0) == (notes["Registrations"], notes["Duplicates"])
    assert 1 == block(event_id)["taken"]


def test_same_key_with_another_request_is_refused(event_id):
    attendees.register(event_id, asha(), idempotency=FIRST)
    with pytest.raises(IdempotencyKeyReusedError):
        attendees.register(event_id, asha(), idempotency=FIRST._replace(fingerprint="other"))


@pytest.mark.parametrize(
    ("first", "second"),
    [(None, None), (None, FIRST), (FIRST, None), (FIRST, FIRST._replace(key="other"))],
    ids=["no keys", "key on the second", "key on the first", "two keys"],
)
def test_address_that_is_registered_without_this_key_is_a_duplicate(event_id, notes, first, second):
    attendees.register(event_id, asha(), idempotency=first)
    with pytest.raises(AlreadyRegisteredError):
        attendees.register(event_id, asha(), idempotency=second)
    assert (1, 1) == (notes["Registrations"], notes["Duplicates"])
    assert 1 == block(event_id)["taken"]


def test_same_key_with_another_address_or_event_is_another_registration(api, event_id):
    other_event = api.create_event(event_payload()).json["event"]
    made = {
        attendees.register(event, asha(email=parse_address(address)), idempotency=FIRST)
        for event in (event_id, other_event)
        for address in ("a@example.com", "b@example.com")
    }
    assert 4 == len({registration.attendee.id for registration in made})
    assert not any(registration.replayed for registration in made)


def test_keys_are_not_stored_as_sent(event_id):
    attendees.register(event_id, asha(), idempotency=Idempotency("canary-key", "f"))
    assert "canary-key" not in str(person(event_id))


@pytest.mark.parametrize("lost", [CONFLICT, cancelled("TransactionConflict", "None")])
def test_item_with_our_own_nonce_is_our_own_work(event_id, notes, lost):
    with scripted(CarriedOut(lost)) as record:
        attendee, replayed = attendees.register(event_id, asha())
    assert 2 == len(record.sends)
    assert (person(event_id)["id"], False) == (attendee.id, replayed)
    assert (1, 0) == (notes["Registrations"], notes["Duplicates"])
    assert 1 == block(event_id)["taken"]


def test_every_call_has_a_nonce_of_its_own(event_id):
    for n in range(5):
        attendees.register(event_id, asha(email=parse_address(f"{n}@example.com")))
    assert 5 == len({person(event_id, f"{n}@example.com")["nonce"] for n in range(5)})


def test_every_call_has_tokens_of_its_own(event_id):
    with scripted() as record:
        for n in range(5):
            attendees.register(event_id, asha(email=parse_address(f"{n}@example.com")))
    assert 5 == len({sent["ClientRequestToken"] for sent in record.sends})


def test_item_without_nonce_is_a_duplicate(table, event_id):
    attendees.register(event_id, asha())
    item = person(event_id)
    plant(table, {"pk": item["pk"], "sk": item["sk"]}, nonce=None)
    for idempotency in (None, FIRST):
        with pytest.raises(AlreadyRegisteredError):
            attendees.register(event_id, asha(), idempotency=idempotency)


# --- Contention -------------------------------------------------------------------------------------------------------


def test_contention_is_tried_again_with_the_same_item_and_new_tokens(event_id, notes):
    with scripted(CONFLICT, CONFLICT) as record:
        attendees.register(event_id, asha())
    items = [from_attributes(sent["TransactItems"][0]["Put"]["Item"]) for sent in record.sends]
    assert [items[0]] * 3 == items
    assert 3 == len({sent["ClientRequestToken"] for sent in record.sends})
    assert 2 == notes["ContentionRetries"]


def test_contention_without_end_is_worth_another_call(event_id, notes):
    tries = 1 + contention.MAX_RETRIES
    with scripted(*[CONFLICT] * tries) as record, pytest.raises(TryAgainError):
        attendees.register(event_id, asha())
    assert tries == len(record.sends)
    assert contention.MAX_RETRIES == notes["ContentionRetries"]
    assert (0, None) == (block(event_id)["taken"], person(event_id))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize("change", [{"taken": 50}, {"state": "closed"}, {"attendee_partitions": 4}, None])
def test_refusal_by_the_block_counts_only_without_contention(event_id, code, change):
    item = to_attributes(block(event_id) | change) if change else None
    refusal = ("ConditionalCheckFailed", item) if item else "ConditionalCheckFailed"
    with scripted(cancelled(code, refusal)) as record:
        attendees.register(event_id, asha())
    partitions = [
        sent["TransactItems"][1]["Update"]["ExpressionAttributeValues"][":partitions"] for sent in record.sends
    ]
    assert [{"N": "1"}] * 2 == partitions


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"])
def test_refusal_by_the_person_counts_whatever_the_block_says(event_id, code):
    attendees.register(event_id, asha())
    refusal = ("ConditionalCheckFailed", to_attributes(person(event_id)))
    with scripted(cancelled(refusal, code)) as record, pytest.raises(AlreadyRegisteredError):
        attendees.register(event_id, asha())
    assert 1 == len(record.sends)


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_list_is_in_order_of_registration_and_one_query(event_id):
    event = events.find(event_id)
    ids = [attendees.register(event_id, asha(email=parse_address(f"{n}@example.com"))).attendee.id for n in range(5)]
    with scripted() as record:
        listed = attendees.list_by_registration(event, None, 10)
    assert ids == [attendee.id for _, attendee in listed]
    assert {"Query": 1} == record.operations


def test_list_goes_on_after_a_position(event_id):
    people = [attendees.register(event_id, asha(email=parse_address(f"{n}@example.com"))).attendee for n in range(5)]
    event = events.find(event_id)
    after = attendees.list_by_registration(event, None, 2)[-1][0]
    assert people[2:4] == [attendee for _, attendee in attendees.list_by_registration(event, after, 2)]


def test_list_merges_the_partitions_in_order_of_registration(table, event_id):
    block = get_item(keys.seat_block_key(event_id, 0))
    table.put_item(TableName=TABLE, Item=to_attributes(block | {"attendee_partitions": 4}))
    event = replace(events.find(event_id), attendee_partitions=4)
    people = [attendees.register(event_id, asha(email=parse_address(f"{n}@example.com"))).attendee for n in range(9)]
    walked, after = [], None
    while page := attendees.list_by_registration(event, after, 2):
        walked += [attendee for _, attendee in page]
        after = page[-1][0]
    assert people == walked


def test_list_holds_people_of_this_event_alone(api, event_id):
    other = api.create_event(event_payload()).json["event"]
    attendees.register(other, asha())
    assert [] == attendees.list_by_registration(events.find(event_id), None, 10)


def test_page_of_attendees_on_a_warm_container_is_two_calls(api, event_id):
    attendees.register(event_id, asha())
    with scripted() as record:
        assert 200 == api.list_attendees(event_id).status
    assert {"GetItem": 1, "Query": 1} == record.operations


def test_no_call_of_any_endpoint_scans(api, event_id):
    with scripted() as record:
        api.create_event(event_payload())
        api.register(event_id, attendee_payload(1))
        api.register(event_id, attendee_payload(1))
        api.list_attendees(event_id)
        api.list_attendees(event_id, "?page=2")
        api.list_events()
        api.get_event(event_id)
    assert {"GetItem", "Query", "TransactWriteItems"} == set(record.operations)
