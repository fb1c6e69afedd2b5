"""Which sales are simulated, and what is asked of them."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

from bench.simulation.finders import Insisting, Sticky, Trusting, Uninformed, Wandering
from bench.simulation.recipe import RECIPE, UNPREPARED, Recipe
from bench.simulation.sale import Outcome, Sale, run
from bench.simulation.table import AttendeesByPartition, TakeOffByTransaction

SEEDS = range(1, 8)
LONGEST_P99 = 200.0
"""Milliseconds."""
MOST_SENT_AWAY = 0.001
"""Share of the buyers."""


class Experiment(NamedTuple):
    """Sales that are compared; each label stands for one or more sales, alike but for their seed."""

    title: str
    sales: Mapping[str, Sequence[Sale]]


Outcomes = Mapping[str, Sequence[Outcome]]


def prepared(recipe: Recipe = RECIPE, **changes: object) -> Sale:
    """Return the sale of 20,000 seats to 50,000 buyers within 10 s, prepared so."""
    return Sale(**{**recipe._asdict(), **changes})


def meets_requirement(sale: Sale, outcome: Outcome) -> bool:
    """Tell whether all was sold, almost nobody sent away while seats were left, and nearly everybody answered soon."""
    return (
        outcome.sold == sale.seats
        and not outcome.told_full_wrongly
        and outcome.share_sent_away < MOST_SENT_AWAY
        and outcome.p99 < LONGEST_P99
    )


def seeds(sale: Sale, which: Iterable[int] = SEEDS) -> list[Sale]:
    """Return the sale with each of these seeds: other people, other moments, other luck with hashing."""
    return [replace(sale, seed=seed) for seed in which]


REQUIRED = Experiment(
    "The required case",
    {
        "calls go to the environment freed last": seeds(prepared()),
        "calls go to any environment": seeds(prepared(calls_go_to="any")),
    },
)

_RECIPES = (
    UNPREPARED,
    Recipe(4, 4, 1000),
    Recipe(48, 24, 0),
    Recipe(48, 24, 600),
    Recipe(48, 24, 800),
    RECIPE,
    Recipe(48, 16, 1000),
    Recipe(48, 4, 1000),
    Recipe(32, 24, 1000),
    Recipe(40, 24, 1000),
    Recipe(64, 32, 1000),
)

RECIPES = Experiment(
    "Recipes",
    {
        f"{recipe.table_partitions},000 | {recipe.index_partitions},000 | {recipe.provisioned:,}": seeds(
            prepared(recipe, calls_go_to="any"), (1, 2, 4)
        )
        for recipe in _RECIPES
    },
)

_TRIED: Mapping[str, dict[str, Any]] = {
    "the product: the fullest of some blocks, one after the other": {},
    "all blocks, one after the other": {"finder": Uninformed},
    "sticky: stay until somebody else is met": {"finder": Sticky},
    "any block after each seat": {"finder": Wandering},
    "attendees under a key shared by 1/M of them": {"table": AttendeesByPartition},
    "blocks taken off the directory by transaction": {"table": TakeOffByTransaction},
}

_TRIED_ANYWHERE: Mapping[str, dict[str, Any]] = {
    "the product": {},
    "all blocks, one after the other": {"finder": Uninformed},
    "the directory is read for each answer": {"finder": Insisting},
    "an empty directory is gone by for half a second": {"finder": Trusting},
}

POLICIES = Experiment(
    "What was tried",
    {label: seeds(prepared(**changes), (1, 2, 3)) for label, changes in _TRIED.items()}
    | {
        f"{label}; calls go to any environment": seeds(prepared(calls_go_to="any", **changes), (1, 2, 3))
        for label, changes in _TRIED_ANYWHERE.items()
    },
)

EVENTS = Experiment(
    "Other events",
    {
        "100 seats, 50,000 buyers within 10 s": [prepared(seats=100)],
        "500 seats, 50,000 buyers within 10 s": [prepared(seats=500)],
        "2,000 seats, 50,000 buyers within 10 s": [prepared(seats=2000)],
        "5,000 seats, 50,000 buyers within 10 s": [prepared(seats=5000)],
        "20,000 seats, 50,000 buyers within 60 s, table, index and function as new": [prepared(UNPREPARED, seconds=60)],
        "500 seats, 2,000 buyers within 60 s, as new": [prepared(UNPREPARED, seats=500, buyers=2000, seconds=60)],
        "200 seats, 200 buyers within 60 s, as new": [prepared(UNPREPARED, seats=200, buyers=200, seconds=60)],
    },
)

GRID_BLOCKS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
GRID_PARTITIONS = (4, 8, 16, 32, 64)
GRID_SHARE = 4
"""The grid's sales are the first quarter of the rush: as many buyers a second, a quarter of them and of the seats."""


def grid_sale(blocks: int, partitions: int) -> Sale:
    """Return the sale of one cell: an index with half as many partitions as the table, but those of a new one at least."""
    recipe = Recipe(partitions, max(UNPREPARED.index_partitions, partitions // 2), RECIPE.provisioned)
    whole = prepared(recipe, blocks=blocks)
    return replace(
        whole, seats=whole.seats // GRID_SHARE, buyers=whole.buyers // GRID_SHARE, seconds=whole.seconds / GRID_SHARE
    )


GRID = Experiment(
    "Blocks and partitions",
    {
        f"{blocks},{partitions}": [grid_sale(blocks, partitions)]
        for blocks in GRID_BLOCKS
        for partitions in GRID_PARTITIONS
    },
)

EXPERIMENTS = (REQUIRED, RECIPES, POLICIES, EVENTS, GRID)


def carry_out(experiments: Sequence[Experiment] = EXPERIMENTS, processes: int = 2) -> list[Outcomes]:
    """Simulate all sales, each once; return what became of them, in the order of the experiments."""
    sales = list(dict.fromkeys(sale for one in experiments for some in one.sales.values() for sale in some))
    with ProcessPoolExecutor(processes) as pool:
        outcomes = dict(zip(sales, pool.map(run, sales), strict=True))
    return [{label: [outcomes[sale] for sale in some] for label, some in one.sales.items()} for one in experiments]
