"""``valgen user``: the people of a project, and how they show who they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.cli.secrets import acting_options, has_terminal, read_secret, secret_option
from valgen.documents.visible import visible
from valgen.errors import ExecutionError

if TYPE_CHECKING:
    from valgen.records.accounts_rights import Done, Identity
    from valgen.records.accounts_view import AccountRow
    from valgen.records.second_factor import Enrolment
    from valgen.workflow.people import By, Desk

_F = TypeVar("_F", bound=Callable[..., Any])


@click.group("user")
def command() -> None:
    """People of the project: accounts, roles, passwords, periodic check."""


def desk_at(project: Path) -> Desk:
    """Return where somebody acts, and warn of a place that is not fit for records."""
    from valgen.workflow.people import open_desk

    desk = open_desk(root_of(project))
    for warning in desk.warnings():
        click.secho(f"warning[VG575] {visible(warning)}", fg="yellow", err=True)
    return desk


def root_options(function: _F) -> _F:
    """Add ``--root-key`` and ``--root-passphrase-fd``: the root in the place of a missing administrator."""
    function = secret_option("root-passphrase")(function)
    return click.option(
        "--root-key",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The root key, where there is no (second) administrator.",
    )(function)


def reason_option(function: _F) -> _F:
    """Add ``--reason``."""
    return click.option("--reason", metavar="TEXT", default="", help="Why; stands in the record.")(function)


def identity_options(function: _F) -> _F:
    """Add ``--identity``, ``--identity-by`` and ``--identity-on``: how it was checked who somebody is."""
    function = click.option("--identity-on", metavar="DATE", default="", help="When; today unless given.")(function)
    function = click.option("--identity-by", metavar="NAME", default="", help="By whom; you unless given.")(function)
    return click.option(
        "--identity", metavar="TEXT", default="", help="How the identity was checked, such as 'passport seen'."
    )(function)


def who_acts(
    desk: Desk,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    root_key: Path | None = None,
    root_passphrase_fd: int | None = None,
    *,
    signing: bool = True,
    anew: bool = False,
) -> By:
    """Read the secrets of whoever acts: password, second factor where it is needed, passphrase of the root key.

    With a root key and no ``--as``, the root acts alone. ``signing`` and ``anew`` say what needs the second factor
    although a session is open; see ``sessions.authenticate``.
    """
    from valgen.workflow.people import By, Credentials, RootKey, expected

    credentials = None
    if acting or root_key is None:
        found = expected(desk, acting, signing=signing, anew=anew)
        password = read_secret(password_fd, f"Password of {found.user}", option="--password-fd")
        totp = ""
        if totp_fd is not None or (found.second_factor and has_terminal()):
            totp = read_secret(totp_fd, "Code of your second factor", option="--totp-fd")
        credentials = Credentials(user=found.user, password=password, totp=totp)
    root = None
    if root_key is not None:
        passphrase = read_secret(root_passphrase_fd, "Passphrase of the root key", option="--root-passphrase-fd")
        root = RootKey(file=root_key, passphrase=passphrase)
    return By(credentials=credentials, root=root)


def identity_of(how: str, by: str, on: str) -> Identity:
    """Return what the identity options say; whoever acts and today are filled in by the act."""
    from valgen.records.accounts_rights import Identity

    return Identity(how=how, by=by, on=on)


@command.command("add")
@click.argument("user")
@click.option("--name", required=True, help="Printed name, as it shall stand beside signatures.")
@click.option("--function", "title", default="", metavar="TEXT", help="Title or function.")
@click.option("--email", default="", metavar="ADDRESS", help="Where notices go.")
@click.option("--role", "roles", metavar="ROLE", multiple=True, help="A role; may be given several times.")
@click.option("--service", is_flag=True, help="The account of a service, which executes tests and signs nothing.")
@click.option("--person", metavar="USER", default="", help="The same human being as USER, with a second account.")
@identity_options
@acting_options
@root_options
@project_option
def add(
    user: str,
    name: str,
    title: str,
    email: str,
    roles: tuple[str, ...],
    service: bool,
    person: str,
    identity: str,
    identity_by: str,
    identity_on: str,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    root_key: Path | None,
    root_passphrase_fd: int | None,
    project: Path,
) -> int:
    """Make an account for USER and print the one-time code with which the person activates it.

    The code stands alone on standard output, once. Nobody else ever sets or learns the password.
    """
    from valgen.workflow.people import AddPerson, add_person

    desk = desk_at(project)
    by = who_acts(desk, acting, password_fd, totp_fd, root_key, root_passphrase_fd, signing=False)
    added = add_person(
        desk,
        by,
        AddPerson(
            user=user,
            name=name,
            function=title,
            email=email,
            roles=roles,
            service=service,
            person=person,
            identity=identity_of(identity, identity_by, identity_on),
        ),
    )
    show_code(user, added.code.shown, added.code.expires, f"{added.account.id} {name}")
    if not identity and not service:
        warn_of_identity()
    return 0


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


@command.command("activate")
@click.argument("user")
@secret_option("code")
@secret_option("password", "your new password")
@click.option("--second-factor", is_flag=True, help="Also enrol a second factor: an app that shows a code.")
@secret_option("totp", "a code that the app shows, to enrol it")
@project_option
def activate_(
    user: str, code_fd: int | None, password_fd: int | None, second_factor: bool, totp_fd: int | None, project: Path
) -> int:
    """Activate your account: type the one-time code and choose your password.

    This makes your key, which only your password opens. It lies in your key store on this computer.
    """
    from valgen.workflow.people import Activation, activate

    desk = desk_at(project)
    code = read_secret(code_fd, "One-time code", option="--code-fd")
    password = read_secret(password_fd, "New password", option="--password-fd", confirm=True)
    enrolment, totp = _enrol(desk, user, totp_fd) if second_factor else (None, "")
    done = activate(desk, Activation(user=user, code=code, password=password, enrolment=enrolment, totp=totp))
    click.echo(f"{done.account.user} is active, with key {done.account.key_id[:16]}.")
    click.echo(f"Roles: {', '.join(done.account.roles) or 'none yet; an administrator grants them'}.")
    click.echo(
        f"Your key lies in {done.key_file}. Keep a copy: without it, or without your password, two "
        "administrators have to reset your account."
    )
    return 0


def _enrol(desk: Desk, user: str, totp_fd: int | None) -> tuple[Enrolment, str]:
    """Show secret and QR code of a new second factor, and read one code."""
    from valgen.workflow.people import new_second_factor

    enrolment = new_second_factor(desk, user)
    click.echo(enrolment.picture, err=True)
    click.echo(f"Scan this with an authenticator app, or type its secret there: {enrolment.shown}", err=True)
    return enrolment, read_secret(totp_fd, "Code that the app shows", option="--totp-fd")


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
    _table(people.rows)
    for note in people.notes:
        click.echo(visible(note))
    for one in people.proposals:
        click.echo(visible(one))
    return 0


def _table(rows: tuple[AccountRow, ...]) -> None:
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


@command.command("grant")
@click.argument("user")
@click.argument("role")
@reason_option
@acting_options
@root_options
@project_option
def grant_(
    user: str,
    role: str,
    reason: str,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    root_key: Path | None,
    root_passphrase_fd: int | None,
    project: Path,
) -> int:
    """Give USER a ROLE.

    The role administrator takes two people: the first command proposes, the same command by another administrator
    acts. While there is one administrator only, --root-key takes the place of the other.
    """
    from valgen.workflow.people import grant

    desk = desk_at(project)
    by = who_acts(desk, acting, password_fd, totp_fd, root_key, root_passphrase_fd, signing=False)
    done = grant(desk, by, user=user, role=role, reason=reason)
    if done.proposed:
        _proposed(done, f"{role} for {user}", f"valgen user grant {user} {role}")
    else:
        click.echo(f"{user} now holds: {', '.join(done.account.roles)}.")
        if not done.account.active:
            click.echo(f"{user} is {done.account.state}: the role counts once the account is active.")
    return 0


def _proposed(done: Done, what: str, typed: str) -> None:
    word = "was proposed before and still waits" if done.again else "is proposed, not done"
    click.secho(f"{what}: {word}.", bold=True)
    click.echo("It takes a second person. Within 7 days one of these administrators types:")
    for other in done.others:
        click.echo(f"  {typed} --as {other}")


@command.command("revoke")
@click.argument("user")
@click.argument("role")
@reason_option
@acting_options
@project_option
def revoke_(
    user: str,
    role: str,
    reason: str,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    project: Path,
) -> int:
    """Take a ROLE from USER. What was signed in it stays."""
    from valgen.workflow.people import revoke

    desk = desk_at(project)
    done = revoke(
        desk, who_acts(desk, acting, password_fd, totp_fd, signing=False), user=user, role=role, reason=reason
    )
    click.echo(f"{user} now holds: {', '.join(done.account.roles) or 'no role'}.")
    return 0


@command.command("disable")
@click.argument("user")
@reason_option
@acting_options
@project_option
def disable_(
    user: str, reason: str, acting: str | None, password_fd: int | None, totp_fd: int | None, project: Path
) -> int:
    """End USER's way to act at once. Records and signatures stay; the user id is never used again."""
    from valgen.workflow.people import disable

    desk = desk_at(project)
    disable(desk, who_acts(desk, acting, password_fd, totp_fd, signing=False), user=user, reason=reason)
    click.echo(f"{user} is disabled. Only a reset by two administrators brings the account back.")
    return 0


@command.command("reset")
@click.argument("user")
@reason_option
@identity_options
@acting_options
@root_options
@project_option
def reset_(
    user: str,
    reason: str,
    identity: str,
    identity_by: str,
    identity_on: str,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    root_key: Path | None,
    root_passphrase_fd: int | None,
    project: Path,
) -> int:
    """Give USER a new one-time code, after a forgotten password or a lost key. Takes two people.

    The first command proposes, the same command by another administrator acts and prints the code. Later signatures
    show that the key comes from a reset.
    """
    from valgen.workflow.people import reset

    desk = desk_at(project)
    by = who_acts(desk, acting, password_fd, totp_fd, root_key, root_passphrase_fd, signing=False)
    done = reset(desk, by, user=user, reason=reason, identity=identity_of(identity, identity_by, identity_on))
    if done.code is None:
        _proposed(done, f"a reset of {user}", f"valgen user reset {user}")
        return 0
    show_code(user, done.code.shown, done.code.expires, f"{user}: the old key no longer counts")
    if not identity:
        warn_of_identity()
    return 0


@command.command("unlock")
@click.argument("user")
@reason_option
@acting_options
@project_option
def unlock_(
    user: str, reason: str, acting: str | None, password_fd: int | None, totp_fd: int | None, project: Path
) -> int:
    """Let USER try again after too many failed attempts. Nobody unlocks an account of their own."""
    from valgen.workflow.people import unlock

    desk = desk_at(project)
    unlock(desk, who_acts(desk, acting, password_fd, totp_fd, signing=False), user=user, reason=reason)
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
    user: str,
    name: str | None,
    title: str | None,
    email: str | None,
    reason: str,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    project: Path,
) -> int:
    """Change the printed name, function or address of USER. Signatures keep what they showed."""
    from valgen.workflow.people import change

    if name is None and title is None and email is None:
        raise click.UsageError("give --name, --function or --email")
    desk = desk_at(project)
    by = who_acts(desk, acting, password_fd, totp_fd, signing=False)
    done = change(desk, by, user=user, name=name, function=title, email=email, reason=reason)
    click.echo(f"{user}: {visible(done.account.name)}, {visible(done.account.function) or 'no function'}.")
    return 0


@command.command("password")
@acting_options
@secret_option("new-password")
@click.option("--second-factor", is_flag=True, help="Enrol a second factor, or replace the one you have.")
@click.option("--no-second-factor", is_flag=True, help="Give up your second factor.")
@click.option("--keep-password", is_flag=True, help="Change the second factor only.")
@secret_option("new-totp", "a code that the new app shows, to enrol it")
@project_option
def password_(
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    new_password_fd: int | None,
    second_factor: bool,
    no_second_factor: bool,
    keep_password: bool,
    new_totp_fd: int | None,
    project: Path,
) -> int:
    """Change your own password or second factor. Your key stays the same; open sessions end."""
    from valgen.workflow.people import ChangeCredentials, change_credentials

    if second_factor and no_second_factor:
        raise click.UsageError("--second-factor and --no-second-factor exclude each other")
    if keep_password and not (second_factor or no_second_factor):
        raise click.UsageError("--keep-password changes nothing by itself; add --second-factor or --no-second-factor")
    desk = desk_at(project)
    by = who_acts(desk, acting, password_fd, totp_fd, anew=True)
    if by.credentials is None:
        raise ExecutionError("nobody acts", code="VG588")
    new = ""
    if not keep_password:
        new = read_secret(new_password_fd, "New password", option="--new-password-fd", confirm=True)
    enrolment, totp = _enrol(desk, by.credentials.user, new_totp_fd) if second_factor else (None, "")
    changed = change_credentials(
        desk,
        by,
        ChangeCredentials(new_password=new, enrolment=enrolment, totp=totp, drop_second_factor=no_second_factor),
    )
    factor = "enrolled" if changed.totp else "none"
    click.echo(f"{'Password kept' if keep_password else 'Password changed'}; second factor: {factor}.")
    click.echo("Open sessions have ended: your next signature asks for everything again.")
    return 0


@command.command("leave")
@project_option
def leave_(project: Path) -> int:
    """End your session at this terminal: the next signature asks for everything again."""
    from valgen.workflow.people import leave

    user = leave(desk_at(project))
    click.echo(f"The session of {user} has ended." if user else "There is no open session at this terminal.")
    return 0


@command.command("check")
@click.option("--findings", metavar="TEXT", default="", help="What you found, for the record.")
@click.option("--conclusion", metavar="TEXT", default="", help="What follows; needed with --as.")
@acting_options
@json_option
@project_option
def check_(
    findings: str,
    conclusion: str,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    as_json: bool,
    project: Path,
) -> int:
    """Show what is worth a question about accounts; with --as, sign the periodic check.

    Exit status: 0 when nothing is worth a question or the check was signed, else 1. A signed check holds every account
    with state and roles.
    """
    from valgen.workflow.people import check_people, list_people

    desk = desk_at(project)
    record = None
    if acting:
        if not conclusion:
            raise click.UsageError("a signed check needs --conclusion: what follows from what you saw")
        by = who_acts(desk, acting, password_fd, totp_fd, signing=False)
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
