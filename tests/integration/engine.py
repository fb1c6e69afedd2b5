"""The functions over a real DynamoDB engine: called directly, or through HTTP; and a look at what they left there."""

import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fractions import Fraction
from math import ceil
from threading import Barrier
from typing import Any, NamedTuple, TypeVar

import boto3
import pytest
import requests
from requests.adapters import HTTPAdapter

from event_management import keys, seats
from event_management.config import load_config, load_limits
from event_management.errors import TryAgainError
from event_management.models import Access
from event_management.roles import Caller
from event_management.store import attendees, connection, secrets
from event_management.store.attributes import from_attributes, to_attributes
from local.launch import Stack
from operations.consistency import by_event, find_faults
from tests.gateway import Api, Reply
from tests.tables import make_table

CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}

OTHER_ENGINE = os.environ.get("DYNAMODB_ENDPOINT")
"""A second engine to prove concurrency on, such as DynamoDB Local."""
DIRECTLY = ["directly", "directly on DYNAMODB_ENDPOINT"] if OTHER_ENGINE else ["directly"]
"""Where tests that call the handlers directly run; see `engine_url`."""

LONGEST_BASE_URL = f"https://{'a' * 253}/{'stage' * 20}"

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

    def item(self, key: keys.Key) -> dict[str, Any]:
        """The item with this key; empty where there is none."""
        answer = self.client.get_item(TableName=self.name, Key=to_attributes(key), ConsistentRead=True)
        return from_attributes(answer.get("Item", {}))

    def at_one_instant(self, wanted: Sequence[keys.Key]) -> list[dict[str, Any]]:
        """The items with these keys, at most 100, as they stood together; empty where there is none."""
        gets = [{"Get": {"TableName": self.name, "Key": to_attributes(key)}} for key in wanted]
        answer = self.client.transact_get_items(TransactItems=gets)
        return [from_attributes(found.get("Item", {})) for found in answer["Responses"]]

    def of_event(self, event_id: str) -> list[dict[str, Any]]:
        """Everything that belongs to an event."""
        return by_event(self.items()).get(event_id, [])

    def people(self, event_id: str, state: str | None = None) -> list[dict[str, Any]]:
        """The items of everybody in this state, or in any, in no order."""
        people = [item for item in self.of_event(event_id) if "state" in item]
        return [item for item in people if state in (None, item["state"])]

    def attendees(self, event_id: str) -> list[dict[str, Any]]:
        """The items of everybody who is registered, in no order."""
        return self.people(event_id, "registered")

    def listed(self, event_id: str) -> list[str]:
        """Everybody's id as the index has them: in order of registration, partition after partition."""
        query = self.client.get_paginator("query")
        return [
            item["id"]["S"]
            for partition in range(self.item(keys.event_key(event_id))["attendee_partitions"])
            for page in query.paginate(
                TableName=self.name,
                IndexName=keys.GSI1,
                KeyConditionExpression="gsi1pk = :partition",
                ExpressionAttributeValues=to_attributes({":partition": keys.attendees_of(event_id, partition)}),
            )
            for item in page["Items"]
        ]

    def listed_in_order(self, event_id: str) -> list[str]:
        """Everybody's id in order of registration."""
        return [item["id"] for item in sorted(self.attendees(event_id), key=keys.read_position)]

    def directory(self, event_id: str) -> dict[str, Any]:
        return self.item(keys.directory_key(event_id))

    def open_blocks(self, event_id: str) -> frozenset[int]:
        """The blocks that the directory lists."""
        return keys.read_directory(self.directory(event_id)).open_blocks

    def seat_block(self, event_id: str, block: int = 0) -> dict[str, Any]:
        return self.item(keys.seat_block_key(event_id, block))

    def seat_blocks(self, event_id: str) -> list[dict[str, Any]]:
        blocks = range(self.directory(event_id)["seat_blocks"])
        wanted = [keys.seat_block_key(event_id, block) for block in blocks]
        return [item for first in blocks[::100] for item in self.at_one_instant(wanted[first : first + 100])]

    def seats_taken(self, event_id: str) -> int:
        """Return how many seats people have; fails when anything is amiss with the event. Call it while nobody writes."""
        items = self.of_event(event_id)
        assert [] == find_faults(items, self.item(keys.secrets_key())["identity_key"])
        return sum(item["seats"] for item in items if item.get("state") == "registered")


class Seats(NamedTuple):
    """Directory and seat blocks of an event, as they stood together."""

    directory: dict[str, Any]
    blocks: list[dict[str, Any]]

    @property
    def taken_by_block(self) -> dict[int, int]:
        """The seats taken in each block that has any."""
        return {number: block["taken"] for number, block in enumerate(self.blocks) if block["taken"]}

    @property
    def taken(self) -> int:
        return sum(block["taken"] for block in self.blocks)

    @property
    def with_seats_left(self) -> frozenset[int]:
        return frozenset(number for number, block in enumerate(self.blocks) if block["seats_left"] > 0)

    def check(self) -> None:
        """Fail unless no seat is lost, and none is for the taking while somebody waits."""
        directory = keys.read_directory(self.directory)
        assert directory.seat_blocks == len(self.blocks)
        assert all(block["seats_left"] >= 0 and block["taken"] >= 0 for block in self.blocks)
        left = sum(block["seats_left"] for block in self.blocks)
        assert directory.capacity == self.taken + left + directory.reserve
        assert self.with_seats_left <= directory.open_blocks
        assert not (directory.waiting and self.with_seats_left)

    def check_people(self, people: Sequence[dict[str, Any]]) -> None:
        """Fail unless these people have the seats taken, and wait for those waited for."""
        attendees = [person for person in people if person["state"] == "registered"]
        assert self.taken_by_block == sum((Counter(keys.read_blocks(item)) for item in attendees), Counter())
        waiting = sum(person["seats"] for person in people if person["state"] == "waiting")
        assert waiting == self.directory["waiting"]


class Shop(NamedTuple):
    """The functions, and the table they work on."""

    api: Api
    table: Table


def engine_url(where: str, stack: Stack) -> str:
    """Return the engine that one of `DIRECTLY` means."""
    return stack.endpoint_url if where == "directly" else str(OTHER_ENGINE)


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


def plan(patch: pytest.MonkeyPatch, capacity: int, blocks: int, partitions: int) -> None:
    """Let this process spread such a capacity over so many seat blocks, and those over so many index partitions."""
    patch.setattr(seats, "SEATS_PER_BLOCK", Fraction(capacity, blocks))
    patch.setattr(seats, "BLOCKS_PER_PARTITION", ceil(blocks / partitions))
    assert (blocks, partitions) == (len(seats.plan_seat_blocks(capacity)), seats.plan_attendee_partitions(blocks))


def wait_for_answers(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let this process's handlers wait so long for each of DynamoDB's answers."""
    patch.setattr(connection, "READ_TIMEOUT", seconds)
    connection.forget_client()


def handlers_client() -> Any:
    """Return the DynamoDB client of this process's handlers."""
    return connection.dynamodb()


def _forget() -> None:
    load_config.cache_clear()
    load_limits.cache_clear()
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
        """The problem's code; `created` for 201, `ok` for other successes."""
        if self.reply.status < 300:
            return "created" if self.reply.status == 201 else "ok"
        return str(self.reply.json["code"])

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


def leave(event_id: str, attendee_id: str) -> None:
    """Cancel a person's registration or give up their place, until it has happened."""
    for _ in range(50):
        with suppress(TryAgainError):
            return attendees.cancel(event_id, attendee_id, Access(Caller("anonymous")))
    raise AssertionError("fifty times there was no time for it")


def walk_attendees(api: Api, event_id: str, limit: int) -> list[dict[str, Any]]:
    """Return everybody on the attendee list's pages; fails when a link to the next grows beyond what clients take."""
    people, token = [], ""
    while True:
        page = api.list_attendees(event_id, f"?limit={limit}{token}")
        assert page.status == 200, page
        people += page.json["sections"]
        if "next_token" not in page.json:
            return people
        assert len(page.json["next_token"]) < 512
        assert len(f"{LONGEST_BASE_URL}/events/{event_id}/attendee{page.headers['Link']}") < 2000
        token = f"&next_token={page.json['next_token']}"
