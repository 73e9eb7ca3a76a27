"""Writes the pages of the indices from the catalogue, in English and German: ``python -m tests.index_pages``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vielfalt.figures.indices import ALL, Index
from vielfalt.figures.indices.index import FAMILIES
from vielfalt.words import Words

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference" / "indices"
IN_RELEASES = ("dissimilarity", "segregation_index", "isolation", "location_quotient", "entropy_diversity")
"""The small choice that a release and its report show."""
SYMBOLS = """\
i, j number areas, k groups. xᵢ, X: members of the group in area i and in the town; yᵢ, Y: everyone else; tᵢ, T: all
residents; zᵢ, Z: the comparison group; pᵢ = xᵢ/tᵢ, P = X/T; aᵢ, A: size of the area in km²; dᵢⱼ: distance between the
middles of two areas in km, √(0.6 aᵢ) within an area; cᵢⱼ = exp(−dᵢⱼ). 0 ln 0 is 0."""
GERMAN = Words("de")


def pages() -> Mapping[str, str]:
    """The text of every page by file name."""
    return {"README.md": _overview(), **{f"{entry.id}.md": _page(entry) for entry in ALL}}


def _overview() -> str:
    lines = [
        "# Indices",
        "",
        "Every index that [`vielfalt indices`](../commands.md#vielfalt-indices) computes; those marked * stand in",
        "every [release](../release-indices.md). How to read them: [indices](../../explanation/indices.md).",
        "These pages are written from the catalogue in `src/vielfalt/figures/indices`.",
        "",
        "Symbols: " + SYMBOLS,
    ]
    for family, title in FAMILIES.items():
        lines += ["", f"## {title}", "", "| index | English | Deutsch | bounds |", "|---|---|---|---|"]
        lines += [
            f"| [`{entry.id}`]({entry.id}.md){'*' if entry.id in IN_RELEASES else ''} "
            f"| {entry.title} | {GERMAN(entry.title)} | {entry.bounds} |"
            for entry in ALL
            if entry.family == family
        ]
    return "\n".join(lines) + "\n"


def _page(entry: Index) -> str:
    where = (
        ["", "It stands in every release: [when it is stated](../release-indices.md)."]
        if entry.id in IN_RELEASES
        else []
    )
    lines = [
        f"# `{entry.id}`: {entry.title}",
        "",
        f"[{FAMILIES[entry.family]}](README.md). {entry.formula}",
        *where,
        "",
        "## Formula",
        "",
        f"    {entry.symbols}",
        "",
        f"Bounds: {entry.bounds}. Symbols: [overview](README.md).",
        "",
        "## Caution",
        "",
        entry.caveat,
        "",
        "## What users of other programs get",
        "",
        entry.peers,
        "",
        "## Source",
        "",
        f"{entry.source}.",
        "",
        "## Auf Deutsch",
        "",
        f"**{GERMAN(entry.title)}.** {GERMAN(entry.formula)}",
        "",
        f"{GERMAN('Bounds')}: {GERMAN(entry.bounds)}. {GERMAN('Caution')}: {GERMAN(entry.caveat)}",
        "",
        GERMAN(entry.peers),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes all pages and removes those of indices that are gone."""
    written = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
