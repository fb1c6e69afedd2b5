"""What template.yaml promises: guarded, observed, recoverable, and the same routes and keys as the code."""

import copy
import json
import re
from collections import Counter

import msgspec
import pytest

from event_management import keys
from event_management.http.problems import STATUS, Problem
from event_management.store import connection, contention
from local import template
from local.users import ADMINS
from tests.gateway import ALL_FUNCTIONS, ROOT, Api

TEXT = (ROOT / "template.yaml").read_text(encoding="utf-8")
CONTENT = template.load(ROOT / "template.yaml")
RESOURCES = CONTENT["Resources"]
DEFAULTS = CONTENT["Globals"]["Function"]
FUNCTION_RESOURCES = template.resources(CONTENT, template.FUNCTION)
API = RESOURCES["Api"]["Properties"]
TABLE = RESOURCES["Table"]["Properties"]
GATEWAY_RESPONSES = API["GatewayResponses"]

GATEWAY_TIMEOUT = 29
"""Seconds. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""
LONGEST_SDK_PAUSES = 1 + 2
"""Seconds before the second and the third attempt in botocore's standard mode: at most 2^attempt."""


def routes():
    """Yield (method, path, function, whether it needs no token)."""
    for name, properties in FUNCTION_RESOURCES.items():
        for event in properties.get("Events", {}).values():
            assert {"Type": "Api"}.items() <= event.items()
            route = event["Properties"]
            assert {"Ref": "Api"} == route["RestApiId"]
            yield route["Method"], route["Path"], name, route.get("Auth") == {"Authorizer": "NONE"}


TWINS = {
    ("GET", "/organiser/events/{event_id}"),
    ("GET", "/organiser/events/{event_id}/attendee/{attendee_id}"),
    ("PATCH", "/organiser/events/{event_id}/attendee/{attendee_id}"),
    ("DELETE", "/organiser/events/{event_id}/attendee/{attendee_id}"),
    ("GET", "/organiser/events/{event_id}/attendee/{attendee_id}/ticket.svg"),
    ("POST", "/organiser/events/{event_id}/attendee/{attendee_id}/transfer"),
    ("GET", "/organiser/events/{event_id}/waitlist"),
}
"""Routes at which an organiser's token is asked for, of functions that have an open one, too."""


def problem(response) -> dict:
    """Return the JSON that callers get of a gateway response, the gateway's variables filled in."""
    text = response["ResponseTemplates"]["application/json"]
    text = text.replace("$context.error.messageString", '"Said by the gateway"')
    return json.loads(text.replace("$context.requestId", "5ca1ab1e"))


# --- Functions --------------------------------------------------------------------------------------------------------


def test_every_folder_has_a_function_named_after_it_and_every_function_its_folder():
    expected = {
        "".join(word.capitalize() for word in name.split("_")) + "Function": f"functions/{name}/"
        for name in ALL_FUNCTIONS
    }

    assert expected == {name: properties["CodeUri"] for name, properties in FUNCTION_RESOURCES.items()}


PUBLISHING = {"AutoPublishAlias", "AutoPublishAliasAllProperties", "ProvisionedConcurrencyConfig"}
"""What it takes to keep environments of a function started."""


SWEEP = FUNCTION_RESOURCES["SweepEventsFunction"]
"""What runs on a schedule."""


def test_functions_differ_in_nothing_but_code_routes_and_permissions():
    own = {member for properties in FUNCTION_RESOURCES.values() if properties is not SWEEP for member in properties}

    assert {"Description", "CodeUri", "Environment", "Events", "Policies"} == own - PUBLISHING


def test_limits_are_for_the_functions_that_take_seats_from_others_and_off_unless_asked_for():
    variables = {
        f"REGISTRATIONS_{words}": {"Ref": "Registrations" + "".join(word.capitalize() for word in words.split("_"))}
        for words in ("PER_ADDRESS", "PER_CLIENT", "WINDOW_SECONDS")
    }
    with_settings = {name: function for name, function in FUNCTION_RESOURCES.items() if function is not SWEEP}
    own = {name: function["Environment"] for name, function in with_settings.items() if "Environment" in function}

    assert {name: {"Variables": variables} for name in ("RegisterAttendeeFunction", "JoinWaitlistFunction")} == own
    assert {CONTENT["Resources"][name]["Properties"]["Description"].split(" - ")[0] for name in own} == {
        f"{method} {path}" for method, path in RUSHES
    }
    source = (ROOT / "shared/event_management/config.py").read_text()
    assert all(f'f"{name.rpartition("_")[0]}_' in source or f'"{name}"' in source for name in variables)
    parameters = {value["Ref"]: CONTENT["Parameters"][value["Ref"]] for value in variables.values()}
    assert [0, 0, 300] == [parameter["Default"] for parameter in parameters.values()]
    assert [0, 0, 10] == [parameter["MinValue"] for parameter in parameters.values()]


def test_people_are_kept_for_ever_unless_the_operator_says_how_long():
    parameter = CONTENT["Parameters"]["RetentionDays"]
    assert (0, 0, 99_999) == tuple(parameter[name] for name in ("Default", "MinValue", "MaxValue"))
    assert {"Fn::Not": [{"Fn::Equals": [{"Ref": "RetentionDays"}, 0]}]} == CONTENT["Conditions"]["Sweeps"]
    assert {"Variables": {"RETENTION_DAYS": {"Ref": "RetentionDays"}}} == SWEEP["Environment"]
    rule, permission = RESOURCES["SweepSchedule"], RESOURCES["SweepSchedulePermission"]
    assert ["Sweeps", "Sweeps"] == [rule["Condition"], permission["Condition"]]
    assert "rate(1 day)" == rule["Properties"]["ScheduleExpression"]
    (target,) = rule["Properties"]["Targets"]
    assert {"Fn::GetAtt": ["SweepEventsFunction", "Arn"]} == target["Arn"]
    assert {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "SweepEventsFunction"},
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": ["SweepSchedule", "Arn"]},
    } == permission["Properties"]


def test_a_function_with_a_version_gets_a_new_one_with_every_change_also_of_the_layer():
    with_versions = {name for name, function in FUNCTION_RESOURCES.items() if PUBLISHING & function.keys()}

    assert {"RegisterAttendeeFunction"} == with_versions
    function = FUNCTION_RESOURCES["RegisterAttendeeFunction"]
    assert function["AutoPublishAlias"]
    assert function["AutoPublishAliasAllProperties"] is True
    assert RESOURCES["SharedLayer"]["Properties"]["PublishLambdaVersion"] is True


def test_what_a_sale_at_a_set_time_needs_is_left_out_unless_asked_for():
    gsi1, gsi2 = TABLE["GlobalSecondaryIndexes"]
    register = FUNCTION_RESOURCES["RegisterAttendeeFunction"]
    asked_for = {
        "WarmWriteUnits": (TABLE["WarmThroughput"], "WriteUnitsPerSecond"),
        "WarmIndexWriteUnits": (gsi1["WarmThroughput"], "WriteUnitsPerSecond"),
        "RegisterProvisionedConcurrency": (register["ProvisionedConcurrencyConfig"], "ProvisionedConcurrentExecutions"),
    }

    for parameter, (value, member) in asked_for.items():
        condition, then, otherwise = value["Fn::If"]
        nothing = CONTENT["Parameters"][parameter]["Default"]
        assert "0" == str(nothing)
        assert {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, nothing]}]} == CONTENT["Conditions"][condition]
        assert {member: {"Ref": parameter}} == then
        assert {"Ref": "AWS::NoValue"} == otherwise
    assert "WarmThroughput" not in gsi2


@pytest.mark.parametrize(
    ("units", "is_allowed"),
    [("0", True), ("1", False), ("3999", False), ("4000", True), ("48000", True), ("012000", False), ("", False)],
)
def test_no_table_is_warmed_to_less_than_a_new_one_has(units, is_allowed):
    for name in ("WarmWriteUnits", "WarmIndexWriteUnits"):
        assert is_allowed == bool(re.search(CONTENT["Parameters"][name]["AllowedPattern"], units))


def test_functions_run_on_python_3_13_and_on_arm_unless_told_otherwise():
    assert "python3.13" == DEFAULTS["Runtime"]
    assert [{"Ref": "Architecture"}] == DEFAULTS["Architectures"]
    assert "arm64" == CONTENT["Parameters"]["Architecture"]["Default"]


def test_the_layer_serves_every_architecture_and_the_runtime_of_the_functions():
    layer = RESOURCES["SharedLayer"]["Properties"]

    assert CONTENT["Parameters"]["Architecture"]["AllowedValues"] == layer["CompatibleArchitectures"]
    assert [DEFAULTS["Runtime"]] == layer["CompatibleRuntimes"]
    assert [{"Ref": "SharedLayer"}] == DEFAULTS["Layers"]


def test_a_function_outlasts_its_calls_to_dynamodb_and_the_gateway_outlasts_the_function():
    one_call = connection.ATTEMPTS * (connection.CONNECT_TIMEOUT + connection.READ_TIMEOUT) + LONGEST_SDK_PAUSES

    assert contention.MAX_SECONDS + one_call < DEFAULTS["Timeout"] < GATEWAY_TIMEOUT


def test_every_function_is_traced():
    assert "Active" == DEFAULTS["Tracing"]
    assert API["TracingEnabled"] is True


def test_every_function_logs_to_one_group_that_forgets():
    assert {"LogGroup": {"Ref": "FunctionLogs"}} == DEFAULTS["LoggingConfig"]
    assert {"Ref": "LogRetentionDays"} == RESOURCES["FunctionLogs"]["Properties"]["RetentionInDays"]
    assert CONTENT["Parameters"]["LogRetentionDays"]["Default"] > 0


def test_zone_rules_come_from_the_layer_never_from_the_host():
    assert "" == DEFAULTS["Environment"]["Variables"]["PYTHONTZPATH"]


def test_functions_get_every_setting_that_they_cannot_do_without():
    source = (ROOT / "shared/event_management/config.py").read_text()
    required = set(re.findall(r'_required\("(\w+)"\)', source))

    assert {"ALLOWED_ORIGINS", "DEFAULT_TIMEZONE", "TABLE_NAME", "RETENTION_DAYS"} == required
    assert (
        required == (required & DEFAULTS["Environment"]["Variables"].keys()) | SWEEP["Environment"]["Variables"].keys()
    )


def test_no_function_holds_a_wildcard_or_a_policy_that_somebody_else_wrote():
    policies = [policy for properties in FUNCTION_RESOURCES.values() for policy in properties.get("Policies", [])]

    assert [{"Statement"}] * len(policies) == [set(policy) for policy in policies]
    assert "*" not in json.dumps(policies)


# --- Routes -----------------------------------------------------------------------------------------------------------


def test_every_route_is_guarded_unless_it_is_open_on_purpose():
    assert "Organisers" == API["Auth"]["DefaultAuthorizer"]
    assert {"Organisers"} == set(API["Auth"]["Authorizers"])
    guarded = {(method, path) for method, path, _, is_open in routes() if not is_open}
    assert {
        ("POST", "/events"),
        ("PATCH", "/events/{event_id}"),
        ("DELETE", "/events/{event_id}"),
        ("POST", "/events/{event_id}/cancel"),
        ("GET", "/events/{event_id}/attendee"),
        ("GET", "/events/{event_id}/attendee.csv"),
        ("POST", "/events/{event_id}/attendee/import"),
        ("POST", "/events/{event_id}/attendee/{attendee_id}/codes"),
        ("POST", "/events/{event_id}/check-in"),
        ("DELETE", "/events/{event_id}/check-in/{attendee_id}"),
        ("DELETE", "/privacy"),
        ("GET", "/privacy/export"),
        ("GET", "/events/{event_id}/members"),
        ("PUT", "/events/{event_id}/members/{member}"),
        ("DELETE", "/events/{event_id}/members/{member}"),
        ("GET", "/events/{event_id}/audit"),
        ("GET", "/organiser/events"),
        ("GET", "/organiser/shared-events"),
        *TWINS,
    } == guarded


def test_only_health_reading_events_registering_ones_own_registration_and_pre_flights_are_open():
    opened = {(method, path) for method, path, _, is_open in routes() if is_open and method != "OPTIONS"}

    assert {
        ("GET", "/health"),
        ("GET", "/events"),
        ("GET", "/events/{event_id}"),
        ("POST", "/events/{event_id}/register"),
        ("GET", "/events/{event_id}/attendee/{attendee_id}"),
        ("PATCH", "/events/{event_id}/attendee/{attendee_id}"),
        ("DELETE", "/events/{event_id}/attendee/{attendee_id}"),
        ("GET", "/events/{event_id}/attendee/{attendee_id}/ticket.svg"),
        ("POST", "/events/{event_id}/attendee/{attendee_id}/transfer"),
        ("POST", "/events/{event_id}/waitlist"),
        ("GET", "/events/{event_id}/waitlist"),
        ("DELETE", "/events/{event_id}/waitlist"),
    } == opened


def test_a_guarded_twin_is_served_by_the_function_of_its_open_route():
    functions = {(method, path): (function, is_open) for method, path, function, is_open in routes()}

    for method, path in TWINS:
        function, is_open = functions[method, path.removeprefix("/organiser")]
        assert is_open
        assert (function, False) == functions[method, path]


def test_every_function_that_takes_a_manage_code_or_an_organiser_has_a_route_for_each():
    taking_either = {
        name
        for name, properties in FUNCTION_RESOURCES.items()
        if re.search(
            r"read_((ticket_)?access|manage_code)\(", source := (ROOT / properties["CodeUri"] / "app.py").read_text()
        )
        and ("read_manage_code(" not in source or "read_caller(" in source)
    }

    assert taking_either == {function for method, path, function, _ in routes() if (method, path) in TWINS} - {
        "GetEventFunction"
    }


def test_no_route_has_two_functions():
    assert {1} == set(Counter((method, path) for method, path, _, _ in routes()).values())


def test_no_path_ends_in_a_slash():
    assert [] == [path for _, path, _, _ in routes() if path.endswith("/")]


def test_every_path_answers_pre_flights_without_a_token():
    paths = {path for _, path, _, _ in routes()}

    assert API["Auth"]["AddDefaultAuthorizerToCorsPreflight"] is False
    assert {(path, "PreflightFunction", True) for path in paths} == {
        (path, function, is_open) for method, path, function, is_open in routes() if method == "OPTIONS"
    }


def test_pre_flights_allow_every_method_that_has_a_route(environment):
    allowed = Api().call("preflight", "OPTIONS", "/events/").headers["Access-Control-Allow-Methods"]

    assert {method for method, _, _, _ in routes()} == set(allowed.split(", "))


RUSHES = {("POST", "/events/{event_id}/register"), ("POST", "/events/{event_id}/waitlist")}
"""What everybody asks for at the same moment."""
LONG_CALLS = {
    ("DELETE", "/events/{event_id}"),
    ("GET", "/events/{event_id}/attendee.csv"),
    ("POST", "/events/{event_id}/attendee/import"),
    ("DELETE", "/privacy"),
    ("GET", "/privacy/export"),
}
"""What works for seconds, and reads or writes thousands of items."""


def test_the_gateway_throttles_every_route_and_those_apart_that_differ():
    limits = {
        (settings["HttpMethod"], settings["ResourcePath"]): (
            settings["ThrottlingRateLimit"]["Ref"],
            settings["ThrottlingBurstLimit"]["Ref"],
        )
        for settings in API["MethodSettings"]
    }

    assert len(API["MethodSettings"]) == len(limits)
    assert {("*", "/*"): ("ThrottlingRateLimit", "ThrottlingBurstLimit")} | {
        (method, "/" + path.replace("/", "~1")): parameters
        for group, parameters in (
            (RUSHES, ("RegisterRateLimit", "RegisterBurstLimit")),
            (LONG_CALLS, ("LongCallRateLimit", "LongCallBurstLimit")),
        )
        for method, path in group
    } == limits


def test_what_has_a_throttle_of_its_own_is_a_route():
    assert {(method, path) for method, path, _, _ in routes()} >= RUSHES | LONG_CALLS


def default(parameter: str) -> int:
    value: int = CONTENT["Parameters"][parameter]["Default"]
    return value


def test_a_rush_for_20_000_seats_is_over_in_ten_seconds_and_long_calls_stay_few():
    assert 20_000 <= default("RegisterBurstLimit") + 10 * default("RegisterRateLimit")
    # Each may keep an environment busy for the whole time of its function; accounts have a thousand.
    assert default("LongCallRateLimit") * DEFAULTS["Timeout"] <= 1000 / 4


# --- The gateway's own answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
def test_what_the_gateway_answers_itself_is_a_problem(kind):
    response = GATEWAY_RESPONSES[kind]
    filled = problem(response)
    read = msgspec.convert(filled, Problem)

    assert {field.name for field in msgspec.structs.fields(Problem) if field.required} == set(filled)
    assert response["StatusCode"] == read.status
    assert f"urn:event-management:problem:{read.code}" == read.type
    assert "5ca1ab1e" == read.trace_id
    assert {"application/json"} == set(response["ResponseTemplates"])
    assert "'application/problem+json'" == response["ResponseParameters"]["Headers"]["Content-Type"]


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
def test_a_browser_can_read_what_the_gateway_answers_itself(kind):
    assert "'*'" == GATEWAY_RESPONSES[kind]["ResponseParameters"]["Headers"]["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
def test_the_gateways_own_words_are_never_quoted(kind):
    """They may quote an Authorization header."""
    assert ["$context.requestId"] == re.findall(
        r"\$[\w.]+", GATEWAY_RESPONSES[kind]["ResponseTemplates"]["application/json"]
    )


def test_gateway_and_functions_say_the_same_of_the_same_error():
    by_code = {error.code: status for error, status in STATUS.items()}
    shared = {kind: problem(response) for kind, response in GATEWAY_RESPONSES.items()}

    assert {"UNAUTHORIZED", "REQUEST_TOO_LARGE", "THROTTLED"} == {
        kind for kind, said in shared.items() if said["code"] in by_code
    }
    for said in shared.values():
        assert by_code.get(said["code"], said["status"]) == said["status"]


def test_the_gateway_answers_every_way_of_being_refused():
    assert {
        "ACCESS_DENIED": 403,
        "DEFAULT_4XX": 400,
        "DEFAULT_5XX": 500,
        "INTEGRATION_TIMEOUT": 504,
        "INVALID_SIGNATURE": 404,
        "MISSING_AUTHENTICATION_TOKEN": 404,
        "REQUEST_TOO_LARGE": 413,
        "RESOURCE_NOT_FOUND": 404,
        "THROTTLED": 429,
        "UNAUTHORIZED": 401,
        "WAF_FILTERED": 403,
    } == {kind: response["StatusCode"] for kind, response in GATEWAY_RESPONSES.items()}


def test_refusals_say_what_to_do_next():
    assert "'Bearer'" == GATEWAY_RESPONSES["UNAUTHORIZED"]["ResponseParameters"]["Headers"]["WWW-Authenticate"]
    assert "'1'" == GATEWAY_RESPONSES["THROTTLED"]["ResponseParameters"]["Headers"]["Retry-After"]


# --- The firewall -----------------------------------------------------------------------------------------------------

WEB_ACL = RESOURCES["WebAcl"]["Properties"]
RULES = {rule["Name"]: rule for rule in WEB_ACL["Rules"]}
LIMITED = RULES["registrations-of-one-address"]


def test_the_firewall_is_there_if_asked_for_and_stands_before_the_stage():
    assert "false" == CONTENT["Parameters"]["Firewall"]["Default"]
    assert {"Fn::Equals": [{"Ref": "Firewall"}, "true"]} == CONTENT["Conditions"]["HasFirewall"]
    assert ["HasFirewall"] * 2 == [RESOURCES[name]["Condition"] for name in ("WebAcl", "WebAclAssociation")]
    association = RESOURCES["WebAclAssociation"]["Properties"]
    assert association["ResourceArn"]["Fn::Sub"].endswith("/restapis/${Api}/stages/${Api.Stage}")
    assert {"Fn::GetAtt": ["WebAcl", "Arn"]} == association["WebACLArn"]
    assert "REGIONAL" == WEB_ACL["Scope"]


def test_what_no_rule_refuses_gets_through():
    assert {"Allow": {}} == WEB_ACL["DefaultAction"]


def test_the_firewall_refuses_known_attackers_and_attacks_but_leaves_bodies_to_be_measured_by_the_functions():
    groups = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule
        for rule in WEB_ACL["Rules"]
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    } == groups.keys()
    for name, rule in groups.items():
        assert {"None": {}} == rule["OverrideAction"]  # what the group itself does: it blocks
        overrides = rule["Statement"]["ManagedRuleGroupStatement"].get("RuleActionOverrides", [])
        counted = [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]
        assert (counted if name == "AWSManagedRulesCommonRuleSet" else []) == overrides
    assert list(range(len(RULES))) == [rule["Priority"] for rule in WEB_ACL["Rules"]]


def test_one_address_registers_no_oftener_than_the_operator_says():
    rate = LIMITED["Statement"]["RateBasedStatement"]
    assert ("IP", 300, {"Ref": "FirewallRegistrationLimit"}) == (
        rate["AggregateKeyType"],
        rate["EvaluationWindowSec"],
        rate["Limit"],
    )
    method, path = rate["ScopeDownStatement"]["AndStatement"]["Statements"]
    assert ("POST", "EXACTLY", {"Method": {}}) == tuple(
        method["ByteMatchStatement"][member] for member in ("SearchString", "PositionalConstraint", "FieldToMatch")
    )
    assert {"UriPath": {}} == path["RegexMatchStatement"]["FieldToMatch"]
    limited = re.compile(path["RegexMatchStatement"]["RegexString"])
    assert {path for method, path in RUSHES} == {
        path for method, path, _, _ in routes() if method == "POST" and limited.search(f"/v1{path}/")
    }
    assert all(limited.search(path) for _, path in RUSHES)


def test_whom_the_firewall_holds_up_gets_the_gateways_problem_and_when_to_come_back():
    action = LIMITED["Action"]["Block"]["CustomResponse"]
    body = WEB_ACL["CustomResponseBodies"][action["CustomResponseBodyKey"]]
    throttled = GATEWAY_RESPONSES["THROTTLED"]
    headers = {header["Name"]: header["Value"] for header in action["ResponseHeaders"]}

    assert throttled["StatusCode"] == action["ResponseCode"]
    assert problem(throttled) | {"trace_id": "firewall"} == json.loads(body["Content"])
    assert "APPLICATION_JSON" == body["ContentType"]
    from_the_gateway = {
        name: value.strip("'") for name, value in throttled["ResponseParameters"]["Headers"].items() if "'" in value
    }
    del from_the_gateway["Content-Type"]  # the one header that a firewall may not set
    assert from_the_gateway | {"Retry-After": "60"} == headers


def test_nobody_sees_codes_and_tokens_in_what_the_firewall_samples():
    """A sample shows all headers of a request, and its query."""
    places = [WEB_ACL, *WEB_ACL["Rules"]]
    assert [False] * len(places) == [place["VisibilityConfig"]["SampledRequestsEnabled"] for place in places]


# --- The data ---------------------------------------------------------------------------------------------------------


def test_the_table_can_be_brought_back_to_any_second_and_is_not_deleted_by_accident():
    assert TABLE["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert {"Ref": "DeletionProtection"} == TABLE["DeletionProtectionEnabled"]
    assert "true" == CONTENT["Parameters"]["DeletionProtection"]["Default"]


@pytest.mark.parametrize("name", ["Table", "UserPool", "AdminsGroup"])
def test_data_outlives_the_stack(name):
    assert "RetainExceptOnCreate" == RESOURCES[name]["DeletionPolicy"]
    assert "Retain" == RESOURCES[name]["UpdateReplacePolicy"]


def test_every_stateful_resource_says_what_becomes_of_it():
    stateless = {
        template.API,
        template.FUNCTION,
        template.LAYER,
        "AWS::Cognito::UserPoolClient",
        "AWS::Events::Rule",
        "AWS::Lambda::Permission",
        "AWS::IAM::ManagedPolicy",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }

    assert [] == [
        name
        for name, resource in RESOURCES.items()
        if resource["Type"] not in stateless and not {"DeletionPolicy", "UpdateReplacePolicy"} <= resource.keys()
    ]


def test_the_user_pool_is_not_deleted_by_accident_unless_the_stack_is_thrown_away():
    assert {"Fn::If": ["ProtectsData", "ACTIVE", "INACTIVE"]} == RESOURCES["UserPool"]["Properties"][
        "DeletionProtection"
    ]
    assert {"Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]} == CONTENT["Conditions"]["ProtectsData"]


KEY = {"Ref": "EncryptionKeyArn"}
NOTHING = {"Ref": "AWS::NoValue"}
KEY_PROPERTIES = {
    "AWS::DynamoDB::Table": "SSESpecification",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::S3::Bucket": "BucketEncryption",
    "AWS::Kinesis::Stream": "StreamEncryption",
    "AWS::SecretsManager::Secret": "KmsKeyId",
}
"""What keeps data, and where it is told which key to use."""


def without_the_operators_key(content) -> set[str]:
    """Return the resources that keep data and are not encrypted with the operator's key where there is one."""
    found = set()
    for name, resource in content["Resources"].items():
        member = KEY_PROPERTIES.get(resource["Type"])
        told = resource.get("Properties", {}).get(member, {})
        if member and not (told.get("Fn::If", [None])[0] == "HasKey" and json.dumps(KEY) in json.dumps(told)):
            found.add(name)
    return found


def test_everything_that_keeps_data_takes_the_operators_key_and_aws_own_without():
    assert {"Fn::Not": [{"Fn::Equals": [{"Ref": "EncryptionKeyArn"}, ""]}]} == CONTENT["Conditions"]["HasKey"]
    assert "" == CONTENT["Parameters"]["EncryptionKeyArn"]["Default"]
    assert set() == without_the_operators_key(CONTENT)
    whole = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    assert {"Fn::If": ["HasKey", whole, NOTHING]} == TABLE["SSESpecification"]
    assert {"Fn::If": ["HasKey", KEY, NOTHING]} == RESOURCES["FunctionLogs"]["Properties"]["KmsKeyId"]


@pytest.mark.parametrize("kind", KEY_PROPERTIES)
def test_what_keeps_data_without_the_operators_key_is_noticed(kind):
    planted = {"Type": kind, "Properties": {KEY_PROPERTIES[kind]: {"Fn::If": ["MakesUserPool", KEY, NOTHING]}}}
    for resource in (planted, {"Type": kind}):
        assert {"Planted"} == without_the_operators_key({"Resources": RESOURCES | {"Planted": resource}})


@pytest.mark.parametrize(
    ("arn", "is_allowed"),
    [
        ("", True),
        ("arn:aws:kms:ap-south-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", True),
        ("arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab", True),
        ("arn:aws:kms:ap-south-1:111122223333:alias/events", False),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", False),
    ],
)
def test_a_key_is_named_by_its_arn(arn, is_allowed):
    assert is_allowed == bool(re.search(CONTENT["Parameters"]["EncryptionKeyArn"]["AllowedPattern"], arn))


# What is reached by plain HTTP, too, unless its policy refuses that. API Gateway, Cognito and DynamoDB are not.
POLICY_OF = {
    "AWS::SQS::Queue": "AWS::SQS::QueuePolicy",
    "AWS::SNS::Topic": "AWS::SNS::TopicPolicy",
    "AWS::S3::Bucket": "AWS::S3::BucketPolicy",
}
OLD_TLS = {None, "TLS_1_0"}


def reached_without_tls(content) -> set[str]:
    """Return the resources that may be reached without TLS, or with one that is out of date."""
    resources = content["Resources"]
    refusing = {
        (resource["Type"], target)
        for resource in resources.values()
        for target in re.findall(r'"(?:Ref|Fn::GetAtt)": \[?"(\w+)"', json.dumps(resource.get("Properties", {})))
        for statement in resource.get("Properties", {}).get("PolicyDocument", {}).get("Statement", [])
        if statement["Effect"] == "Deny" and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    }
    found = {
        name
        for name, resource in resources.items()
        if resource["Type"] in POLICY_OF and (POLICY_OF[resource["Type"]], name) not in refusing
    }
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == template.API and "Domain" in properties:
            properties = properties["Domain"]
        elif resource["Type"] != "AWS::ApiGateway::DomainName":
            continue
        if properties.get("SecurityPolicy") in OLD_TLS:
            found.add(name)
    return found


def test_nothing_is_reached_without_tls():
    assert set() == reached_without_tls(CONTENT)


@pytest.mark.parametrize("kind", POLICY_OF)
def test_what_takes_plain_http_is_noticed_unless_its_policy_refuses_it(kind):
    def planted(effect, condition):
        statement = {"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
        policy = {"Queues": [{"Ref": "Planted"}], "PolicyDocument": {"Statement": [statement]}}
        return {
            "Resources": RESOURCES
            | {"Planted": {"Type": kind}, "PlantedPolicy": {"Type": POLICY_OF[kind], "Properties": policy}}
        }

    plain = {"Bool": {"aws:SecureTransport": "false"}}
    assert set() == reached_without_tls(planted("Deny", plain))
    assert {"Planted"} == reached_without_tls(planted("Allow", plain))
    assert {"Planted"} == reached_without_tls(planted("Deny", {"Bool": {"aws:SecureTransport": "true"}}))
    assert {"Planted"} == reached_without_tls({"Resources": RESOURCES | {"Planted": {"Type": kind}}})


@pytest.mark.parametrize(("policy", "found"), [("TLS_1_2", set()), ("TLS_1_0", {"Api"}), (None, {"Api"})])
def test_a_domain_that_takes_old_tls_is_noticed(policy, found):
    domain = {"DomainName": "events.example"} | ({"SecurityPolicy": policy} if policy else {})
    api = RESOURCES["Api"] | {"Properties": API | {"Domain": domain}}
    assert found == reached_without_tls({"Resources": RESOURCES | {"Api": api}})


def test_the_table_streams_both_images_forgets_what_expired_and_is_paid_by_use():
    assert "NEW_AND_OLD_IMAGES" == TABLE["StreamSpecification"]["StreamViewType"]
    assert {"AttributeName": "expires_at", "Enabled": True} == TABLE["TimeToLiveSpecification"]
    assert "PAY_PER_REQUEST" == TABLE["BillingMode"]
    assert "TableName" not in TABLE


def test_the_tables_keys_are_those_of_the_data_dictionary():
    assert {"HASH": "pk", "RANGE": "sk"} == roles(TABLE)
    indexes = {index["IndexName"]: roles(index) for index in TABLE["GlobalSecondaryIndexes"]}
    assert {
        name: {"HASH": f"{name}pk", "RANGE": f"{name}sk"}
        for name in {attribute[:4] for item in keys.EXAMPLES.values() for attribute in item if attribute[:3] == "gsi"}
    } == indexes
    assert keys.GSI1 in indexes


def test_every_item_has_the_tables_key_and_both_or_neither_of_an_indexes():
    for name, item in keys.EXAMPLES.items():
        assert {"pk", "sk"} <= item.keys(), name
        for index in TABLE["GlobalSecondaryIndexes"]:
            pair = set(roles(index).values())
            assert len(pair & item.keys()) in (0, 2), (name, index["IndexName"])


def test_every_key_attribute_is_declared_with_the_type_that_the_items_have():
    declared = {entry["AttributeName"]: entry["AttributeType"] for entry in TABLE["AttributeDefinitions"]}
    used = {name for place in [TABLE, *TABLE["GlobalSecondaryIndexes"]] for name in roles(place).values()}

    assert dict.fromkeys(used, "S") == declared
    assert {str} == {type(item[name]) for item in keys.EXAMPLES.values() for name in used & item.keys()}


def roles(place) -> dict[str, str]:
    return {entry["KeyType"]: entry["AttributeName"] for entry in place["KeySchema"]}


# --- Parameters and outputs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Parameters", "Outputs"])
def test_every_parameter_and_output_is_described(kind):
    assert [] == [name for name, entry in CONTENT[kind].items() if not entry.get("Description", "").endswith(".")]


def test_every_parameter_is_used_and_has_a_default():
    used = set(re.findall(r"!Ref (\w+)", TEXT)) | set(re.findall(r"\$\{(\w+)", TEXT))

    assert [] == [name for name in CONTENT["Parameters"] if name not in used]
    assert [] == [name for name, parameter in CONTENT["Parameters"].items() if "Default" not in parameter]


SECRET = re.compile(
    r"secret|password|passphrase|token(?!Validity|Revocation)|credential|private|(?<!Encryption)key(?!Arn)",
    re.IGNORECASE,
)


def plain_secrets(content) -> set[str]:
    """Return the parameters, environment variables and outputs whose names say that they hold a secret."""
    variables = [content["Globals"]["Function"]["Environment"]["Variables"]] + [
        properties.get("Environment", {}).get("Variables", {})
        for properties in template.resources(content, template.FUNCTION).values()
    ]
    names = {name for group in (content["Parameters"], *variables, content["Outputs"]) for name in group}
    hidden = {name for name, parameter in content["Parameters"].items() if "NoEcho" in parameter}
    return hidden | {name for name in names if SECRET.search(name.replace("_", ""))}


def test_no_parameter_variable_or_output_carries_a_secret():
    """They are in the table: docs/decisions/0004-secrets-in-the-table.md."""
    assert set() == plain_secrets(CONTENT)
    assert [] == re.findall(r"resolve:(?:ssm|secretsmanager)|GenerateSecret: true|\bA[KS]IA[A-Z0-9]{16}\b", TEXT)


@pytest.mark.parametrize(
    "name", ["SigningKey", "SIGNING_KEY", "ClientSecret", "DB_PASSWORD", "WebhookToken", "HmacKey"]
)
def test_a_secret_in_plain_sight_is_noticed(name):
    changed = copy.deepcopy(CONTENT)
    changed["Parameters"][name] = {"Type": "String", "Default": ""}
    assert {name} == plain_secrets(changed)
    for place in (DEFAULTS, FUNCTION_RESOURCES["PreflightFunction"]):
        changed = copy.deepcopy(CONTENT)
        function = changed["Globals"]["Function"]
        if place is not DEFAULTS:
            function = changed["Resources"]["PreflightFunction"]["Properties"]
        function.setdefault("Environment", {}).setdefault("Variables", {})[name] = "x"
        assert {name} == plain_secrets(changed)
    changed = copy.deepcopy(CONTENT)
    changed["Parameters"]["LogLevel"]["NoEcho"] = True
    assert {"LogLevel"} == plain_secrets(changed)


# --- Sign-in ----------------------------------------------------------------------------------------------------------

POOL = RESOURCES["UserPool"]["Properties"]
CLIENT = RESOURCES["UserPoolClient"]["Properties"]


def test_a_pool_of_the_stacks_own_has_the_group_of_admins_and_an_existing_one_is_left_alone():
    ((name, group),) = (
        (name, resource) for name, resource in RESOURCES.items() if resource["Type"] == "AWS::Cognito::UserPoolGroup"
    )
    assert ("AdminsGroup", "MakesUserPool") == (name, group["Condition"])
    assert ({"Ref": "UserPool"}, "admins") == (group["Properties"]["UserPoolId"], group["Properties"]["GroupName"])
    assert "admins" == ADMINS


def test_organisers_are_made_by_an_administrator_only():
    assert POOL["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_passwords_are_long_rather_than_odd_and_the_first_one_is_soon_void():
    """NIST SP 800-63B: length counts, rules of composition do not."""
    policy = POOL["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert policy["TemporaryPasswordValidityDays"] <= 7
    assert [] == [rule for rule in policy if rule.startswith("Require")]


def test_organisers_may_add_a_second_factor_and_none_that_costs_or_can_be_diverted():
    assert "OPTIONAL" == POOL["MfaConfiguration"]
    assert ["SOFTWARE_TOKEN_MFA"] == POOL["EnabledMfas"]
    assert [{"Name": "verified_email", "Priority": 1}] == POOL["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert "SmsConfiguration" not in POOL


def test_no_plan_is_paid_for_before_there_are_ten_thousand_organisers():
    assert POOL["UserPoolTier"] in ("LITE", "ESSENTIALS")
    assert "UserPoolAddOns" not in POOL


def test_signing_in_tells_nobody_who_has_an_account():
    assert "ENABLED" == CLIENT["PreventUserExistenceErrors"]


def test_tokens_are_short_lived_and_can_be_taken_back():
    assert {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"} == CLIENT["TokenValidityUnits"]
    assert CLIENT["AccessTokenValidity"] <= 60
    assert CLIENT["IdTokenValidity"] <= 60
    assert CLIENT["RefreshTokenValidity"] <= 7
    assert CLIENT["EnableTokenRevocation"] is True


def test_no_browser_origin_is_allowed_unless_the_operator_names_it():
    assert "" == CONTENT["Parameters"]["AllowedOrigins"]["Default"]
