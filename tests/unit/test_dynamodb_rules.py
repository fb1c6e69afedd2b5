"""The rules that unit tests hold the product's calls to do hold."""

import pytest

from event_management.store.client import Reason, delete_if, get_items, put_new, transact, update_item_if
from tests.unit.dynamodb_rules import check_call

KEY = {"pk": "P", "sk": "S"}
REFUSED = {
    "a reserved word": {"UpdateExpression": "SET status = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}},
    "a reserved word in lower case": {"ConditionExpression": "attribute_exists(zone)"},
    "a reserved word beside others": {
        "ConditionExpression": "seats > :n AND (size(pk) < :n OR capacity = :n)",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    },
    "a value that is not used": {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    },
    "a name that is not used": {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {"#n": "name"},
    },
    "a value that is missing": {"ConditionExpression": "n = :n"},
    "a name that is missing": {"ConditionExpression": "attribute_exists(#n)"},
    "values that are none": {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": {}},
}


@pytest.mark.parametrize("params", REFUSED.values(), ids=REFUSED)
def test_expressions_are_refused_with(params):
    with pytest.raises(AssertionError):
        check_call(params)
    with pytest.raises(AssertionError):
        check_call({"TransactItems": [{"Update": {"Key": {"pk": {"S": "P"}, "sk": {"S": "S"}}, **params}}]})


def test_expressions_are_taken_that_say_what_they_use():
    check_call(
        {
            "UpdateExpression": "SET #status = :s, n = if_not_exists(n, :n) ADD seats :n REMOVE gone",
            "ConditionExpression": "attribute_not_exists(pk) OR NOT seats BETWEEN :n AND :m",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":s": {"S": "x"}, ":n": {"N": "1"}, ":m": {"N": "2"}},
        }
    )


def test_the_products_calls_are_held_to_them(table):
    with pytest.raises(AssertionError):
        update_item_if(KEY, "SET zone = :zone", "attribute_exists(pk)", zone="x")
    with pytest.raises(AssertionError):
        transact([put_new(KEY), delete_if(KEY, "attribute_exists(pk)")], token="t")
    with pytest.raises(AssertionError):
        transact([put_new(KEY | {"sk": str(n)}) for n in range(101)], token="t")
    with pytest.raises(AssertionError):
        get_items(KEY, KEY)
    assert [] == transact([put_new(KEY | {"sk": str(n)}) for n in range(100)], token="t")
    assert Reason("ConditionalCheckFailed", None) == transact([delete_if(KEY, "attribute_exists(pk)")], token="t2")[0]
