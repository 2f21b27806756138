"""Which style of a company's template serves for each style that documents use.

Looked for in this order:

1. the name that a custom property of the template gives: property ``valgen Table``, value ``Company grid``;
2. the style of that name; Word keeps the English names of its own styles in the file, whatever language it speaks;
3. the same by one of the style's further names, by its id, or by the name in another language that some programs write.

A style that the template lacks is created. What is created takes the company's fonts and colours: headings follow
the next higher heading, and valgen's blue gives way to the colour of the company's headings, where text in it is
readable on white.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from valgen.writers.docx.styles import STYLES, TEXT_WIDTH, Style, StyleIndex, W, style_xml
from valgen.writers.tones import ACCENT, INK, SHADE

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LEAST_CONTRAST = 4.5

_ABROAD: Mapping[str, tuple[str, ...]] = {
    "heading {}": ("Überschrift {}", "Titre {}", "Título {}", "Titolo {}", "Kop {}", "Nagłówek {}", "Rubrik {}"),
    "toc {}": ("Verzeichnis {}", "TM {}", "TDC {}", "Sommario {}", "Inhopg {}", "Spis treści {}", "Innehåll {}"),
    "title": ("Titel", "Titre", "Título", "Titolo", "Tytuł", "Rubrik"),
    "subtitle": ("Untertitel", "Sous-titre", "Subtítulo", "Sottotitolo", "Ondertitel", "Podtytuł", "Underrubrik"),
    "toc heading": ("Inhaltsverzeichnisüberschrift", "En-tête de table des matières", "Titolo sommario"),
    "caption": ("Beschriftung", "Légende", "Descripción", "Didascalia", "Bijschrift", "Legenda", "Beskrivning"),
    "header": ("Kopfzeile", "En-tête", "Encabezado", "Intestazione", "Koptekst", "Nagłówek", "Sidhuvud"),
    "footer": ("Fußzeile", "Pied de page", "Pie de página", "Piè di pagina", "Voettekst", "Stopka", "Sidfot"),
    "quote": ("Zitat", "Citation", "Cita", "Citazione", "Citaat", "Cytat", "Citat"),
    "list paragraph": ("Listenabsatz", "Paragraphe de liste", "Párrafo de lista", "Paragrafo elenco", "Lijstalinea"),
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """A style that is there and cannot be used; ``reason`` completes the sentence "style X ..."."""

    name: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found.

    Attributes:
        ids: style ids by the name that the writer uses, created ones included.
        taken: names of the writer's styles that the template has, with the template's own name of each.
        created: names of those that were created.
        misfits: styles that cannot be used.
    """

    ids: StyleIndex
    taken: Mapping[str, str]
    created: tuple[str, ...]
    misfits: tuple[Misfit, ...]


def match_styles(root: Any, text_width: int, chosen: Mapping[str, str], theme: Any = None) -> Matched:
    """Find the writer's styles in a template and create the missing ones.

    Args:
        root: the ``w:styles`` element, to which missing styles are added.
        text_width: between the margins of an upright page, twips.
        chosen: the template's style name by the writer's one, as custom properties say.
        theme: root element of the theme, for colours; None without one.
    """
    from lxml import etree

    there = _Styles(root)
    ids: dict[str, str] = {name: one.get(_w("styleId"), "") for name, one in there.names.items()}
    ids["normal"] = there.normal()
    wanted = {name.casefold(): value for name, value in chosen.items()}
    taken: dict[str, str] = {}
    created: list[str] = []
    misfits: list[Misfit] = []
    pending: list[Style] = []
    for style in STYLES:
        element, misfit = there.find(style, wanted.get(style.name.casefold(), ""))
        if misfit:
            misfits.append(misfit)
        if element is None:
            pending.append(style)
        else:
            ids[style.name.casefold()] = element.get(_w("styleId"), "")
            taken[style.name] = there.name(element)
    company = _Company(there, ids, theme) if taken else None
    for style in pending:
        fitting = replace(style, id=there.free_id(style.id), name=there.free_name(style.name))
        if company:
            fitting = company.look(fitting, taken)
        xml = style_xml(fitting, StyleIndex(ids)).replace(TEXT_WIDTH, str(text_width))
        root.append(etree.fromstring(xml))
        there.known.add(fitting.id)
        there.names[fitting.name.casefold()] = root[-1]
        ids[style.name.casefold()] = fitting.id
        created.append(style.name)
    return Matched(StyleIndex(ids), taken, tuple(created), tuple(misfits))


def is_style(name: str) -> bool:
    """Return whether a custom property chooses a style: its name is that of a style which documents use."""
    return name.casefold() in {style.name.casefold() for style in STYLES}


class _Styles:
    """The styles of a template by name and id."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self.names: dict[str, Any] = {}
        self.known: set[str] = set()
        self.ids: dict[str, Any] = {}
        further: dict[str, Any] = {}
        for element in root.iterchildren(_w("style")):
            key = element.get(_w("styleId"), "")
            self.known.add(key)
            self.ids.setdefault(key, element)
            names = [part.strip() for part in self.name(element).split(",")]
            aliases = element.find(_w("aliases"))
            if aliases is not None:
                names += [part.strip() for part in aliases.get(_w("val"), "").split(",")]
            self.names.setdefault(names[0].casefold(), element)
            for name in names[1:]:
                further.setdefault(name.casefold(), element)
        for name, element in further.items():
            self.names.setdefault(name, element)

    def name(self, element: Any) -> str:
        name = element.find(_w("name"))
        return "" if name is None else str(name.get(_w("val"), ""))

    def find(self, style: Style, chosen: str) -> tuple[Any, Misfit | None]:
        if chosen:
            element = self.names.get(chosen.casefold())
            if element is None:
                reason = (
                    f"is named for “{style.name}” by a property of the template, but the template has no such style"
                )
                return None, Misfit(chosen, reason, "correct the name under File, Info, Properties, Advanced, Custom")
            if self._kind(element) != style.kind:
                return None, self._wrong(chosen, element, style)
            return element, None
        element = self.names.get(style.name.casefold())
        if element is not None:
            if self._kind(element) == style.kind:
                return element, None
            return None, self._wrong(style.name, element, style)
        if style.name.startswith("valgen"):
            return None, None
        by_id = next((one for key, one in self.ids.items() if key.casefold() == style.id.casefold()), None)
        candidates = [by_id, *(self.names.get(name.casefold()) for name in _abroad(style.name))]
        return next((one for one in candidates if one is not None and self._kind(one) == style.kind), None), None

    def normal(self) -> str:
        """Return the id of the style that paragraphs without one have; it is made where the template lacks it."""
        from lxml import etree

        paragraphs = [one for one in self.ids.values() if self._kind(one) == "paragraph"]
        marked = [one for one in paragraphs if one.get(_w("default")) in ("1", "true", "on")]
        named = [one for one in paragraphs if self.name(one).casefold() == "normal"]
        for element in (*marked, *named):
            return str(element.get(_w("styleId"), ""))
        key = self.free_id("Normal")
        element = etree.SubElement(self._root, _w("style"))
        for name, value in (("type", "paragraph"), ("default", "1"), ("styleId", key)):
            element.set(_w(name), value)
        etree.SubElement(element, _w("name")).set(_w("val"), self.free_name("Normal"))
        self.known.add(key)
        self.ids[key] = element
        return key

    def free_id(self, key: str) -> str:
        number, found = 2, key
        while found in self.known:
            found, number = f"{key}{number}", number + 1
        return found

    def free_name(self, name: str) -> str:
        number, found = 2, name
        while found.casefold() in self.names:
            found, number = f"{name} {number}", number + 1
        return found

    def _kind(self, element: Any) -> str:
        return str(element.get(_w("type"), "paragraph"))

    def _wrong(self, name: str, element: Any, style: Style) -> Misfit:
        return Misfit(
            name,
            f"is a {self._kind(element)} style, but a {style.kind} style is needed for “{style.name}”",
            f"rename it in Word, or make it anew as a {style.kind} style of that name",
        )


class _Company:
    """Colours of a company's template, for the styles that valgen adds."""

    def __init__(self, there: _Styles, ids: Mapping[str, str], theme: Any) -> None:
        self._there = there
        self._theme = theme
        self.accent = self._accent(ids.get("heading 1", ""))
        self.shade = _tint(self.accent) if self.accent != INK else SHADE
        self.header = self._header_color(ids.get("valgen table", ""))

    def look(self, style: Style, taken: Mapping[str, str]) -> Style:
        """Return a style in the colours of the company."""
        if style.name.startswith("heading "):
            level = int(style.name.removeprefix("heading "))
            higher = [number for number in range(1, level) if f"heading {number}" in taken]
            if higher:
                outline = f'<w:outlineLvl w:val="{level - 1}"/>'
                return replace(style, based=f"heading {higher[-1]}", ppr=outline, rpr="")
        if style.name == "valgen Table Header" and "valgen Table" in taken:
            color = f'<w:color w:val="{self.header}"/>' if self.header else ""
            return replace(style, rpr=f"<w:b/>{color}")
        swap = {ACCENT: self.accent, SHADE: self.shade}
        ppr, rpr, rest = style.ppr, style.rpr, style.rest
        for old, new in swap.items():
            ppr, rpr, rest = ppr.replace(old, new), rpr.replace(old, new), rest.replace(old, new)
        return replace(style, ppr=ppr, rpr=rpr, rest=rest)

    def _accent(self, key: str) -> str:
        for element in self._chain(key):
            color = self._color(element.find(f"{_w('rPr')}/{_w('color')}"))
            if color:
                return color if contrast(color) >= _LEAST_CONTRAST else INK
        return INK

    def _header_color(self, key: str) -> str:
        """Colour of text in the first row of the company's table style; empty when the style says nothing."""
        for element in self._chain(key):
            for part in element.iterchildren(_w("tblStylePr")):
                if part.get(_w("type")) != "firstRow":
                    continue
                color = self._color(part.find(f"{_w('rPr')}/{_w('color')}"))
                if color:
                    return color
                fill = part.find(f"{_w('tcPr')}/{_w('shd')}")
                back = self._color(fill, "fill", "themeFill")
                if back:
                    return "FFFFFF" if contrast(back) >= _LEAST_CONTRAST else INK
        return ""

    def _chain(self, key: str) -> list[Any]:
        found: list[Any] = []
        while key and len(found) < 20:
            element = self._there.ids.get(key)
            if element is None or element in found:
                break
            found.append(element)
            based = element.find(_w("basedOn"))
            key = based.get(_w("val"), "") if based is not None else ""
        return found

    def _color(self, node: Any, plain: str = "val", themed: str = "themeColor") -> str:
        if node is None:
            return ""
        value = str(node.get(_w(plain), ""))
        if len(value) == 6 and all(char in "0123456789abcdefABCDEF" for char in value):
            return value.upper()
        name = {"text1": "dk1", "text2": "dk2", "background1": "lt1", "background2": "lt2", "dark1": "dk1",
                "dark2": "dk2", "light1": "lt1", "light2": "lt2"}.get(str(node.get(_w(themed), "")))  # fmt: skip
        name = name or str(node.get(_w(themed), ""))
        if self._theme is None or not name:
            return ""
        scheme = self._theme.find(f".//{{{_A}}}clrScheme/{{{_A}}}{name}") if name.isalnum() else None
        if scheme is None or not len(scheme):
            return ""
        return str(scheme[0].get("lastClr") or scheme[0].get("val") or "").upper()[:6]


def contrast(color: str) -> float:
    """Return the contrast of a colour, six hex digits, against white; from 1 to 21."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _tint(color: str) -> str:
    hue, _, saturation = colorsys.rgb_to_hls(*(int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    red, green, blue = colorsys.hls_to_rgb(hue, 0.93, min(saturation, 0.35))
    return "".join(f"{round(part * 255):02X}" for part in (red, green, blue))


def _abroad(name: str) -> tuple[str, ...]:
    word, _, number = name.rpartition(" ")
    if number.isdigit():
        return tuple(one.format(number) for one in _ABROAD.get(f"{word} {{}}", ()))
    return _ABROAD.get(name.casefold(), ())


def _w(tag: str) -> str:
    return f"{{{W}}}{tag}"
