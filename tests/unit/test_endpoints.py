"""The contract of each call, as its users see it: status, body, headers."""

import pytest

from tests.gateway import Api, attendee_payload, event_payload

# --- POST /events -----------------------------------------------------------------------------------------------------


def test_creating_an_event_answers_as_the_original_did(api):
    reply = api.create_event(event_payload(), Content_Type="application/json", TransactionId="t-1", ISOCountry="INDIA")
    assert 201 == reply.status
    assert {"message": "Event Created", "event": reply.json["event"]} == reply.json
    assert "application/json" == reply.headers["Content-Type"]
    assert "t-1" == reply.headers["TransactionId"]


@pytest.mark.parametrize(("path", "location"), [("/events/", "{}"), ("/events", "events/{}")])
def test_location_is_relative_to_the_path_that_was_called(api, path, location):
    reply = api.call("create_event", "POST", path, {"payload": event_payload()})
    assert location.format(reply.json["event"]) == reply.headers["Location"]


def test_an_event_is_its_organisers(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    asha, usha = Api(claims={"sub": "asha"}), Api(claims={"sub": "usha"})
    event_id = asha.create_event(event_payload()).json["event"]
    assert 200 == asha.list_attendees(event_id).status
    assert 404 == usha.list_attendees(event_id).status
    assert 200 == Api().get_event(event_id).status


@pytest.mark.parametrize("claims", [None, {"email": "asha@example.com"}, {"sub": ""}])
def test_organisers_calls_without_claims_are_refused_by_the_functions_themselves(table, environment, claims):
    environment.delenv("AUTH_MODE")
    api = Api(claims=claims)
    for reply in (
        api.create_event(event_payload()),
        api.list_attendees("aaaaaaaaaa"),
        api.update_event("aaaaaaaaaa", {}, None),
        api.cancel_event("aaaaaaaaaa", ""),
        api.delete_event("aaaaaaaaaa"),
        api.list_own_events("?limit=0"),
    ):
        assert (401, "unauthorized") == (reply.status, reply.json["code"])
        assert "Bearer" == reply.headers["WWW-Authenticate"]


def test_an_access_token_is_refused_by_the_functions_themselves(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    api = Api(claims={"sub": "asha", "token_use": "access", "client_id": "c", "scope": "aws.cognito.signin.user.admin"})
    for reply in (
        api.create_event(event_payload()),
        api.list_attendees("aaaaaaaaaa"),
        api.list_own_events(),
        api.call("get_event", "GET", "/organiser/events/aaaaaaaaaa", event_id="aaaaaaaaaa"),
        api.call("get_waitlist", "GET", "/organiser/events/aaaaaaaaaa/waitlist", event_id="aaaaaaaaaa"),
    ):
        assert (401, "unauthorized") == (reply.status, reply.json["code"])
        assert ("application/problem+json", "Bearer") == (
            reply.headers["Content-Type"],
            reply.headers["WWW-Authenticate"],
        )


def test_owner_is_not_for_the_payload_to_say(api):
    reply = api.create_event(event_payload(owner="asha"))
    assert (422, "/payload/owner") == (reply.status, reply.json["errors"][0]["pointer"])


def test_past_events_are_allowed(api):
    event_id = api.create_event(event_payload(start_time="2001-01-01 10:00", end_time="2001-01-01 11:00")).json["event"]
    assert 201 == api.register(event_id, attendee_payload()).status
    assert [] == api.list_events().json["sections"]


# --- Times ------------------------------------------------------------------------------------------------------------


def times(event):
    return [event[name] for name in ("start_time", "end_time", "timezone", "start_time_utc", "end_time_utc")]


@pytest.mark.parametrize(
    ("payload", "headers", "expected"),
    [
        (
            {},
            {},
            ["2099-01-15 18:30", "2099-01-15 21:00", "Asia/Kolkata", "2099-01-15T13:00:00Z", "2099-01-15T15:30:00Z"],
        ),
        (
            {},
            {"ISOCountry": "Nepal"},
            ["2099-01-15 18:30", "2099-01-15 21:00", "Asia/Kathmandu", "2099-01-15T12:45:00Z", "2099-01-15T15:15:00Z"],
        ),
        (
            {"timezone": "Europe/Paris"},
            {"ISOCountry": "INDIA"},
            ["2099-01-15 18:30", "2099-01-15 21:00", "Europe/Paris", "2099-01-15T17:30:00Z", "2099-01-15T20:00:00Z"],
        ),
        (
            {"timezone": None, "start_time": "2099-01-15T13:00:00Z"},
            {},
            ["2099-01-15 18:30", "2099-01-15 21:00", "Asia/Kolkata", "2099-01-15T13:00:00Z", "2099-01-15T15:30:00Z"],
        ),
        (
            {"start_time": "2099-01-15T13:00:00Z", "end_time": "2099-01-15T10:30:00-05:00"},
            {"ISOCountry": "US"},  # several zones: they decide nothing, and need not
            ["2099-01-15 18:30", "2099-01-15 21:00", "Asia/Kolkata", "2099-01-15T13:00:00Z", "2099-01-15T15:30:00Z"],
        ),
        (
            {"timezone": "Europe/Berlin", "start_time": "2026-10-25 02:30", "end_time": "2026-10-25T02:30:00+01:00"},
            {},  # the hour that occurs twice, from its first to its second occurrence
            ["2026-10-25 02:30", "2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
        ),
        (
            {"timezone": "America/New_York", "start_time": "2027-03-13 22:00", "end_time": "2027-03-14 04:00"},
            {},  # five hours long, for the night is short
            [
                "2027-03-13 22:00",
                "2027-03-14 04:00",
                "America/New_York",
                "2027-03-14T03:00:00Z",
                "2027-03-14T08:00:00Z",
            ],
        ),
        (
            {"timezone": "Pacific/Chatham", "start_time": "2026-12-31 23:30", "end_time": "2027-01-01 00:30"},
            {},
            ["2026-12-31 23:30", "2027-01-01 00:30", "Pacific/Chatham", "2026-12-31T09:45:00Z", "2026-12-31T10:45:00Z"],
        ),
    ],
)
def test_times_are_read_in_the_zone_of_payload_then_country_then_deployment(api, payload, headers, expected):
    event_id = api.create_event(event_payload(**payload), **headers).json["event"]
    assert expected == times(api.get_event(event_id).json["event"])


def test_a_country_with_several_zones_does_not_read_local_times(api):
    reply = api.create_event(event_payload(), ISOCountry="US")
    assert 422 == reply.status
    ((fault),) = reply.json["errors"]
    assert "/payload/timezone" == fault["pointer"]
    assert "America/New_York" in fault["detail"]


def test_a_skipped_local_time_is_refused_by_name(api):
    reply = api.create_event(event_payload(timezone="Europe/Berlin", start_time="2027-03-28 02:30"))
    assert (422, ["/payload/start_time"]) == (reply.status, [fault["pointer"] for fault in reply.json["errors"]])
    assert "Europe/Berlin" in reply.json["errors"][0]["detail"]


def test_times_are_checked_also_while_the_zone_is_in_doubt(api):
    reply = api.create_event(event_payload(timezone="Mars/Base", start_time="2027-02-30 10:00"))
    assert ["/payload/timezone", "/payload/start_time"] == [fault["pointer"] for fault in reply.json["errors"]]


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("?timezone=Asia/Kathmandu", {"ISOCountry": "INDIA"}, ("2099-01-15 18:45", "Asia/Kathmandu")),
        ("?timezone=utc", {}, ("2099-01-15 13:00", "UTC")),
        ("", {"ISOCountry": "jp"}, ("2099-01-15 22:00", "Asia/Tokyo")),
        ("", {"ISOCountry": "USA"}, ("2099-01-15 18:30", "Asia/Kolkata")),
        ("", {}, ("2099-01-15 18:30", "Asia/Kolkata")),
    ],
)
def test_times_are_shown_in_the_zone_of_query_then_country_then_event(api, event_id, query, headers, expected):
    one = api.get_event(event_id, query, **headers).json["event"]
    (listed,) = api.list_events(query, **headers).json["sections"]
    counts = {"registered": 0, "seats_left": 50, "waitlisted": 0, "checked_in": 0}
    assert one == listed | counts
    assert expected == (one["start_time"], one["timezone"])
    assert "2099-01-15T13:00:00Z" == one["start_time_utc"]


@pytest.mark.parametrize("headers", [{}, {"ISOCountry": "USA"}])
def test_times_are_shown_in_the_events_own_zone_unless_the_caller_names_one_zone(api, headers):
    event_id = api.create_event(event_payload(timezone="Europe/Paris")).json["event"]
    shown = api.get_event(event_id, **headers).json["event"]
    assert ("2099-01-15 18:30", "Europe/Paris") == (shown["start_time"], shown["timezone"])


# --- GET /events ------------------------------------------------------------------------------------------------------


def test_upcoming_events_come_soonest_first_by_instant(api):
    later = api.create_event(event_payload(name="later", timezone="America/Los_Angeles")).json["event"]
    sooner = api.create_event(event_payload(name="sooner", timezone="Pacific/Auckland")).json["event"]
    reply = api.list_events()
    assert (200, "Events :") == (reply.status, reply.json["message"])
    assert [sooner, later] == [event["id"] for event in reply.json["sections"]]
    assert {"id", "name", "location", "start_time", "end_time", "max_capacity"} < set(reply.json["sections"][0])


def test_no_events_is_an_empty_list(api):
    assert {"message": "Events :", "sections": []} == api.list_events().json


def test_page_means_nothing_to_a_list_without_numbers(api, event_id):
    for page in ("1", "2", "x"):
        assert [event_id] == [event["id"] for event in api.list_events(f"?page={page}").json["sections"]]


def test_pages_of_events_link_to_the_next(api):
    created = [
        api.create_event(event_payload(start_time=f"2098-01-{day:02} 10:00")).json["event"] for day in range(1, 8)
    ]
    assert created == walk(api.list_events, "?limit=3&timezone=Asia/Tokyo")


def walk(listing, query):
    """Follow `Link` from page to page as a client does; return the ids."""
    ids = []
    while True:
        reply = listing(query)
        assert 200 == reply.status
        ids += [section["id"] for section in reply.json["sections"]]
        if "Link" not in reply.headers:
            assert "next_token" not in reply.json
            return ids
        target, relation = reply.headers["Link"].split("; ")
        assert 'rel="next"' == relation
        assert reply.json["next_token"] in target
        assert query.split("&next_token")[0].replace("/", "%2F") in target
        query = target.strip("<>")


# --- GET /events/{id} -------------------------------------------------------------------------------------------------


def test_an_event_is_found_by_its_id(api, event_id):
    reply = api.get_event(event_id)
    assert (200, "Event :", event_id) == (reply.status, reply.json["message"], reply.json["event"]["id"])


@pytest.mark.parametrize("event_id", ["aaaaaaaaaa", "x", "EVENT#", "a" * 500, "", "ａａａａａａａａａａ"])
def test_an_unknown_event_is_not_found_on_any_route(api, event_id):
    for reply in (
        api.get_event(event_id),
        api.update_event(event_id, {}),
        api.cancel_event(event_id),
        api.delete_event(event_id),
        api.register(event_id, attendee_payload()),
        api.list_attendees(event_id),
    ):
        assert (404, "event_not_found") == (reply.status, reply.json["code"])


def test_an_unknown_event_is_not_found_after_others_were_made(api, event_id):
    assert 404 == api.register("aaaaaaaaaa", attendee_payload()).status
    assert 404 == api.list_attendees("aaaaaaaaaa").status


# --- POST /events/{id}/register ---------------------------------------------------------------------------------------


def test_registering_answers_as_the_original_did(api, event_id):
    reply = api.register(event_id, attendee_payload(), ISOCountry="INDIA")
    assert 201 == reply.status
    assert ("Insert Successful...", "success") == (reply.json["message"], reply.json["status"])
    assert reply.json["id"] == api.list_attendees(event_id).json["sections"][0]["id"]


@pytest.mark.parametrize(
    "again", ["person0@example.com", "PERSON0@Example.COM", " person0@example.com ", "person0@EXAMPLE．com"]
)
def test_second_registration_with_the_same_address_is_refused(api, event_id, again):
    api.register(event_id, attendee_payload())
    reply = api.register(event_id, attendee_payload(name="Somebody Else", email=again))
    assert (409, "only 1 registration per user") == (reply.status, reply.json["message"])
    assert 1 == len(api.list_attendees(event_id).json["sections"])


def test_one_person_may_register_for_several_events(api, event_id):
    other = api.create_event(event_payload()).json["event"]
    replies = [api.register(event, attendee_payload()) for event in (event_id, other)]
    assert [201, 201] == [reply.status for reply in replies]
    assert replies[0].json["id"] != replies[1].json["id"]


def test_a_full_event_is_refused(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    assert 201 == api.register(event_id, attendee_payload(1)).status
    reply = api.register(event_id, attendee_payload(2))
    assert (409, "Seats full! Come again for next show") == (reply.status, reply.json["message"])


def test_a_duplicate_is_told_so_also_when_the_event_is_full(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    api.register(event_id, attendee_payload(1))
    assert "only 1 registration per user" == api.register(event_id, attendee_payload(1)).json["message"]


def test_addresses_are_shown_as_entered(api, event_id):
    api.register(event_id, attendee_payload(name="  José  ", email="Jose.Muñoz@Exämple.COM"))
    (attendee,) = api.list_attendees(event_id).json["sections"]
    assert ("José", "Jose.Muñoz@Exämple.COM") == (attendee["name"], attendee["email"])


# --- GET /events/{id}/attendee ----------------------------------------------------------------------------------------


def test_attendees_come_in_order_of_registration(api, event_id):
    for number in (3, 1, 2):
        api.register(event_id, attendee_payload(number))
    reply = api.list_attendees(event_id)
    assert (200, "Attendees :") == (reply.status, reply.json["message"])
    assert ["Person 3", "Person 1", "Person 2"] == [attendee["name"] for attendee in reply.json["sections"]]
    assert {event_id} == {attendee["event_id"] for attendee in reply.json["sections"]}


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 11, 12, 13, 100])
def test_walking_pages_of_any_size_yields_everybody_once(api, event_id, limit):
    registered = [api.register(event_id, attendee_payload(number)).json["id"] for number in range(12)]
    assert registered == walk(lambda query: api.list_attendees(event_id, query), f"?limit={limit}")


@pytest.mark.parametrize("limit", [1, 5, 100])
def test_people_of_a_large_event_are_listed_as_those_of_any_other(api, limit):
    event_id = api.create_event(event_payload(max_capacity=33 * 80)).json["event"]
    registered = [api.register(event_id, attendee_payload(number)).json["id"] for number in range(12)]
    assert registered == walk(lambda query: api.list_attendees(event_id, query), f"?limit={limit}")


def test_a_page_has_ten_attendees_unless_asked(api, event_id):
    for number in range(11):
        api.register(event_id, attendee_payload(number))
    assert 10 == len(api.list_attendees(event_id).json["sections"])


def test_people_who_register_during_a_walk_disturb_nobody(api, event_id):
    registered = [api.register(event_id, attendee_payload(number)).json["id"] for number in range(6)]
    newcomers = iter(range(100, 200))

    def listing(query):
        if len(registered) < 9:
            registered.append(api.register(event_id, attendee_payload(next(newcomers))).json["id"])
        return api.list_attendees(event_id, query)

    assert registered == walk(listing, "?limit=2")


def test_pages_by_number_are_the_originals(api, event_id):
    registered = [api.register(event_id, attendee_payload(number)).json["id"] for number in range(7)]
    pages = [api.list_attendees(event_id, f"?page={page}&limit=3").json["sections"] for page in (1, 2, 3, 4)]
    assert [registered[:3], registered[3:6], registered[6:], []] == [[each["id"] for each in page] for page in pages]
    assert registered[10:20] == [each["id"] for each in api.list_attendees(event_id, "?page=2").json["sections"]]


def test_a_numbered_page_links_on_by_token(api, event_id):
    registered = [api.register(event_id, attendee_payload(number)).json["id"] for number in range(7)]
    reply = api.list_attendees(event_id, "?page=2&limit=2")
    assert "page=" not in reply.headers["Link"]
    rest = walk(lambda query: api.list_attendees(event_id, query), f"?limit=2&next_token={reply.json['next_token']}")
    assert registered[4:] == rest


def test_pages_by_number_end_at_a_thousand_attendees(api, event_id):
    assert 200 == api.list_attendees(event_id, "?page=10&limit=100").status
    reply = api.list_attendees(event_id, "?page=11&limit=100")
    assert (400, "invalid_parameter") == (reply.status, reply.json["code"])
    assert "next_token" in reply.json["detail"]


def test_tokens_are_good_for_their_own_list_only(api, event_id):
    other = api.create_event(event_payload()).json["event"]
    for number in range(3):
        api.register(event_id, attendee_payload(number))
    token = api.list_attendees(event_id, "?limit=1").json["next_token"]
    events_token = api.list_events("?limit=1").json["next_token"]
    for reply in (
        api.list_attendees(other, f"?next_token={token}"),
        api.list_events(f"?next_token={token}"),
        api.list_attendees(event_id, f"?next_token={events_token}"),
        api.list_attendees(event_id, f"?next_token={token[:-1]}"),
        api.list_attendees(event_id, "?next_token=garbage"),
        api.list_attendees(event_id, "?next_token="),
    ):
        assert (400, "invalid_page_token") == (reply.status, reply.json["code"])


def test_a_token_means_nothing_to_a_stack_without_events(api):
    assert 400 == api.list_events("?next_token=AQEAAAAA").status


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


def test_creating_twice_with_one_key_makes_one_event(api):
    first, second = (api.create_event(event_payload(), Idempotency_Key="k-1") for _ in range(2))
    assert [201, 201] == [first.status, second.status]
    assert first.json == second.json
    assert first.headers["Location"] == second.headers["Location"]
    assert (None, "true") == tuple(reply.headers.get("Idempotent-Replayed") for reply in (first, second))
    assert 1 == len(api.list_events().json["sections"])


@pytest.mark.parametrize(
    ("payload", "headers"),
    [({"max_capacity": 51}, {}), ({}, {"ISOCountry": "Nepal"}), ({"timezone": "Asia/Kolkata"}, {})],
)
def test_one_key_for_two_requests_is_refused(api, payload, headers):
    api.create_event(event_payload(), Idempotency_Key="k-1")
    reply = api.create_event(event_payload(**payload), Idempotency_Key="k-1", **headers)
    assert (422, "idempotency_key_reused") == (reply.status, reply.json["code"])
    assert 1 == len(api.list_events().json["sections"])


def test_order_of_members_does_not_make_another_request(api):
    first = api.create_event(event_payload(), Idempotency_Key="k-1")
    again = api.create_event(dict(reversed(event_payload().items())), Idempotency_Key="k-1")
    assert first.json == again.json


def test_case_of_the_country_does_not_make_another_request(api):
    replies = [api.create_event(event_payload(), Idempotency_Key="k-1", ISOCountry=name) for name in ("INDIA", "India")]
    assert replies[0].json == replies[1].json


def test_keys_belong_to_their_owner(table, environment):
    environment.setenv("AUTH_MODE", "cognito")
    ids = {Api(claims={"sub": sub}).create_event(event_payload(), Idempotency_Key="k").json["event"] for sub in "ab"}
    assert 2 == len(ids)


def test_registering_twice_with_one_key_is_one_registration(api, event_id):
    first, second = (api.register(event_id, attendee_payload(), Idempotency_Key="k-1") for _ in range(2))
    assert [201, 201] == [first.status, second.status]
    assert first.json == second.json
    assert "true" == second.headers["Idempotent-Replayed"]
    assert 1 == len(api.list_attendees(event_id).json["sections"])


def test_a_replay_is_answered_also_when_the_event_is_full(api):
    event_id = api.create_event(event_payload(max_capacity=1)).json["event"]
    replies = [api.register(event_id, attendee_payload(), Idempotency_Key="k-1") for _ in range(2)]
    assert 409 == api.register(event_id, attendee_payload(1), Idempotency_Key="k-1").status
    replies.append(api.register(event_id, attendee_payload(), Idempotency_Key="k-1"))
    assert [201, 201, 201] == [reply.status for reply in replies]


def test_one_key_with_another_address_is_another_registration(api, event_id):
    replies = [api.register(event_id, attendee_payload(number), Idempotency_Key="k-1") for number in (1, 2)]
    assert [201, 201] == [reply.status for reply in replies]
    assert replies[0].json["id"] != replies[1].json["id"]


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k-2"}])
def test_another_key_or_none_is_a_duplicate(api, event_id, headers):
    api.register(event_id, attendee_payload(), Idempotency_Key="k-1")
    assert 409 == api.register(event_id, attendee_payload(), **headers).status


def test_one_key_for_the_same_address_with_another_name_is_refused(api, event_id):
    api.register(event_id, attendee_payload(), Idempotency_Key="k-1")
    reply = api.register(event_id, attendee_payload(name="Another"), Idempotency_Key="k-1")
    assert (422, "idempotency_key_reused") == (reply.status, reply.json["code"])


# --- Headers ----------------------------------------------------------------------------------------------------------


def test_header_names_have_no_case(api):
    reply = api.call(
        "create_event", "POST", "/events/", {"payload": event_payload()}, transactionid="t", isocountry="np"
    )
    assert "t" == reply.headers["TransactionId"]
    assert "Asia/Kathmandu" == api.get_event(reply.json["event"]).json["event"]["timezone"]


@pytest.mark.parametrize(
    "sent", [{}, {"TransactionId": ""}, {"TransactionId": "a\r\nX: y"}, {"TransactionId": "t" * 256}]
)
def test_a_correlation_id_is_made_up_where_none_can_be_used(api, sent):
    first, second = (api.list_events(**sent).headers["TransactionId"] for _ in range(2))
    assert first != second
    assert 26 == len(first)


def test_no_answer_is_to_be_kept(api, event_id):
    for reply in (
        api.list_events(),
        api.list_own_events(),
        api.list_attendees(event_id),
        api.update_event(event_id, {"name": "Raga"}),
        api.get_event("nothere"),
        api.register(event_id, {}),
    ):
        assert "no-store" == reply.headers["Cache-Control"]


def test_errors_carry_the_correlation_id_too(api):
    assert "t-9" == api.get_event("nothere", TransactionId="t-9").headers["TransactionId"]


@pytest.mark.parametrize("origin", ["https://shop.example", "https://desk.example"])
def test_allowed_origins_may_read_answers(api, origin):
    headers = api.list_events(Origin=origin).headers
    assert (origin, "Origin") == (headers["Access-Control-Allow-Origin"], headers["Vary"])
    assert {"ETag", "Link"} <= set(headers["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("origin", ["https://evil.example", "https://shop.example.evil.example", "null", ""])
def test_other_origins_may_not(api, origin):
    for reply in (api.list_events(Origin=origin), api.call("preflight", "OPTIONS", "/events", Origin=origin)):
        assert "Access-Control-Allow-Origin" not in reply.headers
        assert "Origin" == reply.headers["Vary"]


def test_any_origin_may_where_the_operator_says_so(api, environment):
    environment.setenv("ALLOWED_ORIGINS", "*")
    assert "*" == api.list_events(Origin="https://any.example").headers["Access-Control-Allow-Origin"]


def test_preflight_needs_no_claims_and_allows_what_clients_send(table, environment):
    environment.delenv("AUTH_MODE")
    reply = Api().call("preflight", "OPTIONS", "/events", Origin="https://shop.example")
    assert (204, "") == (reply.status, reply.text)
    allowed = {name.strip().lower() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert {
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "isocountry",
        "manage-code",
        "person-email",
        "transactionid",
    } == allowed
    assert "https://shop.example" == reply.headers["Access-Control-Allow-Origin"]


def test_what_nobody_foresaw_is_a_500_that_gives_nothing_away(api, environment):
    environment.setenv("TABLE_NAME", "no-such-table")
    reply = api.list_events()
    assert (500, "Something went wrong! Please come back later") == (reply.status, reply.json["message"])
    assert "no-such-table" not in reply.text
