"""``valgen verify``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from valgen.cli.options import fingerprint_option, json_option, project_option, root_of
from valgen.documents.visible import visible


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@project_option
@click.option("--dry", is_flag=True, help="Verify the log of dry runs.")
@click.option("--root", metavar="FINGERPRINT", help="The root fingerprint as a printed document shows it.")
@click.option(
    "--head",
    "heads",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A checkpoint that you kept: the records must continue it. May be given several times.",
)
@click.option(
    "--authority",
    "authorities",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Root certificate of a time-stamp authority that you trust. May be given several times.",
)
@click.option("--strict", is_flag=True, help="Files that no record names are problems.")
@click.option(
    "--read-data/--no-read-data", default=True, show_default=True, help="Read every attachment in full, or only look."
)
@click.option("--record", is_flag=True, help="Verify the ledger of the project and keep the result as a record in it.")
@click.option("--no-memory", is_flag=True, help="Neither use nor keep what you saw of this ledger.")
@json_option
def command(
    path: Path | None,
    project: Path,
    dry: bool,
    root: str | None,
    heads: tuple[Path, ...],
    authorities: tuple[Path, ...],
    strict: bool,
    read_data: bool,
    record: bool,
    no_memory: bool,
    as_json: bool,
) -> int:
    """Verify that records, documents and packs are unaltered and complete.

    PATH is a pack, a project, a folder of records, a disclosure (ZIP file) or an issued document; without it, the
    project with its ledger and pack. Exit status: 0 when everything holds, 1 when something was altered, is missing or
    cannot be verified, 2 when there is nothing to verify.
    """
    from valgen.workflow.verify import Given, verify, verify_dry

    given = Given(
        root=fingerprint_option(root),
        heads=tuple(one.read_bytes() for one in heads),
        authorities=tuple(one.read_bytes() for one in authorities),
        strict=strict,
        read_data=read_data,
        remember=not no_memory,
    )
    if record and (dry or path is not None):
        raise click.UsageError("--record keeps the verification of the ledger of a project; give no PATH and no --dry")
    if record:
        from valgen.workflow.verify_record import verify_and_record

        found = verify_and_record(project, given)
    else:
        found = verify_dry(root_of(project), strict=strict) if dry else verify(path, project, given)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        return 0 if found.ok else 1
    for problem in found.problems:
        code = click.style(problem.code, fg="red", bold=True)
        click.echo(f"{code} {visible(problem.where)}: {visible(problem.message)}")
    for entry in found.disclosed:
        told = f"Record {entry['record']}, {entry['time']}: {entry['name']}: {entry['text']}"
        click.echo(visible(told.replace("\n", " ")))
    for line in (*found.facts, *found.notes, *found.parts):
        click.echo(visible(line.replace("\n", " ")))
    click.echo(click.style(visible(found.summary), fg="green" if found.ok else "red", bold=True))
    return 0 if found.ok else 1
