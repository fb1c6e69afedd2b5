"""Local time, zone and offset are the truth; UTC is derived, and comes back the same."""

import os
import struct
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management import timezones
from event_management.errors import InvalidValueError
from event_management.timezones import EventTime, find_zone, format_utc, has_offset, parse_time

TZDATA = files("tzdata")
ZONE_NAMES = [name for name in TZDATA.joinpath("zones").read_text(encoding="ascii").split() if name != "Factory"]

# --- zones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "key"),
    [
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("asia/kolkata", "Asia/Kolkata"),
        ("ASIA/CALCUTTA", "Asia/Calcutta"),
        ("america/argentina/comodrivadavia", "America/Argentina/ComodRivadavia"),
        ("utc", "UTC"),
        ("gb-eire", "GB-Eire"),
        ("etc/gmt+12", "Etc/GMT+12"),
        ("America/Port-Au-Prince", "America/Port-au-Prince"),
    ],
)
def test_zone_is_found_in_any_case_and_named_in_its_own_spelling(given_name: str, key: str) -> None:
    assert key == find_zone(given_name).key


def test_every_zone_and_link_of_tzdata_is_found() -> None:
    assert [*ZONE_NAMES] == [find_zone(name.swapcase()).key for name in ZONE_NAMES]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "Asia",
        "America/",
        "America/Argentina",
        "../zones",
        "../../../etc/passwd",
        "/etc/localtime",
        "Asia/../Asia/Kolkata",
        "Asia//Kolkata",
        "Asia\\Kolkata",
        "Asia/Kolkata\0",
        "\0",
        " Asia/Kolkata",
        "Asia/Kolkata\n",
        "Asia/\u212aolkata",  # Kelvin sign, whose lower case is k
        "Asia/Atlantis",
        "Factory",
        "factory",
        "posixrules",
        "localtime",
        "zone.tab",
        "tzdata.zi",
        "__init__.py",
        "IST-5:30",
        pytest.param("x" * 10_000, id="ten thousand characters"),
        "\ud800",
    ],
)
def test_what_tzdata_does_not_list_is_no_zone(name: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^must be an IANA time zone name, such as Asia/Kolkata"):
        find_zone(name)


def test_zones_of_the_machine_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Kolkata").write_bytes(TZDATA.joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    timezones._load_zone.cache_clear()
    try:
        assert "+05:30" == parse_time("2026-05-01 10:00", find_zone("Asia/Kolkata")).utc_offset
    finally:
        zoneinfo.reset_tzpath(to=before)


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "local", "utc_offset", "utc"),
    [
        # as the original wrote them
        ("2026-05-01 10:00", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        ("2026-1-5 9:05", "Asia/Kolkata", "2026-01-05 09:05", "+05:30", "2026-01-05T03:35:00Z"),
        ("2026-1-5   9:5", "Asia/Kolkata", "2026-01-05 09:05", "+05:30", "2026-01-05T03:35:00Z"),
        ("2028-02-29 00:00", "Asia/Kolkata", "2028-02-29 00:00", "+05:30", "2028-02-28T18:30:00Z"),
        # zones off the hour, year ends, the date line
        ("2027-01-01 00:00", "Asia/Kathmandu", "2027-01-01 00:00", "+05:45", "2026-12-31T18:15:00Z"),
        ("2026-12-31 23:59", "Pacific/Chatham", "2026-12-31 23:59", "+13:45", "2026-12-31T10:14:00Z"),
        ("2026-07-01 08:00", "Pacific/Chatham", "2026-07-01 08:00", "+12:45", "2026-06-30T19:15:00Z"),
        ("2026-05-01 10:00", "Australia/Eucla", "2026-05-01 10:00", "+08:45", "2026-05-01T01:15:00Z"),
        ("2026-05-01 10:00", "America/St_Johns", "2026-05-01 10:00", "-02:30", "2026-05-01T12:30:00Z"),
        ("2026-05-01 10:00", "Pacific/Kiritimati", "2026-05-01 10:00", "+14:00", "2026-04-30T20:00:00Z"),
        # either side of a change
        ("2026-03-29 01:59", "Europe/Berlin", "2026-03-29 01:59", "+01:00", "2026-03-29T00:59:00Z"),
        ("2026-03-29 03:00", "Europe/Berlin", "2026-03-29 03:00", "+02:00", "2026-03-29T01:00:00Z"),
        # twice: the first, unless an offset says otherwise
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 02:30", "+02:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30:00+02:00", "Europe/Berlin", "2026-10-25 02:30", "+02:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30:00+01:00", "Europe/Berlin", "2026-10-25 02:30", "+01:00", "2026-10-25T01:30:00Z"),
        ("2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25 02:30", "+01:00", "2026-10-25T01:30:00Z"),
        ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-05 01:45", "+11:00", "2026-04-04T14:45:00Z"),
        ("2026-04-05T01:45+10:30", "Australia/Lord_Howe", "2026-04-05 01:45", "+10:30", "2026-04-04T15:15:00Z"),
        ("1969-12-31T12:00:00Z", "Pacific/Auckland", "1970-01-01 00:00", "+12:00", "1969-12-31T12:00:00Z"),
        # the forms of RFC 3339 and near it
        ("2026-05-01T10:00:00+05:30", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        ("2026-05-01t04:30:00z", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        ("2026-05-01 04:30:00.000Z", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        ("2026-05-01T04:30-00:00", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        ("2026-05-02T04:29:00+23:59", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        ("2026-04-30T04:31:00-23:59", "Asia/Kolkata", "2026-05-01 10:00", "+05:30", "2026-05-01T04:30:00Z"),
        # offsets with seconds
        ("1971-05-05 10:00", "Africa/Monrovia", "1971-05-05 10:00", "-00:44:30", "1971-05-05T10:44:30Z"),
        ("1971-05-05T10:44:30Z", "Africa/Monrovia", "1971-05-05 10:00", "-00:44:30", "1971-05-05T10:44:30Z"),
        # the first and last of the range
        ("1970-01-01 00:00", "Pacific/Kiritimati", "1970-01-01 00:00", "-10:40", "1970-01-01T10:40:00Z"),
        ("1970-01-01 00:00", "Etc/GMT-14", "1970-01-01 00:00", "+14:00", "1969-12-31T10:00:00Z"),
        ("1969-12-30T10:01:00-23:59", "Etc/GMT-14", "1970-01-01 00:00", "+14:00", "1969-12-31T10:00:00Z"),
        ("9998-12-31 23:59", "Etc/GMT+12", "9998-12-31 23:59", "-12:00", "9999-01-01T11:59:00Z"),
        ("9999-01-02T11:58:00+23:59", "Etc/GMT+12", "9998-12-31 23:59", "-12:00", "9999-01-01T11:59:00Z"),
    ],
)
def test_time_is_read(text: str, zone: str, local: str, utc_offset: str, utc: str) -> None:
    time = parse_time(text, find_zone(zone))
    assert (local, zone, utc_offset, utc) == (time.local, time.timezone, time.utc_offset, format_utc(time.instant))


FORM = r"^must be written YYYY-MM-DD HH:MM, such as 2026-05-01 10:00, or as RFC 3339 with an offset, such as "
NO_SUCH = r"^must be a date and time that exist: "
RANGE = r"^must be from 1970-01-01 to 9998-12-31 in local time$"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", FORM),
        ("tomorrow", FORM),
        ("2026-05-01", FORM),
        ("2026-05-01T10:00", FORM),
        ("2026-05-01T10:00:00", FORM),
        ("2026-05-01 10:00:00", FORM),
        (" 2026-05-01 10:00", FORM),
        ("2026-05-01 10:00\n", FORM),
        ("2026-05-01T10:00:00Z\n", FORM),
        ("26-05-01 10:00", FORM),
        ("+2026-05-01 10:00", FORM),
        ("-2026-05-01 10:00", FORM),
        ("12026-05-01 10:00", FORM),
        ("2026-005-01 10:00", FORM),
        ("2026/05/01 10:00", FORM),
        ("2026-05-01 10.00", FORM),
        ("2026-05-01 10:00 PM", FORM),
        ("2026-05-01 10:00 +05:30", FORM),
        ("2026-05-01T10:00:00+0530", FORM),
        ("2026-05-01T10:00:00+05", FORM),
        ("2026-05-01T10:00:00+05:30:00", FORM),
        ("2026-05-01T10:00:00\u221205:30", FORM),
        ("2026-05-01T10:00:00.Z", FORM),
        ("2026-05-01T10:00:00,0Z", FORM),
        ("2026-5-1T10:00:00Z", FORM),
        ("2026-W18-5T10:00:00Z", FORM),
        ("٢٠٢٦-٠٥-٠١ ١٠:٠٠", FORM),
        ("２０２６-05-01 10:00", FORM),
        ("２０２６-05-01T10:00:00Z", FORM),
        pytest.param("2026-05-01 10:00" + "0" * 100_000, FORM, id="a hundred thousand digits"),
        ("2026-02-29 10:00", NO_SUCH),
        ("2026-02-30 10:00", NO_SUCH),
        ("2026-04-31T10:00:00Z", NO_SUCH),
        ("2026-00-01 10:00", NO_SUCH),
        ("2026-13-01 10:00", NO_SUCH),
        ("2026-05-00 10:00", NO_SUCH),
        ("2026-05-01 24:00", NO_SUCH),
        ("2026-05-01T24:00:00Z", NO_SUCH),
        ("2026-05-01 10:60", NO_SUCH),
        ("0000-05-01 10:00", RANGE),
        ("0001-01-01T00:00:00+23:59", RANGE),
        ("1969-12-31 23:59", RANGE),
        ("9999-01-01 00:00", RANGE),
        ("1969-12-31T18:29:00Z", RANGE),
        ("9998-12-31T23:59:00-12:00", RANGE),
        ("9999-12-31 23:59", RANGE),
        ("9999-12-31T23:59:59Z", RANGE),
        ("9999-12-31T23:59:00-23:59", RANGE),
        ("2026-05-01T10:00:01Z", r"^must fall on a whole minute in Asia/Kolkata, where the offset is \+05:30: seconds"),
        ("2026-05-01T10:00:00.0001Z", r"^must fall on a whole minute in Asia/Kolkata, "),
        ("2016-12-31T23:59:60Z", r"^must not be a leap second: send the minute that follows, with second 00$"),
        ("2026-05-01T10:00:61Z", r"^must have a second from 00 to 59$"),
        ("2026-05-01T10:00:00+24:00", r"^must have an offset from -23:59 to \+23:59$"),
        ("2026-05-01T10:00:00-05:60", r"^must have an offset from -23:59 to \+23:59$"),
    ],
)
def test_time_is_refused_with_the_mend(text: str, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        parse_time(text, find_zone("Asia/Kolkata"))


def test_instant_between_the_minutes_of_a_zone_with_seconds_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"^must fall on a whole minute in Africa/Monrovia, .* is -00:44:30"):
        parse_time("1971-05-05T10:44:00Z", find_zone("Africa/Monrovia"))


@pytest.mark.parametrize(
    ("zone", "first_skipped", "last_skipped", "named"),
    [
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 02:59", "2026-03-29 02:00 straight to 2026-03-29 03:00"),
        ("America/New_York", "2026-03-08 02:00", "2026-03-08 02:59", "2026-03-08 02:00 straight to 2026-03-08 03:00"),
        ("Africa/Cairo", "2026-04-24 00:00", "2026-04-24 00:59", "2026-04-24 00:00 straight to 2026-04-24 01:00"),
        (
            "Australia/Lord_Howe",
            "2026-10-04 02:00",
            "2026-10-04 02:29",
            "2026-10-04 02:00 straight to 2026-10-04 02:30",
        ),
        ("Antarctica/Troll", "2026-03-29 01:00", "2026-03-29 02:59", "2026-03-29 01:00 straight to 2026-03-29 03:00"),
        ("Pacific/Chatham", "2026-09-27 02:45", "2026-09-27 03:44", "2026-09-27 02:45 straight to 2026-09-27 03:45"),
        # no summer time, but a change of mind
        ("Asia/Kathmandu", "1986-01-01 00:00", "1986-01-01 00:14", "1986-01-01 00:00 straight to 1986-01-01 00:15"),
        ("Asia/Pyongyang", "2018-05-04 23:30", "2018-05-04 23:59", "2018-05-04 23:30 straight to 2018-05-05 00:00"),
        ("Africa/Monrovia", "1972-01-07 00:00", "1972-01-07 00:44", "1972-01-07 00:00 straight to 1972-01-07 00:44:30"),
        # a whole day
        ("Pacific/Apia", "2011-12-30 00:00", "2011-12-30 23:59", "2011-12-30 00:00 straight to 2011-12-31 00:00"),
        ("Pacific/Kwajalein", "1993-08-21 00:00", "1993-08-21 23:59", "1993-08-21 00:00 straight to 1993-08-22 00:00"),
        # far beyond the tables, by rule
        ("Europe/Berlin", "9998-03-29 02:00", "9998-03-29 02:59", "9998-03-29 02:00 straight to 9998-03-29 03:00"),
    ],
)
def test_skipped_time_is_refused_and_the_gap_named(
    zone: str, first_skipped: str, last_skipped: str, named: str
) -> None:
    after = (datetime.fromisoformat(last_skipped) + timedelta(minutes=1)).isoformat(" ", "minutes")
    for skipped in (first_skipped, last_skipped):
        with pytest.raises(InvalidValueError) as refused:
            parse_time(skipped, find_zone(zone))
        assert (
            f"must be a time that exists in {zone}, where clocks go from {named}: "
            f"send {after} or later, or a time before {first_skipped}"
        ) == str(refused.value)
    before = (datetime.fromisoformat(first_skipped) - timedelta(minutes=1)).isoformat(" ", "minutes")
    assert [before, after] == [parse_time(text, find_zone(zone)).local for text in (before, after)]


@pytest.mark.parametrize(
    "text", ["2026-05-01T10:00:00Z", "2026-05-01 10:00z", "2026-05-01T10:00:00.0+05:30", "2026-05-01T10:00:00-05:30"]
)
def test_text_with_an_offset_is_known(text: str) -> None:
    assert has_offset(text)


@pytest.mark.parametrize("text", ["2026-05-01 10:00", "2026-05-01T10:00:00", "2026-05-01-05:30", "Z", ""])
def test_text_without_an_offset_is_known(text: str) -> None:
    assert not has_offset(text)


# --- the stored three ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "utc_offset", "utc"),
    [
        # as written
        (("2026-07-01 10:00", "Europe/Berlin", "+02:00"), "+02:00", "2026-07-01T08:00:00Z"),
        (("1971-05-05 10:00", "Africa/Monrovia", "-00:44:30"), "-00:44:30", "1971-05-05T10:44:30Z"),
        # the offset picks between two occurrences
        (("2026-10-25 02:30", "Europe/Berlin", "+02:00"), "+02:00", "2026-10-25T00:30:00Z"),
        (("2026-10-25 02:30", "Europe/Berlin", "+01:00"), "+01:00", "2026-10-25T01:30:00Z"),
        # the rules changed: the local time stays and takes the new offset
        (("2026-07-01 10:00", "Europe/Berlin", "+01:00"), "+02:00", "2026-07-01T08:00:00Z"),
        (("2026-10-25 02:30", "Europe/Berlin", "+03:00"), "+02:00", "2026-10-25T00:30:00Z"),
        # the new rules skip it: the offset from before the gap
        (("2026-03-29 02:30", "Europe/Berlin", "+01:00"), "+01:00", "2026-03-29T01:30:00Z"),
        (("2026-03-29 02:30", "Europe/Berlin", "+02:00"), "+01:00", "2026-03-29T01:30:00Z"),
        (("2026-03-29 02:30", "Europe/Berlin", "-07:00"), "+01:00", "2026-03-29T01:30:00Z"),
    ],
)
def test_local_time_outlives_a_change_of_rules(stored: tuple[str, str, str], utc_offset: str, utc: str) -> None:
    time = EventTime.restore(*stored)
    assert (*stored[:2], utc_offset, utc) == (time.local, time.timezone, time.utc_offset, format_utc(time.instant))


def test_stored_time_of_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="IANA"):
        EventTime.restore("2026-07-01 10:00", "Europe/Atlantis", "+02:00")


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        ("Asia/Kolkata", "2026-12-31 23:45"),
        ("Asia/Kathmandu", "2027-01-01 00:00"),
        ("Pacific/Chatham", "2027-01-01 08:00"),
        ("Australia/Eucla", "2027-01-01 03:00"),
        ("America/Los_Angeles", "2026-12-31 10:15"),
    ],
)
def test_viewer_sees_the_wall_clock_of_their_own_zone(viewer: str, expected: str) -> None:
    assert expected == parse_time("2026-12-31 23:45", find_zone("Asia/Kolkata")).at(find_zone(viewer))


def test_utc_needs_an_aware_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        format_utc(datetime(2026, 5, 1))  # noqa: DTZ001 - the case under test


# --- laws, against two oracles that know nothing of folds ------------------------------------------------------------


class Change(NamedTuple):
    """A change of offset, read straight from the file; UTC seconds."""

    zone: str
    at: int
    before: int
    after: int


def changes_since_1970() -> Iterator[Change]:
    """Every change in tzdata's tables, by reading the files ourselves (RFC 9636); files alike count once."""
    seen = set()
    for zone in ZONE_NAMES:
        data = TZDATA.joinpath("zoneinfo", *zone.split("/")).read_bytes()
        if data in seen:
            continue
        seen.add(data)
        _, _, _, times, types, chars = struct.unpack(">6l", data[20:44])
        start = 44 + times * 5 + types * 6 + chars  # the second block, with 64-bit times
        *skipped, times, types, chars = struct.unpack(">6l", data[start + 20 : start + 44])
        assert 0 == skipped[2]
        start += 44
        moments = struct.unpack(f">{times}q", data[start : start + 8 * times])
        indexes = data[start + 8 * times : start + 9 * times]
        table = data[start + 9 * times :]
        offsets = [struct.unpack(">l", table[6 * i : 6 * i + 4])[0] for i in range(types)]
        before = offsets[0]
        for moment, index in zip(moments, indexes, strict=True):
            if offsets[index] != before and moment >= 86_400:
                yield Change(zone, moment, before, offsets[index])
            before = offsets[index]


def wall_clock(seconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - a wall clock has no zone


def text_of(local: datetime) -> str:
    return local.isoformat(" ", "minutes")


def test_every_gap_and_every_fold_of_the_tables_is_told_apart() -> None:
    gaps = folds = 0
    minute = timedelta(minutes=1)
    for change in changes_since_1970():
        zone = find_zone(change.zone)
        last, resumed = wall_clock(change.at + change.before), wall_clock(change.at + change.after)
        first_minute = min(last, resumed)
        last_minute = (max(last, resumed) - timedelta(microseconds=1)).replace(second=0, microsecond=0)
        middle = first_minute + (last_minute - first_minute) // 120 * 60
        for local in {first_minute, middle.replace(second=0, microsecond=0), last_minute}:
            if change.before < change.after:
                gaps += 1
                with pytest.raises(InvalidValueError) as refused:
                    parse_time(text_of(local), zone)
                named = f"go from {text_of(last)} straight to {resumed.isoformat(' ').removesuffix(':00')}: "
                assert named in str(refused.value)
            else:
                folds += 1
                first = parse_time(text_of(local), zone)
                assert timedelta(seconds=change.before) == local - first.instant.replace(tzinfo=None)
                second = EventTime.restore(text_of(local), change.zone, offset_text(change.after))
                assert timedelta(seconds=change.after) == local - second.instant.replace(tzinfo=None)
        for local in (first_minute - minute, last_minute + minute):
            time = parse_time(text_of(local), zone)
            offset = change.before if local < first_minute else change.after
            assert timedelta(seconds=offset) == local - time.instant.replace(tzinfo=None)
    assert gaps > 5_000
    assert folds > 5_000


def offset_text(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    assert 0 == rest % 60
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}"


def occurrences(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants whose wall clock is `local`, by trying every offset in force within two days of it."""
    around = local.replace(tzinfo=UTC)
    offsets = {(around + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-48, 49, 6)}
    instants = (around - offset for offset in offsets if offset is not None)
    return sorted(instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == local)


def next_change(instant: datetime, zone: ZoneInfo) -> datetime | None:
    """The minute of the next change of offset within a year."""
    for _ in range(366):
        offset, later = instant.astimezone(zone).utcoffset(), instant + timedelta(days=1)
        if offset != later.astimezone(zone).utcoffset():
            at = (instant + timedelta(minutes=minute) for minute in range(1, 24 * 60 + 1))
            return next(change for change in at if change.astimezone(zone).utcoffset() != offset)
        instant = later
    return None


zones = st.sampled_from(ZONE_NAMES).map(find_zone)
minutes = st.datetimes(datetime(1970, 1, 1), datetime(9997, 12, 31)).map(  # noqa: DTZ001 - wall clocks
    lambda moment: moment.replace(second=0, microsecond=0)
)


@st.composite
def places_and_times(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and a wall clock, half of them within three hours of a change of offset, if one comes within a year."""
    zone, local = draw(zones), draw(minutes)
    if draw(st.booleans()) and (change := next_change(local.replace(tzinfo=UTC), zone)):
        near = change.astimezone(zone).replace(tzinfo=None, fold=0, second=0)
        local = near + timedelta(minutes=draw(st.integers(-180, 180)))
    return zone, local


@given(places_and_times())
def test_local_time_is_refused_where_it_never_occurs_and_comes_back_wherever_it_does(
    place_and_time: tuple[ZoneInfo, datetime],
) -> None:
    zone, local = place_and_time
    instants = occurrences(local, zone)
    if not instants:
        with pytest.raises(InvalidValueError, match=f"^must be a time that exists in {zone.key}"):
            parse_time(text_of(local), zone)
        return
    assert instants[0] == parse_time(text_of(local), zone).instant
    for instant in instants:
        time = parse_time(format_utc(instant), zone)
        assert (text_of(local), zone.key, instant) == (time.local, time.timezone, time.instant)
        assert text_of(local) == time.at(zone)
        assert time == EventTime.restore(time.local, time.timezone, time.utc_offset)
        assert time == parse_time(f"{time.local}{time.utc_offset}", zone) or len(time.utc_offset) > len("+00:00")


@given(zones, zones, minutes)
def test_instant_is_the_same_whichever_offset_it_is_written_with(zone: ZoneInfo, other: ZoneInfo, at: datetime) -> None:
    instant = at.replace(tzinfo=UTC)
    written = instant.astimezone(other)
    if written.second or instant.astimezone(zone).second or instant.astimezone(zone).year < 1970:
        return  # an offset with seconds: RFC 3339 cannot write it
    assert instant == parse_time(written.isoformat(), zone).instant


@given(zones, minutes, minutes)
def test_utc_texts_sort_as_instants_do(zone: ZoneInfo, one: datetime, other: datetime) -> None:
    a, b = one.replace(tzinfo=zone), other.replace(tzinfo=UTC)
    assert (a.astimezone(UTC) < b) is (format_utc(a) < format_utc(b))


@given(
    st.text()
    | st.from_regex(r"[0-9]{4}-[0-1][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9](:00)?(Z|[+-][0-2][0-9]:[0-5][0-9])?\Z"),
    zones,
)
def test_any_text_is_a_time_or_an_invalid_value(text: str, zone: ZoneInfo) -> None:
    try:
        time = parse_time(text, zone)
    except InvalidValueError:
        return
    assert time == EventTime.restore(time.local, time.timezone, time.utc_offset)


def test_pure_core_starts_without_the_heavy_modules() -> None:
    heavy = ["idna", "boto3", "botocore", "aws_lambda_powertools", "dataclasses"]
    program = (
        "import sys, event_management.timezones, event_management.countries, event_management.addresses\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-S", "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert "[]\n" == ran.stdout
