"""Once a day: the people of events that ended long ago go, and what broken-off deletions left."""

from event_management.config import load_retention_days
from event_management.scheduled import scheduled
from event_management.store import retention


@scheduled("sweep_events")
def lambda_handler() -> retention.Run:
    """Tell how many events were swept, and whether there was time for all."""
    return retention.run(load_retention_days())
