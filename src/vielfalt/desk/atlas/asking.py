"""What the query of an address asks for: something that there is, or a plain answer that it is not (400)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

QUESTIONS = frozenset({"thema", "kategorie", "ebene", "familie", "kommune", "massstab", "von", "bis"})
"""The parts of an address by which readers choose figures."""


class UnknownError(BadRequest):
    """A part of an address that asks for nothing there is: its name and its value."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.part = f"{name}={value}"


def asked(request: HttpRequest, name: str, known: Collection[str], otherwise: str) -> str:
    """The value of a part of the address; what is said otherwise where it is not given.

    Raises UnknownError for a value that is not known.
    """
    wanted = request.GET.get(name, "")
    if wanted and wanted not in known:
        raise UnknownError(name, wanted)
    return wanted or otherwise


def asked_all(request: HttpRequest, name: str, known: Collection[str]) -> list[str]:
    """Every value of a part of the address that may stand there several times. Raises UnknownError."""
    wanted = [value for value in request.GET.getlist(name) if value]
    unknown = next((value for value in wanted if value not in known), None)
    if unknown is not None:
        raise UnknownError(name, unknown)
    return wanted


def answered_in_words(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address that only takes forms says so to whoever opens it; Django would say nothing (405)."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "desk/only_forms.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return answered
