"""The virtual environment that this package runs in: ``.venv-local``, from local/requirements.txt alone.

Imported before that environment exists, so only the standard library may be used here.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

from local.failure import Failure
from local.pip import explain
from local.progress import step

PROJECT = Path(__file__).resolve().parent.parent
REQUIREMENTS = PROJECT / "local" / "requirements.txt"
VENV = PROJECT / ".venv-local"
PYTHON = VENV / "bin" / "python"
LOG = PROJECT / ".local" / "install.log"

_STAMP = VENV / "installed"


def enter(arguments: list[str]) -> None:
    """Return when running inside the environment; otherwise make it current and start over inside it.

    The process stays the same one, so whoever started it can still signal it.
    """
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    # An exception ends pip as well; the signal alone would leave it running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        install()
    except Failure as failure:
        sys.exit(f"Error: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # -E: what a user's shell says about Python is not meant for this environment.
    os.execv(PYTHON, [str(PYTHON), "-E", "-m", "local", *arguments])


def install() -> None:
    """Make the environment hold what the requirements say. Several processes may call it at once.

    Raises:
        Failure: pip or venv could not do it; the log has their words.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if _is_ready(wanted):
        return
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (LOG.parent / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_ready(wanted):
            return
        with step("Installing what local runs need (once)"):
            _make(wanted)


def _is_ready(wanted: str) -> bool:
    if not _STAMP.is_file() or _STAMP.read_text() != wanted:
        return False
    # The Python that the environment was made of may have been removed since.
    try:
        return subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _make(wanted: str) -> None:
    _STAMP.unlink(missing_ok=True)
    try:
        if not VENV.is_symlink():
            shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(
            f"{sys.executable} cannot make a virtual environment: {error}\n"
            "       On Debian and Ubuntu: apt install python3-venv"
        ) from error
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--retries",
        "2",
    ]
    with LOG.open("w") as log:
        result = subprocess.run([*command, "--requirement", REQUIREMENTS], check=False, stdout=log, stderr=log)
    if result.returncode != 0:
        raise Failure(
            f"pip could not install local/requirements.txt:\n{explain(LOG.read_text(errors='replace'))}\n       All of it: {LOG}"
        )
    _STAMP.write_text(wanted)
