"""Writes dry logs from bodies, with keys of its own choice: logs that are wrong in one thing and sealed all the same.

Written from docs/format.md, beside valgen and beside the verifier, so that neither is tested with its own words."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VECTOR = Path(__file__).parents[1] / "vectors/dry-log"
SEEDS = {"log": bytes(range(32)), "recorder": bytes(range(32, 64)), "other": bytes(range(64, 96))}
KEYS = {name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in SEEDS.items()}
PUBLIC = {name: key.public_key().public_bytes_raw() for name, key in KEYS.items()}
IDS = {name: hashlib.sha256(raw).hexdigest() for name, raw in PUBLIC.items()}


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def bodies() -> list[dict[str, Any]]:
    """The bodies of the vector log."""
    lines = b"".join(path.read_bytes() for path in sorted((VECTOR / "log").iterdir())).splitlines()
    return [json.loads(line)["body"] for line in lines]


def blob(folder: Path, data: bytes) -> dict[str, Any]:
    """Write a blob and return how a record names it."""
    digest = hashlib.sha256(data).hexdigest()
    path = folder / "blobs" / digest[:2] / digest[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"sha256": digest, "size": len(data)}


def long(folder: Path, value: Any, **changes: Any) -> dict[str, Any]:
    """Write a long value and return what stands in the record."""
    data = value.encode() if isinstance(value, str) else canonical(value)
    media = "text/plain" if isinstance(value, str) else "application/json"
    return {**blob(folder, data), "head": data.decode()[:1000], "media_type": media, **changes}


def line_of(body: dict[str, Any], signers: list[str], **changes: Any) -> bytes:
    kind = f"application/vnd.valgen.{body.get('kind')}.v1+json"
    data = canonical(body)
    text = f"DSSEv1 {len(kind.encode())} {kind} {len(data)} ".encode() + data
    sigs = [{"key": IDS[one], "sig": base64.b64encode(KEYS[one].sign(text)).decode()} for one in signers]
    record = {"body": body, "sigs": sorted(sigs, key=lambda one: one["key"]), "type": kind}
    return canonical({**record, **changes})


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def signature_line(text: str, name: str = "S3V", key: str = "log", hint: bytes | None = None) -> str:
    own = hashlib.sha256(name.encode() + b"\n\x01" + PUBLIC[key]).digest()[:4] if hint is None else hint
    return f"— {name} {base64.b64encode(own + KEYS[key].sign(text.encode())).decode()}\n"


def note(origin: str, size: int, top: bytes, extension: str, lines: Callable[[str], str] | None = None) -> str:
    text = f"{origin}\n{size}\n{base64.b64encode(top).decode()}\n{extension}\n"
    return text + "\n" + (lines(text) if lines else signature_line(text, origin))


def write(
    folder: Path,
    records: list[dict[str, Any]],
    *,
    kept: tuple[int, ...] | None = None,
    newest: str | int = "kept",
    per_file: int = 4,
    origin: str = "S3V",
    lines: Callable[[str], str] | None = None,
    last: bytes = b"",
) -> Path:
    """Write a whole log.

    Args:
        folder: where; blobs are copied from the vector beside those that lie there.
        records: bodies; keys that begin with _ are orders: _signers (names of keys), _line (changes of the record),
            _raw (bytes of the line).
        kept: sizes of the kept checkpoints; by default 1 and all.
        newest: "kept", or the size of a checkpoint that is not in the list.
        per_file: lines in a record file.
        origin: of the checkpoints.
        lines: makes the signature lines of the checkpoints from their text.
        last: added to the end of the log.
    """
    stored: list[bytes] = []
    steps: dict[Any, list[str]] = {}
    for given in records:
        body = {key: value for key, value in given.items() if not key.startswith("_")}
        place = (body.get("run"), body.get("case"), body.get("attempt"))
        if body.get("steps") == "_auto":
            body["steps"] = steps.get(place, [])
        kind = body.get("kind")
        usual = ["log", "recorder"] if kind == "genesis" else [] if kind == "step.result" else ["recorder"]
        line = given.get("_raw") or line_of(body, given.get("_signers", usual), **given.get("_line", {}))
        if kind == "step.result":
            steps.setdefault(place, []).append(hashlib.sha256(b"\x00" + line).hexdigest())
        stored.append(line)
    (folder / "log").mkdir(parents=True)
    for at in range(0, len(stored), per_file):
        data = b"".join(line + b"\n" for line in stored[at : at + per_file])
        (folder / f"log/{at:09d}.jsonl").write_bytes(data + (last if at + per_file >= len(stored) else b""))
    leaves = [hashlib.sha256(b"\x00" + line).digest() for line in stored]
    data, text = b"", ""
    sizes = (1, len(stored)) if kept is None else kept
    for number, size in enumerate(sizes):
        text = note(origin, size, root(leaves[:size]), f"kept {number} {hashlib.sha256(data).hexdigest()}", lines)
        data += canonical({"checkpoint": text}) + b"\n"
    if newest != "kept":
        size = int(newest)
        text = note(origin, size, root(leaves[:size]), f"after {len(sizes)} {hashlib.sha256(data).hexdigest()}", lines)
    (folder / "checkpoints.jsonl").write_bytes(data)
    (folder / "checkpoint").write_bytes(text.encode())
    for path in VECTOR.glob("blobs/*/*"):
        blob(folder, path.read_bytes())
    return folder


def sample(**orders: Any) -> list[dict[str, Any]]:
    """The bodies of the vector, whose case result names its steps by order of the writer."""
    records = copy.deepcopy(bodies())
    records[5]["steps"] = "_auto"
    return records
