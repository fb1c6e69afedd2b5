"""What each operation costs in DynamoDB's capacity units: as docs/capacity.md says, however many items there are."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from event_management import keys
from event_management.config import load_limits
from event_management.models import Attendee, Member
from event_management.pagination import sign_token
from event_management.store import retention
from event_management.store.attributes import to_attributes
from event_management.store.secrets import forget_secrets, read_signing_keys
from tests.gateway import ROOT, attendee_payload, event_payload
from tests.integration.capacity import Call, Meter, item_size, read_units
from tests.integration.engine import at_once, handlers_client, handlers_on, plan, wait_for_answers

MANY = int(os.environ.get("CAPACITY_ITEMS", "1000"))
"""With 100000 this takes minutes: MiniStack's pages cost time in proportion to what there is."""
FEW = 300
"""More than a page of 100 out of four partitions reads."""


@pytest.fixture(scope="module")
def shop(open_stack):
    """Warm: the client is made, the secrets are read."""
    with handlers_on(open_stack.endpoint_url) as shop:
        shop.api.create_event(event_payload())
        yield shop


@pytest.fixture
def world(shop):
    with pytest.MonkeyPatch.context() as patch:
        yield World(shop, patch)
    load_limits.cache_clear()


def measured(call):
    """Make the call; return the meter that has followed it."""
    with Meter().of(handlers_client()) as meter:
        call()
    return meter


def elsewhere(call):
    """Make the call as one who knows nothing of any event: in a thread of its own."""
    return partial(at_once, [call], 1)


class World:
    """What operations begin with."""

    def __init__(self, shop, patch):
        self.api, self.table = shop
        self.patch = patch

    def event(self, capacity=80, blocks=1, partitions=1, people=0, **changes):
        plan(self.patch, capacity, blocks, partitions)
        event_id = self.api.create_event(event_payload(max_capacity=capacity, **changes)).json["event"]
        for n in range(people):
            assert 201 == self.api.register(event_id, attendee_payload(n)).status
        return event_id

    def sold_out_event(self, blocks=1):
        event_id = self.event(capacity=blocks, blocks=blocks, people=blocks)
        assert 409 == self.api.register(event_id, attendee_payload(blocks)).status
        return event_id

    def give_away(self, event_id):
        """Make the event somebody else's, who shares it with the caller."""
        self.table.client.update_item(
            TableName=self.table.name,
            Key=to_attributes(keys.event_key(event_id)),
            UpdateExpression="SET #owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues=to_attributes({":owner": SUBJECT}),
        )
        put(self.table, [keys.member_item(Member(event_id, "anonymous", "organiser", datetime.now(UTC)))])


# --- Operations: each returns the call that is measured ---------------------------------------------------------------


def create(world, blocks, **changes):
    plan(world.patch, 10 * blocks, blocks, partitions=1)
    return partial(world.api.create_event, event_payload(max_capacity=10 * blocks, **changes))


def register(world, **changes):
    return partial(world.api.register, world.event(people=1), attendee_payload(1, **changes))


def register_first_for_event(world):
    return elsewhere(partial(world.api.register, world.event(), attendee_payload(1)))


def register_first_in_container(world):
    call = register_first_for_event(world)
    forget_secrets()
    return call


def register_again(world):
    return partial(world.api.register, world.event(people=1), attendee_payload(0))


def limit(world, **attempts):
    """Let attempts to register be limited for this process, in a window that does not end meanwhile."""
    world.patch.setenv("REGISTRATIONS_WINDOW_SECONDS", "999999999")
    for policy, number in attempts.items():
        world.patch.setenv(f"REGISTRATIONS_PER_{policy.upper()}", str(number))
    load_limits.cache_clear()


def register_under_limits(world, **attempts):
    call = register(world)
    limit(world, **attempts)
    return call


def register_beyond_the_limit(world):
    call = register_under_limits(world, address=1)
    assert 201 == call().status
    return call


def register_where_the_last_seat_has_gone(world):
    return partial(world.api.register, world.event(capacity=1, people=1), attendee_payload(1))


def register_where_sold_out(world, **headers):
    event_id = world.sold_out_event(blocks=4)
    return partial(world.api.register, event_id, attendee_payload(9), **headers)


def register_where_sold_out_in_a_rush(world):
    event_id = world.sold_out_event(blocks=4)
    world.patch.setattr("event_management.seats.SeatFinder.spares_directory", True)
    return partial(world.api.register, event_id, attendee_payload(9))


def get_event(world):
    return partial(world.api.get_event, world.event())


def get_unknown_event(world):
    return partial(world.api.get_event, "aaaaaaaaaa")


def list_attendees(world, blocks=1, partitions=1, people=11, query="?limit=10"):
    return partial(world.api.list_attendees, world.event(80 * blocks, blocks, partitions, people), query)


def list_events(world):
    for _ in range(51):
        assert 201 == world.api.create_event(event_payload(start_time="2088-01-15 18:30")).status
    return partial(world.api.list_events, "?limit=50")


def list_own_events(world):
    for _ in range(51):
        assert 201 == world.api.create_event(event_payload(status="draft")).status
    return partial(world.api.list_own_events, "?limit=50")


def change_event(world, blocks=1, **changes):
    return partial(world.api.update_event, world.event(80 * blocks, blocks), changes)


def lower_capacity(world, blocks=1):
    return partial(world.api.update_event, world.event(80 * blocks, blocks), {"max_capacity": 40 * blocks})


def cancel_event(world, blocks=1):
    return partial(world.api.cancel_event, world.event(80 * blocks, blocks))


def delete_event(world, people=0):
    return partial(world.api.delete_event, world.event(people=people))


def register_party(world, seats=3, blocks=1, capacity=80):
    """Of an event with so many seats left in each block."""
    event_id = world.event(capacity, blocks)
    assert 200 == world.api.update_event(event_id, {"max_party": seats}).status
    assert 201 == world.api.register(event_id, attendee_payload(0)).status
    return partial(world.api.register, event_id, attendee_payload(1, seats=seats))


def somebody(world, **event):
    """Register somebody; return the event's id, theirs, and their codes."""
    event_id = world.event(**event)
    made = world.api.register(event_id, attendee_payload(0)).json
    return event_id, made["id"], made


def attendee_call(world, name, *more, **event):
    event_id, attendee_id, made = somebody(world, **event)
    return partial(getattr(world.api, name), event_id, attendee_id, *more, manage=made["manage"])


def full_event(world, waiting=0):
    """An event without a seat left, for which so many people wait; return its id, its attendee and the last who waits."""
    event_id, attendee_id, made = somebody(world, capacity=1)
    assert 200 == world.api.update_event(event_id, {"waitlist": True}).status
    assert 409 == world.api.register(event_id, attendee_payload(1)).status  # so that the block is off the directory
    for n in range(1, waiting + 1):
        made = world.api.join_waitlist(event_id, attendee_payload(n)).json
    return event_id, attendee_id, made


def cancel_for_who_waits(world):
    event_id, attendee_id, _ = full_event(world, waiting=1)
    return partial(world.api.cancel_attendee, event_id, attendee_id)


def join_waitlist(world):
    event_id, *_ = full_event(world)
    return partial(world.api.join_waitlist, event_id, attendee_payload(9))


def find_own_place(world):
    event_id, _, made = full_event(world, waiting=3)
    return partial(world.api.get_waitlist, event_id, made["manage"])


def list_waitlist(world):
    event_id, *_ = full_event(world, waiting=3)
    return partial(world.api.get_waitlist, event_id)


def leave_waitlist(world):
    event_id, _, made = full_event(world, waiting=3)
    return partial(world.api.leave_waitlist, event_id, made["manage"])


def check_in(world):
    event_id, _, made = somebody(world)
    return partial(world.api.check_in, event_id, made["ticket"])


def undo_check_in(world):
    event_id, attendee_id, made = somebody(world)
    assert 200 == world.api.check_in(event_id, made["ticket"]).status
    return partial(world.api.undo_check_in, event_id, attendee_id)


def renew_codes(world):
    event_id, attendee_id, _ = somebody(world)
    return partial(world.api.renew_codes, event_id, attendee_id)


def share(world):
    return partial(world.api.put_member, world.event(), SUBJECT, "helper")


def stop_sharing(world):
    event_id = world.event()
    assert 200 == world.api.put_member(event_id, SUBJECT, "helper").status
    return partial(world.api.remove_member, event_id, SUBJECT)


def list_members(world):
    event_id = world.event()
    members = [Member(event_id, f"{n:08}{SUBJECT[8:]}", "helper", datetime.now(UTC)) for n in range(51)]
    put(world.table, [keys.member_item(member) for member in members])
    return partial(world.api.list_members, event_id)


def list_shared_events(world):
    for _ in range(51):
        world.give_away(world.event())
    return world.api.list_shared_events


def list_acts(world):
    event_id = world.event()
    for n in range(50):
        assert 200 == world.api.update_event(event_id, {"name": f"Raga {n}"}).status
    return partial(world.api.list_acts, event_id)


def export_person(world):
    for _ in range(50):
        world.event()
    return partial(world.api.export_person, attendee_payload(0)["email"], "?limit=50")


def erase_person(world, **event):
    world.event(people=1, **event)
    return partial(world.api.erase_person, attendee_payload(0)["email"])


def sweep(world, people=0):
    world.event(people=people, **GONE)
    return sweep_nothing(world)


def sweep_nothing(_):
    return partial(retention.run, 30)


def for_another(operation):
    """The operation on an event that somebody else shares with the caller."""

    def prepare(world):
        call = operation(world)
        world.give_away(call.args[0])
        return call

    return prepare


SUBJECT = "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a"
GONE = {"start_time": "2020-01-15 18:30", "end_time": "2020-01-15 21:00"}
WIDE = "𠀋" * 200
OPERATIONS = {
    "make an event, 1 seat block": partial(create, blocks=1),
    "make an event, 4 seat blocks": partial(create, blocks=4),
    "make an event, 256 seat blocks": partial(create, blocks=256),
    "make an event, longest name and location": partial(create, blocks=1, name=WIDE, location=WIDE),
    "register": register,
    "register, longest name and address": partial(
        register, name=WIDE, email=f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.in"
    ),
    "register, first call for the event in a container": register_first_for_event,
    "register, first call of all in a container": register_first_in_container,
    "register, already registered": register_again,
    "register, limited by client": partial(register_under_limits, client=100),
    "register, limited by client and address": partial(register_under_limits, client=100, address=5),
    "register, beyond a limit": register_beyond_the_limit,
    "register, sold out": register_where_sold_out,
    "register, sold out, with an Idempotency-Key": partial(register_where_sold_out, Idempotency_Key="asha"),
    "register, sold out, in a rush": register_where_sold_out_in_a_rush,
    "register, first to find the last block empty": register_where_the_last_seat_has_gone,
    "read an event": get_event,
    "read an unknown event": get_unknown_event,
    "list events, a page of 50": list_events,
    "list attendees, a page of 10": list_attendees,
    "list attendees, an empty page": partial(list_attendees, people=0),
    "list attendees, a page of 10 out of 4 index partitions": partial(list_attendees, blocks=4, partitions=4),
    "list attendees, a page of 10 out of 16 index partitions": partial(list_attendees, blocks=16, partitions=16),
    "list attendees, a page of 100": partial(list_attendees, blocks=2, people=101, query="?limit=100"),
    "register a party": register_party,
    "register a party, out of several blocks": partial(register_party, blocks=3, capacity=6),
    "read a registration": partial(attendee_call, name="get_attendee"),
    "change a name": lambda world: attendee_call(world, "update_attendee", {"name": "Asha"}),
    "hand a registration over": lambda world: attendee_call(world, "transfer_attendee", attendee_payload(9)),
    "cancel a registration": partial(attendee_call, name="cancel_attendee"),
    "cancel a registration, of a block without seats left": partial(attendee_call, name="cancel_attendee", capacity=1),
    "cancel a registration, for who waits": cancel_for_who_waits,
    "new codes": renew_codes,
    "join the waitlist": join_waitlist,
    "read one's place on the waitlist": find_own_place,
    "leave the waitlist": leave_waitlist,
    "list who waits": list_waitlist,
    "check in": check_in,
    "undo a check-in": undo_check_in,
    "list one's own events, a page of 50": list_own_events,
    "change an event": partial(change_event, name="Raga"),
    "change an event's window, 1 seat block": partial(change_event, registration_closes="2098-01-01 09:00"),
    "change an event's window, 256 seat blocks": partial(
        change_event, blocks=256, registration_closes="2098-01-01 09:00"
    ),
    "raise a capacity, 1 seat block": partial(change_event, max_capacity=81),
    "lower a capacity, 1 seat block": lower_capacity,
    "lower a capacity, 256 seat blocks": partial(lower_capacity, blocks=256),
    "cancel an event, 1 seat block": cancel_event,
    "delete an event": delete_event,
    "delete an event with 10 attendees": partial(delete_event, people=10),
    "share an event": share,
    "share an event no longer": stop_sharing,
    "list members, a page of 50": list_members,
    "list events that others share with one, a page of 50": list_shared_events,
    "read the audit, a page of 50": list_acts,
    "list attendees of another's event, a page of 10": for_another(list_attendees),
    "check in at another's event": for_another(check_in),
    "change another's event": for_another(partial(change_event, name="Raga")),
}
WALKS = {
    "find a person in 50 events": export_person,
    "erase a person, of 1 event to come": erase_person,
    "erase a person, of 1 event that is over": partial(erase_person, **GONE),
    "sweep, nothing to do": sweep_nothing,
    "sweep an event": sweep,
    "sweep an event with 10 attendees": partial(sweep, people=10),
}
"""Through all events of the stack."""


def documented():
    """The rows of docs/capacity.md: calls and units by operation, as written there."""
    text = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
    lines = text.partition("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {name: tuple(figures[:4]) for name, *figures in rows[1:]}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_costs_what_is_documented(world, operation):
    cost = measured(OPERATIONS[operation](world)).cost()
    assert documented()[operation] == tuple(f"{figure:g}" for figure in cost)


@pytest.mark.parametrize("operation", WALKS)
def test_a_walk_through_all_events_costs_what_is_documented(open_stack, monkeypatch, operation):
    with handlers_on(open_stack.endpoint_url) as shop:
        cost = measured(WALKS[operation](World(shop, monkeypatch))).cost()
    assert documented()[operation] == tuple(f"{figure:g}" for figure in cost)


def test_nothing_else_is_documented():
    assert [*OPERATIONS, *WALKS] == list(documented())


# --- However many there are -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 4])
@pytest.mark.parametrize("limit", [10, 100])
def test_a_page_of_attendees_costs_the_same_however_many_there_are(world, partitions, limit):
    wait_for_answers(world.patch, 60)
    costs = []
    for people in (FEW, MANY):
        event_id = world.event(80 * partitions, partitions, partitions)
        items = [attendee_item(event_id, n, partitions) for n in range(people)]
        put(world.table, items)
        for shown, query in (
            (range(limit), f"?limit={limit}"),
            (range(people - 15, people - 5), f"?limit=10&next_token={token_after(items[-16], 'attendees', event_id)}"),
            (range(90, 100), "?limit=10&page=10"),
        ):
            call = partial(world.api.list_attendees, event_id, query)
            page = call().json["sections"]
            assert [spelled(n, 16) for n in shown] == [person["id"] for person in page]
            costs.append(
                check_reads(measured(call), queries=partitions, most=shown.stop if "page=" in query else len(page))
            )
    assert costs[:3] == costs[3:]


@pytest.mark.parametrize("limit", [50, 100])
def test_a_page_of_events_costs_the_same_however_many_there_are(open_stack, monkeypatch, limit):
    costs = []
    for number in (FEW, MANY):
        with handlers_on(open_stack.endpoint_url) as shop:
            wait_for_answers(monkeypatch, 60)
            event = shop.table.item(keys.event_key(shop.api.create_event(event_payload()).json["event"]))
            items = [event_item(event, n) for n in range(number)]
            put(shop.table, items)
            for shown, query in (
                (range(limit), f"?limit={limit}"),
                (
                    range(number - 15, number - 5),
                    f"?limit=10&next_token={token_after(items[-16], 'events', 'published')}",
                ),
            ):
                call = partial(shop.api.list_events, query)
                page = call().json["sections"]
                assert [spelled(n, 10) for n in shown] == [event["id"] for event in page]
                costs.append(check_reads(measured(call), queries=1, most=len(page)))
    assert costs[:2] == costs[2:]


def check_reads(meter, queries, most):
    """Return what a page cost; fails if a Query reads more than the page may hold, and one to know whether more follow.

    So nothing that it costs can depend on how many there are.
    """
    assert {"GetItem", "Query"} >= {call.operation for call in meter.calls}
    assert queries == len(meter.named("Query"))
    for call in meter.named("Query"):
        assert call.answer["ScannedCount"] <= call.asked["Limit"] <= most + 1
    return meter.cost()


def attendee_item(event_id, n, partitions):
    """Somebody's item; all are of the same size."""
    attendee = Attendee(
        id=spelled(n, 16),
        event_id=event_id,
        name="Asha Rao",
        email=f"asha{n:07}@example.com",
        registered_at=datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=n),
        serial="d5k7m3p2q6s4x",
    )
    return keys.attendee_item(attendee, {0: 1}, partitions)


def event_item(event, n):
    """Another event like this, but earlier; all are of the same size."""
    event_id = spelled(n, 10)
    return event | keys.event_key(event_id) | {"id": event_id, "gsi1sk": f"2088-01-15T13:00:00.000000Z#{event_id}"}


def spelled(n, length):
    """A number as an id that sorts like it."""
    return f"{n:0{length}}".translate(str.maketrans("0123456789", "abcdefghij"))


def token_after(item, *scope):
    return sign_token(keys.read_position(item), scope, read_signing_keys())


def put(table, items):
    for first in range(0, len(items), 25):
        requests = [{"PutRequest": {"Item": to_attributes(item)}} for item in items[first : first + 25]]
        answer = table.client.batch_write_item(RequestItems={table.name: requests})
        assert {} == answer["UnprocessedItems"]


# --- The rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "size"),
    [
        ({"S": "Raga"}, 4),
        ({"S": "राग"}, 9),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "100"}, 2),
        ({"N": "123"}, 3),
        ({"NS": ["1", "23", "456"]}, 7),
        ({"B": b"12345"}, 5),
        ({"BOOL": True}, 1),
        ({"M": {"1": {"B": b"12345"}}}, 3 + 1 + 1 + 5),
    ],
    ids=str,
)
def test_an_attribute_is_as_long_as_its_name_and_its_value(attribute, size):
    assert len("name") + size == item_size({"name": attribute})


@pytest.mark.parametrize(
    ("sizes", "strong", "eventual"), [([], 1, 0.5), ([4096], 1, 0.5), ([4097], 2, 1), ([2000, 2000, 2000], 2, 1)]
)
def test_a_query_reads_units_of_4_kb_over_all_its_items(sizes, strong, eventual):
    answer = {"Items": [{"n": {"S": "x" * (size - 1)}} for size in sizes]}
    assert strong == read_units(Call("Query", {"ConsistentRead": True}, answer))
    assert eventual == read_units(Call("Query", {}, answer))


def test_a_batch_reads_units_of_4_kb_for_each_item_and_one_for_what_is_not_there():
    asked = {"RequestItems": {"Table": {"Keys": [{}, {}, {}], "ConsistentRead": True}}}
    answer = {"Responses": {"Table": [{"n": {"S": "x"}}, {"n": {"S": "x" * 5000}}]}}
    assert 1 + 2 + 1 == read_units(Call("BatchGetItem", asked, answer))
