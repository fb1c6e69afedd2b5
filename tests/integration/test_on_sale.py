"""An on-sale rush: never a seat twice, never a lost registration, everybody told the true reason.

Over HTTP against the running stack, and with the handlers called directly on its engine. With DYNAMODB_ENDPOINT set,
also on that engine. Never on moto, whose transactions race.
"""

import io
import json
import logging
import random
from collections import Counter
from functools import partial
from itertools import product

import pytest

from event_management import keys
from event_management.observability import logger
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import (
    OTHER_ENGINE,
    HttpApi,
    Shop,
    Table,
    at_once,
    handlers_on,
    until_final,
    walk_attendees,
)

DIRECTLY = ["directly", "directly on DYNAMODB_ENDPOINT"] if OTHER_ENGINE else ["directly"]


@pytest.fixture(params=["over HTTP", *DIRECTLY])
def shop(request, open_stack):
    if request.param == "over HTTP":
        yield Shop(HttpApi(open_stack.base_url), Table(open_stack.endpoint_url, open_stack.table_name))
    else:
        with handlers_on(open_stack.endpoint_url if request.param == "directly" else OTHER_ENGINE) as shop:
            yield shop


@pytest.fixture
def threads(shop):
    return 32 if isinstance(shop.api, HttpApi) else 64


@pytest.mark.parametrize(("shop", "capacity"), [("over HTTP", 50), *product(DIRECTLY, [1, 7, 50])], indirect=["shop"])
def test_a_rush_fills_every_seat_once_and_tells_everybody_the_truth(shop, threads, capacity):
    people = 200
    event_id = shop.api.create_event(event_payload(max_capacity=capacity)).json["event"]
    addresses = [
        (n, spelling) for n in range(people) for spelling in (f"guest{n}@example.com", f"GUEST{n}@Example.COM")
    ]
    random.Random(capacity).shuffle(addresses)
    told = at_once(
        [
            partial(until_final, partial(shop.api.register, event_id, attendee_payload(n, email=spelling)))
            for n, spelling in addresses
        ],
        threads,
    )
    by_person = {n: [] for n in range(people)}
    for (n, _), answer in zip(addresses, told, strict=True):
        by_person[n].append(answer)

    assert capacity == shop.table.seats_taken(event_id)
    attendees = walk_attendees(shop.api, event_id, limit=7)
    seated = {int(attendee["email"].lower().removeprefix("guest").split("@")[0]) for attendee in attendees}
    assert capacity == len(attendees) == len(seated) == len({attendee["id"] for attendee in attendees})
    assert {attendee["id"] for attendee in attendees} == {item["id"] for item in shop.table.attendees(event_id)}
    for n, answers in by_person.items():
        codes = Counter(answer.code for answer in answers)
        if n not in seated:
            assert {"seats_full": 2} == codes
        elif not any(answer.repeats for answer in answers):
            assert {"created": 1, "already_registered": 1} == codes
        else:  # a 503 may have been the answer to the call that took the seat
            assert codes["created"] <= 1
            assert 0 == codes["seats_full"]

    accepted = [answer for answer in told if answer.code == "created"]
    full = [answer for answer in told if answer.code == "seats_full"]
    duplicates = [answer for answer in told if answer.code == "already_registered"]
    assert {answer.reply.json["id"] for answer in accepted} <= {attendee["id"] for attendee in attendees}
    assert {"Seats full! Come again for next show"} == {answer.message for answer in full}
    assert {"only 1 registration per user"} == {answer.message for answer in duplicates}
    # Nobody heard "full" before the call that took the last seat had begun.
    assert min(answer.ended for answer in full) >= max(answer.began for answer in accepted)


def test_one_idempotency_key_makes_one_event_however_many_create_at_once(shop):
    payload = event_payload(name=f"Rush {random.getrandbits(64)}")
    create = partial(until_final, partial(shop.api.create_event, payload, Idempotency_Key="on-sale"))
    told = at_once([create] * 32, 32)
    assert {201} == {answer.reply.status for answer in told}
    (event_id,) = {answer.reply.json["event"] for answer in told}
    assert 31 == sum("Idempotent-Replayed" in answer.reply.headers for answer in told)
    there = [item for item in shop.table.items() if item.get("name") == payload["name"]]
    assert [event_id] == [item["id"] for item in there]
    assert 0 == shop.table.seats_taken(event_id)


def test_one_idempotency_key_takes_one_seat_however_many_register_at_once(shop):
    event_id = shop.api.create_event(event_payload()).json["event"]
    register = partial(shop.api.register, event_id, attendee_payload(1))
    with_key = partial(until_final, partial(register, Idempotency_Key="asha"))

    told = at_once([with_key] * 32, 32)
    assert {201} == {answer.reply.status for answer in told}
    (attendee_id,) = {answer.reply.json["id"] for answer in told}
    assert 31 == sum("Idempotent-Replayed" in answer.reply.headers for answer in told)

    told = at_once([with_key, partial(until_final, register)] * 16, 32)
    assert {("created", attendee_id)} == {(answer.code, answer.reply.json["id"]) for answer in told[::2]}
    assert {"already_registered"} == {answer.code for answer in told[1::2]}
    assert 1 == shop.table.seats_taken(event_id)


def test_callers_with_and_without_a_key_race_for_one_address_and_one_side_wins(shop):
    event_id = shop.api.create_event(event_payload()).json["event"]
    register = partial(shop.api.register, event_id, attendee_payload(1))
    told = at_once(
        [partial(until_final, partial(register, Idempotency_Key="k")), partial(until_final, register)] * 16, 32
    )
    with_key, without = (Counter(answer.code for answer in side) for side in (told[::2], told[1::2]))
    assert (with_key, without) in [
        ({"created": 16}, {"already_registered": 16}),
        ({"already_registered": 16}, {"created": 1, "already_registered": 15}),
    ]
    assert 1 == shop.table.seats_taken(event_id)


@pytest.mark.parametrize(("shop", "limit"), [("over HTTP", 7), *product(DIRECTLY, [1, 7, 100])], indirect=["shop"])
def test_a_walk_while_others_register_shows_everybody_from_before_exactly_once(shop, threads, limit):
    event_id = shop.api.create_event(event_payload(max_capacity=500)).json["event"]
    before = [shop.api.register(event_id, attendee_payload(n)).json["id"] for n in range(20)]
    newcomers = [partial(until_final, partial(shop.api.register, event_id, attendee_payload(n))) for n in range(20, 60)]
    walks = [partial(walk_attendees, shop.api, event_id, limit)] * 3
    results = at_once([*walks, *newcomers], 12)
    for people in results[:3]:
        ids = [person["id"] for person in people]
        assert before == [attendee_id for attendee_id in ids if attendee_id in set(before)]
        assert len(ids) == len(set(ids))
    assert 60 == shop.table.seats_taken(event_id) == len(walk_attendees(shop.api, event_id, limit))


@pytest.mark.parametrize("engine", DIRECTLY)
def test_first_events_of_a_stack_made_at_once_agree_on_its_secrets(open_stack, engine):
    with handlers_on(open_stack.endpoint_url if engine == "directly" else OTHER_ENGINE) as shop:
        events = at_once([partial(shop.api.create_event, event_payload(max_capacity=n)) for n in range(1, 33)], 32)
        assert {201} == {event.status for event in events}
        event_id = events[0].json["event"]
        assert 201 == shop.api.register(event_id, attendee_payload(1)).status
        assert 409 == shop.api.register(event_id, attendee_payload(1)).status
        assert 1 == len([item for item in shop.table.items() if item["pk"] == keys.secrets_key()["pk"]])


def test_log_lines_of_calls_in_parallel_never_mix(open_stack):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logger.registered_formatter)
    with handlers_on(open_stack.endpoint_url) as shop:
        event_ids = [shop.api.create_event(event_payload()).json["event"] for _ in range(2)]
        logger.addHandler(handler)
        try:
            at_once(
                [
                    partial(
                        shop.api.register,
                        event_ids[n % 2],
                        attendee_payload(n),
                        TransactionId=f"{event_ids[n % 2]}.{n}",
                    )
                    for n in range(60)
                ],
                32,
            )
        finally:
            logger._logger.removeHandler(handler)
    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert 60 == len({record["correlation_id"] for record in records}) == len(records)
    assert all(record["correlation_id"].startswith(f"{record['event_id']}.") for record in records)
