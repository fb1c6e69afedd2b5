"""The functions in Lambda's own containers, by `sam local invoke` and `sam local start-api`."""

import http.client
import json

import pytest

from tests.gateway import FUNCTIONS, attendee_payload, event_payload

EXPECTED = {
    "cancel_attendee": (200, "Registration Cancelled"),
    "cancel_event": (200, "The hall is flooded."),
    "check_in": (200, "Checked in"),
    "create_event": (201, "Event Created"),
    "delete_event": (204, ""),
    "draw_ticket": (200, "<svg "),
    "erase_person": (200, "Person Erased"),
    "export_person": (200, "export.person@example.com"),
    "export_attendees": (200, "\ufeffid,name,email,seats,"),
    "get_attendee": (200, "Attendee :"),
    "get_event": (200, "Sample Evening"),
    "get_health": (200, "Healthy"),
    "get_waitlist": (200, "Waitlist :"),
    "import_attendees": (200, "Dry run finished"),
    "join_waitlist": (201, "Added to the waitlist"),
    "leave_waitlist": (200, "Left the waitlist"),
    "list_acts": (200, "Audit :"),
    "list_attendees": (200, "Attendees :"),
    "list_events": (200, "Sample Evening"),
    "list_members": (200, "Members :"),
    "list_own_events": (200, "Sample Evening"),
    "list_shared_events": (200, "Shared events :"),
    "preflight": (204, ""),
    "put_member": (200, "Member saved"),
    "register_attendee": (201, "Insert Successful..."),
    "remove_member": (204, ""),
    "renew_codes": (201, "Codes renewed"),
    "transfer_attendee": (200, "Registration handed over"),
    "undo_check_in": (200, "Check-in undone"),
    "update_attendee": (200, "Attendee Updated"),
    "update_event": (200, "Three ragas and tea."),
}


def call(port, method, path, payload=None, body=None, **headers):
    """Return status, headers and body of a call of `sam local start-api`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {"TransactionId": "sam", "ISOCountry": "INDIA"} | {n.replace("_", "-"): v for n, v in headers.items()}
    try:
        body = json.dumps({"payload": payload}) if payload is not None else body
        connection.request(method, path, body, ({"Content-Type": "application/json"} if body else {}) | sent)
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_sam_local_invoke_answers_the_sample_event_of_a_function(sam_local, name):
    status, words = EXPECTED[name]

    answer, log = sam_local.invoke(name, sam_local.samples / f"{name}.json")

    assert status == answer["statusCode"], (answer, log)
    assert words in answer["body"]
    assert f"sample-{name.replace('_', '-')}" == answer["headers"]["TransactionId"]
    assert f'"operation":"{name}","outcome":"ok"' in log or f'"operation":"{name}","outcome":"replayed"' in log
    # What comes after is the emulator's, whose runtime may complain of being stopped.
    assert "Traceback" not in log.partition("END RequestId")[0], log


def test_what_sam_local_invoke_wrote_is_in_the_local_stack(sam_local):
    created, _ = sam_local.invoke("create_event", sam_local.samples / "create_event.json")
    sam_local.invoke("register_attendee", sam_local.samples / "register_attendee.json")

    event = sam_local.stack.http("GET", f"/events/{json.loads(created['body'])['event']}").json()
    attendees = sam_local.stack.http("GET", "/events/demoevents/attendee").json()

    assert "Monsoon Raga Night" == event["event"]["name"]
    assert "asha@example.com" in [attendee["email"] for attendee in attendees["sections"]]


def test_a_request_that_is_refused_is_told_apart_from_a_success_by_what_sam_prints(sam_local, tmp_path):
    sample = json.loads((sam_local.samples / "get_event.json").read_text())
    (tmp_path / "event.json").write_text(json.dumps(sample | {"pathParameters": {"event_id": "nosuchevent"}}))

    answer, _ = sam_local.invoke("get_event", tmp_path / "event.json")

    assert (404, "event_not_found") == (answer["statusCode"], json.loads(answer["body"])["code"])


@pytest.mark.parametrize("slash", ["/", ""], ids=["with slash", "without slash"])
def test_start_api_serves_every_endpoint_with_and_without_the_trailing_slash(api, slash):
    status, headers, text = call(api, "POST", f"/events{slash}", event_payload(max_capacity=1))
    event_id = json.loads(text)["event"]
    assert (201, "sam") == (status, headers["TransactionId"])
    assert (event_id if slash else f"events/{event_id}") == headers["Location"]

    status, _, text = call(api, "GET", f"/events{slash}?limit=100")
    assert 200 == status
    assert event_id in [event["id"] for event in json.loads(text)["sections"]]

    status, _, text = call(api, "GET", f"/events/{event_id}{slash}")
    assert (200, event_id) == (status, json.loads(text)["event"]["id"])

    register = f"/events/{event_id}/register{slash}"
    assert 201 == call(api, "POST", register, attendee_payload(1))[0]
    status, _, text = call(api, "POST", register, attendee_payload(1))
    assert (409, "only 1 registration per user") == (status, json.loads(text)["message"])
    status, _, text = call(api, "POST", register, attendee_payload(2))
    assert (409, "Seats full! Come again for next show") == (status, json.loads(text)["message"])

    status, _, text = call(api, "GET", f"/events/{event_id}/attendee{slash}")
    assert (200, ["person1@example.com"]) == (status, [person["email"] for person in json.loads(text)["sections"]])

    status, headers, _ = call(api, "OPTIONS", register, Origin="https://shop.example")
    assert (204, "*") == (status, headers["Access-Control-Allow-Origin"])


def test_start_api_shows_the_problems_of_functions(api):
    status, headers, text = call(api, "POST", "/events/", body="not JSON")

    assert (400, "application/problem+json") == (status, headers["Content-Type"])
    assert "malformed_request" == json.loads(text)["code"]


def test_start_api_passes_files_as_they_are_in_both_directions(api):
    event_id = json.loads(call(api, "POST", "/events", event_payload())[2])["event"]
    file = "\ufeffname,email\r\nJürgen 🎵,juergen@example.de\r\n"

    status, _, text = call(
        api, "POST", f"/events/{event_id}/attendee/import", body=file.encode(), Content_Type="text/csv; charset=utf-8"
    )
    assert (200, {"registered": 1}) == (status, json.loads(text)["counts"])
    status, headers, text = call(api, "GET", f"/events/{event_id}/attendee.csv")
    assert (200, "text/csv; charset=utf-8; header=present") == (status, headers["Content-Type"])
    assert text.startswith("\ufeffid,name,email,")
    assert "Jürgen 🎵" in text


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/events/")])
def test_start_api_does_not_know_the_gateways_own_answers(api, method, path):
    # The stack of make run, like AWS, answers 404 with a problem; sam's gateway has no gateway responses.
    status, _, text = call(api, method, path)

    assert (403, "Missing Authentication Token") == (status, json.loads(text)["message"])
