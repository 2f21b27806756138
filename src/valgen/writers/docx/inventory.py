"""What was found in a Word template and what will be used of it, as a short table for people.

Source: design.md §6 (Word), the table of ``valgen template check``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from valgen.writers.docx.anatomy import KINDS, SIDES, Anatomy, Section, text_face
from valgen.writers.docx.elements import fields, own, text_of, w
from valgen.writers.docx.filling import control_name, property_name
from valgen.writers.docx.pagefacts import plan_heads
from valgen.writers.docx.placeholders import BLOCKS, MARK, block_name
from valgen.writers.docx.stylematch import Matched


def inventory(
    template: Anatomy, matched: Matched, chosen: Mapping[str, str], numbered: list[str], with_text: bool
) -> list[tuple[str, str]]:
    """Return the table, label and text.

    Args:
        template: with valgen's own body in it where its text is not used.
        matched: its styles.
        chosen: styles that its properties name.
        numbered: its heading styles with a numbering of their own.
        with_text: whether its text is used.
    """
    page = template.main.page
    rows = [
        ("Text", "kept around {{content}}" if with_text else "not used; valgen's own cover and contents stand there"),
        (
            "Page",
            f"{centimetres(page.width)} by {centimetres(page.height)}, "
            f"{centimetres(page.text_width(False))} between the margins; "
            f"wide tables lie across with {centimetres(page.text_width(True))}",
        ),
    ]
    if with_text:
        rows.append(("Blocks", ", ".join(f"{{{{{name}}}}}" for name in template.marks)))
        others = [name for name in BLOCKS if name not in template.marks]
        rows.append(("Blocks not used", ", ".join(f"{{{{{name}}}}}" for name in others)))
    names: list[str] = []
    for where, root in roots(template):
        if with_text or where != "the body":
            names += [" ".join(m[1].split()) for p in root.iter(w("p")) for m in MARK.finditer(text_of(p))]
            names += [control_name(one) for one in root.iter(w("sdt"))]
            names += [f"property {property_name(one)}" for one in fields(root) if property_name(one)]
    filled = sorted({name for name in names if name and not block_name(name)}, key=str.casefold)
    rows.append(("Filled", ", ".join(filled) or "nothing"))
    rows += [(f"{'Head' if side == 'header' else 'Foot'}", _heads(template, template.main, side)) for side in SIDES]
    face = text_face(template)
    if face:
        rows.append(("Font", face))
    rows.append(("Styles", f"{len(matched.taken)} of the template, {len(matched.created)} added by valgen"))
    for name, own_name in matched.taken.items():
        if own_name.casefold() != name.casefold():
            by = " (by property)" if name.casefold() in {one.casefold() for one in chosen} else ""
            rows.append((f"Style “{name}”", f"“{own_name}”{by}"))
    if numbered:
        rows.append(("Numbering", f"of {span(numbered)} switched off; numbers are text"))
    return rows


def _heads(template: Anatomy, section: Section, side: str) -> str:
    words = {"default": "odd pages" if template.even_odd else "every page", "first": "first page", "even": "even pages"}
    used = [kind for kind in KINDS if kind == "default" or (kind == "first" and section.title_page)]
    used += ["even"] if template.even_odd else []
    own_sides = {plan.kind: plan.own for plan in plan_heads(template, section)}
    found = []
    for kind in used:
        part = section.parts.get((side, kind))
        if part is None and kind == "even":
            part = section.parts.get((side, "default"))
        text = "none" if part is None else str(part.partname).rsplit("/", 1)[-1]
        if part is None and side in own_sides.get(kind, ()):
            text = "valgen's own"
        pictures = (
            sum(1 for _ in own(section.heads[side, kind], "drawing", "pict")) if (side, kind) in section.heads else 0
        )
        found.append(f"{words[kind]} {text}" + (f" with {pictures} picture{'s' * (pictures > 1)}" if pictures else ""))
    return ", ".join(found)


def roots(template: Anatomy) -> list[tuple[str, Any]]:
    """Return the body and every head and foot in force, each once, with a name for messages."""
    found: list[tuple[str, Any]] = [("the body", template.body)]
    seen: set[int] = set()
    for section in template.sections:
        for place, root in section.heads.items():
            if id(root) not in seen:
                seen.add(id(root))
                found.append((str(section.parts[place].partname).rsplit("/", 1)[-1], root))
    return found


def span(names: list[str]) -> str:
    """Return names that end in numbers as a range."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1].rpartition(' ')[2]}"


def centimetres(twips: int) -> str:
    """Return a length in words."""
    return f"{twips / 567:.1f} cm"
