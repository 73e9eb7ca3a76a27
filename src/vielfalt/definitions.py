"""The definition registry: what each figure means, where the definition comes from, what it cannot say.

Several legitimate shares exist for the same town (foreigners, migration background after the
register, immigration history); every table names the ids of the definitions it uses. Ids are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.table import Table
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


_BIRTH = ("nationality_1", "birth_place|birth_state")
_ADDRESS = ("street_key|street_name", "house_number")

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
            "10,000 to 50,000 residents the census test of 2001 found 3.5% surplus and 1.3% missing entries. Not the "
            "official number of inhabitants, which is carried forward from the last census."
        ),
        N_("BMG §§21, 22; census test 2001 (VG Regensburg RO 5 K 13.2149)"),
    ),
    Definition(
        "foreigner",
        N_("Foreigners"),
        N_("Residents without German nationality, stateless people and people of unclear nationality included."),
        N_("Says nothing about where someone was born or how long they have lived here."),
        N_("AufenthG §2(1); GG Art. 116(1)"),
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
            "Not the same as the micro census figure, which asks for both parents at any age and leaves out people in "
            "homes and shelters."
        ),
        N_(
            "Rule set vielfalt-1, after MigraPro as described by KOSIS (staedtestatistik.de 285, 329) and "
            "Berlin MSS 2021"
        ),
        _BIRTH,
    ),
    Definition(
        "mh_berlin",
        N_("Migration background (register, Berlin's rules)"),
        N_(
            "Foreigners; Germans who were born abroad, hold a further nationality, or carry a mark of naturalisation "
            "or option; and Germans under 18 with a parent at their address who was born abroad or naturalised."
        ),
        N_(
            "Children whose parent lives elsewhere, or has a further nationality alone, do not count. Repatriates born "
            "in Germany are not seen. Otherwise the limits of the migration background (register) hold."
        ),
        "Berlin MSS 2021",
        (*_BIRTH, *_ADDRESS),
    ),
    Definition(
        "mh_wuerzburg",
        N_("Migration background (register, Würzburg's rules)"),
        N_(
            "Foreigners; Germans who were naturalised, came as repatriates or were born abroad; Germans under 18 whom "
            "the register links to at least one such parent; and Germans with a further nationality or an option mark, "
            "read as a sign of naturalisation."
        ),
        N_(
            "Who counts is nearly the same as for the migration background (register); the groups differ. How the town "
            "combines its clues is not published. The limits of the migration background (register) hold."
        ),
        "opendata.wuerzburg.de; KOSIS (staedtestatistik.de 285, 329)",
        _BIRTH,
    ),
    Definition(
        "mh_bielefeld",
        N_("Migration background (register, Bielefeld's rules)"),
        N_(
            "Foreigners; Germans who were naturalised, came as repatriates or were born abroad; and Germans under 18 "
            "who live in one household with such a parent."
        ),
        N_(
            "A further nationality alone does not count. Depends on the households, which are approximations. "
            "Otherwise the limits of the migration background (register) hold."
        ),
        "bielefeld.de/glossar",
        (*_BIRTH, *_ADDRESS),
    ),
    Definition(
        "mh_microcensus",
        N_("Migration background (micro census, as far as a register allows)"),
        N_(
            "Residents who were not born German citizens, as far as nationality, the way German nationality was "
            "acquired and the country of birth show it; Germans with a further nationality, which a parent handed on; "
            "and Germans under 18 whom the register links to a parent not born a German citizen."
        ),
        N_(
            "The micro census asks for both parents at any age; the register knows parents of minors only. In the "
            "survey of 2021, 4.7 million descendants of two immigrants were 5.7% of the population and 3.7 million "
            "people with one immigrated parent 4.5%; the census of 2022 found 2.5 million descendants (3%) in "
            "registers. So this is a lower bound: registers show about half of the descendants. Germans born abroad to "
            "German parents count where the register does not note German nationality by birth."
        ),
        N_("Destatis, micro census; Destatis 2023; Kroppach/Rose, WISTA 6/2024"),
        _BIRTH,
    ),
    Definition(
        "eg_register",
        N_("Immigration history (register)"),
        N_(
            "Residents who were born abroad and immigrated since 1950, and residents under 19 born in Germany of whom "
            "both parents (or, counted apart, one parent) did."
        ),
        N_(
            "As in the census of 2022, descendants are recognised under 19 and only where the register links them to "
            "their parents; most registers end the link at 18. Adults born in Germany count as without immigration "
            "history. The survey of 2021 found 4.7 million descendants of two immigrants (5.7%), the census of 2022 "
            "from registers 2.5 million (3%): about half are not seen. Closest official figure: census of 2022."
        ),
        N_("Fachkommission Integrationsfähigkeit 2021; Destatis 2023; census of 2022 (Kroppach/Rose, WISTA 6/2024)"),
        (*_BIRTH, "guardian_1_id|guardian_2_id"),
    ),
    Definition(
        "households",
        N_("Households"),
        N_(
            "People at one address who belong together by declared links (spouses, parents and children) and by "
            "further clues such as the same name and the same date of moving in."
        ),
        N_(
            "The register knows no households; the figures are approximations. In homes and shelters everybody counts "
            "as one household. These households are a type of their own; they are part of every number of households "
            "and of the base of every share. Children are of any age, grown-up ones who live with a parent too."
        ),
        N_("After the stages of HHGEN (KOSIS, v. Klitzing 1998)"),
        _ADDRESS,
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
        N_("Own definition; integration monitoring usually counts households with at least one member with background"),
        (*_BIRTH, *_ADDRESS),
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
            "taken for a couple. Published in total, not by area."
        ),
        N_("Own definition; links of households, nationality after AufenthG §2(1)"),
        ("nationality_1", *_ADDRESS),
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
        N_("BevStatG §4; vielfalt-1"),
        ("person_id",),
    ),
)


def definition(id: str) -> Definition:
    """The definition of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


def needs_of(table: Table) -> tuple[str, ...]:
    """What a table needs: the fields of the definitions that it names, and its own.

    Definitions of tables that others counted, which are none of these, need no field of an extract.
    """
    named = (_BY_ID[id] for id in table.definitions if id in _BY_ID)
    return tuple(dict.fromkeys((*(need for entry in named for need in entry.needs), *table.needs)))


_BY_ID = {entry.id: entry for entry in ALL}
