"""Name, type, meaning and source of every column: the register extract coming in, the persons file in the vault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vielfalt.words import N_

FieldType = Literal["id", "text", "code", "date", "number", "flag"]


@dataclass(frozen=True)
class Field:
    """One column: ``codes`` lists the values a code may take (empty: any), ``source`` the sheet or contract."""

    name: str
    type: FieldType
    meaning: str
    source: str
    codes: tuple[str, ...] = ()


EXTRACT: tuple[Field, ...] = (
    Field("person_id", "id", N_("Ordering number of the person"), "ZensG 2022 §5(1) No. 1"),
    Field("family_name", "text", N_("Family name"), "DSMeld 0101-0106"),
    Field("birth_name", "text", N_("Name at birth"), "DSMeld 0201-0206"),
    Field("given_names", "text", N_("Given names"), "DSMeld 0301-0305"),
    Field("street_key", "id", N_("Municipal street key"), "ZensG 2022 §5(1) No. 3"),
    Field("street_name", "text", N_("Street"), "DSMeld 1200-1213a"),
    Field("house_number", "text", N_("House number"), "DSMeld 1200-1213a"),
    Field("house_suffix", "text", N_("Suffix of the house number"), "DSMeld 1200-1213a"),
    Field("postcode", "id", N_("Postcode"), "DSMeld 1200-1213a"),
    Field("municipality_key", "id", N_("Official municipality key (AGS)"), "ZensG 2022 §5(1) No. 4"),
    Field("easting", "number", N_("Easting of the address"), "town project"),
    Field("northing", "number", N_("Northing of the address"), "town project"),
    Field("birth_date", "date", N_("Date of birth"), "DSMeld 0601"),
    Field("birth_place", "text", N_("Place of birth"), "DSMeld 0602"),
    Field("birth_state", "code", N_("State of birth"), "DSMeld 0603"),
    Field("sex", "code", N_("Sex"), "DSMeld 0701", ("m", "w", "d", "x")),
    Field("nationality_1", "code", N_("First nationality"), "DSMeld 1001"),
    Field("nationality_2", "code", N_("Second nationality"), "DSMeld 1001"),
    Field("nationality_3", "code", N_("Third nationality"), "DSMeld 1001"),
    Field(
        "german_nationality_kind",
        "code",
        N_("How German nationality was acquired"),
        "DSMeld 1002-1004",
        ("birth", "naturalised", "repatriate", "option", "other"),
    ),
    Field(
        "marital_status",
        "code",
        N_("Marital status"),
        "DSMeld 1401",
        ("LD", "VH", "VW", "GS", "EA", "LP", "LV", "LA", "LE", "NB"),
    ),
    Field("religion", "code", N_("Membership of a religious society under public law"), "DSMeld 1101"),
    Field("dwelling_status", "code", N_("Status of the dwelling"), "DSMeld 1213", ("only", "main", "secondary")),
    Field("move_in_date", "date", N_("Move into this dwelling"), "DSMeld 1301"),
    Field("move_out_date", "date", N_("Move out of this dwelling"), "BMG §3(1) No. 13"),
    Field("death_date", "date", N_("Date of death"), "BMG §3(1) No. 19"),
    Field("arrival_date", "date", N_("Arrival in the municipality"), "ZensG 2022 §5(1) No. 14"),
    Field("arrival_from_abroad_date", "date", N_("Last arrival from abroad"), "ZensG 2022 §5(1) No. 27"),
    Field("origin_state", "code", N_("State of origin on arrival from abroad"), "DSMeld 1223"),
    Field("origin_municipality", "id", N_("Municipality of the last dwelling in Germany"), "ZensG 2022 §5(1) No. 12"),
    Field("spouse_id", "id", N_("Ordering number of the spouse or partner"), "ZensG 2022 §5(1) No. 18"),
    Field("guardian_1_id", "id", N_("Ordering number of the first guardian"), "ZensG 2022 §5(1) No. 20"),
    Field("guardian_2_id", "id", N_("Ordering number of the second guardian"), "ZensG 2022 §5(1) No. 20"),
    Field("information_block", "code", N_("Information block"), "BMG §§51, 52", ("none", "general", "conditional")),
    Field("institution", "flag", N_("The address is a home or shelter"), "town project", ("yes", "no")),
)

COUNTRY_FIELDS = ("birth_state", "nationality_1", "nationality_2", "nationality_3", "origin_state")
NAME_FIELDS = ("family_name", "birth_name", "given_names")
POINTER_FIELDS = ("spouse_id", "guardian_1_id", "guardian_2_id")
END_FIELDS = ("move_out_date", "death_date")
"""The days on which somebody ceases to live here; one after the reference date is as good as none."""

PERSONS: tuple[Field, ...] = (
    Field("record", "number", N_("1-based data row in register.csv of the row that was counted"), "contract"),
    Field("birth_country", "code", N_("Country of birth, present-day state at the place of birth"), "contract"),
    Field("nationality", "code", N_("First nationality"), "contract"),
    Field("migration_status", "code", N_("Migration status"), "rule set vielfalt-1"),
    Field("migration_rule", "code", N_("Rule that decided the migration status"), "rule set vielfalt-1"),
    Field("reference_country", "code", N_("Reference country"), "rule set vielfalt-1"),
    Field("immigration_history", "code", N_("Immigration history"), "rule set vielfalt-1"),
    Field("generation", "code", N_("Generation: 1, 2 or empty"), "rule set vielfalt-1", ("1", "2")),
    Field("household", "number", N_("Household, unique in the file"), "contract"),
    Field("household_type", "code", N_("Type of the household"), "contract"),
    Field("age", "number", N_("Completed years on the reference date"), "contract"),
    Field("sex", "code", N_("Sex"), "DSMeld 0701"),
    Field("marital_status", "code", N_("Marital status"), "DSMeld 1401"),
    Field("religion_group", "code", N_("Religion group"), "contract"),
    Field("stay_years", "number", N_("Completed years in the municipality"), "contract"),
)
"""Without the area columns: one more per area level of the town, named after the level."""


def field(name: str) -> Field:
    """The extract field of that name. Raises KeyError when there is none."""
    return _BY_NAME[name]


_BY_NAME = {entry.name: entry for entry in EXTRACT}
