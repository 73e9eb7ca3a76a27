"""What the linked parents of a resident carry: their marks and countries, as the derivation asks for them."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt.engines.base import Engine, Frame
from vielfalt.register.population import PARENTS
from vielfalt.rule_sets import RuleSet

COUNTED = ("linked", "marked", "open", "immigrated", "history_open")
"""What is counted over the parents of a resident: 0, 1 or 2 of them each."""
PATTERNS = 3 ** len(COUNTED)
_MARKS = ("linked", "rule", "marked", "open", "immigrated", "history_open", "mother", "country")


def with_parents(engine: Engine, people: Frame, own: Frame, rule_set: RuleSet) -> Frame:
    """Per ``record`` of those who point at parents: the number of the ``pattern`` of their marks, the rule and the
    country of mother and father of minors, and ``parents_country``.

    ``own``: what each kind of resident is alone. Marked and open count only parents where the rule set looks for
    them; an unknown address of either leaves a marked parent open.
    """
    home: list[str] = [] if rule_set.where == "anywhere" else [rule_set.where]
    pointing = people.filter(~nw.col("guardian_1").is_null() | ~nw.col("guardian_2").is_null())
    children = pointing.select("record", *PARENTS, "kind", *home)
    children = children.join(own.select("kind", "minor"), on="kind", how="left").drop("kind")
    parents = engine.checkpoint(_parents(people, own, rule_set, home), f"parents {rule_set.id}")
    for parent in PARENTS:
        renamed = parents.select(
            nw.col("record").alias(parent), *(nw.col(mark).alias(f"{parent}_{mark}") for mark in (*_MARKS, *home))
        )
        children = children.join(renamed, on=parent, how="left")
    for place in home:
        children = children.with_columns(*_at_home(place))
    found = children.with_columns(_pattern().alias("pattern"), *_mother_and_father()).select(
        *("record", "pattern", "mother_rule", "mother_country", "father_rule", "father_country"),
        nw.coalesce(nw.col("mother_country"), nw.col("father_country")).alias("parents_country"),
    )
    return engine.checkpoint(found, f"children {rule_set.id}")


def once() -> nw.Expr:
    """The second guardian, null where it is the first again: pointed at twice, a parent counts once."""
    twice = nw.col("guardian_2") == nw.col("guardian_1")
    return nw.when(twice).then(nw.lit(None, dtype=nw.Int64)).otherwise(nw.col("guardian_2")).alias("guardian_2")


def counts(pattern: nw.Expr) -> tuple[nw.Expr, ...]:
    """How many of the linked parents carry each mark, from the number of a pattern: ``parents_linked`` and so on."""
    return tuple(((pattern // 3**place) % 3).alias(f"parents_{mark}") for place, mark in enumerate(COUNTED))


def _parents(people: Frame, own: Frame, rule_set: RuleSet, home: list[str]) -> Frame:
    """Those who are pointed at as guardians, with their own marks."""
    pointers = (people.select(record=nw.col(parent)).filter(~nw.col("record").is_null()) for parent in PARENTS)
    marked = nw.col("own_rule").is_in(list(rule_set.parents))
    kept = own.select("kind", "own_rule", "own_history", "own_country", "german", "birth_country")
    return (
        people.select("record", "kind", "sex", *home)
        .join(nw.concat([*pointers]), on="record", how="semi")
        .join(kept, on="kind", how="left")
        .select(
            "record",
            (~nw.col("record").is_null()).alias("linked"),
            nw.col("own_rule").alias("rule"),
            marked.alias("marked"),
            (~marked & (nw.col("german").is_null() | nw.col("birth_country").is_null())).alias("open"),
            (nw.col("own_history") == "immigrated").alias("immigrated"),
            ((nw.col("own_history") == "") & nw.col("birth_country").is_null()).alias("history_open"),
            (nw.col("sex") == "w").fill_null(False).alias("mother"),
            nw.when(marked).then(nw.col("own_country")).otherwise(nw.lit(None, dtype=nw.String)).alias("country"),
            *home,
        )
    )


def _at_home(place: str) -> list[nw.Expr]:
    """The marks of each parent as far as the parent lives where the child does."""
    found = []
    for parent in PARENTS:
        near = nw.col(place) == nw.col(f"{parent}_{place}")
        marked, open_ = nw.col(f"{parent}_marked"), nw.col(f"{parent}_open")
        country = nw.when(near).then(nw.col(f"{parent}_country")).otherwise(nw.lit(None, dtype=nw.String))
        found += [
            (marked & near.fill_null(False)).alias(f"{parent}_marked"),
            ((open_ & near.fill_null(True)) | (marked & near.is_null())).alias(f"{parent}_open"),
            country.alias(f"{parent}_country"),
        ]
    return found


def _pattern() -> nw.Expr:
    """One number for how many of the linked parents carry each of the marks."""
    total = nw.lit(0)
    for place, mark in enumerate(COUNTED):
        for parent in PARENTS:
            total = total + nw.col(f"{parent}_{mark}").fill_null(False).cast(nw.Int64) * 3**place
    return total


def _mother_and_father() -> list[nw.Expr]:
    """Mark and reference country of both parents of a minor.

    The mother is the linked parent registered as female; of two parents of one sex the first stands as mother.
    """
    first_is, second_is = (nw.col(f"{parent}_mother").fill_null(False) for parent in PARENTS)
    swapped = ~first_is & (second_is | nw.col("guardian_2_rule").is_null())
    nobody = nw.lit(None, dtype=nw.String)
    found = []
    for mark in ("rule", "country"):
        first, second = (nw.col(f"{parent}_{mark}") for parent in PARENTS)
        mother, father = (
            nw.when(swapped).then(one).otherwise(other) for one, other in ((second, first), (first, second))
        )
        found += [
            nw.when(nw.col("minor")).then(parent).otherwise(nobody).alias(f"{name}_{mark}")
            for name, parent in (("mother", mother), ("father", father))
        ]
    return found
