"""What keeps the vault running on Windows, as far as it can be held without one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "vielfalt"
MODULES = sorted(PACKAGE.rglob("*.py"))
ELSEWHERE_MISSING = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty"}
"""Modules that Python has on POSIX systems alone."""
MISSING_CALLS = {
    "fork",
    "getuid",
    "geteuid",
    "getgid",
    "chown",
    "mkfifo",
    "nice",
    "sched_getaffinity",
    "sysconf",
    "wait",
}
"""Functions of ``os`` that Windows lacks."""
GUARDED = {
    "vault/locking.py": {"fcntl"},
    "desk/processes.py": {"fork", "wait"},
    "commands/showcase.py": {"nice"},
    "county/memory.py": {"sched_getaffinity"},
    "limits.py": {"resource"},
}
"""Where one of them stands behind a question for the system."""
TEXT_CALLS = {"read_text", "write_text"}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(found: ast.Module) -> Iterator[str]:
    for node in ast.walk(found):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def of_os(found: ast.Module) -> Iterator[str]:
    for node in ast.walk(found):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            yield node.attr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_windows_lacks_is_asked_for_before(path: Path) -> None:
    found = tree(path)
    used = ({*imported(found)} & ELSEWHERE_MISSING) | ({*of_os(found)} & MISSING_CALLS)
    assert used == GUARDED.get(path.relative_to(PACKAGE).as_posix(), set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_text_file_names_its_encoding(path: Path) -> None:
    """Without one Python takes that of the computer: Windows-1252 on a German office PC."""
    for name, call in calls(tree(path)):
        assert not as_text(name, call) or "encoding" in {each.arg for each in call.keywords}, f"line {call.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_text_file_that_is_written_names_the_end_of_its_lines(path: Path) -> None:
    """Without it the same town would be another file on Windows, where Python writes two signs for one."""
    for name, call in calls(tree(path)):
        modes = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
        writes = name == "write_text" or (name == "open" and any(set(mode) & set("wax") for mode in modes[-1:]))
        assert not (writes and as_text(name, call)) or "newline" in {each.arg for each in call.keywords}, (
            f"line {call.lineno}"
        )


def as_text(name: str, call: ast.Call) -> bool:
    """Whether a call reads or writes text; modes stand in the code, and what has none but is opened is no file."""
    modes = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if name == "open" and isinstance(call.func, ast.Name):
        return "b" not in "".join(modes[-1:])
    first = call.args[0] if name == "open" and call.args else None
    return name in TEXT_CALLS or (isinstance(first, ast.Constant) and set(str(first.value)) <= set("rwxat+"))
