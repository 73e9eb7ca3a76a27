"""Where the system lets the program have too little it says so beforehand; libraries would end it without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from small_project import TOWN

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows limits no address space")


def limited(kilobytes: int, *words: object) -> subprocess.CompletedProcess[str]:
    """Runs a command with so much address space."""
    command = f'ulimit -v {kilobytes}; exec "$0" -m vielfalt "$@"'
    given = ["/bin/sh", "-c", command, sys.executable, *map(str, words)]
    environment = os.environ | {"VIELFALT_LANG": "en"}
    return subprocess.run(given, capture_output=True, text=True, env=environment, check=False, timeout=60)


@pytest.mark.parametrize(("kilobytes", "command"), [(300_000, "check"), (1_500_000, "check"), (20_000_000, "run")])
def test_too_little_address_space_is_told_and_nothing_is_left(tmp_path: Path, kilobytes: int, command: str) -> None:
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "areas.geojson").write_text("{}", encoding="utf-8")
    extract = tmp_path / "register" / "2025-12-31" / "register.csv"
    extract.parent.mkdir(parents=True)
    extract.write_text("x\n", encoding="utf-8")
    (tmp_path / "profile.toml").write_text('[columns]\nperson_id = "x"\n', encoding="utf-8")
    done = limited(kilobytes, command, tmp_path)
    assert done.returncode == 14, done.stderr
    assert "address space" in done.stderr and "ulimit -v unlimited" in done.stderr
    assert not (tmp_path / "vault").exists()
