"""On what strength somebody acts on an event that is not a person's own: read before, held by the write itself.

A role is an item of its own, so a write by a member is made only while the member has a role that will do. The owner
of an event never changes, and an admin's token says it: neither needs a condition.
See docs/decisions/0020-roles-and-audit.md.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from event_management import keys
from event_management.errors import EventNotFoundError
from event_management.identifiers import is_event_id, new_nonce
from event_management.models import Act
from event_management.roles import Caller, Role, check_role, find_role, roles_from
from event_management.store.client import check_if, get_item, put

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class Authority(NamedTuple):
    """A role in an event that will do for what is asked."""

    event_id: str
    caller: Caller
    role: Role
    least: Role
    """The lowest role that would do."""

    def alongside(
        self, what: str, revision: int, attendee_id: str | None = None, fields: Sequence[str] = ()
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the actions that go along with a write: the record of it and, for a member, that they still are one.

        `revision` is that of the thing before the write. A transaction that is cancelled by the second has to begin
        anew, with a look at who may.
        """
        record = self.record(what, revision, attendee_id=attendee_id, fields=tuple(sorted(fields)))
        return [record, *self.conditions()]

    def record(self, what: str, revision: int, **details: Any) -> "TransactWriteItemTypeDef":
        """Return the action that puts the record of an act; `details` as in `Act`."""
        return put(self.record_item(what, revision, **details))

    def record_item(self, what: str, revision: int, **details: Any) -> keys.Item:
        """Return the item that records an act, done now."""
        act = Act(datetime.now(UTC), self.caller.subject, self.role, what, revision, **details)
        return keys.act_item(self.event_id, act, new_nonce())

    def conditions(self) -> "list[TransactWriteItemTypeDef]":
        """Return the action that checks that a member has a role that will do; none for owners and admins."""
        if self.role in ("owner", "admin"):
            return []
        wanted = {f"role{rank}": role for rank, role in enumerate(roles_from(self.least))}
        condition = f"#role IN ({', '.join(f':{name}' for name in wanted)})"
        return [check_if(keys.member_key(self.event_id, self.caller.subject), condition, **wanted)]


def find_authority(event: keys.Item, caller: Caller, least: Role) -> Authority:
    """Return on what strength a caller acts on an event, of which this is the item just read.

    Raises `EventNotFoundError` for a stranger, `RoleMissingError` for a member whose role does not do, `TryAgainError`.
    """
    role = find_role(caller, event["owner"], None)
    if role is None and (member := get_item(keys.member_key(event["id"], caller.subject))):
        role = find_role(caller, event["owner"], member["role"])
    return Authority(event["id"], caller, check_role(role, least), least)


def read_event(event_id: str, caller: Caller, least: Role, *, deleted: bool = False) -> tuple[keys.Item, Authority]:
    """Return an event's item as of now, and on what strength a caller acts on it; also one that is `deleted`, if wanted.

    Raises `EventNotFoundError`, `RoleMissingError`, `TryAgainError`.
    """
    item = get_item(keys.event_key(event_id)) if is_event_id(event_id) else None
    if item is None or (item["status"] == keys.DELETED and not deleted):
        raise EventNotFoundError
    return item, find_authority(item, caller, least)
