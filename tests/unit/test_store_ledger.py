"""Seats that change hands: every branch, every race between reading and writing; the law, and nobody overtakes."""

from collections import Counter
from unittest.mock import Mock

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from event_management import keys
from event_management import seats as plans
from event_management.deadline import set_deadline
from event_management.errors import EventNotFoundError, TryAgainError
from event_management.observability import begin_call
from event_management.seats import Directory
from event_management.store import contention, ledger
from event_management.store.attributes import to_attributes
from event_management.store.client import (
    MOST_ACTIONS,
    delete_if,
    get_item,
    put_if,
    put_new,
    transact,
    update_if,
    update_item_if,
)
from event_management.store.connection import LONGEST_CALL
from event_management.store.ledger import release, settle_reserve, withdraw
from event_management.store.seats import BlockChange, update_block
from event_management.terms import Terms
from event_management.waitlist import MOST_PROMOTED
from tests.tables import make_table
from tests.unit.conftest import TABLE
from tests.unit.planted_ledger import CLOSED, EVENT, OPEN, Ledger, place, seated_id, waiting_id, waiting_items
from tests.unit.scripted_dynamodb import CarriedOut, cancelled, scripted

LOST = ConnectionClosedError(endpoint_url="http://127.0.0.1")
HELD = {"pk": "P", "sk": "S"}
NEWCOMER = "newcomeraaaaaaaa"


@pytest.fixture(autouse=True)
def in_time(monkeypatch):
    """Nobody pauses, and what would go on for ever ends as it does in a function."""
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)
    begin()


def begin():
    set_deadline(LONGEST_CALL + 60)


@pytest.fixture
def event(table):
    return Ledger(table)


def former(attendee_id):
    """Return the action that makes a former attendee of somebody who is there."""
    item = get_item(keys.attendee_key(EVENT, attendee_id))
    left = {name: item[name] for name in ("pk", "sk", "v", "id", "event_id", "serial")} | {"state": "cancelled"}
    return put_if(left, "#state = :state", state=item["state"])


def leave_seats(number):
    """Let somebody who is registered leave; return why not."""
    who = seated_id(number)
    return release(EVENT, keys.read_blocks(get_item(keys.attendee_key(EVENT, who))), [former(who)])


def leave_place(number):
    """Let somebody who waits leave; return why not."""
    who = waiting_id(number)
    there = place(number, get_item(keys.attendee_key(EVENT, who))["seats"])
    gone = delete_if(keys.place_key(EVENT, number), "attribute_exists(pk)")
    return release(EVENT, {}, [former(who), gone], leaver=there)


def join(seats, *, settles=True):
    """Let somebody join the waitlist as store/waitlist.py does; return whether they have."""
    directory = keys.read_directory(get_item(keys.directory_key(EVENT)))
    number = directory.next_place
    person, place_there = waiting_items(number, seats)
    joining = update_if(
        keys.directory_key(EVENT),
        "ADD waiting :seats, next_place :one",
        "next_place = :place AND reserve = :put_by AND attribute_not_exists(open_blocks)",
        seats=seats,
        one=1,
        place=number,
        put_by=directory.reserve,
    )
    if ledger.transact([put_new(person), put_new(place_there), joining], token=f"join {number}"):
        return False
    if settles:
        settle_reserve(EVENT)
    return True


def take(block, number=1):
    """Let somebody register who takes seats that are left."""
    item = get_item(keys.attendee_key(EVENT, seated_id(0)))
    newcomer = keys.attendee_item(replace(keys.read_attendee(item), id=NEWCOMER, seats=number), {block: number}, 2)
    seats = update_block(EVENT, block, BlockChange(-number, number))
    assert [] == transact([put_new(newcomer), seats], token=f"take {block} {number}")


def in_between(monkeypatch, *happenings):
    """Let these things happen one by one: each after all is read, before what was read is gone by."""
    rest = list(happenings)

    def transact_late(*arguments, **options):
        if rest:
            happening = rest.pop(0)
            with pytest.MonkeyPatch.context() as undone:
                undone.setattr(ledger, "transact", transact)
                happening()
        return transact(*arguments, **options)

    monkeypatch.setattr(ledger, "transact", transact_late)
    return rest


def writes(record):
    """Return how many actions each transaction had."""
    return [len(parameters["TransactItems"]) for name, parameters in record.calls if name == "TransactWriteItems"]


# --- Releasing: nobody waits ------------------------------------------------------------------------------------------


def test_seats_of_a_block_that_has_some_left_are_freed_in_one_call(event):
    event.plant([1, 0], [{0: 2}, {1: 1}])
    with scripted() as record:
        assert [] == leave_seats(0)
    state = event.check()
    assert ([3, 0], {0}, 3) == (state.left, state.listed, state.relistings)
    assert ({"GetItem": 2, "TransactWriteItems": 1}, [2]) == (record.operations, writes(record))


def test_seats_of_an_empty_block_are_freed_and_the_block_listed_in_one_transaction(event):
    event.plant([0, 4], [{0: 2}, {1: 1}])
    notes = begin_call("c").counts
    with scripted() as record:
        assert [] == leave_seats(0)
    state = event.check()
    assert ([2, 4], {0, 1}, 4) == (state.left, state.listed, state.relistings)
    assert ([2, 3], 0) == (writes(record), notes["ContentionRetries"])


def test_a_partys_seats_are_freed_in_all_its_blocks(event):
    event.plant([0, 4, 0], [{0: 2, 1: 1}])
    assert [] == leave_seats(0)
    state = event.check()
    assert ([2, 5, 0], {0, 1}) == (state.left, state.listed)


def test_what_goes_alongside_is_refused_first(event):
    event.plant([0], [{0: 1}])
    event.put(HELD)
    reasons = release(EVENT, {0: 1}, [put_new(HELD), put_new(HELD | {"sk": "S2"})])
    assert [True, False] == [reason.is_refusal for reason in reasons]
    assert [0] == event.check().left


def test_an_event_without_a_directory_is_unknown(event):
    event.put(keys.seat_block_item(EVENT, 0, 0, OPEN) | {"taken": 1})
    with pytest.raises(EventNotFoundError):
        release(EVENT, {0: 1}, [put_new(HELD)])
    assert None is get_item(HELD)


# --- Releasing: somebody waits ----------------------------------------------------------------------------------------


def test_the_head_has_the_seats_at_once_and_the_blocks_stay_as_they_are(event):
    event.plant([0, 0], [{0: 1, 1: 2}], waiting=[3, 1])
    notes = begin_call("c").counts
    with scripted() as record:
        assert [] == leave_seats(0)
    state = event.check()
    assert ([2], {waiting_id(1): {0: 1, 1: 2}}) == (state.waiting, state.seated)
    assert (1, 0) == (notes["Promotions"], notes["ContentionRetries"])
    # The former attendee, the directory, the place that is given up and who had it.
    assert 4 == writes(record)[-1]


def test_who_is_promoted_is_an_attendee_from_now_on(event):
    event.plant([0], [{0: 1}], waiting=[1])
    before = get_item(keys.attendee_key(EVENT, waiting_id(1)))
    leave_seats(0)
    item = get_item(keys.attendee_key(EVENT, waiting_id(1)))
    partition = plans.attendee_partition(waiting_id(1), 2)
    assert (keys.attendees_of(EVENT, partition), "registered", {"0": 1}, 2) == (
        item["gsi1pk"],
        item["state"],
        item["blocks"],
        item["revision"],
    )
    assert before["registered_at"] < item["registered_at"] == item["gsi1sk"].split("#")[0]
    assert [before[name] for name in ("name", "email", "serial")] == [
        item[name] for name in ("name", "email", "serial")
    ]


def test_several_are_promoted_as_far_as_the_seats_go(event):
    event.plant([0, 0, 0], [{0: 3, 1: 1, 2: 1}], waiting=[1, 2, 1, 1, 1])
    leave_seats(0)
    state = event.check()
    assert [5] == state.waiting
    assert Counter({0: 3, 1: 1, 2: 1}) == sum(map(Counter, state.seated.values()), Counter())


def test_seats_that_are_all_given_list_no_block(event):
    event.plant([0, 0], [{0: 1}, {1: 1}], waiting=[1])
    leave_seats(0)
    state = event.check()
    assert ([], [0, 0], frozenset(), 3) == (state.waiting, state.left, state.listed, state.relistings)


def test_those_promoted_together_are_listed_in_the_order_of_their_places(event):
    event.plant([0], [{0: 5}], waiting=[1] * 5)
    leave_seats(0)
    people = [get_item(keys.attendee_key(EVENT, waiting_id(n))) for n in range(1, 6)]
    listed = [person["registered_at"] for person in people]
    assert sorted(set(listed)) == listed
    assert all(person["gsi1sk"].startswith(person["registered_at"]) for person in people)


def test_no_more_of_a_strict_list_is_read_than_can_be_promoted(event):
    event.plant([0], [{0: 1}], waiting=[1] * 60)
    with scripted() as record:
        leave_seats(0)
    ((_, asked),) = [call for call in record.calls if call[0] == "Query"]
    assert MOST_PROMOTED + 2 == asked["Limit"]
    assert "FilterExpression" not in asked


def test_of_a_long_list_only_those_are_read_whom_it_does_for(event):
    event.plant([0], [{0: 2}], waiting=[3, 3, 3, 2, 1], policy="fill")
    with scripted() as record:
        leave_seats(0)
    ((_, asked),) = [call for call in record.calls if call[0] == "Query"]
    assert ("seats <= :free", {"N": "2"}) == (asked["FilterExpression"], asked["ExpressionAttributeValues"][":free"])
    assert [1, 2, 3, 5] == event.check().waiting


@pytest.mark.parametrize("damage", ["no place", "no person", "another's place"])
def test_a_place_without_its_person_or_a_person_without_their_place_is_not_promoted(event, table, monkeypatch, damage):
    """Nothing leads there; should it be so all the same, nobody makes it worse."""
    event.plant([0], [{0: 1}], waiting=[1])
    person = get_item(keys.attendee_key(EVENT, waiting_id(1)))
    if damage == "no person":
        event.put(person | {"state": "cancelled"})
    elif damage == "another's place":
        event.put(person | {"gsi1sk": keys.place_key(EVENT, 9)["sk"]})
    read = ledger.query_partition

    def read_and_damage(*arguments, **values):
        found = list(read(*arguments, **values)) or [keys.place_item(EVENT, 1, waiting_id(1), 1)]
        if damage == "no place":
            table.delete_item(TableName=TABLE, Key=to_attributes(keys.place_key(EVENT, 1)))
        return iter(found)

    before = get_item(keys.attendee_key(EVENT, waiting_id(1)))
    monkeypatch.setattr(ledger, "query_partition", read_and_damage)
    with pytest.raises(TryAgainError):
        leave_seats(0)
    assert before == get_item(keys.attendee_key(EVENT, waiting_id(1)))
    assert 1 == get_item(keys.seat_block_key(EVENT, 0))["taken"]


@pytest.mark.parametrize(
    ("policy", "waiting", "still", "reserve"),
    [("strict", [3, 1], [1, 2], 2), ("fill", [3, 1], [1], 1), ("fill", [3, 4, 1, 1, 1], [1, 2, 5], 0)],
)
def test_what_does_not_do_for_the_head_is_put_by_unless_smaller_parties_may_pass(
    event, policy, waiting, still, reserve
):
    event.plant([0, 0], [{0: 2}, {1: 1}], waiting, policy=policy)
    leave_seats(0)
    state = event.check()
    assert (still, reserve, [0, 0]) == (state.waiting, state.reserve, state.left)
    assert not state.listed


@pytest.mark.parametrize(("waiting", "still", "reserve"), [([4, 1, 1], [1, 3], 0), ([3, 1], [1, 2], 1), ([4], [1], 1)])
def test_a_party_larger_than_the_event_has_become_lets_others_pass(event, waiting, still, reserve):
    event.plant([0], [{0: 1}, {0: 2}], waiting)
    leave_seats(0)
    state = event.check()
    assert (still, reserve) == (state.waiting, state.reserve)


def test_what_was_put_by_is_given_with_what_comes_free(event):
    event.plant([0, 0], [{0: 1}, {1: 9}], waiting=[4, 1], reserve=3)
    leave_seats(0)
    state = event.check()
    assert ([2], 0, {0: 4}) == (state.waiting, state.reserve, state.seated[waiting_id(1)])


def test_the_last_who_waits_leaves_to_all_what_is_left_over(event):
    event.plant([0, 0], [{1: 5}, {0: 1}], waiting=[2], reserve=1)
    leave_seats(0)
    state = event.check()
    assert ([], 0, [0, 4], {1}, 4) == (state.waiting, state.reserve, state.left, state.listed, state.relistings)


def test_who_gives_up_a_place_leaves_what_was_put_by_to_the_next(event):
    event.plant([0, 0], [{0: 1}, {1: 1}], waiting=[4, 2, 1, 1], reserve=3)
    assert [] == leave_place(1)
    state = event.check()
    assert ([4], 0) == (state.waiting, state.reserve)
    assert {2, 1} == {sum(state.seated[waiting_id(n)].values()) for n in (2, 3)}


def test_who_gives_up_the_last_place_leaves_to_all_what_was_put_by(event):
    event.plant([0, 0], [{0: 1}, {1: 1}], waiting=[4], reserve=3)
    with scripted() as record:
        assert [] == leave_place(1)
    assert "Query" not in record.operations
    state = event.check()
    assert ([], 0, 3) == (state.waiting, state.reserve, sum(state.left))


def test_who_gives_up_a_place_where_nothing_is_put_by_only_goes(event):
    event.plant([0], [{0: 1}], waiting=[1, 1, 1])
    with scripted() as record:
        assert [] == leave_place(2)
    assert [1, 3] == event.check().waiting
    assert ({"GetItem": 3, "TransactWriteItems": 1}, [3]) == (record.operations, writes(record))


@pytest.mark.parametrize(
    "terms",
    [CLOSED, OPEN._replace(status="cancelled"), OPEN._replace(status="deleted")],
    ids=lambda terms: terms.status,
)
def test_nobody_is_promoted_once_registration_has_ended(event, terms):
    event.plant([0], [{0: 2}, {0: 1}], waiting=[1, 1], terms=terms)
    leave_seats(0)
    assert ([1, 2], 2) == (event.check().waiting, event.check().reserve)
    leave_place(1)
    leave_place(2)
    state = event.check()
    assert ([], 0, [2]) == (state.waiting, state.reserve, state.left)


def test_who_waits_is_promoted_before_an_opening_that_was_put_off(event):
    event.plant([0], [{0: 1}], waiting=[1], terms=OPEN._replace(registration_opens="2099-01-01T00:00:00.000000Z"))
    leave_seats(0)
    assert [] == event.check().waiting


def test_a_reserve_that_is_more_than_people_can_leave_goes_to_many_blocks_once_nobody_waits(event):
    """A capacity that grew while registration was closed: nobody else would come and give it out."""
    event.plant([0, 0], [{0: 1}], waiting=[1], reserve=200)
    leave_place(1)
    state = event.check()
    assert ([], 0, 200) == (state.waiting, state.reserve, sum(state.left))
    assert len(state.left) > 2


def test_who_leaves_much_has_left_although_there_was_no_time_to_give_it_out(event, monkeypatch):
    event.plant([0], [{0: 1}], waiting=[1], reserve=40)
    monkeypatch.setattr(ledger, "settle_reserve", Mock(side_effect=TryAgainError))
    assert [] == leave_seats(0)
    state = event.check(is_settled=False)
    assert ([], 40, [0]) == (state.waiting, state.reserve, state.left)
    settle_reserve(EVENT)
    assert [40] == event.check().left


@pytest.mark.parametrize(("reserve", "transactions"), [(39, 1), (40, 2)])
def test_as_much_as_people_can_leave_is_open_to_all(event, reserve, transactions):
    event.plant([0], [{0: 1}], waiting=[1], reserve=reserve)
    with scripted() as record:
        assert [] == leave_place(1)
    assert transactions == record.operations["TransactWriteItems"]
    assert [reserve] == event.check().left


def test_the_largest_release_fits_one_transaction(event):
    """A party of 20 in 20 blocks frees its seats, 19 were put by for a larger one that has left: 39 are promoted."""
    event.plant([0] * 20, [dict.fromkeys(range(20), 1)], waiting=[1] * 40, reserve=19)
    with scripted() as record:
        assert [] == leave_seats(0)
    assert [40] == event.check(is_settled=False).waiting
    # All but the blocks that stay as they are: all but one, to which the reserve comes.
    assert 1 + 1 + 1 + 2 * 39 == writes(record)[-1]


# --- Contention, lost answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize("waiting", [[], [1]])
def test_a_release_with_somebody_in_its_way_is_tried_again(event, code, waiting):
    event.plant([0], [{0: 1}], waiting)
    notes = begin_call("c").counts
    then_read = [None] * (2 if waiting else 1)
    script = [cancelled("None", code), *then_read, cancelled(code, "ConditionalCheckFailed")]
    with scripted(None, None, *script) as record:
        assert [] == leave_seats(0)
    sent = [body["ClientRequestToken"] for body in record.sends if "ClientRequestToken" in body]
    assert (3, 2) == (len(set(sent)), notes["ContentionRetries"])
    assert ([] if waiting else [1]) == [seats for seats in event.check().left if seats]


def test_a_release_by_what_is_no_more_is_paused(event, monkeypatch):
    event.plant([0], [{0: 1}, {0: 1}], waiting=[1, 1])
    notes = begin_call("c").counts
    in_between(monkeypatch, lambda: None, lambda: leave_seats(1))
    leave_seats(0)
    assert ([], 1) == (event.check().waiting, notes["ContentionRetries"])


def test_a_release_whose_repetition_met_somebody_may_have_been_carried_out(event):
    event.plant([0], [{0: 1}], waiting=[1])
    with (
        scripted(None, None, None, None, None, CarriedOut(LOST), cancelled("TransactionConflict")) as record,
        pytest.raises(TryAgainError),
    ):
        leave_seats(0)
    assert 7 == len(record.sends)
    assert [waiting_id(1)] == list(event.check().seated)


def test_a_release_without_end_is_worth_another_call(event):
    event.plant([1], [{0: 1}])
    tries = 1 + contention.MAX_RETRIES
    conflict = cancelled("TransactionConflict", "None")
    reading = [None]
    script = [None, None, *[answer for _ in range(tries) for answer in (conflict, *reading)]]
    with scripted(*script), pytest.raises(TryAgainError):
        leave_seats(0)
    assert [1] == event.check().left


# --- Races between reading and writing --------------------------------------------------------------------------------


def test_who_joined_after_the_directory_was_read_is_left_to_the_next_one(event, monkeypatch):
    """A query is of no one instant: it may show who came later, and not who came first."""
    event.plant([0], [{0: 2}, {0: 2}], waiting=[1])
    query = ledger.query_partition

    def show_the_later_one(partition, limit=None, condition="", **values):
        join(1)
        join(1)
        return (item for item in query(partition, limit, condition, **values) if keys.read_place(item).number != 2)

    monkeypatch.setattr(ledger, "query_partition", show_the_later_one)
    in_between(monkeypatch, lambda: None, lambda: monkeypatch.setattr(ledger, "query_partition", query))
    leave_seats(0)
    state = event.check()
    assert {waiting_id(1), waiting_id(2)} == {who for who in state.seated if who.startswith("w")}
    assert [3, 4, 5][: len(state.waiting)] == state.waiting


RACES = {
    "a seat of the same block was freed": (([1], [{0: 1}, {0: 1}], []), lambda: leave_seats(1), []),
    "the block's last seat went": (([1], [{0: 1}], []), lambda: take(0), []),
    "somebody joined as the only one": (([0], [{0: 1}], []), lambda: join(1), []),
    "somebody joined behind": (([0], [{0: 1}], [1]), lambda: join(1), [2]),
    "the head left": (([0], [{0: 1}], [1, 1]), lambda: leave_place(1), []),
    "the head left, for whom it would not have done": (([0], [{0: 2}], [3, 1, 1]), lambda: leave_place(1), []),
    "the only one left, for whom it would not have done": (([0], [{0: 2}], [3]), lambda: leave_place(1), []),
    "seats were put by for the head": (([0], [{0: 1}, {0: 2}], [3, 1]), lambda: leave_seats(1), [2]),
    "somebody else left seats to the head": (([0], [{0: 1}, {0: 1}], [1, 1, 1]), lambda: leave_seats(1), [3]),
    "registration closed": (
        ([0], [{0: 1}], [1]),
        lambda: set_terms(OPEN._replace(revision=2, status="cancelled")),
        [1],
    ),
}


def set_terms(terms):
    changes = {"terms": terms.revision, "status": terms.status}
    assert update_item_if(
        keys.directory_key(EVENT), "SET terms = :terms, #status = :status", "attribute_exists(pk)", **changes
    )


@pytest.mark.parametrize(("planted", "race", "still"), RACES.values(), ids=RACES)
def test_a_release_goes_by_what_stands_when_it_is_written(event, monkeypatch, planted, race, still):
    event.plant(*planted)
    # What was read first is a block that has seats or none; what is read then is the directory.
    rest = in_between(monkeypatch, *([race] if planted[0][0] else [lambda: None, race]))
    leave_seats(0)
    assert [] == rest
    assert still == event.check().waiting


def test_two_who_leave_at_once_leave_nothing_put_by_that_would_do(event, monkeypatch):
    """Each has seen the other, for whom it did not do, ahead of the third, for whom it does."""
    event.plant([0], [{0: 1}], waiting=[5, 4, 2], reserve=3)
    in_between(monkeypatch, lambda: leave_place(1))
    assert [] == leave_place(2)
    assert {waiting_id(3)} == {who for who in event.check().seated if who.startswith("w")}


def test_seats_that_are_all_given_need_nobody_to_stay_behind(event, monkeypatch):
    """Whoever joins or leaves behind those promoted is no rival of theirs."""
    event.plant([0], [{0: 1}], waiting=[1, 1, 1])
    notes = begin_call("c").counts
    in_between(monkeypatch, lambda: None, lambda: (join(2), leave_place(2)))
    leave_seats(0)
    assert ([3, 4], 0) == (event.check().waiting, notes["ContentionRetries"])


def test_one_who_leaves_and_one_who_comes_in_with_as_many_do_not_make_the_list_as_it_was(event, monkeypatch):
    event.plant([0], [{0: 2}, {0: 2}], waiting=[3, 1])

    def leave_and_come():
        leave_place(1)
        assert join(3)

    in_between(monkeypatch, lambda: None, leave_and_come)
    leave_seats(0)
    state = event.check()
    assert ([3], 1) == (state.waiting, state.reserve)


def test_somebody_who_is_gone_alongside_is_told_also_where_others_are_in_the_way(event, monkeypatch):
    event.plant([1], [{0: 1}, {0: 1}])
    in_between(monkeypatch, lambda: leave_seats(0))
    assert [True] == [reason.is_refusal for reason in leave_seats(0)]
    assert [2] == event.check().left


# --- The reserve ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("waiting", [[], [1]])
def test_an_empty_reserve_is_settled_by_one_read(event, waiting):
    event.plant([0], [{0: 1}], waiting)
    with scripted() as record:
        settle_reserve(EVENT)
    assert {"GetItem": 1} == record.operations


def test_a_reserve_goes_first_to_who_waits_and_then_to_all(event, monkeypatch):
    monkeypatch.setattr(plans, "SEATS_PER_BLOCK", 100)
    event.plant([0, 0], [{0: 9}, {1: 9}], waiting=[2, 1], reserve=10)
    notes = begin_call("c").counts
    settle_reserve(EVENT)
    state = event.check()
    assert state.listed
    assert ([], 0, 7, 2) == (state.waiting, state.reserve, sum(state.left), notes["Promotions"])


def test_a_reserve_larger_than_people_leave_goes_to_all_in_the_end(event):
    event.plant([0], [{0: 1}], waiting=[1], reserve=50)
    settle_reserve(EVENT)
    state = event.check()
    assert (0, 49) == (state.reserve, sum(state.left))


@pytest.mark.parametrize("number", [39, 40, 100])
def test_however_many_wait_all_are_promoted_for_whom_it_does(event, number):
    event.plant([0], [{0: 1}], waiting=[1] * (number + 1), reserve=number)
    with scripted() as record:
        settle_reserve(EVENT)
    assert ([number + 1], 0) == (event.check().waiting, event.check().reserve)
    assert -(-number // 39) == len(writes(record))
    assert max(writes(record)) <= MOST_ACTIONS


@pytest.mark.parametrize(("waiting", "terms"), [([4], OPEN), ([1], CLOSED)])
def test_a_reserve_that_does_for_nobody_stays(event, waiting, terms):
    event.plant([0], [{0: 1}], waiting, reserve=3, terms=terms)
    with scripted() as record:
        settle_reserve(EVENT)
    assert 3 == event.check().reserve
    assert "TransactWriteItems" not in record.operations


def test_a_capacity_that_has_grown_gets_blocks_of_its_own_under_the_directorys_terms(event):
    terms = OPEN._replace(revision=7, registration_closes="2099-01-01T00:00:00.000000Z")
    event.plant([0, 3], [{0: 80, 1: 77}], reserve=300, terms=terms)
    settle_reserve(EVENT)
    state = event.check()
    assert (0, [0, 3, 77, 77, 77, 69], {1, 2, 3, 4, 5}) == (state.reserve, state.left, state.listed)
    assert keys.seat_block_item(EVENT, 5, 69, terms) == get_item(keys.seat_block_key(EVENT, 5))


def test_more_blocks_than_fit_one_transaction_are_added_in_several(event):
    event.plant([0], [{0: 1}], reserve=150 * 80)
    with scripted() as record:
        settle_reserve(EVENT)
    assert (0, 151 * 80 - 80) == (event.check().reserve, sum(event.check().left))
    assert [MOST_ACTIONS, 52] == writes(record)


RETURN_RACES = {
    "somebody joined": (lambda: join(2, settles=False), ([], 0)),
    "another has settled it": (lambda: settle_reserve(EVENT), ([], 0)),
    "the terms have changed": (lambda: set_terms(OPEN._replace(revision=2)), ([], 0)),
    "the reserve has grown": (lambda: add_reserve(5), ([], 0)),
}


def add_reserve(seats):
    changes = {"more": seats}
    assert update_item_if(
        keys.directory_key(EVENT), "ADD #capacity :more, reserve :more", "attribute_exists(pk)", **changes
    )


@pytest.mark.parametrize(("race", "expected"), RETURN_RACES.values(), ids=RETURN_RACES)
def test_a_reserve_is_settled_by_what_stands_when_it_is_written(event, monkeypatch, race, expected):
    event.plant([0], [{0: 1}], reserve=90)
    rest = in_between(monkeypatch, race)
    settle_reserve(EVENT)
    assert [] == rest
    state = event.check()
    assert expected == (state.waiting, state.reserve)
    terms = keys.read_terms(get_item(keys.directory_key(EVENT)))
    assert terms == keys.read_terms(get_item(keys.seat_block_key(EVENT, 1)))


def test_a_reserve_is_not_returned_over_the_head_of_who_joins(event, monkeypatch):
    event.plant([0], [{0: 70}], reserve=2)
    in_between(monkeypatch, lambda: join(2, settles=False))
    settle_reserve(EVENT)
    assert waiting_id(1) in event.check().seated


def test_a_reserve_is_not_returned_twice_to_blocks_that_are_there(event, monkeypatch):
    event.plant([0], [{0: 70}], reserve=9)
    in_between(monkeypatch, lambda: settle_reserve(EVENT))
    settle_reserve(EVENT)
    assert ([9], 0) == (event.check().left, event.check().reserve)


def test_a_reserve_that_grows_is_returned_all_the_same(event, monkeypatch):
    event.plant([0], [{0: 70}], reserve=4)
    notes = begin_call("c").counts
    in_between(monkeypatch, lambda: add_reserve(5))
    settle_reserve(EVENT)
    assert ([9], 0) == (event.check().left, notes["ContentionRetries"])


def test_a_reserve_is_returned_by_the_blocks_that_are_there(event, monkeypatch):
    """Another adds a block, and there are seats for one more."""
    event.plant([0], [{0: 80}], reserve=80)

    def add_block_and_grow():
        settle_reserve(EVENT)
        add_reserve(80)

    in_between(monkeypatch, add_block_and_grow)
    settle_reserve(EVENT)
    assert [0, 80, 80] == event.check().left


def test_blocks_that_seats_return_to_are_listed_anew(event):
    event.plant([0], [{0: 70}], reserve=4)
    settle_reserve(EVENT)
    state = event.check()
    assert ({0}, 4) == (state.listed, state.relistings)


def test_settling_goes_on_without_a_pause(event):
    event.plant([0], [{0: 1}], waiting=[1] * 40, reserve=50)
    notes = begin_call("c").counts
    with scripted() as record:
        settle_reserve(EVENT)
    assert (2, 0) == (len(writes(record)), notes["ContentionRetries"])


def test_settling_with_others_in_the_way_is_tried_again_under_new_tokens(event):
    event.plant([0], [{0: 1}], reserve=1)
    with scripted(None, cancelled("TransactionConflict", "None"), None) as record:
        settle_reserve(EVENT)
    assert [1] == event.check().left
    assert 2 == len({sent["ClientRequestToken"] for sent in record.sends if "ClientRequestToken" in sent})


def test_settling_whose_repetition_met_somebody_is_not_done_twice(event):
    event.plant([0], [{0: 1}], reserve=1)
    with scripted(None, CarriedOut(LOST), cancelled("TransactionConflict", "None")), pytest.raises(TryAgainError):
        settle_reserve(EVENT)
    settle_reserve(EVENT)
    assert [1] == event.check().left


# --- Withdrawing ------------------------------------------------------------------------------------------------------

ANYHOW = "attribute_exists(pk)"


@pytest.mark.parametrize(
    ("seats", "left", "reserve"),
    [(0, [4, 6, 0], 0), (1, [4, 5, 0], 1), (5, [2, 3, 0], 5), (10, [0, 0, 0], 10), (11, [0, 0, 0], 10)],
)
def test_seats_that_are_left_are_withdrawn_until_there_are_enough_or_no_more(event, seats, left, reserve):
    event.plant([4, 6, 0], [{2: 3}])
    withdraw(EVENT, seats, ANYHOW)
    assert (left, reserve) == (event.check(is_settled=False).left, event.check(is_settled=False).reserve)


def test_what_the_reserve_holds_already_is_not_withdrawn_again(event):
    event.plant([4], [{0: 1}], reserve=3)
    withdraw(EVENT, 5, ANYHOW)
    assert ([2], 5) == (event.check(is_settled=False).left, event.check(is_settled=False).reserve)
    with scripted() as record:
        withdraw(EVENT, 5, ANYHOW)
    assert {"GetItem": 1} == record.operations


def test_nothing_is_withdrawn_where_the_condition_does_not_hold(event):
    event.plant([4], [{0: 1}])
    withdraw(EVENT, 3, "fence = :number", number=7)
    assert (0, [4]) == (event.check().reserve, event.check().left)


def test_a_condition_that_breaks_on_the_way_ends_the_withdrawal(event, monkeypatch):
    event.plant([4], [{0: 1}])
    assert update_item_if(keys.directory_key(EVENT), "SET fence = :number", ANYHOW, number=7)

    def overtake():
        assert update_item_if(keys.directory_key(EVENT), "SET fence = :number", ANYHOW, number=8)

    in_between(monkeypatch, overtake)
    withdraw(EVENT, 3, "fence = :number", number=7)
    assert (0, [4]) == (event.check().reserve, event.check().left)


def test_seats_that_were_bought_meanwhile_are_withdrawn_elsewhere(event, monkeypatch):
    event.plant([9, 9, 1], [{0: 1}])
    in_between(monkeypatch, lambda: take(0, 9))
    withdraw(EVENT, 9, ANYHOW)
    state = event.check(is_settled=False)
    assert (9, 1) == (state.reserve, sum(state.left))


def test_withdrawing_halves_what_it_asks_for_at_once_each_time_somebody_is_in_the_way(event):
    event.plant([9] * 120, [])
    conflict = cancelled("None", "TransactionConflict")
    script = [None, None, None, conflict]  # the directory, and the blocks in two calls
    notes = begin_call("c").counts
    with scripted(*script, *[None, None, None, conflict] * 2) as record:
        withdraw(EVENT, 1080, ANYHOW)
    assert 3 == notes["ContentionRetries"]
    assert [100, 50, 25, 13] == writes(record)[:4]
    assert 1080 == event.check(is_settled=False).reserve
    assert len({sent["ClientRequestToken"] for sent in record.sends if "ClientRequestToken" in sent}) == len(
        writes(record)
    )


def test_withdrawing_whose_repetition_met_somebody_is_not_done_twice(event):
    event.plant([4], [{0: 1}])
    with scripted(None, None, CarriedOut(LOST), cancelled("TransactionConflict", "None")), pytest.raises(TryAgainError):
        withdraw(EVENT, 3, ANYHOW)
    withdraw(EVENT, 3, ANYHOW)
    assert ([1], 3) == (event.check(is_settled=False).left, event.check(is_settled=False).reserve)


def test_withdrawing_without_end_is_worth_another_call(event):
    event.plant([4], [{0: 1}])
    tries = 1 + contention.MAX_RETRIES
    with scripted(*[None, None, cancelled("TransactionConflict", "None")] * tries), pytest.raises(TryAgainError):
        withdraw(EVENT, 3, ANYHOW)
    assert [4] == event.check().left


# --- Whatever happens -------------------------------------------------------------------------------------------------


class Model:
    """The same event as it should be: who is seated with how many, who waits, what is put by and what all may take."""

    def __init__(self, planted):
        self.seated = {seated_id(n): sum(parts.values()) for n, parts in enumerate(planted["parties"])}
        self.waiting = [(waiting_id(n), seats) for n, seats in enumerate(planted["waiting"], 1)]
        self.reserve, self.left, self.policy = planted["reserve"], 0, planted["policy"]
        self.next_place = len(self.waiting) + 1
        self.capacity = sum(self.seated.values()) + self.reserve

    def leave_seats(self, number):
        self.reserve += self.seated.pop(seated_id(number))
        self.settle()

    def leave_place(self, number):
        self.waiting = [there for there in self.waiting if there[0] != waiting_id(number)]
        self.settle()

    def join(self, seats):
        self.waiting.append((waiting_id(self.next_place), seats))
        self.next_place += 1
        self.settle()

    def settle(self):
        still, is_held_up = [], False
        for who, seats in self.waiting:
            if seats <= self.reserve and not is_held_up:
                self.seated[who] = seats
                self.reserve -= seats
            else:
                still.append((who, seats))
                # The event is too small for a larger party than its capacity; that lets others pass.
                is_held_up |= self.policy == "strict" and seats <= self.capacity
        self.waiting = still
        if not still:
            self.left, self.reserve = self.left + self.reserve, 0


@st.composite
def steps(draw):
    """An event that is sold out, with seats put by that do for nobody whose turn it is; and people who come and go."""
    blocks = draw(st.integers(1, 3))
    parties = draw(
        st.lists(st.dictionaries(st.integers(0, blocks - 1), st.integers(1, 3), min_size=1), min_size=2, max_size=4)
    )
    policy = draw(st.sampled_from(["strict", "fill"]))
    waiting = draw(st.lists(st.integers(1, 6), max_size=5))
    whose_turn = waiting[:1] if policy == "strict" else waiting
    reserve = draw(st.integers(0, min(whose_turn, default=1) - 1))
    possible = [("leave_seats", n) for n in range(len(parties))]
    possible += [("leave_place", n) for n in range(1, len(waiting) + 1)]
    possible += [("join", seats) for seats in range(1, 6)]
    chosen = draw(st.lists(st.sampled_from(possible), min_size=2, max_size=4, unique=True))
    planted = {"left": [0] * blocks, "parties": parties, "waiting": waiting, "reserve": reserve, "policy": policy}
    return planted, chosen


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps())
def test_steps_that_meet_come_to_the_same_as_one_after_the_other(environment, simulated_aws, planted_and_chosen):
    """Each happens when the one before has read everything, and before that writes."""
    planted, chosen = planted_and_chosen
    begin()
    engine = make_table(TABLE)
    try:
        event, model = Ledger(engine), Model(planted)
        event.plant(**planted)
        for name, what in meeting(chosen):
            getattr(model, name)(what)
        state = event.check()
        assert model.seated == {who: sum(parts.values()) for who, parts in state.seated.items()}
        assert [who for who, _ in model.waiting] == [waiting_id(n) for n in state.waiting]
        assert (model.reserve, model.left) == (state.reserve, sum(state.left))
    finally:
        engine.delete_table(TableName=TABLE)


def meeting(steps):
    """Let the first step meet the second, that the third, and so on; return those that could be, in order of writing."""
    if not steps:
        return []
    (name, what), *later = steps
    written, begun = [], []

    def transact_late(*arguments, **options):
        if not begun:
            begun.append(True)
            written.extend(meeting(later))
        return transact(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "transact", transact_late)
        is_done = can_be(name, what) and {"leave_seats": leave_seats, "leave_place": leave_place, "join": join}[name](
            what
        ) in ([], True)
    return [*written, *([(name, what)] if is_done else []), *([] if begun else meeting(later))]


def can_be(name, what):
    """Tell whether somebody is still there to leave, or to come behind."""
    if name == "join":
        return bool(get_item(keys.directory_key(EVENT))["waiting"])
    who, state = (seated_id(what), "registered") if name == "leave_seats" else (waiting_id(what), "waiting")
    return get_item(keys.attendee_key(EVENT, who))["state"] == state


# --- What DynamoDB takes ----------------------------------------------------------------------------------------------

SEATS = st.integers(1, 20)


@st.composite
def largest(draw):
    """Parties in up to 20 blocks, and queues of any size."""
    parts = draw(st.dictionaries(st.integers(0, 255), st.just(1), max_size=20))
    queue = draw(st.lists(st.integers(1, 3) | SEATS, min_size=1, max_size=60))
    reserve = draw(st.integers(0, 60))
    leaver = draw(st.none() | st.integers(1, len(queue))) if not parts else None
    return parts, queue, reserve, leaver, draw(st.sampled_from(["strict", "fill"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(largest(), st.integers(0, 255))
def test_no_transaction_is_larger_than_dynamodb_takes_or_names_an_item_twice(environment, ledger_of, home):
    parts, queue, reserve, leaver, policy = ledger_of
    places = [place(number, seats) for number, seats in enumerate(queue, 1)]
    directory = Directory(
        frozenset(), 0, 1, 256, 1000, reserve, sum(queue), len(queue) + 1, waitlist_policy=policy, terms=Terms(1)
    )

    def query(_partition, _limit, condition="", **values):
        listed = [each for each in places if not condition or each.seats <= values["free"]]
        return iter([keys.place_item(EVENT, *each) for each in listed])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "query_partition", query)
        gone = places[leaver - 1] if leaver else None
        move = ledger._plan_release(EVENT, parts, directory, gone, lambda blocks: blocks[home])
    actions = move.actions(EVENT)
    alongside = 2 if leaver else 1
    assert alongside + len(actions) <= MOST_ACTIONS
    named = [str(next(iter(action.values()))["Key"]) for action in actions]
    assert len(named) == len(set(named))
    if leaver:
        assert str(to_attributes(keys.place_key(EVENT, leaver))) not in named
    # Seats go from hand to hand: none comes, none goes.
    freed, given_out = sum(parts.values()), sum(each.seats for each, _ in move.promoted)
    assert sum(change.taken for change in move.blocks.values()) == given_out - freed
    moved = {
        name: int(value["N"]) for name, value in directory_values(move).items() if name in (":reserve", ":waiting")
    }
    assert 0 == sum(c.taken + c.seats_left for c in move.blocks.values()) + moved[":reserve"]
    assert moved[":waiting"] == -given_out - (gone.seats if gone else 0)
    for each, blocks in move.promoted:
        assert each.seats == sum(blocks.values())
        assert min(blocks.values()) > 0


def directory_values(move):
    return move.directory["Update"]["ExpressionAttributeValues"]
