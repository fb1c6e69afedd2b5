"""GET /events/{event_id}/attendee.csv: pages that make one file when they are put one after another."""

import csv
import io
import json
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.http import files
from event_management.http.files import csv_page
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.signing import SigningKeys
from event_management.spreadsheets import ATTENDEE_COLUMNS, write_rows
from tests.gateway import Api, attendee_payload, event_payload

BOM = "\ufeff"
HEADER = f"{BOM}id,name,email,seats,state,registered_at,checked_in_at\r\n"
KEYS = SigningKeys({1: b"k" * 32}, 1)
LAMBDA_LIMIT = 6 * 1024 * 1024
"""Bytes of a function's answer. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def pages_of(api, event_id, query):
    """Follow `Link` from page to page as a client does."""
    while True:
        reply = api.export_attendees(event_id, query)
        assert 200 == reply.status
        yield reply
        if "Link" not in reply.headers:
            return
        target, relation = reply.headers["Link"].split("; ")
        assert 'rel="next"' == relation
        query = target.strip("<>")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_attendees_come_as_a_file_in_order_of_registration(api):
    event_id = api.create_event(event_payload(max_party=3)).json["event"]
    ids = [api.register(event_id, attendee_payload(number, seats=number)).json["id"] for number in (3, 1)]
    reply = api.export_attendees(event_id)
    assert (200, "text/csv; charset=utf-8; header=present") == (reply.status, reply.headers["Content-Type"])
    assert f'attachment; filename="attendees-{event_id}.csv"' == reply.headers["Content-Disposition"]
    assert "Link" not in reply.headers
    assert reply.text.startswith(HEADER)
    listed = api.list_attendees(event_id).json["sections"]
    assert ids == [person["id"] for person in listed]
    assert rows_of(reply.text) == [
        {column: str("" if person[column] is None else person[column]) for column in ATTENDEE_COLUMNS}
        for person in listed
    ]


def test_an_event_without_attendees_is_a_header(api, event_id):
    assert HEADER == api.export_attendees(event_id).text


def test_only_who_is_registered_is_exported_and_who_came_is_told(api):
    event_id = api.create_event(event_payload(max_capacity=2, waitlist=True)).json["event"]
    here, gone = (api.register(event_id, attendee_payload(number)).json for number in range(2))
    api.join_waitlist(event_id, attendee_payload(2))
    waiting = api.join_waitlist(event_id, attendee_payload(3)).json
    api.check_in(event_id, here["ticket"])
    api.cancel_attendee(event_id, gone["id"], gone["manage"])
    rows = {row["email"]: row for row in rows_of(api.export_attendees(event_id).text)}
    assert {"person0@example.com", "person2@example.com"} == rows.keys()
    assert {"registered"} == {row["state"] for row in rows.values()}
    assert [True, False] == [bool(rows[f"person{number}@example.com"]["checked_in_at"]) for number in (0, 2)]
    assert waiting["id"] not in {row["id"] for row in rows.values()}


def test_names_that_begin_formulas_are_harmless(api, event_id):
    api.register(event_id, attendee_payload(name="=HYPERLINK(A1)", email="+sum@example.com"))
    (row,) = rows_of(api.export_attendees(event_id).text)
    assert ("'=HYPERLINK(A1)", "'+sum@example.com") == (row["name"], row["email"])


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 5000])
def test_pages_make_one_file(api, event_id, limit):
    for number in range(7):
        api.register(event_id, attendee_payload(number))
    pages = list(pages_of(api, event_id, f"?limit={limit}"))
    assert api.export_attendees(event_id).text == "".join(page.text for page in pages)
    assert -(-7 // limit) == len(pages)
    first, *others = (page.headers["Content-Type"] for page in pages)
    assert "text/csv; charset=utf-8; header=present" == first
    assert ["text/csv; charset=utf-8; header=absent"] * len(others) == others


@pytest.mark.parametrize("limit", ["0", "5001", "-1", "1.5", "x", ""])
def test_limits_go_to_five_thousand(api, event_id, limit):
    reply = api.export_attendees(event_id, f"?limit={limit}")
    assert (400, "invalid_parameter") == (reply.status, reply.json["code"])
    assert "limit must be a whole number from 1 to 5000." == reply.json["detail"]


def test_a_thousand_come_unless_another_limit_is_asked_for(api, event_id, monkeypatch):
    asked = SimpleNamespace(limits=[])

    def read(_event, _after, limit):
        asked.limits.append(limit)
        return []

    monkeypatch.setattr("event_management.store.attendees.list_by_registration", read)
    api.export_attendees(event_id)
    api.export_attendees(event_id, "?limit=5000")
    assert [1001, 5001] == asked.limits


def test_tokens_are_good_for_this_list_and_event_only(api, event_id):
    other = api.create_event(event_payload()).json["event"]
    for event in (event_id, other):
        for number in range(2):
            api.register(event, attendee_payload(number))
    exported = dict(parse_qsl(api.export_attendees(event_id, "?limit=1").headers["Link"].split(">")[0][2:]))
    listed = api.list_attendees(event_id, "?limit=1").json["next_token"]
    token = exported["next_token"]
    assert 200 == api.export_attendees(event_id, f"?limit=1&next_token={token}").status
    for reply in (
        api.export_attendees(other, f"?limit=1&next_token={token}"),
        api.list_attendees(event_id, f"?limit=1&next_token={token}"),
        api.export_attendees(event_id, f"?limit=1&next_token={listed}"),
        api.export_attendees(event_id, f"?limit=1&next_token={token}x"),
    ):
        assert (400, "invalid_page_token") == (reply.status, reply.json["code"])


def test_attendees_are_exported_for_the_events_organiser_alone(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    asha, usha = Api(claims={"sub": "asha"}), Api(claims={"sub": "usha"})
    event_id = asha.create_event(event_payload()).json["event"]
    assert 200 == asha.export_attendees(event_id).status
    assert (404, "event_not_found") == ((reply := usha.export_attendees(event_id)).status, reply.json["code"])
    assert (401, "unauthorized") == ((reply := Api().export_attendees(event_id)).status, reply.json["code"])


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "x", "", "ａａａａａａａａａａ"])
def test_an_unknown_event_is_not_exported(api, event_id):
    assert (404, "event_not_found") == ((reply := api.export_attendees(event_id)).status, reply.json["code"])


# --- What fits into one answer ----------------------------------------------------------------------------------------


def walk(people, limit):
    """Yield each page's number of people and its answer; `people` are rows in the order of their ids."""
    read = [(cells[0], cells) for cells in people]
    query = {"limit": str(limit)}
    while True:
        wanted = PageRequest(Request({"queryStringParameters": query}), ("list",), lambda: KEYS, 1000, max_limit=5000)
        after = [row for row in read if wanted.after is None or row[0] > wanted.after]
        answer = csv_page(wanted, ("id", "name"), after[: wanted.wanted], "people.csv")
        yield answer
        if "Link" not in answer.headers:
            return
        query = dict(parse_qsl(answer.headers["Link"].split(">")[0].removeprefix("<?")))


@pytest.mark.parametrize("letter", ["\U0001f3b6", "é", '"', "x", "\u2028", ";="])
def test_five_thousand_people_of_the_longest_names_never_pass_lambdas_limit(letter):
    name, address = letter * 200, letter * 254
    people = [(f"{number:016}", (f"{number:016}", f"{name}{address}")) for number in range(5001)]
    answers = list(walk([cells for _, cells in people], 5000))
    sizes = [len(json.dumps({"body": answer.body.content})) for answer in answers]
    assert LAMBDA_LIMIT - 256 * 1024 > max(sizes)
    assert 1 < len(answers)
    # Nothing is cut without need: with what follows on the next page it would have been too large.
    assert min(sizes[:-1]) > 4_900_000 or letter == "x"
    assert write_rows(("id", "name"), [cells for _, cells in people]) == "".join(a.body.content for a in answers)


@given(st.lists(st.integers(0, 300), max_size=40), st.integers(1, 50))
def test_pages_cut_short_meet_everybody_once(sizes, limit):
    people = [(f"{number:03}", "x" * size) for number, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "MOST_BYTES", 400)
        answers = list(walk(people, limit))
    assert write_rows(("id", "name"), people) == "".join(answer.body.content for answer in answers)
    assert all(len(json.dumps(answer.body.content)) <= 400 + 10 * limit for answer in answers)
    assert all(len(answer.body.content.splitlines()) <= limit + 1 for answer in answers)
