"""Codes about Word files of a Sphinx project."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo

SPHINX_WORD: tuple[CodeInfo, ...] = ()
