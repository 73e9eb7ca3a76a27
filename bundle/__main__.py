"""Packs the archive from which a computer without a network is set up: ``python -m bundle fetch|pack SYSTEM [PYTHON]``.

SYSTEM is linux or windows, PYTHON the version there (3.11 or newer). The archive holds the program, every package of
the locked requirements as a wheel for that system, the set-up (``install.py``) and the documentation. Only ``fetch``
needs a network; what it takes is held to the hashes of ``requirements/``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bundle.manual import manual
from hatchling.builders.wheel import WheelBuilder
from packaging.markers import Marker

from vielfalt.wholefile import written_whole

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build"
LOCKED = ("run.txt", "bundle.txt")
"""What the program needs, and the pip that installs it there."""
SCRIPTS = ("install.py", "LIESMICH.txt", "README.txt")
REQUIREMENT = re.compile(
    r"^(?P<pin>[a-z0-9][\w.-]*==[^\s;\\]+)(?: ; (?P<marker>[^\\\n]+?))? \\\n(?P<hashes>(?: +--hash.*\n)+)", re.M
)
"""An entry of a lock file: which version, where it is needed, and the hashes of its files."""


@dataclass(frozen=True)
class System:
    """A kind of computer: how wheels name it, how the conditions of the lock file see it, and what it alone needs.

    ``python``: the version of Python that the archive is made for where none is named.
    """

    tags: tuple[str, ...]
    seen_as: dict[str, str]
    scripts: tuple[str, ...]
    python: str


SYSTEMS = {
    "linux": System(
        (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)), "manylinux2014_x86_64"),
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        ("install.sh",),
        f"{sys.version_info.major}.{sys.version_info.minor}",
    ),
    "windows": System(
        ("win_amd64",),
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
        ("install.cmd", "vielfalt.cmd"),
        "3.13",
    ),
}
"""Linux from glibc 2.28 on (Debian 10, Ubuntu 20.04), and Windows; both on 64 bits of Intel or AMD."""


def main(arguments: list[str]) -> None:
    """Fetches, or packs and names the archive; raises SystemExit for a system that there is no archive for."""
    verb, name, *version = arguments if len(arguments) > 1 else ("", "")
    if verb not in ("fetch", "pack") or name not in SYSTEMS or len(version) > 1:
        raise SystemExit(f"usage: python -m bundle fetch|pack {'|'.join(SYSTEMS)} [PYTHON]")
    python = version[0] if version else SYSTEMS[name].python
    if verb == "fetch":
        fetch(name, python)
    else:
        archive = pack(name, python, BUILD)
        print(f"{archive.relative_to(ROOT)}  {archive.stat().st_size / 1e6:.0f} MB  sha256 {digest(archive)}")


def wheels_of(name: str, python: str) -> Path:
    """The folder of the wheels for a system and a Python."""
    return BUILD / f"wheels-{name}-{python}"


def fetch(name: str, python: str) -> None:
    """Lays the wheels of the locked requirements into the folder of a system and a Python, and nothing else."""
    folder, system = wheels_of(name, python), SYSTEMS[name]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = folder / "wanted.txt"
    wanted.write_text("".join(wanted_there(system, python)), encoding="utf-8")
    tags = [f"--platform={tag}" for tag in system.tags]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    form = ["--no-deps", "--only-binary=:all:", "--require-hashes", f"--python-version={python}", *tags]
    subprocess.run([*command, *form, f"--dest={folder}", f"--requirement={wanted}"], check=True)
    wanted.unlink()


def wanted_there(system: System, python: str) -> Iterator[str]:
    """The locked requirements that hold on a system, without their conditions: pip would ask those of this computer."""
    there = {
        **system.seen_as,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for file in LOCKED:
        for found in REQUIREMENT.finditer((ROOT / "requirements" / file).read_text(encoding="utf-8")):
            if found["marker"] is None or Marker(found["marker"]).evaluate(there):
                yield f"{found['pin']} \\\n{found['hashes']}"


def pack(name: str, python: str, target: Path) -> Path:
    """The archive of the program, built anew, and the wheels fetched; the folder within bears its name.

    Raises SystemExit where they were not fetched, or not to the end.
    """
    fetched = sorted(wheels_of(name, python).glob("*.whl"))
    if len(fetched) < sum(1 for _ in wanted_there(SYSTEMS[name], python)):
        raise SystemExit(f"wheels are missing: python -m bundle fetch {name} {python}")
    title = f"vielfalt-{_version()}-{name}-python{python}"
    archive = target / f"{title}.zip"
    with tempfile.TemporaryDirectory() as folder, written_whole(archive) as partial:
        scratch = Path(folder)
        wheels_and_own = [*fetched, _built(scratch)]
        said, listed = scratch / "python-version.txt", scratch / "requirements.txt"
        said.write_text(f"{python}\n", encoding="ascii")
        listed.write_text("".join(map(_line, wheels_and_own)), encoding="ascii")
        with zipfile.ZipFile(partial, "w") as packed:
            for wheel in wheels_and_own:
                packed.write(wheel, f"{title}/wheels/{wheel.name}")
            for file in (said, listed, *(HERE / script for script in (*SCRIPTS, *SYSTEMS[name].scripts))):
                packed.write(file, f"{title}/{file.name}")
            for page, content in manual(ROOT).items():
                entry = zipfile.ZipInfo(f"{title}/{page}", time.localtime()[:6])
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                packed.writestr(entry, content)
    return archive


def _built(folder: Path) -> Path:
    """The wheel of the program, with the looks of the desk that ``make`` has laid out."""
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def _line(wheel: Path) -> str:
    """The requirement of exactly this file; the program comes with its desk."""
    name, version, *_ = wheel.name.split("-")
    extra = "[desk]" if name == "vielfalt" else ""
    return f"{name}{extra}=={version} --hash=sha256:{digest(wheel)}\n"


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        found = sha256()
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


if __name__ == "__main__":
    main(sys.argv[1:])
