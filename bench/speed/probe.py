"""Run inside the measured process: import a handler, call it, and let the counter know where one part ends.

`python probe.py TASK RESULT`, both JSON files. TASK: `handler` (`app.lambda_handler`), `calls` (each an `event` and the
`status` that is expected of it) and `batches`, numbers of calls. Each call is made in these batches, one after the
other. Before and after each batch, `os.getppid()` marks the place: callgrind is told to dump its counts there. Garbage is
collected before each batch, or a full collection, rare and many times as long as a call, would fall into some.
RESULT: for each call the seconds that its batches took, and the last answer.

Nothing but the standard library may be imported here.
"""

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


class Context:
    """What Lambda tells a function about its invocation."""

    aws_request_id = "5ca1ab1e-0000-4000-8000-3a5b7c9d1e2f"
    function_name = "measured"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:measured"
    log_group_name = "/aws/lambda/measured"
    log_stream_name = "2026/11/23/[$LATEST]0123456789abcdef"
    memory_limit_in_mb = "512"

    def get_remaining_time_in_millis(self) -> int:
        """Return more than any call takes: under callgrind the first may take longer than a function's time-out."""
        return 3_600_000


def run(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Make every call of the task; return what became of each."""
    module, _, name = task["handler"].partition(".")
    handler = getattr(importlib.import_module(module), name)
    return [run_call(handler, call["event"], call["status"], task["batches"]) for call in task["calls"]]


def run_call(handler: Handler, event: dict[str, Any], status: int, batches: list[int]) -> dict[str, Any]:
    """Make one call in batches, each between two marks."""
    context = Context()
    seconds = []
    answer = None
    for batch in batches:
        gc.collect()
        begun = time.perf_counter()
        os.getppid()
        for _ in range(batch):
            answer = handler(event, context)
            if answer["statusCode"] != status:
                raise SystemExit(f"{status} expected, got {answer}")
        os.getppid()
        seconds.append(time.perf_counter() - begun)
    return {"seconds": seconds, "answer": answer}


if __name__ == "__main__":
    outcome = run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(sys.argv[2]).write_text(json.dumps(outcome, default=str), encoding="utf-8")
