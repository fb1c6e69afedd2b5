"""The process that is MiniStack. Started by local.cloud with a pipe on stdin, as a script of its own.

The pipe closes when the starter ends, however it ends: then this process stops too, and saves its data as it does so.
"""

import os
import signal
import threading


def _stop_with_starter() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from ministack.app import main

    threading.Thread(target=_stop_with_starter, daemon=True).start()
    main()
