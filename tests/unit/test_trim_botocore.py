"""botocore's data, cut down: smaller, and no call behaves otherwise."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import botocore
import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader

import trim_botocore
from tests.gateway import ROOT
from trim_botocore import LayoutError, trim

WHOLE = Path(botocore.__file__).parent / "data"
KEY = {"pk": {"S": "P"}, "sk": {"S": "S"}}
CALLS = {
    "BatchGetItem": {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}},
    "GetItem": {"TableName": "t", "Key": KEY, "ConsistentRead": True},
    "PutItem": {"TableName": "t", "Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"},
    "Query": {
        "TableName": "t",
        "IndexName": "gsi1",
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"B": b"\x00\xff"}},
        "ExclusiveStartKey": KEY,
    },
    "TransactWriteItems": {
        "TransactItems": [
            {"Put": {"TableName": "t", "Item": KEY | {"m": {"M": {"l": {"L": [{"N": "1"}]}}}}}},
            {
                "Update": {
                    "TableName": "arn:aws:dynamodb:eu-west-1:123456789012:table/t",
                    "Key": KEY,
                    "UpdateExpression": "SET taken = taken + :one",
                }
            },
        ]
    },
    "UpdateItem": {
        "TableName": "t",
        "Key": KEY,
        "UpdateExpression": "DELETE open_blocks :blocks",
        "ExpressionAttributeValues": {":blocks": {"NS": ["0", "2"]}},
    },
}
REGIONS = [
    *("us-east-1", "eu-west-1", "ap-south-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eu-isoe-west-1"),
    *("eusc-de-east-1", "local", "us-east-1-fips", "fips-us-gov-west-1", "xx-nowhere-9", "eu-new-7"),
]
SETTINGS = {
    "nothing set": {},
    "FIPS": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "dual stack": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "FIPS and dual stack": {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "an endpoint": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
    "DynamoDB's endpoint": {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000", "AWS_ENDPOINT_URL": "http://other"},
    "endpoints ignored": {"AWS_ENDPOINT_URL_DYNAMODB": "http://no", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    "an account": {"AWS_ACCOUNT_ID": "123456789012"},
    "an account that must be known": {"AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"},
    "an account, and FIPS": {"AWS_ACCOUNT_ID": "123456789012", "AWS_USE_FIPS_ENDPOINT": "true"},
    "smart defaults": {"AWS_DEFAULTS_MODE": "in-region"},
}


class BuiltinData(Loader):
    """Loads from this folder what botocore loads from its own."""

    def __init__(self, folder: Path) -> None:
        self.BUILTIN_DATA_PATH = str(folder)
        super().__init__()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the part of botocore's data that matters."""
    copy = tmp_path_factory.mktemp("botocore") / "data"
    return copy_data(copy)


def copy_data(target):
    shutil.copytree(WHOLE / "dynamodb", target / "dynamodb")
    for file in WHOLE.glob("*.json"):
        shutil.copy(file, target)
    return target


@pytest.fixture(scope="module")
def data(folder):
    """What calls are made with: all of botocore's data, and what is left of them."""
    trim(folder)
    return [BuiltinData(WHOLE), BuiltinData(folder)]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    """No settings but the test's own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    return monkeypatch


def outcome(loader, region, operation, answer=(200, {})):
    """Return all that can be seen of a call: requests, and what is returned or raised."""
    status, body = answer
    seen = []

    def answer_request(request, **_):
        seen.append(describe(request))
        raw = SimpleNamespace(stream=lambda *_, **__: iter([json.dumps(body).encode()]))
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, raw)

    session = botocore.session.Session()
    session.register_component("data_loader", loader)
    try:
        client = session.create_client(
            "dynamodb", region_name=region, config=Config(retries={"total_max_attempts": 2, "mode": "standard"})
        )
        client.meta.events.register("before-send.dynamodb", answer_request)
        parameters = CALLS[operation]
        if operation == "TransactWriteItems":
            parameters = parameters | {"ClientRequestToken": "t"}
        result = getattr(client, xform_name(operation))(**parameters)
    except ClientError as error:
        names = [base.__name__ for base in type(error).__mro__]
        modelled = hasattr(client.exceptions, names[0]) or names[0] == "ClientError"
        return seen, names, modelled, str(error), error.response
    except BotoCoreError as error:
        return seen, type(error), str(error)
    return seen, result, client.meta.endpoint_url, client.meta.region_name, client.meta.partition


def describe(request):
    """Return what a request says, but for the moment and its signature."""
    moment = {"Authorization", "X-Amz-Date", "amz-sdk-invocation-id"}
    headers = {name: value for name, value in request.headers.items() if name not in moment}
    signed = re.sub(rb"Credential=testing/\d+|Signature=\w+", b"", request.headers["Authorization"])
    return request.method, request.url, headers, signed, request.body


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_calls_go_to_the_same_place_and_say_the_same(data, surroundings, settings):
    for name, value in settings.items():
        surroundings.setenv(name, value)
    for region in REGIONS:
        before, after = (outcome(loader, region, "TransactWriteItems") for loader in data)
        assert before == after, region


def test_some_of_these_calls_differ_from_each_other(data, surroundings):
    """Otherwise the comparison would prove nothing."""
    hosts = {
        outcome(data[1], region, "TransactWriteItems")[0][0][1]
        for region in ("eu-west-1", "cn-north-1", "us-gov-west-1")
    }
    expected = {"eu-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn", "us-gov-west-1.amazonaws.com"}
    assert {f"https://dynamodb.{host}/" for host in expected} == hosts


def test_every_region_of_every_partition_is_known_as_before(data):
    whole, left = (loader.load_data("endpoints") for loader in data)
    for before, after in zip(whole["partitions"], left["partitions"], strict=True):
        assert {**before, "services": None} == {**after, "services": None}
        assert before["services"].get("dynamodb") == after["services"].get("dynamodb")
    assert data[0].load_data("partitions") == data[1].load_data("partitions")


@pytest.mark.parametrize("operation", trim_botocore.OPERATIONS)
def test_every_operation_sends_and_reads_the_same(data, operation):
    of_several = operation.startswith(("Batch", "Transact"))
    answer = {
        "Item": KEY | {"b": {"B": "AQ=="}},
        "Items": [KEY],
        "Attributes": KEY,
        "LastEvaluatedKey": KEY,
        "Count": 1,
        "Responses": {"t": [KEY]},
        "UnprocessedKeys": {"t": {"Keys": [KEY]}},
        "ConsumedCapacity": [{"TableName": "t"}] if of_several else {"CapacityUnits": 1.5},
        "Unheard": 1,
    }
    before, after = (outcome(loader, "eu-west-1", operation, (200, answer)) for loader in data)
    assert before == after
    assert 1 == len(after[0])


def test_every_error_is_raised_and_repeated_as_before(data):
    shapes = data[0].load_service_model("dynamodb", "service-2")["shapes"]
    codes = [name for name, shape in shapes.items() if shape.get("exception")]
    members = {"Item": KEY, "CancellationReasons": [{"Code": "None"}, {"Code": "X", "Item": {"b": {"B": "AQ=="}}}]}
    for code in [*codes, "ThrottlingException", "ValidationException", "SlowDown", "Unheard"]:
        for status in (400, 500):
            body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "m", **members}
            before, after = (outcome(loader, "eu-west-1", "PutItem", (status, body)) for loader in data)
            assert before == after, code


def test_cancellation_reasons_are_read_with_their_items(data):
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": KEY, "Message": "m"}]
    body = {"__type": "x#TransactionCanceledException", "message": "m", "CancellationReasons": reasons}
    _, names, *_, response = outcome(data[1], "eu-west-1", "TransactWriteItems", (400, body))
    assert ("TransactionCanceledException", reasons) == (names[0], response["CancellationReasons"])


def test_the_list_of_operations_is_what_the_store_calls(data):
    operations = data[0].load_service_model("dynamodb", "service-2")["operations"]
    methods = {xform_name(name): name for name in operations}
    called = {
        methods[node.func.attr]
        for file in (ROOT / "shared/event_management/store").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods
    }
    assert set(trim_botocore.OPERATIONS) == called == set(CALLS)


def test_what_is_left_is_small_and_says_nothing(data, folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert 80_000 > sum(file.stat().st_size for file in files)
    model = json.loads((folder / "dynamodb/2012-08-10/service-2.json").read_text())
    assert '"documentation":"' not in json.dumps(model, separators=(",", ":"))
    assert set(trim_botocore.OPERATIONS) == model["operations"].keys()


# --- Another layout of botocore's data --------------------------------------------------------------------------------


def change_json(file, change):
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


CHANGES = {
    "a file that belongs to no service": lambda data: (data / "accounts.json").write_text("{}"),
    "a common file that is gone": lambda data: (data / "partitions.json").unlink(),
    "a newer version": lambda data: (data / "dynamodb" / "2027-01-01").mkdir(),
    "an addition to the model": lambda data: (data / "dynamodb/2012-08-10/service-2.sdk-extras.json").write_text("{}"),
    "no model": lambda data: (data / "dynamodb/2012-08-10/service-2.json.gz").unlink(),
    "another member": lambda data: change_json(data / "endpoints.json", lambda content: content.update(new=1)),
    "another member of partitions": lambda data: change_json(
        data / "endpoints.json", lambda content: content["partitions"][1].update(new=1)
    ),
    "no endpoints of the service": lambda data: change_json(
        data / "endpoints.json", lambda content: content["partitions"][0]["services"].pop("dynamodb")
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_layout_stops_the_build_and_leaves_the_data_alone(tmp_path, change):
    data = copy_data(tmp_path / "data")
    change(data)
    before = sorted(path for path in data.rglob("*"))
    with pytest.raises(LayoutError):
        trim(data)
    assert before == sorted(path for path in data.rglob("*"))


def test_an_operation_that_dynamodb_does_not_have_stops_the_build(tmp_path, monkeypatch):
    monkeypatch.setattr(trim_botocore, "OPERATIONS", ("GetItem", "GetEverything"))
    with pytest.raises(LayoutError, match="GetEverything"):
        trim(copy_data(tmp_path / "data"))


def test_the_build_is_told_what_is_wrong(tmp_path):
    data = copy_data(tmp_path / "data")
    (data / "accounts.json").write_text("{}")
    done = subprocess.run(
        [sys.executable, ROOT / "shared/trim_botocore.py", data], capture_output=True, text=True, check=False
    )
    assert 1 == done.returncode
    assert "accounts" in done.stderr
