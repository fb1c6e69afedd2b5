"""An event's seats, the people in them and those who wait, planted in a table as they stand; and how they stand later."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from event_management import keys
from event_management.models import Attendee
from event_management.store.attributes import to_attributes
from event_management.terms import Terms
from event_management.waitlist import Place
from tests.unit.conftest import TABLE
from tests.unit.ledger import items_of

EVENT = "k3v7qzm2ab"
OPEN = Terms(1, max_party=20)
CLOSED = OPEN._replace(registration_closes="2020-01-01T00:00:00.000000Z")


def seated_id(number: int) -> str:
    """Return the id of the person with this number who is registered at first."""
    return f"s{number:015}".translate(_LETTERS)


def waiting_id(number: int) -> str:
    """Return the id of the person in this place."""
    return f"w{number:015}".translate(_LETTERS)


_LETTERS = str.maketrans("0123456789", "abcdefghij")


class State(NamedTuple):
    """What stands in the table."""

    left: list[int]
    """Seats left, by block."""
    reserve: int
    waiting: list[int]
    """Places, in order."""
    seated: dict[str, dict[int, int]]
    """Seats in which blocks, by who has them."""
    listed: frozenset[int]
    relistings: int


class Ledger:
    """The event in the table."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def plant(
        self,
        left: Sequence[int],
        parties: Sequence[Mapping[int, int]],
        waiting: Sequence[int] = (),
        reserve: int = 0,
        policy: str = "strict",
        terms: Terms = OPEN,
        listed: Sequence[int] = (),
    ) -> None:
        """Plant blocks with so many seats left each, parties in them, people who wait for so many seats each."""
        taken = sum((Counter(party) for party in parties), Counter[int]())
        items = [keys.seat_block_item(EVENT, n, seats, terms) | {"taken": taken[n]} for n, seats in enumerate(left)]
        open_blocks = frozenset(n for n, seats in enumerate(left) if seats) | frozenset(listed)
        directory = {
            **keys.directory_key(EVENT),
            "v": 1,
            "open_blocks": open_blocks,
            "relistings": 3,
            "seat_blocks": len(left),
            "attendee_partitions": 2,
            "capacity": sum(left) + taken.total() + reserve,
            "reserve": reserve,
            "waiting": sum(waiting),
            "next_place": len(waiting) + 1,
            "waitlist": True,
            "waitlist_policy": policy,
            **keys.terms_attributes(terms),
        }
        items.append({name: value for name, value in directory.items() if value != frozenset()})
        items += [keys.attendee_item(_person(seated_id(n), sum(p.values())), p, 2) for n, p in enumerate(parties)]
        for number, seats in enumerate(waiting, 1):
            items += waiting_items(number, seats)
        for first in range(0, len(items), 25):
            puts = [{"PutRequest": {"Item": to_attributes(item)}} for item in items[first : first + 25]]
            self._table.batch_write_item(RequestItems={TABLE: puts})

    def put(self, item: Mapping[str, object]) -> None:
        """Put an item, whatever stands there."""
        self._table.put_item(TableName=TABLE, Item=to_attributes(item))

    def check(self, *, is_settled: bool = True) -> State:
        """Return what stands there; fails unless every law is kept.

        `is_settled`: seats that are put by do for nobody whose turn it is.
        """
        assert [] == broken_laws(self._table, EVENT)
        items = items_of(self._table, EVENT)
        (directory,) = (item for item in items if "relistings" in item)
        read = keys.read_directory(directory)
        blocks = sorted((item for item in items if "taken" in item), key=lambda item: int(item["pk"].split("#")[-1]))
        places = sorted(keys.read_place(item) for item in items if "attendee_id" in item)
        seated = {item["id"]: keys.read_blocks(item) for item in items if "blocks" in item}
        left = [block["seats_left"] for block in blocks]
        assert read.seat_blocks == len(blocks)
        assert all(place.number < read.next_place for place in places)
        assert not (read.waiting and read.open_blocks)
        if is_settled and read.terms.promote(keys.stamp(datetime.now(UTC))):
            whose_turn = places[:1] if read.waitlist_policy == "strict" else places
            assert read.reserve < min((place.seats for place in whose_turn), default=1)
        return State(left, read.reserve, [place.number for place in places], seated, read.open_blocks, read.relistings)


def waiting_items(number: int, seats: int) -> list[keys.Item]:
    """Return the items of the person who waits for so many seats in this place."""
    person = keys.waiting_item(_person(waiting_id(number), seats), number)
    return [person, keys.place_item(EVENT, number, waiting_id(number), seats)]


def place(number: int, seats: int) -> Place:
    """Return the place that this person waits in."""
    return Place(number, waiting_id(number), seats)


def _person(attendee_id: str, seats: int) -> Attendee:
    return Attendee(
        id=attendee_id,
        event_id=EVENT,
        name="Asha Rao",
        email="asha@example.com",
        seats=seats,
        registered_at=datetime(2026, 11, 23, tzinfo=UTC),
        serial=attendee_id[:13],
    )


def broken_laws(engine: Any, event_id: str) -> list[str]:
    """Return which laws the seats, people and places planted break: there is no event around them for the checker."""
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
