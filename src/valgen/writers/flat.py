"""Blocks as plain text, for cells of spreadsheets and for CSV and JSON.

Paragraphs and list items stand on lines of their own, list items with their bullet or number, facts as ``label:
value``, an inner table one row per line with `` | `` between its cells. The text is literal; what a format needs to
stay harmless is added by its writer.
"""

from __future__ import annotations

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Section,
    Table,
)


def cell_text(cell: Cell) -> str:
    """Return the text of a cell, empty when there is nothing to read."""
    blocks = cell.blocks
    if not blocks:
        return ""
    if len(blocks) == 1 and type(blocks[0]) is Paragraph:
        held = blocks[0].runs
        return held[0].text if len(held) == 1 else "".join([run.text for run in held])
    return "\n".join(_lines(blocks))


def _lines(blocks: tuple[Block, ...]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                lines.append("".join(run.text for run in block.runs))
            case CodeBlock():
                lines.append(block.text)
            case ListBlock():
                for number, item in enumerate(block.items, block.start):
                    inner = "\n".join(_lines(item)).split("\n")
                    mark = f"{number}. " if block.ordered else "• "
                    lines.append(mark + inner[0])
                    lines.extend("  " + line for line in inner[1:])
            case Facts():
                lines.extend(f"{label}: {'; '.join(_lines(inner_blocks))}" for label, inner_blocks in block.rows)
            case Table():
                if block.rows:
                    lines.append(" | ".join(column.title for column in block.columns))
                    lines.extend(" | ".join(cell_text(cell) for cell in row.cells) for row in block.rows)
                else:
                    lines.append(block.empty)
            case Image():
                lines.append(f"[{block.name}] {block.alt}")
            case Notice() | Section():
                lines.append(block.title)
                lines.extend(_lines(block.blocks))
            case Entry():
                lines.append(f"{block.label} {block.title}{f' – {block.badge}' if block.badge else ''}")
                lines.extend(_lines(block.blocks))
            case Quote():
                lines.extend(_lines(block.blocks))
    return lines
