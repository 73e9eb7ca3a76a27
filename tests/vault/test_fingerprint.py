"""What a run depends on, as one fingerprint."""

from pathlib import Path

import pytest

import vielfalt
from small_project import TOWN
from vielfalt.town import read_town
from vielfalt.vault import fingerprint

_FILES = ("pipeline.py", "register/origin.py", "codes/countries.csv", "locale/de/vielfalt.po")


@pytest.mark.parametrize("changed", _FILES)
def test_another_program_is_another_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    for name in _FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(vielfalt, "__file__", str(tmp_path / "__init__.py"))
    before = fingerprint.program()
    assert before == fingerprint.program()
    (tmp_path / changed).write_text("other")
    assert fingerprint.program() != before


def test_the_fingerprint_of_the_program_covers_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at, read = set[Path](), Path.read_bytes

    def noted(path: Path) -> bytes:
        looked_at.add(path)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    fingerprint.program()
    package = Path(vielfalt.__file__).parent
    assert {package / "pipeline.py", package / "register" / "origin.py", Path(fingerprint.__file__)} <= looked_at


@pytest.mark.parametrize(
    ("settings", "differs"),
    [
        ("", False),
        ('method = "rounding"\n[protection.rounding]\ndirection = "nearest"', False),
        ('method = "rounding"\n[protection.rounding]\ndirection = "chance"', True),
        ('method = "cell_key"', True),
    ],
)
def test_another_key_is_another_fingerprint_where_numbers_are_changed_by_it(
    tmp_path: Path, settings: str, differs: bool
) -> None:
    (tmp_path / "town.toml").write_text(f"{TOWN}\n[protection]\n{settings}\n", encoding="utf-8")
    extract = tmp_path / "register" / "2025-12-31" / "register.csv"
    extract.parent.mkdir(parents=True)
    extract.touch()
    town = read_town(tmp_path)
    one, other = (fingerprint.of(town, 20251231, "de", bytes([number] * 32)) for number in (1, 2))
    assert (one != other) == differs
