from __future__ import annotations

import re

import polars as pl
import pytest

from vielfalt import parameters, rule_sets
from vielfalt.cells import Protection
from vielfalt.errors import DeliveryError
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.tools import definitions_shown
from vielfalt.tools.definitions_compared import Compared, Comparison, Definitions, countable
from vielfalt.tools.explain import entries, explain
from vielfalt.words import Words

PROTECTION = Protection.of({**parameters.on("protection", 20251231), "min_cell": 5, "min_area": 300})
WORDS = Words("en")
GEOGRAPHY = Geography(
    Area("99999001", "Town", ""),
    (AreaLevel("quarter", "Quarters", (Area("1", "North", "99999001"), Area("2", "South", "99999001"))),),
)


@pytest.fixture
def compared() -> Compared:
    classes = pl.DataFrame(
        {
            "status_before": ["none", "repatriate", "child_two_parents"],
            "rule_before": ["N2", "S1", "F2"],
            "status_after": ["none", "german_born_abroad_other", "none"],
            "rule_after": ["N2", "G1", "N2"],
            "n": [581, 12, 3],
        }
    )
    areas = pl.DataFrame(
        {
            "level": ["town", "quarter", "quarter"],
            "area": ["99999001", "1", "2"],
            "residents": [596, 400, 196],
            "changed": [15, 3, 12],
            "with_before": [121, 14, 107],
            "with_after": [118, 11, 107],
            "open_before": [0, 0, 0],
            "open_after": [4, 4, 0],
        }
    )
    shares = pl.DataFrame(
        [("mh_register", "vielfalt-1", 121, 0, 0), ("mh_berlin", "berlin-1", 118, 0, 4), ("eg_register", "", 93, 2, 7)],
        ["definition", "rule_set", "n", "apart", "undeterminable"],
        orient="row",
    )
    history = pl.DataFrame({"migration_background": ["with"], "immigration_history": ["immigrated"], "n": [93]})
    return Compared(
        rule_sets.VIELFALT,
        GEOGRAPHY,
        Definitions(596, shares, history),
        (Comparison(rule_sets.BERLIN, classes, areas),),
        (),
    )


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1003, 1005)]
)
def test_counts_are_rounded_and_small_ones_not_told(count: int, shown: int | None) -> None:
    assert definitions_shown.rounded(count, PROTECTION) == shown


def test_the_screen_shows_rounded_counts_and_no_small_area(compared: Compared) -> None:
    tables = {table.title: table for table in definitions_shown.tables(compared, PROTECTION, WORDS)}
    assert tables["vielfalt-1 → berlin-1: about 15 of 595 residents change class"].rows == (
        ("Repatriates", "S1", "Other Germans, born abroad", "G1", "10"),
        ("German children, both parents with migration background", "F2", "Without migration background", "N2", "<5"),
    )
    assert tables["vielfalt-1 → berlin-1: Quarters"].rows == (
        ("North", "400", "<5", "15", "10", "-5", "0", "<5"),
        ("South", ".", ".", ".", ".", ".", ".", "."),
    )
    assert tables["Definitions side by side"].rows[2] == (
        "Immigration history (register) (eg_register)",
        "–",
        "95",
        "<5",
        "5",
    )


def test_json_is_rounded_like_the_screen(compared: Compared) -> None:
    found = definitions_shown.as_json(compared, PROTECTION)
    assert (found["residents"], found["rounded_to"]) == (595, 5)
    one = found["comparisons"][0]
    assert [row["n"] for row in one["classes"]] == [580, 10, None]
    assert one["areas"][1]["changed"] is None and one["areas"][1]["with_before"] == 15
    assert set(one["areas"][2].values()) == {"quarter", "2", None}


def test_every_rule_set_and_rule_can_be_explained() -> None:
    known = {entry.id: dict(entry.paragraphs) for entry in entries(WORDS)}
    for entry in rule_sets.ALL:
        assert known[entry.id]["Rules in the order in which they are asked"] == " · ".join(entry.rules)
        assert set(entry.rules) <= set(known)
    decides = dict(explain("e1", WORDS).paragraphs)["Decides"]
    assert "vielfalt-1: asked as number 5" in decides and "berlin-1: asked as number 5" in decides


def test_rule_sets_whose_fields_are_missing_are_no_comparison() -> None:
    """Without house numbers an address is a whole street, and parents live at it whom the rules must not find there."""
    fields = frozenset({"nationality_1", "birth_place", "street_key", "house_number"})
    assert countable(rule_sets.ALL, (), fields) == rule_sets.ALL
    left = countable(rule_sets.ALL, (), fields - {"house_number"})
    assert {entry.id for entry in rule_sets.ALL} - {entry.id for entry in left} == {"berlin-1", "bielefeld-1"}
    with pytest.raises(DeliveryError, match="berlin-1") as told:
        countable((rule_sets.BERLIN,), ("berlin-1",), fields - {"house_number"})
    assert "house_number" in str(told.value)


def test_sources_are_told_in_german() -> None:
    """A paragraph is cited as German law does, and no part of a source stays English."""
    english = re.compile(r"§\d|\bNo\. \d|\b(of our own|as described|order of|rule set|after the)\b", re.IGNORECASE)
    told = ("; ".join(text for _, text in entry.paragraphs) for entry in entries(Words("de")))
    assert not [text for text in told if english.search(text)]
