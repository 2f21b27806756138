"""Doorstop and sphinx-needs: an environment of their own, and the commands that do what ``valgen check`` does.

Doorstop is measured as its documentation calls it and with ``--no-reformat``, which spares it from rewriting every
file. Before that it stamps every item and link once, unmeasured, as in a project that was reviewed.
"""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements-peers.txt"
NAMES = ("doorstop", "sphinx-needs", "sphinx")


def prepare_environment(folder: Path) -> Path:
    """Create the environment once and install the pinned versions; return its folder of programs."""
    programs = folder / "bin"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    done = folder / "installed.txt"
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return programs
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    subprocess.run([str(programs / "python"), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)], check=True)
    done.write_text(wanted, encoding="utf-8")
    return programs


def versions(programs: Path) -> dict[str, str]:
    """Return the installed version of each tool."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    done = subprocess.run([str(programs / "python"), "-c", code, *NAMES], check=True, capture_output=True, text=True)
    return dict(zip(NAMES, done.stdout.split(), strict=True))


def doorstop(programs: Path) -> list[str]:
    """Return the command that validates the documents in the working folder, stamps what is new, and rewrites files."""
    return [str(programs / "doorstop")]


def doorstop_without_rewriting(programs: Path) -> list[str]:
    """Return the command that validates the same and leaves the files alone."""
    return [str(programs / "doorstop"), "--no-reformat"]


def sphinx_needs(programs: Path, build: Path) -> list[str]:
    """Return the command that reads all needs of the working folder and writes them as JSON."""
    return [str(programs / "python"), "-m", "sphinx", "-q", "-b", "needs", ".", str(build)]


def doorstop_count(folder: Path) -> int:
    """Return the number of item files."""
    return sum(1 for path in folder.glob("*/*.yml") if not path.name.startswith("."))
