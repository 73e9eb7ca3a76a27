"""Writes the pages of the indices from the catalogue, in English and German: ``python -m tests.index_pages``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vielfalt.figures.indices import ALL, Index
from vielfalt.figures.indices.index import FAMILIES
from vielfalt.words import Language, Words

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference" / "indices"
IN_RELEASES = ("dissimilarity", "segregation_index", "isolation", "location_quotient", "entropy_diversity")
"""The small choice that a release and its report show."""
ENDS: Mapping[Language, str] = {"en": ".md", "de": ".de.md"}
OTHER: Mapping[Language, tuple[str, Language]] = {"en": ("Deutsch", "de"), "de": ("English", "en")}
"""How a page names its twin, and the language of the twin."""
INTRODUCTION: Mapping[Language, list[str]] = {
    "en": [
        "# Indices",
        "",
        "[Deutsch](README.de.md)",
        "",
        "Every index that [`vielfalt indices`](../commands.md#vielfalt-indices) computes; those marked * stand in",
        "every [release](../release-indices.md). How to read them: [indices](../../explanation/indices.md).",
        "These pages are written from the catalogue in `src/vielfalt/figures/indices`.",
        "",
        "Symbols: i, j number areas, k groups. xᵢ, X: members of the group in area i and in the town; yᵢ, Y: everyone",
        "else; tᵢ, T: all residents; zᵢ, Z: the comparison group; pᵢ = xᵢ/tᵢ, P = X/T; aᵢ, A: size of the area in km²;",
        "dᵢⱼ: distance between the middles of two areas in km, √(0.6 aᵢ) within an area; cᵢⱼ = exp(−dᵢⱼ). 0 ln 0 is 0.",
    ],
    "de": [
        "# Kennzahlen (Indizes)",
        "",
        "[English](README.md)",
        "",
        "Alle Kennzahlen, die [`vielfalt indices`](../commands.de.md#vielfalt-indices) berechnet; die mit * stehen in",
        "jeder [Veröffentlichung](../release-indices.de.md). Wie man sie liest:",
        "[Kennzahlen](../../explanation/indices.de.md).",
        "Diese Seiten werden aus dem Katalog in `src/vielfalt/figures/indices` geschrieben.",
        "",
        "Formelzeichen: i, j zählen Gebiete, k zählt Gruppen. xᵢ, X: Mitglieder der Gruppe im Gebiet i und in der",
        "Stadt; yᵢ, Y: alle übrigen; tᵢ, T: alle Einwohnerinnen und Einwohner; zᵢ, Z: die Vergleichsgruppe;",
        "pᵢ = xᵢ/tᵢ, P = X/T; aᵢ, A: Größe des Gebiets in km²; dᵢⱼ: Entfernung zwischen den Mitten zweier Gebiete in",
        "km, innerhalb eines Gebiets √(0,6 aᵢ); cᵢⱼ = exp(−dᵢⱼ). 0 ln 0 ist 0.",
    ],
}
COLUMNS: Mapping[Language, str] = {
    "en": "| index | English | Deutsch | bounds |",
    "de": "| Kennzahl | Deutsch | English | Wertebereich |",
}
IN_A_RELEASE: Mapping[Language, str] = {
    "en": "It stands in every release: [when it is stated](../release-indices.md).",
    "de": "Sie steht in jeder Veröffentlichung: [wann sie angegeben wird](../release-indices.de.md).",
}
SYMBOLS: Mapping[Language, str] = {
    "en": "Symbols: [overview](README.md)",
    "de": "Formelzeichen: [Übersicht](README.de.md)",
}
NO_VALUE: Mapping[Language, str] = {"en": "No value", "de": "Kein Wert"}
PEERS: Mapping[Language, str] = {
    "en": "What users of other programs get",
    "de": "Was andere Programme ausgeben",
}


def pages() -> Mapping[str, str]:
    """The text of every page by file name."""
    found: dict[str, str] = {}
    for language, end in ENDS.items():
        found[f"README{end}"] = _overview(language)
        found |= {f"{entry.id}{end}": _page(entry, language) for entry in ALL}
    return found


def _overview(language: Language) -> str:
    words, other = Words(language), Words(OTHER[language][1])
    lines = [*INTRODUCTION[language]]
    for family, title in FAMILIES.items():
        lines += ["", f"## {words(title)}", "", COLUMNS[language], "|---|---|---|---|"]
        lines += [
            f"| [`{entry.id}`]({entry.id}{ENDS[language]}){'*' if entry.id in IN_RELEASES else ''} "
            f"| {words(entry.title)} | {other(entry.title)} | {words(entry.bounds)} |"
            for entry in ALL
            if entry.family == family
        ]
    return "\n".join(lines) + "\n"


def _page(entry: Index, language: Language) -> str:
    words, (other, its) = Words(language), OTHER[language]
    lines = [
        f"# `{entry.id}`: {words(entry.title)}",
        "",
        f"[{other}]({entry.id}{ENDS[its]})",
        "",
        f"[{words(FAMILIES[entry.family])}](README{ENDS[language]}). {words(entry.formula)}",
        *(["", IN_A_RELEASE[language]] if entry.id in IN_RELEASES else []),
        "",
        f"## {words('Formula')}",
        "",
        f"    {words(entry.symbols)}",
        "",
        f"{words('Bounds')}: {words(entry.bounds)}. {SYMBOLS[language]}.",
        "",
        f"{NO_VALUE[language]}: {words(entry.undefined)}",
        "",
        f"## {words('Caution')}",
        "",
        words(entry.caveat),
        "",
        f"## {PEERS[language]}",
        "",
        words(entry.peers),
        "",
        f"## {words('Source')}",
        "",
        f"{entry.source}.",
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
