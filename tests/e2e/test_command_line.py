"""The command line as a user meets it: the whole path on a small synthetic town, and bad input with its exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import polars as pl
import pytest

from command_line import vielfalt
from vielfalt import cli, dates, evaluation, schema
from vielfalt.engines.base import Engine
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.memory import Memory
from vielfalt.errors import known
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.vault import workspace
from vielfalt.vault.locking import alone_in
from vielfalt.words import Words

DATES = (20241231, 20251231)
LATEST = "2025-12-31"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic town of 4,000 residents, both reference dates evaluated."""
    root = tmp_path_factory.mktemp("town") / "town"
    write_town(root, residents=4_000, seed=11, dates=DATES, progress=lambda _: None)
    for date in DATES:
        vielfalt("run", root, "--date", dates.to_iso(date))
    return root


@pytest.fixture
def town(tmp_path: Path, evaluated: Path) -> Path:
    """A fresh town project without results, to be spoiled."""
    root = tmp_path / "town"
    shutil.copytree(evaluated, root, ignore=shutil.ignore_patterns("vault", "releases", "truth"))
    return root


def test_a_release_holds_everything_the_contract_names(evaluated: Path) -> None:
    release = evaluated / "releases" / f"{LATEST}-1"
    for name in ("datapackage.json", "indices.csv", "report.pdf", "report.html", "audit.json", "MANIFEST"):
        assert (release / name).stat().st_size > 0
    assert {path.name for path in (release / "areas").iterdir()} == {
        "district.geojson",
        "quarter.geojson",
        "block.geojson",
    }
    assert list((release / "maps").glob("*.svg"))
    with zipfile.ZipFile(evaluated / "releases" / f"{LATEST}-1.zip") as packed:
        assert len(packed.namelist()) == sum(path.is_file() for path in release.rglob("*"))
    audit = json.loads((release / "audit.json").read_text(encoding="utf-8"))
    assert audit["passed"] is True
    tried = {entry["id"]: entry for entry in audit["attacks"]}
    # Not how many of the hidden figures are zero: where none is, each of them would be known to be somebody.
    assert tried["room_sums"]["cells"] == tried["room_zeros"]["cells"] == tried["recompute"]["hidden"]
    assert {"room_sums", "room_zeros", "room_person"} <= set(tried)


def test_the_vault_keeps_the_proof_of_every_hidden_figure(evaluated: Path) -> None:
    proof = pl.read_parquet(evaluated / "vault" / LATEST / "rooms.parquet")
    assert "solution_1" in proof.columns
    assert not proof.select("table", "level", "area", "category").is_duplicated().any()
    rooms = proof["high"] - proof["low"]
    assert ((rooms >= 5) | (proof["low"] == 0)).all()


def test_no_published_value_is_below_the_minimum_cell(evaluated: Path) -> None:
    tables = list((evaluated / "releases" / f"{LATEST}-1" / "tables").glob("*.csv"))
    assert len(tables) > 15
    for path in tables:
        table = pl.read_csv(path, infer_schema=False)
        suppressed = table.filter(pl.col("status") == "suppressed")
        assert (suppressed["value"] == ".").all()
        shown = table.filter(pl.col("status") != "suppressed")["value"].cast(pl.Int64)
        assert not ((shown > 0) & (shown < 5)).any(), path.name


def test_published_totals_are_those_of_the_vault(evaluated: Path) -> None:
    persons = pl.read_parquet(evaluated / "vault" / LATEST / "persons.parquet")
    residents = pl.read_csv(evaluated / "releases" / f"{LATEST}-1" / "tables" / "residents.csv", infer_schema=False)
    town = residents.filter(pl.col("level") == "town")["value"].to_list()
    assert town == [str(persons.height)]


def test_the_persons_file_is_what_the_contract_says(evaluated: Path) -> None:
    persons = pl.read_parquet(evaluated / "vault" / LATEST / "persons.parquet")
    assert persons.columns == [*(entry.name for entry in schema.PERSONS), "district", "quarter", "block"]
    assert persons["record"].is_unique().all() and persons["record"].is_sorted()
    assert persons["religion_group"].unique().to_list() == ["none_or_unknown"], "not switched on, so not read"
    truth = pl.read_parquet(evaluated / "truth" / f"{LATEST}.parquet")
    counted = set(truth.filter(pl.col("counted"))["record"])
    assert len(counted.symmetric_difference(persons["record"])) <= 0.002 * persons.height


def test_the_derivation_is_near_the_truth(evaluated: Path) -> None:
    persons = pl.read_parquet(evaluated / "vault" / LATEST / "persons.parquet")
    truth = pl.read_parquet(evaluated / "truth" / f"{LATEST}.parquet")
    both = persons.join(truth, on="record", suffix="_true")
    assert (both["birth_country"] == both["birth_country_true"]).mean() > 0.98  # type: ignore[operator]
    assert (both["birth_country"] != both["birth_country_true"]).drop_nulls().mean() < 0.005  # type: ignore[operator]
    assert (both["block"] == both["block_true"]).mean() > 0.99  # type: ignore[operator]
    assert (both["household_type"] == both["household_type_true"]).mean() > 0.9  # type: ignore[operator]


def test_nothing_personal_leaves_memory_and_vault(evaluated: Path) -> None:
    """No name, ordering number or street of the extract stands in any file of vault or releases."""
    lines = (evaluated / "register" / LATEST / "register.csv").read_text(encoding="cp1252").splitlines()
    header = lines[0].split(";")
    cells = [line.split(";") for line in lines[1:400]]
    wanted = {"Ordnungsmerkmal": 8, "Familienname": 9}
    secrets = {
        row[header.index(name)].encode()
        for row in cells
        for name, length in wanted.items()
        if len(row) == len(header) and len(row[header.index(name)]) >= length
    }
    assert len(secrets) > 100
    # The ten digits of an offset in a PDF can hold the eight of an ordering number by chance.
    told = re.compile(rb"(?<!\d)(?:" + b"|".join(map(re.escape, sorted(secrets))) + rb")(?!\d)")
    for path in [*(evaluated / "vault").rglob("*"), *(evaluated / "releases").rglob("*")]:
        if path.is_file() and path.suffix != ".zip":
            content = path.read_bytes()
            assert not told.search(content), path


def test_movements_stand_between_the_two_dates(evaluated: Path) -> None:
    """In the town and in every area where all is published: later residents - earlier ones = came - went."""
    read = {
        (date, id): pl.read_csv(evaluated / "releases" / f"{date}-1" / "tables" / f"{id}.csv", infer_schema=False)
        for date, id in (("2024-12-31", "residents"), (LATEST, "residents"), (LATEST, "came"), (LATEST, "went"))
    }
    before, now, came, went = (
        {
            tuple(row[:-2]): int(row[-2])
            for row in table.filter(pl.col("status") == "ok").select(*table.columns).iter_rows()
        }
        for table in read.values()
    )
    checked = 0
    for (level, area), residents in now.items():
        parts = [came.get((level, area, kind)) for kind in ("moved", "born", "arrived")]
        parts += [-n if (n := went.get((level, area, kind))) is not None else None for kind in ("moved", "gone")]
        if (level, area) in before and None not in parts:
            checked += 1
            growth = sum(part for part in parts if part is not None)
            assert abs(residents - before[level, area] - growth) <= 3, (level, area)
    assert checked > 2
    content = json.loads((evaluated / "releases" / f"{LATEST}-1" / "datapackage.json").read_text(encoding="utf-8"))
    assert content["vielfalt"]["movements_since"] == "2024-12-31"
    assert content["vielfalt"]["breaks"] == []
    first = json.loads((evaluated / "releases" / "2024-12-31-1" / "datapackage.json").read_text(encoding="utf-8"))
    assert first["vielfalt"]["movements_since"] is None


def test_link_files_can_be_forgotten(tmp_path: Path, evaluated: Path) -> None:
    town = tmp_path / "town"
    shutil.copytree(evaluated, town)
    kept = [town / "vault" / dates.to_iso(date) / "links.parquet" for date in DATES]
    assert all(path.exists() for path in kept)
    assert "2024-12-31" in vielfalt("forget", town, "--date", "2024-12-31").stdout
    assert [path.exists() for path in kept] == [False, True]
    vielfalt("forget", town)
    assert not any(path.exists() for path in kept)
    assert (town / "vault" / LATEST / "persons.parquet").exists()
    assert vielfalt("forget", town).stdout.strip() == "There is no link file to delete."


def test_a_second_run_with_nothing_changed_says_so(evaluated: Path) -> None:
    done = vielfalt("run", evaluated, "--json")
    outcome = json.loads(done.stdout)
    assert outcome["unchanged"] is True
    assert outcome["findings"] == json.loads(vielfalt("check", evaluated, "--json").stdout)["findings"] != []
    assert outcome["release"].endswith(f"{LATEST}-1")
    assert not (evaluated / "releases" / f"{LATEST}-2").exists()


def test_a_run_with_nothing_changed_looks_at_the_zip_too(tmp_path: Path, evaluated: Path) -> None:
    town = tmp_path / "town"
    shutil.copytree(evaluated, town)
    archive = town / "releases" / f"{LATEST}-1.zip"
    before = archive.read_bytes()
    archive.write_bytes(before[: len(before) // 2])
    told = vielfalt("run", town, expect=10).stderr
    assert str(archive) in told
    assert "damaged" in told
    with zipfile.ZipFile(archive, "w") as other:
        other.writestr("MANIFEST", "")
    assert "holds something else" in vielfalt("run", town, expect=10).stderr
    archive.unlink()
    assert json.loads(vielfalt("run", town, "--json").stdout)["unchanged"] is True
    assert archive.read_bytes() == before


def test_a_changed_setting_makes_a_new_release(town: Path) -> None:
    vielfalt("run", town)
    settings = town / "town.toml"
    settings.write_text(
        re.sub(r"(?m)^\[protection\]$", "[protection]\nmin_cell = 10", settings.read_text(encoding="utf-8"))
        if "[protection]" in settings.read_text(encoding="utf-8")
        else settings.read_text(encoding="utf-8") + "\n[protection]\nmin_cell = 10\n",
        encoding="utf-8",
    )
    # Beside the first one it would tell what only one of the two hides: nobody has seen that.
    vielfalt("run", town, "--replace")
    table = pl.read_csv(town / "releases" / f"{LATEST}-2" / "tables" / "nationality_group.csv", infer_schema=False)
    shown = table.filter(pl.col("status") == "ok")["value"].cast(pl.Int64)
    assert not ((shown > 0) & (shown < 10)).any()


def test_check_prints_one_json_object_and_keeps_nothing(town: Path) -> None:
    outcome = json.loads(vielfalt("check", town, "--json").stdout)
    found = {entry["check"] for entry in outcome["findings"]}
    assert {"row_broken", "secondary_dwelling", "date_impossible"} <= found
    assert all(entry["possible"] for entry in outcome["capabilities"] if entry["id"] == "mh_register")
    assert not (town / "releases").exists()
    assert [path.name for path in (town / "vault").rglob("*")] == ["lock"]


def test_a_check_needs_its_folder_and_says_so(town: Path) -> None:
    """Rows of persons may lie there while it works; they are put nowhere else."""
    (town / "vault").write_text("a file in its place", encoding="utf-8")
    told = vielfalt("check", town, expect=14).stderr
    assert "a file stands where a folder is needed" in told and str(town / "vault") in told


def test_missing_columns_are_named_in_the_capability_report(town: Path) -> None:
    profile = town / "profile.toml"
    kept = [
        line
        for line in profile.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("birth_place =", "birth_state =", "religion ="))
    ]
    profile.write_text("\n".join(kept), encoding="utf-8")
    outcome = json.loads(vielfalt("check", town, "--json").stdout)
    able = {entry["id"]: entry for entry in outcome["capabilities"]}
    assert able["foreigner"]["possible"] is True
    assert able["mh_register"]["possible"] is False
    assert able["mh_register"]["missing"] == ["birth_place|birth_state"]
    vielfalt("run", town)
    tables = {path.stem for path in (town / "releases" / f"{LATEST}-1" / "tables").iterdir()}
    assert "foreigner" in tables and "mh_register" not in tables and "mh_group_by_age" not in tables


def test_trace_and_explain(evaluated: Path, tmp_path: Path) -> None:
    evidence = pl.read_parquet(evaluated / "vault" / LATEST / "evidence.parquet")
    row = evidence.filter(pl.col("migration_rule") == "G1").row(0, named=True)
    shown = vielfalt("trace", evaluated, row["record"]).stdout
    assert "rule G1" in shown and row["birth_country"] in shown
    dropped = evidence.filter(pl.col("not_counted") == "secondary_dwelling")["record"][0]
    assert "Secondary dwelling" in vielfalt("trace", evaluated, dropped).stdout
    left = evidence.filter(pl.col("not_counted") == "gone")["record"][0]
    assert "Moved out or died" in vielfalt("trace", evaluated, left).stdout
    assert "naturalis" in vielfalt("explain", "e1").stdout
    broken = tmp_path / "town"
    shutil.copytree(evaluated, broken, ignore=shutil.ignore_patterns("truth", "releases"))
    path = broken / "vault" / LATEST / "evidence.parquet"
    path.write_bytes(path.read_bytes()[:100])
    told = vielfalt("trace", broken, 1, expect=14).stderr
    assert "damaged" in told and str(path) in told and "Delete the file" in told
    assert "Duncan" in vielfalt("explain", "dissimilarity").stdout
    assert len(vielfalt("explain").stdout.splitlines()) > 60


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("run", "{missing}"), 11, "holds no town.toml"),
        (("run", "{town}", "--date", "2019-12-31"), 10, "no extract for this reference date"),
        (("run", "{town}", "--date", "2999-12-31"), 11, "lies in the future"),
        (("run", "{town}", "--date", "31.12.2025"), 2, "is not a date"),
        (("run", "{town}", "--date", "2025-W01-2"), 2, "is not a date"),
        (("run", "{town}", "--lang", "fr"), 2, "fr"),
        (("explain", "nonsense"), 2, "Nothing is called"),
        (("trace", "{evaluated}", "99999999"), 11, "no readable row"),
        (("profile", "{missing}"), 10, ""),
        (("synth", "{town}"), 2, ""),
        (("init", "{town}"), 2, ""),
        (("audit", "{missing}"), 10, "does not exist"),
        (("audit", "{town}"), 10, "not the folder above"),
        (("import-table", "{missing}", "--profile", "{missing}"), 11, ""),
    ],
)
def test_mistaken_calls(
    words: tuple[str, ...], code: int, sentence: str, town: Path, evaluated: Path, tmp_path: Path
) -> None:
    places = {"town": town, "evaluated": evaluated, "missing": tmp_path / "missing"}
    assert sentence in vielfalt(*(word.format(**places) for word in words), expect=code).stderr


def _spoil_empty(town: Path) -> None:
    (town / "register" / LATEST / "register.csv").write_bytes(b"")


def _spoil_header_only(town: Path) -> None:
    extract = town / "register" / LATEST / "register.csv"
    extract.write_bytes(extract.read_bytes().split(b"\n")[0] + b"\n")


def _spoil_columns(town: Path) -> None:
    extract = town / "register" / LATEST / "register.csv"
    extract.write_bytes(b"a;b;c\n1;2;3\n")


def _spoil_encoding(town: Path) -> None:
    extract = town / "register" / LATEST / "register.csv"
    extract.write_bytes(extract.read_bytes().decode("cp1252").encode("utf-8"))


def _spoil_numbers(town: Path) -> None:
    """As a spreadsheet shortens long numbers."""
    _spoil_column(town, "Ordnungsmerkmal", "1,23E+12")


def _spoil_pointers(town: Path) -> None:
    """As programs write whole numbers of a column that has gaps."""
    path = town / "register" / LATEST / "register.csv"
    lines = [line.split(";") for line in path.read_text(encoding="cp1252").splitlines() if '"' not in line]
    place = lines[0].index("OM_Ehegatte")
    rows = [[*row[:place], row[place] and f"{row[place]}.0", *row[place + 1 :]] for row in lines[1:] if row[place:]]
    path.write_text("\n".join(map(";".join, (lines[0], *rows))) + "\n", encoding="cp1252")


def _spoil_dwellings(town: Path) -> None:
    _spoil_column(town, "WohnStatus", "N")


def _spoil_days_of_moving_out(town: Path) -> None:
    _spoil_column(town, "AuszugWohnung", "31.12.2024")


def _spoil_code_map(town: Path) -> None:
    _spoil_column(town, "WohnStatus", "?")


def _spoil_nationalities(town: Path) -> None:
    _spoil_column(town, "Staatsang2", "000")


def _spoil_sexes(town: Path) -> None:
    _spoil_column(town, "Geschl", "M")


def _spoil_addresses(town: Path) -> None:
    path = town / "profile.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(street_key|street_name|house_number|house_suffix|easting|northing) = .*\n", "", text)
    path.write_text(text, encoding="utf-8")


def _spoil_column(town: Path, heading: str, value: str) -> None:
    path = town / "register" / LATEST / "register.csv"
    lines = [line.split(";") for line in path.read_text(encoding="cp1252").splitlines() if '"' not in line]
    place, wide = lines[0].index(heading), len(lines[0])
    rows = [lines[0], *([*row[:place], value, *row[place + 1 :]] for row in lines[1:] if len(row) == wide)]
    path.write_text("\n".join(map(";".join, rows)) + "\n", encoding="cp1252")


def _spoil_with_utf16(town: Path) -> None:
    extract = town / "register" / LATEST / "register.csv"
    extract.write_bytes(extract.read_bytes().decode("cp1252").encode("utf-16"))


def _spoil_rows(town: Path) -> None:
    extract = town / "register" / LATEST / "register.csv"
    header = extract.read_bytes().split(b"\n")[0]
    extract.write_bytes(header + b"\n" + b"only;three;columns\n" * 50)


def _spoil_streets(town: Path) -> None:
    (town / "areas" / "streets.csv").write_text("street_key;street_name;from;to;parity;block\n", encoding="utf-8")


def _spoil_overlap(town: Path) -> None:
    path = town / "areas" / "block.geojson"
    areas = json.loads(path.read_text(encoding="utf-8"))
    areas["features"][1]["geometry"] = areas["features"][0]["geometry"]
    path.write_text(json.dumps(areas), encoding="utf-8")


def _spoil_polygon(town: Path) -> None:
    path = town / "areas" / "block.geojson"
    areas = json.loads(path.read_text(encoding="utf-8"))
    bow = [[558000, 5407000], [558900, 5407900], [558900, 5407000], [558000, 5407900], [558000, 5407000]]
    areas["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [bow]}
    path.write_text(json.dumps(areas), encoding="utf-8")


def _spoil_settings(town: Path) -> None:
    (town / "town.toml").write_text("[town\n", encoding="utf-8")


def _spoil_one_setting(town: Path, wrong: str, right: str) -> None:
    path = town / "town.toml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('id = "block"', 'id = "quarter"', "Two area levels"),
        ("ags = 99999001", 'ags = "99999001"', "quotation marks"),
        ('options = ["religon"]', 'language = "de"', "is “religon”; allowed are religion"),
        ("options = 5", 'language = "de"', "“town.options” must be a list"),
    ],
)
def test_mistaken_settings_are_named(town: Path, wrong: str, right: str, sentence: str) -> None:
    _spoil_one_setting(town, wrong, right)
    shown = vielfalt("run", town, expect=11).stderr
    assert sentence in shown and "town.toml" in shown


def test_settings_in_another_encoding_are_named_by_line(town: Path) -> None:
    path = town / "town.toml"
    path.write_bytes("# ä\n".encode("cp1252") + path.read_bytes())
    assert "not saved as UTF-8; the first sign that is not stands in line 1" in vielfalt("run", town, expect=11).stderr


def _spoil_threshold(town: Path) -> None:
    path = town / "town.toml"
    text = re.sub(r"(?ms)^\[protection\].*?(?=^\[|\Z)", "", path.read_text(encoding="utf-8"))
    path.write_text(text + "\n[protection]\nmin_cell = 1\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "code", "sentence"),
    [
        (_spoil_empty, 10, "empty"),
        (_spoil_header_only, 10, "no rows"),
        (_spoil_columns, 10, "none of the columns"),
        (_spoil_encoding, 10, "UTF-8"),
        (_spoil_with_utf16, 10, "in the encoding UTF-16"),
        (_spoil_rows, 10, "None of the 50 rows"),
        (_spoil_numbers, 10, "rows bear the ordering number of somebody"),
        (_spoil_pointers, 10, "people point to somebody who is not counted"),
        (_spoil_dwellings, 10, "nobody at an only or main dwelling"),
        (_spoil_days_of_moving_out, 10, "people who do not live here any more"),
        (_spoil_code_map, 10, "in “dwelling_status” that is in no list"),
        (_spoil_nationalities, 10, "or of the foreigners Germany as one"),
        (_spoil_sexes, 10, "have the same value"),
        (_spoil_addresses, 10, "No resident of the extract has an address"),
        (_spoil_streets, 10, "street"),
        (_spoil_overlap, 10, "overlap"),
        (_spoil_polygon, 10, "invalid"),
        (_spoil_settings, 11, "not valid TOML"),
        (_spoil_threshold, 11, "min_cell"),
    ],
)
def test_bad_input_names_what_where_and_what_to_do(
    town: Path, spoil: Callable[[Path], None], code: int, sentence: str
) -> None:
    spoil(town)
    shown = vielfalt("run", town, expect=code).stderr
    assert sentence in shown
    assert "Where:" in shown and "What to do:" in shown
    assert not list((town / "releases").glob("*")) if (town / "releases").exists() else True


def test_a_directory_that_matches_nothing_falls_back_to_coordinates(town: Path) -> None:
    (town / "areas" / "streets.csv").write_text(
        f"street_key;street_name;from;to;parity;block\n99999;Nirgendwo;1;9;all;{_first_block(town)}\n", encoding="utf-8"
    )
    outcome = json.loads(vielfalt("check", town, "--json").stdout)
    unresolved = [entry["rows"] for entry in outcome["findings"] if entry["check"] == "address_unresolved"]
    assert sum(unresolved) < 0.01 * outcome["residents"]


def test_a_directory_that_matches_nothing_without_coordinates_is_an_error(town: Path) -> None:
    (town / "areas" / "streets.csv").write_text(
        f"street_key;street_name;from;to;parity;block\n99999;Nirgendwo;1;9;all;{_first_block(town)}\n", encoding="utf-8"
    )
    profile = town / "profile.toml"
    lines = profile.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("easting", "northing"))]
    profile.write_text("\n".join(kept), encoding="utf-8")
    shown = vielfalt("run", town, expect=10).stderr
    assert "addresses of the extract lie in no area" in shown and "streets.csv" in shown
    assert not (town / "releases").exists()


def _first_block(town: Path) -> str:
    areas = json.loads((town / "areas" / "block.geojson").read_text(encoding="utf-8"))
    return str(areas["features"][0]["properties"]["key"])


def test_a_killed_run_leaves_no_release_and_the_next_one_starts_clean(town: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "vielfalt", "run", str(town)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    scratch = town / "vault" / LATEST / ".scratch"
    for _ in range(1_000):
        if scratch.exists() or process.poll() is not None:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert not list((town / "releases").glob("[0-9]*")) if (town / "releases").exists() else True
    vielfalt("run", town)
    assert (town / "releases" / f"{LATEST}-1" / "MANIFEST").exists()
    assert not scratch.exists()
    assert not [path for path in (town / "releases").iterdir() if path.name.startswith(".")]


def test_two_runs_on_one_town_do_not_meet(town: Path) -> None:
    (answers := town / "answers.csv").write_text("spelling;country\nnowhere at all;151\n", encoding="utf-8")
    linked = town / "vault" / LATEST / "links.parquet"
    with alone_in(town / "vault"):
        linked.parent.mkdir()
        linked.touch()
        before = {path for path in town.rglob("*") if path.is_file()}
        for command, *more in (
            ("run",),
            ("check",),
            ("compare-definitions",),
            ("places",),
            ("places", "--take", answers),
            ("forget",),
            ("trace", 1),
        ):
            shown = vielfalt(command, town, *more, expect=15).stderr
            assert "Another run of Vielfalt" in shown and "What to do:" in shown
    assert {path for path in town.rglob("*") if path.is_file()} == before
    linked.unlink()
    vielfalt("check", town)
    assert stat.S_IMODE((town / "vault").stat().st_mode) == 0o700


@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), ("SIGTERM", -15), ("SIGHUP", -1)])
def test_an_interrupted_run_says_so(town: Path, sent: str, code: int) -> None:
    """By Ctrl+C, by whoever ends programs (the end of a session, too), and by a terminal that is closed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vielfalt", "run", str(town), "--lang", "en"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    scratch = town / "vault" / LATEST / ".scratch"
    while not scratch.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(getattr(signal, sent))
    assert "Interrupted." in process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert not scratch.exists() and not (town / "releases").exists()


def test_an_interrupt_while_a_library_is_loaded_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """numpy and what rests on it swallow the interrupt and cannot be imported then."""

    class Loading(click.Command):
        def invoke(self, ctx: click.Context) -> None:
            with suppress(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(10)
            raise ImportError

    monkeypatch.setattr(cli, "commands", Loading("vielfalt"))
    monkeypatch.setattr(sys, "argv", ["vielfalt"])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 130
    assert "fault of Vielfalt" not in capsys.readouterr().err


def test_a_fault_of_the_program_is_told_without_values() -> None:
    try:
        Words("en")("{missing}", other="Erika Mustermann")
    except KeyError as error:
        told = known(error)
    assert told.exit_code == 13
    assert told.values["kind"] == "KeyError" and "words.py:" in told.where
    assert "Mustermann" not in str(told)


def test_an_error_is_told_in_the_language_asked_for(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert "holds no town.toml" in vielfalt("run", missing, expect=11).stderr
    assert "kein Stadtprojekt" in vielfalt("run", missing, "--lang", "de", expect=11).stderr
    german = subprocess.run(
        [sys.executable, "-m", "vielfalt", "nonsense"],
        capture_output=True,
        text=True,
        env={**os.environ, "VIELFALT_LANG": "de"},
        check=False,
    )
    assert "Den Befehl 'nonsense' gibt es nicht." in german.stderr and "Aufruf:" in german.stderr


def test_a_contradicting_street_directory_is_a_finding(town: Path) -> None:
    path = town / "areas" / "streets.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    other = first.rsplit(";", 1)[0] + ";nowhere"
    path.write_text("\n".join([header, first, *rest, other]) + "\n", encoding="utf-8")
    outcome = json.loads(vielfalt("check", town, "--json").stdout)
    found = {entry["check"]: entry["records"] for entry in outcome["findings"]}
    line = len(rest) + 3
    assert found["street_conflict"] == [line] and found["street_area_unknown"] == [line]


@pytest.mark.parametrize("in_memory", [True, False])
def test_names_are_gone_after_the_household_step(town: Path, in_memory: bool) -> None:
    """While later steps run, the engine's tables hold no column of names, and no text of the extract is kept."""
    seen: dict[str, list[str]] = {}
    engines: list[Engine] = []

    @contextmanager
    def step(name: str) -> Iterator[None]:
        if name == "status":
            seen.update(columns_held(engines[0]))
        yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace, "IN_MEMORY", workspace.IN_MEMORY if in_memory else 0)
        for kind in (Memory, DuckDB):
            patch.setattr(workspace, kind.__name__, watched(kind, engines))
        evaluation.check_town(read_town(town), DATES[1], step)
    columns = {column for names in seen.values() for column in names}
    assert seen and "household" in columns
    assert "birth_country" in seen["kinds"] and "kind" in seen["housed"]
    assert "evidence" not in seen
    assert not columns & {*schema.NAME_FIELDS, "spouse_id", "guardian_1_id", "street_name", "birth_place"}
    # What links one reference date with another stands apart from what is derived.
    assert [table for table, names in seen.items() if "pseudonym" in names] == ["rows"]


def watched(kind: type[Memory] | type[DuckDB], engines: list[Engine]) -> Callable[[Path], Engine]:
    """Makes engines of a kind and keeps them in the list."""

    def make(scratch: Path) -> Engine:
        engines.append(kind(scratch))
        return engines[-1]

    return make


def columns_held(engine: Engine) -> dict[str, list[str]]:
    """The columns of every table that the engine holds."""
    if isinstance(engine, Memory):
        return {name: frame.columns for name, frame in engine._tables.items()}
    assert isinstance(engine, DuckDB)
    found = "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE NOT internal GROUP BY table_name"
    return dict(engine._connection.execute(found).fetchall())


def test_open_places_are_listed_coded_once_and_used_by_later_runs(town: Path, tmp_path: Path) -> None:
    listed = town / "vault" / LATEST / "open-places.csv"
    vielfalt("run", town)
    first = pl.read_parquet(town / "vault" / LATEST / "persons.parquet")
    vielfalt("places", town)
    spellings = pl.read_csv(listed.read_bytes().removeprefix(b"\xef\xbb\xbf"), separator=";", infer_schema=False)
    assert spellings.columns == ["spelling", "country", "residents", "candidates"]
    assert spellings["residents"].cast(pl.Int64).is_sorted(descending=True)
    assert spellings.height, "the town must have open places"
    filled = spellings.with_columns(country=pl.lit("Malta"))
    listed.write_bytes(b"\xef\xbb\xbf" + filled.write_csv(separator=";").encode())
    assert "--take" in vielfalt("places", town, expect=10).stderr, "what was filled in must not be overwritten"
    vielfalt("places", town, "--take", listed)
    kept = (town / "places.csv").read_text(encoding="utf-8-sig").splitlines()
    assert kept[0] == "spelling;country"
    assert kept[1:] == sorted(kept[1:])
    assert all(line.endswith(";145") for line in kept[1:])
    released = vielfalt("run", town, "--replace", "--json")
    assert json.loads(released.stdout)["unchanged"] is False
    second = pl.read_parquet(town / "vault" / LATEST / "persons.parquet")
    moved = first.join(second, on="record").filter(~pl.col("birth_country").eq_missing(pl.col("birth_country_right")))
    assert moved.height
    assert set(moved["birth_country_right"]) == {"145"}
    vielfalt("places", town)
    contradiction = tmp_path / "other.csv"
    contradiction.write_text(f"{kept[0]}\n{kept[1][:-3]}152\n", encoding="utf-8")
    assert "Rows 2" in vielfalt("places", town, "--take", contradiction, expect=10).stderr
    (town / "places.csv").write_text("spelling;country\nx;??\n", encoding="utf-8")
    assert "Row 2 names no present-day state" in vielfalt("run", town, expect=10).stderr
    assert "no such file" in vielfalt("places", town, "--take", tmp_path / "absent.csv", expect=10).stderr


def test_comparing_definitions_keeps_exact_counts_in_the_vault(evaluated: Path) -> None:
    done = vielfalt("compare-definitions", evaluated, "--with", "berlin-1", "--with", "mikrozensus-1", "--json")
    shown = json.loads(done.stdout)
    folder = evaluated / "vault" / LATEST / "compare-definitions"
    persons = pl.read_parquet(evaluated / "vault" / LATEST / "persons.parquet")
    assert [one["with"] for one in shown["comparisons"]] == ["berlin-1", "mikrozensus-1"]
    for one in shown["comparisons"]:
        classes = pl.read_csv(folder / f"vielfalt-1--{one['with']}.classes.csv")
        areas = pl.read_csv(folder / f"vielfalt-1--{one['with']}.areas.csv", infer_schema_length=None)
        before = dict(classes.group_by("status_before").agg(pl.col("n").sum()).iter_rows())
        assert before == dict(persons.group_by("migration_status").len().iter_rows())
        changed = int(classes.filter(pl.col("status_before") != pl.col("status_after"))["n"].sum())
        assert areas.row(0, named=True)["changed"] == changed > 0
        assert areas.row(0, named=True)["residents"] == persons.height
        assert abs(one["changed"] - changed) < shown["rounded_to"]
        counts = [row["n"] for row in one["classes"]] + [row["changed"] for row in one["areas"]]
        assert None in counts and all(count is None or count % 5 == 0 for count in counts)
        assert len(one["classes"]) == classes.height
    assert (folder.stat().st_mode & 0o077, (folder / "definitions.csv").stat().st_mode & 0o077) == (0, 0)
    assert not list((evaluated / "releases").rglob("*compare*"))


def test_definitions_can_be_compared_before_any_run(town: Path) -> None:
    vielfalt("compare-definitions", town, "--with", "berlin-1")
    assert (town / "vault" / LATEST / "compare-definitions" / "definitions.csv").exists()


def test_the_screen_of_a_comparison_shows_no_small_count(evaluated: Path) -> None:
    done = vielfalt("compare-definitions", evaluated, "--with", "bielefeld-1")
    assert "Immigration history (register)" in done.stdout and "about half are not seen" in done.stdout
    table = [line.split() for line in done.stdout.splitlines() if line.strip().startswith("German children")]
    assert table and all(row[-1].startswith("<5") or int(row[-1].replace(",", "")) % 5 == 0 for row in table)


def test_an_unknown_rule_set_is_a_usage_error(evaluated: Path) -> None:
    done = vielfalt("compare-definitions", evaluated, "--with", "vielfalt-1", expect=2)
    assert "berlin-1, wuerzburg-1, bielefeld-1, mikrozensus-1" in done.stderr


def test_a_release_names_its_rule_set_and_is_not_compared_with_another(town: Path, evaluated: Path) -> None:
    shutil.copytree(evaluated / "releases", town / "releases")
    settings = town / "town.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[town]\n", '[town]\nrule_set = "bielefeld-1"\n'), encoding="utf-8")
    vielfalt("run", town, "--replace", "--lang", "en")
    release = town / "releases" / f"{LATEST}-2"
    content = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))["vielfalt"]
    named = {table["id"]: table["definitions"] for table in content["tables"]}
    assert content["rule_set"] == "bielefeld-1"
    assert named["mh_register"] == ["residents", "mh_bielefeld"]
    assert "eg_register" in named["immigration_history"]
    assert "mh_register" not in {one["id"] for one in content["definitions"]}
    report = (release / "report.html").read_text(encoding="utf-8")
    assert "bielefeld-1 (Bielefeld, glossary)" in report
    assert "Figures that depend on the rules are not compared" in report
    rules = pl.read_csv(release / "tables" / "migration_rule.csv", infer_schema=False)["migration_rule"]
    assert "F1-H" in set(rules) and not {"D1", "F1"} & set(rules)
    persons = pl.read_parquet(town / "vault" / LATEST / "persons.parquet")
    traced = persons.filter(pl.col("migration_rule") == "F1-H")["record"][0]
    assert "Rules of the migration status (bielefeld-1)" in vielfalt("trace", town, traced).stdout


def test_the_audit_holds_and_a_release_remembers_what_was_published_before(evaluated: Path, tmp_path: Path) -> None:
    folders = sorted(path for path in (evaluated / "releases").iterdir() if path.is_dir())
    told = json.loads(vielfalt("audit", *folders, "--json").stdout)
    assert told["passed"]
    assert [entry["id"] for entry in told["attacks"][:3]] == ["recompute", "definitions", "releases"]
    assert all(entry["disclosed"] == 0 and entry["cells"] > 0 for entry in told["attacks"][:3])
    assert "figures tried, held" in vielfalt("audit", folders[-1]).stdout
    remembered = json.loads((folders[-1] / "audit.json").read_text(encoding="utf-8"))["published_before"]
    assert [entry["release"] for entry in remembered] == [folder.name for folder in folders[:-1]]
    wrong = tmp_path / "elsewhere.csv"
    wrong.write_text("level,area,shoe_size,value\ntown,1,42,7\n", encoding="utf-8")
    assert "cannot be used" in vielfalt("audit", folders[-1], "--known", wrong, expect=10).stderr


def test_a_second_release_of_a_date_that_tells_beside_the_first_is_refused_or_replaces_it(
    evaluated: Path, tmp_path: Path
) -> None:
    """Other thresholds hide other figures: what one release hides, the other may show."""
    root = tmp_path / "town"
    shutil.copytree(evaluated, root, ignore=shutil.ignore_patterns("truth"))
    settings = root / "town.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[protection]\nmin_area = 60\nmin_cell = 8\n", "utf-8")
    first = sorted((root / "releases").glob(f"{LATEST}-*"))
    refused = vielfalt("run", root, "--date", LATEST, expect=12).stderr
    assert "beside those before it" in refused
    assert "--replace" in refused
    assert sorted((root / "releases").glob(f"{LATEST}-*")) == first
    vielfalt("run", root, "--date", LATEST, "--replace")
    assert [path.name for path in sorted((root / "releases").glob(f"{LATEST}-*"))] == [f"{LATEST}-2", f"{LATEST}-2.zip"]
    away = root / "vault" / "withdrawn"
    assert sorted(path.name for path in away.iterdir()) == [f"{LATEST}-1", f"{LATEST}-1.zip"]
    audit = json.loads((root / "releases" / f"{LATEST}-2" / "audit.json").read_text(encoding="utf-8"))
    assert f"{LATEST}-1" not in {entry["release"] for entry in audit["published_before"]}
    assert "Nothing has changed" in vielfalt("run", root, "--date", LATEST, "--replace").stdout
