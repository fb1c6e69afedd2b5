"""What a fuzzing run holds against answers, and against itself. Knows nothing of what generates the requests."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.contract.conformance import NonConformanceError, check_http

SHOWN_OF_A_KIND = 3
"""So many failures of an operation are shown whole that begin alike."""

PREFLIGHT = "preflight_"
"""What the ids of operations begin with that browsers call of their own accord: answered whatever comes with them."""
NEVER_REFUSED = {"TransactionId"}
"""The document says what becomes of others: an id is made up."""


class Exchange(NamedTuple):
    """A request and its answer; `body` is what came, `repeat` a command that sends the request again."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    repeat: str
    is_open: bool = False
    """Whether it is a stack without sign-in that answered."""


class Verdict:
    """The failures of a run, and what was answered how often."""

    def __init__(self) -> None:
        self.answers: dict[str, Counter[str]] = defaultdict(Counter)
        """By operation, how many answers there were of each class of status: `2xx`."""
        self.failures: dict[tuple[str, str], list[str]] = defaultdict(list)
        """By operation and first line, whole texts."""

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return sum(answers.total() for answers in self.answers.values())

    def judge(self, aim: str, exchange: Exchange) -> None:
        """Hold an answer against the contract. `aim`: the operation that the request was made for."""
        self.answers[aim][f"{exchange.status // 100}xx"] += 1
        if exchange.status >= 500:
            # Nothing else calls the stack meanwhile: there is nothing to wait for.
            self.fail(aim, f"{exchange.status}, which nothing may be answered with", exchange)
            return
        try:
            check_http(
                exchange.method,
                exchange.path,
                exchange.status,
                exchange.headers,
                exchange.body.decode(),
                is_open=exchange.is_open,
            )
        except (NonConformanceError, UnicodeDecodeError) as error:
            self.fail(aim, str(error), exchange)

    def taken(self, aim: str, why: str, exchange: Exchange) -> None:
        """Record that a request was taken that breaks a schema, unless it breaks what nobody insists on."""
        broken = {name for names in re.findall(r"/properties/([\w-]+)|\(was ([\w-]+)\)", why) for name in names if name}
        nobody_insists = NEVER_REFUSED | ({"Authorization"} if exchange.is_open else set())
        if not aim.startswith(PREFLIGHT) and not (broken and broken <= nobody_insists):
            self.fail(aim, f"taken, though it breaks a schema: {why}", exchange)

    def fail(self, aim: str, why: str, exchange: Exchange) -> None:
        """Record a failure."""
        line = why.strip().splitlines()[1] if why.strip().count("\n") else why.strip()
        shown = f"{exchange.status} {dict(exchange.headers)}\n{exchange.body.decode(errors='replace')[:2000]}"
        self.failures[aim, line[:80]].append(f"{why}\n{exchange.repeat}\n{shown}")

    def unreached(self, operation_ids: Iterable[str]) -> list[str]:
        """Return the operations that never succeeded: of these the run has shown nothing but refusals."""
        return [aim for aim in operation_ids if not self.answers[aim]["2xx"]]

    def report(self, operation_ids: Iterable[str]) -> tuple[str, bool]:
        """Return what to print, and whether the run has passed."""
        aims = list(operation_ids)
        unreached = self.unreached(aims)
        lines = [
            f"{aim:32}" + "".join(f"{kind} {count:5}  " for kind, count in sorted(self.answers[aim].items()))
            for aim in aims
        ]
        for (aim, line), texts in self.failures.items():
            lines.append(f"\n=== {aim}: {line} ({len(texts)} times)")
            lines += texts[:SHOWN_OF_A_KIND]
        lines += [f"=== {aim} never succeeded" for aim in unreached]
        lines.append(f"{self.requests} requests, {sum(map(len, self.failures.values()))} failures")
        return "\n".join(lines), not self.failures and not unreached
