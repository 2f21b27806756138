"""``valgen schema``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("schema")
@click.argument("kind", required=False)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, file_okay=False), help="Write every schema into this folder."
)
@click.option(
    "--project",
    "-C",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="Project whose own item types are included.",
)
def command(kind: str | None, output: Path | None, project: Path) -> int:
    """Write the JSON Schema of a file KIND or of a command's JSON; without KIND, list them.

    An editor completes and checks an item file that begins with:
    # yaml-language-server: $schema=../schemas/valgen-items.schema.json
    """
    from valgen.errors import ValgenError
    from valgen.readers.schemas import KINDS, schema, schema_file_name
    from valgen.readers.settings import find_project, read_settings

    try:
        types = read_settings(find_project(project.resolve()))[0].item_types
    except ValgenError:
        types = None  # outside a project the shipped types are described
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for name in KINDS:
            text = json.dumps(schema(name, types), ensure_ascii=False, indent=1) + "\n"
            (output / schema_file_name(name)).write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Wrote {len(KINDS)} schemas to {output}", err=True)
        return 0
    if kind is None:
        for name in KINDS:
            click.echo(f"{name:<22} {schema(name, types).get('title', '')}")
        return 0
    if kind not in KINDS:
        raise click.UsageError(f"no schema {kind}; schemas are {', '.join(KINDS)}")
    click.echo(json.dumps(schema(kind, types), ensure_ascii=False, indent=1))
    return 0
