"""Steps about copies: export, check without vault and network, planted faults."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pytest_bdd import given, parsers, then, when
from vault.canonical import canonical_bytes, sha256_hex
from vault.copies import check_copy

from .world import user_of


@given(parsers.parse('a copy of revision {number:d} of "{record}" is exported by "{person}"'))
@when(parsers.parse('"{person}" exports revision {number:d} of "{record}"'))
def exports(site: Any, evidence: Any, number: int, record: str, person: str) -> None:
    site.copy = site.vault.export(user_of(person), site.record(record), number)
    site.contents = site.vault.read(user_of(person), site.record(record), number)
    evidence.actual(f"{site.copy.name}, {len(site.copy.data)} bytes, SHA-256 {sha256_hex(site.copy.data)}")


@when(parsers.parse('"{person}" exports revision {number:d} of "{record}" and the time is taken'))
def exports_timed(site: Any, evidence: Any, person: str, number: int, record: str) -> None:
    began = time.perf_counter()
    site.copy = site.vault.export(user_of(person), site.record(record), number)
    site.answer = time.perf_counter() - began
    evidence.actual(f"{site.copy.name}, {len(site.copy.data)} bytes, after {site.answer:.2f} s")


@then(parsers.parse("the copy is complete after at most {seconds:d} seconds"))
def complete_in_time(site: Any, evidence: Any, seconds: int) -> None:
    findings = check_copy(site.copy.data)
    evidence.expected(f"at most {seconds} s, nothing missing or altered")
    evidence.actual(f"{site.answer:.2f} s; check of the copy: {'; '.join(findings) or 'unaltered'}")
    assert findings == []
    assert site.answer <= seconds


@then("the copy consists of exactly these files")
def copy_consists(site: Any, evidence: Any, docstring: str) -> None:
    evidence.actual("\n".join(site.copy.names()))
    assert site.copy.names() == docstring.split()


@then("each record file in the copy equals the stored object")
def copy_equals(site: Any, evidence: Any) -> None:
    rows = [
        {
            "File": path,
            "SHA-256 stored": sha256_hex(data),
            "SHA-256 in the copy": sha256_hex(site.copy.file(f"record/{path}")),
        }
        for path, data in sorted(site.contents.files.items())
    ]
    evidence.table(rows)
    assert all(row["SHA-256 stored"] == row["SHA-256 in the copy"] for row in rows)


@then("the copy is attached")
def copy_attached(site: Any, evidence: Any) -> None:
    evidence.attach(site.copy.data, site.copy.name, "application/zip")
    evidence.actual(f"{site.copy.name}, SHA-256 {sha256_hex(site.copy.data)}")
    assert check_copy(site.copy.data) == []


@then("the README of the copy contains each of these lines")
def readme_contains(site: Any, evidence: Any, docstring: str) -> None:
    readme = site.copy.readme()
    evidence.attach(readme.encode(), "README.md", "text/markdown")
    wanted = docstring.replace("KRAS-001", site.record("KRAS-001")).splitlines()
    missing = [line for line in wanted if line not in readme.splitlines()]
    evidence.actual("lines that are missing: " + ("; ".join(missing) or "none"))
    assert missing == []


@then("the README names each signer with role, meaning, time and the result of the check")
def readme_names_signers(site: Any, evidence: Any) -> None:
    readme = site.copy.readme()
    rows = [
        f"| {one.printed_name} | {one.role} | {one.meaning} | {one.signed_at} | {result} |"
        for one, result in site.vault.signatures(site.record("KRAS-001"), 1)
    ]
    evidence.actual("\n".join(row for row in rows if row in readme))
    assert len(rows) == 3
    assert all(row in readme for row in rows)


@then("the README shows the address and the digest of each file")
def readme_shows_digests(site: Any, evidence: Any) -> None:
    readme = site.copy.readme()
    wanted = [site.address("KRAS-001", 1), *(sha256_hex(data) for data in site.contents.files.values())]
    evidence.actual("\n".join(digest for digest in wanted if digest in readme))
    assert all(digest in readme for digest in wanted)


@when("the tester checks the copy without vault and network")
def checks_copy(site: Any, evidence: Any) -> None:
    with no_network() as opened:
        site.findings = check_copy(site.copy.data)
    site.answer = opened
    evidence.actual("; ".join(site.findings) or "unaltered")


@then(parsers.parse('the check of the copy reports "{report}"'))
def copy_reports(site: Any, evidence: Any, report: str) -> None:
    found = "; ".join(site.findings) or "unaltered"
    evidence.expected(f"a report that contains: {report}")
    evidence.actual(found)
    assert report in found
    assert (found == "unaltered") == (report == "unaltered")


@then('the check of the copy, made without vault and network, reports "unaltered"')
def copy_unaltered(site: Any, evidence: Any) -> None:
    with no_network() as opened:
        findings = check_copy(site.copy.data)
    evidence.actual(f"{'; '.join(findings) or 'unaltered'}; network connections: {len(opened)}")
    assert (findings, opened) == ([], [])


@then("no network connection was opened during the check")
def no_connection(site: Any, evidence: Any) -> None:
    evidence.actual(f"{len(site.answer)} connections")
    assert site.answer == []


@given(
    parsers.re(
        r"somebody (?P<what>changes 1 byte of|removes|adds|changes the signer of) "
        r"(?P<name>[\w./-]+\.[a-z]+) in the copy"
    )
)
def plant_in_copy(site: Any, evidence: Any, what: str, name: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        if what == "removes":
            del parts[name]
        elif what == "adds":
            parts[name] = b"sample,call\nS99,G12C\n"
        elif what == "changes the signer of":
            record = json.loads(parts[name])
            parts[name] = canonical_bytes({**record, "printed_name": "A. Keller", "user": "akeller"})
        else:
            data = parts[name]
            middle = len(data) // 2
            parts[name] = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]

    rewrite(site, evidence, change)


@given(
    parsers.re(
        r"somebody (?P<what>changes the reason of|removes|inserts a second) audit entry (?P<number>\d+) in the copy"
    )
)
def plant_in_copied_trail(site: Any, evidence: Any, what: str, number: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        lines = parts["audit-trail/entries.jsonl"].splitlines(keepends=True)
        position = int(number) - 1
        if what == "removes":
            del lines[position]
        elif what == "inserts a second":
            lines.insert(position, lines[position])
        else:
            lines[position] = canonical_bytes({**json.loads(lines[position]), "reason": "nothing happened"})
        parts["audit-trail/entries.jsonl"] = b"".join(lines)

    rewrite(site, evidence, change)


@given("somebody changes the number of entries in the seal in the copy")
def plant_in_seal(site: Any, evidence: Any) -> None:
    def change(parts: dict[str, bytes]) -> None:
        seal = json.loads(parts["audit-trail/seal.json"])
        parts["audit-trail/seal.json"] = canonical_bytes({**seal, "entries": seal["entries"] - 1})

    rewrite(site, evidence, change)


@when(parsers.parse("the tester checks {what} as if it were a copy"))
def checks_other_file(site: Any, evidence: Any, what: str) -> None:
    if what == "a text file":
        data = b"This is no copy.\n"
    elif what == "a ZIP file of another origin":
        data = pack({"notes.txt": b"some notes\n"})
    else:
        whole = site.vault.export(user_of("I. Duarte"), site.record("KRAS-001"), 1).data
        data = whole[: len(whole) // 2]
    site.attempt(lambda: check_copy(data))
    evidence.actual(f"file of {len(data)} bytes: {site.outcome()}")


def rewrite(site: Any, evidence: Any, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the parts of the copy at hand, and say which ones differ."""
    with zipfile.ZipFile(io.BytesIO(site.copy.data)) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    after = dict(before)
    change(after)
    site.copy = replace(site.copy, data=pack(after))
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    evidence.actual(f"changed in the copy: {', '.join(differing)}")
    assert len(differing) == 1


def pack(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP file of the parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in sorted(parts):
            archive.writestr(name, parts[name])
    return data.getvalue()


@contextmanager
def no_network() -> Any:
    """Refuse and list every connection that is opened inside the block."""
    opened: list[str] = []
    original = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        opened.append(str(address))
        raise OSError("no network in this check")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    try:
        yield opened
    finally:
        socket.socket.connect = original  # type: ignore[method-assign]
