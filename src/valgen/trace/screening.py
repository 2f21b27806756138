"""What the answers of the GxP screening mean together.

One yes to a question of direct impact decides. Without one, the impact is open until every shipped question is
answered; then a yes to a question of indirect impact makes it indirect, and no yes at all makes it none.

Source: domain/documents.md b.1 section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from valgen.model.project import Project
from valgen.model.screening import DIRECT, INDIRECT, NONE, SCREENING, Question, ScreeningAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Every question with its answer, and the conclusion.

    Attributes:
        rows: shipped questions first, then those of the project; None where nobody answered.
        impact: direct, indirect or none; empty while the answers do not decide it.
        unanswered: ids of shipped questions without an answer.
    """

    rows: tuple[tuple[Question, ScreeningAnswer | None], ...]
    impact: str
    unanswered: tuple[str, ...]


def screen(project: Project) -> Screening:
    """Put questions and answers side by side and conclude."""
    given = {answer.question: answer for answer in project.screening}
    shipped = {question.id for question in SCREENING}
    rows: list[tuple[Question, ScreeningAnswer | None]] = [(one, given.get(one.id)) for one in SCREENING]
    rows += [
        (Question(id=answer.question, text=answer.text, impact=answer.impact), answer)
        for answer in project.screening
        if answer.question not in shipped
    ]
    unanswered = tuple(question.id for question, answer in rows if answer is None)
    said = {question.impact for question, answer in rows if answer is not None and answer.yes}
    if DIRECT in said:
        impact = DIRECT
    elif unanswered:
        impact = ""
    else:
        impact = INDIRECT if INDIRECT in said else NONE
    return Screening(rows=tuple(rows), impact=impact, unanswered=unanswered)
