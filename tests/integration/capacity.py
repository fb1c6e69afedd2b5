"""What the functions' calls to DynamoDB cost, in its capacity units.

Writes: what the engine reports. Reads: by DynamoDB's rules from the items' sizes, since MiniStack reports half a unit for
every Query. Source of the rules:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

from event_management import keys
from event_management.store.attributes import to_attributes

READ_UNIT = 4096
"""Bytes that one unit reads with strong consistency; with eventual consistency half a unit does."""


class Call(NamedTuple):
    """A call to DynamoDB, and its answer."""

    operation: str
    asked: dict[str, Any]
    answer: dict[str, Any]


class Cost(NamedTuple):
    """What an operation cost: calls to DynamoDB, and capacity units."""

    calls: int
    table_writes: float
    index_writes: float
    reads: float


class Meter:
    """Notes the calls of a DynamoDB client; each is asked to tell what it consumed."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    @contextmanager
    def of(self, client: Any) -> Iterator["Meter"]:
        """Note the calls of this client."""
        handlers = {"provide-client-params.dynamodb.*": self._ask, "after-call.dynamodb.*": self._note}
        for event, handler in handlers.items():
            client.meta.events.register(event, handler)
        try:
            yield self
        finally:
            for event, handler in handlers.items():
                client.meta.events.unregister(event, handler)

    def _ask(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params = params | {"ReturnConsumedCapacity": "INDEXES"}
        context["asked"] = params
        return params

    def _note(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        self.calls.append(Call(model.name, context["asked"], parsed))

    def named(self, operation: str) -> list[Call]:
        """Return the calls of this operation."""
        return [call for call in self.calls if call.operation == operation]

    def cost(self) -> Cost:
        """Return what all the calls cost together. What refused writes cost nobody reports: it is not in it."""
        return Cost(
            len(self.calls),
            sum(_consumed(call) - _consumed_by_indexes(call) for call in self.calls),
            sum(_consumed_by_indexes(call) for call in self.calls),
            sum(read_units(call) for call in self.calls),
        )


def read_units(call: Call) -> float:
    """Return the units that a call has read, by DynamoDB's rules."""
    match call.operation:
        case "GetItem":
            return _units(item_size(call.answer.get("Item", {})), strong=call.asked.get("ConsistentRead", False))
        case "BatchGetItem":
            ((table_name, wanted),) = call.asked["RequestItems"].items()
            found = call.answer["Responses"][table_name]
            sizes = [item_size(item) for item in found] + [0] * (len(wanted["Keys"]) - len(found))
            return sum(_units(size, strong=wanted.get("ConsistentRead", False)) for size in sizes)
        case "Query":
            if "Items" in call.answer:
                size = sum(item_size(item) for item in call.answer["Items"])
            else:
                # The store counts places only, each as long as any other, and gets to see none of them.
                size = call.answer["Count"] * item_size(to_attributes(keys.EXAMPLES["place"]))
            return _units(size, strong=call.asked.get("ConsistentRead", False))
    return 0


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the bytes of an item of attribute values: names and values, without the 100 bytes that storage adds."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value)
        case "N":
            return _number_size(value)
        case "NS":
            return sum(_number_size(number) for number in value)
        case "BOOL" | "NULL":
            return 1
        case "M":
            return 3 + len(value) + item_size(value)
    raise TypeError(f"no item has an attribute of type {kind}")


def _number_size(number: str) -> int:
    """One byte for two significant digits, and one."""
    digits = Decimal(number).as_tuple().digits
    return ceil(len("".join(map(str, digits)).strip("0")) / 2) + 1


def _units(size: int, *, strong: bool) -> float:
    """What is not there costs as much as the smallest item."""
    return max(1, ceil(size / READ_UNIT)) * (1 if strong else 0.5)


def _consumed(call: Call) -> float:
    return sum(entry["CapacityUnits"] for entry in _entries(call))


def _consumed_by_indexes(call: Call) -> float:
    return sum(
        index["CapacityUnits"] for entry in _entries(call) for index in entry.get("GlobalSecondaryIndexes", {}).values()
    )


def _entries(call: Call) -> Sequence[Mapping[str, Any]]:
    if call.operation in ("GetItem", "BatchGetItem", "Query"):
        return []
    consumed = call.answer.get("ConsumedCapacity", [])
    return [consumed] if isinstance(consumed, dict) else consumed
