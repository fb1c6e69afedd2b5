"""Waiting for seats: join, one's own position, the organiser's list, leave, and who gets the seats that come free."""

import pytest

from event_management import keys
from event_management import seats as plan
from event_management.config import load_config
from event_management.store import seats
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item
from tests.gateway import Api, attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.ledger import faults_of, items_of, people_of
from tests.unit.scripted_dynamodb import scripted

SEATS_LEFT = (409, "seats_left")


def refusal(reply):
    return reply.status, reply.json["code"]


@pytest.fixture
def full(api, table):
    """Makes an event that is full, with a waitlist; each party of `parties` registers, each of `waiting` joins.

    Yields a function that returns the event's id, and what each of them was answered. At the end the law must hold.
    """
    made = []

    def make(parties, waiting=(), **changes):
        payload = event_payload(max_capacity=sum(parties), max_party=9, waitlist=True) | changes
        event_id = api.create_event(payload).json["event"]
        made.append(event_id)
        held = [api.register(event_id, attendee_payload(n, seats=party)) for n, party in enumerate(parties)]
        held += [
            api.join_waitlist(event_id, attendee_payload(len(parties) + n, seats=party))
            for n, party in enumerate(waiting)
        ]
        assert {201} == {reply.status for reply in held}
        return event_id, [reply.json for reply in held]

    yield make
    for event_id in made:
        assert [] == faults_of(table, event_id)


@pytest.fixture
def organiser(table, environment):
    """Asha, on the guarded stack."""
    environment.setenv("AUTH_MODE", "cognito")
    return Api(claims={"sub": "asha"})


def waiting_at(api, event_id):
    """Return the names on the waitlist, longest waiting first."""
    return [section["name"] for section in api.get_waitlist(event_id).json["sections"]]


def registered_at(api, event_id):
    """Return the names of the attendees, in order of registration."""
    return [section["name"] for section in api.list_attendees(event_id, "?limit=100").json["sections"]]


def counts(api, event_id):
    event = api.get_event(event_id).json["event"]
    return event["registered"], event["seats_left"], event["waitlisted"]


# --- Joining ----------------------------------------------------------------------------------------------------------


def test_joining_answers_with_the_position_and_a_manage_code_and_no_ticket(api, full):
    event_id, _ = full([1])
    for n in (1, 2):
        reply = api.join_waitlist(event_id, attendee_payload(n))
        assert (201, "Added to the waitlist", n) == (reply.status, reply.json["message"], reply.json["position"])
        assert {"message", "id", "event_id", "state", "seats", "position", "manage"} == reply.json.keys()
    assert ["Person 1", "Person 2"] == waiting_at(api, event_id)
    assert (1, 0, 2) == counts(api, event_id)


def test_joining_is_one_transaction(api, full):
    event_id, _ = full([1])
    with scripted() as record:
        api.join_waitlist(event_id, attendee_payload(1))
    assert 1 == record.operations["TransactWriteItems"]
    assert not {"PutItem", "UpdateItem"} & {name for name, _ in record.calls[-2:]}


def test_nobody_waits_while_seats_are_left(api):
    event_id = api.create_event(event_payload(max_capacity=2, max_party=2, waitlist=True)).json["event"]
    assert SEATS_LEFT == refusal(api.join_waitlist(event_id, attendee_payload()))
    api.register(event_id, attendee_payload())
    reply = api.join_waitlist(event_id, attendee_payload(1, seats=2))
    assert SEATS_LEFT == refusal(reply)
    assert "register" in reply.json["detail"]
    api.register(event_id, attendee_payload(1))
    assert 201 == api.join_waitlist(event_id, attendee_payload(2)).status


def test_one_can_wait_although_the_directory_still_lists_the_empty_block(api, full):
    event_id, _ = full([2])
    assert {0} == get_item(keys.directory_key(event_id))["open_blocks"]
    assert 201 == api.join_waitlist(event_id, attendee_payload(1)).status
    assert "open_blocks" not in get_item(keys.directory_key(event_id))


def test_who_joins_again_after_leaving_is_last(api, full):
    event_id, (_, first, _) = full([1], [1, 1])
    api.leave_waitlist(event_id, first["manage"])
    again = api.join_waitlist(event_id, attendee_payload(1))
    assert (201, 2) == (again.status, again.json["position"])
    assert ["Person 2", "Person 1"] == waiting_at(api, event_id)


def test_nobody_waits_twice_or_waits_and_is_registered(api, full):
    event_id, (_, waiting) = full([1], [1])
    assert (409, "already_registered") == refusal(api.join_waitlist(event_id, attendee_payload()))
    assert (409, "already_waiting") == refusal(api.join_waitlist(event_id, attendee_payload(1)))
    assert (409, "already_waiting") == refusal(api.register(event_id, attendee_payload(1)))
    assert 1 == api.get_waitlist(event_id, waiting["manage"]).json["position"]


def test_who_waits_cannot_register_either_where_seats_were_left_a_moment_ago(table, api, full):
    """With a finder that still knows of a block, so that only the transaction can tell."""
    event_id, _ = full([1])
    api.join_waitlist(event_id, attendee_payload(1))
    seats._memory.finders.clear()
    finder = seats.finder_of(event_id)
    finder.learn(keys.read_directory(get_item(keys.directory_key(event_id)))._replace(open_blocks=frozenset({0})))
    assert (409, "already_waiting") == refusal(api.register(event_id, attendee_payload(1)))


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"waitlist": False}, (409, "waitlist_off")),
        ({"registration_closes": "2001-01-01 10:00"}, (409, "registration_closed")),
        ({"registration_opens": "2098-01-01 10:00"}, (409, "registration_not_open")),
    ],
)
def test_nobody_joins_where_nobody_would_get_a_seat(api, full, changes, refused):
    event_id, _ = full([1])
    api.update_event(event_id, changes)
    assert refused == refusal(api.join_waitlist(event_id, attendee_payload(1)))
    assert (1, 0, 0) == counts(api, event_id)


def test_nobody_joins_a_cancelled_event_or_a_draft(api, full):
    event_id, _ = full([1])
    api.cancel_event(event_id)
    assert (409, "event_cancelled") == refusal(api.join_waitlist(event_id, attendee_payload(1)))
    draft = api.create_event(event_payload(status="draft", waitlist=True)).json["event"]
    assert (404, "event_not_found") == refusal(api.join_waitlist(draft, attendee_payload(1)))


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "x", ""])
def test_there_is_no_waitlist_where_there_is_no_event(api, event_id):
    for reply in (api.join_waitlist(event_id, attendee_payload()), api.get_waitlist(event_id)):
        assert (404, "event_not_found") == refusal(reply)


@pytest.mark.parametrize("max_party", [2, 9])
def test_no_party_waits_that_the_event_could_never_seat(api, full, max_party):
    event_id, _ = full([2], max_party=max_party)
    reply = api.join_waitlist(event_id, attendee_payload(1, seats=3))
    ((fault),) = reply.json["errors"]
    assert (422, "/payload/seats") == (reply.status, fault["pointer"])
    assert "at most 2" in fault["detail"]
    assert 201 == api.join_waitlist(event_id, attendee_payload(1, seats=2)).status


def test_joining_again_with_the_same_key_answers_with_the_same_place(api, full):
    event_id, _ = full([1])
    first, second = (api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k") for _ in range(2))
    assert (201, first.json) == (second.status, second.json)
    assert (None, "true") == tuple(reply.headers.get("Idempotent-Replayed") for reply in (first, second))
    other = api.join_waitlist(event_id, attendee_payload(1, seats=2), Idempotency_Key="k")
    assert (422, "idempotency_key_reused") == refusal(other)
    assert (1, 0, 1) == counts(api, event_id)


def test_joining_again_with_the_same_key_tells_of_the_seat_that_came_free_since(api, full):
    event_id, (held,) = full([1])
    waiting = api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k").json
    api.cancel_attendee(event_id, held["id"], held["manage"])
    again = api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k")
    assert (201, "registered", None) == (again.status, again.json["state"], again.json["position"])
    assert waiting["manage"] == again.json["manage"]


def test_a_late_retry_of_joining_does_not_wait_again(api, full):
    event_id, _ = full([1])
    waiting = api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k").json
    api.leave_waitlist(event_id, waiting["manage"])
    retry = api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k")
    assert (409, "registration_cancelled") == refusal(retry)
    assert 201 == api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k-2").status


def test_a_key_of_registering_means_nothing_to_the_waitlist(api, full):
    event_id, _ = full([1])
    assert (409, "seats_full") == refusal(api.register(event_id, attendee_payload(1), Idempotency_Key="k"))
    assert 201 == api.join_waitlist(event_id, attendee_payload(1), Idempotency_Key="k").status
    assert (409, "already_waiting") == refusal(api.register(event_id, attendee_payload(1), Idempotency_Key="k"))


# --- Positions and the list -------------------------------------------------------------------------------------------


def test_positions_are_told_by_the_manage_code_alone(api, full, environment):
    event_id, (held, first, second) = full([1], [1, 1])
    environment.setenv("AUTH_MODE", "cognito")
    load_config.cache_clear()
    assert [1, 2] == [Api().get_waitlist(event_id, who["manage"]).json["position"] for who in (first, second)]
    for reply in (Api().get_waitlist(event_id), Api().leave_waitlist(event_id)):
        assert (401, "unauthorized", "Manage-Code") == (*refusal(reply), reply.headers["WWW-Authenticate"])
        assert reply.json["detail"].startswith("Send the Manage-Code ")
    for code in (first["id"], held["ticket"], first["manage"][:-1], "person1@example.com"):
        assert (401, "invalid_manage_code") == refusal(Api().get_waitlist(event_id, code))
        assert (401, "invalid_manage_code") == refusal(Api().leave_waitlist(event_id, code))


def test_a_code_of_another_events_waitlist_is_refused(api, full):
    (one, (_, waiting)), (other, _) = full([1], [1]), full([1], [1])
    assert (401, "invalid_manage_code") == refusal(api.get_waitlist(other, waiting["manage"]))
    assert (401, "invalid_manage_code") == refusal(api.leave_waitlist(other, waiting["manage"]))
    assert 1 == len(waiting_at(api, one)) == len(waiting_at(api, other))


def test_positions_move_up_when_somebody_leaves_and_are_none_once_registered(api, full):
    event_id, (held, first, second, third) = full([1], [1, 1, 1])
    api.leave_waitlist(event_id, first["manage"])
    assert [1, 2] == [api.get_waitlist(event_id, who["manage"]).json["position"] for who in (second, third)]
    api.cancel_attendee(event_id, held["id"], held["manage"])
    shown = api.get_waitlist(event_id, second["manage"]).json
    assert ("registered", None) == (shown["state"], shown["position"])
    assert 1 == api.get_waitlist(event_id, third["manage"]).json["position"]
    assert (410, "registration_gone") == refusal(api.get_waitlist(event_id, first["manage"]))


def test_the_list_is_its_organisers(organiser):
    event_id = organiser.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    public = Api()
    public.register(event_id, attendee_payload())
    joined = [public.join_waitlist(event_id, attendee_payload(n)).json["id"] for n in range(1, 6)]
    pages, query = [], "?limit=2"
    while query:
        reply = organiser.get_waitlist(event_id, query=query)
        assert (200, "Waitlist :") == (reply.status, reply.json["message"])
        pages.append([section["id"] for section in reply.json["sections"]])
        query = f"?limit=2&next_token={reply.json['next_token']}" if "next_token" in reply.json else ""
    assert [joined[:2], joined[2:4], joined[4:]] == pages
    assert {"waiting"} == {section["state"] for section in organiser.get_waitlist(event_id).json["sections"]}
    assert (404, "event_not_found") == refusal(Api(claims={"sub": "usha"}).get_waitlist(event_id))
    token = organiser.get_waitlist(event_id, query="?limit=1").json["next_token"]
    assert (400, "invalid_page_token") == refusal(organiser.list_attendees(event_id, f"?next_token={token}"))


def test_who_waits_is_in_no_list_of_attendees_and_the_other_way_round(api, full):
    event_id, (_, waiting) = full([1], [1])
    assert (["Person 0"], ["Person 1"]) == (registered_at(api, event_id), waiting_at(api, event_id))
    assert "waiting" == api.get_attendee(event_id, waiting["id"], waiting["manage"]).json["attendee"]["state"]


# --- Leaving ----------------------------------------------------------------------------------------------------------


def test_leaving_twice_answers_200_and_counts_once(api, full):
    event_id, (_, waiting, _) = full([2], [2, 1])
    for _ in range(2):
        reply = api.leave_waitlist(event_id, waiting["manage"])
        assert (200, "Left the waitlist") == (reply.status, reply.json["message"])
    assert (2, 0, 1) == counts(api, event_id)


def test_leaving_needs_a_code(api, full, environment):
    event_id, _ = full([1], [1])
    assert (401, "unauthorized") == refusal(api.leave_waitlist(event_id))
    assert ["Person 1"] == waiting_at(api, event_id)


def test_who_is_registered_by_now_does_not_lose_the_seat_by_leaving_the_waitlist(api, full):
    event_id, (held, waiting) = full([1], [1])
    api.cancel_attendee(event_id, held["id"], held["manage"])
    assert (404, "not_waiting") == refusal(api.leave_waitlist(event_id, waiting["manage"]))
    assert ["Person 1"] == registered_at(api, event_id)


@pytest.mark.parametrize("as_holder", [True, False])
def test_a_place_is_given_up_like_a_registration_too(api, full, as_holder):
    event_id, (_, waiting) = full([1], [1])
    for _ in range(2):
        assert 200 == api.cancel_attendee(event_id, waiting["id"], waiting["manage"] if as_holder else None).status
    assert (1, 0, 0) == counts(api, event_id)


# --- Who gets the seats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_holder", [True, False])
def test_a_cancelled_seat_goes_to_the_head_of_the_waitlist_in_the_same_transaction(api, full, as_holder):
    event_id, (held, first, _) = full([1], [1, 1])
    with scripted() as record:
        api.cancel_attendee(event_id, held["id"], held["manage"] if as_holder else None)
    writes = [parameters for name, parameters in record.calls if name == "TransactWriteItems"]
    # The first try knows of no waitlist, and is refused: a block with seats left would have proved that nobody waits.
    refused, carried_out = writes
    acts = 0 if as_holder else 1
    assert (2 + acts, 4 + acts) == (len(refused["TransactItems"]), len(carried_out["TransactItems"]))
    assert not {"PutItem", "UpdateItem", "DeleteItem"} & record.operations.keys()
    assert (["Person 1"], ["Person 2"]) == (registered_at(api, event_id), waiting_at(api, event_id))
    shown = api.get_attendee(event_id, first["id"], first["manage"])
    assert ("registered", 69) == (shown.json["attendee"]["state"], len(shown.json["ticket"]))


def test_who_got_a_seat_from_the_waitlist_is_a_registration_like_any_other(api, full):
    event_id, (held, first) = full([1], [1])
    api.cancel_attendee(event_id, held["id"], held["manage"])
    ticket = api.get_attendee(event_id, first["id"], first["manage"]).json["ticket"]
    assert 200 == api.check_in(event_id, ticket).status
    api.undo_check_in(event_id, first["id"])
    new = api.transfer_attendee(event_id, first["id"], attendee_payload(7), first["manage"]).json
    assert 200 == api.cancel_attendee(event_id, new["attendee"]["id"], new["manage"]).status
    assert (0, 1, 0) == counts(api, event_id)


def test_the_same_person_waits_is_registered_cancels_and_waits_again(api, full):
    event_id, (held, waiting) = full([1], [1])
    api.cancel_attendee(event_id, held["id"], held["manage"])
    api.cancel_attendee(event_id, waiting["id"], waiting["manage"])
    assert (0, 1, 0) == counts(api, event_id)
    other = api.register(event_id, attendee_payload(2)).json
    again = api.join_waitlist(event_id, attendee_payload(1))
    assert (201, 1) == (again.status, again.json["position"])
    assert (401, "invalid_manage_code") == refusal(api.get_waitlist(event_id, waiting["manage"]))
    api.cancel_attendee(event_id, other["id"], other["manage"])
    assert ["Person 1"] == registered_at(api, event_id)


def test_everybody_is_served_in_the_order_of_joining(api, full):
    event_id, held = full([1] * 4, [1] * 4)
    for n in (2, 0, 3, 1):
        api.cancel_attendee(event_id, held[n]["id"], held[n]["manage"])
    assert [f"Person {n}" for n in (4, 5, 6, 7)] == registered_at(api, event_id)
    assert (4, 0, 0) == counts(api, event_id)


def test_nobody_overtakes_while_somebody_waits(api, full):
    event_id, (held, *_) = full([1], [1])
    api.cancel_attendee(event_id, held["id"], held["manage"])
    assert (409, "seats_full") == refusal(api.register(event_id, attendee_payload(9)))
    assert (1, 0, 0) == counts(api, event_id)


@pytest.mark.parametrize(("policy", "registered"), [("strict", ["Person 1"]), ("fill", ["Person 1", "Person 3"])])
def test_a_party_that_does_not_fit_lets_smaller_ones_pass_only_if_the_event_says_so(api, full, policy, registered):
    event_id, (held, *_) = full([1, 1], [2, 1], waitlist_policy=policy)
    api.cancel_attendee(event_id, held["id"], held["manage"])
    assert registered == registered_at(api, event_id)
    # A seat put by for the head of the waitlist is nobody else's.
    assert (409, "seats_full") == refusal(api.register(event_id, attendee_payload(9)))
    assert 0 == api.get_event(event_id).json["event"]["seats_left"]


def test_seats_are_put_by_until_they_do_for_the_head(api, full):
    event_id, (one, other, *_) = full([1, 1], [2, 1])
    api.cancel_attendee(event_id, one["id"], one["manage"])
    assert (1, 0, 3) == counts(api, event_id)
    api.cancel_attendee(event_id, other["id"], other["manage"])
    assert (["Person 2"], ["Person 3"]) == (registered_at(api, event_id), waiting_at(api, event_id))
    assert (2, 0, 1) == counts(api, event_id)


def test_seats_put_by_go_to_the_next_when_the_head_leaves(api, full):
    event_id, (one, _, head, _) = full([1, 1], [2, 1])
    api.cancel_attendee(event_id, one["id"], one["manage"])
    with scripted() as record:
        api.leave_waitlist(event_id, head["manage"])
    assert 1 == record.operations["TransactWriteItems"]
    assert ["Person 1", "Person 3"] == registered_at(api, event_id)
    assert (2, 0, 0) == counts(api, event_id)


def test_seats_put_by_are_everybodys_when_the_last_one_leaves(api, full):
    event_id, (one, _, head) = full([1, 1], [2])
    api.cancel_attendee(event_id, one["id"], one["manage"])
    api.leave_waitlist(event_id, head["manage"])
    assert (1, 1, 0) == counts(api, event_id)
    seats._memory.finders.clear()
    assert 201 == api.register(event_id, attendee_payload(9)).status


def test_a_small_party_that_joins_gets_seats_put_by_for_a_larger_one_if_the_event_says_so(api, full):
    event_id, (one, *_) = full([1, 1], [2], waitlist_policy="fill")
    api.cancel_attendee(event_id, one["id"], one["manage"])
    reply = api.join_waitlist(event_id, attendee_payload(9))
    assert (201, "registered", None) == (reply.status, reply.json["state"], reply.json["position"])
    assert "Idempotent-Replayed" not in reply.headers
    assert (["Person 1", "Person 9"], ["Person 2"]) == (registered_at(api, event_id), waiting_at(api, event_id))


def test_a_small_party_that_joins_waits_behind_the_larger_one_otherwise(api, full):
    event_id, (one, *_) = full([1, 1], [2])
    api.cancel_attendee(event_id, one["id"], one["manage"])
    reply = api.join_waitlist(event_id, attendee_payload(9))
    assert (201, "waiting", 2) == (reply.status, reply.json["state"], reply.json["position"])


def test_one_large_party_makes_room_for_many(api, full):
    event_id, (held, *_) = full([9], [1, 2, 3, 1, 4])
    with scripted() as record:
        api.cancel_attendee(event_id, held["id"], held["manage"])
    assert 2 == record.operations["TransactWriteItems"]  # the first is refused, as above
    assert (["Person 1", "Person 2", "Person 3", "Person 4"], ["Person 5"]) == (
        registered_at(api, event_id),
        waiting_at(api, event_id),
    )
    assert (7, 0, 4) == counts(api, event_id)


@pytest.mark.parametrize("policy", ["strict", "fill"])
def test_parties_that_sit_in_several_blocks_make_room_for_such_parties(api, full, monkeypatch, policy):
    monkeypatch.setattr(plan, "SEATS_PER_BLOCK", 3)
    event_id, held = full([5, 2, 2], [4, 4, 1], waitlist_policy=policy)
    for n in (0, 1, 2):
        api.cancel_attendee(event_id, held[n]["id"], held[n]["manage"])
    assert (9, 0, 0) == counts(api, event_id)


@pytest.mark.parametrize(
    "end",
    [
        lambda api, event_id: api.update_event(event_id, {"registration_closes": "2001-01-01 10:00"}),
        lambda api, event_id: api.cancel_event(event_id),
    ],
    ids=["closed", "cancelled"],
)
def test_nobody_gets_a_seat_that_comes_free_after_registration_has_ended(api, full, end):
    event_id, (held, waiting) = full([1], [1])
    assert 200 == end(api, event_id).status
    assert 200 == api.cancel_attendee(event_id, held["id"], held["manage"]).status
    assert (0, 0, 1) == counts(api, event_id)
    assert ["Person 1"] == waiting_at(api, event_id)
    assert 200 == api.leave_waitlist(event_id, waiting["manage"]).status
    assert (0, 1, 0) == counts(api, event_id)


def test_who_waits_is_served_also_while_the_opening_was_put_off(api, full):
    event_id, (held, _) = full([1], [1])
    api.update_event(event_id, {"registration_opens": "2098-01-01 10:00"})
    api.cancel_attendee(event_id, held["id"], held["manage"])
    assert (["Person 1"], (1, 0, 0)) == (registered_at(api, event_id), counts(api, event_id))


def test_who_still_waits_gets_the_seats_when_registration_opens_again(api, full):
    event_id, (held, _) = full([1], [1])
    api.update_event(event_id, {"registration_closes": "2001-01-01 10:00"})
    api.cancel_attendee(event_id, held["id"], held["manage"])
    api.update_event(event_id, {"registration_closes": None})
    assert (["Person 1"], (1, 0, 0)) == (registered_at(api, event_id), counts(api, event_id))


@pytest.mark.parametrize(
    ("policy", "registered", "rest"),
    [("strict", ["Person 0", "Person 1"], (7, 0, 6)), ("fill", ["Person 0", "Person 1", "Person 3"], (8, 0, 5))],
)
def test_more_capacity_is_for_who_waits_first(api, full, policy, registered, rest):
    event_id, _ = full([5], [2, 5, 1], waitlist_policy=policy)
    api.update_event(event_id, {"max_capacity": 8})
    assert registered == registered_at(api, event_id)
    assert rest == counts(api, event_id)


def test_more_capacity_than_anybody_waits_for_is_everybodys(api, full):
    event_id, _ = full([1], [1])
    api.update_event(event_id, {"max_capacity": 5})
    assert (2, 3, 0) == counts(api, event_id)
    seats._memory.finders.clear()
    assert 201 == api.register(event_id, attendee_payload(9, seats=3)).status


def test_who_waits_when_the_waitlist_is_switched_off_is_served_still(api, full):
    event_id, (held, _) = full([1], [1])
    api.update_event(event_id, {"waitlist": False})
    assert (409, "waitlist_off") == refusal(api.join_waitlist(event_id, attendee_payload(2)))
    api.cancel_attendee(event_id, held["id"], held["manage"])
    assert ["Person 1"] == registered_at(api, event_id)


def test_a_hand_over_is_nothing_to_who_waits(api, full):
    event_id, (held, _) = full([1], [1])
    api.transfer_attendee(event_id, held["id"], attendee_payload(9), held["manage"])
    assert (["Person 9"], ["Person 1"]) == (registered_at(api, event_id), waiting_at(api, event_id))


def test_nobody_who_left_is_kept(table, api, full):
    event_id, (_, waiting) = full([1], [1])
    api.leave_waitlist(event_id, waiting["manage"])
    assert "Person 1" not in str(items_of(table, event_id))
    assert [waiting["id"]] == list(people_of(table, event_id, "cancelled"))
    table.delete_item(TableName=TABLE, Key=to_attributes(keys.attendee_key(event_id, waiting["id"])))
    assert (401, "invalid_manage_code") == refusal(api.leave_waitlist(event_id, waiting["manage"]))
