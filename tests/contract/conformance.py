"""Whether an answer is one that docs/openapi.yaml allows: status, headers, media type and body.

Stricter than the document in one way: it lets clients meet members and headers that they do not know, but an answer that
shows any has outgrown its documentation. So here they are faults.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

OTHER_ROUTES = "x-other-routes"
"""Where the document says what every other path and method answers."""

EVERY_ANSWER = "x-headers-of-every-answer"
"""Where the document says which headers every answer has, whatever else it has."""

ORGANISER = "organiser_"
"""What the ids of operations begin with whose function has another route for persons."""

_TRANSPORT = re.compile(
    r"connection|content-length|date|keep-alive|server|transfer-encoding|via|content-encoding"
    r"|x-amz-apigw-id|x-amz-request-id|x-amz-cf-\w+|x-amzn-[\w-]+|x-cache"
)
"""Headers of the way between, which are nobody's contract."""

_DEFAULT_TYPE = "application/json"

_JSON = re.compile(r"application/([\w.-]+\+)?json")
"""Media types of bodies that are JSON; others are text."""

_STAGES = re.compile(r"/restapis/[^/]+/[^/]+/_user_request_|/v1(?=/)")


class NonConformanceError(AssertionError):
    """An answer that the document does not allow; the text has every reason."""


class _Header(NamedTuple):
    name: str
    required: bool
    is_number: bool
    validator: Validator


class _Answer(NamedTuple):
    headers: Mapping[str, _Header]
    """By lower-case name."""
    bodies: Mapping[str, Validator]
    """By media type; none where there is no body."""


Operation = Mapping[str, _Answer]
"""What one operation may answer, by status."""


@cache
def document() -> dict[str, Any]:
    """Return the document as data."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(DOCUMENT.read_text(encoding="utf-8"), loader)
    return content


def resolve(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow `$ref`s within the document until something else stands there."""
    while "$ref" in node:
        target: Any = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def operations() -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    """Yield path, lower-case method and operation of everything that the document describes."""
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def headers_of(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the headers of an answer, those that every answer has among them."""
    return {**document()[EVERY_ANSWER], **response.get("headers", {})}


def schema_validator(schema: Mapping[str, Any], *, closed: bool = False) -> Validator:
    """Return a validator of a schema of the document. `closed`: members that are not described are faults."""
    schemas = document()["components"]["schemas"]
    if closed:
        schemas = {name: _closed(shape) for name, shape in schemas.items()}
    whole = {"components": {"schemas": schemas}, "allOf": [schema]}
    return Draft202012Validator(whole, format_checker=FormatChecker(["date-time"]))


def check(operation_id: str, status: int, headers: Mapping[str, str], body: str | None) -> None:
    """Raise `NonConformanceError` unless the operation may answer like this.

    `operation_id` is that of the document or the name of a function's folder: one with a route for persons and another
    for organisers may answer as either does.
    """
    operation = _compiled().get(operation_id)
    if operation is None:
        raise NonConformanceError(f"{operation_id} is not in {DOCUMENT.name}")
    try:
        _check(operation, operation_id, status, headers, body)
    except NonConformanceError:
        if (twin := _compiled().get(f"{ORGANISER}{operation_id}")) is None:
            raise
        _check(twin, operation_id, status, headers, body)


def check_http(
    method: str,
    path: str,
    status: int,
    headers: Mapping[str, str],
    body_text: str | None,
    *,
    is_open: bool = False,
) -> None:
    """Raise `NonConformanceError` unless the API may answer like this to a call of `path` (or a whole URL).

    Knows every path and method: those that are not in the document have their answers, too. `is_open`: of a stack without
    sign-in, which may answer a person's route as it answers the organiser's.
    """
    operation_id = operation_of(method, path)
    if is_open and (twin := f"{ORGANISER}{operation_id}") in _compiled():
        with suppress(NonConformanceError):
            check(twin, status, headers, body_text)
            return
    sent = dict(headers.items())
    if not body_text:
        # The gateway gives an empty answer a Content-Type of its own.
        sent = {name: value for name, value in sent.items() if (name.lower(), value) != ("content-type", _DEFAULT_TYPE)}
    _check(
        _compiled()[operation_id],
        f"{method.upper()} {urlsplit(path).path} ({operation_id})",
        status,
        sent,
        body_text,
        has_body=method.upper() != "HEAD",
    )


def operation_of(method: str, path: str) -> str:
    """Return the operation id of a call, or `OTHER_ROUTES`."""
    called = _STAGES.sub("", urlsplit(path).path, count=1)
    for template, documented_method, operation in operations():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "/?"
        if documented_method == method.lower() and re.fullmatch(pattern, called):
            return str(operation["operationId"])
    return OTHER_ROUTES


def _check(
    operation: Operation,
    called: str,
    status: int,
    headers: Mapping[str, str],
    body: str | None,
    *,
    has_body: bool = True,
) -> None:
    answer = operation.get(str(status))
    faults = (
        [f"status {status} is not documented, only {', '.join(operation)}"]
        if answer is None
        else [
            *_header_faults(answer, headers),
            *(_body_faults(answer, status, headers, body or "") if has_body else []),
        ]
    )
    if faults:
        shown = f"{status} {dict(headers)} {(body or '')[:2000]}"
        raise NonConformanceError("\n".join([f"{called} may not answer like this:", *faults, shown]))


def _header_faults(answer: _Answer, headers: Mapping[str, str]) -> Iterable[str]:
    sent = {name.lower(): value for name, value in headers.items()}
    if len(sent) < len(headers):
        yield "a header is there twice, in different case"
    for name, header in answer.headers.items():
        if header.required and name not in sent:
            yield f"header {header.name} is missing"
    for name, value in sent.items():
        if name == "content-type" or _TRANSPORT.fullmatch(name):
            continue
        if name not in answer.headers:
            yield f"header {name} is not documented"
            continue
        header = answer.headers[name]
        number = header.is_number and re.fullmatch(r"[0-9]+", value)
        for error in header.validator.iter_errors(int(value) if number else value):
            yield f"header {header.name}: {error.message}"


def _body_faults(answer: _Answer, status: int, headers: Mapping[str, str], body: str) -> Iterable[str]:
    media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    if not answer.bodies:
        if body or media_type:
            yield "a body or Content-Type where none is documented"
        return
    if media_type not in answer.bodies:
        yield f"Content-Type {media_type} is not documented, only {', '.join(answer.bodies)}"
        return
    try:
        content = json.loads(body) if _JSON.fullmatch(media_type) else body
    except ValueError as error:
        yield f"the body is no JSON: {error}"
        return
    faults = [f"body at {error.json_path}: {error.message}" for error in answer.bodies[media_type].iter_errors(content)]
    yield from faults
    if media_type == "application/problem+json" and not faults:
        if content["status"] != status:
            yield f"the problem's status is {content['status']}"
        if not content["type"].endswith(f":{content['code']}"):
            yield f"the problem's type {content['type']} does not end with its code"


@cache
def _compiled() -> Mapping[str, Operation]:
    found = {OTHER_ROUTES: _compile(document()[OTHER_ROUTES])}
    for _path, _method, operation in operations():
        found[operation["operationId"]] = _compile(operation["responses"])
    # One function answers the pre-flight calls of every path, in the same way.
    found["preflight"] = found["preflight_events"]
    return found


def _compile(responses: Mapping[str, Any]) -> Operation:
    return {status: _compile_answer(resolve(response)) for status, response in responses.items()}


def _compile_answer(response: Mapping[str, Any]) -> _Answer:
    headers = {}
    for name, reference in headers_of(response).items():
        header = resolve(reference)
        is_number = header["schema"].get("type") == "integer"
        headers[name.lower()] = _Header(
            name, header.get("required", False), is_number, Draft202012Validator(header["schema"])
        )
    content = response.get("content", {})
    return _Answer(headers, {media: schema_validator(shape["schema"], closed=True) for media, shape in content.items()})


def _closed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"additionalProperties": False, **schema} if schema.get("type") == "object" else schema
