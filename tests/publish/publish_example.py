"""An invented town for the tests of publishing: protected tables, areas, indices; and an imported table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from vielfalt import codes, programme
from vielfalt.cells import ProtectedCells, Protection
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import notes
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.methods import CHANGED
from vielfalt.publish.results import Capability, FindingCount, Previous, Results, Source, Utility
from vielfalt.table import Table

AGS = "05999004"
PROTECTION = Protection(
    min_cell=5,
    min_cell_fine=10,
    min_area=100,
    min_area_index=200,
    min_group_index=200,
    min_base_share=30,
    min_base_decimal=100,
    dominance=0.75,
)
QUARTERS = (
    "Altstadt", "Bahnhofsvorstadt", "Am Mühlenbach", "Nordstadt", "Lerchenfeld", "Kleinmachnow-Siedlung",
    "Oststadt", "Hafen", "Weststadt", "Sankt Georg", "Hochschulviertel Süd", "Waldrand",
)  # fmt: skip
NATIONS = ("000", "152", "163", "166", "153", "475", "130", "423", "439", "137", "160", "242", "129", "232")
GROUP_OF = {key: codes.countries()[key].group for key in NATIONS}


def geography(blocks_per_quarter: int = 4) -> Geography:
    """Three districts, twelve quarters, some blocks: a slightly bent grid in UTM 32."""
    blocks, quarters, districts = {}, {}, {}
    block_areas, quarter_areas = [], []
    for place, name in enumerate(QUARTERS):
        column, row = place % 4, place // 4
        key = f"{place + 1:02}"
        quarters[key] = _box(column, row, 1, 1)
        quarter_areas.append(Area(key, name, f"D{row + 1}"))
        for part in range(blocks_per_quarter):
            width = 1 / blocks_per_quarter
            blocks[f"{key}{part + 1:02}"] = _box(column + part * width, row, width, 1)
            block_areas.append(Area(f"{key}{part + 1:02}", f"Block {key}{part + 1:02}", key))
    for row in range(3):
        districts[f"D{row + 1}"] = _box(0, row, 4, 1)
    district_areas = tuple(Area(f"D{row + 1}", ("Nord", "Mitte", "Süd")[row], AGS) for row in range(3))
    shapes: Mapping[str, Mapping[str, BaseGeometry]] = {"district": districts, "quarter": quarters, "block": blocks}
    levels = (
        AreaLevel("district", "Stadtbezirke", district_areas),
        AreaLevel("quarter", "Stadtteile", tuple(quarter_areas)),
        AreaLevel("block", "Blöcke", tuple(block_areas)),
    )
    return Geography(Area(AGS, "Musterfurt", ""), levels, "EPSG:25832", shapes)


def results(
    residents: int = 9_000, date: int = 20251231, seed: int = 3, previous: Previous | None = None, blocks: int = 4
) -> Results:
    """A whole run of the invented town with suppressed cells, indices, findings and capabilities."""
    where = geography(blocks)
    people = _people(residents, where, seed)
    tables = {
        table.id: protected(table, people, where)
        for table in programme.ALL
        if not table.option and not table.id.endswith("household") and table.unit == "persons"
    }
    return Results(
        source=Source("Musterfurt", AGS, date, "register", "Melderegister der Stadt Musterfurt", "dl-de/by-2-0"),
        geography=where,
        tables=tables,
        indices=INDICES,
        protection=PROTECTION,
        rule_set="vielfalt-1",
        findings=(
            FindingCount("birth_date_partial", "The day or month of birth is missing.", 41, "kept"),
            FindingCount("duplicate_person", "The person appears twice.", 7, "counted once"),
        ),
        capabilities=(
            Capability("table", "residents", True, ()),
            Capability("table", "households", False, ("street_key|street_name", "house_number")),
            Capability("definition", "religion_group", False, ("religion",)),
        ),
        previous=previous,
        notes=("Residents whose address lies in no area are counted for the town only.",),
    )


def imported() -> Results:
    """A run on an aggregated table somebody else published: two levels, own dimensions, no shapes of the town's."""
    where = geography(1)
    where = Geography(where.town, where.levels[:2], where.crs, {"quarter": where.shapes["quarter"]})
    table = Table("herkunft_2024", "Einwohner nach Herkunftsgebiet", ("Herkunftsgebiet",), ("residents",))
    values = {"EU 27": 61, "Übriges Europa & Türkei": 45, "<Asien>": 3, "Deutschland": 600}
    rows: list[dict[str, object]] = []
    for level, keys in (("quarter", [area.key for area in where.levels[1].areas]), ("town", [AGS])):
        for place, key in enumerate(keys):
            for category, value in values.items():
                many = value + 17 * place if level == "quarter" else value * 14
                rows.append({"level": level, "area": key, "Herkunftsgebiet": category, **_cell(many)})
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.Int64})
    return Results(
        source=Source("Musterfurt", AGS, 20241231, "table", "Statistisches Jahrbuch, Tabelle 2.1", "CC BY 4.0"),
        geography=where,
        tables={table.id: ProtectedCells(table, frame, "primary suppression", PROTECTION)},
        indices=(IndexValue("dissimilarity", table.id, "quarter", "EU 27", "", 0.1234, 12),),
        protection=PROTECTION,
    )


INDICES = (
    IndexValue("dissimilarity", "mh_register", "quarter", "with", "", 0.2345, 12, low=0.21, high=0.26),
    IndexValue("dissimilarity", "foreigner", "quarter", "foreign", "", 0.312, 12, notes.TOGETHER, 0.301),
    IndexValue("dissimilarity", "nationality_group", "quarter", "iran", "", None, 12, "The group is too small."),
    IndexValue("entropy_diversity", "nationality_group", "quarter", "", "01", 0.81, 1),
)


def protected(table: Table, people: pl.DataFrame, where: Geography) -> ProtectedCells:
    """Counts of the invented people with small cells and small areas suppressed; complete, zeros included."""
    keys = [[row.key for row in codes.categories(dimension)] for dimension in table.dimensions]
    frames = []
    levels = ["town"] if table.town_only else ["town", *(level.id for level in where.levels)]
    for level in levels:
        frame = pl.DataFrame({"area": list(where.names(level))})
        for dimension, values in zip(table.dimensions, keys, strict=True):
            frame = frame.join(pl.DataFrame({dimension: values}), how="cross")
        counts = people.rename({level: "area"}).group_by("area", *table.dimensions).len("value")
        sizes = people.rename({level: "area"}).group_by("area").len("size")
        frame = frame.join(counts, on=["area", *table.dimensions], how="left").join(sizes, on="area", how="left")
        frames.append(frame.with_columns(pl.lit(level).alias("level"), pl.col("value", "size").fill_null(0)))
    least = PROTECTION.min_cell_fine if table.fine else PROTECTION.min_cell
    value = pl.col("value").cast(pl.Int64)
    hidden = value.is_between(1, least - 1) | (pl.col("size") < PROTECTION.min_area)
    frame = pl.concat(frames).select(
        "level",
        "area",
        *table.dimensions,
        pl.when(~hidden).then(value).alias("value"),
        pl.when(hidden).then(pl.lit("suppressed")).otherwise(pl.lit("ok")).alias("status"),
    )
    return ProtectedCells(table, frame, "primary suppression", PROTECTION)


def _cell(value: int) -> dict[str, object]:
    hidden = 0 < value < PROTECTION.min_cell
    return {"value": None if hidden else value, "status": "suppressed" if hidden else "ok"}


def _box(x: float, y: float, width: float, height: float) -> Polygon:
    """A box of the grid with each corner moved a little, the same way for all boxes that share it."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return Polygon([_bend(*corner) for corner in corners])


def _bend(x: float, y: float) -> tuple[float, float]:
    return 450_000 + 1_500 * x + 180 * np.sin(2.3 * y + x), 5_700_000 - 1_250 * y + 150 * np.sin(1.7 * x)


def _people(number: int, where: Geography, seed: int) -> pl.DataFrame:
    """One row per invented person with every dimension of the programme."""
    draw = np.random.default_rng(seed)
    weights = draw.dirichlet(np.full(len(where.finest.areas), 2.0))
    weights[-1] /= 15
    block = draw.choice(len(weights), number, p=weights / weights.sum())
    local = draw.beta(2, 5, len(weights))[block]
    nation = np.where(
        draw.random(number) < local * 0.6,
        1 + draw.choice(len(NATIONS) - 1, number, p=_tail(len(NATIONS) - 1)),
        0,
    )
    naturalised = (nation == 0) & (draw.random(number) < 0.15)
    origin = np.where(naturalised, 1 + draw.choice(len(NATIONS) - 1, number, p=_tail(len(NATIONS) - 1)), nation)
    keys = [area.key for area in where.finest.areas]
    age = draw.choice(["0-17", "18-64", "65+"], number, p=[0.18, 0.62, 0.2])
    foreign, with_mark = nation > 0, (nation > 0) | naturalised
    pick = np.where
    people = pl.DataFrame(
        {
            "block": [keys[place] for place in block],
            "nationality": [NATIONS[place] for place in nation],
            "nationality_group": [GROUP_OF[NATIONS[place]] for place in nation],
            "foreigner": pick(foreign, "foreign", "german"),
            "mh_register": pick(with_mark, "with", "without"),
            "mh_group": pick(foreign, "foreigner", pick(naturalised, "german_with", "none")),
            "migration_status": pick(foreign, "foreigner_born_abroad", pick(naturalised, "naturalised", "none")),
            "migration_rule": draw.choice([row.key for row in codes.categories("migration_rule")], number),
            "reference_country": [NATIONS[place] if place else "none" for place in origin],
            "reference_group": [GROUP_OF[NATIONS[place]] if place else "none" for place in origin],
            "immigration_history": pick(with_mark, "immigrated", "none"),
            "age_class": age,
            "age_group": pick(age == "0-17", "6-9", pick(age == "65+", "65-79", "30-39")),
            **{
                dimension: draw.choice([row.key for row in codes.categories(dimension)], number)
                for dimension in ("sex", "marital_status", "household_type", "stay_class")
            },
        }
    )
    above = {level: pl.col("block").replace_strict(where.ancestors(level)) for level in ("quarter", "district")}
    return people.with_columns(**above, town=pl.lit(AGS))


def _tail(length: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    weights = 1 / np.arange(1, length + 1)
    return np.asarray(weights / weights.sum())


def with_undeterminable(results: Results, town: int | None) -> Results:
    """The results with a category "undeterminable" of migration background: so many in the town, in each area none."""
    cells = results.tables["mh_register"]
    first = cells.frame.filter(pl.col("mh_register") == "without")
    value = pl.when(pl.col("level") == "town").then(pl.lit(town, pl.Int64)).otherwise(pl.lit(0, pl.Int64))
    status = pl.when(value.is_null()).then(pl.lit("suppressed")).otherwise(pl.lit("ok"))
    added = first.with_columns(
        pl.lit("undeterminable").alias("mh_register"), value.alias("value"), status.alias("status")
    )
    frame = pl.concat([cells.frame, added])
    return replace(results, tables={**results.tables, "mh_register": replace(cells, frame=frame)})


COST = Utility(41_501, 1_017, 0.01, 1.4, 0.0018, 0.022, 658, 69)


def marked(results: Results, method: str) -> Results:
    """The example as if its numbers had been changed: every one shown is marked."""
    tables = {
        id: ProtectedCells(
            cells.table,
            cells.frame.with_columns(
                status=pl.when(pl.col("value").is_null()).then(pl.lit("suppressed")).otherwise(pl.lit("estimated"))
            ),
            method,
            cells.protection,
        )
        for id, cells in results.tables.items()
    }
    return replace(results, tables=tables, utility=COST, fingerprint="ab" * 16 if method in CHANGED else "")
