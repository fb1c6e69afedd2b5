"""DynamoDB that answers the product's calls by a script: for what moto never says."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.models import botocore_stubber

from event_management.store import connection


class Answer(NamedTuple):
    """An answer of DynamoDB."""

    status: int
    body: dict[str, Any]


class CarriedOut(NamedTuple):
    """The call reaches the table, and this is said instead of what the table says."""

    said: Answer | Exception


THROUGH = None
"""Let the call through to the table."""


def ok(**body: Any) -> Answer:
    return Answer(200, body)


def error(code: str, status: int = 400, **members: Any) -> Answer:
    return Answer(status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "scripted", **members})


def cancelled(*reasons: str | tuple[str, dict[str, Any]]) -> Answer:
    """Return a cancellation; a reason is a code, or a code and the item (as attribute values) that it shows."""
    listed = [(reason, None) if isinstance(reason, str) else reason for reason in reasons]
    return error(
        "TransactionCanceledException",
        CancellationReasons=[{"Code": code} | ({"Item": item} if item else {}) for code, item in listed],
    )


class Record:
    """What the product asked of DynamoDB."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Operations and parameters, once per call."""
        self.sends: list[dict[str, Any]] = []
        """Bodies, once per attempt of the SDK."""

    @property
    def operations(self) -> Counter[str]:
        return Counter(name for name, _ in self.calls)

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [parameters for _, parameters in self.calls]


@contextmanager
def scripted(*answers: Answer | Exception | CarriedOut | None) -> Iterator[Record]:
    """Answer the next attempts by this script, all later ones from the table. The SDK does not sleep meanwhile."""
    record, script = Record(), iter(answers)

    def note_call(params: dict[str, Any], model: Any, **_: Any) -> None:
        record.calls.append((model.name, deepcopy(params)))

    def answer_send(request: Any, **_: Any) -> AWSResponse | None:
        record.sends.append(json.loads(request.body))
        answer = next(script, THROUGH)
        if answer is THROUGH:
            return botocore_stubber("before-send", request)
        if isinstance(answer, CarriedOut):
            botocore_stubber("before-send", request)
            answer = answer.said
        if isinstance(answer, Exception):
            raise answer
        body = json.dumps(answer.body).encode()
        raw = SimpleNamespace(stream=lambda *_, **__: iter([body]))
        return AWSResponse(request.url, answer.status, {"content-type": "application/x-amz-json-1.0"}, raw)

    hooks = connection.dynamodb().meta.events
    hooks.register("before-parameter-build.dynamodb", note_call)
    hooks.unregister("before-send", botocore_stubber)  # all handlers are asked, whatever the first one says
    hooks.register("before-send.dynamodb", answer_send)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
            yield record
    finally:
        hooks.unregister("before-parameter-build.dynamodb", note_call)
        hooks.unregister("before-send.dynamodb", answer_send)
        hooks.register("before-send", botocore_stubber)
