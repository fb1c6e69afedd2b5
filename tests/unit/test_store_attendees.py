"""Registering people and listing them: every branch, and the calls that are made for it."""

from itertools import count

import pytest
from botocore.exceptions import ConnectionClosedError
from msgspec.structs import replace

from event_management import keys
from event_management import seats as plan
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
from event_management.store import attendees, contention, events, seats, secrets
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


def block(event_id, number=0):
    return get_item(keys.seat_block_key(event_id, number))


def directory(event_id):
    return keys.read_directory(get_item(keys.directory_key(event_id)))


def person(event_id, address="asha@example.com"):
    attendee_id = derive_attendee_id(read_secrets().identity_key, event_id, address)
    return get_item(keys.attendee_key(event_id, attendee_id))


def guest(number):
    return asha(email=parse_address(f"{number}@example.com"))


def forget_where_seats_are():
    """As a container does that was never asked for an event."""
    seats._memory.finders.clear()


@pytest.fixture
def known(event_id):
    """The event, where seats are known: somebody has registered."""
    attendees.register(event_id, guest("first"))
    return event_id


@pytest.fixture
def large_id(api):
    """An event with three seats in each of three blocks."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(plan, "SEATS_PER_BLOCK", 3)
        return api.create_event(event_payload(max_capacity=9)).json["event"]


# --- Seats ------------------------------------------------------------------------------------------------------------


def test_registration_takes_a_seat_and_records_its_holder(event_id, notes):
    attendee, replayed = attendees.register(event_id, asha(), country="INDIA")
    item = person(event_id)
    assert (attendee, False) == (keys.read_attendee(item), replayed)
    assert ("Asha Rao", "Asha@example.com", "INDIA") == (item["name"], item["email"], item["country"])
    assert 1 == block(event_id)["taken"] == notes["Registrations"]


def test_attendee_is_told_from_others_by_the_key_alone(event_id):
    attendee, _ = attendees.register(event_id, asha())
    item = person(event_id)
    assert (f"EVENT#{event_id}#ATTENDEE#{attendee.id}", "ATTENDEE") == (item["pk"], item["sk"])
    assert (keys.attendees_of(event_id, 0), 0) == (item["gsi1pk"], item["seat_block"])


def test_registration_on_a_warm_container_is_one_call(known):
    with scripted() as record:
        attendees.register(known, asha())
    assert {"TransactWriteItems": 1} == record.operations
    put, update = (next(iter(action.values())) for action in record.parameters[0]["TransactItems"])
    assert "attribute_not_exists(pk)" == put["ConditionExpression"]
    assert "seats_left >= :leaving AND #state = :open" == update["ConditionExpression"]
    assert ["ALL_OLD"] * 2 == [action["ReturnValuesOnConditionCheckFailure"] for action in (put, update)]


def test_refusal_on_a_warm_container_is_one_call_too(known):
    attendees.register(known, asha())
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        attendees.register(known, asha())
    assert {"TransactWriteItems": 1} == record.operations


def test_registration_on_a_cold_container_reads_the_secrets_and_the_directory_once(event_id):
    secrets.forget_secrets()
    with scripted() as record:
        for n in range(3):
            attendees.register(event_id, guest(n))
    assert ["GetItem", "BatchGetItem", *["TransactWriteItems"] * 3] == [name for name, _ in record.calls]


def test_first_look_into_the_directory_finds_a_duplicate_without_a_write(known):
    forget_where_seats_are()
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        attendees.register(known, guest("first"))
    assert {"BatchGetItem": 1} == record.operations


@pytest.mark.parametrize("capacity", [1, 2])
def test_no_seat_is_left_after_the_last(api, capacity):
    event_id = api.create_event(event_payload(max_capacity=capacity)).json["event"]
    notes = begin_call("c").counts
    for n in range(capacity):
        attendees.register(event_id, guest(n))
    with pytest.raises(SeatsFullError):
        attendees.register(event_id, asha())
    assert (0, capacity, None) == (block(event_id)["seats_left"], block(event_id)["taken"], person(event_id))
    assert (1, 0) == (notes["SoldOut"], notes["ContentionRetries"])


def test_holder_of_a_seat_is_told_so_even_when_all_are_taken(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    attendees.register(event_id, asha())
    with scripted() as record, pytest.raises(AlreadyRegisteredError):
        attendees.register(event_id, asha())
    assert {"TransactWriteItems": 1} == record.operations


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
@pytest.mark.parametrize("seats_left", [0, 50])
def test_block_that_is_not_open_takes_nobody_whether_full_or_not(table, event_id, state, seats_left):
    plant(table, keys.seat_block_key(event_id, 0), state=state, seats_left=seats_left)
    with pytest.raises(RegistrationClosedError):
        attendees.register(event_id, asha())
    assert (seats_left, 0, None) == (block(event_id)["seats_left"], block(event_id)["taken"], person(event_id))


def test_event_whose_blocks_are_gone_is_not_found(known, table):
    table.delete_item(TableName=TABLE, Key=to_attributes(keys.seat_block_key(known, 0)))
    with pytest.raises(EventNotFoundError):
        attendees.register(known, asha())
    assert None is person(known)


# --- Several blocks ---------------------------------------------------------------------------------------------------


def test_a_caller_takes_seats_from_one_block_after_the_other_until_all_are_sold(large_id):
    for n in range(9):
        attendees.register(large_id, guest(n))
        taken = [block(large_id, number)["taken"] for number in range(3)]
        assert (n + 1, True) == (sum(taken), max(taken) - min(taken) <= 1)
    with pytest.raises(SeatsFullError):
        attendees.register(large_id, asha())
    sat = [person(large_id, f"{n}@example.com")["seat_block"] for n in range(9)]
    assert [3] * 3 == [sat.count(number) for number in range(3)]
    assert (frozenset(), 0) == directory(large_id)[:2]


def test_a_block_without_seats_leads_to_another_at_once_under_a_new_token(large_id, table):
    for number in (0, 1):
        plant(table, keys.seat_block_key(large_id, number), seats_left=0, taken=3)
    seats.finder_of(large_id)._choose = min
    notes = begin_call("c").counts
    with scripted() as record:
        attendees.register(large_id, asha())
    assert (2, 0) == (person(large_id)["seat_block"], notes["ContentionRetries"])
    tokens = [parameters["ClientRequestToken"] for name, parameters in record.calls if name == "TransactWriteItems"]
    assert len(tokens) == len(set(tokens))


def let_age(finder, seconds):
    """Let the directory that the finder has read be so old, until it reads another."""
    now = finder._asked_at + seconds
    finder.clock = lambda: now


@pytest.mark.parametrize("age", [0, 60])
def test_a_directory_that_is_old_is_read_again_and_rid_of_the_block_without_seats(large_id, table, age):
    attendees.register(large_id, guest(1))
    finder = seats.finder_of(large_id)
    left_for = finder.block
    plant(table, keys.seat_block_key(large_id, left_for), seats_left=0, taken=3)
    let_age(finder, age)
    with scripted() as record:
        attendees.register(large_id, asha())
    looks = {"BatchGetItem": 1, "UpdateItem": 1} if age else {}
    assert {"TransactWriteItems": 2} | looks == record.operations
    assert ({0, 1, 2} - {left_for} if age else {0, 1, 2}) == directory(large_id).open_blocks


def test_contention_leads_to_another_block_and_under_a_new_token(large_id):
    attendees.register(large_id, guest(1))
    with scripted(CONFLICT) as record:
        attendees.register(large_id, asha())
    asked = [from_attributes(sent["TransactItems"][0]["Put"]["Item"])["seat_block"] for sent in record.sends]
    updated = [from_attributes(sent["TransactItems"][1]["Update"]["Key"])["pk"] for sent in record.sends]
    assert 2 == len(set(asked)) == len({sent["ClientRequestToken"] for sent in record.sends})
    assert [keys.seat_block_key(large_id, number)["pk"] for number in asked] == updated


def test_registration_whose_repetition_met_somebody_is_found(large_id):
    lost = ConnectionClosedError(endpoint_url="http://127.0.0.1")
    with scripted(None, CarriedOut(lost), CONFLICT) as record:
        attendee, replayed = attendees.register(large_id, asha())
    assert {"BatchGetItem": 1, "TransactWriteItems": 2} == record.operations
    assert (person(large_id)["id"], False) == (attendee.id, replayed)
    assert 1 == sum(block(large_id, number)["taken"] for number in range(3))


def test_person_whose_last_try_met_another_is_found_whichever_block_is_next(large_id):
    with scripted(None, CarriedOut(CONFLICT)) as record:
        attendee, replayed = attendees.register(large_id, asha())
    assert {"BatchGetItem": 1, "TransactWriteItems": 2} == record.operations
    assert (person(large_id)["id"], False) == (attendee.id, replayed)
    assert 1 == sum(block(large_id, number)["taken"] for number in range(3))


def test_refusals_of_a_sold_out_event_on_a_warm_container_are_one_call_each(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    attendees.register(event_id, guest(1), idempotency=FIRST)
    with pytest.raises(SeatsFullError):
        attendees.register(event_id, asha())
    finder = seats.finder_of(event_id)
    for age, operation in ((0, "GetItem"), (60, "BatchGetItem")):
        for refused, who in ((SeatsFullError, asha()), (AlreadyRegisteredError, guest(1))):
            let_age(finder, age)
            with scripted() as record, pytest.raises(refused):
                attendees.register(event_id, who)
            assert {operation: 1} == record.operations
        let_age(finder, age)
        with scripted() as record:
            assert attendees.register(event_id, guest(1), idempotency=FIRST).replayed
        assert {operation: 1} == record.operations


def test_seats_that_come_back_to_a_sold_out_event_are_sold(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    attendees.register(event_id, guest(1))
    with pytest.raises(SeatsFullError):
        attendees.register(event_id, asha())
    assert [] == seats.give_back(event_id, 0)
    seats.finder_of(event_id)._asked_at -= 60
    attendees.register(event_id, asha())
    assert (1, (frozenset({0}), 1)) == (block(event_id)["taken"], directory(event_id)[:2])


def test_two_callers_find_the_last_seats_of_a_large_event(large_id):
    """Each knows only what it found itself, and the directory."""
    finders = [{}, {}]
    for n in range(9):
        seats._memory.finders = finders[n % 2]
        attendees.register(large_id, guest(n))
    for finder in finders:
        seats._memory.finders = finder
        with pytest.raises(SeatsFullError):
            attendees.register(large_id, asha())
    assert [0, 0, 0] == [block(large_id, number)["seats_left"] for number in range(3)]


@pytest.mark.parametrize("partitions", [2, 16])
def test_people_are_spread_over_the_partitions_of_their_event(table, event_id, partitions):
    plant(table, keys.directory_key(event_id), attendee_partitions=partitions)
    for n in range(8):
        attendee, _ = attendees.register(event_id, guest(n))
        right = attendee_partition(attendee.id, partitions)
        assert keys.attendees_of(event_id, right) == person(event_id, f"{n}@example.com")["gsi1pk"]


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
def test_item_with_our_own_nonce_is_our_own_work(known, lost):
    notes = begin_call("c").counts
    with scripted(CarriedOut(lost)) as record:
        attendee, replayed = attendees.register(known, asha())
    assert 2 == len(record.sends)
    assert (person(known)["id"], False) == (attendee.id, replayed)
    assert (1, 0) == (notes["Registrations"], notes["Duplicates"])
    assert 2 == block(known)["taken"]


def test_every_call_has_a_nonce_of_its_own(event_id):
    for n in range(5):
        attendees.register(event_id, guest(n))
    assert 5 == len({person(event_id, f"{n}@example.com")["nonce"] for n in range(5)})


def test_every_call_has_tokens_of_its_own(known):
    with scripted() as record:
        for n in range(5):
            attendees.register(known, guest(n))
    assert 5 == len({sent["ClientRequestToken"] for sent in record.sends})


def test_item_without_nonce_is_a_duplicate(table, event_id):
    attendees.register(event_id, asha())
    item = person(event_id)
    plant(table, {"pk": item["pk"], "sk": item["sk"]}, nonce=None)
    for idempotency in (None, FIRST):
        with pytest.raises(AlreadyRegisteredError):
            attendees.register(event_id, asha(), idempotency=idempotency)


# --- Contention -------------------------------------------------------------------------------------------------------


def test_contention_is_tried_again_with_the_same_item_and_new_tokens(known):
    notes = begin_call("c").counts
    with scripted(CONFLICT, CONFLICT) as record:
        attendees.register(known, asha())
    items = [from_attributes(sent["TransactItems"][0]["Put"]["Item"]) for sent in record.sends]
    assert [items[0]] * 3 == items
    assert 3 == len({sent["ClientRequestToken"] for sent in record.sends})
    assert 2 == notes["ContentionRetries"]


def test_contention_without_end_is_worth_another_call(known):
    notes = begin_call("c").counts
    tries = 1 + contention.MAX_RETRIES
    with scripted(*[CONFLICT] * tries) as record, pytest.raises(TryAgainError):
        attendees.register(known, asha())
    assert tries == len(record.sends)
    assert contention.MAX_RETRIES == notes["ContentionRetries"]
    assert (1, None) == (block(known)["taken"], person(known))


def test_search_without_end_is_worth_another_call(known, monkeypatch):
    """Seats come and go so fast that none is caught."""
    monkeypatch.setattr(contention, "MAX_SECONDS", 0.1)
    empty = cancelled("None", ("ConditionalCheckFailed", to_attributes(block(known) | {"seats_left": 0})))
    relistings = count(1)
    monkeypatch.setattr(
        attendees, "look", lambda finder, *_, **__: finder.learn(plan.Directory(frozenset({0}), next(relistings), 1))
    )
    with scripted(*[empty] * 1000), pytest.raises(TryAgainError):
        attendees.register(known, asha())
    assert (1, None) == (block(known)["taken"], person(known))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize("change", [{"seats_left": 0}, {"state": "closed"}, None])
def test_refusal_by_the_block_counts_only_without_contention(known, code, change):
    item = to_attributes(block(known) | change) if change else None
    refusal = ("ConditionalCheckFailed", item) if item else "ConditionalCheckFailed"
    notes = begin_call("c").counts
    with scripted(cancelled(code, refusal)) as record:
        attendees.register(known, asha())
    assert record.sends[0]["TransactItems"] == record.sends[1]["TransactItems"]
    assert (2, 1) == (len(record.sends), notes["ContentionRetries"])


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"])
def test_refusal_by_the_person_counts_whatever_the_block_says(known, code):
    attendees.register(known, asha())
    refusal = ("ConditionalCheckFailed", to_attributes(person(known)))
    with scripted(cancelled(refusal, code)) as record, pytest.raises(AlreadyRegisteredError):
        attendees.register(known, asha())
    assert 1 == len(record.sends)


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_list_is_in_order_of_registration_and_one_query(event_id):
    event = events.find(event_id)
    ids = [attendees.register(event_id, guest(n)).attendee.id for n in range(5)]
    with scripted() as record:
        listed = attendees.list_by_registration(event, None, 10)
    assert ids == [attendee.id for _, attendee in listed]
    assert {"Query": 1} == record.operations


def test_list_goes_on_after_a_position(event_id):
    people = [attendees.register(event_id, guest(n)).attendee for n in range(5)]
    event = events.find(event_id)
    after = attendees.list_by_registration(event, None, 2)[-1][0]
    assert people[2:4] == [attendee for _, attendee in attendees.list_by_registration(event, after, 2)]


def test_list_merges_the_partitions_in_order_of_registration(table, event_id):
    plant(table, keys.directory_key(event_id), attendee_partitions=4)
    event = replace(events.find(event_id), attendee_partitions=4)
    people = [attendees.register(event_id, guest(n)).attendee for n in range(9)]
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
    assert {"BatchGetItem", "GetItem", "Query", "TransactWriteItems"} == set(record.operations)
