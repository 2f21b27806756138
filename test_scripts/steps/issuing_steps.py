"""Issued and sealed files, time stamps by an authority of our own, commits, copies of the ledger.

The authority is ``openssl ts`` behind a server on this computer; seals are judged by ``pdfsig``. Keys and certificates
are made anew for each case and belong to nobody.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then, when

from .command_steps import note
from .judge import equal, holds
from .people_steps import PASSPHRASE, act, bodies, ledger
from .projects import small_project
from .workbench import Workbench

ADDRESS = "https://somebody:confidential@git.example.org/box.git"
_ROOT = "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"
_SIGNER = (
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
)
_SETTINGS = """
[ local ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def tool(folder: Path, *command: str) -> str:
    """Run a program of the system in a folder; a failure is one of the set-up."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {done.stderr}")
    return done.stdout


# Issued files


@then("every file that the newest issue names is in the pack with its digest")
def _(bench: Workbench, evidence: Any) -> None:
    named = [body for body in bodies(bench) if body["kind"] == "document.issued"][-1]["files"]
    rows = []
    for file in named:
        path = bench.root / "build" / "pack" / file["name"]
        seen = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        rows.append({"file": file["name"], "SHA-256 in the record": file["sha256"], "SHA-256 in the pack": seen})
    evidence.expected("Word file, PDF file and certificate, each with the digest of the record")
    evidence.table(rows)
    assert len(rows) == 3 and all(row["SHA-256 in the record"] == row["SHA-256 in the pack"] for row in rows), rows


@given(parsers.parse('a copy of the pack in which byte {number:d} of "{name}" is another'))
def _(bench: Workbench, number: int, name: str, evidence: Any) -> None:
    copy = bench.root / "build" / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(bench.root / "build" / "pack", copy)
    data = bytearray((copy / name).read_bytes())
    before = data[number]
    data[number] ^= 1
    (copy / name).write_bytes(data)
    evidence.actual(f"byte {number} of {len(data)}: {before} became {data[number]}")


@when(parsers.parse('the program pdfsig looks at "{name}"'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    program = shutil.which("pdfsig")
    assert program is not None, "pdfsig of poppler is not installed"
    note(evidence, bench.call([program, "-nocert", str(bench.root / name)], f"pdfsig -nocert {name}"))


# Time stamps


@given("a time-stamp authority whose root certificate the settings name")
def _(bench: Workbench, evidence: Any) -> None:
    make_authority(bench.home / "authority")
    shutil.copy(bench.home / "authority" / "root.pem", bench.root / "tsa-root.pem")
    bench.write(
        "valgen.toml", (bench.root / "valgen.toml").read_text("utf-8") + '\n[records]\ntsa_root = "tsa-root.pem"\n'
    )
    shown = tool(bench.root, "openssl", "x509", "-in", "tsa-root.pem", "-noout", "-subject", "-fingerprint", "-sha256")
    evidence.actual(shown)


def make_authority(folder: Path) -> None:
    """Make root and certificate of an authority and what ``openssl ts`` needs to answer for it."""
    folder.mkdir(parents=True)
    (folder / "settings").write_text(_SETTINGS)
    (folder / "extensions").write_text(_SIGNER)
    new = ("-newkey", "rsa:2048", "-nodes")
    uses = [word for one in _ROOT for word in ("-addext", one)]
    tool(folder, "openssl", "req", "-x509", *new, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", *uses)
    tool(folder, "openssl", "req", *new, "-keyout", "key.pem", "-out", "request", "-subj", "/CN=Authority of the test")
    tool(
        folder, "openssl", "x509", "-req", "-in", "request", "-CA", "root.pem", "-CAkey", "root.key",
        "-set_serial", "7", "-extfile", "extensions", "-out", "signer.pem",
    )  # fmt: skip


def answer_of(folder: Path, query: bytes) -> bytes:
    """Return the answer of an authority to a question."""
    (folder / "query").write_bytes(query)
    tool(
        folder, "openssl", "ts", "-reply", "-config", "settings", "-section", "local", "-queryfile", "query",
        "-signer", "signer.pem", "-inkey", "key.pem", "-chain", "root.pem", "-out", "answer",
    )  # fmt: skip
    return (folder / "answer").read_bytes()


@contextlib.contextmanager
def served(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """Serve an authority on this computer while a command runs."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@when(parsers.re(r"a time stamp is asked for(?P<whom>, .*)?$"))
def _(bench: Workbench, whom: str | None, evidence: Any) -> None:
    folder, asked = bench.home / "authority", []
    who = (whom or ", and the authority answers").removeprefix(", and ")

    def answer(query: bytes) -> bytes:
        asked.append(len(query))
        if who == "another authority answers":
            make_authority(bench.home / "other")
            return answer_of(bench.home / "other", query)
        if who == "the answer is that to an earlier question":
            return (folder / "answer").read_bytes()
        if who == "the answer is a page in HTML":
            return b"<html>not found</html>"
        return answer_of(folder, query)

    if who == "nobody answers":
        note(evidence, bench.valgen("records anchor --tsa http://127.0.0.1:9/"))
        return
    with served(answer) as address:
        note(evidence, bench.valgen(f"records anchor --tsa {address}"))
    evidence.actual(f"questions that left the program: {len(asked)}, bytes of each: {asked}")


@then("openssl accepts the newest time stamp over the kept checkpoint")
def _(bench: Workbench, evidence: Any) -> None:
    (file,) = sorted((ledger(bench) / "anchors").glob("*.tsr"))[-1:]
    note_at = bench.home / "note"
    size = str(int(file.stem))
    lines = (ledger(bench) / "checkpoints.jsonl").read_text("utf-8").splitlines()
    note_at.write_bytes(kept_note(lines, size))
    said = bench.call(
        [
            "openssl",
            "ts",
            "-verify",
            "-in",
            str(file),
            "-data",
            str(note_at),
            "-CAfile",
            str(bench.root / "tsa-root.pem"),
        ],
        f"openssl ts -verify -in {file.name}",
    )
    holds(evidence, "openssl: Verification: OK", said.text.strip(), "Verification: OK" in said.text)


def kept_note(lines: list[str], size: str) -> bytes:
    """Return the checkpoint over so many records, as docs/format-ledger.md says it is kept."""
    for line in lines:
        text = str(json.loads(line)["checkpoint"])
        if text.split("\n")[1] == size:
            return text.encode("utf-8")
    raise LookupError(f"no kept checkpoint over {size} records")


# Commits


@given("the project is under git, with a remote that others hold")
def _(bench: Workbench, evidence: Any) -> None:
    remote = bench.home / "remote.git"
    tool(bench.home, "git", "init", "--quiet", "--bare", str(remote))
    tool(bench.root, "git", "init", "--quiet", "--initial-branch", "main")
    tool(bench.root, "git", "remote", "add", "origin", ADDRESS)
    tool(bench.root, "git", "config", f"url.{remote}.insteadOf", ADDRESS)
    evidence.actual(tool(bench.root, "git", "remote", "--verbose").replace("confidential", "(a password)"))


@given("the project is committed")
def _(bench: Workbench, evidence: Any) -> None:
    own = ("git", "-c", "user.name=T", "-c", "user.email=t@example.org")
    tool(bench.root, *own, "add", "--all")
    tool(bench.root, *own, "commit", "--quiet", "--message", "records")
    evidence.actual(tool(bench.root, "git", "log", "--oneline", "--max-count=1"))


@given("the commit is pushed")
def _(bench: Workbench, evidence: Any) -> None:
    tool(bench.root, "git", "push", "--quiet", "origin", "main")
    evidence.actual(tool(bench.root, "git", "for-each-ref", "--format=%(refname) %(objectname)"))


@then(parsers.parse('no file of the ledger says "{words}"'))
def _(bench: Workbench, words: str, evidence: Any) -> None:
    files = [path for path in ledger(bench).rglob("*") if path.is_file()]
    found = [path.name for path in files if words.encode() in path.read_bytes()]
    holds(evidence, f"none of {len(files)} files says it", found or "none", not found and bool(files))


# Copies


@given(parsers.parse('the folder of records is exchanged for the folder "{name}"'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    before = len(bodies(bench))
    shutil.rmtree(ledger(bench))
    shutil.copytree(bench.root / name, ledger(bench))
    evidence.actual(f"{before} records before, {len(bodies(bench))} now")


@given("the folder of records is lost")
def _(bench: Workbench, evidence: Any) -> None:
    shutil.rmtree(ledger(bench))
    evidence.actual(f"{ledger(bench).name} exists: {ledger(bench).exists()}")


@given(parsers.parse('in "{name}" of the folder "{folder}" a letter is changed'))
def _(bench: Workbench, name: str, folder: str, evidence: Any) -> None:
    path = bench.root / folder / name
    data = path.read_bytes()
    path.write_bytes(data.replace(b"Ann Writer", b"Ann Wroter", 1))
    evidence.actual(f"Ann Writer stood {data.count(b'Ann Writer')} times in {name}, and stands once less")
    assert path.read_bytes() != data


@given(parsers.parse('the folder "{name}" is the ledger of another project'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    other = Workbench(bench.home / "elsewhere")
    small_project(other)
    made = act(
        other,
        "records init --admin ada --name 'Ada Minster' --identity 'passport seen' "
        f"--root-key {other.home / 'root.key'}",
        "records init",
        root=PASSPHRASE,
    )
    note(evidence, made)
    equal(evidence, "exit status", 0, made.status)
    shutil.copytree(ledger(other), bench.root / name)


@then(parsers.parse('every record and attachment of the folder "{name}" is in the ledger, byte for byte'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    copy = bench.root / name
    copied = b"".join(path.read_bytes() for path in sorted((copy / "log").iterdir()))
    now = b"".join(path.read_bytes() for path in sorted((ledger(bench) / "log").iterdir()))
    equal(
        evidence,
        f"SHA-256 of the {copied.count(10)} records",
        hashlib.sha256(copied).hexdigest(),
        hashlib.sha256(now[: len(copied)]).hexdigest(),
    )
    kept = {
        path.relative_to(copy).as_posix(): path.read_bytes() for path in (copy / "blobs").rglob("*") if path.is_file()
    }
    lost = [one for one, data in kept.items() if (ledger(bench) / one).read_bytes() != data]
    holds(evidence, f"{len(kept)} attachments are equal", lost or "all equal", not lost and bool(kept))


__all__ = ["served"]
