"""Figures by area: tables per level, maps, and the tables of an imported source."""

from __future__ import annotations

from vielfalt.publish import labels
from vielfalt.publish.lookup import Category
from vielfalt.publish.maps import Atlas
from vielfalt.publish.report import tables
from vielfalt.publish.report.model import Block, Bullets, Figure, Heading, Note, Paragraph
from vielfalt.publish.results import Results
from vielfalt.words import N_, Words

_OPEN = ("undeterminable",)
_ORIGIN = (("foreigner", ("foreign",)), ("mh_register", ("with",)), ("mh_register", _OPEN))
_HISTORY = (
    ("immigration_history", ("immigrated",)),
    ("immigration_history", ("both_parents",)),
    ("immigration_history", _OPEN),
)
_AGE = (("age_class", ("0-17",)), ("age_class", ("65+",)))
_NOT_DETERMINABLE = {
    "mh_register": N_("Migration background not determinable"),
    "immigration_history": N_("Immigration history not determinable"),
}


def population(results: Results, words: Words) -> tuple[Block, ...]:
    """Residents, foreigners, migration background; immigration history; age: three tables per level."""
    if "residents" not in results.tables:
        return ()
    blocks: list[Block] = [
        Heading(words(N_("Population and migration background by area")), "areas"),
        Paragraph(
            words(
                N_(
                    "The town as a whole also holds people whose address lies in no area. The areas together can "
                    "therefore have slightly fewer residents."
                )
            )
        ),
    ]
    for level in tables.levels_with_figures(results, "residents"):
        title = results.geography.level(level).title
        blocks.append(Heading(title, f"areas-{level}", 2))
        if len(results.geography.level(level).areas) > tables.MOST_AREAS:
            blocks.append(tables.too_many(results, words, level))
            continue
        for caption, chosen in (
            (N_("Residents, foreigners and migration background, by area ({level})"), _ORIGIN),
            (N_("Immigration history, by area ({level})"), _HISTORY),
            (N_("Age, by area ({level})"), _AGE),
        ):
            wanted = [
                (table, category, _column(results, words, table, category))
                for table, category in chosen
                if table in results.tables
            ]
            if wanted:
                blocks += tables.figures_by_area(results, words, level, words(caption, level=title), wanted)
    return tuple(blocks)


def _column(results: Results, words: Words, table: str, category: Category) -> str:
    """The heading of a category; what is not determinable is said, since one table holds several characteristics."""
    if category == _OPEN:
        return words(_NOT_DETERMINABLE[table])
    return labels.sentence_case(labels.label(words, results.tables[table].table, category))


def imported(results: Results, words: Words) -> tuple[Block, ...]:
    """Each imported table: the town as a whole, then by area."""
    blocks: list[Block] = [Heading(words(N_("Tables")), "tables")]
    for number, (id, cells) in enumerate(results.tables.items()):
        blocks.append(Heading(labels.table_title(words, cells.table), f"table-{number + 1}", 2))
        if cells.table.dimensions:
            blocks += tables.distribution(results, words, id)
        for level in tables.levels_with_figures(results, id):
            blocks += tables.categories_by_area(results, words, id, level)
    return tuple(blocks)


def maps(atlas: Atlas, words: Words) -> tuple[Block, ...]:
    """All maps with the way to read them; the ones left out are named."""
    if not (atlas.maps or atlas.left_out or atlas.alike):
        return ()
    blocks: list[Block] = [Heading(words(N_("Maps")), "maps")]
    if atlas.maps:
        blocks.append(
            Paragraph(
                words(
                    N_(
                        "The maps show shares in classes: the darker the area, the higher the share. The legend says "
                        "how many areas are in each class. Hatched areas are not published; in areas with “–” too few "
                        "people live for a share. The class bounds are rounded; they differ from map to map. A high or "
                        "low share is neither good nor bad."
                    )
                )
            )
        )
    blocks += [Figure(drawn.plain, drawn.alt, drawn.caption) for drawn in atlas.maps]
    for reason, titles in (
        (N_("These maps are not shown because all published areas would have the same colour:"), atlas.alike),
        (
            N_("These maps are not shown because more than nine tenths of their areas are not published:"),
            atlas.left_out,
        ),
    ):
        if titles:
            blocks += [Note(words(reason)), Bullets(titles)]
    return tuple(blocks)
