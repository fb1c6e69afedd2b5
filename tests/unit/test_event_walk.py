"""The walk through all events that people may belong to, in every status."""

import pytest

from event_management import keys
from event_management.store import events, removal
from event_management.store.client import get_item
from tests.gateway import attendee_payload, event_payload
from tests.unit.scripted_dynamodb import scripted


@pytest.fixture
def starting(api):
    """A way to make an event that starts in this year."""

    def make(year, **changes):
        times = {"start_time": f"{year}-01-15 18:30", "end_time": f"{year}-01-15 21:00"}
        return api.create_event(event_payload(**times, **changes)).json["event"]

    return make


def walked(limit=100):
    """Every event's id that a walk in steps of this size meets, in its order."""
    ids, after = [], None
    while step := events.walk(after, limit):
        assert len(step) <= limit
        ids += [item["id"] for _, item in step]
        after = step[-1][0]
    return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_walk_meets_every_event_of_every_status_once(api, starting, monkeypatch, limit):
    assert [] == walked(limit)
    later, gone, called_off, deleted = (starting(year) for year in (2098, 2019, 2097, 2096))
    draft = starting(2099, status="draft")
    assert 200 == api.cancel_event(called_off).status
    monkeypatch.setattr(removal, "remove", lambda _: False)
    assert 202 == api.delete_event(deleted).status
    assert [draft, gone, later, called_off, deleted] == walked(limit)


def test_a_step_that_one_status_fills_reads_no_other(starting):
    for _ in range(3):
        starting(2098, status="draft")
    with scripted() as record:
        assert 2 == len(events.walk(None, 2))
    assert {"Query": 1} == record.operations


def test_a_walk_misses_no_event_for_being_published_called_off_or_deleted_meanwhile(api, starting, monkeypatch):
    drafts = [starting(year, status="draft") for year in (2097, 2098)]
    others = [starting(year) for year in (2097, 2098)]
    ((after, met),) = events.walk(None, 1)
    assert drafts[0] == met["id"]
    assert 200 == api.update_event(drafts[1], {"status": "published"}).status
    assert 200 == api.cancel_event(others[0]).status
    monkeypatch.setattr(removal, "remove", lambda _: False)
    assert 202 == api.delete_event(others[1]).status
    assert {drafts[1], *others} == {item["id"] for _, item in events.walk(after, 100)}


def test_an_event_of_which_nothing_is_left_is_met_no_more(api, starting):
    event_id = starting(2098)
    assert 201 == api.register(event_id, attendee_payload()).status
    assert 204 == api.delete_event(event_id).status
    assert [] == walked()
    assert set() == {"remains", "gsi1pk", "gsi1sk"} & get_item(keys.event_key(event_id)).keys()


def test_drafts_and_events_called_off_are_in_no_public_list(api, starting):
    starting(2098, status="draft")
    assert 200 == api.cancel_event(starting(2097)).status
    assert [] == api.list_events().json["sections"]
