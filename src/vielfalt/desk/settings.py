"""Django's settings, all from the environment: no file to edit, no default password, no foreign host.

``VIELFALT_DESK_DATA``  folder of database, packages and secret key (default: ~/.local/share/vielfalt/desk)
``DATABASE_URL``        a PostgreSQL database, postgresql://user:password@host/name (default: SQLite in the folder)
``VIELFALT_DESK_HOSTS`` host names the desk answers to, separated by commas (default: this machine alone)
"""

from __future__ import annotations

import os
from pathlib import Path

from vielfalt.desk.database import database
from vielfalt.desk.secret import secret_key

HERE = Path(__file__).parent
DATA = Path(os.environ.get("VIELFALT_DESK_DATA") or Path.home() / ".local/share/vielfalt/desk")
PACKAGES = DATA / "packages"

SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("VIELFALT_DESK_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = ["django.contrib.staticfiles", "vielfalt.desk.releases", "vielfalt.desk.atlas"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "vielfalt.desk.security.content_security",
]
ROOT_URLCONF = "vielfalt.desk.urls"
WSGI_APPLICATION = "vielfalt.desk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ],
            "builtins": ["vielfalt.desk.atlas.templatetags.words"],
        },
    }
]
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
"""Encryption is the affair of the server in front; on its own the desk listens to this machine alone."""
