"""The data dictionary: every item of the table, its keys and its attributes. No key literal stands anywhere else.

| item       | pk                                  | sk         | gsi1pk                        | gsi1sk                       | gsi2pk        | gsi2sk                |
|------------|-------------------------------------|------------|-------------------------------|------------------------------|---------------|-----------------------|
| event      | `EVENT#<event>`                     | `EVENT`    | `<status>`                    | `<start_utc>#<event>`        | `OWNER#<sub>` | `<start_utc>#<event>` |
| directory  | `EVENT#<event>`                     | `SEATS`    | –                             | –                            | –             | –                     |
| seat block | `EVENT#<event>#SEATS#<n>`           | `SEATS`    | –                             | –                            | –             | –                     |
| attendee   | `EVENT#<event>#ATTENDEE#<attendee>` | `ATTENDEE` | `EVENT#<event>#ATTENDEES#<m>` | `<registered_at>#<attendee>` | –             | –                     |
| secrets    | `SECRETS`                           | `SECRETS`  | –                             | –                            | –             | –                     |

Access patterns, each a Get, a Query or a write on one known key:

| what                                   | how                                                                          |
|----------------------------------------|------------------------------------------------------------------------------|
| make an event                          | transaction: Put event, directory and seat blocks; blocks past 98 before it     |
| read an event                          | Get event                                                                      |
| upcoming events, soonest first         | Query gsi1, `gsi1pk = <status>` and `gsi1sk > <now>`                           |
| register a person                      | transaction: Put attendee, Update seat block (`seats_left - 1`)                |
| where seats are left, who is there     | BatchGet directory and attendee                                                |
| a block without seats                  | Update directory (`DELETE open_blocks`), while none was listed anew            |
| seats come back to an empty block      | transaction: Update seat block, Update directory (`ADD open_blocks`)           |
| attendees in order of registration     | Query gsi1, `gsi1pk = EVENT#<event>#ATTENDEES#<m>` and `gsi1sk > <position>`   |
| the stack's secrets                    | Get secrets; once in a stack's life, Put                                       |

Every item has `v`, the version of its shape. Instants are RFC 3339 in UTC with microseconds, so that they sort as text;
`start_utc` and `end_utc` are derived from the local time, its zone and the offset chosen, which are the truth.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from event_management.addresses import ADDRESS_RULE
from event_management.models import Attendee, Event
from event_management.seats import Directory, attendee_partition
from event_management.signing import SigningKeys
from event_management.timezones import EventTime

Key = dict[str, str]
Item = dict[str, Any]

PUBLISHED = "published"
GSI1 = "gsi1"
FIRST = " "
"""A position before every other: no sort key of an index begins lower."""

EXAMPLES: Mapping[str, Item] = {
    "event": {
        "pk": "EVENT#k3v7qzm2ab",
        "sk": "EVENT",
        "gsi1pk": "published",
        "gsi1sk": "2027-01-15T13:00:00.000000Z#k3v7qzm2ab",
        "gsi2pk": "OWNER#6f0c1d9e-0000-4000-8000-3a5b7c9d1e2f",
        "gsi2sk": "2027-01-15T13:00:00.000000Z#k3v7qzm2ab",
        "v": 1,
        "id": "k3v7qzm2ab",
        "name": "Monsoon Raga Night",
        "location": "Bengaluru",
        "owner": "6f0c1d9e-0000-4000-8000-3a5b7c9d1e2f",
        "status": "published",
        "timezone": "Asia/Kolkata",
        "start_time": "2027-01-15 18:30",
        "start_offset": "+05:30",
        "start_utc": "2027-01-15T13:00:00.000000Z",
        "end_time": "2027-01-15 21:00",
        "end_offset": "+05:30",
        "end_utc": "2027-01-15T15:30:00.000000Z",
        "max_capacity": 200,
        "seat_blocks": 3,
        "attendee_partitions": 1,
        "created_at": "2026-11-23T11:00:00.123456Z",
        "updated_at": "2026-11-23T11:00:00.123456Z",
        "revision": 1,
        # Marks the call that wrote the item, so that it knows its own work after a lost answer.
        "nonce": "b5dq2k7x3mzn4c6rj7t2y3u4wa",
        # Where the caller sent an Idempotency-Key: digests of the key and of the request.
        "idempotency_key": "q7n2d4f6h3j5k7m2p4r6t3v5xe",
        "fingerprint": "z3x5c7v2b4n6m3a5s7d2f4g6hi",
    },
    "directory": {
        "pk": "EVENT#k3v7qzm2ab",
        "sk": "SEATS",
        "v": 1,
        # Every block that has seats left; missing where none has any.
        "open_blocks": frozenset({0, 2}),
        "relistings": 0,
        "attendee_partitions": 1,
    },
    "seat block": {
        "pk": "EVENT#k3v7qzm2ab#SEATS#0",
        "sk": "SEATS",
        "v": 1,
        "seats_left": 50,
        "taken": 17,
        "state": "open",
        # The marks of the call that made the event, on blocks that were put ahead of it.
        "nonce": "b5dq2k7x3mzn4c6rj7t2y3u4wa",
        "idempotency_key": "q7n2d4f6h3j5k7m2p4r6t3v5xe",
        "fingerprint": "z3x5c7v2b4n6m3a5s7d2f4g6hi",
    },
    "attendee": {
        "pk": "EVENT#k3v7qzm2ab#ATTENDEE#m4x2c7v5b3n6a2sd",
        "sk": "ATTENDEE",
        "gsi1pk": "EVENT#k3v7qzm2ab#ATTENDEES#0",
        "gsi1sk": "2026-11-23T11:05:00.654321Z#m4x2c7v5b3n6a2sd",
        "v": 1,
        "id": "m4x2c7v5b3n6a2sd",
        "event_id": "k3v7qzm2ab",
        "name": "Asha Rao",
        "email": "Asha@example.com",
        "address_rule": 1,
        "state": "registered",
        "registered_at": "2026-11-23T11:05:00.654321Z",
        "seat_block": 0,
        "country": "INDIA",
        "revision": 1,
        "nonce": "c6er3l2y4nao5d7sk2u3z4v5xb",
        "idempotency_key": "r2o3e5g7i4k6l2n4q6s3u5w7ya",
        "fingerprint": "a4y6d2w4c6o7n5b3t6e2g5h7ju",
    },
    "secrets": {
        "pk": "SECRETS",
        "sk": "SECRETS",
        "v": 1,
        # Derives event and attendee ids; 32 bytes; never changes, or nobody would be found again.
        "identity_key": b"\x00" * 32,
        # Sign page tokens, by key id; `signing_key` is the one in use.
        "signing_keys": {"1": b"\x01" * 32},
        "signing_key": 1,
    },
}

# --- Keys -------------------------------------------------------------------------------------------------------------


def event_key(event_id: str) -> Key:
    """`EVENT#k3v7qzm2ab` / `EVENT`."""
    return {"pk": f"EVENT#{event_id}", "sk": "EVENT"}


def directory_key(event_id: str) -> Key:
    """`EVENT#k3v7qzm2ab` / `SEATS`."""
    return {"pk": f"EVENT#{event_id}", "sk": "SEATS"}


def seat_block_key(event_id: str, block: int) -> Key:
    """`EVENT#k3v7qzm2ab#SEATS#0` / `SEATS`."""
    return {"pk": f"EVENT#{event_id}#SEATS#{block}", "sk": "SEATS"}


def attendee_key(event_id: str, attendee_id: str) -> Key:
    """`EVENT#k3v7qzm2ab#ATTENDEE#m4x2c7v5b3n6a2sd` / `ATTENDEE`."""
    return {"pk": f"EVENT#{event_id}#ATTENDEE#{attendee_id}", "sk": "ATTENDEE"}


def attendees_of(event_id: str, partition: int) -> str:
    """`EVENT#k3v7qzm2ab#ATTENDEES#0`: a partition of gsi1 that lists attendees."""
    return f"EVENT#{event_id}#ATTENDEES#{partition}"


def secrets_key() -> Key:
    """`SECRETS` / `SECRETS`."""
    return {"pk": "SECRETS", "sk": "SECRETS"}


def stamp(instant: datetime) -> str:
    """`2027-01-15T13:00:00.000000Z`: an instant as text that sorts."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_stamp(text: str) -> datetime:
    """Return the instant that `stamp` wrote."""
    return datetime.fromisoformat(text)


def read_position(item: Item) -> str:
    """`2026-11-23T11:05:00.654321Z#m4x2c7v5b3n6a2sd`: where in its list an item stands (gsi1sk).

    As stored: an event's instant may since have moved with the rules of its zone, its place in the list has not.
    """
    return str(item["gsi1sk"])


def _position(instant: datetime, item_id: str) -> str:
    return f"{stamp(instant)}#{item_id}"


# --- Items ------------------------------------------------------------------------------------------------------------


def event_item(event: Event) -> Item:
    """Return the item of an event."""
    return {
        **event_key(event.id),
        "gsi1pk": event.status,
        "gsi1sk": _position(event.start.instant, event.id),
        "gsi2pk": f"OWNER#{event.owner}",
        "gsi2sk": _position(event.start.instant, event.id),
        "v": 1,
        "id": event.id,
        "name": event.name,
        "location": event.location,
        "owner": event.owner,
        "status": event.status,
        "timezone": event.start.timezone,
        "start_time": event.start.local,
        "start_offset": event.start.utc_offset,
        "start_utc": stamp(event.start.instant),
        "end_time": event.end.local,
        "end_offset": event.end.utc_offset,
        "end_utc": stamp(event.end.instant),
        "max_capacity": event.max_capacity,
        "seat_blocks": event.seat_blocks,
        "attendee_partitions": event.attendee_partitions,
        "created_at": stamp(event.created_at),
        "updated_at": stamp(event.updated_at),
        "revision": event.revision,
    }


def read_event(item: Item) -> Event:
    """Return the event that an item holds."""
    return Event(
        id=item["id"],
        name=item["name"],
        location=item["location"],
        owner=item["owner"],
        status=item["status"],
        start=EventTime.restore(item["start_time"], item["timezone"], item["start_offset"]),
        end=EventTime.restore(item["end_time"], item["timezone"], item["end_offset"]),
        max_capacity=item["max_capacity"],
        seat_blocks=item["seat_blocks"],
        attendee_partitions=item["attendee_partitions"],
        created_at=read_stamp(item["created_at"]),
        updated_at=read_stamp(item["updated_at"]),
        revision=item["revision"],
    )


def directory_item(event: Event) -> Item:
    """Return the directory of a new event: every block has seats left."""
    return {
        **directory_key(event.id),
        "v": 1,
        "open_blocks": frozenset(range(event.seat_blocks)),
        "relistings": 0,
        "attendee_partitions": event.attendee_partitions,
    }


def read_directory(item: Item) -> Directory:
    """Return the directory that an item holds."""
    return Directory(
        open_blocks=item.get("open_blocks", frozenset()),
        relistings=item["relistings"],
        attendee_partitions=item["attendee_partitions"],
    )


def seat_block_item(event_id: str, block: int, seats: int) -> Item:
    """Return the item of a seat block that nobody sits in yet."""
    return {
        **seat_block_key(event_id, block),
        "v": 1,
        "seats_left": seats,
        "taken": 0,
        "state": "open",
    }


def attendee_item(attendee: Attendee, seat_block: int, attendee_partitions: int) -> Item:
    """Return the item of an attendee who sits in this block."""
    item: Item = {
        **attendee_key(attendee.event_id, attendee.id),
        "gsi1pk": attendees_of(attendee.event_id, attendee_partition(attendee.id, attendee_partitions)),
        "gsi1sk": _position(attendee.registered_at, attendee.id),
        "v": 1,
        "id": attendee.id,
        "event_id": attendee.event_id,
        "name": attendee.name,
        "email": attendee.email,
        "address_rule": ADDRESS_RULE,
        "state": attendee.state,
        "registered_at": stamp(attendee.registered_at),
        "seat_block": seat_block,
        "revision": 1,
    }
    if attendee.country is not None:
        item["country"] = attendee.country
    return item


def read_attendee(item: Item) -> Attendee:
    """Return the attendee that an item holds."""
    return Attendee(
        id=item["id"],
        event_id=item["event_id"],
        name=item["name"],
        email=item["email"],
        state=item["state"],
        registered_at=read_stamp(item["registered_at"]),
        country=item.get("country"),
    )


def secrets_item(identity_key: bytes, signing_key: bytes) -> Item:
    """Return the item of a new stack's secrets."""
    return {
        **secrets_key(),
        "v": 1,
        "identity_key": identity_key,
        "signing_keys": {"1": signing_key},
        "signing_key": 1,
    }


def read_signing_keys(item: Item) -> SigningKeys:
    """Return the keys that sign page tokens."""
    return SigningKeys({int(key_id): key for key_id, key in item["signing_keys"].items()}, item["signing_key"])
