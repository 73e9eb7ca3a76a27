"""The surroundings of a class: the others that can make up for a change of it, by the sums they share."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks


def nearby(sums: sparse.csr_array, members: sparse.csr_array, place: int, shut: Marks, price: Costs, most: int) -> Ints:
    """About ``most`` classes around one, itself first, step by step along the sums; in the last step the cheapest.

    ``sums`` (equations, classes) and ``members``, its transpose. No step leads through classes that are ``shut``.
    """
    taken, written = shut.copy(), np.zeros(sums.shape[0], np.bool_)
    taken[place] = True
    edge = np.array([place])
    found, number = [edge], 1
    while edge.size and number < most:
        equations = _fresh(entries(members, edge), written)
        written[equations] = True
        edge = _fresh(entries(sums, equations), taken)
        if number + len(edge) > most:
            edge = edge[np.argsort(price[edge], kind="stable")[: most - number]]
        taken[edge] = True
        found.append(edge)
        number += len(edge)
    return np.concatenate(found)


def _fresh(places: Ints, known: Marks) -> Ints:
    """These places, each once and in order, without those that are known."""
    marks = np.zeros(len(known), np.bool_)
    marks[places] = True
    return np.flatnonzero(marks & ~known)


def without_dead_ends(members: sparse.csr_array, places: Ints) -> Ints:
    """These classes without those that are alone in a sum, which cannot change, and so on until none is."""
    while places.size:
        equations = entries(members, places)
        alone = np.bincount(equations, minlength=members.shape[1])[equations] == 1
        if not alone.any():
            break
        dead = np.repeat(np.arange(len(places)), members.indptr[places + 1] - members.indptr[places])[alone]
        places = np.delete(places, dead)
    return places


def entries(matrix: sparse.csr_array, rows: Ints) -> Ints:
    """The columns of all entries of these rows, row by row."""
    found: Ints = matrix.indices[positions(matrix, rows)]
    return found


def positions(matrix: sparse.csr_array, rows: Ints) -> Ints:
    """Where the entries of these rows stand in the matrix, row by row."""
    start = matrix.indptr[rows]
    length = matrix.indptr[rows + 1] - start
    ends = np.cumsum(length)
    found: Ints = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(start - ends + length, length)
    return found
