"""Codes about PDF files."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo

PDF: tuple[CodeInfo, ...] = ()
