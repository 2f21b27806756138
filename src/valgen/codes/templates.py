"""Codes of document templates and of what texts may hold: VG346-VG349 templates, VG186 texts, VG733 files."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

_W, _I = Severity.WARNING, Severity.INFO

TEMPLATES: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG186",
        _I,
        "markup that is printed as it was typed",
        "Texts are CommonMark; HTML and pictures in a text are shown letter by letter in every document.",
        "Write **bold**, a list or a table in CommonMark; name a picture in the field figures. Where the signs are "
        "meant, put them between backticks.",
        "text: The system shall show <b>both</b> values.",
    ),
    CodeInfo(
        "VG346",
        _W,
        "template that serves no document",
        "A file that is not used looks as if it decided something; the document is made from another template.",
        "Rename the file after a document, as valgen template list shows, or remove it.",
        "templates/URSS.rst",
    ),
    CodeInfo(
        "VG347",
        _W,
        "prose placed twice in a template",
        "The same text would stand twice in the document, and a reviewer would ask which of them holds.",
        "Remove one of the two places, or give it a heading of its own.",
        ".. valgen:prose:: Scope",
    ),
    CodeInfo(
        "VG348",
        _W,
        "two sections of a template with one title",
        "A reference to a section by its title would not say which one is meant.",
        "Give one of them another title.",
    ),
    CodeInfo(
        "VG349",
        _W,
        "text before the first heading of a template",
        "It belongs to no section and is printed at the end of the document, under the heading Note.",
        "Write a heading above it.",
    ),
    CodeInfo(
        "VG733",
        _W,
        "file of the templates folder that is not used",
        "Documents would lack the look that somebody believes they have.",
        "Save it in the form that the message names, or remove it.",
        "templates/logo.svg",
    ),
)
