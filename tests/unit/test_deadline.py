from concurrent.futures import ThreadPoolExecutor

import pytest

from event_management.deadline import seconds_left, set_deadline
from event_management.errors import TryAgainError
from event_management.store import connection, events
from tests.gateway import invoke, lambda_context, load_function, proxy_event


def test_a_call_without_a_deadline_has_all_the_time():
    with ThreadPoolExecutor(1) as thread:
        assert float("inf") == thread.submit(seconds_left).result()


def test_time_runs_down_from_the_deadline():
    set_deadline(100)
    assert 99 < seconds_left() <= 100


def test_no_call_to_dynamodb_is_begun_without_the_time_for_it(table):
    set_deadline(connection.LONGEST_CALL - 1)
    with pytest.raises(TryAgainError):
        events.list_upcoming(None, 10)
    set_deadline(connection.LONGEST_CALL + 1)
    assert [] == events.list_upcoming(None, 10)


def test_a_function_short_of_time_says_so_while_it_can(table):
    event = proxy_event("GET", "/events/")
    answer = load_function("list_events").lambda_handler(event, lambda_context(seconds=connection.LONGEST_CALL + 0.4))
    assert (503, "1") == (answer["statusCode"], answer["headers"]["Retry-After"])
    assert 200 == invoke("list_events", event).status
