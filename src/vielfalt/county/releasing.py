"""The release of a county: its totals and its towns, protected together with what the towns have published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import shapely

from vielfalt import auditing, dates
from vielfalt.audit import Release, read_releases, release_of
from vielfalt.county.comparing import LEVEL, series
from vielfalt.county.handing import Handed, check_agreed, common, handed_over
from vielfalt.county.project import FILE, County
from vielfalt.county.protecting import Known, Whole, protected_whole
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.methods import CellKey, Method, Suppression
from vielfalt.publish.layout import MANIFEST
from vielfalt.publish.package import see_to_release, write_release
from vielfalt.publish.releases import releases_in
from vielfalt.publish.results import Results, Source
from vielfalt.steps import Step
from vielfalt.town import Town
from vielfalt.vault import fingerprint, withdraw
from vielfalt.vault.held_back import ended, held_back, hold, tidied
from vielfalt.vault.keeping import keep_rooms
from vielfalt.vault.last_run import LastRun, last_run
from vielfalt.words import N_, Words

_CRS = "EPSG:4326"


@dataclass(frozen=True)
class CountyReleased:
    """The county's release, whether it was there already, and tables left out, each with a town that lacks it.

    ``withdrawn``: where releases that were replaced lie now.
    """

    folder: Path
    unchanged: bool
    missing: tuple[tuple[str, str], ...]
    withdrawn: tuple[Path, ...] = ()


def release_county(
    county: County,
    date: int,
    towns: Sequence[tuple[Town, Path]],
    words: Words,
    step: Step,
    replaced: Sequence[Path],
) -> CountyReleased:
    """The release package of a county of whose towns every one has its release (the folder beside it).

    Written whole or not at all; nothing is written when neither settings, program nor releases of the towns changed.
    ``replaced``: releases of the county that nobody outside has seen, as for a town (``pipeline.run``).
    Raises TownError when the towns do not agree, DisclosureError when an attack tells a hidden figure, DeliveryError
    when the release that is there is not what was released.
    """
    print_now = _fingerprint(county, date, towns, words)
    handed = [handed_over(town, date, folder) for town, folder in towns]
    parts, missing = common(handed)
    left_out = tuple(sorted(missing.items()))
    tidied(county.vault, county.releases)
    before = last_run(county.vault / dates.to_iso(date))
    if before is not None and before.is_of(print_now, county.releases):
        folder = county.releases / before.release
        see_to_release(folder)
        former = [path for path in replaced if path != folder]
        return CountyReleased(folder, True, left_out, withdraw.put_away(former, county.vault))
    check_agreed(handed, date)
    results = _results(county, date, handed, words, bool(missing))
    known = Known(
        parts,
        results.geography,
        results.protection,
        handed[0].town.method(date),
        _earlier(county, date, handed, replaced),
        lambda tables: release_of("", replace(results, tables=tables)),
    )
    run = LastRun(print_now, "", replaced=tuple(path.name for path in replaced))
    folder, withdrawn = _written(county, results, known, words, step, run)
    return CountyReleased(folder, False, left_out, withdrawn)


def _written(
    county: County, results: Results, known: Known, words: Words, step: Step, run: LastRun
) -> tuple[Path, tuple[Path, ...]]:
    """Protects, attacks and writes a release; its folder, and where those that it replaces lie now."""
    with step("protect"):
        whole = protected_whole(known)
    results = replace(results, tables=whole.tables)
    with step("audit"):
        if whole.attack:
            auditing.refuse_undecided([whole.attack], county.root)
        replaced = [county.releases / name for name in run.replaced]
        report = auditing.audited(results, attacks_made(whole, known.method), county.releases, county.root, replaced)
    vault, away = county.vault / dates.to_iso(results.source.date), county.vault / withdraw.PLACE
    with step("publish"), held_back(vault, county.releases) as held:
        keep_rooms(whole.proof, held)
        folder = write_release(
            results,
            county.releases,
            words,
            report,
            away,
            about_to=lambda name: hold(held, replace(run, release=name)),
        )
        return folder, ended(vault, county.releases)


def _results(county: County, date: int, handed: Sequence[Handed], words: Words, some_missing: bool) -> Results:
    """What the county publishes, still without tables."""
    first = handed[0]
    notes = [
        N_("The figures of each town are those of its own release; a figure hidden there is hidden here, too."),
        N_("A total of the county is hidden where it would tell a hidden figure of a single town."),
    ]
    if some_missing:
        notes.append(N_("Tables that not every town has are left out."))
    text = N_("Resident registers of its towns and municipalities, evaluated with Vielfalt")
    dated = series(county, date, [each.town for each in handed])
    return Results(
        source=Source(county.name, county.ags, date, "register", text, county.licence),
        geography=_geography(county, handed, words),
        tables={},
        indices=(),
        protection=first.town.protection(date),
        rule_set=first.published.results.rule_set,
        notes=tuple(notes),
        previous=dated[-1].release if dated else None,
        breaks=dated[-1].breaks if dated else (),
        series=dated,
        made_of=tuple(each.release for each in handed),
    )


def _geography(county: County, handed: Sequence[Handed], words: Words) -> Geography:
    """The county with its towns as areas; the outline of a town is that of its coarsest areas together."""
    areas = tuple(Area(each.town.ags, each.town.name, county.ags) for each in handed)
    shapes = {}
    for each in handed:
        geography = each.published.results.geography
        drawn = list(geography.shapes.get(geography.levels[0].id, {}).values())
        if drawn:
            valid = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
            shapes[each.town.ags] = shapely.union_all(valid)
    level = AreaLevel(LEVEL, words(N_("Towns and municipalities")), areas)
    return Geography(Area(county.ags, county.name, ""), (level,), _CRS, {LEVEL: shapes} if shapes else {})


def _earlier(county: County, date: int, handed: Sequence[Handed], replaced: Sequence[Path]) -> tuple[Release, ...]:
    """All releases of this date that towns and county have published already, from their registers."""
    found: list[Release] = []
    for folder, ags in [(each.town.releases, each.town.ags) for each in handed] + [(county.releases, county.ags)]:
        own = read_releases(path for day, _, path in releases_in(folder) if day == date and path not in replaced)
        wanted = (ags, "register")
        found += [one for one in own if (one.results.source.ags, one.results.source.kind) == wanted]
    return tuple(found)


def attacks_made(whole: Whole, method: Method) -> list[Mapping[str, object]]:
    """The attacks before the audit, as the release package tells them.

    None was made on totals that are the sums of what the towns show anyway.
    """
    if isinstance(method, CellKey) and method.additive:
        return []
    made = [auditing.attack("recompute" if isinstance(method, Suppression) else "tell_true_counts", whole.tables, 0)]
    made += [auditing.room(each, whole.proof) for each in whole.held]
    if whole.attack:
        made += auditing.as_json([whole.attack])
    return made


def _fingerprint(county: County, date: int, towns: Sequence[tuple[Town, Path]], words: Words) -> str:
    digest = hashlib.blake2b(f"{fingerprint.program()} {date} {words.language}".encode(), digest_size=32)
    before = [path / MANIFEST for day, _, path in releases_in(county.releases) if day < date]
    for path in (county.root / FILE, *(folder / MANIFEST for _, folder in towns), *before):
        digest.update(path.read_bytes())
    return digest.hexdigest()
