"""Every way to alter a sealed log that the tests try, as a generator over its files.

A mutation is a name and the new content of some files (None removes a file). Files that lie outside verification are
left out."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

Mutation = tuple[str, dict[str, bytes | None]]

OUTSIDE = {"cache", "lock", "tmp", "torn"}


def covered(folder: Path) -> dict[str, bytes]:
    """Return path and content of every file that verification covers."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder): path for path in files}
    return {name.as_posix(): path.read_bytes() for name, path in names.items() if name.parts[0] not in OUTSIDE}


def flips(files: dict[str, bytes], every: int = 1) -> Iterator[Mutation]:
    """Change one bit of every byte, or of every so-many-th."""
    for name, data in files.items():
        for at in range(0, len(data), every):
            yield f"flip {name}:{at}", {name: data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]}


def truncations(files: dict[str, bytes], every: int = 1) -> Iterator[Mutation]:
    """Cut every file to every shorter length, and remove it; with ``every``, at the ends of lines and some others."""
    for name, data in files.items():
        ends = {at for at in range(len(data)) if data[at : at + 1] == b"\n" or data[at - 1 : at] == b"\n"}
        for size in sorted(ends | set(range(0, len(data), every))):
            yield f"cut {name} to {size}", {name: data[:size]}
        if not name.startswith(".git"):
            yield f"remove {name}", {name: None}


def insertions(files: dict[str, bytes], every: int = 1) -> Iterator[Mutation]:
    """Insert a byte, and delete one, at every place."""
    for name, data in files.items():
        for at in range(0, len(data) + 1, every):
            yield f"insert into {name}:{at}", {name: data[:at] + b" \n{0\x00,\xffa"[at % 8 : at % 8 + 1] + data[at:]}
            if at < len(data):
                yield f"delete from {name}:{at}", {name: data[:at] + data[at + 1 :]}


def conversions(files: dict[str, bytes]) -> Iterator[Mutation]:
    """Do what editors and programs do to whole files."""
    for name, data in files.items():
        yield f"CRLF in {name}", {name: data.replace(b"\n", b"\r\n") + (b"" if b"\n" in data else b"\r\n")}
        yield f"BOM before {name}", {name: b"\xef\xbb\xbf" + data}
        yield f"blank line after {name}", {name: data + b"\n"}
        yield f"blank line before {name}", {name: b"\n" + data}
        yield f"spaces after {name}", {name: data + b"  "}
        yield f"UTF-16 {name}", {name: data.decode("latin-1").encode("utf-16")}
        yield f"twice {name}", {name: data + data}
        yield f"zeros for {name}", {name: bytes(len(data))}


def lines(files: dict[str, bytes]) -> Iterator[Mutation]:
    """Delete, repeat, swap and move every line of the log, within and between its files."""
    names = sorted(name for name in files if name.startswith("log/"))
    rows = [(name, row) for name in names for row in files[name].splitlines(keepends=True)]

    def put(new: list[bytes]) -> dict[str, bytes | None]:
        """Spread the lines over the files as they lay before; the last file takes what is left."""
        changed: dict[str, bytes | None] = {}
        at = 0
        for name in names:
            count = sum(1 for owner, _ in rows if owner == name)
            part = new[at:] if name == names[-1] else new[at : at + count]
            changed[name] = b"".join(part)
            at += count
        return changed

    plain = [row for _, row in rows]
    for k in range(len(plain)):
        yield f"delete record {k}", put(plain[:k] + plain[k + 1 :])
        yield f"repeat record {k}", put(plain[: k + 1] + plain[k:])
        yield f"repeat record {k} at the end", put([*plain, plain[k]])
        for other in range(k + 1, len(plain)):
            swapped = list(plain)
            swapped[k], swapped[other] = swapped[other], swapped[k]
            yield f"swap records {k} and {other}", put(swapped)
            moved = plain[:k] + plain[k + 1 : other + 1] + [plain[k]] + plain[other + 1 :]
            yield f"move record {k} behind {other}", put(moved)
    for k in range(len(plain)):
        yield f"keep only {k} records", put(plain[:k])
    kept = files["checkpoints.jsonl"].splitlines(keepends=True)
    for k in range(len(kept)):
        yield f"delete kept checkpoint {k}", {"checkpoints.jsonl": b"".join(kept[:k] + kept[k + 1 :])}
        yield f"repeat kept checkpoint {k}", {"checkpoints.jsonl": b"".join(kept[: k + 1] + kept[k:])}
        note = json.loads(kept[k])["checkpoint"].encode()
        if note != files["checkpoint"]:
            yield f"put back kept checkpoint {k}", {"checkpoint": note}
    yield "reverse kept checkpoints", {"checkpoints.jsonl": b"".join(reversed(kept))}


def spellings(files: dict[str, bytes]) -> Iterator[Mutation]:
    """Write the same values in another way."""
    for name, data in files.items():
        if not name.endswith(".jsonl"):
            continue
        rows = data.splitlines()
        for k, row in enumerate(rows):
            value = json.loads(row)
            ways = {
                "escapes": json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).replace(
                    "a", "\\u0061"
                ),
                "spaces": json.dumps(value, sort_keys=True, ensure_ascii=False),
                "order of keys": json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False),
                "repeated key": row.decode()[:-1] + "," + row.decode()[1:],
                "repeated equal key": "{" + row.decode()[1:-1] + "," + row.decode()[1:],
                "float": row.decode().replace('"seq":', '"seq":0.', 1),
                "capital hex": row.decode().replace('"salt":"0', '"salt":"A', 1),
                "space at the end": row.decode() + " ",
                "slashes": row.decode().replace("/", "\\/"),
            }
            for way, text in ways.items():
                new = text.encode()
                if new != row and "\n" not in text:
                    yield f"{way} in {name} line {k}", {name: b"\n".join([*rows[:k], new, *rows[k + 1 :]]) + b"\n"}


def blobs(files: dict[str, bytes]) -> Iterator[Mutation]:
    """Swap, empty and replace attachments."""
    names = [name for name in files if name.startswith("blobs/")]
    for name in names:
        yield f"empty {name}", {name: b""}
        yield f"same size {name}", {name: b"x" * len(files[name])}
        for other in names:
            if other > name:
                yield f"swap {name} and {other}", {name: files[other], other: files[name]}


def everything(folder: Path, *, flip: int = 1, cut: int = 1, insert: int = 1) -> Iterator[Mutation]:
    """Yield every mutation of a sealed log.

    Args:
        folder: of the log.
        flip: at how many-th byte a bit is changed.
        cut: at how many-th byte files are cut, beside the ends of lines.
        insert: at how many-th byte bytes are inserted and deleted.
    """
    files = covered(folder)
    whole = (kind(files) for kind in (conversions, lines, spellings, blobs))
    for name, changes in itertools.chain(
        flips(files, flip), *whole, truncations(files, cut), insertions(files, insert)
    ):
        if any(files.get(path) != data for path, data in changes.items()):
            yield name, changes
