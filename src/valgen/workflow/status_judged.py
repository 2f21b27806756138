"""Amendments and no-impact assessments, as ``valgen status`` shows them.

Source: design.md §4, §5, §7 (status).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from valgen.documents.amendments import amendment_state
from valgen.documents.context import Context
from valgen.documents.signatures import role_name
from valgen.model.judgement import Amendment, Assessment
from valgen.trace.results import CaseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was amended and assessed.

    Attributes:
        amendments: oldest first, open and rejected ones too.
        kept: results that go on counting by an assessment, each with it.
    """

    amendments: tuple[Amendment, ...] = ()
    kept: tuple[tuple[CaseStatus, Assessment], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the two keys of the published shape."""
        return {
            "amendments": [
                {
                    "amendment": one.id,
                    "protocol": one.protocol,
                    "version": one.version,
                    "case": one.case,
                    "repeat": list(one.repeat),
                    "in_force": one.in_force is not None,
                    "missing": list(one.missing) if one.open else [],
                    "state": amendment_state(one),
                }
                for one in self.amendments
            ],
            "assessments": [
                {
                    "assessment": one.id,
                    "case": status.case,
                    "environment": status.environment,
                    "run": status.run,
                    "subject": one.subject,
                    "reason": one.reason,
                    "by": one.signature.name,
                }
                for status, one in self.kept
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield one line for each amendment and each result that is kept current."""
        for one in self.amendments:
            yield f"{one.id}  {one.case} in {one.protocol} {one.version}: {amendment_state(one)}"
        for status, by in self.kept:
            result = f"{status.case} in {status.environment} {status.outcome} ({status.run})"
            yield f"{by.id}  {result} kept current, no impact of {by.subject}: {by.signature.name}: {by.reason}"

    def why(self) -> Iterator[str]:
        """Yield what keeps the project from being validated: amendments that nobody has settled."""
        for one in self.amendments:
            if one.open:
                yield f"{one.id} of {one.case} waits for {_roles(one)}"

    def next(self) -> Iterator[str]:
        """Yield what to do."""
        for one in self.amendments:
            if one.open:
                yield f"{one.id} waits for {_roles(one)}: valgen amend {one.case} --reason TEXT, or with --reject"


def judged(context: Context) -> Judged:
    """Return what was amended and assessed in a project."""
    found, formal = context.judgements, context.matrix.formal.values()
    return Judged(
        amendments=tuple(one for one in found.amendments if not one.open or found.waiting(one)),
        kept=tuple((status, one) for status in formal for one in status.assessed),
    )


def _roles(one: Amendment) -> str:
    return " and ".join(map(role_name, one.missing))
