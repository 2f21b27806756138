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
    from valgen.readers.schemas import SCHEMAS, schema
    from valgen.readers.settings import find_project, read_settings

    types = {}
    try:
        types = dict(read_settings(find_project(project.resolve()))[0].types)
    except ValgenError:
        types = {}
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for name in SCHEMAS:
            text = json.dumps(schema(name, types), ensure_ascii=False, indent=1) + "\n"
            (output / f"{name}.schema.json").write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Wrote {len(SCHEMAS)} schemas to {output}", err=True)
        return 0
    if kind is None:
        for name, doc in SCHEMAS.items():
            click.echo(f"{name:<24} {doc}")
        return 0
    if kind not in SCHEMAS:
        raise click.UsageError(f"no schema {kind}; schemas are {', '.join(SCHEMAS)}")
    click.echo(json.dumps(schema(kind, types), ensure_ascii=False, indent=1))
    return 0
