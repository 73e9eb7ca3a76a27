"""Reading a file in parts, on several machines: what each has seen, and what makes their numbers those of one file.

Each part is read by a ``Reader`` of its own, which numbers the texts it meets from 0. What it has seen goes to where
the parts are put together: names as keyed hashes, since nobody needs to know more than which of them are the same, and
all of it encrypted with a key that only this town has, so that no other machine's disk or log ever holds a text.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import TypeVar

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vielfalt.engines.base import Batches
from vielfalt.numbers import Ints
from vielfalt.register.columns import blank_rows
from vielfalt.register.kinds import EVIDENCE
from vielfalt.register.reading import HOUSES, NUMBERED, Reader

Text = TypeVar("Text")
_NONCE = 12
_READABLE = frozenset({"places"})
"""The numberings whose texts are looked at after reading; the others only tell same from different."""


@dataclass(frozen=True)
class Seen:
    """What a reader has seen, in the order of its numbers; see ``Reader``."""

    texts: Mapping[str, tuple[str, ...]]
    streets: tuple[tuple[str, str], ...]
    houses: tuple[tuple[str, str], ...]
    named: Mapping[str, str]
    evidence: pa.Table
    empty: Mapping[str, int]
    written: Mapping[tuple[int, bool], int]
    pointing: Mapping[tuple[str, bool], int]
    problems: Mapping[tuple[str, str], list[Ints]]


@dataclass(frozen=True)
class FromText:
    """Makes typed rows of text rows (``Conversion``); ``columns``: per canonical field the column of the file."""

    reader: Reader
    columns: Mapping[str, str]

    def __call__(self, batch: pa.Table) -> pa.Table:
        """See ``Reader.convert``."""
        fields = {field: batch.column(column) for field, column in self.columns.items()}
        record = batch.column("record")
        return self.reader.convert(pa.table({**fields, "record": record}), blank_rows(batch.drop_columns(["record"])))

    def apart(self) -> FromText:
        """See ``Conversion.apart``."""
        return FromText(Reader(self.reader.profile, self.reader.reference, self.reader.key), self.columns)

    def sealed(self) -> bytes:
        """See ``Conversion.sealed``: encrypted and authenticated (AES-256-GCM, NIST SP 800-38D)."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._key("sealing")).encrypt(nonce, pickle.dumps(self._seen()), None)

    def united(self, parts: Sequence[bytes]) -> Sequence[Batches]:
        """See ``Conversion.united``."""
        cipher = AESGCM(self._key("sealing"))
        # Only who has the town's key can have made these bytes, so they may be unpickled.
        opened = (pickle.loads(cipher.decrypt(part[:_NONCE], part[_NONCE:], None)) for part in parts)
        return [partial(_renumbered, numbers=self._taken(seen)) for seen in opened]

    def _key(self, purpose: str) -> bytes:
        return blake2b(purpose.encode(), key=self.reader.key, digest_size=32).digest()

    def _seen(self) -> Seen:
        reader, key = self.reader, self._key("texts")
        return Seen(
            texts={
                name: tuple(numbers if name in _READABLE else (_hashed(text, key) for text in numbers))
                for name, numbers in reader.numberings.items()
            },
            streets=tuple(reader.streets),
            houses=tuple(reader.houses),
            named=dict(reader.named),
            evidence=reader.evidences(),
            empty=dict(reader.empty),
            written=dict(reader.written),
            pointing=dict(reader.pointing),
            problems=dict(reader.problems),
        )

    def _taken(self, seen: Seen) -> Mapping[str, Ints]:
        """Takes over what a part has seen; per kind of number, those of the whole by those of the part."""
        reader = self.reader
        numbers = {name: _numbers(reader.numberings[name], texts) for name, texts in seen.texts.items()}
        numbers["streets"] = _numbers(reader.streets, seen.streets)
        numbers["houses"] = _numbers(reader.houses, seen.houses)
        for street, called in seen.named.items():
            reader.named.setdefault(street, called)
        evidence = _renumbered(seen.evidence.drop_columns(["evidence"]), numbers)
        places = [reader.evidence.places(name, evidence.column(name).combine_chunks()) for name in EVIDENCE]
        numbers["evidence"] = reader.evidence.numbers(places)
        for name, rows in seen.empty.items():
            reader.empty[name] = reader.empty.get(name, 0) + rows
        reader.written.update(seen.written)
        reader.pointing.update(seen.pointing)
        for problem, parts in seen.problems.items():
            reader.problems.setdefault(problem, []).extend(parts)
        return numbers


def _hashed(text: str, key: bytes) -> str:
    """128 bits: among a hundred million names two different ones share a hash once in 10^22 towns."""
    return blake2b(text.encode(), key=key, digest_size=16).hexdigest()


def _numbers(numbering: dict[Text, int], texts: Sequence[Text]) -> Ints:
    """The numbers of these texts in a numbering that takes in the new ones."""
    return np.array([numbering.setdefault(text, len(numbering)) for text in texts], dtype=np.int64)


def _renumbered(rows: pa.Table, numbers: Mapping[str, Ints]) -> pa.Table:
    """Rows of a part with the numbers of the whole file."""
    for place, name in enumerate(rows.column_names):
        column = rows.column(name).combine_chunks()
        if name == "address":
            given = column.fill_null(0).to_numpy()
            new = _at(numbers["streets"], given // HOUSES) * HOUSES + _at(numbers["houses"], given % HOUSES)
        elif name == "evidence" or name in NUMBERED:
            new = _at(numbers[NUMBERED.get(name, name)], column.fill_null(0).to_numpy())
        else:
            continue
        mask = column.is_null().to_numpy(zero_copy_only=False)
        rows = rows.set_column(place, name, pa.array(new, column.type, mask=mask))
    return rows


def _at(numbers: Ints, places: Ints) -> Ints:
    """The numbers at these places; anything where there are none at all, for then every row is null."""
    found: Ints = numbers[places] if len(numbers) else np.zeros(len(places), dtype=np.int64)
    return found
