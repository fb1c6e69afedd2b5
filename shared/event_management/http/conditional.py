"""Conditional requests (RFC 9110 §13): the ETag of an answer, and what a caller has read already or wants to change.

An ETag is `"<version>-<hash>"`. The version is that of the thing shown; the hash covers the whole answer, which may
change while the thing does not: seats are taken, another zone is asked for.
"""

import re
from typing import TypeVar

import msgspec

from event_management.errors import (
    EventManagementError,
    InvalidParameterError,
    PreconditionFailedError,
    PreconditionRequiredError,
)
from event_management.http.request import PayloadModel, Request
from event_management.identifiers import digest

MAX_TAGS = 1024
"""Characters of a list of entity tags: some thirty of ours. The gateway takes 10,240 of all headers together."""

T = TypeVar("T")

_ELEMENT = re.compile(r'[ \t]*+(?:(?:W/)?"([\x21\x23-\x7e\x80-\U0010ffff]*+)"[ \t]*+)?(?:,|\Z)')
"""An element of a list of entity tags, which may be empty, and the comma behind it."""
_OURS = re.compile(r"([0-9]{1,15})-[a-z2-7]{26}")


def entity_tag(version: int, shown: msgspec.Struct) -> str:
    """Return the strong ETag of an answer that shows this version."""
    return f'"{version}-{digest(msgspec.json.encode(shown, order="deterministic"))}"'


def is_unchanged(request: Request, tag: str) -> bool:
    """Tell whether the caller has the answer with this ETag already (`If-None-Match`): a 304 is enough then.

    A header that makes no sense is ignored: a whole answer is never wrong.
    """
    field = request.headers.get("if-none-match", "").strip()
    return field == "*" or tag[1:-1] in (_opaque_tags(field) or ())


def wanted_versions(request: Request) -> frozenset[int] | None:
    """Return the versions of which the caller wants to change one (`If-Match`); None for whichever there is (`*`).

    Only the version part of a tag counts: who takes a seat meanwhile must not stop an organiser's change. So weak tags
    are taken, too, against RFC 9110 §13.1.1: proxies that compress an answer weaken its tag. A tag that is none of ours
    names no version.

    Raises `PreconditionRequiredError` without the header, `InvalidParameterError` where it is malformed.
    """
    field = request.headers.get("if-match")
    if field is None:
        raise PreconditionRequiredError
    if field.strip() == "*":
        return None
    tags = _opaque_tags(field)
    if not tags:
        raise InvalidParameterError(
            f"If-Match must be * or an ETag as it was answered, with its quotes; {MAX_TAGS:,} characters at most."
        )
    return frozenset(int(ours[1]) for tag in tags if (ours := _OURS.fullmatch(tag)))


def read_patch(request: Request, model: type[PayloadModel[T]], version: int) -> tuple[frozenset[int] | None, T]:
    """Return the versions of which the caller wants to change one, and the change, of something at this version.

    Whoever has not seen this version is told so before any fault of the body: RFC 9110 §13.2.1 has preconditions come
    first. A sound body may yet be a repetition of the change that made this version; the store knows.

    Raises `PreconditionFailedError`, and what `wanted_versions` and `Request.patch` do.
    """
    versions = wanted_versions(request)
    try:
        return versions, request.patch(model)
    except EventManagementError:
        if versions is not None and version not in versions:
            raise PreconditionFailedError from None
        raise


def _opaque_tags(field: str) -> list[str] | None:
    """Return what stands between the quotes of each entity tag; None where the text is no list of them, or too long."""
    if len(field) > MAX_TAGS:
        return None
    tags, position = [], 0
    while position < len(field):
        element = _ELEMENT.match(field, position)
        if element is None:
            return None
        if element[1] is not None:
            tags.append(element[1])
        position = element.end()
    return tags
