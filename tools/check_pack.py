"""Read a finished pack as a stranger would and compare what its files say.

    python tools/check_pack.py examples/s3-records-vault/build/pack

Looks only at files of the pack, with libraries of their formats and none of valgen's code: every user requirement
stands in URS.docx, every executed OQ step with its observed values in OQ-report.docx, under a DRY RUN mark where it was
one and under none where it was a formal execution, every row of the matrix in RTM.xlsx and as a link in html/, and the
counts of Word, Excel and data agree.
Prints one line per check; exit status 1 when one does not hold.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl

OUTCOMES = (
    "Passed", "Passed with deviation", "Failed", "Error", "Blocked", "Skipped", "Aborted", "Not executed", "N/A",
)  # fmt: skip


class _Page(HTMLParser):
    """Links and ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and tag == "a" and value:
                self.links.add(unquote(value))
            elif name == "id" and value:
                self.ids.add(value)


def word_text(path: Path) -> str:
    """Return a Word file's text with white space folded."""
    parts = (node.text or "" if node.tag.endswith("}t") else " " for node in docx.Document(str(path)).element.iter())
    return squeeze("".join(parts))


def squeeze(text: str) -> str:
    """Return text without white space, so that line breaks and cell borders do not matter."""
    return "".join(text.split())


def main(folder: Path) -> int:
    """Check the pack in ``folder``."""
    failures = 0

    def check(what: str, missing: list[str], total: int) -> None:
        nonlocal failures
        ok = not missing and total > 0
        failures += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {what}: {total - len(missing)} of {total}" + "".join(
            f"\n       missing: {one[:150]}" for one in missing[:5]))  # fmt: skip

    rows = json.loads((folder / "data" / "trace.json").read_text(encoding="utf-8"))["rows"]
    runs = json.loads((folder / "data" / "runs.json").read_text(encoding="utf-8"))["runs"]

    urs = word_text(folder / "word" / "URS.docx")
    needs = [row for row in rows if row["type"] == "URS"]
    check(
        "user requirements in URS.docx",
        [row["id"] for row in needs if squeeze(row["id"] + row["title"]) not in urs],
        len(needs),
    )

    report = word_text(folder / "word" / "OQ-report.docx")
    oq = [run for run in runs if run["stage"] == "OQ"]
    latest = {run["environment"]: run for run in oq}
    steps = [
        (case["id"], step)
        for run in latest.values()
        for case in run["cases"]
        for step in case["steps"]
        if step["result"] not in ("Not executed",)
    ]
    check("executed OQ steps in OQ-report.docx", [f"{name}: {step['text']}" for name, step in steps
          if squeeze(step["text"]) not in report], len(steps))  # fmt: skip
    values = [(name, value) for name, step in steps for value in (step["actual"] if isinstance(step["actual"], list)
              else str(step["actual"]).splitlines()) if value]  # fmt: skip
    check(
        "observed values in OQ-report.docx", [f"{n}: {v}" for n, v in values if squeeze(v) not in report], len(values)
    )
    headers = docx.Document(str(folder / "word" / "OQ-report.docx")).sections
    dry = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["dry_run"]
    heads = [squeeze("".join(one.text or "" for one in section.header._element.iter())) for section in headers]
    wrong = [f"section {number}" for number, head in enumerate(heads, 1) if dry != ("DRYRUN" in head)]
    check(f"sections of OQ-report.docx with{'' if dry else 'out'} DRY RUN in the header", wrong, len(headers))

    book = openpyxl.load_workbook(folder / "excel" / "RTM.xlsx", read_only=False)
    cells = {str(value) for sheet in book for line in sheet.iter_rows(values_only=True) for value in line if value}
    check("matrix rows in RTM.xlsx", [row["id"] for row in rows if row["id"] not in cells], len(rows))
    formulas = [f"{sheet.title}!{cell.coordinate}" for sheet in book for line in sheet.iter_rows() for cell in line
                if cell.data_type == "f"]  # fmt: skip
    check("sheets of RTM.xlsx without a formula", formulas, len(book.sheetnames))

    pages: dict[str, _Page] = {}
    for path in sorted((folder / "html").glob("*.html")):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        pages[path.name] = page
    links = pages["RTM.html"].links
    wanted = [row["id"] for row in rows if row["type"] != "CR"]  # a change is no level of the matrix
    unlinked = [name for name in wanted if not any(link.endswith(f"#{name}") for link in links)]
    check("matrix rows that are links in html/RTM.html", unlinked, len(wanted))
    explored = {name for row in rows for name in (row["id"], *row["clauses"], *(test["id"] for test in row["tests"]))}
    explored |= {case["id"] for run in runs for case in run["cases"]}
    dead = []
    for name, page in pages.items():
        for link in page.links:
            if "://" in link or link.startswith("mailto:"):
                continue
            target, _, anchor = link.partition("#")
            target = target or name
            if target in ("matrix.html", "graph.html") and anchor and anchor not in pages[target].ids:
                # The interactive pages read their anchor: an id of the data, or a view such as ``type=URS``.
                if "=" not in anchor and anchor not in explored:
                    dead.append(f"{name} -> {link}")
            elif (
                target.endswith(".html")
                and "/" not in target
                and (target not in pages or (anchor and anchor not in pages[target].ids))
            ):
                dead.append(f"{name} -> {link}")
    check("links inside html/ that lead somewhere", dead, sum(len(page.links) for page in pages.values()))

    sheet = book["Results"]
    lines = [[str(value or "") for value in line] for line in sheet.iter_rows(values_only=True)]
    result = "Dry run result" if dry else "Formal result"
    titles = next(line for line in lines if result in line)
    at, stage, where = titles.index(result), titles.index("Stage"), titles.index("Environment")
    excel = Counter(
        (line[stage], line[where], line[at]) for line in lines[lines.index(titles) + 1 :] if line[at] in OUTCOMES
    )
    word: Counter[tuple[str, str, str]] = Counter()
    for kind in ("IQ", "OQ", "PQ"):
        for table in docx.Document(str(folder / "word" / f"{kind}-report.docx")).tables:
            titles = [cell.text for cell in table.rows[0].cells]
            if titles[:3] == ["Environment", "Mode", "Planned"]:
                for line in table.rows[1:]:
                    cell_texts = [cell.text for cell in line.cells]
                    if cell_texts[0] == "All":  # the sum of the rows above
                        continue
                    for outcome in OUTCOMES:
                        number = int(cell_texts[titles.index(outcome)])
                        if number:
                            word[kind, cell_texts[0], outcome] += number
    different = [
        f"{key}: Word {word[key]}, Excel {excel[key]}"
        for key in sorted(word.keys() | excel.keys())
        if word[key] != excel[key]
    ]
    check("results counted alike in Word and Excel", different, sum(word.values()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
