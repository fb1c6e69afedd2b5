"""The data dictionary tells the truth: what is written has exactly the attributes of its example."""

import pytest

from event_management import keys
from event_management.seats import Directory, attendee_partition
from event_management.store import events
from event_management.store.attributes import from_attributes
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE


def kind_of(item):
    """Return the kind of an item by its key alone."""
    is_events_own = item["pk"].count("#") == 1
    return {
        "EVENT": "event",
        "SEATS": "directory" if is_events_own else "seat block",
        "ATTENDEE": "attendee",
        "SECRETS": "secrets",
    }[item["sk"]]


@pytest.fixture
def items(api, table, monkeypatch):
    """One item of every kind, each with every attribute it can have."""
    monkeypatch.setattr(events, "_BLOCKS_BESIDE_EVENT", 0)
    event_id = api.create_event(event_payload(), Idempotency_Key="k").json["event"]
    api.register(event_id, attendee_payload(), Idempotency_Key="k", ISOCountry="INDIA")
    stored = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
    return {kind_of(item): item for item in stored}


def test_every_kind_of_item_has_an_example(items):
    assert set(keys.EXAMPLES) == set(items)


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
        "secrets": keys.secrets_key(),
    }
    assert keys.EXAMPLES["attendee"]["gsi1pk"] == keys.attendees_of("k3v7qzm2ab", 0)


def test_examples_are_read_and_written_back_unchanged():
    event, attendee = keys.EXAMPLES["event"], keys.EXAMPLES["attendee"]
    marks = {"nonce", "idempotency_key", "fingerprint"}
    assert {name: value for name, value in event.items() if name not in marks} == keys.event_item(
        keys.read_event(event)
    )
    assert {name: value for name, value in attendee.items() if name not in marks} == keys.attendee_item(
        keys.read_attendee(attendee), 0, 1
    )


def test_people_are_listed_in_the_partition_that_the_rule_says():
    attendee = keys.read_attendee(keys.EXAMPLES["attendee"])
    for partitions in (1, 2, 16):
        item = keys.attendee_item(attendee, 7, partitions)
        partition = attendee_partition("m4x2c7v5b3n6a2sd", partitions)
        assert (f"EVENT#k3v7qzm2ab#ATTENDEES#{partition}", 7) == (item["gsi1pk"], item["seat_block"])


def test_directory_of_a_new_event_lists_all_its_blocks():
    event = keys.read_event(keys.EXAMPLES["event"] | {"attendee_partitions": 2})
    item = keys.directory_item(event)
    assert keys.EXAMPLES["directory"] | {"open_blocks": {0, 1, 2}, "attendee_partitions": 2} == item
    assert Directory(frozenset({0, 1, 2}), 0, 2) == keys.read_directory(item)


def test_directory_without_entries_is_read():
    """DynamoDB has no empty sets: the attribute goes with its last member."""
    item = {name: value for name, value in keys.EXAMPLES["directory"].items() if name != "open_blocks"}
    assert Directory(frozenset(), 3, 1) == keys.read_directory(item | {"relistings": 3})


def test_no_address_or_name_stands_in_a_key(items):
    for item in items.values():
        text = " ".join(str(item[name]) for name in item if name.endswith(("pk", "sk"))).lower()
        assert "person" not in text
        assert "example.com" not in text
