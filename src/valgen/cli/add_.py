"""``valgen add``."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.options import project_option, root_of


@click.command("add")
@click.argument("kind", metavar="TYPE")
@project_option
def command(kind: str, project: Path) -> int:
    """Append a stub with the next free id and say where. TYPE is URS, FS, RSK, OQ, ..."""
    from valgen.workflow.add import add

    added = add(root_of(project), kind)
    click.echo(f"{added.path}:{added.line}: added {added.id}. Fill it in, then: valgen check")
    return 0
