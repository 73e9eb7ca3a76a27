"""The main path: from a town's extract to a release package. Reads like the methods section of the report."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from vielfalt import capabilities, comparison, dates, fingerprint, history, parameters, schema
from vielfalt.areafiles import read_geography
from vielfalt.breaks import Facts
from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.engines.base import Engine, Frame
from vielfalt.errors import DisclosureError, TownError
from vielfalt.figures.disclosure import protect, recomputable
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import indices
from vielfalt.geography import Geography
from vielfalt.history import Earlier
from vielfalt.locking import alone_in
from vielfalt.publish.package import write_release
from vielfalt.publish.releases import latest_release_before
from vielfalt.publish.results import Capability, FindingCount, Movements, Results, Source
from vielfalt.register.addresses import Streets, read_streets, street_findings
from vielfalt.register.areas import area_findings, areas, distinct_addresses
from vielfalt.register.birthplaces import country_of_birth, open_places
from vielfalt.register.checks import Finding, check
from vielfalt.register.coded import read_coded, with_answers
from vielfalt.register.comparing import Compared
from vielfalt.register.completeness import missing_parts
from vielfalt.register.derivation import derive
from vielfalt.register.evidence import evidence_rows
from vielfalt.register.extract import Extract, read_extract
from vielfalt.register.gazetteer import with_town
from vielfalt.register.households import housed, household_findings, households
from vielfalt.register.links import MOVES
from vielfalt.register.places import candidates, place_index
from vielfalt.register.population import counted, double_entries, population_findings
from vielfalt.register.pseudonyms import town_key
from vielfalt.register.tabulate import classified, persons, tabulate
from vielfalt.rule_sets import rule_set
from vielfalt.town import Town
from vielfalt.words import N_, Language, Words
from vielfalt.workspace import workspace

Step = Callable[[str], AbstractContextManager[None]]
"""Called with the name of a step; the step runs inside the context it returns."""

STEPS: Mapping[str, str] = {
    "areas": N_("Read areas and street directory"),
    "read": N_("Read and pseudonymise the extract"),
    "population": N_("Count each resident once"),
    "birth": N_("Country of birth"),
    "households": N_("Households; names are deleted"),
    "status": N_("Migration status"),
    "locate": N_("Assign addresses to areas"),
    "cells": N_("Count tables"),
    "movements": N_("Compare with the earlier reference date"),
    "protect": N_("Protect tables"),
    "indices": N_("Indices"),
    "publish": N_("Maps, report, release package"),
}
"""The named steps in their order, with what the progress bar says."""
OF_A_CHECK = frozenset(STEPS) - {"movements", "protect", "indices", "publish"}


@dataclass(frozen=True)
class Evaluation:
    """What the big world hands over: cells, and what was found on the way. No person in it."""

    cells: Mapping[str, Cells]
    compared: Compared | None
    facts: Facts
    geography: Geography
    findings: tuple[Finding, ...]
    capabilities: tuple[Capability, ...]
    rows: int
    residents: int


@dataclass(frozen=True)
class Released:
    """The outcome of a run: the release folder, and whether it was there already because nothing had changed."""

    folder: Path
    unchanged: bool
    findings: tuple[Finding, ...]


def reference_date(town: Town, wanted: int | None) -> int:
    """The reference date to evaluate: the one wanted, else the latest delivered. Raises TownError if there is none."""
    delivered = town.reference_dates()
    if wanted is None and not delivered:
        raise TownError(
            N_("There is no extract in the town project."),
            where=town.root / "register",
            todo=N_("Put the extract into a folder named after its reference date: register/2025-12-31/register.csv."),
        )
    date = delivered[-1] if wanted is None else wanted
    if date > dates.today():
        raise TownError(
            N_("The reference date lies in the future."),
            where=dates.to_iso(date),
            todo=N_("Name a date that has passed, or correct the name of the folder."),
        )
    return date


def check_town(town: Town, date: int, step: Step) -> Evaluation:
    """Reads and derives as a run does, keeps nothing: findings and capabilities of the extract."""
    return evaluate(town, date, secrets.token_bytes(32), step)


def evaluate(town: Town, date: int, key: bytes, step: Step) -> Evaluation:
    """The big world alone, from the extract to cells; no person is written to disk."""
    with alone_in(town.vault), workspace(town, date) as (engine, _):
        return _evaluate(town, date, engine, key, step, _forget)


def derive_only(town: Town, date: int, step: Step) -> Evaluation:
    """The big world alone; residents and the evidence on them are kept in the vault, and nothing is published."""
    with workspace(town, date) as (engine, vault):
        keep = _keep(engine, vault, town.rule_set, False, None, step)
        return _evaluate(town, date, engine, town_key(town.vault), step, keep)


def run(town: Town, date: int, language: Language, step: Step) -> Released:
    """Check, derive, count, protect, publish: the release package of a reference date, whole or not at all.

    Nothing is done when neither extract, settings, areas nor program changed since the last release of that date.
    Raises DisclosureError, and releases nothing, when a hidden figure could be recomputed from the published ones, and
    BusyError while another run is working on the town.
    """
    with alone_in(town.vault):
        return _run(town, date, language, step)


def _run(town: Town, date: int, language: Language, step: Step) -> Released:
    print_now = fingerprint.of(town, date, language)
    before = _last_run(town, date)
    if before is not None and before["fingerprint"] == print_now and (town.releases / before["release"]).is_dir():
        return Released(town.releases / before["release"], True, ())
    earlier = history.earlier(town, date)
    with workspace(town, date) as (engine, vault):
        keep = _keep(engine, vault, town.rule_set, town.link_dates > 0, earlier, step)
        evaluation = _evaluate(town, date, engine, town_key(town.vault), step, keep)
    results, audit = _figures(town, date, evaluation, earlier, step)
    with step("publish"):
        folder = write_release(results, town.releases, Words(language), audit)
    history.forget(town, history.linked_dates(town)[: -town.link_dates or None])
    _remember(vault, {"fingerprint": print_now, "release": folder.name}, evaluation.findings)
    return Released(folder, False, evaluation.findings)


@dataclass(frozen=True)
class Derived:
    """What a run knows of single people before it forgets them: residents, their classes, the rows they come from."""

    people: Frame
    classes: Frame
    rows: Frame
    geography: Geography
    facts: Facts


Keep = Callable[[Derived], Compared | None]
"""What to do with them: keep some in the vault, compare with an earlier date, or nothing."""


@dataclass(frozen=True)
class Prepared:
    """The residents with country of birth and household before their status is derived, and what comes after needs.

    ``rows``: every row of the extract that could be read; ``read``: how many the file has; ``delivered``: its fields;
    ``missing``: per field the part of rows in which it is empty or unusable.
    """

    people: Frame
    rows: Frame
    addresses: pl.DataFrame
    streets: Streets | None
    geography: Geography
    findings: tuple[Finding, ...]
    capabilities: tuple[Capability, ...]
    delivered: frozenset[str]
    missing: Mapping[str, float]
    read: int


def _evaluate(town: Town, date: int, engine: Engine, key: bytes, step: Step, keep: Keep) -> Evaluation:
    prepared = prepare(town, date, engine, key, step)
    geography, chosen = prepared.geography, rule_set(town.rule_set)
    with step("status"):
        people = derive(engine, prepared.people, parameters.on("migration", date), chosen)
    with step("locate"):
        people = engine.checkpoint(areas(engine, people, prepared.addresses, prepared.streets, geography), "derived")
        outside = area_findings(engine, people, geography.finest.id)
    with step("cells"):
        classes = classified(engine, people, geography)
        able = prepared.capabilities
        cells = tabulate(engine, classes, capabilities.possible(able, town.options, chosen), geography)
    facts = history.facts_of(town, date, prepared.delivered, prepared.missing, geography)
    compared = keep(Derived(people, classes, prepared.rows, geography, facts))
    residents = int(cells["residents"].frame["n"].sum())
    findings = (*prepared.findings, *outside)
    return Evaluation(cells, compared, facts, geography, findings, able, prepared.read, residents)


def prepare(town: Town, date: int, engine: Engine, key: bytes, step: Step) -> Prepared:
    """Reads the extract, counts each resident once, and adds country of birth and household; names are gone then."""
    with step("areas"):
        geography = read_geography(town)
        streets = read_streets(town.areas.streets) if town.areas.streets else None
        findings = list(street_findings(streets, geography)) if streets else []
    with step("read"):
        extract = read_extract(engine, town.extract(date), town.profile, date, key)
        able = capabilities.capabilities(extract.delivered, town.options)
    with step("population"):
        doubles = double_entries(engine, extract.register)
        people = counted(engine, extract.register, doubles, date)
        findings += [*extract.findings, *population_findings(engine, extract.register, doubles, people, date)]
        addresses = distinct_addresses(engine, extract)
        rows = engine.checkpoint(extract.register.select("record", "pseudonym", "dwelling_status", *MOVES), "rows")
        missing = missing_parts(engine, extract)
    with step("birth"):
        born = country_of_birth(engine, people, birth_candidates(town, extract))
    with step("households"):
        formed = households(engine, people)
        findings += household_findings(engine, formed)
        people = engine.checkpoint(housed(born, formed), "housed")
        for named in ("register", "doubles", "people", "households"):
            engine.drop(named)
        findings += open_places(engine, people)
    return Prepared(
        people, rows, addresses, streets, geography, tuple(findings), able, extract.delivered, missing, extract.rows
    )


def birth_candidates(town: Town, extract: Extract) -> pl.DataFrame:
    """The possible countries of each distinct birth place, by the place's number; with what persons have coded."""
    index = with_town(place_index(_cache()), town.name.partition("(")[0].strip())
    found = with_answers(candidates(extract.places, index), extract.places, read_coded(town.coded_places))
    schema = {"text": pl.Utf8, "number": pl.Int32}
    numbers = pl.DataFrame({"text": extract.places, "number": range(len(extract.places))}, schema)
    return found.join(numbers, left_on="place", right_on="text").drop("place").rename({"number": "place"})


def _figures(
    town: Town, date: int, evaluation: Evaluation, earlier: Earlier | None, step: Step
) -> tuple[Results, dict[str, object]]:
    """The small world: protected tables, their audit, movements, and indices."""
    protection, geography = town.protection(date), evaluation.geography
    with step("protect"):
        protected = protect(evaluation.cells, geography, protection)
        leaks = recomputable(protected, evaluation.cells, geography, protection)
        refuse_leaks(leaks, town.root)
        since, moved = _movements(evaluation, protected, earlier, protection)
    with step("indices"):
        values = indices(evaluation.cells, protected, geography, protection)
    tables = {**protected, **moved}
    return _results(town, date, evaluation, tables, values, since), audit(tables, leaks)


def _movements(
    evaluation: Evaluation, protected: Mapping[str, ProtectedCells], earlier: Earlier | None, protection: Protection
) -> tuple[Movements | None, dict[str, ProtectedCells]]:
    """What may be published of the comparison with an earlier date; nothing where there is none."""
    if evaluation.compared is None or earlier is None:
        return None, {}
    return comparison.movements(
        comparison.Later(evaluation.cells, protected, evaluation.facts, evaluation.geography, protection),
        evaluation.compared,
        earlier,
    )


def refuse_leaks(leaks: pl.DataFrame, where: Path) -> None:
    """Raises DisclosureError when the audit found hidden figures that could be recomputed."""
    if leaks.height:
        raise DisclosureError(
            N_("{cells} hidden figures could be recomputed from the published ones; nothing was released."),
            where=where,
            cells=leaks.height,
            todo=N_("Raise the thresholds in [protection] of town.toml, and report this message."),
        )


def audit(protected: Mapping[str, ProtectedCells], leaks: pl.DataFrame) -> dict[str, object]:
    """The report of the audit, as the release package holds it: each attack, the cells tried, the result."""
    return {
        "attacks": [
            {
                "id": "recompute",
                "tables": len(protected),
                "cells": sum(table.frame.height for table in protected.values()),
                "hidden": sum(int((table.frame["status"] == "suppressed").sum()) for table in protected.values()),
                "disclosed": leaks.height,
            }
        ],
        "passed": leaks.is_empty(),
    }


def _results(
    town: Town,
    date: int,
    evaluation: Evaluation,
    protected: Mapping[str, ProtectedCells],
    values: tuple[IndexValue, ...],
    movements: Movements | None,
) -> Results:
    previous = latest_release_before(town.releases, date, town.ags, "register")
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
        previous=previous,
        breaks=comparison.breaks_since(town, previous.date, evaluation.facts) if previous else (),
        movements=movements,
    )


def _shown(found: Finding) -> FindingCount:
    """A finding as the report shows it: without row numbers, the field by its meaning."""
    entry, meanings = check(found.check), {field.name: field.meaning for field in schema.EXTRACT}
    return FindingCount(entry.id, entry.message, found.rows, entry.consequence, meanings.get(found.field, ""))


def _keep(engine: Engine, vault: Path, chosen: str, linkable: bool, earlier: Earlier | None, step: Step) -> Keep:
    """Writes the persons file of the contract, the evidence behind it for ``vielfalt trace``, and the link file.

    Compares with the earlier date where there is one.
    """

    def keep(derived: Derived) -> Compared | None:
        people, rows, geography = derived.people, derived.rows, derived.geography
        levels = [level.id for level in geography.levels]
        for name, frame in (("persons", persons(people, levels)), ("evidence", evidence_rows(people, rows, chosen))):
            partial = vault / f".{name}.parquet"
            engine.write(frame, partial, order="record")
            partial.replace(vault / f"{name}.parquet")
        history.write_facts(derived.facts, vault)
        residents = derived.classes.join(rows.drop("dwelling_status"), on="record", how="inner")
        with step("movements"):
            if linkable:
                history.keep_links(engine, residents, vault)
            if earlier is None:
                return None
            return comparison.compare(engine, residents, earlier, derived.facts.date, geography)

    return keep


def _forget(derived: Derived) -> None:
    """A check keeps nothing."""


def _cache() -> Path:
    """The user's cache folder; it holds reference data only, nothing of any town."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "vielfalt"


def _last_run(town: Town, date: int) -> dict[str, Any] | None:
    try:
        found = json.loads((town.vault / dates.to_iso(date) / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"fingerprint", "release"} <= found.keys() else None


def _remember(vault: Path, outcome: Mapping[str, object], findings: tuple[Finding, ...]) -> None:
    content = {**outcome, "findings": [asdict(found) for found in findings]}
    partial = vault / ".run.json"
    partial.write_text(json.dumps(content, indent=1), encoding="utf-8")
    partial.replace(vault / "run.json")
