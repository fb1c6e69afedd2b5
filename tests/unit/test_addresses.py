"""An address is kept as entered and compared normalised: never two people as one, never one person as two by accident."""

import string
import unicodedata

import idna
import pytest
from hypothesis import assume, example, given, reject
from hypothesis import strategies as st

from event_management.addresses import ADDRESS_RULE, EmailAddress, parse_address
from event_management.errors import InvalidValueError

ATEXT = string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~"

SHAPE = "must be an e-mail address with exactly one @, such as name@example.com"
LENGTH = "must be at most 254 bytes long in UTF-8, with at most 64 before the @"
LOCAL_PART = (
    "must have letters, digits and any of !#$%&'*+-/=?^_`{|}~ before the @, with single dots between; "
    "no quotes, spaces, brackets or invisible characters"
)
DOMAIN = "must have a domain name of two labels or more after the @, such as example.com; IP addresses are not taken"


def normalised(text: str) -> str:
    return parse_address(text).normalised


def refusal(text: str) -> str | None:
    try:
        parse_address(text)
    except InvalidValueError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Lovelace@Example.COM", "ada.lovelace@example.com"),
        ("  ada@example.com\n", "ada@example.com"),
        (ATEXT[-20:] + "@example.com", ATEXT[-20:].lower() + "@example.com"),
        ("ada+tag@example.com", "ada+tag@example.com"),
        ("a@b.c", "a@b.c"),
        ("1@2.x3", "1@2.x3"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a@" + "b" * 63 + ".com", "a@" + "b" * 63 + ".com"),
        # local parts beyond ASCII (RFC 6531)
        ("Jos\u00e9@example.com", "jos\u00e9@example.com"),
        ("Jose\u0301@example.com", "jos\u00e9@example.com"),
        ("ÅNGSTRÖM@example.com", "ångström@example.com"),
        ("\u212bngström@example.com", "ångström@example.com"),
        ("\u212aelvin@example.com", "kelvin@example.com"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("straße@example.com", "straße@example.com"),
        ("STRA\u1e9eE@example.com", "straße@example.com"),
        ("\u0130stanbul@example.com", "i\u0307stanbul@example.com"),
        ("J\u030cana@example.com", "\u01f0ana@example.com"),  # composed in lower case alone
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("उपयोगकर्ता@उदाहरण.कॉम", "उपयोगकर्ता@xn--p1b6ci4b4b3a.xn--11b4c3d"),
        ("אבג@example.com", "אבג@example.com"),
        ("😀@example.com", "😀@example.com"),
        # domains beyond ASCII (IDNA 2008, UTS 46)
        ("a@M\u00dcNCHEN.de", "a@xn--mnchen-3ya.de"),
        ("a@mu\u0308nchen.de", "a@xn--mnchen-3ya.de"),
        ("a@xn--mnchen-3ya.de", "a@xn--mnchen-3ya.de"),
        ("a@XN--MNCHEN-3YA.DE", "a@xn--mnchen-3ya.de"),
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("a@strasse.de", "a@strasse.de"),
        ("a@ｅｘａｍｐｌｅ．ｃｏｍ", "a@example.com"),
        ("a@例え。テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("a@exam\u00adple.com", "a@example.com"),
        ("a@axn--b.com", "a@axn--b.com"),
    ],
)
def test_address_is_kept_as_entered_and_normalised(text: str, expected: str) -> None:
    address = parse_address(text)
    assert (text.strip(), expected) == (address.entered, address.normalised)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", SHAPE),
        ("ada", SHAPE),
        ("ada@home@example.com", SHAPE),
        ("ada@@example.com", SHAPE),
        ('"a@b"@example.com', SHAPE),
        ("@example.com", LOCAL_PART),
        (".ada@example.com", LOCAL_PART),
        ("ada.@example.com", LOCAL_PART),
        ("ada..b@example.com", LOCAL_PART),
        ('"ada"@example.com', LOCAL_PART),
        ("ada b@example.com", LOCAL_PART),
        ("ada\t@example.com", LOCAL_PART),
        ("ada\0@example.com", LOCAL_PART),
        ("ada\x7f@example.com", LOCAL_PART),
        ("ada(x)@example.com", LOCAL_PART),
        ("Ada <ada@example.com", LOCAL_PART),
        ("ada,bob@example.com", LOCAL_PART),
        ("ada:b@example.com", LOCAL_PART),
        ("ada;b@example.com", LOCAL_PART),
        ("ada\\b@example.com", LOCAL_PART),
        ("[ada]@example.com", LOCAL_PART),
        ("ad\u00ada@example.com", LOCAL_PART),
        ("ad\u200ba@example.com", LOCAL_PART),
        ("ad\u200da@example.com", LOCAL_PART),
        ("ad\u202ea@example.com", LOCAL_PART),
        ("\ufeffada@example.com", LOCAL_PART),
        ("ad\u00a0a@example.com", LOCAL_PART),
        ("ad\u3000a@example.com", LOCAL_PART),
        ("ad\u2028a@example.com", LOCAL_PART),
        ("ad\ud800a@example.com", LOCAL_PART),
        ("ad\ue000a@example.com", LOCAL_PART),
        ("ad\uffffa@example.com", LOCAL_PART),
        ("ad\u0378a@example.com", LOCAL_PART),
        ("ad\u034fa@example.com", LOCAL_PART),
        ("ad\u3164a@example.com", LOCAL_PART),
        ("ad\ufe0fa@example.com", LOCAL_PART),
        ("ad\U000e0100a@example.com", LOCAL_PART),
        ("ad\u2800a@example.com", LOCAL_PART),
        ("ad\ufffca@example.com", LOCAL_PART),
        ("\u0301ada@example.com", LOCAL_PART),
        ("ada.\u0301b@example.com", LOCAL_PART),
        ("ad\u037ea@example.com", LOCAL_PART),  # becomes ; in NFC
        ("ad\u2024a@example.com", LOCAL_PART),  # one dot leader
        ("ad\uff20a@example.com", LOCAL_PART),  # fullwidth @
        ("ad\u2026a@example.com", LOCAL_PART),  # ellipsis
        ("ada@", DOMAIN),
        ("ada@localhost", DOMAIN),
        ("ada@.example.com", DOMAIN),
        ("ada@example..com", DOMAIN),
        ("ada@example.com.", DOMAIN),
        ("ada@例え。テスト。", DOMAIN),
        ("ada@-example.com", DOMAIN),
        ("ada@example-.com", DOMAIN),
        ("ada@ex_ample.com", DOMAIN),
        ("ada@exa mple.com", DOMAIN),
        ("ada@example.com>", DOMAIN),
        ("ada@ab--cd.com", DOMAIN),
        ("ada@" + "b" * 64 + ".com", DOMAIN),
        ("ada@127.0.0.1", DOMAIN),
        ("ada@１２７．0.0.1", DOMAIN),
        ("ada@[127.0.0.1]", DOMAIN),
        ("ada@[IPv6:::1]", DOMAIN),
        ("ada@xn--.com", DOMAIN),
        ("ada@xn--a.com", DOMAIN),
        ("ada@xn--mnchen-3ya-.de", DOMAIN),
        ("ada@a\u202eb.com", DOMAIN),
        ("ada@a\u200db.com", DOMAIN),
        ("ada@\u0301a.com", DOMAIN),
        ("ada@\ud800.com", DOMAIN),
        ("ada@a\uff01b.com", DOMAIN),
        ("a" * 65 + "@example.com", LENGTH),
        ("é" * 33 + "@example.com", LENGTH),
        ("\u023a" * 32 + "@example.com", LENGTH),  # 64 bytes as entered, 96 in lower case
        ("a" * 64 + "@" + ("b" * 60 + ".") * 3 + "b" * 10, LENGTH),
        pytest.param("a" * 1_000_000, SHAPE, id="a million letters"),
        pytest.param("a@" + "b." * 500_000, LENGTH, id="half a million labels"),
    ],
)
def test_address_is_refused_with_the_mend(text: str, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        parse_address(text)
    assert reason == str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


# DerivedCoreProperties.txt, Default_Ignorable_Code_Point
DEFAULT_IGNORABLE = (
    "AD 34F 61C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 "
    "1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)


def test_no_invisible_character_slips_into_a_local_part() -> None:
    for bounds in DEFAULT_IGNORABLE.split():
        first, _, last = bounds.partition("-")
        for code_point in range(int(first, 16), int(last or first, 16) + 1):
            with pytest.raises(InvalidValueError):
                parse_address(f"ad{chr(code_point)}a@example.com")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße@example.com", "strasse@example.com"),
        ("ada@straße.de", "ada@strasse.de"),
        ("ﬁnn@example.com", "finn@example.com"),
        ("ада@example.com", "ada@example.com"),
        ("ada@example.com", "ada+tag@example.com"),
        ("ada@example.com", "a.da@example.com"),
        ("ıda@example.com", "ida@example.com"),
    ],
)
def test_two_people_stay_two(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_longest_address_has_254_bytes_and_no_more() -> None:
    longest = "a" * 64 + "@" + ".".join(["b" * 63, "b" * 63, "b" * 61])
    assert 254 == len(normalised(longest))
    with pytest.raises(InvalidValueError) as refused:
        parse_address(longest + "b")
    assert LENGTH == str(refused.value)


def test_address_stays_out_of_logs() -> None:
    assert "EmailAddress(...)" == repr(parse_address("ada@example.com")) == f"{parse_address('ada@example.com')}"


def test_rule_version_changes_only_with_a_decision() -> None:
    assert (1, EmailAddress("A@b.de", "a@b.de")) == (ADDRESS_RULE, parse_address("A@b.de"))


# --- laws ------------------------------------------------------------------------------------------------------------

visible = st.characters(exclude_categories=("C", "Z"), exclude_characters='@."(),:;<>[]\\')
atoms = st.text(st.sampled_from(ATEXT) | visible, min_size=1, max_size=8)
local_parts = st.lists(atoms, min_size=1, max_size=3).map(".".join)
labels = st.text(st.sampled_from(string.ascii_letters + string.digits + "-") | visible, min_size=1, max_size=8)
domains = st.lists(labels, min_size=1, max_size=3).map(lambda parts: ".".join([*parts, "com"]))
ascii_domains = st.lists(
    st.text("aAzZ09-_xn", max_size=6) | st.sampled_from(["xn--mnchen-3ya", "XN--a", "0", "127", "a" * 63, "b" * 64]),
    min_size=1,
    max_size=6,
).map(".".join)


@given(local_parts, domains)
@example("\u0130", "a")
@example("ΑΣ", "ΑΣ.gr")
def test_normalised_address_is_its_own_normal_form(local_part: str, domain: str) -> None:
    try:
        once = normalised(f"{local_part}@{domain}")
    except InvalidValueError:
        reject()
    assert once == normalised(once)
    assert unicodedata.is_normalized("NFC", once)
    assert once.rpartition("@")[2].isascii()


@given(st.text(ATEXT, min_size=1, max_size=64), st.from_regex(r"[a-z]{1,9}(\.[a-z]{2,9}){1,3}", fullmatch=True))
def test_case_of_ascii_never_makes_another_person(local_part: str, domain: str) -> None:
    address = f"{local_part}@{domain}"
    assert address.lower() == normalised(address) == normalised(address.upper()) == normalised(address.swapcase())


@given(local_parts)
def test_composed_and_decomposed_spellings_are_one_person(local_part: str) -> None:
    try:
        composed = normalised(unicodedata.normalize("NFC", local_part) + "@example.com")
        decomposed = normalised(unicodedata.normalize("NFD", local_part) + "@example.com")
    except InvalidValueError:
        reject()
    assert composed == decomposed


@given(ascii_domains)
def test_plain_domains_come_out_as_idna_has_them(domain: str) -> None:
    try:
        expected: str | None = idna.encode(domain, uts46=True, std3_rules=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        expected = None
    if expected and (expected.endswith(".") or "." not in expected or expected.rpartition(".")[2].isdigit()):
        expected = None
    try:
        actual: str | None = normalised(f"a@{domain}").removeprefix("a@")
    except InvalidValueError as refused:
        assume(LENGTH != str(refused))
        actual = None
    assert expected == actual


@given(st.text() | st.builds("{}@{}".format, st.text(), st.text()))
def test_any_text_is_an_address_or_an_invalid_value_that_does_not_repeat_it(text: str) -> None:
    assert refusal(text) in {None, SHAPE, LENGTH, LOCAL_PART, DOMAIN}
