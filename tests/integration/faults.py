"""Faults between the functions and DynamoDB: microburst before a real engine, its rules set by the test."""

import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from event_management.keys import Item, Key
from event_management.store.attributes import to_attributes
from tests.integration.engine import CREDENTIALS

Rule = dict[str, Any]

LOST_ANSWER = {"response": {"abort_frac": 0.3}}
"""The call is carried out, its answer cut off."""


def on(operation: str, effect: Rule, times: int | None = None, **members: Any) -> Rule:
    """Return a rule for a DynamoDB operation: the effect, at most so many times."""
    limit = {} if times is None else {"times": times}
    return {"service": "dynamodb", "operation": operation, **limit, **effect, **members}


def error(code: str, **members: Any) -> Rule:
    """Answer with this error instead of carrying the call out."""
    return {"error": {"code": code, "message": "injected", **members}}


def cancelled(*reasons: str | tuple[str, dict[str, Any]]) -> Rule:
    """Cancel the transaction; a reason is a code, or a code and the item (as attribute values) that it shows."""
    listed = [(reason, None) if isinstance(reason, str) else reason for reason in reasons]
    codes = ", ".join(code for code, _ in listed)
    return error(
        "TransactionCanceledException",
        status=400,
        message=f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        fields={
            "CancellationReasons": [
                {"Code": code} | ({"Item": item} if item else {}) | ({} if code == "None" else {"Message": "injected"})
                for code, item in listed
            ]
        },
    )


def unprocessed(table_name: str, *wanted: Key, found: Sequence[Item] = ()) -> Rule:
    """Let a BatchGetItem find these items, and no time for these keys."""
    answer = {
        "Responses": {table_name: [to_attributes(item) for item in found]},
        "UnprocessedKeys": {table_name: {"Keys": [to_attributes(key) for key in wanted]}},
    }
    return error("None", status=200, fields=answer)


class Faults:
    """A running microburst. Its rules apply in their order; the first that matches fires."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._control = requests.Session()
        self._control.mount("http://", HTTPAdapter(max_retries=Retry(connect=10, backoff_factor=0.1)))

    def inject(self, *rules: Rule) -> None:
        """Let these rules hold, and no others, from now on."""
        self._ask("DELETE", "fired")
        self._ask("POST", "rules", list(rules))

    def clear(self) -> None:
        self.inject()

    def fired(self) -> Counter[str]:
        """How often each operation met a fault since the last `inject`."""
        return Counter(event["operation"] for event in self.events())

    def events(self) -> list[dict[str, Any]]:
        """Every fault since the last `inject`."""
        return self._ask("GET", "fired?limit=2000")

    def forwarded(self) -> int:
        """How many calls went on to the engine since microburst began."""
        return self._ask("GET", "stats")["requests"]["forwarded"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._control.request(method, f"{self.url}/_microburst/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with reserved_port() as port:
        return port


@contextmanager
def reserved_port() -> Iterator[int]:
    """Keep a port of 127.0.0.1 from being given to anybody who does not ask for this very one."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


@contextmanager
def faults_before(endpoint_url: str, port: int) -> Iterator[Faults]:
    """Run microburst on the port, before the engine; yields once it answers."""
    command = [sys.executable, "-m", "microburst", "--upstream", endpoint_url, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        faults = Faults(port)
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, "microburst ended"
            try:
                faults.clear()
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "microburst does not answer"
                time.sleep(0.1)
            else:
                break
        _warm_up(faults)
        yield faults
    finally:
        process.terminate()
        process.wait(30)


def _warm_up(faults: Faults) -> None:
    """Let microburst read its model of DynamoDB, which takes longer than the functions wait for an answer."""
    faults.inject(on("ListTables", error("InternalServerError", status=500)))
    client = boto3.client(
        "dynamodb", endpoint_url=faults.url, config=Config(retries={"total_max_attempts": 1}), **CREDENTIALS
    )
    with pytest.raises(client.exceptions.InternalServerError):
        client.list_tables()
    faults.clear()
    client.list_tables()
