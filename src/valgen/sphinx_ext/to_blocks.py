"""An assembled Sphinx doctree into blocks: what `valgen.documents.doctree` knows, and the nodes of Sphinx.

Descriptions of programs (``py:function`` and the like) become terms in a fixed-width face with their text below.
Everything that stands for something else than text on paper is decided here: an index entry prints nothing, a file
that can be downloaded is named, raw content of another format is left out and reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import _, admonitionlabels
from sphinx.util import logging

from valgen.documents.blocks import Block, Image, ListBlock, Marker, Notice, Paragraph, Run, Section, Tone, walk
from valgen.documents.doctree import DoctreeReader, Places, Said
from valgen.documents.doctree.inline import Look
from valgen.sphinx_ext.pictures import chosen, wished_width
from valgen.writers.pictures import Refused, read_picture

if TYPE_CHECKING:
    from sphinx.builders import Builder

logger = logging.getLogger(__name__)

PAGE_SIGN = "%"
"""Begins the address of a page inside the file, as in Sphinx's LaTeX builder."""

_SAID = {
    Said.UNKNOWN: ("VG740", "%s is of a kind that is not known here; its text is kept"),
    Said.DROPPED: ("VG742", "%s content is left out of the Word file"),
    Said.NESTED_NOTE: ("VG744", "a footnote inside a footnote stands in brackets%.0s"),
}
_CHANGED = {"deprecated": Tone.WARN, "versionremoved": Tone.WARN, "deprecated-removed": Tone.WARN}
_MM_PER_PIXEL = 25.4 / 96


class SphinxReader(DoctreeReader):
    """Reads an assembled doctree.

    Attributes:
        media: digest to absolute path of every picture met.
    """

    def __init__(self, builder: Builder, tree: nodes.document, elsewhere: Mapping[str, str]) -> None:
        """Look through the tree.

        Args:
            builder: for the folder of pictures and translated words.
            tree: with references resolved.
            elsewhere: titles of other Word files by the pages that are only there.
        """
        self._builder = builder
        self._elsewhere = elsewhere
        start = str(tree["docname"])
        super().__init__(
            Places(tree, scope_of=_page_of, target_of=_target_of, name=_anchor_name, scope=start), self._say
        )
        self.scope = start
        self.media: dict[str, str] = {}
        self.note_headings.add(_("Footnotes").casefold())
        self.kinds |= self._sphinx_kinds()
        self.inline |= self._sphinx_inline()
        self._add_extensions()

    def _sphinx_kinds(self) -> dict[type[nodes.Node], Callable[[Any], Iterable[Block]]]:
        return {
            addnodes.start_of_file: self._file,
            addnodes.compact_paragraph: self.kinds[nodes.paragraph],
            addnodes.desc: self._description,
            addnodes.versionmodified: self._version,
            addnodes.seealso: lambda node: self.notice(node, _("See also"), Tone.NEUTRAL),
            addnodes.centered: lambda node: (Paragraph(self.runs(node, Look(bold=True))),),
            addnodes.productionlist: self._productions,
            addnodes.glossary: self._contents,
            addnodes.acks: self._contents,
            addnodes.hlist: self._contents,
            addnodes.hlistcol: self._contents,
            addnodes.only: self._contents,
            addnodes.index: lambda node: (),
            addnodes.highlightlang: lambda node: (),
            addnodes.tabular_col_spec: lambda node: (),
            addnodes.toctree: lambda node: (),
        }

    def _sphinx_inline(self) -> dict[type[nodes.Node], Callable[[Any, Look], Iterator[Run]]]:
        def looking(**wanted: Any) -> Callable[[Any, Look], Iterator[Run]]:
            return lambda node, look: self._children(node, look._replace(**wanted))

        through = (
            addnodes.pending_xref,
            addnodes.pending_xref_condition,
            addnodes.desc_addname,
            addnodes.desc_type,
            addnodes.desc_parameter,
            addnodes.desc_type_parameter,
            addnodes.desc_inline,
            addnodes.desc_signature_line,
            addnodes.production,
            *addnodes.SIG_ELEMENTS,
        )
        return {
            addnodes.literal_emphasis: looking(italic=True, code=True),
            addnodes.literal_strong: looking(bold=True, code=True),
            addnodes.manpage: looking(italic=True),
            addnodes.number_reference: self.inline[nodes.reference],
            addnodes.download_reference: self._download,
            addnodes.index: self._nothing,
            addnodes.desc_name: looking(bold=True),
            addnodes.desc_annotation: looking(italic=True),
            addnodes.desc_returns: self._returns,
            addnodes.desc_parameterlist: self._parameters,
            addnodes.desc_type_parameter_list: self._parameters,
            **dict.fromkeys(through, self._through),
        }

    def sections(self, tree: nodes.document) -> tuple[Section, ...]:
        """Return the whole tree; what stands outside of any chapter gets a section without a title."""
        found: list[Section] = []
        loose: list[Block] = []
        for block in self.all(tree.children):
            if isinstance(block, Section):
                found.extend(_untitled(loose, len(found)))
                found.append(block)
            else:
                loose.append(block)
        found.extend(_untitled(loose, len(found)))
        for block in walk(tuple(found)):
            if isinstance(block, Image) and block.sha256 and block.sha256 not in self.media:
                self._media_of_project(block)
        return tuple(found)

    # Hooks

    def link(self, node: nodes.Element) -> str:
        """Return where a reference leads; to a page that the file does not hold it leads nowhere."""
        place = _target_of(node, self.scope)
        return self.places.link(place) if place is not None else str(node.get("refuri", ""))

    def _reference(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        yield from super()._reference(node, look)
        place = _target_of(node, self.scope)
        if place is not None and place[0] in self._elsewhere:
            yield Run(_(" (in ") + self._elsewhere[place[0]] + ")", bold=look.bold, italic=look.italic)

    def image(self, node: nodes.Element) -> Image:
        """Return a picture; one that Word cannot show is reported and stands as text."""
        name, path = chosen(node, Path(self._builder.srcdir))
        alt = str(node.get("alt") or name)
        if path is None:
            self._warn(node, "VG741", "picture %s is not in the project; its description stands in its place", name)
            return Image("", name, "", alt)
        try:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            self._warn(node, "VG741", "picture %s cannot be read; its description stands in its place", name)
            return Image("", name, "", alt)
        found = read_picture(str(path), sha256)
        self.media[sha256] = str(path)
        if isinstance(found, Refused):
            self._warn(node, "VG741", "picture %s: %s; its description stands in its place", name, str(found.reason))
            return Image(sha256, path.name, _media_type(path), alt)
        mm, percent = wished_width(node, found.width * _MM_PER_PIXEL, found.height * _MM_PER_PIXEL)
        return Image(sha256, path.name, found.media_type, alt, width_mm=mm, width_percent=percent)

    def notice(self, node: nodes.Element, title: str, tone: Tone) -> tuple[Block, ...]:
        """Return a box with the title in the language of the project."""
        return super().notice(node, str(admonitionlabels.get(node.tagname, title)), tone)

    # Nodes of Sphinx

    def _add_extensions(self) -> None:
        """Know what Sphinx's own extensions make, without importing them."""
        known = {
            "sphinx.ext.todo.todo_node": lambda node: self.notice(node, _("Todo"), Tone.WARN),
            "sphinx.ext.autosummary.autosummary_table": self._contents,
            "sphinx.ext.autosummary.autosummary_toc": lambda node: (),
            "sphinx.ext.viewcode.viewcode_anchor": lambda node: (),
        }
        import sys

        for name, kind in known.items():
            module, _dot, made = name.rpartition(".")
            found = getattr(sys.modules.get(module), made, None)
            if isinstance(found, type):
                self.kinds[found] = kind

    def _file(self, node: addnodes.start_of_file) -> tuple[Block, ...]:
        before, self.scope = self.scope, str(node["docname"])
        try:
            return self.all(node.children)
        finally:
            self.scope = before

    def _description(self, node: addnodes.desc) -> tuple[Block, ...]:
        heads = [child for child in node.children if isinstance(child, addnodes.desc_signature)]
        body: tuple[Block, ...] = ()
        for child in node.children:
            if isinstance(child, addnodes.desc_content):
                body += self.all(child.children)
            elif isinstance(child, nodes.Element) and child not in heads:
                body += self.blocks(child)
        term: list[Run] = []
        for head in heads:
            term.extend((Run("\n"),) if term else ())
            anchor = self.anchor(head)
            term.extend((Run("", anchor=anchor),) if anchor else ())
            term.extend(self._signature(head))
        return (ListBlock(((Paragraph(tuple(term)), *body),), marker=Marker.TERM),)

    def _signature(self, node: addnodes.desc_signature) -> Iterator[Run]:
        lines = [child for child in node.children if isinstance(child, addnodes.desc_signature_line)]
        if not lines:
            yield from self.runs(node, Look(code=True))
        for number, line in enumerate(lines):
            if number:
                yield Run("\n")
            yield from self.runs(line, Look(code=True))

    def _returns(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        yield Run(" → ", code=look.code)
        yield from self._children(node, look)

    def _parameters(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        start, end = ("[", "]") if isinstance(node, addnodes.desc_type_parameter_list) else ("(", ")")
        yield Run(start, code=look.code)
        yield from self._listed(node, look, True)
        yield Run(end, code=look.code)

    def _listed(self, node: nodes.Element, look: Look, first: bool) -> Iterator[Run]:
        for child in node.children:
            comma = "" if first else ", "
            if isinstance(child, addnodes.desc_optional):
                yield Run(f"[{comma}", code=look.code)
                yield from self._listed(child, look, True)
                yield Run("]", code=look.code)
            elif isinstance(child, nodes.Element):
                yield from ((Run(comma, code=look.code),) if comma else ())
                yield from self._element(child, look)
            else:
                yield Run(child.astext(), code=look.code)
            first = False

    def _version(self, node: addnodes.versionmodified) -> tuple[Block, ...]:
        """Return a box; the words that Sphinx puts before the text, such as "Added in version 1.2", are its title."""
        tone = _CHANGED.get(str(node.get("type", "")), Tone.NEUTRAL)
        blocks = self.all(node.children)
        sign = next((one for one in node.findall(nodes.inline) if "versionmodified" in one.get("classes", ())), None)
        words = sign.astext() if sign is not None else ""
        first = blocks[0] if blocks else None
        if not words or not isinstance(first, Paragraph):
            return (Notice(words.strip(" :.") or str(node.get("type", "")), blocks, tone),)
        rest = _without(first.runs, words)
        body = (replace(first, runs=rest),) if any(run.text.strip() or run.note for run in rest) else ()
        return (Notice(words.strip(" :."), (*body, *blocks[1:]), tone),)

    def _productions(self, node: addnodes.productionlist) -> tuple[Block, ...]:
        runs: list[Run] = []
        for child in node.children:
            if isinstance(child, nodes.Element):
                runs.extend((Run("\n"),) if runs else ())
                anchor = self.anchor(child)
                runs.extend((Run("", anchor=anchor),) if anchor else ())
                for run in self.runs(child, Look(code=True)):
                    runs.append(replace(run, text=run.text.strip("\n")))
            elif str(child).strip():
                runs.append(Run(str(child).strip("\n"), code=True))
        return (Paragraph(tuple(runs)),)

    def _download(self, node: addnodes.download_reference, look: Look) -> Iterator[Run]:
        address = str(node.get("refuri", ""))
        yield from self._children(node, look._replace(link=address))
        name = str(node.get("reftarget", "")).rsplit("/", 1)[-1]
        if name and not address and name not in node.astext():
            yield Run(f" ({name})")

    # Reports

    def _media_of_project(self, block: Image) -> None:
        """Find the picture of a block of the valgen project."""
        from valgen.sphinx_ext.project import context_of

        context = context_of(self._builder.config)
        if context is not None and block.sha256 in context.media:
            self.media[block.sha256] = context.media[block.sha256]

    def _say(self, said: Said, node: nodes.Element) -> None:
        code, text = _SAID[said]
        what = str(node.get("format", "raw")) if said is Said.DROPPED else type(node).__name__
        self._warn(node, code, text, what)

    def _warn(self, node: nodes.Element, code: str, text: str, *words: str) -> None:
        logger.warning(f"[{code}] {text}", *words, type="valgen", subtype="docx", location=_place_of(node, self.scope))


def _page_of(node: nodes.Node) -> str | None:
    return str(node["docname"]) if isinstance(node, addnodes.start_of_file) else None


def _target_of(node: nodes.Element, scope: str) -> tuple[str, str] | None:
    """Return page and id that a reference leads to, None for one that leads outside."""
    if node.get("refid"):
        return scope, str(node["refid"])
    address = str(node.get("refuri", ""))
    if address.startswith(PAGE_SIGN):
        page, _sign, name = address.removeprefix(PAGE_SIGN).partition("#")
        return page, name
    return (scope, address[1:]) if address.startswith("#") else None


def _anchor_name(scope: str, name: str, unique: bool) -> str:
    return name if unique else f"{scope}:{name}"


def _place_of(node: nodes.Element, scope: str) -> str | tuple[str, int | None]:
    """Return file and line of a node as Sphinx writes them; a node without any has those of what holds it."""
    at: nodes.Node | None = node
    while at is not None:
        if at.source and at.line:
            return f"{at.source}:{at.line}"
        at = at.parent
    return scope, None


def _untitled(loose: list[Block], number: int) -> Iterator[Section]:
    if loose:
        yield Section("", "", tuple(loose))
        loose.clear()


def _without(runs: tuple[Run, ...], words: str) -> tuple[Run, ...]:
    """Return runs without the words at their beginning."""
    left = words
    found: list[Run] = []
    for run in runs:
        if left and run.text and left.startswith(run.text):
            left = left[len(run.text) :]
            run = replace(run, text="")
        elif left and run.text.startswith(left):
            run = replace(run, text=run.text[len(left) :].lstrip(" "))
            left = ""
        if run.text or run.note or run.anchor:
            found.append(run)
    return tuple(found)


def _media_type(path: Path) -> str:
    return {".svg": "image/svg+xml", ".pdf": "application/pdf"}.get(path.suffix.lower(), f"{path.suffix[1:]} file")
