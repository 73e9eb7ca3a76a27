"""The words that click, the library of the command line, brings along; here they get their place in the catalogue."""

from __future__ import annotations

import gettext
import os

import click

from vielfalt.words import LOCALE, N_, NN_, Language, Words

ALL: tuple[str | tuple[str, str], ...] = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("default: {default}"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} is a file."),
    N_("directory"),
    N_("required"),
    N_("Option {name!r} does not take a value."),
    NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    NN_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    NN_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
)
"""Message ids of click 8; one that click words anew is shown in English."""
ARGUMENTS = (
    N_("EMAIL"),
    N_("FILE"),
    N_("FOLDER"),
    N_("ID"),
    N_("PACKAGE"),
    N_("RECORD"),
    N_("RELEASE"),
    N_("TABLE"),
)
"""Arguments of the commands, as their help calls them."""


def speak(language: Language) -> None:
    """Lets click look its words up in the catalogue; it asks gettext, which asks the environment for the language."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("vielfalt", str(LOCALE))
    gettext.textdomain("vielfalt")


def settle(command: click.Command, words: Words) -> None:
    """Gives the help of a command, and of those below it, what click writes in English or cuts off."""
    command.options_metavar = words("[OPTIONS]")
    command.short_help = command.help
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            parameter.metavar = _placeholder(parameter, words)
    if isinstance(command, click.Group):
        command.subcommand_metavar = words("COMMAND [ARGS]...")
        for below in command.commands.values():
            settle(below, words)


def _placeholder(argument: click.Argument, words: Words) -> str:
    name = words(argument.name.upper())
    return (name if argument.required else f"[{name}]") + ("..." if argument.nargs != 1 else "")
