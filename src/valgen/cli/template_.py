"""``valgen template``."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.options import project_option, root_of


@click.group("template")
def command() -> None:
    """Templates of documents: list them with their directives, or copy one into the project."""


@command.command("list")
@click.option("--directives", is_flag=True, help="Also list what a template may contain.")
def list_(directives: bool) -> int:
    """List the shipped templates."""
    from valgen.documents.directives import SPECS
    from valgen.documents.shipped import shipped_templates

    click.echo("Templates: " + ", ".join(shipped_templates()))
    if directives:
        for spec in SPECS.values():
            argument = f" {spec.argument.upper().replace(' ', '_')}" if spec.argument else ""
            click.echo(f"\n.. valgen:{spec.name}::{argument}\n    {spec.summary}")
            for option in spec.options:
                click.echo(f"    :{option}:")
    return 0


@command.command("eject")
@click.argument("name")
@project_option
@click.option("--force", is_flag=True, help="Replace a template of the project.")
def eject(name: str, project: Path, force: bool) -> int:
    """Copy the shipped template NAME into the project, where it takes the place of the shipped one."""
    from valgen.workflow.templates import eject_template

    path = eject_template(root_of(project), name, force=force)
    click.echo(f"Wrote {path}. The project now uses it instead of the shipped template.")
    return 0
