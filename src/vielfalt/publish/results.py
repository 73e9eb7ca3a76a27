"""Everything that publishing may see of a run: protected tables, areas, indices, findings as counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from vielfalt.breaks import Break
from vielfalt.cells import ProtectedCells, Protection
from vielfalt.definitions import Definition
from vielfalt.figures.index_values import IndexValue
from vielfalt.geography import Geography


@dataclass(frozen=True)
class Source:
    """Where the figures come from: the town, the reference date (yyyymmdd), what was evaluated, under which licence."""

    town: str
    ags: str
    date: int
    kind: Literal["register", "table"]
    text: str
    licence: str


@dataclass(frozen=True)
class FindingCount:
    """One finding of the check as it may be shown: id, sentence, how many rows, what happened to them, which field.

    ``counted_in``: table and category of figures that count these people, or some of them. ``in_a_few_houses``: what is
    found is a house or a household, so that the rows are those of one or two.
    """

    id: str
    message: str
    rows: int
    consequence: str
    field: str = ""
    counted_in: tuple[tuple[str, str], ...] = ()
    in_a_few_houses: bool = False


@dataclass(frozen=True)
class Capability:
    """Whether one table or definition could be computed, and which extract fields were missing."""

    kind: Literal["table", "definition"]
    id: str
    possible: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Previous:
    """The protected tables of the last release of an earlier reference date, and what they are figures of."""

    date: int
    release: str
    tables: Mapping[str, ProtectedCells]
    ags: str
    kind: str
    rule_set: str


class DatedTables(Protocol):
    """The protected tables of a reference date, and the rule set behind them."""

    @property
    def tables(self) -> Mapping[str, ProtectedCells]:
        """By table id."""

    @property
    def rule_set(self) -> str:
        """Its id."""


@dataclass(frozen=True)
class EarlierDate:
    """One earlier reference date of the series: its last release, and the breaks between it and the next date."""

    release: Previous
    breaks: tuple[Break, ...]


@dataclass(frozen=True)
class Movements:
    """The comparison with an earlier reference date: its date, and the breaks that were found on the way.

    The tables of movements stand among the tables of the results; what a break forbids is absent there.
    """

    since: int
    breaks: tuple[Break, ...]


@dataclass(frozen=True)
class Utility:
    """What protection cost, over all tables of one date: means and counts, rounded.

    ``figures``: published or hidden; ``residents_hidden``: part of the residents who stand in hidden figures (finest
    areas, mean of the tables); ``mean_change``: of the numbers shown, up or down, zeros aside; ``share_change``: the
    same of shares (0.01: a percentage point), and as a part of the mean share; ``areas_on_maps``: coloured on all maps,
    and how many would be in another class by their true share, in tens.
    """

    figures: int
    hidden: int
    residents_hidden: float
    mean_change: float
    share_change: float
    share_change_relative: float
    areas_on_maps: int
    areas_in_another_class: int


@dataclass(frozen=True)
class TownRelease:
    """One town of a county's release: its key, and name and hash of manifest of the release that it published."""

    ags: str
    release: str
    manifest: str


@dataclass(frozen=True)
class Results:
    """One run, ready to be published. ``tables`` by table id; a table that could not be counted is absent.

    ``series`` are the earlier dates, oldest first; ``breaks`` lie between this date and the ``previous`` one. Without
    ``movements`` no earlier date could be linked.
    ``utility``: what protection cost; imported tables have none.
    ``fingerprint``: of the perturbation table, under the town's key; empty without one.
    ``definitions`` are those an imported table brings beside the registry; ``notes`` are message ids.
    ``made_of``: the towns, where the release is that of a county.
    """

    source: Source
    geography: Geography
    tables: Mapping[str, ProtectedCells]
    indices: tuple[IndexValue, ...]
    protection: Protection
    rule_set: str = ""
    findings: tuple[FindingCount, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    previous: Previous | None = None
    breaks: tuple[Break, ...] = ()
    movements: Movements | None = None
    series: tuple[EarlierDate, ...] = ()
    fingerprint: str = ""
    utility: Utility | None = None
    definitions: tuple[Definition, ...] = ()
    notes: tuple[str, ...] = ()
    made_of: tuple[TownRelease, ...] = ()
