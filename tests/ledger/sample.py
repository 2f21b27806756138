"""A small log with fixed keys, salts and times: the test vector of docs/format.md, and the world of these tests."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from valgen.ledger.canonical import encode
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.store import Draft, Log

SEEDS = {"log": bytes(range(32)), "recorder": bytes(range(32, 64))}
ORIGIN = "S3V"
TOOL = "valgen 0.1.0"


class QuickDisk(Disk):
    """The real disk without waiting for the medium; for tests that do not look at durability."""

    def sync(self, fd: int) -> None:
        pass

    def sync_folder(self, path: Path) -> None:
        pass


QUICK = QuickDisk()


def make_keys(folder: Path, seeds: dict[str, bytes] = SEEDS) -> Path:
    """Write a key store with known keys and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for role, seed in seeds.items():
        pem = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = folder / f"{role}.pem"
        path.write_bytes(pem)
        path.chmod(0o600)
    return folder


def open_log(folder: Path, keystore: Path, **options: Any) -> Log:
    """Open or make a log as a recorder does, at a fixed time."""
    options = {"origin": ORIGIN, "tool": TOOL, "now": time(0), "boot": "boot-1", "disk": QUICK, **options}
    return Log.open_or_create(folder, keystore=keystore, **options)


def time(second: int) -> str:
    """Return a time of the sample, ``second`` seconds after its beginning."""
    return f"2026-03-02T09:{30 + second // 60:02d}:{second % 60:02d}.000Z"


def stamp(second: int) -> dict[str, Any]:
    """Return the arguments of ``append`` that say when and who."""
    return {"time": time(second), "mono": 1000 * second, "boot": "boot-1", "actor": "tester@vault-val"}


def step(number: int = 1, **keys: Any) -> Draft:
    """Return a step result; other keys by keyword."""
    body = {
        "run": "dry-0001",
        "case": "OQ-001",
        "attempt": 1,
        "step": number,
        "kind_of_step": "Then",
        "keyword": "Then ",
        "text": "the bucket keeps every version",
        "outcome": "Passed",
        "observed": True,
        "started": time(3),
        "duration_ms": 12,
    }
    return Draft("step.result", {**body, **keys})


def run_body(log: Log, cases: tuple[str, ...] = ("OQ-001",), **keys: Any) -> dict[str, Any]:
    """Return the body of a run.started record, its plan and facts kept as blobs."""
    plan = [
        {
            "id": case,
            "title": "Versions are kept",
            "mode": "Automated",
            "path": "test_scripts/oq/versions.feature",
            "line": 3,
            "selected": True,
            "fingerprint": "v1:0",
            "items": {"FS-001": "v1:1"},
            "steps": [
                {"number": 1, "kind": "Then", "keyword": "Then ", "text": "the bucket keeps every version"},
                {
                    "number": 2,
                    "kind": "Then",
                    "keyword": "And ",
                    "text": "“größer” is\tshown",
                    "table": [["revision", "state"], ["3", "locked"]],
                },
            ],
        }
        for case in cases
    ]
    facts = {
        "host": {"name": "vault-val"},
        "packages": {"pytest": "8.4.0"},
        "plugins": [],
        "code": [{"path": "test_scripts/steps/s3.py", "sha256": "ab" * 32}],
        "git": None,
    }
    body = {
        "stage": "OQ",
        "mode": "dry",
        "environment": "VAL",
        "tool": TOOL,
        "pid": 4711,
        "argv": ["valgen", "run", "oq"],
        "settings": "cd" * 32,
        "plan": log.put_blob(encode(plan, limit=None)).as_dict(),
        "facts": log.put_blob(encode(facts, limit=None)).as_dict(),
    }
    return {**body, **keys}


def build_sample(folder: Path, keystore: Path, disk: Disk = DISK) -> None:
    """Write the sample: one finished run with a failed step and an attachment, and one aborted run."""
    numbers = itertools.count()
    log = open_log(folder, keystore, disk=disk, salt=lambda: f"{next(numbers):032x}", lines_per_file=4)
    log.start_run(run_body(log), **stamp(1))
    case = {"run": "dry-0001", "case": "OQ-001", "attempt": 1}
    log.append([Draft("case.started", {**case, "worker": "main"})], **stamp(2))
    shot = log.put_blob(b"answer \x00\xff\n")
    attachment = {"id": "OQ-001-2-1", "name": "answer.bin", "media_type": "application/octet-stream", **shot.as_dict()}
    first = log.append([step(1, expected=["3"], actual=["3"])], **stamp(3))
    second = log.append(
        [
            step(
                2,
                keyword="And ",
                text="“größer” is\tshown",
                outcome="Failed",
                message="AssertionError: 2 ≠ 3",
                trace="line 1\nline 2",
                data_table=[["revision", "state"], ["3", "locked"]],
                attachments=[attachment],
            )
        ],
        **stamp(4),
    )
    result = {
        **case,
        "outcome": "Failed",
        "message": "AssertionError: 2 ≠ 3",
        "started": time(2),
        "finished": time(5),
        "executor": "tester",
        "steps": [first[0].leaf, second[0].leaf],
    }
    log.append([Draft("case.result", result)], **stamp(5), durable=True)
    finished = {"run": "dry-0001", "summary": {"Failed": 1}, "planned": 1, "selected": 1, "executed": 1}
    log.append([Draft("run.finished", finished)], **stamp(6))
    log.commit(keep=True)
    log.start_run(run_body(log), **stamp(7))
    aborted = {"run": "dry-0002", "reason": "the process ended", "detected_by": "recovery"}
    log.append([Draft("run.aborted", aborted)], **stamp(8))
    log.commit(keep=True)
    log.close()


if __name__ == "__main__":  # python tests/ledger/sample.py FOLDER: write the sample log again
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as keys:
        build_sample(Path(sys.argv[1]), make_keys(Path(keys) / "keys"))
