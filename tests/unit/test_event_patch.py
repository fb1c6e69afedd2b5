"""Changes of events as laws: what a GET shows changes nothing, twice is once, clocks stay where zones change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from msgspec import to_builtins
from msgspec.structs import replace

from event_management.errors import InvalidPayloadError, InvalidValueError
from event_management.models import Event, EventPatch, ZoneDefault
from event_management.timezones import find_zone, parse_time
from event_management.views import EventView

ANYWHERE = ZoneDefault(find_zone("UTC"), ("America/New_York", "America/Chicago"))
"""Where the caller is, in doubt: it does not matter."""
ZONES = ["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(zone="Europe/Berlin", **changes):
    times = {"start": "2027-01-15 18:30", "end": "2027-01-15 21:00"} | {
        name: changes.pop(name)
        for name in ("start", "end", "registration_opens", "registration_closes")
        if name in changes
    }
    return Event(
        id="k3v7qzm2ab",
        name="Monsoon Raga Night",
        location="Bengaluru",
        owner="olga",
        max_capacity=50,
        attendee_partitions=1,
        created_at=NOON,
        updated_at=NOON,
        **{name: parse_time(text, find_zone(zone)) for name, text in times.items()},
        **changes,
    )


def patched(there, **payload):
    return EventPatch.read(payload, ANYWHERE).apply(there)


def faults(there, **payload):
    with pytest.raises(InvalidPayloadError) as refusal:
        patched(there, **payload)
    return [(fault.pointer.removeprefix("/payload/"), fault.detail) for fault in refusal.value.faults]


# --- Laws -------------------------------------------------------------------------------------------------------------

zones = st.sampled_from(ZONES)
instants = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
# Hours around which clocks are changed: some local times occur twice there, some not at all.
changes_of_clocks = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2027, 3, 28, 1, tzinfo=UTC),
            datetime(2026, 11, 1, 6, tzinfo=UTC),
            datetime(2027, 4, 3, 15, tzinfo=UTC),
        ]
    ),
    st.integers(-150, 150),
)
times = instants | changes_of_clocks


@st.composite
def events(draw):
    zone = draw(zones)
    start, end = sorted(draw(st.lists(times, min_size=2, max_size=2, unique=True)))
    window = dict.fromkeys(("registration_opens", "registration_closes"))
    opens, closes = sorted(draw(st.lists(times, min_size=2, max_size=2, unique=True)))
    window |= {"registration_opens": opens} if draw(st.booleans()) else {}
    window |= {"registration_closes": closes} if draw(st.booleans()) else {}
    written = {"start": start, "end": end} | {name: time for name, time in window.items() if time}
    try:
        return event(
            zone,
            **{name: time.isoformat() for name, time in written.items()},
            description=draw(st.none() | st.just("Tea.\nAnd cake.")),
            status=draw(st.sampled_from(["draft", "published"])),
            max_party=draw(st.integers(1, 20)),
            waitlist=draw(st.booleans()),
            waitlist_policy=draw(st.sampled_from(["strict", "fill"])),
        )
    except InvalidValueError:  # seconds of an old offset
        reject()


MEMBERS = (
    "name",
    "location",
    "description",
    "start_time",
    "end_time",
    "timezone",
    "max_capacity",
    "status",
    "registration_opens",
    "registration_closes",
    "max_party",
    "waitlist",
    "waitlist_policy",
)


@given(events(), st.sets(st.sampled_from(MEMBERS), min_size=1))
def test_what_is_shown_of_an_event_changes_nothing(there, members):
    """Also where a local time occurs twice, and the second is meant."""
    shown = to_builtins(EventView.of(there, None))
    assert there == patched(there, **{member: shown[member] for member in members})


@given(events(), events(), st.sets(st.sampled_from(MEMBERS), min_size=1))
def test_a_change_that_is_made_twice_is_made_once(there, other, members):
    payload = {member: to_builtins(EventView.of(other, None))[member] for member in members}
    try:
        once = patched(there, **payload)
    except InvalidPayloadError:
        return
    assert once == patched(once, **payload)
    assert (there.id, there.owner, there.revision, there.created_at) == (
        once.id,
        once.owner,
        once.revision,
        once.created_at,
    )


@given(events(), zones)
def test_clocks_stay_where_the_zone_changes_or_the_fault_is_told(there, zone):
    try:
        moved = patched(there, timezone=zone)
    except InvalidPayloadError as error:
        pointers = {fault.pointer for fault in error.faults}
    else:
        pointers = set()
    if pointers:
        assert {"/payload/timezone", "/payload/end_time", "/payload/registration_closes"} >= pointers
        return
    names = ("start", "end", "registration_opens", "registration_closes")
    before, after = ([getattr(each, name) for name in names] for each in (there, moved))
    assert [time and time.local for time in before] == [time and time.local for time in after]
    assert {zone} == {time.timezone for time in after if time}


# --- Cases ------------------------------------------------------------------------------------------------------------


def test_the_second_of_two_occurrences_stays_until_an_offset_says_otherwise():
    there = event(start="2026-10-25T02:30:00+01:00", end="2026-10-25 12:00")
    assert there == patched(there, start_time="2026-10-25 02:30")
    first = patched(there, start_time="2026-10-25T02:30:00+02:00")
    assert ("2026-10-25 02:30", "+02:00") == (first.start.local, first.start.utc_offset)
    assert "+02:00" == patched(there, start_time="2026-10-25 02:31").start.utc_offset


def test_local_times_are_in_the_zone_that_the_event_is_to_have():
    there = event()
    assert "+01:00" == patched(there, start_time="2027-01-15 17:00").start.utc_offset
    moved = patched(there, start_time="2027-01-15 17:00", timezone="asia/tokyo")
    assert [("Asia/Tokyo", "+09:00")] * 2 == [(time.timezone, time.utc_offset) for time in (moved.start, moved.end)]
    assert ("2027-01-15 17:00", "2027-01-15 21:00") == (moved.start.local, moved.end.local)


@pytest.mark.parametrize("member", ["start_time", "end_time", "registration_opens", "registration_closes"])
def test_a_zone_in_which_a_time_does_not_exist_is_told_with_the_time(member):
    """02:30 was never on 28 March 2027 in Berlin."""
    times = {
        "registration_opens": "2027-03-01 10:00",
        "registration_closes": "2027-03-29 10:00",
        "start": "2027-03-27 10:00",
        "end": "2027-03-29 10:00",
    } | {member.removesuffix("_time"): "2027-03-28 02:30"}
    there = event("Asia/Kolkata", **times)
    ((pointer, detail),) = faults(there, timezone="Europe/Berlin")
    assert "timezone" == pointer
    assert detail.startswith(f"timezone moves {member} to a local time that does not exist there: it must be ")
    assert detail.endswith(f"; send {member} too.")
    assert (
        "2027-03-28 03:30"
        == getattr(
            patched(there, timezone="Europe/Berlin", **{member: "2027-03-28 03:30"}), member.removesuffix("_time")
        ).local
    )


def test_a_time_that_is_sent_and_does_not_exist_in_the_new_zone_is_pointed_at():
    there = event("Asia/Kolkata", start="2027-03-28 02:30", end="2027-03-29 10:00")
    ((pointer, _),) = faults(there, timezone="Europe/Berlin", start_time="2027-03-28 02:30")
    assert "start_time" == pointer


def test_times_are_compared_with_those_that_stay():
    there = event(registration_opens="2027-01-01 10:00", registration_closes="2027-01-10 10:00")
    assert [("end_time", "end_time must be after start_time.")] == faults(there, start_time="2027-01-16 10:00")
    assert ["registration_closes"] == [pointer for pointer, _ in faults(there, registration_opens="2027-01-10 10:00")]
    assert None is patched(there, registration_closes=None, registration_opens="2027-01-12 10:00").registration_closes


@pytest.mark.parametrize(
    ("before", "wanted", "detail"),
    [
        ("published", "draft", "status must not become draft again; cancel the event instead."),
        ("cancelled", "published", "status must stay cancelled."),
    ],
)
def test_no_status_leads_back(before, wanted, detail):
    assert [("status", detail)] == faults(event(status=before), status=wanted)


@pytest.mark.parametrize(("before", "wanted"), [("draft", "draft"), ("draft", "published"), ("published", "published")])
def test_a_status_may_stay_or_go_on(before, wanted):
    assert wanted == patched(event(status=before), status=wanted).status


def test_what_is_not_named_stays():
    there = event(description="Tea.", max_party=3, waitlist=True, waitlist_policy="fill", status="draft")
    assert replace(there, name="Raga") == patched(there, name=" Raga ")
    assert replace(there, description=None, max_party=1, waitlist=False, waitlist_policy="strict") == patched(
        there, description=None, max_party=None, waitlist=None, waitlist_policy=None
    )


def test_two_changes_have_one_digest_only_if_they_ask_for_the_same():
    asked = [{"name": "A"}, {"name": "B"}, {"location": "A"}, {"max_party": 1}, {"max_party": 2}, {"description": None}]
    assert len(asked) == len({EventPatch.read(payload, ANYWHERE).content for payload in asked})
    at_ten = EventPatch.read({"start_time": "2027-01-15 10:00"}, ANYWHERE)
    assert at_ten.content != at_ten._replace(viewer_zone=find_zone("Asia/Tokyo")).content
    one, two = {"name": "A", "max_party": None}, {"max_party": 1, "name": " A "}
    assert EventPatch.read(one, ANYWHERE).content == EventPatch.read(two, ANYWHERE).content


# --- Times as their reader sees them ----------------------------------------------------------------------------------


def seen_from(zone, there, **payload):
    return EventPatch.read(payload, ANYWHERE)._replace(viewer_zone=find_zone(zone)).apply(there)


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 15_000_000))
def test_what_somebody_sees_elsewhere_and_sends_back_changes_nothing(home, elsewhere, minutes):
    begin = datetime(1999, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    start, end = (parse_time(f"{time:%Y-%m-%dT%H:%M}:00Z", find_zone(home)) for time in (begin, begin + timedelta(1)))
    there = replace(event(home), start=start, end=end)
    shown = EventView.of(there, find_zone(elsewhere)).start_time
    assert there == seen_from(elsewhere, there, start_time=shown)


def test_a_time_is_written_as_it_is_seen_and_kept_in_the_events_zone():
    there = event("Europe/Berlin")
    changed = seen_from("Asia/Tokyo", there, end_time="2027-01-16 06:30", registration_closes="2027-01-15 09:00")
    assert ("2027-01-15 22:30", "Europe/Berlin") == (changed.end.local, changed.end.timezone)
    assert ("2027-01-15 01:00", "Europe/Berlin") == (
        changed.registration_closes.local,
        changed.registration_closes.timezone,
    )
    assert there.start == changed.start


def test_a_zone_that_the_payload_names_goes_before_the_readers():
    changed = seen_from("Asia/Tokyo", event("Europe/Berlin"), end_time="2027-01-15 23:30", timezone="Europe/Paris")
    assert ("2027-01-15 23:30", "Europe/Paris") == (changed.end.local, changed.end.timezone)


def test_a_moment_that_is_sent_along_with_another_zone_is_kept_in_that_zone():
    there = event("Europe/Berlin")
    changed = patched(there, timezone="Asia/Tokyo", start_time="2027-01-16 02:30", end_time="2027-01-16 06:00")
    assert ("2027-01-16 02:30", "Asia/Tokyo") == (changed.start.local, changed.start.timezone)


def test_a_cancelled_event_is_told_one_thing():
    assert [("status", "status must stay cancelled.")] == faults(event(status="cancelled"), status="draft")
