"""The link file of a reference date: what the vault keeps so that a later date can be compared with it.

Nothing but a pseudonym and the characteristics that tables of movements are counted by. The file is sorted by
pseudonym; its numbers mean what the facts of the date say. Without the town's key no pseudonym leads to a person, and
another town's pseudonyms never agree.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt.engines.base import Frame

LINKS = "links.parquet"
"""The name of the file."""
LINK = "link"
GROUPS = ("foreigner", "mh_group", "nationality_group", "age_class", "sex")
"""The characteristics that movements are counted by."""
EARLIER = ("area", *GROUPS)
"""The columns of the link file whose numbers stand for keys."""
COLUMNS = (LINK, "address", *EARLIER)
"""``link``: pseudonym; ``address``: running number of the house in that run, for the rule of dominance."""
MOVES = (*("birth_date", "move_in_date", "arrival_date", "arrival_from_abroad_date", "origin_municipality"),)
"""What the rules look at besides; only of the date being evaluated, and never kept."""


def link_rows(residents: Frame) -> Frame:
    """The rows of the link file from classified residents with their pseudonym."""
    kinds = {"address": nw.Int64, "area": nw.Int32} | dict.fromkeys(GROUPS, nw.Int8)
    return residents.select(nw.col("pseudonym").alias(LINK), *(nw.col(name).cast(kind) for name, kind in kinds.items()))
