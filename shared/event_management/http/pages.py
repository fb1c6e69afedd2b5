"""Pages of lists: what the caller asks for (`limit`, `next_token`, `page`) and the link to what follows."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from urllib.parse import urlencode

from event_management.errors import InvalidParameterError
from event_management.http.request import Request
from event_management.pagination import read_token, sign_token
from event_management.signing import KeySource

MAX_LIMIT = 100
"""Items of a page, where a list says nothing else."""
MAX_BY_NUMBER = 1000
"""`page` times `limit` beyond which only `next_token` goes: pages by number read all that comes before them."""

T = TypeVar("T")


class Page(Generic[T]):
    """The part of a list that one answer holds."""

    def __init__(self, items: Sequence[T], next_token: str | None, headers: dict[str, str]) -> None:
        self.items = items
        self.next_token = next_token
        self.headers = headers
        """`Link`, where a page follows (RFC 8288), relative to the request."""


class PageRequest:
    """Which part of a list is wanted. `scope` names the list: a token is good for that list only.

    `numbered` lists know `page` too; the query parameters in `keep` go on to the next page's link.
    """

    def __init__(
        self,
        request: Request,
        scope: tuple[str, ...],
        keys: KeySource,
        default_limit: int,
        *,
        max_limit: int = MAX_LIMIT,
        numbered: bool = False,
        keep: tuple[str, ...] = (),
    ) -> None:
        """Raises `InvalidParameterError`, `InvalidPageTokenError`, `TryAgainError`."""
        self._scope, self._keys = scope, keys
        self._kept = {name: request.query[name] for name in ("limit", *keep) if name in request.query}
        self.limit = request.integer("limit", default_limit, 1, max_limit)
        token = request.parameter("next_token")
        self._skip = 0
        if numbered and "page" in request.query:
            if token is not None:
                raise InvalidParameterError("page and next_token exclude each other; send next_token alone.")
            self._skip = self._items_before(request)
        self.after = None if token is None else read_token(token, scope, keys())
        """The position behind which the page begins; None for the start of the list."""

    @property
    def wanted(self) -> int:
        """How many items to read: the page, all before it where it has a number, and one that tells whether more follow."""
        return self._skip + self.limit + 1

    def cut(self, items: Sequence[tuple[str, T]], most: int | None = None) -> Page[T]:
        """Return the page out of the items read, each with its position in the list.

        It has at most `limit` items, and at most `most` where one answer holds no more; one at least.
        """
        limit = self.limit if most is None else min(self.limit, most)
        shown = items[self._skip : self._skip + limit]
        if len(items) <= self._skip + limit:
            return Page([item for _, item in shown], None, {})
        token = sign_token(shown[-1][0], self._scope, self._keys())
        return Page(
            [item for _, item in shown],
            token,
            {"Link": f'<?{urlencode({**self._kept, "next_token": token})}>; rel="next"'},
        )

    def _items_before(self, request: Request) -> int:
        most = MAX_BY_NUMBER // self.limit
        page = request.integer("page", 1, 1, most, beyond=" at this limit; beyond, follow next_token")
        return (page - 1) * self.limit
