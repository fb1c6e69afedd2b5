"""One call to DynamoDB: what it sends, what its failures mean."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from event_management.errors import TryAgainError
from event_management.store import connection
from event_management.store.attributes import from_attributes
from event_management.store.client import Reason, get_item, put_if_absent, put_new, query_index, transact
from tests.unit.scripted_dynamodb import THROUGH, CarriedOut, cancelled, error, ok, scripted

KEY = {"pk": "P", "sk": "S"}
ITEM = KEY | {"n": 1}
URL = "http://127.0.0.1"

OPERATIONS = {
    "transact": lambda: transact([put_new(ITEM)], token="t"),
    "get_item": lambda: get_item(KEY),
    "put_if_absent": lambda: put_if_absent(ITEM),
    "query_index": lambda: query_index("gsi1", "P", " ", 10),
}
PASSING = {
    "EndpointConnectionError": EndpointConnectionError(endpoint_url=URL),
    "ConnectTimeoutError": ConnectTimeoutError(endpoint_url=URL),
    "ReadTimeoutError": ReadTimeoutError(endpoint_url=URL),
    "ConnectionClosedError": ConnectionClosedError(endpoint_url=URL),
    "ProxyConnectionError": ProxyConnectionError(proxy_url=URL),
    "SSLError": SSLError(endpoint_url=URL, error="cut"),
    "HTTPClientError": HTTPClientError(error="other"),
    "InternalServerError": error("InternalServerError", status=500),
    "LimitExceededException": error("LimitExceededException"),
    "ProvisionedThroughputExceededException": error("ProvisionedThroughputExceededException"),
    "RequestLimitExceeded": error("RequestLimitExceeded"),
    "RequestTimeout": error("RequestTimeout"),
    "ServiceUnavailable": error("ServiceUnavailable", status=503),
    "ThrottlingException": error("ThrottlingException"),
    "TransactionInProgressException": error("TransactionInProgressException"),
    "an error that nobody knows, 500": error("Unheard", status=500),
    "an error that nobody knows, 503": error("Unheard", status=503),
}
LASTING = ["AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException", "ValidationException"]


@pytest.mark.parametrize("call", OPERATIONS.values(), ids=OPERATIONS)
def test_a_fault_that_may_pass_is_worth_another_try(table, call):
    connection.forget_client()  # the SDK stops repeating calls after many failures in a row
    outcomes = {}
    for name, fault in PASSING.items():
        with scripted(*[fault] * connection.ATTEMPTS) as record, pytest.raises(TryAgainError):
            call()
        outcomes[name] = len(record.sends)
    assert dict.fromkeys(PASSING, connection.ATTEMPTS) == outcomes


@pytest.mark.parametrize(
    "code",
    [
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    ],
)
def test_every_code_that_says_try_again_is_known(table, code):
    connection.forget_client()
    with scripted(*[error(code)] * connection.ATTEMPTS), pytest.raises(TryAgainError):
        get_item(KEY)


@pytest.mark.parametrize("call", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("code", LASTING)
def test_a_fault_that_lasts_is_a_defect_of_ours(table, call, code):
    with scripted(error(code)) as record, pytest.raises(ClientError, match=code):
        call()
    assert 1 == len(record.sends)


def test_another_request_with_a_used_token_is_a_defect_of_ours(table):
    with scripted(error("IdempotentParameterMismatchException")), pytest.raises(ClientError):
        transact([put_new(ITEM)], token="t")


@pytest.mark.parametrize("call", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize(
    "fault",
    [PASSING["ReadTimeoutError"], error("InternalServerError", status=500), error("ThrottlingException")],
    ids=["time-out", "internal error", "throttling"],
)
def test_the_sdk_tries_twice_and_sends_the_same_each_time(table, call, fault):
    connection.forget_client()
    with scripted(fault, THROUGH) as record:
        call()
    assert 2 == connection.ATTEMPTS == len(record.sends)
    assert record.sends[0] == record.sends[1]
    assert 1 == len(record.calls)


# --- Transactions -----------------------------------------------------------------------------------------------------


def test_transaction_carries_out_all_actions(table):
    other = ITEM | {"sk": "S2"}
    assert [] == transact([put_new(ITEM), put_new(other)], token="t")
    assert (ITEM, other) == (get_item(KEY), get_item({"pk": "P", "sk": "S2"}))


def test_refused_transaction_carries_out_nothing_and_shows_what_is_in_the_way(table):
    transact([put_new(ITEM)], token="t1")
    reasons = transact([put_new(ITEM | {"sk": "S2"}), put_new(ITEM | {"n": 2})], token="t2")
    assert [Reason("None", None), Reason("ConditionalCheckFailed", ITEM)] == reasons
    assert (ITEM, None) == (get_item(KEY), get_item({"pk": "P", "sk": "S2"}))


def test_transaction_sends_its_token(table):
    with scripted() as record:
        transact([put_new(ITEM)], token="t1")
    assert ["t1"] == [parameters["ClientRequestToken"] for parameters in record.parameters]


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_contention_is_told_from_refusals_action_by_action(table, code):
    with scripted(cancelled("None", code, ("ConditionalCheckFailed", {"n": {"N": "1"}}), "ConditionalCheckFailed")):
        reasons = transact([put_new(ITEM)], token="t")
    assert ["None", code, "ConditionalCheckFailed", "ConditionalCheckFailed"] == [reason.code for reason in reasons]
    assert [False, True, False, False] == [reason.is_contention for reason in reasons]
    assert [False, False, True, True] == [reason.is_refusal for reason in reasons]
    assert [None, None, {"n": 1}, None] == [reason.item for reason in reasons]


@pytest.mark.parametrize(
    "code", ["ValidationError", "ItemCollectionSizeLimitExceeded", "AccessDenied", "DuplicateItem"]
)
def test_cancellation_that_is_neither_refusal_nor_contention_is_a_defect_of_ours(table, code):
    with scripted(cancelled("None", code)), pytest.raises(ClientError, match="TransactionCanceledException"):
        transact([put_new(ITEM)], token="t")


def test_put_new_asks_for_a_free_key_and_for_what_is_in_the_way(table):
    put = put_new(ITEM)["Put"]
    assert ITEM == from_attributes(put["Item"])
    assert ("attribute_not_exists(pk)", "ALL_OLD") == (
        put["ConditionExpression"],
        put["ReturnValuesOnConditionCheckFailure"],
    )


# --- Single items -----------------------------------------------------------------------------------------------------


def test_put_if_absent_returns_what_stands_there_afterwards(table):
    assert ITEM == put_if_absent(ITEM)
    assert ITEM == put_if_absent(ITEM | {"n": 2})
    assert ITEM == get_item(KEY)


def test_put_if_absent_finds_its_own_work_after_a_lost_answer(table):
    with scripted(CarriedOut(PASSING["ConnectionClosedError"])) as record:
        assert ITEM == put_if_absent(ITEM)
    assert 2 == len(record.sends)


def test_items_are_read_as_of_now(table):
    with scripted() as record:
        get_item(KEY)
    assert [True] == [parameters["ConsistentRead"] for parameters in record.parameters]


# --- Queries ----------------------------------------------------------------------------------------------------------


def plant(number, size=0, partition="P"):
    for n in range(number):
        put_if_absent(
            {"pk": f"{partition}{n}", "sk": "S", "gsi1pk": partition, "gsi1sk": f"{n:03}", "n": n, "x": "x" * size}
        )


def numbers(items):
    return [item["n"] for item in items]


def test_query_returns_items_after_a_position_in_their_order(table):
    plant(6)
    plant(2, partition="Q")
    assert [0, 1, 2, 3, 4, 5] == numbers(query_index("gsi1", "P", " ", 10))
    assert [3, 4] == numbers(query_index("gsi1", "P", "002", 2))
    assert [] == query_index("gsi1", "P", "005", 10)


def test_query_is_one_call_where_a_page_holds_what_is_wanted(table):
    plant(6)
    with scripted() as record:
        assert [0, 1, 2] == numbers(query_index("gsi1", "P", " ", 3))
    assert {"Query": 1} == record.operations


def test_query_goes_on_where_dynamodb_ends_a_page_at_a_megabyte(table):
    plant(9, size=300_000)
    with scripted() as record:
        assert list(range(8)) == numbers(query_index("gsi1", "P", " ", 8))
    assert record.operations["Query"] > 2
    wanted = [parameters["Limit"] for parameters in record.parameters]
    assert 8 == wanted[0]
    assert sorted(set(wanted), reverse=True) == wanted


def test_query_goes_on_after_a_page_without_items(table):
    position = {"pk": {"S": "P0"}, "sk": {"S": "S"}, "gsi1pk": {"S": "P"}, "gsi1sk": {"S": "000"}}
    plant(3)
    with scripted(ok(Items=[], Count=0, LastEvaluatedKey=position, ConsumedCapacity={})) as record:
        assert [1, 2] == numbers(query_index("gsi1", "P", " ", 10))
    assert position == record.parameters[1]["ExclusiveStartKey"]


@pytest.mark.parametrize("call", [OPERATIONS["get_item"], OPERATIONS["query_index"]], ids=["get_item", "query_index"])
def test_an_answer_that_broke_off_is_worth_another_try(table, call):
    with scripted(ok(Items=[])), pytest.raises(TryAgainError):
        call()


def test_query_with_a_fault_on_a_later_page_is_worth_another_try(table):
    position = {"pk": {"S": "P0"}, "sk": {"S": "S"}, "gsi1pk": {"S": "P"}, "gsi1sk": {"S": "000"}}
    faults = [error("InternalServerError", status=500)] * connection.ATTEMPTS
    with (
        scripted(ok(Items=[], Count=0, LastEvaluatedKey=position, ConsumedCapacity={}), *faults),
        pytest.raises(TryAgainError),
    ):
        query_index("gsi1", "P", " ", 10)
