"""The chain of the history: each entry carries a hash of itself and of the entry before.

Whoever changes, removes or inserts an entry in the database breaks the chain at that place, unless every later hash is
computed anew; the number and hash that ``vielfalt desk check`` prints, noted elsewhere, tell that too.
SHA-256 after FIPS 180-4.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from vielfalt.words import N_

BEGINNING = "0" * 64
"""What the first entry follows."""


class Link(Protocol):
    """What an entry tells of itself."""

    number: int
    at: dt.datetime
    who: str
    action: str
    model: str
    key: str
    changes: Mapping[str, object]
    previous: str
    digest: str


@dataclass(frozen=True)
class Break:
    """The first entry of a chain that does not hold: its number, and what is wrong as a message id."""

    number: int
    message: str


def digest(entry: Link) -> str:
    """The hash of an entry over all that it says and the hash before it, 64 hexadecimal digits."""
    moment = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    said = [entry.number, moment, entry.who, entry.action, entry.model, entry.key, entry.changes, entry.previous]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_break(entries: Iterable[Link], last: int, last_digest: str) -> Break | None:
    """Where a chain breaks first, read from its beginning; None for a whole one.

    ``last`` and ``last_digest``: number and hash of the entry the chain must end with (0 and ``BEGINNING`` when empty).
    """
    number, before = 0, BEGINNING
    for entry in entries:
        number += 1
        if entry.number != number:
            return Break(number, N_("History: entry {number} is missing."))
        if entry.previous != before:
            return Break(number, N_("History: entry {number} does not follow the one before it."))
        if entry.digest != digest(entry):
            return Break(number, N_("History: entry {number} was changed afterwards."))
        before = entry.digest
    if number < last:
        return Break(number + 1, N_("History: entry {number} is missing."))
    if (number, before) != (last, last_digest):
        return Break(number, N_("History: entry {number} is not the one that was added last."))
    return None
