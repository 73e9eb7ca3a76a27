"""One index as data: what it says, how it is computed, where it comes from, and what others make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vielfalt.words import N_

Family = Literal["evenness", "exposure", "concentration", "centralisation", "clustering", "multigroup", "local"]
FAMILIES: Mapping[Family, str] = {
    "evenness": N_("Evenness"),
    "exposure": N_("Exposure"),
    "concentration": N_("Concentration"),
    "centralisation": N_("Centralisation"),
    "clustering": N_("Clustering"),
    "multigroup": N_("All groups together"),
    "local": N_("By area"),
}
"""The families after Massey and Denton 1988, and their titles."""


@dataclass(frozen=True)
class Index:
    """One index. Title, formula (in words), bounds, caveat, peers and undefined are message ids; so are symbols, the
    formula itself, where words stand beside it, after a gap.

    ``least`` and ``most`` are the firm bounds, null where there is none. ``undefined``: when there is no value.
    ``peers`` says what users of PySAL
    segregation 2.5.4, OasisR and the R packages segregation and seg get.
    """

    id: str
    family: Family
    title: str
    formula: str
    symbols: str
    bounds: str
    least: float | None
    most: float | None
    source: str
    caveat: str
    peers: str
    undefined: str
