"""Reading a request's payload: every fault found, each with the pointer of its member.

msgspec stops at the first fault and points at the parent, so each member is converted by itself.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from event_management.errors import Fault, InvalidPayloadError, InvalidValueError

T = TypeVar("T")

_MOST_UNKNOWN = 20
_LONGEST_NAME = 100


class PayloadReader:
    """One payload, checked member by member against a msgspec struct.

    The `description` in a field's `msgspec.Meta` is its rule, a predicate that a caller gets to read: `must be …`.
    White space around text does not count.

    A partial payload is a merge patch (RFC 7396) of something of this shape: members may be missing, and null removes
    one, where its field has a default to go back to. Members that are objects themselves are replaced, not merged.
    """

    def __init__(self, shape: type[msgspec.Struct], members: Mapping[str, Any], *, partial: bool = False) -> None:
        self._members = members
        self._faults: list[Fault] = []
        self._values: dict[str, Any] = {}
        fields = _fields(shape)
        for name, field in fields.items():
            if name not in members:
                if field.required and not partial:
                    self.fault(name, f"is missing; it {field.rule}")
                continue
            value = members[name]
            if value is None and partial:
                if field.required:
                    self.fault(name, f"cannot be removed; it {field.rule}")
                else:
                    self._values[name] = field.default()
                continue
            try:
                self._values[name] = msgspec.convert(value.strip() if isinstance(value, str) else value, field.type)
            except msgspec.ValidationError:
                self.fault(name, field.rule)
        self._faults += unknown_members(members, fields, "/payload")
        if partial and not members:
            self._faults.append(Fault("/payload", "payload must name what is to be changed."))

    @property
    def changes(self) -> dict[str, Any]:
        """The values of the members that were sent, faulty ones aside; a removed member's is its field's default."""
        return dict(self._values)

    def fault(self, name: str, detail: str) -> None:
        """Note a fault of the member `name`; `detail` is a predicate, `must be …`."""
        self._faults.append(Fault(f"/payload/{name}", f"{name} {detail}."))

    def holds(self, name: str) -> bool:
        """Whether the member is there, right or wrong, and not null."""
        return self._members.get(name) is not None

    def get(self, name: str) -> Any:
        """Return the member's value, or None where it is absent or faulty."""
        return self._values.get(name)

    def parse(self, name: str, parser: Callable[[str], T]) -> T | None:
        """Return what `parser` makes of the member; None where it is absent, null or faulty.

        An `InvalidValueError` becomes a fault.
        """
        text = self.get(name)
        if text is None:
            return None
        try:
            return parser(text)
        except InvalidValueError as error:
            self.fault(name, str(error))
            return None

    def finish(self) -> None:
        """Raise `InvalidPayloadError` with every fault, if there is one."""
        if self._faults:
            raise InvalidPayloadError(self._faults)


def unknown_members(members: Mapping[str, Any], known: Collection[str], parent: str) -> list[Fault]:
    """Return a fault for each member that is not known; a multitude of them is summed up."""
    unknown = [name for name in members if name not in known]
    remedy = f"the members are {', '.join(known)}" if len(known) > 1 else f"send {', '.join(known)} only"
    faults = [
        Fault(_pointer(parent, name), f"{_shown(name)} is unknown; {remedy}.") for name in unknown[:_MOST_UNKNOWN]
    ]
    if len(unknown) > _MOST_UNKNOWN:
        faults.append(Fault(parent, f"Each of {len(unknown) - _MOST_UNKNOWN} more members is unknown; {remedy}."))
    return faults


def _shown(name: str) -> str:
    return (name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…") or '""'


def _pointer(parent: str, name: str) -> str:
    """Return a member's JSON Pointer; its parent's where the name is too long to repeat."""
    return parent if len(name) > _LONGEST_NAME else f"{parent}/{name.replace('~', '~0').replace('/', '~1')}"


class _Field(NamedTuple):
    type: Any
    required: bool
    rule: str
    info: msgspec.structs.FieldInfo

    def default(self) -> Any:
        """Return the value of a field that is not required where its member is absent."""
        factory = self.info.default_factory
        return self.info.default if factory is msgspec.NODEFAULT else factory()


@cache
def _fields(shape: type[msgspec.Struct]) -> dict[str, _Field]:
    return {
        field.encode_name: _Field(field.type, field.required, field.type.__metadata__[0].description, field)
        for field in msgspec.structs.fields(shape)
    }
