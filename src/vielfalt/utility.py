"""What protection cost: how far numbers, shares and classes on maps moved, and how much is hidden.

Everything is a mean or a count over all tables, coarsely rounded: it tells nothing about a single figure. The fewer
figures there are, the coarser; areas in another class are told in tens, because none would say of every area that its
true share lies in the class it is shown in.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from vielfalt.evaluation import Evaluation
from vielfalt.figures.disclosure.costing import TRUE, with_true_counts
from vielfalt.publish.results import Results, Utility
from vielfalt.publish.shares import as_printed
from vielfalt.publish.themes import Theme, themes

_BASES = {"persons": "residents", "households": "households"}
"""The table whose figures are the bases of shares, by unit."""
MANY = 1_000
"""With fewer figures than this a mean with all its digits would come near the single changes."""


def utility(results: Results, evaluation: Evaluation) -> Utility:
    """The cost of protection over all tables of one reference date; tables of movements do not count."""
    tables = {id: results.tables[id] for id in evaluation.cells}
    counted = with_true_counts(tables, evaluation.cells, evaluation.geography)
    none = pl.DataFrame(schema={"shown": pl.Float64, "true": pl.Float64})
    shares = pl.concat([none, *(_shares(results, counted, id) for id in counted if tables[id].table.dimensions)])
    moved = shares.select((pl.col("shown") - pl.col("true")).abs().mean().fill_null(0.0)).item()
    mean = shares.select(pl.col("true").mean().fill_null(0.0)).item()
    on_maps, other = _classes(results, counted)
    few = shares.height < MANY
    return Utility(
        figures=sum(frame.height for frame in counted.values()),
        hidden=sum(frame["value"].null_count() for frame in counted.values()),
        residents_hidden=round(_hidden(results, counted), 2),
        mean_change=_mean_change(counted),
        share_change=round(moved, 3 if few else 4),
        share_change_relative=round(moved / mean, 2 if few else 3) if mean else 0.0,
        areas_on_maps=on_maps,
        areas_in_another_class=min((other + 5) // 10 * 10, on_maps),
    )


def _mean_change(counted: Mapping[str, pl.DataFrame]) -> float:
    """The mean distance of the shown numbers from the true ones, zeros aside: those never move. Rounded."""
    columns = [frame.select("value", TRUE) for frame in counted.values()]
    shown = pl.concat(columns).filter(pl.col("value").is_not_null() & (pl.col(TRUE) > 0))
    moved = float(shown.select((pl.col("value") - pl.col(TRUE)).abs().mean().fill_null(0.0)).item())
    return round(moved, 1) if shown.height >= MANY else round(2 * moved) / 2


def _hidden(results: Results, counted: Mapping[str, pl.DataFrame]) -> float:
    """The part of the residents in hidden figures of the finest areas: the mean over tables of one dimension."""
    finest, parts = results.geography.finest.id, []
    for id, frame in counted.items():
        table = results.tables[id].table
        here = frame.filter(pl.col("level") == finest)
        everyone, hidden = int(here[TRUE].sum()), int(here.filter(pl.col("value").is_null())[TRUE].sum())
        if len(table.dimensions) == 1 and table.unit == "persons" and everyone:
            parts.append(hidden / everyone)
    return sum(parts) / len(parts) if parts else 0.0


def _based(results: Results, counted: Mapping[str, pl.DataFrame], id: str) -> pl.DataFrame:
    """The rows of a table with the shown and the true base of their shares, as far as there is one."""
    base = counted.get(_BASES.get(results.tables[id].table.unit, ""))
    if base is None:
        return counted[id].with_columns(base=pl.lit(None, pl.Int64), true_base=pl.lit(None, pl.Int64))
    bases = base.select("level", "area", base="value", true_base=TRUE)
    return counted[id].join(bases, on=["level", "area"], how="left", maintain_order="left")


def _shares(results: Results, counted: Mapping[str, pl.DataFrame], id: str) -> pl.DataFrame:
    """The shares of a table that are shown, and the true ones; shares of nobody aside."""
    least = max(results.tables[id].protection.min_base_share, 1)
    rows = _based(results, counted, id).filter((pl.col("base") >= least) & (pl.col(TRUE) > 0))
    shown = pl.min_horizontal(pl.col("value") / pl.col("base"), 1.0)
    return rows.filter(pl.col("value").is_not_null()).select(shown=shown, true=pl.col(TRUE) / pl.col("true_base"))


def _classes(results: Results, counted: Mapping[str, pl.DataFrame]) -> tuple[int, int]:
    """How many areas are coloured on all maps, and how many of them would be in another class by their true share."""
    drawn, _ = themes(results)
    pairs = [_moved(results, counted, theme) for theme in drawn if theme.table.id in counted]
    return sum(areas for areas, _ in pairs), sum(other for _, other in pairs)


def _moved(results: Results, counted: Mapping[str, pl.DataFrame], theme: Theme) -> tuple[int, int]:
    shown = {area: share for area, share in theme.printed.items() if share is not None}
    found, protection = theme.classes, results.tables[theme.table.id].protection
    rows = _based(results, counted, theme.table.id).filter(pl.col("level") == theme.level)
    for dimension, key in zip(theme.table.dimensions, theme.category, strict=True):
        rows = rows.filter(pl.col(dimension) == key)
    each = rows.select("area", TRUE, "true_base").iter_rows()
    true = {area: as_printed(value, base, protection) for area, value, base in each}
    return len(shown), sum(found.of(share) != found.of(true[area] or 0) for area, share in shown.items())
