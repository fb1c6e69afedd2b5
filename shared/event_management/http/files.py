"""Lists as files: pages of CSV that make one file when they are put one after another."""

import json
from collections.abc import Sequence

from event_management.http.endpoint import Answer, Text
from event_management.http.pages import PageRequest
from event_management.spreadsheets import write_rows

MOST_BYTES = 5 * 1024 * 1024
"""Of a file in one answer, which is JSON on its way to the gateway. Lambda takes 6 MB in all:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def csv_page(
    wanted: PageRequest,
    header: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str | int | None]]],
    filename: str,
) -> Answer:
    """Return the page out of the rows read, each with its position: as many as fit into one answer.

    The first page begins with a byte order mark and the header; those that follow have neither.
    """
    is_first = wanted.after is None
    pieces = [write_rows(header, [], with_header=is_first)]
    size = _size(pieces[0])
    for _, cells in rows[: wanted.limit]:
        piece = write_rows(header, [cells], with_header=False)
        size += _size(piece)
        if size > MOST_BYTES:
            break
        pieces.append(piece)
    page = wanted.cut(rows, len(pieces) - 1)
    content_type = f"text/csv; charset=utf-8; header={'present' if is_first else 'absent'}"
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Answer(Text("".join(pieces), content_type), disposition | page.headers)


def _size(text: str) -> int:
    """Return how many bytes the text has as JSON in ASCII: at most twelve for each character."""
    return len(json.dumps(text))
