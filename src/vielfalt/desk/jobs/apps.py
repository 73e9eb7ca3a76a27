"""The part of the desk that does long work."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs and their worker."""

    name = "vielfalt.desk.jobs"
    label = "jobs"

    def ready(self) -> None:
        """A job that is erased takes its file along."""
        from vielfalt.desk.jobs import running

        running.listen()
