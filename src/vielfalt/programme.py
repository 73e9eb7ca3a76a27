"""The table programme, declared as data: which tables exist, what they count, and how they refine each other.

A table refines its ``parent``: every category of it lies in exactly one category of the parent, so the parent's
figures are its margins. Disclosure control protects such a chain as one. Crossings have two dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable

from vielfalt import codes, movement_programme
from vielfalt.table import Table
from vielfalt.words import N_

ALL: tuple[Table, ...] = (
    Table("residents", N_("Residents"), (), ("residents",)),
    Table(
        "foreigner",
        N_("Germans and foreigners"),
        ("foreigner",),
        ("residents", "foreigner"),
        parent="residents",
    ),
    Table(
        "nationality_group",
        N_("Nationality: country groups"),
        ("nationality_group",),
        ("residents", "foreigner"),
        parent="foreigner",
    ),
    Table(
        "nationality",
        N_("Nationality"),
        ("nationality",),
        ("residents", "foreigner"),
        parent="nationality_group",
    ),
    Table(
        "mh_register",
        N_("Migration background"),
        ("mh_register",),
        ("residents", "mh_register"),
        parent="residents",
    ),
    Table(
        "mh_group",
        N_("Foreigners and Germans with migration background"),
        ("mh_group",),
        ("residents", "mh_register", "foreigner"),
        parent="mh_register",
    ),
    Table(
        "migration_status",
        N_("Migration status"),
        ("migration_status",),
        ("residents", "mh_register"),
        parent="mh_group",
    ),
    Table(
        "migration_rule",
        N_("Which rule decided"),
        ("migration_rule",),
        ("residents", "mh_register"),
        parent="migration_status",
        town_only=True,
    ),
    Table(
        "reference_group",
        N_("Reference country: country groups"),
        ("reference_group",),
        ("residents", "mh_register"),
        parent="mh_register",
    ),
    Table(
        "reference_country",
        N_("Reference country"),
        ("reference_country",),
        ("residents", "mh_register"),
        parent="reference_group",
    ),
    Table(
        "immigration_history",
        N_("Immigration history"),
        ("immigration_history",),
        ("residents", "eg_register"),
        parent="residents",
    ),
    Table(
        "age_class",
        N_("Age: three classes"),
        ("age_class",),
        ("residents",),
        parent="residents",
        needs=("birth_date",),
    ),
    Table("age_group", N_("Age groups"), ("age_group",), ("residents",), parent="age_class", needs=("birth_date",)),
    Table("sex", N_("Sex"), ("sex",), ("residents",), parent="residents", needs=("sex",)),
    Table(
        "marital_status",
        N_("Marital status"),
        ("marital_status",),
        ("residents",),
        parent="residents",
        needs=("marital_status",),
    ),
    Table(
        "religion_group",
        N_("Membership of a religious society under public law"),
        ("religion_group",),
        ("residents", "religion_group"),
        parent="residents",
        option="religion",
    ),
    Table(
        "household_type",
        N_("Residents by type of household"),
        ("household_type",),
        ("residents", "households"),
        parent="residents",
    ),
    Table(
        "stay_class",
        N_("Length of stay in the municipality"),
        ("stay_class",),
        ("residents",),
        parent="residents",
        needs=("arrival_date",),
    ),
    Table(
        "households",
        N_("Households"),
        (),
        ("households",),
        unit="households",
    ),
    Table(
        "households_by_type",
        N_("Households by type"),
        ("household_type",),
        ("households",),
        parent="households",
        unit="households",
    ),
    Table(
        "mh_household",
        N_("Households by migration background"),
        ("mh_household",),
        ("households", "mh_household", "mh_register"),
        parent="households",
        unit="households",
    ),
    Table(
        "couple_nationality",
        N_("Couples by nationality"),
        ("couple_nationality",),
        ("households", "couple_nationality", "foreigner"),
        parent="households",
        unit="households",
        town_only=True,
    ),
    Table(
        "mh_group_by_age",
        N_("Migration background by age"),
        ("mh_group", "age_class"),
        ("residents", "mh_register", "foreigner"),
        parent="mh_group",
        fine=True,
        needs=("birth_date",),
    ),
    Table(
        "mh_group_by_sex",
        N_("Migration background by sex"),
        ("mh_group", "sex"),
        ("residents", "mh_register", "foreigner"),
        parent="mh_group",
        fine=True,
        needs=("sex",),
    ),
    Table(
        "mh_group_by_household",
        N_("Migration background by type of household"),
        ("mh_group", "household_type"),
        ("residents", "mh_register", "foreigner", "households"),
        parent="mh_group",
        fine=True,
    ),
    Table(
        "nationality_group_by_age",
        N_("Nationality: country groups by age"),
        ("nationality_group", "age_class"),
        ("residents", "foreigner"),
        parent="nationality_group",
        fine=True,
        needs=("birth_date",),
    ),
)

SAME: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = (
    (("foreigner", "foreign"), ("mh_group", "foreigner")),
    (("household_type", "single"), ("households_by_type", "single")),
    (("household_type", "couple_no_child"), ("households_by_type", "couple_no_child")),
    (("came", "stayed"), ("went", "stayed")),
)
"""Pairs of (table, category) of which one tells the other (two persons a couple); hidden in one, hidden in both."""
SAME_CROSSED = SAME[:1]
"""Those of the pairs whose people are the same in every further characteristic too: crossings with it tell each other.

Foreigners by age are a row of one crossing, and the sum of all foreign country groups by age in another.
"""
SAME_IN_TOWN: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ((("came", "moved"), ("went", "moved")),)
"""Pairs that count the same people in the town as a whole, and in areas each where it counts them."""
GATHERED: tuple[tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]], ...] = (
    (("nationality_group", ("unclear",)), ("migration_rule", ("A0", "A0-2"))),
    (("mh_group_by_age", ("undeterminable", "0-17")), ("migration_rule", ("U1", "U3"))),
)
"""Figures of the town (table, category) to which rules add up, but for rare people (an unclear nationality beside a
valid one; a minor whose own birth place alone is missing)."""

WITHIN: tuple[tuple[tuple[str, str], tuple[tuple[str, str], ...]], ...] = (
    (("household_type", "couple_child"), (("households_by_type", "couple_child"),) * 3),
    (("household_type", "lone_parent"), (("households_by_type", "lone_parent"),) * 2),
    (("household_type", "other_multi"), (("households_by_type", "other_multi"),) * 2),
)
"""Figures (table, category) that count all of the figures behind them, and others besides: a couple with child is three
people at least. True but for rare households of two addresses."""
WITHIN_COUNTRIES: tuple[tuple[str, str], ...] = (
    ("nationality_group", "reference_group"),
    ("nationality", "reference_country"),
)
"""Tables whose categories have the same keys: of each, the second counts all foreigners of the first, whose reference
country is their nationality under every rule set, and Germans. See ``without_reference``."""

DIMENSIONS: dict[str, str] = {
    "foreigner": N_("Citizenship"),
    "nationality_group": N_("Country group of nationality"),
    "nationality": N_("Nationality"),
    "mh_register": N_("Migration background"),
    "mh_group": N_("Migration background"),
    "migration_status": N_("Migration status"),
    "migration_rule": N_("Rule"),
    "reference_group": N_("Country group of the reference country"),
    "reference_country": N_("Reference country"),
    "immigration_history": N_("Immigration history"),
    "age_class": N_("Age"),
    "age_group": N_("Age"),
    "sex": N_("Sex"),
    "marital_status": N_("Marital status"),
    "religion_group": N_("Religious society"),
    "household_type": N_("Type of household"),
    "mh_household": N_("Migration background of the household"),
    "couple_nationality": N_("Nationality of couples"),
    "stay_class": N_("Length of stay"),
}
"""The title of every dimension of a single reference date."""


def table(id: str) -> Table:
    """The table of that id, of one date or of movements. Raises KeyError when the programme has none."""
    return _BY_ID[id]


def head(id: str) -> str:
    """The table without dimensions at the head of a table's chain, which is what its shares refer to.

    Empty where a table refines none, as moves, births, arrivals and departures together are no part of the residents of
    any date: its figures are told as numbers. Raises KeyError when the programme has no such table.
    """
    entry = _BY_ID[id]
    while entry.dimensions and entry.parent:
        entry = _BY_ID[entry.parent]
    return "" if entry.dimensions else entry.id


def without_reference(nationalities: Iterable[str]) -> frozenset[str]:
    """Of these nationalities those that are nobody's reference country, with their country groups; and what is none.

    Germany, states that no longer exist, and what is no state: foreigners of these have another reference country.
    """
    found = {codes.GERMANY, codes.countries()[codes.GERMANY].group, "unknown", "none", "undeterminable"}
    for key in nationalities:
        row = codes.countries().get(key)
        if row is not None and row.kind in ("former", "special"):
            found |= {row.key, row.group}
    return frozenset(found)


_BY_ID = {entry.id: entry for entry in (*ALL, *movement_programme.ALL)}
IDS = frozenset(_BY_ID)
