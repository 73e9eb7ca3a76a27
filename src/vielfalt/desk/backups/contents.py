"""What a backup holds: one file of lines per model, the packages, and a manifest with hashes and counts.

The rows are Django's own serialisation, not a dump of a database, so a backup of SQLite can be restored to PostgreSQL
and the other way round.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
PACKAGES = "packages/"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: when it was made (UTC), by which version, the state of the database's tables, and
    per file its hash (SHA-256) and, for rows, their number.
    """

    format: int
    made: str
    version: str
    migrations: list[str]
    hashes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> str:
        """The manifest as it stands in the file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)


class Exact(DjangoJSONEncoder):
    """Times with all their digits: Django cuts them to milliseconds, and the history is hashed over all."""

    def default(self, o: object) -> Any:  # noqa: ANN401
        """The JSON form of a value that has none."""
        return o.isoformat() if isinstance(o, dt.datetime | dt.time) else super().default(o)


def kept_models() -> list[type[models.Model]]:
    """The models whose rows a backup holds: all. Relations between them go with their owners."""
    return [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]


def file_of(model: type[models.Model]) -> str:
    """Where the rows of a model lie in a backup."""
    return f"rows/{model._meta.label}.jsonl"


def state() -> list[str]:
    """The migrations that the tables of this desk have gone through."""
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())
