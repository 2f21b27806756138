"""Where a checkpoint of the ledger stands in the git history of the project, as git can tell it without network.

Only questions are asked that change nothing: no index, no working tree, no hooks, no network. What git says is about
the copy of the repository on this computer. Whoever holds the project holds this copy too, so it can show that an
anchor is wrong and never, by itself, that it is right.

Source: integrity.md §3.5, I-4. Format: docs/format-ledger.md, "Anchors".
"""

from __future__ import annotations

import datetime
import os
import subprocess
import urllib.parse
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NoReturn

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.anchors import GitPlace, shown_openly
from valgen.ledger.files import Layout, read_plain
from valgen.ledger.heads import Head, read_head, read_kept

_MOST_COMMITS = 200
_TIMEOUT_S = 30


def find_commit(folder: Path, notes: Collection[bytes]) -> tuple[bytes, GitPlace]:
    """Return the newest commit with one of some checkpoints that a remote has, and that checkpoint.

    Args:
        folder: of the ledger.
        notes: kept checkpoints of the ledger, as bytes.

    Raises:
        ExecutionError: there is none, or there is no git and no repository (VG633).
    """
    prefix = _git(folder, "rev-parse", "--show-prefix")
    if prefix is None:
        _refuse("the folder of records is in no git repository, or git is not installed", "put the project under git")
    path = prefix.decode().strip() + "checkpoint"
    commits = _lines(_git(folder, "rev-list", f"--max-count={_MOST_COMMITS}", "HEAD", "--", f":/{path}"))
    if not commits:
        _refuse(f"no commit holds {path}", "commit the folder of records and push it, then type the command again")
    here = ""
    for commit in commits:
        held = _git(folder, "cat-file", "blob", f"{commit}:{path}")
        if held is None or held not in notes:
            continue
        here = here or commit
        remote = _remote_with(folder, commit)
        if remote:
            return held, GitPlace(remote=remote, commit=commit, path=path, time=_time(folder, commit))
    if here:
        _refuse(
            f"commit {here[:12]} holds the checkpoint, and no remote has it as far as git knows here",
            "push it to a remote whose address holds no password, then type the command again",
        )
    _refuse(
        f"no commit holds a checkpoint of {path} that the ledger keeps",
        "the newest checkpoint is kept now: commit the folder of records and push it, then type the command again",
    )


def held_here(folder: Path) -> Callable[[GitPlace], bytes | None]:
    """Return a question to the copy of the repository on this computer, for ``check_anchors``.

    It answers with what a commit holds only where that contradicts the ledger: a local copy that agrees is no proof.

    Args:
        folder: of the ledger.
    """

    def committed(place: GitPlace) -> bytes | None:
        held = _git(folder, "cat-file", "blob", f"{place.commit}:{place.path}")
        sizes = set(_sizes(folder, place))
        fitting = {head.note for head in _heads(folder) if head.size in sizes}
        return None if held is None or held in fitting else held

    return committed


def _sizes(folder: Path, place: GitPlace) -> Iterator[int]:
    """Yield the sizes of the anchor files that name a place."""
    content = place.content()
    for path in sorted(Layout(folder).anchors.glob("*.git")):
        if path.stem.isdecimal() and path.read_bytes() == content:
            yield int(path.stem)


def _heads(folder: Path) -> Iterator[Head]:
    layout = Layout(folder)
    try:
        yield read_head(read_plain(layout.checkpoint))
        for line in read_plain(layout.kept, 1 << 30).splitlines():
            yield read_kept(line)
    except (OSError, VerificationError):
        return  # what is wrong with them is told by the verification itself


def _remote_with(folder: Path, commit: str) -> str:
    """Return the address of a remote that has a commit, without password; empty for none."""
    refs = _lines(_git(folder, "for-each-ref", f"--contains={commit}", "--format=%(refname)", "refs/remotes"))
    remotes = _lines(_git(folder, "remote"))
    for name in (name for name in remotes if any(ref.startswith(f"refs/remotes/{name}/") for ref in refs)):
        address = (_git(folder, "config", "--get", f"remote.{name}.url") or b"").decode("utf-8", "replace").strip()
        address = _without_password(address)
        if shown_openly(address):
            return address
    return ""


def _without_password(address: str) -> str:
    """Return an address without what may be a password or token."""
    if "://" not in address:
        return address
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "ssh" and parts.username and parts.password is None:
        host = f"{parts.username}@{host}"
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


def _time(folder: Path, commit: str) -> str:
    words = (_git(folder, "rev-list", "--max-count=1", "--format=%ct", commit) or b"").split()
    moment = datetime.datetime.fromtimestamp(int(words[-1]), datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines()


def _git(folder: Path, *words: str) -> bytes | None:
    """Return what git answers; None where it has no answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *words]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _refuse(what: str, fix: str) -> NoReturn:
    raise ExecutionError(
        what,
        why="a commit that others hold shows how far the ledger reached; it must hold a checkpoint of this ledger",
        fix=fix,
        code="VG633",
    )
