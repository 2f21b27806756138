"""Rules about regulation clauses: every clause named exists, every required one is answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.project import Project
from valgen.source import SourceLocation
from valgen.trace.graph import Graph
from valgen.trace.rules.suggest import Suggestions, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFacts:
    """What the rules need of the regulations library.

    Attributes:
        known: every id of every library.
        coverage: library name to clause id to its coverage word (required, conditional, ...), read on demand.
        libraries: names of the libraries.
    """

    known: Collection[str]
    coverage: Callable[[str], Mapping[str, str]]
    libraries: Collection[str]


def check_clauses(project: Project, graph: Graph, facts: ClauseFacts) -> Iterator[Finding]:
    """Yield unknown clauses and libraries, double or contradicting statements, and unanswered clauses."""
    answered: set[str] = set()
    excluded = {entry.clause for entry in project.applicability if not entry.applicable}
    applicable = {entry.clause for entry in project.applicability if entry.applicable}
    known = Suggestions(facts.known)
    for item in project.items:
        for link in item.links.get("regulations", ()):
            if link.target not in facts.known:
                yield finding(
                    "VG170",
                    f"{item.id} names {link.target}, which no library knows",
                    item.link_location(link),
                    ids=(item.id, link.target),
                    fix=known.hint(link.target),
                )
            elif not item.retired:
                answered.add(link.target)
                if link.target in excluded:
                    yield finding(
                        "VG175",
                        f"{item.id} answers {link.target}, which applicability.yaml excludes",
                        item.link_location(link),
                        ids=(item.id, link.target),
                    )
    stated: dict[str, SourceLocation | None] = {}
    for entry in project.applicability:
        if entry.clause not in facts.known:
            yield finding(
                "VG170",
                f"{entry.clause} is a clause that no library knows",
                entry.location,
                ids=(entry.clause,),
                fix=known.hint(entry.clause),
            )
        if entry.clause in stated:
            yield finding(
                "VG174",
                f"{entry.clause} is already stated at {stated[entry.clause]}",
                entry.location,
                ids=(entry.clause,),
            )
        stated.setdefault(entry.clause, entry.location)
    settings = SourceLocation(project.settings.file)
    for library in project.settings.regulations:
        if library not in facts.libraries:
            yield finding(
                "VG172",
                f"regulations names {library}, which is no library",
                settings,
                fix=did_you_mean(library, facts.libraries),
            )
            continue
        coverage = facts.coverage(library)
        # A conditional clause whose condition holds, as the project says, is required.
        required = sorted(
            clause
            for clause, word in coverage.items()
            if (word == "required" and clause not in excluded) or (word == "conditional" and clause in applicable)
            if clause not in answered
        )
        if required:
            yield finding(
                "VG171",
                f"{library}: {_count(required)} answered by no requirement: {_some(required)}",
                settings,
                ids=tuple(required),
            )
        open_ones = sorted(
            clause
            for clause, word in coverage.items()
            if word == "conditional" and clause not in stated and clause not in answered
        )
        if open_ones:
            yield finding(
                "VG173",
                f"{library}: {_count(open_ones)} conditional and not stated: {_some(open_ones)}",
                settings,
                ids=tuple(open_ones),
            )


def _count(clauses: list[str]) -> str:
    return f"{len(clauses)} clause{'s' if len(clauses) != 1 else ''}"


def _some(clauses: list[str]) -> str:
    return ", ".join(clauses[:4]) + (", ..." if len(clauses) > 4 else "")
