"""What the vault keeps for later proof: the perturbation table that was used, and the room of hidden figures."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from vielfalt.figures.disclosure import kept_table
from vielfalt.methods import CellKey
from vielfalt.register.pseudonyms import town_key
from vielfalt.town import Town
from vielfalt.wholefile import written_whole

TABLE = "perturbation.json"
ROOMS = "rooms.parquet"
MOVEMENT_ROOMS = "movement_rooms.parquet"


def keep_rooms(rooms: pl.DataFrame, vault: Path, name: str = ROOMS) -> None:
    """Keeps the room of every hidden figure with the solutions that prove it; nothing where nothing is hidden."""
    path = vault / name
    if rooms.is_empty():
        path.unlink(missing_ok=True)
        return
    with written_whole(path) as partial:
        rooms.write_parquet(partial)


def keep_table(town: Town, date: int, vault: Path) -> None:
    """Keeps the table of the cell key method in the folder of the date; settings and table are secret."""
    method, path = town.method(date), vault / TABLE
    if not isinstance(method, CellKey):
        path.unlink(missing_ok=True)
        return
    with written_whole(path) as partial:
        partial.write_bytes(kept_table(method))


def table_fingerprint(town: Town, date: int) -> str:
    """The fingerprint of that table under the town's key; empty without one.

    Without the key nobody can find out from it which table it was.
    """
    method = town.method(date)
    if not isinstance(method, CellKey):
        return ""
    content = kept_table(method)
    return hashlib.blake2b(content, key=town_key(town.vault), digest_size=16, person=b"perturbation").hexdigest()
