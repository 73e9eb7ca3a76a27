"""From derived residents to the cells of all tables, in pandas."""

from __future__ import annotations

import pandas as pd

from bench.plain.shared import Given, parents, year_classes
from vielfalt import codes
from vielfalt.register.tabulate import FEW_UNKNOWN, LEFT_OUT
from vielfalt.table import Table

_LAST = 200


def counted(people: pd.DataFrame, areas: pd.Series, given: Given) -> dict[str, pd.DataFrame]:
    """The cells of each table: the area, the dimensions, ``n``, ``key_sum`` and ``top``."""
    classes = _classes(people, areas)
    largest = classes.groupby(["area", "address"], observed=True).size().groupby("area", observed=True).max()
    heads = classes[people["household_first"].to_numpy()]
    return {
        table.id: _cells(heads if table.unit == "households" else classes, table, largest) for table in given.tables
    }


def _classes(people: pd.DataFrame, areas: pd.Series) -> pd.DataFrame:
    """The residents by the categories of every dimension."""
    found = people[
        ["key", "address", "migration_rule", "migration_status", "immigration_history", "household_type"]
    ].copy()
    found["address"] = found["address"].where(found["address"] >= 0, -1 - found.index)
    found["area"] = people["address"].map(areas).fillna("")
    nationality = people["nationality_1"].astype(object).fillna("unknown")
    found["nationality"] = nationality.where(~people["german"], codes.GERMANY)
    found["nationality_group"] = found["nationality"].map(parents("nationality"))
    found["foreigner"] = found["nationality_group"].map(parents("nationality_group"))
    found["mh_group"] = found["migration_status"].map(parents("migration_status"))
    found["mh_register"] = found["mh_group"].map(parents("mh_group"))
    status = found["migration_status"].astype(object)
    country = people["reference_country"].astype(object).fillna("unknown")
    found["reference_country"] = country.where(~status.isin(["none", "undeterminable"]), status)
    found["reference_group"] = found["reference_country"].map(parents("reference_country"))
    by_chance = (people["key"] % 2).map({0: "m", 1: "w"})
    found["sex"] = people["sex"].astype(object).where(people["sex"].isin(["m", "w"]), by_chance)
    found["marital_status"] = people["marital_status"].astype(object).fillna("NB").map(codes.marital_groups())
    found["age_group"] = _year_class(people["age"], "age_group")
    found["age_class"] = found["age_group"].map(parents("age_group"))
    found["stay_class"] = _year_class(people["stay_years"], "stay_class")
    found = found.join(_of_households(people), on=people["household"].to_numpy())
    numbers = ["key", "address"]
    return found.astype(dict.fromkeys(found.columns.difference(numbers), "category"))


def _year_class(years: pd.Series, dimension: str) -> pd.Series:
    return years.map(pd.Series(year_classes(dimension, _LAST))).fillna("unknown")


def _of_households(people: pd.DataFrame) -> pd.DataFrame:
    """Per household whether its members have a migration background, and the nationalities of its couple."""
    known, partner = people["nationality_1"].notna(), people["household_partner"]
    marks = pd.DataFrame(
        {
            "with": ~people["migration_status"].isin(["none", "undeterminable"]),
            "open": people["migration_status"] == "undeterminable",
            "partners": partner,
            "german": partner & people["german"],
            "foreign": partner & known & ~people["german"],
        }
    )
    households = marks.groupby(people["household"])
    number, members = households.sum(), households.size()
    background = pd.Series("none", index=number.index)
    background[number["open"] > 0] = "undeterminable"
    background[number["with"] > 0] = "some"
    background[number["with"] == members] = "all"
    couple = pd.Series("no_couple", index=number.index)
    two = number["partners"] == 2
    couple[two] = "unknown"
    couple[two & (number["foreign"] == 2)] = "foreign"
    couple[two & (number["german"] == 1) & (number["foreign"] == 1)] = "binational"
    couple[two & (number["german"] == 2)] = "german"
    return pd.DataFrame({"mh_household": background, "couple_nationality": couple})


def _cells(people: pd.DataFrame, table: Table, largest: pd.Series) -> pd.DataFrame:
    keys = ["area", *table.dimensions]
    cells = people.groupby(keys, observed=True)["key"].agg(n="size", key_sum="sum").reset_index()
    small = cells[cells["n"] * 0.5 <= cells["area"].map(largest).astype(int)]
    concerned = people[[*keys, "address"]].merge(small[keys], on=keys)
    tops = concerned.groupby([*keys, "address"], observed=True).size().groupby(keys, observed=True).max()
    cells = cells.join(tops.rename("top"), on=keys).fillna({"top": 0})
    for dimension in (name for name in table.dimensions if name in LEFT_OUT):
        unknown = cells[dimension].isin(["unknown"])
        if cells.loc[unknown, "n"].sum() < FEW_UNKNOWN * cells["n"].sum():
            cells = cells[~unknown]
    kinds = {**dict.fromkeys(keys, object), "top": int}
    return cells.assign(second=0).astype(kinds)[[*keys, "n", "key_sum", "top", "second"]]
