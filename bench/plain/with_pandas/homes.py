"""Where residents live for the households, and which addresses are homes, in pandas."""

from __future__ import annotations

import pandas as pd

from vielfalt.codes import GERMANY

LINKS = ["spouse", "guardian_1", "guardian_2"]


def living(people: pd.DataFrame, listed: pd.Series, date: int) -> pd.DataFrame:
    """The residents with the address they are taken to live at; adds ``moved``, ``institution``.

    ``listed``: per address, whether the street directory knows it. Who is at another one lives with those linked to
    them, if these are at one listed address. People without any live alone, at a negative number.
    """
    marked = (people["institution"] == "yes") | (people["information_block"] == "conditional")
    has, known = people["address"] >= 0, people["address"].map(listed).eq(True)
    lost = people.index[has & ~known & ~marked]
    links = pd.concat([people[link].rename("other").rename_axis("person").reset_index() for link in LINKS])
    links = links[links["other"] >= 0]
    back = links.rename(columns={"person": "other", "other": "person"})
    links = pd.concat([links, back])
    links = links[links["person"].isin(lost) & links["other"].isin(people.index[has & known])]
    homes = links.assign(home=links["other"].map(people["address"])).groupby("person")["home"].agg(["min", "max"])
    home = homes.loc[homes["min"] == homes["max"], "min"]
    at_home = people.assign(moved=people.index.isin(home.index), marked=marked)
    at_home.loc[home.index, "address"] = home
    at_home["address"] = at_home["address"].where(at_home["address"] >= 0, -1 - at_home.index)
    return at_home.assign(institution=_in_home(at_home, date)).drop(columns="marked")


def _in_home(people: pd.DataFrame, date: int) -> pd.Series:
    """Who lives at an address that somebody's entry marks as a home, or that is full of newcomers from abroad."""
    foreign = people["nationality_1"].notna() & (people["nationality_1"] != GERMANY)
    newcomer = foreign & (people["arrival_from_abroad_date"] >= date - 3 * 10_000)
    addresses = (
        people.assign(newcomer=newcomer)
        .groupby("address")
        .agg(marked=("marked", "any"), newcomers=("newcomer", "sum"), residents=("newcomer", "size"))
    )
    full = (addresses["residents"] > 24) & (addresses["newcomers"] * 2 >= addresses["residents"])
    return people["address"].map((addresses["marked"] | full) & (addresses.index >= 0))
