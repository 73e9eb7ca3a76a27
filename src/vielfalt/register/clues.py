"""The clues: what the rules of origin speak about, computed once per kind of resident whatever the rule set."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt import codes

REPATRIATE_STATES = ("152", "154", "164", "155", "165", "162")
"""Poland, Romania, Czechia, Slovakia, Hungary, and Czechoslovakia where the place does not decide."""
USSR = "159"
_NATIONALITIES = ("nationality_1", "nationality_2", "nationality_3")


def clues() -> tuple[nw.Expr, ...]:
    """Columns the rules speak about, from nationality, country of birth and what the dates say (``kinds.DATED``).

    Who came to the municipality before 1950 came from abroad before 1950 as well, whatever else is entered.
    """
    successors = [USSR, *codes.countries()[USSR].successors]
    special = [key for key, row in codes.countries().items() if row.kind == "special"]
    german = _any(*((nw.col(name) == codes.GERMANY) for name in _NATIONALITIES)) & ~nw.col("nationality_1").is_null()
    valid = [(nw.col(name) != codes.GERMANY) & ~nw.col(name).is_in(special) for name in _NATIONALITIES]
    repatriate = (nw.col("birth_country").is_in(list(REPATRIATE_STATES)) & nw.col("window_east")) | (
        nw.col("birth_country").is_in(successors) & nw.col("window_ussr")
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
        _expellee(german).fill_null(False).alias("expellee"),
        repatriate.fill_null(False).alias("repatriate_window"),
        (~nw.col("early")).alias("arrived_since"),
    )


def _expellee(german: nw.Expr) -> nw.Expr:
    """Whether a German was born early enough in the eastern territories and came before 1950 or, but for the Sudeten
    areas, at an unknown time."""
    early, unknown = nw.col("early"), nw.col("no_arrival")
    east, sudeten = nw.col("birth_region") == "east", nw.col("birth_region") == "sudeten"
    return german & nw.col("born_early") & ((east & (early | unknown)) | (sudeten & early))


def _any(*conditions: nw.Expr) -> nw.Expr:
    """Whether at least one condition holds; null counts as no."""
    found = nw.lit(False)
    for condition in conditions:
        found = found | condition.fill_null(False)
    return found
