"""Templates of a project: its own ones, the one that serves a document, and copies of shipped ones to change.

Whoever judges templates has them in one place here: ``template_findings`` says what is wrong with them, and
``templates_state`` is the digest that decides whether an earlier answer still holds. Both cost a look into the
settings for a project that has no folder of templates.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.codes import finding
from valgen.errors import Finding, RenderError, Severity, SourceError
from valgen.model.project import Project, Settings
from valgen.readers.settings import WORD_ENDINGS, read_settings
from valgen.source import SourceLocation

if TYPE_CHECKING:  # a check of a project without templates needs nothing of documents
    from valgen.documents.catalog import DocumentSpec
    from valgen.documents.shipped import Template
    from valgen.documents.version_rules import TemplateOf
    from valgen.trace.graph import Graph

WORD_NAMES = ("word", "valgen.docx", "word.docx")
"""Names under which the shipped Word template may be asked for."""

ENDING = ".rst"
"""Of document templates."""

_ROOMS = ("documents", "writers")


def template_uses() -> dict[str, str]:
    """Return the shipped templates by name, with the documents that each of them serves."""
    from valgen.documents.shipped import GENERAL, shipped_templates
    from valgen.model.document_types import DOCUMENT_TYPES

    special = {
        "protocol": "IQ, OQ and PQ protocol",
        "report": "IQ, OQ and PQ report",
        "RTM-initial": "Requirements Traceability Matrix before execution",
        GENERAL: "items of a type that has no template of its own",
    }
    uses = {name: special.get(name) or DOCUMENT_TYPES.get(name, name) for name in shipped_templates()}
    return {**uses, WORD_NAMES[0]: "look of every Word document"}


def eject_template(root: Path, name: str, *, force: bool = False) -> Path:
    """Copy the shipped template ``name`` into the project's template folder and return its path.

    Raises:
        RenderError: there is no such template, or the project has its own and ``force`` is off.
    """
    from valgen.documents.shipped import shipped_folder, shipped_templates
    from valgen.trace.rules.suggest import did_you_mean

    known = shipped_templates()
    if name in WORD_NAMES:
        source, ending = shipped_folder() / "word" / "valgen.docx", "word.docx"
    elif name.removesuffix(ENDING) in known:
        ending = f"{name.removesuffix(ENDING)}{ENDING}"
        source = shipped_folder() / ending
    else:
        raise RenderError(
            f"no shipped template {name}",
            why=f"shipped ones are {', '.join(known)}, and word for the Word template",
            fix=did_you_mean(name, (*known, "word")) or "name one of them",
        )
    settings, _ = read_settings(root)
    target = root / settings.paths.templates / ending
    if target.exists() and not force:
        raise RenderError(
            f"{target} exists", why="it may hold changes of this project", fix="use --force to replace it"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    except OSError as error:
        raise RenderError(
            f"{target} cannot be written: {error.strerror or error}",
            why="the project has no copy of the template now",
            fix="see that you may write there",
        ) from error
    return target


def own_templates(root: Path, project: Project) -> dict[str, Template]:
    """Return the project's own templates by name, without ending.

    Raises:
        SourceError: some cannot be read; every one is carried.
    """
    templates, findings = read_templates(root, project.settings)
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError("a document template cannot be read", errors)
    return templates


def read_templates(root: Path, settings: Settings) -> tuple[dict[str, Template], tuple[Finding, ...]]:
    """Return the project's own templates by name, without ending, and what kept others from being read."""
    from valgen.documents.shipped import Template, template_text

    folder = root / settings.paths.templates
    templates: dict[str, Template] = {}
    findings: list[Finding] = []
    for path in _files(folder):
        if path.suffix.lower() != ENDING:
            continue
        place = _shown(path, root)
        where = SourceLocation(place)
        if path.parent != folder or path.suffix != ENDING:
            what = f"template: only files directly in {settings.paths.templates}/ that end in {ENDING} are used"
            findings.append(finding("VG346", what, where, fix=f"move it to {settings.paths.templates}/{path.stem}.rst"))
        elif not _is_own(path, root):
            what = f"{place} is no ordinary file inside the project; nobody else could make the document again"
            findings.append(finding("VG340", what, where, fix="put the template itself there"))
        else:
            try:
                data = path.read_bytes()
                text = data.decode("utf-8-sig")
            except OSError as error:
                what = f"template: it cannot be read: {error.strerror or error}"
                findings.append(finding("VG340", what, where, fix="see that you may open it"))
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
                findings.append(finding("VG011", f"{place} is not UTF-8", SourceLocation(place, line)))
            else:
                templates[path.stem] = Template(path=place, text=template_text(text))
    return templates, tuple(findings)


def template_finder(root: Path, project: Project, graph: Graph) -> TemplateOf:
    """Return the function that finds the template of a document, None where there is none or it cannot be read."""
    from valgen.documents.shipped import find_template

    try:
        own = own_templates(root, project)
    except SourceError:
        return lambda spec: None

    def find(spec: DocumentSpec) -> Template | None:
        listed = [name for name, kind in graph.types.items() if spec.entry.type in (name, kind.document)]
        try:
            return find_template(spec, own, listed[0] if listed else "")
        except RenderError:
            return None

    return find


def template_findings(root: Path, project: Project, graph: Graph) -> tuple[Finding, ...]:
    """Return everything that speaks against the project's document templates and Word templates.

    Args:
        root: project folder.
        project: as read.
        graph: of the same.
    """
    settings = project.settings
    if any(one.severity is Severity.ERROR and one.location and one.location.path == settings.file
           for one in project.findings):  # fmt: skip
        return ()  # with settings that are not understood, types and documents that they declare would be unknown
    folder = root / settings.paths.templates
    files = _files(folder)
    found: list[Finding] = []
    if files:
        from valgen.workflow.template_files import unused_files

        found += unused_files([path for path in files if path.is_file()], folder, root)
    if any(path.suffix.lower() == ENDING for path in files):
        from valgen.documents.template_rules import check_templates

        own, findings = read_templates(root, settings)
        found += [*findings, *check_templates(own, project, graph)]
    if settings.word_template or any(path.suffix.lower() in WORD_ENDINGS for path in files):
        from valgen.workflow.word_template import word_template_findings

        found += word_template_findings(root, settings, [one.key for one in project.documents])
    return tuple(dict.fromkeys(found))


def templates_state(root: Path, settings: Settings) -> str:
    """Return a digest of what ``template_findings`` rests on beside the sources; empty without any template.

    It covers every file of the folder, the Word template that the settings name, and what judges them.
    """
    files = _files(root / settings.paths.templates)
    if settings.word_template:
        files.append(root / settings.word_template)
    if not files:
        return ""
    from valgen.readers.packs import world_of

    told: list[str] = [world_of(_ROOMS, *_versions()).hex()]
    for path in files:
        if not path.is_file():
            told.append(_shown(path, root))
            continue
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            told.append(f"{_shown(path, root)} {digest} {_is_own(path, root)}")
        except OSError as error:
            told.append(f"{_shown(path, root)} {error.errno}")
    return "\n".join(told)


def _versions() -> Iterator[str]:
    from importlib import metadata

    for name in ("docutils", "python-docx"):
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} none"


def _files(folder: Path) -> list[Path]:
    """Return every file below a folder, sorted; nothing for a folder that is not there."""
    if not folder.is_dir():
        return []
    found = []
    for name, folders, files in os.walk(folder):
        folders.sort()
        found += [Path(name) / file for file in files]
    return sorted(found)


def _is_own(path: Path, root: Path) -> bool:
    """Return whether a path is an ordinary file inside the project."""
    try:
        return path.is_file() and path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
