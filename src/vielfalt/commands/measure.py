"""Indices of any table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vielfalt.commands.options import FILE, WORDS, Whole, json_option, lang_option, print_json, spoken
from vielfalt.words import N_, Language

if TYPE_CHECKING:
    from vielfalt.tools.indices_compared import Compared
    from vielfalt.tools.measuring import Measured
    from vielfalt.words import Words


@click.command(
    help=WORDS("Compute indices of segregation and diversity of TABLE, any table of areas by groups (CSV, XLSX).")
)
@click.argument("table", type=FILE)
@click.option("--area", metavar=WORDS("COLUMN"), required=True, help=WORDS("Column with the key of the area."))
@click.option(
    "--group",
    "groups",
    metavar=WORDS("COLUMN"),
    required=True,
    multiple=True,
    help=WORDS("Column of counts of a group (again for each group), or the column that names the group."),
)
@click.option(
    "--value",
    metavar=WORDS("COLUMN"),
    default="",
    help=WORDS("Column of counts of a long table; else value, n or count."),
)
@click.option(
    "--total",
    metavar="NAME",
    default="",
    help=WORDS("Column or group of all residents; the sum of the groups unless given."),
)
@click.option(
    "--filter", "filters", multiple=True, metavar=WORDS("COLUMN=VALUE"), help=WORDS("Only rows with this value.")
)
@click.option(
    "--ignore", multiple=True, metavar=WORDS("AREA"), help=WORDS("Leave out this area, for example the total.")
)
@click.option("--geometry", type=FILE, default=None, help=WORDS("Polygons of the areas, for indices of space."))
@click.option(
    "--key",
    metavar=WORDS("COLUMN"),
    default="",
    help=WORDS("Column of the area in the polygons; named as in the table unless given."),
)
@click.option(
    "--crs",
    metavar="CODE",
    default="EPSG:25832",
    show_default=True,
    help=WORDS("Coordinate system in metres to measure in."),
)
@click.option(
    "--centre",
    metavar=WORDS("E N"),
    type=float,
    nargs=2,
    default=None,
    help=WORDS("Centre of the town (easting, northing)."),
)
@click.option("--index", "ids", multiple=True, metavar=WORDS("ID"), help=WORDS("Only this index, also those by area."))
@click.option("--against", default="", metavar=WORDS("GROUP"), help=WORDS("Group that dissimilarity compares with."))
@click.option(
    "--compare", type=FILE, default=None, help=WORDS("Second table: another date or town, read the same way.")
)
@click.option(
    "--draws",
    type=Whole(0),
    default=199,
    show_default=True,
    help=WORDS("Random draws for intervals and p-values; 0 for none."),
)
@json_option
@lang_option
def indices(
    table: Path,
    area: str,
    groups: tuple[str, ...],
    value: str,
    total: str,
    filters: tuple[str, ...],
    ignore: tuple[str, ...],
    geometry: Path | None,
    key: str,
    crs: str,
    centre: tuple[float, float] | None,
    ids: tuple[str, ...],
    against: str,
    compare: Path | None,
    draws: int,
    as_json: bool,
    lang: Language | None,
) -> None:
    """Computes indices."""
    from vielfalt.imported.grouped import Question, read_grouped
    from vielfalt.tools import indices_compared, measuring

    words = spoken(lang)
    kilometres = None if centre is None else (centre[0] / 1000, centre[1] / 1000)
    wanted = measuring.Wanted(measuring.chosen(ids, geometry is not None), draws, against, kilometres)
    question = Question(area, groups, value, total, _filter(filters), ignore)
    read = read_grouped(table, question)
    shapes = measuring.read_polygons(geometry, read.areas, key or area, crs) if geometry else None
    found = measuring.measure(read, shapes, wanted, words)
    compared = indices_compared.compare(read, read_grouped(compare, question), wanted, words) if compare else None
    if as_json:
        comparison = {} if compared is None else {"comparison": [_difference(one) for one in compared]}
        print_json({"indices": [_as_json(one) for one in found], **comparison})
    else:
        _show(found, words)
        _show_comparison(compared or (), words)


def _filter(filters: tuple[str, ...]) -> dict[str, str]:
    """COLUMN=VALUE as a mapping. Raises UsageError."""
    from vielfalt.errors import UsageError

    split = [entry.partition("=") for entry in filters]
    for column, sign, _ in split:
        if not sign:
            raise UsageError(N_("“{text}” is no filter."), text=column, todo=N_("Write it as COLUMN=VALUE."))
    return {column: text for column, _, text in split}


def _as_json(one: Measured) -> dict[str, object]:
    judged = one.judged
    return {
        "index": one.index,
        "group": one.group,
        "area": one.area,
        "value": one.value,
        "low": judged.low,
        "high": judged.high,
        "corrected": judged.corrected,
        "by_chance": judged.by_chance,
        "p": judged.p,
        "areas": one.areas,
        "note": one.note,
    }


def _difference(one: Compared) -> dict[str, object]:
    differs, parts = one.difference, one.parts
    return {
        "index": one.index,
        "group": one.group,
        "first": one.first,
        "second": one.second,
        "difference": differs and differs.value,
        "low": differs and differs.low,
        "high": differs and differs.high,
        "p": differs and differs.p,
        "by_groups": parts and parts.groups,
        "by_areas": parts and parts.areas,
        "by_structure": parts and parts.structure,
        "note": one.note,
    }


def _show(found: tuple[Measured, ...], words: Words) -> None:
    """One table per index, groups and areas in the order of the input; every note once below."""
    from vielfalt import console
    from vielfalt.figures.indices import index

    def number(value: float | None) -> str:
        return "–" if value is None else words.number(value, 3)

    notes = list(dict.fromkeys(one.note for one in found if one.note))
    headings = (N_("Group"), N_("Value"), N_("Corrected"), N_("By chance"), N_("p"), N_("Areas"))
    for id in dict.fromkeys(one.index for one in found):
        rows = [
            (
                " · ".join(filter(None, (one.group, one.area))) or words("all groups"),
                number(one.value),
                _interval(one, number),
                number(one.judged.by_chance),
                number(one.judged.p),
                words.number(one.areas) + (f" ({notes.index(one.note) + 1})" if one.note else ""),
            )
            for one in found
            if one.index == id
        ]
        console.show_table(f"{words(index(id).title)} ({id})", [words(heading) for heading in headings], rows)
    for place, note in enumerate(notes):
        click.echo(f"({place + 1}) {note}")
    click.echo(words("What an index says, and what it must not be used for: vielfalt explain ID."))


def _show_comparison(compared: tuple[Compared, ...], words: Words) -> None:
    """The two tables side by side, one table per index."""
    from vielfalt import console
    from vielfalt.figures.indices import index

    def number(value: object) -> str:
        return words.number(value, 3) if isinstance(value, float) else "–"

    parts = (N_("By groups"), N_("By areas"), N_("By structure"))
    headings = (N_("Group"), N_("First"), N_("Second"), N_("Difference"), N_("p"), *parts)
    keys = ("first", "second", "difference", "p", "by_groups", "by_areas", "by_structure")
    for id in dict.fromkeys(one.index for one in compared):
        rows = [
            (one.group or words("all groups"), *(number(_difference(one)[key]) for key in keys))
            for one in compared
            if one.index == id
        ]
        title = words("Comparison: {index}", index=f"{words(index(id).title)} ({id})")
        console.show_table(title, [words(heading) for heading in headings], rows)
    for note in dict.fromkeys(one.note for one in compared if one.note):
        click.echo(f"– {note}")


def _interval(one: Measured, number: Callable[[float | None], str]) -> str:
    """The value less its bias and the interval around it."""
    judged = one.judged
    return "–" if judged.low is None else f"{number(judged.corrected)} ({number(judged.low)} … {number(judged.high)})"


ALL: tuple[click.Command, ...] = (indices,)
