"""Maps of shares: one picture per table, category and level, as SVG that reads without colour and without sight."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vielfalt.publish import labels, lookup, palettes
from vielfalt.publish.balance_maps import draw_balances
from vielfalt.publish.classes import Classes, class_labels
from vielfalt.publish.picture import Map, Picture, drawn, entitled
from vielfalt.publish.results import Results
from vielfalt.publish.shares import share_text
from vielfalt.publish.themes import Theme, themes
from vielfalt.words import N_, Words


@dataclass(frozen=True)
class Atlas:
    """All maps of a release, and the titles of those left out because nearly all areas are suppressed.

    ``balances`` are the maps of movements, which stand in their chapter; ``alike`` are the titles of maps that are not
    drawn since all published areas are in one class.
    """

    maps: tuple[Map, ...]
    left_out: tuple[str, ...]
    balances: tuple[Map, ...] = ()
    alike: tuple[str, ...] = ()


def draw_maps(results: Results, words: Words) -> Atlas:
    """The maps of a run in the language of the words: shares in classes, suppressed areas hatched."""
    mapped, left_out = themes(results)
    return Atlas(
        tuple(draw_map(results, theme, words) for theme in mapped if theme.classes.bounds),
        tuple(_title(results, theme, words) for theme in left_out),
        draw_balances(results, words),
        tuple(_title(results, theme, words) for theme in mapped if not theme.classes.bounds),
    )


def draw_map(results: Results, theme: Theme, words: Words) -> Map:
    """One map with title, reference date, classes with their number of areas, names where they fit, and source."""
    found = theme.classes
    title, remark = _title(results, theme, words), _not_determinable(results, theme, words)
    picture = Picture(
        level=theme.level,
        values=theme.printed,
        empty=theme.empty,
        found=found,
        palette=palettes.SEQUENTIAL[max(len(found.sizes), 1)],
        legend=(words(_words_for(results, theme)[0]), *([remark] if remark else [])),
        alt=_alternative(title, theme, found, words, results),
    )
    plain = drawn(picture, results, words)
    name = re.sub(r"[^a-z0-9]+", "-", "-".join((theme.table.id, *theme.category)).lower().replace("+", "plus"))
    return Map(
        name=f"{name.strip('-')}-{theme.level}",
        table=theme.table.id,
        category=theme.category,
        level=theme.level,
        title=title,
        caption=_caption(results, theme, words),
        alt=picture.alt,
        plain=plain,
        svg=entitled(plain, title, results, words),
    )


def _category(theme: Theme, words: Words) -> str:
    """What the map shows; a country group says whether it is one of nationality or of the reference country."""
    category = labels.sentence_case(labels.label(words, theme.table, theme.category))
    if theme.table.id == "reference_group":
        return words(N_("{category} (reference country)"), category=category)
    if theme.table.id == "nationality_group":
        return words(N_("{category} (nationality)"), category=category)
    return category


def _title(results: Results, theme: Theme, words: Words) -> str:
    category = _category(theme, words)
    level = results.geography.level(theme.level).title
    return words(_words_for(results, theme)[1], category=category, level=level)


def _words_for(results: Results, theme: Theme) -> tuple[str, str]:
    """What the shares of a map are of, as the legend and as the title say it; message ids."""
    if lookup.stands_alone(results, theme.table.id):
        return N_("Share of all counted"), N_("{category}: share of all counted, by area ({level})")
    if theme.table.unit == "households":
        return N_("Share of households"), N_("{category}: share of households, by area ({level})")
    return N_("Share of residents"), N_("{category}: share of residents, by area ({level})")


def _caption(results: Results, theme: Theme, words: Words) -> str:
    level = results.geography.level(theme.level).title
    return words(N_("{category}, by area ({level})"), category=_category(theme, words), level=level)


def _alternative(title: str, theme: Theme, found: Classes, words: Words, results: Results) -> str:
    """What the map shows in words: the classes with their number of areas. It names no area and ranks none."""
    parts = [
        words(
            N_("Map of {town}. {title}. Reference date {date}."),
            town=results.source.town,
            title=title,
            date=words.date(results.source.date),
        )
    ]
    if found.sizes:
        bounds = class_labels(words, found)
        parts.append(
            words(
                N_("Lowest class: {low}, areas: {few}. Highest class: {high}, areas: {many}."),
                low=bounds[0],
                few=words.number(found.sizes[0]),
                high=bounds[-1],
                many=words.number(found.sizes[-1]),
            )
        )
    parts.append(words(N_("Areas not published: {n}."), n=words.number(len(theme.suppressed))))
    if theme.empty:
        parts.append(words(N_("Areas with too few residents for a share: {n}."), n=words.number(len(theme.empty))))
    remark = _not_determinable(results, theme, words)
    if remark:
        parts.append(f"{labels.sentence_case(remark)}.")
    return " ".join(parts)


def _not_determinable(results: Results, theme: Theme, words: Words) -> str:
    """For how many residents of the town the characteristic is not determinable; empty where that is no answer."""
    counts = lookup.in_town(results, theme.table.id)
    open_ = ("undeterminable",)
    if theme.category == open_ or counts.get(open_, 0) == 0:
        return ""
    part = share_text(words, counts[open_], lookup.town_base(results, theme.table.id), results.protection)
    return words(N_("not determinable in town: {share}"), share=part)
