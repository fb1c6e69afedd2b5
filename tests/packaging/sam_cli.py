"""The SAM CLI as its users run it."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.gateway import ROOT

RUNTIME = "3.13"


def copy_project(target: Path, source: Path = ROOT) -> Path:
    """Copy what `sam build` reads: it writes into the project's folder."""
    for folder in ("functions", "shared"):
        shutil.copytree(source / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("template.yaml", "samconfig.toml"):
        shutil.copy(source / file, target)
    return target


def function_id(folder: str) -> str:
    """Return the logical id of the function in this folder."""
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


def sam_cli() -> str:
    """Return the path of the SAM CLI; skips where there is none."""
    cli = shutil.which("sam", path=f"{ROOT / '.venv-sam' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if cli is None:
        pytest.skip("no SAM CLI: make check installs it into .venv-sam")
    return cli


def sam(*arguments: str, project: Path, **variables: str) -> str:
    """Run the SAM CLI as its users do; return all that it prints. Skips where it or Python 3.13 is missing."""
    done = subprocess.run(
        [sam_cli(), *arguments],
        cwd=project,
        env=sam_surroundings(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    return done.stdout


def sam_surroundings(**variables: str) -> dict[str, str]:
    """Return the environment that `sam build` needs, with the runtime's Python found first."""
    path = f"{Path(python_of_the_runtime()).parent}{os.pathsep}{os.environ['PATH']}"
    return surroundings(PATH=path, SAM_CLI_TELEMETRY="0", **variables)


def surroundings(**variables: str) -> dict[str, str]:
    """Return the environment without what a make above this process hands down."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHON"))} | variables


@cache
def python_of_the_runtime() -> str:
    """Return the path of the Python that the functions run on in Lambda; `sam build` needs it."""
    installed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{RUNTIME}.*/bin"))
    for folder in [*os.environ["PATH"].split(os.pathsep), *installed]:
        python = Path(folder) / f"python{RUNTIME}"
        # A shim of pyenv's may be there without the Python that it stands for.
        if (
            python.exists()
            and subprocess.run([python, "-m", "pip", "-V"], check=False, capture_output=True).returncode == 0
        ):
            return str(python)
    pytest.skip(f"no Python {RUNTIME} with pip, which sam build needs")
