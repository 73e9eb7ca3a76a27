"""Two reference dates of a synthetic town: the movements counted are those that happened; the vault keeps little."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from vielfalt import breaks, dates, dates_compared, definitions, parameters, programme, rule_sets
from vielfalt.cells import Cells
from vielfalt.evaluation import Evaluation, derive_and_count, keep_and_compare
from vielfalt.publish.results import Previous
from vielfalt.register import links
from vielfalt.register.pseudonyms import town_key
from vielfalt.synthetic import write_town
from vielfalt.table import counted_by
from vielfalt.town import Town, read_town
from vielfalt.vault import kept_dates
from vielfalt.vault.kept_dates import Earlier
from vielfalt.vault.workspace import workspace

BEFORE, NOW = 20241231, 20251231


@contextmanager
def quiet(_: str) -> Iterator[None]:
    """A step that shows nothing."""
    yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "town"
    write_town(folder, residents=3_000, seed=23, dates=(BEFORE, NOW), progress=lambda _: None)
    return folder


def evaluated(town: Town, date: int, earlier: Earlier | None) -> Evaluation:
    """One date evaluated as a run does, without publishing."""
    with workspace(town, date) as (engine, vault):
        keep = keep_and_compare(town, engine, vault, earlier, quiet)
        return derive_and_count(town, date, engine, town_key(town.vault), quiet, keep)


def earlier_of(town: Town, date: int) -> Earlier:
    facts = kept_dates.read_facts(town, date)
    assert facts is not None
    kept = pl.read_parquet(town.vault / dates.to_iso(date) / links.LINKS)
    return Earlier(date, kept, facts, Previous(date, f"{dates.to_iso(date)}-1", {}, town.ags, "register", ""))


@pytest.fixture(scope="module")
def both(root: Path) -> Evaluation:
    """The later date, compared with the earlier one."""
    town = read_town(root)
    evaluated(town, BEFORE, None)
    return evaluated(town, NOW, earlier_of(town, BEFORE))


def cells(evaluation: Evaluation, table: str) -> Cells:
    assert evaluation.compared is not None
    return evaluation.compared.tables[table]


def sums(table: Cells, *by: str) -> Mapping[Any, int]:
    """The counts by one column, or by several as a tuple."""
    grouped = table.frame.group_by(by).agg(pl.col("n").sum())
    return {row[0] if len(by) == 1 else tuple(row[:-1]): row[-1] for row in grouped.iter_rows()}


@pytest.fixture(scope="module")
def truth(root: Path) -> Mapping[str, pl.DataFrame]:
    """What really happened: the residents of both dates by the generator's own numbers; and who has two numbers."""
    wanted = ("person", "block", "nationality", "birth_date", "immigration_date")
    both = [pl.read_parquet(root / "truth" / f"{dates.to_iso(date)}.parquet") for date in (BEFORE, NOW)]
    first, second = (rows.filter("counted").select(wanted) for rows in both)
    twice = pl.concat([rows.filter(pl.col("trouble").str.contains("double_person")).select("person") for rows in both])
    there = first.select("person", before="block", nationality_before="nationality")
    return {
        "now": second.join(there, on="person", how="left"),
        "then": first.join(second, on="person", how="anti"),
        "twice": twice.unique(),
    }


def test_the_movements_are_those_that_happened(both: Evaluation, truth: Mapping[str, pl.DataFrame]) -> None:
    now, linked = truth["now"], pl.col("before").is_not_null()
    came, went = sums(cells(both, "came"), "came"), sums(cells(both, "went"), "went")
    new = now.filter(~linked)
    # Of a person who stands in the file under two numbers either row may count, so the person may seem to go and come.
    turned = came["born"] + came["arrived"] - new.height
    assert 0 <= turned <= truth["twice"].height <= 3
    assert came["moved"] == went["moved"]
    assert abs(came["moved"] - now.filter(linked & (pl.col("before") != pl.col("block"))).height) <= 2
    assert went["gone"] - truth["then"].height == turned
    babies = new.filter(pl.col("birth_date") > BEFORE).height
    assert babies * 0.8 <= came["born"] <= babies


def test_naturalisations_are_those_that_happened(both: Evaluation, truth: Mapping[str, pl.DataFrame]) -> None:
    foreign_before = (pl.col("nationality_before") != "000") & pl.col("nationality_before").is_not_null()
    happened = truth["now"].filter(foreign_before & (pl.col("nationality") == "000")).height
    assert happened > 3
    assert sums(cells(both, "citizenship_change"), "citizenship_change")["naturalised"] == happened


def test_moves_lead_from_block_to_block_as_they_happened(both: Evaluation, truth: Mapping[str, pl.DataFrame]) -> None:
    moved = truth["now"].filter(pl.col("before").is_not_null() & (pl.col("before") != pl.col("block")))
    wanted = dict(moved.group_by("block").len().iter_rows())
    found = {
        area: n for (area, kind), n in sums(cells(both, "came"), "area", "came").items() if kind == "moved" and area
    }
    keys = set(wanted) | set(found)
    assert sum(abs(found.get(key, 0) - wanted.get(key, 0)) for key in keys) <= 0.02 * moved.height
    between = sums(cells(both, "moves_between"), "moved_from", "moved_to")
    coarse = moved.group_by(pl.col("before").str.head(2), pl.col("block").str.head(2)).len()
    assert sum(abs(between.get((a, b), 0) - n) for a, b, n in coarse.iter_rows()) <= 0.02 * moved.height


def test_where_they_came_from_agrees_where_the_register_says_it(
    both: Evaluation, truth: Mapping[str, pl.DataFrame]
) -> None:
    """The generator leaves the date of arrival from abroad empty for 8 %: these arrivals may be missing, none added."""
    new = truth["now"].filter(pl.col("before").is_null() & (pl.col("birth_date") <= BEFORE))
    from_abroad = new.filter(pl.col("immigration_date") > BEFORE).height
    found = sums(cells(both, "came_from"), "came_from")["abroad"]
    assert 0.8 * from_abroad <= found <= from_abroad


def test_both_divisions_add_up_to_the_residents(both: Evaluation) -> None:
    """Who came make up the later residents of every area, who went the earlier ones; those who stayed are the same."""
    divided = {"came": sums(both.cells["residents"], "area"), "went": sums(cells(both, "residents_before"), "area")}
    for table, residents in divided.items():
        assert sums(cells(both, table), "area") == residents
    stayed = {
        table: {area: n for (area, kind), n in sums(cells(both, table), "area", table).items() if kind == "stayed"}
        for table in divided
    }
    known = {area for area in stayed["came"] if area}
    # Someone whose area is not known on one of the dates has stayed in one of the two only.
    assert sum(abs(stayed["came"][area] - stayed["went"].get(area, 0)) for area in known) <= 10


def test_groups_of_movements_add_up(both: Evaluation) -> None:
    assert both.compared is not None
    came, went = sums(cells(both, "came"), "came"), sums(cells(both, "went"), "went")
    for id, table in both.compared.tables.items():
        if "flow" in table.table.dimensions and "unknown" not in set(table.frame[table.table.dimensions[1]]):
            found = sums(table, "flow")
            assert found["gone"] <= went["gone"] and went["gone"] - found["gone"] <= 0.01 * went["gone"] + 3, id
            assert found["new"] <= came["born"] + came["arrived"], id
    assert sum(sums(both.compared.before["sex"], "sex").values()) == cells(both, "residents_before").frame["n"].sum()


def test_the_link_file_holds_what_movements_need_and_nothing_else(root: Path, both: Evaluation) -> None:
    path = root / "vault" / dates.to_iso(NOW) / links.LINKS
    kept = pl.read_parquet(path)
    assert tuple(kept.columns) == links.COLUMNS
    assert set(kept.dtypes) <= {pl.Int64, pl.Int32, pl.Int8}
    assert kept[links.LINK].is_sorted() and kept[links.LINK].is_unique().all()
    assert kept.height == both.residents
    assert path.stat().st_mode & 0o077 == 0
    facts = json.loads((path.parent / kept_dates.FACTS).read_text(encoding="utf-8"))
    assert set(facts["values"]) == set(links.EARLIER)


def test_pseudonyms_link_dates_and_never_towns(root: Path, both: Evaluation, tmp_path: Path) -> None:
    """The same two files delivered to another town, which has its own key: nobody can be found again."""
    assert both.residents > 2_000
    other = tmp_path / "other"
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("vault"))
    evaluated(read_town(other), NOW, None)
    first, second, foreign = (
        set(pl.read_parquet(folder / "vault" / dates.to_iso(date) / links.LINKS)[links.LINK])
        for folder, date in ((root, BEFORE), (root, NOW), (other, NOW))
    )
    assert len(first & second) > 0.85 * len(first)
    assert first & foreign == set() and second & foreign == set()


def found_breaks(
    town: Town, evaluation: Evaluation, before: Earlier, *published: tuple[str, str, int | None]
) -> set[str]:
    """``published``: residents of the earlier release by level and area; hidden unless given."""
    assert evaluation.compared is not None
    shown = pl.DataFrame(
        published or [("town", town.ags, None)],
        {"level": pl.Utf8, "area": pl.Utf8, "value": pl.Int64},
        orient="row",
    )
    release = replace(before.release, tables={"residents": type("Table", (), {"frame": shown})()})
    found = dates_compared._breaks(evaluation.compared, replace(before, release=release), evaluation.facts)
    return {entry.check for entry in found}


def test_two_ordinary_dates_have_no_break(root: Path, both: Evaluation) -> None:
    town = read_town(root)
    assert both.compared is not None
    assert found_breaks(town, both, earlier_of(town, BEFORE)) == set()
    assert both.compared.linked > 0.85
    assert both.compared.recoded < 0.002


def test_residents_that_the_vault_does_not_hold_are_a_break(root: Path, both: Evaluation) -> None:
    """Areas of two levels may bear the same key: those of the finest level alone are the areas of the link file."""
    town, before = read_town(root), earlier_of(read_town(root), BEFORE)
    coarse, *_, finest = both.facts.areas
    counted = cells(both, "residents_before").frame
    (key, n), total = counted.filter(pl.col("area") != "").select("area", "n").row(0), int(counted["n"].sum())
    for published, differs in (
        ((("town", town.ags, total), (coarse, key, total), (finest, key, n)), False),
        ((("town", town.ags, total + 1), (finest, key, n)), True),
        ((("town", town.ags, total), (finest, key, n + 1)), True),
        ((("town", town.ags, None), (finest, key, None)), False),
    ):
        assert ("stock_differs" in found_breaks(town, both, before, *published)) is differs, published


def test_new_ordering_numbers_are_a_break(root: Path, both: Evaluation, tmp_path: Path) -> None:
    """The registration office got new software that numbered everybody anew."""
    assert both.residents > 2_000
    town = _written_otherwise(root, tmp_path, _renumbered)
    before = earlier_of(town, BEFORE)
    later = evaluated(town, NOW, before)
    assert later.compared is not None and later.compared.linked < 0.05
    assert "links_lost" in found_breaks(town, later, before)


def test_zeros_that_a_spreadsheet_took_away_are_a_break(root: Path, both: Evaluation, tmp_path: Path) -> None:
    """Some bear a number that begins with a zero: too few for ``links_lost``, and each would be gone and new."""
    assert 0.05 < both.facts.zeros < 0.14
    town = _written_otherwise(root, tmp_path, _without_zeros)
    before = earlier_of(town, BEFORE)
    later = evaluated(town, NOW, before)
    assert (
        later.facts.zeros == 0
        and both.facts.uneven < 0.001 < later.facts.uneven
        and "links_lost" not in found_breaks(town, later, before)
    )
    assert "zeros_lost" in found_breaks(town, later, before)


@pytest.mark.parametrize(
    ("before", "now", "uneven", "lost"),
    [
        (0.1, 0.0, 0.1, True),
        (0.0, 0.1, 0.1, True),
        (0.1, 0.0, 0.01, False),  # new numbers begin with a zero, and none has become shorter
        (0.1, 0.02, 0.1, False),
        (0.004, 0.0, 0.1, False),
        (0.9, 0.08, 0.5, True),
    ],
)
def test_numbers_lose_their_zeros_where_next_to_none_is_left(
    both: Evaluation, before: float, now: float, uneven: float, lost: bool
) -> None:
    limits = parameters.on("movements", NOW)
    earlier, later = (
        replace(both.facts, zeros=zeros, uneven=uneven if zeros == min(before, now) else 0.0) for zeros in (before, now)
    )
    found = breaks.find(earlier, later, limits)
    assert found == ((breaks.Break("zeros_lost"),) if lost else ())


@pytest.mark.parametrize(
    ("since", "least"), [(20251217, 0.9306), (20250930, 0.9300), (20241231, 0.7502), (20221231, 0.4218)]
)
def test_how_many_must_be_found_again_follows_the_time_between(
    root: Path, both: Evaluation, since: int, least: float
) -> None:
    """0.75 a year, at least for a quarter of one: 0.75 to the power of 0.25, 92/365.25, 365/365.25 and 1096/365.25."""
    town = read_town(root)
    before = replace(earlier_of(town, BEFORE), date=since)
    assert both.compared is not None
    for linked, lost in ((least + 0.0005, False), (least - 0.0005, True)):
        found = found_breaks(town, replace(both, compared=replace(both.compared, linked=linked)), before)
        assert ("links_lost" in found) is lost


def _written_otherwise(root: Path, tmp_path: Path, change: Callable[[str, list[int]], str]) -> Town:
    """A copy whose later extract writes ordering numbers in another way, in their own column and where others point."""
    town = read_town(_copy(root, tmp_path))
    path = town.extract(NOW)
    head, *rows = path.read_bytes().decode("cp1252").split("\r\n")
    pointers = [place for place, name in enumerate(head.split(";")) if name.startswith(("Ordnungsmerkmal", "OM_"))]
    path.write_bytes("\r\n".join([head, *(change(row, pointers) for row in rows)]).encode("cp1252"))
    return town


def _renumbered(row: str, places: list[int]) -> str:
    cells = row.split(";")
    return ";".join(f"N{cell}" if place in places and cell else cell for place, cell in enumerate(cells))


def _without_zeros(row: str, places: list[int]) -> str:
    return ";".join(cell.lstrip("0") if place in places else cell for place, cell in enumerate(row.split(";")))


def _copy(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    shutil.copytree(root, folder)
    return folder


def test_a_field_that_is_no_longer_delivered_is_a_break(root: Path, both: Evaluation, tmp_path: Path) -> None:
    assert both.residents > 2_000
    folder = _copy(root, tmp_path)
    profile = folder / "profile.toml"
    lines = profile.read_text(encoding="utf-8").splitlines()
    profile.write_text("\n".join(line for line in lines if not line.startswith("birth_state =")), encoding="utf-8")
    town = read_town(folder)
    before = earlier_of(town, BEFORE)
    later = evaluated(town, NOW, before)
    assert found_breaks(town, later, before) == {"field_changed"}
    found = breaks.find(kept_dates.read_facts(town, BEFORE), later.facts, parameters.on("movements", NOW))
    assert found == (breaks.Break("field_changed", ("birth_state",)),)


def test_a_new_street_directory_is_a_break(root: Path, both: Evaluation, tmp_path: Path) -> None:
    """Two blocks change their names in directory and polygons: nobody has moved."""
    assert both.residents > 2_000
    folder = _copy(root, tmp_path)
    streets = folder / "areas" / "streets.csv"
    lines = [line.rsplit(";", 1) for line in streets.read_text(encoding="utf-8").splitlines()]
    blocks = sorted({block for _, block in lines[1:]})[:2]
    swapped = {blocks[0]: blocks[1], blocks[1]: blocks[0]}
    streets.write_text(
        "\n".join(f"{rest};{swapped.get(block, block)}" for rest, block in lines) + "\n", encoding="utf-8"
    )
    town = read_town(folder)
    before = earlier_of(town, BEFORE)
    later = evaluated(town, NOW, before)
    assert later.compared is not None and later.compared.recoded > 0.01
    assert found_breaks(town, later, before) == {"areas_recoded"}


def test_an_area_that_is_redrawn_is_a_break(both: Evaluation) -> None:
    limits = parameters.on("movements", NOW)
    level = list(both.facts.areas)[-1]
    key, (size, x, y) = next(iter(both.facts.areas[level].items()))
    for changed in ((size * 1.02, x, y), (size, x + 0.02 * size**0.5, y)):
        areas = {**both.facts.areas, level: {**both.facts.areas[level], key: changed}}
        found = breaks.find(replace(both.facts, areas=areas), both.facts, limits)
        assert found == (breaks.Break("areas_changed", (key,), level),)
        assert not breaks.areas_comparable(found, level)
        assert breaks.areas_comparable(found, next(iter(both.facts.areas)))
    nudged = {**both.facts.areas, level: {**both.facts.areas[level], key: (size * 1.005, x, y)}}
    assert breaks.find(replace(both.facts, areas=nudged), both.facts, limits) == ()


def test_an_area_that_belongs_to_another_one_is_a_break_of_both_however_small_it_is(
    root: Path, both: Evaluation
) -> None:
    """Residents of the earlier date in the areas of today, minus those published then, would be its people."""
    coarse, finer = list(both.facts.areas)[-2:]
    (key, now), *others = both.facts.parents[finer].items()
    then = next(parent for _, parent in others if parent != now)
    before = replace(both.facts, parents={**both.facts.parents, finer: {**both.facts.parents[finer], key: then}})
    found = breaks.find(before, both.facts, parameters.on("movements", NOW))
    assert found == (breaks.Break("areas_changed", tuple(sorted((now, then))), coarse),)
    earlier = replace(earlier_of(read_town(root), BEFORE), facts=before)
    assert found_breaks(read_town(root), both, earlier) == {"areas_changed"}
    assert not breaks.areas_comparable(found, coarse)


def test_every_definition_says_which_fields_and_rules_bear_on_it() -> None:
    """A definition that rests on others is touched through these: their tables name them too."""
    resting = {"mh_household", "couple_nationality", "movements"}
    assert {entry.id for entry in definitions.ALL} - resting == set(breaks.EVIDENCE)
    assert {entry.definition for entry in rule_sets.ALL} <= breaks.BY_RULES


def test_movements_name_the_definition_of_the_rule_set(both: Evaluation) -> None:
    assert both.compared is not None
    named = dates_compared._named(both.compared.tables, "berlin-1")
    assert "mh_berlin" in named["flow_by_mh_group"].table.definitions
    assert named["came"].table == both.compared.tables["came"].table


@pytest.mark.parametrize("rules", [rule_sets.BERLIN, rule_sets.BIELEFELD])
def test_movements_need_what_the_definition_of_the_rule_set_needs(both: Evaluation, rules: rule_sets.RuleSet) -> None:
    """Where parents are looked for at the address, a date without house numbers has no migration background."""
    assert both.compared is not None
    named = dates_compared._named(both.compared.tables, rules.id)
    whole = both.facts.delivered
    able = dates_compared._wanted(named, (), whole, both.cells)
    left = dates_compared._wanted(named, (), whole - {"house_number"}, both.cells)
    assert able.keys() - left.keys() == {"flow_by_mh_group", "new_by_mh_group"}


def test_a_field_of_the_definition_of_the_rule_set_is_a_break() -> None:
    table = programme.table("mh_register")
    found = (breaks.Break("field_changed", ("house_number",)),)
    touched = {rules.id for rules in rule_sets.ALL if not breaks.comparable(found, counted_by(table, rules.definition))}
    assert touched == {"berlin-1", "bielefeld-1"}


def test_without_facts_the_break_is_that_nothing_is_known(root: Path, both: Evaluation) -> None:
    unknown = kept_dates.read_facts(read_town(root), 20201231)
    found = breaks.find(unknown, both.facts, parameters.on("movements", NOW))
    assert found == (breaks.Break("facts_missing"),)


def test_forgetting_deletes_link_files_and_nothing_else(root: Path, both: Evaluation, tmp_path: Path) -> None:
    assert both.residents > 2_000
    town = read_town(_copy(root, tmp_path))
    held = {path for path in town.vault.rglob("*") if path.is_file()}
    gone = kept_dates.forget(town, [BEFORE])
    assert held - {path for path in town.vault.rglob("*") if path.is_file()} == set(gone)
    assert [path.name for path in gone] == [links.LINKS]
    assert kept_dates.linked_dates(town) == (NOW,)
    assert kept_dates.forget(town, [BEFORE]) == ()
