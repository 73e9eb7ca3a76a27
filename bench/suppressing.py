"""How long suppression of a large hierarchical table takes, and how much it hides; the table is invented."""

from __future__ import annotations

import sys
import time

import numpy as np

from vielfalt.figures.disclosure.linked import ATTACKERS, Figures, crossed, refine, suppress, told


def measured() -> dict[str, str]:
    """Areas in three levels, groups in two, ages in one: 53,576 figures, those of 1 and 2 to be protected."""
    figures = large_table()
    primary = (figures.values > 0) & (figures.values < 3)
    start = time.process_time()
    found = suppress(figures, primary, 1)
    seconds = time.process_time() - start
    open_ = sum(int((told(figures, found, attacker, 1) & primary).sum()) for attacker in ATTACKERS)
    name = f"suppression of {len(primary):,} figures, {int(primary.sum()):,} of them small"
    hidden = f"{int(found.hidden.sum()):,} hidden, {open_} told to {len(ATTACKERS)} attackers"
    return {name: f"{seconds:.0f} s of processor time, {hidden}"}


def refined() -> dict[str, str]:
    """How much of the reference table of 3,042 figures is hidden at first and in the end; empty where there is none."""
    sys.path.insert(0, "tests/properties")
    from reference_tables import reference_table

    figures = reference_table("t3")
    if figures is None:
        return {}
    primary = (figures.values > 0) & (figures.values < 3)
    start = time.process_time()
    first = suppress(figures, primary, 1)
    found = refine(figures, primary, first, 1)
    seconds = time.process_time() - start
    open_ = sum(int((told(figures, found, attacker, 1) & primary).sum()) for attacker in ATTACKERS)
    hidden = f"{int(first.hidden.sum()):,} hidden, refined {int(found.hidden.sum()):,}, {open_} told"
    return {"reference table t3, all attackers": f"{hidden}, {seconds:.0f} s of processor time"}


def large_table() -> Figures:
    """Some 60,000 people: few large groups and many small ones, as in a town."""
    draw = np.random.default_rng(1)
    trees = [_tree(5, 5, 6), _tree(6, 5), _tree(7)]
    finest = [np.setdiff1d(np.arange(len(tree)), tree) for tree in trees]
    areas, groups, ages = (draw.gamma(shape, 1.0, len(nodes)) for shape, nodes in zip((4, 0.3, 2), finest, strict=True))
    groups[0] = 3 * groups.sum()
    weight = areas[:, None, None] * groups[:, None] * ages * draw.gamma(1.0, 1.0, (len(areas), len(groups), 1))
    leaves = np.zeros([len(tree) for tree in trees], dtype=np.int64)
    leaves[np.ix_(*finest)] = draw.poisson(weight / weight.sum() * 60_000)
    return crossed(trees, leaves)


def _tree(*branches: int) -> np.ndarray:
    """The parents of the nodes of a tree in which every node of a level has as many others below it."""
    parents, level = [-1], [0]
    for number in branches:
        start = len(parents)
        parents += [node for node in level for _ in range(number)]
        level = list(range(start, len(parents)))
    return np.array(parents)
