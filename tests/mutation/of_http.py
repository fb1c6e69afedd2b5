"""Mutants of requests, pages and answers, of the functions, and of what the template guards."""

from tests.mutation.mutant import Mutant, Table

BAD_INPUT = "unit/test_bad_input.py"
BODIES = f"{BAD_INPUT}::test_bodies_that_hold_no_payload_are_refused"
LOST_LETTERS = f"{BAD_INPUT}::test_a_body_whose_letters_the_gateway_has_lost_is_refused"
BASE64 = f"{BAD_INPUT}::test_broken_base64_is_malformed"
BODY_TAKEN = f"{BAD_INPUT}::test_a_body_of_64_kb_is_taken"
BODY_TOO_LARGE = f"{BAD_INPUT}::test_a_body_of_more_is_too_large"
COUNTRIES = f"{BAD_INPUT}::test_unknown_countries_are_refused_on_every_route"
BAD_KEYS = f"{BAD_INPUT}::test_bad_idempotency_keys_are_refused"
LIMITS = f"{BAD_INPUT}::test_limits_must_be_whole_numbers_in_bounds"
PAGES = f"{BAD_INPUT}::test_pages_must_be_whole_numbers_in_bounds"
PAGES_BEYOND = f"{BAD_INPUT}::test_pages_beyond_a_thousand_attendees_point_at_the_token"

ENDPOINTS = "unit/test_endpoints.py"
HOSTILE_IDS = f"{BAD_INPUT}::test_hostile_correlation_ids_are_replaced_on_every_route"
NO_CLAIMS = f"{ENDPOINTS}::test_organisers_calls_without_claims_are_refused_by_the_functions_themselves"
OWN_EVENTS = f"{ENDPOINTS}::test_an_event_is_its_organisers"
VIEWER = f"{ENDPOINTS}::test_times_are_shown_in_the_events_own_zone_unless_the_caller_names_one_zone"
OTHER_REQUEST = f"{ENDPOINTS}::test_one_key_for_two_requests_is_refused"
OWN_LIST = f"{ENDPOINTS}::test_tokens_are_good_for_their_own_list_only"
SHORT_OF_TIME = "unit/test_deadline.py::test_a_function_short_of_time_says_so_while_it_can"
ORIGINS = f"{ENDPOINTS}::test_other_origins_may_not"

TEMPLATE = "unit/test_template.py"
OPEN_ROUTES = f"{TEMPLATE}::test_only_reading_events_registering_and_pre_flights_are_open"

MUTANTS: Table = {
    "shared/event_management/http/request.py": [
        Mutant("lost letters are kept", "if _REPLACEMENT_CHARACTER in data:", "if False:", LOST_LETTERS),
        Mutant("any correlation id comes back", "_CORRELATION_ID.fullmatch(sent)", "sent", HOSTILE_IDS),
        Mutant("correlation ids have any length", "{1,128}", "+", HOSTILE_IDS),
        Mutant("correlation ids hold any character", "[A-Za-z0-9._:/+=-]", r"[\x20-\x7e]", HOSTILE_IDS),
        Mutant("any Idempotency-Key is taken", "if not _IDEMPOTENCY_KEY.fullmatch(key):", "if False:", BAD_KEYS),
        Mutant("an Idempotency-Key has any length", "{1,255}", "+", BAD_KEYS),
        Mutant("an Idempotency-Key may be empty", "{1,255}", "{0,255}", BAD_KEYS),
        Mutant("an Idempotency-Key holds any character", r"[\x20-\x7e]", "(?s:.)", BAD_KEYS),
        Mutant("everybody is the organiser", "if load_config().is_open:", "if True:", NO_CLAIMS),
        Mutant("claims need no subject", "if not subject:", "if False:", NO_CLAIMS),
        Mutant("another claim names the organiser", '.get("sub")', '.get("email")', NO_CLAIMS),
        Mutant(
            "an unknown country is none",
            'raise InvalidParameterError(f"ISOCountry {error}.") from None',
            "return zone_default(None, load_config().default_timezone)",
            COUNTRIES,
        ),
        Mutant(
            "a country with several zones shows times in the default's",
            " and not self.zone_default.candidates",
            "",
            VIEWER,
        ),
        Mutant("times are shown in the default zone", "if self.country and not self", "if not self", VIEWER),
        Mutant(
            "an unknown zone is none",
            'raise InvalidParameterError(f"timezone {error}.") from None',
            "return country_zone",
            f"{BAD_INPUT}::test_unknown_zones_to_show_times_in_are_refused",
        ),
        Mutant("the payload does not make another request", "digest(canonical, ", "digest(", OTHER_REQUEST),
        Mutant(
            "the country does not make another request",
            'digest(canonical, (self.country or "").casefold())',
            "digest(canonical)",
            OTHER_REQUEST,
        ),
        Mutant(
            "the country's case makes another request",
            '(self.country or "").casefold()',
            '(self.country or "")',
            f"{ENDPOINTS}::test_case_of_the_country_does_not_make_another_request",
        ),
        Mutant(
            "the order of members makes another request",
            ', order="deterministic"',
            "",
            f"{ENDPOINTS}::test_order_of_members_does_not_make_another_request",
        ),
        Mutant("numbers are what Python takes for one", r"[0-9]{1,7}", r"[-+\s\w]+", LIMITS),
        Mutant("numbers have no least", "not least <= int(text) <= most", "not int(text) <= most", LIMITS),
        Mutant("numbers have no most", "not least <= int(text) <= most", "not least <= int(text)", LIMITS),
        Mutant("a body need not be an object", "if not isinstance(envelope, dict):", "if False:", BODIES),
        Mutant(
            "a body may hold more than the payload",
            'unknown_members(envelope, ("payload",), "")',
            "[]",
            f"{BAD_INPUT}::test_a_multitude_of_unknown_members_is_summed_up",
        ),
        Mutant(
            "faults around a good payload are kept quiet",
            "        if faults:",
            "        if False:",
            f"{BAD_INPUT}::test_a_multitude_of_unknown_members_is_summed_up",
        ),
        Mutant(
            "faults around a bad payload are kept quiet",
            "[*faults, *error.faults]",
            "error.faults",
            f"{BAD_INPUT}::test_faults_of_envelope_and_payload_are_told_together",
        ),
        Mutant(
            "a parameter may come twice",
            ".get(name, ())) > 1:",
            ".get(name, ())) > 2:",
            f"{BAD_INPUT}::test_a_parameter_that_comes_twice_is_refused",
        ),
        Mutant("a payload may be missing", 'if "payload" not in envelope:', "if False:", BODIES),
        Mutant("a payload need not be an object", 'if not isinstance(envelope["payload"], dict):', "if False:", BODIES),
        Mutant("bodies have any size", "if len(data) > MAX_BODY:", "if False:", BODY_TOO_LARGE),
        Mutant("64 KB are too much", "if len(data) > MAX_BODY:", "if len(data) >= MAX_BODY:", BODY_TAKEN),
        Mutant("65 KB are taken", "MAX_BODY = 64 * 1024", "MAX_BODY = 65 * 1024", BODY_TOO_LARGE),
        Mutant("what is no UTF-8 and no base64 is a defect", "ValueError, RecursionError", "RecursionError", BASE64),
        Mutant("deep JSON is a defect", "ValueError, RecursionError", "ValueError", BODIES),
        Mutant("strange characters in base64 do not count", ", validate=True", "", BASE64),
    ],
    "shared/event_management/http/pages.py": [
        Mutant("a page has 101 items", "MAX_LIMIT = 100\n", "MAX_LIMIT = 101\n", LIMITS),
        Mutant("a page has no item", '"limit", default_limit, 1, ', '"limit", default_limit, 0, ', LIMITS),
        Mutant("a list begins with page 0", '"page", 1, 1, ', '"page", 1, 0, ', PAGES),
        Mutant(
            "page and next_token go together",
            "if token is not None:",
            "if False:",
            f"{BAD_INPUT}::test_page_and_token_exclude_each_other",
        ),
        Mutant("pages go on for ever", "MAX_BY_NUMBER // self.limit", "9_999_999", PAGES_BEYOND),
        Mutant(
            "pages end before the thousandth",
            '"page", 1, 1, most,',
            '"page", 1, 1, most - 1,',
            f"{ENDPOINTS}::test_pages_by_number_end_at_a_thousand_attendees",
        ),
        Mutant("pages go on after a thousand", "MAX_BY_NUMBER = 1000\n", "MAX_BY_NUMBER = 1001\n", PAGES_BEYOND),
        Mutant(
            "every list knows page",
            'if numbered and "page"',
            'if "page"',
            f"{ENDPOINTS}::test_page_means_nothing_to_a_list_without_numbers",
        ),
        Mutant(
            "a token is good for every list",
            "self._scope, self._keys = scope",
            "scope = ()\n        self._scope, self._keys = scope",
            OWN_LIST,
        ),
    ],
    "shared/event_management/http/endpoint.py": [
        Mutant("answers may be kept", '"Cache-Control": "no-store",', "", f"{ENDPOINTS}::test_no_answer_is_to_be_kept"),
        Mutant("a country counts only where times are read", "_ = request.zone_default", "pass", COUNTRIES),
        Mutant(
            "a call may take longer than its function",
            "set_deadline(context.get_remaining_time_in_millis() / 1000 - _TIME_TO_ANSWER)",
            "pass",
            SHORT_OF_TIME,
        ),
        Mutant("no time is kept for the answer", " - _TIME_TO_ANSWER)", ")", SHORT_OF_TIME),
        Mutant(
            "the unforeseen ends the function",
            "except Exception as error:",
            "except ZeroDivisionError as error:",
            f"{ENDPOINTS}::test_what_nobody_foresaw_is_a_500_that_gives_nothing_away",
        ),
        Mutant(
            "anything is logged as an event's id",
            "if is_event_id(event_id := ",
            "if (event_id := ",
            "unit/test_observability.py::test_only_what_can_be_an_event_id_is_logged_as_one",
        ),
        Mutant("any origin may read answers", 'if "*" in allowed:', "if True:", ORIGINS),
        Mutant(
            "an origin's name may go on",
            "if origin not in allowed:",
            "if not str(origin).startswith(tuple(allowed)):",
            ORIGINS,
        ),
        Mutant("other origins may read answers", "if origin not in allowed:", "if origin is None:", ORIGINS),
        Mutant("a cache mixes origins up", 'return {"Vary": "Origin"}', "return {}", ORIGINS),
    ],
    "functions/create_event/app.py": [
        Mutant("anybody makes events", "owner = request.organiser", 'owner = "anonymous"', NO_CLAIMS),
    ],
    "functions/list_attendees/app.py": [
        Mutant(
            "anybody lists attendees",
            'events.find_owned(request.path["event_id"], request.organiser)',
            'events.find(request.path["event_id"])',
            NO_CLAIMS,
        ),
        Mutant(
            "every organiser lists attendees",
            'event = events.find_owned(request.path["event_id"], request.organiser)',
            'request.organiser\n    event = events.find(request.path["event_id"])',
            OWN_EVENTS,
        ),
        Mutant("a token is good for every event", '("attendees", event.id)', '("attendees",)', OWN_LIST),
    ],
    "template.yaml": [
        Mutant(
            "the gateway asks nobody for a token",
            "        DefaultAuthorizer: Organisers\n",
            "        DefaultAuthorizer: NONE\n",
            f"{TEMPLATE}::test_every_route_is_guarded_unless_it_is_open_on_purpose",
        ),
        Mutant(
            "the gateway lets anybody list attendees",
            'Path: "/events/{event_id}/attendee", Method: GET}',
            'Path: "/events/{event_id}/attendee", Method: GET, Auth: {Authorizer: NONE}}',
            OPEN_ROUTES,
        ),
    ],
}
