"""What every test stands on: zone rules from the pinned tzdata, as in Lambda, and all the time in the world."""

import zoneinfo

import pytest

from event_management.deadline import set_deadline

zoneinfo.reset_tzpath(to=[])


@pytest.fixture(autouse=True)
def no_deadline():
    """Forget how long an earlier test's call had left."""
    set_deadline(float("inf"))
