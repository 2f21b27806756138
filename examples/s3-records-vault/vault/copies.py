"""Complete copies of a revision: one ZIP file that a person can read and check without the vault. Implements DS-009.

A seal, signed with the key of the vault, states how many audit trail entries there were and which README and table were
handed over, so that entries cut off the end and a changed overview are noticed, too. ``check_copy`` opens no network
connection and writes no file.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vault.audit import FIRST, AuditEntry, check_chain, parse_entries
from vault.canonical import canonical_bytes, moment_of, sha256_hex, timestamp
from vault.packages import MANIFEST, README, differences
from vault.refusals import PackageInvalid
from vault.signatures import Signature, Signer, check_signature, parse_signature, verify_value

COPY_README = "README.md"
RECORD = "record/"
SIGNATURES = "signatures/"
PUBLIC_KEY = "signatures/public-key.der"
TRAIL = "audit-trail/entries.jsonl"
TRAIL_CSV = "audit-trail/entries.csv"
SEAL = "audit-trail/seal.json"
MAX_COPY_BYTES = 2 * 1024**3

_CSV_FIELDS = (
    "number",
    "at",
    "user",
    "printed_name",
    "role",
    "act",
    "record",
    "revision",
    "address_before",
    "address_after",
    "reason",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy as handed over: name of the file and its bytes."""

    name: str
    data: bytes

    def readme(self) -> str:
        """Return the README of the copy as text."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.read(COPY_README).decode()

    def names(self) -> list[str]:
        """Return the names of every file in the copy."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.namelist()

    def file(self, name: str) -> bytes:
        """Return one file of the copy."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.read(name)


def write_copy(
    *,
    manifest: bytes,
    address: str,
    files: Mapping[str, bytes],
    signatures: Sequence[Signature],
    trail: Sequence[bytes],
    signer: Signer,
    exported_at: datetime,
    exported_by: str,
    released: bool,
) -> Copy:
    """Write a complete copy.

    Args:
        manifest: as stored.
        files: by path within the package, compared with the manifest by the caller.
        trail: bytes of every audit entry of the record, in order.
    """
    facts = json.loads(manifest)
    public_key = signer.public_key()
    entries = parse_entries(trail)
    checked = [(one, check_signature(one, address, public_key)) for one in signatures]
    stated = {
        "address": address,
        "entries": len(trail),
        "last": sha256_hex(trail[-1]) if trail else FIRST,
        "exported_at": timestamp(exported_at),
        "exported_by": exported_by,
        "released": released,
    }
    readme = _overview(facts, files[README].decode(), checked, entries, stated).encode()
    table = _csv(entries)
    seal = {**stated, "readme_sha256": sha256_hex(readme), "csv_sha256": sha256_hex(table)}
    sealed = {**seal, "value": base64.b64encode(signer.sign(canonical_bytes(seal))).decode()}
    parts: dict[str, bytes] = {RECORD + path: data for path, data in files.items()}
    parts[RECORD + MANIFEST] = manifest
    for number, signature in enumerate(signatures, 1):
        parts[f"{SIGNATURES}{number:03d}.json"] = signature.data()
    parts[PUBLIC_KEY] = public_key
    parts[TRAIL] = b"".join(trail)
    parts[TRAIL_CSV] = table
    parts[SEAL] = canonical_bytes(sealed)
    parts[COPY_README] = readme
    name = f"{facts['record']}-revision-{facts['revision']}.zip"
    return Copy(name=name, data=_zip(parts, moment_of(facts["created_at"])))


def check_copy(data: bytes) -> list[str]:
    """Check a copy; an empty list means unaltered.

    Raises:
        PackageInvalid: the file is not a copy of the vault.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_COPY_BYTES:
                raise PackageInvalid("the file unpacks to more than 2 GiB")
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise PackageInvalid(f"the file is no ZIP file: {error}") from error
    lacking = [
        name for name in (COPY_README, RECORD + MANIFEST, PUBLIC_KEY, TRAIL, TRAIL_CSV, SEAL) if name not in parts
    ]
    if RECORD + MANIFEST in lacking or SEAL in lacking:
        raise PackageInvalid(f"the file is no copy of the vault: {', '.join(lacking)} missing")
    found = [f"missing: {name}" for name in lacking]
    record = {name.removeprefix(RECORD): part for name, part in parts.items() if name.startswith(RECORD)}
    manifest = record.pop(MANIFEST)
    seal = _seal(parts[SEAL])
    if not seal:
        found.append(f"invalid: {SEAL}: it cannot be read")
    address = seal.get("address", sha256_hex(manifest))
    found += [
        f"{line.partition(': ')[0]}: {RECORD}{line.partition(': ')[2]}"
        for line in differences(manifest, address, record)
    ]
    if PUBLIC_KEY in parts:
        found += _check_signatures(parts, address)
    if TRAIL in parts and PUBLIC_KEY in parts and seal:
        found += _check_trail(parts, seal)
    return found


def _seal(data: bytes) -> Mapping[str, Any]:
    """Return the seal, or nothing when it is none."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    usable = isinstance(found, dict) and isinstance(found.get("address"), str) and isinstance(found.get("entries"), int)
    return found if usable else {}


def _check_signatures(parts: Mapping[str, bytes], address: str) -> list[str]:
    found = []
    for name in sorted(parts):
        if not name.startswith(SIGNATURES) or name == PUBLIC_KEY:
            continue
        try:
            result = check_signature(parse_signature(parts[name]), address, parts[PUBLIC_KEY])
        except ValueError:
            result = "no signature record"
        if result != "valid":
            found.append(f"invalid: {name}: {result}")
    return found


def _check_trail(parts: Mapping[str, bytes], seal: Mapping[str, Any]) -> list[str]:
    covered = {key: value for key, value in seal.items() if key != "value"}
    try:
        value = base64.b64decode(seal["value"], validate=True)
    except (KeyError, TypeError, ValueError):
        value = b""
    if not verify_value(value, canonical_bytes(covered), parts[PUBLIC_KEY]):
        return [f"invalid: {SEAL}: the seal does not match its statement"]
    stored = parts[TRAIL].splitlines(keepends=True)
    result = check_chain(stored)
    found = [] if result == "intact" else [f"altered: {TRAIL}: {result}"]
    last = sha256_hex(stored[-1]) if stored else FIRST
    if not found and (len(stored) != seal["entries"] or last != seal["last"]):
        found.append(f"altered: {TRAIL}: {seal['entries']} entries were sealed, {len(stored)} fit; the end differs")
    for name, field in ((COPY_README, "readme_sha256"), (TRAIL_CSV, "csv_sha256")):
        if name in parts and sha256_hex(parts[name]) != seal.get(field):
            found.append(f"altered: {name}")
    return found


def _overview(
    facts: Mapping[str, Any],
    readme: str,
    signatures: Sequence[tuple[Signature, str]],
    entries: Sequence[AuditEntry],
    stated: Mapping[str, Any],
) -> str:
    lines = [readme.rstrip(), "", "---", "", f"# Copy of {facts['record']}, revision {facts['revision']}", ""]
    lines += [
        f"- Title: {facts['title']}",
        f"- Status: {'released' if stated['released'] else 'not released'}",
        f"- Address (SHA-256 of the manifest): {stated['address']}",
        f"- Stored: {facts['created_at']} by {facts['author']}, reason: {facts['reason']}",
        f"- Exported: {stated['exported_at']} by {stated['exported_by']}",
        "",
        "## Files",
        "",
        "| Path | Size in bytes | SHA-256 |",
        "|---|---|---|",
        *(f"| {_cell(one['path'])} | {one['size_bytes']} | {one['sha256']} |" for one in facts["files"]),
        "",
        "## Electronic signatures",
        "",
    ]
    if signatures:
        lines += ["| Printed name | Role | Meaning | Signed at (UTC) | Check |", "|---|---|---|---|---|"]
        lines += [
            f"| {_cell(one.printed_name)} | {one.role} | {one.meaning} | {one.signed_at} | {result} |"
            for one, result in signatures
        ]
    else:
        lines.append("None: this revision is not signed.")
    lines += ["", f"## Audit trail of {facts['record']}, {len(entries)} entries", ""]
    lines += ["| No. | At (UTC) | Who | Role | Act | Revision | Reason |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {one.number} | {one.at} | {_cell(one.printed_name or one.user)} | {one.role or 'none'} | {one.act} | "
        f"{one.revision or 'none'} | {_cell(one.reason) or 'none'} |"
        for one in entries
    ]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _csv(entries: Sequence[AuditEntry]) -> bytes:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(_CSV_FIELDS)
    for entry in entries:
        writer.writerow([_spreadsheet_text(str(getattr(entry, name))) for name in _CSV_FIELDS])
    return table.getvalue().encode()


def _spreadsheet_text(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _zip(parts: Mapping[str, bytes], moment: datetime) -> bytes:
    data = io.BytesIO()
    stamp = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, parts[name])
    return data.getvalue()
