"""Rules about the document register: unique keys, ascending versions and dates, reasons for gaps."""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.project import DocumentEntry, Project
from valgen.model.version import version_order
from valgen.source import SourceLocation
from valgen.trace.document_set import Need, document_set
from valgen.trace.graph import Graph

_FILE = "documents.yaml"
_NO_RATIONALE = "VG311"  # the reader's code


def check_register(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield double keys and numbers, histories out of order, unknown environments, missing reasons."""
    # The reader already named entries without a rationale; one mistake is told once.
    told = {one.ids for one in project.findings if one.code == _NO_RATIONALE}
    keys: dict[str, DocumentEntry] = {}
    numbers: dict[str, DocumentEntry] = {}
    for entry in project.documents:
        for table, value, word in ((keys, entry.key.casefold(), "key"), (numbers, entry.number, "number")):
            if value and table.setdefault(value, entry) is not entry:
                yield finding(
                    "VG332",
                    f"{word} {entry.key if word == 'key' else value} is already used at {table[value].location}",
                    entry.location,
                    ids=(entry.key,),
                )
        if entry.environment and entry.environment not in project.settings.environments:
            yield finding(
                "VG333",
                f"{entry.key} is for {entry.environment}, which is no environment of the project",
                entry.location,
                ids=(entry.key,),
            )
        if entry.planned != "yes" and not entry.rationale and (entry.key,) not in told:
            yield finding(
                "VG334",
                f"{entry.key} is planned: {entry.planned} without a rationale",
                entry.location,
                ids=(entry.key,),
            )
        if entry.planned == "yes" and not entry.history:
            yield finding("VG335", f"{entry.key} has no history row, so no version", entry.location, ids=(entry.key,))
        yield from _check_history(entry)
    if project.documents:
        types = {entry.type for entry in project.documents}
        for row in document_set(project, graph).rows:
            if row.need is Need.EXPECTED and row.type not in types:
                yield finding(
                    "VG336",
                    f"no {row.type} in the register: expected because of {row.because}",
                    SourceLocation(f"{project.settings.paths.requirements}/{_FILE}"),
                    ids=(row.type,),
                )


def _check_history(entry: DocumentEntry) -> Iterator[Finding]:
    path = entry.location.path if entry.location else ""
    for before, row in zip(entry.history, entry.history[1:], strict=False):
        place = SourceLocation(path, row.line, row.column)
        if version_order(row.version) <= version_order(before.version):
            yield finding(
                "VG330", f"{entry.key}: version {row.version} follows {before.version}", place, ids=(entry.key,)
            )
        if row.date and before.date and row.date < before.date:
            yield finding(
                "VG331",
                f"{entry.key}: {row.version} of {row.date} is older than {before.version} of {before.date}",
                place,
                ids=(entry.key,),
            )
