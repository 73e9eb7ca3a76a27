"""Which residents of an address pointers, names and birth join, in pandas.

Each function gives pairs of residents, as columns ``one`` and ``two``, from the residents as ``households`` describes
them and from ``names_at_addresses``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

_ASKED = ["person", "address", "age", "woman", "move_in", "household"]


@dataclass(frozen=True)
class Names:
    """The names at the addresses: ``entries`` are each resident by family name and by name at birth, with the number of
    ``bearers`` at the address; ``pairs`` two namesakes of known age, the older first, where the name tells something:
    so rare in town that no stranger at the address bears it."""

    entries: pd.DataFrame
    pairs: pd.DataFrame


def names_at_addresses(people: pd.DataFrame) -> Names:
    """The names at the addresses of these residents."""
    columns = ["person", "address", "move_in", "size", "age"]
    names = pd.concat(
        [people[[*columns, name]].rename(columns={name: "name"}) for name in ("family_name", "birth_name")]
    )
    names = names[names["name"] >= 0].reset_index(drop=True).rename_axis("entry").reset_index()
    names["bearers"] = names.groupby(["address", "name"])["entry"].transform("size")
    strangers = names["name"].map(names["name"].value_counts() / len(names)) * names["size"]
    telling = names[(strangers <= 0.05) & names["bearers"].between(2, 12) & (names["age"] >= 0)]
    telling = telling[["entry", "person", "age", "address", "name"]]
    pairs = telling.merge(telling, on=["address", "name"], suffixes=("_one", "_two"))
    older = pairs["age_one"] > pairs["age_two"]
    same = (pairs["age_one"] == pairs["age_two"]) & (pairs["entry_one"] < pairs["entry_two"])
    return Names(names, pairs.loc[older | same, ["person_one", "person_two"]].set_axis(["one", "two"], axis=1))


def spouses(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Who points at a spouse."""
    return _pointing(people, "spouse")


def guardians(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Who points at a guardian."""
    return pd.concat([_pointing(people, "guardian_1"), _pointing(people, "guardian_2")])


def _pointing(people: pd.DataFrame, link: str) -> pd.DataFrame:
    pairs = people[["person", link]].set_axis(["one", "two"], axis=1)
    return pairs[(pairs["two"] >= 0) & (pairs["one"] != pairs["two"])]


def common_children(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """The two guardians of a child."""
    pairs = people[["guardian_1", "guardian_2"]].set_axis(["one", "two"], axis=1)
    return pairs[(pairs["one"] >= 0) & (pairs["two"] >= 0) & (pairs["one"] != pairs["two"])]


def moved_home(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Who points at somebody, one of them from an address that no directory knows."""
    pairs = pd.concat([spouses(people, names), guardians(people, names)])
    moved = people.index[people["moved"]]
    return pairs[pairs["one"].isin(moved) | pairs["two"].isin(moved)]


def married_namesakes(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The only two married people of a name without partner."""
    pairs = _namesakes(people, names)
    return only(pairs[pairs["single_one"] & pairs["single_two"] & (pairs["years"] <= 20)])


def children_of_namesakes(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Who is alone, and a namesake of the generation before."""
    pairs = _namesakes(people, names)
    return pairs[pairs["years"].between(15, 49) & pairs["alone_two"]]


def parents_of_adults(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Who is alone, and a grown namesake of the next generation."""
    pairs = _namesakes(people, names)
    return pairs[pairs["years"].between(15, 49) & pairs["alone_one"] & (pairs["age_two"] >= 18)]


def grandchildren(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """A minor alone, and a namesake two generations older."""
    pairs = _namesakes(people, names)
    return pairs[(pairs["years"] >= 50) & pairs["alone_two"] & (pairs["age_two"] < 18)]


def siblings(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Two adults alone of one name and about one age."""
    pairs = _namesakes(people, names)
    both = pairs["alone_one"] & pairs["alone_two"] & (pairs["age_two"] >= 18)
    return pairs[both & (pairs["years"] <= 14)]


def _namesakes(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The pairs of namesakes who are not of one household yet, with what is to be known of both."""
    known = people[["age", "household"]].assign(
        alone=people["members"] == 1, single=people["married"] & ~people["partnered"]
    )
    sides = [
        known.take(names.pairs[side]).add_suffix(f"_{side}").set_axis(names.pairs.index) for side in ("one", "two")
    ]
    pairs = pd.concat([names.pairs, *sides], axis=1)
    pairs["years"] = pairs["age_one"] - pairs["age_two"]
    return pairs[pairs["household_one"] != pairs["household_two"]]


def born_to_namesakes(people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Who has lived here since birth, and a namesake of the generation before who lived here then."""
    children, entries = _born_here(people), names.entries
    bearing = entries.loc[entries["bearers"] <= 12, ["person", "address", "name"]]
    named = bearing.merge(children.drop(columns="address"), on="person")
    elders = bearing.merge(people[_ASKED].drop(columns="address"), on="person")
    return _of_parents(_there_then(named.merge(elders, on=["address", "name"], suffixes=("_two", "_one"))))


def born_to_mothers(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Who has lived here since birth, and the only household of a woman who can have been the mother."""
    small = people[people["size"] <= 96]
    women = small.loc[(small["woman"] == 1) & (small["age"] >= 15), _ASKED]
    return _of_parents(_there_then(_born_here(small).merge(women, on="address", suffixes=("_two", "_one"))))


def moved_in_with_parents(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Who is under 30, and the only household of the generation before that moved in on that day."""
    came = people[(people["move_in"] > 0) & (people["size"] <= 24)]
    came = came[came.groupby(["address", "move_in"])["age"].transform("size") <= 12]
    children = came.loc[_without_elder(came) & (came["age"] < 30), _ASKED]
    pairs = children.merge(came[_ASKED], on=["address", "move_in"], suffixes=("_two", "_one"))
    return _of_parents(pairs)


def _born_here(people: pd.DataFrame) -> pd.DataFrame:
    return people.loc[people["since_birth"] & _without_elder(people), _ASKED]


def _without_elder(people: pd.DataFrame) -> pd.Series:
    """Who is of known age and lives with nobody of the generation before."""
    return (people["age"] >= 0) & (people["oldest"] - people["age"] < 15)


def _there_then(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs whose elder lived here when the younger was born here."""
    return pairs[(pairs["move_in_one"] > 0) & (pairs["move_in_one"] <= pairs["move_in_two"])]


def _of_parents(pairs: pd.DataFrame) -> pd.DataFrame:
    """Of these pairs of elder and child those that can be parent and child, if all of a child are of one household."""
    pairs = pairs[(pairs["age_one"] - pairs["age_two"]).between(15, 49)]
    pairs = pairs[pairs["household_one"] != pairs["household_two"]]
    pairs = pairs.rename(columns={"person_one": "one", "person_two": "two"})
    return pairs[pairs.groupby("two")["household_one"].transform("nunique") == 1]


def remaining_children(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """A minor alone who points at nobody, and the only household of the address in which an adult lives."""
    adults = people[people["age"] >= 18]
    heads = adults.groupby("address").agg(one=("person", "first"), households=("household", "nunique"))
    minors = people[(people["members"] == 1) & people["age"].between(0, 17) & ~people["guarded"]]
    heads = heads.loc[heads["households"] == 1, "one"]
    return minors[["address", "person"]].rename(columns={"person": "two"}).merge(heads, on="address")


def parents_of_households(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """A woman and a man, or two of whom one sex is not known, a generation older than all others of a household."""
    larger = people[(people["members"] > 2) & ~people.groupby("household")["partnered"].transform("any")]
    elder = (larger["age"] >= 0) & (larger["oldest"] - larger["age"] < 15)
    elders = (
        larger[elder]
        .groupby("household")
        .agg(
            one=("person", "first"),
            two=("person", "last"),
            number=("age", "size"),
            youngest=("age", "min"),
            woman_one=("woman", "first"),
            woman_two=("woman", "last"),
        )
    )
    elders["next"] = larger[~elder].groupby("household")["age"].max()
    apart = (elders["next"] >= 0) & (elders["youngest"] - elders["next"] >= 15)
    return elders[(elders["number"] == 2) & apart & (elders["woman_one"] != elders["woman_two"])]


def only(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of which neither stands in another one."""
    times = pd.concat([pairs["one"], pairs["two"]]).value_counts()
    return pairs[(pairs["one"].map(times) == 1) & (pairs["two"].map(times) == 1)]
