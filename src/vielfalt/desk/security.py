"""What every answer of the desk tells the browser: load nothing from elsewhere, run nothing that stands in a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "worker-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Of a file to save: should a browser show it all the same, nothing in it runs, loads or reaches the desk."""


def content_security(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the content security policy (W3C CSP 3) on every answer; no ``unsafe-`` in it.

    Pages of somebody who is logged in are not kept by the browser: whoever sits there next finds none by going back.
    """

    def secured(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        saved = response.headers.get("Content-Disposition", "").startswith("attachment")
        response.headers.setdefault("Content-Security-Policy", FILE_POLICY if saved else POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        user = getattr(request, "user", None)  # none where another middleware has answered
        if user and user.is_authenticated and response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return secured


def without_null(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address with the sign U+0000 is refused (400), and a cookie with it is as none.

    PostgreSQL takes it in no text: every question of a page with such a value would be a fault of the desk. Forms of
    Django refuse it themselves. Stands before whatever reads sessions, so that the refusal is no page.
    """

    def checked(request: HttpRequest) -> HttpResponse:
        asked = (part for name, values in request.GET.lists() for part in (name, *values))
        if any("\0" in part for part in (request.path_info, *asked)):
            return HttpResponseBadRequest(content_type="text/plain")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return answer(request)

    return checked
