"""Put the event that the sample invocations in events/ are about into the table, unless it is there.

Runs by itself, with the built layer on its path and a function's environment: `python -m local.seed`.
"""

from datetime import UTC, datetime

from event_management import keys
from event_management.models import Event
from event_management.seats import plan_attendee_partitions, plan_seat_blocks
from event_management.store.client import put_if_absent
from event_management.store.secrets import make_secrets
from event_management.timezones import find_zone, parse_time

EVENT_ID = "demoevents"


def seed() -> None:
    """Make sure that the sample event and its seats exist."""
    make_secrets()
    zone = find_zone("Asia/Kolkata")
    now = datetime.now(UTC)
    blocks = plan_seat_blocks(100)
    event = Event(
        id=EVENT_ID,
        name="Sample Evening",
        location="Bengaluru",
        owner="anonymous",
        start=parse_time("2099-01-15 18:30", zone),
        end=parse_time("2099-01-15 21:00", zone),
        max_capacity=100,
        seat_blocks=len(blocks),
        attendee_partitions=plan_attendee_partitions(len(blocks)),
        created_at=now,
        updated_at=now,
    )
    for block, seats in enumerate(blocks):
        put_if_absent(keys.seat_block_item(EVENT_ID, block, seats))
    put_if_absent(keys.directory_item(event))
    put_if_absent(keys.event_item(event) | {"nonce": EVENT_ID})


if __name__ == "__main__":
    seed()
