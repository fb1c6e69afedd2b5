"""`make fuzz`: generated requests against the running stack, and nothing but the contract's answers.

Every operation of docs/openapi.yaml is called with requests that its schemas allow and with such that they do not, on an
open stack and on a guarded one. A run fails on any 5xx, on an answer that docs/openapi.yaml does not allow, on a request
that breaks a schema and is taken, on an operation that never succeeded, and on data that is amiss at the end.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import count

import requests
from schemathesis import Case, GenerationMode
from schemathesis.checks import negative_data_rejection
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from local.launch import Stack, launch
from operations.verify_data import Table, verify
from tests.fuzz.requests import Generated, feed, generate, load, operations
from tests.fuzz.verdict import PREFLIGHT, Exchange, Verdict
from tests.fuzz.world import LEAVES, World

GUARDED = 0.15
"""The share of requests that the guarded stack gets, from its users and from nobody."""
RENEWED = 20
"""A world serves so many requests at most: these change it."""
WAIT = 60
"""Seconds after which an answer is not awaited any longer."""
_CALLERS = (None, "organiser", "organiser2", "admin", "helper")


class Run:
    """Requests against one stack."""

    def __init__(self, stack: Stack, verdict: Verdict, start: int) -> None:
        self._stack, self._verdict, self._start = stack, verdict, start
        self._is_guarded = is_guarded = stack.auth == "cognito"
        self._tokens = [user and stack.token(user) for user in _CALLERS] if is_guarded else [None]
        self._organiser = self._tokens[_CALLERS.index("organiser")] if is_guarded else None
        self._numbers = count(1)
        self._session = requests.Session()
        self._session.trust_env = False

    def fuzz(self, number: int) -> None:
        """Send so many requests, over all operations."""
        every = operations(load(self._stack.base_url))
        weights = {name: 1 if name.startswith(PREFLIGHT) else 4 for name in every}
        for name, operation in every.items():
            share = max(round(number * weights[name] / sum(weights.values())), 2)
            self._fuzz(name, generate(operation, share, self._start))

    def _fuzz(self, operation_id: str, cases: Iterable[Generated]) -> None:
        world, served = self._world(), 0
        for generated in cases:
            token = generated.random.choice(self._tokens)
            if not generated.is_pure:
                feed(operation_id, generated, world)
            if token is not None and generated.random.random() < 0.9:
                generated.case.headers["Authorization"] = f"Bearer {token}"
            response = self._send(operation_id, generated)
            served += 1
            if served >= RENEWED or (response is not None and response.status_code < 300 and operation_id in LEAVES):
                world, served = self._world(), 0

    def _world(self) -> World:
        return World(self._stack, self._organiser, next(self._numbers))

    def _send(self, operation_id: str, generated: Generated) -> Response | None:
        case = generated.case
        try:
            response: Response = case.call(session=self._session, timeout=WAIT)
        except requests.RequestException as error:
            exchange = Exchange(case.method, case.path, 0, {}, b"", _repeat(case))
            self._verdict.fail(operation_id, f"no answer: {type(error).__name__}: {error}", exchange)
            return None
        headers = {name: ", ".join(values) for name, values in response.headers.items()}
        sent = response.request
        exchange = Exchange(
            str(sent.method),
            str(sent.path_url),
            response.status_code,
            headers,
            response.content or b"",
            _repeat(case),
            is_open=not self._is_guarded,
        )
        self._verdict.judge(operation_id, exchange)
        if generated.is_pure and generated.mode is GenerationMode.NEGATIVE and response.status_code < 300:
            try:
                case.validate_response(response, checks=[negative_data_rejection])
            except FailureGroup as failures:
                why = "; ".join(" ".join(str(failure).split()) for failure in failures.exceptions)
                self._verdict.taken(operation_id, why, exchange)
        return response


def _repeat(case: Case) -> str:
    return case.as_curl_command().replace("\n", " ")


def main(arguments: Sequence[str]) -> int:
    """Run the command; return 0 when nothing failed."""
    options = _parser().parse_args(arguments)
    verdict, began = Verdict(), time.monotonic()
    print(f"{options.requests} requests, SEED={options.seed}", flush=True)
    faults = 0
    for auth, share in (("open", 1 - GUARDED), ("cognito", GUARDED)):
        with launch(auth=auth) as stack:
            Run(stack, verdict, options.seed).fuzz(round(options.requests * share))
            faults += verify(Table(stack.client("dynamodb"), stack.table_name))
        print(f"{auth}: {verdict.requests} requests after {time.monotonic() - began:.0f} s", flush=True)
    report, passed = verdict.report(operations(load("http://127.0.0.1")))
    print(report)
    if faults:
        print(f"=== {faults} things are amiss in the data that is left")
    print(f"Again: make fuzz REQUESTS={options.requests} SEED={options.seed}")
    return 0 if passed and not faults else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="how many requests to send, about")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="what the requests follow from")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
