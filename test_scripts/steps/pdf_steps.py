"""PDF files of the pack: structure, fonts, what stands on each page, volumes, and the three formats compared."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then, when

from .document_steps import pdf_of
from .judge import equal, holds, same_members
from .pack_steps import pack, word
from .pdf_reading import read_pdf, solid
from .workbench import Workbench


@then("every Word file has a PDF file beside it, and each is sound, tagged and has every font inside")
def _(bench: Workbench, evidence: Any) -> None:
    keys = sorted(path.stem for path in (pack(bench) / "word").glob("*.docx"))
    same_members(evidence, "PDF files", keys, [path.stem for path in (pack(bench) / "pdf").glob("*.pdf")])
    rows = []
    for key in keys:
        found = pdf_of(bench, key)
        rows.append(
            {
                "file": f"{key}.pdf",
                "problems": len(found.problems),
                "tagged": found.marked and {"H1", "P", "Table", "TR", "TH", "TD"} <= set(found.tags),
                "language": found.language,
                "fonts": len(found.fonts),
                "fonts not inside": sum(not inside for inside in found.fonts.values()),
                "bookmarks": len(found.bookmarks),
            }
        )
    evidence.expected("no problem, tagged, a language, every font inside and readable as text, bookmarks")
    evidence.table(rows)
    wrong = [
        row
        for row in rows
        if row["problems"] or not row["tagged"] or not row["language"] or row["fonts not inside"] or not row["fonts"]
        or not row["bookmarks"]
    ]  # fmt: skip
    assert rows and not wrong, wrong
    evidence.attach(pack(bench) / "pdf" / "OQ-report.pdf", "OQ-report of the sample.pdf")


@then("each page of each PDF file names number, version, status, marks, page x of y and the digest of its content")
def _(bench: Workbench, evidence: Any) -> None:
    rows, wrong = [], []
    for path in sorted((pack(bench) / "pdf").glob("*.pdf")):
        found = read_pdf(path)
        facts = word_facts(bench, path.stem)
        digest = hashlib.sha256(found.attachments[f"{path.stem}.json"]).hexdigest()
        for number, frame in enumerate(found.frames, 1):
            # A version or number that is too long for the head is cut with an ellipsis; it stands whole on the cover.
            wanted = {
                "number": solid(facts["Document number"])[:12],
                "version": "Version" + solid(facts["Version"])[:5],
                "status": "Status:" + facts["Status"],
                "page": f"Page{number}of{len(found.frames)}",
                "digest": digest[:16],
                "mark": "DRAFT",
            }
            missing = [name for name, text in wanted.items() if text not in frame]
            if missing:
                wrong.append((path.name, number, missing, frame))
        cover = found.pages[0]
        rows.append({"file": path.name, "pages": len(found.frames), "digest": digest, "on the cover": digest in cover})
        if digest not in cover or solid(facts["Version"]) not in cover:
            wrong.append((path.name, 1, ["whole digest or version on the cover"], cover))
    evidence.expected("every page names all of them; the digest is that of the attached content")
    evidence.table(rows)
    assert rows and not wrong, wrong[:3]


def word_facts(bench: Workbench, key: str) -> dict[str, str]:
    """Return the control block of a Word file."""
    table = next(rows for rows in word(bench, key).tables if rows[0][0] == "Document number")
    # Pairs of label and value; a short document has two pairs in a row.
    return {row[at]: row[at + 1] for row in table for at in range(0, len(row) - 1, 2)}


@then("bookmarks, text and tables of the PDF of the OQ report hold every case with its result")
def _(bench: Workbench, evidence: Any) -> None:
    from .sample import OUTCOMES

    found = pdf_of(bench, "OQ-report")
    titles = [title for title in found.bookmarks if title.startswith("OQ-")]
    seen = {re.split(r"\s", title)[0]: title.rpartition("–")[2].strip() for title in titles}
    equal(evidence, "result of each case in the bookmarks", OUTCOMES, seen)
    missing = [name for name in OUTCOMES if name not in found.text]
    holds(evidence, f"{len(OUTCOMES)} ids in the text", missing or "none missing", not missing)


@when(parsers.parse("Word, PDF and Excel files of the pack are compared by a script that reads nothing else"))
def _(bench: Workbench, evidence: Any) -> None:
    compare(bench, pack(bench), evidence)


def compare(bench: Workbench, folder: Path, evidence: Any) -> None:
    """Compare the files of a pack with the script of the repository, which uses none of valgen's code."""
    script = Path(__file__).resolve().parents[2] / "tools" / "compare_formats.py"
    for part in (script, script.with_name("tagged_pdf.py")):
        evidence.actual(f"{part.name}: SHA-256 {hashlib.sha256(part.read_bytes()).hexdigest()}")
    answer = bench.call([sys.executable, str(script), str(folder)], f"{script.name} PACK")
    evidence.actual(answer.text)


@given("in a copy of the pack the PDF of the OQ report is exchanged for that of the OQ protocol")
def _(bench: Workbench, tmp_path: Path, evidence: Any) -> None:
    copy = tmp_path / "other pack"
    shutil.copytree(pack(bench), copy)
    shutil.copy(copy / "pdf" / "OQ-protocol.pdf", copy / "pdf" / "OQ-report.pdf")
    bench.facts["copy"] = copy
    evidence.actual("exchanged")


@when("Word, PDF and Excel files of the copy are compared by the same script")
def _(bench: Workbench, evidence: Any) -> None:
    compare(bench, bench.facts["copy"], evidence)


@then(parsers.parse("{least:d} or more comparisons hold, and none fails"))
def _(bench: Workbench, least: int, evidence: Any) -> None:
    lines = bench.last.out.splitlines()
    good = [line for line in lines if line.startswith("ok")]
    bad = [line for line in lines if line.startswith("FAIL")]
    equal(evidence, "exit status", 0, bench.last.status)
    holds(
        evidence, f"at least {least} comparisons", f"{len(good)} hold, {len(bad)} fail", len(good) >= least and not bad
    )


@given(parsers.parse("{number:d} requirements with a text of {lines:d} lines each"))
def _(bench: Workbench, number: int, lines: int, evidence: Any) -> None:
    line = "The box shall show this line among many others, so that the document has very many pages in the end.\n"
    text = "".join(f"      {at}. {line}" for at in range(1, lines + 1))
    parts = [f"  - id: URS-{at:04d}\n    title: Large {at}\n    text: |\n{text}" for at in range(1001, 1001 + number)]
    bench.write_bytes("requirements/urs/large.yaml", ("items:\n" + "".join(parts)).encode())
    bench.facts["large"] = number
    evidence.actual(f"{number} requirements, {number * lines} lines")


@then(parsers.parse('"{key}" is a PDF file in {least:d} or more volumes that hold every requirement once, in order'))
def _(bench: Workbench, key: str, least: int, evidence: Any) -> None:
    paths = sorted((pack(bench) / "pdf").glob(f"{key}*.pdf"), key=lambda path: (len(path.name), path.name))
    found = [read_pdf(path, whole=False) for path in paths]
    rows = [
        {"file": path.name, "pages": one.count, "problems": len(one.problems)}
        for path, one in zip(paths, found, strict=True)
    ]
    evidence.expected(f"{least} or more files without problems")
    evidence.table(rows)
    assert len(rows) >= least and not any(row["problems"] for row in rows), rows
    titles = [title.split()[0] for one in found for title in one.bookmarks if title.startswith("URS-1")]
    wanted = [f"URS-{at}" for at in range(1001, 1001 + bench.facts["large"])]
    equal(evidence, "each requirement has one bookmark, in order", wanted, titles)
    volumes = [solid(f"Volume {at} of {len(found)}") in one.frames[0] + one.pages[0] for at, one in enumerate(found, 1)]
    holds(evidence, "each says which volume of how many it is", volumes, all(volumes))
