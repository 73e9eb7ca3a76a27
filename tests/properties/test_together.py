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
from vielfalt.cells import Cells
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure import protect, proving, recomputable
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.grids import grids
from vielfalt.figures.disclosure.linked import ATTACKERS, Figures, Suppression, suppress_widely, told
from vielfalt.figures.disclosure.primary import withheld
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
    return together(grids(cells, division(where), {}), division(where), PROTECTION)


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
def test_zeros_are_hidden_in_small_areas_alone_and_all_tables_say_so(
    town: tuple[dict[str, Cells], Geography],
) -> None:
    cells, where = town
    run, found = system(cells, where), suppress_together(grids(cells, division(where), {}), division(where), PROTECTION)
    hidden, small = np.zeros(len(run.counts), np.bool_), np.zeros(len(run.counts), np.bool_)
    tables = grids(cells, division(where), {})
    for id, levels in found.hidden.items():
        areas = withheld(tables[id], tables, PROTECTION)
        for place, marks, area in zip(run.numbers[id], levels, areas, strict=True):
            hidden[place], small[place] = marks, area
    assert not hidden[(run.counts == 0) & ~small].any()
    assert hidden[small].all()
    assert hidden[run.primary].all()
    assert found.room == (PROTECTION.min_cell if hidden[run.figures.values > 0].any() else 0)
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


def test_what_cannot_be_proved_is_not_released(monkeypatch: pytest.MonkeyPatch) -> None:
    """A protection that hides the small figure alone has no certificate, so nothing comes out."""

    def careless(figures: Figures, primary: np.ndarray, width: int) -> Suppression:
        found = honest(figures, primary, width)
        return replace(found, hidden=primary, witnesses=found.witnesses[:0])

    honest = suppress_widely
    monkeypatch.setattr(proving, "suppress_widely", careless)
    where = geography([1, 1])
    residents: Counts = {(f"Q{q}B0",): 100 for q in range(2)}
    foreign: Counts = {(f"Q{q}B0", key): n for q in range(2) for key, n in (("german", 97 - q), ("foreign", 3 + q))}
    cells = {
        "residents": cells_of(programme.table("residents"), residents),
        "foreigner": cells_of(programme.table("foreigner"), foreign),
    }
    with pytest.raises(DisclosureError, match="could not be proved"):
        protect(cells, where, PROTECTION)


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
    run = system(*town)
    found = suppress_widely(run.figures, run.primary, PROTECTION.min_cell)
    for attacker in ATTACKERS:
        concerned = run.primary & (run.figures.values > 1) if attacker.person else run.figures.values > 0
        assert not (told(run.figures, found, attacker, PROTECTION.min_cell) & concerned).any()
