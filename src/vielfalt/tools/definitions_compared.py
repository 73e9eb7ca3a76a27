"""Two rule sets on one town: who changes class, by rule and by area; and every definition beside the others.

The counts are raw: they stay in the vault. What leaves this module for a screen is rounded (``definitions_shown.py``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import codes, rule_sets
from vielfalt.capabilities import missing_fields
from vielfalt.cells import UNRESOLVED
from vielfalt.definitions import definition
from vielfalt.engines.base import Engine, Frame
from vielfalt.errors import DeliveryError, UsageError
from vielfalt.evaluation import Prepared, prepare
from vielfalt.geography import TOWN, Geography
from vielfalt.register.areas import areas
from vielfalt.register.derivation import derive
from vielfalt.rule_sets import RuleSet
from vielfalt.steps import STEPS, Step
from vielfalt.town import Town
from vielfalt.vault.locking import alone_in
from vielfalt.vault.workspace import workspace
from vielfalt.words import N_

NAMES: Mapping[str, str] = {
    **{step: STEPS[step] for step in ("read", "areas", "population", "birth", "households", "status", "locate")},
    "compare": N_("Compare rule sets"),
}
"""The named steps of a comparison."""
FOLDER = "compare-definitions"
_BEFORE, _AFTER = ("status_before", "rule_before"), ("status_after", "rule_after")


@dataclass(frozen=True)
class Comparison:
    """Another rule set beside the town's own.

    ``classes``: residents by class and rule under both (``status_before``, ``rule_before``, ``status_after``,
    ``rule_after``, ``n``). ``areas``: per level and area (the town first) ``residents``, ``changed`` (another class),
    ``with_before``, ``with_after``, ``open_before``, ``open_after`` (migration background: with, not determinable).
    """

    rule_set: RuleSet
    classes: pl.DataFrame
    areas: pl.DataFrame


@dataclass(frozen=True)
class Definitions:
    """The same residents by every definition.

    ``shares``: ``definition``, ``rule_set`` (empty where none decides), ``n`` who count, ``apart`` (one parent
    immigrated), ``undeterminable``. ``history``: residents by migration background and immigration history.
    """

    residents: int
    shares: pl.DataFrame
    history: pl.DataFrame


@dataclass(frozen=True)
class Compared:
    """What a comparison found, and where the raw counts lie."""

    rule_set: RuleSet
    geography: Geography
    definitions: Definitions
    comparisons: tuple[Comparison, ...]
    files: tuple[Path, ...]


def others(town: Town, named: Iterable[str]) -> tuple[RuleSet, ...]:
    """The rule sets to compare the town's own with: those named, else all. Raises UsageError for an unknown name."""
    wanted = [*dict.fromkeys(named)] or [id for id in rule_sets.IDS if id != town.rule_set]
    for id in wanted:
        if id not in rule_sets.IDS or id == town.rule_set:
            raise UsageError(
                N_("There is no other rule set “{id}” to compare with."),
                id=id,
                known=", ".join(entry for entry in rule_sets.IDS if entry != town.rule_set),
                todo=N_("Name one of: {known}."),
            )
    return tuple(rule_sets.rule_set(id) for id in wanted)


def countable(wanted: Iterable[RuleSet], named: Iterable[str], delivered: frozenset[str]) -> tuple[RuleSet, ...]:
    """The rule sets whose definition the delivered fields allow. Raises DeliveryError where one of ``named`` is not."""
    found, asked = [], frozenset(named)
    for entry in wanted:
        missing = missing_fields(definition(entry.definition).needs, delivered)
        if missing and entry.id in asked:
            raise DeliveryError(
                N_("The rule set “{id}” needs fields that the extract does not hold: {fields}."),
                id=entry.id,
                fields=", ".join(missing),
                todo=N_("Compare with other rule sets, or ask for the fields."),
            )
        found += [] if missing else [entry]
    return tuple(found)


def compare(town: Town, date: int, named: Iterable[str], step: Step) -> Compared:
    """Derives the extract of a date by the town's rule set and by others, and writes raw counts into the vault."""
    chosen, named = rule_sets.rule_set(town.rule_set), tuple(named)
    wanted = others(town, named)
    with alone_in(town.vault), workspace(town, date) as (engine, vault):
        prepared = prepare(town, date, engine, secrets.token_bytes(32), step)
        wanted = countable((chosen, *wanted), (chosen.id, *named), prepared.delivered)[1:]
        geography = prepared.geography
        with step("status"):
            people = derive(engine, prepared.people, prepared.kinds, chosen)
        with step("locate"):
            placed = engine.checkpoint(_placed(engine, people, prepared), "placed")
        with step("compare"):
            found = tuple(_comparison(engine, placed, prepared, other) for other in wanted)
            definitions = _definitions(engine, placed, chosen, found)
        return Compared(chosen, geography, definitions, found, _written(vault, chosen, geography, definitions, found))


def _placed(engine: Engine, people: Frame, prepared: Prepared) -> Frame:
    geography = prepared.geography
    located = areas(engine, prepared.addresses, geography)
    return people.join(located, on="address", how="left").select(
        "record",
        nw.coalesce(nw.col(geography.finest.id), nw.lit(UNRESOLVED)).alias("area"),
        nw.col("migration_status").alias(_BEFORE[0]),
        nw.col("migration_rule").alias(_BEFORE[1]),
        "german",
        "immigration_history",
    )


def _comparison(engine: Engine, placed: Frame, prepared: Prepared, other: RuleSet) -> Comparison:
    renamed = (
        nw.col(name).alias(new) for name, new in zip(("migration_status", "migration_rule"), _AFTER, strict=True)
    )
    after = derive(engine, prepared.people, prepared.kinds, other).select("record", *renamed)
    keys = ("area", *_BEFORE, *_AFTER)
    counted = placed.join(after, on="record").group_by(*keys).agg(nw.len().alias("n"))
    cells = _collected(engine, counted).sort(keys)
    classes = cells.group_by(*keys[1:]).agg(pl.col("n").sum()).sort(keys[1:])
    return Comparison(other, classes, _by_area(cells, prepared.geography))


def _by_area(cells: pl.DataFrame, geography: Geography) -> pl.DataFrame:
    """The counts of every area of every level; residents without an area count for the town alone."""
    background = _background()
    marked = cells.with_columns(
        (pl.col("status_before") != pl.col("status_after")).alias("changed"),
        *(pl.col(f"status_{when}").replace_strict(background).alias(when) for when in ("before", "after")),
    )
    found = []
    for level in (TOWN, *(level.id for level in geography.levels)):
        above = geography.ancestors(level)
        name = pl.lit(geography.town.key) if level == TOWN else pl.col("area").replace_strict(above, default=None)
        placed = marked.with_columns(name.alias("area")).drop_nulls("area")
        sums = placed.group_by("area").agg(
            pl.col("n").sum().alias("residents"),
            _sum(pl.col("changed")).alias("changed"),
            *(
                _sum(pl.col(when) == background_).alias(f"{short}_{when}")
                for short, background_ in (("with", "with"), ("open", "undeterminable"))
                for when in ("before", "after")
            ),
        )
        found.append(sums.sort("area").select(pl.lit(level).alias("level"), pl.all()))
    return pl.concat(found)


def _background() -> Mapping[str, str]:
    """Per migration status: with, without, undeterminable."""
    return {row.key: codes.category("mh_group", row.parent).parent for row in codes.categories("migration_status")}


def _sum(among: pl.Expr) -> pl.Expr:
    return pl.col("n").filter(among).sum()


def _definitions(engine: Engine, placed: Frame, chosen: RuleSet, found: Iterable[Comparison]) -> Definitions:
    keys = ("german", "immigration_history", "status_before")
    cells = _collected(engine, placed.group_by(*keys).agg(nw.len().alias("n")))
    background = pl.col("status_before").replace_strict(_background(), return_dtype=pl.Utf8)
    cells = cells.with_columns(background.alias("migration_background"))
    history = pl.col("immigration_history")
    rows = [
        ("foreigner", "", *_counts(cells, ~pl.col("german"), pl.lit(False), pl.col("german").is_null())),
        *_by_rule_sets(cells, chosen, found),
        (
            "eg_register",
            "",
            *_counts(cells, history.is_in(["immigrated", "both_parents"]), history == "one_parent", _open(history)),
        ),
    ]
    shares = pl.DataFrame(rows, ["definition", "rule_set", "n", "apart", "undeterminable"], orient="row")
    both = ("migration_background", "immigration_history")
    return Definitions(int(cells["n"].sum()), shares, cells.group_by(*both).agg(pl.col("n").sum()).sort(both))


def _by_rule_sets(
    cells: pl.DataFrame, chosen: RuleSet, found: Iterable[Comparison]
) -> Iterator[tuple[str, str, int, int, int]]:
    own = pl.col("migration_background")
    yield (chosen.definition, chosen.id, *_counts(cells, own == "with", pl.lit(False), _open(own)))
    for other in found:
        town = other.areas.row(0, named=True)
        yield other.rule_set.definition, other.rule_set.id, town["with_after"], 0, town["open_after"]


def _open(column: pl.Expr) -> pl.Expr:
    return column == "undeterminable"


def _counts(cells: pl.DataFrame, *among: pl.Expr) -> tuple[int, int, int]:
    counting, apart, undeterminable = (int(cells.select(_sum(which)).item()) for which in among)
    return counting, apart, undeterminable


def _collected(engine: Engine, frame: Frame) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(engine.collect(frame))).with_columns(pl.col("n").cast(pl.Int64))


def _written(
    vault: Path, chosen: RuleSet, geography: Geography, definitions: Definitions, found: Iterable[Comparison]
) -> tuple[Path, ...]:
    """The raw counts as CSV files in the vault, readable for the owner alone."""
    folder = vault / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    names = {
        (level, key): name
        for level in (TOWN, *(one.id for one in geography.levels))
        for key, name in geography.names(level).items()
    }
    tables = {"definitions": definitions.shares, "immigration-history": definitions.history}
    for one in found:
        pair = f"{chosen.id}--{one.rule_set.id}"
        named = pl.Series("name", [names[row] for row in one.areas.select("level", "area").iter_rows()], dtype=pl.Utf8)
        tables[f"{pair}.classes"] = one.classes
        tables[f"{pair}.areas"] = one.areas.insert_column(2, named)
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
        (folder / f"{name}.csv").chmod(0o600)
    return tuple(folder / f"{name}.csv" for name in tables)
