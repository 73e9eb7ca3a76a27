"""Who runs this desk: read from ``desk.toml`` in its data folder, where the town writes it once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from vielfalt.errors import UsageError
from vielfalt.tomlfile import read_toml
from vielfalt.words import N_

FILE = "desk.toml"


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
    entries = read_toml(path).get("operator", {})
    known = {field.name for field in fields(Operator)}
    wrong = next((name for name, value in entries.items() if name not in known or not isinstance(value, str)), None)
    if wrong is not None:
        raise UsageError(
            N_("The entry “{entry}” of [operator] is unknown or no text."),
            where=path,
            entry=wrong,
            todo=N_("Correct it; the reference page on desk.toml lists all entries."),
        )
    return Operator(**entries)
