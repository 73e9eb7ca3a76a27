"""The street directory of a town: which street, which numbers, which side lie in which area.

Docs: docs/reference/street-directory.md. A range of numbers may be an exception from a wider one: the narrower wins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vielfalt.engines.encodings_refused import refuse_encoding
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.numbers import Ints
from vielfalt.register.house_numbers import HIGHEST, NONE, last_position, position
from vielfalt.register.text import normalise, street_key
from vielfalt.words import N_, Text

SPAN = HIGHEST + 1
"""Numbers of one side of one street; (street * 2 + odd) * SPAN + position is a place in the whole town."""
_KNOWN = ("street_key", "street_name", "from", "to", "parity")
_SIDES = {
    **dict.fromkeys(("", "all", "alle", "beide"), (0, 1)),
    **dict.fromkeys(("even", "gerade", "g"), (0,)),
    **dict.fromkeys(("odd", "ungerade", "u"), (1,)),
}
_SHOWN = 5
_SEE = N_("Correct the street directory; its form is described in the manual under “street directory”.")


@dataclass(frozen=True)
class Range:
    """One row of the directory: sides 0 even, 1 odd; positions from ``low`` to ``high`` inclusive."""

    row: int
    street: int
    low: int
    high: int
    sides: tuple[int, ...]
    area: str


class Stretch(NamedTuple):
    """A part of one side of one street, as places in the whole town (see ``SPAN``), ends included."""

    low: int
    high: int
    row: int
    area: str


@dataclass(frozen=True)
class Streets:
    """The directory ready for look-up.

    ``keys`` leads from the street key to the street, ``names`` from the comparison key of its name to all streets of
    that name. ``low``, ``high`` and ``area`` are disjoint stretches in ascending order (see ``SPAN``), ``area`` a
    position in ``areas``; ``whole`` is the one area of a street, or -1 if it lies in several. ``first_rows`` gives the
    row in which each area occurs first, ``conflicts`` the rows that contradict an earlier one and are ignored.
    """

    path: Path
    keys: Mapping[str, int]
    names: Mapping[str, tuple[int, ...]]
    areas: tuple[str, ...]
    low: Ints
    high: Ints
    area: Ints
    whole: Ints
    first_rows: tuple[int, ...]
    conflicts: tuple[int, ...]


def read_streets(path: Path) -> Streets:
    """The street directory in a CSV file. Raises DeliveryError naming the rows that cannot be used.

    Columns (in any order): street_key, street_name (one of them may be absent), from, to, parity (may be absent), and
    the area: the first column of another name. A row without numbers holds for the whole street.
    """
    rows = _rows(path)
    header = [normalise(name) for name in rows[0]]
    areas = [name for name in header if name and name not in _KNOWN]
    if not areas or not {"street_key", "street_name"} & set(header) or len(set(header)) < len(header):
        raise DeliveryError(
            N_("The street directory needs the columns street_key or street_name, and one column with the area."),
            where=path,
            todo=_SEE,
        )
    used = [name if name in _KNOWN else "area" if name == areas[0] else "" for name in header]
    records = [
        (number, {name: cell.strip() for name, cell in zip(used, row, strict=False) if name})
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    keys: dict[str, int] = {}
    names: dict[str, tuple[int, ...]] = {}
    ranges = tuple(_ranges(path, records, keys, names))
    if not ranges:
        raise DeliveryError(N_("The street directory holds no rows."), where=path, todo=_SEE)
    return _streets(path, keys, names, ranges)


def _text(path: Path) -> str:
    """UTF-8 with or without byte order mark, else Windows-1252."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DeliveryError(
            N_("The street directory does not exist."),
            where=path,
            todo=N_("Correct “streets” in town.toml or add the file."),
        ) from None
    except OSError:
        raise StorageError(
            N_("The street directory cannot be read."), where=path, todo=N_("Check its permissions.")
        ) from None
    if b"\0" in content:
        raise DeliveryError(N_("The street directory is no text file."), where=path, todo=_SEE)
    refuse_encoding(content, path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip():
        raise DeliveryError(N_("The street directory is empty."), where=path, todo=_SEE)
    return text


def _rows(path: Path) -> list[list[str]]:
    """All rows, the header first; the delimiter is the one the header holds most of."""
    text = _text(path).lstrip()
    header = text.split("\n", 1)[0]
    delimiter = max((";", ",", "\t"), key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(rows)
    except csv.Error:
        raise DeliveryError(
            N_("The street directory cannot be read in line {line}; a quotation mark may be missing there."),
            where=path,
            todo=_SEE,
            line=rows.line_num,
        ) from None


def _ranges(
    path: Path, records: Sequence[tuple[int, dict[str, str]]], keys: dict[str, int], names: dict[str, tuple[int, ...]]
) -> Iterator[Range]:
    """The rows as ranges; fills keys and names on the way. Raises DeliveryError for all bad rows at once."""
    bad: dict[str, list[int]] = {}
    for number, row in records:
        street = _street(row, keys, names)
        low, high = position(row.get("from", "")), last_position(row.get("to", ""))
        empty = not row.get("from", "") and not row.get("to", "")
        sides = _SIDES.get(normalise(row.get("parity", "")))
        if street == NONE:
            bad.setdefault(N_("no street"), []).append(number)
        elif not row.get("area", ""):
            bad.setdefault(N_("no area"), []).append(number)
        elif sides is None:
            bad.setdefault(N_("parity is none of all, odd, even"), []).append(number)
        elif not empty and (low == NONE or high == NONE or high < low):
            bad.setdefault(N_("from and to are no range of house numbers"), []).append(number)
        else:
            yield Range(number, street, *((0, HIGHEST) if empty else (low, high)), sides, row["area"])
    if bad:
        reason, numbers = max(bad.items(), key=lambda item: len(item[1]))
        raise DeliveryError(
            N_("Rows of the street directory that cannot be used: {n} ({reason}); the first: {rows}."),
            where=path,
            todo=_SEE,
            n=sum(len(rows) for rows in bad.values()),
            reason=Text(reason),
            rows=", ".join(map(str, numbers[:_SHOWN])),
        )


def _street(row: Mapping[str, str], keys: dict[str, int], names: dict[str, tuple[int, ...]]) -> int:
    """The number of the street that a row is about: by its key, without a key by its name."""
    key, name = normalise(row.get("street_key", "")), street_key(row.get("street_name", ""))
    if not key and not name:
        return NONE
    identity = key or f"\N{INFORMATION SEPARATOR ONE}{name}"
    street = keys.setdefault(identity, len(keys))
    if name and street not in names.get(name, ()):
        names[name] = (*names.get(name, ()), street)
    return street


def _streets(
    path: Path, keys: Mapping[str, int], names: Mapping[str, tuple[int, ...]], ranges: Sequence[Range]
) -> Streets:
    first_rows: dict[str, int] = {}
    for entry in ranges:
        first_rows.setdefault(entry.area, entry.row)
    areas = {area: number for number, area in enumerate(first_rows)}
    conflicts: set[int] = set()
    stretches = list(_disjoint(sorted(_stretches(ranges)), conflicts))
    low, high, area = (
        np.array(values, dtype=np.int64)
        for values in zip(*((low, high, areas[area]) for low, high, _, area in stretches), strict=True)
    )
    return Streets(
        path=path,
        keys=keys,
        names=names,
        areas=tuple(areas),
        low=low,
        high=high,
        area=area,
        whole=_whole(len(keys), ranges, areas),
        first_rows=tuple(first_rows.values()),
        conflicts=tuple(sorted(conflicts)),
    )


def _stretches(ranges: Iterable[Range]) -> Iterator[Stretch]:
    for entry in ranges:
        for side in entry.sides:
            start = (entry.street * 2 + side) * SPAN
            yield Stretch(start + entry.low, start + entry.high, entry.row, entry.area)


def _disjoint(stretches: Iterable[Stretch], conflicts: set[int]) -> Iterator[Stretch]:
    """The stretches (in ascending order) cut where they overlap; notes the rows that contradict others."""
    cluster: list[Stretch] = []
    for stretch in stretches:
        if cluster and stretch.low > max(other.high for other in cluster):
            yield from _resolved(cluster, conflicts)
            cluster = []
        cluster.append(stretch)
    yield from _resolved(cluster, conflicts)


def _resolved(cluster: Sequence[Stretch], conflicts: set[int]) -> Iterator[Stretch]:
    """Of overlapping stretches the narrowest holds, of equally narrow ones the first row."""
    if len(cluster) == 1:
        yield cluster[0]
        return
    borders = sorted({stretch.low for stretch in cluster} | {stretch.high + 1 for stretch in cluster})
    for low, after in pairwise(borders):
        covering = [stretch for stretch in cluster if stretch.low <= low and after <= stretch.high + 1]
        if covering:
            best = min(covering, key=lambda stretch: (stretch.high - stretch.low, stretch.row))
            rivals = (stretch for stretch in covering if stretch.high - stretch.low == best.high - best.low)
            conflicts.update(rival.row for rival in rivals if rival.area != best.area)
            yield best._replace(low=low, high=after - 1)


def _whole(streets: int, ranges: Iterable[Range], areas: Mapping[str, int]) -> Ints:
    """Per street the one area it lies in, or NONE."""
    found: dict[int, set[int]] = {}
    for entry in ranges:
        found.setdefault(entry.street, set()).add(areas[entry.area])
    return np.array([min(found[street]) if len(found[street]) == 1 else NONE for street in range(streets)], np.int64)
