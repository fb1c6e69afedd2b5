"""The decorator that makes a Lambda handler of a function from request to answer."""

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from event_management.config import load_config, load_limits
from event_management.deadline import set_deadline
from event_management.errors import (
    EventManagementError,
    InvalidManageCodeError,
    ManageCodeMissingError,
    NotAuthenticatedError,
    TooManyRequestsError,
    TryAgainError,
    UnsupportedMediaTypeError,
)
from event_management.http.problems import RETRY_AFTER, Problem, describe, describe_defect
from event_management.http.request import PATCH_TYPES, Request
from event_management.identifiers import is_event_id
from event_management.observability import begin_call, end_call, log_defect, note

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from event_management.limits import Quota

_HEADERS: Mapping[type[EventManagementError], Mapping[str, str]] = {
    NotAuthenticatedError: {"WWW-Authenticate": "Bearer"},
    ManageCodeMissingError: {"WWW-Authenticate": "Manage-Code"},
    InvalidManageCodeError: {"WWW-Authenticate": "Manage-Code"},
    TryAgainError: {"Retry-After": str(RETRY_AFTER)},
    UnsupportedMediaTypeError: {"Accept-Patch": ", ".join(PATCH_TYPES)},
}
_EVERY_ANSWER: Mapping[str, str] = {
    "Cache-Control": "no-store",
    # Nothing here is a page: an SVG ticket that is opened as one runs and loads nothing, and no other frames it.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""What browsers are told with every answer."""
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_EXPOSED_HEADERS = "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, TransactionId"

LambdaHandler = Callable[[Mapping[str, Any], "LambdaContext"], dict[str, Any]]

_TIME_TO_ANSWER = 0.5
"""Seconds of the function's time that are kept for the answer and the log."""


class Text(msgspec.Struct, frozen=True):
    """A body that is no JSON."""

    content: str
    content_type: str
    """Such as `text/csv; charset=utf-8; header=present`."""


class Answer(NamedTuple):
    """A body with headers of its own."""

    body: msgspec.Struct | None
    """Sent as JSON, unless it is a `Text`; not sent with a 204 or 304."""
    headers: Mapping[str, str] = {}
    """`Vary` adds to what every answer depends on; `Cache-Control` takes the place of `no-store`."""
    outcome: str = "ok"
    """For the log: what became of the call."""
    status: HTTPStatus | None = None
    """Where it is not the endpoint's."""

    @classmethod
    def repeatable(
        cls, body: msgspec.Struct, *, replayed: bool, location: str | None = None, quotas: "Sequence[Quota]" = ()
    ) -> "Answer":
        """Return the answer of a call that knows its repetitions: carried out now, or by an earlier one.

        `location` is that of what it made, if anything; `quotas` what the limits leave that it counts under.
        """
        headers = {"Location": location} if location else {}
        if quotas:
            headers |= _quota_headers(quotas)
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return cls(body, headers, "replayed" if replayed else "ok")


def endpoint(
    operation: str, status: HTTPStatus = HTTPStatus.OK
) -> Callable[[Callable[[Request], msgspec.Struct | Answer]], LambdaHandler]:
    """Make a Lambda handler: `status` when the function returns, the problem that fits when it raises.

    One log line and one set of metrics per call, under `operation`.
    """

    def decorate(function: Callable[[Request], msgspec.Struct | Answer]) -> LambdaHandler:
        @functools.wraps(function)
        def lambda_handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
            begun = time.perf_counter()
            request = Request(event)
            begin_call(request.correlation_id)
            set_deadline(context.get_remaining_time_in_millis() / 1000 - _TIME_TO_ANSWER)
            note(request_id=request.id, function_request_id=context.aws_request_id)
            if is_event_id(event_id := request.path.get("event_id", "")):
                note(event_id=event_id)
            answer, answered = _answer(function, request, status)
            duration = (time.perf_counter() - begun) * 1000
            end_call(operation, answer.outcome, answered, duration)
            return _response(request, answer, answered)

        return lambda_handler

    return decorate


def _answer(
    function: Callable[[Request], msgspec.Struct | Answer], request: Request, status: HTTPStatus
) -> tuple[Answer, int]:
    try:
        _ = request.zone_default  # a country that nobody knows is refused on every route
        result = function(request)
    except EventManagementError as error:
        problem = describe(error, request.id)
        note(detail=error.detail)
        return Answer(problem, _headers_of(error), error.code), problem.status
    except Exception as error:  # noqa: BLE001 - the last resort: whatever nobody foresaw is logged and answered
        log_defect(error)
        problem = describe_defect(request.id)
        return Answer(problem, {}, problem.code), problem.status
    answer = result if isinstance(result, Answer) else Answer(result)
    return answer, answer.status or status


def _headers_of(error: EventManagementError) -> Mapping[str, str]:
    if isinstance(error, TooManyRequestsError):
        return {"Retry-After": str(error.quotas[-1].resets_in), **_quota_headers(error.quotas)}
    return _HEADERS.get(type(error), {})


def _quota_headers(quotas: "Sequence[Quota]") -> dict[str, str]:
    from event_management.limits import rate_limit, rate_limit_policy  # noqa: PLC0415 - few deployments have limits

    return {"RateLimit": rate_limit(quotas), "RateLimit-Policy": rate_limit_policy(load_limits())}


def _response(request: Request, answer: Answer, status: int) -> dict[str, Any]:
    text = None if status in _BODILESS else _text(answer.body)
    headers = {
        **_EVERY_ANSWER,
        "TransactionId": request.correlation_id,
        **(cors := cors_headers(request)),
        **answer.headers,
    }
    if "Vary" in cors and "Vary" in answer.headers:
        headers["Vary"] = f"{cors['Vary']}, {answer.headers['Vary']}"
    if text:
        headers["Content-Type"] = text.content_type
    return {"statusCode": int(status), "headers": headers, "body": text.content if text else ""}


def _text(body: msgspec.Struct | None) -> Text | None:
    if body is None or isinstance(body, Text):
        return body
    content_type = "application/problem+json" if isinstance(body, Problem) else "application/json"
    return Text(msgspec.json.encode(body).decode(), content_type)


def cors_headers(request: Request) -> dict[str, str]:
    """Return what lets the request's browser origin read the answer, if it is allowed."""
    allowed = load_config().allowed_origins
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED_HEADERS}
    origin = request.headers.get("origin")
    if origin not in allowed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": str(origin),
        "Access-Control-Expose-Headers": _EXPOSED_HEADERS,
    }
