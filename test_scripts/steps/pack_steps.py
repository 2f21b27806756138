"""The pack: what it holds, whether its formats agree, marks, equal bytes, changes."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from pytest_bdd import parsers, then, when

from .command_steps import answer_json
from .judge import equal, holds, same_members
from .reading_back import Page, WordFile, read_page, read_word, read_workbook, sheet_rows
from .sample import OUTCOMES
from .workbench import Workbench

COVERAGE = (
    "Covered-Passed",
    "Covered-Passed with deviation",
    "Covered-Failed",
    "Covered-Not executed",
    "Covered by SOP/Procedure",
    "Covered by supplier evidence",
    "Not applicable",
    "Not covered (GAP)",
)


def pack(bench: Workbench) -> Path:
    """Return the folder of the pack."""
    return bench.root / "build" / "pack"


def word(bench: Workbench, key: str) -> WordFile:
    """Return a Word file of the pack, read once per place."""
    read = bench.facts.setdefault("word", {})
    if key not in read:
        read[key] = read_word(pack(bench) / "word" / f"{key}.docx")
    found: WordFile = read[key]
    return found


def page(bench: Workbench, key: str) -> Page:
    """Return an HTML page of the pack, read once per place."""
    read = bench.facts.setdefault("pages", {})
    if key not in read:
        read[key] = read_page(pack(bench) / "html" / f"{key}.html")
    found: Page = read[key]
    return found


def sheets(bench: Workbench) -> dict[str, list[list[str]]]:
    """Return the rows of every sheet of the workbook, read once per place."""
    if "sheets" not in bench.facts:
        bench.facts["sheets"] = {
            sheet.title: sheet_rows(sheet) for sheet in read_workbook(pack(bench) / "excel" / "RTM.xlsx")
        }
    found: dict[str, list[list[str]]] = bench.facts["sheets"]
    return found


def flat(text: str) -> str:
    """Return a text without the differences that line breaks and blanks make."""
    return " ".join(text.split())


def rows_of(tables: list[list[list[str]]], *titles: str) -> list[list[str]]:
    """Return the rows below the header of the first table that has these column titles."""
    for table in tables:
        for at, row in enumerate(table):
            if set(titles) <= {flat(cell) for cell in row}:
                return [[flat(cell) for cell in one] for one in table[at + 1 :]]
    raise AssertionError(f"no table with the columns {', '.join(titles)}")


@then("the pack holds these documents as Word file and as HTML page")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    keys = [key for (key,) in datatable[1:]]
    same_members(evidence, "Word files", keys, [path.stem for path in (pack(bench) / "word").glob("*.docx")])
    here = [path.stem for path in (pack(bench) / "html").glob("*.html")]
    holds(evidence, "HTML pages", sorted(here), set(keys) <= set(here))
    others = [
        "README.html",
        "manifest.json",
        "excel/RTM.xlsx",
        "html/index.html",
        "data/trace.json",
        "data/forward.csv",
    ]
    holds(evidence, "further files", others, all((pack(bench) / name).is_file() for name in others))
    evidence.attach(pack(bench) / "manifest.json", "manifest.json", "application/json")
    evidence.attach(pack(bench) / "word" / "OQ-report.docx", "OQ-report of the sample.docx")
    evidence.attach(pack(bench) / "excel" / "RTM.xlsx", "RTM of the sample.xlsx")


@then("every active requirement stands with its title in URS and RTM as Word and HTML and in the Excel file")
def _(bench: Workbench, evidence: Any) -> None:
    import yaml

    # Read with another YAML reader than the program's; the sample holds no value that it would convert.
    items = yaml.safe_load((bench.root / "requirements/urs/scale.yaml").read_text("utf-8"))["items"]
    items += yaml.safe_load((bench.root / "requirements/urs/hostile.yaml").read_text("utf-8"))["items"]
    active = {item["id"]: item["title"] for item in items if item.get("status") != "retired"}
    places = {
        "URS.docx": flat(word(bench, "URS").text),
        "RTM.docx": flat(word(bench, "RTM").text),
        "URS.html": flat(page(bench, "URS").text),
        "RTM.html": flat(page(bench, "RTM").text),
        "RTM.xlsx": flat(" ".join(cell for row in sheets(bench)["Forward"] for cell in row)),
    }
    missing = [
        (where, name)
        for where, text in places.items()
        for name, title in active.items()
        if name not in text or title not in text
    ]
    holds(
        evidence,
        f"{len(active)} requirements with their titles in {', '.join(places)}",
        f"missing: {missing or 'none'}",
        not missing,
    )


@then(parsers.parse('retired "{name}" stands with its reason "{reason}" in URS as Word and HTML'))
def _(bench: Workbench, name: str, reason: str, evidence: Any) -> None:
    for where, tables in (("Word", word(bench, "URS").tables), ("HTML", page(bench, "URS").tables)):
        rows = [" | ".join(map(flat, row)) for table in tables for row in table if name in " ".join(row)]
        holds(evidence, f"{where}: a row with {name} and its reason", rows, any(reason in row for row in rows))


@then("every executed step stands with its observed values in the OQ report as Word and HTML")
def _(bench: Workbench, evidence: Any) -> None:
    texts = {"Word": flat(word(bench, "OQ-report").text), "HTML": flat(page(bench, "OQ-report").text)}
    steps = [step for case in answer_json(bench.facts["run"])["cases"] for step in case["steps"]]
    wanted: list[str] = []
    for step in steps:
        wanted.append(step["text"])
        if "hostile" not in step["text"]:  # how those are shown is judged by a case of their own
            wanted += [
                *step["actual"],
                *step["expected"],
                *(cell for table in step["tables"] for row in table for cell in row),
            ]
            wanted += step["message"].splitlines()[:1]
    for where, text in texts.items():
        missing = [value for value in wanted if flat(value) not in text]
        holds(
            evidence,
            f"{where}: {len(steps)} steps, {len(wanted)} texts and values",
            f"missing: {missing or 'none'}",
            not missing,
        )


@then("every planned step stands in the OQ protocol as Word and HTML")
def _(bench: Workbench, evidence: Any) -> None:
    texts = {"Word": flat(word(bench, "OQ-protocol").text), "HTML": flat(page(bench, "OQ-protocol").text)}
    lines = (bench.root / "test_scripts/oq/second.feature").read_text("utf-8").split("\n")
    steps = [line.split(maxsplit=1)[1] for line in lines if line.strip().startswith(("Given", "When", "Then"))]
    steps += ["the note is typed", "the seal is intact", "a load of 500", "first line"]
    for where, text in texts.items():
        missing = [step for step in steps if step not in text]
        holds(evidence, f"{where}: planned steps", f"missing: {missing or 'none'}", not missing)


@then("each Word file opens, and none refers to the outside or holds macros")
def _(bench: Workbench, evidence: Any) -> None:
    rows = []
    for path in sorted((pack(bench) / "word").glob("*.docx")):
        parts = word(bench, path.stem).parts
        relations = b"".join(data for name, data in parts.items() if name.endswith(".rels"))
        outside = [target for target in relations.split(b"<Relationship ") if b'TargetMode="External"' in target]
        foreign = [target for target in outside if b"relationships/hyperlink" not in target]
        active = [
            name for name in parts if any(bad in name.lower() for bad in ("vba", "activex", "embeddings", "oleobject"))
        ]
        rows.append(
            {
                "file": path.name,
                "paragraphs": len(word(bench, path.stem).text.splitlines()),
                "foreign": len(foreign),
                "active": len(active),
            }
        )
    evidence.expected("no foreign relation but hyperlinks, no active part")
    evidence.table(rows)
    assert rows and not any(row["foreign"] or row["active"] for row in rows), rows


@then("the result of every test is equal in Word report, HTML report, Excel file, CSV, JSON and record")
def _(bench: Workbench, evidence: Any) -> None:
    record = {case["id"]: case["result"] for case in answer_json(bench.facts["run"])["cases"]}
    equal(evidence, "record and what the sample was made for", OUTCOMES, record)

    def from_report(tables: list[list[list[str]]]) -> dict[str, str]:
        header, *_ = next(table for table in tables if {"Test ID", "Result", "Run no."} <= {flat(c) for c in table[0]})
        at = [flat(cell) for cell in header].index("Result")
        return {row[0]: row[at] for row in rows_of(tables, "Test ID", "Result", "Run no.")}

    listed = [row for row in csv.DictReader((pack(bench) / "data/results.csv").open(encoding="utf-8-sig", newline=""))]
    data = json.loads((pack(bench) / "data/results.json").read_text("utf-8"))
    header = next(row for row in sheets(bench)["Results"] if row[0] == "Test")
    book = [dict(zip(header, row, strict=True)) for row in sheets(bench)["Results"]]
    seen = {
        "Word report": from_report(word(bench, "OQ-report").tables),
        "HTML report": from_report(page(bench, "OQ-report").tables),
        "Excel": {row["Test"]: row["Dry run result"] for row in book if row["Test"].startswith("OQ-")},
        "CSV": {row["Test"]: row["Dry run result"] for row in listed if row["Test"].startswith("OQ-")},
        "JSON": {row["Test"]: row["Dry run result"] for row in data if row["Test"].startswith("OQ-")},
    }
    evidence.table(
        [
            {"test": name, "record": record[name], **{where: found.get(name, "-") for where, found in seen.items()}}
            for name in record
        ]
    )
    assert all(found == record for found in seen.values()), {
        where: found for where, found in seen.items() if found != record
    }


@then("the statistics of the OQ report in Word and HTML equal the counts of the run")
def _(bench: Workbench, evidence: Any) -> None:
    summary = answer_json(bench.facts["run"])["summary"]
    words = ("Planned", "Executed", "Passed", "Failed", "Error", "Blocked", "Skipped", "Aborted", "Not executed")
    names = {word_: word_.lower().replace(" ", "_") for word_ in words}
    for where, tables in (("Word", word(bench, "OQ-report").tables), ("HTML", page(bench, "OQ-report").tables)):
        table = next(
            table for table in tables if {"Planned", "Executed", "Passed"} <= {flat(cell) for cell in table[0]}
        )
        row = dict(zip([flat(cell) for cell in table[0]], [flat(cell) for cell in table[1]], strict=True))
        equal(
            evidence,
            f"{where} statistics",
            {name: str(summary[key]) for name, key in names.items()},
            {name: row[name] for name in names},
        )
    for where, text in (("Word", word(bench, "OQ-report").text), ("HTML", page(bench, "OQ-report").text)):
        sentence = next(line for line in text.splitlines() if "16 planned:" in line)
        numbers = ("6 Passed", "4 Failed", "4 Error", "1 Skipped", "1 Not executed", "6 of 16")
        same = all(number in sentence for number in numbers)
        holds(evidence, f"{where}: the sentence has the same numbers", sentence, same)


@then("the coverage counts in Excel and HTML equal those counted from the rows")
def _(bench: Workbench, evidence: Any) -> None:
    data = json.loads((pack(bench) / "data/trace.json").read_text("utf-8"))["rows"]
    for sheet, key in (("Coverage formal", "status"), ("Coverage dry run", "dry_status")):
        counted = {word_: sum(row["type"] == "URS" and row[key] == word_ for row in data) for word_ in COVERAGE}
        header = next(row for row in sheets(bench)[sheet] if row[0] == "Type")
        row = dict(zip(header, next(row for row in sheets(bench)[sheet] if row[0] == "URS"), strict=True))
        equal(evidence, f"Excel, {sheet}", counted, {word_: int(row[word_]) for word_ in COVERAGE})
        tables = [
            table
            for table in page(bench, "RTM").tables
            if {"Items", "Covered-Passed"} <= {flat(cell) for cell in table[0]}
        ]
        shown = [
            dict(zip(map(flat, table[0]), map(flat, row), strict=True))
            for table in tables
            for row in table[1:]
            if flat(row[0]) == "URS"
        ]
        numbers = [{word_: int(one[word_]) for word_ in COVERAGE} for one in shown]
        holds(evidence, f"HTML, {sheet}: {counted}", numbers, counted in numbers)


@then(parsers.parse("no text of report, matrix or summary report counts {most:d} or more tests as passed"))
def _(bench: Workbench, most: int, evidence: Any) -> None:
    import re

    found = []
    for key in ("OQ-report", "RTM", "VSR"):
        for where, text in (("Word", word(bench, key).text), ("HTML", page(bench, key).text)):
            for match in re.finditer(
                r"(\d+)(?: of \d+)?(?: tests?)? (?:Passed|passed|accepted)\b|(?:Passed|Accepted): (\d+)", text
            ):
                number = int(match.group(1) or match.group(2))
                found.append(f"{key} {where}: {match.group(0)}")
                assert number < most, found[-1]
    holds(evidence, f"no number of passed tests is {most} or more", found, bool(found))


@then("the gaps in RTM (Word, HTML, Excel) and summary report (Word, HTML) hold these rows")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    places = {
        "RTM Word": rows_of(word(bench, "RTM").tables, "ID", "Gap", "Disposition"),
        "RTM HTML": rows_of(page(bench, "RTM").tables, "ID", "Gap", "Disposition"),
        "RTM Excel": [[flat(cell) for cell in row] for row in sheets(bench)["Gaps"]],
        "VSR Word": rows_of(word(bench, "VSR").tables, "ID", "Gap", "Disposition"),
        "VSR HTML": rows_of(page(bench, "VSR").tables, "ID", "Gap", "Disposition"),
    }
    check_rows(places, datatable, evidence)


@then("the results in the OQ report as Word and HTML hold these rows")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    titles = ("Test ID", "Result", "Reason")
    places = {where: rows_of(tables, *titles) for where, tables in
              (("Word", word(bench, "OQ-report").tables), ("HTML", page(bench, "OQ-report").tables))}  # fmt: skip
    check_rows(places, datatable, evidence)


def check_rows(places: dict[str, list[list[str]]], datatable: list[list[str]], evidence: Any) -> None:
    """Check that each place has a row of each id that says the words."""
    table, missing = [], []
    for name, words in datatable[1:]:
        for where, rows in places.items():
            found = [" | ".join(row) for row in rows if row and row[0] == name]
            table.append({"id": name, "expected": words, "where": where, "row": "\n".join(found) or "no row"})
            if not any(words in row for row in found):
                missing.append((where, name, words))
    evidence.table(table)
    assert not missing, missing


@then(parsers.parse('the IQ report as Word and HTML shows "{name}" as "{result}"'))
def _(bench: Workbench, name: str, result: str, evidence: Any) -> None:
    titles = ("Test ID", "Result", "Run no.")
    for where, tables in (("Word", word(bench, "IQ-report").tables), ("HTML", page(bench, "IQ-report").tables)):
        rows = [row for row in rows_of(tables, *titles) if row[0] == name]
        holds(evidence, f"{where}: {name} is {result}", rows, len(rows) == 1 and result in rows[0])


@then("the summary report says that the system is not released")
def _(bench: Workbench, evidence: Any) -> None:
    for where, text in (("Word", word(bench, "VSR").text), ("HTML", page(bench, "VSR").text)):
        lines = [line for line in text.splitlines() if "not released" in line.lower()]
        holds(evidence, f"{where}: not released", lines[:2], bool(lines))


@then("these documents bear these marks on the first page and in the header of the Word file and on the HTML page")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    table, wrong = [], []
    for key, marks in datatable[1:]:
        wanted = set(marks.split(", "))
        first = "\n".join(word(bench, key).text.splitlines()[:30])
        top = page(bench, key).text.split("Purpose")[0][:1500]
        for where, text in (("first page", first), ("header", word(bench, key).header), ("HTML", top)):
            seen = {mark for mark in ("DRAFT", "DRY RUN") if mark in text}
            table.append({"document": key, "where": where, "expected": marks, "observed": ", ".join(sorted(seen))})
            if seen != wanted:
                wrong.append(table[-1])
    evidence.table(table)
    assert not wrong, wrong


@then(parsers.parse('every sheet of the Excel file bears the marks "{first}" and "{second}"'))
def _(bench: Workbench, first: str, second: str, evidence: Any) -> None:
    tops = {name: " ".join(cell for row in rows[:4] for cell in row) for name, rows in sheets(bench).items()}
    without = [name for name, text in tops.items() if first not in text or second not in text]
    holds(
        evidence, f"{len(tops)} sheets with both marks", f"without: {without or 'none'}", len(tops) > 8 and not without
    )


@then("start page and manifest of the pack say that its results are those of dry runs")
def _(bench: Workbench, evidence: Any) -> None:
    start = read_page(pack(bench) / "README.html").text
    holds(
        evidence,
        "start page says DRY RUN",
        [line for line in start.splitlines() if "DRY RUN" in line],
        "DRY RUN" in start,
    )
    equal(
        evidence,
        "dry_run in the manifest",
        True,
        json.loads((pack(bench) / "manifest.json").read_text("utf-8"))["dry_run"],
    )


@when("the pack is built again in another folder with another time zone, language, hash seed and user mask")
def _(bench: Workbench, executed_sample: Workbench, evidence: Any) -> None:
    import os
    import shutil

    shutil.rmtree(pack(bench))
    bench.root = bench.root.rename(bench.home / "elsewhere on this computer")
    bench.variables.update(
        TZ="Pacific/Auckland", LANG="de_DE.UTF-8", LC_ALL="C", PYTHONHASHSEED="4711", HOME=str(bench.home)
    )
    before = os.umask(0o077)
    try:
        answer = bench.valgen("build")
    finally:
        os.umask(before)
    equal(evidence, "exit status", 0, answer.status)
    bench.facts["other"] = executed_sample


@then("every file of both packs has the same SHA-256")
def _(bench: Workbench, evidence: Any) -> None:
    first, second = digests(pack(bench.facts["other"])), digests(pack(bench))
    rows = [
        {"file": name, "first": first.get(name, "none"), "second": second.get(name, "none")}
        for name in sorted({*first, *second})
    ]
    evidence.expected("equal digests in both columns")
    evidence.table(rows)
    different = [row["file"] for row in rows if row["first"] != row["second"]]
    assert len(rows) > 40 and not different, different


def digests(folder: Path) -> dict[str, str]:
    """Return path to SHA-256 of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@then("each of these changes of the pack is found")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    rows, missed = [], []
    for change, name in datatable[1:]:
        path = pack(bench) / name
        before = path.read_bytes() if path.exists() else None
        if change == "removed":
            path.unlink()
        else:
            data = before or b"new"
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        answer = bench.valgen("verify --json")
        found = answer_json(answer)
        where = [f"{one['where']}: {one['message']}" for one in found["problems"]]
        rows.append({"change": f"{name} {change}", "exit status": answer.status, "problems": "; ".join(where)})
        if answer.status != 1 or found["ok"] or [one["where"] for one in found["problems"]] != [name]:
            missed.append(rows[-1])
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
    evidence.table(rows)
    assert not missed, missed


@then(parsers.parse('URS as Word and HTML shows number "{number}", version "{version}" and both rows of its history'))
def _(bench: Workbench, number: str, version: str, evidence: Any) -> None:
    for where, text, top, tables in (
        ("Word", word(bench, "URS").text, word(bench, "URS").header, word(bench, "URS").tables),
        ("HTML", page(bench, "URS").text, page(bench, "URS").text[:1200], page(bench, "URS").tables),
    ):
        holds(
            evidence,
            f"{where}: {number} and version {version}",
            flat(top)[:300],
            number in flat(top) and version in flat(top) and number in text,
        )
        rows = [row for table in tables for row in table if row and flat(row[0]) in ("0.9", "0.10")]
        shown = [" | ".join(map(flat, row)) for row in rows]
        in_order = [flat(row[0]) for row in rows] == ["0.9", "0.10"] and "CR-2" in shown[1]
        holds(evidence, f"{where}: both rows of the history, oldest first", shown, in_order)
