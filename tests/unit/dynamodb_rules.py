"""What DynamoDB refuses and moto takes: held against every call that the product makes in a unit test."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

MOST_ACTIONS = 100
_EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
_GRAMMAR = frozenset(
    {
        *("ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET"),
        *("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"),
        *("if_not_exists", "list_append"),
    }
)


@cache
def reserved_words() -> frozenset[str]:
    """Return the words that no expression may use as a name.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html, as moto ships them.
    """
    text = files("moto.dynamodb.parsing").joinpath("reserved_keywords.txt").read_text(encoding="utf-8")
    words = frozenset(text.split())
    assert {"CAPACITY", "STATUS", "ZONE"} <= words
    return words


def check_call(params: Mapping[str, Any], **_: object) -> None:
    """Fail unless DynamoDB would take these parameters of a call; a handler of `provide-client-params.dynamodb`."""
    if "TransactItems" in params:
        _check_transaction([next(iter(action.values())) for action in params["TransactItems"]])
    for request in params.get("RequestItems", {}).values():
        if "Keys" in request:
            _check_distinct(request["Keys"])
    _check_expressions(params)


def _check_transaction(actions: Sequence[Mapping[str, Any]]) -> None:
    assert 0 < len(actions) <= MOST_ACTIONS
    for action in actions:
        _check_expressions(action)
    _check_distinct([action.get("Key") or {name: action["Item"][name] for name in ("pk", "sk")} for action in actions])


def _check_distinct(keys: Sequence[Mapping[str, Any]]) -> None:
    assert 0 < len(keys) <= MOST_ACTIONS
    assert len(keys) == len({(key["pk"]["S"], key["sk"]["S"]) for key in keys}), "one item twice"


def _check_expressions(params: Mapping[str, Any]) -> None:
    expressions = [params[name] for name in _EXPRESSIONS if name in params]
    used = {token for text in expressions for token in re.findall(r"[:#]?\w+", text)}
    for member, sign in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        assert params.get(member) != {}, f"{member} is empty"
        _check_same(params.get(member, {}), [token for token in used if token[0] == sign])
    plain = {token for token in used if token[0] not in "#:"} - _GRAMMAR
    assert not {name for name in plain if name.upper() in reserved_words()}


def _check_same(given: Iterable[str], used: Iterable[str]) -> None:
    assert set(given) == set(used)
