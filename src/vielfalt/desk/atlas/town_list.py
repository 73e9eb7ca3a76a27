"""The list of towns: each with its latest release, in pages, found by name or key where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.http import HttpRequest

from vielfalt.desk.accounts.permissions import Reader, visible
from vielfalt.desk.atlas.asking import asked
from vielfalt.desk.releases.models import Release, Town

MOST = 48
"""Towns of one page."""


@dataclass(frozen=True)
class TownList:
    """One page of the list: towns with their latest release (null: none may be read), and how it goes on.

    ``every`` counts the towns that the reader may see, ``found`` those that the search leaves; ``before`` and ``after``
    are the numbers of the pages beside this one, empty where there is none.
    """

    towns: Sequence[tuple[Town, Release | None]]
    searched: str
    every: int
    found: int
    page: int
    pages: int

    @property
    def is_long(self) -> bool:
        """Whether a search is worth its place."""
        return self.every > MOST

    @property
    def before(self) -> str:
        """The page before."""
        return str(self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        """The next page."""
        return str(self.page + 1) if self.page < self.pages else ""


def town_list(request: HttpRequest) -> TownList:
    """The page that the address names (``seite``) of the towns whose name or key it asks for (``suche``).

    Raises UnknownError for a page that there is not.
    """
    every = list(visible(request.user, Town.objects.all()))
    searched = request.GET.get("suche", "").strip()
    found = [town for town in every if searched.casefold() in town.name.casefold() or town.ags.startswith(searched)]
    pages = max(ceil(len(found) / MOST), 1)
    page = int(asked(request, "seite", [str(number) for number in range(1, pages + 1)], "1"))
    shown = found[(page - 1) * MOST : page * MOST]
    latest = _latest(request.user, shown)
    return TownList([(town, latest.get(town.pk)) for town in shown], searched, len(every), len(found), page, pages)


def _latest(user: Reader, towns: Sequence[Town]) -> dict[int, Release]:
    """The latest release of each town that the reader may see, by the primary key of the town."""
    releases = visible(user, Release.objects.filter(town__in=towns)).only("town", "name", "reference_date")
    return {release.town_id: release for release in releases.reverse()}
