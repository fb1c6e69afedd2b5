"""Stacks to test against: the very ones that `make run` starts, on free ports, their data thrown away afterwards."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.environment import PROJECT
from local.launch import Stack, launch


@pytest.fixture(scope="session")
def open_stack() -> Iterator[Stack]:
    """A stack without authorizers, shared by all tests: leave others' events alone."""
    with launch() as stack:
        yield stack


@pytest.fixture(scope="session")
def guarded_stack() -> Iterator[Stack]:
    """The stack as it is deployed to AWS, shared by all tests; ``guarded_stack.token()`` signs the organiser in."""
    with launch(auth="cognito") as stack:
        yield stack


@pytest.fixture
def start_stack() -> Iterator[Callable[..., Stack]]:
    """Start a stack for this test alone; takes what ``launch`` takes."""
    with ExitStack() as started:
        yield lambda **options: started.enter_context(launch(**options))


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """A copy of what a local run reads, to be changed by the test; it shares what is slow to make."""
    copy = tmp_path / "project"
    for folder in ("functions", "local", "shared"):
        shutil.copytree(PROJECT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("template.yaml", "Makefile"):
        shutil.copy(PROJECT / file, copy / file)
    (copy / ".local").mkdir()
    (PROJECT / ".local" / "build").mkdir(parents=True, exist_ok=True)
    (copy / ".local" / "build").symlink_to(PROJECT / ".local" / "build")
    (copy / ".venv-local").symlink_to(PROJECT / ".venv-local")
    return copy
