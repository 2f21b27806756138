"""Blocks of the traceability matrix: forward, backward, by clause, gaps, counts.

The Excel workbook, the data files and the document are made from the same functions. A document has little room, so
its tables say formal and dry results in one cell (``compact``), where a workbook has a column to filter by for each;
the initial issue, before execution, has no results at all (``initial``).

Source: domain/documents.md b.13.
"""

from __future__ import annotations

from valgen.documents.matrix.backward import backward, results_table, risk_view
from valgen.documents.matrix.cells import LEVELS
from valgen.documents.matrix.clauses import regulations
from valgen.documents.matrix.counts import counts, initial_counts, legend
from valgen.documents.matrix.forward import everything, forward
from valgen.documents.matrix.gaps import gaps

__all__ = [
    "LEVELS",
    "backward",
    "counts",
    "everything",
    "forward",
    "gaps",
    "initial_counts",
    "legend",
    "regulations",
    "results_table",
    "risk_view",
]
