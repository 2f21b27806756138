"""Parts of the pack beside the documents: workbook, data files, attachments, the page that tells where to start."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from valgen.documents import matrix
from valgen.documents.blocks import (
    Block,
    Document,
    Facts,
    Notice,
    Paragraph,
    Section,
    Shows,
    SignaturePlace,
    Table,
    plain_text,
    walk,
)
from valgen.documents.context import Context
from valgen.documents.visible import visible
from valgen.documents.workbook import Sheet, Workbook
from valgen.model.outcome import Stage
from valgen.model.run import EvidenceRef
from valgen.workflow.tracing import retired_rows, rows_json
from valgen.workflow.writing import is_file_of

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
# An attachment comes from the system under test or a supplier, and the pack is opened from a file share.
_ACTIVE = re.compile(
    r"\.(x?html?|mht|mhtml|svgz?|xml|xslt?|js|mjs|hta|exe|com|scr|bat|cmd|ps1|vbs?|vbe|wsf|lnk|url|jar|msi|reg|app|sh"
    r"|docm|xlsm|pptm|desktop)$",
    re.IGNORECASE,
)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


Views = Sequence[tuple[str, Table]]


def workbook(context: Context, documents: Sequence[Document], tables: Views, digests: Mapping[str, str]) -> Workbook:
    """Return the RTM workbook: control first, one sheet per view, digests last.

    Args:
        context: of the project.
        documents: of the pack.
        tables: of ``views``.
        digests: key of a document to its content digest.
    """
    rtm = next((one for one in documents if one.type == "RTM"), None)
    sheets = tuple(Sheet(name=name, table=table) for name, table in tables)
    listed = tuple((f"{one.key} {one.number} {one.version}", digests[one.key]) for one in documents)
    if rtm is None:
        title = f"Traceability matrix of {context.project.settings.project_name}"
        return Workbook(title=title, sheets=sheets, key="RTM", digests=listed, marks=_marks(context))
    return Workbook(
        title=rtm.title,
        sheets=(*sheets, *_signature_sheet(context, rtm)),
        key="RTM",
        number=rtm.number,
        version=rtm.version,
        status=rtm.status,
        system=rtm.system,
        marks=rtm.marks,
        control=rtm.control,
        digests=listed,
        language=rtm.language,
    )


def _signature_sheet(context: Context, rtm: Document) -> tuple[Sheet, ...]:
    """Return the signatures of the matrix, as its other renderings show them; nothing without a ledger."""
    if context.ledger is None:
        return ()
    places = (one for one in walk(rtm.sections) if isinstance(one, SignaturePlace) and one.shows is Shows.APPROVALS)
    blocks = next((one.blocks for one in places), ())
    table = next((one for one in blocks if isinstance(one, Table)), None)
    if table is None:
        return ()
    said = [one for one in blocks if isinstance(one, Notice | Paragraph)]
    notes = [line for one in said for line in plain_text((one,)).split("\n")]
    facts = [f"{label}: {plain_text(held)}" for one in blocks if isinstance(one, Facts) for label, held in one.rows]
    notes += [" ".join(one.split()) for one in facts]
    return (Sheet(name="Signatures", table=table, notes=tuple(notes)),)


def _marks(context: Context) -> tuple[str, ...]:
    """Marks of a workbook that no document of the pack stands for: its views hold the dry results all the same."""
    return ("DRAFT", "DRY RUN") if is_dry(context) else ("DRAFT",)


def data_files(context: Context, names: Mapping[tuple[str, str], str], tables: Views) -> dict[str, bytes]:
    """Return the same rows as machine-readable files."""
    from valgen.writers.rows import cell_texts, write_csv, write_json

    found = {"trace.json": _json({**rows_json(context.matrix), "retired": retired_rows(context.graph)})}
    for name, table in tables:
        slug = _UNSAFE.sub("-", name).strip("-").lower()
        texts = cell_texts(table)
        found[f"{slug}.csv"] = write_csv(table, texts)
        found[f"{slug}.json"] = write_json(table, texts)
    found["runs.json"] = _json({"runs": [_run(run, names) for run in context.runs]})
    return found


def attachments(work: Path, context: Context) -> dict[tuple[str, str], str]:
    """Copy attachments of all runs into ``evidence/<run>/`` under names that are safe on every system.

    Returns:
        (run id, evidence id) to the path within the pack.
    """
    written: dict[tuple[str, str], str] = {}
    for run in context.runs:
        for attempt in run.attempts:
            for step in attempt.steps:
                for ref in step.evidence:
                    source = context.media.get(ref.sha256)
                    if source is None:
                        continue
                    name = evidence_name(run.id, attempt.number, ref)
                    target = work / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(Path(source).read_bytes())
                    written[run.id, f"{attempt.number}/{ref.id}"] = name
    return written


def evidence_name(run: str, attempt: int, ref: EvidenceRef) -> str:
    """Return where an attachment lies in a pack.

    Args:
        run: id of the run.
        attempt: number of the attempt at the case, from 1.
        ref: the attachment.
    """
    return f"evidence/{run}/{attempt}/{_safe_name(ref)}"


def pack_readme(context: Context, documents: Sequence[Document], files: Sequence[str]) -> str:
    """Return the page that tells a person where to start; it needs no program but a browser."""
    settings = context.project.settings
    title = " ".join(part for part in (settings.system.name or settings.project_name, settings.system.version) if part)
    dry = is_dry(context)
    present = set(files)
    rows = []
    for one in documents:
        links = [f'<a href="{html.escape(path)}">{label}</a>' for path, label in _renderings(one.key, files)]
        rows.append(
            f"<tr><td>{_text(one.number)}</td><td>{_text(one.title)}</td><td>{_text(one.version)}</td>"
            f"<td>{_text(one.status)}</td><td>{_text(', '.join(one.marks))}</td>"
            f"<td>{' '.join(links) or 'not built'}</td></tr>"
        )
    notice = (
        '<p class="notice"><strong>DRY RUN.</strong> Results in this pack come from rehearsals. They are no '
        "evidence and release nothing.</p>"
        if dry
        else ""
    )
    more = [
        (path, text)
        for path, text in (
            ("html/index.html", "All documents in the browser, with search"),
            ("html/matrix.html", "Traceability matrix to filter, sort and group, down to each step and its evidence"),
            ("html/graph.html", "What is linked with what, around any id"),
            ("excel/RTM.xlsx", "Traceability matrix in Excel"),
            ("data/trace.json", "The same rows for programs"),
            ("manifest.json", "Every file of this pack with its SHA-256"),
            ("verify.html", "Check this pack and its records in the browser, without a network"),
            ("evidence/valgen_verify.py", "The same on the command line: python valgen_verify.py FOLDER"),
        )
        if path in present or path == "manifest.json"
    ]
    items = "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in more)
    return f"""<!DOCTYPE html>
<html lang="{_text(settings.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(title)}: validation pack</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b2430; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #c9d1db; vertical-align: top; }}
.notice {{ border-left: .4rem solid #8a5300; background: #fff4e0; padding: .6rem 1rem; }}
a {{ color: #0b5394; }}
</style>
</head>
<body>
<main>
<h1>Validation pack: {_text(title)}</h1>
{notice}
<p>Start with <a href="{"html/index.html" if "html/index.html" in present else "manifest.json"}">the overview</a>,
or open one of the documents.</p>
<table>
<thead><tr><th scope="col">Number</th><th scope="col">Document</th><th scope="col">Version</th>
<th scope="col">Status</th><th scope="col">Marks</th><th scope="col">Open</th></tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table>
<h2>Also in this pack</h2>
<ul>{items}</ul>
<p>Written by {_text(context.tool)}.</p>
</main>
</body>
</html>
"""


def views(context: Context) -> list[tuple[str, Table]]:
    """Return the views of the matrix by name, in the order of the workbook."""
    found: list[tuple[str, Table]] = [
        ("Forward", _table(matrix.forward(context, None, "URS"))),
        ("Every item", _table(matrix.everything(context, None))),
    ]
    tests, items = (block for block in matrix.backward(context, None) if isinstance(block, Table))
    found += [("Tests back", tests), ("Items back", items)]
    for block in matrix.regulations(context, None):
        if isinstance(block, Table):
            found.append((f"Regulation {block.anchor.removeprefix('matrix-')}", block))
    found += [("Gaps", _table(matrix.gaps(context, None))), ("Results", _table(matrix.results_table(context, None)))]
    counted = [block for block in matrix.counts(context, None) if isinstance(block, Table)]
    found += list(zip(("Coverage formal", "Coverage dry run"), counted, strict=False))
    return found


def _renderings(key: str, files: Sequence[str]) -> list[tuple[str, str]]:
    """Return path and label of every file of a document; volumes after the first are numbered."""
    found = [
        (name, label)
        for form, label in (("docx", "Word"), ("pdf", "PDF"))
        for name in files
        if is_file_of(name, form, key)
    ]
    shown = [(name, label if name.count(".") == 1 else f"{label} {name.split('.')[-2]}") for name, label in found]
    page = f"html/{key}.html"
    return [*shown, (page, "HTML")] if page in files else shown


def _table(blocks: Sequence[Block]) -> Table:
    return next(block for block in blocks if isinstance(block, Table))


def pages(documents: Sequence[Document]) -> dict[str, str]:
    """Anchor to HTML page, the first document that holds it; a test's report goes before its protocol."""
    found: dict[str, str] = {}
    for document in sorted(documents, key=lambda one: not one.key.endswith("-report")):
        for block in walk(document.sections):
            if isinstance(block, Table):
                for row in block.rows:
                    if row.anchor:
                        found.setdefault(row.anchor, document.key)
            anchor = getattr(block, "anchor", "")
            if anchor and not isinstance(block, Section):
                found.setdefault(anchor, document.key)
    return found


def _run(run: Any, names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    from valgen.records import run_result_json

    found = run_result_json(run)
    files = {key[1]: path for key, path in names.items() if key[0] == run.id}
    return {
        **found,
        "state": run.state.value,
        "started": run.started_at,
        "finished": run.finished_at or None,
        "files": files,
    }


def _safe_name(ref: EvidenceRef) -> str:
    """The label, then what is left of the original name: ASCII, no path, no reserved name, at most 100 characters.

    A file that a browser or system would execute when somebody opens it gets the ending .txt in addition.
    """
    kept = _UNSAFE.sub("_", ref.name).strip("._-")[-60:]
    if _ACTIVE.search(kept):
        kept += ".txt"
    label = _UNSAFE.sub("_", ref.id)
    return f"{label}_{kept}" if kept and not _RESERVED.fullmatch(kept) else f"{label}.bin"


def _json(value: Mapping[str, Sequence[Any]]) -> bytes:
    """Return a JSON object of lists, one value a line, without the slow encoder that an indent asks for."""
    from valgen.writers.rows import json_lines

    parts = [json.dumps(name).encode() + b": " + json_lines(rows).rstrip(b"\n") for name, rows in value.items()]
    return b"{\n" + b",\n".join(parts) + b"\n}\n"


def _text(text: str) -> str:
    return html.escape(visible(text))


def is_dry(context: Context) -> bool:
    """Return whether results of dry runs stand anywhere in the pack."""
    return any(context.shows_dry_runs(stage) for stage in Stage)
