"""events/*.json: what `sam local invoke` is given, one per function."""

import json

import pytest

from local import seed, template
from tests.crashes import one_call_at_a_time
from tests.gateway import FUNCTIONS, ROOT, SCHEDULED, invoke, lambda_context, load_function

ALL_SAMPLES = {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / "events").glob("*.json"))}
SAMPLES = {name: sample for name, sample in ALL_SAMPLES.items() if name not in SCHEDULED}
STATUS = dict.fromkeys(FUNCTIONS, 200) | {
    "create_event": 201,
    "delete_event": 204,
    "join_waitlist": 201,
    "preflight": 204,
    "register_attendee": 201,
    "remove_member": 204,
    "renew_codes": 201,
}
ONCE = {"erase_person": 200, "renew_codes": 201, "transfer_attendee": 410, "undo_check_in": 409}
"""What does not answer the same again, with what it answers then."""


def function_resource(name):
    logical_id = "".join(word.capitalize() for word in name.split("_")) + "Function"
    return template.load(ROOT / "template.yaml")["Resources"][logical_id]["Properties"]


@pytest.fixture(autouse=True)
def one_call_after_another():
    """As moto's transactions race."""
    with one_call_at_a_time():
        yield


@pytest.fixture(params=["open", "cognito"])
def fillings(request, table, environment):
    environment.setenv("AUTH_MODE", request.param)
    return seed.seed()


def filled(fillings):
    """Yield each sample's name, and the sample with its placeholders filled."""
    for name, sample in SAMPLES.items():
        yield name, json.loads(seed.fill(json.dumps(sample), fillings.get(name)))


def test_every_function_has_a_sample_and_every_sample_a_function():
    assert {*FUNCTIONS, *SCHEDULED} == set(ALL_SAMPLES)


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_sample_of_a_schedule_is_what_eventbridge_sends(table, environment, name):
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html"""
    environment.setenv("RETENTION_DAYS", "0")
    sample = ALL_SAMPLES[name]
    assert ("aws.events", "Scheduled Event", {}) == (sample["source"], sample["detail-type"], sample["detail"])
    assert {"swept": 0, "removed": 0, "complete": True} == load_function(name).lambda_handler(sample, lambda_context())


def test_samples_are_answered_with_success_open_or_guarded_and_again_when_repeated(fillings):
    for name, sample in filled(fillings):
        replies = [invoke(name, sample) for _ in range(2)]

        assert [STATUS[name], ONCE.get(name, STATUS[name])] == [reply.status for reply in replies], name
        assert (replies[0].text == replies[1].text) == (name not in ONCE), name
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
def test_a_sample_about_one_event_is_about_a_seeded_one(name):
    event_id = (SAMPLES[name]["pathParameters"] or {}).get("event_id", seed.EVENT_ID)
    assert event_id in seed.CAPACITIES


def test_samples_about_a_person_have_one_each(table):
    about_people = {name for name, sample in SAMPLES.items() if "<" in json.dumps(sample)}
    fillings = seed.seed()

    assert about_people == set(fillings)
    assert len(about_people) == len({filling.attendee_id for filling in fillings.values()})


def test_samples_are_answered_again_after_seeding_anew(table):
    for _ in range(3):
        for name, sample in filled(seed.seed()):
            assert STATUS[name] == invoke(name, sample).status, name


def test_the_filled_samples_are_written_where_sam_is_told_to_find_them(table, tmp_path):
    seed.write_samples(tmp_path / "events")

    written = {file.stem: file.read_text() for file in (tmp_path / "events").glob("*.json")}
    assert set(ALL_SAMPLES) == set(written)
    assert [] == [name for name, text in written.items() if "<" in text]
