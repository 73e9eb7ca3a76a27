"""Addresses to areas: by street key and house number, by street name, by coordinates, in this order.

Works on the distinct addresses of the extract with polars and NumPy; fuzzy matching sees distinct street names only
(house dialect 5). Docs: docs/reference/street-directory.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl
import shapely

from vielfalt.errors import DeliveryError
from vielfalt.geography import Geography
from vielfalt.numbers import Ints, Marks
from vielfalt.register.checks import Finding, finding
from vielfalt.register.house_numbers import LETTERS, NONE, position
from vielfalt.register.streets import SPAN, Streets
from vielfalt.register.text import near_pairs, normalise, same_digits, street_key, street_stem_length
from vielfalt.words import N_

METHODS = ("none", "street_key", "street_name", "coordinates")
MOST = 5
"""Street keys that must be wrong before most of them are too many."""
MIN_STEM = 7
"""Letters beside "straße", "weg" and the like from which a street name may have one letter wrong: Bergstraße and
Burgstraße are two streets."""


def locate(addresses: pl.DataFrame, streets: Streets | None, geography: Geography) -> pl.DataFrame:
    """The area of each address, in the order of the rows.

    ``addresses``: text columns street_key, street_name, house_number, house_suffix and numbers easting, northing (in
    the CRS of the geography); each may be absent or null, others are ignored. Result: ``area`` (key of the finest
    level, "" if no way leads to one) and ``method`` (see ``METHODS``). An address without a number is located if its
    street lies in one area. A point in several polygons belongs to the smallest, of equal ones to the first key.
    Raises DeliveryError when no area of the directory exists in the geography.
    """
    keys = [area.key for area in geography.finest.areas]
    area = np.full(addresses.height, NONE, dtype=np.int64)
    method = np.zeros(addresses.height, dtype=np.int64)
    if streets is not None:
        known = _known_areas(streets, keys)
        houses = _per_distinct(_houses(addresses), lambda texts: [position(text) for text in texts])
        by_key = _per_distinct(_text(addresses, "street_key"), lambda texts: _streets_by_key(texts, streets))
        _settle(area, method, _area_in(streets, known, by_key, houses), 1)
        by_name = _per_distinct(_text(addresses, "street_name"), lambda texts: _names(texts, streets))
        by_name[by_key != NONE] = NONE
        _settle(area, method, _area_of_name(streets, known, by_name, houses), 2)
    _settle(area, method, _area_of_point(addresses, area == NONE, geography), 3)
    return pl.DataFrame(
        {
            "area": pl.Series([*keys, ""], dtype=pl.String).gather(np.where(area == NONE, len(keys), area)),
            "method": pl.Series(METHODS, dtype=pl.String).gather(method),
        }
    )


def street_findings(streets: Streets, geography: Geography) -> tuple[Finding, ...]:
    """Rows of the directory that contradict an earlier one, and areas that the finest level does not know.

    The row numbers are lines of the directory; an unknown area counts once, with the line in which it occurs first.
    """
    known = {area.key for area in geography.finest.areas}
    unknown = [row for row, key in zip(streets.first_rows, streets.areas, strict=True) if key not in known]
    found = {"street_conflict": streets.conflicts, "street_area_unknown": unknown}
    return tuple(finding(check, "streets", np.array(rows, dtype=np.int64)) for check, rows in found.items() if rows)


def streets_renumbered(named: Mapping[str, str], streets: Streets) -> tuple[Finding, ...]:
    """Street keys of the extract that are those of another street of the directory than the names beside them.

    ``named``: the name beside each key. One finding, which counts keys. Raises DeliveryError when most of them are so:
    the streets have new keys in one of the two files.
    """
    by_key = dict(zip(named, _streets_by_key(list(named), streets), strict=True))
    of_name = {key: streets.names.get(street_key(name), ()) for key, name in named.items()}
    compared = [key for key, street in by_key.items() if street != NONE and of_name[key]]
    odd = [key for key in compared if by_key[key] not in of_name[key]]
    if len(odd) >= MOST and 2 * len(odd) > len(compared):
        raise DeliveryError(
            N_("{odd} of {n} street keys of the extract belong to streets of another name in the street directory."),
            where=streets.path,
            odd=len(odd),
            n=len(compared),
            todo=N_(
                "Ask whether the streets were renumbered, and take a street directory of the same date as the extract."
            ),
        )
    return (Finding("street_key_other", "street_key", len(odd), ()),) if odd else ()


def _settle(area: Ints, method: Ints, found: Ints, way: int) -> None:
    """Fills in what one way has found where no earlier one has found anything."""
    new = (area == NONE) & (found != NONE)
    area[new], method[new] = found[new], way


def _known_areas(streets: Streets, keys: Sequence[str]) -> Ints:
    """The place among the areas of the finest level for each area of the directory, NONE where it is unknown there."""
    places = {key: place for place, key in enumerate(keys)}
    known = np.array([places.get(key, NONE) for key in streets.areas], dtype=np.int64)
    if (known == NONE).all():
        raise DeliveryError(
            N_(
                "The street directory names no area that exists: its areas are {found}, the areas of the town {wanted}."
            ),
            where=streets.path,
            todo=N_(
                "Correct the areas in the directory, or name another column as key of the finest level in town.toml."
            ),
            found=", ".join(streets.areas[:3]),
            wanted=", ".join(keys[:3]),
        )
    return known


def _text(addresses: pl.DataFrame, name: str) -> pl.Series:
    if name not in addresses.columns:
        return pl.repeat("", addresses.height, dtype=pl.String, eager=True)
    return addresses[name].cast(pl.String).fill_null("")


def _houses(addresses: pl.DataFrame) -> pl.Series:
    """House number and suffix as one text; a suffix that is a further number is kept apart from the number."""
    return _text(addresses, "house_number") + " " + _text(addresses, "house_suffix")


def _per_distinct(texts: pl.Series, numbers: Callable[[Sequence[str]], Sequence[int]]) -> Ints:
    """A number for each text, computed on the distinct texts."""
    distinct = texts.unique()
    found = pl.Series(numbers(distinct.to_list()), dtype=pl.Int64)
    return texts.replace_strict(distinct, found, return_dtype=pl.Int64).to_numpy().astype(np.int64)


def _streets_by_key(texts: Sequence[str], streets: Streets) -> list[int]:
    """The street of each key; leading zeros, which spreadsheets drop, matter only where they tell streets apart."""
    shortened: dict[str, set[int]] = {}
    for key, street in streets.keys.items():
        shortened.setdefault(key.lstrip("0"), set()).add(street)
    found = []
    for text in map(normalise, texts):
        same = shortened.get(text.lstrip("0"), set()) if text else set()
        found.append(streets.keys.get(text, next(iter(same)) if len(same) == 1 else NONE))
    return found


def _names(texts: Sequence[str], streets: Streets) -> list[int]:
    """The place among ``streets.names`` of each street name, misspelt ones included where only one name is near."""
    names = list(streets.names)
    places = {name: place for place, name in enumerate(names)}
    keys = [street_key(text) for text in texts]
    misspelt = sorted({key for key in keys if key not in places and street_stem_length(key) >= MIN_STEM})
    near: dict[str, list[int]] = {}
    for i, j in near_pairs(misspelt, names):
        if same_digits(misspelt[i], names[j]):
            near.setdefault(misspelt[i], []).append(j)
    places |= {key: found[0] for key, found in near.items() if len(found) == 1}
    return [places.get(key, NONE) for key in keys]


def _area_in(streets: Streets, known: Ints, street: Ints, house: Ints) -> Ints:
    """The area of each house in its street; NONE where the street is NONE or the number lies in no range."""
    place = (street * 2 + house // LETTERS % 2) * SPAN + house
    stretch = np.searchsorted(streets.low, place, "right") - 1
    inside = (street != NONE) & (house != NONE) & (stretch >= 0) & (streets.high[stretch] >= place)
    area = np.where(inside, streets.area[stretch], NONE)
    numberless = (street != NONE) & (house == NONE)
    area = np.where(numberless, streets.whole[street], area)
    return np.where(area == NONE, NONE, known[area])


def _area_of_name(streets: Streets, known: Ints, name: Ints, house: Ints) -> Ints:
    """The area of each house by the name of its street; NONE where streets of the same name lead to several areas."""
    groups = list(streets.names.values())
    found = np.full(len(name), NONE, dtype=np.int64)
    several = np.zeros(len(name), dtype=bool)
    for place in range(max(map(len, groups), default=0)):
        streets_of_name = np.array([*(group[place] if place < len(group) else NONE for group in groups), NONE])
        area = _area_in(streets, known, streets_of_name[name], house)
        several |= (found != NONE) & (area != NONE) & (area != found)
        found = np.where(found == NONE, area, found)
    return np.where(several, NONE, found)


def _area_of_point(addresses: pl.DataFrame, wanted: Marks, geography: Geography) -> Ints:
    """The area of each wanted address by its point, NONE without coordinates or outside all polygons."""
    found = np.full(addresses.height, NONE, dtype=np.int64)
    shapes = geography.shapes.get(geography.finest.id, {})
    if not shapes or not {"easting", "northing"} <= set(addresses.columns):
        return found
    x, y = (addresses[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("easting", "northing"))
    rows = np.flatnonzero(wanted & np.isfinite(x) & np.isfinite(y))
    keys = [area.key for area in geography.finest.areas if area.key in shapes]
    polygons = shapely.make_valid(np.array([shapes[key] for key in keys], dtype=object))
    places = np.array([place for place, area in enumerate(geography.finest.areas) if area.key in shapes])
    largest_first = np.lexsort((np.argsort(np.argsort(keys)), shapely.area(polygons)))[::-1]
    tree = shapely.STRtree(shapely.points(x[rows], y[rows]))
    polygon, point = tree.query(polygons[largest_first], predicate="intersects")
    in_order = np.argsort(polygon, kind="stable")
    found[rows[point[in_order]]] = places[largest_first[polygon[in_order]]]
    return found
