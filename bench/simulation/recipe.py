"""What is prepared for a sale of 20,000 seats to 50,000 buyers within 10 s, and its price. docs/operations/on-sale.md."""

import tomllib
from pathlib import Path
from typing import NamedTuple

_PRICES = tomllib.loads((Path(__file__).parents[1] / "cost" / "prices.toml").read_text(encoding="utf-8"))
_DOLLARS_PER_WARM_WRITE = 0.00065
"""Once, for each write a second above what is warm already; us-east-1. Warming is charged like an hour of provisioned
capacity: https://aws.amazon.com/blogs/database/pre-warming-amazon-dynamodb-tables-with-warm-throughput/"""
_WRITES_PER_PARTITION = 1000


class Recipe(NamedTuple):
    """Settings of table, index and register function."""

    table_partitions: int
    """Its warm throughput is 1,000 writes a second for each; a new table has 4."""
    index_partitions: int
    """Of gsi1; likewise."""
    provisioned: int
    """Environments of the register function that are started beforehand."""

    @property
    def warming_dollars(self) -> float:
        """Once."""
        more = self.table_partitions - UNPREPARED.table_partitions + self.index_partitions - UNPREPARED.index_partitions
        return more * _WRITES_PER_PARTITION * _DOLLARS_PER_WARM_WRITE

    @property
    def provisioned_dollars(self) -> float:
        """An hour."""
        gigabytes = self.provisioned * _PRICES["assumptions"]["memory_mb"] / 1024
        return float(gigabytes * 3600 * _PRICES["lambda"]["provisioned_gb_second"])


UNPREPARED = Recipe(4, 4, 0)
RECIPE = Recipe(48, 24, 1000)
