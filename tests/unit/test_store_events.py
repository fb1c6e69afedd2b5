"""Making events, reading one, listing the upcoming ones: every branch, and the calls that are made for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ConnectionClosedError

from event_management import keys
from event_management.errors import (
    EventDeletedError,
    EventNotFoundError,
    IdempotencyKeyReusedError,
    TryAgainError,
)
from event_management.identifiers import derive_event_id, is_event_id
from event_management.models import Idempotency, NewEvent
from event_management.roles import Caller
from event_management.seats import plan_attendee_partitions, plan_seat_blocks
from event_management.store import contention, events
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import get_item, transact
from event_management.store.connection import ATTEMPTS
from event_management.store.repeats import Marks
from event_management.store.seats import take
from event_management.store.secrets import make_secrets, read_secrets
from event_management.terms import Terms
from event_management.timezones import parse_time
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import THROUGH, CarriedOut, cancelled, ok, scripted

KEY = Idempotency("key", "fingerprint")
NOW = "2026-11-23T11:00:00.000000Z"
TERMS = Terms(1)
ZONE = ZoneInfo("Asia/Kolkata")


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def warm(table):
    """A container that has the secrets."""
    make_secrets()
    return table


OLGA, PIA = Caller("olga"), Caller("pia")


def gig(start="2099-01-15 18:30", end="2099-01-15 21:00", **changes):
    return NewEvent("Monsoon Raga Night", "Bengaluru", parse_time(start, ZONE), parse_time(end, ZONE), 50)._replace(
        **changes
    )


def stored(event_id):
    return get_item(keys.event_key(event_id)), get_item(keys.seat_block_key(event_id, 0))


def seats_left(event_id, blocks):
    """Return the seats left in each block, None where there is none."""
    items = [get_item(keys.seat_block_key(event_id, block)) for block in range(blocks)]
    return [item and item["seats_left"] for item in items]


def everything(table):
    return table.scan(TableName=TABLE)["Items"]


# --- Making -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("idempotency", [None, KEY])
@pytest.mark.parametrize("capacity", [1, 50, 80, 81, 17 * 80])
def test_event_is_made_with_all_its_seats(warm, idempotency, capacity):
    event, replayed = events.create(gig(max_capacity=capacity), OLGA, idempotency)
    item, block = stored(event.id)
    plan = list(plan_seat_blocks(capacity))
    assert (event, False) == (keys.read_event(item), replayed)
    assert ("olga", "published", capacity) == (event.owner, event.status, event.max_capacity)
    directory = keys.read_directory(get_item(keys.directory_key(event.id)))
    assert (len(plan), plan_attendee_partitions(len(plan))) == (directory.seat_blocks, event.attendee_partitions)
    assert (0, keys.terms_of(event)) == (block["taken"], keys.read_terms(block))
    assert [*plan, None] == seats_left(event.id, len(plan) + 1)
    assert keys.directory_item(event, len(plan)) == get_item(keys.directory_key(event.id))
    assert is_event_id(event.id)


def test_making_an_event_on_a_warm_container_is_one_call(warm):
    with scripted() as record:
        events.create(gig(), OLGA)
    assert {"TransactWriteItems": 1} == record.operations
    puts = [action["Put"] for action in record.parameters[0]["TransactItems"]]
    assert ["attribute_not_exists(pk)"] * 3 == [put["ConditionExpression"] for put in puts[:3]]
    assert ["create_event"] == [from_attributes(put["Item"])["what"] for put in puts[3:]]


def test_first_event_of_a_stack_makes_the_secrets(table):
    assert read_secrets() is None
    with scripted() as record:
        events.create(gig(), OLGA)
    assert {"GetItem": 1, "PutItem": 1, "TransactWriteItems": 1} == record.operations
    assert read_secrets() is not None


def test_two_calls_without_a_key_make_two_events(warm):
    assert events.create(gig(), OLGA).event.id != events.create(gig(), OLGA).event.id


# --- Repeated calls ---------------------------------------------------------------------------------------------------


def test_same_key_and_request_is_told_of_the_same_event(warm):
    event, _ = events.create(gig(), OLGA, KEY)
    before = everything(warm)
    assert (event, True) == events.create(gig(), OLGA, KEY)
    assert before == everything(warm)


def test_same_key_with_another_request_is_refused(warm):
    events.create(gig(), OLGA, KEY)
    with pytest.raises(IdempotencyKeyReusedError):
        events.create(gig(), OLGA, KEY._replace(fingerprint="other"))


def test_same_key_of_another_owner_is_another_event(warm):
    made = events.create(gig(), OLGA, KEY), events.create(gig(), PIA, KEY)
    assert made[0].event.id != made[1].event.id
    assert [False, False] == [created.replayed for created in made]


def test_no_owner_is_shown_anothers_event_though_their_keys_lead_to_one_id(warm, monkeypatch):
    ids = ["aaaaaaaaaa", "bbbbbbbbbb"]
    monkeypatch.setattr(events, "derive_event_id", lambda _secret, _owner, _key, collisions: ids[collisions])
    made = events.create(gig(), OLGA, KEY), events.create(gig(), PIA, KEY)
    assert [("olga", "aaaaaaaaaa"), ("pia", "bbbbbbbbbb")] == [(each.event.owner, each.event.id) for each in made]
    assert [False, False] == [each.replayed for each in made]


def test_every_call_has_tokens_of_its_own(warm):
    with scripted() as record:
        for _ in range(5):
            events.create(gig(), OLGA)
    assert 5 == len({sent["ClientRequestToken"] for sent in record.sends})


def test_keys_are_not_stored_as_sent(warm):
    event, _ = events.create(gig(), OLGA, KEY._replace(key="canary-key"))
    assert "canary-key" not in str(stored(event.id))


# --- Large events -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocks", "transactions"), [(2, [5]), (97, [100]), (98, [2, 100]), (196, [100, 100]), (256, [100, 61, 100])]
)
def test_blocks_that_do_not_fit_beside_their_event_go_ahead_of_it(warm, blocks, transactions):
    with scripted(*[ok()] * len(transactions)) as record:
        event = events.create(gig(max_capacity=80 * blocks), OLGA).event
    assert transactions == [len(sent["TransactItems"]) for sent in record.sends]
    assert len(transactions) == len({sent["ClientRequestToken"] for sent in record.sends})
    actions = [action for sent in record.sends for action in sent["TransactItems"]]
    assert {"attribute_not_exists(pk)"} == {next(iter(each.values()))["ConditionExpression"] for each in actions[:-1]}
    checked = [from_attributes(action["ConditionCheck"]["Key"]) for action in actions if "ConditionCheck" in action]
    assert [keys.event_key(event.id)] * (len(transactions) - 1) == checked
    puts = [action["Put"] for action in actions if "Put" in action]
    items = [from_attributes(put["Item"]) for put in puts]
    assert keys.directory_item(event, blocks) == items[1 - transactions[-1]]
    assert keys.read_event(items[-transactions[-1]]) == event
    written = {(item["pk"], item["seats_left"]) for item in items if "seats_left" in item}
    assert {(keys.seat_block_key(event.id, block)["pk"], 80) for block in range(blocks)} == written


LARGE = 7 * 80
LOST = [ConnectionClosedError(endpoint_url="http://127.0.0.1")] * ATTEMPTS
CUT = {
    "before the first": LOST,
    "after the first": [THROUGH, *LOST],
    "after the second": [THROUGH, THROUGH, *LOST],
    "after the third": [THROUGH, THROUGH, CarriedOut(LOST[0]), *LOST],
}


@pytest.fixture
def large(warm, monkeypatch):
    """Transactions of four blocks, so that seven take three: four, one, and two beside the event."""
    monkeypatch.setattr(events, "MOST_ACTIONS", 5)
    monkeypatch.setattr(events, "_BLOCKS_BESIDE_EVENT", 2)
    return gig(max_capacity=LARGE)


@pytest.mark.parametrize("script", CUT.values(), ids=CUT)
def test_large_event_that_broke_off_is_made_once_when_the_call_is_repeated(warm, large, script):
    with scripted(*script), pytest.raises(TryAgainError):
        events.create(large, OLGA, KEY)
    event, replayed = events.create(large, OLGA, KEY)
    assert (script is CUT["after the third"]) == replayed
    assert [80] * 7 == seats_left(event.id, 7)
    assert len(["secrets", "event", "directory", "act"]) + 7 == warm.scan(TableName=TABLE, Select="COUNT")["Count"]
    assert event == events.find(event.id).event


def test_blocks_ahead_of_their_event_are_nobodys(warm, large):
    with scripted(THROUGH, *LOST), pytest.raises(TryAgainError):
        events.create(large, OLGA, KEY)
    assert [] == events.list_upcoming(None, 10)
    event_id = derive_event_id(read_secrets().identity_key, "olga", KEY.key, 0)
    assert [None] * 2 + [80] * 4 + [None] == seats_left(event_id, 7)
    with pytest.raises(EventNotFoundError):
        events.find(event_id)


def test_large_event_is_told_of_again_in_two_calls(warm, large):
    event, _ = events.create(large, OLGA, KEY)
    with scripted() as record:
        assert (event, True) == events.create(large, OLGA, KEY)
    assert {"TransactWriteItems": 1, "GetItem": 1} == record.operations


def test_large_event_is_told_of_again_also_when_people_have_registered(warm, large):
    event, _ = events.create(large, OLGA, KEY)
    for block in (2, 6):
        there = get_item(keys.seat_block_key(event.id, block)) | {"max_party": 80}
        warm.put_item(TableName=TABLE, Item=to_attributes(there))
    assert [] == transact([*take(event.id, {2: 80}, NOW), *take(event.id, {6: 80}, NOW)], token="all")
    before = everything(warm)
    with scripted() as record:
        assert (event, True) == events.create(large, OLGA, KEY)
    assert {"TransactWriteItems": 1, "GetItem": 1} == record.operations
    assert before == everything(warm)


@pytest.mark.parametrize("block", [2, 6])
def test_large_event_is_told_of_again_also_when_it_has_other_seats_by_now(warm, large, block):
    event, _ = events.create(large, OLGA, KEY)
    warm.put_item(TableName=TABLE, Item=to_attributes(keys.seat_block_item(event.id, block, 81, TERMS)))
    assert (event, True) == events.create(large, OLGA, KEY)
    with pytest.raises(IdempotencyKeyReusedError):
        events.create(large, OLGA, KEY._replace(fingerprint="other"))


OWN_MARKS = Marks.new(KEY, "create_event", "olga").attributes()
BLOCKS_AHEAD = range(2, 6)
"""Of a large event, in one transaction."""


@pytest.mark.parametrize(
    ("ahead", "marks"),
    [
        (dict.fromkeys(BLOCKS_AHEAD, 79), OWN_MARKS),
        (dict.fromkeys(BLOCKS_AHEAD, 81), OWN_MARKS),
        (dict.fromkeys(BLOCKS_AHEAD, 80), {"nonce": "another call's"}),
        ({2: 80}, OWN_MARKS),
        ({6: 80}, {}),
    ],
    ids=["fewer seats", "more seats", "another call's", "too few blocks", "nobody's"],
)
def test_other_blocks_lead_to_another_id_and_are_left_alone(warm, large, ahead, marks):
    first, second = (derive_event_id(read_secrets().identity_key, "olga", KEY.key, attempt) for attempt in (0, 1))
    for block, seats in ahead.items():
        warm.put_item(TableName=TABLE, Item=to_attributes(keys.seat_block_item(first, block, seats, TERMS) | marks))
    event, replayed = events.create(large, OLGA, KEY)
    assert (second, False) == (event.id, replayed)
    assert [80] * 7 == seats_left(second, 7)
    assert ahead == {block: seats_left(first, 7)[block] for block in ahead}
    assert None is get_item(keys.event_key(first))
    assert (event, True) == events.create(large, OLGA, KEY)


@pytest.mark.parametrize("max_capacity", [LARGE, LARGE + 7])
def test_a_key_whose_request_broke_off_is_good_for_that_request_alone(warm, large, max_capacity):
    with scripted(THROUGH, *LOST), pytest.raises(TryAgainError):
        events.create(large, OLGA, KEY)
    before = everything(warm)
    with pytest.raises(IdempotencyKeyReusedError):
        events.create(large._replace(max_capacity=max_capacity), OLGA, KEY._replace(fingerprint="other"))
    assert before == everything(warm)
    assert events.create(large, OLGA, KEY).replayed is False


def test_large_event_of_another_owner_with_as_many_seats_is_another_event(warm, large, monkeypatch):
    ids = ["aaaaaaaaaa", "bbbbbbbbbb"]
    monkeypatch.setattr(events, "derive_event_id", lambda _secret, _owner, _key, collisions: ids[collisions])
    made = [events.create(large, owner, KEY).event for owner in (OLGA, PIA)]
    assert [("olga", "aaaaaaaaaa"), ("pia", "bbbbbbbbbb")] == [(event.owner, event.id) for event in made]


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize(
    ("before", "sends"), [([], 4), ([THROUGH], 5), ([THROUGH, THROUGH], 6)], ids=["first", "second", "third"]
)
def test_contention_in_any_transaction_of_a_large_event_is_tried_again(warm, large, before, sends, code):
    with scripted(*before, cancelled("None", ("ConditionalCheckFailed", {}), code, "None")) as record:
        event, replayed = events.create(large, OLGA, KEY)
    assert sends == len(record.sends) == len({sent["ClientRequestToken"] for sent in record.sends})
    assert (derive_event_id(read_secrets().identity_key, "olga", KEY.key, 0), False) == (event.id, replayed)
    assert [80] * 7 == seats_left(event.id, 7)


def test_blocks_beside_contention_may_be_a_twins(warm, large):
    """Whatever they hold: which of two requests is first is for the next try to find out."""
    event, _ = events.create(large, OLGA, KEY)
    other = to_attributes(keys.seat_block_item(event.id, 2, 7, TERMS))
    with scripted(cancelled(("ConditionalCheckFailed", other), "TransactionConflict")):
        assert (event, True) == events.create(large, OLGA, KEY)


# --- Ids that are taken -----------------------------------------------------------------------------------------------


def test_random_id_that_is_taken_is_drawn_again(warm, monkeypatch):
    taken = events.create(gig(name="First"), OLGA).event
    ids = iter([taken.id, taken.id, "bbbbbbbbbb"])
    monkeypatch.setattr(events, "new_event_id", lambda: next(ids))
    event, replayed = events.create(gig(name="Second"), OLGA)
    assert ("bbbbbbbbbb", False) == (event.id, replayed)
    assert "First" == events.find(taken.id).event.name
    assert ["Second", 50] == [stored("bbbbbbbbbb")[0]["name"], stored("bbbbbbbbbb")[1]["seats_left"]]


def test_derived_id_that_is_taken_gives_way_to_the_next_and_is_found_again(warm, monkeypatch):
    """Also beside an event that has no nonce or key, such as a deleted one's remains."""
    first, second = (derive_event_id(read_secrets().identity_key, "olga", KEY.key, attempt) for attempt in (0, 1))
    warm.put_item(TableName=TABLE, Item=to_attributes(keys.event_key(first) | {"v": 1}))
    event, replayed = events.create(gig(), OLGA, KEY)
    assert (second, False) == (event.id, replayed)
    assert (event, True) == events.create(gig(), OLGA, KEY)
    assert {"pk": {"S": f"EVENT#{first}"}, "sk": {"S": "EVENT"}, "v": {"N": "1"}} in everything(warm)


@pytest.mark.parametrize("idempotency", [None, KEY])
def test_seats_without_an_event_are_left_alone(warm, monkeypatch, idempotency):
    ids = iter(["aaaaaaaaaa", "bbbbbbbbbb"])
    monkeypatch.setattr(events, "new_event_id", lambda: next(ids))
    monkeypatch.setattr(events, "derive_event_id", lambda *_: next(ids))
    orphan = keys.seat_block_item("aaaaaaaaaa", 0, 7, TERMS) | {"taken": 3}
    warm.put_item(TableName=TABLE, Item=to_attributes(orphan))
    assert "bbbbbbbbbb" == events.create(gig(), OLGA, idempotency).event.id
    assert (None, orphan) == stored("aaaaaaaaaa")


def test_ids_that_are_all_taken_are_worth_another_call(warm, monkeypatch):
    taken = events.create(gig(), OLGA).event
    monkeypatch.setattr(events, "new_event_id", lambda: taken.id)
    with pytest.raises(TryAgainError):
        events.create(gig(), OLGA)


# --- Contention -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("idempotency", [None, KEY])
def test_contention_is_tried_again_with_the_same_items_and_new_tokens(warm, idempotency):
    with scripted(cancelled("TransactionConflict", "None"), cancelled("None", "ThrottlingError")) as record:
        events.create(gig(), OLGA, idempotency)
    assert 3 == len(record.sends) == len({sent["ClientRequestToken"] for sent in record.sends})
    assert [record.sends[0]["TransactItems"]] * 3 == [sent["TransactItems"] for sent in record.sends]


@pytest.mark.parametrize("idempotency", [None, KEY])
def test_event_with_our_own_nonce_is_our_own_work(warm, idempotency):
    with scripted(CarriedOut(cancelled("TransactionConflict", "None"))) as record:
        event, replayed = events.create(gig(), OLGA, idempotency)
    assert 2 == len(record.sends)
    assert (event, False) == (keys.read_event(stored(event.id)[0]), replayed)
    assert 5 == len(everything(warm))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_seats_in_the_way_beside_contention_may_be_a_twins(warm, code):
    first = events.create(gig(), OLGA, KEY).event
    block = to_attributes(stored(first.id)[1])
    with scripted(cancelled(code, ("ConditionalCheckFailed", block))):
        assert (first, True) == events.create(gig(), OLGA, KEY)


def test_contention_without_end_is_worth_another_call(warm):
    conflict = cancelled("TransactionConflict", "TransactionConflict")
    with scripted(*[conflict] * (1 + contention.MAX_RETRIES)), pytest.raises(TryAgainError):
        events.create(gig(), OLGA)
    assert 1 == len(everything(warm))


# --- Reading ----------------------------------------------------------------------------------------------------------


def plant(table, key, **changes):
    """Change an item behind the product's back; a change to None takes the attribute away."""
    item = {name: value for name, value in ((get_item(key) or key) | changes).items() if value is not None}
    table.put_item(TableName=TABLE, Item=to_attributes(item))


def test_event_of_one_block_is_found_with_its_counts_as_of_now_in_one_call(warm):
    event = events.create(gig(), OLGA).event
    plant(warm, keys.seat_block_key(event.id, 0), seats_left=30, taken=20)
    plant(warm, keys.check_ins_key(event.id, 0), checked_in=7)
    with scripted() as record:
        assert (event, (20, 30, 0, 7)) == events.find(event.id)
    ((name, parameters),) = record.calls
    ((asked,),) = (parameters["RequestItems"].values(),)
    assert ("BatchGetItem", True) == (name, asked["ConsistentRead"])


def test_event_of_several_blocks_and_lists_is_counted_over_those_that_are_listed(warm):
    event = events.create(gig(max_capacity=17 * 80), OLGA).event
    plant(warm, keys.directory_key(event.id), open_blocks=frozenset({3, 16}))
    for block in range(17):
        plant(warm, keys.seat_block_key(event.id, block), seats_left=block if block in (3, 16) else 0)
    for partition, come in enumerate((5, 6)):
        plant(warm, keys.check_ins_key(event.id, partition), checked_in=come)
    with scripted() as record:
        assert (17 * 80 - 19, 19, 0, 11) == events.find(event.id).counts
    assert {"BatchGetItem": 2} == record.operations


def test_an_event_that_is_being_deleted_is_not_found(warm):
    """Its items are not read at one instant: its seats may be gone before it is."""
    event = events.create(gig(), OLGA).event
    warm.delete_item(TableName=TABLE, Key=to_attributes(keys.directory_key(event.id)))
    with pytest.raises(EventNotFoundError):
        events.find(event.id)


@pytest.mark.parametrize("text", ["", "AAAAAAAAAA", "aaaaaaaaaa#SEATS#0"])
def test_text_that_is_no_event_id_is_no_owned_event_without_a_call(warm, text):
    with scripted() as record, pytest.raises(EventNotFoundError):
        events.find_for(text, OLGA, "organiser")
    assert [] == record.calls


def test_its_owner_finds_no_deleted_event(warm):
    event = events.create(gig(), OLGA).event
    plant(warm, keys.event_key(event.id), status="deleted")
    with pytest.raises(EventNotFoundError):
        events.find_for(event.id, OLGA, "organiser")


def test_seats_that_are_put_by_are_neither_taken_nor_left(warm):
    event = events.create(gig(), OLGA).event
    plant(warm, keys.directory_key(event.id), open_blocks=None, reserve=3, waiting=8)
    plant(warm, keys.seat_block_key(event.id, 0), seats_left=0, taken=47)
    assert (47, 0, 8, 0) == events.find(event.id).counts


def test_counts_of_different_moments_are_never_below_nothing(warm):
    event = events.create(gig(), OLGA).event
    plant(warm, keys.directory_key(event.id), capacity=10)
    assert 0 == events.find(event.id).counts.registered


@pytest.mark.parametrize(
    ("status", "owner", "is_found"),
    [
        ("draft", None, False),
        ("draft", PIA, False),
        ("draft", OLGA, True),
        ("published", None, True),
        ("published", PIA, True),
        ("cancelled", None, True),
        ("deleted", None, False),
        ("deleted", OLGA, False),
    ],
)
def test_drafts_are_their_owners_alone_and_deleted_events_nobodys(warm, status, owner, is_found):
    event = events.create(gig(), OLGA).event
    plant(warm, keys.event_key(event.id), status=status)
    if is_found:
        assert status == events.find(event.id, owner).event.status
    else:
        with pytest.raises(EventNotFoundError):
            events.find(event.id, owner)


@pytest.mark.parametrize("is_seen_to_be_made", [False, True])
def test_unknown_event_is_not_found(warm, is_seen_to_be_made):
    """Its items are not read at one instant: its seats may be there before it is."""
    if is_seen_to_be_made:
        directory = keys.EXAMPLES["directory"] | keys.directory_key("aaaaaaaaaa")
        warm.put_item(TableName=TABLE, Item=to_attributes(directory))
    with pytest.raises(EventNotFoundError):
        events.find("aaaaaaaaaa")


@pytest.mark.parametrize("text", ["", "a", "AAAAAAAAAA", "aaaaaaaaaa#SEATS#0", "aaaaaaaaa1", "aaaaaaaaaa\n"])
def test_text_that_is_no_event_id_is_not_found_without_a_call(warm, text):
    with scripted() as record, pytest.raises(EventNotFoundError):
        events.find(text)
    assert [] == record.calls


def test_only_its_owner_finds_an_owned_event(warm):
    event = events.create(gig(), OLGA).event
    assert event == events.find_for(event.id, OLGA, "organiser")
    with pytest.raises(EventNotFoundError):
        events.find_for(event.id, PIA, "organiser")


# --- Lists ------------------------------------------------------------------------------------------------------------

NOON = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)


def starting(minutes, name):
    start, end = (NOON + timedelta(minutes=minutes + more) for more in (0, 60))
    return events.create(gig(start.isoformat(), end.isoformat(), name=name), OLGA).event


def upcoming(after=None, limit=10, now=NOON):
    return [event for _, event in events.list_upcoming(after, limit, now)]


def test_upcoming_events_are_listed_soonest_first_in_one_query(warm):
    later, sooner, _, now = (starting(*event) for event in ((9, "later"), (1, "sooner"), (-1, "gone"), (0, "now")))
    with scripted() as record:
        assert [now, sooner, later] == upcoming()
    assert {"Query": 1} == record.operations


def test_list_goes_on_after_a_position_even_when_it_has_begun_meanwhile(warm):
    first, second, third = (starting(n, str(n)) for n in range(3))
    ((after, listed),) = events.list_upcoming(None, 1, now=NOON)
    assert first == listed
    assert [second, third] == upcoming(after, now=NOON + timedelta(hours=1))
    assert [second] == upcoming(after, limit=1)


def test_list_keeps_its_order_when_the_rules_of_a_zone_change(warm):
    """Positions are those of the index; computed anew they would skip what the new rules moved."""
    made = [starting(minutes, str(minutes)) for minutes in (60, 90, 150)]
    for event in made:  # as stored under rules by which all of this was an hour earlier
        item = stored(event.id)[0]
        moved = keys.stamp(event.start.instant - timedelta(hours=1))
        warm.put_item(TableName=TABLE, Item=to_attributes(item | {"gsi1sk": f"{moved}#{event.id}"}))
    walked, after = [], None
    while page := events.list_upcoming(after, 1, now=NOON - timedelta(hours=2)):
        ((after, event),) = page
        walked.append(event)
    assert made == walked


def test_events_that_start_together_are_all_listed_page_by_page(warm):
    made = {starting(5, str(n)).id for n in range(4)}
    seen, after = [], None
    while page := events.list_upcoming(after, 1, now=NOON):
        ((after, event),) = page
        seen.append(event.id)
    assert (sorted(made), 4) == (sorted(seen), len(seen))


def test_events_that_are_not_published_are_not_listed(warm):
    event = starting(5, "x")
    item = stored(event.id)[0] | {"gsi1pk": "cancelled"}
    warm.put_item(TableName=TABLE, Item=to_attributes(item))
    assert [] == upcoming()


def test_list_begins_now_unless_told_otherwise(warm):
    gone = events.create(gig("2020-01-01 10:00", "2020-01-01 11:00"), OLGA).event
    coming = events.create(gig(), OLGA).event
    assert [coming] == [event for _, event in events.list_upcoming(None, 10)]
    assert gone == events.find(gone.id).event


def owned(owner, after=None, limit=10):
    return [event for _, event in events.list_owned(owner, after, limit)]


def test_an_organisers_events_are_listed_by_start_in_every_status_and_past_ones_too(warm):
    later, gone, sooner = (starting(*event) for event in ((9, "later"), (-60 * 24 * 9999, "gone"), (1, "sooner")))
    draft = events.create(gig(status="draft"), OLGA).event
    cancelled_one = starting(5, "cancelled")
    plant(warm, keys.event_key(cancelled_one.id), status="cancelled", gsi1pk=None, gsi1sk=None)
    events.create(gig(), PIA)
    with scripted() as record:
        listed = owned("olga")
    assert [gone.id, sooner.id, cancelled_one.id, later.id, draft.id] == [event.id for event in listed]
    assert {"Query": 1} == record.operations
    assert [keys.GSI2] == [parameters["IndexName"] for parameters in record.parameters]


def test_a_list_of_ones_own_goes_on_after_a_position(warm):
    made = [starting(n, str(n)) for n in range(3)]
    ((after, first),) = events.list_owned("olga", None, 1)
    assert made == [first, *owned("olga", after)]


def test_drafts_are_in_no_public_list(warm):
    events.create(gig(status="draft"), OLGA)
    assert [] == events.list_upcoming(None, 10)


def test_what_is_left_of_a_deleted_event_is_in_no_list_and_its_key_makes_no_other(warm):
    event = events.create(gig(), OLGA, KEY).event
    left = keys.deleted_event_item(get_item(keys.event_key(event.id)), NOON)
    warm.put_item(TableName=TABLE, Item=to_attributes(left))
    assert ([], []) == (owned("olga"), events.list_upcoming(None, 10))
    with pytest.raises(EventDeletedError):
        events.create(gig(), OLGA, KEY)
    assert left == get_item(keys.event_key(event.id))
