from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa
import pytest
import spec_tables
from spec_tables import Line

from vielfalt import definitions, parameters, rule_sets
from vielfalt.engines.base import Engine, Frame
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.polars import Polars
from vielfalt.register import households as household_rules
from vielfalt.register.birthplaces import COUNTRY_OF_BIRTH, country_of_birth
from vielfalt.register.derivation import derive
from vielfalt.register.households import households
from vielfalt.register.immigration import IMMIGRATION_HISTORY, RETIRED
from vielfalt.register.kinds import kinds, numbered
from vielfalt.register.kinship import LINKS, STAGES, Link
from vielfalt.register.neighbours import Formed, Neighbours, Pairs
from vielfalt.register.origin import RULES, migration_status
from vielfalt.register.reading import EVIDENCES, REGISTER
from vielfalt.rule_sets import RuleSet
from vielfalt.rules import Decision, Rule

REFERENCE = 20251231
ENGINES: dict[str, Callable[[Path], Engine]] = {"duckdb": DuckDB, "polars": lambda folder: Polars()}
DECISIONS: dict[str, Decision] = {
    "migration-status.md": migration_status(rule_sets.VIELFALT),
    "immigration-history.md": IMMIGRATION_HISTORY,
    "country-of-birth.md": COUNTRY_OF_BIRTH,
}
VARIANTS = {f"{entry.id}.md": entry for entry in rule_sets.ALL if entry != rule_sets.VIELFALT}
STATUS_PAGES = {"migration-status.md": rule_sets.VIELFALT, **VARIANTS}
OWN_RULES = {
    page: [rule for rule in decision.all_rules() if rule.id not in rule_sets.VIELFALT.rules]
    for page, entry in VARIANTS.items()
    for decision in [migration_status(entry)]
}
"""The rules that only this rule set has; the shared ones are described with ``vielfalt-1``."""
TRAPS = 10
GUARDIANS = ("guardian_1", "guardian_2")
_KNOWN = (*EVIDENCES, "birth_country", "birth_region")
"""What people have by their kind alone."""
_PEOPLE = {
    **REGISTER,
    **EVIDENCES,
    **{name: pa.int64() for name in ("spouse", *GUARDIANS)},
    **{f"{name}_implausible": pa.bool_() for name in GUARDIANS},
    "age": pa.int32(),
    "stay_years": pa.int32(),
    "birth_country": pa.string(),
    "birth_region": pa.string(),
}
_ROWS = (
    *("country-of-birth.md", "migration-status.md", "immigration-history.md", "generation-and-reference-country.md"),
    *("traps.md", *VARIANTS),
)
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
        found[page] = _outcome(engine, page)
        engine.close()
    engine = ENGINES[request.param](tmp_path_factory.mktemp("engine"))
    found["households.md"] = housed(engine)
    engine.close()
    return found


def _outcome(engine: Engine, page: str) -> list[dict[str, Any]]:
    """What comes out for every line of a page; on the page of a variant also what ``vielfalt-1`` decides."""
    lines = spec_tables.lines(page)
    if page == "country-of-birth.md":
        return born(engine, lines)
    if page not in VARIANTS:
        return derived(engine, lines, rule_sets.VIELFALT)
    own = derived(engine, lines, VARIANTS[page])
    engine.drop("cases")
    usual = derived(engine, lines, rule_sets.VIELFALT)
    return [{**row, "vielfalt-1": other["migration_rule"]} for row, other in zip(own, usual, strict=True)]


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
        households(engine, engine.load(_table(rows, _PEOPLE), "cases"), _unlisted(rows), REFERENCE)
    return {case: " ".join(sorted(ids, key=lambda id: int(id[1:]))) for case, ids in found.items()}


@pytest.mark.parametrize("case", [case for case in _HOUSEHOLDS if not case.startswith("Types")])
def test_links_of_the_manual(links: dict[str, str], case: str) -> None:
    lines = [line for line in spec_tables.lines("households.md") if line.case == case]
    assert {line.expected["links"] for line in lines} == {links[case]}


@pytest.mark.parametrize(
    ("page", "rule", "column"),
    [
        *(
            pytest.param(page, rule, decision.rule, id=rule.id)
            for page, decision in DECISIONS.items()
            for rule in decision.all_rules()
        ),
        *(pytest.param(page, rule, "migration_rule", id=rule.id) for page, own in OWN_RULES.items() for rule in own),
    ],
)
def test_every_rule_has_a_section_with_a_case_and_a_near_miss(page: str, rule: Rule, column: str) -> None:
    decided = [line.expected[column] for line in spec_tables.lines(page) if line.section == rule.id]
    assert rule.id in decided
    assert set(decided) - {rule.id}
    text = spec_tables.sections(page)[rule.id]
    assert f"**{rule.because}**" in text
    assert f"Source: {rule.source}" in text
    if isinstance(rule.value, str) and page != "country-of-birth.md":
        assert f"Result: `{rule.value}`." in text


@pytest.mark.parametrize(("page", "entry"), STATUS_PAGES.items(), ids=STATUS_PAGES)
def test_the_page_of_a_rule_set_says_what_it_consists_of(page: str, entry: RuleSet) -> None:
    """The order of the rules, the parents looked at and their marks, and the order of evidence for the country."""
    text = " ".join((spec_tables.PAGES / page).read_text(encoding="utf-8").split())
    assert f"Rule set `{entry.id}`" in text
    assert f"Rules in order: {' · '.join(entry.rules)}." in text
    assert f"Parents looked at: {entry.where}; marks they hand on: {' · '.join(entry.parents)}." in text
    assert (
        f"Reference country of foreigners: {' · '.join(entry.foreigners)}; of Germans: {' · '.join(entry.germans)};"
        in text
    )
    assert (
        f"children by their parents: {' · '.join(entry.children)}; everybody else: {' · '.join(entry.others)}." in text
    )
    assert f"Source: {entry.source}" in text


@pytest.mark.parametrize("page", VARIANTS)
def test_the_page_of_a_variant_shows_where_it_differs(page: str) -> None:
    assert list(spec_tables.sections(page)) == [*(rule.id for rule in OWN_RULES[page]), "Differences"]
    lines = [line for line in spec_tables.lines(page) if line.section == "Differences"]
    different = [line for line in lines if line.expected["migration_rule"] != line.expected["vielfalt-1"]]
    dropped = set(rule_sets.VIELFALT.rules) - set(VARIANTS[page].rules)
    assert len(different) >= 3
    assert dropped <= {line.expected["vielfalt-1"] for line in different}, "each rule left out has a case"


def test_rule_sets_name_rules_that_exist_and_every_rule_is_used() -> None:
    named = {id for entry in rule_sets.ALL for id in entry.rules}
    assert named == set(RULES)
    for entry in rule_sets.ALL:
        assert len(set(entry.rules)) == len(entry.rules)
        assert set(entry.parents) <= set(entry.rules)
        assert definitions.definition(entry.definition)
        assert {RULES[id].value for id in entry.parents} <= {RULES[id].value for id in entry.rules} - {"none"}


def test_rule_sets_share_their_rules() -> None:
    usual = {rule.id: rule for rule in migration_status(rule_sets.VIELFALT).all_rules()}
    for entry in VARIANTS.values():
        shared = [rule for rule in migration_status(entry).all_rules() if rule.id in usual]
        assert len(shared) > 10
        assert all(rule is usual[rule.id] for rule in shared)


def test_retired_ids_do_not_come_back() -> None:
    used = [*RULES, *(rule.id for rule in (*COUNTRY_OF_BIRTH.all_rules(), *IMMIGRATION_HISTORY.all_rules()))]
    assert len(set(used)) == len(used)
    assert set(used) & set(RETIRED) == set()


def test_every_trap_has_a_section_with_cases() -> None:
    headings = list(spec_tables.sections("traps.md"))
    assert [heading.partition(" ")[0] for heading in headings] == [str(number) for number in range(1, TRAPS + 1)]
    lines = spec_tables.lines("traps.md")
    for heading in headings:
        assert len([line for line in lines if line.section == heading]) >= 3, heading


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
    people, asked = _of_own_kind(engine, rows, _PEOPLE)
    born = country_of_birth(engine, asked, _candidates(cases))
    return _by_record(engine, people.select("record", "kind").join(born, on="kind"))


def _candidates(cases: Sequence[Line]) -> pl.DataFrame:
    """The places of the lines as candidates; the place of a line bears its number."""
    return pl.DataFrame(
        [
            (place, *_candidate(text))
            for place, line in enumerate(cases, 1)
            for text in line.given.get("place", "").split(",")
            if text
        ],
        schema={"place": pl.Int32, "country": pl.Utf8, "region": pl.Utf8, "weight": pl.Int64, "how": pl.Utf8},
        orient="row",
    )


def derived(engine: Engine, cases: Sequence[Line], rule_set: RuleSet) -> list[dict[str, Any]]:
    """Status, history, generation and reference country of the person of each line; parents follow at the end.

    Where no country of birth is given, it is weighed from state and place of birth before.
    """
    rows = [_at_home(_person(line.given, record), record) for record, line in enumerate(cases, 1)]
    for place, (line, row) in enumerate(zip(cases, list(rows), strict=True), 1):
        row["birth_place"] = place
        for role in (*GUARDIANS, "other"):
            known = {name.partition(".")[2]: text for name, text in line.given.items() if name.startswith(f"{role}.")}
            if known.get("same"):
                row[role] = row["guardian_1"]
            elif known:
                record = len(rows) + 1
                home = {"address": (row["record"], record), "elsewhere": (record, record), "unknown": (None, record)}
                address, household = home.get(known.pop("lives", ""), (row["record"], row["record"]))
                relative = _person({"age": "60", **known}, record)
                rows.append({**relative, "address": address, "household": household})
                if role != "other":
                    row[role] = record
    people, asked = _of_own_kind(engine, rows, {**_PEOPLE, "household": pa.int64()})
    if any("place" in line.given for line in cases):
        born = country_of_birth(engine, asked, _candidates(cases))
    else:
        given = people.select("kind", "birth_country", "birth_region", nw.lit("").alias("birth_rule"))
        born = asked.join(given, on="kind")
    return _by_record(engine, derive(engine, people.drop([*_KNOWN]), born, rule_set))[: len(cases)]


def _of_own_kind(engine: Engine, rows: Sequence[dict[str, Any]], types: dict[str, pa.DataType]) -> tuple[Frame, Frame]:
    """The people of these rows, each with evidence of their own, and what each kind says."""
    table = _table([{**row, "evidence": row["record"]} for row in rows], types)
    evidence = engine.load(table.select([*EVIDENCES]), "evidence")
    people = numbered(engine.load(table, "cases"), parameters.on("migration", REFERENCE))
    return people, kinds(people, evidence)


def _at_home(row: dict[str, Any], record: int) -> dict[str, Any]:
    return {**row, "address": record, "household": record}


def housed(engine: Engine) -> dict[str, dict[str, tuple[str, str]]]:
    """Per case, the household (its first person's name) and its type of each person."""
    names, rows = _all_residents()
    people = households(engine, engine.load(_table(rows, _PEOPLE), "cases"), _unlisted(rows), REFERENCE)
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in _by_record(engine, people):
        if row["record"] in names:
            case, person = names[row["record"]]
            found.setdefault(case, {})[person] = (names[row["household"]][1], row["household_type"])
    return found


def _unlisted(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The addresses of the cases that are not in the street directory."""
    return pl.DataFrame(
        {"address": sorted({row["address"] for row in rows if row.get("unlisted")})}, {"address": pl.Int64}
    )


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
        own = {**dict.fromkeys(_NUMBERS, _ELSEWHERE + place), "nationality_1": str(1_000 + place)}
        rows.append({**_person({}, len(rows) + 1), **home, **own})
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
        row["unlisted"] = "unlisted" in line.given
        rows.append(row)
    here = [{"address": rows[0]["address"], "age": 40}] * int(cases[0].given.get("neighbours", 0))
    came = {"nationality_1": "475", "arrival_from_abroad_date": REFERENCE - 10_000}
    here += [{**came, "address": rows[0]["address"], "age": 40}] * int(cases[0].given.get("newcomers", 0))
    there = [{"family_name": rows[0]["family_name"]}] * int(cases[0].given.get("namesakes", 0))
    there += [{"origin_municipality": rows[0]["origin_municipality"]}] * int(cases[0].given.get("compatriots", 0))
    there += [{"nationality_1": rows[0]["nationality_1"]}] * int(cases[0].given.get("nationals", 0))
    strangers = [*here, *({**known, "address": _ELSEWHERE, "institution": 1} for known in there)]
    return rows + [{**_person({}, before + len(rows) + place), **known} for place, known in enumerate(strangers, 1)]


_NUMBERS = ("family_name", "birth_name", "origin_municipality")
_LINKED = ("spouse", *GUARDIANS, "address", *_NUMBERS)
_STRANGERS = ("neighbours", "newcomers", "namesakes", "compatriots", "nationals", "unlisted")
_TOWN, _ELSEWHERE = 10_000, 100_000
"""Residents of the town besides the cases, each of an own name, municipality and nationality; their address."""


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


def _table(rows: Sequence[dict[str, Any]], types: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], type=type) for name, type in types.items()})


def _by_record(engine: Engine, people: Frame) -> list[dict[str, Any]]:
    rows: Iterator[dict[str, Any]] = iter(engine.collect(people).to_pylist())
    return sorted(rows, key=lambda row: row["record"])
