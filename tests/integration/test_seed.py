"""The sample event that `make sam-local` stores for events/*.json."""

from local.seed import EVENT_ID, seed
from tests.gateway import attendee_payload
from tests.integration.engine import handlers_on


def test_the_sample_event_is_stored_once_and_takes_registrations(open_stack):
    with handlers_on(open_stack.endpoint_url) as shop:
        seed()
        assert 201 == shop.api.register(EVENT_ID, attendee_payload(1)).status
        seed()
        assert 1 == shop.table.seats_taken(EVENT_ID)
        assert EVENT_ID == shop.api.list_events().json["sections"][0]["id"]
