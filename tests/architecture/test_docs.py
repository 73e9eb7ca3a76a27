"""Everything a user meets is documented: what the program declares stands on its page, and every link leads on."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest

import index_pages
from markdown_pages import anchors
from vielfalt import breaks, codes, definitions, errors, movement_programme, parameters, programme, schema, town
from vielfalt.audit import attacks
from vielfalt.cli import commands
from vielfalt.county import project
from vielfalt.desk.accounts import roles
from vielfalt.figures.disclosure.attackers import ATTACKERS
from vielfalt.figures.indices import ALL as INDICES
from vielfalt.register import checks, evidence, households, kinship, links
from vielfalt.tools import explain
from vielfalt.words import Language, Words

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
GERMAN = [
    *sorted((ROOT / "src" / "vielfalt" / "tools" / "templates_town").rglob("*.*")),
    *sorted((ROOT / "src" / "vielfalt" / "county" / "templates_county").rglob("*.*")),
    *sorted((ROOT / "src" / "vielfalt" / "locale").rglob("*.po")),
]


@cache
def page(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def unnamed(words: list[str] | tuple[str, ...], text: str) -> list[str]:
    """The words that nowhere stand as code."""
    return [word for word in words if not re.search(rf"`{re.escape(word)}`", text)]


def section(text: str, heading: str) -> str:
    """What stands between a second-level heading and the next."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return match[1] if match else ""


def twins(path: Path) -> list[Path]:
    """A page in English and in German."""
    return [path, path.with_suffix(".de.md")]


def words_of(path: Path) -> Words:
    """The words of the language that a page is written in."""
    language: Language = "de" if path.name.endswith(".de.md") else "en"
    return Words(language)


def all_commands(group: click.Group = commands, before: str = "") -> dict[str, click.Command]:
    """Every command by its whole name; of a group its commands."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        whole = f"{before}{name}"
        found |= all_commands(command, f"{whole} ") if isinstance(command, click.Group) else {whole: command}
    return found


@pytest.mark.parametrize("path", twins(REFERENCE / "commands.md"), ids=lambda path: path.name)
@pytest.mark.parametrize("name", sorted(all_commands()))
def test_commands_and_options(name: str, path: Path) -> None:
    text, in_words = section(page(path), f"`vielfalt {name}`"), words_of(path)
    assert text, f"no section for {name}"
    for parameter in all_commands()[name].params:
        option = isinstance(parameter, click.Option)
        for word in parameter.opts if option else [in_words(str(parameter.name).upper())]:
            assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), f"{name}: {word}"


@pytest.mark.parametrize("path", twins(REFERENCE / "commands.md"), ids=lambda path: path.name)
def test_no_option_is_documented_that_does_not_exist(path: Path) -> None:
    for name, command in all_commands().items():
        known = {option for parameter in command.params for option in parameter.opts}
        told = set(re.findall(r"(?<![\w-])--[a-z-]+", section(page(path), f"`vielfalt {name}`")))
        assert told - known == set(), name


def code(text: str) -> list[str]:
    """The lines of code of a page: indented, fenced, or between backticks."""
    blocks = re.findall(r"^    (.+)$", text, re.M) + "\n".join(re.findall(r"```.*?\n(.*?)```", text, re.S)).split("\n")
    return [*blocks, *re.findall(r"`([^`\n]+)`", text)]


@pytest.mark.parametrize("path", [*PAGES, *GERMAN], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_commands_that_exist_are_told(path: Path) -> None:
    """On every page, also the options beside a command, and the targets of make."""
    known = all_commands()
    targets = set(re.findall(r"^([\w-]+):", page(ROOT / "Makefile"), re.M))
    for line in code(page(path)):
        if match := re.match(r"(?:\.venv/bin/)?vielfalt ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?(.*)", line):
            name = f"{match[1]} {match[2]}" if f"{match[1]} {match[2]}" in known else match[1]
            assert name in known or (match[2] is None and name in commands.commands), line
            options = known[name].params if name in known else ()
            told = set(re.findall(r"(?<![\w-])--[a-z-]+", line.partition("#")[0]))
            assert told <= {word for option in options for word in option.opts}, line
        if match := re.match(r"make ([a-z][\w-]*)", line):
            assert match[1] in targets, line


def test_contributors_find_every_part_of_the_program() -> None:
    parts = {path.stem for path in (ROOT / "src" / "vielfalt").iterdir() if not path.name.startswith("__")}
    assert unnamed(sorted(parts), section(page(ROOT / "CONTRIBUTING.md"), "Where things stand")) == []


def test_exit_codes() -> None:
    text = page(REFERENCE / "exit-codes.md")
    classes = errors.VielfaltError.__subclasses__()
    assert len(classes) >= 6
    for entry in classes:
        assert re.search(rf"^\| {entry.exit_code} \| `{entry.__name__}` \|", text, re.M), entry.__name__


@pytest.mark.parametrize("path", twins(REFERENCE / "town-toml.md"))
def test_settings(path: Path) -> None:
    text = page(path)
    for section, names in town.settings().items():
        assert not section or f"[{section}]" in text, section
        parts = {name for name in names if f"{section}.{name}".lstrip(".") in town.settings()}
        assert unnamed(sorted({*names} - parts), text) == [], section


def test_settings_of_a_county() -> None:
    text, source = page(REFERENCE / "county-toml.md"), ast.parse(page(Path(project.__file__)))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    known = [str(ast.literal_eval(arg)) for node in calls if node.func.attr == "only" for arg in node.args]  # type: ignore[attr-defined]
    assert len(known) >= 8
    assert unnamed([name for name in known if name != "county"], text) == [] and "`[county]`" in text


def test_protection_settings_have_a_how_to() -> None:
    assert unnamed(sorted(parameters.load("protection")), page(DOCS / "how-to" / "set-thresholds.md")) == []


@pytest.mark.parametrize("path", [*twins(REFERENCE / "town-toml.md"), DOCS / "how-to" / "choose-a-method.md"])
def test_settings_of_the_methods_and_their_defaults(path: Path) -> None:
    settings = town.settings()
    for part in ("cell_key", "rounding"):
        for name in settings[f"protection.{part}"]:
            row = next(line for line in page(path).splitlines() if line.startswith(f"| `{name}` |"))
            versions = parameters.load("methods").get(f"{part}_{name}")
            if versions:
                assert str(versions[-1].value) in [cell.strip() for cell in row.split("|")], name


@pytest.mark.parametrize("path", [*twins(REFERENCE / "town-toml.md"), DOCS / "how-to" / "set-thresholds.md"])
def test_defaults_of_protection_are_those_of_the_program(path: Path) -> None:
    for name, versions in parameters.load("protection").items():
        row = next(line for line in page(path).splitlines() if line.startswith(f"| `{name}` |"))
        assert str(versions[-1].value) in [cell.strip() for cell in row.split("|")], name


@pytest.mark.parametrize("path", twins(REFERENCE / "definitions.md"), ids=lambda path: path.name)
def test_definitions(path: Path) -> None:
    text, in_words = page(path), words_of(path)
    for entry in definitions.ALL:
        told = " ".join(section(text, f"`{entry.id}`").split())
        assert in_words(entry.text) in told, entry.id
        assert unnamed([field for need in entry.needs for field in need.split("|")], told) == [], entry.id


@pytest.mark.parametrize("language", ["en", "de"])
def test_rules(language: Language) -> None:
    """Each with its reason in the words of the program."""
    in_words = Words(language)
    names = [path for path in sorted((REFERENCE / "rules").glob("*.md")) if words_of(path).language == language]
    text = "\n".join(page(path) for path in names)
    reasons = {rule.id: rule.because for decision in explain.DECISIONS for rule in decision.all_rules()}
    for id, because in (reasons | {link.id: link.because for link in kinship.LINKS}).items():
        told = " ".join(section(text, id).split())
        assert f"**{in_words(because).rstrip('.')}.**" in told, id


def test_links_of_households() -> None:
    ids = [link.id for link in kinship.LINKS]
    for path in twins(DOCS / "explanation" / "households.md"):
        assert unnamed([*ids, *households.TYPES], page(path)) == [], path.name


@pytest.mark.parametrize("path", twins(REFERENCE / "checks.md"))
def test_checks(path: Path) -> None:
    text, words = page(path), words_of(path)
    for entry in checks.ALL:
        row = next((line for line in text.splitlines() if line.startswith(f"| `{entry.id}` |")), "")
        assert words(entry.message) in row and words(entry.consequence) in row, entry.id


def test_indices() -> None:
    """The pages say what the catalogue says; ``python -m tests.index_pages`` writes them."""
    written = index_pages.pages()
    assert {f"{entry.id}{end}" for entry in INDICES for end in index_pages.ENDS.values()} < set(written)
    assert {path.name: page(path) for path in (REFERENCE / "indices").glob("*.md")} == written


def test_indices_of_a_release() -> None:
    for path in twins(REFERENCE / "release-indices.md"):
        assert all(section(page(path), f"`{id}`") for id in index_pages.IN_RELEASES), path.name


@pytest.mark.parametrize("path", twins(REFERENCE / "table-programme.md"), ids=lambda path: path.name)
def test_tables(path: Path) -> None:
    text, in_words = page(path), words_of(path)
    fine, town = ("fein", "nur Stadt") if in_words.language == "de" else ("fine", "town")
    for table in (*programme.ALL, *movement_programme.ALL):
        row = next((line for line in text.splitlines() if line.startswith(f"| `{table.id}` |")), "")
        named = [*table.dimensions, *table.definitions, *([table.parent] if table.parent else [])]
        needs = [field for need in definitions.needs_of(table) for field in need.split("|")]
        assert row and unnamed([*named, *needs], row) == [] and f"| {in_words(table.title)} |" in row, table.id
        remarks = row.split("|")[-2]
        assert (fine in remarks, town in remarks) == (table.fine, table.town_only), table.id


def test_settings_of_the_desk() -> None:
    source = page(ROOT / "src" / "vielfalt" / "desk" / "settings.py")
    asked = set(re.findall(r"""environ(?:\.get\(|\[)"([A-Z_]+)\"""", source))
    assert len(asked) >= 10
    for path in twins(REFERENCE / "commands.md"):
        assert unnamed(sorted(asked), page(path)) == [], path.name


@pytest.mark.parametrize(("file", "language"), [("roles.md", "en"), ("roles.de.md", "de")])
def test_roles_of_the_desk(file: str, language: Language) -> None:
    text, words = page(REFERENCE / file), Words(language)
    for role in roles.ALL:
        cells = [role.grants.get(action, "–") for action in roles.ACTIONS]
        assert f"| `{role.id}` | {words(role.title)} | {words(role.purpose)} | {' | '.join(cells)} |" in text, role.id
    for action, title in roles.ACTIONS.items():
        assert f"| `{action}` | {words(title)} |" in text


@pytest.mark.parametrize("path", twins(REFERENCE / "table-programme.md"), ids=lambda path: path.name)
def test_figures_that_tell_one_another(path: Path) -> None:
    text = page(path)
    for (table, category), (other, same) in programme.SAME:
        assert f"| `{table}` | `{category}` | `{other}` | `{same}` |" in text


@pytest.mark.parametrize("path", twins(REFERENCE / "dimensions.md"), ids=lambda path: path.name)
def test_dimensions_and_their_categories(path: Path) -> None:
    text = page(path)
    countries = set(codes.countries()) | {row.key for row in codes.categories("nationality_group")}
    areas = ("moved_from", "moved_to")
    assert all(section(text, f"`{dimension}`") for dimension in areas)
    for dimension in [name for name in {**programme.DIMENSIONS, **movement_programme.DIMENSIONS} if name not in areas]:
        told = section(text, f"`{dimension}`")
        assert told, dimension
        country = dimension in ("nationality", "reference_country", "reference_group")
        for row in codes.categories(dimension):
            if country and row.key in countries:
                continue
            assert f"`{row.key}`" in told, f"{dimension}: {row.key}"
            assert country or (row.label_en in told and row.label_de in told), f"{dimension}: {row.key}"


def test_country_groups() -> None:
    groups = [row.key for row in codes.categories("nationality_group")]
    for path in twins(DOCS / "explanation" / "country-groups.md"):
        assert unnamed(groups, page(path)) == [], path.name


@pytest.mark.parametrize("path", twins(REFERENCE / "vault-files.md"), ids=lambda path: path.name)
def test_vault_files(path: Path) -> None:
    text = page(path)
    assert unnamed([field.name for field in schema.PERSONS], section(text, "`persons.parquet`")) == []
    kept = [*evidence.CODES, *evidence.FLAGS, *evidence.COUNTS, evidence.NOT_COUNTED]
    assert unnamed(kept, section(text, "`evidence.parquet`")) == []
    assert unnamed(links.COLUMNS, section(text, "`links.parquet`")) == []
    assert unnamed([entry.name for entry in fields(breaks.Facts)], section(text, "`facts.json`")) == []


@pytest.mark.parametrize("path", twins(DOCS / "explanation" / "disclosure-control.md"))
def test_attackers_and_attacks(path: Path) -> None:
    rows = {line.split("|")[1].strip() for line in page(path).splitlines() if line.startswith("| `")}
    assert {f"`{id}`" for id in [*attacks.TITLES, *(attacker.id for attacker in ATTACKERS)]} <= rows


@pytest.mark.parametrize("path", twins(REFERENCE / "breaks.md"))
def test_breaks(path: Path) -> None:
    text, words = page(path), words_of(path)
    for entry in breaks.ALL:
        row = next((line for line in text.splitlines() if line.startswith(f"| `{entry.id}` |")), "")
        assert words(entry.message) in row and words(entry.consequence) in row, entry.id
    for name, versions in parameters.load("movements").items():
        row = next((line for line in text.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert words(versions[-1].meaning) in row and f"| {versions[-1].value} |" in row, name


@pytest.mark.parametrize("path", twins(REFERENCE / "column-profile.md"))
def test_fields_of_the_extract(path: Path) -> None:
    assert unnamed([field.name for field in schema.EXTRACT], page(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```|^    [^\n]*$|`[^`\n]*`", "", page(path), flags=re.S | re.M)
    lost = []
    for target in re.findall(r"\]\(\s*<?([^)>\s]+)>?\s*\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(page(found))):
            lost.append(target)
    assert lost == []


def test_every_page_can_be_reached_from_the_index() -> None:
    """German pages from the German index."""
    for path in sorted(DOCS.rglob("*.md")):
        name = "README.de.md" if path.name.endswith(".de.md") else "README.md"
        near, index = path.relative_to(DOCS).as_posix(), page(DOCS / name)
        overview = (path.parent / name).relative_to(DOCS).as_posix()
        assert f"({near})" in index or f"({overview})" in index or overview == name, near


def glossary() -> list[list[str]]:
    rows = [line for line in page(ROOT / "GLOSSARY.md").splitlines() if line.startswith("|") and line.count("|") == 5]
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in rows if not re.match(r"\|(-|\s*German)", row)
    ]


def test_the_glossary_names_what_exists() -> None:
    rows = glossary()
    assert len(rows) >= 80
    assert len({row[0] for row in rows}) == len(rows), "a German term stands twice"
    package = ROOT / "src" / "vielfalt"
    for german, _, identifier, where in rows:
        word, place = identifier.strip("`"), where.strip("`").removeprefix("src/vielfalt/")
        if word == "–":
            continue
        path = package / place
        assert path.exists(), f"{german}: {where}"
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        assert any(word in file.name or re.search(rf"\b{re.escape(word)}\b", page(file)) for file in files) or (
            path.is_dir() and path.name == word
        ), f"{german}: {identifier} is not in {where}"


@pytest.mark.parametrize("path", [*PAGES, *GERMAN], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_is_invented(path: Path) -> None:
    """No text speaks of a person who does not exist: no titled name, no signature, no personal e-mail address."""
    titled = re.findall(r"\b(?:Herr|Frau|Mr\.?|Mrs\.?|Ms\.?|Dr\.|Prof\.)[ \u00a0]+[A-ZÄÖÜ][a-zäöüß]+", page(path))
    spoken = re.findall(r"[»„“\"][^»„“\"\n]{20,}[«“”\"],? (?:sagt|meint|erklärt|says|said) [A-ZÄÖÜ]\w+", page(path))
    mail = re.findall(r"\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b", page(path))
    assert titled + spoken + mail == []


def test_the_changelog_says_which_figures_change() -> None:
    text = page(ROOT / "CHANGELOG.md")
    versions = re.split(r"^## ", text, flags=re.M)[1:]
    assert versions
    assert all("### Figures that change" in version for version in versions)
