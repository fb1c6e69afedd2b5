"""Settings of a function, from its environment: read once, lazily, typed."""

import os
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from event_management.errors import InvalidValueError
from event_management.timezones import find_zone

if TYPE_CHECKING:
    from event_management.limits import Limit


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


@cache
def load_limits() -> "tuple[Limit, ...]":
    """Read how often one may try to register, in the order in which it counts; empty where nothing is limited.

    Raises `ConfigError`.
    """
    attempts = {
        policy: number
        for policy in ("client", "address")  # so nobody uses up a stranger's attempts beyond their own
        if (number := _whole_number(f"REGISTRATIONS_PER_{policy.upper()}", "0"))
    }
    if not attempts:
        return ()
    from event_management.limits import Limit  # noqa: PLC0415 - few deployments have limits

    seconds = _whole_number("REGISTRATIONS_WINDOW_SECONDS", "300")
    if not seconds:
        raise ConfigError("REGISTRATIONS_WINDOW_SECONDS must be 1 or more")
    return tuple(Limit(policy, number, seconds) for policy, number in attempts.items())


def _whole_number(name: str, default: str) -> int:
    text = os.environ.get(name, default)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ConfigError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def load_retention_days() -> int:
    """Return how many days after an event its people go, 0 for never; only for what removes them. Raises `ConfigError`."""
    days = _required("RETENTION_DAYS")
    if not re.fullmatch(r"[0-9]{1,5}", days):
        raise ConfigError(f"RETENTION_DAYS must be a whole number from 0 to 99,999, not {days!r}")
    return int(days)


def _required(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise ConfigError(f"{name} is not set in the environment") from None
