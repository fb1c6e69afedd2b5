"""What is measured: the functions, the bare boto3 floor, the rivals; each with its call and its environment."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.speed import artefacts
from bench.speed.places import BENCH, PROJECT

MAKE_CLIENT = "from event_management.store.connection import dynamodb; dynamodb()"
"""How a function gets its client."""
CLIENTLESS = frozenset({"get_health", "preflight"})
EVENT_ID = "demoevents"
"""The event that most of events/*.json are about."""
SOLD_OUT_ID = "demoqueues"
CANCELLED_ID = "democancel"
DELETED_ID = "demodelete"
PEOPLE = {
    EVENT_ID: {
        "attendee_id": "m4x2c7v5b3n6a2sd",
        "ticket": "AEARSGHCKSGZZADHF6QX5PIO3PQGUQ4HMP46VXGHWOYF6CAMHB4WEUVXMYN65K7WHHZI4",
        "manage": "AEARSGHCKSGZZADHF6QX5PIO3PQGUQ4HMP46VXGHWOYE3Q6IGYIALUIBBYB4CK7756TUW",
    },
    SOLD_OUT_ID: {
        "attendee_id": "t7b3d5f2h6j4k2lm",
        "manage": "AEARSGHIKCKCJAE7YOY7JOR7SPCWS3AOQXA7ROZXJ72GPNZMRI3NI2ZSP52AQDJE5TIEM",
    },
}
"""Whom they are about, by event, with the codes that the canned table's keys sign for the serials there."""
SERIALS = {EVENT_ID: "q5r7t2w4y6z3a", SOLD_OUT_ID: "b2c4d6f3g5h7i"}
COME_ID = "h5c3w7q2z4k6n2pa"
"""Who has been checked in."""
LEAVER = "8b2e3f1a-0000-4000-8000-5c7d9e1f3a4b"
"""The member whom events/remove_member.json takes off."""
IDENTITY_KEY = b"\x07" * 32
"""Derives attendee ids: it stands in the canned table, and the rivals are given it."""

RIVALS = {
    "powertools": ("Powertools resolver", "app.lambda_handler"),
    "powertools_validation": ("Powertools resolver, validating", "app.lambda_handler"),
    "chalice": ("Chalice", "app.app"),
    "flask_apig_wsgi": ("Flask + apig-wsgi", "app.lambda_handler"),
    "fastapi_mangum": ("FastAPI + Mangum", "app.handler"),
}
"""Label and handler of each."""


@dataclass(frozen=True)
class Call:
    """One call of a handler, and the status of its answer."""

    name: str
    event: Mapping[str, Any]
    status: int


@dataclass(frozen=True)
class Subject:
    """A process that can be measured."""

    name: str
    label: str
    start_up: str
    """The script of a cold start."""
    path: tuple[Path, ...]
    """What it imports from, besides the standard library."""
    handler: str
    calls: tuple[Call, ...]
    package: tuple[Path, ...]
    """What is deployed of it, the layer aside."""
    logs: bool = True
    """Whether each call writes a line."""


def settings(port: int | None = None) -> dict[str, str]:
    """Return the environment of a function in Lambda, with DynamoDB on a port of this machine if that is called."""
    endpoint = {"AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{port}"} if port else {}
    return {
        "ALLOWED_ORIGINS": "https://shop.example",
        "AUTH_MODE": "open",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLETOKEN" * 12,
        "DEFAULT_TIMEZONE": "Asia/Kolkata",
        "HOME": "/nonexistent",
        "IDENTITY_KEY": IDENTITY_KEY.hex(),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "PYTHONHASHSEED": "0",
        "PYTHONTZPATH": "",
        "TABLE_NAME": "events",
        "TZ": "UTC",
        "_X_AMZN_TRACE_ID": "Root=1-69230a00-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0",
        **endpoint,
    }


def function(name: str) -> Subject:
    """Return a function of the product, with the layer as it is built."""
    app = artefacts.place_app(f"function-{name}", PROJECT / "functions" / name / "app.py")
    start_up = "import app" if name in CLIENTLESS else f"import app; {MAKE_CLIENT}"
    path = (app, artefacts.build_layer())
    return Subject(name, name, start_up, path, "app.lambda_handler", (sample_call(name),), (app,))


def floor(calls: tuple[Call, ...] = ()) -> Subject:
    """Return bare boto3; its calls are those of `boto3_call`."""
    app = artefacts.place_app("floor", BENCH / "speed" / "baseline" / "app.py")
    packages = artefacts.install_floor()
    script = 'import boto3; boto3.client("dynamodb")'
    return Subject("boto3", "bare boto3", script, (app, packages), "app.lambda_handler", calls, (packages,), logs=False)


def rival(name: str) -> Subject:
    """Return a framework's application."""
    label, handler = RIVALS[name]
    folder = BENCH / "rivals"
    app = artefacts.place_app(f"rival-{name}", folder / name / "app.py", folder / "registration.py")
    packages = artefacts.install_rival(name)
    call = sample_call("register_attendee")
    return Subject(name, label, "import app", (app, packages), handler, (call,), (app, packages))


def sample_call(name: str) -> Call:
    """Return the call of events/<name>.json, about a person of the canned table."""
    text = (PROJECT / "events" / f"{name}.json").read_text(encoding="utf-8")
    event_id = str((json.loads(text)["pathParameters"] or {}).get("event_id"))
    person = PEOPLE.get(event_id, {}) | ({"attendee_id": COME_ID} if name == "undo_check_in" else {})
    for placeholder, value in person.items():
        text = text.replace(f"<{placeholder}>", value)
    return Call(name, json.loads(text), SUCCESS[name])


def boto3_call(name: str, requests: Iterable[tuple[str, Any]]) -> Call:
    """Return what bare boto3 is called with to make these requests, each with its operation."""
    methods = [(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower(), request) for operation, request in requests]
    return Call(name, {"calls": [{"method": method, "parameters": request} for method, request in methods]}, 200)


# --- What proves that the right path was measured ---------------------------------------------------------------------

SUCCESS = {
    "cancel_attendee": 200,
    "cancel_event": 200,
    "check_in": 200,
    "create_event": 201,
    "delete_event": 204,
    "draw_ticket": 200,
    "erase_person": 200,
    "export_attendees": 200,
    "export_person": 200,
    "get_attendee": 200,
    "get_event": 200,
    "get_health": 200,
    "get_waitlist": 200,
    "import_attendees": 200,
    "join_waitlist": 201,
    "leave_waitlist": 200,
    "list_acts": 200,
    "list_attendees": 200,
    "list_events": 200,
    "list_members": 200,
    "list_own_events": 200,
    "list_shared_events": 200,
    "preflight": 204,
    "put_member": 200,
    "register_attendee": 201,
    "remove_member": 204,
    "renew_codes": 201,
    "transfer_attendee": 200,
    "undo_check_in": 200,
    "update_attendee": 200,
    "update_event": 200,
}
_IS_RIGHT: Mapping[str, Callable[[Any], bool]] = {
    "cancel_attendee": lambda body: body["message"] == "Registration Cancelled",
    "cancel_event": lambda body: body["event"]["status"] == "cancelled",
    "check_in": lambda body: bool(body["attendee"]["checked_in_at"]),
    "create_event": lambda body: body["message"] == "Event Created" and len(body["event"]) == 10,
    "erase_person": lambda body: body == {"message": "Person Erased", "cancelled": 1, "blanked": 0},
    "export_person": lambda body: [section["event_id"] for section in body["sections"]] == [EVENT_ID],
    "get_attendee": lambda body: body["attendee"]["id"] == PEOPLE[EVENT_ID]["attendee_id"],
    "get_event": lambda body: body["event"]["id"] == EVENT_ID,
    "get_health": lambda body: body["status"] == "success" and body["auth"] == "open",
    "get_waitlist": lambda body: body["position"] is not None,
    "import_attendees": lambda body: [row["outcome"] for row in body["rows"]] == ["would_register"] * 2,
    "join_waitlist": lambda body: body["state"] == "waiting",
    "leave_waitlist": lambda body: body["message"] == "Left the waitlist",
    "list_acts": lambda body: len(body["sections"]) == 10 and bool(body["next_token"]),
    "list_attendees": lambda body: len(body["sections"]) == 10 and bool(body["next_token"]),
    "list_events": lambda body: len(body["sections"]) == 50 and bool(body["next_token"]),
    "list_members": lambda body: len(body["sections"]) == 10 and bool(body["next_token"]),
    "list_own_events": lambda body: len(body["sections"]) == 10 and bool(body["next_token"]),
    "list_shared_events": lambda body: len(body["sections"]) == 10 and bool(body["next_token"]),
    "put_member": lambda body: body["member"]["role"] == "helper",
    "register_attendee": lambda body: body["status"] == "success" and len(body["id"]) == 16,
    "renew_codes": lambda body: body["message"] == "Codes renewed",
    "transfer_attendee": lambda body: body["message"] == "Registration handed over",
    "undo_check_in": lambda body: body["message"] == "Check-in undone",
    "update_attendee": lambda body: body["message"] == "Attendee Updated",
    "update_event": lambda body: body["message"] == "Event Updated",
}


def check_answer(name: str, answer: Mapping[str, Any]) -> None:
    """Raise `ValueError` unless this is what `sample_call(name)` is to get."""
    if name == "preflight":
        right = "Access-Control-Allow-Methods" in answer["headers"] and not answer["body"]
    elif name in ("delete_event", "remove_member"):
        right = not answer["body"]
    elif name == "export_attendees":
        right = answer["body"].startswith("\ufeff") and answer["body"].count("\r\n") > 10
    elif name == "draw_ticket":
        right = answer["body"].startswith("<svg ")
    else:
        right = _IS_RIGHT[name](json.loads(answer["body"]))
    if answer["statusCode"] != SUCCESS[name] or not right:
        raise ValueError(f"{name}: measured the wrong path, its answer was {answer}")
