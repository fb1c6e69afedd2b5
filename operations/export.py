"""Write all attendees of an event to one CSV file: `python -m operations.export <event>`, or `make export EVENT=<event>`.

The API gives them in pages; this follows them and joins them. Needs the standard library alone.
"""

import argparse
import http.client
import json
import os
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit

DEFAULT_URL = "http://127.0.0.1:5000"
PAGE = 1000
"""Attendees asked for at a time."""
MOST_REPEATS = 10
"""How often a page is asked for again that could not be had yet."""
LONGEST_PAUSE = 60
"""Seconds; an answer that asks for more is the last."""

_TIMEOUT = 60
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


class ExportError(Exception):
    """The file could not be had; the text says why."""


def read_pages(
    event_id: str,
    url: str = DEFAULT_URL,
    token: str | None = None,
    limit: int = PAGE,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[bytes]:
    """Yield the pages of an event's attendees: put one after another they are one CSV file.

    `url` is the API's, with its stage; `token` an organiser's ID token. Raises `ExportError`.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ExportError(f"{url} is no address of an API; it begins with http:// or https://")
    page = f"{url.rstrip('/')}/events/{quote(event_id, safe='')}/attendee.csv?limit={limit}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    while True:
        answer, content = _get(page, headers, sleep)
        if answer.get_content_type() != "text/csv":
            raise ExportError(f"{page} gives {answer.get_content_type()}, not text/csv: is this the API's address?")
        yield content
        link = _NEXT.search(answer.get("Link", ""))
        if link is None:
            return
        page = _following(page, link[1])


def write_file(path: Path, pages: Iterator[bytes]) -> None:
    """Write the pages to a file that is there when it is whole, and not before."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.writelines(pages)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            file.close()
            Path(file.name).unlink()
            raise


def main(arguments: list[str] | None = None) -> int:
    """Export as the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m operations.export", description="Write an event's attendees as CSV."
    )
    parser.add_argument("event", help="the event's id")
    parser.add_argument("--url", help=f"address of the API, with its stage (default: the local stack's, {DEFAULT_URL})")
    parser.add_argument("--state", type=Path, metavar="DIR", help="folder of the local stack, which knows its address")
    parser.add_argument("--out", type=Path, help="file to write; without it, the standard output")
    parser.add_argument("--limit", type=int, default=PAGE, help="attendees asked for at a time (default: %(default)s)")
    parser.epilog = "An organiser's ID token is read from the environment variable TOKEN."
    asked = parser.parse_args(arguments)
    url = asked.url or (asked.state and _local_url(asked.state)) or DEFAULT_URL
    pages = read_pages(asked.event, url, os.environ.get("TOKEN"), asked.limit)
    try:
        if asked.out:
            write_file(asked.out, pages)
        else:
            sys.stdout.buffer.writelines(pages)
            sys.stdout.buffer.flush()
    except (ExportError, OSError) as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    return 0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token is for the address that was given, and for no other."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Follow nothing: the redirection is answered as an error."""


def _get(page: str, headers: dict[str, str], sleep: Callable[[float], None]) -> tuple[Message, bytes]:
    """Return headers and content of a page, asked for again as long as the answer says when. Raises `ExportError`."""
    is_local = urlsplit(page).hostname in ("127.0.0.1", "localhost", "::1")
    proxies = urllib.request.ProxyHandler({} if is_local else None)
    opener = urllib.request.build_opener(proxies, _NoRedirects)
    for repeats in range(MOST_REPEATS + 1):
        try:
            request = urllib.request.Request(page, headers=headers)  # noqa: S310 - the address is one of HTTP
            with closing(opener.open(request, timeout=_TIMEOUT)) as answer:
                return answer.headers, answer.read()
        except HTTPError as error:
            pause = _pause(error)
            if pause is None or repeats == MOST_REPEATS:
                raise ExportError(_shown(error)) from None
            sleep(pause)
        except (URLError, http.client.HTTPException, OSError, ValueError) as error:
            raise ExportError(f"{page}: {getattr(error, 'reason', error)!s}") from None
    raise AssertionError("the last repetition returns or raises")


def _pause(error: HTTPError) -> int | None:
    """Return after how many seconds the request is worth another try, if the answer says so."""
    seconds = error.headers.get("Retry-After", "")
    return int(seconds) if re.fullmatch(r"[0-9]{1,5}", seconds) and int(seconds) <= LONGEST_PAUSE else None


def _local_url(state: Path) -> str | None:
    """Return the address of the local stack that runs over this folder, if one does."""
    try:
        return str(json.loads((state / "stack.json").read_text())["base_url"])
    except FileNotFoundError:
        return None


def _shown(error: HTTPError) -> str:
    """Return what an answer says of itself: the problem's detail, or its status."""
    detail = error.reason
    with suppress(ValueError, OSError, http.client.HTTPException, TypeError, KeyError):
        detail = json.loads(error.read())["detail"]
    return f"{error.url} answers {error.code}: {detail}"


def _following(page: str, link: str) -> str:
    """Return the next page's address. Raises `ExportError` where it is on another server."""
    following = urljoin(page, link)
    if urlsplit(following)[:2] != urlsplit(page)[:2]:
        raise ExportError(f"{page} leads elsewhere, to {following}")
    return following


if __name__ == "__main__":
    sys.exit(main())
