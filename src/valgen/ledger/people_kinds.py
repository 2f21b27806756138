"""What a ledger records beside runs: keys, accounts, sessions, signatures, executions, reviews, anchors, restores.

These kinds never stand in a log of dry runs. How records fit together is the matter of ``registry``.

No files here. Format: docs/format-ledger.md; a test compares that text with this table.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from valgen.ledger import shapes
from valgen.ledger.blobs import BlobRef
from valgen.ledger.kind import (
    ACCOUNT,
    ANY_TEXT,
    BLOB,
    CODE,
    EXECUTION,
    HEX16,
    ROWS,
    SHA256,
    TIME,
    WORD,
    Kind,
    Signer,
    make_kind,
    or_empty,
    or_long,
)
from valgen.ledger.shapes import Check
from valgen.model.outcome import Stage

ADMINISTRATOR = "administrator"
"""The role that manages accounts."""

MEANINGS = ("authored", "reviewed", "approved", "executed", "witnessed", "verified copy", "closed")
"""What a signature can mean."""

METHODS = ("password", "password and one-time code")
"""How a person shows at the opening of a session who they are."""

MEDIA = {"rfc3161": "tsr", "git": "git", "head": "head"}
"""Kinds of anchors, with the ending of their files."""

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters of a one-time code."""


def check_manifest(body: Mapping[str, Any], manifest: Any) -> list[str]:
    """Return what is wrong with a content manifest, and how it differs from the signature or rejection naming it.

    Args:
        body: of a signature or rejection, well-formed.
        manifest: the value that the blob holds.
    """
    problem = _MANIFEST(manifest)
    if problem:
        return [problem]
    problems = []
    document = manifest["document"]
    for name, key in (("key", "document"), ("number", "number"), ("version", "version"), ("title", "title")):
        if document[name] != body[key]:
            problems.append(f"it is of {name} {document[name]!r} where the record says {body[key]!r}")
    if manifest["content"] != body["content"]:
        problems.append("it names another content than the record")
    paths = [entry["path"] for entry in manifest["snapshot"]]
    if any(one >= other for one, other in itertools.pairwise(paths)):
        problems.append("the paths of its snapshot are not in order, or one stands twice")
    return problems


def manifest_refs(manifest: Mapping[str, Any]) -> list[BlobRef]:
    """Return the blobs that a well-formed content manifest names."""
    return [BlobRef(entry["sha256"], entry["size"]) for entry in manifest["snapshot"]]


def file_refs(body: Mapping[str, Any]) -> list[BlobRef]:
    """Return what a record says of files that need not be kept: the rendition shown, the files issued."""
    entries = body.get("files", ()) if body["kind"] == "document.issued" else ()
    if body["kind"] in ("signature", "rejection"):
        entries = (body["rendition"],)
    return [BlobRef(entry["sha256"], entry["size"]) for entry in entries]


_NAME = shapes.text(200)
_PRINTED_NAME = shapes.text(200, empty=False)
_REASON = shapes.text(1000, empty=False)
_PROPOSAL = shapes.number(-2)
_ROLE = shapes.matches(r"[a-z][a-z0-9_]{0,39}", "the name of a role, such as qa or process_owner")
_USER = shapes.matches(
    r"[a-z][a-z0-9._-]{1,63}", "a user id of small letters, digits and . _ - that begins with a letter"
)
_IDENTITY = shapes.fields({"by": shapes.text(400), "how": shapes.text(400), "on": shapes.text(400)})
_ONE_TIME_CODE = shapes.fields({"salt": HEX16, "sha256": SHA256, "expires": TIME})
_HEAD = shapes.fields({"size": shapes.number(1), "root": SHA256})
_FILE = shapes.fields(
    {"name": shapes.text(400), "media_type": shapes.text(200), "sha256": SHA256, "size": shapes.number()}
)
_FINDINGS = or_long(ANY_TEXT)
_SHORT = shapes.text(100)

_STATEMENT: dict[str, Check] = {
    "role": _ROLE,
    "name": _NAME,
    "function": _NAME,
    "session": HEX16,
    "components": shapes.one_of("all", "password"),
    "zone": _SHORT,
    "head": _HEAD,
}
_SIGNED: dict[str, Check] = {
    "document": WORD,
    "number": shapes.text(400),
    "version": _SHORT,
    "title": shapes.text(),
    "content": SHA256,
    "manifest": BLOB,
    "rendition": _FILE,
    "reason": _REASON,
    **_STATEMENT,
}
_MANIFEST = shapes.fields(
    {
        "document": shapes.fields({key: shapes.text() for key in ("key", "type", "number", "version", "title")}),
        "content": SHA256,
        "template": shapes.fields({"name": shapes.text(), "sha256": SHA256}),
        "references": shapes.items(
            shapes.fields(
                {"key": shapes.text(), "number": shapes.text(), "version": shapes.text(), "content": or_empty(SHA256)}
            )
        ),
        "items": shapes.mapping(shapes.text(200)),
        "snapshot": shapes.items(shapes.fields({"path": shapes.text(), "sha256": SHA256, "size": shapes.number()})),
    }
)


def _ledger_kind(
    name: str,
    signer: Signer,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    long: str = "",
    blobs: str = "",
) -> Kind:
    return make_kind(name, required, optional, signer=signer, long=long, blobs=blobs, dry=False)


KINDS: tuple[Kind, ...] = (
    _ledger_kind(
        "keys.retired",
        "administrator or root",
        {"keys": shapes.items(SHA256), "stolen": shapes.flag, "reason": shapes.text(1000)},
    ),
    _ledger_kind(
        "account.created",
        "administrator or root",
        {
            "account": ACCOUNT,
            "person": ACCOUNT,
            "user": _USER,
            "name": _PRINTED_NAME,
            "function": _NAME,
            "email": _NAME,
            "service": shapes.flag,
            "roles": shapes.items(_ROLE),
            "identity": _IDENTITY,
            "code": _ONE_TIME_CODE,
        },
    ),
    _ledger_kind(
        "account.activated",
        "person",
        {"account": ACCOUNT, "key": SHA256, "code": shapes.text(64), "totp": shapes.flag},
    ),
    _ledger_kind(
        "account.changed",
        "administrator",
        {"account": ACCOUNT, "reason": _REASON},
        {"name": _PRINTED_NAME, "function": _NAME, "email": _NAME},
    ),
    _ledger_kind(
        "role.granted",
        "administrator",
        {"account": ACCOUNT, "role": _ROLE, "reason": _REASON},
        {"proposal": _PROPOSAL},
    ),
    _ledger_kind("role.revoked", "administrator", {"account": ACCOUNT, "role": _ROLE, "reason": _REASON}),
    _ledger_kind(
        "proposal",
        "administrator",
        {
            "act": shapes.one_of("role.granted", "account.reset", "restored"),
            "account": or_empty(ACCOUNT),
            "reason": _REASON,
        },
    ),
    _ledger_kind(
        "account.reset",
        "administrator",
        {
            "account": ACCOUNT,
            "identity": _IDENTITY,
            "code": _ONE_TIME_CODE,
            "reason": _REASON,
            "proposal": _PROPOSAL,
        },
    ),
    _ledger_kind("account.disabled", "administrator", {"account": ACCOUNT, "reason": _REASON}),
    _ledger_kind("account.unlocked", "administrator", {"account": ACCOUNT, "reason": _REASON}),
    _ledger_kind("credentials.changed", "person", {"account": ACCOUNT, "password": shapes.flag, "totp": shapes.flag}),
    _ledger_kind(
        "accounts.checked",
        "person",
        {
            "accounts": shapes.items(
                shapes.fields(
                    {
                        "account": ACCOUNT,
                        "state": shapes.one_of("waiting", "active", "disabled"),
                        "roles": shapes.items(_ROLE),
                    }
                )
            ),
            "findings": _FINDINGS,
            "conclusion": _REASON,
        },
        long="findings",
    ),
    _ledger_kind(
        "login.failed",
        "recorder",
        {
            "account": or_empty(ACCOUNT),
            "source": shapes.text(400),
            "reason": shapes.one_of("credentials", "second factor", "locked", "not active", "too soon"),
        },
    ),
    _ledger_kind(
        "session.opened",
        "person",
        {"session": HEX16, "method": shapes.one_of(*METHODS), "source": shapes.text(400), "zone": _SHORT},
    ),
    _ledger_kind(
        "session.closed",
        "recorder",
        {"session": HEX16, "reason": shapes.one_of("left", "idle", "credentials", "taken over")},
    ),
    _ledger_kind(
        "refused",
        "recorder",
        {
            "act": WORD,
            "account": or_empty(ACCOUNT),
            "subject": shapes.text(400),
            "code": shapes.text(40),
            "reason": or_long(ANY_TEXT),
        },
        long="reason",
    ),
    _ledger_kind("signature", "person", {**_SIGNED, "meaning": shapes.one_of(*MEANINGS)}, blobs="manifest"),
    _ledger_kind("rejection", "person", _SIGNED, blobs="manifest"),
    _ledger_kind(
        "document.changed",
        "recorder",
        {
            "document": WORD,
            "version": _SHORT,
            "previous": _SHORT,
            "reason": or_long(ANY_TEXT),
            "change_ref": shapes.text(400),
            "author": shapes.text(400),
            "changes": or_long(ROWS),
        },
        long="reason changes",
    ),
    _ledger_kind(
        "document.issued",
        "person",
        {"document": WORD, "version": _SHORT, "content": SHA256, "files": shapes.items(_FILE)},
    ),
    _ledger_kind(
        "execution.opened",
        "person",
        {
            "execution": EXECUTION,
            "stage": shapes.one_of(*Stage),
            "environment": shapes.text(400),
            "protocol": shapes.fields(
                {
                    "document": shapes.text(400),
                    "number": shapes.text(400),
                    "version": shapes.text(400),
                    "content": SHA256,
                    "manifest": SHA256,
                }
            ),
            "system": shapes.fields({"name": shapes.text(400), "version": shapes.text(400)}),
            "cases": shapes.mapping(shapes.text(200)),
            "code": shapes.items(CODE),
            "session": HEX16,
        },
    ),
    _ledger_kind(
        "review",
        "person",
        {
            "execution": EXECUTION,
            "upto": shapes.number(),
            "results": shapes.items(SHA256),
            "conclusion": shapes.one_of("accepted", "returned"),
            "comment": or_long(ANY_TEXT),
            **_STATEMENT,
        },
        long="comment",
    ),
    _ledger_kind(
        "audit.reviewed",
        "person",
        {
            "first": shapes.number(),
            "last": shapes.number(),
            "scope": _REASON,
            "findings": _FINDINGS,
            "conclusion": _REASON,
            "next": shapes.text(40),
            **_STATEMENT,
        },
        long="findings",
    ),
    _ledger_kind(
        "anchor",
        "recorder",
        {
            "size": shapes.number(1),
            "root": SHA256,
            "medium": shapes.one_of(*MEDIA),
            "file": BLOB,
            "detail": shapes.text(1000),
        },
        blobs="file",
    ),
    _ledger_kind(
        "verified",
        "recorder",
        {
            "size": shapes.number(1),
            "root": SHA256,
            "data": shapes.flag,
            "compared": shapes.one_of("given", "remembered", ""),
            "problems": shapes.number(),
            "findings": _FINDINGS,
            "tool": shapes.text(200),
        },
        long="findings",
    ),
    _ledger_kind(
        "restored",
        "administrator",
        {"known": _HEAD, "kept": shapes.number(), "reason": _REASON, "proposal": _PROPOSAL},
    ),
)
"""Every kind that only a ledger has, in the order of docs/format-ledger.md."""
