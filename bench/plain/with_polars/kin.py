"""Which residents of an address pointers, names and birth join, in polars.

Each function gives pairs of residents, as columns ``one`` and ``two``, from the residents as ``households`` describes
them and from ``names_at_addresses``.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_ASKED = ["person", "address", "age", "woman", "move_in", "household"]
_YEARS = pl.col("age_one") - pl.col("age_two")


@dataclass(frozen=True)
class Names:
    """The names at the addresses: ``entries`` are each resident by family name and by name at birth, with the number of
    ``bearers`` at the address; ``pairs`` two namesakes of known age, the older first, where the name tells something:
    so rare in town that no stranger at the address bears it."""

    entries: pl.DataFrame
    pairs: pl.DataFrame


def names_at_addresses(people: pl.DataFrame) -> Names:
    """The names at the addresses of these residents."""
    columns = ["person", "address", "move_in", "size", "age"]
    names = pl.concat([people.select(*columns, name=name) for name in ("family_name", "birth_name")])
    names = names.drop_nulls("name").with_row_index("entry").with_columns(bearers=pl.len().over("address", "name"))
    share = pl.len().over("name") / pl.len()
    telling = names.filter((share * pl.col("size") <= 0.05) & pl.col("bearers").is_between(2, 12)).drop_nulls("age")
    telling = telling.select("entry", "person", "age", "address", "name")
    older = pl.col("age_one") > pl.col("age_two")
    same = (pl.col("age_one") == pl.col("age_two")) & (pl.col("entry_one") < pl.col("entry_two"))
    return Names(names, _pairs(telling, telling, ["address", "name"]).filter(older | same).select("one", "two"))


def spouses(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Who points at a spouse."""
    return _pointing(people, "spouse")


def guardians(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Who points at a guardian."""
    return pl.concat([_pointing(people, "guardian_1"), _pointing(people, "guardian_2")])


def _pointing(people: pl.DataFrame, link: str) -> pl.DataFrame:
    return people.filter(pl.col(link) != pl.col("person")).select(one="person", two=link)


def common_children(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """The two guardians of a child."""
    return people.filter(pl.col("guardian_1") != pl.col("guardian_2")).select(one="guardian_1", two="guardian_2")


def moved_home(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Who points at somebody, one of them from an address that no directory knows."""
    moved = people.filter("moved")["person"].implode()
    pairs = pl.concat([spouses(people, names), guardians(people, names)])
    return pairs.filter(pl.col("one").is_in(moved) | pl.col("two").is_in(moved))


def married_namesakes(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """The only two married people of a name without partner."""
    return only(_namesakes(people, names).filter(pl.col("single_one") & pl.col("single_two") & (_YEARS <= 20)))


def children_of_namesakes(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Who is alone, and a namesake of the generation before."""
    return _namesakes(people, names).filter(_YEARS.is_between(15, 49) & pl.col("alone_two"))


def parents_of_adults(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Who is alone, and a grown namesake of the next generation."""
    grown = pl.col("age_two") >= 18
    return _namesakes(people, names).filter(_YEARS.is_between(15, 49) & pl.col("alone_one") & grown)


def grandchildren(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """A minor alone, and a namesake two generations older."""
    return _namesakes(people, names).filter((_YEARS >= 50) & pl.col("alone_two") & (pl.col("age_two") < 18))


def siblings(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Two adults alone of one name and about one age."""
    both = pl.col("alone_one") & pl.col("alone_two") & (pl.col("age_two") >= 18)
    return _namesakes(people, names).filter(both & (_YEARS <= 14))


def _namesakes(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """The pairs of namesakes who are not of one household yet, with what is to be known of both."""
    single = pl.col("married") & ~pl.col("partnered")
    known = people.select("age", "household", alone=pl.col("members") == 1, single=single)
    sides = (known[names.pairs[side]].select(pl.all().name.suffix(f"_{side}")) for side in ("one", "two"))
    pairs = pl.concat([names.pairs, *sides], how="horizontal")
    return pairs.filter(pl.col("household_one") != pl.col("household_two"))


def born_to_namesakes(people: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Who has lived here since birth, and a namesake of the generation before who lived here then."""
    bearing = names.entries.filter(pl.col("bearers") <= 12).select("person", "name")
    elders, children = (bearing.join(each, on="person") for each in (people.select(_ASKED), _born_here(people)))
    return _of_parents(_there_then(_pairs(elders, children, ["address", "name"])))


def born_to_mothers(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Who has lived here since birth, and the only household of a woman who can have been the mother."""
    small = people.filter(pl.col("size") <= 96)
    women = small.filter(pl.col("woman") & (pl.col("age") >= 15)).select(_ASKED)
    return _of_parents(_there_then(_pairs(women, _born_here(small), ["address"])))


def moved_in_with_parents(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Who is under 30, and the only household of the generation before that moved in on that day."""
    came = people.filter(pl.col("move_in").is_not_null() & (pl.col("size") <= 24))
    came = came.filter(pl.len().over("address", "move_in") <= 12)
    children = came.filter(_without_elder() & (pl.col("age") < 30)).select(_ASKED)
    return _of_parents(_pairs(came.select(_ASKED), children, ["address", "move_in"]))


def _born_here(people: pl.DataFrame) -> pl.DataFrame:
    return people.filter(pl.col("since_birth") & _without_elder()).select(_ASKED)


def _without_elder() -> pl.Expr:
    """Who is of known age and lives with nobody of the generation before."""
    return pl.col("oldest") - pl.col("age") < 15


def _pairs(ones: pl.DataFrame, twos: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """All pairs of people who agree in some columns, the others named after the side."""
    one, two = (
        people.rename({name: f"{name}_{side}" for name in people.columns if name not in on})
        for people, side in ((ones, "one"), (twos, "two"))
    )
    return one.join(two, on=on).rename({"person_one": "one", "person_two": "two"})


def _there_then(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs whose elder lived here when the younger was born here."""
    return pairs.filter(pl.col("move_in_one") <= pl.col("move_in_two"))


def _of_parents(pairs: pl.DataFrame) -> pl.DataFrame:
    """Of these pairs of elder and child those that can be parent and child, if all of a child are of one household."""
    apart = pl.col("household_one") != pl.col("household_two")
    fitting = pairs.filter(_YEARS.is_between(15, 49) & apart)
    return fitting.filter(pl.col("household_one").n_unique().over("two") == 1)


def remaining_children(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """A minor alone who points at nobody, and the only household of the address in which an adult lives."""
    minors = people.filter((pl.col("members") == 1) & (pl.col("age") < 18) & ~pl.col("guarded"))
    heads = (
        people.filter(pl.col("age") >= 18)
        .join(minors, on="address", how="semi")
        .group_by("address")
        .agg(one=pl.col("person").first(), households=pl.col("household").n_unique())
        .filter(pl.col("households") == 1)
    )
    return minors.select("address", two="person").join(heads, on="address")


def parents_of_households(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """A woman and a man, or two of whom one sex is not known, a generation older than all others of a household."""
    age, person, woman = pl.col("age"), pl.col("person"), pl.col("woman")
    elder = (pl.col("oldest") - age < 15).fill_null(False)
    households = (
        people.filter(pl.col("members") > 2)
        .group_by("household")
        .agg(
            one=person.filter(elder).min(),
            two=person.filter(elder).max(),
            sexes=woman.filter(elder).n_unique(),
            number=elder.sum(),
            couple=pl.col("partnered").any(),
            apart=age.filter(elder).min() - age.filter(~elder).max() >= 15,
        )
    )
    return households.filter((pl.col("number") == 2) & ~pl.col("couple") & pl.col("apart") & (pl.col("sexes") == 2))


def only(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs of which neither stands in another one."""
    single = pl.concat([pairs["one"], pairs["two"]]).value_counts().filter(pl.col("count") == 1)["one"].implode()
    return pairs.filter(pl.col("one").is_in(single) & pl.col("two").is_in(single))
