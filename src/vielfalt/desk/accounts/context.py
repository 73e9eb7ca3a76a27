"""What every page knows of its reader: the account, and the actions it may lead to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from vielfalt.desk.accounts import sessions
from vielfalt.desk.accounts.permissions import rights
from vielfalt.desk.publishing.models import published
from vielfalt.desk.releases.models import Release


def reader(request: HttpRequest) -> dict[str, Any]:
    """``rights`` for menus: a page that a reader cannot open is not offered.

    ``anything_published`` asks the database only where a page wants to know. ``showcase``: the roles to choose there,
    and which of them is worn.
    """
    user = getattr(request, "user", None)
    return {
        "user": user,
        "rights": rights(user) if user is not None else frozenset(),
        "anything_published": published(Release.objects.all()).exists,
        "showcase": getattr(request, "showcase", ()),
        "session_ends": sessions.ends(request) if user is not None else None,
    }
