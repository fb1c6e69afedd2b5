"""Mutants of the pure core: addresses, times, payloads, identifiers, signatures, tokens, codes, seats, spreadsheets."""

from tests.mutation.mutant import Mutant, Table

ADDRESSES = "unit/test_addresses.py"
KEPT = f"{ADDRESSES}::test_address_is_kept_as_entered_and_normalised"
REFUSED = f"{ADDRESSES}::test_address_is_refused_with_the_mend"
INVISIBLE = f"{ADDRESSES}::test_no_invisible_character_slips_into_a_local_part"

CODES = "unit/test_codes.py"
LEADS_BACK = f"{CODES}::test_every_code_leads_back_to_what_it_says"
DENSE = f"{CODES}::test_codes_are_69_characters_that_a_qr_code_packs_densely"
TYPED = f"{CODES}::test_case_and_white_space_around_do_not_count"
NEVER_A_CODE = f"{CODES}::test_text_that_was_never_a_code_is_refused"
OTHER_KIND = f"{CODES}::test_no_code_is_taken_for_one_of_the_other_kind"
SERIALS = f"{CODES}::test_serials_are_13_characters_of_lower_case_base32"

COUNTRY_REFUSED = "unit/test_countries.py::test_unknown_or_shared_name_is_refused"

TIMEZONES = "unit/test_timezones.py"
TIME_READ = f"{TIMEZONES}::test_time_is_read"
TIME_REFUSED = f"{TIMEZONES}::test_time_is_refused_with_the_mend"
ZONE_REFUSED = f"{TIMEZONES}::test_what_tzdata_does_not_list_is_no_zone"
RESTORED = f"{TIMEZONES}::test_local_time_outlives_a_change_of_rules"

PAYLOADS = "unit/test_payloads.py"
FAULTS = f"{PAYLOADS}::test_every_fault_is_told_with_its_pointer"
PATCHED = f"{PAYLOADS}::test_a_patch_changes_what_it_names_and_puts_defaults_where_it_says_null"
NO_FAULTS = f"{PAYLOADS}::test_a_payload_without_faults_raises_nothing"
LONG_NAMES = f"{PAYLOADS}::test_long_unknown_names_are_cut_short"
FLOOD = "unit/test_bad_input.py::test_a_multitude_of_unknown_members_is_summed_up"

IDENTIFIERS = "unit/test_identifiers.py"
NO_EVENT_ID = f"{IDENTIFIERS}::test_texts_that_no_event_can_have_as_id_are_told"
EVENT_IDS = f"{IDENTIFIERS}::test_derived_event_id_depends_on_owner_key_attempt_and_secret"
ONE_TEXT = f"{IDENTIFIERS}::test_what_is_not_the_one_text_of_some_bytes_is_refused"
ATTENDEE_IDS = f"{IDENTIFIERS}::test_derived_attendee_id_depends_on_event_address_and_secret"

PAGINATION = "unit/test_pagination.py"
ALTERED = f"{PAGINATION}::test_no_altered_token_is_taken"
OTHER_LIST = f"{PAGINATION}::test_token_of_another_list_is_refused"
ROTATION = f"{PAGINATION}::test_token_outlives_a_key_rotation_until_the_old_key_is_dropped"
A_DAY = f"{PAGINATION}::test_token_is_good_for_a_day"
LEADS_BACK_TO_POSITION = f"{PAGINATION}::test_every_token_leads_back_to_its_position"
NEVER_A_TOKEN = f"{PAGINATION}::test_text_that_was_never_a_token_is_refused"

QR = "unit/test_qr.py"
SCANNED = f"{QR}::test_a_scanner_reads_the_ticket_from_what_is_drawn"
SMALL = f"{QR}::test_a_ticket_is_drawn_small_with_error_correction_m"
WHOSE = f"{QR}::test_the_drawing_fills_its_place_and_says_what_it_is_and_not_whose"

SEATS = "unit/test_seats.py"
RETURNED = f"{SEATS}::test_a_reserve_is_returned_as"
COLLECTED = f"{SEATS}::test_seats_are_collected_in_proportion_to_what_is_left"
A_PARTY = f"{SEATS}::test_a_party_sits_in_as_few_blocks_as_can_be_or_not_at_all"
BLOCKS = f"{SEATS}::test_an_event_has_a_block_for_each_80_seats_and_at_most_256"
AROUND = f"{SEATS}::test_a_caller_goes_around_all_blocks_before_it_comes_back"
ELSEWHERE = f"{SEATS}::test_a_caller_that_meets_another_goes_on_elsewhere"
RUSH_ENDS = f"{SEATS}::test_a_directory_that_could_not_be_read_is_spared_for_a_while"
RUSH_PROOF = f"{SEATS}::test_in_a_rush_too_a_directory_is_read_again_once_its_proof_is_old"
AFTER_EMPTY = f"{SEATS}::test_after_an_empty_block_a_caller_goes_on_only_by_a_fresh_directory"
MOVES = f"{SEATS}::test_a_directory_moves_a_caller_only_where_its_block_is_gone"
DRAINED = f"{SEATS}::test_what_was_found_empty_and_is_still_listed_is_drained"
IN_ANY_ORDER = f"{SEATS}::test_callers_in_any_order_sell_every_seat_once_and_an_empty_directory_tells_no_lie"

IMPORT = "unit/test_import.py"
SPREADSHEETS = "unit/test_spreadsheets.py"
NO_FORMULA = f"{SPREADSHEETS}::test_text_never_begins_a_formula"
AS_IT_IS = f"{SPREADSHEETS}::test_other_text_is_written_as_it_is"
ALL_COMES_BACK = f"{SPREADSHEETS}::test_whatever_was_written_is_read"
PEOPLE_READ = f"{SPREADSHEETS}::test_people_are_read_however_a_spreadsheet_writes_them"
FIRST_LINES = f"{SPREADSHEETS}::test_a_row_is_known_by_its_first_line"
WRONG_HEADER = f"{SPREADSHEETS}::test_a_wrong_header_is_refused_with_what_is_wrong"
WRONG_ROWS = f"{SPREADSHEETS}::test_a_row_that_cannot_be_read_is_told_and_the_next_one_read"
WRONG_SEATS = f"{SPREADSHEETS}::test_other_seats_are_a_fault_of_their_row"
A_THOUSAND = f"{SPREADSHEETS}::test_an_import_has_a_thousand_rows_and_no_more"
SIGNING = "unit/test_signing.py"
ALTERED_BIT = f"{SIGNING}::test_no_altered_bit_goes_unnoticed"
OTHER_SCOPE = f"{SIGNING}::test_what_was_signed_is_good_for_its_scope_only"
OTHER_USE = f"{SIGNING}::test_what_one_use_signed_no_other_use_verifies"
CUT_SHORT = f"{SIGNING}::test_what_was_cut_short_or_lengthened_is_not_ours"
ALL_KEYS = f"{SIGNING}::test_all_keys_verify_and_the_current_one_signs"
RESERVED = f"{SIGNING}::test_reserved_keys_are_those_of_hkdf"

KEYS = "unit/test_keys.py"
FORMER = f"{KEYS}::test_nothing_of_a_person_is_left_of_a_registration_but_its_serial_and_its_marks"

TERMS = "unit/test_terms.py"
NOT_TAKEN = f"{TERMS}::test_who_may_not_register_is_told_why"
ARE_TAKEN = f"{TERMS}::test_who_may_register_is_told_nothing"
PROMOTED_UNTIL = f"{TERMS}::test_who_waits_is_promoted_until_registration_has_ended_also_before_it_opens"

WAITLIST = "unit/test_waitlist.py"
MOST = f"{WAITLIST}::test_no_more_are_promoted_than_fit_one_transaction"
GOES_TO = f"{WAITLIST}::test_free_seats_go_to"

CONFIG = "unit/test_config.py"

SCHEMAS = "contract/test_openapi.py::test_schemas_are_those_of_the_models"
BAD_TEXT = "unit/test_bad_input.py::test_bad_text_is_pointed_at"
BY_SCHEMA = "unit/test_bad_input.py::test_what_the_published_schema_refuses_is_refused_and_the_rest_of_plain_text_taken"
EVENT_MEMBER = "unit/test_bad_input.py::test_a_bad_value_of_a_member_is_pointed_at"
AT_BOUNDS = "unit/test_bad_input.py::test_values_at_the_bounds_are_taken"
BAD_REASON = "unit/test_bad_input.py::test_a_bad_reason_is_pointed_at"
PATCH = "unit/test_event_patch.py"
PATCH_OF_SHOWN = f"{PATCH}::test_what_is_shown_of_an_event_changes_nothing"
PATCH_TWICE = f"{PATCH}::test_a_change_that_is_made_twice_is_made_once"
VIEWER_PATCH = (
    f"{PATCH}::test_a_time_is_written_as_it_is_seen_and_kept_in_the_events_zone"
    f" {PATCH}::test_a_zone_that_the_payload_names_goes_before_the_readers"
)
NO_WAY_BACK = f"{PATCH}::test_no_status_leads_back"
CAPACITIES = "unit/test_bad_input.py::test_capacities_must_be_whole_numbers_in_bounds"
END_AFTER_START = "unit/test_bad_input.py::test_an_event_ends_after_it_starts"
TIMES_READ = "unit/test_endpoints.py::test_times_are_read_in_the_zone_of_payload_then_country_then_deployment"
SEVERAL_ZONES = "unit/test_endpoints.py::test_a_country_with_several_zones_does_not_read_local_times"
NO_ADDRESS = "unit/test_bad_input.py::test_what_is_no_address_is_refused_and_not_said_again"
WRONG_TYPE = "unit/test_bad_input.py::test_a_member_of_the_wrong_type_is_pointed_at"

MUTANTS: Table = {
    "shared/event_management/addresses.py": [
        Mutant("no @ is no fault of the shape", 'if not at or "@" in domain:', 'if "@" in domain:', REFUSED),
        Mutant("a second @ goes to the domain", 'if not at or "@" in domain:', "if not at:", REFUSED),
        Mutant(
            "length as entered is not checked",
            "    _check_length(local_part, domain)\n    normalised_local_part",
            "    normalised_local_part",
            REFUSED,
        ),
        Mutant(
            "length once normalised is not checked",
            "    _check_length(normalised_local_part, normalised_domain)\n",
            "",
            REFUSED,
        ),
        Mutant("a long local part is taken", "if local_bytes > _LONGEST_LOCAL_PART or ", "if ", REFUSED),
        Mutant(
            "a long address is taken",
            " or local_bytes + 1 + _octets(domain) > _LONGEST_ADDRESS:",
            ":",
            f"{ADDRESSES}::test_longest_address_has_254_bytes_and_no_more",
        ),
        Mutant(
            "the @ does not count",
            "local_bytes + 1 + _octets(domain)",
            "local_bytes + _octets(domain)",
            f"{ADDRESSES}::test_longest_address_has_254_bytes_and_no_more",
        ),
        Mutant("characters are counted, not bytes", 'text.encode("utf-8", "surrogatepass")', "text", REFUSED),
        Mutant("a lone surrogate is a defect", 'encode("utf-8", "surrogatepass")', 'encode("utf-8")', REFUSED),
        Mutant("dots may stand side by side", "if not atom or ", "if atom and ", REFUSED),
        Mutant("an atom may begin with a mark", 'unicodedata.category(atom[0]).startswith("M") or ', "", REFUSED),
        Mutant("atoms hold anything", " or not all(map(_is_atom_text, atom))", "", REFUSED),
        Mutant("all ASCII is atom text", "return char in _ATEXT\n", "return True\n", REFUSED),
        Mutant(
            "characters of unseen categories are taken",
            "unicodedata.category(char) in _UNSEEN_CATEGORIES or ",
            "",
            REFUSED,
        ),
        Mutant("other unseen characters are taken", " or char in _UNSEEN:", ":", REFUSED),
        Mutant(
            "variation selectors are taken",
            "any(ord(char) in selectors for selectors in _VARIATION_SELECTORS)",
            "False",
            INVISIBLE,
        ),
        Mutant(
            "stand-ins for ASCII are taken",
            'return all(c in _ATEXT for c in unicodedata.normalize("NFKC", char) if c.isascii())',
            "return True",
            REFUSED,
        ),
        Mutant(
            "lower case is not composed again",
            'unicodedata.normalize("NFC", local_part.lower())',
            "local_part.lower()",
            KEPT,
        ),
        Mutant("local parts keep their case", "local_part.lower()", "local_part", KEPT),
        Mutant(
            "ß is ss",
            "local_part.lower()",
            "local_part.casefold()",
            f"{ADDRESSES}::test_two_people_stay_two",
        ),
        Mutant("one label is a domain", "if len(labels) < 2 or ", "if ", REFUSED),
        Mutant("an IP address is a domain", " or labels[-1].isdigit():", ":", REFUSED),
        Mutant("A-labels are taken as they are", ' and "xn--" not in lowered', "", KEPT),
        Mutant("reserved labels are taken", 'label[2:4] == "--" or ', "", REFUSED),
        Mutant("labels hold anything", " or not re.fullmatch(_LABEL, label)", "", REFUSED),
        Mutant("labels have any length", "{0,61}", "*", REFUSED),
        Mutant("a label may end with a hyphen", "[a-z0-9-]{0,61}[a-z0-9]", "[a-z0-9-]{0,61}", REFUSED),
        Mutant("a label may begin with a hyphen", 'r"[a-z0-9](', 'r"[a-z0-9-](', REFUSED),
        Mutant("domains are not mapped by UTS 46", "uts46=True, ", "", KEPT),
        Mutant("what IDNA refuses is a defect", "except UnicodeError:", "except UnicodeDecodeError:", REFUSED),
        Mutant("a domain may end with a dot", 'if normalised.endswith("."):', "if False:", REFUSED),
        Mutant(
            "addresses show in logs",
            'return "EmailAddress(...)"',
            "return self.entered",
            f"{ADDRESSES}::test_address_stays_out_of_logs",
        ),
    ],
    "shared/event_management/config.py": [
        Mutant(
            "any auth mode will do",
            'if auth_mode not in ("cognito", "open"):',
            "if False:",
            f"{CONFIG}::test_an_unknown_auth_mode_is_refused",
        ),
        Mutant(
            "a function is open unless told otherwise",
            '"AUTH_MODE", "cognito"',
            '"AUTH_MODE", "open"',
            f"{CONFIG}::test_a_function_is_guarded_unless_told_otherwise",
        ),
        Mutant(
            "a function is always open",
            'is_open=auth_mode == "open"',
            "is_open=True",
            f"{CONFIG}::test_a_function_is_guarded_unless_told_otherwise",
        ),
        Mutant(
            "no origin is an origin",
            '.split(",") if origin.strip())',
            '.split(","))',
            f"{CONFIG}::test_no_origins_is_a_setting",
        ),
        Mutant(
            "an unknown default zone is the caller's fault",
            "except InvalidValueError as error:",
            "except ConfigError as error:",
            f"{CONFIG}::test_an_unknown_default_zone_is_the_operators_fault",
        ),
        Mutant(
            "anything is an origin",
            'if not re.fullmatch(r"https',
            'if False and not re.fullmatch(r"https',
            f"{CONFIG}::test_what_is_no_origin_is_refused",
        ),
        Mutant(
            "an origin may have a path",
            'if not re.fullmatch(r"https',
            'if not re.match(r"https',
            f"{CONFIG}::test_what_is_no_origin_is_refused",
        ),
        Mutant(
            "a missing setting is empty",
            "return os.environ[name]\n    except KeyError:",
            'return os.environ.get(name, "")\n    except KeyError:',
            f"{CONFIG}::test_a_missing_setting_is_named",
        ),
    ],
    "shared/event_management/codes.py": [
        Mutant(
            "whatever is shown is a ticket",
            "    if code is None:\n        raise InvalidTicketError\n    return code",
            '    return code or Code("", "", "")',
            NEVER_A_CODE,
        ),
        Mutant(
            "whatever is sent manages a registration",
            "    if code is None:\n        raise InvalidManageCodeError\n    return code",
            '    return code or Code("", "", "")',
            NEVER_A_CODE,
        ),
        Mutant("a ticket is a manage code", '_MANAGE = "manage"', '_MANAGE = "ticket"', OTHER_KIND),
        Mutant(
            "tickets are signed like page tokens",
            "return _sign(code, keys.reserved_for(_TICKET))",
            "return _sign(code, keys)",
            f"{CODES}::test_codes_handed_out_stay_good",
        ),
        Mutant(
            "page tokens are tickets",
            "code = _read(text, keys.reserved_for(_TICKET))",
            "code = _read(text, keys)",
            f"{CODES}::test_nothing_that_is_signed_as_a_page_token_is_a_code",
        ),
        Mutant(
            "page tokens are manage codes",
            "code = _read(text, keys.reserved_for(_MANAGE))",
            "code = _read(text, keys)",
            f"{CODES}::test_nothing_that_is_signed_as_a_page_token_is_a_code",
        ),
        Mutant("serials never change", "encode_base32(random_bytes(8))", "encode_base32(bytes(8))", SERIALS),
        Mutant("codes do not fit the dense mode of QR codes", "_VERSION, keys)).upper()", "_VERSION, keys))", DENSE),
        Mutant("white space around codes counts", "text.strip()", "text", TYPED),
        Mutant("codes are read in capitals only", "decode_base32(spelling.lower())", "decode_base32(spelling)", TYPED),
        Mutant(
            "codes have any length",
            "len(spelling) != _LENGTH or ",
            "",
            f"{CODES}::test_text_longer_than_any_code_is_refused_undecoded",
        ),
        Mutant(
            "look-alikes of letters are taken",
            " or not spelling.isascii():",
            ":",
            f"{CODES}::test_letters_whose_other_case_is_ours_are_not_ours",
        ),
        Mutant("text that is no base32 is a defect", "except ValueError:", "except KeyError:", NEVER_A_CODE),
        Mutant(
            "codes of other lengths are signed",
            "if tuple(map(len, code)) != _CHARACTERS:",
            "if False:",
            f"{CODES}::test_what_is_no_registration_of_ours_is_not_signed",
        ),
        Mutant(
            "ids may run together",
            "tuple(map(len, code)) != _CHARACTERS",
            "sum(map(len, code)) != sum(_CHARACTERS)",
            f"{CODES}::test_what_is_no_registration_of_ours_is_not_signed",
        ),
        Mutant("codes forget the event", "text[:10]", "text[:9]", LEADS_BACK),
    ],
    "shared/event_management/countries.py": [
        Mutant(
            "an unknown country has no zones",
            '        raise InvalidValueError("must be an ISO 3166',
            '        return ()\n        raise InvalidValueError("must be an ISO 3166',
            COUNTRY_REFUSED,
        ),
        Mutant("names have any length", " if len(text) <= _LONGEST_NAME else None", "", COUNTRY_REFUSED),
    ],
    "shared/event_management/identifiers.py": [
        Mutant("event ids have any length", "[a-z2-7]{10}", "[a-z2-7]+", NO_EVENT_ID),
        Mutant("event ids hold any digit", "[a-z2-7]{10}", "[a-z0-9]{10}", NO_EVENT_ID),
        Mutant("event ids may go on", "_EVENT_ID.fullmatch(text)", "_EVENT_ID.match(text)", NO_EVENT_ID),
        Mutant("every owner's key means one event", '"event", owner, ', '"event", ', EVENT_IDS),
        Mutant("all keys mean one event", "owner, idempotency_key, str", "owner, str", EVENT_IDS),
        Mutant("a taken id stays taken", ", str(attempt))[:10]", ")[:10]", EVENT_IDS),
        Mutant("a person has one id at all events", '"attendee", event_id, ', '"attendee", ', ATTENDEE_IDS),
        Mutant("an event has one attendee id", "event_id, normalised_address)[:16]", "event_id)[:16]", ATTENDEE_IDS),
        Mutant("ids need no secret", "hmac.digest(key, ", 'hmac.digest(b"", ', ATTENDEE_IDS),
        Mutant(
            "parts run together",
            'len(part).to_bytes(8, "big") + part',
            "part",
            f"{IDENTIFIERS}::test_derived_ids_never_change {IDENTIFIERS}::test_digests_are_equal_for_equal_parts_only",
        ),
        Mutant("some bytes have many texts", "if not _BASE32.fullmatch(text):", "if False:", ONE_TEXT),
        Mutant("a byte has many texts", "[a-z2-7][aeimquy4]|", "[a-z2-7]{2}|", ONE_TEXT),
        Mutant("two bytes have many texts", "{3}[aq]|", "{4}|", ONE_TEXT),
        Mutant("three bytes have many texts", "{4}[acegikmoqsuwy246]|", "{5}|", ONE_TEXT),
        Mutant("four bytes have many texts", "{6}[aiqy])", "{7})", ONE_TEXT),
        Mutant(
            "all calls have one nonce",
            "encode_base32(random_bytes(16))",
            "encode_base32(bytes(16))",
            f"{IDENTIFIERS}::test_nonces_differ",
        ),
    ],
    "shared/event_management/models.py": [
        Mutant("text may be empty", "min_length=1,\n        max_length=200,", "max_length=200,", SCHEMAS),
        Mutant("text may have 201 characters", "max_length=200,\n", "max_length=201,\n", BY_SCHEMA),
        Mutant("text has any length", "max_length=200,\n", "", BAD_TEXT),
        Mutant("text may hold control characters", "pattern=_PRINTABLE,", "", BAD_TEXT),
        Mutant("text may hold C0 controls", r"[^\u0000-\u001f", "[^", BAD_TEXT),
        Mutant("lines may hold C0 controls", r"\u0000-\u0008\u000b\u000c\u000e-\u001f", "", EVENT_MEMBER),
        Mutant(
            "text of several lines is one line", r"\u0000-\u0008\u000b\u000c\u000e-\u001f", r"\u0000-\u001f", AT_BOUNDS
        ),
        Mutant("text may hold delete and C1 controls", r"\u007f-\u009f", "", BAD_TEXT),
        Mutant("text may hold a line separator", r"\u2028", "", BAD_TEXT),
        Mutant("text may hold a paragraph separator", r"\u2029", "", BAD_TEXT),
        Mutant("text may turn its surroundings round", r"\u202a-\u202e", "", BAD_TEXT),
        Mutant("text may isolate its surroundings", r"\u2066-\u2069", "", BAD_TEXT),
        Mutant("text need not be visible", r"(?=.*[^\s\u00ad\u200b-\u200f\u2060\ufeff])", "", BAD_TEXT),
        Mutant("times may be empty", "min_length=1,\n        max_length=64,", "max_length=64,", SCHEMAS),
        Mutant("times may have 65 characters", "max_length=64,", "max_length=65,", SCHEMAS),
        Mutant("nobody fits in", "ge=1, le=1_000_000", "ge=0, le=1_000_000", CAPACITIES),
        Mutant("capacities go below zero", "ge=1, le=1_000_000", "le=1_000_000", CAPACITIES),
        Mutant("one more than a million fits in", "le=1_000_000", "le=1_000_001", CAPACITIES),
        Mutant("addresses may have two characters", "min_length=3,", "min_length=2,", SCHEMAS),
        Mutant("addresses may have 321 characters", "max_length=320,", "max_length=321,", SCHEMAS),
        Mutant(
            "the first of several zones decides",
            "if len(zones) == 1:",
            "if zones:",
            SEVERAL_ZONES,
        ),
        Mutant(
            "a country with several zones counts as none",
            "ZoneDefault(default, zones)",
            "ZoneDefault(default)",
            SEVERAL_ZONES,
        ),
        Mutant(
            "unknown members of events are published as fine",
            "EventRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True)",
            "EventRequest(Struct, frozen=True, kw_only=True)",
            SCHEMAS,
        ),
        Mutant(
            "unknown members of attendees are published as fine",
            "AttendeeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True)",
            "AttendeeRequest(Struct, frozen=True, kw_only=True)",
            SCHEMAS,
        ),
        Mutant("events end before they start", "second.instant <= first.instant", "False", END_AFTER_START),
        Mutant(
            "events end as they start",
            "second.instant <= first.instant",
            "second.instant < first.instant",
            END_AFTER_START,
        ),
        Mutant(
            "events end by the wall clock",
            "second.instant <= first.instant",
            "second.local <= first.local",
            TIMES_READ,
        ),
        Mutant(
            "registration closes before it opens",
            ', ("registration_opens", "registration_closes")):',
            ",):",
            "unit/test_bad_input.py::test_registration_closes_after_it_opens",
        ),
        Mutant(
            "events end before they start where the zone is known",
            "if times[name] and (zone or has",
            "if times[name] and (not zone and has",
            END_AFTER_START,
        ),
        Mutant(
            "events end before they start where the zone is unknown",
            "if times[name] and (zone or has",
            "if times[name] and (zone and has",
            "unit/test_bad_input.py::test_the_wrong_order_of_instants_is_told_also_when_the_zone_is_unknown",
        ),
        Mutant(
            "the order of times is told though the zone is unknown",
            "if times[name] and (zone or has",
            "if times[name] and (True or has",
            "unit/test_bad_input.py::test_the_order_of_local_times_is_not_told_while_the_zone_is_unknown",
        ),
        Mutant(
            "a wrong zone is missing too",
            'if reader.holds("timezone"):',
            'if reader.get("timezone") is not None:',
            "unit/test_bad_input.py::test_a_wrong_zone_is_one_fault_also_in_a_country_with_several",
        ),
        Mutant(
            "faults of events are not told",
            "certain}, reader)\n        reader.finish()\n",
            "certain}, reader)\n",
            END_AFTER_START,
        ),
        Mutant(
            "any of several zones reads a local time",
            "if zone_default.candidates and any(",
            "if False and any(",
            SEVERAL_ZONES,
        ),
        Mutant(
            "a time with an offset needs a zone too",
            "text and not has_offset(text)",
            "text",
            TIMES_READ,
        ),
        Mutant(
            "faults of attendees are not told",
            'reader.finish()\n        assert email is not None\n        return cls(reader.get("name"), email, ',
            'assert email is not None\n        return cls(reader.get("name"), email, ',
            WRONG_TYPE,
        ),
        Mutant(
            "addresses are taken as they are",
            'AttendeeRequest, payload)\n        email = reader.parse("email", parse_address)',
            'AttendeeRequest, payload)\n        email = reader.parse("email", lambda text: EmailAddress(text, text))',
            NO_ADDRESS,
        ),
        Mutant("descriptions may be empty", "min_length=1, max_length=5000", "max_length=5000", SCHEMAS),
        Mutant("descriptions may have 5,001 characters", "max_length=5000", "max_length=5001", EVENT_MEMBER),
        Mutant("descriptions may hold anything", ", pattern=_PRINTABLE_LINES)", ")", EVENT_MEMBER),
        Mutant(
            "optional times may be empty", "str, Meta(min_length=1, max_length=64)", "str, Meta(max_length=64)", SCHEMAS
        ),
        Mutant(
            "optional times may have 65 characters",
            "str, Meta(min_length=1, max_length=64)",
            "str, Meta(min_length=1, max_length=65)",
            SCHEMAS,
        ),
        Mutant(
            "a party may have nobody",
            "MaxParty = Annotated[int, Meta(ge=1",
            "MaxParty = Annotated[int, Meta(ge=0",
            EVENT_MEMBER,
        ),
        Mutant(
            "a party may be one larger than a transaction",
            "MaxParty = Annotated[int, Meta(ge=1, le=MOST_IN_PARTY",
            "MaxParty = Annotated[int, Meta(ge=1, le=MOST_IN_PARTY + 1",
            EVENT_MEMBER,
        ),
        Mutant(
            "a registration may be for no seat",
            "Seats = Annotated[int, Meta(ge=1",
            "Seats = Annotated[int, Meta(ge=0",
            SCHEMAS,
        ),
        Mutant(
            "a registration may be for one seat more than a transaction",
            "Seats = Annotated[int, Meta(ge=1, le=MOST_IN_PARTY",
            "Seats = Annotated[int, Meta(ge=1, le=MOST_IN_PARTY + 1",
            SCHEMAS,
        ),
        Mutant("reasons may be empty", "min_length=1,\n            max_length=500", "max_length=500", SCHEMAS),
        Mutant("reasons may have 501 characters", "max_length=500,", "max_length=501,", BAD_REASON),
        Mutant("reasons may hold anything", "            pattern=_PRINTABLE_LINES,\n", "", BAD_REASON),
        Mutant("tickets may be empty", "Meta(min_length=1, max_length=200", "Meta(max_length=200", SCHEMAS),
        Mutant(
            "tickets may have 201 characters",
            "Meta(min_length=1, max_length=200",
            "Meta(min_length=1, max_length=201",
            SCHEMAS,
        ),
        Mutant(
            "a changed zone need not exist",
            '        reader.parse("timezone", find_zone)\n        reader.finish()\n',
            "        reader.finish()\n",
            "unit/test_bad_input.py::test_every_fault_of_a_change_is_told_at_once",
        ),
        Mutant(
            "faults of changes are not told",
            '        reader.parse("timezone", find_zone)\n        reader.finish()\n',
            '        reader.parse("timezone", find_zone)\n',
            "unit/test_bad_input.py::test_every_fault_of_a_change_is_told_at_once",
        ),
        Mutant(
            "a change is the same wherever its times are",
            'self.viewer_zone.key if self.viewer_zone else ""',
            '""',
            "unit/test_event_patch.py::test_two_changes_have_one_digest_only_if_they_ask_for_the_same",
        ),
        Mutant(
            "who names a zone writes in another",
            'zone if "timezone" in self.changes else self.viewer_zone or zone',
            "self.viewer_zone or zone",
            VIEWER_PATCH,
        ),
        Mutant("nobody writes what they see", "else self.viewer_zone or zone", "else zone", VIEWER_PATCH),
        Mutant(
            "times are kept where they were seen",
            "parse_time(text, written_in, zone)",
            "parse_time(text, written_in)",
            VIEWER_PATCH,
        ),
        Mutant(
            "what is cancelled is told to cancel",
            'elif event.status == "published" and self',
            'if event.status != "draft" and self',
            "unit/test_event_patch.py::test_a_cancelled_event_is_told_one_thing",
        ),
        Mutant(
            "a change is as good as any other",
            "encode(self.changes), self",
            '"change", self',
            "unit/test_event_patch.py::test_two_changes_have_one_digest_only_if_they_ask_for_the_same",
        ),
        Mutant(
            "local times stay in the zone that was",
            'self.changes.get("timezone", event.start.timezone)',
            "event.start.timezone",
            f"{PATCH}::test_local_times_are_in_the_zone_that_the_event_is_to_have",
        ),
        Mutant(
            "what is shown of a second occurrence means the first",
            " and not is_shown",
            "",
            f"{PATCH}::test_the_second_of_two_occurrences_stays_until_an_offset_says_otherwise {PATCH_OF_SHOWN}",
        ),
        Mutant(
            "a time as it stands stays in the zone that was",
            "time and time.timezone == zone.key and time.at",
            "time and time.at",
            f"{PATCH}::test_a_moment_that_is_sent_along_with_another_zone_is_kept_in_that_zone",
        ),
        Mutant(
            "times that are not sent stay in the zone that was",
            "elif time is not None and time.timezone != zone.key:",
            "elif False:",
            f"{PATCH}::test_clocks_stay_where_the_zone_changes_or_the_fault_is_told",
        ),
        Mutant(
            "a second occurrence that nobody speaks of becomes the first",
            "time is not None and time.timezone != zone.key",
            "time is not None",
            PATCH_OF_SHOWN,
        ),
        Mutant(
            "a time that does not exist in another zone is kept quiet",
            "        except InvalidValueError as error:\n            reader.fault(\n",
            "        except InvalidValueError as error:\n            (lambda *_: None)(\n",
            f"{PATCH}::test_a_zone_in_which_a_time_does_not_exist_is_told_with_the_time",
        ),
        Mutant(
            "changed times have no order",
            "        _check_order(times, reader)\n        if",
            "        if",
            f"{PATCH}::test_times_are_compared_with_those_that_stay",
        ),
        Mutant(
            "what was published becomes a draft",
            'elif event.status == "published" and self.changes.get("status") == "draft":',
            "elif False:",
            NO_WAY_BACK,
        ),
        Mutant(
            "a draft cannot stay one",
            'elif event.status == "published" and self',
            "elif self",
            f"{PATCH}::test_a_status_may_stay_or_go_on",
        ),
        Mutant(
            "what was cancelled is published",
            'if event.status == "cancelled" and "status" in self.changes:',
            "if False:",
            NO_WAY_BACK,
        ),
        Mutant(
            "faults that the event makes are not told",
            'cancel the event instead")\n        reader.finish()\n',
            'cancel the event instead")\n',
            NO_WAY_BACK,
        ),
        Mutant(
            "a change of a window is forgotten",
            'registration_opens=times["registration_opens"],\n            registration_closes=times["registration_closes"],\n            **{name: self',
            "**{name: self",
            "unit/test_event_endpoints.py::test_one_member_is_changed_and_the_others_stay",
        ),
    ],
    "shared/event_management/pagination.py": [
        Mutant("page tokens need no signature", "if content is None:", "if False:", NEVER_A_TOKEN),
        Mutant(
            "any list's token is good",
            "_decode(token), _VERSION, keys, scope)",
            "_decode(token), _VERSION, keys)",
            LEADS_BACK_TO_POSITION,
        ),
        Mutant("tokens never expire", "if age > LIFETIME:", "if False:", A_DAY),
        Mutant("tokens expire a second early", "if age > LIFETIME:", "if age >= LIFETIME:", A_DAY),
        Mutant(
            "tokens have any length",
            "if len(token) > _MAX_LENGTH:",
            "if False:",
            f"{PAGINATION}::test_text_longer_than_any_token_is_refused_unread",
        ),
        Mutant(
            "text beyond ASCII is a defect",
            "except (UnicodeEncodeError, binascii.Error):",
            "except binascii.Error:",
            NEVER_A_TOKEN,
        ),
        Mutant(
            "text that is no base64 is a defect",
            "except (UnicodeEncodeError, binascii.Error):",
            "except UnicodeEncodeError:",
            f"{PAGINATION}::test_no_truncated_or_extended_token_is_taken",
        ),
        Mutant(
            "tokens have many spellings",
            "if _encode(data) != token:",
            "if False:",
            f"{PAGINATION}::test_one_token_has_one_spelling",
        ),
    ],
    "shared/event_management/payloads.py": [
        Mutant("members may be missing", "if field.required and not partial:", "if False:", FAULTS),
        Mutant("a patch names every member", "if field.required and not partial:", "if field.required:", PATCHED),
        Mutant(
            "what is required may be removed",
            "                if field.required:\n",
            "                if False:\n",
            f"{PAYLOADS}::test_what_is_required_cannot_be_removed",
        ),
        Mutant("null is a value of a patch", "if value is None and partial:", "if False:", PATCHED),
        Mutant(
            "null removes from whole payloads",
            "if value is None and partial:",
            "if value is None:",
            f"{PAYLOADS}::test_null_removes_nothing_from_a_whole_payload",
        ),
        Mutant(
            "a patch may be empty",
            "if partial and not members:",
            "if False:",
            f"{PAYLOADS}::test_a_patch_must_change_something",
        ),
        Mutant("a whole payload names a change", "if partial and not members:", "if not members:", NO_FAULTS),
        Mutant("what is removed has no factory", "else factory()", "else factory", PATCHED),
        Mutant("faulty members pass for absent", "self.fault(name, field.rule)", "pass", FAULTS),
        Mutant("members may be unknown", "for name in members if name not in known]", "for name in ()]", FAULTS),
        Mutant("a flood of names is said again", "unknown[:_MOST_UNKNOWN]", "unknown", FLOOD),
        Mutant("a flood of names is cut off", "if len(unknown) > _MOST_UNKNOWN:", "if False:", FLOOD),
        Mutant("text is taken for numbers", ", field.type)", ", field.type, strict=False)", CAPACITIES),
        Mutant(
            "white space counts as text",
            "value.strip() if isinstance(value, str) else value",
            "value",
            f"{PAYLOADS}::test_white_space_around_text_does_not_count",
        ),
        Mutant(
            "long names are said again in full",
            'name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"',
            "name",
            LONG_NAMES,
        ),
        Mutant("pointers are as long as names", "parent if len(name) > _LONGEST_NAME else ", "", LONG_NAMES),
        Mutant(
            "pointers are not escaped",
            "name.replace('~', '~0').replace('/', '~1')",
            "name",
            f"{PAYLOADS}::test_pointers_escape_what_a_json_pointer_must",
        ),
        Mutant(
            "what a parser refuses passes for absent",
            "self.fault(name, str(error))",
            "pass",
            f"{PAYLOADS}::test_parser_sees_valid_text_only",
        ),
        Mutant("faults are kept quiet", "if self._faults:", "if False:", FAULTS),
    ],
    "shared/event_management/spreadsheets.py": [
        Mutant("text is written as it is", """_TO_GUARD.sub("'", cell) if""", "cell if", NO_FORMULA),
        Mutant(
            "numbers are guarded like text",
            "cell) if isinstance(cell, str) else cell",
            'str("" if cell is None else cell))',
            f"{SPREADSHEETS}::test_numbers_stay_numbers",
        ),
        Mutant("formulas may begin with =", 'r"=+', 'r"+', NO_FORMULA),
        Mutant("formulas may begin with + or -", r"+\-@", "@", NO_FORMULA),
        Mutant("formulas may begin with @", r"\-@", r"\-", NO_FORMULA),
        Mutant("formulas may be full-width", r"\uff1d\uff0b\uff0d\uff20", "", NO_FORMULA),
        Mutant("text may begin with a NUL", r'r"\x00\t', r'r"\t', NO_FORMULA),
        Mutant("text may begin with a tab or line break", r'r"\x00\t\n\r"', r'r"\x00"', NO_FORMULA),
        Mutant("a quote hides a formula", """["'\\x01""", """['\\x01""", NO_FORMULA),
        Mutant("blanks hide a formula", r"\x20\x7f-\xa0", r"\x1f", NO_FORMULA),
        Mutant("invisible characters hide a formula", r"\u2000-\u200f", "", NO_FORMULA),
        Mutant("a wide blank hides a formula", r"\u3000\ufeff]", r"\ufeff]", NO_FORMULA),
        Mutant("a byte order mark hides a formula", r"\u3000\ufeff]", r"\u3000]", NO_FORMULA),
        Mutant(
            "guards have no guard",
            """["'\\x01""",
            """["\\x01""",
            f"{NO_FORMULA} {ALL_COMES_BACK}",
        ),
        Mutant("a text's byte order mark is the file's", r"(?='*+\ufeff|", "(?=", ALL_COMES_BACK),
        Mutant("a semicolon hides a formula", r'rf"\A{_AT_FIRST}|(?<=[;', r'rf"\A{_AT_FIRST}|(?<=[', NO_FORMULA),
        Mutant(
            "a line break hides a formula",
            r'rf"\A{_AT_FIRST}|(?<=[;{_BREAKS}])',
            r'rf"\A{_AT_FIRST}|(?<=[;])',
            NO_FORMULA,
        ),
        Mutant("every text is guarded", r'rf"\A{_AT_FIRST}|', r'rf"\A|', AS_IT_IS),
        Mutant("guards stay", '_GUARDED.sub("", cell) for', "cell for", ALL_COMES_BACK),
        Mutant("a first apostrophe is always a guard", r"""rf"\A'{_AT_FIRST}|""", r"""rf"\A'|""", ALL_COMES_BACK),
        Mutant("guards within stay", r"""(?<=[;{_BREAKS}])'{_LATER}""", r"(?!)", ALL_COMES_BACK),
        Mutant(
            "every piece is headed",
            "if with_header:",
            "if True:",
            f"{SPREADSHEETS}::test_a_file_may_be_written_in_pieces",
        ),
        Mutant(
            "files have no byte order mark",
            "file.write(_BYTE_ORDER_MARK)",
            "pass",
            f"{SPREADSHEETS}::test_a_file_is_csv_with_a_byte_order_mark_and_its_header",
        ),
        Mutant("a byte order mark names a column", ".removeprefix(_BYTE_ORDER_MARK)", "", PEOPLE_READ),
        Mutant(
            "long text is cut in two",
            "csv.field_size_limit(max(csv.field_size_limit(), len(text)))",
            "csv.field_size_limit(131072)",
            f"{SPREADSHEETS}::test_long_text_is_read_whole",
        ),
        Mutant("line breaks in text are all alike", 'newline=""', "newline=None", ALL_COMES_BACK),
        Mutant("wrong quotes are taken", ", strict=True)\n    while", ")\n    while", WRONG_ROWS),
        Mutant("wrong quotes are a defect", "except csv.Error:", "except ZeroDivisionError:", WRONG_ROWS),
        Mutant(
            "a row is known by its last line",
            "yield Record(line, reader.line_num, cells)",
            "yield Record(reader.line_num, reader.line_num, cells)",
            FIRST_LINES,
        ),
        Mutant(
            "a broken row is known by its last line",
            "yield Record(line, reader.line_num, None)",
            "yield Record(reader.line_num, reader.line_num, None)",
            WRONG_ROWS,
        ),
        Mutant("commas alone separate", 'Final = (",", ";", "\\t")', 'Final = (",",)', PEOPLE_READ),
        Mutant("tabs do not separate", 'Final = (",", ";", "\\t")', 'Final = (",", ";")', PEOPLE_READ),
        Mutant("names of columns are spelled in one way", "name.strip().lower()", "name.strip()", PEOPLE_READ),
        Mutant("blanks belong to names of columns", "name.strip().lower()", "name.lower()", PEOPLE_READ),
        Mutant("empty cells at the end count", "while cells and not cells[-1].strip():", "while False:", PEOPLE_READ),
        Mutant("empty lines are people", "if cells != []:", "if True:", PEOPLE_READ),
        Mutant("imports have any length", "if len(records) > MOST_ROWS:", "if False:", A_THOUSAND),
        Mutant(
            "the thousandth is one too many",
            "if len(records) > MOST_ROWS:",
            "if len(records) >= MOST_ROWS:",
            A_THOUSAND,
        ),
        Mutant("what is too much is left out", "1, MOST_ROWS + 2", "1, MOST_ROWS + 1", A_THOUSAND),
        Mutant("imports have one row more", "MOST_ROWS: Final = 1_000", "MOST_ROWS: Final = 1_001", A_THOUSAND),
        Mutant("any header will do", "if any(told.values()):", "if False:", WRONG_HEADER),
        Mutant(
            "columns may be missing", "for name in _REQUIRED if name not in names]", "for name in ()]", WRONG_HEADER
        ),
        Mutant("columns may come twice", "if names.count(name) > 1]", "if False]", WRONG_HEADER),
        Mutant(
            "columns may be unknown", "        if name not in ATTENDEE_COLUMNS\n", "        if False\n", WRONG_HEADER
        ),
        Mutant(
            "columns of an export are unknown",
            "        if name not in ATTENDEE_COLUMNS\n",
            '        if name not in (*_REQUIRED, "seats")\n',
            PEOPLE_READ,
        ),
        Mutant(
            "an address is said again beside a header",
            "name if _PLAIN_NAME.fullmatch(name) else",
            "name if True else",
            WRONG_HEADER,
        ),
        Mutant("an address begins a plain name", "_PLAIN_NAME.fullmatch(", "_PLAIN_NAME.match(", WRONG_HEADER),
        Mutant(
            "a person in the header's place is said again",
            "if len(missing) == len(_REQUIRED):",
            "if False:",
            WRONG_HEADER,
        ),
        Mutant("a flood of columns is said again", "if len(unknown) > _MOST_NAMES:", "if False:", WRONG_HEADER),
        Mutant("cells beyond the columns are dropped", "if len(record.cells) > len(names):", "if False:", WRONG_ROWS),
        Mutant(
            "missing cells are a defect",
            'told.get(name, "") for',
            "told[name] for",
            f"{SPREADSHEETS}::test_what_a_row_lacks_is_empty_for_the_model_to_refuse",
        ),
        Mutant(
            "seats that are no number are one seat", "if not _WHOLE_NUMBER.fullmatch(seats):", "if False:", WRONG_SEATS
        ),
        Mutant("seats may begin with a number", "_WHOLE_NUMBER.fullmatch(", "_WHOLE_NUMBER.match(", WRONG_SEATS),
        Mutant("seats have digits of any script", "-?[0-9]{1,9}", r"-?\d{1,9}", WRONG_SEATS),
        Mutant("seats have any number of digits", "-?[0-9]{1,9}", "-?[0-9]+", WRONG_SEATS),
        Mutant(
            "seats below zero are no number",
            "-?[0-9]{1,9}",
            "[0-9]{1,9}",
            f"{SPREADSHEETS}::test_seats_are_whole_numbers",
        ),
        Mutant(
            "who waits or has cancelled is imported",
            'not in ("", "registered"):',
            'not in ("", "registered", "waiting", "cancelled", "x"):',
            f"{IMPORT}::test_rows_of_people_who_are_not_registered_are_refused",
        ),
        Mutant("a state must be told", 'not in ("", "registered"):', 'not in ("registered",):', PEOPLE_READ),
        Mutant("a state is spelled in one way", '"state", "").strip().lower()', '"state", "")', PEOPLE_READ),
    ],
    "shared/event_management/keys.py": [
        Mutant(
            "a walk goes against the way of events",
            "(DRAFT, PUBLISHED, CANCELLED, SWEPT, DELETED)",
            "(DELETED, SWEPT, CANCELLED, PUBLISHED, DRAFT)",
            "unit/test_event_walk.py::test_a_walk_misses_no_event_for_being_published_called_off_or_deleted_meanwhile",
        ),
        Mutant(
            "people are all listed in one partition",
            "attendees_of(event_id, attendee_partition(attendee_id, attendee_partitions))",
            "attendees_of(event_id, 0)",
            f"{KEYS}::test_people_are_listed_in_the_partition_that_the_rule_says",
        ),
        Mutant(
            "a new event's directory lacks a block",
            "frozenset(range(seat_blocks))",
            "frozenset(range(1, seat_blocks))",
            f"{KEYS}::test_directory_of_a_new_event_lists_all_its_blocks",
        ),
        Mutant(
            "a directory without entries is a defect",
            'item.get("open_blocks", frozenset())',
            'item["open_blocks"]',
            f"{KEYS}::test_directory_without_entries_is_read",
        ),
        Mutant(
            "names are left of who has gone",
            """        "state": "cancelled",
        "cancelled_at": stamp(cancelled_at),""",
            """        "state": "cancelled",
        "name": item.get("name", "Somebody"),
        "cancelled_at": stamp(cancelled_at),""",
            FORMER,
        ),
        Mutant(
            "who has gone is known for ever",
            """        "expires_at": int(""",
            """        "expires_at_": int(""",
            FORMER,
        ),
        Mutant(
            "a late retry is known to nobody",
            """        **marks_of(item),
        "expires_at": int(""",
            """        "expires_at": int(""",
            FORMER,
        ),
        Mutant(
            "places sort as text does",
            'f"{place:012d}"',
            'f"{place}"',
            f"{KEYS}::test_places_sort_as_their_numbers_do",
        ),
        Mutant(
            "a party has one seat",
            '"seats": sum(blocks.values()),',
            '"seats": 1,',
            f"{KEYS}::test_examples_are_read_and_written_back_unchanged",
        ),
    ],
    "shared/event_management/terms.py": [
        Mutant(
            "drafts take people", 'if self.status in ("draft", "deleted"):', 'if self.status == "deleted":', NOT_TAKEN
        ),
        Mutant(
            "deleted events take people",
            'if self.status in ("draft", "deleted"):',
            'if self.status == "draft":',
            NOT_TAKEN,
        ),
        Mutant("cancelled events take people", 'if self.status == "cancelled":', "if False:", NOT_TAKEN),
        Mutant(
            "registration is always open",
            "if self.registration_opens is not None and now < self.registration_opens:",
            "if False:",
            NOT_TAKEN,
        ),
        Mutant(
            "registration opens a moment late",
            "now < self.registration_opens:",
            "now <= self.registration_opens:",
            ARE_TAKEN,
        ),
        Mutant(
            "registration never closes",
            "if self.registration_closes is not None and now >= self.registration_closes:",
            "if False:",
            NOT_TAKEN,
        ),
        Mutant(
            "registration closes a moment late",
            "now >= self.registration_closes:",
            "now > self.registration_closes:",
            NOT_TAKEN,
        ),
        Mutant("parties have any size", "if seats > self.max_party:", "if False:", NOT_TAKEN),
        Mutant(
            "parties are smaller than they may be",
            "if seats > self.max_party:",
            "if seats >= self.max_party:",
            ARE_TAKEN,
        ),
        Mutant(
            "openings are shown to the microsecond",
            'return f"{stamp[:19]}Z"',
            "return stamp",
            f"{TERMS}::test_who_comes_too_early_is_told_when_to_come_again",
        ),
        Mutant(
            "people are promoted in every status", 'return self.status == "published" and (', "return (", PROMOTED_UNTIL
        ),
        Mutant(
            "people are promoted once registration has closed",
            "(self.registration_closes is None or now < self.registration_closes)",
            "True",
            PROMOTED_UNTIL,
        ),
        Mutant(
            "people are promoted as registration closes",
            "now < self.registration_closes)",
            "now <= self.registration_closes)",
            PROMOTED_UNTIL,
        ),
    ],
    "shared/event_management/waitlist.py": [
        Mutant("more are promoted than fit one transaction", "2 * MOST_IN_PARTY - 1", "2 * MOST_IN_PARTY", MOST),
        Mutant("fewer are promoted than fit one transaction", "2 * MOST_IN_PARTY - 1", "2 * MOST_IN_PARTY - 2", MOST),
        Mutant("any number is promoted at once", " or len(promoted) == MOST_PROMOTED:", ":", MOST),
        Mutant(
            "places are read when nothing is left",
            "if not seats or len(promoted)",
            "if len(promoted)",
            f"{WAITLIST}::test_no_more_places_are_read_than_it_takes",
        ),
        Mutant("parties get what is not there", "if place.seats <= seats:", "if seats:", GOES_TO),
        Mutant("parties that just fit wait", "if place.seats <= seats:", "if place.seats < seats:", GOES_TO),
        Mutant("seats are given twice", "            seats -= place.seats\n", "", GOES_TO),
        Mutant("everybody passes", 'elif policy == "strict":', "elif False:", GOES_TO),
        Mutant("nobody passes", 'elif policy == "strict":', "else:", GOES_TO),
    ],
    "shared/event_management/qr.py": [
        Mutant(
            "codes are drawn with little correction",
            'error="m"',
            'error="l"',
            SMALL,
        ),
        Mutant(
            "codes have too small a quiet zone",
            "_QUIET_ZONE = 4",
            "_QUIET_ZONE = 3",
            f"{QR}::test_white_is_left_around_the_code",
        ),
        Mutant("codes are drawn on whatever lies below", '        light="white",\n', "", SCANNED),
        Mutant("drawings say nothing of what they are", '        title="Ticket",\n', "", WHOSE),
        Mutant("drawings say whose they are", 'title="Ticket"', "title=text", WHOSE),
        Mutant("drawings have a size in pixels", "omitsize=True", "omitsize=False", WHOSE),
    ],
    "shared/event_management/seats.py": [
        Mutant("blocks are larger", "SEATS_PER_BLOCK = 80", "SEATS_PER_BLOCK = 81", BLOCKS),
        Mutant("there are more blocks", "MOST_BLOCKS = 256", "MOST_BLOCKS = 257", BLOCKS),
        Mutant(
            "seats get lost in the division",
            "(seats + 1,) * remainder",
            "(seats,) * remainder",
            f"{SEATS}::test_blocks_hold_exactly_the_capacity_and_alike",
        ),
        Mutant(
            "new blocks have gaps between them",
            "new = range(blocks, min(wanted, blocks + most))",
            "new = range(blocks, wanted, 2)",
            RETURNED,
        ),
        Mutant("new blocks are more than fit", "min(wanted, blocks + most)", "wanted", RETURNED),
        Mutant("new blocks get more than is there", "max(0, min(each, reserve - each * position))", "each", RETURNED),
        Mutant("new blocks are without seats", "strict=True) if seats}", "strict=True)}", RETURNED),
        Mutant("a capacity that has grown gets no blocks", "    if wanted > blocks:\n", "    if False:\n", RETURNED),
        Mutant(
            "there is no end of new blocks",
            "wanted = min(ceil(capacity / SEATS_PER_BLOCK), MOST_BLOCKS)",
            "wanted = ceil(capacity / SEATS_PER_BLOCK)",
            RETURNED,
        ),
        Mutant(
            "a reserve goes to every block",
            "min(blocks, most, ceil(reserve / SEATS_AT_ONCE))",
            "min(blocks, most)",
            RETURNED,
        ),
        Mutant(
            "a reserve goes to more blocks than fit",
            "min(blocks, most, ceil(reserve / SEATS_AT_ONCE))",
            "min(blocks, ceil(reserve / SEATS_AT_ONCE))",
            RETURNED,
        ),
        Mutant("seats that remain get lost on the way home", "seats + (position < remainder)", "seats", RETURNED),
        Mutant(
            "a reserve always goes to the same blocks",
            "sample: Sample = random.sample",
            "sample: Sample = lambda numbers, size: numbers[:size]",
            f"{SEATS}::test_two_who_return_a_reserve_choose_different_blocks",
        ),
        Mutant(
            "seats are collected anywhere",
            "key=lambda block: -block[1])[:most]",
            "key=lambda block: block[1])[:most]",
            COLLECTED,
        ),
        Mutant("seats are collected of every block", "-block[1])[:most]", "-block[1])", COLLECTED),
        Mutant(
            "the fullest block is emptied first",
            "min(seats, ceil(wanted * seats / total)) if total else 0",
            "min(seats, wanted)",
            COLLECTED,
        ),
        Mutant("an empty hall cannot be collected from", " if total else 0", "", COLLECTED),
        Mutant(
            "nothing is collected of some blocks",
            "        if share:\n            plan[block] = share\n    return plan\n\n\ndef plan_party",
            "        plan[block] = share\n    return plan\n\n\ndef plan_party",
            COLLECTED,
        ),
        Mutant(
            "a party sits in more blocks than it needs",
            "for block, left in sorted(seats_left.items(), key=lambda block: -block[1]):",
            "for block, left in seats_left.items():",
            A_PARTY,
        ),
        Mutant("a party gets fewer seats than it wants", "return None if seats else plan", "return plan", A_PARTY),
        Mutant(
            "a party gets more seats than it wants",
            "            seats -= share\n    return None",
            "            seats -= min(1, share)\n    return None",
            A_PARTY,
        ),
        Mutant(
            "more blocks write one partition",
            "BLOCKS_PER_PARTITION = 16",
            "BLOCKS_PER_PARTITION = 17",
            f"{SEATS}::test_no_more_than_16_blocks_write_one_partition",
        ),
        Mutant(
            "people are listed elsewhere than before",
            "zlib.crc32(",
            "zlib.adler32(",
            f"{SEATS}::test_the_rule_of_partitions_never_changes",
        ),
        Mutant(
            "all begin with the same block",
            "int] = random.choice,",
            "int] = min,",
            f"{SEATS}::test_callers_that_nobody_steers_begin_apart",
        ),
        Mutant(
            "what was found empty stays so for ever",
            "            self._found_empty = set()\n",
            "            pass\n",
            f"{SEATS}::test_what_was_found_empty_is_forgotten_with_a_directory_that_lists_a_block_anew",
        ),
        Mutant(
            "what was found empty is forgotten at every look",
            "if self._directory is None or directory.relistings != self._directory.relistings:\n            self",
            "if True:\n            self",
            f"{SEATS}::test_what_was_found_empty_is_remembered_until_then {IN_ANY_ORDER}",
        ),
        Mutant("every directory moves everybody", "elif self.block not in self._candidates:", "else:", MOVES),
        Mutant(
            "callers stay where nothing is left",
            "elif self.block not in self._candidates:",
            "elif self.block is None:",
            MOVES,
        ),
        Mutant(
            "what is left is never read",
            "return listed if self._misses else []",
            "return []",
            f"{SEATS}::test_where_a_block_was_empty_the_others_are_read_along_with_the_next_directory",
        ),
        Mutant(
            "what is left is always read",
            "return listed if self._misses else []",
            "return listed",
            f"{SEATS}::test_of_few_blocks_none_is_read_before_one_was_empty",
        ),
        Mutant(
            "all blocks are read",
            "if len(listed) <= READ_BESIDE:",
            "if True:",
            f"{SEATS}::test_of_many_blocks_some_are_read_along_with_each_directory_chosen_at_random",
        ),
        Mutant(
            "a seat does not end the misses",
            "        self._misses = False\n        self._seats_ahead -= 1",
            "        self._seats_ahead -= 1",
            f"{SEATS}::test_where_a_block_was_empty_the_others_are_read_along_with_the_next_directory",
        ),
        Mutant(
            "many blocks are gone around for ever",
            "if self._seats_ahead else None",
            "",
            f"{SEATS}::test_many_blocks_are_gone_around_for_a_while_before_others_are_looked_at",
        ),
        Mutant(
            "few blocks are looked at as if they were many",
            "KEPT if len(self._candidates) > READ_BESIDE else inf",
            "KEPT",
            f"{SEATS}::test_a_caller_goes_around_all_blocks_before_it_comes_back",
        ),
        Mutant(
            "any blocks that were read will do",
            "key=lambda block: -seats_left[block])[:KEPT]",
            "key=lambda block: seats_left[block])[:KEPT]",
            f"{SEATS}::test_many_blocks_are_gone_around_for_a_while_before_others_are_looked_at",
        ),
        Mutant(
            "who meets another never looks",
            "len(self._listed()) <= FEW * self._most_listed and not",
            "False and not",
            f"{SEATS}::test_where_few_of_many_blocks_are_left_who_meets_another_looks_first",
        ),
        Mutant(
            "who meets another always looks",
            "len(self._listed()) <= FEW * self._most_listed and not",
            "not",
            f"{SEATS}::test_where_few_of_many_blocks_are_left_who_meets_another_looks_first {SEATS}::test_meeting_another_takes_no_directory",
        ),
        Mutant(
            "who meets another looks again and again",
            " and not self._age_is_below(DIRECTORY_SECONDS):",
            ":",
            f"{SEATS}::test_where_few_of_many_blocks_are_left_who_meets_another_looks_first",
        ),
        Mutant(
            "what was read beside the directory is overlooked",
            "if seats_left:",
            "if False:",
            f"{SEATS}::test_a_caller_goes_on_where_seats_were_read_and_remembers_where_none_were",
        ),
        Mutant(
            "blocks read without seats are tried",
            "if seats_left.get(block)",
            "if block in seats_left",
            f"{SEATS}::test_what_was_read_empty_beside_a_new_listing_may_have_seats_by_now",
        ),
        Mutant(
            "blocks read without seats are forgotten",
            "            self._found_empty |= {block for block, seats in seats_left.items() if not seats}\n",
            "            pass\n",
            f"{SEATS}::test_a_caller_goes_on_where_seats_were_read_and_remembers_where_none_were",
        ),
        Mutant(
            "a directory is as young as its answer",
            "self.clock() if asked_at is None else asked_at",
            "self.clock()",
            f"{SEATS}::test_a_directory_is_as_old_as_the_question",
        ),
        Mutant(
            "directories with entries prove that all is sold",
            "not self._directory.open_blocks and self._age",
            "self._age",
            f"{SEATS}::test_a_directory_with_entries_proves_nothing",
        ),
        Mutant(
            "sold out is sold out for ever",
            " and self._age_is_below(SOLD_OUT_SECONDS)",
            "",
            f"{SEATS}::test_an_empty_directory_proves_the_event_sold_out_while_it_is_fresh",
        ),
        Mutant(
            "a rush never ends",
            " and self._is_within(RUSH_SECONDS, self._unread_at)",
            " and self._unread_at > 0",
            RUSH_ENDS,
        ),
        Mutant(
            "a rush is a proof", "return self.is_sold_out and self._is_within", "return self._is_within", RUSH_PROOF
        ),
        Mutant("callers stay in their block", "self.block) + 1", "self.block) + 0", AROUND),
        Mutant(
            "who meets another stays", "if block != self.block] or self._candidates", "] or self._candidates", ELSEWHERE
        ),
        Mutant(
            "who meets another gives up",
            "if block != self.block] or self._candidates",
            "if block != self.block]",
            ELSEWHERE,
        ),
        Mutant("empty blocks are not remembered", "        self._found_empty.add(self.block)\n", "", DRAINED),
        Mutant(
            "callers go back to empty blocks",
            "        self._candidates.remove(self.block)\n",
            "",
            f"{SEATS}::test_a_caller_never_goes_back_to_blocks_it_found_empty",
        ),
        Mutant(
            "old directories are good for ever",
            "self._candidates if self._age_is_below(DIRECTORY_SECONDS) else []",
            "self._candidates",
            AFTER_EMPTY,
        ),
        Mutant(
            "a directory is good for nothing",
            "self._candidates if self._age_is_below(DIRECTORY_SECONDS) else []",
            "[]",
            AFTER_EMPTY,
        ),
        Mutant(
            "a clock that is set back keeps a proof alive",
            "0 <= self.clock()",
            "self.clock()",
            f"{SEATS}::test_an_empty_directory_proves_the_event_sold_out_while_it_is_fresh",
        ),
        Mutant("a directory ages early", "<= seconds", "< seconds", AFTER_EMPTY),
        Mutant(
            "what was listed anew is taken off",
            "if self._directory is None or directory.relistings != self._directory.relistings:\n            return",
            "if self._directory is None:\n            return",
            f"{SEATS}::test_nothing_is_drained_where_a_block_was_listed_anew_meanwhile {IN_ANY_ORDER}",
        ),
        Mutant(
            "what is no longer listed is taken off",
            "directory.open_blocks & self._found_empty",
            "frozenset(self._found_empty)",
            DRAINED,
        ),
    ],
    "shared/event_management/signing.py": [
        Mutant(
            "signatures are not checked",
            "if hmac.compare_digest(mac, _mac(keys.keys[body[1]], body, scope)) else None",
            "",
            f"{ALTERED_BIT} {ALTERED}",
        ),
        Mutant("signatures do not cover the content", "in (body, *(", 'in (b"", *(', f"{ALTERED_BIT} {ALTERED}"),
        Mutant(
            "signatures do not cover the scope",
            "(body, *(text.encode() for text in scope))",
            "(body,)",
            f"{OTHER_SCOPE} {OTHER_LIST}",
        ),
        Mutant(
            "names of scopes run together", 'len(part).to_bytes(4, "big") + part', "part", f"{OTHER_SCOPE} {OTHER_LIST}"
        ),
        Mutant("signed bytes may lack their head", "if len(body) < _HEAD or ", "if ", f"{CUT_SHORT} {NEVER_A_TOKEN}"),
        Mutant(
            "other versions are taken",
            "body[0] != version or ",
            "",
            f"{SIGNING}::test_each_version_is_its_own {PAGINATION}::test_token_of_another_version_is_refused",
        ),
        Mutant("unknown signing keys are a defect", " or body[1] not in keys.keys:", ":", f"{ALL_KEYS} {ROTATION}"),
        Mutant(
            "the current key verifies all",
            "_mac(keys.keys[body[1]], body, scope)",
            "_mac(keys.keys[keys.current], body, scope)",
            f"{ALL_KEYS} {ROTATION}",
        ),
        Mutant(
            "signing needs no secret",
            "hmac.digest(key, framed",
            'hmac.digest(b"", framed',
            f"{ALL_KEYS} {PAGINATION}::test_token_of_another_stack_is_refused",
        ),
        Mutant("every use has the same keys", 'use.encode() + b"\\x01"', 'b"\\x01"', f"{RESERVED} {OTHER_USE}"),
        Mutant(
            "reserved keys are the keys themselves",
            'key_id: hmac.digest(key, info, "sha256")',
            "key_id: key",
            f"{RESERVED} {OTHER_USE}",
        ),
        Mutant("reserved keys need no secret", "hmac.digest(key, info", 'hmac.digest(b"", info', RESERVED),
        Mutant("reserved keys are of another rule than the standard's", 'b"\\x01"', 'b"\\x02"', RESERVED),
        Mutant("rotation passes reserved keys by", "self._replace(keys=", "self._replace(current=1, keys=", RESERVED),
    ],
    "shared/event_management/timezones.py": [
        Mutant("look-alikes of ASCII name zones", " if name.isascii() else None", "", ZONE_REFUSED),
        Mutant("unknown names open files", ".get(name.lower())", ".get(name.lower(), name)", ZONE_REFUSED),
        Mutant(
            "an unknown zone is UTC",
            '        raise InvalidValueError("must be an IANA',
            '        return ZoneInfo("UTC")\n        raise InvalidValueError("must be an IANA',
            ZONE_REFUSED,
        ),
        Mutant("Factory is a place", ' if name != "Factory"', "", ZONE_REFUSED),
        Mutant(
            "zone rules come from the machine",
            "ZoneInfo.from_file(file, key=name)",
            "ZoneInfo(name)",
            f"{TIMEZONES}::test_zones_of_the_machine_are_never_read",
        ),
        Mutant(
            "every text has an offset",
            "return re.fullmatch(_RFC_3339, text, re.ASCII) is not None",
            "return True",
            f"{TIMEZONES}::test_text_without_an_offset_is_known",
        ),
        Mutant(
            "RFC 3339 times may go on",
            "if match := re.fullmatch(_RFC_3339, text, re.ASCII):",
            "if match := re.match(_RFC_3339, text, re.ASCII):",
            TIME_REFUSED,
        ),
        Mutant(
            "RFC 3339 times have any script's digits",
            "if match := re.fullmatch(_RFC_3339, text, re.ASCII):",
            "if match := re.fullmatch(_RFC_3339, text):",
            TIME_REFUSED,
        ),
        Mutant(
            "local times may go on",
            "re.fullmatch(_LOCAL, text, re.ASCII)",
            "re.match(_LOCAL, text, re.ASCII)",
            TIME_REFUSED,
        ),
        Mutant(
            "local times have any script's digits",
            "re.fullmatch(_LOCAL, text, re.ASCII)",
            "re.fullmatch(_LOCAL, text)",
            TIME_REFUSED,
        ),
        Mutant(
            "any text is a time",
            '    raise InvalidValueError(\n        "must be written',
            "    return _pin(datetime(2030, 1, 1, tzinfo=zone), zone)\n"
            '    raise InvalidValueError(\n        "must be written',
            TIME_REFUSED,
        ),
        Mutant(
            "local times are of any year",
            "        _check_range(local)\n        if _skipped",
            "        if _skipped",
            TIME_REFUSED,
        ),
        Mutant(
            "skipped times are taken",
            "if _skipped(local):",
            "if False:",
            f"{TIMEZONES}::test_skipped_time_is_refused_and_the_gap_named",
        ),
        Mutant(
            "a time that occurs twice means the second",
            "        return _pin(local, zone)",
            "        return _pin(local.replace(fold=1), zone)",
            TIME_READ,
        ),
        Mutant("a stored offset never picks", "_repeats(first) and _offset(second) == utc_offset", "False", RESTORED),
        Mutant("a stored time is always the second", " and _offset(second) == utc_offset", "", RESTORED),
        Mutant("a stored offset picks beside a gap", "_repeats(first) and ", "", RESTORED),
        Mutant(
            "a time without a zone has an instant",
            "if instant.tzinfo is None:",
            "if False:",
            f"{TIMEZONES}::test_utc_needs_an_aware_instant",
        ),
        Mutant(
            "years are not bounded when read",
            "if not _FIRST_YEAR - 1 <= year <= _LAST_YEAR + 1:",
            "if False:",
            TIME_REFUSED,
        ),
        Mutant(
            "a date that does not exist is a defect",
            "    except ValueError:",
            "    except OverflowError:",
            TIME_REFUSED,
        ),
        Mutant("a leap second is taken", 'if second == "60":', "if False:", TIME_REFUSED),
        Mutant("a minute has 99 seconds", 'second > "60"', "False", TIME_REFUSED),
        Mutant("an offset has 99 hours", 'hours > "23" or ', "", TIME_REFUSED),
        Mutant("an offset has 99 minutes", ' or minutes > "59"', "", TIME_REFUSED),
        Mutant(
            "a time beyond the calendar is a defect", "except OverflowError:", "except ZeroDivisionError:", TIME_REFUSED
        ),
        Mutant(
            "instants are of any year",
            "    _check_range(local)\n    if local.second",
            "    if local.second",
            TIME_REFUSED,
        ),
        Mutant("seconds are dropped", "if local.second or ", "if ", TIME_REFUSED),
        Mutant("fractions are dropped", ' or (fraction or "").strip("0"):', ":", TIME_REFUSED),
        Mutant("years before 1970 are taken", "if not _FIRST_YEAR <= local.year", "if not local.year", TIME_REFUSED),
        Mutant("the year 9999 is taken", "local.year <= _LAST_YEAR:", "local.year:", TIME_REFUSED),
    ],
}
