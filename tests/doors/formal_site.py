"""A small project with a ledger, people and an approved OQ protocol, used through the real command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

PASSWORDS = {
    "mara": "plum kettle orbit nineteen",
    "anna": "violet ladder copper thirteen",
    "paul": "river basket amber fourteen",
    "quinn": "meadow lantern silver fifteen",
    "tess": "harbour walnut cobalt sixteen",
    "theo": "saddle pepper marble eighteen",
    "rig7": "engine gravel willow twelve",
}
PEOPLE = {
    "anna": ("Anna Author", ("author",)),
    "paul": ("Paul Process", ("process_owner", "system_owner")),
    "quinn": ("Quinn Quality", ("qa",)),
    "tess": ("Tess Tester", ("tester", "technical_reviewer")),
    "theo": ("Theo Tester", ("tester",)),
    "rig7": ("Test rig 7", ("tester",)),
}
SETTINGS = """
[project]
id = "T1"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
[stages]
IQ = ["VAL"]
OQ = ["VAL"]
[workflow]
OQ = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]
IQ = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]
URS = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]
"""
ITEMS = """
items:
  - id: URS-001
    title: Adds
    text: The system shall add two numbers.
  - id: FS-001
    title: Addition
    text: Adds.
    satisfies: [URS-001]
"""
ROW = """
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, change_ref: CR-1, summary: First issue}
"""
REGISTER = f"""
documents:
  - type: URS
    number: T1-URS-001{ROW.rstrip()}
  - type: OQ
    number: T1-OQ-001{ROW.rstrip()}
"""
CASES = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5

  @OQ-002 @verifies:FS-001
  Scenario: Needs a mains adapter
    Given a calculator
    When 2 and 2 are added
    Then the adapter is plugged in
"""
STEPS = """
import os, pathlib, signal, time
from pytest_bdd import given, parsers, then, when

HERE = pathlib.Path(__file__).resolve().parents[2]

@given("a calculator")
def calculator(evidence):
    evidence.actual("calculator ready, model C-7")
    evidence.attach(b"serial 4711", "plate.txt", "text/plain")

@when(parsers.parse("{a:d} and {b:d} are added"), target_fixture="total")
def add(a, b, evidence):
    evidence.actual(f"pressed {a} + {b}")
    return a + b

@then(parsers.parse("the sum is {expected:d}"))
def check(total, expected, evidence):
    evidence.actual(f"display shows {total}")
    assert total == expected

@then("the adapter is plugged in")
def adapter(evidence):
    plugged = (HERE.parent / "adapter").exists()
    evidence.actual("plugged in" if plugged else "not plugged in")
    assert plugged

@when("the tester is killed")
def kill_it():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(30)

@then("nothing is looked at")
def vacuous():
    pass
"""
REASON = "content compared with the notes of the workshop"


@dataclass
class Site:
    """A project, its keys, and the command line."""

    root: Path
    keystore: Path

    def valgen(
        self, *arguments: str, secrets: dict[str, str] | None = None, environment: dict[str, str] | None = None
    ) -> CompletedProcess[str]:
        """Run a command; secrets go through descriptors, option to text."""
        fds, words = [], list(arguments)
        for option, secret in (secrets or {}).items():
            read, write = os.pipe()
            os.write(write, secret.encode() + b"\n")
            os.close(write)
            fds.append(read)
            words += [option, str(read)]
        base = {**os.environ, "COLUMNS": "200", "VALGEN_KEYSTORE": str(self.keystore)}
        try:
            return subprocess.run(
                [sys.executable, "-m", "valgen", *words],
                cwd=self.root,
                capture_output=True,
                text=True,
                encoding="utf-8",
                env={**base, **(environment or {})},
                pass_fds=fds,
                stdin=subprocess.DEVNULL,
            )
        finally:
            for fd in fds:
                os.close(fd)

    def by(
        self, user: str, *arguments: str, password: str = "", environment: dict[str, str] | None = None
    ) -> CompletedProcess[str]:
        """Run a command as a person who types their own password unless another one is given."""
        secret = {"--password-fd": password or PASSWORDS[user]}
        return self.valgen(*arguments, "--as", user, secrets=secret, environment=environment)

    def sign(self, document: str, meaning: str, user: str, *more: str) -> CompletedProcess[str]:
        """Sign a document as it is now."""
        return self.by(user, "sign", document, "--meaning", meaning, "--reason", REASON, "--yes", *more)

    def approve(self, document: str) -> None:
        """Have a document approved with the short workflow of this project."""
        good(self.sign(document, "authored", "anna"))
        good(self.sign(document, "approved", "quinn"))

    def run(self, user: str, *more: str, **rest: Any) -> CompletedProcess[str]:
        """Execute the OQ protocol formally."""
        return self.by(user, "run", "oq", "--formal", *more, **rest)

    def review(self, user: str, comment: str, *more: str, conclusion: str = "accepted") -> CompletedProcess[str]:
        """Review the first execution."""
        return self.by(user, "review", "exec-0001", "--conclusion", conclusion, "--comment", comment, *more)

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

    def plug_in(self) -> None:
        """Let OQ-002 pass from now on."""
        (self.root.parent / "adapter").touch()

    def status(self) -> dict[str, Any]:
        """Return what ``valgen status --json`` says."""
        answer: dict[str, Any] = json.loads(self.valgen("status", "--json").stdout)
        return answer


def good(done: CompletedProcess[str]) -> str:
    """Return the output of a command that succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def found(base: Path, *, settings: str = SETTINGS, register: str = REGISTER, first: tuple[str, ...] = ("URS",)) -> Site:
    """Make the project, its ledger and its people, and have the OQ protocol approved after what it rests on."""
    site = Site(base / "project", base / "keys")
    for name, text in {
        "valgen.toml": settings,
        "requirements/items.yaml": ITEMS,
        "requirements/documents.yaml": register,
        "test_scripts/oq/add.feature": CASES,
        "test_scripts/steps/calculator.py": STEPS,
    }.items():
        site.write(name, text)
    secrets = {"--password-fd": PASSWORDS["mara"], "--root-passphrase-fd": "granite otter velvet seventeen"}
    words = ("records", "init", "--admin", "mara", "--name", "Mara Admin", "--root-key", str(base / "root.key"))
    good(site.valgen(*words, secrets=secrets))
    for user, (name, roles) in PEOPLE.items():
        service = ("--service",) if user == "rig7" else ()
        held = (word for role in roles for word in ("--role", role))
        words = ("user", "add", user, "--name", name, "--function", "of the laboratory", *held, *service)
        code = good(site.by("mara", *words)).strip()
        good(site.valgen("user", "activate", user, secrets={"--code-fd": code, "--password-fd": PASSWORDS[user]}))
    for key in first:
        site.approve(key)
    site.approve("OQ-protocol")
    return site
