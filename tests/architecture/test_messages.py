"""The German catalogue is whole: every message id of the source has a translation with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import messages
from vielfalt import breaks, definitions, movement_programme, programme, schema
from vielfalt.figures.indices import ALL as INDICES
from vielfalt.figures.indices.index import FAMILIES
from vielfalt.register import checks, kinship
from vielfalt.steps import STEPS
from vielfalt.tools.explain import DECISIONS

OTHER_NAMES = ("Schaufenster", "hochgeladen", "Hochladen", "Kommandozeile", "Dashboard", "Submit", "Account", "User ")
"""What is called Vorführung, einlesen, Befehlszeile, Übersicht, Absenden, Konto here."""
SAME_IN_BOTH = {
    *(
        "Code",
        "Definition",
        "Format",
        "Index",
        "Name",
        "Person",
        "Region",
        "Religion",
        "Status",
        "Tests",
        "Cookies",
        "Version",
    ),
    *(
        "Form",
        "Isolation",
        "Definition: {title}",
        "Delta",
        "p",
        "Land",
        "{figure}, {date}",
        "{group}: {movement}",
        "{index}, {group}",
        "{category} ({level})",
        "{n} %",
        "{balance} ({level})",
    ),
}
"""Message ids whose German is the same word, and ids of nothing but placeholders."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def forms(entry: object) -> tuple[str, ...]:
    """One text, or singular and plural; nothing where there is no translation."""
    return (entry,) if isinstance(entry, str) else tuple(entry) if isinstance(entry, tuple | list) else ()


@pytest.fixture(scope="module")
def ids() -> dict[messages.Id, str]:
    return messages.extracted()


@pytest.fixture(scope="module")
def german() -> dict[messages.Id, tuple[str, ...]]:
    return {messages.id_of(message): forms(message.string) for message in messages.catalogue() if message.id}


def test_nothing_is_missing(ids: dict[messages.Id, str], german: dict[messages.Id, tuple[str, ...]]) -> None:
    missing = [(id, place) for id, place in ids.items() if not all(german.get(id, ("",)))]
    assert missing == [], "run `make messages` and translate what is empty"


def test_nothing_is_unused(ids: dict[messages.Id, str], german: dict[messages.Id, tuple[str, ...]]) -> None:
    assert set(german) - set(ids) == set(), "run `make messages`"


def test_nothing_is_fuzzy_or_obsolete() -> None:
    catalogue = messages.catalogue()
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_translations_fill_the_same_placeholders(german: dict[messages.Id, tuple[str, ...]]) -> None:
    """A singular may say "one" and leave the number out; nothing else may differ."""
    different = []
    for id, translated in german.items():
        wanted = [placeholders(form) for form in forms(id)]
        got = [placeholders(form) for form in translated if form]
        if any(found != want and found | {"n"} != want for found, want in zip(got, wanted, strict=False)):
            different.append(id)
    assert different == []


def test_translations_are_german(german: dict[messages.Id, tuple[str, ...]]) -> None:
    same = {id for id, translated in german.items() if forms(id)[: len(translated)] == translated and any(translated)}
    bare = {id for id in same if not "".join(c for c in "".join(forms(id)) if c.isalpha())}
    assert same - SAME_IN_BOTH - bare == set()


def test_german_uses_one_name_per_thing(german: dict[messages.Id, tuple[str, ...]]) -> None:
    """The words of the glossary, not others for the same thing, and no English ones of the trade."""
    found = {
        (word, id) for id, translated in german.items() for word in OTHER_NAMES for form in translated if word in form
    }
    assert found == set()


def test_the_catalogue_has_no_dates_and_no_places() -> None:
    text = messages.CATALOGUE.read_text(encoding="utf-8")
    assert "POT-Creation-Date" not in text
    assert "\n#: " not in text
    listed = [message.id for message in messages.catalogue() if message.id]
    assert [forms(id)[0] for id in listed] == sorted(forms(id)[0] for id in listed)


def test_merging_keeps_translations_and_drops_the_unused(tmp_path: Path) -> None:
    path = tmp_path / "vielfalt.po"
    path.write_text(
        messages.HEADER + 'msgid "Old"\nmsgstr "Alt"\n\nmsgid "Kept {n}"\nmsgstr "Bleibt {n}"\n', encoding="utf-8"
    )
    ids: dict[messages.Id, str] = {"Kept {n}": "", ("{n} row", "{n} rows"): "", "3.5 % surplus": ""}
    messages.write(messages.merged(ids, messages.catalogue(path)), path)
    first = path.read_text(encoding="utf-8")
    again = messages.catalogue(path)
    assert {message.id: message.string for message in again if message.id} == {
        "Kept {n}": "Bleibt {n}",
        ("{n} row", "{n} rows"): ("", ""),
        "3.5 % surplus": "",
    }
    assert "#," not in first
    messages.write(messages.merged(ids, again), path)
    assert path.read_text(encoding="utf-8") == first


def test_everything_shown_as_data_is_marked(ids: dict[messages.Id, str]) -> None:
    """What the declarations hold is translated where it is shown, so each text must have been marked with N_."""
    shown = [text for entry in definitions.ALL for text in (entry.title, entry.text, entry.limits)]
    shown += [table.title for table in (*programme.ALL, *movement_programme.ALL)]
    shown += [*programme.DIMENSIONS.values(), *movement_programme.DIMENSIONS.values()]
    shown += [text for entry in breaks.ALL for text in (entry.message, entry.consequence)]
    shown += list(STEPS.values())
    shown += [field.meaning for field in (*schema.EXTRACT, *schema.PERSONS)]
    shown += [rule.because for decision in DECISIONS for rule in decision.all_rules()]
    shown += [link.because for link in kinship.LINKS]
    shown += [text for entry in checks.ALL for text in (entry.message, entry.consequence)]
    shown += [
        text for entry in INDICES for text in (entry.title, entry.formula, entry.bounds, entry.caveat, entry.peers)
    ]
    shown += list(FAMILIES.values())
    assert [text for text in shown if text not in ids] == []


def test_errors_carry_message_ids() -> None:
    """The sentence and the next step of an error are marked, or the user would read English."""
    bare = []
    for path in sorted(messages.PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "todo")]
                bare += [
                    f"{path.name}:{node.lineno}" for value in given if isinstance(value, ast.Constant | ast.JoinedStr)
                ]
    assert bare == []


ERRORS = {"UsageError", "DeliveryError", "TownError", "DisclosureError", "EngineError", "StorageError"}


COMMAND = re.compile(r"vielfalt [a-z][^”;.]*")
"""A command that a message tells people to type, with what follows it."""


def test_paths_in_commands_are_shown_as_they_are_typed() -> None:
    """Every placeholder of a command is filled by ``words.typed``: a blank in a path would cut it in two."""
    bare, seen = [], 0
    for path in sorted(messages.PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and not is_call(node, "N_"):
                told = " ".join(filter(None, map(message_in, [*node.args, *(each.value for each in node.keywords)])))
                asked = {name for command in COMMAND.findall(told) for name in placeholders(command)}
                given = {each.arg for each in node.keywords if is_call(each.value, "typed")}
                seen += len(asked)
                bare += [f"{path.name}:{node.lineno}: {name}" for name in asked - given]
    assert bare == []
    assert seen >= 8, "the commands are told in another way, and this test no longer finds them"


def message_in(node: ast.expr) -> str:
    """A message that is given to a call as it is, or marked."""
    if isinstance(node, ast.Call) and is_call(node, "N_"):
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_call(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
