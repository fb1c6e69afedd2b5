"""What is really there, for requests to name: events with their people, codes, tickets, pages. Made by the API itself."""

from typing import Any
from urllib.parse import urlencode

from local.launch import Answer, Stack
from tests.gateway import attendee_payload, event_payload

LEAVES = frozenset(
    {
        "delete_event",
        "cancel_event",
        "cancel_attendee",
        "organiser_cancel_attendee",
        "transfer_attendee",
        "organiser_transfer_attendee",
        "renew_codes",
        "leave_waitlist",
        "check_in",
        "undo_check_in",
        "remove_member",
        "erase_person",
        "import_attendees",
    }
)
"""Operations after which a world is not what it was."""

MEMBER = "7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a"
_PAGES = {
    "list_events": "/events/",
    "list_own_events": "/organiser/events",
    "list_attendees": "/events/{}/attendee",
    "export_attendees": "/events/{}/attendee.csv",
    "list_acts": "/events/{}/audit",
}


class World:
    """An event with seats left, one without, and who stands how to them.

    `held`, `come` and `waiting` are the answers that made the registrations: with `id`, `ticket`, `manage`, and `email`.
    """

    def __init__(self, stack: Stack, token: str | None, number: int) -> None:
        self._stack = stack
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._number = number * 10
        self.event_id = self._made(self._call("POST", "/events/", event_payload(waitlist=True)))["event"]
        self.held, self.come = self._register(self.event_id), self._register(self.event_id)
        self._made(self._call("POST", f"/events/{self.event_id}/check-in", {"ticket": self.come["ticket"]}))
        self._made(self._call("PUT", f"/events/{self.event_id}/members/{MEMBER}", {"role": "helper"}))
        full = event_payload(max_capacity=1, waitlist=True, start_time="2098-01-15 18:30")
        self.full_id = self._made(self._call("POST", "/events/", full))["event"]
        self._register(self.full_id)
        self.waiting = self._register(self.full_id, "waitlist")
        self.etag = self._call("GET", f"/events/{self.event_id}").headers["ETag"]

    def next_token(self, operation_id: str) -> str | None:
        """Return a token of a second page, where the operation has one now."""
        if operation_id not in _PAGES:
            return None
        path = f"{_PAGES[operation_id].format(self.event_id)}?{urlencode({'limit': 1})}"
        answer = self._call("GET", path)
        link = answer.headers.get("Link", "")
        return link.partition("next_token=")[2].partition(">")[0].partition("&")[0] or None

    def _register(self, event_id: str, how: str = "register") -> dict[str, Any]:
        self._number += 1
        payload = attendee_payload(self._number)
        return self._made(self._call("POST", f"/events/{event_id}/{how}", payload)) | payload

    def _call(self, method: str, path: str, payload: Any = None) -> Answer:
        return self._stack.http(method, path, payload and {"payload": payload}, self._headers)

    @staticmethod
    def _made(answer: Answer) -> dict[str, Any]:
        assert 200 <= answer.status < 300, answer.body
        made: dict[str, Any] = answer.json()
        return made
