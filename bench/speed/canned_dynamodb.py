"""A DynamoDB that answers at once, out of a table that never changes: the same for the product, its rivals and the floor.

It takes every write and forgets it. A process of its own, so that its work is nobody's:
`python -m bench.speed.canned_dynamodb` prints its port and serves until its standard input closes; GET / tells the last
requests since it was asked before.

A new item goes into `table_items`, a new operation into `_ANSWERS`.
"""

import base64
import json
import os
import socket
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bench.speed.subjects import (
    CANCELLED_ID,
    COME_ID,
    DELETED_ID,
    EVENT_ID,
    IDENTITY_KEY,
    LEAVER,
    PEOPLE,
    SERIALS,
    SOLD_OUT_ID,
)
from event_management import keys
from event_management.codes import new_serial
from event_management.identifiers import derive_attendee_id, digest
from event_management.models import Act, Attendee, Event, Member
from event_management.seats import plan_attendee_partitions, plan_seat_blocks
from event_management.store.attributes import to_attributes
from event_management.timezones import EventTime, parse_time

EVENTS = 51
ATTENDEES = MEMBERS = SHARED = ACTS = 11
"""One more than a page holds, so that pages end with a link to the next."""

Item = dict[str, Any]
Request = Mapping[str, Any]

# --- The table --------------------------------------------------------------------------------------------------------


def table_items() -> Iterator[Item]:
    """Yield every item, in the product's own shapes."""
    yield keys.secrets_item(IDENTITY_KEY, b"\x08" * 32)
    for n in range(EVENTS):
        yield from _event_items(_event_id(n), n)
    for n in range(ATTENDEES):
        yield _attendee_item(n)
    yield from _sharing_items()
    yield from _samples_items()


def _sharing_items() -> Iterator[Item]:
    """Yield the members of an event, what was done to it, and the memberships of who calls."""
    since = datetime(2026, 11, 24, 12, 0, 0, 345678, tzinfo=UTC)
    for n in range(MEMBERS):
        subject = LEAVER if n == 0 else f"9c3f402b-0000-4000-8000-{n:012d}"
        yield keys.member_item(Member(EVENT_ID, subject, "helper", since))
    for n in range(SHARED):
        yield keys.member_item(Member(_event_id(n + 1), "anonymous", "organiser", since + timedelta(minutes=n)))
    for n in range(ACTS):
        act = Act(since + timedelta(hours=n), LEAVER, "organiser", "update_event", n + 1, fields=("name", "start_time"))
        yield keys.act_item(EVENT_ID, act, digest("nonce", "act", str(n)))


def _samples_items() -> Iterator[Item]:
    """Yield what samples want in another state. Nothing here ever changes, so what is to go or to be called off has."""
    registered = _attendee(PEOPLE[EVENT_ID]["attendee_id"], EVENT_ID, ATTENDEES)
    yield keys.attendee_item(registered, {0: 1}, 1) | _marks("attendee", ATTENDEES)
    come = replace(registered, id=COME_ID, serial=new_serial(bytes), checked_in_at=registered.registered_at)
    yield keys.attendee_item(come, {0: 1}, 1) | {"checked_in_at": keys.stamp(registered.registered_at), "check_in": "c"}
    for name in ("erase.person", "export.person"):
        attendee_id = derive_attendee_id(IDENTITY_KEY, EVENT_ID, f"{name}@example.com")
        yield keys.attendee_item(_attendee(attendee_id, EVENT_ID, ATTENDEES), {0: 1}, 1) | _marks("attendee", ATTENDEES)
    full, directory, block = _event_items(SOLD_OUT_ID, EVENTS, capacity=1, waitlist=True)
    del directory["open_blocks"]
    yield from (full, directory | {"waiting": 1, "next_place": 2}, block | {"seats_left": 0, "taken": 1})
    waiting = _attendee(PEOPLE[SOLD_OUT_ID]["attendee_id"], SOLD_OUT_ID, ATTENDEES + 1)
    yield keys.waiting_item(waiting, 1) | _marks("attendee", ATTENDEES + 1)
    yield keys.place_item(SOLD_OUT_ID, 1, waiting.id, 1)
    yield from _event_items(CANCELLED_ID, EVENTS + 1, status="cancelled", cancellation_reason="The hall is flooded.")
    event, directory, *blocks = _event_items(DELETED_ID, EVENTS + 2)
    yield keys.deleted_event_item(event, datetime(2026, 11, 24, tzinfo=UTC))
    yield from (directory, *blocks)


def _event_id(n: int) -> str:
    return EVENT_ID if n == 0 else digest("event", str(n))[:10]


def _event_items(event_id: str, n: int, capacity: int = 200, **more: Any) -> Iterator[Item]:
    blocks = plan_seat_blocks(capacity)
    begins = datetime(2099, 1, 15, 13, 0, tzinfo=UTC) + timedelta(days=n)
    event = Event(
        id=event_id,
        name=f"Monsoon Raga Night {n}",
        location="Bengaluru",
        owner="anonymous",
        start=_event_time(begins),
        end=_event_time(begins + timedelta(hours=3)),
        max_capacity=capacity,
        attendee_partitions=plan_attendee_partitions(len(blocks)),
        created_at=datetime(2026, 11, 23, 11, 0, 0, 123456, tzinfo=UTC),
        updated_at=datetime(2026, 11, 23, 11, 0, 0, 123456, tzinfo=UTC),
        **more,
    )
    yield keys.event_item(event) | _marks("event", n)
    yield keys.directory_item(event, len(blocks))
    for block, seats in enumerate(blocks):
        yield keys.seat_block_item(event_id, block, seats, keys.terms_of(event))


def _attendee_item(n: int) -> Item:
    attendee = _attendee(derive_attendee_id(IDENTITY_KEY, EVENT_ID, f"person{n}@example.com"), EVENT_ID, n)
    return keys.attendee_item(attendee, {0: 1}, attendee_partitions=1) | _marks("attendee", n)


def _attendee(attendee_id: str, event_id: str, n: int) -> Attendee:
    return Attendee(
        id=attendee_id,
        event_id=event_id,
        name=f"Person {n}",
        email=f"person{n}@example.com",
        registered_at=datetime(2026, 11, 23, 12, 0, 0, 654321, tzinfo=UTC) + timedelta(seconds=n),
        serial=SERIALS[event_id],
        country="INDIA",
    )


def _event_time(instant: datetime) -> EventTime:
    zone = ZoneInfo("Asia/Kolkata")
    return parse_time(instant.astimezone(zone).strftime("%Y-%m-%d %H:%M"), zone)


def _marks(kind: str, n: int) -> dict[str, str]:
    return {
        "nonce": digest("nonce", kind, str(n)),
        "idempotency_key": digest("idempotency key", kind, str(n)),
        "fingerprint": digest("fingerprint", kind, str(n)),
    }


# --- The operations ---------------------------------------------------------------------------------------------------


class CannedTable:
    """Answers to DynamoDB's operations, as parsed JSON."""

    def __init__(self) -> None:
        self._items = [to_attributes(item) for item in table_items()]
        self._by_key = {_key(item): item for item in self._items}

    def answer(self, operation: str, request: Request) -> Item:
        """Return the answer to a request; raises `KeyError` for an operation that nobody canned."""
        return _ANSWERS[operation](self, request)

    def get_item(self, request: Request) -> Item:
        """`GetItem`."""
        found = self._by_key.get(_key(request["Key"]))
        return _with_capacity({"Item": found} if found else {}, request)

    def batch_get_item(self, request: Request) -> Item:
        """`BatchGetItem`."""
        found = {
            table: [self._by_key[_key(key)] for key in wanted["Keys"] if _key(key) in self._by_key]
            for table, wanted in request["RequestItems"].items()
        }
        answer: Item = {"Responses": found, "UnprocessedKeys": {}}
        if _wants_capacity(request):
            answer["ConsumedCapacity"] = [{"TableName": table, "CapacityUnits": 1.0} for table in found]
        return answer

    def query(self, request: Request) -> Item:
        """`Query`: the first items of a partition, from its beginning."""
        index = request.get("IndexName", "")
        partitions = list(request["ExpressionAttributeValues"].values())
        items = [item for item in self._items if item.get(f"{index}pk") in partitions]
        items.sort(key=lambda item: str(item[f"{index}sk"]["S"]))
        page = items[: request.get("Limit")]
        answer: Item = {"Items": page, "Count": len(page), "ScannedCount": len(page)}
        if page and "Limit" in request and len(page) == request["Limit"]:
            members = {"pk", "sk", f"{index}pk", f"{index}sk"}
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in sorted(members)}
        return _with_capacity(answer, request)

    def write(self, request: Request) -> Item:
        """`PutItem`, `UpdateItem`."""
        return _with_capacity({}, request)

    def transact_write_items(self, request: Request) -> Item:
        """`TransactWriteItems`."""
        if not _wants_capacity(request):
            return {}
        tables = {action["TableName"] for actions in request["TransactItems"] for action in actions.values()}
        return {"ConsumedCapacity": [{"TableName": table, "CapacityUnits": 5.0} for table in sorted(tables)]}


_ANSWERS: Mapping[str, Callable[[CannedTable, Request], Item]] = {
    "BatchGetItem": CannedTable.batch_get_item,
    "GetItem": CannedTable.get_item,
    "PutItem": CannedTable.write,
    "Query": CannedTable.query,
    "TransactWriteItems": CannedTable.transact_write_items,
    "UpdateItem": CannedTable.write,
}


def _key(attributes: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    return attributes["pk"]["S"], attributes["sk"]["S"]


def _wants_capacity(request: Request) -> bool:
    return request.get("ReturnConsumedCapacity") in ("INDEXES", "TOTAL")


def _with_capacity(answer: Item, request: Request) -> Item:
    if not _wants_capacity(request):
        return answer
    return {**answer, "ConsumedCapacity": {"TableName": request["TableName"], "CapacityUnits": 0.5}}


# --- The server -------------------------------------------------------------------------------------------------------

_REMEMBERED = 100


class CannedServer:
    """HTTP/1.1 on loopback, connections kept alive. `http.server` would take longer than the calls that are measured."""

    def __init__(self) -> None:
        self._table = CannedTable()
        self._requests: deque[tuple[str, Any]] = deque(maxlen=_REMEMBERED)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        """Serve, in threads that end with the process."""
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while request_line := stream.readline():
                headers = {}
                while line := stream.readline().strip():
                    name, _, value = line.partition(b":")
                    headers[name.lower()] = value.strip()
                body = stream.read(int(headers.get(b"content-length", 0)))
                if request_line.startswith(b"GET "):
                    # Forgotten before they are told: who has the answer may call again at once.
                    told = [self._requests.popleft() for _ in range(len(self._requests))]
                    connection.sendall(_http(200, told))
                else:
                    connection.sendall(
                        self._answer(headers[b"x-amz-target"].decode().partition(".")[2], json.loads(body))
                    )

    def _answer(self, operation: str, request: Request) -> bytes:
        self._requests.append((operation, request))
        try:
            return _http(200, self._table.answer(operation, request))
        except KeyError:
            return _http(400, {"__type": "UnknownOperationException", "message": f"nobody canned this {operation}"})


def _http(status: int, answer: object) -> bytes:
    """Return an answer with the headers that DynamoDB sends."""
    body = json.dumps(answer, separators=(",", ":"), default=lambda value: base64.b64encode(value).decode()).encode()
    return (
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'Bad Request'}\r\n"
        "Server: Server\r\n"
        "Date: Mon, 23 Nov 2026 12:00:00 GMT\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\n"
        "x-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\n"
        "\r\n"
    ).encode() + body


if __name__ == "__main__":
    server = CannedServer()
    server.start()
    print(server.port, flush=True)
    sys.stdin.read()
    os._exit(0)
