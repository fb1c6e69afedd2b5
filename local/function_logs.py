"""The functions' log lines, taken from MiniStack's CloudWatch Logs into a file that can be read and followed."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_INTERVAL = 0.5
_KEPT_STREAMS = 200
_PAGE = 10_000


class FunctionLog:
    """Copies a log group's new lines to a file. Every invocation has a stream of its own there."""

    def __init__(self, logs: Any, group: str, file: Path) -> None:
        self._logs = logs
        self._group = group
        self._file = file
        self._seen: dict[str, None] = {}
        self._since = int(time.time() * 1000)

    async def follow(self) -> None:
        """Copy twice a second until cancelled."""
        while True:
            await asyncio.to_thread(self.copy)
            await asyncio.sleep(_INTERVAL)

    def copy(self) -> None:
        """Copy what is new now, unless MiniStack is stopping or replacing the group: then the next round has it."""
        with suppress(BotoCoreError, ClientError):
            self._copy()

    def _copy(self) -> None:
        found = self._logs.filter_log_events(logGroupName=self._group, startTime=self._since, limit=_PAGE)
        streams: dict[str, list[str]] = {}
        for event in found["events"]:
            if event["logStreamName"] not in self._seen:
                streams.setdefault(event["logStreamName"], []).append(event["message"])
        if not streams:
            return
        with self._file.open("a", encoding="utf-8", errors="replace") as file:
            for lines in streams.values():
                file.write("\n".join(lines) + "\n")
        self._seen |= dict.fromkeys(streams)
        # Another invocation may end within the same moment, and be written down a little later.
        self._since = max(event["timestamp"] for event in found["events"]) - 2000
        # Old streams would slow MiniStack down, at work and at its next start.
        for name in list(self._seen)[:-_KEPT_STREAMS]:
            del self._seen[name]
            self._logs.delete_log_stream(logGroupName=self._group, logStreamName=name)
