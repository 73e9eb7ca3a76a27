"""How the profile of an area is laid out: what matters first, then every table under its subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vielfalt.desk import gateway
from vielfalt.desk.atlas import figures, origins
from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.releases.models import Index, Release, Series, Table, joined
from vielfalt.words import N_, Words

Rows = Sequence[tuple[str, Cell]]
_FIRST = (("residents", Series.BASE), ("households", Series.BASE), *gateway.STANDING)
"""Table and category of what stands on top."""
_SUBJECTS = (
    (
        "herkunft",
        N_("Origin and nationality"),
        frozenset(
            (
                *("foreigner", "nationality_group", "nationality", "mh_register", "mh_group", "migration_status"),
                *("migration_rule", "reference_group", "reference_country", "immigration_history"),
                "couple_nationality",
            )
        ),
    ),
    (
        "personen",
        N_("Age, sex and family status"),
        frozenset(("age_class", "age_group", "sex", "marital_status", "religion_group", "stay_class")),
    ),
    ("haushalte", N_("Households"), frozenset(("household_type", "mh_household"))),
    (
        "bewegungen",
        N_("Arrivals, departures, naturalisations"),
        frozenset(("came", "came_from", "went", "citizenship_change", "moved_from", "flow", "movement")),
    ),
)
"""The subjects in their order: mark in the page, title, and the dimensions that belong to them."""
_REST = ("weiteres", N_("More tables"))


@dataclass(frozen=True)
class Section:
    """One table of the profile: per category its words, the page about it, and its number, share, share in the town.

    ``share_of`` says what shares refer to; a table that is told in numbers alone has none, and numbers alone.
    """

    title: str
    share_of: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Subject:
    """The tables of one subject; ``mark`` is where links within the page lead."""

    mark: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Special:
    """One index of the area: its id, title and caution; per value the group, the way of counting, value and note."""

    id: str
    title: str
    caveat: str
    rows: tuple[tuple[str, str, float | None, str], ...]

    @property
    def is_noted(self) -> bool:
        """Whether anything has to be said of a value."""
        return any(note for *_, note in self.rows)


def special(release: Release, level: str, area: str, tables: Iterable[Table], words: Words) -> list[Special]:
    """The indices that a release publishes of this area alone, in the order of the catalogue."""
    known = {table.key: table for table in tables}
    found = list(release.indices.filter(level=level, area=area, table__in=known).order_by("pk"))
    return [
        Special(
            index.id,
            words(index.title),
            words(index.caveat),
            tuple(_value(entry, known[entry.table], words) for entry in found if entry.index == index.id),
        )
        for index in gateway.INDICES
        if any(entry.index == index.id for entry in found)
    ]


def _value(entry: Index, table: Table, words: Words) -> tuple[str, str, float | None, str]:
    """A value of an index; one without a group is of all groups together."""
    counted = figures.table_title(table, words)
    group = (
        figures.category_title(table, joined((entry.group,)), words)
        if entry.group
        else words(N_("All groups together"))
    )
    return group, counted, entry.value, gateway.translated(words, entry.note)


def summary(
    own: Sequence[tuple[Table, Rows]], whole: Mapping[tuple[str, str], str], words: Words
) -> Iterator[tuple[str, Cell, str]]:
    """What stands on top: title, value of the area, and for shares that of the town (``whole``; empty for numbers)."""
    known = {(table.key, category): (table, cell) for table, rows in own for category, cell in rows}
    for key, category in _FIRST:
        if (key, category) in known:
            table, cell = known[key, category]
            title = figures.category_title(table, category, words)
            yield title, cell, whole.get((key, category), "") if table.dimensions else ""


def subjects(
    own: Sequence[tuple[Table, Rows]], whole: Mapping[tuple[str, str], str], words: Words
) -> Iterator[Subject]:
    """Every table that divides residents or households, under its subject; subjects without tables are left out."""
    divided = [(table, rows) for table, rows in own if table.dimensions]
    placed = [(_place(table), _section(table, rows, whole, words)) for table, rows in divided]
    for mark, title in (*((mark, title) for mark, title, _ in _SUBJECTS), _REST):
        sections = tuple(section for place, section in placed if place == mark)
        if sections:
            yield Subject(mark, words(title), sections)


def _place(table: Table) -> str:
    return next((mark for mark, _, dimensions in _SUBJECTS if table.dimensions[0] in dimensions), _REST[0])


def _section(table: Table, rows: Rows, whole: Mapping[tuple[str, str], str], words: Words) -> Section:
    share_of = figures.share_of(table, words)
    return Section(
        figures.table_title(table, words),
        share_of,
        tuple(
            (
                figures.category_title(table, one, words),
                origins.address_of(table, one),
                (cell.number, cell.percent, whole.get((table.key, one), gateway.NOT_APPLICABLE))
                if share_of
                else (cell.number,),
            )
            for one, cell in rows
        ),
    )
