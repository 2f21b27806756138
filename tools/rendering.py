"""What the checks of ``check_rendering.py`` share: a check with its figures, programs, texts without white space."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ID = re.compile(r"\b(?:URS|FS|CS|DS|RSK|SOP|SUP|CR|IQ|OQ|PQ|DEV)-\d(?:[\w.-]*\w)?(?:\[\w+\])?")
_DROPPED = dict.fromkeys(map(ord, "\xad\u200b\u200c\u2060\ufeff"))
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold: for how many of what, and where it does not."""

    what: str
    total: int
    bad: tuple[str, ...] = ()
    figures: str = ""

    @property
    def ok(self) -> bool:
        """Whether it holds; what was looked for nowhere does not."""
        return self.total > 0 and not self.bad

    def __str__(self) -> str:
        lines = [f"{'ok  ' if self.ok else 'FAIL'} {self.what}: {max(self.total - len(self.bad), 0)} of {self.total}"]
        lines[0] += f" ({self.figures})" if self.figures else ""
        lines += [f"       {one[:200]}" for one in self.bad[:_SHOWN]]
        lines += [f"       and {len(self.bad) - _SHOWN} more"] if len(self.bad) > _SHOWN else []
        return "\n".join(lines)


class Heading(NamedTuple):
    """A heading of a Word file and what stands under it."""

    text: str
    ids: tuple[str, ...]


def tight(text: str) -> str:
    """Return text without white space and characters that only guide line breaks."""
    return "".join(text.split()).translate(_DROPPED)


def shown(*command: str | Path, timeout: int = 120) -> str:
    """Return what a program prints; what it complains of is left to the checks."""
    done = subprocess.run([str(one) for one in command], capture_output=True, timeout=timeout)
    return done.stdout.decode("utf-8", "replace")


def pages_of(path: Path, *options: str) -> list[str]:
    """Return the text of each page of a PDF."""
    return shown("pdftotext", "-enc", "UTF-8", *options, path, "-").removesuffix("\f").split("\f")


def page_count(path: Path) -> int:
    """Return the number of pages of a PDF; 0 when it cannot be read."""
    found = re.search(r"^Pages:\s+(\d+)", shown("pdfinfo", path), re.M)
    return int(found[1]) if found else 0


def volumes(pack: Path, key: str) -> list[Path]:
    """Return the PDF files of a document: ``pdf/KEY.pdf``, and ``pdf/KEY.2.pdf`` and so on where it is long."""
    further = (path for path in (pack / "pdf").glob(f"{key}.*.pdf") if path.name.split(".")[-2].isdigit())
    first = pack / "pdf" / f"{key}.pdf"
    return [first] * first.is_file() + sorted(further, key=lambda path: int(path.name.split(".")[-2]))


def outline(path: Path) -> list[Heading]:
    """Return the headings of a Word file in order, each with the ids that stand between it and the next."""
    opened = docx.Document(str(path))
    levels = {
        one.style_id
        for one in opened.styles
        if one.element.find(f"{W}pPr/{W}outlineLvl") is not None or re.fullmatch(r"heading [1-9]", one.name or "", re.I)
    }
    found: list[tuple[str, list[str]]] = []
    for paragraph in opened.element.body.iter(f"{W}p"):
        text = "".join(_texts(paragraph))
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in levels:
            found.append((text, []))
        elif found:
            found[-1][1].extend(ID.findall(text))
    return [Heading(text, tuple(ids)) for text, ids in found]


def marks(path: Path) -> tuple[str, ...]:
    """Return the marks that every section of a Word file has in its head, such as DRAFT."""
    heads = ["".join(_texts(one.header._element)) for one in docx.Document(str(path)).sections]
    return tuple(mark for mark in ("DRAFT", "DRY RUN") if all(mark in head for head in heads))


def property_of(path: Path, name: str) -> str:
    """Return a custom property of a Word file; empty when it has none of this name."""
    for part in docx.Document(str(path)).part.package.iter_parts():
        if str(part.partname) == "/docProps/custom.xml":
            for one in ElementTree.fromstring(part.blob):
                if one.get("name") == name:
                    return "".join(one.itertext())
    return ""


def _texts(element: ElementTree.Element) -> Iterable[str]:
    for node in element.iter():
        if node.tag == f"{W}t":
            yield node.text or ""
        elif node.tag in (f"{W}tab", f"{W}br"):
            yield " "
