"""The settings of the showcase, which ``vielfalt demo`` alone uses: this machine, SQLite, a folder it made itself."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from vielfalt.desk.accounts.policy import SHOWCASE
from vielfalt.desk.settings import *  # noqa: F403
from vielfalt.desk.settings import DATA, ENCRYPTED, MIDDLEWARE
from vielfalt.words import N_

if os.environ.get("DATABASE_URL") or ENCRYPTED or not (DATA / SHOWCASE).exists():
    raise ImproperlyConfigured(N_("Only the demonstration may use these settings."))

_PLACE = MIDDLEWARE.index("django.contrib.auth.middleware.LoginRequiredMiddleware")
MIDDLEWARE = [*MIDDLEWARE[:_PLACE], "vielfalt.desk.accounts.demo.as_role", *MIDDLEWARE[_PLACE:]]
ROOT_URLCONF = "vielfalt.desk.demo_urls"
