"""Trying again: how often, how long, and what is counted. Nobody sleeps here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.errors import TryAgainError
from event_management.observability import begin_call
from event_management.store.contention import MAX_RETRIES, MAX_SECONDS, Tries


class Clock:
    """A clock that only sleeping moves, and an even distribution that always gives its upper end."""

    def __init__(self, share=1.0):
        self.now, self.share = 1000.0, share
        self.pauses, self.bounds = [], []

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    def uniform(self, low, high):
        self.bounds.append((low, high))
        return low + self.share * (high - low)

    def tries(self):
        return Tries(self.sleep, lambda: self.now, self.uniform)


def tries_before_the_end(clock, seconds_per_try=0.0):
    """Return what was yielded before the error."""
    yielded = []

    def run():
        for attempt in clock.tries():
            yielded.append(attempt)
            clock.now += seconds_per_try

    with pytest.raises(TryAgainError):
        run()
    return yielded


def test_the_first_try_is_immediate():
    clock = Clock()
    assert 0 == next(clock.tries())
    assert [] == clock.pauses


def test_tries_end_with_an_error_after_so_many_retries():
    assert list(range(MAX_RETRIES + 1)) == tries_before_the_end(Clock(share=0.5))


def test_pauses_are_drawn_from_nothing_to_a_bound_that_doubles_up_to_a_limit():
    clock = Clock(share=0.5)
    tries_before_the_end(clock)
    bounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, *[0.6] * 6]
    assert [(0, bound) for bound in bounds] == clock.bounds[:MAX_RETRIES]
    assert [bound / 2 for bound in bounds] == clock.pauses


@given(st.floats(0, 1))
def test_every_draw_leaves_time_for_all_retries(share):
    clock = Clock(share)
    assert MAX_RETRIES + 1 == len(tries_before_the_end(clock))
    assert sum(clock.pauses) < MAX_SECONDS


@pytest.mark.parametrize(("seconds_per_try", "expected"), [(MAX_SECONDS, 1), (MAX_SECONDS / 2, 2), (1.0, 5)])
def test_no_retry_starts_after_the_time_is_up(seconds_per_try, expected):
    assert expected == len(tries_before_the_end(Clock(share=0.01), seconds_per_try))


def test_nobody_sleeps_who_would_wake_too_late():
    clock = Clock()
    attempts = clock.tries()
    next(attempts)
    clock.now += MAX_SECONDS - 0.005
    with pytest.raises(TryAgainError):
        next(attempts)
    assert [] == clock.pauses


def test_a_caller_with_nobody_in_its_way_goes_on_at_once():
    clock = Clock()
    notes = begin_call("c")
    attempts = clock.tries()
    for expected in range(300):
        assert expected == next(attempts)
        attempts.go_on()
    assert ([], 0) == (clock.pauses, notes.counts["ContentionRetries"])


def test_going_on_is_for_one_try_and_does_not_lengthen_later_pauses():
    clock = Clock()
    attempts = clock.tries()
    next(attempts)
    attempts.go_on()
    next(attempts)
    assert [] == clock.pauses
    next(attempts)
    attempts.go_on()
    next(attempts)
    next(attempts)
    assert [0.01, 0.02] == clock.pauses


@pytest.mark.parametrize(("seconds", "ends"), [(MAX_SECONDS, False), (MAX_SECONDS + 0.01, True)])
def test_a_caller_that_goes_on_runs_out_of_time_too(seconds, ends):
    clock = Clock()
    attempts = clock.tries()
    next(attempts)
    attempts.go_on()
    clock.now += seconds
    if ends:
        with pytest.raises(TryAgainError):
            next(attempts)
    else:
        assert 1 == next(attempts)


def test_a_call_that_has_come_a_step_further_has_all_its_tries_and_all_its_time_again():
    clock = Clock(share=0.5)
    attempts = clock.tries()
    for expected in range(MAX_RETRIES + 1):
        assert expected == next(attempts)
    clock.now += MAX_SECONDS
    attempts.begin_anew()
    clock.bounds.clear()
    before = len(clock.pauses)
    assert MAX_RETRIES + 1 == next(attempts)
    assert before == len(clock.pauses)
    for expected in range(MAX_RETRIES + 2, 2 * MAX_RETRIES + 2):
        assert expected == next(attempts)
    assert (0, 0.01) == clock.bounds[0]
    with pytest.raises(TryAgainError):
        next(attempts)


def test_a_step_takes_no_longer_than_a_call():
    clock = Clock()
    attempts = clock.tries()
    next(attempts)
    attempts.begin_anew()
    clock.now += MAX_SECONDS + 0.01
    with pytest.raises(TryAgainError):
        next(attempts)


def test_each_retry_is_counted_and_the_first_try_is_not():
    notes = begin_call("c")
    attempts = Clock().tries()
    next(attempts)
    assert 0 == notes.counts["ContentionRetries"]
    next(attempts)
    next(attempts)
    assert 2 == notes.counts["ContentionRetries"]


def test_the_retry_that_is_not_made_is_not_counted():
    notes = begin_call("c")
    tries_before_the_end(Clock())
    assert MAX_RETRIES == notes.counts["ContentionRetries"]


def test_by_default_rivals_draw_different_pauses():
    pauses = []
    for _ in range(20):
        attempts = Tries(sleep=pauses.append)
        next(attempts)
        next(attempts)
    assert 20 == len(set(pauses))
    assert all(0 <= pause <= 0.01 for pause in pauses)
