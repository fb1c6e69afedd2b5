"""Mutants of what concerns a person in all events, and of retention."""

from tests.mutation.mutant import Mutant, Table

PRIVACY = "unit/test_privacy.py"
CRASHES = "crash/test_erasure_crashes.py"

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
}
