"""Count a project again from its files and its log alone, and compare with the workbook of the pack.

    python tools/count_again.py examples/s3-records-vault [PACK]

Uses tomllib, PyYAML and openpyxl, none of valgen's code. It reads the items and the feature files as people wrote them
and the results as the log holds them, and counts for itself:

- every item and every planned test is one row, in the workbook and in the files;
- no result in the workbook is better than the newest one in the log; a worse one says why;
- the coverage of every requirement follows from those results, and so do the counts that the workbook sums up;
- nothing is hidden: no sheet, row or column, none too small to be seen, no filter that leaves rows out, no text that a
  number format or its colour makes invisible.

Prints one line per check; exit status 1 when one does not hold. Items in other formats than YAML, and feature files
in other languages than English, are not read; a project with them does not pass.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import yaml

REQUIREMENTS = ("URS", "FS", "CS", "DS")
GAP, PROCEDURE, SUPPLIER = "Not covered (GAP)", "Covered by SOP/Procedure", "Covered by supplier evidence"
NONE = "Not executed"
ACCEPTED = {"Passed": "Covered-Passed", "Passed with deviation": "Covered-Passed with deviation"}
NARROWEST = 2.0  # of a column, in characters, and a row, in points


@dataclass
class Case:
    """One planned test: a scenario, or a row of an outline."""

    id: str
    stage: str
    verifies: list[str]
    risks: list[str]
    environments: list[str]


@dataclass
class Sources:
    """What people wrote."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    stages: dict[str, list[str]] = field(default_factory=dict)
    records: str = ".valgen"

    def planned(self, case: Case) -> list[str]:
        """Return where a case is planned."""
        return case.environments or self.stages[case.stage]

    def below(self, name: str) -> set[str]:
        """Return an item and everything that satisfies it, transitively."""
        found, queue = {name}, [name]
        while queue:
            one = queue.pop()
            more = [other for other, item in self.items.items() if one in item["satisfies"] and other not in found]
            found.update(more)
            queue += more
        return found


def read_sources(root: Path) -> Sources:
    """Read settings, items and feature files."""
    settings = tomllib.loads((root / "valgen.toml").read_text("utf-8"))
    paths = settings.get("paths", {})
    first = next(iter(settings["environments"]))
    sources = Sources(records=paths.get("records", ".valgen"))
    sources.stages = {stage: [first] for stage in ("IQ", "OQ", "PQ")} | settings.get("stages", {})
    for path in sorted((root / paths.get("requirements", "requirements")).rglob("*.y*ml")):
        content = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        for item in content.get("items", ()) if isinstance(content, dict) else ():
            whole = {**content.get("defaults", {}), **item}
            links = whole.get("satisfies", ())
            whole["satisfies"] = [re.split(r"[@ ]", one)[0] for one in ([links] if isinstance(links, str) else links)]
            if whole.get("status") != "retired":
                sources.items[item["id"]] = whole
    for path in sorted((root / paths.get("test_scripts", "test_scripts")).rglob("*.feature")):
        for case in read_feature(path):
            sources.cases[case.id] = case
    return sources


def read_feature(path: Path) -> Iterator[Case]:
    """Yield the cases of a feature file; tags count for everything below what bears them."""
    tags: list[str] = []
    levels: dict[str, list[str]] = {"Feature": [], "Rule": [], "Scenario": [], "Examples": []}
    outline, columns, number, quoted = False, None, 0, ""
    for line in (one.strip() for one in path.read_text("utf-8").splitlines()):
        fence = next((one for one in ('"""', "```") if line.startswith(one)), "")
        if quoted or fence:
            quoted = "" if quoted and fence == quoted else quoted or fence
            continue
        word = re.match(r"(Feature|Rule|Scenario Outline|Scenario Template|Scenario|Example|Examples|Scenarios):", line)
        if line.startswith("@"):
            tags += line.split(" #")[0].split()
        elif word:
            level = {"Scenario Outline": "Scenario", "Scenario Template": "Scenario", "Example": "Scenario",
                     "Scenarios": "Examples"}.get(word[1], word[1])  # fmt: skip
            for lower in list(levels)[list(levels).index(level) :]:
                levels[lower] = []
            levels[level], tags, columns = tags, [], [] if level == "Examples" else None
            if level == "Scenario":
                outline, number = word[1] in ("Scenario Outline", "Scenario Template"), 0
                if not outline:
                    yield from _case(levels, "")
        elif line.startswith("|") and columns is not None and outline:
            cells = [one.strip() for one in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not columns:
                columns = cells
                continue
            number += 1
            yield from _case(levels, dict(zip(columns, cells, strict=True)).get("case", str(number)))


def _case(levels: dict[str, list[str]], row: str) -> Iterator[Case]:
    tags = [tag[1:] for level in levels.values() for tag in level]
    ids = [tag for tag in tags if re.fullmatch(r"(IQ|OQ|PQ)-[A-Za-z0-9._-]+", tag)]
    if "retired" in tags or not ids:
        return

    def named(prefix: str) -> list[str]:
        texts = [tag.partition(":")[2] for tag in tags if tag.startswith(prefix + ":")]
        return [re.split("@", one)[0] for text in texts for one in text.split(",")]

    yield Case(f"{ids[-1]}[{row}]" if row else ids[-1], ids[-1][:2], named("verifies"), named("risk"), named("env"))


def read_log(folder: Path) -> dict[tuple[str, str], str]:
    """Return the newest outcome of each case in each environment, as the records of a log say."""
    found: dict[tuple[str, str], str] = {}
    runs: dict[str, str] = {}
    for path in sorted((folder / "log").glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            body = json.loads(line)["body"]
            if body["kind"] == "run.started":
                runs[body["run"]] = body["environment"]
            elif body["kind"] == "case.result":
                found[body["case"], runs[body["run"]]] = body["outcome"]
    return found


class Checks:
    """Prints and counts."""

    def __init__(self) -> None:
        self.failures = 0

    def none_wrong(self, what: str, wrong: list[str], total: int) -> None:
        """Print whether everything of a kind holds; none of it at all does not."""
        ok = not wrong and total > 0
        self.failures += not ok
        more = "".join(f"\n       {one[:160]}" for one in wrong[:8]) or ("" if total else "\n       there are none")
        print(f"{'ok  ' if ok else 'FAIL'} {what}: {total - len(wrong)} of {total}{more}")

    def equal(self, what: str, counted: Counter[str], shown: Counter[str]) -> None:
        """Print whether two counts are the same."""
        keys = sorted(counted.keys() | shown.keys())
        wrong = [f"{key}: counted {counted[key]}, shown {shown[key]}" for key in keys if counted[key] != shown[key]]
        self.none_wrong(what, wrong, len(keys))


def table(book: openpyxl.Workbook, name: str, first: str) -> list[dict[str, str]]:
    """Return the rows of a sheet below the header row that begins with ``first``."""
    rows = [["" if one is None else str(one) for one in row] for row in book[name].iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if row and row[0] == first)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if any(row)]


def hidden(book: openpyxl.Workbook) -> Iterator[str]:
    """Yield everything in a workbook that its reader would not see."""
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            yield f"the sheet {sheet.title} is hidden"
        for name, column in sheet.column_dimensions.items():
            if column.hidden or (column.width is not None and column.width < NARROWEST):
                yield f"{sheet.title}: column {name} is hidden or too narrow"
        for number, row in sheet.row_dimensions.items():
            if row.hidden or (row.height is not None and row.height < NARROWEST):
                yield f"{sheet.title}: row {number} is hidden or too low"
        for one in sheet.auto_filter.filterColumn:
            yield f"{sheet.title}: a filter on column {one.colId + 1} leaves rows out"
        if sheet.conditional_formatting:
            yield f"{sheet.title}: conditional formats can hide text"
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value is None:
                    continue
                ink, paper = cell.font.color, cell.fill.fgColor if cell.fill.fill_type else None
                white = (
                    (paper.rgb if paper is not None else "FFFFFFFF") if ink is not None and ink.type == "rgb" else None
                )
                if cell.number_format.startswith(";") or (white is not None and str(ink.rgb)[-6:] == str(white)[-6:]):
                    yield f"{sheet.title}!{cell.coordinate}: its format makes the text invisible"


def coverage(name: str, sources: Sources, shown: dict[tuple[str, str], str]) -> str:
    """Return the coverage of a requirement by the results that are shown."""
    below = sources.below(name)
    tests = [case for case in sources.cases.values() if below & set(case.verifies)]
    if not tests:
        item, kinds = sources.items[name], {one.partition("-")[0] for one in below}
        if item.get("priority") == "wont":
            return "Not applicable"
        way = item.get("verification", "")
        return (
            PROCEDURE
            if way == "procedure" and "SOP" in kinds
            else SUPPLIER
            if way == "supplier" and "SUP" in kinds
            else GAP
        )
    outcomes = {shown.get((case.id, where), NONE) for case in tests for where in sources.planned(case)}
    if not all(sources.planned(case) for case in tests):
        outcomes.add(NONE)
    if outcomes & {"Failed", "Error"}:
        return "Covered-Failed"
    if outcomes - ACCEPTED.keys():
        return "Covered-Not executed"
    return ACCEPTED["Passed with deviation" if "Passed with deviation" in outcomes else "Passed"]


def worse(word: str, recorded: str) -> bool:
    """Return whether a shown result claims less than its record, such as one that is stale."""
    return word not in ACCEPTED or (word == "Passed with deviation" and recorded == "Passed")


def main(root: Path, pack: Path) -> int:
    """Count again and compare."""
    checks, sources = Checks(), read_sources(root)
    book = openpyxl.load_workbook(pack / "excel" / "RTM.xlsx")
    wrong = list(hidden(book))
    checks.none_wrong("sheets without anything hidden", wrong, max(len(book.sheetnames), len(wrong)))
    every, forward, results = (
        table(book, "Every item", "ID"),
        table(book, "Forward", "URS ID"),
        table(book, "Results", "Test"),
    )
    names = Counter(row["ID"] for row in every)
    known = {row["Type"] for row in every} | set(REQUIREMENTS)
    traced = [name for name in sources.items if name.partition("-")[0] in known]
    checks.equal("items of the files, each one row", Counter(traced), names)
    urs = [name for name in sources.items if name.startswith("URS-")]
    checks.equal("user requirements, each one row of Forward", Counter(urs), Counter(row["URS ID"] for row in forward))
    planned = Counter(f"{case.id} {where}" for case in sources.cases.values() for where in sources.planned(case))
    checks.equal(
        "planned tests, each one row", planned, Counter(f"{row['Test']} {row['Environment']}" for row in results)
    )
    for mode, folder in (("formal", root / sources.records), ("dry run", root / sources.records / "dry")):
        title = "Formal result" if mode == "formal" else "Dry run result"
        log = read_log(folder)
        shown = {(row["Test"], row["Environment"]): row[title] or NONE for row in results}
        better = []
        for row in results:
            word, recorded = row[title] or NONE, log.get((row["Test"], row["Environment"]), NONE)
            if word != recorded and not (row["Comment"] and worse(word, recorded)):
                better.append(f"{row['Test']} {row['Environment']}: shown {word}, recorded {recorded}")
        checks.none_wrong(f"{mode} results, none better than its record", better, len(shown))
        counted: Counter[str] = Counter()
        apart = []
        column = f"Coverage ({mode})"
        for row in every:
            kind = row["ID"].partition("-")[0]
            if kind in REQUIREMENTS and row["ID"] in sources.items:
                own = coverage(row["ID"], sources, shown)
                counted[f"{kind} {own}"] += 1
                if own != row[column]:
                    apart.append(f"{row['ID']}: counted {own}, shown {row[column]}")
        checks.none_wrong(f"{mode} coverage of requirements", apart, sum(counted.values()))
        sums: Counter[str] = Counter()
        for row in table(book, f"Coverage {mode}", "Type"):
            if row["Type"] in REQUIREMENTS:
                sums.update(
                    {
                        f"{row['Type']} {word}": int(number)
                        for word, number in row.items()
                        if word not in ("Type", "Items")
                    }
                )
        checks.equal(f"{mode} counts of coverage", counted, +sums)
    totals: defaultdict[str, int] = defaultdict(int)
    for name in traced:
        totals[name.partition("-")[0]] += 1
    shown_totals = {row["Type"]: int(row["Items"]) for row in table(book, "Coverage formal", "Type")}
    checks.equal("items of each type", Counter({k: totals[k] for k in shown_totals}), Counter(shown_totals))
    return 1 if checks.failures else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else Path(sys.argv[1]) / "build" / "pack"))
