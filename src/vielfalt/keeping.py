"""What the vault keeps for later proof: the perturbation table that was used, and the room of hidden figures."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from vielfalt.figures.disclosure import kept_table
from vielfalt.methods import CellKey
from vielfalt.register.pseudonyms import town_key
from vielfalt.town import Town

TABLE = "perturbation.json"
ROOMS = "rooms.parquet"
MOVEMENT_ROOMS = "movement_rooms.parquet"


def keep_rooms(rooms: pl.DataFrame, vault: Path, name: str = ROOMS) -> None:
    """Keeps the room of every hidden figure with the solutions that prove it; nothing where nothing is hidden."""
    path, partial = vault / name, vault / f".{name}"
    if rooms.is_empty():
        path.unlink(missing_ok=True)
        return
    rooms.write_parquet(partial)
    partial.replace(path)


def keep_table(town: Town, date: int, vault: Path) -> str:
    """Keeps the table of the cell key method in the folder of the date; its fingerprint under the town's key, or none.

    Settings and table are secret. Without the key nobody can find out from the fingerprint which table it was.
    """
    method, path = town.method(date), vault / TABLE
    if not isinstance(method, CellKey):
        path.unlink(missing_ok=True)
        return ""
    content = kept_table(method)
    partial = vault / f".{TABLE}"
    partial.write_bytes(content)
    partial.replace(path)
    return hashlib.blake2b(content, key=town_key(town.vault), digest_size=16, person=b"perturbation").hexdigest()
