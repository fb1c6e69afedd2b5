"""The stack's secrets: made once, whoever comes first; read rarely."""

from types import SimpleNamespace

import pytest

from event_management import keys
from event_management.signing import SigningKeys
from event_management.store import secrets
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item
from event_management.store.secrets import REFRESH_SECONDS, make_secrets, read_secrets, read_signing_keys
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import scripted


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the test moves."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(secrets, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


def put(table, item):
    table.put_item(TableName=TABLE, Item=to_attributes(item))


def test_stack_without_events_has_no_secrets(table):
    assert read_secrets() is None
    assert SigningKeys({}, 0) == read_signing_keys()
    assert get_item(keys.secrets_key()) is None


def test_absence_is_asked_for_every_time(table):
    with scripted() as record:
        read_secrets()
        read_secrets()
    assert {"GetItem": 2} == record.operations


def test_secrets_are_made_once_and_kept(table):
    first = make_secrets()
    secrets.forget_secrets()
    with scripted() as record:
        assert first == make_secrets() == read_secrets()
    assert {"GetItem": 1} == record.operations
    assert first.identity_key == get_item(keys.secrets_key())["identity_key"]


def test_secrets_are_two_different_random_keys(table):
    made = make_secrets()
    assert (32, {1: 32}, 1) == (
        len(made.identity_key),
        {key_id: len(key) for key_id, key in made.signing_keys.keys.items()},
        made.signing_keys.current,
    )
    assert made.identity_key != made.signing_keys.keys[1]


def test_secrets_come_from_the_random_source(table):
    drawn = iter([b"a" * 32, b"b" * 32])
    assert (b"a" * 32, SigningKeys({1: b"b" * 32}, 1)) == make_secrets(lambda _: next(drawn))


def test_of_two_who_make_secrets_at_once_the_first_one_wins(table):
    rivals = keys.secrets_item(b"r" * 32, b"s" * 32)

    def random_bytes(number):
        put(table, rivals)  # the rival writes between our look and our write
        return b"x" * number

    made = make_secrets(random_bytes)
    assert (b"r" * 32, SigningKeys({1: b"s" * 32}, 1)) == made
    assert made == read_secrets()
    assert rivals == get_item(keys.secrets_key())


def test_secrets_are_read_as_of_now(table):
    with scripted() as record:
        read_secrets()
    assert [True] == [parameters["ConsistentRead"] for parameters in record.parameters]


def test_secrets_are_read_anew_when_the_clock_was_set_back(table, clock):
    make_secrets()
    clock.now -= 1
    with scripted() as record:
        read_secrets()
    assert {"GetItem": 1} == record.operations


def test_new_signing_key_is_known_after_the_refresh_and_not_asked_for_before(table, clock):
    made = make_secrets()
    rotated = get_item(keys.secrets_key()) | {"signing_keys": {"1": b"1" * 32, "2": b"2" * 32}, "signing_key": 2}
    put(table, rotated)
    with scripted() as record:
        clock.now += REFRESH_SECONDS - 0.001
        assert made.signing_keys == read_signing_keys()
        assert [] == record.calls
        clock.now += 0.001
        assert SigningKeys({1: b"1" * 32, 2: b"2" * 32}, 2) == read_signing_keys()
        clock.now += REFRESH_SECONDS - 0.001
        read_secrets()
    assert {"GetItem": 1} == record.operations
    assert made.identity_key == read_secrets().identity_key


def test_forgotten_secrets_are_read_anew(table):
    made = make_secrets()
    secrets.forget_secrets()
    with scripted() as record:
        assert made == read_secrets()
    assert {"GetItem": 1} == record.operations
