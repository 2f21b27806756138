"""People of a project: accounts, passwords, roles, signatures, and what becomes of altered records.

Secrets go to the program through file descriptors, as scripts of users give them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then, when

from .command_steps import note
from .judge import equal, holds
from .workbench import PATIENCE_S, Answer, Workbench, program

PASSWORDS = {
    "ada": "orange bicycle over harbour",
    "bo": "purple kettle near window",
    "ann": "seven quiet river stones",
    "pete": "glass lantern under stairs",
    "quinn": "marble staircase toward north",
}
PASSPHRASE = "root passphrase kept in the safe"
_OPTIONS = {"password": "--password-fd", "code": "--code-fd", "root": "--root-passphrase-fd"}


def act(bench: Workbench, arguments: str, shown: str = "", **secrets: str) -> Answer:
    """Call the program with secrets in file descriptors and keep its answer."""
    words = shlex.split(arguments)
    ends: list[int] = []
    for name, secret in secrets.items():
        reading, writing = os.pipe()
        os.write(writing, secret.encode() + b"\n")
        os.close(writing)
        words += [_OPTIONS[name], str(reading)]
        ends.append(reading)
    try:
        done = subprocess.run(
            [program(), *words],
            cwd=bench.root,
            env=bench.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            pass_fds=ends,
        )
    finally:
        for end in ends:
            os.close(end)
    out, err = (part.decode("utf-8", "backslashreplace") for part in (done.stdout, done.stderr))
    answer = Answer(command=f"valgen {shown or arguments}", status=done.returncode, out=out, err=err)
    bench.answers.append(answer)
    return answer


def ledger(bench: Workbench) -> Path:
    """Return the folder of the ledger."""
    return bench.root / ".valgen"


def bodies(bench: Workbench) -> list[dict[str, Any]]:
    """Return the records of the ledger, oldest first, read as plain JSON."""
    lines = [
        line for path in sorted((ledger(bench) / "log").iterdir()) for line in path.read_text("utf-8").splitlines()
    ]
    return [json.loads(line)["body"] for line in lines]


@given(parsers.parse('a ledger whose first administrator is "{user}"'))
def _(bench: Workbench, user: str, evidence: Any) -> None:
    bench.facts["root key"] = bench.home / "root.key"
    made = act(
        bench,
        f"records init --admin {user} --name 'Ada Minster' --identity 'passport seen' "
        f"--root-key {bench.facts['root key']}",
        "records init",
        root=PASSPHRASE,
    )
    note(evidence, made)
    equal(evidence, "exit status", 0, made.status)
    activate(bench, user, made.out.strip(), evidence)


@given("a ledger that one person keeps alone")
def _(bench: Workbench, evidence: Any) -> None:
    bench.facts["root key"] = bench.home / "root.key"
    made = act(
        bench,
        "records init --admin ada --name 'Ada Minster' --identity 'passport seen' --single-administrator "
        f"--root-key {bench.facts['root key']}",
        "records init --single-administrator",
        root=PASSPHRASE,
    )
    note(evidence, made)
    equal(evidence, "exit status", 0, made.status)
    activate(bench, "ada", made.out.strip(), evidence)


@given("these people with active accounts")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    for user, name, *roles in datatable[1:]:
        given_roles = " ".join(f"--role {role}" for role in roles[0].split(", ") if role)
        made = act(
            bench,
            f"user add {user} --name '{name}' {given_roles} --identity 'badge seen' --as ada",
            password=PASSWORDS["ada"],
        )
        equal(evidence, f"exit status of user add {user}", 0, made.status)
        activate(bench, user, made.out.strip(), evidence)


def activate(bench: Workbench, user: str, code: str, evidence: Any) -> None:
    """Have a person activate their account."""
    bench.facts[f"code of {user}"] = code
    done = act(bench, f"user activate {user}", code=code, password=PASSWORDS[user])
    equal(evidence, f"exit status of user activate {user}", 0, done.status)


@when(parsers.re(r'"(?P<user>\w+)" runs "valgen (?P<arguments>[^"]*)"$'))
@given(parsers.re(r'"(?P<user>\w+)" runs "valgen (?P<arguments>[^"]*)"$'))
def _(bench: Workbench, user: str, arguments: str, evidence: Any) -> None:
    note(evidence, act(bench, f"{arguments} --as {user}", password=PASSWORDS[user]))


@when(parsers.re(r'"(?P<user>\w+)" runs "valgen (?P<arguments>[^"]*)" with the password of "(?P<other>\w+)"$'))
def _(bench: Workbench, user: str, arguments: str, other: str, evidence: Any) -> None:
    note(evidence, act(bench, f"{arguments} --as {user}", password=PASSWORDS[other]))


@when(parsers.re(r'"(?P<user>\w+)" and the holder of the root key run "valgen (?P<arguments>[^"]*)"$'))
def _(bench: Workbench, user: str, arguments: str, evidence: Any) -> None:
    command = f"{arguments} --as {user} --root-key {bench.facts['root key']}"
    note(evidence, act(bench, command, password=PASSWORDS[user], root=PASSPHRASE))


@when(parsers.re(r'"(?P<user>\w+)" activates the account a second time with the same code$'))
def _(bench: Workbench, user: str, evidence: Any) -> None:
    code = bench.facts[f"code of {user}"]
    note(evidence, act(bench, f"user activate {user}", code=code, password=PASSWORDS[user]))


@given(parsers.parse('the work goes on at another computer with the key file of "{user}"'))
def _(bench: Workbench, user: str, evidence: Any) -> None:
    account = next(body["account"] for body in bodies(bench) if body.get("user") == user)
    files = [path for path in (bench.home / "keys" / "people").rglob("*") if path.is_file() and account in path.name]
    bench.variables["VALGEN_KEYSTORE"] = str(bench.home / "other-keys")
    for path in files:
        target = bench.home / "other-keys" / path.relative_to(bench.home / "keys")
        target.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        shutil.copy(path, target)
    equal(evidence, f"key files of {user} that were copied to a new key store", 1, len(files))


@given("the work goes on at the first computer")
def _(bench: Workbench, evidence: Any) -> None:
    evidence.actual(f"key store {bench.variables.pop('VALGEN_KEYSTORE')} is left")


@when(parsers.re(r'"(?P<user>\w+)" takes back the keys of the first computer$'))
def _(bench: Workbench, user: str, evidence: Any) -> None:
    shown = bench.valgen("records fsck")
    keys = re.findall(r"^  ([0-9a-f]{16})  \w+ +since record ([0-9]+)$", shown.out, re.M)
    oldest = min(int(since) for _, since in keys)
    first = " ".join(key for key, since in keys if int(since) == oldest)
    command = f"records retire-key {first} --stolen --reason 'computer stolen' --as {user}"
    note(evidence, act(bench, command, password=PASSWORDS[user]))


@then(parsers.parse("the ledger holds these records in this order"))
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    wanted = [(kind, actor) for kind, actor in datatable[1:]]
    seen = [(body["kind"], body["actor"]) for body in bodies(bench)]
    rest = iter(seen)
    holds(evidence, f"in this order: {wanted}", seen, all(one in rest for one in wanted))


@then(parsers.parse('the ledger holds {count:d} records of the kind "{kind}"'))
def _(bench: Workbench, count: int, kind: str, evidence: Any) -> None:
    equal(evidence, f"records of the kind {kind}", count, sum(body["kind"] == kind for body in bodies(bench)))


@then(parsers.parse('the newest record of the kind "{kind}" says'))
def _(bench: Workbench, kind: str, datatable: list[list[str]], evidence: Any) -> None:
    newest = [body for body in bodies(bench) if body["kind"] == kind][-1]
    for key, value in datatable[1:]:
        seen = newest
        for part in key.split("."):
            seen = seen[part]
        equal(evidence, f"{kind} {key}", value, str(seen))


@then("no file and no output holds a password, a passphrase or a private key in clear")
def _(bench: Workbench, evidence: Any) -> None:
    hidden = [*PASSWORDS.values(), PASSPHRASE]
    found = []
    files = [path for path in bench.home.rglob("*") if path.is_file()]
    for path in files:
        content = path.read_bytes()
        found += [path.name for secret in hidden if secret.encode() in content]
    for answer in bench.answers:
        found += [answer.command for secret in hidden if secret in answer.text]
    people = [path for path in files if path.parent.parent.name == "people"]
    for path in people:
        value = json.loads(path.read_text("utf-8"))
        holds(evidence, f"{path.name} holds a sealed key", sorted(value), "sealed" in value and "private" not in value)
    holds(evidence, "no secret in any file or output", found, not found and bool(people))


@then("each of these alterations of the ledger, made one at a time, is found")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    kept = bench.home / "kept-ledger"
    shutil.copytree(ledger(bench), kept)
    for (what,) in datatable[1:]:
        alter(ledger(bench), what)
        answer = bench.valgen("verify")
        shutil.rmtree(ledger(bench))
        shutil.copytree(kept, ledger(bench))
        holds(
            evidence,
            f"{what}: found, with its place",
            answer.text[:300],
            answer.status == 1 and any(place in answer.text for place in ("log/", "checkpoint")),
        )
    whole = bench.valgen("verify")
    equal(evidence, "exit status of verify for the unaltered ledger", 0, whole.status)


def alter(folder: Path, what: str) -> None:
    """Alter a copy of a ledger, as named in a script."""
    (log,) = sorted((folder / "log").iterdir())
    lines = log.read_bytes().splitlines(keepends=True)
    if what == "a letter of a record is changed":
        log.write_bytes(log.read_bytes().replace(b"Ann Writer", b"Ann Wroter", 1))
    elif what == "the last record is taken away":
        log.write_bytes(b"".join(lines[:-1]))
    elif what == "a record in the middle is taken away":
        log.write_bytes(b"".join(lines[:5] + lines[6:]))
    elif what == "two records change places":
        log.write_bytes(b"".join([*lines[:4], lines[5], lines[4], *lines[6:]]))
    elif what == "a record stands twice":
        log.write_bytes(b"".join([*lines[:5], lines[4], *lines[5:]]))
    else:
        raise ValueError(what)


@then(parsers.parse('the file "{first}" is byte for byte the file "{second}"'))
def _(bench: Workbench, first: str, second: str, evidence: Any) -> None:
    digests = [hashlib.sha256((bench.root / name).read_bytes()).hexdigest() for name in (first, second)]
    equal(evidence, f"SHA-256 of {first} and {second}", digests[0], digests[1])


@given(parsers.parse('a copy of the pack in which "{before}" in "{name}" became "{after}"'))
def _(bench: Workbench, before: str, name: str, after: str, evidence: Any) -> None:
    copy = bench.root / "build" / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(bench.root / "build" / "pack", copy)
    path = copy / name
    content = path.read_bytes()
    equal(evidence, f"{before} stands in {name}", True, before.encode() in content)
    path.write_bytes(content.replace(before.encode(), after.encode(), 1))


@given(
    parsers.re(
        r'the folder "(?P<folder>[^"]+)" packed as "(?P<target>[^"]+)"( with the further file "(?P<more>[^"]+)")?'
    )
)
def _(bench: Workbench, folder: str, target: str, more: str | None) -> None:
    with zipfile.ZipFile(bench.root / target, "w") as archive:
        for path in sorted((bench.root / folder).rglob("*")):
            archive.write(path, path.relative_to(bench.root / folder).as_posix())
        if more:
            archive.writestr(more, b"x")


@when(parsers.parse('the program "{name}" of the pack checks "{target}" with Python alone'))
def _(bench: Workbench, name: str, target: str, evidence: Any) -> None:
    import sys

    command = [sys.executable, "-I", "-S", str(bench.root / "build" / "pack" / name), str(bench.root / target)]
    note(evidence, bench.call(command, f"python {name} {target}"))


__all__ = ["PASSWORDS", "act", "bodies"]
