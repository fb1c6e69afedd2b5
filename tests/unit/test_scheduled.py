"""What runs on a schedule: what Lambda is told, and what the log keeps."""

import json
from typing import NamedTuple

import pytest

from event_management.config import ConfigError
from event_management.deadline import seconds_left
from event_management.errors import TryAgainError
from event_management.scheduled import scheduled
from tests.gateway import attendee_payload, event_payload, lambda_context, load_function

EVENT = {"id": "89d1a02d-5ec7-412e-82f5-13505f849b41"}
GONE = {"start_time": "2020-01-15 18:30", "end_time": "2020-01-15 21:00"}


class Told(NamedTuple):
    swept: int = 3


def logged(caplog):
    (line,) = [record for record in caplog.records if getattr(record, "operation", None) == "tidy"]
    return line


def test_a_run_tells_what_its_function_tells_and_has_a_log_line_and_metrics(environment, caplog, capsys):
    assert {"swept": 3} == scheduled("tidy")(Told)(EVENT, lambda_context())
    line = logged(caplog)
    assert ("ok", 200, 3) == (line.outcome, line.status, line.swept)
    assert "Latency" in json.loads(capsys.readouterr().out)


def test_a_run_ends_before_the_function_does(environment):
    left = []
    scheduled("tidy")(lambda: left.append(seconds_left()) or Told())({}, lambda_context(100))
    assert 98 < left[0] < 99.6


@pytest.mark.parametrize(
    ("error", "outcome", "status"), [(TryAgainError(), "try_again", 503), (KeyError("asha"), "internal_error", 500)]
)
def test_lambda_is_told_of_what_goes_wrong_and_the_log_without_its_text(environment, caplog, error, outcome, status):
    def fail():
        raise error

    with pytest.raises(type(error)):
        scheduled("tidy")(fail)(EVENT, lambda_context())
    assert (outcome, status) == (logged(caplog).outcome, logged(caplog).status)
    assert "asha" not in caplog.text


@pytest.mark.parametrize(("days", "left"), [("0", 1), ("30", 0)])
def test_the_function_sweeps_what_ended_more_than_the_days_ago_that_it_is_set_to(api, environment, days, left):
    environment.setenv("RETENTION_DAYS", days)
    event_id = api.create_event(event_payload(**GONE)).json["event"]
    assert 201 == api.register(event_id, attendee_payload()).status
    answer = load_function("sweep_events").lambda_handler(EVENT, lambda_context())
    assert {"swept": 1 - left, "removed": 0, "complete": True} == answer
    assert left == len(api.list_attendees(event_id).json["sections"])


@pytest.mark.parametrize("days", ["", "-1", "a", "100000", None])
def test_a_setting_that_makes_no_sense_is_told(environment, table, days):
    environment.delenv("RETENTION_DAYS", raising=False) if days is None else environment.setenv("RETENTION_DAYS", days)
    with pytest.raises(ConfigError, match="RETENTION_DAYS"):
        load_function("sweep_events").lambda_handler(EVENT, lambda_context())
