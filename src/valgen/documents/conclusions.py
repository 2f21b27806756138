"""Conclusions that have to be stated in fixed terms: supplier assessment and periodic review.

The prose says it; this module finds which term it uses and whether the points of the project allow it. A conclusion
better than its points is what a reviewer rejects first.

Source: domain/documents.md b.16, b.17 (conclusion consistent with results).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.model.project import DocumentEntry, Project
from valgen.model.subjects import REVIEW_AREAS
from valgen.source import SourceLocation

if TYPE_CHECKING:  # a check starts faster without blocks and the reader of prose
    from valgen.documents.blocks import Block
    from valgen.documents.context import Context

HEADING = "Conclusion"
TERMS: Mapping[str, tuple[str, ...]] = {
    "SUP": ("approved", "conditional", "rejected"),
    "REVIEW": ("remains validated with actions", "remains validated", "revalidation required"),
}
"""Document type to the terms of its conclusion."""
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")
_DENIED = re.compile(
    r"\b(not|never|cannot|neither|nor|nobody|nothing|no longer|no reason|unless|if|whether|until|to be|will be|would"
    r"|could|should|might|hardly)\b|n['\u2019]t\b"
)
_DEPENDS = re.compile(r"\b(if|unless|once|subject to|provided|providing|pending|except|as soon as)\b")
_SECTION = re.compile(r"^ {0,3}#{1,2}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)


def stated_terms(kind: str, text: str) -> tuple[str, ...]:
    """Return the terms of a document type that a text uses, each once; a longer term hides a shorter one in it."""
    rest = " ".join(re.sub(r"[*_`]", "", text).casefold().split())
    found = []
    for term in sorted(TERMS.get(kind, ()), key=len, reverse=True):
        shorter = re.sub(rf"(?<![\w]){re.escape(term)}(?![\w])", " ", rest)
        if shorter != rest:
            found.append(term)
            rest = shorter
    return tuple(term for term in TERMS.get(kind, ()) if term in found)


def hedged_terms(kind: str, text: str) -> tuple[str, ...]:
    """Return the terms that a text uses in a sentence that denies them, plans them or makes them depend on something.

    ``not approved`` holds the word of a good conclusion and says the opposite: no term is taken from such a sentence.
    """
    found = []
    for sentence in _SENTENCE.split(" ".join(re.sub(r"[*_`]", "", text).casefold().split())):
        for term in stated_terms(kind, sentence):
            before, _, after = sentence.partition(term)
            if _DENIED.search(before) or (_TONES[term] == "good" and _DEPENDS.search(after)):
                found.append(term)
    return tuple(dict.fromkeys(found))


def conclusion(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The term that the conclusion uses, or which terms it has to use; and what speaks against it."""
    from valgen.documents.blocks import Notice, Tone, paragraph

    kind = entry.type if entry else ""
    if kind not in TERMS:
        return ()
    text = _written(context, entry)
    if not text:
        return ()
    terms = stated_terms(kind, text)
    problems = [*_form(kind, terms, text), *_against(kind, terms, tuple(context.items(_POINTS[kind], entry)))]
    if problems:
        return (Notice("Conclusion to be corrected", tuple(paragraph(one) for one in problems), Tone.BAD),)
    words = ", ".join(term[:1].upper() + term[1:] for term in terms)
    tone = max((_TONES[term] for term in terms), key=_WORST_LAST.index)
    text = "It takes effect with the signatures of this document."
    return (Notice(f"Conclusion: {words}", (paragraph(text),), Tone(tone)),)


def check_conclusions(project: Project) -> Iterator[Finding]:
    """Yield conclusions without one of the fixed terms, or better than their points."""
    for entry in project.documents:
        if entry.planned != "yes" or entry.type not in TERMS:
            continue
        for key in dict.fromkeys((entry.key, entry.type)):
            prose = project.prose.get(key)
            found = _section(prose.text) if prose else None
            if prose is None or found is None or not found[0].strip():
                continue
            terms = stated_terms(entry.type, found[0])
            points = tuple(item for item in project.items if item.type == _POINTS[entry.type] and not item.retired)
            where = SourceLocation(prose.path, found[1], 1)
            for problem in (*_form(entry.type, terms, found[0]), *_against(entry.type, terms, points)):
                yield finding("VG367", f"conclusion of {entry.key}: {problem}", where, ids=(entry.key,))
            break


_POINTS = {"SUP": "SA", "REVIEW": "PRV"}
_WORST_LAST = ("good", "warn", "bad")
_TONES = {
    "approved": "good",
    "conditional": "warn",
    "rejected": "bad",
    "remains validated": "good",
    "remains validated with actions": "warn",
    "revalidation required": "bad",
}


def _form(kind: str, terms: tuple[str, ...], text: str) -> list[str]:
    wanted = TERMS[kind]
    allowed = f"{', '.join(wanted[:-1])} or {wanted[-1]}"
    if not terms:
        return [f"it uses none of the terms {allowed}"]
    if kind == "REVIEW" and len(terms) > 1:
        return [f"it uses {' and '.join(terms)} at once; one of {allowed} holds"]
    if hedged := hedged_terms(kind, text):
        return [
            f"it denies {' and '.join(hedged)}, or makes it depend on something; "
            f"state one of {allowed} in a sentence of its own"
        ]
    return []


def _against(kind: str, terms: tuple[str, ...], points: tuple[Item, ...]) -> list[str]:
    found = []
    if kind == "SUP" and terms == ("approved",):
        bad = [item.id for item in points if item.value("rating") in ("major", "critical")]
        if bad:
            found.append(f"approved without condition, although {', '.join(bad)} is rated major or critical")
    if kind == "REVIEW" and terms == ("remains validated",):
        needed = [item.id for item in points if item.value("result") == "action_required"]
        if needed:
            found.append(f"remains validated without actions, although {', '.join(needed)} asks for one")
    if kind == "REVIEW" and terms and terms != ("revalidation required",):
        looked = {item.value("area") for item in points if item.value("result") != "not_reviewed"}
        left = [title for area, title in REVIEW_AREAS.items() if area not in looked]
        if left:
            found.append(
                f"{terms[0]}, although {len(left)} of {len(REVIEW_AREAS)} areas were not reviewed: {left[0]}, ..."
            )
    return found


def _written(context: Context, entry: DocumentEntry | None) -> str:
    from valgen.documents.blocks import plain_text
    from valgen.documents.common import prose_sections

    for key in dict.fromkeys((entry.key, entry.type)) if entry else ():
        section = prose_sections(context, key).get(HEADING.casefold())
        if section and section[1]:
            return plain_text(section[1])
    return ""


def _section(text: str) -> tuple[str, int] | None:
    """Return the text under the heading and the line of the heading."""
    heads = list(_SECTION.finditer(text))
    for number, head in enumerate(heads):
        if head.group(1).casefold() == HEADING.casefold():
            end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
            return text[head.end() : end], text.count("\n", 0, head.start()) + 1
    return None
