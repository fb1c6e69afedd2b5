"""Windows, what is left of them, whom an IP address stands for, and the header fields that tell."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.limits import Limit, Quota, Window, client_of, rate_limit, rate_limit_policy

SECONDS = st.integers(1, 86_400)
INSTANTS = st.one_of(st.integers(0, 4_000_000_000), st.floats(0, 4e9))


@given(SECONDS, INSTANTS)
def test_every_instant_is_in_its_window(seconds, now):
    window = Limit("client", 1, seconds).window(now)
    assert window.begins <= now < window.ends
    assert seconds == window.ends - window.begins


@given(SECONDS, INSTANTS, INSTANTS)
def test_two_instants_share_a_window_or_theirs_do_not_meet(seconds, one, other):
    first, second = sorted(Limit("client", 1, seconds).window(now) for now in (one, other))
    assert first == second or first.ends <= second.begins


@given(SECONDS, INSTANTS)
def test_windows_follow_one_another(seconds, now):
    limit = Limit("client", 1, seconds)
    window = limit.window(now)
    assert Window(window.ends, window.ends + seconds) == limit.window(window.ends)


def test_windows_begin_in_1970():
    assert Window(1796050800, 1796051100) == Limit("client", 1, 300).window(1796051099.999)


@given(SECONDS, INSTANTS)
def test_a_wait_of_what_is_told_leads_into_the_next_window_and_hardly_further(seconds, now):
    limit = Limit("client", 1, seconds)
    resets_in = Quota.of(limit, 1, now).resets_in
    assert 1 <= resets_in <= seconds
    ends = limit.window(now).ends
    assert now + resets_in >= ends or isclose(now + resets_in, ends)
    assert now + resets_in - 1 < ends


@given(st.integers(1, 1000), st.integers(0, 2000))
def test_no_less_than_nothing_is_left(attempts, made):
    remaining = Quota.of(Limit("client", attempts, 300), made, 0).remaining
    assert remaining == (attempts - made if made < attempts else 0)


@pytest.mark.parametrize(
    ("source_ip", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("test-invoke-source-ip", "test-invoke-source-ip"),
        ("", ""),
    ],
)
def test_a_client_is_an_ipv4_address_or_the_network_of_an_ipv6_one(source_ip, expected):
    assert expected == client_of(source_ip)


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_whatever_a_customer_chooses_within_the_network_is_the_same_client(address, chosen):
    network = int(address) >> 64 << 64
    if network:  # else it may be an IPv4 address in the form of IPv6
        assert client_of(str(address)) == client_of(str(type(address)(network | chosen)))


def test_fields_are_lists_of_policies_by_name():
    quotas = [Quota(Limit("client", 100, 300), 99, 240), Quota(Limit("address", 5, 300), 0, 240)]
    assert '"client";r=99;t=240, "address";r=0;t=240' == rate_limit(quotas)
    assert '"client";q=100;w=300, "address";q=5;w=300' == rate_limit_policy(quota.limit for quota in quotas)
