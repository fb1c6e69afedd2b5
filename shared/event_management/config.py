"""Settings of a function, from its environment: read once, lazily, typed."""

import os
import re
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from event_management.errors import InvalidValueError
from event_management.timezones import find_zone


class Config(NamedTuple):
    """What template.yaml sets for every function."""

    table_name: str
    default_zone: ZoneInfo
    """Zone of times that come with neither a timezone nor a country."""
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
    try:
        default_zone = find_zone(_required("DEFAULT_TIMEZONE"))
    except InvalidValueError as error:
        raise ConfigError(f"DEFAULT_TIMEZONE {error}") from None
    origins = frozenset(origin.strip() for origin in _required("ALLOWED_ORIGINS").split(",") if origin.strip())
    for origin in origins - {"*"}:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ConfigError(f"ALLOWED_ORIGINS must hold origins such as https://shop.example, or *; not {origin!r}")
    return Config(
        table_name=_required("TABLE_NAME"),
        default_zone=default_zone,
        allowed_origins=origins,
        is_open=auth_mode == "open",
    )


def _required(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise ConfigError(f"{name} is not set in the environment") from None
