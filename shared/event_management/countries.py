"""The time zones of a country, from tzdata's own tables `iso3166.tab` and `zone.tab`."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from event_management.errors import InvalidValueError

_LONGEST_NAME: Final = 100

_ALIASES: Final = {
    "AE": "UAE; Emirates",
    "AG": "Antigua",
    "AX": "Aland",
    "BA": "Bosnia",
    "BL": "Saint Barts",
    "BN": "Brunei Darussalam",
    "BO": "Plurinational State of Bolivia",
    "BQ": "Bonaire; Bonaire, Sint Eustatius and Saba; Caribbean Netherlands",
    "BV": "Bouvet",
    "CC": "Cocos Islands; Keeling Islands",
    "CD": "DRC; DR Congo; Congo, Democratic Republic of the; Congo-Kinshasa; Zaire",
    "CF": "Central African Republic",
    "CG": "Congo; Republic of the Congo; Congo-Brazzaville",
    "CI": "Ivory Coast",
    "CN": "PRC; People's Republic of China",
    "CV": "Cabo Verde",
    "CZ": "Czechia; Czech Republic",
    "FK": "Falklands; Falkland Islands (Malvinas)",
    "FM": "Federated States of Micronesia",
    "FO": "Faroes; Faeroe Islands",
    "GB": "United Kingdom; UK; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; "
    "United Kingdom of Great Britain and Northern Ireland",
    "GS": "South Georgia",
    "HK": "Hongkong; Hong Kong SAR",
    "HM": "Heard and McDonald Islands",
    "IE": "Eire; Republic of Ireland",
    "IR": "Islamic Republic of Iran",
    "KG": "Kyrgyz Republic",
    "KN": "Saint Kitts",
    "KP": "North Korea; DPRK; Democratic People's Republic of Korea",
    "KR": "South Korea; Republic of Korea",
    "LA": "Lao PDR; Lao People's Democratic Republic",
    "MD": "Republic of Moldova",
    "MF": "Saint Martin; Saint Martin (French part)",
    "MK": "Macedonia; Republic of North Macedonia",
    "MM": "Myanmar; Burma",
    "MO": "Macao; Macau SAR",
    "NL": "Holland; Kingdom of the Netherlands",
    "PN": "Pitcairn Islands",
    "PS": "State of Palestine; Palestinian Territories; Occupied Palestinian Territory",
    "RU": "Russian Federation",
    "SH": "Saint Helena, Ascension and Tristan da Cunha",
    "SJ": "Svalbard",
    "SK": "Slovak Republic",
    "SX": "Sint Maarten; Sint Maarten (Dutch part); Saint Maarten",
    "SY": "Syrian Arab Republic",
    "SZ": "Eswatini; Swaziland",
    "TC": "Turks and Caicos; Turks and Caicos Islands",
    "TF": "French Southern Territories",
    "TL": "Timor-Leste; East Timor",
    "TR": "Turkey; Türkiye",
    "TT": "Trinidad",
    "TW": "Taiwan, Province of China",
    "TZ": "United Republic of Tanzania",
    "UM": "United States Minor Outlying Islands",
    "US": "USA; United States of America; America",
    "VA": "Vatican; Vatican City State; Holy See",
    "VC": "Saint Vincent and the Grenadines",
    "VE": "Bolivarian Republic of Venezuela",
    "VG": "British Virgin Islands",
    "VI": "United States Virgin Islands",
    "VN": "Viet Nam",
    "WS": "Samoa",
}
"""Everyday English and ISO 3166 names where the table's differ; some repeat it, should it change its mind."""

_MUTE_WORDS: Final = frozenset({"the", "of", "and"})


def zones_of_country(text: str) -> tuple[str, ...]:
    """List the IANA zones of a country in the order of `zone.tab`, such as `("Asia/Kolkata",)` for `INDIA`.

    `text` is an ISO 3166 alpha-2 code or an English name: case, accents, punctuation, `&` or `and`, `St` or `Saint`
    and the order of the words do not matter. Several zones decide nothing for the caller; nor does the empty tuple, for
    a country where nobody lives (Bouvet Island, Heard Island).

    Raises `InvalidValueError` for an unknown one, and for a name that several share (Korea, Virgin Islands).
    """
    code = _codes().get(_fold(text)) if len(text) <= _LONGEST_NAME else None
    if code is None:
        raise InvalidValueError("must be an ISO 3166 alpha-2 code or an English country name, such as IN or India")
    return _zones().get(code, ())


@cache
def _codes() -> dict[frozenset[str], str]:
    """Alpha-2 codes by folded code, name and alias."""
    names = dict(_rows("iso3166.tab", 2))
    codes = {_fold(name): code for code, name in names.items()}
    codes |= {_fold(alias): code for code, aliases in _ALIASES.items() for alias in aliases.split(";")}
    return codes | {_fold(code): code for code in names}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """IANA zones by alpha-2 code."""
    zones: dict[str, tuple[str, ...]] = {}
    for code, _coordinates, zone in _rows("zone.tab", 3):
        zones[code] = (*zones.get(code, ()), zone)
    return zones


def _rows(table: str, columns: int) -> Iterator[list[str]]:
    for line in files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")[:columns]


def _fold(text: str) -> frozenset[str]:
    """Take the words that tell countries apart, in any order: `Korea (South)` and `South Korea` are the same."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c) and c != ".").lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return frozenset("st" if word == "saint" else word for word in words) - _MUTE_WORDS
