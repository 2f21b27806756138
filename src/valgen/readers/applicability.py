"""``requirements/applicability.yaml``: which conditional or excluded clauses apply, and the answers of the screening.

Whether a clause exists is left to ``trace``, which has the libraries; so is what the answers mean together.
"""

from __future__ import annotations

import re

from valgen.errors import Finding
from valgen.model.project import Applicability
from valgen.model.screening import INDIRECT, SCREENING, WEIGHTS, ScreeningAnswer
from valgen.readers.rows import Column, RowReader
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.readers.yaml_events import Block, Text, read_yaml
from valgen.source import SourceLocation

COLUMNS = (
    Column(name="clause", doc="Id of the clause, such as 21CFR11.30.", required=True),
    Column(name="applicable", doc="yes or no.", required=True, choices=("yes", "no")),
    Column(name="rationale", doc="Why it applies or not."),
)
SCREENING_COLUMNS = (
    Column(name="question", doc="Question that is answered.", required=True),
    Column(name="answer", doc="yes or no.", required=True, choices=("yes", "no")),
    Column(name="rationale", doc="Why."),
    Column(name="text", doc="Words of a question of your own."),
    Column(name="impact", doc="What a yes to a question of your own means.", choices=WEIGHTS),
)
QUESTION_PATTERN = r"[a-z][a-z0-9_]{0,39}"
_QUESTION = re.compile(QUESTION_PATTERN)
_SCREENING = "screening"


def read_applicability(path: str, text: str) -> tuple[list[Applicability], list[Finding]]:
    """Read the list of clauses; a row without a usable clause and answer is left out with a finding."""
    root, findings = read_yaml(path, text)
    rows = RowReader(path, findings)
    decisions: list[Applicability] = []
    seen: dict[str, int] = {}
    for node in rows.listed(root, "applicability", "clauses", beside=(_SCREENING,)):
        values = rows.row(node, COLUMNS, "the clause")
        if values is None or "clause" not in values:
            continue
        clause, rationale = values["clause"], values.get("rationale")
        if clause.value in seen:
            what = f"{shown(clause.value)} was decided in line {seen[clause.value]} already"
            rows.add("VG310", what, clause, ids=(clause.value,))
            continue
        seen[clause.value] = clause.line
        if rationale is None:
            rows.add("VG311", f"{shown(clause.value)} is decided without a rationale", clause, ids=(clause.value,))
        if "applicable" not in values:
            continue
        decisions.append(
            Applicability(
                clause=clause.value,
                applicable=values["applicable"].value == "yes",
                rationale=rationale.value if rationale else "",
                location=SourceLocation(path, clause.line, clause.column, len(clause.value)),
            )
        )
    return decisions, findings


def read_screening(path: str, text: str) -> tuple[list[ScreeningAnswer], list[Finding]]:
    """Read the answers below ``screening:``; a row without a usable question and answer is left out with a finding.

    Mistakes in the form of the file are reported by ``read_applicability``, which reads it as well.
    """
    root, _ = read_yaml(path, text)
    if not isinstance(root, Block) or _SCREENING not in root:
        return [], []
    findings: list[Finding] = []
    rows = RowReader(path, findings)
    known = {question.id: question for question in SCREENING}
    answers: list[ScreeningAnswer] = []
    seen: dict[str, int] = {}
    for node in rows.entries(root[_SCREENING][0], _SCREENING):
        values = rows.row(node, SCREENING_COLUMNS, "the answer")
        if values is None or "question" not in values:
            continue
        question, rationale, words = values["question"], values.get("rationale"), values.get("text")
        name = question.value
        if name in seen:
            rows.add("VG355", f"{shown(name)} was answered in line {seen[name]} already", question)
            continue
        seen[name] = question.line
        if name in known and (words or "impact" in values):
            rows.add(
                "VG351", f"{name} is a question that valgen ships; its words are fixed", words or values["impact"],
                fix="remove text and impact, or give the question a name of its own",
            )  # fmt: skip
        elif name not in known and (words is None or not _QUESTION.fullmatch(name)):
            fix = did_you_mean(name, known) or (
                f"shipped questions are {one_of(known)}; a question of your own has a name of small letters, digits "
                "and underscores, and its words under text"
            )
            rows.add("VG351", f"{shown(name)} is no screening question", question, fix=fix)
            continue
        if rationale is None:
            rows.add("VG311", f"{shown(name)} is answered without a rationale", question)
        if "answer" not in values:
            continue
        answers.append(
            ScreeningAnswer(
                question=name,
                yes=values["answer"].value == "yes",
                rationale=rationale.value if rationale else "",
                text=words.value if words and name not in known else "",
                impact=known[name].impact if name in known else _weight(values),
                location=SourceLocation(path, question.line, question.column, len(name)),
            )
        )
    return answers, findings


def _weight(values: dict[str, Text]) -> str:
    return values["impact"].value if "impact" in values else INDIRECT
