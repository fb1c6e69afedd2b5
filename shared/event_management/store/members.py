"""Members: those with whom an event is shared; and what was done to it, by whom."""

from datetime import UTC, datetime
from typing import NamedTuple

from event_management import keys
from event_management.errors import InvalidParameterError
from event_management.models import Act, Event, Member
from event_management.roles import Caller, MemberRole
from event_management.store.authority import read_event
from event_management.store.client import (
    check_if,
    delete_if,
    get_item,
    get_items,
    put,
    query_after,
    query_index,
    transact,
)
from event_management.store.contention import Tries
from event_management.store.repeats import Marks


class Shared(NamedTuple):
    """An event that is shared with somebody."""

    role: MemberRole
    event: Event


def choose(event_id: str, subject: str, role: MemberRole, caller: Caller) -> Member:
    """Give somebody a role in an event, in place of one that they have. Owners and admins may.

    Raises `EventNotFoundError`, `RoleMissingError`, `InvalidParameterError` for the owner, `TryAgainError`.
    """
    marks = Marks.new(None)
    for attempt in Tries():
        item, authority = read_event(event_id, caller, "owner")
        if subject == item["owner"]:
            raise InvalidParameterError("member must be somebody else than the event's owner.")
        there = _find(event_id, subject)
        if there and there.role == role:
            return there
        member = there._replace(role=role) if there else Member(event_id, subject, role, datetime.now(UTC))
        actions = [
            put(keys.member_item(member)),
            check_if(keys.event_key(event_id), "#status <> :deleted", deleted=keys.DELETED),
            authority.record("put_member", item["revision"], member=subject),
        ]
        if not transact(actions, token=marks.token(attempt)):
            return member
    raise AssertionError("tries end by raising")


def dismiss(event_id: str, subject: str, caller: Caller) -> None:
    """Take somebody's role in an event away; whoever has none stays without. Owners and admins may; and oneself.

    Raises `EventNotFoundError`, `RoleMissingError`, `TryAgainError`.
    """
    marks = Marks.new(None)
    for attempt in Tries():
        item, authority = read_event(event_id, caller, "helper" if caller.subject == subject else "owner")
        if _find(event_id, subject) is None:
            return
        actions = [
            delete_if(keys.member_key(event_id, subject), "attribute_exists(pk)"),
            authority.record("remove_member", item["revision"], member=subject),
        ]
        if not transact(actions, token=marks.token(attempt)):
            return
    raise AssertionError("tries end by raising")


def list_by_subject(event_id: str, after: str | None, limit: int) -> list[tuple[str, Member]]:
    """Return up to `limit` members after the position, each with their position. Raises `TryAgainError`."""
    items = query_after(keys.members_of(event_id), after or keys.FIRST, limit)
    return [(item["sk"], keys.read_member(item)) for item in items]


def list_shared(subject: str, after: str | None, limit: int) -> list[tuple[str, Shared | None]]:
    """Return up to `limit` of somebody's memberships after the position, longest standing first, each with its position.

    With the event as of now; None for one that was deleted, or where somebody has been taken off just now. Which there
    are is eventually consistent. Raises `TryAgainError`.
    """
    members = query_index(keys.GSI2, keys.shared_with(subject), after or keys.FIRST, limit)
    if not members:
        return []
    wanted = [keys.event_key(member["event_id"]) for member in members]
    found = get_items(*wanted, *({"pk": member["pk"], "sk": member["sk"]} for member in members))
    shared: list[tuple[str, Shared | None]] = []
    for member, event, now in zip(members, found[: len(members)], found[len(members) :], strict=True):
        shown = None
        if event and now and event["status"] != keys.DELETED:
            shown = Shared(now["role"], keys.read_event(event))
        shared.append((keys.read_position(member, keys.GSI2), shown))
    return shared


def list_acts(event_id: str, after: str | None, limit: int) -> list[tuple[str, Act]]:
    """Return up to `limit` acts on an event after the position, oldest first, each with its position.

    Raises `TryAgainError`.
    """
    items = query_after(keys.acts_on(event_id), after or keys.FIRST, limit)
    return [(item["sk"], keys.read_act(item)) for item in items]


def _find(event_id: str, subject: str) -> Member | None:
    item = get_item(keys.member_key(event_id, subject))
    return keys.read_member(item) if item else None
