"""The only door from the desk to the rest of the program: reading releases, words, classes, shapes.

Nothing that reads a register can be reached from here (a contract of the import linter).
"""

from __future__ import annotations

from vielfalt import programme
from vielfalt.cells import ProtectedCells, Protection
from vielfalt.definitions import Definition
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import ALL as INDICES
from vielfalt.geography import TOWN, AreaLevel
from vielfalt.publish.classes import Classes, class_labels, classes
from vielfalt.publish.labels import category_label, dimension_title, in_order, sentence_case
from vielfalt.publish.lookup import bases
from vielfalt.publish.reading import Published, read_published
from vielfalt.publish.results import Results
from vielfalt.publish.shapes import fit, spot
from vielfalt.publish.shares import NOT_APPLICABLE, SUPPRESSED, number_text, share, share_text
from vielfalt.publish.svg import SEQUENTIAL
from vielfalt.publish.themes import STANDING
from vielfalt.words import Words

_PROGRAMME = {table.id: table.title for table in programme.ALL}


def programme_title(words: Words, table: str) -> str:
    """The title of a table of the programme; empty for a table that others counted."""
    return words(_PROGRAMME.get(table, ""))


__all__ = [
    "INDICES",
    "NOT_APPLICABLE",
    "SEQUENTIAL",
    "STANDING",
    "SUPPRESSED",
    "TOWN",
    "AreaLevel",
    "Classes",
    "Definition",
    "IndexValue",
    "ProtectedCells",
    "Protection",
    "Published",
    "Results",
    "bases",
    "category_label",
    "class_labels",
    "classes",
    "dimension_title",
    "fit",
    "in_order",
    "number_text",
    "programme_title",
    "read_published",
    "sentence_case",
    "share",
    "share_text",
    "spot",
]
