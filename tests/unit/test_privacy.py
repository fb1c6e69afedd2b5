"""What is stored of a person in all events: shown to admins, and erased by them."""

import itertools
import json
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from event_management import deadline, keys
from event_management.addresses import parse_address
from event_management.errors import TryAgainError
from event_management.roles import Caller
from event_management.store import attendees, contention, events, privacy, removal
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.client import get_item
from event_management.store.connection import LONGEST_CALL
from tests import gateway
from tests.crashes import SlowCaller, holding_up
from tests.gateway import Api, attendee_payload, event_payload, lambda_context
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of
from tests.unit.scripted_dynamodb import scripted

ASHA = attendee_payload(name="Asha Rao", email="Asha@example.com")
ADDRESS = "asha@example.com"
ADMIN = {"sub": "ada", "cognito:groups": "admins"}
GONE = {"start_time": "2020-01-15 18:30", "end_time": "2020-01-15 21:00"}
ERASED = ("(erased)", "")


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def going(api):
    """A way to make an event that Asha is registered for; returns its id and what she was answered."""

    def make(**changes):
        event_id = api.create_event(event_payload(**changes)).json["event"]
        return event_id, api.register(event_id, ASHA, ISOCountry="INDIA", Idempotency_Key="asha").json

    return make


def told(reply):
    return reply.status, reply.json["code"]


def everything(table):
    """All items of the table."""
    return [from_attributes(item) for item in table.scan(TableName=TABLE, ConsistentRead=True)["Items"]]


def exported(api, email=ADDRESS, limit=500):
    """Everything that an export in steps of so many events shows."""
    reply = api.export_person(email, f"?limit={limit}")
    sections = list(reply.json["sections"])
    while "Link" in reply.headers:
        reply = api.export_person(email, reply.headers["Link"].partition(">")[0].removeprefix("<"))
        sections += reply.json["sections"]
    return sections


def erased(api, email=ADDRESS):
    reply = api.erase_person(email)
    assert (200, "Person Erased") == (reply.status, reply.json["message"])
    return reply.json["cancelled"], reply.json["blanked"]


# --- Who may, and whom it is about ------------------------------------------------------------------------------------


def calls(api, email=ADDRESS):
    return api.export_person(email), api.erase_person(email)


def test_admins_alone_may(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    for claims in (None, {}, {"cognito:groups": "admins"}):
        assert [(401, "unauthorized")] * 2 == [told(reply) for reply in calls(Api(claims=claims))]
    for groups in ({}, {"cognito:groups": "staff"}, {"cognito:groups": "nadmins,admins2"}):
        for reply in calls(Api(claims={"sub": "olga"} | groups)):
            assert (403, "role_missing") == told(reply)
            assert "takes an admin" in reply.json["detail"]
    for groups in ("admins", "[staff admins]", "staff,admins"):
        assert [200, 200] == [reply.status for reply in calls(Api(claims={"sub": "ada", "cognito:groups": groups}))]


def test_who_is_no_admin_learns_of_no_other_fault(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    assert [(403, "role_missing")] * 2 == [told(reply) for reply in calls(Api(claims={"sub": "olga"}), None)]


def test_in_open_mode_everybody_may_also_where_the_event_is_anothers(going, table):
    event_id, _ = going()
    item = get_item(keys.event_key(event_id))
    table.put_item(TableName=TABLE, Item=to_attributes(item | {"owner": "olga"}))
    shown, gone = calls(Api())
    assert (1, 1) == (len(shown.json["sections"]), gone.json["cancelled"])


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "asha",
        "asha@example",
        "a b@example.com",
        "आशा@example.com",
        "a%2@example.com",
        "%ff%40example.com",
        "a" * 763,
    ],
)
def test_an_address_that_is_none_is_told_without_quoting_it(api, email):
    for reply in calls(api, email):
        assert (400, "invalid_parameter") == told(reply)
        assert "Person-Email " in reply.json["detail"]
        assert not email or email not in reply.text


def test_an_address_comes_percent_encoded(api, event_id):
    for entered in ("आशा@example.com", "a%b@example.com", "A+b@example.com"):
        assert 201 == api.register(event_id, attendee_payload(email=entered)).status
        assert [entered] == [section["email"] for section in exported(api, quote(entered, safe=""))]
    assert ["A+b@example.com"] == [section["email"] for section in exported(api, "a+b@EXAMPLE.com")]


def test_the_longest_address_fits(api, event_id):
    longest = f"{'आ' * 21}@{'b' * 63}.{'c' * 63}.{'d' * 57}.in"
    assert 201 == api.register(event_id, attendee_payload(email=longest)).status
    assert 1 == len(exported(api, "".join(f"%{byte:02X}" for byte in longest.encode())))


def test_a_token_is_good_for_its_call_and_its_person_alone(api):
    for _ in range(2):
        api.create_event(event_payload())
    token = api.export_person(ADDRESS, "?limit=1").json["next_token"]
    assert 200 == api.export_person("ASHA@example.com", f"?next_token={token}").status
    for reply in (
        api.export_person("usha@example.com", f"?next_token={token}"),
        api.erase_person(ADDRESS, f"?next_token={token}"),
        api.list_events(f"?next_token={token}"),
    ):
        assert (400, "invalid_page_token") == told(reply)


# --- What is stored ---------------------------------------------------------------------------------------------------


def test_all_that_is_stored_is_shown(api, going):
    event_id, person = going(max_party=3)
    assert 200 == api.check_in(event_id, person["ticket"]).status
    item = get_item(keys.attendee_key(event_id, person["id"]))
    (section,) = exported(api)
    assert {
        "event_id": event_id,
        "event_name": "Monsoon Raga Night",
        "id": person["id"],
        "state": "registered",
        "name": "Asha Rao",
        "email": "Asha@example.com",
        "seats": 1,
        "country": "INDIA",
        "registered_at": f"{item['registered_at'][:19]}Z",
        "checked_in_at": f"{item['checked_in_at'][:19]}Z",
        "cancelled_at": None,
    } == section


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_a_person_is_found_in_events_of_every_status_step_by_step(api, going, monkeypatch, limit):
    for _ in range(2):
        api.create_event(event_payload())
    coming, gone, called_off, deleted = (going(**changes)[0] for changes in ({}, GONE, {}, {}))
    api.cancel_event(called_off)
    monkeypatch.setattr(removal, "remove", lambda _: False)
    api.delete_event(deleted)
    full = api.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    api.register(full, attendee_payload(1))
    assert 201 == api.join_waitlist(full, ASHA).status
    given_up, person = going()
    assert 200 == api.cancel_attendee(given_up, person["id"], person["manage"]).status
    found = {
        section["event_id"]: (section["event_name"], section["state"], section["name"])
        for section in exported(api, limit=limit)
    }
    raga = "Monsoon Raga Night"
    assert {
        coming: (raga, "registered", "Asha Rao"),
        gone: (raga, "registered", "Asha Rao"),
        called_off: (raga, "registered", "Asha Rao"),
        deleted: (None, "registered", "Asha Rao"),
        full: (raga, "waiting", "Asha Rao"),
        given_up: (raga, "cancelled", None),
    } == found


def test_codes_are_nobodys_but_their_holders(api, going):
    _, person = going()
    text = api.export_person(ADDRESS).text
    assert not any(code in text for code in (person["ticket"], person["manage"]))


def test_a_step_costs_a_query_for_each_status_and_one_read_of_people(api, going):
    for _ in range(3):
        going()
    with scripted() as record:
        assert 3 == len(exported(api))
    assert {"Query": len(keys.EVENT_PARTITIONS), "BatchGetItem": 1} == record.operations


# --- Erasing ----------------------------------------------------------------------------------------------------------


def test_a_registration_for_an_event_to_come_is_cancelled_and_who_waits_has_the_seats(api, going, table):
    event_id, person = going(max_capacity=1, waitlist=True)
    waiting = api.join_waitlist(event_id, attendee_payload(2)).json
    assert (1, 0) == erased(api)
    assert "registered" == api.get_waitlist(event_id, waiting["manage"]).json["state"]
    assert (410, "registration_gone") == told(api.get_attendee(event_id, person["id"], person["manage"]))
    assert [] == faults_of(table, event_id)


def test_a_place_on_a_waitlist_is_given_up_also_of_an_event_that_is_over(api, table):
    full = api.create_event(event_payload(max_capacity=1, waitlist=True, **GONE)).json["event"]
    api.register(full, attendee_payload(1))
    api.join_waitlist(full, ASHA)
    assert (1, 0) == erased(api)
    assert 0 == api.get_event(full).json["event"]["waitlisted"]
    assert [] == faults_of(table, full)


@pytest.mark.parametrize("has_come", [True, False])
def test_a_registration_of_an_event_that_is_over_or_was_attended_stays_without_its_person(api, going, table, has_come):
    event_id, person = going(**({} if has_come else GONE))
    if has_come:
        api.check_in(event_id, person["ticket"])
    before = api.get_event(event_id).json["event"]
    (was,) = api.list_attendees(event_id).json["sections"]
    assert (0, 1) == erased(api)
    assert before == api.get_event(event_id).json["event"]
    (section,) = api.list_attendees(event_id).json["sections"]
    assert was | {"name": "(erased)", "email": ""} == section
    assert f"\r\n{person['id']},(erased),,1,registered," in api.export_attendees(event_id).text
    assert [] == faults_of(table, event_id)
    item = get_item(keys.attendee_key(event_id, person["id"]))
    assert set() == {"country", "idempotency_key", "fingerprint"} & item.keys()
    assert 2 + has_come == item["revision"]


def test_an_event_is_over_at_its_end_and_not_before(api, going):
    event_id, _ = going()
    item = get_item(keys.event_key(event_id))
    end = keys.read_stamp(item["end_utc"])
    admin = Caller("ada", is_admin=True)
    assert (0, 1, 1) == privacy.erase([item], parse_address(ADDRESS), admin, end)
    other = get_item(keys.event_key(going()[0]))
    assert (1, 0, 1) == privacy.erase([other], parse_address(ADDRESS), admin, end - timedelta(microseconds=1))


def test_who_is_at_an_event_that_is_being_deleted_is_blanked_and_the_deletion_goes_on(api, going, table, monkeypatch):
    event_id, _ = going()
    with monkeypatch.context() as patch:
        patch.setattr(removal, "remove", lambda _: False)
        assert 202 == api.delete_event(event_id).status
    assert (0, 1) == erased(api)
    assert [ERASED] == [(section["name"], section["email"]) for section in exported(api)]
    assert 204 == api.delete_event(event_id).status
    assert ([], []) == (exported(api), faults_of(table, event_id))


def test_nothing_that_tells_of_a_person_is_left_anywhere(api, going, table):
    for changes in ({}, GONE, {"max_capacity": 1}):
        going(**changes)
    assert (2, 1) == erased(api)
    text = json.dumps(everything(table), default=str).casefold()
    assert not any(word in text for word in ("asha", "rao", "india"))


def test_others_stay_as_they_are(api, going):
    event_id, _ = going(**GONE)
    usha = api.register(event_id, attendee_payload(2)).json
    before = api.get_attendee(event_id, usha["id"]).json
    erased(api)
    assert before == api.get_attendee(event_id, usha["id"]).json


def test_erasing_once_more_does_nothing(api, going, table):
    for changes in ({}, GONE):
        going(**changes)
    assert (1, 1) == erased(api)
    before = everything(table)
    assert (0, 0) == erased(api)
    assert before == everything(table)


def test_a_blanked_registration_of_an_event_that_was_put_off_is_cancelled(api, going):
    event_id, _ = going(**GONE)
    assert (0, 1) == erased(api)
    assert 200 == api.update_event(event_id, {"start_time": "2099-01-15 18:30", "end_time": "2099-01-15 21:00"}).status
    assert ((1, 0), []) == (erased(api), api.list_attendees(event_id).json["sections"])


def test_each_act_is_on_record_without_the_address(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    olga, ada = Api(claims={"sub": "olga"}), Api(claims=ADMIN)
    done = {}
    for what, changes in (("cancel_attendee", {}), ("erase_person", GONE)):
        event_id = olga.create_event(event_payload(**changes)).json["event"]
        done[event_id] = (what, olga.register(event_id, ASHA).json["id"])
    assert (1, 1) == erased(ada)
    for event_id, (what, attendee_id) in done.items():
        *_, act = olga.list_acts(event_id).json["sections"]
        assert ("ada", "admin", what, attendee_id) == (act["who"], act["role"], act["what"], act["attendee_id"])
        assert "asha" not in json.dumps(act).casefold()


def test_the_log_holds_no_address(api, going, capsys, caplog):
    going()
    going(**GONE)
    for call in (api.export_person, api.erase_person):
        call(ADDRESS)
        call("asha%zz@example.com")
    out = capsys.readouterr()
    assert "erase_person" in out.out + caplog.text
    assert "asha" not in (out.out + out.err + caplog.text).casefold()


# --- Steps ------------------------------------------------------------------------------------------------------------


def test_erasing_goes_on_step_by_step(api, going):
    made = [going()[0] for _ in range(3)]
    reply = api.erase_person(ADDRESS, "?limit=2")
    assert (202, "Person Erased So Far", 2) == (reply.status, reply.json["message"], reply.json["cancelled"])
    assert "limit=2&next_token=" in reply.headers["Link"]
    reply = api.erase_person(ADDRESS, f"?limit=2&next_token={reply.json['next_token']}")
    assert (200, "Person Erased", 1) == (reply.status, reply.json["message"], reply.json["cancelled"])
    assert "next_token" not in reply.json
    assert [[]] * 3 == [api.list_attendees(event_id).json["sections"] for event_id in made]


def test_a_step_that_runs_out_of_time_says_where_to_go_on(api, going, monkeypatch):
    for _ in range(6):
        going()
    # A clock that goes on by a second for each call of DynamoDB, and time for so many beside the longest one.
    seconds = itertools.count()
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    monkeypatch.setattr(gateway, "lambda_context", lambda: lambda_context(LONGEST_CALL + 0.5 + 20))
    query, counts = "", []
    while (reply := api.erase_person(ADDRESS, query)).status == 202:
        counts.append(reply.json["cancelled"])
        query = f"?next_token={reply.json['next_token']}"
    counts.append(reply.json["cancelled"])
    assert (6, True) == (sum(counts), 1 < len(counts) <= 6)
    assert all(counts)


def test_a_step_that_cannot_do_anything_is_worth_another_call(api, going, monkeypatch):
    going()
    monkeypatch.setattr(gateway, "lambda_context", lambda: lambda_context(LONGEST_CALL))
    assert (503, "try_again") == told(api.erase_person(ADDRESS))


def test_a_step_begins_nobody_without_the_time_for_it(api, going, monkeypatch):
    for _ in range(2):
        going()
    monkeypatch.setattr(privacy, "seconds_left", lambda: privacy.TIME_FOR_A_PERSON - 0.1)
    reply = api.erase_person(ADDRESS)
    assert (202, 1) == (reply.status, reply.json["cancelled"])


def test_what_is_in_the_way_of_a_later_event_ends_the_step_there(api, going, monkeypatch):
    made = [going()[0] for _ in range(3)]
    order = [item["id"] for _, item in events.walk(None, 3)]
    cancel = attendees.cancel

    def busy(event_id, *more):
        if event_id == order[1]:
            raise TryAgainError
        cancel(event_id, *more)

    with monkeypatch.context() as patch:
        patch.setattr(attendees, "cancel", busy)
        reply = api.erase_person(ADDRESS)
        assert (202, 1) == (reply.status, reply.json["cancelled"])
        assert (503, "try_again") == told(api.erase_person(ADDRESS, f"?next_token={reply.json['next_token']}"))
    assert 2 == api.erase_person(ADDRESS, f"?next_token={reply.json['next_token']}").json["cancelled"]
    assert [[]] * 3 == [api.list_attendees(event_id).json["sections"] for event_id in made]


# --- Side by side -----------------------------------------------------------------------------------------------------

MEANWHILE = {
    "is checked in": lambda api, event_id, person: api.check_in(event_id, person["ticket"]),
    "hands over": lambda api, event_id, person: api.transfer_attendee(
        event_id, person["id"], attendee_payload(2), person["manage"]
    ),
    "cancels": lambda api, event_id, person: api.cancel_attendee(event_id, person["id"], person["manage"]),
    "cancels and comes back": lambda api, event_id, person: (
        api.cancel_attendee(event_id, person["id"], person["manage"]) and api.register(event_id, ASHA)
    ),
    "gets new codes": lambda api, event_id, person: api.renew_codes(event_id, person["id"]),
    "has another name": lambda api, event_id, person: api.update_attendee(
        event_id, person["id"], {"name": "Asha"}, person["manage"]
    ),
    "loses the event": lambda api, event_id, _: api.delete_event(event_id),
}


@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("changes", [{}, GONE], ids=["to come", "over"])
def test_whatever_a_person_does_meanwhile_nothing_of_theirs_is_left(api, going, table, what, changes):
    person = parse_address(ADDRESS)
    call = 1
    while True:
        event_id, made = going(**changes)
        with holding_up():
            slow = SlowCaller(
                lambda event_id=event_id: privacy.erase(
                    [get_item(keys.event_key(event_id))], person, Caller("ada", is_admin=True)
                )
            )
            if not slow.run_until(call):
                break
            MEANWHILE[what](api, event_id, made)
            slow.finish()
        left = [item for item in everything(table) if item["pk"].startswith(f"EVENT#{event_id}")]
        text = json.dumps(left, default=str).casefold()
        assert "asha" not in text, call
        assert [] == faults_of(table, event_id)
        call += 1
    assert call > 3
