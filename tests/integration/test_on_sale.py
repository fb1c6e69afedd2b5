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
from typing import NamedTuple

import pytest

from event_management import keys
from event_management.identifiers import derive_attendee_id
from event_management.observability import logger
from event_management.seats import attendee_partition
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import (
    DIRECTLY,
    HttpApi,
    Shop,
    Table,
    at_once,
    engine_url,
    handlers_on,
    plan,
    until_final,
    walk_attendees,
)


@pytest.fixture(params=["over HTTP", *DIRECTLY])
def shop(request, open_stack):
    if request.param == "over HTTP":
        yield Shop(HttpApi(open_stack.base_url), Table(open_stack.endpoint_url, open_stack.table_name))
    else:
        with handlers_on(engine_url(request.param, open_stack)) as shop:
            yield shop


@pytest.fixture
def threads(shop):
    return 32 if isinstance(shop.api, HttpApi) else 64


class Layout(NamedTuple):
    """How an event's seats and attendees are spread."""

    capacity: int
    blocks: int = 1
    partitions: int = 1

    def __str__(self):
        return f"{self.capacity} seats in {self.blocks} blocks, {self.partitions} lists"


@pytest.fixture
def make_event(shop, monkeypatch):
    """Make an event of this layout; over HTTP it must be the product's own plan."""

    def make(layout):
        if not isinstance(shop.api, HttpApi):
            plan(monkeypatch, *layout)
        event_id = shop.api.create_event(event_payload(max_capacity=layout.capacity)).json["event"]
        event = shop.table.item(keys.event_key(event_id))
        blocks = shop.table.directory(event_id)["seat_blocks"]
        assert layout == (event["max_capacity"], blocks, event["attendee_partitions"])
        return event_id

    return make


@pytest.mark.parametrize(
    ("shop", "layout", "people", "twice"),
    [
        ("over HTTP", Layout(50), 200, 200),
        ("over HTTP", Layout(250, blocks=4), 270, 30),
        *(
            (directly, layout, 150, 150)
            for directly in DIRECTLY
            for layout in (
                Layout(1),
                Layout(50),
                Layout(50, blocks=4, partitions=4),
                Layout(62, blocks=16),
                Layout(62, blocks=16, partitions=4),
            )
        ),
    ],
    indirect=["shop"],
    ids=str,
)
def test_a_rush_fills_every_seat_once_and_tells_everybody_the_truth(shop, make_event, threads, layout, people, twice):
    """The first so many people come twice, under two spellings of their address."""
    event_id = make_event(layout)
    addresses = [(n, f"guest{n}@example.com") for n in range(people)]
    addresses += [(n, f"GUEST{n}@Example.COM") for n in range(twice)]
    random.Random(layout.capacity).shuffle(addresses)
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

    assert layout.capacity == shop.table.seats_taken(event_id)
    assert frozenset() == shop.table.open_blocks(event_id)
    attendees = walk_attendees(shop.api, event_id, limit=7 if layout.capacity < 100 else 40)
    seated = {int(attendee["email"].lower().removeprefix("guest").split("@")[0]) for attendee in attendees}
    assert layout.capacity == len(attendees) == len(seated) == len({attendee["id"] for attendee in attendees})
    assert {attendee["id"] for attendee in attendees} == {item["id"] for item in shop.table.attendees(event_id)}
    for n, answers in by_person.items():
        codes = Counter(answer.code for answer in answers)
        if n not in seated:
            assert {"seats_full": len(answers)} == codes
        elif not any(answer.repeats for answer in answers):
            assert Counter(created=1, already_registered=len(answers) - 1) == codes
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


@pytest.mark.parametrize(
    ("shop", "layout", "limit"),
    [
        ("over HTTP", Layout(1281, blocks=17, partitions=2), 7),
        *product(DIRECTLY, [Layout(500)], [1, 7, 100]),
        *product(DIRECTLY, [Layout(500, blocks=16, partitions=4)], [3, 100]),
    ],
    indirect=["shop"],
    ids=str,
)
def test_a_walk_while_others_register_shows_everybody_from_before_exactly_once(
    shop, make_event, threads, layout, limit
):
    event_id = make_event(layout)
    before = [shop.api.register(event_id, attendee_payload(n)).json["id"] for n in range(20)]
    newcomers = [partial(until_final, partial(shop.api.register, event_id, attendee_payload(n))) for n in range(20, 60)]
    walks = [partial(walk_attendees, shop.api, event_id, limit)] * 3
    results = at_once([*walks, *newcomers], 12)
    for people in results[:3]:
        ids = [person["id"] for person in people]
        assert before == [attendee_id for attendee_id in ids if attendee_id in set(before)]
        assert len(ids) == len(set(ids))
    assert 60 == shop.table.seats_taken(event_id)
    assert in_order_of_registration(shop.table, event_id) == [
        person["id"] for person in walk_attendees(shop.api, event_id, limit)
    ]


@pytest.mark.parametrize("shop", DIRECTLY, indirect=True)
@pytest.mark.parametrize("layout", [Layout(100), Layout(100, blocks=4, partitions=4)], ids=str)
def test_pages_by_number_follow_the_order_of_registration(shop, make_event, layout):
    event_id = make_event(layout)
    at_once([partial(shop.api.register, event_id, attendee_payload(n)) for n in range(23)], 8)
    pages = [shop.api.list_attendees(event_id, f"?limit=7&page={page}").json for page in range(1, 6)]
    assert [7, 7, 7, 2, 0] == [len(page["sections"]) for page in pages]
    assert [True, True, True, False, False] == ["next_token" in page for page in pages]
    assert in_order_of_registration(shop.table, event_id) == [
        person["id"] for page in pages for person in page["sections"]
    ]


@pytest.mark.parametrize("shop", DIRECTLY, indirect=True)
def test_a_page_out_of_partitions_of_unequal_size_leaves_nobody_out(shop, make_event):
    """Nearly everybody is in one of four partitions, more than its share of a page."""
    event_id = make_event(Layout(100, blocks=4, partitions=4))
    secret = shop.table.item(keys.secrets_key())["identity_key"]
    partition = {
        n: attendee_partition(derive_attendee_id(secret, event_id, attendee_payload(n)["email"]), 4) for n in range(400)
    }
    crowd = [n for n, m in partition.items() if m == 2][:27]
    others = [n for n, m in partition.items() if m != 2][:3]
    for n in [*crowd[:9], *others, *crowd[9:]]:
        assert 201 == shop.api.register(event_id, attendee_payload(n)).status
    everybody = in_order_of_registration(shop.table, event_id)
    assert 30 == len(everybody)
    for limit in (5, 25, 29, 100):
        assert everybody == [person["id"] for person in walk_attendees(shop.api, event_id, limit)]


@pytest.mark.parametrize("engine", DIRECTLY)
def test_first_events_of_a_stack_made_at_once_agree_on_its_secrets(open_stack, engine):
    with handlers_on(engine_url(engine, open_stack)) as shop:
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


def in_order_of_registration(table, event_id):
    """Everybody's id; fails when the index lacks or repeats somebody."""
    people = sorted(table.attendees(event_id), key=keys.read_position)
    assert sorted(table.listed(event_id)) == sorted(person["id"] for person in people)
    return [person["id"] for person in people]
