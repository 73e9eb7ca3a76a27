"""Random tables with both margins fixed: the same people dealt out to the same dwellings by chance.

Two ways to the same distribution. With few cells, each cell is drawn in turn (Patefield 1981, Applied Statistics 30).
With many cells, people are dealt out: lots decide which dwellings are not the largest group's; of everybody else most
draw an area, each for himself, and whoever is left over takes the dwellings that are free in random order (the idea of
Boyett 1979, Applied Statistics 28, for few people instead of all). Dwellings are treated alike, and so are people: each
way of housing the same people is as likely as any other.

Lots are drawn by tossing coins: an area's share is a binary fraction, and each of its ones is a run of tosses that ends
there (Knuth and Yao 1976, The complexity of nonuniform random number generation). Of people who all toss a coin, as
many show heads as there are ones among as many random bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vielfalt.numbers import Ints

Counts = NDArray[np.integer]

_PEOPLE_PER_CELL = 16
"""Drawing a cell takes as long as dealing out so many people."""
_FREE = 2.5
"""By how many standard deviations fewer people than an area has dwellings draw it, so that seldom too many do."""
_TOSSES = 4
"""An area's share is a binary fraction so many digits finer than one area in all; the rest is left over."""
_CELLS_AT_ONCE = 100_000
"""Tables are drawn several at once while they have no more cells than fit into the memory next to the processor."""
_WORDS: dict[int, type[np.unsignedinteger]] = {7: np.uint8, 15: np.uint16, 31: np.uint32, 63: np.uint64}
"""How many people can toss their coins in a word: one bit less than it has, so that 2^people fits."""


def random_tables(areas: Ints, groups: Ints, draws: int, seed: int) -> Iterator[Ints]:
    """So many tables (areas by groups) with these residents per area and per group; there must be people."""
    chance = np.random.default_rng(seed)
    largest = int(groups.argmax())
    others = np.delete(groups, largest)
    if others.sum() > _PEOPLE_PER_CELL * len(areas) * len(groups):
        from scipy.stats import random_table  # half a second and 35 MB that few processes need

        tables = random_table(areas, groups)
        yield from (tables.rvs(method="patefield", random_state=chance) for _ in range(draws))
        return
    lots = _lots(areas, int(others.sum()))
    at_once = max(1, _CELLS_AT_ONCE // (len(areas) * len(groups)))
    for start in range(0, draws, at_once):
        for drawn in _drawn(others, lots, min(at_once, draws - start), chance):
            dwellings = chance.multivariate_hypergeometric(areas, others.sum())
            yield np.insert(_housed(drawn.astype(np.int64), dwellings, chance), largest, areas - dwellings, axis=1)


def _lots(areas: Ints, people: int) -> Sequence[Ints]:
    """The areas that are drawn after no, one, two... tosses; nobody's area, which comes last, means left over."""
    tosses = len(areas).bit_length() + _TOSSES
    part = people / areas.sum()
    deviation = np.sqrt(areas * part * (2 - part))
    share = np.maximum(areas * part - _FREE * deviation, 0) / max(people, 1)
    lots = (share * (1 << tosses)).astype(np.int64)
    lots = np.append(lots, (1 << tosses) - lots.sum())
    return [np.flatnonzero(lots >> (tosses - tossed) & 1) for tossed in range(tosses + 1)]


def _drawn(groups: Ints, lots: Sequence[Ints], tables: int, chance: np.random.Generator) -> NDArray[np.int32]:
    """How many of each group drew each area and, last, none: tables by areas by groups."""
    found = np.zeros((1 + max(int(areas.max(initial=0)) for areas in lots), tables * len(groups)), dtype=np.int32)
    tossing: Counts = np.tile(groups.astype(np.int32), (1, tables))
    for areas in lots:
        found[areas] += tossing[: len(areas)]
        tossing = tossing[len(areas) :]
        heads = _heads(tossing, chance)
        tossing = np.concatenate([heads, tossing.astype(heads.dtype) - heads])
    return found.reshape(len(found), tables, len(groups)).swapaxes(0, 1)


def _heads(people: Counts, chance: np.random.Generator) -> Counts:
    """How many of so many people toss heads: the ones among as many random bits."""
    most = int(people.max(initial=0))
    word = next((word for bits, word in _WORDS.items() if most <= bits), None)
    if word is not None:
        return _ones(people, word, chance)
    full = people >> 6
    ends = np.cumsum(full)
    counted = np.cumsum(np.bitwise_count(chance.bit_generator.random_raw(int(ends[-1]))), dtype=np.int32)
    before = np.append(np.int32(0), counted)
    ends = ends.reshape(full.shape)
    found: Counts = before[ends] - before[ends - full] + _ones(people & 63, np.uint64, chance)
    return found


def _ones(people: Counts, word: type[np.unsignedinteger], chance: np.random.Generator) -> Counts:
    """The same where the bits of each fit into a word."""
    tosses = (word(1) << people.astype(word)) - word(1)
    drawn = chance.bit_generator.random_raw(-(-tosses.nbytes // 8)).view(word)[: tosses.size]
    ones: Counts = np.bitwise_count(tosses & drawn.reshape(tosses.shape))
    return ones


def _housed(drawn: Ints, dwellings: Ints, chance: np.random.Generator) -> Ints:
    """The table once everybody has a dwelling. Where too many drew an area, lots decide who of them is left over."""
    table, left_over = drawn[:-1], drawn[-1]
    free = dwellings - table.sum(axis=1)
    for area in np.flatnonzero(free < 0):
        gone = chance.multivariate_hypergeometric(table[area], -free[area])
        table[area] -= gone
        left_over += gone
    cells = np.repeat(np.arange(len(free)) * table.shape[1], np.maximum(free, 0))
    chance.shuffle(cells)
    cells += np.repeat(np.arange(table.shape[1]), left_over)
    housed: Ints = table + np.bincount(cells, minlength=table.size).reshape(table.shape)
    return housed
