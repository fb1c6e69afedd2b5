"""Attempts are counted by window, under keys that tell nobody who they are of, and refused beyond the limit."""

import json

import pytest
from botocore.exceptions import ReadTimeoutError

from event_management import keys
from event_management.errors import TooManyRequestsError, TryAgainError
from event_management.identifiers import derive_counter_id
from event_management.limits import Limit, Quota
from event_management.observability import begin_call
from event_management.store import secrets
from event_management.store.attributes import from_attributes
from event_management.store.limits import count_attempt
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import CarriedOut, error, ok, scripted

EVENT, OTHER_EVENT = "k3v7qzm2ab", "p7a5f2y6e4"
ASHA, IP = "canary-asha@example.com", "203.0.113.7"
NOW = 1796050860.5
CLIENT, ADDRESS = Limit("client", 3, 300), Limit("address", 2, 300)


@pytest.fixture(autouse=True)
def identity_key(table):
    return secrets.make_secrets().identity_key


@pytest.fixture
def counters(table):
    """Return a look at all counters: attempts by key."""

    def look():
        items = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
        return {(item["pk"], item["sk"]): item for item in items if item["pk"] != "SECRETS"}

    return look


def attempt(*limits, event_id=EVENT, address=ASHA, source_ip=IP, now=NOW):
    return count_attempt(limits, event_id, address, source_ip, now)


def refused(*limits, **changes):
    with pytest.raises(TooManyRequestsError) as caught:
        attempt(*limits, **changes)
    return caught.value.quotas


def test_as_many_attempts_as_the_limit_pass_and_no_more():
    assert [[Quota(ADDRESS, left, 240)] for left in (1, 0)] == [attempt(ADDRESS), attempt(ADDRESS)]
    assert [[Quota(ADDRESS, 0, 240)]] * 2 == [refused(ADDRESS), refused(ADDRESS, now=NOW + 0.1)]


def test_what_was_refused_is_not_counted(counters):
    for _ in range(2):
        attempt(ADDRESS)
    refused(ADDRESS)
    assert [2] == [item["attempts"] for item in counters().values()]


def test_the_next_window_begins_anew():
    for _ in range(2):
        attempt(ADDRESS)
    (quota,) = refused(ADDRESS)
    assert [Quota(ADDRESS, 1, 300)] == attempt(ADDRESS, now=1796050860 + quota.resets_in)


def test_a_counter_is_an_item_that_goes_when_its_window_has_passed(counters, identity_key):
    attempt(CLIENT, ADDRESS)
    attempt(CLIENT, ADDRESS)
    of = {"client": (IP,), "address": (EVENT, ASHA)}
    expected = [
        keys.attempts_key(derive_counter_id(identity_key, policy, *counted), 1796050800)
        | {"v": 1, "attempts": 2, "expires_at": 1796051100}
        for policy, counted in of.items()
    ]
    assert {(item["pk"], item["sk"]): item for item in expected} == counters()


def test_an_address_is_counted_at_each_event_by_itself_whoever_calls():
    for source_ip in (IP, "198.51.100.1"):
        attempt(ADDRESS, source_ip=source_ip)
    refused(ADDRESS, source_ip="198.51.100.2")
    assert [Quota(ADDRESS, 1, 240)] == attempt(ADDRESS, event_id=OTHER_EVENT)
    assert [Quota(ADDRESS, 1, 240)] == attempt(ADDRESS, address="ravi@example.com")


def test_a_client_is_counted_over_all_events_and_addresses():
    attempt(CLIENT)
    attempt(CLIENT, event_id=OTHER_EVENT)
    attempt(CLIENT, address="ravi@example.com")
    refused(CLIENT)
    assert [Quota(CLIENT, 2, 240)] == attempt(CLIENT, source_ip="198.51.100.1")


def test_an_ipv6_client_is_its_network():
    for host in (1, 2, 3):
        attempt(CLIENT, source_ip=f"2001:db8::{host}")
    refused(CLIENT, source_ip="2001:db8::4")
    attempt(CLIENT, source_ip="2001:db8:0:1::1")


def test_who_is_refused_by_the_first_limit_uses_up_nothing_of_the_second(counters):
    attempt(CLIENT._replace(attempts=1), ADDRESS)
    assert [Quota(CLIENT._replace(attempts=1), 0, 240)] == refused(CLIENT._replace(attempts=1), ADDRESS)
    assert [1, 1] == [item["attempts"] for item in counters().values()]


def test_the_last_quota_of_a_refusal_is_the_one_that_refuses():
    for _ in range(2):
        attempt(CLIENT, ADDRESS)
    assert [Quota(CLIENT, 0, 240), Quota(ADDRESS, 0, 240)] == refused(CLIENT, ADDRESS)


def test_each_limit_is_one_write_and_none_is_none():
    with scripted() as record:
        assert [] == attempt()
        assert {} == record.operations
        attempt(ADDRESS)
        assert {"UpdateItem": 1} == record.operations
        attempt(CLIENT, ADDRESS)
        assert {"UpdateItem": 3} == record.operations


def test_a_refusal_is_one_write_too():
    attempt(ADDRESS._replace(attempts=1))
    with scripted() as record:
        refused(ADDRESS._replace(attempts=1))
    assert {"UpdateItem": 1} == record.operations


@pytest.mark.parametrize("event_id", ["no event", ""])
def test_nothing_is_counted_for_what_is_no_event(counters, event_id):
    assert [] == attempt(CLIENT, ADDRESS, event_id=event_id)
    assert {} == counters()


def test_nothing_is_counted_before_the_stack_has_an_event(table, counters):
    table.delete_item(TableName=TABLE, Key={"pk": {"S": "SECRETS"}, "sk": {"S": "SECRETS"}})
    secrets.forget_secrets()
    assert [] == attempt(CLIENT, ADDRESS)
    assert {} == counters()


def test_neither_address_nor_ip_is_in_the_table(counters):
    attempt(CLIENT, ADDRESS)
    attempt(CLIENT, ADDRESS, source_ip="2001:db8:aaaa:bbbb::1")
    text = json.dumps(list(counters().values()))
    assert 3 == text.count("attempts")
    assert [] == [part for part in ("canary", "@", "203.0.113", "2001:db8", EVENT) if part in text]


def test_counters_of_another_stack_have_other_keys(identity_key):
    assert derive_counter_id(identity_key, "client", IP) != derive_counter_id(bytes(32), "client", IP)


def test_the_limit_that_refuses_is_noted():
    notes = begin_call("t")
    attempt(CLIENT, ADDRESS._replace(attempts=1))
    assert {} == notes.fields
    refused(CLIENT, ADDRESS._replace(attempts=1))
    assert {"limit": "address"} == notes.fields


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_nobody_passes_uncounted_while_dynamodb_is_too_busy(counters, code):
    with scripted(*[error(code)] * 2), pytest.raises(TryAgainError):
        attempt(CLIENT, ADDRESS)
    assert {} == counters()


def test_an_attempt_whose_answer_is_lost_counts_twice_at_most(counters):
    with scripted(CarriedOut(ReadTimeoutError(endpoint_url="https://dynamodb.example"))) as record:
        assert [Quota(CLIENT, 1, 240)] == attempt(CLIENT)
    assert (1, 2) == (len(record.calls), len(record.sends))
    assert [2] == [item["attempts"] for item in counters().values()]


def test_an_answer_that_broke_off_is_no_quota():
    with scripted(CarriedOut(ok())), pytest.raises(TryAgainError):
        attempt(CLIENT)
    assert [Quota(CLIENT, 1, 240)] == attempt(CLIENT)
