"""Facts about the computer, the software and the code of a run, as found when it starts.

Whatever cannot be found out is left out; a missing git or an unknown user never stops a run. Digests are of every
file that decides what a step does: features, Python files below the test scripts, every conftest.py on the way from
the project folder, and the settings.

Source: design.md §4; integrity.md X-4, X-8.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from valgen import __version__
from valgen.model.project import Project, Settings

_GIT_SECONDS = 10


def gather_facts(project: Project, *, argv: Sequence[str], plugins: Sequence[str]) -> dict[str, Any]:
    """Return the facts of a run.

    Args:
        project: as read.
        argv: the command line.
        plugins: pytest plugins that are loaded, with versions.

    Returns:
        The content of a facts blob, as docs/format.md gives it.
    """
    root = Path(project.root)
    host = {
        "host": platform.node(),
        "os": platform.platform(),
        "architecture": platform.machine(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "timezone": time.strftime("%Z (UTC%z)"),
        "user": user_name(),
        "valgen": __version__,
        "command": " ".join(argv),
    }
    return {
        "host": {name: value for name, value in host.items() if value},
        "packages": installed_packages(),
        "plugins": list(plugins),
        "code": [{"path": path, "sha256": digest} for path, digest in code_digests(project).items()],
        "git": git_facts(root),
    }


def declared_facts(settings: Settings, environment: str) -> dict[str, str]:
    """Return what the settings declare for runs in an environment; a change of it makes their results stale."""
    from valgen.trace.fingerprint import environment_fingerprint
    from valgen.trace.results import DECLARED, SYSTEM, system_name

    return {SYSTEM: system_name(settings), DECLARED: environment_fingerprint(settings, environment)}


def user_name() -> str:
    """Return the login name, or an empty text where the system knows none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return ""


def installed_packages() -> dict[str, str]:
    """Return name to version of every installed Python package."""
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name:
            found.setdefault(name, distribution.version or "")
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))


def git_facts(root: Path) -> dict[str, Any] | None:
    """Return commit, branch and whether files differ from it; None outside a repository or without git."""
    commit = _git(root, "rev-parse", "HEAD")
    if not commit:
        return None
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    # Untracked files count: a step module that was never committed decides results as much as a changed one.
    # Where git cannot tell, the careful answer is that something differs.
    changes = _git(root, "status", "--porcelain", "--untracked-files=normal", "--", ".")
    return {"commit": commit, "branch": "" if branch in (None, "HEAD") else branch, "dirty": changes != ""}


def code_digests(project: Project) -> dict[str, str]:
    """Return path to SHA-256 of every file of script code, paths relative to the project folder."""
    root = Path(project.root)
    scripts = root / project.settings.paths.test_scripts
    digests: dict[str, str] = {}
    for path in _code_files(root, scripts, project):
        if not path.is_file():
            continue  # a pipe would never end
        try:
            digests[path.relative_to(root).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            continue
    return dict(sorted(digests.items()))


def step_code(digests: Mapping[str, str]) -> dict[str, str]:
    """Return the part of ``code_digests`` that decides what steps do: everything but features and settings."""
    return {path: digest for path, digest in digests.items() if path.endswith(".py")}


def _code_files(root: Path, scripts: Path, project: Project) -> Iterable[Path]:
    yield root / project.settings.file
    folder = scripts
    while root in folder.parents:
        folder = folder.parent
        if (folder / "conftest.py").is_file():
            yield folder / "conftest.py"
    for folder_name, folders, files in os.walk(scripts):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        for name in sorted(files):
            if name.endswith((".py", ".feature")) and not name.startswith("."):
                yield Path(folder_name) / name


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_GIT_SECONDS,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def python_argv(root: Path) -> tuple[str, ...]:
    """Return the command line of this process as documents may print it: no path of this computer in it.

    Paths inside the project are relative to it, of others only the name is left; the file through which the command
    line follows a run is none of the reader's business.
    """
    words = list(sys.argv[1:])
    for own in ("--valgen-events", "--valgen-lifeline", "--valgen-formal"):
        if own in words:
            at = words.index(own)
            del words[at : at + 2]
    return (Path(sys.argv[0]).name, *(_without_place(word, root) for word in words))


def _without_place(word: str, root: Path) -> str:
    option, equals, value = word.rpartition("=") if word.startswith("-") else ("", "", word)
    path = Path(value)
    if not path.is_absolute():
        return word
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else f".../{path.name}"
    return f"{option}{equals}{shown}"
