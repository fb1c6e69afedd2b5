"""What must hold of an event's items after every single write, whoever wrote: read from the table itself."""

from collections import Counter
from typing import Any

from event_management import keys
from event_management.store.attributes import from_attributes
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
    """Return what is wrong with an event's seats, waitlist and check-ins; nothing, where the law holds."""
    items = items_of(engine, event_id)
    (directory,) = (item for item in items if item["pk"] == f"EVENT#{event_id}" and item["sk"] == "SEATS")
    blocks = {int(item["pk"].split("#")[3]): item for item in items if "#SEATS#" in item["pk"]}
    people = [item for item in items if item["sk"] == "ATTENDEE"]
    registered = [item for item in people if item["state"] == "registered"]
    waiting = [item for item in people if item["state"] == "waiting"]
    places = {item["sk"]: item for item in items if item["pk"] == keys.waitlist_of(event_id)}
    taken: Counter[int] = Counter()
    for person in registered:
        taken.update(keys.read_blocks(person))
    come = sum(person["seats"] for person in registered if "checked_in_at" in person)
    rules = {
        "seats are neither made nor lost": directory["capacity"]
        == directory["reserve"] + sum(block["seats_left"] + block["taken"] for block in blocks.values()),
        "every seat taken has a holder": all(block["taken"] == taken[n] for n, block in blocks.items()),
        "everybody sits in a block": not taken.keys() - blocks.keys(),
        "a party has the seats it asked for": all(
            person["seats"] == sum(person["blocks"].values()) for person in registered
        ),
        "no number is below zero": min(
            directory["reserve"],
            directory["waiting"],
            *(min(block["seats_left"], block["taken"]) for block in blocks.values()),
        )
        >= 0,
        "blocks with seats left are listed": {n for n, block in blocks.items() if block["seats_left"]}
        <= directory.get("open_blocks", frozenset()),
        "nobody waits while seats are left": not (
            directory["waiting"] and any(block["seats_left"] for block in blocks.values())
        ),
        "who waits is counted": directory["waiting"] == sum(person["seats"] for person in waiting),
        "who waits has a place, and each place a person": {
            (item["gsi1sk"], item["id"], item["seats"]) for item in waiting
        }
        == {(place, item["attendee_id"], item["seats"]) for place, item in places.items()},
        "who has come is counted": come == sum(item["checked_in"] for item in items if item["sk"] == "CHECK_INS"),
        "nothing is left of who has gone": not any(
            item.keys() & {"name", "email", "country", "gsi1pk", "gsi1sk", "blocks"}
            for item in people
            if item["state"] == keys.CANCELLED
        ),
        "who is here stays": not any("expires_at" in item for item in (*registered, *waiting)),
    }
    return [rule for rule, holds in rules.items() if not holds]
