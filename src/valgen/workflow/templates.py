"""Templates of a project: its own ones, the one that serves a document, and copies of shipped ones to change."""

from __future__ import annotations

from pathlib import Path

from valgen.documents.catalog import DocumentSpec
from valgen.documents.shipped import Template, find_template, shipped_folder, shipped_templates, template_text
from valgen.documents.version_rules import TemplateOf
from valgen.errors import RenderError, SourceError
from valgen.model.project import Project
from valgen.readers.settings import read_settings
from valgen.trace.graph import Graph

WORD_NAMES = ("word", "valgen.docx", "word.docx")
"""Names under which the shipped Word template may be asked for."""


def eject_template(root: Path, name: str, *, force: bool = False) -> Path:
    """Copy the shipped template ``name`` into the project's template folder and return its path.

    Raises:
        RenderError: there is no such template, or the project has its own and ``force`` is off.
    """
    known = shipped_templates()
    if name in WORD_NAMES:
        source, ending = shipped_folder() / "word" / "valgen.docx", "word.docx"
    elif name in known:
        source, ending = shipped_folder() / f"{name}.rst", f"{name}.rst"
    else:
        raise RenderError(
            f"no shipped template {name}",
            why=f"shipped ones are {', '.join(known)}, and word for the Word template",
            fix="name one of them",
        )
    settings, _ = read_settings(root)
    target = root / settings.paths.templates / ending
    if target.exists() and not force:
        raise RenderError(
            f"{target} exists", why="it may hold changes of this project", fix="use --force to replace it"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return target


def own_templates(root: Path, project: Project) -> dict[str, Template]:
    """Return the project's own templates by name, without ending.

    Raises:
        SourceError: one of them is not UTF-8 text.
    """
    folder = root / project.settings.paths.templates
    found = {}
    for path in sorted(folder.glob("*.rst")) if folder.is_dir() else ():
        place = path.relative_to(root).as_posix()
        if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
            raise SourceError(
                f"{place} is no ordinary file inside the project",
                why="a document must come from files of the project alone, or nobody else can make it again",
                fix="put the template itself there",
            )
        try:
            found[path.stem] = Template(path=place, text=template_text(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(
                f"{place} cannot be read: {error}", why="a template is UTF-8 text", fix="save it as UTF-8"
            ) from error
    return found


def template_finder(root: Path, project: Project, graph: Graph) -> TemplateOf:
    """Return the function that finds the template of a document, None where there is none or it cannot be read."""
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
