"""Roles: who may do what with an event."""

from itertools import product
from typing import get_args

import pytest

from event_management.errors import EventNotFoundError, RoleMissingError
from event_management.roles import Caller, Role, check_role, find_role

ROLES = get_args(Role)
SENSE = list(product(enumerate(ROLES), enumerate(ROLES)))


@pytest.mark.parametrize(
    ("caller", "membership", "role"),
    [
        (Caller("usha"), None, None),
        (Caller("usha"), "helper", "helper"),
        (Caller("usha"), "organiser", "organiser"),
        (Caller("asha"), None, "owner"),
        (Caller("asha"), "helper", "owner"),
        (Caller("usha", is_admin=True), None, "admin"),
        (Caller("usha", is_admin=True), "helper", "admin"),
        (Caller("asha", is_admin=True), None, "admin"),
    ],
)
def test_a_caller_has_the_highest_of_their_roles(caller, membership, role):
    assert role == find_role(caller, "asha", membership)


@pytest.mark.parametrize(("has", "least"), SENSE, ids=[f"{has[1]} where {least[1]} is asked" for has, least in SENSE])
def test_each_role_may_do_all_that_those_before_it_may(has, least):
    if has[0] >= least[0]:
        assert has[1] == check_role(has[1], least[1])
    else:
        with pytest.raises(RoleMissingError, match=f"takes the role {least[1]} "):
            check_role(has[1], least[1])


@pytest.mark.parametrize("least", ROLES)
def test_who_has_no_role_does_not_learn_that_the_event_is_there(least):
    with pytest.raises(EventNotFoundError):
        check_role(None, least)
