"""Fields in which one key stands for everybody, or for most of a group: filled in for nothing, or misunderstood."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt.codes import GERMANY, countries
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.checks import Finding

_FURTHER = ("nationality_2", "nationality_3")
_KIND, _LATER_GERMAN = "german_nationality_kind", ("naturalised", "repatriate", "option")
_ABROAD = [key for key, state in countries().items() if state.kind != "special" and key != GERMANY]
_DIFFERS = ("nationality_1", "birth_date", "sex", "marital_status", "move_in_date")
_VILLAGE = 500
"""Rows up to which everybody may be German, say: own choice."""


def filled_in(engine: Engine, register: Frame, evidence: pl.DataFrame, rows: int) -> list[Finding]:
    """The findings on such fields; ``evidence``: how many rows each combination of ``kinds.EVIDENCE`` has."""
    return [
        *_same(engine, register, rows),
        *_further(evidence, rows),
        *_born_elsewhere(evidence),
        *_became_german(evidence),
    ]


def _same(engine: Engine, register: Frame, rows: int) -> list[Finding]:
    """Fields that have one value wherever they have any, though people of a town differ in them."""
    if rows < _VILLAGE:
        return []
    asked = {
        f"{name}_{field}": found
        for field in _DIFFERS
        for name, found in (
            ("first", nw.col(field).min()),
            ("last", nw.col(field).max()),
            ("n", nw.col(field).count()),
        )
    }
    found = engine.collect(register.select(*(each.alias(name) for name, each in asked.items()))).to_pylist()[0]
    return [
        Finding("column_same", field, found[f"n_{field}"], ())
        for field in _DIFFERS
        if 2 * found[f"n_{field}"] > rows and found[f"first_{field}"] == found[f"last_{field}"]
    ]


def _further(evidence: pl.DataFrame, rows: int) -> list[Finding]:
    """Fields of further nationalities that most people have, or by which most who are foreigners by the first one would
    be German: sooner zeros for nothing than so many dual nationals."""
    foreigners, found = evidence.filter(pl.col("nationality_1") != GERMANY), []
    for field in _FURTHER:
        all_filled = int(evidence.filter(pl.col(field).is_not_null())["rows"].sum())
        german = int(foreigners.filter(pl.col(field) == GERMANY)["rows"].sum())
        if 2 * all_filled > rows or 2 * german > foreigners["rows"].sum():
            found.append(Finding("nationality_filled", field, max(all_filled, german), ()))
    return found


def _born_elsewhere(evidence: pl.DataFrame) -> list[Finding]:
    """States of birth that contradict the nationality of most people: sooner one key for all than so many moves."""
    nationality, state = pl.col("nationality_1"), pl.col("birth_state")
    groups = (
        evidence.filter(nationality != GERMANY).with_columns(odd=state == GERMANY),
        evidence.filter(nationality == GERMANY).with_columns(odd=state.is_in(_ABROAD)),
    )
    odd = [int(group.filter("odd")["rows"].sum()) for group in groups]
    found = sum(number for group, number in zip(groups, odd, strict=True) if 2 * number > group["rows"].sum())
    return [Finding("birth_state_filled", "birth_state", found, ())] if found else []


def _became_german(evidence: pl.DataFrame) -> list[Finding]:
    """Most Germans naturalised or repatriates: sooner one key for all, or a wrong meaning of a key."""
    germans = evidence.filter(pl.col("nationality_1") == GERMANY)
    found = int(germans.filter(pl.col(_KIND).is_in(_LATER_GERMAN))["rows"].sum())
    return [Finding("german_kind_filled", _KIND, found, ())] if 2 * found > germans["rows"].sum() else []
