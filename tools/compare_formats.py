"""Compare what the Word, PDF and Excel files of a pack say, reading nothing but these files.

    python tools/compare_formats.py examples/s3-records-vault/build/pack

Uses python-docx, openpyxl and pikepdf (`tagged_pdf.py`), none of valgen's code.
Every table of every document must have the same rows and cells in Word and PDF. From these tables and from the
sheets of RTM.xlsx it then takes requirements, test cases, results and totals and compares all three.
Prints one line per check; exit status 1 when one does not hold.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import docx
import openpyxl

from tagged_pdf import TaggedPdf

Table = list[list[str]]
"""Rows of cells, the header first; texts without white space, soft hyphens and zero-width characters."""

OUTCOMES = (
    "Passed", "Passed with deviation", "Failed", "Error", "Blocked", "Skipped", "Aborted", "Not executed", "N/A",
)  # fmt: skip
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DROPPED = dict.fromkeys(map(ord, "­​‌⁠﻿"))


def plain(text: str) -> str:
    """Return text without white space and characters that only guide line breaks."""
    return "".join(text.split()).translate(_DROPPED)


def word_tables(path: Path) -> list[Table]:
    """Return the tables of a Word file that have a header row, in order, tables within cells included."""
    found = []
    for table in docx.Document(str(path)).element.body.iter(f"{_W}tbl"):
        rows = table.findall(f"{_W}tr")
        if rows and rows[0].find(f"{_W}trPr/{_W}tblHeader") is not None:
            found.append([[_word_cell(cell) for cell in row.findall(f"{_W}tc")] for row in rows])
    return found


def _word_cell(cell: object) -> str:
    texts = [node.text or "" for node in cell.iter(f"{_W}t")]  # type: ignore[attr-defined]
    return plain("".join(texts))


def pdf_tables(path: Path) -> list[Table]:
    """Return the tables of a tagged PDF that have header cells, outer ones first, tables within cells included."""
    tables = TaggedPdf(path).tables()
    return [[[plain(cell) for cell in row] for row in rows] for rows, has_head in tables if has_head]


def sheet(book: openpyxl.Workbook, name: str, first: str) -> list[dict[str, str]]:
    """Return the rows of a sheet below the header row that begins with ``first``, as title to text."""
    rows = [["" if value is None else str(value) for value in row] for row in book[name].iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if row and row[0] == first)
    head = rows[start]
    return [dict(zip(head, row, strict=False)) for row in rows[start + 1 :] if any(row)]


def with_head(tables: Iterable[Table], *titles: str) -> list[list[str]]:
    """Return the rows, without headers, of every table whose header begins with these titles."""
    wanted = [plain(title) for title in titles]
    return [row for table in tables if table[0][: len(wanted)] == wanted for row in table[1:]]


class Checks:
    """Prints and counts."""

    def __init__(self) -> None:
        self.failures = 0

    def equal(self, what: str, *sides: tuple[str, Counter[str]]) -> None:
        """Compare several counted sets, and ask that they hold anything at all."""
        (first_name, first), *rest = sides
        differences = []
        for name, found in rest:
            more, less = list((found - first).elements())[:3], list((first - found).elements())[:3]
            if more or less:
                differences.append(f"only {name} has {more}, only {first_name} has {less}")
        ok = bool(first) and not differences
        self.failures += not ok
        names = ", ".join(name for name, _ in sides)
        print(f"{'ok  ' if ok else 'FAIL'} {what}: {sum(first.values())} alike in {names}" if ok else
              f"FAIL {what} in {names}: " + ("; ".join(differences) or "there are none"))  # fmt: skip


def main(folder: Path) -> int:
    """Compare the files of a pack."""
    checks = Checks()
    words = {path.stem: word_tables(path) for path in sorted((folder / "word").glob("*.docx"))}
    pdfs: dict[str, list[Table]] = {}
    for path in sorted((folder / "pdf").glob("*.pdf")):
        pdfs.setdefault(path.stem.split(".")[0], []).extend(pdf_tables(path))
    checks.equal("documents", ("Word", Counter(list(words))), ("PDF", Counter(list(pdfs))))
    for key, tables in words.items():
        sides = [Counter("|".join(row) for table in found for row in table) for found in (tables, pdfs.get(key, []))]
        checks.equal(f"table rows of {key}", ("Word", sides[0]), ("PDF", sides[1]))
    book = openpyxl.load_workbook(folder / "excel" / "RTM.xlsx")
    _requirements(checks, words, pdfs, book)
    _results(checks, words, pdfs, book)
    _coverage(checks, words, pdfs, book)
    return 1 if checks.failures else 0


def _requirements(
    checks: Checks, words: dict[str, list[Table]], pdfs: dict[str, list[Table]], book: openpyxl.Workbook
) -> None:
    rows = sheet(book, "Forward", "URS ID")
    excel = Counter(plain(row["URS ID"] + row["Requirement"]) for row in rows)
    sides = [
        (f"{form} {key}", Counter(row[0] + row[1] for row in with_head(tables.get(key, []), *head)))
        for form, tables in (("Word", words), ("PDF", pdfs))
        for key, head in (("URS", ("ID", "Title", "Category")), ("RTM", ("URS ID", "Requirement")))
    ]
    checks.equal("user requirements", ("Excel", excel), *sides)


def _results(
    checks: Checks, words: dict[str, list[Table]], pdfs: dict[str, list[Table]], book: openpyxl.Workbook
) -> None:
    rows = sheet(book, "Results", "Test")
    for stage in ("IQ", "OQ", "PQ"):
        own = [row for row in rows if row["Stage"] == stage]
        if not own:
            continue
        excel = Counter(plain(f"{row['Test']}|{row['Environment']}|{_shown(row)}") for row in own)
        totals = Counter(plain(f"{row['Environment']}|{_shown(row)}") for row in own)
        if len({row["Environment"] for row in own}) > 1:  # then the report adds them up as well
            totals += Counter(plain(f"All|{_shown(row)}") for row in own)
        results, counted = [("Excel", excel)], [("Excel", totals)]
        for form, tables in (("Word", words), ("PDF", pdfs)):
            report = tables.get(f"{stage}-report", [])
            lines = with_head(report, "Test ID", "Title", "Requirements", "Env.")
            results.append((form, Counter(f"{row[0]}|{row[3]}|{row[7]}" for row in lines)))
            counted.append((form, _statistics(report)))
        checks.equal(f"{stage} results by test and environment", *results)
        checks.equal(f"{stage} totals of Statistics", *counted)


def _shown(row: dict[str, str]) -> str:
    """Return the result that a report made from the same runs shows: the formal one once there is any."""
    formal = row["Formal result"]
    return formal if formal not in ("", "Not executed") else row["Dry run result"] or formal


def _statistics(report: list[Table]) -> Counter[str]:
    found: Counter[str] = Counter()
    for table in report:
        if table[0][:4] == ["Environment", "Mode", "Planned", "Executed"]:
            for row in table[1:]:
                for title, figure in zip(table[0][4:], row[4:], strict=True):
                    if title in map(plain, OUTCOMES):
                        found[f"{row[0]}|{title}"] += int(figure)
    return +found


def _coverage(
    checks: Checks, words: dict[str, list[Table]], pdfs: dict[str, list[Table]], book: openpyxl.Workbook
) -> None:
    excel: Counter[str] = Counter()
    for name in book.sheetnames:
        if name.startswith("Coverage "):
            for row in sheet(book, name, "Type"):
                excel.update([plain("|".join(f"{title}={text}" for title, text in row.items()))])
    sides = []
    for form, tables in (("Word", words), ("PDF", pdfs)):
        found: Counter[str] = Counter()
        for table in tables.get("RTM", []):
            if table[0][:2] == ["Type", "Items"]:
                found.update("|".join(f"{a}={b}" for a, b in zip(table[0], row, strict=True)) for row in table[1:])
        sides.append((form, found))
    checks.equal("items by coverage status", ("Excel", excel), *sides)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1])))
