"""Birth places: the index, taking texts apart, and the candidates of each text."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vielfalt import codes
from vielfalt.errors import StorageError
from vielfalt.register import gazetteer, places
from vielfalt.register.birth_texts import read_birth_text
from vielfalt.register.gazetteer import Place, build_index

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
MUNICIPALITIES = SHARED / "data/municipalities/gerda_census2022_municipalities.csv"


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return gazetteer.place_index(tmp_path_factory.mktemp("places"))


def countries(text: str, index: pl.DataFrame) -> list[str]:
    return places.candidates([text], index)["country"].to_list()


def first(text: str, index: pl.DataFrame) -> tuple[str, str, str]:
    row = places.candidates([text], index).row(0, named=True)
    return row["country"], row["region"], row["how"]


@pytest.mark.parametrize(
    ("text", "country", "region", "how"),
    [
        ("Köln", "000", "", "exact"),
        ("KOELN", "000", "", "exact"),
        ("Frankfurt a. Main", "000", "", "variant"),
        ("Halle (Saale)", "000", "", "exact"),
        ("Köln-Ehrenfeld", "000", "", "variant"),
        ("Karl-Marx-Stadt", "000", "", "exact"),
        ("Breslau", "152", "east", "exact"),
        ("Breslau/Polen", "152", "east", "exact"),
        ("Wrocław", "152", "east", "exact"),
        ("Danzig/Westpr.", "152", "east", "variant"),
        ("Stettin (früher Deutschland)", "152", "east", "exact"),
        ("Neustadt Kr. Leobschütz", "152", "east", "variant"),
        ("Kattowitz", "152", "", "exact"),
        ("Königsberg (jetzt Kaliningrad)", "160", "east", "exact"),
        ("Tilsit", "160", "east", "exact"),
        ("Memel", "142", "east", "exact"),
        ("Reichenberg/CSSR", "164", "sudeten", "exact"),
        ("Liberec", "164", "sudeten", "exact"),
        ("Friedland in Böhmen", "164", "sudeten", "exact"),
        ("Prag - CSSR", "164", "", "exact"),
        ("Preßburg", "155", "", "exact"),
        ("Hermannstadt", "154", "", "exact"),
        ("Temeschburg", "154", "", "exact"),
        ("Bukarestt", "154", "", "typo"),
        ("Alma-Ata (UdSSR)", "444", "", "exact"),
        ("Zelinograd", "444", "", "exact"),
        ("Tschimkent", "444", "", "exact"),
        ("Karagnda", "444", "", "typo"),
        ("Michailowka, Gebiet Pawlodar", "444", "", "variant"),
        ("Frunse jetzt Bischkek", "450", "", "exact"),
        ("Leninabad / Tadschikistan/UdSSR", "470", "", "exact"),
        ("Dnjepropetrowsk", "166", "", "exact"),
        ("Stalino", "166", "", "exact"),
        ("Beograd/Jugoslawien", "170", "", "exact"),
        ("Prizren/YU", "150", "", "exact"),
        ("Izmir/TR", "163", "", "exact"),
        ("Altindag/Ankara", "163", "", "variant"),
        ("Schwäbisch Gmünd-Bargau", "000", "", "variant"),
        ("Halle/S.", "000", "", "variant"),
        ("Neustadt O.S.", "152", "", "exact"),
        ("Königstein/Ts.", "000", "", "exact"),
        ("Qamishli", "475", "", "exact"),
        ("Thessaloniki", "134", "", "exact"),
        ("Bad Reinerz, Kr. Glatz", "152", "east", "variant"),
        ("Ratibor O.S.", "152", "east", "exact"),
        ("Zglerz/Warthegau", "152", "", "typo"),
        ("Posen (Wartheland)", "152", "", "exact"),
        ("Tetschen-Bodenbach/Sudetenland", "164", "sudeten", "exact"),
        ("Czernowitz/Bukowina", "166", "", "exact"),
        ("Swerdlowsk, jetzt Jekaterinburg", "160", "", "exact"),
        ("Kuibyschew", "160", "", "exact"),
        ("Gorki", "160", "", "exact"),
        ("Ivangrad/YU", "140", "", "exact"),
        ("Bosanska Gradiška", "122", "", "exact"),
        ("Đakovica", "150", "", "exact"),
        ("Tuz Xyz/Bosnien-Herzegowina", "122", "", "state_name"),
        ("Thanh Hoa", "432", "", "exact"),
        ("Deir Essor", "475", "", "exact"),
        ("Mazare Sharif/Afghanistan", "423", "", "variant"),
        ("Sulaimaniyya / Irak", "438", "", "exact"),
        ("Kasan (Ausland)", "160", "", "exact"),
        ("Sarıkaya köyü", "163", "", "variant"),
        ("Schwã¤bisch Gmã¼nd", "000", "", "exact"),
        ("Brlin", "000", "", "hint"),
        ("Ellw.", "000", "", "hint"),
        ("Ulm a.d. Donau", "000", "", "variant"),
        ("Giengenanderbrenz", "000", "", "exact"),
        ("Blumberg-Nord", "000", "", "variant"),
        ("Bad Cannstatt", "000", "", "exact"),
        ("UdSSR", "159", "", "state_name"),
        ("ehemalige Sowjetunion", "159", "", "state_name"),
        ("Altairegion", "160", "", "state_name"),
        ("Türkei", "163", "", "state_name"),
        ("Xqzwjk, Kasachstan", "444", "", "state_name"),
    ],
)
def test_first_candidate(index: pl.DataFrame, text: str, country: str, region: str, how: str) -> None:
    assert first(text, index) == (country, region, how)


def test_homonyms_keep_all_their_candidates_unless_the_text_names_the_state(index: pl.DataFrame) -> None:
    assert {"000", "152"} <= set(countries("Neustadt", index))
    assert countries("Neustadt/Polen", index) == ["152"]
    assert {"164", "165"} <= set(countries("Eger", index))


def test_a_state_without_a_fitting_place_stands_beside_the_candidates(index: pl.DataFrame) -> None:
    found = places.candidates(["Breslau/Deutschland"], index)
    assert set(found.filter(pl.col("how") == "state_name")["country"]) == {"000"}
    assert "152" in set(found["country"])


def test_the_mere_name_of_a_state_is_no_town_abroad(index: pl.DataFrame) -> None:
    assert countries("Libanon", index) == ["451"]
    assert set(countries("Kongo", index)) == {"245", "246"}


@pytest.mark.parametrize("text", ["", "   ", "unbekannt", "?", "()", "./.", "-", "k.A.", "\N{BLACK SQUARE}"])
def test_texts_that_say_nothing_have_no_candidates(index: pl.DataFrame, text: str) -> None:
    assert places.candidates([text], index).height == 0


def test_the_frame_has_one_row_per_place_and_country_in_the_order_given(index: pl.DataFrame) -> None:
    texts = ["Neustadt", "Aachen", "Neustadt", "unbekannt", "NEUSTADT"]
    found = places.candidates(texts, index)
    assert dict(found.schema) == places.SCHEMA
    assert found.select("place", "country").is_unique().all()
    assert found["place"].unique(maintain_order=True).to_list() == ["Neustadt", "Aachen", "NEUSTADT"]
    assert set(found["how"]) <= set(places.HOW)
    assert found.null_count().sum_horizontal().item() == 0
    assert places.candidates([], index).schema == places.SCHEMA


def test_every_candidate_is_a_key_of_the_code_list(index: pl.DataFrame) -> None:
    assert set(index["country"]) <= set(codes.countries())
    assert set(index["region"]) == {"", "east", "sudeten"}
    listed = (*gazetteer.knowledge("old_names"), *gazetteer.knowledge("states"), *gazetteer.knowledge("territories"))
    assert {row["country"] for row in listed} <= set(codes.countries())


@pytest.mark.parametrize(
    ("name", "east"),
    [
        *(
            (name, True)
            for name in ("Legnica", "Opole", "Szczecin", "Olsztyn", "Gliwice", "Racibórz", "Bytom", "Słupsk")
        ),
        *((name, True) for name in ("Malbork", "Kwidzyn", "Gdańsk", "Sopot", "Człuchów", "Lębork", "Zabrze")),
        *((name, False) for name in ("Poznań", "Bydgoszcz", "Katowice", "Rybnik", "Chojnice", "Gdynia", "Tczew")),
        *((name, False) for name in ("Warszawa", "Łódź", "Kościerzyna", "Ruda Śląska", "Tarnowskie Góry", "Cieszyn")),
    ],
)
def test_the_border_of_1937(index: pl.DataFrame, name: str, east: bool) -> None:
    row = places.candidates([f"{name}/Polen"], index).row(0, named=True)
    assert (row["country"], row["region"]) == ("152", "east" if east else "")


def test_own_old_names_all_lead_to_their_state(index: pl.DataFrame) -> None:
    old = gazetteer.knowledge("old_names")
    found = places.candidates([row["name"] for row in old], index)
    known = set(found.filter(pl.col("how") == "exact").select("place", "country").iter_rows())
    assert [row["name"] for row in old if (row["name"], row["country"]) not in known] == []


@pytest.mark.skipif(not MUNICIPALITIES.exists(), reason="needs the shared reference data")
def test_german_municipalities_are_known_in_germany(index: pl.DataFrame) -> None:
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as file:
        names = sorted({row["municipality_name"].split(",")[0] for row in csv.DictReader(file)})
    found = places.candidates(names, index).filter(pl.col("country") == "000")
    assert found["place"].n_unique() > 0.999 * len(names)


@cache
def small() -> pl.DataFrame:
    return build_index(
        [
            Place("Altenberg", ("Starohora",), "155", "", 400_000),
            Place("Altenberg", (), "000", "", 30_000),
            Place("Starohora", (), "164", "", 50_000),
        ]
    )


def test_a_further_name_weighs_a_tenth_abroad() -> None:
    found = places.candidates(["Starohora"], small())
    assert found.select("country", "weight").rows() == [("164", 50_000), ("155", 40_000)]


def test_one_letter_off_only_where_nothing_else_is_found_and_the_first_letter_stands() -> None:
    found = places.candidates(["Altenbreg", "Ltenberg", "Altnbrg", "Altenberg"], small())
    assert found.select("place", "how").unique(maintain_order=True).rows() == [
        ("Altenbreg", "typo"),
        ("Altenberg", "exact"),
    ]


def test_the_town_itself_is_known_and_a_known_one_keeps_its_weight() -> None:
    index = gazetteer.with_town(small(), "Neuenweiler")
    assert places.candidates(["NEUENWEILER"], index).select("country", "how").rows() == [("000", "exact")]
    assert gazetteer.with_town(small(), "Altenberg").equals(small())


@given(st.text(alphabet="aAbß/(),-. äx1", max_size=12))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert places.candidates([text], small()).select("place").unique().rows() in ([], [(text,)])


def test_readings() -> None:
    assert read_birth_text("Frunse, jetzt Bischkek").leads[0].name == "bischkek"
    assert read_birth_text("Tiflis/Georgien (UdSSR)").states == (("430", ""),)
    assert read_birth_text("Lemberg/damals Polen").states == ()
    assert read_birth_text("Ostpreußen").states == (("152", "east"), ("160", "east"))
    assert read_birth_text("Königsberg i.Bay.").states == (("000", ""),)


def test_the_index_is_kept_and_a_broken_file_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    def world() -> list[Place]:
        built.append(1)
        return [Place("Altenberg", (), "000", "", 30_000)]

    monkeypatch.setattr(gazetteer, "world", world)
    first_index = gazetteer.place_index(tmp_path / "cache")
    assert gazetteer.place_index(tmp_path / "cache").equals(first_index)
    assert len(built) == 1
    (kept,) = (tmp_path / "cache").iterdir()
    for damage in (b"", kept.read_bytes()[:300], b"no parquet"):
        kept.write_bytes(damage)
        assert gazetteer.place_index(tmp_path / "cache").equals(first_index)
    pl.DataFrame({"name": ["x"]}).write_parquet(kept)
    assert gazetteer.place_index(tmp_path / "cache").equals(first_index)
    assert len(built) == 5


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "world", lambda: [Place("Altenberg", (), "000", "", 30_000)])
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="index of place names"):
        gazetteer.place_index(tmp_path / "file")
