"""The checker bites: a right answer passes, and whatever is wrong with it is found."""

import json
from pathlib import Path

import pytest

from tests import gateway
from tests.contract.conformance import NonConformanceError, check, check_http, operation_of

FOR_BROWSERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer has."""
HEADERS = FOR_BROWSERS | {
    "Content-Type": "application/json",
    "TransactionId": "t-1",
    "Vary": "Origin",
    "Location": "k3v7qzm2ab",
}
CREATED = {"message": "Event Created", "event": "k3v7qzm2ab"}
EVENT = {
    "id": "k3v7qzm2ab",
    "name": "Monsoon Raga Night",
    "location": "Bengaluru",
    "description": None,
    "start_time": "2027-01-15 18:30",
    "end_time": "2027-01-15 21:00",
    "registration_opens": None,
    "registration_closes": "2027-01-15 12:00",
    "max_capacity": 200,
    "max_party": 1,
    "waitlist": False,
    "waitlist_policy": "strict",
    "timezone": "Asia/Kolkata",
    "start_time_utc": "2027-01-15T13:00:00Z",
    "end_time_utc": "2027-01-15T15:30:00Z",
    "registration_opens_utc": None,
    "registration_closes_utc": "2027-01-15T06:30:00Z",
    "status": "published",
    "cancellation_reason": None,
    "version": 1,
}
LIST_HEADERS = FOR_BROWSERS | {"Content-Type": "application/json", "TransactionId": "t-1"}
PROBLEM_HEADERS = FOR_BROWSERS | {"Content-Type": "application/problem+json", "TransactionId": "t-1"}
NOT_FOUND = {
    "type": "urn:event-management:problem:event_not_found",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no event with this id.",
    "code": "event_not_found",
    "trace_id": "t",
    "message": "Event not found",
}
NO_ROUTE = NOT_FOUND | {"type": "urn:event-management:problem:route_not_found", "code": "route_not_found"}
INVALID = NOT_FOUND | {
    "type": "urn:event-management:problem:invalid_payload",
    "status": 422,
    "code": "invalid_payload",
    "errors": [{"pointer": "/payload/name", "detail": "name is missing."}],
}


def without(members, name):
    return {key: value for key, value in members.items() if key != name}


def test_right_answers_pass():
    check("create_event", 201, HEADERS, json.dumps(CREATED))
    check("list_events", 200, LIST_HEADERS, json.dumps({"message": "Events :", "sections": [EVENT]}))
    check("get_event", 404, PROBLEM_HEADERS, json.dumps(NOT_FOUND))
    check("register_attendee", 422, PROBLEM_HEADERS, json.dumps(INVALID))
    check("preflight", 500, PROBLEM_HEADERS, json.dumps(NOT_FOUND | INTERNAL))


INTERNAL = {"type": "urn:event-management:problem:internal_error", "status": 500, "code": "internal_error"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"status": 200}, "status 200 is not documented"),
        ({"headers": without(HEADERS, "Location")}, "header Location is missing"),
        ({"headers": without(HEADERS, "TransactionId")}, "header TransactionId is missing"),
        ({"headers": without(HEADERS, "X-Content-Type-Options")}, "header X-Content-Type-Options is missing"),
        ({"headers": HEADERS | {"Content-Security-Policy": "default-src *"}}, "header Content-Security-Policy"),
        ({"headers": HEADERS | {"X-Powered-By": "snakes"}}, "header x-powered-by is not documented"),
        ({"headers": HEADERS | {"location": "k3v7qzm2ab"}}, "twice"),
        ({"headers": HEADERS | {"Location": "https://elsewhere.example/"}}, "header Location"),
        ({"headers": HEADERS | {"Idempotent-Replayed": "yes"}}, "header Idempotent-Replayed"),
        ({"headers": HEADERS | {"TransactionId": "t\r\nX: y"}}, "header TransactionId"),
        ({"headers": HEADERS | {"Content-Type": "text/html"}}, "Content-Type text/html"),
        ({"headers": without(HEADERS, "Content-Type")}, "Content-Type None"),
        ({"body": ""}, "no JSON"),
        ({"body": "{'event': 1}"}, "no JSON"),
        ({"body": json.dumps(without(CREATED, "event"))}, "'event' is a required property"),
        ({"body": json.dumps(CREATED | {"event": 7})}, r"body at \$.event"),
        ({"body": json.dumps(CREATED | {"event": "NOT-AN-ID!"})}, r"body at \$.event"),
        ({"body": json.dumps(CREATED | {"message": "event created"})}, r"body at \$.message"),
        ({"body": json.dumps(CREATED | {"owner": "anonymous"})}, "'owner' was unexpected"),
    ],
)
def test_wrong_answers_are_told_what_is_wrong(change, complaint):
    answer = {"status": 201, "headers": HEADERS, "body": json.dumps(CREATED)} | change
    with pytest.raises(NonConformanceError, match=complaint):
        check("create_event", **answer)


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "6f0c1d9e"},
        {"start_time": "2027-01-15T18:30"},
        {"start_time_utc": "2027-01-15 13:00"},
        {"end_time_utc": "2027-13-15T15:30:00Z"},
        {"status": "deleted"},
        {"max_capacity": "200"},
        {"registration_closes": "2027-01-15T12:00"},
        {"registration_closes_utc": ""},
    ],
)
def test_members_deep_inside_are_looked_at(change):
    body = json.dumps({"message": "Events :", "sections": [EVENT, EVENT | change]})
    with pytest.raises(NonConformanceError, match=r"body at \$.sections\[1\]"):
        check("list_events", 200, LIST_HEADERS, body)


@pytest.mark.parametrize(
    ("operation_id", "status", "problem"),
    [
        ("get_event", 404, without(NOT_FOUND, "trace_id")),
        ("get_event", 404, NOT_FOUND | {"code": "seats_full"}),
        ("get_event", 404, NOT_FOUND | {"status": 400}),
        ("get_event", 404, NOT_FOUND | {"type": "about:blank"}),
        ("get_event", 404, NOT_FOUND | {"stack": "Traceback"}),
        ("get_event", 409, NOT_FOUND),
        ("create_event", 404, NOT_FOUND),
        ("register_attendee", 422, without(INVALID, "errors")),
        ("register_attendee", 422, INVALID | {"errors": []}),
        ("register_attendee", 422, INVALID | {"errors": [{"detail": "name is missing."}]}),
        ("register_attendee", 503, INVALID | {"status": 503}),
        ("no_such_function", 404, NOT_FOUND),
    ],
)
def test_problems_must_be_those_of_the_operation(operation_id, status, problem):
    with pytest.raises(NonConformanceError):
        check(operation_id, status, PROBLEM_HEADERS, json.dumps(problem))


def test_an_answer_without_a_documented_body_has_none():
    headers = FOR_BROWSERS | {
        "TransactionId": "t-1",
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Authorization",
        "Access-Control-Max-Age": "7200",
    }
    check("preflight", 204, headers, "")
    check("preflight", 204, headers, None)
    for change, body in (({}, "{}"), ({"Content-Type": "text/html"}, ""), ({"Access-Control-Max-Age": "a"}, "")):
        with pytest.raises(NonConformanceError):
            check("preflight", 204, headers | change, body)


def test_texts_are_held_to_their_schema():
    headers = LIST_HEADERS | {"Content-Type": "image/svg+xml"}
    drawn = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h4"/></svg>'
    check("draw_ticket", 200, headers, drawn)
    for sent, text in (
        (headers, "{}"),
        (headers, ""),
        (headers | {"Content-Type": "image/svg"}, drawn),
        (headers | {"Content-Type": "application/json"}, json.dumps(drawn)),
    ):
        with pytest.raises(NonConformanceError):
            check("draw_ticket", 200, sent, text)


def test_a_function_with_two_routes_may_answer_as_either_and_a_route_only_as_itself():
    waiting = json.dumps({"message": "Waitlist :", "sections": []})
    check("get_waitlist", 200, LIST_HEADERS, waiting)
    check_http("GET", "/organiser/events/k3v7qzm2ab/waitlist", 200, LIST_HEADERS, waiting)
    with pytest.raises(NonConformanceError):
        check_http("GET", "/events/k3v7qzm2ab/waitlist", 200, LIST_HEADERS, waiting)
    with pytest.raises(NonConformanceError):
        check("get_waitlist", 200, LIST_HEADERS, json.dumps({"message": "Waitlist :"}))


@pytest.mark.parametrize(
    ("method", "path", "operation_id"),
    [
        ("GET", "/events", "list_events"),
        ("get", "/events/?limit=1", "list_events"),
        ("POST", "http://127.0.0.1:5000/events/", "create_event"),
        ("GET", "/restapis/a1b2/v1/_user_request_/events/k3v7qzm2ab", "get_event"),
        ("GET", "/v1/events/k3v7qzm2ab/", "get_event"),
        ("POST", "/events/k3v7qzm2ab/register/", "register_attendee"),
        ("GET", "/events/%00/attendee", "list_attendees"),
        ("OPTIONS", "/events/k3v7qzm2ab/attendee", "preflight_attendee"),
        ("PUT", "/events", "x-other-routes"),
        ("HEAD", "/events", "x-other-routes"),
        ("GET", "/events/k3v7qzm2ab/attendee/m4x2c7v5b3n6a2sd", "get_attendee"),
        ("GET", "/organiser/events/k3v7qzm2ab/attendee/m4x2c7v5b3n6a2sd/", "organiser_get_attendee"),
        ("GET", "/v1/organiser/events", "list_own_events"),
        ("GET", "/v1/organiser/events/k3v7qzm2ab", "organiser_get_event"),
        ("GET", "/events/k3v7qzm2ab/attendee/m4x2c7v5b3n6a2sd/ticket.svg", "draw_ticket"),
        ("GET", "/events/k3v7qzm2ab/attendee/m4x2c7v5b3n6a2sd/ticketXsvg", "x-other-routes"),
        ("GET", "/v1/health/", "get_health"),
        ("POST", "/health", "x-other-routes"),
        ("GET", "/", "x-other-routes"),
        ("GET", "/events/k3v7qzm2ab/attendees", "x-other-routes"),
        ("GET", "/v2/events", "x-other-routes"),
    ],
)
def test_operations_are_found_by_method_and_path(method, path, operation_id):
    assert operation_id == operation_of(method, path)


def test_the_gateway_may_give_an_empty_answer_its_own_media_type():
    headers = FOR_BROWSERS | {
        "Content-Type": "application/json",
        "TransactionId": "t-1",
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Authorization",
        "Access-Control-Max-Age": "7200",
    }
    check_http("OPTIONS", "/events", 204, headers, "")
    for change, body in (({"Content-Type": "text/html"}, ""), ({}, "{}")):
        with pytest.raises(NonConformanceError):
            check_http("OPTIONS", "/events", 204, headers | change, body)
    with pytest.raises(NonConformanceError):
        check_http("GET", "/events", 200, {"Content-Type": "application/json", "TransactionId": "t-1"}, "")


def test_answers_over_http_may_carry_headers_of_the_way():
    headers = LIST_HEADERS | {"Date": "now", "Content-Length": "2", "Server": "s", "x-amzn-RequestId": "r"}
    check_http("GET", "/events/", 200, headers, json.dumps({"message": "Events :", "sections": []}))


def test_other_routes_answer_with_the_gateways_problem_alone():
    headers = FOR_BROWSERS | {"Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "*"}
    check_http("PUT", "/events/k3v7qzm2ab", 404, headers, json.dumps(NO_ROUTE))
    check_http("HEAD", "/events", 404, headers, "")
    for status, sent, body in (
        (404, headers, json.dumps(NOT_FOUND)),
        (404, headers, '{"message": "Missing Authentication Token"}'),
        (404, {"Content-Type": "application/json"}, json.dumps(NO_ROUTE)),
        (403, headers, json.dumps(NO_ROUTE)),
        (405, headers, json.dumps(NO_ROUTE | {"status": 405})),
    ):
        with pytest.raises(NonConformanceError):
            check_http("PUT", "/events/k3v7qzm2ab", status, sent, body)


def test_functions_called_in_tests_are_held_to_the_document(monkeypatch, tmp_path: Path):
    wrong = type(
        "Module", (), {"lambda_handler": staticmethod(lambda *_: {"statusCode": 418, "headers": {}, "body": ""})}
    )
    monkeypatch.setattr(gateway, "load_function", lambda _name: wrong)
    with pytest.raises(NonConformanceError, match="status 418"):
        gateway.Api().list_events()
