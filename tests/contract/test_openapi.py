"""docs/openapi.yaml is valid, and says of routes, security, schemas and errors what template and code say."""

import inspect
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from event_management import errors, models, views
from event_management.http import privacy, problems, request
from event_management.http.conditional import MAX_TAGS
from event_management.http.pages import MAX_BY_NUMBER, MAX_LIMIT
from event_management.http.request import MAX_BODY, MAX_FILE
from event_management.identifiers import is_attendee_id, is_event_id
from event_management.roles import check_subject
from event_management.spreadsheets import read_people
from event_management.timezones import find_zone
from local import template
from tests.contract.conformance import (
    EVERY_ANSWER,
    ORGANISER,
    OTHER_ROUTES,
    document,
    headers_of,
    operations,
    resolve,
    schema_validator,
)
from tests.gateway import FUNCTIONS, ROOT

CONTENT = template.load(ROOT / "template.yaml")
API = CONTENT["Resources"]["Api"]["Properties"]
MODELS = (
    models.EventRequest,
    models.CancellationRequest,
    models.AttendeeRequest,
    models.NewHolderRequest,
    models.TicketRequest,
    models.MemberRequest,
    views.EventView,
    views.EventDetail,
    views.AttendeeView,
    views.EventCreated,
    views.EventList,
    views.EventShown,
    views.EventUpdated,
    views.EventCancelled,
    views.EventDeleted,
    views.Health,
    views.Registered,
    views.AttendeeShown,
    views.CodesShown,
    views.RegistrationCancelled,
    views.Waitlisted,
    views.CheckedIn,
    views.AttendeeList,
    views.MemberView,
    views.MemberChosen,
    views.MemberList,
    views.SharedEvent,
    views.SharedEventList,
    views.ActView,
    views.ActList,
    views.PersonalRecordView,
    views.PersonExported,
    views.PersonErased,
    views.ImportReport,
    views.ImportedRow,
    views.RowFault,
    problems.Problem,
    problems.ProblemFault,
)
PATCHES = {"EventPatch": models.EventPatchRequest, "AttendeePatch": models.NewHolderRequest}
"""Merge patches, each of something of this shape."""
PROBLEMS = {"UnprocessableProblem", "InvalidPayloadProblem", "InvalidTicketProblem"}
"""Schemas of the document alone."""
PAYLOADS: Mapping[str, type[request.PayloadModel[Any]]] = {
    "cancel_event": models.Cancellation,
    "check_in": models.ShownTicket,
    "create_event": models.NewEvent,
    "join_waitlist": models.NewAttendee,
    "put_member": models.ChosenRole,
    "register_attendee": models.NewAttendee,
    "transfer_attendee": models.NewHolder,
    "update_attendee": models.AttendeePatch,
    "update_event": models.EventPatch,
}
"""What the code reads the requests of an operation into."""
FILES = {"import_attendees"}
"""Operations whose requests are CSV files of people."""
PROBLEM = "application/problem+json"
FROM_EVERYWHERE = {"bad_request", "internal_error", "timeout", "too_many_requests"}
"""Codes that any route can give, whatever it does."""


def template_routes() -> Iterable[tuple[str, str, str]]:
    """Yield path, lower-case method and function folder."""
    for properties in template.resources(CONTENT, template.FUNCTION).values():
        folder = properties["CodeUri"].removeprefix("functions/").rstrip("/")
        for event in properties.get("Events", {}).values():
            route = event["Properties"]
            yield route["Path"], route["Method"].lower(), folder


def function_of(operation: Mapping[str, Any]) -> str:
    """Return the folder of an operation's function."""
    # One function answers every OPTIONS, others serve persons and organisers, and operation ids must differ.
    own_id: str = re.sub(r"^(preflight)_\w+$", r"\1", operation["operationId"])
    return own_id.removeprefix(ORGANISER)


def responses() -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    """Yield operation id, status and response of every documented answer."""
    for _path, _method, operation in operations():
        for status, response in operation["responses"].items():
            yield operation["operationId"], status, resolve(response)
    for status, response in document()[OTHER_ROUTES].items():
        yield OTHER_ROUTES, status, resolve(response)


def problem_codes(response: Mapping[str, Any]) -> list[str]:
    schema = resolve(response["content"][PROBLEM]["schema"])
    codes: list[str] = schema["allOf"][1]["properties"]["code"]["enum"]
    return codes


def documented_codes(operation_id: str) -> dict[str, int]:
    """Return the codes that an operation can give, with their status."""
    return {
        code: int(status)
        for documented_id, status, response in responses()
        if documented_id == operation_id and PROBLEM in response.get("content", {})
        for code in problem_codes(response)
    }


def examples(media: Mapping[str, Any]) -> dict[str, Any]:
    return {name: resolve(example)["value"] for name, example in media["examples"].items()}


def contents() -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield a name and the media type object of every request and answer."""
    for _path, _method, operation in operations():
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{operation['operationId']} request {media_type}", media
    for operation_id, status, response in responses():
        for media_type, media in response.get("content", {}).items():
            yield f"{operation_id} {status} {media_type}", media


def described_values() -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield a name and the object of every parameter and header."""
    for path, item in document()["paths"].items():
        for holder in (item, *(item[method] for method in item if method != "parameters")):
            for parameter in holder.get("parameters", []):
                yield f"{path} {resolve(parameter)['name']}", resolve(parameter)
    for operation_id, status, response in responses():
        for name, header in response.get("headers", {}).items():
            yield f"{operation_id} {status} {name}", resolve(header)
    for name, header in document()[EVERY_ANSWER].items():
        yield f"every answer {name}", resolve(header)


def gateway_problems() -> dict[str, tuple[int, dict[str, Any], Mapping[str, str]]]:
    """Return status, body and headers of what the gateway itself answers, by response type."""
    found = {}
    for kind, response in API["GatewayResponses"].items():
        text = response["ResponseTemplates"]["application/json"]
        text = text.replace("$context.error.messageString", '"Bad Request Exception"')
        body = json.loads(text.replace("$context.requestId", "3c1d5e7f-9a8b-4c6d-8e0f-1a2b3c4d5e6f"))
        headers = {name: value.strip("'") for name, value in response["ResponseParameters"]["Headers"].items()}
        found[kind] = (response["StatusCode"], body, headers)
    return found


# --- The document -----------------------------------------------------------------------------------------------------


def test_the_document_is_valid_openapi_3_1():
    assert "3.1.0" == document()["openapi"]
    assert [] == [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()]


def test_the_document_has_the_products_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == document()["info"]["version"]


def test_every_component_is_used():
    text = json.dumps(document())
    defined = {
        f"#/components/{kind}/{name}"
        for kind, components in document()["components"].items()
        for name in components
        if kind != "securitySchemes"
    }
    assert defined == set(re.findall(r'"\$ref": "([^"]+)"', text))


# --- Routes and security ----------------------------------------------------------------------------------------------


def test_routes_are_those_of_the_template():
    expected = {(path, method) for path, method, _folder in template_routes()}
    assert expected == {(path, method) for path, method, _operation in operations()}


def test_operations_are_called_after_their_functions():
    folders = {(path, method): folder for path, method, folder in template_routes()}
    for path, method, operation in operations():
        assert folders[path, method] == function_of(operation)
        is_twin = operation["operationId"].startswith(ORGANISER)
        assert not is_twin or path.startswith("/organiser/")


WITHOUT_TOKEN: Mapping[tuple[str, str], list[str]] = {
    ("get", "/health"): [],
    ("get", "/events"): [],
    ("get", "/events/{event_id}"): [],
    ("post", "/events/{event_id}/register"): [],
    ("post", "/events/{event_id}/waitlist"): [],
    ("get", "/events/{event_id}/attendee/{attendee_id}"): ["manage_code"],
    ("patch", "/events/{event_id}/attendee/{attendee_id}"): ["manage_code"],
    ("delete", "/events/{event_id}/attendee/{attendee_id}"): ["manage_code"],
    ("post", "/events/{event_id}/attendee/{attendee_id}/transfer"): ["manage_code"],
    ("get", "/events/{event_id}/attendee/{attendee_id}/ticket.svg"): ["manage_code", "ticket"],
    ("get", "/events/{event_id}/waitlist"): ["manage_code"],
    ("delete", "/events/{event_id}/waitlist"): ["manage_code"],
}
"""Every route that needs no organiser's token, with what opens it instead, one of these; pre-flights are open, too."""


def protection_in_the_template(route: Mapping[str, Any]) -> str:
    """Return `organiser` or `none`; raise `KeyError` where it is stated in any other way."""
    stated = {"null": API["Auth"]["DefaultAuthorizer"], '{"Authorizer": "NONE"}': "NONE"}
    return {"Organisers": "organiser", "NONE": "none"}[stated[json.dumps(route.get("Auth"))]]


def test_the_default_of_both_documents_is_that_organisers_alone_may_call():
    assert {"DefaultAuthorizer", "AddDefaultAuthorizerToCorsPreflight", "Authorizers"} == API["Auth"].keys()
    assert ("Organisers", ["Organisers"]) == (API["Auth"]["DefaultAuthorizer"], list(API["Auth"]["Authorizers"]))
    assert [{"organiser": []}] == document()["security"]


def test_every_route_states_the_same_protection_in_template_and_document():
    documented = {(method, path): operation for path, method, operation in operations()}
    for properties in template.resources(CONTENT, template.FUNCTION).values():
        for event in properties.get("Events", {}).values():
            route = event["Properties"]
            called = (route["Method"].lower(), route["Path"])
            security = documented.pop(called).get("security", document()["security"])
            if called in WITHOUT_TOKEN or called[0] == "options":
                expected = ("none", [{scheme: []} for scheme in WITHOUT_TOKEN.get(called, [])])
            else:
                expected = ("organiser", [{"organiser": []}])
            assert expected == (protection_in_the_template(route), security), called
    assert {} == documented


@pytest.mark.parametrize("auth", [{}, {"Authorizer": "Others"}, {"Authorizer": None}, {"ApiKeyRequired": True}])
def test_a_protection_that_is_stated_in_another_way_is_noticed(auth):
    with pytest.raises(KeyError):
        protection_in_the_template({"Auth": auth})


def test_no_route_is_said_to_need_no_token_that_is_not_there():
    assert WITHOUT_TOKEN.keys() <= {(method, path) for path, method, _operation in operations()}


def test_every_way_in_is_described():
    schemes = document()["components"]["securitySchemes"]
    assert {"organiser", "manage_code", "ticket"} == schemes.keys()
    assert ("http", "bearer", "JWT") == tuple(schemes["organiser"][part] for part in ("type", "scheme", "bearerFormat"))


def test_operations_that_ask_for_credentials_and_no_others_can_answer_401():
    asking = {operation["operationId"] for _, _, operation in operations() if operation.get("security") != []}
    assert asking == {operation_id for operation_id, status, _ in responses() if status == "401"}


def test_a_manage_code_is_asked_for_where_the_code_reads_one():
    sources = {name: (ROOT / "functions" / name / "app.py").read_text(encoding="utf-8") for name in FUNCTIONS}
    for path, _method, operation in operations():
        asked = {scheme for way in operation.get("security", [{"organiser": []}]) for scheme in way}
        reads = re.search(r"read_((ticket_)?access|manage_code)\(", sources[function_of(operation)])
        assert ("manage_code" in asked) == (bool(reads) and not path.startswith("/organiser/")), path


def test_headers_are_documented_for_the_operations_that_read_them():
    sources = {name: (ROOT / "functions" / name / "app.py").read_text(encoding="utf-8") for name in FUNCTIONS}
    for header, reader in (
        ("Idempotency-Key", "request.idempotency"),
        ("If-Match", "read_patch(request"),
        ("If-None-Match", "is_unchanged(request"),
    ):
        for _path, _method, operation in operations():
            documented = {resolve(parameter)["name"] for parameter in operation.get("parameters", [])}
            assert (reader in sources[function_of(operation)]) == (header in documented), operation["operationId"]


def test_answers_carry_an_etag_where_the_code_gives_one():
    sources = {name: (ROOT / "functions" / name / "app.py").read_text(encoding="utf-8") for name in FUNCTIONS}
    tagged = {name for name, source in sources.items() if "entity_tag(" in source}
    functions = {operation["operationId"]: function_of(operation) for _, _, operation in operations()}
    assert {operation_id for operation_id, function in functions.items() if function in tagged} == {
        operation_id for operation_id, _, response in responses() if "ETag" in response.get("headers", {})
    }


def is_subject(text: str) -> bool:
    """Whether the code takes a text for the `sub` of a token."""
    with suppress(errors.InvalidParameterError):
        return check_subject(text) == text
    return False


@pytest.mark.parametrize("placeholder", ["event_id", "attendee_id", "member"])
def test_placeholders_of_paths_are_described(placeholder):
    for path, item in document()["paths"].items():
        named = {resolve(parameter)["name"] for parameter in item["parameters"]}
        assert (f"{{{placeholder}}}" in path) == (placeholder in named)


# --- Schemas ----------------------------------------------------------------------------------------------------------


def test_schemas_are_those_of_the_models():
    _, expected = msgspec.json.schema_components(MODELS, ref_template="#/components/schemas/{name}")
    documented = document()["components"]["schemas"]
    for name, schema in expected.items():
        assert schema == documented[name], name
    assert PROBLEMS | PATCHES.keys() == documented.keys() - expected.keys()


@pytest.mark.parametrize("name", PATCHES)
def test_a_merge_patch_may_have_any_member_of_its_shape_and_null_for_those_with_a_default(name):
    _, shapes = msgspec.json.schema_components([PATCHES[name]])
    whole = shapes[PATCHES[name].__name__]
    expected = {}
    for member, schema in whole["properties"].items():
        expected[member] = {part: value for part, value in schema.items() if part != "default"}
        if member not in whole["required"] and "anyOf" not in schema:
            nullable = {"enum": [*schema["enum"], None]} if "enum" in schema else {"type": [schema["type"], "null"]}
            expected[member] |= nullable
    documented = document()["components"]["schemas"][name]
    assert expected == documented["properties"]
    assert ("object", 1, False) == tuple(documented[part] for part in ("type", "minProperties", "additionalProperties"))
    assert "required" not in documented


def test_patterns_mean_the_same_in_ecmascript():
    # Escapes and classes that Python and ECMA 262 (with the u flag) read alike; no look-behind, no named groups.
    alike = re.compile(r"(?:\\[dswDSWrn.*?^$/-]|\\u[0-9a-f]{4}|[^\\(]|\((?:\?[:=])?(?![?]))*")
    patterns = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(document()))
    assert len(patterns) > 10
    for pattern in map(json.loads, patterns):
        assert alike.fullmatch(pattern), pattern
        assert pattern.startswith("^"), pattern
        assert pattern.endswith("$"), pattern


def test_bounds_that_no_model_holds_are_those_of_the_code():
    parameters = dict(described_values())
    pattern = parameters["/events/{event_id} event_id"]["schema"]["pattern"]
    for text in ("k3v7qzm2ab", "K3V7QZM2AB", "k3v7qzm2a", "k3v7qzm2abc", "k3v7qzm2a1", ""):
        assert is_event_id(text) == bool(re.search(pattern, text))
    for name, rule in (("Idempotency-Key", request._IDEMPOTENCY_KEY), ("TransactionId", request._CORRELATION_ID)):
        schema = Draft202012Validator(resolve(document()["components"]["parameters"][name])["schema"])
        for text in (
            "k",
            "k" * 128,
            "k" * 129,
            "k" * 255,
            "k" * 256,
            "",
            "a b",
            "asha@example.com",
            "é",
            "a/b:c+d=e._-",
        ):
            assert (rule.fullmatch(text) is not None) == schema.is_valid(text), (name, text)
    pattern = parameters["/events/{event_id}/attendee/{attendee_id} attendee_id"]["schema"]["pattern"]
    for text in (
        "m4x2c7v5b3n6a2sd",
        "M4X2C7V5B3N6A2SD",
        "m4x2c7v5b3n6a2s",
        "m4x2c7v5b3n6a2sda",
        "m4x2c7v5b3n6a2s1",
        "",
    ):
        assert is_attendee_id(text) == bool(re.search(pattern, text))
    subject = Draft202012Validator(parameters["/events/{event_id}/members/{member} member"]["schema"])
    for text in (
        "s",
        "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a",
        "auth0|a+b@c.d:e_f",
        "s" * 128,
        "s" * 129,
        "",
        "a b",
        "a/b",
        "é",
    ):
        assert is_subject(text) == subject.is_valid(text), text
    lists = {path for path in document()["paths"] if f"{path} limit" in parameters} - {
        "/events/{event_id}/attendee.csv",
        "/privacy",
        "/privacy/export",
    }
    assert 7 == len(lists)
    for path in lists:
        assert MAX_LIMIT == parameters[f"{path} limit"]["schema"]["maximum"]
    assert MAX_BY_NUMBER == parameters["/events/{event_id}/attendee page"]["schema"]["maximum"]
    components = document()["components"]
    assert MAX_TAGS == components["parameters"]["If-Match"]["schema"]["maxLength"]
    assert f"longer than {MAX_TAGS:,} characters" in components["parameters"]["If-None-Match"]["description"]
    assert f"at most {request._LONGEST_CODE} printable" in components["securitySchemes"]["manage_code"]["description"]
    schema = Draft202012Validator(components["parameters"]["Person-Email"]["schema"])
    for text in ("a@b.example", "%E0%A4%86%40b.example", "a%2", "a%zz", "a b", "é@b.example", "", "a" * 762, "a" * 763):
        assert (privacy._PERCENT_ENCODED.fullmatch(text) is not None) == (schema.is_valid(text)), text
    assert f"at most {MAX_BODY // 1024} KB" in document()["info"]["description"]
    assert f"CSV, at most {MAX_FILE // 1024} KB" in document()["info"]["description"]


# --- Examples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "media"), list(contents()))
def test_every_body_has_examples_and_they_conform(name, media):
    assert examples(media)
    validator = schema_validator(media["schema"], closed=True)
    for example_name, value in examples(media).items():
        assert [] == [error.message for error in validator.iter_errors(value)], example_name


@pytest.mark.parametrize(("name", "described"), list(described_values()))
def test_every_parameter_and_header_has_an_example_and_it_conforms(name, described):
    values = [described["example"]] if "example" in described else list(examples(described).values())
    assert values
    validator = schema_validator(described["schema"])
    for value in values:
        assert [] == [error.message for error in validator.iter_errors(value)], value


def test_every_code_of_every_answer_has_an_example_and_every_example_its_status():
    for operation_id, status, response in responses():
        if PROBLEM not in response.get("content", {}):
            continue
        shown = examples(response["content"][PROBLEM]).values()
        assert set(problem_codes(response)) == {value["code"] for value in shown}, operation_id
        assert {int(status)} == {value["status"] for value in shown}, operation_id


def test_example_requests_are_taken_by_the_code():
    zone = models.zone_default(None, find_zone("Asia/Kolkata"))
    read = set()
    for _path, _method, operation in operations():
        for media in operation.get("requestBody", {}).get("content", {}).values():
            read.add(function_of(operation))
            for value in examples(media).values():
                if function_of(operation) in PAYLOADS:
                    assert PAYLOADS[function_of(operation)].read(value["payload"], zone)
                else:
                    assert [models.NewAttendee.read(row.cells, zone) for row in read_people(value) if not row.faults]
    assert PAYLOADS.keys() | FILES == read


def test_patches_are_taken_in_the_media_types_that_the_code_takes():
    for _path, method, operation in operations():
        if method == "patch":
            assert set(request.PATCH_TYPES) == operation["requestBody"]["content"].keys()


def test_examples_of_errors_say_what_the_code_says():
    told = {error.code: [problems.describe(error(), "t")] for error in problems.STATUS if says_the_same_always(error)}
    told["internal_error"] = [problems.describe_defect("t")]
    for error in (
        errors.AlreadyCheckedInError("2027-01-15T12:41:07Z"),
        errors.CapacityTooSmallError(151),
        errors.RoleMissingError("organiser"),
        errors.RoleMissingError("owner"),
        errors.RegistrationNotOpenError("2026-12-01T04:30:00Z"),
        errors.SeatsFullError(2),
        errors.TooManyRequestsError([]),
    ):
        told.setdefault(error.code, []).append(problems.describe(error, "t"))
    compared = set()
    for _operation_id, _status, response in responses():
        for value in examples(response["content"][PROBLEM]).values() if PROBLEM in response.get("content", {}) else ():
            if value["code"] in told:
                assert value | {"trace_id": "t"} in [msgspec.to_builtins(problem) for problem in told[value["code"]]]
                compared.add(value["code"])
    assert told.keys() == compared


def says_the_same_always(error: type[errors.EventManagementError]) -> bool:
    """Whether an error needs nothing to be made of."""
    parameters = inspect.signature(error).parameters.values()
    return all(parameter.default is not parameter.empty for parameter in parameters)


# --- Errors -----------------------------------------------------------------------------------------------------------


def test_every_error_of_the_code_is_documented_with_its_status():
    documented = {
        code: status for operation_id, _, _ in responses() for code, status in documented_codes(operation_id).items()
    }
    for error, status in problems.STATUS.items():
        assert status == documented[error.code], error


def test_no_code_is_documented_that_nothing_gives():
    given = {error.code for error in problems.STATUS} | {body["code"] for _, body, _ in gateway_problems().values()}
    given.add(problems.describe_defect("t").code)
    assert given == {code for operation_id, _, _ in responses() for code in documented_codes(operation_id)}


@pytest.mark.parametrize("kind", API["GatewayResponses"])
def test_what_the_gateway_answers_itself_is_documented(kind):
    status, body, headers = gateway_problems()[kind]
    assert PROBLEM == headers["Content-Type"]
    homes = [
        response
        for _operation_id, documented, response in responses()
        if documented == str(status) and body["code"] in problem_codes(response)
    ]
    assert homes
    for response in homes:
        validator = schema_validator(response["content"][PROBLEM]["schema"], closed=True)
        assert [] == [error.message for error in validator.iter_errors(body)]
        documented = headers_of(response)
        assert headers.keys() - {"Content-Type"} <= documented.keys()
        for name in document()[EVERY_ANSWER]:
            assert schema_validator(resolve(documented[name])["schema"]).is_valid(headers[name]), name
        required = {name for name, header in documented.items() if resolve(header).get("required")}
        assert required <= headers.keys()
    shown = [value for response in homes for value in examples(response["content"][PROBLEM]).values()]
    assert {**body, "trace_id": ""} in [{**value, "trace_id": ""} for value in shown]


def test_every_operation_can_give_what_can_happen_to_any_call():
    for _path, _method, operation in operations():
        assert documented_codes(operation["operationId"]).keys() >= FROM_EVERYWHERE
