"""Files over HTTP, on the running stack: CSV passes unchanged in both directions, an import is as safe as registering,
and an export shows everybody once.
"""

import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from event_management.spreadsheets import ATTENDEE_COLUMNS, write_rows
from operations.consistency import find_faults
from operations.export import read_pages
from operations.verify_data import Table
from tests.contract import conformance
from tests.gateway import ROOT, attendee_payload, event_payload

BOM = "\ufeff"
UNFINISHED = {"not_attempted", "try_again"}
"""Outcomes after which a file is to be sent again."""


class Desk:
    """An organiser's, with one event."""

    def __init__(self, stack, **event):
        self.stack = stack
        self.event_id = self.call("POST", "/events/", payload={"payload": event_payload(**event)}).json()["event"]

    def call(self, method, path, **request):
        answer = self.stack.http(method, path, **request)
        conformance.check_http(method, path, answer.status, dict(answer.headers.items()), answer.body.decode())
        return answer

    def register(self, number):
        path = f"/events/{self.event_id}/register"
        return self.call("POST", path, payload={"payload": attendee_payload(number)}).status

    def send(self, text, query=""):
        """Send a file; return the report."""
        path = f"/events/{self.event_id}/attendee/import{query}"
        answer = self.call("POST", path, body=text.encode(), headers={"Content-Type": "text/csv; charset=utf-8"})
        assert 200 == answer.status, answer
        return answer.json()

    def send_until_finished(self, text):
        """Send a file, and again while told so; return how often each line was told of each outcome."""
        told = {}
        for _ in range(10):
            report = self.send(text)
            for row in report["rows"]:
                told.setdefault(row["line"], Counter())[row["outcome"]] += 1
            assert ("detail" in report) == bool(UNFINISHED & report["counts"].keys())
            if "detail" not in report:
                return told
        raise AssertionError("ten times there was no time for all rows")

    def counts(self):
        event = self.call("GET", f"/events/{self.event_id}").json()["event"]
        return event["registered"], event["seats_left"]

    def faults(self):
        """Return what is amiss with the event's items."""
        table = Table(self.stack.client("dynamodb"), self.stack.table_name)
        return find_faults(table.read(self.event_id), table.identity_key())

    def export(self, limit=1000):
        """Return the rows of the file that the pages make, by the standard library's reader."""
        return rows_of(b"".join(read_pages(self.event_id, self.stack.base_url, limit=limit)))


def rows_of(content):
    """Return the rows of an export, each by its columns; fails unless it is one file."""
    text = content.decode()
    assert text.startswith(BOM)
    assert 1 == text.count(BOM)
    header, *rows = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""))
    assert list(ATTENDEE_COLUMNS) == header
    return [dict(zip(header, row, strict=True)) for row in rows]


def file_of(numbers):
    return write_rows(("name", "email"), [tuple(attendee_payload(number).values()) for number in numbers])


def run_export(desk, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "operations.export", *arguments, "--url", desk.stack.base_url],
        cwd=ROOT,
        check=False,
        capture_output=True,
        env=os.environ | environment,
        timeout=120,
    )


# --- Through the gateway ----------------------------------------------------------------------------------------------


def test_a_file_passes_the_gateway_as_it_is_in_both_directions(open_stack):
    desk = Desk(open_stack)
    people = [
        ("Jürgen Müller", "juergen@example.de"),
        ('"Kalle" 🎵, Karl', "kalle@example.de"),
        ("=1+1", "sum@example.in"),
    ]
    for file in (write_rows(("name", "email"), people[:2]), "email;name\r\nsum@example.in;'=1+1\r\n"):
        assert {"registered": len(file.splitlines()) - 1} == desk.send(file)["counts"]

    answer = desk.call("GET", f"/events/{desk.event_id}/attendee.csv")

    assert b"\xef\xbb\xbfid,name,email," == answer.body[:17]
    assert "text/csv; charset=utf-8; header=present" == answer.headers["Content-Type"]
    assert f'attachment; filename="attendees-{desk.event_id}.csv"' == answer.headers["Content-Disposition"]
    assert ["'=1+1"] == [row["name"] for row in rows_of(answer.body) if row["email"] == "sum@example.in"]
    assert {email for _, email in people} == {row["email"] for row in rows_of(answer.body)}
    assert {"Jürgen Müller", '"Kalle" 🎵, Karl'} < {row["name"] for row in rows_of(answer.body)}


def test_paths_with_a_trailing_slash_are_the_same(open_stack):
    desk = Desk(open_stack)
    path = f"/events/{desk.event_id}/attendee"

    assert 200 == desk.call("POST", f"{path}/import/", body=b"name,email\nAsha,asha@example.com\n").status
    assert 1 == len(rows_of(desk.call("GET", f"{path}.csv/").body))


def test_a_file_of_a_megabyte_is_taken_and_a_byte_more_is_too_large(open_stack):
    desk = Desk(open_stack)
    path = f"/events/{desk.event_id}/attendee/import"
    file = "name,email\nAsha,asha@example.com\n" + "\n" * 1024 * 1024

    refused = desk.call("POST", path, body=file[: 1024 * 1024 + 1].encode())
    assert (413, "request_too_large") == (refused.status, refused.json()["code"])
    taken = desk.call("POST", path, body=file[: 1024 * 1024].encode())
    assert (200, {"registered": 1}) == (taken.status, taken.json()["counts"])


def test_a_file_in_another_encoding_is_refused_before_letters_are_lost(open_stack):
    desk = Desk(open_stack)
    file = "name,email\nJürgen,juergen@example.de\n".encode("latin-1")

    refused = desk.call("POST", f"/events/{desk.event_id}/attendee/import", body=file)

    assert (400, "malformed_request") == (refused.status, refused.json()["code"])
    assert (0, 50) == desk.counts()


# --- Importing --------------------------------------------------------------------------------------------------------


def test_an_import_by_two_callers_at_once_fills_every_seat_once_and_tells_every_row(open_stack):
    desk = Desk(open_stack, max_capacity=800)
    file = file_of(range(1000))
    assert {"would_register": 800, "seats_full": 200} == desk.send(file, "?dry_run=true")["counts"]
    assert (0, 800) == desk.counts()

    with ThreadPoolExecutor(2) as callers:
        told = [made.result() for made in [callers.submit(desk.send_until_finished, file) for _ in range(2)]]

    assert [{*range(2, 1002)}] * 2 == [{*lines} for lines in told]
    by_line = {line: told[0][line] + told[1][line] for line in told[0]}
    outcomes = Counter(outcome for line in by_line.values() for outcome in line)
    assert {"registered", "already_registered", "seats_full"} == outcomes.keys() - UNFINISHED
    seated = [line for line, told_of in by_line.items() if told_of["registered"] or told_of["already_registered"]]
    assert 800 == len(seated)
    assert (800, 0) == desk.counts()
    assert [] == desk.faults()
    # Once by one of the callers, unless the answer to the call that took the seat was lost.
    assert all(by_line[line]["registered"] == 1 or by_line[line]["try_again"] for line in seated)
    exported = {row["email"] for row in desk.export(limit=300)}
    assert {attendee_payload(line - 2)["email"] for line in seated} == exported
    assert {"already_registered": 800, "seats_full": 200} == desk.send(file, "?dry_run=true")["counts"]


# --- Exporting --------------------------------------------------------------------------------------------------------


def test_an_export_shows_everybody_registered_before_it_began_once_while_others_come(open_stack):
    desk = Desk(open_stack, max_capacity=2000)
    told = desk.send_until_finished(file_of(range(1000)))
    assert 1000 == len(told)
    before = {attendee_payload(number)["email"] for number in range(1000)}
    is_over = Event()

    def come(first):
        number = first
        while not is_over.is_set():
            assert 201 == desk.register(number)
            number += 3
        return number

    with ThreadPoolExecutor(3) as newcomers:
        coming = [newcomers.submit(come, 1000 + first) for first in range(3)]
        try:
            exports = [desk.export(limit=300) for _ in range(3)]
        finally:
            is_over.set()
        assert all(made.result() > 1003 for made in coming)

    for rows in exports:
        emails = [row["email"] for row in rows]
        assert len(emails) == len({*emails})
        assert before <= {*emails}
        assert sorted(rows, key=lambda row: row["registered_at"]) == rows


def test_what_one_event_exports_another_imports(open_stack):
    here, there = (Desk(open_stack, max_party=3) for _ in range(2))
    people = 'name,email,seats\nAsha,asha@example.com,3\n\'-Dev,dev@example.com,\n"""A""; =1",a@example.com,2\n'
    assert {"registered": 3} == here.send(people)["counts"]

    joined = b"".join(read_pages(here.event_id, open_stack.base_url, limit=2)).decode()
    assert {"registered": 3} == there.send(joined)["counts"]

    def who(desk):
        return sorted((row["name"], row["email"], row["seats"]) for row in desk.export())

    assert who(here) == who(there)
    assert [
        ('"A";\' =1', "a@example.com", "2"),
        ("'-Dev", "dev@example.com", "1"),
        ("Asha", "asha@example.com", "3"),
    ] == (who(here))


# --- python -m operations.export --------------------------------------------------------------------------------------


def test_the_pages_are_joined_on_the_standard_output_or_in_a_file(open_stack, tmp_path):
    desk = Desk(open_stack)
    desk.send(file_of(range(7)))

    shown = run_export(desk, desk.event_id, "--limit", "3")
    assert (0, b"") == (shown.returncode, shown.stderr)
    assert {attendee_payload(number)["email"] for number in range(7)} == {row["email"] for row in rows_of(shown.stdout)}

    written = run_export(desk, desk.event_id, "--limit", "3", "--out", str(tmp_path / "people.csv"))
    assert (0, b"", b"") == (written.returncode, written.stdout, written.stderr)
    assert shown.stdout == (tmp_path / "people.csv").read_bytes()
    assert ["people.csv"] == [file.name for file in tmp_path.iterdir()]


def test_make_export_writes_the_file(open_stack, tmp_path):
    desk = Desk(open_stack)
    desk.send(file_of(range(3)))
    make = [
        "make",
        "--no-print-directory",
        "export",
        f"EVENT={desk.event_id}",
        f"URL={open_stack.base_url}",
        f"PYTHON={sys.executable}",
    ]

    shown = subprocess.run(make, cwd=ROOT, check=True, capture_output=True, timeout=120)
    subprocess.run([*make, f"OUT={tmp_path / 'it s.csv'}"], cwd=ROOT, check=True, capture_output=True, timeout=120)

    assert 3 == len(rows_of(shown.stdout))
    assert shown.stdout == (tmp_path / "it s.csv").read_bytes()


def test_an_export_that_fails_says_why_and_leaves_no_file(open_stack, tmp_path):
    desk = Desk(open_stack)

    failed = run_export(desk, "aaaaaaaaaa", "--out", str(tmp_path / "people.csv"))

    assert (1, b"") == (failed.returncode, failed.stdout)
    assert b"answers 404: There is no event with this id." in failed.stderr
    assert b"Traceback" not in failed.stderr
    assert [] == list(tmp_path.iterdir())


def test_on_the_guarded_stack_both_ask_for_the_organiser(guarded_stack):
    stack = guarded_stack
    organiser = {"Authorization": f"Bearer {stack.token()}"}
    event_id = stack.http("POST", "/events/", {"payload": event_payload()}, organiser).json()["event"]
    path = f"/events/{event_id}/attendee"
    file = file_of(range(2)).encode()

    for refused in (stack.http("POST", f"{path}/import", body=file), stack.http("GET", f"{path}.csv")):
        assert (401, "unauthorized") == (refused.status, json.loads(refused.body)["code"])
    imported = stack.http("POST", f"{path}/import", body=file, headers=organiser | {"Content-Type": "text/csv"})
    assert (200, {"registered": 2}) == (imported.status, imported.json()["counts"])
    pages = read_pages(event_id, stack.base_url, organiser["Authorization"].removeprefix("Bearer "), limit=1)
    assert 2 == len(rows_of(b"".join(pages)))
