"""What commands show of accounts: a one-time code, a proposal, the table of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.records.accounts_rights import Done
    from valgen.records.accounts_view import AccountRow


def show_code(user: str, code: str, expires: str, what: str) -> None:
    """Print a one-time code alone on standard output, and what to do with it on standard error."""
    click.echo(f"{visible(what)}: waiting for activation. The one-time code, shown this once:", err=True)
    click.echo(code)
    click.echo(
        f"Give it to the person yourself, not by the way that others can read. It counts until {expires[:10]}.\n"
        f"Next, the person types: valgen user activate {user}",
        err=True,
    )


def warn_of_identity() -> None:
    """Say that a record lacks how the identity of a person was checked."""
    click.secho(
        "warning[VG590] how the identity was checked is not recorded; 21 CFR 11.100(b) asks for the check. "
        "Say it with --identity next time.",
        fg="yellow",
        err=True,
    )


def show_proposal(done: Done, what: str, typed: str) -> None:
    """Say that an act waits for a second person, and what each who could be it types."""
    word = "was proposed before and still waits" if done.again else "is proposed, not done"
    click.secho(f"{what}: {word}.", bold=True)
    click.echo("It takes a second person. Within 7 days one of these administrators types:")
    for other in done.others:
        click.echo(f"  {typed} --as {other}")


def show_table(rows: tuple[AccountRow, ...]) -> None:
    """Print one line for each account, in columns."""
    lines = [("Account", "User", "Name", "State", "Roles", "Second factor", "Last at work")]
    for row in rows:
        one = row.account
        kind = " (service)" if one.service else ""
        lines.append(
            (
                one.id,
                one.user,
                visible(one.name) + kind,
                one.state,
                ", ".join(one.roles) or "-",
                "yes" if one.totp else "no",
                row.last_used[:10] or "-",
            )
        )
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    for number, line in enumerate(lines):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
        if not number:
            click.echo("  ".join("-" * width for width in widths))
