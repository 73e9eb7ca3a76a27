"""Country of birth, in pandas: state, place, nationality and arrival weighed in the order of the rules."""

from __future__ import annotations

import pandas as pd

from bench.plain.shared import ABROAD, FORMER, PRESENT, SUCCESSORS, Given
from vielfalt.codes import GERMANY

_PLACE = ["birth_place", "former"]


def with_birth(people: pd.DataFrame, given: Given) -> pd.DataFrame:
    """Adds ``birth_country`` and ``birth_region``; None where they are open."""
    found = given.places(people["birth_place"].dropna().unique().tolist()).to_pandas()
    states = _states(found)
    people["former"] = people["birth_state"].astype(object).where(people["birth_state"].isin(FORMER), "")
    decided = people["birth_state"].astype(object).where(people["birth_state"].isin(PRESENT), None)
    asked = (
        people.loc[decided.isna()].merge(_places(states), on=_PLACE, how="left").set_axis(people.index[decided.isna()])
    )
    decided.loc[asked.index] = asked["only"]
    asked = asked[asked["only"].isna()]
    decided.loc[asked.index] = _weighed(asked, states)
    people["birth_country"] = decided
    regions = states.loc[states["region"] != "", [*_PLACE, "country", "region"]]
    regions = regions.rename(columns={"country": "birth_country", "region": "birth_region"})
    people = people.merge(regions, on=[*_PLACE, "birth_country"], how="left")
    people["birth_country"] = people["birth_country"].astype("category")
    return people.drop(columns=["former", "birth_place", "birth_state"])


def _states(found: pd.DataFrame) -> pd.DataFrame:
    """The states in which each place may lie; with a dissolved state, those of its successors."""
    marked = found.assign(hint=found["how"] == "hint", coded=found["how"] == "coded").sort_values("weight")
    states = marked.groupby(["place", "country"], as_index=False).agg(
        weight=("weight", "sum"), region=("region", "last"), hint=("hint", "all"), coded=("coded", "any")
    )
    successors = pd.DataFrame(SUCCESSORS, columns=["former", "country"])
    states = pd.concat([states.assign(former=""), states.merge(successors, on="country").assign(hint=False)])
    states = states.rename(columns={"place": "birth_place"}).sort_values(["weight", "country"])
    by_place = states.groupby(_PLACE)
    several, hinted = by_place["country"].transform("size") > 1, by_place["hint"].transform("any")
    return states.assign(several=several | hinted)


def _places(states: pd.DataFrame) -> pd.DataFrame:
    """Of each place its only country, its largest, whether that dominates, and the one coded by hand."""
    by_place = states.groupby(_PLACE)
    places = by_place.agg(
        largest=("country", "last"),
        lost=("region", "last"),
        weight=("weight", "last"),
        total=("weight", "sum"),
        hinted=("hint", "any"),
        number=("country", "size"),
    )
    places["coded"] = states[states["coded"]].groupby(_PLACE)["country"].first()
    places["firm"] = ~places["hinted"]
    sole = places["firm"] & (places["number"] == 1) & places["coded"].isna()
    places["only"] = places["largest"].where(sole, None)
    places["dominant"] = places["weight"] >= 20 * (places["total"] - places["weight"])
    return places.reset_index()


def _weighed(asked: pd.DataFrame, states: pd.DataFrame) -> pd.Series:
    """The country of those whose state is not given and whose place is not in one state only."""
    namesakes = pd.MultiIndex.from_frame(states.loc[states["several"], [*_PLACE, "country"]])

    def lies_in(state: pd.Series) -> pd.Series:
        here = pd.MultiIndex.from_arrays([asked["birth_place"], asked["former"], state.astype(object)])
        return pd.Series(here.isin(namesakes), index=asked.index) & state.notna()

    first, second, third, origin = (
        asked[name].astype(object) for name in ("nationality_1", "nationality_2", "nationality_3", "origin_state")
    )
    in_germany = lies_in(pd.Series(GERMANY, index=asked.index))
    german, foreign = first == GERMANY, first.notna() & (first != GERMANY)
    firm = asked["firm"].eq(True)
    stayed, born = asked["arrival_from_abroad_date"] == 0, asked["birth_date"]
    since_birth = (asked["arrival_date"] == born) & (born % 100 > 0)
    not_lost = (asked["lost"] == "") | (born >= 19450000)
    rules = [
        (lies_in(first) & foreign, first),
        (lies_in(second) & (second != GERMANY), second),
        (lies_in(third) & (third != GERMANY), third),
        (lies_in(origin), origin),
        (in_germany & german & stayed & not_lost, GERMANY),
        (asked["coded"].notna(), asked["coded"]),
        (firm & (asked["largest"] == GERMANY) & foreign & stayed, GERMANY),
        (firm & asked["dominant"].eq(True), asked["largest"]),
        (asked["former"] != "", asked["former"]),
        (~firm & ((origin == first) | (origin == second)) & origin.isin(ABROAD), origin),
        ((~firm | in_germany) & since_birth & stayed, GERMANY),
    ]
    country = pd.Series(None, index=asked.index, dtype=object)
    for condition, value in rules:
        country = country.mask(country.isna() & condition, value)
    return country
