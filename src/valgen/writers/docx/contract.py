"""The contract of a company's Word template: everything that speaks against it, and what will be used of it.

Checked are, all at once: harm (``template``), styles, placeholders and where they stand, what every page shows,
fields, numbering of headings, the page, the language, remains of editing. An error keeps documents from being
written with the template; the same findings come from ``valgen template check`` and from a build.

What the check says is what the writer does, because both look through ``anatomy``, ``pagefacts`` and
``stylematch``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from valgen.codes import CODES, finding
from valgen.errors import Finding, RenderError, Severity
from valgen.source import SourceLocation
from valgen.writers.docx.anatomy import Anatomy, anatomy
from valgen.writers.docx.elements import fields, text_of, val, w
from valgen.writers.docx.filling import control_name, lone_block, property_name
from valgen.writers.docx.inventory import centimetres, inventory, roots, span
from valgen.writers.docx.numbered import numbered_headings
from valgen.writers.docx.page import LEAST_WIDTH
from valgen.writers.docx.pagefacts import FACTS, OF_FACT, plan_heads
from valgen.writers.docx.placeholders import (
    CONTROL,
    CONTROL_LABELS,
    MARK,
    PROPERTIES,
    block_name,
    known_label,
    known_text,
    near,
    nearest,
)
from valgen.writers.docx.stylematch import Matched, is_style, match_styles
from valgen.writers.docx.template import harm, template_bytes
from valgen.writers.properties import full_language

_CHANGING = {
    "DATE": "the day of printing", "TIME": "the time of printing", "PRINTDATE": "when it was printed",
    "SAVEDATE": "when it was saved", "CREATEDATE": "when the file was made", "FILENAME": "the name of the file",
    "USERNAME": "the name of the reader", "LASTSAVEDBY": "who saved the file last", "EDITTIME": "minutes of editing",
    "AUTHOR": "the program that wrote the file",
}  # fmt: skip
_USES = {
    "Title": "the title on the cover", "Subtitle": "system, number and version on the cover",
    "TOC Heading": "the heading of the table of contents", "caption": "captions of tables and figures",
    "header": "the head of pages", "footer": "the foot of pages", "Quote": "quoted text", "Hyperlink": "links",
    "List Paragraph": "lists", "footnote text": "footnotes", "footnote reference": "marks of footnotes",
    "valgen Reference": "references to other documents", "valgen Code Text": "code in a line of text",
    "valgen Code": "blocks of code", "valgen Table Text": "text in tables",
    "valgen Table Header": "header rows of tables", "valgen Table Label": "labels in two-column tables",
    "valgen Table Code": "code in tables", "valgen Box Title": "titles of boxes",
    "valgen Mark": "marks such as DRAFT in the head", "valgen Gap": "the space below tables",
    "valgen Table": "tables", "valgen Facts": "two-column tables such as the control block",
    "valgen Box": "boxes such as DRAFT on the cover",
}  # fmt: skip
_PAGES = {"first": "the first page", "default": "every page", "even": "even pages"}
_LONGEST = 60


class Problem(NamedTuple):
    """A finding before its file is known."""

    code: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """What a template says, whatever its name.

    Attributes:
        problems: everything that speaks against it, and remarks.
        found: what was found and what will be used, as label and text.
        language: language of its text, such as ``de-DE``; empty when it says none.
    """

    problems: tuple[Problem, ...] = ()
    found: tuple[tuple[str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """The answer of the check.

    Attributes:
        findings: in the order of importance within the file.
        found: what was found and what will be used; empty for a template that cannot be opened.
    """

    findings: tuple[Finding, ...]
    found: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether documents can be written with the template."""
        return not any(one.severity is Severity.ERROR for one in self.findings)


def report_template(path: Path, *, language: str = "", shown: str = "") -> TemplateReport:
    """Examine a template.

    Args:
        path: the file.
        language: of the project's documents, to compare with; empty for no comparison.
        shown: name in findings, such as the path inside the project; the file name unless given.
    """
    where = SourceLocation(shown or path.name)
    harmful = harm(path, where)
    if harmful:
        return TemplateReport(harmful, ())
    try:
        examined = examine(template_bytes(path))
    except RenderError as error:
        return TemplateReport((finding(error.code, error.what, where, fix=error.fix),), ())
    problems = list(examined.problems)
    if language and examined.language and examined.language.partition("-")[0] != language.partition("-")[0]:
        text = f"the template is marked as {examined.language}; documents are marked as {full_language(language)}"
        problems.append(Problem("VG725", text))
    order = list(Severity)
    problems.sort(key=lambda one: (order.index(CODES[one.code].severity), one.code))
    return TemplateReport(tuple(finding(one.code, one.message, where, fix=one.fix) for one in problems), examined.found)


def check_template(path: Path, *, language: str = "") -> tuple[Finding, ...]:
    """Return everything that speaks against a template, and remarks about it."""
    return report_template(path, language=language).findings


@lru_cache(maxsize=8)
def examine(data: bytes) -> Examination:
    """Examine the bytes of a template that does no harm.

    Raises:
        RenderError: a part that every Word document has is missing.
    """
    try:
        template = anatomy(data)
    except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        raise RenderError(
            f"the Word template lacks a part that every Word document has ({error})",
            why="its styles and its page are used for every document of the pack",
            fix="open it in Word and save it as .docx",
            code="VG701",
        ) from error
    problems: list[Problem] = []
    _placeholders(template, problems)
    _fields(template, problems)
    _finished(template, problems)
    _remains(template, problems)
    with_text = template.content >= 0
    if with_text:
        _expected(template, problems)
    else:
        problems.append(Problem("VG716", "the template has no {{content}}, so its text is not used"))
    chosen = {name: text for name, text in template.properties.items() if is_style(name)}
    room = template.main.page.text_width(False)
    matched = match_styles(template.styles, room, chosen, template.theme)
    if not with_text:
        template.take_own_body(matched.ids)
    _pages(template, problems)
    if room < LEAST_WIDTH:
        problems.append(Problem("VG715", f"the page leaves {centimetres(room)} between the margins"))
    problems += [Problem("VG714", f"style “{one.name}” {one.reason}", one.fix) for one in matched.misfits]
    problems += _missing(matched.created)
    numbered = _numbered_headings(template, matched, problems)
    return Examination(
        tuple(problems), tuple(inventory(template, matched, chosen, numbered, with_text)), _language(template)
    )


def _missing(created: tuple[str, ...]) -> list[Problem]:
    """Return a finding for each missing style, one for all levels of headings and of the contents."""
    families: dict[str, list[str]] = {}
    for name in created:
        word, _, level = name.rpartition(" ")
        families.setdefault(word if level.isdecimal() else name, []).append(name)
    found = []
    for names in families.values():
        quoted = ", ".join(f"“{name}”" for name in names)
        if len(names) == 1:
            found.append(Problem("VG713", f"style {quoted} is missing; it is used for {_use(names[0])}"))
        else:
            use = "headings" if names[0].startswith("heading") else "lines of the table of contents"
            found.append(Problem("VG713", f"styles {quoted} are missing; they are used for {use}"))
    return found


def _placeholders(template: Anatomy, problems: list[Problem]) -> None:
    for name, place in template.odd_marks:
        problems.append(Problem("VG712", f"{{{{{name}}}}} stands {place}"))
    for where, root in roots(template):
        for paragraph in root.iter(w("p")):
            _paragraph(paragraph, where, problems)
        for control in root.iter(w("sdt")):
            tag = val(control.find(w("sdtPr")), "tag").strip("{} ")
            first = tag.partition(".")[0].casefold()
            if "." in tag and first in ("document", "control", "system", "project") and not control_name(control):
                problems.append(_unknown(tag, f"as the tag of a content control in {where}"))


def _paragraph(paragraph: Any, where: str, problems: list[Problem]) -> None:
    text = text_of(paragraph)
    if "{{" not in text:
        return
    quoted = " ".join(text.split())
    quoted = f"“{quoted[:_LONGEST]}{'…' if len(quoted) > _LONGEST else ''}”"
    for match in MARK.finditer(text):
        name = " ".join(match[1].split())
        if known_text(name):
            if name.casefold().startswith(CONTROL) and not known_label(name):
                label = near(name[len(CONTROL) :], CONTROL_LABELS)
                fix = f"did you mean {{{{{CONTROL}{label}}}}}?" if label else ""
                problems.append(Problem("VG729", f"{{{{{name}}}}} in {where}: {quoted}", fix))
        elif block_name(name):
            if where != "the body":
                problems.append(Problem("VG712", f"{{{{{name}}}}} stands in {where}"))
            elif not lone_block(paragraph):
                problems.append(Problem("VG712", f"{{{{{name}}}}} does not stand alone in its paragraph: {quoted}"))
        else:
            problems.append(_unknown(name, f"in {where}: {quoted}"))
    if MARK.sub("", text).count("{{"):
        problems.append(Problem("VG711", f"braces that do not close in {where}: {quoted}", "write {{name}}"))


def _unknown(name: str, place: str) -> Problem:
    guess = nearest(name)
    return Problem(
        "VG711", f"unknown placeholder {{{{{name}}}}} {place}", f"did you mean {{{{{guess}}}}}?" if guess else ""
    )


def _fields(template: Anatomy, problems: list[Problem]) -> None:
    known = {name.casefold() for name in template.properties}
    labels = {label.casefold() for label in CONTROL_LABELS}
    built_in = {"title", "subject", "keywords", "company"}
    for where, root in roots(template):
        if where == "the body" and template.content < 0:
            continue
        for one in fields(root):
            name = property_name(one)
            folded = name.casefold()
            if one.word in _CHANGING:
                what = _CHANGING[one.word]
                problems.append(Problem("VG718", f"a field {one.word} in {where} shows {what}, no fact of a document"))
            elif one.word == "TOC":
                text = f"a list of tables or figures in {where} is filled by Word, not by valgen"
                problems.append(Problem("VG718", text, "leave it out, or update it in Word"))
            elif one.word == "STYLEREF":
                text = f"a field STYLEREF in {where} shows the text of the template until Word updates it"
                problems.append(Problem("VG718", text))
            elif name and not (folded in PROPERTIES or folded in labels | built_in | known or known_text(name)):
                text = f"a field in {where} shows the property “{name}”, which neither the template nor valgen has"
                guess = near(name, [*PROPERTIES, *CONTROL_LABELS, *template.properties])
                problems.append(Problem("VG718", text, f"did you mean “{guess}”?" if guess else ""))


def _finished(template: Anatomy, problems: list[Problem]) -> None:
    number, digest = (template.properties.get(name, "") for name in ("Document number", "Content digest SHA-256"))
    if re.fullmatch("[0-9a-f]{64}", digest) and digest.strip("0"):
        problems.append(Problem("VG760", f"the file is the finished document {number or digest[:16]}, no template"))


def _remains(template: Anatomy, problems: list[Problem]) -> None:
    kinds = [
        word
        for there, word in (
            (template.comments, "comments"), (template.changes, "tracked changes"), (template.notes, "footnotes"),
        )
        if there
    ]  # fmt: skip
    if kinds:
        problems.append(Problem("VG726", f"the template holds {' and '.join(kinds)}"))


def _expected(template: Anatomy, problems: list[Problem]) -> None:
    if "contents" not in template.marks:
        problems.append(Problem("VG717", "the template has no {{contents}} and no table of contents made by Word"))
    names = {
        " ".join(match[1].split()).casefold() for p in template.body.iter(w("p")) for match in MARK.finditer(text_of(p))
    }
    names |= {control_name(one).casefold() for one in template.body.iter(w("sdt"))}
    if "control" not in template.marks and not any(name.startswith(CONTROL) for name in names):
        problems.append(
            Problem("VG717", "the template has no {{control}} and no placeholder for a line of the control block")
        )


def _pages(template: Anatomy, problems: list[Problem]) -> None:
    for number, section in enumerate(template.sections, 1):
        place = "" if len(template.sections) == 1 else f" of section {number}"
        for plan in plan_heads(template, section):
            pages = "odd pages" if plan.kind == "default" and template.even_odd else _PAGES[plan.kind]
            if plan.own:
                sides = " and ".join("head" if side == "header" else "foot" for side in plan.own)
                problems.append(Problem("VG728", f"{pages}{place}: valgen's own {sides} {_are(plan.own)} used"))
            if plan.missing:
                names = ", ".join(FACTS[fact] for fact in plan.missing)
                facts = ", ".join(OF_FACT[fact] for fact in plan.missing)
                fix = f"add {facts} to the head or foot, or leave it to valgen's line"
                problems.append(Problem("VG710", f"{pages}{place}: head and foot do not show {names}", fix))


def _are(own_sides: tuple[str, ...]) -> str:
    return "is" if len(own_sides) == 1 else "are"


def _numbered_headings(template: Anatomy, matched: Matched, problems: list[Problem]) -> list[str]:
    """Return the heading styles of the template with a numbering of their own, and report them."""
    numbered = {
        f"heading {level}": one
        for level, one in numbered_headings(template.styles, template.docx.part, matched.ids).items()
        if f"heading {level}" in matched.taken
    }
    found = [name for name, one in numbered.items() if one.known]
    lost = [name for name, one in numbered.items() if not one.known]
    if found:
        own_numbers = "has a numbering of its own" if len(found) == 1 else "have a numbering of their own"
        problems.append(Problem("VG719", f"{span(found)} {own_numbers}"))
    if lost:
        problems.append(Problem("VG719", f"{span(lost)}: the template does not define the numbering that is named"))
    return found


def _language(template: Anatomy) -> str:
    for path in ("docDefaults/rPrDefault/rPr/lang",):
        found = val(template.styles, path)
        if found:
            return found
    return ""


def _use(name: str) -> str:
    word, _, level = name.rpartition(" ")
    if word == "heading":
        return f"headings of level {level}"
    if word == "toc":
        return f"lines of level {level} in the table of contents"
    return _USES.get(name, "documents")
