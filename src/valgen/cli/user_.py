"""``valgen user``: the people of a project, and what administrators do with their accounts.

What people do with an account of their own is in ``user_own``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.accounts_shown import show_code, show_proposal, show_table, warn_of_identity
from valgen.cli.acting import (
    Who,
    acting_options,
    acting_or_root_options,
    desk_at,
    identity_options,
    reason_option,
    who_acts,
)
from valgen.cli.options import json_option, project_option
from valgen.cli.user_own import activate_command, leave_command, password_command
from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.records.accounts_rights import Identity


@click.group("user")
def command() -> None:
    """People of the project: accounts, roles, passwords, periodic check."""


for _own in (activate_command, password_command, leave_command):
    command.add_command(_own)


@command.command("add")
@click.argument("user")
@click.option("--name", required=True, help="Printed name, as it shall stand beside signatures.")
@click.option("--function", "title", default="", metavar="TEXT", help="Title or function.")
@click.option("--email", default="", metavar="ADDRESS", help="Where notices go.")
@click.option("--role", "roles", metavar="ROLE", multiple=True, help="A role; may be given several times.")
@click.option("--service", is_flag=True, help="The account of a service, which executes tests and signs nothing.")
@click.option("--person", metavar="USER", default="", help="The same human being as USER, with a second account.")
@identity_options
@acting_or_root_options
@project_option
def add(
    user: str,
    name: str,
    title: str,
    email: str,
    roles: tuple[str, ...],
    service: bool,
    person: str,
    identity: Identity,
    who: Who,
    project: Path,
) -> int:
    """Make an account for USER and print the one-time code with which the person activates it.

    The code stands alone on standard output, once. Nobody else ever sets or learns the password.
    """
    from valgen.records.accounts import NewAccount
    from valgen.workflow.people import add_person

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    added = add_person(
        desk,
        by,
        NewAccount(
            user=user,
            name=name,
            function=title,
            email=email,
            roles=roles,
            service=service,
            person=person,
            identity=identity,
        ),
    )
    show_code(user, added.code.shown, added.code.expires, f"{added.account.id} {name}")
    if not identity.how and not service:
        warn_of_identity()
    return 0


@command.command("list")
@json_option
@project_option
def list_(as_json: bool, project: Path) -> int:
    """List every account with state and roles, also those that were disabled."""
    from valgen.workflow.people import list_people

    people = list_people(desk_at(project))
    if as_json:
        click.echo(json.dumps(people.as_json(), ensure_ascii=False, indent=1))
        return 0
    show_table(people.rows)
    for note in people.notes:
        click.echo(visible(note))
    for one in people.proposals:
        click.echo(visible(one))
    return 0


@command.command("grant")
@click.argument("user")
@click.argument("role")
@reason_option
@acting_or_root_options
@project_option
def grant_(user: str, role: str, reason: str, who: Who, project: Path) -> int:
    """Give USER a ROLE.

    The role administrator takes two people: the first command proposes, the same command by another administrator
    acts. While there is one administrator only, --root-key takes the place of the other.
    """
    from valgen.workflow.people import grant

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    done = grant(desk, by, user=user, role=role, reason=reason)
    if done.proposed:
        show_proposal(done, f"{role} for {user}", f"valgen user grant {user} {role}")
    else:
        click.echo(f"{user} now holds: {', '.join(done.account.roles)}.")
        if not done.account.active:
            click.echo(f"{user} is {done.account.state}: the role counts once the account is active.")
    return 0


@command.command("revoke")
@click.argument("user")
@click.argument("role")
@reason_option
@acting_options
@project_option
def revoke_(user: str, role: str, reason: str, who: Who, project: Path) -> int:
    """Take a ROLE from USER. What was signed in it stays."""
    from valgen.workflow.people import revoke

    desk = desk_at(project)
    done = revoke(desk, who_acts(desk, who, signing=False), user=user, role=role, reason=reason)
    click.echo(f"{user} now holds: {', '.join(done.account.roles) or 'no role'}.")
    return 0


@command.command("disable")
@click.argument("user")
@reason_option
@acting_options
@project_option
def disable_(user: str, reason: str, who: Who, project: Path) -> int:
    """End USER's way to act at once. Records and signatures stay; the user id is never used again."""
    from valgen.workflow.people import disable

    desk = desk_at(project)
    disable(desk, who_acts(desk, who, signing=False), user=user, reason=reason)
    click.echo(f"{user} is disabled. Only a reset by two administrators brings the account back.")
    return 0


@command.command("reset")
@click.argument("user")
@reason_option
@identity_options
@acting_or_root_options
@project_option
def reset_(user: str, reason: str, identity: Identity, who: Who, project: Path) -> int:
    """Give USER a new one-time code, after a forgotten password or a lost key. Takes two people.

    The first command proposes, the same command by another administrator acts and prints the code. Later signatures
    show that the key comes from a reset.
    """
    from valgen.workflow.people import reset

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    done = reset(desk, by, user=user, reason=reason, identity=identity)
    if done.code is None:
        show_proposal(done, f"a reset of {user}", f"valgen user reset {user}")
        return 0
    show_code(user, done.code.shown, done.code.expires, f"{user}: the old key no longer counts")
    if not identity.how:
        warn_of_identity()
    return 0


@command.command("unlock")
@click.argument("user")
@reason_option
@acting_options
@project_option
def unlock_(user: str, reason: str, who: Who, project: Path) -> int:
    """Let USER try again after too many failed attempts. Nobody unlocks an account of their own."""
    from valgen.workflow.people import unlock

    desk = desk_at(project)
    unlock(desk, who_acts(desk, who, signing=False), user=user, reason=reason)
    click.echo(f"{user} may try again.")
    return 0


@command.command("change")
@click.argument("user")
@click.option("--name", metavar="TEXT", help="New printed name.")
@click.option("--function", "title", metavar="TEXT", help="New title or function.")
@click.option("--email", metavar="ADDRESS", help="New address for notices.")
@reason_option
@acting_options
@project_option
def change_(
    user: str, name: str | None, title: str | None, email: str | None, reason: str, who: Who, project: Path
) -> int:
    """Change the printed name, function or address of USER. Signatures keep what they showed."""
    from valgen.workflow.people import change

    if name is None and title is None and email is None:
        raise click.UsageError("give --name, --function or --email")
    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    done = change(desk, by, user=user, name=name, function=title, email=email, reason=reason)
    click.echo(f"{user}: {visible(done.account.name)}, {visible(done.account.function) or 'no function'}.")
    return 0


@command.command("check")
@click.option("--findings", metavar="TEXT", default="", help="What you found, for the record.")
@click.option("--conclusion", metavar="TEXT", default="", help="What follows; needed with --as.")
@acting_options
@json_option
@project_option
def check_(findings: str, conclusion: str, who: Who, as_json: bool, project: Path) -> int:
    """Show what is worth a question about accounts; with --as, sign the periodic check.

    Exit status: 0 when nothing is worth a question or the check was signed, else 1. A signed check holds every account
    with state and roles.
    """
    from valgen.workflow.people import check_people, list_people

    desk = desk_at(project)
    record = None
    if who.user:
        if not conclusion:
            raise click.UsageError("a signed check needs --conclusion: what follows from what you saw")
        by = who_acts(desk, who, signing=False)
        record = check_people(desk, by, findings=findings, conclusion=conclusion)
    people = list_people(desk)
    if as_json:
        click.echo(json.dumps({**people.as_json(), "record": record}, ensure_ascii=False, indent=1))
        return 1 if people.questions and record is None else 0
    for row in people.rows:
        for note in row.notes:
            click.echo(f"VG593 {row.account.user} ({visible(row.account.name)}): {visible(note)}")
    for note in people.notes:
        click.echo(visible(note))
    if not people.questions:
        click.secho(f"{len(people.rows)} accounts: nothing that is worth a question.", fg="green", bold=True)
    if record is not None:
        click.echo(f"The check is signed: record {record}.")
    elif people.questions:
        click.echo("Nothing was recorded. With --as USER --conclusion TEXT you sign the check.")
    return 1 if people.questions and record is None else 0
