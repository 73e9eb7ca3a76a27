"""The words for tables, dimensions and categories, from the programme, the code lists or an imported table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from vielfalt import codes, movement_programme, programme
from vielfalt.geography import TOWN, Geography
from vielfalt.publish.lookup import Category
from vielfalt.table import Table
from vielfalt.words import N_, Words


def table_title(words: Words, table: Table) -> str:
    """The title of a table: translated for the programme's tables, as delivered for imported ones."""
    return words(table.title) or table.id


def dimension_title(words: Words, dimension: str) -> str:
    """The title of a dimension: the programme's, the one an imported table brings, else its id."""
    titles = programme.DIMENSIONS | movement_programme.DIMENSIONS
    if dimension in titles:
        return words(titles[dimension])
    return words.labels.get((dimension, ""), dimension)


def category_label(words: Words, dimension: str, key: str) -> str:
    """The label of a category: the one an imported table brings, the code list's, else its key."""
    if (dimension, key) in words.labels:
        return words.labels[dimension, key]
    try:
        return codes.category(dimension, key).label(words.language)
    except KeyError:
        return words.labels.get((dimension, key), key)


def label(words: Words, table: Table, category: Category) -> str:
    """The labels of a category of a table, joined by commas where the table crosses two dimensions."""
    return ", ".join(
        category_label(words, dimension, key) for dimension, key in zip(table.dimensions, category, strict=True)
    )


def sentence_case(text: str) -> str:
    """The text with a capital first letter, as titles and headings begin; labels of categories may be lower case."""
    return text[:1].upper() + text[1:]


def in_order(dimension: str, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys in the order of the code list; keys that it does not know keep their order and come last."""
    order = _places(dimension)
    return tuple(sorted(dict.fromkeys(keys), key=lambda key: order.get(key, len(order))))


@cache
def _places(dimension: str) -> Mapping[str, int]:
    """The place of each key in the code list; none where there is no list."""
    try:
        return {row.key: place for place, row in enumerate(codes.categories(dimension))}
    except KeyError:
        return {}


def level_title(words: Words, geography: Geography, level: str) -> str:
    """The town's own word for a level; “town as a whole” for the town."""
    return words(N_("Town as a whole")) if level == TOWN else geography.level(level).title
