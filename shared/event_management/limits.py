"""How often one may try to register: fixed windows of time, and the header fields that tell of them.

The fields are those of an Internet-Draft, which may yet change: Structured Fields (RFC 9651), lists of policies by name,
with `q` attempts in a window of `w` seconds, of which `r` are left for `t` seconds.
https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.txt
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import NamedTuple

_CLIENTS_BITS = 64
"""Of an IPv6 address: what a network gives one of its customers at least (RFC 6177), who chooses the rest at will."""


class Window(NamedTuple):
    """A window of time in whole seconds since 1970: from `begins` up to `ends`, which is the next one's."""

    begins: int
    ends: int


class Limit(NamedTuple):
    """So many attempts in each window of so many seconds. Windows follow one another from 1970 on."""

    policy: str
    """Whose attempts are counted together: `client` or `address`."""
    attempts: int
    seconds: int

    def window(self, now: float) -> Window:
        """Return the window that an instant falls into, in seconds since 1970."""
        begins = int(now // self.seconds) * self.seconds
        return Window(begins, begins + self.seconds)


class Quota(NamedTuple):
    """What a limit leaves."""

    limit: Limit
    remaining: int
    resets_in: int
    """Seconds, at least one: when they have passed, so has the window."""

    @classmethod
    def of(cls, limit: Limit, made: int, now: float) -> "Quota":
        """Return what is left after so many attempts in the current window."""
        return cls(limit, max(0, limit.attempts - made), ceil(limit.window(now).ends - now))


def client_of(source_ip: str) -> str:
    """Return whom an IP address stands for: itself, or the /64 network of an IPv6 one.

    What is no address is returned as it is.
    """
    try:
        address = ip_address(source_ip)
    except ValueError:
        return source_ip
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    network = int(address) >> (128 - _CLIENTS_BITS) << (128 - _CLIENTS_BITS)
    return f"{IPv6Address(network)}/{_CLIENTS_BITS}"


def rate_limit(quotas: Iterable[Quota]) -> str:
    """`"client";r=99;t=240, "address";r=4;t=240`: the field `RateLimit`."""
    return ", ".join(f'"{quota.limit.policy}";r={quota.remaining};t={quota.resets_in}' for quota in quotas)


def rate_limit_policy(limits: Iterable[Limit]) -> str:
    """`"client";q=100;w=300, "address";q=5;w=300`: the field `RateLimit-Policy`."""
    return ", ".join(f'"{limit.policy}";q={limit.attempts};w={limit.seconds}' for limit in limits)
