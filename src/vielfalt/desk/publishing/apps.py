"""The application of publishing, as Django wants to know it."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Publications of releases and who publishes them."""

    name = "vielfalt.desk.publishing"
    label = "publishing"
