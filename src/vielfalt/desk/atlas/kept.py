"""Pages and files of releases are made once: a release never changes, so what was made of it can be shown again.

Kept are the pieces of a page that are the same for everybody who may read these releases. What is the reader's own,
the head of the page with its menus and forms, is made anew each time; and who may read is asked before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

import vielfalt
from vielfalt import ownfiles
from vielfalt.desk.atlas.asking import QUESTIONS
from vielfalt.desk.releases.models import Release

Kept = TypeVar("Kept")
PIECES = "pieces"
"""The name in the context of a page under which the tag ``kept`` finds what was rendered before."""
_CACHE = "pages"


@dataclass(frozen=True)
class Shown:
    """What a page and its files are made of: releases that the reader may see, what they show, what else they hang on.

    ``context`` is what the page says of the releases; it is asked only when page or file has to be made.
    """

    releases: list[Release]
    context: Callable[[], Mapping[str, Any]]
    also: tuple[str, ...] = ()


def page(
    request: HttpRequest,
    template: str,
    releases: Iterable[Release],
    context: Callable[[], Mapping[str, object]],
    *also: str,
) -> HttpResponse:
    """A page made of these releases, its address and language, and nothing else but what ``also`` says.

    ``context`` is asked only when the page has not been made before. The releases are those that the reader may see.
    Addresses with parts that no page asks for, or with one twice, are answered and not kept: there is no end of them.
    """
    if not _is_plain(request.GET):
        return render(request, template, {**context(), PIECES: {}})
    key, cache = _key(request, releases, template, *also), caches[_CACHE]
    pieces = cache.get(key)
    if pieces is not None:
        return render(request, template, {PIECES: pieces})
    made: dict[str, str] = {}
    response = render(request, template, {**context(), PIECES: made})
    cache.set(key, made, timeout=None)
    return response


def _is_plain(query: QueryDict) -> bool:
    """Whether an address asks for what pages know, and for nothing twice."""
    return set(query) <= QUESTIONS and all(len(values) == len(set(values)) for _, values in query.lists())


def value(release: Release, name: str, made: Callable[[], Kept]) -> Kept:
    """What several pages of a release need in one language: the first that asks has it made."""
    return cast(Kept, caches[_CACHE].get_or_set(_digest([release], name), made, timeout=None))


def file(
    request: HttpRequest, releases: Iterable[Release], made: Callable[[], HttpResponseBase], *also: str
) -> HttpResponseBase:
    """A file made of releases; a browser that has it already is told so (RFC 9110, 304), and nothing is made."""
    tag = f'"{_key(request, releases, *also)}"'
    response = get_conditional_response(request, etag=tag) or made()
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@cache
def program() -> str:
    """The program that makes pages and files, as one word: its version, and its files as they were when first asked.

    Whoever mends a line or a translation does not always count the version up.
    """
    return f"{version('vielfalt')} {ownfiles.fingerprint(Path(vielfalt.__file__).parent)}"


def _key(request: HttpRequest, releases: Iterable[Release], *also: str) -> str:
    """All that a page or file is made of, as one word; another program makes other pages."""
    return _digest(releases, request.get_full_path(), *also)


def _digest(releases: Iterable[Release], *told: str) -> str:
    made_of = [(release.digest, release.name, release.town.name) for release in releases]
    return hashlib.sha256(json.dumps([program(), get_language(), made_of, told]).encode()).hexdigest()
