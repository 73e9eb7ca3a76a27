"""Files and folders that may not be read are told as such (exit code 14), and never taken for another fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from small_project import TOWN
from vielfalt import areafiles, cli
from vielfalt.errors import StorageError, known
from vielfalt.publish import reading
from vielfalt.register.pseudonyms import town_key
from vielfalt.town import read_town
from vielfalt.vault import kept_dates


@pytest.fixture()
def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system says that nothing may be read; the tests may run as somebody who reads everything."""
    monkeypatch.setattr("os.access", lambda *_, **__: False)


def test_the_command_line_leaves_the_answer_to_the_program(tmp_path: Path, shut: None) -> None:
    file = tmp_path / "register.csv"
    file.write_text("Ordnungsmerkmal;Geschlecht\n1;m\n", encoding="utf-8")
    done = CliRunner().invoke(cli.commands, ["profile", str(file)])
    assert "is not readable" not in done.output
    assert done.exit_code == 0


def test_areas_that_may_not_be_read(tmp_path: Path, shut: None) -> None:
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "areas.geojson").write_text("{}", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be read"):
        areafiles.read_geography(read_town(tmp_path))


def test_a_table_of_a_release_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(StorageError, match="cannot be read"):
        reading._is_utf8(tmp_path / "sex.csv")


def test_a_date_of_the_vault_that_cannot_be_looked_at_is_not_taken_for_forgotten(tmp_path: Path) -> None:
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "vault" / "withdrawn").mkdir(parents=True)
    town = read_town(tmp_path)
    assert kept_dates.linked_dates(town) == ()
    (tmp_path / "vault" / "2025-12-31").symlink_to(tmp_path / "vault" / "2025-12-31")
    with pytest.raises(OSError, match="links"):
        kept_dates.linked_dates(town)


def test_the_folder_of_a_date_that_may_not_be_looked_into_is_not_passed_over(tmp_path: Path) -> None:
    """Else an older date would be evaluated as the latest, and linked dates would lose their key to a new one."""
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    for name in ("register", "vault"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "2025-12-31").symlink_to(tmp_path / name / "2025-12-31")
    done = CliRunner().invoke(cli.commands, ["check", str(tmp_path)])
    assert isinstance(done.exception, OSError) and known(done.exception).exit_code == 14
    with pytest.raises(StorageError, match="vault cannot be"):
        town_key(tmp_path / "vault")
    assert not (tmp_path / "vault" / "key").exists()
