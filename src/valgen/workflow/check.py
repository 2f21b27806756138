"""Check a project: every problem and gap at once. Changes no source and no record.

A check that was made before is not made again: its findings lie in the user's cache folder under a digest of the
bytes of every file, templates included, the names of the files that are not read, the settings, and the code that
judged them. One changed byte anywhere, and the project is checked anew. Two kinds of projects are always checked anew,
because their findings rest on more than those bytes: where an item names a figure, and where a file could not be read.

Source: design.md §7 (check), §9 (nothing changed).
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.errors import Finding, Severity
from valgen.model.item_types import FieldKind
from valgen.model.project import Project, Settings
from valgen.readers.packs import pack_file, pack_findings, read_pack, unpack_findings, world_of, write_pack
from valgen.readers.sources import Sources, read_sources
from valgen.source import SourceLocation
from valgen.workflow.load import (
    Loaded,
    cache_folder,
    frozen_versions,
    has_ledger,
    load,
    load_judgements,
    load_signing,
)
from valgen.workflow.templates import template_finder, template_findings, templates_state

if TYPE_CHECKING:  # the rules are imported when something must be judged
    from valgen.records.signing_reader import SigningRecords
    from valgen.trace.rules import ClauseFacts

_FORMAT = 1
_ROOMS = ("codes", "documents", "model", "readers", "records", "regulations", "trace", "workflow")
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """All findings, by place, and what was looked at.

    Attributes:
        items: number of items, retired ones too.
        test_cases: number of test cases, each outline row counted.
    """

    findings: tuple[Finding, ...]
    items: int
    test_cases: int

    def count(self, severity: Severity) -> int:
        """Count findings of a severity."""
        return sum(1 for one in self.findings if one.severity is severity)

    @property
    def ok(self) -> bool:
        """True when nothing is an error."""
        return not self.count(Severity.ERROR)


def check(root: Path, *, cached: bool = True) -> CheckReport:
    """Read and check the project at ``root``.

    Args:
        root: folder of the settings file.
        cached: whether the user's cache folder may be used; the answer is the same without it.
    """
    folder = cache_folder() if cached else None
    if folder is None:
        return check_loaded(load(root))
    sources = read_sources(root)
    file, world = (
        pack_file(folder, "check", root),
        world_of(
            _ROOMS,
            _FORMAT,
            sources.digest(),
            _frozen_state(root, sources.settings),
            _ledger_state(root, sources.settings),
            templates_state(root, sources.settings),
        ),
    )
    report = _earlier(read_pack(file, world))
    if report is None:
        loaded = load(root, cached=True, sources=sources)
        report = check_loaded(loaded)
        if _rests_on_sources(sources, loaded.project):
            write_pack(file, world, (report.items, report.test_cases, pack_findings(report.findings)))
    return report


def check_loaded(loaded: Loaded) -> CheckReport:
    """Check a project that was read already."""
    from valgen.documents.rules import check_documents
    from valgen.trace.rules import check_graph

    project = loaded.project
    found = [*project.findings, *check_graph(project, loaded.graph, clause_facts()), *check_documents(project)]
    records = load_signing(loaded.root, project)
    found += version_findings(loaded, records)
    found += template_findings(loaded.root, project, loaded.graph)
    if records is not None:
        from valgen.workflow.approve_findings import approval_findings

        found += approval_findings(loaded, records)
    return CheckReport(
        findings=_settled(found, project.settings), items=len(project.items), test_cases=len(project.cases)
    )


def version_findings(loaded: Loaded, records: SigningRecords | None = None) -> list[Finding]:
    """Return what is wrong with frozen versions, and between them and the project; nothing is loaded without any.

    Args:
        loaded: the project.
        records: what its ledger says of signatures: a script that was amended is no change of its protocol.
    """
    paths = loaded.project.settings.paths
    if not (loaded.root / paths.baselines / "documents").is_dir():
        return []
    from valgen.documents.version_rules import check_versions

    was_collecting = gc.isenabled()
    gc.disable()  # thousands of new values, none of them garbage
    try:
        frozen = frozen_versions(loaded.root, loaded.project)
        if frozen is None:
            return []
        template_of = template_finder(loaded.root, loaded.project, loaded.graph)
        versions = frozen.versions
        if records is not None and records.judged:
            from valgen.documents.amendments import amended

            judgements = load_judgements(loaded.root, loaded.project, records)
            versions = {key: tuple(amended(one, judgements) for one in ones) for key, ones in versions.items()}
        return [*frozen.findings, *check_versions(loaded.project, loaded.graph, versions, template_of)]
    finally:
        if was_collecting:
            gc.enable()


def clause_facts() -> ClauseFacts:
    """Return what the rules need of the regulations library."""
    from valgen.regulations.library import known_ids, libraries, library_clauses
    from valgen.trace.rules import ClauseFacts

    return ClauseFacts(
        known=known_ids(),
        coverage=lambda name: {clause.id: clause.coverage for clause in library_clauses(name)},
        libraries=frozenset(libraries()),
    )


def blocking(project: Project, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the errors among findings, raised and waived as the settings say."""
    return tuple(one for one in _settled(findings, project.settings) if one.severity is Severity.ERROR)


def _frozen_state(root: Path, settings: Settings) -> str:
    """Return a digest of what findings about frozen versions rest on beside the sources; empty without any."""
    if not (root / settings.paths.baselines / "documents").is_dir():
        return ""
    from valgen.readers.snapshots import frozen_digest

    return frozen_digest(root, settings.paths)


def _ledger_state(root: Path, settings: Settings) -> str:
    """Return a digest of what findings about approved documents rest on beside the sources; empty without a ledger.

    Every act of signing seals the ledger, so its newest seal tells whether anybody signed since.
    """
    if not has_ledger(root, settings.paths):
        return ""
    digest = hashlib.sha256()
    for name in ("root.json", "checkpoint"):
        try:
            data = (root / settings.paths.records / name).read_bytes()
        except OSError as error:
            data = repr(error.errno).encode()
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()


def _earlier(values: object) -> CheckReport | None:
    """Return the report that a pack holds; None where it holds none."""
    if not isinstance(values, tuple) or len(values) != 3:
        return None
    items, test_cases, packed = values
    try:
        return CheckReport(findings=tuple(unpack_findings(packed)), items=items, test_cases=test_cases)
    except (TypeError, ValueError):
        return None


def _rests_on_sources(sources: Sources, project: Project) -> bool:
    """Whether nothing beside the sources decided what was found."""
    if sources.failures or sources.listing is None:
        return False
    figures = {field.name for kind in project.settings.item_types.values() for field in kind.fields
               if field.kind is FieldKind.FIGURES}  # fmt: skip
    return not any(figures & item.fields.keys() for item in project.items)


def _settled(findings: Iterable[Finding], settings: Settings) -> tuple[Finding, ...]:
    """Apply raised severities and waivers, drop exact repeats, sort by place."""
    waived = {waiver.code: waiver.severity for waiver in settings.waivers}
    found = []
    for one in dict.fromkeys(findings):
        severity = settings.severities.get(one.code, one.severity)
        severity = waived.get(one.code, severity)
        found.append(one if severity is one.severity else replace(one, severity=severity))
    return tuple(sorted(found, key=_place))


def _place(one: Finding) -> tuple[str, int, int, int, str, str]:
    where = one.location or SourceLocation("")
    return (where.path, where.line, where.column, _ORDER[one.severity], one.code, one.message)


def summary_counts(report: CheckReport) -> Counter[str]:
    """Count findings by code."""
    return Counter(one.code for one in report.findings)
