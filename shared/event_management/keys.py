"""The data dictionary: every item of the table, its keys and its attributes. No key literal stands anywhere else.

| item           | pk                                  | sk           | gsi1pk                        | gsi1sk                       | gsi2pk        | gsi2sk                |
|----------------|-------------------------------------|--------------|-------------------------------|------------------------------|---------------|-----------------------|
| event          | `EVENT#<event>`                     | `EVENT`      | its status: `draft`, …        | `<start_utc>#<event>`        | `OWNER#<sub>` | `<start_utc>#<event>` |
| swept event    | `EVENT#<event>`                     | `EVENT`      | `swept`, while people remain  | `<start_utc>#<event>`        | `OWNER#<sub>` | `<start_utc>#<event>` |
| deleted event  | `EVENT#<event>`                     | `EVENT`      | `deleted`, while people remain| `<deleted_at>#<event>`       | –             | –                     |
| member         | `EVENT#<event>#MEMBERS`             | `<sub>`      | –                             | –                            | `MEMBER#<sub>`| `<since>#<event>`     |
| act            | `EVENT#<event>#AUDIT`               | `<at>#<nonce>` | –                           | –                            | –             | –                     |
| directory      | `EVENT#<event>`                     | `SEATS`      | –                             | –                            | –             | –                     |
| seat block     | `EVENT#<event>#SEATS#<n>`           | `SEATS`      | –                             | –                            | –             | –                     |
| attendee       | `EVENT#<event>#ATTENDEE#<attendee>` | `ATTENDEE`   | `EVENT#<event>#ATTENDEES#<m>` | `<registered_at>#<attendee>` | –             | –                     |
| waiting person | `EVENT#<event>#ATTENDEE#<attendee>` | `ATTENDEE`   | `EVENT#<event>#WAITLIST`      | `<place>`                    | –             | –                     |
| former attendee| `EVENT#<event>#ATTENDEE#<attendee>` | `ATTENDEE`   | –                             | –                            | –             | –                     |
| place          | `EVENT#<event>#WAITLIST`            | `<place>`    | –                             | –                            | –             | –                     |
| check-ins      | `EVENT#<event>#ATTENDEES#<m>`       | `CHECK_INS`  | –                             | –                            | –             | –                     |
| attempts       | `ATTEMPTS#<counter>`                | `<window>`   | –                             | –                            | –             | –                     |
| secrets        | `SECRETS`                           | `SECRETS`    | –                             | –                            | –             | –                     |

Access patterns, each a Get, a Query or a write on one known key:

| what                                   | how                                                                          |
|----------------------------------------|------------------------------------------------------------------------------|
| make an event                          | transaction: Put event, directory and seat blocks; blocks past 97 before it     |
| read an event                          | Get event                                                                      |
| upcoming events, soonest first         | Query gsi1, `gsi1pk = published` and `gsi1sk > <now>`                          |
| an organiser's events                  | Query gsi2, `gsi2pk = OWNER#<sub>` and `gsi2sk > <position>`                   |
| all events that people may belong to   | Query gsi1, one partition of `EVENT_PARTITIONS` after another                  |
| who has a role in an event             | Get event, then member; listed: Query `pk = EVENT#<event>#MEMBERS`             |
| the events shared with somebody        | Query gsi2, `gsi2pk = MEMBER#<sub>` and `gsi2sk > <position>`; BatchGet events |
| what was done to an event              | Query `pk = EVENT#<event>#AUDIT` and `sk > <position>`                         |
| how an event's seats stand             | BatchGet event, directory, check-ins; then the blocks in the directory         |
| change an event                        | Put event; where its seats are concerned, see store/changes.py                 |
| register a person                      | transaction: Put attendee, Update seat block (`seats_left - 1`)                |
| count an attempt to register, if limited | Update attempts (`ADD attempts`), while there are fewer than the limit       |
| where seats are left, who is there     | BatchGet directory and attendee                                                |
| a block without seats                  | Update directory (`DELETE open_blocks`), while none was listed anew            |
| seats come back to an empty block      | transaction: Update seat block, Update directory (`ADD open_blocks`)           |
| wait for a seat                        | transaction: Put waiting person and place, Update directory (`next_place + 1`)  |
| who waits longest                      | Query `pk = EVENT#<event>#WAITLIST`                                            |
| cancel, and register who waits longest | transaction: see store/ledger.py                                               |
| waiting people, longest waiting first  | Query gsi1, `gsi1pk = EVENT#<event>#WAITLIST` and `gsi1sk > <position>`        |
| check a ticket in                      | transaction: Update attendee, Update check-ins                                 |
| attendees in order of registration     | Query gsi1, `gsi1pk = EVENT#<event>#ATTENDEES#<m>` and `gsi1sk > <position>`   |
| the stack's secrets                    | Get secrets; once in a stack's life, Put                                       |

Every item has `v`, the version of its shape. Instants are RFC 3339 in UTC with microseconds, so that they sort as text;
`start_utc` and `end_utc` are derived from the local time, its zone and the offset chosen, which are the truth.
A swept event (store/retention.py) has `swept_at`, and `remains` while people do; its seat blocks count in `swept` how many
of the seats taken are those of people who are gone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from event_management.addresses import ADDRESS_RULE
from event_management.models import Act, Attendee, Event, Member, PersonalRecord
from event_management.seats import Directory, attendee_partition
from event_management.signing import SigningKeys
from event_management.terms import Terms
from event_management.timezones import EventTime
from event_management.waitlist import Place

Key = dict[str, str]
Item = dict[str, Any]

DRAFT = "draft"
PUBLISHED = "published"
CANCELLED = "cancelled"
SWEPT = "swept"
DELETED = "deleted"
EVENT_PARTITIONS = (DRAFT, PUBLISHED, CANCELLED, SWEPT, DELETED)
"""The partitions of gsi1 that list events, in the order in which an event passes through them: a walk from the first to
the last misses no event for changing its status meanwhile."""
FORMER_SECONDS = 7 * 24 * 60 * 60
"""How long it is remembered that a registration was cancelled: so long a retry of its request is known."""
BLANK: Mapping[str, str] = {"name": "(erased)", "email": ""}
"""Attributes of an attendee whose personal data was erased; country, key and fingerprint are missing then."""
GSI1 = "gsi1"
GSI2 = "gsi2"
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
        "description": "Three ragas and tea.",
        "registration_opens": "2026-12-01 09:00",
        "registration_opens_offset": "+05:30",
        "registration_opens_utc": "2026-12-01T03:30:00.000000Z",
        "registration_closes": "2027-01-15 18:00",
        "registration_closes_offset": "+05:30",
        "registration_closes_utc": "2027-01-15T12:30:00.000000Z",
        "max_capacity": 200,
        "max_party": 4,
        "waitlist": True,
        "waitlist_policy": "strict",
        "attendee_partitions": 1,
        "created_at": "2026-11-23T11:00:00.123456Z",
        "updated_at": "2026-11-24T09:30:00.000000Z",
        "revision": 2,
        # Which change made this revision out of the one before, and how many were begun.
        "change": "t4w6b2u4a6m5l3z2r4c6f3h5iu",
        "changes": 4,
        # The latest of them that was called off, for seats that were taken.
        "called_off": 2,
        # A change under way that concerns the seats: this item as it is to be (store/changes.py).
        "pending": {"pk": "EVENT#k3v7qzm2ab", "sk": "EVENT", "revision": 3},
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
        "seat_blocks": 3,
        "attendee_partitions": 1,
        # Seats of all blocks, and those that stand in none: on their way, or put by for who waits longest.
        "capacity": 200,
        "reserve": 0,
        # Seats that people wait for; while there are any, no block has seats left.
        "waiting": 0,
        "next_place": 1,
        "waitlist": True,
        "waitlist_policy": "strict",
        # Number of the event's latest change that has begun to change its seats (store/changes.py).
        "fence": 1,
        # The revision of the event that set the terms; instants in UTC.
        "terms": 2,
        "status": "published",
        "registration_opens": "2026-12-01T03:30:00.000000Z",
        "registration_closes": "2027-01-15T12:30:00.000000Z",
        "max_party": 4,
    },
    "seat block": {
        "pk": "EVENT#k3v7qzm2ab#SEATS#0",
        "sk": "SEATS",
        "v": 1,
        "seats_left": 50,
        "taken": 17,
        # As on the directory.
        "terms": 2,
        "status": "published",
        "registration_opens": "2026-12-01T03:30:00.000000Z",
        "registration_closes": "2027-01-15T12:30:00.000000Z",
        "max_party": 4,
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
        "seats": 3,
        # How many of them in which seat block.
        "blocks": {"0": 2, "2": 1},
        "serial": "d5k7m3p2q6s4x",
        "checked_in_at": "2027-01-15T12:40:00.000000Z",
        # Digest of the call that checked them in; it stays when that is undone.
        "check_in": "p6s7i3k5m2o4q6u3y5a7b2d4fg",
        "country": "INDIA",
        "revision": 1,
        "nonce": "c6er3l2y4nao5d7sk2u3z4v5xb",
        "idempotency_key": "r2o3e5g7i4k6l2n4q6s3u5w7ya",
        "fingerprint": "a4y6d2w4c6o7n5b3t6e2g5h7ju",
    },
    "waiting person": {
        "pk": "EVENT#k3v7qzm2ab#ATTENDEE#n5y3d6w4c2o7b4te",
        "sk": "ATTENDEE",
        "gsi1pk": "EVENT#k3v7qzm2ab#WAITLIST",
        "gsi1sk": "000000000001",
        "v": 1,
        "id": "n5y3d6w4c2o7b4te",
        "event_id": "k3v7qzm2ab",
        "name": "Ravi Iyer",
        "email": "ravi@example.com",
        "address_rule": 1,
        "state": "waiting",
        "registered_at": "2026-11-24T10:00:00.000000Z",
        "seats": 1,
        "serial": "e6l2n4q3r7t5y",
        "country": "INDIA",
        "revision": 1,
        "nonce": "f7fs4m3z5obp6e2tl3v4a5w6yc",
        "idempotency_key": "g3p4f6h2j5l7m3o5r7t4v6x2zb",
        "fingerprint": "h5z7e3x5d7p2o6c4u7f3h6i2kv",
    },
    "former attendee": {
        "pk": "EVENT#k3v7qzm2ab#ATTENDEE#o6z4e7x5d3p2c5uf",
        "sk": "ATTENDEE",
        "v": 1,
        "id": "o6z4e7x5d3p2c5uf",
        "event_id": "k3v7qzm2ab",
        # Nothing about the person but that there was somebody, so that a late retry does not book again.
        "state": "cancelled",
        "cancelled_at": "2026-11-25T08:00:00.000000Z",
        "serial": "g4n6p2s5u3w7a",
        # Who has the registration now, where it was handed over.
        "successor": "m4x2c7v5b3n6a2sd",
        "successor_serial": "d5k7m3p2q6s4x",
        "revision": 2,
        "nonce": "j2gt5n4a6pcq7f3um4w5b6x7zd",
        "idempotency_key": "k4q5g7i3k6m2n4p6s2u5w7y3ac",
        "fingerprint": "l6a2f4y6e2q3p7d5v2g4i7j3lw",
        # Seconds since 1970: when DynamoDB deletes it.
        "expires_at": 1796198400,
    },
    "place": {
        "pk": "EVENT#k3v7qzm2ab#WAITLIST",
        "sk": "000000000001",
        "v": 1,
        "attendee_id": "n5y3d6w4c2o7b4te",
        "seats": 1,
    },
    "check-ins": {
        "pk": "EVENT#k3v7qzm2ab#ATTENDEES#0",
        "sk": "CHECK_INS",
        "v": 1,
        "checked_in": 3,
    },
    "member": {
        "pk": "EVENT#k3v7qzm2ab#MEMBERS",
        "sk": "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a",
        "gsi2pk": "MEMBER#7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a",
        "gsi2sk": "2026-11-24T12:00:00.000000Z#k3v7qzm2ab",
        "v": 1,
        "event_id": "k3v7qzm2ab",
        "role": "helper",
        "since": "2026-11-24T12:00:00.000000Z",
    },
    "act": {
        "pk": "EVENT#k3v7qzm2ab#AUDIT",
        "sk": "2026-11-24T12:30:00.000000Z#q2x4j6w7d3fs5i6xp7z2e4a5cg",
        "v": 1,
        "event_id": "k3v7qzm2ab",
        # `sub` of who did it, and their role then.
        "who": "6f0c1d9e-0000-4000-8000-3a5b7c9d1e2f",
        "role": "owner",
        "what": "update_attendee",
        # Of the thing before; 0 where it was not there.
        "revision": 1,
        # Where it was done to a registration; never a name or an address.
        "attendee_id": "m4x2c7v5b3n6a2sd",
        # Members of the payload that changed, by name, between commas.
        "fields": "email,name",
        # Whose role it was about.
        "member": "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a",
    },
    "deleted event": {
        "pk": "EVENT#p7a5f2y6e4",
        "sk": "EVENT",
        "gsi1pk": "deleted",
        "gsi1sk": "2026-11-26T08:00:00.000000Z#p7a5f2y6e4",
        "v": 1,
        "id": "p7a5f2y6e4",
        "owner": "6f0c1d9e-0000-4000-8000-3a5b7c9d1e2f",
        "status": "deleted",
        "attendee_partitions": 1,
        "deleted_at": "2026-11-26T08:00:00.000000Z",
        # Missing once all that belonged to the event is gone, as its entry in gsi1 is.
        "remains": True,
        "revision": 4,
        "changes": 5,
        "called_off": 2,
        "nonce": "m3hu6o5b7qdr2g4vn5x6c7y2ae",
        "idempotency_key": "n5r6h2j4l7n3o5q7t3v6x2z4bd",
        "fingerprint": "o7b3g5z7f3r4q2e6w3h5j2k4mx",
    },
    "attempts": {
        # Of whom only a stack knows, from its identity key; when the window begins, in seconds since 1970.
        "pk": "ATTEMPTS#p3q5r7s2t4u6v3w5x7y2z4a6bc",
        "sk": "1796050800",
        "v": 1,
        "attempts": 3,
        # When the window ends: DynamoDB deletes it then or later.
        "expires_at": 1796051100,
    },
    "secrets": {
        "pk": "SECRETS",
        "sk": "SECRETS",
        "v": 1,
        # Derives event and attendee ids; 32 bytes; never changes, or nobody would be found again.
        "identity_key": b"\x00" * 32,
        # Sign page tokens, and derive what signs codes; by key id. `signing_key` is the one in use.
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


def waitlist_of(event_id: str) -> str:
    """`EVENT#k3v7qzm2ab#WAITLIST`: the partition of an event's places; the one of gsi1 that lists who waits."""
    return f"EVENT#{event_id}#WAITLIST"


def place_key(event_id: str, place: int) -> Key:
    """`EVENT#k3v7qzm2ab#WAITLIST` / `000000000001`."""
    return {"pk": waitlist_of(event_id), "sk": _place_position(place)}


def check_ins_key(event_id: str, partition: int) -> Key:
    """`EVENT#k3v7qzm2ab#ATTENDEES#0` / `CHECK_INS`."""
    return {"pk": attendees_of(event_id, partition), "sk": "CHECK_INS"}


def member_key(event_id: str, subject: str) -> Key:
    """`EVENT#k3v7qzm2ab#MEMBERS` / `7a1d2e0f-…`."""
    return {"pk": members_of(event_id), "sk": subject}


def members_of(event_id: str) -> str:
    """`EVENT#k3v7qzm2ab#MEMBERS`: the partition of those with whom an event is shared."""
    return f"EVENT#{event_id}#MEMBERS"


def shared_with(subject: str) -> str:
    """`MEMBER#7a1d2e0f-…`: the partition of gsi2 that lists the events shared with somebody."""
    return f"MEMBER#{subject}"


def acts_on(event_id: str) -> str:
    """`EVENT#k3v7qzm2ab#AUDIT`: the partition of what was done to an event."""
    return f"EVENT#{event_id}#AUDIT"


def events_of(owner: str) -> str:
    """`OWNER#6f0c1d9e-…`: the partition of gsi2 that lists an organiser's events."""
    return f"OWNER#{owner}"


def attempts_key(counter_id: str, window: int) -> Key:
    """`ATTEMPTS#p3q5r7s2t4u6v3w5x7y2z4a6bc` / `1796050800`: of the window that begins then, in seconds since 1970."""
    return {"pk": f"ATTEMPTS#{counter_id}", "sk": str(window)}


def secrets_key() -> Key:
    """`SECRETS` / `SECRETS`."""
    return {"pk": "SECRETS", "sk": "SECRETS"}


def stamp(instant: datetime) -> str:
    """`2027-01-15T13:00:00.000000Z`: an instant as text that sorts."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_stamp(text: str) -> datetime:
    """Return the instant that `stamp` wrote."""
    return datetime.fromisoformat(text)


def read_position(item: Item, index: str = GSI1) -> str:
    """`2026-11-23T11:05:00.654321Z#m4x2c7v5b3n6a2sd`: where in an index's list an item stands.

    As stored: an event's instant may since have moved with the rules of its zone, its place in the list has not.
    """
    return str(item[f"{index}sk"])


def walk_position(item: Item) -> str:
    """`published 2027-01-15T13:00:00.000000Z#k3v7qzm2ab`: where a walk through all events meets one."""
    return f"{item['gsi1pk']} {read_position(item)}"


def read_walk_position(position: str) -> tuple[str, str]:
    """Return the partition and the position in it of which `walk_position` tells."""
    partition, _, place = position.partition(" ")
    return partition, place


def _position(instant: datetime, item_id: str) -> str:
    return f"{stamp(instant)}#{item_id}"


def _place_position(place: int) -> str:
    return f"{place:012d}"


# --- Items ------------------------------------------------------------------------------------------------------------


def event_item(event: Event) -> Item:
    """Return the item of an event."""
    position = _position(event.start.instant, event.id)
    item: Item = {
        **event_key(event.id),
        "gsi1pk": event.status if event.swept_at is None else SWEPT,
        "gsi1sk": position,
        "gsi2pk": events_of(event.owner),
        "gsi2sk": position,
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
        "max_party": event.max_party,
        "waitlist": event.waitlist,
        "waitlist_policy": event.waitlist_policy,
        "attendee_partitions": event.attendee_partitions,
        "created_at": stamp(event.created_at),
        "updated_at": stamp(event.updated_at),
        "revision": event.revision,
    }
    if event.swept_at is not None:
        item |= {"swept_at": stamp(event.swept_at), "remains": True}
    for name in _OPTIONAL_TEXTS:
        if (text := getattr(event, name)) is not None:
            item[name] = text
    for name in _OPTIONAL_TIMES:
        if (time := getattr(event, name)) is not None:
            item |= {name: time.local, f"{name}_offset": time.utc_offset, f"{name}_utc": stamp(time.instant)}
    return item


_OPTIONAL_TEXTS = ("description", "cancellation_reason")
_OPTIONAL_TIMES = ("registration_opens", "registration_closes")
_MARKS = ("nonce", "idempotency_key", "fingerprint")


def marks_of(item: Item) -> Item:
    """Return the marks of the call that made an item: they stay with it, whatever becomes of the rest."""
    return {name: item[name] for name in _MARKS if name in item}


def read_event(item: Item) -> Event:
    """Return the event that an item holds."""
    times: Item = {
        name: EventTime.restore(item[name], item["timezone"], item[f"{name}_offset"])
        for name in _OPTIONAL_TIMES
        if name in item
    }
    return Event(
        id=item["id"],
        name=item["name"],
        location=item["location"],
        owner=item["owner"],
        status=item["status"],
        start=EventTime.restore(item["start_time"], item["timezone"], item["start_offset"]),
        end=EventTime.restore(item["end_time"], item["timezone"], item["end_offset"]),
        max_capacity=item["max_capacity"],
        max_party=item["max_party"],
        waitlist=item["waitlist"],
        waitlist_policy=item["waitlist_policy"],
        attendee_partitions=item["attendee_partitions"],
        created_at=read_stamp(item["created_at"]),
        updated_at=read_stamp(item["updated_at"]),
        revision=item["revision"],
        swept_at=read_stamp(item["swept_at"]) if "swept_at" in item else None,
        **{name: item[name] for name in _OPTIONAL_TEXTS if name in item},
        **times,
    )


def deleted_event_item(item: Item, deleted_at: datetime) -> Item:
    """Return what is left of an event's item: its id, which nobody gets again, whose it was, and who made it."""
    return {
        **event_key(item["id"]),
        "gsi1pk": DELETED,
        "gsi1sk": _position(deleted_at, item["id"]),
        "v": 1,
        "id": item["id"],
        "owner": item["owner"],
        "status": DELETED,
        "attendee_partitions": item["attendee_partitions"],
        "deleted_at": stamp(deleted_at),
        "remains": True,
        **marks_of(item),
    }


def terms_of(event: Event) -> Terms:
    """Return the terms that this revision of an event sets: from when it is swept, nobody registers."""
    opens, closes = event.registration_opens, event.registration_closes
    ends = [stamp(instant) for instant in (closes and closes.instant, event.swept_at) if instant]
    return Terms(
        revision=event.revision,
        status=event.status,
        registration_opens=stamp(opens.instant) if opens else None,
        registration_closes=min(ends, default=None),
        max_party=event.max_party,
    )


def terms_attributes(terms: Terms) -> Item:
    """Return the attributes of a directory or a seat block that hold these terms."""
    attributes = {"terms": terms.revision, **terms._asdict()}
    del attributes["revision"]
    return {name: value for name, value in attributes.items() if value is not None}


def read_terms(item: Item) -> Terms:
    """Return the terms that a directory or a seat block holds."""
    return Terms(
        item["terms"],
        item["status"],
        item.get("registration_opens"),
        item.get("registration_closes"),
        item["max_party"],
    )


def directory_item(event: Event, seat_blocks: int) -> Item:
    """Return the directory of a new event: every block has seats left."""
    return {
        **directory_key(event.id),
        "v": 1,
        "open_blocks": frozenset(range(seat_blocks)),
        "relistings": 0,
        "seat_blocks": seat_blocks,
        "attendee_partitions": event.attendee_partitions,
        "capacity": event.max_capacity,
        "reserve": 0,
        "waiting": 0,
        "next_place": 1,
        "waitlist": event.waitlist,
        "waitlist_policy": event.waitlist_policy,
        **terms_attributes(terms_of(event)),
    }


def read_directory(item: Item) -> Directory:
    """Return the directory that an item holds."""
    return Directory(
        open_blocks=item.get("open_blocks", frozenset()),
        relistings=item["relistings"],
        attendee_partitions=item["attendee_partitions"],
        seat_blocks=item["seat_blocks"],
        capacity=item["capacity"],
        reserve=item["reserve"],
        waiting=item["waiting"],
        next_place=item["next_place"],
        waitlist=item["waitlist"],
        waitlist_policy=item["waitlist_policy"],
        terms=read_terms(item),
        fence=item.get("fence", 0),
    )


def seat_block_item(event_id: str, block: int, seats: int, terms: Terms) -> Item:
    """Return the item of a seat block that nobody sits in yet."""
    return {
        **seat_block_key(event_id, block),
        "v": 1,
        "seats_left": seats,
        "taken": 0,
        **terms_attributes(terms),
    }


def seated(attendee_id: str, event_id: str, blocks: Mapping[int, int], at: datetime, attendee_partitions: int) -> Item:
    """Return the attributes of a person's item that say where they sit, and list them among the attendees."""
    return {
        "gsi1pk": attendees_of(event_id, attendee_partition(attendee_id, attendee_partitions)),
        "gsi1sk": _position(at, attendee_id),
        "state": "registered",
        "registered_at": stamp(at),
        "seats": sum(blocks.values()),
        "blocks": {str(block): seats for block, seats in blocks.items()},
    }


def attendee_item(attendee: Attendee, blocks: Mapping[int, int], attendee_partitions: int) -> Item:
    """Return the item of an attendee with so many seats in these blocks."""
    where = seated(attendee.id, attendee.event_id, blocks, attendee.registered_at, attendee_partitions)
    return _person_item(attendee) | where


def read_blocks(item: Item) -> dict[int, int]:
    """Return how many seats an attendee has in which blocks."""
    return {int(block): seats for block, seats in item["blocks"].items()}


def waiting_item(attendee: Attendee, place: int) -> Item:
    """Return the item of a person who waits in this place."""
    return _person_item(attendee) | {
        "gsi1pk": waitlist_of(attendee.event_id),
        "gsi1sk": _place_position(place),
        "state": "waiting",
        "registered_at": stamp(attendee.registered_at),
        "seats": attendee.seats,
    }


def read_place_of(item: Item) -> int:
    """Return the place that a waiting person's item names."""
    return int(item["gsi1sk"])


def _person_item(attendee: Attendee) -> Item:
    item: Item = {
        **attendee_key(attendee.event_id, attendee.id),
        "v": 1,
        "id": attendee.id,
        "event_id": attendee.event_id,
        "name": attendee.name,
        "email": attendee.email,
        "address_rule": ADDRESS_RULE,
        "serial": attendee.serial,
        "revision": 1,
    }
    if attendee.country is not None:
        item["country"] = attendee.country
    return item


def read_attendee(item: Item) -> Attendee:
    """Return the attendee or waiting person that an item holds."""
    checked_in_at = item.get("checked_in_at")
    return Attendee(
        id=item["id"],
        event_id=item["event_id"],
        name=item["name"],
        email=item["email"],
        state=item["state"],
        seats=item["seats"],
        registered_at=read_stamp(item["registered_at"]),
        serial=item["serial"],
        checked_in_at=read_stamp(checked_in_at) if checked_in_at else None,
        country=item.get("country"),
    )


def is_blank(item: Item) -> bool:
    """Tell whether nothing in an attendee's item says any more whose it is."""
    return all(item[name] == value for name, value in BLANK.items())


def read_personal_record(event: Item, item: Item) -> PersonalRecord:
    """Return what a person's item holds, of a registration that may be cancelled; the event's may be what is left of one."""
    is_former = item["state"] == CANCELLED
    return PersonalRecord(
        event_id=item["event_id"],
        event_name=event.get("name"),
        attendee_id=item["id"],
        attendee=None if is_former else read_attendee(item),
        cancelled_at=read_stamp(item["cancelled_at"]) if is_former else None,
    )


def former_attendee_item(item: Item, cancelled_at: datetime, successor: Attendee | None = None) -> Item:
    """Return what is left of a person's item: who made it, and which codes were good for it last."""
    left: Item = {
        **attendee_key(item["event_id"], item["id"]),
        "v": 1,
        "id": item["id"],
        "event_id": item["event_id"],
        "state": "cancelled",
        "cancelled_at": stamp(cancelled_at),
        "serial": item["serial"],
        "revision": item["revision"] + 1,
        **marks_of(item),
        "expires_at": int(cancelled_at.timestamp()) + FORMER_SECONDS,
    }
    if successor is not None:
        left |= {"successor": successor.id, "successor_serial": successor.serial}
    return left


def place_item(event_id: str, place: int, attendee_id: str, seats: int) -> Item:
    """Return the item of a place on the waitlist."""
    return {**place_key(event_id, place), "v": 1, "attendee_id": attendee_id, "seats": seats}


def read_place(item: Item) -> Place:
    """Return the place that an item holds."""
    return Place(int(item["sk"]), item["attendee_id"], item["seats"])


def member_item(member: Member) -> Item:
    """Return the item of somebody with whom an event is shared."""
    return {
        **member_key(member.event_id, member.subject),
        "gsi2pk": shared_with(member.subject),
        "gsi2sk": _position(member.since, member.event_id),
        "v": 1,
        "event_id": member.event_id,
        "role": member.role,
        "since": stamp(member.since),
    }


def read_member(item: Item) -> Member:
    """Return the member that an item holds."""
    return Member(item["event_id"], item["sk"], item["role"], read_stamp(item["since"]))


def act_item(event_id: str, act: Act, nonce: str) -> Item:
    """Return the item that records an act."""
    item: Item = {
        "pk": acts_on(event_id),
        "sk": f"{stamp(act.at)}#{nonce}",
        "v": 1,
        "event_id": event_id,
        "who": act.who,
        "role": act.role,
        "what": act.what,
        "revision": act.revision,
    }
    if act.attendee_id is not None:
        item["attendee_id"] = act.attendee_id
    if act.fields:
        item["fields"] = ",".join(act.fields)
    if act.member is not None:
        item["member"] = act.member
    return item


def read_act(item: Item) -> Act:
    """Return the act that an item records."""
    return Act(
        read_stamp(item["sk"].partition("#")[0]),
        item["who"],
        item["role"],
        item["what"],
        item["revision"],
        item.get("attendee_id"),
        tuple(filter(None, item.get("fields", "").split(","))),
        item.get("member"),
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
    """Return the keys that sign page tokens, and from which those of codes are derived."""
    return SigningKeys({int(key_id): key for key_id, key in item["signing_keys"].items()}, item["signing_key"])
