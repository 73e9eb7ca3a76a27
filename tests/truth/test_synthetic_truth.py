"""What must hold of every synthetic town's truth, whatever its seed and office."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from vielfalt.dates import to_iso
from vielfalt.synthetic import write_town

DATES = (20231231, 20251231)
seeds = st.integers(0, 10_000)
a_few = settings(max_examples=3, deadline=None, derandomize=True)


def truths(seed: int) -> list[tuple[int, pl.DataFrame]]:
    """The truth of each date of a small town, one row per person, with the age on the date."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "town"
        write_town(root, residents=1_500, seed=seed, dates=DATES, progress=lambda _: None)
        found = [(date, pl.read_parquet(root / "truth" / f"{to_iso(date)}.parquet")) for date in DATES]
    once = [(date, truth.filter(pl.col("double") == "")) for date, truth in found]
    return [(date, truth.with_columns(age=(date - pl.col("birth_date")) // 10_000)) for date, truth in once]


def broken(people: pl.DataFrame, *wrong: pl.Expr) -> dict[int, int]:
    """How many rows are wrong, by the number of the rule that is broken."""
    found = {number: people.filter(rule).height for number, rule in enumerate(wrong)}
    return {number: rows for number, rows in found.items() if rows}


@a_few
@given(seeds)
def test_lives_run_forward(seed: int) -> None:
    for date, people in truths(seed):
        for day in ("immigration_date", "arrival_date", "move_in_date", "german_since"):
            assert broken(people, pl.col(day) < pl.col("birth_date"), pl.col(day) > date) == {}
        assert broken(people, pl.col("arrival_date") > pl.col("move_in_date")) == {}
        births = people.select("person", "birth_date", "birth_country")
        for parent in ("mother", "father"):
            known = people.join(births, left_on=parent, right_on="person", suffix="_parent")
            years = (known["birth_date"] - known["birth_date_parent"]) // 10_000
            assert years.min() is None or (years >= 14).all()
            assert (known["birth_country_parent"] == known[f"{parent}_birth_country"]).all()


@a_few
@given(seeds)
def test_households_are_what_their_members_are_to_each_other(seed: int) -> None:
    for _, people in truths(seed):
        partners = people.join(people, left_on="partner", right_on="person", suffix="_partner")
        mutual = partners.join(people, left_on=["partner", "person"], right_on=["person", "partner"])
        assert mutual.height == partners.height
        assert people.group_by("household").agg(pl.col("block").n_unique() == 1)["block"].all()
        private = people.filter(pl.col("household_type") != "institution")
        size = private.with_columns(size=pl.len().over("household"))
        assert broken(size, (pl.col("size") == 1) != (pl.col("household_type") == "single")) == {}
        couples = private.group_by("household").agg(
            pl.col("household_type").first(),
            both=((pl.col("partner") >= 0) & pl.col("partner").is_in(pl.col("person").implode())).sum(),
            others=pl.len(),
        )
        two = pl.col("household_type").is_in(["couple_no_child", "couple_child"])
        assert broken(couples, two & (pl.col("both") != 2)) == {}
        assert broken(couples, (pl.col("household_type") == "couple_no_child") & (pl.col("others") != 2)) == {}
        assert broken(couples, (pl.col("household_type") == "lone_parent") & (pl.col("both") != 0)) == {}


@a_few
@given(seeds)
def test_clues_never_join_strangers(seed: int) -> None:
    for _, people in truths(seed):
        assert people.group_by("entered_household").agg(pl.col("household").n_unique() == 1)["household"].all()
        assert people["entered_household"].n_unique() > people["household"].n_unique()


@a_few
@given(seeds)
def test_status_follows_from_what_happened(seed: int) -> None:
    status, german = pl.col("migration_status"), pl.col("nationality") == "000"
    here, kind = pl.col("birth_country") == "000", pl.col("german_nationality_kind")
    for _, people in truths(seed):
        found = broken(
            people,
            status.str.starts_with("foreigner") == german,
            (status == "foreigner_born_here") & ~here,
            (status == "foreigner_born_abroad") & here,
            (status == "naturalised") != (german & (kind == "naturalised")),
            (status == "repatriate") != (kind == "repatriate"),
            status.str.starts_with("child") & ((pl.col("age") >= 18) | ~here),
            (status == "none") != (pl.col("reference_country") == ""),
            pl.col("expellee") & (status != "none"),
            (pl.col("former_nationality") != "") != kind.is_in(["naturalised", "repatriate"]),
            (pl.col("immigration_history") == "immigrated") != pl.col("immigrated"),
            pl.col("immigration_history").str.ends_with("parents") & (pl.col("age") >= 19),
        )
        assert found == {}
        assert "000" not in people["reference_country"].to_list()
        assert not {"undeterminable"} & {*people["migration_status"], *people["immigration_history"]}


@a_few
@given(seeds)
def test_complete_entries_fall_short_of_the_truth_only_where_parents_or_proof_are_elsewhere(seed: int) -> None:
    for _, people in truths(seed):
        differing = people.filter(pl.col("migration_status") != pl.col("complete_migration_status"))
        pairs = set(differing.select("migration_status", "complete_migration_status").iter_rows())
        family = {"child_two_parents", "child_one_parent", "none"}
        for true, concluded in pairs:
            by_parents = true in family and concluded in {*family, "undeterminable"}
            by_window = (true, concluded) == ("german_born_abroad_other", "repatriate")
            sudeten = (true, concluded) == ("none", "german_born_abroad_other")
            assert by_parents or by_window or sudeten
        assert differing.height < 0.02 * people.height
        gaps = people.filter(pl.col("complete_migration_status") != pl.col("entered_migration_status"))
        assert 0 < gaps.height < 0.08 * people.height
