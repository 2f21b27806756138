"""What can go wrong, in five branches, and findings about what people wrote.

A *finding* is data: many are collected and shown together. An *error* stops an act. Both carry
what happened, why it matters and how to mend it, under a stable code that ``valgen explain`` knows.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from valgen.source import SourceLocation


class Severity(enum.StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # the result cannot be relied on; exit status 1
    WARNING = "warning"  # a reviewer would ask about it
    INFO = "info"  # good to know


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake or gap in the files of a project.

    Attributes:
        code: ``VG`` and three digits, a key of ``valgen.codes.CODES``.
        message: what is wrong, naming the thing; one line, no full stop.
        location: where; None only when no file can be named.
        ids: the items, test cases or documents concerned.
        fix: how to mend this very case; empty when the code's general advice says all.
        severity: as declared for the code unless the project raised it.
    """

    code: str
    message: str
    location: SourceLocation | None = None
    ids: tuple[str, ...] = ()
    fix: str = ""
    severity: Severity = Severity.ERROR


class ValgenError(Exception):
    """Root of every error that valgen raises on purpose.

    Args:
        what: what happened, one sentence.
        why: why that matters or which rule it breaks.
        fix: what the reader can do about it.
        code: stable code, a key of ``valgen.codes.CODES``.
        location: place in a file that a person wrote, if there is one.
    """

    code = "VG900"

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        fix: str = "",
        code: str | None = None,
        location: SourceLocation | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix
        self.code = code or type(self).code
        self.location = location


class SourceError(ValgenError):
    """What a person wrote cannot be used; carries every finding at once."""

    code = "VG001"

    def __init__(self, what: str, findings: Iterable[Finding] = (), **rest: str) -> None:
        super().__init__(what, **rest)  # type: ignore[arg-type]
        self.findings = tuple(findings)


class TraceError(ValgenError):
    """A question to the trace graph has no answer, such as an id that nothing defines."""

    code = "VG910"


class VerificationError(ValgenError):
    """A digest, a chain or a signature does not hold."""

    code = "VG500"


class AuthorityError(ValgenError):
    """Somebody may not do what they asked for."""

    code = "VG600"


class RenderError(ValgenError):
    """A document cannot be written."""

    code = "VG700"


class ExecutionError(ValgenError):
    """A run cannot start or its evidence cannot be kept."""

    code = "VG400"
