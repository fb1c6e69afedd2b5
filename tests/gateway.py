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
from urllib.parse import parse_qsl, urlsplit

from tests.contract import conformance

ROOT = Path(__file__).parents[1]
FUNCTIONS = tuple(sorted(folder.parent.name for folder in (ROOT / "functions").glob("*/app.py")))


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
) -> dict[str, Any]:
    """Return the event of a request; `body` is text, or an object to be sent as JSON."""
    path, query = urlsplit(url).path, dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    placeholders = {value: f"{{{name}}}" for name, value in (path_parameters or {}).items() if value}
    return {
        "resource": "/".join(placeholders.get(segment, segment) for segment in path.rstrip("/").split("/")),
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

    def call(
        self, function: str, method: str, url: str, body: object = None, event_id: str | None = None, **headers: str
    ) -> Reply:
        """Call a function; headers by keyword, `Idempotency_Key="k"`."""
        return invoke(
            function,
            proxy_event(
                method,
                url,
                body,
                self.headers | {name.replace("_", "-"): value for name, value in headers.items()},
                {"event_id": event_id} if event_id is not None else None,
                self.claims,
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
