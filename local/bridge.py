"""A way for containers of `sam local` to MiniStack, which listens on loopback only."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from local.progress import say
from local.state import StateFolder

_CHUNK = 65536


class Bridge:
    """Forwards connections to the container engine's gateway address on to MiniStack, from when it is asked to.

    The one who asks writes the address to the state folder and sends SIGUSR1; `sam_local.request_bridge` does.
    """

    def __init__(self, port: int, state: StateFolder) -> None:
        self._port = port
        self._address = state.path / "bridge-address"
        self._open = state.path / "bridge-open"
        self._server: asyncio.Server | None = None

    @asynccontextmanager
    async def on_demand(self) -> AsyncIterator[None]:
        """Open whenever asked, until left."""
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, asked.set)
        task = asyncio.create_task(self._wait(asked))
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGUSR1)
            task.cancel()
            if self._server:
                self._server.close()
            for file in (self._address, self._open):
                file.unlink(missing_ok=True)

    async def _wait(self, asked: asyncio.Event) -> None:
        while True:
            await asked.wait()
            asked.clear()
            address = self._address.read_text().strip()
            if self._server:
                self._server.close()
            try:
                self._server = await asyncio.start_server(self._forward, address, self._port)
            except OSError as error:
                self._open.write_text(f"failed: {error}")
                continue
            say(f"  Containers reach MiniStack at {address}:{self._port} until this stops.")
            self._open.write_text(address)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            return
        with suppress(OSError):
            await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
