"""The audit trail through the command line, with real accounts: shown, reviewed, verified, disclosed."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from command_line import typed

SETTINGS = '[project]\nid = "T1"\nname = "Tiny"\n[system]\nname = "Tiny"\nversion = "1.0"\n'
PASSWORDS = {"mara": "vexing marmot tidal quince 61", "quinn": "harbour spindle oracle mint 77"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def valgen(root: Path, *arguments: str, **secrets: str) -> CompletedProcess[str]:
    words = {f"--{name}-fd": text for name, text in secrets.items()}
    return typed(*arguments, folder=root, secrets=words)


def test_whole_story_of_an_audit_trail(root: Path, tmp_path: Path) -> None:
    assert valgen(root, "audit").returncode == 2, "there is no ledger yet"
    done = valgen(root, "records", "init", "--admin", "mara", "--name", "Mara Manager", password=PASSWORDS["mara"])
    assert done.returncode == 0, done.stderr
    done = valgen(
        root, "user", "add", "quinn", "--name", "Quinn Quality", "--role", "qa", "--as", "mara",
        password=PASSWORDS["mara"],
    )  # fmt: skip
    code = done.stdout.strip()
    assert valgen(root, "user", "activate", "quinn", code=code, password=PASSWORDS["quinn"]).returncode == 0

    review = ["audit", "review", "--scope", "everything so far", "--conclusion", "nothing to object to", "--as"]
    assert valgen(root, *review, "quinn", password=PASSWORDS["quinn"]).returncode == 0
    refused = valgen(root, *review, "mara", password=PASSWORDS["mara"])
    assert (refused.returncode, "error[VG628]" in refused.stderr) == (1, True)
    assert valgen(root, *review, "quinn", password="not this one at all").returncode == 2

    shown = valgen(root, "audit").stdout
    for sentence in (
        "Quinn Quality (quinn)", "reviewed the audit trail, records 0 to", "refused the act audit.reviewed",
        "an attempt to sign in as Quinn Quality (quinn)", "Asked for: all records.",
    ):  # fmt: skip
        assert sentence in shown
    assert not any(secret in shown for secret in (*PASSWORDS.values(), "not this one at all", code))

    nothing = valgen(root, "audit", "--document", "urs")
    assert (nothing.returncode, "No record fits" in nothing.stderr) == (0, True)
    unknown = valgen(root, "audit", "--user", "Quinn")
    assert (unknown.returncode, "the ledger knows no user 'Quinn'" in unknown.stderr) == (2, True)

    (entry,) = json.loads(valgen(root, "audit", "--action", "audit.reviewed", "--json").stdout)["entries"]
    assert (entry["name"], entry["user"]) == ("Quinn Quality", "quinn")
    path = str(tmp_path / "review.zip")
    assert valgen(root, "disclose", str(entry["record"]), "-o", path).returncode == 0
    assert valgen(root, "verify", path).returncode == 0
    assert valgen(root, "verify").returncode == 0

    log = root / ".valgen/log/000000000.jsonl"
    log.write_bytes(log.read_bytes().replace(b"everything so far", b"everything so FAR"))
    altered = valgen(root, "audit")
    assert (altered.returncode, altered.stdout) == (1, "")
    assert "Nothing of the audit trail is shown" in altered.stderr
    assert valgen(root, "disclose", "--all", "-o", path).returncode == 1
    assert valgen(root, "verify").returncode == 1
