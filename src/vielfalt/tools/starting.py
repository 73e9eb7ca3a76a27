"""A new town project: commented settings, an example column profile, and the field request to the registration office.

The documents are templates in German and English (``templates_town/``); the table of the field request comes from
``schema.EXTRACT`` and ``templates_town/fields.csv``, the settings of disclosure control from the parameters.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from vielfalt import dates, parameters, schema
from vielfalt.errors import StorageError, UsageError, why
from vielfalt.words import N_, Words

_TEMPLATES = Path(__file__).parent / "templates_town"
_FILES = {
    "town.toml": "town.toml",
    "profile.toml": "profile.toml",
    "field-request.md": "field-request.md",
    "README.md": "README.md",
    "register/README.md": "register.md",
    "areas/README.md": "areas.md",
}
"""Where each document goes in the project, and its template."""


def init_town(root: Path, words: Words) -> tuple[Path, ...]:
    """Writes a new town project and returns the files written; existing files are never touched.

    Raises UsageError when the folder holds a town project or one of the files already, StorageError when it cannot be
    written.
    """
    return write_new(root, {name: _document(template, words) for name, template in _FILES.items()})


def write_new(root: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Writes the first files of a project by their places in it and returns them; existing files are never touched.

    Raises UsageError when the folder holds one of the files already, StorageError when it cannot be written.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(N_("This is a file, not a folder."), where=root, todo=N_("Name a new or an empty folder."))
    for name in texts:
        if (root / name).exists():
            raise UsageError(
                N_("The folder already holds {file}; nothing was written."),
                where=root,
                todo=N_("Name a new or an empty folder."),
                file=name,
            )
    try:
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(
            N_("The folder cannot be written: {reason}."),
            where=root,
            todo=N_("Free some space or correct the permissions of the folder, then start again."),
            reason=why(error),
        ) from None
    return tuple(root / name for name in texts)


def _document(template: str, words: Words) -> str:
    """The template in the language asked for, with its generated part."""
    text = (_TEMPLATES / words.language / template).read_text(encoding="utf-8")
    return text.replace("{fields}", _fields(words)).replace("{protection}", _protection(words))


def _fields(words: Words) -> str:
    """The table of the field request: one row per field of the extract."""
    about = _about_fields()
    heads = (
        words("Field"),
        words("Meaning"),
        words("Form"),
        words("Legal reference"),
        words("Needed for"),
        words("Urgency"),
    )
    rows = [
        (
            f"`{field.name}`",
            words(field.meaning),
            about[field.name][f"form_{words.language}"],
            about[field.name][f"basis_{words.language}"],
            about[field.name][f"need_{words.language}"],
            about[field.name]["urgency"],
        )
        for field in schema.EXTRACT
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows))


def _about_fields() -> Mapping[str, Mapping[str, str]]:
    with (_TEMPLATES / "fields.csv").open(encoding="utf-8", newline="") as file:
        return {row["field"]: row for row in csv.DictReader(file)}


def _protection(words: Words) -> str:
    """Each setting of disclosure control, commented out with the default that holds today."""
    versions = parameters.load("protection")
    return "\n".join(
        f"\n# {words(versions[name][-1].meaning)}\n# {name} = {value}"
        for name, value in parameters.on("protection", dates.today()).items()
    ).lstrip("\n")
