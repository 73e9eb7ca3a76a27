"""Maps of balances: who came minus who went per area, two colours around the balance, suppressed areas hatched."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from vielfalt.publish import lookup, palettes
from vielfalt.publish.classes import Classes
from vielfalt.publish.picture import Map, Picture, drawn, entitled
from vielfalt.publish.results import Results
from vielfalt.publish.themes import ENOUGH_SHOWN, MOST_HIDDEN, mapped_levels
from vielfalt.words import N_, Words

_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Round half widths of the middle class; the outer bounds lie at three times as much."""


@dataclass(frozen=True)
class Balance:
    """One balance: the (table, category) that come and those that go, in the tables of movements."""

    id: str
    title: str
    coming: tuple[tuple[str, str], ...]
    going: tuple[tuple[str, str], ...]


ALL: tuple[Balance, ...] = (
    Balance(
        "balance-across",
        N_("Born or new in the register, minus moved away or died"),
        (("came", "born"), ("came", "arrived")),
        (("went", "gone"),),
    ),
    Balance("balance-within", N_("Moves within the town, in minus out"), (("came", "moved"),), (("went", "moved"),)),
)


@dataclass(frozen=True)
class Rates:
    """Balances of a level in parts of the residents of the earlier date; None where one of the numbers is hidden.

    ``empty`` are the areas with too few residents for a share.
    """

    level: str
    values: Mapping[str, float | None]
    empty: frozenset[str]

    @property
    def hidden(self) -> float:
        """The part of the areas whose balance is not published, among those that could have one."""
        suppressed = [key for key, value in self.values.items() if value is None and key not in self.empty]
        return len(suppressed) / max(len(self.values) - len(self.empty), 1)


def draw_balances(results: Results, words: Words) -> tuple[Map, ...]:
    """A map per balance, on the finest level on which half of the areas are published; none where nearly none is."""
    if results.movements is None or not {"came", "went", "residents_before"} <= set(results.tables):
        return ()
    maps = []
    for balance in ALL:
        found = [rates(results, balance, level) for level in reversed(mapped_levels(results.geography))]
        good = next((one for one in found if one.values and one.hidden <= 1 - ENOUGH_SHOWN), None)
        best = good or min(found, key=lambda one: one.hidden, default=None)
        if best and best.hidden <= MOST_HIDDEN and any(value is not None for value in best.values.values()):
            maps.append(_draw(results, balance, best, words))
    return tuple(maps)


def rates(results: Results, balance: Balance, level: str) -> Rates:
    """The balance of every area of a level that has a shape."""
    bases = lookup.by_area(results.tables["residents_before"], level, ())
    coming, going = (
        [lookup.by_area(results.tables[table], level, (key,)) for table, key in part]
        for part in (balance.coming, balance.going)
    )
    values: dict[str, float | None] = {}
    empty = set()
    for area in results.geography.level(level).areas:
        if area.key in bases and area.key in results.geography.shapes[level]:
            base = bases[area.key]
            came, went = ([counts.get(area.key, 0) for counts in part] for part in (coming, going))
            values[area.key] = _rate(came, went, base, results.protection.min_base_share)
            if base is not None and base < results.protection.min_base_share:
                empty.add(area.key)
    return Rates(level, values, frozenset(empty))


def _rate(coming: list[int | None], going: list[int | None], base: int | None, least: int) -> float | None:
    known = [[value for value in part if value is not None] for part in (coming, going)]
    if base is None or base < least or len(known[0]) < len(coming) or len(known[1]) < len(going):
        return None
    return (sum(known[0]) - sum(known[1])) / base


def balanced_classes(values: list[float]) -> Classes:
    """Five classes, as many below balance as above it, the middle one around zero; bounds are round."""
    most = max((abs(value) for value in values), default=0.0)
    step = next((step for step in _STEPS if 5 * step >= most), _STEPS[-1])
    bounds = (-3 * step, -step, step, 3 * step)
    ordered = sorted(values)
    edges = [0, *(bisect_right(ordered, bound) for bound in bounds), len(ordered)]
    return Classes(bounds, tuple(high - low for low, high in pairwise(edges)))


def _draw(results: Results, balance: Balance, shown: Rates, words: Words) -> Map:
    found = balanced_classes([value for value in shown.values.values() if value is not None])
    level = results.geography.level(shown.level).title
    since = words.date(results.movements.since) if results.movements else ""
    title = words(
        N_("{balance}: per cent of the residents of {since}, by area ({level})"),
        balance=words(balance.title),
        since=since,
        level=level,
    )
    picture = Picture(
        level=shown.level,
        values=shown.values,
        empty=shown.empty,
        found=found,
        palette=palettes.DIVERGING,
        legend=(words(N_("Balance in per cent")), words(N_("of the residents of {since}"), since=since)),
        alt=_alternative(results, title, shown, found, words),
    )
    caption = words(N_("{balance}, by area ({level})"), balance=words(balance.title), level=level)
    name, category = f"{balance.id}-{shown.level}", (balance.going[0][1],)
    plain = drawn(picture, results, words)
    entire = entitled(plain, title, results, words)
    return Map(name, balance.coming[0][0], category, shown.level, title, caption, picture.alt, plain, entire)


def _alternative(results: Results, title: str, shown: Rates, found: Classes, words: Words) -> str:
    """What the map shows in words: how many areas lost, stayed about the same, gained. It names no area."""
    fewer, middle, more = sum(found.sizes[:2]), found.sizes[2], sum(found.sizes[3:])
    hidden = [key for key, value in shown.values.items() if value is None and key not in shown.empty]
    parts = (
        words(
            N_("Map of {town}. {title}. Reference date {date}."),
            town=results.source.town,
            title=title,
            date=words.date(results.source.date),
        ),
        words(
            N_("Areas where more went than came: {fewer}; about balanced: {middle}; more came than went: {more}."),
            fewer=words.number(fewer),
            middle=words.number(middle),
            more=words.number(more),
        ),
        words(N_("Areas not published: {n}."), n=words.number(len(hidden))),
    )
    return " ".join(parts)
