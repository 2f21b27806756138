"""What a command shows of an act that a rule does not allow.

Every reason at once, each with its code and how to mend it, and the record of the refusal.

Source: design.md §7; integrity.md §4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.workflow.approve import Refused


def show_refusal(refused: Refused, nothing: str) -> None:
    """Show every reason of a refusal, and which record it is.

    Args:
        refused: by a rule.
        nothing: sentence that says what did not happen.
    """
    for one in refused.objections:
        click.echo(f"refused[{one.code}] {visible(one.what)}", err=True)
        if one.fix:
            click.echo(f"  fix: {visible(one.fix)}", err=True)
    click.echo(f"{nothing} The refusal is record {refused.record}.", err=True)


def refusal_json(refused: Refused, *undone: str) -> dict[str, Any]:
    """Return a refusal as JSON shows it.

    Args:
        refused: by a rule.
        undone: what did not happen, such as ``signed``; each stands as a key that is false.
    """
    return {
        **{name: False for name in undone},
        "record": refused.record,
        "refused": [{"code": one.code, "message": one.what, "fix": one.fix} for one in refused.objections],
    }
