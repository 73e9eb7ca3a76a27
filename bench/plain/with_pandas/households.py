"""Households, in pandas: who lives together, link after link, and of what type each household is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bench.plain.with_pandas import kin, moves
from bench.plain.with_pandas.homes import living
from vielfalt.codes import GERMANY

_STAGES = (
    (kin.spouses, kin.guardians, kin.common_children, kin.moved_home),
    (kin.married_namesakes,),
    (moves.same_name_same_day,),
    (moves.unmarried_couples,),
    (kin.children_of_namesakes, kin.born_to_namesakes),
    (kin.born_to_mothers, kin.moved_in_with_parents),
    (kin.parents_of_adults,),
    (kin.grandchildren,),
    (kin.siblings,),
    (kin.remaining_children,),
    (moves.flat_mates, moves.flat_mates_of_one_age),
    (moves.couples_of_one_origin,),
    (moves.couples_of_one_nationality,),
    (moves.mates_of_one_origin, moves.mates_of_one_nationality),
    (moves.couples_by_age,),
    (kin.parents_of_households,),
)
"""The links by stages: those of one stage are looked for at once, the next one sees what they joined."""
_COUPLES = {
    *(kin.spouses, kin.common_children, kin.married_namesakes, kin.parents_of_households, moves.unmarried_couples),
    *(moves.couples_of_one_origin, moves.couples_of_one_nationality, moves.couples_by_age),
}
"""Those that make two people a couple."""


def with_households(people: pd.DataFrame, listed: pd.Series, date: int) -> pd.DataFrame:
    """Adds ``household``, ``household_type``, ``household_first`` (one person of each) and ``household_partner``."""
    here = _neighbours(living(people, listed, date))
    names = kin.names_at_addresses(here)
    for stage in _STAGES:
        found = [(link, link(here, names)) for link in stage]
        found = [(link, pairs[~here["institution"].to_numpy()[pairs["one"]]]) for link, pairs in found]
        for link, pairs in found:
            if link in _COUPLES:
                here.loc[pd.concat([pairs["one"], pairs["two"]]), "partnered"] = True
        here["household"] = _joined(here["household"], pd.concat([pairs[["one", "two"]] for _, pairs in found]))
        together = here.groupby("household")
        here["members"], here["oldest"] = together["age"].transform("size"), together["age"].transform("max")
    first = here["person"].groupby(here["household"]).transform("min")
    return people.drop(columns=["family_name", "birth_name"]).assign(
        household=first,
        household_first=first == here["person"],
        household_partner=here["partnered"],
        household_type=_types(here),
    )


def _neighbours(people: pd.DataFrame) -> pd.DataFrame:
    """What the links ask of each resident, everybody still alone; links lead to neighbours only (-1: none)."""
    here = people[["address", "family_name", "birth_name", "age", "institution", "moved"]].copy()
    here["person"] = here["household"] = here.index
    here["members"], here["partnered"], here["oldest"] = 1, False, here["age"]
    here["guarded"] = (people["guardian_1"] >= 0) | (people["guardian_2"] >= 0)
    address = people["address"]
    for link in ("spouse", "guardian_1", "guardian_2"):
        here[link] = people[link].where(people[link].map(address) == address, -1)
    here["move_in"] = people["move_in_date"]
    here["since_birth"] = (people["move_in_date"] == people["birth_date"]) & (people["birth_date"] % 100 > 0)
    here["woman"] = (people["sex"] == "w").astype(int).where(people["sex"].notna(), -1)
    here["married"] = people["marital_status"].isin(["VH", "LP"])
    here["origin"] = pd.factorize(people["origin_municipality"])[0]
    foreign = people["nationality_1"].astype(object).where(people["nationality_1"] != GERMANY, None)
    here["foreign"] = pd.factorize(foreign)[0]
    here["size"] = here.groupby("address")["age"].transform("size")
    return here


def _joined(household: pd.Series, pairs: pd.DataFrame) -> pd.Series:
    one, two = household.to_numpy()[pairs["one"]], household.to_numpy()[pairs["two"]]
    graph = coo_array((np.ones(len(pairs), dtype=bool), (one, two)), shape=(len(household),) * 2)
    return pd.Series(connected_components(graph, directed=False)[1][household], index=household.index)


def _types(here: pd.DataFrame) -> pd.Series:
    age, couple = here["age"], here["partnered"]
    pointed = pd.concat([here["guardian_1"], here["guardian_2"]])
    parent = here["person"].isin(pointed[pointed >= 0])
    guarded = (here["guardian_1"] >= 0) | (here["guardian_2"] >= 0)
    younger = (age <= here["oldest"] - 15) | ((age < 18) & (here["oldest"] >= 18))
    child = ~couple & ~parent & (guarded | ((age >= 0) & younger))
    counted = here[["household"]].assign(couple=couple, child=child).groupby("household")
    partners, children = counted["couple"].transform("sum"), counted["child"].transform("sum")
    others = here["members"] - partners - children
    one_couple = (partners == 2) & (others == 0)
    kinds = {
        "institution": here["institution"],
        "single": here["members"] == 1,
        "couple_no_child": one_couple & (children == 0),
        "couple_child": one_couple,
        "lone_parent": (partners == 0) & (others == 1),
    }
    names = [*kinds, "other_multi"]
    places = np.select(list(kinds.values()), range(len(kinds)), default=len(kinds))
    return pd.Series(pd.Categorical.from_codes(places, names), index=here.index)
