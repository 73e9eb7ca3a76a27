"""Sessions end by themselves: after half an hour without a page, and after ten hours in any case."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from vielfalt.desk.accounts.policy import IDLE_SECONDS, WHOLE_SECONDS

_NOTED_EVERY = 60
"""The session is written once a minute, not with every page."""


def limited(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session that was idle or open for too long is closed before the page is made."""

    def checked(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, session = int(time.time()), request.session
            since, seen = session.setdefault("since", now), session.setdefault("seen", now)
            if now - seen > IDLE_SECONDS or now - since > WHOLE_SECONDS:
                logout(request)
            elif now - seen >= _NOTED_EVERY:
                session["seen"] = now
        return answer(request)

    return checked
