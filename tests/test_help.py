"""What the commands say of themselves, in German and English."""

from __future__ import annotations

import re

import pytest

from command_line import vielfalt


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ((), "Aufruf: vielfalt [OPTIONEN] BEFEHL [ARGUMENTE]..."),
        (("desk",), "Aufruf: vielfalt desk [OPTIONEN] BEFEHL [ARGUMENTE]..."),
        (("audit",), "Aufruf: vielfalt audit [OPTIONEN] VERÖFFENTLICHUNG..."),
        (("explain",), "Aufruf: vielfalt explain [OPTIONEN] [KENNUNG]"),
        (("trace",), "Aufruf: vielfalt trace [OPTIONEN] ORDNER ZEILE"),
        (("indices",), "Aufruf: vielfalt indices [OPTIONEN] TABELLE"),
        (("desk", "serve"), "Aufruf: vielfalt desk serve [OPTIONEN]"),
    ],
)
def test_german_help_speaks_german_throughout(words: tuple[str, ...], call: str) -> None:
    shown = vielfalt(*words, "--help", language="de").stdout
    assert shown.splitlines()[0] == call
    english = re.findall(r"\b(?:OPTIONS|COMMAND|ARGS|FOLDER|FILE|PATH|TEXT|FLOAT|COLUMN|YYYY)\b", shown)
    assert not english, english


@pytest.mark.parametrize("language", ["de", "en"])
def test_lists_of_commands_say_whole_sentences(language: str) -> None:
    for words in ((), ("desk",), ("county",)):
        listed = vielfalt(*words, "--help", language=language).stdout.splitlines()[1:]
        assert not [line for line in listed if line.endswith("...")]


def test_a_missing_argument_is_called_as_in_the_help() -> None:
    assert "'ORDNER'" in vielfalt("run", expect=2, language="de").stderr
    assert "'FOLDER'" in vielfalt("run", expect=2).stderr


def test_a_setting_says_from_when_it_holds_only_where_it_was_another_before() -> None:
    assert "Value: 5\n" in vielfalt("explain", "min_cell").stdout


def test_what_resembles_nothing_is_answered_with_where_the_list_is() -> None:
    assert "without an ID lists everything" in vielfalt("explain", "?", expect=2).stderr


def test_sources_and_formulas_are_explained_in_german() -> None:
    for id, told in (
        ("L4", "HHGEN98, Stufen 3 und 8"),
        ("morrill", "c: 1 für Nachbarn"),
        ("distortion", "aller Gebiete"),
    ):
        assert told in vielfalt("explain", id, language="de").stdout
