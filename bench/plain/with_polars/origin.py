"""Migration status, immigration history and reference country of each resident, in polars."""

from __future__ import annotations

import polars as pl

from bench.plain.shared import ABROAD, EAST_STATES, NATIONALITIES, SPECIAL, STATUS, USSR_STATES, Given
from vielfalt import codes
from vielfalt.codes import GERMANY
from vielfalt.rule_sets import VIELFALT

_MARKED = ~pl.col("migration_status").is_in(["none", "undeterminable"])
_HISTORY = pl.Enum([row.key for row in codes.categories("immigration_history")])


def with_origin(people: pl.DataFrame, given: Given) -> pl.DataFrame:
    """Adds ``german``, ``migration_rule``, ``migration_status``, ``immigration_history`` and ``reference_country``."""
    said = people.with_columns(_said(given)).with_columns(expellee=_expellee()).with_columns(_alone())
    told = _with_parents(said)
    child = pl.col("german") & pl.col("minor")
    status = pl.Enum([row.key for row in codes.categories("migration_status")])
    own = ("A0-2", "A0", "A2", "A1", "E1", "S1", "O1", "N1", "S2", "G1", "D1")
    rule = (
        pl.when(pl.col("own_rule").is_in(own))
        .then("own_rule")
        .when(child & (pl.col("marked") == 2))
        .then(pl.lit("F2"))
        .when(child & (pl.col("marked") == 1))
        .then(pl.lit("F1"))
        .when(child & (pl.col("linked") == 0))
        .then(pl.lit("U1"))
        .when(child & (pl.col("open") > 0))
        .then(pl.lit("U3"))
        .otherwise("own_rule")
    )
    return (
        told.with_columns(migration_rule=rule.cast(pl.Enum(list(STATUS))), immigration_history=_history())
        .with_columns(migration_status=pl.col("migration_rule").replace_strict(STATUS, return_dtype=status))
        .with_columns(reference_country=pl.when(_MARKED).then(_country()))
    )


def _said(given: Given) -> list[pl.Expr]:
    """What the entries of each person say, yes or no; not known is no."""
    values, first, birth, age = given.values, pl.col("nationality_1"), pl.col("birth_country"), pl.col("age")
    abroad = _first_day("arrival_from_abroad_date")
    since = values["immigration_since"]
    early = (abroad < since).fill_null(False) | (_first_day("arrival_date") < since).fill_null(False)
    nationalities = [pl.col(name) for name in NATIONALITIES]
    is_german = pl.any_horizontal((name == GERMANY).fill_null(False) for name in nationalities)
    others = [name.is_not_null() & ~name.is_in([GERMANY, *SPECIAL]) for name in nationalities]
    in_time = abroad >= values["repatriate_since"]
    from_east = birth.is_in(EAST_STATES) & in_time & (abroad <= values["repatriate_until_east"])
    from_ussr = birth.is_in(USSR_STATES) & in_time & (abroad <= values["repatriate_until_ussr"])
    flags = {
        "german": first.is_not_null() & is_german,
        "foreign": first.is_not_null() & ~is_german,
        "unclear": first.is_in(SPECIAL) & ~pl.any_horizontal(others),
        "further": pl.any_horizontal(others),
        "born_here": birth == GERMANY,
        "born_abroad": birth != GERMANY,
        "early": early,
        "born_early": _first_day("birth_date") < values["expellee_born_before"],
        "repatriate": from_east.fill_null(False) | from_ussr.fill_null(False),
        "minor": age < values["family_age"],
        "descendant": (age < values["descendant_age"]) & (birth == GERMANY),
    }
    return [flag.fill_null(False).alias(name) for name, flag in flags.items()]


def _first_day(date: str) -> pl.Expr:
    """The first day that a partial date can mean."""
    day = pl.col(date)
    return day + pl.when(day % 10_000 == 0).then(101).when(day % 100 == 0).then(1).otherwise(0)


def _expellee() -> pl.Expr:
    east, sudeten = (pl.col("birth_region").eq_missing(region) for region in ("east", "sudeten"))
    late_or_not = pl.col("early") | pl.col("arrival_from_abroad_date").is_null()
    return pl.col("german") & pl.col("born_early") & ((east & late_or_not) | (sudeten & pl.col("early")))


def _alone() -> list[pl.Expr]:
    """The rule and the history of a person alone, and the first foreign state of today that is entered."""
    german, foreign, abroad = pl.col("german"), pl.col("foreign"), pl.col("born_abroad")
    kind = pl.col("german_nationality_kind")
    rules = {
        "A0-2": foreign & pl.col("unclear") & pl.col("born_here"),
        "A0": foreign & pl.col("unclear"),
        "A2": foreign & pl.col("born_here"),
        "A1": foreign,
        "E1": german & (kind == "naturalised"),
        "S1": german & (kind == "repatriate"),
        "O1": german & (kind == "option"),
        "N1": german & pl.col("expellee"),
        "S2": german & abroad & pl.col("repatriate"),
        "G1": german & abroad,
        "D1": german & pl.col("further"),
        "N2": german & pl.col("born_here"),
    }
    rule = pl.coalesce(*(pl.when(condition).then(pl.lit(id)) for id, condition in rules.items()), pl.lit("U2"))
    open_foreigner = foreign & pl.col("birth_country").is_null()
    immigrated = (abroad & ~pl.col("early") & ~pl.col("expellee")) | (open_foreigner & ~pl.col("early"))
    history = pl.when(immigrated).then(pl.lit("immigrated")).when(abroad | open_foreigner).then(pl.lit("none"))
    countries = (
        pl.when(pl.col(name).is_in(ABROAD)).then(name) for name in (*NATIONALITIES, "birth_country", "origin_state")
    )
    return [rule.alias("own_rule"), history.alias("own_history"), pl.coalesce(countries).alias("own_country")]


def _with_parents(people: pl.DataFrame) -> pl.DataFrame:
    """How many linked parents each has, and of how many each mark; ``of_parents``: the country of the mother, else of
    the father."""
    marked, birth_open = pl.col("own_rule").is_in(VIELFALT.parents), pl.col("birth_country").is_null()
    each = people.select(
        "person",
        linked=pl.lit(True),
        marked=marked,
        open=~marked & (pl.col("nationality_1").is_null() | birth_open),
        immigrated=(pl.col("own_history") == "immigrated").fill_null(False),
        history_open=pl.col("own_history").is_null() & birth_open,
        woman=pl.col("sex") == "w",
        country=pl.when(marked).then("own_country"),
    )
    once = pl.when(pl.col("guardian_2").ne_missing(pl.col("guardian_1"))).then("guardian_2")
    links = people.select("person", "guardian_1", guardian_2=once)
    pairs = pl.concat([links.select("person", parent=f"guardian_{place}", place=pl.lit(place)) for place in (1, 2)])
    marks = ("linked", "marked", "open", "immigrated", "history_open")
    counts = (
        pairs.drop_nulls()
        .join(each.rename({"person": "parent"}), on="parent")
        .sort(pl.col("woman").fill_null(False), "place", descending=[True, False])
        .group_by("person", maintain_order=True)
        .agg(pl.col(marks).sum(), of_parents=pl.col("country").drop_nulls().first())
    )
    told = people.join(counts, on="person", how="left", maintain_order="left")
    return told.with_columns(pl.col(marks).fill_null(0))


def _history() -> pl.Expr:
    descendant, here = pl.col("descendant"), pl.col("born_here")
    no_parent = pl.col("minor") & here & (pl.col("linked") == 0)
    return (
        pl.when(pl.col("own_history").is_not_null())
        .then("own_history")
        .when(descendant & (pl.col("immigrated") == 2))
        .then(pl.lit("both_parents"))
        .when(descendant & (pl.col("immigrated") == 1))
        .then(pl.lit("one_parent"))
        .when(no_parent | (descendant & (pl.col("history_open") > 0)))
        .then(pl.lit("undeterminable"))
        .when(here)
        .then(pl.lit("none"))
        .otherwise(pl.lit("undeterminable"))
        .cast(_HISTORY)
    )


def _country() -> pl.Expr:
    by_parents = pl.col("migration_status").is_in(["child_two_parents", "child_one_parent"])
    return pl.coalesce(pl.when(by_parents).then("of_parents"), "own_country")
