"""The part of the desk that keeps releases."""

from __future__ import annotations

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Models and import of releases."""

    name = "vielfalt.desk.releases"
    label = "releases"
