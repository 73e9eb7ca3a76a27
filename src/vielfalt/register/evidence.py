"""The evidence behind each decision, kept in the vault so that any row can be traced. No name, no address, no date."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt.engines.base import Frame

FLAGS = (
    *("german", "unclear", "further_nationality", "born_here", "born_abroad", "minor", "descendant_age", "expellee"),
    *("repatriate_window", "arrived_since"),
)
COUNTS = ("parents_linked", "parents_marked", "parents_open", "parents_immigrated", "parents_history_open")
PARENTS = ("mother_rule", "mother_country", "father_rule", "father_country")
"""Own mark and reference country of both parents of a minor."""
CODES = ("birth_country", "german_nationality_kind", "birth_rule", "migration_rule", "immigration_rule")
NOT_COUNTED = "not_counted"
RULE_SET = "rule_set"
"""By which rule set the row was decided."""


def evidence_rows(people: Frame, rows: Frame, rule_set: str) -> Frame:
    """One row per row of the register: what the rules looked at and which decided, or why it was not counted."""
    kept = people.select("record", nw.lit(rule_set).alias(RULE_SET), *CODES, *FLAGS, *COUNTS, *PARENTS)
    left = rows.join(people.select("record"), on="record", how="anti")
    secondary = (nw.col("dwelling_status") == "secondary").fill_null(False)
    why = nw.when(secondary).then(nw.lit("secondary_dwelling")).otherwise(nw.lit("double_entry"))
    reasons = left.select("record", nw.when(nw.col("gone")).then(nw.lit("gone")).otherwise(why).alias(NOT_COUNTED))
    return rows.select("record").join(kept, on="record", how="left").join(reasons, on="record", how="left")
