"""Which files of a project are read, and which are not and must be named.

Read are ``*.yaml`` below requirements, ``*.feature``, ``conftest.py`` and ``steps/*.py`` below test_scripts, and
``*.md`` in documents. Passed over in silence are hidden files and folders (names that begin with a dot),
``__pycache__``, and what editors and systems leave behind (``*~``, ``#*``, ``~$*``, ``*.swp``, ``*.pyc``,
``Thumbs.db``, ``desktop.ini``). Everything else is reported, because somebody may believe that it counts.

A folder with settings of its own is a nested project and is skipped. Links to files inside the project are
followed; links to folders are not, and links that leave the project are mistakes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.outcome import Stage
from valgen.model.project import Paths
from valgen.readers.settings import OWN_FILE, SHARED_FILE, has_settings
from valgen.source import SourceLocation

_STAGE_FOLDERS = {stage.value.lower(): stage for stage in Stage}
_DROPPED_ENDINGS = ("~", ".swp", ".swo", ".pyc", ".pyo")
_DROPPED_NAMES = frozenset(("__pycache__", "thumbs.db", "desktop.ini"))


@dataclass(slots=True)
class Listing:
    """Files of a project by how they are read; paths relative to the project folder, in order."""

    items: list[str] = field(default_factory=list)
    special: dict[str, str] = field(default_factory=dict)
    features: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)  # every Python file that can decide what a step does
    prose: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


_LOADED = (".yaml", ".feature", ".py", ".md")
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")


def list_files(root: Path, paths: Paths, special: tuple[str, ...]) -> Listing:
    """Walk the three folders.

    Args:
        root: project folder.
        paths: folders of the project.
        special: names of files directly in requirements that are not items.
    """
    listing = Listing()
    walker = _Walker(root, listing.findings)
    _requirements(walker, paths.requirements, special, listing)
    _scripts(walker, paths.test_scripts, listing)
    _documents(walker, paths.documents, listing)
    return listing


def folder_stage(path: str, test_scripts: str) -> Stage | None:
    """Return the stage whose folder a feature file lies in, or None."""
    rest = path.removeprefix(test_scripts.rstrip("/") + "/")
    return _STAGE_FOLDERS.get(rest.partition("/")[0]) if "/" in rest else None


def _requirements(walker: _Walker, folder: str, special: tuple[str, ...], listing: Listing) -> None:
    def sort(path: str, inside: str) -> None:
        lower = path.lower()
        if inside in special:
            listing.special[inside] = path
        elif path.endswith(".yaml"):
            listing.items.append(path)
        elif lower.endswith((".yml", ".yaml")):
            walker.add("VG026", "not loaded: the ending is not .yaml", path, f"rename it to {_stem(path)}.yaml")
        elif lower.endswith(_IMAGES):
            listing.images.append(path)
        else:
            walker.add("VG027", "not loaded: items are read from .yaml files", path)

    if not walker.walk(folder, sort):
        walker.missing(folder, "no requirement is read")


def _scripts(walker: _Walker, folder: str, listing: Listing) -> None:
    def sort(path: str, inside: str) -> None:
        lower = path.lower()
        name = path.rpartition("/")[2]
        if path.endswith(".feature"):
            listing.features.append(path)
        elif lower.endswith((".feature", ".features", ".feature.md", ".feature.txt")):
            stem = path[: lower.rindex(".feature")].rpartition("/")[2]
            walker.add("VG026", "not loaded: the ending is not .feature", path, f"rename it to {stem}.feature")
        elif name == "conftest.py" or (inside.startswith("steps/") and inside.count("/") == 1 and name.endswith(".py")):
            listing.code.append(path)
        elif lower.endswith(".py"):
            fix = f"move it to {folder}/steps/ if it holds steps; fixtures belong into conftest.py"
            walker.add("VG027", "not loaded: Python is read from conftest.py and steps/*.py", path, fix)
            listing.code.append(path)  # step code may import it all the same, so its change makes results stale
        else:
            walker.add("VG028", "not read by valgen", path)

    if not walker.walk(folder, sort):
        walker.missing(folder, "no test script is read")
    # pytest loads every conftest.py on the way from the project folder to the test scripts.
    above = folder.strip("/").split("/")[:-1]
    for depth in range(len(above) + 1):
        path = "/".join([*above[:depth], "conftest.py"])
        if (walker.root / path).is_file():
            listing.code.append(path)


def _documents(walker: _Walker, folder: str, listing: Listing) -> None:
    def sort(path: str, inside: str) -> None:
        lower = inside.lower()
        if lower.startswith("readme."):
            walker.add("VG027", "not loaded: prose is read from files named after a document", path)
        elif inside.endswith(".md") and "/" not in inside:
            listing.prose.append(path)
        elif lower.endswith((".md", ".markdown")):
            place = inside.rpartition("/")[2].rpartition(".")[0]
            walker.add(
                "VG026", f"not loaded: prose is read from {folder}/*.md", path, f"rename it to {folder}/{place}.md"
            )
        elif lower.endswith(_IMAGES):
            listing.images.append(path)
        else:
            walker.add("VG027", "not loaded: prose is read from .md files", path)

    walker.walk(folder, sort)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


class _Walker:
    def __init__(self, root: Path, findings: list[Finding]) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.findings = findings

    def walk(self, folder: str, sort: Callable[[str, str], None]) -> bool:
        """Hand every file below a folder to ``sort`` with its path and its path inside; False without the folder."""
        full = self.root / folder
        if not full.is_dir():
            return False
        if not self._inside(str(full)):
            self.add("VG029", "the folder is a link that leaves the project", folder)
            return True
        self._walk(str(full), folder.rstrip("/"), "", sort)
        return True

    def missing(self, folder: str, consequence: str) -> None:
        """Report a folder that does not exist."""
        self.add("VG034", f"the folder does not exist, so {consequence}", folder)

    def add(self, code: str, message: str, path: str, fix: str = "") -> None:
        """Collect a finding about a file as a whole."""
        self.findings.append(finding(code, message, SourceLocation(path), fix=fix))

    def _walk(self, full: str, path: str, inside: str, sort: Callable[[str, str], None]) -> None:
        try:
            with os.scandir(full) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.add("VG010", f"cannot be read: {error.strerror}", path)
            return
        for entry in entries:
            name = entry.name
            lower = name.lower()
            if name.startswith((".", "~$", "#")) or lower.endswith(_DROPPED_ENDINGS) or lower in _DROPPED_NAMES:
                continue
            try:
                name.encode("utf-8")
            except UnicodeEncodeError:
                # A name that is no UTF-8 cannot be printed or kept in a record.
                self.add(
                    "VG011", "the name of a file is no UTF-8", f"{path}/{name.encode('utf-8', 'replace').decode()}"
                )
                continue
            below, within = f"{path}/{name}", f"{inside}{name}"
            if entry.is_symlink():
                self._link(entry, below, within, sort)
            elif entry.is_dir(follow_symlinks=False):
                if self._nested(entry.path):
                    self.add("VG030", "a project of its own, not part of this one", below)
                else:
                    self._walk(entry.path, below, f"{within}/", sort)
            elif entry.is_file(follow_symlinks=False):
                sort(below, within)
            else:
                # Where a file would be loaded by this name, a pipe or device makes whoever opens it wait for ever.
                wanted = lower.endswith(_LOADED)
                code = "VG010" if wanted else "VG027"
                self.add(code, "cannot be read: no ordinary file" if wanted else "not loaded: no ordinary file", below)

    def _link(self, entry: os.DirEntry[str], below: str, within: str, sort: Callable[[str, str], None]) -> None:
        if not self._inside(entry.path):
            self.add("VG029", "a link that leaves the project", below)
        elif not Path(entry.path).exists():
            self.add("VG010", "a link to a file that does not exist", below)
        elif entry.is_dir():
            self.add("VG027", "not loaded: links to folders are not followed", below, "move the folder here")
        elif entry.is_file():
            sort(below, within)
        else:
            self.add("VG010", "cannot be read: no ordinary file", below)

    def _inside(self, full: str) -> bool:
        real = os.path.realpath(full)
        return real == self.real_root or real.startswith(self.real_root + os.sep)

    @staticmethod
    def _nested(full: str) -> bool:
        has_file = os.path.exists(f"{full}/{OWN_FILE}") or os.path.exists(f"{full}/{SHARED_FILE}")  # noqa: PTH110
        return has_file and has_settings(Path(full))
