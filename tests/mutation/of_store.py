"""Mutants of the store: conditions, identities, and what keeps seats safe when DynamoDB is busy."""

from tests.mutation.mutant import Mutant, Table

ATTENDEES = "unit/test_store_attendees.py"
LAST_SEAT = f"{ATTENDEES}::test_no_seat_is_left_after_the_last"
CLOSED = f"{ATTENDEES}::test_block_that_is_not_open_takes_nobody_whether_full_or_not"
PARTITIONS = f"{ATTENDEES}::test_event_with_more_partitions_than_assumed_gets_people_where_the_rule_says"
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
UPCOMING = f"{EVENTS}::test_upcoming_events_are_listed_soonest_first_in_one_query"

ANSWERS = "unit/test_store_answers.py"
CLIENT = "unit/test_store_client.py"
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

ATTRIBUTES = "unit/test_store_attributes.py"
SECRETS = "unit/test_store_secrets.py"

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
        Mutant("seats have no end", "taken < seats AND", "(taken < seats OR taken >= seats) AND", LAST_SEAT),
        Mutant("one seat too many", "taken < seats AND", "taken <= seats AND", LAST_SEAT),
        Mutant("closed events take people", "AND #state = :open", "AND (#state = :open OR #state <> :open)", CLOSED),
        Mutant(
            "people go to any partition",
            "AND attendee_partitions = :partitions",
            "AND (attendee_partitions = :partitions OR attendee_partitions <> :partitions)",
            PARTITIONS,
        ),
        Mutant("seats are never taken", '":one": 1', '":one": 0', LAST_SEAT),
        Mutant(
            "the seat block is not shown",
            '"ReturnValuesOnConditionCheckFailure": "ALL_OLD"',
            '"ReturnValuesOnConditionCheckFailure": "NONE"',
            LAST_SEAT,
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
            f"{ATTENDEES}::test_refusal_by_the_block_counts_only_without_contention",
        ),
        Mutant(
            "full is told before duplicate",
            "if person.is_refusal:",
            "if person.is_refusal and not block.is_refusal:",
            f"{ATTENDEES}::test_holder_of_a_seat_is_told_so_even_when_all_are_taken",
        ),
        Mutant("people stay in the partition assumed", "attendee_partition(attendee.id, partitions)", "0", PARTITIONS),
        Mutant(
            "people in other partitions are not listed",
            "in range(event.attendee_partitions)",
            "in range(1)",
            MERGED,
        ),
        Mutant("partitions are mixed", "key=keys.read_position)", 'key=lambda item: str(item["id"]))', MERGED),
        Mutant(
            "a duplicate is registered",
            "        raise AlreadyRegisteredError",
            "        return Registration(keys.read_attendee(person.item), replayed=False)",
            DUPLICATE,
        ),
        Mutant("a repeated call is told as new", "replayed=origin is Origin.EARLIER_CALL", "replayed=False", REPLAYED),
        Mutant(
            "our own work is told as another call's",
            "replayed=origin is Origin.EARLIER_CALL",
            "replayed=True",
            OWN_WORK,
        ),
        Mutant("an unknown event is a defect", "if block.item is None:", "if False:", UNKNOWN_EVENT),
        Mutant(
            "an event with other partitions is full",
            'if block.item["attendee_partitions"] != assumed:',
            "if False:",
            PARTITIONS,
        ),
        Mutant("closed is full", """if block.item["state"] != "open":""", "if False:", CLOSED),
        Mutant("full is tried again", "    raise SeatsFullError", "    return assumed", LAST_SEAT),
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
        Mutant("an answer that broke off found nothing", 'if "ConsumedCapacity" not in answer:', "if False:", CUT_OFF),
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
        Mutant("retries have no end", "range(1, MAX_RETRIES + 1)", "range(1, 10**6)", RETRIES),
        Mutant("one retry too few", "range(1, MAX_RETRIES + 1)", "range(1, MAX_RETRIES)", RETRIES),
        Mutant(
            "retries take for ever",
            "if clock() - begun > MAX_SECONDS:",
            "if False:",
            f"{CONTENTION}::test_no_retry_starts_after_the_time_is_up",
        ),
        Mutant("pauses have no jitter", "sleep(uniform(0, ", "sleep(max(0, ", PAUSES),
        Mutant(
            "rivals pause alike",
            "= random.uniform,",
            "= max,",
            f"{CONTENTION}::test_by_default_rivals_draw_different_pauses",
        ),
        Mutant(
            "pauses have no limit", "min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**retry)", "_FIRST_PAUSE * 2**retry", PAUSES
        ),
        Mutant("pauses do not grow", "_FIRST_PAUSE * 2**retry", "_FIRST_PAUSE * 2", PAUSES),
        Mutant("there are no pauses", "sleep(uniform(", "(uniform(", PAUSES),
        Mutant("trying ends without a word", "    raise TryAgainError", "    return", RETRIES),
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
        Mutant("a collision leads nowhere", "collisions += 1", "pass", DERIVED_ID_TAKEN),
        Mutant(
            "any text may be an event's id",
            "get_item(keys.event_key(event_id)) if is_event_id(event_id) else None",
            "get_item(keys.event_key(event_id))",
            f"{EVENTS}::test_text_that_is_no_event_id_is_not_found_without_a_call",
        ),
        Mutant(
            "an unknown event is a defect",
            "if item is None:",
            "if False:",
            f"{EVENTS}::test_unknown_event_is_not_found",
        ),
        Mutant(
            "every organiser owns every event",
            "if event.owner != owner:",
            "if False:",
            f"{EVENTS}::test_only_its_owner_finds_an_owned_event",
        ),
        Mutant(
            "past events are upcoming", "after or keys.stamp(now or datetime.now(UTC))", "after or keys.FIRST", UPCOMING
        ),
    ],
    "shared/event_management/store/repeats.py": [
        Mutant(
            "tries share a token",
            "digest(self.nonce, str(attempt))",
            "digest(self.nonce)",
            f"{NEW_TOKENS} {EVENT_NEW_TOKENS}",
        ),
        Mutant("calls share their tokens", "digest(self.nonce, str(attempt))", "digest(str(attempt))", OWN_TOKENS),
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
    "shared/event_management/store/secrets.py": [
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
            ' and _cache["secrets"][0] > time.monotonic()',
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
