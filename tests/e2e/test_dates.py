"""Reference dates one after another, as a user meets them: what the vault has lost, and what was delivered twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from command_line import vielfalt
from vielfalt.synthetic import write_town

BEFORE, NOW = "2024-12-31", "2025-12-31"


def printed(*words: object, expect: int = 0) -> str:
    """All that a command printed."""
    done = vielfalt(*words, expect=expect)
    return done.stdout + done.stderr


def described(town: Path, release: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((town / "releases" / release / "datapackage.json").read_text("utf-8"))
    vielfalt_of: dict[str, Any] = content["vielfalt"]
    return vielfalt_of


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic town whose earlier date is evaluated."""
    root = tmp_path_factory.mktemp("town") / "town"
    write_town(root, residents=1_500, seed=5, dates=(20241231, 20251231), progress=lambda _: None)
    vielfalt("run", root, "--date", BEFORE)
    return root


@pytest.fixture
def town(tmp_path: Path, evaluated: Path) -> Path:
    """A copy of it, to be spoiled."""
    return Path(shutil.copytree(evaluated, tmp_path / "town"))


def test_the_same_extract_under_two_dates_is_a_break(town: Path) -> None:
    shutil.copy(town / "register" / BEFORE / "register.csv", town / "register" / NOW / "register.csv")
    vielfalt("run", town)
    told = described(town, f"{NOW}-1")
    assert [entry["check"] for entry in told["breaks"]] == ["same_extract"]
    assert not {"came", "went"} & {table["id"] for table in told["tables"]}
    assert "may be the extract of the earlier date once more" in (
        town / "releases" / f"{NOW}-1" / "report.html"
    ).read_text("utf-8")


def test_what_the_vault_has_lost_is_written_again_without_a_new_release(town: Path) -> None:
    kept = {path.name: path.read_bytes() for path in (town / "vault" / BEFORE).iterdir()}
    assert "Deleted" in printed("forget", town, "--date", BEFORE)
    for lost in ("facts.json", "persons.parquet"):
        (town / "vault" / BEFORE / lost).unlink()
    assert "Nothing has changed" in printed("run", town, "--date", BEFORE)
    for name in ("links.parquet", "facts.json", "persons.parquet"):
        assert (town / "vault" / BEFORE / name).read_bytes() == kept[name], name
    assert [path.name for path in sorted((town / "releases").iterdir())] == [f"{BEFORE}-1", f"{BEFORE}-1.zip"]


def test_a_new_key_makes_the_link_file_anew_and_no_new_release(town: Path) -> None:
    """The figures are the same; but under the new key nobody of the old link file would be found again."""
    (town / "vault" / "key").write_bytes(bytes(range(32)))
    assert "Nothing has changed" in printed("run", town, "--date", BEFORE)
    vielfalt("run", town)
    told = described(town, f"{NOW}-1")
    assert told["movements_since"] == BEFORE and "links_lost" not in {entry["check"] for entry in told["breaks"]}
    assert [path.name for path in sorted((town / "releases").glob(f"{BEFORE}-*"))] == [f"{BEFORE}-1", f"{BEFORE}-1.zip"]


def test_a_damaged_link_file_stops_the_run_with_a_next_step(town: Path) -> None:
    path = town / "vault" / BEFORE / "links.parquet"
    path.write_bytes(b"nothing")
    told = printed("run", town, expect=14)
    assert "link file" in told and str(path) in told and "vielfalt forget" in told
    assert not (town / "releases" / f"{NOW}-1").exists()
    vielfalt("forget", town, "--date", BEFORE)
    vielfalt("run", town, "--date", BEFORE)
    vielfalt("run", town)
    assert described(town, f"{NOW}-1")["movements_since"] == BEFORE
    audit = json.loads((town / "releases" / f"{NOW}-1" / "audit.json").read_text("utf-8"))
    assert [attack["id"] for attack in audit["attacks"]][:2] == ["recompute", "recompute_between_dates"]
    between = audit["attacks"][1]
    assert between["cells"] > between["hidden"] > 0 and between["disclosed"] == 0 and audit["passed"]


def test_a_release_that_lost_a_file_is_not_called_unchanged(town: Path) -> None:
    folder = town / "releases" / f"{BEFORE}-1"
    (folder / "report.pdf").unlink()
    told = printed("run", town, "--date", BEFORE, expect=10)
    assert str(folder / "report.pdf") in told and "Nothing has changed" not in told
    (town / "vault" / "key").write_bytes(b"half")
    assert "key of the town is damaged" in printed("run", town, "--date", BEFORE, expect=11)


def test_replacing_puts_former_releases_away_also_when_nothing_has_changed(town: Path) -> None:
    """Forgotten the first time: the new release stays, the one before it no longer counts as published."""
    settings = town / "town.toml"
    settings.write_text(settings.read_text("utf-8").replace('language = "de"', 'language = "en"'), "utf-8")
    (town / "places.csv").write_text("spelling;country\nnowhere at all;151\n", "utf-8")
    vielfalt("run", town, "--date", BEFORE)
    kept = {path.name: path.read_bytes() for path in (town / "releases" / f"{BEFORE}-2").rglob("*") if path.is_file()}
    told = json.loads(printed("run", town, "--date", BEFORE, "--replace", "--json"))
    away = town / "vault" / "withdrawn" / f"{BEFORE}-1"
    assert told["unchanged"] and told["withdrawn"] == [str(away)]
    assert (away / "MANIFEST").exists() and away.with_name(f"{BEFORE}-1.zip").exists()
    assert [path.name for path in sorted((town / "releases").iterdir())] == [f"{BEFORE}-2", f"{BEFORE}-2.zip"]
    now = {path.name: path.read_bytes() for path in (town / "releases" / f"{BEFORE}-2").rglob("*") if path.is_file()}
    assert now == kept


def test_an_extract_that_was_corrected_is_not_released_beside_the_one_that_is_out(town: Path) -> None:
    """Whoever has both releases subtracts them: what is left are those who were missing."""
    extract = town / "register" / BEFORE / "register.csv"
    lines = extract.read_bytes().splitlines(keepends=True)
    extract.write_bytes(b"".join(lines[:-40]))
    kept = {path.name: path.read_bytes() for path in (town / "vault" / BEFORE).iterdir()}
    refused = printed("run", town, "--date", BEFORE, expect=12)
    assert "whom a correction was about" in refused
    assert "comes with the next reference date" in refused
    assert not (town / "releases" / f"{BEFORE}-2").exists()
    assert {"persons.parquet", "evidence.parquet", "links.parquet", "facts.json", "rooms.parquet"} < kept.keys()
    now = {path.name: path.read_bytes() for path in (town / "vault" / BEFORE).iterdir()}
    assert now == kept, "what the release counts, for the next date and for trace"
    vielfalt("run", town, "--date", BEFORE, "--replace")
    assert [path.name for path in sorted((town / "releases").iterdir())] == [f"{BEFORE}-2", f"{BEFORE}-2.zip"]
    assert kept["links.parquet"] != (town / "vault" / BEFORE / "links.parquet").read_bytes()


def test_naturalised_who_are_hidden_for_the_room_of_others_do_not_follow_from_movements(town: Path) -> None:
    """They are the foreigners of the earlier date and those who came, without those who left and those of the later."""
    vielfalt("run", town)
    tables = town / "releases" / f"{NOW}-1" / "tables"
    changed, flows = (
        pl.read_csv(tables / f"{id}.csv", infer_schema=False).filter(level="town")
        for id in ("citizenship_change", "flow_by_mh_group")
    )
    assert changed.filter(citizenship_change="naturalised")["status"].item() == "suppressed", "the case tested"
    told = flows.filter(pl.col("mh_group").is_in(["foreigner", "german_with"]), pl.col("flow").is_in(["new", "gone"]))
    assert set(told["status"]) == {"suppressed"} and told.height == 4
