"""The pages: open to everybody, also to those without an account."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.house import accessibility, licences, privacy
from vielfalt.desk.house.operator import shown
from vielfalt.errors import known
from vielfalt.words import N_

_LOG = logging.getLogger(__name__)


@login_not_required
def imprint(request: HttpRequest) -> HttpResponse:
    """Who runs the desk."""
    return render(request, "desk/imprint.html", {"operator": shown(settings.DATA)})


@login_not_required
def data_protection(request: HttpRequest) -> HttpResponse:
    """What is kept of people who use the desk, why and how long; which cookies are set; whom to ask."""
    context = {
        "operator": shown(settings.DATA),
        "kept": privacy.KEPT,
        "cookies": [(cookie, cookie.lasts(current())) for cookie in privacy.cookies()],
        "idle": privacy.idle_minutes(),
    }
    return render(request, "desk/data_protection.html", context)


@login_not_required
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    """What tests know of the desk's accessibility, what is not accessible, and where to complain."""
    context = {
        "operator": shown(settings.DATA),
        "tested": accessibility.TESTED,
        "all": accessibility.ALL_CRITERIA,
        "limits": accessibility.LIMITS,
        "version": licences.ours().version,
    }
    return render(request, "desk/accessibility.html", context)


@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    """Version and licence of the program, and everything it is made of."""
    words = current()
    groups = ((N_("Python packages"), licences.packages()), (N_("In the browser"), licences.front_end()))
    context = {"ours": licences.ours(), "groups": [(words(title), parts) for title, parts in groups if parts]}
    return render(request, "desk/about.html", context)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of the desk itself. It asks no database who reads: that may be what failed.

    The log names page, kind and places in the program; what a library says may hold contents.
    """
    error, match = sys.exc_info()[1], request.resolver_match
    if isinstance(error, Exception):
        where = known(error).where
        _LOG.error("The page %s has failed: %s, %s", match.view_name if match else "?", type(error).__name__, where)
    return HttpResponse(render_to_string("desk/server_error.html"), status=500)
