"""Codes about items and their links."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

ITEMS: tuple[CodeInfo, ...] = ()
