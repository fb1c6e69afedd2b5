"""What every benchmark leaves under bench/results/: a page of tables, the figures behind it, plots.

The same figures give the same files: no date, no host name, no path.
"""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULTS = Path(__file__).parent / "results"


class Plot(NamedTuple):
    """A figure and what it shows."""

    name: str
    shows: str
    figure: "Figure"


_SVG = {"svg.hashsalt": "event-management", "svg.fonttype": "none"}


def describe_machine(packages: Iterable[str] = (), **versions: str) -> dict[str, str]:
    """Return machine and versions, by what they are of: `packages` of this environment, and `versions` as given."""
    system = _os_release().get("PRETTY_NAME", platform.system())
    kernel = re.match(r"\d+(\.\d+)?", platform.release())
    return {
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores, {platform.machine()}",
        "OS": f"{system}, {platform.system()} {kernel.group() if kernel else ''}".rstrip(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        **{name: metadata.version(name) for name in packages},
        **versions,
    }


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table that is readable as text too: the first column flush left, the others right."""
    cells = [tuple(header), *(tuple(row) for row in rows)]
    if any(len(row) != len(header) for row in cells):
        raise ValueError("every row must have a cell for every column")
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [
        "| "
        + " | ".join(_pad(cell, width, left=not n) for n, (cell, width) in enumerate(zip(row, widths, strict=True)))
        + " |"
        for row in cells
    ]
    rule = (
        "|"
        + "|".join(("-" * (width + 2) if not n else "-" * (width + 1) + ":") for n, width in enumerate(widths))
        + "|"
    )
    return "\n".join([lines[0], rule, *lines[1:]])


def publish(
    name: str,
    title: str,
    blocks: Iterable[str],
    *,
    machine: Mapping[str, str],
    data: Mapping[str, Any],
    plots: Iterable[Plot] = (),
    folder: Path = RESULTS,
) -> Path:
    """Write `<name>.md`, `<name>.json` and `<name>-<plot>.svg` for each plot; return the page.

    The page: title, machine, the blocks of Markdown, the plots.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = []
    for plot in plots:
        file = f"{name}-{plot.name}.svg"
        save_plot(plot.figure, folder / file)
        shown.append(f"![{plot.shows}]({file})")
    header = " · ".join(f"{what}: {which}" for what, which in machine.items())
    page = folder / f"{name}.md"
    page.write_text("\n\n".join([f"# {title}", header, *blocks, *shown]) + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(
        json.dumps({"machine": dict(machine), **data}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return page


def save_plot(figure: "Figure", file: Path) -> None:
    """Write an SVG that is the same for the same figure."""
    import matplotlib as mpl  # noqa: PLC0415 - the short form draws nothing, and runs without it

    with mpl.rc_context(_SVG):
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _pad(cell: str, width: int, *, left: bool) -> str:
    return cell.ljust(width) if left else cell.rjust(width)


def _cpu_model() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    if found:
        return found.group(1)
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or "unknown"


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
