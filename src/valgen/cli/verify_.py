"""``valgen verify``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.documents.visible import visible


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@project_option
@click.option("--dry", is_flag=True, help="Verify the log of dry runs.")
@json_option
def command(path: Path | None, project: Path, dry: bool, as_json: bool) -> int:
    """Verify that a pack is unaltered and complete, or with --dry the log of dry runs.

    PATH is a pack with its manifest.json; without it, the pack of the project. Exit status: 0 when everything
    holds, 1 when something was altered, is missing or cannot be verified, 2 when there is nothing to verify.
    """
    from valgen.workflow.verify import verify_dry, verify_pack

    found = verify_dry(root_of(project)) if dry else verify_pack(path if path else None, project)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        return 0 if found.ok else 1
    for problem in found.problems:
        code = click.style(problem.code, fg="red", bold=True)
        click.echo(f"{code} {visible(problem.where)}: {visible(problem.message)}")
    for note in found.notes:
        click.echo(visible(note))
    click.echo(click.style(visible(found.summary), fg="green" if found.ok else "red", bold=True))
    return 0 if found.ok else 1
