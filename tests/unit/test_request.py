"""What only some calls send: patches, text, codes, organisers' calls; and what makes two requests one."""

import base64
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from event_management.errors import (
    Fault,
    InvalidParameterError,
    InvalidPayloadError,
    MalformedRequestError,
    NotAuthenticatedError,
    RequestTooLargeError,
    UnsupportedMediaTypeError,
)
from event_management.http.request import MAX_BODY, Request
from event_management.payloads import PayloadReader
from tests.gateway import proxy_event

PATH = "/events/aaaaaaaaaa"


class Shape(Struct):
    name: Annotated[str, Meta(min_length=1, description="must be text")]
    note: Annotated[str | None, Meta(description="must be text or null")] = None


class Changes(dict):
    @classmethod
    def read(cls, payload, _zone_default):
        reader = PayloadReader(Shape, payload, partial=True)
        reader.finish()
        return cls(reader.changes)


def request(method="POST", body=None, path=PATH, claims=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(proxy_event(method, path, body, headers, {"event_id": "aaaaaaaaaa"}, claims))


# --- Patches ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content_Type": ""},
        {"Content_Type": "application/json"},
        {"Content_Type": "application/merge-patch+json"},
        {"content_type": " Application/Merge-Patch+JSON ; charset=utf-8"},
    ],
)
def test_a_patch_is_json_by_any_of_its_names(headers):
    changes = request("PATCH", {"payload": {"note": None}}, **headers).patch(Changes)
    assert {"note": None} == changes


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "application/json-patch+json", "text/plain", "json", "application/json, x/y"],
)
def test_another_kind_of_patch_is_refused_with_the_kinds_that_are_taken(media_type):
    with pytest.raises(UnsupportedMediaTypeError) as caught:
        request("PATCH", {"payload": {"note": "n"}}, Content_Type=media_type).patch(Changes)
    assert "Send the body as application/merge-patch+json or application/json." == caught.value.detail


def test_faults_of_a_patch_and_of_its_envelope_are_told_together():
    with pytest.raises(InvalidPayloadError) as caught:
        request("PATCH", {"payload": {"name": None, "note": 1}, "more": 1}).patch(Changes)
    assert (
        Fault("/more", "more is unknown; send payload only."),
        Fault("/payload/name", "name cannot be removed; it must be text."),
        Fault("/payload/note", "note must be text or null."),
    ) == caught.value.faults


def test_an_empty_patch_is_refused():
    with pytest.raises(InvalidPayloadError) as caught:
        request("PATCH", {"payload": {}}).patch(Changes)
    assert (Fault("/payload", "payload must name what is to be changed."),) == caught.value.faults


def test_a_patch_needs_its_envelope():
    with pytest.raises(InvalidPayloadError) as caught:
        request("PATCH", {"note": "n"}).patch(Changes)
    assert ["/payload", "/note"] == [fault.pointer for fault in caught.value.faults]


# --- Text -------------------------------------------------------------------------------------------------------------


def upload(body, *, is_base64=False):
    return Request({"body": body, "isBase64Encoded": is_base64})


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ufffd\ufeff"), max_size=50))
def test_text_is_what_was_sent_plain_or_in_base64(text):
    assert text == upload(text).text(1000)
    assert text == upload(base64.b64encode(text.encode()).decode(), is_base64=True).text(1000)


@pytest.mark.parametrize("body", ["\ufeffname,email\n", "name,email\n"])
def test_a_byte_order_mark_is_no_part_of_the_text(body):
    assert "name,email\n" == upload(body).text(1000)


def test_no_body_is_no_text():
    assert "" == upload(None).text(1000)


@pytest.mark.parametrize("text", ["x" * 1024, "é" * 512])
def test_text_of_the_limit_is_taken_and_of_a_byte_more_refused_with_the_limit(text):
    assert text == upload(text).text(1024)
    for body in (upload(text + "x"), upload(base64.b64encode(f"{text}x".encode()).decode(), is_base64=True)):
        with pytest.raises(RequestTooLargeError, match=r"^Send a body of at most 1 KB\.$"):
            body.text(1024)


def test_text_may_be_longer_than_json():
    assert MAX_BODY + 1 == len(upload("x" * (MAX_BODY + 1)).text(2 * MAX_BODY))


@pytest.mark.parametrize(
    ("body", "is_base64"),
    [
        (base64.b64encode("José".encode("latin-1")).decode(), True),
        (base64.b64encode("José".encode("utf-16")).decode(), True),
        (base64.b64encode("Jos\ufffd".encode()).decode(), True),
        ("name,email\nJos\ufffd,jose@example.com\n", False),
        ("\ud800", False),
        ("no base64", True),
        ("bmFtZQ==!", True),
    ],
)
def test_what_is_no_utf_8_or_has_lost_letters_is_refused(body, is_base64):
    with pytest.raises(MalformedRequestError, match=r"^The body must be text in UTF-8\.$"):
        upload(body, is_base64=is_base64).text(1000)


# --- Who calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, None),
        ({"Manage_Code": " "}, None),
        ({"manage_code": " k3v7 qzm2ab "}, "k3v7 qzm2ab"),
        ({"Manage_Code": "k" * 255}, "k" * 255),
    ],
)
def test_the_code_of_a_person_is_read_without_white_space_around_it(sent, code):
    assert code == request(**sent).manage_code


@pytest.mark.parametrize("sent", ["é", "a\nb", "a\x00", "\x7f", "\ud800", "k" * 256, "k" * 10_000])
def test_a_code_that_was_never_answered_is_refused_by_name(sent):
    with pytest.raises(InvalidParameterError, match=r"^Manage-Code must be "):
        _ = request(Manage_Code=sent).manage_code


@pytest.mark.parametrize(
    ("mode", "claims", "is_organiser"),
    [
        ("open", None, True),
        ("cognito", {"sub": "asha"}, True),
        ("cognito", None, False),
        ("cognito", {"email": "asha@example.com"}, False),
        ("cognito", {"sub": ""}, False),
    ],
)
def test_an_organisers_call_is_one_of_somebody_signed_in_or_any_in_open_mode(environment, mode, claims, is_organiser):
    environment.setenv("AUTH_MODE", mode)
    assert is_organiser == request(claims=claims).is_organiser_call


@pytest.mark.parametrize("claims", [{"sub": "asha"}, {"sub": "asha", "token_use": "id"}])
def test_the_organiser_is_the_subject_of_an_id_token(environment, claims):
    environment.setenv("AUTH_MODE", "cognito")
    sent = request(claims=claims)
    assert ("asha", True) == (sent.organiser, sent.is_organiser_call)


@pytest.mark.parametrize("path", [PATH, "/organiser" + PATH])
@pytest.mark.parametrize("use", ["access", "refresh", "ID", ""])
def test_a_token_for_another_use_is_refused_wherever_one_is_looked_at(environment, path, use):
    """An access token has `sub` and groups, too: MiniStack's gateway passes it, and so do HTTP APIs and scopes in AWS."""
    environment.setenv("AUTH_MODE", "cognito")
    sent = request(path=path, claims={"sub": "asha", "token_use": use, "cognito:groups": "admins"})
    for ask in (lambda: sent.organiser, lambda: sent.is_organiser_call):
        with pytest.raises(NotAuthenticatedError, match=r"^Send the ID token of an organiser: Authorization: Bearer "):
            ask()


@pytest.mark.parametrize("claims", [None, {"email": "asha@example.com"}, {"sub": ""}, {"sub": "", "token_use": "id"}])
def test_a_route_for_organisers_alone_is_nobody_elses_even_if_the_gateway_asked_for_nothing(environment, claims):
    environment.setenv("AUTH_MODE", "cognito")
    sent = request(path="/organiser" + PATH, claims=claims)
    for ask in (lambda: sent.organiser, lambda: sent.is_organiser_call):
        with pytest.raises(NotAuthenticatedError):
            ask()


def test_in_open_mode_no_token_is_looked_at(environment):
    environment.setenv("AUTH_MODE", "open")
    for claims in (None, {"sub": "asha", "token_use": "access"}):
        sent = request(path="/organiser" + PATH, claims=claims)
        assert ("anonymous", True) == (sent.organiser, sent.is_organiser_call)


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


def fingerprint(method="POST", path=f"{PATH}/register", payload=None):
    sent = request(method, {"payload": payload or {"name": "Asha"}}, path, Idempotency_Key="k")
    return sent.idempotency().fingerprint


def test_one_key_on_two_routes_is_two_requests():
    fingerprints = [
        fingerprint(),
        fingerprint(path=f"{PATH}/waitlist"),
        fingerprint("PATCH"),
        fingerprint(payload={"name": "Usha"}),
    ]
    assert 4 == len(set(fingerprints))


def test_a_slash_behind_the_path_does_not_make_another_request():
    assert fingerprint() == fingerprint(path=f"{PATH}/register/")
