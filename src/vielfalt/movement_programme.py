"""The tables that compare a reference date with an earlier one; counted only where the vault can link both."""

from __future__ import annotations

from vielfalt.table import Table
from vielfalt.words import N_

ALL: tuple[Table, ...] = (
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
    ),
    Table(
        "came_from",
        N_("Residents by where they came from since the earlier reference date"),
        ("came_from",),
        ("residents", "movements"),
        parent="came",
        needs=("arrival_date|arrival_from_abroad_date|origin_municipality",),
    ),
    Table(
        "went",
        N_("Residents of the earlier reference date by what became of them"),
        ("went",),
        ("residents", "movements"),
        parent="residents_before",
        unit="earlier",
    ),
    Table(
        "citizenship_change",
        N_("Naturalised since the earlier reference date"),
        ("citizenship_change",),
        ("residents", "foreigner", "movements"),
        parent="foreigner",
    ),
    Table(
        "moves_between",
        N_("Moves between areas of the town"),
        ("moved_from", "moved_to"),
        ("residents", "movements"),
        fine=True,
        town_only=True,
    ),
    Table(
        "flow_by_mh_group",
        N_("Movements by migration background"),
        ("flow", "mh_group"),
        ("residents", "mh_register", "foreigner", "movements"),
        fine=True,
    ),
    Table(
        "new_by_mh_group",
        N_("Births and arrivals by migration background"),
        ("movement", "mh_group"),
        ("residents", "mh_register", "foreigner", "movements"),
        parent="flow_by_mh_group",
        fine=True,
        town_only=True,
    ),
    Table(
        "flow_by_sex",
        N_("Movements by sex"),
        ("flow", "sex"),
        ("residents", "movements"),
        fine=True,
        needs=("sex",),
    ),
    Table(
        "flow_by_nationality_group",
        N_("Movements by country group of nationality"),
        ("flow", "nationality_group"),
        ("residents", "foreigner", "movements"),
        fine=True,
        town_only=True,
    ),
    Table(
        "flow_by_age",
        N_("Movements by age"),
        ("flow", "age_class"),
        ("residents", "movements"),
        fine=True,
        needs=("birth_date",),
    ),
)

DIMENSIONS: dict[str, str] = {
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


def is_by_group(table: Table) -> bool:
    """Whether a table tells movements by a group of residents; of births and arrivals by group too."""
    return not {"flow", "movement"}.isdisjoint(table.dimensions)
