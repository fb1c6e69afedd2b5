"""Runs of subjects in processes of their own, natively or under callgrind."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from bench.speed import artefacts
from bench.speed.places import BENCH, PROJECT
from bench.speed.subjects import Subject, settings

PYTHON = (sys.executable, "-B", "-P", "-S", "-s")
"""The standard library and PYTHONPATH, nothing else; nothing written."""


class FailedRunError(Exception):
    """A process that was to be measured did not do what it was to do."""


class Batches(NamedTuple):
    """How many calls are made: to get warm, and twice to be measured, so that what each batch costs besides cancels out."""

    warm_up: int
    short: int
    long: int

    def per_call(self, measured: Sequence[float]) -> float:
        """Return one call's share, out of what each batch took."""
        _, short, long = measured
        return (long - short) / (self.long - self.short)


class Warm(NamedTuple):
    """What one call of a subject took when it was warm."""

    instructions: float | None
    seconds: float | None


@dataclass(frozen=True)
class Engine:
    """The canned DynamoDB, running."""

    port: int

    def requests(self) -> list[tuple[str, Any]]:
        """Return the last requests since this was asked before, each with its operation."""
        with urlopen(f"http://127.0.0.1:{self.port}/") as answer:
            return [(operation, request) for operation, request in json.load(answer)]


@contextmanager
def canned_dynamodb() -> Iterator[Engine]:
    """Run the canned DynamoDB."""
    command = [sys.executable, "-B", "-S", "-s", "-m", "bench.speed.canned_dynamodb"]
    path = os.pathsep.join([str(PROJECT), str(artefacts.build_layer())])
    with subprocess.Popen(
        command,
        env={"PYTHONPATH": path, "PYTHONTZPATH": ""},
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Engine(int(process.stdout.readline()))
        process.stdin.close()


def has_valgrind() -> bool:
    """Tell whether instructions can be counted."""
    return shutil.which("valgrind") is not None


def valgrind_version() -> str:
    """Return `3.24.0`."""
    done = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip().removeprefix("valgrind-")


def time_start_up(subject: Subject) -> float:
    """Return the seconds of a cold start's whole process."""
    begun = time.perf_counter()
    _run([*PYTHON, "-c", subject.start_up], _environment(subject))
    return time.perf_counter() - begun


def count_start_up(subject: Subject) -> int:
    """Return the instructions of a cold start's whole process."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        _run([*_callgrind(counts), *PYTHON, "-c", subject.start_up], _environment(subject))
        (total,) = _totals(counts)
        return total


def call(subject: Subject, engine: Engine, batches: Sequence[int], *, valgrind: bool = False) -> list[dict[str, Any]]:
    """Make each of the subject's calls in these batches.

    Return of each `answer`, `seconds`, `instructions` where they are counted, and `logged_bytes`, those of all calls.
    Raises `FailedRunError` where an answer has another status than is expected, or a call left no log line.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = [{"event": call.event, "status": call.status} for call in subject.calls]
        task = {"handler": subject.handler, "calls": calls, "batches": batches}
        (folder / "task").write_text(json.dumps(task), encoding="utf-8")
        counter = [*_callgrind(folder / "counts"), "--dump-before=getppid", "--combine-dumps=yes"] if valgrind else []
        probe = [*PYTHON, str(BENCH / "speed" / "probe.py"), str(folder / "task"), str(folder / "result")]
        _run([*counter, *probe], _environment(subject, engine.port), folder / "log")
        log = (folder / "log").read_text(encoding="utf-8")
        lines = log.splitlines()
        if subject.logs and len(lines) < sum(batches):
            raise FailedRunError(f"{subject.name}: {sum(batches)} calls left {len(lines)} log lines")
        outcomes: list[dict[str, Any]] = json.loads((folder / "result").read_text(encoding="utf-8"))
        for outcome in outcomes:
            outcome["logged_bytes"] = len(log.encode())
        if valgrind:
            # Between two marks lies a batch, then what comes between batches.
            batched = _totals(folder / "counts")[1::2]
            if len(batched) != len(calls) * len(batches):
                raise FailedRunError(f"{subject.name}: callgrind did not notice every mark")
            for n, outcome in enumerate(outcomes):
                outcome["instructions"] = batched[n * len(batches) : (n + 1) * len(batches)]
        return outcomes


def _callgrind(counts: Path) -> list[str]:
    return ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={counts}"]


def _totals(counts: Path) -> list[int]:
    return [int(total) for total in re.findall(r"^totals: (\d+)", counts.read_text(encoding="utf-8"), re.MULTILINE)]


def _environment(subject: Subject, port: int | None = None) -> dict[str, str]:
    return settings(port) | {"PYTHONPATH": os.pathsep.join(map(str, subject.path))}


def _run(command: Sequence[str], environment: Mapping[str, str], log: Path | None = None) -> None:
    with (log or Path(os.devnull)).open("wb") as stdout:
        done = subprocess.run(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode != 0:
        last_lines = log.read_text(encoding="utf-8").splitlines()[-2:] if log else []
        said = "\n".join([done.stderr.decode(errors="replace"), *last_lines])
        raise FailedRunError(f"{' '.join(command)} failed:\n{said}")
