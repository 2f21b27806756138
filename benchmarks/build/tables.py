"""What one table row costs in Word and Excel, and one page in PDF: measured inside the process, between two sizes.

    python tables.py docx|xlsx|pdf SIZE

prints processor seconds, the number of units (rows or pages) and the peak memory in bytes as one line of JSON. Only
the writing is timed; the difference between two sizes leaves out what does not depend on the size.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from valgen.documents.blocks import Column, Document, Row, Section, Table, cell

_COLUMNS = ("Id", "Requirement", "Priority", "Tests", "Result")
_ROWS_A_TABLE = 500


def document(rows: int) -> Document:
    """Return a document with tables of five columns."""
    tables = []
    for start in range(0, rows, _ROWS_A_TABLE):
        numbers = range(start, min(start + _ROWS_A_TABLE, rows))
        tables.append(table(numbers, f"Table {start // _ROWS_A_TABLE + 1}"))
    sections = tuple(Section(f"Part {n}", f"URS-part-{n}", (one,)) for n, one in enumerate(tables, 1))
    return Document(
        key="URS", type="URS", number="B-URS-001", title="Measured document", version="1.0", status="Draft",
        system="Measured system 1.0", marks=("DRAFT",), control=(("Document number", "B-URS-001"),), sections=sections,
    )  # fmt: skip


def table(numbers: range, caption: str = "") -> Table:
    """Return one table; texts differ from row to row, as in a matrix."""
    rows = tuple(
        Row(
            (
                cell(f"URS-{number:05d}", bold=True),
                cell(f"The system shall keep value {number} of the batch record for {number % 30 + 1} years."),
                cell("Must"),
                cell(f"OQ-{number:05d}"),
                cell("Covered-Passed"),
            ),
            anchor=f"URS-{number:05d}",
        )
        for number in numbers
    )
    return Table(tuple(Column(name) for name in _COLUMNS), rows, caption=caption)


def measure(form: str, size: int) -> dict[str, float]:
    """Write once and return what it cost."""
    if form == "xlsx":
        from valgen.documents.workbook import Sheet, Workbook
        from valgen.writers.xlsx import write_workbook

        book = Workbook(title="Measured", sheets=(Sheet(name="Forward", table=table(range(size))),))
        start = time.process_time()
        write_workbook(book)
        units = size
    elif form == "docx":
        from valgen.writers.docx import write_docx

        made = document(size)
        digest = made.digest
        start = time.process_time()
        write_docx(made, digest=digest)
        units = size
    else:
        from valgen.writers.pdf import write_pdf

        made = document(size)
        digest = made.digest
        start = time.process_time()
        units = write_pdf(made, digest=digest).pages
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"seconds": seconds, "units": units, "peak_bytes": peak}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
