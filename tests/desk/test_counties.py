"""Pages and files about a county speak of the county; those about a town, asked for next, speak of the town."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse
from pages_served import addresses

from messages import extracted
from vielfalt.desk.atlas.counties import SAID, spoken
from vielfalt.desk.releases.models import Release


def of_county(release: Release, made_of: list[dict[str, str]]) -> None:
    """Makes of a release that of a county, or of a town again; what was made of it before is not shown again."""
    release.description = {**release.description, "made_of": made_of}
    release.digest = str(len(made_of)) * 64
    release.save()


def text(browser: Client, address: str) -> str:
    answer = browser.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("name", ["theme", "definitions", "excerpt", "theme_csv"])
def test_what_is_shown_of_a_county_speaks_of_the_county(client: Client, release: Release, name: str) -> None:
    address = {**addresses(release), "theme_csv": reverse("theme_csv", args=(release.town.ags, release.name))}[name]
    of_a_town = {said for said in SAID if "{" not in said and said in text(client, address)}
    assert of_a_town
    of_county(release, [{"ags": "x"}])
    shown = text(client, address)
    assert [said for said in of_a_town if said in shown] == []
    assert [said for said in of_a_town if SAID[said] not in shown] == []
    of_county(release, [])
    shown = text(client, address)
    assert [said for said in of_a_town if said not in shown] == []


def test_a_request_leaves_nothing_behind_of_what_it_spoke_of(client: Client, release: Release) -> None:
    """The next one may come to the same thread."""
    of_county(release, [{"ags": "x"}])
    text(client, addresses(release)["theme"])
    assert not spoken()["en"].said


def test_what_is_said_otherwise_of_a_county_is_something_that_is_said_of_a_town() -> None:
    """A message id that was changed elsewhere would bring the town's words back."""
    assert set(SAID) <= {id for id in extracted() if isinstance(id, str)}
