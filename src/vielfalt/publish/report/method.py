"""Definitions, method and disclosure control in plain words, sources, licence, print signs."""

from __future__ import annotations

from vielfalt import definitions
from vielfalt.cells import Protection
from vielfalt.methods import ROUNDED
from vielfalt.publish import altered, cost, licences
from vielfalt.publish.report.model import Block, Bullets, Column, DataTable, Heading, Paragraph, Terms
from vielfalt.publish.results import Results
from vielfalt.publish.shares import NOT_APPLICABLE, SUPPRESSED
from vielfalt.words import N_, Words


def meanings(results: Results, words: Words) -> tuple[Block, ...]:
    """Every definition that a table of this report uses: who counts, what the figure cannot say, its source."""
    used = {id for cells in results.tables.values() for id in cells.table.definitions}
    entries = tuple(
        meaning(*map(words, (entry.title, entry.text, entry.limits, entry.source)), words=words)
        for entry in (*definitions.ALL, *results.definitions)
        if entry.id in used
    )
    return (Heading(words(N_("Definitions")), "definitions"), Terms(entries)) if entries else ()


def meaning(title: str, text: str, limits: str, source: str, *, words: Words) -> tuple[str, tuple[str, ...]]:
    """One definition as a term: what it means, what it does not show, its source. All texts are translated already."""
    limits, source = (
        words(N_("What it does not show: {limits}"), limits=limits),
        words(N_("Source: {source}"), source=source),
    )
    return title, (text, limits, source)


def method(results: Results, words: Words) -> tuple[Block, ...]:
    """How the figures were made, how they are protected, and what the protection cannot do yet."""
    steps = _IMPORTED if results.source.kind == "table" else _REGISTER
    return (
        Heading(words(N_("Method and disclosure control")), "method"),
        Bullets(tuple(words(step) for step in steps)),
        Heading(words(N_("Settings of disclosure control")), "settings", 2),
        Terms(_settings(results, words)),
        *_cost(results, words),
        Heading(words(N_("Limits of the protection")), "limits", 2),
        Bullets(tuple(words(limit) for limit in _limits(results))),
    )


_COMMON = (N_("Maps, shares and indices are computed from published values only."),)
_REGISTER = (
    N_("The figures come from the resident register. Names are deleted right after the households have been formed."),
    N_("Everyone is counted once, at the only or main dwelling."),
    N_("Migration status is derived by a fixed order of rules; each figure names its definition."),
    N_(
        "The counting yields numbers per area and category. Disclosure control then hides or changes values "
        "before anything is published."
    ),
    *_COMMON,
)
_IMPORTED = (
    N_("The figures were published elsewhere as tables. Vielfalt has not counted them itself."),
    N_("Overlapping categories are not added up."),
    N_("Disclosure control then hides values before anything is published."),
    *_COMMON,
)
_AUDITED = (
    N_(
        "Tested automatically: whether a figure that is not shown can be computed from this release and the town's "
        "earlier ones, also by subtracting definitions, reference dates or area divisions from each other."
    ),
    N_("Not tested: what others publish about the same people. The command “vielfalt audit” tests such tables too."),
)
_NOT_AUDITED = (
    N_(
        "Differences from other releases are not tested automatically, for example from other reference dates: two "
        "releases together may say more than each alone."
    ),
    N_(
        "Differences between two definitions are not tested automatically either, for example foreigners and "
        "migration background."
    ),
    N_(
        "Differences between area divisions that overlap are not tested. Do not publish a second "
        "division of the same town beside this one."
    ),
)
"""Where the run itself attacks its tables one by one only."""


def _cost(results: Results, words: Words) -> tuple[Block, ...]:
    """How far numbers moved and how much is hidden, over all tables."""
    if results.utility is None:
        return ()
    columns = Column(words(N_("Measure")), numeric=False), Column(words(N_("Value")))
    return (
        Heading(words(N_("What the protection costs")), "cost", 2),
        DataTable(words(N_("What the protection costs, over all tables")), columns, cost.rows(results.utility, words)),
    )


def _limits(results: Results) -> tuple[str, ...]:
    """What cell key method and rounding cannot do, where they were used; what is tested before a release."""
    tested = _NOT_AUDITED if results.source.kind == "table" else _AUDITED
    if not altered.altered(results):
        return tested
    return (*(altered.ROUNDED_LIMITS if altered.method(results) in ROUNDED else altered.LIMITS), *tested)


def _settings(results: Results, words: Words) -> tuple[tuple[str, tuple[str, ...]], ...]:
    methods = ", ".join(sorted({words(cells.method) for cells in results.tables.values()}))
    pairs = settings(results.protection, altered.altered(results), results.source.kind, words)
    return tuple((name, (value,)) for name, value in ((words(N_("Method")), methods), *pairs))


def settings(protection: Protection, changed: bool, kind: str, words: Words) -> tuple[tuple[str, str], ...]:
    """The settings that had an effect: what each means, and its value; ``changed``: numbers were changed or rounded.

    ``kind``: "register" or "table". Nobody knows the addresses of what others counted.
    """
    people = N_("{n} people")
    smallest = (
        (N_("Smallest number in a table"), words.number(protection.min_cell)),
        (N_("Smallest number in a table that crosses two characteristics"), words.number(protection.min_cell_fine)),
    )
    pairs: tuple[tuple[str, str], ...] = (
        *(() if changed else smallest),
        (N_("Smallest area"), words(people, n=words.number(protection.min_area))),
        (N_("Smallest area that enters an index"), words(people, n=words.number(protection.min_area_index))),
        (N_("Smallest group with an index"), words(people, n=words.number(protection.min_group_index))),
        (N_("Smallest base of a share"), words(people, n=words.number(protection.min_base_share))),
        (N_("Smallest base of a share with a decimal"), words(people, n=words.number(protection.min_base_decimal))),
    )
    if kind == "register":
        pairs = (*pairs, (N_("Largest part of a number at one address"), words.percent(protection.dominance, 0)))
    if kind == "register" and protection.p_percent:
        closest = N_("Closest that the second largest address may come to the largest")
        pairs = (*pairs, (closest, words.percent(protection.p_percent / 100, 0)))
    return tuple((words(name), value) for name, value in pairs)


def sources(results: Results, words: Words) -> tuple[Block, ...]:
    """Where the data come from, under which licence, and how to read the signs in tables."""
    return (
        Heading(words(N_("Sources, licence, signs")), "sources"),
        Paragraph(words(N_("Source: {source}"), source=words(results.source.text))),
        Paragraph(words(N_("Licence: {licence}"), licence=_licence(results.source.licence))),
        Heading(words(N_("Signs in tables")), "signs", 2),
        signs(altered.altered(results), words),
    )


def _licence(named: str) -> str:
    """What the licence is called, and where its text stands."""
    found = licences.known(named)
    return f"{found.title}, {found.text}" if found else named


def signs(changed: bool, words: Words) -> Terms:
    """How to read the signs in tables; ``changed``: numbers were changed or rounded, so that 0 may be very few."""
    found = (
        (SUPPRESSED, N_("not published, to protect individual people")),
        ("0", N_("nobody, or very few") if changed else N_("exactly zero")),
        (NOT_APPLICABLE, N_("not applicable, or too few people for a share")),
    )
    return Terms(tuple((sign, (words(text),)) for sign, text in found))
