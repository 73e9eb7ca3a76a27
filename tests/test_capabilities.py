"""Which tables an extract supports: what a definition needs is needed by every table that names it."""

from __future__ import annotations

import pytest

from vielfalt import definitions, movement_programme, programme
from vielfalt.capabilities import capabilities, possible
from vielfalt.rule_sets import BERLIN, BIELEFELD, MICRO_CENSUS, VIELFALT, WUERZBURG, RuleSet

FIELDS = frozenset({"nationality_1", "birth_place", "street_key", "house_number", "birth_date", "sex"})


def counted(delivered: frozenset[str], rule_set: RuleSet) -> set[str]:
    return {table.id for table in possible(capabilities(delivered, frozenset(), rule_set), frozenset(), rule_set)}


def test_a_table_needs_what_its_definitions_need() -> None:
    for table in (*programme.ALL, *movement_programme.ALL):
        asked = {need for id in table.definitions for need in definitions.definition(id).needs}
        assert asked <= set(table.needs), table.id


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
