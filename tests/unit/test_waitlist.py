"""Who gets the seats that come free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.models import MOST_IN_PARTY
from event_management.waitlist import MOST_PROMOTED, Place, choose_promoted

PARTIES = st.lists(st.integers(1, MOST_IN_PARTY) | st.just(1), max_size=60)
FREE = st.integers(0, 60)


def queue(parties):
    return [Place(number, f"person {number}", seats) for number, seats in enumerate(parties, 1)]


def seats_of(places):
    return sum(place.seats for place in places)


@given(FREE, PARTIES, st.sampled_from(["strict", "fill"]))
def test_nobody_gets_what_is_not_free_and_everybody_at_most_once_in_order(free, parties, policy):
    places = queue(parties)
    promoted = choose_promoted(free, places, policy)
    assert seats_of(promoted) <= free
    assert len(promoted) <= MOST_PROMOTED
    assert sorted(set(promoted)) == promoted
    assert set(promoted) <= set(places)


@given(FREE, PARTIES)
def test_strictly_nobody_passes_whoever_waits_longer_and_the_next_does_not_fit(free, parties):
    places = queue(parties)
    promoted = choose_promoted(free, places, "strict")
    assert places[: len(promoted)] == promoted
    if len(promoted) < min(len(places), MOST_PROMOTED):
        assert places[len(promoted)].seats > free - seats_of(promoted)


@given(FREE, PARTIES)
def test_to_fill_whoever_fits_what_those_before_leave_passes(free, parties):
    places = queue(parties)
    promoted = choose_promoted(free, places, "fill")
    for place in places:
        before = [other for other in promoted if other.number < place.number]
        is_one_too_many = len(before) == MOST_PROMOTED
        assert (place in promoted) == (place.seats <= free - seats_of(before) and not is_one_too_many)


@pytest.mark.parametrize(
    ("free", "parties", "policy", "expected"),
    [
        (3, [2, 2, 1], "strict", [1]),
        (3, [2, 2, 1], "fill", [1, 3]),
        (3, [4, 1, 1, 1, 1], "strict", []),
        (3, [4, 1, 1, 1, 1], "fill", [2, 3, 4]),
        (3, [3], "strict", [1]),
        (0, [1], "fill", []),
        (5, [], "strict", []),
    ],
)
def test_free_seats_go_to(free, parties, policy, expected):
    assert expected == [place.number for place in choose_promoted(free, queue(parties), policy)]


@pytest.mark.parametrize("policy", ["strict", "fill"])
def test_no_more_are_promoted_than_fit_one_transaction(policy):
    assert 39 == MOST_PROMOTED == len(choose_promoted(100, queue([1] * 60), policy))


@pytest.mark.parametrize(("free", "read"), [(0, 1), (2, 3), (100, 5)])
def test_no_more_places_are_read_than_it_takes(free, read):
    """Whoever yields them reads them page by page."""
    seen = []
    choose_promoted(free, (seen.append(place) or place for place in queue([1] * 5)), "fill")
    assert read == len(seen)
