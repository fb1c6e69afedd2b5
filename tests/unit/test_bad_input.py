"""Whatever a caller sends: the exact refusal, every fault at once, and nothing changed."""

import base64
import json
import re
import sys
from types import SimpleNamespace

import pytest

from event_management.config import load_config
from event_management.store import secrets
from tests.contract.conformance import document, schema_validator
from tests.gateway import Api, attendee_payload, event_payload, invoke, proxy_event
from tests.tables import make_table

KB = 1024
LEFT_ALONE = "events-left-alone"
CREATE, REGISTER = "create_event", "register_attendee"
UPDATE, CANCEL = "update_event", "cancel_event"
ROUTES = {
    CREATE: ("POST", "/events"),
    REGISTER: ("POST", "/events/{}/register"),
    UPDATE: ("PATCH", "/events/{}"),
    CANCEL: ("POST", "/events/{}/cancel"),
}
PAYLOADS = {CREATE: event_payload, REGISTER: attendee_payload}
SCHEMAS = {CREATE: "EventRequest", REGISTER: "AttendeeRequest"}
MEMBERS = {
    CREATE: ["name", "location", "start_time", "end_time", "max_capacity"],
    REGISTER: ["name", "email"],
}
MEND = re.compile(r"^The body must be |(?:^| )must |is unknown; (?:send|the members are) |is missing; .*send ")
"""What every fault's text has: the rule, or what to send instead."""


@pytest.fixture(scope="module")
def shelf(simulated_aws):
    """What the tests share, as none of them may change it."""
    return SimpleNamespace(event_id=None)


@pytest.fixture
def untouched(environment, shelf):
    """An event with an attendee, whose table is the same after the test as before it."""
    environment.setenv("TABLE_NAME", LEFT_ALONE)
    load_config.cache_clear()
    secrets.forget_secrets()
    if shelf.event_id is None:
        shelf.engine = make_table(LEFT_ALONE)
        shelf.event_id = send(CREATE, event_payload()).json["event"]
        send(REGISTER, attendee_payload(email="vikram@example.in"), shelf.event_id)
        shelf.items = stored(shelf.engine)
    yield shelf.event_id
    after, before = stored(shelf.engine), shelf.items
    if after != before:
        shelf.engine.delete_table(TableName=LEFT_ALONE)
        shelf.event_id = None
    assert before == after


def stored(engine):
    items = engine.scan(TableName=LEFT_ALONE, ConsistentRead=True)["Items"]
    return sorted(json.dumps(item, sort_keys=True, default=repr) for item in items)


def post(function, body, event_id="", **headers):
    method, path = ROUTES[function]
    parameters = None if function == CREATE else {"event_id": event_id}
    if function == UPDATE:
        headers = {"If_Match": "*"} | headers
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    event = proxy_event(method, path.format(event_id), None, sent, parameters)
    if isinstance(body, bytes):
        return invoke(function, event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True})
    return invoke(function, event | {"body": body})


def send(function, payload, event_id="", **headers):
    return post(function, json.dumps({"payload": payload}), event_id, **headers)


def refusal(reply):
    """Return status, code and pointers of a problem; fails where a fault does not say how to mend it."""
    assert "application/problem+json" == reply.headers["Content-Type"]
    faults = reply.json.get("errors", [])
    for fault in faults:
        assert MEND.search(fault["detail"]), fault
    return reply.status, reply.json["code"], [fault["pointer"] for fault in faults]


MALFORMED = (400, "malformed_request", [])
TOO_LARGE = (413, "request_too_large", [])


def invalid(*pointers):
    return (422, "invalid_payload", list(pointers))


def bad_parameter(reply, name):
    return refusal(reply) == (400, "invalid_parameter", []) and reply.json["detail"].startswith(name)


# --- Bodies -----------------------------------------------------------------------------------------------------------

BODIES = {
    "no body": (None, MALFORMED),
    "empty": ("", MALFORMED),
    "white space": (" \r\n\t", MALFORMED),
    "not JSON": ("name=Asha", MALFORMED),
    "cut short": ('{"payload": {"name": "Asha', MALFORMED),
    "something behind it": ('{"payload": {}} {}', MALFORMED),
    "single quotes": ("{'payload': {}}", MALFORMED),
    "a comma too many": ('{"payload": {},}', MALFORMED),
    "a byte order mark": ("\ufeff" + '{"payload": {}}', MALFORMED),
    "NUL": ("\x00", MALFORMED),
    "a raw line break in text": ('{"payload": {"name": "a\nb"}}', MALFORMED),
    "a lone high surrogate": ('{"payload": {"name": "\\ud800"}}', MALFORMED),
    "a lone low surrogate": ('{"payload": {"name": "\\udc00 and more"}}', MALFORMED),
    "a lone surrogate in a name": ('{"payload": {"\\ud800": 1}}', MALFORMED),
    "a raw lone surrogate": ('{"payload": {"name": "\ud800"}}', MALFORMED),
    "60,000 brackets": ("[" * 60_000, MALFORMED),
    "60,000 brackets that close": ("[" * 30_000 + "]" * 30_000, MALFORMED),
    "100,000 brackets": ("[" * 100_000, TOO_LARGE),
    "12,500 objects": ('{"":' * 12_500 + "1" + "}" * 12_500, MALFORMED),
    "a list": ("[]", invalid("")),
    "a string": ('"payload"', invalid("")),
    "a number": ("17", invalid("")),
    "true": ("true", invalid("")),
    "null": ("null", invalid("")),
    "no payload": ("{}", invalid("/payload")),
    "payload null": ('{"payload": null}', invalid("/payload")),
    "payload a list": ('{"payload": []}', invalid("/payload")),
    "payload a string": ('{"payload": "{}"}', invalid("/payload")),
    "payload a number": ('{"payload": 1}', invalid("/payload")),
    "no envelope": ('{"name": "Asha", "email": "a@b.example"}', invalid("/payload", "/name", "/email")),
    "Payload": ('{"Payload": {}}', invalid("/payload", "/Payload")),
    "payload null, and more": ('{"payload": null, "a/b~c": 1}', invalid("/payload", "/a~1b~0c")),
    "bytes that are no UTF-8": (b'{"payload": {"name": "\xff"}}', MALFORMED),
    "an encoded surrogate": (b'{"payload": {"name": "\xed\xa0\x80"}}', MALFORMED),
    "an overlong encoding": (b'{"payload": {"name": "\xc0\xaf"}}', MALFORMED),
    "UTF-16": ('{"payload": {}}'.encode("utf-16"), MALFORMED),
    "Latin-1": ('{"payload": {"name": "José"}}'.encode("latin-1"), MALFORMED),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", MALFORMED),
    "an encoded byte order mark": (b"\xef\xbb\xbf{}", MALFORMED),
    "no bytes": (b"", MALFORMED),
}


@pytest.mark.parametrize("function", ROUTES)
@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_bodies_that_hold_no_payload_are_refused(untouched, function, body, expected):
    assert expected == refusal(post(function, body, untouched))


@pytest.mark.parametrize("function", ROUTES)
@pytest.mark.parametrize("nest", ['["payload"]', '{"payload": "payload"}'])
def test_no_depth_of_nesting_is_a_defect(untouched, function, nest):
    """Some depths can be decoded, but are too deep for what comes next."""
    opening, closing = nest.split('"payload"')[0] + '"payload":' * (nest[0] == "{"), nest[-1]
    limit = sys.getrecursionlimit()
    for depth in (1, 10, 100, *range(limit // 2, limit + 100, 25), 5_000, 10_000):
        nested = opening * depth + "1" + closing * depth
        for body in (nested, f'{{"payload": {nested}}}', f'{{"payload": {{"name": {nested}, "note": {nested}}}}}'):
            reply = post(function, body[: 64 * KB], untouched, Idempotency_Key="k")
            assert reply.status in (400, 422), depth


@pytest.mark.parametrize("function", ROUTES)
@pytest.mark.parametrize(
    "text",
    [
        "%%%%",
        "YQ",
        "é",
        "!e30=",
    ],
)
def test_broken_base64_is_malformed(untouched, function, text):
    event = proxy_event("POST", "/events", None, {"If-Match": "*"}, {"event_id": untouched})
    assert refusal(invoke(function, event | {"body": text, "isBase64Encoded": True})) == MALFORMED


def padded(function, size):
    """Return a good body of so many bytes."""
    body = json.dumps({"payload": PAYLOADS[function]()})
    return body + " " * (size - len(body))


@pytest.mark.parametrize("function", PAYLOADS)
def test_a_body_of_64_kb_is_taken(api, event_id, function):
    body = padded(function, 64 * KB)
    assert 64 * KB == len(body)
    assert 201 == post(function, body, event_id).status
    assert 201 == post(function, body.replace("person0", "person1").encode(), event_id).status


@pytest.mark.parametrize("function", PAYLOADS)
def test_a_body_of_more_is_too_large(untouched, function):
    too_large = padded(function, 64 * KB + 1)
    for body in (too_large, too_large.encode(), '"' + "é" * (32 * KB) + '"', "x" * (2 * KB * KB)):
        reply = post(function, body, untouched)
        assert TOO_LARGE == refusal(reply)
        assert "Send a body of at most 64 KB." == reply.json["detail"]


def test_the_last_of_members_with_one_name_counts(api):
    twice = json.dumps({"payload": event_payload()}).replace('"name":', '"name": "Draft", "name":')
    event_id = post(CREATE, '{"payload": 1, ' + twice[1:]).json["event"]
    assert event_payload()["name"] == api.get_event(event_id).json["event"]["name"]


# --- Members ----------------------------------------------------------------------------------------------------------

WRONG_TYPES = [None, True, False, [], {}, ["text"], {"text": 1}]
BAD_TEXTS = {
    "empty": "",
    "white space": " \t\r\n\u00a0\u3000",
    "10,000 characters": "x" * 10_000,
    "10,000 emoji": "\U0001f3b6" * 5_000,
    "NUL": "\x00",
    "NUL inside": "Asha\x00Rao",
    "a line break inside": "Asha\nRao",
    "a bell inside": "Asha\x07Rao",
    "escape inside": "Asha\x1b[31mRao",
    "delete inside": "Asha\x7fRao",
    "a C1 control inside": "Asha\x9bRao",
    "a line separator inside": "Asha\u2028Rao",
    "a paragraph separator inside": "Asha\u2029Rao",
    "a change of direction inside": "Asha\u202eRao",
    "an isolate inside": "Asha\u2066Rao",
    "characters that cannot be seen": "\u200b\u200d\ufeff",
}
BAD_TEXT_MEMBERS = [(CREATE, "name"), (CREATE, "location"), (REGISTER, "name")]


@pytest.mark.parametrize(("function", "member"), [(each, member) for each in MEMBERS for member in MEMBERS[each]])
def test_a_missing_member_is_pointed_at(untouched, function, member):
    reply = send(function, PAYLOADS[function](**{member: ...}), untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert reply.json["errors"][0]["detail"].startswith(f"{member} is missing; it must be ")


@pytest.mark.parametrize(("function", "member"), [(each, member) for each in MEMBERS for member in MEMBERS[each]])
@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
def test_a_member_of_the_wrong_type_is_pointed_at(untouched, function, member, value):
    reply = send(function, PAYLOADS[function](**{member: value}), untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert reply.json["errors"][0]["detail"].startswith(f"{member} must be ")


@pytest.mark.parametrize(("function", "member"), [*BAD_TEXT_MEMBERS, (CREATE, "start_time"), (REGISTER, "email")])
def test_a_number_is_no_text(untouched, function, member):
    assert invalid(f"/payload/{member}") == refusal(send(function, PAYLOADS[function](**{member: 5}), untouched))


@pytest.mark.parametrize(("function", "member"), [(each, member) for each in MEMBERS for member in MEMBERS[each]])
@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_bad_text_is_pointed_at(untouched, function, member, text):
    reply = send(function, PAYLOADS[function](**{member: text}), untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    # The offending text is not said again.
    assert not text.strip() or json.dumps(text)[1:-1] not in reply.text


@pytest.mark.parametrize("function", PAYLOADS)
@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("colour", "/payload/colour"),
        ("Name", "/payload/Name"),
        (" name", "/payload/ name"),
        ("a/b~c", "/payload/a~1b~0c"),
        ("~1", "/payload/~01"),
        ("", "/payload/"),
        ("id", "/payload/id"),
        ("owner", "/payload/owner"),
        ("__proto__", "/payload/__proto__"),
        ("नाम", "/payload/नाम"),
    ],
)
def test_unknown_members_are_pointed_at(untouched, function, name, pointer):
    reply = send(function, PAYLOADS[function]() | {name: None}, untouched)
    assert invalid(pointer) == refusal(reply)
    assert all(member in reply.json["errors"][0]["detail"] for member in MEMBERS[function])


@pytest.mark.parametrize("function", PAYLOADS)
def test_every_fault_is_told_at_once(untouched, function):
    members = MEMBERS[function]
    (status, code, pointers) = refusal(send(function, dict.fromkeys([*members, "more"], False), untouched))
    assert (422, "invalid_payload") == (status, code)
    assert sorted(f"/payload/{member}" for member in [*members, "more"]) == sorted(pointers)


def test_faults_of_different_kinds_are_told_at_once(untouched):
    payload = {"name": " ", "start_time": "2027-02-30 18:30", "end_time": "soon", "max_capacity": 0, "timezone": "Mars"}
    (status, code, pointers) = refusal(send(CREATE, payload | {"colour": "red"}))
    assert (422, "invalid_payload") == (status, code)
    assert ["colour", "end_time", "location", "max_capacity", "name", "start_time", "timezone"] == sorted(
        pointer.removeprefix("/payload/") for pointer in pointers
    )


# --- What an event may say beside -------------------------------------------------------------------------------------

EVENT_MEMBERS = {
    "description": ["", " \n ", "x" * 5_001, "Tea\x07", "Tea\u202e", 5, [], {}, False],
    "status": ["", "cancelled", "deleted", "Draft", 1, True, []],
    "registration_opens": ["", "soon", "2027-02-30 10:00", "x" * 65, 5, False, {}],
    "registration_closes": ["", "soon", "2027-02-30 10:00", "x" * 65, 5, False, {}],
    "max_party": [0, -1, 21, 1.5, "2", True, [], 2**70],
    "waitlist": ["true", 1, 0, "", [], {}],
    "waitlist_policy": ["", "Strict", "first come", 1, True, []],
}
"""What they must not be, by member."""
BAD_EVENT_MEMBERS = [(member, value) for member, values in EVENT_MEMBERS.items() for value in values]


@pytest.mark.parametrize("function", [CREATE, UPDATE])
@pytest.mark.parametrize(("member", "value"), BAD_EVENT_MEMBERS, ids=repr)
def test_a_bad_value_of_a_member_is_pointed_at(untouched, function, member, value):
    payload = event_payload(**{member: value}) if function == CREATE else {member: value}
    reply = send(function, payload, untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert reply.json["errors"][0]["detail"].startswith(f"{member} must be ")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("description", text) for text in ("T", "x" * 5_000, "One.\n\n\tTwo.\r\nThree.")),
        *(("max_party", number) for number in (1, 20)),
        *(("status", status) for status in ("draft", "published")),
        *(("waitlist_policy", policy) for policy in ("strict", "fill")),
        *(("waitlist", flag) for flag in (True, False)),
    ],
)
def test_values_at_the_bounds_are_taken(api, member, value):
    event_id = send(CREATE, event_payload(status="draft")).json["event"]
    assert value == send(UPDATE, {member: value}, event_id).json["event"][member]
    event_id = send(CREATE, event_payload(**{member: value})).json["event"]
    assert value == api.get_event(event_id).json["event"][member]


@pytest.mark.parametrize("function", [CREATE, UPDATE])
@pytest.mark.parametrize("closes", ["2098-01-01 09:00", "2098-01-01 08:59", "2098-01-01T03:30:00Z"])
def test_registration_closes_after_it_opens(untouched, function, closes):
    window = {"registration_opens": "2098-01-01 09:00", "registration_closes": closes}
    reply = send(function, event_payload(**window) if function == CREATE else window, untouched)
    assert invalid("/payload/registration_closes") == refusal(reply)
    assert "registration_closes must be after registration_opens." == reply.json["errors"][0]["detail"]


# --- Changes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", [*MEMBERS[CREATE], "timezone", "status"])
def test_what_every_event_has_cannot_be_removed(untouched, member):
    reply = send(UPDATE, {member: None}, untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert reply.json["errors"][0]["detail"].startswith(f"{member} cannot be removed; it must be ")


@pytest.mark.parametrize("member", MEMBERS[CREATE])
@pytest.mark.parametrize("value", [value for value in WRONG_TYPES if value is not None], ids=repr)
def test_a_changed_member_of_the_wrong_type_is_pointed_at(untouched, member, value):
    assert invalid(f"/payload/{member}") == refusal(send(UPDATE, {member: value}, untouched))


def test_a_change_of_nothing_is_told_so(untouched):
    reply = send(UPDATE, {}, untouched)
    assert invalid("/payload") == refusal(reply)
    assert "payload must name what is to be changed." == reply.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    "name", ["id", "version", "owner", "registered", "start_time_utc", "cancellation_reason", "checked_in", ""]
)
def test_what_only_the_product_knows_cannot_be_changed(untouched, name):
    assert invalid(f"/payload/{name}") == refusal(send(UPDATE, {name: 1}, untouched))


def test_every_fault_of_a_change_is_told_at_once(untouched):
    payload = {"name": "", "max_capacity": 0, "timezone": "Mars/Base", "status": None, "colour": "red"}
    (status, code, pointers) = refusal(send(UPDATE, payload, untouched))
    assert (422, "invalid_payload") == (status, code)
    assert sorted(f"/payload/{member}" for member in payload) == sorted(pointers)


def test_every_fault_of_a_changes_times_is_told_at_once(untouched):
    payload = {"start_time": "soon", "end_time": "2027-02-30 10:00", "registration_opens": "2099-01-15 25:00"}
    (_, _, pointers) = refusal(send(UPDATE, payload, untouched))
    assert [f"/payload/{member}" for member in payload] == pointers


@pytest.mark.parametrize("payload", [{"start_time": "2099-01-15 21:00"}, {"end_time": "2099-01-15T13:00:00Z"}])
def test_a_changed_event_ends_after_it_starts(untouched, payload):
    reply = send(UPDATE, payload, untouched)
    assert invalid("/payload/end_time") == refusal(reply)


@pytest.mark.parametrize("tag", ["", "3", "version 3", '"3', "*, *", '"3" "4"', "W/3"])
def test_an_if_match_that_is_no_list_of_etags_is_refused(untouched, tag):
    assert bad_parameter(send(UPDATE, {"name": "Raga"}, untouched, If_Match=tag), "If-Match must be ")


# --- Cancelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [*WRONG_TYPES, 5, "", " \n", "x" * 501, "Rain\x00", "Rain\u202e"], ids=repr)
def test_a_bad_reason_is_pointed_at(untouched, reason):
    reply = send(CANCEL, {"reason": reason}, untouched)
    assert invalid("/payload/reason") == refusal(reply)
    assert reply.json["errors"][0]["detail"].startswith("reason must be text of 1 to 500 characters")


def test_a_missing_reason_and_other_members_are_pointed_at(untouched):
    assert invalid("/payload/reason", "/payload/why") == refusal(send(CANCEL, {"why": "Rain"}, untouched))


@pytest.mark.parametrize("reason", ["R", "x" * 500, "Rain.\nNo roof."])
def test_reasons_at_the_bounds_are_taken(api, event_id, reason):
    assert reason == send(CANCEL, {"reason": reason}, event_id).json["event"]["cancellation_reason"]


# --- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        *("0", "-1", "-0", "1000001", "1" + "0" * 12, "1" + "0" * 30, "-1" + "0" * 30, str(2**63), str(2**64)),
        *("1.5", "50.0", "0.1", "1e3", "true", '"10"', "[10]"),
    ],
)
def test_capacities_must_be_whole_numbers_in_bounds(untouched, number):
    body = json.dumps({"payload": event_payload()}).replace("50", number)
    assert invalid("/payload/max_capacity") == refusal(post(CREATE, body))


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "9" * 5_000, "NaN", "Infinity", "-Infinity", "050", "+50", "0x32", "5_0"]
)
def test_what_is_no_number_of_json_is_malformed(untouched, number):
    body = json.dumps({"payload": event_payload()}).replace("50", number)
    assert MALFORMED == refusal(post(CREATE, body))


@pytest.mark.parametrize("number", [1, 1_000_000])
def test_capacities_at_the_bounds_are_taken(api, number):
    assert 201 == send(CREATE, event_payload(max_capacity=number)).status


# --- Times, zones and countries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "time",
    [
        "2027-02-30 10:00",
        "2027-02-29 10:00",
        "2027-13-01 10:00",
        "2027-00-01 10:00",
        "2027-01-00 10:00",
        "2027-01-15 24:00",
        "2027-01-15 10:60",
        "0000-01-01 00:00",
        "9999-12-31 23:59",
        "1969-12-31 23:59",
        "2027-01-15",
        "10:00",
        "15/01/2027 10:00",
        "2027-01-15T10:00",
        "2027-01-15T10:00:00+24:00",
        "2027-01-15T10:00:60Z",
        "2027-01-15T10:00:30Z",
        "2027-01-15 10:00 Asia/Kolkata",
        "tomorrow",
        "1800000000",
        "٢٠٢٧-٠١-١٥ ١٠:٠٠",
        "２０２７-01-15 10:00",
    ],
)
def test_times_that_do_not_exist_are_pointed_at(untouched, time):
    assert invalid("/payload/start_time") == refusal(send(CREATE, event_payload(start_time=time)))
    assert invalid("/payload/end_time") == refusal(send(CREATE, event_payload(end_time=time)))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2099-01-15 18:30", "2099-01-15 18:30"),
        ("2099-01-15 18:30", "2099-01-15 18:29"),
        ("2099-01-15 18:30", "2098-01-15 18:30"),
        ("2099-01-15T18:30:00+05:30", "2099-01-15T13:00:00Z"),
        ("2099-01-15T18:30:00Z", "2099-01-15 21:00"),
    ],
)
def test_an_event_ends_after_it_starts(untouched, start, end):
    reply = send(CREATE, event_payload(start_time=start, end_time=end))
    assert invalid("/payload/end_time") == refusal(reply)
    assert "end_time must be after start_time." == reply.json["errors"][0]["detail"]


def test_the_wrong_order_of_instants_is_told_also_when_the_zone_is_unknown(untouched):
    payload = event_payload(start_time="2099-01-15T10:00:00Z", end_time="2098-01-15T10:00:00Z", timezone="Mars/Base")
    assert invalid("/payload/timezone", "/payload/end_time") == refusal(send(CREATE, payload))


def test_the_order_of_local_times_is_not_told_while_the_zone_is_unknown(untouched):
    payload = event_payload(start_time="2099-01-15T10:00:00Z", end_time="2099-01-15 09:00", timezone="Mars/Base")
    assert invalid("/payload/timezone") == refusal(send(CREATE, payload))


@pytest.mark.parametrize(
    "zone",
    [
        "Mars/Base",
        "",
        " ",
        "IST",
        "+05:30",
        "Asia",
        "Factory",
        "../../etc/passwd",
        "Asia/Kolkata\x00",
        "x" * 10_000,
        5,
        [],
    ],
)
def test_unknown_zones_are_pointed_at(untouched, zone):
    assert invalid("/payload/timezone") == refusal(send(CREATE, event_payload(timezone=zone)))


@pytest.mark.parametrize("payload", [{}, {"timezone": None}])
def test_a_local_time_of_a_country_with_several_zones_needs_a_zone(untouched, payload):
    reply = send(CREATE, event_payload(**payload), ISOCountry="US")
    assert invalid("/payload/timezone") == refusal(reply)
    assert "America/New_York" in reply.json["errors"][0]["detail"]


def test_a_wrong_zone_is_one_fault_also_in_a_country_with_several(untouched):
    assert invalid("/payload/timezone") == refusal(send(CREATE, event_payload(timezone=5), ISOCountry="US"))


COUNTRIES = ["Atlantis", "ZZ", "IND", "91", "IN;drop", "\x00", "\ud800", "x" * 10_000, "Korea", "IN\r\nX: y"]


@pytest.mark.parametrize("country", COUNTRIES)
def test_unknown_countries_are_refused_on_every_route(untouched, country):
    api = Api()
    replies = [
        send(CREATE, event_payload(), ISOCountry=country),
        send(REGISTER, attendee_payload(), untouched, ISOCountry=country),
        api.list_events(ISOCountry=country),
        api.get_event(untouched, ISOCountry=country),
        api.list_attendees(untouched, ISOCountry=country),
        api.get_health(ISOCountry=country),
        api.call("preflight", "OPTIONS", "/events", ISOCountry=country),
    ]
    for reply in replies:
        assert bad_parameter(reply, "ISOCountry must be ")


# --- Addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "email",
    [
        "asha",
        "@example.com",
        "asha@",
        "asha@@example.com",
        "asha@localhost",
        "asha rao@example.com",
        "asha@exam ple.com",
        "asha@example..com",
        ".asha@example.com",
        "asha@-example.com",
        "asha@[127.0.0.1]",
        '"asha"@example.com',
        "Asha <asha@example.com>",
        "asha@example.com,usha@example.com",
        "asha@example.com\nBcc: usha@example.com",
        "a" * 65 + "@example.com",
        "asha@" + "a" * 64 + ".com",
        "asha@" + "a." * 130 + "com",
        "asha\u200b@example.com",
        "asha@exam\u202eple.com",
    ],
)
def test_what_is_no_address_is_refused_and_not_said_again(untouched, email):
    reply = send(REGISTER, attendee_payload(email=email), untouched)
    assert invalid("/payload/email") == refusal(reply)
    assert "asha" not in reply.text.lower().replace("asha@example.com.", "")


# --- Text that is kept ------------------------------------------------------------------------------------------------

TEXTS = {
    "emoji": "🎶 Raga Night 🎷",
    "an emoji of several": "👩‍👩‍👧‍👦 fête 🏳️‍🌈",
    "composed": "Caf\u00e9",
    "decomposed": "Cafe\u0301",
    "many marks": "Z" + "\u0351" * 50,
    "Hindi": "दीपावली मेला",
    "Tamil": "பொங்கல் விழா",
    "Arabic": "حفلة موسيقية",
    "Hebrew in English": "Night of שירים songs",
    "marks of direction": "\u200fאב\u200e",
    "full width": "ＲＡＧＡ",
    "a ligature": "ﬁnale",
    "beyond the basic plane": "𝄞 𠜎",
    "no-break space inside": "Raga\u00a0Night",
    "mark-up": "<script>alert('x')</script> & \"y\"",
    "injection": "'; DROP TABLE events; --",
    "templates": "${jndi:ldap://x} {{7*7}} %s %n",
    "200 characters": "\U0001f3b6" * 200,
    "one": "x",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_is_kept_character_for_character(api, text):
    payload = event_payload(name=text, location=text)
    event_id = send(CREATE, payload).json["event"]
    assert 201 == send(REGISTER, attendee_payload(name=text), event_id).status
    shown = api.get_event(event_id).json["event"]
    (attendee,) = api.list_attendees(event_id).json["sections"]
    assert [text] * 3 == [shown["name"], shown["location"], attendee["name"]]


def test_raw_and_escaped_text_are_the_same(api):
    for ascii_only in (True, False):
        body = json.dumps({"payload": event_payload(name="🎶 Café")}, ensure_ascii=ascii_only)
        for sent in (body, body.encode()):
            assert "🎶 Café" == api.get_event(post(CREATE, sent).json["event"]).json["event"]["name"]


# --- Published schemas ------------------------------------------------------------------------------------------------


def trimmed(payload):
    return {name: value.strip() if isinstance(value, str) else value for name, value in payload.items()}


@pytest.mark.parametrize(("function", "member"), [(each, member) for each in MEMBERS for member in MEMBERS[each]])
def test_what_the_published_schema_refuses_is_refused_and_the_rest_of_plain_text_taken(api, event_id, function, member):
    schema = schema_validator(document()["components"]["schemas"][SCHEMAS[function]])
    values = [
        ...,
        *WRONG_TYPES,
        *BAD_TEXTS.values(),
        *TEXTS.values(),
        5,
        "x" * 200,
        "x" * 201,
        " x ",
        "\u0085x\x1f",
        "a@b.example",
    ]
    for value in values:
        payload = PAYLOADS[function](**{member: value})
        if function == REGISTER and member == "name":
            payload["email"] = f"person{values.index(value)}@example.com"
        status = send(function, payload, event_id).status
        if list(schema.iter_errors(trimmed(payload))):
            assert status == 422, value
        elif member in ("name", "location"):
            assert status == 201, value
        else:
            # Times and addresses have rules beyond the schema.
            assert status in (201, 409, 422), value


# --- Events, pages, keys ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event_id",
    [
        *("aaaaaaaaaa", "K3V7QZM2AB", "k3v7qzm2a1", "k3v7qzm2ab\n", "k3v7qzm2ab#SEATS#0", "EVENT", "", " ", "' OR 1=1"),
        *("%00", "\x00", "..", "../secrets", "é", "🎶", "\ud800", "x" * 3_000),
    ],
)
def test_unknown_events_are_not_found_on_every_route(untouched, event_id):
    api = Api()
    for reply in (
        api.get_event(event_id),
        api.list_attendees(event_id),
        send(REGISTER, attendee_payload(), event_id),
    ):
        assert (404, "event_not_found", []) == refusal(reply)


LIMITS = [
    "0",
    "101",
    "-1",
    "abc",
    "",
    "1.0",
    "1e1",
    "+1",
    " 1",
    "1 ",
    "1\n",
    "٣",
    "３",
    "1000000000",
    "9" * 5_000,
    "0x10",
    "1_0",
    "null",
    "\x00",
]


def get(function, event_id, **query):
    path = "/events" if function == "list_events" else f"/events/{event_id}/attendee"
    event = proxy_event("GET", path, None, None, {"event_id": event_id} if function == "list_attendees" else None)
    return invoke(function, event | {"queryStringParameters": query})


@pytest.mark.parametrize("function", ["list_events", "list_attendees"])
@pytest.mark.parametrize("limit", LIMITS)
def test_limits_must_be_whole_numbers_in_bounds(untouched, function, limit):
    reply = get(function, untouched, limit=limit)
    assert bad_parameter(reply, "limit")
    assert "limit must be a whole number from 1 to 100." == reply.json["detail"]


@pytest.mark.parametrize("page", ["0", "-1", "abc", "", "1.0", "+1", "٣", "1001", "100000000000"])
def test_pages_must_be_whole_numbers_in_bounds(untouched, page):
    assert bad_parameter(get("list_attendees", untouched, page=page, limit="1"), "page")


@pytest.mark.parametrize(("page", "limit"), [("11", "100"), ("101", "10"), ("1001", "1"), ("9999999", "100")])
def test_pages_beyond_a_thousand_attendees_point_at_the_token(untouched, page, limit):
    reply = get("list_attendees", untouched, page=page, limit=limit)
    assert bad_parameter(reply, "page")
    assert "next_token" in reply.json["detail"]


def test_page_and_token_exclude_each_other(untouched):
    assert bad_parameter(get("list_attendees", untouched, page="1", next_token="x"), "page and next_token")


@pytest.mark.parametrize("function", ["list_events", "list_attendees"])
@pytest.mark.parametrize(
    "token", ["", " ", "x", "AAAA", "AQEAAAAA", "=" * 8, "\x00", "é", "\ud800", "A" * 512, "A" * 10_000]
)
def test_made_up_tokens_are_refused(untouched, function, token):
    reply = get(function, untouched, next_token=token)
    assert (400, "invalid_page_token", []) == refusal(reply)
    assert "start again without it" in reply.json["detail"]


@pytest.mark.parametrize("function", ["list_events", "get_event"])
@pytest.mark.parametrize("zone", ["Mars/Base", "", " ", "\x00", "../../etc/passwd", "x" * 5_000, "Ásia/Kolkata"])
def test_unknown_zones_to_show_times_in_are_refused(untouched, function, zone):
    event = proxy_event("GET", "/events", None, None, {"event_id": untouched})
    assert bad_parameter(invoke(function, event | {"queryStringParameters": {"timezone": zone}}), "timezone must be ")


@pytest.mark.parametrize("value", ["x" * 8_000, "\ud800"])
def test_links_repeat_no_parameter_that_means_nothing(api, event_id, value):
    api.create_event(event_payload())
    reply = get("list_events", event_id, limit="1", utm=value)
    assert 200 == reply.status
    assert "utm" not in reply.headers["Link"]


@pytest.mark.parametrize("function", PAYLOADS)
@pytest.mark.parametrize(
    "key", ["", "k" * 256, "k" * 10_000, "ключ", "é", "k\x00", "k\r\nX: y", "\t", "\x7f", "\ud800"]
)
def test_bad_idempotency_keys_are_refused(untouched, function, key):
    reply = send(function, PAYLOADS[function](), untouched, Idempotency_Key=key)
    assert bad_parameter(reply, "Idempotency-Key must be 1 to 255 ")


@pytest.mark.parametrize("function", PAYLOADS)
@pytest.mark.parametrize("key", ["k", "k" * 255, "~!@#$%^&*()"])
def test_good_idempotency_keys_are_taken(api, event_id, function, key):
    assert 201 == send(function, PAYLOADS[function](), event_id, Idempotency_Key=key).status


@pytest.mark.parametrize(
    "sent",
    [
        "x" * 10_000,
        "x" * 129,
        "asha@example.com",
        "Asha Rao",
        "a\r\nSet-Cookie: b=c",
        "a\nb",
        "\x00",
        "é",
        "🎶",
        "",
        "   ",
        "\ud800",
        "\x7f",
    ],
)
def test_hostile_correlation_ids_are_replaced_on_every_route(untouched, sent):
    api = Api()
    for reply in (
        api.list_events(TransactionId=sent),
        api.get_event(untouched, TransactionId=sent),
        api.list_attendees("unknown", TransactionId=sent),
        send(CREATE, {}, TransactionId=sent),
        send(REGISTER, {}, untouched, TransactionId=sent),
        api.get_health(TransactionId=sent),
        api.call("preflight", "OPTIONS", "/events", TransactionId=sent),
    ):
        assert re.fullmatch("[a-z2-7]{26}", reply.headers["TransactionId"])


@pytest.mark.parametrize("sent", ["t", "x" * 128, "order-2027/451_a:b.c+d="])
def test_other_correlation_ids_come_back(api, sent):
    assert sent == api.list_events(TransactionId=f" {sent} ").headers["TransactionId"]


@pytest.mark.parametrize("function", PAYLOADS)
def test_a_body_whose_letters_the_gateway_has_lost_is_refused(untouched, function):
    body = json.dumps({"payload": PAYLOADS[function](name="Jos\ufffd")}, ensure_ascii=False)
    assert refusal(post(function, body, untouched)) == MALFORMED


def test_a_missing_time_and_an_unknown_zone_are_told_together(untouched):
    payload = event_payload(start_time=..., timezone="Mars/Base")
    assert invalid("/payload/start_time", "/payload/timezone") == refusal(send(CREATE, payload))


def test_faults_of_envelope_and_payload_are_told_together(untouched):
    reply = post(CREATE, json.dumps({"payload": event_payload(name=""), "": 1}))
    assert invalid("/", "/payload/name") == refusal(reply)
    assert '"" is unknown; send payload only.' == reply.json["errors"][0]["detail"]


@pytest.mark.parametrize("parent", ["", "/payload"])
def test_a_multitude_of_unknown_members_is_summed_up(untouched, parent):
    unknown = {f"x{number}": 1 for number in range(5_000)}
    body = {"payload": event_payload() | (unknown if parent else {})} | ({} if parent else unknown)
    reply = post(CREATE, json.dumps(body))
    assert [f"{parent}/x{number}" for number in range(20)] + [parent] == refusal(reply)[2]
    assert reply.json["errors"][-1]["detail"].startswith("Each of 4980 more members is unknown; ")
    assert len(reply.text) < 6_000


def test_a_member_with_an_endless_name_is_told_at_its_parent(untouched):
    assert invalid("/payload") == refusal(send(CREATE, event_payload() | {"n" * 10_000: 1}))


@pytest.mark.parametrize("name", ["limit", "page", "next_token", "timezone"])
def test_a_parameter_that_comes_twice_is_refused(untouched, name):
    function = "list_events" if name == "timezone" else "list_attendees"
    event = proxy_event("GET", "/events", path_parameters={"event_id": untouched})
    reply = invoke(
        function, event | {"queryStringParameters": {name: "2"}, "multiValueQueryStringParameters": {name: ["1", "2"]}}
    )
    assert (400, "invalid_parameter") == (reply.status, reply.json["code"])
    assert f"{name} must be given once." == reply.json["detail"]
