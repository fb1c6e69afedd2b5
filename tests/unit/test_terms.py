"""The terms of registration: what they say of an instant and of a party."""

import pytest

from event_management.errors import (
    EventCancelledError,
    EventNotFoundError,
    InvalidPayloadError,
    RegistrationClosedError,
    RegistrationNotOpenError,
)
from event_management.terms import Terms

BEFORE, NOW, AFTER = (f"2026-11-23T11:00:00.00000{n}Z" for n in range(3))
OPEN = Terms(1, max_party=4)
REFUSED = {
    "a draft": (OPEN._replace(status="draft"), EventNotFoundError),
    "deleted": (OPEN._replace(status="deleted"), EventNotFoundError),
    "cancelled": (OPEN._replace(status="cancelled"), EventCancelledError),
    "opens later": (OPEN._replace(registration_opens=AFTER), RegistrationNotOpenError),
    "closes now": (OPEN._replace(registration_closes=NOW), RegistrationClosedError),
    "closed before": (OPEN._replace(registration_closes=BEFORE), RegistrationClosedError),
    "a smaller largest party": (OPEN._replace(max_party=2), InvalidPayloadError),
    "a draft that is closed": (OPEN._replace(status="draft", registration_closes=BEFORE), EventNotFoundError),
    "cancelled before it opens": (OPEN._replace(status="cancelled", registration_opens=AFTER), EventCancelledError),
}
TAKEN = {
    "no window": OPEN,
    "opens now": OPEN._replace(registration_opens=NOW),
    "opened before": OPEN._replace(registration_opens=BEFORE),
    "closes later": OPEN._replace(registration_closes=AFTER),
    "as large a party as may be": OPEN._replace(max_party=3),
}


@pytest.mark.parametrize(("terms", "error"), REFUSED.values(), ids=REFUSED)
def test_who_may_not_register_is_told_why(terms, error):
    with pytest.raises(error):
        terms.check(NOW, 3)


@pytest.mark.parametrize("terms", TAKEN.values(), ids=TAKEN)
def test_who_may_register_is_told_nothing(terms):
    terms.check(NOW, 3)
    assert terms.promote(NOW)


def test_who_comes_too_early_is_told_when_to_come_again():
    with pytest.raises(RegistrationNotOpenError) as told:
        OPEN._replace(registration_opens=AFTER).check(NOW, 1)
    assert {"registration_opens_utc": "2026-11-23T11:00:00Z"} == told.value.members


def test_a_party_that_is_too_large_is_told_where_and_how_large_it_may_be():
    with pytest.raises(InvalidPayloadError) as told:
        OPEN.check(NOW, 5)
    ((pointer, detail),) = told.value.faults
    assert ("/payload/seats", "seats must be at most 4 at this event.") == (pointer, detail)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (OPEN._replace(status="draft"), False),
        (OPEN._replace(status="deleted"), False),
        (OPEN._replace(status="cancelled"), False),
        (OPEN._replace(registration_closes=NOW), False),
        (OPEN._replace(registration_closes=AFTER), True),
        (OPEN._replace(registration_opens=AFTER), True),
        (OPEN._replace(max_party=1), True),
    ],
)
def test_who_waits_is_promoted_until_registration_has_ended_also_before_it_opens(terms, expected):
    assert expected == terms.promote(NOW)
