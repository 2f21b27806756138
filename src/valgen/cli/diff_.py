"""``valgen diff``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.documents.versions import Difference


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default="")
@json_option
@project_option
def command(before: str, after: str, as_json: bool, project: Path) -> int:
    """Show what was added, changed and retired from A to B.

    A and B are frozen versions such as URS@1.0, or git revisions such as HEAD~3. Without B, A is compared with the
    present state.
    """
    from valgen.documents.versions import Change
    from valgen.workflow.version_diff import compare

    found = compare(root_of(project), before, after)
    if as_json:
        answer: dict[str, Any] = {"before": found.before, "after": found.after}
        for change in Change:
            word = "removed" if change is Change.REMOVED else change.value
            answer[word] = [_plain(one) for one in found.differences if one.change is change]
        click.echo(json.dumps(answer, ensure_ascii=True, indent=2))
        return 0
    if not found.differences:
        click.echo(f"Nothing differs between {found.before} and {found.after}.")
    for one in found.differences:
        title = f" {one.title}" if one.title != one.id else ""
        click.secho(visible(f"{one.change.value.capitalize()}: {one.id}{title}"), bold=True)
        for field in one.fields:
            for sign, text in (("-", field.before), ("+", field.after)):
                if text is not None:
                    lines = visible(text).split("\n")
                    click.echo(f"  {sign} {field.name}: {lines[0]}")
                    for line in lines[1:]:
                        click.echo(f"  {sign}   {line}")
    return 0


def _plain(one: Difference) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "title": one.title,
        "fields": [{"name": field.name, "before": field.before, "after": field.after} for field in one.fields],
    }
