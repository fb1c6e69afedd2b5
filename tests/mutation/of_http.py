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
ACCESS = "unit/test_access.py"
TICKETS = "unit/test_draw_ticket.py"
EVENTS = "unit/test_event_endpoints.py"
PEOPLE = "unit/test_people_endpoints.py"
WAITLIST = "unit/test_waitlist_endpoints.py"

REQUEST = "unit/test_request.py"
PATCHES_TAKEN = f"{REQUEST}::test_a_patch_is_json_by_any_of_its_names"
NO_PATCH = f"{REQUEST}::test_another_kind_of_patch_is_refused_with_the_kinds_that_are_taken"
NO_TEXT = f"{REQUEST}::test_what_is_no_utf_8_or_has_lost_letters_is_refused"
TEXT_LIMIT = f"{REQUEST}::test_text_of_the_limit_is_taken_and_of_a_byte_more_refused_with_the_limit"
BAD_CODES = f"{REQUEST}::test_a_code_that_was_never_answered_is_refused_by_name"
CODES = f"{REQUEST}::test_the_code_of_a_person_is_read_without_white_space_around_it"
ORGANISERS = f"{REQUEST}::test_an_organisers_call_is_one_of_somebody_signed_in_or_any_in_open_mode"
OTHER_USE = f"{REQUEST}::test_a_token_for_another_use_is_refused_wherever_one_is_looked_at"
ORGANISERS_ALONE = f"{REQUEST}::test_a_route_for_organisers_alone_is_nobody_elses_even_if_the_gateway_asked_for_nothing"
OTHER_ROUTE = f"{REQUEST}::test_one_key_on_two_routes_is_two_requests"

CONDITIONAL = "unit/test_conditional.py"
TAGS_DIFFER = f"{CONDITIONAL}::test_a_tag_changes_with_version_and_with_whatever_is_shown"
UNCHANGED = f"{CONDITIONAL}::test_what_the_caller_has_is_unchanged"
CHANGED = f"{CONDITIONAL}::test_anything_else_has_to_be_sent_anew"
LISTED = f"{CONDITIONAL}::test_a_list_holds_the_tags_that_are_in_it_and_no_others"
VERSIONS = f"{CONDITIONAL}::test_the_versions_of_our_tags_are_wanted"
MALFORMED_TAGS = f"{CONDITIONAL}::test_a_malformed_header_is_refused_by_name"

ENDPOINT = "unit/test_endpoint.py"
SAFE = f"{ENDPOINT}::test_every_answer_tells_browsers_what_it_may_be_used_for"
BODILESS = f"{ENDPOINT}::test_answers_without_content_have_neither_body_nor_type"
DEPENDS = f"{ENDPOINT}::test_an_answer_adds_to_what_every_answer_depends_on"

PROTECTION = "contract/test_openapi.py::test_every_route_states_the_same_protection_in_template_and_document"
TEMPLATE = "unit/test_template.py"
OPEN_ROUTES = f"{TEMPLATE}::test_only_health_reading_events_registering_ones_own_registration_and_pre_flights_are_open"

EXPORT = "unit/test_export.py"
CUT_SHORT = f"{EXPORT}::test_pages_cut_short_meet_everybody_once"
JOINED = f"{EXPORT}::test_pages_make_one_file"
LONGEST = f"{EXPORT}::test_five_thousand_people_of_the_longest_names_never_pass_lambdas_limit"
OWN_EXPORT = f"{EXPORT}::test_tokens_are_good_for_this_list_and_event_only"
IMPORT = "unit/test_import.py"
FLAGS = f"{IMPORT}::test_dry_runs_are_asked_for_by_true_or_false"
IMPORTED = f"{IMPORT}::test_an_import_registers_everybody_and_tells_each_row"
MEGABYTE = f"{IMPORT}::test_a_megabyte_is_taken"
REHEARSED = f"{IMPORT}::test_a_dry_run_tells_what_an_import_does_and_does_nothing"
WHOLE_PAGES = "unit/test_pages.py::test_a_page_is_cut_to_what_one_answer_holds_and_to_no_more_than_asked_for"

MUTANTS: Table = {
    "shared/event_management/http/request.py": [
        Mutant(
            "a misspelt parameter does as without it",
            "if unknown := sorted(set(self.query) - set(names)):",
            "if unknown := []:",
            "unit/test_import.py::test_a_parameter_that_an_import_does_not_know_is_refused_before_anything_is_done",
        ),
        Mutant("lost letters are kept", "if _REPLACEMENT_CHARACTER in data:", "if False:", LOST_LETTERS),
        Mutant("any correlation id comes back", "_CORRELATION_ID.fullmatch(sent)", "sent", HOSTILE_IDS),
        Mutant("correlation ids have any length", "{1,128}", "+", HOSTILE_IDS),
        Mutant("correlation ids hold any character", "[A-Za-z0-9._:/+=-]", r"[\x20-\x7e]", HOSTILE_IDS),
        Mutant(
            "any Idempotency-Key is taken",
            "if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):",
            "if False:",
            f"{BAD_KEYS} {IMPORT}::test_a_bad_idempotency_key_is_refused",
        ),
        Mutant("a flag is whatever comes", 'if text not in (None, "true", "false"):', "if False:", FLAGS),
        Mutant("a flag must be there", 'not in (None, "true", "false")', 'not in ("true", "false")', IMPORTED),
        Mutant("a flag that is false is true", 'return text == "true"', "return text is not None", REHEARSED),
        Mutant("files are as short as JSON", "MAX_FILE = 1024 * 1024", "MAX_FILE = 64 * 1024", MEGABYTE),
        Mutant("files are longer than told", "MAX_FILE = 1024 * 1024", "MAX_FILE = 1024 * 1024 + 1", MEGABYTE),
        Mutant("an Idempotency-Key has any length", "{1,255}", "+", BAD_KEYS),
        Mutant("an Idempotency-Key may be empty", "{1,255}", "{0,255}", BAD_KEYS),
        Mutant("an Idempotency-Key holds any character", r"[\x20-\x7e]", "(?s:.)", BAD_KEYS),
        Mutant(
            "an access token signs in",
            'if self._claims.get("token_use", "id") != "id" or (',
            "if (",
            f"{OTHER_USE} {ENDPOINTS}::test_an_access_token_is_refused_by_the_functions_themselves",
        ),
        Mutant("only access tokens are refused", '"id") != "id" or', '"id") == "access" or', OTHER_USE),
        Mutant(
            "a token that does not tell its use is refused",
            'claims.get("token_use", "id")',
            'claims.get("token_use")',
            f"{REQUEST}::test_the_organiser_is_the_subject_of_an_id_token",
        ),
        Mutant(
            "organisers' own routes are public where the gateway is",
            " or (self.is_under_organiser and not subject):",
            ":",
            ORGANISERS_ALONE,
        ),
        Mutant("everybody is the organiser", "if load_config().is_open:", "if True:", NO_CLAIMS),
        Mutant(
            "nobody calls as an organiser in open mode",
            "return load_config().is_open or bool(self._subject)",
            "return bool(self._subject)",
            ORGANISERS,
        ),
        Mutant(
            "everybody calls as an organiser",
            "return load_config().is_open or bool(self._subject)",
            "return True",
            ORGANISERS,
        ),
        Mutant("codes have any length", "len(code) <= _LONGEST_CODE and ", "", BAD_CODES),
        Mutant("codes are shorter than told", "_LONGEST_CODE = 255", "_LONGEST_CODE = 254", CODES),
        Mutant("codes hold letters beyond ASCII", "code.isascii() and ", "", BAD_CODES),
        Mutant("codes hold control characters", " and code.isprintable()", "", BAD_CODES),
        Mutant("an empty code is a code", "return code or None", "return code", CODES),
        Mutant("any kind of patch is taken", "if media_type and media_type not in PATCH_TYPES:", "if False:", NO_PATCH),
        Mutant("a patch must name its kind", "if media_type and media_type", "if media_type", PATCHES_TAKEN),
        Mutant("a patch is merge-patch+json only", ', "application/json")', ",)", PATCHES_TAKEN),
        Mutant("a patch's kind has no parameters", '.partition(";")[0]', "", PATCHES_TAKEN),
        Mutant("a patch's kind has a case", "[0].strip().lower()", "[0].strip()", PATCHES_TAKEN),
        Mutant(
            "text keeps its byte order mark",
            '"utf-8-sig"',
            '"utf-8"',
            f"{REQUEST}::test_a_byte_order_mark_is_no_part_of_the_text",
        ),
        Mutant("text has letters made up", '"utf-8-sig")', '"utf-8-sig", "replace")', NO_TEXT),
        Mutant("text is in any encoding", '"utf-8-sig"', '"latin-1"', NO_TEXT),
        Mutant("the method does not make another request", 'self._event["httpMethod"], ', "", OTHER_ROUTE),
        Mutant("the route does not make another request", ', self._event["resource"])', ",)", OTHER_ROUTE),
        Mutant("claims need no subject", "if not self._subject:", "if False:", NO_CLAIMS),
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
        Mutant("the payload does not make another request", "canonical, (self.country", "(self.country", OTHER_REQUEST),
        Mutant(
            "the country does not make another request",
            ', (self.country or "").casefold())',
            ")",
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
        Mutant("bodies have any size", "if len(data) > most_bytes:", "if False:", f"{BODY_TOO_LARGE} {TEXT_LIMIT}"),
        Mutant("64 KB are too much", "if len(data) > most_bytes:", "if len(data) >= most_bytes:", BODY_TAKEN),
        Mutant("text has the limit of JSON", "self._body(most_bytes, ", "self._body(MAX_BODY, ", TEXT_LIMIT),
        Mutant("65 KB are taken", "MAX_BODY = 64 * 1024", "MAX_BODY = 65 * 1024", BODY_TOO_LARGE),
        Mutant("what is no UTF-8 and no base64 is a defect", "ValueError, RecursionError", "RecursionError", BASE64),
        Mutant("deep JSON is a defect", "ValueError, RecursionError", "ValueError", BODIES),
        Mutant("strange characters in base64 do not count", ", validate=True", "", BASE64),
    ],
    "shared/event_management/http/conditional.py": [
        Mutant(
            "faults of the body come before the version",
            "        if versions is not None and version not in versions:\n            raise PreconditionFailedError from None\n",
            "",
            "unit/test_event_endpoints.py::test_faults_are_told_in_order_unknown_event_then_version_then_content",
        ),
        Mutant(
            "a change of any version has no faults",
            "versions is not None and version not in versions",
            "versions is None or version not in versions",
            "unit/test_event_endpoints.py::test_faults_are_told_in_order_unknown_event_then_version_then_content",
        ),
        Mutant(
            "a tag is the version's only",
            "digest(msgspec.json.encode(shown",
            "digest(msgspec.json.encode(None",
            TAGS_DIFFER,
        ),
        Mutant("a tag is any version's", "f'\"{version}-", "f'\"1-", TAGS_DIFFER),
        Mutant("an asterisk is a tag", 'return field == "*" or tag', "return tag", UNCHANGED),
        Mutant("the caller has everything", 'field == "*" or', '"*" in field or', CHANGED),
        Mutant("the caller has what sounds alike", "in (_opaque_tags(field) or ())", "in field", CHANGED),
        Mutant("weak tags are none", "(?:W/)?", "", f"{UNCHANGED} {VERSIONS}"),
        Mutant("tags stand in no quotes", '?"([', '?"?([', MALFORMED_TAGS),
        Mutant("tags hold white space", r"\x21\x23", r"\x20\x21\x23", MALFORMED_TAGS),
        Mutant("elements of a list need no comma", r"(?:,|\Z)", r"(?:,|\Z|(?<= ))", MALFORMED_TAGS),
        Mutant("elements of a list may not be empty", "*+)?(?:,", "*+)(?:,", UNCHANGED),
        Mutant("the last element of a list is none", "position < len(field)", "position < len(field) - 30", LISTED),
        Mutant(
            "changes need not say of what",
            "raise PreconditionRequiredError",
            "return None",
            f"{CONDITIONAL}::test_a_change_without_the_header_is_refused",
        ),
        Mutant(
            "an asterisk wants no version",
            'if field.strip() == "*":',
            "if False:",
            f"{CONDITIONAL}::test_an_asterisk_wants_whichever_version_there_is",
        ),
        Mutant("what is malformed wants no version", "if not tags:", "if False:", MALFORMED_TAGS),
        Mutant("no tags at all want no version", "if not tags:", "if tags is None:", MALFORMED_TAGS),
        Mutant("tags have any length", "if len(field) > MAX_TAGS:", "if False:", f"{MALFORMED_TAGS} {CHANGED}"),
        Mutant(
            "tags are shorter than told",
            "if len(field) > MAX_TAGS:",
            "if len(field) >= MAX_TAGS:",
            f"{UNCHANGED} {VERSIONS}",
        ),
        Mutant("others' tags name versions", ")-[a-z2-7]{26}", ").*", VERSIONS),
        Mutant("versions are numbers of any script", "([0-9]{1,15})", r"(\d{1,15})", VERSIONS),
        Mutant("versions have any length", "([0-9]{1,15})", "([0-9]+)", VERSIONS),
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
        Mutant(
            "every list has 100 items at most",
            "default_limit, 1, max_limit)",
            "default_limit, 1, MAX_LIMIT)",
            f"{EXPORT}::test_limits_go_to_five_thousand {JOINED}",
        ),
        Mutant("a page that is cut short is whole", "min(self.limit, most)", "self.limit", CUT_SHORT),
        Mutant("a page may be longer than asked for", "min(self.limit, most)", "most", WHOLE_PAGES),
        Mutant(
            "a page that is cut short is the last", "<= self._skip + limit:", "<= self._skip + self.limit:", CUT_SHORT
        ),
    ],
    "shared/event_management/http/files.py": [
        Mutant("pages have any size", "if size > MOST_BYTES:", "if False:", f"{CUT_SHORT} {LONGEST}"),
        Mutant("pages are larger than Lambda takes", "5 * 1024 * 1024", "6 * 1024 * 1024", LONGEST),
        Mutant("letters are counted as one byte each", "return len(json.dumps(text))", "return len(text)", LONGEST),
        Mutant(
            "every page has a header", "is_first = wanted.after is None", "is_first = True", f"{CUT_SHORT} {JOINED}"
        ),
        Mutant("no page has a header", "is_first = wanted.after is None", "is_first = False", f"{CUT_SHORT} {JOINED}"),
        Mutant("one more is shown than asked for", "rows[: wanted.limit]", "rows", CUT_SHORT),
    ],
    "shared/event_management/http/access.py": [
        Mutant(
            "a code asks about other events",
            """if code.event_id != request.path["event_id"]:
        raise InvalidManageCodeError""",
            "if False:\n        raise InvalidManageCodeError",
            f"{ACCESS}::test_a_code_that_is_not_this_events_is_refused_whoever_sends_it",
        ),
        Mutant(
            "a code asks about other registrations",
            'if code.attendee_id != request.path["attendee_id"]:',
            "if False:",
            f"{ACCESS}::test_a_code_of_another_person_is_refused_where_the_path_names_one",
        ),
        Mutant(
            "who sends no code is the organiser",
            "if not request.is_organiser_call:",
            "if False:",
            f"{TICKETS}::test_who_sends_nothing_or_a_forged_ticket_sees_none",
        ),
        Mutant(
            "a ticket is drawn at every event",
            'if ticket.event_id != request.path["event_id"]:',
            "if False:",
            f"{TICKETS}::test_a_ticket_draws_nothing_at_another_event",
        ),
        Mutant(
            "a ticket draws every registration",
            'if ticket.attendee_id != request.path["attendee_id"]:',
            "if False:",
            f"{TICKETS}::test_a_ticket_draws_no_other_registration",
        ),
    ],
    "functions/get_event/app.py": [
        Mutant(
            "shared caches keep drafts",
            'kept = "private, no-cache" if request.is_under_organiser else "no-cache"',
            'kept = "no-cache"',
            f"{EVENTS}::test_caches_that_many_share_keep_no_answer_for_the_organiser_drafts_included",
        ),
        Mutant(
            "shared caches keep nothing",
            'if request.is_under_organiser else "no-cache"',
            'if request.is_organiser_call else "no-cache"',
            f"{EVENTS}::test_answers_of_one_event_may_be_kept_but_must_be_asked_for_again",
        ),
    ],
    "functions/get_waitlist/app.py": [
        Mutant(
            "who has no code is asked for a token that nobody reads",
            'read_caller(request), "helper")',
            'request.caller, "helper")',
            f"{WAITLIST}::test_positions_are_told_by_the_manage_code_alone",
        ),
    ],
    "functions/draw_ticket/app.py": [
        Mutant(
            "a ticket that was replaced counts as a bad manage code",
            'if request.parameter("ticket") is None:',
            "if True:",
            f"{TICKETS}::test_a_ticket_that_was_replaced_is_not_drawn",
        ),
        Mutant(
            "a ticket of a former registration is told another thing",
            "except (errors.InvalidManageCodeError, errors.RegistrationGoneError):",
            "except errors.InvalidManageCodeError:",
            f"{TICKETS}::test_a_ticket_of_a_former_registration_is_as_dead_as_one_that_was_replaced",
        ),
    ],
    "shared/event_management/http/endpoint.py": [
        Mutant(
            "who has no code is told to sign in",
            'ManageCodeMissingError: {"WWW-Authenticate": "Manage-Code"},',
            'ManageCodeMissingError: {"WWW-Authenticate": "Bearer"},',
            f"{PEOPLE}::test_an_id_that_follows_from_an_address_opens_nothing",
        ),
        Mutant(
            "a bad code is not told what to send",
            'InvalidManageCodeError: {"WWW-Authenticate": "Manage-Code"},',
            "",
            f"{TICKETS}::test_a_ticket_that_was_replaced_is_not_drawn",
        ),
        Mutant("answers may be kept", '"Cache-Control": "no-store",', "", f"{ENDPOINTS}::test_no_answer_is_to_be_kept"),
        *(
            Mutant(f"answers have no {name}", f'    "{name}": "{value}",\n', "", SAFE)
            for name, value in (
                ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
                ("Referrer-Policy", "no-referrer"),
                ("Strict-Transport-Security", "max-age=31536000"),
                ("X-Content-Type-Options", "nosniff"),
            )
        ),
        Mutant(
            "answers have the endpoint's status",
            "answer.status or status",
            "status",
            f"{ENDPOINT}::test_an_answer_may_have_a_status_of_its_own",
        ),
        Mutant(
            "a 304 has a body", "HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)", "HTTPStatus.NO_CONTENT,)", BODILESS
        ),
        Mutant(
            "a 204 has a body", "HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)", "HTTPStatus.NOT_MODIFIED,)", BODILESS
        ),
        Mutant(
            "text is answered as JSON",
            " or isinstance(body, Text):",
            ":",
            f"{ENDPOINT}::test_text_is_answered_as_it_is",
        ),
        Mutant(
            "an answer's Vary forgets the origin",
            'if "Vary" in cors and "Vary" in answer.headers:',
            "if False:",
            DEPENDS,
        ),
        Mutant("ETags are hidden from browsers", '"ETag, ', '"', f"{ENDPOINTS}::test_allowed_origins_may_read_answers"),
        Mutant(
            "nobody says what a patch may be",
            'UnsupportedMediaTypeError: {"Accept-Patch": ", ".join(PATCH_TYPES)},',
            "",
            f"{ENDPOINT}::test_what_cannot_be_a_patch_is_told_what_can",
        ),
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
    "shared/event_management/views.py": [
        Mutant(
            "an open stack passes for guarded",
            'auth="open" if is_open else "cognito"',
            'auth="cognito"',
            "unit/test_health.py::test_an_open_stack_says_so_with_a_warning",
        ),
        Mutant(
            "a guarded stack passes for open",
            'auth="open" if is_open else "cognito"',
            'auth="open"',
            "unit/test_health.py::test_a_guarded_stack_says_that_it_is_and_asks_nobody_for_a_token",
        ),
        Mutant(
            "an open stack warns nobody",
            'For a laptop alone." if is_open else None',
            'For a laptop alone." if False else None',
            "unit/test_health.py::test_an_open_stack_says_so_with_a_warning",
        ),
    ],
    "functions/create_event/app.py": [
        Mutant("anybody makes events", "caller = request.caller", 'caller = Caller("anonymous")', NO_CLAIMS),
    ],
    "functions/list_attendees/app.py": [
        Mutant(
            "anybody lists attendees",
            'events.find_for(request.path["event_id"], request.caller, "helper")',
            'events.find(request.path["event_id"])',
            NO_CLAIMS,
        ),
        Mutant(
            "every organiser lists attendees",
            'event = events.find_for(request.path["event_id"], request.caller, "helper")',
            'request.caller\n    event = events.find(request.path["event_id"])',
            OWN_EVENTS,
        ),
        Mutant("a token is good for every event", '("attendees", event.id)', '("attendees",)', OWN_LIST),
    ],
    "functions/export_attendees/app.py": [
        Mutant(
            "every organiser exports attendees",
            'events.find_for(request.path["event_id"], request.caller, "organiser")',
            'events.find(request.path["event_id"]).event',
            f"{EXPORT}::test_attendees_are_exported_for_the_events_organiser_alone",
        ),
        Mutant("an export's token is good for every event", '("export", event.id)', '("export",)', OWN_EXPORT),
        Mutant("an export's token is good for the list", '("export", event.id)', '("attendees", event.id)', OWN_EXPORT),
        Mutant(
            "six thousand come at once",
            "max_limit=5000",
            "max_limit=6000",
            f"{EXPORT}::test_limits_go_to_five_thousand",
        ),
    ],
    "functions/import_attendees/app.py": [
        Mutant(
            "every organiser imports attendees",
            'events.find_with_authority(request.path["event_id"], request.caller, "organiser")',
            'events.find(request.path["event_id"]).event, None',
            f"{IMPORT}::test_the_events_organiser_alone_imports",
        ),
        Mutant("a dry run is none", "if is_dry_run:", "if False:", REHEARSED),
        Mutant("every import is a dry run", "if is_dry_run:", "if True:", REHEARSED),
        Mutant(
            "the caller's key does not count",
            "request.idempotency_key",
            "None",
            f"{IMPORT}::test_on_purpose_they_are_registered_anew_under_an_idempotency_key",
        ),
        Mutant(
            "the caller's country is lost",
            "request.zone_default, request.country, key)",
            "request.zone_default, None, key)",
            f"{IMPORT}::test_the_callers_country_is_kept_as_when_registering",
        ),
    ],
    "docs/openapi.yaml": [
        Mutant(
            "the document asks nobody for a token",
            "security:\n  - organiser: []\n",
            "security:\n  - {}\n",
            f"{PROTECTION} contract/test_openapi.py::test_the_default_of_both_documents_is_that_organisers_alone_may_call",
        ),
        Mutant("the document hides that a ticket opens a drawing", ", {ticket: []}]", "]", PROTECTION),
    ],
    "template.yaml": [
        Mutant(
            "imports are throttled like any call",
            '~1attendee~1import", HttpMethod: POST, ThrottlingRateLimit: *long_call_rate',
            '~1attendee~1import", HttpMethod: POST, ThrottlingRateLimit: *register_rate',
            f"{TEMPLATE}::test_the_gateway_throttles_every_route_and_those_apart_that_differ",
        ),
        Mutant(
            "the firewall holds up who reads",
            "                        SearchString: POST\n",
            "                        SearchString: GET\n",
            f"{TEMPLATE}::test_one_address_registers_no_oftener_than_the_operator_says",
        ),
        Mutant(
            "the key is used by way of anything",
            "              StringEquals: {kms:ViaService:",
            "              StringLike: {kms:ViaService:",
            "unit/test_least_privilege.py::test_whoever_may_use_the_table_may_use_its_key_by_way_of_the_table_alone",
        ),
        Mutant(
            "logs are kept under AWS's own key",
            "      KmsKeyId: !If [HasKey, !Ref EncryptionKeyArn, !Ref AWS::NoValue]\n",
            "",
            f"{TEMPLATE}::test_everything_that_keeps_data_takes_the_operators_key_and_aws_own_without",
        ),
        Mutant(
            "anybody signs up",
            "        AllowAdminCreateUserOnly: true\n",
            "        AllowAdminCreateUserOnly: false\n",
            f"{TEMPLATE}::test_organisers_are_made_by_an_administrator_only",
        ),
        Mutant(
            "the gateway lets anybody export attendees",
            'Path: "/events/{event_id}/attendee.csv", Method: GET}',
            'Path: "/events/{event_id}/attendee.csv", Method: GET, Auth: {Authorizer: NONE}}',
            f"{TEMPLATE}::test_every_route_is_guarded_unless_it_is_open_on_purpose",
        ),
        Mutant(
            "the gateway lets anybody import attendees",
            'Path: "/events/{event_id}/attendee/import", Method: POST}',
            'Path: "/events/{event_id}/attendee/import", Method: POST, Auth: {Authorizer: NONE}}',
            f"{TEMPLATE}::test_every_route_is_guarded_unless_it_is_open_on_purpose",
        ),
        Mutant(
            "the gateway asks nobody for a token",
            "        DefaultAuthorizer: Organisers\n",
            "        DefaultAuthorizer: NONE\n",
            f"{TEMPLATE}::test_every_route_is_guarded_unless_it_is_open_on_purpose",
        ),
        Mutant(
            "a parameter opens the stack",
            "        PYTHONTZPATH: ",
            "        AUTH_MODE: !Ref AuthMode\n        PYTHONTZPATH: ",
            "unit/test_open_mode.py::test_no_function_is_told_that_it_is_open",
        ),
        Mutant(
            "a route asks for no token and its document for one",
            "Path: /organiser/events, Method: GET}",
            "Path: /organiser/events, Method: GET, Auth: {Authorizer: NONE}}",
            PROTECTION,
        ),
        Mutant(
            "a route's protection is stated in a way of its own",
            'Path: "/events/{event_id}/cancel", Method: POST}',
            'Path: "/events/{event_id}/cancel", Method: POST, Auth: {ApiKeyRequired: true}}',
            PROTECTION,
        ),
        Mutant(
            "the gateway lets anybody list attendees",
            'Path: "/events/{event_id}/attendee", Method: GET}',
            'Path: "/events/{event_id}/attendee", Method: GET, Auth: {Authorizer: NONE}}',
            OPEN_ROUTES,
        ),
    ],
}
