"""``valgen trace``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.workflow.tracing import ChainNode, Traced

_FORMATS = ("tree", "table", "csv", "json", "xlsx")
_COLOURS = {
    "Covered-Passed": "green",
    "Covered-Failed": "red",
    "Not covered (GAP)": "red",
    "Covered-Not executed": "yellow",
}


@click.command("trace")
@click.argument("name", metavar="[ID]", required=False)
@project_option
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default=None,
    help="tree for one ID and table for all unless given.",
)
@json_option
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file; needed for xlsx."
)
def command(name: str | None, project: Path, form: str | None, as_json: bool, output: Path | None) -> int:
    """Show what an ID leads to, up and down, or the matrix of all items.

    Formal results and dry runs stand side by side; only formal results count.
    """
    from valgen.workflow.tracing import chain, chain_ids, rows_json, trace

    form = "json" if as_json else form or ("tree" if name else "table")
    traced = trace(root_of(project))
    only = chain_ids(traced, name) if name else None
    if form == "tree":
        if name is None:
            raise click.UsageError("a tree needs an ID, such as: valgen trace URS-010")
        text = _tree(chain(traced, name))
    elif form == "json":
        text = json.dumps(rows_json(traced.matrix, only), ensure_ascii=False, indent=1)
    elif form == "csv":
        text = _csv(traced, only)
    elif form == "xlsx":
        if output is None:
            raise click.UsageError("xlsx is no text: name a file with --output FILE.xlsx")
        output.write_bytes(_xlsx(traced))
        click.echo(f"Wrote {output}", err=True)
        return 0
    else:
        text = _table(traced, only)
    if output is not None:
        output.write_text(text + ("" if text.endswith("\n") else "\n"), encoding="utf-8", newline="\n")
        click.echo(f"Wrote {output}", err=True)
    else:
        click.echo(text, nl=not text.endswith("\n"))
    return 0


def _tree(nodes: Sequence[ChainNode]) -> str:
    lines = []
    section = ""
    for node in nodes:
        if node.direction and node.direction != section and node.depth == 1:
            section = node.direction
            lines.append("  above" if section == "up" else "  below")
        link = f"{node.link} " if node.link else ""
        state = f"  [{node.state}]" if node.state else ""
        indent = "    " * node.depth if node.depth else ""
        lines.append(f"{indent}{link}{click.style(node.id, bold=True)} {visible(node.title)}{state}")
    return "\n".join(lines)


def _table(traced: Traced, only: frozenset[str] | None) -> str:
    rows = [("ID", "Title", "Tests", "Coverage (formal)", "Coverage (dry run)")]
    for row in traced.matrix.rows:
        if only is None or row.item.id in only:
            tests = ", ".join(dict.fromkeys(test.id for test in row.tests)) or "none"
            rows.append((row.item.id, visible(row.item.title), tests, row.status.value, row.dry_status.value))
    limits = (24, 44, 40, 32, 32)
    cut = [
        tuple(text if len(text) <= limit else text[: limit - 1] + "…" for text, limit in zip(row, limits, strict=True))
        for row in rows
    ]
    widths = [max(len(row[at]) for row in cut) for at in range(5)]
    lines = []
    for number, cells in enumerate(cut):
        parts = [text.ljust(width) for text, width in zip(cells, widths, strict=True)]
        if number:
            parts = [
                click.style(part, fg=_COLOURS.get(part.strip())) if at > 2 else part for at, part in enumerate(parts)
            ]
        lines.append("  ".join(parts).rstrip())
    if len(rows) == 1:
        return "The project defines no item."
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _csv(traced: Traced, only: frozenset[str] | None) -> str:
    from dataclasses import replace

    from valgen.documents.matrix import everything
    from valgen.workflow.load import Executed, make_context
    from valgen.writers.rows import write_csv

    context = make_context(traced.loaded, Executed())
    chosen = tuple(row for row in traced.matrix.rows if only is None or row.item.id in only)
    table = everything(replace(context, matrix=replace(traced.matrix, rows=chosen)), None)[0]
    return write_csv(table).decode("utf-8-sig")  # type: ignore[arg-type]


def _xlsx(traced: Traced) -> bytes:
    from dataclasses import replace

    from valgen.workflow.load import load_executed, make_context
    from valgen.workflow.pack import views, workbook
    from valgen.workflow.publish import assemble_documents
    from valgen.writers.xlsx import write_workbook

    executed = load_executed(traced.loaded.root, traced.loaded.project)
    context = replace(make_context(traced.loaded, executed), matrix=traced.matrix)
    documents = assemble_documents(traced.loaded.root, context)
    digests = {one.key: one.digest for one in documents}
    return write_workbook(workbook(context, documents, views(context), digests))
