"""Kept renditions and frozen versions: bytes compared, files altered."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pytest_bdd import parsers, then, when

from .judge import equal, holds
from .pack_steps import digests, pack
from .workbench import Workbench


@when(parsers.parse('the bytes of the pack are noted as "{name}"'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    bench.facts[name] = digests(pack(bench))
    evidence.actual(f"{len(bench.facts[name])} files noted")


@then(parsers.parse('every file of the pack is equal to "{name}"'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    first, second = bench.facts[name], digests(pack(bench))
    different = sorted(path for path in {*first, *second} if first.get(path) != second.get(path))
    holds(
        evidence,
        f"{len(first)} files with the same SHA-256",
        different or "no difference",
        bool(first) and not different,
    )


@then(parsers.parse('compared with "{name}", exactly these of the {folders} files differ: {files}'))
def _(bench: Workbench, name: str, folders: str, files: str, evidence: Any) -> None:
    first, second = bench.facts[name], digests(pack(bench))
    begins = tuple(f"{folder}/" for folder in folders.split(" and "))
    different = sorted(
        path for path in {*first, *second} if path.startswith(begins) and first.get(path) != second.get(path)
    )
    equal(evidence, "files that differ", sorted(files.split(", ")), different)


@when("every kept rendition in the cache of the user is damaged by one bit")
def _(bench: Workbench, evidence: Any) -> None:
    kept = list((bench.home / "cache" / "renditions").iterdir())
    for path in kept:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    holds(evidence, "kept renditions were there to damage", f"{len(kept)} damaged", bool(kept))
    bench.facts["kept"] = kept_digests(bench)


@then("the build read and wrote none of the kept renditions")
def _(bench: Workbench, evidence: Any) -> None:
    equal(evidence, "digests of the kept renditions", bench.facts["kept"], kept_digests(bench))


def kept_digests(bench: Workbench) -> dict[str, str]:
    """Return name and digest of each kept rendition."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((bench.home / "cache" / "renditions").iterdir())
    }


@then("after each of these alterations of frozen files, made one at a time, check names the code and no pack is built")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    from .command_steps import findings

    rows, wrong = [], []
    for name, change, code in datatable[1:]:
        path = bench.root / "baselines" / "documents" / name
        before = path.read_bytes()
        alter(path, change)
        checked = bench.valgen("check")
        built = bench.valgen("build URS --format docx -o elsewhere")
        path.write_bytes(before)
        codes = sorted({found for _, _, found, _ in findings(checked)})
        exists = (bench.root / "elsewhere").exists()
        rows.append({"file": name, "change": change, "codes": ", ".join(codes), "build": built.status, "pack": exists})
        if code not in codes or checked.status != 1 or built.status == 0 or exists:
            wrong.append(rows[-1])
    evidence.expected("the code in the answer of check, exit status 1, a refused build")
    evidence.table(rows)
    assert rows and not wrong, wrong


def alter(path: Path, change: str) -> None:
    """Alter a file as the table says."""
    if change == "one letter":
        data = path.read_bytes()
        assert data.count(b"whole") >= 1, path
        path.write_bytes(data.replace(b"whole", b"whale", 1))
    elif change == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-20])
