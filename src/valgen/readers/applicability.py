"""``requirements/applicability.yaml``: which conditional or excluded clauses apply, and why.

Whether a clause exists is left to ``trace``, which has the libraries.
"""

from __future__ import annotations

from valgen.errors import Finding
from valgen.model.project import Applicability
from valgen.readers.rows import Column, RowReader
from valgen.readers.text import shown
from valgen.readers.yaml_events import read_yaml
from valgen.source import SourceLocation

COLUMNS = (
    Column(name="clause", doc="Id of the clause, such as 21CFR11.30.", required=True),
    Column(name="applicable", doc="yes or no.", required=True, choices=("yes", "no")),
    Column(name="rationale", doc="Why it applies or not."),
)


def read_applicability(path: str, text: str) -> tuple[list[Applicability], list[Finding]]:
    """Read the list; a row without a usable clause and answer is left out with a finding."""
    root, findings = read_yaml(path, text)
    rows = RowReader(path, findings)
    decisions: list[Applicability] = []
    seen: dict[str, int] = {}
    for node in rows.listed(root, "applicability", "clauses"):
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
