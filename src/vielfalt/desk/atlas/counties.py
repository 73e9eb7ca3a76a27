"""What pages and files on a county say where those on a town speak of the town."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from vielfalt.desk import gateway
from vielfalt.desk.releases.models import Release
from vielfalt.words import LANGUAGES, N_, Words

SAID: Mapping[str, str] = {
    **gateway.COUNTY_SAID,
    "Whole town": N_("Whole county"),
    "town: {percent}": N_("county: {percent}"),
    "Share in town": N_("Share in county"),
    "This figure is published for the town as a whole only.": N_(
        "This figure is published for the county as a whole only."
    ),
    "This theme is published for the town as a whole only.": N_(
        "This theme is published for the county as a whole only."
    ),
    "Each figure was protected by the town itself before it was released. A dot stands for a figure that is not "
    "published, to protect individual people; it never means zero.": N_(
        "Each figure was protected before it was released, together with those of the towns. A dot stands for a figure "
        "that is not published, to protect individual people; it never means zero."
    ),
    "All figures that the town has published, as files for everybody. A dot in a file stands for a figure that is not "
    "published, to protect individual people; it never means zero.": N_(
        "All figures that the county has published, as files for everybody. A dot in a file stands for a figure that "
        "is not published, to protect individual people; it never means zero."
    ),
    "Choose areas and themes. The report holds their figures beside those of the town as a whole, with definitions and "
    "source.": N_(
        "Choose areas and themes. The report holds their figures beside those of the county as a whole, with "
        "definitions and source."
    ),
    "First say who publishes the figures of the town, and under which licence.": N_(
        "First say who publishes the figures of the county, and under which licence."
    ),
    "Map of the location quotient: {title}, by area ({level}). 1 means: the share of the town as a whole.": N_(
        "Map of the location quotient: {title}, by area ({level}). 1 means: the share of the county as a whole."
    ),
    "less than {low} times the town's share": N_("less than {low} times the county's share"),
    "about the town's share ({low} to {high})": N_("about the county's share ({low} to {high})"),
    "{high} times the town's share or more": N_("{high} times the county's share or more"),
    "Share of {title} in {town} on each reference date: {values}.": N_(
        "Share of {title} in the county on each reference date: {values}."
    ),
    "Share of {title} in {town} on each reference date; the table below holds the same figures.": N_(
        "Share of {title} in the county on each reference date; the table below holds the same figures."
    ),
    "The release holds no indices.": N_(
        "The release of a county holds no indices: how groups are spread over areas, those of its towns tell."
    ),
    "Protected figures on who lives in {town}, by area.": N_("{town}: protected figures on who lives there, by town."),
    "Who lives in {town}: figures on {date}": N_("{town}: who lives there, figures on {date}"),
}
"""By message id what is said of a county instead."""
_TOWNS: Mapping[str, Words] = {language: Words(language) for language in LANGUAGES}
_COUNTIES: Mapping[str, Words] = {language: Words(language, said=SAID) for language in LANGUAGES}
_SPOKEN: ContextVar[Mapping[str, Words]] = ContextVar("spoken", default=_TOWNS)


def words_on(*releases: Release) -> Mapping[str, Words]:
    """By language the words on releases of one town or county."""
    return _COUNTIES if any(release.of_county for release in releases) else _TOWNS


def spoken() -> Mapping[str, Words]:
    """By language the words of this request."""
    return _SPOKEN.get()


def speak_of(release: Release) -> None:
    """From now on this request speaks of the town or county of a release."""
    _SPOKEN.set(words_on(release))


def each_apart(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a request knows nothing of what the one before spoke of."""

    def answered(request: HttpRequest) -> HttpResponse:
        with _of_towns():
            return answer(request)

    return answered


@contextmanager
def _of_towns() -> Iterator[None]:
    token = _SPOKEN.set(_TOWNS)
    try:
        yield
    finally:
        _SPOKEN.reset(token)
