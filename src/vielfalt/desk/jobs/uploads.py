"""Large uploads wait in a file of the system's temporary folder; that it is full is no fault of the program."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NoReturn

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

_NO_ROOM = "vielfalt.no_room"


def had_room(request: HttpRequest) -> bool:
    """Whether what was sent with the request could be kept."""
    return _NO_ROOM not in request.META


class RoomHandler(TemporaryFileUploadHandler):
    """Writes an upload into a temporary file; without room for it the request goes on without the file and says so."""

    def new_file(self, *told: Any, **more: Any) -> None:  # noqa: ANN401
        """Begins a file. Raises StopUpload where the folder takes none."""
        try:
            super().new_file(*told, **more)
        except OSError:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Adds what has come. Raises StopUpload where the disk is full."""
        try:
            super().receive_data_chunk(raw_data, start)
            # What waits in a buffer would fail later, where nobody can answer.
            self.file.flush()
        except OSError:
            with suppress(OSError):
                self.file.close()
            del self.file
            self._stop()

    def _stop(self) -> NoReturn:
        if self.request is not None:
            self.request.META[_NO_ROOM] = True
        raise StopUpload(connection_reset=False)
