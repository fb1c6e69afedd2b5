"""DynamoDB's attribute values from and to plain ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.keys import EXAMPLES
from event_management.store.attributes import from_attributes, to_attribute, to_attributes

NAMES = st.text(max_size=5)
PLAIN = st.text(max_size=20) | st.integers(-(10**37), 10**37) | st.booleans() | st.binary(max_size=20)
SETS = st.frozensets(st.integers(-(10**37), 10**37), min_size=1, max_size=5)
VALUES = PLAIN | SETS | st.dictionaries(NAMES, PLAIN | st.dictionaries(NAMES, PLAIN, max_size=2), max_size=3)


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        ("text", {"S": "text"}),
        ("", {"S": ""}),
        (0, {"N": "0"}),
        (-7, {"N": "-7"}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (b"\x00\xff", {"B": b"\x00\xff"}),
        ({"1": b"k", "n": 1}, {"M": {"1": {"B": b"k"}, "n": {"N": "1"}}}),
        ({}, {"M": {}}),
        (frozenset({0}), {"NS": ["0"]}),
        (frozenset({10, 9, -1}), {"NS": ["-1", "9", "10"]}),
    ],
)
def test_each_kind_of_value_has_its_type(value, attribute):
    assert attribute == to_attribute(value)
    assert {"a": value} == from_attributes({"a": attribute})


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_is_written_is_read(item):
    assert item == from_attributes(to_attributes(item))


@pytest.mark.parametrize("item", EXAMPLES.values(), ids=EXAMPLES)
def test_every_item_of_the_data_dictionary_can_be_written_and_read(item):
    assert item == from_attributes(to_attributes(item))


@pytest.mark.parametrize("value", [1.5, None, [1], {"a"}, {1}, frozenset(), object()])
def test_values_of_other_kinds_are_refused(value):
    with pytest.raises(TypeError, match=f"no attribute value for {type(value).__name__}"):
        to_attribute(value)


@pytest.mark.parametrize("attribute", [{"L": []}, {"SS": ["a"]}, {"NULL": True}])
def test_attributes_of_other_types_are_refused(attribute):
    with pytest.raises(TypeError, match=f"no plain value for an attribute of type {next(iter(attribute))}"):
        from_attributes({"a": attribute})
