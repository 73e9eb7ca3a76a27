"""A table of the programme, declared as data: what it counts, what it needs, what it refines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Unit = Literal["persons", "households", "earlier"]
"""What a table counts; "earlier" are the residents of the earlier reference date."""


@dataclass(frozen=True)
class Table:
    """One table of the programme.

    ``fine`` tables use the larger minimum cell; ``town_only`` tables are published for the town as a whole;
    ``needs`` lists the extract fields without which the table cannot be counted (alternatives joined by ``|``), beside
    those that its definitions need (``definitions.needs_of``);
    ``option`` names the setting in town.toml that switches the table on (empty: always on).
    """

    id: str
    title: str
    dimensions: tuple[str, ...]
    definitions: tuple[str, ...]
    parent: str = ""
    unit: Unit = "persons"
    fine: bool = False
    town_only: bool = False
    needs: tuple[str, ...] = ()
    option: str = ""


MIGRATION_BACKGROUND = "mh_register"
"""The definition of migration background that the programme names; a rule set may put its own in its place."""


def counted_by(table: Table, definition: str) -> Table:
    """The table with this definition of migration background in the place of the usual one."""
    named = tuple(definition if id == MIGRATION_BACKGROUND else id for id in table.definitions)
    return replace(table, definitions=named)
