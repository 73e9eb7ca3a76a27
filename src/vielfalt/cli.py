"""The command line. Every command reads its words first and its libraries when it runs, so that help is quick."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click

from vielfalt import allocators, clickwords, limits
from vielfalt.commands import attack, county, desk, evaluate, inspect, measure, start, vault
from vielfalt.commands.options import WORDS, asked_for, language, refuse_unknown_language, show_error, to_stderr
from vielfalt.words import Language, Words


@click.group(
    commands=(*start.ALL, *evaluate.ALL, *inspect.ALL, *measure.ALL, *attack.ALL, *county.ALL, *vault.ALL, *desk.ALL),
    help=WORDS("Vielfalt: from the extract of the resident register to protected tables, maps, indices and a report."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="vielfalt", help=WORDS("Show the version and exit."))
def commands() -> None:
    """The group of all commands."""


def _noted_interrupts() -> list[int]:
    """A list that Ctrl+C is noted in, which does what it does otherwise; so do being ended and losing the terminal.

    So what was begun is cleared away, whichever it is. Whoever starts the program may have it ignore one (``nohup``).
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> NoReturn:
        del frame
        noted.append(number)
        raise KeyboardInterrupt

    for number in (getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)):
        if signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL):
            signal.signal(number, note)
    return noted


def _writable() -> None:
    """Lets output bear every sign: UTF-8 where it goes into a file, which the program can then read, on Windows too.

    On a terminal, or where the environment asks for an encoding, a question mark stands for a sign that it lacks.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if not stream.isatty() and not os.environ.get("PYTHONIOENCODING"):
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")


def _interrupted(spoken: Mapping[str, Language], noted: Sequence[int]) -> NoReturn:
    """Says so, and ends as whoever sent a signal expects: of another one than Ctrl+C the program dies after all."""
    words = Words(spoken.get("language", language()))
    with suppress(OSError):  # the terminal is gone
        to_stderr(words("Interrupted. The next run starts clean."))
    for number in noted:
        if number != signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
    sys.exit(130)


def main() -> None:
    """Runs a command. Errors become a sentence, a place and a next step, with the exit code of their class."""
    spoken: dict[str, Language] = {}
    stopped = _noted_interrupts()
    _writable()
    allocators.set_up()
    clickwords.speak(language())
    clickwords.settle(commands, WORDS)
    try:
        refuse_unknown_language()
        limits.refuse_below(limits.WORKING)
        commands(standalone_mode=False, prog_name="vielfalt", obj=spoken)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Abort:
        _interrupted(spoken, stopped)
    except Exception as error:
        if stopped:  # a library that was being loaded makes a fault of its own of it
            _interrupted(spoken, stopped)
        from vielfalt.errors import known

        told = known(error)
        show_error(told, Words(spoken.get("language") or asked_for() or told.language or "de"))
        sys.exit(told.exit_code)
