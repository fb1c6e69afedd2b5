"""Mutants of the store: conditions, identities, and what keeps seats safe when DynamoDB is busy."""

from tests.mutation.mutant import Mutant, Table

ATTENDEES = "unit/test_store_attendees.py"
REGISTRATIONS = "unit/test_store_registrations.py"
LAST_SEAT = f"{REGISTRATIONS}::test_no_seat_is_left_after_the_last"
TERMS = f"{REGISTRATIONS}::test_terms_are_told_whether_full_or_not_and_whoever_learns_of_them_first"
REFUSED_BESIDE_CONTENTION = f"{REGISTRATIONS}::test_refusal_by_the_block_counts_only_without_contention"
SOLD_OUT = f"{REGISTRATIONS}::test_refusals_of_a_sold_out_event_on_a_warm_container_are_one_call_each"
NEXT_BLOCK = f"{REGISTRATIONS}::test_a_block_without_seats_leads_to_another_at_once_under_a_new_token"
DUPLICATE = f"{REGISTRATIONS}::test_address_that_is_registered_without_this_key_is_a_duplicate"
REPLAYED = f"{REGISTRATIONS}::test_same_key_and_request_is_told_of_the_same_seat"
OTHER_REQUEST = f"{REGISTRATIONS}::test_same_key_with_another_request_is_refused"
OWN_WORK = f"{REGISTRATIONS}::test_item_with_our_own_nonce_is_our_own_work"
NEW_TOKENS = f"{REGISTRATIONS}::test_contention_is_tried_again_with_the_same_item_and_new_tokens"
UNKNOWN_EVENT = f"{REGISTRATIONS}::test_unknown_event_is_not_found"
MERGED = f"{ATTENDEES}::test_list_merges_the_partitions_in_order_of_registration"

EVENTS = "unit/test_store_events.py"
EVENT_REPLAYED = f"{EVENTS}::test_same_key_and_request_is_told_of_the_same_event"
EVENT_OTHER_REQUEST = f"{EVENTS}::test_same_key_with_another_request_is_refused"
EVENT_NEW_TOKENS = f"{EVENTS}::test_contention_is_tried_again_with_the_same_items_and_new_tokens"
EVENT_OWN_WORK = f"{EVENTS}::test_event_with_our_own_nonce_is_our_own_work"
DERIVED_ID_TAKEN = f"{EVENTS}::test_derived_id_that_is_taken_gives_way_to_the_next_and_is_found_again"
FOREIGN_KEY = f"{EVENTS}::test_no_owner_is_shown_anothers_event_though_their_keys_lead_to_one_id"
OWN_TOKENS = f"{REGISTRATIONS}::test_every_call_has_tokens_of_its_own {EVENTS}::test_every_call_has_tokens_of_its_own"
UPCOMING = f"{EVENTS}::test_upcoming_events_are_listed_soonest_first_in_one_query"

FOUND = f"{EVENTS}::test_drafts_are_their_owners_alone_and_deleted_events_nobodys"
COUNTED_SEVERAL = f"{EVENTS}::test_event_of_several_blocks_and_lists_is_counted_over_those_that_are_listed"
COUNTS_PUT_BY = f"{EVENTS}::test_seats_that_are_put_by_are_neither_taken_nor_left"
OWN_EVENTS = f"{EVENTS}::test_an_organisers_events_are_listed_by_start_in_every_status_and_past_ones_too"
EVENT_SEATS = f"{EVENTS}::test_event_is_made_with_all_its_seats"
LARGE_EVENT = f"{EVENTS}::test_blocks_that_do_not_fit_beside_their_event_go_ahead_of_it"
LARGE_BROKE_OFF = f"{EVENTS}::test_large_event_that_broke_off_is_made_once_when_the_call_is_repeated"
LARGE_CONTENTION = f"{EVENTS}::test_contention_in_any_transaction_of_a_large_event_is_tried_again"
OTHER_BLOCKS = f"{EVENTS}::test_other_blocks_lead_to_another_id_and_are_left_alone"

ONCE_MORE = f"{REGISTRATIONS}::test_a_repetition_that_finds_all_sold_looks_once_more_for_its_own_seat"
SEATS = "unit/test_store_seats.py"
TAKEN = f"{SEATS}::test_seats_are_taken_from_a_block_that_has_as_many_left"
ALL_OR_NONE = f"{SEATS}::test_all_of_a_partys_seats_are_taken_or_none_and_the_block_that_refuses_is_shown"
UNDER_TERMS = f"{SEATS}::test_seats_are_taken_under_the_events_terms"
CHANGED = f"{SEATS}::test_a_blocks_seats_are_changed"
CHANGE_REFUSED = f"{SEATS}::test_a_change_that_cannot_be_is_refused"
DIRECTORY_CHANGED = f"{SEATS}::test_a_directory_is_changed_as_a_whole_where_the_condition_holds"
SEATS_READ = f"{SEATS}::test_seats_left_are_read_and_empty_blocks_taken_off"
TOO_FEW = f"{SEATS}::test_a_party_is_told_how_many_seats_are_left_where_two_readings_agree"
MOVED_BETWEEN = f"{SEATS}::test_a_party_is_not_told_so_where_seats_have_moved_between_two_readings"
TOLD_TERMS = f"{SEATS}::test_who_is_not_there_is_told_what_the_terms_say_and_who_is_there_is_shown"
TAKEN_OFF = f"{SEATS}::test_what_was_found_empty_is_taken_off_in_one_update"
TAKEN_OFF_LATE = f"{SEATS}::test_seats_that_come_back_between_reading_and_taking_off_stay_listed"
EMPTY_DIRECTORY = f"{SEATS}::test_an_empty_directory_ends_the_search_and_is_read_again_by_the_next"
RUSH = f"{SEATS}::test_in_a_rush_an_empty_directory_is_a_proof_while_it_is_fresh_and_the_person_is_read"
THOUSAND = f"{SEATS}::test_a_thread_remembers_a_thousand_events"

CLIENT = "unit/test_store_client.py"
IF_IT_HOLDS = f"{CLIENT}::test_an_action_is_carried_out_if_its_condition_holds_whatever_its_attributes_are_called"
NOTHING_UNUSED = f"{CLIENT}::test_an_action_names_nothing_that_it_does_not_use"
LARGE_PARTITION = f"{CLIENT}::test_a_large_partition_is_read_and_counted_to_its_end"
COUNTED = f"{CLIENT}::test_what_comes_before_a_key_is_counted_whether_it_is_there_or_not"
IN_ORDER = f"{CLIENT}::test_a_partition_is_read_in_order_as_of_now"
FILTERED = f"{CLIENT}::test_a_partition_is_filtered"
MANY_KEYS = f"{CLIENT}::test_more_items_than_one_call_gives_are_read_side_by_side_in_order"
SEVERAL = f"{CLIENT}::test_items_come_in_the_order_of_their_keys_whichever_are_there"
UNPROCESSED = f"{CLIENT}::test_items_that_dynamodb_had_no_time_for_are_read_again"
SPARED = f"{CLIENT}::test_a_first_item_that_can_be_spared_may_stay_unread"
NOT_SPARED = f"{CLIENT}::test_no_item_but_the_first_can_be_spared"
UPDATED = f"{CLIENT}::test_update_is_made_while_its_condition_holds"
AS_IF_ONE = f"{CLIENT}::test_merged_partitions_read_as_if_they_were_one"
SHARES = f"{CLIENT}::test_each_partition_is_asked_for_its_share_and_some_more_but_never_for_more_than_the_page"
ASKED_AGAIN = f"{CLIENT}::test_only_partitions_that_may_hold_more_of_the_page_are_asked_again"
AT_ONCE = f"{CLIENT}::test_partitions_are_read_at_the_same_time_within_the_calls_deadline_and_notes"
ANSWERS = "unit/test_store_answers.py"
CONNECTION = "unit/test_store_connection.py"
PASSING = f"{CLIENT}::test_a_fault_that_may_pass_is_worth_another_try"
LASTING = f"{CLIENT}::test_a_fault_that_lasts_is_a_defect_of_ours"
REASONS = f"{CLIENT}::test_contention_is_told_from_refusals_action_by_action"
REFUSED = f"{CLIENT}::test_refused_transaction_carries_out_nothing_and_shows_what_is_in_the_way"
PUT_IF_ABSENT = f"{CLIENT}::test_put_if_absent_returns_what_stands_there_afterwards"
AFTER_POSITION = f"{CLIENT}::test_query_returns_items_after_a_position_in_their_order"
MEGABYTE = f"{CLIENT}::test_query_goes_on_where_dynamodb_ends_a_page_at_a_megabyte"
BOUNDS = f"{CONNECTION}::test_client_waits_and_repeats_within_bounds"
BUSY = f"{CLIENT}::test_every_code_that_says_try_again_is_known"
CUT_OFF = f"{CLIENT}::test_an_answer_that_broke_off_is_worth_another_try"

LEDGER = "unit/test_store_ledger.py"
FREED = f"{LEDGER}::test_seats_of_a_block_that_has_some_left_are_freed_in_one_call"
RELISTED = f"{LEDGER}::test_seats_of_an_empty_block_are_freed_and_the_block_listed_in_one_transaction"
RELEASE_AGAIN = f"{LEDGER}::test_a_release_with_somebody_in_its_way_is_tried_again"
RELEASE_LOST = f"{LEDGER}::test_a_release_whose_repetition_met_somebody_may_have_been_carried_out"
HEAD = f"{LEDGER}::test_the_head_has_the_seats_at_once_and_the_blocks_stay_as_they_are"
PROMOTED = f"{LEDGER}::test_who_is_promoted_is_an_attendee_from_now_on"
PUT_BY = f"{LEDGER}::test_what_does_not_do_for_the_head_is_put_by_unless_smaller_parties_may_pass"
GIVEN_ON = f"{LEDGER}::test_what_was_put_by_is_given_with_what_comes_free"
LAST_WAITING = f"{LEDGER}::test_the_last_who_waits_leaves_to_all_what_is_left_over"
LEAVER = f"{LEDGER}::test_who_gives_up_a_place_leaves_what_was_put_by_to_the_next"
LEAVES = f"{LEDGER}::test_who_gives_up_a_place_where_nothing_is_put_by_only_goes"
ENDED = f"{LEDGER}::test_nobody_is_promoted_once_registration_has_ended"
RELEASE_RACES = f"{LEDGER}::test_a_release_goes_by_what_stands_when_it_is_written"
SAME_LIST = f"{LEDGER}::test_one_who_leaves_and_one_who_comes_in_with_as_many_do_not_make_the_list_as_it_was"
TWO_LEAVE = f"{LEDGER}::test_two_who_leave_at_once_leave_nothing_put_by_that_would_do"
SETTLED = f"{LEDGER}::test_a_reserve_goes_first_to_who_waits_and_then_to_all"
SETTLED_ALL = f"{LEDGER}::test_however_many_wait_all_are_promoted_for_whom_it_does"
SETTLED_RACES = f"{LEDGER}::test_a_reserve_is_settled_by_what_stands_when_it_is_written"
GROWN = f"{LEDGER}::test_a_capacity_that_has_grown_gets_blocks_of_its_own_under_the_directorys_terms"
WITHDRAWN = f"{LEDGER}::test_seats_that_are_left_are_withdrawn_until_there_are_enough_or_no_more"
FEWER_AT_ONCE = f"{LEDGER}::test_withdrawing_halves_what_it_asks_for_at_once_each_time_somebody_is_in_the_way"
HEAD_ALONE = f"{LEDGER}::test_seats_that_are_all_given_list_no_block"
SETTLED_PAUSES = f"{LEDGER}::test_settling_goes_on_without_a_pause"
SIZES = f"{LEDGER}::test_no_transaction_is_larger_than_dynamodb_takes_or_names_an_item_twice"

CONTENTION = "unit/test_store_contention.py"
PAUSES = f"{CONTENTION}::test_pauses_are_drawn_from_nothing_to_a_bound_that_doubles_up_to_a_limit"
RETRIES = f"{CONTENTION}::test_tries_end_with_an_error_after_so_many_retries"
TIME_IS_UP = f"{CONTENTION}::test_no_retry_starts_after_the_time_is_up"
TOO_LATE = f"{CONTENTION}::test_nobody_sleeps_who_would_wake_too_late"
STEP_FURTHER = f"{CONTENTION}::test_a_call_that_has_come_a_step_further_has_all_its_tries_and_all_its_time_again"
AT_ONCE_TOO_LATE = f"{CONTENTION}::test_a_caller_that_goes_on_runs_out_of_time_too"
GOES_ON = f"{CONTENTION}::test_going_on_is_for_one_try_and_does_not_lengthen_later_pauses"

ATTRIBUTES = "unit/test_store_attributes.py"
SECRETS = "unit/test_store_secrets.py"

IMPORT = "unit/test_import.py"
CANCELLED_SINCE = f"{IMPORT}::test_a_file_sent_again_does_not_book_anew_whoever_cancelled_or_handed_over_since"
FAULTY_ROWS = f"{IMPORT}::test_rows_with_faults_are_told_with_every_fault_and_the_others_registered"
NOBODY_KNOWS = f"{IMPORT}::test_a_row_of_which_nobody_knows_is_told_so_and_sent_again"
REHEARSED = f"{IMPORT}::test_a_dry_run_tells_what_an_import_does_and_does_nothing"
SENT_AGAIN = f"{IMPORT}::test_a_file_sent_again_does_nothing_twice"
STANDING = f"{IMPORT}::test_who_stands_already_is_told_so_and_stays_as_they_are"
TAKES_NOBODY = f"{IMPORT}::test_an_event_that_takes_nobody_refuses_each_row_with_the_reason"
FIRST_COUNTS = f"{IMPORT}::test_of_rows_with_an_address_the_first_that_can_be_registered_counts"
CANCELLED_ROW = f"{IMPORT}::test_who_cancelled_is_not_booked_by_another_row"
UNKNOWN_ROW = f"{IMPORT}::test_a_row_of_which_nobody_knows_is_told_so_and_sent_again"
TWICE = f"{IMPORT}::test_the_second_row_with_an_address_is_told_of_the_first"

MUTANTS: Table = {
    "shared/event_management/store/attendees.py": [
        Mutant(
            "people in other partitions are not listed",
            "in range(event.attendee_partitions)",
            "in range(1)",
            MERGED,
        ),
    ],
    "shared/event_management/store/registrations.py": [
        Mutant(
            "any text may be an event's id",
            "read_secrets() if is_event_id(event_id) else None",
            "read_secrets()",
            f"{REGISTRATIONS}::test_text_that_is_no_event_id_is_not_found_without_a_call",
        ),
        Mutant(
            "a stack without events is a defect",
            "    if secrets is None:\n        raise EventNotFoundError\n",
            "",
            f"{REGISTRATIONS}::test_no_event_is_found_in_a_stack_that_never_had_one",
        ),
        Mutant(
            "a duplicate beside contention is no duplicate",
            "if person.is_refusal:",
            "if person.is_refusal and not any(block.is_contention for block in blocks):",
            f"{REGISTRATIONS}::test_refusal_by_the_person_counts_whatever_the_block_says",
        ),
        Mutant(
            "full beside contention is full",
            "elif not person.is_contention and any(",
            "elif any(",
            REFUSED_BESIDE_CONTENTION,
        ),
        Mutant(
            "full is told before duplicate",
            "if person.is_refusal:",
            "if person.is_refusal and not any(block.is_refusal for block in blocks):",
            f"{REGISTRATIONS}::test_holder_of_a_seat_is_told_so_even_when_all_are_taken",
        ),
        Mutant(
            "whoever is there is not told before a block is found",
            "                if standing := recognise(there, marks):\n                    return _told(standing)\n",
            "",
            f"{REGISTRATIONS}::test_first_look_into_the_directory_finds_a_duplicate_without_a_write {SOLD_OUT}",
        ),
        Mutant(
            "who was registered before is found out twice",
            "                former = there\n",
            "                pass\n",
            f"{REGISTRATIONS}::test_who_cancelled_registers_anew_in_one_transaction_where_seats_are_not_known",
        ),
        Mutant(
            "sold out is a defect",
            '            if finder.block is None:\n                count("SoldOut")\n                raise SeatsFullError\n',
            "",
            LAST_SEAT,
        ),
        Mutant("sold out is not counted", '                count("SoldOut")\n', "", LAST_SEAT),
        Mutant(
            "callers stay in their block",
            "            finder.took_seat()\n",
            "",
            f"{REGISTRATIONS}::test_a_caller_takes_seats_from_one_block_after_the_other_until_all_are_sold",
        ),
        Mutant("an empty block is tried for ever", "    finder.found_empty()\n", "", LAST_SEAT),
        Mutant(
            "an empty block is waited for",
            "gathered)\n            tries.go_on()\n",
            "gathered)\n",
            NEXT_BLOCK,
        ),
        Mutant(
            "who was registered before is waited for",
            "            former = person.item\n            tries.go_on()\n",
            "            former = person.item\n",
            f"{REGISTRATIONS}::test_who_was_registered_once_is_not_told_full_before_the_last_seat_is_gone",
        ),
        Mutant(
            "who was registered before is registered no more",
            "            former = person.item\n",
            "",
            f"{REGISTRATIONS}::test_who_cancelled_registers_anew_under_a_new_serial",
        ),
        Mutant(
            "who meets another stays",
            "            finder.met_another()\n",
            "            pass\n",
            f"{REGISTRATIONS}::test_contention_leads_to_another_block_and_under_a_new_token",
        ),
        Mutant(
            "a party that met another goes where seats were",
            "            gathered = None\n    raise",
            "            pass\n    raise",
            f"{REGISTRATIONS}::test_a_party_that_met_another_begins_anew",
        ),
        Mutant(
            "what the terms say is sought elsewhere",
            "        keys.read_terms(item).check(now, attendee.seats)\n",
            "",
            TERMS,
        ),
        Mutant(
            "people are spread as elsewhere",
            "finder.attendee_partitions) |",
            "1) |",
            f"{REGISTRATIONS}::test_people_are_spread_over_the_partitions_of_their_event",
        ),
        Mutant(
            "an attendee is recorded in another block",
            "keys.attendee_item(attendee, parts, ",
            "keys.attendee_item(attendee, {0: attendee.seats}, ",
            f"{REGISTRATIONS}::test_contention_leads_to_another_block_and_under_a_new_token",
        ),
        Mutant(
            "a duplicate is registered",
            "        raise AlreadyRegisteredError",
            "        return Registration(keys.read_attendee(person), replayed=False)",
            DUPLICATE,
        ),
        Mutant(
            "who waits is registered already",
            '        if person["state"] == "waiting":\n            raise AlreadyWaitingError\n',
            "",
            f"{REGISTRATIONS}::test_who_waits_is_told_so",
        ),
        Mutant(
            "a late retry books again who cancelled",
            "        if origin is not Origin.ANOTHER:\n            raise RegistrationCancelledError\n",
            "",
            f"{REGISTRATIONS}::test_a_late_retry_books_nobody_again_who_cancelled",
        ),
        Mutant(
            "who cancelled never registers again",
            "        if origin is not Origin.ANOTHER:\n            raise RegistrationCancelledError\n",
            "        raise RegistrationCancelledError\n",
            f"{REGISTRATIONS}::test_who_cancelled_registers_anew_under_a_new_serial",
        ),
        Mutant("a repeated call is told as new", "replayed=origin is Origin.EARLIER_CALL", "replayed=False", REPLAYED),
        Mutant(
            "our own work is told as another call's",
            "replayed=origin is Origin.EARLIER_CALL",
            "replayed=True",
            OWN_WORK,
        ),
        Mutant("our own work is not counted", "if not standing.replayed:", "if False:", OWN_WORK),
        Mutant(
            "another call's work is counted",
            "if not standing.replayed:",
            "if True:",
            f"{REGISTRATIONS}::test_same_key_and_request_is_told_of_the_same_seat",
        ),
        Mutant(
            "whoever is there by now is replaced",
            '"#state = :cancelled AND serial = :serial"',
            '"(#state = :cancelled OR #state <> :cancelled) AND (serial = :serial OR serial <> :serial)"',
            f"{REGISTRATIONS}::test_who_registers_anew_twice_at_once_is_registered_once",
        ),
        Mutant(
            "a registration that was cancelled since is replaced",
            '"#state = :cancelled AND serial = :serial"',
            '"#state = :cancelled AND (serial = :serial OR serial <> :serial)"',
            f"{REGISTRATIONS}::test_a_registration_made_and_cancelled_meanwhile_is_not_forgotten",
        ),
        Mutant(
            "a block that is gone is a defect",
            "if item is None or",
            "if",
            f"{REGISTRATIONS}::test_event_whose_blocks_are_gone_is_not_found",
        ),
        Mutant(
            "a party sits in one block or nowhere",
            'if gathered or any(item["seats_left"] for item in refused if item):',
            "if False:",
            f"{REGISTRATIONS}::test_a_party_that_no_block_has_room_for_gathers_its_seats_at_once",
        ),
        Mutant(
            "an empty block has everybody gather",
            'if gathered or any(item["seats_left"] for item in refused if item):',
            "if True:",
            NEXT_BLOCK,
        ),
        Mutant(
            "a party gathers but once",
            'if gathered or any(item["seats_left"] for item in refused if item):',
            'if any(item["seats_left"] for item in refused if item):',
            f"{REGISTRATIONS}::test_a_party_gathers_again_where_all_seats_of_a_block_went_meanwhile",
        ),
        Mutant("a late caller looks but once", ", once_more=idempotency is not None", "", ONCE_MORE),
    ],
    "shared/event_management/store/attributes.py": [
        Mutant(
            "what has no attribute value is null",
            '    raise TypeError(f"no attribute value',
            '    return {"NULL": True}\n    raise TypeError(f"no attribute value',
            f"{ATTRIBUTES}::test_values_of_other_kinds_are_refused",
        ),
        Mutant(
            "what has no plain value is itself",
            '    raise TypeError(f"no plain value',
            '    return value\n    raise TypeError(f"no plain value',
            f"{ATTRIBUTES}::test_attributes_of_other_types_are_refused",
        ),
    ],
    "shared/event_management/store/connection.py": [
        Mutant("connecting takes for ever", "            connect_timeout=CONNECT_TIMEOUT,\n", "", BOUNDS),
        Mutant("reading takes for ever", "            read_timeout=READ_TIMEOUT,\n", "", BOUNDS),
        Mutant("the SDK tries as often as it likes", '"total_max_attempts": ATTEMPTS, ', "", BOUNDS),
        Mutant("the SDK tries in its old way", '"mode": "standard"', '"mode": "legacy"', BOUNDS),
        Mutant(
            "handlers of every service are asked",
            'if "." not in event or ".dynamodb" in event:',
            "if True:",
            f"{CONNECTION}::test_only_handlers_that_dynamodb_needs_are_registered",
        ),
        Mutant(
            "no handler is asked",
            'if "." not in event or ".dynamodb" in event:',
            'if ".dynamodb" in event:',
            f"{CONNECTION}::test_every_handler_that_a_default_session_asks_is_asked",
        ),
        Mutant(
            "who calls is put together for each call",
            "user_agent=session.user_agent(),",
            "",
            f"{CONNECTION}::test_who_calls_is_said_in_the_sdks_own_words",
        ),
        Mutant(
            "parameters are checked twice",
            "parameter_validation=False",
            "parameter_validation=True",
            f"{CONNECTION}::test_the_sdk_does_not_check_again_what_our_models_have_checked",
        ),
        Mutant(
            "the client is made in the first request",
            "    dynamodb()\n    #",
            "    #",
            f"{CONNECTION}::test_lambda_makes_the_client_while_it_initialises_the_function",
        ),
    ],
    "shared/event_management/store/answers.py": [
        Mutant(
            "an answer that broke off is a fault of ours",
            "except msgspec.DecodeError:",
            "except ZeroDivisionError:",
            f"{ANSWERS}::test_answers_that_are_not_as_dynamodb_says_are_botocores",
        ),
        Mutant(
            "answers lose their request's id",
            'self._inject_response_metadata(parsed, response["headers"])',
            "pass",
            f"{ANSWERS}::test_answers_are_read_as_botocore_reads_them",
        ),
    ],
    "shared/event_management/store/client.py": [
        Mutant(
            "registrations whose repetition met somebody are given up",
            "is_repetition and not is_idempotent and",
            "is_repetition and",
            f"{REGISTRATIONS}::test_registration_whose_repetition_met_somebody_is_found",
        ),
        Mutant("a conflict is no contention", '"TransactionConflict", ', "", REASONS),
        Mutant("throttling is no contention", '"ThrottlingError", ', "", REASONS),
        Mutant(
            "exceeded throughput is no contention",
            ', "ProvisionedThroughputExceeded"}',
            "}",
            REASONS,
        ),
        *(
            Mutant(f"{code} is a defect", f'        "{code}",\n', "", BUSY)
            for code in (
                "InternalServerError",
                "LimitExceededException",
                "ProvisionedThroughputExceededException",
                "RequestLimitExceeded",
                "RequestTimeout",
                "ServiceUnavailable",
                "ThrottlingException",
                "TransactionConflictException",
                "TransactionInProgressException",
            )
        ),
        Mutant("every reason is a refusal", 'return self.code == "ConditionalCheckFailed"', "return True", REASONS),
        Mutant("no reason is a refusal", 'return self.code == "ConditionalCheckFailed"', "return False", REASONS),
        Mutant("no reason is contention", "return self.code in _CONTENTION", "return False", REASONS),
        Mutant(
            "tokens are the SDK's",
            ", ClientRequestToken=token",
            "",
            f"{CLIENT}::test_transaction_sends_its_token",
        ),
        Mutant(
            "every cancellation is the caller's business",
            "if not any(reason.is_refusal or reason.is_contention for reason in reasons):",
            "if False:",
            f"{CLIENT}::test_cancellation_that_is_neither_refusal_nor_contention_is_a_defect_of_ours",
        ),
        Mutant(
            "items in the way are not shown",
            '"ReturnValuesOnConditionCheckFailure": "ALL_OLD"',
            '"ReturnValuesOnConditionCheckFailure": "NONE"',
            REFUSED,
        ),
        Mutant(
            "several items are read as they were",
            'for key in wanted], "ConsistentRead": True',
            'for key in wanted], "ConsistentRead": False',
            f"{CLIENT}::test_items_are_read_as_of_now_in_one_call",
        ),
        Mutant("what was not read is not there", "if not throttled or", "if True or", UNPROCESSED),
        Mutant("nothing can be spared", "(can_spare_first and", "(False and", SPARED),
        Mutant("everything can be spared", " and throttled == [to_attributes(wanted[0])]", "", NOT_SPARED),
        Mutant("what was spared is not there", "            if throttled:\n", "            if False:\n", SPARED),
        Mutant(
            "items come in any order",
            'return [by_key.get((key["pk"], key["sk"])) for key in wanted]',
            "return [*items, *[None] * (len(wanted) - len(items))]",
            SEVERAL,
        ),
        Mutant(
            "items of one partition are one",
            'by_key = {(item["pk"], item["sk"]): item',
            'by_key = {(item["pk"], "S"): item',
            SEVERAL,
        ),
        Mutant(
            "a refused update is a success",
            "        return False\n    return True",
            "        return True\n    return True",
            UPDATED,
        ),
        Mutant("a partition's share is the page", "min(limit, 2 * ceil(limit / len(partitions)) + 5)", "limit", SHARES),
        Mutant(
            "a share is more than the page",
            "min(limit, 2 * ceil(limit / len(partitions)) + 5)",
            "2 * ceil(limit / len(partitions)) + 5",
            SHARES,
        ),
        Mutant(
            "a later round begins anew",
            "position(read[partition][-1]) if read[partition] else after",
            "after",
            AS_IF_ONE,
        ),
        Mutant(
            "a merged list begins anew",
            "if read[partition] else after for",
            'if read[partition] else " " for',
            AS_IF_ONE,
        ),
        Mutant("only the latest round is merged", "read[partition] += items", "read[partition] = items", AS_IF_ONE),
        Mutant(
            "partitions are not merged in order",
            "merge(*read.values(), key=position)",
            "(item for items in read.values() for item in items)",
            AS_IF_ONE,
        ),
        Mutant("a merged page has no end", "key=position), limit))", "key=position), None))", AS_IF_ONE),
        Mutant(
            "there is no second round",
            "            if len(items) == share and (",
            "            if False and (",
            AS_IF_ONE,
        ),
        Mutant("a page that is too short is enough", "(len(page) < limit or position", "(position", AS_IF_ONE),
        Mutant(
            "every full share is asked for more",
            " and (len(page) < limit or position(items[-1]) < position(page[-1]))",
            "",
            ASKED_AGAIN,
        ),
        Mutant(
            "a page is asked for again",
            "position(items[-1]) < position(page[-1])",
            "position(items[-1]) <= position(page[-1])",
            f"{CLIENT}::test_a_page_that_ends_with_a_partitions_share_is_whole",
        ),
        Mutant(
            "partitions are read without a deadline",
            "pool.submit(copy_context().run, function, *call)",
            "pool.submit(function, *call)",
            AT_ONCE,
        ),
        Mutant(
            "an item is put whether absent or not",
            'ConditionExpression="attribute_not_exists(pk)"',
            'ConditionExpression="attribute_not_exists(nothing)"',
            PUT_IF_ABSENT,
        ),
        Mutant(
            "the item that is there is not shown",
            'ReturnValuesOnConditionCheckFailure="ALL_OLD"',
            'ReturnValuesOnConditionCheckFailure="NONE"',
            PUT_IF_ABSENT,
        ),
        Mutant(
            "the item that was not put is returned",
            'return from_attributes(error.response["Item"])',
            "return dict(item)",
            PUT_IF_ABSENT,
        ),
        Mutant(
            "a query is not of one partition",
            "#pk = :partition AND",
            "begins_with(#pk, :partition) AND",
            AFTER_POSITION,
        ),
        Mutant("a query repeats its position", "AND #sk > :after", "AND #sk >= :after", AFTER_POSITION),
        Mutant("a query goes backwards", "AND #sk > :after", "AND #sk < :after", AFTER_POSITION),
        Mutant(
            "a query forgets its position",
            '"#sk": f"{index}sk"},\n            "ExpressionAttributeValues": to_attributes({":partition": partition, ":after": after})',
            '"#sk": f"{index}sk"},\n            "ExpressionAttributeValues": to_attributes({":partition": partition, ":after": " "})',
            AFTER_POSITION,
        ),
        Mutant("a later page brings too much", "Limit=limit - len(items)", "Limit=limit", MEGABYTE),
        Mutant("a list ends at a megabyte", "if len(items) == limit or ", "if items or ", MEGABYTE),
        Mutant(
            "calls are begun without the time for them",
            "if seconds_left() < LONGEST_CALL:",
            "if False:",
            "unit/test_deadline.py::test_no_call_to_dynamodb_is_begun_without_the_time_for_it",
        ),
        Mutant("an answer that broke off found nothing", "if member not in answer:", "if False:", CUT_OFF),
        Mutant(
            "several items' answer is asked for what it never holds",
            '_check_whole(answer, "Responses")',
            "_check_whole(answer)",
            UNPROCESSED,
        ),
        Mutant(
            "several items' answer is not asked to be whole",
            '            _check_whole(answer, "Responses")\n',
            "",
            CUT_OFF,
        ),
        Mutant(
            "an item's answer is not asked to be whole",
            "        _check_whole(answer)\n    return",
            "    return",
            CUT_OFF,
        ),
        Mutant(
            "a query's answer is not asked to be whole",
            "            _check_whole(answer)\n        items",
            "        items",
            CUT_OFF,
        ),
        Mutant("a lost connection is a defect", "(ConnectionError, HTTPClientError)", "HTTPClientError", PASSING),
        Mutant("a time-out is a defect", "(ConnectionError, HTTPClientError)", "ConnectionError", PASSING),
        Mutant("a busy DynamoDB is a defect", "if code in _BUSY or status >= 500:", "if status >= 500:", BUSY),
        Mutant("DynamoDB's own defects are ours", " or status >= 500:", ":", PASSING),
        Mutant("our defects are DynamoDB's", " or status >= 500:", " or True:", LASTING),
        Mutant(
            "every contention is worth another call",
            "if is_repetition and not is_idempotent and any(reason.is_contention for reason in reasons):",
            "if any(reason.is_contention for reason in reasons):",
            RELEASE_AGAIN,
        ),
        Mutant(
            "new items replace others",
            'return put_if(item, "attribute_not_exists(pk)")',
            'return put_if(item, "attribute_not_exists(nothing)")',
            REFUSED,
        ),
        Mutant(
            "updates are made whatever holds",
            '"ConditionExpression": condition,',
            '"ConditionExpression": f"({condition}) OR NOT ({condition})",',
            f"{UPDATED} {IF_IT_HOLDS}",
        ),
        *(
            Mutant(f"{name} is what DynamoDB means by it", f'"#{name}", ', "", IF_IT_HOLDS)
            for name in ("state", "status", "owner", "name")
        ),
        Mutant("capacity is what DynamoDB means by it", ', "#capacity")', ")", IF_IT_HOLDS),
        Mutant(
            "every name is given whether used or not",
            "for name in _RESERVED if name in expressions}",
            "for name in _RESERVED}",
            NOTHING_UNUSED,
        ),
        Mutant("values are given where there are none", "    if values:\n", "    if True:\n", NOTHING_UNUSED),
        Mutant(
            "an update names what its condition names alone",
            '**_condition(condition, values, f"{update} {condition}"),',
            "**_condition(condition, values),",
            f"{CLIENT}::test_an_update_may_name_what_its_condition_does_not",
        ),
        Mutant(
            "a key that is taken is free",
            'return check_if(key, "attribute_not_exists(pk)")',
            'return check_if(key, "attribute_not_exists(nothing)")',
            f"{CLIENT}::test_a_key_is_checked_to_be_free_and_left_so",
        ),
        Mutant(
            "one call is asked for any number of items",
            "if len(wanted) > MOST_KEYS:",
            "if False:",
            MANY_KEYS,
        ),
        Mutant(
            "a hundred items are read in two calls",
            "if len(wanted) > MOST_KEYS:",
            "if len(wanted) >= MOST_KEYS:",
            MANY_KEYS,
        ),
        Mutant(
            "partitions are read one by one",
            "ThreadPoolExecutor(min(len(calls), MOST_AT_ONCE))",
            "ThreadPoolExecutor(1)",
            AT_ONCE,
        ),
        Mutant(
            "any number of calls are made at once",
            "min(len(calls), MOST_AT_ONCE)",
            "len(calls)",
            f"{CLIENT}::test_no_more_calls_are_made_side_by_side_than_may_be",
        ),
        Mutant(
            "items are read as they were",
            "            ConsistentRead=True,\n            ReturnConsumedCapacity",
            "            ConsistentRead=False,\n            ReturnConsumedCapacity",
            f"{CLIENT}::test_items_are_read_as_of_now",
        ),
        Mutant(
            "a partition is read as it was",
            "                ),\n                ConsistentRead=True,",
            "                ),\n                ConsistentRead=False,",
            IN_ORDER,
        ),
        Mutant(
            "a partition is not filtered", '        start["FilterExpression"] = condition\n', "        pass\n", FILTERED
        ),
        Mutant(
            "a partition ends at its first page",
            '        yield from (from_attributes(item) for item in answer["Items"])\n        if "LastEvaluatedKey" not in answer:',
            '        yield from (from_attributes(item) for item in answer["Items"])\n        if True:',
            LARGE_PARTITION,
        ),
        Mutant(
            "a partition is read in pages of any size",
            'start: dict[str, Any] = {"Limit": limit} if limit else {}',
            "start: dict[str, Any] = {}",
            f"{CLIENT}::test_a_partition_is_read_page_by_page_and_no_further_than_wanted",
        ),
        Mutant(
            "every partition is read",
            'KeyConditionExpression="pk = :partition",',
            'KeyConditionExpression="pk = :partition AND sk >= :partition",',
            IN_ORDER,
        ),
        Mutant(
            "what comes after a key is counted",
            "pk = :partition AND sk < :position",
            "pk = :partition AND sk > :position",
            COUNTED,
        ),
        Mutant(
            "a key is counted too",
            "pk = :partition AND sk < :position",
            "pk = :partition AND sk <= :position",
            COUNTED,
        ),
        Mutant(
            "counting ends at a megabyte",
            "            return number\n        start",
            "            return number\n        return number\n        start",
            LARGE_PARTITION,
        ),
        Mutant(
            "only the last page is counted",
            '        number += answer["Count"]',
            '        number = answer["Count"]',
            LARGE_PARTITION,
        ),
    ],
    "shared/event_management/store/contention.py": [
        Mutant("retries have no end", "self._retries > MAX_RETRIES or ", "", RETRIES),
        Mutant("one retry too few", "self._retries > MAX_RETRIES or ", "self._retries >= MAX_RETRIES or ", RETRIES),
        Mutant("retries take for ever", " or self._clock() + pause - self._begun > MAX_SECONDS:", ":", TIME_IS_UP),
        Mutant("time is up only after the pause", "self._clock() + pause - self", "self._clock() - self", TOO_LATE),
        Mutant(
            "going on takes for ever",
            "elif self._clock() - self._begun > MAX_SECONDS:",
            "elif False:",
            AT_ONCE_TOO_LATE,
        ),
        Mutant(
            "going on has no time",
            "elif self._clock() - self._begun > MAX_SECONDS:",
            "elif self._clock() - self._begun >= MAX_SECONDS:",
            AT_ONCE_TOO_LATE,
        ),
        Mutant("who went on once never pauses", "        self._waits = True\n", "", GOES_ON),
        Mutant(
            "nobody goes on at once",
            "        self._waits = False\n\n    def begin_anew",
            "        pass\n\n    def begin_anew",
            GOES_ON,
        ),
        Mutant("pauses have no jitter", "pause = self._uniform(0, ", "pause = max(0, ", PAUSES),
        Mutant(
            "rivals pause alike",
            "= random.uniform,",
            "= max,",
            f"{CONTENTION}::test_by_default_rivals_draw_different_pauses",
        ),
        Mutant(
            "pauses have no limit",
            "min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._retries)",
            "_FIRST_PAUSE * 2**self._retries",
            PAUSES,
        ),
        Mutant("pauses do not grow", "_FIRST_PAUSE * 2**self._retries", "_FIRST_PAUSE * 2", PAUSES),
        Mutant("there are no pauses", "        self._sleep(pause)\n", "", PAUSES),
        Mutant(
            "a retry that is not made is counted",
            "        pause = self._uniform(",
            '        count("ContentionRetries")\n        pause = self._uniform(',
            f"{CONTENTION}::test_the_retry_that_is_not_made_is_not_counted",
        ),
        Mutant(
            "retries are not counted",
            '        count("ContentionRetries")\n',
            "",
            f"{CONTENTION}::test_each_retry_is_counted_and_the_first_try_is_not",
        ),
        Mutant(
            "a step further takes time from the next",
            "        self._begun = self._clock()\n        self._retries = 0\n",
            "        self._retries = 0\n",
            STEP_FURTHER,
        ),
        Mutant(
            "a step further takes tries from the next",
            "        self._begun = self._clock()\n        self._retries = 0\n        self._waits",
            "        self._begun = self._clock()\n        self._waits",
            STEP_FURTHER,
        ),
        Mutant(
            "a step further takes a pause",
            "        self._retries = 0\n        self._waits = False\n\n    def _wait",
            "        self._retries = 0\n\n    def _wait",
            STEP_FURTHER,
        ),
    ],
    "shared/event_management/store/events.py": [
        Mutant(
            "any text may be an event's id",
            "    if not is_event_id(event_id):\n        raise EventNotFoundError\n",
            "",
            f"{EVENTS}::test_text_that_is_no_event_id_is_not_found_without_a_call",
        ),
        Mutant(
            "a key makes an event each time",
            "derive_event_id(identity_key, owner, idempotency.key, collisions) if idempotency else new_event_id()",
            "new_event_id()",
            EVENT_REPLAYED,
        ),
        Mutant("every owner's key leads to one id", "identity_key, owner, ", 'identity_key, "", ', DERIVED_ID_TAKEN),
        Mutant(
            "another's event is ours",
            "if origin is not Origin.ANOTHER:",
            "if True:",
            f"{EVENTS}::test_random_id_that_is_taken_is_drawn_again",
        ),
        Mutant(
            "a repeated call is told as new", "replayed=origin is Origin.EARLIER_CALL", "replayed=False", EVENT_REPLAYED
        ),
        Mutant(
            "our own work is told as another call's",
            "replayed=origin is Origin.EARLIER_CALL",
            "replayed=True",
            EVENT_OWN_WORK,
        ),
        Mutant("another owner's key is one's own", '"create_event", owner)', '"create_event")', FOREIGN_KEY),
        Mutant(
            "contention is a collision",
            "if not any(reason.is_contention for reason in reasons):",
            "if True:",
            f"{EVENTS}::test_seats_in_the_way_beside_contention_may_be_a_twins",
        ),
        Mutant("more blocks than fit go beside their event", "MOST_ACTIONS - 3", "MOST_ACTIONS - 2", LARGE_EVENT),
        Mutant("fewer blocks than fit go beside their event", "MOST_ACTIONS - 3", "MOST_ACTIONS - 4", LARGE_EVENT),
        Mutant(
            "transactions of a try share a token", "marks.token(attempt, first)", "marks.token(attempt)", LARGE_EVENT
        ),
        Mutant(
            "contention ahead of an event is overlooked",
            "if contention := [reason for reason in reasons if reason.is_contention]:",
            "if contention := []:",
            LARGE_CONTENTION,
        ),
        Mutant(
            "too few blocks are enough", "if there is None or marks", "if there is not None and marks", OTHER_BLOCKS
        ),
        Mutant("anybody's blocks are as good", " or marks.recognise(there) is Origin.ANOTHER:", ":", OTHER_BLOCKS),
        Mutant(
            "blocks with other seats are as good",
            'bool(there["seats_left"] == block["seats_left"])',
            "True",
            OTHER_BLOCKS,
        ),
        Mutant(
            "an event with other blocks by now is another",
            "get_item(keys.event_key(event.id)))]",
            "None)]",
            f"{EVENTS}::test_large_event_is_told_of_again_also_when_it_has_other_seats_by_now",
        ),
        Mutant("a collision leads nowhere", "collisions += 1", "pass", DERIVED_ID_TAKEN),
        Mutant(
            "past events are upcoming", "after or keys.stamp(now or datetime.now(UTC))", "after or keys.FIRST", UPCOMING
        ),
        Mutant(
            "blocks that do not fit are forgotten", "range(0, len(ahead), MOST_ACTIONS - 1)", "range(0)", LARGE_EVENT
        ),
        Mutant(
            "only the first that do not fit go ahead",
            "range(0, len(ahead), MOST_ACTIONS - 1)",
            "range(0, min(1, len(ahead)))",
            LARGE_EVENT,
        ),
        Mutant(
            "blocks that are there already are in the way",
            "if is_there or not all(",
            "if reasons or not all(",
            LARGE_BROKE_OFF,
        ),
        Mutant(
            "blocks ahead of their event are anybody's",
            "[item | marks.attributes() for item in ahead[first : first + MOST_ACTIONS - 1]]",
            "ahead[first : first + MOST_ACTIONS - 1]",
            f"{EVENTS}::test_a_key_whose_request_broke_off_is_good_for_that_request_alone",
        ),
        Mutant("an event has no directory", "keys.directory_item(event, len(blocks)), ", "", EVENT_SEATS),
        Mutant(
            "a deleted event is made again",
            """                if there["status"] == keys.DELETED:\n                    raise EventDeletedError\n""",
            "",
            f"{EVENTS}::test_what_is_left_of_a_deleted_event_is_in_no_list_and_its_key_makes_no_other",
        ),
        Mutant(
            "an event whose seats are gone already is a defect",
            "if item is None or seats is None or",
            "if item is None or",
            f"{EVENTS}::test_an_event_that_is_being_deleted_is_not_found",
        ),
        Mutant(
            "deleted events are found",
            """ or seats is None or item["status"] == keys.DELETED:""",
            " or seats is None:",
            FOUND,
        ),
        Mutant(
            "everybody finds drafts",
            """        if caller is None:\n            raise EventNotFoundError\n        find_authority(item, caller, "helper")\n""",
            "        pass\n",
            FOUND,
        ),
        Mutant(
            "nobody finds drafts",
            "        if caller is None:\n            raise",
            "        if True:\n            raise",
            FOUND,
        ),
        Mutant(
            "seats that are put by are taken",
            "directory.capacity - directory.reserve - left",
            "directory.capacity - left",
            COUNTS_PUT_BY,
        ),
        Mutant(
            "counts fall below nothing",
            "registered=max(0, directory.capacity - directory.reserve - left)",
            "registered=directory.capacity - directory.reserve - left",
            f"{EVENTS}::test_counts_of_different_moments_are_never_below_nothing",
        ),
        Mutant(
            "only the first block is counted",
            "blocks = [block, *more[: len(more_blocks)]]",
            "blocks = [block]",
            COUNTED_SEVERAL,
        ),
        Mutant(
            "only the first list of who has come is counted",
            "doors = [door, *more[len(more_blocks) :]]",
            "doors = [door]",
            COUNTED_SEVERAL,
        ),
        Mutant(
            "the first block is counted twice",
            "directory.open_blocks - {0}",
            "directory.open_blocks",
            f"{EVENTS}::test_event_of_one_block_is_found_with_its_counts_as_of_now_in_one_call",
        ),
        Mutant(
            "an organiser's past events are not listed",
            "_list(keys.GSI2, keys.events_of(owner), after or keys.FIRST, limit)",
            "_list(keys.GSI2, keys.events_of(owner), after or keys.stamp(datetime.now(UTC)), limit)",
            OWN_EVENTS,
        ),
        Mutant(
            "an organiser's list begins anew",
            "_list(keys.GSI2, keys.events_of(owner), after or keys.FIRST, limit)",
            "_list(keys.GSI2, keys.events_of(owner), keys.FIRST, limit)",
            f"{EVENTS}::test_a_list_of_ones_own_goes_on_after_a_position",
        ),
        Mutant(
            "an organiser's positions are the public list's",
            "keys.read_position(item, index)",
            "keys.read_position(item)",
            f"{OWN_EVENTS} {EVENTS}::test_a_list_of_ones_own_goes_on_after_a_position",
        ),
    ],
    "shared/event_management/store/repeats.py": [
        Mutant(
            "tries share a token",
            "digest(self.nonce, *map(str, attempt))",
            "digest(self.nonce)",
            f"{NEW_TOKENS} {EVENT_NEW_TOKENS}",
        ),
        Mutant(
            "calls share their tokens",
            "digest(self.nonce, *map(str, attempt))",
            "digest(*map(str, attempt))",
            OWN_TOKENS,
        ),
        Mutant(
            "all calls without a key have one nonce",
            "cls(new_nonce(), None, None)",
            'cls("", None, None)',
            f"{REGISTRATIONS}::test_every_call_has_a_nonce_of_its_own",
        ),
        Mutant("all calls with a key have one nonce", "cls(new_nonce(), digest(", 'cls("", digest(', DUPLICATE),
        Mutant(
            "our own work is not known",
            'if item.get("nonce") == self.nonce:',
            "if False:",
            f"{OWN_WORK} {EVENT_OWN_WORK}",
        ),
        Mutant("another's work is ours", 'if item.get("nonce") == self.nonce:', "if item:", DUPLICATE),
        Mutant("no key is a key", "self.idempotency_key is None or ", "", DUPLICATE),
        Mutant(
            "any key is the first one's",
            'item.get("idempotency_key") != self.idempotency_key:',
            '"idempotency_key" not in item:',
            DUPLICATE,
        ),
        Mutant(
            "a key is good for nothing",
            "return Origin.EARLIER_CALL",
            "return Origin.ANOTHER",
            f"{REPLAYED} {EVENT_REPLAYED}",
        ),
        Mutant(
            "one key may mean two requests",
            'if item["fingerprint"] != self.fingerprint:',
            "if False:",
            f"{OTHER_REQUEST} {EVENT_OTHER_REQUEST}",
        ),
        Mutant("keys have no scope", "digest(*scope, idempotency.key)", "digest(idempotency.key)", FOREIGN_KEY),
        Mutant(
            "keys are stored as sent",
            "digest(*scope, idempotency.key)",
            "idempotency.key",
            f"{REGISTRATIONS}::test_keys_are_not_stored_as_sent {EVENTS}::test_keys_are_not_stored_as_sent",
        ),
    ],
    "shared/event_management/store/seats.py": [
        Mutant("callers remember without end", "if len(finders) == _MOST_EVENTS:", "if False:", THOUSAND),
        Mutant("callers remember one event", "if len(finders) == _MOST_EVENTS:", "if finders:", THOUSAND),
        Mutant("callers remember nothing", "if event_id not in finders:", "if True:", THOUSAND),
        Mutant("the latest event is forgotten", "next(iter(finders))", "next(reversed(finders))", THOUSAND),
        Mutant(
            "threads share what they know",
            "class _Memory(threading.local):",
            "class _Memory:",
            f"{SEATS}::test_a_thread_remembers_where_seats_of_an_event_are_and_shares_it_with_nobody",
        ),
        Mutant("a directory is asked for however many ask", "if finder.spares_directory:", "if False:", RUSH),
        Mutant("nobody notices a rush", "            finder.spare_directory()\n", "", RUSH),
        Mutant("in a rush nobody is refused", "can_spare_first=finder.is_sold_out", "can_spare_first=False", RUSH),
        Mutant(
            "an old proof will do in a rush",
            "can_spare_first=finder.is_sold_out",
            "can_spare_first=True",
            f"{SEATS}::test_a_directory_that_could_not_be_read_again_proves_nothing_when_it_was_read_long_ago",
        ),
        Mutant(
            "what was taken off is sought",
            "open_blocks=directory.open_blocks - drained",
            "open_blocks=directory.open_blocks",
            TAKEN_OFF,
        ),
        Mutant(
            "who cannot take off cannot go on",
            "with suppress(TryAgainError):",
            "with suppress(ZeroDivisionError):",
            f"{SEATS}::test_taking_off_may_fail",
        ),
        Mutant(
            "slow answers are young",
            "finder.learn(directory, asked_at, seats_left)",
            "finder.learn(directory, None, seats_left)",
            f"{SEATS}::test_a_directory_is_as_old_as_the_question_however_long_the_answer_takes",
        ),
        Mutant(
            "taking off makes a directory young",
            "asked_at = finder.clock()\n",
            "asked_at = finder.clock() + 3\n",
            f"{SEATS}::test_a_directory_is_as_old_as_its_reading_however_long_taking_off_takes",
        ),
        Mutant(
            "nobody is looked for once more",
            "get_item(person_key) if once_more and person is None else person",
            "person",
            f"{SEATS}::test_a_repetition_looks_once_more_for_whoever_may_have_come_meanwhile",
        ),
        Mutant(
            "everybody is looked for once more",
            "if once_more and person is None",
            "if person is None",
            EMPTY_DIRECTORY,
        ),
        Mutant(
            "empty blocks are never read",
            "beside = finder.blocks_to_read",
            "beside = []",
            f"{SEATS}::test_who_looks_for_a_block_of_many_reads_some_until_one_has_seats",
        ),
        Mutant(
            "a look that found no block ends",
            "        if not directory.open_blocks:\n            return",
            "        if True:\n            return",
            f"{SEATS}::test_who_finds_all_blocks_empty_takes_all_off",
        ),
        Mutant(
            "an unknown event is a defect",
            "if found is None:",
            "if False:",
            f"{SEATS}::test_an_event_without_a_directory_is_unknown {UNKNOWN_EVENT}",
        ),
        Mutant(
            "an unknown event's directory is a defect",
            "if item is None:",
            "if False:",
            f"{SEATS}::test_an_event_without_a_directory_has_none",
        ),
        Mutant(
            "a look says nothing of the terms",
            "            directory.terms.check(keys.stamp(datetime.now(UTC)), seats)\n",
            "            pass\n",
            f"{TOLD_TERMS} {TERMS}",
        ),
        Mutant(
            "who is there is told of the terms",
            "        if person is None:\n            directory",
            "        if True:\n            directory",
            TOLD_TERMS,
        ),
        Mutant("empty blocks stay listed", "        if drained:\n", "        if False:\n", TAKEN_OFF),
        Mutant("nothing is taken off all the time", "        if drained:\n", "        if True:\n", TAKEN_OFF),
        Mutant(
            "blocks read empty stay listed",
            "if drained := frozenset(block for block in listed if not left.get(block)):",
            "if drained := frozenset():",
            SEATS_READ,
        ),
        Mutant(
            "a block that is gone stays listed",
            "block for block in listed if not left.get(block))",
            "block for block in listed if left.get(block) == 0)",
            SEATS_READ,
        ),
        Mutant(
            "blocks without seats are shown",
            "for block, seats in left.items() if seats}",
            "for block, seats in left.items()}",
            SEATS_READ,
        ),
        Mutant(
            "a party is told too few at the first reading",
            "        if before == (directory.relistings, left):\n",
            "        if True:\n",
            f"{TOO_FEW} {MOVED_BETWEEN}",
        ),
        Mutant(
            "a party looks for ever",
            "        if before == (directory.relistings, left):\n            raise SeatsFullError(sum(left.values()))\n",
            "",
            TOO_FEW,
        ),
        Mutant(
            "as many seats elsewhere are the same seats",
            "        before = directory.relistings, left\n",
            "        before = directory.relistings, sum(left.values())\n",
            TOO_FEW,
        ),
        Mutant(
            "a party overlooks a block that was listed anew",
            "        if before == (directory.relistings, left):\n",
            "        if before and before[1] == left:\n",
            f"{SEATS}::test_a_party_is_not_told_so_where_a_block_was_listed_anew_between_two_readings",
        ),
        Mutant("a party is told that nothing is left", "SeatsFullError(sum(left.values()))", "SeatsFullError", TOO_FEW),
        Mutant(
            "a party's search takes a pause",
            "        before = directory.relistings, left\n        tries.go_on()\n",
            "        before = directory.relistings, left\n",
            f"{SEATS}::test_a_party_is_told_so_without_a_pause",
        ),
        Mutant("more seats than asked for are left", "leaving=-seats,", "leaving=-1,", TAKEN),
        Mutant(
            "seats taken are not counted",
            "ADD seats_left :leaving, taken :seats",
            "ADD seats_left :leaving, taken_ :seats",
            TAKEN,
        ),
        Mutant(
            "more seats are taken than are left",
            '"seats_left >= :seats AND',
            '"(seats_left >= :seats OR seats_left < :seats) AND',
            ALL_OR_NONE,
        ),
        Mutant("the last seat stays", '"seats_left >= :seats AND', '"seats_left > :seats AND', TAKEN),
        Mutant(
            "events in every status take people",
            "#status = :published AND",
            "(#status = :published OR #status <> :published) AND",
            UNDER_TERMS,
        ),
        Mutant(
            "parties have any size", "max_party >= :party", "(max_party >= :party OR max_party < :party)", UNDER_TERMS
        ),
        Mutant("parties are smaller than they may be", "max_party >= :party", "max_party > :party", UNDER_TERMS),
        Mutant(
            "parties are as large as their parts",
            "party = sum(parts.values())",
            "party = max(parts.values())",
            f"{SEATS}::test_a_party_in_several_blocks_is_as_large_as_all_its_parts",
        ),
        Mutant(
            "registration opens before it does",
            "registration_opens <= :now",
            "registration_opens <> :seats",
            UNDER_TERMS,
        ),
        Mutant(
            "registration opens a moment late", "registration_opens <= :now", "registration_opens < :now", UNDER_TERMS
        ),
        Mutant("an event without an opening never opens", "attribute_not_exists(registration_opens) OR ", "", TAKEN),
        Mutant("registration never closes", "registration_closes > :now", "registration_closes <> :seats", UNDER_TERMS),
        Mutant(
            "registration closes a moment late",
            "registration_closes > :now",
            "registration_closes >= :now",
            UNDER_TERMS,
        ),
        Mutant("an event without a close never opens", "attribute_not_exists(registration_closes) OR ", "", TAKEN),
        Mutant(
            "blocks are made out of nothing",
            'conditions = ["attribute_exists(pk)"]',
            'conditions = ["(attribute_exists(pk) OR attribute_not_exists(pk))"]',
            CHANGE_REFUSED,
        ),
        Mutant(
            "more seats are withdrawn than are left",
            '"seats_left >= :leaving"',
            '"(seats_left >= :leaving OR seats_left < :leaving)"',
            CHANGE_REFUSED,
        ),
        Mutant("the last seat is not withdrawn", '"seats_left >= :leaving"', '"seats_left > :leaving"', CHANGED),
        Mutant("an empty block is filled unseen", '"seats_left > :none"', '"seats_left >= :none"', CHANGE_REFUSED),
        Mutant(
            "an empty block that is listed is not filled",
            "elif change.seats_left > 0 and not listed:",
            "elif change.seats_left > 0:",
            CHANGED,
        ),
        Mutant(
            "seats that stay nobody's ask for seats left",
            "elif change.seats_left > 0 and not listed:",
            "elif not listed:",
            CHANGED,
        ),
        Mutant(
            "more is freed than taken",
            '"taken >= :freed"',
            '"(taken >= :freed OR taken < :freed)"',
            CHANGE_REFUSED,
        ),
        Mutant("the last who sits in a block stays", '"taken >= :freed"', '"taken > :freed"', CHANGED),
        Mutant("conditions are choices", '" AND ".join', '" OR ".join', CHANGE_REFUSED),
        Mutant("a block is filled and not listed", "    if relist:\n", "    if False:\n", DIRECTORY_CHANGED),
        Mutant("a block that was listed anew may be taken off", '"one": 1}', '"one": 0}', DIRECTORY_CHANGED),
        Mutant(
            "the reserve stays",
            "ADD reserve :reserve, waiting :waiting",
            "ADD reserve_ :reserve, waiting :waiting",
            DIRECTORY_CHANGED,
        ),
        Mutant(
            "nobody who waits is counted",
            "ADD reserve :reserve, waiting :waiting",
            "ADD reserve :reserve, waiting_ :waiting",
            DIRECTORY_CHANGED,
        ),
        Mutant(
            "a block is taken off whatever came back",
            '"relistings = :relistings"',
            '"(relistings = :relistings OR relistings <> :relistings)"',
            TAKEN_OFF_LATE,
        ),
    ],
    "shared/event_management/store/imports.py": [
        Mutant(
            "rows that cannot be read are registered",
            "    if row.faults:\n        raise InvalidPayloadError(row.faults)\n",
            "",
            f"{IMPORT}::test_rows_of_people_who_are_not_registered_are_refused {FAULTY_ROWS}",
        ),
        Mutant("two rows are one person's", "if outcomes and (last", "if False and (last", TWICE),
        Mutant(
            "two rows are one person's, as rehearsed",
            "if first := claims.get(person.attendee_id):",
            "if first := 0:",
            TWICE,
        ),
        Mutant(
            "a row that does not count claims its address",
            "(last := outcomes[-1]).outcome in _CLAIMING",
            "(last := outcomes[-1])",
            FIRST_COUNTS,
        ),
        Mutant(
            "a row that does not count claims, as rehearsed",
            "if outcome.outcome in _CLAIMING:",
            "if True:",
            FIRST_COUNTS,
        ),
        Mutant("whoever cancelled is booked by another row", '        "registration_cancelled",\n', "", CANCELLED_ROW),
        Mutant("a row that nobody knows of is doubled", '        "try_again",\n', "", UNKNOWN_ROW),
        Mutant(
            "rows are read once for each",
            "list(dict.fromkeys(person.attendee_id for person in people))",
            "[person.attendee_id for person in people]",
            TWICE,
        ),
        Mutant("drafts are imported into", 'if event.status == "draft":', "if False:", TAKES_NOBODY),
        Mutant(
            "rows are begun without the time for them",
            "if seconds_left() < TIME_FOR_A_ROW:",
            "if False:",
            f"{IMPORT}::test_rows_for_which_there_is_no_time_are_told_so_and_not_begun",
        ),
        Mutant(
            "who stood already is registered now",
            "person.idempotency, record).replayed:",
            "person.idempotency, record).replayed and False:",
            SENT_AGAIN,
        ),
        Mutant(
            "an import forgets what it did",
            "person.new, country, person.idempotency, record)",
            "person.new, country, None, record)",
            CANCELLED_SINCE,
        ),
        Mutant(
            "rows are told apart by their addresses alone",
            "new.name, new.email.normalised, str(new.seats))",
            "new.email.normalised)",
            f"{IMPORT}::test_a_row_with_another_party_is_another_import",
        ),
        Mutant(
            "the caller's key does not count",
            'digest("import", key or "", ',
            'digest("import", ',
            f"{IMPORT}::test_on_purpose_they_are_registered_anew_under_an_idempotency_key",
        ),
        Mutant(
            "the caller's country is lost",
            "register(authority.event_id, person.new, country,",
            "register(authority.event_id, person.new, None,",
            f"{IMPORT}::test_the_callers_country_is_kept_as_when_registering",
        ),
        Mutant(
            "a dry run knows nobody",
            "    if standing and recognise(standing, Marks.new(person.idempotency)):\n        raise AlreadyRegisteredError\n",
            "",
            f"{STANDING} {CANCELLED_SINCE}",
        ),
        Mutant(
            "a dry run takes an earlier import's for seats to take",
            "recognise(standing, Marks.new(person.idempotency)):\n        raise AlreadyRegisteredError",
            "recognise(standing, Marks.new(person.idempotency)):\n        return 'would_register'",
            f"{IMPORT}::test_a_dry_run_after_the_import_tells_that_all_stand_already",
        ),
        Mutant("a dry run knows no terms", "    directory.terms.check(now, person.new.seats)\n", "", TAKES_NOBODY),
        Mutant("a dry run finds seats for all", "if person.new.seats > left:", "if False:", REHEARSED),
        Mutant(
            "a dry run keeps the last seat", "if person.new.seats > left:", "if person.new.seats >= left:", REHEARSED
        ),
        Mutant("a dry run takes one seat for a party", "left -= person.new.seats if", "left -= 1 if", REHEARSED),
        Mutant("a dry run lets the refused take seats", 'if outcome.outcome == "would_register" else 0', "", REHEARSED),
        Mutant(
            "a row is told to wait for what only a whole answer has",
            "except TryAgainError as error:",
            "except ZeroDivisionError as error:",
            NOBODY_KNOWS,
        ),
        Mutant(
            "a refusal ends the import",
            "except EventManagementError as error:",
            "except ZeroDivisionError as error:",
            TAKES_NOBODY,
        ),
        Mutant(
            "rows come as they are done", "sorted(outcomes, key=lambda outcome: outcome.line)", "outcomes", FAULTY_ROWS
        ),
    ],
    "shared/event_management/store/ledger.py": [
        Mutant("seats freed stay taken", "BlockChange(seats, -seats) for block", "BlockChange(seats) for block", FREED),
        Mutant(
            "cancelling always asks the directory",
            "directory = None if parts and leaver is None else read_directory(event_id)",
            "directory = read_directory(event_id)",
            FREED,
        ),
        Mutant("an empty block is filled and not listed", '{"none": 0}, relist=parts)', '{"none": 0})', RELISTED),
        Mutant(
            "seats go to all while somebody waits",
            'update_directory(event_id, "waiting = :none"',
            'update_directory(event_id, "waiting >= :none"',
            RELEASE_RACES,
        ),
        Mutant(
            "an empty block is waited for",
            "            tries.go_on()\n        directory",
            "            pass\n        directory",
            RELISTED,
        ),
        Mutant(
            "nobody pauses who met another",
            "if not any(reason.is_contention for reason in reasons) and directory is None:",
            "if directory is None:",
            RELEASE_AGAIN,
        ),
        Mutant(
            "nobody pauses who went by what is no more",
            "if not any(reason.is_contention for reason in reasons) and directory is None:",
            "if not any(reason.is_contention for reason in reasons):",
            f"{LEDGER}::test_a_release_by_what_is_no_more_is_paused",
        ),
        Mutant(
            "what is alongside is tried for ever",
            "        if any(reason.is_refusal for reason in reasons[: len(alongside)]):\n            return reasons[: len(alongside)]\n",
            "",
            f"{LEDGER}::test_what_goes_alongside_is_refused_first",
        ),
        Mutant(
            "a block in the way is what was alongside",
            "        if any(reason.is_refusal for reason in reasons[: len(alongside)]):\n",
            "        if any(reason.is_refusal for reason in reasons):\n",
            RELISTED,
        ),
        Mutant(
            "what is alongside is left out", "[*alongside, *move.actions(event_id)]", "[*move.actions(event_id)]", FREED
        ),
        Mutant(
            "a repetition of the SDK frees seats twice",
            "[*alongside, *move.actions(event_id)], token=marks.token(attempt), is_idempotent=False)",
            "[*alongside, *move.actions(event_id)], token=marks.token(attempt))",
            RELEASE_LOST,
        ),
        Mutant(
            "tries of a release share a token",
            "[*alongside, *move.actions(event_id)], token=marks.token(attempt),",
            "[*alongside, *move.actions(event_id)], token=marks.token(),",
            RELEASE_AGAIN,
        ),
        Mutant(
            "promotions are not counted",
            '            count("Promotions", len(move.promoted))\n            if move',
            "            if move",
            HEAD,
        ),
        Mutant("nobody has what comes free", "promoted = choose_promoted(", "promoted = [] and choose_promoted(", HEAD),
        Mutant(
            "what was put by is not given",
            "free = freed + directory.reserve",
            "free = freed",
            GIVEN_ON,
        ),
        Mutant("who leaves still waits", "(leaver.seats if leaver else 0)", "0", LEAVES),
        Mutant(
            "the list is read for nothing",
            "if free and left_waiting else iter(())",
            "if left_waiting else iter(())",
            LEAVES,
        ),
        Mutant(
            "the list is read when nobody is left",
            "if free and left_waiting else iter(())",
            "if free else iter(())",
            f"{LEDGER}::test_who_gives_up_the_last_place_leaves_to_all_what_was_put_by",
        ),
        Mutant("who is promoted still waits", "    left_waiting -= given\n", "", HEAD),
        Mutant(
            "the last one keeps what is left over",
            "is_open_to_all = not left_waiting and",
            "is_open_to_all = False and",
            LAST_WAITING,
        ),
        Mutant(
            "what is put by goes to all",
            "is_open_to_all = not left_waiting and 0 < left_over",
            "is_open_to_all = 0 < left_over",
            PUT_BY,
        ),
        Mutant(
            "nothing goes to all, and is listed",
            "and 0 < left_over <= MOST_PROMOTED",
            "and left_over <= MOST_PROMOTED",
            HEAD_ALONE,
        ),
        Mutant(
            "what is on its way goes to one block",
            "and 0 < left_over <= MOST_PROMOTED",
            "and 0 < left_over",
            f"{LEDGER}::test_as_much_as_people_can_leave_is_open_to_all",
        ),
        Mutant(
            "what people can leave is on its way",
            "and 0 < left_over <= MOST_PROMOTED",
            "and 0 < left_over < MOST_PROMOTED",
            f"{LEDGER}::test_as_much_as_people_can_leave_is_open_to_all",
        ),
        Mutant(
            "what is left over stays where it is",
            "            if move.leaves_much:",
            "            if False:",
            f"{LEDGER}::test_a_reserve_that_is_more_than_people_can_leave_goes_to_many_blocks_once_nobody_waits",
        ),
        Mutant(
            "what was put by is given to nobody",
            "pool.append([home, directory.reserve])",
            "pool.append([home, 0])",
            SIZES,
        ),
        Mutant(
            "somebody else has put seats by, and nobody looks",
            "reserve = :put_by AND terms = :terms",
            "(reserve = :put_by OR reserve <> :put_by) AND terms = :terms",
            f"{RELEASE_RACES} {TWO_LEAVE}",
        ),
        Mutant(
            "who waits is promoted by terms of before",
            "reserve = :put_by AND terms = :terms",
            "reserve = :put_by AND (terms = :terms OR terms <> :terms)",
            RELEASE_RACES,
        ),
        Mutant(
            "seats are put by for who has left",
            "    if left_over:\n",
            "    if False:\n",
            f"{RELEASE_RACES} {SAME_LIST} {TWO_LEAVE}",
        ),
        Mutant(
            "seats that all are given need the list as it was",
            "    if left_over:\n",
            "    if True:\n",
            f"{LEDGER}::test_seats_that_are_all_given_need_nobody_to_stay_behind",
        ),
        Mutant(
            "as many who wait are the same people",
            " AND waiting = :seats AND next_place = :next_place",
            " AND waiting = :seats AND (next_place = :next_place OR next_place <> :next_place)",
            SAME_LIST,
        ),
        Mutant(
            "nobody leaves who waits",
            " AND waiting = :seats AND next_place = :next_place",
            " AND (waiting = :seats OR waiting <> :seats) AND next_place = :next_place",
            f"{RELEASE_RACES} {TWO_LEAVE}",
        ),
        Mutant("what is left over is lost", "._replace(seats_left=left_over)", "._replace(seats_left=0)", LAST_WAITING),
        Mutant(
            "the last one's block is not listed", "relist=[home] if is_open_to_all else (),", "relist=(),", LAST_WAITING
        ),
        Mutant(
            "blocks are touched that stay as they are",
            "in changes.items() if any(change)}",
            "in changes.items()}",
            HEAD,
        ),
        Mutant(
            "people are promoted once registration has ended",
            "    if not directory.terms.promote(keys.stamp(datetime.now(UTC))):\n        return\n",
            "",
            ENDED,
        ),
        Mutant(
            "nobody passes anybody, whatever the event says",
            'if directory.waitlist_policy == "strict":',
            "if True:",
            f"{LEDGER}::test_of_a_long_list_only_those_are_read_whom_it_does_for",
        ),
        Mutant(
            "strictly the whole list is read",
            'if directory.waitlist_policy == "strict":',
            "if False:",
            f"{LEDGER}::test_no_more_of_a_strict_list_is_read_than_can_be_promoted",
        ),
        Mutant(
            "parties that just fit are passed by",
            '"seats <= :free"',
            '"seats < :free"',
            f"{LEDGER}::test_of_a_long_list_only_those_are_read_whom_it_does_for",
        ),
        Mutant(
            "who joins overtakes whom a query misses",
            "        if place.number >= directory.next_place:\n            return\n",
            "",
            f"{LEDGER}::test_who_joined_after_the_directory_was_read_is_left_to_the_next_one",
        ),
        Mutant(
            "the last in the list is never promoted",
            "if place.number >= directory.next_place:",
            "if place.number >= directory.next_place - 1:",
            PROMOTED,
        ),
        Mutant(
            "a party larger than the event stops everybody behind it",
            "if place.seats <= directory.capacity and (",
            "if (",
            f"{LEDGER}::test_a_party_larger_than_the_event_has_become_lets_others_pass",
        ),
        Mutant(
            "who leaves is promoted",
            " and (leaver is None or place.number != leaver.number):",
            ":",
            f"{LEAVER} {SIZES}",
        ),
        Mutant(
            "people sit where they do not",
            "            part[1] -= share\n",
            "",
            f"{LEDGER}::test_several_are_promoted_as_far_as_the_seats_go",
        ),
        Mutant(
            "seats of those promoted are not taken",
            "changes[block] = change._replace(taken=change.taken + share)",
            "pass",
            HEAD,
        ),
        Mutant(
            "a place is given up twice",
            'delete_if(keys.place_key(event_id, place.number), "attribute_exists(pk)")',
            'delete_if(keys.place_key(event_id, place.number), "(attribute_exists(pk) OR attribute_not_exists(pk))")',
            f"{LEDGER}::test_a_place_without_its_person_or_a_person_without_their_place_is_not_promoted",
        ),
        Mutant(
            "who does not wait is promoted",
            "#state = :waiting AND gsi1sk = :place",
            "(#state = :waiting OR #state <> :waiting) AND gsi1sk = :place",
            f"{LEDGER}::test_a_place_without_its_person_or_a_person_without_their_place_is_not_promoted",
        ),
        Mutant(
            "who waits elsewhere is promoted",
            "#state = :waiting AND gsi1sk = :place",
            "#state = :waiting AND (gsi1sk = :place OR gsi1sk <> :place)",
            f"{LEDGER}::test_a_place_without_its_person_or_a_person_without_their_place_is_not_promoted",
        ),
        Mutant("promoting is no change of a registration", " ADD revision :one", " ADD revision_ :one", PROMOTED),
        Mutant(
            "those promoted are in no order",
            "now + timedelta(microseconds=n), self",
            "now, self",
            f"{LEDGER}::test_those_promoted_together_are_listed_in_the_order_of_their_places",
        ),
        Mutant(
            "an empty reserve is settled",
            "        if not directory.reserve:\n            return\n",
            "",
            f"{LEDGER}::test_an_empty_reserve_is_settled_by_one_read",
        ),
        Mutant(
            "a reserve goes to all before who waits",
            "        if directory.waiting:\n",
            "        if False:\n",
            SETTLED,
        ),
        Mutant(
            "a reserve that does for nobody is tried for ever",
            "            if not move.promoted:\n                return\n",
            "",
            f"{LEDGER}::test_a_reserve_that_does_for_nobody_stays",
        ),
        Mutant(
            "promotions out of the reserve are not counted",
            '            count("Promotions", len(move.promoted) if move else 0)\n',
            "",
            SETTLED,
        ),
        Mutant(
            "a repetition of the SDK settles twice",
            "        reasons = transact(actions, token=marks.token(attempt), is_idempotent=False)",
            "        reasons = transact(actions, token=marks.token(attempt))",
            f"{LEDGER}::test_settling_whose_repetition_met_somebody_is_not_done_twice",
        ),
        Mutant(
            "tries of settling share a token",
            "        reasons = transact(actions, token=marks.token(attempt),",
            "        reasons = transact(actions, token=marks.token(),",
            f"{LEDGER}::test_settling_with_others_in_the_way_is_tried_again_under_new_tokens",
        ),
        Mutant(
            "settling pauses after each step",
            "if move else 0)\n            tries.begin_anew()\n",
            "if move else 0)\n",
            SETTLED_PAUSES,
        ),
        Mutant(
            "returned seats overtake who waits",
            '"waiting = :none AND reserve >= :seats',
            '"waiting >= :none AND reserve >= :seats',
            f"{LEDGER}::test_a_reserve_is_not_returned_over_the_head_of_who_joins",
        ),
        Mutant(
            "a reserve is returned twice",
            "reserve >= :seats AND",
            "(reserve >= :seats OR reserve < :seats) AND",
            f"{LEDGER}::test_a_reserve_is_not_returned_twice_to_blocks_that_are_there",
        ),
        Mutant(
            "a reserve that has grown is not returned",
            "reserve >= :seats AND",
            "reserve = :seats AND",
            f"{LEDGER}::test_a_reserve_that_grows_is_returned_all_the_same",
        ),
        Mutant(
            "new blocks have terms of before",
            '"waiting = :none AND reserve >= :seats AND terms = :terms"',
            '"waiting = :none AND reserve >= :seats AND (terms = :terms OR terms <> :terms)"',
            SETTLED_RACES,
        ),
        Mutant("new blocks are not counted", "new=len(new),", "new=0,", GROWN),
        Mutant(
            "what does not fit one transaction gets lost",
            "returned=-sum(plan.values()),",
            "returned=-directory.reserve,",
            f"{LEDGER}::test_more_blocks_than_fit_one_transaction_are_added_in_several",
        ),
        Mutant(
            "blocks that seats return to are not listed",
            "blocks=frozenset(plan),",
            "blocks=frozenset([999]),",
            f"{LEDGER}::test_blocks_that_seats_return_to_are_listed_anew",
        ),
        Mutant(
            "seats return to a block that may be taken off",
            "            blocks=frozenset(plan),\n            one=1,",
            "            blocks=frozenset(plan),\n            one=0,",
            f"{LEDGER}::test_blocks_that_seats_return_to_are_listed_anew",
        ),
        Mutant(
            "more blocks than fit are added at once",
            "_MOST_BLOCKS = MOST_ACTIONS - 1",
            "_MOST_BLOCKS = MOST_ACTIONS",
            f"{LEDGER}::test_more_blocks_than_fit_one_transaction_are_added_in_several",
        ),
        Mutant(
            "what is withdrawn already is withdrawn again",
            "plan_collection(seats - directory.reserve, left, most)",
            "plan_collection(seats, left, most)",
            f"{LEDGER}::test_what_the_reserve_holds_already_is_not_withdrawn_again",
        ),
        Mutant(
            "blocks are read for nothing",
            " if directory.reserve < seats else {}",
            "",
            f"{LEDGER}::test_what_the_reserve_holds_already_is_not_withdrawn_again",
        ),
        Mutant("withdrawn seats get lost", "reserve=sum(plan.values())),", "reserve=0),", WITHDRAWN),
        Mutant("withdrawn seats are doubled", "BlockChange(seats_left=-number)", "BlockChange()", WITHDRAWN),
        Mutant(
            "a broken condition is tried for ever",
            "        elif reasons[0].is_refusal:\n            return\n",
            "",
            f"{LEDGER}::test_nothing_is_withdrawn_where_the_condition_does_not_hold",
        ),
        Mutant(
            "every block is asked each time",
            "most = max(1, most // 2)",
            "pass",
            FEWER_AT_ONCE,
        ),
        Mutant(
            "in the end no block is asked",
            "most = max(1, most // 2)",
            "most = most // 2",
            f"{LEDGER}::test_withdrawing_without_end_is_worth_another_call",
        ),
        Mutant(
            "withdrawing pauses after each step",
            "        if not reasons:\n            tries.begin_anew()\n        elif",
            "        if not reasons:\n            pass\n        elif",
            FEWER_AT_ONCE,
        ),
        Mutant(
            "a repetition of the SDK withdraws twice",
            "            token=marks.token(attempt),\n            is_idempotent=False,\n",
            "            token=marks.token(attempt),\n",
            f"{LEDGER}::test_withdrawing_whose_repetition_met_somebody_is_not_done_twice",
        ),
        Mutant(
            "tries of withdrawing share a token",
            "            token=marks.token(attempt),\n            is_idempotent=False,\n",
            "            token=marks.token(),\n            is_idempotent=False,\n",
            FEWER_AT_ONCE,
        ),
    ],
    "shared/event_management/store/secrets.py": [
        Mutant(
            "a clock that is set back keeps secrets alive",
            "0 <= time.time()",
            "time.time()",
            f"{SECRETS}::test_secrets_are_read_anew_when_the_clock_was_set_back",
        ),
        Mutant(
            "ids are derived under a known key",
            "secrets_item(random_bytes(32), ",
            "secrets_item(bytes(32), ",
            f"{SECRETS}::test_secrets_come_from_the_random_source",
        ),
        Mutant(
            "tokens are signed with a known key",
            ", random_bytes(32))",
            ", bytes(32))",
            f"{SECRETS}::test_secrets_come_from_the_random_source",
        ),
        Mutant(
            "the random source is none",
            "random_bytes: RandomBytes = os.urandom",
            "random_bytes: RandomBytes = bytes",
            f"{SECRETS}::test_secrets_are_two_different_random_keys",
        ),
        Mutant(
            "a dropped signing key is good for ever",
            ' and 0 <= time.time() - _cache["secrets"][0] < REFRESH_SECONDS',
            "",
            f"{SECRETS}::test_new_signing_key_is_known_after_the_refresh_and_not_asked_for_before",
        ),
        Mutant(
            "a stack without events is a defect",
            " if secrets else SigningKeys({}, 0)",
            "",
            f"{SECRETS}::test_stack_without_events_has_no_secrets",
        ),
    ],
}
