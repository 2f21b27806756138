"""Codes about usage and valgen itself."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

USAGE: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG900", E_, "the act was refused",
        "Something that the act needs is missing or does not allow it; nothing was changed.",
        "Read the message: it names what is needed.",
    ),
    CodeInfo(
        "VG901", E_, "the pack has no such document",
        "A document that does not exist cannot be built.",
        "Name one of the documents that the message lists, or none to build all.",
    ),
    CodeInfo(
        "VG910", E_, "nothing defines the id asked for",
        "An id that no file defines has no trace.",
        "Correct the id; valgen trace lists all of them.",
    ),
    CodeInfo(
        "VG999", E_, "mistake in valgen",
        "The program met a situation its authors did not foresee. No result was invented.",
        "Run the command again with -v and report what it prints, together with the files if they may leave your site.",
    ),
)  # fmt: skip
