"""Seats in the table: every change and its refusals, and what is asked and told about where seats are left."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ConnectionClosedError

from event_management import keys, seats
from event_management.deadline import set_deadline
from event_management.errors import EventNotFoundError, TryAgainError
from event_management.observability import begin_call
from event_management.seats import SeatFinder
from event_management.store import contention
from event_management.store import seats as store
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import get_item, put_new, transact
from event_management.store.connection import ATTEMPTS, LONGEST_CALL
from event_management.store.seats import Change, change, finder_of, give_back, look, move, resize, take
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import CarriedOut, cancelled, error, ok, scripted

EVENT = "k3v7qzm2ab"
PERSON = "m4x2c7v5b3n6a2sd"


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


def put(table, item):
    table.put_item(TableName=TABLE, Item=to_attributes({name: value for name, value in item.items() if value != set()}))


def put_directory(table, *open_blocks, relistings=0):
    plain = {"v": 1, "open_blocks": frozenset(open_blocks), "relistings": relistings, "attendee_partitions": 1}
    put(table, keys.directory_key(EVENT) | plain)


def put_block(table, block, left, taken=0, **changes):
    put(table, keys.seat_block_item(EVENT, block, left) | {"taken": taken} | changes)


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


AT_FIRST = [(5, 3), (0, 5), (2, 0)], ({0, 2}, 4)


def everything():
    return blocks(), directory()


# --- Taking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "expected"), [(1, (4, 4)), (5, (0, 8))])
def test_seats_are_taken_from_a_block_that_has_as_many_left(sale, number, expected):
    assert [] == transact([take(EVENT, 0, number)], token="t")
    assert ([expected, *AT_FIRST[0][1:]], AT_FIRST[1]) == everything()


@pytest.mark.parametrize(("block", "number"), [(0, 6), (1, 1), (2, 3)])
def test_no_more_seats_are_taken_than_are_left_and_the_block_is_shown(sale, block, number):
    (reason,) = transact([take(EVENT, block, number)], token="t")
    assert (True, AT_FIRST[0][block]) == (reason.is_refusal, (reason.item["seats_left"], reason.item["taken"]))
    assert AT_FIRST == everything()


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_no_seat_is_taken_from_a_block_that_is_not_open(sale, state):
    put_block(sale, 0, 5, taken=3, state=state)
    (reason,) = transact([take(EVENT, 0)], token="t")
    assert (True, state) == (reason.is_refusal, reason.item["state"])
    assert AT_FIRST == everything()


def test_no_seat_is_taken_where_there_is_no_block(sale):
    (reason,) = transact([take(EVENT, 7)], token="t")
    assert (True, None) == (reason.is_refusal, reason.item)
    assert None is get_item(keys.seat_block_key(EVENT, 7))


# --- Changing ---------------------------------------------------------------------------------------------------------

LISTED_ANEW = {0, 1, 2}, 5
CHANGES = {
    "given back": (lambda **more: give_back(EVENT, 0, **more), [(6, 2), (0, 5), (2, 0)], AT_FIRST[1]),
    "all given back": (lambda **more: give_back(EVENT, 0, 3, **more), [(8, 0), (0, 5), (2, 0)], AT_FIRST[1]),
    "given back to an empty block": (
        lambda **more: give_back(EVENT, 1, 2, **more),
        [(5, 3), (2, 3), (2, 0)],
        LISTED_ANEW,
    ),
    "moved": (lambda **more: move(EVENT, 0, 2, 3, **more), [(2, 3), (0, 5), (5, 0)], AT_FIRST[1]),
    "all moved": (lambda **more: move(EVENT, 0, 2, 5, **more), [(0, 3), (0, 5), (7, 0)], AT_FIRST[1]),
    "moved to an empty block": (lambda **more: move(EVENT, 0, 1, 5, **more), [(0, 3), (5, 5), (2, 0)], LISTED_ANEW),
    "added": (lambda **more: resize(EVENT, 2, 9, **more), [(5, 3), (0, 5), (11, 0)], AT_FIRST[1]),
    "added to an empty block": (lambda **more: resize(EVENT, 1, 1, **more), [(5, 3), (1, 5), (2, 0)], LISTED_ANEW),
    "removed": (lambda **more: resize(EVENT, 2, -2, **more), [(5, 3), (0, 5), (0, 0)], AT_FIRST[1]),
    "all at once": (
        lambda **more: change(EVENT, [Change(1, 2, -2), Change(0, -2), Change(2, -1)], **more),
        [(3, 3), (2, 3), (1, 0)],
        LISTED_ANEW,
    ),
}
REFUSED = {
    "more given back than taken": (lambda **more: give_back(EVENT, 0, 4, **more), [(5, 3)]),
    "given back to an empty block, more than taken": (lambda **more: give_back(EVENT, 1, 6, **more), [(0, 5)]),
    "more moved than left": (lambda **more: move(EVENT, 0, 2, 6, **more), [(5, 3), None]),
    "moved from an empty block": (lambda **more: move(EVENT, 1, 0, 1, **more), [(0, 5), None]),
    "more moved than left, to an empty block": (lambda **more: move(EVENT, 2, 1, 3, **more), [(2, 0), None]),
    "moved from no block, to an empty block": (lambda **more: move(EVENT, 7, 1, 3, **more), ["no block", None]),
    "more removed than left": (lambda **more: resize(EVENT, 2, -3, **more), [(2, 0)]),
    "removed from an empty block": (lambda **more: resize(EVENT, 1, -1, **more), [(0, 5)]),
    "added to no block": (lambda **more: resize(EVENT, 7, 1, **more), ["no block"]),
    "given back to no block": (lambda **more: give_back(EVENT, 7, **more), ["no block"]),
}


def told(reason):
    """Return what a reason shows of a block."""
    if not reason.is_refusal:
        return None
    return (reason.item["seats_left"], reason.item["taken"]) if reason.item else "no block"


@pytest.mark.parametrize(("make", "expected", "listed"), CHANGES.values(), ids=CHANGES)
def test_seats_are_changed_and_an_empty_block_is_listed_in_the_same_transaction(sale, make, expected, listed):
    with scripted() as record:
        assert [] == make()
    assert (expected, listed) == everything()
    assert {"TransactWriteItems": 1 + (listed is LISTED_ANEW)} == record.operations
    assert len(record.sends) == len({sent["ClientRequestToken"] for sent in record.sends})


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_that_cannot_be_shows_why_and_changes_nothing(sale, case):
    make, expected = REFUSED[case]
    with scripted() as record:
        assert expected == [told(reason) for reason in make()]
    assert AT_FIRST == everything()
    assert {"TransactWriteItems": 2 if "to an empty block" in case else 1} == record.operations


ALONGSIDE = {"pk": "P", "sk": "S", "n": 1}


@pytest.mark.parametrize(("make", "expected", "listed"), CHANGES.values(), ids=CHANGES)
def test_what_goes_alongside_is_carried_out_with_the_change(sale, make, expected, listed):
    assert [] == make(alongside=[put_new(ALONGSIDE), put_new(ALONGSIDE | {"sk": "S2"})])
    assert (expected, listed) == everything()
    assert ALONGSIDE == get_item({"pk": "P", "sk": "S"})


@pytest.mark.parametrize(("make", "_expected", "_listed"), CHANGES.values(), ids=CHANGES)
def test_nothing_is_changed_where_what_goes_alongside_is_refused(sale, make, _expected, _listed):
    put(sale, ALONGSIDE)
    *of_changes, free, taken = make(alongside=[put_new(ALONGSIDE | {"sk": "S2"}), put_new(ALONGSIDE | {"n": 2})])
    assert {None} == {told(reason) for reason in of_changes}
    assert (False, True, ALONGSIDE) == (free.is_refusal, taken.is_refusal, taken.item)
    assert AT_FIRST == everything()
    assert None is get_item({"pk": "P", "sk": "S2"})


@pytest.mark.parametrize(("make", "expected"), REFUSED.values(), ids=REFUSED)
def test_nothing_goes_alongside_a_refused_change(sale, make, expected):
    *of_changes, beside = make(alongside=[put_new(ALONGSIDE)])
    assert expected == [told(reason) for reason in of_changes]
    assert (False, None) == (beside.is_refusal, get_item({"pk": "P", "sk": "S"}))


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_change_with_somebody_in_its_way_is_tried_again_as_it_was(sale, code):
    notes = begin_call("c")
    shown = to_attributes(get_item(keys.seat_block_key(EVENT, 1)))
    with scripted(cancelled("None", code), cancelled(("ConditionalCheckFailed", shown), code)) as record:
        assert [] == give_back(EVENT, 0, alongside=[put_new(ALONGSIDE)])
    assert [record.sends[0]["TransactItems"]] * 3 == [sent["TransactItems"] for sent in record.sends]
    assert (3, 2) == (len({sent["ClientRequestToken"] for sent in record.sends}), notes.counts["ContentionRetries"])
    assert ([(6, 2), *AT_FIRST[0][1:]], AT_FIRST[1]) == everything()


def test_a_relisting_with_somebody_in_its_way_is_tried_again_as_it_was(sale):
    notes = begin_call("c")
    shown = to_attributes(get_item(keys.seat_block_key(EVENT, 1)))
    with scripted(cancelled(("ConditionalCheckFailed", shown)), cancelled("None", "TransactionConflict")) as record:
        assert [] == give_back(EVENT, 1)
    assert [1, 2, 2] == [len(sent["TransactItems"]) for sent in record.sends]
    assert 1 == notes.counts["ContentionRetries"]
    assert ([(5, 3), (1, 4), (2, 0)], LISTED_ANEW) == everything()


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_a_change_whose_repetition_met_somebody_is_not_made_twice(sale, is_carried_out):
    """The SDK sent it again after a lost answer: nobody knows what became of the first attempt."""
    lost = ConnectionClosedError(endpoint_url="http://127.0.0.1")
    notes = begin_call("c").fields
    with (
        scripted(CarriedOut(lost) if is_carried_out else lost, cancelled("TransactionConflict")) as record,
        pytest.raises(TryAgainError),
    ):
        resize(EVENT, 0, by=5)
    assert 2 == len(record.sends)
    assert (10 if is_carried_out else 5, 3) == blocks()[0]
    assert "contention after a lost answer" == notes["store_error"]


def test_a_taken_seat_goes_from_an_empty_block_without_coming_back(sale):
    assert [] == change(EVENT, [Change(1, taken=-1)])
    assert ([(5, 3), (0, 4), (2, 0)], AT_FIRST[1]) == everything()


def test_a_change_without_end_is_worth_another_call(sale):
    tries = 1 + contention.MAX_RETRIES
    with scripted(*[cancelled("TransactionConflict")] * tries) as record, pytest.raises(TryAgainError):
        give_back(EVENT, 0)
    assert (tries, AT_FIRST) == (len(record.sends), everything())


def test_a_block_that_empties_before_it_is_reached_is_listed_too(sale):
    """Both were found empty, one after the other."""
    first, second = (to_attributes(keys.seat_block_item(EVENT, block, 0)) for block in (0, 2))
    with scripted(
        cancelled(("ConditionalCheckFailed", first), "None"),
        cancelled("None", ("ConditionalCheckFailed", second), "None"),
    ) as record:
        assert [] == change(EVENT, [Change(0, 1), Change(2, 1)])
    assert [2, 3, 3] == [len(sent["TransactItems"]) for sent in record.sends]
    relisting = record.sends[2]["TransactItems"][2]["Update"]
    assert {":blocks": {0, 2}, ":one": 1} == from_attributes(relisting["ExpressionAttributeValues"])
    assert ([(6, 3), (0, 5), (3, 0)], ({0, 2}, 5)) == everything()


def test_a_block_that_goes_before_it_is_listed_stays_gone(sale):
    shown = to_attributes(get_item(keys.seat_block_key(EVENT, 1)))
    sale.delete_item(TableName=TABLE, Key=to_attributes(keys.seat_block_key(EVENT, 1)))
    with scripted(cancelled(("ConditionalCheckFailed", shown))):
        assert ["no block"] == [told(reason) for reason in resize(EVENT, 1, 1)]
    assert (None, AT_FIRST[1]) == (get_item(keys.seat_block_key(EVENT, 1)), directory())


def test_an_event_without_a_directory_gets_none(table):
    put_block(table, 0, 0, taken=1)
    assert [None] == [told(reason) for reason in give_back(EVENT, 0)]
    assert None is get_item(keys.directory_key(EVENT))


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


def test_an_empty_directory_ends_the_search_and_only_the_person_is_read_while_it_is_fresh(caller, sale):
    put_directory(sale)
    person = keys.attendee_key(EVENT, PERSON) | {"name": "Asha"}
    asked = []
    for now in (0, seats.SOLD_OUT_SECONDS, 2 * seats.SOLD_OUT_SECONDS):
        caller.now = now
        with scripted() as record:
            assert (None if now == 0 else person) == caller.look()
        assert None is caller.block
        asked += record.operations
        assert 1 == len(record.calls)
        put(sale, person)
    assert ["BatchGetItem", "GetItem", "BatchGetItem"] == asked


def test_a_person_is_read_as_of_now_also_where_all_is_sold(caller, sale):
    put_directory(sale)
    caller.look()
    with scripted() as record:
        caller.look()
    assert [("GetItem", True)] == [(name, parameters["ConsistentRead"]) for name, parameters in record.calls]


def test_seats_that_came_back_are_seen_when_the_proof_is_old(caller, sale):
    put_directory(sale)
    caller.look()
    give_back(EVENT, 1)
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
    give_back(EVENT, 1)
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

    def take_long(_directory, *others):
        set_deadline(LONGEST_CALL - 1)
        return [read, *[None] * len(others)]

    monkeypatch.setattr(store, "get_items", take_long)
    with scripted() as record:
        caller.look()
    assert ([], 0) == (record.calls, caller.block)


def test_seats_that_come_back_between_reading_and_taking_off_stay_listed(caller, sale, monkeypatch):
    having_found_empty(caller, sale, 1)
    get_items = store.get_items

    def read_and_wait(*wanted):
        found = get_items(*wanted)
        give_back(EVENT, 1)
        return found

    monkeypatch.setattr(store, "get_items", read_and_wait)
    caller.look()
    assert ({0, 1, 2}, 5) == directory()


def test_a_directory_is_as_old_as_its_reading_however_long_taking_off_takes(caller, sale, monkeypatch):
    having_found_empty(caller, sale, 0, 1, 2)

    def take_seconds(*_):
        caller.now += 3

    monkeypatch.setattr(store, "update_item_if", take_seconds)
    caller.look()
    assert (None, False) == (caller.block, caller.is_sold_out)


def test_a_directory_is_as_old_as_the_question_however_long_the_answer_takes(caller, sale, monkeypatch):
    put_directory(sale)
    ask = store.get_items

    def take_seconds(*wanted):
        caller.now += 2
        return ask(*wanted)

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

    def give_back_first(*wanted):
        answers.append(len(wanted))
        if len(answers) == 3:
            give_back_seat(table, 0)
        return ask(*wanted)

    monkeypatch.setattr(store, "get_items", give_back_first)
    late.look()
    assert 0 == late.block
    assert (1, 0) == blocks()[0]


def give_back_seat(table, block):
    put_block(table, block, 0, taken=1)
    assert [] == give_back(EVENT, block)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_repetition_looks_once_more_for_whoever_may_have_come_meanwhile(caller, sale, monkeypatch, is_there):
    put_directory(sale)
    person = keys.attendee_key(EVENT, PERSON) | {"name": "Asha"}
    ask = store.get_items

    def come_meanwhile(*wanted):
        found = ask(*wanted)
        if is_there:
            put(sale, person)
        return found

    monkeypatch.setattr(store, "get_items", come_meanwhile)
    with scripted() as record:
        assert (person if is_there else None) == look(caller, EVENT, PERSON, once_more=True)
    assert {"BatchGetItem": 1, "GetItem": 1} == record.operations


def test_a_look_that_dynamodb_has_no_time_for_is_repeated(caller):
    listed = {"Keys": [to_attributes(keys.directory_key(EVENT))], "ConsistentRead": True}
    with scripted(ok(Responses={}, UnprocessedKeys={TABLE: listed})) as record:
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
