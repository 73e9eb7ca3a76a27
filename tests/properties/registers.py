"""Small registers for properties: few people, many coincidences."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa
from hypothesis import strategies as st
from oracle import Row

from vielfalt import rule_sets
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.birthplaces import country_of_birth
from vielfalt.register.derivation import derive
from vielfalt.register.households import housed, households
from vielfalt.register.kinds import EVIDENCE, kinds
from vielfalt.register.population import counted, double_entries
from vielfalt.register.reading import EVIDENCES, REGISTER
from vielfalt.rule_sets import RuleSet

EVERY_ADDRESS_LISTED = pl.DataFrame(schema={"address": pl.Int64})

REFERENCE = 20250630
PLACES: dict[int, list[tuple[str, str, int, str]]] = {
    0: [("000", "", 500_000, "exact")],
    1: [("163", "", 90_000, "variant")],
    2: [("152", "east", 600_000, "exact")],
    3: [("164", "sudeten", 100_000, "exact"), ("163", "", 3_000, "exact")],
    4: [("000", "", 20_000, "exact"), ("152", "", 1_000, "exact")],
    5: [("000", "", 900, "exact"), ("152", "east", 5_000, "exact"), ("444", "", 4_000, "exact")],
    6: [("444", "", 1_900_000, "exact")],
    7: [("130", "", 5_000, "exact"), ("170", "", 5_000, "exact"), ("000", "", 5_000, "exact")],
    8: [("444", "", 9_000, "hint"), ("000", "", 800, "hint")],
    9: [("152", "", 9_000, "hint")],
    10: [("444", "", 0, "coded")],
    11: [("152", "", 5_000, "exact"), ("475", "", 4_000, "exact"), ("444", "", 0, "coded")],
    12: [("444", "", 90_000, "exact"), ("130", "", 80_000, "exact"), ("160", "", 900, "exact")],
    13: [("000", "", 500_000, "exact"), ("159", "", 0, "state_name")],
}
_COUNTRY = ("000", "163", "152", "444", "475", "159", "120", "411", "997", "998", None)
_ARRIVAL = (None, 19491231, 19500000, 19500101, 19890701, 19921231, 19930101, 20121231, 20130000, 20240301)
_BIRTH = (
    *(None, 18900101, 19380512, 19441231, 19450000, 19450101, 19650300, 19800630, 19980701, 20070630, 20070701),
    *(20080000, 20150515, 20200101),
)


def register(largest: int) -> st.SearchStrategy[list[Row]]:
    """Rows of a register; ordering numbers repeat, pointers may lead nowhere."""
    people = st.integers(1, largest)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "pseudonym": people,
        "key": st.integers(0, 2**32 - 1),
        **{name: st.one_of(st.none(), people) for name in ("spouse_id", "guardian_1_id", "guardian_2_id")},
        "address": st.sampled_from((None, 1, 1, 1, 2, 3, 4)),
        **{name: st.sampled_from((None, 0, 1, 2)) for name in ("family_name", "birth_name", "given_names")},
        "birth_place": st.sampled_from((None, *PLACES)),
        "origin_municipality": st.sampled_from((None, 0, 1)),
        "birth_date": st.sampled_from(_BIRTH),
        "sex": st.sampled_from(("w", "m", "d", None)),
        "birth_state": st.sampled_from((None, None, None, *_COUNTRY, "162")),
        "nationality_1": st.sampled_from(("000", "000", "000", "000", *_COUNTRY)),
        "nationality_2": st.sampled_from((None, None, None, None, *_COUNTRY)),
        "nationality_3": st.sampled_from((None, None, None, "000", "475")),
        "german_nationality_kind": st.sampled_from(
            (None, None, None, "birth", "naturalised", "repatriate", "option", "other")
        ),
        "marital_status": st.sampled_from((None, "LD", "VH")),
        "religion": st.sampled_from((None, "catholic", "protestant")),
        "dwelling_status": st.sampled_from(("only", "main", None, "secondary")),
        "move_in_date": st.sampled_from((None, 20000101, 20100000, 20200315, 20240301)),
        "move_out_date": st.sampled_from((None, None, None, None, 20100000, 20240302)),
        "death_date": st.sampled_from((None, None, None, None, None, 20250630)),
        "arrival_date": st.sampled_from((None, 19480601, 19800630, 19990101, 20240301)),
        "arrival_from_abroad_date": st.sampled_from(_ARRIVAL),
        "origin_state": st.sampled_from((None, None, None, *_COUNTRY)),
        "information_block": st.sampled_from((None, None, "none", "general", "conditional")),
        "institution": st.sampled_from((None, None, None, 0, 1)),
    }
    return st.lists(st.fixed_dictionaries(fields), min_size=1, max_size=largest).map(_numbered)


def _numbered(rows: list[Row]) -> list[Row]:
    return [{**dict.fromkeys(REGISTER), **row, "record": record} for record, row in enumerate(rows, 1)]


def evidence_of(rows: list[Row]) -> dict[tuple[Any, ...], int]:
    """The combinations of evidence that occur, numbered as reading numbers them."""
    return {found: number for number, found in enumerate(dict.fromkeys(map(_evidence, rows)))}


def _evidence(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in EVIDENCE)


def derived(engine: Engine, rows: list[Row], rule_set: RuleSet = rule_sets.VIELFALT) -> Frame:
    """The residents of the register with everything derived, as the pipeline does it."""
    people = residents(engine, rows)
    columns = zip(*((number, *found) for found, number in evidence_of(rows).items()), strict=True)
    table = {name: pa.array(column, type) for (name, type), column in zip(EVIDENCES.items(), columns, strict=True)}
    born = country_of_birth(engine, kinds(people, engine.load(pa.table(table), "evidence")), candidates())
    born = engine.checkpoint(born, "kinds")
    people = engine.checkpoint(housed(people, households(engine, people, EVERY_ADDRESS_LISTED, REFERENCE)), "housed")
    return engine.checkpoint(derive(engine, people, born, rule_set), "derived")


def residents(engine: Engine, rows: list[Row]) -> Frame:
    """Who of the register is counted."""
    read = loaded(engine, rows)
    return counted(engine, read, double_entries(engine, read), REFERENCE)


def loaded(engine: Engine, rows: list[Row]) -> Frame:
    """The rows as the typed table that reading an extract gives."""
    numbers = evidence_of(rows)
    rows = [{**row, "evidence": numbers[_evidence(row)]} for row in rows]
    columns = {name: pa.array([row[name] for row in rows], type=type) for name, type in REGISTER.items()}
    return engine.load(pa.table(columns), "register")


def candidates() -> pl.DataFrame:
    """``PLACES`` as the frame that the country of birth is weighed by."""
    return pl.DataFrame(
        [(place, *candidate) for place, found in PLACES.items() for candidate in found],
        schema={"place": pl.Int32, "country": pl.Utf8, "region": pl.Utf8, "weight": pl.Int64, "how": pl.Utf8},
        orient="row",
    )
