"""ETags, `If-None-Match` and `If-Match` (RFC 9110 §8.8.3, §13.1)."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from event_management.errors import InvalidParameterError, PreconditionRequiredError
from event_management.http.conditional import MAX_TAGS, entity_tag, is_unchanged, wanted_versions
from event_management.http.request import Request


class Shown(Struct):
    name: str
    taken: int = 0


TAG = entity_tag(3, Shown("Raga Night"))


def sent(name, value):
    return Request({"headers": {name: value}})


# --- ETags ------------------------------------------------------------------------------------------------------------


def test_a_tag_is_strong_and_tells_the_version():
    version, _, rest = TAG.strip('"').partition("-")
    assert ("3", 26, True, True) == (version, len(rest), TAG.startswith('"'), TAG.endswith('"'))


def test_a_tag_changes_with_version_and_with_whatever_is_shown():
    tags = {
        TAG,
        entity_tag(4, Shown("Raga Night")),
        entity_tag(3, Shown("Raga Night", taken=1)),
        entity_tag(3, Shown("Raga Nights")),
    }
    assert 4 == len(tags)
    assert TAG == entity_tag(3, Shown("Raga Night", taken=0))


# --- If-None-Match ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        TAG,
        f"W/{TAG}",
        "*",
        f" {TAG} ",
        f'"a,b", {TAG}',
        f', ,"",\t{TAG},',
        f'"x",W/"y",{TAG}',
        f'"{"x" * (MAX_TAGS - len(TAG) - 3)}",{TAG}',
    ],
)
def test_what_the_caller_has_is_unchanged(field):
    assert is_unchanged(sent("If-None-Match", field), TAG)


@pytest.mark.parametrize(
    "field",
    [
        "",
        '""',
        TAG.strip('"'),
        TAG.replace("3-", "4-"),
        entity_tag(3, Shown("another")),
        TAG.upper(),
        f'"x{TAG[1:]}',
        f"w/{TAG}",
        f"{TAG} {TAG}",
        f'{TAG} "x"',
        f"*, {TAG}",
        f'"a{TAG[:-1]}, "',
        f'"{"x" * (MAX_TAGS - len(TAG) - 2)}",{TAG}',
    ],
)
def test_anything_else_has_to_be_sent_anew(field):
    assert not is_unchanged(sent("If-None-Match", field), TAG)


def test_without_the_header_everything_has_to_be_sent():
    assert not is_unchanged(Request({}), TAG)


# --- If-Match ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "versions"),
    [
        (TAG, {3}),
        (f"W/{TAG}", {3}),
        (entity_tag(3, Shown("another")), {3}),
        (f"{TAG},{entity_tag(17, Shown('a'))} , {TAG}", {3, 17}),
        (f'"another-servers", {TAG}', {3}),
        ('"another-servers"', set()),
        ('"3"', set()),
        ('""', set()),
        (TAG.replace("3-", "-3-"), set()),
        (TAG.replace("3-", "٣-"), set()),
        (TAG.replace("3-", "9" * 990 + "-"), set()),
        (TAG + " " * (MAX_TAGS - len(TAG)), {3}),
        (TAG[:-1] + '-gzip"', set()),
    ],
)
def test_the_versions_of_our_tags_are_wanted(field, versions):
    assert versions == wanted_versions(sent("If-Match", field))


@pytest.mark.parametrize("field", ["*", " * "])
def test_an_asterisk_wants_whichever_version_there_is(field):
    assert wanted_versions(sent("if-match", field)) is None


def test_a_change_without_the_header_is_refused():
    with pytest.raises(PreconditionRequiredError, match="send its ETag in If-Match"):
        wanted_versions(Request({"headers": {"If-None-Match": "*"}}))


@pytest.mark.parametrize(
    "field",
    [
        "",
        " ",
        ",",
        "3",
        TAG.strip('"'),
        TAG[:-1],
        TAG[1:],
        f"{TAG} {TAG}",
        f"*, {TAG}",
        "**",
        "w" + TAG,
        '"a b"',
        TAG + " " * (MAX_TAGS + 1 - len(TAG)),
    ],
)
def test_a_malformed_header_is_refused_by_name(field):
    with pytest.raises(InvalidParameterError, match=r"^If-Match must be "):
        wanted_versions(sent("If-Match", field))


# --- Laws -------------------------------------------------------------------------------------------------------------

OPAQUE = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='" '), max_size=6)
VERSIONS = st.integers(0, 10**15 - 1)
SPACE = st.text(" \t", max_size=2)


@st.composite
def lists(draw, opaque):
    """Draw entity tags, and a header field that lists them in one of the ways that RFC 9110 §5.6.1.2 lets pass."""
    tags = draw(st.lists(opaque, min_size=1, max_size=5))
    field = draw(st.sampled_from(["", ",", " ,"]))
    for tag in tags:
        element = draw(st.sampled_from(["", "W/"])) + f'"{tag}"'
        field += draw(SPACE) + element + draw(SPACE) + draw(st.sampled_from([",", ",,", ", ,"]))
    return tags, field if draw(st.booleans()) else field.rstrip(", \t")


@given(lists(OPAQUE | st.just(TAG.strip('"'))), OPAQUE)
def test_a_list_holds_the_tags_that_are_in_it_and_no_others(drawn, other):
    tags, field = drawn
    for tag in tags:
        assert is_unchanged(sent("If-None-Match", field), f'"{tag}"')
    assert (other in tags) == is_unchanged(sent("If-None-Match", field), f'"{other}"')


@given(lists(st.builds(lambda version: entity_tag(version, Shown("a")).strip('"'), VERSIONS)))
def test_every_version_in_a_list_is_wanted(drawn):
    tags, field = drawn
    assert {int(tag.partition("-")[0]) for tag in tags} == wanted_versions(sent("If-Match", field))


@given(st.text(st.sampled_from('"W/*, \t3-a\n\x00é\ud800'), max_size=30))
@example(" " * 10_000 + "x")
@example(f"{TAG}, " * 200 + "x")
@example('"' + "a" * 10_000)
def test_no_text_is_a_defect(field):
    assert is_unchanged(sent("If-None-Match", field), TAG) in (True, False)
    with suppress(InvalidParameterError):
        assert isinstance(wanted_versions(sent("If-Match", field)), frozenset | None)
