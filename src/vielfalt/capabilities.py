"""What an extract can support: which tables and definitions, and which field is missing for the rest."""

from __future__ import annotations

from collections.abc import Iterable

from vielfalt import definitions, programme
from vielfalt.publish.results import Capability
from vielfalt.rule_sets import RuleSet
from vielfalt.table import Table, counted_by


def missing_fields(needs: Iterable[str], delivered: frozenset[str]) -> tuple[str, ...]:
    """The needs (alternatives joined by "|") that none of the delivered fields meets."""
    return tuple(need for need in needs if not delivered.intersection(need.split("|")))


def capabilities(delivered: frozenset[str], options: frozenset[str], rule_set: RuleSet) -> tuple[Capability, ...]:
    """Every table of the programme and every definition that is switched on, with the fields it lacks."""
    counted = wanted(options)
    off = {id for table in programme.ALL if table not in counted for id in table.definitions}
    off -= {id for table in counted for id in table.definitions}
    tables = (
        Capability("table", table.id, not missing, missing)
        for table in counted
        for missing in [missing_fields(definitions.needs_of(counted_by(table, rule_set.definition)), delivered)]
    )
    meanings = (
        Capability("definition", entry.id, not missing, missing)
        for entry in definitions.ALL
        if entry.id not in off
        for missing in [missing_fields(entry.needs, delivered)]
    )
    return (*tables, *meanings)


def wanted(options: frozenset[str]) -> tuple[Table, ...]:
    """The tables of the programme that need no option or whose option the town has switched on."""
    return tuple(table for table in programme.ALL if not table.option or table.option in options)


def possible(found: Iterable[Capability], options: frozenset[str], rule_set: RuleSet) -> tuple[Table, ...]:
    """The tables that can be counted: their own fields are there, and their margins can be counted too.

    They name the definition that the rule set stands for, so that figures of two rule sets never pass for the same.
    """
    able = {entry.id for entry in found if entry.kind == "table" and entry.possible}
    tables = (table for table in wanted(options) if table.id in able and (not table.parent or table.parent in able))
    return tuple(counted_by(table, rule_set.definition) for table in tables)
