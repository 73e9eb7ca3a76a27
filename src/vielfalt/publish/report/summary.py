"""The summary in plain language: a handful of sentences, each of which copes with a value that is not published."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from vielfalt.breaks import comparable
from vielfalt.geography import TOWN
from vielfalt.publish import altered, charts, labels, lookup
from vielfalt.publish.lookup import Category
from vielfalt.publish.report.change import is_comparable
from vielfalt.publish.report.model import Block, Bullets, Heading, Paragraph
from vielfalt.publish.results import Results
from vielfalt.publish.shares import SUPPRESSED, number_text, share, share_text
from vielfalt.words import N_, Words

_SHARES: tuple[tuple[str, str, str, str], ...] = (
    (
        "foreigner",
        "foreign",
        N_("{n} of them have no German nationality. That is {share}."),
        N_("How many of them have no German nationality is not published."),
    ),
    (
        "mh_register",
        "with",
        N_("{n} residents have a migration background as far as the register shows it. That is {share}."),
        N_("How many residents have a migration background is not published."),
    ),
    (
        "immigration_history",
        "immigrated",
        N_("{n} residents immigrated to Germany themselves. That is {share}."),
        N_("How many residents immigrated themselves is not published."),
    ),
    (
        "mh_register",
        "undeterminable",
        N_("For {n} residents the register does not show whether they have a migration background. That is {share}."),
        N_("For how many residents the migration background is not determinable is not published."),
    ),
    (
        "immigration_history",
        "undeterminable",
        N_("For {n} residents the register does not show whether they have an immigration history. That is {share}."),
        N_("For how many residents the immigration history is not determinable is not published."),
    ),
    (
        "age_class",
        "0-17",
        N_("{n} residents are under 18 years old. That is {share}."),
        N_("How many residents are under 18 years old is not published."),
    ),
    (
        "age_class",
        "65+",
        N_("{n} residents are 65 years old or older. That is {share}."),
        N_("How many residents are 65 years old or older is not published."),
    ),
)
"""Table, category, sentence, and the sentence for a value that is not published."""


def summary(results: Results, words: Words) -> tuple[Block, ...]:
    """The heading “Summary” and its sentences, as a list."""
    sentences = _imported(results, words) if results.source.kind == "table" else _register(results, words)
    if altered.altered(results):
        sentences.append(words(altered.in_short(results)))
    sentences += [_hidden(results, words), *_covered(results, words)]
    return (Heading(words(N_("Summary")), "summary"), Bullets(tuple(sentences)))


def _register(results: Results, words: Words) -> list[str]:
    date = words.date(results.source.date)
    residents = lookup.in_town(results, "residents").get(())
    town = results.source.town
    first = (
        words(N_("How many people live in {town} is not published."), town=town)
        if residents is None
        else words(
            N_("On {date}, {n} people lived in {town} with their only or main dwelling."),
            date=date,
            n=words.number(residents),
            town=town,
        )
    )
    sentences = [first]
    for table, key, sentence, hidden in _SHARES:
        somebody = key != "undeterminable" or lookup.in_town(results, table).get((key,), 0) != 0
        if table in results.tables and somebody:
            sentences.append(_share(results, words, table, (key,), sentence, hidden))
            if (table, key) == ("immigration_history", "immigrated"):
                sentences += _history(results, words)
    sentences += _nationalities(results, words) + _spread(results, words) + _change(results, words)
    sentences += _movements(results, words)
    return sentences


def _share(results: Results, words: Words, table: str, category: Category, sentence: str, hidden: str) -> str:
    value, base = lookup.in_town(results, table).get(category), lookup.town_base(results, table)
    part = share_text(words, value, base, results.tables[table].protection)
    if value is None or part == SUPPRESSED:
        return words(hidden)
    return words(sentence, n=words.number(value), share=part)


def _history(results: Results, words: Words) -> list[str]:
    """Who has an immigration history as official statistics define it: immigrated, or both parents did."""
    counts, base = lookup.in_town(results, "immigration_history"), lookup.town_base(results, "immigration_history")
    themselves, parents = counts.get(("immigrated",)), counts.get(("both_parents",))
    if themselves is None or not parents:
        return []
    both = themselves + parents
    part = share_text(words, both, base, results.tables["immigration_history"].protection)
    if part == SUPPRESSED:
        return []
    sentence = N_(
        "Together with the {n} of whom both parents immigrated, {both} residents have an immigration history as "
        "official statistics define it, as far as the register shows it. That is {share}."
    )
    return [words(sentence, n=words.number(parents), both=words.number(both), share=part)]


def _nationalities(results: Results, words: Words) -> list[str]:
    if "nationality" not in results.tables:
        return []
    found = charts.most_frequent(results, words, "nationality")
    if not found:
        return [words(N_("No nationality other than the German one reaches a number that may be published."))]
    table = results.tables["nationality"].table
    names = ", ".join(labels.label(words, table, category) for category, _ in found)
    sentence = N_("The most frequent nationalities besides the German one are, in alphabetical order: {names}.")
    if charts.may_be_missing(results, "nationality"):
        sentence = N_(
            "Of the nationalities besides the German one whose number is published, the most frequent are, in "
            "alphabetical order: {names}. Others may be more frequent."
        )
    return [words(sentence, names=names)]


def _spread(results: Results, words: Words) -> list[str]:
    """Between which shares, in whole per cent, the areas of the finest level with figures lie; no area is named."""
    if "mh_register" not in results.tables:
        return []
    for level in reversed(results.geography.levels):
        values = lookup.by_area(results.tables["mh_register"], level.id, ("with",))
        bases: Mapping[str, int | None] = lookup.bases(results, "mh_register", level.id)
        found = [share(value, bases.get(area), results.protection) for area, value in values.items()]
        shown = [part for part in found if part is not None]
        if len(shown) > 2 and 2 * len(shown) >= len(found):
            return [
                words(
                    N_(
                        "In the areas of the level “{level}” for which it is published, the share of residents with "
                        "migration background lies between about {low} and {high}."
                    ),
                    level=level.title,
                    low=words.percent(min(shown), 0),
                    high=words.percent(max(shown), 0),
                )
            ]
    return []


def _change(results: Results, words: Words) -> list[str]:
    if results.previous is None or "residents" not in results.previous.tables or "residents" not in results.tables:
        return [words(N_("There is no earlier reference date to compare with."))]
    if not comparable(results.breaks, results.tables["residents"].table):
        return [words(N_("The number of residents is not compared: there is a break between the reference dates."))]
    if not is_comparable(results, results.previous, (), "residents"):
        changed = N_(
            "The number of residents is not compared: disclosure control has changed between the reference dates."
        )
        return [words(changed)]
    earlier = lookup.in_area(results.previous.tables["residents"], TOWN, results.geography.town.key).get(())
    now = lookup.in_town(results, "residents").get(())
    if earlier is None or now is None:
        return [words(N_("The change since the previous reference date is not published."))]
    difference = words.number(abs(now - earlier))
    date = words.date(results.previous.date)
    if now == earlier:
        return [words(N_("The number of residents is the same as on {date}."), date=date)]
    more = N_("Since {date}, the number of residents has grown by {n}.")
    less = N_("Since {date}, the number of residents has fallen by {n}.")
    return [words(more if now > earlier else less, date=date, n=difference)]


def _movements(results: Results, words: Words) -> list[str]:
    """Births, arrivals and departures since the earlier date in one sentence, where all three are published."""
    came, went = lookup.in_town(results, "came"), lookup.in_town(results, "went")
    born, arrived, gone = came.get(("born",)), came.get(("arrived",)), went.get(("gone",))
    if results.movements is None or born is None or arrived is None or gone is None:
        return []
    sentence = N_("Since {date}, {born} residents were born and {arrived} are new; {gone} moved away or died.")
    return [
        words(
            sentence,
            date=words.date(results.movements.since),
            born=words.number(born),
            arrived=words.number(arrived),
            gone=words.number(gone),
        )
    ]


def _imported(results: Results, words: Words) -> list[str]:
    sentences = [
        words(
            N_("This report evaluates tables that were published elsewhere: {source}."),
            source=words(results.source.text),
        ),
        words(N_("The figures refer to {date}."), date=words.date(results.source.date)),
    ]
    for id, cells in results.tables.items():
        present = set(cells.frame["level"])
        areas = [level.title for level in results.geography.levels if level.id in present]
        title = labels.table_title(words, cells.table)
        if not cells.table.dimensions:
            value = number_text(words, lookup.in_town(results, id).get(()))
            sentences.append(words(N_("{table}: {n} in the town as a whole."), table=title, n=value))
        elif areas:
            levels = ", ".join(areas)
            sentences.append(words(N_("The table “{table}” is shown by area: {levels}."), table=title, levels=levels))
    return sentences


def _hidden(results: Results, words: Words) -> str:
    """How much is hidden, in the town as a whole and with its areas, where groups are small."""
    frames = [cells.frame.select("level", "value") for cells in results.tables.values()]
    whole = [frame.filter(pl.col("level") == TOWN) for frame in frames]
    total, hidden, of_town, hidden_there = (
        words.number(sum(numbers))
        for numbers in (
            [frame.height for frame in frames],
            [frame["value"].null_count() for frame in frames],
            [frame.height for frame in whole],
            [frame["value"].null_count() for frame in whole],
        )
    )
    return words(
        N_(
            "Of the {of_town} table values for the town as a whole, {hidden_there} are not published, to protect "
            "individual people; with those of single areas it is {hidden} of {total}. They are shown as “.”."
        ),
        of_town=of_town,
        hidden_there=hidden_there,
        hidden=hidden,
        total=total,
    )


def _covered(results: Results, words: Words) -> list[str]:
    """The same counted in people, for the finest areas: small groups make up most hidden values and few residents."""
    if results.utility is None or not results.utility.hidden:
        return []
    sentence = N_(
        "Counted in people it looks different: in the areas of the level “{level}”, the published values cover {share} "
        "of the residents, as a mean of the tables."
    )
    share = words.percent(1 - results.utility.residents_hidden, 0)
    return [words(sentence, level=results.geography.finest.title, share=share)]


def introduction(words: Words) -> Paragraph:
    """What shares say and do not say; stands before the figures."""
    return Paragraph(
        words(
            N_(
                "Several definitions exist side by side: foreigners, migration background, immigration history. "
                "Their shares differ and are all correct. The chapter “Definitions” says who counts in each. Unless "
                "said otherwise, shares refer to all residents (or all households), those whose characteristic is not "
                "known or not determinable included; fewer than 1 per cent unknown are in no row of a table. Each "
                "share is rounded by itself; together they need not make 100 per cent."
            )
        )
    )
