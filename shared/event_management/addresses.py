"""E-mail addresses: kept as entered, compared normalised."""

import re
import unicodedata
from typing import Final

import msgspec

from event_management.errors import InvalidValueError

ADDRESS_RULE: Final = 1
"""Version of the rule below; stored with every item that holds a normalised address or an id derived from one."""

_LONGEST_ADDRESS: Final = 254
_LONGEST_LOCAL_PART: Final = 64

_ATEXT: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
# What Unicode calls default-ignorable without making it a format character, and what renders as a blank or a box.
_UNSEEN: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\ufffd\U0001d159"
)
_VARIATION_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


class EmailAddress(msgspec.Struct, frozen=True):
    """An address that mail could reach by its form; nothing says that it does."""

    entered: str
    """As entered, without the white space around it: to show, and to send mail to."""
    normalised: str
    """To compare and to derive ids from: domain in lower-case A-labels, local part in NFC and lower case."""

    def __repr__(self) -> str:
        """Without the address: it must not reach a log or a traceback."""
        return "EmailAddress(...)"


def parse_address(text: str) -> EmailAddress:
    """Read one address; `parse_address(a.normalised).normalised == a.normalised`.

    - Lengths by RFC 5321 (section 4.5.3.1) in UTF-8, as entered and normalised: 64 before the `@`, 254 in all.
    - Local part: RFC 5322 dot-atom, with RFC 6531 characters but none that cannot be seen; no quoted local parts.
      Lower-cased, never case-folded: `straße` and `strasse` are two people.
    - Domain: a name of two labels or more by IDNA 2008 and UTS 46, non-transitional, with STD3 rules; no IP address.

    Raises `InvalidValueError`, whose text never holds the address.
    """
    entered = text.strip()
    local_part, at, domain = entered.partition("@")
    if not at or "@" in domain:
        raise InvalidValueError("must be an e-mail address with exactly one @, such as name@example.com")
    _check_length(local_part, domain)
    normalised_local_part, normalised_domain = _normalise_local_part(local_part), _normalise_domain(domain)
    _check_length(normalised_local_part, normalised_domain)
    return EmailAddress(entered, f"{normalised_local_part}@{normalised_domain}")


def _check_length(local_part: str, domain: str) -> None:
    local_bytes = _octets(local_part)
    if local_bytes > _LONGEST_LOCAL_PART or local_bytes + 1 + _octets(domain) > _LONGEST_ADDRESS:
        raise InvalidValueError(
            f"must be at most {_LONGEST_ADDRESS} bytes long in UTF-8, with at most {_LONGEST_LOCAL_PART} before the @"
        )


def _octets(text: str) -> int:
    # A lone surrogate, which JSON can carry, is refused further down.
    return len(text.encode("utf-8", "surrogatepass"))


def _normalise_local_part(local_part: str) -> str:
    if not local_part.isascii():
        local_part = unicodedata.normalize("NFC", local_part)
    for atom in local_part.split("."):
        if not atom or unicodedata.category(atom[0]).startswith("M") or not all(map(_is_atom_text, atom)):
            raise InvalidValueError(
                "must have letters, digits and any of !#$%&'*+-/=?^_`{|}~ before the @, with single dots between; "
                "no quotes, spaces, brackets or invisible characters"
            )
    # Some letters are composed in lower case alone (ǰ), so compose again.
    return unicodedata.normalize("NFC", local_part.lower())


def _is_atom_text(char: str) -> bool:
    """RFC 5322 `atext`, or a visible character beyond ASCII that does not stand in for any ASCII but `atext`."""
    if char.isascii():
        return char in _ATEXT
    if unicodedata.category(char) in _UNSEEN_CATEGORIES or char in _UNSEEN:
        return False
    if any(ord(char) in selectors for selectors in _VARIATION_SELECTORS):
        return False
    return all(c in _ATEXT for c in unicodedata.normalize("NFKC", char) if c.isascii())


def _normalise_domain(domain: str) -> str:
    lowered = domain.lower()
    plain = domain.isascii() and "xn--" not in lowered
    normalised = _normalise_ascii_domain(lowered) if plain else _normalise_idna_domain(domain)
    labels = normalised.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        raise _domain_error()
    return normalised


def _normalise_ascii_domain(domain: str) -> str:
    """Do as `_normalise_idna_domain` does, for a lower-case domain without A-labels."""
    for label in domain.split("."):
        if label[2:4] == "--" or not re.fullmatch(_LABEL, label):
            raise _domain_error()
    return domain


def _normalise_idna_domain(domain: str) -> str:
    import idna  # noqa: PLC0415 - 3 ms of start-up that only such domains should cost

    try:
        normalised = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError:
        raise _domain_error() from None
    if normalised.endswith("."):
        raise _domain_error()
    return normalised


def _domain_error() -> InvalidValueError:
    return InvalidValueError(
        "must have a domain name of two labels or more after the @, such as example.com; IP addresses are not taken"
    )
