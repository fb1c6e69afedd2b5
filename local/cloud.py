"""MiniStack as a child process: started on a free loopback port, watched, and stopped so that it saves its data."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from local.failure import Failure
from local.state import StateFolder

REGION = "us-east-1"
ACCESS_KEY = "test"
SECRET_KEY = "test"  # nosec B105 # the one that every local stack has

_START_SECONDS = 60
_STOP_SECONDS = 60


@dataclass(frozen=True)
class Cloud:
    """A running MiniStack."""

    endpoint_url: str
    process: asyncio.subprocess.Process

    def client(self, service: str) -> Any:
        """A client of one of its services."""
        return client(service, self.endpoint_url)


def client(service: str, endpoint_url: str) -> Any:
    """A client of a service at an endpoint, with the credentials that every local stack has."""
    return botocore.session.Session().create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint_url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={}),
    )


@asynccontextmanager
async def running(state: StateFolder, lock: int) -> AsyncIterator[Cloud]:
    """MiniStack over a state folder; on leaving it has stopped, data saved, and so have the functions' workers.

    Raises:
        Failure: it did not start.
    """
    port = _free_port()
    log_start = state.cloud_log.stat().st_size
    with state.cloud_log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", Path(__file__).with_name("cloud_process.py")),
            env=_surroundings(state, port),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches the whole foreground group; MiniStack must live until the rest has stopped.
            start_new_session=True,
            pass_fds=(lock,),
        )
    try:
        await _answering(process, port, state.cloud_log, log_start)
        yield Cloud(f"http://127.0.0.1:{port}", process)
    finally:
        await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    finally:
        # Workers end when MiniStack does; one that hangs in a handler would not.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _answering(process: asyncio.subprocess.Process, port: int, log: Path, log_start: int) -> None:
    async def connect() -> None:
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    try:
        async with asyncio.timeout(_START_SECONDS):
            await connect()
    except TimeoutError:
        raise Failure(f"MiniStack did not answer within {_START_SECONDS} s. Its log: {log}") from None
    if process.returncode is not None:
        raise Failure(f"MiniStack did not start:\n{_last_words(log, log_start)}\n       Its log: {log}")


def _last_words(log: Path, start: int) -> str:
    lines = log.read_bytes()[start:].decode(errors="replace").strip().splitlines()
    return "\n".join(f"       {line}" for line in lines[-5:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _surroundings(state: StateFolder, port: int) -> dict[str, str]:
    # Functions inherit these too: of the user's own environment only what a process cannot do without.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    return kept | {
        "TZ": "UTC",
        "TMPDIR": str(state.scratch),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state.cloud),
        "S3_DATA_DIR": str(state.scratch / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Never look for a Docker engine.
        "DOCKER_HOST": f"unix://{state.scratch}/none",
        # Without a limit here: the front door holds calls back instead of refusing them.
        "LAMBDA_ACCOUNT_CONCURRENCY": "0",
    }
