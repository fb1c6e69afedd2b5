"""What is exported comes back as it was, is harmless to open, and an import tells what is wrong with which row."""

import csv
import io

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from event_management.errors import Fault, InvalidFileError
from event_management.models import NewAttendee, ZoneDefault
from event_management.spreadsheets import (
    ATTENDEE_COLUMNS,
    MOST_ROWS,
    Record,
    Row,
    read_people,
    read_rows,
    write_rows,
)
from event_management.timezones import find_zone

BOM = "\ufeff"
ASHA = {"name": "Asha Rao", "email": "asha@example.com"}
BEN = {"name": "Ben Okri", "email": "ben@example.com"}

FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
FORMULA = tuple("=+-@" + FULL_WIDTH)
tricky = st.text(st.sampled_from([*FORMULA, *"'\"\t\r\n\x00 ;,\xa0\u200b\ufeffaé1"]), max_size=12)
texts = st.one_of(st.text(), tricky, st.text(st.characters(codec=None, categories=["Cs", "Ll"]), max_size=4))
rows_of_texts = st.lists(st.lists(texts, min_size=1, max_size=4), max_size=5)


def written(cell):
    """Return how a cell is written, by the standard library's reader."""
    ((text,),) = csv.reader(io.StringIO(write_rows([], [[cell]], with_header=False), newline=""))
    return text


def cells(text):
    return [record.cells for record in read_rows(text)]


def refusal(text):
    with pytest.raises(InvalidFileError) as refused:
        read_people(text)
    return refused.value.detail


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_a_file_is_csv_with_a_byte_order_mark_and_its_header():
    assert f'{BOM}name,seats\r\n"Rao, Asha",2\r\n"the ""boss""",\r\n"two\nlines",0\r\n' == write_rows(
        ("name", "seats"), [("Rao, Asha", 2), ('the "boss"', None), ("two\nlines", 0)]
    )


def test_a_file_may_be_written_in_pieces():
    people = [["Asha", 1], ["Ben", 2], [None, 3]]
    whole = write_rows(ATTENDEE_COLUMNS, people)
    first, *others = (write_rows(ATTENDEE_COLUMNS, [row], with_header=not n) for n, row in enumerate(people))
    assert whole == "".join([first, *others])
    assert [False, False] == [BOM in piece for piece in others]


def test_the_header_of_an_export_is_as_published():
    assert "id,name,email,seats,state,registered_at,checked_in_at" == ",".join(ATTENDEE_COLUMNS)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("\0x", "'\0x"),
        *((f"{char}1", f"'{char}1") for char in FULL_WIDTH),
        ("  =1", "'  =1"),
        ("\xa0=1", "'\xa0=1"),
        ("\u3000\uff1d1", "'\u3000\uff1d1"),
        ("\u200b=1", "'\u200b=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ('"=1', "'\"=1"),
        # with an apostrophe already
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("' =1", "'' =1"),
        ("'+a@example.com", "''+a@example.com"),
        # what begins a cell for those who split at other separators
        ("A;=1", "A;'=1"),
        ("A; =1", "A;' =1"),
        ('A;"=1', "A;'\"=1"),
        ("A;\ufeff=1", "A;'\ufeff=1"),
        ("A\t=1", "A\t'=1"),
        ("A\n=1", "A\n'=1"),
        ("A\r\n=1", "A\r\n'=1"),
        (";=1;=2", ";'=1;'=2"),
        # at the beginning of a file without a header
        ("\ufeffAsha", "'\ufeffAsha"),
        ("'\ufeffAsha", "''\ufeffAsha"),
    ],
)
def test_text_never_begins_a_formula(cell, expected):
    assert expected == written(cell)


@pytest.mark.parametrize(
    "cell",
    ["Asha Rao", "'t Hooft", "'", "O'Brien", "A=1", "Asha, +1", "x; y", "😀", "", " ", "a\u200db", "a@example.com"],
)
def test_other_text_is_written_as_it_is(cell):
    assert cell == written(cell)


def test_numbers_stay_numbers():
    assert ["-5", "0", "12"] == [written(number) for number in (-5, 0, 12)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(rows=rows_of_texts, with_header=st.booleans())
@example(rows=[["x", 'y;"=1;z']], with_header=False)
@example(rows=[["x", "y,\n=1"]], with_header=False)
def test_nothing_is_a_formula_whatever_a_spreadsheet_splits_at(separator, rows, with_header):
    text = write_rows(ATTENDEE_COLUMNS, rows, with_header=with_header)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        for cell in row:
            assert not cell.lstrip('" \xa0\u200b\ufeff').startswith(FORMULA)


# --- Reading what was written -----------------------------------------------------------------------------------------


@given(rows=rows_of_texts, with_header=st.booleans())
@example(rows=[["'=1", "''=1", "'t Hooft", "=1"]], with_header=True)
@example(rows=[["\ufeff"], ["'\ufeff"], [""], ["", ""], ["'"], [";'=1"], [";=1"], ["\t\t=1"]], with_header=False)
def test_whatever_was_written_is_read(rows, with_header):
    header = ["name", "=1"]
    assert [header] * with_header + rows == cells(write_rows(header, rows, with_header=with_header))


def test_long_text_is_read_whole():
    text = 'x"\n' * 100_000
    assert [[text, "y"]] == cells(write_rows([], [[text, "y"]], with_header=False))


@given(st.lists(st.tuples(texts, texts, st.integers(-9, 99)), max_size=5))
def test_an_export_can_be_sent_back(people):
    rows = [("m4x2c7v5b3n6a2sd", *person, "registered", "2027-01-15T13:00:00Z", None) for person in people]
    assert [{"name": name, "email": email, "seats": seats} for name, email, seats in people] == [
        row.cells for row in read_people(write_rows(ATTENDEE_COLUMNS, rows))
    ]


@given(st.lists(st.tuples(texts, texts), max_size=5), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_a_spreadsheet_may_save_an_export_in_its_own_way(people, separator, quotes_all):
    assume(all(name.strip() for name, _ in people))
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL)
    writer.writerows(csv.reader(io.StringIO(write_rows(("name", "email"), people).removeprefix(BOM), newline="")))
    # Cells of white space at the end of a row are like none; to the model it does not count anyway.
    assert [(name.strip(), email.strip()) for name, email in people] == [
        (row.cells["name"].strip(), row.cells["email"].strip()) for row in read_people(file.getvalue())
    ]


@given(st.text(st.sampled_from('a1,;"\r\n\t '), max_size=40))
def test_no_line_is_lost_and_none_read_twice(text):
    lines = list(io.StringIO(text, newline=""))
    read = [line for row in read_rows(text) for line in range(row.line, row.last_line + 1)]
    assert sorted(set(read)) == read
    assert {number for number, line in enumerate(lines, start=1) if line.strip("\r\n")} <= {*read}


# --- Reading an import ------------------------------------------------------------------------------------------------

PEOPLE = [Row(2, ASHA), Row(3, BEN)]


@pytest.mark.parametrize(
    "text",
    [
        "name,email\r\nAsha Rao,asha@example.com\r\nBen Okri,ben@example.com\r\n",
        "name,email\nAsha Rao,asha@example.com\nBen Okri,ben@example.com",
        "name,email\rAsha Rao,asha@example.com\rBen Okri,ben@example.com\r",
        f"{BOM}name,email\nAsha Rao,asha@example.com\nBen Okri,ben@example.com\n",
        f'{BOM}"name","email"\n"Asha Rao","asha@example.com"\n"Ben Okri","ben@example.com"\n',
        "name;email\nAsha Rao;asha@example.com\nBen Okri;ben@example.com\n",
        "name\temail\nAsha Rao\tasha@example.com\nBen Okri\tben@example.com\n",
        " Name , EMAIL\nAsha Rao,asha@example.com\nBen Okri,ben@example.com\n",
        "email,name\nasha@example.com,Asha Rao\nben@example.com,Ben Okri\n",
        "id,name,state,email\n1,Asha Rao,registered,asha@example.com\n2,Ben Okri,,ben@example.com\n",
        "name,email,State\nAsha Rao,asha@example.com, Registered \nBen Okri,ben@example.com\n",
        "name,email,seats\nAsha Rao,asha@example.com\nBen Okri,ben@example.com, \n",
        "name;email;;\nAsha Rao;asha@example.com;;\nBen Okri;ben@example.com;;;\n",
        "name,email\nAsha Rao,asha@example.com\nBen Okri,ben@example.com\n\n  \n,,\n",
    ],
)
def test_people_are_read_however_a_spreadsheet_writes_them(text):
    assert PEOPLE == read_people(text)


# German Excel, "CSV UTF-8 (durch Trennzeichen getrennt)": Alt+Enter in a cell is a bare line feed.
EXCEL = (
    b"\xef\xbb\xbfName;Email;Seats\r\nJ\xc3\xbcrgen M\xc3\xbcller;juergen@example.de;2\r\n"
    b'"M\xc3\xbcller; Anna";anna@example.de;\r\n"Zwei\nZeilen";zwei@example.de;1\r\n;;\r\n'
    b'"Karl ""Kalle"" Ott";kalle@example.de;3\r\n'
)
# LibreOffice Calc, "Quote all text cells" ticked: numbers go without.
LIBREOFFICE = (
    b'"Name","Email","Seats"\n"J\xc3\xbcrgen M\xc3\xbcller","juergen@example.de",2\n'
    b'"M\xc3\xbcller; Anna","anna@example.de",\n"Zwei\nZeilen","zwei@example.de",1\n,,\n'
    b'"Karl ""Kalle"" Ott","kalle@example.de",3\n'
)


@pytest.mark.parametrize("data", [EXCEL, LIBREOFFICE], ids=["Excel", "LibreOffice"])
def test_files_of_real_spreadsheets_are_read(data):
    assert [
        Row(2, {"name": "Jürgen Müller", "email": "juergen@example.de", "seats": 2}),
        Row(3, {"name": "Müller; Anna", "email": "anna@example.de"}),
        Row(4, {"name": "Zwei\nZeilen", "email": "zwei@example.de", "seats": 1}),
        Row(7, {"name": 'Karl "Kalle" Ott', "email": "kalle@example.de", "seats": 3}),
    ] == read_people(data.decode())


def test_what_is_read_can_be_registered():
    (row,) = read_people("name,email\n Asha Rao ,Asha@Example.com\n")
    attendee = NewAttendee.read(row.cells, ZoneDefault(find_zone("Asia/Kolkata")))
    assert ("Asha Rao", "asha@example.com") == (attendee.name, attendee.email.normalised)


@pytest.mark.parametrize("text", ["name,email\n,asha@example.com\n", "email,name\nasha@example.com\n"])
def test_what_a_row_lacks_is_empty_for_the_model_to_refuse(text):
    assert [Row(2, {"name": "", "email": "asha@example.com"})] == read_people(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('name,email\n"a\nb",x\nc,y\n', [2, 4]),
        ('name,email\r\n"a\r\nb",x\r\nc,y\r\n', [2, 4]),
        ('name,email\r"a\rb",x\rc,y\r', [2, 4]),
        ("\n\nname,email\n\na,x\n\n\nb,y\n", [5, 8]),
        ('"name\n",email\na,x\n', [3]),
    ],
)
def test_a_row_is_known_by_its_first_line(text, lines):
    assert lines == [row.line for row in read_people(text)]


@pytest.mark.parametrize(("text", "seats"), [("1", 1), ("10", 10), (" 2 ", 2), ("007", 7), ("-1", -1), ("0", 0)])
def test_seats_are_whole_numbers(text, seats):
    assert [Row(2, {**ASHA, "seats": seats})] == read_people(f"seats,name,email\n{text},Asha Rao,asha@example.com\n")


@pytest.mark.parametrize(
    "text", ["two", "2.0", '"2,5"', "1e1", "+2", "- 2", "１", "٢", "1_0", "0x2", "1" * 10, "1" * 9999]
)
def test_other_seats_are_a_fault_of_their_row(text):
    fault = Fault("/payload/seats", "seats must be a whole number, such as 2.")
    assert [Row(2, ASHA, (fault,)), Row(3, {**BEN, "seats": 2})] == read_people(
        f"name,email,seats\nAsha Rao,asha@example.com,{text}\nBen Okri,ben@example.com,2\n"
    )


QUOTES = "Put a cell that has quotes in quotes, and double those that it has."


@pytest.mark.parametrize(
    ("row", "detail", "next_line"),
    [
        (
            "Rao, Asha,asha@example.com",
            "The row has 3 cells for 2 columns. Put a cell that has the separator in quotes.",
            3,
        ),
        (
            '"Asha" Rao,asha@example.com',
            f"A quote is not closed, or text stands behind a closing one; reading goes on at line 3. {QUOTES}",
            3,
        ),
        (
            '"Asha\n"Rao,asha@example.com',
            f"A quote is not closed, or text stands behind a closing one; reading goes on at line 4. {QUOTES}",
            4,
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_next_one_read(row, detail, next_line):
    assert [Row(2, {}, (Fault("/payload", detail),)), Row(next_line, BEN)] == read_people(
        f"name,email\n{row}\nBen Okri,ben@example.com\n"
    )


def test_a_quote_that_is_never_closed_is_the_fault_of_the_row_that_opens_it():
    asha, broken = read_people('name,email\nAsha Rao,asha@example.com\n"Ben Okri,ben@example.com\nC,c@example.com\n')
    assert (Row(2, ASHA), 3, {}) == (asha, broken.line, broken.cells)
    (fault,) = broken.faults
    assert fault.detail.startswith(
        "A quote is not closed, or text stands behind a closing one; reading goes on at line 5."
    )


def test_rows_with_wrong_quotes_have_no_cells():
    assert [Record(1, 1, ["a"]), Record(2, 3, None)] == list(read_rows('a\n"b\nc'))


# --- Files that are none ----------------------------------------------------------------------------------------------

RULE = "Send CSV whose first line names its columns: name, email and, if you like, seats."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Missing: name, email."),
        (BOM, "Missing: name, email."),
        ("\n\n,,\n", "Missing: name, email."),
        ("Asha Rao,asha@example.com\n", "Missing: name, email."),
        ('"name,email\nAsha Rao,asha@example.com\n', "Missing: name, email."),
        ('{"payload": {"name": "Asha Rao", "email": "asha@example.com"}}', "Missing: name, email."),
        ("name|email\n", "Missing: name, email."),
        ("name\nAsha Rao\n", "Missing: email."),
        ("Email;Seats\nasha@example.com;1\n", "Missing: name."),
        ("name,email,name\n", "Repeated: name."),
        ("name,email,Seats,seats , id,ID\n", "Repeated: id, seats."),
        ("name,email,Phone,company name\n", "Unknown: phone, company name."),
        ("name,mail\n", "Missing: email. Unknown: mail."),
        ("name;mail;phone\n", "Missing: email. Unknown: mail, phone."),
        ("name,,email\n", "Unknown: column 2."),
        ('"vip\n@",name,email\n', "Unknown: column 1."),
        ("name,email,asha@example.com," + "x" * 41 + "\n", "Unknown: column 3, column 4."),
        ("name,email,name,vip\n", "Repeated: name. Unknown: vip."),
        ("name,email," + ",".join(f"c{n}" for n in range(20)), f"Unknown: {', '.join(f'c{n}' for n in range(20))}."),
        (
            "name,email," + ",".join(f"c{n}" for n in range(9_999)),
            f"Unknown: {', '.join(f'c{n}' for n in range(20))}, 9979 more.",
        ),
    ],
)
def test_a_wrong_header_is_refused_with_what_is_wrong(text, told):
    assert f"{RULE} {told}" == refusal(text)


def test_an_import_has_a_thousand_rows_and_no_more():
    full = "name,email\n" + "\nAsha Rao,asha@example.com\n" * MOST_ROWS
    assert MOST_ROWS == 1_000 == len(read_people(full + "\n,\n"))
    assert "Send at most 1,000 rows at a time." == refusal(full + "Ben Okri,ben@example.com\n")


def test_an_import_may_hold_nobody():
    assert [] == read_people("name,email\n")
