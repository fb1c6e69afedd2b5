"""Seats: how a capacity is laid out in seat blocks, and people in attendee partitions. Pure arithmetic.

A seat block is the item that decides whether a seat may be taken; see docs/decisions/0007-one-transaction-per-registration.md.
"""

import zlib

ATTENDEE_PARTITIONS = 1
"""Over how many partitions a new event's attendees are spread; fixed for the event's life."""


def plan_seat_blocks(capacity: int) -> tuple[int, ...]:
    """Return the seats of each block of a new event; they add up to `capacity`."""
    return (capacity,)


def attendee_partition(attendee_id: str, partitions: int) -> int:
    """Return the partition, 0 ≤ m < `partitions`, that holds this attendee."""
    return zlib.crc32(attendee_id.encode()) % partitions
