"""Which residents of an address the day of moving in, origin, nationality and age join, in polars; see ``kin``."""

from __future__ import annotations

import polars as pl

from bench.plain.with_polars.kin import Names, only

_ASKED = ["person", "age", "woman", "family_name", "household", "size", "origin"]
_ADDRESS_DAY = ["address", "move_in"]
_ALONE = pl.col("members") == 1
_APART = pl.col("age_one") - pl.col("age_two")


def same_name_same_day(_: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Who agree in a name and in the day of moving in."""
    known = names.entries.drop_nulls("move_in")
    return known.select(one=pl.col("person").first().over("address", "name", "move_in"), two="person")


def unmarried_couples(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Two who suit as a couple and moved in on one day, each the only one for the other."""
    came = people.filter(_free() & pl.col("move_in").is_not_null() & ~pl.col("since_birth"))
    same_origin = (pl.col("origin_one") == pl.col("origin_two")).fill_null(False)
    few = pl.col("size_one") <= 96
    return only(_pairs(came, _ADDRESS_DAY, 4).filter(_suit() & (few | same_origin)))


def couples_of_one_origin(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Two alone who suit as a couple and came from one municipality, rare at the address."""
    return _couples(_rare(people, _free() & _ALONE, "origin", 4), "origin")


def couples_of_one_nationality(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Two who suit as a couple, of one foreign nationality, rare at the address."""
    return _couples(_rare(people, _free(), "foreign", 4), "foreign")


def _couples(rare: pl.DataFrame, clue: str) -> pl.DataFrame:
    pairs = _pairs(rare, ["address", clue], 4)
    return only(pairs.filter(_suit() & (pl.col("household_one") != pl.col("household_two"))))


def couples_by_age(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Two alone in a smaller house whose ages suit each other, each the only one for the other."""
    alone = people.filter(_ALONE & pl.col("age").is_between(30, 64) & pl.col("woman").is_not_null())
    pairs = _pairs(alone.filter(pl.col("size") <= 24), ["address"], 24)
    man_older = pl.when("woman_one").then(-_APART).otherwise(_APART)
    return only(pairs.filter(_suit() & man_older.is_between(-2, 6)))


def mates_of_one_origin(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Adults alone, of about one age, who came from one municipality, rare at the address."""
    return _mates(people, "origin")


def mates_of_one_nationality(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Adults alone, of about one age and one foreign nationality, rare at the address."""
    return _mates(people, "foreign")


def _mates(people: pl.DataFrame, clue: str) -> pl.DataFrame:
    rare = _rare(people, _ALONE & (pl.col("age") >= 18), clue, 4)
    return _pairs(rare, ["address", clue], 4).filter(_APART.abs() <= 5)


def _rare(people: pl.DataFrame, among: pl.Expr, clue: str, fitting: int) -> pl.DataFrame:
    """Those among these people whose clue no stranger at the address can be expected to share."""
    known = people.drop_nulls(clue)
    shares = known.group_by(clue).agg(share=pl.len() / known.height)
    others = pl.len().over("address").cast(pl.Int64) - 1
    rare = pl.col("share") * pl.col("others") / fitting <= 0.05
    return people.filter(among).with_columns(others=others).join(shares, on=clue).filter(rare)


def _free() -> pl.Expr:
    """Adults without partner who are nobody's child in their household."""
    return (pl.col("age") >= 18) & ~pl.col("partnered") & (pl.col("oldest") - pl.col("age") < 15)


def _suit() -> pl.Expr:
    """Of different sex and family name, of known age and less than a generation apart."""
    other = pl.col("woman_one").ne_missing(pl.col("woman_two"))
    other &= pl.col("family_name_one").ne_missing(pl.col("family_name_two"))
    return other & (_APART.abs() <= 14)


def _pairs(people: pl.DataFrame, by: list[str], most: int) -> pl.DataFrame:
    """All pairs of people who agree in some columns, where at most so many do."""
    asked = [name for name in _ASKED if name not in by]
    several = people.filter(pl.len().over(by).is_between(2, most))
    one, two = (several.select(*by, pl.col(asked).name.suffix(f"_{side}")) for side in ("one", "two"))
    pairs = one.join(two, on=by).rename({"person_one": "one", "person_two": "two"})
    return pairs.filter(pl.col("one") < pl.col("two"))


def flat_mates(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """Up to four people alone who moved into a smaller house on one day on which no household did."""
    came = _moved_alone(people.filter(pl.col("size") <= 24))
    return came.select(one=pl.col("person").first().over(_ADDRESS_DAY), two="person")


def flat_mates_of_one_age(people: pl.DataFrame, _: Names) -> pl.DataFrame:
    """The same in a larger house, of adults of about one age."""
    came = _moved_alone(people.filter(pl.col("size").is_between(25, 96)))
    youngest, eldest = pl.col("age").min().over(_ADDRESS_DAY), pl.col("age").max().over(_ADDRESS_DAY)
    known = pl.col("age").is_not_null().all().over(_ADDRESS_DAY)
    fitting = came.filter(known & (youngest >= 18) & (eldest - youngest <= 5))
    return fitting.select(one=pl.col("person").first().over(_ADDRESS_DAY), two="person")


def _moved_alone(people: pl.DataFrame) -> pl.DataFrame:
    """Those of a known day of moving in on which two to four people came, all of them alone."""
    came = people.drop_nulls("move_in")
    return came.filter(pl.len().over(_ADDRESS_DAY).is_between(2, 4) & _ALONE.all().over(_ADDRESS_DAY))
