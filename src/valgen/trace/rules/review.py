"""What a QA reviewer sends back before anything is executed: open words, blank steps, signatures.

Each rule reads texts that are there; none needs a run. Words are looked for in English only, so a text in another
language is never blamed.

Source: domain/documents.md b.0 (approval), b.3 (quality rules), b.17.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.model.outcome import Mode, StepKind
from valgen.model.project import Project
from valgen.model.testcase import TestCase
from valgen.source import SourceLocation
from valgen.trace.graph import Graph

_OPEN = re.compile(r"\b(TBD|TBC|TODO)\b|\?{3}|\bto be (?:defined|determined|decided|confirmed)\b")
_OPEN_PARTS = ("TBD", "TBC", "TODO", "???", "to be d", "to be c")
_AS_EXPECTED = re.compile(r"\bas expected\b")
# Last words of an expected result that nobody can measure; a look at one word costs less than a pattern.
_UNMEASURED = frozenset(("correctly", "properly", "successfully", "intended", "fine", "ok"))
_MANY_DEMANDS = 3


def check_review(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield open texts, doubled and overloaded requirements, blank and unmeasurable steps, missing signatures."""
    yield from _items(graph)
    told: set[tuple[str, int, int]] = set()
    for case in project.cases:
        if case.id and not case.retired and case.mode is not Mode.UNSCRIPTED:
            yield from _steps(case, told)
    yield from _signatures(project)


def _items(graph: Graph) -> Iterator[Finding]:
    statements: dict[str, str] = {}
    for item in graph.active():
        if any(part in item.text for part in _OPEN_PARTS):
            found = _OPEN.search(item.text)
            if found:
                what = f'{item.id} says "{found.group()}"'
                yield finding("VG184", what, item.where("text"), ids=(item.id,))
        if item.type == "URS":
            yield from _requirement(item, statements)


def _requirement(item: Item, statements: dict[str, str]) -> Iterator[Finding]:
    ids = (item.id,)
    words = " ".join(item.text.casefold().split())
    other = statements.setdefault(words, item.id) if words else item.id
    if other != item.id:
        what = f"{item.id} says the same as {other}"
        yield finding("VG182", what, item.where("text"), ids=(item.id, other))
    if words.count(" shall ") >= _MANY_DEMANDS:
        what = f"{item.id} holds {words.count(' shall ')} demands"
        yield finding("VG183", what, item.where("text"), ids=ids)
    if item.fields.get("priority") == "must" and not item.fields.get("acceptance"):
        yield finding("VG185", f"{item.id} has no acceptance criterion", item.location, ids=ids)


def _steps(case: TestCase, told: set[tuple[str, int, int]]) -> Iterator[Finding]:
    """Yield mistakes of steps, each place once: rows of an outline share their steps."""
    for step in case.steps:
        text = step.text
        if text and step.kind is not StepKind.THEN:
            continue
        place = (case.path, step.line, step.column)
        if place in told:
            continue
        code = ""
        if not text.strip():
            code, what = "VG240", f"step {step.number} of {case.base_id} has no text"
        elif "expected" in text and _AS_EXPECTED.search(text):
            code, what = "VG241", f'{case.base_id} expects "as expected" in step {step.number}'
        elif (word := text.rstrip(" .\"'").rpartition(" ")[2].casefold()) in _UNMEASURED:
            code, what = "VG242", f'{case.base_id} expects "{word}" in step {step.number}'
        if code:
            told.add(place)
            yield finding(code, what, SourceLocation(*place), ids=(case.base_id,))


def _signatures(project: Project) -> Iterator[Finding]:
    workflow = project.settings.workflow
    for kind in dict.fromkeys(entry.type for entry in project.documents if entry.planned == "yes"):
        steps = workflow.get(kind, ())
        approving = {step.role for step in steps if step.meaning == "approved"}
        if steps and (not approving - {"author"} or "qa" not in approving):
            missing = "qa" if approving - {"author"} else "anybody but the author"
            what = f"{kind} is not approved by {missing}"
            yield finding("VG345", what, SourceLocation(project.settings.file), ids=(kind,))
