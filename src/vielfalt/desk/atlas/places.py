"""What a municipality's key and size tell: its Land, and the class that planners put it into."""

from __future__ import annotations

from vielfalt.words import N_

_LAENDER = {
    "01": "Schleswig-Holstein",
    "02": "Hamburg",
    "03": "Niedersachsen",
    "04": "Bremen",
    "05": "Nordrhein-Westfalen",
    "06": "Hessen",
    "07": "Rheinland-Pfalz",
    "08": "Baden-Württemberg",
    "09": "Bayern",
    "10": "Saarland",
    "11": "Berlin",
    "12": "Brandenburg",
    "13": "Mecklenburg-Vorpommern",
    "14": "Sachsen",
    "15": "Sachsen-Anhalt",
    "16": "Thüringen",
}
"""The first two digits of the official municipality key (Destatis, Gemeindeverzeichnis)."""
_CLASSES = ((100_000, N_("large town")), (20_000, N_("medium-sized town")), (5_000, N_("small town")))
"""From how many residents a town counts as large, medium-sized, small (BBSR, Stadt- und Gemeindetypen)."""


def land(ags: str) -> str:
    """The name of the Land of a municipality key; "–" for a key of no Land, as invented towns have."""
    return _LAENDER.get(ags[:2], "–")


def size_class(residents: int) -> str:
    """The class of a municipality by its residents, as a message id."""
    return next((name for least, name in _CLASSES if residents >= least), N_("rural municipality"))
