"""docs/cost.md follows from what was measured and from the price list; the README says the same."""

import re

import pytest

from bench.cost.__main__ import PAGE, dollars, page
from bench.cost.measured import Capacity, Sizes, read_capacity, read_instructions, read_sizes
from bench.cost.model import CALLS, Bill, Call, bill, floor_dollars, milliseconds, read_prices
from tests.gateway import FUNCTIONS, ROOT

PRICES = {
    "api_gateway": {"call": 3e-6},
    "lambda": {"call": 1e-6, "gb_second": 1e-5},
    "dynamodb": {"write_unit": 2e-6, "read_unit": 1e-6},
    "cloudwatch": {"logged_gb": 0.5},
    "xray": {"trace": 5e-6},
    "transfer": {"gb": 0.1},
    "assumptions": {
        "memory_mb": 512,
        "mb_of_a_processor": 1024,
        "instructions_per_second": 1e9,
        "ms_of_transaction": 15,
        "ms_of_other_call": 5,
        "traced_share": 0.1,
        "platform_log_bytes": 400,
        "gateway_header_bytes": 300,
    },
}


def test_the_page_is_what_its_sources_make_of_it():
    """Else `make cost` was forgotten."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_every_call_has_its_measurements():
    capacity, sizes, instructions = read_capacity(), read_sizes(), read_instructions()

    billed = {call.function for call in CALLS}
    assert billed <= set(FUNCTIONS)
    assert billed <= sizes.keys() & instructions.keys()
    assert {call.capacity for call in CALLS} <= capacity.keys()


def test_a_call_is_billed_for_its_own_work_and_for_its_waiting():
    call = Call("c", "register_attendee", "register", transactions=1)

    assert 10 + 15 + 2 * 5 == pytest.approx(milliseconds(PRICES, call, Capacity(3, 4, 2), instructions=5e6))


def test_a_bill_adds_up_what_a_million_calls_use():
    million = bill(PRICES, Sizes(answer=700, logged=600), Capacity(1, write_units=5, read_units=0.5), ms=20)

    assert Bill(gateway=3, function=1.1, table=10.5, logs=1.0, transfer=0.1) == pytest.approx(million)
    assert 15.7 == pytest.approx(million.total)


def test_the_floor_is_the_gateway_and_a_transaction_of_two_items():
    assert 3 + 4 * 2 == pytest.approx(floor_dollars(PRICES))
    assert floor_dollars(read_prices()) < min(
        float(total) for total in re.findall(r"\| registrations .*\*\*\$([\d.]+)\*\*", page())
    )


@pytest.mark.parametrize(("amount", "text"), [(3.125, "$3.13"), (0.5, "$0.50"), (12.344, "$12.34")])
def test_dollars_are_rounded_to_the_cent(amount, text):
    assert text == dollars(amount)


def test_the_readme_names_prices_of_the_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.search(r"a million registrations cost (\$[\d.]+), a million reads of one event (\$[\d.]+)", readme)
    rows = dict(re.findall(r"^\| (.+?) +\|.*\*\*(\$[\d.]+)\*\* \|$", page(), re.MULTILINE))

    assert named
    assert (rows["registrations"], rows["reads of one event"]) == named.groups()
