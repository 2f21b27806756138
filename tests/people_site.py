"""A small project with a ledger and people with passwords, used through the command line.

    site = made(folder, files, people)
    good(site.sign("URS", "authored", "anna"))
    other = site.copied(tmp_path)

Everything is as somebody types it; see ``command_line`` for what is less work. A site is made once and copied, because
enrolling half a dozen people is the most of the time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NamedTuple

from command_line import good, program, typed

PASSPHRASE = "granite otter velvet seventeen"
PASSWORDS = {
    "mara": "plum kettle orbit nineteen",
    "anna": "violet ladder copper thirteen",
    "bert": "pepper saddle indigo eighteen",
    "paul": "river basket amber fourteen",
    "quinn": "meadow lantern silver fifteen",
    "tess": "harbour walnut cobalt sixteen",
    "theo": "saddle pepper marble eighteen",
    "rig7": "engine gravel willow twelve",
}
REASON = "content compared with the notes of the workshop"


class Person(NamedTuple):
    """Somebody who gets an account."""

    name: str
    function: str
    roles: tuple[str, ...]
    service: bool = False
    person: str = ""


@dataclass
class Site:
    """A project, its keys, and the command line."""

    root: Path
    keystore: Path
    root_key: Path

    def valgen(
        self, *arguments: str, secrets: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
    ) -> CompletedProcess[str]:
        """Type a command; secrets go through descriptors, option to text."""
        variables = {"VALGEN_KEYSTORE": str(self.keystore), **(environment or {})}
        return typed(*arguments, folder=self.root, secrets=secrets, environment=variables)

    def program(self, *arguments: str, secrets: Mapping[str, str] | None = None) -> CompletedProcess[str]:
        """Type a command, in a process of its own."""
        variables = {"VALGEN_KEYSTORE": str(self.keystore)}
        return program(*arguments, folder=self.root, secrets=secrets, environment=variables)

    def by(
        self, user: str, *arguments: str, password: str = "", environment: Mapping[str, str] | None = None
    ) -> CompletedProcess[str]:
        """Type a command as a person with their own password unless another one is given."""
        secret = {"--password-fd": password or PASSWORDS[user]}
        return self.valgen(*arguments, "--as", user, secrets=secret, environment=environment)

    def sign(
        self, document: str, meaning: str, user: str, *more: str, reason: str = REASON, password: str = ""
    ) -> CompletedProcess[str]:
        """Sign a document, as it is now unless another file is expected."""
        confirmed = () if {"--expect", "--yes"} & set(more) else ("--yes",)
        words = ("sign", document, "--meaning", meaning, "--reason", reason, *confirmed, *more)
        return self.by(user, *words, password=password)

    def hire(self, user: str, person: Person) -> None:
        """Give somebody an account, which they activate."""
        words = ["user", "add", user, "--name", person.name, "--function", person.function]
        words += [word for role in person.roles for word in ("--role", role)]
        words += ["--service"] if person.service else []
        words += ["--person", person.person] if person.person else []
        code = good(self.by("mara", *words)).strip()
        good(self.valgen("user", "activate", user, secrets={"--code-fd": code, "--password-fd": PASSWORDS[user]}))

    def records(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the body of every record, or of those of some kinds."""
        files = sorted((self.root / ".valgen/log").iterdir())
        bodies = [json.loads(line)["body"] for file in files for line in file.read_bytes().splitlines()]
        return [body for body in bodies if not kinds or body["kind"] in kinds]

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")

    def edit(self, name: str, before: str, after: str) -> None:
        """Change a file of the project."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert before in text
        (self.root / name).write_text(text.replace(before, after, 1), encoding="utf-8")

    def status(self) -> dict[str, Any]:
        """Return what ``valgen status --json`` says."""
        answer: dict[str, Any] = json.loads(self.valgen("status", "--json").stdout)
        return answer

    def standing(self, document: str) -> dict[str, Any]:
        """Return what the status says of a document."""
        return next(one for one in self.status()["documents"] if one["key"] == document)

    def copied(self, folder: Path) -> Any:
        """Return a copy of the project and its keys."""
        shutil.copytree(self.root, folder / "project")
        shutil.copytree(self.keystore, folder / "keys")
        return type(self)(folder / "project", folder / "keys", self.root_key)


def made(folder: Path, files: Mapping[str, str], people: Mapping[str, Person], kind: type[Site] = Site) -> Any:
    """Make a project with a ledger, mara as its administrator, and people.

    Args:
        folder: below which project, keys and the root key lie.
        files: of the project, name to text.
        people: user id to who they are.
        kind: class of the site.
    """
    site = kind(folder / "project", folder / "keys", folder / "root.key")
    for name, text in files.items():
        site.write(name, text)
    words = ("records", "init", "--admin", "mara", "--name", "Mara Admin", "--root-key", str(site.root_key))
    good(site.valgen(*words, secrets={"--password-fd": PASSWORDS["mara"], "--root-passphrase-fd": PASSPHRASE}))
    for user, person in people.items():
        site.hire(user, person)
    return site
