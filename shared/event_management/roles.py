"""Who may do what with an event: each role may do all that those before it may."""

import re
from typing import Literal, NamedTuple, get_args

from event_management.errors import EventNotFoundError, InvalidParameterError, RoleMissingError

MemberRole = Literal["helper", "organiser"]
"""What an owner may give."""
Role = Literal["helper", "organiser", "owner", "admin"]
"""`helper`: sees attendees and checks tickets in. `organiser`: does everything, save deleting the event and choosing its
members. `owner`, who made the event, and `admin` do that, too."""

ADMINS = "admins"
"""The group in the user pool whose people are admins."""
_RANKS = {role: rank for rank, role in enumerate(get_args(Role))}


class Caller(NamedTuple):
    """Who is signed in."""

    subject: str
    """`sub` of the token; `anonymous` in open mode."""
    is_admin: bool = False


def check_subject(text: str) -> str:
    """Return a text that may be the `sub` of a token. Raises `InvalidParameterError`."""
    if not re.fullmatch(r"[A-Za-z0-9._:@|+-]{1,128}", text):
        raise InvalidParameterError(
            "member must be the sub of somebody's token: up to 128 letters, digits and . _ : @ | + -"
        )
    return text


def roles_from(least: Role) -> list[Role]:
    """Return the roles that will do where this one does."""
    return [role for role in get_args(Role) if _RANKS[role] >= _RANKS[least]]


def find_role(caller: Caller, owner: str, membership: MemberRole | None) -> Role | None:
    """Return the highest role that a caller has in an event; `membership` is what its owner gave them, if anything."""
    if caller.is_admin:
        return "admin"
    return "owner" if caller.subject == owner else membership


def check_role(role: Role | None, least: Role) -> Role:
    """Return the role if it is `least` or higher.

    Raises `EventNotFoundError` for who has none, and is not to learn that the event is there; `RoleMissingError` for who
    knows of it.
    """
    if role is None:
        raise EventNotFoundError
    if _RANKS[role] < _RANKS[least]:
        raise RoleMissingError(least)
    return role
