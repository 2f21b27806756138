"""``valgen user``, for oneself: activate the account, change password or second factor, end the session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.acting import Who, acting_options, desk_at, who_acts
from valgen.cli.options import project_option
from valgen.cli.secrets import read_secret, secret_option
from valgen.errors import ExecutionError

if TYPE_CHECKING:
    from valgen.records.second_factor import Enrolment
    from valgen.workflow.people import Desk


@click.command("activate")
@click.argument("user")
@secret_option("code")
@secret_option("password", "your new password")
@click.option("--second-factor", is_flag=True, help="Also enrol a second factor: an app that shows a code.")
@secret_option("totp", "a code that the app shows, to enrol it")
@project_option
def activate_command(
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


@click.command("password")
@acting_options
@secret_option("new-password")
@click.option("--second-factor", is_flag=True, help="Enrol a second factor, or replace the one you have.")
@click.option("--no-second-factor", is_flag=True, help="Give up your second factor.")
@click.option("--keep-password", is_flag=True, help="Change the second factor only.")
@secret_option("new-totp", "a code that the new app shows, to enrol it")
@project_option
def password_command(
    who: Who,
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
    by = who_acts(desk, who, anew=True)
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


@click.command("leave")
@project_option
def leave_command(project: Path) -> int:
    """End your session at this terminal: the next signature asks for everything again."""
    from valgen.workflow.people import leave

    user = leave(desk_at(project))
    click.echo(f"The session of {user} has ended." if user else "There is no open session at this terminal.")
    return 0
