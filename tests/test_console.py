"""What the command line prints as a table."""

from __future__ import annotations

import pytest

from vielfalt import console


def test_words_stay_whole_in_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    headings = ("Definition", "Regelwerk", "Einwohnerinnen und Einwohner", "Getrennt gezählt", "Nicht bestimmbar")
    first = "Migrationshintergrund (Mikrozensus, soweit ein Register es zulässt) (mh_microcensus)"
    console.show_table("Definitionen", headings, [(first, "mikrozensus-1", "385", "0", "<7")])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    printed = {word for line in lines for word in line.split()}
    assert {word for text in (*headings, first, "mikrozensus-1") for word in text.split()} <= printed
