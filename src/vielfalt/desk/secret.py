"""The secret key of a desk: made on the first start, kept beside its data, readable for the owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

_LETTERS, _SIGNS = 64, 8


def owner_only(path: str, flags: int) -> int:
    """Opens a file that its owner alone may read from its first byte on; the ``opener`` of ``open``."""
    return os.open(path, flags, 0o600)


def secret_key(folder: Path) -> str:
    """The key in ``folder``; made there when there is none. Raises OSError when it can be neither read nor written."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_name(f".secret-key-{secrets.token_hex(_SIGNS)}")
        try:
            with open(partial, "x", encoding="ascii", newline="\n", opener=owner_only) as file:
                file.write(secrets.token_urlsafe(_LETTERS))
            try:
                with suppress(FileExistsError):  # a program that was faster keeps its key, which a rename would replace
                    path.hardlink_to(partial)
            except OSError:  # a file system without hard links
                partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")
