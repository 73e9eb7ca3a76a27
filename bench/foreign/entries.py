"""Errors in the entries of persons: place and state of birth, dates, nationalities, names."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from bench.foreign import spelling
from bench.foreign.places import birth_places
from vielfalt.numbers import Marks
from vielfalt.synthetic.dirt import Rows
from vielfalt.synthetic.draw import NEVER, to_day, year_of

NOTHING: Final = ("unbekannt", "k.A.", "-", "nicht bek.", ".", "n.n.", "ungeklärt", "XXX")
MERGED: Final = (
    (120, (122, 130, 131, 140, 144, 150, 170), 19920427),
    (138, (140, 150, 170), 20030204),
    (132, (140, 150, 170), 20060603),
    (133, (150, 170), 20080217),
    (159, (127, 139, 142, 146, 160, 166, 169, 422, 425, 430, 444, 450, 470, 471, 477), 19911226),
    (162, (155, 164), 19930101),
    (276, (277, 278), 20110709),
)
"""Keys of states that were, the states of today on their ground, and the day they ended (handbook 6.4)."""
NEW_YEAR: Final = (423, 475, 438, 273, 224, 439, 277, 461, 163, 252, 269, 421, 232)
"""States of birth from which many come without a known birthday: 1 January or zeros are entered."""


def soil_places(rows: Rows) -> None:
    """Places of birth: written anew for everybody, then everything that goes wrong on the way."""
    rows.columns["birth_place"] = pl.Series(birth_places(rows.people, rows.seed), dtype=pl.String)
    born = rows.people["birth_country"]
    everyone = np.ones(born.size, dtype=bool)
    old = year_of(rows.people["arrival"]) < 2010
    marks = _beyond_latin_1(rows)
    rows.change("plain_letters", "birth_place", marks & old, lambda name, _: spelling.plain(name))
    rows.change("question_marks", "birth_place", marks, lambda name, _: spelling.question_marks(name))
    rows.change("by_ear", "birth_place", born > 0, spelling.by_ear)
    rows.change("neighbour_key", "birth_place", everyone, spelling.neighbour_key)
    rows.change("struck_twice", "birth_place", everyone, spelling.struck_twice)
    rows.change("misread", "birth_place", old, spelling.misread)
    rows.change("umlaut_spelt", "birth_place", everyone, spelling.without_umlauts)
    rows.change("otherwise_joined", "birth_place", everyone, spelling.otherwise_joined)
    rows.change("abbreviated", "birth_place", everyone, spelling.abbreviated)
    rows.change("encoded_twice", "birth_place", everyone, spelling.encoded_twice)
    rows.change("all_capitals", "birth_place", old, lambda name, _: name.upper())
    rows.change("cut_off", "birth_place", old, spelling.cut_off)
    rows.change(
        "stray_blanks", "birth_place", everyone, lambda name, u: f"{name} " if u < 0.5 else name.replace(" ", "  ")
    )
    rows.change("no_place", "birth_place", everyone, lambda _, u: NOTHING[int(u * len(NOTHING))] if u < 0.6 else "")


def _beyond_latin_1(rows: Rows) -> Marks:
    return (~rows.columns["birth_place"].str.contains(r"^[\x00-\xff]*$")).to_numpy()


def soil_keys(rows: Rows) -> None:
    """Keys of states: of states that were, wrong ones, placeholders."""
    born, birth = rows.people["birth_country"], rows.people["birth"]
    filled = rows.filled("birth_state")
    for key, parts, end in MERGED:
        there = np.isin(born, parts) & (birth < to_day(end))
        hit, _ = rows.hit(f"state_of_then_{key}", filled & there)
        rows.write("birth_state", hit, f"{key}")
    hit, drawn = rows.hit("state_misread", filled)
    rows.write(
        "birth_state", hit, [_other_key(key, u) for key, u in zip(rows.read("birth_state", hit), drawn, strict=True)]
    )
    hit, _ = rows.hit("state_of_nationality", filled & (born == 0) & (rows.people["nat1"] > 0))
    rows.write("birth_state", hit, rows.read("nationality_1", hit))
    rows.change("state_defaulted", "birth_state", born > 0, lambda _, __: "000")
    rows.change("state_unclear", "birth_state", born > 0, lambda _, u: "999" if u < 0.7 else "998")
    for key, parts, end in MERGED:
        then = np.isin(rows.people["nat1"], parts) & (birth < to_day(end))
        hit, _ = rows.hit(f"nationality_of_then_{key}", then)
        rows.write("nationality_1", hit, f"{key}")
    refugees = np.isin(rows.people["nat1"], (475, 459, 438, 423, 451, 273, 224))
    rows.change("nationality_unclear", "nationality_1", refugees, lambda _, u: "998" if u < 0.8 else "997")
    second = rows.filled("nationality_2")
    hit, _ = rows.hit("nationalities_swapped", second)
    first = rows.read("nationality_1", hit)
    rows.write("nationality_1", hit, rows.read("nationality_2", hit))
    rows.write("nationality_2", hit, first)


def _other_key(key: str, u: float) -> str:
    """A key with two figures swapped or one figure beside the right one; it need not exist."""
    if u < 0.5:
        return key[0] + key[2] + key[1]
    last = (int(key[2]) + (1 if u < 0.75 else 9)) % 10
    return f"{key[:2]}{last}"


def soil_dates(rows: Rows) -> None:
    """Days nobody knows, days of a placeholder, days after the reference date."""
    unsure = np.isin(rows.people["birth_country"], NEW_YEAR)
    everyone = np.ones(unsure.size, dtype=bool)
    rows.change("new_year", "birth_date", unsure, lambda date, _: f"01.01.{date[6:]}")
    rows.change("year_only", "birth_date", unsure, lambda date, _: f"00.00.{date[6:]}")
    rows.change("day_month_swapped", "birth_date", everyone, _swapped)
    year = int(year_of(np.array([rows.day]))[0])
    rows.change("next_year", "move_in_date", everyone, lambda date, _: f"{date[:6]}{year + 1}")
    rows.change(
        "century", "birth_date", everyone, lambda date, _: f"{date[:6]}19{date[8:]}" if date[6:8] == "20" else date
    )
    empty = ~rows.filled("arrival_from_abroad_date")
    hit, _ = rows.hit("placeholder_date", empty)
    rows.write("arrival_from_abroad_date", hit, "00.00.0000")
    old = (rows.people["abroad"] > NEVER) & (rows.people["abroad"] < to_day(20000101))
    rows.change("arrival_year_only", "arrival_from_abroad_date", old, lambda date, _: f"00.00.{date[6:]}")


def _swapped(date: str, _: float) -> str:
    return f"{date[3:5]}.{date[:2]}{date[5:]}" if date[:2] <= "12" else date


def soil_names(rows: Rows) -> None:
    """Family names that differ within a family: spelling, double names, female forms, letters lost."""
    everyone = np.ones(rows.people["sex"].size, dtype=bool)
    woman = rows.people["sex"] == 1
    rows.change("name_umlaut", "family_name", everyone, spelling.without_umlauts)
    rows.change("name_key", "family_name", everyone, spelling.neighbour_key)
    rows.change("name_by_ear", "family_name", everyone, spelling.by_ear)
    rows.change("female_form", "family_name", woman, _female)
    rows.change("name_cut", "family_name", everyone, lambda name, _: name[:10])
    changed = rows.filled("birth_name")
    hit, drawn = rows.hit("double_name", changed)
    names = zip(rows.read("family_name", hit), rows.read("birth_name", hit), drawn.tolist(), strict=True)
    rows.write("family_name", hit, [f"{one}-{two}" if u < 0.7 else f"{two}-{one}" for one, two, u in names])


def _female(name: str, _: float) -> str:
    """The female form of Slavic family names, as home certificates give it."""
    for male, female in (
        ("ow", "owa"),
        ("ov", "ova"),
        ("ew", "ewa"),
        ("ev", "eva"),
        ("in", "ina"),
        ("ski", "ska"),
        ("sky", "skaja"),
    ):
        if name.endswith(male):
            return name[: -len(male)] + female
    return name
