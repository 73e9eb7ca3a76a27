"""The pages of the desk by their addresses, and what a page says to a reader of its markup."""

from __future__ import annotations

import re
import uuid
from html.parser import HTMLParser

from django.urls import reverse

from vielfalt.desk.jobs.models import Job
from vielfalt.desk.releases.models import Release

HOUSE = ("imprint", "data_protection", "accessibility", "about")
KINDS = ("csv", "xlsx", "svg", "png", "geojson")
THEME = {"thema": "foreigner", "kategorie": "foreign", "ebene": "quarter"}


class Page(HTMLParser):
    """Headings, links, ids and texts of a page, and whether each element that needs a name has one."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.language = ""
        self.inline: list[str] = []
        self.unnamed: list[str] = []
        self.figures = self.captions = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.language = values["lang"]
        if tag == "a":
            self.links.append(values["href"])
        if tag in ("link", "script", "img") and values.get("rel") != "canonical":
            self.loaded.append(values.get("href") or values.get("src") or "")
        self.figures += tag in ("figure", "table")
        self.captions += tag in ("figcaption", "caption")
        kind = values.get("class", "").partition(" ")[0]
        named = {"th": "scope", "svg": "role"}.get(tag) if tag == "th" or kind in ("map", "chart") else None
        if named and not (values.get(named) and (tag == "th" or {"aria-label", "aria-labelledby"} & set(values))):
            self.unnamed.append(str(attrs))
        if "id" in values:
            self.ids.append(values["id"])
        if "style" in values or any(name.startswith("on") for name in values) or tag == "style":
            self.inline.append(tag)


def addresses(release: Release) -> dict[str, str]:
    """One address for every pattern of the desk."""
    place = {"ags": release.town.ags, "name": release.name}
    query = "?" + "&".join(f"{name}={value}" for name, value in THEME.items())
    return {
        "towns": reverse("towns"),
        "town": reverse("town", args=[release.town.ags]),
        "town_history": reverse("town_history", args=[release.town.ags]),
        "release": reverse("release", kwargs=place),
        "release_history": reverse("release_history", kwargs=place),
        "theme": reverse("theme", kwargs=place) + query,
        **{
            f"theme_{kind}": reverse(f"theme_{kind}", kwargs=place) + query
            for kind in ("csv", "xlsx", "svg", "png", "geojson")
        },
        "area": reverse("area", kwargs={**place, "level": "quarter", "area": "01"}),
        "origins": reverse("origins", kwargs=place),
        "origin": reverse("origin", kwargs={**place, "key": "turkey"}),
        "indices": reverse("indices", kwargs=place),
        "definitions": reverse("definitions", kwargs=place),
        "help": reverse("help"),
        "index_methods": reverse("index_methods"),
        "index_method": reverse("index_method", args=["dissimilarity"]),
        **{name: reverse(name) for name in HOUSE},
        "upload": reverse("upload"),
        "jobs": reverse("jobs"),
        "job": reverse("job", args=[job_of(release, "done")]),
        "start_again": reverse("start_again", args=[job_of(release, "waiting")]),
        **{name: reverse(name, kwargs=place) for name in ("report_pdf", "report_html", "package")},
        **{name: reverse(name, kwargs=place) for name in ("excerpt", "excerpt_pdf", "excerpt_xlsx")},
        **{f"{name}_file": reverse(f"{name}_file", kwargs=of) for name, of in files(place).items()},
        **{name: reverse(name, args=[release.town.ags, "svg"]) for name in ("change_file", "line_file")},
        "compare": reverse("compare"),
        "login": reverse("login"),
        "logout": reverse("logout"),
        "one_time_link": reverse("one_time_link", args=["nothing"]),
        "set_language": reverse("set_language"),
        **{name: reverse(name) for name in OF_ACCOUNTS},
        "time": reverse("time", args=[release.town.ags]),
    }


def job_of(release: Release, state: str) -> uuid.UUID:
    """A job that brought the release in."""
    return Job.objects.get_or_create(name="2025-12-31-1.zip", release=release, state=state)[0].pk


def files(place: dict[str, str], form: str = "csv") -> dict[str, dict[str, str]]:
    """What the addresses of the files of pages are made of, by the name of the page."""
    return {
        "compare": {"form": form},
        "time": {"ags": place["ags"], "form": form},
        "area": {**place, "level": "quarter", "area": "01", "form": form},
        "indices": {**place, "form": form},
        "origin": {**place, "key": "turkey", "form": form},
        "quotient": {**place, "key": "turkey", "form": "svg"},
    }


OF_ACCOUNTS = ("account", "password", "second_setup")
PAGES = (
    *(
        "towns",
        "town",
        "release",
        "theme",
        "area",
        "origins",
        "origin",
        "indices",
        "definitions",
        "excerpt",
        "help",
        "index_methods",
        "index_method",
        *HOUSE,
        "compare",
        "time",
        "town_history",
        "release_history",
        "upload",
        "jobs",
        "job",
        *OF_ACCOUNTS,
    ),
)
