"""``valgen new``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--id", "project_id", default="SYS", show_default=True, help="Prefix of document numbers.")
@click.option("--name", help="Name of the system; that of the folder unless given.")
def command(folder: Path, project_id: str, name: str | None) -> int:
    """Start a small complete project in DIR that passes its checks and runs."""
    from valgen.workflow.new import new_project

    files = new_project(folder, project_id=project_id, name=name or folder.resolve().name)
    click.echo(f"Started a project of {len(files)} files in {folder}. Next:")
    for line in (
        f"  cd {folder}",
        "  valgen check         every gap at once",
        "  valgen run oq        execute the test script",
        "  valgen build         write the validation pack",
        "  valgen add URS       append a requirement",
    ):
        click.echo(line)
    return 0
