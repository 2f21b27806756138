"""Word templates of a company and reST templates of a project."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from pytest_bdd import given, parsers, then

from .judge import equal, holds
from .pack_steps import flat, pack
from .reading_back import read_word
from .workbench import Workbench

COLOUR = "8A1C5C"
FONT = "Courier New"


@given(parsers.parse('the Word template "{name}" of a company with its own cover, head, foot, heading font and colour'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    saved(bench, name, company(), evidence)


@given(parsers.parse('the Word template "{name}" whose pages lack status and digest, with the placeholder "{wrong}"'))
def _(bench: Workbench, name: str, wrong: str, evidence: Any) -> None:
    made = company()
    section = made.sections[0]
    section.header.paragraphs[0].text = "{{document.number}} {{document.title}} {{document.version}}"
    section.footer.paragraphs[1].text = "Quality is everybody's task"
    made.paragraphs[0].add_run(" " + wrong)
    saved(bench, name, made, evidence)


def saved(bench: Workbench, name: str, made: Any, evidence: Any) -> None:
    """Save a Word file in the project."""
    path = bench.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))
    evidence.attach(path)
    evidence.actual(f"{name}: {path.stat().st_size} bytes")


def company() -> Any:
    """Return a Word file as a company might have it, made with python-docx."""
    from docx import Document
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    made = Document()
    for level in (1, 2):
        style = made.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(18), RGBColor.from_string(COLOUR)
        fonts = style.element.rPr.rFonts
        for key in [key for key in fonts.attrib if "Theme" in key]:
            del fonts.attrib[key]
    made.add_paragraph("ACME Pharma, controlled document")
    made.add_paragraph("Name: {{document.title}}")
    for text in ("{{control}}", "{{contents}}", "{{content}}", "End of the ACME form F-017"):
        made.add_paragraph(text)
    section = made.sections[0]
    section.header.paragraphs[0].text = "ACME | {{document.number}} | {{document.version}} | {{document.status}}"
    foot = section.footer.paragraphs[0]
    for code in ("PAGE", "NUMPAGES"):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        foot.add_run("Page " if code == "PAGE" else " of ")
        foot._p.append(field)
    section.footer.add_paragraph("{{document.digest}} {{document.title}}")
    return made


@then(parsers.parse('the Word file "{key}" has the look of the company and every fact of its own'))
def _(bench: Workbench, key: str, evidence: Any) -> None:
    from docx import Document

    path = pack(bench) / "word" / f"{key}.docx"
    evidence.attach(path)
    made = Document(str(path))
    style = made.styles["Heading 1"]
    equal(evidence, "heading font and colour", (FONT, COLOUR), (style.font.name, str(style.font.color.rgb)))
    used = sum(paragraph.style.name == "Heading 1" for paragraph in made.paragraphs)
    holds(evidence, "the style is used by the sections", f"{used} headings", used > 3)
    read = read_word(path)
    for words in ("ACME Pharma, controlled document", "End of the ACME form F-017"):
        holds(evidence, f"cover and end of the template: {words}", words in read.text, words in read.text)
    head = flat(read.header)
    for words in ("ACME | BOX-URS-001 | 0.9 DRAFT | Draft", "of"):
        holds(evidence, f"head and foot: {words}", head, words in head)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist() if "xml" in name}
    fields = " ".join(re.findall(r'instr="([^"]*)"|instrText[^>]*>([^<]*)<', "".join(parts.values()))[0])
    evidence.actual(f"first field: {fields.strip()}")
    everything = "".join(parts.values())
    left = sorted(set(re.findall(r"\{\{(?:document|system|project|control|content)[^}]*\}\}", flat(read.text + head))))
    evidence.actual(f"placeholders left over: {', '.join(left) or 'none'}")
    bench.facts["left over"] = left
    digest = re.search(r"SHA-256 ([0-9a-f ]{16,})", flat(read.text) + head) or re.search(r"([0-9a-f]{4} ){3,}", head)
    holds(evidence, "a digest in the foot", digest.group(0) if digest else "none", digest is not None)
    assert "Page" in everything


@then(parsers.parse('every foot of the Word file "{key}" shows status and digest'))
def _(bench: Workbench, key: str, evidence: Any) -> None:
    path = pack(bench) / "word" / f"{key}.docx"
    evidence.attach(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist() if "word/" in name}
    feet = {name: xml for name, xml in parts.items() if re.search(r"<w:ftr[ >]", xml)}
    texts = {name: flat(re.sub(r"<[^>]+>", " ", xml)) for name, xml in feet.items()}
    evidence.table([{"foot": name, "text": text} for name, text in texts.items()])
    poor = [name for name, text in texts.items() if "Draft" not in text or not re.search(r"([0-9a-f]{4} ?){4}", text)]
    holds(evidence, f"{len(texts)} feet with both", poor or "every foot", bool(texts) and not poor)


@then(parsers.parse("the only text in double braces is the one that a person wrote: {text}"))
def _(bench: Workbench, text: str, evidence: Any) -> None:
    equal(evidence, "texts in double braces", [text], bench.facts["left over"])


@then(parsers.parse('the file "{name}" of the project holds "{words}"'))
def _(bench: Workbench, name: str, words: str, evidence: Any) -> None:
    text = (bench.root / name).read_text("utf-8")
    holds(evidence, f"{name} holds {words}", excerpt_around(text, words), words in text)


def excerpt_around(text: str, words: str) -> str:
    """Return the line that holds words."""
    return next((line for line in text.splitlines() if words in line), "no such line")
