"""Check a project: every problem and gap at once. Changes no source and no record.

Source: design.md §7 (check).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.documents.rules import check_documents
from valgen.errors import Finding, Severity
from valgen.model.project import Project, Settings
from valgen.regulations.library import known_ids, libraries, library_clauses
from valgen.source import SourceLocation
from valgen.trace.rules import ClauseFacts, check_graph
from valgen.workflow.load import Loaded, load

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
    """Read and check the project at ``root``."""
    return check_loaded(load(root, cached=cached))


def check_loaded(loaded: Loaded) -> CheckReport:
    """Check a project that was read already."""
    project = loaded.project
    found = [*project.findings, *check_graph(project, loaded.graph, clause_facts()), *check_documents(project)]
    return CheckReport(
        findings=_settled(found, project.settings), items=len(project.items), test_cases=len(project.cases)
    )


def clause_facts() -> ClauseFacts:
    """Return what the rules need of the regulations library."""
    return ClauseFacts(
        known=known_ids(),
        coverage=lambda name: {clause.id: clause.coverage for clause in library_clauses(name)},
        libraries=frozenset(libraries()),
    )


def blocking(project: Project, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the errors among findings, raised and waived as the settings say."""
    return tuple(one for one in _settled(findings, project.settings) if one.severity is Severity.ERROR)


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
