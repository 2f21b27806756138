"""Fonts: which there are, which characters they have, how wide these are.

valgen brings its own fonts and uses none of the computer, so that a document looks the same everywhere. They cover
Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic, Thai, Lao, Khmer, the large scripts of India, mathematics
and symbols. A project may add fonts of its own for others; they are asked after valgen's, in the order of their file
names.

Of a font file only what is needed is read here: its family, its table of characters and the widths of the plain
ones. A file that is no font, a link, or a font that a reader may not embed, is left out and reported.

Source: issue of the PDF writer; OpenType specification, tables cmap, name, OS/2 and hmtx.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from valgen.codes import finding
from valgen.errors import Finding
from valgen.source import SourceLocation

SHIPPED = Path(__file__).parent / "fonts"
SANS = "Liberation Sans"
MONO = "Liberation Mono"

_ENDINGS = (".ttf", ".otf")
_LARGEST = 64 * 1024 * 1024
_RESTRICTED = 0x0002  # OS/2 fsType: may not be embedded without leave of its maker


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: family name and the characters that it has."""

    family: str
    characters: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """The fonts of one document.

    Attributes:
        own: files of the project; Typst is given these and no others of their folder.
        families: names in the order in which they are asked for a character, without the two main ones.
        characters: code points that at least one of them has.
        findings: files that cannot be used.
    """

    families: tuple[str, ...]
    characters: frozenset[int]
    findings: tuple[Finding, ...]
    own: tuple[Path, ...] = ()


class NotAFont(ValueError):
    """The bytes are not those of a font that may be embedded; the message says why."""


def find_faces(own: Path | None = None) -> Faces:
    """Return valgen's fonts and those of a project.

    Args:
        own: folder with .ttf and .otf files of the project, None or missing for none.
    """
    families, characters = _shipped()
    own_files = sorted(own.iterdir()) if own is not None and own.is_dir() else []
    files = [path for path in own_files if path.suffix.lower() in _ENDINGS and path.is_file()]
    if own is None or not files:
        return Faces(families=families, characters=characters, findings=())
    names, covered, findings, used = list(families), set(characters), [], []
    for path in files:
        try:
            if path.is_symlink():
                raise NotAFont("it is a link")
            if path.stat().st_size > _LARGEST:
                raise NotAFont("it is larger than 64 MB")
            face = read_face(path.read_bytes())
        except (OSError, NotAFont) as error:
            findings.append(
                finding("VG731", f"font file {path.name} is not used: {error}", SourceLocation(_shown(path)))
            )
            continue
        used.append(path)
        covered |= face.characters
        if face.family not in names:
            names.append(face.family)
    return Faces(families=tuple(names), characters=frozenset(covered), findings=tuple(findings), own=tuple(used))


def read_face(data: bytes) -> Face:
    """Read family and characters of a font file.

    Raises:
        NotAFont: it is none, is damaged, or may not be embedded.
    """
    try:
        tables = _tables(data)
        if struct.unpack_from(">H", tables["OS/2"], 8)[0] & 0x000F == _RESTRICTED:
            raise NotAFont("its maker does not allow embedding")
        glyphs = _glyphs(tables["cmap"])
        family = _family(tables["name"])
    except (struct.error, KeyError, IndexError, UnicodeDecodeError) as error:
        raise NotAFont("it is damaged or no OpenType font") from error
    if not family or not glyphs:
        raise NotAFont("it names no family or has no characters")
    return Face(family, frozenset(glyphs))


@lru_cache(maxsize=1)
def _shipped() -> tuple[tuple[str, ...], frozenset[int]]:
    families: list[str] = []
    characters: set[int] = set()
    # Noto Sans before the faces of single scripts, symbols last: the order in which a reader would want them.
    for path in sorted(SHIPPED.glob("*.ttf"), key=lambda path: (path.stem.startswith(_LAST), path.stem)):
        face = read_face(path.read_bytes())
        characters |= face.characters
        if face.family not in (SANS, MONO, *families):
            families.append(face.family)
    return tuple(families), frozenset(characters)


_LAST = ("NotoSansMath", "NotoSansSymbols")


@lru_cache(maxsize=2)
def advances(bold: bool) -> dict[str, int]:
    """Return the widths of the characters of the main font, in thousandths of its size."""
    data = (SHIPPED / f"LiberationSans-{'Bold' if bold else 'Regular'}.ttf").read_bytes()
    tables = _tables(data)
    (units,) = struct.unpack_from(">H", tables["head"], 18)
    (count,) = struct.unpack_from(">H", tables["hhea"], 34)
    widths = struct.unpack_from(">" + "Hh" * count, tables["hmtx"])[::2]
    glyphs = _glyphs(tables["cmap"])
    return {chr(code): widths[min(glyph, count - 1)] * 1000 // units for code, glyph in glyphs.items()}


def _shown(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _tables(data: bytes) -> dict[str, bytes]:
    if data[:4] not in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        raise NotAFont("it is no TrueType or OpenType font")
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for number in range(count):
        tag, _, at, length = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
        if at + length > len(data):
            raise NotAFont("it is cut off")
        tables[tag.decode("latin-1")] = data[at : at + length]
    return tables


def _family(table: bytes) -> str:
    """Return the family name, the typographic one before the one that old programs use."""
    _, count, start = struct.unpack_from(">HHH", table)
    found: dict[int, str] = {}
    for number in range(count):
        platform, _, language, name, length, at = struct.unpack_from(">HHHHHH", table, 6 + 12 * number)
        if platform == 3 and name in (1, 16) and (language == 0x409 or name not in found):
            found[name] = table[start + at : start + at + length].decode("utf-16-be")
    return found.get(16) or found.get(1, "")


def _glyphs(table: bytes) -> dict[int, int]:
    """Return glyph numbers by code point."""
    (count,) = struct.unpack_from(">H", table, 2)
    best: tuple[int, int] = (0, 0)
    for number in range(count):
        platform, encoding, at = struct.unpack_from(">HHL", table, 4 + 8 * number)
        (form,) = struct.unpack_from(">H", table, at)
        if (platform == 0 or (platform == 3 and encoding in (1, 10))) and form in (4, 12):
            best = max(best, (form, at))
    form, at = best
    return _format_12(table, at) if form == 12 else _format_4(table, at) if form == 4 else {}


def _format_12(table: bytes, at: int) -> dict[int, int]:
    (groups,) = struct.unpack_from(">L", table, at + 12)
    found: dict[int, int] = {}
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">LLL", table, at + 16 + 12 * number)
        if not first <= last <= 0x10FFFF:
            raise NotAFont("its table of characters is damaged")
        found.update((code, glyph + code - first) for code in range(first, last + 1) if glyph + code - first)
    return found


def _format_4(table: bytes, at: int) -> dict[int, int]:
    (double,) = struct.unpack_from(">H", table, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", table, at + 14)
    starts = struct.unpack_from(f">{count}H", table, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", table, at + 16 + 2 * double)
    offsets = struct.unpack_from(f">{count}H", table, at + 16 + 3 * double)
    found: dict[int, int] = {}
    for number in range(count):
        for code in range(starts[number], min(ends[number], 0xFFFE) + 1):
            glyph = code
            if offsets[number]:
                place = at + 16 + 3 * double + 2 * number + offsets[number] + 2 * (code - starts[number])
                (glyph,) = struct.unpack_from(">H", table, place)
                if not glyph:
                    continue
            if glyph := (glyph + deltas[number]) & 0xFFFF:
                found[code] = glyph
    return found
