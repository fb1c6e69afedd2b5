"""Every request header that the code reads has a bound, and no value of any is a defect, whichever function is called."""

import json
import re

import pytest

from event_management.store import client
from local import seed
from tests.gateway import FUNCTIONS, ROOT, invoke

SAMPLES = {name: json.loads((ROOT / "events" / f"{name}.json").read_text()) for name in FUNCTIONS}
REFUSED = "refused by name"
BOUNDS = {
    "Idempotency-Key": (255, REFUSED),
    "If-Match": (1024, REFUSED),
    "ISOCountry": (64, REFUSED),
    "Manage-Code": (255, REFUSED),
    "Content-Type": (64, "refused as a kind of patch"),
    "If-None-Match": (1024, "ignored"),
    "Person-Email": (762, REFUSED),
    "Origin": (253 + len("https://"), "not allowed"),
    "TransactionId": (128, "replaced"),
}
"""Characters of each header that the code reads, at least as many as mean anything, and what becomes of one with more."""
READERS = {
    "Idempotency-Key": r"request\.idempotency",
    "If-Match": r"read_patch\(",
    "Manage-Code": r"read_(access|manage_code|ticket_access)\(",
    "ISOCountry": "",
    "Person-Email": r"read_person\(",
    "Content-Type": r"read_patch\(|request\.patch\(",
}
"""What a function's source has that refuses a header."""
NO_QUERY = {"queryStringParameters": None, "multiValueQueryStringParameters": None}
"""A ticket in the query would spare its holder the header."""
HOSTILE = [
    "",
    " ",
    "\x00",
    "\r\nX: y",
    "é",
    "\U0001f3b6",
    "\ud800",
    "\u212a" * 69,
    '"' * 200,
    "x" * 10_240,
    ", " * 5_000,
]
"""The gateway takes 10,240 bytes of headers: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""


@pytest.fixture
def call(table, monkeypatch):
    """Call a function as its sample does, with other headers."""
    monkeypatch.setattr(client, "MOST_AT_ONCE", 1)  # moto's transactions race
    fillings = seed.seed()

    def call(function, **headers):
        sample = json.loads(seed.fill(json.dumps(SAMPLES[function]), fillings.get(function)))
        return invoke(function, sample | NO_QUERY | {"headers": sample["headers"] | headers})

    return call


def source_of(function):
    return (ROOT / "functions" / function / "app.py").read_text(encoding="utf-8")


def test_every_header_that_is_read_has_a_bound():
    code = [*(ROOT / "shared/event_management").rglob("*.py"), *(ROOT / "functions").glob("*/app.py")]
    read = {name for path in code for name in re.findall(r'headers\.get\(\s*"([\w-]+)"', path.read_text())}
    assert {name.lower() for name in BOUNDS} == read
    assert [] == [path.name for path in code if "multiValueHeaders" in path.read_text()]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_value_of_a_header_is_a_defect(call, function):
    for header in BOUNDS:
        for value in HOSTILE:
            assert call(function, **{header: value}).status < 500, (header, value[:20])


@pytest.mark.parametrize("header", READERS)
def test_a_header_beyond_its_bound_is_refused_wherever_it_is_read(call, header):
    bound, outcome = BOUNDS[header]
    readers = [name for name in FUNCTIONS if re.search(READERS[header], source_of(name))]
    assert readers
    for function in readers:
        reply = call(function, **{header: "x" * (bound + 1)})
        if outcome == REFUSED:
            assert (400, "invalid_parameter") == (reply.status, reply.json["code"]), function
            assert reply.json["detail"].startswith(f"{header} must be "), function
        else:
            assert 415 == reply.status, function
