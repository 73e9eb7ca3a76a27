"""The two logs of the desk. Both only grow: an entry is added, never changed, and the database refuses it too.

The history says what was done to an object; the security log says who came in or was turned away, and is short-lived.
Both name accounts by number, never by name.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from vielfalt.desk.history.chain import BEGINNING

_DIGEST = len(BEGINNING)


class UnchangeableError(Exception):
    """A program tried to change or delete an entry of a log: a fault of the program."""


def _refuse(*args: object, **kwargs: object) -> NoReturn:
    del args, kwargs
    raise UnchangeableError("an entry of a log is added once and never changed or deleted")


class Entries(models.QuerySet[Any]):
    """Entries can be read, and added one by one."""

    update = update_or_create = bulk_update = bulk_create = delete = _refuse


class Log(models.Model):
    """A table that only grows."""

    objects = Entries.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: object) -> None:
        """Adds the entry. Raises UnchangeableError for one that has been added before."""
        if not self._state.adding:
            _refuse(options)
        super().save(force_insert=True)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        """Raises UnchangeableError."""
        _refuse(*args, **kwargs)


class Entry(Log):
    """One change of one object, chained to the entry before it by ``digest`` (see ``chain``).

    ``who``: number of the account, empty where the program itself did it; ``model`` and ``key``: the object;
    ``changes``: per field its old and new value as text, null where there was none (see ``recording``).
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=40)
    model = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    changes = models.JSONField()
    previous = models.CharField(max_length=_DIGEST)
    digest = models.CharField(max_length=_DIGEST, unique=True)

    class Meta:
        ordering = ("number",)
        indexes = (models.Index(fields=("model", "key", "number")),)

    def __str__(self) -> str:
        return f"{self.number}: {self.action} {self.model} {self.key}"


class Head(models.Model):
    """Where the chain ends: one row, locked while an entry is added, so that two writers wait for each other."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=_DIGEST, default=BEGINNING)

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"


class Event(Log):
    """One event of the security log: no name, no password, no content, the address shortened.

    ``who``: number of the account, empty where it is not known; ``place``: the name of the page, never its address.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=40)
    who = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=50, blank=True)
    place = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.at}: {self.kind}"
