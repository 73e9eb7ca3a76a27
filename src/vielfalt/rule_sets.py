"""Rule sets of the migration status: named orders of rules, so that a town can count as another town publishes.

A variant changes only what its town's publication states; where that is silent, ``vielfalt-1`` holds. Rules are named
by id (``register/origin.py`` declares them), so two sets that share a rule share the very same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vielfalt.words import N_

Where = Literal["anywhere", "address", "household"]
"""Which linked parents a rule set looks at: all, those at the child's address, those in the child's household."""


@dataclass(frozen=True)
class RuleSet:
    """One rule set. Ids are never reused for another meaning: a changed order is a new rule set.

    ``definition`` is what migration background means when counted by it. ``rules`` are asked in this order, the last
    one always decides. ``parents`` are the rules by which a linked parent hands on a migration background. The
    reference country is the first valid one among the fields ``foreigners`` or ``germans`` ("own"), the linked parents'
    ("parents"), and that of someone else in the household ("household"): in the order ``children`` for minors who have
    their migration background from their parents, in the order ``others`` for everybody else.
    """

    id: str
    title: str
    text: str
    source: str
    definition: str
    rules: tuple[str, ...]
    parents: tuple[str, ...]
    where: Where
    foreigners: tuple[str, ...]
    germans: tuple[str, ...]
    children: tuple[str, ...]
    others: tuple[str, ...]


_FOREIGNERS = ("A0-2", "A0", "A2", "A1")
_REST = ("U1", "U3", "N2", "U2")
_WUERZBURG = ("nationality_1", "nationality_2", "nationality_3", "birth_country", "origin_state")
"""Order of evidence for the reference country: nationalities, state of birth, origin of arrival."""
_BIELEFELD = ("birth_country", "nationality_2", "nationality_1", "nationality_3", "origin_state")

VIELFALT = RuleSet(
    "vielfalt-1",
    N_("Vielfalt, rules of our own"),
    N_(
        "Own marks first, then those of linked parents for Germans under 18, wherever the parents live. Children have "
        "the reference country of their mother if she has a mark, else their father's."
    ),
    N_("KOSIS on MigraPro (staedtestatistik.de 285, 329), Berlin MSS 2021, and rules of our own"),
    "mh_register",
    (*_FOREIGNERS, "E1", "S1", "O1", "N1", "S2", "G1", "D1", "F2", "F1", *_REST),
    (*_FOREIGNERS, "E1", "S1", "O1", "S2", "G1", "D1"),
    "anywhere",
    _WUERZBURG,
    _WUERZBURG,
    ("parents", "own"),
    ("own",),
)
BERLIN = RuleSet(
    "berlin-1",
    N_("Berlin, monitoring of social urban development 2021"),
    N_(
        "Germans have a migration background who were born abroad, hold a second nationality, or carry a mark of "
        "naturalisation or option. Germans under 18 without such a mark have one if a parent who was born abroad or "
        "naturalised is registered at their address. Repatriates are not told apart."
    ),
    "Berlin MSS 2021",
    "mh_berlin",
    (*_FOREIGNERS, "E1", "N1", "G1", "O1", "D1", "F2-A", "F1-A", *_REST),
    ("A0", "A1", "E1", "G1"),
    "address",
    _WUERZBURG,
    _WUERZBURG,
    ("parents", "own"),
    ("own",),
)
WUERZBURG = RuleSet(
    "wuerzburg-1",
    N_("Würzburg, open data"),
    N_(
        "Groups: foreigners, naturalised, Germans born abroad, repatriates, and children under 18. A further "
        "nationality or an option mark alone is read as a sign of naturalisation. The reference country comes from a "
        "person's own evidence first, then from the others of the household."
    ),
    "opendata.wuerzburg.de; KOSIS (staedtestatistik.de 285, 329)",
    "mh_wuerzburg",
    (*_FOREIGNERS, "E1", "S1", "N1", "S2", "G1", "F2", "F1", "E2", *_REST),
    (*_FOREIGNERS, "E1", "S1", "S2", "G1", "E2"),
    "anywhere",
    _WUERZBURG,
    _WUERZBURG,
    ("own", "parents", "household"),
    ("own", "household"),
)
BIELEFELD = RuleSet(
    "bielefeld-1",
    N_("Bielefeld, glossary"),
    N_(
        "Groups: foreigners, naturalised, Germans born abroad, repatriates; and children under 18 who live in one "
        "household with a parent of these groups. A further nationality alone is no mark. Germans have the reference "
        "country of their birth first, children that of their parents."
    ),
    "bielefeld.de/glossar",
    "mh_bielefeld",
    (*_FOREIGNERS, "E1", "S1", "N1", "S2", "G1", "F2-H", "F1-H", *_REST),
    (*_FOREIGNERS, "E1", "S1", "S2", "G1"),
    "household",
    _WUERZBURG,
    _BIELEFELD,
    ("parents", "own"),
    ("own",),
)
MICRO_CENSUS = RuleSet(
    "mikrozensus-1",
    N_("Micro census, as far as a register allows"),
    N_(
        "A migration background has who was not born a German citizen, or has a parent who was not. Born abroad counts "
        "unless the register notes German nationality by birth. Parents are known for minors only, so this is a lower "
        "bound of what the micro census finds by asking."
    ),
    N_("Destatis, micro census"),
    "mh_microcensus",
    (*_FOREIGNERS, "E1", "S1", "O1", "N1", "S3", "G2", "D1", "F2", "F1", "U1", "U3", "N3", "N2", "U2"),
    (*_FOREIGNERS, "E1", "S1", "S3", "G2"),
    "anywhere",
    _WUERZBURG,
    _WUERZBURG,
    ("parents", "own"),
    ("own",),
)

ALL: tuple[RuleSet, ...] = (VIELFALT, BERLIN, WUERZBURG, BIELEFELD, MICRO_CENSUS)


def rule_set(id: str) -> RuleSet:
    """The rule set of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


_BY_ID = {entry.id: entry for entry in ALL}
IDS = tuple(_BY_ID)
