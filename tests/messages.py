"""Collects the message ids of the source and merges them into the German catalogue: ``python -m tests.messages``.

A message id is a text in ``N_("...")`` or ``NN_("...", "...")``, in a call of a ``Words`` instance (``words("...")``),
in ``words.plural`` or meaning and source of a parameter. The search walks the syntax tree rather than the tokens,
because ``words`` is also the name of a function that reads word lists, and because an id may be chosen by a condition.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "vielfalt"
CATALOGUE = PACKAGE / "locale" / "de" / "LC_MESSAGES" / "vielfalt.po"
WORDS = frozenset({"words", "named", "_words", "WORDS"})
"""What instances of ``Words`` are called in the source."""
HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
SAID = re.compile(r"""\{%\s*(?:say|table|column)\s+(?:'([^']+)'|"([^"]+)")""")
"""The tags of the desk's templates that speak."""
Id = str | tuple[str, str]
"""A message id, or the two ids of a message with plural."""


@dataclass(frozen=True)
class Call:
    """One place in the source that marks a message: the argument, and the words of what is called."""

    place: str
    argument: ast.expr
    plural: ast.expr | None = None


def extracted() -> dict[Id, str]:
    """Every message id of the program with the first place it stands at. Raises ValueError for a text that is built."""
    found: dict[Id, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for call in calls(path):
            for id in _ids(call):
                found.setdefault(id, call.place)
    for id, place in (*_parameters(), *_templates()):
        found.setdefault(id, place)
    return found


def calls(path: Path) -> Iterator[Call]:
    """The calls of one module that take a message id."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        match node.func:
            case ast.Name(id="N_"):
                yield Call(place, node.args[0])
            case ast.Name(id="NN_"):
                yield Call(place, node.args[0], node.args[1])
            case ast.Attribute(value=owner, attr="plural") if _is_words(owner) and len(node.args) > 1:
                yield Call(place, node.args[0], node.args[1])
            case owner if _is_words(owner):
                yield Call(place, node.args[0])


def _is_words(node: ast.expr) -> bool:
    """Whether an expression is an instance of Words: a name of the list, or an attribute of ``self`` so named."""
    match node:
        case ast.Name(id=name):
            return name in WORDS
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name in WORDS
    return False


def _ids(call: Call) -> Iterator[Id]:
    if call.plural is None:
        yield from _constants(call.argument, call.place)
    else:
        pairs = list(zip(_constants(call.argument, call.place), _constants(call.plural, call.place), strict=True))
        if not pairs:
            raise ValueError(f"{call.place}: the two forms of a plural must stand in the call as constant texts")
        yield from pairs


def _constants(node: ast.expr, place: str) -> Iterator[str]:
    """The texts an argument can be: a constant, or either side of a condition. A variable was marked elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            if text:
                yield text
        case ast.IfExp(body=body, orelse=other):
            yield from _constants(body, place)
            yield from _constants(other, place)
        case ast.JoinedStr() | ast.BinOp():
            raise ValueError(f"{place}: a message id must be one constant text; use {{placeholders}}")


def _parameters() -> Iterator[tuple[str, str]]:
    """Meaning and source of the parameters: the program shows them, but they stand in TOML."""
    for path in sorted((PACKAGE / "parameters").glob("*.toml")):
        for rows in tomllib.loads(path.read_text(encoding="utf-8")).values():
            for row in rows:
                for id in (row["meaning"], row["source"]):
                    yield id, path.relative_to(ROOT).as_posix()


def _templates() -> Iterator[tuple[str, str]]:
    """The messages that the desk's templates say: a constant text after a tag that speaks."""
    for path in sorted((PACKAGE / "desk" / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for single, double in SAID.findall(line):
                yield single or double, f"{path.relative_to(ROOT).as_posix()}:{number}"


def catalogue(path: Path = CATALOGUE) -> Catalog:
    """The German catalogue as it stands."""
    with path.open("rb") as file:
        return read_po(file, locale="de")


def id_of(message: Message) -> Id:
    """The id of a message of a catalogue in the form in which the source has it."""
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def merged(ids: Mapping[Id, str], old: Catalog) -> Catalog:
    """A catalogue of exactly these ids: translations of the old one are kept, what nobody uses any more is dropped."""
    new = Catalog(locale="de")
    for id in ids:
        known = old.get(id)
        fits = known is not None and isinstance(known.id, tuple) == isinstance(id, tuple)
        message = new.add(
            id, known.string if known and fits else None, user_comments=known.user_comments if known else ()
        )
        # Texts hold per cent signs ("3.5 % surplus") that babel takes for C placeholders.
        message.flags.clear()
    return new


def write(content: Catalog, path: Path = CATALOGUE) -> None:
    """Writes a catalogue sorted by id, without places and dates, so that a change shows in the lines it concerns."""
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, content, width=0, omit_header=True, no_location=True, sort_output=True)


def main() -> None:
    """Merges the ids of the source into the catalogue and says what changed."""
    ids, old = extracted(), catalogue()
    new = merged(ids, old)
    write(new)
    before = {id_of(message) for message in old if message.id}
    empty = [message for message in new if message.id and not (message.string and all(message.string))]
    print(
        f"{len(ids)} messages, {len(set(ids) - before)} new, {len(before - set(ids))} dropped, "
        f"{len(empty)} without translation",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
