"""Waitlists: who gets the seats that come free. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from event_management.models import MOST_IN_PARTY, WaitlistPolicy

MOST_PROMOTED = 2 * MOST_IN_PARTY - 1
"""In one transaction. One party's seats, and those put by for a head that they do not do for, are never more."""


class Place(NamedTuple):
    """A place on an event's waitlist."""

    number: int
    """Rises with each place given; nobody gets one twice."""
    attendee_id: str
    seats: int


def choose_promoted(seats: int, places: Iterable[Place], policy: WaitlistPolicy) -> list[Place]:
    """Return who gets of so many free seats, out of places in order; `MOST_PROMOTED` of them at most.

    `strict`: one after the other until somebody's party does not fit. `fill`: everybody whose party fits what those
    before them leave.
    """
    promoted: list[Place] = []
    for place in places:
        if not seats or len(promoted) == MOST_PROMOTED:
            break
        if place.seats <= seats:
            promoted.append(place)
            seats -= place.seats
        elif policy == "strict":
            break
    return promoted
