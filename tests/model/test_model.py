"""Any sequence of calls agrees with a plain dictionary of events.

One caller at a time, on moto; races have their own tests. HYPOTHESIS_PROFILE=thorough looks longer.
"""

import os
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
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
from event_management.store import connection, secrets
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.seats import give_back
from tests.gateway import Api, event_payload
from tests.tables import make_table

EXAMPLES, STEPS = (400, 60) if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else (15, 40)

PAST, SOON, LATER = "2020-02-29 09:00", "2098-06-01 18:30", "2099-06-01 18:30"
END = "2099-12-31 23:59"

keys_sent = st.sampled_from([None, "k1", "k2"])
people = st.integers(0, 2)
spellings = st.sampled_from(["guest{}@example.com", "GUEST{}@example.com", "Guest{}@EXAMPLE.COM"])
guest_names = st.sampled_from(["Asha", "Ravi"])


class Model(RuleBasedStateMachine):
    """The API beside a dictionary."""

    events = Bundle("events")

    @initialize(seats_per_block=st.sampled_from([1, 2, seats.SEATS_PER_BLOCK]), blocks_per_partition=st.integers(1, 2))
    def begin(self, seats_per_block, blocks_per_partition):
        seats.SEATS_PER_BLOCK, seats.BLOCKS_PER_PARTITION = seats_per_block, blocks_per_partition
        secrets.forget_secrets()
        self.table = make_table(os.environ["TABLE_NAME"])
        self.api = Api()
        self.known = {}
        """Events by id: their payload, and their attendees as (person, name, address, id, key, request)."""
        self.created = {}
        """Event ids and payloads by Idempotency-Key."""

    def teardown(self):
        if hasattr(self, "table"):
            self.table.delete_table(TableName=os.environ["TABLE_NAME"])

    # --- Creating ---

    @precondition(lambda self: len(self.known) < 4)
    @rule(
        target=events,
        name=st.sampled_from(["Raga", "Jazz"]),
        start=st.sampled_from([PAST, SOON, LATER]),
        capacity=st.integers(1, 3),
        key=keys_sent,
        country=st.sampled_from([None, "INDIA", "india"]),
    )
    def create(self, name, start, capacity, key, country):
        payload = event_payload(name=name, start_time=start, end_time=END, max_capacity=capacity)
        headers = self._headers(key) | ({"ISOCountry": country} if country else {})
        reply = self.api.create_event(payload, **headers)
        request = (payload, (country or "").lower())
        if key in self.created:
            first, first_request = self.created[key]
            if request != first_request:
                assert (422, "idempotency_key_reused") == (reply.status, reply.json["code"])
                return first
            assert (201, first, "true") == (reply.status, reply.json["event"], reply.headers["Idempotent-Replayed"])
            return first
        event_id = reply.json["event"]
        assert (201, event_id) == (reply.status, reply.headers["Location"])
        assert event_id not in self.known
        assert "Idempotent-Replayed" not in reply.headers
        self.known[event_id] = (payload, [])
        if key:
            self.created[key] = (event_id, request)
        return event_id

    # --- Registering ---

    @rule(event_id=events, person=people, spelling=spellings, name=guest_names, key=keys_sent)
    def register(self, event_id, person, spelling, name, key):
        self._register(event_id, person, spelling, name, key)

    @rule(event_id=events)
    def sell_out(self, event_id):
        for person in range(4):
            self._register(event_id, person, "guest{}@example.com", "Asha", key=None)

    def _register(self, event_id, person, spelling, name, key):
        payload = {"name": name, "email": spelling.format(person)}
        reply = self.api.register(event_id, payload, **self._headers(key))
        event, attendees = self.known[event_id]
        there = next((attendee for attendee in attendees if attendee["person"] == person), None)
        if there and key and there["key"] == key:
            if there["request"] != payload:
                assert (422, "idempotency_key_reused") == (reply.status, reply.json["code"])
            else:
                assert (201, there["id"]) == (reply.status, reply.json["id"])
                assert "true" == reply.headers["Idempotent-Replayed"]
        elif there:
            assert (409, "only 1 registration per user") == (reply.status, reply.json["message"])
        elif len(attendees) == event["max_capacity"]:
            assert (409, "Seats full! Come again for next show") == (reply.status, reply.json["message"])
        else:
            assert (201, "success") == (reply.status, reply.json["status"])
            assert "Idempotent-Replayed" not in reply.headers
            attendees.append({"person": person, "id": reply.json["id"], "key": key, "request": payload})

    @rule(event_id=events, data=st.data())
    def give_a_seat_back(self, event_id, data):
        """No endpoint does yet."""
        attendees = self.known[event_id][1]
        if attendees:
            leaving = attendees.pop(data.draw(st.integers(0, len(attendees) - 1)))
            key = keys.attendee_key(event_id, leaving["id"])
            forget = {"Delete": {"TableName": os.environ["TABLE_NAME"], "Key": to_attributes(key)}}
            assert [] == give_back(event_id, self._item(key)["seat_block"], alongside=[forget])

    @rule(event_id=st.sampled_from(["aaaaaaaaaa", "nope", "1"]), person=people, key=keys_sent)
    def ask_for_an_unknown_event(self, event_id, person, key):
        guest = {"name": "Asha", "email": f"guest{person}@example.com"}
        assert 404 == self.api.register(event_id, guest, **self._headers(key)).status
        assert 404 == self.api.get_event(event_id).status
        assert 404 == self.api.list_attendees(event_id).status

    # --- Reading ---

    @rule(event_id=events)
    def show(self, event_id):
        self._assert_shown(event_id, self.api.get_event(event_id).json["event"])

    @rule(event_id=events, limit=st.sampled_from([None, 1, 2, 3, 100]))
    def walk_attendees(self, event_id, limit):
        shown = self._walk(lambda query: self.api.list_attendees(event_id, query), limit, default=10)
        self._assert_attendees(self.known[event_id][1], shown)

    @rule(event_id=events, limit=st.integers(1, 3), page=st.integers(1, 5))
    def list_attendees_by_page(self, event_id, limit, page):
        reply = self.api.list_attendees(event_id, f"?page={page}&limit={limit}").json
        attendees = self.known[event_id][1]
        self._assert_attendees(attendees[(page - 1) * limit : page * limit], reply["sections"])
        assert ("next_token" in reply) == (len(attendees) > page * limit)

    @precondition(lambda self: len(self.known) > 1)
    @rule(data=st.data())
    def use_a_token_of_another_list(self, data):
        first, second = data.draw(st.lists(st.sampled_from(sorted(self.known)), min_size=2, max_size=2, unique=True))
        token = self.api.list_attendees(first, "?limit=1").json.get("next_token")
        if token:
            assert 400 == self.api.list_attendees(second, f"?next_token={token}").status
            assert 400 == self.api.list_events(f"?next_token={token}").status
            assert 200 == self.api.list_attendees(first, f"?next_token={token}").status

    @rule(limit=st.sampled_from([None, 1, 2, 100]))
    def walk_events(self, limit):
        shown = self._walk(self.api.list_events, limit, default=50)
        upcoming = {event_id: event for event_id, (event, _) in self.known.items() if event["start_time"] != PAST}
        assert sorted((event["start_time"], event_id) for event_id, event in upcoming.items()) == [
            (event["start_time"], event["id"]) for event in shown
        ]
        for event in shown:
            self._assert_shown(event["id"], event)

    # --- What always holds ---

    @invariant()
    def seats_agree_with_people(self):
        for event_id, (event, attendees) in getattr(self, "known", {}).items():
            directory = self._item(keys.directory_key(event_id))
            blocks = [
                self._item(keys.seat_block_key(event_id, block))
                for block in range(self._item(keys.event_key(event_id))["seat_blocks"])
            ]
            left = [block["seats_left"] for block in blocks]
            assert len(attendees) == sum(block["taken"] for block in blocks)
            assert event["max_capacity"] - len(attendees) == sum(left)
            assert min(left) >= 0
            assert {n for n, seats in enumerate(left) if seats} <= keys.read_directory(directory).open_blocks

    # --- Details ---

    def _item(self, key):
        answer = self.table.get_item(TableName=os.environ["TABLE_NAME"], Key=to_attributes(key))
        return from_attributes(answer["Item"])

    @staticmethod
    def _headers(key):
        return {"Idempotency_Key": key} if key else {}

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

    @staticmethod
    def _assert_attendees(expected, shown):
        assert [(one["id"], one["request"]["name"], one["request"]["email"]) for one in expected] == [
            (one["id"], one["name"], one["email"]) for one in shown
        ]

    def _assert_shown(self, event_id, shown):
        payload = self.known[event_id][0]
        instant = datetime.fromisoformat(payload["start_time"]).replace(tzinfo=ZoneInfo("Asia/Kolkata"))
        assert payload | {"id": event_id} == {name: shown[name] for name in (*payload, "id")}
        assert instant == datetime.fromisoformat(shown["start_time_utc"])


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
    for name in ("SEATS_PER_BLOCK", "BLOCKS_PER_PARTITION"):  # each run of the model sets its own
        monkeypatch.setattr(seats, name, getattr(seats, name))
    monkeypatch.setattr(seats, "SOLD_OUT_SECONDS", -1)  # what was told is true now, not a moment ago
    load_config.cache_clear()
    connection.forget_client()
    with mock_aws():
        yield
    connection.forget_client()
    secrets.forget_secrets()
    load_config.cache_clear()


@pytest.mark.usefixtures("simulated_aws")
def test_any_sequence_of_calls_agrees_with_a_dictionary():
    run_state_machine_as_test(
        Model,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
