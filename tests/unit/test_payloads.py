from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct, field

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


# --- Partial payloads -------------------------------------------------------------------------------------------------


class Patched(Shape):
    tags: Annotated[list[str], Meta(max_length=2, description="must be a list of up to 2 texts")] = field(
        default_factory=list
    )


def patch(members):
    reader = PayloadReader(Patched, members, partial=True)
    reader.finish()
    return reader.changes


def patch_faults(members):
    with pytest.raises(InvalidPayloadError) as caught:
        patch(members)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("members", "changes"),
    [
        ({"number": 7}, {"number": 7}),
        ({"word": " x "}, {"word": "x"}),
        ({"note": "n", "word": "x", "tags": ["a"]}, {"note": "n", "word": "x", "tags": ["a"]}),
        ({"number": None}, {"number": 1}),
        ({"note": None, "tags": None}, {"note": None, "tags": []}),
    ],
)
def test_a_patch_changes_what_it_names_and_puts_defaults_where_it_says_null(members, changes):
    assert changes == patch(members)


def test_removed_lists_share_nothing():
    assert patch({"tags": None})["tags"] is not patch({"tags": None})["tags"]


def test_what_is_required_cannot_be_removed():
    assert [Fault("/payload/word", "word cannot be removed; it must be a word.")] == patch_faults({"word": None})


def test_a_patch_is_checked_by_the_rules_of_a_whole_payload_and_every_fault_told():
    assert [
        Fault("/payload/word", "word must be a word."),
        Fault("/payload/number", "number must be a number from 1."),
        Fault("/payload/more", "more is unknown; the members are word, number, note, tags."),
    ] == patch_faults({"number": 0, "more": None, "word": "  "})


def test_a_patch_must_change_something():
    assert [Fault("/payload", "payload must name what is to be changed.")] == patch_faults({})


def test_faulty_members_are_no_changes():
    assert {"word": "x"} == PayloadReader(Patched, {"word": "x", "number": 0, "more": 1}, partial=True).changes


def test_null_removes_nothing_from_a_whole_payload():
    assert [Fault("/payload/number", "number must be a number from 1.")] == faults({"word": "x", "number": None})


MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "word": st.none() | st.text(max_size=2) | st.integers(0, 2),
        "number": st.none() | st.integers(-2, 2) | st.booleans(),
        "note": st.none() | st.text(max_size=2) | st.integers(0, 2),
        "tags": st.none() | st.lists(st.text(max_size=2), max_size=3),
    },
)


@given(MEMBERS)
def test_a_patch_without_null_has_the_faults_of_a_whole_payload_but_for_what_is_missing(members):
    members = {name: value for name, value in members.items() if value is not None} or {"word": ""}
    whole, part = PayloadReader(Patched, members), PayloadReader(Patched, members, partial=True)
    assert [fault for fault in whole._faults if "is missing" not in fault.detail] == part._faults
    assert whole.changes == part.changes


@given(MEMBERS)
def test_a_member_of_a_patch_is_changed_or_faulty(members):
    reader = PayloadReader(Patched, members, partial=True)
    told = {fault.pointer.removeprefix("/payload/") for fault in reader._faults} - {"/payload"}
    assert members.keys() == reader.changes.keys() | told
    assert not reader.changes.keys() & told
