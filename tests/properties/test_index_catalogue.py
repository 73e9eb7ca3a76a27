"""The whole catalogue of indices: invariants that hold for each of them, whatever the town."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vielfalt.figures.indices import (
    ALL,
    adjusted,
    centralisation,
    concentration,
    distortion,
    index,
    measures,
    places,
    wording,
)
from vielfalt.figures.indices.arrays import divergence, quotient
from vielfalt.figures.indices.exposure import exposures
from vielfalt.figures.indices.measures import Situation
from vielfalt.figures.indices.places import Places
from vielfalt.numbers import Floats

GROUPS = (measures.OF_GROUP, measures.OF_GROUP_IN_SPACE)
TOWNS = (measures.OF_TOWN, measures.OF_TOWN_IN_SPACE)
AREAS = (measures.OF_AREA, measures.OF_AREA_IN_SPACE)
GROUPS_IN_AREAS = (measures.OF_GROUP_AND_AREA, measures.OF_GROUP_AND_AREA_IN_SPACE)
NEEDS_ALL_AREAS = {"absolute_centralisation", "delta", "wong_shapes"}
"""Land without people is land too, and a ragged empty area counts for the largest ratio."""


def test_every_index_is_computed_and_every_computed_one_is_described() -> None:
    computed = [id for part in (*GROUPS, *TOWNS, *AREAS, *GROUPS_IN_AREAS) for id in part]
    assert sorted([*computed, measures.EXPOSURE]) == sorted(entry.id for entry in ALL)
    assert len({entry.id for entry in ALL}) == len(ALL) == 48
    assert index("gini").family == "evenness"


def _valued(situation: Situation) -> dict[str, bool]:
    """Which indices have a value: of the first group, of the town, and of the first area."""
    found = {id: formula(situation, 0) for part in GROUPS for id, formula in part.items()}
    found |= {id: formula(situation) for part in TOWNS for id, formula in part.items()}
    found |= {id: float(formula(situation)[0]) for part in AREAS for id, formula in part.items()}
    found |= {id: float(formula(situation, 0)[0]) for part in GROUPS_IN_AREAS for id, formula in part.items()}
    found[measures.EXPOSURE] = float(exposures(situation.everyone)[0, 1])
    return {id: value is not None and not math.isnan(value) for id, value in found.items()}


_PLAIN = np.array([[30, 20, 50], [10, 40, 50], [20, 60, 20], [5, 5, 90], [8, 30, 10], [9, 1, 7], [3, 3, 3.0]])
_SIZES = np.arange(1.0, 8)
EMPTY, EVERYBODY, ONE_SIZE, ALONE, EMPTY_AREA = "no members", "everybody", "one size", "alone", "empty area"
UNDEFINED: Mapping[str, set[str]] = {
    wording.NONE_EMPTY: {EMPTY},
    wording.NONE_FIRST: {EMPTY},
    wording.NONE_EMPTY_OR_ALL: {EMPTY, EVERYBODY, ALONE},
    wording.NONE_ONE_SIZE: {EMPTY, EVERYBODY, ONE_SIZE, ALONE},
    wording.NONE_ALONE: {EMPTY, ALONE},
    wording.NONE_ALIKE: {EVERYBODY, ALONE},
    wording.NONE_NOBODY: set(),
    wording.NONE_EMPTY_AREA: {EMPTY_AREA, ALONE},
    wording.NONE_QUOTIENT: {EMPTY, EMPTY_AREA, ALONE},
    wording.NONE_LOCAL_CENTRE: {EMPTY, EVERYBODY, ALONE},
}
"""In which of the towns below an index has no value, by what its page says of it."""


def _town(case: str) -> Situation:
    """Seven areas and three groups: plain but for one thing."""
    groups, sizes = _PLAIN.copy(), np.ones(7) if case == ONE_SIZE else _SIZES
    if case == EMPTY:
        groups[:, 0] = 0
    if case in (EVERYBODY, ALONE):
        groups[:, 1:] = 0
    if case == ALONE:
        groups[:-1] = 0
    if case == EMPTY_AREA:
        groups[0] = 0
    pairs = np.arange(6)
    where = Places(sizes, np.column_stack([_SIZES, _SIZES**2]), 4 * np.sqrt(sizes), pairs, pairs + 1, np.ones(6))
    return Situation(groups[:, :-1], groups.sum(axis=1), where)


@pytest.mark.parametrize("case", ["", EMPTY, EVERYBODY, ONE_SIZE, ALONE, EMPTY_AREA])
def test_a_value_is_missing_where_the_page_of_the_index_says_so(case: str) -> None:
    found = _valued(_town(case))
    assert {id for id, valued in found.items() if not valued} == {
        entry.id for entry in ALL if case in UNDEFINED[entry.undefined]
    }


@pytest.mark.parametrize("id", ["diversity", "simpson_concentration", "simpson_interaction"])
def test_a_town_without_residents_is_of_no_diversity(id: str) -> None:
    assert measures.OF_TOWN[id](Situation(np.zeros((3, 2)), np.zeros(3))) is None


@st.composite
def towns(draw: st.DrawFn) -> Situation:
    """Some areas of different sizes on a plane, two to four groups, and residents in none of them."""
    number = draw(st.integers(2, 7))
    size = draw(st.integers(3, 9))
    counts = st.integers(0, 300)
    rows = draw(st.lists(st.lists(counts, min_size=number, max_size=number), min_size=size, max_size=size))
    groups = np.array(rows, dtype=float)
    spot = st.integers(0, 6)
    points = np.array(draw(st.lists(st.tuples(spot, spot), min_size=size, max_size=size)), dtype=float)
    sizes = np.array(draw(st.lists(st.integers(1, 5), min_size=size, max_size=size)), dtype=float)
    pairs = np.array([(i, j) for i in range(size) for j in range(i + 1, size) if (i + j) % 2], dtype=np.int64)
    lengths = np.array(draw(st.lists(st.integers(0, 3), min_size=len(pairs), max_size=len(pairs))), dtype=float)
    where = Places(sizes, points, 4 * np.sqrt(sizes), pairs[:, 0], pairs[:, 1], lengths)
    return Situation(groups[:, :-1], groups.sum(axis=1), where, np.array([1.0, 2.0]))


def whole(here: Situation) -> Iterator[tuple[str, float | None]]:
    """Every index of groups and of the town."""
    for of_groups in GROUPS:
        for id, of_group in of_groups.items():
            yield from ((id, of_group(here, group)) for group in range(here.groups.shape[1]))
    for of_towns in TOWNS:
        if here.total.sum():
            yield from ((id, of_town(here)) for id, of_town in of_towns.items())


def by_area(here: Situation) -> Iterator[tuple[str, Floats]]:
    for of_areas in AREAS:
        yield from ((id, of_area(here)) for id, of_area in of_areas.items() if here.everyone.shape[1] > 1)
    for of_groups in GROUPS_IN_AREAS:
        for id, of_group in of_groups.items():
            yield from ((id, of_group(here, group)) for group in range(here.groups.shape[1]))


def assert_same(left: Situation, right: Situation, leave: frozenset[str] = frozenset()) -> None:
    for (id, one), (_, other) in zip(whole(left), whole(right), strict=True):
        if id not in leave:
            assert alike(one, other, 1e-7), id


def alike(one: float | None, other: float | None, by: float = 1e-9) -> bool:
    if one is None or other is None:
        return one is other
    return one == pytest.approx(other, rel=by, abs=by)


@given(towns())
@settings(max_examples=150, deadline=None)
def test_bounds(here: Situation) -> None:
    values = [(id, np.array([value])) for id, value in whole(here) if value is not None]
    values += list(by_area(here)) if here.total.sum() else []
    for id, found in values:
        known = found[~np.isnan(found)]
        assert np.isfinite(known).all(), id
        least, most = index(id).least, index(id).most
        assert least is None or (known >= least - 1e-9).all(), id
        assert most is None or (known <= most + 1e-9).all(), id


@given(towns(), st.integers(0, 99))
@settings(max_examples=40)
def test_the_order_of_the_areas_does_not_matter(here: Situation, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(here.total))
    back = np.argsort(order)
    where = here.where
    moved = Places(
        where.sizes[order],
        where.points[order],
        where.perimeters[order],
        back[where.left],
        back[where.right],
        where.lengths,
    )
    assert_same(here, Situation(here.groups[order], here.total[order], moved, here.centre))


@given(towns(), st.integers(2, 50))
@settings(max_examples=40)
def test_more_people_in_the_same_shares_change_nothing(here: Situation, times: int) -> None:
    assert_same(here, replace(here, groups=here.groups * times, total=here.total * times))


@given(towns())
@settings(max_examples=40)
def test_areas_without_people_change_nothing(here: Situation) -> None:
    where = here.where
    nobody = Places(
        np.append(where.sizes, 2.0),
        np.vstack([where.points, [3.0, 3.0]]),
        np.append(where.perimeters, 6.0),
        np.append(where.left, 0),
        np.append(where.right, len(where.sizes)),
        np.append(where.lengths, 1.0),
    )
    empty = Situation(np.vstack([here.groups, 0 * here.groups[:1]]), np.append(here.total, 0.0), nobody, here.centre)
    assert_same(here, empty, frozenset(NEEDS_ALL_AREAS))


@given(towns())
@settings(max_examples=40)
def test_groups_without_members_change_nothing(here: Situation) -> None:
    nobody = replace(here, groups=np.column_stack([here.groups, np.zeros(len(here.total))]))
    with_them = [value for id, value in whole(nobody) if id in {*TOWNS[0], *TOWNS[1]}]
    without = [value for id, value in whole(here) if id in {*TOWNS[0], *TOWNS[1]}]
    for one, other in zip(with_them, without, strict=True):
        assert alike(one, other)
    for part in GROUPS:
        assert {id: f(nobody, here.groups.shape[1]) for id, f in part.items()} == dict.fromkeys(part)


@given(towns())
@settings(max_examples=40)
def test_splitting_an_area_evenly_changes_nothing(here: Situation) -> None:
    """Of the indices of counts: in space, two halves are two places."""
    halves = np.append(here.groups, here.groups[:1], axis=0)
    halves[[0, -1]] /= 2
    total = np.append(here.total, here.total[0] / 2)
    total[0] /= 2
    split, entire = Situation(halves, total), Situation(here.groups, here.total)
    for (id, one), (_, other) in zip(counted(split), counted(entire), strict=True):
        assert alike(one, other), id


def counted(here: Situation) -> Iterator[tuple[str, float | None]]:
    """Every index that needs counts alone."""
    for id, of_group in measures.OF_GROUP.items():
        yield from ((id, of_group(here, group)) for group in range(here.groups.shape[1]))
    if here.total.sum():
        yield from ((id, of_town(here)) for id, of_town in measures.OF_TOWN.items())


@given(towns())
@settings(max_examples=40)
def test_shares_that_must_add_up(here: Situation) -> None:
    for group in range(here.groups.shape[1]):
        for ours, others in (("isolation", "interaction"), ("distance_isolation", "distance_interaction")):
            part = GROUPS[ours.startswith("distance")]
            pair = part[ours](here, group), part[others](here, group)
            assert pair == (None, None) or math.fsum(value or 0 for value in pair) == pytest.approx(1, abs=1e-12)
    met = exposures(here.everyone)
    filled = here.everyone.sum(axis=0) > 0
    assert met[filled].sum(axis=1) == pytest.approx(np.ones(filled.sum()), abs=1e-12)
    assert np.isnan(met[~filled]).all()


@given(towns())
@settings(max_examples=40)
def test_local_information_adds_up_to_m(here: Situation) -> None:
    mutual = measures.OF_TOWN["mutual_information"](here) if here.total.sum() else None
    if mutual is not None:
        local = np.nan_to_num(measures.OF_AREA["local_information"](here))
        assert here.total @ local / here.total.sum() == pytest.approx(mutual, abs=1e-9)
        assert measures.OF_TOWN["divergence"](here) == pytest.approx(mutual, abs=1e-9)


def grid(side: int = 10, size: float = 1000.0) -> Places:
    """Square areas in rows from north-west."""
    import shapely

    boxes = [
        shapely.box(
            place % side * size, -(place // side + 1) * size, (place % side + 1) * size, -(place // side) * size
        )
        for place in range(side * side)
    ]
    return places.places(boxes)


def test_places_of_a_grid() -> None:
    where = grid(3)
    assert where.sizes == pytest.approx(np.ones(9))
    assert where.perimeters == pytest.approx(4 * np.ones(9))
    assert len(where.left) == 20, "twelve sides and eight corners"
    assert sorted(where.lengths) == pytest.approx([0] * 8 + [1] * 12)
    assert where.points[0] == pytest.approx([0.5, -0.5])


def test_extents_are_places_without_neighbours() -> None:
    import shapely

    boxes = [shapely.box(0, 0, 1000, 500), shapely.box(1000, 0, 1500, 500)]
    whole, bare = places.places(boxes), places.extents(boxes)
    assert (len(whole.left), len(bare.left)) == (1, 0)
    for name in ("sizes", "points", "perimeters"):
        assert (getattr(whole, name) == getattr(bare, name)).all()
    here = Situation(np.array([[3.0], [9.0]]), np.array([10.0, 10.0]), bare)
    there = replace(here, places=whole)
    for id in set(measures.OF_GROUP_IN_SPACE) - measures.OF_NEIGHBOURS:
        assert measures.OF_GROUP_IN_SPACE[id](here, 0) == measures.OF_GROUP_IN_SPACE[id](there, 0), id
    for id in measures.OF_NEIGHBOURS:
        assert measures.OF_GROUP_IN_SPACE[id](here, 0) != measures.OF_GROUP_IN_SPACE[id](there, 0), id


def test_areas_of_one_size_have_no_concentration() -> None:
    """PySAL gives NaN, Inf or a number that depends on rounding; OasisR gives NaN."""
    where = grid(4)
    group, total = np.arange(16.0), np.full(16, 20.0)
    assert concentration.absolute_concentration(group, total, where.sizes) is None
    assert concentration.relative_concentration(group, total, where.sizes * (1 + 1e-13 * np.arange(16))) is None
    assert concentration.delta(group, where.sizes) == pytest.approx(32 / 120)


def test_concentration_by_hand() -> None:
    sizes, total = np.array([1.0, 2.0, 4.0]), np.array([10.0, 10.0, 10.0])
    assert concentration.absolute_concentration(np.array([10.0, 0, 0]), total, sizes) == 1
    assert concentration.absolute_concentration(np.array([0, 0, 10.0]), total, sizes) == 0
    assert concentration.absolute_concentration(np.array([0, 10.0, 0]), total, sizes) == pytest.approx(2 / 3)
    assert concentration.relative_concentration(np.array([10.0, 0, 0]), total, sizes) == pytest.approx(
        (1 / 3 - 1) / (1 / 4 - 1)
    )


def test_centralisation_by_hand() -> None:
    total, sizes = np.array([10.0, 10.0]), np.array([1.0, 1.0])
    near, far = np.array([10.0, 0.0]), np.array([0.0, 10.0])
    distances = np.array([0.0, 5.0])
    assert centralisation.relative_centralisation(near, total, distances) == 1
    assert centralisation.relative_centralisation(far, total, distances) == -1
    assert centralisation.absolute_centralisation(near, sizes, distances) == 0.5
    assert centralisation.relative_centralisation(near, total, np.zeros(2)) == 0, "one distance is one ring"
    points = np.array([[0.0, 0], [1, 0], [3, 0]])
    local = centralisation.local_centralisation(np.array([4.0, 0, 0]), np.array([4.0, 4, 4]), points)
    assert local == pytest.approx([1.0, 0.0, -1.0])


def test_neighbours_that_are_alike_leave_the_index_as_it_is() -> None:
    where = grid(2)
    total = np.full(4, 10.0)
    assert adjusted.morrill(np.full(4, 5.0), total, where) == 0
    group = np.array([10.0, 10, 0, 0])
    assert adjusted.morrill(group, total, where) == pytest.approx(1 - 4 / 6)
    assert adjusted.wong_borders(group, total, where) == pytest.approx(1 - 2 / 4)
    assert adjusted.wong_shapes(group, total, where) == pytest.approx(1 - 2 / 4), "all areas are equally ragged"
    apart = replace(where, left=where.left[:0], right=where.right[:0], lengths=where.lengths[:0])
    assert adjusted.morrill(group, total, apart) == 1


def test_sums_over_near_areas_do_not_depend_on_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    points, own, columns = chance.random((23, 2)) * 5, chance.random(23), chance.random((23, 3))
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, own)
    expected = np.exp(-distance / 2) @ columns
    for pairs in (1, 100, 10_000):
        monkeypatch.setattr(places, "_PAIRS_AT_ONCE", pairs)
        assert places.around(points, own, columns, reach=2) == pytest.approx(expected, abs=1e-12)


def test_distortion_of_an_even_town_is_nothing() -> None:
    even = np.tile([[30.0, 10.0]], (16, 1))
    assert distortion.distortion(even, grid(4).points) == pytest.approx(0, abs=1e-12)
    apart = np.zeros((16, 2))
    apart[:8, 0], apart[8:, 1] = 10, 10
    assert (distortion.distortion(apart, grid(4).points) or 0) > 0.1


def local_distortion_as_written(groups: Floats, points: Floats, place: int) -> float:
    """The definition: everything up to each distance beside the town, ring by ring."""
    distances = np.square(points - points[place]).sum(axis=1)
    rings, ring = np.unique(distances, return_inverse=True)
    met = np.cumsum([np.bincount(ring, weights=group, minlength=len(rings)) for group in groups.T], axis=1).T
    seen = met.sum(axis=1)
    apart = divergence(quotient(met, seen[:, None]), groups.sum(axis=0) / groups.sum())
    return float(np.diff(seen, prepend=0) @ apart / groups.sum())


@pytest.mark.parametrize(("kind", "bound"), [("few", 1e-12), ("halves", 1e-4), ("chessboard", 1e-4), ("by lot", 1e-4)])
def test_distortion_of_many_areas_is_as_near_the_definition_as_its_page_says(kind: str, bound: float) -> None:
    lot = np.random.default_rng(1)
    side = 12 if kind == "few" else 55
    east, north = np.indices((side, side)).reshape(2, -1)
    share = {"halves": 0.2 + 0.6 * (east < side // 2), "chessboard": 0.1 + 0.8 * ((east + north) % 2)}
    members = lot.binomial(200, share.get(kind, lot.uniform(size=side**2)))
    groups = np.column_stack([members, lot.integers(0, 50, side**2), 200 - members]).astype(float)
    points: Floats = np.column_stack([east, north]).astype(np.float64) * 0.2
    if kind != "chessboard":
        points = points + lot.uniform(0, 0.1, points.shape)
    assert kind == "few" or len(points) > distortion.EXACT
    found = distortion.local_distortion(groups, points)
    some = lot.choice(len(points), 60, replace=False)
    exact = np.array([local_distortion_as_written(groups, points, place) for place in some])
    assert np.abs(found[some] - exact).max() < bound
    assert found[some].mean() == pytest.approx(exact.mean(), rel=1e-3)
