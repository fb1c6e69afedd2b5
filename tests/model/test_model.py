"""Any sequence of calls agrees with the rules in plain Python, and leaves nothing amiss in the table.

One caller at a time, on moto; races have their own tests. HYPOTHESIS_PROFILE=thorough looks longer.
"""

import json
import os
import random
from datetime import datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto import mock_aws

from event_management import keys, seats
from event_management.config import load_config
from event_management.http.problems import STATUS
from event_management.identifiers import derive_attendee_id
from event_management.store import connection, contention, secrets
from event_management.store import seats as store_seats
from event_management.store.attributes import from_attributes
from operations.consistency import by_event, find_faults, find_faults_beside_events, remarks
from tests.gateway import Api, event_payload
from tests.model.rules import OK, ORGANISER, REPLAYED, Event, Marks
from tests.tables import make_table

EXAMPLES, STEPS, SEEDS, CALLS = (
    (400, 60, 30, 500) if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else (12, 25, 2, 200)
)

PAST, SOON, LATER = "2020-02-29 09:00", "2098-06-01 18:30", "2099-06-01 18:30"
END = "2099-12-31 23:59"
WINDOWS = {"any": (None, None), "open": (PAST, SOON), "not yet": (SOON, LATER), "closed": ("2019-01-01 09:00", PAST)}
PROBLEMS = {error.code: int(status) for error, status in STATUS.items()}

# Deleted ones, too, but seldom.
events = st.runner().flatmap(
    lambda model: st.sampled_from([e for e, event in model.known.items() for _ in range(1 if event.is_deleted else 4)])
)
keys_sent = st.sampled_from([None, None, "k1", "k2"])
people = st.integers(0, 5)
parties = st.sampled_from([1, 1, 1, 2, 3])
spellings = st.sampled_from(["guest{}@example.com", "guest{}@example.com", "GUEST{}@example.com"])
guest_names = st.sampled_from(["Asha", "Ravi"])
windows = st.sampled_from(["any", "any", "any", *WINDOWS])
accesses = st.sampled_from([ORGANISER, "holder", "holder", "former holder"])
patches = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Raga", "Jazz"]),
        "max_capacity": st.integers(1, 6),
        "max_party": st.integers(1, 3),
        "waitlist": st.sampled_from([True, True, False]),
        "waitlist_policy": st.sampled_from(["strict", "fill"]),
        "window": windows,
        "status": st.sampled_from(["published", "published", "draft"]),
    },
).filter(bool)


class Model(RuleBasedStateMachine):
    """The API beside the rules."""

    @initialize(
        seats_per_block=st.sampled_from([1, 2, seats.SEATS_PER_BLOCK]),
        blocks_per_partition=st.integers(1, 2),
        capacity=st.integers(1, 5),
        policy=st.sampled_from(["strict", "fill"]),
        guests=st.lists(parties, max_size=6),
    )
    def begin(self, seats_per_block, blocks_per_partition, capacity, policy, guests):
        """Make an event where so many have come, or wait."""
        seats.SEATS_PER_BLOCK, seats.BLOCKS_PER_PARTITION = seats_per_block, blocks_per_partition
        secrets.forget_secrets()
        store_seats._memory.finders.clear()
        self.table = make_table(os.environ["TABLE_NAME"])
        self.api = Api()
        self.known = {}
        """Events by id."""
        self.created = {}
        """Event ids and payloads by Idempotency-Key."""
        self.codes = {}
        """Ticket and manage code by event, person and serial; no ticket for who waits."""
        self.last = None
        """The latest call that had an Idempotency-Key and changed something: how to repeat it, and its answer."""
        self._create("Raga", SOON, capacity, 3, policy=policy)
        (event_id,) = self.known
        for n, party in enumerate(guests):
            if party > self.known[event_id].seats_left:
                self.join_waitlist(event_id, n, "guest{}@example.com", "Ravi", party, None)
            else:
                self.register(event_id, n, "guest{}@example.com", "Asha", party, None)

    def teardown(self):
        if hasattr(self, "table"):
            self.table.delete_table(TableName=os.environ["TABLE_NAME"])

    # --- Events ---

    @precondition(lambda self: len(self.known) < 3)
    @rule(
        name=st.sampled_from(["Raga", "Jazz"]),
        start=st.sampled_from([PAST, SOON, LATER]),
        capacity=st.integers(1, 5),
        max_party=st.integers(1, 3),
        waitlist=st.sampled_from([True, True, False]),
        policy=st.sampled_from(["strict", "fill"]),
        status=st.sampled_from(["published", "published", "published", "draft"]),
        window=windows,
        key=keys_sent,
    )
    def create(self, **event):
        self._create(**event)

    def _create(
        self,
        name,
        start,
        capacity,
        max_party,
        policy,
        *,
        waitlist=True,
        status="published",
        window="any",
        key=None,
    ):
        payload = event_payload(
            name=name,
            start_time=start,
            end_time=END,
            max_capacity=capacity,
            max_party=max_party,
            waitlist=waitlist,
            waitlist_policy=policy,
            status=status,
            **self._times(window),
        )
        reply = self.api.create_event(payload, **self._headers(key))
        if key in self.created:
            first, first_payload = self.created[key]
            if payload != first_payload:
                self._assert_told({"idempotency_key_reused"}, reply)
            elif self.known[first].is_deleted:
                self._assert_told({"event_deleted"}, reply)
            else:
                self._assert_told(REPLAYED, reply)
                assert first == reply.json["event"]
            return
        event_id = reply.json["event"]
        assert (201, event_id) == (reply.status, reply.headers["Location"])
        assert event_id not in self.known
        assert "Idempotent-Replayed" not in reply.headers
        self.known[event_id] = Event(name, start, capacity, max_party, waitlist, policy, status, window)
        if key:
            self.created[key] = (event_id, payload)
            self.last = (lambda: self.api.create_event(payload, **self._headers(key)), reply)

    @rule(event_id=events, changes=patches, match=st.sampled_from(["*", "*", "this", "one before", "both"]))
    def update(self, event_id, changes, match):
        event = self.known[event_id]
        payload = {name: value for name, value in changes.items() if name != "window"}
        payload |= self._times(changes["window"]) if "window" in changes else {}
        named = {"max_capacity": "capacity", "waitlist_policy": "policy"}
        versions = {
            "*": None,
            "this": {event.version},
            "one before": {event.version - 1},
            "both": {event.version, event.version - 1},
        }[match]
        tags = ", ".join(f'"{version}-{"a" * 26}"' for version in versions) if versions else "*"
        reply = self.api.update_event(event_id, payload, tags)
        content = json.dumps(payload, sort_keys=True)
        told = event.update({named.get(name, name): value for name, value in changes.items()}, content, versions)
        self._assert_told(told, reply)
        if told == OK:
            self._assert_detail(event_id, reply.json["event"])
        if "capacity_too_small" in told:
            assert reply.json["detail"].startswith(f"{event.taken} seats")

    @rule(event_id=events, capacity=st.integers(1, 8))
    def change_capacity(self, event_id, capacity):
        self.update(event_id, {"max_capacity": capacity}, "*")

    @rule(event_id=events)
    def let_everybody_come(self, event_id):
        """Else too many sequences stand before closed doors."""
        if not self.known[event_id].is_deleted and self.known[event_id].status != "cancelled":
            self.update(event_id, {"status": "published", "window": "any", "waitlist": True, "max_party": 3}, "*")

    @rule(event_id=events)
    def close_while_seats_come_free(self, event_id):
        """Who waits gets them when registration opens again."""
        event = self.known[event_id]
        if not event.is_deleted:
            self.update(event_id, {"window": "closed"}, "*")
            for n in event.seated[:1]:
                self.cancel(event_id, n, ORGANISER)

    @rule(event_id=events, really=st.sampled_from([True, False, False, False]))
    def cancel_event(self, event_id, really):
        if really:
            reply = self.api.cancel_event(event_id)
            self._assert_told(self.known[event_id].call_off(), reply)
            if reply.status == 200:
                self._assert_detail(event_id, reply.json["event"])

    @rule(event_id=events, really=st.sampled_from([True, False, False, False]))
    def delete_event(self, event_id, really):
        if really:
            assert 204 == self.api.delete_event(event_id).status
            self.known[event_id].delete()

    # --- Coming ---

    @rule(event_id=events, n=people, spelling=spellings, name=guest_names, party=parties, key=keys_sent)
    def register(self, event_id, n, spelling, name, party, key):
        payload = self._guest(n, spelling, name, party)
        marks = Marks(("register", key), payload) if key else None
        call = self._call(self.api.register, event_id, payload, key=key)
        told = self.known[event_id].register(n, name, payload["email"], party, marks)
        reply = self._assert_called(told, call, key)
        if reply.status == 201:
            self._assert_person(event_id, n, reply.json)
            self._learn(event_id, n, reply.json)

    @rule(event_id=events, party=parties)
    def sell_out(self, event_id, party):
        for n in range(6):
            self.register(event_id, n, "guest{}@example.com", "Asha", party, None)

    @rule(event_id=events, n=people, spelling=spellings, name=guest_names, party=parties, key=keys_sent)
    def join_waitlist(self, event_id, n, spelling, name, party, key):
        event, payload = self.known[event_id], self._guest(n, spelling, name, party)
        marks = Marks(("join", key), payload) if key else None
        call = self._call(self.api.join_waitlist, event_id, payload, key=key)
        told = event.join(n, name, payload["email"], party, marks)
        reply = self._assert_called(told, call, key)
        if reply.status == 201:
            self._assert_person(event_id, n, reply.json)
            assert event.people[n].state == reply.json["state"]
            assert self._position(event, n) == reply.json["position"]
            self._learn(event_id, n, reply.json)

    @rule(event_id=events, first=st.integers(0, 3), party=parties)
    def queue_up(self, event_id, first, party):
        for n in range(first, 6):
            self.join_waitlist(event_id, n, "guest{}@example.com", "Ravi", party, None)

    @rule(event_id=st.sampled_from(["aaaaaaaaaa", "nope", "1"]), n=people, key=keys_sent)
    def ask_for_an_unknown_event(self, event_id, n, key):
        guest = self._guest(n, "guest{}@example.com", "Asha", 1)
        assert 404 == self.api.register(event_id, guest, **self._headers(key)).status
        assert 404 == self.api.join_waitlist(event_id, guest, **self._headers(key)).status
        assert 404 == self.api.get_event(event_id).status
        assert 404 == self.api.list_attendees(event_id).status
        assert 404 == self.api.update_event(event_id, {"max_capacity": 2}).status

    # --- Changing and leaving ---

    @rule(event_id=events, n=people, access=accesses)
    def show_person(self, event_id, n, access):
        if (code := self._code(event_id, n, access)) is None:
            return
        as_whom, manage = code
        event = self.known[event_id]
        told, reply = event.show(n, as_whom), self.api.get_attendee(event_id, self._id(event_id, n), manage)
        self._assert_told(told, reply)
        if told == OK:
            self._assert_view(event_id, n, reply.json["attendee"])
            assert self.codes[event_id, n, event.people[n].serial][0] in (reply.json["ticket"], None)

    @rule(event_id=events, n=people, access=accesses)
    def cancel(self, event_id, n, access):
        if (code := self._code(event_id, n, access)) is not None:
            as_whom, manage = code
            reply = self.api.cancel_attendee(event_id, self._id(event_id, n), manage)
            self._assert_told(self.known[event_id].cancel(n, as_whom), reply)

    @rule(event_id=events, n=people, access=accesses)
    def leave_waitlist(self, event_id, n, access):
        if (code := self._code(event_id, n, access)) is not None and code[0] != ORGANISER:
            as_whom, manage = code
            reply = self.api.leave_waitlist(event_id, manage)
            self._assert_told(self.known[event_id].cancel(n, as_whom, only_waiting=True), reply)

    @rule(event_id=events, n=people, access=accesses, name=st.none() | guest_names, heir=st.none() | people)
    def change_person(self, event_id, n, access, name, heir):
        if (code := self._code(event_id, n, access)) is None or (name, heir) == (None, None):
            return
        as_whom, manage = code
        event, email = self.known[event_id], heir if heir is None else f"guest{heir}@example.com"
        sent = {member: value for member, value in (("name", name), ("email", email)) if value is not None}
        reply = self.api.update_attendee(event_id, self._id(event_id, n), sent, manage)
        if heir in (None, n):
            told = event.rename(n, as_whom, name, email)
        else:
            there = event.people.get(n)
            told = event.hand_over(n, as_whom, heir, name or (there.name if there else ""), email, None)
        self._assert_told(told, reply)
        if told == OK:
            new = n if heir is None else heir
            self._assert_view(event_id, new, reply.json["attendee"])
            self._learn(event_id, new, reply.json)

    @rule(event_id=events, n=people, heir=people, access=accesses, name=guest_names, key=keys_sent)
    def transfer(self, event_id, n, heir, access, name, key):
        if (code := self._code(event_id, n, access)) is None:
            return
        as_whom, manage = code
        payload = {"name": name, "email": f"guest{heir}@example.com"}
        marks = Marks(("transfer", n, key), payload) if key else None
        call = self._call(self.api.transfer_attendee, event_id, self._id(event_id, n), payload, manage, key=key)
        told = self.known[event_id].hand_over(n, as_whom, heir, name, payload["email"], marks)
        reply = self._assert_called(told, call, key)
        if reply.status == 200:
            self._assert_view(event_id, heir, reply.json["attendee"])
            self._learn(event_id, heir, reply.json)

    @rule(event_id=events, n=people)
    def renew_codes(self, event_id, n):
        told, reply = self.known[event_id].renew(n), self.api.renew_codes(event_id, self._id(event_id, n))
        self._assert_told(told, reply)
        if told == OK:
            self._learn(event_id, n, reply.json)

    # --- At the door ---

    @rule(event_id=events, which=st.integers(0, 100), key=keys_sent)
    def check_in(self, event_id, which, key):
        """The latest tickets are those most likely to be good."""
        tickets = [(where, ticket) for where, (ticket, _) in sorted(self.codes.items(), key=itemgetter(0)) if ticket]
        if not tickets:
            return
        (of_event, n, serial), ticket = tickets[-1 - which % len(tickets)]
        event = self.known[event_id]
        call = self._call(self.api.check_in, event_id, ticket, key=key)
        if of_event != event_id:
            told = frozenset({"ticket_of_another_event"})
        else:
            told = event.check_in(n, serial, (key, ticket) if key else object())
        reply = self._assert_called(told, call, key)
        if reply.status == 200:
            self._assert_view(event_id, n, reply.json["attendee"])
            assert reply.json["attendee"]["checked_in_at"]

    @rule(event_id=events)
    def let_everybody_in(self, event_id):
        event = self.known[event_id]
        for n in event.seated:
            ticket = self._ticket(event_id, n)
            told = event.check_in(n, event.people[n].serial, object())
            self._assert_told(told, self.api.check_in(event_id, ticket))

    @rule(event_id=events, n=people)
    def undo_check_in(self, event_id, n):
        reply = self.api.undo_check_in(event_id, self._id(event_id, n))
        self._assert_told(self.known[event_id].undo_check_in(n), reply)

    # --- A busy hour ---

    @rule(seed=st.integers(0, 2**32 - 1), calls=st.integers(5, 20))
    def be_busy(self, seed, calls):
        """Make calls as likely as they are in life: steps chosen one by one seldom meet."""
        chance = random.Random(seed)
        for _ in range(calls):
            there = [
                event_id for event_id, event in self.known.items() if not event.is_deleted or chance.random() < 0.1
            ]
            if there:
                self._call_somehow(chance, chance.choice(there), n=chance.randrange(6))
                self.nothing_is_amiss()

    def _call_somehow(self, chance, event_id, n):
        key, party = chance.choice([None, None, "k1", "k2"]), chance.choice([1, 1, 2, 3])
        access, heir = chance.choice([ORGANISER, ORGANISER, "holder", "former holder"]), chance.randrange(6)
        changes = {
            "waitlist_policy": chance.choice(["strict", "fill"]),
            "window": chance.choice(["any", "any", *WINDOWS]),
            "max_party": chance.randint(1, 3),
            "max_capacity": chance.randint(1, 6),
        }
        some_changes = dict(chance.sample(sorted(changes.items()), chance.randint(1, 3)))
        likely = [
            (5, lambda: self.register(event_id, n, "guest{}@example.com", "Asha", party, key)),
            (5, lambda: self.join_waitlist(event_id, n, "guest{}@example.com", "Asha", party, key)),
            (5, lambda: self.cancel(event_id, n, access)),
            (1, lambda: self.leave_waitlist(event_id, n, "holder")),
            (2, lambda: self.transfer(event_id, n, heir, access, "Ravi", key)),
            (1, lambda: self.change_person(event_id, n, access, None, heir)),
            (2, lambda: self.check_in(event_id, chance.randrange(100), key)),
            (2, lambda: self.undo_check_in(event_id, n)),
            (1, lambda: self.renew_codes(event_id, n)),
            (2, lambda: self.show_person(event_id, n, access)),
            (1, lambda: self.close_while_seats_come_free(event_id)),
            (3, lambda: self.change_capacity(event_id, chance.randint(1, 8))),
            (1, lambda: self.update(event_id, some_changes, "*")),
            (3, lambda: self.let_everybody_come(event_id)),
            (2, lambda: self.repeat_the_call_before() if self.last else None),
            (1, lambda: self.show(event_id)),
            (1, lambda: self.walk_attendees(event_id, 2)),
            (1, lambda: self.walk_waitlist(event_id, 2)),
        ]
        (call,) = chance.choices([call for _, call in likely], [weight for weight, _ in likely])
        call()

    # --- Once more ---

    @precondition(lambda self: getattr(self, "last", None))
    @rule()
    def repeat_the_call_before(self):
        call, first = self.last
        again = call()
        assert (first.status, "true") == (again.status, again.headers.get("Idempotent-Replayed"))
        assert first.json == again.json

    # --- Reading ---

    @rule(event_id=events)
    def show(self, event_id):
        reply = self.api.get_event(event_id)
        if self.known[event_id].is_deleted:
            self._assert_told({"event_not_found"}, reply)
        else:
            self._assert_detail(event_id, reply.json["event"])
            again = self.api.get_event(event_id, **{"If-None-Match": reply.headers["ETag"]})
            assert (304, "") == (again.status, again.text)

    @rule(event_id=events, limit=st.sampled_from([None, 1, 2, 3, 100]))
    def walk_attendees(self, event_id, limit):
        if self.known[event_id].is_deleted:
            self._assert_told({"event_not_found"}, self.api.list_attendees(event_id))
            return
        shown = self._walk(lambda query: self.api.list_attendees(event_id, query), limit, default=10)
        self._assert_listed(event_id, self.known[event_id].seated, shown)

    @rule(event_id=events, limit=st.sampled_from([None, 1, 2, 100]))
    def walk_waitlist(self, event_id, limit):
        event = self.known[event_id]
        if event.is_deleted:
            self._assert_told({"event_not_found"}, self.api.get_waitlist(event_id))
            return
        shown = self._walk(lambda query: self.api.get_waitlist(event_id, None, query), limit, default=10)
        self._assert_listed(event_id, event.queue, shown)

    @rule(event_id=events, n=people, access=accesses)
    def ask_for_ones_position(self, event_id, n, access):
        if (code := self._code(event_id, n, access)) is None or code[0] == ORGANISER:
            return
        event, (as_whom, manage) = self.known[event_id], code
        told, reply = event.show(n, as_whom), self.api.get_waitlist(event_id, manage)
        self._assert_told(told, reply)
        if told == OK:
            assert (event.people[n].state, self._position(event, n)) == (reply.json["state"], reply.json["position"])

    @rule(event_id=events, limit=st.integers(1, 3), page=st.integers(1, 5))
    def list_attendees_by_page(self, event_id, limit, page):
        if self.known[event_id].is_deleted:
            return
        reply, seated = (
            self.api.list_attendees(event_id, f"?page={page}&limit={limit}").json,
            self.known[event_id].seated,
        )
        self._assert_listed(event_id, seated[(page - 1) * limit : page * limit], reply["sections"])
        assert ("next_token" in reply) == (len(seated) > page * limit)

    @precondition(lambda self: len([event for event in self.known.values() if not event.is_deleted]) > 1)
    @rule(data=st.data())
    def use_a_token_of_another_list(self, data):
        there = sorted(event_id for event_id, event in self.known.items() if not event.is_deleted)
        first, second = data.draw(st.lists(st.sampled_from(there), min_size=2, max_size=2, unique=True))
        token = self.api.list_attendees(first, "?limit=1").json.get("next_token")
        if token:
            assert 400 == self.api.list_attendees(second, f"?next_token={token}").status
            assert 400 == self.api.list_events(f"?next_token={token}").status
            assert 200 == self.api.list_attendees(first, f"?next_token={token}").status

    @rule(limit=st.sampled_from([None, 1, 2, 100]))
    def walk_events(self, limit):
        shown = self._walk(self.api.list_events, limit, default=50)
        self._assert_events([e for e in self.known.values() if e.status == "published" and e.start != PAST], shown)

    @rule(limit=st.sampled_from([None, 1, 2, 100]))
    def walk_own_events(self, limit):
        self._assert_events(list(self.known.values()), self._walk(self.api.list_own_events, limit, default=50))

    # --- What always holds ---

    @invariant()
    def nothing_is_amiss(self):
        if not getattr(self, "known", None):
            return
        items = [
            from_attributes(item)
            for page in self.table.get_paginator("scan").paginate(TableName=os.environ["TABLE_NAME"])
            for item in page["Items"]
        ]
        found, secret = by_event(items), secrets.make_secrets().identity_key
        assert [] == find_faults_beside_events(found.pop(None))
        assert set(self.known) == set(found)
        for event_id, there in found.items():
            assert ([], []) == (find_faults(there, secret), remarks(there))
            self._assert_seated_and_waiting(self.known[event_id], event_id, there)

    def _assert_seated_and_waiting(self, event, event_id, items):
        """The table has whom the rules say, with as many seats, and waiting in their order."""
        held = {item["id"]: item["seats"] for item in items if item.get("state") == "registered"}
        assert {self._id(event_id, n): event.people[n].seats for n in event.seated} == held
        assert sum(held.values()) == event.taken <= event.capacity
        places = sorted(keys.read_place(item) for item in items if item["pk"] == keys.waitlist_of(event_id))
        assert [self._id(event_id, n) for n in event.queue] == [place.attendee_id for place in places]

    # --- Details ---

    def _id(self, event_id, n):
        return derive_attendee_id(secrets.make_secrets().identity_key, event_id, f"guest{n}@example.com")

    @staticmethod
    def _position(event, n):
        return event.queue.index(n) + 1 if n in event.queue else None

    @staticmethod
    def _guest(n, spelling, name, party):
        return {"name": name, "email": spelling.format(n)} | ({"seats": party} if party > 1 else {})

    @staticmethod
    def _headers(key):
        return {"Idempotency_Key": key} if key else {}

    @staticmethod
    def _times(window):
        return dict(zip(("registration_opens", "registration_closes"), WINDOWS[window], strict=True))

    def _call(self, call, *arguments, key):
        return lambda: call(*arguments, **self._headers(key))

    def _assert_called(self, told, call, key):
        reply = call()
        self._assert_told(told, reply)
        self.last = (call, reply) if told == OK and key else None
        return reply

    def _assert_told(self, told, reply):
        """The answer is one of those; every answer but a repetition's makes the call before no longer the one before."""
        self.last = None
        if reply.status < 300:
            assert {"replayed" if "Idempotent-Replayed" in reply.headers else "ok"} == set(told), reply
        else:
            assert reply.json["code"] in told, (told, reply)
            assert PROBLEMS[reply.json["code"]] == reply.status

    def _code(self, event_id, n, access):
        """Return as whom to call, and with which manage code; None where nobody has such a code."""
        if access == ORGANISER:
            return ORGANISER, None
        serials = sorted(serial for of_event, m, serial in self.codes if (of_event, m) == (event_id, n))
        if access == "former holder":
            serials = serials[:-1]
        return (serials[-1], self.codes[event_id, n, serials[-1]][1]) if serials else None

    def _ticket(self, event_id, n):
        """Who was promoted gets their ticket where their registration is shown."""
        where = (event_id, n, self.known[event_id].people[n].serial)
        ticket, manage = self.codes[where]
        if ticket is None:
            ticket = self.api.get_attendee(event_id, self._id(event_id, n), manage).json["ticket"]
            self.codes[where] = (ticket, manage)
        return ticket

    def _learn(self, event_id, n, shown):
        """Remember the codes of an answer; fails where they differ from those that the same serial had before."""
        where = (event_id, n, self.known[event_id].people[n].serial)
        ticket, manage = self.codes.get(where, (None, shown["manage"]))
        assert manage == shown["manage"]
        assert ticket in (None, shown.get("ticket") or ticket)
        self.codes[where] = (shown.get("ticket") or ticket, manage)

    def _assert_person(self, event_id, n, shown):
        person = self.known[event_id].people[n]
        assert (self._id(event_id, n), event_id, person.seats) == (shown["id"], shown["event_id"], shown["seats"])

    def _assert_view(self, event_id, n, shown):
        self._assert_person(event_id, n, shown)
        person = self.known[event_id].people[n]
        assert (person.name, person.email, person.state) == (shown["name"], shown["email"], shown["state"])
        assert person.checked_in == bool(shown["checked_in_at"])

    def _assert_listed(self, event_id, expected, shown):
        assert [self._id(event_id, n) for n in expected] == [one["id"] for one in shown]
        for n, one in zip(expected, shown, strict=True):
            self._assert_view(event_id, n, one)

    def _assert_events(self, expected, shown):
        there = {event_id: event for event_id, event in self.known.items() if not event.is_deleted}
        wanted = [(event.start, event_id) for event_id, event in there.items() if any(event is e for e in expected)]
        assert sorted(wanted) == [(event["start_time"], event["id"]) for event in shown]
        for event in shown:
            self._assert_event(event["id"], event)

    def _assert_detail(self, event_id, shown):
        self._assert_event(event_id, shown)
        event = self.known[event_id]
        assert (event.taken, event.seats_left, event.waited_for, event.come) == tuple(
            shown[name] for name in ("registered", "seats_left", "waitlisted", "checked_in")
        )

    def _assert_event(self, event_id, shown):
        event = self.known[event_id]
        opens, closes = WINDOWS[event.window]
        assert {
            "id": event_id,
            "name": event.name,
            "start_time": event.start,
            "end_time": END,
            "max_capacity": event.capacity,
            "max_party": event.max_party,
            "waitlist": event.waitlist,
            "waitlist_policy": event.policy,
            "status": event.status,
            "registration_opens": opens,
            "registration_closes": closes,
            "version": event.version,
        }.items() <= shown.items()
        instant = datetime.fromisoformat(event.start).replace(tzinfo=ZoneInfo("Asia/Kolkata"))
        assert instant == datetime.fromisoformat(shown["start_time_utc"])

    @staticmethod
    def _walk(get_page, limit, default):
        shown, query = [], f"?limit={limit}" if limit else ""
        while True:
            reply = get_page(query)
            assert 200 == reply.status
            assert len(reply.json["sections"]) <= (limit or default)
            shown += reply.json["sections"]
            if "next_token" not in reply.json:
                assert "Link" not in reply.headers
                return shown
            assert len(reply.json["sections"]) == (limit or default)
            assert f"next_token={reply.json['next_token']}" in reply.headers["Link"]
            query = f"?next_token={reply.json['next_token']}" + (f"&limit={limit}" if limit else "")


@pytest.fixture
def simulated_aws(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    environment = {
        "ALLOWED_ORIGINS": "",
        "AUTH_MODE": "open",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "DEFAULT_TIMEZONE": "Asia/Kolkata",
        "TABLE_NAME": "events-of-the-model",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(contention, "MAX_SECONDS", 60)  # a machine that stalls is no matter of rules
    for name in ("SEATS_PER_BLOCK", "BLOCKS_PER_PARTITION"):  # each run of the model sets its own
        monkeypatch.setattr(seats, name, getattr(seats, name))
    load_config.cache_clear()
    connection.forget_client()
    with mock_aws():
        yield
    connection.forget_client()
    secrets.forget_secrets()
    load_config.cache_clear()


@pytest.mark.usefixtures("simulated_aws")
@pytest.mark.parametrize("seats_per_block", [1, 2, 80])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_busy_hour_agrees_with_the_rules(seed, seats_per_block):
    """Longer than what hypothesis makes, and nothing is left out at random."""
    model = Model()
    try:
        model.begin(seats_per_block, 1 + seed % 2, 4, ("strict", "fill")[seed % 2], [2, 1, 1, 3, 1, 2])
        model.be_busy(seed, CALLS)
        promoted = sum(len(event.promoted) for event in model.known.values())
        assert promoted > 0
    finally:
        model.teardown()


@pytest.mark.usefixtures("simulated_aws")
def test_any_sequence_of_calls_agrees_with_the_rules():
    run_state_machine_as_test(
        Model,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
