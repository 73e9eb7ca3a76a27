"""The desk as a WSGI application, for the server inside or any other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.core.wsgi import get_wsgi_application


def _application() -> WSGIApplication:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vielfalt.desk.settings")
    return without_body_of_head(get_wsgi_application())


def without_body_of_head(answer: WSGIApplication) -> WSGIApplication:
    """The application with no content in answers to HEAD: Django leaves that to the server, and waitress to Django.

    A server in front that keeps its connection would take what is too much for the answer to the next question, which
    may be somebody else's (RFC 9110, 9.3.2).
    """

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        content = answer(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return content
        close: Callable[[], None] | None = getattr(content, "close", None)
        if close:
            close()
        return [b""]

    return answered


application = _application()
