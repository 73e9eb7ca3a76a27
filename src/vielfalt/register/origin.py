"""Migration status, immigration history, generation and reference country: rule set ``vielfalt-1``.

Order after the field's handbook 2.5 and the contract "Decided where the handbook is silent". First each person's own
marks, then the marks of linked parents for German minors without a mark of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from vielfalt import codes
from vielfalt.rules import Decision, Rule
from vielfalt.words import N_

REPATRIATE_STATES = ("152", "154", "164", "155", "165", "162")
"""Poland, Romania, Czechia, Slovakia, Hungary, and Czechoslovakia where the place does not decide."""
USSR = "159"
_SET = N_("rule set vielfalt-1")
_NATIONALITIES = ("nationality_1", "nationality_2", "nationality_3")


def evidence(parameters: Mapping[str, int | float]) -> tuple[nw.Expr, ...]:
    """Columns the rules speak about, from nationality, country of birth, arrival and age."""
    successors = [USSR, *codes.countries()[USSR].successors]
    special = [key for key, row in codes.countries().items() if row.kind == "special"]
    german = _any(*((nw.col(name) == codes.GERMANY) for name in _NATIONALITIES)) & ~nw.col("nationality_1").is_null()
    valid = [(nw.col(name) != codes.GERMANY) & ~nw.col(name).is_in(special) for name in _NATIONALITIES]
    arrival = _earliest(nw.col("arrival_from_abroad_date"))

    def window(until: str) -> nw.Expr:
        return (arrival >= int(parameters["repatriate_since"])) & (arrival <= int(parameters[until]))

    repatriate = (nw.col("birth_country").is_in(list(REPATRIATE_STATES)) & window("repatriate_until_east")) | (
        nw.col("birth_country").is_in(successors) & window("repatriate_until_ussr")
    )
    early = arrival < int(parameters["immigration_since"])
    expellee = (
        german
        & (_earliest(nw.col("birth_date")) < int(parameters["expellee_born_before"]))
        & (
            ((nw.col("birth_region") == "east") & (early | arrival.is_null()))
            | ((nw.col("birth_region") == "sudeten") & early)
        )
    )
    return (
        nw.when(~nw.col("nationality_1").is_null())
        .then(german)
        .otherwise(nw.lit(None, dtype=nw.Boolean))
        .alias("german"),
        (nw.col("nationality_1").is_in(special) & ~_any(*valid)).alias("unclear"),
        _any(*valid).alias("further_nationality"),
        (nw.col("birth_country") == codes.GERMANY).alias("born_here"),
        (nw.col("birth_country") != codes.GERMANY).alias("born_abroad"),
        (nw.col("age") < int(parameters["family_age"])).fill_null(False).alias("minor"),
        expellee.fill_null(False).alias("expellee"),
        repatriate.fill_null(False).alias("repatriate_window"),
        (~early).fill_null(True).alias("arrived_since"),
    )


def _earliest(day: nw.Expr) -> nw.Expr:
    """The first day a partial date can mean (19500000 is 19500101), so that it falls into the year it names."""
    return day + nw.when(day % 10_000 == 0).then(nw.lit(101)).otherwise(
        nw.when(day % 100 == 0).then(nw.lit(1)).otherwise(nw.lit(0))
    )


def _any(*conditions: nw.Expr) -> nw.Expr:
    """Whether at least one condition holds; null counts as no."""
    found = nw.lit(False)
    for condition in conditions:
        found = found | condition.fill_null(False)
    return found


_GERMAN, _HERE = nw.col("german"), nw.col("born_here")
_KIND = nw.col("german_nationality_kind")
_BOTH, _ONE = nw.col("parents_marked") == 2, nw.col("parents_marked") == 1
_PARENTS = nw.col("parents_linked") > 0
_CHILD = _GERMAN & nw.col("minor")

_OWN_MARKS = (
    Rule(
        "A0-2",
        "foreigner_born_here",
        ~_GERMAN & nw.col("unclear") & _HERE,
        N_("Stateless, unclear or not stated nationality only; born in Germany."),
        _SET,
    ),
    Rule(
        "A0",
        "foreigner_born_abroad",
        ~_GERMAN & nw.col("unclear"),
        N_("Stateless, unclear or not stated nationality only."),
        _SET,
    ),
    Rule("A2", "foreigner_born_here", ~_GERMAN & _HERE, N_("No German nationality; born in Germany."), _SET),
    Rule(
        "A1",
        "foreigner_born_abroad",
        ~_GERMAN,
        N_("No German nationality; born abroad or country of birth open."),
        _SET,
    ),
    Rule(
        "E1",
        "naturalised",
        _GERMAN & (_KIND == "naturalised"),
        N_("The register notes a naturalisation."),
        "DSMeld 1002-1004; " + _SET,
    ),
    Rule(
        "S1",
        "repatriate",
        _GERMAN & (_KIND == "repatriate"),
        N_("The register notes a repatriate certificate."),
        "BVFG §15, StAG §7; " + _SET,
    ),
    Rule(
        "O1",
        "dual_national_born_here",
        _GERMAN & (_KIND == "option"),
        N_("The register holds the legacy option flag."),
        "BMG §3(2) No. 5; " + _SET,
    ),
    Rule(
        "N1",
        "none",
        _GERMAN & nw.col("expellee"),
        N_("Born before 1945 in the former eastern territories, no arrival from abroad since 1950."),
        _SET,
    ),
    Rule(
        "S2",
        "repatriate",
        _GERMAN & nw.col("born_abroad") & nw.col("repatriate_window"),
        N_("German, and country of birth and year of arrival are those of repatriates."),
        _SET,
    ),
    Rule("G1", "german_born_abroad_other", _GERMAN & nw.col("born_abroad"), N_("German and born abroad."), _SET),
    Rule(
        "D1",
        "dual_national_born_here",
        _GERMAN & nw.col("further_nationality"),
        N_("German with a further nationality."),
        _SET,
    ),
)

MIGRATION_STATUS = Decision(
    "migration_status",
    "migration_rule",
    (
        *_OWN_MARKS,
        Rule(
            "F2",
            "child_two_parents",
            _CHILD & _BOTH,
            N_("Under 18; both linked parents have a migration background."),
            "Berlin MSS 2021; " + _SET,
        ),
        Rule(
            "F1",
            "child_one_parent",
            _CHILD & _ONE,
            N_("Under 18; one linked parent has a migration background."),
            "Berlin MSS 2021; " + _SET,
        ),
        Rule(
            "U1",
            "undeterminable",
            _CHILD & ~_PARENTS,
            N_("Under 18, no mark of their own, not linked to a parent."),
            _SET,
        ),
        Rule(
            "U3",
            "undeterminable",
            _CHILD & (nw.col("parents_open") > 0),
            N_("Under 18; the migration background of a linked parent is not determinable."),
            _SET,
        ),
        Rule(
            "N2", "none", _GERMAN & _HERE, N_("German, born in Germany, and no mark of a migration background."), _SET
        ),
    ),
    Rule("U2", "undeterminable", nw.lit(True), N_("Nationality or country of birth is missing."), _SET),
)

OWN_STATUS = Decision("own_status", "own_rule", _OWN_MARKS, Rule("-", "", nw.lit(True), "", _SET))
"""The marks of the person alone, before parents are looked at; empty when there is none."""

_ABROAD = nw.col("born_abroad") & nw.col("arrived_since") & ~nw.col("expellee")
_OPEN_FOREIGNER = ~_GERMAN & nw.col("birth_country").is_null()
_HISTORY = "Destatis 2023; Kroppach/Rose, WISTA 6/2024; rule set vielfalt-1"

IMMIGRATED = Decision(
    "own_history",
    "own_history_rule",
    (
        Rule("H1", "immigrated", _ABROAD, N_("Born abroad and arrived since 1950."), _HISTORY),
        Rule(
            "H2",
            "immigrated",
            _OPEN_FOREIGNER & nw.col("arrived_since"),
            N_("Foreigner with open country of birth: counts as born abroad."),
            _HISTORY,
        ),
        Rule(
            "H3",
            "none",
            nw.col("born_abroad") | _OPEN_FOREIGNER,
            N_("Born abroad, arrived before 1950 or expellee."),
            _HISTORY,
        ),
    ),
    Rule("-", "", nw.lit(True), "", _HISTORY),
)
"""Whether the person immigrated; empty when born in Germany or open."""

IMMIGRATION_HISTORY = Decision(
    "immigration_history",
    "immigration_rule",
    (
        *IMMIGRATED.rules,
        Rule(
            "H4",
            "both_parents",
            nw.col("minor") & _HERE & (nw.col("parents_immigrated") == 2),
            N_("Under 18, born here; both linked parents immigrated."),
            _HISTORY,
        ),
        Rule(
            "H5",
            "one_parent",
            nw.col("minor") & _HERE & (nw.col("parents_immigrated") == 1),
            N_("Under 18, born here; one linked parent immigrated."),
            _HISTORY,
        ),
        Rule(
            "H6",
            "undeterminable",
            nw.col("minor") & _HERE & ~_PARENTS,
            N_("Under 18, born here, not linked to a parent."),
            _HISTORY,
        ),
        Rule("H7", "none", _HERE, N_("Born in Germany."), _HISTORY),
    ),
    Rule("H0", "undeterminable", nw.lit(True), N_("The country of birth is open."), _HISTORY),
)
