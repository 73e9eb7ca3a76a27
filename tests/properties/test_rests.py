"""What a figure leaves of a larger one is protected like a figure: Germans by reference country, beside foreigners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from audited_releases import release, told
from linear_attack import Cell, intervals
from small_towns import PROTECTION, Counts, cells_of, geography

from vielfalt import codes, programme
from vielfalt.audit import attack
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import protect, protect_with_room, recomputable, rooms
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.grids import grids
from vielfalt.figures.disclosure.rests import REST, at_one, rests
from vielfalt.geography import Geography

KINDS = (
    ("000", "none", "none"),
    ("000", "naturalised", "163"),
    ("000", "naturalised", "423"),
    ("000", "naturalised", "439"),
    ("163", "foreigner_born_abroad", "163"),
    ("423", "foreigner_born_abroad", "423"),
    ("439", "foreigner_born_abroad", "439"),
)
"""Kinds of people: nationality, migration status, reference country."""
CHAINS = (
    ("residents",),
    ("foreigner", "nationality_group", "nationality"),
    ("mh_register", "mh_group", "migration_status"),
    ("reference_group", "reference_country"),
)
WITHIN = {"reference_group": "nationality_group", "reference_country": "nationality"}
"""Which table counts a part of the people of the other by the same keys."""


def town(counts: np.ndarray, where: Geography) -> dict[str, Cells]:
    """The tables of a town with so many people per area (the last row: no area) and kind."""
    found: dict[str, Counts] = {id: {} for chain in CHAINS for id in chain}
    for area, line in zip([*(area.key for area in where.finest.areas), ""], counts.tolist(), strict=True):
        for kind, n in zip(KINDS, line, strict=True):
            for id, key in _keys(kind).items():
                found[id][area, *key] = found[id].get((area, *key), 0) + n
    return {id: cells_of(programme.table(id), {key: n for key, n in each.items() if n}) for id, each in found.items()}


def _keys(kind: tuple[str, str, str]) -> Mapping[str, tuple[str, ...]]:
    finest = dict(zip(("nationality", "migration_status", "reference_country"), kind, strict=True))
    found: dict[str, tuple[str, ...]] = {"residents": ()}
    for chain in CHAINS[1:]:
        key = finest[chain[-1]]
        for id, below in zip(reversed(chain), [None, *reversed(chain)], strict=False):
            key = key if below is None else codes.category(below, key).parent
            found[id] = (key,)
    return found


def drawn(seed: int) -> tuple[Geography, dict[str, Cells]]:
    """A town at random, with few Germans of each origin beside many foreigners, or the other way round."""
    draw = np.random.default_rng(seed)
    where = geography(draw.integers(1, 4, size=3).tolist())
    counts = draw.poisson(draw.gamma(0.7, 12.0, size=(len(where.finest.areas) + 1, len(KINDS))))
    counts[:, 0] += 60
    counts[-1] = draw.integers(0, 3, size=len(KINDS))
    return where, town(counts, where)


def figures(shown: Mapping[str, ProtectedCells], id: str) -> dict[Cell, int | None]:
    return {(id, *row[:-1]): row[-1] for row in shown[id].frame.drop("status").iter_rows()}


def pairs(shown: Mapping[str, ProtectedCells]) -> list[tuple[Cell, Cell]]:
    """The figures of which the second counts everybody whom the first counts."""
    found = []
    for large, small in WITHIN.items():
        parts = figures(shown, small)
        found += [((small, *cell[1:]), cell) for cell in figures(shown, large) if (small, *cell[1:]) in parts]
    return found


def one_german() -> tuple[Geography, dict[str, Cells]]:
    """In the first of four blocks lives one German of Turkish origin beside 40 foreigners; no figure is small."""
    where = geography([2, 2])
    counts = np.array([[200, 1, 30, 20, 40, 30, 20], *[[200, 30, 40, 20, 30, 20, 40]] * 3, [0] * 7])
    return where, town(counts, where)


def test_subtracting_two_figures_that_may_be_shown_tells_a_third_that_must_not() -> None:
    where, cells = one_german()
    shown = protect(cells, where, PROTECTION)
    assert [figures(shown, id)[id, "block", "Q0B0", "163"] for id in ("nationality", "reference_country")] == [40, 41]
    found = recomputable(shown, cells, where, PROTECTION).filter(area="Q0B0")
    assert {("reference_country", "163"), ("reference_group", "turkey")} == set(found["table", "category"].iter_rows())
    assert ("reference_country", "Q0B0", ("163", ""), 1, 1) in told(attack([release(where, shown)]), "definitions")


def test_what_is_left_of_the_people_of_one_house_lives_there_too() -> None:
    """Else a family of two Germans and three Turks would count as two families, of which each tells the other."""
    where = geography([1, 1])
    counts = np.array([[200, 2, 30, 20, 3, 30, 20], [200, 30, 40, 20, 30, 20, 40], [0] * 7])
    cells = town(counts, where)
    whole = cells["reference_country"]
    there = (pl.col("area") == "Q0B0") & (pl.col("reference_country") == "163")
    top = pl.when(there).then(pl.lit(5, pl.Int64)).otherwise("top").alias("top")
    cells["reference_country"] = replace(whole, frame=whole.frame.with_columns(top))
    tables = grids(cells, division(where), {})
    found = tables | rests(tables)
    rest = found[f"reference_country{REST}"]
    places = [rest.categories.index((key,)) for key in ("163", "423")]
    assert [at_one(rest.table.id + REST, found, 2)[0, place] for place in places] == [2, 0]
    assert [rest.values[2][0, place] for place in places] == [2, 30]


def test_such_a_third_figure_is_protected() -> None:
    where, cells = one_german()
    shown, found = protect_with_room(cells, where, PROTECTION)
    assert not any(each.narrow for each in found.held)
    assert None in [figures(shown, id)[id, "block", "Q0B0", "163"] for id in ("nationality", "reference_country")]
    assert recomputable(shown, cells, where, PROTECTION).is_empty()
    assert not rooms(shown, cells, where, PROTECTION).frame["narrow"].any()
    assert [each.id for each in attack([release(where, shown)]) if each.told] == []


def test_what_one_release_may_tell_is_no_secret_of_a_stricter_one() -> None:
    """Seven Germans of Turkish origin in the first block: five may be told in one release, ten in the other."""
    where, _ = one_german()
    counts = np.array([[200, 7, 30, 20, 40, 30, 20], *[[200, 30, 40, 20, 30, 20, 40]] * 3, [0] * 7])
    cells = town(counts, where)
    usual, _ = protect_with_room(cells, where, PROTECTION)
    assert [figures(usual, id)[id, "block", "Q0B0", "163"] for id in ("nationality", "reference_country")] == [40, 47]
    strict = replace(PROTECTION, min_cell=10)
    second, _ = protect_with_room(cells, where, strict)
    assert None in [figures(second, id)[id, "block", "Q0B0", "163"] for id in ("nationality", "reference_country")]
    for both in (
        (release(where, usual), release(where, second, "2", protection=strict)),
        (release(where, second, protection=strict), release(where, usual, "2")),
    ):
        found = [one for each in attack(list(both)) for one in told((each,), each.id)]
        assert not [one for one in found if one[2] == ("163", "")], found
    alone = [one for each in attack([release(where, protect(cells, where, strict))]) for one in told((each,), each.id)]
    assert ("reference_country", "Q0B0", ("163", ""), 7, 7) in alone


def test_foreigners_bound_those_of_their_origin_where_these_are_hidden() -> None:
    """Sums alone leave every hidden figure its room; foreigners of a country who are shown take it from some."""
    narrow = 0
    for seed in range(12):
        where, cells = drawn(seed)
        shown = protect(cells, where, PROTECTION)
        exact = list(intervals(cells, shown, where, within=pairs(shown)))
        narrow += sum(each.high - each.low < PROTECTION.min_cell - 1e-6 for each in exact)
    assert narrow


@pytest.mark.parametrize("seed", range(12))
def test_no_figure_is_bounded_closely_by_a_part_of_it(seed: int) -> None:
    where, cells = drawn(seed)
    shown, found = protect_with_room(cells, where, PROTECTION)
    assert not any(each.narrow for each in found.held)
    for each in intervals(cells, shown, where, within=pairs(shown)):
        assert each.high - each.low >= PROTECTION.min_cell - 1e-6, each
    for small, large in pairs(shown):
        part, whole = figures(shown, small[0])[small], figures(shown, large[0])[large]
        assert part is None or whole is None or whole - part not in range(1, PROTECTION.min_cell)
    assert [each.id for each in attack([release(where, shown)]) if each.told] == []


def test_states_that_no_longer_exist_are_no_reference_country() -> None:
    """Of a Yugoslav nobody knows whether the reference country lies in the same group."""
    lost = programme.without_reference(["163", "138", "999"])
    assert {"138", "former_yugoslavia", "000", "germany"} <= lost and not {"163", "turkey"} & lost
