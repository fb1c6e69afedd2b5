"""What the holder of a registration and the event's organiser do with it: read, change, cancel, hand over, new codes."""

import re

import pytest

from event_management import keys
from event_management import seats as plan
from event_management.codes import Code, read_manage, read_ticket, sign_manage, sign_ticket
from event_management.qr import draw_ticket
from event_management.signing import SigningKeys
from event_management.store import seats, secrets
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item
from event_management.store.secrets import read_signing_keys
from tests.gateway import Api, attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of, items_of, people_of
from tests.unit.scripted_dynamodb import scripted

NEWCOMER = {"name": "Usha Nair", "email": "usha@example.com"}


@pytest.fixture
def organiser(table, environment):
    """Asha, on the guarded stack."""
    environment.setenv("AUTH_MODE", "cognito")
    return Api(claims={"sub": "asha"})


@pytest.fixture
def public(organiser):
    """Whoever is not signed in, on the guarded stack."""
    return Api()


@pytest.fixture
def guarded_id(organiser):
    """Asha's event: two seats, a waitlist, parties of two."""
    return organiser.create_event(event_payload(max_capacity=2, max_party=2, waitlist=True)).json["event"]


@pytest.fixture
def holder(public, guarded_id):
    """The answer that somebody got who registered for Asha's event."""
    return public.register(guarded_id, attendee_payload()).json


@pytest.fixture
def held(api, event_id):
    """The answer that somebody got who registered, in open mode."""
    return api.register(event_id, attendee_payload()).json


@pytest.fixture
def lawful(table):
    """Tells what is wrong with an event's items."""
    return lambda event_id: faults_of(table, event_id)


def refusal(reply):
    return reply.status, reply.json["code"]


GONE = (410, "registration_gone")
INVALID_CODE = (401, "invalid_manage_code")
UNAUTHORIZED = (401, "unauthorized")
NOT_FOUND = (404, "attendee_not_found")


def personal_calls(api, event_id, attendee_id, manage=None):
    """Yield the answer of each call that somebody makes with their manage code."""
    yield api.get_attendee(event_id, attendee_id, manage)
    yield api.draw_ticket(event_id, attendee_id, manage)
    yield api.update_attendee(event_id, attendee_id, {"name": "Somebody Else"}, manage)
    yield api.transfer_attendee(event_id, attendee_id, NEWCOMER, manage)
    yield api.cancel_attendee(event_id, attendee_id, manage)


# --- Codes ------------------------------------------------------------------------------------------------------------


def test_registering_answers_with_two_codes_that_say_the_same_of_one_registration(table, event_id, held):
    signing_keys = read_signing_keys()
    (item,) = people_of(table, event_id, "registered").values()
    code = Code(event_id, held["id"], item["serial"])
    assert code == read_ticket(held["ticket"], signing_keys) == read_manage(held["manage"], signing_keys)
    assert held["ticket"] != held["manage"]


def test_a_replay_answers_with_the_same_codes(api, event_id):
    first, second = (api.register(event_id, attendee_payload(), Idempotency_Key="k").json for _ in range(2))
    assert first == second


def test_holder_reads_their_registration_by_its_manage_code(public, guarded_id, holder):
    reply = public.get_attendee(guarded_id, holder["id"], holder["manage"])
    assert (200, "Attendee :", holder["ticket"]) == (reply.status, reply.json["message"], reply.json["ticket"])
    shown = reply.json["attendee"]
    assert ("Person 0", "person0@example.com", "registered", 1, None) == tuple(
        shown[name] for name in ("name", "email", "state", "seats", "checked_in_at")
    )
    assert (holder["id"], guarded_id) == (shown["id"], shown["event_id"])


def test_organiser_reads_any_registration_of_their_event(organiser, guarded_id, holder):
    reply = organiser.get_attendee(guarded_id, holder["id"])
    assert (200, holder["id"]) == (reply.status, reply.json["attendee"]["id"])
    assert "manage" not in reply.text


def test_codes_are_read_in_any_case_and_with_white_space_around(api, event_id, held):
    assert 200 == api.get_attendee(event_id, held["id"], f"  {held['manage'].lower()}\t").status


def test_an_id_that_follows_from_an_address_opens_nothing(table, public, guarded_id, holder):
    before = items_of(table, guarded_id)
    for reply in personal_calls(public, guarded_id, holder["id"]):
        assert UNAUTHORIZED == refusal(reply)
        assert "Manage-Code" == reply.headers["WWW-Authenticate"]
    assert before == items_of(table, guarded_id)


def other_codes(organiser, public, event_id, holder):
    """Yield codes of this stack that are none of this registration's manage codes."""
    other_event = organiser.create_event(event_payload()).json["event"]
    yield "the same person's at another event", public.register(other_event, attendee_payload()).json["manage"]
    yield "another person's at this event", public.register(event_id, attendee_payload(1)).json["manage"]
    yield "the ticket", holder["ticket"]
    signing_keys = read_signing_keys()
    yield "another serial's", sign_manage(Code(event_id, holder["id"], "a" * 13), signing_keys)
    swapped = "A" if holder["manage"][40] != "A" else "B"
    yield "an altered one", holder["manage"][:40] + swapped + holder["manage"][41:]
    yield "one cut short", holder["manage"][:-1]
    yield "the id", holder["id"]
    yield "the address", "person0@example.com"


def test_no_code_but_the_registrations_own_is_taken(table, organiser, public, guarded_id, holder):
    codes = dict(other_codes(organiser, public, guarded_id, holder))
    before = items_of(table, guarded_id)
    for what, code in codes.items():
        # In open mode, too: who sends a code asks as its holder. So does an organiser who is signed in.
        for api in (public, organiser):
            for reply in personal_calls(api, guarded_id, holder["id"], code):
                assert INVALID_CODE == refusal(reply), what
    assert before == items_of(table, guarded_id)


def test_a_wrong_code_is_refused_in_open_mode_too(api, event_id, held):
    for reply in personal_calls(api, event_id, held["id"], held["ticket"]):
        assert INVALID_CODE == refusal(reply)


def test_a_code_that_no_header_can_hold_is_a_bad_parameter(api, event_id, held):
    for reply in personal_calls(api, event_id, held["id"], "é" * 69):
        assert (400, "invalid_parameter") == refusal(reply)


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_code_is_none(public, guarded_id, holder, empty):
    for reply in personal_calls(public, guarded_id, holder["id"], empty):
        assert UNAUTHORIZED == refusal(reply)


def test_no_other_organiser_reaches_a_registration(table, organiser, guarded_id, holder):
    before = items_of(table, guarded_id)
    usha = Api(claims={"sub": "usha"})
    replies = [*personal_calls(usha, guarded_id, holder["id"]), usha.renew_codes(guarded_id, holder["id"])]
    assert {(404, "event_not_found")} == {refusal(reply) for reply in replies}
    assert before == items_of(table, guarded_id)


def test_new_codes_are_the_organisers_to_give(public, guarded_id, holder):
    for headers in ({}, {"Manage_Code": holder["manage"]}):
        reply = public.renew_codes(guarded_id, holder["id"], **headers)
        assert (*UNAUTHORIZED, "Bearer") == (*refusal(reply), reply.headers["WWW-Authenticate"])


@pytest.mark.parametrize("attendee_id", ["a" * 16, "x", "A" * 16, "", "a" * 500, "m4x2c7v5b3n6a2s\n"])
def test_a_registration_that_is_not_there_is_not_found(api, event_id, attendee_id):
    for reply in (*personal_calls(api, event_id, attendee_id), api.renew_codes(event_id, attendee_id)):
        assert NOT_FOUND == refusal(reply)


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "x", "", "a" * 500])
def test_no_registration_is_found_at_an_event_that_is_not_there(api, event_id):
    for reply in (*personal_calls(api, event_id, "a" * 16), api.renew_codes(event_id, "a" * 16)):
        assert (404, "event_not_found") == refusal(reply)


def test_a_code_means_nothing_to_a_stack_without_events(api):
    assert INVALID_CODE == refusal(api.get_attendee("aaaaaaaaaa", "a" * 16, "A" * 69))


def test_new_codes_make_those_before_void(table, organiser, public, guarded_id, holder):
    reply = organiser.renew_codes(guarded_id, holder["id"])
    assert (201, "Codes renewed") == (reply.status, reply.json["message"])
    assert {"ticket", "manage"} <= reply.json.keys()
    for call in personal_calls(public, guarded_id, holder["id"], holder["manage"]):
        assert INVALID_CODE == refusal(call)
    assert (409, "ticket_cancelled") == refusal(organiser.check_in(guarded_id, holder["ticket"]))
    assert 200 == public.get_attendee(guarded_id, holder["id"], reply.json["manage"]).status
    assert reply.json["ticket"] == organiser.get_attendee(guarded_id, holder["id"]).json["ticket"]
    assert 200 == organiser.check_in(guarded_id, reply.json["ticket"]).status
    assert [] == faults_of(table, guarded_id)


def test_new_codes_of_who_waits_are_manage_codes_alone(organiser, public, guarded_id):
    public.register(guarded_id, attendee_payload(seats=2))
    waiting = public.join_waitlist(guarded_id, attendee_payload(1)).json
    reply = organiser.renew_codes(guarded_id, waiting["id"])
    assert (201, None) == (reply.status, reply.json["ticket"])
    assert INVALID_CODE == refusal(public.get_waitlist(guarded_id, waiting["manage"]))
    assert 1 == public.get_waitlist(guarded_id, reply.json["manage"]).json["position"]


def test_nobody_is_shown_anybody_elses_address_or_code(public, guarded_id, holder):
    other = public.register(guarded_id, attendee_payload(1)).json
    third = public.join_waitlist(guarded_id, attendee_payload(2)).json
    replies = [
        public.get_event(guarded_id),
        public.list_events(),
        public.register(guarded_id, attendee_payload()),
        public.register(guarded_id, attendee_payload(3)),
        public.join_waitlist(guarded_id, attendee_payload()),
        public.join_waitlist(guarded_id, attendee_payload(3)),
        public.get_attendee(guarded_id, holder["id"], other["manage"]),
        public.get_attendee(guarded_id, other["id"], other["manage"]),
        public.transfer_attendee(guarded_id, other["id"], attendee_payload(), other["manage"]),
        public.transfer_attendee(guarded_id, other["id"], attendee_payload(2), other["manage"]),
        public.update_attendee(guarded_id, other["id"], {"email": "person0@example.com"}, other["manage"]),
        public.get_waitlist(guarded_id),
        public.get_waitlist(guarded_id, other["manage"]),
        public.list_attendees(guarded_id),
    ]
    seen = "".join(reply.text for reply in replies)
    for secret in ("person0@", "person2@", "Person 0", "Person 2", holder["manage"], holder["ticket"], third["manage"]):
        assert secret not in seen


def test_codes_hold_no_personal_data(table, event_id, held):
    for code in (held["ticket"], held["manage"]):
        assert re.fullmatch("[A-Z2-7]{69}", code)
    (item,) = people_of(table, event_id, "registered").values()
    assert {held["ticket"], held["manage"]}.isdisjoint(map(str, item.values()))


# --- The ticket -------------------------------------------------------------------------------------------------------


def test_ticket_is_drawn_as_the_qr_code_of_its_text(public, organiser, guarded_id, holder):
    replies = [
        public.draw_ticket(guarded_id, holder["id"], holder["manage"]),
        organiser.draw_ticket(guarded_id, holder["id"]),
    ]
    for reply in replies:
        assert (200, "image/svg+xml", draw_ticket(holder["ticket"])) == (
            reply.status,
            reply.headers["Content-Type"],
            reply.text,
        )
        assert "no-store" == reply.headers["Cache-Control"]


def test_who_waits_has_no_ticket_yet(public, guarded_id):
    public.register(guarded_id, attendee_payload(seats=2))
    waiting = public.join_waitlist(guarded_id, attendee_payload(1)).json
    reply = public.draw_ticket(guarded_id, waiting["id"], waiting["manage"])
    assert (409, "still_waiting") == refusal(reply)
    assert "This person waits for a seat and has no registration yet." == reply.json["detail"]
    assert None is public.get_attendee(guarded_id, waiting["id"], waiting["manage"]).json["ticket"]


# --- PATCH ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_holder", [True, False])
def test_another_name_is_a_change_and_the_codes_stay(api, event_id, held, lawful, as_holder):
    reply = api.update_attendee(event_id, held["id"], {"name": " Nadia  "}, held["manage"] if as_holder else None)
    assert (200, "Attendee Updated") == (reply.status, reply.json["message"])
    assert (held["ticket"], held["manage"]) == (reply.json["ticket"], reply.json["manage"])
    assert ("Nadia", "person0@example.com") == (reply.json["attendee"]["name"], reply.json["attendee"]["email"])
    assert reply.json["attendee"] == api.list_attendees(event_id).json["sections"][0]
    assert [] == lawful(event_id)


@pytest.mark.parametrize("address", ["PERSON0@example.com", "person0@EXAMPLE．com", " Person0@Example.Com "])
def test_ones_own_address_written_otherwise_is_a_change_of_its_spelling(api, event_id, held, address):
    reply = api.update_attendee(event_id, held["id"], {"email": address}, held["manage"])
    assert (200, held["id"], held["manage"]) == (reply.status, reply.json["attendee"]["id"], reply.json["manage"])
    assert (address.strip(), "Person 0") == (reply.json["attendee"]["email"], reply.json["attendee"]["name"])
    to_oneself = api.transfer_attendee(event_id, held["id"], {"name": "Asha", "email": address}, held["manage"])
    assert (409, "already_registered") == (to_oneself.status, to_oneself.json["code"])
    assert "Person 0" == api.get_attendee(event_id, held["id"], held["manage"]).json["attendee"]["name"]
    assert 1 == len(api.list_attendees(event_id).json["sections"])


def test_anothers_address_is_a_hand_over_under_the_same_name_unless_another_is_sent(api, event_id, held, lawful):
    reply = api.update_attendee(event_id, held["id"], {"email": "usha@example.com"}, held["manage"])
    assert (200, "Registration handed over") == (reply.status, reply.json["message"])
    shown = reply.json["attendee"]
    assert ("Person 0", "usha@example.com") == (shown["name"], shown["email"])
    assert GONE == refusal(api.get_attendee(event_id, held["id"], held["manage"]))
    again = api.update_attendee(event_id, shown["id"], {"email": "ravi@example.com", "name": "Ravi"})
    assert ("Ravi", "ravi@example.com") == (again.json["attendee"]["name"], again.json["attendee"]["email"])
    assert [again.json["attendee"]] == api.list_attendees(event_id).json["sections"]
    assert [] == lawful(event_id)


def test_a_change_that_hands_over_is_replayed_under_its_key_and_gone_without_one(api, event_id, held):
    change = {"email": "usha@example.com"}
    first, second = (
        api.update_attendee(event_id, held["id"], change, held["manage"], Idempotency_Key="k") for _ in range(2)
    )
    assert (200, first.json) == (second.status, second.json)
    assert (None, "true") == tuple(reply.headers.get("Idempotent-Replayed") for reply in (first, second))
    assert GONE == refusal(api.update_attendee(event_id, held["id"], change, held["manage"]))


def test_a_change_of_name_can_be_sent_again(api, event_id, held):
    replies = [api.update_attendee(event_id, held["id"], {"name": "Nadia"}, held["manage"]) for _ in range(2)]
    assert [200, 200] == [reply.status for reply in replies]
    assert replies[0].json == replies[1].json


def test_who_waits_changes_their_name_and_keeps_their_place(public, guarded_id, lawful):
    public.register(guarded_id, attendee_payload(seats=2))
    waiting = public.join_waitlist(guarded_id, attendee_payload(1)).json
    reply = public.update_attendee(guarded_id, waiting["id"], {"name": "Nadia"}, waiting["manage"])
    assert (200, "Nadia", "waiting", None) == (
        reply.status,
        reply.json["attendee"]["name"],
        reply.json["attendee"]["state"],
        reply.json["ticket"],
    )
    reply = public.update_attendee(guarded_id, waiting["id"], {"email": "usha@example.com"}, waiting["manage"])
    assert (409, "still_waiting") == refusal(reply)
    assert 1 == public.get_waitlist(guarded_id, waiting["manage"]).json["position"]
    assert [] == lawful(guarded_id)


# --- DELETE -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_holder", [True, False])
def test_cancelling_frees_the_seats_and_again_answers_200(api, event_id, held, lawful, as_holder):
    code = held["manage"] if as_holder else None
    for _ in range(3):
        reply = api.cancel_attendee(event_id, held["id"], code)
        assert (200, "Registration Cancelled") == (reply.status, reply.json["message"])
    event = api.get_event(event_id).json["event"]
    assert (0, 50) == (event["registered"], event["seats_left"])
    assert [] == api.list_attendees(event_id).json["sections"]
    assert [] == lawful(event_id)


def test_codes_die_with_their_registration(api, event_id, held):
    api.cancel_attendee(event_id, held["id"], held["manage"])
    *replies, again = personal_calls(api, event_id, held["id"], held["manage"])
    assert {GONE} == {refusal(reply) for reply in replies}
    assert 200 == again.status
    assert GONE == refusal(api.get_attendee(event_id, held["id"]))
    assert GONE == refusal(api.renew_codes(event_id, held["id"]))
    assert (409, "ticket_cancelled") == refusal(api.check_in(event_id, held["ticket"]))


def test_old_codes_do_nothing_to_a_registration_made_anew(api, event_id, held, lawful):
    api.cancel_attendee(event_id, held["id"], held["manage"])
    anew = api.register(event_id, attendee_payload())
    assert (201, held["id"]) == (anew.status, anew.json["id"])
    assert {held["ticket"], held["manage"]}.isdisjoint({anew.json["ticket"], anew.json["manage"]})
    for reply in personal_calls(api, event_id, held["id"], held["manage"]):
        assert INVALID_CODE == refusal(reply)
    assert (409, "ticket_cancelled") == refusal(api.check_in(event_id, held["ticket"]))
    assert 1 == len(api.list_attendees(event_id).json["sections"])
    assert [] == lawful(event_id)


def test_nothing_personal_is_kept_of_who_cancelled_and_that_only_for_a_week(table, api, event_id):
    held = api.register(event_id, attendee_payload(), ISOCountry="INDIA").json
    api.cancel_attendee(event_id, held["id"], held["manage"])
    (item,) = people_of(table, event_id, "cancelled").values()
    cancelled_at = keys.read_stamp(item["cancelled_at"]).timestamp()
    assert 7 * 24 * 3600 == item["expires_at"] - int(cancelled_at)
    for personal in ("Person 0", "person0", "INDIA"):
        assert personal not in str(item)


def test_a_late_retry_of_a_cancelled_registration_books_nothing_and_registering_anew_does(api, event_id, lawful):
    held = api.register(event_id, attendee_payload(), Idempotency_Key="k-1").json
    api.cancel_attendee(event_id, held["id"], held["manage"])
    retry = api.register(event_id, attendee_payload(), Idempotency_Key="k-1")
    assert (409, "registration_cancelled") == refusal(retry)
    assert 0 == api.get_event(event_id).json["event"]["registered"]
    assert 201 == api.register(event_id, attendee_payload(), Idempotency_Key="k-2").status
    assert (409, "already_registered") == refusal(api.register(event_id, attendee_payload(), Idempotency_Key="k-1"))
    assert 1 == api.get_event(event_id).json["event"]["registered"]
    assert [] == lawful(event_id)


def test_a_late_retry_is_known_also_by_a_container_that_has_not_seen_the_event(api, event_id):
    held = api.register(event_id, attendee_payload(), Idempotency_Key="k-1").json
    api.cancel_attendee(event_id, held["id"], held["manage"])
    seats._memory.finders.clear()
    retry = api.register(event_id, attendee_payload(), Idempotency_Key="k-1")
    assert (409, "registration_cancelled") == refusal(retry)


def test_a_late_retry_under_its_key_with_other_content_is_refused_as_such(api, event_id):
    held = api.register(event_id, attendee_payload(), Idempotency_Key="k-1").json
    api.cancel_attendee(event_id, held["id"], held["manage"])
    retry = api.register(event_id, attendee_payload(name="Other"), Idempotency_Key="k-1")
    assert (422, "idempotency_key_reused") == refusal(retry)


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k-2"}])
def test_registering_anew_works_also_when_the_event_was_full(api, key):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    held = api.register(event_id, attendee_payload(), Idempotency_Key="k-1").json
    assert (409, "seats_full") == refusal(api.register(event_id, attendee_payload(1)))
    api.cancel_attendee(event_id, held["id"], held["manage"])
    seats.finder_of(event_id)._asked_at -= 60  # so long it is not asked again what was sold out
    assert 201 == api.register(event_id, attendee_payload(), **key).status


def test_what_is_left_of_a_former_registration_may_go_at_any_time(table, api, event_id, held, lawful):
    """As its `expires_at` has it: DynamoDB removes the item when it likes."""
    api.cancel_attendee(event_id, held["id"], held["manage"])
    table.delete_item(TableName=TABLE, Key=to_attributes(keys.attendee_key(event_id, held["id"])))
    assert INVALID_CODE == refusal(api.cancel_attendee(event_id, held["id"], held["manage"]))
    assert NOT_FOUND == refusal(api.cancel_attendee(event_id, held["id"]))
    assert 201 == api.register(event_id, attendee_payload()).status
    assert [] == lawful(event_id)


def test_registrations_of_a_cancelled_event_can_be_given_up_but_not_handed_over(api, event_id, held, lawful):
    api.cancel_event(event_id)
    reply = api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"])
    assert (409, "event_cancelled") == refusal(reply)
    assert 200 == api.get_attendee(event_id, held["id"], held["manage"]).status
    assert 200 == api.cancel_attendee(event_id, held["id"], held["manage"]).status
    assert [] == lawful(event_id)


def test_nothing_is_found_of_a_deleted_event(api, event_id, held):
    api.delete_event(event_id)
    replies = [
        *personal_calls(api, event_id, held["id"], held["manage"]),
        *personal_calls(api, event_id, held["id"]),
        api.renew_codes(event_id, held["id"]),
        api.check_in(event_id, held["ticket"]),
        api.undo_check_in(event_id, held["id"]),
        api.join_waitlist(event_id, attendee_payload(1)),
        api.get_waitlist(event_id, held["manage"]),
        api.leave_waitlist(event_id, held["manage"]),
    ]
    assert {(404, "event_not_found")} == {refusal(reply) for reply in replies}


# --- Parties ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def large_id(api, monkeypatch):
    """An event with three seats in each of three blocks, and parties of nine."""
    monkeypatch.setattr(plan, "SEATS_PER_BLOCK", 3)
    return api.create_event(event_payload(max_capacity=9, max_party=9, waitlist=True)).json["event"]


def test_a_party_has_all_its_seats_or_none(api, large_id, lawful):
    assert (201, 2) == ((reply := api.register(large_id, attendee_payload(seats=2))).status, reply.json["seats"])
    event = api.get_event(large_id).json["event"]
    assert (2, 7) == (event["registered"], event["seats_left"])
    refused = api.register(large_id, attendee_payload(1, seats=8))
    assert (409, "seats_full") == refusal(refused)
    assert "7" in refused.json["detail"]
    assert (2, 7) == ((event := api.get_event(large_id).json["event"])["registered"], event["seats_left"])
    assert [] == lawful(large_id)


def test_a_party_sits_in_several_blocks_where_it_has_to_and_leaves_all_of_them(table, api, large_id, lawful):
    held = api.register(large_id, attendee_payload(seats=7)).json
    (item,) = people_of(table, large_id, "registered").values()
    assert (3, 7) == (len(item["blocks"]), sum(item["blocks"].values()))
    assert [] == lawful(large_id)
    with scripted() as record:
        assert 200 == api.cancel_attendee(large_id, held["id"], held["manage"]).status
    assert 1 <= record.operations["TransactWriteItems"] <= 2  # blocks that were emptied have to be listed anew
    assert (0, 9) == ((event := api.get_event(large_id).json["event"])["registered"], event["seats_left"])
    assert [] == lawful(large_id)


def test_a_party_is_as_large_as_the_event_takes(api, event_id, large_id):
    assert 201 == api.register(large_id, attendee_payload(seats=9)).status
    reply = api.register(event_id, attendee_payload(seats=2))
    assert (422, ["/payload/seats"]) == (reply.status, [fault["pointer"] for fault in reply.json["errors"]])


def test_a_party_is_handed_over_as_a_whole(api, large_id, lawful):
    held = api.register(large_id, attendee_payload(seats=5)).json
    reply = api.transfer_attendee(large_id, held["id"], NEWCOMER, held["manage"])
    assert (200, 5) == (reply.status, reply.json["attendee"]["seats"])
    assert 5 == api.get_event(large_id).json["event"]["registered"]
    assert [] == lawful(large_id)


# --- Hand-over --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_holder", [True, False])
def test_a_registration_is_handed_over_also_when_sold_out(api, lawful, as_holder):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    held = api.register(event_id, attendee_payload()).json
    with scripted() as record:
        reply = api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"] if as_holder else None)
    assert {"BatchGetItem": 1, "TransactWriteItems": 1} == record.operations
    assert (200, "Registration handed over") == (reply.status, reply.json["message"])
    assert [reply.json["attendee"]] == api.list_attendees(event_id).json["sections"]
    assert ("Usha Nair", "usha@example.com") == (reply.json["attendee"]["name"], reply.json["attendee"]["email"])
    assert 1 == api.get_event(event_id).json["event"]["registered"]
    assert [] == lawful(event_id)


def test_codes_of_who_handed_over_are_void_and_the_new_ones_good(api, event_id, held, lawful):
    new = api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"]).json
    for reply in personal_calls(api, event_id, held["id"], held["manage"]):
        assert GONE == refusal(reply)
    assert GONE == refusal(api.cancel_attendee(event_id, held["id"]))
    assert INVALID_CODE == refusal(api.get_attendee(event_id, held["id"], new["manage"]))
    assert INVALID_CODE == refusal(api.get_attendee(event_id, new["attendee"]["id"], held["manage"]))
    assert (409, "ticket_cancelled") == refusal(api.check_in(event_id, held["ticket"]))
    assert 200 == api.get_attendee(event_id, new["attendee"]["id"], new["manage"]).status
    assert 200 == api.check_in(event_id, new["ticket"]).status
    assert [] == lawful(event_id)


def test_nobody_is_handed_a_second_registration(api, event_id, held, lawful):
    api.register(event_id, attendee_payload(1))
    reply = api.transfer_attendee(event_id, held["id"], attendee_payload(1), held["manage"])
    assert (409, "already_registered") == refusal(reply)
    assert 200 == api.get_attendee(event_id, held["id"], held["manage"]).status
    assert [] == lawful(event_id)


def test_nobody_who_waits_is_handed_a_registration(public, guarded_id, lawful):
    held = public.register(guarded_id, attendee_payload(seats=2)).json
    public.join_waitlist(guarded_id, attendee_payload(1))
    reply = public.transfer_attendee(guarded_id, held["id"], attendee_payload(1), held["manage"])
    assert (409, "already_waiting") == refusal(reply)
    assert [] == lawful(guarded_id)


def test_who_cancelled_before_can_be_handed_a_registration(api, event_id, held, lawful):
    former = api.register(event_id, attendee_payload(1)).json
    api.cancel_attendee(event_id, former["id"], former["manage"])
    reply = api.transfer_attendee(event_id, held["id"], attendee_payload(1), held["manage"])
    assert (200, former["id"]) == (reply.status, reply.json["attendee"]["id"])
    assert INVALID_CODE == refusal(api.get_attendee(event_id, former["id"], former["manage"]))
    assert [] == lawful(event_id)


def test_a_registration_goes_in_a_circle(table, api, event_id, held, lawful):
    new = api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"]).json
    back = api.transfer_attendee(event_id, new["attendee"]["id"], attendee_payload(), new["manage"])
    assert (200, held["id"]) == (back.status, back.json["attendee"]["id"])
    assert INVALID_CODE == refusal(api.get_attendee(event_id, held["id"], held["manage"]))
    assert 200 == api.get_attendee(event_id, held["id"], back.json["manage"]).status
    assert ["Person 0"] == list(people_of(table, event_id, "registered"))
    assert 1 == api.get_event(event_id).json["event"]["registered"]
    assert [] == lawful(event_id)


def test_a_hand_over_sent_again_is_replayed_under_its_key_and_gone_without_one(api, event_id, held, lawful):
    first, second = (
        api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"], Idempotency_Key="k") for _ in range(2)
    )
    assert (200, first.json) == (second.status, second.json)
    assert (None, "true") == tuple(reply.headers.get("Idempotent-Replayed") for reply in (first, second))
    for headers in ({}, {"Idempotency_Key": "k-2"}):
        assert GONE == refusal(api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"], **headers))
    other = {"name": "Ravi", "email": "ravi@example.com"}
    assert GONE == refusal(api.transfer_attendee(event_id, held["id"], other, held["manage"], Idempotency_Key="k"))
    renamed = NEWCOMER | {"name": "Another"}
    reply = api.transfer_attendee(event_id, held["id"], renamed, held["manage"], Idempotency_Key="k")
    assert (422, "idempotency_key_reused") == refusal(reply)
    assert [] == lawful(event_id)


def test_a_replay_shows_no_codes_but_those_that_the_hand_over_made(api, event_id, held):
    def hand_over():
        return api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"], Idempotency_Key="k")

    new = hand_over().json
    renewed = api.renew_codes(event_id, new["attendee"]["id"]).json
    assert GONE == refusal(reply := hand_over())
    assert renewed["manage"] not in reply.text
    api.cancel_attendee(event_id, new["attendee"]["id"], renewed["manage"])
    assert GONE == refusal(hand_over())


def test_a_late_retry_of_a_hand_over_that_came_back_hands_nothing_over_again(api, event_id, held, lawful):
    """By the organiser, whose calls no code that has died since can stop."""
    new = api.transfer_attendee(event_id, held["id"], NEWCOMER, Idempotency_Key="k").json
    api.transfer_attendee(event_id, new["attendee"]["id"], attendee_payload(), new["manage"])
    retry = api.transfer_attendee(event_id, held["id"], NEWCOMER, Idempotency_Key="k")
    assert (409, "registration_cancelled") == refusal(retry)
    assert [held["id"]] == [attendee["id"] for attendee in api.list_attendees(event_id).json["sections"]]
    assert 200 == api.transfer_attendee(event_id, held["id"], NEWCOMER, Idempotency_Key="k-2").status
    assert [] == lawful(event_id)


def test_a_hand_over_is_replayed_also_when_the_giver_registered_anew(api, event_id, held, lawful):
    new = api.transfer_attendee(event_id, held["id"], NEWCOMER, Idempotency_Key="k").json
    api.register(event_id, attendee_payload())
    again = api.transfer_attendee(event_id, held["id"], NEWCOMER, Idempotency_Key="k")
    assert (200, new, "true") == (again.status, again.json, again.headers["Idempotent-Replayed"])
    assert 2 == api.get_event(event_id).json["event"]["registered"]
    assert [] == lawful(event_id)


def test_who_handed_over_may_register_anew(api, event_id, held, lawful):
    api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"])
    assert 201 == api.register(event_id, attendee_payload()).status
    assert 2 == api.get_event(event_id).json["event"]["registered"]
    assert [] == lawful(event_id)


def test_a_late_retry_of_a_registration_that_was_handed_over_books_nothing(api, event_id):
    held = api.register(event_id, attendee_payload(), Idempotency_Key="k").json
    api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"])
    assert (409, "registration_cancelled") == refusal(api.register(event_id, attendee_payload(), Idempotency_Key="k"))


def test_registrations_are_handed_over_after_registration_has_closed(api, event_id, held):
    api.update_event(event_id, {"registration_closes": "2001-01-01 10:00"})
    assert 200 == api.transfer_attendee(event_id, held["id"], NEWCOMER, held["manage"]).status


# --- Keys of codes ----------------------------------------------------------------------------------------------------


def test_codes_of_a_key_that_is_gone_are_good_no_more(table, api, event_id, held):
    item = get_item(keys.secrets_key())
    table.put_item(
        TableName=TABLE,
        Item=to_attributes(item | {"signing_keys": {**item["signing_keys"], "2": b"\x02" * 32}, "signing_key": 2}),
    )
    secrets.forget_secrets()
    shown = api.get_attendee(event_id, held["id"], held["manage"]).json
    assert held["ticket"] != shown["ticket"]  # signed by the new key; that of the old one is still good
    assert 200 == api.check_in(event_id, held["ticket"]).status
    table.put_item(TableName=TABLE, Item=to_attributes(item | {"signing_keys": {"2": b"\x02" * 32}, "signing_key": 2}))
    secrets.forget_secrets()
    assert INVALID_CODE == refusal(api.get_attendee(event_id, held["id"], held["manage"]))
    assert (422, "invalid_ticket") == refusal(api.check_in(event_id, held["ticket"]))
    assert (409, "already_checked_in") == refusal(api.check_in(event_id, shown["ticket"]))


def test_a_ticket_of_another_stack_is_none_of_ours(api, event_id, held):
    serial = read_ticket(held["ticket"], read_signing_keys()).serial
    forged = sign_ticket(Code(event_id, held["id"], serial), SigningKeys({1: b"\x07" * 32}, 1))
    assert (422, "invalid_ticket") == refusal(api.check_in(event_id, forged))
