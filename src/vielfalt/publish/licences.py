"""The licences under which towns publish: those that GovData recommends (DCAT-AP.de, list of licences)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_BASE = "http://dcat-ap.de/def/licenses/"


@dataclass(frozen=True)
class Licence:
    """A licence: its name in release packages, its title, its text, its URI in catalogues, whether names are due."""

    id: str
    title: str
    text: str
    uri: str
    by_name: bool


LICENCES: Mapping[str, Licence] = {
    "dl-by": Licence(
        "dl-de/by-2-0",
        "Datenlizenz Deutschland – Namensnennung – Version 2.0",
        "https://www.govdata.de/dl-de/by-2-0",
        _BASE + "dl-by-de/2.0",
        True,
    ),
    "dl-zero": Licence(
        "dl-de/zero-2-0",
        "Datenlizenz Deutschland – Zero – Version 2.0",
        "https://www.govdata.de/dl-de/zero-2-0",
        _BASE + "dl-zero-de/2.0",
        False,
    ),
    "cc-by": Licence(
        "CC-BY-4.0",
        "Creative Commons Namensnennung 4.0 International (CC BY 4.0)",
        "https://creativecommons.org/licenses/by/4.0/",
        _BASE + "cc-by/4.0",
        True,
    ),
}


def known(licence: str) -> Licence | None:
    """The licence that a town names so, in whatever case; None for one of its own words."""
    return next((one for one in LICENCES.values() if one.id.lower() == licence.lower()), None)


def title(licence: str) -> str:
    """What a licence is called; one that nobody knows is named as the town names it."""
    found = known(licence)
    return found.title if found else licence
