"""Draw bench/results/simulation.json: `python -m bench.simulation.plot` writes simulation.svg and .png beside it.

Apart from the simulation because matplotlib and the product's dependencies need not fit into one environment.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from bench.report import RESULTS, save_plot

Cells = Mapping[tuple[int, int], Mapping[str, Any]]


def draw(cells: Cells) -> Figure:
    """Return a figure of two maps: how many seats are sold, and how long calls take."""
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    sold, waiting = figure.subplots(1, 2, sharey=True)
    figure.suptitle("The first 2.5 s of the rush: 12,500 buyers for 5,000 seats")
    _map(sold, cells, "sold", "seats sold", "Blues", Normalize(0, 5000), "{:,.0f}")
    _map(waiting, cells, "p99", "p99 of a call, ms", "Oranges", LogNorm(100, 4000), "{:,.0f}")
    sold.set_ylabel("S: seat blocks of the event")
    return figure


def _map(axes: Axes, cells: Cells, name: str, title: str, colours: str, norm: Normalize, form: str) -> None:
    blocks, partitions = (sorted(set(numbers)) for numbers in zip(*cells, strict=True))
    values = [[cells[row, column][name] for column in partitions] for row in blocks]
    axes.imshow(values, cmap=colours, norm=norm, aspect="auto", origin="lower")
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            colour = "white" if norm(value) > 0.6 else "black"
            axes.text(x, y, form.format(value), ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(partitions)), [_partitions(number) for number in partitions])
    axes.set_yticks(range(len(blocks)), [str(number) for number in blocks])
    axes.set_xlabel("P: partitions of the table, 1,000 writes/s each")
    axes.set_title(title, fontsize=10)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _partitions(number: int) -> str:
    return f"{number}\n(as new)" if number == 4 else str(number)


def read_cells(results: Mapping[str, Any]) -> Cells:
    """Return the figures of each (S, P)."""
    grid: Mapping[str, Sequence[Mapping[str, Any]]] = results["experiments"]["Blocks and partitions"]
    return {
        (int(blocks), int(partitions)): one[0]
        for label, one in grid.items()
        for blocks, partitions in [label.split(",")]
    }


def main() -> None:
    """Draw."""
    results = json.loads((RESULTS / "simulation.json").read_text(encoding="utf-8"))
    figure = draw(read_cells(results))
    save_plot(figure, RESULTS / "simulation.svg")
    figure.savefig(RESULTS / "simulation.png", dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
