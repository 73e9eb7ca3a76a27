"""All tables of a run as one system: its sums are those an intruder knows, and every hidden figure carries a proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from small_towns import ALL_TABLES, PROTECTION, TOWN, Counts, cells_of, geography, towns

from vielfalt import programme
from vielfalt.audit import Release
from vielfalt.audit.figures import OUTSIDE, Key, figures_of
from vielfalt.audit.sums import same_people, sums
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import protect, proving, recomputable
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.grids import grids
from vielfalt.figures.disclosure.linked import ATTACKERS, Figures, Suppression, suppress_widely, told
from vielfalt.figures.disclosure.pools import pooled
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.proving import LARGEST, provable, suppress_together
from vielfalt.figures.disclosure.together import Together, together
from vielfalt.geography import Geography
from vielfalt.methods import ZEROS_SHOWN
from vielfalt.publish.results import Results, Source

Sums = set[tuple[str, ...]]


def few(number: int) -> settings:
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],
    )


def system(cells: dict[str, Cells], where: Geography) -> Together:
    return together(grids(cells, division(where), {}), division(where), PROTECTION, {})


def as_hidden(cells: dict[str, Cells], where: Geography) -> Together:
    """The figures of a run as they are hidden: areas of which nothing is shown are thrown together."""
    areas = pooled(grids(cells, division(where), {}), division(where), PROTECTION)
    return together(areas.grids, areas.division, replace(PROTECTION, min_area=0), areas.secret)


def names(run: Together, cells: dict[str, Cells], where: Geography) -> list[str]:
    """What each figure is called: table, level, area, categories."""
    areas, tables = division(where), grids(cells, division(where), {})
    found = [""] * len(run.counts)
    for id, places in run.numbers.items():
        for level, place in enumerate(places):
            for (area, column), number in np.ndenumerate(place):
                category = tables[id].categories[column]
                found[number] = " ".join((id, areas.levels[level], areas.keys[level][area], *category))
    return found


def known_to_an_intruder(cells: dict[str, Cells], where: Geography) -> Sums:
    """The sums of the audit, each as its total and its parts; those who live in no area are left aside."""
    shown = protect(cells, where, PROTECTION)
    source = Source("Town", TOWN.key, 20251231, "register", "", "")
    release = Release("", Results(source, where, shown, (), PROTECTION), 0)
    figures = figures_of([release])
    found = [*sums([release], figures), *same_people([release], figures)]
    keys = list(figures.number)
    return {
        (_name(keys[total]), *sorted(_name(keys[part]) for part in parts if keys[part].level != OUTSIDE))
        for total, parts in found
    }


def _name(key: Key) -> str:
    return " ".join((key.table, key.level, key.area, *key.category))


@few(8)
@given(towns())
def test_the_sums_of_a_run_are_those_the_audit_attacks_with(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    run = system(cells, where)
    assert not (run.figures.sums @ run.figures.values).any()
    called = names(run, cells, where)
    rows = [run.figures.sums[[row]] for row in range(run.figures.sums.shape[0])]
    own = {
        (
            *(called[place] for place in row.indices[row.data > 0]),
            *sorted(called[place] for place in row.indices[row.data < 0]),
        )
        for row in rows
    }
    assert own == known_to_an_intruder(cells, where)


@few(15)
@given(towns())
def test_zeros_are_hidden_in_withheld_areas_alone_and_all_tables_say_so(
    town: tuple[dict[str, Cells], Geography],
) -> None:
    cells, where = town
    tables = grids(cells, division(where), {})
    found = suppress_together(tables, division(where), PROTECTION)
    assert found is not None
    for id, levels in found.hidden.items():
        first = primary(tables[id], tables, PROTECTION)
        for marks, values, areas, small in zip(
            levels, tables[id].values, found.hidden["residents"], first, strict=True
        ):
            assert marks[areas[:, 0]].all()
            assert not (marks & (values == 0) & ~areas).any()
            assert marks[small].all()
    assert found.room in (0, PROTECTION.min_cell)
    for table in protect(cells, where, PROTECTION).values():
        assert table.room == found.room
        assert not found.room or table.method == ZEROS_SHOWN


def test_nothing_is_shown_of_a_small_area_and_nothing_can_be_computed() -> None:
    where = geography([3, 2])
    sizes = [("Q0B0", 12), ("Q0B1", 300), ("Q0B2", 280), ("Q1B0", 310), ("Q1B1", 290)]
    residents: Counts = {(block,): n for block, n in sizes}
    foreign: Counts = {(block, "foreign"): 0 if n < 20 else 40 + n // 10 for block, n in sizes}
    foreign |= {(block, "german"): n - foreign[(block, "foreign")] for block, n in sizes}
    cells = {
        "residents": cells_of(programme.table("residents"), residents),
        "foreigner": cells_of(programme.table("foreigner"), foreign),
    }
    shown = protect(cells, where, replace(PROTECTION, min_area=20))
    small = shown["foreigner"].frame.filter((pl.col("level") == "block") & (pl.col("area") == "Q0B0"))
    assert small.height == 2
    assert small["value"].null_count() == 2
    assert shown["foreigner"].method == ZEROS_SHOWN
    assert recomputable(shown, cells, where, replace(PROTECTION, min_area=20)).is_empty()
    source = Source("Town", TOWN.key, 20251231, "register", "", "")
    figures = figures_of([Release("", Results(source, where, shown, (), PROTECTION), 0)])
    least = {_name(key): figures.low[number] for key, number in figures.number.items()}
    assert least["foreigner block Q0B0 foreign"] == least["foreigner block Q0B0 german"] == 0


def test_persons_in_couples_are_counted_in_couples() -> None:
    where = geography([1, 1])
    homes: Counts = {(f"Q{q}B0", key): 30 + q for q in range(2) for key in ("single", "couple_no_child")}
    persons: Counts = {key: n * (1 if key[1] == "single" else 2) for key, n in homes.items()}
    cells = {
        "household_type": cells_of(programme.table("household_type"), persons),
        "households_by_type": cells_of(programme.table("households_by_type"), homes),
    }
    run = system(cells, where)
    assert not (run.figures.sums @ run.figures.values).any()
    couples, in_couples = (
        [number for number, name in enumerate(names(run, cells, where)) if name == f"{id} quarter Q1 couple_no_child"]
        for id in ("households_by_type", "household_type")
    )
    assert run.counts[in_couples] == 62
    assert run.figures.values[in_couples] == run.figures.values[couples] == 31


def test_what_cannot_be_proved_is_left_to_the_rectangle_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A protection that hides the small figure alone has no certificate, so it does not come out."""

    def careless(figures: Figures, primary: np.ndarray, width: int, region: np.ndarray) -> Suppression:
        found = honest(figures, primary, width, region)
        return replace(found, hidden=primary, witnesses=found.witnesses[:0])

    honest = suppress_widely
    where = geography([1, 1])
    residents: Counts = {(f"Q{q}B0",): 100 for q in range(2)}
    foreign: Counts = {(f"Q{q}B0", key): n for q in range(2) for key, n in (("german", 97 - q), ("foreign", 3 + q))}
    cells = {
        "residents": cells_of(programme.table("residents"), residents),
        "foreigner": cells_of(programme.table("foreigner"), foreign),
    }
    assert protect(cells, where, PROTECTION)["foreigner"].room == PROTECTION.min_cell
    monkeypatch.setattr(proving, "suppress_widely", careless)
    shown = protect(cells, where, PROTECTION)
    assert shown["foreigner"].room == 0 and shown["foreigner"].method != ZEROS_SHOWN
    assert recomputable(shown, cells, where, PROTECTION).is_empty()


def test_large_runs_are_left_to_the_rectangle_rule() -> None:
    where = geography([1])
    small = grids({"residents": cells_of(programme.table("residents"), {("Q0B0",): 100})}, division(where), {})
    assert provable(small)
    large = {id: replace(grid, values=(np.zeros((LARGEST + 1, 1), np.int64),)) for id, grid in small.items()}
    assert not provable(large)


@few(10)
@given(towns(ALL_TABLES))
def test_the_proof_holds_against_every_attacker(town: tuple[dict[str, Cells], Geography]) -> None:
    """Added up anew from the witnesses alone: every hidden figure, and for single persons the small ones."""
    run = as_hidden(*town)
    found = suppress_widely(run.figures, run.primary, PROTECTION.min_cell, run.region)
    for attacker in ATTACKERS:
        concerned = run.primary & (run.figures.values > 1) if attacker.person else run.figures.values > 0
        assert not (told(run.figures, found, attacker, PROTECTION.min_cell) & concerned).any()


def test_safety_does_not_rest_on_people_of_unknown_age() -> None:
    """Who knows of how many the age is missing must not compute the three: another age beside them is hidden."""
    where = geography([1, 1])
    residents: Counts = {(f"Q{q}B0",): 100 for q in range(2)}
    ages: Counts = {
        (f"Q{q}B0", key): n
        for q, small in ((0, 3), (1, 20))
        for key, n in (("0-17", small), ("18-64", 50), ("65+", 41 - small))
    }
    cells = {
        "residents": cells_of(programme.table("residents"), residents),
        "age_class": cells_of(programme.table("age_class"), ages),
    }
    shown = protect(cells, where, PROTECTION)["age_class"].frame
    for area in ("Q0", "Q1"):
        assert shown.filter((pl.col("area") == area) & (pl.col("status") == "suppressed")).height >= 2


def test_safety_does_not_rest_on_totals_that_no_table_publishes() -> None:
    """Who knows how many an area holds in all must not compute the three: another category beside them is hidden."""
    where = geography([1, 1])
    counts: Counts = {
        (f"Q{q}B0", key): n
        for q, small in ((0, 3), (1, 20))
        for key, n in (("0-17", small), ("18-64", 50), ("65+", 41 - small))
    }
    shown = protect({"age_class": cells_of(programme.table("age_class"), counts)}, where, PROTECTION)["age_class"]
    assert shown.room == PROTECTION.min_cell
    for area in ("Q0", "Q1"):
        assert shown.frame.filter((pl.col("area") == area) & (pl.col("status") == "suppressed")).height >= 2


def test_gaps_of_imported_tables_protect_nothing() -> None:
    """The sender knows what an imported table leaves out, so the small figure needs a partner that is known."""
    where = geography([1, 1])
    residents: Counts = {(f"Q{q}B0",): 100 for q in range(2)}
    ages: Counts = {(f"Q{q}B0", key): n for q in range(2) for key, n in (("18-64", 50), ("65+", 30), ("0-17", 20))}
    ages |= {("Q0B0", "0-17"): 3}
    del ages[("Q0B0", "65+")]
    cells = {
        "residents": cells_of(programme.table("residents"), residents),
        "age_class": cells_of(programme.table("age_class"), ages),
    }
    gap = {"age_class": pl.DataFrame({"area": ["Q0B0"], "age_class": ["65+"]})}
    shown = protect(cells, where, PROTECTION, gap)["age_class"].frame
    assert shown.filter((pl.col("area") == "Q0") & (pl.col("status") == "suppressed")).height == 3


def test_an_area_is_withheld_only_when_no_figure_of_it_is_shown() -> None:
    """A hidden number of residents alone does not make a hidden figure beside shown zeros possibly zero."""
    where = geography([1, 1])
    counts: dict[str, Counts] = {
        "residents": {(f"Q{q}B0",): 100 for q in range(2)},
        "foreigner": {(f"Q{q}B0", key): 50 for q in range(2) for key in ("german", "foreign")},
    }
    cells = {id: cells_of(programme.table(id), rows) for id, rows in counts.items()}
    shown = protect(cells, where, PROTECTION)
    least = []
    for without in ({"residents"}, {"residents", "foreigner"}):
        marked = {id: _without_quarter(table) if id in without else table for id, table in shown.items()}
        marked = {id: replace(table, method=ZEROS_SHOWN) for id, table in marked.items()}
        source = Source("Town", TOWN.key, 20251231, "register", "", "")
        figures = figures_of([Release("", Results(source, where, marked, (), PROTECTION), 0)])
        least += [figures.low[number] for key, number in figures.number.items() if _name(key) == "residents quarter Q0"]
    assert least == [1, 0]


def _without_quarter(table: ProtectedCells) -> ProtectedCells:
    gone = pl.col("area") == "Q0"
    frame = table.frame.with_columns(
        value=pl.when(gone).then(None).otherwise("value"),
        status=pl.when(gone).then(pl.lit("suppressed")).otherwise("status"),
    )
    return replace(table, frame=frame)
