"""Changed and rounded numbers in report, package and guard; shares that would exceed their whole."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import publish_example as example
import pytest

from vielfalt.errors import DisclosureError
from vielfalt.methods import CELL_KEY, CELL_KEY_ADDITIVE, CHANGED, NEAREST, ROUNDED, UP_OR_DOWN
from vielfalt.publish import altered, cost, guard
from vielfalt.publish.descriptor import describe
from vielfalt.publish.maps import Atlas, draw_map
from vielfalt.publish.report.content import build_report
from vielfalt.publish.report.html import to_html
from vielfalt.publish.results import Results
from vielfalt.publish.shares import share, share_text
from vielfalt.publish.themes import themes
from vielfalt.words import Words

NO_MAPS = Atlas((), ())
marked, COST = example.marked, example.COST


def test_true_counts_are_not_called_altered(results: Results) -> None:
    assert not altered.altered(results)
    assert (altered.in_short(results), altered.rules(results)) == ("", ())
    described = describe(results, Words("en"), "2025-12-31-1", {})["vielfalt"]
    assert "altered" not in described and "utility" not in described


@pytest.mark.parametrize("method", [*sorted(CHANGED), NEAREST[5], UP_OR_DOWN[3]])
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_explains_the_method(results: Results, method: str, language: str) -> None:
    words = Words("de" if language == "de" else "en")
    shown = marked(results, method)
    guard.check_results(shown)
    text = to_html(build_report(shown, NO_MAPS, words))
    for sentence in (method, altered.in_short(shown), *altered.rules(shown), altered.CHANGE_NOTE, altered.INDEX_NOTE):
        assert words(sentence) in text, sentence
    limits = altered.ROUNDED_LIMITS if method in ROUNDED else altered.LIMITS
    assert all(words(limit) in text for limit in limits)
    assert words("exactly zero") not in text and words("nobody, or very few") in text
    assert words("What the protection costs") in text and "69" in text
    assert words("Smallest number in a table") not in text


def test_no_change_is_told_where_nothing_was_changed() -> None:
    """Under suppression the zeros of a change would be noise."""
    words = Words("en")
    still = replace(COST, mean_change=0.0, share_change=0.0, share_change_relative=0.0, areas_in_another_class=0)
    names = [name for name, _ in cost.rows(still, words)]
    assert len(names) == 3 and not any("change" in name for name in names)
    assert len(cost.rows(COST, words)) == 7


def test_only_what_holds_is_said(results: Results) -> None:
    """Areas add up under one of the two; the town's residents are unchanged under the other."""
    apart, adding = (set(altered.rules(marked(results, method))) for method in (CELL_KEY, CELL_KEY_ADDITIVE))
    assert len(apart - adding) == 2 and len(adding - apart) == 1


def test_the_package_says_it(results: Results) -> None:
    described = describe(marked(results, CELL_KEY), Words("en"), "2025-12-31-1", {})["vielfalt"]
    assert described["altered"]["method"] == CELL_KEY
    assert described["altered"]["perturbation_fingerprint"] == "ab" * 16
    assert described["utility"] == vars(COST)
    assert all(table["protection"]["method"] == CELL_KEY for table in described["tables"])
    rounded = describe(marked(results, NEAREST[3]), Words("en"), "2025-12-31-1", {})["vielfalt"]
    assert "perturbation_fingerprint" not in rounded["altered"]
    json.dumps(described)


def test_maps_carry_the_remark_where_they_go(results: Results) -> None:
    words = Words("en")
    shown = marked(results, CELL_KEY)
    drawn, plain = (draw_map(one, themes(one)[0][0], words).svg for one in (shown, results))
    assert "changed a little" in drawn and "changed a little" not in plain


@pytest.mark.parametrize("value", [1, 2])
def test_no_changed_number_below_three_is_written(results: Results, value: int) -> None:
    shown = marked(results, CELL_KEY)
    table = shown.tables["sex"]
    frame = table.frame.with_columns(value=pl.lit(value, pl.Int64), status=pl.lit("estimated"))
    with pytest.raises(DisclosureError, match="below the smallest"):
        guard.check_results(replace(shown, tables={**shown.tables, "sex": replace(table, frame=frame)}))


def test_a_share_never_exceeds_its_whole() -> None:
    assert share(304, 300, example.PROTECTION) == 1.0
    assert share_text(Words("en"), 304, 300, example.PROTECTION) == "100.0%"


def test_findings_are_told_in_tens(results: Results) -> None:
    """An exact number of rows can be the true count of a table's cell."""
    words = Words("en")
    found = replace(marked(results, CELL_KEY), findings=(replace(results.findings[0], rows=1_234),))
    text = to_html(build_report(found, NO_MAPS, words))
    assert "about 1,230" in text and "1,234" not in text
