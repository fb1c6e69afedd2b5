"""What reaches no function, or only through the whole stack: refused with the same shape as everywhere."""

import http.client
import json
import os
import zlib
from urllib.parse import urlsplit

import pytest

from tests.contract.conformance import check_http
from tests.gateway import attendee_payload, event_payload

KB = 1024


def call(stack, method, path, body=None, **headers):
    """Call the API; fails unless docs/openapi.yaml allows the answer."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = stack.http(method, path, None, sent, body=body)
    check_http(method, path, answer.status, answer.headers, answer.body.decode())
    return answer


def envelope(payload):
    return json.dumps({"payload": payload}).encode()


def refusal(answer):
    """Return status and code of a problem with all its members."""
    assert "application/problem+json" == answer.headers["Content-Type"]
    problem = answer.json()
    assert answer.status == problem["status"]
    assert {"type", "title", "status", "detail", "code", "trace_id", "message"} == problem.keys() - {"errors"}
    return answer.status, problem["code"]


def items(stack):
    """Return how many items the stack's table holds."""
    return stack.client("dynamodb").scan(TableName=stack.table_name, Select="COUNT", ConsistentRead=True)["Count"]


@pytest.fixture
def event_id(open_stack):
    return call(open_stack, "POST", "/events/", envelope(event_payload())).json()["event"]


@pytest.fixture
def untouched(open_stack, event_id):
    """An event; nothing is stored between the begin and the end of the test."""
    before = items(open_stack)
    yield event_id
    assert before == items(open_stack)


@pytest.mark.parametrize("path", ["/events", "/events/", "/events/{}/register", "/events/{}/register/"])
@pytest.mark.parametrize("size", [64 * KB + 1, 2 * KB * KB])
def test_large_bodies_are_refused(open_stack, untouched, path, size):
    payload = attendee_payload() if "register" in path else event_payload()
    body = envelope(payload).ljust(size)
    assert (413, "request_too_large") == refusal(call(open_stack, "POST", path.format(untouched), body))


def test_a_body_of_64_kb_arrives_whole(open_stack):
    body = envelope(event_payload(name="दीपावली 🎶")).ljust(64 * KB)
    event_id = call(open_stack, "POST", "/events/", body).json()["event"]
    assert "दीपावली 🎶" == call(open_stack, "GET", f"/events/{event_id}").json()["event"]["name"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/event"),
        ("POST", "/event/"),
        ("GET", "/Events"),
        ("GET", "/events/{}/attendees"),
        ("GET", "/events/{}/attendee/1/ticket"),
        ("POST", "/events/{}/attendee/1"),
        ("GET", "/events/{}/register"),
        ("POST", "/events/{}"),
        ("POST", "/events/{}/attendee"),
        ("PUT", "/events/"),
        ("PATCH", "/events/"),
        ("PUT", "/events/{}"),
        ("DELETE", "/events/{}/register"),
        ("OPTIONS", "/nowhere"),
        ("GET", "/favicon.ico"),
        ("GET", "/.env"),
    ],
)
def test_routes_that_do_not_exist_are_not_found(open_stack, untouched, method, path):
    assert (404, "route_not_found") == refusal(call(open_stack, method, path.format(untouched)))


def test_head_is_no_route_and_answers_without_a_body(open_stack, untouched):
    answer = call(open_stack, "HEAD", "/events/")
    assert (404, b"") == (answer.status, answer.body)


@pytest.mark.parametrize(
    "body",
    [None, b"", b" ", b"name=Asha", b"{", b"\x00", b"\xef\xbb\xbf{}", b"[" * 60_000],
    ids=["none", "empty", "blank", "form", "cut", "NUL", "BOM", "brackets"],
)
@pytest.mark.parametrize("path", ["/events/", "/events/{}/register"])
def test_what_is_no_json_is_malformed(open_stack, untouched, path, body):
    assert (400, "malformed_request") == refusal(call(open_stack, "POST", path.format(untouched), body))


@pytest.mark.parametrize("content_type", ["application/octet-stream", "image/png", "multipart/form-data; boundary=x"])
def test_bytes_of_any_kind_are_malformed(open_stack, untouched, content_type):
    body = os.urandom(KB)
    answer = call(open_stack, "POST", "/events/", body, Content_Type=content_type)
    assert (400, "malformed_request") == refusal(answer)


def test_a_compressed_body_is_not_taken_for_json(open_stack, untouched):
    answer = call(open_stack, "POST", "/events/", zlib.compress(envelope(event_payload())), Content_Encoding="deflate")
    assert (400, "malformed_request") == refusal(answer)


def test_every_fault_is_told_at_once(open_stack, untouched):
    answer = call(open_stack, "POST", "/events/", b'{"payload": {"name": " ", "max_capacity": 1.5, "more": 1}}')
    assert (422, "invalid_payload") == refusal(answer)
    assert {"name", "location", "start_time", "end_time", "max_capacity", "more"} == {
        fault["pointer"].removeprefix("/payload/") for fault in answer.json()["errors"]
    }


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=abc", "limit=", "limit=%2B1", "limit=%D9%A3", "limit=%00"],
)
@pytest.mark.parametrize("path", ["/events/", "/events/{}/attendee"])
def test_bad_limits_are_refused(open_stack, untouched, path, query):
    answer = call(open_stack, "GET", f"{path.format(untouched)}?{query}")
    assert (400, "invalid_parameter") == refusal(answer)


@pytest.mark.parametrize("query", ["next_token=x", "next_token=", "next_token=%FF%00", "next_token=" + "A" * 4_000])
def test_made_up_tokens_are_refused(open_stack, untouched, query):
    answer = call(open_stack, "GET", f"/events/{untouched}/attendee?{query}")
    assert (400, "invalid_page_token") == refusal(answer)


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "%00", "%F0%9F%8E%B6", "%FF", "x" * 2_000, "%23SEATS"])
def test_unknown_events_are_not_found(open_stack, untouched, event_id):
    for method, path, body in (
        ("GET", f"/events/{event_id}", None),
        ("GET", f"/events/{event_id}/attendee", None),
        ("POST", f"/events/{event_id}/register", envelope(attendee_payload())),
    ):
        assert (404, "event_not_found") == refusal(call(open_stack, method, path, body))


@pytest.mark.parametrize("event_id", ["a%2Fb", "..%2F..", "%2E%2E", "%2F%2Fexample.org"])
def test_encoded_paths_lead_nowhere(open_stack, untouched, event_id):
    # Gateways differ in whether an encoded slash is one, so in what is not found: route or event.
    answer = open_stack.http("GET", f"/events/{event_id}")
    status, code = refusal(answer)
    assert (404, True) == (status, code in ("event_not_found", "route_not_found"))


@pytest.mark.parametrize("path", ["/events/", "/events/{}/register"])
def test_bytes_that_are_no_utf_8_are_refused(open_stack, untouched, path):
    # The gateway may have put replacement characters in their place, which makes it JSON, with members missing.
    answer = call(open_stack, "POST", path.format(untouched), b'{"payload": {"name": "\xff"}}')
    assert refusal(answer) in ((400, "malformed_request"), (422, "invalid_payload"))


@pytest.mark.parametrize("country", ["Atlantis", "ZZ", "x" * 4_000])
def test_unknown_countries_are_refused(open_stack, untouched, country):
    for method, path, body in (
        ("GET", "/events/", None),
        ("POST", "/events/", envelope(event_payload())),
        ("POST", f"/events/{untouched}/register", envelope(attendee_payload())),
    ):
        assert (400, "invalid_parameter") == refusal(call(open_stack, method, path, body, ISOCountry=country))


@pytest.mark.parametrize("sent", ["x" * 4_000, "é", "\t"])
def test_hostile_correlation_ids_do_not_come_back(open_stack, sent):
    answer = call(open_stack, "GET", "/events/", TransactionId=sent)
    assert (200, 26) == (answer.status, len(answer.headers["TransactionId"]))


def test_an_empty_idempotency_key_is_refused(open_stack, untouched):
    answer = call(open_stack, "POST", "/events/", envelope(event_payload()), Idempotency_Key="")
    assert (400, "invalid_parameter") == refusal(answer)


def test_a_body_that_never_comes_whole_leaves_the_stack_answering(open_stack, untouched):
    url = urlsplit(open_stack.base_url)
    connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=10)
    connection.putrequest("POST", "/events/")
    connection.putheader("Content-Length", "1000")
    connection.endheaders()
    connection.send(b'{"payload": ')
    connection.close()
    assert 200 == call(open_stack, "GET", "/events/").status


@pytest.mark.parametrize("path", ["/nowhere", "/events/", "/events/aaaaaaaaaa/attendee"])
def test_a_guarded_stack_does_not_ask_for_tokens_where_nothing_is(guarded_stack, path):
    answer = call(guarded_stack, "DELETE", path)
    assert (404, "route_not_found") == refusal(answer)


@pytest.mark.parametrize("body", [b"", envelope({}), b"x" * (2 * KB * KB)], ids=["empty", "faulty", "2 MB"])
def test_who_may_not_call_learns_nothing_about_the_body(guarded_stack, body):
    assert (401, "unauthorized") == refusal(call(guarded_stack, "POST", "/events/", body))
