"""Mutants of the store: conditions, identities, and what keeps seats safe when DynamoDB is busy."""

from tests.mutation.mutant import Mutant, Table

ATTENDEES = "unit/test_store_attendees.py"
LAST_SEAT = f"{ATTENDEES}::test_no_seat_is_left_after_the_last"
CLOSED = f"{ATTENDEES}::test_block_that_is_not_open_takes_nobody_whether_full_or_not"
REFUSED_BESIDE_CONTENTION = f"{ATTENDEES}::test_refusal_by_the_block_counts_only_without_contention"
SOLD_OUT = f"{ATTENDEES}::test_refusals_of_a_sold_out_event_on_a_warm_container_are_one_call_each"
NEXT_BLOCK = f"{ATTENDEES}::test_a_block_without_seats_leads_to_another_at_once_under_a_new_token"
DUPLICATE = f"{ATTENDEES}::test_address_that_is_registered_without_this_key_is_a_duplicate"
REPLAYED = f"{ATTENDEES}::test_same_key_and_request_is_told_of_the_same_seat"
OTHER_REQUEST = f"{ATTENDEES}::test_same_key_with_another_request_is_refused"
OWN_WORK = f"{ATTENDEES}::test_item_with_our_own_nonce_is_our_own_work"
NEW_TOKENS = f"{ATTENDEES}::test_contention_is_tried_again_with_the_same_item_and_new_tokens"
UNKNOWN_EVENT = f"{ATTENDEES}::test_unknown_event_is_not_found"
MERGED = f"{ATTENDEES}::test_list_merges_the_partitions_in_order_of_registration"

EVENTS = "unit/test_store_events.py"
EVENT_REPLAYED = f"{EVENTS}::test_same_key_and_request_is_told_of_the_same_event"
EVENT_OTHER_REQUEST = f"{EVENTS}::test_same_key_with_another_request_is_refused"
EVENT_NEW_TOKENS = f"{EVENTS}::test_contention_is_tried_again_with_the_same_items_and_new_tokens"
EVENT_OWN_WORK = f"{EVENTS}::test_event_with_our_own_nonce_is_our_own_work"
DERIVED_ID_TAKEN = f"{EVENTS}::test_derived_id_that_is_taken_gives_way_to_the_next_and_is_found_again"
FOREIGN_KEY = f"{EVENTS}::test_no_owner_is_shown_anothers_event_though_their_keys_lead_to_one_id"
OWN_TOKENS = f"{ATTENDEES}::test_every_call_has_tokens_of_its_own {EVENTS}::test_every_call_has_tokens_of_its_own"
CRASHES = "unit/test_event_crashes.py"
ENDPOINTS = "unit/test_event_endpoints.py"
LATE_RETRY = f"{CRASHES}::test_a_late_retry_of_a_deleted_events_making_leaves_nothing_behind"
GONE = f"{ENDPOINTS}::test_a_deleted_event_is_gone_with_everybody_and_everything"
DRAFT = f"{ENDPOINTS}::test_a_draft_is_its_organisers_alone"
REPEATED = f"{CRASHES}::test_a_call_that_was_broken_off_is_completed_by_its_repetition"
COMPLETED_FIRST = f"{CRASHES}::test_a_call_that_was_broken_off_is_completed_before_any_other_change"
HELD_UP = f"{CRASHES}::test_a_change_that_is_held_up_anywhere_undoes_nothing_that_came_later"
BOTH_HELD_UP = f"{CRASHES}::test_two_changes_that_are_held_up_anywhere_are_made_one_after_the_other"
HELD_UP_BEYOND = f"{CRASHES}::test_a_change_that_is_held_up_while_its_event_is_deleted_brings_nothing_back"
IN_THE_WAY = f"{CRASHES}::test_a_write_with_somebody_in_its_way_is_made_all_the_same"
UPDATE_LOST = f"{CRASHES}::test_an_update_whose_answer_is_lost_is_made_once"
OTHERS = f"{CRASHES}::test_an_event_that_is_anothers_by_now_is_left_alone"
LATE = f"{CRASHES}::test_who_comes_late_leaves_a_change_alone_that_is_under_way"
NOT_KNOWN_ANY_MORE = f"{CRASHES}::test_nobody_knows_what_became_of_a_change_when_too_much_happened_since"
ON_THEIR_WAY = f"{CRASHES}::test_seats_on_their_way_into_the_reserve_are_not_taken"
SOLD_MEANWHILE = f"{CRASHES}::test_seats_that_are_sold_while_they_are_looked_at_are_withdrawn_first"
LEFT_OF_DELETED = f"{CRASHES}::test_all_that_is_left_of_a_deleted_event_is_that_it_was_one"
HELD_AND_SOLD_MORE = f"{CRASHES}::test_a_seat_that_comes_free_while_they_are_looked_at_is_not_taken"
COMES_AGAIN = f"{ENDPOINTS}::test_a_change_that_comes_again_is_answered_again_and_made_once"
NO_CHANGE = f"{ENDPOINTS}::test_what_changes_nothing_is_no_change"
WINDOW = f"{ENDPOINTS}::test_a_window_parties_and_the_waitlist_hold_for_everybody_at_once"
OUT_OF_TIME = f"{ENDPOINTS}::test_a_deletion_that_runs_out_of_time_is_completed_by_its_repetition"
ANOTHERS = f"{ENDPOINTS}::test_another_organisers_event_is_none_of_mine"
UPCOMING = f"{EVENTS}::test_upcoming_events_are_listed_soonest_first_in_one_query"

EVENT_SEATS = f"{EVENTS}::test_event_is_made_with_all_its_seats"
LARGE_EVENT = f"{EVENTS}::test_blocks_that_do_not_fit_beside_their_event_go_ahead_of_it"
LARGE_BROKE_OFF = f"{EVENTS}::test_large_event_that_broke_off_is_made_once_when_the_call_is_repeated"
LARGE_CONTENTION = f"{EVENTS}::test_contention_in_any_transaction_of_a_large_event_is_tried_again"
OTHER_BLOCKS = f"{EVENTS}::test_other_blocks_lead_to_another_id_and_are_left_alone"

SEATS = "unit/test_store_seats.py"
TAKEN = f"{SEATS}::test_seats_are_taken_from_a_block_that_has_as_many_left"
NO_MORE_TAKEN = f"{SEATS}::test_no_more_seats_are_taken_than_are_left_and_the_block_is_shown"
CHANGED = f"{SEATS}::test_seats_are_changed_and_an_empty_block_is_listed_in_the_same_transaction"
CHANGE_REFUSED = f"{SEATS}::test_a_change_that_cannot_be_shows_why_and_changes_nothing"
ALONGSIDE = f"{SEATS}::test_what_goes_alongside_is_carried_out_with_the_change"
NOT_ALONGSIDE = f"{SEATS}::test_nothing_goes_alongside_a_refused_change"
CHANGE_CONTENTION = f"{SEATS}::test_a_change_with_somebody_in_its_way_is_tried_again_as_it_was"
EMPTY_TOO = f"{SEATS}::test_a_block_that_empties_before_it_is_reached_is_listed_too"
TAKEN_OFF = f"{SEATS}::test_what_was_found_empty_is_taken_off_in_one_update"
TAKEN_OFF_LATE = f"{SEATS}::test_seats_that_come_back_between_reading_and_taking_off_stay_listed"
EMPTY_DIRECTORY = f"{SEATS}::test_an_empty_directory_ends_the_search_and_only_the_person_is_read_while_it_is_fresh"
THOUSAND = f"{SEATS}::test_a_thread_remembers_a_thousand_events"

CLIENT = "unit/test_store_client.py"
SEVERAL = f"{CLIENT}::test_items_come_in_the_order_of_their_keys_whichever_are_there"
UNPROCESSED = f"{CLIENT}::test_items_that_dynamodb_had_no_time_for_are_read_again"
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

CONTENTION = "unit/test_store_contention.py"
PAUSES = f"{CONTENTION}::test_pauses_are_drawn_from_nothing_to_a_bound_that_doubles_up_to_a_limit"
RETRIES = f"{CONTENTION}::test_tries_end_with_an_error_after_so_many_retries"
TIME_IS_UP = f"{CONTENTION}::test_no_retry_starts_after_the_time_is_up"
TOO_LATE = f"{CONTENTION}::test_nobody_sleeps_who_would_wake_too_late"
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
TWICE = f"{IMPORT}::test_the_second_row_with_an_address_is_told_of_the_first"

MUTANTS: Table = {
    "shared/event_management/store/attendees.py": [
        Mutant(
            "any text may be an event's id",
            "read_secrets() if is_event_id(event_id) else None",
            "read_secrets()",
            f"{ATTENDEES}::test_text_that_is_no_event_id_is_not_found_without_a_call",
        ),
        Mutant(
            "a stack without events is a defect",
            "    if secrets is None:\n        raise EventNotFoundError\n",
            "",
            f"{ATTENDEES}::test_no_event_is_found_in_a_stack_that_never_had_one",
        ),
        Mutant(
            "a duplicate beside contention is no duplicate",
            "if person.is_refusal:",
            "if person.is_refusal and not block.is_contention:",
            f"{ATTENDEES}::test_refusal_by_the_person_counts_whatever_the_block_says",
        ),
        Mutant(
            "full beside contention is full",
            "if block.is_refusal and not person.is_contention:",
            "if block.is_refusal:",
            REFUSED_BESIDE_CONTENTION,
        ),
        Mutant(
            "full is told before duplicate",
            "if person.is_refusal:",
            "if person.is_refusal and not block.is_refusal:",
            f"{ATTENDEES}::test_holder_of_a_seat_is_told_so_even_when_all_are_taken",
        ),
        Mutant(
            "whoever is there is not told before a block is found",
            "                return _registration_there(there, marks)\n            if finder",
            "                pass\n            if finder",
            f"{ATTENDEES}::test_first_look_into_the_directory_finds_a_duplicate_without_a_write {SOLD_OUT}",
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
            f"{ATTENDEES}::test_a_caller_takes_seats_from_one_block_after_the_other_until_all_are_sold",
        ),
        Mutant("an empty block is tried for ever", "            finder.found_empty()\n", "", LAST_SEAT),
        Mutant("an empty block is waited for", "            tries.go_on()\n", "", NEXT_BLOCK),
        Mutant(
            "who meets another stays",
            "            finder.met_another()\n",
            "            pass\n",
            f"{ATTENDEES}::test_contention_leads_to_another_block_and_under_a_new_token",
        ),
        Mutant("closed is sought elsewhere", "            _check_is_open(block)\n", "", CLOSED),
        Mutant(
            "people are spread as elsewhere",
            "finder.attendee_partitions) |",
            "1) |",
            f"{ATTENDEES}::test_people_are_spread_over_the_partitions_of_their_event",
        ),
        Mutant(
            "an attendee is recorded in another block",
            "keys.attendee_item(attendee, finder.block, ",
            "keys.attendee_item(attendee, 0, ",
            f"{ATTENDEES}::test_contention_leads_to_another_block_and_under_a_new_token",
        ),
        Mutant(
            "people in other partitions are not listed",
            "in range(event.attendee_partitions)",
            "in range(1)",
            MERGED,
        ),
        Mutant(
            "a duplicate is registered",
            "        raise AlreadyRegisteredError",
            "        return Registration(keys.read_attendee(person or {}), replayed=False)",
            DUPLICATE,
        ),
        Mutant("a repeated call is told as new", "replayed=origin is Origin.EARLIER_CALL", "replayed=False", REPLAYED),
        Mutant(
            "our own work is told as another call's",
            "replayed=origin is Origin.EARLIER_CALL",
            "replayed=True",
            OWN_WORK,
        ),
        Mutant(
            "a block that is gone is a defect",
            "if block.item is None:",
            "if False:",
            f"{ATTENDEES}::test_event_whose_blocks_are_gone_is_not_found",
        ),
        Mutant("closed is full", """if block.item["state"] != "open":""", "if False:", CLOSED),
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
            "what is there is absent",
            '"attribute_not_exists(pk)", {}),\n    }\n    return {"ConditionCheck"',
            '"attribute_exists(pk) OR attribute_not_exists(pk)", {}),\n    }\n    return {"ConditionCheck"',
            LATE_RETRY,
        ),
        Mutant(
            "every contention is worth another call",
            "if is_repetition and not is_idempotent and any(reason.is_contention for reason in reasons):",
            "if any(reason.is_contention for reason in reasons):",
            f"{SEATS}::test_a_change_with_somebody_in_its_way_is_tried_again_as_it_was",
        ),
        Mutant(
            "registrations whose repetition met somebody are given up",
            "is_repetition and not is_idempotent and",
            "is_repetition and",
            f"{ATTENDEES}::test_registration_whose_repetition_met_somebody_is_found",
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
            "new items replace others",
            '"ConditionExpression": "attribute_not_exists(pk)"',
            '"ConditionExpression": "attribute_not_exists(nothing)"',
            REFUSED,
        ),
        Mutant(
            "items in the way are not shown",
            '"ReturnValuesOnConditionCheckFailure": "ALL_OLD"',
            '"ReturnValuesOnConditionCheckFailure": "NONE"',
            REFUSED,
        ),
        Mutant(
            "several items are read as they were",
            '"ConsistentRead": True',
            '"ConsistentRead": False',
            f"{CLIENT}::test_items_are_read_as_of_now_in_one_call",
        ),
        Mutant("what was not read is not there", 'if not answer.get("UnprocessedKeys"):', "if True:", UNPROCESSED),
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
            "updates are made whatever holds",
            "ConditionExpression=condition,",
            'ConditionExpression=f"({condition}) OR NOT ({condition})",',
            UPDATED,
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
        Mutant("partitions are read one by one", "ThreadPoolExecutor(len(calls))", "ThreadPoolExecutor(1)", AT_ONCE),
        Mutant(
            "partitions are read without a deadline",
            "pool.submit(copy_context().run, function, *call)",
            "pool.submit(function, *call)",
            AT_ONCE,
        ),
        Mutant(
            "items are read as they were",
            "ConsistentRead=True",
            "ConsistentRead=False",
            f"{EVENTS}::test_event_is_found_as_of_now_in_one_call",
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
        Mutant("a query forgets its position", '":after": after', '":after": " "', AFTER_POSITION),
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
            "        self._waits = False\n\n    def _wait",
            "        pass\n\n    def _wait",
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
    ],
    "shared/event_management/store/events.py": [
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
        Mutant("more blocks than fit go beside their event", "MOST_ACTIONS - 2", "MOST_ACTIONS - 1", LARGE_EVENT),
        Mutant("fewer blocks than fit go beside their event", "MOST_ACTIONS - 2", "MOST_ACTIONS - 3", LARGE_EVENT),
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
            "transactions of a try share a token", "marks.token(attempt, first)", "marks.token(attempt)", LARGE_EVENT
        ),
        Mutant(
            "contention ahead of an event is overlooked",
            "if contention := [reason for reason in reasons if reason.is_contention]:",
            "if contention := []:",
            LARGE_CONTENTION,
        ),
        Mutant(
            "blocks that are there already are in the way",
            "is_there = any(reason.is_refusal for reason in reasons[:1])",
            "is_there = bool(reasons)",
            LARGE_BROKE_OFF,
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
            "blocks ahead of their event are anybody's",
            "[item | marks.attributes() for item in ahead[first : first + MOST_ACTIONS - 1]]",
            "ahead[first : first + MOST_ACTIONS - 1]",
            f"{EVENTS}::test_a_key_whose_request_broke_off_is_good_for_that_request_alone",
        ),
        Mutant(
            "an event with other blocks by now is another",
            "get_item(keys.event_key(event.id)))]",
            "None)]",
            f"{EVENTS}::test_large_event_is_told_of_again_also_when_it_has_other_seats_by_now",
        ),
        Mutant("an event has no directory", "keys.directory_item(event, len(blocks)), ", "", EVENT_SEATS),
        Mutant(
            "a late retry leaves blocks of a deleted event behind",
            "puts = [check_absent(keys.event_key(event.id)), ",
            "puts = [check_absent(keys.event_key('a' * 10)), ",
            LATE_RETRY,
        ),
        Mutant(
            "an event that is there has other blocks",
            "        if is_there or not all(",
            "        if not all(",
            f"{EVENTS}::test_large_event_is_told_of_again_in_two_calls",
        ),
        Mutant(
            "a deleted event is told of",
            '                if there["status"] == keys.DELETED:\n                    raise EventDeletedError\n',
            "",
            LATE_RETRY,
        ),
        Mutant(
            "a deleted event is found",
            'item is None or seats is None or item["status"] == keys.DELETED:',
            "item is None or seats is None:",
            f"{CRASHES}::test_an_event_is_gone_for_everybody_with_the_first_write_of_its_deletion",
        ),
        Mutant(
            "an event without items is a defect",
            'if item is None or seats is None or item["status"] == keys.DELETED:',
            "if False:",
            f"{EVENTS}::test_unknown_event_is_not_found",
        ),
        Mutant(
            "any text may be an event's id to read it",
            "    if not is_event_id(event_id):\n        raise EventNotFoundError\n",
            "",
            f"{EVENTS}::test_text_that_is_no_event_id_is_not_found_without_a_call",
        ),
        Mutant("drafts are everybody's", 'item["status"] == "draft" and item["owner"] != owner:', "False:", DRAFT),
        Mutant(
            "drafts are nobody's",
            'item["status"] == "draft" and item["owner"] != owner:',
            'item["status"] == "draft":',
            DRAFT,
        ),
        Mutant(
            "a capacity that is being raised is shown as it was",
            ", max_capacity=directory.capacity)",
            ")",
            f"{CRASHES}::test_no_seat_too_many_is_sold_or_shown_while_a_change_is_broken_off",
        ),
        Mutant(
            "a deleted event is its owner's",
            'if item is None or item["status"] == keys.DELETED or item["owner"] != owner:',
            'if item is None or item["owner"] != owner:',
            GONE,
        ),
        Mutant("a collision leads nowhere", "collisions += 1", "pass", DERIVED_ID_TAKEN),
        Mutant(
            "any text may be an event's id",
            "get_item(keys.event_key(event_id)) if is_event_id(event_id) else None",
            "get_item(keys.event_key(event_id))",
            f"{ENDPOINTS}::test_what_is_no_event_id_costs_no_call",
        ),
        Mutant(
            "an unknown event is a defect",
            'item is None or item["status"] == keys.DELETED or item["owner"] != owner:',
            'item["status"] == keys.DELETED or item["owner"] != owner:',
            f"{ENDPOINTS}::test_an_unknown_event_cannot_be_deleted_or_cancelled",
        ),
        Mutant(
            "every organiser owns every event",
            ' or item["owner"] != owner:\n        raise EventNotFoundError\n    return keys.read_event(item)',
            ":\n        raise EventNotFoundError\n    return keys.read_event(item)",
            f"{EVENTS}::test_only_its_owner_finds_an_owned_event",
        ),
        Mutant(
            "past events are upcoming", "after or keys.stamp(now or datetime.now(UTC))", "after or keys.FIRST", UPCOMING
        ),
    ],
    "shared/event_management/store/changes.py": [
        Mutant("a change of another version is written over", "revision = :revision AND ", "", HELD_UP),
        Mutant("another's event is changed by who owned it", "#owner = :owner AND ", "", OTHERS),
        Mutant("a change is begun before another ends", " AND attribute_not_exists(pending)", "", BOTH_HELD_UP),
        Mutant(
            "a repetition is another change",
            "return digest(self.content, str(version))",
            "return digest(str(version), str(datetime.now(UTC)))",
            COMES_AGAIN,
        ),
        Mutant(
            "another change of the same version is a repetition",
            "digest(self.content, str(version))",
            "digest(str(version))",
            COMES_AGAIN,
        ),
        Mutant(
            "a change of the next version is a repetition",
            "digest(self.content, str(version))",
            "digest(self.content)",
            f"{ENDPOINTS}::test_a_change_of_a_version_that_never_was_is_no_repetition",
        ),
        Mutant(
            "the second of two editors wins",
            "if request.versions is not None and event.revision not in request.versions:",
            "if False:",
            f"{ENDPOINTS}::test_of_two_editors_the_second_is_told_that_the_event_has_changed",
        ),
        Mutant("a change of nothing is one", "if apply(event) == event:", "if False:", NO_CHANGE),
        Mutant("a change makes no new version", "revision=event.revision + 1", "revision=event.revision", COMES_AGAIN),
        Mutant(
            "nobody knows when an event was changed",
            ", updated_at=datetime.now(UTC))",
            ")",
            f"{ENDPOINTS}::test_when_an_event_was_changed_last_is_kept",
        ),
        Mutant(
            "a changed event is no longer its key's",
            " | keys.marks_of(item) | ",
            " | ",
            f"{ENDPOINTS}::test_a_key_makes_one_event_whatever_becomes_of_it",
        ),
        Mutant(
            "an event is cancelled twice",
            'if event.status == "cancelled":',
            "if False:",
            f"{ENDPOINTS}::test_cancelling_once_more_changes_nothing",
        ),
        Mutant(
            "a deletion that is done is done again",
            'return item if "remains" in item else None',
            "return item",
            f"{ENDPOINTS}::test_deleting_once_more_is_one_read",
        ),
        Mutant(
            "any text may be an event's id",
            " if is_event_id(event_id) else None",
            "",
            f"{ENDPOINTS}::test_what_is_no_event_id_costs_no_call",
        ),
        Mutant(
            "an unknown event is a defect to its organiser",
            "if item is None or item[",
            "if item[",
            f"{ENDPOINTS}::test_an_unknown_event_cannot_be_deleted_or_cancelled",
        ),
        Mutant("organisers change each other's events", ' or item["owner"] != owner or (', " or (", ANOTHERS),
        Mutant("what is deleted can be changed", ' or (item["status"] == keys.DELETED and not deleted):', ":", GONE),
        Mutant(
            "what pends is left to itself",
            "        _settle(item)\n    raise",
            "        return item\n    raise",
            COMPLETED_FIRST,
        ),
        Mutant("what was called off is forgotten by the next change", '("called_off",)', "()", HELD_UP),
        Mutant("seats do not follow a change", "if not _concerns_seats(item, new):", "if True:", WINDOW),
        Mutant(
            "an event is there until its seats are closed",
            'if new["status"] == keys.DELETED:\n        begin',
            "if False:\n        begin",
            f"{CRASHES}::test_an_event_is_gone_for_everybody_with_the_first_write_of_its_deletion",
        ),
        Mutant(
            "an intent that is refused is followed",
            "    if transact([begin], token=token):\n        return False\n",
            "    transact([begin], token=token)\n",
            HELD_UP,
        ),
        Mutant(
            "too small a capacity is made of nothing",
            "    if taken:\n        raise CapacityTooSmallError(taken)\n",
            "",
            f"{ENDPOINTS}::test_a_capacity_below_the_seats_taken_is_refused_with_their_number",
        ),
        Mutant("whoever is passed by begins anew", "return _was_made(item, new, number)", "return False", HELD_UP),
        Mutant("whoever is passed by has had their way", "return _was_made(item, new, number)", "return True", HELD_UP),
        Mutant(
            "nobody is told that nobody knows",
            '    if called_off > number and now.get("change") != new["change"]:\n        raise TryAgainError\n',
            "",
            NOT_KNOWN_ANY_MORE,
        ),
        Mutant("nobody knows what is known", ' and now.get("change") != new["change"]:', ":", HELD_UP),
        Mutant("what was called off was made", "return called_off != number", "return True", HELD_UP),
        Mutant(
            "a waitlist is switched in name only",
            '("max_capacity", "waitlist", "waitlist_policy")',
            '("max_capacity", "waitlist_policy")',
            WINDOW,
        ),
        Mutant(
            "a policy is changed in name only",
            '("max_capacity", "waitlist", "waitlist_policy")',
            '("max_capacity", "waitlist")',
            f"{ENDPOINTS}::test_a_fairer_rule_lets_those_who_fit_pass_at_once",
        ),
        Mutant(
            "a window is changed in name only",
            "return _terms(item)._replace(revision=0) != _terms(new)._replace(revision=0)",
            "return False",
            WINDOW,
        ),
        Mutant(
            "seats follow changes that do not concern them",
            "return _terms(item)._replace(revision=0) != _terms(new)._replace(revision=0)",
            "return True",
            f"{ENDPOINTS}::test_a_change_that_does_not_concern_seats_is_one_write",
        ),
        Mutant("a directory is made of nothing", '"attribute_exists(pk) AND (', '"(', HELD_UP_BEYOND),
        Mutant("who comes late goes back to an earlier change", " OR fence < :number)", " OR fence > :none)", HELD_UP),
        Mutant(
            "fewer seats are taken off unasked",
            "if taken is not None:\n            _call_off",
            "if False:\n            _call_off",
            f"{ENDPOINTS}::test_a_capacity_below_the_seats_taken_is_refused_with_their_number",
        ),
        Mutant(
            "a change that was called off pends for ever",
            "            _call_off(event_id, number)\n            return taken",
            "            return taken",
            f"{ENDPOINTS}::test_a_refused_change_changes_nothing",
        ),
        Mutant("terms stay as they were", "    _set_terms(event_id, number, _terms(item), new)\n", "", WINDOW),
        Mutant(
            "seats are added by everybody who helps",
            '"#capacity = :before AND fence = :number",',
            '"fence = :number OR #capacity = :before",',
            REPEATED,
        ),
        Mutant(
            "seats are added by who comes late",
            '"#capacity = :before AND fence = :number",',
            '"#capacity = :before AND fence >= :number",',
            HELD_UP,
        ),
        Mutant(
            "seats that are added stay in the reserve",
            "    settle_reserve(event_id)\n    marks",
            "    marks",
            f"{ENDPOINTS}::test_every_seat_of_a_raised_capacity_can_be_taken_and_no_other",
        ),
        Mutant(
            "what is done is done again by who comes late",
            'put_if(new, "changes = :number"',
            'put_if(new, "changes >= :number"',
            LATE,
        ),
        Mutant(
            "a change with somebody in its way is made",
            "if not reasons or reasons[0].is_refusal:",
            "if True:",
            IN_THE_WAY,
        ),
        Mutant(
            "who comes late goes on lowering",
            "        if directory.fence != number:\n            return 0\n",
            "",
            HELD_UP,
        ),
        Mutant(
            "seats that are taken off are taken off again",
            "        if directory.capacity != before:\n            return None\n",
            "",
            REPEATED,
        ),
        Mutant(
            "seats are taken off by who comes late",
            'ours, less = "fence = :number AND #capacity = :before"',
            'ours, less = "fence >= :number AND #capacity = :before"',
            f"{CRASHES}::test_seats_are_taken_off_under_a_changes_own_number_alone",
        ),
        Mutant(
            "seats are taken off by everybody who helps",
            'ours, less = "fence = :number AND #capacity = :before"',
            'ours, less = "fence = :number AND #capacity <= :before"',
            f"{CRASHES}::test_seats_that_were_put_by_are_taken_off_once",
        ),
        Mutant(
            "seats are taken off that went home again",
            'f"{ours} AND reserve >= :less"',
            'f"{ours} AND :less > :zero"',
            BOTH_HELD_UP,
        ),
        Mutant(
            "seats in the reserve are taken",
            "free = directory.reserve + sum(left.values())",
            "free = sum(left.values())",
            f"{ENDPOINTS}::test_seats_put_by_for_who_waits_are_not_counted_as_taken",
        ),
        Mutant(
            "seats are put by to refuse a capacity",
            "if free < less:",
            "if False:",
            f"{CRASHES}::test_buyers_notice_nothing_of_a_capacity_that_is_refused",
        ),
        Mutant("one look is proof", "if not left or seen == sight:", "if True:", SOLD_MEANWHILE),
        Mutant(
            "seats on their way into the reserve are taken",
            " AND reserve = :reserve AND relistings",
            " AND :reserve = :reserve AND relistings",
            ON_THEIR_WAY,
        ),
        Mutant(
            "seats that come free are taken",
            "AND relistings = :relistings",
            "AND :relistings = :relistings",
            HELD_AND_SOLD_MORE,
        ),
        Mutant(
            "a change that is called off goes on",
            "next=number + 1, **now",
            "next=number, **now",
            f"{CRASHES}::test_a_helper_does_not_make_what_was_called_off",
        ),
        Mutant(
            "seats that were withdrawn do not come home",
            "    settle_reserve(event_id)\n    _update(\n",
            "    _update(\n",
            SOLD_MEANWHILE,
        ),
        Mutant(
            "another change is called off",
            '        "changes = :number",\n',
            '        "changes >= :number",\n',
            HELD_UP,
        ),
        Mutant(
            "a directory's terms go back",
            '"terms < :terms AND fence = :number"',
            '"terms <> :terms OR fence < :number"',
            HELD_UP,
        ),
        Mutant(
            "blocks have the terms that were",
            "    side_by_side(_set_block_terms",
            "    (lambda *_: None)(_set_block_terms",
            WINDOW,
        ),
        Mutant(
            "blocks stay open when a deletion is repeated",
            'if terms.status != "deleted" and terms',
            "if terms",
            f"{CRASHES}::test_a_deletion_that_was_broken_off_closes_every_block_when_it_is_repeated",
        ),
        Mutant(
            "blocks are told of what does not concern them",
            'if terms.status != "deleted" and terms == before._replace(revision=terms.revision):',
            "if False:",
            f"{ENDPOINTS}::test_blocks_are_told_of_their_own_terms_alone",
        ),
        Mutant(
            "a deletion that another completes is not found",
            "    try:\n        return _complete(item)\n    except EventNotFoundError:\n        return 0",
            "    return _complete(item)\n    return 0",
            f"{CRASHES}::test_two_who_delete_an_event_at_once_delete_it",
        ),
        Mutant("a block's terms go back", '        "terms < :terms",\n', '        "terms <> :terms",\n', HELD_UP),
        Mutant(
            "a block is made of its terms",
            '        "terms < :terms",\n',
            '        "attribute_not_exists(terms) OR terms < :terms",\n',
            HELD_UP_BEYOND,
        ),
        Mutant("a window that is taken away stays", "REMOVE {', '.join(missing)}", "SET", WINDOW),
        Mutant(
            "buyers stop an organiser",
            "            return update_item_if(key, update, condition, **values)\n        except TryAgainError:\n            if seconds_left() < LONGEST_CALL:\n                raise\n",
            "            return update_item_if(key, update, condition, **values)\n        finally:\n            pass\n",
            IN_THE_WAY,
        ),
        Mutant(
            "updates are tried without the time for them",
            "            if seconds_left() < LONGEST_CALL:\n                raise\n",
            "            pass\n",
            f"{ENDPOINTS}::test_a_change_that_runs_out_of_time_is_told_at_once",
        ),
    ],
    "shared/event_management/store/removal.py": [
        Mutant(
            "what runs out of time is busy",
            "        if seconds_left() < LONGEST_CALL:\n            return False\n        raise\n",
            "        raise\n",
            OUT_OF_TIME,
        ),
        Mutant(
            "what is busy runs out of time",
            "        if seconds_left() < LONGEST_CALL:\n            return False\n        raise\n",
            "        return False\n",
            f"{ENDPOINTS}::test_a_deletion_with_somebody_in_its_way_is_worth_another_call",
        ),
        Mutant(
            "the directory is forgotten before its blocks",
            "        for first in range(0, len(blocks), MOST_ACTIONS):\n            _carry_out([delete(key) for key in blocks[first : first + MOST_ACTIONS]])\n",
            "",
            LEFT_OF_DELETED,
        ),
        Mutant(
            "doors stay",
            "(*check_ins, keys.directory_key(event_id))",
            "(keys.directory_key(event_id),)",
            LEFT_OF_DELETED,
        ),
        Mutant(
            "a deletion never ends",
            '    _carry_out([update_if(keys.event_key(event_id), "REMOVE remains", "#status = :deleted", deleted=keys.DELETED)])\n',
            "",
            LEFT_OF_DELETED,
        ),
        Mutant(
            "an event that is there loses what remains",
            '"#status = :deleted"',
            '"#status <> :deleted"',
            LEFT_OF_DELETED,
        ),
        Mutant(
            "what somebody is in the way of is gone",
            "        if not transact(actions, token=marks.token(attempt)):\n            return\n",
            "        transact(actions, token=marks.token(attempt))\n        return\n",
            IN_THE_WAY,
        ),
        Mutant(
            "seats that are taken are nobody's",
            'if not any(item["taken"] for item in get_items(*blocks) if item):',
            "if True:",
            f"{CRASHES}::test_people_whom_the_index_does_not_show_yet_are_removed_too",
        ),
        Mutant("waiting people are forgotten", "        if waiting:\n", "        if False:\n", LEFT_OF_DELETED),
        Mutant(
            "people who left wait for seats",
            '"waiting >= :leaving", {"leaving": seats}, waiting=-seats',
            '"waiting >= :leaving", {"leaving": seats}',
            REPEATED,
        ),
        Mutant(
            "more leave than wait",
            '"waiting >= :leaving", {"leaving": seats}, waiting=-seats',
            '"waiting <> :leaving", {"leaving": seats}, waiting=-seats',
            REPEATED,
        ),
        Mutant(
            "somebody who sits is removed as waiting",
            '"#state = :waiting", waiting="waiting"',
            '"#state <> :waiting", waiting="waiting"',
            LEFT_OF_DELETED,
        ),
        Mutant(
            "people go and free their seats twice",
            "delete_if(key, _HELD, ",
            'delete_if(key, f"attribute_not_exists(pk) OR {_HELD}", ',
            f"{CRASHES}::test_two_who_delete_an_event_at_once_delete_it",
        ),
        Mutant(
            "a person's seats are freed under another serial",
            '_HELD = "#state = :state AND serial = :serial"',
            '_HELD = "#state = :state AND serial <> :serial"',
            LEFT_OF_DELETED,
        ),
        Mutant(
            "people go without their seats",
            "*(update_block(event_id, block, BlockChange(taken=-seats)) for block, seats in freed.items())",
            "",
            REPEATED,
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
            f"{ATTENDEES}::test_every_call_has_a_nonce_of_its_own",
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
            f"{ATTENDEES}::test_keys_are_not_stored_as_sent {EVENTS}::test_keys_are_not_stored_as_sent",
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
        Mutant("a proof that all is sold is not used", "if finder.is_sold_out:", "if False:", EMPTY_DIRECTORY),
        Mutant(
            "an unknown event is a defect",
            "if found is None:",
            "if False:",
            f"{SEATS}::test_an_event_without_a_directory_is_unknown {UNKNOWN_EVENT}",
        ),
        Mutant(
            "what was taken off is sought",
            "open_blocks=directory.open_blocks - drained",
            "open_blocks=directory.open_blocks",
            TAKEN_OFF,
        ),
        Mutant("empty blocks stay listed", "if drained:", "if False:", TAKEN_OFF),
        Mutant("nothing is taken off all the time", "if drained:", "if True:", TAKEN_OFF),
        Mutant(
            "more seats than asked for are left",
            "seats_left=-seats, taken=seats), must",
            "seats_left=-1, taken=seats), must",
            TAKEN,
        ),
        Mutant(
            "seats taken are not counted", "seats_left=-seats, taken=seats), must", "seats_left=-seats), must", TAKEN
        ),
        Mutant(
            "closed blocks are open",
            ", must_be_open=True)",
            ")",
            f"{SEATS}::test_no_seat_is_taken_from_a_block_that_is_not_open",
        ),
        Mutant(
            "seats given back stay taken",
            "Change(block, seats_left=seats, taken=-seats)",
            "Change(block, seats_left=seats)",
            CHANGED,
        ),
        Mutant("seats moved are doubled", "Change(source, seats_left=-seats), ", "", CHANGED),
        Mutant("seats moved get lost", ", Change(target, seats_left=seats)]", "]", CHANGED),
        Mutant(
            "contention is a refusal",
            "if any(reason.is_contention for reason in reasons):",
            "if False:",
            CHANGE_CONTENTION,
        ),
        Mutant(
            "an empty block has none", "if each.seats_left > 0 and reason.item", "if False and reason.item", CHANGED
        ),
        Mutant(
            "a block that seats leave is listed",
            "if each.seats_left > 0 and reason.item",
            "if reason.item",
            CHANGE_REFUSED,
        ),
        Mutant("every block in the way is listed", ' and reason.item["seats_left"] == 0', "", CHANGE_REFUSED),
        Mutant("only the latest empty block is listed", "relisted |= empty", "relisted = empty", EMPTY_TOO),
        Mutant(
            "listing a block takes a pause",
            "        tries.go_on()\n",
            "",
            f"{SEATS}::test_a_relisting_with_somebody_in_its_way_is_tried_again_as_it_was",
        ),
        Mutant(
            "a directory shows in the reasons",
            "return reasons[: len(changes) + len(alongside)]",
            "return reasons",
            CHANGE_REFUSED,
        ),
        Mutant(
            "what is alongside is not told",
            "return reasons[: len(changes) + len(alongside)]",
            "return reasons[: len(changes)]",
            NOT_ALONGSIDE,
        ),
        Mutant("what is alongside is left out", "*updates, *alongside, *directory", "*updates, *directory", ALONGSIDE),
        Mutant("a block is filled and not listed", "*updates, *alongside, *directory", "*updates, *alongside", CHANGED),
        Mutant(
            "more seats leave than are left",
            '"seats_left >= :leaving"',
            '"(seats_left >= :leaving OR seats_left < :leaving)"',
            f"{CHANGE_REFUSED} {NO_MORE_TAKEN}",
        ),
        Mutant("the last seat stays", '"seats_left >= :leaving"', '"seats_left > :leaving"', TAKEN),
        Mutant("an empty block is filled unseen", '"seats_left > :none"', '"seats_left >= :none"', CHANGED),
        Mutant(
            "blocks are made out of nothing",
            '"attribute_exists(pk)")',
            '"(attribute_exists(pk) OR attribute_not_exists(pk))")',
            f"{SEATS}::test_a_block_that_goes_before_it_is_listed_stays_gone",
        ),
        Mutant(
            "more is given back than taken",
            '"taken >= :freed"',
            '"(taken >= :freed OR taken < :freed)"',
            CHANGE_REFUSED,
        ),
        Mutant("closed events take people", '"#state = :open"', '"(#state = :open OR #state <> :open)"', CLOSED),
        Mutant("conditions are choices", '" AND ".join', '" OR ".join', NO_MORE_TAKEN),
        Mutant(
            "the seat block is not shown",
            '"ReturnValuesOnConditionCheckFailure": "ALL_OLD"',
            '"ReturnValuesOnConditionCheckFailure": "NONE"',
            LAST_SEAT,
        ),
        Mutant(
            "an event gets a directory out of nothing",
            '"ConditionExpression": "attribute_exists(pk)"',
            '"ConditionExpression": "attribute_not_exists(nothing)"',
            f"{SEATS}::test_an_event_without_a_directory_gets_none",
        ),
        Mutant("a block that was listed anew may be taken off", '":one": 1', '":one": 0', CHANGED),
        Mutant(
            "a block is taken off whatever came back",
            '"relistings = :relistings"',
            '"(relistings = :relistings OR relistings <> :relistings)"',
            TAKEN_OFF_LATE,
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
            "a repetition of the SDK changes seats twice",
            ", is_idempotent=False",
            "",
            f"{SEATS}::test_a_change_whose_repetition_met_somebody_is_not_made_twice",
        ),
        Mutant(
            "a taken seat that goes asks for seats left",
            "elif change.seats_left > 0 and change.block not in relisted:",
            "elif change.block not in relisted:",
            f"{SEATS}::test_a_taken_seat_goes_from_an_empty_block_without_coming_back",
        ),
    ],
    "shared/event_management/store/imports.py": [
        Mutant(
            "rows that cannot be read are registered",
            "    if row.faults:\n        raise InvalidPayloadError(row.faults)\n",
            "",
            f"{IMPORT}::test_rows_of_people_who_are_not_registered_are_refused {FAULTY_ROWS}",
        ),
        Mutant("two rows are one person's", "if first != row.line:", "if False:", TWICE),
        Mutant(
            "addresses are told apart by their spelling",
            "lines.setdefault(new.email.normalised, row.line)",
            "lines.setdefault(new.email.entered, row.line)",
            TWICE,
        ),
        Mutant("drafts are imported into", 'elif event.status == "draft":', "elif False:", TAKES_NOBODY),
        Mutant(
            "rows are begun without the time for them",
            "if seconds_left() < TIME_FOR_A_ROW:",
            "if False:",
            f"{IMPORT}::test_rows_for_which_there_is_no_time_are_told_so_and_not_begun",
        ),
        Mutant(
            "who stood already is registered now",
            "person.idempotency).replayed:",
            "person.idempotency).replayed and False:",
            SENT_AGAIN,
        ),
        Mutant(
            "an import forgets what it did",
            "person.new, country, person.idempotency)",
            "person.new, country)",
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
            "register(event_id, person.new, country,",
            "register(event_id, person.new, None,",
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
