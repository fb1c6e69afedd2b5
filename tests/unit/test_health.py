"""GET /health: alive without any data, and honest about who is let in."""

import pytest

from event_management.config import ConfigError
from event_management.store import connection
from tests.gateway import Api

WARNING = "Everybody who gets here is the organiser of every event. For a laptop alone."


@pytest.mark.parametrize("mode", ["cognito", None])
def test_a_guarded_stack_says_that_it_is_and_asks_nobody_for_a_token(environment, mode):
    environment.setenv("AUTH_MODE", mode) if mode else environment.delenv("AUTH_MODE")
    reply = Api().get_health()
    assert (200, {"message": "Healthy", "status": "success", "auth": "cognito"}) == (reply.status, reply.json)


def test_an_open_stack_says_so_with_a_warning(environment):
    environment.setenv("AUTH_MODE", "open")
    reply = Api().get_health()
    expected = {"message": "Healthy", "status": "success", "auth": "open", "warning": WARNING}
    assert (200, expected) == (reply.status, reply.json)


def test_no_answer_is_kept_and_browsers_may_read_it(environment):
    reply = Api().get_health(Origin="https://shop.example", TransactionId="t-1")
    assert ("no-store", "t-1", "https://shop.example") == tuple(
        reply.headers[name] for name in ("Cache-Control", "TransactionId", "Access-Control-Allow-Origin")
    )


def test_nothing_is_asked_of_dynamodb_not_even_for_a_client(environment, monkeypatch):
    monkeypatch.setattr(connection, "dynamodb", None)
    environment.setenv("TABLE_NAME", "no-such-table")
    assert 200 == Api().get_health().status


@pytest.mark.parametrize(("name", "value"), [("AUTH_MODE", "opne"), ("DEFAULT_TIMEZONE", "Mars/Base")])
def test_a_function_whose_settings_make_no_sense_does_not_answer(environment, name, value):
    """The gateway then answers its own 500."""
    environment.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        Api().get_health()
