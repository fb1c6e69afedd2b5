"""Each function's role holds exactly the DynamoDB actions, on the table and indexes, that its code calls.

What the code calls is seen by running every handler; that is complete when it ran every call to DynamoDB, and every
action of a transaction, that its code refers to, from function to function. What the roles hold is read from
template.yaml.
"""

import ast
import copy
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

import botocore.client
import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from event_management import keys, seats
from event_management.config import load_limits
from event_management.models import Member
from event_management.store import connection, secrets
from event_management.store.attributes import to_attributes
from local import template
from tests.crashes import Killed, killed_after
from tests.gateway import ALL_FUNCTIONS, ROOT, Api, attendee_payload, event_payload, lambda_context, load_function
from tests.unit.conftest import TABLE

STORE = ROOT / "shared" / "event_management" / "store"
TRANSACTION_ACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
"""A transaction needs the permissions of what it is made of, and none of its own.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html"""
NEVER_EXISTED = "aaaaaaaaaa"

Permission = tuple[str, str]
"""An action, and the resource that it is for: `Table`, `Table/index/gsi1`."""


# --- What the roles hold ----------------------------------------------------------------------------------------------


def folder_of(properties):
    return properties["CodeUri"].strip("/").split("/")[-1]


def granted(content) -> dict[str, set[Permission]]:
    """Return the permissions in a template's function policies, by function folder."""
    return {
        folder_of(properties): {
            permission for policy in properties.get("Policies", []) for permission in permissions_of(policy)
        }
        for properties in template.resources(content, template.FUNCTION).values()
    }


def permissions_of(policy) -> Iterator[Permission]:
    for statement in policy["Statement"]:
        assert {"Effect", "Action", "Resource"} == set(statement)
        assert "Allow" == statement["Effect"]
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield action, name_of(resource)


def as_list(value):
    return value if isinstance(value, list) else [value]


def name_of(resource) -> str:
    match resource:
        case {"Fn::GetAtt": [name, "Arn"]}:
            return name
        case {"Fn::Sub": str(text)} if text.startswith("${Table.Arn}/"):
            return text.replace("${Table.Arn}", "Table")
    return json.dumps(resource)


# --- What the code calls ----------------------------------------------------------------------------------------------


class Line(NamedTuple):
    module: str
    number: int


class Observations:
    """What the functions called, and which lines of store/ they ran; each by function folder."""

    def __init__(self) -> None:
        self.permissions = defaultdict(set)
        self.lines = defaultdict(set)

    @contextmanager
    def watching(self, function, fault=None):
        """Watch one handler. `fault(operation, call)` may make a call differ from what the engine would do."""
        original, tracer = botocore.client.BaseClient._make_api_call, sys.gettrace()

        def call(client, operation, arguments):
            self.permissions[function] |= needed_for(client.meta.service_model.service_name, operation, arguments)
            return (fault or plainly)(operation, lambda: original(client, operation, arguments))

        def trace(frame, event, _argument):
            if not frame.f_code.co_filename.startswith(str(STORE)):
                return None
            self.lines[function].add(Line(frame.f_code.co_filename.rpartition("/")[2], frame.f_lineno))
            return trace

        botocore.client.BaseClient._make_api_call = call
        sys.settrace(trace)
        try:
            yield
        finally:
            sys.settrace(tracer)
            botocore.client.BaseClient._make_api_call = original


def plainly(_operation, call):
    return call()


def needed_for(service, operation, arguments) -> set[Permission]:
    if service != "dynamodb":
        return {(f"{service}:{operation}", "*")}
    if operation == "TransactWriteItems":
        return {
            (TRANSACTION_ACTIONS[kind], table(action["TableName"]))
            for item in arguments["TransactItems"]
            for kind, action in item.items()
        }
    if operation == "BatchGetItem":
        return {("dynamodb:BatchGetItem", table(name)) for name in arguments["RequestItems"]}
    index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
    return {(f"dynamodb:{operation}", table(arguments["TableName"]) + index)}


def table(name: str) -> str:
    assert TABLE == name
    return "Table"


class Scenarios:
    """Every handler, on all its paths."""

    def __init__(self, engine) -> None:
        self.engine, self.seen, self.api = engine, Observations(), Api()

    def run(self) -> Observations:
        self.list_nothing()
        self.create_events()
        self.register_attendees()
        self.list_pages()
        self.change_registrations()
        self.wait()
        self.check_in()
        self.change_events()
        self.move_files()
        self.work_for_another()
        self.erase_people()
        self.sweep()
        self.share()
        return self.seen

    def list_nothing(self):
        """Before the stack has secrets."""
        self.call("list_events", 200)
        self.call("list_events", 400, "?next_token=AAAA")
        self.call("get_event", 404, NEVER_EXISTED)
        self.call("register", 404, NEVER_EXISTED, attendee_payload())
        self.call("list_own_events", 200)
        self.call("list_attendees", 404, NEVER_EXISTED)

    def create_events(self):
        """The first event makes the secrets; then retries, contention, a lost answer, and more blocks than fit at once."""
        event = event_payload(max_capacity=3)
        self.event_id = self.call("create_event", 201, event).json["event"]
        self.call("create_event", 422, event_payload(name=""))
        self.call("create_event", 201, event, Idempotency_Key="k")
        self.call("create_event", 201, event, Idempotency_Key="k")
        self.call("create_event", 422, event_payload(), Idempotency_Key="k")
        self.other_id = self.call("create_event", 201, event, fault=Conflict(after_commit=False)).json["event"]
        self.call("create_event", 201, event, fault=Conflict(after_commit=True), Idempotency_Key="lost")
        large = event_payload(max_capacity=99 * 80)
        self.large_id = self.call("create_event", 201, large, Idempotency_Key="large").json["event"]
        self.change_block(self.large_id, 98, seats_left=81)
        self.call("create_event", 201, large, Idempotency_Key="large")

    def register_attendees(self):
        person = attendee_payload(1)
        self.call("register", 201, self.event_id, person, Idempotency_Key="k")
        self.call("register", 201, self.event_id, person, Idempotency_Key="k")
        self.call("register", 422, self.event_id, attendee_payload(1, name="Other"), Idempotency_Key="k")
        self.call("register", 409, self.event_id, person)
        self.call("register", 404, NEVER_EXISTED, person)
        self.call("register", 201, self.event_id, attendee_payload(2), fault=Conflict(after_commit=False))
        self.call("register", 201, self.event_id, attendee_payload(3), fault=Conflict(after_commit=True))
        self.call("register", 409, self.event_id, attendee_payload(4))  # finds the block empty and takes it off
        self.call("register", 409, self.event_id, attendee_payload(5))  # goes by the proof that all is sold
        with limits_on():
            self.call("register", 409, self.event_id, attendee_payload(5))
        party = self.api.create_event(event_payload(max_capacity=160, max_party=20)).json["event"]
        for block in (0, 1):
            self.change_block(party, block, seats_left=1, taken=79)
        self.call("register", 201, party, attendee_payload(6, seats=2))  # out of two blocks

    def list_pages(self):
        self.call("get_event", 200, self.event_id)
        for function, place in (("list_events", []), ("list_attendees", [self.event_id])):
            token = self.call(function, 200, *place, "?limit=1").json["next_token"]
            self.call(function, 200, *place, f"?limit=1&next_token={token}")
            self.call(function, 400, *place, f"?limit=1&next_token={token}x")
        self.call("list_attendees", 200, self.event_id, "?limit=1&page=2")
        self.call("list_attendees", 200, self.large_id)
        token = self.call("list_own_events", 200, "?limit=1").json["next_token"]
        self.call("list_own_events", 200, f"?limit=1&next_token={token}")
        self.call("get_health", 200)
        self.call("preflight", 204, "OPTIONS", "/events/", Origin="https://shop.example")

    def move_files(self):
        """Exports by page; imports of one row, so that it is this thread that registers."""

        def send(row, query="", **options):
            file = f"name,email,seats\n{row}\n"
            return self.call("import_attendees", 200, event_id, file, query, **options).json["rows"][0]

        event_id = self.call("create_event", 201, event_payload(max_capacity=320, max_party=3)).json["event"]
        first, *_ = [send(f"P,file{number}@example.com") for number in (0, 0, 1)]
        link = self.call("export_attendees", 200, event_id, "?limit=1").headers["Link"]
        self.call("export_attendees", 200, event_id, link.partition(">")[0].removeprefix("<"))
        self.call("export_attendees", 200, self.large_id)
        self.call("cancel_attendee", 200, event_id, first["id"])
        assert "registered" == send("P,file0@example.com", Idempotency_Key="anew")["outcome"]
        for fault in (Conflict(after_commit=False), Conflict(after_commit=True)):
            assert "registered" == send(f"P,file{fault.after_commit}@example.com", fault=fault)["outcome"]
        assert (
            "would_register" == send("\n".join(f"P,p{n}@example.com" for n in range(101)), "?dry_run=true")["outcome"]
        )
        for block, seats_left in enumerate((0, 0, 1, 2)):
            self.change_block(event_id, block, seats_left=seats_left)
        assert "registered" == send("P,party@example.com,3")["outcome"]
        for number in range(3):  # finds the blocks empty, takes them off, and goes by the proof that all is sold
            assert "seats_full" == send(f"P,late{number}@example.com")["outcome"]
        assert "seats_full" == send("P,late@example.com", "?dry_run=true")["outcome"]

    def change_registrations(self):
        event_id = self.api.create_event(event_payload()).json["event"]
        me = self.api.register(event_id, attendee_payload(1)).json
        self.call("get_attendee", 200, event_id, me["id"], me["manage"])
        self.call("get_attendee", 404, event_id, "a" * 16)
        self.call("draw_ticket", 200, event_id, me["id"])
        self.call("draw_ticket", 200, event_id, me["id"], me["manage"])
        self.call("update_attendee", 200, event_id, me["id"], {"name": "Another Name"}, me["manage"])
        other = self.call("update_attendee", 200, event_id, me["id"], attendee_payload(2), me["manage"]).json
        self.call("renew_codes", 201, event_id, other["attendee"]["id"])
        heir = self.call(
            "transfer_attendee", 200, event_id, other["attendee"]["id"], attendee_payload(3), Idempotency_Key="k"
        )
        self.call("transfer_attendee", 200, event_id, other["attendee"]["id"], attendee_payload(3), Idempotency_Key="k")
        self.call("cancel_attendee", 200, event_id, heir.json["attendee"]["id"], heir.json["manage"])

    def work_for_another(self):
        """As somebody with whom an event is shared."""
        event_id = self.shared_event(status="draft")
        self.call("get_event", 200, event_id)
        version = self.call("update_event", 200, event_id, {"status": "published"}).json["event"]["version"]
        self.call("update_event", 200, event_id, {"name": f"Version {version}"})
        self.call("list_attendees", 200, event_id)
        self.call("get_waitlist", 200, event_id)
        self.call("export_attendees", 200, event_id)
        self.call("import_attendees", 200, event_id, "name,email\nP,file@example.com\n")
        me = self.api.register(event_id, attendee_payload(1)).json
        self.call("get_attendee", 200, event_id, me["id"])
        self.call("draw_ticket", 200, event_id, me["id"])
        self.call("update_attendee", 200, event_id, me["id"], {"name": "Another"})
        heir = self.call("transfer_attendee", 200, event_id, me["id"], attendee_payload(2)).json
        ticket = self.call("renew_codes", 201, event_id, heir["attendee"]["id"]).json["ticket"]
        self.call("check_in", 200, event_id, ticket)
        self.call("undo_check_in", 200, event_id, heir["attendee"]["id"])
        self.call("cancel_attendee", 200, event_id, heir["attendee"]["id"])
        self.call("cancel_event", 200, event_id)

    def erase_people(self):
        """Who is registered and makes room for two of three who wait, who waits, and who has come, of events in two steps."""
        for _ in range(2):
            event = event_payload(max_capacity=2, max_party=2, waitlist=True, waitlist_policy="fill")
            event_id = self.api.create_event(event).json["event"]
            self.api.register(event_id, attendee_payload(11, seats=2))
            for number, party in ((12, 1), (13, 1), (14, 2)):
                self.api.join_waitlist(event_id, attendee_payload(number, seats=party))
        link = self.call("export_person", 200, "person11@example.com", "?limit=3").headers["Link"]
        self.call("export_person", 200, "person11@example.com", link.partition(">")[0].removeprefix("<"))
        self.call("erase_person", 200, "person11@example.com")
        self.call("erase_person", 200, "person14@example.com")
        event_id = self.api.create_event(event_payload()).json["event"]
        self.api.check_in(event_id, self.api.register(event_id, attendee_payload(15)).json["ticket"])
        self.call("erase_person", 200, "person15@example.com")
        self.call("erase_person", 200, "person15@example.com")

    def share(self):
        event_id = self.api.create_event(event_payload()).json["event"]
        self.call("put_member", 200, event_id, "helga", "helper")
        self.call("put_member", 200, event_id, "hugo", "helper", fault=Conflict(after_commit=False))
        token = self.call("list_members", 200, event_id, "?limit=1").json["next_token"]
        self.call("list_members", 200, event_id, f"?limit=1&next_token={token}")
        self.call("remove_member", 204, event_id, "helga")
        self.call("remove_member", 204, event_id, "helga")
        token = self.call("list_acts", 200, event_id, "?limit=1").json["next_token"]
        self.call("list_acts", 200, event_id, f"?limit=1&next_token={token}")
        self.call("remove_member", 204, self.shared_event(), "anonymous")
        for _ in range(2):
            event_id = self.shared_event()
        self.call("list_members", 200, event_id)
        token = self.call("list_shared_events", 200, "?limit=1").json["next_token"]
        self.call("list_shared_events", 200, f"?limit=1&next_token={token}")

    def sweep(self):
        """Events that are over, one with a change that broke off, and what a deletion that broke off left."""
        gone = {"start_time": "2020-01-15 18:30", "end_time": "2020-01-15 21:00"}
        for broken_off in (None, {"max_capacity": 9}, {"max_capacity": 3}):
            event = event_payload(max_capacity=4, max_party=2, waitlist=True, **gone)
            event_id = self.api.create_event(event).json["event"]
            *_, last = [self.api.register(event_id, attendee_payload(number)).json for number in range(21, 25)]
            for number in (25, 26):
                self.api.join_waitlist(event_id, attendee_payload(number, seats=2))
            self.api.cancel_attendee(event_id, last["id"])  # puts a seat by
            if broken_off:
                with killed_after(1), suppress(Killed):
                    self.api.update_event(event_id, broken_off)
        event_id = self.event_with_people_waiting()
        with killed_after(2), suppress(Killed):
            self.api.delete_event(event_id)
        secrets.forget_secrets()
        with self.seen.watching("sweep_events"):
            load_function("sweep_events").lambda_handler({}, lambda_context())

    def shared_event(self, **changes):
        """Make an event that its owner shares with the caller, who may do all but delete it."""
        event_id = self.api.create_event(event_payload(**changes)).json["event"]
        member = keys.member_item(Member(event_id, "anonymous", "organiser", datetime.now(UTC)))
        self.engine.put_item(TableName=TABLE, Item=to_attributes(member))
        self.engine.update_item(
            TableName=TABLE,
            Key=to_attributes(keys.event_key(event_id)),
            UpdateExpression="SET #owner = :olga",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues=to_attributes({":olga": "olga"}),
        )
        return event_id

    def wait(self):
        """At the head waits a party for whom a freed seat is put by; a smaller one passes."""
        event = event_payload(max_capacity=2, max_party=2, waitlist=True, waitlist_policy="fill")
        event_id = self.api.create_event(event).json["event"]
        there = [self.api.register(event_id, attendee_payload(number)).json for number in (1, 2)]
        party = self.call("join_waitlist", 201, event_id, attendee_payload(3, seats=2)).json
        self.call("get_waitlist", 200, event_id, party["manage"])
        token = (
            self.api.join_waitlist(event_id, attendee_payload(4))
            and self.call("get_waitlist", 200, event_id, None, "?limit=1").json["next_token"]
        )
        self.call("get_waitlist", 200, event_id, None, f"?next_token={token}")
        self.call("cancel_attendee", 200, event_id, there[0]["id"])  # promotes the fourth
        self.call("cancel_attendee", 200, event_id, there[1]["id"])  # puts a seat by
        with limits_on():
            self.call("join_waitlist", 201, event_id, attendee_payload(5))
        self.api.update_event(event_id, {"waitlist_policy": "strict"})
        event_id = self.api.create_event(event | {"waitlist_policy": "strict"}).json["event"]
        there = [self.api.register(event_id, attendee_payload(number)).json for number in (1, 2)]
        party = self.api.join_waitlist(event_id, attendee_payload(3, seats=2)).json
        self.api.join_waitlist(event_id, attendee_payload(4))
        self.api.cancel_attendee(event_id, there[0]["id"])
        self.call("leave_waitlist", 200, event_id, party["manage"])  # the seat put by is the fourth's

    def check_in(self):
        event_id = self.api.create_event(event_payload()).json["event"]
        me = self.api.register(event_id, attendee_payload(1)).json
        self.call("check_in", 200, event_id, me["ticket"])
        self.call("check_in", 409, event_id, me["ticket"])
        self.call("undo_check_in", 200, event_id, me["id"])
        self.call("undo_check_in", 409, event_id, me["id"])

    def change_events(self):
        """Also each after another change that broke off, which it completes."""
        self.call("update_event", 200, self.event_with_people_waiting(), {"max_capacity": 2})
        for operation, status, arguments in (
            ("update_event", 200, ({"description": "Three ragas and tea."},)),
            ("cancel_event", 200, ()),
            ("delete_event", 204, ()),
        ):
            for broken_off in ({"max_capacity": 2}, {"max_capacity": 9}, {"max_party": 2}):
                event_id = self.event_with_people_waiting()
                with killed_after(1), suppress(Killed):
                    self.api.update_event(event_id, broken_off)
                self.call(operation, status, event_id, *arguments)
        event_id = self.api.create_event(event_payload(max_capacity=9)).json["event"]
        self.call("update_event", 200, event_id, {"max_capacity": 3})
        self.call("cancel_event", 200, event_id)
        self.call("delete_event", 204, event_id)

    def event_with_people_waiting(self) -> str:
        event_id = self.api.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
        self.api.register(event_id, attendee_payload(1))
        for number in (2, 3):
            self.api.join_waitlist(event_id, attendee_payload(number))
        return str(event_id)

    def call(self, operation, status, *arguments, fault=None, **headers):
        function = {"register": "register_attendee"}.get(operation, operation)
        make = getattr(self.api, operation, None)
        secrets.forget_secrets()
        with self.seen.watching(function, fault):
            reply = make(*arguments, **headers) if make else self.api.call(function, *arguments, **headers)
        assert (status, operation) == (reply.status, operation), reply.text
        return reply

    def change_block(self, event_id, block, **changes):
        key = to_attributes(keys.seat_block_key(event_id, block))
        block = self.engine.get_item(TableName=TABLE, Key=key)["Item"]
        self.engine.put_item(TableName=TABLE, Item=block | to_attributes(changes))


@contextmanager
def limits_on():
    """Limit registrations meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRATIONS_PER_CLIENT", "1000")
        load_limits.cache_clear()
        yield
    load_limits.cache_clear()


class Conflict:
    """The first transaction loses to a rival, or is carried out although its answer says that it lost."""

    def __init__(self, *, after_commit: bool) -> None:
        self.after_commit, self.fired = after_commit, False

    def __call__(self, operation, call):
        if operation != "TransactWriteItems" or self.fired:
            return call()
        self.fired = True
        if self.after_commit:
            call()
        raise conflict()


def conflict() -> ClientError:
    reasons = [{"Code": "TransactionConflict"}, {"Code": "TransactionConflict"}]
    answer = {"Error": {"Code": "TransactionCanceledException", "Message": "lost"}, "CancellationReasons": reasons}
    return connection.dynamodb().exceptions.TransactionCanceledException(answer, "TransactWriteItems")


# --- Which lines lead to DynamoDB -------------------------------------------------------------------------------------


@cache
def client_methods() -> frozenset[str]:
    model = botocore.session.get_session().get_service_model("dynamodb")
    return frozenset(xform_name(operation) for operation in model.operation_names)


class Place(NamedTuple):
    """A function of store/; a method goes by its own name."""

    module: str
    name: str


NEVER_RUN = {
    ("erase_person", "check_if"): "an admin needs no condition",
    ("sweep_events", "check_if"): "nor does the stack itself",
    ("delete_event", "check_if"): "who may delete an event is its owner or an admin, and they need no condition",
    ("leave_waitlist", "alongside"): "places are given up by their holders alone, who need no role and leave no record",
}
"""What a function refers to and never gets to."""


class Source:
    """store/ and functions/ as syntax: which function refers to which, and where a call to DynamoDB stands."""

    def __init__(self) -> None:
        self.modules = {file.stem: parse(file) for file in STORE.glob("*.py")}
        self.functions = {
            Place(module, node.name): node
            for module, tree in self.modules.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        self.methods = {
            method.name: Place(module, method.name)
            for module, tree in self.modules.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        }

    def is_engine_call(self, node) -> bool:
        """Whether this calls a method of the client, or names an action of a transaction."""
        match node:
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in client_methods()
            case ast.Dict(keys=[ast.Constant(value=str(kind))]):
                return kind in TRANSACTION_ACTIONS
        return False

    def references(self, node, imported, module=None) -> Iterator[Place]:
        """Yield the functions of store/ that a part of this module may call."""
        match node:
            case ast.Name(id=name):
                yield imported.get(name, Place(module, name))
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in imported:
                yield Place(name, attribute)
            case ast.Attribute(attr=name) if name in self.methods:
                yield self.methods[name]

    def lines_to_run(self, function: str) -> set[tuple[Line, ...]]:
        """Return the calls to DynamoDB that this Lambda function may get to, each as the lines it may show as."""
        found, known = set(), set()
        app = ast.parse((ROOT / "functions" / function / "app.py").read_text())
        imported = imports(app)
        waiting = [place for node in ast.walk(app) for place in self.references(node, imported)]
        while waiting:
            place = waiting.pop()
            if place not in self.functions or place in known or (function, place.name) in NEVER_RUN:
                continue
            known.add(place)
            imported = imports(self.modules[place.module])
            for statement in (inner for inner in walk(self.functions[place]) if isinstance(inner, ast.stmt)):
                for part in own_parts(statement):
                    waiting += self.references(part, imported, place.module)
                    if self.is_engine_call(part):
                        found.add(tuple(Line(f"{place.module}.py", line) for line in extent(statement, part)))
        return found


def imports(tree) -> dict[str, Place]:
    """Return what a module has from store/, by its name there."""
    return {
        alias.asname or alias.name: Place(statement.module.rpartition(".")[2], alias.name)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("event_management.store")
        for alias in statement.names
    }


def parse(file):
    """Parse a module; an argument or a variable that has a function's name is told from it."""
    tree = ast.parse(file.read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
            own = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
            own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            for node in names:
                if node.id in own:
                    node.id += " of its own"
    return tree


def walk(function):
    return (node for statement in function.body for node in ast.walk(statement))


def own_parts(statement):
    """Yield the expressions of a statement without those of the statements inside it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (ast.stmt, ast.excepthandler)):
            yield from ast.walk(child)


def extent(statement, part):
    """Return the lines of a simple statement, or those of the part where the statement has a body."""
    node = part if hasattr(statement, "body") else statement
    return range(node.lineno, node.end_lineno + 1)


# --- The tests --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def memory() -> list[Observations]:
    """What was observed, for all tests: to observe takes longer than to compare."""
    return []


@pytest.fixture
def observed(table, monkeypatch, memory) -> Observations:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(seats, "SOLD_OUT_SECONDS", 60)  # no test is to hurry
    monkeypatch.setenv("RETENTION_DAYS", "30")
    if not memory:
        memory.append(Scenarios(table).run())
    return memory[0]


def differences(granted_permissions, called_permissions) -> list[str]:
    """Return what a role lacks and what it has for nothing."""
    return sorted(
        f"{function}: {words} {action} on {resource}"
        for function in {*granted_permissions, *called_permissions}
        for words, permissions in (
            ("lacks", called_permissions.get(function, set()) - granted_permissions.get(function, set())),
            ("has no use for", granted_permissions.get(function, set()) - called_permissions.get(function, set())),
        )
        for action, resource in permissions
    )


def test_every_role_holds_exactly_what_its_function_calls(observed):
    assert [] == differences(granted(template.load(ROOT / "template.yaml")), observed.permissions)


def missed_lines(observations) -> list[str]:
    source = Source()
    return sorted(
        f"{function}: {lines[0].module} line {lines[0].number}"
        for function in ALL_FUNCTIONS
        for lines in source.lines_to_run(function)
        if not observations.lines[function].intersection(lines)
    )


def test_the_scenarios_run_every_call_of_dynamodb_that_a_function_may_get_to(observed):
    assert [] == missed_lines(observed)


def test_a_scenario_that_is_missing_is_noticed(table):
    scenarios = Scenarios(table)
    scenarios.list_nothing()

    missed = {line.split(":")[0] for line in missed_lines(scenarios.seen)}
    assert set(ALL_FUNCTIONS) - {"get_health", "list_events", "preflight"} == missed


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        ("get_health", set()),
        ("preflight", set()),
        ("undo_check_in", {"check_if", "get_item", "get_items", "put", "transact", "update_if"}),
        ("get_waitlist", {"_query", "count_before", "get_item", "get_items"}),
        (
            "register_attendee",
            {"get_item", "get_items", "put_if", "transact", "update_and_read_if", "update_if", "update_item_if"},
        ),
    ],
)
def test_the_search_finds_the_calls_that_a_function_may_get_to(function, calls):
    places = {
        node.name: range(node.lineno, node.end_lineno + 1)
        for node in Source().modules["client"].body
        if isinstance(node, ast.FunctionDef)
    }
    found = Source().lines_to_run(function)

    assert {"client.py"} >= {lines[0].module for lines in found}
    assert calls == {name for name, place in places.items() for lines in found if lines[0].number in place}


def test_no_role_has_a_wildcard():
    permissions = set().union(*granted(template.load(ROOT / "template.yaml")).values())

    assert permissions
    assert [] == [permission for permission in permissions if "*" in "".join(permission)]


def test_whoever_may_use_the_table_may_use_its_key_by_way_of_the_table_alone():
    content = template.load(ROOT / "template.yaml")
    policy = content["Resources"]["TableKeyPolicy"]
    assert "HasKey" == policy["Condition"]
    assert [
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": {"Ref": "EncryptionKeyArn"},
            "Condition": {"StringEquals": {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"}}},
        }
    ] == policy["Properties"]["PolicyDocument"]["Statement"]
    held = granted(content)
    assert [
        {"Ref": f"{name}Role"}
        for name, properties in template.resources(content, template.FUNCTION).items()
        if any(action.startswith("dynamodb:") for action, _ in held[folder_of(properties)])
    ] == policy["Properties"]["Roles"]
    assert "kms:" not in json.dumps(template.resources(content, template.FUNCTION))


def test_every_change_of_a_role_is_noticed(observed):
    content = template.load(ROOT / "template.yaml")
    unnoticed = [
        words for words, changed in changed_roles(content) if not differences(granted(changed), observed.permissions)
    ]

    assert [] == unnoticed
    assert len(list(changed_roles(content))) > 30


def changed_roles(content):
    """Yield the template with each permission taken away, and with each of some added to each function."""
    for name, properties in template.resources(content, template.FUNCTION).items():
        for number, statement in enumerate(s for policy in properties.get("Policies", []) for s in policy["Statement"]):
            for action in as_list(statement["Action"]):
                changed = copy.deepcopy(content)
                policies = changed["Resources"][name]["Properties"]["Policies"]
                target = [inner for policy in policies for inner in policy["Statement"]][number]
                target["Action"] = [other for other in as_list(target["Action"]) if other != action]
                yield f"{name} without {action}", changed
        for action, resource in (
            ("dynamodb:Scan", {"Fn::GetAtt": ["Table", "Arn"]}),
            ("dynamodb:Query", {"Fn::GetAtt": ["Table", "Arn"]}),
            ("dynamodb:*", {"Fn::GetAtt": ["Table", "Arn"]}),
            ("dynamodb:GetItem", "*"),
            ("dynamodb:Query", {"Fn::Sub": "${Table.Arn}/index/*"}),
            ("dynamodb:Query", {"Fn::Sub": "${Table.Arn}/index/gsi2"}),
        ):
            if (action, name_of(resource)) in granted(content)[folder_of(properties)]:
                continue
            changed = copy.deepcopy(content)
            statement = {"Effect": "Allow", "Action": action, "Resource": resource}
            changed["Resources"][name]["Properties"].setdefault("Policies", []).append({"Statement": [statement]})
            yield f"{name} with {action} on {resource}", changed
