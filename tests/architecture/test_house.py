"""The rules of the house that no linter knows: sizes, borders between the zones, and what must never be in the tree."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from vielfalt import allocators

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "vielfalt"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent.name != "migrations")
Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST_MODULE, LONGEST_FUNCTION, MEDIAN_MODULE = 400, 40, 150
HEAVY = {
    "duckdb",
    "polars",
    "altair",
    "pyarrow",
    "numpy",
    "scipy",
    "shapely",
    "typst",
    "narwhals",
    "rich",
    "vl_convert",
}
NETWORK = {
    *("aiohttp", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket", "socketserver"),
    *("ssl", "telnetlib", "urllib", "urllib3", "websockets", "xmlrpc"),
}
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "perf_counter", "monotonic", "token_bytes", "token_hex", "uuid4"}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(OR\s+REPLACE\s+)?(TEMP\s+)?"
    r"(TABLE|VIEW)|DROP\s+TABLE|COPY\s*\(|read_csv\s*\(|read_parquet\s*\(')",
    re.DOTALL | re.IGNORECASE,
)
MAKES_PROTECTED = {"figures/disclosure", "publish/releases.py"}
"""Who may construct ProtectedCells: disclosure control, and the reader of a release, which checks every hash first."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def called(node: ast.Call) -> str:
    """The last word of what is called: ``cells.ProtectedCells(...)`` is ProtectedCells."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def texts(path: Path) -> Iterator[str]:
    """The string constants of a module that are no docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def public(path: Path) -> Iterator[Function | ast.ClassDef]:
    """The public functions and classes of a module, and the public methods of public classes."""
    for node in tree(path).body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    inner for inner in node.body if isinstance(inner, Function) and not inner.name.startswith("_")
                )


def test_modules_are_short() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_MODULE


def test_functions_are_short() -> None:
    long = {
        f"{name(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_everything_public_has_a_docstring() -> None:
    bare = [f"{name(path)}:{node.name}" for path in MODULES for node in public(path) if not ast.get_docstring(node)]
    bare += [name(path) for path in MODULES if not ast.get_docstring(tree(path))]
    assert bare == []


def test_every_function_is_annotated() -> None:
    bare = []
    for path in MODULES:
        methods = {id(node) for owner in ast.walk(tree(path)) if isinstance(owner, ast.ClassDef) for node in owner.body}
        for node in functions(path):
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            given = given[1:] if id(node) in methods and not _is_static(node) else given
            given += [extra for extra in (node.args.vararg, node.args.kwarg) if extra]
            if node.returns is None or any(argument.annotation is None for argument in given):
                bare.append(f"{name(path)}:{node.name}")
    assert bare == []


def _is_static(node: Function) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == "staticmethod" for decorator in node.decorator_list)


def test_only_disclosure_control_makes_protected_cells() -> None:
    makers = {
        name(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) == "ProtectedCells"
    }
    assert makers
    assert {maker for maker in makers if not maker.startswith(tuple(MAKES_PROTECTED))} == set()


def test_publishing_never_sees_raw_cells() -> None:
    raw = {
        name(path)
        for path in MODULES
        if name(path).startswith("publish/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "Cells" for alias in node.names)
    }
    assert raw == set()


def test_sql_stays_in_the_engines() -> None:
    places = {name(path) for path in MODULES if any(SQL.search(text) for text in texts(path))}
    assert places, "the search itself must find the SQL of the engine"
    assert {place for place in places if not place.startswith("engines/")} == set()


def test_nothing_prints_but_the_command_line() -> None:
    printing = {
        name(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"console.py"}


def test_nothing_speaks_to_a_network() -> None:
    """The desk listens; it calls nobody."""
    found = {(name(path), module) for path in MODULES for module in imports(path) if module.split(".")[0] in NETWORK}
    assert found == {("desk/processes.py", "socket")}
    calls = {called(node) for node in ast.walk(tree(PACKAGE / "desk/processes.py")) if isinstance(node, ast.Call)}
    assert not calls & {"connect", "create_connection", "connect_ex", "sendto", "socket"}


def test_figures_know_neither_clock_nor_chance() -> None:
    """The same cells give the same figures: chance needs a seed, and no figure depends on the day it was computed."""
    found = []
    for path in (path for path in MODULES if name(path).startswith("figures/")):
        found += [
            (name(path), module) for module in imports(path) if module.split(".")[0] in {"random", "secrets", "time"}
        ]
        for node in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
            whole = ast.unparse(node.func)
            unseeded = called(node) == "default_rng" and not node.args and not node.keywords
            legacy = ".random." in whole and called(node) not in {"default_rng", "Generator", "SeedSequence", "PCG64"}
            if unseeded or legacy or called(node) in CLOCKS:
                found.append((name(path), whole))
    assert found == []


def test_importing_does_no_work() -> None:
    """No module calls anything for its effect when it is imported; ``__main__`` is run, never imported."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        if path.name != "__main__.py"
        for node in tree(path).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert found == []


def test_tests_share_by_modules_of_their_own() -> None:
    """What several tests need stands in a module that is no test, so that each test can be read and moved alone."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert len(tests) > 100
    found = [(path.name, module) for path in tests for module in imports(path) if module.startswith("test_")]
    assert found == []


def test_help_starts_without_the_heavy_libraries() -> None:
    """So heavy ones find the settings of their memory (``allocators``) in the environment when they are loaded."""
    program = (
        "import os, sys\n"
        "sys.argv = ['vielfalt', '--help']\n"
        "from vielfalt.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(os.environ['MIMALLOC_PURGE_DELAY'])\n"
        "print('loaded:', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert "import-table" in done.stdout, "the help must list the commands"
    *_, delay, last = done.stdout.splitlines()
    assert delay == allocators.SETTINGS["MIMALLOC_PURGE_DELAY"]
    loaded = set(last.split()[1:])
    assert "click" in loaded
    assert loaded & HEAVY == set()


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository: committed, and new ones that no rule ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("no git repository")
    return tuple(path for entry in listed.stdout.split("\0") if entry and (path := ROOT / entry).is_file())


def contents() -> Iterator[tuple[str, str]]:
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            yield path.relative_to(ROOT).as_posix(), data.decode("utf-8", errors="replace")


def test_no_compiled_files_are_tracked() -> None:
    compiled = {".mo", ".pyc", ".pyo", ".so", ".pyd", ".dll", ".whl", ".zip", ".duckdb", ".parquet"}
    assert [path.relative_to(ROOT).as_posix() for path in tracked() if path.suffix in compiled] == []


def test_no_file_names_the_place_where_it_was_written() -> None:
    """Neither the folders of this machine, nor package indexes or mirrors, nor tools that wrote a file.

    The words are put together here, or this file would be the first to be found.
    """
    folders = [f"{ROOT.parent.as_posix().rstrip('/')}/", f"{Path.home().as_posix().rstrip('/')}/"]
    hosts = [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
    ]
    tools = ["".join(parts) for parts in (("anth", "ropic"), ("open", "ai.com"), ("sub", "agent"), ("chat", "bot"))]
    tools += [" ".join(parts) for parts in (("language", "model"), ("this", "workplace"), ("issues", "show"))]
    # A folder counts only where a path begins: "../src/" is no mention of a checkout in /src.
    places = "|".join(re.escape(folder) for folder in folders if len(folder) > 4)
    named = "|".join(map(re.escape, [*hosts, *tools]))
    words = re.compile(rf"(?<![\w.])(?:{places or '(?!)'})|{named}", re.I)
    found = [(name, match[0]) for name, text in contents() if (match := words.search(text))]
    assert found == []


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, f"{path.name} names an address"
        assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links)\b", text, re.M), path.name
        entries = re.split(r"^(?=[a-z0-9])", re.sub(r"^\s*#.*$", "", text, flags=re.M), flags=re.M | re.I)[1:]
        assert len(entries) == len(re.findall(r"^\S+==", text, re.M)) > 0, path.name
        bare = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
        assert bare == [], path.name


def test_test_modules_bear_names_of_their_own() -> None:
    """Those of one name in two folders cannot be run together."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
