"""The one place where the history is written: models that inherit from ``Recorded`` write it with each change.

Entry and change stand in one transaction: there is no change without an entry and no entry without a change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import m2m_changed, pre_delete

from vielfalt.desk.history import chain, privacy
from vielfalt.desk.history.models import Entry, Head

HIDDEN = "█"
"""Stands for a personal value: that it changed is told, what it was is not."""
_Row = TypeVar("_Row", bound=models.Model)
_LONGEST = 200
"""Characters of a value that the history repeats; of a longer one it keeps the hash."""
Changes = Mapping[str, list[str | None]]

_ACTING: ContextVar[Callable[[], str]] = ContextVar("acting", default=lambda: "")


class UnrecordedError(Exception):
    """A program tried to change recorded objects in a way that leaves no history: a fault of the program."""


@contextmanager
def acting(who: Callable[[], str]) -> Iterator[None]:
    """What is changed within is done by the account whose number ``who`` tells (asked only when something changes)."""
    token = _ACTING.set(who)
    try:
        yield
    finally:
        _ACTING.reset(token)


def record(action: str, model: str, key: str, changes: Changes) -> Entry:
    """Adds one entry to the history, in the transaction of the change it tells of."""
    with transaction.atomic():
        head, _ = Head.objects.select_for_update().get_or_create(pk=1)
        entry = Entry(
            number=head.number + 1,
            at=dt.datetime.now(dt.UTC),
            who=_ACTING.get()(),
            action=action,
            model=model,
            key=key,
            changes=changes,
            previous=head.digest,
        )
        entry.digest = chain.digest(entry)
        entry.save()
        head.number, head.digest = entry.number, entry.digest
        head.save()
    return entry


def first_break() -> chain.Break | None:
    """Where the history of this desk breaks first; None when it is whole."""
    head = Head.objects.filter(pk=1).first() or Head()
    return chain.first_break(Entry.objects.iterator(), head.number, head.digest)


def _refuse(what: str, *told: object) -> NoReturn:
    del told
    raise UnrecordedError(f"{what}() leaves no history; save each object")


class RecordedRows(models.QuerySet[_Row]):
    """Rows of a recorded model: nothing that would change several at once without a word."""

    def update(self, **values: object) -> NoReturn:
        """Raises UnrecordedError: save each object instead."""
        _refuse("update", values)

    def bulk_create(self, *args: object, **kwargs: object) -> NoReturn:
        """Raises UnrecordedError: save each object instead."""
        _refuse("bulk_create", args, kwargs)

    def bulk_update(self, *args: object, **kwargs: object) -> NoReturn:
        """Raises UnrecordedError: save each object instead."""
        _refuse("bulk_update", args, kwargs)


class Recorded(models.Model):
    """A model whose objects have a history: made, changed, deleted, with old and new values."""

    objects = RecordedRows.as_manager()

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, **options: Any) -> None:  # noqa: ANN401
        """Saves the object and adds to its history what changed; nothing when nothing did."""
        with transaction.atomic():
            before = None if self._state.adding else type(self)._base_manager.filter(pk=self.pk).first()
            super().save(**options)
            after = type(self)._base_manager.get(pk=self.pk)
            changes = changed(before, after)
            if changes or before is None:
                record("changed" if before else "created", self._meta.label, str(self.pk), changes)


def changed(before: models.Model | None, after: models.Model | None) -> Changes:
    """Per field that differs the old and the new value; a missing object has none."""
    known = before or after
    if known is None:
        return {}
    kept = privacy.of(known._meta.label)
    found = {}
    for field in known._meta.concrete_fields:
        if field.name in kept.unrecorded:
            continue
        old, new = (None if one is None else _text(field, one) for one in (before, after))
        if old != new:
            hidden = field.name in kept.personal
            found[field.name] = [HIDDEN if hidden and value is not None else value for value in (old, new)]
    return found


def _text(field: models.Field[Any, Any], of: models.Model) -> str | None:
    """The value of a field as the history tells it."""
    if field.value_from_object(of) is None:
        return None
    text = str(field.value_to_string(of))
    return text if len(text) <= _LONGEST else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def listen() -> None:
    """Records deletions, whole cascades too, and relations: Django reports them within their transaction."""
    for model in apps.get_models():
        if issubclass(model, Recorded):
            pre_delete.connect(_deleted, sender=model, dispatch_uid=f"history-deleted-{model._meta.label}")
    m2m_changed.connect(_related, dispatch_uid="history-related")


def _deleted(instance: models.Model, **told: object) -> None:
    """What the database holds is told, before it is gone: the object at hand may have been changed since."""
    del told
    kept = type(instance)._base_manager.filter(pk=instance.pk).first()
    record("deleted", instance._meta.label, str(instance.pk), changed(kept, None))


def _related(
    sender: type[models.Model], instance: models.Model, action: str, pk_set: set[object] | None, **told: object
) -> None:
    """A relation of a recorded object: which objects were added or removed."""
    del told
    moment, _, what = action.partition("_")
    if not isinstance(instance, Recorded) or moment != "post" or not (pk_set or what == "clear"):
        return
    keys = ", ".join(sorted(str(key) for key in pk_set or ()))
    old, new = (None, keys) if what == "add" else (keys or "*", None)
    record("changed", instance._meta.label, str(instance.pk), {str(sender._meta.model_name): [old, new]})
