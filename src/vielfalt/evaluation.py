"""The big world: from a town's extract to cells. No person leaves it but into the vault."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import capabilities, dates_compared
from vielfalt.areafiles import read_geography
from vielfalt.breaks import Facts
from vielfalt.cells import Cells
from vielfalt.engines.base import Engine, Frame
from vielfalt.errors import DeliveryError
from vielfalt.figures.disclosure.perturbation import perturbation
from vielfalt.geography import Geography
from vielfalt.methods import CellKey
from vielfalt.publish.results import Capability
from vielfalt.register.addresses import street_findings, streets_renumbered
from vielfalt.register.areas import area_findings, areas, distinct_addresses, located, points_elsewhere, unlisted
from vielfalt.register.birthplaces import country_of_birth, open_places
from vielfalt.register.checks import FALSE_FROM, Finding
from vielfalt.register.coded import read_coded, with_answers
from vielfalt.register.completeness import missing_parts
from vielfalt.register.derivation import derive
from vielfalt.register.evidence import evidence_rows
from vielfalt.register.extract import Extract, read_extract
from vielfalt.register.gazetteer import place_index, with_town
from vielfalt.register.households import housed, household_findings, households
from vielfalt.register.kinds import kinds
from vielfalt.register.links import MOVES
from vielfalt.register.nobody import SELDOM
from vielfalt.register.places import candidates
from vielfalt.register.population import (
    counted,
    double_entries,
    gone,
    pointers_lost,
    population_findings,
    shared_numbers,
)
from vielfalt.register.pseudonyms import town_key
from vielfalt.register.streets import Streets, read_streets
from vielfalt.register.tabulate import classified, persons, tabulate
from vielfalt.register.two_dates import TwoDates
from vielfalt.rule_sets import rule_set
from vielfalt.steps import Step
from vielfalt.town import Town
from vielfalt.vault import kept_dates
from vielfalt.vault.kept_dates import Earlier
from vielfalt.vault.locking import alone_in
from vielfalt.vault.workspace import Opening, by_size, workspace
from vielfalt.wholefile import written_whole
from vielfalt.words import N_


@dataclass(frozen=True)
class Evaluation:
    """What the big world hands over: cells, and what was found on the way. No person in it."""

    cells: Mapping[str, Cells]
    compared: TwoDates | None
    facts: Facts
    geography: Geography
    findings: tuple[Finding, ...]
    capabilities: tuple[Capability, ...]
    rows: int
    residents: int


@dataclass(frozen=True)
class Derived:
    """What a run knows of single people before it forgets them: residents, their classes, the rows they come from.

    ``p_percent`` is that of the p% rule, by which addresses are counted.
    """

    people: Frame
    classes: Frame
    rows: Frame
    geography: Geography
    facts: Facts
    p_percent: int


Keep = Callable[[Derived], TwoDates | None]
"""What to do with them: keep some in the vault, compare with an earlier date, or nothing."""


@dataclass(frozen=True)
class Prepared:
    """The residents with their households before their status is derived, and what comes after needs.

    ``kinds``: what the kinds of residents say of origin, with country of birth; ``rows``: every row of the extract
    that could be read; ``addresses``: the distinct addresses, located; ``read``: how many rows the file has;
    ``delivered``: its fields; ``missing``: per field the part of rows in which it is empty or unusable; ``written``:
    the parts of ordering numbers that begin with a zero, and that are not as long as most.
    """

    people: Frame
    kinds: Frame
    rows: Frame
    addresses: pl.DataFrame
    geography: Geography
    findings: tuple[Finding, ...]
    capabilities: tuple[Capability, ...]
    delivered: frozenset[str]
    missing: Mapping[str, float]
    written: tuple[float, float]
    read: int


def derive_and_count(town: Town, date: int, engine: Engine, key: bytes, step: Step, keep: Keep) -> Evaluation:
    """From the extract to cells; ``keep`` gets what is known of single people before it is forgotten."""
    prepared = prepare(town, date, engine, key, step)
    geography, chosen = prepared.geography, rule_set(town.rule_set)
    p_percent = town.protection(date).p_percent
    with step("locate"):
        located_in = areas(engine, prepared.addresses, geography)
        outside = area_findings(engine, prepared.people, located_in)
    with step("status"):
        derived = derive(engine, prepared.people, prepared.kinds, chosen)
        people = derived.join(located_in, on="address", how="left")
    with step("cells"):
        classes = classified(engine, people, geography)
        able = prepared.capabilities
        cells = tabulate(engine, classes, capabilities.possible(able, town.options, chosen), geography, p_percent)
    filled = prepared.delivered, prepared.missing, prepared.written
    facts = kept_dates.facts_of(town, date, *filled, geography)
    compared = keep(Derived(people, classes, prepared.rows, geography, facts, p_percent))
    residents = int(cells["residents"].frame["n"].sum())
    findings = (*prepared.findings, *outside)
    return Evaluation(cells, compared, facts, geography, findings, able, prepared.read, residents)


def prepare(town: Town, date: int, engine: Engine, key: bytes, step: Step) -> Prepared:
    """Reads the extract, counts each resident once, and adds country of birth and household; names are gone then."""
    # What Python does alone, areas and the texts of birth places, is done aside while the engine reads and counts.
    with ThreadPoolExecutor(max_workers=1) as aside:
        places = aside.submit(_read_areas, town)
        with step("read"):
            extract = read_extract(engine, town.extract(date), town.profile, date, key)
            able = capabilities.capabilities(extract.delivered, town.options, rule_set(town.rule_set))
        with step("areas"):
            geography, streets = places.result()
            findings = list(street_findings(streets, geography)) if streets else []
        possible = aside.submit(birth_candidates, town, extract)
        with step("population"):
            doubles = double_entries(engine, extract.register)
            _refuse_shared_numbers(engine, extract, doubles, town.extract(date))
            people = counted(engine, extract.register, doubles, date)
            findings += [*extract.findings, *population_findings(engine, extract.register, doubles, people, date)]
            findings += streets_renumbered(extract.addresses.named, streets) if streets else ()
            given = distinct_addresses(engine, extract)
            addresses = located(given, streets, geography)
            findings += points_elsewhere(given, addresses, geography)
            _refuse_most_gone(findings, extract, town.extract(date))
            _refuse_lost_pointers(engine, people, findings, extract, town.extract(date))
            known = extract.register.select("record", "pseudonym", "dwelling_status", gone().alias("gone"), *MOVES)
            rows = engine.checkpoint(known, "rows")
        with step("birth"):
            asked = country_of_birth(engine, kinds(people, extract.evidence), possible.result())
            born = engine.checkpoint(asked, "kinds")
    with step("households"):
        # Before and not after: a town that does not fit into memory would carry them to the disk and back.
        _drop(engine, "register", "evidence", "same_number", "doubles")
        formed = households(engine, people, unlisted(addresses, streets), date)
        findings += household_findings(engine, formed)
        people = engine.checkpoint(housed(people, formed), "housed")
        _drop(engine, "people", "households")
        findings += open_places(engine, people, born)
    filled = extract.delivered, missing_parts(extract), extract.written
    return Prepared(people, born, rows, addresses, geography, tuple(findings), able, *filled, extract.rows)


def _refuse_shared_numbers(engine: Engine, extract: Extract, doubles: Frame, path: Path) -> None:
    """Raises DeliveryError where so many different people share an ordering number that the column is another one, or
    so many people have one row for each nationality."""
    number = int(engine.collect(doubles.select(nw.len().alias("rows")))["rows"][0].as_py())
    if SELDOM * number <= extract.readable:
        return
    shared, national = shared_numbers(engine, extract.register, doubles)
    if SELDOM * national > extract.readable:
        raise DeliveryError(
            N_("{n} of {rows} rows are of people who stand in the file already, with another nationality."),
            where=path,
            n=national,
            rows=extract.readable,
            todo=N_(
                "Ask for one row for each person, with further nationalities in columns of their own: of several rows "
                "one is counted, and the other nationality would be lost."
            ),
        )
    if SELDOM * shared > extract.readable:
        raise DeliveryError(
            N_("{n} of {rows} rows bear the ordering number of somebody who was born in another year."),
            where=path,
            n=shared,
            rows=extract.readable,
            todo=N_(
                "Name the column with the number of each person in the column profile, and under “missing” what stands "
                "for no number. A spreadsheet shortens long numbers (1,23E+12): take the file as the registration "
                "software wrote it."
            ),
        )


def _refuse_most_gone(findings: Sequence[Finding], extract: Extract, path: Path) -> None:
    """Raises DeliveryError where more people are gone than live here: sooner another column, or a day for everybody."""
    for found in findings:
        if found.check == "gone" and 2 * found.rows > extract.readable:
            raise DeliveryError(
                N_("By “{field}”, {n} of {rows} rows are of people who do not live here any more."),
                where=path,
                field=found.field,
                n=found.rows,
                rows=extract.readable,
                todo=N_(
                    "Name the column that is filled only for those who have moved away or died (an “Auszugsdatum” may "
                    "be the day of the extract), or ask for an extract of the residents alone."
                ),
            )


def _refuse_lost_pointers(
    engine: Engine, people: Frame, findings: Sequence[Finding], extract: Extract, path: Path
) -> None:
    """Raises DeliveryError where most pointers of a field lead to nobody: sooner numbers written otherwise."""
    for found in findings:
        if found.check == "pointer_absent" and 2 * found.rows > extract.readable - extract.empty[found.field]:
            lost, pointing = pointers_lost(engine, people, found.field)
            if lost >= FALSE_FROM and 2 * lost > pointing:
                raise DeliveryError(
                    N_("By “{field}”, {n} of {rows} people point to somebody who is not counted in the file."),
                    where=path,
                    field=found.field,
                    n=lost,
                    rows=pointing,
                    todo=N_(
                        "Look whether the numbers are written like those of “person_id”: a spreadsheet takes away the "
                        "zeros in front, or writes 123.0 for 123. Take the file as the registration software wrote it, "
                        "or leave “{field}” out of the column profile."
                    ),
                )


def _drop(engine: Engine, *names: str) -> None:
    for name in names:
        engine.drop(name)


def _read_areas(town: Town) -> tuple[Geography, Streets | None]:
    """The areas of the town, and its street directory if it has one."""
    return read_geography(town), read_streets(town.areas.streets) if town.areas.streets else None


def birth_candidates(town: Town, extract: Extract) -> pl.DataFrame:
    """The possible countries of each distinct birth place of the extract, by the place's number."""
    schema = {"text": pl.Utf8, "number": pl.Int32}
    numbers = pl.DataFrame({"text": extract.places, "number": range(len(extract.places))}, schema)
    found = possible_countries(town, extract.places).join(numbers, left_on="place", right_on="text")
    return found.drop("place").rename({"number": "place"})


def possible_countries(town: Town, places: Sequence[str]) -> pl.DataFrame:
    """The possible countries of each distinct birth place (``places.candidates``); with what persons have coded."""
    index = with_town(place_index(_cache()), town.name.partition("(")[0].strip())
    return with_answers(candidates(places, index), places, read_coded(town.coded_places))


def check_town(town: Town, date: int, step: Step, opened: Opening = by_size) -> Evaluation:
    """Reads and derives as a run does, keeps nothing: findings and capabilities of the extract.

    Raises TownError for settings of the cell key method that no chances meet, before anything is read.
    """
    if isinstance(method := town.method(date), CellKey):
        perturbation(method)
    return evaluate(town, date, secrets.token_bytes(32), step, opened)


def evaluate(town: Town, date: int, key: bytes, step: Step, opened: Opening = by_size) -> Evaluation:
    """The big world alone, from the extract to cells; no person is written to disk."""
    with alone_in(town.vault), workspace(town, date, opened) as (engine, _):
        return derive_and_count(town, date, engine, key, step, _forget)


def derive_only(town: Town, date: int, step: Step, opened: Opening = by_size) -> Evaluation:
    """The big world alone; residents and the evidence on them are kept in the vault, and nothing is published."""
    with workspace(town, date, opened) as (engine, vault):
        keep = keep_persons(town, engine, vault)
        return derive_and_count(town, date, engine, town_key(town.vault), step, keep)


def keep_persons(town: Town, engine: Engine, folder: Path) -> Keep:
    """Writes the persons file of the contract, and the evidence behind it for ``vielfalt trace``."""

    def keep(derived: Derived) -> None:
        people, levels = derived.people, [level.id for level in derived.geography.levels]
        evidence = evidence_rows(people, derived.rows, town.rule_set)
        for name, frame in ((kept_dates.PERSONS, persons(people, levels)), (kept_dates.EVIDENCE, evidence)):
            with written_whole(folder / name) as partial:
                engine.write(frame, partial, order="record")

    return keep


def keep_and_compare(town: Town, engine: Engine, folder: Path, earlier: Earlier | None, step: Step) -> Keep:
    """Writes what ``keep_persons`` does, and what later dates are compared with: facts, and the link file where the
    town wants some.

    Compares with the earlier date where there is one.
    """
    write_persons = keep_persons(town, engine, folder)

    def keep(derived: Derived) -> TwoDates | None:
        write_persons(derived)
        kept_dates.write_facts(derived.facts, folder)
        residents = derived.classes.join(derived.rows.drop("dwelling_status", "gone"), on="record", how="inner")
        with step("movements"):
            if town.link_dates:
                kept_dates.keep_links(engine, residents, folder)
            if earlier is None:
                return None
            date, geography = derived.facts.date, derived.geography
            return dates_compared.compare(engine, residents, earlier, date, geography, derived.p_percent)

    return keep


def _forget(derived: Derived) -> None:
    """A check keeps nothing."""


def _cache() -> Path:
    """The user's cache folder; it holds reference data only, nothing of any town."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "vielfalt"
