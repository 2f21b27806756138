"""What a directive is, and how its argument becomes an item type or a stage.

A directive places frozen blocks; none takes markup, files or code from its argument.

Source: design.md §2, §6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from valgen.documents.blocks import Block
from valgen.documents.catalog import item_type_of
from valgen.documents.context import Context
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry

Render = Callable[[Context, DocumentEntry | None, str, Mapping[str, str]], tuple[Block, ...]]


class DirectiveError(ValueError):
    """The argument or an option of a directive cannot be used; the message says why.

    Attributes:
        known: what could have been written, for "did you mean".
        word: the part of the argument that is wrong; empty when all of it is.
    """

    def __init__(self, message: str, known: Iterable[str] = (), word: str = "") -> None:
        super().__init__(message)
        self.known = tuple(known)
        self.word = word


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveSpec:
    """One directive.

    Attributes:
        name: without the ``valgen:`` before it.
        summary: what it places, one sentence.
        argument: what its argument is; empty when it takes none.
        required: whether the argument must be given; where it may be left out, the document says what is meant.
        options: option name to the docutils converter of its value.
        says: option name to what it does, one sentence.
        render: makes the blocks; raises DirectiveError.
        example: a line or two of reST.
    """

    name: str
    summary: str
    render: Render
    argument: str = ""
    required: bool = False
    options: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    example: str = ""
    says: Mapping[str, str] = field(default_factory=dict)


def plain(function: Callable[[Context, DocumentEntry | None], tuple[Block, ...]]) -> Render:
    """Return the render function of a directive without an argument."""
    return lambda context, entry, argument, options: function(context, entry)


def kind(function: Callable[..., tuple[Block, ...]], default: str = "") -> Render:
    """Return the render function of a directive whose argument is an item type, else the document's own."""

    def render(
        context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
    ) -> tuple[Block, ...]:
        name = argument or default or (item_type_of(entry.type, context) if entry else "")
        if name not in context.graph.types:
            known = context.graph.types
            raise DirectiveError(f"{name or 'nothing'} is no item type; known: {', '.join(known)}", known)
        return function(context, entry, name)

    return render


def stage(function: Callable[[Context, DocumentEntry | None, Stage], tuple[Block, ...]]) -> Render:
    """Return the render function of a directive whose argument is a stage, else the document's own."""

    def render(
        context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
    ) -> tuple[Block, ...]:
        name = argument or (entry.type if entry else "")
        if name not in Stage.__members__:
            raise DirectiveError(f"{name or 'nothing'} is no stage; known: IQ, OQ, PQ", Stage.__members__)
        return function(context, entry, Stage(name))

    return render
