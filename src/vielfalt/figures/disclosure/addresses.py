"""The largest addresses of a cell, over the areas and categories that it adds up."""

from __future__ import annotations

import numpy as np
import polars as pl

from vielfalt.numbers import Ints


def two_largest(frame: pl.DataFrame, place: Ints, shape: tuple[int, ...]) -> Ints:
    """The largest and the second largest number at one address (first axis) of the cells of a ``shape``.

    ``frame`` holds ``top`` and ``second`` of parts that share no address, ``place`` the cell of each part, numbered
    through. 0 where nobody knows addresses.
    """
    top, second = (frame[name].to_numpy().astype(np.int64) for name in ("top", "second"))
    found = np.zeros((2, int(np.prod(shape))), dtype=np.int64)
    np.maximum.at(found[0], place, top)
    # One part gives its cell the largest address; the next is its own second one or the largest of another part.
    part = np.arange(len(place))
    giver = np.zeros(found.shape[1], dtype=np.int64)
    largest = top == found[0][place]
    giver[place[largest]] = part[largest]
    np.maximum.at(found[1], place, np.where(giver[place] == part, second, top))
    return found.reshape(2, *shape)
