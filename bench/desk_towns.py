"""The releases that ``python -m bench.desk`` imports: synthetic towns that evolve from date to date.

They are made once and kept in a folder: nine towns of ten dates take half an hour. What no page of the desk is made of,
the report, the drawn maps and the attack on all dates at once, is left out of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from vielfalt import auditing
from vielfalt.publish import contents
from vielfalt.publish.maps import Atlas
from vielfalt.synthetic import write_town
from vielfalt.tools.demonstration import LATEST, NEIGHBOURS, Neighbour, quietly


def releases(folder: Path, towns: int, dates: int) -> Iterator[Path]:
    """The release folders of so many towns and yearly dates, town by town and date by date."""
    days = tuple(LATEST - 10_000 * (dates - 1 - number) for number in range(dates))
    for town in NEIGHBOURS[:towns]:
        root = _written(folder / f"{town.ags}-{dates}", town, days)
        for day in days:
            yield _released(root, day)


def _written(root: Path, town: Neighbour, days: tuple[int, ...]) -> Path:
    if not (root / "town.toml").exists():
        write_town(
            root,
            residents=town.residents,
            seed=town.seed,
            dates=days,
            name=town.name,
            ags=town.ags,
            progress=lambda _: None,
        )
    return root


def _released(root: Path, day: int) -> Path:
    """The release of one date; one that was made before is found, not made again."""
    name = f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}"
    made = sorted(path for path in (root / "releases").glob(f"{name}*") if path.is_dir())
    if made:
        return made[-1]
    print(f"making {root.name} {name}", file=sys.stderr)
    with (
        patch.object(contents, "draw_maps", lambda *_: Atlas((), ())),
        patch.object(contents, "build_report", lambda *_: None),
        patch.object(contents, "to_pdf", lambda _: b""),
        patch.object(contents, "to_html", lambda _: ""),
        patch.object(auditing, "audited", lambda *told: auditing.report(told[1])),
    ):
        return quietly(root, day, "de")
