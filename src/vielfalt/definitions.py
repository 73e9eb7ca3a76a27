"""The definition registry: what each figure means, where the definition comes from, what it cannot say.

Several legitimate shares exist for the same town (handbook of the field: foreigners, migration background after the
register, immigration history); every table names the ids of the definitions it uses. Ids are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.words import N_


@dataclass(frozen=True)
class Definition:
    """One definition: the text says who counts, ``limits`` what the figure does not show, ``needs`` which fields."""

    id: str
    title: str
    text: str
    limits: str
    source: str
    needs: tuple[str, ...] = ()


ALL: tuple[Definition, ...] = (
    Definition(
        "residents",
        N_("Residents"),
        N_(
            "Everyone registered on the reference date with an only or main dwelling in the municipality, "
            "each person once."
        ),
        N_(
            "The register holds some people who have moved away without notice and misses others; in towns of "
            "10,000 to 50,000 residents the census test of 2001 found 3.5 % surplus and 1.3 % missing entries."
        ),
        N_("BMG §§21, 22; census test 2001 (VG Regensburg RO 5 K 13.2149)"),
    ),
    Definition(
        "foreigner",
        N_("Foreigners"),
        N_("Residents without German nationality, stateless people and people of unclear nationality included."),
        N_("Says nothing about where someone was born or how long they have lived here."),
        "AufenthG §2(1); GG Art. 116(1)",
        ("nationality_1",),
    ),
    Definition(
        "mh_register",
        N_("Migration background (register)"),
        N_(
            "Foreigners; Germans who were naturalised, came as repatriates, were born abroad or hold a further "
            "nationality; and Germans under 18 whom the register links to at least one such parent."
        ),
        N_(
            "Derived from the register, not asked. Adult children of immigrants who were born in Germany as Germans "
            "cannot be recognised, so the share falls artificially at the age of 18. "
            "Not the same as the micro census figure."
        ),
        N_(
            "Rule set vielfalt-1, after MigraPro as described by KOSIS (staedtestatistik.de 285, 329) and "
            "Berlin MSS 2021"
        ),
        ("nationality_1", "birth_place|birth_state"),
    ),
    Definition(
        "eg_register",
        N_("Immigration history (register)"),
        N_(
            "Residents who immigrated themselves since 1950, and residents under 18 of whom both parents (or, counted "
            "apart, one parent) did."
        ),
        N_(
            "Descendants are recognised under 18 and only where the register links them to their parents; adults born "
            "in Germany count as without immigration history. Closest official figure: census of 2022."
        ),
        "Fachkommission Integrationsfähigkeit 2021; Destatis 2023; Kroppach/Rose, WISTA 6/2024",
        ("nationality_1", "birth_place|birth_state", "guardian_1_id|guardian_2_id"),
    ),
    Definition(
        "households",
        N_("Households"),
        N_(
            "People at one address who belong together by declared links: spouses, children and parents, and further "
            "clues such as the same name and the same date of moving in."
        ),
        N_("The register knows no households; the figures are approximations. Homes and shelters are counted apart."),
        N_("After the stages of HHGEN (KOSIS, v. Klitzing 1998)"),
        ("street_key|street_name", "house_number"),
    ),
    Definition(
        "mh_household",
        N_("Migration background of households"),
        N_(
            "A household has a migration background if at least one member has one; counted apart are households in "
            "which all members have one."
        ),
        N_(
            "Households are approximations, and adult children of immigrants are not recognised: see the two "
            "definitions. A household is not determinable if nobody has a background and somebody is not determinable."
        ),
        N_("Own definition, after the household of at least one member with background in integration monitoring"),
        ("nationality_1", "birth_place|birth_state", "street_key|street_name", "house_number"),
    ),
    Definition(
        "couple_nationality",
        N_("Couples by nationality"),
        N_(
            "Two people who live together as spouses, registered partners, parents of one child or by further clues: "
            "both German, one German and one foreign (binational), both foreign."
        ),
        N_(
            "Germans with a further nationality count as Germans. Partners at different addresses are no couple here; "
            "unmarried couples who moved in at different times are mostly missed, and two who share a flat may be "
            "taken for a couple. Published for the town as a whole."
        ),
        N_("Own definition; links of households, nationality after AufenthG §2(1)"),
        ("nationality_1", "street_key|street_name", "house_number"),
    ),
    Definition(
        "religion_group",
        N_("Religious society under public law"),
        N_("Membership as recorded for church tax: Roman Catholic, Protestant, other society under public law, none."),
        N_(
            "Special category of data (GDPR Art. 9), switched off by default. Islam is not visible in the register; "
            "“none or not stated” must not be read as a religion."
        ),
        N_("BMG §3(1) No. 11; DSMeld 1101"),
        ("religion",),
    ),
    Definition(
        "movements",
        N_("Movements between two reference dates"),
        N_(
            "Residents of two reference dates, linked by the pseudonym of their ordering number: who was here on both "
            "dates, who came in between, who is no longer here."
        ),
        N_(
            "Only what two reference dates show: who came and left in between is not seen, and of several moves only "
            "the last. The extract does not tell deaths from departures. Not the same as the migration statistics, "
            "which count cases. Groups: as of the later date; of those who are gone as of the earlier one."
        ),
        "BevStatG §4; vielfalt-1",
        ("person_id",),
    ),
)


def definition(id: str) -> Definition:
    """The definition of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


_BY_ID = {entry.id: entry for entry in ALL}
