"""Tables that the suppression of others is known for, read from the reference data beside the repository."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np

from vielfalt.figures.disclosure.linked import Figures, crossed

REFERENCE = Path(__file__).parents[3] / "shared/data/reference/suppression"


def reference_table(name: str) -> Figures | None:
    """A table with its hierarchies by name; None where the reference data are not beside the repository."""
    if not REFERENCE.is_dir():
        return None
    trees = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    orders, parents = [], []
    for tree in trees:
        order, above = [tree["root"]], [-1]
        for place, node in enumerate(order):
            order += tree["ch"].get(node, [])
            above += [place] * len(tree["ch"].get(node, []))
        orders.append(order)
        parents.append(np.array(above))
    leaves = np.zeros([len(order) for order in orders], dtype=np.int64)
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file)
    for *keys, count in lines:
        leaves[tuple(order.index(key) for order, key in zip(orders, keys, strict=True))] += int(count)
    return crossed(parents, leaves)
