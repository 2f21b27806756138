"""One record: from a draft to the bytes of its line, and back.

A line is the canonical JSON of ``{"body", "sigs", "type"}``. A signature is Ed25519 over the DSSE pre-authentication
encoding of the type and the canonical body, so that it exports one to one into a DSSE envelope.

No files here. Format: docs/format.md, "Records".
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from valgen.errors import VerificationError
from valgen.ledger import canonical, kinds
from valgen.ledger.keys import SigningKey, check_public_key, key_id, verify_signature


@dataclass(frozen=True, slots=True)
class Draft:
    """A record about to be written.

    Attributes:
        kind: a key of ``kinds.KINDS``.
        body: its own keys; the log adds the common ones.
        signer: ``"recorder"`` to have it signed even where its kind does not ask for that.
    """

    kind: str
    body: Mapping[str, Any]
    signer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A record as it stands in the log.

    Attributes:
        seq: its number, from 0.
        leaf: its leaf hash, hex; the name by which other records bind it.
        body: as stored; long values are not expanded.
        file: name of its file within ``log/``.
        offset: of its line in that file, in bytes.
    """

    seq: int
    leaf: str
    body: dict[str, Any]
    file: str = ""
    offset: int = 0

    @property
    def kind(self) -> str:
        """Kind of the record."""
        return str(self.body["kind"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When and by whom, as the caller's clock says.

    Attributes:
        time: RFC 3339 in UTC, such as ``2026-03-02T09:30:00.000Z``.
        mono: monotonic clock in milliseconds.
        boot: name of the boot that ``mono`` belongs to.
        actor: who did it.
    """

    time: str
    mono: int
    boot: str
    actor: str


def pae(type_: str, body: bytes) -> bytes:
    """Return the DSSE pre-authentication encoding: the bytes that a record signature covers."""
    name = type_.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)


def build_line(body: Mapping[str, Any], signers: Iterable[SigningKey]) -> bytes:
    """Return the line of a record, without its newline.

    Args:
        body: complete, common keys included.
        signers: keys that sign it.

    Raises:
        VerificationError: the body does not fit its kind, or cannot be written.
    """
    problems = kinds.check_body(body)
    if problems:
        raise VerificationError(
            f"a {body.get('kind')} record cannot be written: {'; '.join(problems)}",
            why="every record fits the table of its kind, so that any reader understands it",
            code="VG503",
        )
    type_ = kinds.KINDS[body["kind"]].type
    data = canonical.encode(body)
    sigs = sorted(
        ({"key": key.id, "sig": base64.b64encode(key.sign(pae(type_, data))).decode("ascii")} for key in signers),
        key=lambda entry: entry["key"],
    )
    line = b'{"body":%s,"sigs":%s,"type":"%s"}' % (data, canonical.encode(sigs), type_.encode())
    if len(line) > canonical.MAX_LINE_BYTES:
        raise VerificationError(
            f"a {body['kind']} record takes {len(line)} bytes, more than {canonical.MAX_LINE_BYTES}",
            why="big things are kept as attachments",
            fix="attach the long parts as files",
            code="VG525",
        )
    return line


def read_line(line: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a line strictly: canonical, of a known kind, every key known.

    Returns:
        The body, and the signatures by key id; the signatures are not checked yet.

    Raises:
        VerificationError: names what is wrong.
    """
    value = canonical.decode_line(line)
    if value.keys() != {"body", "sigs", "type"}:
        _refuse("it has other keys than body, sigs and type")
    body, sigs = value["body"], value["sigs"]
    if type(body) is not dict or type(sigs) is not list:
        _refuse("its body or its signatures have the wrong shape")
    problems = kinds.check_body(body)
    if problems:
        _refuse("; ".join(problems))
    if value["type"] != kinds.KINDS[body["kind"]].type:
        _refuse(f"its type {value['type']!r} is not that of its kind {body['kind']}")
    found: dict[str, str] = {}
    for entry in sigs:
        if type(entry) is not dict or entry.keys() != {"key", "sig"} or not all(type(v) is str for v in entry.values()):
            _refuse("a signature has the wrong shape")
        if found and entry["key"] <= next(reversed(found)):
            _refuse("its signatures are not in the order of their keys, or one key signs twice")
        found[entry["key"]] = entry["sig"]
    return body, found


def check_signatures(body: Mapping[str, Any], sigs: Mapping[str, str], keys: Mapping[str, tuple[str, bytes]]) -> None:
    """Check every signature of a record, and that the required one is there.

    Args:
        body: as read.
        sigs: base64 signatures by key id.
        keys: role and raw public key of every declared key, by key id.

    Raises:
        VerificationError: one does not hold, its key is not declared, or the recorder's is missing.
    """
    kind = kinds.KINDS[body["kind"]]
    if sigs:
        message = pae(kind.type, canonical.encode(body))
        for name, text in sigs.items():
            if name not in keys:
                _refuse(f"it is signed by a key that the log does not declare: {name[:80]}", code="VG505")
            if not verify_signature(keys[name][1], canonical.strict_base64(text, 64), message):
                _refuse(f"the signature by key {name} does not hold", code="VG505")
    if kind.signed and not any(keys[name][0] == "recorder" for name in sigs):
        _refuse(f"a {kind.name} record must be signed by a recorder key", code="VG505")


def declared_keys(body: Mapping[str, Any]) -> dict[str, tuple[str, bytes]]:
    """Return role and raw public key by key id of a genesis or keys.declared body.

    Raises:
        VerificationError: a key is not acceptable.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for entry in body["keys"]:
        public = bytes.fromhex(entry["key"])
        check_public_key(public)
        if key_id(public) in found:
            _refuse("one key is declared twice", code="VG505")
        found[key_id(public)] = (entry["role"], public)
    return found


def _refuse(reason: str, *, code: str = "VG503") -> NoReturn:
    raise VerificationError(f"the record cannot be verified: {reason}", code=code)
