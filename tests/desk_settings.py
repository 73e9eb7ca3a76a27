"""The desk's settings for tests and type checks: data in a folder of its own, gone with the process."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("VIELFALT_DESK_DATA", tempfile.mkdtemp(prefix="vielfalt-desk-"))

from vielfalt.desk.settings import *  # noqa: F403
