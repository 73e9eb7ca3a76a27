"""An imported table is released only when its audit passes: what an intruder could compute stops it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from imported_town import usual, write_table

from vielfalt import auditing
from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure import protect_with_room
from vielfalt.figures.disclosure.persons import rooms
from vielfalt.figures.disclosure.room import Rooms
from vielfalt.geography import Geography
from vielfalt.tools import importing
from vielfalt.words import Words


def run(folder: Path) -> Path:
    usual(folder)
    return importing.run(write_table(folder), folder / "profile.toml", folder / "releases", Words("en"), lambda _: None)


def test_the_release_holds_the_audit_of_an_intruder(tmp_path: Path) -> None:
    first = run(tmp_path)
    audit = json.loads((first / "audit.json").read_text(encoding="utf-8"))
    assert audit["passed"] and audit["published_before"] == []
    tried = {entry["id"]: entry["cells"] for entry in audit["attacks"]}
    rooms = {each["id"]: each["disclosed"] for each in audit["attacks"] if each["id"].startswith("room_")}
    assert rooms == {"room_sums": 0, "room_zeros": 0, "room_person": 0}
    assert "intruder_recompute" in tried and tried["intruder_shares"] > 0
    again = json.loads((run(tmp_path) / "audit.json").read_text(encoding="utf-8"))
    assert [entry["release"] for entry in again["published_before"]] == [first.name]


def test_nothing_is_released_when_a_hidden_figure_can_be_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One figure alone is hidden, so its row tells it; the check within the run is blind here."""

    def careless(
        given: Mapping[str, Cells],
        where: Geography,
        protection: Protection,
        unknown: Mapping[str, pl.DataFrame],
    ) -> tuple[dict[str, ProtectedCells], Rooms]:
        found, _ = protect_with_room(given, where, protection, unknown)
        cells, table = given["origin"], found["origin"]
        here = (pl.col("area") == "22") & (pl.col("origin") == "other")
        true = table.frame.join(
            cells.frame.select("area", "origin", "n").with_columns(level=pl.lit("quarter")),
            on=["level", "area", "origin"],
            how="left",
            maintain_order="left",
        )
        shown = true.with_columns(
            value=pl.when(here & (pl.col("level") == "quarter"))
            .then(None)
            .when(pl.col("level") == "quarter")
            .then(pl.col("n").fill_null(0))
            .otherwise("value")
        ).with_columns(status=pl.when(pl.col("value").is_null()).then(pl.lit("suppressed")).otherwise(pl.lit("ok")))
        found["origin"] = replace(table, frame=shown.drop("n"))
        return found, rooms(found, given, where, protection, unknown)

    monkeypatch.setattr(importing, "protect_with_room", careless)
    with pytest.raises(
        DisclosureError, match=r"Hidden figures (that could be recomputed|with too little room).*: [0-9]+\."
    ):
        run(tmp_path)
    monkeypatch.setattr(importing, "recomputable", lambda *_: pl.DataFrame())
    monkeypatch.setattr(auditing, "proved", lambda *_: [])
    with pytest.raises(DisclosureError, match=r"audit computed from what is published: [0-9]+"):
        run(tmp_path)
    assert [path for path in (tmp_path / "releases").iterdir() if path.is_dir()] == []
