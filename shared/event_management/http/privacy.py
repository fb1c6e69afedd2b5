"""Calls about a person in all events: who may make them, and whom they are about."""

import re
from urllib.parse import unquote

from event_management.addresses import EmailAddress, parse_address
from event_management.config import load_config
from event_management.errors import AdminsOnlyError, InvalidParameterError, InvalidValueError
from event_management.http.request import Request
from event_management.roles import Caller

_PERCENT_ENCODED = re.compile(r"(?:[!-$&-~]|%[0-9A-Fa-f]{2}){1,762}")
"""254 bytes, each of which may take three characters."""


def read_admin(request: Request) -> Caller:
    """Return the admin who calls; in open mode everybody is one. Raises `NotAuthenticatedError`, `AdminsOnlyError`."""
    caller = request.caller
    if not (caller.is_admin or load_config().is_open):
        raise AdminsOnlyError
    return caller._replace(is_admin=True)


def read_person(request: Request) -> EmailAddress:
    """Return whose address `Person-Email` has: percent-encoded UTF-8 (RFC 3986 §2.1), as headers take ASCII alone.

    Not in the URL, which every log on the way keeps. Raises `InvalidParameterError`.
    """
    text = request.headers.get("person-email", "").strip()
    if not _PERCENT_ENCODED.fullmatch(text):
        raise InvalidParameterError(
            "Person-Email must be an e-mail address, percent-encoded: as encodeURIComponent writes it."
        )
    try:
        return parse_address(unquote(text, errors="strict"))
    except UnicodeDecodeError:
        raise InvalidParameterError("Person-Email must be percent-encoded UTF-8.") from None
    except InvalidValueError as error:
        raise InvalidParameterError(f"Person-Email {error}.") from None
