"""Test cases: one executable scenario, or one row of an outline, with its identity and steps.

The identity is the tag that is an id of type IQ, OQ or PQ; the title never is (design.md §3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.model.item import Link
from valgen.model.outcome import Mode, Stage, StepKind
from valgen.source import SourceLocation

KNOWN_FLAGS = ("manual", "unscripted", "critical", "destructive", "positive", "negative", "boundary", "stress",
               "evidence", "witness", "retired")  # fmt: skip
KNOWN_PREFIXES = ("verifies", "risk", "env")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One Gherkin step as written, outline columns already filled in.

    Attributes:
        number: from 1 within the case, background steps first.
        kind: Given, When or Then; And and But take the kind before them.
        keyword: as written, such as ``And``, without the space after it.
        text: the sentence; placeholders of environment and settings still unresolved.
        table: data table, header row first; empty for none.
        doc_string: text of a doc string, or None.
        media_type: of the doc string; empty for none.
        line: in the case's file.
        column: in the case's file.
        background: True for a step that comes from a Background.
    """

    number: int
    kind: StepKind
    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    doc_string: str | None = None
    media_type: str = ""
    line: int = 0
    column: int = 0
    background: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One scenario or outline row.

    Attributes:
        id: id of its tag, with ``[2]`` or ``[hot]`` for an outline row; empty when no tag gives one.
        base_id: the tag's id alone.
        stage: from the id, else from the folder.
        title: name of the scenario, outline columns filled in.
        feature: name of the feature.
        rule: name of the rule, or empty.
        description: description lines that are no header line.
        objective: header line ``Objective:``; likewise ``prerequisites``, ``test_data``, ``acceptance``.
        process: header line ``Process:``, the business process or procedure; likewise ``roles``.
        verifies: ids named by ``@verifies:``.
        risks: ids named by ``@risk:``.
        environments: names given by ``@env:``; empty means as the stage plans.
        flags: known plain tags such as ``critical``.
        tags: every tag as written, without ``@``, in order, each once, with places.
        mode: automated, manual or unscripted.
        example: the outline row as mapping of column to value; empty for a plain scenario.
        row: number of the outline row from 1 over all Examples tables; 0 for a plain scenario.
        language: Gherkin language code of the file.
        path: file, relative to the project folder.
        line: of the scenario, or of the Examples row.
        column: of the same.
        scenario_line: of the scenario keyword, also for an outline row.
    """

    __test__ = False  # not a pytest class

    id: str
    base_id: str
    stage: Stage
    title: str
    feature: str = ""
    rule: str = ""
    description: str = ""
    objective: str = ""
    prerequisites: str = ""
    test_data: str = ""
    acceptance: str = ""
    verifies: tuple[Link, ...] = ()
    risks: tuple[Link, ...] = ()
    environments: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    tags: tuple[Link, ...] = ()
    mode: Mode = Mode.AUTOMATED
    steps: tuple[Step, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict)
    row: int = 0
    language: str = "en"
    path: str = ""
    line: int = 0
    column: int = 0
    scenario_line: int = 0
    process: str = ""
    roles: str = ""

    @property
    def location(self) -> SourceLocation:
        """Place of the scenario or of its Examples row."""
        return SourceLocation(self.path, self.line, self.column)

    @property
    def retired(self) -> bool:
        """Kept for its id only; never planned."""
        return "retired" in self.flags

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of positive, negative, boundary and stress it is, in that order."""
        return tuple(kind for kind in ("positive", "negative", "boundary", "stress") if kind in self.flags)

    def link_location(self, link: Link) -> SourceLocation:
        """Return the place of a tag."""
        return SourceLocation(self.path, link.line, link.column, len(link.target))
