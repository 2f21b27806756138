"""Codes about supporting documents: training, suppliers, changes, deviations, reviews."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo

SUPPORTING: tuple[CodeInfo, ...] = ()
