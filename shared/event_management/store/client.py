"""Calls to DynamoDB and what can happen to them, apart from refused conditions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from heapq import merge
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - not the built-in

from event_management.config import load_config
from event_management.deadline import seconds_left
from event_management.errors import TryAgainError
from event_management.observability import note
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.connection import LONGEST_CALL, dynamodb
from event_management.store.contention import Tries

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import (
        ConditionCheckTypeDef,
        DeleteTypeDef,
        PutTypeDef,
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

T = TypeVar("T")

MOST_ACTIONS = 100
"""In one transaction."""
MOST_KEYS = 100
"""In one BatchGetItem."""
MOST_AT_ONCE = 16
"""Calls side by side."""
UNREAD: dict[str, Any] = {}
"""Stands for an item that DynamoDB was too busy to read, where the caller can do without."""

_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Cancellation reasons that say nothing about the request: another call was in the way."""

_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Error codes after which the same call may succeed; the SDK has tried its share."""


_RESERVED = ("#role", "#state", "#status", "#owner", "#name", "#capacity")
"""Attributes whose names mean something else in DynamoDB's expressions."""


class Reason(NamedTuple):
    """Why one action of a transaction was refused, or that it was not the one to blame."""

    code: str
    item: dict[str, Any] | None
    """The item as it stood, where a condition failed on one."""

    @property
    def is_refusal(self) -> bool:
        """Whether the action's condition failed."""
        return self.code == "ConditionalCheckFailed"

    @property
    def is_contention(self) -> bool:
        """Whether another call was in the way."""
        return self.code in _CONTENTION


def transact(actions: "Sequence[TransactWriteItemTypeDef]", token: str, *, is_idempotent: bool = True) -> list[Reason]:
    """Carry out all actions or none. Return an empty list when they are, else a reason for each.

    `token` is the ClientRequestToken, a new one for each call: it makes the SDK's own repetitions one transaction.
    (DynamoDB refuses a token that comes with other actions, and does not say what becomes of one whose transaction was
    cancelled.) Raises `TryAgainError` when DynamoDB is too busy or its answer does not arrive: then nobody knows whether
    the actions were carried out. That goes for contention, too, that met a repetition of the SDK's: the first attempt
    may have been carried out. Actions that are idempotent may come again all the same, and get a reason instead.
    """
    client = dynamodb()
    try:
        with _calling():
            client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
    except client.exceptions.TransactionCanceledException as error:
        reasons = [
            Reason(reason.get("Code", "None"), from_attributes(reason["Item"]) if reason.get("Item") else None)
            for reason in error.response["CancellationReasons"]
        ]
        if not any(reason.is_refusal or reason.is_contention for reason in reasons):
            raise  # a defect of ours, such as a ValidationError: no retry mends it
        is_repetition = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
        if is_repetition and not is_idempotent and any(reason.is_contention for reason in reasons):
            note(store_error="contention after a lost answer")
            raise TryAgainError from error
        return reasons
    return []


def put_new(item: Mapping[str, object]) -> "TransactWriteItemTypeDef":
    """Return the action that puts an item whose key must be free; its reason shows the item that is in the way."""
    return put_if(item, "attribute_not_exists(pk)")


def put_if(item: Mapping[str, object], condition: str, **values: object) -> "TransactWriteItemTypeDef":
    """Return the action that puts an item if the condition holds of what is there; its reason shows that.

    `:name` stands for a value, `#state` for the attribute of this name where DynamoDB means something else by it.
    """
    put = {"TableName": load_config().table_name, "Item": to_attributes(item), **_condition(condition, values)}
    return {"Put": cast("PutTypeDef", put)}


def put(item: Mapping[str, object]) -> "TransactWriteItemTypeDef":
    """Return the action that puts an item, whatever is there."""
    return {"Put": {"TableName": load_config().table_name, "Item": to_attributes(item)}}


def check_absent(key: Mapping[str, str]) -> "TransactWriteItemTypeDef":
    """Return the action that does nothing, and refuses where an item has this key."""
    return check_if(key, "attribute_not_exists(pk)")


def check_if(key: Mapping[str, str], condition: str, **values: object) -> "TransactWriteItemTypeDef":
    """Return the action that does nothing, and refuses unless the condition holds. See `put_if`."""
    check = {"TableName": load_config().table_name, "Key": to_attributes(key), **_condition(condition, values)}
    return {"ConditionCheck": cast("ConditionCheckTypeDef", check)}


def delete(key: Mapping[str, str]) -> "TransactWriteItemTypeDef":
    """Return the action that deletes the item with this key, if there is one."""
    return {"Delete": {"TableName": load_config().table_name, "Key": to_attributes(key)}}


def delete_if(key: Mapping[str, str], condition: str, **values: object) -> "TransactWriteItemTypeDef":
    """Return the action that deletes the item with this key if the condition holds. See `put_if`."""
    delete = {"TableName": load_config().table_name, "Key": to_attributes(key), **_condition(condition, values)}
    return {"Delete": cast("DeleteTypeDef", delete)}


def update_if(key: Mapping[str, str], update: str, condition: str, **values: object) -> "TransactWriteItemTypeDef":
    """Return the action that updates the item with this key if the condition holds. See `put_if`."""
    parts = {
        "TableName": load_config().table_name,
        "Key": to_attributes(key),
        "UpdateExpression": update,
        **_condition(condition, values, f"{update} {condition}"),
    }
    return {"Update": cast("UpdateTypeDef", parts)}


def _condition(condition: str, values: Mapping[str, object], expressions: str = "") -> dict[str, object]:
    """Return the members of an action for its condition, and for what all its expressions name."""
    members: dict[str, object] = {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    expressions = expressions or condition
    if names := {name: name[1:] for name in _RESERVED if name in expressions}:
        members["ExpressionAttributeNames"] = names
    if values:
        members["ExpressionAttributeValues"] = to_attributes({f":{name}": value for name, value in values.items()})
    return members


def get_item(key: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the item with this key as of now, or None. Raises `TryAgainError`."""
    with _calling():
        answer = dynamodb().get_item(
            TableName=load_config().table_name,
            Key=to_attributes(key),
            ConsistentRead=True,
            ReturnConsumedCapacity="TOTAL",
        )
        _check_whole(answer)
    return from_attributes(answer["Item"]) if "Item" in answer else None


def get_items(*wanted: Mapping[str, str], can_spare_first: bool = False) -> list[dict[str, Any] | None]:
    """Return the item with each of these keys as of now, or None: in one call, but not as of one instant.

    In several calls side by side where there are more than `MOST_KEYS`. The first is `UNREAD` where it can be spared and
    DynamoDB was too busy for it alone. Raises `TryAgainError`.
    """
    if len(wanted) > MOST_KEYS:
        parts = [wanted[first : first + MOST_KEYS] for first in range(0, len(wanted), MOST_KEYS)]
        return [item for items in side_by_side(get_items, parts) for item in items]
    table_name = load_config().table_name
    for _ in Tries():
        with _calling():
            answer = dynamodb().batch_get_item(
                RequestItems={table_name: {"Keys": [to_attributes(key) for key in wanted], "ConsistentRead": True}}
            )
            _check_whole(answer, "Responses")
        throttled = answer["UnprocessedKeys"][table_name]["Keys"] if answer.get("UnprocessedKeys") else []
        if not throttled or (can_spare_first and throttled == [to_attributes(wanted[0])]):
            items = [from_attributes(item) for item in answer["Responses"].get(table_name, ())]
            by_key = {(item["pk"], item["sk"]): item for item in items}
            if throttled:
                by_key[wanted[0]["pk"], wanted[0]["sk"]] = UNREAD
            return [by_key.get((key["pk"], key["sk"])) for key in wanted]
    raise AssertionError("tries end by raising")


def update_item_if(key: Mapping[str, str], update: str, condition: str, **values: object) -> bool:
    """Update an item if the condition holds; return whether it does. See `put_if`. Raises `TryAgainError`."""
    client = dynamodb()
    action = update_if(key, update, condition, **values)["Update"]
    action.pop("ReturnValuesOnConditionCheckFailure")
    try:
        with _calling():
            client.update_item(**action)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def update_and_read_if(key: Mapping[str, str], update: str, condition: str, **values: object) -> dict[str, Any] | None:
    """Update an item if the condition holds; return the attributes that it sets as they are now, or None.

    See `put_if`. Raises `TryAgainError`.
    """
    client = dynamodb()
    action = update_if(key, update, condition, **values)["Update"]
    action.pop("ReturnValuesOnConditionCheckFailure")
    try:
        with _calling():
            answer = client.update_item(**action, ReturnValues="UPDATED_NEW")
            _check_whole(answer, "Attributes")
    except client.exceptions.ConditionalCheckFailedException:
        return None
    return from_attributes(answer["Attributes"])


def put_if_absent(item: Mapping[str, object]) -> dict[str, Any]:
    """Put the item unless its key is taken; return the one that stands there afterwards. Raises `TryAgainError`."""
    client = dynamodb()
    try:
        with _calling():
            client.put_item(
                TableName=load_config().table_name,
                Item=to_attributes(item),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
    except client.exceptions.ConditionalCheckFailedException as error:
        return from_attributes(error.response["Item"])  # type: ignore[typeddict-item]
    return dict(item)


def query_index(index: str, partition: str, after: str, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` items of an index partition whose sort key is greater than `after`, in its order.

    Eventually consistent, as indexes are. Raises `TryAgainError`.
    """
    return _query(
        {
            "IndexName": index,
            "KeyConditionExpression": "#pk = :partition AND #sk > :after",
            "ExpressionAttributeNames": {"#pk": f"{index}pk", "#sk": f"{index}sk"},
            "ExpressionAttributeValues": to_attributes({":partition": partition, ":after": after}),
        },
        limit,
    )


def _query(question: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while True:
        with _calling():
            answer = dynamodb().query(
                TableName=load_config().table_name,
                Limit=limit - len(items),
                ReturnConsumedCapacity="TOTAL",
                **question,
                **start,
            )
            _check_whole(answer)
        items += [from_attributes(item) for item in answer["Items"]]
        # DynamoDB ends a page at 1 MB too.
        if len(items) == limit or "LastEvaluatedKey" not in answer:
            return items
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def query_after(partition: str, after: str, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` items of a partition of the table whose sort key is greater than `after`, in its order.

    As of now. Raises `TryAgainError`.
    """
    return _query(
        {
            "KeyConditionExpression": "pk = :partition AND sk > :after",
            "ExpressionAttributeValues": to_attributes({":partition": partition, ":after": after}),
            "ConsistentRead": True,
        },
        limit,
    )


def query_partition(
    partition: str, limit: int | None = None, condition: str = "", **values: object
) -> Iterator[dict[str, Any]]:
    """Yield the items of a partition of the table that fulfil the condition, in order, as of when each page is read.

    `limit` is how many are read at once. Raises `TryAgainError`.
    """
    start: dict[str, Any] = {"Limit": limit} if limit else {}
    if condition:
        start["FilterExpression"] = condition
    while True:
        with _calling():
            answer = dynamodb().query(
                TableName=load_config().table_name,
                KeyConditionExpression="pk = :partition",
                ExpressionAttributeValues=to_attributes(
                    {":partition": partition} | {f":{name}": value for name, value in values.items()}
                ),
                ConsistentRead=True,
                ReturnConsumedCapacity="TOTAL",
                **start,
            )
            _check_whole(answer)
        yield from (from_attributes(item) for item in answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        start["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def count_before(key: Mapping[str, str]) -> int:
    """Return how many items of the key's partition come before it, as of now. Raises `TryAgainError`."""
    number = 0
    start: dict[str, Any] = {}
    while True:
        with _calling():
            answer = dynamodb().query(
                TableName=load_config().table_name,
                KeyConditionExpression="pk = :partition AND sk < :position",
                ExpressionAttributeValues=to_attributes({":partition": key["pk"], ":position": key["sk"]}),
                Select="COUNT",
                ConsistentRead=True,
                ReturnConsumedCapacity="TOTAL",
                **start,
            )
            _check_whole(answer)
        number += answer["Count"]
        if "LastEvaluatedKey" not in answer:
            return number
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def query_merged(index: str, partitions: Sequence[str], after: str, limit: int) -> list[dict[str, Any]]:
    """Return what `query_index` would if the partitions were one: read side by side, merged by sort key."""
    if len(partitions) == 1:
        return query_index(index, partitions[0], after, limit)

    def position(item: Mapping[str, Any]) -> str:
        return str(item[f"{index}sk"])

    # Each partition's share, and so much more that a second round is rare.
    share = min(limit, 2 * ceil(limit / len(partitions)) + 5)
    read: dict[str, list[dict[str, Any]]] = {partition: [] for partition in partitions}
    unread = list(partitions)
    while unread:
        starts = [position(read[partition][-1]) if read[partition] else after for partition in unread]
        answers = side_by_side(query_index, [(index, *where, share) for where in zip(unread, starts, strict=True)])
        for partition, items in zip(unread, answers, strict=True):
            read[partition] += items
        page = list(islice(merge(*read.values(), key=position), limit))
        # A partition may hold more of this page when it gave its whole share and all of that is on the page.
        unread = [
            partition
            for partition, items in zip(unread, answers, strict=True)
            if len(items) == share and (len(page) < limit or position(items[-1]) < position(page[-1]))
        ]
    return page


def side_by_side(function: Callable[..., T], calls: Sequence[tuple[object, ...]]) -> list[T]:
    """Make the calls in parallel, each with this call's deadline and notes."""
    if len(calls) < 2:
        return [function(*call) for call in calls]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few events need it

    with ThreadPoolExecutor(min(len(calls), MOST_AT_ONCE)) as pool:
        return [made.result() for made in [pool.submit(copy_context().run, function, *call) for call in calls]]


@contextmanager
def _calling() -> Iterator[None]:
    """Make a call only while there is time for it, and turn what may pass into `TryAgainError`."""
    if seconds_left() < LONGEST_CALL:
        note(store_error="no time left")
        raise TryAgainError
    try:
        yield
    except (ConnectionError, HTTPClientError) as error:
        note(store_error=type(error).__name__)
        raise TryAgainError from error
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response["Error"]["Code"]
        if code in _BUSY or status >= 500:
            note(store_error=code)
            raise TryAgainError from error
        raise


def _check_whole(answer: Mapping[str, Any], member: str = "ConsumedCapacity") -> None:
    """Raise `TryAgainError` for an answer that broke off: the SDK reads it as one that found nothing."""
    if member not in answer:
        note(store_error="answer cut off")
        raise TryAgainError
