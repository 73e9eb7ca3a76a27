"""What the audit takes to hold between movements by group and residents of both dates holds for the true numbers."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from scipy.optimize import linprog

from vielfalt import dates_compared, pipeline
from vielfalt.audit import Attack, Release, attack
from vielfalt.audit.attacks import Programs
from vielfalt.audit.bounds import narrowed
from vielfalt.audit.figures import Figures, Key, figures_of, key_of
from vielfalt.audit.flows import flows
from vielfalt.audit.sums import Sum, partial, same_people, sums
from vielfalt.audit.told import Told
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.dates_compared import Later
from vielfalt.errors import DisclosureError
from vielfalt.geography import TOWN, Geography
from vielfalt.publish.results import Results, Source
from vielfalt.register.two_dates import TwoDates
from vielfalt.steps import unseen
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.vault.kept_dates import Earlier

BEFORE, NOW = 20241231, 20251231


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic town whose earlier date is released."""
    root = tmp_path_factory.mktemp("town") / "town"
    write_town(root, residents=1_500, seed=5, dates=(BEFORE, NOW), progress=lambda _: None)
    pipeline.run(read_town(root), BEFORE, "en", unseen)
    return root


@pytest.fixture(scope="module")
def releases(town: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Both dates as if nothing had to be protected: a reader knows every number."""
    return both_dates(shutil.copytree(town, tmp_path_factory.mktemp("shown") / "town"))


@pytest.fixture(scope="module")
def untidy(town: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """The same where the later extract lacks nationality or address of some, and the street directory is corrected."""
    root = shutil.copytree(town, tmp_path_factory.mktemp("untidy") / "town")
    (_, *earlier), (head, *rows) = (
        read(root / "register" / date / "register.csv") for date in ("2024-12-31", "2025-12-31")
    )
    here = {row[0] for row in earlier}
    came, stayed = ([row for row in rows if (row[0] in here) == known] for known in (False, True))
    for row in (came[0], *stayed[::150]):
        row[head.index("Staatsang1")] = ""
    for row in stayed[1::150]:
        for name in ("StrSchl", "Straße", "HausNr", "Rechtswert", "Hochwert"):
            row[head.index(name)] = ""
    write(root / "register" / "2025-12-31" / "register.csv", [head, *rows])
    directory = root / "areas" / "streets.csv"
    head, *streets = read(directory, "utf-8")
    long = [street for street in streets if int(street[3]) - int(street[2]) > 5]
    for street, other in ((long[0], long[-1]), (long[-1], long[0])):
        first = street[2]
        streets.append([*street[:3], first, street[4], other[5]])
        street[2] = str(int(first) + 1)
    write(directory, [head, *streets], "utf-8")
    return both_dates(root)


def read(path: Path, encoding: str = "cp1252") -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding).splitlines(), delimiter=";"))


def write(path: Path, rows: list[list[str]], encoding: str = "cp1252") -> None:
    path.write_text("".join(";".join(row) + "\n" for row in rows), encoding)


class Enough(Exception):
    """All that is asked of a run is counted."""


def both_dates(root: Path) -> tuple[Release, Release]:
    """The releases of both dates with every number; the earlier date is released already."""
    counted: dict[str, Any] = {}

    def remember(later: Later, cells: TwoDates, before: Earlier, *, by_group: bool) -> object:
        counted.update(later=later, cells=cells)
        raise Enough

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Enough):
        patch.setattr(dates_compared, "movements", remember)
        pipeline.run(read_town(root), NOW, "en", unseen)
    later, cells = counted["later"], counted["cells"]
    now = {**later.cells, **{id: each for id, each in cells.tables.items() if id != "moves_between"}}
    before = {id: replace(each, table=later.cells[id].table) for id, each in cells.before.items() if id in later.cells}
    return as_counted(before, later, 0), as_counted(now, later, BEFORE)


def as_counted(cells: Mapping[str, Cells], of: Later, since: int) -> Release:
    """Every number of the tables as it was counted, of the town and all areas."""
    where = of.geography
    tables = {id: ProtectedCells(each.table, _summed(each, where), "", of.protection) for id, each in cells.items()}
    source = Source("", "", NOW if since else BEFORE, "register", "", "")
    return Release("", Results(source, where, tables, (), of.protection), since)


def _summed(cells: Cells, where: Geography) -> pl.DataFrame:
    dimensions = list(cells.table.dimensions)
    inside = {level.id: where.ancestors(level.id) for level in where.levels[:-1]}
    inside[where.finest.id] = {area.key: area.key for area in where.finest.areas}
    everyone = cells.frame.with_columns(level=pl.lit(TOWN), area=pl.lit(where.town.key))
    levels = [] if cells.table.town_only else inside.items()
    counts = pl.concat(
        [
            everyone.select("level", "area", *dimensions, "n"),
            *(
                cells.frame.filter(pl.col("area").is_in(list(above)))
                .with_columns(level=pl.lit(level), area=pl.col("area").replace_strict(above))
                .select("level", "area", *dimensions, "n")
                for level, above in levels
            ),
        ]
    )
    found = counts.group_by("level", "area", *dimensions).agg(value=pl.col("n").cast(pl.Int64).sum())
    places = [(TOWN, where.town.key), *((level.id, area.key) for level in where.levels for area in level.areas)]
    listed = pl.DataFrame(places, schema=["level", "area"], orient="row")
    listed = listed.filter(pl.lit(not cells.table.town_only) | (pl.col("level") == TOWN))
    if dimensions:
        listed = listed.join(everyone.select(dimensions).unique(maintain_order=True), how="cross")
    joined = listed.join(found, on=["level", "area", *dimensions], how="left", maintain_order="left")
    return joined.with_columns(value=pl.col("value").fill_null(0), status=pl.lit("ok"))


def missed(figures: Figures, known: list[Sum]) -> float:
    """By how much the sums miss each other at least, whatever the open figures are."""
    low, high = figures.bounds()
    parts = [(row, part, 1) for row, (_, parts) in enumerate(known) for part in parts]
    row, column, sign = zip(*parts, *((row, total, -1) for row, (total, _) in enumerate(known)), strict=True)
    equal = sparse.csr_array((sign, (row, column)), shape=(len(known), len(low)))
    both = sparse.hstack([equal, sparse.eye_array(len(known)), -sparse.eye_array(len(known))]).tocsr()
    cost = np.append(np.zeros(len(low)), np.ones(2 * len(known)))
    bounds = [*zip(low, high, strict=True), *[(0, None)] * (2 * len(known))]
    found = linprog(cost, A_eq=both, b_eq=np.zeros(len(known)), bounds=bounds, method="highs")
    return float(found.fun)


def with_table(release: Release, id: str, **columns: pl.Expr) -> Release:
    """The release with other numbers in a table."""
    table = release.results.tables[id]
    tables = {**release.results.tables, id: replace(table, frame=table.frame.with_columns(**columns))}
    return replace(release, results=replace(release.results, tables=tables))


def test_all_sums_hold_of_the_true_numbers(releases: tuple[Release, Release]) -> None:
    figures = figures_of(releases)
    known = flows(releases, figures)
    keys = [list(figures.number)[total] for total, _ in known]
    balances = {(key.table, key.level) for key in keys if key.category[:2] == ("both", "residents")}
    told = {"flow_by_mh_group", "flow_by_sex", "flow_by_nationality_group"}
    assert balances == {(id, level) for id in told for level in (TOWN, "district", "quarter", "block")}
    assert missed(figures, known) == 0


def test_all_sums_hold_where_some_are_unknown_or_elsewhere_without_a_move(untidy: tuple[Release, Release]) -> None:
    now = untidy[1].results.tables
    new = now["flow_by_nationality_group"].frame.filter(flow="new", level=TOWN)["value"].sum()
    came = now["came"].frame.filter(level=TOWN)
    assert new < came.filter(pl.col("came").is_in(["born", "arrived"]))["value"].sum()
    assert came["value"].sum() < now["residents"].frame.filter(level=TOWN)["value"].item()
    figures = figures_of(untidy)
    assert missed(figures, flows(untidy, figures)) == 0


def test_came_leaves_out_people_where_went_is_seen_to(untidy: tuple[Release, Release]) -> None:
    before, now = untidy
    hidden = with_table(now, "came", value=pl.lit(None, pl.Int64), status=pl.lit("suppressed"))
    assert {"came", "went"} <= partial(hidden, figures_of((before, hidden)))


def test_one_person_more_is_missed(releases: tuple[Release, Release]) -> None:
    before, now = releases
    one_more = pl.col("value") + ((pl.col("level") == "district") & (pl.col("sex") == "w"))
    both = (before, with_table(now, "sex", value=one_more))
    figures = figures_of(both)
    assert missed(figures, [*flows(both, figures), *sums(both, figures)]) > 0


def test_hidden_naturalised_follow_from_foreigners_of_both_dates(releases: tuple[Release, Release]) -> None:
    """But for as many as are seen to have changed the other groups."""
    before, now = releases
    changed = now.results.tables["citizenship_change"]
    both = (before, with_table(now, changed.table.id, value=pl.lit(None, pl.Int64), status=pl.lit("suppressed")))
    figures = figures_of(both)
    low, high, _ = narrowed(figures, [*sums(both, figures), *same_people(both, figures), *flows(both, figures)])
    truth = changed.frame.filter(level=TOWN, citizenship_change="naturalised")["value"].item()
    town = now.results.geography.town.key
    number = figures.number[Key(NOW, changed.table.id, changed.table.definitions, TOWN, town, ("naturalised",))]
    assert truth > 0
    assert truth - 5 <= low[number] <= truth <= high[number] <= truth + 5


@pytest.mark.parametrize("finding", ["told", "undecided"])
@pytest.mark.parametrize("id", ["movements", "releases"])
def test_movements_by_group_that_tell_are_left_out(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, id: str, finding: str
) -> None:
    """Where the audit finds that they alone tell a figure, or may; whatever else does stops the release."""
    root = shutil.copytree(town, tmp_path / "town")

    def finds(of: Sequence[Release]) -> tuple[Attack, ...]:
        tables = of[-1].results.tables
        told = tuple(Told(key_of(of[-1], tables[id]), 3, 3) for id in ("flow_by_sex",) if id in tables)
        found = {"told": told} if finding == "told" else {"programs": Programs(0, 0, len(told))}
        return tuple(replace(each, **found) if each.id == id else each for each in attack(of))

    monkeypatch.setattr("vielfalt.auditing.attack_as_intruder", finds)
    if id == "releases":
        with pytest.raises(DisclosureError, match=r"(beside those before it|whether they can be computed): 1"):
            pipeline.run(read_town(root), NOW, "en", unseen)
        return
    done = pipeline.run(read_town(root), NOW, "en", unseen)
    told = json.loads((done.folder / "datapackage.json").read_text("utf-8"))["vielfalt"]
    assert [entry["check"] for entry in told["breaks"]] == ["groups_not_protectable"]
    ids = {table["id"] for table in told["tables"]}
    assert not any(id.startswith(("flow_", "new_")) for id in ids)
    assert {"came", "went"} <= ids
    assert "Movements by group are not shown" in (done.folder / "report.html").read_text("utf-8")
    assert json.loads((done.folder / "audit.json").read_text("utf-8"))["passed"]
