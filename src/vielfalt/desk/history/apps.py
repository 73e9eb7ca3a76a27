"""The part of the desk that keeps its history."""

from __future__ import annotations

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """History of objects, security log, retention."""

    name = "vielfalt.desk.history"
    label = "history"

    def ready(self) -> None:
        """Listens to what Django reports: deletions, relations, logins."""
        from vielfalt.desk.history import recording, watching

        recording.listen()
        watching.listen()
