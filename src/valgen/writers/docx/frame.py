"""The package around a document: template, styles, relations, properties.

A frame is a Word package without content. It comes from the company's template, whose styles, theme, fonts and
page are kept and whose text is not, or, without a template, from python-docx's own with valgen's styles. The
writer adds parts and relations to it and closes it with the finished body. No dates are written into the
properties: the document's dates stand in its text, and a time of rendering would make equal content unequal.

Source: design.md §6 (Word), integrity.md D-5 and H-8.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from valgen.documents.blocks import Document
from valgen.errors import RenderError
from valgen.writers.docx.styles import MONO, SANS, StyleIndex, W, add_styles, base_styles_xml
from valgen.writers.docx.template import opened_template
from valgen.writers.package import pack, unpack
from valgen.writers.properties import (
    APP_TYPE,
    CORE_TYPE,
    CUSTOM_TYPE,
    Properties,
    app_xml,
    core_xml,
    custom_xml,
    full_language,
)

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_KEPT = frozenset(
    ("styles", "numbering", "theme", "settings", "fontTable", "webSettings", "footnotes", "endnotes", "customXml")
)
_FONTS = (
    f'<w:fonts xmlns:w="{W}"><w:font w:name="{SANS}"><w:altName w:val="Helvetica"/><w:family w:val="swiss"/>'
    f'<w:pitch w:val="variable"/></w:font><w:font w:name="{MONO}"><w:altName w:val="DejaVu Sans Mono"/>'
    '<w:family w:val="modern"/><w:pitch w:val="fixed"/></w:font></w:fonts>'
)


@dataclass(frozen=True, slots=True)
class Page:
    """Paper and margins of the template, twips, portrait."""

    width: int = 11906
    height: int = 16838
    top: int = 1474
    bottom: int = 1304
    side: int = 1247
    header: int = 567
    footer: int = 510

    def text_width(self, landscape: bool) -> int:
        """Width between the margins."""
        return (self.height if landscape else self.width) - 2 * self.side

    def text_height(self, landscape: bool) -> int:
        """Height between the margins."""
        return (self.width if landscape else self.height) - self.top - self.bottom


class Frame:
    """One package in the making."""

    def __init__(self, template: Path | None) -> None:
        """Open the template.

        Raises:
            RenderError: the template cannot be used.
        """
        self._docx = _opened(template) if template else _document(_blank())
        self._part: Any = self._docx.part
        self.own_template = template is not None
        self._forget_text()
        self.page = self._page() if template else Page()
        self.styles: StyleIndex
        self.styles, self.created = add_styles(self._docx.styles.element, self.page.text_width(False))
        self._addresses: dict[tuple[bool, str], str] = {}
        self._pictures: dict[tuple[bool, str], str] = {}
        self._notes: Any = None
        self._in_notes = False

    def _forget_text(self) -> None:
        # What the template's own text brought with it, such as pictures, links, heads and comments, goes with the text.
        rels = self._part.rels
        for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] not in _KEPT]:
            rels.pop(key)

    def relate(self, address: str) -> str:
        """Return the relationship id of an outside address that was vetted."""
        key = (self._in_notes, address)
        if key not in self._addresses:
            self._addresses[key] = self._home().relate_to(address, f"{R}/hyperlink", is_external=True)
        return self._addresses[key]

    def add_picture(self, data: bytes, media_type: str, sha256: str) -> str:
        """Return the relationship id of a picture; equal pictures are kept once."""
        key = (self._in_notes, sha256)
        if key not in self._pictures:
            ending = media_type.removeprefix("image/")
            name = f"/word/media/valgen{len(self._pictures) + 1}.{ending}"
            self._pictures[key] = self._add(name, media_type, data, "image", self._home())
        return self._pictures[key]

    @contextmanager
    def in_footnotes(self) -> Iterator[None]:
        """Let links and pictures meanwhile belong to the footnotes."""
        self._in_notes = True
        try:
            yield
        finally:
            self._in_notes = False

    def footnotes(self) -> bytes:
        """Return the template's footnotes part, empty for none."""
        for rel in self._part.rels.values():
            if rel.reltype == f"{R}/footnotes":
                return bytes(rel.target_part.blob)
        return b""

    def set_footnotes(self, xml: bytes) -> None:
        """Put the footnotes into their part, in place of the template's."""
        part = self._notes_part()
        part._blob = xml

    def settings(self) -> Any:
        """Return the settings element, to be added to."""
        return self._docx.settings.element

    def _home(self) -> Any:
        return self._notes_part() if self._in_notes else self._part

    def _notes_part(self) -> Any:
        if self._notes is None:
            from docx.opc.packuri import PackURI
            from docx.opc.part import Part

            for key in [key for key, rel in self._part.rels.items() if rel.reltype == f"{R}/footnotes"]:
                self._part.rels.pop(key)
            name, kind = PackURI("/word/footnotes.xml"), f"{_CONTENT}footnotes+xml"
            self._notes = Part(name, kind, b"", self._part.package)
            self._part.relate_to(self._notes, f"{R}/footnotes")
        return self._notes

    def add_header(self, name: str, xml: str) -> str:
        """Add a header part and return its relationship id."""
        return self._add(f"/word/{name}.xml", f"{_CONTENT}header+xml", xml.encode("utf-8"), "header")

    def add_footer(self, name: str, xml: str) -> str:
        """Add a footer part and return its relationship id."""
        return self._add(f"/word/{name}.xml", f"{_CONTENT}footer+xml", xml.encode("utf-8"), "footer")

    def numbering(self) -> Any:
        """Return the numbering element, to be added to."""
        from lxml import etree

        for rel in self._part.rels.values():
            if rel.reltype == f"{R}/numbering" and hasattr(rel.target_part, "element"):
                return rel.target_part.element
        from docx.parts.numbering import NumberingPart

        element = etree.fromstring(f'<w:numbering xmlns:w="{W}"/>')
        from docx.opc.packuri import PackURI

        part = NumberingPart(PackURI("/word/numbering.xml"), f"{_CONTENT}numbering+xml", element, self._part.package)
        self._part.relate_to(part, f"{R}/numbering")
        return element

    def close(self, document: Document, digest: str, document_xml: str) -> bytes:
        """Return the finished file."""
        self._properties(document, digest)
        self._language(document.language)
        body = self._docx.element.body
        for child in list(body):
            body.remove(child)
        target = io.BytesIO()
        self._docx.save(target)
        parts = unpack(target.getvalue())
        parts[self._part.partname.lstrip("/")] = document_xml.encode("utf-8")
        return pack(parts)

    def _add(self, name: str, content_type: str, data: bytes, kind: str, home: Any = None) -> str:
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        part = Part(PackURI(name), content_type, data, self._part.package)
        return str((home or self._part).relate_to(part, f"{R}/{kind}"))

    def _page(self) -> Page:
        section = self._docx.sections[-1]

        def twips(value: Any, default: int) -> int:
            return round(value / 635) if value else default

        width, height = twips(section.page_width, 11906), twips(section.page_height, 16838)
        side = max(twips(section.left_margin, 1247), twips(section.right_margin, 1247), 400)
        return Page(
            width=min(width, height),
            height=max(width, height),
            top=max(abs(twips(section.top_margin, 1474)), 400),
            bottom=max(abs(twips(section.bottom_margin, 1304)), 400),
            side=min(side, min(width, height) // 4),
            header=twips(section.header_distance, 567),
            footer=twips(section.footer_distance, 510),
        )

    def _language(self, language: str) -> None:
        from lxml import etree

        tag = full_language(language)
        root = self._docx.styles.element
        defaults = root.find(f"{{{W}}}docDefaults/{{{W}}}rPrDefault/{{{W}}}rPr")
        if defaults is None:
            return
        lang = defaults.find(f"{{{W}}}lang")
        if lang is None:
            lang = etree.SubElement(defaults, f"{{{W}}}lang")
        lang.set(f"{{{W}}}val", tag)

    def _properties(self, document: Document, digest: str) -> None:
        package = self._part.package
        properties = Properties(
            title=document.title,
            type=document.type,
            number=document.number,
            version=document.version,
            status=document.status,
            system=document.system,
            marks=document.marks,
            digest=digest,
            language=document.language,
        )
        wanted = {
            _CORE: ("/docProps/core.xml", CORE_TYPE, core_xml(properties)),
            f"{R}/extended-properties": ("/docProps/app.xml", APP_TYPE, app_xml()),
            f"{R}/custom-properties": ("/docProps/custom.xml", CUSTOM_TYPE, custom_xml(properties)),
        }
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        for key in [key for key, rel in package.rels.items() if rel.reltype in wanted or "thumbnail" in rel.reltype]:
            package.rels.pop(key)
        for kind, (name, content_type, xml) in wanted.items():
            package.relate_to(Part(PackURI(name), content_type, xml.encode("utf-8"), package), kind)


def _document(data: bytes) -> Any:
    import docx

    return docx.Document(io.BytesIO(data))


def _opened(template: Path) -> Any:
    data = opened_template(template)
    try:
        opened = _document(data)
        _ = opened.styles.element, opened.element.body, opened.sections[-1]
    except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        raise RenderError(
            f"Word template {template.name} lacks a part that every Word document has ({error})",
            why="its styles and its page are used for every document of the pack",
            fix="open it in Word, save it as .docx, and build again",
            code="VG701",
        ) from error
    return opened


@lru_cache(maxsize=1)
def _blank() -> bytes:
    """Return python-docx's default template with valgen's styles and settings in place of its own."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    part: Any = document.part
    for rel in part.rels.values():
        kind = rel.reltype.rsplit("/", 1)[-1]
        if kind == "styles":
            rel.target_part._element = parse_xml(base_styles_xml())
        elif kind == "settings":
            rel.target_part._element = parse_xml(_settings_xml())
        elif kind == "fontTable":
            rel.target_part._blob = _FONTS.encode("utf-8")
    gone = ("numbering", "customXml", "stylesWithEffects", "webSettings", "customProperties")
    for key in [key for key, rel in part.rels.items() if rel.reltype.rsplit("/", 1)[-1] in gone]:
        part.rels.pop(key)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _settings_xml() -> str:
    # No updateFields: Word would greet every reader with a question about fields from other files.
    uri = "http://schemas.microsoft.com/office/word"
    compat = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="{uri}" w:val="{value}"/>'
        for name, value in (
            ("compatibilityMode", "15"),
            ("overrideTableStyleFontSizeAndJustification", "1"),
            ("enableOpenTypeFeatures", "1"),
            ("doNotFlipMirrorIndents", "1"),
        )
    )
    return (
        f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="567"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:compat>{compat}</w:compat><w:themeFontLang w:val="en-GB"/>'
        '<w:clrSchemeMapping w:bg1="light1" w:t1="dark1" w:bg2="light2" w:t2="dark2" w:accent1="accent1" '
        'w:accent2="accent2" w:accent3="accent3" w:accent4="accent4" w:accent5="accent5" w:accent6="accent6" '
        'w:hyperlink="hyperlink" w:followedHyperlink="followedHyperlink"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )
