"""Attendees as spreadsheets read and write them: CSV by RFC 4180, harmless to open. Pure.

A spreadsheet takes text that begins with `=`, `+`, `-` or `@` for a formula, and anybody may register under such a name
(https://owasp.org/www-community/attacks/CSV_Injection). So such text is written behind an apostrophe, which reading
takes away again. Apostrophes of its own make no difference to whether a text gets another one, so each comes back as it
was: `=1` is written `'=1`, `'=1` is written `''=1`, and `'t Hooft` stays as it is.

Where commas are decimal, a spreadsheet splits our lines at semicolons, takes our quotes for text and line breaks within
them for ends of rows. So what follows a semicolon, a tab or a line break is a beginning too: `A;=1` is written `A;'=1`.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from event_management.errors import Fault, InvalidFileError

ATTENDEE_COLUMNS: Final = ("id", "name", "email", "seats", "state", "registered_at", "checked_in_at")
"""Header of an export."""
MOST_ROWS: Final = 1_000
"""How many people an import may hold."""

_REQUIRED: Final = ("name", "email")
_SEPARATORS: Final = (",", ";", "\t")
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_PLAIN_NAME: Final = re.compile(r"[\w .()/-]{1,40}")
_MOST_NAMES: Final = 20
_BYTE_ORDER_MARK: Final = "\ufeff"

# --- Rows of text and numbers -----------------------------------------------------------------------------------------

_FORMULA = r"=+\-@\uff1d\uff0b\uff0d\uff20"
"""What a formula begins with; full-width characters count alike in spreadsheets of East Asia."""
_BREAKS = r"\x00\t\n\r"
"""What spreadsheets may end a cell at or drop: no text begins with one, nor is what follows one a formula."""
_SKIPPED = (
    r"""["'\x01-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*+"""
)
"""What may be gone, or not be seen, once a spreadsheet has read a cell: quotes, white space, the invisible."""
# A file without a header has no byte order mark, so its first cell must not begin with one.
_AT_FIRST = rf"(?='*+\ufeff|{_SKIPPED}[{_FORMULA}{_BREAKS}])"
_LATER = rf"(?={_SKIPPED}[{_FORMULA}])"
_TO_GUARD = re.compile(rf"\A{_AT_FIRST}|(?<=[;{_BREAKS}]){_LATER}")
_GUARDED = re.compile(rf"\A'{_AT_FIRST}|(?<=[;{_BREAKS}])'{_LATER}")


class Record(NamedTuple):
    """One row of a file."""

    line: int
    """Line of the file where it begins, from 1; quoted cells may hold line breaks."""
    last_line: int
    cells: list[str] | None
    """None where quotes are wrong, so that nobody knows where cells begin and end."""


def write_rows(header: Sequence[str], rows: Iterable[Sequence[str | int | None]], *, with_header: bool = True) -> str:
    """Return a CSV file: a byte order mark, the header, the rows; without header and mark, what continues such a file.

    None is an empty cell. Numbers stay numbers, text stays text: none of it is a formula. `read_rows` gives it back.
    """
    import csv  # noqa: PLC0415 - start-up time that only exports and imports should cost

    file = io.StringIO()
    writer = csv.writer(file)
    if with_header:
        file.write(_BYTE_ORDER_MARK)
        writer.writerow(map(_guard, header))
    writer.writerows(map(_guard, row) for row in rows)
    return file.getvalue()


def read_rows(text: str, separator: str = ",") -> Iterator[Record]:
    """Yield the rows of a CSV file that are not empty lines; lines may end with CRLF, LF or CR."""
    import csv  # noqa: PLC0415 - see above

    # By default a cell of 128 K characters is an error, after which its rest would be read as rows.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text.removeprefix(_BYTE_ORDER_MARK), newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [_GUARDED.sub("", cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield Record(line, reader.line_num, None)
        else:
            if cells:
                yield Record(line, reader.line_num, cells)


def _guard(cell: str | int | None) -> str | int | None:
    return _TO_GUARD.sub("'", cell) if isinstance(cell, str) else cell


# --- People to import -------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One person of an import."""

    line: int
    """Line of the file where the row begins, from 1."""
    cells: Mapping[str, str | int]
    """`name` and `email`, and `seats` where they are told and a number: what `NewAttendee.read` takes, unchecked.

    Empty where the row cannot be read.
    """
    faults: tuple[Fault, ...] = ()
    """What is wrong with the row itself; then nobody is to be registered by it."""


def read_people(text: str) -> list[Row]:
    """Read an import: CSV with commas, semicolons or tabs, its columns named by a header line.

    Columns: `name`, `email`, and `seats` where wanted, in any order and case. Those that only an export has are ignored,
    except that a `state` other than `registered` is a fault; empty lines are ignored too. A row may lack cells at its
    end.

    Raises `InvalidFileError` for a wrong header and for more than `MOST_ROWS` rows.
    """
    separator = max(_SEPARATORS, key=lambda separator: len({*ATTENDEE_COLUMNS}.intersection(_names(text, separator))))
    names = _names(text, separator)
    _check_header(names)
    records = list(islice(_filled_rows(text, separator), 1, MOST_ROWS + 2))
    if len(records) > MOST_ROWS:
        raise InvalidFileError(f"Send at most {MOST_ROWS:,} rows at a time.")
    return [_read_row(record, names) for record in records]


def _filled_rows(text: str, separator: str) -> Iterator[Record]:
    """Yield the rows that hold anything, without the empty cells that spreadsheets add at their ends."""
    for record in read_rows(text, separator):
        cells = record.cells
        while cells and not cells[-1].strip():
            cells.pop()
        if cells != []:
            yield record


def _names(text: str, separator: str) -> list[str]:
    """Return the names of the columns, were this the separator."""
    header = next(_filled_rows(text, separator), None)
    return [name.strip().lower() for name in header.cells or ()] if header else []


def _check_header(names: Sequence[str]) -> None:
    missing = [name for name in _REQUIRED if name not in names]
    repeated = [name for name in ATTENDEE_COLUMNS if names.count(name) > 1]
    unknown = [
        # The detail is logged, so nothing that could be an address is said again.
        name if _PLAIN_NAME.fullmatch(name) else f"column {number}"
        for number, name in enumerate(names, start=1)
        if name not in ATTENDEE_COLUMNS
    ]
    if len(missing) == len(_REQUIRED):
        unknown = []  # this line is no header but a person
    if len(unknown) > _MOST_NAMES:
        unknown[_MOST_NAMES:] = [f"{len(unknown) - _MOST_NAMES} more"]
    told = {"Missing": missing, "Repeated": repeated, "Unknown": unknown}
    if any(told.values()):
        raise InvalidFileError(
            "Send CSV whose first line names its columns: name, email and, if you like, seats. "
            + " ".join(f"{fault}: {', '.join(concerned)}." for fault, concerned in told.items() if concerned)
        )


def _read_row(record: Record, names: Sequence[str]) -> Row:
    if record.cells is None:
        return _unreadable(
            record,
            f"A quote is not closed, or text stands behind a closing one; reading goes on at line {record.last_line + 1}. "
            "Put a cell that has quotes in quotes, and double those that it has.",
        )
    if len(record.cells) > len(names):
        return _unreadable(
            record,
            f"The row has {len(record.cells)} cells for {len(names)} columns. "
            "Put a cell that has the separator in quotes.",
        )
    told = dict(zip(names, record.cells, strict=False))
    cells: dict[str, str | int] = {name: told.get(name, "") for name in _REQUIRED}
    if told.get("state", "").strip().lower() not in ("", "registered"):
        return Row(record.line, cells, (Fault("/payload/state", "state must be registered, or empty."),))
    if seats := told.get("seats", "").strip():
        if not _WHOLE_NUMBER.fullmatch(seats):
            return Row(record.line, cells, (Fault("/payload/seats", "seats must be a whole number, such as 2."),))
        cells["seats"] = int(seats)
    return Row(record.line, cells)


def _unreadable(record: Record, detail: str) -> Row:
    return Row(record.line, {}, (Fault("/payload", detail),))
