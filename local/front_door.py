"""HTTP on the port that users call: passes every request to the deployed API, and its answer back.

It has no opinions: status, headers and body come from the stack, paths and queries go there byte for byte. The
exceptions are what cannot be passed on: a body beyond API Gateway's 10 MB, which MiniStack would take, and what is not
HTTP. Both are refused with the answers that the template gives for such cases. When the stack cannot be reached there is
no answer, only a closed connection.
"""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import h11

MAX_BODY = 10 * 1024 * 1024

# More calls at once than this wait their turn: each needs a process of its own.
MAX_CONCURRENT_CALLS = 16

_CHUNK = 65536
_MAX_HEADERS = 65536
_DRAIN_SECONDS = 30
_LAST_CALLS_SECONDS = 5
_HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}

Headers = list[tuple[bytes, bytes]]


class _TooLargeError(Exception):
    """The request's body is beyond what the gateway takes."""


class _UnreachableError(Exception):
    """The stack gave no answer."""


class Gate:
    """Lets calls through, so many at once; closed while the functions behind it are replaced."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._calls = 0
        self._closed = False
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._closed and self._calls < self._limit)
            self._calls += 1

    async def __aexit__(self, *_: object) -> None:
        async with self._changed:
            self._calls -= 1
            self._changed.notify_all()

    @asynccontextmanager
    async def closed(self, patience: float) -> AsyncIterator[None]:
        """Hold new calls back, and wait ``patience`` seconds at most for those under way."""
        self._closed = True
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience), self._changed:
                    await self._changed.wait_for(lambda: self._calls == 0)
            yield
        finally:
            self._closed = False
            async with self._changed:
                self._changed.notify_all()


@dataclass(frozen=True)
class Target:
    """Where the deployed API listens, and what the template answers where nothing can be passed on to it."""

    host: str
    port: int
    path: bytes
    refusals: Mapping[str, dict[str, Any]]
    """Gateway responses by type, in the shape that PutGatewayResponse takes."""


@dataclass
class FrontDoor:
    """A server; ``target`` may change while it runs."""

    target: Target
    gate: Gate = field(default_factory=lambda: Gate(MAX_CONCURRENT_CALLS))
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def open(self, listener: socket.socket) -> AsyncIterator[None]:
        """Serve the socket until left; calls that are then under way have a few seconds to end."""
        server = await asyncio.start_server(self._accept, sock=listener, backlog=512)
        try:
            yield
        finally:
            server.close()
            async with self.gate.closed(_LAST_CALLS_SECONDS):
                for connection in self._connections:
                    connection.cancel()
                await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(_Connection(h11.SERVER, reader, writer))
        except (OSError, asyncio.CancelledError, _UnreachableError):
            # The caller went away, the stack did, or the server stops: nobody is left to answer.
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _converse(self, caller: "_Connection") -> None:
        """Answer requests until the connection ends."""
        while True:
            try:
                event = await caller.receive()
                if not isinstance(event, h11.Request):
                    return
                await self._answer(caller, event)
            except h11.RemoteProtocolError:
                # Not HTTP, so there is nothing that could be passed on.
                await self._refuse(caller, "DEFAULT_4XX")
                return
            if caller.state.our_state is not h11.DONE or caller.state.their_state is not h11.DONE:
                return
            caller.state.start_next_cycle()

    async def _answer(self, caller: "_Connection", request: h11.Request) -> None:
        try:
            body = await _read_body(caller, request)
        except _TooLargeError:
            await self._refuse(caller, "REQUEST_TOO_LARGE", request)
            return
        async with self.gate:
            await self._pass_on(caller, request, body)

    async def _pass_on(self, caller: "_Connection", request: h11.Request, body: bytes) -> None:
        target = self.target
        try:
            reader, writer = await asyncio.open_connection(target.host, target.port, limit=_CHUNK)
        except OSError as error:
            raise _UnreachableError from error
        stack = _Connection(h11.CLIENT, reader, writer)
        try:
            headers = _forwarded(request, body, caller.peer, target)
            try:
                await stack.send(
                    h11.Request(method=request.method, target=target.path + _path(request.target), headers=headers)
                )
                if body:
                    await stack.send(h11.Data(data=body))
                await stack.send(h11.EndOfMessage())
                answer = await stack.receive()
            except (OSError, h11.RemoteProtocolError) as error:
                raise _UnreachableError from error
            if not isinstance(answer, h11.Response):
                raise _UnreachableError
            await caller.send(
                h11.Response(
                    status_code=answer.status_code,
                    reason=answer.reason,
                    headers=_end_to_end(answer.headers.raw_items()),
                )
            )
            while isinstance(event := await stack.receive(), h11.Data):
                await caller.send(h11.Data(data=event.data))
            await caller.send(h11.EndOfMessage())
        finally:
            writer.close()

    async def _refuse(self, caller: "_Connection", kind: str, request: h11.Request | None = None) -> None:
        """Answer as the template's gateway response of this kind does, if the caller may still be told."""
        if caller.state.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        response = self.target.refusals[kind]
        body = response["responseTemplates"]["application/json"].replace("$context.requestId", str(uuid.uuid4()))
        content = body.encode()
        sent = {name.lower(): value for name, value in request.headers} if request else {}
        headers = [(b"Content-Length", str(len(content)).encode()), (b"Connection", b"close")]
        for parameter, source in response["responseParameters"].items():
            name = parameter.removeprefix("gatewayresponse.header.").encode()
            copied = source.removeprefix("method.request.header.").lower().encode()
            value = source.strip("'").encode() if source.startswith("'") else sent.get(copied)
            if value is not None:
                headers.append((name, value))
        status = HTTPStatus(int(response["statusCode"]))
        await caller.send(h11.Response(status_code=status, reason=status.phrase, headers=headers))
        await caller.send(h11.Data(data=content))
        await caller.send(h11.EndOfMessage())
        await caller.drain()


class _Connection:
    """One end of an HTTP/1.1 connection: h11's state machine on asyncio's streams."""

    def __init__(
        self, role: type[h11.CLIENT] | type[h11.SERVER], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.state = h11.Connection(role, max_incomplete_event_size=_MAX_HEADERS)
        self._reader = reader
        self._writer = writer
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def peer(self) -> str:
        return str(self._writer.get_extra_info("peername")[0])

    async def receive(self) -> h11.Event | type[h11.PAUSED]:
        """The next event; an interim (1xx) answer is passed over."""
        while True:
            event = self.state.next_event()
            if event is h11.NEED_DATA:
                self.state.receive_data(await self._reader.read(_CHUNK))
            elif not isinstance(event, h11.InformationalResponse):
                return event

    async def send(self, event: h11.Event) -> None:
        data = self.state.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()

    async def drain(self) -> None:
        """Read and forget what the other end still sends: most callers send all before they read the answer."""
        self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while await self._reader.read(_CHUNK):
                    pass


async def _read_body(caller: _Connection, request: h11.Request) -> bytes:
    announced = next((int(value) for name, value in request.headers if name == b"content-length"), 0)
    if announced > MAX_BODY:
        raise _TooLargeError
    if caller.state.they_are_waiting_for_100_continue:
        await caller.send(h11.InformationalResponse(status_code=100, headers=[]))
    chunks: list[bytes] = []
    size = 0
    while isinstance(event := await caller.receive(), h11.Data):
        chunks.append(bytes(event.data))
        size += len(event.data)
        if size > MAX_BODY:
            raise _TooLargeError
    return b"".join(chunks)


def _path(target: bytes) -> bytes:
    """The path and query of a request target, whether it came as a path or as a whole URL."""
    if target.startswith((b"http://", b"https://")):
        _, _, rest = target.partition(b"://")[2].partition(b"/")
        return b"/" + rest
    return target if target.startswith(b"/") else b"/" + target


def _forwarded(request: h11.Request, body: bytes, peer: str, target: Target) -> Headers:
    """The caller's headers and those that API Gateway adds.

    The body's length is its own, whatever the caller announced beside a chunked one. The host is the stack's: by the
    caller's it would choose between AWS services.
    """
    headers = _end_to_end(request.headers.raw_items())
    headers = [header for header in headers if header[0].lower() not in (b"content-length", b"host")]
    headers.append((b"Host", f"{target.host}:{target.port}".encode()))
    if body or request.method not in (b"GET", b"HEAD", b"OPTIONS"):
        headers.append((b"Content-Length", str(len(body)).encode()))
    for name, value in headers:
        if name.lower() == b"x-forwarded-for":
            peer = f"{value.decode('latin-1')}, {peer}"
    headers = [header for header in headers if not header[0].lower().startswith(b"x-forwarded-")]
    return [*headers, (b"X-Forwarded-For", peer.encode("latin-1")), (b"X-Forwarded-Proto", b"http")]


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    headers = list(headers)
    dropped = _HOP_BY_HOP | {
        name.strip().lower()
        for header, value in headers
        if header.lower() == b"connection"
        for name in value.split(b",")
    }
    # Content-Length stays even if Connection names it, or the message would lose its end.
    return [(name, value) for name, value in headers if name.lower() not in dropped - {b"content-length"}]
