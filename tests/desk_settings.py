"""The desk's settings for tests and type checks: data in a folder of its own, gone with the process."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "VIELFALT_DESK_DATA" not in os.environ:
    os.environ["VIELFALT_DESK_DATA"] = tempfile.mkdtemp(prefix="vielfalt-desk-")
    atexit.register(shutil.rmtree, os.environ["VIELFALT_DESK_DATA"], ignore_errors=True)

from vielfalt.desk.settings import *  # noqa: F403
