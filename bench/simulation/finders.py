"""Other ways to choose a block than the product's, as small changes of its class; for comparison."""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType

from event_management.seats import Directory, SeatFinder


class Uninformed(SeatFinder):
    """Goes around all blocks, and never reads one before it tries it."""

    @property
    def blocks_to_read(self) -> list[int]:
        """None."""
        return []

    def learn(
        self, directory: Directory, asked_at: float | None = None, seats_left: Mapping[int, int] = MappingProxyType({})
    ) -> None:
        """Go by this directory, until a block is empty."""
        super().learn(directory, asked_at, seats_left)
        self._seats_ahead = inf

    def met_another(self) -> None:
        """Go on elsewhere, without a look."""
        self._jump([block for block in self._candidates if block != self.block] or self._candidates)


class Sticky(Uninformed):
    """Stays with a block until it meets another caller there."""

    def took_seat(self) -> None:
        """Stay."""


class Wandering(Uninformed):
    """Goes to any block after each seat."""

    def took_seat(self) -> None:
        """Go on anywhere."""
        self.met_another()


class Insisting(SeatFinder):
    """Reads the directory for each answer, however many others do."""

    @property
    def spares_directory(self) -> bool:
        """Never."""
        return False

    @property
    def is_sold_out(self) -> bool:
        """Never known without the directory."""
        return False


class Trusting(SeatFinder):
    """Goes by a directory without entries for as long as it is a proof, whether or not others want to read it."""

    @property
    def spares_directory(self) -> bool:
        """Whether the directory proves that all is sold."""
        return self.is_sold_out
