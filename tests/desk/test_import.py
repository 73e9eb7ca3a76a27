"""What the desk takes in, and what it refuses with a reason."""

from __future__ import annotations

import csv
import errno
import json
import random
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import IntegrityError, transaction
from forging import Change, described, forged

from vielfalt.cli import commands
from vielfalt.desk import upkeep
from vielfalt.desk.atlas.packages import archive_of
from vielfalt.desk.releases import packages
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import AreaSet, Index, Release, Series, Table, Town, keys_of
from vielfalt.desk.releases.packages import unpacked
from vielfalt.errors import DeliveryError, DisclosureError, StorageError, VielfaltError
from vielfalt.publish.releases import read_release


def rows(folder: Path, table: str, change: Callable[[list[list[str]]], object]) -> None:
    path = folder / f"tables/{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    change(lines)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def test_every_figure_arrives(release: Release, package: Path) -> None:
    """Each published cell stands in the database as it stands in the package, and no cell beside."""
    read = read_release(package)
    areas = {level.area_set.level: [area["key"] for area in level.area_set.areas] for level in release.levels.all()}
    areas["town"] = [release.town.ags]
    kept: dict[tuple[str, ...], tuple[int | None, str]] = {}
    for series in Series.objects.filter(table__release=release).select_related("table"):
        if series.category == Series.BASE and series.table.dimensions:
            continue
        category = list(keys_of(series.category))
        for area, value, status in zip(areas[series.level], series.values, series.status, strict=True):
            if status != "-":
                kept[(series.table.key, series.level, area, *category)] = (value, status)
    published = {
        (id, *row[:-2]): (row[-2], {"ok": "o", "estimated": "e", "suppressed": "s"}[row[-1]])
        for id, cells in read.tables.items()
        for row in cells.frame.iter_rows()
    }
    assert kept == published
    assert any(value is None for value, _ in kept.values())


def test_town_areas_and_indices_arrive(release: Release) -> None:
    assert (release.town.ags, release.town.name) == ("05999004", "Musterfurt")
    assert [level.area_set.title for level in release.levels.all()] == ["Stadtbezirke", "Stadtteile", "Blöcke"]
    quarters = AreaSet.objects.get(level="quarter")
    assert len(quarters.areas) == 12
    assert all(area["path"].startswith("M") for area in quarters.areas)
    assert Index.objects.filter(release=release, value__isnull=True).exclude(note="").exists()


def test_two_releases_share_their_areas(release: Release, package: Path, tmp_path: Path) -> None:
    def later(folder: Path) -> None:
        described(folder, lambda content: content.update(release="2025-12-31-2"))

    second = import_release(forged(package, tmp_path, later))
    assert AreaSet.objects.count() == 3
    assert [found.name for found in release.town.releases.all()] == [second.name, release.name]


def test_the_same_package_twice(release: Release, zipped: Path) -> None:
    with pytest.raises(DeliveryError, match="imported before"):
        import_release(zipped)
    assert Release.objects.count() == 1


@pytest.mark.parametrize("given", ["zipped", "package"])
def test_the_command_says_kindly_what_is_there_already(
    release: Release, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setattr(upkeep, "ready", lambda: None)
    said = CliRunner().invoke(commands, ["desk", "import", str(request.getfixturevalue(given)), "--lang", "en"])
    assert (said.exit_code, said.output) == (
        0,
        f"Here already, nothing to do: {release.town.name}, release {release.name}\n",
    )
    assert Release.objects.count() == 1


def test_another_package_of_the_same_name(release: Release, package: Path, tmp_path: Path) -> None:
    other = forged(package, tmp_path, lambda folder: described(folder, lambda content: content.update(licence="other")))
    with pytest.raises(DeliveryError, match="Another package with the name"):
        import_release(other)


def test_a_package_of_another_kind_and_the_same_name(release: Release, package: Path, tmp_path: Path) -> None:
    """One address leads to one release: the pages of the second would be those of the first."""
    other = forged(package, tmp_path, lambda folder: described(folder, lambda content: content.update(kind="table")))
    with pytest.raises(DeliveryError, match="Another package with the name") as refused:
        import_release(other)
    assert "--out" in refused.value.todo


def test_the_database_keeps_a_name_once_whatever_the_kind(release: Release) -> None:
    release.pk, release.kind, release.digest = None, "table", "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        release.save(force_insert=True)


@pytest.mark.django_db
def test_a_package_of_another_town(zipped: Path) -> None:
    with pytest.raises(DeliveryError, match="another municipality: Musterfurt"):
        import_release(zipped, towns={"05999999"})
    assert not Town.objects.exists()


def person_column(folder: Path) -> None:
    def insert(lines: list[list[str]]) -> None:
        for line in lines:
            line.insert(2, "birth_date")

    rows(folder, "foreigner", insert)


def declared_person_column(folder: Path) -> None:
    person_column(folder)

    def declare(content: dict[str, Any]) -> None:
        table = next(table for table in content["tables"] if table["id"] == "foreigner")
        table["dimensions"].insert(0, "birth_date")

    described(folder, declare)


def small_cell(folder: Path) -> None:
    def show(lines: list[list[str]]) -> None:
        hidden = next(line for line in lines if line[-1] == "suppressed")
        hidden[-2:] = ["3", "ok"]

    rows(folder, "foreigner", show)


def value_under_suppressed(folder: Path) -> None:
    def show(lines: list[list[str]]) -> None:
        next(line for line in lines if line[-1] == "suppressed")[-2] = "7"

    rows(folder, "foreigner", show)


def weak_protection(folder: Path) -> None:
    def weaken(content: dict[str, Any]) -> None:
        for table in content["tables"]:
            table["protection"]["parameters"]["min_cell"] = 1

    described(folder, weaken)


def unknown_area(folder: Path) -> None:
    rows(folder, "foreigner", lambda lines: lines[-1].__setitem__(1, "nowhere"))


def figure_twice(folder: Path) -> None:
    rows(folder, "foreigner", lambda lines: lines.append(lines[-1]))


def larger_part(folder: Path) -> None:
    def raise_one(lines: list[list[str]]) -> None:
        next(line for line in lines if line[0] == "town")[-2] = "99999"

    rows(folder, "foreigner", raise_one)


def larger_area(folder: Path) -> None:
    def raise_one(lines: list[list[str]]) -> None:
        next(line for line in lines if line[0] == "quarter" and line[-1] == "ok")[-2] = "99999"

    rows(folder, "residents", raise_one)


def indices_with(folder: Path, **values: str) -> None:
    path = folder / "indices.csv"
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    lines[0].update(values)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def person_file(folder: Path) -> None:
    (folder / "persons.csv").write_text("record;birth_date\n1;19800101\n", encoding="utf-8")


def person_in_geometry(folder: Path) -> None:
    path = folder / "areas/quarter.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["features"][0]["properties"]["owner"] = "somebody"
    path.write_text(json.dumps(content), encoding="utf-8")


def recoded(path: Path, encoding: str) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))


def audit_failed(folder: Path) -> None:
    path = folder / "audit.json"
    path.write_text(path.read_text(encoding="utf-8").replace("true", "false"), encoding="utf-8")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (person_column, "could tell of single people"),
        (declared_person_column, "column about single people"),
        (small_cell, "below the smallest that may be published"),
        (value_under_suppressed, "cannot be read"),
        (unknown_area, "an area that the release does not have"),
        (figure_twice, "the same figure twice"),
        (weak_protection, "minimum cell below 3"),
        (person_file, "a file that no release has"),
        (person_in_geometry, "other properties"),
        (audit_failed, "did not pass its audit"),
        (larger_part, "parts are larger than their whole"),
        (larger_area, "parts are larger than their whole"),
        (lambda folder: indices_with(folder, value="1.5"), "a value that it cannot have"),
        (lambda folder: indices_with(folder, low="0.9", high="0.1"), "a value that it cannot have"),
        (lambda folder: described(folder, lambda content: content.update(format=99)), "form 99"),
        (lambda folder: described(folder, lambda content: content["definitions"].clear()), "does not explain"),
        (lambda folder: described(folder, lambda content: content.pop("town")), "no release can say"),
        (lambda folder: described(folder, lambda content: content["protection"].clear()), "no release can say"),
        (lambda folder: (folder / "datapackage.json").unlink(), "no release of Vielfalt"),
        (lambda folder: (folder / "indices.csv").write_text("index\nD\n"), "cannot be read"),
        (lambda folder: (folder / "areas/block.geojson").write_bytes(b"\xff\xfe"), "not written in UTF-8"),
        (lambda folder: recoded(folder / "tables/foreigner.csv", "utf-16"), "not written in UTF-8"),
        (lambda folder: recoded(folder / "areas/district.geojson", "cp1252"), "not written in UTF-8"),
        (lambda folder: recoded(folder / "datapackage.json", "cp1252"), "no readable description"),
        (lambda folder: (folder / "tables/foreigner.csv").write_bytes(b"level;area\n"), "single people"),
    ],
)
def test_what_no_release_may_hold_is_refused(package: Path, tmp_path: Path, change: Change, reason: str) -> None:
    with pytest.raises(VielfaltError, match=reason) as refused:
        import_release(forged(package, tmp_path, change))
    assert refused.value.exit_code in (DeliveryError.exit_code, DisclosureError.exit_code)
    assert refused.value.todo.startswith("Ask the town") or "version" in refused.value.todo
    assert str(tmp_path) not in refused.value.where and not refused.value.where.startswith("/")
    assert not Release.objects.exists()
    assert not Town.objects.exists()


@pytest.mark.django_db
def test_a_broken_hash_is_refused(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "2025-12-31-1"
    shutil.copytree(package, folder)
    rows(folder, "foreigner", lambda lines: lines[-1].__setitem__(-2, "999"))
    with pytest.raises(DeliveryError, match="has been changed") as refused:
        import_release(folder)
    assert refused.value.where == "tables/foreigner.csv"
    assert refused.value.todo.startswith("Ask the town")


def archive(path: Path, entries: dict[str, bytes], mode: int = stat.S_IFREG | 0o644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "C:\\outside", "a\\..\\outside"])
def test_a_path_out_of_the_package_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeliveryError, match="outside its own folder"):
        import_release(archive(tmp_path / "odd.zip", {name: b"x"}))
    assert not list(tmp_path.parent.rglob("outside"))


@pytest.mark.django_db
def test_a_link_in_a_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="outside its own folder"):
        import_release(archive(tmp_path / "link.zip", {"MANIFEST": b"/etc/passwd"}, stat.S_IFLNK | 0o777))


@pytest.mark.django_db
def test_a_zip_bomb_is_refused_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "LARGEST_CONTENT", 3_000_000)
    bomb = archive(tmp_path / "bomb.zip", {f"tables/{number}.csv": bytes(1_000_000) for number in range(5)})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(DeliveryError, match="unpacks to more"):
        import_release(bomb)
    assert not list((settings.DATA / "work").iterdir())


@pytest.mark.django_db
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_into_memory_is_not_unpacked(
    zipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: int
) -> None:
    """A few kilobytes of these can become gigabytes before anybody counts them; Vielfalt packs without them."""
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(zipped) as whole, zipfile.ZipFile(path, "w", method) as other:
        for entry in whole.namelist():
            other.writestr(entry, whole.read(entry))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *told, **more: pytest.fail("it was unpacked"))
    with pytest.raises(DeliveryError, match="no zip file"):
        import_release(path)


@pytest.mark.django_db
def test_a_file_too_large_or_with_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = archive(tmp_path / "many.zip", {f"maps/{number}.svg": b"" for number in range(30)})
    monkeypatch.setattr(packages, "MOST_FILES", 20)
    with pytest.raises(DeliveryError, match="too many files"):
        import_release(many)
    monkeypatch.setattr(packages, "LARGEST_PACKAGE", 100)
    with pytest.raises(DeliveryError, match="larger than a release can be"):
        import_release(many)


@pytest.mark.django_db
@pytest.mark.parametrize("told", [0xFFFF, 30_000, 1])
def test_a_list_of_millions_of_files_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: int) -> None:
    """It is refused by its size; how many entries it has, the file can say as it likes."""
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as many:
        for number in range(30_000):
            many.writestr(f"{number}.csv", b"")
    content = path.read_bytes()
    end = content.rindex(b"PK\5\6")
    path.write_bytes(content[: end + 8] + struct.pack("<HH", told, told) + content[end + 12 :])
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *told, **more: pytest.fail("the list was read"))
    with pytest.raises(DeliveryError, match="too many files"):
        import_release(path)


@pytest.mark.django_db
def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="does not exist"):
        import_release(tmp_path / "release.zip")


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04" + bytes(200)])
def test_a_file_that_is_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "release.zip"
    path.write_bytes(content)
    with pytest.raises(DeliveryError, match="no zip file"):
        import_release(path)


@pytest.mark.django_db
def test_a_damaged_zip(zipped: Path, tmp_path: Path) -> None:
    content = bytearray(zipped.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 2_000] = bytes(2_000)
    path = tmp_path / "release.zip"
    path.write_bytes(content)
    with pytest.raises(VielfaltError):
        import_release(path)
    assert not Release.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "names", [("a", "a/b"), ("a/b", "a"), ("x" * 300,), ("",)], ids=["file", "folder", "long", "none"]
)
def test_names_that_no_folder_holds(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(DeliveryError, match="no zip file"):
        import_release(archive(tmp_path / "odd.zip", dict.fromkeys(names, b"x")))


@pytest.mark.django_db
def test_a_zip_file_damaged_at_any_place_is_told_as_that(zipped: Path, tmp_path: Path) -> None:
    """Wherever in its list of contents: Python has many kinds of errors for it, and some are none of its zip files'."""
    content, path = zipped.read_bytes(), tmp_path / "release.zip"
    rng = random.Random(1)
    for _ in range(300):
        damaged = bytearray(content)
        damaged[rng.randrange(content.index(b"PK\1\2"), len(content))] = rng.choice((0, 1, 0x80, 0xFF))
        path.write_bytes(damaged)
        with suppress(DeliveryError), unpacked(path, tmp_path / "work") as folder:
            assert folder.is_dir()


@pytest.mark.django_db
def test_nothing_is_kept_when_the_import_breaks_off(zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(Index.objects, "bulk_create", fails)
    with pytest.raises(RuntimeError):
        import_release(zipped)
    assert not Release.objects.exists()
    assert not Table.objects.exists()
    assert not list((settings.DATA / "work").iterdir())


@pytest.mark.django_db
def test_a_full_disk_keeps_nothing(zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(StorageError, match="cannot be kept"):
        import_release(zipped)
    assert not Release.objects.exists()
    assert not Town.objects.exists()
    assert not list(settings.PACKAGES.glob("*.partial"))


def test_an_imported_package_can_be_imported_elsewhere(release: Release, tmp_path: Path) -> None:
    """The package that the desk gives away is the one it took in."""
    kept = archive_of(release)
    copy = tmp_path / "copy.zip"
    copy.write_bytes(kept.read_bytes())
    digest = release.digest
    release.delete()
    assert import_release(copy).digest == digest


@pytest.mark.parametrize("name", ["tables/sex.csv", "areas/quarter.geojson", "indices.csv", "audit.json"])
def test_a_missing_file_is_told_as_missing(db: None, package: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(package, tmp_path / package.name))
    (folder / name).unlink()
    with pytest.raises(DeliveryError, match="A file of the release is missing") as refused:
        import_release(folder)
    assert refused.value.where == name
