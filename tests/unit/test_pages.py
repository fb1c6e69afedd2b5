"""The law of pages, apart from any store: whatever the sizes, a walk meets everybody once and in order."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.errors import InvalidParameterError
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.signing import SigningKeys

KEYS = SigningKeys({1: b"k" * 32}, 1)


def ask(query, **options):
    return PageRequest(Request({"queryStringParameters": query}), ("list",), lambda: KEYS, 10, **options)


def read(people, request):
    """Return what a store returns: up to as many as wanted, after the position."""
    return [(name, name) for name in people if request.after is None or name > request.after][: request.wanted]


@given(st.integers(0, 60), st.integers(1, 100), st.lists(st.integers(0, 3), max_size=60))
def test_a_walk_of_any_page_size_meets_everybody_once_while_others_come(number, limit, newcomers):
    people = [f"{n:05}" for n in range(number)]
    query, walked, arrivals = {"limit": str(limit)}, [], iter(newcomers)
    while True:
        request = ask(query)
        page = request.cut(read(people, request))
        assert len(page.items) <= limit
        walked += page.items
        people += [f"{len(people) + n:05}" for n in range(next(arrivals, 0))]
        if page.next_token is None:
            break
        query = dict(parse_qsl(page.headers["Link"].split(">")[0].removeprefix("<?")))
        assert {"limit": str(limit), "next_token": page.next_token} == query
    assert people[: len(walked)] == walked
    assert len(walked) >= number


@given(st.integers(0, 60), st.integers(1, 12))
def test_pages_by_number_are_the_same_as_pages_by_token(number, limit):
    people = [f"{n:05}" for n in range(number)]
    walked = []
    for page in range(1, number // limit + 2):
        request = ask({"limit": str(limit), "page": str(page)}, numbered=True)
        cut = request.cut(read(people, request))
        assert (cut.next_token is not None) == (page * limit < number)
        walked += cut.items
    assert people == walked


@given(st.integers(0, 20), st.integers(1, 10), st.integers(1, 20))
def test_a_page_is_cut_to_what_one_answer_holds_and_to_no_more_than_asked_for(number, limit, most):
    people = [f"{n:05}" for n in range(number)]
    request = ask({"limit": str(limit)})
    page = request.cut(read(people, request), most)
    assert people[: min(limit, most)] == page.items
    assert (page.next_token is not None) == (number > min(limit, most))


def test_a_list_may_have_longer_pages_than_others():
    assert 5000 == ask({"limit": "5000"}, max_limit=5000).limit
    for limit in ("101", "5000"):
        with pytest.raises(InvalidParameterError, match=r"^limit must be a whole number from 1 to 100\.$"):
            ask({"limit": limit})
