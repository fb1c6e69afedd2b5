"""Answers as the decorator writes them, whatever the endpoint: bodies, statuses, headers."""

import json
from http import HTTPStatus

import pytest
from msgspec import Struct

from event_management import errors
from event_management.http.endpoint import Answer, Text, endpoint
from tests.gateway import lambda_context, proxy_event

SHOP = "https://shop.example"


class Shown(Struct):
    name: str


def call(result, status=HTTPStatus.OK, **headers):
    """Return what a handler answers whose function returns or raises this."""

    @endpoint("probe", status=status)
    def handler(request):
        if isinstance(result, Exception):
            raise result
        return result

    return handler(proxy_event("GET", "/events", headers=headers), lambda_context())


def test_what_a_function_returns_is_answered_as_json():
    for result in (Shown("é"), Answer(Shown("é"))):
        answer = call(result)
        assert (200, '{"name":"é"}', "application/json") == (
            answer["statusCode"],
            answer["body"],
            answer["headers"]["Content-Type"],
        )


@pytest.mark.parametrize("status", [HTTPStatus.ACCEPTED, HTTPStatus.CREATED])
def test_an_answer_may_have_a_status_of_its_own(status, caplog):
    answer = call(Answer(Shown("a"), status=status))
    assert (status, '{"name":"a"}') == (answer["statusCode"], answer["body"])
    assert [status] == [record.status for record in caplog.records]


def test_without_one_the_endpoints_status_holds():
    assert 201 == call(Answer(Shown("a")), status=HTTPStatus.CREATED)["statusCode"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [("name\r\nJosé\r\n", "text/csv; charset=utf-8; header=present"), ("<svg/>", "image/svg+xml"), ("", "text/csv")],
)
def test_text_is_answered_as_it_is(content, content_type):
    for result in (Text(content, content_type), Answer(Text(content, content_type))):
        answer = call(result)
        assert (200, content, content_type) == (
            answer["statusCode"],
            answer["body"],
            answer["headers"]["Content-Type"],
        )


@pytest.mark.parametrize("status", [HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED])
@pytest.mark.parametrize("body", [None, Shown("a"), Text("a", "text/csv")])
def test_answers_without_content_have_neither_body_nor_type(status, body):
    answer = call(Answer(body, {"ETag": '"3-a"'}, status=status))
    assert (status, "") == (answer["statusCode"], answer["body"])
    assert "Content-Type" not in answer["headers"]
    assert '"3-a"' == answer["headers"]["ETag"]


def test_an_answer_adds_to_what_every_answer_depends_on():
    answer = Answer(Shown("a"), {"Vary": "ISOCountry", "Cache-Control": "no-cache"})
    for origin in (SHOP, "https://evil.example"):
        assert "Origin, ISOCountry" == call(answer, Origin=origin)["headers"]["Vary"]
    assert "Origin" == call(Shown("a"), Origin=SHOP)["headers"]["Vary"]


def test_where_every_origin_is_allowed_answers_depend_on_what_they_say(environment):
    environment.setenv("ALLOWED_ORIGINS", "*")
    assert "ISOCountry" == call(Answer(None, {"Vary": "ISOCountry"}))["headers"]["Vary"]
    assert "Vary" not in call(Shown("a"))["headers"]


def test_an_answer_may_say_how_it_is_kept():
    assert "no-cache" == call(Answer(None, {"Cache-Control": "no-cache"}))["headers"]["Cache-Control"]
    assert "no-store" == call(Answer(None))["headers"]["Cache-Control"]


@pytest.mark.parametrize(
    "result",
    [
        Shown("a"),
        Answer(None, {"Cache-Control": "no-cache"}, status=HTTPStatus.NO_CONTENT),
        Text("<svg/>", "image/svg+xml"),
        errors.NotAuthenticatedError("Send a token."),
        ZeroDivisionError(),
    ],
)
def test_every_answer_tells_browsers_what_it_may_be_used_for(result):
    assert {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
    }.items() <= call(result)["headers"].items()


@pytest.mark.parametrize("allowed", ["", "*", f"{SHOP},https://desk.example"])
def test_no_origin_may_send_cookies(environment, allowed):
    """With them, an origin that is allowed by `*` or by an echo could act for whoever visits it."""
    environment.setenv("ALLOWED_ORIGINS", allowed)
    assert "Access-Control-Allow-Credentials" not in call(Shown("a"), Origin=SHOP)["headers"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.PreconditionFailedError(), 412, "precondition_failed"),
        (errors.PreconditionRequiredError(), 428, "precondition_required"),
        (errors.UnsupportedMediaTypeError("Send JSON."), 415, "unsupported_media_type"),
    ],
)
def test_errors_are_answered_as_problems_that_nobody_keeps(error, status, code):
    answer = call(error, Origin=SHOP)
    problem = json.loads(answer["body"])
    assert (status, status, code) == (answer["statusCode"], problem["status"], problem["code"])
    assert ("application/problem+json", "no-store", SHOP) == tuple(
        answer["headers"][name] for name in ("Content-Type", "Cache-Control", "Access-Control-Allow-Origin")
    )


def test_what_cannot_be_a_patch_is_told_what_can():
    headers = call(errors.UnsupportedMediaTypeError("Send JSON."))["headers"]
    assert "application/merge-patch+json, application/json" == headers["Accept-Patch"]
