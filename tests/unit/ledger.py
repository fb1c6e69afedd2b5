"""What belongs to an event, read from the table itself, and whether it agrees with itself."""

from typing import Any

from event_management.store.attributes import from_attributes
from event_management.store.secrets import read_secrets
from operations.consistency import find_faults
from tests.unit.conftest import TABLE

Item = dict[str, Any]


def items_of(engine: Any, event_id: str) -> list[Item]:
    """Return everything that belongs to an event, the event itself included."""
    there = engine.scan(TableName=TABLE, ConsistentRead=True)["Items"]
    items = [from_attributes(item) for item in there]
    return [item for item in items if item["pk"].split("#")[:2] == ["EVENT", event_id]]


def people_of(engine: Any, event_id: str, state: str) -> dict[str, Item]:
    """Return the items of the people in this state, by name; former ones have none, and go by id."""
    items = [item for item in items_of(engine, event_id) if item["sk"] == "ATTENDEE" and item["state"] == state]
    return {item.get("name", item["id"]): item for item in items}


def faults_of(engine: Any, event_id: str) -> list[str]:
    """Return what is wrong with an event's seats, people, waitlist and check-ins; nothing, where they agree."""
    secrets = read_secrets()
    assert secrets
    return [str(fault) for fault in find_faults(items_of(engine, event_id), secrets.identity_key)]
