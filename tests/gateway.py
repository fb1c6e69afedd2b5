"""Calls as API Gateway makes them of HTTP requests (REST API, proxy payload 1.0), and the functions by folder name."""

import importlib.util
import json
import time
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.contract import conformance

ROOT = Path(__file__).parents[1]
SCHEDULED = ("sweep_events",)
"""Functions that no route calls."""
ALL_FUNCTIONS = tuple(sorted(folder.parent.name for folder in (ROOT / "functions").glob("*/app.py")))
FUNCTIONS = tuple(name for name in ALL_FUNCTIONS if name not in SCHEDULED)
"""Those that answer HTTP requests."""


@cache
def load_function(name: str) -> ModuleType:
    """Import functions/<name>/app.py: every function's module is called app."""
    spec = importlib.util.spec_from_file_location(f"functions.{name}.app", ROOT / "functions" / name / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def proxy_event(
    method: str,
    url: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    path_parameters: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = None,
    source_ip: str = "203.0.113.7",
) -> dict[str, Any]:
    """Return the event of a request; `body` is text, or an object to be sent as JSON."""
    path, query = urlsplit(url).path, dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    placeholders = {value: f"{{{name}}}" for name, value in (path_parameters or {}).items() if value}
    return {
        "resource": "/".join(placeholders.get(unquote(segment), segment) for segment in path.rstrip("/").split("/")),
        "httpMethod": method,
        "path": path,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": dict(path_parameters) if path_parameters else None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "stage": "v1",
            "httpMethod": method,
            "identity": {"sourceIp": source_ip},
            "authorizer": {"claims": dict(claims)} if claims else None,
        },
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


class Reply(NamedTuple):
    """An answer as a client sees it."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def lambda_context(seconds: float = 25) -> SimpleNamespace:
    """Return what Lambda tells a handler about its invocation, with this much time left."""
    ends = time.monotonic() + seconds
    return SimpleNamespace(
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: int((ends - time.monotonic()) * 1000),
    )


def invoke(function: str, event: Mapping[str, Any]) -> Reply:
    """Call a function's handler as Lambda does; fails unless docs/openapi.yaml allows the answer."""
    answer = load_function(function).lambda_handler(event, lambda_context())
    conformance.check(function, answer["statusCode"], answer["headers"], answer["body"])
    return Reply(answer["statusCode"], answer["headers"], answer["body"])


class Api:
    """The functions, called directly."""

    def __init__(self, headers: Mapping[str, str] | None = None, claims: Mapping[str, str] | None = None) -> None:
        self.headers, self.claims = dict(headers or {}), claims
        self.source_ip = "203.0.113.7"

    def create_event(self, payload: object, query: str = "", **headers: str) -> Reply:
        return self.call("create_event", "POST", f"/events/{query}", {"payload": payload}, **headers)

    def list_events(self, query: str = "", **headers: str) -> Reply:
        return self.call("list_events", "GET", f"/events/{query}", **headers)

    def get_event(self, event_id: str, query: str = "", **headers: str) -> Reply:
        return self.call("get_event", "GET", f"/events/{event_id}{query}", event_id=event_id, **headers)

    def register(self, event_id: str, payload: object, **headers: str) -> Reply:
        return self.call(
            "register_attendee", "POST", f"/events/{event_id}/register", {"payload": payload}, event_id, **headers
        )

    def list_attendees(self, event_id: str, query: str = "", **headers: str) -> Reply:
        return self.call("list_attendees", "GET", f"/events/{event_id}/attendee{query}", event_id=event_id, **headers)

    def export_attendees(self, event_id: str, query: str = "", **headers: str) -> Reply:
        url = f"/events/{event_id}/attendee.csv{query}"
        return self.call("export_attendees", "GET", url, event_id=event_id, **headers)

    def import_attendees(self, event_id: str, text: str, query: str = "", **headers: str) -> Reply:
        headers = {"Content-Type": "text/csv; charset=utf-8", **headers}
        url = f"/events/{event_id}/attendee/import{query}"
        return self.call("import_attendees", "POST", url, text, event_id, **headers)

    def get_health(self, **headers: str) -> Reply:
        return self.call("get_health", "GET", "/health", **headers)

    def update_event(self, event_id: str, payload: object, if_match: str | None = "*", **headers: str) -> Reply:
        headers = headers if if_match is None else {"If-Match": if_match, **headers}
        return self.call("update_event", "PATCH", f"/events/{event_id}", {"payload": payload}, event_id, **headers)

    def cancel_event(self, event_id: str, reason: str = "The hall is flooded.", **headers: str) -> Reply:
        body = {"payload": {"reason": reason}}
        return self.call("cancel_event", "POST", f"/events/{event_id}/cancel", body, event_id, **headers)

    def delete_event(self, event_id: str, **headers: str) -> Reply:
        return self.call("delete_event", "DELETE", f"/events/{event_id}", event_id=event_id, **headers)

    def list_own_events(self, query: str = "", **headers: str) -> Reply:
        return self.call("list_own_events", "GET", f"/organiser/events{query}", **headers)

    def get_attendee(self, event_id: str, attendee_id: str, manage: str | None = None, **headers: str) -> Reply:
        return self._attendee("get_attendee", "GET", event_id, attendee_id, manage, **headers)

    def update_attendee(
        self, event_id: str, attendee_id: str, payload: object, manage: str | None = None, **headers: str
    ) -> Reply:
        body = {"payload": payload}
        return self._attendee("update_attendee", "PATCH", event_id, attendee_id, manage, body=body, **headers)

    def cancel_attendee(self, event_id: str, attendee_id: str, manage: str | None = None, **headers: str) -> Reply:
        return self._attendee("cancel_attendee", "DELETE", event_id, attendee_id, manage, **headers)

    def transfer_attendee(
        self, event_id: str, attendee_id: str, payload: object, manage: str | None = None, **headers: str
    ) -> Reply:
        body = {"payload": payload}
        return self._attendee(
            "transfer_attendee", "POST", event_id, attendee_id, manage, "/transfer", body=body, **headers
        )

    def renew_codes(self, event_id: str, attendee_id: str, **headers: str) -> Reply:
        return self._attendee("renew_codes", "POST", event_id, attendee_id, None, "/codes", **headers)

    def draw_ticket(self, event_id: str, attendee_id: str, manage: str | None = None, **headers: str) -> Reply:
        return self._attendee("draw_ticket", "GET", event_id, attendee_id, manage, "/ticket.svg", **headers)

    def join_waitlist(self, event_id: str, payload: object, **headers: str) -> Reply:
        body = {"payload": payload}
        return self.call("join_waitlist", "POST", f"/events/{event_id}/waitlist", body, event_id, **headers)

    def get_waitlist(self, event_id: str, manage: str | None = None, query: str = "", **headers: str) -> Reply:
        headers = {"Manage-Code": manage, **headers} if manage is not None else headers
        return self.call("get_waitlist", "GET", f"/events/{event_id}/waitlist{query}", event_id=event_id, **headers)

    def leave_waitlist(self, event_id: str, manage: str | None = None, **headers: str) -> Reply:
        headers = {"Manage-Code": manage, **headers} if manage is not None else headers
        return self.call("leave_waitlist", "DELETE", f"/events/{event_id}/waitlist", event_id=event_id, **headers)

    def check_in(self, event_id: str, ticket: str, **headers: str) -> Reply:
        body = {"payload": {"ticket": ticket}}
        return self.call("check_in", "POST", f"/events/{event_id}/check-in", body, event_id, **headers)

    def undo_check_in(self, event_id: str, attendee_id: str, **headers: str) -> Reply:
        url = f"/events/{event_id}/check-in/{attendee_id}"
        return self.call("undo_check_in", "DELETE", url, None, event_id, attendee_id, **headers)

    def put_member(self, event_id: str, member: str, role: object, **headers: str) -> Reply:
        return self._member("put_member", "PUT", event_id, member, {"payload": {"role": role}}, **headers)

    def remove_member(self, event_id: str, member: str, **headers: str) -> Reply:
        return self._member("remove_member", "DELETE", event_id, member, **headers)

    def list_members(self, event_id: str, query: str = "", **headers: str) -> Reply:
        return self.call("list_members", "GET", f"/events/{event_id}/members{query}", event_id=event_id, **headers)

    def list_shared_events(self, query: str = "", **headers: str) -> Reply:
        return self.call("list_shared_events", "GET", f"/organiser/shared-events{query}", **headers)

    def list_acts(self, event_id: str, query: str = "", **headers: str) -> Reply:
        return self.call("list_acts", "GET", f"/events/{event_id}/audit{query}", event_id=event_id, **headers)

    def export_person(self, email: str | None, query: str = "", **headers: str) -> Reply:
        return self._person("export_person", "GET", f"/privacy/export{query}", email, **headers)

    def erase_person(self, email: str | None, query: str = "", **headers: str) -> Reply:
        return self._person("erase_person", "DELETE", f"/privacy{query}", email, **headers)

    def _person(self, function: str, method: str, url: str, email: str | None, **headers: str) -> Reply:
        """Call a function on a person in all events, with the header as it is to be sent."""
        headers = {"Person-Email": email, **headers} if email is not None else headers
        return self.call(function, method, url, **headers)

    def _member(
        self, function: str, method: str, event_id: str, member: str, body: object = None, **headers: str
    ) -> Reply:
        url = f"/events/{event_id}/members/{quote(member, safe='')}"
        return self.call(function, method, url, body, event_id, member=member, **headers)

    def _attendee(
        self,
        function: str,
        method: str,
        event_id: str,
        attendee_id: str,
        manage: str | None,
        tail: str = "",
        *,
        body: object = None,
        **headers: str,
    ) -> Reply:
        """Call a function on one registration: as its holder with a manage code, else as the organiser."""
        headers = {"Manage-Code": manage, **headers} if manage is not None else headers
        url = f"/events/{event_id}/attendee/{attendee_id}{tail}"
        return self.call(function, method, url, body, event_id, attendee_id, **headers)

    def call(
        self,
        function: str,
        method: str,
        url: str,
        body: object = None,
        event_id: str | None = None,
        attendee_id: str | None = None,
        member: str | None = None,
        **headers: str,
    ) -> Reply:
        """Call a function; headers by keyword, `Idempotency_Key="k"`."""
        path = {"event_id": event_id, "attendee_id": attendee_id, "member": member}
        return invoke(
            function,
            proxy_event(
                method,
                url,
                body,
                self.headers | {name.replace("_", "-"): value for name, value in headers.items()},
                {name: value for name, value in path.items() if value is not None} or None,
                self.claims,
                self.source_ip,
            ),
        )


def event_payload(**changes: object) -> dict[str, object]:
    """Return a payload that makes an event, changed; a change to `...` leaves the member out."""
    payload = {
        "name": "Monsoon Raga Night",
        "location": "Bengaluru",
        "start_time": "2099-01-15 18:30",
        "end_time": "2099-01-15 21:00",
        "max_capacity": 50,
    } | changes
    return {name: value for name, value in payload.items() if value is not ...}


def attendee_payload(number: int = 0, **changes: object) -> dict[str, object]:
    """Return a payload that registers person `number`, changed; a change to `...` leaves the member out."""
    payload = {"name": f"Person {number}", "email": f"person{number}@example.com"} | changes
    return {name: value for name, value in payload.items() if value is not ...}
