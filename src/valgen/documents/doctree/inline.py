"""Inline nodes into runs.

Raised and lowered text is written with the characters that Unicode has for it, else as ``^(…)`` and ``_(…)``: a run
has no such look, and 10³ that reads 103 in one of the formats would be false. An abbreviation is followed by its
explanation, since paper shows no tooltips.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from docutils import nodes

from valgen.documents.blocks import Block, Image, Run, plain_text

_RAISED = dict(
    zip("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
_LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))

BOLD_CLASSES = frozenset({"guilabel", "menuselection"})
CODE_CLASSES = frozenset({"kbd", "file", "samp", "pre"})


class Look(NamedTuple):
    """What the surroundings add to a run."""

    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""


PLAIN = Look()
Kind = Callable[[Any, Look], Iterator[Run]]


class InlineReader(abc.ABC):
    """Reads inline nodes; what they refer to, subclasses know."""

    def __init__(self) -> None:
        self.open_notes: list[nodes.Element] = []
        self.keep_lines = False
        self.inline: dict[type[nodes.Node], Kind] = {
            nodes.strong: self._bold,
            nodes.emphasis: self._italic,
            nodes.title_reference: self._italic,
            nodes.literal: self._literal,
            nodes.math: self._math,
            nodes.superscript: lambda node, look: iter((_run(raised(node.astext()), look),)),
            nodes.subscript: lambda node, look: iter((_run(lowered(node.astext()), look),)),
            nodes.abbreviation: self._abbreviation,
            nodes.acronym: self._abbreviation,
            nodes.reference: self._reference,
            nodes.citation_reference: self._citation_reference,
            nodes.footnote_reference: self._footnote_reference,
            nodes.image: self._picture,
            nodes.raw: self._raw,
            nodes.inline: self._inline,
            nodes.target: self._through,
            nodes.generated: self._through,
            nodes.problematic: self._through,
            nodes.comment: self._nothing,
            nodes.substitution_definition: self._nothing,
            nodes.system_message: self._nothing,
        }

    # What subclasses decide

    @abc.abstractmethod
    def anchor(self, node: nodes.Element) -> str:
        """Return the anchor of a node, empty for none."""

    @abc.abstractmethod
    def link(self, node: nodes.Element) -> str:
        """Return where a reference leads: ``#ANCHOR``, an address, or nothing."""

    @abc.abstractmethod
    def note(self, node: nodes.Element) -> tuple[Block, ...]:
        """Return the content of the footnote that a mark refers to; empty when there is none."""

    @abc.abstractmethod
    def image(self, node: nodes.Element) -> Image:
        """Return a picture."""

    @abc.abstractmethod
    def unknown(self, node: nodes.Element) -> None:
        """Report a kind of node that is not known; its text stays."""

    @abc.abstractmethod
    def dropped(self, node: nodes.Element) -> None:
        """Report raw content of another format."""

    # Runs

    def runs(self, node: nodes.Element, look: Look = PLAIN) -> tuple[Run, ...]:
        """Return the content of an element as runs; neighbours of the same look become one."""
        found: list[Run] = []
        for run in self._children(node, look):
            last = found[-1] if found else None
            if run.note and last is not None and _bare(last) and not run.text:
                # The space that reStructuredText needs before a mark is not part of the text.
                found[-1] = replace(last, text=last.text.rstrip(" "))
                found.append(run)
            elif last is not None and _bare(last) and _bare(run) and _look(last) == _look(run):
                found[-1] = replace(last, text=last.text + run.text)
            elif run.text or run.anchor or run.note:
                found.append(run)
        return tuple(found)

    def _children(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        for child in node.children:
            if isinstance(child, nodes.Text):
                text = child.astext()
                yield _run(text if self.keep_lines else _flowing(text), look)
            elif isinstance(child, nodes.Element):
                yield from self._element(child, look)

    def _element(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        anchor = self.anchor(node)
        if anchor:
            yield Run("", anchor=anchor)
        kind = self.inline.get(type(node))
        if kind is None:
            self.unknown(node)
            yield from self._unknown_inline(node, look)
        else:
            yield from kind(node, look)

    def _unknown_inline(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        if node.children:
            yield from self._children(node, look)
        else:
            yield _run(substitute(node), look)

    def _bold(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        return self._children(node, look._replace(bold=True))

    def _italic(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        return self._children(node, look._replace(italic=True))

    def _literal(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        return self._children(node, look._replace(code=True))

    def _math(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        yield _run(_flowing(node.astext()), look._replace(italic=True))

    def _through(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        return self._children(node, look)

    def _nothing(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        return iter(())

    def _raw(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        self.dropped(node)
        return iter(())

    def _inline(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        classes: set[str] = set(node.get("classes", ()))
        return self._children(
            node, look._replace(bold=look.bold or bool(classes & BOLD_CLASSES), code=look.code or "kbd" in classes)
        )

    def _abbreviation(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        yield from self._children(node, look)
        # In the signature of a program the explanation would read as a part of it.
        if node.get("explanation") and not look.code:
            yield _run(f" ({node['explanation']})", look)

    def _reference(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        return self._children(node, look._replace(link=self.link(node)))

    def _citation_reference(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        yield _run(f"[{node.astext()}]", look._replace(link=self.link(node)))

    def _footnote_reference(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        note = self.note(node)
        if note and self.open_notes:
            yield _run(f"[{plain_text(note)}]".replace("\n", " "), look)
        elif note:
            yield Run("", note=note)
        else:
            yield _run(f"[{node.astext()}]", look)

    def _picture(self, node: nodes.Element, look: Look) -> Iterator[Run]:
        image = self.image(node)
        yield Run(image.alt, link=look.link, image=image)


def raised(text: str) -> str:
    """Return text as a superscript in plain characters."""
    return "".join(_RAISED[char] for char in text) if all(char in _RAISED for char in text) else f"^({text})"


def lowered(text: str) -> str:
    """Return text as a subscript in plain characters."""
    return "".join(_LOWERED[char] for char in text) if all(char in _LOWERED for char in text) else f"_({text})"


def substitute(node: nodes.Element) -> str:
    """Return what can be said about a node without text: what it names as its text or source, else its kind."""
    for name in ("alt", "code", "content", "text", "caption", "title"):
        if isinstance(node.get(name), str) and node[name].strip():
            return str(node[name])
    return f"[{type(node).__name__}]"


def text_of(runs: tuple[Run, ...]) -> str:
    """Return the text of runs."""
    return "".join(run.text for run in runs)


def is_plain(runs: tuple[Run, ...]) -> bool:
    """Return whether runs are nothing but text."""
    return all(_bare(run) and _look(run) == PLAIN for run in runs)


def _flowing(text: str) -> str:
    return text.replace("\n", " ")


def _run(text: str, look: Look) -> Run:
    return Run(text, bold=look.bold, italic=look.italic, code=look.code, link=look.link)


def _look(run: Run) -> Look:
    return Look(run.bold, run.italic, run.code, run.link)


def _bare(run: Run) -> bool:
    return not (run.note or run.anchor or run.image)
