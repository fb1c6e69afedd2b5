"""What a call leaves behind in logs and metrics, and what it must never leave."""

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from event_management.config import load_config
from event_management.http.endpoint import endpoint
from event_management.observability import NAMESPACE, SERVICE, begin_call, count, end_call, logger, note
from event_management.views import EventCreated
from tests.gateway import attendee_payload, event_payload, lambda_context, proxy_event

CANARY = "canary-7f3a"


@pytest.fixture(autouse=True)
def printed_logs(capsys, monkeypatch):
    """Log to whatever is standard output at the time: the handler keeps the stream that it was made with."""
    (handler,) = logger.handlers
    stream = SimpleNamespace(write=lambda text: print(text, end=""), flush=int)
    monkeypatch.setattr(handler, "stream", stream)


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def calls(capsys):
    return [line for line in lines(capsys) if "_aws" not in line]


def metrics(capsys):
    """Return {metric: value} of the last call."""
    *_, last = [line for line in lines(capsys) if "_aws" in line]
    names = [metric["Name"] for metric in last["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return last["operation"], {name: last[name] for name in names if name != "Latency"}


def test_a_call_is_one_line_with_correlation_id_event_outcome_and_duration(api, event_id, capsys):
    capsys.readouterr()
    api.register(event_id, attendee_payload(), TransactionId="t-1")
    (line,) = calls(capsys)
    expected = {
        "correlation_id": "t-1",
        "operation": "register_attendee",
        "event_id": event_id,
        "outcome": "ok",
        "status": 201,
    }
    assert expected == {name: line[name] for name in expected}
    assert line["duration_ms"] > 0
    assert line["request_id"]


def test_a_refusal_is_logged_by_its_code(api, event_id, capsys):
    api.register(event_id, attendee_payload())
    api.register(event_id, attendee_payload())
    last = calls(capsys)[-1]
    assert ("already_registered", 409) == (last["outcome"], last["status"])


def test_a_refusals_reason_is_logged_in_our_own_words(api, capsys):
    api.list_events("?limit=asha@example.com")
    assert "limit must be a whole number from 1 to 100." == calls(capsys)[-1]["detail"]


def test_a_made_event_is_named_in_its_line(api, capsys):
    event_id = api.create_event(event_payload()).json["event"]
    assert event_id == calls(capsys)[-1]["event_id"]


def test_only_what_can_be_an_event_id_is_logged_as_one(api, capsys):
    api.get_event("asha@example.com")
    assert "asha" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("registrations", "expected"),
    [
        ([{}], {"Registrations": [1.0]}),
        ([{}, {}], {"Duplicates": [1.0]}),
        ([{}, {"email": "other@example.com"}], {"SoldOut": [1.0]}),
    ],
)
def test_registrations_duplicates_and_sold_out_answers_are_counted(api, capsys, registrations, expected):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    for changes in registrations:
        api.register(event_id, attendee_payload(**changes))
    assert ("register_attendee", expected) == metrics(capsys)


def test_a_replay_is_not_counted_as_a_registration(api, event_id, capsys):
    for _ in range(2):
        api.register(event_id, attendee_payload(), Idempotency_Key="k")
    assert ("register_attendee", {}) == metrics(capsys)


def test_latency_is_a_metric_of_every_operation(api, capsys):
    api.list_events()
    (line,) = [line for line in lines(capsys) if "_aws" in line]
    declared = line["_aws"]["CloudWatchMetrics"][0]
    assert ("EventManagement", [{"Name": "Latency", "Unit": "Milliseconds"}]) == (
        declared["Namespace"],
        declared["Metrics"],
    )
    assert {"operation", "service"} == set(declared["Dimensions"][0])


def test_metrics_are_written_as_powertools_writes_them(environment, capsys):
    begin_call("t-3")
    count("Registrations")
    count("ContentionRetries")
    count("ContentionRetries")
    end_call("register_attendee", "ok", 201, 12.25)
    _, ours = lines(capsys)

    reference = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    reference.add_dimension("operation", "register_attendee")
    reference.add_metric("Latency", MetricUnit.Milliseconds, 12.25)
    reference.add_metric("Registrations", MetricUnit.Count, 1)
    reference.add_metric("ContentionRetries", MetricUnit.Count, 2)
    reference.flush_metrics()
    (expected,) = lines(capsys)

    assert abs(expected["_aws"].pop("Timestamp") - ours["_aws"].pop("Timestamp")) < 1000
    assert expected == ours


@pytest.mark.parametrize(("variable", "expected"), [("POWERTOOLS_METRICS_DISABLED", 1), ("SOMETHING_ELSE", 2)])
def test_metrics_can_be_switched_off_as_powertools_has_it(environment, capsys, variable, expected):
    environment.setenv(variable, "true")
    begin_call("t-4")
    end_call("list_events", "ok", 200, 1.5)
    assert expected == len(lines(capsys))


def test_a_line_is_one_line_of_json_whatever_is_noted(environment, capsys):
    begin_call("t-5")
    note(text='Zoë 💺 "quoted"\n', zone=ZoneInfo("Asia/Kolkata"), nothing=None, number=0.1)
    end_call("list_events", "ok", 200, 1.5)
    line, _ = lines(capsys)
    assert ('Zoë 💺 "quoted"\n', "Asia/Kolkata", 0.1) == (line["text"], line["zone"], line["number"])
    assert "nothing" not in line


def test_names_and_addresses_are_never_logged(api, environment, capsys):
    event_id = api.create_event(event_payload(name=CANARY, location=CANARY), ISOCountry="INDIA").json["event"]
    person = {"name": CANARY, "email": f"{CANARY}@{CANARY}.example"}
    for payload in (person, person, person | {"name": ""}, person | {"email": f"{CANARY}@"}, person | {CANARY: CANARY}):
        api.register(event_id, payload, Idempotency_Key=CANARY)
    for query in ("", f"?next_token={CANARY}", f"?limit={CANARY}", f"?page={CANARY}", f"?timezone={CANARY}"):
        api.list_attendees(event_id, query)
        api.list_events(query)
    api.get_event(CANARY)
    api.register(CANARY, person)
    api.call("register_attendee", "POST", "/events/x/register", f'{{"payload": "{CANARY}', event_id)
    environment.setenv("TABLE_NAME", "no-such-table")  # and when the unforeseen happens
    load_config.cache_clear()
    api.register(event_id, person)
    api.create_event(event_payload(name=CANARY))
    printed = capsys.readouterr()
    assert "invalid_payload" in printed.out
    assert "ResourceNotFoundException" in printed.out
    assert CANARY not in printed.out + printed.err


def test_the_unforeseen_is_logged_with_its_place_and_correlation_id(api, environment, capsys):
    environment.setenv("TABLE_NAME", "no-such-table")
    api.list_events(TransactionId="t-2")
    error, line = calls(capsys)
    assert ("ERROR", "t-2", "internal_error") == (error["level"], error["correlation_id"], line["outcome"])
    assert "ResourceNotFoundException" == error["aws_error"]
    assert error["frames"][-1].endswith("_make_api_call")


def test_the_text_of_the_unforeseen_is_not_logged(environment, capsys):
    @endpoint("probe")
    def handler(request):
        raise KeyError(CANARY)

    assert 500 == handler(proxy_event("GET", "/"), lambda_context())["statusCode"]
    printed = capsys.readouterr()
    assert "builtins.KeyError" in printed.out
    assert CANARY not in printed.out + printed.err


def test_calls_in_parallel_threads_keep_their_lines_apart(environment, capsys):
    @endpoint("probe")
    def handler(request):
        return EventCreated(event=request.path["event_id"])

    numbers = [f"aaaaaaaa{a}{b}" for a in "234567abcdefgh" for b in "234567abcdefgh"]

    def call(event_id):
        handler(proxy_event("GET", "/", None, {"TransactionId": event_id}, {"event_id": event_id}), lambda_context())

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(call, numbers))
    logged = calls(capsys)
    assert sorted(numbers) == sorted(line["event_id"] for line in logged)
    assert all(line["event_id"] == line["correlation_id"] for line in logged)
