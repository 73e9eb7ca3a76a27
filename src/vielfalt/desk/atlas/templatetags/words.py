"""Template tags that speak the language of the page: the one catalogue of the program, numbers and dates."""

from __future__ import annotations

import datetime as dt

from django import template
from django.template import Context
from django.utils.http import urlencode
from django.utils.translation import get_language

from vielfalt.desk import gateway
from vielfalt.desk.atlas import bounds, counties, figures
from vielfalt.desk.history import telling
from vielfalt.desk.releases.models import Index
from vielfalt.words import Words

register = template.Library()


def current() -> Words:
    """The words of the language that this request is answered in; German unless English was chosen.

    On a page about a county they speak of the county (``counties.speak_of``).
    """
    spoken = counties.spoken()
    return spoken.get(get_language() or "", spoken["de"])


@register.simple_tag
def say(message: str, **values: object) -> str:
    """A message in the language of the page; the values fill its placeholders."""
    return current()(message, **values)


@register.filter
def translated(text: str) -> str:
    """A text of a package in the language of the page where the program wrote it."""
    return gateway.translated(current(), text)


@register.filter
def licence(name: str) -> str:
    """What the licence of a package is called."""
    return gateway.licence_title(name)


@register.filter
def number(value: int | None) -> str:
    """A whole number as it is printed, "." where it is suppressed."""
    return "." if value is None else current().number(value)


@register.filter
def index_value(value: float | None, note: str) -> str:
    """The value of an index; at least so much where the note beside it says so."""
    return bounds.value_text(value, note, current())


@register.filter
def interval(entry: Index) -> str:
    """The interval of an index, or its lower end."""
    return bounds.interval_text(entry.low, entry.high, entry.note, current())


@register.filter
def plain(value: float) -> str:
    """A number as SVG writes it, whatever the language of the page."""
    return f"{value:g}"


@register.filter(expects_localtime=True)
def day(value: dt.date | None) -> str:
    """A date, or the day of a moment in the desk's own time zone, as people write it; empty where there is none."""
    return current().date(int(value.strftime("%Y%m%d"))) if value else ""


@register.filter
def written_day(value: int) -> str:
    """A date yyyymmdd as people write it."""
    return current().date(value)


@register.filter
def iso_day(value: str) -> str:
    """A date of a package as people write it."""
    return day(dt.date.fromisoformat(value))


@register.filter
def moment(value: dt.datetime) -> str:
    """Day and time of the desk's own time zone."""
    return telling.moment(value, current())


@register.filter
def quality(mark: figures.Mark) -> str:
    """What the mark of a value says."""
    return current()(figures.MARKS[mark])


@register.simple_tag
def query_of(figure: figures.Figure) -> str:
    """The query that leads to a figure."""
    return "?" + urlencode({"thema": figure.table.key, "kategorie": figure.category, "ebene": figure.level})


@register.simple_tag(takes_context=True)
def with_query(context: Context, **values: str) -> str:
    """The query of this page with some parameters set."""
    query = context["request"].GET.copy()
    for name, value in values.items():
        query[name] = value
    return f"?{query.urlencode()}" if query else ""
