"""A town of twenty million residents: copies of a synthetic one side by side, for to invent as many takes hours."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from vielfalt.town import read_town

MARKED = ("person_id", "spouse_id", "guardian_1_id", "guardian_2_id", "street_key", "given_names")


def copied(root: Path, target: Path, copies: int, date: int) -> Path:
    """A town project with the residents of ``root`` so many times; no two copies share a person or an address.

    In every copy ordering numbers, keys of streets and given names bear the number of the copy, or two rows would count
    as one person; family names, dates and areas are the same. Rows that are broken stay so.
    """
    town = read_town(root)
    source = town.extract(date)
    shutil.copytree(root, target, ignore=shutil.ignore_patterns("register", "truth", "vault"))
    extract = target / source.relative_to(root)
    extract.parent.mkdir(parents=True)
    with extract.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=town.profile.delimiter, lineterminator="\n")
        for copy in range(copies):
            with source.open(encoding="utf-8", newline="") as lines:
                rows = csv.reader(lines, delimiter=town.profile.delimiter)
                header = next(rows)
                if not copy:
                    writer.writerow(header)
                marked = [header.index(town.profile.columns[field]) for field in MARKED]
                writer.writerows(_marked(row, copy, marked, len(header)) for row in rows)
    if town.areas.streets:
        names, *streets = town.areas.streets.read_text(encoding="utf-8").splitlines()
        directory = "\n".join([names, *(f"{copy}{street}" for copy in range(copies) for street in streets), ""])
        (target / town.areas.streets.relative_to(root)).write_text(directory, encoding="utf-8")
    return target


def _marked(row: list[str], copy: int, marked: list[int], width: int) -> list[str]:
    if len(row) == width:
        for place in marked:
            row[place] = row[place] and f"{copy}{row[place]}"
    return row
