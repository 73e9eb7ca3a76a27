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

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any

from vielfalt import dates, parameters, programme, rule_sets
from vielfalt.cells import LARGEST_P_PERCENT, LEAST_CELL, LEAST_DOMINANCE, Protection
from vielfalt.errors import TownError, VielfaltError
from vielfalt.methods import BASES, CellKey, Method, Rounding, Suppression
from vielfalt.profiles import Profile, read_profile
from vielfalt.tomlfile import read_toml
from vielfalt.words import N_, Language

LARGEST_SHIFT = 50
"""A larger change would leave nothing of a small town's figures."""
LINK_DATES = 2
"""What two dates to compare need."""
_METHOD = frozenset({"method", "cell_key", "rounding"})
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
        """The column profile the project names."""
        return read_profile(self.profile_path)

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
        """The reference dates with an extract, oldest first. Folders that are no date are passed over."""
        found = []
        for path in sorted((self.root / "register").glob("*/register.csv")):
            try:
                found.append(dates.from_iso(path.parent.name))
            except VielfaltError:
                continue
        return tuple(found)

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
        content = read_toml(path)
    except (FileNotFoundError, NotADirectoryError):
        raise TownError(
            N_("This folder is no town project: it holds no town.toml."),
            where=root,
            todo=N_("Write a new project with “vielfalt init FOLDER” or name another folder."),
        ) from None
    return _Reader(path, content).town()


@dataclass(frozen=True)
class _Reader:
    """Reads settings and says which one is wrong."""

    path: Path
    content: Mapping[str, Any]

    def town(self) -> Town:
        town, areas = self.section("town"), self.section("areas")
        self.known("town", town, {"name", "ags", "licence", "language", "rule_set", "profile", "options"})
        return Town(
            root=self.path.parent,
            name=self.text("town", town, "name"),
            ags=self.ags(town),
            licence=str(town.get("licence", "dl-de/by-2-0")),
            language=self.choice("town", town, "language", ("de", "en")),  # type: ignore[arg-type]
            rule_set=self.choice("town", town, "rule_set", rule_sets.IDS),
            options=self.options(town),
            areas=self.areas(areas),
            profile_path=self.path.parent / str(town.get("profile", "profile.toml")),
            protection_settings=self.protection(),
            method_settings=self.method(),
            link_dates=self.link_dates(),
        )

    def section(self, name: str) -> Mapping[str, Any]:
        found = self.content.get(name)
        if not isinstance(found, dict):
            raise self.fault(N_("The section [{section}] is missing."), section=name)
        return found

    def text(self, section: str, table: Mapping[str, Any], name: str) -> str:
        value = table.get(name)
        if value is not None and not isinstance(value, str):
            raise self.fault(N_("The setting “{setting}” must stand in quotation marks."), setting=f"{section}.{name}")
        if not value or not value.strip():
            raise self.fault(N_("The setting “{setting}” is missing or empty."), setting=f"{section}.{name}")
        return value

    def choice(self, section: str, table: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
        value = table.get(name, allowed[0])
        if value not in allowed:
            raise self.fault(
                N_("The setting “{setting}” is “{value}”; allowed are {allowed}."),
                setting=f"{section}.{name}",
                value=value,
                allowed=", ".join(allowed),
            )
        return str(value)

    def known(self, section: str, table: Mapping[str, Any], names: set[str]) -> None:
        for name in table:
            if name not in names:
                raise self.fault(N_("The setting “{setting}” is not known."), setting=f"{section}.{name}")

    def ags(self, town: Mapping[str, Any]) -> str:
        value = self.text("town", town, "ags")
        if not (value.isdigit() and len(value) == 8):
            raise self.fault(N_("The setting “{setting}” must have eight digits."), setting="town.ags")
        return value

    def areas(self, areas: Mapping[str, Any]) -> Areas:
        self.known("areas", areas, {"streets", "crs", "level"})
        entries = areas.get("level", ())
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
            raise self.fault(N_("There is no area level; each is a section [[areas.level]]."))
        levels = tuple(map(self.level, entries))
        twice = [id for id, times in Counter(level.id for level in levels).items() if times > 1]
        if twice:
            raise self.fault(N_("Two area levels bear the id “{id}”."), id=twice[0])
        streets = areas.get("streets", "")
        return Areas(
            levels=levels,
            streets=self.path.parent / str(streets) if streets else None,
            crs=str(areas.get("crs", "EPSG:25832")),
        )

    def options(self, town: Mapping[str, Any]) -> frozenset[str]:
        known = {table.option for table in programme.ALL if table.option}
        wanted = town.get("options", [])
        if not isinstance(wanted, list) or not known.issuperset(map(str, wanted)):
            raise self.fault(
                N_("The setting “{setting}” is a list; it may hold: {allowed}."),
                setting="town.options",
                allowed=", ".join(sorted(known)),
            )
        return frozenset(wanted)

    def level(self, entry: Mapping[str, Any]) -> LevelFile:
        self.known("areas.level", entry, {"id", "title", "file", "key", "name", "parent"})
        id = self.text("areas.level", entry, "id")
        if id in RESERVED_LEVELS or not id.isidentifier() or not id.islower():
            raise self.fault(N_("“{id}” cannot be the id of an area level."), id=id)
        return LevelFile(
            id=id,
            title=self.text("areas.level", entry, "title"),
            file=self.path.parent / self.text("areas.level", entry, "file"),
            key=str(entry.get("key", "key")),
            name=str(entry.get("name", "name")),
            parent=str(entry.get("parent", "parent")),
        )

    def protection(self) -> Mapping[str, int | float]:
        settings = {name: value for name, value in self.part("protection").items() if name not in _METHOD}
        known = parameters.load("protection")
        self.known("protection", settings, set(known))
        percent = settings.get("p_percent", 0)
        if not isinstance(percent, int) or isinstance(percent, bool) or not 0 <= percent <= LARGEST_P_PERCENT:
            raise self.fault(
                N_("The setting “{setting}” must be a whole number from {least} to {most}."),
                setting="protection.p_percent",
                least=0,
                most=LARGEST_P_PERCENT,
            )
        for name, value in settings.items():
            good = name == "p_percent" or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0)
            if not good or (name == "dominance" and not LEAST_DOMINANCE <= value <= 1):
                raise self.fault(N_("The setting “{setting}” is out of range."), setting=f"protection.{name}")
        for name in ("min_cell", "min_cell_fine"):
            if settings.get(name, LEAST_CELL) < LEAST_CELL:
                raise self.fault(
                    N_("The setting “{setting}” must be 3 or more: nothing below 3 may be published."),
                    setting=f"protection.{name}",
                )
        return settings

    def method(self) -> Mapping[str, str | float | bool]:
        """The method and its settings by their full names; what is not set is left to the defaults."""
        protection = self.part("protection")
        cell_key, rounding = self.part("protection.cell_key"), self.part("protection.rounding")
        self.known(
            "protection.cell_key",
            cell_key,
            {"largest_shift", "variance", "smallest", "stay", "monotone", "additive"},
        )
        self.known("protection.rounding", rounding, {"base", "direction"})
        for name in ("largest_shift", "smallest"):
            lowest = LEAST_CELL if name == "smallest" else 1
            self.within("protection.cell_key", cell_key, name, (lowest, LARGEST_SHIFT), int)
        self.within("protection.cell_key", cell_key, "variance", (0.01, float(LARGEST_SHIFT**2)), int | float)
        self.within("protection.cell_key", cell_key, "stay", (0, 0.99), int | float)
        switches = {name: cell_key.get(name, name == "monotone") for name in ("monotone", "additive")}
        for name, value in switches.items():
            if not isinstance(value, bool):
                raise self.fault(
                    N_("The setting “{setting}” must be true or false."), setting=f"protection.cell_key.{name}"
                )
        if rounding.get("base", BASES[0]) not in BASES:
            self.choice("protection.rounding", rounding, "base", tuple(map(str, BASES)))
        return {
            **{f"cell_key_{name}": value for name, value in {**cell_key, **switches}.items()},
            **{f"rounding_{name}": value for name, value in rounding.items()},
            "rounding_direction": self.choice("protection.rounding", rounding, "direction", ("chance", "nearest")),
            "method": self.choice("protection", protection, "method", ("suppression", "cell_key", "rounding")),
        }

    def part(self, name: str) -> Mapping[str, Any]:
        """A section that may be absent; its parts are named with dots."""
        found: Any = self.content
        for step in name.split("."):
            found = found.get(step, {})
            if not isinstance(found, dict):
                raise self.fault(N_("The section [{section}] is missing."), section=name)
        return dict(found)

    def within(
        self, section: str, table: Mapping[str, Any], name: str, limits: tuple[float, float], kind: type | UnionType
    ) -> None:
        value = table.get(name, limits[0])
        good = isinstance(value, kind) and not isinstance(value, bool)
        if not good or not limits[0] <= float(value) <= limits[1]:
            raise self.fault(N_("The setting “{setting}” is out of range."), setting=f"{section}.{name}")

    def link_dates(self) -> int:
        vault = dict(self.content.get("vault", {}))
        self.known("vault", vault, {"link_dates"})
        value = vault.get("link_dates", LINK_DATES)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.fault(N_("The setting “{setting}” is out of range."), setting="vault.link_dates")
        return value

    def fault(self, message: str, **values: object) -> TownError:
        return TownError(message, where=self.path, todo=N_("Correct town.toml."), **values)
