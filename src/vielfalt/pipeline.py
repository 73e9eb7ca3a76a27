"""The main path: from a town's extract to a release package. Reads like the methods section of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from vielfalt import auditing, dates, dates_compared, limits, schema
from vielfalt.cells import UNRESOLVED, ProtectedCells, Protection
from vielfalt.errors import DeliveryError, TownError
from vielfalt.evaluation import Evaluation, derive_and_count, keep_and_compare
from vielfalt.figures.disclosure import protect_by
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import indices
from vielfalt.methods import Suppression
from vielfalt.publish.package import refuse_unwritable, see_to_release, write_release
from vielfalt.publish.results import FindingCount, Movements, Results, Source, Utility
from vielfalt.register.checks import COUNTED_IN, FALSE_FIGURES, FALSE_FROM, IN_A_FEW_HOUSES, UNREADABLE, Finding, check
from vielfalt.register.pseudonyms import town_key
from vielfalt.steps import Step
from vielfalt.town import Town
from vielfalt.utility import utility
from vielfalt.vault import fingerprint, kept_dates, withdraw
from vielfalt.vault.held_back import ended, held_back, hold, tidied
from vielfalt.vault.keeping import MOVEMENT_ROOMS, keep_rooms, keep_table, table_fingerprint
from vielfalt.vault.kept_dates import Earlier
from vielfalt.vault.last_run import LastRun, last_run
from vielfalt.vault.locking import alone_in
from vielfalt.vault.totals import keep_totals
from vielfalt.vault.workspace import Opening, by_size, workspace
from vielfalt.words import N_, Language, Words


@dataclass(frozen=True)
class Released:
    """The outcome of a run: the release folder, and whether it was there already because nothing had changed.

    ``findings``: of the extract, by this run or by the one that made the release. ``utility``: what protection cost;
    nothing for a release that was there already. ``withdrawn``: where releases that were replaced lie now.
    """

    folder: Path
    unchanged: bool
    findings: tuple[Finding, ...]
    utility: Utility | None = None
    withdrawn: tuple[Path, ...] = ()


_UNREAD = N_("More than half of the rows hold a value in “{field}” that is in no list or form.")
First = Callable[[Sequence[Path]], None]
"""What must be done before releases are put away."""


def nothing_first(_: Sequence[Path]) -> None:
    """Nothing rests on the releases of the town."""


def reference_date(town: Town, wanted: int | None) -> int:
    """The reference date to evaluate: the one wanted, else the latest delivered. Raises TownError if there is none, or
    a folder bears a date that is none: an older one would be evaluated instead.
    """
    delivered = town.reference_dates()
    if wanted is None and (misnamed := town.misnamed()):
        raise TownError(
            N_("The name of this folder is no date, so its extract belongs to no reference date."),
            where=misnamed[0],
            todo=N_("Name it year-month-day, for example 2025-12-31, or move it out of the folder “register”."),
        )
    if wanted is None and not delivered:
        raise TownError(
            N_("There is no extract in the town project."),
            where=town.root / "register",
            todo=N_("Put the extract into a folder named after its reference date: register/2025-12-31/register.csv."),
        )
    date = delivered[-1] if wanted is None else wanted
    dates.refuse_future(date)
    return date


def run(
    town: Town,
    date: int,
    language: Language,
    step: Step,
    replaced: Sequence[Path] = (),
    opened: Opening = by_size,
    first: First = nothing_first,
) -> Released:
    """Check, derive, count, protect, publish: the release package of a reference date, whole or not at all.

    ``replaced``: releases that nobody outside has seen (``withdraw.of_date``); they are not counted as published, and
    are put away once the new one is written; ``first`` is called with those that will be, before it is. ``opened``: the
    engine; no figure depends on it. Nothing is released when
    neither extract, settings, areas nor program changed since the last release of that date; what the vault has lost
    of it is written again, and those replaced are put away all the same, but for that last one.
    Raises TownError when the key of the town is damaged or missing, DeliveryError when the release that is there is not
    what was released, DisclosureError, and releases nothing, when a hidden figure could be recomputed from the
    published ones, StorageError where the system lets the program have too little (``limits``), and BusyError while
    another run is working on the town.
    """
    limits.refuse_below(limits.DRAWING)
    with alone_in(town.vault):
        return _run(town, date, language, step, replaced, opened, first)


def _run(
    town: Town, date: int, language: Language, step: Step, replaced: Sequence[Path], opened: Opening, first: First
) -> Released:
    tidied(town.vault, town.releases)
    key = town_key(town.vault)
    print_now = fingerprint.of(town, date, language, key)
    vault = town.vault / dates.to_iso(date)
    before = last_run(vault)
    if before is not None and before.is_of(print_now, town.releases):
        return _unchanged(town, date, before, step, replaced, opened, first)
    refuse_unwritable(town.releases)
    earlier = kept_dates.earlier(town, date)
    with held_back(vault, town.releases) as held:
        with workspace(town, date, opened) as (engine, _):
            keep = keep_and_compare(town, engine, held, earlier, step)
            evaluation = derive_and_count(town, date, engine, key, step, keep)
        _refuse_nobody(evaluation, town.extract(date))
        _refuse_false_figures(evaluation, town.extract(date))
        figures = _figures(town, date, evaluation, earlier, step, replaced)
        with step("publish"):
            keep_rooms(figures.rooms, held)
            keep_rooms(figures.movement_rooms, held, MOVEMENT_ROOMS)
            keep_table(town, date, held)
            keep_totals(evaluation.cells, held, town.method(date))
            first(replaced)
            own = LastRun(print_now, "", evaluation.findings, fingerprint.of_key(key))
            own = replace(own, replaced=tuple(path.name for path in replaced))
            folder = write_release(
                figures.results,
                town.releases,
                Words(language),
                figures.audit,
                town.vault / withdraw.PLACE,
                about_to=lambda name: hold(held, replace(own, release=name)),
            )
            withdrawn = ended(vault, town.releases)
    _keep_the_latest(town)
    return Released(folder, False, evaluation.findings, figures.results.utility, withdrawn)


def _refuse_nobody(evaluation: Evaluation, path: Path) -> None:
    """Raises DeliveryError where no row counts, or none of them has an address: nothing could be shown."""
    if not evaluation.residents:
        raise DeliveryError(
            N_("The extract holds nobody at an only or main dwelling."),
            where=path,
            todo=N_("Correct “dwelling_status” in the column profile; “vielfalt check” shows all findings."),
        )
    if not evaluation.cells["residents"].frame.filter(pl.col("area") != UNRESOLVED).height:
        raise DeliveryError(
            N_("No resident of the extract has an address, and people at one unknown address are never shown."),
            where=path,
            todo=N_(
                "Name street and house number, or easting and northing, in the column profile; “vielfalt check” shows "
                "all findings."
            ),
        )


def _refuse_false_figures(evaluation: Evaluation, path: Path) -> None:
    """Raises DeliveryError where what is filled in for nothing, or misunderstood, decides most of a group."""
    for found in evaluation.findings:
        unread = found.check in UNREADABLE and 2 * found.rows > evaluation.rows
        if (unread or found.check in FALSE_FIGURES) and found.rows >= FALSE_FROM:
            raise DeliveryError(
                _UNREAD if unread else check(found.check).message,
                where=path,
                field=found.field,
                todo=N_(
                    "Look at “{field}” in the column profile: its column, and what its values mean; or leave the field "
                    "out. “vielfalt check” shows all findings."
                ),
            )


def _unchanged(
    town: Town, date: int, before: LastRun, step: Step, replaced: Sequence[Path], opened: Opening, first: First
) -> Released:
    """The release that is there already, looked at file by file; what zip and vault have lost is written again."""
    folder = town.releases / before.release
    see_to_release(folder)
    if before.key != fingerprint.of_key(town_key(town.vault)) or not kept_dates.kept_whole(town, date):
        _keep_again(town, date, before, step, opened)
    former = [path for path in replaced if path != folder]
    first(former)
    return Released(folder, True, before.findings, withdrawn=withdraw.put_away(former, town.vault))


def _keep_again(town: Town, date: int, before: LastRun, step: Step, opened: Opening) -> None:
    """Writes anew what is missing in the vault of a date that is released already and has not changed, or was made
    under another key of the town.
    """
    key, vault = town_key(town.vault), town.vault / dates.to_iso(date)
    with held_back(vault, town.releases) as held:
        with workspace(town, date, opened) as (engine, _):
            keep = keep_and_compare(town, engine, held, None, step)
            evaluation = derive_and_count(town, date, engine, key, step, keep)
        keep_totals(evaluation.cells, held, town.method(date))
        hold(held, replace(before, key=fingerprint.of_key(key), replaced=()))
        ended(vault, town.releases)
    _keep_the_latest(town)


def _keep_the_latest(town: Town) -> None:
    """Deletes the oldest link files, so that no more are kept than the town wants."""
    kept_dates.forget(town, kept_dates.linked_dates(town)[: -town.link_dates or None])


@dataclass(frozen=True)
class _Figures:
    """What may be published of a date, the report of its audit, and the proofs that hidden figures have room."""

    results: Results
    audit: dict[str, object]
    rooms: pl.DataFrame
    movement_rooms: pl.DataFrame


def _figures(
    town: Town, date: int, evaluation: Evaluation, earlier: Earlier | None, step: Step, replaced: Sequence[Path]
) -> _Figures:
    """The small world: protected tables, movements and indices, as the audit lets them pass.

    Where movements by group alone would tell hidden residents, or may, they are left out.
    """
    method, protection, geography = town.method(date), town.protection(date), evaluation.geography
    with step("protect"):
        protected, leaks, found = protect_by(method, evaluation.cells, geography, protection)
        auditing.refuse_leaks(leaks, town.root)
        held = auditing.proved(found, town.root)
        moved = _movements(evaluation, protected, earlier, protection)
    with step("indices"):
        values = indices(evaluation.cells, protected, geography, protection)
    own = "recompute" if isinstance(method, Suppression) else "tell_true_counts"
    first = auditing.attack(own, protected, leaks.height)

    def audited(moved: _Moved) -> _Figures:
        results = _results(town, date, evaluation, {**protected, **moved.tables}, values, moved.found)
        results = replace(results, utility=utility(results, evaluation), fingerprint=table_fingerprint(town, date))
        attacks = [first, *moved.attacks, *held, *moved.rooms]
        report = auditing.audited(results, attacks, town.releases, town.root, replaced)
        return _Figures(results, report, found.frame, moved.proof)

    with step("audit"):
        try:
            return audited(moved)
        except auditing.GroupsTellError:
            return audited(_movements(evaluation, protected, earlier, protection, by_group=False))


@dataclass(frozen=True)
class _Moved:
    """The comparison with an earlier date as it may be published: tables, attacks on them, rooms and their proof."""

    found: Movements | None = None
    tables: Mapping[str, ProtectedCells] = field(default_factory=dict)
    attacks: tuple[Mapping[str, object], ...] = ()
    rooms: tuple[Mapping[str, object], ...] = ()
    proof: pl.DataFrame = field(default_factory=pl.DataFrame)


def _movements(
    evaluation: Evaluation,
    protected: Mapping[str, ProtectedCells],
    earlier: Earlier | None,
    protection: Protection,
    *,
    by_group: bool = True,
) -> _Moved:
    """What may be published of the comparison with an earlier date; nothing where there is none."""
    if evaluation.compared is None or earlier is None:
        return _Moved()
    later = dates_compared.Later(evaluation.cells, protected, evaluation.facts, evaluation.geography, protection)
    found, tables, attacked = dates_compared.movements(later, evaluation.compared, earlier, by_group=by_group)
    if attacked is None:
        return _Moved(found, tables)
    attack = auditing.attack("recompute_between_dates", attacked.tables, attacked.disclosed)
    proof = attacked.rooms.frame
    rooms = [
        {**auditing.room(room, proof), "id": f"room_{room.attacker}_between_dates"} for room in attacked.rooms.held
    ]
    return _Moved(found, tables, (attack,), tuple(rooms), proof)


def _results(
    town: Town,
    date: int,
    evaluation: Evaluation,
    protected: Mapping[str, ProtectedCells],
    values: tuple[IndexValue, ...],
    movements: Movements | None,
) -> Results:
    series = dates_compared.series(town, date, evaluation.facts)
    return Results(
        source=Source(
            town.name, town.ags, date, "register", N_("Resident register, evaluated with Vielfalt"), town.licence
        ),
        geography=evaluation.geography,
        tables=protected,
        indices=values,
        protection=town.protection(date),
        rule_set=town.rule_set,
        findings=tuple(_shown(found) for found in evaluation.findings),
        capabilities=evaluation.capabilities,
        previous=series[-1].release if series else None,
        breaks=series[-1].breaks if series else (),
        movements=movements,
        series=series,
    )


def _shown(found: Finding) -> FindingCount:
    """A finding as the report shows it: without row numbers, the field by its meaning."""
    entry, meanings = check(found.check), {field.name: field.meaning for field in schema.EXTRACT}
    return FindingCount(
        entry.id,
        entry.message,
        found.rows,
        entry.consequence,
        meanings.get(found.field, ""),
        COUNTED_IN.get(found.field, ()),
        entry.id in IN_A_FEW_HOUSES,
    )
