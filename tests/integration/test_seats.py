"""Seats that come back, and capacities that change, while people register: at every instant seats and people agree.

An instant is what one TransactGetItems reads: the event's directory, its blocks, and everybody who wants in.
"""

import random
import time
from collections import Counter
from functools import partial
from itertools import count
from threading import Barrier

import pytest

from event_management import keys
from event_management.identifiers import derive_attendee_id
from event_management.seats import SOLD_OUT_SECONDS
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import (
    DIRECTLY,
    Seats,
    at_once,
    engine_url,
    handlers_on,
    leave,
    plan,
    seats_held,
    until_final,
)

CAPACITY = 24
PEOPLE = 60
THREADS = 16
MORE_BLOCKS = 20
"""Than an event begins with: so many may it get at most when its capacity grows."""


class Hall:
    """An event, and everybody who wants in."""

    def __init__(self, shop, patch, blocks):
        plan(patch, CAPACITY, blocks, partitions=min(blocks, 2))
        self.api, self.table = shop
        self.event_id = self.api.create_event(event_payload(max_capacity=CAPACITY)).json["event"]
        secret = self.table.item(keys.secrets_key())["identity_key"]
        ids = [derive_attendee_id(secret, self.event_id, attendee_payload(n)["email"]) for n in range(PEOPLE)]
        self.ids = ids
        self.people = [keys.attendee_key(self.event_id, attendee_id) for attendee_id in ids]
        self.blocks = [keys.seat_block_key(self.event_id, block) for block in range(blocks + MORE_BLOCKS)]
        self.capacities = {CAPACITY}
        """All that the event ever had."""
        self.looks = []
        """What was seen of its seats, instant by instant."""

    def look(self):
        """Return the seats as of one instant; fails unless they agree with the people there."""
        wanted = [keys.directory_key(self.event_id), *self.blocks, *self.people]
        directory, *found = self.table.at_one_instant(wanted)
        seen = Seats(directory, [block for block in found[: len(self.blocks)] if block])
        assert len(seen.blocks) == directory["seat_blocks"]
        people = [person for person in found[len(self.blocks) :] if person and person["state"] == "registered"]
        seen.check(*self.capacities)
        assert seen.taken_by_block == seats_held(people)
        self.looks.append(seen)
        return seen

    def register(self, n):
        """Let somebody register; return what they are told."""
        told = until_final(partial(self.api.register, self.event_id, attendee_payload(n)))
        return told.code

    def come(self, n):
        """Let somebody register, and look; return what they are told."""
        told = self.register(n)
        self.look()
        return told

    def leave(self, n):
        leave(self.event_id, self.ids[n])

    def is_there(self, n):
        return self.table.item(self.people[n]).get("state") == "registered"

    def resize(self, capacity):
        """Change the capacity; return the answer's status."""
        self.capacities.add(capacity)
        return until_final(partial(self.api.update_event, self.event_id, {"max_capacity": capacity})).reply.status

    def fill(self, newcomers):
        """Let newcomers register until one is told that no seat is left; return how many got one."""
        time.sleep(SOLD_OUT_SECONDS)  # so old may be what a caller goes by
        seated = 0
        while "created" == (told := self.register(next(newcomers))):
            seated += 1
        assert "seats_full" == told
        return seated


@pytest.fixture(params=DIRECTLY)
def shop(request, open_stack):
    with handlers_on(engine_url(request.param, open_stack)) as shop:
        yield shop


@pytest.fixture(params=[1, 4, 16], ids="{} blocks".format)
def hall(request, shop, monkeypatch):
    return Hall(shop, monkeypatch, blocks=request.param)


def test_at_every_instant_of_a_rush_seats_and_people_agree(hall):
    told = at_once([partial(hall.come, n) for n in range(PEOPLE)], THREADS)
    assert {"created": CAPACITY, "seats_full": PEOPLE - CAPACITY} == Counter(told)
    assert CAPACITY == hall.table.seats_taken(hall.event_id)
    assert len({seen.taken for seen in hall.looks}) > 1


def test_at_every_instant_of_coming_and_going_seats_and_people_agree(hall):
    def come_go_and_come_again(n):
        if hall.come(n) == "seats_full":
            return "seats_full"
        hall.leave(n)
        hall.look()
        return hall.come(n)

    told = at_once([partial(come_go_and_come_again if n % 3 else hall.come, n) for n in range(PEOPLE)], THREADS)

    there = [hall.is_there(n) for n in range(PEOPLE)]
    assert there == [answer == "created" for answer in told]
    assert sum(there) == hall.table.seats_taken(hall.event_id) <= CAPACITY
    assert CAPACITY == sum(there) + hall.fill(count(PEOPLE)) == hall.table.seats_taken(hall.event_id)
    assert frozenset() == hall.table.open_blocks(hall.event_id)


def test_seats_that_come_back_are_found_by_those_who_know_the_event_as_sold_out(hall):
    assert CAPACITY == hall.fill(count())
    leaving = [0, 7, 14]
    all_were_refused = Barrier(8, action=lambda: [hall.leave(n) for n in leaving])

    def come_twice(n):
        first = hall.register(n)
        all_were_refused.wait()
        time.sleep(SOLD_OUT_SECONDS)
        return first, hall.register(n)

    told = at_once([partial(come_twice, n) for n in range(CAPACITY, CAPACITY + 8)], 8)
    assert {("seats_full", "created"): 3, ("seats_full", "seats_full"): 5} == Counter(told)
    assert CAPACITY == hall.look().taken == hall.table.seats_taken(hall.event_id)
    assert frozenset() == hall.table.open_blocks(hall.event_id)


def test_at_every_instant_of_changing_capacities_seats_and_people_agree(shop, monkeypatch):
    hall = Hall(shop, monkeypatch, blocks=4)
    chance = random.Random(4)

    def change_capacity(times=12):
        capacity = CAPACITY
        for _ in range(times):
            wanted = max(1, capacity + chance.choice([-7, -3, -1, 2, 3]))
            status = hall.resize(wanted)
            assert status in (200, 409)
            capacity = wanted if status == 200 else capacity
            assert capacity == hall.look().directory["capacity"]
        return capacity

    capacity, *told = at_once([change_capacity, *(partial(hall.come, n) for n in range(PEOPLE))], THREADS)

    seated = Counter(told)["created"]
    assert seated == hall.table.seats_taken(hall.event_id) <= capacity
    assert capacity == seated + hall.fill(count(PEOPLE)) == hall.table.seats_taken(hall.event_id)
    assert frozenset() == hall.table.open_blocks(hall.event_id)
    assert len(hall.capacities) > 1


def test_seats_added_to_a_sold_out_event_are_listed_and_sold(shop, monkeypatch):
    hall = Hall(shop, monkeypatch, blocks=4)
    newcomers = count()
    assert CAPACITY == hall.fill(newcomers)

    assert 200 == hall.resize(CAPACITY + 3)
    assert hall.table.open_blocks(hall.event_id)
    assert 3 == hall.fill(newcomers)
    assert CAPACITY + 3 == hall.table.seats_taken(hall.event_id)
    assert frozenset() == hall.table.open_blocks(hall.event_id)


def test_a_capacity_below_the_seats_taken_leaves_everything_as_it_was(shop, monkeypatch):
    hall = Hall(shop, monkeypatch, blocks=4)
    for n in range(9):
        assert "created" == hall.register(n)
    assert 409 == hall.resize(8)
    after = hall.look()
    assert (9, CAPACITY) == (after.taken, after.directory["capacity"])
    assert 0 == after.directory["reserve"]
    assert CAPACITY - 9 == hall.fill(count(9))
