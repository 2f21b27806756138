"""Documents into Word and PDF files: which writer, with which look of the project.

The look is what a project's templates folder holds beside document templates: a Word template, a logo, fonts. Its
digests decide which kept rendition may serve.

Source: design.md §3.1 (paths), §6.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.documents.blocks import Document
from valgen.documents.digests import Digests
from valgen.errors import ExecutionError, Finding, Severity, SourceError
from valgen.model.project import Settings
from valgen.workflow.renditions import Rendition, Renditions
from valgen.workflow.word_template import WordTemplates, placeholder_values, word_template_findings, word_templates

FILES_PER_DOCUMENT = {"docx": ("word", ".docx"), "pdf": ("pdf", ".pdf")}
"""Formats that give files of their own for each document: folder in the pack and ending."""

LOGOS = (("logo.png", b"\x89PNG\r\n\x1a\n"), ("logo.jpg", b"\xff\xd8\xff"), ("logo.jpeg", b"\xff\xd8\xff"))
"""Names under which a logo is taken from the templates folder, with the first bytes of such a picture."""

FONT_ENDINGS = (".ttf", ".otf", ".ttc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a project adds to the look of its documents.

    Attributes:
        root: folder of the project.
        settings: of the project.
        logo: (SHA-256, absolute path) of the logo; empty texts for none.
        word: Word templates of the project.
        findings: about them, as far as a build tells them: facts that valgen had to add to their pages.
        fonts: folder with fonts of the project; None for none.
        fonts_digest: over names and bytes of the fonts.
    """

    root: Path
    settings: Settings
    word: WordTemplates
    findings: tuple[Finding, ...] = ()
    logo: tuple[str, str] = ("", "")
    fonts: Path | None = None
    fonts_digest: str = ""

    def dress(self, document: Document) -> Document:
        """Return the document with the logo of the project."""
        digest, path = self.logo
        media = (*document.media, (digest, path)) if digest and digest not in dict(document.media) else document.media
        return replace(document, logo=digest, media=media)


def look_of(root: Path, settings: Settings, keys: Iterable[str] = ()) -> Look:
    """Return the look of a project; files that lead out of the project are no part of it.

    Args:
        root: folder of the project.
        settings: of the project.
        keys: of the project's documents, after which Word templates may be named.

    Raises:
        SourceError: a Word template cannot be used; every reason is carried.
    """
    word = word_templates(root, settings, keys)
    added: tuple[Finding, ...] = ()
    if word.findings or word.files:
        from valgen.writers.docx.frame import PAGE_FACTS

        findings = word_template_findings(root, settings, keys)
        errors = [one for one in findings if one.severity is Severity.ERROR and one.code != PAGE_FACTS]
        if errors:
            raise SourceError("a Word template of the project cannot be used", errors)
        added = tuple(replace(one, severity=Severity.WARNING) for one in findings if one.code == PAGE_FACTS)
    folder = root / settings.paths.templates
    logo = ("", "")
    for name, magic in LOGOS:
        content = _own_bytes(folder / name, root)
        if content.startswith(magic):
            logo = (hashlib.sha256(content).hexdigest(), str((folder / name).resolve()))
            break
    fonts = folder / "fonts"
    digest = hashlib.sha256()
    found = [path for path in sorted(fonts.iterdir()) if _is_font(path, root)] if fonts.is_dir() else []
    for path in found:
        digest.update(path.name.encode("utf-8", "surrogatepass") + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return Look(
        root=root,
        settings=settings,
        word=word,
        findings=added,
        logo=logo,
        fonts=fonts if found else None,
        fonts_digest=digest.hexdigest() if found else "",
    )


def rendition(document: Document, form: str, digests: Digests, look: Look, kept: Renditions) -> Rendition:
    """Return a document as the file or files of a format.

    Args:
        document: to be written.
        form: ``docx`` or ``pdf``.
        digests: of the document, logo included.
        look: of the project.
        kept: renditions of earlier builds.
    """
    if form == "docx":
        return _word(document, digests, look, kept)
    return _pdf(document, digests, look, kept)


def file_names(form: str, key: str, count: int) -> tuple[str, ...]:
    """Return the names in the pack of a document's files; a second volume is ``pdf/KEY.2.pdf``."""
    folder, ending = FILES_PER_DOCUMENT[form]
    return tuple(f"{folder}/{key}{f'.{number}' if number > 1 else ''}{ending}" for number in range(1, count + 1))


def is_file_of(name: str, form: str, key: str) -> bool:
    """Return whether a file of the pack is one of a document's files in a format."""
    folder, ending = FILES_PER_DOCUMENT[form]
    middle = name.removeprefix(f"{folder}/{key}").removesuffix(ending)
    whole = f"{folder}/{key}{middle}{ending}" == name
    return whole and (not middle or (middle.startswith(".") and middle[1:].isdecimal()))


@contextlib.contextmanager
def kept_site_folder(root: Path, cache: Path | None) -> Iterator[Path | None]:
    """Give the folder in which the last HTML site of a project was made, or None where it cannot be had.

    A folder that another build is using is not waited for: the site is then made from nothing, and so it is where
    the operating system offers no lock.
    """
    from valgen.ledger.lock import Lock

    if cache is None:
        yield None
        return
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    lock = Lock(cache / f"html-{name}.lock")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        held = lock.try_acquire()
    except (OSError, ExecutionError):
        held = False
    try:
        yield cache / f"html-{name}" if held else None
    finally:
        lock.release()


def _word(document: Document, digests: Digests, look: Look, kept: Renditions) -> Rendition:
    template = look.word.of(document)
    values = placeholder_values(look.settings)

    def make() -> Rendition:
        from valgen.writers.docx import write_docx

        return Rendition(files=(write_docx(document, template=template, digest=digests.content, values=values),))

    used = hashlib.sha256(template.read_bytes()).hexdigest() if template else ""
    return kept.get(
        ("docx", digests.shown, document.key, used, *(f"{name}={text}" for name, text in values.items())), make
    )


def _pdf(document: Document, digests: Digests, look: Look, kept: Renditions) -> Rendition:
    def make() -> Rendition:
        from valgen.writers.pdf import write_pdf

        made = write_pdf(document, digest=digests.content, fonts=look.fonts)
        return Rendition(files=made.volumes, findings=made.findings)

    return kept.get(("pdf", digests.shown, document.key, look.fonts_digest), make)


def _is_font(path: Path, root: Path) -> bool:
    return path.suffix.lower() in FONT_ENDINGS and not path.is_symlink() and _inside(path, root) and path.is_file()


def _own_bytes(path: Path, root: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() and _inside(path, root) else b""
    except OSError:
        return b""


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve())
    except OSError:
        return False
