"""Rules about frozen versions: a history grows, and changed content has a version of its own.

Only documents that were frozen are looked at, and of them only what people wrote is compared; pictures and results are
compared when a version is frozen. A document whose version was not frozen yet may change as it likes.

Both rules are errors: a version number that stands for two contents, or a history that says something else today than
in the copies in other hands, makes every reference to the document worthless.

Source: design.md §3.2 (register), domain/documents.md b.0 (revision history).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from valgen.codes import finding
from valgen.documents.catalog import DocumentSpec, entry_specs
from valgen.documents.shipped import Template
from valgen.documents.versions import Change, differences, differs, making_of, written_parts
from valgen.errors import Finding
from valgen.model.project import DocumentEntry, HistoryRow, Project
from valgen.model.version import SEEN_BY_CHECK, FrozenVersion, Versions
from valgen.source import SourceLocation
from valgen.trace.graph import Graph

_FIELDS = ("date", "author", "change_ref", "summary")
_NAMED = 5

TemplateOf = Callable[[DocumentSpec], Template | None]
"""The template of a document; None where there is none."""


def check_versions(project: Project, graph: Graph, versions: Versions, template_of: TemplateOf) -> Iterator[Finding]:
    """Yield what is wrong between the register, the content and the frozen versions.

    Args:
        project: as read.
        graph: of the same project.
        versions: that can be relied on.
        template_of: finds templates.
    """
    told: set[tuple[str, SourceLocation | None]] = set()
    known: set[str] = set()
    for entry in project.documents:
        for spec in entry_specs(entry):
            known.add(spec.key)
            frozen = versions.get(spec.key, ())
            if not frozen:
                continue
            rewritten = list(check_history(entry, frozen))
            for one in rewritten:
                # Protocol and report share one history; what is wrong with it is told once.
                if (one.code, one.location) not in told:
                    told.add((one.code, one.location))
                    yield one
            if not rewritten and entry.planned == "yes" and spec.entry.version == entry.version:
                yield from _content(project, graph, spec, frozen[-1], template_of)
    for key, frozen in versions.items():
        if key not in known:
            yield finding("VG386", f"the register has no document {key}", SourceLocation(frozen[-1].path), ids=(key,))


def check_history(entry: DocumentEntry, frozen: tuple[FrozenVersion, ...]) -> Iterator[Finding]:
    """Yield rows of a document's history that are not as they were when a version was frozen.

    Args:
        entry: of the register.
        frozen: versions of one of its documents, lowest first.
    """
    path = entry.location.path if entry.location else ""
    for number, row in enumerate(frozen[-1].history):
        mine = entry.history[number] if number < len(entry.history) else None
        if mine is None or mine.version != row.version:
            yield _moved(entry, row, mine, path)
            return
        for name in _FIELDS:
            was, now = getattr(row, name), getattr(mine, name)
            if was != now:
                yield finding(
                    "VG381",
                    f"{entry.key} {row.version}: {name} is {_said(now)}; when it was frozen, it was {_said(was)}",
                    SourceLocation(path, mine.line, mine.column, len(mine.version)),
                    ids=(entry.key,),
                    fix=f"write {name}: {_said(was)} again, and say what must be corrected in a new row",
                )


def _moved(entry: DocumentEntry, row: HistoryRow, mine: HistoryRow | None, path: str) -> Finding:
    if mine is None:
        what, place = f"{entry.key}: the row of version {row.version}, which is frozen, is missing", entry.location
    else:
        what = f"{entry.key}: here stood version {row.version} when it was frozen, now {mine.version} stands here"
        place = SourceLocation(path, mine.line, mine.column, len(mine.version))
    again = f"version {_said(row.version)}, date {_said(row.date)}, author {_said(row.author)}"
    return finding("VG382", what, place, ids=(entry.key,), fix=f"put the row back: {again}")


def _content(
    project: Project,
    graph: Graph,
    spec: DocumentSpec,
    newest: FrozenVersion,
    template_of: TemplateOf,
) -> Iterator[Finding]:
    entry = spec.entry
    if newest.version != entry.version:
        return
    template = template_of(spec)
    if template is None:
        return
    parts = written_parts(project, graph, making_of(spec.key, entry, spec.variant, template))
    if not differs(newest.parts, parts):
        return
    named: Mapping[Change, list[str]] = {change: [] for change in Change}
    found = differences(newest.parts, parts, SEEN_BY_CHECK)
    for one in found:
        named[one.change].append(one.id)
    words = "; ".join(f"{change.value}: {_some(names)}" for change, names in named.items() if names)
    row = entry.history[-1]
    yield finding(
        "VG380",
        f"{spec.key} {entry.version} was frozen, and its content has changed since ({words})",
        SourceLocation(entry.location.path if entry.location else "", row.line, row.column, len(row.version)),
        ids=(entry.key, *(one.id for one in found if one.kind in ("item", "case"))),
    )


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _said(text: str) -> str:
    return f'"{text}"' if text else "empty"
