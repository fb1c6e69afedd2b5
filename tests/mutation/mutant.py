"""What a mutant is."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One rule of the source removed or weakened."""

    name: str
    """What the product does wrong with it, or what it forgets."""
    before: str
    """Source text that occurs once in its file."""
    after: str
    """What stands there instead."""
    tests: str
    """Node ids below tests/ of those that should notice, separated by spaces."""

    @property
    def node_ids(self) -> list[str]:
        """The tests as pytest takes them from the root."""
        return [f"tests/{test}" for test in self.tests.split()]


Table = dict[str, list[Mutant]]
"""Mutants by the file that they change, relative to the root."""
