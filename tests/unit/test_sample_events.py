"""events/*.json: what `sam local invoke` is given, one per function."""

import json

import pytest

from local import seed, template
from tests.gateway import FUNCTIONS, ROOT, invoke

SAMPLES = {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / "events").glob("*.json"))}
STATUS = {
    "create_event": 201,
    "get_event": 200,
    "list_attendees": 200,
    "list_events": 200,
    "preflight": 204,
    "register_attendee": 201,
}


def function_resource(name):
    logical_id = "".join(word.capitalize() for word in name.split("_")) + "Function"
    return template.load(ROOT / "template.yaml")["Resources"][logical_id]["Properties"]


@pytest.fixture(params=["open", "cognito"])
def seeded_table(request, table, environment):
    environment.setenv("AUTH_MODE", request.param)
    seed.seed()
    return table


def test_every_function_has_a_sample_and_every_sample_a_function():
    assert set(FUNCTIONS) == set(SAMPLES)
    assert set(FUNCTIONS) == set(STATUS)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_answered_with_success_open_or_guarded_and_again_when_repeated(seeded_table, name):
    replies = [invoke(name, SAMPLES[name]) for _ in range(2)]

    assert [STATUS[name]] * 2 == [reply.status for reply in replies]
    assert replies[0].text == replies[1].text
    assert f"sample-{name.replace('_', '-')}" == replies[0].headers["TransactionId"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_a_call_of_its_functions_route(name):
    sample = SAMPLES[name]
    routes = {
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for event in function_resource(name)["Events"].values()
    }

    assert (sample["httpMethod"], sample["resource"]) in routes
    assert sample["resource"].format(**sample["pathParameters"] or {}) == sample["path"].rstrip("/")
    assert sample["httpMethod"] == sample["requestContext"]["httpMethod"]
    assert sample["resource"] == sample["requestContext"]["resourcePath"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_carries_the_headers_that_users_of_the_api_send(name):
    headers = SAMPLES[name]["headers"]

    assert "INDIA" == headers["ISOCountry"]
    assert headers["TransactionId"]
    assert ("Content-Type" in headers) == (SAMPLES[name]["body"] is not None)
    assert {header: [value] for header, value in headers.items()} == SAMPLES[name]["multiValueHeaders"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_about_one_event_is_about_the_seeded_one(name):
    assert (SAMPLES[name]["pathParameters"] or {"event_id": seed.EVENT_ID}) == {"event_id": seed.EVENT_ID}
