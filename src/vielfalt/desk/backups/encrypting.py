"""A backup encrypted with a passphrase, piece by piece, so that a large one needs no memory and a cut one is found out.

Each piece is encrypted by AES-256-GCM (NIST SP 800-38D) under a nonce of a random beginning, its number, and whether it
is the last: the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015), in which no piece can be
changed, swapped or left out. The key comes from the passphrase by scrypt (RFC 7914).
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from vielfalt.errors import DeliveryError, StorageError, UsageError, why
from vielfalt.words import N_

if TYPE_CHECKING:
    from typing_extensions import Buffer

HEAD = b"Vielfalt, encrypted backup 1\n"
SHORTEST = 16
"""Characters of a passphrase at least; own choice: five words drawn by chance have more."""
PIECE = 1 << 20
_TAG, _SALT, _BEGINNING, _MOST = 16, 16, 7, 1 << 32
_WORK = {"length": 32, "n": 1 << 17, "r": 8, "p": 1}
"""128 MB of memory and half a second per passphrase tried (OWASP Password Storage Cheat Sheet, scrypt)."""


def passphrase_of(file: Path) -> bytes:
    """The passphrase: the first line of the file.

    Raises UsageError when it is too short, StorageError when the file cannot be read.
    """
    try:
        passphrase = file.read_bytes().partition(b"\n")[0].strip()
    except OSError as error:
        raise StorageError(
            N_("The file with the passphrase cannot be read: {reason}."),
            where=file,
            reason=why(error),
            todo=N_("Check path and permissions."),
        ) from None
    if len(passphrase) < SHORTEST:
        raise UsageError(
            N_("The passphrase has fewer than {least} characters."),
            where=file,
            least=SHORTEST,
            todo=N_("Write a longer one into the first line of the file, five words drawn by chance for example."),
        )
    return passphrase


def is_encrypted(file: Path) -> bool:
    """Whether a file begins as an encrypted backup does. Raises OSError when it cannot be read."""
    with file.open("rb") as raw:
        return raw.read(len(HEAD)) == HEAD


class Encrypted(io.BufferedIOBase):
    """A file that is encrypted while it is written; without ``finish`` it has no end, and nobody takes it for whole."""

    def __init__(self, raw: IO[bytes], passphrase: bytes) -> None:
        salt, beginning = os.urandom(_SALT), os.urandom(_BEGINNING)
        raw.write(HEAD + salt + beginning)
        self._raw, self._pieces, self._waiting = raw, _Pieces(passphrase, salt, beginning), bytearray()

    def writable(self) -> bool:
        """It can be written, and nothing else."""
        return True

    def write(self, data: Buffer) -> int:
        """Takes the data; full pieces are encrypted and written."""
        size = len(memoryview(data).cast("B"))
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._raw.write(self._pieces.encrypted(bytes(self._waiting[:PIECE]), last=False))
            del self._waiting[:PIECE]
        return size

    def finish(self) -> None:
        """Writes the last piece."""
        self._raw.write(self._pieces.encrypted(bytes(self._waiting), last=True))


def decrypt(file: Path, passphrase: bytes, target: IO[bytes]) -> None:
    """Writes what was encrypted into ``target``. Raises DeliveryError for another passphrase or a damaged file."""
    with file.open("rb") as raw:
        raw.read(len(HEAD))
        pieces = _Pieces(passphrase, raw.read(_SALT), raw.read(_BEGINNING))
        piece = raw.read(PIECE + _TAG)
        while piece:
            following = raw.read(PIECE + _TAG)
            try:
                target.write(pieces.decrypted(piece, last=not following))
            except InvalidTag:
                raise _refused(file) from None
            piece = following
        if not pieces.number:
            raise _refused(file)


class _Pieces:
    """The pieces of one file in their order: each has its own nonce."""

    def __init__(self, passphrase: bytes, salt: bytes, beginning: bytes) -> None:
        self._cipher = AESGCM(Scrypt(salt=salt, **_WORK).derive(passphrase))
        self._beginning, self.number = beginning, 0

    def encrypted(self, piece: bytes, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last), piece, None)

    def decrypted(self, piece: bytes, last: bool) -> bytes:
        return self._cipher.decrypt(self._nonce(last), piece, None)

    def _nonce(self, last: bool) -> bytes:
        if self.number == _MOST:
            raise OverflowError  # four million gigabytes
        nonce = self._beginning + self.number.to_bytes(4, "big") + bytes([last])
        self.number += 1
        return nonce


def _refused(file: Path) -> DeliveryError:
    return DeliveryError(
        N_("The passphrase does not open the backup, or the backup is damaged."),
        where=file.name,
        todo=N_("Check the passphrase, then take another copy of the backup; nothing was changed."),
    )
