"""One volume through Typst, and its file through pikepdf.

Typst gets the template, the data, the pictures and the fonts of the project in a folder of their own, which it cannot
leave; fonts of the computer are left out, and a warning about a font is an error. What it cannot print is told to the
caller, who leaves it out and says so in the document.

pikepdf packs the file, gives it an identifier made from its content, and takes out the date that stands for none.

Source: shared recipe of PDF files in docs/decisions/0014-typst.md and 0015-pikepdf.md.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from valgen.errors import RenderError
from valgen.writers.pdf.faces import SHIPPED, Faces

STANDARDS: Final = ("a-3b", "ua-1")
"""Asked of Typst, which refuses what it knows to break them; no claim that an outside validator would agree."""

_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")  # as Typst writes what would not show alone, such as an accent
_REFUSED = "the picture is damaged, or in colours for printing presses"
_REMEMBERED_PAGES = 500
_REMEMBERED_RUNS = 10
_remembered = 0

_TEMPLATE = Path(__file__).parent / "document.typ"
_NO_GLYPH = re.compile(r"text `\"?(.+?)\"?` could not be displayed", re.DOTALL)


class CannotPrint(Exception):
    """Typst refuses pictures or characters.

    Attributes:
        pictures: their names, and why.
        characters: that no font can show where they stand.
    """

    def __init__(self, pictures: Mapping[str, str], characters: frozenset[str]) -> None:
        super().__init__(", ".join((*pictures, *sorted(characters))))
        self.pictures = dict(pictures)
        self.characters = characters


def typeset(
    data: bytes, files: Mapping[str, bytes], pictures: Mapping[str, bytes], faces: Faces, key: str, *, dated: bool
) -> tuple[bytes, int]:
    """Return one volume as a finished PDF file, and its pages.

    Args:
        data: for the template, JSON.
        files: attachments by the name under which the data names them.
        pictures: likewise.
        faces: fonts to use.
        key: of the document, for messages.
        dated: whether the date in the data means something.

    Raises:
        CannotPrint: pictures or characters must be left out.
        RenderError: the file cannot be made.
    """
    import typst

    with _folder({"main.typ": _TEMPLATE.read_bytes(), "data.json": data, **files, **pictures}) as root:
        folders = [str(SHIPPED)]
        if faces.own:
            # Typst would search the folder of the project through and through, and follow its links.
            (root / "fonts").mkdir()
            for number, path in enumerate(faces.own):
                (root / "fonts" / f"{number:04}{path.suffix.lower()}").write_bytes(path.read_bytes())
            folders.append(str(root / "fonts"))
        target = root / "made.pdf"
        try:
            _, warnings = typst.compile_with_warnings(
                str(root / "main.typ"), str(target), root=str(root), font_paths=folders, ignore_system_fonts=True,
                pdf_standards=[*STANDARDS],
            )  # fmt: skip
        except typst.TypstError as error:
            raise _reason(error, pictures, key) from error
        except BaseException as error:
            # A mistake of Typst's own comes as an exception that is no Exception.
            if type(error).__name__ != "PanicException":
                raise
            raise _failed(key, f"Typst stopped: {error}") from error
        if warnings:
            raise _failed(key, str(warnings[0]))
        data, pages = _finished(target, key, dated)
    _forget(pages)
    return data, pages


def _finished(made: Path, key: str, dated: bool) -> tuple[bytes, int]:
    import pikepdf

    try:
        # From the file: reading bytes in memory through Python takes qpdf twice as long.
        with pikepdf.open(made) as file:
            if not dated:
                _forget_date(file)
            # False is what its absence means; some readers complain of the form in which Typst writes it.
            if "/Suspects" in file.Root.MarkInfo:
                del file.Root.MarkInfo["/Suspects"]
            pages = len(file.pages)
            target = io.BytesIO()
            file.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    except pikepdf.PdfError as error:
        raise _failed(key, str(error)) from error
    return target.getvalue(), pages


def _forget_date(file: Any) -> None:
    for name in ("/CreationDate", "/ModDate"):
        if name in file.docinfo:
            del file.docinfo[name]
    metadata = file.Root.Metadata
    text = metadata.read_bytes().decode("utf-8")
    text = re.sub(r"<(xmp:CreateDate|xmp:ModifyDate|stEvt:when)>[^<]*</\1>", "", text)
    metadata.write(text.encode("utf-8"))
    for attached in file.attachments.values():
        parameters = attached.obj.EF.F.get("/Params", {})
        if "/ModDate" in parameters:
            del parameters["/ModDate"]


def _forget(pages: int) -> None:
    """Make Typst give back the memory of what it laid out before, now and then.

    It keeps the work of its last ten runs, two megabytes a page, in case they are asked for again; that is taken from
    it by as many runs without content. A large volume is forgotten at once.
    """
    import typst

    global _remembered
    _remembered += pages
    if _remembered > _REMEMBERED_PAGES:
        for _ in range(_REMEMBERED_RUNS + 1):
            typst.compile(b"", ignore_system_fonts=True)
        _remembered = 0


@contextmanager
def _folder(files: Mapping[str, bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="valgen-") as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        yield folder


def _reason(error: Any, pictures: Mapping[str, bytes], key: str) -> Exception:
    """Return what is behind an error of Typst: things to leave out, or a mistake of valgen's own."""
    text = getattr(error, "diagnostic", "") or str(error)
    shown = "".join(match[1] for match in _NO_GLYPH.finditer(text))
    characters = frozenset(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), shown))
    refused = {name: _REFUSED for name, data in pictures.items() if not _printable(name, data)}
    if refused or characters:
        return CannotPrint(refused, characters)
    return _failed(key, str(error))


def _printable(name: str, data: bytes) -> bool:
    import typst

    source = f'#set document(date: datetime(year: 2000, month: 1, day: 1))\n#image("{name}", alt: "a")'.encode()
    try:
        with _folder({"main.typ": source, name: data}) as root:
            typst.compile(str(root / "main.typ"), root=str(root), ignore_system_fonts=True, pdf_standards="a-3b")
    except typst.TypstError:
        return False
    return True


def _failed(key: str, reason: str) -> RenderError:
    return RenderError(
        f"the PDF file of document {key} cannot be made: {reason}",
        why="a pack without it would be taken for complete",
        fix="build again; if it stays, report it with this message, and leave pdf out with --format until then",
        code="VG732",
    )
