"""Logs and metrics of one call: what is noted while it runs goes out once, at its end.

Notes live in a context variable, so that calls in parallel threads never mix. Nobody's name or address may be noted.
"""

import threading
import traceback
from collections import Counter
from contextvars import ContextVar
from typing import Any

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.functions import is_metrics_disabled
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from event_management.config import ConfigError

SERVICE = "event-management"
NAMESPACE = "EventManagement"

_encoder = msgspec.json.Encoder(enc_hook=str)


def _to_json(line: object) -> str:
    return _encoder.encode(line).decode()


logger = Logger(service=SERVICE, json_serializer=_to_json)
_metrics = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
"""Holds nothing of any call: `Metrics` and `EphemeralMetrics` would, shared by all threads or made anew for each call."""


class CallNotes:
    """What one call leaves behind: fields of its log line, and counts for its metrics."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()
        """For counts: several threads may work for one call."""


_notes: ContextVar[CallNotes] = ContextVar("call_notes")


def begin_call(correlation_id: str) -> CallNotes:
    """Start a call's notes; every log line of the call carries the correlation id from here on."""
    notes = CallNotes()
    _notes.set(notes)
    logger.thread_safe_clear_keys()
    logger.thread_safe_append_keys(correlation_id=correlation_id)
    return notes


def note(**fields: Any) -> None:
    """Add fields to the call's log line. Outside a call this does nothing."""
    if notes := _notes.get(None):
        notes.fields.update(fields)


def count(metric: str, number: int = 1) -> None:
    """Add to a metric of the call. Outside a call this does nothing."""
    if number and (notes := _notes.get(None)):
        with notes.lock:
            notes.counts[metric] += number


def log_defect(error: BaseException) -> None:
    """Log what nobody foresaw: its class and where it came from, without its text, which may quote a person's data."""
    response = getattr(error, "response", {})
    frames = traceback.extract_tb(error.__traceback__)
    logger.error(
        "unforeseen error",
        extra={
            "error": f"{type(error).__module__}.{type(error).__qualname__}",
            # A setting's text is the operator's own.
            "reason": str(error) if isinstance(error, ConfigError) else None,
            "aws_error": response.get("Error", {}).get("Code"),
            "cancellation_reasons": [reason.get("Code") for reason in response.get("CancellationReasons", ())],
            "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        },
    )


def end_call(operation: str, outcome: str, status: int, duration_ms: float) -> None:
    """Write the call's log line and its metrics (CloudWatch embedded metric format)."""
    notes = _notes.get()
    fields = {"operation": operation, "outcome": outcome, "status": status, "duration_ms": round(duration_ms, 3)}
    logger.info("%s: %s", operation, outcome, extra=fields | notes.fields)
    if not is_metrics_disabled():
        latency = _metric(MetricUnit.Milliseconds, duration_ms)
        counts = {name: _metric(MetricUnit.Count, number) for name, number in notes.counts.items()}
        dimensions = {"operation": operation, "service": SERVICE}
        print(_to_json(_metrics.serialize_metric_set({"Latency": latency, **counts}, dimensions)))  # noqa: T201


def _metric(unit: MetricUnit, value: float) -> dict[str, Any]:
    """Return a metric as `add_metric` of Powertools keeps it."""
    return {"Unit": unit.value, "StorageResolution": 60, "Value": [float(value)]}
