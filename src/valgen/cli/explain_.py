"""``valgen explain``."""

from __future__ import annotations

import difflib

import click

from valgen.codes import CODES


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> int:
    """Explain a finding code: what it means, why it matters, how to mend it. Without CODE, list all."""
    if code is None:
        for info in CODES.values():
            click.echo(f"{info.code}  {info.severity:<7}  {info.title}")
        return 0
    found = CODES.get(code.upper())
    if found is None:
        near = difflib.get_close_matches(code.upper(), CODES, n=1)
        click.echo(
            f"No code {code}." + (f" Did you mean {near[0]}?" if near else "") + " valgen explain lists all.", err=True
        )
        return 1
    click.echo(
        f"{found.code} ({found.severity}): {found.title}\n\nWhy it matters: {found.why}\n\nHow to mend it: {found.fix}"
    )
    if found.example:
        click.echo("\nFor example:\n" + "\n".join(f"    {line}" for line in found.example.splitlines()))
    return 0
