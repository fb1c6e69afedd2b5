"""The whole life of events, from 32 threads at once, on a real engine: nothing is amiss at any instant, nor in the end.

An instant is what one TransactGetItems reads: an event's directory and its blocks. LIFE_CALLS=30000 lives for some minutes.
"""

import os
import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from threading import Event as Signal
from threading import Lock
from typing import Any, NamedTuple

import pytest

from event_management import keys
from event_management import seats as plans
from event_management.identifiers import derive_attendee_id
from event_management.store import contention, ledger
from event_management.store.attributes import from_attributes
from operations import verify_data
from operations.consistency import find_faults, remarks
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import DIRECTLY, OTHER_ENGINE, Seats, at_once, engine_url, handlers_on, until_final
from tests.integration.faults import LOST_ANSWER, cancelled, error, faults_before, free_port, on

CALLS = int(os.environ.get("LIFE_CALLS", "6000"))
THREADS = 32
PEOPLE = 40
MOST_BLOCKS = 40


class Hall(NamedTuple):
    """An event as it begins, and the capacities that it is changed to."""

    capacity: int
    capacities: range
    policy: str = "strict"
    max_party: int = 3


HALLS = {
    "one block": Hall(2, range(1, 3)),
    "few blocks": Hall(10, range(6, 15)),
    "smaller parties pass": Hall(9, range(6, 13), "fill"),
    "many small blocks": Hall(50, range(40, 61)),
}


class Case(NamedTuple):
    """A person at an event, and what is left to chance."""

    event_id: str
    n: int
    hall: Hall
    chance: random.Random


class World:
    """Events, everybody who wants in, and what they know."""

    def __init__(self, shop):
        self.api, self.table = shop
        self.events = {
            name: self.api.create_event(
                event_payload(
                    name=name,
                    max_capacity=hall.capacity,
                    max_party=hall.max_party,
                    waitlist=True,
                    waitlist_policy=hall.policy,
                )
            ).json["event"]
            for name, hall in HALLS.items()
        }
        self.secret = self.table.item(keys.secrets_key())["identity_key"]
        self._ids = {
            event_id: [
                derive_attendee_id(self.secret, event_id, attendee_payload(n)["email"]) for n in range(3 * PEOPLE)
            ]
            for event_id in self.events.values()
        }
        self.codes: dict[tuple[str, int], dict[str, Any]] = {}
        """The latest codes that each person was told."""
        self.told: dict[str, Counter[str]] = defaultdict(Counter)
        """Answers by operation."""
        self.repeats = 0
        self._numbers = count()
        self._lock = Lock()

    def id(self, event_id, n):
        return self._ids[event_id][n]

    # --- What people do; each repeats a call until it is answered, under the same key ---

    def live(self, chance, name=None):
        """Make a call, any call."""
        name = name or chance.choice(list(HALLS))
        event_id, n = self.events[name], chance.randrange(PEOPLE * 3 if name == "many small blocks" else PEOPLE)
        (act,) = chance.choices(list(LIKELY), list(LIKELY.values()))
        told = act(self, Case(event_id, n, HALLS[name], chance))
        if told is None:
            return None
        with self._lock:
            self.told[act.__name__][told.code] += 1
            self.repeats += told.repeats
            if told.reply.status < 300 and "manage" in told.reply.text:
                self.codes[event_id, self._who(event_id, told.reply.json)] = told.reply.json
        return told

    def _who(self, event_id, shown):
        return self._ids[event_id].index((shown.get("attendee") or shown)["id"])

    def _key(self):
        return {"Idempotency_Key": f"call {next(self._numbers)}"}

    @staticmethod
    def _party(case):
        return attendee_payload(case.n, seats=case.chance.choice([1, 1, 1, 2, 3]))

    def register(self, case):
        return until_final(partial(self.api.register, case.event_id, self._party(case), **self._key()))

    def join(self, case):
        return until_final(partial(self.api.join_waitlist, case.event_id, self._party(case), **self._key()))

    def leave(self, case):
        if codes := self.codes.get((case.event_id, case.n)):
            return until_final(partial(self.api.leave_waitlist, case.event_id, codes["manage"]))
        return None

    def cancel(self, case):
        codes = self.codes.get((case.event_id, case.n))
        manage = codes["manage"] if codes and case.chance.random() < 0.5 else None
        return until_final(partial(self.api.cancel_attendee, case.event_id, self.id(case.event_id, case.n), manage))

    def hand_over(self, case):
        heir = attendee_payload(case.chance.randrange(PEOPLE))
        return until_final(
            partial(
                self.api.transfer_attendee, case.event_id, self.id(case.event_id, case.n), heir, None, **self._key()
            )
        )

    def rename(self, case):
        name = {"name": f"Person {case.n}, again"}
        return until_final(partial(self.api.update_attendee, case.event_id, self.id(case.event_id, case.n), name))

    def renew(self, case):
        return until_final(partial(self.api.renew_codes, case.event_id, self.id(case.event_id, case.n)))

    def change_capacity(self, case):
        capacity = {"max_capacity": case.chance.choice(case.hall.capacities)}
        return until_final(partial(self.api.update_event, case.event_id, capacity))

    def change_window(self, case):
        closes = {
            "registration_closes": case.chance.choice([None, "2098-01-15 18:30"]),
            "max_party": case.chance.choice([2, 3]),
        }
        return until_final(partial(self.api.update_event, case.event_id, closes))

    def check_in(self, case):
        codes = self.codes.get((case.event_id, case.n))
        if codes and codes.get("ticket"):
            return until_final(partial(self.api.check_in, case.event_id, codes["ticket"], **self._key()))
        return None

    def undo(self, case):
        return until_final(partial(self.api.undo_check_in, case.event_id, self.id(case.event_id, case.n)))

    # --- What is looked at ---

    def look(self, event_id):
        """Return the seats as of one instant; fails where one is lost or made, or left while somebody waits."""
        blocks = [keys.seat_block_key(event_id, block) for block in range(MOST_BLOCKS)]
        directory, *found = self.table.at_one_instant([keys.directory_key(event_id), *blocks])
        there = [block for block in found if block]
        assert directory["seat_blocks"] == len(there)
        seen = Seats(directory, there)
        seen.check()
        return seen

    def check(self):
        """Fail when anything is amiss, or under way, with any event."""
        for event_id in self.events.values():
            items = self.table.of_event(event_id)
            assert ([], []) == (find_faults(items, self.secret), remarks(items))


LIKELY = {
    World.register: 8,
    World.join: 6,
    World.cancel: 8,
    World.leave: 2,
    World.hand_over: 3,
    World.rename: 1,
    World.renew: 1,
    World.change_capacity: 2,
    World.change_window: 0.5,
    World.check_in: 1,
    World.undo: 2,
}
"""What people do, and how often."""


@contextmanager
def watching(world):
    """Look at every event again and again, instant by instant, meanwhile; yields the looks."""
    looks: dict[str, list[Seats]] = defaultdict(list)
    stop = Signal()

    def watch():
        while not stop.is_set():
            for name, event_id in world.events.items():
                looks[name].append(world.look(event_id))
            time.sleep(0.01)

    with ThreadPoolExecutor(1) as pool:
        watched = pool.submit(watch)
        try:
            yield looks
        finally:
            stop.set()
            watched.result()


@pytest.fixture
def promotions(monkeypatch):
    """By event: the places whose people got seats, and when; of transactions that were answered."""
    seen = defaultdict(list)
    transact = ledger.transact

    def recorded(actions, **options):
        reasons = transact(actions, **options)
        for action in [] if reasons else actions:
            values = from_attributes(action.get("Update", {}).get("ExpressionAttributeValues", {}))
            if ":place" in values:
                key = from_attributes(action["Update"]["Key"])["pk"]
                seen[key.split("#")[1]].append((values[":registered_at"], int(values[":place"])))
        return reasons

    monkeypatch.setattr(ledger, "transact", recorded)
    return seen


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Two seats in a block."""
    monkeypatch.setattr(plans, "SEATS_PER_BLOCK", 2)
    monkeypatch.setattr(plans, "BLOCKS_PER_PARTITION", 5)


@pytest.mark.parametrize("where", DIRECTLY)
def test_at_every_instant_of_its_life_an_event_agrees_with_itself(open_stack, promotions, where):
    with handlers_on(engine_url(where, open_stack)) as shop:
        world = World(shop)
        with watching(world) as looks:
            at_once([partial(world.live, random.Random(n)) for n in range(CALLS)], THREADS)
        world.check()
        assert 0 == verify_data.verify(verify_data.Table(world.table.client, world.table.name))
        for name, hall in HALLS.items():
            assert len({(seen.taken, seen.directory["capacity"]) for seen in looks[name]}) > 1
            in_order = [place for _, place in sorted(promotions[world.events[name]])]
            assert len(set(in_order)) == len(in_order) > 0
            # A party is gone by for as long as the event is too small for it.
            if hall.policy == "strict" and hall.capacities[0] >= hall.max_party:
                assert sorted(in_order) == in_order
        # All of it happened.
        assert set(world.told) == {act.__name__ for act in LIKELY}
        assert all({"created", "ok"} & set(answers) for answers in world.told.values()), world.told
        assert {"seats_full", "already_waiting", "already_registered"} <= set(world.told["register"])


def test_events_that_end_while_everybody_is_at_them_agree_with_themselves(open_stack):
    """One is cancelled, one is deleted."""
    with handlers_on(OTHER_ENGINE or open_stack.endpoint_url) as shop:
        world = World(shop)
        at_once([partial(world.live, random.Random(n)) for n in range(300)], THREADS)
        ended, gone = (world.events[name] for name in ("few blocks", "smaller parties pass"))

        def delete():
            while (told := until_final(partial(world.api.delete_event, gone))).reply.status != 204:
                assert 202 == told.reply.status

        calls = [
            partial(world.live, random.Random(n), name)
            for n in range(120)
            for name in ("few blocks", "smaller parties pass")
        ]
        calls[40:40] = [partial(until_final, partial(world.api.cancel_event, ended)), delete, delete]
        at_once(calls, THREADS)

        world.check()
        assert {"state": {"cancelled"}} == {
            "state": {item["state"] for item in world.table.of_event(gone) if "state" in item}
        }
        assert 404 == world.api.get_event(gone).status
        assert "cancelled" == world.api.get_event(ended).json["event"]["status"]
        told = until_final(partial(world.api.register, ended, attendee_payload(500)))
        assert "event_cancelled" == told.code


def test_who_waits_longest_is_next_however_seats_come_free(open_stack, promotions):
    """And nobody who comes meanwhile gets one."""
    with handlers_on(OTHER_ENGINE or open_stack.endpoint_url) as shop:
        api, table = shop
        event_id = api.create_event(event_payload(max_capacity=8, waitlist=True)).json["event"]
        seated = [api.register(event_id, attendee_payload(n)).json["id"] for n in range(8)]
        assert "seats_full" == api.register(event_id, attendee_payload(8)).json["code"]
        joined = at_once(
            [
                partial(until_final, partial(api.join_waitlist, event_id, attendee_payload(n), Idempotency_Key=f"{n}"))
                for n in range(100, 140)
            ],
            THREADS,
        )
        assert {"created"} == {told.code for told in joined}
        queue = [item for item in table.of_event(event_id) if "attendee_id" in item]
        places = [item["attendee_id"] for item in sorted(queue, key=lambda item: item["sk"])]
        assert {told.reply.json["id"] for told in joined} == set(places)

        def grow():
            for capacity in (11, 12, 20):
                assert "ok" == until_final(partial(api.update_event, event_id, {"max_capacity": capacity})).code

        strangers = [
            partial(until_final, partial(api.register, event_id, attendee_payload(n))) for n in range(200, 260)
        ]
        leavers = [partial(until_final, partial(api.cancel_attendee, event_id, person)) for person in seated]
        told = at_once([grow, *leavers, *strangers], THREADS)

        assert {"ok"} == {answer.code for answer in told[1 : 1 + len(leavers)]}
        assert {"seats_full"} == {answer.code for answer in told[1 + len(leavers) :]}
        assert 20 == table.seats_taken(event_id)
        assert places[:20] == table.listed_in_order(event_id)
        assert list(range(1, 21)) == [place for _, place in sorted(promotions[event_id])]


STORM = {
    "TransactWriteItems": [
        cancelled("None", "TransactionConflict"),
        cancelled("TransactionConflict", "None", "None"),
        cancelled("None", "ThrottlingError"),
        error("InternalServerError", status=500),
        LOST_ANSWER,
    ],
    "UpdateItem": [error("ThrottlingException", status=400), LOST_ANSWER],
    "BatchGetItem": [error("InternalServerError", status=500)],
    "Query": [error("ThrottlingException", status=400)],
}


def test_a_life_in_a_storm_of_faults_leaves_nothing_amiss(open_stack, monkeypatch):
    """Answers are lost after the commit, too; everybody repeats their call until it is answered."""
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0.05)
    engine = OTHER_ENGINE or open_stack.endpoint_url
    with faults_before(engine, free_port()) as faults, handlers_on(engine, through=faults.url) as shop:
        world = World(shop)
        met = [(operation, fault) for operation, storm in STORM.items() for fault in storm]
        certain = [on(operation, fault, times=2) for operation, fault in met]
        faults.inject(*certain, *(on(operation, fault, probability=0.03) for operation, fault in met))
        with watching(world):
            at_once([partial(world.live, random.Random(n)) for n in range(CALLS // 5)], THREADS // 2)
        fired = faults.fired()
        faults.clear()
        assert all(fired[operation] >= 2 * len(storm) for operation, storm in STORM.items())
        # A change that broke off is completed by its caller, who repeats it.
        world.check()
        assert world.repeats > 0
