"""Codes about execution and evidence."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

EXECUTION: tuple[CodeInfo, ...] = ()
