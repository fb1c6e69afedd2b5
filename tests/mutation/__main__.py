"""Remove or weaken one rule after the other in a copy of the sources, and show which test notices.

Fails where none does, where the table no longer fits the source, and where the tests fail without any mutant.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import cache_from_source
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, Self

from tests.mutation.mutant import Mutant
from tests.mutation.table import ROOT, TABLE, stale_entries, unmutated_rules

WORKERS = 2
COPIED = ("docs", "events", "functions", "local", "operations", "shared", "tests", "pyproject.toml", "template.yaml")
PYTEST = ("-q", "-rfE", "--tb=no", "--hypothesis-seed=0", "-p", "no:cacheprovider", "-p", "no:xdist")
# What forks.py has imported cannot be rewritten any more, nor need it be.
PREIMPORTED = ("-W", "ignore::pytest.PytestAssertRewriteWarning")

_NOTICED = re.compile(r"^(?:FAILED|ERROR) (tests/[^:\s]+::\w+(?:\[.*?\])?)(?: - .*)?$", re.MULTILINE)


class Outcome(NamedTuple):
    """What the tests said to a mutant."""

    is_killed: bool
    text: str


def main() -> int:
    """Run the mutants that were asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", metavar="PATTERN", default="", help="mutants whose `file: name` has this pattern")
    parser.add_argument("--list", action="store_true", help="show the mutants and run nothing")
    options = parser.parse_args()

    chosen = [
        (file, mutant)
        for file, mutants in TABLE.items()
        for mutant in mutants
        if re.search(options.only, label(file, mutant))
    ]
    if options.list:
        print(*(label(*entry) for entry in chosen), sep="\n")
        return 0
    if misfits := [*stale_entries(), *unmutated_rules()]:
        print("The table does not fit the source:", *misfits, sep="\n  ", file=sys.stderr)
        return 2
    if not chosen:
        print(f"No mutant has {options.only!r} in its name.", file=sys.stderr)
        return 2

    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, Pool(Path(folder)) as pool:
        if not are_green(pool, {node_id for _, mutant in chosen for node_id in mutant.node_ids}):
            return 2
        survivors = list(survivors_of(pool, chosen))
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    print(f"{len(chosen)} mutants, {len(survivors)} survivors, {minutes} min {seconds} s")
    return 1 if survivors else 0


def label(file: str, mutant: Mutant) -> str:
    """`store/client.py: no reason is contention`."""
    return f"{file.removeprefix('shared/event_management/')}: {mutant.name}"


class Copy:
    """A copy of the sources, with a process that runs tests in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, folder)
        # -P: the folder of forks.py is no place to import from.
        self._forks = subprocess.Popen(
            [sys.executable, "-P", "tests/mutation/forks.py"],
            cwd=folder,
            env={**os.environ, "COLUMNS": "500"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def test(self, node_ids: Iterable[str], *options: str) -> tuple[int, str]:
        """Run tests; return pytest's exit status, negative where a signal ended it, and what it printed."""
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(json.dumps([*PYTEST, *PREIMPORTED, *options, *node_ids]) + "\n")
        self._forks.stdin.flush()
        status, text = json.loads(self._forks.stdout.readline())
        return status, text

    @contextmanager
    def mutated(self, file: str, mutant: Mutant) -> Iterator[None]:
        """Change the source while the block runs."""
        source = (self.folder / file).read_text(encoding="utf-8")
        self._write(file, source.replace(mutant.before, mutant.after))
        try:
            yield
        finally:
            self._write(file, source)

    def close(self) -> None:
        """End the process."""
        self._forks.communicate()

    def _write(self, file: str, source: str) -> None:
        path = self.folder / file
        path.write_text(source, encoding="utf-8")
        # Two versions written within a second and equally long look the same to Python.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


class Pool:
    """As many copies as work at once."""

    def __init__(self, folder: Path) -> None:
        self._copies = [Copy(folder / str(n)) for n in range(WORKERS)]
        self._free: SimpleQueue[Copy] = SimpleQueue()
        for copy in self._copies:
            self._free.put(copy)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for copy in self._copies:
            copy.close()

    @contextmanager
    def copy(self) -> Iterator[Copy]:
        """Yield a copy that nobody else works on."""
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def are_green(pool: Pool, node_ids: Iterable[str]) -> bool:
    """Run the tests without any mutant, file by file, crash tests one by one: they take long; print those that fail."""

    def run_of(node_id: str) -> str:
        return node_id if node_id.startswith("tests/crash/") else node_id.partition("::")[0]

    files = [list(ids) for _, ids in groupby(sorted(node_ids), key=run_of)]
    print(f"{sum(map(len, files))} tests without a mutant …", flush=True)

    def run(ids: list[str]) -> tuple[int, str]:
        with pool.copy() as copy:
            return copy.test(ids)

    with ThreadPoolExecutor(WORKERS) as threads:
        failures = [text for status, text in threads.map(run, files) if status != 0]
    if failures:
        print(*failures, "Tests fail without any mutant.", sep="\n", file=sys.stderr)
    return not failures


def survivors_of(pool: Pool, chosen: list[tuple[str, Mutant]]) -> Iterator[str]:
    """Try every mutant; print what became of each; yield those that no test noticed."""
    with ThreadPoolExecutor(WORKERS) as threads:
        outcomes = threads.map(lambda entry: attempt(pool, *entry), chosen)
        for entry, outcome in zip(chosen, outcomes, strict=True):
            print(f"{label(*entry)}: {outcome.text}", flush=True)
            if not outcome.is_killed:
                yield label(*entry)


def attempt(pool: Pool, file: str, mutant: Mutant) -> Outcome:
    """Run a mutant's tests against it."""
    with pool.copy() as copy, copy.mutated(file, mutant):
        status, text = copy.test(mutant.node_ids, "-x")
    if status == 0:
        return Outcome(is_killed=False, text=f"SURVIVED {mutant.tests}")
    if noticed := _NOTICED.search(text):
        return Outcome(is_killed=True, text=f"killed by {noticed[1]}")
    # A mutant that nobody can import, or that never ends, has not been noticed by any test.
    return Outcome(is_killed=False, text=f"BREAKS the run ({status}) of {mutant.tests}\n{text}")


if __name__ == "__main__":
    sys.exit(main())
