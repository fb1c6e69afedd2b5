"""QR codes. Only functions that draw import this: the others need nothing of segno."""

from io import BytesIO

import segno

_QUIET_ZONE = 4
"""Modules of white around the code. Source: ISO/IEC 18004."""


def draw_ticket(text: str) -> str:
    """Return an SVG document that shows the ticket as a QR code: black on white, as large as its place allows.

    Error correction M or better: it is read with 15 % of it hidden. Raises `ValueError` for more text than any QR code
    holds.
    """
    document = BytesIO()
    segno.make_qr(text, error="m").save(
        document,
        kind="svg",
        border=_QUIET_ZONE,
        light="white",
        title="Ticket",
        omitsize=True,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return document.getvalue().decode()
