"""As whom a caller asks for a registration: by the manage code they send, else as an organiser."""

import pytest

from event_management.codes import Code, sign_manage, sign_ticket
from event_management.config import load_config
from event_management.errors import (
    InvalidManageCodeError,
    InvalidParameterError,
    InvalidTicketError,
    ManageCodeMissingError,
    TicketOfAnotherEventError,
)
from event_management.http.access import read_access, read_caller, read_manage_code, read_ticket_access
from event_management.http.request import Request
from event_management.models import Access
from event_management.roles import Caller
from event_management.signing import SigningKeys
from tests.gateway import proxy_event

EVENT, ASHA, USHA, SERIAL = "k3v7qzm2ab", "m4x2c7v5b3n6a2sd", "n5y3d6w4c2o7b4te", "d5k7m3p2q6s4y"
KEYS = SigningKeys({1: b"\x01" * 32}, 1)
OTHERS = SigningKeys({1: b"\x02" * 32}, 1)
OWN = Code(EVENT, ASHA, SERIAL)


def request(code=None, *, attendee_id=ASHA, claims=None):
    headers = {} if code is None else {"Manage-Code": code}
    path = {"event_id": EVENT, "attendee_id": attendee_id}
    return Request(proxy_event("GET", f"/events/{EVENT}/attendee/{attendee_id}", None, headers, path, claims))


def no_keys():
    raise AssertionError("nobody needs keys who has no code to check")


@pytest.fixture
def guarded(environment):
    environment.setenv("AUTH_MODE", "cognito")
    load_config.cache_clear()


def test_the_holder_of_a_code_is_known_by_its_serial():
    assert Access(serial=SERIAL) == read_access(request(sign_manage(OWN, KEYS)), lambda: KEYS)
    assert OWN == read_manage_code(request(sign_manage(OWN, KEYS)), lambda: KEYS)


REFUSED = {
    "of another event": sign_manage(OWN._replace(event_id="aaaaaaaaaa"), KEYS),
    "a ticket": sign_ticket(OWN, KEYS),
    "of another stack": sign_manage(OWN, OTHERS),
    "altered": sign_manage(OWN, KEYS)[:-2] + "AA",
    "no code": "please",
}


@pytest.mark.parametrize("code", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("claims", [None, {"sub": "asha"}])
def test_a_code_that_is_not_this_events_is_refused_whoever_sends_it(guarded, code, claims):
    for read in (read_access, read_manage_code):
        with pytest.raises(InvalidManageCodeError):
            read(request(code, claims=claims), lambda: KEYS)


@pytest.mark.parametrize("claims", [None, {"sub": "asha"}])
def test_a_code_of_another_person_is_refused_where_the_path_names_one(guarded, claims):
    code = sign_manage(OWN._replace(attendee_id=USHA), KEYS)
    with pytest.raises(InvalidManageCodeError):
        read_access(request(code, claims=claims), lambda: KEYS)
    assert USHA == read_manage_code(request(code, claims=claims), lambda: KEYS).attendee_id


@pytest.mark.parametrize("code", ["é", "a\x00b", "a\nb"])
def test_a_code_that_no_header_holds_is_a_bad_parameter(code):
    with pytest.raises(InvalidParameterError):
        read_access(request(code), lambda: KEYS)


@pytest.mark.parametrize("code", [None, "", "  "])
def test_without_a_code_it_is_an_organiser_who_asks(guarded, code):
    assert Access(caller=Caller("asha")) == read_access(request(code, claims={"sub": "asha"}), no_keys)
    assert None is read_manage_code(request(code), no_keys)


@pytest.mark.parametrize("claims", [None, {}, {"sub": ""}, {"email": "asha@example.com"}])
def test_without_a_code_and_without_claims_nobody_asks(guarded, claims):
    with pytest.raises(ManageCodeMissingError, match="Manage-Code"):
        read_access(request(claims=claims), no_keys)
    with pytest.raises(ManageCodeMissingError, match="Manage-Code"):
        read_caller(request(claims=claims))


def test_in_open_mode_whoever_has_no_code_asks_as_the_organiser():
    assert Access(caller=Caller("anonymous")) == read_access(request(), no_keys)


def test_in_open_mode_too_who_has_a_code_asks_as_its_holder():
    assert Access(serial=SERIAL) == read_access(request(sign_manage(OWN, KEYS)), lambda: KEYS)


def drawing(ticket, *, claims=None):
    path = {"event_id": EVENT, "attendee_id": ASHA}
    url = f"/events/{EVENT}/attendee/{ASHA}/ticket.svg?ticket={ticket}"
    return Request(proxy_event("GET", url, None, {}, path, claims))


@pytest.mark.parametrize("claims", [None, {"sub": "asha"}])
def test_a_ticket_shows_itself_alone(guarded, claims):
    assert Access(serial=SERIAL) == read_ticket_access(drawing(sign_ticket(OWN, KEYS), claims=claims), lambda: KEYS)
    refused = {
        sign_ticket(OWN._replace(event_id="aaaaaaaaaa"), KEYS): TicketOfAnotherEventError,
        sign_ticket(OWN._replace(attendee_id=USHA), KEYS): InvalidTicketError,
        sign_ticket(OWN, OTHERS): InvalidTicketError,
        sign_manage(OWN, KEYS): InvalidTicketError,
        "": InvalidTicketError,
    }
    for ticket, error in refused.items():
        with pytest.raises(error):
            read_ticket_access(drawing(ticket, claims=claims), lambda: KEYS)
