"""Retention: some time after an event its people are gone, and its counts are not."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from event_management import deadline, keys
from event_management.deadline import set_deadline
from event_management.errors import TryAgainError
from event_management.store import contention, removal, retention
from event_management.store.attributes import from_attributes
from event_management.store.client import get_item
from event_management.store.connection import LONGEST_CALL
from tests.crashes import SlowCaller, every_crash, every_hold_up, holding_up
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of

GONE = {"start_time": "2025-01-15 18:30", "end_time": "2025-01-15 21:00"}
"""In UTC: 13:00 to 15:30."""
LATER = {"start_time": "2099-01-15 18:30", "end_time": "2099-01-15 21:00"}
END = datetime(2025, 1, 15, 15, 30, tzinfo=UTC)
DAYS = 30


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def held(api):
    """A way to make an event that was held: one came, one did not, two wait for a seat that is put by."""

    def make(**changes):
        payload = event_payload(max_capacity=4, max_party=2, waitlist=True, **(GONE | changes))
        event_id = api.create_event(payload).json["event"]
        came, _, left = (api.register(event_id, attendee_payload(n, seats=s)).json for n, s in ((0, 2), (1, 1), (2, 1)))
        assert 200 == api.check_in(event_id, came["ticket"]).status
        for number in (3, 4):
            assert 201 == api.join_waitlist(event_id, attendee_payload(number, seats=2)).status
        assert 200 == api.cancel_attendee(event_id, left["id"], left["manage"]).status
        return event_id

    return make


def sweep(now=END + timedelta(days=DAYS, microseconds=1)):
    return retention.run(DAYS, now)


def seats_of(api, event_id):
    shown = api.get_event(event_id).json["event"]
    return [shown[name] for name in ("registered", "waitlisted", "checked_in", "max_capacity")]


def text_of(table, event_id):
    """Everything that is stored of an event, as text."""
    items = [from_attributes(item) for item in table.scan(TableName=TABLE, ConsistentRead=True)["Items"]]
    return json.dumps([item for item in items if item["pk"].split("#")[1:2] == [event_id]], default=str)


def told(reply):
    return reply.status, reply.json["code"]


# --- What goes, and what stays ----------------------------------------------------------------------------------------


def test_people_go_and_counts_stay(api, held, table):
    event_id = held()
    assert [3, 4, 2, 4] == seats_of(api, event_id)
    assert (1, 0, True) == sweep()
    assert [3, 0, 2, 4] == seats_of(api, event_id)
    assert [] == api.list_attendees(event_id).json["sections"]
    assert not any(word in text_of(table, event_id) for word in ("Person", "example.com"))
    assert [] == faults_of(table, event_id)
    item = get_item(keys.event_key(event_id))
    assert set() == {"remains", "gsi1pk", "gsi1sk", "pending"} & item.keys()


def test_what_is_left_of_people_expires(held, table):
    event_id = held()
    sweep()
    items = [from_attributes(item) for item in table.scan(TableName=TABLE, ConsistentRead=True)["Items"]]
    people = [item for item in items if item["sk"] == "ATTENDEE" and item["event_id"] == event_id]
    assert [("cancelled", True)] * 3 == [(item["state"], "expires_at" in item) for item in people]


@pytest.mark.parametrize(("more", "swept"), [(0, 0), (1, 1)])
def test_the_end_counts_and_to_the_instant(held, more, swept):
    held()
    held(end_time="2025-01-20 21:00")
    assert (swept, 0, True) == sweep(END + timedelta(days=DAYS, microseconds=more))


def test_events_called_off_are_swept_and_drafts_are_not(api, held, table):
    event_id = held()
    assert 200 == api.cancel_event(event_id).status
    draft = api.create_event(event_payload(status="draft", **GONE)).json["event"]
    assert (1, 0, True) == sweep()
    assert [] == faults_of(table, event_id)
    assert 200 == api.update_event(draft, LATER).status


def test_an_event_that_was_put_off_is_not_swept_early(api, held, table):
    event_id = held()
    assert 200 == api.update_event(event_id, LATER).status
    before = text_of(table, event_id)
    assert (0, 0, True) == sweep()
    assert before == text_of(table, event_id)


def test_a_swept_event_stays_as_it_was_but_may_be_deleted(api, held, table):
    event_id = held()
    sweep()
    for reply in (
        api.update_event(event_id, LATER),
        api.update_event(event_id, {"name": "A"}),
        api.cancel_event(event_id),
    ):
        assert (409, "event_swept") == told(reply)
    assert 200 == api.update_event(event_id, {"name": "Monsoon Raga Night"}).status
    assert (409, "registration_closed") == told(api.register(event_id, attendee_payload(7)))
    assert (409, "registration_closed") == told(api.join_waitlist(event_id, attendee_payload(7)))
    assert 204 == api.delete_event(event_id).status
    assert [] == faults_of(table, event_id)


def test_an_event_that_is_deleted_before_its_sweep_is_complete_goes_whole(api, held, table, monkeypatch):
    event_id = held()
    with monkeypatch.context() as patch:
        patch.setattr(removal, "remove_people", lambda _: False)
        with pytest.raises(TryAgainError):
            sweep()
    assert 204 == api.delete_event(event_id).status
    assert [] == faults_of(table, event_id)


def test_it_is_on_record(api, held):
    event_id = held()
    sweep()
    *_, act = api.list_acts(event_id).json["sections"]
    assert ("retention", "admin", "sweep_events") == (act["who"], act["role"], act["what"])


def test_a_deletion_that_broke_off_is_completed(api, held, table, monkeypatch):
    event_id = held(**LATER)
    with monkeypatch.context() as patch:
        patch.setattr(removal, "remove", lambda _: False)
        assert 202 == api.delete_event(event_id).status
    assert (0, 1, True) == sweep()
    assert [] == faults_of(table, event_id)
    assert "Person" not in text_of(table, event_id)


def test_without_days_nobody_is_swept(held, table):
    event_id = held()
    before = text_of(table, event_id)
    assert (0, 0, True) == retention.run(0)
    assert before == text_of(table, event_id)


def test_a_run_with_nothing_to_do_changes_nothing(held, table):
    event_id = held()
    sweep()
    before = text_of(table, event_id)
    assert (0, 0, True) == sweep()
    assert before == text_of(table, event_id)


def test_more_events_than_a_page_are_swept_in_one_run(api, monkeypatch):
    monkeypatch.setattr(retention, "_PAGE", 2)
    for minute in range(5):
        api.create_event(event_payload(**GONE | {"start_time": f"2025-01-15 18:3{minute}"}))
    api.create_event(event_payload(**LATER))
    assert (5, 0, True) == sweep()


def test_a_run_that_runs_out_of_time_is_gone_on_with_by_the_next(held, monkeypatch):
    for _ in range(3):
        held()
    seconds = itertools.count()
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    runs: list[retention.Run] = []
    while not runs or not runs[-1].complete:
        set_deadline(LONGEST_CALL + 20)
        runs.append(sweep())
    set_deadline(float("inf"))
    assert 3 == sum(swept for swept, _, _ in runs)
    assert len(runs) > 1


def test_a_run_begins_nothing_without_the_time_for_it(held, table, monkeypatch):
    event_id = held()
    before = text_of(table, event_id)
    monkeypatch.setattr(retention, "seconds_left", lambda: retention.TIME_FOR_AN_EVENT - 0.1)
    assert (0, 0, False) == sweep()
    assert before == text_of(table, event_id)


# --- Broken off, and side by side -------------------------------------------------------------------------------------


def test_a_run_that_broke_off_anywhere_is_completed_by_the_next(api, held, table):
    made = []

    def prepare():
        for event_id in made:
            api.delete_event(event_id)
        made[:] = [held()]
        return made[0]

    for crash in every_crash(prepare, lambda _: sweep()):
        sweep()
        assert [3, 0, 2, 4] == seats_of(api, crash.world), crash.after
        assert "Person" not in text_of(table, crash.world), crash.after
        assert [] == faults_of(table, crash.world), crash.after


def test_an_event_that_is_put_off_at_that_moment_is_swept_or_put_off_and_never_both(api, held, table):
    outcomes = set()
    with holding_up():
        for event_id, slow in every_hold_up(held, lambda _: sweep()):
            reply = api.update_event(event_id, LATER)
            slow.finish()
            sweep()
            outcomes.add(reply.status)
            is_gone = "Person" not in text_of(table, event_id)
            assert (409 if is_gone else 200) == reply.status
            assert is_gone == ("swept_at" in get_item(keys.event_key(event_id)))
            assert [] == faults_of(table, event_id)
            assert 204 == api.delete_event(event_id).status
    assert {200, 409} == outcomes


def test_who_puts_an_event_off_while_it_is_swept_finds_it_swept_or_puts_it_off(api, held, table):
    with holding_up():
        for event_id, slow in every_hold_up(held, lambda event_id: api.update_event(event_id, LATER)):
            sweep()
            reply = slow.finish()
            is_gone = "Person" not in text_of(table, event_id)
            assert (409 if is_gone else 200) == reply.status
            assert [] == faults_of(table, event_id)
            assert 204 == api.delete_event(event_id).status


def test_two_that_sweep_one_event_count_it_once(held):
    with holding_up():
        slow = SlowCaller(sweep)
        held()
        assert slow.run_until(5)  # it has found the event
        assert (1, 0, True) == sweep()
        assert (0, 0, True) == slow.finish()


def test_an_event_that_is_deleted_before_it_is_closed_is_passed_over(api, held):
    with holding_up():
        slow = SlowCaller(sweep)
        event_id = held()
        assert slow.run_until(5)  # it has found the event
        assert 204 == api.delete_event(event_id).status
        assert (0, 0, True) == slow.finish()


def test_what_is_left_of_an_event_deleted_meanwhile_is_not_forgotten(api, held, monkeypatch):
    event_id = held()
    with monkeypatch.context() as patch:
        patch.setattr(removal, "remove", lambda _: False)
        patch.setattr(removal, "settle_reserve", lambda _: api.delete_event(event_id))
        sweep()
    assert "remains" in get_item(keys.event_key(event_id))
    assert (0, 1, True) == sweep()


@pytest.mark.parametrize(
    "call",
    [
        lambda api, event_id: api.register(event_id, attendee_payload(9)),
        lambda api, event_id: api.join_waitlist(event_id, attendee_payload(9)),
        lambda api, event_id: api.update_event(event_id, {"max_capacity": 9}),
        lambda api, event_id: api.delete_event(event_id),
        lambda *_: sweep(),
    ],
    ids=["registers", "waits", "raises the capacity", "deletes", "sweeps"],
)
def test_whatever_happens_meanwhile_nobody_is_left(api, held, table, call):
    with holding_up():
        for event_id, slow in every_hold_up(held, lambda _: sweep()):
            call(api, event_id)
            slow.finish()
            sweep()
            assert "Person" not in text_of(table, event_id)
            assert [] == faults_of(table, event_id)
            assert api.delete_event(event_id).status in (204, 404)
