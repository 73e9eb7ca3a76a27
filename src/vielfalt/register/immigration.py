"""Immigration history, the same in every rule set: who immigrated, and whose parents did.

As in the census of 2022: immigrated is who was born abroad and arrived since 1950, whatever the nationality; people
born here are descendants only below an age (19) and where the register links them to their parents.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt.rules import Decision, Rule
from vielfalt.words import N_

RETIRED = ("H4", "H5")
"""Ids of rules that are gone and must not come back with another meaning: descendants under 18."""
_GERMAN, _HERE = nw.col("german"), nw.col("born_here")
_DESCENDANT = _HERE & nw.col("descendant_age")
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
            "H8",
            "both_parents",
            _DESCENDANT & (nw.col("parents_immigrated") == 2),
            N_("Under 19, born here; both linked parents immigrated."),
            _HISTORY,
        ),
        Rule(
            "H9",
            "one_parent",
            _DESCENDANT & (nw.col("parents_immigrated") == 1),
            N_("Under 19, born here; one linked parent immigrated."),
            _HISTORY,
        ),
        Rule(
            "H6",
            "undeterminable",
            nw.col("minor") & _HERE & (nw.col("parents_linked") == 0),
            N_("Under 18, born here, not linked to a parent."),
            _HISTORY,
        ),
        Rule(
            "H10",
            "undeterminable",
            _DESCENDANT & (nw.col("parents_history_open") > 0),
            N_("Under 19, born here; whether a linked parent immigrated is not known."),
            _HISTORY,
        ),
        Rule("H7", "none", _HERE, N_("Born in Germany."), _HISTORY),
    ),
    Rule("H0", "undeterminable", nw.lit(True), N_("The country of birth is open."), _HISTORY),
)
