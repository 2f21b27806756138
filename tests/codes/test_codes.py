"""Codes of findings: one meaning each."""

from __future__ import annotations

from collections import Counter

from valgen.codes import CODES, TABLES


def test_every_code_has_one_meaning() -> None:
    counted = Counter(info.code for table in TABLES for info in table)
    assert [code for code, times in counted.items() if times > 1] == []
    assert len(CODES) == counted.total() > 200
