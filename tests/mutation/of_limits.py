"""Mutants of the limits on registering: windows, counters, what they refuse and what they tell."""

from tests.mutation.mutant import Mutant, Table

CONFIG = "unit/test_config.py"
NUMBERS = f"{CONFIG}::test_a_limit_that_is_no_whole_number_is_the_operators_fault"
ON = f"{CONFIG}::test_limits_are_those_that_are_not_0_and_clients_count_first"
COUNTER_IDS = "unit/test_identifiers.py::test_a_counters_id_depends_on_the_policy_whom_it_counts_and_the_secret"

PURE = "unit/test_limits.py"
WINDOWS = f"{PURE}::test_every_instant_is_in_its_window"
WAIT = f"{PURE}::test_a_wait_of_what_is_told_leads_into_the_next_window_and_hardly_further"
CLIENTS = f"{PURE}::test_a_client_is_an_ipv4_address_or_the_network_of_an_ipv6_one"
FIELDS = f"{PURE}::test_fields_are_lists_of_policies_by_name"

STORE = "unit/test_store_limits.py"
PASS = f"{STORE}::test_as_many_attempts_as_the_limit_pass_and_no_more"
COUNTER = f"{STORE}::test_a_counter_is_an_item_that_goes_when_its_window_has_passed"
NO_EVENT = f"{STORE}::test_nothing_is_counted_for_what_is_no_event"

ENDPOINTS = "unit/test_limited_endpoints.py"
TOLD = f"{ENDPOINTS}::test_who_registers_is_told_what_is_left_and_then_when_to_come_back"
WAITING = f"{ENDPOINTS}::test_who_waits_is_told_so_too_and_waitlist_and_register_count_together"
NO_ATTEMPT = f"{ENDPOINTS}::test_what_is_no_request_to_register_is_no_attempt"
ORDER = f"{STORE}::test_who_is_refused_by_the_first_limit_uses_up_nothing_of_the_second"

_BY_FUNCTION = {"register_attendee": TOLD, "join_waitlist": WAITING}

MUTANTS: Table = {
    "shared/event_management/config.py": [
        Mutant("addresses count before clients", 'in ("client", "address")', 'in ("address", "client")', ON),
        Mutant("a limit of 0 is one", """_{policy.upper()}", "0"))""", """_{policy.upper()}", "0")) >= 0""", ON),
        Mutant(
            "a window without length will do",
            "if not seconds:",
            "if False:",
            f"{CONFIG}::test_a_window_without_length_is_the_operators_fault",
        ),
        Mutant("a window is an hour unless told otherwise", '"300"', '"3600"', ON),
        Mutant(
            "a limit may be any text",
            "if not (text.isascii() and text.isdecimal() and len(text) < 10):",
            "if not text:",
            NUMBERS,
        ),
        Mutant("a limit may be written in any script", "text.isascii() and ", "", NUMBERS),
        Mutant("a limit has any length", " and len(text) < 10", "", NUMBERS),
    ],
    "shared/event_management/identifiers.py": [
        Mutant("a counter is of whatever is counted elsewhere", '"attempts", policy, ', '"attempts", ', COUNTER_IDS),
        Mutant("everybody has one counter", "policy, *counted)", "policy)", COUNTER_IDS),
        Mutant("a counter's id is the person's", '"attempts", policy', "policy", COUNTER_IDS),
    ],
    "shared/event_management/keys.py": [
        Mutant("windows run together", '"sk": str(window)', '"sk": "0"', f"{STORE}::test_the_next_window_begins_anew"),
        Mutant(
            "counters are anybody's",
            'f"ATTEMPTS#{counter_id}"',
            '"ATTEMPTS#"',
            f"{STORE}::test_an_address_is_counted_at_each_event_by_itself_whoever_calls",
        ),
    ],
    "shared/event_management/limits.py": [
        Mutant(
            "windows begin with the first attempt",
            "int(now // self.seconds) * self.seconds",
            "int(now)",
            f"{PURE}::test_windows_begin_in_1970",
        ),
        Mutant("windows are a second too long", "begins + self.seconds)", "begins + self.seconds + 1)", WINDOWS),
        Mutant(
            "less than nothing is left",
            "max(0, limit.attempts - made)",
            "limit.attempts - made",
            f"{PURE}::test_no_less_than_nothing_is_left",
        ),
        Mutant(
            "who waits as told comes too early",
            "ceil(limit.window(now).ends - now)",
            "int(limit.window(now).ends - now)",
            WAIT,
        ),
        Mutant("a client has as many addresses as it likes", "_CLIENTS_BITS = 64", "_CLIENTS_BITS = 128", CLIENTS),
        Mutant("all who come by IPv4 in the form of IPv6 are one", "if address.ipv4_mapped:", "if False:", CLIENTS),
        Mutant("IPv4 has networks", "if not isinstance(address, IPv6Address):", "if False:", CLIENTS),
        Mutant("what is no address is a defect", "except ValueError:", "except TypeError:", CLIENTS),
        Mutant("what is left is told as the limit", "r={quota.remaining}", "r={quota.limit.attempts}", FIELDS),
        Mutant("the window is told as what is left of it", "t={quota.resets_in}", "t={quota.limit.seconds}", FIELDS),
        Mutant("policies do not tell their window", ";w={limit.seconds}", "", FIELDS),
    ],
    "shared/event_management/errors.py": [
        Mutant(
            "a refusal is another than the gateway's",
            "Wait for the seconds in Retry-After, then send the request again.",
            "Wait.",
            f"{ENDPOINTS}::test_the_refusal_is_the_gateways_problem",
        ),
    ],
    "shared/event_management/store/client.py": [
        Mutant("what an update has set is not told", ', ReturnValues="UPDATED_NEW"', "", PASS),
        Mutant(
            "an answer that broke off is a defect",
            '            _check_whole(answer, "Attributes")\n',
            "",
            f"{STORE}::test_an_answer_that_broke_off_is_no_quota",
        ),
        Mutant(
            "a refused update that tells is a defect",
            '        return None\n    return from_attributes(answer["Attributes"])',
            '        raise\n    return from_attributes(answer["Attributes"])',
            PASS,
        ),
    ],
    "shared/event_management/store/limits.py": [
        Mutant(
            "attempts at no event are counted",
            "read_secrets() if is_event_id(event_id) else None",
            "read_secrets()",
            NO_EVENT,
        ),
        Mutant(
            "attempts before the first event are a defect",
            "if secrets is None:",
            "if False:",
            f"{STORE}::test_nothing_is_counted_before_the_stack_has_an_event {NO_EVENT}",
        ),
        Mutant(
            "every IPv6 address is another client",
            "(client_of(source_ip),)",
            "(source_ip,)",
            f"{STORE}::test_an_ipv6_client_is_its_network",
        ),
        Mutant(
            "an address is counted over all events",
            "(event_id, normalised_address)}",
            "(normalised_address,)}",
            f"{STORE}::test_an_address_is_counted_at_each_event_by_itself_whoever_calls",
        ),
        Mutant(
            "an address is not told from another",
            "(event_id, normalised_address)}",
            "(event_id,)}",
            f"{STORE}::test_an_address_is_counted_at_each_event_by_itself_whoever_calls",
        ),
        Mutant(
            "a client is counted at each event by itself",
            '{"client": (',
            '{"client": (event_id, *',
            f"{STORE}::test_a_client_is_counted_over_all_events_and_addresses",
        ),
        Mutant(
            "counters stay for ever",
            "SET v = :version, expires_at = :ends ADD",
            "SET v = :version, ends = :ends ADD",
            COUNTER,
        ),
        Mutant("counters go before their window has passed", "ends=window.ends", "ends=window.begins", COUNTER),
        Mutant("counters are of another version", "version=1", "version=2", COUNTER),
        Mutant("an attempt counts twice", "one=1", "one=2", PASS),
        Mutant("the first attempt is refused", "attribute_not_exists(attempts) OR ", "", PASS),
        Mutant("one more than the limit pass", "attempts < :limit", "attempts <= :limit", PASS),
        Mutant("as many pass as like to", "OR attempts < :limit", "OR :limit = :limit", PASS),
        Mutant("who is refused passes", "        if made is None:\n", "        if False:\n", f"{PASS} {ORDER}"),
        Mutant(
            "nobody learns which limit refuses",
            "            note(limit=limit.policy)\n",
            "",
            f"{STORE}::test_the_limit_that_refuses_is_noted",
        ),
        Mutant(
            "a refusal tells of an attempt left",
            'made["attempts"] if made else limit.attempts',
            'made["attempts"] if made else 0',
            PASS,
        ),
    ],
    "shared/event_management/http/problems.py": [
        Mutant(
            "who is refused is told that the server is too busy",
            "errors.TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS",
            "errors.TooManyRequestsError: HTTPStatus.SERVICE_UNAVAILABLE",
            TOLD,
        ),
    ],
    "shared/event_management/http/endpoint.py": [
        Mutant(
            "who is refused does not learn when to come back",
            "    if isinstance(error, TooManyRequestsError):\n",
            "    if False:\n",
            TOLD,
        ),
        Mutant(
            "Retry-After is of the first limit's count",
            "str(error.quotas[-1].resets_in)",
            "str(error.quotas[0].remaining)",
            TOLD,
        ),
        Mutant("a refusal does not tell the limits", ", **_quota_headers(error.quotas)}", "}", TOLD),
        Mutant(
            "who is refused by one limit is not told of the others",
            "rate_limit_policy(load_limits())",
            "rate_limit_policy(quota.limit for quota in quotas)",
            f"{ENDPOINTS}::test_who_is_refused_by_one_limit_is_told_of_every_policy",
        ),
        Mutant(
            "an answer does not tell what is left",
            "            headers |= _quota_headers(quotas)\n",
            "            pass\n",
            TOLD,
        ),
        Mutant(
            "pages may not read what is left",
            "RateLimit, RateLimit-Policy, Retry",
            "Retry",
            f"{ENDPOINTS}::test_a_page_may_read_what_it_is_told",
        ),
    ],
    "shared/event_management/http/request.py": [
        Mutant(
            "all callers are one",
            '.get("sourceIp", "")',
            '.get("sourceIP", "")',
            f"{ENDPOINTS}::test_other_clients_and_addresses_go_on",
        ),
    ],
} | {
    f"functions/{function}/app.py": [
        Mutant(f"{function} is not limited", "if limits := request.limits:", "if limits := ():", told),
        Mutant(
            f"{function} counts before the payload is checked",
            "request.payload(NewAttendee), request.idempotency()",
            "request.payload(NewAttendee), None",
            NO_ATTEMPT,
        ),
        Mutant(
            f"{function} counts addresses as they are written",
            "new.email.normalised",
            "new.email.entered",
            f"{ENDPOINTS}::test_an_address_is_the_same_however_it_is_written",
        ),
        Mutant(f"{function} does not tell what is left", ", quotas=quotas)", ")", told),
    ]
    for function, told in _BY_FUNCTION.items()
}
