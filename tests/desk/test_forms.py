"""Forms: what failed is said on top and at the field, in words that lead there; and nothing is lost by one click."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import people
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from roles_and_addresses import TABLE

from vielfalt.desk import entered
from vielfalt.desk.accounts import links, second
from vielfalt.desk.accounts.forms import name_field
from vielfalt.desk.accounts.models import SecondFactor, User
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.forms import PublisherForm
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.releases.models import Release

pytestmark = pytest.mark.django_db
UNDONE = {
    "give_role": "take_role",
    "take_role": "give_role",
    "close_account": "reopen_account",
    "reopen_account": "close_account",
    "log_out_everywhere": "login",
    "logout": "login",
    "set_language": "set_language",
    "new_link": "new_link",
    "start_again": "start_again",
}
"""What one click changes, and what changes it back or does it anew."""
ASKED_FIRST = {"erase_account", "reset_factor"}
"""What cannot be undone: the click leads to a question."""


class Form(HTMLParser):
    """The fields of a page, its summary of faults and what they refer to."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.summaries: list[dict[str, str]] = []
        self.links: list[str] = []
        self.feed(markup.partition("<main")[2].partition("</main>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values["id"]} if "id" in values else set()
        if tag in ("input", "select", "textarea") and values.get("type") not in ("hidden", "checkbox"):
            self.fields.append(values)
        if values.get("role") == "alert":
            self.summaries.append(values)
        if tag == "a" and values.get("href", "").startswith("#"):
            self.links.append(values["href"][1:])


def forms(release: Release) -> dict[str, tuple[Client, str, dict[str, str]]]:
    """Who fills each form in, where, and a sending that fails."""
    Publisher.objects.create(town=release.town, name="Stadt", contact="a@example.org", licence="dl-by", attribution="S")
    statistics, head = people.person("statistics"), people.person("head")
    steps.propose(statistics, release)
    desk, chief = people.client(statistics), people.client(people.person("administration"))
    return {
        "login": (Client(), reverse("login"), {}),
        "wrong password": (Client(), reverse("login"), {"email": "a@example.org", "password": "x"}),
        "link": (Client(), reverse("one_time_link", args=[links.token_for(people.person("council"))]), {}),
        "password": (desk, reverse("password"), {"password": "kurz", "again": "lang"}),
        "second factor": (desk, reverse("second_setup"), {"code": "x"}),
        "upload": (desk, reverse("upload"), {}),
        "publisher": (desk, reverse("publisher", args=[release.town.ags]), {"licence": "nothing"}),
        "decline": (
            people.client(head),
            reverse("publication", args=[release.town.ags, release.name]),
            {"step": "decline", "reason": " "},
        ),
        "invite": (chief, reverse("invite"), {"email": "nobody"}),
    }


def test_what_failed_is_said_on_top_and_at_the_field(release: Release) -> None:
    """A summary that takes the focus without any script, leads to each field, and words that belong to the field."""
    for name, (browser, address, sent) in forms(release).items():
        form = Form(browser.post(address, sent).content.decode())
        assert ["autofocus" in one and one["tabindex"] == "-1" for one in form.summaries] == [True], name
        wrong = [field for field in form.fields if field.get("aria-invalid") == "true"]
        assert bool(wrong) == (name != "wrong password"), "which of the two is wrong is nobody's business"
        assert form.links == [field["id"] for field in wrong], name
        for field in wrong:
            *hint, error = field["aria-describedby"].split()
            assert error == f"{field['id']}-error" and hint in ([], [f"{field['id']}-hint"]), name
            assert {error, *hint} <= form.ids, name


TURNED = "Max \N{RIGHT-TO-LEFT OVERRIDE}retsuM"


@pytest.mark.parametrize(
    ("name", "field"), [("invite", "name"), ("invite", "email"), ("publisher", "name"), ("publisher", "attribution")]
)
@pytest.mark.parametrize("odd", [TURNED, "a@b\u202e.de", "Max\nMuster", "a\u2028b", "\u200fMax", "a\x85b", "a\0b"])
def test_no_text_that_people_enter_holds_signs_that_nobody_sees(
    release: Release, name: str, field: str, odd: str
) -> None:
    browser, address, sent = forms(release)[name]
    page = browser.post(address, {**sent, field: odd}).content.decode()
    said = page.partition(f'id="id_{field}-error"')[2].partition("</p>")[0]
    assert said and "[" not in said and page.count(f'id="id_{field}-error"') == 1
    assert field == "email" or "\0" in odd or "unsichtbare Zeichen" in said


UNSEEN = "\u200b\u2060\ufeff\xad\u200d\u200c\u034f\u3164\ufe0f\U000e0041"


@pytest.mark.parametrize("sign", UNSEEN)
def test_no_name_looks_like_another_by_a_sign_that_leaves_no_trace(release: Release, sign: str) -> None:
    known = forms(release)
    for name in ("invite", "publisher"):
        browser, address, sent = known[name]
        page = browser.post(address, {**sent, "name": f"Max{sign}Muster"}).content.decode()
        assert "unsichtbare Zeichen" in page.partition('id="id_name-error"')[2].partition("</p>")[0], name


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u202f", "\u3000", "\u2800", " \u00a0 "])
def test_no_name_looks_like_another_by_its_blanks(blank: str) -> None:
    for field in (name_field(), PublisherForm.base_fields["name"]):
        assert field.clean(f"{blank}Max{blank}Muster{blank}") == "Max Muster"
        with pytest.raises(ValidationError):
            field.clean(blank)
    assert entered.shown(f"Max{blank}Muster{blank}") == "Max Muster"


def test_names_of_people_keep_the_signs_that_join_letters_where_a_script_needs_them() -> None:
    persian, hindi = "\u0645\u06cc\u200c\u062e", "\u0915\u094d\u200d\u0937"
    for name in (persian, hindi):
        entered.person(name)
        assert entered.shown(name) == name
        with pytest.raises(ValidationError):
            entered.plain(name)
    assert entered.shown(f"Max{UNSEEN}Muster") == "MaxMuster"


def test_names_in_letters_of_any_direction_are_taken(release: Release) -> None:
    browser, address, _ = forms(release)["invite"]
    sent = {"name": "محمد علی", "email": "m@example.org", "language": "de", "role": "council", "town": "*"}
    browser.post(address, sent)
    assert User.objects.get(email="m@example.org").name == "محمد علی"


def test_what_a_file_is_called_loses_signs_that_nobody_sees() -> None:
    assert entered.shown(f"{TURNED}\r\n.zip\0") == "Max retsuM .zip"


def test_forms_ask_as_they_should(release: Release) -> None:
    """Needed fields are announced, not enforced by the browser; no name vanishes on typing; nothing is greyed out."""
    for name, (browser, address, _) in forms(release).items():
        markup = browser.get(address).content.decode()
        form = Form(markup)
        assert form.fields and not form.summaries, name
        for field in form.fields:
            assert not {"placeholder", "required", "disabled", "onpaste", "readonly"} & set(field), (name, field)
            assert field.get("autocomplete") != "off", name
            if field.get("type") == "radio":
                # A single button cannot be needed (WAI-ARIA 1.2); the group says it.
                assert re.search(r'<fieldset [^>]*role="radiogroup" aria-required="true"', markup), name
                continue
            label = re.search(rf'<label class="kern-label" for="{field["id"]}">(.*?)</label>', markup)
            assert label and ("optional" in label[1]) == (field.get("aria-required") != "true"), (name, field)
        for hint in re.findall(r'<(?:p|div) class="kern-hint"[^>]*>(.*?)</(?:p|div)>', markup):
            assert hint.endswith(".") and "<a" not in hint, name


def test_every_click_is_undone_or_asked_about() -> None:
    clicks = {name for name, row in TABLE.items() if row.method == "post"}
    assert clicks == set(UNDONE) | ASKED_FIRST
    assert set(UNDONE.values()) <= set(TABLE)


@pytest.mark.parametrize("name", sorted(ASKED_FIRST))
def test_what_cannot_be_undone_is_asked_about(name: str) -> None:
    chief, kim = people.client(people.person("administration")), people.person("council")
    second.begun(kim)
    if name == "erase_account":
        chief.post(reverse("close_account", args=[kim.pk]))
    address = reverse(name, args=[kim.pk])
    question = chief.post(address)
    markup = question.content.decode()
    assert question.status_code == 200
    assert "?</h1>" in markup and 'name="sure" value="ja"' in markup
    assert f'href="{reverse("account_of", args=[kim.pk])}"' in markup
    assert User.objects.get(pk=kim.pk).erased is None and SecondFactor.objects.filter(user=kim).exists()
    assert chief.post(address, {"sure": "ja"}).status_code == 302
