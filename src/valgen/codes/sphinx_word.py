"""Codes about Word files of a Sphinx project."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_ = Severity.ERROR, Severity.WARNING

SPHINX_WORD: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG740",
        W_,
        "content of an unknown kind in a Word file",
        "An extension of Sphinx made something that the Word builder does not know. Its text stands in the file, but "
        "not in the form that the author meant.",
        "Look at the place in the Word file. If the text is enough, add valgen.docx to suppress_warnings in conf.py; "
        "otherwise write it in another way for Word, with the directive only.",
    ),
    CodeInfo(
        "VG741",
        W_,
        "picture that a Word file cannot show",
        "Word shows PNG, JPEG and GIF pictures that lie in the project. Where the picture should be, its name and its "
        "description stand.",
        "Put a PNG beside the picture and name it with .* as its ending, or add sphinx.ext.imgconverter to extensions.",
        ".. image:: https://example.org/plan.svg",
    ),
    CodeInfo(
        "VG742",
        W_,
        "raw content left out of a Word file",
        "Raw content is written for one other format, such as HTML, and would be unreadable or dangerous in Word.",
        "Write the content in reStructuredText or Markdown, or hide it from Word with the directive only.",
        ".. raw:: html",
    ),
    CodeInfo(
        "VG743",
        E_,
        "setting of the Word builder that cannot be used",
        "The Word files would not be those that the author wanted.",
        "Correct the setting in conf.py as the message says; see the page about Sphinx in the documentation.",
        'valgen_docx_documents = [("index", "../Manual.docx", "Manual", {})]',
    ),
    CodeInfo(
        "VG744",
        W_,
        "footnote inside a footnote",
        "Word has no footnotes inside footnotes; the inner one stands in brackets in the text of the outer one.",
        "Write the inner footnote as part of the outer one.",
    ),
)
