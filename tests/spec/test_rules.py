from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
import spec_tables
from spec_tables import Line

from vielfalt import parameters
from vielfalt.engines.base import Engine, Frame
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.polars import Polars
from vielfalt.register import households as household_rules
from vielfalt.register.birthplaces import COUNTRY_OF_BIRTH, country_of_birth
from vielfalt.register.derivation import derive
from vielfalt.register.households import households
from vielfalt.register.kinship import LINKS, STAGES, Link
from vielfalt.register.neighbours import Formed, Neighbours, Pairs
from vielfalt.register.origin import IMMIGRATION_HISTORY, MIGRATION_STATUS
from vielfalt.register.reading import REGISTER
from vielfalt.rules import Decision, Rule

REFERENCE = 20251231
ENGINES: dict[str, Callable[[Path], Engine]] = {"duckdb": DuckDB, "polars": lambda folder: Polars()}
DECISIONS: dict[str, Decision] = {
    "migration-status.md": MIGRATION_STATUS,
    "immigration-history.md": IMMIGRATION_HISTORY,
    "country-of-birth.md": COUNTRY_OF_BIRTH,
}
GUARDIANS = ("guardian_1", "guardian_2")
_PEOPLE = {
    **REGISTER,
    **{name: pa.int64() for name in ("spouse", *GUARDIANS)},
    **{f"{name}_implausible": pa.bool_() for name in GUARDIANS},
    "age": pa.int32(),
    "stay_years": pa.int32(),
    "birth_country": pa.string(),
    "birth_region": pa.string(),
}
_ROWS = ("country-of-birth.md", "migration-status.md", "immigration-history.md", "generation-and-reference-country.md")
_CASES = [
    pytest.param(page, place, id=line.case) for page in _ROWS for place, line in enumerate(spec_tables.lines(page))
]
_HOUSEHOLDS = list(dict.fromkeys(line.case for line in spec_tables.lines("households.md")))


@pytest.fixture(scope="module", params=ENGINES)
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes out for every line of every page, all lines of a page in one register."""
    found: dict[str, Any] = {}
    for page in _ROWS:
        engine = ENGINES[request.param](tmp_path_factory.mktemp("engine"))
        run = born if page == "country-of-birth.md" else derived
        found[page] = run(engine, spec_tables.lines(page))
        engine.close()
    engine = ENGINES[request.param](tmp_path_factory.mktemp("engine"))
    found["households.md"] = housed(engine)
    engine.close()
    return found


@pytest.mark.parametrize(("page", "place"), _CASES)
def test_line_of_the_manual(outcomes: dict[str, Any], page: str, place: int) -> None:
    line = spec_tables.lines(page)[place]
    found = {name: outcomes[page][place][name] or "" for name in line.expected}
    assert found == line.expected


@pytest.mark.parametrize(
    "case",
    _HOUSEHOLDS,
)
def test_household_of_the_manual(outcomes: dict[str, Any], case: str) -> None:
    wanted = {
        line.given["person"]: (line.expected["household"], line.expected["household_type"])
        for line in spec_tables.lines("households.md")
        if line.case == case
    }
    assert outcomes["households.md"][case] == wanted


@pytest.fixture(scope="module")
def links() -> dict[str, str]:
    """The ids of the links found in each case, of whatever people they join."""
    found: dict[str, set[str]] = {case: set() for case in _HOUSEHOLDS}
    names, rows = _all_residents()

    def spied(link: Link) -> Link:
        def pairs(people: Neighbours, formed: Formed) -> Pairs:
            one, two = link.pairs(people, formed)
            for record in people.record[one[one != two]].tolist():
                if record in names:
                    found[names[record][0]].add(link.id)
            return one, two

        return replace(link, pairs=pairs)

    stages = tuple(replace(stage, links=tuple(map(spied, stage.links))) for stage in STAGES)
    engine = Polars()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(household_rules, "STAGES", stages)
        households(engine, engine.load(_table(rows, _PEOPLE), "cases"))
    return {case: " ".join(sorted(ids, key=lambda id: int(id[1:]))) for case, ids in found.items()}


@pytest.mark.parametrize("case", [case for case in _HOUSEHOLDS if not case.startswith("Types")])
def test_links_of_the_manual(links: dict[str, str], case: str) -> None:
    lines = [line for line in spec_tables.lines("households.md") if line.case == case]
    assert {line.expected["links"] for line in lines} == {links[case]}


@pytest.mark.parametrize(
    ("page", "rule"),
    [pytest.param(page, rule, id=rule.id) for page, decision in DECISIONS.items() for rule in decision.all_rules()],
)
def test_every_rule_has_a_section_with_a_case_and_a_near_miss(page: str, rule: Rule) -> None:
    decision = DECISIONS[page]
    decided = [line.expected[decision.rule] for line in spec_tables.lines(page) if line.section == rule.id]
    assert rule.id in decided
    assert set(decided) - {rule.id}
    text = spec_tables.sections(page)[rule.id]
    assert f"**{rule.because}**" in text
    assert f"Source: {rule.source}" in text
    if isinstance(rule.value, str) and page != "country-of-birth.md":
        assert f"Result: `{rule.value}`." in text


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.id)
def test_every_link_has_a_section_with_a_case_and_a_near_miss(link: Link) -> None:
    found = [line.expected["links"] for line in spec_tables.lines("households.md") if line.section == link.id]
    assert any(link.id in links.split() for links in found)
    assert any(link.id not in links.split() for links in found)
    text = spec_tables.sections("households.md")[link.id]
    assert f"**{link.because}**" in text
    assert f"Source: {link.source}" in text


def test_household_page_describes_every_link_and_the_types() -> None:
    assert sorted(spec_tables.sections("households.md")) == sorted([*(link.id for link in LINKS), "Types"])


@pytest.mark.parametrize("page", DECISIONS)
def test_no_page_describes_a_rule_that_is_gone(page: str) -> None:
    assert list(spec_tables.sections(page)) == [rule.id for rule in DECISIONS[page].all_rules()]


def test_the_test_notices_a_wrong_line() -> None:
    line = spec_tables.lines("migration-status.md")[0]
    assert line.given == {"case": "stateless", "nationality_1": "997", "birth_country": "000"}
    assert line.expected == {"migration_status": "foreigner_born_here", "migration_rule": "A0-2"}


def born(engine: Engine, cases: Sequence[Line]) -> list[dict[str, Any]]:
    """Country of birth of each line; its place is a place of its own."""
    rows = [_person({**line.given, "birth_place": str(place)}, place) for place, line in enumerate(cases, 1)]
    candidates = pl.DataFrame(
        [
            (place, *_candidate(text))
            for place, line in enumerate(cases, 1)
            for text in line.given.get("place", "").split(",")
            if text
        ],
        schema={"place": pl.Int32, "country": pl.Utf8, "region": pl.Utf8, "weight": pl.Int64, "how": pl.Utf8},
        orient="row",
    )
    people = engine.load(_table(rows, _without("birth_country", "birth_region")), "cases")
    return _by_record(engine, country_of_birth(engine, people, candidates))


def derived(engine: Engine, cases: Sequence[Line]) -> list[dict[str, Any]]:
    """Status, history, generation and reference country of the person of each line; parents follow at the end."""
    rows = [_person(line.given, record) for record, line in enumerate(cases, 1)]
    for line, row in zip(cases, list(rows), strict=True):
        for role in GUARDIANS:
            known = {name.partition(".")[2]: text for name, text in line.given.items() if name.startswith(f"{role}.")}
            if known.get("same"):
                row[role] = row["guardian_1"]
            elif known:
                rows.append(_person({"age": "60", **known}, len(rows) + 1))
                row[role] = len(rows)
    people = engine.load(_table(rows, _PEOPLE), "cases")
    return _by_record(engine, derive(engine, people, parameters.on("migration", REFERENCE)))[: len(cases)]


def housed(engine: Engine) -> dict[str, dict[str, tuple[str, str]]]:
    """Per case, the household (its first person's name) and its type of each person."""
    names, rows = _all_residents()
    people = households(engine, engine.load(_table(rows, _PEOPLE), "cases"))
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in _by_record(engine, people):
        if row["record"] in names:
            case, person = names[row["record"]]
            found.setdefault(case, {})[person] = (names[row["household"]][1], row["household_type"])
    return found


def _all_residents() -> tuple[dict[int, tuple[str, str]], list[dict[str, Any]]]:
    """The people of all cases as rows, and the case and the name of each but the strangers."""
    names: dict[int, tuple[str, str]] = {}
    rows: list[dict[str, Any]] = []
    for number, (case, group) in enumerate(groupby(spec_tables.lines("households.md"), lambda line: line.case)):
        lines = list(group)
        names |= {len(rows) + place: (case, line.given["person"]) for place, line in enumerate(lines, 1)}
        rows += _residents(lines, len(rows), number)
    home = {"address": _ELSEWHERE, "institution": 1}
    for place in range(_TOWN):
        rows.append({**_person({}, len(rows) + 1), **home, **dict.fromkeys(_NUMBERS, _ELSEWHERE + place)})
    return names, rows


def _residents(cases: Sequence[Line], before: int, number: int) -> list[dict[str, Any]]:
    """The people of one case as rows, strangers at the address and elsewhere last; records count on from ``before``.

    Names and municipalities are those of the case: nobody else bears or comes from them, but who is asked for.
    """
    records = {line.given["person"]: before + place for place, line in enumerate(cases, 1)}
    texts = sorted({line.given[name] for line in cases for name in _NUMBERS if name in line.given})
    numbers = {text: number * 10 + place for place, text in enumerate(texts)}
    rows = []
    for line in cases:
        given = dict(line.given)
        row = _person(
            {name: given.pop(name) for name in list(given) if name not in _LINKED}, records[line.given["person"]]
        )
        row.update({role: records[given[role]] for role in ("spouse", *GUARDIANS) if role in given})
        row.update({name: numbers[given[name]] for name in _NUMBERS if name in given})
        row["address"] = number * 10 + int(given["address"]) if "address" in given else None
        rows.append(row)
    here = [{"address": rows[0]["address"]}] * int(cases[0].given.get("neighbours", 0))
    there = [{"family_name": rows[0]["family_name"]}] * int(cases[0].given.get("namesakes", 0))
    there += [{"origin_municipality": rows[0]["origin_municipality"]}] * int(cases[0].given.get("compatriots", 0))
    strangers = [*here, *({**known, "address": _ELSEWHERE, "institution": 1} for known in there)]
    return rows + [{**_person({}, before + len(rows) + place), **known} for place, known in enumerate(strangers, 1)]


_NUMBERS = ("family_name", "birth_name", "origin_municipality")
_LINKED = ("spouse", *GUARDIANS, "address", *_NUMBERS)
_STRANGERS = ("neighbours", "namesakes", "compatriots")
_TOWN, _ELSEWHERE = 10_000, 100_000
"""Residents of the town besides the cases, each of a name and a municipality of origin of their own; their address."""


def _person(given: Mapping[str, str], record: int) -> dict[str, Any]:
    """A row in which everything not given is null."""
    row: dict[str, Any] = dict.fromkeys(_PEOPLE)
    row["record"] = record
    for name, text in given.items():
        if name in _PEOPLE:
            row[name] = text if pa.types.is_string(_PEOPLE[name]) else int(text)
        elif name not in ("case", "place", "person", "same", *_STRANGERS) and "." not in name:
            raise KeyError(name)
    return row


def _candidate(text: str) -> tuple[str, str, int, str]:
    country, *words = text.split()
    region = next((word for word in words if word in ("east", "sudeten")), "")
    how = next((word for word in words if word in ("hint", "coded")), "exact")
    return country, region, next((int(word) for word in words if word.isdigit()), 0), how


def _without(*names: str) -> dict[str, pa.DataType]:
    return {name: type for name, type in _PEOPLE.items() if name not in names}


def _table(rows: Sequence[dict[str, Any]], types: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], type=type) for name, type in types.items()})


def _by_record(engine: Engine, people: Frame) -> list[dict[str, Any]]:
    rows: Iterator[dict[str, Any]] = iter(engine.collect(people).to_pylist())
    return sorted(rows, key=lambda row: row["record"])
