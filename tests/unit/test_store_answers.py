"""Answers: read faster than botocore does, with the same result."""

import json

import botocore.session
import pytest
from botocore.parsers import JSONParser, QueryParser

from event_management.store.answers import AnswerParserFactory, ItemAnswer, PageAnswer, _decoders

EVERY_KIND = {
    "s": {"S": "Zoë 💺"},
    "empty": {"S": ""},
    "n": {"N": "12345678901234567890.5"},
    "b": {"B": "AAEC/w=="},
    "true": {"BOOL": True},
    "null": {"NULL": True},
    "m": {"M": {"key": {"B": "AQ=="}, "deeper": {"M": {"n": {"N": "1"}}}}},
    "l": {"L": [{"S": "a"}, {"L": [{"B": "AQ=="}]}, {"M": {}}]},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": ["AQ==", "Ag=="]},
}
COST = {"TableName": "events", "CapacityUnits": 0.5, "GlobalSecondaryIndexes": {"gsi1": {"CapacityUnits": 1}}}
ANSWERS = [
    ("GetItem", {}),
    ("GetItem", {"ConsumedCapacity": COST}),
    ("GetItem", {"Item": EVERY_KIND, "ConsumedCapacity": COST}),
    ("GetItem", {"Item": EVERY_KIND, "Unheard": {"of": 1}}),
    ("Query", {"Items": [], "Count": 0, "ScannedCount": 0, "ConsumedCapacity": COST}),
    ("Query", {"Items": [EVERY_KIND] * 2, "Count": 2, "ScannedCount": 3, "LastEvaluatedKey": {"pk": {"S": "P"}}}),
    ("PutItem", {"Attributes": EVERY_KIND, "ConsumedCapacity": COST}),
    ("TransactWriteItems", {"ConsumedCapacity": [COST]}),
]
UNUSUAL = {
    "nothing": b"",
    "broken off": b'{"Items": [{"s": {"S": "a',
    "no JSON": b"<html>",
    "no UTF-8 in a name": b'{"Item": {"\\ud800": {"S": "a"}}}',
    "null": b'{"Item": null, "ConsumedCapacity": null}',
    "a count in words": b'{"Count": "two"}',
    "padding that is missing": b'{"Item": {"b": {"S": 1}}}',
}


@pytest.fixture(scope="module")
def model():
    return botocore.session.Session().get_service_model("dynamodb")


def read(parser, model, operation, body, status=200):
    """Return what a parser makes of an answer, or the class of what it raises."""
    response = {
        "headers": {"x-amzn-RequestId": "R1", "Content-Type": "application/x-amz-json-1.0"},
        "status_code": status,
        "body": body,
        "context": {"operation_name": operation},
    }
    response["headers"] = {name.lower(): value for name, value in response["headers"].items()}
    try:
        return parser.parse(response, model.operation_model(operation).output_shape)
    except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
        return type(error)


@pytest.mark.parametrize(("operation", "answer"), ANSWERS)
def test_answers_are_read_as_botocore_reads_them(model, operation, answer):
    body = json.dumps(answer).encode()
    expected = read(JSONParser(), model, operation, body)
    assert "R1" == expected["ResponseMetadata"]["RequestId"]
    assert expected == read(AnswerParserFactory().create_parser("json"), model, operation, body)


@pytest.mark.parametrize("body", UNUSUAL.values(), ids=UNUSUAL)
@pytest.mark.parametrize("operation", ["GetItem", "Query"])
def test_answers_that_are_not_as_dynamodb_says_are_botocores(model, operation, body):
    expected = read(JSONParser(), model, operation, body)
    assert expected == read(AnswerParserFactory().create_parser("json"), model, operation, body)


@pytest.mark.parametrize("operation", ["GetItem", "Query", "TransactWriteItems"])
def test_errors_are_botocores(model, operation):
    body = json.dumps({"__type": "x#ValidationException", "message": "m", "Item": EVERY_KIND}).encode()
    expected = read(JSONParser(), model, operation, body, status=400)
    assert {"Code": "ValidationException", "Message": "m"} == expected["Error"]
    assert expected == read(AnswerParserFactory().create_parser("json"), model, operation, body, status=400)


def test_every_member_of_an_answer_that_is_read_in_one_go_is_known(model):
    declared = {name: set(model.operation_model(name).output_shape.members) for name in ("GetItem", "Query")}
    assert {"GetItem": set(ItemAnswer.__annotations__), "Query": set(PageAnswer.__annotations__)} == declared
    assert declared.keys() == _decoders().keys()


def test_every_kind_of_attribute_is_known(model):
    assert set(model.shape_for("AttributeValue").members) == {kind for value in EVERY_KIND.values() for kind in value}


def test_the_parser_is_made_once():
    factory = AnswerParserFactory()
    assert factory.create_parser("json") is factory.create_parser("json")


def test_another_protocols_answers_are_botocores():
    assert QueryParser is type(AnswerParserFactory().create_parser("query"))


def test_dynamodb_speaks_the_protocol_whose_parser_is_ours(model):
    assert "json" == model.resolved_protocol
