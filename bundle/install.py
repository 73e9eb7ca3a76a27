"""Sets up Vielfalt in the folder ``program`` beside this file, from the wheels beside it; no network is asked.

A program that is there already is replaced. Needs the Python that the archive was packed for, and nothing else.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "program"
BIN = PROGRAM / ("Scripts" if os.name == "nt" else "bin")
PIP = ("-m", "pip")
"""As a module: on Windows, a pip that was started as a program of that name sets up no pip, and nothing else."""


def main() -> None:
    """Raises SystemExit where this Python is another one, or a wheel is missing or changed."""
    wanted = (HERE / "python-version.txt").read_text(encoding="ascii").strip()
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if here != wanted or sys.maxsize < 1 << 32:
        raise SystemExit(
            f"Dieses Archiv ist für Python {wanted} (64 Bit) gepackt; hier läuft Python {here}.\n"
            f"This archive is packed for Python {wanted} (64 bit); here runs Python {here}."
        )
    print("Vielfalt wird eingerichtet, ein bis drei Minuten. / Setting up, one to three minutes.", flush=True)
    venv.create(PROGRAM, clear=True, symlinks=os.name != "nt")
    # A pip that is a file can be run as it is: not every Python brings one.
    found = {**os.environ, "PYTHONPATH": str(next((HERE / "wheels").glob("pip-*.whl")))}
    command = [str(BIN / "python"), *PIP, "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    files = [f"--find-links={HERE / 'wheels'}", "--require-hashes", f"--requirement={HERE / 'requirements.txt'}"]
    done = subprocess.run([*command, *files], check=False, env=found)
    if done.returncode:
        raise SystemExit(
            "Vielfalt wurde nicht eingerichtet. Entpacken Sie das Archiv neu; hilft das nicht, beschaffen Sie es neu.\n"
            "Vielfalt was not set up. Unpack the archive again; if that does not help, get it anew."
        )
    subprocess.run([str(BIN / "python"), "-m", "vielfalt", "--version"], check=True)
    print(f"Fertig. Das Programm: {BIN / 'vielfalt'} / Done. The program: see there.")


if __name__ == "__main__":
    main()
