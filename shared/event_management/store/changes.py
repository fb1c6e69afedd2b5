"""Changes of an event: its own item alone, or, where its seats are concerned, in steps.

A change that concerns the seats (capacity, registration window, status, parties, waitlist) is first written down on the
event's item as `pending`: the item as it is to be. Then, each by a write that can be repeated:

1. a smaller capacity: seats that are left are withdrawn into the reserve, and taken off; if too few are left, those
   withdrawn come back, and the change is called off with nothing changed;
2. the terms, on the directory and on each block that has older ones;
3. a larger capacity, into the reserve;
4. the reserve's seats, to who waits, then to blocks;
5. the event's item.

Whoever finds a pending change completes it before anything else, so a change broken off at any point is completed by
the next one, or by its own repetition. Each pending change has a number; what steps write to the directory is written
only under the number of the latest change there (`fence`), so somebody who was held up cannot undo what came later.

An event that is deleted is gone for everybody with the first write, whatever becomes of the rest: what pends then is
only that its seats follow.
See docs/decisions/0016-changes-by-intent.md.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from msgspec.structs import replace

from event_management import keys
from event_management.deadline import seconds_left
from event_management.errors import (
    CapacityTooSmallError,
    EventNotFoundError,
    EventNotPublishedError,
    EventSweptError,
    PreconditionFailedError,
    TryAgainError,
)
from event_management.identifiers import digest
from event_management.models import Event
from event_management.roles import Caller, Role
from event_management.store.authority import Authority, read_event
from event_management.store.client import get_item, put, put_if, side_by_side, transact, update_if, update_item_if
from event_management.store.connection import LONGEST_CALL
from event_management.store.contention import Tries
from event_management.store.ledger import settle_reserve, withdraw
from event_management.store.repeats import Marks
from event_management.store.seats import read_directory, read_seats_left
from event_management.terms import Terms


class _End(NamedTuple):
    """What became of a pending change, as far as the caller that settled it knows."""

    how: Literal["made", "called off", "overtaken"]
    """Overtaken: somebody else moved on meanwhile, after making it or calling it off."""
    taken: int = 0
    """How many seats are taken, too many for it, where it is called off."""


_MADE, _OVERTAKEN = _End("made"), _End("overtaken")


class ChangeRequest(NamedTuple):
    """What is asked of an event, and by whom."""

    caller: Caller
    versions: frozenset[int] | None
    """The versions of the event to which the change applies; None for any."""
    content: str
    """Digest of what is asked."""
    what: str = "update_event"
    """The operation, as records name it."""

    def mark(self, version: int) -> str:
        """Return what the change leaves on an event of this version, so that its repetition is known."""
        return digest(self.content, str(version))


def update(event_id: str, request: ChangeRequest, apply: Callable[[Event], Event]) -> Event:
    """Change an event: to what `apply` makes of it. Return it as it is then.

    Raises what `apply` does, `EventNotFoundError`, `PreconditionFailedError`, `EventSweptError`,
    `CapacityTooSmallError`, `TryAgainError`.
    """
    marks = Marks.new(None)
    tries = Tries()
    for attempt in tries:
        item, authority = _read(event_id, request.caller, "organiser")
        event = keys.read_event(item)
        if any(item.get("change") == request.mark(version) for version in request.versions or ()):
            return event
        if request.versions is not None and event.revision not in request.versions:
            raise PreconditionFailedError
        wanted = apply(event)
        if wanted == event:
            return event
        if event.swept_at is not None:
            raise EventSweptError
        changed = replace(wanted, revision=event.revision + 1, updated_at=datetime.now(UTC))
        new = keys.event_item(changed) | keys.marks_of(item) | {"change": request.mark(event.revision)}
        fields = tuple(sorted(_changed(event, wanted)))
        record = authority.record_item(request.what, event.revision, fields=fields)
        if _write(item, new, record, authority, marks.token(attempt)):
            return changed
    raise AssertionError("tries end by raising")


def cancel(event_id: str, caller: Caller, reason: str) -> Event:
    """Call an event off: from now on it takes no registrations. Once called off, this does nothing.

    Raises `EventNotFoundError`, `EventNotPublishedError`, `EventSweptError`, `TryAgainError`.
    """

    def call_off(event: Event) -> Event:
        if event.status == "cancelled":
            return event
        if event.status == "draft":
            raise EventNotPublishedError
        return replace(event, status="cancelled", cancellation_reason=reason)

    return update(event_id, ChangeRequest(caller, None, digest("cancel", reason), "cancel_event"), call_off)


def hide(event_id: str, caller: Caller) -> keys.Item | None:
    """Delete an event in that nobody sees it or registers for it any more. Return what is left of its item.

    None where nothing else remains of it. Raises `EventNotFoundError`, `TryAgainError`.
    """
    marks = Marks.new(None)
    tries = Tries()
    for attempt in tries:
        item, authority = _read(event_id, caller, "owner", deleted=True)
        if item["status"] == keys.DELETED:
            return item if "remains" in item else None
        left = keys.deleted_event_item(item, datetime.now(UTC)) | {"revision": item["revision"] + 1}
        record = authority.record_item("delete_event", item["revision"])
        if _write(item, left, record, authority, marks.token(attempt)):
            tries.begin_anew()
    raise AssertionError("tries end by raising")


def sweep(event_id: str, ended_before: datetime, now: datetime | None = None) -> keys.Item | None:
    """Close an event for good that ended before this instant: nobody registers, and its times stay. Return its item.

    None where it has not ended so long ago, for it was put off or is no longer there, and where nobody remains of it.
    An event that is put off at this moment is not closed: a change of it and this one exclude each other.
    Raises `TryAgainError`.
    """
    marks = Marks.new(None)
    tries = Tries()
    for attempt in tries:
        try:
            item, authority = _read(event_id, _RETENTION, "admin")
        except EventNotFoundError:
            return None
        event = keys.read_event(item)
        if event.swept_at is not None:
            return item if "remains" in item else None
        if event.end.instant >= ended_before:
            return None
        at = now or datetime.now(UTC)
        swept = replace(event, swept_at=at, updated_at=at, revision=event.revision + 1)
        new = keys.event_item(swept) | keys.marks_of(item) | {"change": digest("sweep", str(event.revision))}
        record = authority.record_item("sweep_events", event.revision)
        if _write(item, new, record, authority, marks.token(attempt)):
            tries.begin_anew()
    raise AssertionError("tries end by raising")


_RETENTION = Caller("retention", is_admin=True)
"""As whom the stack itself closes events."""


def _read(event_id: str, caller: Caller, least: Role, *, deleted: bool = False) -> tuple[keys.Item, Authority]:
    """Return an event's item, after completing a change that is pending, and on what strength the caller changes it.

    Raises `EventNotFoundError`, `RoleMissingError`, `TryAgainError`.
    """
    tries = Tries()
    for _ in tries:
        item, authority = read_event(event_id, caller, least, deleted=deleted)
        if "pending" not in item:
            return item, authority
        _settle(item)
        tries.begin_anew()
    raise AssertionError("tries end by raising")


def _changed(event: Event, wanted: Event) -> list[str]:
    """Return which members a change changes, as payloads name them."""
    names = {"start": "start_time", "end": "end_time"}
    changed = [name for name in event.__struct_fields__ if getattr(event, name) != getattr(wanted, name)]
    return [names.get(name, name) for name in changed]


def _write(item: keys.Item, new: keys.Item, record: keys.Item, authority: Authority, token: str) -> bool:
    """Make this event item of that one, and put the record of it; tell whether it is made.

    Raises `CapacityTooSmallError`, `TryAgainError`.
    """
    number = item.get("changes", 0) + 1
    new = new | {"changes": number} | {name: item[name] for name in ("called_off",) if name in item}
    # Every change takes a number, also one that is pending; one that was called off has taken two.
    before = {"owner": item["owner"]}
    if "changes" in item:
        unchanged, before["changes"] = "#owner = :owner AND changes = :changes", item["changes"]
    else:
        unchanged = "#owner = :owner AND attribute_not_exists(changes)"
    if not _concerns_seats(item, new):
        return not transact([put_if(new, unchanged, **before), put(record), *authority.conditions()], token=token)
    if new["status"] == keys.DELETED:
        pending = new
        begin = [put_if(new | {"pending": new}, unchanged, **before), put(record)]
    else:
        # It may yet be called off, so the record comes with the last step.
        pending = new | {"record": record}
        update = "SET pending = :new, changes = :number"
        begin = [update_if(keys.event_key(item["id"]), update, unchanged, new=pending, number=number, **before)]
    if transact([*begin, *authority.conditions()], token=token):
        return False
    end = _settle(item | {"pending": pending, "changes": number})
    if end.how == "called off":
        raise CapacityTooSmallError(end.taken)
    return end == _MADE or _was_made(item, new, number)


def _was_made(item: keys.Item, new: keys.Item, number: int) -> bool:
    """Tell whether a change that is no longer pending was made, or else called off.

    Raises `TryAgainError` where so much happened since that nobody knows.
    """
    now = get_item(keys.event_key(item["id"])) or item
    if now["revision"] == item["revision"]:
        return False
    called_off: int = now.get("called_off", 0)
    if called_off > number and now.get("change") != new["change"]:
        raise TryAgainError
    return called_off != number


def _concerns_seats(item: keys.Item, new: keys.Item) -> bool:
    names = ("max_capacity", "waitlist", "waitlist_policy")
    if any(item.get(name) != new.get(name) for name in names):
        return True
    return _terms(item)._replace(revision=0) != _terms(new)._replace(revision=0)


def _terms(item: keys.Item) -> Terms:
    if item["status"] == keys.DELETED:
        return Terms(item["revision"], "deleted")
    return keys.terms_of(keys.read_event(item))


def _settle(item: keys.Item) -> _End:
    """Complete the pending change of an event, or call it off. Can be repeated from any point, and side by side.

    Raises `TryAgainError`.
    """
    try:
        return _complete(item)
    except EventNotFoundError:
        return _OVERTAKEN  # the event was deleted meanwhile, and its seats are gone


def _complete(item: keys.Item) -> _End:
    new, number, event_id = dict(item["pending"]), item["changes"], item["id"]
    record: keys.Item | None = new.pop("record", None)
    _update(
        keys.directory_key(event_id),
        "SET fence = :number",
        "attribute_exists(pk) AND (attribute_not_exists(fence) OR fence < :number)",
        number=number,
    )
    before: int = item.get("max_capacity", 0)
    capacity: int = new.get("max_capacity", before)
    if capacity < before:
        end = _lower(event_id, number, before, capacity)
        if end != _MADE:
            _call_off(event_id, number)
            return end
    _set_terms(event_id, number, _terms(item), new)
    if capacity > before:
        _update(
            keys.directory_key(event_id),
            "ADD #capacity :more, reserve :more",
            "#capacity = :before AND fence = :number",
            more=capacity - before,
            before=before,
            number=number,
        )
    settle_reserve(event_id)
    marks = Marks.new(None)
    for attempt in Tries():
        actions = [put_if(new, "changes = :number", number=number), *([put(record)] if record else [])]
        reasons = transact(actions, token=marks.token(attempt))
        if not reasons or reasons[0].is_refusal:
            return _MADE
    raise AssertionError("tries end by raising")


def _lower(event_id: str, number: int, before: int, capacity: int) -> _End:
    """Take seats off that are left, unless too few are: then the change is to be called off.

    Raises `EventNotFoundError`, `TryAgainError`.
    """
    ours, less = "fence = :number AND #capacity = :before", before - capacity
    values = {"number": number, "before": before}
    seen = None
    tries = Tries()
    for _ in tries:
        directory = read_directory(event_id)
        if directory.fence != number:
            return _OVERTAKEN
        if directory.capacity != before:
            return _MADE
        if directory.reserve >= less:
            enough = f"{ours} AND reserve >= :less"
            update = "ADD #capacity :change, reserve :change"
            _update(keys.directory_key(event_id), update, enough, less=less, change=-less, **values)
            continue
        left = read_seats_left(event_id, directory)
        free = directory.reserve + sum(left.values())
        if free < less:
            # A change that is refused had better not take the seats away from buyers meanwhile. Blocks are not read at
            # one instant: what was the same twice stood so in between; and nothing does so long as none is listed anew.
            sight = directory.reserve, directory.relistings, left
            if not left or seen == sight:
                unmoved = f"{ours} AND reserve = :reserve AND relistings = :relistings"
                now = {"reserve": directory.reserve, "relistings": directory.relistings}
                # From now on nobody can take seats off under this number.
                if _update(
                    keys.directory_key(event_id), "SET fence = :next", unmoved, next=number + 1, **now, **values
                ):
                    return _End("called off", before - free)
                continue
            if seen is None:
                seen = sight
                tries.go_on()
                continue
        withdraw(event_id, less, ours, **values)
        tries.begin_anew()
    raise AssertionError("tries end by raising")


def _call_off(event_id: str, number: int) -> None:
    """Bring withdrawn seats home, and forget the change, unless that is done. Raises `TryAgainError`."""
    settle_reserve(event_id)
    _update(
        keys.event_key(event_id),
        "REMOVE pending SET changes = :next, called_off = :number",
        "changes = :number",
        next=number + 1,
        number=number,
    )


def _set_terms(event_id: str, number: int, before: Terms, new: keys.Item) -> None:
    """Set the terms on the directory, then, if they are others, on every block that has older ones.

    Raises `TryAgainError`.
    """
    terms = _terms(new)
    waitlist = {name: new[name] for name in ("waitlist", "waitlist_policy") if name in new}
    _update(
        keys.directory_key(event_id),
        _terms_update(terms, *waitlist),
        "terms < :terms AND fence = :number",
        number=number,
        **keys.terms_attributes(terms),
        **waitlist,
    )
    # The item of an event that is deleted says so from the start.
    if terms.status != "deleted" and terms == before._replace(revision=terms.revision):
        return
    # Whoever adds a block does so under the directory's terms, in one transaction with it.
    blocks = range(read_directory(event_id).seat_blocks)
    side_by_side(_set_block_terms, [(event_id, block, terms) for block in blocks])


def _set_block_terms(event_id: str, block: int, terms: Terms) -> None:
    _update(
        keys.seat_block_key(event_id, block),
        _terms_update(terms),
        "terms < :terms",
        **keys.terms_attributes(terms),
    )


def _terms_update(terms: Terms, *more: str) -> str:
    attributes = keys.terms_attributes(terms)
    update = "SET " + ", ".join(f"{'#status' if name == 'status' else name} = :{name}" for name in (*attributes, *more))
    missing = [name for name in ("registration_opens", "registration_closes") if name not in attributes]
    return f"{update} REMOVE {', '.join(missing)}" if missing else update


def _update(key: keys.Key, update: str, condition: str, **values: object) -> bool:
    """Update an item if the condition holds, also one that buyers are busy with; return whether it does.

    An update whose answer was lost comes again: the condition must not hold any more once it is made.
    Raises `TryAgainError`.
    """
    for _ in Tries():
        try:
            return update_item_if(key, update, condition, **values)
        except TryAgainError:
            if seconds_left() < LONGEST_CALL:
                raise
    raise AssertionError("tries end by raising")
