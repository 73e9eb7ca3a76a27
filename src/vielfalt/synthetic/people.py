"""The columns of a resident in the generator's own terms, and the words behind their integer keys."""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Ints
from vielfalt.synthetic.draw import NEVER, NONE, Table

NATIVE, DESCENDANT, EXPELLEE, BORN_ABROAD, REPATRIATE, NATURALISED, NATURALISED_HERE, FOREIGN, FOREIGN_HERE = range(9)
"""Standing: how a person came to live here. ``_HERE`` is born in Germany; BORN_ABROAD is a German child of Germans."""
GERMAN_STANDINGS: Final = (NATIVE, DESCENDANT, EXPELLEE, BORN_ABROAD, REPATRIATE, NATURALISED, NATURALISED_HERE)
IMMIGRATED: Final = (BORN_ABROAD, REPATRIATE, NATURALISED, FOREIGN)

MARITAL: Final = ("LD", "VH", "VW", "GS", "LP", "LV", "LA")
SINGLE, MARRIED, WIDOWED, DIVORCED, PARTNERED, PARTNER_DEAD, PARTNERSHIP_ENDED = range(len(MARITAL))
RELIGIONS: Final = ("oa", "rk", "ev", "rf", "ak", "fb", "iw", "sn")
KINDS: Final = ("", "birth", "naturalised", "repatriate", "option", "other")
BY_BIRTH, BY_NATURALISATION, BY_CERTIFICATE, BY_OPTION, OTHERWISE = range(1, 6)
HEAD, PARTNER, CHILD, OTHER = range(4)

DEFAULTS: Final = {
    **dict.fromkeys(("nat2", "nat3", "former", "house", "root", "origin_state", "origin_muni"), NONE),
    **dict.fromkeys(("spouse", "partner", "mother", "father"), NONE),
    **dict.fromkeys(("move_in", "arrival", "abroad", "german_since"), NEVER),
    **dict.fromkeys(
        ("person", "household", "role", "birth", "sex", "standing", "birth_country", "birth_place", "nat1"), 0
    ),
    **dict.fromkeys(("kind", "marital", "religion", "family", "own_family", "given", "given_2", "elsewhere"), 0),
    **dict.fromkeys(("mother_country", "father_country", "mother_immigrated", "father_immigrated", "block_info"), 0),
}
"""Every column of the people table and the value it starts with.

``root`` is the family's origin as position in the pool of origins; ``own_family`` the family name at birth;
``former`` and ``german_since`` are the nationality before the German one and the day of change, by naturalisation or
certificate; ``elsewhere`` is 1 for a further dwelling in another municipality and 2 where the main dwelling is there;
``block_info`` the information block. ``birth_place`` counts through the pool of places and then the lost places.
"""


def new_people(count: int, **columns: Ints) -> Table:
    """A people table with the given columns and the defaults for the rest."""
    table = {name: np.full(count, value, dtype=np.int64) for name, value in DEFAULTS.items()}
    for name, column in columns.items():
        if name not in table:
            raise KeyError(name)
        table[name] = np.asarray(column, dtype=np.int64)
    return table
