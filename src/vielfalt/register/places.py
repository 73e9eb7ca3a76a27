"""Birth places: in which states may the registered place lie? All candidates, with what speaks for each.

Works on the distinct texts of the column and never sees a person (names of people are never evidence).
Each text is tried from exact to loose and the first way that finds something decides; who chooses among the candidates
of a homonym (Neustadt) is the caller, who knows the state of birth and the nationality.
Docs: docs/explanation/birth-places.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from vielfalt import codes
from vielfalt.register.birth_texts import Reading, read_birth_text
from vielfalt.register.text import one_edit_away, place_key, transliteration_key

HOW = ("exact", "variant", "typo", "hint", "state_name")
"""How a candidate was found: the name as registered; another spelling, or with a district left aside; one letter off a
well-known name; one letter off a short name or a small place abroad, which counts only where other evidence agrees;
only the name of the state that the text holds."""
SCHEMA = {"place": pl.String, "country": pl.String, "region": pl.String, "weight": pl.Int64, "how": pl.String}
MIN_HINT, MIN_LOOSE, MIN_LOOSE_ABROAD, MIN_CUT_OFF, MAX_LOOSE = 4, 6, 8, 14, 24
"""Letters between which a name is compared by sound, by its beginning or with one letter off: shorter names have too
many neighbours, longer texts are no names."""
MIN_HEAD, MIN_TOWN, MIN_CITY = 3, 20_000, 100_000
"""Letters and residents (in Germany, abroad) from which "Köln-Ehrenfeld" is read as a part of Köln: "Klein-Machnow"
must not become "Klein"."""
_FIRST_WORD = re.compile(r"[ -]")
_FOUND = {"row": pl.Int64, "rank": pl.Int64, "country": pl.String, "region": pl.String, "weight": pl.Int64} | {
    "how": pl.String
}
_LEADS = {"row": pl.Int64, "order": pl.Int64, "name": pl.String, "key": pl.String, "whole": pl.Boolean}


def candidates(places: Sequence[str], index: pl.DataFrame) -> pl.DataFrame:
    """The candidates of each distinct place text (given as registered), from ``gazetteer.place_index``.

    Columns: ``place`` (the text as given), ``country`` (Destatis key of the present-day state; a dissolved state's key
    for how = state_name), ``region`` ("east", "sudeten" or ""), ``weight`` (residents; 0 for state_name), ``how`` (see
    ``HOW``). One row per place and country, in the order of ``places``, heaviest first. A text that leads nowhere has
    no row. Where the text names a state, candidates in it or in its successors push out all others; if there are
    none, all stay and the state is a candidate too.
    """
    texts = list(dict.fromkeys(places))
    readings = [read_birth_text(text) for text in texts]
    leads = _leads(readings)
    found = _by_name(leads, index)
    still_open = leads.join(found, on="row", how="anti")
    near = _one_letter_off(still_open, index)
    by_head, by_sound, by_beginning = (way(still_open, index) for way in (_by_head, _by_sound, _by_beginning))
    for looser in (_typos(near), by_head, by_sound, by_beginning, _hints(near)):
        found = pl.concat([found, looser.join(found, on="row", how="anti")])
    rows = _with_states(_heaviest(found), readings)
    given = pl.DataFrame({"row": range(len(texts)), "place": texts}, schema={"row": pl.Int64, "place": pl.String})
    ordered = rows.join(given, on="row").sort("row", "weight", "country", descending=[False, True, False])
    return ordered.select(*SCHEMA)


def _leads(readings: Sequence[Reading]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (row, order, lead.name, lead.key, lead.whole)
            for row, reading in enumerate(readings)
            for order, lead in enumerate(reading.leads)
        ],
        schema=_LEADS,
        orient="row",
    )


def _by_name(leads: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """By the name as written, then by what all its spellings share; the best lead that finds something decides."""
    written = leads.join(index.drop("key", "sound"), on="name").with_columns(
        rank=pl.col("order") * 2, how=pl.when("whole").then(pl.lit("exact")).otherwise(pl.lit("variant"))
    )
    spelled = leads.join(index.drop("name", "sound"), on="key").with_columns(
        rank=pl.col("order") * 2 + 1, how=pl.lit("variant")
    )
    return _best(pl.concat([written.select(*_FOUND), spelled.select(*_FOUND)]))


def _by_sound(leads: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """By what all transliterations of the name share."""
    long = leads.filter(pl.col("key").str.len_chars() >= MIN_LOOSE)
    sounds = pl.Series("sound", [transliteration_key(key) for key in long["key"]], dtype=pl.String)
    return _best(_found(long.with_columns(sounds).join(index, on="sound"), "variant"))


def _by_head(leads: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """By what stands before the last hyphen, or by the first word, if that is a city: its district follows."""
    least = pl.when(pl.col("country") == codes.GERMANY).then(MIN_TOWN).otherwise(MIN_CITY)
    cities = index.filter(pl.col("weight") >= least)
    heads = pl.DataFrame(
        [
            (row, 2 * order + step, place_key(head))
            for row, order, name in leads.select("row", "order", "name").iter_rows()
            for step, head in enumerate((name.rpartition("-")[0], _FIRST_WORD.split(name)[0]))
            if len(head) >= MIN_HEAD and head != name
        ],
        schema={"row": pl.Int64, "order": pl.Int64, "key": pl.String},
        orient="row",
    )
    return _best(_found(heads.join(cities, on="key"), "variant"))


def _by_beginning(leads: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """The towns whose name begins so, for an abbreviation ("Ellw.") and for a long text that a narrow column cut off.
    No evidence on its own either."""
    length = pl.col("key").str.len_chars()
    begun = (pl.col("name").str.ends_with(".") & (length >= MIN_HINT)) | (length >= MIN_CUT_OFF)
    start = pl.col("key").str.slice(0, MIN_HINT).alias("start")
    towns = index.filter(pl.col("weight") >= MIN_TOWN // 4).select(
        "country", "region", "weight", start, whole_key="key"
    )
    found = leads.filter(begun).with_columns(start).join(towns, on="start")
    return _best(_found(found.filter(pl.col("whole_key").str.starts_with(pl.col("key"))), "hint"))


def _one_letter_off(leads: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """The places whose name has one letter more, less, replaced or swapped; the first letter stands."""
    texts = leads.filter(pl.col("key").str.len_chars().is_between(MIN_HINT, MAX_LOOSE))["key"].unique().sort().to_list()
    near = [list(dict.fromkeys(one_edit_away(text))) for text in texts]
    lists = pl.DataFrame({"key": texts, "near": near}, schema={"key": pl.String, "near": pl.List(pl.String)})
    named = lists.explode("near").join(index.drop("name", "sound"), left_on="near", right_on="key")
    return leads.join(named, on="key")


def _typos(near: pl.DataFrame) -> pl.DataFrame:
    """Of longer names, and abroad only of towns, or every German hamlet that GeoNames lacks would be a misspelt village
    somewhere."""
    return _best(_found(near.filter((pl.col("key").str.len_chars() >= MIN_LOOSE) & _known_well()), "typo"))


def _hints(near: pl.DataFrame) -> pl.DataFrame:
    """The names one letter off that alone are no evidence."""
    return _best(_found(near, "hint"))


def _known_well() -> pl.Expr:
    length = pl.col("near").str.len_chars()
    town_abroad = (pl.col("weight") >= MIN_TOWN) & (length >= MIN_LOOSE_ABROAD)
    return ((pl.col("country") == codes.GERMANY) & (length >= MIN_LOOSE - 1)) | town_abroad


def _found(joined: pl.DataFrame, how: str) -> pl.DataFrame:
    return joined.with_columns(rank=pl.col("order"), how=pl.lit(how)).select(*_FOUND)


def _best(found: pl.DataFrame) -> pl.DataFrame:
    """Of each row only what its best lead found."""
    return found.filter(pl.col("rank") == pl.col("rank").min().over("row"))


def _heaviest(found: pl.DataFrame) -> pl.DataFrame:
    """One row per text and country; of homonyms in one country the heaviest."""
    heaviest_first = found.sort("row", "country", "weight", "region", descending=[False, False, True, True])
    return heaviest_first.unique(["row", "country"], keep="first", maintain_order=True).drop("rank")


def _with_states(found: pl.DataFrame, readings: Sequence[Reading]) -> pl.DataFrame:
    """Candidates in a state that the text names push out the others; where there are none, the state joins them."""
    named = [(row, key, region) for row, reading in enumerate(readings) for key, region in reading.states]
    states = pl.DataFrame(
        [(*state, 0, "state_name") for state in named],
        schema={name: dtype for name, dtype in _FOUND.items() if name != "rank"},
        orient="row",
    ).unique(["row", "country"], keep="first", maintain_order=True)
    allowed = pl.DataFrame(
        [(row, country) for row, key, _ in named for country in (key, *codes.countries()[key].successors)],
        schema={"row": pl.Int64, "country": pl.String},
        orient="row",
    )
    inside = found.join(allowed, on=["row", "country"], how="semi").with_columns(pl.col("how").replace("hint", "typo"))
    outside = (pl.col("how") == "hint") & pl.col("row").is_in(states["row"].unique().to_list())
    undecided = found.filter(~outside).join(inside, on="row", how="anti")
    return pl.concat([inside, undecided, states.join(inside, on="row", how="anti")]).unique(
        ["row", "country"], keep="first", maintain_order=True
    )
