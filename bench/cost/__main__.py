"""What the deployed API costs: measures sizes, computes docs/cost.md.

`python -m bench.cost` needs results/speed.json, which `make bench` writes.
"""

from bench.cost.measured import CAPACITY, measure_sizes, read_capacity, read_instructions, read_sizes, write_sizes
from bench.cost.model import CALLS, Bill, Prices, bill, floor_dollars, milliseconds, read_prices
from bench.report import markdown_table
from bench.speed.places import PROJECT

PAGE = PROJECT / "docs" / "cost.md"


def page() -> str:
    """Return docs/cost.md."""
    prices, sizes, capacity, instructions = read_prices(), read_sizes(), read_capacity(), read_instructions()
    bills: list[tuple[str, float, Bill]] = []
    for call in CALLS:
        ms = milliseconds(prices, call, capacity[call.capacity], instructions[call.function])
        bills.append((call.label, ms, bill(prices, sizes[call.function], capacity[call.capacity], ms)))
    header = ["a million of", "ms each", "API Gateway", "Lambda", "DynamoDB", "logs, traces", "transfer", "together"]
    rows = [
        [label, f"{ms:.0f}", *(dollars(part) for part in parts), f"**{dollars(parts.total)}**"]
        for label, ms, parts in bills
    ]
    parts = [
        "# What it costs",
        _sources(prices),
        markdown_table(header, rows),
        _floor(prices, bills[0][2]),
        _assumptions(prices),
        "## An idle month",
        _idle(prices),
        "## A sale at a set time",
        _sale(prices),
    ]
    return "\n\n".join(parts) + "\n"


def dollars(amount: float) -> str:
    """Return `$3.50`."""
    return f"${amount + 1e-9:.2f}"  # half a cent is rounded up


def provisioned_hour(prices: Prices, environments: int) -> float:
    """Return what so many environments cost that are kept started for an hour, without calls."""
    gb = prices["assumptions"]["memory_mb"] / 1024
    return float(environments * gb * 3600 * prices["lambda"]["provisioned_gb_second"])


def _sources(prices: Prices) -> str:
    return (
        f"List prices of {prices['region']} on {prices['as_of']}, without the free tier ([prices.toml](../bench/cost/prices.toml)). "
        f"`make cost` computes this page, and a test holds it against its sources: capacity units as measured ([{CAPACITY.name}]({CAPACITY.name})), "
        "instructions as counted ([speed](../bench/results/speed.md)), sizes of answers and logs as measured."
    )


def _floor(prices: Prices, registrations: Bill) -> str:
    floor = floor_dollars(prices)
    return (
        f"**The floor** for a million registrations is {dollars(floor)}: the gateway's calls, and one transaction that writes two items of up to 1 KB. "
        f"Nothing that answers through a REST API and keeps both items goes below it; ours are at {registrations.total / floor:.2f} of it."
    )


def _sale(prices: Prices) -> str:
    return (
        f"Environments that are kept started cost {dollars(provisioned_hour(prices, 100))} for a hundred of them and an hour, used or not; warm throughput is charged once. "
        "[operations/on-sale.md](operations/on-sale.md) says how many of both a sale needs."
    )


def _assumptions(prices: Prices) -> str:
    assumed = prices["assumptions"]
    return (
        f"**Assumed**, not billed: {assumed['memory_mb']} MB buy {assumed['memory_mb'] / assumed['mb_of_a_processor']:.2f} "
        f"of a processor of {assumed['instructions_per_second'] / 1e9:.1f} billion instructions a second; DynamoDB answers a transaction in {assumed['ms_of_transaction']} ms "
        f"and anything else in {assumed['ms_of_other_call']} ms; Lambda's own log lines take {assumed['platform_log_bytes']} bytes and the gateway's headers {assumed['gateway_header_bytes']}; "
        f"X-Ray traces {assumed['traced_share']:.0%} of a rush, its default. It traces one call a second besides: a million calls spread over a month are up to "
        f"{dollars(1e6 * prices['xray']['trace'])}. Cold starts are left out. Organisers' sign-ins are Cognito's, free for the first 10,000 users a month."
    )


def _idle(prices: Prices) -> str:
    stored, recovery = prices["dynamodb"]["stored_gb_month"], prices["dynamodb"]["recovery_gb_month"]
    kept = 1e6 * prices["assumptions"]["bytes_of_a_registration"] / 1e9
    return (
        f"Nothing runs and nothing is reserved: a deployment without data costs $0.00. Data cost {dollars(stored)} per GB and month, {dollars(recovery)} more for point-in-time recovery: "
        f"a million registrations are {kept:.1f} GB with their index entries, {dollars(kept * (stored + recovery))}. "
        f"A metric costs {dollars(prices['cloudwatch']['metric_month'])} in a month in which it is written; there are eleven when every operation is used and has met contention."
    )


if __name__ == "__main__":
    write_sizes(measure_sizes())
    PAGE.write_text(page(), encoding="utf-8")
    print(page())
