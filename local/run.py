"""`python -m local run`: build, start, deploy, serve, follow changes, and stop it all again."""

import asyncio
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import build, cloud, deploy, users, watch
from local import template as templates
from local.bridge import Bridge
from local.environment import PROJECT
from local.facts import Facts
from local.failure import Failure
from local.front_door import FrontDoor, Target
from local.function_logs import FunctionLog
from local.progress import say, step
from local.state import DEFAULT, StateFolder, write_json

# What calls get to end before their function is replaced.
_CALLS_SECONDS = 10

_OPEN = "WARNING: open mode - whoever reaches this port is the organiser of every event"


@dataclass(frozen=True)
class Options:
    """What `run` was asked for."""

    port: int
    state: StateFolder
    guarded: bool
    template: Path
    function_environment: dict[str, str]
    watches: bool
    ready_file: Path | None
    stops_with_stdin: bool = False


def run(options: Options) -> int:
    """Run until stopped.

    Returns:
        0 after Ctrl-C, SIGTERM or SIGHUP.

    Raises:
        Failure: it could not start, or MiniStack ended by itself.
    """
    return asyncio.run(_run(options))


async def _run(options: Options) -> int:
    task = asyncio.create_task(_serve(options))
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            say("\n  Stopping, and saving the data …")
            task.cancel()

    def read_stdin() -> None:
        if not os.read(0, 1):
            loop.remove_reader(0)
            stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    if options.stops_with_stdin:
        loop.add_reader(0, read_stdin)
    try:
        await task
    except asyncio.CancelledError:
        say("  Stopped.")
    return 0


async def _serve(options: Options) -> None:
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(options.state.lock())
        listener = stack.enter_context(_reserve(options.port))
        options.state.prepare()
        stack.callback(options.state.facts_file.unlink, missing_ok=True)
        local = await _LocalStack.start(options, lock, stack)
        try:
            await stack.enter_async_context(local.door.open(listener))
        except OSError as error:
            raise _busy(options.port) from error
        _greet(local.announce(listener.getsockname()[1]))
        await local.follow(stack)


def _reserve(port: int) -> socket.socket:
    """Take the port before the long work begins; nobody is let in until the stack is there."""
    # With SO_REUSEADDR, which a quick restart needs, binding alone does not always notice another server.
    with socket.socket() as probe:
        if port and probe.connect_ex(("127.0.0.1", port)) == 0:
            raise _busy(port)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise _busy(port) from error
        raise Failure(f"port {port} cannot be used: {error.strerror}") from error
    return listener


def _busy(port: int) -> Failure:
    airplay = " (on a Mac, AirPlay Receiver uses 5000)" if sys.platform == "darwin" and port == 5000 else ""
    return Failure(f"port {port} is in use{airplay}. Choose another: make run PORT={port + 1}")


class _LocalStack:
    """MiniStack with the stack deployed, and the front door to it."""

    def __init__(self, options: Options, running: cloud.Cloud, built_from: watch.Snapshot) -> None:
        self._options = options
        self._cloud = running
        self._built_from = built_from
        self._port = 0
        self.door: FrontDoor
        self._deployment: deploy.Deployment
        self._template: templates.Template
        self._log: FunctionLog

    @classmethod
    async def start(cls, options: Options, lock: int, stack: AsyncExitStack) -> "_LocalStack":
        """Build, start MiniStack and deploy. What was started is stopped by ``stack``."""
        if not options.guarded:
            say(f"  {_OPEN}. Guarded: make run AUTH=cognito")
        built_from = watch.snapshot(options.template)
        template, archives = await _build(options)
        with step("Starting MiniStack"):
            self = cls(options, await stack.enter_async_context(cloud.running(options.state, lock)), built_from)
        with step(f"Deploying {options.template.name}"):
            await self._deploy(template, archives)
        self._log = FunctionLog(
            self._cloud.client("logs"), self._deployment.output("LogGroupName"), options.state.function_log
        )
        stack.callback(self._log.copy)
        self.door = FrontDoor(self._target())
        return self

    async def follow(self, stack: AsyncExitStack) -> None:
        """Keep logs and code current until cancelled.

        Raises:
            Failure: MiniStack ended.
        """
        bridge = Bridge(urlsplit(self._cloud.endpoint_url).port or 0, self._options.state)
        await stack.enter_async_context(bridge.on_demand())
        tasks = [asyncio.create_task(self._log.follow()), asyncio.create_task(self._cloud.process.wait())]
        if self._options.watches:
            tasks.append(asyncio.create_task(self._redeploy_changes()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()
        raise Failure(
            f"MiniStack ended by itself (exit {self._cloud.process.returncode}); what changed since the start may be"
            f" lost.\n       Its log: {self._options.state.cloud_log}"
        )

    async def _redeploy_changes(self) -> None:
        async for files in watch.changes(self._options.template, self._built_from):
            began = time.monotonic()
            what = f"Change in {watch.summary(files)}"
            try:
                template, archives = await _build(self._options)
                async with self.door.gate.closed(_CALLS_SECONDS):
                    await self._replace(template, archives)
            except Failure as failure:
                say(f"  {what}: NOT live, the version before keeps serving.\n       {failure}")
            else:
                say(f"  {what}: live after {time.monotonic() - began:.1f} s")

    async def _replace(self, template: templates.Template, archives: dict[str, build.Archive]) -> None:
        before = self._template
        try:
            await self._deploy(template, archives)
        except Failure:
            # Rolling back, too, may have made the API anew, under another id.
            self._template = before
            self._deployment = await _to_the_end(lambda: deploy.describe(self._cloud, before))
            raise
        finally:
            self.door.target = self._target()
            self._write_facts()

    async def _deploy(self, template: templates.Template, archives: dict[str, build.Archive]) -> None:
        self._deployment = await _to_the_end(lambda: deploy.deploy(self._cloud, template, archives))
        self._template = template
        if self._options.guarded:
            pool = self._deployment.output("UserPoolId")
            await _to_the_end(lambda: users.ensure_exist(self._cloud.endpoint_url, pool))

    def _target(self) -> Target:
        url = urlsplit(self._cloud.endpoint_url)
        return Target(
            host=url.hostname or "",
            port=url.port or 0,
            path=f"/restapis/{self._deployment.api_id}/{self._deployment.stage}/_user_request_".encode(),
            refusals=templates.gateway_responses(self._template),
        )

    def announce(self, port: int) -> Facts:
        """Tell other programs how to reach the stack, now that it serves."""
        self._port = port
        facts = self._write_facts()
        if self._options.ready_file:
            write_json(self._options.ready_file, asdict(facts))
        return facts

    def _write_facts(self) -> Facts:
        output = self._deployment.output
        facts = Facts(
            base_url=f"http://127.0.0.1:{self._port}",
            endpoint_url=self._cloud.endpoint_url,
            region=cloud.REGION,
            auth="cognito" if self._options.guarded else "open",
            api_id=self._deployment.api_id,
            stage=self._deployment.stage,
            table_name=output("TableName"),
            log_group=output("LogGroupName"),
            user_pool_id=output("UserPoolId"),
            user_pool_client_id=output("UserPoolClientId"),
            log_file=str(self._options.state.function_log),
            cloud_log_file=str(self._options.state.cloud_log),
            state=str(self._options.state.path),
            pid=os.getpid(),
            cloud_pid=self._cloud.process.pid,
        )
        self._options.state.write_facts(asdict(facts))
        return facts


async def _build(options: Options) -> tuple[templates.Template, dict[str, build.Archive]]:
    libraries = {"PYTHONPATH": str(await build.dependencies())}
    try:
        template = templates.for_this_machine(templates.load(options.template))
        if not options.guarded:
            template = templates.opened(template)
        template = templates.with_function_environment(template, libraries | options.function_environment)
        folders = templates.code_folders(template)
        layers = templates.resources(template, templates.LAYER)
    except (AttributeError, KeyError, TypeError) as error:
        raise Failure(f"{options.template.name} is not laid out as SAM templates are: {error!r}") from error
    archives = {name: build.zip_function(name, PROJECT / folder) for name, folder in folders.items()}
    return template, archives | dict.fromkeys(layers, await build.layer())


async def _to_the_end(work: Callable[[], Any]) -> Any:
    """Run blocking work in a thread; a cancellation waits for it, so that no deployment is saved half done."""
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(Exception):
            await task
        raise


def _greet(facts: Facts) -> None:
    state = "" if facts.state == str(DEFAULT) else f" STATE={_shown(facts.state)}"
    call = [
        f"curl -i {facts.base_url}/events/ -H 'Content-Type: application/json' -H 'ISOCountry: INDIA'",
        """-d '{"payload": {"name": "Jazz Night", "location": "Pune", "start_time": "2030-01-31 19:00", "end_time": "2030-01-31 22:00", "max_capacity": 100}}'""",
    ]
    places = [f"Functions log to  {_shown(facts.log_file)}", f"MiniStack logs to {_shown(facts.cloud_log_file)}"]
    if facts.auth == "cognito":
        call.insert(1, f'-H "Authorization: Bearer $(make -s token{state})"')
        names = "|".join(users.USERS)
        places[:0] = [
            f"Users             {', '.join(user.email for user in users.USERS.values())}, password {users.PASSWORD}",
            f"Tokens            make token USER={names}{state}",
        ]
    say(f"\n  Ready: {facts.base_url}/events/\n")
    say("     " + " \\\n       ".join(call) + "\n")
    for place in places:
        say(f"     {place}")
    if facts.auth == "open":
        say(f"     {_OPEN}")
    say(f"     Ctrl-C stops it; its data stays until make clean-data{state}\n")


def _shown(path: str) -> str:
    return str(Path(path).relative_to(PROJECT)) if Path(path).is_relative_to(PROJECT) else path
