"""The decorator that makes a Lambda handler of what runs on a schedule: no request, and nobody who waits for an answer."""

import functools
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from event_management.deadline import set_deadline
from event_management.errors import EventManagementError
from event_management.identifiers import new_nonce
from event_management.observability import begin_call, end_call, log_defect, note

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

ScheduledHandler = Callable[[Mapping[str, Any], "LambdaContext"], dict[str, Any]]

_TIME_TO_END = 0.5
"""Seconds of the function's time that are kept for the log."""


def scheduled(operation: str) -> Callable[[Callable[[], NamedTuple]], ScheduledHandler]:
    """Make a Lambda handler that returns what the function tells; what it raises, Lambda is told, and tries again.

    One log line and one set of metrics per run, under `operation`.
    """

    def decorate(function: Callable[[], NamedTuple]) -> ScheduledHandler:
        @functools.wraps(function)
        def lambda_handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
            begun = time.perf_counter()
            begin_call(str(event.get("id") or new_nonce()))
            set_deadline(context.get_remaining_time_in_millis() / 1000 - _TIME_TO_END)
            note(function_request_id=context.aws_request_id)
            outcome, status = "internal_error", 500
            try:
                told = function()._asdict()
                note(**told)
                outcome, status = "ok", 200
            except EventManagementError as error:
                note(detail=error.detail)
                outcome, status = error.code, 503
                raise
            except Exception as error:
                log_defect(error)
                raise
            finally:
                end_call(operation, outcome, status, (time.perf_counter() - begun) * 1000)
            return told

        return lambda_handler

    return decorate
