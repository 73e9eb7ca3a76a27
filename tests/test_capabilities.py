"""Which tables an extract supports: each needs its own fields and those of the definitions that it names."""

from __future__ import annotations

import pytest

from vielfalt import movement_programme, programme
from vielfalt.capabilities import capabilities, possible
from vielfalt.definitions import definition, needs_of
from vielfalt.rule_sets import BERLIN, BIELEFELD, MICRO_CENSUS, VIELFALT, WUERZBURG, RuleSet
from vielfalt.table import Table

FIELDS = frozenset({"nationality_1", "birth_place", "street_key", "house_number", "birth_date", "sex"})


def counted(delivered: frozenset[str], rule_set: RuleSet) -> set[str]:
    return {table.id for table in possible(capabilities(delivered, frozenset(), rule_set), frozenset(), rule_set)}


def test_a_table_needs_what_its_definitions_need() -> None:
    """And is declared once: a table repeats no field of its definitions."""
    for table in (*programme.ALL, *movement_programme.ALL):
        asked = {need for id in table.definitions for need in definition(id).needs}
        assert set(needs_of(table)) == asked | set(table.needs) and not asked & set(table.needs), table.id


def test_a_table_that_others_counted_needs_no_field_of_an_extract() -> None:
    assert needs_of(Table("imported", "", (), ("imported",))) == ()


def test_without_house_numbers_nothing_of_households_is_counted() -> None:
    """An address without number is a whole street."""
    lost = counted(FIELDS, VIELFALT) - counted(FIELDS - {"house_number"}, VIELFALT)
    by_household = {table.id for table in programme.ALL if "households" in table.definitions}
    assert lost == by_household >= {"household_type", "mh_group_by_household"}


@pytest.mark.parametrize("rule_set", [BERLIN, BIELEFELD])
def test_a_rule_set_that_asks_where_parents_live_needs_house_numbers(rule_set: RuleSet) -> None:
    assert "mh_register" in counted(FIELDS, rule_set)
    without = FIELDS - {"house_number"}
    assert not {"mh_register", "mh_group_by_age", "reference_group", "migration_rule"} & counted(without, rule_set)
    assert {"foreigner", "age_class"} <= counted(without, rule_set)
    told = {entry.id: entry.missing for entry in capabilities(without, frozenset(), rule_set) if entry.kind == "table"}
    assert told["mh_register"] == ("house_number",)


@pytest.mark.parametrize("rule_set", [VIELFALT, WUERZBURG, MICRO_CENSUS])
def test_other_rule_sets_do_not(rule_set: RuleSet) -> None:
    assert "mh_register" in counted(FIELDS - {"house_number"}, rule_set)
