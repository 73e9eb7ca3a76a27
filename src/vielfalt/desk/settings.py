"""Django's settings, all from the environment: no file to edit, no default password, no foreign host.

``VIELFALT_DESK_DATA``  folder of database, packages and secret key (default: ~/.local/share/vielfalt/desk)
``DATABASE_URL``        a PostgreSQL database, postgresql://user:password@host/name (default: SQLite in the folder)
``VIELFALT_DESK_HOSTS`` host names the desk answers to, separated by commas (default: this machine alone)
``VIELFALT_DESK_IDLE_MINUTES``, ``VIELFALT_DESK_SESSION_HOURS``  a session ends after so long without a page, and in any
case (default: 30 minutes, 10 hours)
``VIELFALT_DESK_OIDC_ISSUER``, ``_OIDC_CLIENT``, ``_OIDC_SECRET``, ``_OIDC_NAME``  single sign-on by OpenID Connect: the
address of the provider, what it knows the desk by, and what the button says (default: none)
``VIELFALT_DESK_OIDC_GROUPS``, ``_OIDC_ROLES``  the provider's claim that lists the groups of a person, and which group
gives which role (default: none; roles are then given in the desk alone)
``VIELFALT_DESK_MAIL_HOST``, ``_MAIL_PORT``, ``_MAIL_USER``, ``_MAIL_PASSWORD``, ``_MAIL_FROM``  a mail server that
speaks TLS on port 465 or STARTTLS on any other (default: none; links are handed over by hand)
"""

from __future__ import annotations

import os
from pathlib import Path

from vielfalt.desk.accounts import policy
from vielfalt.desk.accounts.group_roles import group_roles
from vielfalt.desk.accounts.policy import LEAST_CHARACTERS, PROVIDER
from vielfalt.desk.database import database
from vielfalt.desk.environment import MAIL_PORT, hosts, mail_port
from vielfalt.desk.secret import secret_key

HERE = Path(__file__).parent
DATA = Path(os.environ.get("VIELFALT_DESK_DATA") or Path.home() / ".local/share/vielfalt/desk")
PACKAGES = DATA / "packages"
UPLOADS = DATA / "uploads"

SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS, ENCRYPTED = hosts(os.environ.get("VIELFALT_DESK_HOSTS", ""))
"""Other machines are served through a server in front that encrypts: cookies then never travel without."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "vielfalt.desk.history",
    "vielfalt.desk.accounts",
    "vielfalt.desk.releases",
    "vielfalt.desk.atlas",
    "vielfalt.desk.publishing",
    "vielfalt.desk.jobs",
    "django_tasks",
    "django_tasks_db",
]
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "vielfalt.desk.jobs.uploads.RoomHandler",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vielfalt.desk.security.content_security",
    "vielfalt.desk.security.without_null",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vielfalt.desk.history.watching.attributed",
    "vielfalt.desk.accounts.sessions.limited",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "vielfalt.desk.accounts.second.asked",
    "allauth.account.middleware.AccountMiddleware",
    "vielfalt.desk.jobs.views.bounded",
    "vielfalt.desk.atlas.asking.answered_in_words",
    "vielfalt.desk.atlas.counties.each_apart",
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
                "vielfalt.desk.accounts.context.reader",
                "vielfalt.desk.jobs.ended.ended_jobs",
            ],
            "builtins": [f"vielfalt.desk.atlas.templatetags.{name}" for name in ("words", "tables", "pieces")],
        },
    }
]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
}
"""In the memory of the process; a page of figures has some 30 kB, the largest 400."""
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["vielfalt.desk.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": LEAST_CHARACTERS},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "vielfalt.desk.accounts.commonplace.CommonplaceValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
LOGIN_URL = "login"
_ON_THIS_HOST = "__Host-" if ENCRYPTED else ""
"""A cookie of that name is taken from the desk's own host alone: no neighbour under the domain of the town can plant it
(RFC 6265bis, 4.1.3.2). Browsers want it to travel encrypted."""
SESSION_COOKIE_NAME = f"{_ON_THIS_HOST}vielfalt"
SESSION_IDLE_SECONDS = 60 * policy.whole_number(
    os.environ.get("VIELFALT_DESK_IDLE_MINUTES", ""), policy.IDLE_MINUTES, policy.LEAST_IDLE, policy.MOST_IDLE
)
SESSION_COOKIE_AGE = 3600 * policy.whole_number(
    os.environ.get("VIELFALT_DESK_SESSION_HOURS", ""), policy.WHOLE_HOURS, 1, policy.MOST_WHOLE
)
SESSION_COOKIE_SAMESITE = "Lax"
DEVICE_COOKIE_NAME = f"{_ON_THIS_HOST}bekannt"
DEVICE_COOKIE_AGE = 90 * 24 * 3600

OIDC_ISSUER = os.environ.get("VIELFALT_DESK_OIDC_ISSUER", "")
OIDC_GROUPS = os.environ.get("VIELFALT_DESK_OIDC_GROUPS", "")
OIDC_ROLES = group_roles(os.environ.get("VIELFALT_DESK_OIDC_ROLES", ""))
OIDC_NAME = os.environ.get("VIELFALT_DESK_OIDC_NAME", "Single Sign-on")
SOCIALACCOUNT_ADAPTER = "vielfalt.desk.accounts.sso.Adapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": PROVIDER,
                "name": OIDC_NAME,
                "client_id": os.environ.get("VIELFALT_DESK_OIDC_CLIENT", ""),
                "secret": os.environ.get("VIELFALT_DESK_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ],
    }
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]

EMAIL_HOST = os.environ.get("VIELFALT_DESK_MAIL_HOST", "")
EMAIL_PORT = mail_port(os.environ.get("VIELFALT_DESK_MAIL_PORT", ""))
EMAIL_USE_SSL = EMAIL_PORT == MAIL_PORT
EMAIL_USE_TLS = not EMAIL_USE_SSL
EMAIL_HOST_USER = os.environ.get("VIELFALT_DESK_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("VIELFALT_DESK_MAIL_PASSWORD", "")
DEFAULT_FROM_EMAIL = os.environ.get("VIELFALT_DESK_MAIL_FROM") or EMAIL_HOST_USER
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
# As long as a session: in a browser that is closed and opened again it goes on in the language of the account.
LANGUAGE_COOKIE_AGE = SESSION_COOKIE_AGE
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENCRYPTED
SECURE_HSTS_SECONDS = 31_536_000 if ENCRYPTED else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_NAME = f"{_ON_THIS_HOST}csrftoken"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "vielfalt.desk.accounts.views.stale_form"
_LEFT_TO_THE_SERVER_IN_FRONT = ["security.W005", "security.W008", "security.W021"]
_UNENCRYPTED = ["security.W004", "security.W012", "security.W016"]
_OUR_OWN_HEADER = ["security.W002"]
SILENCED_SYSTEM_CHECKS = _OUR_OWN_HEADER + _LEFT_TO_THE_SERVER_IN_FRONT + ([] if ENCRYPTED else _UNENCRYPTED)
"""Encryption is the affair of the server in front; on its own the desk listens to this machine alone."""
