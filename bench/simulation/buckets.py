"""A rate limit."""

import simpy


class Bucket:
    """Gives `rate` units a second, and holds `most` of them; full at the start."""

    def __init__(self, env: simpy.Environment, rate: float, most: float | None = None) -> None:
        self._env, self._rate = env, rate
        self._most = self._units = rate if most is None else most
        self._filled_at = env.now
        self.given = 0.0

    def take(self, units: float = 1) -> bool:
        """Take the units if that many are there; tell whether they were."""
        now = self._env.now
        self._units = min(self._most, self._units + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._units < units:
            return False
        self._units -= units
        self.given += units
        return True
