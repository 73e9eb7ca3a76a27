"""The part of the desk that shows releases; it keeps nothing."""

from __future__ import annotations

from django.apps import AppConfig


class AtlasConfig(AppConfig):
    """Pages, downloads and template words."""

    name = "vielfalt.desk.atlas"
    label = "atlas"
