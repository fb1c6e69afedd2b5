"""The functions over a real DynamoDB engine: called directly, or through HTTP; and a look at what they left there."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, NamedTuple, TypeVar

import boto3
import pytest
import requests
from requests.adapters import HTTPAdapter

from event_management import keys
from event_management.config import load_config
from event_management.store import connection, secrets
from event_management.store.attributes import from_attributes, to_attributes
from tests.gateway import Api, Reply
from tests.tables import make_table

CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}

OTHER_ENGINE = os.environ.get("DYNAMODB_ENDPOINT")
"""A second engine to prove concurrency on, such as DynamoDB Local."""

T = TypeVar("T")


class Table:
    """A table as it stands in the engine."""

    def __init__(self, endpoint_url: str, name: str) -> None:
        self.name = name
        self.client = boto3.client("dynamodb", endpoint_url=endpoint_url, **CREDENTIALS)

    def items(self) -> list[dict[str, Any]]:
        """Everything."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
        return [from_attributes(item) for page in pages for item in page["Items"]]

    def attendees(self, event_id: str, partition: int = 0) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_attributes({":pk": keys.attendees_of(event_id, partition)}),
            ConsistentRead=True,
        )
        return [from_attributes(item) for page in pages for item in page["Items"]]

    def seat_block(self, event_id: str) -> dict[str, Any]:
        return self.item(keys.seat_block_key(event_id, 0))

    def item(self, key: keys.Key) -> dict[str, Any]:
        """The item with this key; empty where there is none."""
        answer = self.client.get_item(TableName=self.name, Key=to_attributes(key), ConsistentRead=True)
        return from_attributes(answer.get("Item", {}))

    def seats_taken(self, event_id: str) -> int:
        """Return how many seats are taken; fails when the counter and the attendees' items do not agree."""
        block, people = self.seat_block(event_id), self.attendees(event_id)
        assert block["taken"] == len(people)
        assert block["taken"] <= block["seats"]
        return len(people)


class Shop(NamedTuple):
    """The functions, and the table they work on."""

    api: Api
    table: Table


@contextmanager
def handlers_on(endpoint_url: str, through: str | None = None) -> Iterator[Shop]:
    """Let this process's handlers work on an empty table of their own in the engine; reach it `through` a proxy."""
    table = Table(endpoint_url, f"Table-{uuid.uuid4()}")
    make_table(table.name, endpoint_url=endpoint_url, **CREDENTIALS)
    settings = {
        "ALLOWED_ORIGINS": "",
        "AUTH_MODE": "open",
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
        "AWS_ENDPOINT_URL_DYNAMODB": through or endpoint_url,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "DEFAULT_TIMEZONE": "Asia/Kolkata",
        "TABLE_NAME": table.name,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in settings.items():
            patch.setenv(name, value)
        _forget()
        try:
            yield Shop(Api(), table)
        finally:
            _forget()
            table.client.delete_table(TableName=table.name)


def _forget() -> None:
    load_config.cache_clear()
    connection.forget_client()
    secrets.forget_secrets()


class HttpApi(Api):
    """The deployed functions, called over HTTP."""

    def __init__(self, base_url: str) -> None:
        super().__init__({"Content-Type": "application/json"})
        self._base_url = base_url
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(pool_maxsize=64))

    def call(
        self,
        function: str,  # noqa: ARG002 - the gateway knows
        method: str,
        url: str,
        body: object = None,
        event_id: str | None = None,  # noqa: ARG002 - the gateway reads the path
        **headers: str,
    ) -> Reply:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._session.request(method, self._base_url + url, json=body, headers=sent, timeout=60)
        return Reply(answer.status_code, dict(answer.headers), answer.text)


class Told(NamedTuple):
    """What a caller who repeats a call as long as the answer is 503 was told in the end, and when."""

    reply: Reply
    repeats: int
    began: float
    """When the first call began."""
    ended: float

    @property
    def code(self) -> str:
        """The problem's code; `created` for 201."""
        return "created" if self.reply.status == 201 else self.reply.json["code"]

    @property
    def message(self) -> str:
        return self.reply.json["message"]


def until_final(call: Callable[[], Reply]) -> Told:
    """Call until the answer is another than 503."""
    began = time.perf_counter()
    for repeats in range(50):
        reply = call()
        if reply.status != 503:
            assert reply.status < 500, reply
            return Told(reply, repeats, began, time.perf_counter())
        assert "try_again" == reply.json["code"], reply
        assert int(reply.headers["Retry-After"]) > 0
    raise AssertionError("fifty times 503")


def at_once(calls: Sequence[Callable[[], T]], threads: int) -> list[T]:
    """Make the calls from so many threads, which begin together; return what each returned."""
    crowd = min(threads, len(calls))
    start = Barrier(crowd)
    shares = [range(first, len(calls), crowd) for first in range(crowd)]
    results: list[Any] = [None] * len(calls)

    def work(share: range) -> None:
        start.wait()
        for index in share:
            results[index] = calls[index]()

    with ThreadPoolExecutor(crowd) as pool:
        list(pool.map(work, shares))
    return results


def walk_attendees(api: Api, event_id: str, limit: int) -> list[dict[str, Any]]:
    """Return everybody on the attendee list's pages."""
    people, token = [], ""
    while True:
        page = api.list_attendees(event_id, f"?limit={limit}{token}")
        assert page.status == 200, page
        people += page.json["sections"]
        if "next_token" not in page.json:
            return people
        token = f"&next_token={page.json['next_token']}"
