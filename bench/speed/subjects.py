"""What is measured: the functions, the bare boto3 floor, the rivals; each with its call and its environment."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.speed import artefacts
from bench.speed.places import BENCH, PROJECT

MAKE_CLIENT = "from event_management.store.connection import dynamodb; dynamodb()"
"""How a function gets its client."""
CLIENTLESS = frozenset({"preflight"})
EVENT_ID = "demoevents"
"""The event that events/*.json are about."""
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
    """Return the call of events/<name>.json."""
    event = json.loads((PROJECT / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return Call(name, event, SUCCESS[name])


def boto3_call(name: str, operation: str, request: Mapping[str, Any]) -> Call:
    """Return bare boto3's call with this request."""
    method = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
    return Call(name, {"method": method, "parameters": request}, 200)


# --- What proves that the right path was measured ---------------------------------------------------------------------

SUCCESS = {
    "create_event": 201,
    "get_event": 200,
    "list_attendees": 200,
    "list_events": 200,
    "preflight": 204,
    "register_attendee": 201,
}
_IS_RIGHT: Mapping[str, Callable[[Any], bool]] = {
    "create_event": lambda body: body["message"] == "Event Created" and len(body["event"]) == 10,
    "get_event": lambda body: body["event"]["id"] == EVENT_ID,
    "list_attendees": lambda body: len(body["sections"]) == 10 and bool(body["next_token"]),
    "list_events": lambda body: len(body["sections"]) == 50 and bool(body["next_token"]),
    "register_attendee": lambda body: body["status"] == "success" and len(body["id"]) == 16,
}


def check_answer(name: str, answer: Mapping[str, Any]) -> None:
    """Raise `ValueError` unless this is what `sample_call(name)` is to get."""
    if name == "preflight":
        right = "Access-Control-Allow-Methods" in answer["headers"] and not answer["body"]
    else:
        right = _IS_RIGHT[name](json.loads(answer["body"]))
    if answer["statusCode"] != SUCCESS[name] or not right:
        raise ValueError(f"{name}: measured the wrong path, its answer was {answer}")
