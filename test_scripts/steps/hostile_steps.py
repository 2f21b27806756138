"""Hostile texts, links of the site, formulas."""

from __future__ import annotations

import csv
import re
import urllib.parse
import zipfile
from typing import Any

from pytest_bdd import parsers, then

from .judge import equal, holds
from .pack_steps import flat, pack, page, sheets, word
from .reading_back import read_page, read_workbook
from .sample import HOSTILE
from .workbench import Workbench

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def shown(text: str) -> str:
    """Return a hostile text as a reader must see it: invisible characters as their code."""
    return flat(re.sub("[\u200b\u202a-\u202e]", lambda match: f"U+{ord(match.group()):04X}", text))


@then("each hostile text is readable in URS and OQ report as Word and HTML, invisible characters as code")
def _(bench: Workbench, evidence: Any) -> None:
    places = {
        "URS.docx": flat(word(bench, "URS").text),
        "URS.html": flat(page(bench, "URS").text),
        "OQ-report.docx": flat(word(bench, "OQ-report").text),
        "OQ-report.html": flat(page(bench, "OQ-report").text),
    }
    rows, missing = [], []
    for text in HOSTILE:
        # Requirement text and prose are CommonMark: a backslash before a backslash is one backslash there.
        for where, content in places.items():
            wanted = shown(text.replace("\\\\", "\\")) if where.startswith("URS") else shown(text)
            readable = (
                wanted in content or (where.startswith("URS") and shown(text) in content) or _as_code(wanted, content)
            )
            rows.append({"text": shown(text), "where": where, "readable": readable})
            if not readable:
                missing.append((where, shown(text)))
    evidence.table(rows)
    assert not missing, missing


def _as_code(wanted: str, content: str) -> bool:
    """CommonMark takes the backticks of `code` away and keeps its text."""
    return "`" in wanted and wanted.replace("`", "") in content


@then("no HTML page has a script, an event handler, a frame or an address that came from a text")
def _(bench: Workbench, evidence: Any) -> None:
    found = []
    number = 0
    for path in sorted(pack(bench).rglob("*.html")):
        if "evidence" in path.relative_to(pack(bench)).parts:
            continue
        if path.name == "verify.html":
            # The same page for every project: it has a script of its own, and nothing that anybody wrote.
            content = path.read_text("utf-8")
            found += [f"verify.html: {text}" for text in HOSTILE if text in content]
            number += 1
            continue
        number += 1
        for tag, given in read_page(path).tags:
            address = given.get("href", "") + given.get("src", "")
            if (
                (
                    tag == "script"
                    and not re.fullmatch(
                        r"(_static/[\w-]+|_data/[\w-]+|searchindex)\.js(\?v=\w+)?", given.get("src", "")
                    )
                )
                or any(name.startswith("on") for name in given)
                or tag in ("iframe", "object", "embed", "frame", "base", "applet")
                or re.match(r"\s*(javascript|data|file|vbscript):", address, re.I)
                or "evil.example" in address
                or ("style" in given and "url(" in given["style"])
            ):
                found.append(f"{path.name}: <{tag} {given}>")
        policy = [given for tag, given in read_page(path).tags if given.get("http-equiv") == "Content-Security-Policy"]
        if path.parent.name == "html" and not policy:
            found.append(f"{path.name}: no content security policy")
    holds(evidence, f"nothing active in {number} pages", found or "none", number > 10 and not found)


@then("no Word file has a field, an object or a link that came from a text")
def _(bench: Workbench, evidence: Any) -> None:
    from xml.etree import ElementTree

    kinds: set[str] = set()
    bad = []
    for path in sorted((pack(bench) / "word").glob("*.docx")):
        for name, data in word(bench, path.stem).parts.items():
            if name.endswith(".rels"):
                bad += [
                    f"{path.name}/{name}"
                    for hostile in (b"evil.example", b"javascript", b"file:", b"passwd")
                    if hostile in data
                ]
            if name.startswith("word/") and name.endswith(".xml"):
                tree = ElementTree.fromstring(data)
                texts = [node.text or "" for node in tree.iter(f"{WORD}instrText")]
                texts += [node.get(f"{WORD}instr") or "" for node in tree.iter(f"{WORD}fldSimple")]
                kinds |= {text.split()[0].upper() for text in texts if text.split()}
                active = (tag for tag in ("object", "altChunk", "control") if tree.find(f".//{WORD}{tag}") is not None)
                bad += [f"{path.name}/{name}: {tag}" for tag in active]
    allowed = {
        "PAGE",
        "NUMPAGES",
        "TOC",
        "PAGEREF",
        "REF",
        "SEQ",
        "HYPERLINK",
        "DOCPROPERTY",
        "SECTIONPAGES",
        "STYLEREF",
        "TITLE",
    }
    holds(evidence, f"fields of these kinds only: {', '.join(sorted(allowed))}", sorted(kinds), kinds <= allowed)
    holds(evidence, "no object and no hostile relation", bad or "none", not bad)


@then("no file of the system stands in any document")
def _(bench: Workbench, evidence: Any) -> None:
    texts = {
        key: word(bench, key).text + page(bench, key).text for key in ("URS", "OQ-protocol", "OQ-report", "RTM", "VSR")
    }
    found = [key for key, text in texts.items() if "root:x:0:0" in text or "/bin/bash" in text]
    holds(evidence, "no line of the file named in the hostile texts", found or "none", not found)
    calculated = [key for key, text in texts.items() if re.search(r"^\W*12\W+12\W", text, re.M)]
    holds(evidence, "no template expression was calculated", calculated or "none", not calculated)


@then(parsers.parse('the attachment called "{name}" lies inside the pack under a harmless name'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    files = [path for path in (pack(bench) / "evidence").rglob("OQ-012-*") if path.is_file()]
    names = [path.relative_to(pack(bench)).as_posix() for path in files]
    holds(
        evidence,
        f"one file for {name}, with plain letters in its name",
        names,
        len(names) == 1 and bool(re.fullmatch(r"[\w./-]+", names[0])),
    )
    strays = [path for path in bench.root.rglob("*evil*") if pack(bench) not in path.parents]
    holds(evidence, "no such file outside", strays or "none", not strays)


@then("no page of the site loads anything from outside or from another place than its folder")
def _(bench: Workbench, evidence: Any) -> None:
    site = pack(bench) / "html"
    loaded: set[str] = set()
    bad = []
    for path in sorted(site.glob("*.html")):
        for tag, given in read_page(path).tags:
            address = given.get("src") or (given.get("href", "") if tag == "link" else "")
            if not address:
                continue
            loaded.add(address)
            target = (path.parent / urllib.parse.unquote(urllib.parse.urlsplit(address).path)).resolve()
            if (
                urllib.parse.urlsplit(address).scheme
                or address.startswith("//")
                or not target.is_file()
                or site.resolve() not in target.parents
            ):
                bad.append(f"{path.name}: {address}")
    for path in sorted((site / "_static").rglob("*")):
        if path.suffix in (".css", ".js"):
            text = path.read_text("utf-8")
            bad += [
                f"{path.name}: {match}"
                for match in re.findall(r"(?:url\(|@import|fetch\(|import\()\s*[\"']?(?:https?:)?//[^\s\"')]+", text)
            ]
    evidence.actual(f"loaded: {', '.join(sorted(loaded))}")
    holds(evidence, "nothing from outside", bad or "none", bool(loaded) and not bad)


@then("every internal link of the site leads to a file and an id that exist")
def _(bench: Workbench, evidence: Any) -> None:
    site = pack(bench) / "html"
    pages = {path.resolve(): read_page(path) for path in sorted(site.glob("*.html"))}
    data = (site / "_data" / "trace.js").read_text("utf-8")
    number, bad = 0, []
    for path, content in pages.items():
        for tag, given in content.tags:
            parts = urllib.parse.urlsplit(given.get("href", ""))
            if tag != "a" or "href" not in given or parts.scheme in ("http", "https", "mailto"):
                continue
            number += 1
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            place = urllib.parse.unquote(parts.fragment)
            # Matrix and graph open the row or node of an id that their data hold.
            known = place in pages[target].ids if target in pages else True
            if target.name in ("matrix.html", "graph.html") and not known:
                # A view such as view=items&type=URS is described by its address; any other place is an id of the data.
                known = re.match(r"\w+=", place) is not None or f'"{place}"' in data
            no_place = place and target in pages and not known
            if not target.is_file() or no_place:
                bad.append(f"{path.name}: {given['href']}")
    holds(evidence, f"{number} internal links with a target", bad or "none without", number > 100 and not bad)
    doubled = [path.name for path, content in pages.items() if len(content.ids) != len(set(content.ids))]
    holds(evidence, "no id twice in a page", doubled or "none", not doubled)


@then(parsers.parse('"{item}" can be followed from the matrix to the executed steps of "{case}"'))
def _(bench: Workbench, item: str, case: str, evidence: Any) -> None:
    links = [
        given["href"]
        for tag, given in page(bench, "RTM").tags
        if tag == "a" and given.get("href", "").endswith(f"#{item}")
    ]
    holds(evidence, f"the matrix links {item}", links[:3], bool(links) or item in page(bench, "RTM").ids)
    steps = [
        given["href"]
        for tag, given in page(bench, "RTM").tags
        if tag == "a" and given.get("href", "").endswith(f"#{case}")
    ]
    holds(
        evidence,
        f"the matrix links {case} in the report",
        steps[:3],
        any(href.startswith("OQ-report.html#") for href in steps),
    )
    holds(evidence, f"the report has the place {case}", case, case in page(bench, "OQ-report").ids)


@then("no cell of the workbook is a formula, and its package holds no macro, connection or hostile link")
def _(bench: Workbench, evidence: Any) -> None:
    book = read_workbook(pack(bench) / "excel" / "RTM.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    formulas = [f"{cell.parent.title}!{cell.coordinate}" for cell in cells if cell.data_type == "f"]
    others = [
        f"{cell.parent.title}!{cell.coordinate}" for cell in cells if cell.data_type not in ("s", "inlineStr", "f")
    ]
    holds(evidence, f"{len(cells)} cells, none a formula", formulas or "none", len(cells) > 300 and not formulas)
    holds(evidence, "every cell is text", others[:5] or "every cell", not others)
    with zipfile.ZipFile(pack(bench) / "excel" / "RTM.xlsx") as package:
        names = package.namelist()
        sheets_ = b"".join(package.read(name) for name in names if "worksheets/sheet" in name)
        relations = b"".join(package.read(name) for name in names if name.endswith(".rels"))
    bad = [name for name in names if re.search(r"vba|connection|externalLink|embed|query", name, re.I)]
    holds(
        evidence,
        "no such part and no <f> in a sheet",
        bad or "none",
        not bad and b"<f>" not in sheets_ and b"<f " not in sheets_,
    )
    holds(
        evidence,
        "no hostile target",
        "none",
        not any(word_ in relations for word_ in (b"evil.example", b"cmd", b"javascript")),
    )


@then(
    parsers.parse(
        'the workbook begins with "{first}", ends with "{last}", and each sheet has fixed header rows and a filter'
    )
)
def _(bench: Workbench, first: str, last: str, evidence: Any) -> None:
    book = read_workbook(pack(bench) / "excel" / "RTM.xlsx")
    equal(evidence, "first and last sheet", (first, last), (book.sheetnames[0], book.sheetnames[-1]))
    rows = [
        {"sheet": sheet.title, "fixed": str(sheet.freeze_panes), "filter": str(sheet.auto_filter.ref)} for sheet in book
    ]
    evidence.table(rows)
    assert all(row["fixed"] != "None" and row["filter"] != "None" for row in rows), rows


@then("no cell of any CSV file begins like a formula")
def _(bench: Workbench, evidence: Any) -> None:
    number, bad = 0, []
    for path in sorted((pack(bench) / "data").glob("*.csv")):
        for row in csv.reader(path.open(encoding="utf-8-sig", newline="")):
            for cell in row:
                number += 1
                if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"):
                    bad.append(f"{path.name}: {cell[:40]}")
    holds(evidence, f"{number} cells", bad[:5] or "none begins like a formula", number > 300 and not bad)


@then(parsers.parse('the title of "{name}" in the Excel file is the text that was written'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    row = next(row for row in sheets(bench)["Forward"] if row[0] == name)
    equal(evidence, "title", HOSTILE[0], row[1])
