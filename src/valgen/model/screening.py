"""Screening questions of the GxP assessment: the shipped ones, and what a yes to each of them means.

Source: domain/documents.md b.1 section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from valgen.source import SourceLocation

DIRECT = "direct"
INDIRECT = "indirect"
NONE = "none"
WEIGHTS = (DIRECT, INDIRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        id: word by which an answer names it.
        text: as printed.
        impact: what a yes says about the system, ``direct`` or ``indirect``.
    """

    id: str
    text: str
    impact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningAnswer:
    """One answer of the project.

    Attributes:
        question: id of a shipped question, or of one that the project asks itself.
        yes: the answer.
        rationale: why; empty when nobody wrote it, which the reader reports.
        text: words of a question of the project's own; empty for a shipped one.
        impact: what a yes to a question of the project's own means, ``direct`` or ``indirect``.
    """

    question: str
    yes: bool
    rationale: str
    text: str = ""
    impact: str = INDIRECT
    location: SourceLocation | None = None


SCREENING: tuple[Question, ...] = (
    Question(
        id="creates_records",
        text="Does the system create, change or delete records that a GxP rule requires?",
        impact=DIRECT,
    ),
    Question(
        id="calculates",
        text="Does it calculate a value, or take an acceptance decision, on which GxP work relies?",
        impact=DIRECT,
    ),
    Question(
        id="supports_release",
        text="Does it support the disposition or release of a product, a batch or a result?",
        impact=DIRECT,
    ),
    Question(
        id="controls_workflow",
        text="Does it control the steps of a regulated process, or enforce their order?",
        impact=DIRECT,
    ),
    Question(
        id="stores_records",
        text="Does it store records that must be retained?",
        impact=DIRECT,
    ),
    Question(
        id="signatures",
        text="Are electronic signatures given in it that stand for handwritten ones?",
        impact=DIRECT,
    ),
    Question(
        id="exchanges_data",
        text="Does it exchange GxP data with other systems?",
        impact=INDIRECT,
    ),
)
