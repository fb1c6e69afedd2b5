"""A request as API Gateway hands it over (REST API, proxy payload 1.0), read lazily and checked."""

import base64
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from event_management.config import load_config, load_limits
from event_management.errors import (
    Fault,
    InvalidParameterError,
    InvalidPayloadError,
    InvalidValueError,
    MalformedRequestError,
    NotAuthenticatedError,
    RequestTooLargeError,
    UnsupportedMediaTypeError,
)
from event_management.identifiers import digest, new_nonce
from event_management.models import Idempotency, ZoneDefault, zone_default
from event_management.payloads import unknown_members
from event_management.roles import ADMINS, Caller
from event_management.timezones import find_zone

if TYPE_CHECKING:
    from event_management.limits import Limit

MAX_BODY = 64 * 1024
"""Bytes of a JSON body."""
MAX_FILE = 1024 * 1024
"""Bytes of a body that is a file: 1 KB for each row of an import. Lambda takes 6 MB of an event, escaped as JSON."""
PATCH_TYPES = ("application/merge-patch+json", "application/json")
"""Media types of a patch: a JSON Merge Patch (RFC 7396) of the payload, inside the usual envelope."""

_NOT_JSON = 'The body must be JSON in UTF-8, with numbers and nesting of ordinary size: {"payload": {…}}.'
_NOT_SIGNED_IN = "Send the ID token of an organiser: Authorization: Bearer <token>."
_NOT_TEXT = "The body must be text in UTF-8."
_REPLACEMENT_CHARACTER = "\ufffd".encode()
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
"""What fits into a header and a log line, and cannot be an address."""
_IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_LONGEST_CODE = 255
"""Characters of `Manage-Code`, which has 69."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PayloadModel(Protocol[T_co]):
    """What a payload can be read into."""

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> T_co:
        """Check the payload; raises `InvalidPayloadError` with every fault."""


class Request:
    """One call. Every property that can fail raises the error that the caller is to get."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event
        self.headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        """By lower-case name."""
        self.query: Mapping[str, str] = event.get("queryStringParameters") or {}
        self.path: Mapping[str, str] = event.get("pathParameters") or {}
        """Path parameters."""

    @cached_property
    def correlation_id(self) -> str:
        """`TransactionId`, or an id made up where there is none that a log could hold."""
        sent = self.headers.get("transactionid", "").strip()
        return sent if _CORRELATION_ID.fullmatch(sent) else new_nonce()

    @property
    def id(self) -> str:
        """The gateway's id of the request."""
        return str(self._event.get("requestContext", {}).get("requestId", self.correlation_id))

    def link(self, collection: str, member: str) -> str:
        """Return a member's address relative to the request on its collection: right behind any stage or domain."""
        called_with_slash = str(self._event.get("path", "")).endswith("/")
        return member if called_with_slash else f"{collection}/{member}"

    @property
    def organiser(self) -> str:
        """`sub` of the signed-in organiser; `anonymous` in open mode. Raises `NotAuthenticatedError`."""
        if load_config().is_open:
            return "anonymous"
        if not self._subject:
            raise NotAuthenticatedError(_NOT_SIGNED_IN)
        return self._subject

    @property
    def caller(self) -> Caller:
        """Who is signed in. Raises `NotAuthenticatedError`."""
        return Caller(self.organiser, self._is_admin)

    @property
    def is_organiser_call(self) -> bool:
        """Whether `organiser` would name one: someone who is signed in, not necessarily the event's owner."""
        return load_config().is_open or bool(self._subject)

    @property
    def is_under_organiser(self) -> bool:
        """Whether it came by a route that is for organisers alone, those under `/organiser`; also in open mode."""
        return str(self._event.get("resource", "")).startswith("/organiser/")

    @property
    def limits(self) -> "tuple[Limit, ...]":
        """How often one may try to register; empty where the deployment limits nothing."""
        return load_limits()

    @property
    def source_ip(self) -> str:
        """The IP address that called the gateway: the last proxy's, where there is one."""
        return str(self._event.get("requestContext", {}).get("identity", {}).get("sourceIp", ""))

    @property
    def manage_code(self) -> str | None:
        """`Manage-Code`: the code with which a person manages their own registration. Raises `InvalidParameterError`."""
        code = self.headers.get("manage-code", "").strip()
        if not (len(code) <= _LONGEST_CODE and code.isascii() and code.isprintable()):
            raise InvalidParameterError(
                f"Manage-Code must be the code as it was answered: at most {_LONGEST_CODE} printable ASCII characters."
            )
        return code or None

    @cached_property
    def country(self) -> str | None:
        """`ISOCountry` as sent, if it was."""
        return self.headers.get("isocountry", "").strip() or None

    @cached_property
    def zone_default(self) -> ZoneDefault:
        """The zone of times that name none: the country's, else the deployment's. Raises `InvalidParameterError`."""
        try:
            return zone_default(self.country, load_config().default_zone)
        except InvalidValueError as error:
            raise InvalidParameterError(f"ISOCountry {error}.") from None

    @property
    def viewer_zone(self) -> ZoneInfo | None:
        """The zone that the caller wants to read times in; None for the event's own. Raises `InvalidParameterError`."""
        country_zone = self.zone_default.zone if self.country and not self.zone_default.candidates else None
        if (name := self.parameter("timezone")) is None:
            return country_zone
        try:
            return find_zone(name)
        except InvalidValueError as error:
            raise InvalidParameterError(f"timezone {error}.") from None

    def payload(self, model: type[PayloadModel[T_co]]) -> T_co:
        """Return the body's payload, checked. Raises `MalformedRequestError`, `RequestTooLargeError`, `InvalidPayloadError`, `InvalidParameterError`."""
        payload, faults = self._envelope
        try:
            read = model.read(payload, self.zone_default)
        except InvalidPayloadError as error:
            raise InvalidPayloadError([*faults, *error.faults]) from None
        if faults:
            raise InvalidPayloadError(faults)
        return read

    def patch(self, model: type[PayloadModel[T_co]]) -> T_co:
        """Return the payload of a merge patch, checked. Raises `UnsupportedMediaTypeError`, and what `payload` raises."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type and media_type not in PATCH_TYPES:
            raise UnsupportedMediaTypeError(f"Send the body as {' or '.join(PATCH_TYPES)}.")
        return self.payload(model)

    def text(self, most_bytes: int) -> str:
        """Return a body that is text by itself, such as CSV, without a byte order mark.

        Raises `RequestTooLargeError`, `MalformedRequestError`.
        """
        return self._body(most_bytes, lambda data: data.decode("utf-8-sig"), _NOT_TEXT)

    @property
    def idempotency_key(self) -> str | None:
        """`Idempotency-Key` as sent, if it was. Raises `InvalidParameterError`."""
        key = self.headers.get("idempotency-key")
        if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidParameterError("Idempotency-Key must be 1 to 255 printable ASCII characters.")
        return key

    def idempotency(self) -> Idempotency | None:
        """Return what tells a retry of this request from another request. Raises `InvalidParameterError`."""
        if (key := self.idempotency_key) is None:
            return None
        canonical = msgspec.json.encode(self._envelope[0], order="deterministic")
        route = (self._event["httpMethod"], self._event["resource"])
        return Idempotency(key, digest(*route, canonical, (self.country or "").casefold()))

    def parameter(self, name: str) -> str | None:
        """Return a query parameter. Raises `InvalidParameterError` where it comes twice, for nobody knows which counts."""
        if len((self._event.get("multiValueQueryStringParameters") or {}).get(name, ())) > 1:
            raise InvalidParameterError(f"{name} must be given once.")
        return self.query.get(name)

    def know_parameters(self, *names: str) -> None:
        """Raise `InvalidParameterError` for a query parameter of another name: a misspelt one would do as without it."""
        if unknown := sorted(set(self.query) - set(names)):
            raise InvalidParameterError(f"{unknown[0]} is no query parameter here; there is {' and '.join(names)}.")

    def integer(self, name: str, default: int, least: int, most: int, *, beyond: str = "") -> int:
        """Return a query parameter as a whole number; `beyond` says what to do for more. Raises `InvalidParameterError`."""
        text = self.parameter(name)
        if text is None:
            return default
        if not re.fullmatch(r"[0-9]{1,7}", text) or not least <= int(text) <= most:
            raise InvalidParameterError(f"{name} must be a whole number from {least} to {most}{beyond}.")
        return int(text)

    def flag(self, name: str) -> bool:
        """Return whether a query parameter is `true`; it need not be there. Raises `InvalidParameterError`."""
        text = self.parameter(name)
        if text not in (None, "true", "false"):
            raise InvalidParameterError(f"{name} must be true or false.")
        return text == "true"

    @property
    def _subject(self) -> str:
        """`sub` of the ID token that the authorizer found; empty where there is none. Raises `NotAuthenticatedError`.

        An access token says what an app may do on somebody's behalf, and its claims have `sub` and groups as well: the
        gateway refuses it, and so does this where some other set-up of a gateway let it pass.
        """
        subject = str(self._claims.get("sub") or "")
        if self._claims.get("token_use", "id") != "id" or (self.is_under_organiser and not subject):
            raise NotAuthenticatedError(_NOT_SIGNED_IN)
        return subject

    @property
    def _is_admin(self) -> bool:
        """Whether the token's groups name the admins'. The gateway writes a list of them as `[a b]` or `a,b`."""
        groups = str(self._claims.get("cognito:groups") or "")
        return not load_config().is_open and ADMINS in re.split(r"[\s,\[\]]+", groups)

    @property
    def _claims(self) -> Mapping[str, Any]:
        authorizer = self._event.get("requestContext", {}).get("authorizer") or {}
        return authorizer.get("claims") or {}

    @cached_property
    def _envelope(self) -> tuple[Mapping[str, Any], list[Fault]]:
        """The payload, and the faults of what it came in."""
        envelope = self._body(MAX_BODY, msgspec.json.decode, _NOT_JSON)
        if not isinstance(envelope, dict):
            raise InvalidPayloadError([Fault("", 'The body must be a JSON object: {"payload": {…}}.')])
        faults = unknown_members(envelope, ("payload",), "")
        if "payload" not in envelope:
            raise InvalidPayloadError([Fault("/payload", 'payload is missing; send {"payload": {…}}.'), *faults])
        if not isinstance(envelope["payload"], dict):
            raise InvalidPayloadError([Fault("/payload", "payload must be an object."), *faults])
        return envelope["payload"], faults

    def _body(self, most_bytes: int, decode: Callable[[bytes], T], otherwise: str) -> T:
        """Return what `decode` makes of the body's bytes; `otherwise` says what to send where it cannot."""
        body = self._event.get("body") or ""
        try:
            data = base64.b64decode(body, validate=True) if self._event.get("isBase64Encoded") else body.encode()
            if len(data) > most_bytes:
                raise RequestTooLargeError(f"Send a body of at most {most_bytes / 1024:g} KB.")
            # What the gateway puts where a body was no UTF-8: names would be kept with their letters lost.
            if _REPLACEMENT_CHARACTER in data:
                raise MalformedRequestError(otherwise)
            return decode(data)
        except (ValueError, RecursionError):  # neither base64 nor UTF-8 nor JSON, or nested too deeply
            raise MalformedRequestError(otherwise) from None
