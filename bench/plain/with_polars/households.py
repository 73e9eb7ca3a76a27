"""Households, in polars: who lives together, link after link, and of what type each household is."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bench.plain.with_polars import kin, moves
from bench.plain.with_polars.homes import living
from vielfalt.codes import GERMANY

_STAGES = (
    (kin.spouses, kin.guardians, kin.common_children, kin.moved_home),
    (kin.married_namesakes,),
    (moves.same_name_same_day,),
    (moves.unmarried_couples,),
    (kin.children_of_namesakes, kin.born_to_namesakes),
    (kin.born_to_mothers, kin.moved_in_with_parents),
    (kin.parents_of_adults,),
    (kin.grandchildren,),
    (kin.siblings,),
    (kin.remaining_children,),
    (moves.flat_mates, moves.flat_mates_of_one_age),
    (moves.couples_of_one_origin,),
    (moves.couples_of_one_nationality,),
    (moves.mates_of_one_origin, moves.mates_of_one_nationality),
    (moves.couples_by_age,),
    (kin.parents_of_households,),
)
"""The links by stages: those of one stage are looked for at once, the next one sees what they joined."""
_COUPLES = {
    *(kin.spouses, kin.common_children, kin.married_namesakes, kin.parents_of_households, moves.unmarried_couples),
    *(moves.couples_of_one_origin, moves.couples_of_one_nationality, moves.couples_by_age),
}
"""Those that make two people a couple."""
_TYPES = pl.Enum(["single", "couple_no_child", "couple_child", "lone_parent", "other_multi", "institution"])


def with_households(people: pl.DataFrame, addresses: pl.DataFrame, date: int) -> pl.DataFrame:
    """Adds ``household``, ``household_type``, ``household_first`` (one person of each) and ``household_partner``."""
    here = _neighbours(living(people, addresses, date))
    names = kin.names_at_addresses(here)
    inmates = here.filter("institution").select(one="person")
    for stage in _STAGES:
        found = [(link, link(here, names).join(inmates, on="one", how="anti")) for link in stage]
        couples = [pairs for link, pairs in found if link in _COUPLES]
        partners = pl.concat([pairs[side] for pairs in couples for side in ("one", "two")]) if couples else pl.Series()
        joined = _joined(here["household"], pl.concat([pairs.select("one", "two") for _, pairs in found]))
        here = here.with_columns(
            joined, partnered=pl.col("partnered") | pl.col("person").is_in(partners.cast(pl.UInt32).implode())
        ).with_columns(members=pl.len().over("household"), oldest=pl.col("age").max().over("household"))
    first = pl.col("person").min().over("household")
    formed = _with_children(here).select(
        household=first,
        household_first=first == pl.col("person"),
        household_partner="partnered",
        household_type=_type(),
    )
    return pl.concat([people.drop("family_name", "birth_name"), formed], how="horizontal")


def _neighbours(people: pl.DataFrame) -> pl.DataFrame:
    """What the links ask of each resident, everybody still alone; links lead to neighbours only."""
    born, came = pl.col("birth_date"), pl.col("move_in_date")
    links = (
        pl.when(pl.col("address").gather(pl.col(link)) == pl.col("address")).then(link).alias(link)
        for link in ("spouse", "guardian_1", "guardian_2")
    )
    return people.select(
        *("person", "address", "family_name", "birth_name", "age", "institution", "moved"),
        *links,
        household=pl.col("person").cast(pl.Int64),
        members=pl.lit(1, pl.UInt32),
        oldest="age",
        partnered=pl.lit(False),
        guarded=pl.col("guardian_1").is_not_null() | pl.col("guardian_2").is_not_null(),
        move_in="move_in_date",
        since_birth=((came == born) & (born % 100 > 0)).fill_null(False),
        woman=pl.col("sex") == "w",
        married=pl.col("marital_status").is_in(["VH", "LP"]).fill_null(False),
        origin="origin_municipality",
        foreign=pl.when(pl.col("nationality_1") != GERMANY).then("nationality_1"),
        size=pl.len().over("address"),
    )


def _joined(household: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    one, two = (household.gather(pairs[side]).to_numpy() for side in ("one", "two"))
    graph = coo_array((np.ones(len(one), dtype=bool), (one, two)), shape=(len(household),) * 2)
    group = connected_components(graph, directed=False)[1]
    return pl.Series("household", group[household.to_numpy()], pl.Int64)


def _with_children(here: pl.DataFrame) -> pl.DataFrame:
    """Adds how many ``partners`` and ``children`` live in the household."""
    age, oldest = pl.col("age"), pl.col("oldest")
    pointed = pl.concat([here["guardian_1"], here["guardian_2"]]).drop_nulls().unique()
    parent = pl.col("person").is_in(pointed.implode())
    guarded = pl.col("guardian_1").is_not_null() | pl.col("guardian_2").is_not_null()
    younger = ((age <= oldest - 15) | ((age < 18) & (oldest >= 18))).fill_null(False)
    numbered = here.with_columns(child=~pl.col("partnered") & ~parent & (guarded | younger))
    return numbered.with_columns(
        partners=pl.col("partnered").sum().over("household"), children=pl.col("child").sum().over("household")
    )


def _type() -> pl.Expr:
    partners, children, members = pl.col("partners"), pl.col("children"), pl.col("members")
    others = members.cast(pl.Int64) - partners - children
    one_couple = (partners == 2) & (others == 0)
    return (
        pl.when("institution")
        .then(pl.lit("institution"))
        .when(members == 1)
        .then(pl.lit("single"))
        .when(one_couple & (children == 0))
        .then(pl.lit("couple_no_child"))
        .when(one_couple)
        .then(pl.lit("couple_child"))
        .when((partners == 0) & (others == 1))
        .then(pl.lit("lone_parent"))
        .otherwise(pl.lit("other_multi"))
        .cast(_TYPES)
    )
