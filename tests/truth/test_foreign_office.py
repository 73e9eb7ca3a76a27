"""The second office: the same people in another register, the same bytes each time, and apart from what reads it."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import bench.foreign
import polars as pl
import pytest
from bench.foreign import FOREIGN, pools, spelling
from bench.foreign.translit import transliterated
from bench.truth.compare import joined, measure, questions

from vielfalt.synthetic import dirt, write_town
from vielfalt.town import read_town

DATES = (20231231, 20251231)
ROWS_OF_AN_OFFICE = ("record", "trouble", "double", "broken", "counted")


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("offices")
    for name in ("foreign", "again"):
        write_town(folder / name, residents=4_000, seed=5, dates=DATES, office=FOREIGN, progress=lambda _: None)
    write_town(folder / "house", residents=4_000, seed=5, dates=DATES, progress=lambda _: None)
    return {name: folder / name for name in ("foreign", "again", "house")}


def truth(root: Path, date: str = "2025-12-31") -> pl.DataFrame:
    return pl.read_parquet(root / "truth" / f"{date}.parquet")


def test_the_same_seed_writes_the_same_bytes(towns: dict[str, Path]) -> None:
    digests = [
        {
            path.relative_to(towns[name]): hashlib.sha256(path.read_bytes()).digest()
            for path in towns[name].rglob("*")
            if path.is_file()
        }
        for name in ("foreign", "again")
    ]
    assert digests[0] == digests[1]


def test_another_office_never_changes_what_happened(towns: dict[str, Path]) -> None:
    for date in ("2023-12-31", "2025-12-31"):
        lives = [
            truth(towns[name], date)
            .filter(pl.col("double") == "")
            .select(pl.exclude(*ROWS_OF_AN_OFFICE, "^entered_.*$"))
            .sort("person")
            for name in ("foreign", "house")
        ]
        assert lives[0].equals(lives[1])


def test_entries_stay_with_the_person(towns: dict[str, Path]) -> None:
    places = []
    for date in ("2023-12-31", "2025-12-31"):
        text = (towns["foreign"] / "register" / date / "register.csv").read_text(encoding="utf-8")
        header, *lines = text.splitlines()
        number, place = header.split(";").index("Ordnungsmerkmal"), header.split(";").index("GebOrt")
        plain = [line.split(";") for line in lines if line.count(";") == header.count(";") and '"' not in line]
        places.append({row[number]: row[place] for row in plain})
    both = places[0].keys() & places[1].keys()
    assert len(both) > 3_000
    assert all(places[0][person] == places[1][person] for person in both)


def test_its_lists_and_reasons_are_its_own() -> None:
    folder = Path(bench.foreign.__file__).parent
    for path in folder.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        modules = {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
        ours = {name for name in modules if name.startswith("vielfalt")}
        assert all(name.startswith(("vielfalt.synthetic", "vielfalt.numbers")) for name in ours), path.name
        assert "importlib" not in source and "_DATA.parent" not in source
    house = Path(dirt.__file__).parent
    assert not any("bench" in path.read_text(encoding="utf-8") for path in house.glob("*.py"))
    reading = Path(dirt.__file__).parents[1] / "register"
    assert not any("bench" in path.read_text(encoding="utf-8") for path in reading.rglob("*.py"))


def test_every_kind_of_its_trouble_is_its_own(towns: dict[str, Path]) -> None:
    kinds = set(truth(towns["foreign"])["trouble"].str.split(" ").explode()) - {""}
    own = {kind for kind in kinds if not kind.startswith(("renamed", "home_unmarked"))}
    assert own <= FOREIGN.rates.keys()
    assert len(own) > 40
    assert not FOREIGN.rates.keys() & dirt.RATES.keys() - {"second_home_in_town", "double_entry", "double_person"}


def test_the_page_names_every_rate() -> None:
    page = (Path(__file__).parents[2] / "docs/explanation/how-true.md").read_text(encoding="utf-8")
    dissolved = ("state_of_then_", "nationality_of_then_")
    missing = [kind for kind in FOREIGN.rates if f"`{kind}`" not in page and not kind.startswith(dissolved)]
    assert missing == []


def test_places_lie_in_the_true_country() -> None:
    assert "Adana" in pools.pool(163).name
    assert set(pools.states()) <= {int(row["key"]) for row in pools.rows("keys.csv")}
    listed = list(pools.rows("places.csv"))
    assert {int(row["key"]) for row in listed} <= {int(row["key"]) for row in pools.rows("keys.csv")}
    assert set(pools.expelled()) == {142, 152, 160, 164}


@pytest.mark.parametrize(
    ("system", "written"),
    [
        ("iso9", ["Hrustalʹnyj", "Ŝučʹe", "Žezkazgan", "Essentuki"]),
        ("duden", ["Chrustalny", "Schtschutschje", "Scheskasgan", "Jessentuki"]),
        ("english", ["Khrustal'nyy", "Shchuch'ye", "Zhezkazgan", "Yessentuki"]),
        ("polish", ["Chrustalnyj", "Szczuczje", "Żezkazgan", "Jessentuki"]),
        ("french", ["Khroustalnyï", "Chtchoutchie", "Jezkazgan", "Iessentouki"]),
    ],
)
def test_five_ways_of_writing_names(system: str, written: list[str]) -> None:
    assert [transliterated(name, system) for name in ("Хрустальный", "Щучье", "Жезказган", "Ессентуки")] == written


def test_mechanisms_change_a_name_in_their_way_only() -> None:
    assert spelling.plain("Łódź Şırnak Münster") == "Lodz Sirnak Münster"
    assert spelling.question_marks("Şırnak") == "??rnak"
    assert spelling.encoded_twice("Köln", 0.1) == "KÃ¶ln"
    assert spelling.without_umlauts("Groß Köln", 0.1) == "Gross Koeln"
    assert spelling.without_umlauts("Köln", 0.9) == "Koln"
    assert spelling.otherwise_joined("Deir ez-Zor", 0.1) == "Deir ez Zor"
    assert spelling.cut_off("Frankfurt am Main, Höchst", 0.0) == "Frankfurt am Main, H"
    for u in (0.0, 0.3, 0.7, 0.99):
        for mechanism in (spelling.neighbour_key, spelling.struck_twice, spelling.misread, spelling.by_ear):
            assert mechanism("Karaganda", u)[:1] == "K"
            assert mechanism("", u) == ""
            assert mechanism("Karaganda", u) == mechanism("Karaganda", u)


def test_a_town_of_each_office_is_measured_whole(towns: dict[str, Path]) -> None:
    for name in ("foreign", "house"):
        root = towns[name]
        found = measure(root, DATES[1])
        counted = truth(root).filter("counted").height
        assert {answers.rows for question, answers in found.answers.items() if "abroad" not in question} == {counted}
        assert found.pairs.hits <= min(found.pairs.true, found.pairs.given)
        assert found.entered_pairs.true <= found.pairs.true
        status = found.answers["migration_status known"]
        assert status.right > 0.9 * status.rows
        tables = questions(joined(root, DATES[1]))
        assert (
            sum(found.confusions["birth_country"].values())
            == tables["birth_country"].filter(pl.col("true") != pl.col("given").fill_null("")).height
        )
        assert read_town(root).reference_dates() == DATES
