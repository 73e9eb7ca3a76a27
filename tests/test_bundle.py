"""The archive for computers without a network: what goes in, and that it sets up a program that works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bundle import __main__ as bundle
from bundle import install

ROOT = Path(__file__).resolve().parents[1]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LINUX, WINDOWS = bundle.SYSTEMS["linux"], bundle.SYSTEMS["windows"]


def pins(system: bundle.System, python: str) -> set[str]:
    return {entry.split()[0] for entry in bundle.wanted_there(system, python)}


def names(found: set[str]) -> set[str]:
    return {pin.split("==")[0] for pin in found}


def test_every_locked_requirement_is_wanted_somewhere() -> None:
    locked = "".join((ROOT / "requirements" / file).read_text(encoding="utf-8") for file in bundle.LOCKED)
    everywhere = set.union(*(pins(system, python) for system in (LINUX, WINDOWS) for python in ("3.11", "3.13")))
    assert everywhere == set(re.findall(r"^([a-z0-9][^\s\\]*==[^\s\\]+)", locked, re.M))
    assert "pip" in names(everywhere)


def test_conditions_are_asked_of_the_other_computer() -> None:
    assert names(pins(WINDOWS, "3.13")) - names(pins(LINUX, "3.13")) == {"tzdata"}
    old, new = pins(LINUX, "3.11"), pins(LINUX, "3.13")
    assert names(old) == names(new)
    assert {pin.split("==")[0] for pin in old ^ new} >= {"numpy", "scipy"}
    assert all("--hash=sha256:" in entry and ";" not in entry for entry in bundle.wanted_there(WINDOWS, "3.13"))


@pytest.mark.parametrize("arguments", [[], ["pack"], ["linux"], ["pack", "macos"], ["fetch", "linux", "3.11", "3.12"]])
def test_a_system_without_archive_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match=r"usage: python -m bundle fetch\|pack linux\|windows"):
        bundle.main(arguments)


def test_nothing_is_packed_without_all_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a fetch that broke off: the other computer could not get what is missing."""
    monkeypatch.setattr(bundle, "BUILD", tmp_path)
    with pytest.raises(SystemExit, match=r"wheels are missing: python -m bundle fetch windows 3\.13"):
        bundle.pack("windows", "3.13", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("script", WINDOWS.scripts)
def test_what_windows_runs_ends_its_lines_as_windows_does(script: str) -> None:
    """Its shell can lose its way in a script that does not."""
    content = (ROOT / "bundle" / script).read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > 5
    content.decode("ascii")


@pytest.mark.parametrize("page", [name for name in bundle.SCRIPTS if name.endswith(".txt")])
def test_what_is_read_first_ends_its_lines_as_windows_does(page: str) -> None:
    """Older editors there show a page that does not in a single line."""
    content = (ROOT / "bundle" / page).read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > 5


def test_pip_may_set_up_pip_on_windows(unpacked: Path, tmp_path: Path) -> None:
    """Where it was started as a program named pip it refuses that there, and with it everything else."""
    (tmp_path / "sitecustomize.py").write_text(
        "import pip._internal.utils.misc as misc\nmisc.WINDOWS = True\n", encoding="ascii"
    )
    wheel = next((unpacked / "wheels").glob("pip-*.whl"))
    listed = (unpacked / "requirements.txt").read_text(encoding="ascii").splitlines()
    wanted = tmp_path / "pip.txt"
    wanted.write_text(next(line for line in listed if line.startswith("pip==")), encoding="ascii")
    told = ["--no-index", f"--find-links={unpacked / 'wheels'}", f"--requirement={wanted}", f"--target={tmp_path}/to"]
    for command, possible in (((str(wheel / "pip"),), False), (install.PIP, True)):
        done = subprocess.run(
            [sys.executable, *command, "install", "--require-hashes", *told],
            env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{wheel}", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) is possible, done.stderr


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not bundle.wheels_of("linux", PYTHON).is_dir():
        pytest.skip("The wheels are not there: make test fetches them.")
    folder = tmp_path_factory.mktemp("bundle")
    archive = bundle.pack("linux", PYTHON, folder)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    archive.unlink()
    return folder / archive.stem


def alone(*command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """A command as on a computer that has nothing but Python: no settings, no cache, no way to a network."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "PIP_INDEX_URL"), "http://127.0.0.1:9")
    return subprocess.run(
        command, env={"HOME": str(home), "PATH": os.defpath, **nowhere}, capture_output=True, text=True, check=False
    )


def test_the_archive_sets_up_a_program_that_works(unpacked: Path, tmp_path: Path) -> None:
    done = alone("sh", unpacked / "install.sh", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    program = unpacked / "program" / "bin" / "vielfalt"
    for command in (
        ("synth", tmp_path / "town", "--residents", "1000", "--seed", "7"),
        ("run", tmp_path / "town", "--date", "2024-12-31"),
        ("desk", "import", tmp_path / "town" / "releases" / "2024-12-31-1.zip"),
    ):
        ran = alone(program, *command, home=tmp_path)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "town" / "releases" / "2024-12-31-1" / "report.pdf").stat().st_size > 10_000
    looks = (
        unpacked / "program" / "lib" / f"python{PYTHON}" / "site-packages" / "vielfalt" / "desk" / "static" / "vendor"
    )
    assert {"kern.min.css", "kern-LICENSE.md", "maplibre-gl-csp.js"} <= {file.name for file in looks.iterdir()}


def test_a_changed_wheel_is_refused(unpacked: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy", ignore=shutil.ignore_patterns("program"), copy_function=os.link)
    wheel = next((copy / "wheels").glob("click-*.whl"))
    content = wheel.read_bytes()
    wheel.unlink()
    wheel.write_bytes(content + b"\0")
    done = alone("sh", copy / "install.sh", home=tmp_path)
    assert done.returncode == 1
    assert "Entpacken Sie das Archiv neu" in done.stderr
    assert not (copy / "program" / "bin" / "vielfalt").exists()


def test_another_python_is_refused_before_anything_is_made(unpacked: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy", ignore=shutil.ignore_patterns("program", "wheels"))
    (copy / "python-version.txt").write_text("3.9\n", encoding="ascii")
    done = alone(sys.executable, copy / "install.py", home=tmp_path)
    assert done.returncode == 1
    assert "für Python 3.9 (64 Bit) gepackt" in done.stderr
    assert not (copy / "program").exists()
