"""What the simulation assumes of AWS: numbers with units, each with its source or marked as an assumption of ours."""

from dataclasses import dataclass

Range = tuple[float, float]
"""Least and most; every value between them is as likely as another."""


@dataclass(frozen=True)
class Assumptions:
    """AWS as the simulation has it. Times in seconds, rates per second.

    Every limit is a bucket that holds what one second brings and starts full: no burst credit is saved up beyond that,
    and adaptive capacity never moves or splits a hot partition. Both exist and help; neither is promised.
    """

    write_units_per_partition: float = 1000
    read_units_per_partition: float = 3000
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""
    new_table_partitions: int = 4
    """Of a new on-demand table or index, which takes 4,000 writes and 12,000 reads a second.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"""
    units_per_transaction_write: float = 2
    """Of each item, once to prepare and once to commit; charged in full for an attempt that is cancelled too, also where
    only one of the two partitions had units left. All items are taken to be of 1 KB at most.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html"""
    units_per_index_write: float = 1
    """An index without units for it throttles the write to the table.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html"""
    units_per_directory_write: float = 2
    """256 block numbers make an item of more than 1 KB."""
    units_per_read: float = 1
    """Of each item, strongly consistent, up to 4 KB."""
    holding: Range = (0.010, 0.020)
    """From a transaction's prepare to its end: any other write to its items conflicts and is cancelled. A transaction
    that is cancelled at its prepare, for a conflict or a condition, holds nothing. Duration: assumption. Protocol:
    Idziorek et al., Distributed Transactions at Scale in Amazon DynamoDB, USENIX ATC '23, section 3."""
    cancelling: float = 0.003
    """What a cancelled transaction takes besides the way there and back. Assumption."""
    one_way: Range = (0.0015, 0.003)
    """From function to DynamoDB or back, DynamoDB's own time included: single-digit milliseconds both ways. Assumption."""
    sdk_pause: Range = (0, 1)
    """Before the SDK repeats a call (not a cancelled transaction) that was throttled, once.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
    sdk_attempts: int = 2
    """As store/client.py sets it."""

    handler: float = 0.005
    """A warm call's own work, with 512 MB. Assumption; bench/results/speed.md has the instructions."""
    cold_start: float = 0.35
    """From a call for which no environment is free until the handler begins. Assumption."""
    connecting: float = 0.03
    """An environment's first call connects to DynamoDB (TLS), and then reads the stack's secrets. Assumption."""
    gateway: float = 0.010
    """What API Gateway and Lambda add to every call. Assumption."""
    environments_at_once: float = 1000
    environments_per_second: float = 100
    """Lambda starts 1,000 more environments of a function every 10 s, refilled continuously; beyond that it refuses calls.
    https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html"""
    calls_per_environment: float = 10
    """A second, on average over a function's provisioned environments (calls beyond go to others), and over an account's
    concurrency quota (calls beyond are refused).
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""
