"""The life of an event as its users see it: shown, changed, published, called off, deleted, listed."""

import itertools
from types import SimpleNamespace

import pytest

from event_management import deadline, keys
from event_management.deadline import set_deadline
from event_management.errors import EventNotFoundError
from event_management.roles import Caller
from event_management.store import changes, contention, events, removal
from event_management.store.attributes import from_attributes
from event_management.store.client import Reason, get_item
from event_management.store.connection import LONGEST_CALL
from tests import gateway
from tests.crashes import standing_of
from tests.gateway import Api, attendee_payload, event_payload, lambda_context
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import scripted


def tag(version):
    """Return an ETag of this version: whatever else was shown with it does not count."""
    return f'"{version}-{"a" * 26}"'


def told(reply):
    """Return status and code of a problem, and the members it points at."""
    return reply.status, reply.json["code"], [fault["pointer"] for fault in reply.json.get("errors", [])]


@pytest.fixture
def guarded(table, environment):
    """The functions behind an authorizer: nobody, asha and usha."""
    environment.setenv("AUTH_MODE", "cognito")
    return Api(), Api(claims={"sub": "asha"}), Api(claims={"sub": "usha"})


@pytest.fixture
def awaited(api):
    """An event without a seat left: Person 0 has two, has come, and three wait for four."""
    event_id = api.create_event(event_payload(max_capacity=3, max_party=2, waitlist=True)).json["event"]
    first = api.register(event_id, attendee_payload(0, seats=2)).json
    api.register(event_id, attendee_payload(1))
    assert 200 == api.check_in(event_id, first["ticket"]).status
    for number, seats in ((2, 2), (3, 1), (4, 1)):
        assert 201 == api.join_waitlist(event_id, attendee_payload(number, seats=seats)).status
    return event_id


# --- GET /events/{id} -------------------------------------------------------------------------------------------------


def test_an_event_is_shown_with_all_that_was_said_of_it(api):
    payload = event_payload(
        description="Three ragas\nand tea.",
        timezone="Europe/Berlin",
        registration_opens="2098-12-01 09:00",
        registration_closes="2099-01-15T17:00:00Z",
        max_party=4,
        waitlist=True,
        waitlist_policy="fill",
    )
    event_id = api.create_event(payload).json["event"]
    expected = payload | {
        "id": event_id,
        "registration_closes": "2099-01-15 18:00",
        "start_time_utc": "2099-01-15T17:30:00Z",
        "end_time_utc": "2099-01-15T20:00:00Z",
        "registration_opens_utc": "2098-12-01T08:00:00Z",
        "registration_closes_utc": "2099-01-15T17:00:00Z",
        "status": "published",
        "cancellation_reason": None,
        "version": 1,
        "registered": 0,
        "seats_left": 50,
        "waitlisted": 0,
        "checked_in": 0,
    }
    assert expected == api.get_event(event_id).json["event"]


def test_how_an_events_seats_stand_is_shown(api, awaited):
    event = api.get_event(awaited).json["event"]
    counts = [event[name] for name in ("registered", "seats_left", "waitlisted", "checked_in", "version")]
    assert [3, 0, 4, 2, 1] == counts


def test_a_seat_that_is_put_by_for_who_waits_is_neither_taken_nor_left(api, awaited):
    attendees = api.list_attendees(awaited).json["sections"]
    api.cancel_attendee(awaited, attendees[1]["id"])
    event = api.get_event(awaited).json["event"]
    assert (2, 0, 4) == (event["registered"], event["seats_left"], event["waitlisted"])


@pytest.mark.parametrize(
    "disturb",
    [
        lambda api, event_id: api.register(event_id, attendee_payload()),
        lambda api, event_id: api.update_event(event_id, {"name": "Raga"}),
        lambda api, event_id: api.update_event(event_id, {"max_capacity": 51}),
        lambda api, event_id: api.cancel_event(event_id),
    ],
    ids=["registered", "renamed", "enlarged", "cancelled"],
)
def test_an_answer_that_the_caller_has_is_not_sent_again_until_something_in_it_changes(api, event_id, disturb):
    first = api.get_event(event_id)
    again = api.get_event(event_id, If_None_Match=first.headers["ETag"])
    assert (304, "", first.headers["ETag"]) == (again.status, again.text, again.headers["ETag"])
    disturb(api, event_id)
    changed = api.get_event(event_id, If_None_Match=first.headers["ETag"])
    assert (200, True) == (changed.status, changed.headers["ETag"] != first.headers["ETag"])
    assert changed.text == api.get_event(event_id).text


def test_an_answer_in_another_zone_is_another_answer(api, event_id):
    tokyo = api.get_event(event_id, "?timezone=Asia/Tokyo").headers["ETag"]
    assert 200 == api.get_event(event_id, If_None_Match=tokyo).status
    assert 304 == api.get_event(event_id, "?timezone=Asia/Tokyo", If_None_Match=tokyo).status
    assert 304 == api.get_event(event_id, ISOCountry="jp", If_None_Match=tokyo).status


def test_answers_of_one_event_may_be_kept_but_must_be_asked_for_again(api, event_id):
    headers = api.get_event(event_id, Origin="https://shop.example").headers
    assert ("no-cache", "Origin, ISOCountry") == (headers["Cache-Control"], headers["Vary"])


@pytest.mark.parametrize("slash", ["", "/"])
def test_caches_that_many_share_keep_no_answer_for_the_organiser_drafts_included(api, slash):
    event_id = api.create_event(event_payload(status="draft")).json["event"]
    url = f"/organiser/events/{event_id}{slash}"
    first = api.call("get_event", "GET", url, None, event_id)
    again = api.call("get_event", "GET", url, None, event_id, If_None_Match=first.headers["ETag"])
    assert (200, 304) == (first.status, again.status)
    assert {"private, no-cache"} == {reply.headers["Cache-Control"] for reply in (first, again)}


# --- PATCH /events/{id} -----------------------------------------------------------------------------------------------


CHANGES = {
    "name": "Raga Night",
    "location": "Mysuru",
    "description": "Tea.\nAnd cake.",
    "start_time": "2099-01-15 17:00",
    "end_time": "2099-01-16 01:00",
    "max_capacity": 60,
    "registration_opens": "2098-01-01 09:00",
    "registration_closes": "2099-01-14 09:00",
    "max_party": 5,
    "waitlist": True,
    "waitlist_policy": "fill",
}


@pytest.mark.parametrize(("member", "value"), CHANGES.items(), ids=CHANGES.keys())
def test_one_member_is_changed_and_the_others_stay(api, event_id, member, value):
    before = api.get_event(event_id)
    reply = api.update_event(event_id, {member: value}, before.headers["ETag"])
    after = api.get_event(event_id)
    assert (200, "Event Updated", after.json["event"]) == (reply.status, reply.json["message"], reply.json["event"])
    assert after.headers["ETag"] == reply.headers["ETag"]
    changed = {name for name, there in after.json["event"].items() if there != before.json["event"][name]}
    derived = {f"{member}_utc"} if f"{member}_utc" in after.json["event"] else set()
    seats = {"seats_left"} if member == "max_capacity" else set()
    assert {member, "version"} | derived | seats == changed
    assert (value, 2) == (after.json["event"][member], after.json["event"]["version"])


def test_everything_is_changed_at_once(api, event_id):
    shown = api.update_event(event_id, CHANGES, tag(1)).json["event"]
    assert CHANGES | {"version": 2} == {name: shown[name] for name in (*CHANGES, "version")}


@pytest.mark.parametrize(
    ("member", "default"),
    [
        ("description", None),
        ("registration_opens", None),
        ("registration_closes", None),
        ("max_party", 1),
        ("waitlist", False),
        ("waitlist_policy", "strict"),
    ],
)
def test_null_takes_a_member_back_to_what_it_is_when_nothing_is_said(api, event_id, member, default):
    api.update_event(event_id, CHANGES)
    reply = api.update_event(event_id, {member: None}, tag(2))
    assert (200, default) == (reply.status, reply.json["event"][member])
    assert 201 == api.register(event_id, attendee_payload()).status or member != "registration_opens"


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json; charset=utf-8"])
def test_a_patch_is_a_json_merge_patch(api, event_id, media_type):
    assert 200 == api.update_event(event_id, {"name": "Raga"}, Content_Type=media_type).status


def test_a_patch_of_another_kind_is_refused(api, event_id):
    reply = api.update_event(event_id, {"name": "Raga"}, Content_Type="application/json-patch+json")
    assert (415, "unsupported_media_type", []) == told(reply)
    assert "application/merge-patch+json, application/json" == reply.headers["Accept-Patch"]


@pytest.mark.parametrize(
    "payload",
    [
        {"name": "Monsoon Raga Night"},
        {"max_capacity": 50},
        {"description": None, "max_party": 1},
        {"timezone": "asia/kolkata", "start_time": "2099-01-15 18:30", "end_time": "2099-01-15T21:00:00+05:30"},
        {"status": "published"},
    ],
)
def test_what_changes_nothing_is_no_change(api, table, event_id, payload):
    before = from_attributes_of(table)
    reply = api.update_event(event_id, payload, tag(1))
    assert (200, 1) == (reply.status, reply.json["event"]["version"])
    assert before == from_attributes_of(table)


def from_attributes_of(table):
    return sorted((from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]), key=str)


def test_when_an_event_was_changed_last_is_kept(api, event_id):
    made = get_item(keys.event_key(event_id))
    api.update_event(event_id, {"name": "Raga"})
    changed = get_item(keys.event_key(event_id))
    assert made["created_at"] == made["updated_at"] == changed["created_at"] < changed["updated_at"]


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_of_two_editors_the_second_is_told_that_the_event_has_changed(api, event_id):
    seen = api.get_event(event_id).headers["ETag"]
    assert 200 == api.update_event(event_id, {"name": "Asha's Night"}, seen).status
    assert (412, "precondition_failed", []) == told(api.update_event(event_id, {"name": "Usha's Night"}, seen))
    assert "Asha's Night" == api.get_event(event_id).json["event"]["name"]
    assert 200 == api.update_event(event_id, {"name": "Usha's Night"}, tag(2)).status


def test_who_registers_meanwhile_does_not_stop_an_editor(api, event_id):
    seen = api.get_event(event_id).headers["ETag"]
    api.register(event_id, attendee_payload())
    assert 200 == api.update_event(event_id, {"name": "Raga"}, seen).status


@pytest.mark.parametrize("payload", [{"name": "Raga"}, {"max_capacity": 20}, {"waitlist": True, "description": "Tea."}])
def test_a_change_that_comes_again_is_answered_again_and_made_once(api, event_id, payload):
    replies = [api.update_event(event_id, payload, tag(1)) for _ in range(3)]
    assert [(200, 2)] * 3 == [(reply.status, reply.json["event"]["version"]) for reply in replies]
    other = api.update_event(event_id, {**payload, "location": "Mysuru"}, tag(1))
    assert (412, "precondition_failed", []) == told(other)


def test_a_change_of_a_version_that_never_was_is_no_repetition(api, event_id):
    api.update_event(event_id, {"name": "Raga"}, tag(1))
    assert (412, "precondition_failed", []) == told(api.update_event(event_id, {"name": "Raga"}, tag(7)))


def test_any_version_or_one_of_several_may_be_changed(api, event_id):
    assert 2 == api.update_event(event_id, {"name": "A"}, "*").json["event"]["version"]
    assert 3 == api.update_event(event_id, {"name": "B"}, f"{tag(1)}, {tag(2)}").json["event"]["version"]
    assert 412 == api.update_event(event_id, {"name": "C"}, '"nothing-of-ours"').status


def test_faults_are_told_in_order_unknown_event_then_version_then_content(api, event_id):
    api.update_event(event_id, {"name": "Raga"})
    bad, media_type = {"name": ""}, {"Content_Type": "text/csv"}
    assert (404, "event_not_found", []) == told(api.update_event("aaaaaaaaaa", bad, None, **media_type))
    assert (404, "event_not_found", []) == told(api.update_event("aaaaaaaaaa", bad, "no tag"))
    assert (428, "precondition_required", []) == told(api.update_event(event_id, bad, None, **media_type))
    assert (400, "invalid_parameter", []) == told(api.update_event(event_id, bad, "no tag", **media_type))
    assert (412, "precondition_failed", []) == told(api.update_event(event_id, bad, tag(1), **media_type))
    assert (415, "unsupported_media_type", []) == told(api.update_event(event_id, bad, tag(2), **media_type))
    assert (422, "invalid_payload", ["/payload/name"]) == told(api.update_event(event_id, bad, tag(2)))
    assert (422, "invalid_payload", ["/payload/name"]) == told(api.update_event(event_id, bad, "*"))


@pytest.mark.parametrize(
    ("payload", "if_match", "status"),
    [
        ({"name": "Raga"}, None, 428),
        ({"max_capacity": 9}, tag(2), 412),
        ({"name": "Raga", "max_capacity": 0}, tag(1), 422),
        ({"end_time": "2099-01-15 18:30"}, tag(1), 422),
        ({"name": "Raga", "status": "draft"}, tag(1), 422),
        ({"name": "Raga", "max_capacity": 1}, tag(1), 409),
    ],
)
def test_a_refused_change_changes_nothing(api, table, event_id, payload, if_match, status):
    for number in range(2):
        api.register(event_id, attendee_payload(number))
    before = standing_of(table, TABLE, event_id)
    assert status == api.update_event(event_id, payload, if_match).status
    assert before == standing_of(table, TABLE, event_id)


def test_a_change_that_does_not_concern_seats_is_one_write(api, event_id):
    with scripted() as record:
        api.update_event(event_id, {"name": "Raga", "description": "Tea.", "start_time": "2099-01-15 18:00"})
    assert (1, 0) == (record.operations["TransactWriteItems"], record.operations["UpdateItem"])


def test_blocks_are_told_of_their_own_terms_alone(api, event_id):
    with scripted() as record:
        api.update_event(event_id, {"max_capacity": 60, "waitlist": True, "waitlist_policy": "fill"})
        silent = len(record.calls)
        api.update_event(event_id, {"max_party": 2})
    told_of = [
        number
        for number, (name, call) in enumerate(record.calls)
        if name == "UpdateItem" and "#SEATS#" in call["Key"]["pk"]["S"]
    ]
    assert (1, True) == (len(told_of), told_of[0] > silent)


def test_a_change_that_runs_out_of_time_is_told_at_once(api, table, event_id, monkeypatch):
    seconds = itertools.count()
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    monkeypatch.setattr(gateway, "lambda_context", lambda: lambda_context(LONGEST_CALL + 0.5 + 6))
    reply = api.update_event(event_id, {"max_capacity": 60})
    assert (503, "try_again", []) == told(reply)
    assert next(seconds) < 12
    monkeypatch.undo()
    set_deadline(float("inf"))


# --- Times and zones --------------------------------------------------------------------------------------------------


def test_times_keep_their_clock_when_the_zone_changes(api, event_id):
    api.update_event(event_id, {"registration_closes": "2099-01-01 09:00"})
    shown = api.update_event(event_id, {"timezone": "Europe/Paris"}).json["event"]
    assert ("2099-01-15 18:30", "2099-01-15 21:00") == (shown["start_time"], shown["end_time"])
    assert ("2099-01-15T17:30:00Z", "2099-01-15T20:00:00Z") == (shown["start_time_utc"], shown["end_time_utc"])
    assert ("2099-01-01 09:00", "2099-01-01T08:00:00Z") == (
        shown["registration_closes"],
        shown["registration_closes_utc"],
    )


def test_local_times_are_in_the_zone_that_the_caller_sees_them_in(api, event_id):
    shown = api.update_event(event_id, {"end_time": "2099-01-16 01:30"}, ISOCountry="Japan").json["event"]
    assert ("2099-01-15T16:30:00Z", "2099-01-16 01:30", "2099-01-15 22:00", "Asia/Kolkata") == (
        shown["end_time_utc"],
        shown["end_time"],
        api.get_event(event_id).json["event"]["end_time"],
        api.get_event(event_id).json["event"]["timezone"],
    )


def test_a_zone_in_which_a_time_does_not_exist_is_refused_by_name(api):
    event_id = api.create_event(event_payload(start_time="2027-03-28 02:30")).json["event"]
    reply = api.update_event(event_id, {"timezone": "Europe/Berlin"})
    assert (422, "invalid_payload", ["/payload/timezone"]) == told(reply)
    assert "start_time" in reply.json["errors"][0]["detail"]
    assert "Europe/Berlin" in reply.json["errors"][0]["detail"]
    assert 200 == api.update_event(event_id, {"timezone": "Europe/Berlin", "start_time": "2027-03-28 03:30"}).status


def test_an_event_that_moves_is_listed_where_it_belongs(api, event_id):
    other = api.create_event(event_payload(start_time="2099-01-10 10:00")).json["event"]
    assert [other, event_id] == [event["id"] for event in api.list_events().json["sections"]]
    api.update_event(event_id, {"start_time": "2099-01-01 10:00"})
    for listing in (api.list_events, api.list_own_events):
        assert [event_id, other] == [event["id"] for event in listing().json["sections"]]


# --- Capacity ---------------------------------------------------------------------------------------------------------


def test_a_capacity_below_the_seats_taken_is_refused_with_their_number(api, awaited):
    reply = api.update_event(awaited, {"max_capacity": 2})
    assert (409, "capacity_too_small", []) == told(reply)
    assert "3 seats are taken; max_capacity cannot fall below that." == reply.json["detail"]
    assert 200 == api.update_event(awaited, {"max_capacity": 3}).status


def test_a_change_that_was_called_off_leaves_its_two_numbers_behind(api, awaited):
    """Its own, and the one under which nobody could go on with it: the next change has neither."""
    api.update_event(awaited, {"max_capacity": 2})
    item, directory = get_item(keys.event_key(awaited)), get_item(keys.directory_key(awaited))
    assert (2, 1, 2) == (item["changes"], item["called_off"], directory["fence"])
    assert "pending" not in item


def test_seats_put_by_for_who_waits_may_be_taken_off(api, table, awaited):
    api.cancel_attendee(awaited, api.list_attendees(awaited).json["sections"][1]["id"])
    assert 200 == api.update_event(awaited, {"max_capacity": 2}).status
    standing = standing_of(table, TABLE, awaited)
    assert (2, 0, ["Person 2", "Person 3", "Person 4"]) == (standing.taken, standing.seats_left, standing.line)


def test_seats_put_by_for_who_waits_are_not_counted_as_taken(api, awaited):
    api.cancel_attendee(awaited, api.list_attendees(awaited).json["sections"][1]["id"])
    assert api.update_event(awaited, {"max_capacity": 1}).json["detail"].startswith("2 seats are taken;")


def test_no_seat_is_sold_beyond_a_lowered_capacity(api, event_id):
    api.register(event_id, attendee_payload(0))
    api.update_event(event_id, {"max_capacity": 3})
    statuses = [api.register(event_id, attendee_payload(number)).status for number in range(1, 5)]
    assert [201, 201, 409, 409] == statuses


@pytest.mark.parametrize("more", [1, 30, 79, 80, 200])
def test_every_seat_of_a_raised_capacity_can_be_taken_and_no_other(api, table, event_id, more):
    api.update_event(event_id, {"max_capacity": 2})
    assert 200 == api.update_event(event_id, {"max_capacity": 2 + more}).status
    standing = standing_of(table, TABLE, event_id)
    assert (2 + more, 0) == (standing.seats_left, standing.directory.reserve)
    assert 2 + more == api.get_event(event_id).json["event"]["seats_left"]


@pytest.mark.parametrize(
    ("capacity", "policy", "registered", "left"),
    [
        (4, "strict", [], ["Person 2", "Person 3", "Person 4"]),
        (4, "fill", ["Person 3"], ["Person 2", "Person 4"]),
        (5, "strict", ["Person 2"], ["Person 3", "Person 4"]),
        (6, "strict", ["Person 2", "Person 3"], ["Person 4"]),
        (7, "strict", ["Person 2", "Person 3", "Person 4"], []),
        (9, "fill", ["Person 2", "Person 3", "Person 4"], []),
    ],
)
def test_seats_of_a_raised_capacity_go_to_who_waits_first(api, table, awaited, capacity, policy, registered, left):
    api.update_event(awaited, {"max_capacity": capacity, "waitlist_policy": policy})
    standing = standing_of(table, TABLE, awaited)
    names = [name for name, state, _, _ in standing.people if state == "registered"]
    assert (["Person 0", "Person 1", *registered], left) == (names, standing.line)
    assert (max(0, capacity - 7), 0) == (standing.seats_left, standing.directory.reserve if not left else 0)


def test_a_fairer_rule_lets_those_who_fit_pass_at_once(api, table, awaited):
    api.update_event(awaited, {"max_capacity": 4})
    assert ["Person 2", "Person 3", "Person 4"] == standing_of(table, TABLE, awaited).line
    api.update_event(awaited, {"waitlist_policy": "fill"})
    assert ["Person 2", "Person 4"] == standing_of(table, TABLE, awaited).line


def test_nobody_is_promoted_while_registration_is_closed(api, table, awaited):
    api.update_event(awaited, {"registration_closes": "2001-01-01 09:00", "max_capacity": 10})
    standing = standing_of(table, TABLE, awaited)
    assert (3, ["Person 2", "Person 3", "Person 4"]) == (standing.taken, standing.line)
    api.update_event(awaited, {"registration_closes": None})
    standing = standing_of(table, TABLE, awaited)
    assert (7, 3, []) == (standing.taken, standing.seats_left, standing.line)


def test_a_window_parties_and_the_waitlist_hold_for_everybody_at_once(api):
    event_id = api.create_event(event_payload(max_capacity=200)).json["event"]
    api.register(event_id, attendee_payload(0))
    api.update_event(event_id, {"registration_opens": "2098-01-01 09:00"})
    assert "registration_not_open" == api.register(event_id, attendee_payload(1)).json["code"]
    api.update_event(event_id, {"registration_opens": None, "registration_closes": "2001-01-01 09:00"})
    assert "registration_closed" == api.register(event_id, attendee_payload(1)).json["code"]
    api.update_event(event_id, {"registration_closes": None, "max_party": 3})
    assert 201 == api.register(event_id, attendee_payload(1, seats=3)).status
    api.update_event(event_id, {"max_party": 2})
    assert (422, "invalid_payload", ["/payload/seats"]) == told(api.register(event_id, attendee_payload(2, seats=3)))
    api.update_event(event_id, {"max_capacity": 4})
    assert "waitlist_off" == api.join_waitlist(event_id, attendee_payload(2)).json["code"]
    api.update_event(event_id, {"waitlist": True})
    assert 201 == api.join_waitlist(event_id, attendee_payload(2)).status
    api.update_event(event_id, {"waitlist": False})
    assert "waitlist_off" == api.join_waitlist(event_id, attendee_payload(3)).json["code"]


# --- Drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_its_organisers_alone(guarded):
    public, asha, usha = guarded
    event_id = asha.create_event(event_payload(status="draft", waitlist=True)).json["event"]
    for reply in (
        public.get_event(event_id),
        usha.get_event(event_id),
        public.register(event_id, attendee_payload()),
        public.join_waitlist(event_id, attendee_payload()),
        asha.register(event_id, attendee_payload()),
        usha.update_event(event_id, {"status": "published"}),
    ):
        assert (404, "event_not_found", []) == told(reply)
    assert [] == public.list_events().json["sections"] == usha.list_own_events().json["sections"]
    assert "draft" == asha.get_event(event_id).json["event"]["status"]
    assert ["draft"] == [event["status"] for event in asha.list_own_events().json["sections"]]


def test_a_published_draft_is_an_event_as_any_other(guarded):
    public, asha, _ = guarded
    event_id = asha.create_event(event_payload(status="draft", max_capacity=200)).json["event"]
    assert "draft" == asha.update_event(event_id, {"max_capacity": 100}, tag(1)).json["event"]["status"]
    reply = asha.update_event(event_id, {"status": "published", "name": "Raga Night"}, tag(2))
    assert (200, "published", 3) == (reply.status, reply.json["event"]["status"], reply.json["event"]["version"])
    assert 201 == public.register(event_id, attendee_payload()).status
    assert "Raga Night" == public.get_event(event_id).json["event"]["name"]
    assert [event_id] == [event["id"] for event in public.list_events().json["sections"]]


@pytest.mark.parametrize(
    ("before", "wanted"), [("published", "draft"), ("cancelled", "draft"), ("cancelled", "published")]
)
def test_there_is_no_way_back(api, event_id, before, wanted):
    if before == "cancelled":
        api.cancel_event(event_id)
    reply = api.update_event(event_id, {"status": wanted})
    assert (422, "/payload/status") == (reply.status, reply.json["errors"][0]["pointer"])
    assert before == api.get_event(event_id).json["event"]["status"]


def test_nobody_waits_or_is_checked_in_at_a_draft(api):
    event_id = api.create_event(event_payload(status="draft", waitlist=True)).json["event"]
    elsewhere = api.create_event(event_payload()).json["event"]
    ticket = api.register(elsewhere, attendee_payload()).json["ticket"]
    assert (409, "ticket_of_another_event", []) == told(api.check_in(event_id, ticket))
    assert 404 == api.join_waitlist(event_id, attendee_payload()).status


# --- POST /events/{id}/cancel -----------------------------------------------------------------------------------------


def test_a_cancelled_event_takes_nobody_and_is_still_shown(api, awaited):
    reply = api.cancel_event(awaited, "The hall is\nflooded.")
    assert (200, "Event Cancelled", 2) == (reply.status, reply.json["message"], reply.json["event"]["version"])
    shown = api.get_event(awaited)
    assert (reply.json["event"], reply.headers["ETag"]) == (shown.json["event"], shown.headers["ETag"])
    assert ("cancelled", "The hall is\nflooded.") == (
        shown.json["event"]["status"],
        shown.json["event"]["cancellation_reason"],
    )
    for answer in (api.register(awaited, attendee_payload(9)), api.join_waitlist(awaited, attendee_payload(9))):
        assert (409, "event_cancelled", []) == told(answer)
    assert [] == api.list_events().json["sections"]
    assert ["cancelled"] == [event["status"] for event in api.list_own_events().json["sections"]]


def test_a_draft_is_not_called_off_for_that_would_show_it(guarded):
    _, asha, _ = guarded
    event_id = asha.create_event(event_payload(status="draft")).json["event"]
    before = asha.get_event(event_id)
    assert (409, "event_not_published", []) == told(asha.cancel_event(event_id, "Flood."))
    assert before.headers["ETag"] == asha.get_event(event_id).headers["ETag"]


def test_cancelling_once_more_changes_nothing(api, event_id):
    first = api.cancel_event(event_id, "Flood.")
    again = api.cancel_event(event_id, "Fire.")
    assert (first.status, first.json, first.headers["ETag"]) == (again.status, again.json, again.headers["ETag"])


def test_registrations_of_a_cancelled_event_can_be_read_and_given_up_and_nobody_is_promoted(api, table, awaited):
    api.cancel_event(awaited)
    first, second = api.list_attendees(awaited).json["sections"]
    assert 200 == api.get_attendee(awaited, first["id"]).status
    assert 3 == len(api.get_waitlist(awaited).json["sections"])
    assert 200 == api.cancel_attendee(awaited, second["id"]).status
    api.update_event(awaited, {"max_capacity": 10})
    standing = standing_of(table, TABLE, awaited)
    assert (2, 0, ["Person 2", "Person 3", "Person 4"]) == (standing.taken, standing.seats_left, standing.line)
    waiting = api.get_waitlist(awaited).json["sections"]
    assert [200] * 3 == [api.cancel_attendee(awaited, person["id"]).status for person in waiting]
    standing = standing_of(table, TABLE, awaited)
    assert (2, 0, []) == (standing.taken, standing.directory.waiting, standing.line)


def test_a_cancelled_event_can_be_described_anew(api, event_id):
    api.cancel_event(event_id)
    reply = api.update_event(event_id, {"name": "Raga Night (called off)", "max_capacity": 60}, tag(2))
    assert (200, 3, "cancelled") == (reply.status, reply.json["event"]["version"], reply.json["event"]["status"])
    assert "event_cancelled" == api.register(event_id, attendee_payload()).json["code"]
    assert [] == api.list_events().json["sections"]


# --- DELETE /events/{id} ----------------------------------------------------------------------------------------------


def test_a_deleted_event_is_gone_with_everybody_and_everything(api, table, awaited):
    manage = api.register(api.create_event(event_payload()).json["event"], attendee_payload()).json["manage"]
    reply = api.delete_event(awaited)
    assert (204, "") == (reply.status, reply.text)
    for answer in (
        api.get_event(awaited),
        api.register(awaited, attendee_payload(9)),
        api.join_waitlist(awaited, attendee_payload(9)),
        api.list_attendees(awaited),
        api.get_waitlist(awaited),
        api.update_event(awaited, {"name": "Raga"}),
        api.cancel_event(awaited),
        api.cancel_attendee(awaited, "a" * 16),
    ):
        assert (404, "event_not_found", []) == told(answer)
    assert awaited not in [event["id"] for event in api.list_events().json["sections"]]
    assert awaited not in [event["id"] for event in api.list_own_events().json["sections"]]
    assert 401 == api.get_attendee(awaited, "a" * 16, manage).status
    assert (204, "") == api.delete_event(awaited)[::2]
    assert {"deleted", "create_event", "check_in", "delete_event"} == {
        item.get("status", item.get("what", "deleted"))
        for item in from_attributes_of(table)
        if item["pk"].startswith(f"EVENT#{awaited}")
    }


def test_an_unknown_event_cannot_be_deleted_or_cancelled(api, event_id):
    for unknown in ("aaaaaaaaaa", "x", ""):
        for reply in (api.delete_event(unknown), api.cancel_event(unknown), api.update_event(unknown, {"name": "A"})):
            assert (404, "event_not_found", []) == told(reply)


def test_what_is_no_event_id_costs_no_call(table):
    with scripted() as record:
        for call in (
            lambda: changes.cancel("x", Caller("olga"), "Rain."),
            lambda: changes.hide("x", Caller("olga")),
            lambda: events.find_for("x", Caller("olga"), "organiser"),
        ):
            with pytest.raises(EventNotFoundError):
                call()
    assert [] == record.calls


def test_deleting_once_more_is_one_read(api, event_id):
    api.delete_event(event_id)
    with scripted() as record:
        assert 204 == api.delete_event(event_id).status
    assert {"GetItem": 1} == record.operations


def test_a_deletion_with_somebody_in_its_way_is_worth_another_call(api, awaited, monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)
    monkeypatch.setattr(removal, "transact", lambda *_, **__: [Reason("TransactionConflict", None)])
    assert (503, "try_again", []) == told(api.delete_event(awaited))


def test_a_deletion_that_runs_out_of_time_is_completed_by_its_repetition(api, table, awaited, monkeypatch):
    monkeypatch.setattr(removal, "_MOST_PEOPLE", 1)
    # A clock that goes on by a second for each call of DynamoDB, and time for so many beside the longest one.
    seconds = itertools.count()
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    monkeypatch.setattr(gateway, "lambda_context", lambda: lambda_context(LONGEST_CALL + 0.5 + 15))
    statuses = []
    while 202 == (reply := api.delete_event(awaited)).status:
        statuses.append(reply.status)
        assert "1" == reply.headers["Retry-After"]
        assert {"message": "Event Deleted", "remains": True} == reply.json
        assert 404 == api.get_event(awaited).status
    assert (204, "") == (reply.status, reply.text)
    assert 2 <= len(statuses) <= 4
    assert None is standing_of(table, TABLE, awaited).directory


def test_time_that_is_not_enough_to_begin_with_is_worth_another_call(api, table, awaited, monkeypatch):
    before = from_attributes_of(table)
    monkeypatch.setattr(gateway, "lambda_context", lambda: lambda_context(LONGEST_CALL))
    reply = api.delete_event(awaited)
    assert (503, "try_again", "1") == (reply.status, reply.json["code"], reply.headers["Retry-After"])
    assert before == from_attributes_of(table)


# --- Whose event it is ------------------------------------------------------------------------------------------------


def test_another_organisers_event_is_none_of_mine(guarded, table):
    public, asha, usha = guarded
    event_id = asha.create_event(event_payload()).json["event"]
    before = from_attributes_of(table)
    for reply in (
        usha.update_event(event_id, {"name": "Usha's"}),
        usha.update_event(event_id, {"name": "Usha's"}, None),
        usha.cancel_event(event_id),
        usha.delete_event(event_id),
    ):
        assert (404, "event_not_found", []) == told(reply)
    for reply in (
        public.update_event(event_id, {"name": "Usha's"}),
        public.cancel_event(event_id),
        public.delete_event(event_id),
        public.list_own_events(),
    ):
        assert (401, "unauthorized", []) == told(reply)
    assert before == from_attributes_of(table)
    asha.delete_event(event_id)
    assert (404, "event_not_found", []) == told(usha.delete_event(event_id))


# --- GET /organiser/events --------------------------------------------------------------------------------------------


def test_ones_own_events_are_listed_by_start_in_every_status_page_by_page(guarded):
    _, asha, usha = guarded
    created = [
        asha.create_event(event_payload(start_time=f"20{year}-01-15 18:30", status=status)).json["event"]
        for year, status in (("01", "published"), ("97", "draft"), ("98", "published"), ("98", "draft"))
    ]
    usha.create_event(event_payload())
    asha.cancel_event(created[2])
    asha.delete_event(created[3])
    first = asha.list_own_events("?limit=2&timezone=Asia/Tokyo")
    assert (200, "Events :") == (first.status, first.json["message"])
    assert (created[:2], ["published", "draft"]) == (
        [event["id"] for event in first.json["sections"]],
        [event["status"] for event in first.json["sections"]],
    )
    assert {"Asia/Tokyo"} == {event["timezone"] for event in first.json["sections"]}
    token = first.json["next_token"]
    assert f'<?limit=2&timezone=Asia%2FTokyo&next_token={token}>; rel="next"' == first.headers["Link"]
    second = asha.list_own_events(f"?limit=2&next_token={token}")
    assert [(created[2], "cancelled")] == [(event["id"], event["status"]) for event in second.json["sections"]]
    assert "Link" not in second.headers
    assert (400, "invalid_page_token", []) == told(usha.list_own_events(f"?limit=2&next_token={token}"))
    assert (400, "invalid_page_token", []) == told(asha.list_events(f"?limit=2&next_token={token}"))


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [50, 80 * 99])
def test_a_key_makes_one_event_whatever_becomes_of_it(api, capacity):
    payload = event_payload(max_capacity=capacity)
    first, again = (api.create_event(payload, Idempotency_Key="k") for _ in range(2))
    assert (201, 201, first.json) == (first.status, again.status, again.json)
    assert "true" == again.headers["Idempotent-Replayed"]
    api.update_event(first.json["event"], {"name": "Another", "max_capacity": capacity - 10})
    api.cancel_event(first.json["event"])
    assert first.json == api.create_event(payload, Idempotency_Key="k").json
    assert (422, "idempotency_key_reused", []) == told(
        api.create_event(event_payload(), Idempotency_Key="k")
        if capacity != 50
        else api.create_event(event_payload(name="B"), Idempotency_Key="k")
    )
    api.delete_event(first.json["event"])
    assert (409, "event_deleted", []) == told(api.create_event(payload, Idempotency_Key="k"))
    assert 201 == api.create_event(payload, Idempotency_Key="k2").status
