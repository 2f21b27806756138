"""Load a project with its graph, runs and matrix.

The cache holds parsed files by content digest in the user's cache folder; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from valgen import __version__
from valgen.errors import Severity, SourceError, VerificationError
from valgen.model.item import figure_parts
from valgen.model.project import Paths, Project
from valgen.readers.settings import find_project

if TYPE_CHECKING:  # a check needs neither documents nor runs, and importing them costs it more than its rules
    from valgen.documents.context import Context
    from valgen.documents.memo import Memo
    from valgen.model.execution import Execution
    from valgen.model.judgement import Judgements
    from valgen.model.run import Run
    from valgen.readers.snapshots import FrozenVersions
    from valgen.readers.sources import Sources
    from valgen.records.executions import FormalRecords
    from valgen.records.signing_reader import SigningRecords
    from valgen.trace.graph import Graph

DRY = "dry"
_LEDGER_FILES = ("root.json", "checkpoint", "log")
_SETTLE_TRIES = 100
_SETTLE_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A project and its graph."""

    root: Path
    project: Project
    graph: Graph


def project_root(start: Path) -> Path:
    """Return the folder of the nearest project at or above ``start``.

    Raises:
        SourceError: there is none.
    """
    return find_project(start)


def load(root: Path, *, cached: bool = False, sources: Sources | None = None) -> Loaded:
    """Read every file of a project and build its graph; findings stay in ``project.findings``.

    Args:
        root: project folder.
        cached: whether files that did not change may come from the user's cache folder.
        sources: the bytes, where they were read already.
    """
    from valgen.readers.project import read_project
    from valgen.trace.graph import build_graph

    project = read_project(root, cache=cache_folder() if cached else None, sources=sources)
    return Loaded(root=root, project=project, graph=build_graph(project))


def dry_folder(root: Path, project: Project) -> Path:
    """Return the folder of the dry log."""
    return root / project.settings.paths.records / DRY


def ledger_folder(root: Path, project: Project) -> Path:
    """Return the folder of the ledger."""
    return root / project.settings.paths.records


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What was executed in a project.

    Attributes:
        runs: dry and formal, oldest first; those whose recorder died are shown as aborted.
        executions: formal ones with their reviews, oldest first.
    """

    runs: tuple[Run, ...] = ()
    executions: tuple[Execution, ...] = ()


def load_executed(root: Path, project: Project) -> Executed:
    """Return every run of the project and its formal executions; each log is read once."""
    dry: tuple[Run, ...] = ()
    folder = dry_folder(root, project)
    if folder.is_dir():
        from valgen.records import read_runs

        wait_until_settled(folder)
        dry = read_runs(folder)
    formal = load_formal(root, project)
    runs = dry
    if formal.runs:  # merging keeps the order within each log
        runs = tuple(heapq.merge(dry, formal.runs, key=lambda run: run.started_at))
    return Executed(runs=runs, executions=formal.executions)


def load_formal(root: Path, project: Project, *, only: str | None = None) -> FormalRecords:
    """Return the formal executions of a project with their runs; nothing where it has no ledger.

    Args:
        root: folder of the project.
        project: its settings name the folder of records.
        only: id of the only run wanted; None for all.

    Raises:
        VerificationError: records were altered.
    """
    from valgen.records.executions import FormalRecords, read_formal

    if not has_ledger(root, project.settings.paths):
        return FormalRecords()
    folder = ledger_folder(root, project)
    wait_until_settled(folder)
    return read_formal(folder, only=only)


def wait_until_settled(folder: Path) -> None:
    """Give recorders that outlive their killed tests the moment they need to write the end, a few seconds at most."""
    from valgen.records import closing_runs

    for _ in range(_SETTLE_TRIES):
        if not closing_runs(folder):
            return
        time.sleep(_SETTLE_PAUSE_S)


def load_context(root: Path) -> Context:
    """Load everything that documents are made from.

    Raises:
        SourceError: the files have errors, so a document would leave something out.
    """
    loaded = load(root)
    errors = [one for one in loaded.project.findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError(f"{len(errors)} mistakes in the files of the project", errors)
    return make_context(loaded, load_executed(root, loaded.project))


def has_ledger(root: Path, paths: Paths) -> bool:
    """Tell whether a project keeps a ledger; one look into its folder of records."""
    folder = root / paths.records
    return any((folder / name).exists() for name in _LEDGER_FILES)


def load_signing(root: Path, project: Project) -> SigningRecords | None:
    """Return what the ledger of a project says of signatures, or None where there is none.

    Raises:
        VerificationError: the ledger belongs to another project, or was altered.
    """
    if not has_ledger(root, project.settings.paths):
        return None
    from valgen.records.signing_reader import read_signing

    found = read_signing(root / project.settings.paths.records)
    owner = found.facts.origin.rpartition("/")[2]
    if owner != project.settings.project_id:
        raise VerificationError(
            f"the ledger in {project.settings.paths.records} belongs to the project {owner}, "
            f"not to {project.settings.project_id}",
            why="records of one project never count for another",
            fix="move the folder away if it came here by copying, or set the project id back",
            code="VG572",
        )
    return found


def load_judgements(root: Path, project: Project, records: SigningRecords | None = None) -> Judgements:
    """Return the amendments and assessments of a project; none where it has no ledger.

    Args:
        root: folder of the project.
        project: its settings name the folder of records.
        records: what its ledger says of signatures, where that was read already.

    Raises:
        VerificationError: records were altered.
    """
    from valgen.model.judgement import NO_JUDGEMENTS

    records = records or load_signing(root, project)
    if records is None or not records.judged:
        return NO_JUDGEMENTS
    from valgen.records.judgements import read_judgements

    return read_judgements(records)


def make_context(
    loaded: Loaded, executed: Executed, records: SigningRecords | None = None, *, memo: Memo | None = None
) -> Context:
    """Make the context of documents from a loaded project, what was executed in it, and its signatures.

    Args:
        loaded: the project.
        executed: every run and formal execution of it; a check does without them.
        records: what its ledger says of signatures, where that was read already.
        memo: that notes what is read of a watched project.

    Raises:
        VerificationError: there is a ledger, and it belongs to another project or was altered.
    """
    from valgen.documents.context import Context
    from valgen.documents.memo import Memo
    from valgen.model.judgement import NO_JUDGEMENTS
    from valgen.model.outcome import RunMode
    from valgen.trace.matrix import build_matrix

    runs = executed.runs
    media: dict[str, RunMode] = {}
    for run in runs:
        for attempt in run.attempts:
            for step in attempt.steps:
                for ref in step.evidence:
                    media[ref.sha256] = run.mode
    dry, ledger = dry_folder(loaded.root, loaded.project), ledger_folder(loaded.root, loaded.project)
    found = {
        digest: (ledger if mode is RunMode.FORMAL else dry) / "blobs" / digest[:2] / digest[2:]
        for digest, mode in media.items()
    }
    figures, figure_files = _figures(loaded)
    paths = loaded.project.settings.paths
    versions = frozen_versions(loaded.root, loaded.project)
    records = records or load_signing(loaded.root, loaded.project)
    judgements = load_judgements(loaded.root, loaded.project, records) if records is not None else NO_JUDGEMENTS
    return Context(
        project=loaded.project,
        graph=loaded.graph,
        matrix=build_matrix(loaded.project, loaded.graph, runs, judgements),
        runs=runs,
        media={digest: str(path) for digest, path in found.items() if path.is_file()} | figure_files,
        figures=figures,
        tool=f"valgen {__version__}",
        templates=frozenset(path.stem for path in (loaded.root / paths.templates).glob("*.rst")),
        versions=versions.versions if versions is not None else {},
        signatures=records.signatures if records is not None else (),
        ledger=records.facts if records is not None else None,
        executions=executed.executions,
        judgements=judgements,
        memo=memo or Memo(),
    )


def frozen_versions(root: Path, project: Project) -> FrozenVersions | None:
    """Return the frozen versions of a project, or None where it has never frozen one."""
    paths = project.settings.paths
    if not (root / paths.baselines / "documents").is_dir():
        return None
    from valgen.readers.snapshots import read_versions

    return read_versions(root, paths, project.settings.project_id)


def cache_folder() -> Path | None:
    """Return the user's cache folder for valgen; None where no home is known."""
    named = os.environ.get("VALGEN_CACHE")
    if named:
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return base / "valgen" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "valgen"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "valgen"


_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


def _figures(loaded: Loaded) -> tuple[dict[tuple[str, str], tuple[str, str]], dict[str, str]]:
    """Digest every figure that an item names; one that is missing or lies outside the project is left out."""
    figures: dict[tuple[str, str], tuple[str, str]] = {}
    files: dict[str, str] = {}
    root = loaded.root.resolve()
    for item in loaded.graph.items.values():
        for name in item.values("figures"):
            path = (root / item.path).parent / figure_parts(name)[0]
            try:
                real = path.resolve(strict=True)
                real.relative_to(root)
                content = real.read_bytes()
            except (OSError, ValueError):
                continue
            media_type = next((kind for magic, kind in _PICTURES.items() if content.startswith(magic)), "")
            if media_type:
                digest = hashlib.sha256(content).hexdigest()
                figures[item.path, name] = (digest, media_type)
                files[digest] = str(real)
    return figures, files
