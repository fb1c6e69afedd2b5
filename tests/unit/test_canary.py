"""Personal data goes where it must and nowhere else: every function is called about one person, and all they emit is searched.

What goes out: answers, their headers, page tokens, logs and metrics (both are lines on standard output), and what the table
is keyed by, which DynamoDB shows in metrics and to whoever may see the most contended keys. There are no traces of our own:
Lambda's are of calls, not of what is in them.
"""

import base64
import binascii
import json
import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from event_management.config import load_limits
from event_management.observability import logger
from event_management.store.attributes import from_attributes
from tests.gateway import FUNCTIONS, Api, attendee_payload, event_payload, lambda_context, load_function
from tests.unit.conftest import TABLE

WORD = "canary51c2"
EMAIL = f"{WORD}@{WORD}.example"
NAME = f"{WORD} Rao"
PERSON = {"name": NAME, "email": EMAIL}
SEEN_BY_WHO_MAY = {
    "erase_person",
    "export_attendees",
    "export_person",
    "get_attendee",
    "get_waitlist",
    "import_attendees",
    "list_attendees",
    "renew_codes",
    "transfer_attendee",
    "update_attendee",
    "check_in",
    "undo_check_in",
    "join_waitlist",
    "leave_waitlist",
}
"""Functions whose answers may name the person: to themselves, to whoever has a role in the event, to admins."""
GONE = {"start_time": "2025-01-15 18:30", "end_time": "2025-01-15 21:00"}


class Listener(Api):
    """Calls functions and keeps what they answered."""

    replies: list

    def call(self, function, *arguments, **named):
        reply = super().call(function, *arguments, **named)
        self.replies.append((function, reply))
        return reply


@pytest.fixture
def replies(table, environment, capsys, monkeypatch):
    """A guarded stack with limits; what was answered on it so far."""
    environment.setenv("AUTH_MODE", "cognito")
    environment.setenv("RETENTION_DAYS", "30")
    for name in ("PER_CLIENT", "PER_ADDRESS"):
        environment.setenv(f"REGISTRATIONS_{name}", "1000")
    load_limits.cache_clear()
    (handler,) = logger.handlers
    monkeypatch.setattr(handler, "stream", SimpleNamespace(write=lambda text: print(text, end=""), flush=int))
    return []


@pytest.fixture
def who(replies):
    """Return a caller by the claims of their token."""

    def caller(subject=None, **claims):
        api = Listener(claims={"sub": subject, **claims} if subject else None)
        api.replies = replies
        return api

    return caller


def live(who):
    """Call every function about the person, well and badly."""
    olga, anybody = who("olga"), who()
    admin = who("ada", **{"cognito:groups": "[admins]"})
    event_id = olga.create_event(event_payload(waitlist=True, max_party=3)).json["event"]
    held = anybody.register(event_id, PERSON, Idempotency_Key="k").json
    for again in (
        PERSON,
        PERSON | {"seats": 2},
        PERSON | {"name": ""},
        PERSON | {"email": f"{WORD}@"},
        PERSON | {"note": EMAIL},
    ):
        anybody.register(event_id, again, Idempotency_Key="k")
        anybody.register(event_id, again)
    anybody.call("register_attendee", "POST", "/events/x/register", f'{{"payload": "{EMAIL}', event_id)
    olga.put_member(event_id, "hema", "helper")
    for api, manage in ((anybody, held["manage"]), (olga, None), (who("stranger"), None), (anybody, EMAIL)):
        api.get_attendee(event_id, held["id"], manage)
        api.draw_ticket(event_id, held["id"], manage)
        api.update_attendee(event_id, held["id"], {"name": f"{NAME} II"}, manage)
        api.update_attendee(event_id, held["id"], {"name": "", "email": EMAIL}, manage)
    olga.check_in(event_id, held["ticket"])
    olga.check_in(event_id, held["ticket"])
    olga.check_in(event_id, EMAIL)
    olga.undo_check_in(event_id, held["id"])
    olga.transfer_attendee(event_id, held["id"], PERSON)
    other = anybody.register(event_id, attendee_payload(1)).json
    anybody.transfer_attendee(event_id, other["id"], PERSON, other["manage"])
    olga.transfer_attendee(event_id, other["id"], {"name": NAME, "email": f"second.{EMAIL}"})
    olga.renew_codes(event_id, held["id"])
    for text in (f"name,email\n{NAME},third.{EMAIL}\n{NAME},{WORD}\n", f"{WORD},{EMAIL}\n"):
        olga.import_attendees(event_id, text)
        olga.import_attendees(event_id, text, "?dry_run=true")
    for query in ("", "?limit=1", f"?next_token={quote(EMAIL)}", f"?timezone={WORD}"):
        for call in (olga.list_attendees, olga.export_attendees, olga.list_acts, olga.list_members):
            call(event_id, query)
        for call in (anybody.list_events, olga.list_own_events, olga.list_shared_events):
            call(query)
    olga.remove_member(event_id, "hema")
    anybody.get_event(event_id)
    anybody.get_event(EMAIL)
    anybody.get_health()
    wait(olga, anybody)
    for gone in ({}, GONE):
        about = olga.create_event(event_payload(**gone)).json["event"]
        anybody.register(about, PERSON)
        olga.update_event(about, {"name": "Raga"})
        olga.cancel_event(about)
        olga.delete_event(about)
    past = olga.create_event(event_payload(**GONE)).json["event"]
    anybody.register(past, PERSON)
    olga.cancel_attendee(event_id, held["id"])
    privacy(admin, olga)
    anybody.register(past, PERSON | {"email": f"late.{EMAIL}"})
    anybody.call("preflight", "OPTIONS", "/events", Origin=f"https://{WORD}.example")
    load_function("sweep_events").lambda_handler({}, lambda_context(800))


def wait(olga, anybody):
    """Wait for a seat, look, and leave."""
    full = olga.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    anybody.register(full, attendee_payload(2))
    anybody.register(full, PERSON)
    waiting = anybody.join_waitlist(full, PERSON).json
    anybody.join_waitlist(full, PERSON)
    anybody.get_waitlist(full, waiting["manage"])
    olga.get_waitlist(full)
    anybody.leave_waitlist(full, waiting["manage"])


def privacy(admin, olga):
    """Show and erase the person, page by page, and let others try."""
    for address in (EMAIL, quote(EMAIL), f"{WORD}@", ""):
        for api in (olga, admin):
            api.export_person(address, "?limit=1")
            api.erase_person(address, "?limit=1")
            api.erase_person(address)


def words_of(token):
    """Return the bytes that a token consists of."""
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return b""


def test_the_person_is_named_to_those_whom_it_concerns_alone(who, replies, table, capsys):
    live(who)
    printed = capsys.readouterr()

    # All was done: every function was called, and most of them answered well.
    assert set(FUNCTIONS) == {function for function, _ in replies}
    assert set(FUNCTIONS) - {"preflight"} == {function for function, reply in replies if reply.status < 300} - {
        "preflight"
    }
    assert any(WORD in reply.text for _, reply in replies)

    assert WORD not in (printed.out + printed.err).casefold()
    assert len(printed.out.splitlines()) > len(replies)
    for function, reply in replies:
        shown = json.dumps(reply.headers).casefold()
        assert WORD not in shown, (function, shown)
        if function not in SEEN_BY_WHO_MAY or reply.status >= 400:
            assert WORD not in reply.text.casefold(), (function, reply.text)
        for token in re.findall(r'"next_token": ?"([^"]+)"', reply.text) + re.findall(r"next_token=([\w-]+)", shown):
            assert WORD.encode() not in words_of(token).lower(), function


def test_no_key_of_the_table_or_of_an_index_names_the_person(who, table, capsys):
    live(who)
    items = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
    assert any(WORD in str(item).casefold() for item in items)
    for item in items:
        named = {
            name: value for name, value in item.items() if name.endswith(("pk", "sk")) and WORD in value.casefold()
        }
        assert not named, named
