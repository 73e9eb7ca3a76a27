"""Country of birth: the evidence of state key, place and nationality weighed in a declared order, never a name."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa

from vielfalt import codes
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.checks import Finding, search
from vielfalt.rules import Decision, Rule
from vielfalt.words import N_

_SOURCE = "Order of evidence: MigraPro as described by KOSIS (staedtestatistik.de 285); rule set vielfalt-1"
_DOMINANT = 20
"""A place that is this many times larger than all its namesakes together is meant when nothing else speaks."""
_GERMAN = nw.col("nationality_1") == codes.GERMANY

COUNTRY_OF_BIRTH = Decision(
    "birth_country",
    "birth_rule",
    (
        Rule("B1", nw.col("birth_state"), nw.col("state_present"), N_("The state of birth is stated."), _SOURCE),
        Rule(
            "B2",
            nw.col("place_successor"),
            ~nw.col("place_successor").is_null(),
            N_("The state of birth no longer exists; the place lies in this present-day state."),
            _SOURCE,
        ),
        Rule(
            "B3",
            nw.col("birth_state"),
            nw.col("state_former"),
            N_("The state of birth no longer exists, and the place does not tell which present-day state it is."),
            _SOURCE,
        ),
        Rule(
            "B4",
            nw.col("place_only"),
            ~nw.col("place_only").is_null(),
            N_("The place exists in one state only."),
            _SOURCE,
        ),
        Rule(
            "B5",
            nw.col("nationality_1"),
            nw.col("place_in_nationality_1") & ~_GERMAN,
            N_("Places of this name exist in several states, one of them that of the first nationality."),
            _SOURCE,
        ),
        Rule(
            "B6",
            nw.col("nationality_2"),
            nw.col("place_in_nationality_2") & (nw.col("nationality_2") != codes.GERMANY),
            N_("Places of this name exist in several states, one of them that of the second nationality."),
            _SOURCE,
        ),
        Rule(
            "B7",
            nw.col("origin_state"),
            nw.col("place_in_origin_state"),
            N_("Places of this name exist in several states, one of them that of the arrival from abroad."),
            _SOURCE,
        ),
        Rule(
            "B8",
            codes.GERMANY,
            nw.col("place_in_germany") & _GERMAN & nw.col("arrival_from_abroad_date").is_null(),
            N_("A place of this name lies in Germany, and nothing points abroad."),
            _SOURCE,
        ),
        Rule(
            "B9",
            nw.col("place_dominant"),
            ~nw.col("place_dominant").is_null(),
            N_("One place of this name is far larger than all its namesakes."),
            _SOURCE,
        ),
    ),
    Rule("B0", nw.lit(None, dtype=nw.String), nw.lit(True), N_("The evidence does not suffice."), _SOURCE),
)


def country_of_birth(engine: Engine, people: Frame, candidates: pl.DataFrame) -> Frame:
    """Adds ``birth_country`` (Destatis key, null if open), ``birth_rule`` and ``birth_region`` (east, sudeten or null).

    ``candidates``: place (number of the birth place), country, region, weight; one row per possible country.
    """
    added: list[str] = []
    for name, table in _evidence_tables(candidates).items():
        added += [column for column in table.column_names if not column.startswith("k_")]
        keys = [column for column in table.column_names if column.startswith("k_")]
        evidence = engine.load(table, f"birth_{name}")
        people = people.join(evidence, left_on=[key[2:] for key in keys], right_on=keys, how="left")
    decided = people.with_columns(*COUNTRY_OF_BIRTH.columns())
    regions = engine.load(_regions(candidates), "birth_regions")
    placed = decided.join(
        regions, left_on=["birth_place", "birth_country"], right_on=["k_place", "k_country"], how="left"
    )
    return placed.drop([*added, "birth_place", "birth_state"])


def _evidence_tables(candidates: pl.DataFrame) -> dict[str, pa.Table]:
    """Small tables to join: key columns are named after the people's column with "k_" before."""
    states = pl.DataFrame(
        [(row.key, row.kind in ("state", "region"), row.kind == "former") for row in codes.countries().values()],
        schema={"k_birth_state": pl.Utf8, "state_present": pl.Boolean, "state_former": pl.Boolean},
        orient="row",
    )
    places = candidates.group_by("place", "country").agg(pl.col("weight").sum())
    total = places.group_by("place").agg(
        pl.len().alias("countries"),
        pl.col("country").sort_by("weight").last().alias("largest"),
        pl.col("weight").max().alias("most"),
        pl.col("weight").sum().alias("all"),
        (pl.col("country") == codes.GERMANY).any().alias("place_in_germany"),
    )
    only, dominant = pl.col("countries") == 1, pl.col("most") >= _DOMINANT * (pl.col("all") - pl.col("most"))
    summary = total.select(
        pl.col("place").alias("k_birth_place"),
        pl.when(only).then("largest").alias("place_only"),
        pl.when(dominant).then("largest").alias("place_dominant"),
        "place_in_germany",
    )
    tables = {"states": states, "places": summary, "successors": _successors(places)}
    for column in ("nationality_1", "nationality_2", "origin_state"):
        tables[column] = places.select(
            pl.col("place").alias("k_birth_place"),
            pl.col("country").alias(f"k_{column}"),
            pl.lit(True).alias(f"place_in_{column}"),
        )
    return {name: table.to_arrow() for name, table in tables.items()}


def _successors(places: pl.DataFrame) -> pl.DataFrame:
    """Per place and former state: the one successor state the place lies in (absent when there are several)."""
    pairs = pl.DataFrame(
        [(row.key, successor) for row in codes.countries().values() for successor in row.successors],
        schema={"former": pl.Utf8, "country": pl.Utf8},
        orient="row",
    )
    return (
        places.join(pairs, on="country")
        .group_by("place", "former")
        .agg(pl.col("country").first(), pl.len().alias("countries"))
        .filter(pl.col("countries") == 1)
        .select(
            pl.col("place").alias("k_birth_place"),
            pl.col("former").alias("k_birth_state"),
            pl.col("country").alias("place_successor"),
        )
    )


def _regions(candidates: pl.DataFrame) -> pa.Table:
    return (
        candidates.filter(pl.col("region") != "")
        .unique(["place", "country"], keep="first", maintain_order=True)
        .select(
            pl.col("place").alias("k_place"),
            pl.col("country").alias("k_country"),
            pl.col("region").alias("birth_region"),
        )
        .to_arrow()
    )


def open_places(engine: Engine, people: Frame) -> tuple[Finding, ...]:
    """The residents whose country of birth stays open."""
    return search(engine, people, {("birth_place_open", "birth_place"): nw.col("birth_country").is_null()})
