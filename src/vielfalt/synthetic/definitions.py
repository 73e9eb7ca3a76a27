"""Rule set vielfalt-1 in the generator's own words: what somebody concludes who knows the facts given here.

Written from the definitions (docs/reference), not from the code that evaluates extracts, so that the
two can be held against each other. Applied twice: to an extract whose every field is filled, and to what the office
entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from vielfalt.numbers import Ints, Marks
from vielfalt.synthetic import people as p
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import NEVER, NONE, Table, positions, to_day, years_between
from vielfalt.synthetic.extract import Gaps

STATUS: Final = (
    "none",
    "undeterminable",
    "foreigner_born_abroad",
    "foreigner_born_here",
    "naturalised",
    "repatriate",
    "german_born_abroad_other",
    "dual_national_born_here",
    "child_two_parents",
    "child_one_parent",
)
UNMARKED, OPEN, ABROAD, HERE, NATURALISED, REPATRIATE, OTHER, DUAL, TWO, ONE = range(len(STATUS))
HISTORY: Final = ("none", "undeterminable", "immigrated", "both_parents", "one_parent")
NO_HISTORY, OPEN_HISTORY, IMMIGRATED, BOTH_PARENTS, ONE_PARENT = range(len(HISTORY))

_EAST: Final = (152, 154, 164, 155, 165)
_UNION: Final = (127, 139, 142, 146, 160, 166, 169, 422, 425, 430, 444, 450, 470, 471, 477)
_WINDOW_OPENS, _EAST_CLOSES, _UNION_CLOSES, _WAR_ENDS = 19500101, 19921231, 20121231, 19450101


@dataclass(frozen=True)
class Findings:
    """Status and history as positions in ``STATUS`` and ``HISTORY``; the reference country as a key, else NONE."""

    status: Ints
    history: Ints
    reference: Ints


def concluded(people: Table, day: int, gaps: Gaps) -> Findings:
    """What follows from correct entries with these gaps: the best that an evaluation of the extract can do.

    The country of birth counts as known, since the place of birth names it. Parents count where a minor's entry points
    at a person registered in the town.
    """
    minor = years_between(people["birth"], day) < 18
    here = people["birth_country"] == 0
    own = _own_status(people, gaps)
    came = _immigrated(people, gaps)
    country = _first_foreign(people, gaps)
    linked, marked, immigrated, inherited = np.zeros((4, minor.size), dtype=np.int64)
    inherited -= 1
    for parent, gap in (("father", gaps.father), ("mother", gaps.mother)):
        row = positions(people["person"], np.where(minor & ~gap, people[parent], NONE))
        found = row >= 0
        linked += found
        marked += found & (own[row] != UNMARKED)
        immigrated += found & came[row]
        inherited = np.where(found & (own[row] != UNMARKED) & (country[row] > 0), country[row], inherited)
    child = minor & (own == UNMARKED) & here
    status = np.where(child, np.select([linked == 0, marked == 2, marked == 1], [OPEN, TWO, ONE], UNMARKED), own)
    by_parents = np.isin(status, (TWO, ONE)) & (inherited > 0)
    reference = np.where(by_parents, inherited, np.where(np.isin(status, (UNMARKED, OPEN)), NONE, country))
    parents = np.select([linked == 0, immigrated == 2, immigrated == 1], [OPEN_HISTORY, BOTH_PARENTS, ONE_PARENT])
    history = np.where(came, IMMIGRATED, np.where(minor & here, parents, NO_HISTORY))
    return Findings(status, history, reference)


def own_marks(standing: Ints, kind: Ints, here: Marks, second: Ints) -> Ints:
    """The status by a person's own history alone, everything known; ``UNMARKED`` where there is no mark."""
    known = np.array([UNMARKED, UNMARKED, UNMARKED, OTHER, REPATRIATE, NATURALISED, NATURALISED, ABROAD, HERE])[
        standing
    ]
    dual = (known == UNMARKED) & here & ((second > 0) | (kind == p.BY_OPTION))
    return np.where(dual, DUAL, known)


def _own_status(people: Table, gaps: Gaps) -> Ints:
    kind = np.where(gaps.kind, 0, people["kind"])
    country, here = people["birth_country"], people["birth_country"] == 0
    german = people["nat1"] == 0
    abroad = np.where(gaps.abroad, NEVER, people["abroad"])
    window = abroad >= to_day(_WINDOW_OPENS)
    resettled = window & np.isin(country, _EAST) & (abroad <= to_day(_EAST_CLOSES))
    resettled |= window & np.isin(country, _UNION) & (abroad <= to_day(_UNION_CLOSES))
    foreign = (people["nat2"] > 0) | (people["nat3"] > 0)
    return np.select(
        [
            ~german & here,
            ~german,
            kind == p.BY_NATURALISATION,
            kind == p.BY_CERTIFICATE,
            kind == p.BY_OPTION,
            _expelled(people, abroad),
            resettled,
            ~here,
            foreign,
        ],
        [HERE, ABROAD, NATURALISED, REPATRIATE, DUAL, UNMARKED, REPATRIATE, OTHER, DUAL],
        UNMARKED,
    )


def _expelled(people: Table, abroad: Ints) -> Marks:
    """Born before 1945 in the former eastern territories and not known to have come since 1950; in the Sudeten areas
    only where an entry says that the person came before."""
    region = _regions()[people["birth_place"]]
    before = _came_before(people, abroad)
    expelled = ((region == 1) & (before | (abroad == NEVER))) | ((region == 2) & before)
    found: Marks = (people["birth"] < to_day(_WAR_ENDS)) & expelled
    return found


def _came_before(people: Table, abroad: Ints) -> Marks:
    """Whether an entry, of arrival from abroad or in the municipality, says that the person came before 1950."""
    opens, entry = to_day(_WINDOW_OPENS), people["arrival"]
    found: Marks = ((abroad > NEVER) & (abroad < opens)) | ((entry > NEVER) & (entry < opens))
    return found


@cache
def _regions() -> Ints:
    """1 for places in the former eastern territories, 2 in the Sudeten areas, else 0; in the numbering of places."""
    region = {
        (pools.office_text(row["place"]), int(row["key"])): 2 if row["territory"] == "sudeten" else 1
        for row in pools.rows("former_territories.csv")
    }
    places, (lost, keys) = pools.places(), pools.lost_places()
    named = zip(places.name + lost, [*places.key.tolist(), *keys.tolist()], strict=True)
    return np.array([region.get(place, 0) for place in named])


def _immigrated(people: Table, gaps: Gaps) -> Marks:
    """Born abroad and arrived since 1950, or at an unknown time; expellees are not."""
    abroad = np.where(gaps.abroad, NEVER, people["abroad"])
    expelled = (people["nat1"] == 0) & _expelled(people, abroad)
    found: Marks = (people["birth_country"] != 0) & ~_came_before(people, abroad) & ~expelled
    return found


def _first_foreign(people: Table, gaps: Gaps) -> Ints:
    """The first foreign key of nationalities, country of birth, origin of arrival (order of Wuerzburg); else NONE."""
    origin = np.where(gaps.origin_state, NONE, people["origin_state"])
    columns = (people["nat1"], people["nat2"], people["nat3"], people["birth_country"], origin)
    return np.select([column > 0 for column in columns], columns, NONE)
