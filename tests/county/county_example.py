"""A small county for tests: synthetic towns beside each other, and the commands as a user calls them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vielfalt.synthetic import write_town

KEY, DATE, DAY = "03999", 20251231, "2025-12-31"


def write_county(root: Path, sizes: Sequence[int], seed: int, settings: str = "") -> Path:
    """A county project with towns of these sizes; ``settings`` are added to every town.toml."""
    names = [f"town-{number}" for number in range(1, len(sizes) + 1)]
    for number, size in enumerate(sizes, start=1):
        folder = root / names[number - 1]
        write_town(
            folder, residents=size, seed=seed + number, ags=f"{KEY}{number:03}", dates=(DATE,), progress=lambda _: None
        )
        text = (folder / "town.toml").read_text(encoding="utf-8")
        text = text.replace("Musterlingen (erfunden)", f"Musterlingen {number}")
        (folder / "town.toml").write_text(f"{text}\n{settings}", encoding="utf-8")
    write_settings(root, names)
    return root


def write_settings(root: Path, towns: Sequence[str], more: str = "") -> None:
    """The file county.toml."""
    listed = ", ".join(f'"{town}"' for town in towns)
    text = f'[county]\nname = "Landkreis Musterland"\nkey = "{KEY}"\ntowns = [{listed}]\n{more}\n'
    (root / "county.toml").write_text(text, encoding="utf-8")
