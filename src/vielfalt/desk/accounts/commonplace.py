"""Passwords that guessers try first: common German words with digits, rows of keys, one thing over and over.

NIST SP 800-63B, 5.1.1.2: new passwords are compared with values "known to be commonly-used, expected, or compromised",
among them dictionary words, repetitive or sequential characters and words of the context. Lists of compromised
passwords hold few German ones; the words here are the project's own choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError

_WORDS = """
passwort password kennwort losung geheim geheimnis secret sicher sicherheit schluessel zugang anmeldung anmelden login
start willkommen welcome hallo servus moin admin administrator benutzer nutzer konto gast test probe chef master
stadt rathaus gemeinde kommune landkreis kreis amt buergeramt buergermeister verwaltung behoerde buero arbeit
integration vielfalt statistik melderegister register auslaender migration pult deutschland bayern berlin hamburg
muenchen koeln frankfurt stuttgart leipzig dresden schalke dortmund borussia fussball computer internet drucker handy
fruehling sommer herbst winter januar februar maerz april mai juni juli august september oktober november dezember
montag dienstag mittwoch donnerstag freitag samstag sonntag weihnachten ostern urlaub feierabend familie mama papa
liebe ichliebedich schatz schatzi engel prinzessin sonne sonnenschein blume schmetterling hund katze maus baer
drache iloveyou letmein qwert
"""
_STEM = re.compile("|".join(sorted(_WORDS.split(), key=len, reverse=True)))
_ROWS = (
    *("1234567890", "qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"),
    *("1qay", "1qaz", "2wsx", "3edc", "4rfv", "5tgb"),
)
_ENDLESS = tuple(text for row in _ROWS for text in (row * 2, row[::-1] * 2))
_LEAST_RUN, _LEAST_LETTERS, _LEAST_SIGNS = 4, 4, 4
"""So long is a run of keys; with fewer further letters, or fewer different signs, a password is as good as no other."""
_MOST_WORDS = 2
"""Who strings more words than these together is not guessed by a list of words."""
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_DIGITS_FOR_LETTERS = str.maketrans("01345@$!", "oieasasi")


class CommonplaceValidator:
    """Refuses passwords that are made of common words, rows of keys or repetitions (see the module)."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError with the code ``password_commonplace``."""
        del user
        if is_commonplace(password):
            raise ValidationError(self.get_help_text(), code="password_commonplace")

    def get_help_text(self) -> str:
        """What is refused, in English: the desk says it by the code."""
        return "No common word with digits, no row of keys, nothing repeated."


def is_commonplace(password: str) -> bool:
    """Whether a password is one or two common words, rows of keys or a repetition, with little else."""
    text = password.casefold().translate(_SPELLED)
    spellings = (text, text.translate(_DIGITS_FOR_LETTERS))
    return _repeats(text) or any(_is_made_of_words(one) or _is_made_of_rows(one) for one in spellings)


def _repeats(text: str) -> bool:
    periods = range(1, len(text) // 2 + 1)
    return len(set(text)) < _LEAST_SIGNS or any(text == (text[:n] * len(text))[: len(text)] for n in periods)


def _is_made_of_words(text: str) -> bool:
    rest, words = _STEM.subn("", text)
    return 0 < words <= _MOST_WORDS and _letters(_without_rows(rest)) < _LEAST_LETTERS


def _is_made_of_rows(text: str) -> bool:
    rest = _without_rows(text)
    return 2 * len(rest) <= len(text) and _letters(rest) < _LEAST_LETTERS


def _letters(text: str) -> int:
    return sum(sign.isalpha() for sign in text)


def _without_rows(text: str) -> str:
    """The text without runs of neighbours on the keyboard, in the alphabet and of one sign."""
    return "".join(run for run in _runs(text) if len(run) < _LEAST_RUN)


def _runs(text: str) -> Iterator[str]:
    """The text in pieces, each as long as its signs follow one another in a row."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _follow(text[start : end + 1]):
            end += 1
        yield text[start:end]
        start = end


def _follow(piece: str) -> bool:
    return len(set(piece)) == 1 or any(piece in row for row in _ENDLESS)
