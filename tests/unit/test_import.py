"""POST /events/{event_id}/attendee/import: each row as if its person registered by themselves, and told what became of it."""

import base64
import json
from collections import Counter
from threading import Barrier
from typing import get_args

import pytest

from event_management import errors, views
from event_management.deadline import seconds_left
from event_management.http.problems import STATUS
from event_management.http.request import MAX_FILE
from event_management.observability import count
from event_management.spreadsheets import MOST_ROWS
from event_management.store import client, imports, registrations
from tests.gateway import (
    Api,
    Reply,
    attendee_payload,
    event_payload,
    invoke,
    lambda_context,
    load_function,
    proxy_event,
)
from tests.unit.conftest import TABLE

ASHA, BEN = "Asha Rao,asha@example.com", "Ben Okri,ben@example.com"


@pytest.fixture
def api(api, monkeypatch):
    """The functions, one row after another: moto's transactions race."""
    monkeypatch.setattr(client, "MOST_AT_ONCE", 1)
    return api


@pytest.fixture
def stored(table):
    """Return everything in the table."""

    def read():
        items = table.scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return sorted(json.dumps(item, sort_keys=True, default=repr) for item in items)

    return read


def file_of(*rows, columns="name,email"):
    return "\r\n".join([columns, *rows, ""])


def outcomes(reply):
    """Return what was told of each line; fails where the counts say another thing."""
    assert 200 == reply.status, reply.text
    told = {row["line"]: row["outcome"] for row in reply.json["rows"]}
    assert Counter(told.values()) == reply.json["counts"]
    assert sorted(told) == list(told)
    return told


def exported(api, event_id):
    return {(row["name"], row["email"], row["seats"]) for row in listed(api, event_id)}


def listed(api, event_id):
    return api.list_attendees(event_id, "?limit=100").json["sections"]


def with_time(seconds, event_id, text):
    """Import in a function that has so many seconds left."""
    event = proxy_event("POST", f"/events/{event_id}/attendee/import", text, None, {"event_id": event_id})
    answer = load_function("import_attendees").lambda_handler(event, lambda_context(seconds))
    return Reply(answer["statusCode"], answer["headers"], answer["body"])


# --- What becomes of rows ---------------------------------------------------------------------------------------------


def test_an_import_registers_everybody_and_tells_each_row(api):
    event_id = api.create_event(event_payload(max_party=3)).json["event"]
    reply = api.import_attendees(
        event_id, file_of(f"{ASHA},3", f"{BEN},", columns="Name,Email,Seats"), ISOCountry="INDIA"
    )
    people = {person["email"]: person for person in listed(api, event_id)}
    assert {
        "message": "Import finished",
        "counts": {"registered": 2},
        "rows": [
            {"line": 2, "outcome": "registered", "id": people["asha@example.com"]["id"]},
            {"line": 3, "outcome": "registered", "id": people["ben@example.com"]["id"]},
        ],
    } == reply.json
    assert {("Asha Rao", "asha@example.com", 3), ("Ben Okri", "ben@example.com", 1)} == exported(api, event_id)
    assert 4 == api.get_event(event_id).json["event"]["registered"]


def test_whoever_is_imported_manages_their_registration_like_others(api, event_id):
    reply = api.import_attendees(event_id, file_of(ASHA))
    codes = api.renew_codes(event_id, reply.json["rows"][0]["id"]).json
    assert 200 == api.get_attendee(event_id, codes["attendee"]["id"], codes["manage"]).status
    assert 409 == api.register(event_id, {"name": "Asha", "email": "ASHA@example.com"}).status


def test_the_callers_country_is_kept_as_when_registering(api, event_id, table):
    api.import_attendees(event_id, file_of(ASHA), ISOCountry="INDIA")
    (person,) = [item for item in table.scan(TableName=TABLE)["Items"] if "email" in item]
    assert "INDIA" == person["country"]["S"]


def test_rows_with_faults_are_told_with_every_fault_and_the_others_registered(api, event_id):
    reply = api.import_attendees(
        event_id,
        file_of(
            ",asha,0",
            f"{BEN},1",
            "Cy,cy@example.com,two",
            "Di,di@example.com,1,more",
            '"Eve"x,eve@example.com,1',
            "F,f@example.com,2",  # the event takes parties of one
            columns="name,email,seats",
        ),
    )
    assert dict.fromkeys((2, 4, 5, 6, 7), "invalid") | {3: "registered"} == outcomes(reply)
    pointers = {row["line"]: [fault["pointer"] for fault in row.get("errors", [])] for row in reply.json["rows"]}
    assert {
        2: ["/payload/name", "/payload/seats", "/payload/email"],
        3: [],
        4: ["/payload/seats"],
        5: ["/payload"],
        6: ["/payload"],
        7: ["/payload/seats"],
    } == pointers
    assert "seats must be at most 1 at this event." == reply.json["rows"][5]["errors"][0]["detail"]
    assert all("id" not in row for row in reply.json["rows"] if row["outcome"] == "invalid")
    assert {("Ben Okri", "ben@example.com", 1)} == exported(api, event_id)


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_the_second_row_with_an_address_is_told_of_the_first(api, event_id, query):
    reply = api.import_attendees(
        event_id, file_of(",asha@example.com", ASHA, "A.,ASHA@Example.COM", BEN, "Asha,asha@EXAMPLE．com"), query
    )
    done = "would_register" if query else "registered"
    # A row that cannot be registered is in nobody's way.
    expected = {2: "invalid", 3: done, 4: "duplicate_in_file", 5: done, 6: "duplicate_in_file"}
    assert expected == outcomes(reply)
    assert {"Line 3 has the same address."} == {reply.json["rows"][line - 2]["detail"] for line in (4, 6)}


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_of_rows_with_an_address_the_first_that_can_be_registered_counts(api, query):
    event_id = api.create_event(event_payload(max_capacity=3, max_party=3)).json["event"]
    api.register(event_id, {"name": "Ben", "email": "ben@example.com"})
    rows = (f"{ASHA},4", f"{ASHA},3", "A.,ASHA@example.com,2", f"{ASHA},1")
    reply = api.import_attendees(event_id, file_of(*rows, columns="name,email,seats"), query)
    done = "would_register" if query else "registered"
    assert {2: "invalid", 3: "seats_full", 4: done, 5: "duplicate_in_file"} == outcomes(reply)
    assert "Line 4 has the same address." == reply.json["rows"][3]["detail"]


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_who_cancelled_is_not_booked_by_another_row(api, event_id, query):
    cancelled = api.import_attendees(event_id, file_of(ASHA)).json["rows"][0]["id"]
    api.cancel_attendee(event_id, cancelled)
    reply = api.import_attendees(event_id, file_of(ASHA, "A.,asha@example.com"), query)
    assert {2: "registration_cancelled", 3: "duplicate_in_file"} == outcomes(reply)


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_who_stands_already_is_told_so_and_stays_as_they_are(api, stored, query):
    event_id = api.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    asha = api.register(event_id, {"name": "Asha", "email": "Asha@example.com"}).json
    ben = api.join_waitlist(event_id, {"name": "Ben", "email": "Ben@example.com"}).json
    before = stored()
    reply = api.import_attendees(event_id, file_of(ASHA, BEN), query)
    assert {2: "already_registered", 3: "already_waiting"} == outcomes(reply)
    assert [asha["id"], ben["id"]] == [row["id"] for row in reply.json["rows"]]
    assert before == stored()


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
@pytest.mark.parametrize(
    ("event", "then", "expected"),
    [
        ({"registration_closes": "2001-01-01 10:00"}, None, "registration_closed"),
        ({"registration_opens": "2098-01-01 10:00"}, None, "registration_not_open"),
        ({}, "cancel_event", "event_cancelled"),
        ({"status": "draft"}, None, "event_not_published"),
    ],
)
def test_an_event_that_takes_nobody_refuses_each_row_with_the_reason(api, stored, query, event, then, expected):
    event_id = api.create_event(event_payload(**event)).json["event"]
    if then:
        getattr(api, then)(event_id)
    before = stored()
    reply = api.import_attendees(event_id, file_of(ASHA, ",x", BEN), query)
    assert {2: expected, 3: "invalid", 4: expected} == outcomes(reply)
    assert all(reply.json["rows"][number]["detail"] for number in (0, 2))
    assert before == stored()


def test_an_event_that_is_deleted_meanwhile_is_told_row_by_row(api, event_id, monkeypatch):
    def delete_first(*arguments):
        monkeypatch.undo()
        assert 204 == api.delete_event(event_id).status
        return client.side_by_side(*arguments)

    monkeypatch.setattr(imports, "side_by_side", delete_first)
    assert {2: "event_not_found"} == outcomes(api.import_attendees(event_id, file_of(ASHA)))


# --- Seats ------------------------------------------------------------------------------------------------------------


def test_an_import_takes_the_seats_that_are_left_and_not_one_more(api):
    event_id = api.create_event(event_payload(max_capacity=5, max_party=3)).json["event"]
    rows = [f"P{number},p{number}@example.com,{seats}" for number, seats in enumerate((3, 3, 2, 1))]
    reply = api.import_attendees(event_id, file_of(*rows, columns="name,email,seats"))
    assert {2: "registered", 3: "seats_full", 4: "registered", 5: "seats_full"} == outcomes(reply)
    assert "id" not in reply.json["rows"][1]
    assert 5 == api.get_event(event_id).json["event"]["registered"]


def test_an_import_overtakes_nobody_who_waits(api):
    event_id = api.create_event(event_payload(max_capacity=2, max_party=2, waitlist=True)).json["event"]
    first = api.register(event_id, attendee_payload(1)).json
    api.register(event_id, attendee_payload(2))
    api.join_waitlist(event_id, attendee_payload(3, seats=2))
    api.cancel_attendee(event_id, first["id"], first["manage"])
    event = api.get_event(event_id).json["event"]
    assert (1, 2) == (event["registered"], event["waitlisted"])
    for query in ("?dry_run=true", ""):
        assert {2: "seats_full"} == outcomes(api.import_attendees(event_id, file_of(ASHA), query))


# --- Sending again ----------------------------------------------------------------------------------------------------


def test_a_file_sent_again_does_nothing_twice(api, event_id, stored):
    first = api.import_attendees(event_id, file_of(ASHA, BEN))
    before = stored()
    again = api.import_attendees(event_id, file_of(ASHA, BEN))
    assert {2: "already_registered", 3: "already_registered"} == outcomes(again)
    assert [row["id"] for row in first.json["rows"]] == [row["id"] for row in again.json["rows"]]
    assert before == stored()


def test_another_name_or_party_under_the_same_address_changes_nothing(api, event_id, stored):
    api.import_attendees(event_id, file_of(ASHA))
    before = stored()
    for query in ("?dry_run=true", ""):
        other = api.import_attendees(event_id, file_of("A. Rao,Asha@example.com"), query)
        assert {2: "already_registered"} == outcomes(other)
    assert before == stored()


def test_a_dry_run_after_the_import_tells_that_all_stand_already(api, event_id):
    done = api.import_attendees(event_id, file_of(ASHA, BEN))
    rehearsed = api.import_attendees(event_id, file_of(ASHA, BEN), "?dry_run=true")
    assert {2: "already_registered", 3: "already_registered"} == outcomes(rehearsed)
    assert [row["id"] for row in done.json["rows"]] == [row["id"] for row in rehearsed.json["rows"]]


def test_a_row_with_another_party_is_another_import(api):
    event_id = api.create_event(event_payload(max_party=3)).json["event"]
    (row,) = api.import_attendees(event_id, file_of(f"{ASHA},1", columns="name,email,seats")).json["rows"]
    api.cancel_attendee(event_id, row["id"])
    again = api.import_attendees(event_id, file_of(f"{ASHA},2", columns="name,email,seats"))
    assert {2: "registered"} == outcomes(again)


def test_a_file_sent_again_does_not_book_anew_whoever_cancelled_or_handed_over_since(api, event_id, stored):
    reply = api.import_attendees(event_id, file_of(ASHA, BEN))
    asha, ben = (row["id"] for row in reply.json["rows"])
    api.cancel_attendee(event_id, asha)
    assert 200 == api.transfer_attendee(event_id, ben, {"name": "Cy", "email": "cy@example.com"}).status
    before = stored()
    for query in ("?dry_run=true", ""):
        again = api.import_attendees(event_id, file_of(ASHA, BEN), query)
        assert {2: "registration_cancelled", 3: "registration_cancelled"} == outcomes(again)
    assert before == stored()


def test_on_purpose_they_are_registered_anew_under_an_idempotency_key(api, event_id):
    (row,) = api.import_attendees(event_id, file_of(ASHA)).json["rows"]
    api.cancel_attendee(event_id, row["id"])
    assert {2: "would_register"} == outcomes(
        api.import_attendees(event_id, file_of(ASHA), "?dry_run=true", Idempotency_Key="anew")
    )
    anew = api.import_attendees(event_id, file_of(ASHA), Idempotency_Key="anew")
    assert {2: "registered"} == outcomes(anew)
    api.cancel_attendee(event_id, row["id"])
    again = api.import_attendees(event_id, file_of(ASHA), Idempotency_Key="anew")
    assert {2: "registration_cancelled"} == outcomes(again)


def test_who_cancelled_another_registration_may_be_imported(api, event_id):
    registered = api.register(event_id, {"name": "Asha Rao", "email": "asha@example.com"}).json
    api.cancel_attendee(event_id, registered["id"], registered["manage"])
    assert {2: "registered"} == outcomes(api.import_attendees(event_id, file_of(ASHA)))


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_a_row_of_which_nobody_knows_is_told_so_and_sent_again(api, event_id, monkeypatch, is_carried_out):
    original, calls = registrations.transact, []

    def lose_first(*arguments, **options):
        calls.append(arguments)
        if len(calls) > 1:
            return original(*arguments, **options)
        if is_carried_out:
            original(*arguments, **options)
        raise errors.TryAgainError

    monkeypatch.setattr(registrations, "transact", lose_first)
    reply = api.import_attendees(event_id, file_of(ASHA, BEN, "A.,asha@example.com"))
    assert {2: "try_again", 3: "registered", 4: "duplicate_in_file"} == outcomes(reply)
    assert (
        "Nobody knows whether this row was registered in time; send the file again." == reply.json["rows"][0]["detail"]
    )
    assert "There was no time for 1 of the rows. Send the same file again." == reply.json["detail"]
    again = api.import_attendees(event_id, file_of(ASHA, BEN))
    assert {2: "already_registered" if is_carried_out else "registered", 3: "already_registered"} == outcomes(again)
    assert "detail" not in again.json


def test_rows_for_which_there_is_no_time_are_told_so_and_not_begun(api, event_id, stored):
    before = stored()
    reply = with_time(client.LONGEST_CALL + 1.4, event_id, file_of(ASHA, ",x", BEN, ASHA))
    assert {2: "not_attempted", 3: "invalid", 4: "not_attempted", 5: "duplicate_in_file"} == outcomes(reply)
    assert "There was no time for 2 of the rows. Send the same file again." == reply.json["detail"]
    assert before == stored()
    assert {2: "registered", 3: "registered"} == outcomes(with_time(25, event_id, file_of(ASHA, BEN)))


# --- Dry runs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [1, 3, 4, 50])
def test_a_dry_run_tells_what_an_import_does_and_does_nothing(api, stored, capacity):
    event_id = api.create_event(event_payload(max_capacity=capacity, max_party=2)).json["event"]
    api.register(event_id, {"name": "Asha", "email": "asha@example.com"})
    cancelled = api.register(event_id, attendee_payload(1), Idempotency_Key="k").json
    if "id" in cancelled:
        api.cancel_attendee(event_id, cancelled["id"])
    rows = [",x,", f"{ASHA},", *(f"P{number},person{number}@example.com,{number % 2 + 1}" for number in range(5))]
    file = file_of(*rows, "Q,person3@example.com,", columns="name,email,seats")
    before = stored()
    rehearsed = api.import_attendees(event_id, file, "?dry_run=true")
    assert "Dry run finished" == rehearsed.json["message"]
    assert before == stored()
    done = api.import_attendees(event_id, file, "?dry_run=false")
    assert "Import finished" == done.json["message"]
    assert rehearsed.json["counts"] == {
        "would_register" if outcome == "registered" else outcome: number
        for outcome, number in done.json["counts"].items()
    }
    assert [
        row | ({"outcome": "would_register"} if row["outcome"] == "registered" else {}) for row in done.json["rows"]
    ] == rehearsed.json["rows"]


def test_a_dry_run_reads_a_hundred_people_at_once(api, event_id, table, monkeypatch):
    file = file_of(*(f"P,p{number}@example.com" for number in range(250)))
    calls, original = [], client.get_items

    def count_calls(*wanted):
        calls.append(len(wanted))
        return original(*wanted)

    monkeypatch.setattr(client, "get_items", count_calls)
    assert {"would_register": 50, "seats_full": 200} == api.import_attendees(event_id, file, "?dry_run=true").json[
        "counts"
    ]
    assert [50, 100, 100] == sorted(calls)


@pytest.mark.parametrize("value", ["yes", "1", "True", "", "null"])
def test_dry_runs_are_asked_for_by_true_or_false(api, event_id, stored, value):
    before = stored()
    reply = api.import_attendees(event_id, file_of(ASHA), f"?dry_run={value}")
    assert (400, "invalid_parameter", "dry_run must be true or false.") == (
        reply.status,
        reply.json["code"],
        reply.json["detail"],
    )
    assert before == stored()


# --- Files ------------------------------------------------------------------------------------------------------------

MALFORMED = (400, "malformed_request")
INVALID = (422, "invalid_file")
FILES = {
    "no body": (None, INVALID),
    "empty": ("", INVALID),
    "white space": (" \r\n\t\r\n", INVALID),
    "no header": (f"{ASHA}\n", INVALID),
    "a header that lacks email": ("name\nAsha\n", INVALID),
    "a header with an unknown column": ("name,email,colour\nAsha,asha@example.com,red\n", INVALID),
    "a header with a column twice": ("name,email,name\nAsha,asha@example.com,Asha\n", INVALID),
    "a header with a quote that never ends": ('"name,email\nAsha,asha@example.com\n', INVALID),
    "JSON": ('{"payload": {"name": "Asha", "email": "asha@example.com"}}', INVALID),
    "HTML": ("<table><tr><td>name</td><td>email</td></tr></table>", INVALID),
    "a form": ("--b\r\nContent-Disposition: form-data; name=file\r\n\r\nname,email\r\n--b--\r\n", INVALID),
    "NUL": ("\x00", INVALID),
    "a row too many": (file_of(*(f"P,p{n}@example.com" for n in range(MOST_ROWS + 1))), INVALID),
    "nothing but commas": ("," * MAX_FILE, INVALID),
    "nothing but quotes": ('"' * MAX_FILE, INVALID),
    "nothing but names of columns": ("a," * (MAX_FILE // 2), INVALID),
    "Latin-1": ("name,email\nJosé,jose@example.com\n".encode("latin-1"), MALFORMED),
    "UTF-16": ("name,email\nAsha,asha@example.com\n".encode("utf-16"), MALFORMED),
    "a spreadsheet's own format": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xff\xff\xff", MALFORMED),
    "lost letters": ("name,email\nJos\ufffd,jose@example.com\n", MALFORMED),
    "a lone surrogate": ("name,email\n\ud800,asha@example.com\n", MALFORMED),
    "a megabyte and a byte": (file_of(ASHA).ljust(MAX_FILE + 1), (413, "request_too_large")),
}


@pytest.mark.parametrize(("body", "expected"), FILES.values(), ids=FILES.keys())
def test_files_that_cannot_be_read_are_refused_as_a_whole(api, event_id, stored, body, expected):
    before = stored()
    event = proxy_event("POST", f"/events/{event_id}/attendee/import", None, None, {"event_id": event_id})
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    else:
        event |= {"body": body}
    reply = invoke("import_attendees", event)
    assert expected == (reply.status, reply.json["code"])
    assert "asha@" not in reply.text
    assert before == stored()


def test_a_megabyte_is_taken(api, event_id):
    assert {2: "registered"} == outcomes(api.import_attendees(event_id, file_of(ASHA).ljust(1024 * 1024, "\n")))
    assert (
        "Send a body of at most 1024 KB."
        == (api.import_attendees(event_id, file_of(ASHA).ljust(1024 * 1024 + 1, "\n")).json["detail"])
    )


def test_a_header_alone_imports_nobody(api, event_id):
    for query in ("?dry_run=true", ""):
        reply = api.import_attendees(event_id, "name,email\n", query)
        assert ({}, []) == (reply.json["counts"], reply.json["rows"])


@pytest.mark.parametrize("state", ["waiting", "cancelled", "x"])
def test_rows_of_people_who_are_not_registered_are_refused(api, event_id, state):
    reply = api.import_attendees(event_id, file_of(f"{ASHA},{state}", f"{BEN},registered", columns="name,email,state"))
    assert {2: "invalid", 3: "registered"} == outcomes(reply)
    assert ["/payload/state"] == [fault["pointer"] for fault in reply.json["rows"][0]["errors"]]


def test_what_one_event_exports_another_imports(api):
    here, there = (api.create_event(event_payload(max_party=3)).json["event"] for _ in range(2))
    names = ["Asha Rao", "=1+1", "'t Hooft", 'O"Neil, Jr.', "A;=1", "नाम", "🎵", "'=1", "-", "@a"]
    for number, name in enumerate(names):
        person = attendee_payload(number, name=name, email=f"+{number};'=@example.com", seats=number % 3 + 1)
        if api.register(here, person).status == 422:  # not every mark may stand in an address
            assert 201 == api.register(here, person | {"email": f"=p{number}@example.com"}).status
    file = api.export_attendees(here).text
    assert {"registered": len(names)} == api.import_attendees(there, file).json["counts"]
    assert exported(api, here) == exported(api, there)
    assert {*names} == {name for name, _, _ in exported(api, there)}


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_the_events_organiser_alone_imports(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    asha, usha = Api(claims={"sub": "asha"}), Api(claims={"sub": "usha"})
    event_id = asha.create_event(event_payload()).json["event"]
    for query in ("", "?dry_run=true"):
        for api, expected in ((usha, (404, "event_not_found")), (Api(), (401, "unauthorized"))):
            reply = api.import_attendees(event_id, file_of(ASHA), query)
            assert expected == (reply.status, reply.json["code"])
    assert [] == listed(asha, event_id)
    assert {2: "registered"} == outcomes(asha.import_attendees(event_id, file_of(ASHA)))


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "x", "", "ａａａａａａａａａａ"])
def test_nobody_is_imported_into_an_unknown_event(api, event_id):
    reply = api.import_attendees(event_id, file_of(ASHA))
    assert (404, "event_not_found") == (reply.status, reply.json["code"])


def test_a_bad_idempotency_key_is_refused(api, event_id, stored):
    before = stored()
    reply = api.import_attendees(event_id, file_of(ASHA), Idempotency_Key="é")
    assert (400, "invalid_parameter") == (reply.status, reply.json["code"])
    assert before == stored()


# --- What is told -----------------------------------------------------------------------------------------------------


def test_every_code_that_a_row_can_have_is_one_of_those_published():
    of_rows = {"registered", "would_register", "duplicate_in_file", "invalid", "not_attempted", "event_not_published"}
    raised = {
        errors.EventNotFoundError,
        errors.EventCancelledError,
        errors.RegistrationNotOpenError,
        errors.RegistrationClosedError,
        errors.AlreadyRegisteredError,
        errors.AlreadyWaitingError,
        errors.SeatsFullError,
        errors.RegistrationCancelledError,
        errors.TryAgainError,
    }
    documented = registrations.register.__doc__ or ""
    # Faults are told as invalid, and a row's key holds all that it says.
    others = {errors.InvalidPayloadError, errors.IdempotencyKeyReusedError}
    assert {f"`{error.__name__}`" for error in raised | others} == {
        f"`{error.__name__}`" for error in STATUS if f"`{error.__name__}`" in documented
    }
    published = {*get_args(get_args(views.ImportOutcome)[0])}
    assert of_rows | {error.code for error in raised} == published


def test_logs_and_metrics_tell_how_many_and_nobodys_name(api, event_id, caplog, capsys):
    caplog.set_level("INFO")
    api.import_attendees(event_id, file_of(ASHA, BEN, ",x"))
    (line,) = [record for record in caplog.records if record.operation == "import_attendees"]
    assert {"registered": 2, "invalid": 1} == line.outcomes
    assert '"Registrations":[2.0]' in capsys.readouterr().out
    assert "asha" not in str(vars(line)).lower()


def test_rows_are_registered_side_by_side_within_one_calls_time_and_metrics(api, event_id, capsys, monkeypatch):
    monkeypatch.setattr(client, "MOST_AT_ONCE", 16)
    together, seconds = Barrier(client.MOST_AT_ONCE), []

    def register(event_id, new, country, idempotency, alongside):
        together.wait(5)
        seconds.append(seconds_left())
        count("Registrations")
        return registrations.Registration(None, replayed=False)

    monkeypatch.setattr(imports, "register", register)
    rows = [f"P,p{number}@example.com" for number in range(10 * client.MOST_AT_ONCE)]
    reply = api.import_attendees(event_id, file_of(*rows))
    assert {"registered": len(rows)} == reply.json["counts"]
    assert list(range(2, len(rows) + 2)) == [row["line"] for row in reply.json["rows"]]
    assert all(client.LONGEST_CALL < left < 25 for left in seconds)
    assert f'"Registrations":[{len(rows)}.0]' in capsys.readouterr().out


@pytest.mark.parametrize("query", ["?dryRun=true", "?dry_run=true&limit=5"])
def test_a_parameter_that_an_import_does_not_know_is_refused_before_anything_is_done(api, event_id, stored, query):
    before = stored()
    reply = api.import_attendees(event_id, file_of(ASHA), query)
    assert (400, "invalid_parameter") == (reply.status, reply.json["code"])
    assert "is no query parameter here; there is dry_run." in reply.json["detail"]
    assert before == stored()
