"""Places for what depends on signatures: made with a document, filled when it is issued, opened when it is written.

A document says nothing about signatures while it is made; it has places. So its content digest cannot depend on them,
and the same blocks, frozen, are written again years later with the signatures that were given since. Writers see what
stands in the places and not the places: ``opened`` is the first thing they do.

Source: design.md §5 (signature), §2 (blocks).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from valgen.documents.blocks import (
    DRAFT,
    EFFECTIVE,
    STATUS,
    VERSION,
    Block,
    Cell,
    Document,
    Entry,
    Facts,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Row,
    Section,
    Shows,
    SignaturePlace,
    Table,
    Tone,
    paragraph,
)

NO_VERSION = "none"
"""What stands for the version of a document that has none."""
NOT_EFFECTIVE = "not effective: not approved"

Change = Callable[[SignaturePlace], tuple[Block, ...]]


def version_of(key: str, version: str) -> SignaturePlace:
    """Return the place for the version of a document as printed, ``1.1 DRAFT`` until approved."""
    return _filled(SignaturePlace(Shows.VERSION, key, version))


def reference_to(key: str, version: str) -> SignaturePlace:
    """Return the place for the version of a document that another one refers to."""
    return _filled(SignaturePlace(Shows.REFERENCE, key, version))


def status_of(key: str, version: str) -> SignaturePlace:
    """Return the place for the status of a document."""
    return _filled(SignaturePlace(Shows.STATUS, key, version))


def effective_of(key: str, version: str) -> SignaturePlace:
    """Return the place for the day on which a document was approved."""
    return _filled(SignaturePlace(Shows.EFFECTIVE, key, version))


def approval_words(key: str, version: str) -> SignaturePlace:
    """Return the place for the words whether a document is approved."""
    return _filled(SignaturePlace(Shows.APPROVAL, key, version))


def kept(text: str) -> SignaturePlace:
    """Return the place for a sentence about the frozen version of the same number, which is no content.

    It stands there also without a sentence: freezing a version changes none of what was frozen.
    """
    return SignaturePlace(Shows.KEPT, blocks=(paragraph(text),) if text else ())


def drafted(place: SignaturePlace) -> tuple[Block, ...]:
    """Return what stands in a place within a text as long as nothing is approved."""
    version = place.version or NO_VERSION
    match place.shows:
        case Shows.VERSION:
            return (paragraph(printed_version(place.version)),)
        case Shows.REFERENCE:
            return (paragraph(f"{version} (not approved)"),)
        case Shows.STATUS:
            return (paragraph("Draft", Tone.WARN),)
        case Shows.EFFECTIVE:
            return (paragraph("not approved", Tone.WARN),)
        case Shows.APPROVAL:
            return (paragraph(f"version {version}, not approved", Tone.WARN),)
        case _:
            return place.blocks


def printed_version(version: str) -> str:
    """Return a version as printed until it is approved."""
    return f"{version} {DRAFT}" if version else f"{NO_VERSION}, {DRAFT}"


def changed(document: Document, change: Change) -> Document:
    """Return a document with every place changed; the same object where it has none."""
    sections = _all(document.sections, change)
    if sections is document.sections:
        return document
    return replace(document, sections=tuple(one for one in sections if isinstance(one, Section)))


def opened(document: Document) -> Document:
    """Return a document in which what stands in its places stands there by itself, for writers."""
    return changed(document, _open)


def opened_blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return blocks in which what stands in their places stands there by itself."""
    return _all(blocks, _open)


def emptied(document: Document) -> Document:
    """Return the content of a document alone: nothing in its places, and a head without standing."""
    return changed(document.content, lambda place: (replace(place, blocks=()),))


def asked_for(document: Document) -> tuple[tuple[str, str], ...]:
    """Return role and meaning of each signature that a document asks for."""
    return next((place.asks for place in _approvals(document.sections)), ())


def has_approvals(blocks: Iterable[Block]) -> bool:
    """Return whether blocks have a place for the signatures of the document."""
    return next(_approvals(blocks), None) is not None


def _approvals(blocks: Iterable[Block]) -> Iterator[SignaturePlace]:
    """Yield the places for the signatures of the document itself, in order."""
    for block in blocks:
        if type(block) is Table:
            for row in block.rows:  # a million cells, nearly all of plain text
                for cell in row.cells:
                    for one in cell.blocks:
                        if type(one) is not Paragraph:
                            yield from _approvals((one,))
        elif isinstance(block, SignaturePlace) and block.shows is Shows.APPROVALS:
            yield block
        elif isinstance(block, Section | Entry | Notice | Quote | SignaturePlace):
            yield from _approvals(block.blocks)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _approvals(item)
        elif isinstance(block, Facts):
            for _, held in block.rows:
                yield from _approvals(held)


def standing_head(document: Document, version: str, status: str, effective: str, marks: tuple[str, ...]) -> Document:
    """Return a document with another head.

    Args:
        document: any.
        version: as printed.
        status: as printed in the control block; the first line of it stands on every page.
        effective: line of the control block.
        marks: that depend on signatures; they stand before the others.
    """
    said = {VERSION: version, STATUS: status, EFFECTIVE: effective}
    control = tuple((label, said.get(label, text)) for label, text in document.control)
    return replace(
        document,
        version=version,
        status=status.partition(" by ")[0],
        marks=(*marks, *document.content.marks),
        control=control,
    )


def _open(place: SignaturePlace) -> tuple[Block, ...]:
    return _all(place.blocks, _open)


def _filled(place: SignaturePlace) -> SignaturePlace:
    return replace(place, blocks=drafted(place))


def _all(blocks: tuple[Block, ...], change: Change) -> tuple[Block, ...]:
    """Return blocks with their places changed; the same tuple where nothing did."""
    made: list[Block] | None = None
    for at, block in enumerate(blocks):
        found = _one(block, change)
        if len(found) == 1 and found[0] is block:
            if made is not None:
                made.append(block)
            continue
        if made is None:
            made = list(blocks[:at])
        made.extend(found)
    return blocks if made is None else tuple(made)


def _one(block: Block, change: Change) -> tuple[Block, ...]:
    match block:
        case Paragraph():
            return (block,)
        case SignaturePlace():
            return change(block)
        case Table():
            rows = tuple(_row(one, change) for one in block.rows)
            same = all(new is old for new, old in zip(rows, block.rows, strict=True))
            return (block if same else replace(block, rows=rows),)
        case Section() | Entry() | Notice() | Quote():
            blocks = _all(block.blocks, change)
            return (block if blocks is block.blocks else replace(block, blocks=blocks),)
        case ListBlock():
            items = tuple(_all(item, change) for item in block.items)
            same = all(new is old for new, old in zip(items, block.items, strict=True))
            return (block if same else replace(block, items=items),)
        case Facts():
            pairs = tuple((label, _all(held, change)) for label, held in block.rows)
            same = all(new[1] is old[1] for new, old in zip(pairs, block.rows, strict=True))
            return (block if same else Facts(pairs),)
        case _:
            return (block,)


def _row(row: Row, change: Change) -> Row:
    # Tables of a pack have a million cells, nearly all of plain text: they are passed over as fast as can be.
    for cell in row.cells:
        for block in cell.blocks:
            if type(block) is not Paragraph:
                return _changed_row(row, change)
    return row


def _changed_row(row: Row, change: Change) -> Row:
    cells = tuple(_cell(cell, change) for cell in row.cells)
    same = all(new is old for new, old in zip(cells, row.cells, strict=True))
    return row if same else replace(row, cells=cells)


def _cell(cell: Cell, change: Change) -> Cell:
    blocks = _all(cell.blocks, change)
    return cell if blocks is cell.blocks else replace(cell, blocks=blocks)
