"""The history in words: what an entry says was done, from what to what, as the reader of its page understands it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.history import privacy
from vielfalt.desk.history.models import Entry
from vielfalt.desk.history.recording import HIDDEN, Changes
from vielfalt.words import N_, Words

_DONE = {
    ("releases.Town", "created"): N_("The municipality was entered"),
    ("releases.Release", "created"): N_("The release was imported"),
    ("publishing.Publisher", "created"): N_("It was said who publishes, and under which licence"),
    ("publishing.Publisher", "changed"): N_("Who publishes, or the licence, was changed"),
    ("publishing.Publication", "created"): N_("The figures were proposed for everybody"),
}
_ENDED = N_("The proposal or the publication was ended")
_PUBLISHED = N_("The figures were published")
ACTIONS = {"created": N_("Created"), "changed": N_("Changed"), "deleted": N_("Deleted")}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "licence": {key: licence.title for key, licence in LICENCES.items()},
    "kind": {"register": N_("Resident register"), "table": N_("Table that others counted")},
}
"""What the values of fields with few values mean."""
_HASH = "sha256:"
_SHOWN_DIGITS = 12
_UNTOLD = ("id", "proposed_by", "approved_by", "ended_by")
"""Fields that say nothing to a reader, or only what stands beside the entry: who did it."""


def done(entry: Entry, words: Words) -> str:
    """What was done, as a sentence."""
    if "approved_at" in entry.changes and entry.action == "changed":
        return words(_PUBLISHED)
    if "ended_at" in entry.changes and entry.action == "changed":
        return words(_ENDED)
    return words(_DONE.get((entry.model, entry.action)) or ACTIONS[entry.action])


def changes(
    model: str, changed: Changes, names: Mapping[tuple[str, str], str], words: Words
) -> Iterator[tuple[str, str]]:
    """Per field that is of interest its title, and in words from what to what; a value alone where there was none.

    ``model`` and ``changed``: those of an entry.
    ``names``: what things are called, by the label of their model and their number.
    """
    titles = privacy.of(model).titles
    for name, (old, new) in changed.items():
        if name not in _UNTOLD:
            field = field_of(model, name)
            before, after = (spoken(field, name, value, names, words) for value in (old, new))
            yield words(titles[name]) if name in titles else name, _turned(before, after, words)


def moment(at: dt.datetime, words: Words) -> str:
    """A moment as people here write it: date and time of the town."""
    local = timezone.localtime(at)
    return words(N_("{date}, {time}"), date=words.date(int(local.strftime("%Y%m%d"))), time=f"{local:%H:%M}")


def _turned(before: str, after: str, words: Words) -> str:
    if not before or before == after:
        return after
    return (
        words(N_("from {old} to {new}"), old=before, new=after) if after else words(N_("no longer: {old}"), old=before)
    )


def field_of(model: str, name: str) -> models.Field[object, object] | None:
    """The field of a model; None for one that it has no longer, and for a relation."""
    try:
        found = apps.get_model(model)._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


def spoken(
    field: models.Field[object, object] | None,
    name: str,
    value: str | None,
    names: Mapping[tuple[str, str], str],
    words: Words,
) -> str:
    """The value of a field as people here say it; ``field`` is None for one that a model has no longer."""
    if not value:
        return ""
    if value == HIDDEN:
        return words(N_("not shown"))
    if value.startswith(_HASH):
        return words(N_("long text, hash {digits} …"), digits=value.removeprefix(_HASH)[:_SHOWN_DIGITS])
    if value in _CHOICES.get(name, {}):
        return words(_CHOICES[name][value])
    if isinstance(field, models.DateTimeField):
        return moment(dt.datetime.fromisoformat(value), words)
    if isinstance(field, models.DateField):
        return words.date(int(value.replace("-", "")))
    if isinstance(field, models.BooleanField):
        return words(N_("yes")) if value == "True" else words(N_("no"))
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model._meta.label, value)) or words(N_("number {number}"), number=value)
    return value
