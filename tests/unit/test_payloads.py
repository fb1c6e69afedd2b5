from typing import Annotated

import pytest
from msgspec import Meta, Struct

from event_management.errors import Fault, InvalidPayloadError, InvalidValueError
from event_management.payloads import PayloadReader


class Shape(Struct):
    word: Annotated[str, Meta(min_length=1, description="must be a word")]
    number: Annotated[int, Meta(ge=1, description="must be a number from 1")] = 1
    note: Annotated[str | None, Meta(description="must be text")] = None


def faults(members, **parsers):
    reader = PayloadReader(Shape, members)
    for name, parser in parsers.items():
        reader.parse(name, parser)
    try:
        reader.finish()
    except InvalidPayloadError as error:
        return list(error.faults)
    return []


def shout(text):
    if text != text.upper():
        raise InvalidValueError("must be loud")
    return text + "!"


def test_values_are_those_sent():
    reader = PayloadReader(Shape, {"word": "x", "number": 7})
    reader.finish()
    assert ("x", 7, None) == (reader.get("word"), reader.get("number"), reader.get("note"))


def test_white_space_around_text_does_not_count():
    assert "x y" == PayloadReader(Shape, {"word": " \t x y\n"}).get("word")
    assert [Fault("/payload/word", "word must be a word.")] == faults({"word": " \n"})


def test_every_fault_is_told_with_its_pointer():
    assert [
        Fault("/payload/word", "word is missing; it must be a word."),
        Fault("/payload/number", "number must be a number from 1."),
        Fault("/payload/note", "note must be text."),
        Fault("/payload/more", "more is unknown; the members are word, number, note."),
    ] == faults({"number": True, "note": 1, "more": None})


def test_pointers_escape_what_a_json_pointer_must():
    assert "/payload/a~1b~0c" == faults({"word": "x", "a/b~c": 1})[0].pointer


def test_long_unknown_names_are_cut_short():
    assert all(len(part) < 200 for part in faults({"word": "x", "y" * 10_000: 1})[0])


def test_parser_sees_valid_text_only():
    assert "X!" == PayloadReader(Shape, {"word": "X"}).parse("word", shout)
    assert [Fault("/payload/word", "word must be loud.")] == faults({"word": "x"}, word=shout)
    assert [Fault("/payload/word", "word must be a word.")] == faults({"word": 1}, word=shout)
    assert [] == faults({"word": "x", "note": None}, note=shout)


def test_a_payload_without_faults_raises_nothing():
    PayloadReader(Shape, {"word": "x"}).finish()
    with pytest.raises(InvalidPayloadError, match="1 fault in the payload"):
        PayloadReader(Shape, {}).finish()
