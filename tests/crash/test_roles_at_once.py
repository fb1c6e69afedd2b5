"""Somebody with whom an event is shared loses their role while a call of theirs is under way: it does nothing, or was done.

And every act that was done, and none else, left its record: also where the call was killed on the way.
"""

import pytest

from event_management import keys
from event_management.addresses import parse_address
from event_management.codes import read_ticket
from event_management.deadline import set_deadline
from event_management.errors import EventNotFoundError, RoleMissingError
from event_management.identifiers import digest
from event_management.models import Access, EventPatch, NewHolder, ZoneDefault
from event_management.roles import Caller
from event_management.spreadsheets import read_people
from event_management.store import attendees, changes, check_ins, contention, events, imports, members
from event_management.store.attributes import from_attributes
from event_management.store.client import query_partition
from event_management.store.secrets import read_signing_keys
from event_management.timezones import find_zone
from tests.crashes import every_crash, every_hold_up, holding_up, standing_of
from tests.gateway import event_payload
from tests.unit.conftest import TABLE
from tests.unit.moto_tables import made_once

OLGA, USHA = Caller("anonymous"), Caller("usha")
MEMBER = Access(USHA)


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch):
    monkeypatch.setattr(contention, "_LONGEST_PAUSE", 0)


@pytest.fixture
def make_world(api):
    """An event that olga shares with usha, with one person registered and one who has come."""

    def prepare():
        event_id = api.create_event(event_payload(max_capacity=9)).json["event"]
        people = [
            api.register(event_id, {"name": name, "email": f"{name.lower()}@example.com"}).json
            for name in ("Asha", "Ravi")
        ]
        api.check_in(event_id, people[1]["ticket"])
        members.choose(event_id, USHA.subject, "organiser", OLGA)
        return event_id, *people

    bring_back = made_once(prepare)

    def make():
        set_deadline(float("inf"))  # what the calls before had left
        return bring_back()

    return make


def change(**patch):
    def call(world):
        request = changes.ChangeRequest(USHA, None, digest(str(patch)))
        return changes.update(world[0], request, EventPatch(patch).apply)

    return call


def import_one(world):
    event, authority = events.find_with_authority(world[0], USHA, "organiser")
    rows = read_people("name,email\nNadia,nadia@example.com\n")
    (row,) = imports.import_people(event, authority, rows, ZoneDefault(find_zone("UTC")))
    if row.outcome == "event_not_found":
        raise EventNotFoundError
    assert "registered" == row.outcome


ACTS = {
    "update_event": change(name="Raga"),
    "update_event, seats": change(max_capacity=12),
    "cancel_event": lambda world: changes.cancel(world[0], USHA, "Rain."),
    "update_attendee": lambda world: attendees.rename(world[0], world[1]["id"], MEMBER, "Asha Rao", None),
    "renew_codes": lambda world: attendees.renew_codes(world[0], world[1]["id"], MEMBER),
    "transfer_attendee": lambda world: attendees.hand_over(
        world[0], world[1]["id"], MEMBER, NewHolder("Vikram", parse_address("vikram@example.com"))
    ),
    "cancel_attendee": lambda world: attendees.cancel(world[0], world[1]["id"], MEMBER),
    "check_in": lambda world: check_ins.check_in(world[0], read_ticket(world[1]["ticket"], read_signing_keys()), USHA),
    "undo_check_in": lambda world: check_ins.undo_check_in(world[0], world[2]["id"], USHA),
    "import_attendees": import_one,
}
DISMISSALS = {
    "dismissed": lambda event_id: members.dismiss(event_id, USHA.subject, OLGA),
    "made a helper": lambda event_id: members.choose(event_id, USHA.subject, "helper", OLGA),
}


def acts_of_usha(event_id):
    return [item["what"] for item in query_partition(keys.acts_on(event_id)) if item["who"] == USHA.subject]


def standing(table, event_id):
    """How the event stands, and whom it could be told from by: serials too, which new codes change."""
    people = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
    serials = sorted(item["serial"] for item in people if item.get("event_id") == event_id and "serial" in item)
    return standing_of(table, TABLE, event_id), serials


@pytest.mark.parametrize("dismiss", DISMISSALS.values(), ids=DISMISSALS)
@pytest.mark.parametrize("what", ACTS)
def test_who_loses_their_role_meanwhile_does_nothing_more(make_world, table, what, dismiss):
    helpers_may = "check_in" in what and dismiss is DISMISSALS["made a helper"]
    outcomes = set()
    with holding_up():
        for (event_id, *_), held in every_hold_up(make_world, ACTS[what]):
            before, acts = standing(table, event_id), acts_of_usha(event_id)
            dismiss(event_id)
            try:
                held.finish()
            except (EventNotFoundError, RoleMissingError):
                assert (before, []) == (standing(table, event_id), acts_of_usha(event_id))
                outcomes.add("refused")
            else:
                assert [what.partition(",")[0]] == acts_of_usha(event_id)
                assert helpers_may or acts or "pending" in before[0].event, "begun by somebody without a role"
                outcomes.add("done")
    assert ("done" if helpers_may else "refused") in outcomes


@pytest.mark.parametrize("what", ACTS)
def test_an_act_that_is_broken_off_anywhere_leaves_one_record_when_it_is_completed(make_world, what):
    for crash in every_crash(make_world, ACTS[what]):
        changes.cancel(crash.world[0], OLGA, "Rain.")  # whoever changes the event next completes what was begun
        assert [what.partition(",")[0]] == acts_of_usha(crash.world[0])
