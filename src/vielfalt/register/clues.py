"""The clues: what the rules of origin speak about, computed once per resident whatever the rule set."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from vielfalt import codes

REPATRIATE_STATES = ("152", "154", "164", "155", "165", "162")
"""Poland, Romania, Czechia, Slovakia, Hungary, and Czechoslovakia where the place does not decide."""
USSR = "159"
_NATIONALITIES = ("nationality_1", "nationality_2", "nationality_3")


def clues(parameters: Mapping[str, int | float]) -> tuple[nw.Expr, ...]:
    """Columns the rules speak about, from nationality, country of birth, arrival and age.

    Who came to the municipality before 1950 came from abroad before 1950 as well, whatever else is entered.
    """
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
    early = _any(*(day < int(parameters["immigration_since"]) for day in (arrival, _earliest(nw.col("arrival_date")))))
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
        (nw.col("age") < int(parameters["descendant_age"])).fill_null(False).alias("descendant_age"),
        _expellee(german, early, arrival.is_null(), parameters).fill_null(False).alias("expellee"),
        repatriate.fill_null(False).alias("repatriate_window"),
        (~early).alias("arrived_since"),
    )


def _expellee(german: nw.Expr, early: nw.Expr, unknown: nw.Expr, parameters: Mapping[str, int | float]) -> nw.Expr:
    """Whether a German was born early enough in the eastern territories and came before 1950 or, but for the Sudeten
    areas, at an unknown time."""
    born = _earliest(nw.col("birth_date")) < int(parameters["expellee_born_before"])
    east, sudeten = nw.col("birth_region") == "east", nw.col("birth_region") == "sudeten"
    return german & born & ((east & (early | unknown)) | (sudeten & early))


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
