"""The desk's settings for tests and type checks: data in a folder of its own, gone with the process.

Of tests side by side each process has a folder; what a test starts takes that of its process.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "VIELFALT_DESK_DATA" not in os.environ or os.environ.get("VIELFALT_TESTS_OF", worker) != worker:
    os.environ["VIELFALT_DESK_DATA"] = tempfile.mkdtemp(prefix="vielfalt-desk-")
    os.environ["VIELFALT_TESTS_OF"] = worker
    atexit.register(shutil.rmtree, os.environ["VIELFALT_DESK_DATA"], ignore_errors=True)

from vielfalt.desk.settings import *  # noqa: E402, F403
