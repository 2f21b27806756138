"""Codes about versions of documents and what they changed."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo

VERSIONS: tuple[CodeInfo, ...] = ()
