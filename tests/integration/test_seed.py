"""The sample events that `make sam-local` stores for events/*.json."""

from local.seed import ATTENDEES, EVENT_ID, IN_ALL_EVENTS, SOLD_OUT_ID, WAITING, seed
from tests.gateway import attendee_payload
from tests.integration.engine import handlers_on


def test_the_sample_events_are_stored_once_and_take_registrations(open_stack):
    with handlers_on(open_stack.endpoint_url) as shop:
        first = seed()
        assert 201 == shop.api.register(EVENT_ID, attendee_payload(1)).status
        assert first == seed()
        assert 1 + len(ATTENDEES) + len(IN_ALL_EVENTS) == shop.table.seats_taken(EVENT_ID)
        assert len(WAITING) == shop.api.get_event(SOLD_OUT_ID).json["event"]["waitlisted"]
        assert EVENT_ID in [event["id"] for event in shop.api.list_events().json["sections"]]
