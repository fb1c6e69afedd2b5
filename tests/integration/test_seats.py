"""Seats that come and go while people register, wait and leave: at every instant seats and people agree; none is lost.

An instant is what one TransactGetItems reads: the event's directory, its blocks, and everybody who wants in.
"""

import random
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import count
from threading import Barrier

import pytest

from event_management import keys
from event_management.addresses import parse_address
from event_management.errors import SeatsLeftError, TryAgainError
from event_management.identifiers import derive_attendee_id
from event_management.models import NewAttendee
from event_management.store import waitlist
from event_management.store.client import delete_if
from event_management.store.ledger import release, settle_reserve, withdraw
from event_management.store.seats import read_directory
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import DIRECTLY, Seats, at_once, engine_url, handlers_on, leave, plan, until_final

CAPACITY = 24
PEOPLE = 60
THREADS = 16


class Hall:
    """An event, and everybody who wants in."""

    def __init__(self, shop, patch, blocks, **event):
        plan(patch, CAPACITY, blocks, partitions=min(blocks, 2))
        self.api, self.table = shop
        self.event_id = self.api.create_event(event_payload(max_capacity=CAPACITY, **event)).json["event"]
        secret = self.table.item(keys.secrets_key())["identity_key"]
        self.ids = [derive_attendee_id(secret, self.event_id, attendee_payload(n)["email"]) for n in range(PEOPLE)]
        self.people = [keys.attendee_key(self.event_id, attendee_id) for attendee_id in self.ids]
        self.blocks = [keys.seat_block_key(self.event_id, block) for block in range(blocks)]
        self.looks = []
        """What was seen of its seats, instant by instant."""

    def look(self):
        """Return the seats as of one instant; fails unless they agree with the people there."""
        wanted = [keys.directory_key(self.event_id), *self.blocks, *self.people]
        directory, *found = self.table.at_one_instant(wanted)
        seen = Seats(directory, found[: len(self.blocks)])
        people = [person for person in found[len(self.blocks) :] if person]
        seen.check()
        seen.check_people(people)
        self.looks.append(seen)
        return seen

    def register(self, n, seats=1):
        """Let somebody register; return what they are told."""
        told = until_final(partial(self.api.register, self.event_id, attendee_payload(n, seats=seats)))
        return told.code

    def come(self, n, seats=1):
        """Let somebody register, and look; return what they are told."""
        told = self.register(n, seats)
        self.look()
        return told

    def leave(self, n):
        leave(self.event_id, self.ids[n])

    def wait(self, n, seats=1):
        """Let somebody join the waitlist; return their place, or None where seats are left."""
        new = NewAttendee("Somebody", parse_address(attendee_payload(n)["email"]), seats)
        for _ in range(50):
            with suppress(TryAgainError):
                try:
                    return waitlist.join(self.event_id, new).place
                except SeatsLeftError:
                    return None
        raise AssertionError("fifty times there was no time for it")

    def state_of(self, n):
        """Return how somebody stands; None for who never came."""
        return self.table.item(self.people[n]).get("state")

    def fill(self, newcomers):
        """Let newcomers register until one is told that no seat is left; return how many got one."""
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

    there = [hall.state_of(n) == "registered" for n in range(PEOPLE)]
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
        return first, hall.register(n)

    told = at_once([partial(come_twice, n) for n in range(CAPACITY, CAPACITY + 8)], 8)
    assert {("seats_full", "created"): 3, ("seats_full", "seats_full"): 5} == Counter(told)
    assert CAPACITY == hall.look().taken == hall.table.seats_taken(hall.event_id)
    assert frozenset() == hall.table.open_blocks(hall.event_id)


PARTIES = [1, 3, 1, 2, 5, 1]


def test_at_every_instant_of_a_rush_of_parties_seats_and_people_agree(shop, monkeypatch):
    hall = Hall(shop, monkeypatch, blocks=8, max_party=5)
    sizes = [PARTIES[n % len(PARTIES)] for n in range(PEOPLE)]
    told = at_once([partial(hall.come, n, seats) for n, seats in enumerate(sizes)], THREADS)
    seated = sum(seats for seats, answer in zip(sizes, told, strict=True) if answer == "created")
    assert seated == hall.table.seats_taken(hall.event_id) <= CAPACITY
    assert {"created", "seats_full"} == set(told)
    assert CAPACITY == seated + hall.fill(count(PEOPLE)) == hall.table.seats_taken(hall.event_id)


def withdraw_and_settle(hall, chance, steps=12):
    """Take seats that are left out of their blocks and bring them home, again and again; look after each step."""
    for _ in range(steps):
        with suppress(TryAgainError):  # then nobody knows
            withdraw(hall.event_id, chance.randint(1, 9), "attribute_exists(pk)")
        hall.look()
        settle(hall.event_id)
        hall.look()


def settle(event_id):
    """Bring what is withdrawn home, until it is done."""
    for _ in range(50):
        with suppress(TryAgainError):
            return settle_reserve(event_id)
    raise AssertionError("fifty times there was no time for it")


def test_at_every_instant_of_withdrawing_and_settling_seats_and_people_agree(hall):
    def come_and_sometimes_go(n):
        told = hall.come(n)
        if told == "created" and n % 4 == 0:
            hall.leave(n)
            hall.look()
        return told

    withdraw(hall.event_id, 9, "attribute_exists(pk)")
    assert 9 == hall.look().directory["reserve"]
    movers = [partial(withdraw_and_settle, hall, random.Random(n)) for n in range(2)]
    at_once([*movers, *(partial(come_and_sometimes_go, n) for n in range(PEOPLE))], THREADS)
    settle(hall.event_id)

    there = sum(hall.state_of(n) == "registered" for n in range(PEOPLE))
    assert there == hall.table.seats_taken(hall.event_id) <= CAPACITY
    assert CAPACITY == there + hall.fill(count(PEOPLE)) == hall.table.seats_taken(hall.event_id)
    assert 0 == hall.table.directory(hall.event_id)["reserve"]


@pytest.mark.parametrize("policy", ["strict", "fill"])
def test_at_every_instant_of_waiting_and_leaving_seats_and_people_agree_and_nobody_overtakes(shop, monkeypatch, policy):
    hall = Hall(shop, monkeypatch, blocks=4, max_party=3, waitlist=True, waitlist_policy=policy)
    assert CAPACITY == hall.fill(count())
    size = {n: 1 + n % 3 for n in range(CAPACITY, PEOPLE)}

    def wait(n):
        place = hall.wait(n, size[n])
        hall.look()
        if place and n % 5 == 0:
            hall.leave(n)
            hall.look()
        return place

    def leave_seat(n):
        hall.leave(n)
        hall.look()

    queue, leavers = range(CAPACITY, PEOPLE), range(15)
    calls = [*(partial(wait, n) for n in queue), *(partial(leave_seat, n) for n in leavers)]
    random.Random(policy).shuffle(calls)
    told = at_once(calls, THREADS)
    places = {call.args[0]: place for call, place in zip(calls, told, strict=True) if call.func is wait and place}
    settle(hall.event_id)

    hall.look()
    hall.table.seats_taken(hall.event_id)
    states = {n: hall.state_of(n) for n in places}
    registered = [places[n] for n, state in states.items() if state == "registered"]
    waiting = {places[n]: size[n] for n, state in states.items() if state == "waiting"}
    assert len(registered) > 1
    assert len(waiting) > 1
    reserve = hall.table.directory(hall.event_id)["reserve"]
    if policy == "strict":
        assert max(registered) < min(waiting)
        assert reserve < waiting[min(waiting)]
    else:
        assert reserve < min(waiting.values())
    assert any(seen.directory["waiting"] for seen in hall.looks)


def test_seats_added_to_a_sold_out_event_are_listed_and_sold(shop, monkeypatch):
    hall = Hall(shop, monkeypatch, blocks=4)
    newcomers = count()
    assert CAPACITY == hall.fill(newcomers)

    assert 200 == hall.api.update_event(hall.event_id, {"max_capacity": CAPACITY + 3}).status
    assert hall.table.open_blocks(hall.event_id)
    assert 3 == hall.fill(newcomers)
    assert CAPACITY + 3 == hall.table.seats_taken(hall.event_id)
    assert frozenset() == hall.table.open_blocks(hall.event_id)


def test_a_change_that_cannot_be_leaves_everything_as_it_was(shop, monkeypatch):
    hall = Hall(shop, monkeypatch, blocks=4)
    hall.register(0)
    before = hall.look()
    withdraw(hall.event_id, 5, "fence = :number", number=7)
    assert 0 == read_directory(hall.event_id).reserve
    blocks = keys.read_blocks(hall.table.item(hall.people[0]))
    (reason,) = release(hall.event_id, blocks, [delete_if(hall.people[0], "serial = :other", other="x")])
    assert reason.is_refusal
    settle_reserve(hall.event_id)
    assert before == hall.look()
