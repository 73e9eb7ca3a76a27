"""Carrying out retention: what is older than the table of data allows is erased, and the history says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from vielfalt.desk.history import privacy
from vielfalt.desk.history.recording import record

TIDIED = "tidied"


@dataclass(frozen=True)
class Erased:
    """How many rows of a kind of data were erased; ``title`` is a message id."""

    title: str
    rows: int


def tidy(now: dt.datetime) -> list[Erased]:
    """Erases all that has outlived its retention at ``now``; what was erased, by kind, nothing else."""
    return [*_accounts(now), *_erased(now)]


def _accounts(now: dt.datetime) -> Iterator[Erased]:
    """Accounts that were closed for too long: not their rows go, but all that is personal in them."""
    from vielfalt.desk.accounts.erasing import erase_closed

    if rows := erase_closed(now):
        yield Erased(privacy.of("accounts.User").title, rows)


def _erased(now: dt.datetime) -> Iterator[Erased]:
    for kept in privacy.ALL:
        if kept.retention.days is None:
            continue
        end = now - dt.timedelta(days=kept.retention.days)
        with transaction.atomic():
            # A plain query set: that of a log refuses deletion, and this is the one place that may.
            old: models.QuerySet[models.Model] = models.QuerySet(apps.get_model(kept.model)).filter(
                **{f"{kept.retention.since}__lt": end}
            )
            rows = old.delete()[1].get(kept.model, 0)
            if rows:
                record(TIDIED, kept.model, "", {"rows": [str(rows), None], "before": [end.isoformat(), None]})
                yield Erased(kept.title, rows)
