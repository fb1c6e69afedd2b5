"""Terms: what decides, beside there being a seat, whether a registration is taken. Pure.

They are the event's, and stand copied on its directory and on each of its seat blocks, so that taking a seat needs no
other item. Instants are stamps (`keys.stamp`), which compare as text.
"""

from typing import Literal, NamedTuple

from event_management.errors import (
    EventCancelledError,
    EventNotFoundError,
    Fault,
    InvalidPayloadError,
    RegistrationClosedError,
    RegistrationNotOpenError,
)

Status = Literal["draft", "published", "cancelled", "deleted"]


class Terms(NamedTuple):
    """The terms that an event's revision set."""

    revision: int
    status: Status = "published"
    registration_opens: str | None = None
    """Stamp of the first instant at which registrations are taken; None for any time."""
    registration_closes: str | None = None
    """Stamp of the first instant at which they no longer are; None for never."""
    max_party: int = 1

    def promote(self, now: str) -> bool:
        """Tell whether seats that come free at this instant (a stamp) go to who waits for them.

        Also before registration opens, where that was put off. So once they do not, only a change of the event lets
        them again, and that gives away what was put by meanwhile.
        """
        return self.status == "published" and (self.registration_closes is None or now < self.registration_closes)

    def check(self, now: str, seats: int) -> None:
        """Raise unless a party of so many seats may register at this instant (a stamp).

        Raises `EventNotFoundError`, `EventCancelledError`, `RegistrationNotOpenError`, `RegistrationClosedError`,
        `InvalidPayloadError`.
        """
        if self.status in ("draft", "deleted"):
            raise EventNotFoundError
        if self.status == "cancelled":
            raise EventCancelledError
        if self.registration_opens is not None and now < self.registration_opens:
            raise RegistrationNotOpenError(_shown(self.registration_opens))
        if self.registration_closes is not None and now >= self.registration_closes:
            raise RegistrationClosedError
        if seats > self.max_party:
            raise InvalidPayloadError(
                [Fault("/payload/seats", f"seats must be at most {self.max_party} at this event.")]
            )


def _shown(stamp: str) -> str:
    """Return an instant as answers show it: without fractions of a second."""
    return f"{stamp[:19]}Z"
