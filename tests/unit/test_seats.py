from hypothesis import given
from hypothesis import strategies as st

from event_management.seats import attendee_partition, plan_seat_blocks


@given(st.integers(1, 1_000_000))
def test_blocks_hold_exactly_the_capacity(capacity):
    blocks = plan_seat_blocks(capacity)
    assert capacity == sum(blocks)
    assert all(seats > 0 for seats in blocks)


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16), st.integers(1, 64))
def test_an_attendee_belongs_to_one_partition_for_good(attendee_id, partitions):
    partition = attendee_partition(attendee_id, partitions)
    assert 0 <= partition < partitions
    assert partition == attendee_partition(attendee_id, partitions)


def test_the_rule_of_partitions_never_changes():
    """Attendees are found by it years later."""
    assert [0, 0, 2, 2] == [attendee_partition("m4x2c7v5b3n6a2sd", n) for n in (1, 2, 4, 8)]
