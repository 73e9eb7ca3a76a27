"""What a release from elsewhere may say: the form of every part of its description, of its keys and of its indices.

What stands there comes into addresses, onto pages, into files and into databases. So each part has the kind that its
readers expect, no text holds signs that cannot be shown, and what stands in an address leads to one page.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from vielfalt.cells import Protection
from vielfalt.errors import DeliveryError, VielfaltError
from vielfalt.geography import LONGEST_KEY, LONGEST_NAME, UNSHOWABLE, Geography, is_key, is_line, with_plain_blanks
from vielfalt.publish.layout import DESCRIPTOR
from vielfalt.publish.releases import check_format
from vielfalt.publish.results import Results, Utility
from vielfalt.words import N_

LARGEST_DESCRIPTION = 20_000_000
"""Bytes: a hundred times that of a town with every table of the programme."""
_TODO = N_("Ask the town for the zip file of the release as Vielfalt wrote it.")
_LONGEST_TEXT, _LONGEST_TITLE = 20_000, 300
_LARGEST_AMOUNT, _LARGEST_NUMBER = 2**31 - 1, 2**53
"""What every database keeps as a whole number, and what every reader of JSON does (RFC 8259, 6)."""
Form = Callable[[object], bool]


def line(longest: int, least: int = 0) -> Form:
    """Texts of one line, of so many signs."""
    return lambda one: is_line(one, longest, least)


def _is_text(one: object) -> bool:
    return isinstance(one, str) and len(one) <= _LONGEST_TEXT and not UNSHOWABLE.search(one)


def among(*known: object) -> Form:
    """One of these values."""
    return lambda one: isinstance(one, str | None) and one in known


def like(pattern: str) -> Form:
    """Texts of this form."""
    return lambda one: isinstance(one, str) and bool(re.fullmatch(pattern, one, re.ASCII))


def each(form: Form) -> Form:
    """Lists of it."""
    return lambda one: isinstance(one, list) and all(map(form, one))


def by_name(form: Form) -> Form:
    """Values of this form under any names."""
    return lambda one: isinstance(one, dict) and all(map(_NAME_OR_NONE, one)) and all(map(form, one.values()))


def with_parts(parts: Mapping[str, Form]) -> Form:
    """Records that have these parts; others are not read by anybody."""
    return lambda one: isinstance(one, dict) and all(name in one and form(one[name]) for name, form in parts.items())


def _is_date(one: object) -> bool:
    try:
        return isinstance(one, str) and len(one) == len("2025-12-31") and bool(dt.date.fromisoformat(one))
    except ValueError:
        return False


def _is_truth(one: object) -> bool:
    return isinstance(one, bool)


def _is_amount(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= _LARGEST_AMOUNT


def _is_nothing(one: object) -> bool:
    return one is None


def either(first: Form, second: Form) -> Form:
    """Of one form or the other."""
    return lambda one: first(one) or second(one)


_NAME, _TITLE = line(LONGEST_NAME, 1), line(_LONGEST_TITLE)
_NAME_OR_NONE, _KEY_OR_NONE = line(LONGEST_NAME), line(LONGEST_KEY)
_KEY_TEXT = line(LONGEST_KEY, 1)
_SETTINGS = with_parts(
    dict.fromkeys((name for name in Protection.__dataclass_fields__ if name != "p_percent"), _is_amount)
)
_DEFINITION = with_parts({"id": _KEY_TEXT, **dict.fromkeys(("title", "text", "limits", "source"), _is_text)})
_BREAK_FOUND = with_parts(
    {
        "since": _is_date,
        "check": _KEY_TEXT,
        "level": either(is_key, _is_nothing),
        "names": each(_TITLE),
        **dict.fromkeys(("text", "consequence"), _is_text),
    }
)
_TABLE = with_parts(
    {
        "id": _NAME,
        "path": like(r"tables/[a-z0-9_-]+\.csv"),
        "title": _TITLE,
        "dimensions": each(_KEY_TEXT),
        "definitions": each(_KEY_TEXT),
        "unit": among("persons", "households", "earlier"),
        "parent": _NAME_OR_NONE,
        **dict.fromkeys(("fine", "town_only"), _is_truth),
        "protection": with_parts({"method": _TITLE, "parameters": _SETTINGS}),
    }
)
PARTS: Mapping[str, Form] = {
    "release": like(r"\d{4}-\d\d-\d\d-[1-9]\d{0,8}"),
    "town": with_parts({"name": _NAME, "ags": like(r"\d{8}")}),
    "reference_date": _is_date,
    "kind": among("register", "table"),
    "source": _is_text,
    "licence": _TITLE,
    "rule_set": _KEY_OR_NONE,
    "breaks": each(_BREAK_FOUND),
    "protection": _SETTINGS,
    "area_sets": each(with_parts({"level": is_key, "title": _NAME, "path": like(r"areas/[^/]+\.geojson")})),
    "tables": each(_TABLE),
    "categories": by_name(by_name(_TITLE)),
    "definitions": each(_DEFINITION),
}
"""What every description says, part by part (contract “Release package”)."""
SOME: Mapping[str, Form] = {
    "made_of": each(with_parts(dict.fromkeys(("ags", "release", "manifest"), _NAME))),
    "altered": with_parts({"method": _TITLE, "reading": each(_is_text)}),
    "utility": with_parts(dict.fromkeys(Utility.__dataclass_fields__, _is_amount)),
}
"""What only some descriptions say."""


def description(folder: Path) -> Mapping[str, Any]:
    """The description in the folder, as Vielfalt adds it to Frictionless.

    Raises DeliveryError where there is none that can be read, or one of another form of package.
    """
    path = folder / DESCRIPTOR
    try:
        if path.stat().st_size > LARGEST_DESCRIPTION:
            raise ValueError
        content = dict(json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)["vielfalt"])
        check_format(content, DESCRIPTOR)
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        raise DeliveryError(
            N_("This is no release of Vielfalt: it has no readable description."), where=DESCRIPTOR, todo=_TODO
        ) from None
    return content


def check_description(content: Mapping[str, Any]) -> None:
    """Raises DeliveryError for a part that is missing or has another form than in any release."""
    for name, form in (*PARTS.items(), *((name, form) for name, form in SOME.items() if name in content)):
        if name not in content or not form(content[name]):
            raise _odd(DESCRIPTOR, name)
    if not content["release"].startswith(content["reference_date"]):
        raise _odd(DESCRIPTOR, "release")
    if not all(map(_is_sound, _leaves(content))):
        raise _odd(DESCRIPTOR, "vielfalt")


def check_keys(results: Results) -> None:
    """Raises DeliveryError for areas, categories and indices that no release can have."""
    _check_areas(results.geography)
    for id, cells in results.tables.items():
        for dimension in cells.table.dimensions:
            if not all(map(_NAME_OR_NONE, cells.frame[dimension].unique())):
                raise _odd(id, dimension)
    for one in results.indices:
        told = (_KEY_TEXT(one.index), *map(_KEY_OR_NONE, (one.level, one.area)), _is_text(one.note))
        named = map(_NAME_OR_NONE, (one.table, one.group))
        numbers = (value is None or math.isfinite(value) for value in (one.value, one.low, one.high))
        if not (all(told) and all(named) and all(numbers) and _is_amount(one.areas)):
            raise _odd("indices.csv", "index")


def _check_areas(geography: Geography) -> None:
    """Keys that differ in more than blanks, names that can be read, areas above that there are, shapes on earth."""
    above: set[str] = set()
    for level in geography.levels:
        where, areas = f"areas/{level.id}.geojson", level.areas
        named = all(is_key(area.key) and _NAME(area.name) for area in areas)
        if not named or len({with_plain_blanks(area.key) for area in areas}) < len(areas):
            raise _odd(where, "key")
        if not all(isinstance(area.parent, str) and (not above or area.parent in above) for area in areas):
            raise _odd(where, "parent")
        if not all(map(_is_on_earth, geography.shapes[level.id].values())):
            raise _odd(where, "geometry")
        above = {area.key for area in areas}


def _is_on_earth(shape: BaseGeometry) -> bool:
    """Whether it is a polygon, or several, by longitude and latitude."""
    west, south, east, north = shape.bounds
    within = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return within and shape.geom_type in ("Polygon", "MultiPolygon")


def _leaves(one: object) -> Iterator[object]:
    """Every name, text and number of the description; readers of JSON end at a depth of their own before."""
    if isinstance(one, dict):
        for name, value in one.items():
            yield name
            yield from _leaves(value)
    elif isinstance(one, list):
        for value in one:
            yield from _leaves(value)
    else:
        yield one


def _is_sound(one: object) -> bool:
    if isinstance(one, str):
        return not UNSHOWABLE.search(one)
    return not isinstance(one, int | float) or abs(one) <= _LARGEST_NUMBER


def _no_number(name: str) -> object:
    """JSON knows no NaN and no infinity (RFC 8259, 6); Python does."""
    raise ValueError(name)


def _odd(where: str, part: str) -> VielfaltError:
    return DeliveryError(
        N_("The release says something that no release can say ({part})."), where=where, part=part, todo=_TODO
    )
