"""Pages that are open to everybody as far as what they show is published."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

Address = ParamSpec("Address")


def readable(
    view: Callable[Concatenate[HttpRequest, Address], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Address], HttpResponseBase]:
    """The page without asking who the reader is.

    What a stranger may not see leads to the login, and so does what does not exist: the two look the same.
    """

    @wraps(view)
    def opened(request: HttpRequest, /, *args: Address.args, **kwargs: Address.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return login_not_required(opened)
