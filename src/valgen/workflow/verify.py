"""Verify what valgen wrote: the log of dry runs, or a pack against its manifest.

A pack is unsigned in this version, so its manifest shows accidents and clumsy changes: whoever can change a
file can change the manifest. The report says so.

Source: design.md §7 (verify), §11 (``verify --dry``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.verify import Problem, verify_log
from valgen.readers.settings import find_project, read_settings
from valgen.workflow.load import DRY

_UNSIGNED = (
    "The manifest of this pack is not signed. It shows accidents and clumsy changes, not a deliberate one by somebody "
    "who also rewrote the manifest."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification found, for people and for scripts.

    Attributes:
        summary: one line.
        notes: what the verification could not show.
        records: lines of a log, or files of a pack.
    """

    ok: bool
    summary: str
    records: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    anchored_to: str = ""
    unanchored: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the published shape of ``valgen verify --json``."""
        return {
            "ok": self.ok,
            "records": self.records,
            "problems": [{"code": one.code, "where": one.where, "message": one.message} for one in self.problems],
            "anchored_to": self.anchored_to or None,
            "unanchored": self.unanchored,
            "notes": list(self.notes),
        }


def verify_dry(root: Path) -> Verified:
    """Verify the log of dry runs of a project.

    Raises:
        ExecutionError: the project has none.
    """
    settings, _ = read_settings(root)
    folder = root / settings.paths.records / DRY
    if not folder.is_dir():
        raise ExecutionError(
            "there is no log of dry runs", why="no test script has been executed here", fix="valgen run oq makes one"
        )
    found = verify_log(folder)
    words = "unaltered and complete" if found.ok else f"{len(found.problems)} problems"
    return Verified(
        ok=found.ok,
        summary=f"Log of dry runs: {found.records} records, {words}",
        records=found.records,
        problems=found.problems,
        notes=(*found.notes, *(f"{one.where}: {one.message}" for one in found.visible)),
        anchored_to=found.anchored_to,
        unanchored=found.unanchored,
    )


def verify_pack(folder: Path | None, project: Path) -> Verified:
    """Verify every file of a pack against its manifest.

    Args:
        folder: of the pack; that of the project when None.
        project: where the project is looked for.

    Raises:
        VerificationError: there is no pack, or its manifest cannot be read.
    """
    if folder is None:
        root = find_project(project.resolve())
        settings, _ = read_settings(root)
        folder = root / settings.paths.output
    manifest = folder / "manifest.json"
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        expected = {str(entry["path"]): (str(entry["sha256"]), int(entry["size"])) for entry in content["files"]}
    except FileNotFoundError as error:
        raise VerificationError(
            f"no pack in {folder}", why="it has no manifest.json", fix="valgen build writes one"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VerificationError(
            f"{manifest} cannot be read: {error}", why="without it nothing can be verified"
        ) from error
    problems = list(_differences(folder, expected))
    words = "all as in the manifest" if not problems else f"{len(problems)} problems"
    return Verified(
        ok=not problems,
        summary=f"Pack {folder}: {len(expected)} files, {words}",
        records=len(expected),
        problems=tuple(problems),
        notes=(_UNSIGNED,),
        unanchored=len(expected),
    )


def _differences(folder: Path, expected: dict[str, tuple[str, int]]) -> list[Problem]:
    problems = []
    for name, (sha256, size) in sorted(expected.items()):
        path = folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            problems.append(Problem(code="VG500", where=name, message="the manifest names a file outside the pack"))
        elif path.is_symlink() or not path.is_file():
            problems.append(Problem(code="VG500", where=name, message="the file is missing"))
        else:
            content = path.read_bytes()
            if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
                problems.append(Problem(code="VG500", where=name, message="the file was altered"))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (path.is_file() or path.is_symlink()) and name != "manifest.json" and name not in expected:
            problems.append(Problem(code="VG500", where=name, message="the manifest does not name this file"))
    return problems
