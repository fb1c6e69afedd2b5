"""Sharing an event: who is given which role, what each may do then, and what the audit keeps of it."""

from datetime import UTC, datetime

import pytest

from event_management import keys
from event_management.models import Member
from event_management.store.attributes import to_attributes
from tests.gateway import Api, attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of
from tests.unit.scripted_dynamodb import THROUGH, CarriedOut, cancelled, error, ok, scripted

NEVER_EXISTED = "aaaaaaaaaa"
EVERY_CALL = {
    "get_event": lambda api, event_id, _: api.get_event(event_id),
    "list_attendees": lambda api, event_id, _: api.list_attendees(event_id),
    "get_waitlist": lambda api, event_id, _: api.get_waitlist(event_id),
    "check_in": lambda api, event_id, held: api.check_in(event_id, held["ticket"]),
    "undo_check_in": lambda api, event_id, held: api.undo_check_in(event_id, held["id"]),
    "get_attendee": lambda api, event_id, held: api.get_attendee(event_id, held["id"]),
    "draw_ticket": lambda api, event_id, held: api.draw_ticket(event_id, held["id"]),
    "update_attendee": lambda api, event_id, held: api.update_attendee(event_id, held["id"], {"name": "Usha Rao"}),
    "transfer_attendee": lambda api, event_id, _: api.transfer_attendee(
        event_id, api.register(event_id, attendee_payload(1)).json["id"], attendee_payload(2)
    ),
    "renew_codes": lambda api, event_id, held: api.renew_codes(event_id, held["id"]),
    "cancel_attendee": lambda api, event_id, held: api.cancel_attendee(event_id, held["id"]),
    "export_attendees": lambda api, event_id, _: api.export_attendees(event_id),
    "import_attendees": lambda api, event_id, _: api.import_attendees(event_id, "name,email\nDev,dev@example.com\n"),
    "list_members": lambda api, event_id, _: api.list_members(event_id),
    "update_event": lambda api, event_id, _: api.update_event(event_id, {"name": "Raga"}),
    "cancel_event": lambda api, event_id, _: api.cancel_event(event_id),
    "put_member": lambda api, event_id, _: api.put_member(event_id, "olga", "organiser"),
    "remove_member": lambda api, event_id, _: api.remove_member(event_id, "olga"),
    "list_acts": lambda api, event_id, _: api.list_acts(event_id),
    "delete_event": lambda api, event_id, _: api.delete_event(event_id),
}
"""Every call by somebody with a role in an event, in an order in which each succeeds."""
FOR_HELPERS = {"get_event", "list_attendees", "get_waitlist", "check_in", "undo_check_in"}
FOR_OWNERS = {"put_member", "remove_member", "list_acts", "delete_event"}
WRITES = EVERY_CALL.keys() - {
    "get_event",
    "list_attendees",
    "get_waitlist",
    "get_attendee",
    "draw_ticket",
    "export_attendees",
    "list_members",
    "list_acts",
}


def refusal(reply):
    return reply.status, reply.json["code"]


def signed_in(subject, **claims):
    return Api(claims={"sub": subject, **claims})


@pytest.fixture
def guarded(table, environment):
    """A stack that asks for tokens."""
    environment.setenv("AUTH_MODE", "cognito")


@pytest.fixture
def asha(guarded):
    return signed_in("asha")


@pytest.fixture
def usha(guarded):
    return signed_in("usha")


@pytest.fixture
def shared_id(asha, table):
    """An event of Asha's, whose law must hold at the end."""
    event_id = asha.create_event(event_payload(max_party=3, waitlist=True)).json["event"]
    yield event_id
    assert [] == faults_of(table, event_id)


@pytest.fixture
def held(asha, shared_id):
    """The answer that somebody got who registered."""
    return Api().register(shared_id, attendee_payload()).json


def members_of(api, event_id):
    return [(member["member"], member["role"]) for member in api.list_members(event_id).json["sections"]]


def acts_on(api, event_id, query=""):
    reply = api.list_acts(event_id, query)
    assert 200 == reply.status, reply.text
    return reply.json["sections"]


def walk(list_page, limit):
    """Return the parts of a list by page, following next_token; each but the last page is full."""
    pages, query = [], f"?limit={limit}"
    for _ in range(20):
        reply = list_page(query)
        assert 200 == reply.status, reply.text
        pages.append(reply.json["sections"])
        assert ("next_token" in reply.json) == ("Link" in reply.headers)
        if "next_token" not in reply.json:
            return pages
        query = f"?limit={limit}&next_token={reply.json['next_token']}"
    raise AssertionError(f"the list does not end: {pages}")


# --- PUT /events/{event_id}/members/{member} --------------------------------------------------------------------------


def test_an_owner_shares_an_event(asha, usha, shared_id):
    assert (404, "event_not_found") == refusal(usha.list_attendees(shared_id))

    reply = asha.put_member(shared_id, "usha", "helper")

    assert (200, "Member saved") == (reply.status, reply.json["message"])
    assert ("usha", "helper") == (reply.json["member"]["member"], reply.json["member"]["role"])
    assert [reply.json["member"]] == asha.list_members(shared_id).json["sections"]
    assert 200 == usha.list_attendees(shared_id).status


def test_a_second_call_changes_the_role_and_not_since_when(asha, usha, shared_id):
    first = asha.put_member(shared_id, "usha", "helper").json["member"]
    assert (403, "role_missing") == refusal(usha.update_event(shared_id, {"name": "Raga"}))

    second = asha.put_member(shared_id, "usha", "organiser").json["member"]

    assert first | {"role": "organiser"} == second
    assert [("usha", "organiser")] == members_of(asha, shared_id)
    assert 200 == usha.update_event(shared_id, {"name": "Raga"}).status
    asha.put_member(shared_id, "usha", "helper")
    assert (403, "role_missing") == refusal(usha.update_event(shared_id, {"name": "Rang"}))


def test_since_when_an_event_is_shared_outlasts_a_change_of_the_role(asha, shared_id, table):
    member = Member(shared_id, "usha", "helper", datetime(2026, 1, 1, tzinfo=UTC))
    table.put_item(TableName=TABLE, Item=to_attributes(keys.member_item(member)))
    assert "2026-01-01T00:00:00Z" == asha.put_member(shared_id, "usha", "organiser").json["member"]["since"]
    (listed,) = asha.list_members(shared_id).json["sections"]
    assert ("2026-01-01T00:00:00Z", "organiser") == (listed["since"], listed["role"])


def test_choosing_the_same_again_writes_nothing(asha, shared_id):
    first = asha.put_member(shared_id, "usha", "helper")
    with scripted() as record:
        assert first.text == asha.put_member(shared_id, "usha", "helper").text
    assert {"GetItem": 2} == record.operations
    assert ["create_event", "put_member"] == [act["what"] for act in acts_on(asha, shared_id)]


def test_the_owner_is_no_member(asha, shared_id):
    for api in (asha, signed_in("adele", **{"cognito:groups": "admins"})):
        reply = api.put_member(shared_id, "asha", "helper")
        assert (400, "invalid_parameter") == refusal(reply)
        assert "member must be somebody else than the event's owner." == reply.json["detail"]
    assert [] == members_of(asha, shared_id)
    assert 200 == asha.update_event(shared_id, {"name": "Raga"}).status


@pytest.mark.parametrize("member", ["a b", "é", "a/b", "a#b", "", "a" * 129, "asha\n", "<asha>", "%00", "a,b"])
def test_what_cannot_be_the_sub_of_a_token_is_no_member(asha, shared_id, member):
    for reply in (asha.put_member(shared_id, member, "helper"), asha.remove_member(shared_id, member)):
        assert (400, "invalid_parameter") == refusal(reply)
        assert reply.json["detail"].startswith("member must be the sub")
    assert [] == members_of(asha, shared_id)


@pytest.mark.parametrize("member", ["a", "a" * 128, "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a", "auth0|a_b.c:d@e+f"])
def test_any_sub_may_be_a_members(asha, shared_id, member):
    assert member == asha.put_member(shared_id, member, "helper").json["member"]["member"]
    assert 200 == signed_in(member).list_attendees(shared_id).status
    assert 204 == asha.remove_member(shared_id, member).status
    assert 404 == signed_in(member).list_attendees(shared_id).status


@pytest.mark.parametrize("role", ["owner", "admin", "Helper", "", None, 1, ["helper"]])
def test_an_owner_gives_no_other_role(asha, shared_id, role):
    reply = asha.put_member(shared_id, "usha", role)
    assert (422, "invalid_payload") == refusal(reply)
    assert "/payload/role" == reply.json["errors"][0]["pointer"]
    assert [] == members_of(asha, shared_id)


def test_every_fault_of_a_payload_is_told(asha, shared_id):
    body = {"payload": {"rôle": "helper"}}
    url = f"/events/{shared_id}/members/usha"
    reply = asha.call("put_member", "PUT", url, body, shared_id, member="usha")
    assert (422, "invalid_payload") == refusal(reply)
    assert {"/payload/role", "/payload/rôle"} == {fault["pointer"] for fault in reply.json["errors"]}


# --- DELETE /events/{event_id}/members/{member} -----------------------------------------------------------------------


def test_who_is_taken_off_is_a_stranger_at_once(asha, usha, shared_id):
    asha.put_member(shared_id, "usha", "organiser")

    for _ in range(2):
        reply = asha.remove_member(shared_id, "usha")
        assert (204, "") == (reply.status, reply.text)

    assert [] == members_of(asha, shared_id)
    assert (404, "event_not_found") == refusal(usha.list_attendees(shared_id))
    assert (404, "event_not_found") == refusal(usha.update_event(shared_id, {"name": "Raga"}))
    assert 1 == [act["what"] for act in acts_on(asha, shared_id)].count("remove_member")


@pytest.mark.parametrize("role", ["helper", "organiser"])
def test_a_member_may_leave_and_take_nobody_else_off(asha, usha, shared_id, role):
    asha.put_member(shared_id, "usha", role)
    asha.put_member(shared_id, "olga", "helper")

    assert (403, "role_missing") == refusal(usha.remove_member(shared_id, "olga"))
    assert 204 == usha.remove_member(shared_id, "usha").status

    assert (404, "event_not_found") == refusal(usha.remove_member(shared_id, "usha"))
    assert [("olga", "helper")] == members_of(asha, shared_id)
    left = acts_on(asha, shared_id)[-1]
    assert ("remove_member", "usha", role, "usha") == (left["what"], left["who"], left["role"], left["member"])


def test_the_owner_cannot_be_taken_off(asha, shared_id):
    assert 204 == asha.remove_member(shared_id, "asha").status
    assert 200 == asha.update_event(shared_id, {"name": "Raga"}).status
    assert ["create_event", "update_event"] == [act["what"] for act in acts_on(asha, shared_id)]


# --- GET /events/{event_id}/members -----------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 100])
def test_members_are_listed_by_page(asha, shared_id, limit):
    for name in ("uma", "Usha", "olga", "7a1d", "é".encode().hex()):
        asha.put_member(shared_id, name, "helper")

    pages = walk(lambda query: asha.list_members(shared_id, query), limit)

    assert [limit] * (len(pages) - 1) == [len(page) for page in pages[:-1]]
    assert ["7a1d", "Usha", "c3a9", "olga", "uma"] == [member["member"] for page in pages for member in page]


def test_a_pages_token_is_good_for_its_own_list_alone(asha, shared_id):
    for name in ("uma", "usha"):
        asha.put_member(shared_id, name, "helper")
    other = asha.create_event(event_payload()).json["event"]
    token = asha.list_members(shared_id, "?limit=1").json["next_token"]
    for reply in (
        asha.list_members(other, f"?next_token={token}"),
        asha.list_acts(shared_id, f"?next_token={token}"),
        asha.list_shared_events(f"?next_token={token}"),
        asha.list_members(shared_id, f"?next_token={token[:-1]}"),
    ):
        assert (400, "invalid_page_token") == refusal(reply)


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?limit=x"])
def test_pages_have_1_to_100_members_events_or_acts(asha, shared_id, query):
    for reply in (
        asha.list_members(shared_id, query),
        asha.list_acts(shared_id, query),
        asha.list_shared_events(query),
    ):
        assert (400, "invalid_parameter") == refusal(reply)


# --- GET /organiser/shared-events -------------------------------------------------------------------------------------


def share(owner, subject, role="helper", **changes):
    """Make an event that is shared; return its id."""
    event_id = owner.create_event(event_payload(**changes)).json["event"]
    assert 200 == owner.put_member(event_id, subject, role).status
    return event_id


def shared_with(api, query=""):
    return [(shared["event"]["id"], shared["role"]) for shared in api.list_shared_events(query).json["sections"]]


def test_events_that_are_shared_are_listed_in_every_status_shared_longest_first(asha, usha):
    assert [] == usha.list_shared_events().json["sections"]
    draft = share(asha, "usha", status="draft", start_time="2098-01-15 18:30")
    published = share(signed_in("uma"), "usha", "organiser", start_time="2097-01-15 18:30")
    cancelled = share(asha, "usha")
    asha.cancel_event(cancelled)
    share(asha, "olga")
    usha.create_event(event_payload())

    reply = usha.list_shared_events()

    assert "Shared events :" == reply.json["message"]
    assert [(draft, "helper"), (published, "organiser"), (cancelled, "helper")] == shared_with(usha)
    assert ["draft", "published", "cancelled"] == [shared["event"]["status"] for shared in reply.json["sections"]]
    assert [] == asha.list_shared_events().json["sections"]


def test_a_shared_event_is_shown_as_it_is_now_in_the_viewers_zone(asha, usha):
    event_id = share(asha, "usha")
    asha.update_event(event_id, {"name": "Raga"})
    asha.put_member(event_id, "usha", "organiser")

    (shared,) = usha.list_shared_events("?timezone=Asia/Tokyo").json["sections"]

    assert ("organiser", "Raga", 2) == (shared["role"], shared["event"]["name"], shared["event"]["version"])
    assert ("2099-01-15 22:00", "Asia/Tokyo") == (shared["event"]["start_time"], shared["event"]["timezone"])
    assert (400, "invalid_parameter") == refusal(usha.list_shared_events("?timezone=Atlantis"))


def test_events_that_are_deleted_or_no_longer_shared_vanish_from_the_list(asha, usha):
    kept, deleted, taken_off, left = [share(asha, "usha") for _ in range(4)]
    asha.delete_event(deleted)
    asha.remove_member(taken_off, "usha")
    usha.remove_member(left, "usha")

    assert [(kept, "helper")] == shared_with(usha)


def members_in_index(table, subject):
    """What the index says of the events that are shared with somebody."""
    listed = table.query(
        TableName=TABLE,
        IndexName=keys.GSI2,
        KeyConditionExpression="gsi2pk = :member",
        ExpressionAttributeValues=to_attributes({":member": keys.shared_with(subject)}),
    )
    return ok(Items=listed["Items"], Count=listed["Count"], ConsumedCapacity={})


def test_an_index_that_lags_shows_nobody_what_is_gone(asha, usha, table):
    kept, deleted, taken_off = [share(asha, "usha") for _ in range(3)]
    before = members_in_index(table, "usha")
    asha.delete_event(deleted)
    asha.remove_member(taken_off, "usha")
    with scripted(before) as record:
        assert [(kept, "helper")] == shared_with(usha)
    assert {"Query": 1, "BatchGetItem": 1} == record.operations


def test_a_deleted_event_is_shown_to_nobody_while_its_members_are_not_removed_yet(asha, usha, table):
    kept, deleted = [share(asha, "usha") for _ in range(2)]
    asha.delete_event(deleted)
    member = Member(deleted, "usha", "helper", datetime.now(UTC))
    table.put_item(TableName=TABLE, Item=to_attributes(keys.member_item(member)))
    assert [(kept, "helper")] == shared_with(usha)


def test_a_role_is_shown_as_it_is_while_the_index_lags(asha, usha, table):
    event_id = share(asha, "usha")
    before = members_in_index(table, "usha")
    asha.put_member(event_id, "usha", "organiser")
    with scripted(before):
        assert [(event_id, "organiser")] == shared_with(usha)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_shared_events_are_listed_by_page(asha, usha, limit):
    ids = [share(asha, "usha") for _ in range(3)]
    pages = walk(usha.list_shared_events, limit)
    assert [limit] * (len(pages) - 1) == [len(page) for page in pages[:-1]]
    assert ids == [shared["event"]["id"] for page in pages for shared in page]


def test_the_next_page_of_shared_events_is_shown_in_the_same_zone(asha, usha):
    for _ in range(2):
        share(asha, "usha")
    link = usha.list_shared_events("?limit=1&timezone=Asia/Tokyo").headers["Link"]
    (shared,) = usha.list_shared_events(link.partition(">")[0].removeprefix("<")).json["sections"]
    assert "Asia/Tokyo" == shared["event"]["timezone"]


def test_a_token_of_shared_events_is_its_readers_own(asha, usha):
    for _ in range(2):
        share(asha, "usha")
    token = usha.list_shared_events("?limit=1").json["next_token"]
    assert (400, "invalid_page_token") == refusal(signed_in("uma").list_shared_events(f"?next_token={token}"))


def test_a_page_of_a_hundred_shared_events_is_read_whole(asha, usha):
    ids = [share(asha, "usha", max_capacity=1) for _ in range(102)]
    assert [ids[:100], ids[100:]] == [
        [shared["event"]["id"] for shared in page] for page in walk(usha.list_shared_events, 100)
    ]


# --- GET /events/{event_id}/audit -------------------------------------------------------------------------------------


def test_the_audit_tells_who_did_what_when_and_to_whom(asha, usha, shared_id, held):
    asha.put_member(shared_id, "usha", "organiser")
    usha.update_event(shared_id, {"name": "Raga", "start_time": "2099-01-15 18:00"})
    usha.update_attendee(shared_id, held["id"], {"name": "Usha Rao"})
    asha.check_in(shared_id, Api().get_attendee(shared_id, held["id"], held["manage"]).json["ticket"])

    reply = asha.list_acts(shared_id)

    acts = reply.json["sections"]
    names = ("what", "who", "role", "version", "attendee_id", "fields", "member")
    assert "Audit :" == reply.json["message"]
    assert [
        ("create_event", "asha", "owner", 0, None, [], None),
        ("put_member", "asha", "owner", 1, None, [], "usha"),
        ("update_event", "usha", "organiser", 1, None, ["name", "start_time"], None),
        ("update_attendee", "usha", "organiser", 1, held["id"], ["name"], None),
        ("check_in", "asha", "owner", 2, held["id"], [], None),
    ] == [tuple(act[name] for name in names) for act in acts]
    assert sorted(act["at"] for act in acts) == [act["at"] for act in acts]


def test_the_audit_has_nothing_of_what_a_person_does_to_their_own_registration(asha, shared_id, held):
    Api().update_attendee(shared_id, held["id"], {"name": "Another Name"}, held["manage"])
    Api().cancel_attendee(shared_id, held["id"], held["manage"])
    assert ["create_event"] == [act["what"] for act in acts_on(asha, shared_id)]


def test_the_audit_names_nobody_by_name_or_address(asha, shared_id, held):
    asha.update_attendee(shared_id, held["id"], {"name": "Usha Rao", "email": "PERSON0@example.com"})
    text = asha.list_acts(shared_id).text
    assert ["email", "name"] == acts_on(asha, shared_id)[-1]["fields"]
    for personal in ("Usha", "Person", "person0", "example.com"):
        assert personal not in text


@pytest.mark.parametrize("limit", [1, 3, 4, 5, 100])
def test_acts_are_listed_by_page_oldest_first(asha, shared_id, limit):
    for number in range(4):
        asha.update_event(shared_id, {"name": f"Raga {number}"})
    pages = walk(lambda query: asha.list_acts(shared_id, query), limit)
    assert [limit] * (len(pages) - 1) == [len(page) for page in pages[:-1]]
    assert [0, 1, 2, 3, 4] == [act["version"] for page in pages for act in page]


def test_acts_of_one_moment_are_all_kept(asha, shared_id, monkeypatch):
    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 24, 12, 30, tzinfo=tz)

    monkeypatch.setattr("event_management.store.authority.datetime", Stopped)
    for name in ("olga", "uma", "usha"):
        assert 200 == asha.put_member(shared_id, name, "helper").status
    acts = [act for act in acts_on(asha, shared_id) if act["at"] == "2026-11-24T12:30:00Z"]
    assert ["olga", "uma", "usha"] == sorted(act["member"] for act in acts)


def test_the_audit_outlives_the_event(asha, usha, shared_id, held):
    asha.put_member(shared_id, "usha", "organiser")
    before = acts_on(asha, shared_id)

    assert 204 == asha.delete_event(shared_id).status

    after = acts_on(asha, shared_id)
    assert before == after[:-1]
    assert ("delete_event", "asha", "owner") == (after[-1]["what"], after[-1]["who"], after[-1]["role"])
    for stranger in (usha, signed_in("olga")):
        assert (404, "event_not_found") == refusal(stranger.list_acts(shared_id))
    assert (404, "event_not_found") == refusal(asha.put_member(shared_id, "usha", "helper"))
    assert (404, "event_not_found") == refusal(asha.list_members(shared_id))
    assert (404, "event_not_found") == refusal(asha.remove_member(shared_id, "usha"))


def test_every_write_by_somebody_with_a_role_leaves_one_record_and_no_reading_does(asha, shared_id, held):
    for name, call in EVERY_CALL.items():
        if name == "remove_member":
            asha.put_member(shared_id, "olga", "organiser")
        before = acts_on(asha, shared_id)
        assert call(asha, shared_id, held).status < 300, name
        after = acts_on(asha, shared_id)
        assert before == after[: len(before)], name
        assert ([name] if name in WRITES else []) == [act["what"] for act in after[len(before) :]]


# --- Meanwhile --------------------------------------------------------------------------------------------------------


def stored(table, key):
    """What the table says of an item now."""
    return ok(Item=table.get_item(TableName=TABLE, Key=to_attributes(key))["Item"], ConsumedCapacity={})


def test_a_call_that_is_under_way_when_its_member_is_taken_off_does_nothing(asha, usha, table, shared_id):
    asha.put_member(shared_id, "usha", "organiser")
    member = stored(table, keys.member_key(shared_id, "usha"))
    asha.remove_member(shared_id, "usha")
    with scripted(THROUGH, member, THROUGH, member) as record:
        assert (404, "event_not_found") == refusal(usha.update_event(shared_id, {"name": "Raga"}))
    assert 1 == record.operations["TransactWriteItems"]
    assert "Monsoon Raga Night" == asha.get_event(shared_id).json["event"]["name"]
    assert ["create_event", "put_member", "remove_member"] == [act["what"] for act in acts_on(asha, shared_id)]


def test_a_call_that_is_under_way_when_its_member_becomes_a_helper_does_nothing(asha, usha, table, shared_id, held):
    asha.put_member(shared_id, "usha", "organiser")
    member = stored(table, keys.member_key(shared_id, "usha"))
    asha.put_member(shared_id, "usha", "helper")
    with scripted(THROUGH, member) as record:
        assert (403, "role_missing") == refusal(usha.cancel_attendee(shared_id, held["id"]))
    assert 1 == record.operations["TransactWriteItems"]
    with scripted(THROUGH, member):
        assert 200 == usha.check_in(shared_id, held["ticket"]).status  # the role that is left will do for that


def test_an_event_that_is_deleted_meanwhile_gets_no_member(asha, table, shared_id):
    event = stored(table, keys.event_key(shared_id))
    asha.delete_event(shared_id)
    with scripted(event) as record:
        assert (404, "event_not_found") == refusal(asha.put_member(shared_id, "usha", "helper"))
    assert 1 == record.operations["TransactWriteItems"]
    assert [] == signed_in("usha").list_shared_events().json["sections"]


def test_who_is_taken_off_twice_at_once_is_taken_off_once(asha, table, shared_id):
    asha.put_member(shared_id, "usha", "organiser")
    event, member = (stored(table, key) for key in (keys.event_key(shared_id), keys.member_key(shared_id, "usha")))
    asha.remove_member(shared_id, "usha")
    with scripted(event, member) as record:
        assert 204 == asha.remove_member(shared_id, "usha").status
    assert 1 == record.operations["TransactWriteItems"]
    assert ["create_event", "put_member", "remove_member"] == [act["what"] for act in acts_on(asha, shared_id)]


@pytest.mark.parametrize(
    "call",
    [
        lambda api, event_id: api.put_member(event_id, "olga", "helper"),
        lambda api, event_id: api.remove_member(event_id, "usha"),
    ],
    ids=["put_member", "remove_member"],
)
@pytest.mark.parametrize("answer", ["lost", "contended"])
def test_a_lost_answer_and_a_rival_are_nobodys_fault(asha, shared_id, call, answer):
    asha.put_member(shared_id, "usha", "organiser")
    before = len(acts_on(asha, shared_id))
    said = (
        CarriedOut(error("InternalServerError", 500)) if answer == "lost" else cancelled("None", "TransactionConflict")
    )
    with scripted(THROUGH, THROUGH, said):
        assert call(asha, shared_id).status in (200, 204)
    assert before + 1 == len(acts_on(asha, shared_id))


# --- Who may do what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "refused"),
    [("helper", EVERY_CALL.keys() - FOR_HELPERS), ("organiser", FOR_OWNERS)],
)
def test_a_member_may_do_what_the_role_says_and_no_more(asha, usha, shared_id, held, role, refused):
    asha.put_member(shared_id, "usha", role)
    before = len(acts_on(asha, shared_id))
    for name, call in EVERY_CALL.items():
        reply = call(usha, shared_id, held)
        if name in refused:
            assert (403, "role_missing") == refusal(reply), name
            least = "owner" if name in FOR_OWNERS else "organiser"
            assert f"This takes the role {least} in the event; its owner chooses who has which." == reply.json["detail"]
        else:
            assert reply.status < 300, (name, reply.text)
    acts = acts_on(asha, shared_id)[before:]
    assert sorted(WRITES - refused) == sorted(act["what"] for act in acts)
    assert {("usha", role)} == {(act["who"], act["role"]) for act in acts}


@pytest.mark.parametrize("groups", ["admins", "[admins]", "[staff admins]", "staff,admins"])
def test_an_admin_may_do_everything_with_every_event(asha, shared_id, held, groups):
    admin = signed_in("adele", **{"cognito:groups": groups})
    for name, call in EVERY_CALL.items():
        assert call(admin, shared_id, held).status < 300, name
    acts = acts_on(asha, shared_id)[1:]
    assert {("adele", "admin")} == {(act["who"], act["role"]) for act in acts}
    assert [name for name in EVERY_CALL if name in WRITES] == [act["what"] for act in acts]


@pytest.mark.parametrize("groups", ["", "admin", "myadmins", "admins-of-halls", "Admins"])
def test_another_group_makes_nobody_an_admin(asha, shared_id, held, groups):
    api = signed_in("usha", **{"cognito:groups": groups})
    assert (404, "event_not_found") == refusal(api.list_acts(shared_id))


def test_in_open_mode_nobody_needs_to_be_an_admin(api, event_id):
    claimed = Api(claims={"sub": "usha", "cognito:groups": "admins"})
    assert 200 == claimed.put_member(event_id, "usha", "helper").status
    assert [("anonymous", "owner")] * 2 == [(act["who"], act["role"]) for act in acts_on(api, event_id)]
    assert (400, "invalid_parameter") == refusal(api.put_member(event_id, "anonymous", "helper"))


@pytest.mark.parametrize("name", sorted(EVERY_CALL.keys() - {"get_event"}))
def test_to_a_stranger_an_event_is_like_one_that_never_was(asha, usha, shared_id, held, name):
    if name == "transfer_attendee":
        replies = [usha.transfer_attendee(some, held["id"], attendee_payload(2)) for some in (shared_id, NEVER_EXISTED)]
    elif name == "check_in":
        # A ticket names its event, so a stranger with one knows of it.
        replies = [usha.check_in(shared_id, held["ticket"])] * 2
    else:
        replies = [EVERY_CALL[name](usha, some, held) for some in (shared_id, NEVER_EXISTED)]
    assert [(404, "event_not_found")] * 2 == [refusal(reply) for reply in replies]
    there, nowhere = ({**reply.json, "trace_id": ""} for reply in replies)
    assert nowhere == there
    assert {*replies[1].headers} == {*replies[0].headers}
    assert ["create_event"] == [act["what"] for act in acts_on(asha, shared_id)]


@pytest.mark.parametrize("event_id", [NEVER_EXISTED, "x", "", "K3V7QZM2AB"])
def test_an_event_that_never_was_has_neither_members_nor_acts(asha, event_id):
    for reply in (
        asha.put_member(event_id, "usha", "helper"),
        asha.remove_member(event_id, "usha"),
        asha.list_members(event_id),
        asha.list_acts(event_id),
    ):
        assert (404, "event_not_found") == refusal(reply)


@pytest.mark.parametrize("event_id", ["x", "", "K3V7QZM2AB", "a" * 3000])
def test_what_can_be_no_events_id_is_not_looked_up(asha, event_id):
    with scripted() as record:
        assert (404, "event_not_found") == refusal(asha.list_members(event_id))
    assert [] == record.calls


@pytest.mark.parametrize("claims", [None, {"email": "asha@example.com"}, {"sub": "", "cognito:groups": "admins"}])
def test_without_a_subject_nobody_shares_nor_sees_what_is_shared(asha, shared_id, claims):
    api = Api(claims=claims)
    for reply in (
        api.put_member(shared_id, "a b", None),
        api.remove_member(shared_id, "a b"),
        api.list_members(shared_id, "?limit=0"),
        api.list_shared_events("?limit=0"),
        api.list_acts(shared_id, "?limit=0"),
    ):
        assert (401, "unauthorized") == refusal(reply)
        assert "Bearer" == reply.headers["WWW-Authenticate"]


def test_a_draft_is_shown_to_who_has_a_role_in_it_alone(asha, usha, shared_id):
    draft = share(asha, "usha", status="draft")
    assert 200 == usha.get_event(draft).status
    assert (404, "event_not_found") == refusal(signed_in("olga").get_event(draft))
    assert (404, "event_not_found") == refusal(Api().get_event(draft))
