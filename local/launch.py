"""A local stack started from another program: tests and benchmarks. Only the standard library is needed to import it.

``with launch(auth="cognito") as stack: stack.http("GET", "/events/").json()``
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.environment import PROJECT
from local.facts import Facts

# The first start on a machine installs and builds.
_START_SECONDS = 600
_STOP_SECONDS = 90


class LaunchError(Exception):
    """The stack did not start; the message is what it printed."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. ``headers`` finds names in any case; ``get_all`` gives repeated ones."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Stack(Facts):
    """A running local stack that this program has started."""

    process: subprocess.Popen[bytes]
    output_file: Path

    def http(
        self,
        method: str,
        path: str,
        payload: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        timeout: float = 60,
    ) -> Answer:
        """Call the API on a connection of its own. ``payload`` is sent as JSON, ``body`` and ``path`` as they are."""
        sent = dict(headers or {})
        if payload is not None:
            body = json.dumps(payload).encode()
            sent.setdefault("Content-Type", "application/json")
        url = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=timeout)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def client(self, service: str) -> Any:
        """A boto3 client of a service of this stack's cloud; boto3 must be installed."""
        import boto3  # noqa: PLC0415 - not needed by those who only call the API

        make_client: Any = boto3.client
        return make_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # nosec B106 # the one of every local stack
        )

    def token(self, user: str = "organiser") -> str:
        """A fresh ID token of a demo user of a guarded stack: organiser, organiser2, admin or helper."""
        command = [sys.executable, "-m", "local", "token", "--state", self.state, "--user", user]
        return subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def function_log(self, wait_for: str = "", timeout: float = 10) -> str:
        """What the functions have logged; lines arrive within a second, so say what to wait for.

        Raises:
            AssertionError: what to wait for did not come.
        """
        deadline = time.monotonic() + timeout
        while wait_for not in (text := Path(self.log_file).read_text(encoding="utf-8")):
            assert time.monotonic() < deadline, f"not logged within {timeout} s: {wait_for}"
            time.sleep(0.1)
        return text

    def output(self) -> str:
        """What the run has printed so far."""
        return self.output_file.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """Stop it as SIGTERM does, and return its exit code."""
        self.process.terminate()
        return self.process.wait(_STOP_SECONDS)


@contextmanager
def launch(
    *,
    auth: str = "open",
    state: Path | None = None,
    port: int = 0,
    function_environment: Mapping[str, str] | None = None,
    watch: bool = False,
    options: Sequence[str] = (),
    project: Path = PROJECT,
) -> Iterator[Stack]:
    """Start what `make run` starts, on a free port, and stop it on leaving.

    Without ``state`` its data is thrown away at the end. ``options`` are passed on to ``python -m local run``.

    Raises:
        LaunchError: it ended instead of serving.
    """
    with tempfile.TemporaryDirectory(prefix="event-management-") as temporary:
        ready, output = Path(temporary) / "ready.json", Path(temporary) / "output.txt"
        command = [sys.executable, "-m", "local", "run", "--stop-with-stdin"]
        command += ["--port", str(port), "--auth", auth, "--state", str(state or Path(temporary) / "state")]
        command += ["--ready-file", str(ready), *options]
        command += [f"--function-env={name}={value}" for name, value in (function_environment or {}).items()]
        if not watch:
            command.append("--no-watch")
        with output.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                cwd=project,
                env={name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))},
                stdin=subprocess.PIPE,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,
            )
        try:
            _wait(process, ready, output)
            yield Stack(**json.loads(ready.read_text()), process=process, output_file=output)
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            finally:
                process.kill()
                assert process.stdin
                process.stdin.close()


def _wait(process: subprocess.Popen[bytes], ready: Path, output: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None:
            raise LaunchError(output.read_text(errors="replace"))
        if time.monotonic() > deadline:
            raise LaunchError(f"not ready after {_START_SECONDS} s:\n{output.read_text(errors='replace')}")
        time.sleep(0.05)
