"""The table programme, declared as data: which tables exist, what they count, and how they refine each other.

A table refines its ``parent``: every category of it lies in exactly one category of the parent, so the parent's
figures are its margins. Disclosure control protects such a chain as one. Crossings have two dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from vielfalt.words import N_

Unit = Literal["persons", "households", "earlier"]
"""What a table counts; "earlier" are the residents of the earlier reference date."""


@dataclass(frozen=True)
class Table:
    """One table of the programme.

    ``fine`` tables use the larger minimum cell; ``town_only`` tables are published for the town as a whole;
    ``needs`` lists the extract fields without which the table cannot be counted (alternatives joined by ``|``);
    ``option`` names the setting in town.toml that switches the table on (empty: always on).
    """

    id: str
    title: str
    dimensions: tuple[str, ...]
    definitions: tuple[str, ...]
    parent: str = ""
    unit: Unit = "persons"
    fine: bool = False
    town_only: bool = False
    needs: tuple[str, ...] = ()
    option: str = ""


MIGRATION_BACKGROUND = "mh_register"
"""The definition of migration background that the programme names; a rule set may put its own in its place."""
_BIRTH = ("nationality_1", "birth_place|birth_state")

ALL: tuple[Table, ...] = (
    Table("residents", N_("Residents"), (), ("residents",)),
    Table(
        "foreigner",
        N_("Germans and foreigners"),
        ("foreigner",),
        ("residents", "foreigner"),
        parent="residents",
        needs=("nationality_1",),
    ),
    Table(
        "nationality_group",
        N_("Nationality: country groups"),
        ("nationality_group",),
        ("residents", "foreigner"),
        parent="foreigner",
        needs=("nationality_1",),
    ),
    Table(
        "nationality",
        N_("Nationality"),
        ("nationality",),
        ("residents", "foreigner"),
        parent="nationality_group",
        needs=("nationality_1",),
    ),
    Table(
        "mh_register",
        N_("Migration background"),
        ("mh_register",),
        ("residents", "mh_register"),
        parent="residents",
        needs=_BIRTH,
    ),
    Table(
        "mh_group",
        N_("Foreigners and Germans with migration background"),
        ("mh_group",),
        ("residents", "mh_register", "foreigner"),
        parent="mh_register",
        needs=_BIRTH,
    ),
    Table(
        "migration_status",
        N_("Migration status"),
        ("migration_status",),
        ("residents", "mh_register"),
        parent="mh_group",
        needs=_BIRTH,
    ),
    Table(
        "migration_rule",
        N_("Which rule decided"),
        ("migration_rule",),
        ("residents", "mh_register"),
        parent="migration_status",
        town_only=True,
        needs=_BIRTH,
    ),
    Table(
        "reference_group",
        N_("Reference country: country groups"),
        ("reference_group",),
        ("residents", "mh_register"),
        parent="mh_register",
        needs=_BIRTH,
    ),
    Table(
        "reference_country",
        N_("Reference country"),
        ("reference_country",),
        ("residents", "mh_register"),
        parent="reference_group",
        needs=_BIRTH,
    ),
    Table(
        "immigration_history",
        N_("Immigration history"),
        ("immigration_history",),
        ("residents", "eg_register"),
        parent="residents",
        needs=(*_BIRTH, "guardian_1_id|guardian_2_id"),
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
        needs=("religion",),
        option="religion",
    ),
    Table(
        "household_type",
        N_("Residents by type of household"),
        ("household_type",),
        ("residents", "households"),
        parent="residents",
        needs=("street_key|street_name", "house_number"),
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
        needs=("street_key|street_name", "house_number"),
    ),
    Table(
        "households_by_type",
        N_("Households by type"),
        ("household_type",),
        ("households",),
        parent="households",
        unit="households",
        needs=("street_key|street_name", "house_number"),
    ),
    Table(
        "mh_household",
        N_("Households by migration background"),
        ("mh_household",),
        ("households", "mh_household", "mh_register"),
        parent="households",
        unit="households",
        needs=(*_BIRTH, "street_key|street_name", "house_number"),
    ),
    Table(
        "couple_nationality",
        N_("Couples by nationality"),
        ("couple_nationality",),
        ("households", "couple_nationality", "foreigner"),
        parent="households",
        unit="households",
        town_only=True,
        needs=("nationality_1", "street_key|street_name", "house_number"),
    ),
    Table(
        "mh_group_by_age",
        N_("Migration background by age"),
        ("mh_group", "age_class"),
        ("residents", "mh_register", "foreigner"),
        parent="mh_group",
        fine=True,
        needs=(*_BIRTH, "birth_date"),
    ),
    Table(
        "mh_group_by_sex",
        N_("Migration background by sex"),
        ("mh_group", "sex"),
        ("residents", "mh_register", "foreigner"),
        parent="mh_group",
        fine=True,
        needs=(*_BIRTH, "sex"),
    ),
    Table(
        "mh_group_by_household",
        N_("Migration background by type of household"),
        ("mh_group", "household_type"),
        ("residents", "mh_register", "foreigner", "households"),
        parent="mh_group",
        fine=True,
        needs=(*_BIRTH, "street_key|street_name"),
    ),
    Table(
        "nationality_group_by_age",
        N_("Nationality: country groups by age"),
        ("nationality_group", "age_class"),
        ("residents", "foreigner"),
        parent="nationality_group",
        fine=True,
        needs=("nationality_1", "birth_date"),
    ),
)

MOVEMENTS: tuple[Table, ...] = (
    Table(
        "residents_before",
        N_("Residents at the earlier reference date"),
        (),
        ("residents",),
        unit="earlier",
    ),
    Table(
        "came",
        N_("Residents by how they came since the earlier reference date"),
        ("came",),
        ("residents", "movements"),
        parent="residents",
        needs=("person_id",),
    ),
    Table(
        "came_from",
        N_("Residents by where they came from since the earlier reference date"),
        ("came_from",),
        ("residents", "movements"),
        parent="came",
        needs=("person_id", "arrival_date|arrival_from_abroad_date|origin_municipality"),
    ),
    Table(
        "went",
        N_("Residents of the earlier reference date by what became of them"),
        ("went",),
        ("residents", "movements"),
        parent="residents_before",
        unit="earlier",
        needs=("person_id",),
    ),
    Table(
        "citizenship_change",
        N_("Naturalised since the earlier reference date"),
        ("citizenship_change",),
        ("residents", "foreigner", "movements"),
        parent="foreigner",
        needs=("person_id", "nationality_1"),
    ),
    Table(
        "moves_between",
        N_("Moves between areas of the town"),
        ("moved_from", "moved_to"),
        ("residents", "movements"),
        fine=True,
        town_only=True,
        needs=("person_id",),
    ),
    Table(
        "flow_by_mh_group",
        N_("Movements by migration background"),
        ("flow", "mh_group"),
        ("residents", "mh_register", "foreigner", "movements"),
        fine=True,
        town_only=True,
        needs=("person_id", *_BIRTH),
    ),
    Table(
        "new_by_mh_group",
        N_("Births and arrivals by migration background"),
        ("movement", "mh_group"),
        ("residents", "mh_register", "foreigner", "movements"),
        parent="flow_by_mh_group",
        fine=True,
        town_only=True,
        needs=("person_id", *_BIRTH),
    ),
    Table(
        "flow_by_sex",
        N_("Movements by sex"),
        ("flow", "sex"),
        ("residents", "movements"),
        fine=True,
        town_only=True,
        needs=("person_id", "sex"),
    ),
    Table(
        "flow_by_nationality_group",
        N_("Movements by country group of nationality"),
        ("flow", "nationality_group"),
        ("residents", "foreigner", "movements"),
        fine=True,
        town_only=True,
        needs=("person_id", "nationality_1"),
    ),
    Table(
        "flow_by_age",
        N_("Movements by age"),
        ("flow", "age_class"),
        ("residents", "movements"),
        fine=True,
        town_only=True,
        needs=("person_id", "birth_date"),
    ),
)
"""The tables that compare a reference date with an earlier one; counted only where the vault can link both."""

SAME: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = (
    (("foreigner", "foreign"), ("mh_group", "foreigner")),
    (("household_type", "single"), ("households_by_type", "single")),
    (("household_type", "couple_no_child"), ("households_by_type", "couple_no_child")),
    (("came", "stayed"), ("went", "stayed")),
)
"""Pairs of (table, category) of which one tells the other (two persons a couple); hidden in one, hidden in both."""

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

MOVEMENT_DIMENSIONS: dict[str, str] = {
    "came": N_("How they came"),
    "came_from": N_("Where they came from"),
    "went": N_("What became of them"),
    "citizenship_change": N_("Change of citizenship"),
    "movement": N_("Movement"),
    "flow": N_("Movement"),
    "moved_from": N_("Moved from"),
    "moved_to": N_("Moved to"),
}
"""The title of every dimension of the comparison of two dates; ``moved_from`` and ``moved_to`` hold area keys."""


def counted_by(table: Table, definition: str) -> Table:
    """The table with this definition of migration background in the place of the usual one."""
    named = tuple(definition if id == MIGRATION_BACKGROUND else id for id in table.definitions)
    return replace(table, definitions=named)


def table(id: str) -> Table:
    """The table of that id. Raises KeyError when the programme has none."""
    return _BY_ID[id]


_BY_ID = {entry.id: entry for entry in (*ALL, *MOVEMENTS)}
IDS = frozenset(_BY_ID)
