"""What moto holds, kept and brought back at once: faster than making it again, call by call."""

import random
from collections.abc import Callable
from copy import deepcopy
from typing import TypeVar

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from event_management.store import seats
from tests.unit.conftest import TABLE

World = TypeVar("World")


def made_once(prepare: Callable[[], World]) -> Callable[[], World]:
    """Return a `prepare` that makes its world once, and from then on brings it back as it was; chance begins anew, too."""
    kept: list[tuple[World, object]] = []

    def bring_back() -> World:
        tables = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables
        if not kept:
            kept.append((prepare(), deepcopy(tables[TABLE])))
        world, table = kept[0]
        tables[TABLE] = deepcopy(table)
        seats._memory.finders.clear()
        random.seed(0)
        return world

    return bring_back
