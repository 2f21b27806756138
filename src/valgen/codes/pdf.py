"""Codes about PDF files."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_ = Severity.ERROR, Severity.WARNING

PDF: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG730",
        W_,
        "character that no font has",
        "The PDF file shows such a character as its code point, such as U+4E2D, so that nothing is lost; but nobody "
        "reads a text that way.",
        "Put a font file (.ttf or .otf) that has the characters into the folder templates/fonts of the project, and "
        "build again. Noto Sans CJK, for example, has those of Chinese, Japanese and Korean.",
    ),
    CodeInfo(
        "VG731",
        W_,
        "font file of the project that is not used",
        "Characters that only this font has are printed as their code points.",
        "Replace the file in templates/fonts by one that opens in a font viewer and whose licence allows embedding, or "
        "remove it.",
    ),
    CodeInfo(
        "VG732",
        E_,
        "PDF file that cannot be made",
        "A pack without one of its files would be taken for complete. Nothing of the document was written.",
        "This is a mistake in valgen; report it with the message. Until it is mended, build the other formats with "
        "--format.",
    ),
)
