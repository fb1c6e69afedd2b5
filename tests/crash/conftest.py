"""Crash tests: callers killed, held up and unheard at every point, on moto; a table of its own for each test."""

from tests.unit.conftest import api, environment, event_id, simulated_aws, table

__all__ = ["api", "environment", "event_id", "simulated_aws", "table"]
