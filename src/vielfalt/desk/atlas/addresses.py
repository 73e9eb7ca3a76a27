"""Addresses of pages that lists, tables and maps lead to, each made once: a page holds hundreds of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

from vielfalt.desk.releases.models import Release

_KEPT = 20_000
"""Some 6 MB: what the latest releases of fifty towns lead to."""


def of_area(release: Release, level: str, area: str) -> str:
    """The address of the profile of an area."""
    return _made("area", release.town.ags, release.name, level, area)


def of_origin(release: Release, key: str) -> str:
    """The address of the profile of a country or country group."""
    return _made("origin", release.town.ags, release.name, key)


@lru_cache(maxsize=_KEPT)
def _made(page: str, *parts: str) -> str:
    return reverse(page, args=parts)
