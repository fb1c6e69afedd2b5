"""Settings of a function, from its environment: read once, lazily, typed."""

import os
from functools import cache
from typing import NamedTuple


class Config(NamedTuple):
    """What template.yaml sets for every function."""

    table_name: str
    default_timezone: str
    """IANA zone of times that come with neither a timezone nor a country."""
    allowed_origins: frozenset[str]
    """Browser origins that may call; `*` stands for any."""
    is_open: bool
    """Whether everybody is the organiser `anonymous`: on a laptop only."""


class ConfigError(RuntimeError):
    """The environment lacks a setting or holds one that makes no sense; the text names it."""


@cache
def load_config() -> Config:
    """Read the settings; raises `ConfigError`."""
    auth_mode = os.environ.get("AUTH_MODE", "cognito")
    if auth_mode not in ("cognito", "open"):
        raise ConfigError(f"AUTH_MODE must be cognito or open, not {auth_mode!r}")
    origins = _required("ALLOWED_ORIGINS").split(",")
    return Config(
        table_name=_required("TABLE_NAME"),
        default_timezone=_required("DEFAULT_TIMEZONE"),
        allowed_origins=frozenset(origin.strip() for origin in origins if origin.strip()),
        is_open=auth_mode == "open",
    )


def _required(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise ConfigError(f"{name} is not set in the environment") from None
