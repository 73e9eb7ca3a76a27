from __future__ import annotations

import csv
import dataclasses
import errno
import hashlib
import io
import json
import os
import re
import shutil
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
import shapely

from vielfalt import programme
from vielfalt.cells import ProtectedCells
from vielfalt.errors import DeliveryError, DisclosureError, StorageError
from vielfalt.publish import contents, descriptor, guard, package, releases
from vielfalt.publish.maps import Atlas
from vielfalt.publish.results import Results
from vielfalt.table import Table
from vielfalt.words import Words


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases without maps and report: what is tested here is the writing."""
    monkeypatch.setattr(contents, "draw_maps", lambda results, words: Atlas((), ()))
    monkeypatch.setattr(contents, "to_pdf", lambda report: b"%PDF-")


@pytest.fixture
def few(results: Results) -> Results:
    return dataclasses.replace(results, tables={id: results.tables[id] for id in ("residents", "foreigner")})


def test_the_release_holds_what_the_contract_lists(release: Path, results: Results) -> None:
    assert release.name == "2025-12-31-1"
    present = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    maps = {path for path in present if path.startswith("maps/") and path.endswith(".svg")}
    assert maps
    assert present - maps == {
        *(f"tables/{id}.csv" for id in results.tables),
        *(f"areas/{level}.geojson" for level in ("district", "quarter", "block")),
        "datapackage.json",
        "indices.csv",
        "report.pdf",
        "report.html",
        "audit.json",
        "MANIFEST",
    }
    assert {path.name for path in release.parent.iterdir()} == {"2025-12-31-1", "2025-12-31-1.zip"}
    assert json.loads((release / "audit.json").read_text()) == {"attacks": [], "min_cell": 5}


def test_frictionless_finds_no_fault_in_the_package(release: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless

        report = frictionless.validate(str(release / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert report.stats["tasks"] > 40
    content = json.loads((release / "datapackage.json").read_text())
    for resource in content["resources"]:
        file = (release / resource["path"]).read_bytes()
        assert resource["bytes"] == len(file)
        assert resource["hash"] == f"sha256:{hashlib.sha256(file).hexdigest()}"
    tabular = [resource for resource in content["resources"] if resource["format"] == "csv"]
    assert all(resource["schema"]["missingValues"] == ["."] for resource in tabular)


def test_the_descriptor_says_what_each_table_means(release: Path, results: Results) -> None:
    ours = json.loads((release / "datapackage.json").read_text())["vielfalt"]
    assert ours["town"] == {"name": "Musterfurt", "ags": "05999004"}
    assert ours["reference_date"] == "2025-12-31"
    assert ours["licence"] == "dl-de/by-2-0"
    assert json.loads((release / "datapackage.json").read_text())["licenses"] == [
        {
            "name": "dl-de-by-2-0",
            "title": "Datenlizenz Deutschland – Namensnennung – Version 2.0",
            "path": "https://www.govdata.de/dl-de/by-2-0",
        }
    ]
    assert [entry["level"] for entry in ours["area_sets"]] == ["district", "quarter", "block"]
    entry = next(entry for entry in ours["tables"] if entry["id"] == "mh_group_by_age")
    assert entry["dimensions"] == ["mh_group", "age_class"]
    assert entry["definitions"] == ["residents", "mh_register", "foreigner"]
    assert entry["protection"] == {
        "method": "primary suppression",
        "parameters": dict(results.protection.as_dict()),
    }
    assert {one["id"] for one in ours["definitions"]} >= {"residents", "foreigner", "mh_register", "eg_register"}
    assert all(one["text"] and one["limits"] and one["source"] for one in ours["definitions"])


def test_tables_are_long_and_hidden_values_are_full_stops(release: Path, results: Results) -> None:
    for id, cells in results.tables.items():
        with (release / f"tables/{id}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == ["level", "area", *cells.table.dimensions, "value", "status"]
        assert len(rows) == cells.frame.height
        for row in rows:
            assert (row["value"] == ".") == (row["status"] == "suppressed")
            assert row["value"] == "." or int(row["value"]) == 0 or int(row["value"]) >= 5


def test_areas_are_wgs84_with_names_and_parents(release: Path, results: Results) -> None:
    for level in results.geography.levels:
        content = json.loads((release / f"areas/{level.id}.geojson").read_text(encoding="utf-8"))
        assert [feature["properties"] for feature in content["features"]] == [
            {"key": area.key, "name": area.name, "parent": area.parent} for area in level.areas
        ]
        for feature in content["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            west, south, east, north = shape.bounds
            assert 8 < west < east < 9
            assert 51 < south < north < 52
            assert shape.exterior.is_ccw
            assert all(round(number, 6) == number for point in shape.exterior.coords for number in point)


def test_the_manifest_lists_every_other_file_with_its_hash(release: Path) -> None:
    lines = (release / "MANIFEST").read_text().splitlines()
    listed = [line.partition("  ")[2] for line in lines]
    present = sorted(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    assert listed == [path for path in present if path != "MANIFEST"]
    for line in lines:
        digest, _, path = line.partition("  ")
        assert digest == hashlib.sha256((release / path).read_bytes()).hexdigest()


def test_the_zip_holds_the_same_files_and_no_times(release: Path) -> None:
    with zipfile.ZipFile(release.with_name("2025-12-31-1.zip")) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in names:
            assert archive.read(name) == (release / name).read_bytes()
        assert len(names) == sum(path.is_file() for path in release.rglob("*"))


def test_equal_results_make_equal_packages(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    one = package.write_release(few, tmp_path / "a", words, {"b": 1, "a": 2})
    other = package.write_release(few, tmp_path / "b", words, {"a": 2, "b": 1})
    assert one.with_name("2025-12-31-1.zip").read_bytes() == other.with_name("2025-12-31-1.zip").read_bytes()


def test_no_name_of_a_person_column_in_any_file(release: Path) -> None:
    heads = {path.read_text(encoding="utf-8").splitlines()[0] for path in (release / "tables").iterdir()}
    columns = {name for head in heads for name in head.split(",")}
    assert not columns & {
        "record",
        "person_id",
        "family_name",
        "birth_date",
        "household",
        "key_sum",
        "top",
        "second",
        "n",
    }


def test_each_write_takes_the_next_free_number(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    names = [package.write_release(few, tmp_path, words, {}).name for _ in range(2)]
    shutil.rmtree(tmp_path / names[-1])
    names.append(package.write_release(few, tmp_path, words, {}).name)
    assert names == ["2025-12-31-1", "2025-12-31-2", "2025-12-31-3"]


def test_a_number_that_was_put_away_is_not_used_again(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    """Else two releases would bear one name, and no desk takes the second."""
    away = tmp_path / "withdrawn"
    (away / "2025-12-31-4").mkdir(parents=True)
    (away / "2025-12-31-4~2.zip").touch()
    (away / "2024-12-31-9").mkdir()
    assert package.write_release(few, tmp_path / "releases", words, {}, away).name == "2025-12-31-5"
    assert package.write_release(few, tmp_path / "other", words, {}, tmp_path / "none").name == "2025-12-31-1"


def test_a_file_in_the_way_of_a_release_is_left_alone(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    for name in ("2025-12-31-1", "2025-12-31-2.zip", "2025-12-31-x"):
        (tmp_path / name).write_text("notes", encoding="utf-8")
    assert package.write_release(few, tmp_path, words, {}).name == "2025-12-31-3"
    assert (tmp_path / "2025-12-31-1").read_text(encoding="utf-8") == "notes"


def test_a_release_of_a_day_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "2025-02-30-1").mkdir()
    with pytest.raises(DeliveryError, match="2025-02-30") as told:
        releases.releases_in(tmp_path)
    assert told.value.where == str(tmp_path / "2025-02-30-1")


@pytest.mark.parametrize("broken", ["write", "check", "zip", "rename", "sync"])
def test_a_write_that_fails_half_way_leaves_nothing(
    broken: str, quick: None, few: Results, words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package.write_release(few, tmp_path, words, {})
    before = _snapshot(tmp_path)

    def fail(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "disk")

    target: tuple[object, str] = {
        "write": (os, "fsync"),
        "check": (guard, "check_written"),
        "zip": (package, "_zip"),
        "rename": (Path, "rename"),
        "sync": (package, "_sync"),
    }[broken]
    monkeypatch.setattr(*target, fail)
    with pytest.raises(StorageError) as caught:
        package.write_release(few, tmp_path, words, {})
    assert caught.value.exit_code == 14
    assert "no space left" in str(caught.value)
    assert caught.value.todo
    assert _snapshot(tmp_path) == before


def test_a_zip_that_cannot_be_named_takes_its_folder_back(
    quick: None, few: Results, words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".zip"):
            raise OSError(errno.EACCES, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StorageError, match="no permission"):
        package.write_release(few, tmp_path, words, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words_of_it"), [(errno.EROFS, "no permission"), (errno.EIO, "the disk reports an error")]
)
def test_other_refusals_of_the_disk_are_told_apart(
    number: int,
    words_of_it: str,
    quick: None,
    few: Results,
    words: Words,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: Path, *args: object, **more: object) -> None:
        raise OSError(number, "Input/output error", str(self))

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(StorageError, match=words_of_it):
        package.write_release(few, tmp_path / "new", words, {})


def test_leftovers_of_a_killed_run_are_cleared(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    (tmp_path / ".2025-12-31-1.partial" / "tables").mkdir(parents=True)
    (tmp_path / ".2025-12-31-1.partial" / "tables" / "residents.csv").write_text("half")
    (tmp_path / ".2024-12-31-4.partial.zip").write_bytes(b"half")
    (tmp_path / ".notes.partial").write_text("not ours")
    package.write_release(few, tmp_path, words, {})
    assert {path.name for path in tmp_path.iterdir()} == {"2025-12-31-1", "2025-12-31-1.zip", ".notes.partial"}


def test_a_run_killed_between_folder_and_zip_is_finished(
    quick: None, few: Results, words: Words, tmp_path: Path
) -> None:
    package.write_release(few, tmp_path, words, {})
    whole = (tmp_path / "2025-12-31-1.zip").read_bytes()
    (tmp_path / "2025-12-31-1.zip").rename(tmp_path / ".2025-12-31-1.partial.zip")
    package.clear_leftovers(tmp_path)
    assert (tmp_path / "2025-12-31-1.zip").read_bytes() == whole
    assert {path.name for path in tmp_path.iterdir()} == {"2025-12-31-1", "2025-12-31-1.zip"}


def _show_hidden(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("value").fill_null(7))


def _add_column(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(1).alias("record"))


def _small(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col("status") == "ok").then(3).otherwise("value").alias("value"))


def _strange_status(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col("status") == "ok").then(pl.lit("raw")).otherwise("status").alias("status"))


def _point_key(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(".").alias("area"))


def _foreign_level(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit("house").alias("level"))


@pytest.mark.parametrize("spoil", [_show_hidden, _add_column, _small, _strange_status, _point_key, _foreign_level])
def test_a_table_that_discloses_is_refused(
    spoil: object, quick: None, few: Results, words: Words, tmp_path: Path
) -> None:
    cells = dataclasses.replace(few.tables["foreigner"])
    object.__setattr__(cells, "frame", spoil(cells.frame))  # type: ignore[operator]
    with pytest.raises(DisclosureError):
        package.write_release(dataclasses.replace(few, tables={"foreigner": cells}), tmp_path / "r", words, {})
    assert not (tmp_path / "r").exists()


def test_a_dimension_about_single_people_is_refused(few: Results, words: Words, tmp_path: Path) -> None:
    cells = few.tables["foreigner"]
    table = Table("foreigner", "x", ("birth_date",), ("residents",))
    renamed = dataclasses.replace(cells, table=table, frame=cells.frame.rename({"foreigner": "birth_date"}))
    with pytest.raises(DisclosureError):
        package.write_release(dataclasses.replace(few, tables={"foreigner": renamed}), tmp_path, words, {})


def test_a_written_table_that_shows_more_than_protected_stops_the_release(
    quick: None, few: Results, words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = contents._csv

    def leaky(frame: pl.DataFrame) -> bytes:
        return whole(frame).replace(b",.,suppressed", b",4,suppressed")

    monkeypatch.setattr(contents, "_csv", leaky)
    with pytest.raises(DisclosureError):
        package.write_release(few, tmp_path, words, {})
    assert list(tmp_path.iterdir()) == []


def test_reading_back_gives_the_protected_tables(release: Path, results: Results) -> None:
    found = releases.read_release(release)
    assert (found.date, found.release) == (20251231, "2025-12-31-1")
    assert found.tables.keys() == results.tables.keys()
    for id, cells in results.tables.items():
        assert found.tables[id].frame.equals(cells.frame)
        assert found.tables[id].table == cells.table
        assert (found.tables[id].method, found.tables[id].protection) == (cells.method, cells.protection)


def test_imported_tables_keep_their_names_and_keys(
    quick: None, imported: Results, words: Words, tmp_path: Path
) -> None:
    odd = dataclasses.replace(imported.tables["herkunft_2024"], table=Table("Herkunft 2024/A", "T", *_rest(imported)))
    same = dataclasses.replace(odd, table=dataclasses.replace(odd.table, id="herkunft-2024+a"))
    both = dataclasses.replace(imported, tables={odd.table.id: odd, same.table.id: same})
    path = package.write_release(both, tmp_path, words, {})
    found = releases.read_release(path)
    assert found.tables["Herkunft 2024/A"].frame.equals(odd.frame)
    assert found.tables["Herkunft 2024/A"].table == odd.table
    assert set(descriptor.table_paths(both).values()) == {
        "tables/herkunft-2024-a.csv",
        "tables/herkunft-2024plusa.csv",
    }


def test_the_latest_release_before_a_date(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    of_town = (few.source.ags, few.source.kind)
    assert releases.latest_release_before(tmp_path / "none", 20251231, *of_town) is None
    earlier = dataclasses.replace(few, source=dataclasses.replace(few.source, date=20241231))
    for run in (few, earlier, earlier):
        package.write_release(run, tmp_path, words, {})
    (tmp_path / "2026-12-31-1.zip").write_bytes(b"")
    (tmp_path / "notes").mkdir()
    before = releases.latest_release_before(tmp_path, 20251231, *of_town)
    assert before is not None
    assert (before.date, before.release) == (20241231, "2024-12-31-2")
    assert (before.ags, before.kind, before.rule_set) == (*of_town, few.rule_set)
    assert releases.latest_release_before(tmp_path, 20241231, *of_town) is None


def test_releases_of_another_town_or_kind_are_passed_over(
    quick: None, few: Results, words: Words, tmp_path: Path
) -> None:
    for date, ags in ((20221231, few.source.ags), (20231231, "01001000")):
        source = dataclasses.replace(few.source, date=date, ags=ags)
        package.write_release(dataclasses.replace(few, source=source), tmp_path, words, {})
    found = releases.latest_release_before(tmp_path, 20251231, few.source.ags, "register")
    assert found is not None and found.date == 20221231
    assert releases.latest_release_before(tmp_path, 20251231, few.source.ags, "table") is None


def test_a_release_of_another_form_is_told_by_name(quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    path = package.write_release(few, tmp_path, words, {})
    described = (path / "datapackage.json").read_text(encoding="utf-8")
    (path / "datapackage.json").write_text(described.replace('"format": 1', '"format": 2'), encoding="utf-8")
    _sign(path)
    with pytest.raises(DeliveryError) as caught:
        releases.read_release(path)
    assert (caught.value.values["version"], caught.value.values["known"]) == (2, 1)
    assert caught.value.where.endswith("datapackage.json")


def test_tables_of_movements_are_read_back_as_the_programmes_own(
    quick: None, few: Results, words: Words, tmp_path: Path
) -> None:
    came = programme.table("came")
    frame = pl.DataFrame(
        {"level": "town", "area": few.geography.town.key, "came": ["born"], "value": [12], "status": "ok"}
    )
    moved = ProtectedCells(came, frame, few.tables["residents"].method, few.protection)
    german = package.write_release(
        dataclasses.replace(few, tables={**few.tables, "came": moved}), tmp_path, Words("de"), {}
    )
    assert releases.read_release(german).tables["came"].table == came


@pytest.mark.parametrize("damage", ["changed", "missing", "added", "manifest", "descriptor"])
def test_a_broken_release_is_not_read(damage: str, quick: None, few: Results, words: Words, tmp_path: Path) -> None:
    path = package.write_release(few, tmp_path, words, {})
    table = path / "tables" / "foreigner.csv"
    match damage:
        case "changed":
            table.write_text(table.read_text().replace("ok", "ok ", 1))
        case "missing":
            table.unlink()
        case "added":
            (path / "persons.csv").write_text("x")
        case "manifest":
            (path / "MANIFEST").unlink()
        case "descriptor":
            (path / "datapackage.json").write_text("{}")
            _sign(path)
    with pytest.raises(DeliveryError) as caught:
        releases.read_release(path)
    assert caught.value.exit_code == 10
    assert caught.value.todo


def test_the_index_file_marks_values_that_may_not_be_stated(release: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((release / "indices.csv").read_text(encoding="utf-8"))))
    assert [row["value"] for row in rows] == ["0.234500", "0.312000", ".", "0.810000"]
    assert rows[2]["note"] == "The group is too small."
    assert rows[3]["area"] == "01"
    assert [row["bound"] for row in rows] == ["", "lower", "", ""]
    assert (rows[1]["low"], rows[1]["high"]) == ("0.301000", ".")


def test_maps_of_the_package_are_those_of_the_report(release: Path) -> None:
    page = (release / "report.html").read_text(encoding="utf-8")
    for path in (release / "maps").iterdir():
        label = re.search(r'aria-label="([^"]+)"', path.read_text(encoding="utf-8"))
        assert label is not None
        assert label[1] in page


def test_the_guard_knows_every_status_of_the_contract() -> None:
    assert guard.STATUSES == ("ok", "suppressed", "estimated")


def _rest(imported: Results) -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = imported.tables["herkunft_2024"].table
    return table.dimensions, table.definitions


def _sign(path: Path) -> None:
    files = {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file() and file.name != "MANIFEST"
    }
    (path / "MANIFEST").write_bytes(contents.manifest(files))


def _snapshot(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")
    }


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_of_releases_that_may_not_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Whether the releases have a folder already or it is yet to be made; nothing is left of the trial."""
    releases = tmp_path / "releases"
    if there:
        releases.mkdir()
    package.refuse_unwritable(releases)
    assert [*tmp_path.rglob("*")] == ([releases] if there else [])

    def refuse(dir: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(dir / "tmpabc"))

    monkeypatch.setattr(package, "TemporaryFile", refuse)
    with pytest.raises(StorageError, match="no permission to write") as caught:
        package.refuse_unwritable(releases)
    assert str(caught.value.where) == str(releases)
