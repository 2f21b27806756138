"""Templates that come with valgen, and which template serves a document.

A template of the project with the same name goes first. Names tried for a document, in order: its key, then its
type with the variant, then the variant or type alone (``OQ-report.rst``, ``report.rst``). Items whose type has no
template of its own, such as a type that the project added, are listed by the general one, ``items``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from valgen.documents.catalog import DocumentSpec, item_type_of
from valgen.documents.context import Context
from valgen.errors import RenderError

GENERAL = "items"
"""Name of the template for items whose type has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template's text and where it stands.

    Attributes:
        path: as shown in findings; relative to the project, or ``valgen:URS.rst`` for a shipped one.
    """

    path: str
    text: str


@cache
def shipped_folder() -> Path:
    """Return the folder of shipped templates: in the package, or at the top of a source checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parents[2] / "templates"):
        if (folder / "URS.rst").is_file():
            return folder
    raise RenderError(
        "the shipped document templates are missing",
        why="valgen was installed without its data files",
        fix="install valgen again from its wheel or a full source checkout",
    )


def shipped_templates() -> tuple[str, ...]:
    """Return the names of shipped templates, without ending."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.rst")))


def template_names(spec: DocumentSpec) -> tuple[str, ...]:
    """Return the template names that may serve a document, best first."""
    names = [spec.key]
    if spec.variant:
        names += [f"{spec.entry.type}-{spec.variant}", spec.variant]
    else:
        names.append(spec.entry.type)
    return tuple(dict.fromkeys(names))


def writable(spec: DocumentSpec, context: Context) -> bool:
    """Return whether a document can be written: from its own template, or from the general one for items."""
    if item_type_of(spec.entry.type, context):
        return True
    names = template_names(spec)
    return any(name in context.templates or (shipped_folder() / f"{name}.rst").is_file() for name in names)


def find_template(spec: DocumentSpec, own: Mapping[str, Template], item_type: str = "") -> Template:
    """Return the template of a document.

    Args:
        spec: the document.
        own: templates of the project by name, without ending.
        item_type: type of the items that the document lists, so that the general template may serve; empty for none.

    Raises:
        RenderError: neither the project nor valgen has one, as for a type that the project added.
    """
    for name in template_names(spec):
        if name in own:
            return own[name]
        path = _shipped(name)
        if path.is_file():
            return Template(path=f"valgen:{name}.rst", text=template_text(path.read_text(encoding="utf-8")))
    if item_type and GENERAL in own:
        return own[GENERAL]
    if item_type:
        return Template(path=f"valgen:{GENERAL}.rst", text=template_text(_shipped(GENERAL).read_text(encoding="utf-8")))
    names = ", ".join(f"templates/{name}.rst" for name in template_names(spec))
    raise RenderError(
        f"no template for document {spec.key}",
        why=f"valgen ships no template for documents of type {spec.entry.type}",
        fix=f"write {names}; an existing template is a good start",
    )


def _shipped(name: str) -> Path:
    return shipped_folder() / f"{name}.rst"


def template_text(content: str) -> str:
    """Return template text with line ends as docutils expects them."""
    return content.replace("\r\n", "\n").replace("\r", "\n")
