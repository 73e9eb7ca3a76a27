"""Each method of protection end to end on a small synthetic town: two dates, package, report, nothing secret."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from command_line import vielfalt
from vielfalt import dates
from vielfalt.publish.releases import check_manifest, read_release
from vielfalt.synthetic import write_town
from vielfalt.town import read_town

DATES = (20241231, 20251231)
SETTINGS: Mapping[str, str] = {
    "cell_key": '[protection]\nmethod = "cell_key"\n[protection.cell_key]\nlargest_shift = 6\nvariance = 3.2187\n',
    "additive": '[protection]\nmethod = "cell_key"\n[protection.cell_key]\nadditive = true\n',
    "chance": '[protection]\nmethod = "rounding"\n',
    "nearest": '[protection]\nmethod = "rounding"\n[protection.rounding]\nbase = 3\ndirection = "nearest"\n',
}


TWO_DATES = ("cell_key", "chance")
"""The methods with which both dates are evaluated."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plain") / "town"
    write_town(root, residents=4_000, seed=11, dates=DATES, progress=lambda _: None)
    return root


@pytest.fixture(scope="module", params=list(SETTINGS))
def evaluated(
    request: pytest.FixtureRequest, plain: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    root = tmp_path_factory.mktemp(request.param) / "town"
    shutil.copytree(plain, root)
    with (root / "town.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + SETTINGS[request.param])
    for date in DATES if request.param in TWO_DATES else DATES[1:]:
        vielfalt("run", root, "--date", dates.to_iso(date))
    return request.param, root


def release(root: Path) -> Path:
    return root / "releases" / "2025-12-31-1"


def tables(root: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_csv(path, infer_schema=False) for path in (release(root) / "tables").glob("*.csv")}


def test_every_number_is_marked_and_none_is_small(evaluated: tuple[str, Path]) -> None:
    method, root = evaluated
    base = {"nearest": 3, "chance": 5}.get(method, 1)
    for id, table in tables(root).items():
        shown = table.filter(pl.col("value") != ".").with_columns(pl.col("value").cast(pl.Int64))
        exact = shown.filter(pl.col("status") == "ok")
        wanted = [("town", "99999001")] if id == "residents" and method == "cell_key" else []
        assert exact.select("level", "area").rows() == wanted
        values = shown.filter(pl.col("status") == "estimated")["value"]
        assert ((values == 0) | (values >= 3)).all()
        assert (values % base == 0).all()


def test_figures_are_near_those_of_the_vault(evaluated: tuple[str, Path]) -> None:
    """Foreigners in the town: changed, by no more than the settings say."""
    method, root = evaluated
    persons = pl.read_parquet(root / "vault" / "2025-12-31" / "persons.parquet")
    foreign = persons.filter(pl.col("migration_status").str.starts_with("foreigner")).height
    table = tables(root)["foreigner"]
    shown = table.filter((pl.col("level") == "town") & (pl.col("foreigner") == "foreign"))["value"][0]
    limit = {"cell_key": 6, "additive": 6 * table["area"].n_unique(), "nearest": 1, "chance": 4}[method]
    assert shown == "." or abs(int(shown) - foreign) <= limit


def test_the_package_says_how_to_read_it_and_keeps_the_settings(evaluated: tuple[str, Path]) -> None:
    method, root = evaluated
    folder = release(root)
    check_manifest(folder)
    said = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["vielfalt"]
    assert said["altered"]["method"] and len(said["altered"]["reading"]) >= 3
    assert ("perturbation_fingerprint" in said["altered"]) == (method in ("cell_key", "additive"))
    texts = [
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in (".json", ".csv", ".html")
    ]
    secret = ("largest_shift", 'variance"', "3.2187", "key_sum", "chances")
    assert [word for word in secret if any(word in text for text in texts)] == []


def test_the_table_is_kept_in_the_vault_alone(evaluated: tuple[str, Path]) -> None:
    method, root = evaluated
    kept = root / "vault" / "2025-12-31" / "perturbation.json"
    assert kept.exists() == (method in ("cell_key", "additive"))
    if method == "cell_key":
        assert json.loads(kept.read_text(encoding="utf-8"))["settings"]["variance"] == 3.2187


def test_the_report_says_it(evaluated: tuple[str, Path]) -> None:
    method, root = evaluated
    text = (release(root) / "report.html").read_text(encoding="utf-8")
    words = {
        "cell_key": "every number is changed a little",
        "additive": "areas add up",
        "chance": "Rounding up or down by chance to a multiple of 5",
        "nearest": "Rounding to the nearest multiple of 3",
    }
    assert words[method] in text
    assert (release(root) / "report.pdf").stat().st_size > 50_000


def test_dates_are_compared_and_movements_refused(evaluated: tuple[str, Path]) -> None:
    method, root = evaluated
    if method not in TWO_DATES:
        pytest.skip("evaluated for one date")
    said = json.loads((release(root) / "datapackage.json").read_text(encoding="utf-8"))["vielfalt"]
    assert "numbers_changed" in [entry["check"] for entry in said["breaks"]]
    assert not {"came", "went", "residents_before"} & {entry["id"] for entry in said["tables"]}
    assert said["previous_release"] == "2024-12-31-1"
    assert read_release(release(root)).tables["residents"].method == said["tables"][0]["protection"]["method"]
    assert "Change in the town as a whole" in (release(root) / "report.html").read_text(encoding="utf-8")


def test_the_cost_is_told(evaluated: tuple[str, Path]) -> None:
    method, root = evaluated
    said = json.loads((release(root) / "datapackage.json").read_text(encoding="utf-8"))["vielfalt"]["utility"]
    frames = tables(root).values()
    assert said["figures"] == sum(frame.height for frame in frames)
    assert said["hidden"] == sum((frame["value"] == ".").sum() for frame in frames)
    low, high = {"cell_key": (0.8, 2.5), "additive": (1.0, 6.0), "nearest": (0.4, 1.0), "chance": (1.0, 2.5)}[method]
    assert low < said["mean_change"] < high
    assert 0 < said["share_change"] < 0.02 and said["areas_in_another_class"] < said["areas_on_maps"] / 2
    assert "What the protection costs" in (release(root) / "report.html").read_text(encoding="utf-8")


def test_a_second_run_gives_the_same_numbers(evaluated: tuple[str, Path]) -> None:
    """Nothing is drawn anew: a release made again is the same, file by file."""
    method, root = evaluated
    if method != "cell_key":
        pytest.skip("properties test the others")
    before = {path.name: path.read_bytes() for path in (release(root) / "tables").iterdir()}
    (root / "vault" / "2025-12-31" / "run.json").unlink()
    told = json.loads(vielfalt("run", root, "--json").stdout)
    assert told["utility"]["mean_change"] > 0
    again = root / "releases" / "2025-12-31-2" / "tables"
    assert {path.name: path.read_bytes() for path in again.iterdir()} == before
    shutil.rmtree(again.parent)
    again.parent.with_suffix(".zip").unlink()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ('method = "noise"', "allowed are suppression, cell_key, rounding"),
        ('method = "cell_key"\n[protection.cell_key]\nvariance = 2', "between 2.000 and 3.778; demanded is 2"),
        ('method = "cell_key"\n[protection.cell_key]\nsmallest = 2', "smallest” must be a whole number from 3 to 50"),
        ('method = "cell_key"\n[protection.cell_key]\nadditive = 1', "must be true or false"),
        ("[protection.cell_key]\nlargest = 3", "protection.cell_key.largest” is not known"),
        ("[protection.rounding]\nbase = 7", "allowed are 3, 5, 10"),
        ("cell_key = 3", "must be a section of its own, headed [protection.cell_key]"),
    ],
)
def test_mistaken_settings_are_named(plain: Path, tmp_path: Path, settings: str, sentence: str) -> None:
    root = tmp_path / "town"
    shutil.copytree(plain, root)
    with (root / "town.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[protection]\n{settings}\n")
    shown = vielfalt("run", root, "--date", "2024-12-31", expect=11).stderr
    assert sentence in shown
    assert not (root / "releases").exists()


def test_the_default_is_suppression(plain: Path) -> None:
    assert type(read_town(plain).method(DATES[0])).__name__ == "Suppression"
