"""Migration status, immigration history and reference country of each resident, in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.plain.shared import ABROAD, EAST_STATES, NATIONALITIES, SPECIAL, STATUS, USSR_STATES, Given
from vielfalt.codes import GERMANY
from vielfalt.numbers import Marks
from vielfalt.rule_sets import VIELFALT


def with_origin(people: pd.DataFrame, given: Given) -> pd.DataFrame:
    """Adds ``german``, ``migration_rule``, ``migration_status``, ``immigration_history`` and ``reference_country``."""
    said = _said(people, given)
    marks = _own_marks(people, said)
    own_rule = _decided({**marks, "N2": said["german"] & said["born_here"]}, "U2")
    own_history = _decided(_own_history(said), "")
    own_country = _own_country(people)
    counts = _parents(people, said, own_rule, own_history, own_country)
    linked, marked, open_, country = (counts[name] for name in ("linked", "marked", "open", "country"))
    child = said["german"] & said["minor"]
    rules = {
        **marks,
        "F2": child & (marked == 2),
        "F1": child & (marked == 1),
        "U1": child & (linked == 0),
        "U3": child & (open_ > 0),
        "N2": said["german"] & said["born_here"],
    }
    rule = _decided(rules, "U2")
    status = rule.map(STATUS)
    of_parents = country.where(status.isin(["child_two_parents", "child_one_parent"]), None)
    with_mark = ~status.isin(["none", "undeterminable"])
    return people.assign(
        german=said["german"],
        migration_rule=rule,
        migration_status=status,
        immigration_history=_history(said, own_history, counts),
        reference_country=of_parents.fillna(own_country).where(with_mark, None).astype("category"),
    )


def _decided(rules: dict[str, Marks], otherwise: str) -> pd.Series:
    """The first rule that holds."""
    places = np.select(list(rules.values()), range(len(rules)), default=len(rules))
    return pd.Series(pd.Categorical.from_codes(places, [*rules, otherwise]))


def _said(people: pd.DataFrame, given: Given) -> dict[str, Marks]:
    """What the entries of each person say, yes or no; not known is no."""
    values, age, birth = given.values, people["age"], people["birth_country"]
    abroad = _first_day(people["arrival_from_abroad_date"])
    arrived, born = _first_day(people["arrival_date"]), _first_day(people["birth_date"])
    since = values["immigration_since"]
    early = ((abroad > 0) & (abroad < since)) | ((arrived > 0) & (arrived < since))
    stated = people["nationality_1"].notna()
    is_german = (people[NATIONALITIES] == GERMANY).any(axis=1)
    further = (people[NATIONALITIES].notna() & ~people[NATIONALITIES].isin([GERMANY, *SPECIAL])).any(axis=1)
    german = stated & is_german
    born_early = (born > 0) & (born < values["expellee_born_before"])
    east, sudeten = people["birth_region"] == "east", people["birth_region"] == "sudeten"
    in_time = abroad >= values["repatriate_since"]
    from_east = birth.isin(EAST_STATES) & in_time & (abroad <= values["repatriate_until_east"])
    from_ussr = birth.isin(USSR_STATES) & in_time & (abroad <= values["repatriate_until_ussr"])
    return {
        "german": german,
        "foreign": stated & ~is_german,
        "unclear": people["nationality_1"].isin(SPECIAL) & ~further,
        "further": further,
        "born_here": birth == GERMANY,
        "born_abroad": birth.notna() & (birth != GERMANY),
        "birth_open": birth.isna(),
        "known": stated & birth.notna(),
        "early": early,
        "expellee": german & born_early & ((east & (early | (abroad == 0))) | (sudeten & early)),
        "repatriate": from_east | from_ussr,
        "minor": (age >= 0) & (age < values["family_age"]),
        "descendant": (age >= 0) & (age < values["descendant_age"]) & (birth == GERMANY),
    }


def _first_day(date: pd.Series) -> pd.Series:
    """The first day that a partial date can mean."""
    return date + np.select([date == 0, date % 10_000 == 0, date % 100 == 0], [0, 101, 1], 0)


def _own_marks(people: pd.DataFrame, said: dict[str, Marks]) -> dict[str, Marks]:
    """The rules about a person alone, in their order."""
    german, foreign, kind = said["german"], said["foreign"], people["german_nationality_kind"]
    return {
        "A0-2": foreign & said["unclear"] & said["born_here"],
        "A0": foreign & said["unclear"],
        "A2": foreign & said["born_here"],
        "A1": foreign,
        "E1": german & (kind == "naturalised"),
        "S1": german & (kind == "repatriate"),
        "O1": german & (kind == "option"),
        "N1": german & said["expellee"],
        "S2": german & said["born_abroad"] & said["repatriate"],
        "G1": german & said["born_abroad"],
        "D1": german & said["further"],
    }


def _own_history(said: dict[str, Marks]) -> dict[str, Marks]:
    open_foreigner = said["foreign"] & said["birth_open"]
    immigrated = said["born_abroad"] & ~said["early"] & ~said["expellee"]
    return {
        "immigrated": immigrated | (open_foreigner & ~said["early"]),
        "none": said["born_abroad"] | open_foreigner,
    }


def _history(said: dict[str, Marks], own: pd.Series, counts: pd.DataFrame) -> pd.Series:
    both, one = (said["descendant"] & (counts["immigrated"] == number) for number in (2, 1))
    no_parent = said["minor"] & said["born_here"] & (counts["linked"] == 0)
    rules = {
        "immigrated": own == "immigrated",
        "not immigrated": own == "none",
        "both_parents": both,
        "one_parent": one,
        "not known": no_parent | (said["descendant"] & (counts["history_open"] > 0)),
        "none": said["born_here"],
    }
    return _decided(rules, "undeterminable").replace({"not immigrated": "none", "not known": "undeterminable"})


def _own_country(people: pd.DataFrame) -> pd.Series:
    """The first foreign state of today among nationalities, birth and origin."""
    country = pd.Series(None, index=people.index, dtype=object)
    for name in (*NATIONALITIES, "birth_country", "origin_state"):
        country = country.fillna(people[name].astype(object).where(people[name].isin(ABROAD), None))
    return country


def _parents(
    people: pd.DataFrame, said: dict[str, Marks], rule: pd.Series, history: pd.Series, country: pd.Series
) -> pd.DataFrame:
    """How many linked parents each has, and of how many each mark; ``country``: the mother's, else the father's."""
    marked = rule.isin(VIELFALT.parents)
    each = pd.DataFrame(
        {
            "linked": 1,
            "marked": marked,
            "open": ~marked & ~said["known"],
            "immigrated": history == "immigrated",
            "history_open": (history == "") & said["birth_open"],
            "woman": people["sex"] == "w",
        }
    ).astype(int)
    each["country"] = country.where(marked, None)
    first, second = people["guardian_1"], people["guardian_2"].where(people["guardian_2"] != people["guardian_1"], -1)
    one, two = (each.reindex(parent).reset_index(drop=True) for parent in (first, second))
    counts = one.drop(columns="country").fillna(0) + two.drop(columns="country").fillna(0)
    second_is_mother = (two["woman"] == 1) & (one["woman"] != 1)
    mothers = one["country"].where(~second_is_mother, two["country"])
    fathers = two["country"].where(~second_is_mother, one["country"])
    return counts.assign(country=mothers.fillna(fathers))
