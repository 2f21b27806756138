"""Rules about prose: sections that templates require are written; each activity has one accountable role.

Markup in texts is looked at in `markup_rules`.

Source: design.md §3.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from valgen.codes import finding
from valgen.documents.accountability import mistakes, own_matrix
from valgen.documents.conclusions import check_conclusions
from valgen.documents.markup_rules import check_markup
from valgen.errors import Finding
from valgen.model.project import DocumentEntry, Project, Prose
from valgen.source import SourceLocation

REQUIRED_SECTIONS: dict[str, tuple[str, ...]] = {
    "GXPA": ("Intended use", "Electronic records and signatures", "Open or closed system"),
    "VP": ("Scope", "Intended use", "Schedule"),
    "URS": ("Scope", "Process description", "Users and roles"),
    "FS": ("Scope",),
    "DS": ("Scope", "Architecture"),
    "RA": ("Team",),
    "IQ": ("Scope", "Entry criteria"),
    "OQ": ("Scope", "Entry criteria"),
    "PQ": ("Scope", "Entry criteria"),
    "VSR": ("Scope",),
    "TRAINING": ("Roles and curricula",),
    "SUP": ("Scope", "Conclusion", "Next review"),
    "REVIEW": ("Scope", "System and baseline", "Conclusion", "Next review"),
    "ATR": ("Scope", "Period", "Population and filter", "Reviewer", "Exceptions", "Conclusion"),
}
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}#{1,2}[ \t]+(.*?)[ \t]*#*[ \t]*$")


def check_documents(project: Project) -> Iterator[Finding]:
    """Yield required sections that nobody wrote, wrong conclusions, and faults of a project's own matrix of roles."""
    headings = {key: _headings(prose) for key, prose in project.prose.items()}
    for entry in project.documents:
        if entry.planned != "yes":
            continue
        for title in REQUIRED_SECTIONS.get(entry.type, ()):
            keys = tuple(dict.fromkeys((entry.key, entry.type)))
            written = any(headings.get(key, {}).get(title.casefold()) for key in keys)
            if not written:
                yield _missing(entry, title, keys, project, headings)
    yield from check_conclusions(project)
    yield from check_markup(project)
    yield from _responsibilities(project)


def _responsibilities(project: Project) -> Iterator[Finding]:
    keys = {entry.key for entry in project.documents if entry.type == "VP"} | {"VP"}
    for key in sorted(keys & project.prose.keys()):
        prose = project.prose[key]
        for one, what in mistakes(own_matrix(prose)):
            text = f"the activity {one.name or '(without a name)'}: {what}"
            yield finding("VG354", text, SourceLocation(prose.path, one.line, 1), ids=(key,))


def _missing(
    entry: DocumentEntry, title: str, keys: tuple[str, ...], project: Project, headings: dict[str, dict[str, int]]
) -> Finding:
    folder = project.settings.paths.documents
    for key in keys:
        if key in project.prose:
            path = project.prose[key].path
            line = _line_of(project.prose[key], title)
            text = f"section {title} of {entry.key} is {'empty' if line else 'missing'}"
            return finding("VG341", text, SourceLocation(path, line or 1, 1), ids=(entry.key,))
    return finding(
        "VG341", f"section {title} of {entry.key} is missing: {folder}/{keys[-1]}.md does not exist", entry.location,
        ids=(entry.key,), fix=f"write it under a heading {title} in {folder}/{keys[-1]}.md",
    )  # fmt: skip


def _headings(prose: Prose) -> dict[str, int]:
    """Map each heading of the first two levels to the number of characters written under it."""
    found: dict[str, int] = {}
    title, fence = "", ""
    for line in prose.text.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark.group(1)
        heading = None if fence else _HEADING.match(line)
        if heading:
            title = heading.group(1).casefold()
            found.setdefault(title, 0)
        elif title:
            found[title] += len(line.strip())
    return found


def _line_of(prose: Prose, title: str) -> int:
    for number, line in enumerate(prose.text.splitlines(), 1):
        heading = _HEADING.match(line)
        if heading and heading.group(1).casefold() == title.casefold():
            return number
    return 0
