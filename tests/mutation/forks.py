"""Run pytest again and again, each time in a fork of this process: it has imported whatever takes long, and nothing of
the product, so every run reads the sources anew and none waits for boto3, moto and hypothesis.

Reads lists of pytest's arguments from standard input, one in JSON per line; answers each with `[exit status, output]`.
"""

import json
import os
import signal
import sys
import tempfile

import aws_lambda_powertools.metrics  # noqa: F401
import boto3  # noqa: F401
import hypothesis.strategies  # noqa: F401
import jsonschema  # noqa: F401
import moto.dynamodb.responses  # noqa: F401
import openapi_spec_validator  # noqa: F401
import pytest
import yaml  # noqa: F401

TIME_LIMIT = 120
"""Seconds for one run; a signal ends a longer one."""


def main() -> None:
    """Serve until standard input ends."""
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            if (child := os.fork()) == 0:
                run(json.loads(line), output.fileno())
            _, status = os.waitpid(child, 0)
            output.seek(0)
            print(json.dumps([os.waitstatus_to_exitcode(status), output.read()]), flush=True)


def run(arguments: list[str], output: int) -> None:
    """Run pytest, its output going to that descriptor; end the process."""
    status = 1
    try:
        signal.alarm(TIME_LIMIT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        status = int(pytest.main(arguments))
        sys.stdout.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
