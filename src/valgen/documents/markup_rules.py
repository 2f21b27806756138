"""Rules about markup in texts: what is no CommonMark here is printed letter by letter, and its author should know.

HTML and pictures by a link are off in every text, so that a text can neither hide anything nor fetch anything. A tag
that somebody wrote for its look would stand as ``<b>`` in the document that goes to the reviewer. Between backticks
such signs are meant, and nothing is said.

Source: design.md §2; integrity.md H-4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.project import Project
from valgen.source import SourceLocation

_TAGS = (
    "a|abbr|b|big|blockquote|br|caption|center|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|s|small|span|"
    "strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
_HTML = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)")
_CODE = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1|\Z)|(`+).+?\2", re.DOTALL | re.MULTILINE)
_PICTURE_FIX = "name the file in the field figures of an item, as figures: [file.png | caption]"


def check_markup(project: Project) -> Iterator[Finding]:
    """Yield texts of items and documents that hold HTML or a picture by a link; one finding a text."""
    for item in project.items:
        if "<" in item.text or "![" in item.text:
            yield from _of_text(f"the text of {item.id}", item.text, item.where("text"), (item.id,))
        for name, value in item.fields.items():
            if isinstance(value, str) and ("<" in value or "![" in value):
                yield from _of_text(f"{name} of {item.id}", value, item.where(name), (item.id,))
    for prose in project.prose.values():
        if "<" in prose.text or "![" in prose.text:
            bare = _without_code(prose.text)
            match = _HTML.search(bare) or _PICTURE.search(bare)
            if match:
                line = bare.count("\n", 0, match.start()) + 1
                column = match.start() - (bare.rfind("\n", 0, match.start()) + 1) + 1
                where = SourceLocation(prose.path, line, column, len(match.group()))
                yield _printed(f"{prose.key}.md", match.group(), where, (prose.key,))


def _of_text(what: str, text: str, where: SourceLocation, ids: tuple[str, ...]) -> Iterator[Finding]:
    bare = _without_code(text)
    match = _HTML.search(bare) or _PICTURE.search(bare)
    if match:
        yield _printed(what, match.group(), where, ids)


def _printed(what: str, sign: str, where: SourceLocation, ids: tuple[str, ...]) -> Finding:
    shown = sign if len(sign) <= 40 else f"{sign[:39]}…"
    fix = _PICTURE_FIX if sign.startswith("!") else ""
    return finding("VG186", f"{what} holds {shown}, which is printed as it was typed", where, ids=ids, fix=fix)


def _without_code(text: str) -> str:
    """Return text of the same length in which code is blank."""
    if "`" not in text and "~~~" not in text:
        return text
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
