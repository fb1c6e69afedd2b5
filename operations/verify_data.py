"""`make verify-data`: read what a table holds of one event, or of all, and tell everything amiss.

An operator's tool, which scans the table: no request does. Prints no names and no addresses.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

from event_management import keys
from event_management.identifiers import is_event_id
from event_management.keys import Item
from event_management.store.attributes import from_attributes, to_attributes
from local import cloud, state
from local.failure import Failure
from local.state import StateFolder
from operations.consistency import Fault, by_event, find_faults, find_faults_beside_events, remarks

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

READINGS = 5
"""An event that looks amiss is read so often at most."""
PAUSE = 1.0
"""Seconds between two readings."""


class Table(NamedTuple):
    """A table in a DynamoDB."""

    client: "DynamoDBClient"
    name: str

    def read(self, event_id: str | None = None) -> list[Item]:
        """Return every item, or those of one event. People are found by no index: it is the table that is in question."""
        options: dict[str, Any] = {}
        if event_id is not None:
            options = {
                "FilterExpression": "begins_with(pk, :event)",
                "ExpressionAttributeValues": to_attributes({":event": keys.event_key(event_id)["pk"]}),
            }
        pages = self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True, **options)
        return [_plain(item) for page in pages for item in page["Items"]]

    def identity_key(self) -> bytes | None:
        """Return what derives people's ids, or None where the table has none yet."""
        answer = self.client.get_item(TableName=self.name, Key=to_attributes(keys.secrets_key()), ConsistentRead=True)
        key = _plain(answer.get("Item", {})).get("identity_key")
        return key if isinstance(key, bytes) else None


class Verdict(NamedTuple):
    """What was found out about an event."""

    faults: list[Fault]
    is_certain: bool
    """Whether the event stood still meanwhile; else the faults are those that every reading showed."""
    items: list[Item]


def verify(table: Table, event_id: str | None = None, pause: Callable[[], None] = lambda: time.sleep(PAUSE)) -> int:
    """Print everything amiss with an event, or with the whole table; return how many things are.

    Raises:
        Failure: the event is not there.
    """
    identity_key = table.identity_key()
    found = by_event(table.read(event_id))
    if event_id is not None and event_id not in found:
        raise Failure(f"There is no event {event_id} in {table.name}.")
    beside = find_faults_beside_events(found.pop(None, [])) if event_id is None else []
    _print_faults("Beside the events", beside)
    number = len(beside)
    events = [event_id] if event_id is not None else sorted(event for event in found if event)
    for event in events:
        verdict = judge(table, event, found.get(event, []), identity_key, pause)
        number += len(verdict.faults)
        _print_verdict(event, verdict)
    print(f"{len(events)} {'event' if len(events) == 1 else 'events'} read, {number or 'nothing'} amiss.")
    if number:
        print("What is amiss was read again and again; for a verdict at one instant, verify while nobody writes.")
    return number


def judge(
    table: Table, event_id: str, items: list[Item], identity_key: bytes | None, pause: Callable[[], None]
) -> Verdict:
    """Tell what is amiss with an event, of which these items were read just now.

    Items are not read at one instant. Two readings that show the same prove that all of it stood so in between.
    """
    faults = find_faults(items, identity_key)
    for _ in range(READINGS - 1):
        if not faults:
            return Verdict([], is_certain=True, items=items)
        pause()
        before, items = items, table.read(event_id)
        again = find_faults(items, identity_key)
        if _in_order(before) == _in_order(items):
            return Verdict(again, is_certain=True, items=items)
        # The numbers in the details change while people come and go.
        seen = {(fault.check, fault.key) for fault in faults}
        faults = [fault for fault in again if (fault.check, fault.key) in seen]
    return Verdict(faults, is_certain=not faults, items=items)


def main(arguments: Sequence[str]) -> int:
    """Run the command; return 0 when nothing is amiss, 1 when something is, 2 when nothing could be read."""
    options = _parser().parse_args(arguments)
    try:
        _check_event_id(options.event)
        return 1 if verify(find_table(options.table, options.endpoint, options.state), options.event) else 0
    except Failure as failure:
        print(f"Error: {failure}", file=sys.stderr)
        return 2


def find_table(name: str | None, endpoint: str | None, folder: Path) -> Table:
    """Return a table of AWS by its name; without a name the running local stack's.

    Raises:
        Failure: no local stack runs over this folder.
    """
    if name is not None:
        return Table(boto3.client("dynamodb", endpoint_url=endpoint), name)
    facts = StateFolder(folder.resolve()).facts()
    return Table(cloud.client("dynamodb", facts["endpoint_url"]), facts["table_name"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m operations.verify_data",
        description="Tell what is amiss with the data of one event, or of all. Reads the whole table.",
    )
    parser.add_argument("--event", metavar="ID", help="this event alone")
    parser.add_argument("--table", metavar="NAME", help="table in AWS; else the running local stack's")
    parser.add_argument("--endpoint", metavar="URL", help="another DynamoDB to find the table in than that of AWS")
    parser.add_argument(
        "--state", type=Path, default=state.DEFAULT, metavar="DIR", help="folder of the local stack (default: .local)"
    )
    return parser


def _check_event_id(text: str | None) -> None:
    if text is not None and not is_event_id(text):
        raise Failure(f"{text} is no event's id: that is 10 letters in lower case and digits 2 to 7.")


def _print_verdict(event_id: str, verdict: Verdict) -> None:
    for remark in remarks(verdict.items):
        print(f"Event {event_id} {remark}.")
    doubt = "" if verdict.is_certain else "; it changed while it was read, so this may be of different moments"
    _print_faults(f"Event {event_id}{doubt}", verdict.faults)


def _print_faults(heading: str, faults: list[Fault]) -> None:
    if faults:
        print(f"{heading}:")
        for fault in faults:
            print(f"  {fault}")


def _in_order(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item["pk"], item["sk"]))


def _plain(item: dict[str, Any]) -> Item:
    """Return an item as plain values; what the product would never write stays as DynamoDB tells it."""
    return dict(_plain_attributes(item))


def _plain_attributes(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        try:
            yield name, from_attributes({name: value})[name]
        except (TypeError, ValueError):
            yield name, value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
