"""Commands of the desk: the web half, which sees releases only."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from vielfalt.commands.options import FILE, WORDS, Whole, lang_option, spoken, to_stderr
from vielfalt.errors import UsageError
from vielfalt.words import N_, Language, Words

PORT = 8020


@click.group(help=WORDS("The desk: read releases in the browser."))
def desk() -> None:
    """The group of the desk's commands."""


@desk.command("import", help=WORDS("Import the release packages PACKAGE (zip files or folders) into the desk."))
@click.argument("package", type=FILE, nargs=-1, required=True)
@click.option("--check", "only_check", is_flag=True, help=WORDS("Only say what an import would bring; keep nothing."))
@lang_option
def import_(package: tuple[Path, ...], only_check: bool, lang: Language | None) -> None:
    """Imports release packages, each whole or not at all; or says what that would bring."""
    _installed()
    for path in package:
        (_foretell if only_check else _import)(path, spoken(lang))


_THERE = N_("Here already, nothing to do: {town}, release {release}")


def _import(path: Path, words: Words) -> None:
    from vielfalt.desk import upkeep

    release, is_new = upkeep.import_package(path)
    said = N_("Imported: {town}, release {release}") if is_new else _THERE
    click.echo(words(said, town=release.town.name, release=release.name))


def _foretell(path: Path, words: Words) -> None:
    """What the page of a check in the browser shows."""
    from vielfalt.desk import upkeep

    found = upkeep.foreseen(path)
    if not isinstance(found, dict):
        click.echo(words(_THERE, town=found.town.name, release=found.name))
        return
    from vielfalt.desk.releases.previewing import tables_of

    date = words.date(int(found["date"].replace("-", "")))
    click.echo(words("{town} ({ags}), reference date {date}, release {release}.", **found | {"date": date}))
    click.echo(words("Nothing has been kept yet."))
    if found["new_town"]:
        click.echo(words("The municipality is new here."))
    elif found["before"]:
        click.echo(words("Below it stands beside the latest release that is here, {release}.", release=found["before"]))
    areas = [(one["title"], one["state"]) for one in found["areas"]]
    for title, things in (("Area levels", areas), ("Tables", tables_of(found, words))):
        click.echo(f"{words(title)}:")
        for name, state in things:
            click.echo(f"  {name}: {words(state)}")


@desk.command(help=WORDS("Serve the desk in the browser of this machine until it is stopped with Ctrl+C."))
@click.option(
    "--host", metavar=WORDS("ADDRESS"), default="127.0.0.1", show_default=True, help=WORDS("Address to listen to.")
)
@click.option("--port", type=Whole(1, 65_535), default=PORT, show_default=True, help=WORDS("Port to listen to."))
@lang_option
def serve(host: str, port: int, lang: Language | None) -> None:
    """Serves the desk."""
    _installed()
    from vielfalt.desk import serving

    words = spoken(lang)

    def started(taken: int) -> None:
        from vielfalt.desk.environment import address as of_desk

        address = of_desk(host, taken)
        click.echo(words("The desk is at {address}", address=f"{address}/"))
        if path := serving.first_link():
            click.echo(words("There is no account yet. This link makes the first one; it works once, for an hour:"))
            click.echo(address + path)

    serving.serve(host, port, started)


@desk.command(help=WORDS("Print a link that lets the owner of the account EMAIL in once, to choose a new password."))
@click.argument("email")
@lang_option
def rescue(email: str, lang: Language | None) -> None:
    """Lets somebody in again who has no other way."""
    _installed()
    from vielfalt.desk import upkeep

    words = spoken(lang)
    path = upkeep.rescue(email)
    click.echo(words("Behind the address of the desk, this path lets the person in once, for one day:"))
    click.echo(path)


@desk.command(
    help=WORDS("Write what the desk keeps about the owner of the account EMAIL into FOLDER, as PDF and JSON.")
)
@click.argument("email")
@click.argument("folder", type=FILE)
@lang_option
def inform(email: str, folder: Path, lang: Language | None) -> None:
    """Answers somebody who asks what is kept about them."""
    _installed()
    from vielfalt.desk import upkeep

    words = spoken(lang)
    for path in upkeep.inform(email, folder):
        click.echo(words("Written: {file}", file=path))


@desk.command(help=WORDS("Do the jobs of a desk on a database server until it is stopped with Ctrl+C."))
@lang_option
def worker(lang: Language | None) -> None:
    """Does jobs."""
    _installed()
    from vielfalt.desk import serving

    words = spoken(lang)
    serving.work(lambda: click.echo(words("The worker waits for jobs; end it with Ctrl+C.")))


@desk.command(help=WORDS("Check whether the desk is whole: settings, database, history, front-end files."))
@lang_option
def check(lang: Language | None) -> None:
    """Checks the desk."""
    _installed()
    from vielfalt.desk import upkeep

    words = spoken(lang)
    faults = upkeep.faults()
    for fault in faults:
        click.echo(words(fault.message, **fault.values))
    if faults:
        raise SystemExit(11)
    click.echo(words("The desk is whole. Its data lie in {folder}.", folder=upkeep.data_folder()))
    number, digest = upkeep.history_end()
    click.echo(words("The history is whole; its last entry is {number}: {digest}", number=number, digest=digest))


@desk.command(help=WORDS("Erase what the desk has kept long enough."))
@click.option("--dry-run", is_flag=True, help=WORDS("Only list what would be erased."))
@lang_option
def tidy(dry_run: bool, lang: Language | None) -> None:
    """Carries out retention, or says what it would do."""
    _installed()
    from vielfalt.desk import upkeep

    words = spoken(lang)
    would, did = N_("Would be erased: {title}, {rows} rows"), N_("Erased: {title}, {rows} rows")
    found = upkeep.overdue() if dry_run else upkeep.tidied()
    for erased in found:
        said = would if dry_run else did
        click.echo(words(said, title=words(erased.title), rows=words.number(erased.rows)))
    if not found:
        click.echo(words("Nothing has outlived its time."))


_passphrase = click.option(
    "--passphrase-file", type=FILE, help=WORDS("File whose first line is the passphrase of an encrypted backup.")
)


@desk.command(help=WORDS("Write everything the desk holds into the new FILE, while it is running."))
@click.argument("file", type=FILE)
@_passphrase
@lang_option
def backup(file: Path, passphrase_file: Path | None, lang: Language | None) -> None:
    """Makes a backup."""
    _installed()
    from vielfalt.desk import upkeep

    words = spoken(lang)
    manifest = upkeep.backed_up(file, passphrase_file)
    rows, packages = sum(manifest.rows.values()), sum(name.endswith(".zip") for name in manifest.hashes)
    click.echo(
        words(
            "Backup of the desk in {folder} written: {file}, {rows} rows, {packages} packages. Keep it locked away.",
            folder=upkeep.data_folder(),
            file=file,
            rows=words.number(rows),
            packages=words.number(packages),
        )
    )


@desk.command(help=WORDS("Restore the desk from the backup FILE. Stop the desk before."))
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help=WORDS("Replace what the desk holds."))
@_passphrase
@lang_option
def restore(file: Path, replace: bool, passphrase_file: Path | None, lang: Language | None) -> None:
    """Restores a backup."""
    _installed()
    from vielfalt.desk import upkeep

    words = spoken(lang)
    manifest = upkeep.restored(file, replace, passphrase_file)
    from vielfalt.desk.accounts import second
    from vielfalt.desk.history.telling import moment

    made = moment(dt.datetime.fromisoformat(manifest.made), words)
    click.echo(words("Restored: {rows} rows of {made}", rows=words.number(sum(manifest.rows.values())), made=made))
    if second.shut():
        to_stderr(words(second.SHUT))


def is_installed() -> bool:
    """Whether the desk is installed here, or the vault alone."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("django", "waitress"))


def _installed() -> None:
    """Raises UsageError where the vault alone was installed."""
    if not is_installed():
        raise UsageError(
            N_("The desk is not installed here, only the vault."), todo=N_('Install it: pip install "vielfalt[desk]".')
        )


ALL: tuple[click.Command, ...] = (desk,)
