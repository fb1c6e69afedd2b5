"""Event times: local time, IANA zone and offset are the truth, UTC is derived from them.

Zones come from the pinned `tzdata` package alone, never from the machine, so that every function answers alike and new
rules arrive with a deployment only.
"""

import re
from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from event_management.errors import InvalidValueError

_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9998

# Compiled by `re` at the first use, so that a cold start which reads no time pays nothing.
_LOCAL: Final = r"(\d{4})-(\d\d?)-(\d\d?) +(\d\d?):(\d\d?)"
_RFC_3339: Final = r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|([+-])(\d\d):(\d\d))"


class EventTime(msgspec.Struct, frozen=True):
    """One moment as its organiser wrote it; always `instant == local - utc_offset`.

    Store the first three and rebuild the whole with `restore`.
    """

    local: str
    """Wall-clock time in `timezone`: `YYYY-MM-DD HH:MM`, from 1970-01-01 to 9998-12-31."""
    timezone: str
    """IANA name in its own spelling, such as `Asia/Kolkata`; a link keeps its name."""
    utc_offset: str
    """The offset chosen for `local`: `+05:30`, or `-00:44:30` where a zone's offset has seconds."""
    instant: datetime
    """The same moment, aware, in UTC."""

    @staticmethod
    def restore(local: str, timezone: str, utc_offset: str) -> "EventTime":
        """Rebuild a time from what is stored, under the zone's rules of today.

        The stored offset only picks between the two occurrences of a repeated local time. Where the zone's rules have
        changed since, the local time stays and takes the new offset; if the new rules skip it, the offset from before
        the gap counts (RFC 5545, section 3.3.5), so that reading a stored time never fails.

        Raises `InvalidValueError` if the zone is unknown, `ValueError` if `local` is no time.
        """
        zone = find_zone(timezone)
        first = datetime.fromisoformat(local).replace(tzinfo=zone)
        second = first.replace(fold=1)
        return _pin(second if _repeats(first) and _offset(second) == utc_offset else first, zone)

    def at(self, zone: ZoneInfo) -> str:
        """Tell a viewer in `zone` their wall-clock time, `YYYY-MM-DD HH:MM`; seconds are cut off."""
        return _written(self.instant.astimezone(zone))


def find_zone(name: str) -> ZoneInfo:
    """Find the zone with this IANA name or link, in any case; its `key` has the name in its own spelling.

    Raises `InvalidValueError` for anything that tzdata does not list as a zone. Only listed names are ever opened, so
    no name reaches another file.
    """
    spelled = _zone_names().get(name.lower()) if name.isascii() else None
    if spelled is None:
        raise InvalidValueError("must be an IANA time zone name, such as Asia/Kolkata or Europe/Berlin")
    return _load_zone(spelled)


def has_offset(text: str) -> bool:
    """Whether `parse_time` reads `text` as RFC 3339, so that it names its instant without a zone."""
    return re.fullmatch(_RFC_3339, text, re.ASCII) is not None


def parse_time(text: str, zone: ZoneInfo, kept_in: ZoneInfo | None = None) -> EventTime:
    """Read a time of `zone`, written in one of two ways, as one of the zone that it is to be kept in; without one, of `zone`.

    - Local, `YYYY-MM-DD HH:MM`, digits unpadded if you like (`2026-1-5 9:05`, as the original took them). A time that
      occurs twice means the first; one that the zone skips is refused.
    - RFC 3339 with `Z` or an offset (`2026-05-01T10:00:00+05:30`; `t`, a space, no seconds and a fraction of zero are
      taken too): converted to the zone's local time, and thus able to name the second of two occurrences.

    Either way the local time must fall on a whole minute from 1970-01-01 to 9998-12-31.

    Raises `InvalidValueError`.
    """
    if kept_in is not None and kept_in.key != zone.key:
        return parse_time(format_utc(parse_time(text, zone).instant), kept_in)
    if match := re.fullmatch(_RFC_3339, text, re.ASCII):
        return _pin(_convert(match, zone), zone)
    if match := re.fullmatch(_LOCAL, text, re.ASCII):
        local = _read(match, zone)
        _check_range(local)
        if _skipped(local):
            raise _gap_error(local, zone)
        return _pin(local, zone)
    raise InvalidValueError(
        "must be written YYYY-MM-DD HH:MM, such as 2026-05-01 10:00, or as RFC 3339 with an offset, such as "
        "2026-05-01T10:00:00+05:30"
    )


def format_utc(instant: datetime) -> str:
    """RFC 3339 in UTC to the second, `2026-05-01T04:30:00Z`; such texts sort as the instants do.

    Raises `ValueError` for a datetime without a zone.
    """
    if instant.tzinfo is None:
        raise ValueError("instant must be aware")
    return instant.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


@cache
def _zone_names() -> dict[str, str]:
    """Every zone and link by its lower-case name. `Factory` means "not set up yet" and is no place."""
    names = files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return {name.lower(): name for name in names if name != "Factory"}


@cache
def _load_zone(name: str) -> ZoneInfo:
    # Not ZoneInfo(name): that would prefer the machine's own files wherever PYTHONTZPATH is not empty.
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _pin(moment: datetime, zone: ZoneInfo) -> EventTime:
    """Keep a moment whose `tzinfo` is `zone` and whose `fold` is chosen."""
    return EventTime(_written(moment), zone.key, _offset(moment), moment.astimezone(UTC))


def _read(match: re.Match[str], zone: tzinfo) -> datetime:
    """Read year to minute of either form."""
    year, month, day, hour, minute = map(int, match.groups()[:5])
    if not _FIRST_YEAR - 1 <= year <= _LAST_YEAR + 1:
        raise _range_error()
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        raise InvalidValueError(
            "must be a date and time that exist: month 01 to 12, a day of that month, hour 00 to 23, minute 00 to 59"
        ) from None


def _convert(match: re.Match[str], zone: ZoneInfo) -> datetime:
    """Turn an RFC 3339 time into the local time of `zone`."""
    second, fraction, sign, hours, minutes = match.groups()[5:]
    if second == "60":
        raise InvalidValueError("must not be a leap second: send the minute that follows, with second 00")
    if second is not None and second > "60":
        raise InvalidValueError("must have a second from 00 to 59")
    if sign is not None and (hours > "23" or minutes > "59"):
        raise InvalidValueError("must have an offset from -23:59 to +23:59")
    offset = timedelta(hours=int(hours), minutes=int(minutes)) if sign is not None else timedelta()
    written = _read(match, UTC) + timedelta(seconds=int(second or 0))
    try:
        local = (written + offset if sign == "-" else written - offset).astimezone(zone)
    except OverflowError:
        raise _range_error() from None
    _check_range(local)
    if local.second or (fraction or "").strip("0"):
        raise InvalidValueError(
            f"must fall on a whole minute in {zone.key}, where the offset is {_offset(local)}: seconds are not kept"
        )
    return local


def _check_range(local: datetime) -> None:
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise _range_error()


def _range_error() -> InvalidValueError:
    return InvalidValueError(f"must be from {_FIRST_YEAR}-01-01 to {_LAST_YEAR}-12-31 in local time")


def _offsets(local: datetime) -> tuple[timedelta, timedelta]:
    """Give the offsets before and after a change that skips or repeats `local`; elsewhere the same twice (PEP 495)."""
    before, after = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return before, after


def _skipped(local: datetime) -> bool:
    before, after = _offsets(local)
    return before < after


def _repeats(local: datetime) -> bool:
    before, after = _offsets(local)
    return before > after


def _gap_error(local: datetime, zone: ZoneInfo) -> InvalidValueError:
    """Name both ends of the gap that `local` lies in, and what to send."""
    before, after = _offsets(local)
    earliest = local.replace(tzinfo=UTC) - after
    width = (after - before) // timedelta(seconds=1)

    def offset_at(seconds: int) -> timedelta:
        return _offsets((earliest + timedelta(seconds=seconds)).astimezone(zone))[0]

    change = earliest + timedelta(seconds=bisect_left(range(width), after, key=offset_at))
    last, resumed = change + before, change + after
    next_minute = resumed + timedelta(seconds=-resumed.second % 60)
    return InvalidValueError(
        f"must be a time that exists in {zone.key}, where clocks go from {_clock(last)} straight to {_clock(resumed)}: "
        f"send {_written(next_minute)} or later, or a time before {_clock(last)}"
    )


def _written(moment: datetime) -> str:
    return moment.isoformat(" ", "minutes")[:16]


def _offset(moment: datetime) -> str:
    return moment.isoformat(" ", "minutes")[16:]


def _clock(moment: datetime) -> str:
    """`YYYY-MM-DD HH:MM`, with seconds only where there are some."""
    return moment.isoformat(" ")[: 19 if moment.second else 16]
