"""Mutants of what concerns a person in all events, and of retention."""

from tests.mutation.mutant import Mutant, Table

PRIVACY = "unit/test_privacy.py"
RETENTION = "unit/test_retention.py"
SCHEDULED = "unit/test_scheduled.py"

MUTANTS: Table = {
    "shared/event_management/http/privacy.py": [
        Mutant(
            "everybody who is signed in is an admin",
            "if not (caller.is_admin or load_config().is_open):",
            "if False:",
            f"{PRIVACY}::test_admins_alone_may",
        ),
        Mutant(
            "nobody is an admin of an open stack",
            "if not (caller.is_admin or load_config().is_open):",
            "if not caller.is_admin:",
            f"{PRIVACY}::test_in_open_mode_everybody_may_also_where_the_event_is_anothers",
        ),
        Mutant(
            "in open mode nobody is an admin to an event",
            "return caller._replace(is_admin=True)",
            "return caller",
            f"{PRIVACY}::test_in_open_mode_everybody_may_also_where_the_event_is_anothers",
        ),
        Mutant(
            "half an escape is an address",
            "if not _PERCENT_ENCODED.fullmatch(text):",
            "if not text:",
            f"{PRIVACY}::test_an_address_that_is_none_is_told_without_quoting_it",
        ),
        Mutant(
            "bytes that are no UTF-8 are a defect",
            "except UnicodeDecodeError:\n        raise InvalidParameterError(",
            "except KeyError:\n        raise InvalidParameterError(",
            f"{PRIVACY}::test_an_address_that_is_none_is_told_without_quoting_it",
        ),
        Mutant(
            "what is no address is a defect",
            "except InvalidValueError as error:\n        raise InvalidParameterError(",
            "except KeyError as error:\n        raise InvalidParameterError(",
            f"{PRIVACY}::test_an_address_that_is_none_is_told_without_quoting_it",
        ),
    ],
    "shared/event_management/store/privacy.py": [
        Mutant(
            "people are found by their address as it was written",
            "address.normalised",
            "address.entered",
            f"{PRIVACY}::test_an_address_comes_percent_encoded",
        ),
        Mutant(
            "what is over is cancelled",
            'and event["end_utc"] > keys.stamp(now)',
            "",
            f"{PRIVACY}::test_an_event_is_over_at_its_end_and_not_before",
        ),
        Mutant(
            "an event is not over at its end",
            'event["end_utc"] > keys.stamp(now)',
            'event["end_utc"] >= keys.stamp(now)',
            f"{PRIVACY}::test_an_event_is_over_at_its_end_and_not_before",
        ),
        Mutant(
            "who has come is cancelled",
            '"checked_in_at" not in person and ',
            "",
            f"{PRIVACY}::test_a_registration_of_an_event_that_is_over_or_was_attended_stays_without_its_person",
        ),
        Mutant(
            "who waits for what is over stays",
            'person["state"] == "waiting" or (',
            "(",
            f"{PRIVACY}::test_a_place_on_a_waitlist_is_given_up_also_of_an_event_that_is_over",
        ),
        Mutant(
            "people of an event that is being deleted are cancelled",
            'if event["status"] == keys.DELETED:',
            "if False:",
            f"{PRIVACY}::test_who_is_at_an_event_that_is_being_deleted_is_blanked_and_the_deletion_goes_on",
        ),
        Mutant(
            "the country stays",
            "REMOVE country, ",
            "REMOVE ",
            f"{PRIVACY}::test_nothing_that_tells_of_a_person_is_left_anywhere",
        ),
        Mutant(
            "what may be guessed from stays",
            "REMOVE country, idempotency_key, fingerprint",
            "REMOVE country",
            f"{PRIVACY}::test_a_registration_of_an_event_that_is_over_or_was_attended_stays_without_its_person",
        ),
        Mutant(
            "a registration made anew meanwhile is blanked",
            '"#state = :state AND serial = :serial",',
            '"#state = :state AND serial <> :serial OR attribute_exists(pk)",',
            f"{PRIVACY}::test_whatever_a_person_does_meanwhile_nothing_of_theirs_is_left",
        ),
        Mutant(
            "what is blank is blanked again",
            "if keys.is_blank(person):",
            "if False:",
            f"{PRIVACY}::test_erasing_once_more_does_nothing",
        ),
        Mutant(
            "blanking leaves no record",
            "transact([blank, record],",
            "transact([blank],",
            f"{PRIVACY}::test_each_act_is_on_record_without_the_address",
        ),
        Mutant(
            "who is checked in meanwhile ends the step",
            "except (AttendeeNotFoundError, CheckedInError, ",
            "except (AttendeeNotFoundError, ",
            f"{PRIVACY}::test_whatever_a_person_does_meanwhile_nothing_of_theirs_is_left",
        ),
        Mutant(
            "a step goes on without time",
            "elif outcomes and seconds_left() < TIME_FOR_A_PERSON:",
            "elif False:",
            f"{PRIVACY}::test_a_step_begins_nobody_without_the_time_for_it",
        ),
        Mutant(
            "a step that did nothing says that it did",
            "if not outcomes:",
            "if False:",
            f"{PRIVACY}::test_what_is_in_the_way_of_a_later_event_ends_the_step_there",
        ),
        Mutant(
            "what is in the way of one event is a fault of all",
            "if not outcomes:\n                    raise\n                break\n",
            "raise\n",
            f"{PRIVACY}::test_what_is_in_the_way_of_a_later_event_ends_the_step_there",
        ),
    ],
    "shared/event_management/config.py": [
        Mutant(
            "any setting is a number of days",
            'if not re.fullmatch(r"[0-9]{1,5}", days):',
            "if not days:",
            f"{SCHEDULED}::test_a_setting_that_makes_no_sense_is_told",
        ),
    ],
    "shared/event_management/keys.py": [
        Mutant(
            "people register for what is swept",
            "(closes and closes.instant, event.swept_at) if instant]",
            "(closes and closes.instant,) if instant]",
            f"{RETENTION}::test_a_swept_event_stays_as_it_was_but_may_be_deleted",
        ),
    ],
    "shared/event_management/scheduled.py": [
        Mutant(
            "what goes wrong ends well",
            "outcome, status = error.code, 503\n                raise\n",
            "outcome, status, told = error.code, 503, {}\n",
            f"{SCHEDULED}::test_lambda_is_told_of_what_goes_wrong_and_the_log_without_its_text",
        ),
        Mutant(
            "defects end well",
            "log_defect(error)\n                raise\n",
            "log_defect(error)\n                told = {}\n",
            f"{SCHEDULED}::test_lambda_is_told_of_what_goes_wrong_and_the_log_without_its_text",
        ),
    ],
    "shared/event_management/store/changes.py": [
        Mutant(
            "a swept event is put off",
            "if event.swept_at is not None:\n            raise EventSweptError",
            "if False:\n            raise EventSweptError",
            f"{RETENTION}::test_a_swept_event_stays_as_it_was_but_may_be_deleted",
        ),
        Mutant(
            "an event that was put off is swept",
            "if event.end.instant >= ended_before:",
            "if False:",
            f"{RETENTION}::test_an_event_that_is_put_off_at_that_moment_is_swept_or_put_off_and_never_both",
        ),
        Mutant(
            "an event that is deleted meanwhile ends the run",
            "        except EventNotFoundError:\n            return None\n        event",
            "        except KeyError:\n            return None\n        event",
            f"{RETENTION}::test_an_event_that_is_deleted_before_it_is_closed_is_passed_over",
        ),
        Mutant(
            "a swept event is swept again",
            'return item if "remains" in item else None\n        if event.end',
            "return item\n        if event.end",
            f"{RETENTION}::test_two_that_sweep_one_event_count_it_once",
        ),
    ],
    "shared/event_management/store/removal.py": [
        Mutant(
            "seats of people who are gone are free",
            "BlockChange(swept=seats) if is_swept else BlockChange(taken=-seats)",
            "BlockChange(taken=-seats)",
            f"{RETENTION}::test_people_go_and_counts_stay",
        ),
        Mutant(
            "people of swept events leave no trace of their tickets",
            "put_if(former, _HELD, **held) if is_swept else delete_if(key, _HELD, **held)",
            "delete_if(key, _HELD, **held)",
            f"{RETENTION}::test_what_is_left_of_people_expires",
        ),
        Mutant(
            "a swept event cannot be deleted",
            'item["taken"] > item.get("swept", 0)',
            'item["taken"]',
            f"{RETENTION}::test_a_swept_event_stays_as_it_was_but_may_be_deleted",
        ),
        Mutant(
            "seats that were put by stay so for nobody",
            "    with suppress(EventNotFoundError):\n        settle_reserve(event_id)\n",
            "",
            f"{RETENTION}::test_people_go_and_counts_stay",
        ),
        Mutant(
            "a sweep never ends",
            'update_item_if(keys.event_key(event_id), "REMOVE remains, gsi1pk, gsi1sk", "attribute_exists(swept_at)")',
            "pass",
            f"{RETENTION}::test_people_go_and_counts_stay",
        ),
        Mutant(
            "what is left of an event deleted meanwhile is forgotten",
            '"attribute_exists(swept_at)"',
            '"attribute_exists(pk)"',
            f"{RETENTION}::test_what_is_left_of_an_event_deleted_meanwhile_is_not_forgotten",
        ),
    ],
    "shared/event_management/store/retention.py": [
        Mutant(
            "a run begins an event without the time for it",
            "    if seconds_left() < TIME_FOR_AN_EVENT:\n        raise TryAgainError\n",
            "    if False:\n        raise TryAgainError\n",
            f"{RETENTION}::test_a_run_begins_nothing_without_the_time_for_it",
        ),
        Mutant(
            "what is not done is counted",
            "    if not remove(event):\n        raise TryAgainError\n",
            "    if remove(event) and False:\n        raise TryAgainError\n",
            f"{RETENTION}::test_an_event_that_is_deleted_before_its_sweep_is_complete_goes_whole",
        ),
        Mutant(
            "contention is the end of the time",
            "            return Run(done",
            "            pass\n        if True:\n            return Run(done",
            f"{RETENTION}::test_an_event_that_is_deleted_before_its_sweep_is_complete_goes_whole",
        ),
        Mutant(
            "no days are all days",
            "        if days:\n",
            "        if True:\n",
            f"{RETENTION}::test_without_days_nobody_is_swept",
        ),
        Mutant(
            "events called off keep their people",
            "(keys.SWEPT, keys.CANCELLED, keys.PUBLISHED)",
            "(keys.SWEPT, keys.PUBLISHED)",
            f"{RETENTION}::test_events_called_off_are_swept_and_drafts_are_not",
        ),
        Mutant(
            "drafts are swept",
            "(keys.SWEPT, keys.CANCELLED, keys.PUBLISHED)",
            "(keys.SWEPT, keys.CANCELLED, keys.PUBLISHED, keys.DRAFT)",
            f"{RETENTION}::test_events_called_off_are_swept_and_drafts_are_not",
        ),
        Mutant(
            "what broke off stays",
            "(keys.SWEPT, keys.CANCELLED, keys.PUBLISHED)",
            "(keys.CANCELLED, keys.PUBLISHED)",
            f"{RETENTION}::test_a_run_that_broke_off_anywhere_is_completed_by_the_next",
        ),
        Mutant(
            "a run reads no second page",
            "after = keys.read_position(page[-1])",
            "return",
            f"{RETENTION}::test_more_events_than_a_page_are_swept_in_one_run",
        ),
    ],
}
