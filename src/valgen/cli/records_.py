"""``valgen records``: the ledger of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.accounts_shown import show_code, warn_of_identity
from valgen.cli.acting import Who, acting_or_root_options, desk_at, identity_options, reason_option, who_acts
from valgen.cli.options import fingerprint_option, project_option
from valgen.cli.secrets import has_terminal, read_secret, secret_option
from valgen.documents.visible import visible
from valgen.model.signature import SINGLE_ADMINISTRATOR

if TYPE_CHECKING:
    from valgen.records.accounts_rights import Identity
    from valgen.workflow.anchor import Anchored


@click.group("records")
def command() -> None:
    """The ledger: begin it, look after it, let further computers write to it."""


@command.command("init")
@click.option("--admin", "user", required=True, metavar="USER", help="User id of the first administrator.")
@click.option("--name", required=True, help="Their printed name.")
@click.option("--function", "title", default="", metavar="TEXT", help="Their title or function.")
@click.option("--email", default="", metavar="ADDRESS", help="Where notices go.")
@identity_options
@click.option(
    "--root-key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the root key is written, outside the project; in the key store unless given.",
)
@secret_option("root-passphrase")
@secret_option("password", "the first administrator's own password, to activate the account at once")
@click.option("--single-administrator", is_flag=True, help="One person works alone; can never be changed.")
@project_option
def init(
    user: str,
    name: str,
    title: str,
    email: str,
    identity: Identity,
    root_key: Path | None,
    root_passphrase_fd: int | None,
    password_fd: int | None,
    single_administrator: bool,
    project: Path,
) -> int:
    """Begin the ledger of the project, with its root key and the account of the first administrator.

    The root key is sealed under a passphrase of its own and belongs into other hands than those of the administrator.
    The one-time code of the administrator stands alone on standard output, unless --password-fd gives a password.
    """
    from valgen.workflow.people_founding import Founding, begin

    desk = desk_at(project)
    passphrase = ""
    if root_passphrase_fd is not None or has_terminal():
        passphrase = read_secret(
            root_passphrase_fd, "Passphrase for the root key", option="--root-passphrase-fd", confirm=True
        )
    password = read_secret(password_fd, "", option="--password-fd") if password_fd is not None else ""
    done = begin(
        desk,
        Founding(
            user=user,
            name=name,
            function=title,
            email=email,
            identity=identity,
            password=password,
            root_file=root_key,
            passphrase=passphrase,
            single_administrator=single_administrator,
        ),
    )
    click.echo(f"The ledger {done.origin} has begun.", err=True)
    click.echo(f"Root fingerprint, to be written down: {done.root_fingerprint}", err=True)
    click.echo(f"Root key: {done.root_file}", err=True)
    if done.passphrase:
        click.echo(f"Its passphrase, shown this once: {done.passphrase}", err=True)
    click.echo(
        "Take the root key off this computer and give it, with its passphrase, to somebody who is no administrator.",
        err=True,
    )
    if not identity.how:
        warn_of_identity()
    if single_administrator:
        click.secho(SINGLE_ADMINISTRATOR, fg="yellow", err=True)
    if done.code is None:
        click.echo(f"{user} is active and administrator.", err=True)
        click.echo(f'Next: valgen user add USER --name "Printed Name" --role author --as {user}', err=True)
    else:
        show_code(user, done.code.shown, done.code.expires, f"{done.account.id} {name}, administrator")
    return 0


@command.command("fsck")
@project_option
def fsck(project: Path) -> int:
    """Look after the ledger: put right what a crash left, try the folder, verify, list the keys of computers.

    Nothing that was recorded is changed or lost. Exit status: 0 when everything holds, 1 when something is wrong.
    """
    from valgen.workflow.people_founding import look_after

    found = look_after(desk_at(project))
    if found.recovered.adopted:
        click.echo(f"{found.recovered.adopted} records beyond the last seal were complete and are kept.")
    for name in found.recovered.set_aside:
        click.echo(f"Set aside in {found.folder / 'torn' / name}: what a crash left of a record.")
    for problem in found.problems:
        code = click.style(problem.code, fg="red", bold=True)
        click.echo(f"{code} {visible(problem.where)}: {visible(problem.message)}")
    for note in found.notes:
        click.echo(visible(note))
    click.echo("Keys of computers:")
    for key in found.keys:
        click.echo(f"  {key.id[:16]}  {key.role:<8}  since record {key.since}")
    click.echo(f"Root fingerprint: {found.root_fingerprint}")
    words = "all hold" if not found.problems else f"{len(found.problems)} problems"
    click.secho(f"{found.recovered.records} records, {words}", fg="red" if found.problems else "green", bold=True)
    return 1 if found.problems else 0


@command.command("add-machine")
@reason_option
@acting_or_root_options
@project_option
def add_machine_(reason: str, who: Who, project: Path) -> int:
    """Let this computer write to the ledger. Typed at the new computer by an administrator.

    Copy the key file of the administrator into the key store of the new computer first; the password opens it there.
    """
    from valgen.workflow.people_founding import add_machine

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    keys = add_machine(desk, by, reason=reason)
    click.echo("This computer now writes to the ledger, with the keys:")
    for key in keys:
        click.echo(f"  {key.id[:16]}  {key.role}")
    return 0


@command.command("anchor")
@click.option("--tsa", metavar="URL", help="Address of the time-stamp authority; that of [records] unless given.")
@click.option(
    "--tsa-root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Its root certificate; that of [records] unless given. May be given several times.",
)
@click.option("--git", "git", is_flag=True, help="Record the commit that already holds a checkpoint and was pushed.")
@project_option
def anchor(tsa: str | None, tsa_root: tuple[Path, ...], git: bool, project: Path) -> int:
    """Let something outside confirm how far the ledger reached: a time stamp, or a pushed commit.

    Nobody needs to say who they are. Exit status: 0 when the newest records are anchored, 1 when a time stamp is
    pending because the authority gave none.
    """
    from valgen.ledger.timestamps import TimeStampUnavailable
    from valgen.workflow.anchor import authority_of_settings, note_commit, stamp

    desk = desk_at(project)
    if git and tsa is None and not tsa_root:
        _show_anchor(note_commit(desk))
        return 0
    url, roots = authority_of_settings(desk.place.project, tsa, [one.read_bytes() for one in tsa_root])
    status = 0
    try:
        _show_anchor(stamp(desk, url=url, roots=roots))
    except TimeStampUnavailable as error:
        click.secho(f"{error.code} {visible(error.what)}", fg="yellow", err=True)
        click.echo("The time stamp is pending; the ledger goes on, and status and verify say so until it is there.")
        status = 1
    if git:
        _show_anchor(note_commit(desk))
    return status


def _show_anchor(done: Anchored) -> None:
    what = {"rfc3161": "time stamp", "git": "commit"}[done.medium]
    how = "" if done.new else ", made before; nothing was recorded since"
    click.echo(visible(f"Anchored by {what}: {done.size} records, {done.detail}{how}"))
    click.echo(f"  {done.file}")


@command.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, exists=False))
@project_option
def backup(folder: Path, project: Path) -> int:
    """Copy the ledger into a new FOLDER, whole up to its newest checkpoint, also while somebody works."""
    from valgen.workflow.restore_copy import copy_ledger

    desk = desk_at(project)
    head = copy_ledger(desk.place.folder, folder)
    click.echo(visible(f"{head.size} records, {head.checkpoint.root.hex()}, in {folder}"))
    return 0


@command.command("restore")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="The copy: a folder of records, or evidence/ledger of a pack.",
)
@click.option("--reason", metavar="TEXT", required=True, help="Why a copy has to be used; stands in the record.")
@click.option(
    "--head",
    "heads",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A checkpoint that you kept elsewhere. May be given several times.",
)
@acting_or_root_options
@project_option
def restore_(source: Path, reason: str, heads: tuple[Path, ...], who: Who, project: Path) -> int:
    """Put a copy of the ledger in place; what lies there now is kept beside it.

    The copy must be whole and unaltered. When it holds less than what is known, two administrators type the command:
    the first proposes, with the second it is done, and the record names what is missing. Exit status: 0 also when
    it is only proposed.
    """
    from valgen.workflow.restore import restore, who_can

    desk = desk_at(project)
    by = who_acts(who_can(desk, source), who, signing=False, anew=True)
    done = restore(desk, by, source=source, reason=reason, heads=[one.read_bytes() for one in heads])
    click.echo(f"The copy is whole: {done.records} records.")
    if done.missing and done.known is not None:
        text = f"{done.missing} records are missing in it: {done.known.where} has {done.known.size}."
        click.secho(visible(text), fg="yellow")
    if done.proposed:
        others = ", ".join(done.others) or "the holder of the root key"
        click.echo(visible(f"It is proposed, not done: nothing was put in place. The same command by: {others}."))
        return 0
    click.echo("It is in place." + (f" The gap is record {done.record}." if done.record is not None else ""))
    if done.kept is not None:
        click.echo(visible(f"What lay there is kept in {done.kept}"))
    return 0


@command.command("store")
@click.option("--sql", "roles", metavar="ROLE", multiple=True, help="Print what an administrator of the database runs.")
@click.option("--root", metavar="FINGERPRINT", help="Root fingerprint of the ledger, from a printed document.")
@click.option("--complete", is_flag=True, help="Put back what the store lacks, after its database was restored.")
@project_option
def store(roles: tuple[str, ...], root: str | None, complete: bool, project: Path) -> int:
    """Keep the ledger in the team store of the settings: put it there, fetch it, or bring it up to date.

    On the first computer the ledger is put into the store, on every other one it is fetched, and later the records of
    others are brought in, which acts also do by themselves. With --sql nothing of that is done: the SQL that makes the
    tables and gives ROLE what it needs is printed.
    """
    from valgen.workflow.team_store import Done, connect, tables_for

    desk = desk_at(project)
    if roles:
        click.echo(tables_for(desk.place, roles), nl=False)
        return 0
    made = connect(desk.place, now=desk.now().time, root=fingerprint_option(root), complete=complete)
    told = {
        Done.PUT: "The ledger of this computer is in the team store now",
        Done.FETCHED: "The ledger of the team store is on this computer now",
        Done.UPDATED: "Records of others came in",
        Done.COMPLETED: "The team store has again what it had lost",
        Done.NOTHING: "This computer and the team store hold the same",
    }[made.done]
    moved = f", {made.moved} of them new" if made.done in (Done.UPDATED, Done.COMPLETED) else ""
    click.echo(f"{told}: {made.records} records{moved}.")
    click.echo(f"Root fingerprint: {made.root_fingerprint}")
    if made.done is Done.FETCHED:
        if not made.compared:
            click.secho("It was not compared. Compare it with a printed document.", fg="yellow")
        click.echo("Next, by an administrator at this computer: valgen records add-machine --as USER")
    return 0


@command.command("retire-key")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.option("--stolen", is_flag=True, help="Somebody else may have had it.")
@reason_option
@acting_or_root_options
@project_option
def retire_key(keys: tuple[str, ...], stolen: bool, reason: str, who: Who, project: Path) -> int:
    """Take back keys of another computer, which then no longer writes to the ledger.

    KEY is an id, or its first 8 or more characters, as `valgen records fsck` shows them.
    """
    from valgen.workflow.people_founding import retire_keys

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    record = retire_keys(desk, by, keys=keys, stolen=stolen, reason=reason)
    click.echo(f"{len(keys)} key{'s' if len(keys) != 1 else ''} no longer count, from record {record} on.")
    if stolen:
        click.echo("What they signed before stays. Compare the records since then with what you know of that time.")
    return 0
