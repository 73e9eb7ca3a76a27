"""The catalogue of indices as data: what each says, its formula, bounds, source and caveat."""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.words import N_


@dataclass(frozen=True)
class Index:
    """One index; title, formula, bounds and caveat are message ids."""

    id: str
    title: str
    formula: str
    bounds: str
    source: str
    caveat: str


_SMALL = N_(
    "Small areas and small groups push this index up even where people live by chance. Compare only the same area "
    "level, and never rank areas by it."
)

ALL: tuple[Index, ...] = (
    Index(
        "dissimilarity",
        N_("Dissimilarity"),
        N_("Half the sum over all areas of |share of the group − share of those without migration background|."),
        N_("0 (same distribution) to 1 (completely apart)"),
        "Duncan & Duncan 1955, American Sociological Review 20",
        _SMALL,
    ),
    Index(
        "segregation_index",
        N_("Segregation index"),
        N_("Half the sum over all areas of |share of the group − share of everyone else|."),
        N_("0 (same distribution) to 1 (completely apart)"),
        "Duncan & Duncan 1955, American Sociological Review 20",
        _SMALL,
    ),
    Index(
        "isolation",
        N_("Isolation"),
        N_("Sum over all areas of the group's share living there times the group's share of the residents there."),
        N_("Share of the group in the areas that enter to 1"),
        "Bell 1954, Social Forces 32; Massey & Denton 1988, Social Forces 67",
        N_("Depends on the size of the group: a large group meets itself more often wherever it lives."),
    ),
    Index(
        "location_quotient",
        N_("Location quotient"),
        N_("Share of the group in the area divided by its share in the town."),
        N_("0 upwards; 1 means the average of the town"),
        "Isard 1960, Methods of Regional Analysis",
        N_("A high quotient can rest on few people; read it together with the number of residents."),
    ),
    Index(
        "entropy_diversity",
        N_("Diversity (entropy)"),
        N_("−Σ p ln p over the groups, divided by the logarithm of their number."),
        N_("0 (one group only) to 1 (all groups of equal size)"),
        "Shannon 1948, Bell System Technical Journal 27; Theil 1972, Statistical Decomposition Analysis",
        N_("Says how mixed an area is, not how people live together. Hidden groups count as one."),
    ),
)


def index(id: str) -> Index:
    """The index of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


_BY_ID = {entry.id: entry for entry in ALL}
