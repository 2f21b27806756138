"""A document of blocks into PDF files.

Source: design.md §6 (PDF), §9. Layout, text, fonts and the file itself are the subjects of the other modules here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from valgen.documents.blocks import Document
from valgen.documents.places import opened
from valgen.documents.visible import visible
from valgen.errors import Finding, RenderError
from valgen.writers.docx.widths import Widths
from valgen.writers.pdf.encode import Encoder, shortened
from valgen.writers.pdf.faces import MONO, SANS, Faces, find_faces
from valgen.writers.pdf.frame import frame_data, latest_date, logo
from valgen.writers.pdf.glyphs import missing_characters, missing_finding, needs_kerning
from valgen.writers.pdf.heights import Heights
from valgen.writers.pdf.layout import HEIGHT, SectionHead, Unit, listed_levels, orientations, room, units, volumes
from valgen.writers.pdf.places import Places
from valgen.writers.pdf.tables import Place
from valgen.writers.pdf.typeset import CannotPrint, typeset

VOLUME_PAGES = 400
"""Pages of a volume at most, about; Typst needs some two megabytes of memory for each."""

_SMALL = 250_000  # characters of JSON that never make more than one volume
_TRIES = 6
_KEPT_ENTRY = 200.0  # points, less than a third of a page
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", re.IGNORECASE | re.ASCII)
_UNFIT = re.compile(r"[^\w .()+-]")
_LONG_LINE = 10**9
_OUTLINE_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that is put into the PDF file.

    Attributes:
        name: file name that readers show.
        media_type: such as ``application/json``.
        data: the bytes.
        description: what it is, one line.
    """

    name: str
    media_type: str
    data: bytes
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfResult:
    """A written document.

    Attributes:
        volumes: the files in order, nearly always one.
        findings: what a reader of the document should know about, such as characters without a font.
        pages: of all volumes together.
    """

    volumes: tuple[bytes, ...]
    findings: tuple[Finding, ...]
    pages: int


def write_pdf(
    document: Document,
    *,
    digest: str | None = None,
    attachments: Sequence[Attachment] = (),
    fonts: Path | None = None,
    volume_pages: int = VOLUME_PAGES,
) -> PdfResult:
    """Write a document as PDF; equal arguments and fonts give equal bytes.

    Its own content is attached as canonical JSON, whose SHA-256 is the content digest on every page.

    Args:
        document: blocks, and where its pictures are.
        digest: ``document.digest`` if the caller has it already, hex.
        attachments: further files, put into the first volume.
        fonts: folder with further .ttf and .otf files, used where valgen's own fonts lack a character.
        volume_pages: about how many pages a volume has at most.

    Raises:
        RenderError: a table row has more cells than columns, or the file cannot be made.
    """
    record, shown = document.texts
    document = opened(document)
    faces = find_faces(fonts)
    job = _Job(
        document=document,
        digest=digest or hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest(),
        attached=_attached(document, record, attachments),
        faces=faces,
        missing=set(missing_characters(shown, faces.characters)),
        kerning=needs_kerning(shown),
        refused={},
        parts=_parts(document, len(record), volume_pages),
    )
    made: list[tuple[bytes, int]] = []
    for _ in range(_TRIES):
        try:
            made = job.volumes()
            break
        except CannotPrint as refusal:
            # Only Typst knows pictures that cannot be decoded and signs that no font can put together.
            if not job.leave_out(refusal):
                break
    if not made:
        raise RenderError(
            f"the PDF file of document {document.key} cannot be made: pictures or characters in it cannot be printed",
            why="a pack without it would be taken for complete",
            fix="report it, with the document",
            code="VG732",
        )
    findings = list(faces.findings)
    if job.missing:
        findings.append(missing_finding(document, job.missing))
    return PdfResult(
        volumes=tuple(data for data, _ in made),
        findings=tuple(findings),
        pages=sum(pages for _, pages in made),
    )


@dataclass(slots=True, kw_only=True)
class _Job:
    """One document on its way; what cannot be printed is added while trying."""

    document: Document
    digest: str
    attached: tuple[Attachment, ...]
    faces: Faces
    missing: set[str]
    kerning: bool
    refused: dict[str, str]
    parts: list[list[Unit]]

    def leave_out(self, refusal: CannotPrint) -> bool:
        """Note what must be left out; return whether that is anything new."""
        pictures = {name.partition(".")[0]: reason for name, reason in refusal.pictures.items()}
        characters = {char for char in refusal.characters if not char.isascii()}
        new = not (pictures.keys() <= self.refused.keys() and characters <= self.missing)
        self.refused |= pictures
        self.missing |= characters
        return new

    def volumes(self) -> list[tuple[bytes, int]]:
        """Return the file of each volume and its pages."""
        widths = Widths(self.document.sections)
        places = Places([[one for unit in volume for one in unit.anchors()] for volume in self.parts])
        listed = listed_levels([unit for volume in self.parts for unit in volume])
        captions: Mapping[str, int] = {}
        notes = 0
        made = []
        for number in range(len(self.parts)):
            before = captions
            while True:
                own = places.volume(number)
                encoder = Encoder(
                    widths=widths, heights=Heights(widths, HEIGHT), missing=self.missing, label=own.label,
                    place=own.place, media=dict(self.document.media), refused=self.refused, captions=before,
                )  # fmt: skip
                data = self._data(number, encoder, listed)
                if own.wanted <= own.made:
                    break
                places.forget(own.wanted - own.made)
            data["notes"] = notes
            notes += encoder.notes
            captions = encoder.captions
            made.append(self._typeset(number, data, encoder))
        return made

    def _data(self, number: int, encoder: Encoder, listed: int) -> dict[str, Any]:
        count = len(self.parts)
        volume = f"Volume {number + 1} of {count}" if count > 1 else ""
        groups = _groups(self.parts[number], encoder, listed, number > 0)
        data = frame_data(self.document, self.digest, volume, _outline(self.parts))
        width, height = room(False)
        place = Place(width, height)
        data["cover"] |= {
            key: encoder.text(data["cover"][key], size, bold=key == "title")
            for key, size in (("system", 36_000), ("title", 18_000), ("line", 36_000))
        } | {key: encoder.cover(data["cover"][key], place) for key in ("notices", "facts")}
        for name in ("head", "foot"):
            data[name] = {key: encoder.text(text, _LONG_LINE) for key, text in data[name].items()}
        data["watermarks"] = [[encoder.text(text, _LONG_LINE, bold=True), size] for text, size in data["watermarks"]]
        data["fonts"] = [SANS, *self.faces.families]
        data["mono"] = [MONO, SANS, *self.faces.families]
        data["kerning"] = self.kerning
        data["groups"] = groups
        data["contents"] = not self.document.compact and any(unit.around for unit in self.parts[number])
        return data

    def _typeset(self, number: int, data: dict[str, Any], encoder: Encoder) -> tuple[bytes, int]:
        pictures = {name: picture.data for name, picture in encoder.pictures.items()}
        data["logo"] = None
        mark = logo(self.document) if self.document.logo not in self.refused else None
        if mark is not None:
            data["logo"] = (f"{self.document.logo}.{mark[0]}", mark[2], mark[3])
            pictures[data["logo"][0]] = mark[1]
        attached = self.attached if number == 0 else ()
        files = {f"attached-{at}": one.data for at, one in enumerate(attached)}
        data["attachments"] = [
            (f"attached-{at}", one.name, one.media_type, one.description, "supplement" if at else "data")
            for at, one in enumerate(attached)
        ]
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), check_circular=False)
        dated = latest_date(self.document) is not None
        return typeset(text.encode("utf-8"), files, pictures, self.faces, self.document.key, dated=dated)


def _parts(document: Document, size: int, pages: int) -> list[list[Unit]]:
    parts = units(document)
    if size < _SMALL and pages >= VOLUME_PAGES:
        return [parts]
    widths = Widths(document.sections)
    return volumes(parts, widths, Heights(widths, HEIGHT), max(pages, 1))


def _groups(parts: Sequence[Unit], encoder: Encoder, listed: int, later: bool) -> list[tuple[bool, list[Any]]]:
    """Return the content of a volume by orientation."""
    groups: list[tuple[bool, list[Any]]] = []
    for at, (unit, across) in enumerate(zip(parts, orientations(parts, encoder.heights), strict=True)):
        if not groups or groups[-1][0] is not across:
            groups.append((across, []))
        held = groups[-1][1]
        new = {id(head.section) for head in unit.heads}
        again = [head for head in unit.around if id(head.section) not in new] if later and at == 0 else []
        for head in again:
            held.append(_heading(encoder, head, listed, True))
        for head in unit.heads:
            held.append(_heading(encoder, head, listed, False))
        width, height = room(across)
        made: list[Any] = []
        if unit.entry is not None and not (unit.rest and at):
            entry = replace(unit.entry, title=f"{unit.entry.title} (continued)") if unit.rest else unit.entry
            made.append(encoder.entry_heading(entry, unit.depth, unit.depth <= listed))
        place = Place(width, height, depth=unit.depth + 1 if unit.entry is not None else unit.depth)
        made += encoder.blocks(unit.blocks, place, continued=unit.continued)
        # A short item stays on one page.
        title = f"{unit.entry.label} {unit.entry.title}" if unit.entry is not None else ""
        high = encoder.heights.blocks(unit.blocks, width) + encoder.heights.text(title, width)
        if unit.entry is not None and high <= _KEPT_ENTRY:
            held.append(["g", made])
        else:
            held += made
    return groups


def _heading(encoder: Encoder, head: SectionHead, listed: int, continued: bool) -> Any:
    return encoder.section_heading(head.section, head.number, head.depth, head.depth <= listed, continued)


def _outline(parts: Sequence[Sequence[Unit]]) -> list[tuple[str, str]]:
    """Return what each volume holds, for the cover; nothing when there is only one."""
    if len(parts) < 2:
        return []
    made = []
    for number, volume in enumerate(parts, 1):
        names = list(dict.fromkeys(" ".join(unit.name.split())[:_OUTLINE_NAME] for unit in (volume[0], volume[-1])))
        made.append((f"Volume {number}", " to ".join(names)))
    return made


def _attached(document: Document, record: str, further: Sequence[Attachment]) -> tuple[Attachment, ...]:
    own = Attachment(
        name=f"{document.key}.json",
        media_type="application/json",
        data=record.encode("utf-8", "surrogatepass"),
        description="Content of this document; its SHA-256 is the content digest on every page",
    )
    made: list[Attachment] = []
    taken: set[str] = set()
    for one in (own, *further):
        stem = _UNFIT.sub("_", visible(one.name)).strip(" .")[:120] or "attachment"
        name, count = stem, 2
        while name.casefold() in taken:
            head, dot, ending = stem.rpartition(".")
            name, count = (f"{head}-{count}.{ending}" if dot and head else f"{stem}-{count}"), count + 1
        taken.add(name.casefold())
        kind = one.media_type if _MEDIA_TYPE.fullmatch(one.media_type) else "application/octet-stream"
        made.append(replace(one, name=name, media_type=kind, description=shortened(visible(one.description))))
    return tuple(made)
