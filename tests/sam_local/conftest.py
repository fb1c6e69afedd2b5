"""The functions in containers, as `make sam-local` prepares them; skipped where there is no container engine."""

import json
import os
import platform
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.launch import Stack, launch
from tests.gateway import ROOT
from tests.packaging.sam_cli import RUNTIME, function_id, sam_cli, sam_surroundings

ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
IMAGE = f"public.ecr.aws/lambda/python:{RUNTIME}-{ARCHITECTURE}"
START_SECONDS = 60


@dataclass(frozen=True)
class SamLocal:
    """The commands that `make sam-local` says, and the stack that has their data."""

    stack: Stack
    invoke_command: list[str]
    """With the sample of one function among those that are filled in."""
    api_command: list[str]

    @property
    def samples(self) -> Path:
        """The folder of the samples that are filled in."""
        return ROOT / Path(self.invoke_command[self.invoke_command.index("--event") + 1]).parent

    def invoke(self, function: str, event: Path) -> tuple[dict, str]:
        """Return what `sam local invoke` prints: the function's answer, and everything else.

        Its exit code says nothing: it is 0 where the handler raised.
        """
        command = [{"CreateEventFunction": function_id(function)}.get(word, word) for word in self.invoke_command]
        command[command.index("--event") + 1] = str(event)
        done = subprocess.run(
            [*command, "--skip-pull-image"],
            cwd=ROOT,
            env=sam_surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            return json.loads(done.stdout.splitlines()[-1]), done.stderr
        except (IndexError, ValueError):
            pytest.fail(f"no answer from {function}: {done.stdout}\n{done.stderr}")

    @contextmanager
    def api(self) -> Iterator[int]:
        """Run `sam local start-api`; yields its port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = list(self.api_command)
        command[command.index("--port") + 1] = str(port)
        log = Path(self.stack.state) / "start-api.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*command, "--skip-pull-image", "--warm-containers", "LAZY"],
                cwd=ROOT,
                env=sam_surroundings(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            deadline = time.monotonic() + START_SECONDS
            while "Running on" not in (text := log.read_text()):
                assert process.poll() is None, text
                assert time.monotonic() < deadline, text
                time.sleep(0.2)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(START_SECONDS)


@pytest.fixture(scope="session")
def sam_local() -> Iterator[SamLocal]:
    """The running local stack, prepared for `sam local`, and the functions built for it."""
    sam_cli()
    need_engine()
    with launch() as stack:
        said = subprocess.check_output(
            [sys.executable, "-m", "local", "sam-local", "--state", stack.state], cwd=ROOT, text=True
        )
        commands = [shlex.split(line) for line in said.splitlines() if line.startswith("sam ")]
        build, invoke, api = ([sam_cli(), *command[1:]] for command in commands)
        built = subprocess.run(
            build,
            cwd=ROOT,
            env=sam_surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert "Build Succeeded" in built.stdout, built.stdout
        yield SamLocal(stack, invoke, api)


@pytest.fixture(scope="session")
def api(sam_local) -> Iterator[int]:
    """The port of a running `sam local start-api`."""
    with sam_local.api() as port:
        yield port


def need_engine() -> None:
    """Skip where no container engine answers, or where it can have no image of the runtime."""
    if shutil.which("docker") is None:
        pytest.skip("no docker command")
    if not succeeds("docker", "version"):
        pytest.skip(f"no container engine answers at {os.environ.get('DOCKER_HOST') or 'the usual socket'}")
    if not succeeds("docker", "image", "inspect", IMAGE) and not succeeds("docker", "pull", IMAGE):
        pytest.skip(f"the engine has no image {IMAGE} and cannot pull it")


def succeeds(*command: str) -> bool:
    """Tell whether a command exits with 0."""
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
