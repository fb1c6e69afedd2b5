"""ISO codes and English names, everyday or official, lead to a country's zones."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management import countries
from event_management.countries import zones_of_country
from event_management.errors import InvalidValueError
from event_management.timezones import find_zone


def rows(table: str) -> list[list[str]]:
    lines = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


NAMES = dict(rows("iso3166.tab"))
WITHOUT_ZONES = {"BV", "HM"}


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("INDIA", ("Asia/Kolkata",)),
        ("India", ("Asia/Kolkata",)),
        ("in", ("Asia/Kolkata",)),
        (" IN ", ("Asia/Kolkata",)),
        ("DE", ("Europe/Berlin", "Europe/Busingen")),
        ("NZ", ("Pacific/Auckland", "Pacific/Chatham")),
        ("Bouvet Island", ()),
        ("hm", ()),
    ],
)
def test_country_has_its_zones(text: str, zones: tuple[str, ...]) -> None:
    assert zones == zones_of_country(text)


def test_every_code_has_the_zones_of_the_table_in_its_order() -> None:
    expected: dict[str, list[str]] = {code: [] for code in NAMES}
    for code, _, zone, *_ in rows("zone.tab"):
        expected[code].append(zone)
    assert expected == {code: [*zones_of_country(code.lower())] for code in NAMES}
    assert WITHOUT_ZONES == {code for code, zones in expected.items() if not zones}


def test_every_zone_of_a_country_is_a_zone() -> None:
    for code in NAMES:
        for zone in zones_of_country(code):
            assert zone == find_zone(zone).key


def test_every_name_and_alias_leads_to_its_own_country() -> None:
    aliases = [(alias, code) for code, listed in countries._ALIASES.items() for alias in listed.split(";")]
    for name, code in [*((name, code) for code, name in NAMES.items()), *aliases]:
        for written in (name, name.upper(), name.lower(), f"  the {name}. "):
            assert code == countries._codes()[countries._fold(written)], name


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("AE", "UAE|United Arab Emirates"),
        ("AG", "Antigua and Barbuda|Antigua & Barbuda"),
        ("AS", "American Samoa"),
        ("AX", "Åland Islands|Aland Islands|A\u030aland Islands"),
        ("BA", "Bosnia and Herzegovina|Bosnia-Herzegovina"),
        ("BL", "Saint Barthélemy|St. Barthelemy"),
        ("BO", "Bolivia|Bolivia (Plurinational State of)|Bolivia, Plurinational State of"),
        ("BQ", "Bonaire, Sint Eustatius and Saba|Caribbean Netherlands"),
        ("BS", "The Bahamas|Bahamas (the)"),
        ("CD", "DR Congo|Democratic Republic of the Congo|Congo (the Democratic Republic of the)|DRC"),
        ("CF", "Central African Republic"),
        ("CG", "Congo|Republic of the Congo|Congo (the)"),
        ("CI", "Ivory Coast|Côte d'Ivoire|Cote d’Ivoire|COTE D IVOIRE"),
        ("CV", "Cape Verde|Cabo Verde"),
        ("CW", "Curaçao|Curacao"),
        ("CZ", "Czechia|Czech Republic"),
        ("FK", "Falkland Islands (the) [Malvinas]|Falklands"),
        ("FM", "Micronesia|Micronesia (Federated States of)"),
        ("GB", "United Kingdom|UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland"),
        ("GB", "United Kingdom of Great Britain and Northern Ireland (the)"),
        ("GM", "The Gambia"),
        ("GS", "South Georgia and the South Sandwich Islands"),
        ("GW", "Guinea-Bissau|Guinea Bissau"),
        ("IE", "Ireland"),
        ("IR", "Iran|Iran (Islamic Republic of)|Iran, Islamic Republic of"),
        ("KN", "Saint Kitts and Nevis|St. Kitts & Nevis"),
        ("KP", "North Korea|Korea (the Democratic People's Republic of)|DPRK"),
        ("KR", "South Korea|Republic of Korea|Korea, Republic of|Korea (the Republic of)"),
        ("LA", "Laos|Lao People's Democratic Republic"),
        ("MD", "Moldova|Moldova, Republic of"),
        ("MF", "Saint Martin (French part)"),
        ("MK", "Macedonia|North Macedonia"),
        ("MM", "Myanmar|Burma"),
        ("MO", "Macao|Macau"),
        ("NL", "Netherlands|The Netherlands|Holland|Netherlands (Kingdom of the)"),
        ("PS", "Palestine|State of Palestine|Palestine, State of"),
        ("RE", "Réunion|Reunion"),
        ("RU", "Russia|Russian Federation"),
        ("SH", "Saint Helena, Ascension and Tristan da Cunha"),
        ("ST", "São Tomé and Príncipe|Sao Tome & Principe"),
        ("SX", "Sint Maarten (Dutch part)"),
        ("SY", "Syria|Syrian Arab Republic"),
        ("SZ", "Swaziland|Eswatini"),
        ("TC", "Turks and Caicos Islands"),
        ("TF", "French Southern Territories"),
        ("TL", "Timor-Leste|East Timor"),
        ("TR", "Turkey|Türkiye|TÜRKİYE"),
        ("TW", "Taiwan|Taiwan (Province of China)"),
        ("TZ", "Tanzania|United Republic of Tanzania"),
        ("US", "USA|U.S.A.|US|U.S.|United States|United States of America (the)"),
        ("VA", "Vatican|Vatican City|Holy See (the)"),
        ("VC", "Saint Vincent and the Grenadines"),
        ("VE", "Venezuela|Venezuela (Bolivarian Republic of)"),
        ("VG", "British Virgin Islands|Virgin Islands (British)"),
        ("VI", "US Virgin Islands|Virgin Islands (U.S.)"),
        ("VN", "Vietnam|Viet Nam"),
        ("WS", "Samoa|Western Samoa"),
    ],
)
def test_everyday_and_official_names_are_understood(code: str, names: str) -> None:
    for name in names.split("|"):
        assert zones_of_country(code) == zones_of_country(name), name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "the",
        "XX",
        "IND",
        "Atlantis",
        "Korea",
        "Virgin Islands",
        "Asia/Kolkata",
        "भारत",
        "IN\0DIA",
        "I" * 101,
        "India" + " " * 96,
    ],
)
def test_unknown_or_shared_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        zones_of_country(text)
    assert "must be an ISO 3166 alpha-2 code or an English country name, such as IN or India" == str(refused.value)


@given(st.text(max_size=200))
def test_any_text_is_a_country_or_an_invalid_value(text: str) -> None:
    try:
        zones = zones_of_country(text)
    except InvalidValueError:
        return
    assert zones == zones_of_country(text.upper())
