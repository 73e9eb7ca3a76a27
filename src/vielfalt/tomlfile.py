"""Reading a settings file that people edit by hand: what is wrong with it is said by its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from vielfalt.errors import TownError
from vielfalt.words import N_


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file, with or without byte order mark. Raises TownError naming the line, or OSError."""
    content = path.read_bytes()
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TownError(
            N_("The file is not saved as UTF-8; the first sign that is not stands in line {line}."),
            where=path,
            line=content.count(b"\n", 0, error.start) + 1,
            todo=N_("Save it with the encoding UTF-8 in your text editor."),
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise TownError(
            N_("The file is not valid TOML in line {line}."),
            where=path,
            line=found[1] if found else content.count(b"\n") + 1,
            todo=N_("Correct that line: text stands in quotation marks, and each bracket is closed."),
        ) from None
