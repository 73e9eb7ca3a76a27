"""The residents that one of two dates hides: movements by group do not tell them, by an exact attack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from audited_releases import LATER, release
from audited_releases import told as told_to_the_audit
from scipy.optimize import linprog
from small_towns import PROTECTION, geography
from two_dated_towns import Town, cells_by_group, table_between, with_movements

from vielfalt.audit import Attack, attack
from vielfalt.cells import Cells
from vielfalt.figures.disclosure import movements
from vielfalt.figures.disclosure.group_movements import Residents
from vielfalt.geography import TOWN, Geography

GROUPS = ("foreigner", "german_with", "none", "undeterminable")
BEFORE, NEW, GONE = range(3)
"""What is unknown of each block and group: residents of the earlier date, who came since, and who left."""
Sizes = dict[str, tuple[int, int, int, int]]
"""By block and group."""
Rows = dict[tuple[str, ...], int]
Figure = tuple[str, str, str, str]
"""Date, level, area, category."""


def town(where: Geography, before: Sizes, new: Sizes, gone: Sizes) -> Town:
    """All movements as they are published between two dates; nobody moves within the town or is naturalised."""
    now: Sizes = {}
    for area, was in before.items():
        now[area] = (
            was[0] + new[area][0] - gone[area][0],
            was[1] + new[area][1] - gone[area][1],
            was[2] + new[area][2] - gone[area][2],
            was[3] + new[area][3] - gone[area][3],
        )
    stayed = {area: sum(was) - sum(gone[area]) for area, was in before.items()}
    return with_movements(where, residents(now), residents(before), cells_by_group(GROUPS, stayed, new, gone))


def residents(sizes: Sizes) -> dict[str, Cells]:
    """The residents of a date by migration background."""
    counts: dict[str, Rows] = {
        "residents": {(area,): sum(each) for area, each in sizes.items()},
        "mh_register": {(area, "with"): sum(each[:2]) for area, each in sizes.items()},
        "mh_group": {(area, key): n for area, each in sizes.items() for key, n in zip(GROUPS, each, strict=True)},
    }
    counts["mh_register"] |= {(area, "without"): each[2] for area, each in sizes.items()}
    counts["mh_register"] |= {(area, "undeterminable"): each[3] for area, each in sizes.items()}
    return {id: table_between(id, {key: n for key, n in each.items() if n}) for id, each in counts.items()}


_OF = {"": GROUPS, "with": GROUPS[:2], "without": GROUPS[2:3]}
"""The groups of categories that are none themselves."""


class Attacker:
    """Linear programs over residents, coming and going of every block and group."""

    def __init__(self, published: Town, reads_groups: bool) -> None:
        """Reads all that is published; ``reads_groups``: movements by group too."""
        shown, dates, where = published
        self.blocks = [area.key for area in where.finest.areas]
        self.where = where
        self.equal: list[np.ndarray] = []
        self.values: list[int] = []
        self.hidden: list[tuple[Figure, np.ndarray]] = []
        for date, tables, parts in (
            ("before", dates.earlier, {BEFORE: 1}),
            ("now", dates.published, {BEFORE: 1, NEW: 1, GONE: -1}),
        ):
            for id in ("residents", "mh_register", "mh_group"):
                for level, area, *category, value, _ in tables[id].frame.iter_rows():
                    key = "".join(category)
                    self.reads(date, level, area, key, self.row(level, area, _OF.get(key, (key,)), parts), value)
        for id, kind, place in (("came", "arrived", NEW), ("went", "gone", GONE)):
            for level, area, category, value, _ in shown[id].frame.iter_rows():
                if category == kind:
                    self.reads("", level, area, "", self.row(level, area, GROUPS, {place: 1}), value)
        if reads_groups:
            for level, area, kind, group, value, _ in shown["flow_by_mh_group"].frame.iter_rows():
                if kind != "moved":
                    row = self.row(level, area, (group,), {NEW if kind == "new" else GONE: 1})
                    self.reads("", level, area, "", row, value)
        self.now = np.array([self.of_block(block, group) for block, group in product(self.blocks, GROUPS)], dtype=float)

    def of_block(self, block: str, group: str) -> np.ndarray:
        return self.row(self.where.finest.id, block, (group,), {BEFORE: 1, NEW: 1, GONE: -1})

    def row(self, level: str, area: str, groups: tuple[str, ...], parts: Mapping[int, int]) -> np.ndarray:
        """How often each unknown counts in a figure."""
        found = np.zeros((3, len(self.blocks), len(GROUPS)))
        inside = (
            self.blocks
            if level == TOWN
            else [key for key, above in self.where.ancestors(level).items() if above == area]
        )
        for (part, often), block, group in product(parts.items(), inside, groups):
            found[part, self.blocks.index(block), GROUPS.index(group)] = often
        return found.ravel()

    def reads(self, date: str, level: str, area: str, key: str, row: np.ndarray, value: int | None) -> None:
        """Takes in a figure that is published, or remembers one of the residents that is hidden."""
        if value is not None:
            self.equal.append(row)
            self.values.append(value)
        elif date:
            self.hidden.append(((date, level, area, key), row))

    def intervals(self) -> Iterator[tuple[Figure, float, float]]:
        """Between which numbers each hidden figure of the residents can be, at either date."""
        for figure, row in self.hidden:
            ends = [
                linprog(
                    sign * row,
                    A_eq=np.array(self.equal),
                    b_eq=self.values,
                    A_ub=-self.now,
                    b_ub=np.zeros(len(self.now)),
                    method="highs",
                )
                for sign in (1, -1)
            ]
            assert all(end.status == 0 for end in ends)
            yield figure, ends[0].fun, -ends[1].fun


def told(published: Town) -> dict[Figure, tuple[float, float]]:
    """The residents whom movements by group leave less room than the minimum cell, and nothing else does."""
    alone = {figure: high - low for figure, low, high in Attacker(published, False).intervals()}
    least = PROTECTION.min_cell - 1e-6
    together = Attacker(published, True).intervals()
    return {
        figure: (low, high)
        for figure, low, high in together
        if high > 1e-6 and high - low < least and alone[figure] >= least
    }


def newcomers() -> Town:
    """A town in which three people are hidden with the twenty of another block, until twenty more of them come."""
    where = geography([2, 2])
    blocks = [area.key for area in where.finest.areas]
    before: Sizes = dict.fromkeys(blocks, (60, 60, 200, 0))
    before["Q0B0"] = (60, 60, 200, 3)
    new: Sizes = dict.fromkeys(blocks, (20, 20, 30, 0))
    new["Q0B0"] = (20, 20, 30, 20)
    return town(where, before, new, dict.fromkeys(blocks, (15, 15, 20, 0)))


def test_hidden_residents_do_not_follow_from_the_other_date_and_movements() -> None:
    published = newcomers()
    assert ("mh_group", "undeterminable") in {
        (id, key)
        for id, table in published[1].earlier.items()
        for level, _, *category, value, _ in table.frame.iter_rows()
        for key in category
        if level == TOWN and value is None
    }
    assert told(published) == {}


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program does not look at what the dates hide."""
    monkeypatch.setattr(movements, "residents_by", lambda group, counts, published: Residents(*counts))


@pytest.mark.usefixtures("careless")
def test_otherwise_they_would_follow() -> None:
    """The exact attacker sees it, and so does the audit."""
    published = newcomers()
    assert told(published)["before", TOWN, "05999009", "undeterminable"] == pytest.approx((3, 3))
    assert ("mh_group", "05999009", ("undeterminable",), 3, 3) in audited(published)


def attacked(published: Town) -> tuple[Attack, ...]:
    """The audit of the release of the later date beside the earlier one."""
    shown, dates, where = published
    first = release(where, dates.earlier)
    later = replace(release(where, {**dates.published, **shown}, "2", source=LATER), since=first.results.source.date)
    return attack([first, later])


def audited(published: Town) -> list[tuple[str, str, tuple[str, ...], int, int]]:
    """What movements by group tell the audit."""
    return told_to_the_audit(attacked(published), "movements")


def test_where_no_areas_overlap_all_dates_together_tell_what_areas_would() -> None:
    tried = {each.id: each.tried for each in attacked(newcomers())}
    assert tried["areas"] == tried["releases"]
    assert tried["movements"] > 0


def town_at_random(seed: int) -> Town:
    """Two or three quarters of one to three blocks in which a small group comes and goes with the others."""
    draw = np.random.default_rng(seed)
    where = geography(draw.integers(1, 4, draw.integers(2, 4)).tolist())
    blocks = [area.key for area in where.finest.areas]

    def sizes(*choices: Sequence[int]) -> Sizes:
        found = {block: [int(draw.choice(each)) for each in choices] for block in blocks}
        return {block: (a, b, c, d) for block, (a, b, c, d) in found.items()}

    moves = [0, 14, 20], [14, 30], [0, 40], [0, 0, 0, 20]
    before = sizes([30, 60], [6, 30, 60], [200], [0, 0, 0, 0, 1, 3, 6])
    new, left = sizes(*moves), sizes(*moves)
    gone = {block: np.minimum(before[block], left[block]).tolist() for block in blocks}
    return town(where, before, new, gone)


@pytest.mark.parametrize("seed", range(30))
def test_no_hidden_residents_are_told_by_movements(seed: int) -> None:
    assert all(high - low >= 1 for low, high in told(town_at_random(seed)).values())
    assert audited(town_at_random(seed)) == []


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize("seed", range(30))
def test_the_audit_finds_what_movements_tell(seed: int) -> None:
    """Whatever the exact attacker computes to the last person, the audit computes too."""
    published = town_at_random(seed)
    exact = {(area, (key,)) for (_, _, area, key), (low, high) in told(published).items() if high - low < 1e-6}
    assert exact <= {(area, category) for _, area, category, *_ in audited(published)}
