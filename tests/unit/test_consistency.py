"""The consistency checker bites: each kind of damage is told, and nothing but it."""

import re

import pytest

from event_management import keys, seats
from event_management.seats import attendee_partition
from event_management.store import secrets
from event_management.store.attributes import from_attributes
from operations.consistency import by_event, find_faults, find_faults_beside_events, remarks
from tests.gateway import ROOT, attendee_payload, event_payload
from tests.unit.conftest import TABLE


class Event:
    """An event in the table."""

    def __init__(self, table, api, **payload):
        self.table, self.api = table, api
        self.id = api.create_event(event_payload(**payload)).json["event"]
        self.people = {}
        """Answers to who registered or joined, by number."""

    def register(self, n, **changes):
        self.people[n] = self.api.register(self.id, attendee_payload(n, **changes)).json

    def join(self, n, **changes):
        self.people[n] = self.api.join_waitlist(self.id, attendee_payload(n, **changes)).json

    def items(self):
        found = by_event(map(from_attributes, self.table.scan(TableName=TABLE)["Items"]))[self.id]
        return Items(self.id, self.people, secrets.make_secrets().identity_key, found)


class Items:
    """The items of an event, to look at and to damage."""

    def __init__(self, event_id, people, identity_key, items):
        self.id, self.people, self.identity_key = event_id, people, identity_key
        self._there = {(item["pk"], item["sk"]): item for item in items}

    def all(self):
        return list(self._there.values())

    def faults(self):
        return find_faults(self.all(), self.identity_key)

    def remarks(self):
        return remarks(self.all())

    def person(self, n):
        return keys.attendee_key(self.id, self.people[n]["id"])

    def item(self, key):
        return self._there[key["pk"], key["sk"]]

    def put(self, item):
        self._there[item["pk"], item["sk"]] = item

    def set(self, key, **attributes):
        """Change attributes of an item; `...` takes one away."""
        item = self.item(key) | attributes
        self.put({name: value for name, value in item.items() if value is not ...})

    def delete(self, key):
        del self._there[key["pk"], key["sk"]]

    def copy(self):
        return Items(self.id, self.people, self.identity_key, self.all())


def make_full(table, api):
    """Six seats in three blocks: a party of three over several, three more people, one of them come; two parties wait."""
    event = Event(table, api, max_capacity=6, max_party=3, waitlist=True)
    event.register(0, seats=3)
    for n in (1, 2, 3):
        event.register(n)
    event.join(4, seats=2)
    event.join(5)
    assert 200 == api.check_in(event.id, event.people[1]["ticket"]).status
    return event


def make_half(table, api):
    """Six seats in three blocks, two taken; somebody has cancelled, somebody has handed over."""
    event = Event(table, api, max_capacity=6, waitlist=True)
    for n in (0, 1, 2):
        event.register(n)
    assert 200 == api.cancel_attendee(event.id, event.people[1]["id"]).status
    heir = {"name": "Ravi", "email": "ravi@example.com"}
    assert 200 == api.transfer_attendee(event.id, event.people[2]["id"], heir).status
    return event


made = {}
"""Items of the events that the fixtures made: by damaging copies every test damages the same."""


@pytest.fixture
def full(request):
    return _copy_of(make_full, request)


@pytest.fixture
def half(request):
    return _copy_of(make_half, request)


def _copy_of(make, request):
    if make not in made:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(seats, "SEATS_PER_BLOCK", 2)
            patch.setattr(seats, "BLOCKS_PER_PARTITION", 1)
            event = make(request.getfixturevalue("table"), request.getfixturevalue("api"))
        made[make] = event.items()
    return made[make].copy()


# --- What is sound is told as sound ---------------------------------------------------------------------------------


def draft(event):
    pass


def parties(event):
    for n, party in enumerate((3, 2, 1, 3)):
        event.register(n, seats=party)


def waitlist(event):
    for n in range(4):
        event.register(n, seats=3)
    for n in range(4, 8):
        event.join(n, seats=3 - n % 3)
    event.api.cancel_attendee(event.id, event.people[1]["id"])


def seats_put_by_for_the_head(event):
    for n in range(12):
        event.register(n)
    event.join(12, seats=3)
    event.api.cancel_attendee(event.id, event.people[0]["id"])
    assert 1 == event.items().item(keys.directory_key(event.id))["reserve"]


def check_ins(event):
    for n in range(5):
        event.register(n)
        event.api.check_in(event.id, event.people[n]["ticket"])
    event.api.undo_check_in(event.id, event.people[2]["id"])


def cancelled(event):
    waitlist(event)
    event.api.cancel_event(event.id)
    event.api.cancel_attendee(event.id, event.people[0]["id"])


def handed_over_and_renamed(event):
    parties(event)
    event.api.transfer_attendee(event.id, event.people[0]["id"], {"name": "Ravi", "email": "ravi@example.com"})
    event.api.update_attendee(event.id, event.people[1]["id"], {"name": "Asha", "email": "PERSON1@example.com"})
    event.api.renew_codes(event.id, event.people[2]["id"])


def come_again(event):
    parties(event)
    event.api.cancel_attendee(event.id, event.people[0]["id"])
    event.register(0, seats=1)


def larger_and_smaller(event):
    parties(event)
    assert 200 == event.api.update_event(event.id, {"max_capacity": 40}).status
    assert 200 == event.api.update_event(event.id, {"max_capacity": 9}).status
    assert 409 == event.api.update_event(event.id, {"max_capacity": 1}).status


def grown_while_closed(event):
    """The last who waits goes, and leaves more seats than people can."""
    for n in range(12):
        event.register(n)
    event.join(12)
    assert 200 == event.api.update_event(event.id, {"registration_closes": "2020-01-01 09:00"}).status
    assert 200 == event.api.update_event(event.id, {"max_capacity": 60}).status
    assert 200 == event.api.leave_waitlist(event.id, event.people[12]["manage"]).status


def other_terms(event):
    parties(event)
    times = {"registration_opens": "2020-01-01 09:00", "registration_closes": "2098-01-01 09:00"}
    assert 200 == event.api.update_event(event.id, {"max_party": 1, "waitlist_policy": "fill", **times}).status
    assert 200 == event.api.update_event(event.id, {"name": "Jazz", "registration_closes": None}).status


def deleted(event):
    event.register(0)
    event.register(1)
    event.api.cancel_attendee(event.id, event.people[0]["id"])
    assert 204 == event.api.delete_event(event.id).status


LIVES = [
    draft,
    parties,
    waitlist,
    seats_put_by_for_the_head,
    check_ins,
    cancelled,
    handed_over_and_renamed,
    come_again,
    larger_and_smaller,
    grown_while_closed,
    other_terms,
    deleted,
]


@pytest.mark.parametrize("live", LIVES, ids=lambda live: live.__name__)
@pytest.mark.parametrize("seats_per_block", [1, 2, 80])
def test_a_sound_event_is_told_as_sound(table, api, monkeypatch, live, seats_per_block):
    monkeypatch.setattr(seats, "SEATS_PER_BLOCK", seats_per_block)
    monkeypatch.setattr(seats, "BLOCKS_PER_PARTITION", 2)
    status = "draft" if live is draft else "published"
    event = Event(table, api, max_capacity=12, max_party=3, waitlist=True, status=status, description="Tea.")
    live(event)
    there = event.items()
    assert ([], []) == (there.faults(), there.remarks())


def test_a_large_event_is_told_as_sound(table, api):
    event = Event(table, api, max_capacity=8_080)
    event.register(0)
    there = event.items()
    assert 101 == len([item for item in there.all() if "taken" in item])
    assert [] == there.faults()


# --- What is amiss is told ------------------------------------------------------------------------------------------


def block(number):
    return lambda event: keys.seat_block_key(event.id, number)


def of_event(event):
    return keys.event_key(event.id)


def directory(event):
    return keys.directory_key(event.id)


def person(n):
    return lambda event: event.person(n)


def place(number):
    return lambda event: keys.place_key(event.id, number)


def partition_of(event, n):
    return attendee_partition(event.people[n]["id"], 3)


def block_of(event, n):
    return int(next(iter(event.item(event.person(n))["blocks"])))


def change(key, **attributes):
    return lambda event: event.set(key(event), **attributes)


def add(key, **numbers):
    def damage(event):
        there = event.item(key(event))
        event.set(key(event), **{name: there[name] + number for name, number in numbers.items()})

    return damage


def lose(key):
    return lambda event: event.delete(key(event))


def both(*damages):
    def damage(event):
        for one in damages:
            one(event)

    return damage


def put_beside(kind, key):
    """Put an item of a kind where none should be."""
    return lambda event: event.put(keys.EXAMPLES[kind] | key(event))


def hold_twice(event):
    """Somebody registered has a place, too, whose seats are counted."""
    event.put(keys.place_item(event.id, 3, event.people[2]["id"], 1))
    event.set(directory(event), next_place=4, waiting=4)


def seat_somebody_uncounted(event):
    """As if a registration's two writes were no transaction."""
    there = event.item(event.person(2))
    add(block(block_of(event, 2)), taken=-1, seats_left=1)(event)
    assert 1 == there["seats"]


def move_person(event):
    """Their seat is counted in another block than the one that their item names."""
    here = block_of(event, 0)
    event.set(event.person(0), blocks={str((here + 1) % 3): 1})


def put_by(event):
    """A seat that is left nowhere, and waits for nobody."""
    there = next(n for n in range(3) if event.item(block(n)(event))["seats_left"])
    add(block(there), seats_left=-1)(event)
    add(directory, reserve=1)(event)


def put_by_for_the_head(event):
    """The head's two seats come free, and nobody gets them."""
    for n in (2, 3):
        add(block(block_of(event, n)), taken=-1)(event)
        event.delete(event.person(n))
    add(directory, reserve=2)(event)


def leave_seats_while_somebody_waits(event):
    """A seat comes free, and goes to anybody."""
    there = block_of(event, 2)
    add(block(there), taken=-1, seats_left=1)(event)
    event.delete(event.person(2))
    event.set(directory(event), open_blocks=frozenset({there}))


def unlist(event):
    there = event.item(directory(event))["open_blocks"]
    left = {n for n in there if event.item(block(n)(event))["seats_left"]}
    event.set(directory(event), open_blocks=frozenset(there - {min(left)}))


def wrong_index(event):
    there = event.item(event.person(0))["gsi1pk"]
    wrong = next(keys.attendees_of(event.id, m) for m in range(3) if keys.attendees_of(event.id, m) != there)
    event.set(event.person(0), gsi1pk=wrong)


def wrong_id(event):
    event.set(event.person(0), email="somebody.else@example.com")


DAMAGES = {
    # shapes
    "an unknown item": ("half", "unknown item", lambda e: e.put({"pk": f"EVENT#{e.id}#NOISE#1", "sk": "NOISE", "v": 1})),
    "a key with a leading zero": ("half", "unknown item", put_beside("seat block", lambda e: keys.seat_block_key(e.id, 0) | {"pk": f"EVENT#{e.id}#SEATS#00"})),
    "an item of another version": ("half", "version", change(person(0), v=2)),
    "an item without a version": ("half", "version", change(block(0), v=...)),
    "an attribute missing": ("half", "shape", change(person(0), serial=...)),
    "an attribute too many": ("half", "shape", change(directory, seats=3)),
    "an attribute of another type": ("half", "shape", change(block(1), taken="1")),
    "an instant that is none": ("half", "shape", change(person(0), registered_at="yesterday")),
    "another's id": ("half", "shape", change(person(0), id="aaaaaaaaaaaaaaaa")),
    "another event's person": ("half", "shape", change(person(0), event_id="aaaaaaaaaa")),
    "an unknown status": ("half", "shape", change(of_event, status="postponed")),
    "times of no zone": ("half", "shape", change(of_event, timezone="Asia/Nowhere")),
    "an unknown state": ("half", "shape", change(person(0), state="invited")),
    "seats in a block without a number": ("half", "shape", change(person(0), blocks={"first": 1})),
    "half a check-in": ("full", "shape", change(person(1), check_in=...)),
    "half a successor": ("half", "shape", change(person(2), successor_serial=...)),
    "a former attendee in the index": ("half", "shape", change(person(1), gsi1pk="x", gsi1sk="y")),
    "a former attendee for ever": ("half", "shape", change(person(1), expires_at=...)),
    # parts
    "no event": ("half", "orphan", lose(of_event)),
    "no directory": ("half", "missing", lose(directory)),
    "a block lost": ("half", "missing", lose(block(1))),
    "a block too many": ("half", "orphan", lambda e: e.put(e.item(block(0)(e)) | keys.seat_block_key(e.id, 3))),
    "other partitions": ("half", "partitions", change(directory, attendee_partitions=2)),
    "check-ins of no partition": ("half", "orphan", put_beside("check-ins", lambda e: keys.check_ins_key(e.id, 3))),
    # seats
    "fewer seats than none": ("half", "negative", both(add(directory, reserve=-1), add(block(0), seats_left=1))),
    "a block with seats left that is not listed": ("half", "directory", unlist),
    "a block listed that is none": ("half", "directory", change(directory, open_blocks=frozenset({0, 1, 2, 3}))),
    "a seat lost": ("half", "ledger", add(block(1), seats_left=-1)),
    "a seat too many": ("half", "ledger", add(directory, reserve=0, capacity=-1)),
    "seats left while somebody waits": ("full", "seats left", leave_seats_while_somebody_waits),
    "seats put by for nobody": ("half", "reserve", put_by),
    "seats put by that would do for the head": ("full", "reserve", put_by_for_the_head),
    "another capacity": ("half", "capacity", change(of_event, max_capacity=7)),
    # terms
    "other terms on the directory": ("half", "terms", change(directory, max_party=2)),
    "later terms than the event's": ("half", "terms", change(directory, terms=9)),
    "other terms on a block": ("half", "terms", change(block(1), status="cancelled")),
    "later terms on a block": ("half", "terms", change(block(1), terms=2)),
    "another waitlist policy": ("half", "terms", change(directory, waitlist_policy="fill")),
    "a waitlist switched off": ("half", "terms", change(directory, waitlist=False)),
    "a fence ahead of all changes": ("half", "fence", change(directory, fence=2)),
    # indexes
    "an event in no list": ("half", "index", change(of_event, gsi1pk=..., gsi1sk=...)),
    "an event in the list of another status": ("half", "index", change(of_event, gsi1pk="draft")),
    "an event under another owner": ("half", "index", change(of_event, gsi2pk="OWNER#somebody")),
    "an event at another start": ("half", "index", change(of_event, gsi1sk="2020-01-01T00:00:00.000000Z#x")),
    "an attendee in another partition": ("half", "index", wrong_index),
    "an attendee at another time": ("half", "index", change(person(0), registered_at="2020-01-01T00:00:00.000000Z")),
    "who waits in no list": ("full", "index", change(person(4), gsi1pk="EVENT#aaaaaaaaaa#WAITLIST")),
    # people
    "seats taken that nobody holds": ("half", "seats taken", lose(person(0))),
    "seats held that are not taken": ("full", "seats taken", seat_somebody_uncounted),
    "seats in another block": ("half", "seats taken", move_person),
    "a party of other seats": ("half", "party", change(person(0), seats=2)),
    "a party larger than any": ("full", "party", both(change(person(5), seats=21), change(place(2), seats=21), change(directory, waiting=23))),
    "a person in a block that is none": ("half", "party", lambda e: e.set(e.person(0), blocks={"7": 1})),
    "a person with no seats": ("half", "party", change(person(0), seats=0, blocks={})),
    "another's address": ("half", "identity", wrong_id),
    "an address that is none": ("half", "identity", change(person(0), email="nobody")),
    # waitlist
    "registered and waiting": ("full", "twice", hold_twice),
    "a place without its person": ("full", "place", lose(person(5))),
    "a person without a place": ("full", "place", both(lose(place(2)), change(directory, waiting=2))),
    "a person of another place": ("full", "place", change(person(5), gsi1sk="000000000007")),
    "a place of other seats": ("full", "place", both(change(place(2), seats=2), change(directory, waiting=4))),
    "fewer waiting than wait": ("full", "waiting", change(directory, waiting=1)),
    "a place to be given again": ("full", "next place", change(directory, next_place=2)),
    # check-ins
    "check-ins lost": ("full", "check-ins", lambda e: e.delete(keys.check_ins_key(e.id, partition_of(e, 1)))),
    "check-ins too many": ("full", "check-ins", add(lambda e: keys.check_ins_key(e.id, partition_of(e, 1)), checked_in=1)),
    "a check-in uncounted": ("full", "check-ins", change(person(2), checked_in_at="2026-11-23T11:05:00.654321Z", check_in="x")),
}  # fmt: skip
"""What is done to which event, and the check that has to tell it."""

SECONDARY = {
    "a party larger than any": {"party"},
    "seats held that are not taken": {"seats taken", "directory", "seats left"},
    "a person in a block that is none": {"party", "seats taken"},
    "a person with no seats": {"party", "seats taken"},
    "a seat too many": {"ledger", "capacity"},
}
"""Where a damage breaks other rules besides."""


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_told(request, name):
    fixture, check, damage = DAMAGES[name]
    event = request.getfixturevalue(fixture)
    assert [] == event.faults()
    damage(event)
    assert SECONDARY.get(name, {check}) == {fault.check for fault in event.faults()}, event.faults()


def test_every_check_is_proven_by_a_damage():
    source = (ROOT / "operations" / "consistency.py").read_text(encoding="utf-8")
    checks = set(re.findall(r'(?:Fault|_of_directory|_of_event)\(\s*"([a-z -]+)"', source))
    assert checks == {check for _, check, _ in DAMAGES.values()}


# --- What is under way is no damage -----------------------------------------------------------------------------------


def test_a_pending_change_is_told_and_is_no_damage(full):
    """A smaller and later event, written down; its terms are on the directory and on one block by now."""
    new = full.item(of_event(full)) | {"max_party": 1, "max_capacity": 7, "revision": 2, "changes": 1}
    full.set(of_event(full), pending=new, changes=1)
    for key in (directory(full), block(0)(full)):
        full.set(key, max_party=1, terms=2)
    full.set(directory(full), fence=1)
    add(directory, capacity=1, reserve=1)(full)
    assert [] == full.faults()
    assert ["has a change pending; the next change completes it first, or calls it off"] == full.remarks()


def test_a_capacity_that_no_pending_change_brings_is_amiss(full):
    full.set(of_event(full), pending=full.item(of_event(full)) | {"max_capacity": 9}, changes=1)
    add(directory, capacity=1, reserve=1)(full)
    assert ["capacity"] == [fault.check for fault in full.faults()]


def test_an_event_half_deleted_is_told_and_is_no_damage(full):
    item = full.item(of_event(full))
    full.put(keys.deleted_event_item(item, keys.read_stamp(item["created_at"])) | {"revision": 2, "changes": 1})
    full.delete(full.person(0))
    full.delete(block(1)(full))
    assert [] == full.faults()
    (remark,) = full.remarks()
    assert "repeat the DELETE" in remark


def test_what_is_left_of_a_deleted_event_is_an_orphan(full):
    there = full.all()
    item = full.item(of_event(full))
    gone = keys.deleted_event_item(item, keys.read_stamp(item["created_at"]))
    full.put({name: value for name, value in gone.items() if name not in ("remains", "gsi1pk", "gsi1sk")})
    assert {"orphan"} == {fault.check for fault in full.faults()}
    acts = [one for one in there if one["pk"].endswith("#AUDIT")]
    assert len(there) - 1 - len(acts) == len(full.faults())


@pytest.mark.parametrize("lacks", [("remains",), ("gsi1pk", "gsi1sk"), ("remains", "gsi1pk")])
def test_a_deleted_event_stands_in_the_index_while_anything_remains_and_no_longer(full, lacks):
    item = full.item(of_event(full))
    gone = keys.deleted_event_item(item, keys.read_stamp(item["created_at"]))
    full.put({name: value for name, value in gone.items() if name not in lacks})
    (fault,) = full.faults()
    assert ("shape", True) == (fault.check, "index" in fault.detail)


def test_blocks_put_ahead_of_their_event_are_told_and_are_no_damage(half):
    for item in half.all():
        half.delete(item)
    put_ahead = keys.EXAMPLES["seat block"] | {"taken": 0} | keys.seat_block_key(half.id, 99)
    half.put(put_ahead)
    assert [] == half.faults()
    (remark,) = half.remarks()
    assert "its making broke off" in remark
    half.put(put_ahead | {"taken": 1})
    assert ["orphan"] == [fault.check for fault in half.faults()]


# --- Beside the events ------------------------------------------------------------------------------------------------


def test_items_go_to_the_event_that_their_keys_name():
    examples = list(keys.EXAMPLES.values())
    deleted, *beside = (keys.EXAMPLES[kind] for kind in ("deleted event", "attempts", "secrets"))
    stranger = {"pk": "EVENT#k3v7qzm2abc", "sk": "EVENT"}
    found = by_event([*examples, stranger])
    assert {"k3v7qzm2ab", "p7a5f2y6e4", None} == set(found)
    assert ([deleted], [*beside, stranger]) == (found["p7a5f2y6e4"], found[None])


def test_secrets_and_attempts_are_the_only_items_beside_events():
    attempts = keys.EXAMPLES["attempts"]
    assert [] == find_faults_beside_events([keys.EXAMPLES["secrets"], attempts])
    for change in ({"attempts": 0}, {"expires_at": 1796050800}):
        assert ["shape"] == [fault.check for fault in find_faults_beside_events([attempts | change])]
    assert ["shape"] == [fault.check for fault in find_faults_beside_events([attempts | {"attempts": "3"}])]
    assert ["unknown item"] == [fault.check for fault in find_faults_beside_events([attempts | {"sk": "now"}])]
    damaged = keys.EXAMPLES["secrets"] | {"identity_key": "text"}
    faults = find_faults_beside_events([damaged, {"pk": "NOISE", "sk": "NOISE"}])
    assert ["shape", "unknown item"] == [fault.check for fault in faults]
