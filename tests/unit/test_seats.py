"""How seats are spread over blocks, and how callers find the last of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_management.seats import (
    DIRECTORY_SECONDS,
    KEPT,
    READ_BESIDE,
    RUSH_SECONDS,
    SOLD_OUT_SECONDS,
    Directory,
    SeatFinder,
    attendee_partition,
    plan_attendee_partitions,
    plan_collection,
    plan_party,
    plan_return,
    plan_seat_blocks,
)

# --- Plans ------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 1_000_000))
def test_blocks_hold_exactly_the_capacity_and_alike(capacity):
    blocks = plan_seat_blocks(capacity)
    assert capacity == sum(blocks)
    assert 0 < min(blocks) <= max(blocks) <= min(blocks) + 1
    assert len(blocks) == 256 or max(blocks) <= 80


@pytest.mark.parametrize(
    ("capacity", "blocks"),
    [
        (1, (1,)),
        (80, (80,)),
        (81, (41, 40)),
        (160, (80, 80)),
        (161, (54, 54, 53)),
        (20_480, (80,) * 256),
        (20_481, (81, *(80,) * 255)),
        (1_000_000, (3907,) * 64 + (3906,) * 192),
    ],
)
def test_an_event_has_a_block_for_each_80_seats_and_at_most_256(capacity, blocks):
    assert blocks == plan_seat_blocks(capacity)


@pytest.mark.parametrize(("blocks", "partitions"), [(1, 1), (16, 1), (17, 2), (32, 2), (33, 3), (255, 16), (256, 16)])
def test_no_more_than_16_blocks_write_one_partition(blocks, partitions):
    assert partitions == plan_attendee_partitions(blocks)


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16), st.integers(1, 64))
def test_an_attendee_belongs_to_one_partition_for_good(attendee_id, partitions):
    partition = attendee_partition(attendee_id, partitions)
    assert 0 <= partition < partitions
    assert partition == attendee_partition(attendee_id, partitions)


def test_the_rule_of_partitions_never_changes():
    """Attendees are found by it years later."""
    assert [0, 0, 2, 2] == [attendee_partition("m4x2c7v5b3n6a2sd", n) for n in (1, 2, 4, 8)]


SEATS_LEFT = st.dictionaries(st.integers(0, 255), st.integers(0, 100), max_size=30)


@given(st.integers(1, 3000), st.integers(1, 30_000), st.integers(1, 256), st.integers(1, 99), st.randoms())
def test_a_reserve_goes_to_blocks_of_which_new_ones_follow_on(reserve, capacity, blocks, most, chance):
    plan = plan_return(reserve, capacity, blocks, most, chance.sample)
    assert 0 < len(plan) <= most
    assert 0 < min(plan.values())
    new = [block for block in plan if block >= blocks]
    assert list(range(blocks, blocks + len(new))) == new
    assert max(plan) < max(blocks, len(plan_seat_blocks(capacity)))
    if new:
        assert [*plan] == new
        assert sum(plan.values()) <= reserve
        assert max(plan.values()) <= -(-capacity // len(plan_seat_blocks(capacity)))
        all_are_made = max(new) + 1 == len(plan_seat_blocks(capacity))
        assert all_are_made or len(plan) == most or sum(plan.values()) == reserve
    else:
        assert reserve == sum(plan.values())
        assert max(plan.values()) - min(plan.values()) <= 1


@pytest.mark.parametrize(
    ("reserve", "capacity", "blocks", "most", "expected"),
    [
        (1, 80, 1, 99, {0: 1}),
        (80, 160, 1, 99, {1: 80}),
        (81, 161, 1, 99, {1: 54, 2: 27}),
        (300, 460, 2, 99, {2: 77, 3: 77, 4: 77, 5: 69}),
        (300, 460, 2, 3, {2: 77, 3: 77, 4: 77}),
        (5, 460, 2, 99, {2: 5}),
        (10, 800, 10, 99, {0: 10}),
        (11, 800, 10, 99, {0: 6, 1: 5}),
        (100, 800, 10, 99, dict.fromkeys(range(10), 10)),
        (105, 800, 10, 4, {0: 27, 1: 26, 2: 26, 3: 26}),
        (30, 1_000_000, 256, 99, {0: 10, 1: 10, 2: 10}),
    ],
)
def test_a_reserve_is_returned_as(reserve, capacity, blocks, most, expected):
    assert expected == plan_return(reserve, capacity, blocks, most, lambda numbers, size: numbers[:size])


def test_two_who_return_a_reserve_choose_different_blocks():
    assert 1 < len({tuple(plan_return(10, 20_480, 256, 99)) for _ in range(20)})


@given(st.integers(1, 3000), SEATS_LEFT, st.integers(1, 99))
def test_as_many_seats_are_collected_as_are_wanted_and_left_in_so_many_blocks(wanted, left, most):
    plan = plan_collection(wanted, left, most)
    fullest = sorted(left.values(), reverse=True)[:most]
    assert min(wanted, sum(fullest)) == sum(plan.values())
    assert len(plan) <= most
    assert all(0 < seats <= left[block] for block, seats in plan.items())


@pytest.mark.parametrize(
    ("wanted", "left", "most", "expected"),
    [
        (5, {0: 4, 1: 6, 2: 0}, 99, {1: 3, 0: 2}),
        (1, {0: 4, 1: 6}, 99, {1: 1}),
        (10, {0: 4, 1: 6}, 99, {1: 6, 0: 4}),
        (99, {0: 4, 1: 6}, 99, {1: 6, 0: 4}),
        (5, {0: 4, 1: 6}, 1, {1: 5}),
        (9, {0: 4, 1: 6}, 1, {1: 6}),
        (1, {0: 0}, 99, {}),
        (1, {}, 99, {}),
    ],
)
def test_seats_are_collected_in_proportion_to_what_is_left(wanted, left, most, expected):
    assert expected == plan_collection(wanted, left, most)


@given(st.integers(1, 20), SEATS_LEFT)
def test_a_party_sits_in_as_few_blocks_as_can_be_or_not_at_all(seats, left):
    plan = plan_party(seats, left)
    if plan is None:
        assert sum(left.values()) < seats
    else:
        assert seats == sum(plan.values())
        assert all(0 < taken <= left[block] for block, taken in plan.items())
        fullest = sorted(left.values(), reverse=True)
        assert sum(fullest[: len(plan) - 1]) < seats


# --- A finder by itself -----------------------------------------------------------------------------------------------


class Caller(SeatFinder):
    """A finder with a clock that is moved by hand, which takes the first or last block, or whatever it is told to."""

    def __init__(self, *open_blocks, pick=0, choose=None):
        self.now, self.choices = 0.0, []
        super().__init__(lambda: self.now, lambda blocks: self._pick(blocks, choose or (lambda them: them[pick])))
        if open_blocks:
            self.learn(listing(*open_blocks))

    def _pick(self, blocks, choose):
        self.choices.append(list(blocks))
        return choose(blocks)

    def take_seats(self, number):
        """Take seats; return the blocks they were in."""
        blocks = []
        for _ in range(number):
            blocks.append(self.block)
            self.took_seat()
        return blocks


def listing(*open_blocks, relistings=0, attendee_partitions=1):
    return Directory(frozenset(open_blocks), relistings, attendee_partitions)


BLOCKS = st.frozensets(st.integers(0, 255), min_size=1, max_size=20)


def test_a_newcomer_has_the_directory_tell_first():
    assert (None, False) == (SeatFinder().block, SeatFinder().is_sold_out)
    assert frozenset() == SeatFinder().drained(listing(0, 1))


def test_a_newcomer_begins_anywhere():
    caller = Caller(3, 1, 2)
    assert [[1, 2, 3]] == caller.choices


def test_callers_that_nobody_steers_begin_apart():
    finders = [SeatFinder() for _ in range(20)]
    for finder in finders:
        finder.learn(listing(*range(256)))
    assert len({finder.block for finder in finders}) > 5


@given(BLOCKS, st.randoms(use_true_random=False))
def test_a_caller_goes_around_all_blocks_before_it_comes_back(blocks, chance):
    caller = Caller(*blocks, choose=chance.choice)
    rounds = caller.take_seats(2 * len(blocks))
    assert rounds[: len(blocks)] == rounds[len(blocks) :]
    start = rounds[0]
    assert [*sorted(n for n in blocks if n >= start), *sorted(n for n in blocks if n < start)] == rounds[: len(blocks)]


@given(BLOCKS, st.randoms(use_true_random=False), st.integers(0, 20))
def test_a_caller_that_meets_another_goes_on_elsewhere(blocks, chance, seats):
    caller = Caller(*blocks, choose=chance.choice)
    caller.take_seats(seats)
    before = caller.block
    caller.met_another()
    assert sorted(blocks - {before} or blocks) == caller.choices[-1]
    assert caller.block in blocks
    assert (caller.block == before) == (len(blocks) == 1)


def test_a_caller_goes_around_on_from_where_it_jumped():
    caller = Caller(0, 1, 2, 3, pick=-1)
    assert 3 == caller.block
    caller.met_another()
    assert [2, 3, 0, 1, 2] == caller.take_seats(5)


@given(BLOCKS, st.data())
def test_a_caller_never_goes_back_to_blocks_it_found_empty(blocks, data):
    caller = Caller(*blocks, choose=lambda them: data.draw(st.sampled_from(them)))
    left = set(blocks)
    while left:
        if data.draw(st.booleans()):
            caller.take_seats(1)
        else:
            left.remove(caller.block)
            caller.found_empty()
        assert caller.block in left or (caller.block, left) == (None, set())


@pytest.mark.parametrize(
    ("age", "expected"), [(0, 1), (DIRECTORY_SECONDS, 1), (DIRECTORY_SECONDS + 0.001, None), (60, None)]
)
def test_after_an_empty_block_a_caller_goes_on_only_by_a_fresh_directory(age, expected):
    caller = Caller(0, 1)
    caller.now = age
    caller.found_empty()
    assert expected == caller.block


def test_after_the_last_block_the_directory_has_to_tell_again():
    caller = Caller(0)
    caller.found_empty()
    assert (None, False) == (caller.block, caller.is_sold_out)


def test_where_a_block_was_empty_the_others_are_read_along_with_the_next_directory():
    caller = Caller(*range(READ_BESIDE + 1))
    caller.found_empty()
    assert list(range(1, READ_BESIDE + 1)) == caller.blocks_to_read
    caller.took_seat()
    assert [] == caller.blocks_to_read


def test_of_many_blocks_some_are_read_along_with_each_directory_chosen_at_random():
    caller = Caller(*range(100), pick=-1)
    assert list(range(99, 99 - READ_BESIDE, -1)) == caller.blocks_to_read
    assert [] == Caller().blocks_to_read


def test_of_few_blocks_none_is_read_before_one_was_empty():
    assert [] == Caller(*range(READ_BESIDE)).blocks_to_read


def test_many_blocks_are_gone_around_for_a_while_before_others_are_looked_at():
    caller = Caller(*range(100))
    assert [*range(KEPT)] == caller.take_seats(KEPT)
    assert (None, False) == (caller.block, caller.is_sold_out)
    caller.learn(listing(*range(100)), seats_left={block: block for block in range(50, 70)})
    assert list(range(69, 69 - KEPT, -1)) == caller.take_seats(KEPT)
    assert None is caller.block


@pytest.mark.parametrize(
    ("left", "age", "expected"),
    [(6, DIRECTORY_SECONDS + 0.001, None), (6, DIRECTORY_SECONDS - 0.001, 1), (7, 60, 1)],
)
def test_where_few_of_many_blocks_are_left_who_meets_another_looks_first(left, age, expected):
    caller = Caller(*range(100))
    caller.learn(listing(*range(left)))
    caller.now = age
    caller.met_another()
    assert expected == caller.block


def test_a_caller_goes_on_where_seats_were_read_and_remembers_where_none_were():
    caller = Caller(*range(6))
    caller.learn(listing(*range(6)), seats_left={1: 0, 2: 3, 3: 0})
    assert (2, [2]) == (caller.block, caller.choices[-1])
    assert {1, 3} == caller.drained(listing(*range(6)))
    caller.learn(listing(*range(6)))
    assert [2, 4, 5, 0, 2] == caller.take_seats(5)


def test_where_no_seat_was_read_a_caller_has_to_look_again():
    caller = Caller(*range(3))
    caller.learn(listing(*range(3)), seats_left={0: 0, 1: 0})
    assert (None, False) == (caller.block, caller.is_sold_out)


def test_what_was_read_empty_beside_a_new_listing_may_have_seats_by_now():
    caller = Caller(*range(3))
    caller.learn(listing(*range(3), relistings=1), seats_left={0: 0})
    assert (None, set()) == (caller.block, caller.drained(listing(*range(3), relistings=1)))


def test_a_directory_is_as_old_as_the_question():
    caller = Caller()
    caller.now = 60
    caller.learn(listing(), asked_at=60 - SOLD_OUT_SECONDS - 0.001)
    assert not caller.is_sold_out
    caller.learn(listing(), asked_at=60 - SOLD_OUT_SECONDS + 0.001)
    assert caller.is_sold_out


@pytest.mark.parametrize("age", [0, 60])
def test_meeting_another_takes_no_directory(age):
    caller = Caller(0, 1)
    caller.now = age
    caller.met_another()
    assert 1 == caller.block


@pytest.mark.parametrize(
    ("open_blocks", "expected", "choices"),
    [((0, 1, 2), 1, 1), ((1,), 1, 1), ((0, 2), 0, 2), ((7,), 7, 2), ((), None, 1)],
)
def test_a_directory_moves_a_caller_only_where_its_block_is_gone(open_blocks, expected, choices):
    caller = Caller(0, 1, 2)
    caller.took_seat()
    caller.learn(listing(*open_blocks))
    assert (expected, choices) == (caller.block, len(caller.choices))


def test_a_caller_goes_around_the_blocks_of_the_latest_directory():
    caller = Caller(0, 1)
    caller.learn(listing(0, 3, 5))
    assert [0, 3, 5, 0] == caller.take_seats(4)


def test_the_directory_tells_how_people_are_spread():
    caller = Caller()
    caller.learn(listing(0, attendee_partitions=16))
    assert 16 == caller.attendee_partitions


@pytest.mark.parametrize(
    ("age", "expected"),
    [(-0.001, False), (1e-12, True), (SOLD_OUT_SECONDS, True), (SOLD_OUT_SECONDS + 0.001, False)],
    ids=["clock set back", "at once", "just now", "too old"],
)
def test_an_empty_directory_proves_the_event_sold_out_while_it_is_fresh(age, expected):
    caller = Caller()
    caller.now = 1
    caller.learn(listing())
    caller.now = 1 + age - 1e-12  # what a float makes of 1.05 - 1
    assert (None, expected) == (caller.block, caller.is_sold_out)


@pytest.mark.parametrize(
    ("later", "expected"),
    [(-0.001, False), (0, True), (RUSH_SECONDS, True), (RUSH_SECONDS + 0.001, False)],
    ids=["clock set back", "at once", "still", "over"],
)
def test_a_directory_that_could_not_be_read_is_spared_for_a_while(later, expected):
    caller = Caller()
    assert not caller.spares_directory
    caller.now = 8
    caller.spare_directory()
    caller.now = 8 + later
    caller.learn(listing())
    assert (True, expected) == (caller.is_sold_out, caller.spares_directory)


def test_in_a_rush_too_a_directory_is_read_again_once_its_proof_is_old():
    caller = Caller()
    caller.learn(listing())
    caller.spare_directory()
    assert caller.spares_directory
    caller.now = SOLD_OUT_SECONDS + 0.001
    assert not caller.spares_directory


def test_a_directory_with_entries_proves_nothing():
    assert not Caller(0).is_sold_out


def test_a_proof_counts_by_the_clock_on_the_wall_unless_told_otherwise():
    finder = SeatFinder()
    finder.learn(listing())
    assert finder.is_sold_out


# --- Which blocks to take off -----------------------------------------------------------------------------------------


def having_found_empty(*empty, relistings=0):
    """A caller that found these of blocks 0 to 3 empty."""
    caller = Caller(choose=lambda them: next(n for n in (*empty, *them) if n in them))
    caller.learn(listing(0, 1, 2, 3, relistings=relistings))
    for _ in empty:
        caller.found_empty()
    return caller


@pytest.mark.parametrize(
    ("empty", "listed", "expected"),
    [
        ([], [0, 1, 2, 3], set()),
        ([2], [0, 1, 2, 3], {2}),
        ([2, 0], [0, 1, 2, 3], {0, 2}),
        ([2, 0], [0, 1], {0}),
        ([2, 0], [1, 3], set()),
        ([3, 2, 1, 0], [0, 1, 2, 3], {0, 1, 2, 3}),
    ],
)
def test_what_was_found_empty_and_is_still_listed_is_drained(empty, listed, expected):
    assert expected == having_found_empty(*empty).drained(listing(*listed))


@pytest.mark.parametrize(("before", "after"), [(0, 1), (3, 4), (3, 5)])
def test_nothing_is_drained_where_a_block_was_listed_anew_meanwhile(before, after):
    caller = having_found_empty(2, 0, relistings=before)
    assert set() == caller.drained(listing(0, 1, 2, 3, relistings=after))
    assert {0, 2} == caller.drained(listing(0, 1, 2, 3, relistings=before))


def test_what_was_found_empty_is_forgotten_with_a_directory_that_lists_a_block_anew():
    caller = having_found_empty(2)
    caller.learn(listing(0, 1, 2, 3, relistings=1))
    assert set() == caller.drained(listing(0, 1, 2, 3, relistings=1))


def test_what_was_found_empty_is_remembered_until_then():
    """It may be listed for long: somebody has to take it off, and may fail."""
    caller = having_found_empty(2)
    caller.learn(listing(0, 1, 3))
    assert {2} == caller.drained(listing(0, 1, 2, 3))


# --- Callers, blocks and the directory together -----------------------------------------------------------------------


class Sale:
    """An event's blocks and directory as store/seats.py writes them, and callers whose steps come in any order.

    A write happens at one instant. Between it, or a read, and what its caller makes of the answer, anything may happen;
    also between a directory's reading and the taking off of what it lists in vain.
    """

    def __init__(self, left):
        self.left, self.sold, self.capacity = dict(enumerate(left)), 0, sum(left)
        self.open_blocks, self.relistings = set(self.left), 0
        self.now = 0.0
        self.callers = [SeatFinder(lambda: self.now, lambda blocks, n=n: blocks[-n]) for n in (0, 1)]
        self.answers = [None, None]
        self.takings_off, self.changes, self.reserve = [], [], 0

    def run(self, schedule):
        """Do one thing after the other, checking what always holds."""
        steps = [
            *(lambda n=n: self.step(n) for n in (0, 1, 0, 1, 0, 1)),
            *(lambda n=n: self.step(n, conflict=True) for n in (0, 1)),
            *(lambda n=n: self.give_back(n) for n in (0, 1)),
            *(lambda n=n: self.move(n) for n in (0, 1)),
            *(lambda n=n: self.try_change(n) for n in (0, -1)),
            *(lambda n=n: self.take_off(n) for n in (0, -1)),
            self.wait,
        ]
        for number in schedule:
            steps[number % len(steps)]()
            assert min(self.left.values()) >= 0
            assert {block for block, seats in self.left.items() if seats} <= self.open_blocks

    # --- Callers ---

    def step(self, number, *, conflict=False):
        """One thing that a caller does: send a call, or make something of its answer."""
        caller, answer = self.callers[number], self.answers[number]
        self.answers[number] = None
        if answer:
            answer()
        elif caller.block is None:
            self.answers[number] = None if caller.is_sold_out else self.look(number)
        elif conflict:
            self.answers[number] = caller.met_another
        elif self.left[caller.block]:
            self.left[caller.block] -= 1
            self.sold += 1
            self.answers[number] = caller.took_seat
        else:
            self.answers[number] = caller.found_empty

    def look(self, number):
        """Read the directory, and blocks beside it: of one caller at the same instant, of the other one later."""
        caller = self.callers[number]
        directory = Directory(frozenset(self.open_blocks), self.relistings, 1)
        seats_left = sum(self.left.values())
        beside = {block: self.left[block] for block in caller.blocks_to_read}

        def learn():
            drained = caller.drained(directory)
            if drained:
                self.takings_off.append((drained, directory.relistings))
            still_open = directory.open_blocks - drained
            read = {block: self.left[block] for block in beside} if number else beside
            caller.learn(directory._replace(open_blocks=still_open), seats_left=read)
            if still_open and caller.block is None:
                self.answers[number] = self.look(number)
            assert caller.block is not None or still_open or seats_left == 0

        return learn

    def take_off(self, which):
        if self.takings_off:
            blocks, relistings = self.takings_off.pop(which)
            if self.relistings == relistings:
                self.open_blocks -= blocks

    def wait(self):
        self.now += 2 * SOLD_OUT_SECONDS

    # --- Seats that come and go otherwise ---

    def give_back(self, block):
        """Free a seat that was sold, whichever block it was of."""
        if self.sold:
            self.sold -= 1
            self.changes.append((block % len(self.left), False))
            self.try_change(-1)

    def move(self, block):
        """Withdraw a seat that is left into the reserve, or return one from there, as `store.ledger` does."""
        block %= len(self.left)
        if self.reserve:
            self.reserve -= 1
            self.left[block] += 1
            self.open_blocks.add(block)
            self.relistings += 1
        elif self.left[block]:
            self.left[block] -= 1
            self.reserve += 1

    def try_change(self, which):
        """Try as `store.ledger.release` does: once more, with the directory, where a block turns out to be empty."""
        if not self.changes:
            return
        block, is_relisted = self.changes.pop(which)
        if not self.left[block] and not is_relisted:
            self.changes.append((block, True))
            return
        self.left[block] += 1
        if is_relisted:
            self.open_blocks.add(block)
            self.relistings += 1

    # --- Its end ---

    def sell_out(self):
        """Go on selling until every caller is told that all is sold, though nothing is taken off any more."""
        while self.changes:
            self.try_change(0)
        if self.reserve:
            self.move(0)
        for number, caller in enumerate(self.callers):
            self.step(number)
            self.wait()
            for _ in range(40):
                self.step(number)
            assert caller.is_sold_out
        assert (self.capacity, 0) == (self.sold, sum(self.left.values()))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=2), st.binary(min_size=20, max_size=60))
def test_callers_in_any_order_sell_every_seat_once_and_an_empty_directory_tells_no_lie(left, schedule):
    sale = Sale(left)
    sale.run(schedule)
    sale.sell_out()
