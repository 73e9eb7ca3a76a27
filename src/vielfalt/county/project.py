"""The county project: which town projects belong to it, from county.toml.

COUNTY/
  county.toml                   settings
  vault/                        fingerprints of what was released, and the room of what is hidden
  releases/DATE-N/              release packages of the county
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vielfalt import dates
from vielfalt.errors import TownError, VielfaltError, known
from vielfalt.tomlfile import Section, read_settings
from vielfalt.tools.starting import write_new
from vielfalt.town import Town, one_line, read_town
from vielfalt.words import LANGUAGES, N_, Language, Words

FILE = "county.toml"
_TODO = N_("Correct county.toml.")
_TEMPLATES = Path(__file__).parent / "templates_county"


@dataclass(frozen=True)
class County:
    """One county project. ``towns`` are the folders of its town projects, in the order in which they are shown.

    ``date`` is the reference date (yyyymmdd; 0: the latest that every town has), ``memory`` the bytes that all runs
    together may take (0: what is free).
    """

    root: Path
    name: str
    key: str
    towns: tuple[Path, ...]
    date: int
    memory: int
    language: Language
    licence: str

    @property
    def ags(self) -> str:
        """The county's key as that of a municipality: 000 stands for no municipality in it."""
        return f"{self.key}000"

    @property
    def vault(self) -> Path:
        """The folder of what the county remembers of its releases."""
        return self.root / "vault"

    @property
    def releases(self) -> Path:
        """The folder of the county's release packages."""
        return self.root / "releases"


@dataclass(frozen=True)
class Member:
    """One town of a county: its folder, and the project in it or why it cannot be read; or the county (``title``)."""

    folder: Path
    town: Town | None
    error: VielfaltError | None = None
    title: str = ""

    @property
    def name(self) -> str:
        """The name of the town or county, or that of its folder where the project cannot be read."""
        return self.title or (self.town.name if self.town else self.folder.name)


@dataclass(frozen=True)
class Plan:
    """What a run is about: the county, its members as they were read, and the reference date (yyyymmdd)."""

    county: County
    members: tuple[Member, ...]
    date: int

    @property
    def towns(self) -> list[Town]:
        """The town projects that can be read."""
        return [member.town for member in self.members if member.town]


def read_county(root: Path) -> County:
    """The county project in a folder. Raises TownError, naming file and setting, when absent or inconsistent."""
    path = root / FILE
    try:
        file = read_settings(path, _TODO)
    except (FileNotFoundError, NotADirectoryError):
        raise TownError(
            N_("This folder is no county project: it holds no county.toml."),
            where=root,
            todo=N_("Write a new one with “vielfalt county init FOLDER” or name another folder."),
        ) from None
    file.only("county")
    section = file.section("county")
    section.only("name", "key", "towns", "date", "memory_gb", "language", "licence")
    name = one_line(section, "name", section.required("name"))
    key, language = section.required("key"), section.choice("language", LANGUAGES)
    if not (key.isascii() and key.isdigit() and len(key) == 5):
        raise section.fault(N_("The setting “{setting}” must have five digits."), "key")
    return County(
        root=root,
        name=name,
        key=key,
        towns=_towns(section, root),
        date=section.date("date") if "date" in section.values else 0,
        memory=section.whole("memory_gb", 0) * 1_000_000_000,
        language=language,
        licence=one_line(section, "licence", section.text("licence", "dl-de/by-2-0")),
    )


def _towns(section: Section, root: Path) -> tuple[Path, ...]:
    """The folders of the towns, as they are written from the county's folder on."""
    folders = [Path(os.path.normpath(root / name)) for name in section.texts("towns")]
    if len(folders) < 2:
        raise section.fault(N_("The setting “{setting}” must name at least two town projects."), "towns")
    for folder, times in Counter(folder.resolve() for folder in folders).items():
        if times > 1:
            raise section.fault(N_("The setting “{setting}” names {folder} twice."), "towns", folder=folder)
    return tuple(folders)


def planned(county: County, wanted: int) -> Plan:
    """The plan of a run on the date wanted (yyyymmdd; 0: see ``reference_date``).

    Raises TownError when the project contradicts itself, or there is no such date.
    """
    found = members(county)
    return Plan(county, found, reference_date(county, [member.town for member in found if member.town], wanted))


def members(county: County) -> tuple[Member, ...]:
    """The towns of the county; a folder that is no town project is told as such and holds nobody up.

    Raises TownError when two towns bear the same municipality key, or one that is not of this county.
    """
    found = [_member(folder) for folder in county.towns]
    towns = [member.town for member in found if member.town]
    for ags, times in Counter(town.ags for town in towns).items():
        where = ", ".join(str(town.root) for town in towns if town.ags == ags)
        if times > 1:
            raise TownError(
                N_("Several towns of the county bear the municipality key {ags}."),
                where=where,
                ags=ags,
                todo=N_("Correct town.ags in town.toml, or take one of them out of county.toml."),
            )
        if not ags.startswith(county.key) or ags == county.ags:
            raise TownError(
                N_("The municipality key {ags} is none of the county {key}."),
                where=where,
                ags=ags,
                key=county.key,
                todo=N_("Correct county.key in county.toml or town.ags in town.toml."),
            )
    return tuple(found)


def _member(folder: Path) -> Member:
    try:
        return Member(folder, read_town(folder))
    except (VielfaltError, OSError) as error:
        return Member(folder, None, known(error))


def reference_date(county: County, towns: Sequence[Town], wanted: int) -> int:
    """The date wanted, else that of county.toml, else the latest for which every town with extracts has one.

    Raises TownError when there is none, or it lies in the future.
    """
    date = wanted or county.date
    if not date:
        delivered = [set(found) for town in towns if (found := town.reference_dates())]
        common = set.intersection(*delivered) if delivered else set()
        if not common:
            raise TownError(
                N_("There is no reference date for which every town has an extract."),
                where=county.root / FILE,
                todo=N_("Put the missing extracts in place, or set “date” in county.toml."),
            )
        date = max(common)
    dates.refuse_future(date)
    return date


def init_county(root: Path, words: Words) -> Path:
    """Writes a commented county.toml and returns it. Raises UsageError when one is there, StorageError if it cannot."""
    text = (_TEMPLATES / words.language / FILE).read_text(encoding="utf-8")
    (path,) = write_new(root, {FILE: text})
    return path
