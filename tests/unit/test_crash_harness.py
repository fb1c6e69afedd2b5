"""The harness of the crash tests: it kills and holds up where it says, and sees what is amiss."""

import pytest

from event_management import keys
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item, update_item_if
from tests.crashes import Killed, SlowCaller, every_crash, every_hold_up, holding_up, standing_of
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE


def count_up(event_id):
    """Three writes of two kinds, and one that is refused."""
    key = keys.event_key(event_id)
    update_item_if(key, "ADD n :one", "attribute_not_exists(n)", one=1)
    update_item_if(key, "ADD n :one", "attribute_not_exists(n)", one=1)
    update_item_if(key, "ADD n :one", "n = :one", one=1)
    update_item_if(key, "ADD n :one", "n = :two", one=1, two=2)
    return get_item(key)["n"]


def test_an_operation_is_killed_after_each_write_that_was_carried_out(api):
    seen = [
        (crash.after, get_item(keys.event_key(crash.world))["n"])
        for crash in every_crash(lambda: api.create_event(event_payload()).json["event"], count_up)
    ]
    assert [("1: UpdateItem", 1), ("2: UpdateItem", 2), ("3: UpdateItem", 3)] == seen


def test_an_operation_without_writes_is_no_test(event_id):
    with pytest.raises(AssertionError, match="without writes"):
        list(every_crash(lambda: event_id, lambda event: get_item(keys.event_key(event))))


def test_nothing_in_the_product_answers_a_kill(api, event_id):
    crashes = every_crash(lambda: event_id, lambda event: api.register(event, attendee_payload()))
    assert "1: TransactWriteItems" == next(crashes).after
    assert 409 == api.register(event_id, attendee_payload()).status
    with pytest.raises(Killed):
        raise Killed


def test_a_caller_is_held_up_before_any_of_its_calls(event_id):
    with holding_up():
        slow = SlowCaller(lambda: count_up(event_id))
        assert slow.run_until(3)
        assert 1 == get_item(keys.event_key(event_id))["n"]
        assert slow.run_until(5)
        assert 3 == get_item(keys.event_key(event_id))["n"]
        assert 3 == slow.finish()
        assert not slow.run_until(9)
    assert ["UpdateItem"] * 4 + ["GetItem"] == slow.calls


def test_an_operation_is_held_up_before_each_of_its_calls_from_the_first_that_counts_on(api):
    made = []

    def make():
        made.append(api.create_event(event_payload()).json["event"])
        return made[-1]

    with holding_up():
        seen = [(world, len(slow.calls), slow.finish()) for world, slow in every_hold_up(make, count_up, first=3)]
    assert [(made[0], 2, 3), (made[1], 3, 3), (made[2], 4, 3)] == seen
    assert 4 == len(made), "the last of them has no such call"


def test_an_operation_that_cannot_be_held_up_there_is_no_test(event_id):
    with holding_up(), pytest.raises(AssertionError, match="cannot be held up there"):
        list(every_hold_up(lambda: event_id, count_up, first=6))


def test_a_caller_raises_what_its_operation_raises(event_id):
    with holding_up():
        slow = SlowCaller(lambda: count_up("aaaaaaaaaa") / 0)
        slow.run_until(2)
        with pytest.raises(ZeroDivisionError):
            slow.finish()


DAMAGES = {
    "a seat that nobody has": (keys.seat_block_key, (0,), "ADD taken :one"),
    "a seat too many": (keys.seat_block_key, (0,), "ADD seats_left :one"),
    "a seat in the reserve": (keys.directory_key, (), "ADD reserve :one"),
    "somebody waits in the count alone": (keys.directory_key, (), "ADD waiting :one"),
    "a block without an item": (keys.directory_key, (), "ADD seat_blocks :one"),
    "a block that is not listed": (keys.directory_key, (), "REMOVE open_blocks SET n = :one"),
    "a place of nobody": (keys.place_key, (7,), "SET attendee_id = :one, seats = :one"),
    "a check-in of nobody": (keys.check_ins_key, (0,), "ADD checked_in :one"),
}


@pytest.mark.parametrize(("key", "parts", "update"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_seen(api, table, event_id, key, parts, update):
    api.register(event_id, attendee_payload())
    assert (49, 1) == standing_of(table, TABLE, event_id)[2:4]
    table.update_item(
        TableName=TABLE,
        Key=to_attributes(key(event_id, *parts)),
        UpdateExpression=update,
        ExpressionAttributeValues=to_attributes({":one": 1}),
    )
    with pytest.raises(AssertionError):
        standing_of(table, TABLE, event_id)
