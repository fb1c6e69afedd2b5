"""The rules of an event's life in plain Python: who gets which answer, who sits, who waits, and who is next.

One caller at a time. Each operation returns the codes that it may answer with: `ok`, `replayed`, or those of problems; it
has happened where that is `ok` alone. People are numbers.
"""

from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

Told = frozenset[str]
OK, REPLAYED = frozenset({"ok"}), frozenset({"replayed"})


def told(*codes: str) -> Told:
    return frozenset(codes)


class Marks(NamedTuple):
    """An `Idempotency-Key` within its scope, and the request that came with it."""

    key: tuple
    request: object


@dataclass
class Person:
    """Somebody who is registered or waits."""

    name: str
    email: str
    seats: int
    state: str
    since: int
    serial: int
    marks: Marks | None
    checked_in: bool = False
    check_in: object = None
    """The call that checked them in last."""


class Former(NamedTuple):
    """Somebody who cancelled, or handed over to a successor."""

    serial: int
    marks: Marks | None
    successor: tuple[int, int] | None = None
    """The person, and their serial."""


ORGANISER = "organiser"
"""As whom a call is made; holders are known by the serial in their code."""

_clock = count()


@dataclass
class Event:
    """An event, its people, and its queue."""

    name: str
    start: str
    capacity: int
    max_party: int
    waitlist: bool
    policy: str
    status: str
    window: str
    """`any`, `open`, `not yet` or `closed`."""
    version: int = 1
    last_change: object = None
    is_deleted: bool = False
    people: dict[int, Person] = field(default_factory=dict)
    former: dict[int, Former] = field(default_factory=dict)
    queue: list[int] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    """Everybody who ever got a seat from the queue."""

    # --- Seats ---

    @property
    def seated(self) -> list[int]:
        """Who is registered, in order of registration."""
        return sorted((n for n in self.people if n not in self.queue), key=lambda n: self.people[n].since)

    @property
    def taken(self) -> int:
        return sum(self.people[n].seats for n in self.seated)

    @property
    def seats_left(self) -> int:
        """While somebody waits, what is free is put by."""
        return 0 if self.queue else self.capacity - self.taken

    @property
    def waited_for(self) -> int:
        return sum(self.people[n].seats for n in self.queue)

    @property
    def come(self) -> int:
        return sum(person.seats for person in self.people.values() if person.checked_in)

    def _promote(self) -> None:
        """Give free seats to who waits: in turn, or, where smaller parties may pass, to everybody who fits.

        Also before an opening that was put off. Who is more than the event has come to hold lets everybody pass.
        """
        if self.status != "published" or self.window == "closed":
            return
        free = self.capacity - self.taken
        for n in list(self.queue):
            person = self.people[n]
            if person.seats <= free:
                free -= person.seats
                self.queue.remove(n)
                self.promoted.append(n)
                person.state, person.since = "registered", next(_clock)
            elif self.policy == "strict" and person.seats <= self.capacity:
                return

    def _refusal(self, seats: int) -> str | None:
        """Why the terms do not let a party in."""
        if self.status == "draft":
            return "event_not_found"
        if self.status == "cancelled":
            return "event_cancelled"
        if self.window == "not yet":
            return "registration_not_open"
        if self.window == "closed":
            return "registration_closed"
        return "invalid_payload" if seats > self.max_party else None

    # --- Coming ---

    def register(self, n: int, name: str, email: str, seats: int, marks: Marks | None) -> Told:
        if known := self._recognise(n, marks):
            return known
        is_full = seats > self.seats_left
        if refusal := self._refusal(seats):
            # Somebody who was here before may be told the one or the other.
            return told(refusal, *(["seats_full"] if is_full and n in self.former else []))
        if is_full:
            return told("seats_full")
        self._seat(n, name, email, seats, "registered", marks)
        return OK

    def join(self, n: int, name: str, email: str, seats: int, marks: Marks | None) -> Told:
        if known := self._recognise(n, marks):
            return known
        if refusal := self._refusal(seats):
            return told(refusal)
        if not self.waitlist:
            return told("waitlist_off")
        if seats > self.capacity:
            return told("invalid_payload")
        if self.seats_left:
            return told("seats_left")
        self._seat(n, name, email, seats, "waiting", marks)
        self.queue.append(n)
        self._promote()
        return OK

    def _recognise(self, n: int, marks: Marks | None) -> Told | None:
        there = self.people.get(n) or self.former.get(n)
        if self.is_deleted:
            return told("event_not_found", *(["registration_cancelled", "idempotency_key_reused"] if there else []))
        if there and marks and there.marks and marks.key == there.marks.key:
            if marks.request != there.marks.request:
                return told("idempotency_key_reused")
            return told("registration_cancelled") if n in self.former else REPLAYED
        if n not in self.people:
            return None
        return told("already_waiting" if n in self.queue else "already_registered")

    def _seat(self, n: int, name: str, email: str, seats: int, state: str, marks: Marks | None) -> None:
        self.former.pop(n, None)
        self.people[n] = Person(name, email, seats, state, next(_clock), next(_clock), marks)

    # --- Changing and leaving ---

    def _find(self, n: int, access: str | int) -> Told | None:
        """Why this caller does not get to this person."""
        if self.is_deleted:
            return told("event_not_found")
        there = self.people.get(n) or self.former.get(n)
        if access == ORGANISER:
            return None if there else told("attendee_not_found")
        return None if there and there.serial == access else told("invalid_manage_code")

    def show(self, n: int, access: str | int) -> Told:
        return self._find(n, access) or (OK if n in self.people else told("registration_gone"))

    def cancel(self, n: int, access: str | int, *, only_waiting: bool = False) -> Told:
        if refusal := self._find(n, access):
            return refusal
        if n in self.former:
            return told("registration_gone") if self.former[n].successor else OK
        if only_waiting and n not in self.queue:
            return told("not_waiting")
        if self.people[n].checked_in:
            return told("checked_in")
        person = self.people.pop(n)
        if n in self.queue:
            self.queue.remove(n)
        self.former[n] = Former(person.serial, person.marks)
        self._promote()
        return OK

    def rename(self, n: int, access: str | int, name: str | None, email: str | None) -> Told:
        if refusal := self._find(n, access):
            return refusal
        if n in self.former:
            return told("registration_gone")
        person = self.people[n]
        person.name, person.email = name or person.name, email or person.email
        return OK

    def renew(self, n: int) -> Told:
        if refusal := self._find(n, ORGANISER):
            return refusal
        if n in self.former:
            return told("registration_gone")
        self.people[n].serial = next(_clock)
        return OK

    def hand_over(self, n: int, access: str | int, heir: int, name: str, email: str, marks: Marks | None) -> Told:
        if refusal := self._find(n, access):
            return refusal
        if n in self.former:
            return self._handed_over(self.former[n], heir, marks)
        if obstacle := self._obstacle(n):
            return told(obstacle)
        if heir == n:
            return told("already_registered")
        if known := self._recognise(heir, marks):
            return known
        person = self.people.pop(n)
        self._seat(heir, name, email, person.seats, "registered", marks)
        self.former[n] = Former(person.serial, person.marks, (heir, self.people[heir].serial))
        return OK

    def _obstacle(self, n: int) -> str | None:
        """Why these seats cannot go to anybody else."""
        obstacles = {
            "event_cancelled": self.status == "cancelled",
            "still_waiting": n in self.queue,
            "checked_in": self.people[n].checked_in,
        }
        return next((code for code, stands in obstacles.items() if stands), None)

    def _handed_over(self, former: Former, heir: int, marks: Marks | None) -> Told:
        there = self.people.get(heir)
        if (
            there
            and former.successor == (heir, there.serial)
            and there.marks
            and marks
            and there.marks.key == marks.key
        ):
            return REPLAYED if there.marks.request == marks.request else told("idempotency_key_reused")
        return told("registration_gone")

    # --- At the door ---

    def check_in(self, n: int, serial: int, call: object) -> Told:
        if self.is_deleted:
            return told("event_not_found")
        person = self.people.get(n)
        if person is None or person.serial != serial:
            return told("ticket_cancelled")
        if person.check_in == call:
            return REPLAYED if person.checked_in else told("check_in_undone")
        if person.checked_in:
            return told("already_checked_in")
        if self.status == "cancelled":
            return told("event_cancelled")
        person.checked_in, person.check_in = True, call
        return OK

    def undo_check_in(self, n: int) -> Told:
        if refusal := self._find(n, ORGANISER):
            return refusal
        if n in self.former:
            return told("registration_gone")
        if not self.people[n].checked_in:
            return told("not_checked_in")
        self.people[n].checked_in = False
        return OK

    # --- The event itself ---

    def update(self, changes: dict, content: object, versions: set[int] | None) -> Told:
        if self.is_deleted:
            return told("event_not_found")
        if any(self.last_change == (version, content) for version in versions or ()):
            return OK
        if versions is not None and self.version not in versions:
            return told("precondition_failed")
        status = changes.get("status", self.status)
        if "status" in changes and (self.status == "cancelled" or (status == "draft" and self.status != "draft")):
            return told("invalid_payload")
        if changes.get("capacity", self.capacity) < self.taken:
            return told("capacity_too_small")
        if any(getattr(self, name) != value for name, value in changes.items()):
            for name, value in changes.items():
                setattr(self, name, value)
            self._changed(content)
        return OK

    def call_off(self) -> Told:
        if self.is_deleted:
            return told("event_not_found")
        if self.status == "draft":
            return told("event_not_published")
        if self.status != "cancelled":
            self.status = "cancelled"
            self._changed(None)
        return OK

    def _changed(self, content: object) -> None:
        self.last_change = (self.version, content)
        self.version += 1
        self._promote()

    def delete(self) -> Told:
        self.is_deleted = True
        self.people, self.queue = {}, []
        return OK
