"""The client: made once, and it behaves as one that boto3 makes."""

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import botocore.session
import pytest
from botocore import xform_name
from botocore.validate import ParamValidationDecorator

import trim_botocore
from event_management.store import connection
from tests.gateway import ROOT

LIFE_OF_A_CALL = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
    "getattr",
)
"""Events of botocore, in their order."""

STARTING = """
import gc, json
from event_management.store import connection
print(json.dumps({"made": connection._make_client.cache_info().currsize, "set aside": gc.get_freeze_count() > 0}))
"""


@pytest.fixture
def client(environment):
    """A client of the product."""
    connection.forget_client()
    yield connection.dynamodb()
    connection.forget_client()


def handlers(client):
    """Return the names of the handlers that each event of each call asks."""
    find = client.meta.events._emitter._handlers.prefix_search
    return {
        event: Counter(getattr(handler, "__qualname__", type(handler)) for handler in find(event))
        for operation in trim_botocore.OPERATIONS
        for event in (f"{stage}.dynamodb.{operation}" for stage in LIFE_OF_A_CALL)
    }


def test_client_waits_and_repeats_within_bounds(client):
    config = client.meta.config
    assert (1, 2) == (config.connect_timeout, config.read_timeout)
    assert "standard" == config.retries["mode"]
    assert connection.ATTEMPTS == config.retries["total_max_attempts"]


def test_a_process_has_one_client_even_where_threads_ask_at_once(environment):
    connection.forget_client()
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: connection.dynamodb(), range(32)))
    assert 1 == len({id(one) for one in made})
    connection.forget_client()
    assert connection.dynamodb() is not made[0]


def test_every_handler_that_a_default_session_asks_is_asked(environment, client):
    default = botocore.session.Session().create_client("dynamodb", config=client.meta.config)
    assert handlers(default) == handlers(client)
    assert any(handlers(client).values())


def test_only_handlers_that_dynamodb_needs_are_registered(client):
    services = client.meta.events._emitter._handlers._root["children"]["before-call"]["children"]
    assert {} == services


def test_client_has_every_method_that_the_store_calls(client):
    assert all(callable(getattr(client, xform_name(operation))) for operation in trim_botocore.OPERATIONS)


def test_who_calls_is_said_in_the_sdks_own_words(client):
    session = botocore.session.Session()
    assert session.user_agent() == client.meta.config.user_agent


def test_the_sdk_does_not_check_again_what_our_models_have_checked(client):
    assert not isinstance(client._serializer, ParamValidationDecorator)


@pytest.mark.parametrize(("phase", "expected"), [({"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}, 1), ({}, 0)])
def test_lambda_makes_the_client_while_it_initialises_the_function(environment, phase, expected):
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "shared")} | phase
    printed = subprocess.check_output([sys.executable, "-c", STARTING], env=surroundings, text=True)
    assert {"made": expected, "set aside": bool(expected)} == json.loads(printed)
