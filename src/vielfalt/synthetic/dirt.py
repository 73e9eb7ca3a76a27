"""The trouble that real extracts hold, added to clean rows.

The list of kinds follows the specification of the register extract. Kept apart from everything that reads extracts: the
generator's errors must not know what a reader can mend. Whether a person is hit, and how, is drawn once and stays the
same at every reference date, as register entries do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from vielfalt.numbers import Floats, Ints, Marks
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import NEVER, Table, stable, to_day, year_of

RATES: Final[dict[str, float]] = {
    # Dates: as shares of people born in states where many birthdays are unknown, and of all rows.
    "partial_year": 0.03,
    "partial_month": 0.008,
    "impossible_date": 0.0004,
    "future_date": 0.0004,
    "zero_date": 0.01,
    # State keys: of foreign-born people with a key from a state that was part of a dissolved one; of all with a key.
    "dissolved_birth_state": 0.2,
    "special_birth_state": 0.005,
    "unpadded_birth_state": 0.05,
    "dissolved_nationality": 0.012,
    "special_nationality": 0.02,
    # Birth places: variants of people born at a place that has some; the rest of all rows.
    "place_variant_abroad": 0.22,
    "place_variant_home": 0.02,
    "place_typo": 0.004,
    "place_county": 0.004,
    "place_vague": 0.02,
    "place_upper": 0.003,
    "place_umlaut": 0.004,
    "place_blank": 0.001,
    "place_unknown": 0.0006,
    "place_empty": 0.002,
    "mojibake": 0.0015,
    # Links.
    "spouse_absent": 0.002,
    "spouse_one_sided": 0.003,
    "guardian_absent": 0.004,
    "impossible_parent": 0.002,
    # Addresses.
    "address_unknown": 0.002,
    "number_range": 0.003,
    "number_with_suffix": 0.15,
    # The form of the file.
    "line_break": 0.0004,
    "delimiter_in_text": 0.0002,
    "quote_in_text": 0.001,
    # The same person twice.
    "second_home_in_town": 0.0015,
    "double_entry": 0.0006,
    "double_person": 0.0006,
}
"""Share of the rows concerned that each kind of trouble hits."""
BROKEN_ROWS: Final = (3, 10, 5_000)
"""Rows with too many or too few columns: at least, at most, and one per so many rows."""
KINDS: Final = tuple(RATES)
DISSOLVED: Final = {
    **dict.fromkeys((127, 139, 142, 146, 160, 166, 169, 422, 425, 430, 444, 450, 470, 471, 477), (159, 19911231)),
    **dict.fromkeys((122, 130, 131, 144), (120, 19920427)),
    140: (132, 20060603),
    170: (138, 20030204),
    150: (133, 20080217),
    155: (162, 19921231),
    164: (162, 19921231),
    277: (276, 20110709),
}
"""Key of the dissolved state that offices entered for people born before its end (Destatis list of former states)."""
UNKNOWN_BIRTHDAYS: Final = (423, 475, 438, 273, 224, 439, 163, 252, 461, 421, 277)
NEW_STREETS: Final = (("90001", "Am Neuen Baugebiet"), ("90002", "Anna-Beispiel-Weg"), ("90003", "Zur Alten Gärtnerei"))
COUNTIES: Final = ("Aalen", "Göppingen", "Heidenheim", "Waiblingen", "Ellwangen", "Biberach", "Sigmaringen", "Ansbach")


@dataclass(frozen=True)
class Rows:
    """The extract being soiled: columns by canonical name, the people behind the rows, which row has which trouble.

    ``rates`` gives the share hit by each kind; the draws of the kinds follow ``stream`` in their order there.
    """

    columns: dict[str, pl.Series]
    people: Table
    day: int
    seed: int
    rates: dict[str, float]
    stream: int
    trouble: dict[str, Ints] = field(default_factory=dict)

    def hit(self, kind: str, concerned: Marks, by: str = "person") -> tuple[Ints, Floats]:
        """The rows hit among those concerned, and for each a second uniform number to choose what happens.

        ``by`` is the column of people whose equals share their luck: person, household or house.
        """
        drawn = stable(self.seed, self.stream + list(self.rates).index(kind), self.people[by])
        rate = self.rates[kind]
        rows = np.flatnonzero(concerned & (drawn < rate))
        self.trouble[kind] = rows
        return rows, drawn[rows] / rate

    def write(self, column: str, rows: Ints, values: pl.Series | list[str] | str) -> None:
        """Replaces the values of a column in some rows."""
        if rows.size:
            written = [values] * rows.size if isinstance(values, str) else values
            self.columns[column] = self.columns[column].scatter(rows, written)

    def read(self, column: str, rows: Ints) -> list[str]:
        """The values of a column in some rows."""
        return self.columns[column].gather(rows).to_list()

    def filled(self, column: str) -> Marks:
        """Where a column holds something."""
        return (self.columns[column] != "").to_numpy()

    def change(
        self, kind: str, column: str, concerned: Marks, how: Callable[[str, float], str], by: str = "person"
    ) -> None:
        """Rewrites the values hit, each by a function of the value and its uniform number."""
        rows, drawn = self.hit(kind, concerned & self.filled(column), by)
        before = self.read(column, rows)
        after = [how(value, u) for value, u in zip(before, drawn.tolist(), strict=True)]
        changed = np.array([old != new for old, new in zip(before, after, strict=True)], dtype=bool)
        self.trouble[kind] = rows[changed]
        self.write(column, rows, after)


def soil(rows: Rows) -> None:
    """All trouble that changes values; ``doubles`` and ``broken`` then change the rows themselves."""
    _places(rows)
    _dates(rows)
    _states(rows)
    _links(rows)
    _addresses(rows)
    _texts(rows)


def _dates(rows: Rows) -> None:
    unsure = np.isin(rows.people["birth_country"], UNKNOWN_BIRTHDAYS)
    everyone = np.ones(unsure.size, dtype=bool)
    rows.change("partial_year", "birth_date", unsure, lambda text, _: f"00.00.{text[6:]}")
    rows.change("partial_month", "birth_date", unsure, lambda text, _: f"00.{text[3:]}")
    impossible = ("31.02.", "30.02.", "31.04.", "31.06.", "00.13.", "32.01.")
    rows.change("impossible_date", "birth_date", everyone, lambda text, u: impossible[int(u * 6)] + text[6:])
    year = int(year_of(np.array([rows.day]))[0]) + 1
    rows.change("future_date", "move_in_date", everyone, lambda _, u: f"{1 + int(u * 28):02}.0{1 + int(u * 8)}.{year}")
    empty = ~rows.filled("arrival_from_abroad_date")
    hit, _ = rows.hit("zero_date", empty)
    rows.write("arrival_from_abroad_date", hit, "00.00.0000")


def _states(rows: Rows) -> None:
    former = np.full(1000, -1)
    until = np.full(1000, NEVER)
    for key, (state, end) in DISSOLVED.items():
        former[key], until[key] = state, to_day(end)
    born, nationality = rows.people["birth_country"], rows.people["nat1"]
    then = (former[born] >= 0) & (rows.people["birth"] < until[born])
    filled = rows.filled("birth_state")
    hit, _ = rows.hit("dissolved_birth_state", filled & then)
    rows.write("birth_state", hit, [str(key) for key in former[born[hit]].tolist()])
    rows.change("special_birth_state", "birth_state", born > 0, lambda _, u: ("998", "999", "997")[int(u * 3)])
    rows.change("unpadded_birth_state", "birth_state", filled & (born == 0), lambda _, u: ("0", "00")[u > 0.8])
    old = (former[np.maximum(nationality, 0)] >= 0) & (rows.people["birth"] < until[np.maximum(nationality, 0)])
    hit, _ = rows.hit("dissolved_nationality", old)
    rows.write("nationality_1", hit, [str(key) for key in former[nationality[hit]].tolist()])
    refugees = np.isin(nationality, (475, 438, 451, 459, 445, 423))
    rows.change("special_nationality", "nationality_1", refugees, lambda _, u: ("998", "997")[u > 0.6])


@cache
def _variants() -> tuple[tuple[str, ...], Ints, Ints]:
    """Variants of place names from the dirt's own list: their texts, and for each place the first and the number."""
    index = {
        (int(key), name): place
        for place, (key, name) in enumerate(zip(pools.places().key, pools.places().name, strict=True))
    }
    found: dict[int, list[str]] = {}
    for row in pools.rows("dirt_places.csv"):
        found.setdefault(index[int(row["key"]), pools.office_text(row["place"])], []).append(row["variant"])
    places = len(pools.places().name) + len(pools.lost_places()[0])
    first, number = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.int64)
    text: list[str] = []
    for place in sorted(found):
        first[place], number[place] = len(text), len(found[place])
        text += found[place]
    return tuple(text), first, number


def _places(rows: Rows) -> None:
    text, first, number = _variants()
    place, born = rows.people["birth_place"], rows.people["birth_country"]
    for kind, concerned in (("place_variant_abroad", born > 0), ("place_variant_home", born == 0)):
        hit, drawn = rows.hit(kind, concerned & (number[place] > 0))
        chosen = first[place[hit]] + (drawn * number[place[hit]]).astype(np.int64)
        rows.write("birth_place", hit, [text[value] for value in chosen.tolist()])
    everyone = np.ones(born.size, dtype=bool)
    home = (born == 0) & (place >= 11)
    rows.change("place_vague", "birth_place", (born > 0) & (number[place] == 0), _vague)
    rows.change("place_county", "birth_place", home, lambda name, u: f"{name}, Kr. {COUNTIES[int(u * 8)]}")
    rows.change("place_typo", "birth_place", everyone, _typo)
    rows.change("place_umlaut", "birth_place", everyone, lambda name, _: _without_umlauts(name))
    rows.change("place_upper", "birth_place", everyone, lambda name, _: name.upper())
    rows.change("place_blank", "birth_place", everyone, lambda name, u: f" {name}" if u < 0.4 else f"{name}  ")
    rows.change("mojibake", "birth_place", everyone, lambda name, _: _mojibake(name))
    rows.change("place_unknown", "birth_place", everyone, lambda _, u: ("unbekannt", "nicht bekannt", "?")[int(u * 3)])
    rows.change("place_empty", "birth_place", everyone, lambda _, __: "")


def _vague(name: str, u: float) -> str:
    """A place that is only near the one named, or abroad somewhere."""
    return (f"{name}/Ausland", f"{name} (Ausland)", f"bei {name}", f"Region {name}")[int(u * 4)]


def _typo(name: str, u: float) -> str:
    """A letter too few, a letter twice, or two letters swapped, somewhere behind the first."""
    if len(name) < 4:
        return name
    place = 1 + int(u * 7919) % (len(name) - 2)
    match int(u * 3):
        case 0:
            return name[:place] + name[place + 1 :]
        case 1:
            return name[:place] + name[place] + name[place:]
        case _:
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _without_umlauts(name: str) -> str:
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ö", "Oe"), ("Ü", "Ue"), ("ß", "ss")):
        name = name.replace(umlaut, letters)
    return name


def _mojibake(name: str) -> str:
    """UTF-8 that was read as CP1252 once on its way; names it would break beyond CP1252 stay as they are."""
    try:
        return name.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        return name


def _links(rows: Rows) -> None:
    married, minor = rows.filled("spouse_id"), rows.filled("guardian_1_id")
    rows.change("spouse_absent", "spouse_id", married, lambda _, u: f"{97_000_000 + int(u * 999_999)}")
    rows.change("spouse_one_sided", "spouse_id", married, lambda _, __: "")
    rows.change("guardian_absent", "guardian_1_id", minor, lambda _, u: f"{98_000_000 + int(u * 999_999)}")
    hit, _ = rows.hit("impossible_parent", minor)
    young = np.flatnonzero(minor)
    by_birth = young[np.argsort(rows.people["birth"][young], kind="stable")]
    place = np.searchsorted(rows.people["birth"][by_birth], rows.people["birth"][hit])
    other = by_birth[np.where(place > 0, place - 1, place + 1)] if hit.size else hit
    rows.write("guardian_1_id", hit, rows.read("person_id", other))


def _addresses(rows: Rows) -> None:
    everyone = np.ones(rows.people["person"].size, dtype=bool)
    suffixed = rows.filled("house_suffix")
    hit, drawn = rows.hit("number_with_suffix", suffixed)
    numbers = [
        f"{number} {suffix}" if u < 0.5 else f"{number}{suffix.upper()}"
        for number, suffix, u in zip(rows.read("house_number", hit), rows.read("house_suffix", hit), drawn, strict=True)
    ]
    rows.write("house_number", hit, numbers)
    rows.write("house_suffix", hit, "")
    rows.change("number_range", "house_number", ~suffixed, lambda text, _: f"{text}-{int(text) + 2}")
    hit, drawn = rows.hit("address_unknown", everyone)
    chosen = [NEW_STREETS[int(u * len(NEW_STREETS))] for u in drawn.tolist()]
    rows.write("street_key", hit, [key for key, _ in chosen])
    rows.write("street_name", hit, [name for _, name in chosen])
    lost = hit[drawn * 100 % 1 < 0.5]
    for column in ("easting", "northing"):
        rows.write(column, lost, "")


def _texts(rows: Rows) -> None:
    everyone = np.ones(rows.people["person"].size, dtype=bool)
    rows.change(
        "line_break", "given_names", everyone, lambda name, u: f"{name}\n(genannt)" if u < 0.5 else f"{name}\r\n"
    )
    rows.change("delimiter_in_text", "birth_place", everyone, lambda name, _: f"{name}; Krankenhaus")
    rows.change("quote_in_text", "birth_name", everyone, lambda name, _: f'{name} "alt"')


@dataclass(frozen=True)
class Doubles:
    """Rows to repeat: ``source`` is the row behind each row of the longer extract, ``kind`` why it is there."""

    source: Ints
    double: Marks
    kind: pl.Series


def doubles(rows: Rows) -> Doubles:
    """Repeats rows of people who appear twice and changes the copies; all columns grow together."""
    resident = rows.people["elsewhere"] < 2
    count = resident.size
    kinds = ("second_home_in_town", "double_entry", "double_person")
    found = [rows.hit(kind, resident)[0] for kind in kinds]
    extra = np.concatenate(found)
    # A double under another number lies anywhere in the file, the others follow their original.
    place = np.concatenate([*found[:2], (found[2] * 7919 + 17) % count])
    order = np.argsort(np.concatenate([np.arange(count), place]), kind="stable")
    source = np.concatenate([np.arange(count), extra])[order]
    rows.columns.update({name: column.gather(source) for name, column in rows.columns.items()})
    label = np.concatenate([np.full(count, -1), np.repeat([0, 1, 2], [part.size for part in found])])[order]
    _former_homes(rows, np.flatnonzero(label == 1)[::2])
    _second_homes(rows, np.flatnonzero(label == 0), np.flatnonzero((label == -1) & np.isin(source, found[0])))
    other = np.flatnonzero(label == 2)
    rows.write("person_id", other, [f"{99_000_000 + number}" for number in range(other.size)])
    for pointer in ("spouse_id", "guardian_1_id", "guardian_2_id"):
        rows.write(pointer, other, "")
    return Doubles(source, label >= 0, pl.Series(["", *kinds]).gather(label + 1))


def _former_homes(rows: Rows, former: Ints) -> None:
    """Every second further row of a person is that of a dwelling the person has left by the reference date."""
    left = str(np.datetime64(rows.day, "D"))
    rows.write("move_out_date", former, f"{left[8:]}.{left[5:7]}.{left[:4]}")


def _second_homes(rows: Rows, second: Ints, first: Ints) -> None:
    """Main dwelling in the first row, secondary dwelling in the second, at another address of the town."""
    rows.write("dwelling_status", first, "H")
    rows.write("dwelling_status", second, "N")
    address = ("street_key", "street_name", "house_number", "house_suffix", "postcode", "easting", "northing")
    for column in address:
        rows.write(column, second, rows.read(column, np.roll(second, 1)))


def broken(line: list[str], number: int) -> list[str]:
    """A row whose columns do not fit: a delimiter too many, the end missing, or two fields run together."""
    match number % 3:
        case 0:
            return [*line[:13], "", *line[13:]]
        case 1:
            return line[:20]
        case _:
            return [*line[:5], line[5] + " " + line[6], *line[7:]]
