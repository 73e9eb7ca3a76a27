"""The desk's settings for tests and type checks: data in a folder of its own, gone with the process.

Of tests side by side each process has a folder; what a test starts takes that of its process. A type check ends without
tidying up (``os._exit``): it has a folder that stays, beside what it remembers. A folder that is set is none of the
tests': it may be a desk, and what they use is deleted afterwards.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "mypy" in sys.modules:
    os.environ["VIELFALT_DESK_DATA"] = ".mypy_cache/desk"
elif "VIELFALT_DESK_DATA" not in os.environ or os.environ.get("VIELFALT_TESTS_OF") != worker:
    os.environ["VIELFALT_DESK_DATA"] = tempfile.mkdtemp(prefix="vielfalt-desk-")
    os.environ["VIELFALT_TESTS_OF"] = worker
    atexit.register(shutil.rmtree, os.environ["VIELFALT_DESK_DATA"], ignore_errors=True)

from vielfalt.desk.settings import *  # noqa: E402, F403
