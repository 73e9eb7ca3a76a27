"""The rules of the migration status, each once; rule sets name them by id and order them.

First each person's own marks, then the marks of linked parents for German minors without a mark of their own
(rules of our own after what KOSIS says of MigraPro, and the published municipal variants).
"""

from __future__ import annotations

from functools import cache

import narwhals.stable.v2 as nw

from vielfalt.rule_sets import RuleSet
from vielfalt.rules import Decision, Rule
from vielfalt.words import N_

_SET = N_("rule set vielfalt-1")
_BERLIN = "Berlin MSS 2021"
_BIELEFELD = "bielefeld.de/glossar"
_WUERZBURG = "opendata.wuerzburg.de; KOSIS (staedtestatistik.de 285)"
_MICRO_CENSUS = N_("Destatis, micro census")
_GERMAN, _HERE = nw.col("german"), nw.col("born_here")
_KIND = nw.col("german_nationality_kind")
_BY_BIRTH = (_KIND == "birth").fill_null(False)
_FURTHER = nw.col("further_nationality")
_BOTH, _ONE = nw.col("parents_marked") == 2, nw.col("parents_marked") == 1
_PARENTS = nw.col("parents_linked") > 0
_CHILD = _GERMAN & nw.col("minor")
MARKED = ~nw.col("migration_status").is_in(["none", "undeterminable"])
"""Whether somebody has a migration background, by the status that the rules gave."""

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
        N_("BVFG §15, StAG §7") + "; " + _SET,
    ),
    Rule(
        "O1",
        "dual_national_born_here",
        _GERMAN & (_KIND == "option"),
        N_("The register holds the legacy option flag."),
        N_("BMG §3(2) No. 5") + "; " + _SET,
    ),
    Rule(
        "N1",
        "none",
        _GERMAN & nw.col("expellee"),
        N_(
            "Born before 1945 in the former German eastern territories or the Sudeten areas, no arrival from abroad "
            "since 1950."
        ),
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
        _GERMAN & _FURTHER,
        N_("German with a further nationality."),
        _SET,
    ),
    Rule(
        "E2",
        "naturalised",
        _GERMAN & (_FURTHER | (_KIND == "option").fill_null(False)),
        N_("German with a further nationality or an option mark: read as a sign of naturalisation."),
        _WUERZBURG,
    ),
    Rule(
        "S3",
        "repatriate",
        _GERMAN & nw.col("born_abroad") & nw.col("repatriate_window") & ~_BY_BIRTH,
        N_("As S2, and the register does not note German nationality by birth."),
        _MICRO_CENSUS,
    ),
    Rule(
        "G2",
        "german_born_abroad_other",
        _GERMAN & nw.col("born_abroad") & ~_BY_BIRTH,
        N_("German and born abroad, and the register does not note German nationality by birth."),
        _MICRO_CENSUS,
    ),
)

_BY_PARENTS = (
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
        "F2-A",
        "child_two_parents",
        _CHILD & _BOTH,
        N_("Under 18; both parents are registered at the child's address and born abroad or naturalised."),
        _BERLIN,
    ),
    Rule(
        "F1-A",
        "child_one_parent",
        _CHILD & _ONE,
        N_("Under 18; one parent is registered at the child's address and born abroad or naturalised."),
        _BERLIN,
    ),
    Rule(
        "F2-H",
        "child_two_parents",
        _CHILD & _BOTH,
        N_("Under 18; both parents in the child's household have a migration background."),
        _BIELEFELD,
    ),
    Rule(
        "F1-H",
        "child_one_parent",
        _CHILD & _ONE,
        N_("Under 18; one parent in the child's household has a migration background."),
        _BIELEFELD,
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
)

_REST = (
    Rule(
        "N3",
        "none",
        _GERMAN & nw.col("born_abroad") & _BY_BIRTH,
        N_("German by birth, as the register notes, and no mark: being born abroad alone is none."),
        _MICRO_CENSUS,
    ),
    Rule("N2", "none", _GERMAN & _HERE, N_("German, born in Germany, and no mark of a migration background."), _SET),
    Rule("U2", "undeterminable", nw.lit(True), N_("Nationality or country of birth is missing."), _SET),
)

RULES = {rule.id: rule for rule in (*_OWN_MARKS, *_BY_PARENTS, *_REST)}
"""Every rule of the migration status by its id."""


@cache
def migration_status(rule_set: RuleSet) -> Decision:
    """The chain of rules of a rule set."""
    return _chain("migration_status", "migration_rule", rule_set.rules)


@cache
def own_mark(rule_set: RuleSet) -> Decision:
    """The same chain for a person alone, before parents are looked at."""
    by_parents = {rule.id for rule in _BY_PARENTS}
    return _chain("own_status", "own_rule", tuple(id for id in rule_set.rules if id not in by_parents))


def _chain(name: str, column: str, ids: tuple[str, ...]) -> Decision:
    *rules, last = (RULES[id] for id in ids)
    return Decision(name, column, tuple(rules), last)
