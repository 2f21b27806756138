"""Files of the templates folder that look as if they decided something and do not: other Word formats, logos, fonts.

Source: design.md §3.1 (paths), §7 (check).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from valgen.codes import finding
from valgen.errors import Finding
from valgen.source import SourceLocation

_OTHER_WORD = (".doc", ".dot", ".docm", ".dotm", ".odt", ".ott", ".rtf")
_PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".webp", ".pdf")
_OTHER_FONTS = (".woff", ".woff2", ".eot", ".pfb", ".pfa")


def unused_files(files: Iterable[Path], folder: Path, root: Path) -> Iterator[Finding]:
    """Yield files that are not used as somebody may believe.

    Args:
        files: of the templates folder, at any depth.
        folder: of the templates.
        root: of the project.
    """
    for path in files:
        problem = _problem(path, folder)
        if problem:
            what, fix = problem
            place = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
            yield finding("VG733", f"{place} is not used: {what}", SourceLocation(place), fix=fix)


def _problem(path: Path, folder: Path) -> tuple[str, str] | None:
    from valgen.workflow.writing import FONT_ENDINGS, LOGOS

    ending = path.suffix.lower()
    above = path.parent == folder
    if path.name.startswith((".", "~$")):
        return None
    if ending in _OTHER_WORD:
        return f"Word templates are .docx or .dotx, not {ending}", "open it in Word and save it as .docx"
    if above and path.stem.casefold() == "logo" and ending in _PICTURES:
        kinds = dict(LOGOS)
        if path.name not in kinds:
            return "a logo is logo.png or logo.jpg", "save the picture as logo.png"
        if not _begins_with(path, kinds[path.name]):
            return f"it is no {ending[1:].upper()} picture", f"save the picture as {path.name} again"
    if ending in FONT_ENDINGS and path.parent != folder / "fonts":
        return "fonts are taken from the folder fonts", f"move it to {folder.name}/fonts/{path.name}"
    if ending in _OTHER_FONTS:
        return f"fonts are .ttf, .otf or .ttc, not {ending}", "take the font as .ttf or .otf"
    return None


def _begins_with(path: Path, signs: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(signs)) == signs
    except OSError:
        return False
