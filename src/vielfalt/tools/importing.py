"""Tables that a town did not count itself: through the same protection, indices, maps and report as its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from vielfalt import auditing, limits, parameters
from vielfalt.cells import Protection
from vielfalt.figures.disclosure import protect_with_room, recomputable
from vielfalt.figures.indices import indices
from vielfalt.imported.profile import read_table_profile
from vielfalt.imported.records import Imported
from vielfalt.imported.table import import_table
from vielfalt.publish.package import write_release
from vielfalt.publish.releases import latest_release_before
from vielfalt.publish.results import FindingCount, Results, Source
from vielfalt.vault.locking import alone_in
from vielfalt.words import N_, Words


def run(file: Path, profile: Path, out: Path, words: Words, progress: Callable[[str], None]) -> Path:
    """The release package of an aggregated table, written below ``out``; its folder.

    It is audited as a town's own release is, with all imported tables of the municipality already in ``out``. Raises
    DeliveryError or TownError when file, profile or polygons cannot be used, DisclosureError when the audit fails,
    StorageError where the system lets the program have too little.
    """
    limits.refuse_below(limits.DRAWING)
    imported = import_table(file, read_table_profile(profile))
    read = sum(cells.frame.height for cells in imported.cells.values())
    progress(words.plural("{n} cell read", "{n} cells read", read))
    named = Words(words.language, _labels(imported))
    for finding in imported.findings:
        progress(f"{named(finding.message, **finding.values)} {named(finding.consequence)}")
    protection = Protection.of(parameters.on("protection", imported.source.date))
    protected, found = protect_with_room(imported.cells, imported.geography, protection, imported.unknown)
    leaks = recomputable(protected, imported.cells, imported.geography, protection, imported.unknown)
    auditing.refuse_leaks(leaks, file)
    held = auditing.proved(found, file)
    results = Results(
        source=_source(imported),
        geography=imported.geography,
        tables=protected,
        indices=indices(imported.cells, protected, imported.geography, protection),
        protection=protection,
        findings=tuple(
            FindingCount(found.id, named(found.message, **found.values), found.rows, named(found.consequence))
            for found in imported.findings
        ),
        previous=latest_release_before(out, imported.source.date, imported.source.ags, "table"),
        definitions=imported.definitions,
        notes=(
            N_("How many of these people live at one address is not known; the rule of dominance was not applied."),
        ),
    )
    progress(words("Maps, report, release package"))
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out):
        attacks = auditing.audited(results, [auditing.attack("recompute", protected, leaks.height), *held], out, file)
        return write_release(results, out, named, attacks)


def _alone(out: Path) -> AbstractContextManager[None]:
    """Alone in the folder: in that of a project, whose run would find its half-written release gone, by its lock."""
    root = out.resolve().parent
    own = out.resolve().name == "releases" and any((root / name).is_file() for name in ("town.toml", "county.toml"))
    return alone_in(root / "vault") if own else alone_in(out, ".lock")


def _source(imported: Imported) -> Source:
    source = imported.source
    return Source(source.town, source.ags, source.date, "table", source.text, source.licence)


def _labels(imported: Imported) -> dict[tuple[str, str], str]:
    """Labels of categories, and of dimensions under an empty key, as the table profile gives them."""
    return {**imported.labels, **{(dimension, ""): title for dimension, title in imported.dimensions.items()}}
