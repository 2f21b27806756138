"""The package around a document: template, styles, relations, properties.

A frame is a Word package in the making. It comes from the company's template, or, without one, from python-docx's
own with valgen's styles. The writer adds parts and relations to it and closes it with the finished body. No dates
are written into the properties: the document's dates stand in its text, and a time of rendering would make equal
content unequal.

Source: design.md §6 (Word), integrity.md D-5 and H-8.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from valgen.documents.blocks import Document
from valgen.errors import RenderError, Severity
from valgen.writers.docx.anatomy import SIDES, Anatomy, anatomy, company_name, default_style, text_face
from valgen.writers.docx.contract import check_template
from valgen.writers.docx.elements import R, related, val, w
from valgen.writers.docx.measure import stretch
from valgen.writers.docx.numbered import numbered_headings
from valgen.writers.docx.page import own_properties
from valgen.writers.docx.placeholders import Values
from valgen.writers.docx.stylematch import is_style, match_styles
from valgen.writers.docx.styles import MONO, SANS, StyleIndex, W, base_styles_xml
from valgen.writers.docx.template import template_bytes
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

_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_KEPT = frozenset(
    ("styles", "numbering", "theme", "settings", "fontTable", "webSettings", "footnotes", "endnotes", "customXml")
)
_UNWANTED_SETTINGS = ("updateFields", "trackRevisions", "attachedTemplate", "mailMerge", "documentProtection")
"""Settings of a template that would ask readers questions, or would keep them from commenting."""

BUILT_IN = frozenset(("title", "subject", "keywords", "author", "comments", "category", "company", "manager"))
"""Properties that every file has, which are no custom properties."""

_FONTS = (
    f'<w:fonts xmlns:w="{W}"><w:font w:name="{SANS}"><w:altName w:val="Helvetica"/><w:family w:val="swiss"/>'
    f'<w:pitch w:val="variable"/></w:font><w:font w:name="{MONO}"><w:altName w:val="DejaVu Sans Mono"/>'
    '<w:family w:val="modern"/><w:pitch w:val="fixed"/></w:font></w:fonts>'
)
PAGE_FACTS = "VG710"
"""Code of a template whose heads and feet do not show every fact; valgen adds them to the foot."""


class Frame:
    """One package in the making."""

    def __init__(self, template: Path | None, *, controlled: bool = True) -> None:
        """Open the template.

        Args:
            template: company's file, None for valgen's own.
            controlled: whether the document is one of a pack, whose every page must name it; a handbook is none.

        Raises:
            RenderError: the template cannot be used.
        """
        self.controlled = controlled
        self.template = _opened(template) if template else anatomy(blank_package())
        self._docx = self.template.docx
        self._part: Any = self._docx.part
        self.own_template = template is not None
        chosen = {name: text for name, text in self.template.properties.items() if is_style(name)}
        self.page = self.template.main.page
        matched = match_styles(self.template.styles, self.page.text_width(False), chosen, self.template.theme)
        self.styles: StyleIndex = matched.ids
        self.created = matched.created
        if self.template.content < 0:
            self.template.take_own_body(self.styles)
        self.stretch = self._stretch()
        self._numbered = numbered_headings(self.template.styles, self._part, self.styles)
        self._forget()
        self._used_names = {str(part.partname).casefold() for part in self._part.package.iter_parts()}
        self._addresses: dict[tuple[bool, str], str] = {}
        self._pictures: dict[tuple[bool, str], str] = {}
        self._notes: Any = None
        self._in_notes = False

    def _stretch(self) -> float:
        """Return how wide the template's table text runs, for the widths of columns."""
        if not self.own_template:
            return 1.0
        key = self.styles["valgen Table Text"]
        for style in self.template.styles.iterchildren(w("style")):
            if style.get(w("styleId")) == key:
                size, face = val(style, "rPr/sz", "17"), style.find(f"{w('rPr')}/{w('rFonts')}")
                name = face.get(w("ascii"), "") if face is not None else ""
                return stretch(name or text_face(self.template), int(size) if size.isdecimal() else 17)
        return 1.0

    def _forget(self) -> None:
        """Let go what the template's text no longer needs: old heads, comments, pictures and links out of use."""
        rels = self._part.rels
        used = related(self.template.body) if not self.template.own_body else set()
        dropped = {f"{side}Reference" for side in SIDES}
        heads = {
            node.get(f"{{{R}}}id") for node in self.template.body.iter(*(w(tag) for tag in dropped))
        }  # fmt: skip
        for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] not in _KEPT]:
            if key not in used or key in heads:
                rels.pop(key)
        settings = self._docx.settings.element
        for tag in _UNWANTED_SETTINGS:
            for node in settings.findall(w(tag)):
                settings.remove(node)

    def number_off(self, level: int) -> str:
        """Return properties for a heading whose style numbers by itself, empty for any other."""
        found = self._numbered.get(level)
        return found.off if found else ""

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
            name = self._free_name(f"/word/media/valgen{len(self._pictures) + 1}", ending)
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

    def add_head(self, name: str, side: str, root: Any, origin: Any) -> str:
        """Add a head or foot and return its relationship id.

        Args:
            name: of the part, without folder and ending.
            side: header or footer.
            root: its content.
            origin: part of the template that it was made from, whose relations it takes over; None for none.
        """
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree

        data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        place = self._free_name(f"/word/{name}", "xml")
        part = Part(PackURI(place), f"{_CONTENT}{side}+xml", data, self._part.package)
        used = related(root)
        for key, rel in origin.rels.items() if origin is not None else ():
            if key in used:
                target = rel.target_ref if rel.is_external else rel.target_part
                part.load_rel(rel.reltype, target, key, rel.is_external)
        return str(self._part.relate_to(part, f"{R}/{side}"))

    def _free_name(self, stem: str, ending: str) -> str:
        number, found = 2, f"{stem}.{ending}"
        while found.casefold() in self._used_names:
            found, number = f"{stem}-{number}.{ending}", number + 1
        self._used_names.add(found.casefold())
        return found

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

    def close(self, document: Document, digest: str, values: Values, document_xml: str) -> bytes:
        """Return the finished file."""
        self._properties(document, digest, values)
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

    def _language(self, language: str) -> None:
        from lxml import etree

        tag = full_language(language)
        root = self.template.styles
        defaults = root.find(w("docDefaults"))
        if defaults is None:
            defaults = etree.Element(w("docDefaults"))
            root.insert(0, defaults)
        run = root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
        if run is None:
            holder = defaults.find(w("rPrDefault"))
            if holder is None:
                holder = etree.Element(w("rPrDefault"))
                defaults.insert(0, holder)
            run = etree.SubElement(holder, w("rPr"))
        lang = run.find(w("lang"))
        if lang is None:
            lang = etree.SubElement(run, w("lang"))
        lang.set(w("val"), tag)
        # A language of the style of all paragraphs would win over the one of the document.
        normal = default_style(root)
        for style in root.iterchildren(w("style")):
            if style.get(w("styleId")) == normal:
                for node in style.findall(f"{w('rPr')}/{w('lang')}"):
                    node.set(w("val"), tag)

    def _properties(self, document: Document, digest: str, values: Values) -> None:
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
            f"{R}/extended-properties": ("/docProps/app.xml", APP_TYPE, app_xml(company_name(package))),
            f"{R}/custom-properties": (
                "/docProps/custom.xml",
                CUSTOM_TYPE,
                custom_xml(properties, self._further(properties, values)),
            ),
        }
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        for key in [key for key, rel in package.rels.items() if rel.reltype in wanted or "thumbnail" in rel.reltype]:
            package.rels.pop(key)
        for kind, (name, content_type, xml) in wanted.items():
            package.relate_to(Part(PackURI(name), content_type, xml.encode("utf-8"), package), kind)

    def _further(self, properties: Properties, values: Values) -> tuple[tuple[str, str], ...]:
        """Return the template's own properties, and one for each field of it that shows a fact of the document."""
        own = {name.casefold() for name, _ in properties.custom()}
        found: dict[str, tuple[str, str]] = {}
        for name, text in self.template.properties.items():
            if not is_style(name):
                shown = values.property(name)
                found[name.casefold()] = (name, text if shown is None else shown)
        for name in self.template.shown_properties():
            shown = values.property(name)
            if shown is not None and name.casefold() not in BUILT_IN:
                found.setdefault(name.casefold(), (name, shown))
        return tuple(pair for key, pair in found.items() if key not in own)


def _opened(template: Path) -> Anatomy:
    found = [one for one in check_template(template) if one.severity is Severity.ERROR and one.code != PAGE_FACTS]
    if found:
        raise RenderError(
            f"Word template {template.name} cannot be used: " + "; ".join(one.message for one in found),
            why="the template becomes part of every document of the pack",
            fix=f"see `valgen template check {template.name}`; mend the template in Word, or do without it",
            code=found[0].code,
        )
    return anatomy(template_bytes(template))


@lru_cache(maxsize=1)
def blank_package() -> bytes:
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
    body = document.element.body
    for child in list(body):
        body.remove(child)
    body.append(own_properties())
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
