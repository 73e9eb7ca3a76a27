"""Pseudonyms: the ordering number of a person replaced by a keyed hash, the moment it is read.

Stable for one town over the years (so that reference dates can be linked), useless for any other town: every town
has its own random key, which never leaves its vault, is in no SQL and in no log.
"""

from __future__ import annotations

import os
import secrets
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from vielfalt.errors import StorageError, TownError
from vielfalt.mixing import mixed
from vielfalt.numbers import Ints
from vielfalt.register.links import LINKS
from vielfalt.wholefile import is_there
from vielfalt.words import N_, typed

_KEY_BYTES = 32
_BLOCK = 16


def town_key(vault: Path) -> bytes:
    """The secret key of the town; made and kept in ``vault/key`` (readable for the owner alone) when there is none.

    Raises TownError when it is damaged, or missing while the vault holds link files that were made under it: under a
    new key nobody of these dates would be found again. StorageError when the vault cannot be written or read.
    """
    path = vault / "key"
    try:
        vault.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _refuse_linked(path, vault)
            _new_key(path)
        key = path.read_bytes()
    except OSError:
        raise StorageError(
            N_("The vault cannot be written or read."), where=vault, todo=N_("Check the folder's permissions.")
        ) from None
    if len(key) != _KEY_BYTES:
        raise TownError(
            N_("The key of the town is damaged."),
            where=path,
            todo=N_("Restore it from a backup. A new key ends the link to earlier reference dates."),
        )
    return key


def _refuse_linked(path: Path, vault: Path) -> None:
    """Raises TownError when the vault holds earlier dates that a new key could not be linked with."""
    if linked := sorted(folder.name for folder in vault.iterdir() if is_there(folder / LINKS)):
        raise TownError(
            N_("The key of the town is missing, and the vault holds dates that were linked under it: {dates}."),
            where=path,
            dates=", ".join(linked),
            todo=N_(
                "Put it back from your copy. If there is none: “vielfalt forget {folder}” deletes the link files of "
                "these dates, and the next run makes a new key; movements since them can then not be counted."
            ),
            folder=typed(vault.parent),
        )


def _new_key(path: Path) -> None:
    """Writes a new key beside and renames it: a full disk or a killed run must not leave half a key."""
    partial = path.with_name(".key")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def pseudonyms(ids: pa.Array, key: bytes) -> pa.Array:
    """64-bit pseudonyms of ordering numbers (text, outer blanks ignored); null where there is none.

    The first half of AES-256 (FIPS 197) of the number under the town's key: numbers of up to 16 bytes are padded with
    zero bytes, which no text holds, so different numbers stay different blocks; longer ones are shortened to 16 bytes
    by keyed BLAKE2b (RFC 7693) before. One call for all rows, which is what makes it fast.
    """
    texts = pc.utf8_trim_whitespace(ids)
    given = pc.not_equal(texts, "").fill_null(False)
    blocks = pc.ascii_rpad(texts.filter(given), _BLOCK, padding="\0").cast(pa.binary())
    if len(blocks) and pc.max(pc.binary_length(blocks)).as_py() > _BLOCK:
        blocks = pa.array([_shortened(text, key) for text in blocks.to_pylist()], type=pa.binary())
    encryptor = Cipher(algorithms.AES256(key), modes.ECB()).encryptor()
    content = np.frombuffer(blocks.buffers()[2] or b"", dtype=np.uint8)[: len(blocks) * _BLOCK]
    known = given.to_numpy(zero_copy_only=False)
    result = np.zeros(len(ids), dtype=np.int64)
    result[known] = np.frombuffer(encryptor.update(content.data), dtype="<i8")[::2]
    return pa.array(result, mask=~known)


def _shortened(text: bytes, key: bytes) -> bytes:
    return text if len(text) <= _BLOCK else blake2b(text, key=key, digest_size=_BLOCK).digest()


def record_keys(pseudonym: Ints, date: int) -> Ints:
    """The record key of each person for the cell key method: 32 bits, stable per person, town and reference date.

    Pseudonyms are keyed hashes already; mixing them with the date only makes the keys of two dates look unrelated. The
    last bit is that of the year: by it who is registered as neither woman nor man is counted as one of them (``sex``).
    """
    last = np.int64(1)
    return (mixed(pseudonym, date) & ~last) | (mixed(pseudonym, date // 10_000) & last)
