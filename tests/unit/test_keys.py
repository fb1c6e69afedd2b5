"""The data dictionary tells the truth: what is written has exactly the attributes of its example."""

import pytest

from event_management import keys
from event_management.store.attributes import from_attributes
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE

KINDS = {
    "EVENT": "event",
    "SEATS": "seat block",
    "SECRETS": "secrets",
}


@pytest.fixture
def items(api, table):
    """One item of every kind, each with every attribute it can have."""
    event_id = api.create_event(event_payload(), Idempotency_Key="k").json["event"]
    api.register(event_id, attendee_payload(), Idempotency_Key="k", ISOCountry="INDIA")
    stored = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
    return {KINDS.get(item["sk"], "attendee"): item for item in stored}


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
    event, block, attendee, secrets = (keys.EXAMPLES[kind] for kind in ("event", "seat block", "attendee", "secrets"))
    expected = [{"pk": item["pk"], "sk": item["sk"]} for item in (event, block, attendee, secrets)]
    assert expected == [
        keys.event_key("k3v7qzm2ab"),
        keys.seat_block_key("k3v7qzm2ab", 0),
        keys.attendee_key("k3v7qzm2ab", 0, "m4x2c7v5b3n6a2sd"),
        keys.secrets_key(),
    ]


def test_examples_are_read_and_written_back_unchanged():
    event, attendee = keys.EXAMPLES["event"], keys.EXAMPLES["attendee"]
    marks = {"nonce", "idempotency_key", "fingerprint"}
    assert {name: value for name, value in event.items() if name not in marks} == keys.event_item(
        keys.read_event(event)
    )
    assert {name: value for name, value in attendee.items() if name not in marks} == keys.attendee_item(
        keys.read_attendee(attendee), 0
    )


def test_no_address_or_name_stands_in_a_key(items):
    for item in items.values():
        text = " ".join(str(item[name]) for name in item if name.endswith(("pk", "sk"))).lower()
        assert "person" not in text
        assert "example.com" not in text
