"""Who runs this desk: read from ``desk.toml`` in its data folder, where the town writes it once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from vielfalt.errors import TownError, UsageError
from vielfalt.tomlfile import read_settings
from vielfalt.words import N_

FILE = "desk.toml"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Operator:
    """The table ``operator`` of ``desk.toml``; what the town has not written is empty."""

    name: str = ""
    street: str = ""
    place: str = ""
    represented_by: str = ""
    email: str = ""
    telephone: str = ""
    data_protection_officer: str = ""
    supervisory_authority: str = ""
    accessibility_contact: str = ""
    enforcement_body: str = ""

    @property
    def is_named(self) -> bool:
        """Whether name, address and e-mail are there, without which no imprint is one (§ 5 DDG)."""
        return all((self.name, self.street, self.place, self.email))


def operator(folder: Path) -> Operator:
    """The operator that the file names; an empty one without file. Raises UsageError for unknown or wrong entries."""
    path = folder / FILE
    if not path.exists():
        return Operator()
    try:
        file = read_settings(path, N_("Correct desk.toml; the reference page on it lists all entries."))
        file.only("operator")
        section = file.section("operator")
        names = tuple(field.name for field in fields(Operator))
        section.only(*names)
        return Operator(**{name: section.text(name) for name in names})
    except TownError as error:
        raise UsageError(error.what, where=error.where, todo=error.todo, **error.values) from None


def shown(folder: Path) -> Operator:
    """The operator as pages show it: empty where the file cannot be used, which the log says without contents."""
    try:
        return operator(folder)
    except (UsageError, OSError) as error:
        _tell_of(folder / FILE, _state(folder / FILE), type(error).__name__)
        return Operator()


@lru_cache(maxsize=1)
def _tell_of(path: Path, state: int, fault: str) -> None:
    """Tells the log of a file that cannot be used: once, until the file or its fault is another one."""
    del path, state
    _LOG.error("%s cannot be used and is taken for empty (%s); see: vielfalt desk check", FILE, fault)


def _state(path: Path) -> int:
    """When the file was last changed; 0 where nobody may know."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
