"""What can be said of a kind of data that the desk keeps: its entry in the table of ``privacy``.

*Public*: may stand on public pages. *Internal*: for accounts of the desk alone. *Personal*: of a natural person who
works with the desk; no resident is ever kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vielfalt.words import N_

TASK = N_(
    "a task in the public interest, and working for it with an account (article 6(1)(e) GDPR with the data protection "
    "act of the Land)"
)
SECURITY = N_("security of processing (article 6(1)(e) with article 32 GDPR)")
ACCOUNTABILITY = N_("proof that the administration acts by its rules (article 6(1)(e) with article 5(2) GDPR)")
"""The legal bases by which a municipality keeps what the desk keeps of people (Regulation (EU) 2016/679)."""
PUBLIC, INTERNAL, PERSONAL = "public", "internal", "personal"


@dataclass(frozen=True)
class Retention:
    """How long rows are kept: ``days`` after the date in ``since``, or for as long as ``text`` says."""

    text: str
    days: int | None = None
    since: str = ""


@dataclass(frozen=True)
class Kept:
    """One model: what for, which field is of which data class, and how long.

    ``recorded``: whether its objects have a history; if not, ``why_not`` says the reason. ``unrecorded``: fields whose
    changes the history leaves out. ``titles``: the fields in words, for those whose history is shown. ``basis``: the
    law by which something personal is kept, as a message id. ``sealed``: fields that are never repeated, not even to
    their person. ``untold``: why information to a person (article 15 GDPR) leaves the model out.
    """

    model: str
    title: str
    purpose: str
    retention: Retention
    public: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    basis: str = ""
    recorded: bool = False
    why_not: str = ""
    unrecorded: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    untold: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> dict[str, str]:
        """The data class of each field."""
        named = ((PUBLIC, self.public), (INTERNAL, self.internal), (PERSONAL, self.personal))
        return {name: label for label, names in named for name in names}
