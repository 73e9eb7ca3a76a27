"""Commands on what the vault keeps."""

from __future__ import annotations

from pathlib import Path

import click

from vielfalt.commands.options import FOLDER, WORDS, lang_option, spoken
from vielfalt.words import Language


@click.command(
    help=WORDS("Delete the link files of the town project FOLDER; movements from these dates can then not be counted.")
)
@click.argument("folder", type=FOLDER)
@click.option(
    "--date", default=None, metavar=WORDS("YYYY-MM-DD"), help=WORDS("Of this reference date only; of all unless given.")
)
@lang_option
def forget(folder: Path, date: str | None, lang: Language | None) -> None:
    """Deletes link files."""
    from vielfalt import dates
    from vielfalt.town import read_town
    from vielfalt.vault import kept_dates
    from vielfalt.vault.held_back import tidied
    from vielfalt.vault.locking import alone_in

    town = read_town(folder)
    words = spoken(lang, town.language)
    with alone_in(town.vault):
        tidied(town.vault, town.releases)
        wanted = [dates.from_iso(date)] if date else kept_dates.linked_dates(town)
        lines = [words("Deleted: {file}", file=path) for path in kept_dates.forget(town, wanted)]
    click.echo("\n".join(lines or [words("There is no link file to delete.")]))
    if lines and town.link_dates:
        click.echo(words("A later run of that date writes it again; link_dates = 0 in town.toml keeps none."))


ALL: tuple[click.Command, ...] = (forget,)
