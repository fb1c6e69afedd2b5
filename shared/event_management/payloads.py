"""Reading a request's payload: every fault found, each with the pointer of its member.

msgspec stops at the first fault and points at the parent, so each member is converted by itself.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from event_management.errors import Fault, InvalidPayloadError, InvalidValueError

T = TypeVar("T")


class PayloadReader:
    """One payload, checked member by member against a msgspec struct.

    The `description` in a field's `msgspec.Meta` is its rule, a predicate that a caller gets to read: `must be …`.
    White space around text does not count.
    """

    def __init__(self, shape: type[msgspec.Struct], members: Mapping[str, Any]) -> None:
        self._members = members
        self._faults: list[Fault] = []
        self._values: dict[str, Any] = {}
        fields = _fields(shape)
        for name, field in fields.items():
            if name not in members:
                if field.required:
                    self.fault(name, f"is missing; it {field.rule}")
                continue
            value = members[name]
            try:
                self._values[name] = msgspec.convert(value.strip() if isinstance(value, str) else value, field.type)
            except msgspec.ValidationError:
                self.fault(name, field.rule)
        for name in members:
            if name not in fields:
                self.fault(name, f"is unknown; the members are {', '.join(fields)}")

    def fault(self, name: str, detail: str) -> None:
        """Note a fault of the member `name`; `detail` is a predicate, `must be …`."""
        shown = name if len(name) <= 100 else name[:100] + "…"
        pointer = "/payload/" + shown.replace("~", "~0").replace("/", "~1")
        self._faults.append(Fault(pointer, f"{shown} {detail}."))

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


class _Field(NamedTuple):
    type: Any
    required: bool
    rule: str


@cache
def _fields(shape: type[msgspec.Struct]) -> dict[str, _Field]:
    return {
        field.encode_name: _Field(field.type, field.required, field.type.__metadata__[0].description)
        for field in msgspec.structs.fields(shape)
    }
