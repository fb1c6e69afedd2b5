"""Whether the items of an event agree with each other: every rule of `event_management.keys` and of the store. Pure.

Checks go from the shape of single items to sums over all of them. What rests on items that are amiss is not checked
before those are mended: one fault is told as one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, get_args

from event_management import keys
from event_management.addresses import parse_address
from event_management.errors import InvalidValueError
from event_management.identifiers import derive_attendee_id, is_attendee_id, is_event_id
from event_management.keys import Item
from event_management.models import MOST_IN_PARTY
from event_management.roles import MemberRole, Role
from event_management.seats import Directory, attendee_partition
from event_management.waitlist import choose_promoted

_SEPARATOR = "#"
_VERSION = 1
_EVENT_ID_LENGTH = 10


class Fault(NamedTuple):
    """One thing amiss."""

    check: str
    """Which rule is broken, in a word or two."""
    key: str
    """Of the item that it shows in, or of the event's."""
    detail: str

    def __str__(self) -> str:
        return f"{self.key}: {self.check}: {self.detail}"


def by_event(items: Iterable[Item]) -> dict[str | None, list[Item]]:
    """Return the items by the event that their keys name; under None those that name none."""
    events: dict[str | None, list[Item]] = defaultdict(list)
    for item in items:
        events[_event_id_of(item)].append(item)
    return dict(events)


def find_faults(items: Iterable[Item], identity_key: bytes | None = None, now: datetime | None = None) -> list[Fault]:
    """Return everything amiss among the items of one event, read while nobody wrote.

    With the stack's identity key, people's ids are held against their addresses, too.
    """
    event = _Event(items, identity_key, keys.stamp(now or datetime.now(UTC)))
    for checks in event.stages:
        if faults := [fault for check in checks for fault in check()]:
            return faults
    return []


def find_faults_beside_events(items: Iterable[Item]) -> list[Fault]:
    """Return everything amiss among the items whose keys name no event: the stack's secrets and counted attempts."""
    faults: list[Fault] = []
    for item in items:
        if _key(item) == keys.secrets_key():
            faults += _shape_faults("secrets", item)
        elif _is_number(item["sk"]) and _key(item) == keys.attempts_key(_tail(item), int(item["sk"])):
            faults += list(_shape_faults("attempts", item)) or list(_attempts_faults(item))
        else:
            faults.append(Fault("unknown item", _shown(item), "no item of the table has such a key"))
    return faults


def remarks(items: Iterable[Item]) -> list[str]:
    """Return what is under way with an event: not amiss, but somebody may have to complete it."""
    event = _Event(items, None, "")
    if event.item is None:
        return [_BROKEN_OFF] if event.is_being_made else []
    if "swept_at" in event.item and "remains" in event.item:
        return ["is being swept; the next run of the retention goes on"]
    if event.item.get("remains"):
        return ["is being deleted; if nobody is at it any more, repeat the DELETE to remove what is left"]
    if "pending" in event.item:
        return ["has a change pending; the next change completes it first, or calls it off"]
    return []


_BROKEN_OFF = "is not there, only seat blocks put ahead of it: it is being made, or its making broke off"


class _Event:
    """The items of an event, sorted by kind."""

    def __init__(self, items: Iterable[Item], identity_key: bytes | None, now: str) -> None:
        self._identity_key = identity_key
        self._now = now
        self._all = list(items)
        self.id = next((event_id for item in self._all if (event_id := _event_id_of(item))), "")
        self.item: Item | None = None
        self._directory_item: Item | None = None
        self._blocks: dict[int, Item] = {}
        self._registered: dict[str, Item] = {}
        self._waiting: dict[str, Item] = {}
        self._former: dict[str, Item] = {}
        self._places: dict[int, Item] = {}
        self._check_ins: dict[int, Item] = {}
        self._strangers: list[Item] = []
        self._kinds: list[tuple[str, Item]] = []
        for item in self._all:
            self._sort(item)

    @property
    def is_being_made(self) -> bool:
        """Whether there is nothing but untouched seat blocks of a call that makes the event."""
        return self.item is None and all(
            kind == "seat block" and "nonce" in item and not item.get("taken") for kind, item in self._kinds
        )

    @property
    def stages(self) -> list[list[Callable[[], Iterator[Fault]]]]:
        """The checks; those of a stage rest on those before it."""
        if self.item is None or self.item.get("status") == keys.DELETED:
            return [[self._shapes], [self._orphans]]
        return [
            [self._shapes],
            [self._parts],
            [
                self._signs,
                self._directory_entries,
                self._ledger,
                self._seats_while_waiting,
                self._reserve_without_waiting,
                self._reserve_that_would_do,
                self._capacity,
                self._terms,
                self._waitlist_settings,
                self._fence,
                self._event_indexes,
                self._parties,
                self._attendee_indexes,
                self._seats_taken,
                self._places_and_people,
                self._seats_waited_for,
                self._next_place,
                self._check_in_counts,
                self._identities,
            ],
        ]

    # --- What each item is by itself ---

    def _sort(self, item: Item) -> None:
        key, tail = _key(item), _tail(item)
        number = int(tail) if _is_number(tail) else -1
        if key == keys.event_key(self.id):
            self.item = item
            self._kinds.append(("deleted event" if item.get("status") == keys.DELETED else "event", item))
        elif key == keys.directory_key(self.id):
            self._directory_item = item
            self._kinds.append(("directory", item))
        elif key == keys.seat_block_key(self.id, number):
            self._blocks[number] = item
            self._kinds.append(("seat block", item))
        elif key == keys.check_ins_key(self.id, number):
            self._check_ins[number] = item
            self._kinds.append(("check-ins", item))
        elif _is_number(item["sk"]) and key == keys.place_key(self.id, int(item["sk"])):
            self._places[int(item["sk"])] = item
            self._kinds.append(("place", item))
        elif key == keys.member_key(self.id, item["sk"]):
            self._kinds.append(("member", item))
        elif item["pk"] == keys.acts_on(self.id):
            self._kinds.append(("act", item))
        elif is_attendee_id(tail) and key == keys.attendee_key(self.id, tail):
            self._sort_person(tail, item)
        else:
            self._strangers.append(item)

    def _sort_person(self, attendee_id: str, item: Item) -> None:
        match item.get("state"):
            case "waiting":
                self._waiting[attendee_id] = item
                self._kinds.append(("waiting person", item))
            case keys.CANCELLED:
                self._former[attendee_id] = item
                self._kinds.append(("former attendee", item))
            case _:
                self._registered[attendee_id] = item
                self._kinds.append(("attendee", item))

    def _shapes(self) -> Iterator[Fault]:
        for item in self._strangers:
            yield Fault("unknown item", _shown(item), "no item of an event has such a key")
        for kind, item in self._kinds:
            faults = list(_shape_faults(kind, item))
            yield from faults
            if not faults and (detail := self._misfit(kind, item)):
                yield Fault("shape", _shown(item), detail)

    def _misfit(self, kind: str, item: Item) -> str | None:
        """Return what is wrong with the values of an item that has the right attributes."""
        if ("id" in item and item["id"] != _tail(item)) or item.get("event_id", self.id) != self.id:
            return "its ids are not those of its key"
        return next((detail for of, is_right, detail in _VALUES if of == kind and not is_right(item)), None)

    # --- What there has to be ---

    def _orphans(self) -> Iterator[Fault]:
        if self.is_being_made or (self.item and "remains" in self.item):
            return
        left = "a deleted event of which nothing should remain" if self.item else "no event"
        for kind, item in self._kinds:
            if item is not self.item and not (self.item and kind in _OUTLIVING):
                yield Fault("orphan", _shown(item), f"{kind} of {left}")

    def _parts(self) -> Iterator[Fault]:
        assert self.item is not None
        if self._directory_item is None:
            yield Fault("missing", _shown(keys.directory_key(self.id)), "the event has no directory")
            return
        expected = set(range(self._directory_item["seat_blocks"]))
        for block in sorted(expected - set(self._blocks)):
            yield Fault("missing", _shown(keys.seat_block_key(self.id, block)), "the directory counts this block")
        for block in sorted(set(self._blocks) - expected):
            yield Fault("orphan", _shown(self._blocks[block]), "block that the directory does not count")
        partitions = self.item["attendee_partitions"]
        if self._directory_item["attendee_partitions"] != partitions:
            yield self._of_directory("partitions", f"its attendee_partitions are not the event's {partitions}")
            return
        for partition in sorted(set(self._check_ins) - set(range(partitions))):
            yield Fault("orphan", _shown(self._check_ins[partition]), "check-ins of a partition that is none")

    # --- Seats ---

    @property
    def _directory(self) -> Directory:
        assert self._directory_item is not None
        return keys.read_directory(self._directory_item)

    @property
    def _pending(self) -> Item | None:
        return self.item.get("pending") if self.item else None

    @property
    def _left(self) -> dict[int, int]:
        return {block: item["seats_left"] for block, item in self._blocks.items() if item["seats_left"]}

    def _of_directory(self, check: str, detail: str) -> Fault:
        return Fault(check, _shown(keys.directory_key(self.id)), detail)

    def _of_event(self, check: str, detail: str) -> Fault:
        return Fault(check, _shown(keys.event_key(self.id)), detail)

    def _signs(self) -> Iterator[Fault]:
        counters = {
            "seat block": ("seats_left", "taken"),
            "directory": ("capacity", "reserve", "waiting"),
            "check-ins": ("checked_in",),
        }
        for kind, item in self._kinds:
            for name in counters.get(kind, ()):
                if item[name] < 0:
                    yield Fault("negative", _shown(item), f"{name} is {item[name]}")

    def _directory_entries(self) -> Iterator[Fault]:
        listed = self._directory.open_blocks
        for block in sorted(set(self._left) - listed):
            yield self._of_directory("directory", f"block {block} has seats left and is not listed")
        for block in sorted(listed - set(self._blocks)):
            yield self._of_directory("directory", f"it lists block {block}, which is none")

    def _ledger(self) -> Iterator[Fault]:
        directory = self._directory
        in_blocks = sum(item["seats_left"] + item["taken"] for item in self._blocks.values())
        if in_blocks + directory.reserve != directory.capacity:
            yield self._of_directory(
                "ledger",
                f"{in_blocks} seats in blocks and {directory.reserve} in the reserve are not the capacity of"
                f" {directory.capacity}",
            )

    def _seats_while_waiting(self) -> Iterator[Fault]:
        if self._directory.waiting and self._left:
            yield self._of_directory(
                "seats left", f"{sum(self._left.values())} seats are left to anybody while people wait"
            )

    def _reserve_without_waiting(self) -> Iterator[Fault]:
        directory = self._directory
        if directory.reserve > 0 and not directory.waiting and not self._pending:
            yield self._of_directory("reserve", f"{directory.reserve} seats are put by for nobody")

    def _reserve_that_would_do(self) -> Iterator[Fault]:
        directory = self._directory
        if self._pending or not directory.waiting or not directory.terms.promote(self._now):
            return
        places = [keys.read_place(item) for _, item in sorted(self._places.items())]
        places = [place for place in places if place.seats <= directory.capacity]
        if choose_promoted(directory.reserve, places, directory.waitlist_policy):
            yield self._of_directory(
                "reserve", f"{directory.reserve} seats are put by that would do for who waits longest"
            )

    def _capacity(self) -> Iterator[Fault]:
        assert self.item is not None
        may_be = [self.item["max_capacity"]]
        if self._pending and "max_capacity" in self._pending:
            may_be.append(self._pending["max_capacity"])
        if self._directory.capacity not in may_be:
            yield self._of_directory("capacity", f"it has {self._directory.capacity} seats, the event {may_be[-1]}")

    # --- Terms ---

    def _terms(self) -> Iterator[Fault]:
        assert self.item is not None
        event = keys.terms_of(keys.read_event(self.item))
        directory = self._directory.terms
        if self._pending:
            return
        if directory._replace(revision=0) != event._replace(revision=0) or directory.revision > event.revision:
            yield self._of_directory("terms", "its terms are not the event's")
        for _, item in sorted(self._blocks.items()):
            terms = keys.read_terms(item)
            if terms._replace(revision=0) != directory._replace(revision=0) or terms.revision > directory.revision:
                yield Fault("terms", _shown(item), "its terms are not the directory's")

    def _waitlist_settings(self) -> Iterator[Fault]:
        assert self.item is not None
        assert self._directory_item is not None
        for name in ("waitlist", "waitlist_policy"):
            may_be = {self.item[name], (self._pending or {}).get(name, self.item[name])}
            if self._directory_item[name] not in may_be:
                yield self._of_directory("terms", f"its {name} is not the event's")

    def _fence(self) -> Iterator[Fault]:
        assert self.item is not None
        # One that calls a change off takes the next change's number, so that nobody goes on under the one before.
        if self._directory.fence > self.item.get("changes", 0) + 1:
            yield self._of_directory("fence", "it is ahead of the event's changes: none would go through")

    def _event_indexes(self) -> Iterator[Fault]:
        assert self.item is not None
        expected = keys.event_item(keys.read_event(self.item))
        # The instant as stored: rules of zones change.
        position = expected["gsi2sk"].replace(expected["start_utc"], self.item["start_utc"])
        should = {"gsi2pk": expected["gsi2pk"], "gsi2sk": position}
        if "swept_at" not in self.item or "remains" in self.item:
            should |= {"gsi1pk": expected["gsi1pk"], "gsi1sk": position}
        if should != {name: value for name, value in self.item.items() if name.startswith("gsi")}:
            yield self._of_event("index", "its index attributes are not those of its status, owner and start")

    # --- People ---

    def _parties(self) -> Iterator[Fault]:
        for item in self._registered.values():
            blocks = keys.read_blocks(item)
            if item["seats"] != sum(blocks.values()) or min(blocks.values(), default=0) < 1:
                yield Fault("party", _shown(item), f"{item['seats']} seats are not those of its blocks")
            elif not set(blocks) <= set(self._blocks):
                yield Fault("party", _shown(item), "it has seats in blocks that are none")
        for item in (*self._registered.values(), *self._waiting.values()):
            if not 1 <= item["seats"] <= MOST_IN_PARTY:
                yield Fault("party", _shown(item), f"nobody has {item['seats']} seats")

    def _attendee_indexes(self) -> Iterator[Fault]:
        assert self.item is not None
        partitions = self.item["attendee_partitions"]
        for attendee_id, item in self._registered.items():
            at = keys.read_stamp(item["registered_at"])
            should = keys.seated(attendee_id, self.id, keys.read_blocks(item), at, partitions)
            if any(item[name] != should[name] for name in ("gsi1pk", "gsi1sk")):
                yield Fault("index", _shown(item), "its index attributes are not those of an attendee of its time")
        for item in self._waiting.values():
            if item["gsi1pk"] != keys.waitlist_of(self.id) or not _is_number(item["gsi1sk"]):
                yield Fault("index", _shown(item), "its index attributes are not those of who waits")

    def _seats_taken(self) -> Iterator[Fault]:
        held: Counter[int] = Counter()
        for item in self._registered.values():
            held.update(keys.read_blocks(item))
        for block, item in sorted(self._blocks.items()):
            if held[block] + (swept := item.get("swept", 0)) != item["taken"]:
                gone = f", {swept} are of people who are gone" if swept else ""
                yield Fault("seats taken", _shown(item), f"{item['taken']} are taken, people hold {held[block]}{gone}")

    def _places_and_people(self) -> Iterator[Fault]:
        for _, place in sorted(self._places.items()):
            person = self._waiting.get(place["attendee_id"])
            if place["attendee_id"] in self._registered:
                yield Fault("twice", _shown(place), "its person is registered")
            elif person is None:
                yield Fault("place", _shown(place), "nobody waits in it")
            elif person["gsi1sk"] != place["sk"]:
                yield Fault("place", _shown(place), f"its person waits in {person['gsi1sk']}")
            elif person["seats"] != place["seats"]:
                yield Fault("place", _shown(place), f"it is for {place['seats']} seats, its person's party has others")
        placed = {place["attendee_id"] for place in self._places.values()}
        for attendee_id, person in self._waiting.items():
            if attendee_id not in placed:
                yield Fault("place", _shown(person), "this person waits without a place")

    def _seats_waited_for(self) -> Iterator[Fault]:
        waited_for = sum(place["seats"] for place in self._places.values())
        if waited_for != self._directory.waiting:
            yield self._of_directory(
                "waiting", f"it counts {self._directory.waiting} seats that people wait for, they wait for {waited_for}"
            )

    def _next_place(self) -> Iterator[Fault]:
        if max(self._places, default=0) >= self._directory.next_place or self._directory.next_place < 1:
            yield self._of_directory("next place", f"place {self._directory.next_place} was given before")

    def _check_in_counts(self) -> Iterator[Fault]:
        assert self.item is not None
        come: Counter[int] = Counter()
        for attendee_id, item in self._registered.items():
            if "checked_in_at" in item:
                come[attendee_partition(attendee_id, self.item["attendee_partitions"])] += item["seats"]
        for partition in range(self.item["attendee_partitions"]):
            counted = self._check_ins.get(partition, {}).get("checked_in", 0)
            # Of those who are gone nobody knows who had come.
            if counted < come[partition] or (counted != come[partition] and "swept_at" not in self.item):
                key = keys.check_ins_key(self.id, partition)
                yield Fault(
                    "check-ins", _shown(key), f"{counted} seats are counted as come, people hold {come[partition]}"
                )

    def _identities(self) -> Iterator[Fault]:
        if self._identity_key is None:
            return
        for attendee_id, item in (*self._registered.items(), *self._waiting.items()):
            if item["email"] == keys.BLANK["email"]:
                continue
            try:
                address = parse_address(item["email"]).normalised
            except InvalidValueError:
                yield Fault("identity", _shown(item), "its address is none")
                continue
            if derive_attendee_id(self._identity_key, self.id, address) != attendee_id:
                yield Fault("identity", _shown(item), "its id is not that of its address")


_OUTLIVING = ("former attendee", "act")
"""Kinds of items that stay when their event is deleted."""
_STATUSES = ("draft", "published", "cancelled")
_MARKS = frozenset({"nonce", "idempotency_key", "fingerprint"})
_WINDOW = frozenset({"registration_opens", "registration_closes"})
_OPTIONAL: Mapping[str, frozenset[str]] = {
    "event": _MARKS
    | {f"{name}{part}" for name in _WINDOW for part in ("", "_offset", "_utc")}
    | {"gsi1pk", "gsi1sk", "description", "change", "changes", "called_off", "pending"},
    "directory": _WINDOW | {"open_blocks", "fence"},
    "seat block": _WINDOW | _MARKS,
    "attendee": _MARKS | {"checked_in_at", "check_in", "country"},
    "waiting person": _MARKS | {"country"},
    "former attendee": _MARKS | {"successor", "successor_serial"},
    "deleted event": _MARKS | {"gsi1pk", "gsi1sk", "remains", "revision", "changes", "called_off", "pending"},
    "act": frozenset({"attendee_id", "fields", "member"}),
}
"""Attributes that an item of a kind may lack."""
_MORE: Mapping[str, Mapping[str, type]] = {
    "event": {"cancellation_reason": str, "swept_at": str, "remains": bool},
    "seat block": {"swept": int},
    "deleted event": {"pending": dict},
}
"""Those that it may have although its example does not."""


def _is_readable(item: Item) -> bool:
    """Tell whether an event's times are local times of its zone."""
    try:
        keys.read_event(item)
    except (KeyError, ValueError):
        return False
    return True


_VALUES: tuple[tuple[str, Callable[[Item], bool], str], ...] = (
    ("event", lambda item: item["status"] in _STATUSES, f"status must be one of {', '.join(_STATUSES)}"),
    ("event", _is_readable, "its times are none of its zone"),
    ("attendee", lambda item: item["state"] == "registered", "state must be registered, waiting or cancelled"),
    (
        "attendee",
        lambda item: all(_is_number(block) and type(seats) is int for block, seats in item["blocks"].items()),
        "blocks must be numbers of seats by numbers of blocks",
    ),
    (
        "attendee",
        lambda item: "checked_in_at" not in item or "check_in" in item,
        "checked_in_at must not stand without check_in",
    ),
    (
        "former attendee",
        lambda item: ("successor" in item) == ("successor_serial" in item),
        "successor and successor_serial must stand together",
    ),
    *(
        (
            kind,
            lambda item: not keys.is_blank(item) or not {"country", "fingerprint", "idempotency_key"} & item.keys(),
            "it was erased, and still has what says whose it was",
        )
        for kind in ("attendee", "waiting person")
    ),
    (
        "deleted event",
        lambda item: {"gsi1pk", "gsi1sk", "remains"} & item.keys() in (set(), {"gsi1pk", "gsi1sk", "remains"}),
        "it must stand in the index while anything remains, and no longer",
    ),
    (
        "member",
        lambda item: item["role"] in get_args(MemberRole),
        f"role must be one of {', '.join(get_args(MemberRole))}",
    ),
    (
        "member",
        lambda item: item == keys.member_item(keys.read_member(item)),
        "its places in the indexes are not its own",
    ),
    ("act", lambda item: item["role"] in get_args(Role), f"role must be one of {', '.join(get_args(Role))}"),
    ("act", lambda item: _is_stamp(item["sk"].partition("#")[0]), "its sort key does not begin with an instant in UTC"),
)
"""What must hold of items of a kind, and what is wrong where it does not."""
_STAMPS = frozenset(
    {"cancelled_at", "checked_in_at", "created_at", "deleted_at", "registered_at", "since", "swept_at", "updated_at"}
)


def _shape_faults(kind: str, item: Item) -> Iterator[Fault]:
    if item.get("v") != _VERSION:
        yield Fault("version", _shown(item), f"{kind} of version {item.get('v')}, which nobody reads")
        return
    types = {name: type(value) for name, value in keys.EXAMPLES[kind].items()} | dict(_MORE.get(kind, {}))
    optional = _OPTIONAL.get(kind, frozenset()) | set(_MORE.get(kind, {}))
    for name in sorted(set(types) - optional - set(item)):
        yield Fault("shape", _shown(item), f"{kind} without {name}")
    for name in sorted(set(item) - set(types)):
        yield Fault("shape", _shown(item), f"no {kind} has {name}")
    for name in sorted(set(item) & set(types)):
        if type(item[name]) is not types[name]:
            yield Fault("shape", _shown(item), f"{name} is no {types[name].__name__}")
        elif name in _STAMPS and not _is_stamp(item[name]):
            yield Fault("shape", _shown(item), f"{name} is no instant in UTC")


def _attempts_faults(item: Item) -> Iterator[Fault]:
    if item["attempts"] < 1 or item["expires_at"] <= int(item["sk"]):
        yield Fault("shape", _shown(item), "it counts none, or ends before it begins")


def _is_stamp(text: str) -> bool:
    try:
        return keys.stamp(keys.read_stamp(text)) == text
    except ValueError:
        return False


def _event_id_of(item: Item) -> str | None:
    rest = item["pk"].partition(_SEPARATOR)[2]
    event_id: str = rest[:_EVENT_ID_LENGTH]
    if is_event_id(event_id) and item["pk"].startswith(keys.event_key(event_id)["pk"]):
        return event_id if rest[_EVENT_ID_LENGTH:][:1] in ("", _SEPARATOR) else None
    return None


def _tail(item: Item) -> str:
    return str(item["pk"]).rpartition(_SEPARATOR)[2]


def _key(item: Item) -> keys.Key:
    return {"pk": item["pk"], "sk": item["sk"]}


def _shown(item: Mapping[str, str]) -> str:
    return f"{item['pk']} / {item['sk']}"


def _is_number(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdecimal()
