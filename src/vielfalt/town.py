"""The town project: settings from town.toml as frozen records, and where each file lies.

TOWN/
  town.toml                     settings
  profile.toml                  column profile of the extract
  register/DATE/register.csv    extracts, one folder per reference date (year-month-day)
  places.csv                    birth places coded by hand
  areas/LEVEL.geojson           polygons per area level
  areas/streets.csv             street directory
  vault/                        key and person-level results; never leaves the machine
  releases/DATE-N/              release packages
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from vielfalt import dates, parameters, programme, rule_sets
from vielfalt.cells import LARGEST_P_PERCENT, LEAST_CELL, LEAST_DOMINANCE, Protection
from vielfalt.errors import TownError
from vielfalt.geography import LONGEST_NAME, is_key, is_line
from vielfalt.methods import BASES, CellKey, Method, Rounding, Suppression
from vielfalt.profiles import Profile, read_profile
from vielfalt.tomlfile import Section, read_settings
from vielfalt.wholefile import is_there
from vielfalt.words import LANGUAGES, N_, Language

LARGEST_SHIFT = 50
"""A larger change would leave nothing of a small town's figures."""
LINK_DATES = 2
"""What two dates to compare need."""
_TODO = N_("Correct town.toml.")
RELIGION = "religion"
"""The option that switches religion on, and the field it is about (GDPR Art. 9)."""
_MEANT_FOR_A_DATE = re.compile(r"[-0-9._ ]+")
RESERVED_LEVELS = frozenset({"town", "area", "level", "value", "status"})


@dataclass(frozen=True)
class LevelFile:
    """One area level: its id, the town's word for it, and where its polygons lie and are named."""

    id: str
    title: str
    file: Path
    key: str
    name: str
    parent: str


@dataclass(frozen=True)
class Areas:
    """How residents are assigned to areas: levels from coarse to fine, street directory, CRS of the coordinates."""

    levels: tuple[LevelFile, ...]
    streets: Path | None
    crs: str


@dataclass(frozen=True)
class Town:
    """One town project. ``protection`` holds the settings of town.toml; defaults depend on the reference date."""

    root: Path
    name: str
    ags: str
    licence: str
    language: Language
    rule_set: str
    options: frozenset[str]
    areas: Areas
    profile_path: Path
    protection_settings: Mapping[str, int | float]
    method_settings: Mapping[str, str | float | bool]
    link_dates: int = LINK_DATES
    """For how many reference dates the vault keeps link files; 0: none, and no movements."""

    @property
    def profile(self) -> Profile:
        """The column profile the project names; without religion unless it is switched on: it is not read then."""
        profile = read_profile(self.profile_path)
        asked = {
            field: name for field, name in profile.columns.items() if field != RELIGION or RELIGION in self.options
        }
        return replace(profile, columns=MappingProxyType(asked))

    @property
    def vault(self) -> Path:
        """The folder of everything person-level."""
        return self.root / "vault"

    @property
    def releases(self) -> Path:
        """The folder of the release packages."""
        return self.root / "releases"

    @property
    def coded_places(self) -> Path:
        """The file of the birth places coded by hand; it need not exist."""
        return self.root / "places.csv"

    def extract(self, date: int) -> Path:
        """Where the extract of a reference date lies."""
        return self.root / "register" / dates.to_iso(date) / "register.csv"

    def reference_dates(self) -> tuple[int, ...]:
        """The reference dates with an extract, oldest first. Folders that are no date are passed over.

        Raises OSError where one may not be looked into: an older date would be taken for the latest.
        """
        return dates.of_folders(self._delivered())

    def misnamed(self) -> tuple[Path, ...]:
        """The folders with an extract whose name is meant for a date but is none, or is written otherwise."""
        numbers = (path for path in self._delivered() if _MEANT_FOR_A_DATE.fullmatch(path.name))
        return tuple(sorted(path for path in numbers if not dates.of_folders([path])))

    def _delivered(self) -> list[Path]:
        register = self.root / "register"
        folders = register.iterdir() if register.is_dir() else ()
        return [folder for folder in folders if is_there(folder / "register.csv")]

    def protection(self, date: int) -> Protection:
        """Settings of disclosure control on a reference date: the defaults, replaced by what town.toml sets."""
        return Protection.of({**parameters.on("protection", date), **self.protection_settings})

    def method(self, date: int) -> Method:
        """How figures are protected on a reference date: the method chosen, with its defaults and what is set."""
        values = {**parameters.on("methods", date), **self.method_settings}
        if values["method"] == "cell_key":
            return CellKey(
                largest_shift=int(values["cell_key_largest_shift"]),
                variance=float(values["cell_key_variance"]),
                smallest=int(values["cell_key_smallest"]),
                stay=float(values["cell_key_stay"]),
                monotone=bool(values["cell_key_monotone"]),
                additive=bool(values["cell_key_additive"]),
            )
        if values["method"] == "rounding":
            return Rounding(int(values["rounding_base"]), values["rounding_direction"] == "chance")
        return Suppression()


def read_town(root: Path) -> Town:
    """The town project in a folder. Raises TownError, naming file and setting, when it is absent or inconsistent."""
    path = root / "town.toml"
    try:
        file = read_settings(path, _TODO)
    except (FileNotFoundError, NotADirectoryError):
        raise TownError(
            N_("This folder is no town project: it holds no town.toml."),
            where=root,
            todo=N_("Write a new project with “vielfalt init FOLDER” or name another folder."),
        ) from None
    return _town(file)


def settings() -> Mapping[str, tuple[str, ...]]:
    """All that town.toml may hold: settings and parts of each section by its name; the file's is empty."""
    return {
        "": ("town", "areas", "vault", "protection"),
        "town": ("name", "ags", "licence", "language", "rule_set", "profile", "options"),
        "areas": ("crs", "streets", "level"),
        "areas.level": ("id", "title", "file", "key", "name", "parent"),
        "vault": ("link_dates",),
        "protection": (*parameters.load("protection"), "method", "cell_key", "rounding"),
        "protection.cell_key": ("largest_shift", "variance", "smallest", "stay", "monotone", "additive"),
        "protection.rounding": ("base", "direction"),
    }


def refuse_reserved(section: Section, id: str) -> None:
    """Raises TownError when the id of an area level is a word with a meaning of its own in tables."""
    if id in RESERVED_LEVELS:
        raise section.fault(
            N_("“{id}” cannot be the id of an area level; these words mean something else: {reserved}."),
            "id",
            id=id,
            reserved=", ".join(sorted(RESERVED_LEVELS)),
        )


def one_line(section: Section, setting: str, value: str) -> str:
    """The value of a setting. Raises TownError where it is not one line that a release can bear."""
    if not is_line(value, LONGEST_NAME):
        message = N_("The setting “{setting}” must be one line of at most {most} signs that can be shown.")
        raise section.fault(message, setting, most=LONGEST_NAME)
    return value


def _known(section: Section) -> Section:
    """The section, when it holds nothing unknown."""
    section.only(*settings()[section.name])
    return section


def _town(file: Section) -> Town:
    town, areas = _known(_known(file).section("town")), _known(file.section("areas"))
    vault, protection = _known(file.section("vault")), _known(file.section("protection"))
    root = file.path.parent
    return Town(
        root=root,
        name=one_line(town, "name", town.required("name")),
        ags=_ags(town),
        licence=one_line(town, "licence", town.text("licence", "dl-de/by-2-0")),
        language=town.choice("language", LANGUAGES),
        rule_set=town.choice("rule_set", rule_sets.IDS),
        options=frozenset(town.choices("options", tuple(sorted({one.option for one in programme.ALL if one.option})))),
        areas=_areas(areas, root),
        profile_path=root / town.text("profile", "profile.toml"),
        protection_settings=_protection(protection),
        method_settings=_method(protection),
        link_dates=vault.whole("link_dates", LINK_DATES),
    )


def _ags(town: Section) -> str:
    value = town.required("ags")
    if not (value.isascii() and value.isdigit() and len(value) == 8):
        raise town.fault(N_("The setting “{setting}” must have eight digits."), "ags")
    return value


def _areas(areas: Section, root: Path) -> Areas:
    levels = tuple(_level(_known(entry), root) for entry in areas.sections("level"))
    if not levels:
        raise areas.fault(N_("There is no area level; each is a section [[areas.level]]."), "level")
    twice = [id for id, times in Counter(level.id for level in levels).items() if times > 1]
    if twice:
        raise areas.fault(N_("Two area levels bear the id “{id}”."), "level", id=twice[0])
    streets = areas.text("streets")
    return Areas(levels, root / streets if streets else None, areas.text("crs", "EPSG:25832"))


def _level(entry: Section, root: Path) -> LevelFile:
    id = entry.required("id")
    refuse_reserved(entry, id)
    if not (id.isidentifier() and id.islower() and is_key(id)):
        raise entry.fault(
            N_("The setting “{setting}” is “{value}”; allowed are small letters, digits and “_”, a letter first."),
            "id",
            value=id,
        )
    return LevelFile(
        id=id,
        title=one_line(entry, "title", entry.required("title")),
        file=root / entry.required("file"),
        key=entry.text("key", "key"),
        name=entry.text("name", "name"),
        parent=entry.text("parent", "parent"),
    )


def _protection(section: Section) -> Mapping[str, int | float]:
    """The thresholds that are set; the others are left to the defaults."""
    found: dict[str, int | float] = {}
    for name in (name for name in parameters.load("protection") if name in section.values):
        if name == "dominance":
            found[name] = section.decimal(name, 1, LEAST_DOMINANCE, 1)
        elif name == "p_percent":
            found[name] = section.whole(name, 0, most=LARGEST_P_PERCENT)
        else:
            found[name] = section.whole(name, 1, least=1)
        if name in ("min_cell", "min_cell_fine") and found[name] < LEAST_CELL:
            raise section.fault(
                N_("The setting “{setting}” must be 3 or more: nothing below 3 may be published."), name
            )
    return found


def _method(protection: Section) -> Mapping[str, str | float | bool]:
    """The method and its settings by their full names; what is not set is left to the defaults."""
    cell_key, rounding = _known(protection.section("cell_key")), _known(protection.section("rounding"))
    largest_variance = float(LARGEST_SHIFT**2)
    numbers: Mapping[str, Callable[[], float]] = {
        "largest_shift": lambda: cell_key.whole("largest_shift", 1, 1, LARGEST_SHIFT),
        "smallest": lambda: cell_key.whole("smallest", LEAST_CELL, LEAST_CELL, LARGEST_SHIFT),
        "variance": lambda: cell_key.decimal("variance", 1, 0.01, largest_variance),
        "stay": lambda: cell_key.decimal("stay", 0, 0, 0.99),
    }
    base = {"base": rounding.whole("base", BASES[0], least=BASES[0])} if "base" in rounding.values else {}
    if base and base["base"] not in BASES:
        raise rounding.not_allowed("base", base["base"], BASES)
    return {
        **{f"cell_key_{name}": read() for name, read in numbers.items() if name in cell_key.values},
        "cell_key_monotone": cell_key.flag("monotone", True),
        "cell_key_additive": cell_key.flag("additive"),
        **{f"rounding_{name}": value for name, value in base.items()},
        "rounding_direction": rounding.choice("direction", ("chance", "nearest")),
        "method": protection.choice("method", ("suppression", "cell_key", "rounding")),
    }
