"""Cell suppression of any linked and hierarchical tables by linear programming, with a certificate for every cell."""

from vielfalt.figures.disclosure.attackers import ATTACKERS, Attacker
from vielfalt.figures.disclosure.linked.exact import suppress_exactly
from vielfalt.figures.disclosure.linked.figures import Figures, crossed, whole_groups
from vielfalt.figures.disclosure.linked.intervals import Intervals, intervals
from vielfalt.figures.disclosure.linked.pieces import refine
from vielfalt.figures.disclosure.linked.proof import Suppression, told
from vielfalt.figures.disclosure.linked.suppress import suppress

__all__ = [
    "ATTACKERS",
    "Attacker",
    "Figures",
    "Intervals",
    "Suppression",
    "crossed",
    "intervals",
    "refine",
    "suppress",
    "suppress_exactly",
    "told",
    "whole_groups",
]
