"""Erasing a person, broken off after any write: sending it again completes it, and nothing is done twice."""

import json

from event_management.addresses import parse_address
from event_management.roles import Caller
from event_management.store import events, privacy
from event_management.store.attributes import from_attributes
from tests.crashes import every_crash, standing_of
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE

ASHA = attendee_payload(name="Asha Rao", email="asha@example.com", seats=2)
GONE = {"start_time": "2020-01-15 18:30", "end_time": "2020-01-15 21:00"}
ADMIN = Caller("ada", is_admin=True)


def test_erasing_that_broke_off_anywhere_is_completed_by_its_repetition(api, table):
    made = []

    def prepare():
        """Asha is to come, was there, waits; two wait for her seats."""
        for event_id in made:
            api.delete_event(event_id)
        coming = api.create_event(event_payload(max_capacity=2, max_party=2, waitlist=True)).json["event"]
        gone = api.create_event(event_payload(max_party=2, **GONE)).json["event"]
        full = api.create_event(event_payload(max_capacity=2, max_party=2, waitlist=True)).json["event"]
        for event_id in (coming, gone):
            assert 201 == api.register(event_id, ASHA).status
        for number in (1, 2):
            assert 201 == api.join_waitlist(coming, attendee_payload(number)).status
        api.register(full, attendee_payload(3, seats=2))
        assert 201 == api.join_waitlist(full, ASHA).status
        made[:] = [coming, gone, full]
        return list(made)

    def erase(_world):
        return privacy.erase([event for _, event in events.walk(None, 100)], parse_address("asha@example.com"), ADMIN)

    def standing(world):
        return [standing_of(table, TABLE, event_id) for event_id in world]

    def records(world):
        items = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
        acts = [item for item in items if item["pk"].endswith("#AUDIT") and item["pk"].split("#")[1] in world]
        return sorted(item["what"] for item in acts if item["who"] == "ada")

    whole = prepare()
    assert (2, 1) == erase(whole)[:2]
    complete, recorded = standing(whole), records(whole)
    assert ["cancel_attendee", "cancel_attendee", "erase_person"] == recorded
    assert [
        [("Person 1", "registered", 1, False), ("Person 2", "registered", 1, False)],
        [("(erased)", "registered", 2, False)],
    ] == [there.people for there in complete[:2]]
    for crash in every_crash(prepare, erase):
        standing(crash.world)
        erase(crash.world)
        assert complete == standing(crash.world), crash.after
        assert recorded == records(crash.world), crash.after
        left = [item for item in table.scan(TableName=TABLE)["Items"] if item["pk"]["S"].split("#")[1:2] != []]
        ours = [item for item in left if item["pk"]["S"].split("#")[1] in crash.world]
        assert "asha" not in json.dumps(ours, default=str)
