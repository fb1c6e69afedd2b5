"""Unit tests: the functions themselves against moto, one table per test."""

import pytest
from moto import mock_aws

from event_management.config import load_config, load_limits
from event_management.store import connection, seats, secrets
from tests.gateway import Api, event_payload
from tests.tables import make_table
from tests.unit.dynamodb_rules import check_call

TABLE = "events-under-test"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """The environment of a function, in open mode."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    settings = {
        "ALLOWED_ORIGINS": "https://shop.example,https://desk.example",
        "AUTH_MODE": "open",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "DEFAULT_TIMEZONE": "Asia/Kolkata",
        "TABLE_NAME": TABLE,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    load_config.cache_clear()
    load_limits.cache_clear()
    yield monkeypatch
    load_config.cache_clear()
    load_limits.cache_clear()


@pytest.fixture(scope="module")
def simulated_aws():
    """One simulation, and one client of the product, per module: both take longer to make than a test to run."""
    connection.forget_client()
    with mock_aws():
        yield
    connection.forget_client()


@pytest.fixture
def table(environment, simulated_aws):
    """An empty table; yields a client for looking at it."""
    secrets.forget_secrets()
    seats._memory.finders.clear()
    engine = make_table(TABLE)
    hooks = connection.dynamodb().meta.events
    hooks.register("provide-client-params.dynamodb", check_call)
    yield engine
    hooks.unregister("provide-client-params.dynamodb", check_call)
    engine.delete_table(TableName=TABLE)


@pytest.fixture
def api(table):
    """The functions over an empty table."""
    return Api()


@pytest.fixture
def event_id(api):
    """An event with 50 seats."""
    return api.create_event(event_payload()).json["event"]
