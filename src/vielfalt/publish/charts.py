"""Bar charts of town figures in the style of the maps; the text alternative repeats every bar in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vielfalt.geography import by_name
from vielfalt.publish import labels, lookup, palettes, svg
from vielfalt.publish.lookup import Category
from vielfalt.publish.results import Results
from vielfalt.publish.shares import number_text, share, share_text
from vielfalt.words import N_, Words

_WIDTH = 660
_BAR = 20
_SHADES = (palettes.BAR_DARK, palettes.BAR, palettes.BAR_LIGHT, "#f3f6d9")
MOST = 10
NO_COUNTRY = ("000", "none", "undeterminable", "unknown")
_ALL_OF = {"nationality": ("foreigner", ("foreign",)), "reference_country": ("mh_register", ("with",))}
"""Table and category that all countries of a table add up to."""


@dataclass(frozen=True)
class Chart:
    """One drawn chart: title, text alternative, and the picture, whose caption says the title."""

    title: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Bar:
    """One bar: the group it belongs to (empty if none), its label, length, number as printed, and shade 0-3.

    Without a length there is no bar: it would look like zero.
    """

    group: str
    label: str
    value: int | float | None
    text: str
    shade: int = 1


def most_frequent(results: Results, words: Words, table: str) -> Sequence[tuple[Category, int]]:
    """The ten countries with most residents among the published ones, in alphabetical order: no ranking."""
    counts = [
        (category, value)
        for category, value in lookup.in_town(results, table).items()
        if value and category[0] not in NO_COUNTRY
    ]
    largest = sorted(counts, key=lambda entry: -entry[1])[:MOST]
    return sorted(largest, key=lambda entry: by_name(labels.label(words, results.tables[table].table, entry[0])))


def may_be_missing(results: Results, table: str) -> bool:
    """Whether a country whose number is not published may have more residents than one of the most frequent.

    All that are hidden have together what the published ones leave of their total; if that is no more than the
    smallest number shown, none of them can.
    """
    counts = lookup.in_town(results, table)
    if None not in [value for category, value in counts.items() if category[0] not in NO_COUNTRY]:
        return False
    shown = sorted(
        (value for category, value in counts.items() if value and category[0] not in NO_COUNTRY), reverse=True
    )
    whole, category = _ALL_OF[table]
    total = lookup.in_town(results, whole).get(category)
    rest = None if total is None else total - sum(shown) - (counts.get(("unknown",)) or 0)
    return rest is None or len(shown) < MOST or rest > shown[MOST - 1]


def countries_chart(results: Results, words: Words, table: str, title: str) -> Chart | None:
    """The most frequent nationalities or reference countries of the town as bars; None without published values."""
    bars = [
        Bar("", labels.label(words, results.tables[table].table, category), value, number_text(words, value))
        for category, value in most_frequent(results, words, table)
    ]
    return _chart(title, bars, results, words) if bars else None


def _shown(bars: Sequence[Bar]) -> bool:
    """Whether any bar has a length; a chart of hidden values alone shows nothing."""
    return any(bar.value is not None for bar in bars)


def distribution_chart(results: Results, words: Words, table: str) -> Chart | None:
    """All categories of a table of the town as bars of numbers; None when the run lacks the table."""
    if table not in results.tables:
        return None
    entry = results.tables[table].table
    counts = lookup.in_town(results, table)
    bars = [
        Bar(
            "",
            labels.category_label(words, entry.dimensions[0], key),
            counts[(key,)],
            number_text(words, counts[(key,)]),
        )
        for key in labels.in_order(entry.dimensions[0], [category[0] for category in counts])
        if counts[(key,)] != 0
    ]
    return _chart(labels.table_title(words, entry), bars, results, words) if _shown(bars) else None


def age_chart(results: Results, words: Words) -> Chart | None:
    """Migration background within each age class, as shares of the class; None when the run lacks the tables."""
    if not {"mh_group_by_age", "age_class"} <= set(results.tables):
        return None
    counts = lookup.in_town(results, "mh_group_by_age")
    ages = lookup.in_town(results, "age_class")
    protection = results.tables["mh_group_by_age"].protection
    bars = [
        Bar(
            labels.sentence_case(labels.category_label(words, "age_class", age)),
            labels.category_label(words, "mh_group", group),
            share(counts[group, age], ages[(age,)], protection),
            share_text(words, counts[group, age], ages[(age,)], protection),
            shade,
        )
        for age in labels.in_order("age_class", [category[0] for category in ages])
        if ages[(age,)]
        for shade, group in enumerate(("foreigner", "german_with", "none", "undeterminable"))
        if (group, age) in counts
    ]
    title = words(N_("Migration background within age classes, per cent"))
    return _chart(title, bars, results, words) if _shown(bars) else None


def change_chart(
    results: Results, words: Words, figures: Sequence[tuple[str, Sequence[tuple[str, int | None]]]]
) -> Chart:
    """Town figures at the previous and at this reference date: per figure its title and (date, value) pairs."""
    bars = [
        Bar(title, date, value, number_text(words, value), shade)
        for title, pairs in figures
        for shade, (date, value) in zip((2, 1), pairs, strict=False)
    ]
    return _chart(words(N_("Change against the previous reference date")), bars, results, words)


def _chart(title: str, bars: Sequence[Bar], results: Results, words: Words) -> Chart:
    """The picture: labels, bars and numbers on rows; each group of bars under its own heading line."""
    date = words.date(results.source.date)
    when = words(N_("{town}, reference date {date}"), town=results.source.town, date=date)
    places, bottom = _rows(bars)
    widest = max((len(bar.label) for bar in bars), default=0)
    left = min(max(widest * 6.2 + 12, 90), 300)
    longest = max((bar.value or 0 for bar in bars), default=0) or 1
    room = _WIDTH - left - 90
    ends = [left + room * (bar.value or 0) / longest for bar in bars]
    drawn = [
        {"x": left, "x2": end, "y": places[row], "y2": places[row] + _BAR - 5, "fill": _SHADES[bar.shade]}
        for row, (bar, end) in enumerate(zip(bars, ends, strict=True))
        if bar.value is not None
    ]
    lines = []
    for row, bar in enumerate(bars):
        if bar.group and (row == 0 or bars[row - 1].group != bar.group):
            lines.append(svg.text(0, places[row] - 12, bar.group, 12, bold=True))
        label = svg.wrapped(bar.label, left - 12, 11.5)[0]
        lines.append(svg.text(0, places[row] + 8, label if label == bar.label else f"{label} …", 11.5))
        lines.append(svg.text(ends[row] + 6, places[row] + 8, bar.text, 11.5))
    layers = (svg.boxes(drawn, 0.5), *svg.texts(lines))
    alternative = " ".join(
        (
            words(N_("Bar chart. {title}, {when}."), title=title, when=when),
            "; ".join(f"{f'{bar.group}, ' if bar.group else ''}{bar.label}: {bar.text}" for bar in bars) + ".",
        )
    )
    return Chart(title, alternative, svg.to_svg(layers, _WIDTH, bottom + 6, alternative))


def _rows(bars: Sequence[Bar]) -> tuple[Mapping[int, float], float]:
    """The top of each bar, with room for the heading of a group; and the bottom of the last."""
    places, y = {}, 4.0
    for row, bar in enumerate(bars):
        if bar.group and (row == 0 or bars[row - 1].group != bar.group):
            y += 28 if row else 20
        places[row] = y
        y += _BAR
    return places, y
