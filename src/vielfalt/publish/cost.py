"""What protection cost, in words: for the report, the package and the screen."""

from __future__ import annotations

from collections.abc import Mapping

from vielfalt.publish.results import Utility
from vielfalt.words import N_, Words


def rows(utility: Utility, words: Words) -> tuple[tuple[str, str], ...]:
    """What was measured, and the value with its unit; how far numbers moved only where any did."""
    points = words(N_("{n} percentage points"), n=words.number(100 * utility.share_change, 2))
    another = words(
        N_("{n} of {all}"), n=words.number(utility.areas_in_another_class), all=words.number(utility.areas_on_maps)
    )
    hidden = (
        (N_("Figures in the tables, those of movements aside"), words.number(utility.figures)),
        (N_("Figures that are not shown"), words.number(utility.hidden)),
        (
            N_("Share of the residents counted in figures that are not shown (finest areas, mean of the tables)"),
            words.percent(utility.residents_hidden, 0),
        ),
    )
    changed = (
        (N_("Mean change of a number, up or down"), words.number(utility.mean_change, 1)),
        (N_("Mean change of a share, up or down"), points),
        (N_("The same as a part of the mean share"), words.percent(utility.share_change_relative, 1)),
        (N_("Areas on maps that would be in another class without the change"), another),
    )
    moved = utility.mean_change or utility.share_change or utility.areas_in_another_class
    return tuple((words(name), value) for name, value in (hidden + changed if moved else hidden))


def as_dict(utility: Utility) -> Mapping[str, int | float]:
    """The measures by name, for the package and the command line."""
    return dict(vars(utility))
