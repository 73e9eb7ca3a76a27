"""Carrying out retention: what is older than the table of data allows is erased, and the history says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from vielfalt.desk.database import forget_before_upgrade, forget_earlier_pages
from vielfalt.desk.history import keeping, privacy
from vielfalt.desk.history.recording import record

TIDIED = "tidied"
_ACCOUNTS = privacy.of("accounts.User")


@dataclass(frozen=True)
class Erased:
    """How many rows of a kind of data were erased; ``title`` is a message id."""

    title: str
    rows: int


def overdue(now: dt.datetime) -> list[Erased]:
    """What ``tidy`` would erase at ``now``; nothing is changed."""
    from vielfalt.desk.accounts.erasing import outlived

    found = [Erased(_ACCOUNTS.title, outlived(now).count())]
    found += [Erased(kept.title, rows.count()) for kept, rows, _ in _old(now)]
    return [one for one in found if one.rows]


def tidy(now: dt.datetime) -> list[Erased]:
    """Erases all that has outlived its retention at ``now``; what was erased, by kind, nothing else."""
    erased = [*_accounts(now), *_erased(now)]
    forget_before_upgrade(settings.DATA, now)
    if erased:
        transaction.on_commit(forget_earlier_pages)
    return erased


def _accounts(now: dt.datetime) -> Iterator[Erased]:
    """Accounts that were closed for too long: not their rows go, but all that is personal in them."""
    from vielfalt.desk.accounts.erasing import erase_closed

    if rows := erase_closed(now):
        yield Erased(_ACCOUNTS.title, rows)


def _erased(now: dt.datetime) -> Iterator[Erased]:
    for kept, old, end in _old(now):
        with transaction.atomic():
            rows = old.delete()[1].get(kept.model, 0)
            if rows:
                record(TIDIED, kept.model, "", {"rows": [str(rows), None], "before": [end.isoformat(), None]})
                yield Erased(kept.title, rows)


def _old(now: dt.datetime) -> Iterator[tuple[keeping.Kept, models.QuerySet[models.Model], dt.datetime]]:
    """Per kind of data that ends by itself its rows that are over, and the moment before which they began."""
    for kept in privacy.ALL:
        if kept.retention.days is not None:
            end = now - dt.timedelta(days=kept.retention.days)
            # A plain query set: that of a log refuses deletion, and this is the one place that may.
            rows: models.QuerySet[models.Model] = models.QuerySet(apps.get_model(kept.model))
            yield kept, rows.filter(**{f"{kept.retention.since}__lt": end}), end
