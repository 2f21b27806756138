"""Which Word template serves a document of a project, and what stands for the project in its placeholders.

The first that there is:

1. the file that ``word_template`` under ``[project]`` names, for every document;
2. a file in the templates folder with the name of the document: its key, type with variant, variant or type, such
   as ``OQ-report.docx``, ``report.dotx`` or ``URS.docx``;
3. the general one of the folder: ``company.docx`` or ``word.docx``, or else the only further Word file there.

Without any, documents have valgen's own look. Two general files without such a name are a finding, because nobody
could tell which one is meant.

Source: design.md §3.1 (paths), §6 (Word).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from valgen.codes import finding
from valgen.documents.blocks import Document
from valgen.documents.catalog import DocumentSpec
from valgen.documents.shipped import shipped_templates, template_names
from valgen.errors import Finding, Severity, SourceError
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.project import DocumentEntry, Settings
from valgen.readers.settings import WORD_ENDINGS, find_project, read_settings
from valgen.source import SourceLocation

GENERAL = ("company", "word")
"""Names of the general template, best first."""

_VARIANTS = ("protocol", "report")


@dataclass(frozen=True, slots=True)
class WordTemplates:
    """The Word templates of a project.

    Attributes:
        by_name: files named like a document or a kind of document, by name in small letters.
        general: file for every other document, or for all; None for none.
        findings: about the choice, not about what the files hold.
    """

    by_name: dict[str, Path]
    general: Path | None
    findings: tuple[Finding, ...] = ()

    def of(self, spec: DocumentSpec | Document) -> Path | None:
        """Return the template of a document; None for valgen's own look."""
        for name in _names(spec):
            if name.casefold() in self.by_name:
                return self.by_name[name.casefold()]
        return self.general

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that serves a document, each once."""
        general = (self.general,) if self.general else ()
        return tuple(dict.fromkeys((*general, *self.by_name.values())))


@dataclass(frozen=True, slots=True)
class CheckedTemplate:
    """One template that was checked.

    Attributes:
        path: as shown.
        findings: about it.
        found: what was found in it and will be used, as label and text.
    """

    path: str
    findings: tuple[Finding, ...]
    found: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether documents can be written with it."""
        return not any(one.severity is Severity.ERROR for one in self.findings)


def check_word_templates(
    start: Path, files: Iterable[Path] = ()
) -> tuple[Path, tuple[CheckedTemplate, ...], tuple[Finding, ...]]:
    """Check Word templates.

    Args:
        start: folder from which the project is looked for.
        files: what to check; those of the project when there are none, and then there must be a project.

    Returns:
        the folder to which places are relative, what was checked, and findings about the choice of templates.

    Raises:
        SourceError: there is no project, or it has no Word template.
    """
    from valgen.writers.docx import report_template

    named = tuple(files)
    about: tuple[Finding, ...] = ()
    root, language = start, ""
    try:
        root = find_project(start)
        settings, _ = read_settings(root)
        language = settings.language
        if not named:
            templates = word_templates(root, settings)
            named, about = tuple(path for path in templates.files if path.is_file()), templates.findings
            if not named and not about:
                raise SourceError(
                    "the project has no Word template; documents have valgen's own look",
                    why="there is nothing to check",
                    fix=f"put one into {settings.paths.templates}/, or name a file: valgen template check company.docx",
                )
    except SourceError:
        if not named:
            raise
    checked = []
    for path in named:
        shown = _shown(path.resolve(), root.resolve())
        report = report_template(path, language=language, shown=shown)
        checked.append(CheckedTemplate(shown, report.findings, report.found))
    return root, tuple(checked), about


def placeholder_names() -> dict[str, dict[str, str]]:
    """Return every placeholder with what stands for it, under a title for each kind."""
    from valgen.writers.docx.placeholders import BLOCKS, CONTROL, CONTROL_LABELS, TEXTS

    lines = {f"{{{{{CONTROL}{label}}}}}": "line of the control block" for label in CONTROL_LABELS}
    return {
        "In text, on the pages and in heads and feet:": {f"{{{{{name}}}}}": text for name, text in TEXTS.items()},
        "Lines of the control block; a line that a document lacks prints a dash:": lines,
        "Alone in a paragraph of the body:": {f"{{{{{name}}}}}": text for name, text in BLOCKS.items()},
    }


def word_template_for(
    root: Path, settings: Settings, spec_or_document: DocumentSpec | Document, keys: Iterable[str] = ()
) -> Path | None:
    """Return the Word template of a document; None for valgen's own look.

    Args:
        root: folder of the project.
        settings: of the project.
        spec_or_document: the document.
        keys: of the project's documents, as for ``word_templates``.

    Raises:
        SourceError: it cannot be told which file is meant, or the one that the settings name is not there.
    """
    found = word_templates(root, settings, keys)
    errors = [one for one in found.findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError("the Word template is not clear", errors)
    return found.of(spec_or_document)


def word_templates(root: Path, settings: Settings, keys: Iterable[str] = ()) -> WordTemplates:
    """Return the Word templates of a project.

    Args:
        root: folder of the project.
        settings: of the project.
        keys: keys of the project's documents, such as ``IQ-PROD``, after which files may be named.
    """
    found: list[Finding] = []
    folder = root / settings.paths.templates
    files = [path for path in sorted(folder.iterdir()) if _is_word(path)] if folder.is_dir() else []
    inside = [path for path in files if _inside(path, root)]
    for path in files:
        if path not in inside:
            where = SourceLocation(_shown(path, root))
            found.append(finding("VG727", f"{_shown(path, root)} is no ordinary file inside the project", where))
    if settings.word_template:
        chosen = root / settings.word_template
        if not chosen.is_file() or not _inside(chosen, root):
            where = SourceLocation(settings.file)
            found.append(finding("VG727", f"there is no file {settings.word_template} inside the project", where))
        for path in inside:
            if path != chosen:
                found.append(_idle(path, root, f"{settings.word_template} serves every document"))
        return WordTemplates({}, chosen, tuple(found))
    known = {name.casefold() for name in (*_document_names(settings), *keys)}
    by_name: dict[str, Path] = {}
    general: list[Path] = []
    for path in inside:
        name = path.stem.casefold()
        # A key of the register may be any word; only a name that says so is taken for a general template.
        if name not in known and name not in GENERAL and any(name.startswith(f"{one}-") for one in known):
            known.add(name)
        if name not in known:
            general.append(path)
        elif name in by_name:
            what = f"{_shown(by_name[name], root)} and {_shown(path, root)} stand for the same documents"
            found.append(finding("VG724", what, SourceLocation(_shown(path, root)), fix="remove one of them"))
        else:
            by_name[name] = path
    return WordTemplates(by_name, _general(general, root, found), tuple(found))


def word_template_findings(root: Path, settings: Settings, keys: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return everything that speaks against the Word templates of a project, choice and content."""
    from valgen.writers.docx import report_template

    templates = word_templates(root, settings, keys)
    found = list(templates.findings)
    for path in templates.files:
        if path.is_file():
            found += report_template(path, language=settings.language, shown=_shown(path, root)).findings
    return tuple(found)


def placeholder_values(settings: Settings) -> dict[str, str]:
    """Return what stands for the project and the system in placeholders, for ``write_docx``."""
    system = settings.system
    return {
        "project.id": settings.project_id,
        "project.name": settings.project_name,
        "system.name": system.name or settings.project_name,
        "system.version": system.version,
        "system.id": system.id,
        "system.owner": system.owner,
        "system.supplier": system.supplier,
    }


def _general(files: list[Path], root: Path, found: list[Finding]) -> Path | None:
    for name in GENERAL:
        named = [path for path in files if path.stem.casefold() == name]
        if len(named) > 1:
            _ambiguous(named, root, found)
        if named:
            others = [path for path in files if path.stem.casefold() != name]
            found += [_idle(path, root, f"{_shown(named[0], root)} serves every document") for path in others]
            return named[0]
    if len(files) > 1:
        _ambiguous(files, root, found)
    return files[0] if files else None


def _ambiguous(files: list[Path], root: Path, found: list[Finding]) -> None:
    names = " and ".join(_shown(path, root) for path in files)
    found.append(finding("VG724", f"{names} may each be the Word template", SourceLocation(_shown(files[0], root))))


def _idle(path: Path, root: Path, why: str) -> Finding:
    place = _shown(path, root)
    return finding("VG723", f"{place} is not used: {why}", SourceLocation(place))


def _names(one: DocumentSpec | Document) -> tuple[str, ...]:
    if isinstance(one, DocumentSpec):
        return template_names(one)
    variant = next((word for word in _VARIANTS if one.key.endswith(f"-{word}")), "")
    entry = DocumentEntry(key=one.key, type=one.type)
    return template_names(DocumentSpec(key=one.key, entry=entry, variant=variant))


def _document_names(settings: Settings) -> tuple[str, ...]:
    kinds = (*DOCUMENT_TYPES, *settings.item_types, *shipped_templates(), *_VARIANTS)
    return (*kinds, *(f"{kind}-{variant}" for kind in ("IQ", "OQ", "PQ") for variant in _VARIANTS))


def _is_word(path: Path) -> bool:
    # ~$company.docx is what Word lays beside a file that it has open.
    return path.suffix.lower() in WORD_ENDINGS and not path.name.startswith(("~$", ".")) and path.is_file()


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve())
    except OSError:
        return False


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
