"""From the text of the extract to typed rows without names: the only place where names and register ids are seen.

Each column is read as text, its distinct values are parsed once in Python, and what leaves this module are numbers
and code keys: dates as yyyymmdd, persons as pseudonyms, names, addresses and birth places as running numbers. The names
themselves never reach the database; they are forgotten with the ``Reader`` when reading ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from vielfalt import schema
from vielfalt.numbers import Ints
from vielfalt.profiles import Profile
from vielfalt.register.columns import Encoded, absent, alike, distinct_rows, encode
from vielfalt.register.combinations import Combinations
from vielfalt.register.family_names import name_key
from vielfalt.register.kinds import EVIDENCE
from vielfalt.register.pseudonyms import pseudonyms, record_keys
from vielfalt.register.text import normalise
from vielfalt.register.values import Parsed, number, parser, plain_numbers, plain_parser

STREET_FIELDS = ("street_key", "street_name")
HOUSE_FIELDS = ("house_number", "house_suffix")
POINT_FIELDS = ("easting", "northing")
_IDS = ("person_id", *schema.POINTER_FIELDS)
HOUSES = 1 << 20
"""More than the distinct house numbers of any town: the number of an address is street times this plus house."""
NUMBERED: Mapping[str, str] = {
    "family_name": "names",
    "birth_name": "names",
    "given_names": "given names",
    "birth_place": "places",
    "origin_municipality": "municipalities",
}
"""Text fields kept as running numbers, and which numbering each uses (family and birth name share one)."""
_AS_TEXT = (*_IDS, *NUMBERED, *STREET_FIELDS, *HOUSE_FIELDS, *POINT_FIELDS)
"""Fields that are looked at as a whole column before or instead of value by value."""
_ORDINARY = frozenset(("date_after_reference", name) for name in schema.END_FIELDS)
"""What is no fault: an extract is drawn after its reference date, and by then some have moved away or died."""
_SPAN = re.compile(r"(\d{1,4})[-+/](\d{1,4})")
_TYPED = {entry.name: entry for entry in schema.EXTRACT if entry.type in ("date", "code", "flag", "number")}
_ARROW = {"date": pa.int32(), "flag": pa.int32(), "code": pa.string(), "number": pa.float64()}
_VALUES: Mapping[str, pa.DataType] = {
    **{name: pa.int32() for name in NUMBERED},
    **{name: _ARROW[entry.type] for name, entry in _TYPED.items()},
}
_IN_TURN = (*_VALUES, *(name for name in (*STREET_FIELDS, *HOUSE_FIELDS) if name not in _VALUES))
"""The fields that are read as text, as they are looked at; postcode and municipality key say nothing the address does
not."""
_ALSO_ALONE = frozenset({"nationality_1", "birth_place"})
"""Evidence that is asked for by itself as well: who is a foreigner, and who is the same person."""
REGISTER: Mapping[str, pa.DataType] = {
    "record": pa.int64(),
    "pseudonym": pa.int64(),
    "key": pa.int64(),
    **{name: pa.int64() for name in schema.POINTER_FIELDS},
    "address": pa.int64(),
    "evidence": pa.int64(),
    **{name: type for name, type in _VALUES.items() if name not in EVIDENCE or name in _ALSO_ALONE},
}
"""The columns of the typed table, whatever the extract delivered; what it lacks is null."""
EVIDENCES: Mapping[str, pa.DataType] = {"evidence": pa.int64(), **{name: _VALUES[name] for name in EVIDENCE}}
"""The columns of the table of evidence: which values each number stands for."""


@dataclass(frozen=True)
class Reader:
    """Collects while batches pass: numberings of texts, addresses, parsed values, and problems with their rows.

    ``empty``: rows without value by column; ``written``: rows by how long their ordering number is, and whether it
    begins with a zero; ``pointing``: pointers by field, and whether they begin with a zero.
    """

    profile: Profile
    reference: int
    key: bytes
    numberings: Mapping[str, dict[str, int]] = field(
        default_factory=lambda: {name: {} for name in dict.fromkeys(NUMBERED.values())}
    )
    known: Mapping[str, dict[str, int | None]] = field(
        default_factory=lambda: {name: {} for name in dict.fromkeys(NUMBERED.values())}
    )
    streets: dict[tuple[str, str], int] = field(default_factory=dict)
    houses: dict[tuple[str, str], int] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    evidence: Combinations = field(default_factory=lambda: Combinations({name: _VALUES[name] for name in EVIDENCE}))
    empty: dict[str, int] = field(default_factory=dict)
    written: Counter[tuple[int, bool]] = field(default_factory=Counter)
    pointing: Counter[tuple[str, bool]] = field(default_factory=Counter)
    problems: dict[tuple[str, str], list[Ints]] = field(default_factory=dict)
    parsed: dict[str, dict[str, Parsed]] = field(default_factory=dict)

    def convert(self, batch: pa.Table, blank: Ints) -> pa.Table:
        """Typed rows (the columns of ``REGISTER``) for one batch of text rows with canonical column names.

        ``blank`` are the positions of rows without any value: they are noted and left out. A batch that begins with
        the first row begins the file anew: what was collected before is forgotten.
        """
        if batch.column("record")[0].as_py() == 1:
            self._forget()
        if len(blank):
            batch = self._without(batch, blank)
        record = batch.column("record").to_numpy()
        missing, points = absent(len(record)), self._points(batch)
        # Python looks at the distinct values of one column while the pool finds those of the next ones.
        with ThreadPoolExecutor() as pool:
            looked_at = [name for name in _IN_TURN if name in batch.column_names and name not in points]
            encoded = {name: pool.submit(self._encoded, batch.column(name), name) for name in looked_at}
            hashed = {name: pool.submit(self._hashed, batch, name) for name in _IDS}
            if "person_id" in batch.column_names:
                self.written.update(_written(batch.column("person_id")))
            values, spread = {}, {}
            for name in (name for name in _VALUES if name not in points):
                texts = encoded[name].result() if name in encoded else missing
                values[name] = self._values(name, texts, record)
                if name in REGISTER:
                    spread[name] = pool.submit(texts.spread, values[name])
            found = {name: texts.result() for name, texts in encoded.items()}
            columns = {"record": pa.array(record), "address": self._address(found, len(record))}
            columns["evidence"] = self._evidence({name: (found.get(name, missing), values[name]) for name in EVIDENCE})
            numbers = {name: column.result() for name, column in hashed.items()}
            for name in set(schema.POINTER_FIELDS).intersection(batch.column_names):
                self.pointing.update(_pointing(name, batch.column(name).filter(numbers[name].is_valid())))
            columns.update(self._persons(numbers, record))
            columns.update((name, column.result()) for name, column in spread.items())
            columns.update(points)
        for name in REGISTER:
            self._count_empty(name, columns[name].null_count)
        return pa.table({name: columns[name] for name in REGISTER})

    def places(self) -> tuple[str, ...]:
        """The distinct birth places, normalised, in the order of their numbers."""
        return tuple(self.numberings["places"])

    def evidences(self) -> pa.Table:
        """The numbered combinations of the fields of ``EVIDENCE``: the columns of ``EVIDENCES``."""
        return self.evidence.table("evidence")

    def _without(self, batch: pa.Table, blank: Ints) -> pa.Table:
        """The other rows of the batch; those without any value are nobody."""
        kept = np.ones(batch.num_rows, dtype=bool)
        kept[blank] = False
        self._note("", "row_empty", batch.column("record").to_numpy()[blank])
        return batch.filter(pa.array(kept))

    def _meanings(self, name: str) -> Mapping[str, str | None]:
        """The town's own texts of a field of ``_AS_TEXT`` and what they mean; None for nothing."""
        own = {text: meaning or None for text, meaning in self.profile.codes.get(name, {}).items()}
        return own | {text: None for text in self.profile.missing if text}

    def _encoded(self, column: pa.ChunkedArray, name: str) -> Encoded:
        """A column by its distinct texts; those of ``_AS_TEXT`` say what they mean already."""
        encoded = encode(column)
        return encoded.restated(self._meanings(name)) if name in _AS_TEXT else encoded

    def _points(self, batch: pa.Table) -> dict[str, pa.Array]:
        """The columns of coordinates that hold nothing but plain numbers, each of which means what it says; none where
        points stand for addresses."""
        if not any(name in batch.column_names for name in STREET_FIELDS):
            return {}
        plain = [name for name in POINT_FIELDS if all(number(text)[0] is None for text in self._meanings(name))]
        read = {name: plain_numbers(batch.column(name)) for name in plain if name in batch.column_names}
        return {name: numbers for name, numbers in read.items() if numbers is not None}

    def _hashed(self, batch: pa.Table, name: str) -> pa.Array:
        """The pseudonyms of a column of ordering numbers; null where the extract has none.

        The town's own values are found by their pseudonyms, which are compared in a tenth of the time of texts.
        """
        if name not in batch.column_names:
            return pa.nulls(batch.num_rows, pa.int64())
        found, meanings = pseudonyms(batch.column(name).combine_chunks(), self.key), self._meanings(name)
        own, meant = (pseudonyms(pa.array([*each], pa.string()), self.key) for each in (meanings, meanings.values()))
        place = pc.index_in(found, own, skip_nulls=True)
        return pc.if_else(place.is_valid(), meant.take(place), found)

    def _persons(self, hashed: dict[str, pa.Array], rows: Ints) -> dict[str, pa.Array]:
        """Pseudonym, record key and pointers (as pseudonyms) of each row.

        A row without id gets a pseudonym of its own, which no other reference date has: it is linked to nobody.
        """
        own = hashed.pop("person_id")
        pseudonym = own.fill_null(0).to_numpy()
        if own.null_count:
            missing = own.is_null().to_numpy(zero_copy_only=False)
            self._note("person_id", "person_id_missing", rows[missing])
            pseudonym = pseudonym.copy()
            pseudonym[missing] = pseudonyms(
                pa.array([f"{self.reference} row {row}" for row in rows[missing]]), self.key
            ).to_numpy()
        return {
            "pseudonym": pa.array(pseudonym),
            "key": pa.array(record_keys(pseudonym, self.reference)),
            **hashed,
        }

    def _numbered(self, name: str, encoded: Encoded) -> pa.Array:
        """The running number of each distinct text; the ways to write one family name have one number."""
        numbering, known = self.numberings[NUMBERED[name]], self.known[NUMBERED[name]]
        form = name_key if NUMBERED[name] == "names" else normalise
        for value in encoded.values:
            if value not in known:
                text = form(value)
                known[value] = numbering.setdefault(text, len(numbering)) if text else None
        return pa.array([known[value] for value in encoded.values], _VALUES[name])

    def _evidence(self, fields: Mapping[str, tuple[Encoded, pa.Array]]) -> pa.Array:
        """The number of each row's combination of the fields of ``EVIDENCE``, which stand as texts and their values."""
        places = []
        for name, (texts, typed) in fields.items():
            place = np.append(self.evidence.places(name, typed), -1)[texts.places]
            places.append(place)
            if name not in REGISTER:
                self._count_empty(name, int(np.count_nonzero(place < 0)))
        first, group = alike(places)
        return pa.array(self.evidence.numbers([place[first] for place in places])[group])

    def _count_empty(self, name: str, rows: int) -> None:
        self.empty[name] = self.empty.get(name, 0) + rows

    def _values(self, name: str, encoded: Encoded, rows: Ints) -> pa.Array:
        """What each distinct text of a field means: its value, or its running number."""
        return self._numbered(name, encoded) if name in NUMBERED else self._typed(_TYPED[name], encoded, rows)

    def _typed(self, entry: schema.Field, encoded: Encoded, rows: Ints) -> pa.Array:
        """The value of each distinct text; problems are noted with their rows."""
        make = plain_parser if entry.name in _AS_TEXT else parser
        parse = make(entry, self.profile, self.reference)
        # The dates of all columns are the same days: one look-up serves them, unless a column has words of its own.
        shared = entry.type if entry.type == "date" and entry.name not in self.profile.codes else entry.name
        known = self.parsed.setdefault(shared, {})
        results = [known[text] if text in known else known.setdefault(text, parse(text)) for text in encoded.values]
        bad: dict[str, list[int]] = {}
        for place, (_, problem) in enumerate(results):
            if problem and (problem, entry.name) not in _ORDINARY:
                bad.setdefault(problem, []).append(place)
        for problem, places in bad.items():
            self._note(entry.name, problem, rows[encoded.rows_with(places)])
        return pa.array([value for value, _ in results], _VALUES[entry.name])

    def _address(self, texts: Mapping[str, Encoded], rows: int) -> pa.Array:
        """The number of each row's address; null where a row has neither street nor point."""
        if any(name in texts for name in STREET_FIELDS):
            street = _combined(texts, STREET_FIELDS, rows, self.streets, self._street)
        else:
            street = _combined(texts, POINT_FIELDS, rows, self.streets, _point)
        house = _combined(texts, HOUSE_FIELDS, rows, self.houses, _house)
        numbers = np.where(street < 0, 0, street * HOUSES + house)
        return pa.array(numbers, mask=street < 0)

    def _street(self, key: str, name: str) -> tuple[str, str] | None:
        """With a key the name does not matter (it is spelled in many ways), but that the first one is kept; without,
        the normalised name is the street."""
        if key:
            if name:
                self.named.setdefault(key, name)
            return key, ""
        text = normalise(name)
        return ("", text) if text else None

    def _forget(self) -> None:
        for name in self.numberings:
            self.numberings[name].clear()
            self.known[name].clear()
        self.streets.clear()
        self.houses.clear()
        self.named.clear()
        self.evidence.clear()
        self.empty.clear()
        self.written.clear()
        self.pointing.clear()
        self.problems.clear()

    def _note(self, field: str, problem: str, rows: Ints) -> None:
        self.problems.setdefault((field, problem), []).append(rows)


@dataclass(frozen=True)
class AddressTexts:
    """Street and house of each address number; all that is left of the texts of the addresses after reading.

    ``named``: of streets with a key the first name that stands beside it.
    """

    streets: tuple[tuple[str, str], ...]
    houses: tuple[tuple[str, str], ...]
    named: Mapping[str, str]

    def frame(self, numbers: Ints) -> pl.DataFrame:
        """Street key, street name, house number and suffix of the addresses with these numbers, in their order."""
        streets, houses = numbers // HOUSES, numbers % HOUSES
        columns = [
            pl.Series(name, [pair[part] for pair in texts], pl.Utf8).gather(places)
            for names, texts, places in ((STREET_FIELDS, self.streets, streets), (HOUSE_FIELDS, self.houses, houses))
            for part, name in enumerate(names)
        ]
        return pl.DataFrame(columns)


def _combined(
    texts: Mapping[str, Encoded],
    names: tuple[str, ...],
    rows: int,
    numbering: dict[tuple[str, str], int],
    identity: Callable[[str, str], tuple[str, str] | None],
) -> Ints:
    """Two text columns as one running number per row, by the identity of their distinct pairs; -1 for no identity."""
    columns = [texts.get(name, absent(rows)) for name in names]
    first, inverse = distinct_rows(columns)
    pairs = (identity(*pair) for pair in zip(*(column.at(first) for column in columns), strict=True))
    numbers = [-1 if pair is None else numbering.setdefault(pair, len(numbering)) for pair in pairs]
    return np.array(numbers, dtype=np.int64)[inverse]


def _written(ids: pa.ChunkedArray) -> Counter[tuple[int, bool]]:
    """How many ordering numbers are so long and begin with a zero, which spreadsheets take away."""
    texts = pc.utf8_trim_whitespace(ids)
    kinds = pc.add(pc.multiply(pc.utf8_length(texts), 2), pc.starts_with(texts, "0").cast(pa.int32()))
    found = ((kind["values"], kind["counts"]) for kind in pc.value_counts(kinds).to_pylist())
    return Counter({(kind // 2, bool(kind % 2)): rows for kind, rows in found if kind is not None and kind > 1})


def _pointing(name: str, pointers: pa.ChunkedArray) -> Counter[tuple[str, bool]]:
    """How many pointers begin with a zero; zeros alone point at nobody."""
    texts = pc.utf8_trim_whitespace(pointers)
    bare = pc.utf8_ltrim(texts, characters="0")
    zero = pc.not_equal(bare, texts).filter(pc.not_equal(bare, ""))
    return Counter({(name, begins): pc.sum(pc.equal(zero, begins)).as_py() or 0 for begins in (False, True)})


def _point(easting: str, northing: str) -> tuple[str, str] | None:
    """Without any street the point as it is written stands for the address."""
    return (easting, northing) if easting and northing else None


def _house(number: str, suffix: str) -> tuple[str, str]:
    """ "12 a", "12A" and "12" with suffix "a" are one house, and so is "12-14", a building that begins there."""
    text = normalise(number + suffix).replace(" ", "").lstrip("0")
    span = _SPAN.fullmatch(text)
    return (span[1] if span and int(span[1]) < int(span[2]) else text), ""
