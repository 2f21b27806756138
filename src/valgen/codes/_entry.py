"""The shape of one entry of the code table."""

from __future__ import annotations

from dataclasses import dataclass

from valgen.errors import Severity


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """One code.

    Attributes:
        code: ``VG`` and three digits.
        severity: unless a project raises it.
        title: what it is about, a few words.
        why: why it matters to a reviewer or inspector, one or two sentences.
        fix: what to do in general, one or two sentences, in words a spreadsheet user understands.
        example: a small wrong input, or empty.
    """

    code: str
    severity: Severity
    title: str
    why: str
    fix: str
    example: str = ""
