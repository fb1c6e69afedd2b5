"""Many who try to register at the same moment: never more than the limit pass in one window."""

import re
import time
from collections import Counter
from functools import partial

import pytest

from event_management.config import load_limits
from event_management.errors import TooManyRequestsError, TryAgainError
from event_management.limits import Limit
from event_management.store.limits import count_attempt
from tests.contract import conformance
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import DIRECTLY, HttpApi, at_once, engine_url, handlers_on, until_final

THREADS = 32
ATTEMPTS = 96
NOW = 1796050860.0
CLIENT, ADDRESS = Limit("client", 40, 300), Limit("address", 7, 300)


@pytest.fixture(params=DIRECTLY)
def shop(request, open_stack):
    with handlers_on(engine_url(request.param, open_stack)) as shop:
        yield shop


@pytest.fixture
def event_id(shop):
    return shop.api.create_event(event_payload()).json["event"]


def counted(shop):
    return sorted(item["attempts"] for item in shop.table.items() if item["pk"].startswith("ATTEMPTS#"))


def attempt(event_id, *limits, address="asha@example.com", now=NOW):
    """Return what the last limit leaves, or None where one refuses; until it is known."""
    for _ in range(50):
        try:
            return count_attempt(limits, event_id, address, "203.0.113.7", now)[-1].remaining
        except TooManyRequestsError:
            return None
        except TryAgainError:
            continue
    raise AssertionError("fifty times there was no time for it")


def test_of_many_at_once_as_many_pass_as_the_limit_says(shop, event_id):
    told = at_once([partial(attempt, event_id, ADDRESS)] * ATTEMPTS, THREADS)
    assert list(range(7)) == sorted(left for left in told if left is not None)
    assert [7] == counted(shop)


def test_two_windows_at_once_are_counted_apart(shop, event_id):
    """As where the clocks of two environments differ."""
    calls = [partial(attempt, event_id, ADDRESS, now=NOW + 300 * (n % 2)) for n in range(ATTEMPTS)]
    told = at_once(calls, THREADS)
    for window in (0, 1):
        assert list(range(7)) == sorted(left for left in told[window::2] if left is not None)
    assert [7, 7] == counted(shop)


def test_the_limit_of_a_client_and_those_of_addresses_hold_together(shop, event_id):
    calls = [partial(attempt, event_id, CLIENT, ADDRESS, address=f"a{n % 4}@example.com") for n in range(ATTEMPTS)]
    told = at_once(calls, THREADS)
    assert max(counted(shop)) <= 40
    *addresses, client = counted(shop)
    assert 40 == client
    assert max(addresses) <= 7
    assert sum(addresses) == sum(left is not None for left in told)


def test_of_many_who_register_at_once_no_more_get_through_than_the_limit(shop, event_id, monkeypatch):
    monkeypatch.setenv("REGISTRATIONS_PER_CLIENT", "20")
    monkeypatch.setattr(time, "time", lambda: NOW)
    load_limits.cache_clear()
    register = [partial(shop.api.register, event_id, attendee_payload(n)) for n in range(ATTEMPTS)]
    told = at_once([partial(until_final, call) for call in register], THREADS)
    monkeypatch.undo()
    load_limits.cache_clear()
    # Who was told to come back was counted, too, when they did.
    repeats = sum(answer.repeats for answer in told)
    codes = Counter(answer.code for answer in told)
    assert {"created", "too_many_requests"} == set(codes)
    assert 20 - repeats <= codes["created"] <= 20
    assert codes["created"] == shop.table.seats_taken(event_id)
    assert [20] == counted(shop)


def test_a_deployments_parameters_limit_its_callers(start_stack, project_copy):
    template = project_copy / "template.yaml"
    text = template.read_text(encoding="utf-8")
    for parameter, before, after in (
        ("RegistrationsPerClient", 0, 4),
        ("RegistrationsPerAddress", 0, 2),
        ("RegistrationsWindowSeconds", 300, 86400),
    ):
        declared = f"  {parameter}:\n    Type: Number\n    Default: {before}\n"
        assert 1 == text.count(declared)
        text = text.replace(declared, declared.replace(f"Default: {before}", f"Default: {after}"))
    template.write_text(text, encoding="utf-8")
    api = HttpApi(start_stack(project=project_copy).base_url)
    event_id = api.create_event(event_payload()).json["event"]

    told = [api.register(event_id, attendee_payload(n)) for n in (1, 1, 1, 2, 3)]
    policy = '"client";q=4;w=86400, "address";q=2;w=86400'
    left = [("3", "1"), ("2", "0"), ("1", "0"), ("0", "1"), ("0",)]
    assert [201, 409, 429, 201, 429] == [answer.status for answer in told]
    for answer, numbers in zip(told, left, strict=True):
        if answer.status != 409:
            assert list(numbers) == re.findall(r";r=(\d+);t=\d+", answer.headers["RateLimit"])
            assert policy == answer.headers["RateLimit-Policy"]
    assert 0 < int(told[2].headers["Retry-After"]) <= 86400
    conformance.check_http("POST", f"/events/{event_id}/register", 429, told[2].headers, told[2].text)
