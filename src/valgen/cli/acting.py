"""Who acts on the command line: the options that say it, the secrets that show it, the place where it happens.

Commands with :func:`acting_options` are handed one value, `who`, in the place of the single options. The secrets
themselves are read late, by :func:`who_acts`, after everything that can be refused without them.

Left to others: reading a secret (``secrets``), checking it and doing the act (``workflow.people``).

Source: design.md §7; integrity.md W-11.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from valgen.cli.options import root_of
from valgen.cli.secrets import has_terminal, read_secret, secret_option
from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.workflow.people import By, Desk

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """What the options say of whoever acts; no secret, only where secrets are read.

    Attributes:
        user: user id; None for that of the open session.
        password_fd: descriptor of the password; None to ask at the terminal.
        totp_fd: descriptor of the code of the second factor; None to ask at the terminal.
        root_key: file of the root key, where the root stands in for a missing administrator.
        root_passphrase_fd: descriptor of its passphrase; None to ask at the terminal.
    """

    user: str | None = None
    password_fd: int | None = None
    totp_fd: int | None = None
    root_key: Path | None = None
    root_passphrase_fd: int | None = None

    @property
    def said(self) -> bool:
        """Whether any of ``--as``, ``--password-fd`` and ``--totp-fd`` was given."""
        return self.user is not None or self.password_fd is not None or self.totp_fd is not None


def acting_options(function: _F) -> _F:
    """Add ``--as``, ``--password-fd`` and ``--totp-fd``, and hand them to the command as `who`."""
    return _acting(_gathered(function))


def acting_or_root_options(function: _F) -> _F:
    """As :func:`acting_options`, with ``--root-key`` and ``--root-passphrase-fd``.

    For acts in which the root takes the place of a missing administrator.
    """
    function = secret_option("root-passphrase")(_gathered(function))
    function = click.option(
        "--root-key",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The root key, where there is no (second) administrator.",
    )(function)
    return _acting(function)


def _acting(function: _F) -> _F:
    function = secret_option("totp")(function)
    function = secret_option("password")(function)
    return click.option(
        "--as", "user_acting", metavar="USER", help="Your user id; that of the open session unless given."
    )(function)


def _gathered(function: _F) -> _F:
    @functools.wraps(function)
    def command(
        *arguments: Any,
        user_acting: str | None,
        password_fd: int | None,
        totp_fd: int | None,
        root_key: Path | None = None,
        root_passphrase_fd: int | None = None,
        **options: Any,
    ) -> Any:
        who = Who(
            user=user_acting,
            password_fd=password_fd,
            totp_fd=totp_fd,
            root_key=root_key,
            root_passphrase_fd=root_passphrase_fd,
        )
        return function(*arguments, who=who, **options)

    return cast(_F, command)


def reason_option(function: _F) -> _F:
    """Add ``--reason``."""
    return click.option("--reason", metavar="TEXT", default="", help="Why; stands in the record.")(function)


def identity_options(function: _F) -> _F:
    """Add ``--identity``, ``--identity-by`` and ``--identity-on``: how it was checked who somebody is.

    The command is handed one `identity`; whoever acts and today are filled in by the act.
    """

    @functools.wraps(function)
    def command(*arguments: Any, identity_how: str, identity_by: str, identity_on: str, **options: Any) -> Any:
        from valgen.records.accounts_rights import Identity

        identity = Identity(how=identity_how, by=identity_by, on=identity_on)
        return function(*arguments, identity=identity, **options)

    gathered = cast(_F, command)
    gathered = click.option("--identity-on", metavar="DATE", default="", help="When; today unless given.")(gathered)
    gathered = click.option("--identity-by", metavar="NAME", default="", help="By whom; you unless given.")(gathered)
    return click.option(
        "--identity",
        "identity_how",
        metavar="TEXT",
        default="",
        help="How the identity was checked, such as 'passport seen'.",
    )(gathered)


def desk_at(project: Path) -> Desk:
    """Return where somebody acts, and warn of a place that is not fit for records."""
    from valgen.workflow.people import open_desk

    desk = open_desk(root_of(project))
    for warning in desk.warnings():
        click.secho(f"warning[VG575] {visible(warning)}", fg="yellow", err=True)
    return desk


def who_acts(desk: Desk, who: Who, *, signing: bool = True, anew: bool = False) -> By:
    """Read the secrets of whoever acts: password, second factor where it is needed, passphrase of the root key.

    With a root key and no ``--as``, the root acts alone. `signing` and `anew` say what needs the second factor
    although a session is open; see ``sessions.authenticate``.
    """
    from valgen.workflow.people import By, Credentials, RootKey, expected

    credentials = None
    if who.user or who.root_key is None:
        found = expected(desk, who.user, signing=signing, anew=anew)
        password = read_secret(who.password_fd, f"Password of {found.user}", option="--password-fd")
        totp = ""
        if who.totp_fd is not None or (found.second_factor and has_terminal()):
            totp = read_secret(who.totp_fd, "Code of your second factor", option="--totp-fd")
        credentials = Credentials(user=found.user, password=password, totp=totp)
    root = None
    if who.root_key is not None:
        passphrase = read_secret(who.root_passphrase_fd, "Passphrase of the root key", option="--root-passphrase-fd")
        root = RootKey(file=who.root_key, passphrase=passphrase)
    return By(credentials=credentials, root=root)
