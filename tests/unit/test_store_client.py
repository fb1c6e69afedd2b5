"""One call to DynamoDB: what it sends, what its failures mean."""

import time
from threading import Barrier

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
from hypothesis import given, settings
from hypothesis import strategies as st

from event_management.deadline import seconds_left, set_deadline
from event_management.errors import TryAgainError
from event_management.observability import begin_call, note
from event_management.store import client, connection, contention
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import (
    MOST_KEYS,
    UNREAD,
    Reason,
    check_absent,
    count_before,
    delete,
    delete_if,
    get_item,
    get_items,
    put_if,
    put_if_absent,
    put_new,
    query_index,
    query_merged,
    query_partition,
    transact,
    update_if,
    update_item_if,
)
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import THROUGH, CarriedOut, cancelled, error, ok, scripted

KEY = {"pk": "P", "sk": "S"}
ITEM = KEY | {"n": 1}
URL = "http://127.0.0.1"

OPERATIONS = {
    "transact": lambda: transact([put_new(ITEM)], token="t"),
    "get_item": lambda: get_item(KEY),
    "get_items": lambda: get_items(KEY),
    "update_item_if": lambda: update_item_if(KEY, "ADD n :n", "attribute_not_exists(pk)", n=1),
    "put_if_absent": lambda: put_if_absent(ITEM),
    "query_index": lambda: query_index("gsi1", "P", " ", 10),
    "query_merged": lambda: query_merged("gsi1", ["P"], " ", 10),
    "query_partition": lambda: list(query_partition("P")),
    "count_before": lambda: count_before(KEY),
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
        "TransactionConflictException",
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


ACTIONS = {
    "put": (lambda condition, **values: put_if(ITEM | {"n": 2}, condition, **values), ITEM | {"n": 2}),
    "update": (lambda condition, **values: update_if(KEY, "SET n = :two", condition, two=2, **values), ITEM | {"n": 2}),
    "delete": (lambda condition, **values: delete_if(KEY, condition, **values), None),
}


@pytest.mark.parametrize(("make", "expected"), ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("name", ["state", "status", "owner", "name", "capacity"])
def test_an_action_is_carried_out_if_its_condition_holds_whatever_its_attributes_are_called(
    table, make, expected, name
):
    there = ITEM | {name: "x"}
    put_if_absent(there)
    (reason,) = transact([make(f"#{name} = :other AND n = :one", other="y", one=1)], token="t1")
    assert (True, there) == (reason.is_refusal, reason.item)
    assert [] == transact([make(f"#{name} = :same AND n = :one", same="x", one=1)], token="t2")
    assert expected == without(get_item(KEY), name)


def without(item, name):
    return item and {attribute: value for attribute, value in item.items() if attribute != name or value != "x"}


def test_an_update_may_name_what_its_condition_does_not(table):
    put_if_absent(ITEM)
    assert [] == transact([update_if(KEY, "SET #status = :new, #name = :new", "attribute_exists(pk)", new="x")], "t")
    assert ITEM | {"status": "x", "name": "x"} == get_item(KEY)
    assert update_item_if(KEY, "REMOVE #status", "#name = :new", new="x")
    assert ITEM | {"name": "x"} == get_item(KEY)


def test_an_action_names_nothing_that_it_does_not_use():
    """DynamoDB refuses that."""
    assert "ExpressionAttributeNames" not in put_if(ITEM, "n = :n", n=1)["Put"]
    assert "ExpressionAttributeValues" not in put_new(ITEM)["Put"]
    names = update_if(KEY, "SET #state = :s", "#owner = :s", s="x")["Update"]["ExpressionAttributeNames"]
    assert {"#state": "state", "#owner": "owner"} == names


def test_a_key_is_checked_to_be_free_and_left_so(table):
    other = ITEM | {"sk": "S2"}
    assert [] == transact([check_absent(KEY), put_new(other)], token="t1")
    assert (None, other) == (get_item(KEY), get_item({"pk": "P", "sk": "S2"}))
    put_if_absent(ITEM)
    reasons = transact([check_absent(KEY), put_new(ITEM | {"sk": "S3"})], token="t2")
    assert [(True, ITEM), (False, None)] == [(reason.is_refusal, reason.item) for reason in reasons]
    assert None is get_item({"pk": "P", "sk": "S3"})


def test_an_item_is_deleted_whether_it_is_there_or_not(table):
    put_if_absent(ITEM)
    for token in ("t1", "t2"):
        assert [] == transact([delete(KEY)], token=token)
        assert None is get_item(KEY)


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


@pytest.mark.parametrize(
    ("condition", "holds", "n"),
    [
        ("n = :n", True, 2),
        ("n < :n", False, 1),
        ("attribute_exists(pk)", True, 2),
        ("attribute_not_exists(pk)", False, 1),
    ],
)
def test_update_is_made_while_its_condition_holds(table, condition, holds, n):
    put_if_absent(ITEM)
    assert holds == update_item_if(KEY, "ADD n :n", condition, n=1)
    assert ITEM | {"n": n} == get_item(KEY)


def test_update_that_the_sdk_repeats_after_a_lost_answer_is_told_as_refused(table):
    put_if_absent(ITEM)
    with scripted(CarriedOut(PASSING["ReadTimeoutError"])) as record:
        assert not update_item_if(KEY, "ADD n :n", "n = :n", n=1)
    assert (2, ITEM | {"n": 2}) == (len(record.sends), get_item(KEY))


# --- Several items ----------------------------------------------------------------------------------------------------

OTHER = {"pk": "P", "sk": "S2"}
THIRD = {"pk": "P2", "sk": "S"}


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


def test_items_come_in_the_order_of_their_keys_whichever_are_there(table):
    put_if_absent(ITEM)
    put_if_absent(THIRD | {"n": 3})
    assert [THIRD | {"n": 3}, None, ITEM] == get_items(THIRD, OTHER, KEY)
    assert [None, None] == get_items(OTHER, {"pk": "S", "sk": "P"})
    put_if_absent(OTHER | {"n": 2})
    assert [OTHER | {"n": 2}, ITEM] == get_items(OTHER, KEY)


def test_items_are_read_as_of_now_in_one_call(table):
    with scripted() as record:
        get_items(KEY, OTHER)
    assert {"BatchGetItem": 1} == record.operations
    ((asked,),) = (parameters["RequestItems"].values() for parameters in record.parameters)
    assert (True, [KEY, OTHER]) == (asked["ConsistentRead"], [from_attributes(key) for key in asked["Keys"]])


def unprocessed(*keys, **answered):
    listed = {"Keys": [to_attributes(key) for key in keys], "ConsistentRead": True}
    return ok(Responses=answered, UnprocessedKeys={TABLE: listed})


@pytest.mark.parametrize(
    "answer",
    [
        unprocessed(KEY, OTHER),
        unprocessed(OTHER, **{TABLE: [to_attributes(ITEM)]}),
        unprocessed(KEY, **{TABLE: [to_attributes(OTHER | {"n": "outdated"})]}),
    ],
    ids=["both", "second", "first"],
)
def test_items_that_dynamodb_had_no_time_for_are_read_again(table, no_pauses, answer):
    put_if_absent(ITEM)
    put_if_absent(OTHER | {"n": 2})
    notes = begin_call("c")
    with scripted(answer, answer) as record:
        assert [ITEM, OTHER | {"n": 2}] == get_items(KEY, OTHER)
    assert (3, 2) == (len(record.sends), notes.counts["ContentionRetries"])


def test_a_first_item_that_can_be_spared_may_stay_unread(table):
    put_if_absent(OTHER | {"n": 2})
    with scripted(unprocessed(KEY, **{TABLE: [to_attributes(OTHER | {"n": 2})]})) as record:
        assert [UNREAD, OTHER | {"n": 2}] == (found := get_items(KEY, OTHER, can_spare_first=True))
    assert (UNREAD, 1) == (found[0], len(record.sends))
    assert [None, OTHER | {"n": 2}] == get_items(KEY, OTHER, can_spare_first=True)


@pytest.mark.parametrize("unread", [(OTHER,), (KEY, OTHER)], ids=["second", "both"])
def test_no_item_but_the_first_can_be_spared(table, no_pauses, unread):
    put_if_absent(ITEM)
    put_if_absent(OTHER | {"n": 2})
    with scripted(unprocessed(*unread)) as record:
        assert [ITEM, OTHER | {"n": 2}] == get_items(KEY, OTHER, can_spare_first=True)
    assert 2 == len(record.sends)


def test_items_that_dynamodb_never_has_time_for_are_worth_another_call(table, no_pauses):
    tries = 1 + contention.MAX_RETRIES
    with scripted(*[unprocessed(KEY)] * tries) as record, pytest.raises(TryAgainError):
        get_items(KEY)
    assert tries == len(record.sends)


def test_more_items_than_one_call_gives_are_read_side_by_side_in_order(table):
    wanted = [{"pk": f"P{n}", "sk": "S"} for n in range(2 * MOST_KEYS + 50)]
    for n in (0, 99, 100, 249):
        put_if_absent(wanted[n] | {"n": n})
    with scripted() as record:
        found = get_items(*wanted)
    assert {"BatchGetItem": 3} == record.operations
    assert [100, 100, 50] == sorted(
        (len(parameters["RequestItems"][TABLE]["Keys"]) for parameters in record.parameters), reverse=True
    )
    assert {0: 0, 99: 99, 100: 100, 249: 249} == {n: item["n"] for n, item in enumerate(found) if item}
    with scripted() as record:
        get_items(*wanted[:MOST_KEYS])
    assert {"BatchGetItem": 1} == record.operations


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


@pytest.mark.parametrize(
    "name", ["get_item", "get_items", "query_index", "query_merged", "query_partition", "count_before"]
)
def test_an_answer_that_broke_off_is_worth_another_try(table, name):
    with scripted(ok(Items=[])), pytest.raises(TryAgainError):
        OPERATIONS[name]()


def test_query_with_a_fault_on_a_later_page_is_worth_another_try(table):
    position = {"pk": {"S": "P0"}, "sk": {"S": "S"}, "gsi1pk": {"S": "P"}, "gsi1sk": {"S": "000"}}
    faults = [error("InternalServerError", status=500)] * connection.ATTEMPTS
    with (
        scripted(ok(Items=[], Count=0, LastEvaluatedKey=position, ConsumedCapacity={}), *faults),
        pytest.raises(TryAgainError),
    ):
        query_index("gsi1", "P", " ", 10)


def plant_places(number, size=0):
    for n in range(number):
        put_if_absent({"pk": "W", "sk": f"{n:03}", "n": n, "seats": n % 3, "x": "x" * size})
    put_if_absent({"pk": "W2", "sk": "000", "n": 99})


def test_a_partition_is_read_in_order_as_of_now(table):
    plant_places(5)
    with scripted() as record:
        assert [0, 1, 2, 3, 4] == numbers(query_partition("W"))
    assert [True] == [parameters["ConsistentRead"] for parameters in record.parameters]
    assert [] == list(query_partition("V"))


def test_a_partition_is_read_page_by_page_and_no_further_than_wanted(table):
    plant_places(7)
    with scripted() as record:
        places = query_partition("W", 2)
        assert [0, 1, 2] == numbers(next(places) for _ in range(3))
        assert {"Query": 2} == record.operations
        assert [3, 4, 5, 6] == numbers(places)
    assert {2} == {parameters["Limit"] for parameters in record.parameters}


def test_a_partition_is_filtered(table):
    plant_places(7)
    assert [1, 2, 4, 5] == numbers(query_partition("W", None, "seats BETWEEN :one AND :two", one=1, two=2))
    assert [1, 4] == numbers(query_partition("W", 2, "seats = :one", one=1))


def test_a_large_partition_is_read_and_counted_to_its_end(table):
    plant_places(9, size=300_000)
    with scripted() as record:
        assert list(range(9)) == numbers(query_partition("W"))
    assert record.operations["Query"] > 2
    with scripted() as record:
        assert 8 == count_before({"pk": "W", "sk": "008"})
    assert record.operations["Query"] > 2


@pytest.mark.parametrize(("position", "expected"), [("000", 0), ("003", 3), ("0035", 4), ("999", 7)])
def test_what_comes_before_a_key_is_counted_whether_it_is_there_or_not(table, position, expected):
    plant_places(7)
    assert expected == count_before({"pk": "W", "sk": position})


# --- Several partitions as one ----------------------------------------------------------------------------------------


class Index:
    """An index that answers `query_index` out of plain lists, and remembers what it was asked."""

    def __init__(self, monkeypatch, partitions):
        self.partitions, self.asked = partitions, []
        monkeypatch.setattr(client, "query_index", self.query)

    def query(self, index, partition, after, limit):
        self.asked.append((partition, after, limit))
        return [{f"{index}sk": position} for position in self.partitions[partition] if position > after][:limit]

    def read(self, after, limit):
        return [item["gsi1sk"] for item in query_merged("gsi1", list(self.partitions), after, limit)]


@st.composite
def spread_people(draw):
    """Positions in order, each in one of some partitions; chosen evenly, or as unevenly as can be."""
    number = draw(st.integers(1, 16))
    weights = draw(st.sampled_from([range(number), [0], [0, number - 1], [0] * 9 + [*range(number)]]))
    chosen = draw(
        st.lists(st.sampled_from(weights), max_size=9) | st.lists(st.sampled_from(weights), min_size=45, max_size=60)
    )
    partitions = {f"P{n}": [] for n in range(number)}
    for position, n in enumerate(chosen):
        partitions[f"P{n}"].append(f"{position:03}")
    return partitions


@given(spread_people(), st.just(-1) | st.integers(0, 60), st.integers(1, 70))
@settings(max_examples=150, deadline=None)
def test_merged_partitions_read_as_if_they_were_one(partitions, after, limit):
    after = f"{after:03}" if after >= 0 else " "
    everybody = sorted(position for listed in partitions.values() for position in listed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(client, "side_by_side", lambda function, calls: [function(*call) for call in calls])
        index = Index(monkeypatch, partitions)
        assert [position for position in everybody if position > after][:limit] == index.read(after, limit)
    assert len(index.asked) == len(set(index.asked))


def test_a_single_partition_is_read_as_it_is(monkeypatch):
    index = Index(monkeypatch, {"P": ["1", "2", "3"]})
    monkeypatch.delattr(client, "side_by_side")
    assert ["2", "3"] == index.read("1", 100)
    assert [("P", "1", 100)] == index.asked


@pytest.mark.parametrize(
    ("partitions", "limit", "share"), [(2, 1, 1), (2, 7, 7), (2, 10, 10), (2, 100, 100), (4, 101, 57), (16, 101, 19)]
)
def test_each_partition_is_asked_for_its_share_and_some_more_but_never_for_more_than_the_page(
    monkeypatch, partitions, limit, share
):
    index = Index(monkeypatch, {f"P{n}": [] for n in range(partitions)})
    assert [] == index.read(" ", limit)
    assert sorted((f"P{n}", " ", share) for n in range(partitions)) == sorted(index.asked)


def test_only_partitions_that_may_hold_more_of_the_page_are_asked_again(monkeypatch):
    """Of 40, each of 16 partitions is asked for 11."""
    positions = {"P0": range(30), "P1": range(100, 111), "P2": range(200, 300), "P3": range(300, 400)}
    index = Index(monkeypatch, {f"P{n}": [f"{at:03}" for at in positions.get(f"P{n}", ())] for n in range(16)})
    assert [f"{at:03}" for at in (*range(30), *range(100, 110))] == index.read(" ", 40)
    assert {(" ", 11)} == {asked[1:] for asked in index.asked[:16]}
    assert [("P0", "010", 11), ("P1", "110", 11), ("P2", "210", 11)] == sorted(index.asked[16:19])
    assert [("P0", "021", 11)] == index.asked[19:]


def test_a_page_that_ends_with_a_partitions_share_is_whole(monkeypatch):
    index = Index(monkeypatch, {"P0": ["1", "2", "3"], "P1": ["4", "5", "6"]})
    assert ["1", "2", "3"] == index.read(" ", 3)
    assert 2 == len(index.asked)


def test_partitions_are_read_at_the_same_time_within_the_calls_deadline_and_notes(monkeypatch):
    everybody_asked = Barrier(16, timeout=10)

    def query(_index, partition, _after, _limit):
        everybody_asked.wait()
        note(**{partition: seconds_left()})
        return []

    monkeypatch.setattr(client, "query_index", query)
    set_deadline(60)
    notes = begin_call("c")
    assert [] == query_merged("gsi1", [f"P{n}" for n in range(16)], " ", 10)
    assert {f"P{n}" for n in range(16)} == set(notes.fields)
    assert all(0 < seconds <= 60 for seconds in notes.fields.values())


def test_no_more_calls_are_made_side_by_side_than_may_be():
    """Whatever their number."""
    busy, most = [], []

    def call(n):
        busy.append(n)
        most.append(len(busy))
        time.sleep(0.005)
        busy.remove(n)
        return n

    assert list(range(50)) == client.side_by_side(call, [(n,) for n in range(50)])
    assert 1 < max(most) <= client.MOST_AT_ONCE


def test_a_partition_that_cannot_be_read_spoils_the_page(table, monkeypatch):
    plant(3)
    set_deadline(connection.LONGEST_CALL - 1)
    notes = begin_call("c")
    with pytest.raises(TryAgainError):
        query_merged("gsi1", ["P", "Q"], " ", 10)
    assert {"store_error": "no time left"} == notes.fields


def test_merged_partitions_come_from_the_index(table):
    plant(4, partition="P")
    plant(2, partition="Q")
    with scripted() as record:
        assert [0, 0, 1, 1, 2] == numbers(query_merged("gsi1", ["P", "Q"], " ", 5))
    assert {"Query": 2} == record.operations
