"""docs/security.md tells the truth: its table of roles and calls is what the functions answer, and its tests exist."""

import re

import pytest

from tests.gateway import ROOT, Api, attendee_payload, event_payload
from tests.unit.test_members_endpoints import EVERY_CALL

PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
PUBLIC = {
    "list_events": lambda api, _, __: api.list_events(),
    "register": lambda api, event_id, _: api.register(event_id, attendee_payload(7)),
    "join_waitlist": lambda api, event_id, _: api.join_waitlist(event_id, attendee_payload(8)),
}
SIGNED_IN = {
    "create_event": lambda api, _, __: api.create_event(event_payload()),
    "list_own_events": lambda api, _, __: api.list_own_events(),
    "list_shared_events": lambda api, _, __: api.list_shared_events(),
    "export_person": lambda api, _, __: api.export_person("person0@example.com"),
    "erase_person": lambda api, _, __: api.erase_person("person0@example.com"),
}
CALLS = PUBLIC | SIGNED_IN | EVERY_CALL
WHO = {
    "nobody": None,
    "stranger": {"sub": "stranger"},
    "helper": {"sub": "helper"},
    "organiser": {"sub": "organiser"},
    "owner": {"sub": "owner"},
    "admin": {"sub": "admin", "cognito:groups": "[staff admins]"},
}


def table_of_roles():
    """Return the answers that the page's table promises, by call and who calls."""
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", PAGE, re.MULTILINE)
    return {call: dict(zip(WHO, map(str.strip, cells.split("|")), strict=True)) for call, cells in rows}


@pytest.fixture
def event_id(table, environment):
    """An event of the owner's, shared with a helper and an organiser, full but for its waitlist."""
    environment.setenv("AUTH_MODE", "cognito")
    owner = Api(claims=WHO["owner"])
    made = owner.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    for role in ("helper", "organiser"):
        owner.put_member(made, role, role)
    return made


def answer(call, who, event_id):
    """Return the status of a call, and the code of a refusal that a role is the reason of."""
    owner, caller = Api(claims=WHO["owner"]), Api(claims=WHO[who])
    if call == "join_waitlist":
        owner.register(event_id, attendee_payload(9))
    held = {"id": "a" * 16, "ticket": "A" * 69}
    if call in EVERY_CALL:
        if call == "transfer_attendee":
            owner.update_event(event_id, {"max_capacity": 3})
        held = Api().register(event_id, attendee_payload()).json
        if call == "undo_check_in":
            owner.check_in(event_id, held["ticket"])
        if call == "import_attendees":
            owner.update_event(event_id, {"max_capacity": 3})
    return str(CALLS[call](caller, event_id, held).status)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("call", CALLS)
def test_each_call_answers_each_role_as_the_page_says(event_id, call, who):
    assert table_of_roles()[call][who] == answer(call, who, event_id)


def test_the_table_has_every_call_of_the_table_and_no_other():
    assert set(CALLS) == set(table_of_roles())


def test_ids_of_two_organisers_events_cannot_be_swapped(event_id):
    """Whoever may do everything with one event may do nothing with what belongs to another by naming it there."""
    stranger = Api(claims=WHO["stranger"])
    own = stranger.create_event(event_payload()).json["event"]
    held = Api().register(event_id, attendee_payload()).json
    for call in sorted(
        EVERY_CALL.keys()
        & {"get_attendee", "update_attendee", "renew_codes", "cancel_attendee", "undo_check_in", "draw_ticket"}
    ):
        reply = EVERY_CALL[call](stranger, own, held)
        assert (404, "attendee_not_found") == (reply.status, reply.json["code"]), call
    swapped = stranger.check_in(own, held["ticket"])
    assert (409, "ticket_of_another_event") == (swapped.status, swapped.json["code"])
    with_code = Api().get_attendee(own, held["id"], held["manage"])
    assert (401, "invalid_manage_code") == (with_code.status, with_code.json["code"])


def test_every_test_that_the_page_names_exists():
    for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE):
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in source, f"{path}::{name}"
