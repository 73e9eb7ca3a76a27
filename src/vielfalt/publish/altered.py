"""What a reader must know where numbers are changed or rounded instead of hidden: in plain sentences."""

from __future__ import annotations

from vielfalt.methods import CELL_KEY, CELL_KEY_ADDITIVE, CHANGED, ROUNDED
from vielfalt.publish.results import Results
from vielfalt.words import N_


def method(results: Results) -> str:
    """What the tables of a run are marked with (message id); all are protected by one method."""
    return next((cells.method for cells in results.tables.values()), "")


def altered(results: Results) -> bool:
    """Whether the numbers of a run are changed or rounded."""
    return method(results) in CHANGED | ROUNDED


def in_short(results: Results) -> str:
    """One sentence (message id) for beside a picture or in the summary; empty where numbers are as counted."""
    if method(results) in CHANGED:
        return N_("Numbers are changed a little to protect individual people.")
    if method(results) in ROUNDED:
        return N_("Numbers are rounded to protect individual people.")
    return ""


def rules(results: Results) -> tuple[str, ...]:
    """What was done to the numbers and what follows for reading them (message ids)."""
    return rules_of(method(results))


def rules_of(method: str) -> tuple[str, ...]:
    """The same for what tables are marked with."""
    if method in ROUNDED:
        return (method, *_ROUNDED)
    adding = {CELL_KEY: _APART, CELL_KEY_ADDITIVE: _AREAS_ADD_UP}.get(method, ())
    return (*_CHANGED, *adding) if adding else ()


_CHANGED = (
    N_(
        "Every number is changed a little or stays by chance. The chance is not drawn anew each time: at one reference "
        "date the same people give the same number wherever they are counted."
    ),
    N_("The changes even out: on average a number is neither raised nor lowered."),
    N_("A zero stays zero. A small number can become zero, too; so “0” means nobody or very few."),
    N_("By how much numbers are changed at most is not published; it would help to undo the change."),
)
_APART = (
    N_(
        "Parts do not always add up to their total, because each number is changed by itself. That is no error. For a "
        "total take the number of the total, not the sum of its parts."
    ),
    N_("The number of residents of the town as a whole is not changed."),
)
_AREAS_ADD_UP = (
    N_(
        "Areas add up to the coarser areas and to the town. Groups do not always add up to their total, because each "
        "is changed by itself. Numbers of large areas are changed more than without adding up."
    ),
)
_ROUNDED = (
    N_("A small number can become zero; so “0” means nobody or very few."),
    N_(
        "Parts do not always add up to their total, because each number is rounded by itself. That is no error. For a "
        "total take the number of the total, not the sum of its parts."
    ),
)

LIMITS = (
    N_("A number that is not shown can be estimated from the numbers around it, but not exactly."),
    N_(
        "A number that hardly changes from one reference date to the next is changed anew at each; the mean of many "
        "dates comes close to the true number."
    ),
    N_("A large group stays visible as a large group; that all or nearly all people of an area belong to it, too."),
)
ROUNDED_LIMITS = (
    LIMITS[0],
    N_("A change between two reference dates of less than the rounding says nothing."),
    LIMITS[2],
)
CHANGE_NOTE = N_(
    "The numbers of both dates are changed or rounded to protect people. A small difference between them may come from "
    "that alone."
)
INDEX_NOTE = N_(
    "The indices are computed from the changed numbers. Areas that are not shown are left out. For small groups the "
    "change makes dissimilarity look a little larger than it is."
)
