"""DynamoDB's attribute values (`{"S": "text"}`) from and to plain Python ones. Numbers are integers, sets hold numbers."""

from collections.abc import Mapping
from typing import Any

AttributeValue = dict[str, Any]


def to_attribute(value: object) -> AttributeValue:
    """Return the attribute value of a str, bool, int, bytes, mapping of these, or a set of int that is not empty."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": to_attributes(value)}
        case frozenset() if value:
            return {"NS": [str(number) for number in sorted(value)]}
    raise TypeError(f"no attribute value for {type(value).__name__}")


def to_attributes(values: Mapping[str, object]) -> dict[str, AttributeValue]:
    """Return an item, key or expression's values as attribute values."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as plain values."""
    return {name: _from_attribute(attribute) for name, attribute in attributes.items()}


def _from_attribute(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "M":
            return from_attributes(value)
        case "NS":
            return frozenset(int(number) for number in value)
        case "S" | "BOOL" | "B":
            return value
    raise TypeError(f"no plain value for an attribute of type {kind}")
