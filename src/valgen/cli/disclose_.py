"""``valgen disclose``."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.options import project_option, root_of
from valgen.documents.visible import visible
from valgen.errors import VerificationError


@click.command("disclose")
@click.argument("asked", nargs=-1, metavar="[RECORD|DOCUMENT|CASE|RUN|EXECUTION]...")
@click.option("--all", "everything", is_flag=True, help="All records of the ledger.")
@click.option(
    "--output", "-o", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.zip",
    help="The file to write.",
)  # fmt: skip
@project_option
def command(asked: tuple[str, ...], everything: bool, output: Path, project: Path) -> int:
    """Give chosen records with their proofs, and the program that checks them, to an inspector.

    Choose by record number, key of a document such as URS, test case such as OQ-014, run or execution. Exit status: 0
    when the file was written, 1 when records were altered, 2 when nothing was found or it cannot be written.
    """
    from valgen.workflow.disclose import write_disclosure

    if not asked and not everything:
        raise click.UsageError("name records, documents or test cases, or give --all")
    if output.suffix.lower() != ".zip":
        raise click.UsageError("the file is a ZIP file: give it a name that ends in .zip")
    try:
        found = write_disclosure(root_of(project), asked, output, everything=everything)
    except VerificationError as error:
        from valgen.cli.failure import report

        report(error)
        return 1
    for entry in found.chosen:
        click.echo(visible(f"Record {entry.seq}, {entry.time}: {entry.name}: {entry.text}".replace("\n", " ")))
    click.echo(
        f"{len(found.chosen)} records and {found.records - len(found.chosen)} that they rest on, of {found.size}."
    )
    click.echo(f"Root fingerprint, to be told by another way: {found.root_fingerprint}")
    click.echo(click.style(f"{output} is written and verified.", fg="green", bold=True))
    return 0
