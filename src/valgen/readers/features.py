"""``.feature`` files into test cases.

gherkin-official reads the file; this module turns its tree into one case per scenario or outline row, in the
meaning of the official pickles (a test compares them), but with what a protocol needs besides: keywords as
written, background flags, header lines, row numbers, the place of every tag. Placeholders are filled in
one pass and literally, so that a column called ``a.b`` or a value that holds ``<x>`` does no harm.

The identity of a case is its tag of type IQ, OQ or PQ. Whether verified ids exist, and whether steps make
sense as a test, is left to ``trace``.

Source: design.md §3.3, §11; integrity.md H-2.
"""

from __future__ import annotations

import gc
from collections.abc import Collection

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.outcome import Stage
from valgen.model.testcase import TestCase
from valgen.readers.gherkin_cases import CaseMaker
from valgen.readers.gherkin_parser import parse_gherkin
from valgen.source import SourceLocation


def read_feature(
    path: str, text: str, environments: Collection[str], folder_stage: Stage | None = None
) -> tuple[list[TestCase], list[Finding]]:
    """Read one feature file.

    Args:
        path: relative to the project folder.
        text: decoded content.
        environments: names that ``@env:`` may use; empty when none is known, then none is checked.
        folder_stage: stage of the folder in which the file lies, or None outside iq, oq and pq.

    Returns:
        The cases in the order of the file, and every finding.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        document, findings = parse_gherkin(path, text)
        if document is None:
            return [], findings
        feature = document.get("feature")
        if feature is None:
            return [], [finding("VG209", "the file holds no feature", SourceLocation(path))]
        maker = CaseMaker(path, feature, environments, folder_stage, findings)
        return maker.make(), findings
    finally:
        if was_collecting:
            gc.enable()
