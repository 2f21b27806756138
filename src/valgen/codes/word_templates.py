"""Codes about a company's Word template."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo

WORD_TEMPLATES: tuple[CodeInfo, ...] = ()
