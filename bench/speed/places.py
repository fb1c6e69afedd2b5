"""Where sources are, and where what is measured gets built."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT / "shared"
BENCH = PROJECT / "bench"
BUILD = PROJECT / "build" / "bench"
SCHEDULED = {"sweep_events"}
"""Nobody waits for these."""
FUNCTIONS = tuple(sorted({app.parent.name for app in (PROJECT / "functions").glob("*/app.py")} - SCHEDULED))
RIVALS = tuple(sorted(app.parent.name for app in (BENCH / "rivals").glob("*/app.py")))
