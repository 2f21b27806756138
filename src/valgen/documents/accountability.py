"""Who does what: roles, and the matrix of activities in which exactly one role is accountable for each.

The shipped matrix stands here as data. A project writes its own as a table under the heading of the same name in
``documents/VP.md``; the same rule checks both. Letters: R carries it out, A is accountable and decides, C is
consulted before, I is informed after; A/R is both.

Source: domain/documents.md b.2 section 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valgen.model.project import Prose

HEADING = "Responsibility matrix"
LETTERS = frozenset("RACI")

ROLES: tuple[tuple[str, str, str], ...] = (
    ("PO", "Process owner", "answers for the process and its data; accepts that the system fits its intended use"),
    ("SO", "System owner", "answers for availability, support, security and maintenance of the system"),
    ("VL", "Validation lead", "plans and steers the validation; keeps documents and traceability"),
    ("QA", "Quality assurance", "independent; judges that procedures and regulations are kept, closes deviations"),
    ("SME", "Subject matter expert, developer", "specifies, designs, configures; reviews technical content"),
    ("IT", "IT operations", "provides and runs environments, backup, accounts, monitoring"),
    ("TE", "Tester", "executes tests and records what was seen; reviews no test of their own"),
    ("SU", "Supplier", "delivers product, service and evidence; supports investigations"),
)
"""Abbreviation, role, duty."""

MATRIX: tuple[tuple[str, str], ...] = (
    ("GxP assessment and classification", "A/R C C C C I I I"),
    ("Validation plan", "A C R C C I I I"),
    ("User requirements", "A/R C C C C I I I"),
    ("Functional, configuration and design specification", "C A C I R C I C"),
    ("Risk assessment", "A C R C C C I I"),
    ("Assessment of suppliers", "C A C C I I I R"),
    ("Provision of environments, installation", "I A C I C R I C"),
    ("Test protocols", "C C A C C I R I"),
    ("Execution of tests", "I I A I C C R I"),
    ("Review of executed tests", "C C R A C I I I"),
    ("Deviations: record and investigation", "C C A C R C R C"),
    ("Deviations: classification and closure", "C C R A C I I I"),
    ("Traceability matrix", "I I A/R C C I C I"),
    ("Procedures and training", "A R C C R C I I"),
    ("Data migration, where there is one", "A C C C R R C I"),
    ("Validation summary report", "C C R A C I I I"),
    ("Release for regulated work", "A/R R C C I I I I"),
    ("Change control, incidents, periodic review", "C A C C C R I C"),
)
"""Activity, then one letter per role in the order of ``ROLES``."""

_LINE = re.compile(r"^\s{0,3}\|(.*)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_HEADING = re.compile(r"^ {0,3}#{1,2}[ \t]+(.*?)[ \t]*#*[ \t]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One row of the matrix; ``line`` is its line in the prose, 0 for a shipped one."""

    name: str
    letters: tuple[str, ...]
    line: int = 0

    def mistake(self) -> str:
        """Return what is wrong with the row; empty when exactly one role is accountable."""
        parts = [part for letters in self.letters for part in _parts(letters)]
        strange = sorted({part for part in parts if part not in LETTERS})
        if strange:
            return f"{', '.join(strange)} is none of R, A, C and I"
        accountable = parts.count("A")
        if accountable != 1:
            return f"{'nobody' if not accountable else f'{accountable} roles'} accountable (A)"
        return "" if "R" in parts else "nobody carries it out (R)"


def shipped_matrix() -> tuple[Activity, ...]:
    """Return the shipped matrix."""
    return tuple(Activity(name=name, letters=tuple(letters.split())) for name, letters in MATRIX)


def own_matrix(prose: Prose | None) -> tuple[Activity, ...]:
    """Return the rows of the table that a project wrote under the heading; none when it wrote no table."""
    found: list[Activity] = []
    inside = False
    head = True
    for number, line in enumerate(prose.text.splitlines() if prose else (), 1):
        heading = _HEADING.match(line)
        if heading:
            inside = heading.group(1).casefold() == HEADING.casefold()
            continue
        match = _LINE.match(line) if inside else None
        if not match or _RULE.match(line):
            continue
        if head:
            head = False
            continue
        name, *letters = (part.strip() for part in match.group(1).split("|"))
        found.append(Activity(name=name, letters=tuple(letters), line=number))
    return tuple(found)


def mistakes(activities: Sequence[Activity]) -> Iterator[tuple[Activity, str]]:
    """Yield each row that has not exactly one accountable role and somebody who carries it out."""
    for one in activities:
        what = one.mistake()
        if what:
            yield one, what


def _parts(letters: str) -> list[str]:
    return [part.strip() for part in re.split(r"[/,\s]+", letters.strip("* ")) if part.strip(" –-")]
