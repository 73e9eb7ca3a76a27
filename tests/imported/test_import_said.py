"""Which sheet of a workbook is read, and what an import says of what it read."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from imported_town import TABLE, usual, write_table

from vielfalt.errors import DeliveryError
from vielfalt.imported.table import import_table
from vielfalt.tools import importing
from vielfalt.words import Words


def test_of_a_workbook_the_first_sheet_that_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        old, new = book.add_worksheet("Alt"), book.add_worksheet("Neu")
        for sheet, people in ((old, 900), (new, 1000)):
            sheet.write_row(0, 0, ["area", "EU", "PL", "Andere", "Einw"])
            sheet.write_row(1, 0, ["11", 50, 20, 30, people])
        new.activate()
        old.hide()
    profile = usual(tmp_path, file='[file]\nformat = "xlsx"\n')
    assert import_table(path, profile).cells["residents"].frame["n"].to_list() == [1000]
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Deckblatt").write(0, 0, "Herkunft 2020")
        book.add_worksheet("Daten")
    with pytest.raises(DeliveryError, match=r"“Deckblatt” holds no table\. The workbook has: Deckblatt, Daten"):
        import_table(path, profile)


def test_the_findings_are_said(tmp_path: Path) -> None:
    usual(tmp_path)
    said: list[str] = []
    importing.run(
        write_table(tmp_path, TABLE.replace("40;0;", "40;.;")),
        tmp_path / "profile.toml",
        tmp_path / "releases",
        Words("en"),
        said.append,
    )
    assert any("counts are unknown" in line and "never as 0" in line for line in said)
