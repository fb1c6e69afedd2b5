"""A fuzzing run that finds nothing has looked: what breaks the contract fails it, and so does what was never reached."""

import pytest

from tests.fuzz.verdict import Exchange, Verdict
from tests.gateway import Api, attendee_payload, event_payload

PREFIX = "Schema-violating request accepted Invalid component: parameter in header"


@pytest.fixture
def healthy(environment):
    reply = Api().get_health()
    return Exchange("GET", "/health", reply.status, reply.headers, reply.text.encode(), "curl /health")


def failures(*exchanges):
    verdict = Verdict()
    for exchange in exchanges:
        verdict.judge("get_health", exchange)
    report, passed = verdict.report(["get_health"])
    assert passed is (not verdict.failures)
    return report if verdict.failures else None


def test_right_answers_pass(healthy):
    assert failures(healthy) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": 500, "headers": {}}, "500, which nothing may be answered with"),
        ({"status": 503, "headers": {"Retry-After": "1"}}, "503, which nothing may be answered with"),
        ({"status": 418}, "status 418 is not documented"),
        ({"body": b"[]"}, "body at $"),
        ({"body": b'{"message": "Healthy"'}, "the body is no JSON"),
        ({"body": b"\xff"}, "can't decode"),
        ({"headers": {"Content-Type": "application/json"}}, "is missing"),
        ({"path": "/nowhere"}, "status 200 is not documented"),
    ],
)
def test_a_wrong_answer_fails_the_run_and_is_told_with_what_repeats_it(healthy, change, told):
    report = failures(healthy, healthy._replace(**change))
    assert told in report
    assert "curl /health" in report
    assert "2 requests, 1 failures" in report


def test_an_operation_that_never_succeeded_fails_the_run(healthy):
    verdict = Verdict()
    verdict.judge("get_health", healthy)
    report, passed = verdict.report(["get_health", "list_events"])
    assert not passed
    assert "list_events never succeeded" in report


def test_answers_that_are_wrong_in_the_same_way_are_counted_and_a_few_shown(healthy):
    report = failures(*[healthy._replace(body=b"[]", repeat=f"curl {n}") for n in range(9)], healthy)
    assert "(9 times)" in report
    assert 3 == report.count("curl ")


@pytest.mark.parametrize(
    ("aim", "why", "is_open", "is_failure"),
    [
        ("list_events", f"{PREFIX} - violates `minLength` at /properties/limit", True, True),
        ("list_events", f"{PREFIX} - violates `pattern` at /properties/TransactionId", True, False),
        ("list_events", f"{PREFIX} - at /properties/TransactionId - at /properties/limit", True, True),
        ("create_event", f"{PREFIX} - violates `required` (was Authorization)", True, False),
        ("create_event", f"{PREFIX} - violates `required` (was Authorization)", False, True),
        ("create_event", "Schema-violating request accepted, in a way that names nothing", True, True),
        ("preflight_events", f"{PREFIX} - violates `minLength` at /properties/limit", True, False),
    ],
)
def test_a_request_that_breaks_a_schema_may_be_taken_only_where_nobody_insists(healthy, aim, why, is_open, is_failure):
    verdict = Verdict()
    verdict.taken(aim, why, healthy._replace(is_open=is_open))
    assert is_failure is bool(verdict.failures)


def test_only_without_sign_in_a_persons_route_may_answer_as_the_organisers(api):
    event_id = api.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    for number in (1, 2):
        (api.register if number == 1 else api.join_waitlist)(event_id, attendee_payload(number))
    reply = api.get_waitlist(event_id)
    exchange = Exchange("GET", f"/events/{event_id}/waitlist", reply.status, reply.headers, reply.text.encode(), "curl")
    for is_open in (True, False):
        verdict = Verdict()
        verdict.judge("get_waitlist", exchange._replace(is_open=is_open))
        assert is_open is not bool(verdict.failures)
