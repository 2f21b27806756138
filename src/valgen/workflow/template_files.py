"""Files of the templates folder: templates that somebody names to be checked, and files that decide nothing.

A file in another Word format, a logo that is no picture or a font in the wrong place looks as if it decided something.

Source: design.md §3.1 (paths), §7 (check).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.codes import finding
from valgen.errors import Finding, SourceError
from valgen.readers.settings import find_project
from valgen.source import SourceLocation
from valgen.workflow.load import load
from valgen.workflow.templates import ENDING, template_findings

if TYPE_CHECKING:
    from valgen.workflow.word_template import CheckedTemplate

_OTHER_WORD = (".doc", ".dot", ".docm", ".dotm", ".odt", ".ott", ".rtf")
_PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".webp", ".pdf")
_OTHER_FONTS = (".woff", ".woff2", ".eot", ".pfb", ".pfa")


def check_template_files(
    start: Path, files: Iterable[Path] = ()
) -> tuple[Path, tuple[CheckedTemplate, ...], tuple[Finding, ...]]:
    """Check templates: document templates as the project uses them, Word templates wherever they are.

    Args:
        start: folder from which the project is looked for.
        files: what to check; all of the project when there are none.

    Returns:
        the folder to which places are relative, Word templates that were checked, and every finding.

    Raises:
        SourceError: there is nothing to check, or a document template is no part of the project.
    """
    from valgen.workflow.word_template import check_word_templates

    named = tuple(files)
    documents = {path.resolve() for path in named if path.suffix.lower() == ENDING}
    word = tuple(path for path in named if path.resolve() not in documents)
    about: tuple[Finding, ...] = ()
    own = False
    if documents or not named:
        root = find_project(start)
        loaded = load(root)
        folder = root / loaded.project.settings.paths.templates
        own = any(folder.glob(f"*{ENDING}"))
        outside = [path for path in sorted(documents) if path.parent != folder.resolve()]
        if outside:
            raise SourceError(
                f"{outside[0].name} is no template of the project in {root.name}",
                why="what may stand in a document template depends on the project that uses it",
                fix=f"put it into {loaded.project.settings.paths.templates}/",
            )
        wanted = {path.relative_to(root.resolve()).as_posix() for path in documents}
        about = tuple(
            one
            for one in template_findings(root, loaded.project, loaded.graph)
            if one.location
            and (one.location.path in wanted or (not named and one.location.path.lower().endswith(ENDING)))
        )
    try:
        place, checked, choice = check_word_templates(start, word) if word or not named else (root, (), ())
    except SourceError:
        if not own:
            raise
        place, checked, choice = root, (), ()
    return place, checked, (*about, *choice, *(one for template in checked for one in template.findings))


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
