"""Dollars out of measured quantities and list prices."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bench.cost.measured import Capacity, Sizes

PRICES = Path(__file__).parent / "prices.toml"
MILLION = 1_000_000
GB = 1e9

Prices = Mapping[str, Any]


def read_prices() -> Prices:
    """Return prices.toml."""
    return tomllib.loads(PRICES.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Call:
    """One kind of call."""

    label: str
    function: str
    capacity: str
    """Its row in docs/capacity.md. Sizes and instructions are those of the function's successful call."""
    transactions: int = 0
    """How many of its calls to DynamoDB are transactions."""


CALLS = (
    Call("registrations", "register_attendee", "register", transactions=1),
    Call('answers "sold out"', "register_attendee", "register, sold out"),
    Call("reads of one event", "get_event", "read an event"),
    Call("lists of events, 50 a page", "list_events", "list events, a page of 50"),
    Call("lists of attendees, 10 a page", "list_attendees", "list attendees, a page of 10"),
    Call("events made, up to 80 seats", "create_event", "make an event, 1 seat block", transactions=1),
)


class Bill(NamedTuple):
    """Dollars for a million calls."""

    gateway: float
    function: float
    table: float
    logs: float
    """Logs and traces."""
    transfer: float

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self)


def milliseconds(prices: Prices, call: Call, capacity: Capacity, instructions: float) -> float:
    """Return how long a warm call is billed: its own work at the function's share of a processor, and its waiting."""
    assumed = prices["assumptions"]
    per_second = assumed["instructions_per_second"] * assumed["memory_mb"] / assumed["mb_of_a_processor"]
    waiting = call.transactions * assumed["ms_of_transaction"]
    waiting += (capacity.calls - call.transactions) * assumed["ms_of_other_call"]
    return float(1000 * instructions / per_second + waiting)


def bill(prices: Prices, sizes: Sizes, capacity: Capacity, ms: float) -> Bill:
    """Return what a million calls cost, each of `ms` milliseconds."""
    assumed = prices["assumptions"]
    gb_seconds = assumed["memory_mb"] / 1024 * ms / 1000
    logged = sizes.logged + assumed["platform_log_bytes"]
    answered = sizes.answer + assumed["gateway_header_bytes"]
    return Bill(
        gateway=MILLION * prices["api_gateway"]["call"],
        function=MILLION * (prices["lambda"]["call"] + gb_seconds * prices["lambda"]["gb_second"]),
        table=MILLION * table_dollars(prices, capacity),
        logs=MILLION
        * (logged / GB * prices["cloudwatch"]["logged_gb"] + assumed["traced_share"] * prices["xray"]["trace"]),
        transfer=MILLION * answered / GB * prices["transfer"]["gb"],
    )


def table_dollars(prices: Prices, capacity: Capacity) -> float:
    """Return what the units of one call cost."""
    units = prices["dynamodb"]
    return float(capacity.write_units * units["write_unit"] + capacity.read_units * units["read_unit"])


FLOOR = Capacity(calls=1, write_units=4, read_units=0)
"""The least that can tell of a registration for good: two items of up to 1 KB, written in one transaction."""


def floor_dollars(prices: Prices) -> float:
    """Return what a million registrations cost at the gateway and in the table if nothing else cost anything."""
    return MILLION * float(prices["api_gateway"]["call"] + table_dollars(prices, FLOOR))
