"""Movements since an earlier reference date, from the protected tables: for the town, by area, from area to area."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from vielfalt.geography import TOWN
from vielfalt.publish import labels, lookup
from vielfalt.publish.lookup import Category
from vielfalt.publish.maps import Atlas
from vielfalt.publish.report import breaks, tables
from vielfalt.publish.report.model import Block, Column, DataTable, Figure, Heading, Paragraph
from vielfalt.publish.results import Movements, Results
from vielfalt.publish.shares import SUPPRESSED, number_text
from vielfalt.publish.themes import MOST_HIDDEN
from vielfalt.words import N_, Words

_TOWN: tuple[tuple[str, str], ...] = (
    *(("came", key) for key in ("born", "arrived")),
    *(("came_from", key) for key in ("abroad", "germany", "open")),
    ("came", "moved"),
    ("went", "gone"),
    ("citizenship_change", "naturalised"),
)
_PARTS = ("came_from",)
"""The tables whose rows are parts of the row above them."""
_NOT_TOLD = N_("For the others who are new in the register nothing tells where they came from.")
_CROSSING = ("new", "gone")
_BY_GROUP = ("flow_by_mh_group", "new_by_mh_group", "flow_by_sex", "flow_by_age", "flow_by_nationality_group")


def movements(results: Results, atlas: Atlas, words: Words) -> tuple[Block, ...]:
    """The heading “Movements”, what they say and do not say, breaks, and the tables and maps that may be shown."""
    heading = Heading(words(N_("Movements between two reference dates")), "movements")
    if results.movements is None:
        sentence = N_("Movements are not shown: the vault keeps no earlier reference date that could be linked.")
        return (heading, Paragraph(words(sentence)))
    return (
        heading,
        *_introduction(results, results.movements, words),
        *breaks.noted(results.movements.breaks, results, words),
        *_town(results, words),
        *_maps(atlas, words),
        *_balances(results, words),
        *_between(results, words),
        *(block for table in _BY_GROUP if table in results.tables for block in _by_group(results, words, table)),
        *(block for table in _BY_GROUP if table in results.tables for block in _groups_by_area(results, words, table)),
    )


def _introduction(results: Results, moved: Movements, words: Words) -> tuple[Block, ...]:
    since, now = words.date(moved.since), words.date(results.source.date)
    return (
        Paragraph(
            words(
                N_(
                    "The residents of {since} and of {now} are compared. Who came and left again in between is not "
                    "seen, and of several moves only the last. So these figures are smaller than those of the "
                    "migration statistics, which count every case."
                ),
                since=since,
                now=now,
            )
        ),
        Paragraph(
            words(
                N_(
                    "People who are no longer here have moved away or died; the extract does not tell which. People "
                    "who are new in the register came from elsewhere, or were entered or corrected later. A balance "
                    "is neither good nor bad."
                )
            )
        ),
    )


def _town(results: Results, words: Words) -> tuple[Block, ...]:
    """What happened in the town as a whole."""
    rows = []
    for table, key in _TOWN:
        if table in results.tables and (key,) in lookup.in_town(results, table):
            label = labels.category_label(words, table, key)
            title = labels.sentence_case(words(N_("of whom {category}"), category=label) if table in _PARTS else label)
            rows.append((title, number_text(words, lookup.in_town(results, table)[(key,)])))
    if not rows:
        return ()
    columns = (Column(words(N_("Movement")), numeric=False), Column(words(N_("Residents"))))
    told = DataTable(words(N_("Movements in the town as a whole")), columns, tuple(rows))
    return (told, *([Paragraph(words(_NOT_TOLD))] if _some_of_unknown_origin(results) else []))


def _some_of_unknown_origin(results: Results) -> bool:
    """Whether the origins shown are those of some of the new ones only, as everybody can compute."""
    new = lookup.in_town(results, "came").get(("arrived",))
    known = [
        value for (key,), value in lookup.in_town(results, "came_from").items() if key in ("abroad", "germany", "open")
    ]
    shown = [value for value in known if value is not None]
    return new is not None and len(shown) == len(known) > 0 and sum(shown) < new


def _maps(atlas: Atlas, words: Words) -> tuple[Block, ...]:
    """The maps of balances with the way to read them."""
    if not atlas.balances:
        return ()
    sentence = N_(
        "The maps show balances: blue where more came than went, brown where more went than came, the class in the "
        "middle about balanced. Hatched areas are not published; in areas with “–” too few people live for a share."
    )
    return (Paragraph(words(sentence)), *(Figure(drawn.plain, drawn.alt, drawn.caption) for drawn in atlas.balances))


def _balances(results: Results, words: Words) -> tuple[Block, ...]:
    """Who came, who went and the balance, per area of each level."""
    if not {"came", "went"} <= set(results.tables):
        return ()
    blocks: list[Block] = []
    for level in tables.levels_with_figures(results, "came"):
        title = results.geography.level(level).title
        blocks.append(Heading(words(N_("Movements by area ({level})"), level=title), f"movements-{level}", 2))
        if len(results.geography.level(level).areas) > tables.MOST_AREAS:
            blocks.append(tables.too_many(results, words, level))
            continue
        blocks += [_across(results, words, level), _within(results, words, level)]
    return tuple(blocks)


def _across(results: Results, words: Words, level: str) -> DataTable:
    """Births, people new in the register, people gone, per area, and new minus gone."""
    values = [_values(results, level, table, key) for table, key in (("came", "born"), ("came", "arrived"))]
    gone = _values(results, level, "went", "gone")
    rows = []
    for area in results.geography.level(level).areas:
        born, arrived, left = values[0].get(area.key), values[1].get(area.key), gone.get(area.key)
        numbers = (*(number_text(words, value) for value in (born, arrived, left)),)
        rows.append((area.name, *numbers, _balance(words, (born, arrived), (left,))))
    columns = (
        Column(words(N_("Area")), numeric=False),
        *(Column(labels.sentence_case(labels.category_label(words, "came", key))) for key in ("born", "arrived")),
        Column(labels.sentence_case(labels.category_label(words, "went", "gone"))),
        Column(words(N_("Balance"))),
    )
    caption = words(N_("Births, arrivals and departures by area ({level})"), level=_title(results, level))
    return DataTable(caption, columns, tuple(rows))


def _within(results: Results, words: Words, level: str) -> DataTable:
    """Moves within the town, per area: from another finest area into this one, out of it, and the balance."""
    into, out = _values(results, level, "came", "moved"), _values(results, level, "went", "moved")
    rows = tuple(
        (
            area.name,
            number_text(words, into.get(area.key)),
            number_text(words, out.get(area.key)),
            _balance(words, (into.get(area.key),), (out.get(area.key),)),
        )
        for area in results.geography.level(level).areas
    )
    columns = (
        Column(words(N_("Area")), numeric=False),
        Column(words(N_("Moved in"))),
        Column(words(N_("Moved out"))),
        Column(words(N_("Balance"))),
    )
    caption = words(
        N_("Moves within the town between areas of the level “{finest}”, by area ({level})"),
        finest=results.geography.finest.title,
        level=_title(results, level),
    )
    return DataTable(caption, columns, rows)


def _between(results: Results, words: Words) -> tuple[Block, ...]:
    """From which area to which, on the coarsest level."""
    if "moves_between" not in results.tables:
        return ()
    level = results.geography.levels[0]
    counts = lookup.in_area(results.tables["moves_between"], TOWN, results.geography.town.key)
    if len(level.areas) > tables.MOST_COLUMNS or len(level.areas) < 2:
        return (tables.too_many(results, words, level.id),) if len(level.areas) > 1 else ()
    columns = (
        Column(words(N_("From (rows) to (columns)")), numeric=False),
        *(Column(area.name) for area in level.areas),
    )
    rows = tuple(
        (origin.name, *(number_text(words, counts.get((origin.key, area.key))) for area in level.areas))
        for origin in level.areas
    )
    return (DataTable(words(N_("Moves from area to area ({level})"), level=level.title), columns, rows),)


def _by_group(results: Results, words: Words, table: str) -> tuple[Block, ...]:
    """Movements by group of the town: a group per row."""
    entry = results.tables[table].table
    kind, group = entry.dimensions
    counts = lookup.in_town(results, table)
    kinds = labels.in_order(kind, [category[0] for category in counts])
    groups = labels.in_order(group, [category[1] for category in counts])
    shown = [key for key in groups if any(counts[name, key] != 0 for name in kinds)]
    columns = (
        Column(labels.dimension_title(words, group), numeric=False),
        *(Column(labels.sentence_case(labels.category_label(words, kind, name))) for name in kinds),
    )
    rows = tuple(
        (
            labels.sentence_case(labels.category_label(words, group, key)),
            *(number_text(words, counts[name, key]) for name in kinds),
        )
        for key in shown
    )
    caption = words(N_("{table}, town as a whole"), table=labels.table_title(words, entry))
    return (DataTable(caption, columns, rows),) if rows else ()


def _groups_by_area(results: Results, words: Words, table: str) -> tuple[Block, ...]:
    """Births and arrivals, and departures, by group per area: the levels on which enough can be shown."""
    cells = results.tables[table]
    kind, group = cells.table.dimensions
    blocks: list[Block] = []
    for level in tables.levels_with_figures(results, table):
        frame = cells.frame.filter((pl.col("level") == level) & pl.col(kind).is_in(_CROSSING))
        if frame["value"].null_count() > MOST_HIDDEN * frame.height:
            continue
        if len(results.geography.level(level).areas) > tables.MOST_AREAS:
            blocks.append(tables.too_many(results, words, level))
            continue
        pairs = [(key, name) for key in labels.in_order(group, frame[group].unique()) for name in _CROSSING]
        columns = [lookup.by_area(cells, level, (name, key)) for key, name in pairs]
        headings = (_crossing(words, (group, key), (kind, name)) for key, name in pairs)
        blocks.append(
            DataTable(
                words(
                    N_("{table}, by area ({level})"),
                    table=labels.table_title(words, cells.table),
                    level=_title(results, level),
                ),
                (Column(words(N_("Area")), numeric=False), *(Column(heading) for heading in headings)),
                tuple(
                    (area.name, *(number_text(words, values.get(area.key)) for values in columns))
                    for area in results.geography.level(level).areas
                ),
            )
        )
    return tuple(blocks)


def _crossing(words: Words, group: tuple[str, str], movement: tuple[str, str]) -> str:
    """A group and a movement as the heading of a column."""
    first, second = (labels.category_label(words, *one) for one in (group, movement))
    return words(N_("{group}: {movement}"), group=labels.sentence_case(first), movement=second)


def _values(results: Results, level: str, table: str, key: str) -> lookup.Values:
    category: Category = (key,)
    return lookup.by_area(results.tables[table], level, category)


def _title(results: Results, level: str) -> str:
    return results.geography.level(level).title


def _balance(words: Words, coming: Sequence[int | None], going: Sequence[int | None]) -> str:
    """Coming minus going with its sign; "." where one of them is not published."""
    known = [value for value in (*coming, *going) if value is not None]
    if len(known) < len(coming) + len(going):
        return SUPPRESSED
    difference = sum(known[: len(coming)]) - sum(known[len(coming) :])
    return f"{'+' if difference > 0 else ''}{words.number(difference)}"
