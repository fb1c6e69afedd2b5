"""At the door: who is let in, once, and how that is taken back."""

import pytest

from event_management.codes import Code, read_manage, read_ticket, sign_manage, sign_ticket
from event_management.store.secrets import read_signing_keys
from tests.gateway import Api, attendee_payload, event_payload
from tests.unit.ledger import faults_of
from tests.unit.scripted_dynamodb import scripted


def refusal(reply):
    return reply.status, reply.json["code"]


@pytest.fixture
def lawful_id(api, table):
    """An event for parties, whose law must hold at the end."""
    event_id = api.create_event(event_payload(max_capacity=9, max_party=4, waitlist=True)).json["event"]
    yield event_id
    assert [] == faults_of(table, event_id)


@pytest.fixture
def held(api, lawful_id):
    """The answer that a party of three got."""
    return api.register(lawful_id, attendee_payload(seats=3)).json


def come(api, event_id):
    return api.get_event(event_id).json["event"]["checked_in"]


def test_the_first_time_a_ticket_lets_in_and_tells_who_it_is(api, lawful_id, held):
    with scripted() as record:
        reply = api.check_in(lawful_id, held["ticket"])
    assert {"BatchGetItem": 1, "TransactWriteItems": 1} == record.operations
    assert (200, "Checked in") == (reply.status, reply.json["message"])
    shown = reply.json["attendee"]
    assert ("Person 0", 3, held["id"]) == (shown["name"], shown["seats"], shown["id"])
    assert shown["checked_in_at"].endswith("Z")
    assert shown == api.get_attendee(lawful_id, held["id"]).json["attendee"]
    assert 3 == come(api, lawful_id)


def test_the_second_time_tells_when_the_first_was(api, lawful_id, held):
    first = api.check_in(lawful_id, held["ticket"]).json["attendee"]["checked_in_at"]
    for _ in range(2):
        reply = api.check_in(lawful_id, held["ticket"])
        assert (409, "already_checked_in") == refusal(reply)
        assert first.removesuffix("Z") in reply.json["detail"]
        assert first == reply.json["checked_in_at"]
    assert 3 == come(api, lawful_id)


def test_a_ticket_is_read_as_people_type_it(api, lawful_id, held):
    assert 200 == api.check_in(lawful_id, f" {held['ticket'].lower()}\n").status


def test_sent_again_with_its_key_it_is_the_same_check_in(api, lawful_id, held):
    first, second = (api.check_in(lawful_id, held["ticket"], Idempotency_Key="k") for _ in range(2))
    assert (200, first.json) == (second.status, second.json)
    assert (None, "true") == tuple(reply.headers.get("Idempotent-Replayed") for reply in (first, second))
    for headers in ({}, {"Idempotency_Key": "k-2"}):
        assert (409, "already_checked_in") == refusal(api.check_in(lawful_id, held["ticket"], **headers))
    assert 3 == come(api, lawful_id)


def test_one_key_for_two_tickets_is_two_check_ins(api, lawful_id, held):
    other = api.register(lawful_id, attendee_payload(1)).json
    replies = [api.check_in(lawful_id, ticket, Idempotency_Key="k") for ticket in (held["ticket"], other["ticket"])]
    assert [200, 200] == [reply.status for reply in replies]
    assert 4 == come(api, lawful_id)


def test_a_ticket_of_another_event_is_refused_as_such(api, lawful_id, held, event_id):
    reply = api.check_in(event_id, held["ticket"])
    assert (409, "ticket_of_another_event") == refusal(reply)
    assert 0 == come(api, lawful_id) == come(api, event_id)
    assert "Person 0" not in reply.text


def test_what_is_no_ticket_is_refused_as_such(api, lawful_id, held):
    altered = held["ticket"][:-1] + ("A" if held["ticket"][-1] != "A" else "B")
    code = read_ticket(held["ticket"], read_signing_keys())
    for text in (held["manage"], altered, held["id"], held["ticket"][1:], sign_manage(code, read_signing_keys())):
        assert (422, "invalid_ticket") == refusal(api.check_in(lawful_id, text))
    assert 0 == come(api, lawful_id)


@pytest.mark.parametrize(
    "void",
    [
        lambda api, event_id, held: api.cancel_attendee(event_id, held["id"], held["manage"]),
        lambda api, event_id, held: api.transfer_attendee(event_id, held["id"], attendee_payload(1), held["manage"]),
        lambda api, event_id, held: api.renew_codes(event_id, held["id"]),
    ],
    ids=["cancelled", "handed over", "renewed"],
)
def test_a_ticket_that_was_good_once_is_refused_as_such(api, lawful_id, held, void):
    assert void(api, lawful_id, held).status < 300
    assert (409, "ticket_cancelled") == refusal(api.check_in(lawful_id, held["ticket"]))
    assert 0 == come(api, lawful_id)


def test_a_ticket_of_nobody_is_one_that_was_good_once(api, lawful_id, held):
    nobodys = sign_ticket(Code(lawful_id, "a" * 16, "a" * 13), read_signing_keys())
    assert (409, "ticket_cancelled") == refusal(api.check_in(lawful_id, nobodys))


def test_who_waits_is_not_let_in(api):
    event_id = api.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    api.register(event_id, attendee_payload())
    manage = api.join_waitlist(event_id, attendee_payload(1)).json["manage"]
    # Nobody is given such a ticket before there is a seat.
    ticket = sign_ticket(read_manage(manage, read_signing_keys()), read_signing_keys())
    assert (409, "still_waiting") == refusal(api.check_in(event_id, ticket))
    assert (422, "invalid_ticket") == refusal(api.check_in(event_id, manage))


def test_nobody_is_let_in_to_a_cancelled_event(api, lawful_id, held):
    api.cancel_event(lawful_id)
    assert (409, "event_cancelled") == refusal(api.check_in(lawful_id, held["ticket"]))
    assert 0 == come(api, lawful_id)


def test_undoing_makes_the_ticket_good_again(api, lawful_id, held):
    api.check_in(lawful_id, held["ticket"])
    reply = api.undo_check_in(lawful_id, held["id"])
    assert (200, "Check-in undone", None) == (
        reply.status,
        reply.json["message"],
        reply.json["attendee"]["checked_in_at"],
    )
    assert 0 == come(api, lawful_id)
    assert (409, "not_checked_in") == refusal(api.undo_check_in(lawful_id, held["id"]))
    assert 200 == api.check_in(lawful_id, held["ticket"]).status
    assert 3 == come(api, lawful_id)


def test_a_late_retry_of_a_check_in_that_was_undone_lets_nobody_in(api, lawful_id, held):
    api.check_in(lawful_id, held["ticket"], Idempotency_Key="k")
    api.undo_check_in(lawful_id, held["id"])
    reply = api.check_in(lawful_id, held["ticket"], Idempotency_Key="k")
    assert (409, "check_in_undone") == refusal(reply)
    assert "This check-in was undone since; send a new Idempotency-Key to check in again." == reply.json["detail"]
    assert 0 == come(api, lawful_id)
    assert 200 == api.check_in(lawful_id, held["ticket"], Idempotency_Key="k-2").status


def test_there_is_nothing_to_undo_for_who_has_not_come(api, lawful_id, held):
    assert (409, "not_checked_in") == refusal(api.undo_check_in(lawful_id, held["id"]))
    assert (404, "attendee_not_found") == refusal(api.undo_check_in(lawful_id, "a" * 16))
    assert (404, "attendee_not_found") == refusal(api.undo_check_in(lawful_id, "x"))
    api.cancel_attendee(lawful_id, held["id"])
    assert (410, "registration_gone") == refusal(api.undo_check_in(lawful_id, held["id"]))


@pytest.mark.parametrize("as_holder", [True, False])
def test_who_has_come_can_neither_cancel_nor_hand_over_until_that_is_undone(api, lawful_id, held, as_holder):
    code = held["manage"] if as_holder else None
    api.check_in(lawful_id, held["ticket"])
    for reply in (
        api.cancel_attendee(lawful_id, held["id"], code),
        api.transfer_attendee(lawful_id, held["id"], attendee_payload(1), code),
        api.update_attendee(lawful_id, held["id"], {"email": "usha@example.com"}, code),
    ):
        assert (409, "checked_in") == refusal(reply)
    assert 200 == api.update_attendee(lawful_id, held["id"], {"name": "Nadia"}, code).status
    assert 3 == come(api, lawful_id)
    api.undo_check_in(lawful_id, held["id"])
    assert 200 == api.cancel_attendee(lawful_id, held["id"], code).status


def test_new_codes_do_not_let_anybody_in_a_second_time(api, lawful_id, held):
    api.check_in(lawful_id, held["ticket"])
    renewed = api.renew_codes(lawful_id, held["id"]).json["ticket"]
    assert (409, "already_checked_in") == refusal(api.check_in(lawful_id, renewed))
    assert (409, "ticket_cancelled") == refusal(api.check_in(lawful_id, held["ticket"]))
    assert 200 == api.undo_check_in(lawful_id, held["id"]).status


def test_who_has_come_is_counted_over_all_partitions(api):
    event_id = api.create_event(event_payload(max_capacity=33 * 80, max_party=2)).json["event"]
    for n in range(8):
        ticket = api.register(event_id, attendee_payload(n, seats=1 + n % 2)).json["ticket"]
        assert 200 == api.check_in(event_id, ticket).status
    assert 12 == come(api, event_id)


def test_the_door_is_the_organisers(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    asha, usha, public = Api(claims={"sub": "asha"}), Api(claims={"sub": "usha"}), Api()
    event_id = asha.create_event(event_payload()).json["event"]
    held = public.register(event_id, attendee_payload()).json
    for headers in ({}, {"Manage_Code": held["manage"]}):
        assert (401, "unauthorized") == refusal(public.check_in(event_id, held["ticket"], **headers))
        assert (401, "unauthorized") == refusal(public.undo_check_in(event_id, held["id"], **headers))
    assert (404, "event_not_found") == refusal(usha.check_in(event_id, held["ticket"]))
    assert 200 == asha.check_in(event_id, held["ticket"]).status
    assert (404, "event_not_found") == refusal(usha.undo_check_in(event_id, held["id"]))
    assert 200 == asha.undo_check_in(event_id, held["id"]).status


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "x", ""])
def test_there_is_no_door_where_there_is_no_event(api, event_id):
    assert (404, "event_not_found") == refusal(api.undo_check_in(event_id, "a" * 16))
