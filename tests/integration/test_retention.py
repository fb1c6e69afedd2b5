"""Retention on the real engine: putting an event off and sweeping it at the same moment, many times."""

import time
from datetime import UTC, datetime
from functools import partial

from event_management import keys
from event_management.store import changes, removal
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import at_once, handlers_on

GONE = {"start_time": "2020-01-15 18:30", "end_time": "2020-01-15 21:00"}
LATER = {"start_time": "2099-01-15 18:30", "end_time": "2099-01-15 21:00"}
ROUNDS = 40


def test_an_event_is_put_off_or_swept_and_never_both(open_stack):
    with handlers_on(open_stack.endpoint_url) as (api, table):
        outcomes = set()
        for number in range(ROUNDS):
            # Who begins first, and by how much: from one far ahead to the other.
            lead = (number - ROUNDS / 2) * 0.005
            event_id = api.create_event(event_payload(**GONE)).json["event"]
            person = api.register(event_id, attendee_payload()).json["id"]

            def sweep(event_id=event_id, lead=lead):
                time.sleep(max(0, lead))
                closed = changes.sweep(event_id, datetime(2026, 1, 1, tzinfo=UTC))
                return closed is not None and removal.remove_people(closed)

            def put_off(event_id=event_id, lead=lead):
                time.sleep(max(0, -lead))
                return api.update_event(event_id, LATER)

            register = partial(api.register, event_id, attendee_payload(1))
            reply, swept, registered = at_once([put_off, sweep, register], 3)
            item = table.item(keys.event_key(event_id))
            assert (reply.status == 409) == swept == ("swept_at" in item)
            assert registered.status == 201 or (swept and registered.json["code"] == "registration_closed")
            state = table.item(keys.attendee_key(event_id, person))["state"]
            assert ("cancelled" if swept else "registered") == state
            outcomes.add(swept)
        assert {True, False} == outcomes
