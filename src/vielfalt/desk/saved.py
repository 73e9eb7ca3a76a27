"""What a page says after a form: that what was sent is done. It stands in the address that the form leads to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from vielfalt.desk.atlas.asking import asked


def saved(name: str, *args: object) -> HttpResponse:
    """Leads to the page of that name, which says that what was sent is done."""
    return HttpResponseRedirect(f"{reverse(name, args=args)}?gespeichert=ja")


def is_saved(request: HttpRequest) -> bool:
    """Whether the page is to say so. Raises UnknownError."""
    return request.method == "GET" and bool(asked(request, "gespeichert", ("ja",), ""))
