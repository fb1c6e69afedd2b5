"""The DynamoDB of the benchmarks answers what the product's store reads, through a real client."""

import json
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from bench.speed import subjects
from bench.speed.canned_dynamodb import CannedServer
from event_management import keys
from event_management.store import connection, secrets
from tests.gateway import FUNCTIONS, lambda_context, load_function


@pytest.fixture(scope="module")
def server():
    started = CannedServer()
    started.start()
    yield started
    started.stop()


@pytest.fixture
def dynamodb(environment, server):
    """A client of the canned server; the product's own goes there, too."""
    environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{server.port}")
    connection.forget_client()
    secrets.forget_secrets()
    yield boto3.client("dynamodb")
    connection.forget_client()
    secrets.forget_secrets()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_gets_what_its_sample_call_is_to_get(dynamodb, name):
    call = subjects.sample_call(name)

    subjects.check_answer(name, load_function(name).lambda_handler(call.event, lambda_context()))


def test_items_are_found_by_key_alone_or_several_at_once(dynamodb):
    there = {name: {"S": value} for name, value in keys.event_key(subjects.EVENT_ID).items()}
    missing = {name: {"S": value} for name, value in keys.event_key("nosuchevnt").items()}

    assert {"S": subjects.EVENT_ID} == dynamodb.get_item(TableName="t", Key=there)["Item"]["id"]
    assert "Item" not in dynamodb.get_item(TableName="t", Key=missing)
    found = dynamodb.batch_get_item(RequestItems={"t": {"Keys": [there, missing]}})
    assert [{"S": subjects.EVENT_ID}] == [item["id"] for item in found["Responses"]["t"]]


def test_capacity_is_told_to_those_who_ask(dynamodb):
    key = {name: {"S": value} for name, value in keys.secrets_key().items()}

    assert "ConsumedCapacity" in dynamodb.get_item(TableName="t", Key=key, ReturnConsumedCapacity="TOTAL")
    assert "ConsumedCapacity" not in dynamodb.get_item(TableName="t", Key=key)


def test_requests_are_remembered_until_they_are_asked_for(dynamodb, server):
    def requests():
        with urlopen(f"http://127.0.0.1:{server.port}/") as answer:
            return json.load(answer)

    requests()
    dynamodb.put_item(TableName="t", Item={"pk": {"S": "a"}})

    assert [["PutItem", {"TableName": "t", "Item": {"pk": {"S": "a"}}}]] == requests()
    assert [] == requests()


def test_an_operation_that_nobody_canned_is_an_error(dynamodb):
    with pytest.raises(ClientError, match="nobody canned this ListTables"):
        dynamodb.list_tables()
