"""The DynamoDB client: one for each process, cheap to make and to call.

Whatever can be settled once is settled here, so that neither the store's functions nor the handlers need to think of it.
See docs/decisions/0013-start-up.md.
"""

import gc
import os
import threading
from functools import cache
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config
from botocore.handlers import BUILTIN_HANDLERS

from event_management.store.answers import AnswerParserFactory

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

CONNECT_TIMEOUT = 1
READ_TIMEOUT = 2
ATTEMPTS = 2
LONGEST_CALL = ATTEMPTS * (CONNECT_TIMEOUT + READ_TIMEOUT) + 1 + 5
"""Seconds until a call has ended in the worst case: between its attempts the SDK pauses for at most 1 s of its own, and
5 s more where an answer asks for it (`x-amz-retry-after`)."""

_lock = threading.Lock()


def dynamodb() -> "DynamoDBClient":
    """Return the client of this process, made at the first call."""
    with _lock:
        return _make_client()


def forget_client() -> None:
    """Make a new client at the next call."""
    _make_client.cache_clear()


@cache
def _make_client() -> "DynamoDBClient":
    # Not boto3's session, which wraps this one: its resources and transfers, which we never use, cost as much to import
    # as Logger, Metrics and all of our own code.
    session = botocore.session.Session(include_builtin_handlers=False)
    # All others of botocore's 120 handlers are other services', and their documentation's.
    for event, handler, *_order in BUILTIN_HANDLERS:
        if "." not in event or ".dynamodb" in event:
            session.register(event, handler)
    session.register_component("response_parser_factory", AnswerParserFactory())
    client = session.create_client(
        "dynamodb",
        config=Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=64,
            # What the store sends is built from checked models; DynamoDB refuses the rest.
            parameter_validation=False,
            # Said once, instead of put together anew for each call.
            user_agent=session.user_agent(),
        ),
    )
    return cast("DynamoDBClient", client)


if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    # Lambda initialises functions with a whole processor, and answers with the share that their memory buys.
    dynamodb()
    # What is there by now stays, what little garbage it holds too: no later search for garbage needs to look at it.
    gc.freeze()
