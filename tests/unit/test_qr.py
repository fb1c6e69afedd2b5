import re
from xml.etree import ElementTree as ET

import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from event_management.codes import Code, sign_ticket
from event_management.qr import draw_ticket
from event_management.signing import SigningKeys

TICKET = sign_ticket(Code("k3v7qzm2ab", "m4x2c7v5b3n6a2sd", "b5dq2k7x3mzna"), SigningKeys({1: b"a" * 32}, 1))
SVG = "{http://www.w3.org/2000/svg}"
SCALE = 4
"""Pixels of a module."""
QUIET = 4
"""Modules around the code that must be white."""


def shapes(svg):
    """Return the side of the drawing in modules, and its paths."""
    root = ET.fromstring(svg)
    assert f"{SVG}svg" == root.tag
    left, top, width, height = map(int, root.attrib["viewBox"].split())
    assert (0, 0, width) == (left, top, height)
    return width, [shape.attrib for shape in root.iter(f"{SVG}path")]


def paint(svg):
    """Return the rows of the drawing, a byte a module, 255 for white, as a browser paints them on a black page.

    Knows as much of SVG as stands there: one area filled, and horizontal strokes one module wide through the middles of rows.
    """
    side, (area, strokes) = shapes(svg)
    assert {"fill": "#fff", "d": f"M0 0h{side}v{side}h-{side}z"} == area
    assert {"stroke", "d"} == strokes.keys()
    assert "#000" == strokes["stroke"]
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", strokes["d"]):
        values = [float(number) for number in numbers.split()]
        match command:
            case "M":
                x, y = values
            case "m":
                x, y = x + values[0], y + values[1]
            case "h":
                assert y % 1 == 0.5
                rows[int(y)][int(x) : int(x + values[0])] = bytes(int(values[0]))
                x += values[0]
    assert strokes["d"] == "".join(re.findall(r"[Mmh][-\d. ]+", strokes["d"]))
    return rows


def scan(rows):
    """Return what a reader that is not segno sees."""
    pixels = b"".join(bytes(value for value in row for _ in range(SCALE)) * SCALE for row in rows)
    side = len(rows) * SCALE
    return zxingcpp.read_barcodes(memoryview(pixels).cast("B", (side, side)), try_invert=False)


def test_a_scanner_reads_the_ticket_from_what_is_drawn():
    (seen,) = scan(paint(draw_ticket(TICKET)))
    assert (zxingcpp.BarcodeFormat.QRCode, TICKET) == (seen.format, seen.text)


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=69, max_size=69))
def test_a_scanner_reads_any_text_as_long_as_a_ticket(text):
    assert [text] == [seen.text for seen in scan(paint(draw_ticket(text)))]


def test_a_ticket_is_drawn_small_with_error_correction_m():
    (seen,) = scan(paint(draw_ticket(TICKET)))
    assert "M" == seen.ec_level
    # Version 4, which takes upper case alone: the same in lower case needs a larger one.
    assert 33 + 2 * QUIET == shapes(draw_ticket(TICKET))[0] < shapes(draw_ticket(TICKET.lower()))[0]


def test_white_is_left_around_the_code():
    rows = paint(draw_ticket(TICKET))
    inner = [row[QUIET:-QUIET] for row in rows[QUIET:-QUIET]]
    assert 0 == inner[0][0] == inner[0][-1] == inner[-1][0]
    assert sum(row.count(0) for row in rows) == sum(row.count(0) for row in inner)


def test_a_ticket_with_a_blot_is_still_read():
    rows = paint(draw_ticket(TICKET))
    for row in rows[24:30]:
        row[24:30] = bytes(6)
    assert [TICKET] == [seen.text for seen in scan(rows)]


def test_the_drawing_fills_its_place_and_says_what_it_is_and_not_whose():
    root = ET.fromstring(draw_ticket(TICKET))
    assert {"viewBox"} == root.attrib.keys()
    assert [f"{SVG}title", f"{SVG}path", f"{SVG}path"] == [element.tag for element in root]
    assert ["Ticket"] == [text.strip() for text in root.itertext() if text.strip()]
    assert not re.search(r"(?i)k3v7qzm2ab|m4x2c7v5b3n6a2sd|" + TICKET, draw_ticket(TICKET))


def test_the_same_ticket_is_drawn_the_same():
    assert draw_ticket(TICKET) == draw_ticket(TICKET)
