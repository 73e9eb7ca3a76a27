"""Country of birth, in polars: state, place, nationality and arrival weighed in the order of the rules."""

from __future__ import annotations

import polars as pl

from bench.plain.shared import ABROAD, FORMER, PRESENT, SUCCESSORS, Given
from bench.plain.with_polars.reading import COUNTRY
from vielfalt.codes import GERMANY

_PLACE = ["birth_place", "former"]
_STATE = {"former": COUNTRY, "country": COUNTRY}


def with_birth(people: pl.DataFrame, given: Given) -> pl.DataFrame:
    """Adds ``birth_country`` and ``birth_region``; null where they are open."""
    found = given.places(people["birth_place"].drop_nulls().unique().to_list())
    states = _states(found)
    people = people.with_columns(
        pl.when(pl.col("birth_state").is_in(FORMER)).then("birth_state").alias("former"),
        pl.when(pl.col("birth_state").is_in(PRESENT)).then("birth_state").alias("stated"),
    )
    asked = people.filter(pl.col("stated").is_null()).join(_places(states), on=_PLACE, how="left", nulls_equal=True)
    decided = pl.concat(
        [
            people.filter(pl.col("stated").is_not_null()).select("person", birth_country="stated"),
            asked.filter(pl.col("only").is_not_null()).select("person", birth_country="only"),
            _weighed(asked.filter(pl.col("only").is_null()), states),
        ]
    )
    regions = states.filter(pl.col("region") != "").select(*_PLACE, birth_country="country", birth_region="region")
    return (
        people.join(decided, on="person", how="left", maintain_order="left")
        .join(regions, on=[*_PLACE, "birth_country"], how="left", nulls_equal=True, maintain_order="left")
        .drop("former", "stated", "birth_place", "birth_state")
    )


def _states(found: pl.DataFrame) -> pl.DataFrame:
    """The states in which each place may lie; with a dissolved state, those of its successors."""
    states = found.group_by(birth_place="place", country=pl.col("country").cast(COUNTRY)).agg(
        pl.col("weight").sum(),
        pl.col("region").sort_by("weight").last(),
        hint=(pl.col("how") == "hint").all(),
        coded=(pl.col("how") == "coded").any(),
    )
    successors = pl.DataFrame(SUCCESSORS, schema=_STATE, orient="row")
    within = states.join(successors, on="country").with_columns(hint=pl.lit(False))
    both = pl.concat([states.with_columns(former=pl.lit(None, COUNTRY)), within], how="diagonal")
    doubtful = (pl.len() > 1) | pl.col("hint").any()
    return both.sort("weight", "country").with_columns(doubtful=doubtful.over(_PLACE))


def _places(states: pl.DataFrame) -> pl.DataFrame:
    """Of each place its only country, its largest, whether that dominates, and the one coded by hand."""
    weight = pl.col("weight")
    return (
        states.group_by(_PLACE, maintain_order=True)
        .agg(
            largest=pl.col("country").last(),
            lost=pl.col("region").last(),
            dominant=weight.last() >= 20 * (weight.sum() - weight.last()),
            firm=~pl.col("hint").any(),
            number=pl.len(),
            coded=pl.col("country").filter(pl.col("coded")).first(),
        )
        .with_columns(
            only=pl.when(pl.col("firm") & (pl.col("number") == 1) & pl.col("coded").is_null()).then("largest")
        )
    )


def _weighed(asked: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """The country of those whose state is not given and whose place is not in one state only."""
    namesakes = states.filter("doubtful").group_by(_PLACE).agg(namesakes=pl.col("country"))
    first, second, third, origin = (
        pl.col(name) for name in ("nationality_1", "nationality_2", "nationality_3", "origin_state")
    )
    german, foreign = first == GERMANY, first != GERMANY
    firm, stayed = pl.col("firm").fill_null(False), pl.col("arrival_from_abroad_date").is_null()
    born, germany = pl.col("birth_date"), pl.lit(GERMANY, COUNTRY)
    since_birth = (pl.col("arrival_date") == born) & (born % 100 > 0)
    not_lost = (pl.col("lost") == "") | (born >= 19450000).fill_null(False)
    own_state = ((origin == first).fill_null(False) | (origin == second).fill_null(False)) & origin.is_in(ABROAD)
    rules = [
        (_lies_in(first) & foreign, first),
        (_lies_in(second) & (second != GERMANY), second),
        (_lies_in(third) & (third != GERMANY), third),
        (_lies_in(origin), origin),
        (_lies_in(germany) & german & stayed & not_lost, germany),
        (pl.col("coded").is_not_null(), pl.col("coded")),
        (firm & (pl.col("largest") == GERMANY) & foreign & stayed, germany),
        (firm & pl.col("dominant"), pl.col("largest")),
        (pl.col("former").is_not_null(), pl.col("former")),
        (~firm & own_state, origin),
        ((~firm | _lies_in(germany)) & since_birth & stayed, germany),
    ]
    country = pl.coalesce(pl.when(condition).then(value) for condition, value in rules)
    return asked.join(namesakes, on=_PLACE, how="left", nulls_equal=True).select("person", birth_country=country)


def _lies_in(state: pl.Expr) -> pl.Expr:
    """Whether a namesake of the place lies in the state."""
    return pl.col("namesakes").list.contains(state).fill_null(False) & state.is_not_null()
