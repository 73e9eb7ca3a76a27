"""Erasing an account: what is personal goes, its number stays, so that history and publications still have an author.

Who has closed an account need not think of it again: it is erased half a year later.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from vielfalt.desk.accounts import sessions
from vielfalt.desk.accounts.models import User
from vielfalt.desk.database import forget_before_upgrade, forget_earlier_pages
from vielfalt.desk.jobs.models import Job

KEPT_CLOSED = dt.timedelta(days=180)
"""How long a closed account can be opened again."""
_NOWHERE = "erased.invalid"
"""No mail reaches this domain (RFC 2606)."""


@transaction.atomic
def erase(user: User, now: dt.datetime) -> None:
    """Erases name, address, password, roles and every way in of a closed account; there is no way back.

    The account keeps its number and bears it as its name. What the history tells of it names the number alone.
    """
    sessions.end_all(user)
    for membership in user.memberships.all():
        membership.delete()
    for rows in (user.links, user.recovery_codes, user.identities):
        rows.all().delete()
    if hasattr(user, "factor"):
        user.factor.delete()
    for job in user.jobs.all():
        # What somebody calls a file may be their own name.
        Job.objects.filter(pk=job.pk).update(owner=None, name=job.file.name)
    user.name, user.email, user.language = f"#{user.pk}", f"{user.pk}@{_NOWHERE}", "de"
    user.is_active, user.erased = False, now
    user.set_unusable_password()
    user.save()
    transaction.on_commit(forget_earlier_pages)
    transaction.on_commit(lambda: forget_before_upgrade(settings.DATA))


def erase_closed(now: dt.datetime) -> int:
    """Erases the accounts that were closed for too long; how many."""
    over = list(outlived(now))
    for user in over:
        erase(user, now)
    return len(over)


def outlived(now: dt.datetime) -> QuerySet[User]:
    """The accounts that were closed for too long."""
    return User.objects.filter(is_active=False, erased=None, closed__lt=now - KEPT_CLOSED)
