"""Seats in the table: every change and its refusals, and what is asked and told about where seats are left."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from event_management import keys, seats
from event_management.deadline import set_deadline
from event_management.errors import (
    EventCancelledError,
    EventNotFoundError,
    InvalidPayloadError,
    RegistrationClosedError,
    RegistrationNotOpenError,
    SeatsFullError,
    TryAgainError,
)
from event_management.observability import begin_call
from event_management.seats import SeatFinder
from event_management.store import contention
from event_management.store import seats as store
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item, transact
from event_management.store.connection import ATTEMPTS, LONGEST_CALL
from event_management.store.seats import (
    BlockChange,
    finder_of,
    gather,
    look,
    read_directory,
    read_seats_left,
    take,
    update_block,
    update_directory,
)
from event_management.terms import Terms
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import CarriedOut, error, ok, scripted

EVENT = "k3v7qzm2ab"
PERSON = "m4x2c7v5b3n6a2sd"
NOW = "2026-11-23T11:00:00.000000Z"
PAST, FUTURE = "2020-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z"
TERMS = Terms(1, max_party=20)


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


def put(table, item):
    table.put_item(TableName=TABLE, Item=to_attributes({name: value for name, value in item.items() if value != set()}))


def put_directory(table, *open_blocks, relistings=0, terms=TERMS, **changes):
    item = keys.EXAMPLES["directory"] | {"open_blocks": frozenset(open_blocks), "relistings": relistings} | changes
    put(table, without_window(item) | keys.terms_attributes(terms))


def put_block(table, block, left, taken=0, terms=TERMS):
    put(table, keys.seat_block_item(EVENT, block, left, terms) | {"taken": taken})


def without_window(item):
    return {name: value for name, value in item.items() if not name.startswith("registration_")}


@pytest.fixture
def sale(table):
    """Block 0 with five seats left and three taken, block 1 without any left and five taken, block 2 with two left."""
    put_directory(table, 0, 2, relistings=4)
    put_block(table, 0, 5, taken=3)
    put_block(table, 1, 0, taken=5)
    put_block(table, 2, 2)
    return table


def blocks():
    """Return seats left and taken of blocks 0, 1 and 2."""
    items = [get_item(keys.seat_block_key(EVENT, block)) for block in range(3)]
    return [(item["seats_left"], item["taken"]) for item in items]


def directory():
    """Return the blocks listed, and how often one was listed anew."""
    read = keys.read_directory(get_item(keys.directory_key(EVENT)))
    return set(read.open_blocks), read.relistings


def free(block, number=1):
    """Free seats that are taken of a block, and list it anew."""
    relist = update_directory(EVENT, "attribute_exists(pk)", {}, relist=[block])
    assert [] == transact([update_block(EVENT, block, BlockChange(number, -number), listed=True), relist], token="f")


AT_FIRST = [(5, 3), (0, 5), (2, 0)], ({0, 2}, 4)


def everything():
    return blocks(), directory()


# --- Taking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "expected"), [(1, (4, 4)), (5, (0, 8))])
def test_seats_are_taken_from_a_block_that_has_as_many_left(sale, number, expected):
    assert [] == transact(take(EVENT, {0: number}, NOW), token="t")
    assert ([expected, *AT_FIRST[0][1:]], AT_FIRST[1]) == everything()


def test_a_partys_seats_are_taken_from_several_blocks(sale):
    assert [] == transact(take(EVENT, {0: 5, 2: 1}, NOW), token="t")
    assert ([(0, 8), (0, 5), (1, 1)], AT_FIRST[1]) == everything()


@pytest.mark.parametrize(
    ("parts", "refusing"), [({0: 6}, [0]), ({1: 1}, [1]), ({2: 3}, [2]), ({0: 5, 2: 3}, [2]), ({0: 6, 2: 3}, [0, 2])]
)
def test_all_of_a_partys_seats_are_taken_or_none_and_the_block_that_refuses_is_shown(sale, parts, refusing):
    reasons = transact(take(EVENT, parts, NOW), token="t")
    assert [block in refusing for block in parts] == [reason.is_refusal for reason in reasons]
    shown = [(reason.item["seats_left"], reason.item["taken"]) for reason in reasons if reason.is_refusal]
    assert [AT_FIRST[0][block] for block in refusing] == shown
    assert AT_FIRST == everything()


TAKING = {
    "a draft": (TERMS._replace(status="draft"), 1, False),
    "cancelled": (TERMS._replace(status="cancelled"), 1, False),
    "deleted": (TERMS._replace(status="deleted"), 1, False),
    "opens now": (TERMS._replace(registration_opens=NOW), 1, True),
    "opens later": (TERMS._replace(registration_opens=NOW.replace("0Z", "1Z")), 1, False),
    "closes now": (TERMS._replace(registration_closes=NOW), 1, False),
    "closes later": (TERMS._replace(registration_closes=NOW.replace("0Z", "1Z")), 1, True),
    "within its window": (TERMS._replace(registration_opens=PAST, registration_closes=FUTURE), 1, True),
    "as large a party as may be": (TERMS._replace(max_party=3), 3, True),
    "a larger party": (TERMS._replace(max_party=2), 3, False),
}


@pytest.mark.parametrize(("terms", "seats", "is_taken"), TAKING.values(), ids=TAKING)
def test_seats_are_taken_under_the_events_terms(sale, terms, seats, is_taken):
    put_block(sale, 0, 5, taken=3, terms=terms)
    reasons = transact(take(EVENT, {0: seats}, NOW), token="t")
    assert [] == reasons if is_taken else reasons[0].is_refusal
    assert (5 - seats, 3 + seats) == blocks()[0] if is_taken else AT_FIRST == everything()


def test_a_party_in_several_blocks_is_as_large_as_all_its_parts(sale):
    for block, (left, taken) in ((0, (5, 3)), (2, (2, 0))):
        put_block(sale, block, left, taken, terms=TERMS._replace(max_party=3))
    assert [True, True] == [reason.is_refusal for reason in transact(take(EVENT, {0: 2, 2: 2}, NOW), token="t")]
    assert AT_FIRST == everything()


def test_no_seat_is_taken_where_there_is_no_block(sale):
    (reason,) = transact(take(EVENT, {7: 1}, NOW), token="t")
    assert (True, None) == (reason.is_refusal, reason.item)
    assert None is get_item(keys.seat_block_key(EVENT, 7))


# --- Changing ---------------------------------------------------------------------------------------------------------

CHANGES = {
    "freed": (0, BlockChange(1, -1), False, (6, 2)),
    "all freed": (0, BlockChange(3, -3), False, (8, 0)),
    "freed in an empty block that is listed": (1, BlockChange(2, -2), True, (2, 3)),
    "freed, but kept from everybody": (1, BlockChange(taken=-5), False, (0, 0)),
    "taken out of nowhere": (1, BlockChange(taken=2), False, (0, 7)),
    "added": (2, BlockChange(9), False, (11, 0)),
    "added to an empty block that is listed": (1, BlockChange(1), True, (1, 5)),
    "withdrawn": (2, BlockChange(-1), False, (1, 0)),
    "all withdrawn": (2, BlockChange(-2), False, (0, 0)),
}
REFUSED = {
    "more freed than taken": (0, BlockChange(4, -4), False),
    "more freed than taken in an empty block that is listed": (1, BlockChange(6, -6), True),
    "freed in an empty block": (1, BlockChange(1, -1), False),
    "added to an empty block": (1, BlockChange(1), False),
    "more withdrawn than left": (2, BlockChange(-3), False),
    "withdrawn from an empty block": (1, BlockChange(-1), False),
    "more freed than taken, kept from everybody": (0, BlockChange(taken=-4), False),
    "added to no block": (7, BlockChange(1), True),
    "taken in no block": (7, BlockChange(taken=1), False),
}


@pytest.mark.parametrize(("block", "change", "listed", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_blocks_seats_are_changed(sale, block, change, listed, expected):
    assert [] == transact([update_block(EVENT, block, change, listed=listed)], token="t")
    assert expected == blocks()[block]


@pytest.mark.parametrize(("block", "change", "listed"), REFUSED.values(), ids=REFUSED)
def test_a_change_that_cannot_be_is_refused(sale, block, change, listed):
    (reason,) = transact([update_block(EVENT, block, change, listed=listed)], token="t")
    assert reason.is_refusal
    assert AT_FIRST == everything()
    assert None is get_item(keys.seat_block_key(EVENT, 7))


def test_a_directory_is_changed_as_a_whole_where_the_condition_holds(sale):
    update = update_directory(EVENT, "capacity_ = :there", {"there": 1}, relist=[1, 5], reserve=7, waiting=3)
    assert transact([update], token="t1")[0].is_refusal
    assert AT_FIRST == everything()
    update = update_directory(EVENT, "waiting = :none", {"none": 0}, relist=[1, 5], reserve=7, waiting=3)
    assert [] == transact([update], token="t2")
    now = read_directory(EVENT)
    assert ({0, 1, 2, 5}, 5, 7, 3) == (now.open_blocks, now.relistings, now.reserve, now.waiting)


def test_a_directory_that_lists_nothing_anew_stays_as_it_was_read(sale):
    assert [] == transact([update_directory(EVENT, "waiting = :none", {"none": 0}, reserve=1)], token="t")
    assert AT_FIRST[1] == directory()


# --- Where seats are left ---------------------------------------------------------------------------------------------


def test_an_event_without_a_directory_has_none(table):
    for read in (lambda: read_directory(EVENT), lambda: gather(EVENT, 1)):
        with pytest.raises(EventNotFoundError):
            read()


def test_seats_left_are_read_and_empty_blocks_taken_off(sale):
    put_directory(sale, 0, 1, 2, 7, relistings=4)
    assert {0: 5, 2: 2} == read_seats_left(EVENT, read_directory(EVENT))
    assert ({0, 2}, 4) == directory()
    with scripted() as record:
        read_seats_left(EVENT, read_directory(EVENT))
    assert {"GetItem": 1, "BatchGetItem": 1} == record.operations


def test_an_empty_directory_is_all_there_is_to_read(sale):
    put_directory(sale)
    with scripted() as record:
        assert {} == read_seats_left(EVENT, read_directory(EVENT))
    assert {"GetItem": 1} == record.operations


def test_empty_blocks_stay_listed_where_one_was_listed_anew_meanwhile(sale):
    put_directory(sale, 0, 1, 2, relistings=4)
    before = read_directory(EVENT)
    free(1)
    put_block(sale, 1, 0, taken=5)
    assert {0: 5, 2: 2} == read_seats_left(EVENT, before)
    assert ({0, 1, 2}, 5) == directory()


@pytest.mark.parametrize(("seats", "parts"), [(1, {0: 1}), (5, {0: 5}), (6, {0: 5, 2: 1}), (7, {0: 5, 2: 2})])
def test_a_partys_seats_are_gathered_of_as_few_blocks_as_can_be(sale, seats, parts):
    with scripted() as record:
        assert parts == gather(EVENT, seats)
    assert {"GetItem": 1, "BatchGetItem": 1} == record.operations


def test_a_party_is_told_how_many_seats_are_left_where_two_readings_agree(sale):
    with scripted() as record, pytest.raises(SeatsFullError, match="Only 7 of"):
        gather(EVENT, 8)
    assert {"GetItem": 2, "BatchGetItem": 2} == record.operations


def test_a_party_is_told_so_without_a_pause(sale):
    notes = begin_call("c").counts
    with pytest.raises(SeatsFullError):
        gather(EVENT, 8)
    assert 0 == notes["ContentionRetries"]


def in_between(monkeypatch, happen):
    """Let something happen after each reading of blocks."""
    ask, readings = store.get_items, count(1)

    def read(*wanted):
        found = ask(*wanted)
        happen(next(readings))
        return found

    monkeypatch.setattr(store, "get_items", read)


@pytest.mark.parametrize("as_many_elsewhere", [False, True])
def test_a_party_is_not_told_so_where_seats_have_moved_between_two_readings(sale, monkeypatch, as_many_elsewhere):
    def come(reading):
        if reading == 1:
            put_block(sale, 0, 4, taken=4)
            put_block(sale, 2, 3 if as_many_elsewhere else 2)
        if reading == 2:
            put_block(sale, 0, 5, taken=3)
            put_block(sale, 2, 3)

    in_between(monkeypatch, come)
    assert {0: 5, 2: 3} == gather(EVENT, 8)


def test_a_party_is_not_told_so_where_a_block_was_listed_anew_between_two_readings(sale, monkeypatch):
    """Its seats were there for a moment at least."""

    def come(reading):
        if reading == 1:
            free(1)
            put_block(sale, 1, 0, taken=5)
        if reading == 2:
            free(1)

    in_between(monkeypatch, come)
    assert {0: 5, 2: 2, 1: 1} == gather(EVENT, 8)


def test_a_search_without_end_is_worth_another_call(sale, monkeypatch):
    monkeypatch.setattr(contention, "MAX_SECONDS", 0.05)
    in_between(monkeypatch, lambda reading: put_block(sale, 0, 3 + reading % 2))
    with pytest.raises(TryAgainError):
        gather(EVENT, 8)


# --- Looking ----------------------------------------------------------------------------------------------------------


class Caller(SeatFinder):
    """A finder with a clock that is moved by hand; it takes the first block."""

    def __init__(self):
        self.now = 0.0
        super().__init__(lambda: self.now, lambda candidates: candidates[0])

    def look(self):
        return look(self, EVENT, PERSON)


@pytest.fixture
def caller(sale):
    return Caller()


def test_a_look_into_the_directory_is_one_call_as_of_now(caller):
    with scripted() as record:
        assert None is caller.look()
    assert [("BatchGetItem", True)] == [
        (name, parameters["RequestItems"][TABLE]["ConsistentRead"]) for name, parameters in record.calls
    ]
    assert (0, 1) == (caller.block, caller.attendee_partitions)


def test_a_look_shows_the_persons_own_item(caller, sale):
    person = keys.attendee_key(EVENT, PERSON) | {"name": "Asha"}
    put(sale, person)
    assert (person, 0) == (caller.look(), caller.block)


def test_an_event_without_a_directory_is_unknown(table):
    finder = SeatFinder()
    with pytest.raises(EventNotFoundError):
        look(finder, EVENT, PERSON)
    assert None is finder.block


TOLD = {
    "a draft": (TERMS._replace(status="draft"), EventNotFoundError),
    "cancelled": (TERMS._replace(status="cancelled"), EventCancelledError),
    "not open yet": (TERMS._replace(registration_opens=FUTURE), RegistrationNotOpenError),
    "closed": (TERMS._replace(registration_closes=PAST), RegistrationClosedError),
    "a larger party than may be": (TERMS._replace(max_party=2), InvalidPayloadError),
}


@pytest.mark.parametrize("open_blocks", [[], [0, 2]], ids=["sold out", "seats left"])
@pytest.mark.parametrize(("terms", "told"), TOLD.values(), ids=TOLD)
def test_who_is_not_there_is_told_what_the_terms_say_and_who_is_there_is_shown(caller, sale, terms, told, open_blocks):
    put_directory(sale, *open_blocks, terms=terms)
    with pytest.raises(told):
        look(caller, EVENT, PERSON, 3)
    person = keys.attendee_key(EVENT, PERSON) | {"name": "Asha"}
    put(sale, person)
    assert person == look(caller, EVENT, PERSON, 3)


def test_an_empty_directory_ends_the_search_and_is_read_again_by_the_next(caller, sale):
    put_directory(sale)
    for _ in range(2):
        with scripted() as record:
            assert None is caller.look()
        assert (None, {"BatchGetItem": 1}) == (caller.block, record.operations)
    put_directory(sale, 0, relistings=1)
    caller.look()
    assert 0 == caller.block


def too_busy_for_the_directory(*others):
    """Return the answer of a DynamoDB that is asked for one item too often."""
    listed = {"Keys": [to_attributes(keys.directory_key(EVENT))], "ConsistentRead": True}
    return ok(Responses={TABLE: [to_attributes(item) for item in others]}, UnprocessedKeys={TABLE: listed})


def test_in_a_rush_an_empty_directory_is_a_proof_while_it_is_fresh_and_the_person_is_read(caller, sale):
    put_directory(sale)
    person = keys.attendee_key(EVENT, PERSON) | {"name": "Asha"}
    assert None is caller.look()
    put(sale, person)
    asked = []
    for now in (0, seats.SOLD_OUT_SECONDS, 2 * seats.SOLD_OUT_SECONDS):
        caller.now = now
        with scripted(None if asked else too_busy_for_the_directory(person)) as record:
            assert person == caller.look()
        asked += record.operations
        assert (None, 1) == (caller.block, len(record.calls))
    assert ["BatchGetItem", "GetItem", "BatchGetItem"] == asked


def test_a_rush_ends(caller, sale):
    put_directory(sale)
    caller.look()
    with scripted(too_busy_for_the_directory()):
        assert None is caller.look()
    for now, operation in ((seats.RUSH_SECONDS, "GetItem"), (seats.RUSH_SECONDS + 0.1, "BatchGetItem")):
        caller.now = seats.RUSH_SECONDS - 0.1
        caller.look()
        caller.now = now
        with scripted() as record:
            caller.look()
        assert {operation: 1} == record.operations


def test_a_directory_that_could_not_be_read_again_proves_nothing_when_it_was_read_long_ago(caller, sale):
    put_directory(sale)
    caller.look()
    put_directory(sale, 0, relistings=1)
    caller.now = seats.SOLD_OUT_SECONDS + 0.1
    with scripted(too_busy_for_the_directory()) as record:
        caller.look()
    assert ({"BatchGetItem": 2}, 0) == (record.operations, caller.block)


def test_a_person_is_read_as_of_now_also_where_all_is_sold(caller, sale):
    put_directory(sale)
    caller.look()
    caller.spare_directory()
    with scripted() as record:
        caller.look()
    assert [("GetItem", True)] == [(name, parameters["ConsistentRead"]) for name, parameters in record.calls]


def test_seats_that_came_back_in_a_rush_are_seen_when_the_proof_is_old(caller, sale):
    put_directory(sale)
    caller.look()
    caller.spare_directory()
    free(1)
    caller.look()
    assert None is caller.block
    caller.now = 1
    caller.look()
    assert 1 == caller.block


def having_found_empty(caller, sale, *found):
    """The caller goes by a directory of blocks 0 to 2, and has found some of them empty."""
    put_directory(sale, 0, 1, 2, relistings=4)
    caller.look()
    for block in found:
        caller.block = block
        caller.found_empty()
    caller.block, caller.now = None, 1.0
    return caller


@pytest.mark.parametrize(("found", "left"), [([], {0, 1, 2}), ([1], {0, 2}), ([2, 1], {0}), ([0, 1, 2], set())])
def test_what_was_found_empty_is_taken_off_in_one_update(caller, sale, found, left):
    having_found_empty(caller, sale, *found)
    with scripted() as record:
        caller.look()
    assert {"BatchGetItem": 1} | ({"UpdateItem": 1} if found else {}) == record.operations
    assert (left, 4) == directory()
    assert (min(left) if left else None, not left) == (caller.block, caller.is_sold_out)


def test_what_was_listed_anew_meanwhile_stays(caller, sale):
    having_found_empty(caller, sale, 1)
    free(1)
    with scripted() as record:
        caller.look()
    assert {"BatchGetItem": 1} == record.operations
    assert ({0, 1, 2}, 5) == directory()


BUSY = {
    "busy": [error("InternalServerError", status=500)] * ATTEMPTS,
    "throttled": [error("ThrottlingException")] * ATTEMPTS,
    "in a transaction": [error("TransactionConflictException")],
    "listed anew since": [error("ConditionalCheckFailedException")],
    "answer lost": [CarriedOut(error("InternalServerError", status=500)), None],
}


@pytest.mark.parametrize("fault", BUSY.values(), ids=BUSY)
def test_taking_off_may_fail(caller, sale, fault):
    having_found_empty(caller, sale, 0, 1)
    with scripted(None, *fault) as record:
        assert None is caller.look()
    assert {"BatchGetItem": 1, "UpdateItem": 1} == record.operations
    assert 2 == caller.block
    caller.block = None
    caller.look()
    assert ({2}, 4) == directory()


def test_taking_off_is_left_out_where_there_is_no_time_for_it(caller, sale, monkeypatch):
    having_found_empty(caller, sale, 1)
    read = get_item(keys.directory_key(EVENT))

    def take_long(_directory, *others, **_):
        set_deadline(LONGEST_CALL - 1)
        return [read, *[None] * len(others)]

    monkeypatch.setattr(store, "get_items", take_long)
    with scripted() as record:
        caller.look()
    assert ([], 0) == (record.calls, caller.block)


def test_seats_that_come_back_between_reading_and_taking_off_stay_listed(caller, sale, monkeypatch):
    having_found_empty(caller, sale, 1)
    get_items = store.get_items

    def read_and_wait(*wanted, **options):
        found = get_items(*wanted, **options)
        free(1)
        return found

    monkeypatch.setattr(store, "get_items", read_and_wait)
    caller.look()
    assert ({0, 1, 2}, 5) == directory()


def test_a_directory_is_as_old_as_its_reading_however_long_taking_off_takes(caller, sale, monkeypatch):
    having_found_empty(caller, sale, 0, 1, 2)

    def take_seconds(*_, **__):
        caller.now += 3

    monkeypatch.setattr(store, "update_item_if", take_seconds)
    caller.look()
    assert (None, False) == (caller.block, caller.is_sold_out)


def test_a_directory_is_as_old_as_the_question_however_long_the_answer_takes(caller, sale, monkeypatch):
    put_directory(sale)
    ask = store.get_items

    def take_seconds(*wanted, **options):
        caller.now += 2
        return ask(*wanted, **options)

    monkeypatch.setattr(store, "get_items", take_seconds)
    caller.look()
    assert (None, False) == (caller.block, caller.is_sold_out)


MANY = 100


@pytest.fixture
def late(caller, table):
    """A caller of a large event at its sale's end: all blocks are listed, though only 90 and 95 have seats left."""
    put_directory(table, *range(MANY))
    for block in range(MANY):
        put_block(table, block, {90: 1, 95: 3}.get(block, 0))
    caller.look()
    caller.found_empty()
    caller.now += 1
    return caller


def test_who_looks_for_a_block_of_many_reads_some_until_one_has_seats(late):
    with scripted() as record:
        assert None is late.look()
    assert 95 == late.block
    looks = [parameters["RequestItems"][TABLE]["Keys"] for name, parameters in record.calls if name == "BatchGetItem"]
    assert [22, 22, 22, 22, 21] == [len(keys_asked) for keys_asked in looks]
    assert {"BatchGetItem": 5, "UpdateItem": 5} == record.operations
    assert (set(range(81, MANY)), 0) == directory()


def test_who_finds_all_blocks_empty_takes_all_off(late, table):
    for block in (90, 95):
        put_block(table, block, 0)
    assert None is late.look()
    assert (None, True) == (late.block, late.is_sold_out)
    assert (set(), 0) == directory()


def test_blocks_read_empty_prove_nothing_where_another_was_listed_anew(late, table, monkeypatch):
    for block in (90, 95):
        put_block(table, block, 0)
    ask, answers = store.get_items, []

    def free_first(*wanted, **options):
        answers.append(len(wanted))
        if len(answers) == 3:
            put_block(table, 0, 0, taken=1)
            free(0)
        return ask(*wanted, **options)

    monkeypatch.setattr(store, "get_items", free_first)
    late.look()
    assert 0 == late.block
    assert (1, 0) == blocks()[0]


@pytest.mark.parametrize("is_there", [False, True])
def test_a_repetition_looks_once_more_for_whoever_may_have_come_meanwhile(caller, sale, monkeypatch, is_there):
    put_directory(sale)
    person = keys.attendee_key(EVENT, PERSON) | {"name": "Asha"}
    ask = store.get_items

    def come_meanwhile(*wanted, **options):
        found = ask(*wanted, **options)
        if is_there:
            put(sale, person)
        return found

    monkeypatch.setattr(store, "get_items", come_meanwhile)
    with scripted() as record:
        assert (person if is_there else None) == look(caller, EVENT, PERSON, once_more=True)
    assert {"BatchGetItem": 1, "GetItem": 1} == record.operations


def test_a_look_that_dynamodb_has_no_time_for_is_repeated(caller):
    with scripted(too_busy_for_the_directory()) as record:
        caller.look()
    assert ({"BatchGetItem": 2}, 0) == (record.operations, caller.block)


# --- What a caller remembers ------------------------------------------------------------------------------------------


def test_a_thread_remembers_where_seats_of_an_event_are_and_shares_it_with_nobody(table):
    mine = finder_of("a"), finder_of("b"), finder_of("a")
    with ThreadPoolExecutor(1) as thread:
        theirs = thread.submit(finder_of, "a").result()
    assert mine[0] is mine[2]
    assert 3 == len({id(finder) for finder in (*mine[:2], theirs)})


def test_a_thread_remembers_a_thousand_events(table):
    finders = [finder_of(str(n)) for n in range(1000)]
    assert finders[0] is finder_of("0")
    finder_of("one more")
    assert finders[1:] == [finder_of(str(n)) for n in range(1, 1000)]
    assert 1000 == len(store._memory.finders)
    assert finders[0] is not finder_of("0")
