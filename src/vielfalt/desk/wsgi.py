"""The desk as a WSGI application, for the server inside or any other."""

from __future__ import annotations

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application


def _application() -> WSGIHandler:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vielfalt.desk.settings")
    return get_wsgi_application()


application = _application()
