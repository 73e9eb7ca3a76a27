"""What the desk is made of: the installed packages with version and licence, as they say it themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "static" / "vendor"


@dataclass(frozen=True)
class Package:
    """One package: its name, version and licence; empty where it does not say."""

    name: str
    version: str
    licence: str


def ours() -> Package:
    """The program itself."""
    return _package(distribution("vielfalt"))


@cache
def packages() -> tuple[Package, ...]:
    """Every Python package that the desk needs and that is installed, by name."""
    found: dict[str, Package] = {}
    waiting = ["vielfalt"]
    while waiting:
        try:
            one = distribution(waiting.pop())
        except PackageNotFoundError:
            # For another system, or an extra that is not used here.
            continue
        if _key(one.name) not in found:
            found[_key(one.name)] = _package(one)
            waiting += _needs(one)
    found.pop("vielfalt")
    return tuple(found[key] for key in sorted(found))


def front_end() -> tuple[Package, ...]:
    """The front-end files, as the set-up has noted them; none where it was not run."""
    try:
        listed = json.loads((VENDOR / "parts.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(Package(**entry) for entry in listed)


def _needs(one: Distribution) -> Iterator[str]:
    """The names of what a package needs; of our own also what the desk needs, of others no extras."""
    for requirement in one.requires or ():
        name = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra\s*==\s*[\"']([\w-]+)", requirement)
        if name and (extra is None or (one.name == "vielfalt" and extra[1] == "desk")):
            yield name[0]


def _package(one: Distribution) -> Package:
    said = one.metadata
    listed = [entry for entry in said.get_all("Classifier") or () if entry.startswith("License")]
    whole = "".join(said.get_all("License-Expression") or ())
    classified = ", ".join(entry.rpartition(" :: ")[2] for entry in listed)
    named = whole or classified or "".join(said.get_all("License") or ()).split("\n")[0][:80]
    return Package(one.name, one.version, named)


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
