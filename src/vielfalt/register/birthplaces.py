"""Country of birth: the evidence of state key, place and nationality weighed in a declared order, never a name."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import codes
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.checks import Finding, search
from vielfalt.register.gazetteer import EAST, SUDETEN
from vielfalt.rules import Decision, Rule
from vielfalt.words import N_

_SOURCE = (
    N_("Order of evidence: MigraPro as described by KOSIS (staedtestatistik.de 285)") + "; " + N_("rule set vielfalt-1")
)
_OWN = N_("Rule of our own") + "; " + N_("order of evidence: state of birth, place, nationality")
_DOMINANT = 20
"""A place that is this many times larger than all its namesakes together is meant when nothing else speaks."""
_GERMAN = nw.col("nationality_1") == codes.GERMANY
_NO_ARRIVAL, _SINCE_BIRTH = nw.col("no_arrival"), nw.col("since_birth")
_DISSOLVED = nw.col("birth_former") != ""
_PRESENT = [key for key, state in codes.countries().items() if state.kind in ("state", "region")]
_FORMER = [key for key, state in codes.countries().items() if state.kind == "former"]
_ABROAD = [key for key in _PRESENT if key != codes.GERMANY]
_YOUNG = nw.col("born_since_1945")
"""Not born before 1945 (rule set vielfalt-1: expellees)."""


def _lies_in(state: nw.Expr) -> nw.Expr:
    """Whether a namesake of the place lies in the state: keys of three digits in a list with blanks between."""
    return _lists("place_namesakes", state)


def _lists(column: str, state: nw.Expr) -> nw.Expr:
    """Whether a list in a column holds the state; an engine that keeps texts as categories must be asked for them."""
    return nw.col(column).cast(nw.String).str.contains(state.cast(nw.String), literal=True)


COUNTRY_OF_BIRTH = Decision(
    "birth_country",
    "birth_rule",
    (
        Rule("B1", nw.col("birth_state"), nw.col("state_present"), N_("The state of birth is stated."), _SOURCE),
        Rule(
            "B2",
            nw.col("place_only"),
            _DISSOLVED & ~nw.col("place_only").is_null(),
            N_("The state of birth no longer exists; the place lies in this present-day state."),
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
            _lies_in(nw.col("nationality_1")) & ~_GERMAN,
            N_("Places of this name exist in several states, one of them that of the first nationality."),
            _SOURCE,
        ),
        Rule(
            "B6",
            nw.col("nationality_2"),
            _lies_in(nw.col("nationality_2")) & (nw.col("nationality_2") != codes.GERMANY),
            N_("Places of this name exist in several states, one of them that of the second nationality."),
            _SOURCE,
        ),
        Rule(
            "B10",
            nw.col("nationality_3"),
            _lies_in(nw.col("nationality_3")) & (nw.col("nationality_3") != codes.GERMANY),
            N_("Places of this name exist in several states, one of them that of the third nationality."),
            _SOURCE,
        ),
        Rule(
            "B7",
            nw.col("origin_state"),
            _lies_in(nw.col("origin_state")),
            N_("Places of this name exist in several states, one of them that of the arrival from abroad."),
            _SOURCE,
        ),
        Rule(
            "B8",
            codes.GERMANY,
            _lies_in(nw.lit(codes.GERMANY)) & _GERMAN & _NO_ARRIVAL & (~nw.col("place_lost") | _YOUNG),
            N_("A place of this name lies in Germany, and nothing points abroad."),
            _SOURCE,
        ),
        Rule(
            "B11",
            nw.col("place_coded"),
            ~nw.col("place_coded").is_null(),
            N_("The place was coded by hand."),
            _OWN,
        ),
        Rule(
            "B12",
            codes.GERMANY,
            (nw.col("place_largest") == codes.GERMANY) & ~_GERMAN & _NO_ARRIVAL,
            N_("The largest place of this name lies in Germany, and no arrival from abroad is recorded."),
            _OWN,
        ),
        Rule(
            "B9",
            nw.col("place_dominant"),
            ~nw.col("place_dominant").is_null(),
            N_("One place of this name is far larger than all its namesakes."),
            _SOURCE,
        ),
        Rule(
            "B3",
            nw.col("birth_state"),
            _DISSOLVED,
            N_("The state of birth no longer exists, and the place does not tell which present-day state it is."),
            _SOURCE,
        ),
        Rule(
            "B13",
            nw.col("origin_state"),
            nw.col("place_known").is_null() & nw.col("arrived_from_own_state"),
            N_("The place is unknown, and the arrival from abroad came from the state of a nationality."),
            _OWN,
        ),
        Rule(
            "B14",
            codes.GERMANY,
            (nw.col("place_known").is_null() | _lies_in(nw.lit(codes.GERMANY))) & _SINCE_BIRTH & _NO_ARRIVAL,
            N_("The place is unknown or in Germany as well, and the person has lived in the municipality since birth."),
            _OWN,
        ),
    ),
    Rule("B0", nw.lit(None, dtype=nw.String), nw.lit(True), N_("The evidence does not suffice."), _SOURCE),
)


def country_of_birth(engine: Engine, kinds: Frame, candidates: pl.DataFrame) -> Frame:
    """Adds ``birth_country`` (Destatis key, null if open), ``birth_rule`` and ``birth_region`` (east, sudeten or null).

    ``kinds``: what each kind of resident says (``kinds.kinds``). ``candidates``: place (number of the birth place),
    country, region, weight, how (``places.HOW``); one row per possible country.
    """
    decided, added = _decided(engine, kinds, candidates)
    lost = [
        nw.when(_lists(f"place_{region}", nw.col("birth_country"))).then(nw.lit(region)) for region in (EAST, SUDETEN)
    ]
    placed = decided.with_columns(nw.coalesce(*lost).alias("birth_region"))
    return placed.drop([*added, "birth_place", "birth_state"])


def open_spellings(engine: Engine, people: Frame, kinds: Frame) -> pl.DataFrame:
    """The birth places of the residents whose country of birth stays open or is a dissolved state: number of the
    place and residents, most residents first. ``kinds``: with country of birth."""
    undecided = kinds.filter(nw.col("birth_country").is_null() | (nw.col("birth_rule") == "B3"))
    concerned = people.filter(~nw.col("birth_place").is_null()).join(undecided, on="kind", how="semi")
    counted = concerned.group_by("birth_place").agg(nw.len().alias("residents"))
    found = pl.DataFrame(engine.collect(counted)).select(
        place="birth_place", residents=pl.col("residents").cast(pl.Int64)
    )
    return found.sort("residents", "place", descending=[True, False])


def _decided(engine: Engine, kinds: Frame, candidates: pl.DataFrame) -> tuple[Frame, list[str]]:
    """The kinds with country and rule, and the names of the columns that only the rules need."""
    origin = nw.col("origin_state")
    of_own_state = (origin == nw.col("nationality_1")) | (origin == nw.col("nationality_2"))
    asked = kinds.with_columns(
        nw.col("birth_state").is_in(_PRESENT).alias("state_present"),
        nw.when(nw.col("birth_state").is_in(_FORMER))
        .then(nw.col("birth_state"))
        .otherwise(nw.lit(""))
        .alias("birth_former"),
        (of_own_state & origin.is_in(_ABROAD)).alias("arrived_from_own_state"),
    )
    table = _evidence(candidates)
    evidence = engine.load(table.to_arrow(), "birth_evidence")
    keys = ["birth_place", "birth_former"]
    joined = asked.join(evidence, left_on=keys, right_on=[f"k_{key}" for key in keys], how="left")
    added = ["state_present", "birth_former", "arrived_from_own_state", *table.columns[len(keys) :]]
    return joined.with_columns(*COUNTRY_OF_BIRTH.columns()), added


def _places(candidates: pl.DataFrame) -> pl.DataFrame:
    """The possible countries per place, and per place and dissolved state ("" for none) those among its successors.

    A hint is no hint where a dissolved state agrees with it.
    """
    pairs = pl.DataFrame(
        [(row.key, successor) for row in codes.countries().values() for successor in row.successors],
        schema={"former": pl.String, "country": pl.String},
        orient="row",
    )
    places = candidates.group_by("place", "country").agg(
        pl.col("weight").sum(),
        pl.col("region").sort_by("weight").last(),
        (pl.col("how") == "hint").all().alias("hint"),
        (pl.col("how") == "coded").any().alias("coded"),
    )
    within = places.join(pairs, on="country").with_columns(hint=pl.lit(False))
    return pl.concat([places.with_columns(former=pl.lit("")), within.select(*places.columns, "former")])


def _evidence(candidates: pl.DataFrame) -> pl.DataFrame:
    """Per place and dissolved state all that the rules ask of a place. Key columns, named with "k_" before, come first.

    ``place_namesakes`` lists the countries where they are several or only hinted at; ``place_east`` and
    ``place_sudeten`` those in which the place lies in a former German territory.
    """
    lightest_first = _places(candidates).sort("weight", "country")
    country, weight = pl.col("country"), pl.col("weight")
    total = lightest_first.group_by("place", "former").agg(
        country.last().alias("largest"),
        (pl.len() == 1).alias("alone"),
        (weight.last() >= _DOMINANT * (weight.sum() - weight.last())).alias("dominant"),
        (~pl.col("hint").any()).alias("firm"),
        country.filter("coded").first().alias("place_coded"),
        country.str.join(" ").alias("namesakes"),
        (pl.col("region").last() != "").alias("place_lost"),
        *(
            country.filter(pl.col("region") == region).str.join(" ").alias(f"place_{region}")
            for region in (EAST, SUDETEN)
        ),
    )
    firm, alone, coded = pl.col("firm"), pl.col("alone"), pl.col("place_coded").is_not_null()
    return total.select(
        pl.col("place").alias("k_birth_place"),
        pl.col("former").alias("k_birth_former"),
        pl.when(firm & alone & ~coded).then("largest").alias("place_only"),
        pl.when(firm & pl.col("dominant")).then("largest").alias("place_dominant"),
        pl.when(firm).then("largest").alias("place_largest"),
        pl.when(firm).then(pl.lit(True)).alias("place_known"),
        pl.when(~firm | ~alone).then("namesakes").alias("place_namesakes"),
        *("place_coded", "place_lost", f"place_{EAST}", f"place_{SUDETEN}"),
    ).sort("k_birth_place", "k_birth_former")


def open_places(engine: Engine, people: Frame, kinds: Frame) -> tuple[Finding, ...]:
    """The residents whose country of birth stays open."""
    undecided = people.join(kinds.filter(nw.col("birth_country").is_null()), on="kind", how="semi")
    return search(engine, undecided, {("birth_place_open", "birth_place"): ~nw.col("record").is_null()})
