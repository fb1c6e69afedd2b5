"""Each function's role holds exactly the DynamoDB actions, on the table and indexes, that its code calls.

What the code calls is seen by running every handler on all its paths; the paths are complete when every line of
`store` that leads a function to DynamoDB was run. What the roles hold is read from template.yaml.
"""

import ast
import copy
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import botocore.client
import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from event_management import keys, seats
from event_management.store import connection, secrets
from event_management.store.attributes import to_attributes
from local import template
from tests.gateway import FUNCTIONS, ROOT, Api, attendee_payload, event_payload
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
        self.move_files()
        return self.seen

    def list_nothing(self):
        """Before the stack has secrets."""
        self.call("list_events", 200)
        self.call("list_events", 400, "?next_token=AAAA")
        self.call("get_event", 404, NEVER_EXISTED)
        self.call("register", 404, NEVER_EXISTED, attendee_payload())
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
        self.change_block(self.other_id, 0, state="closed")
        self.call("register", 409, self.other_id, person)

    def list_pages(self):
        self.call("get_event", 200, self.event_id)
        for function, place in (("list_events", []), ("list_attendees", [self.event_id])):
            token = self.call(function, 200, *place, "?limit=1").json["next_token"]
            self.call(function, 200, *place, f"?limit=1&next_token={token}")
            self.call(function, 400, *place, f"?limit=1&next_token={token}x")
        self.call("list_attendees", 200, self.event_id, "?limit=1&page=2")
        self.call("list_attendees", 200, self.large_id)
        self.call("preflight", 204, "OPTIONS", "/events/", Origin="https://shop.example")

    def move_files(self):
        """Exports by page; imports of one row, so that it is this thread that registers."""
        for number in range(2):
            self.call("import_attendees", 200, self.event_id, f"name,email\nP,file{number}@example.com\n")
        link = self.call("export_attendees", 200, self.event_id, "?limit=1").headers["Link"]
        self.call("export_attendees", 200, self.event_id, link.partition(">")[0].removeprefix("<"))
        self.call("export_attendees", 200, self.large_id)
        again = "name,email\nP,file0@example.com\n"
        self.call("import_attendees", 200, self.event_id, again)
        self.call("import_attendees", 200, self.event_id, again, "?dry_run=true")
        for fault in (Conflict(after_commit=False), Conflict(after_commit=True)):
            more = f"name,email\nP,file{fault.after_commit}@example.com\n"
            self.call("import_attendees", 200, self.event_id, more, fault=fault)
        self.call("import_attendees", 200, self.event_id, "name,email,seats\nP,party@example.com,3\n")
        for number in range(4):  # the last seats, an empty block, and the proof that all is sold
            self.call("import_attendees", 200, self.event_id, f"name,email\nP,late{number}@example.com\n")
        self.call("import_attendees", 200, self.event_id, "name,email\nP,none@example.com\n", "?dry_run=true")
        (row,) = self.call("import_attendees", 200, self.large_id, again).json["rows"]
        self.call("cancel_attendee", 200, self.large_id, row["id"])
        self.call("import_attendees", 200, self.large_id, again, Idempotency_Key="anew")
        many = "".join(f"P,file{number}@example.com\n" for number in range(101))
        self.call("import_attendees", 200, self.large_id, f"name,email\n{many}", "?dry_run=true")
        for block in range(99):
            self.change_block(self.large_id, block, seats_left=block % 2)
        self.call("import_attendees", 200, self.large_id, "name,email,seats\nP,party@example.com,3\n")

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


class Source:
    """store/ and functions/ as syntax: which function refers to which, and where a call to DynamoDB stands."""

    def __init__(self) -> None:
        self.modules = {file.stem: parse(file) for file in STORE.glob("*.py")}
        self.functions = {
            node.name: (module, node)
            for module, tree in self.modules.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        self.touching = {
            name for name, (_, node) in self.functions.items() if any(map(self.is_engine_call, walk(node)))
        }
        while more := {
            name
            for name, (_, node) in self.functions.items()
            if name not in self.touching and any(self.reference(inner) in self.touching for inner in walk(node))
        }:
            self.touching |= more

    def is_engine_call(self, node) -> bool:
        """Whether this calls a method of the client, or names an action of a transaction."""
        match node:
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in client_methods()
            case ast.Dict(keys=[ast.Constant(value=str(kind))]):
                return kind in TRANSACTION_ACTIONS
        return False

    def reference(self, node) -> str | None:
        """Return the name of a function of store/ that this refers to."""
        match node:
            case ast.Name(id=name):
                return name if name in self.functions else None
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules:
                return name
        return None

    def lines_to_run(self, function: str) -> set[tuple[Line, ...]]:
        """Return, for each place in store/ from where this Lambda function gets to DynamoDB, the lines it may show as."""
        found, known = set(), set()
        tree = ast.parse((ROOT / "functions" / function / "app.py").read_text())
        waiting = [self.reference(node) for node in ast.walk(tree)]
        while waiting:
            name = waiting.pop()
            if name not in self.touching or name in known:
                continue
            known.add(name)
            module, node = self.functions[name]
            for statement in (inner for inner in walk(node) if isinstance(inner, ast.stmt)):
                for part in own_parts(statement):
                    referred = self.reference(part)
                    waiting.append(referred)
                    if referred in self.touching or self.is_engine_call(part):
                        found.add(tuple(Line(f"{module}.py", line) for line in extent(statement, part)))
        return found


def parse(file):
    """Parse a module; an argument that has a function's name is told from it."""
    tree = ast.parse(file.read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            own = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id in own:
                    node.id += " as an argument"
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


@pytest.fixture
def observed(table, monkeypatch) -> Observations:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(seats, "SOLD_OUT_SECONDS", 60)  # no test is to hurry
    return Scenarios(table).run()


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
        for function in FUNCTIONS
        for lines in source.lines_to_run(function)
        if not observations.lines[function].intersection(lines)
    )


def test_the_scenarios_run_every_line_that_leads_a_function_to_dynamodb(observed):
    assert [] == missed_lines(observed)


def test_a_scenario_that_is_missing_is_noticed(table):
    scenarios = Scenarios(table)
    scenarios.list_nothing()

    missed = {line.split(":")[0] for line in missed_lines(scenarios.seen)}
    assert {"create_event", "list_attendees", "register_attendee"} == missed


def test_the_search_for_such_lines_finds_those_of_registering():
    found = {lines[0].module for lines in Source().lines_to_run("register_attendee")}

    assert {"attendees.py", "client.py", "seats.py", "secrets.py"} == found
    assert set() == Source().lines_to_run("preflight")


def test_no_role_has_a_wildcard():
    permissions = set().union(*granted(template.load(ROOT / "template.yaml")).values())

    assert permissions
    assert [] == [permission for permission in permissions if "*" in "".join(permission)]


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
            changed = copy.deepcopy(content)
            statement = {"Effect": "Allow", "Action": action, "Resource": resource}
            changed["Resources"][name]["Properties"].setdefault("Policies", []).append({"Statement": [statement]})
            yield f"{name} with {action} on {resource}", changed
