"""What the desk keeps about one person, as articles 15 and 20 GDPR ask for it: made of the table of all that is kept.

Every model of ``history.privacy`` that holds something personal has a way to the rows of a person in ``WAYS``, or says
there why it is left out; a test sees to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from vielfalt.desk.accounts import sessions
from vielfalt.desk.accounts.models import User
from vielfalt.desk.history import keeping, privacy

SEALED = "█"
"""Stands for what is never repeated: a hash or a secret that somebody could try to open."""
Row = Mapping[str, object]
"""Field by field as text, what is more than one value as it is kept, None where there is nothing."""


@dataclass(frozen=True)
class KeptRows:
    """What is kept of a person in one model: the entry of the table, and the rows, field by field as text."""

    kept: keeping.Kept
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Information:
    """All that is kept of an account at a moment, and the entries of the table that are left out, with their reason."""

    number: int
    language: str
    made: dt.datetime
    parts: tuple[KeptRows, ...]
    left_out: tuple[keeping.Kept, ...]


def _by(*fields: str) -> Callable[[User], Q]:
    def found(user: User) -> Q:
        whole = Q(pk__in=())
        for field in fields:
            whole |= Q(**{field: user.pk})
        return whole

    return found


def _of_history(user: User) -> Q:
    """What the account did, and what was done to it."""
    return Q(who=str(user.pk)) | Q(model="accounts.User", key=str(user.pk))


WAYS: Mapping[str, Callable[[User], Q]] = {
    "accounts.User": _by("pk"),
    "accounts.Membership": _by("user"),
    "accounts.Link": _by("user"),
    "accounts.SecondFactor": _by("user"),
    "accounts.RecoveryCode": _by("user"),
    "accounts.Identity": _by("user"),
    "publishing.Publication": _by("proposed_by", "approved_by", "ended_by"),
    "jobs.Job": _by("owner"),
    "history.Entry": _of_history,
    "history.Event": lambda user: Q(who=str(user.pk)),
}
"""For each model, which of its rows are a person's."""
SESSIONS = "sessions.Session"
"""Rows of this model tell whose they are only when they are opened."""


def information(user: User, now: dt.datetime) -> Information:
    """All that is kept of a person at ``now``."""
    personal = [kept for kept in privacy.ALL if kept.personal]
    return Information(
        number=user.pk,
        language=user.language,
        made=now,
        parts=tuple(KeptRows(kept, tuple(_rows(kept, user))) for kept in personal if not kept.untold),
        left_out=tuple(kept for kept in personal if kept.untold),
    )


def as_data(found: Information) -> dict[str, Any]:
    """The information as data for other programs: models and fields by their names in the manual."""
    return {
        "account": found.number,
        "made": found.made.isoformat(),
        "kept": {part.kept.model: [dict(row) for row in part.rows] for part in found.parts},
        "left_out": [kept.model for kept in found.left_out],
    }


def _rows(kept: keeping.Kept, user: User) -> Iterable[Row]:
    if kept.model == SESSIONS:
        return [{"since": _moment(one.since), "seen": _moment(one.seen)} for one in sessions.of(user)]
    found: models.QuerySet[models.Model] = (
        models.QuerySet(apps.get_model(kept.model)).filter(WAYS[kept.model](user)).order_by("pk")
    )
    return [_told(kept, row) for row in found]


def _told(kept: keeping.Kept, row: models.Model) -> Row:
    fields = row._meta.concrete_fields
    told = {one.name: _value(one, row) for one in fields}
    return {name: SEALED if name in kept.sealed and value else value for name, value in told.items()}


def _value(field: models.Field[Any, Any], row: models.Model) -> object:
    value = field.value_from_object(row)
    return value if value is None or isinstance(field, models.JSONField) else str(field.value_to_string(row))


def _moment(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).isoformat()
