"""Which residents of an address the day of moving in, origin, nationality and age join, in pandas; see ``kin``."""

from __future__ import annotations

import pandas as pd

from bench.plain.with_pandas.kin import Names, only

_ASKED = ["person", "age", "woman", "family_name", "household", "size", "origin", "foreign"]
_ADDRESS_DAY = ["address", "move_in"]


def same_name_same_day(_: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Who agree in a name and in the day of moving in."""
    known = names.entries[names.entries["move_in"] > 0]
    first = known.groupby(["address", "name", "move_in"])["person"].transform("first")
    return pd.DataFrame({"one": first, "two": known["person"]})


def unmarried_couples(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Two who suit as a couple and moved in on one day, each the only one for the other."""
    came = people[_free(people) & (people["move_in"] > 0) & ~people["since_birth"]]
    pairs = _pairs(came, _ADDRESS_DAY, 4)
    same_origin = (pairs["origin_one"] >= 0) & (pairs["origin_one"] == pairs["origin_two"])
    return only(pairs[_suit(pairs) & ((pairs["size_one"] <= 96) | same_origin)])


def couples_of_one_origin(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Two alone who suit as a couple and came from one municipality, rare at the address."""
    return _couples(_rare(people, _free(people) & (people["members"] == 1), "origin", 4), "origin")


def couples_of_one_nationality(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Two who suit as a couple, of one foreign nationality, rare at the address."""
    return _couples(_rare(people, _free(people), "foreign", 4), "foreign")


def _couples(rare: pd.DataFrame, clue: str) -> pd.DataFrame:
    pairs = _pairs(rare, ["address", clue], 4)
    return only(pairs[_suit(pairs) & (pairs["household_one"] != pairs["household_two"])])


def couples_by_age(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Two alone in a smaller house whose ages suit each other, each the only one for the other."""
    alone = people[(people["members"] == 1) & people["age"].between(30, 64) & (people["woman"] >= 0)]
    pairs = _pairs(alone[alone["size"] <= 24], ["address"], 24)
    years = (pairs["age_one"] - pairs["age_two"]).where(pairs["woman_one"] != 1, pairs["age_two"] - pairs["age_one"])
    return only(pairs[_suit(pairs) & years.between(-2, 6)])


def mates_of_one_origin(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Adults alone, of about one age, who came from one municipality, rare at the address."""
    return _mates(people, "origin")


def mates_of_one_nationality(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Adults alone, of about one age and one foreign nationality, rare at the address."""
    return _mates(people, "foreign")


def _mates(people: pd.DataFrame, clue: str) -> pd.DataFrame:
    rare = _rare(people, (people["members"] == 1) & (people["age"] >= 18), clue, 4)
    pairs = _pairs(rare, ["address", clue], 4)
    return pairs[(pairs["age_one"] - pairs["age_two"]).abs() <= 5]


def _rare(people: pd.DataFrame, among: pd.Series, clue: str, fitting: int) -> pd.DataFrame:
    """Those among these people whose clue no stranger at the address can be expected to share."""
    known = people[people[clue] >= 0]
    share = known[clue].value_counts() / len(known)
    asked = people[among]
    others = asked.groupby("address")["person"].transform("size") - 1
    return asked[asked[clue].map(share) * others / fitting <= 0.05]


def _free(people: pd.DataFrame) -> pd.Series:
    """Adults without partner who are nobody's child in their household."""
    return (people["age"] >= 18) & ~people["partnered"] & (people["oldest"] - people["age"] < 15)


def _suit(pairs: pd.DataFrame) -> pd.Series:
    """Of different sex and family name, of known age and less than a generation apart."""
    known = (pairs["age_one"] >= 0) & (pairs["age_two"] >= 0)
    other = (pairs["woman_one"] != pairs["woman_two"]) & (pairs["family_name_one"] != pairs["family_name_two"])
    return known & other & ((pairs["age_one"] - pairs["age_two"]).abs() <= 14)


def _pairs(people: pd.DataFrame, by: list[str], most: int) -> pd.DataFrame:
    """All pairs of people who agree in some columns, where at most so many do."""
    here = people.groupby(by)["person"].transform("size")
    several = people.loc[(here > 1) & (here <= most), [*by, *(name for name in _ASKED if name not in by)]]
    pairs = several.merge(several, on=by, suffixes=("_one", "_two"))
    return pairs[pairs["person_one"] < pairs["person_two"]].rename(columns={"person_one": "one", "person_two": "two"})


def flat_mates(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """Up to four people alone who moved into a smaller house on one day on which no household did."""
    came = _moved_alone(people[people["size"] <= 24])
    return pd.DataFrame({"one": came.groupby(_ADDRESS_DAY)["person"].transform("first"), "two": came["person"]})


def flat_mates_of_one_age(people: pd.DataFrame, _: Names) -> pd.DataFrame:
    """The same in a larger house, of adults of about one age."""
    came = _moved_alone(people[people["size"].between(25, 96)])
    days = came.groupby(_ADDRESS_DAY)
    youngest, eldest = days["age"].transform("min"), days["age"].transform("max")
    pairs = pd.DataFrame({"one": days["person"].transform("first"), "two": came["person"]})
    return pairs[(youngest >= 18) & (eldest - youngest <= 5)]


def _moved_alone(people: pd.DataFrame) -> pd.DataFrame:
    """Those of a known day of moving in on which two to four people came, all of them alone."""
    came = people[people["move_in"] > 0]
    days = came.groupby(_ADDRESS_DAY)
    here = days["age"].transform("size")
    return came[here.between(2, 4) & (days["members"].transform("max") == 1)]
