"""Small invented towns for property tests: counts drawn at random, all tables of the programme made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from hypothesis import strategies as st

from vielfalt import codes, programme
from vielfalt.cells import Cells, Protection
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.table import Table

PROTECTION = Protection(
    min_cell=5,
    min_cell_fine=10,
    min_area=20,
    min_area_index=30,
    min_group_index=10,
    min_base_share=30,
    min_base_decimal=100,
    dominance=0.75,
)
TOWN = Area("05999009", "Town", "")
PEOPLE = (
    ("000", "none", "0-17"),
    ("000", "none", "18-64"),
    ("000", "none", "65+"),
    ("000", "naturalised", "18-64"),
    ("000", "undeterminable", "0-17"),
    ("152", "foreigner_born_abroad", "18-64"),
    ("163", "foreigner_born_here", "0-17"),
    ("163", "foreigner_born_abroad", "65+"),
    ("423", "foreigner_born_abroad", "18-64"),
    ("439", "foreigner_born_abroad", "18-64"),
)
"""Kinds of people: nationality, migration status, age class."""
Counts = dict[tuple[str, ...], int]
"""By area and categories."""
CHAINS = ("residents", "foreigner", "nationality_group", "nationality", "age_class")
WITH_STATUS = (*CHAINS, "mh_register", "mh_group", "migration_status")
ALL_TABLES = (*WITH_STATUS, "mh_group_by_age", "nationality_group_by_age")


def geography(blocks: Iterable[int]) -> Geography:
    """Quarters with so many blocks each."""
    quarters, inner = [], []
    for number, size in enumerate(blocks):
        quarters.append(Area(f"Q{number}", f"Quarter {number}", TOWN.key))
        inner += [Area(f"Q{number}B{place}", f"Block {number}/{place}", f"Q{number}") for place in range(size)]
    return Geography(
        TOWN, (AreaLevel("quarter", "Quarters", tuple(quarters)), AreaLevel("block", "Blocks", tuple(inner)))
    )


def cells_of(table: Table, counts: Counts) -> Cells:
    """Cells from counts by (area, category ...)."""
    names = ["area", *table.dimensions]
    rows = [
        dict(zip(names, key, strict=True)) | {"n": n, "key_sum": 0, "top": 0, "second": 0} for key, n in counts.items()
    ]
    schema = dict.fromkeys(names, pl.Utf8) | dict.fromkeys(("n", "key_sum", "top", "second"), pl.Int64)
    return Cells(table, pl.DataFrame(rows, schema=schema))


def _keys(person: tuple[str, str, str]) -> Mapping[str, str]:
    nation, status, age = person
    group = codes.category("nationality", nation).parent
    mh_group = codes.category("migration_status", status).parent
    return {
        "nationality": nation,
        "nationality_group": group,
        "foreigner": codes.category("nationality_group", group).parent,
        "migration_status": status,
        "mh_group": mh_group,
        "mh_register": codes.category("mh_group", mh_group).parent,
        "age_class": age,
    }


def tables(counts: np.ndarray, addresses: np.ndarray, where: Geography, ids: Iterable[str]) -> dict[str, Cells]:
    """The cells of the tables. ``counts``: areas (the last row: no area) x kinds of people.

    ``addresses`` says which of them live together at an address of the area: 1 at the one, 2 at another, 0 at none.
    """
    areas = [*(area.key for area in where.finest.areas), ""]
    rows = [
        {
            "area": area,
            **_keys(person),
            "n": int(n),
            "key_sum": key,
            **{f"at_{each}": int(n) * int(each == at) for each in (1, 2)},
        }
        for area, line, marks, keys in zip(areas, counts, addresses, _key_sums(counts), strict=True)
        for person, n, at, key in zip(PEOPLE, line, marks, keys, strict=True)
        if n
    ]
    measures = dict.fromkeys(("n", "key_sum", "at_1", "at_2"), pl.Int64)
    schema = dict.fromkeys(("area", *_keys(PEOPLE[0])), pl.Utf8) | measures
    people = pl.DataFrame(rows, schema=schema)
    return {id: _cells(programme.table(id), people) for id in ids}


def _key_sums(counts: np.ndarray) -> list[list[int]]:
    """Sums of so many record keys; the same counts always get the same."""
    rng = np.random.default_rng(counts.ravel().tolist())
    return [[int(rng.integers(0, 1 << 32, n).sum()) for n in line] for line in counts]


def _cells(table: Table, people: pl.DataFrame) -> Cells:
    keys = ["area", *table.dimensions]
    sums = people.group_by(keys).agg(pl.col("n", "key_sum", "at_1", "at_2").sum())
    both = pl.max_horizontal("at_1", "at_2").alias("top"), pl.min_horizontal("at_1", "at_2").alias("second")
    return Cells(table, sums.select(*keys, "n", "key_sum", *both).sort(keys))


@st.composite
def towns(draw: st.DrawFn, ids: tuple[str, ...] = ALL_TABLES) -> tuple[dict[str, Cells], Geography]:
    """A town of up to three quarters and eight blocks; many counts are small, some zero, some at two addresses."""
    where = geography(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    shape = (len(where.finest.areas) + 1, len(PEOPLE))
    size = shape[0] * shape[1]
    sizes = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 30, 80])
    counts = np.array(draw(st.lists(sizes, min_size=size, max_size=size))).reshape(shape)
    counts[-1] = np.minimum(counts[-1], 6)
    at = np.array(draw(st.lists(st.sampled_from([0] * 6 + [1, 2]), min_size=size, max_size=size)))
    return tables(counts, at.reshape(shape), where, ids), where
