"""Two shelters in one block end to end: their figure is shown by the rule of one address, and hidden by the p% rule."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from command_line import vielfalt
from vielfalt.synthetic import write_town

DATE, LATEST = 20251231, "2025-12-31"
AFGHANISTAN = "423"
SHELTERS = (48, 44)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A town, and its largest block: there 48 Afghans live in one house and 44 in another."""
    root = tmp_path_factory.mktemp("shelters") / "town"
    write_town(root, residents=4_000, seed=11, dates=(DATE,), progress=lambda _: None)
    truth = pl.read_parquet(root / "truth" / f"{LATEST}.parquet").filter("counted")
    block = Counter(truth["block"]).most_common(1)[0][0]
    streets = pl.read_csv(root / "areas" / "streets.csv", separator=";", infer_schema=False)
    houses = streets.filter(pl.col("block") == block).rows(named=True)[:2]
    extract = root / "register" / LATEST / "register.csv"
    head, *lines = extract.read_text(encoding="cp1252").splitlines()
    names, rows = head.split(";"), [line.split(";") for line in lines]
    whole = [dict(zip(names, row, strict=True)) for row in rows if len(row) == len(names)]
    kept = [row for row in whole if row["Staatsang1"] != AFGHANISTAN]
    number = 90_000_000
    for house, size in zip(houses, SHELTERS, strict=True):
        for _ in range(size):
            number += 1
            kept.append(whole[0] | _refugee(number) | _address(house))
    text = "\n".join([head, *(";".join(row.values()) for row in kept)]) + "\n"
    extract.write_text(text, encoding="cp1252")
    return root, block


def _address(house: dict[str, str]) -> dict[str, str]:
    found = {"StrSchl": house["street_key"], "Straße": house["street_name"], "HausNr": house["from"]}
    return found | dict.fromkeys(("HausNrZusatz", "Rechtswert", "Hochwert"), "")


def _refugee(number: int) -> dict[str, str]:
    place = number % 100
    return {
        "Ordnungsmerkmal": str(number),
        "Familienname": f"Name{'abcdefghij'[place // 10]}{'abcdefghij'[place % 10]}",
        "GebDatum": f"{place % 28 + 1:02}.{place % 12 + 1:02}.{1970 + place % 30}",
        "GebOrt": "Kabul",
        "GebStaat": AFGHANISTAN,
        "Staatsang1": AFGHANISTAN,
        "ArtDtStaatsang": "",
        "OM_Ehegatte": "",
        "OM_GesVertr1": "",
        "OM_GesVertr2": "",
        "WohnStatus": "A",
        "Heim": "J",
    }


def released(town: Path, root: Path, protection: str) -> Path:
    """A copy of the town with settings of protection, released."""
    shutil.copytree(town, root)
    with (root / "town.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[protection]\nmin_area = 100\n{protection}\n")
    vielfalt("run", root)
    return root


def figure(root: Path, block: str) -> str:
    """The Afghans of the block as published."""
    table = pl.read_csv(root / "releases" / f"{LATEST}-1" / "tables" / "nationality.csv", infer_schema=False)
    here = (pl.col("level") == "block") & (pl.col("area") == block) & (pl.col("nationality") == AFGHANISTAN)
    return str(table.filter(here)["value"].item())


def test_two_shelters_tell_each_other_only_without_the_p_percent_rule(town: tuple[Path, str], tmp_path: Path) -> None:
    root, block = town
    assert figure(released(root, tmp_path / "without", ""), block) == str(sum(SHELTERS))
    ruled = released(root, tmp_path / "with", "p_percent = 10")
    assert figure(ruled, block) == "."
    totals = pl.read_parquet(ruled / "vault" / LATEST / "totals.parquet")
    afghans = totals.filter((pl.col("table") == "nationality") & (pl.col("first_key") == AFGHANISTAN))
    assert afghans.select("n", "top", "second").row(0) == (sum(SHELTERS), *SHELTERS)
    report = (ruled / "releases" / f"{LATEST}-1" / "report.html").read_text(encoding="utf-8")
    assert "second largest address" in report


@pytest.mark.parametrize("wrong", ["101", "-1", "12.5", "true", '"10"'])
def test_a_mistaken_p_is_named(town: tuple[Path, str], tmp_path: Path, wrong: str) -> None:
    settings = (town[0] / "town.toml").read_text(encoding="utf-8")
    (tmp_path / "town.toml").write_text(f"{settings}\n[protection]\np_percent = {wrong}\n", encoding="utf-8")
    shown = vielfalt("run", tmp_path, expect=11).stderr
    assert "protection.p_percent” must be a whole number from 0 to 100" in shown
