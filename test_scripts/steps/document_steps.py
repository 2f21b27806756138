"""Documents as they lie in the pack at this moment: what Word, PDF and HTML say, rows of tables, which there are."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then

from .judge import equal, holds, same_members
from .pack_steps import flat, pack
from .pdf_reading import PdfFile, read_pdf, solid
from .reading_back import read_page, read_word
from .workbench import Workbench


def text_of(bench: Workbench, key: str, form: str) -> str:
    """Return the whole text of a document in a format, head and foot included, without white space."""
    if form == "Word":
        read = read_word(pack(bench) / "word" / f"{key}.docx")
        return solid(read.header + read.text)
    if form == "PDF":
        pdf = read_pdf(pack(bench) / "pdf" / f"{key}.pdf")
        return "".join(pdf.frames) + pdf.text
    return solid(read_page(pack(bench) / "html" / f"{key}.html").text)


def tables_of(bench: Workbench, key: str, form: str) -> list[list[list[str]]]:
    """Return the tables of a Word file or HTML page."""
    if form == "Word":
        return read_word(pack(bench) / "word" / f"{key}.docx").tables
    return read_page(pack(bench) / "html" / f"{key}.html").tables


def own_words(cell: str) -> str:
    """Return the words of a cell without the sign beside an id that copies its address."""
    return flat(cell).removesuffix("#").removesuffix(" Matrix Graph").strip()


def pdf_of(bench: Workbench, key: str) -> PdfFile:
    """Return a PDF file of the pack."""
    return read_pdf(pack(bench) / "pdf" / f"{key}.pdf")


@given(parsers.parse('the register holds in the order of the list "{keys}", each with the version "{version}"'))
def _(bench: Workbench, keys: str, version: str, evidence: Any) -> None:
    lines = ["documents:"]
    for key in keys.split(", "):
        lines += [f"  - type: {key}", f"    number: BOX-{key}-001", "    history:"]
        lines.append(
            f'      - {{version: "{version}", date: "2026-01-15", author: A. Osei, change_ref: CR-1, '
            f"summary: First of {key}}}"
        )
    bench.write("requirements/documents.yaml", "\n".join(lines) + "\n")
    evidence.actual("\n".join(lines))


@then(parsers.re(r"the documents say, as (?P<forms>[\w, ]+?)$"))
def _(bench: Workbench, forms: str, datatable: list[list[str]], evidence: Any) -> None:
    judge_words(bench, forms, datatable, evidence, wanted=True)


@then(parsers.re(r"the documents do not say, as (?P<forms>[\w, ]+?)$"))
def _(bench: Workbench, forms: str, datatable: list[list[str]], evidence: Any) -> None:
    judge_words(bench, forms, datatable, evidence, wanted=False)


def judge_words(bench: Workbench, forms: str, datatable: list[list[str]], evidence: Any, *, wanted: bool) -> None:
    """Look for words in documents; each column after the first holds words, and an empty cell asks for nothing."""
    texts: dict[tuple[str, str], str] = {}
    rows, wrong = [], []
    for key, *phrases in datatable[1:]:
        for form in forms.split(", "):
            if (key, form) not in texts:
                texts[key, form] = text_of(bench, key, form)
            for words in filter(None, phrases):
                there = solid(words) in texts[key, form]
                rows.append({"document": key, "as": form, "words": words, "found": "yes" if there else "no"})
                if there is not wanted:
                    wrong.append(rows[-1])
    evidence.expected(f"each of the words is {'found' if wanted else 'absent'}")
    evidence.table(rows)
    assert rows and not wrong, wrong


@then(parsers.re(r"these rows stand in the tables, as (?P<forms>[\w, ]+?)$"))
def _(bench: Workbench, forms: str, datatable: list[list[str]], evidence: Any) -> None:
    rows, wrong = [], []
    for key, first, *words in datatable[1:]:
        for form in forms.split(", "):
            lines = [[own_words(cell) for cell in row] for table in tables_of(bench, key, form) for row in table]
            found = [" | ".join(row) for row in lines if row and row[0] == first]
            fitting = [row for row in found if all(one in row for one in filter(None, words))]
            rows.append({"document": key, "as": form, "row of": first, "found": "\n".join(found) or "no row"})
            if not fitting:
                wrong.append({**rows[-1], "wanted": words})
    evidence.expected("a row with these words for each line of the table")
    evidence.table(rows)
    assert rows and not wrong, wrong


@then(parsers.parse('the pack holds exactly these documents as "{form}": {keys}'))
def _(bench: Workbench, form: str, keys: str, evidence: Any) -> None:
    folder, ending = {"Word": ("word", ".docx"), "PDF": ("pdf", ".pdf")}[form]
    seen = [path.name.removesuffix(ending) for path in (pack(bench) / folder).glob(f"*{ending}")]
    same_members(evidence, f"{form} files", keys.split(", "), seen)


@then(parsers.parse("check asks for exactly these documents that the register lacks: {keys}"))
def _(bench: Workbench, keys: str, evidence: Any) -> None:
    import re

    seen = re.findall(r"info\[VG336\] no (\S+) in the register", bench.last.text)
    same_members(evidence, "remarks", [] if keys == "none" else keys.split(", "), seen)


@then(parsers.parse('the file "{name}" in the pack does not exist'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    equal(evidence, f"{name} exists", False, (pack(bench) / name).exists())


@then(parsers.parse('"{key}" has a table with {number:d} rows below the header "{titles}", as {forms}'))
def _(bench: Workbench, key: str, number: int, titles: str, forms: str, evidence: Any) -> None:
    wanted = set(titles.split(", "))
    for form in forms.split(", "):
        sizes = [
            len(table) - 1 for table in tables_of(bench, key, form) if table and wanted <= set(map(flat, table[0]))
        ]
        holds(evidence, f"{form}: a table of {number} rows with {titles}", sizes or "no such table", number in sizes)
