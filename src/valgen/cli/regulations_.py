"""``valgen regulations``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from valgen.cli.options import json_option

if TYPE_CHECKING:
    from valgen.regulations.library import Clause


@click.command("regulations")
@click.argument("name", metavar="[LIBRARY|CLAUSE]", required=False)
@json_option
def command(name: str | None, as_json: bool) -> int:
    """List the clause libraries, the clauses of one, or what one clause asks for.

    Texts are valgen's own wording; the published regulations are binding.
    """
    from valgen.regulations.library import clause, known_ids, libraries, library_clauses
    from valgen.trace.rules.suggest import did_you_mean

    if name is None:
        if as_json:
            click.echo(
                json.dumps(
                    [
                        {"name": one.name, "title": one.title, "status": one.status, "ids": len(one.ids)}
                        for one in libraries().values()
                    ],
                    ensure_ascii=False,
                    indent=1,
                )
            )
        else:
            for one in libraries().values():
                click.echo(f"{one.name:<28} {len(one.ids):>4} ids  {one.title}")
        return 0
    if name in libraries():
        found = library_clauses(name)
        if as_json:
            click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        else:
            for entry in found:
                click.echo(f"{entry.id:<26} {entry.coverage or '-':<12} {entry.title}")
        return 0
    if name not in known_ids():
        hint = did_you_mean(name, {*known_ids(), *libraries()})
        click.echo(f"No library and no clause is called {name}. {hint}".rstrip(), err=True)
        return 1
    found_one = clause(name)
    if as_json:
        click.echo(json.dumps(_plain(found_one), ensure_ascii=False, indent=1))
        return 0
    click.echo(f"{found_one.id}  {found_one.title}  ({found_one.library})")
    for label, text in (
        ("Asks for", found_one.demand),
        ("Evidence", found_one.coverage),
        ("When", found_one.condition),
        ("Note", found_one.note),
    ):
        if text:
            click.echo(f"  {label}: {text}")
    for label, lines in (
        ("Answered by", found_one.expected_evidence),
        ("Goes wrong", found_one.typical_failures),
        ("Related", found_one.related),
    ):
        for line in lines:
            click.echo(f"  {label}: {line}")
    for key, lines in found_one.details.items():
        for line in lines:
            click.echo(f"  {key.replace('_', ' ')}: {line}")
    return 0


def _plain(one: Clause) -> dict[str, object]:
    """Return what an entry says, by field; empty fields are left out."""
    found: dict[str, object] = {}
    for field in fields(one):
        value = getattr(one, field.name)
        if value:
            # Details are a read-only mapping, which neither JSON nor dataclasses.asdict takes.
            found[field.name] = dict(value) if isinstance(value, Mapping) else value
    return found
