"""DynamoDB at its worst, between the functions and a real engine: nothing lost, nothing sold twice, the truth told.

Every test asserts that its fault really happened.
"""

import json
import time
from functools import partial
from unittest.mock import Mock

import pytest
from botocore.retries.standard import ExponentialBackoff, RetryContext

import event_management.seats
from event_management import keys
from event_management.config import load_limits
from event_management.identifiers import derive_attendee_id
from event_management.store import client, connection, contention, seats
from event_management.store.attributes import to_attributes
from local import template
from local.launch import launch
from tests.gateway import ROOT, attendee_payload, event_payload
from tests.integration.engine import (
    OTHER_ENGINE,
    HttpApi,
    Shop,
    Table,
    at_once,
    handlers_on,
    leave,
    plan,
    until_final,
    wait_for_answers,
)
from tests.integration.faults import (
    LOST_ANSWER,
    cancelled,
    error,
    faults_before,
    free_port,
    on,
    reserved_port,
    unprocessed,
)

WRITE = "TransactWriteItems"
LOOK = "BatchGetItem"
TAKE_OFF = "UpdateItem"
INTERNAL_ERROR = error("InternalServerError", status=500)
THROTTLING = error("ThrottlingException", status=400)
CONFLICT = cancelled("None", "TransactionConflict")
LATE = {"latency": 900}
"""Carried out after the caller has given up waiting (see `impatient`)."""


@pytest.fixture(scope="module")
def engine_url(open_stack):
    return OTHER_ENGINE or open_stack.endpoint_url


@pytest.fixture(scope="module")
def faults(engine_url):
    with faults_before(engine_url, free_port()) as faults:
        yield faults


@pytest.fixture
def shop(engine_url, faults):
    faults.clear()
    with handlers_on(engine_url, through=faults.url) as shop:
        yield shop
    faults.clear()


@pytest.fixture
def event_id(shop):
    """An event with two seats, made while all was well; its making has warmed everything up."""
    return known(shop.api.create_event(event_payload(max_capacity=2)).json["event"])


def known(event_id):
    """Let this caller know where the event's seats are: else its first registration looks."""
    assert seats.look(seats.finder_of(event_id), event_id, "nobody") is None
    return event_id


@pytest.fixture
def impatient(monkeypatch):
    """Wait less for answers, so that the tests do too."""
    wait_for_answers(monkeypatch, 0.4)


@pytest.fixture
def brief_pauses(monkeypatch):
    """Rest less between tries, so that the tests do too."""
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0.02)


@pytest.fixture
def metric(capsys):
    """Return the sum of a metric over all calls so far."""
    seen = []

    def read(name):
        seen.extend(json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line)
        return sum(sum(line.get(name, [])) for line in seen)

    return read


@pytest.fixture
def four_blocks(shop, monkeypatch):
    """An event with eight seats in four blocks, known to the caller."""
    plan(monkeypatch, 8, blocks=4, partitions=2)
    return known(shop.api.create_event(event_payload(max_capacity=8)).json["event"])


def is_told_to_come_back(reply):
    return (503, "try_again", True) == (reply.status, reply.json["code"], int(reply.headers["Retry-After"]) > 0)


# --- Contention -------------------------------------------------------------------------------------------------------

CONTENTION = {
    "conflict on the seat block": CONFLICT,
    "conflict on the person": cancelled("TransactionConflict", "None"),
    "conflict on both": cancelled("TransactionConflict", "TransactionConflict"),
    "throttling": cancelled("None", "ThrottlingError"),
    "throughput exceeded": cancelled("None", "ProvisionedThroughputExceeded"),
}


@pytest.mark.parametrize("fault", CONTENTION.values(), ids=CONTENTION)
@pytest.mark.parametrize("times", [1, 3])
def test_contention_is_waited_out(shop, faults, event_id, metric, fault, times):
    faults.inject(on(WRITE, fault, times=times))
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status
    assert {WRITE: times} == faults.fired()
    assert times == metric("ContentionRetries")
    assert 1 == shop.table.seats_taken(event_id) == metric("Registrations")


@pytest.mark.usefixtures("brief_pauses")
@pytest.mark.parametrize("fault", CONTENTION.values(), ids=CONTENTION)
def test_contention_that_does_not_end_is_a_503_and_takes_no_seat(shop, faults, event_id, metric, fault):
    faults.inject(on(WRITE, fault))
    assert is_told_to_come_back(shop.api.register(event_id, attendee_payload(1)))
    assert {WRITE: 1 + contention.MAX_RETRIES} == faults.fired()
    assert contention.MAX_RETRIES == metric("ContentionRetries")
    assert 0 == shop.table.seats_taken(event_id) == metric("Registrations")
    faults.clear()
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status


def test_full_beside_a_conflict_is_not_full(shop, faults, event_id):
    full = to_attributes(shop.table.seat_block(event_id) | {"seats_left": 0})
    faults.inject(on(WRITE, cancelled("TransactionConflict", ("ConditionalCheckFailed", full)), times=2))
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status
    assert {WRITE: 2} == faults.fired()


def test_full_beside_a_conflict_is_full_once_the_conflict_is_over(shop, faults, event_id):
    for n in (1, 2):
        assert 201 == shop.api.register(event_id, attendee_payload(n)).status
    full = to_attributes(shop.table.seat_block(event_id))
    faults.inject(on(WRITE, cancelled("TransactionConflict", ("ConditionalCheckFailed", full)), times=1))
    assert "seats_full" == shop.api.register(event_id, attendee_payload(3)).json["code"]
    assert {WRITE: 1} == faults.fired()


def test_duplicate_beside_a_conflict_is_a_duplicate_at_once(shop, faults, event_id, metric):
    shop.api.register(event_id, attendee_payload(1))
    (person,) = shop.table.attendees(event_id)
    faults.inject(on(WRITE, cancelled(("ConditionalCheckFailed", to_attributes(person)), "TransactionConflict")))
    assert "already_registered" == shop.api.register(event_id, attendee_payload(1)).json["code"]
    assert {WRITE: 1} == faults.fired()
    assert 0 == metric("ContentionRetries")


def test_twin_that_is_half_committed_is_not_taken_for_a_collision(shop, faults):
    """The twin's seat block is committed already, its event still in conflict."""
    create = partial(shop.api.create_event, event_payload(), Idempotency_Key="k")
    first = create().json["event"]
    block = to_attributes(shop.table.seat_block(first))
    faults.inject(on(WRITE, cancelled("TransactionConflict", ("ConditionalCheckFailed", block)), times=2))
    again = create()
    assert {WRITE: 2} == faults.fired()
    assert (201, first, "true") == (again.status, again.json["event"], again.headers["Idempotent-Replayed"])
    assert [first] == events_in(shop.table)


# --- Limits -----------------------------------------------------------------------------------------------------------

COUNT = "UpdateItem"


@pytest.fixture
def limited(event_id, monkeypatch):
    """An event of which an address may be registered with two attempts in a window, which does not end meanwhile."""
    monkeypatch.setenv("REGISTRATIONS_PER_ADDRESS", "2")
    monkeypatch.setenv("REGISTRATIONS_WINDOW_SECONDS", "999999999")
    load_limits.cache_clear()
    yield event_id
    load_limits.cache_clear()


def attempts(table):
    return [item["attempts"] for item in table.items() if item["pk"].startswith("ATTEMPTS#")]


def test_an_attempt_whose_answer_is_lost_counts_once_more_and_no_oftener(shop, faults, limited):
    faults.inject(on(COUNT, LOST_ANSWER, times=1))
    told = shop.api.register(limited, attendee_payload(1))
    assert {COUNT: 1} == faults.fired()
    assert (201, '"address";r=0') == (told.status, told.headers["RateLimit"].rpartition(";")[0])
    assert [2] == attempts(shop.table)
    assert 1 == shop.table.seats_taken(limited)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [LOST_ANSWER, INTERNAL_ERROR, THROTTLING], ids=["lost", "error", "throttling"])
def test_nobody_registers_uncounted(shop, faults, limited, fault):
    faults.inject(on(COUNT, fault))
    assert is_told_to_come_back(shop.api.register(limited, attendee_payload(1)))
    assert {COUNT: connection.ATTEMPTS} == faults.fired()
    assert 0 == shop.table.seats_taken(limited)
    assert ([2] if fault is LOST_ANSWER else []) == attempts(shop.table)


# --- Several seat blocks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_one_who_meets_another_in_a_block_goes_on_to_another_block(shop, faults, four_blocks, code):
    met_in = seats.finder_of(four_blocks).block
    faults.inject(on(WRITE, cancelled("None", code), times=1))
    assert 201 == shop.api.register(four_blocks, attendee_payload(1)).status
    assert {WRITE: 1} == faults.fired()
    (person,) = shop.table.attendees(four_blocks)
    assert {met_in} != set(keys.read_blocks(person))
    assert 1 == shop.table.seats_taken(four_blocks)


def test_the_last_seat_is_found_in_spite_of_conflicts(shop, faults, four_blocks):
    for n in range(7):
        assert 201 == shop.api.register(four_blocks, attendee_payload(n)).status
    faults.inject(on(WRITE, CONFLICT, times=3))
    assert 201 == shop.api.register(four_blocks, attendee_payload(7)).status
    assert {WRITE: 3} == faults.fired()
    assert "seats_full" == shop.api.register(four_blocks, attendee_payload(8)).json["code"]
    assert 8 == shop.table.seats_taken(four_blocks)


def test_a_block_that_looks_empty_beside_a_conflict_stays_listed(shop, faults, four_blocks):
    block = to_attributes(shop.table.seat_block(four_blocks) | {"seats_left": 0})
    faults.inject(on(WRITE, cancelled("TransactionConflict", ("ConditionalCheckFailed", block)), times=5))
    assert 201 == shop.api.register(four_blocks, attendee_payload(1)).status
    assert {WRITE: 5} == faults.fired()
    assert {0, 1, 2, 3} == shop.table.open_blocks(four_blocks)


def test_seats_given_back_in_a_storm_of_faults_come_back_once(shop, faults, four_blocks):
    for n in range(8):
        assert 201 == shop.api.register(four_blocks, attendee_payload(n)).status
    assert "seats_full" == shop.api.register(four_blocks, attendee_payload(8)).json["code"]
    assert frozenset() == shop.table.open_blocks(four_blocks)
    people = [person["id"] for person in shop.table.attendees(four_blocks)]
    storm = [CONFLICT, cancelled("None", "TransactionConflict", "TransactionConflict"), INTERNAL_ERROR, LOST_ANSWER]
    faults.inject(
        *(on(WRITE, fault, times=1) for fault in storm), *(on(WRITE, fault, probability=0.1) for fault in storm)
    )
    at_once([partial(leave, four_blocks, person) for person in people], 8)
    assert len(storm) <= len({event["rule_id"] for event in faults.events()})
    assert 0 == shop.table.seats_taken(four_blocks)
    assert {0, 1, 2, 3} == shop.table.open_blocks(four_blocks)


# --- An event whose seat blocks do not fit into one transaction -------------------------------------------------------

LARGE = 230
STEPS = {
    "the first blocks": "ends_with(TransactItems[1].Put.Item.pk.S || '', '#SEATS#98')",
    "more blocks": "ends_with(TransactItems[1].Put.Item.pk.S || '', '#SEATS#197')",
    "the event": "TransactItems[0].Put.Item.sk.S == 'EVENT'",
}


@pytest.fixture
def create_large(shop, monkeypatch):
    plan(monkeypatch, LARGE, blocks=LARGE, partitions=1)
    return partial(shop.api.create_event, event_payload(max_capacity=LARGE), Idempotency_Key="k")


def check_the_only_event(table, event_id):
    assert [event_id] == events_in(table)
    assert 0 == table.seats_taken(event_id)
    assert frozenset(range(LARGE)) == table.open_blocks(event_id)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("fault", [INTERNAL_ERROR, LOST_ANSWER], ids=["never carried out", "every answer lost"])
def test_a_large_event_whose_making_broke_off_is_made_once_by_its_repetition(shop, faults, create_large, step, fault):
    faults.inject(on(WRITE, fault, body=step))
    assert is_told_to_come_back(create_large())
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    faults.clear()
    again = create_large()
    assert 201 == again.status
    check_the_only_event(shop.table, again.json["event"])
    # Known by its event alone: the rest could not be seen.
    assert ((fault, step) == (LOST_ANSWER, STEPS["the event"])) == ("Idempotent-Replayed" in again.headers)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize(
    "faults_met",
    [[LOST_ANSWER], [cancelled("TransactionConflict")], [LOST_ANSWER, cancelled("ThrottlingError")]],
    ids=["lost answer", "conflict", "lost answer, then throttling"],
)
def test_a_large_event_is_made_once_in_spite_of_a_fault(shop, faults, create_large, step, faults_met):
    faults.inject(*(on(WRITE, fault, times=1, body=step) for fault in faults_met))
    created = create_large()
    assert {WRITE: len(faults_met)} == faults.fired()
    assert (201, None) == (created.status, created.headers.get("Idempotent-Replayed"))
    check_the_only_event(shop.table, created.json["event"])


def test_a_large_event_that_many_make_at_once_in_a_storm_of_faults_is_one(shop, faults, create_large):
    storm = [INTERNAL_ERROR, LOST_ANSWER, cancelled("TransactionConflict")]
    faults.inject(
        *(on(WRITE, fault, times=1, body=step) for fault in storm for step in STEPS.values()),
        *(on(WRITE, fault, probability=0.1) for fault in storm),
    )
    told = at_once([partial(until_final, create_large)] * 6, 6)
    assert len(storm) * len(STEPS) <= len({event["rule_id"] for event in faults.events()})
    faults.clear()
    (event_id,) = {answer.reply.json["event"] for answer in told}
    assert {201} == {answer.reply.status for answer in told}
    check_the_only_event(shop.table, event_id)


# --- Errors before the commit -----------------------------------------------------------------------------------------

BEFORE_COMMIT = {
    "internal error": INTERNAL_ERROR,
    "throttling": THROTTLING,
    "service unavailable": error("ServiceUnavailable", status=503),
    "time-out": {"timeout_ms": 900},
    "connection reset": {"reset": True},
}
THROTTLED_ALIKE = {
    "throughput exceeded": error("ProvisionedThroughputExceededException", status=400),
    "transaction in progress": error("TransactionInProgressException", status=400),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", (BEFORE_COMMIT | THROTTLED_ALIKE).values(), ids=BEFORE_COMMIT | THROTTLED_ALIKE)
def test_an_error_before_the_commit_is_mended_by_the_sdk(shop, faults, event_id, fault):
    faults.inject(on(WRITE, fault, times=1))
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status
    assert {WRITE: 1} == faults.fired()
    assert 1 == shop.table.seats_taken(event_id)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", BEFORE_COMMIT.values(), ids=BEFORE_COMMIT)
def test_errors_before_every_commit_are_a_503_and_take_no_seat(shop, faults, event_id, fault):
    faults.inject(on(WRITE, fault))
    assert is_told_to_come_back(shop.api.register(event_id, attendee_payload(1)))
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    assert 0 == shop.table.seats_taken(event_id)
    faults.clear()
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status


@pytest.mark.usefixtures("impatient")
def test_a_first_attempt_that_arrives_after_the_second_takes_no_second_seat(shop, faults, event_id):
    faults.inject(on(WRITE, LATE, times=1))
    begun = faults.forwarded()
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status
    assert {WRITE: 1} == faults.fired()
    wait_for(lambda: faults.forwarded() == begun + 2)
    assert 1 == shop.table.seats_taken(event_id)


@pytest.mark.usefixtures("impatient")
def test_attempts_that_all_arrive_late_take_one_seat_and_the_retry_hears_so(shop, faults, event_id):
    faults.inject(on(WRITE, LATE, times=connection.ATTEMPTS))
    begun = faults.forwarded()
    register = partial(shop.api.register, event_id, attendee_payload(1), Idempotency_Key="k")
    assert is_told_to_come_back(register())
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    wait_for(lambda: faults.forwarded() == begun + connection.ATTEMPTS)
    assert 201 == register().status
    assert 1 == shop.table.seats_taken(event_id)


def test_nobody_listening_is_a_503(engine_url):
    with handlers_on(engine_url, through=f"http://127.0.0.1:{free_port()}") as shop:
        for reply in (
            shop.api.create_event(event_payload()),
            shop.api.register("aaaaaaaaaa", attendee_payload(1)),
            shop.api.get_event("aaaaaaaaaa"),
            shop.api.list_attendees("aaaaaaaaaa"),
            shop.api.list_events(),
        ):
            assert is_told_to_come_back(reply)
        assert [] == shop.table.items()


# --- Answers lost after the commit ------------------------------------------------------------------------------------


def test_a_registration_whose_answer_was_lost_once_is_a_201(shop, faults, event_id, metric):
    faults.inject(on(WRITE, LOST_ANSWER, times=1))
    reply = shop.api.register(event_id, attendee_payload(1))
    assert {WRITE: 1} == faults.fired()
    (person,) = shop.table.attendees(event_id)
    assert (201, person["id"]) == (reply.status, reply.json["id"])
    assert 1 == shop.table.seats_taken(event_id) == metric("Registrations")


@pytest.mark.parametrize("then", [CONFLICT, cancelled("TransactionConflict", "None")])
def test_a_registration_finds_its_own_work_after_a_lost_answer_and_contention(shop, faults, event_id, metric, then):
    """The next try is another transaction for DynamoDB: only the nonce tells whose item is there."""
    faults.inject(on(WRITE, LOST_ANSWER, times=1), on(WRITE, then, times=1))
    reply = shop.api.register(event_id, attendee_payload(1))
    assert {WRITE: 2} == faults.fired()
    assert (201, None) == (reply.status, reply.headers.get("Idempotent-Replayed"))
    assert 1 == shop.table.seats_taken(event_id) == metric("Registrations")
    assert 0 == metric("Duplicates")


def test_a_last_seat_whose_answer_was_lost_is_its_takers(shop, faults, event_id):
    shop.api.register(event_id, attendee_payload(1))
    faults.inject(on(WRITE, LOST_ANSWER, times=1), on(WRITE, CONFLICT, times=1))
    assert 201 == shop.api.register(event_id, attendee_payload(2)).status
    assert {WRITE: 2} == faults.fired()
    assert "seats_full" == shop.api.register(event_id, attendee_payload(3)).json["code"]
    assert 2 == shop.table.seats_taken(event_id)


def test_a_registration_whose_every_answer_was_lost_is_a_503_and_its_retry_a_duplicate(shop, faults, event_id):
    faults.inject(on(WRITE, LOST_ANSWER))
    assert is_told_to_come_back(shop.api.register(event_id, attendee_payload(1)))
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    assert 1 == shop.table.seats_taken(event_id)
    faults.clear()
    assert "already_registered" == shop.api.register(event_id, attendee_payload(1)).json["code"]
    assert 1 == shop.table.seats_taken(event_id)


def test_a_keyed_registration_whose_every_answer_was_lost_is_told_its_seat_on_retry(shop, faults, event_id):
    register = partial(shop.api.register, event_id, attendee_payload(1), Idempotency_Key="k")
    faults.inject(on(WRITE, LOST_ANSWER))
    assert is_told_to_come_back(register())
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    faults.clear()
    again = register()
    (person,) = shop.table.attendees(event_id)
    assert (201, person["id"], "true") == (again.status, again.json["id"], again.headers["Idempotent-Replayed"])
    assert 1 == shop.table.seats_taken(event_id)


def test_an_event_whose_answer_was_lost_once_is_made_once(shop, faults, event_id):
    faults.inject(on(WRITE, LOST_ANSWER, times=1))
    created = shop.api.create_event(event_payload())
    assert {WRITE: 1} == faults.fired()
    assert 201 == created.status
    assert sorted([event_id, created.json["event"]]) == events_in(shop.table)


def test_an_event_whose_answer_was_lost_before_contention_is_made_once(shop, faults, event_id):
    faults.inject(on(WRITE, LOST_ANSWER, times=1), on(WRITE, CONFLICT, times=1))
    created = shop.api.create_event(event_payload())
    assert {WRITE: 2} == faults.fired()
    assert (201, None) == (created.status, created.headers.get("Idempotent-Replayed"))
    assert sorted([event_id, created.json["event"]]) == events_in(shop.table)


def test_a_keyed_event_whose_every_answer_was_lost_is_found_on_retry(shop, faults):
    create = partial(shop.api.create_event, event_payload(), Idempotency_Key="k")
    faults.inject(on(WRITE, LOST_ANSWER))
    assert is_told_to_come_back(create())
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    faults.clear()
    again = create()
    assert (201, "true") == (again.status, again.headers["Idempotent-Replayed"])
    assert [again.json["event"]] == events_in(shop.table)


@pytest.mark.usefixtures("brief_pauses")
@pytest.mark.parametrize("fault", [CONFLICT, INTERNAL_ERROR])
def test_an_event_that_cannot_be_made_leaves_nothing(shop, faults, event_id, fault):
    faults.inject(on(WRITE, fault))
    assert is_told_to_come_back(shop.api.create_event(event_payload()))
    assert faults.fired()[WRITE] >= connection.ATTEMPTS
    assert [event_id] == events_in(shop.table)


# --- The secrets ------------------------------------------------------------------------------------------------------


def test_secrets_whose_answer_was_lost_are_the_ones_in_the_table(shop, faults):
    faults.inject(on("PutItem", LOST_ANSWER, times=1))
    event_id = shop.api.create_event(event_payload()).json["event"]
    assert {"PutItem": 1} == faults.fired()
    assert has_id_under_stored_secret(shop, event_id)


def test_secrets_whose_every_answer_was_lost_are_used_by_the_retry(shop, faults):
    faults.inject(on("PutItem", LOST_ANSWER))
    assert is_told_to_come_back(shop.api.create_event(event_payload()))
    assert {"PutItem": connection.ATTEMPTS} == faults.fired()
    faults.clear()
    event_id = shop.api.create_event(event_payload()).json["event"]
    assert has_id_under_stored_secret(shop, event_id)


def test_secrets_that_cannot_be_written_are_a_503_and_no_event(shop, faults):
    faults.inject(on("PutItem", INTERNAL_ERROR))
    assert is_told_to_come_back(shop.api.create_event(event_payload()))
    assert {"PutItem": connection.ATTEMPTS} == faults.fired()
    assert [] == shop.table.items()


# --- Reads ------------------------------------------------------------------------------------------------------------

READS = {
    "event": (LOOK, lambda api, event_id: api.get_event(event_id)),
    "attendees, their event": ("GetItem", lambda api, event_id: api.list_attendees(event_id)),
    "attendees": ("Query", lambda api, event_id: api.list_attendees(event_id)),
    "events": ("Query", lambda api, _: api.list_events()),
}
READ_FAULTS = {
    "internal error": INTERNAL_ERROR,
    "lost answer": LOST_ANSWER,
    "half an answer": {"response": {"truncate_frac": 0.5}},
    "time-out": {"timeout_ms": 900},
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("operation", "read"), READS.values(), ids=READS)
@pytest.mark.parametrize("fault", READ_FAULTS.values(), ids=READ_FAULTS)
def test_a_read_is_repeated_and_in_the_end_a_503(shop, faults, event_id, operation, read, fault):
    shop.api.register(event_id, attendee_payload(1))
    shown = read(shop.api, event_id)
    faults.inject(on(operation, fault, times=1 + connection.ATTEMPTS))
    # The first call meets so many faults that it gives up, the second only one.
    assert is_told_to_come_back(read(shop.api, event_id))
    assert (200, shown.json) == (read(shop.api, event_id).status, shown.json)
    assert {operation: 1 + connection.ATTEMPTS} == faults.fired()


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("GetItem", lambda api, event_id: api.list_attendees(event_id)),
        ("Query", lambda api, event_id: api.list_attendees(event_id)),
        (LOOK, lambda api, event_id: api.register(event_id, attendee_payload(1))),
    ],
)
def test_a_throttled_read_is_repeated(shop, faults, operation, call):
    event_id = shop.api.create_event(event_payload(max_capacity=2)).json["event"]
    faults.inject(on(operation, THROTTLING, times=1))
    assert call(shop.api, event_id).status in (200, 201)
    assert {operation: 1} == faults.fired()


# --- Looking where seats are ------------------------------------------------------------------------------------------


@pytest.fixture
def new_event_id(shop):
    """An event with two seats that the caller knows nothing of."""
    return shop.api.create_event(event_payload(max_capacity=2)).json["event"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", READ_FAULTS.values(), ids=READ_FAULTS)
def test_a_look_for_seats_is_repeated_and_in_the_end_a_503(shop, faults, new_event_id, fault):
    faults.inject(on(LOOK, fault, times=1 + connection.ATTEMPTS))
    assert is_told_to_come_back(shop.api.register(new_event_id, attendee_payload(1)))
    assert 0 == shop.table.seats_taken(new_event_id)
    assert 201 == shop.api.register(new_event_id, attendee_payload(1)).status
    assert {LOOK: 1 + connection.ATTEMPTS} == faults.fired()
    assert 1 == shop.table.seats_taken(new_event_id)


def both_unread(table, event_id, person):
    return unprocessed(table.name, keys.directory_key(event_id), person)


def person_unread(table, event_id, person):
    return unprocessed(table.name, person, found=[table.directory(event_id)])


def directory_unread(table, event_id, person):
    return unprocessed(table.name, keys.directory_key(event_id), found=[table.item(person)])


@pytest.mark.parametrize("part", [both_unread, person_unread, directory_unread])
def test_what_a_look_leaves_unread_is_read_again(shop, faults, new_event_id, metric, part):
    """In a thread of its own, a caller knows nothing of the event."""
    registered = shop.api.register(new_event_id, attendee_payload(1)).json["id"]
    person = keys.attendee_key(new_event_id, registered)
    faults.inject(on(LOOK, part(shop.table, new_event_id, person), times=2))
    (again,) = at_once([partial(shop.api.register, new_event_id, attendee_payload(1))], 1)
    assert {LOOK: 2} == faults.fired()
    assert "already_registered" == again.json["code"]
    assert 2 == metric("ContentionRetries")
    assert 1 == shop.table.seats_taken(new_event_id)


@pytest.mark.usefixtures("brief_pauses")
def test_a_look_that_leaves_everything_unread_is_a_503(shop, faults, new_event_id):
    nothing = keys.attendee_key(new_event_id, "")
    faults.inject(on(LOOK, both_unread(shop.table, new_event_id, nothing)))
    assert is_told_to_come_back(shop.api.register(new_event_id, attendee_payload(1)))
    assert {LOOK: 1 + contention.MAX_RETRIES} == faults.fired()
    assert 0 == shop.table.seats_taken(new_event_id)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", READ_FAULTS.values(), ids=READ_FAULTS)
def test_without_a_look_at_the_person_nobody_is_told_that_the_event_is_sold_out(
    shop, faults, event_id, monkeypatch, fault
):
    """In a rush, who finds the event sold out reads only their own item."""
    monkeypatch.setattr(event_management.seats, "SOLD_OUT_SECONDS", 600)
    monkeypatch.setattr(event_management.seats, "RUSH_SECONDS", 600)
    first, _ = (shop.api.register(event_id, attendee_payload(n)).json["id"] for n in (1, 2))
    assert "seats_full" == shop.api.register(event_id, attendee_payload(3)).json["code"]
    faults.inject(on(LOOK, directory_unread(shop.table, event_id, keys.attendee_key(event_id, first))))
    assert "already_registered" == shop.api.register(event_id, attendee_payload(1)).json["code"]
    assert {LOOK: 1} == faults.fired()
    faults.inject(on("GetItem", fault, times=1 + connection.ATTEMPTS))
    assert is_told_to_come_back(shop.api.register(event_id, attendee_payload(1)))
    assert "already_registered" == shop.api.register(event_id, attendee_payload(1)).json["code"]
    assert {"GetItem": 1 + connection.ATTEMPTS} == faults.fired()
    assert "seats_full" == shop.api.register(event_id, attendee_payload(3)).json["code"]


# --- Taking an empty block off the directory --------------------------------------------------------------------------

TAKE_OFF_FAULTS = {
    "internal error": (INTERNAL_ERROR, {0}),
    "throttling": (THROTTLING, {0}),
    "connection reset": ({"reset": True}, {0}),
    "time-out": ({"timeout_ms": 900}, {0}),
    "lost answer": (LOST_ANSWER, set()),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("fault", "still_listed"), TAKE_OFF_FAULTS.values(), ids=TAKE_OFF_FAULTS)
def test_sold_out_is_told_whether_or_not_the_block_goes_off_the_directory(shop, faults, event_id, fault, still_listed):
    for n in (1, 2):
        assert 201 == shop.api.register(event_id, attendee_payload(n)).status
    faults.inject(on(TAKE_OFF, fault))
    assert "seats_full" == shop.api.register(event_id, attendee_payload(3)).json["code"]
    assert {TAKE_OFF: connection.ATTEMPTS} == faults.fired()
    assert still_listed == shop.table.open_blocks(event_id)
    faults.clear()
    # The next who comes upon the block does it.
    (told,) = at_once([partial(shop.api.register, event_id, attendee_payload(4))], 1)
    assert "seats_full" == told.json["code"]
    assert frozenset() == shop.table.open_blocks(event_id)
    assert 2 == shop.table.seats_taken(event_id)


@pytest.mark.usefixtures("impatient")
def test_a_block_taken_off_too_late_stays_listed_when_a_seat_has_come_back(shop, faults, event_id):
    first, _ = (shop.api.register(event_id, attendee_payload(n)).json["id"] for n in (1, 2))
    begun = faults.forwarded()
    faults.inject(on(TAKE_OFF, {"latency": 1800}, times=connection.ATTEMPTS))
    assert "seats_full" == shop.api.register(event_id, attendee_payload(3)).json["code"]
    leave(event_id, first)
    assert {TAKE_OFF: connection.ATTEMPTS} == faults.fired()
    # A refusal, a look, the late ones; then who leaves, finds the block empty, looks, and lists it.
    wait_for(lambda: faults.forwarded() == begun + 2 + connection.ATTEMPTS + 4)
    assert {0} == shop.table.open_blocks(event_id)
    (told,) = at_once([partial(shop.api.register, event_id, attendee_payload(3))], 1)
    assert 201 == told.status
    assert 2 == shop.table.seats_taken(event_id)


# --- Everything together ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("brief_pauses")
@pytest.mark.parametrize("blocks", [1, 4])
def test_a_rush_in_a_storm_of_faults_sells_every_seat_once(shop, faults, monkeypatch, blocks):
    plan(monkeypatch, 20, blocks, partitions=blocks)
    event_id = shop.api.create_event(event_payload(max_capacity=20)).json["event"]
    storm = {
        "conflict": CONFLICT,
        "conflict on the person": cancelled("TransactionConflict", "None"),
        "internal error": INTERNAL_ERROR,
        "lost answer": LOST_ANSWER,
        "connection reset": {"reset": True},
    }
    errors = [INTERNAL_ERROR, THROTTLING, LOST_ANSWER]
    met = [(WRITE, fault) for fault in storm.values()] + [
        (name, fault) for name in (LOOK, TAKE_OFF) for fault in errors
    ]
    # Each at least once, and then again and again.
    certain = [on(name, fault, times=1) for name, fault in met]
    faults.inject(*certain, *(on(name, fault, probability=0.12) for name, fault in met))
    with_key = {n: {"Idempotency_Key": f"key {n}"} if n % 2 else {} for n in range(50)}
    told = at_once(
        [
            partial(until_final, partial(shop.api.register, event_id, attendee_payload(n), **headers))
            for n, headers in with_key.items()
        ],
        16,
    )
    assert len(certain) <= len({event["rule_id"] for event in faults.events()})
    faults.clear()
    seated = {item["email"] for item in shop.table.attendees(event_id)}
    assert 20 == shop.table.seats_taken(event_id)
    for n, headers in with_key.items():
        if attendee_payload(n)["email"] not in seated:
            assert "seats_full" == told[n].code
        elif headers or not told[n].repeats:
            assert "created" == told[n].code
        else:  # without a key, a retry after a 503 cannot tell its own seat from another's
            assert told[n].code in ("created", "already_registered")


# --- Over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faulty_stack():
    """The deployed functions, with microburst between them and their table."""
    with (
        reserved_port() as port,
        launch(function_environment={"AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{port}"}) as stack,
        faults_before(stack.endpoint_url, port) as faults,
    ):
        yield Shop(HttpApi(stack.base_url), Table(stack.endpoint_url, stack.table_name)), faults


@pytest.fixture
def deployed(faulty_stack):
    shop, faults = faulty_stack
    faults.clear()
    yield shop, faults, shop.api.create_event(event_payload(max_capacity=2)).json["event"]
    faults.clear()


def test_over_http_conflicts_are_waited_out(deployed):
    shop, faults, event_id = deployed
    faults.inject(on(WRITE, CONFLICT, times=3))
    assert 201 == shop.api.register(event_id, attendee_payload(1)).status
    assert {WRITE: 3} == faults.fired()
    assert 1 == shop.table.seats_taken(event_id)


def test_over_http_conflict_without_end_is_a_503(deployed):
    shop, faults, event_id = deployed
    faults.inject(on(WRITE, CONFLICT))
    assert is_told_to_come_back(shop.api.register(event_id, attendee_payload(1)))
    assert faults.fired()[WRITE] > 1
    assert 0 == shop.table.seats_taken(event_id)


def test_over_http_a_lost_answer_loses_no_seat_and_the_retry_hears_the_truth(deployed):
    shop, faults, event_id = deployed
    register = partial(shop.api.register, event_id, attendee_payload(1), Idempotency_Key="k")
    faults.inject(on(WRITE, LOST_ANSWER, times=connection.ATTEMPTS))
    assert is_told_to_come_back(register())
    assert {WRITE: connection.ATTEMPTS} == faults.fired()
    again = register()
    (person,) = shop.table.attendees(event_id)
    assert (201, person["id"], "true") == (again.status, again.json["id"], again.headers["Idempotent-Replayed"])
    assert "already_registered" == shop.api.register(event_id, attendee_payload(1)).json["code"]
    assert 1 == shop.table.seats_taken(event_id)


# --- Time -------------------------------------------------------------------------------------------------------------


def test_the_longest_call_is_the_sum_of_its_attempts_and_of_the_pauses_that_the_sdk_makes():
    pauses = ExponentialBackoff(
        random=lambda: 1.0, throttling_detector=Mock(**{"is_throttling_error_from_context.return_value": True})
    )
    longest_pauses = [
        pauses.delay_amount(RetryContext(attempt_number=n, http_response=Mock(headers={"x-amz-retry-after": "60000"})))
        for n in range(1, connection.ATTEMPTS)
    ]
    attempts = connection.ATTEMPTS * (connection.CONNECT_TIMEOUT + connection.READ_TIMEOUT)
    assert attempts + sum(longest_pauses) == connection.LONGEST_CALL


def test_a_write_with_all_its_tries_ends_before_the_function_and_that_before_the_gateway():
    function = template.load(ROOT / "template.yaml")["Globals"]["Function"]
    assert contention.MAX_SECONDS + connection.LONGEST_CALL < function["Timeout"] < 29


def test_tries_end_while_there_is_time_for_an_answer(shop, faults, event_id, monkeypatch):
    """A function that has used up its time elsewhere begins nothing that it could not finish."""
    begun = iter([connection.LONGEST_CALL + 1, connection.LONGEST_CALL + 0.5, connection.LONGEST_CALL - 0.5])
    monkeypatch.setattr(client, "seconds_left", lambda: next(begun))
    faults.inject(on(WRITE, CONFLICT))
    assert is_told_to_come_back(shop.api.register(event_id, attendee_payload(1)))
    assert {WRITE: 2} == faults.fired()
    assert 0 == shop.table.seats_taken(event_id)


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def events_in(table):
    """Ids of all events; fails when one lacks its directory or seats, or these their event."""
    items = table.items()
    events = [item for item in items if item["sk"] == keys.event_key("")["sk"]]
    wanted = [
        key["pk"]
        for event in events
        for key in (
            keys.directory_key(event["id"]),
            *(keys.seat_block_key(event["id"], block) for block in range(table.directory(event["id"])["seat_blocks"])),
        )
    ]
    assert sorted(wanted) == sorted(item["pk"] for item in items if item["sk"] == keys.directory_key("")["sk"])
    return sorted(event["id"] for event in events)


def has_id_under_stored_secret(shop, event_id):
    registered = shop.api.register(event_id, attendee_payload(1)).json["id"]
    secret = shop.table.item(keys.secrets_key())["identity_key"]
    return derive_attendee_id(secret, event_id, attendee_payload(1)["email"]) == registered
