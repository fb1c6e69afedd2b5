"""Mutants of what people do with registrations, places on waitlists and tickets."""

from tests.mutation.mutant import Mutant, Table

PEOPLE = "unit/test_store_people.py"
WAITLIST = "unit/test_store_waitlist.py"
CHECK_INS = "unit/test_store_check_ins.py"
ACCESS = "unit/test_access.py"
ENDPOINTS = "unit/test_people_endpoints.py"
AT_ONCE = "crash/test_people_at_once.py"
JOINING = "unit/test_waitlist_endpoints.py"
DOOR = "unit/test_check_in_endpoints.py"

NO_ID = f"{PEOPLE}::test_what_can_be_no_id_is_not_looked_up"
NO_PROOF = f"{PEOPLE}::test_who_proves_nothing_is_told_nothing"
NOT_THERE = f"{ENDPOINTS}::test_a_registration_that_is_not_there_is_not_found"
FORMER = f"{PEOPLE}::test_former_registrations_are_neither_renamed_nor_given_codes_nor_handed_over"
NEW_TOKENS = f"{PEOPLE}::test_contention_is_tried_again_under_a_new_token_each_time"
NOT_GIVERS = f"{PEOPLE}::test_nothing_is_handed_over_at_a_cancelled_event_or_by_who_waits_or_has_come"
KNOWN_HAND_OVER = f"{PEOPLE}::test_a_hand_over_is_known_by_its_key_heir_and_request"
CAME_BACK = f"{PEOPLE}::test_a_late_retry_does_not_hand_over_again_what_came_back"
HEIR_GOES = f"{PEOPLE}::test_what_is_left_of_a_former_heir_may_go_meanwhile"
HAS_SEATS = f"{PEOPLE}::test_the_heir_has_the_seats_and_who_gave_them_is_remembered"
OWN_WORK = f"{AT_ONCE}::test_a_call_whose_first_attempt_was_carried_out_is_not_carried_out_twice"
CHANGE = f"{PEOPLE}::test_a_change_to_anothers_address_keeps_the_name_unless_another_is_sent"
RENAMED = f"{PEOPLE}::test_a_name_and_the_spelling_of_an_address_are_changed_each_by_itself"
NEW_SERIAL = f"{PEOPLE}::test_new_codes_change_the_serial_alone"
TWO_DOORS = f"{CHECK_INS}::test_two_doors_let_one_in"
KNOWN_CHECK_IN = f"{CHECK_INS}::test_a_call_is_known_by_its_key_and_request"
LAST_SERIAL = f"{CHECK_INS}::test_only_the_last_serial_lets_in"
MARKED = f"{CHECK_INS}::test_a_check_in_is_marked_and_counted_in_one_transaction"
SENT_OUT = f"{CHECK_INS}::test_a_late_retry_does_not_let_in_who_was_sent_out"
UNDONE = f"{CHECK_INS}::test_undoing_takes_the_mark_and_the_count_back"
UNDONE_TWICE = f"{CHECK_INS}::test_two_who_undo_the_same_undo_it_once"
WAITING = f"{CHECK_INS}::test_who_waits_is_not_let_in"
JOINED = f"{WAITLIST}::test_who_joins_has_an_item_a_place_and_is_counted"
PUT_BY = f"{WAITLIST}::test_who_joins_while_seats_are_put_by_gets_them_where_smaller_parties_may_pass"
KILLED = f"{WAITLIST}::test_who_joined_and_was_killed_gets_what_was_put_by_when_they_join_again"
JUST_THEN = f"{WAITLIST}::test_nobody_joins_when_that_ends_just_then"
CODES = f"{ACCESS}::test_a_code_that_is_not_this_events_is_refused_whoever_sends_it"

ROLES = "unit/test_roles.py"
MUTANTS: Table = {
    "shared/event_management/store/attendees.py": [
        Mutant("any text may be an event's id", "if not is_event_id(event_id):", "if False:", NO_ID),
        Mutant("any text may be an attendee's id", "if not is_attendee_id(attendee_id):", "if False:", NO_ID),
        Mutant(
            "people of deleted events are found",
            ' or event["status"] == keys.DELETED',
            "",
            f"{ENDPOINTS}::test_nothing_is_found_of_a_deleted_event",
        ),
        Mutant(
            "every organiser finds everybody",
            "find_authority(event, access.caller, least) if",
            "Authority(event_id, access.caller, 'owner', least) if",
            f"{PEOPLE}::test_the_organiser_of_another_event_finds_nobody",
        ),
        Mutant("any code will do", 'person["serial"] != access.serial', "False", NO_PROOF),
        Mutant(
            "who has no code is told who is there",
            "if authority is None and (person is None or ",
            "if authority is None and person is not None and (",
            NO_PROOF,
        ),
        Mutant(
            "nobody is somebody",
            "    if person is None:\n        raise AttendeeNotFoundError\n",
            "    assert person\n",
            NOT_THERE,
        ),
        Mutant(
            "former registrations are shown",
            "    person = find(event_id, attendee_id, access)\n    if person.is_former:",
            "    person = find(event_id, attendee_id, access)\n    if False:",
            FORMER,
        ),
        Mutant(
            "former registrations are renamed",
            "        if person.is_former:\n            raise RegistrationGoneError\n        attendee = keys.read",
            "        attendee = keys.read",
            FORMER,
        ),
        Mutant(
            "former registrations are given codes",
            "        if person.is_former:\n            raise RegistrationGoneError\n        attendee = replace(keys",
            "        attendee = replace(keys",
            FORMER,
        ),
        Mutant("names stay", "name=name or attendee.name,", "name=attendee.name,", RENAMED),
        Mutant("addresses stay", "email=email.entered if email else attendee.email", "email=attendee.email", RENAMED),
        Mutant(
            "who has got a seat since is renamed as waiting",
            '"SET #name = :name, email = :email ADD revision :one",\n            "#state = :state AND serial = :serial",',
            '"SET #name = :name, email = :email ADD revision :one",\n            "#state <> :state AND serial = :serial",',
            RENAMED,
        ),
        Mutant(
            "whoever is there by now is renamed",
            '"SET #name = :name, email = :email ADD revision :one",\n            "#state = :state AND serial = :serial",',
            '"SET #name = :name, email = :email ADD revision :one",\n'
            '            "#state = :state AND serial <> :nobody",\n            nobody="",',
            f"{PEOPLE}::test_a_registration_made_anew_meanwhile_is_not_renamed_by_who_had_the_one_before",
        ),
        Mutant(
            "codes are renewed of whoever is there by now",
            '"SET serial = :new ADD revision :one",\n            "#state = :state AND serial = :serial",',
            '"SET serial = :new ADD revision :one",\n            "#state = :state OR serial = :serial",',
            f"{PEOPLE}::test_who_cancels_while_their_codes_are_renewed_gets_none",
        ),
        Mutant("codes stay as they are", "serial=new_serial())", 'serial=person.item["serial"])', NEW_SERIAL),
        Mutant(
            "who handed over cancels for somebody else",
            'if "successor" in person.item:',
            "if False:",
            f"{PEOPLE}::test_what_was_handed_over_is_not_cancelled_by_who_did",
        ),
        Mutant(
            "cancelling again is cancelling",
            "                raise RegistrationGoneError\n            return\n",
            "                raise RegistrationGoneError\n            raise RegistrationGoneError\n",
            f"{ENDPOINTS}::test_cancelling_frees_the_seats_and_again_answers_200",
        ),
        Mutant(
            "leaving the waitlist gives a seat up",
            'if only_waiting and person.item["state"] != "waiting":',
            "if False:",
            f"{PEOPLE}::test_only_a_place_is_given_up_where_only_that_is_meant",
        ),
        Mutant(
            "who has come may cancel",
            '            if "checked_in_at" in person.item:\n                raise CheckedInError\n            parts',
            "            parts",
            f"{DOOR}::test_who_has_come_can_neither_cancel_nor_hand_over_until_that_is_undone",
        ),
        Mutant(
            "who comes while they cancel is gone",
            "former = keys.former_attendee_item(person.item, datetime.now(UTC))\n"
            '        condition = "#state = :state AND serial = :serial AND attribute_not_exists(checked_in_at)"',
            "former = keys.former_attendee_item(person.item, datetime.now(UTC))\n"
            '        condition = "#state = :state AND serial = :serial"',
            f"{PEOPLE}::test_who_is_checked_in_while_they_cancel_stays",
        ),
        Mutant(
            "codes renewed meanwhile do not stop who cancels",
            "former = keys.former_attendee_item(person.item, datetime.now(UTC))\n"
            '        condition = "#state = :state AND serial = :serial AND attribute_not_exists(checked_in_at)"',
            "former = keys.former_attendee_item(person.item, datetime.now(UTC))\n"
            '        condition = "#state = :state AND serial <> :state AND :serial <> :state"',
            f"{PEOPLE}::test_codes_renewed_while_their_holder_cancels_leave_the_registration_alone",
        ),
        Mutant(
            "a place that is gone is given up",
            'leave = delete_if(keys.place_key(event_id, place.number), "attribute_exists(pk)")',
            'leave = delete_if(keys.place_key(event_id, place.number), "attribute_not_exists(pk)")',
            f"{JOINING}::test_leaving_twice_answers_200_and_counts_once",
        ),
        Mutant(
            "cancellations are not counted",
            '            count("Cancellations")\n',
            "",
            f"{PEOPLE}::test_cancelling_is_counted_once",
        ),
        Mutant(
            "every new address is another person's",
            "if heir.id != attendee_id:",
            "if True:",
            f"{ENDPOINTS}::test_ones_own_address_written_otherwise_is_a_change_of_its_spelling",
        ),
        Mutant("heirs have no name", 'name=heir.name or person.item["name"], ', "", CHANGE),
        Mutant(
            "a key is good for anybody's seats",
            '"hand_over", attendee_id)',
            '"hand_over", event_id)',
            f"{PEOPLE}::test_a_key_does_not_make_one_hand_over_of_two_to_the_same_person",
        ),
        Mutant(
            "cancelled events are handed on", 'if person.event["status"] == keys.CANCELLED:', "if False:", NOT_GIVERS
        ),
        Mutant(
            "places are handed over",
            '        if person.item["state"] == "waiting":\n            raise StillWaitingError\n',
            "",
            NOT_GIVERS,
        ),
        Mutant(
            "who has come hands over",
            '        if "checked_in_at" in person.item:\n            raise CheckedInError\n        if heir',
            "        if heir",
            NOT_GIVERS,
        ),
        Mutant(
            "who hands over to themselves has done so",
            "        if heir.id == attendee_id:\n            raise AlreadyRegisteredError\n",
            "",
            "unit/test_store_people.py::test_nobody_hands_over_to_themselves",
        ),
        Mutant(
            "who comes meanwhile hands over",
            "former = keys.former_attendee_item(person.item, datetime.now(UTC), heir)\n"
            '        condition = "#state = :state AND serial = :serial AND attribute_not_exists(checked_in_at)"',
            "former = keys.former_attendee_item(person.item, datetime.now(UTC), heir)\n"
            '        condition = "#state = :state AND serial = :serial"',
            f"{PEOPLE}::test_who_is_checked_in_while_they_hand_over_stays",
        ),
        Mutant("who gave seats is forgotten", "datetime.now(UTC), heir)", "datetime.now(UTC))", HAS_SEATS),
        Mutant("hand-overs leave no marks", "partitions) | marks.attributes()", "partitions)", KNOWN_HAND_OVER),
        Mutant("hand-overs are not counted", '            count("HandOvers")\n', "", HAS_SEATS),
        Mutant(
            "what is left of a former heir is in the way for ever",
            "            former_heir = reasons[1].item\n            # This",
            "            former_heir = former_heir or reasons[1].item\n            # This",
            HEIR_GOES,
        ),
        Mutant(
            "a late retry hands over what came back",
            "if former_heir and (standing := recognise(former_heir, marks)):",
            "if former_heir and former_heir['state'] != 'cancelled' and (standing := recognise(former_heir, marks)):",
            CAME_BACK,
        ),
        Mutant(
            "an heir waits for nobody",
            "                return standing\n            tries.go_on()\n",
            "                return standing\n",
            f"{PEOPLE}::test_nobody_waits_to_put_an_heir_in_the_place_of_what_is_left",
        ),
        Mutant(
            "anybody's hand-over is this one",
            'if former.get("successor") == heir_id and (heir',
            "if (heir",
            f"{PEOPLE}::test_who_cancelled_hands_nothing_over_to_whoever_is_there",
        ),
        Mutant(
            "whoever is there by now got it by this hand-over",
            ' and heir["serial"] == former["successor_serial"]',
            "",
            f"{ENDPOINTS}::test_a_replay_shows_no_codes_but_those_that_the_hand_over_made",
        ),
        Mutant("a hand-over is anybody's", "is not Origin.ANOTHER:", "is not None:", KNOWN_HAND_OVER),
        Mutant(
            "repeated hand-overs are told as new",
            "replayed=origin is Origin.EARLIER_CALL",
            "replayed=False",
            KNOWN_HAND_OVER,
        ),
        Mutant(
            "our own hand-over is told as another call's",
            "replayed=origin is Origin.EARLIER_CALL",
            "replayed=True",
            OWN_WORK,
        ),
        Mutant(
            "another hand-over is this one",
            "replayed=origin is Origin.EARLIER_CALL)\n    raise RegistrationGoneError",
            "replayed=origin is Origin.EARLIER_CALL)\n    raise AttendeeNotFoundError",
            KNOWN_HAND_OVER,
        ),
    ],
    "shared/event_management/store/waitlist.py": [
        Mutant(
            "an event without a directory is a defect",
            "if item is None:\n            raise EventNotFoundError",
            "if item is None:\n            raise AssertionError",
            f"{WAITLIST}::test_nobody_joins_an_event_that_is_not_there",
        ),
        Mutant(
            "keys of registering are good for waiting",
            'Marks.new(idempotency, "join_waitlist")',
            "Marks.new(idempotency)",
            f"{WAITLIST}::test_keys_of_registering_and_of_waiting_are_two",
        ),
        Mutant(
            "seats put by are overlooked",
            "if is_waiting and directory.reserve and not has_settled:",
            "if False:",
            PUT_BY,
        ),
        Mutant("seats put by are looked for for ever", "                has_settled = True\n", "", PUT_BY),
        Mutant(
            "joining again after a crash overlooks what is put by",
            "if is_waiting and directory.reserve and",
            "if is_waiting and not standing.replayed and directory.reserve and",
            KILLED,
        ),
        Mutant(
            "who has got a seat has a place",
            "keys.read_place_of(person) if is_waiting else None",
            "0",
            f"{WAITLIST}::test_a_place_is_known_by_its_key",
        ),
        Mutant(
            "places leave no marks",
            "place) | marks.attributes(), person)",
            "place), person)",
            f"{WAITLIST}::test_a_place_is_known_by_its_key",
        ),
        Mutant(
            "people get one place",
            '"next_place = :place AND reserve',
            '"next_place >= :place AND reserve',
            f"{WAITLIST}::test_nobody_gets_the_place_of_who_joined_and_left_meanwhile",
        ),
        Mutant(
            "seats put by meanwhile are overlooked", "AND reserve = :reserve AND", "AND reserve >= :reserve AND", PUT_BY
        ),
        Mutant(
            "people wait while seats are left",
            ' AND attribute_not_exists(open_blocks)"',
            '"',
            f"{WAITLIST}::test_nobody_joins_when_a_seat_comes_free_just_then",
        ),
        Mutant("people join as things were", " AND terms = :terms", " AND terms >= :one", JUST_THEN),
        Mutant("who waits is not counted", '            count("Waiting")\n', "", JOINED),
        Mutant(
            "one who joins waits though seats are put by",
            "            if not directory.reserve:\n",
            "            if True:\n",
            f"{JOINING}::test_a_small_party_that_joins_gets_seats_put_by_for_a_larger_one_if_the_event_says_so",
        ),
        Mutant("positions begin with nothing", "return 1 + count_before", "return count_before", JOINED),
        Mutant(
            "who left has a place",
            "    if person.is_former:\n        raise RegistrationGoneError\n",
            "",
            f"{WAITLIST}::test_a_place_is_found_until_it_is_given_up_and_is_none_once_registered",
        ),
        Mutant(
            "leaving gives a seat up",
            "only_waiting=True",
            "only_waiting=False",
            f"{JOINING}::test_who_is_registered_by_now_does_not_lose_the_seat_by_leaving_the_waitlist",
        ),
        Mutant(
            "every event has a waitlist",
            "if not directory.waitlist:",
            "if False:",
            f"{JOINING}::test_nobody_joins_where_nobody_would_get_a_seat",
        ),
        Mutant(
            "closed events have a waitlist",
            "    directory.terms.check(keys.stamp(datetime.now(UTC)), seats)\n",
            "",
            f"{JOINING}::test_nobody_joins_where_nobody_would_get_a_seat",
        ),
        Mutant(
            "parties wait for ever",
            "if seats > directory.capacity:",
            "if False:",
            f"{WAITLIST}::test_no_party_joins_that_the_event_has_too_few_seats_for",
        ),
        Mutant(
            "parties as large as the event may not wait",
            "if seats > directory.capacity:",
            "if seats >= directory.capacity:",
            f"{WAITLIST}::test_no_party_joins_that_the_event_has_too_few_seats_for",
        ),
        Mutant(
            "people wait though seats are left",
            "    if read_seats_left(event_id, directory):\n        raise SeatsLeftError\n",
            "    read_seats_left(event_id, directory)\n",
            f"{WAITLIST}::test_nobody_joins_when_a_seat_comes_free_just_then",
        ),
    ],
    "shared/event_management/store/check_ins.py": [
        Mutant(
            "codes of former holders let in",
            '_SAME = "#state = :registered AND serial = :serial"',
            '_SAME = "#state = :registered AND serial <> :registered AND :serial = :serial"',
            TWO_DOORS,
        ),
        Mutant(
            "who has gone meanwhile is let in",
            '_SAME = "#state = :registered AND',
            '_SAME = "#state <> :serial AND',
            TWO_DOORS,
        ),
        Mutant(
            "tickets are good anywhere",
            "if ticket.event_id != event_id:",
            "if False:",
            f"{CHECK_INS}::test_a_ticket_is_good_at_its_own_event_alone",
        ),
        Mutant(
            "one key is every request's",
            "idempotency.key, idempotency.fingerprint)",
            "idempotency.key)",
            KNOWN_CHECK_IN,
        ),
        Mutant("a call does not know itself", 'if person.item["check_in"] == call:', "if False:", KNOWN_CHECK_IN),
        Mutant(
            "our own check-in is told as another call's",
            "return attendee, attendee.checked_in_at != now",
            "return attendee, True",
            OWN_WORK,
        ),
        Mutant(
            "a repeated check-in is told as new",
            "return attendee, attendee.checked_in_at != now",
            "return attendee, False",
            KNOWN_CHECK_IN,
        ),
        Mutant(
            "the second is told nothing",
            "            raise AlreadyCheckedInError(format_utc(attendee.checked_in_at))\n",
            "            return attendee, True\n",
            f"{CHECK_INS}::test_the_next_one_is_told_of_the_first",
        ),
        Mutant(
            "a late retry is told that nobody came",
            "            raise CheckInUndoneError\n",
            "            raise NotCheckedInError\n",
            SENT_OUT,
        ),
        Mutant("a late retry lets in", 'if person.item.get("check_in") == call:', "if False:", SENT_OUT),
        Mutant(
            "cancelled events let in",
            'if person.event["status"] == keys.CANCELLED:',
            "if False:",
            f"{CHECK_INS}::test_a_cancelled_event_lets_nobody_in_and_lets_check_ins_be_undone",
        ),
        Mutant("two doors let two in", 'f"{_SAME} AND attribute_not_exists(checked_in_at)",', 'f"{_SAME}",', TWO_DOORS),
        Mutant("check-ins are not counted", '            count("CheckIns")\n', "", MARKED),
        Mutant(
            "former check-ins are undone",
            "        if person.is_former:\n            raise RegistrationGoneError\n",
            "",
            f"{CHECK_INS}::test_nothing_is_undone_for_who_is_not_here",
        ),
        Mutant(
            "what was not done is undone",
            "            raise NotCheckedInError\n        unmark",
            "            return attendee\n        unmark",
            UNDONE,
        ),
        Mutant(
            "who was outrun is refused", "            if attempt:\n                return attendee\n", "", UNDONE_TWICE
        ),
        Mutant(
            "an undone call is forgotten", '"REMOVE checked_in_at ADD', '"REMOVE checked_in_at, check_in ADD', SENT_OUT
        ),
        Mutant(
            "what was undone meanwhile is undone again",
            " AND checked_in_at = :then",
            " AND :then <> serial",
            UNDONE_TWICE,
        ),
        Mutant(
            "nobody's tickets are unknown people",
            "        raise TicketCancelledError from None",
            "        raise",
            LAST_SERIAL,
        ),
        Mutant("cancelled tickets let in", "if person.is_former or ", "if ", LAST_SERIAL),
        Mutant("old tickets let in", ' or person.item["serial"] != ticket.serial', "", LAST_SERIAL),
        Mutant("who waits is let in", 'if person.item["state"] == "waiting":', "if False:", WAITING),
        Mutant(
            "everybody is counted in one place",
            'attendee_partition(person.item["id"], person.event["attendee_partitions"])',
            "0",
            f"{CHECK_INS}::test_people_are_counted_in_their_partition",
        ),
        Mutant(
            "counts fall below zero",
            "fewest=max(0, -seats)",
            "fewest=-99",
            f"{CHECK_INS}::test_a_count_that_would_fall_below_zero_is_refused",
        ),
        Mutant("nobody is the first", '"attribute_not_exists(pk) OR checked_in', '"checked_in', MARKED),
    ],
    "shared/event_management/roles.py": [
        Mutant(
            "who has no role is told so",
            "    if role is None:\n        raise EventNotFoundError\n",
            "",
            f"{ROLES}::test_who_has_no_role_does_not_learn_that_the_event_is_there",
        ),
        Mutant(
            "every role will do",
            "if _RANKS[role] < _RANKS[least]:",
            "if False:",
            f"{ROLES}::test_each_role_may_do_all_that_those_before_it_may",
        ),
    ],
    "shared/event_management/http/access.py": [
        Mutant("codes are good at every event", 'if code.event_id != request.path["event_id"]:', "if False:", CODES),
        Mutant(
            "codes are good for everybody",
            'if code.attendee_id != request.path["attendee_id"]:',
            "if False:",
            f"{ACCESS}::test_a_code_of_another_person_is_refused_where_the_path_names_one",
        ),
        Mutant(
            "whoever has no code is an organiser",
            "if not request.is_organiser_call:",
            "if False:",
            f"{ACCESS}::test_without_a_code_and_without_claims_nobody_asks",
        ),
        Mutant(
            "organisers need no good code",
            "    if code is not None:\n",
            "    if code is not None and not request.is_organiser_call:\n",
            f"{ACCESS}::test_in_open_mode_too_who_has_a_code_asks_as_its_holder",
        ),
        Mutant(
            "tickets of other events are drawn",
            'if ticket.event_id != request.path["event_id"]:',
            "if False:",
            f"{ACCESS}::test_a_ticket_shows_itself_alone",
        ),
        Mutant(
            "tickets of others are drawn",
            'if ticket.attendee_id != request.path["attendee_id"]:',
            "if False:",
            f"{ACCESS}::test_a_ticket_shows_itself_alone",
        ),
    ],
}
