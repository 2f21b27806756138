"""Training records: where one stands, and which of them a test case asks for.

A record without a date is a plan. Nothing here knows today's date, so whether a record has run out is for a person to
judge from the date that it prints.

Source: domain/documents.md b.16 (access only after training).
"""

from __future__ import annotations

import enum
import re

from valgen.model.item import Item
from valgen.model.testcase import TestCase

_RECORD = re.compile(r"\bTRN-[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class Standing(enum.StrEnum):
    """Where a training record stands."""

    PLANNED = "planned"  # no date: it has not taken place
    COMPLETED = "completed"
    FAILED = "failed"  # it took place, and its assessment was not passed


def standing(item: Item) -> Standing:
    """Return where a training record stands."""
    if not item.value("date"):
        return Standing.PLANNED
    return Standing.FAILED if item.value("outcome") == "failed" else Standing.COMPLETED


def named_records(case: TestCase) -> tuple[str, ...]:
    """Return ids of training records that the prerequisites of a case name, each once."""
    return tuple(dict.fromkeys(_RECORD.findall(case.prerequisites)))
