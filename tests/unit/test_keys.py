"""The data dictionary tells the truth: what is written has exactly the attributes of its example."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from event_management import keys
from event_management.config import load_limits
from event_management.models import Act
from event_management.roles import Caller
from event_management.seats import Directory, attendee_partition
from event_management.store import events, members
from event_management.store.attributes import from_attributes
from event_management.store.client import get_item
from event_management.terms import Terms
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE

KIND_OF_PERSON = {"registered": "attendee", "waiting": "waiting person", "cancelled": "former attendee"}
KIND_BY_PARTITION = {"secrets": "SECRETS", "attempts": "ATTEMPTS#.*", "place": "EVENT#.*#WAITLIST"}
"""Where the sort key does not tell."""


def kind_of(item):
    """Return the kind of an item by its key, and by its state where several kinds stand under one key."""
    for part, kind in (("#MEMBERS", "member"), ("#AUDIT", "act"), ("#WAITLIST", "place")):
        if item["pk"].endswith(part):
            return kind
    match item["sk"]:
        case "EVENT":
            return "deleted event" if item["status"] == "deleted" else "event"
        case "SEATS":
            return "directory" if item["pk"].count("#") == 1 else "seat block"
        case "ATTENDEE":
            return KIND_OF_PERSON[item["state"]]
        case "CHECK_INS":
            return "check-ins"
    return next(kind for kind, pattern in KIND_BY_PARTITION.items() if re.fullmatch(pattern, item["pk"]))


WINDOW = {"registration_opens": "2020-01-01 09:00", "registration_closes": "2099-01-15 18:00"}


@pytest.fixture
def items(api, table, monkeypatch):
    """One item of every kind, each with every attribute it can have."""
    monkeypatch.setattr(events, "_BLOCKS_BESIDE_EVENT", 0)
    kept = {}

    def keep(*kinds):
        stored = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
        kept.update({kind: item for item in stored if (kind := kind_of(item)) in kinds})

    payload = event_payload(max_capacity=2, max_party=2, waitlist=True, description="Three ragas and tea.", **WINDOW)
    event_id = api.create_event(payload, Idempotency_Key="k").json["event"]
    keep("secrets", "seat block")
    asha = api.register(event_id, attendee_payload(seats=2), Idempotency_Key="k", ISOCountry="INDIA").json
    monkeypatch.setenv("REGISTRATIONS_PER_CLIENT", "5")
    load_limits.cache_clear()
    api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="w", ISOCountry="INDIA")
    keep("waiting person", "place", "attempts")
    heir = api.transfer_attendee(
        event_id, asha["id"], {"name": "Ravi", "email": "ravi@example.com"}, Idempotency_Key="t", ISOCountry="INDIA"
    ).json
    api.check_in(event_id, heir["ticket"])
    keep("attendee", "check-ins")
    # Handed over, of a registration with a key.
    keep("former attendee")
    members.choose(event_id, "usha", "helper", Caller("anonymous"))
    keep("member")
    act = Act(
        datetime.now(UTC), "asha", "owner", "update_attendee", 1, heir["attendee"]["id"], ("email", "name"), "usha"
    )
    kept["act"] = keys.act_item(event_id, act, "n")
    api.update_event(event_id, {"max_capacity": 4})
    keep("directory")
    assert 409 == api.update_event(event_id, {"max_capacity": 1}).status
    # A change that broke off.
    kept["event"] = get_item(keys.event_key(event_id)) | {"pending": keys.EXAMPLES["event"]["pending"]}
    api.delete_event(event_id)
    kept["deleted event"] = get_item(keys.event_key(event_id)) | {"remains": True, "gsi1pk": "", "gsi1sk": ""}
    return kept


def test_every_kind_of_item_has_an_example(items):
    assert sorted(keys.EXAMPLES) == sorted(items)


@pytest.mark.parametrize("kind", keys.EXAMPLES)
def test_items_have_the_attributes_of_their_example(items, kind):
    assert list(keys.EXAMPLES[kind]) == sorted(items[kind], key=list(keys.EXAMPLES[kind]).index)
    assert {name: type(value) for name, value in keys.EXAMPLES[kind].items()} == {
        name: type(value) for name, value in items[kind].items()
    }


@pytest.mark.parametrize("kind", keys.EXAMPLES)
def test_every_item_has_the_version_of_its_shape(items, kind):
    assert 1 == items[kind]["v"]


def test_keys_are_those_of_the_examples():
    assert {kind: {"pk": item["pk"], "sk": item["sk"]} for kind, item in keys.EXAMPLES.items()} == {
        "event": keys.event_key("k3v7qzm2ab"),
        "directory": keys.directory_key("k3v7qzm2ab"),
        "seat block": keys.seat_block_key("k3v7qzm2ab", 0),
        "attendee": keys.attendee_key("k3v7qzm2ab", "m4x2c7v5b3n6a2sd"),
        "waiting person": keys.attendee_key("k3v7qzm2ab", "n5y3d6w4c2o7b4te"),
        "former attendee": keys.attendee_key("k3v7qzm2ab", "o6z4e7x5d3p2c5uf"),
        "place": keys.place_key("k3v7qzm2ab", 1),
        "check-ins": keys.check_ins_key("k3v7qzm2ab", 0),
        "member": keys.member_key("k3v7qzm2ab", "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a"),
        "act": {"pk": keys.acts_on("k3v7qzm2ab"), "sk": keys.EXAMPLES["act"]["sk"]},
        "deleted event": keys.event_key("p7a5f2y6e4"),
        "attempts": keys.attempts_key("p3q5r7s2t4u6v3w5x7y2z4a6bc", 1796050800),
        "secrets": keys.secrets_key(),
    }
    assert keys.EXAMPLES["attendee"]["gsi1pk"] == keys.attendees_of("k3v7qzm2ab", 0)
    assert keys.EXAMPLES["waiting person"]["gsi1pk"] == keys.waitlist_of("k3v7qzm2ab")
    assert keys.EXAMPLES["waiting person"]["gsi1sk"] == keys.place_key("k3v7qzm2ab", 1)["sk"]
    assert keys.EXAMPLES["event"]["gsi1pk"] in keys.EVENT_PARTITIONS
    assert keys.EXAMPLES["deleted event"]["gsi1pk"] in keys.EVENT_PARTITIONS
    assert keys.EXAMPLES["member"]["gsi2pk"] == keys.shared_with(keys.EXAMPLES["member"]["sk"])
    assert keys.EXAMPLES["event"]["gsi2pk"] == keys.events_of(keys.EXAMPLES["event"]["owner"])


LEFT_BY_CALLS = (
    "nonce",
    "idempotency_key",
    "fingerprint",
    "change",
    "changes",
    "called_off",
    "pending",
    "checked_in_at",
    "check_in",
)
"""Attributes that are no part of what is read."""


def without(item, *names):
    return {name: value for name, value in item.items() if name not in names}


def test_examples_are_read_and_written_back_unchanged():
    event, attendee, waiting, place = (keys.EXAMPLES[kind] for kind in ("event", "attendee", "waiting person", "place"))
    assert without(event, *LEFT_BY_CALLS) == keys.event_item(keys.read_event(event))
    read = keys.read_attendee(attendee)
    assert without(attendee, *LEFT_BY_CALLS) == keys.attendee_item(read, keys.read_blocks(attendee), 1)
    assert datetime(2027, 1, 15, 12, 40, tzinfo=UTC) == read.checked_in_at
    there = keys.waiting_item(keys.read_attendee(waiting), keys.read_place_of(waiting))
    assert without(waiting, *LEFT_BY_CALLS) == there
    assert place == keys.place_item("k3v7qzm2ab", *keys.read_place(place))


@pytest.mark.parametrize("kind", ["directory", "seat block"])
@pytest.mark.parametrize("missing", [[], ["registration_opens"], ["registration_opens", "registration_closes"]])
def test_terms_are_read_and_written_back_unchanged(kind, missing):
    item = without(keys.EXAMPLES[kind], *missing)
    attributes = keys.terms_attributes(keys.read_terms(item))
    assert {name: item[name] for name in attributes} == attributes
    assert len(Terms._fields) - len(missing) == len(attributes)


def test_terms_of_an_event_are_those_of_its_directory_and_blocks():
    event = keys.read_event(keys.EXAMPLES["event"])
    terms = keys.terms_of(event)
    assert terms == keys.read_terms(keys.EXAMPLES["directory"]) == keys.read_terms(keys.EXAMPLES["seat block"])
    plain = replace(event, registration_opens=None, registration_closes=None)
    assert terms._replace(registration_opens=None, registration_closes=None) == keys.terms_of(plain)


def test_a_new_block_is_the_example_before_anybody_sits_in_it():
    example = keys.EXAMPLES["seat block"]
    block = keys.seat_block_item("k3v7qzm2ab", 0, 67, keys.read_terms(example))
    assert without(example, *LEFT_BY_CALLS) | {"seats_left": 67, "taken": 0} == block


def test_people_are_listed_in_the_partition_that_the_rule_says():
    attendee = keys.read_attendee(keys.EXAMPLES["attendee"])
    for partitions in (1, 2, 16):
        item = keys.attendee_item(attendee, {7: 2, 9: 1}, partitions)
        partition = attendee_partition("m4x2c7v5b3n6a2sd", partitions)
        assert (f"EVENT#k3v7qzm2ab#ATTENDEES#{partition}", {"7": 2, "9": 1}) == (item["gsi1pk"], item["blocks"])


def test_nothing_of_a_person_is_left_of_a_registration_but_its_serial_and_its_marks():
    attendee, example = keys.EXAMPLES["attendee"], keys.EXAMPLES["former attendee"]
    left = keys.former_attendee_item(attendee, datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert without(example, "successor", "successor_serial").keys() == left.keys()
    kept = ("pk", "sk", "v", "id", "event_id", "serial", "nonce", "idempotency_key", "fingerprint")
    assert [attendee[name] for name in kept] == [left[name] for name in kept]
    assert ("cancelled", attendee["revision"] + 1) == (left["state"], left["revision"])
    when = ("cancelled_at", "expires_at")
    assert [example[name] for name in when] == [left[name] for name in when]


def test_directory_of_a_new_event_lists_all_its_blocks():
    event = keys.read_event(keys.EXAMPLES["event"] | {"attendee_partitions": 2})
    item = keys.directory_item(event, 3)
    new = {"open_blocks": {0, 1, 2}, "attendee_partitions": 2}
    assert without(keys.EXAMPLES["directory"], "fence") | new == item
    read = keys.read_directory(item)
    assert Directory(frozenset({0, 1, 2}), 0, 2, 3, 200, waitlist=True, terms=keys.terms_of(event)) == read


def test_directory_without_entries_is_read():
    """DynamoDB has no empty sets: the attribute goes with its last member."""
    item = without(keys.EXAMPLES["directory"], "open_blocks")
    read = keys.read_directory(item | {"relistings": 3, "reserve": 5, "waiting": 7, "next_place": 9})
    assert (frozenset(), 3, 5, 7, 9, 1) == (
        read.open_blocks,
        read.relistings,
        read.reserve,
        read.waiting,
        read.next_place,
        read.fence,
    )


@given(st.lists(st.integers(1, 10**12 - 1), min_size=2, max_size=2))
def test_places_sort_as_their_numbers_do(numbers):
    positions = [keys.place_key("k3v7qzm2ab", number)["sk"] for number in numbers]
    assert sorted(numbers) == [int(position) for position in sorted(positions)]


def test_a_walk_goes_on_where_an_event_stands():
    position = keys.walk_position(keys.EXAMPLES["event"])
    assert ("published", "2027-01-15T13:00:00.000000Z#k3v7qzm2ab") == keys.read_walk_position(position)


def test_every_position_of_an_index_comes_after_the_first():
    positions = [item[name] for item in keys.EXAMPLES.values() for name in ("gsi1sk", "gsi2sk") if name in item]
    assert all(position > keys.FIRST for position in positions)


def test_no_address_or_name_stands_in_a_key(items):
    for item in items.values():
        text = " ".join(str(item[name]) for name in item if name.endswith(("pk", "sk"))).lower()
        assert "person" not in text
        assert "example.com" not in text
