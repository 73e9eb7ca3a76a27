"""Errors in the pointers between persons, at addresses and of institutions; rows that repeat a person."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from vielfalt.numbers import Ints
from vielfalt.synthetic import people as p
from vielfalt.synthetic.dirt import Doubles, Rows
from vielfalt.synthetic.draw import stable, years_between
from vielfalt.synthetic.extract import ids

RENAMED: Final = (("Hindenburgstraße", 0.5), ("Adolf-Damaschke-Str.", 0.3), ("Straße der Freundschaft", 0.2))
"""Names that streets had before, and share of the residents of the street whose entries still bear them."""
SHELTER_UNMARKED, HOME_BLOCKED_ONLY = 0.5, 0.3
"""Share of shelters that nobody marked, and of other homes that only their conditional block shows."""
_ADDRESS: Final = ("street_key", "street_name", "house_number", "house_suffix", "postcode", "easting", "northing")


def soil_links(rows: Rows) -> None:
    """Pointers: lost on one side, to the gone, beyond the eighteenth birthday, to the wrong member of the household."""
    age = years_between(rows.people["birth"], rows.day)
    spouse, minor = rows.filled("spouse_id"), age < 18
    rows.change("spouse_lost", "spouse_id", spouse, lambda _, __: "")
    rows.change("spouse_gone", "spouse_id", spouse, lambda _, u: f"{93_000_000 + int(u * 999_999)}")
    alone = np.isin(rows.people["marital"], (p.WIDOWED, p.DIVORCED)) & ~spouse
    hit, drawn = rows.hit("spouse_of_the_past", alone)
    rows.write("spouse_id", hit, [f"{93_000_000 + int(u * 999_999)}" for u in drawn.tolist()])
    for role, column in (("mother", "guardian_1_id"), ("father", "guardian_2_id")):
        hit, _ = rows.hit(f"{role}_beyond_18", (age >= 18) & (age < 23) & (rows.people[role] >= 0))
        rows.write(column, hit, ids(rows.people[role][hit]))
    hit, _ = rows.hit("guardians_turned", rows.filled("guardian_1_id") & rows.filled("guardian_2_id"))
    _swap(rows, hit, "guardian_1_id", "guardian_2_id")
    lone = np.flatnonzero(~rows.filled("guardian_1_id") & rows.filled("guardian_2_id"))
    _swap(rows, lone, "guardian_1_id", "guardian_2_id")
    office = f"{94_000_000 + rows.seed % 1_000}"
    hit, _ = rows.hit("youth_office", minor & rows.filled("guardian_1_id"))
    rows.write("guardian_1_id", hit, office)
    hit, _ = rows.hit("sibling_as_guardian", minor & rows.filled("guardian_1_id"))
    by_household = np.argsort(rows.people["household"], kind="stable")
    after = np.empty_like(by_household)
    after[by_household] = np.roll(by_household, -1)
    rows.write("guardian_1_id", hit, rows.read("person_id", after[hit]))


def _swap(rows: Rows, hit: Ints, one: str, other: str) -> None:
    first = rows.read(one, hit)
    rows.write(one, hit, rows.read(other, hit))
    rows.write(other, hit, first)


def soil_addresses(rows: Rows) -> None:
    """Addresses: old street names, keys lost, forms of house numbers, points of another house.

    An entry is made for a household or a house at once, so its members share it; few are entered alone.
    """
    everyone = np.ones(rows.people["person"].size, dtype=bool)
    _renamed_streets(rows)
    rows.change("street_short", "street_name", everyone, _short, by="house")
    rows.change("key_lost", "street_key", everyone, lambda _, __: "", by="household")
    rows.change("zeros_before", "house_number", everyone, lambda number, _: number.zfill(4), by="house")
    rows.change("zeros_alone", "house_number", everyone, lambda number, _: number.zfill(4))
    suffixed = rows.filled("house_suffix")
    hit, drawn = rows.hit("suffix_in_number", suffixed, by="household")
    parts = zip(rows.read("house_number", hit), rows.read("house_suffix", hit), drawn.tolist(), strict=True)
    rows.write("house_number", hit, [_with_suffix(*part) for part in parts])
    rows.write("house_suffix", hit, "")
    rows.change("number_span", "house_number", ~suffixed, _span, by="household")
    rows.change("suffix_lost", "house_suffix", everyone, lambda _, __: "", by="household")
    hit, _ = rows.hit("flat_as_suffix", ~suffixed, by="household")
    rows.write("house_suffix", hit, "Whg. 3")
    hit, _ = rows.hit("homeless", everyone)
    for column in _ADDRESS:
        rows.write(column, hit, "ohne festen Wohnsitz" if column == "street_name" else "")
    hit, _ = rows.hit("point_swapped", rows.filled("easting"), by="house")
    _swap(rows, hit, "easting", "northing")


def _renamed_streets(rows: Rows) -> None:
    """Streets that had another name before; every second entry with it has no key either."""
    lived = rows.columns["street_name"]
    names = sorted(lived.unique().to_list())
    for number, (before, share) in enumerate(RENAMED):
        street = names[(rows.seed * 31 + number * 57) % len(names)]
        drawn = stable(rows.seed, rows.stream + len(rows.rates) + number, rows.people["household"]) / share
        hit = np.flatnonzero((lived == street).to_numpy() & (drawn < 1))
        rows.trouble[f"renamed_{number}"] = hit
        rows.write("street_name", hit, before)
        rows.write("street_key", hit[drawn[hit] < 0.5], "")


def _short(name: str, u: float) -> str:
    return name.replace("straße", "str." if u < 0.7 else "strasse")


def _with_suffix(number: str, suffix: str, u: float) -> str:
    return f"{number}{'' if u < 0.4 else ' '}{suffix.upper() if u > 0.7 else suffix}"


def _span(number: str, u: float) -> str:
    following = f"{int(number) + 2}" if number.isdigit() else number
    return (f"{number}-{following}", f"{number}/{following}", f"{number} - {following}", f"{number}+{following}")[
        int(u * 4)
    ]


def soil_institutions(rows: Rows) -> None:
    """Homes that nobody marked: half of the shelters have no sign at all, other homes keep their block."""
    marked = (rows.columns["institution"] == "J").to_numpy()
    blocked = (rows.columns["information_block"] == "2").to_numpy()
    share = np.where(blocked, HOME_BLOCKED_ONLY, SHELTER_UNMARKED)
    hit = np.flatnonzero(
        marked & (stable(rows.seed, rows.stream + len(rows.rates) + len(RENAMED), rows.people["house"]) < share)
    )
    rows.trouble["home_unmarked"] = hit
    rows.write("institution", hit, "N")


def doubles(rows: Rows) -> Doubles:
    """Rows that repeat a person: a second home, the address before a move, a second number after a new name."""
    kinds = ("second_home_in_town", "double_entry", "double_person")
    resident = rows.people["elsewhere"] < 2
    found = [rows.hit(kind, resident)[0] for kind in kinds]
    extra = np.concatenate(found)
    label = np.repeat([0, 1, 2], [part.size for part in found])
    source = np.concatenate([np.arange(resident.size), extra])
    rows.columns.update({name: column.gather(source) for name, column in rows.columns.items()})
    second, again, other = (resident.size + np.flatnonzero(label == kind) for kind in range(3))
    rows.write("dwelling_status", found[0], "H")
    rows.write("dwelling_status", second, "N")
    for column in _ADDRESS:
        rows.write(column, second, rows.read(column, np.roll(second, 1)))
        rows.write(column, again[::2], rows.read(column, np.roll(again, 1)[::2]))
    rows.write("move_in_date", again[::2], rows.read("arrival_date", again[::2]))
    rows.write("person_id", other, [f"{95_000_000 + int(person)}" for person in rows.people["person"][found[2]]])
    for pointer in ("spouse_id", "guardian_1_id", "guardian_2_id"):
        rows.write(pointer, other, "")
    doubled = np.arange(source.size) >= resident.size
    kind = pl.Series(["", *kinds]).gather(np.concatenate([np.zeros(resident.size, dtype=np.int64), label + 1]))
    return Doubles(source, doubled, kind)
