"""The folder that keeps a local stack's data between runs, and the lock that gives it to one run at a time."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.environment import PROJECT
from local.failure import Failure

DEFAULT = PROJECT / ".local"

_LOG_LIMIT = 10_000_000

# A killed run's MiniStack saves its data before it ends.
_HANDOVER_SECONDS = 60


@dataclass(frozen=True)
class StateFolder:
    """Where one local stack keeps everything. Two stacks run side by side in two folders."""

    path: Path

    @property
    def cloud(self) -> Path:
        """What MiniStack saved when it last stopped."""
        return self.path / "cloud"

    @property
    def scratch(self) -> Path:
        """Temporary files of MiniStack and of the functions; emptied at every start."""
        return self.path / "tmp"

    @property
    def facts_file(self) -> Path:
        """Addresses and names of the running stack, as JSON; absent while none runs."""
        return self.path / "stack.json"

    @property
    def cloud_log(self) -> Path:
        """What MiniStack logged."""
        return self.path / "logs" / "ministack.log"

    @property
    def function_log(self) -> Path:
        """What the functions logged."""
        return self.path / "logs" / "functions.log"

    def prepare(self) -> None:
        """Make the folders, empty the scratch folder and set aside logs that have grown large."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.facts_file.unlink(missing_ok=True)
        for folder in (self.cloud, self.scratch, self.cloud_log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        for log in (self.cloud_log, self.function_log):
            if log.exists() and log.stat().st_size > _LOG_LIMIT:
                log.replace(log.with_suffix(".old.log"))
            log.touch()

    def facts(self) -> dict[str, Any]:
        """The running stack's facts.

        Raises:
            Failure: no stack runs over this folder.
        """
        try:
            facts: dict[str, Any] = json.loads(self.facts_file.read_text())
        except FileNotFoundError:
            state = "" if self.path.resolve() == DEFAULT.resolve() else f" STATE={self.path}"
            raise Failure(f"No local stack is running over {self.path}. Start one first: make run{state}") from None
        return facts

    def write_facts(self, facts: dict[str, Any]) -> None:
        """Let other commands find the running stack."""
        write_json(self.facts_file, facts)

    def forget(self) -> None:
        """Delete data and logs."""
        for folder in (self.cloud, self.scratch, self.cloud_log.parent):
            shutil.rmtree(folder, ignore_errors=True)
        self.facts_file.unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[int]:
        """Hold the folder; yields the lock's file descriptor, which MiniStack inherits.

        So the lock outlives a killed run until its MiniStack has saved the data, and the next run waits for that.

        Raises:
            Failure: another run holds the folder.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+") as file:
            deadline = time.monotonic() + _HANDOVER_SECONDS
            while not _try_lock(file.fileno()):
                file.seek(0)
                holder = file.read().strip()
                if holder and _is_alive(int(holder)):
                    raise Failure(
                        f"A local stack is already running here (process {holder}, data in {_shown(self.path)}).\n"
                        "       Stop it first, or keep another's data elsewhere: make run STATE=.local/other PORT=5001"
                    )
                if time.monotonic() > deadline:
                    raise Failure(f"the MiniStack of a killed run does not let go of {_shown(self.path)}")
                time.sleep(0.2)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            try:
                yield file.fileno()
            finally:
                file.truncate(0)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write so that a reader sees either nothing or all of it."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(path)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
