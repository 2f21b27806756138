"""Codes about the set of documents and the answers that decide it."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo

PLANS: tuple[CodeInfo, ...] = ()
