"""The stand-alone verifier on logs of dry runs: it finds what was altered and agrees with `valgen verify` on each case.

The program is tried as it is run: by its arguments, its exit code and its report. So these tests hold for any program
that follows docs/format.md.
"""

from __future__ import annotations

import ast
import base64
import functools
import hashlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from valgen.ledger import heads, keys, record
from valgen.ledger.verify import verify_log
from valgen.verifier import verifier_path, verifier_text

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"
DRY = VECTORS / "dry-log"
L = 2**252 + 27742317777372353535851937790883648493


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


forge = load("verifier_forge", HERE / "forge.py")
tamper = load("verifier_tamper", HERE.parent / "tamper.py")
FAST = load("verifier_with_cryptography", verifier_path())


def without_cryptography() -> ModuleType:
    """Load the program as on a machine that has nothing but Python."""
    hidden = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "cryptography"}
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        return load("verifier_alone", verifier_path())
    finally:
        sys.modules.update(hidden)


ALONE = without_cryptography()


def run(program: ModuleType, *arguments: str) -> tuple[int, str]:
    """Call the program as the command line does; return exit code and output."""
    before, sys.argv = sys.argv, ["valgen_verify.py", *arguments]
    try:
        with redirect_stdout(io.StringIO()) as out:
            code = program.main()
    finally:
        sys.argv = before
    return code, out.getvalue()


def report(folder: Path, *options: str, program: ModuleType = FAST) -> dict[str, Any]:
    code, out = run(program, str(folder), "--json", *options)
    found: dict[str, Any] = json.loads(out)
    assert code == (0 if found["ok"] else 1)
    assert found["ok"] == (not found["problems"])
    assert all(set(problem) == {"code", "where", "message"} for problem in found["problems"])
    return found


@pytest.fixture(params=[FAST, ALONE], ids=["cryptography", "alone"])
def program(request: pytest.FixtureRequest) -> ModuleType:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "dry"
    shutil.copytree(DRY, folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember which signatures held, on both sides: it depends on nothing but their bytes."""
    remembered = functools.lru_cache(maxsize=None)(keys.verify_signature)
    monkeypatch.setattr(record, "verify_signature", remembered)
    monkeypatch.setattr(heads, "verify_signature", remembered)
    for one in (FAST, ALONE):
        monkeypatch.setattr(one, "signature_holds", functools.lru_cache(maxsize=None)(one.signature_holds))


# ---- test vectors ----


def test_the_vector_log_verifies(program: ModuleType) -> None:
    for options in ((), ("--strict",)):
        found = report(DRY, *options, program=program)
        assert (found["ok"], found["records"], found["unanchored"]) == (True, 9, 9)
        assert not found["anchored_to"]


def test_the_report_says_what_checked_signatures_and_that_dry_runs_are_never_evidence() -> None:
    for one in (FAST, ALONE):
        _, out = run(one, str(DRY))
        assert "never evidence" in out
        assert ("cryptography" in out) == (one is FAST)


def test_canonical_vectors() -> None:
    vectors = json.loads((VECTORS / "canonical.json").read_text(encoding="utf-8"))
    for text in vectors["accept"]:
        line = base64.b64decode(text)
        assert FAST.canonical(FAST.read_json(line)) == line
    refused = [base64.b64decode(case["line"]) for case in vectors["refuse"] if case["why"] != "not an object"]
    refused += [b"[" * 100_000, b'{"a":' + b"9" * 100_000 + b"}", b'{"a":1e999999999}', b'"' + b"x" * (1 << 20) + b'"']
    for line in refused:
        with pytest.raises((ValueError, RecursionError)):
            FAST.read_json(line)


def test_public_key_vectors(program: ModuleType) -> None:
    vectors = json.loads((VECTORS / "keys.json").read_text(encoding="utf-8"))
    for key in vectors["keys"]:
        assert program.read_key(bytes.fromhex(key["public"]))
    for text in [*vectors["refuse"], "", "00" * 31, "01" + "00" * 32]:
        with pytest.raises((ValueError, IndexError)):
            program.read_key(bytes.fromhex(text))


# ---- signatures (integrity.md S-7, S-8) ----


def signatures() -> Iterator[tuple[str, bytes, bytes, bytes, bool]]:
    """Name, public key, signature, message and whether it holds, in the manner of the Wycheproof vectors."""
    for name, key in forge.KEYS.items():
        public = forge.PUBLIC[name]
        for message in (b"", b"x", bytes(range(256)) * 8):
            good = key.sign(message)
            number = int.from_bytes(good[32:], "little")
            yield "right", public, good, message, True
            yield "another message", public, good, message + b"\0", False
            yield "another key", forge.PUBLIC["log" if name != "log" else "other"], good, message, False
            for times in (1, 2, 7):
                yield f"S + {times} L", public, good[:32] + (number + times * L).to_bytes(32, "little"), message, False
            yield "L - S", public, good[:32] + (L - number).to_bytes(32, "little"), message, False
            yield "S with the top bit", public, good[:63] + bytes([good[63] | 0x80]), message, False
            yield "R with the other sign", public, good[:31] + bytes([good[31] ^ 0x80]) + good[32:], message, False
            for size in (0, 1, 31, 32, 63):
                yield f"{size} bytes", public, good[:size], message, False
            yield "65 bytes", public, good + b"\0", message, False
            yield "65 bytes, zero first", public, b"\0" + good, message, False
            yield "halves swapped", public, good[32:] + good[:32], message, False
            yield "all zero", public, bytes(64), message, False
            yield "all ones", public, b"\xff" * 64, message, False
            yield "S zero", public, good[:32] + bytes(32), message, False
            yield "S is L", public, good[:32] + L.to_bytes(32, "little"), message, False
            yield "R neutral", public, b"\1" + bytes(31) + good[32:], message, False
            yield "R neutral, S zero", public, b"\1" + bytes(63), message, False
            yield "R not in its one spelling", public, (2**255 - 18).to_bytes(32, "little") + bytes(32), message, False
            for bit in range(0, 512, 37):
                flipped = bytearray(good)
                flipped[bit // 8] ^= 1 << bit % 8
                yield f"bit {bit}", public, bytes(flipped), message, False


def test_only_the_one_signature_of_a_message_holds_with_and_without_cryptography() -> None:
    tried = 0
    for name, public, signature, message, expected in signatures():
        assert FAST.signature_holds(public, signature, message) is expected, name
        assert ALONE.signature_holds(public, signature, message) is expected, name
        tried += 1
    assert tried > 250


def test_signatures_of_keys_of_low_order_are_refused(program: ModuleType) -> None:
    refused = json.loads((VECTORS / "keys.json").read_text(encoding="utf-8"))["refuse"]
    for text in refused:
        for signature in (b"\1" + bytes(63), bytes.fromhex(text) + bytes(32)):
            with pytest.raises(ValueError):
                program.signature_holds(bytes.fromhex(text), signature, b"any message")


# ---- alterations (integrity.md I-1 to I-5, I-8 to I-11) ----


def apply(folder: Path, changes: dict[str, bytes | None]) -> None:
    for name, data in changes.items():
        if data is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(data)


def noticed(folder: Path, mutations: Iterator[tuple[str, dict[str, bytes | None]]], program: ModuleType) -> int:
    """Try alterations; return how many there were, all of them noticed by both verifiers, with a place."""
    original, tried, missed = tamper.covered(folder), 0, []
    for name, changes in mutations:
        if all(original.get(path) == data for path, data in changes.items()):
            continue
        apply(folder, changes)
        tried += 1
        found = report(folder, program=program)
        if found["ok"] or verify_log(folder).ok or not all(problem["where"] for problem in found["problems"]):
            missed.append(name)
        apply(folder, {path: original[path] for path in changes})
    assert missed == []
    assert report(folder, program=program)["ok"]
    return tried


WAYS = (0x01, 0x20, 0x80, 0xFF)


def patterns(files: dict[str, bytes], every: int, ways: int = 4) -> Iterator[tuple[str, dict[str, bytes | None]]]:
    """Change bytes in several ways each; in one way, neighbours are changed in different ones."""
    for name, data in files.items():
        for at in range(0, len(data), every):
            for way in (WAYS[(at + number) % 4] for number in range(ways)):
                yield f"{name}:{at} ^ {way}", {name: data[:at] + bytes([data[at] ^ way]) + data[at + 1 :]}


@pytest.mark.usefixtures("quick")
def test_alterations_are_noticed_by_both_verifiers(copy: Path) -> None:
    assert noticed(copy, tamper.everything(copy, flip=23, cut=97, insert=97), FAST) > 900


@pytest.mark.real
@pytest.mark.usefixtures("quick")
def test_every_changed_byte_is_noticed_by_both_verifiers(copy: Path, program: ModuleType) -> None:
    """One way for each byte; ``tools/flips.py`` flips every bit."""
    files = tamper.covered(copy)
    assert noticed(copy, patterns(files, 1, ways=1), program) == sum(map(len, files.values()))


@pytest.mark.usefixtures("quick")
def test_bytes_changed_in_four_ways_are_noticed_without_cryptography(copy: Path) -> None:
    assert noticed(copy, patterns(tamper.covered(copy), 41), ALONE) > 600


# ---- logs that are wrong in one thing and sealed all the same ----

Change = Callable[[list[dict[str, Any]], Path], Any]
COMMON = {"time": "2026-03-02T09:30:00Z", "mono": 1, "boot": "", "actor": "x", "origin": "S3V", "salt": "00" * 16}
ATTACHMENT = forge.bodies()[4]["attachments"][0]
PLAN = json.loads((DRY / "blobs/c4/885fd87d5c2b5e517b50035a9e2448e4408f2cd30a76f02f68ad8119869cb7").read_bytes())
FACTS = json.loads((DRY / "blobs/de/fbe86e5f54b1914b1f4b95d32fece336a14b8d001ace4bb20bbb7e14cca126").read_bytes())


def keep(records: list[dict[str, Any]], folder: Path) -> None:
    """Change nothing."""


def change(at: int, **values: Any) -> Change:
    return lambda records, folder: records[at].update(values)


def drop(at: int, key: str) -> Change:
    return lambda records, folder: records[at].pop(key) and None


def numbered(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**body, "seq": seq} for seq, body in enumerate(records)]


def insert(at: int, of: int = -1, **values: Any) -> Change:
    """Insert a record, made from the one of a number or from nothing."""
    return lambda records, folder: numbered(
        [*records[:at], {**(COMMON if of < 0 else records[of]), **values}, *records[at:]]
    )


def long(value: Any, key: str = "message", at: int = 4, **changes: Any) -> Change:
    return lambda records, folder: records[at].update({key: forge.long(folder, value, **changes)})


def content(key: str, value: Any, raw: bytes | None = None) -> Change:
    return lambda records, folder: records[7].update(
        {key: forge.blob(folder, forge.canonical(value) if raw is None else raw)}
    )


def declared(*roles: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "key": forge.PUBLIC[name].hex()} for role, name in roles]


BOTH = (("log", "log"), ("recorder", "recorder"))
sign = forge.signature_line
GOOD: dict[str, tuple[Change, dict[str, Any]]] = {
    "nothing changed": (keep, {}),
    "leap second": (change(2, time="2026-06-30T23:59:60Z"), {}),
    "time without decimals": (change(2, time="2024-02-29T00:00:00Z"), {}),
    "longest texts": (change(2, boot="x" * 200, actor="é" * 400, worker="😀" * 200, case="x" * 400), {}),
    "a log key signs as well": (change(2, _signers=["log", "recorder"]), {}),
    "a step is signed": (change(3, _signers=["recorder"]), {}),
    "more keys": (
        insert(2, kind="keys.declared", keys=declared(("log", "other")), reason="", _signers=["other", "recorder"]),
        {},
    ),
    "a run without end": (lambda records, folder: records[:8], {}),
    "no case.started": (lambda records, folder: numbered(records[:2] + records[3:]), {}),
    "only the genesis record": (lambda records, folder: records[:1], {"kept": (1,)}),
    "another number of lines": (change(0, lines_per_file=9), {"per_file": 9}),
    "a checkpoint that is not kept": (keep, {"kept": (1, 7), "newest": 9}),
    "two kept of one size": (keep, {"kept": (1, 9, 9)}),
    "a signature line twice": (keep, {"lines": lambda text: sign(text) * 2}),
    "foreign lines": (keep, {"lines": lambda text: "— w.example/x AAAAAAA=\n" + sign(text) + "— wäß☃ AAAAAAA=\n"}),
    "a line with an unknown hint": (keep, {"lines": lambda text: sign(text) + sign(text, hint=b"abcd")}),
    "100 lines": (keep, {"lines": lambda text: sign(text) + "— w AAAAAAA=\n" * 99}),
    "a long text": (long("ä" * 2000), {}),
    "a long empty text": (long(""), {}),
    "a long list": (long(["a" * 2000], "expected"), {}),
    "long tables": (long([[["a"]]], "tables"), {}),
    "a long data table": (long([["a"]], "data_table"), {}),
    "a long doc string": (long("x", "doc_string"), {}),
    "no doc string": (change(4, doc_string=None), {}),
    "an empty plan": (content("plan", []), {}),
    "a plan blob attached": (change(4, attachments=[{**ATTACHMENT, **forge.bodies()[1]["plan"]}]), {}),
    "a clock anomaly": (
        insert(3, kind="clock.anomaly", previous_time="2026-03-02T09:30:00Z", previous_mono=1, jump_ms=-5),
        {},
    ),
}
BAD: dict[str, tuple[Change, dict[str, Any]]] = {
    **{
        f"time {text!r}": (change(2, time=text), {})
        for text in (
            "2026-03-02T09:30:00.Z",
            "2026-03-02T09:30:00.1234567Z",
            "2026-03-02T24:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-03-02T09:30:61Z",
            "2026-03-02t09:30:00z",
            "2026-03-02T09:30:00+00:00",
            "2026-03-02T09:30:00Z\n",
            "２026-03-02T09:30:00Z",
            "",
            1,
        )
    },
    **{
        f"{key} {str(value)[:20]!r} {len(str(value))}": (change(2, **{key: value}), {})
        for key, value in (
            *(("mono", value) for value in (-1, True, "1", None)),
            *(("boot", value) for value in ("x" * 201, None)),
            *(("salt", value) for value in ("A" * 32, "0" * 31, "0" * 33, "g" * 32)),
            *(("case", value) for value in ("", "x" * 401, None)),
            *(("attempt", value) for value in (0, -1, True, "1")),
            *(("run", value) for value in ("dry-0002", "dry-1", "dry-00001", "run-0001", "dry-0001\n")),
            *(("kind", value) for value in ("case.finished", "genesis", "Case.started", "BLOB", "LONG", "", 5)),
            *(("origin", value) for value in ("S3W", "", "x y")),
            *(("seq", value) for value in (1, 3, -1, True, "2", 2**53 - 1)),
            ("actor", "x" * 401),
            ("worker", "x" * 201),
            ("extra", 1),
        )
    },
    **{
        f"record {at} without {key}": (drop(at, key), {})
        for at, body in enumerate(forge.bodies())
        for key in body
        if (at, key) not in {(3, "expected"), (3, "actual")} and not (at == 4 and key in {"attachments", "data_table"})
        if not (at == 4 and key in {"message", "trace"}) and at != 1
    },
    "type of another kind": (change(2, _line={"type": "application/vnd.valgen.case.result.v1+json"}), {}),
    "type is a number": (change(2, _line={"type": 5}), {}),
    "a fourth key": (change(2, _line={"x": 5}), {}),
    "a line that is a list": (change(2, _raw=b"[]"), {}),
    "a body that is null": (change(2, _raw=b'{"body":null,"sigs":[],"type":"x"}'), {}),
    "a kind that is a list": (change(2, _raw=b'{"body":{"kind":[]},"sigs":[],"type":"x"}'), {}),
    "no signature": (change(2, _signers=[]), {}),
    "only the log key signs": (change(2, _signers=["log"]), {}),
    "an unknown key signs": (change(2, _signers=["other"]), {}),
    "an unknown key signs as well": (change(2, _signers=["other", "recorder"]), {}),
    "an unknown key signs a step": (change(3, _signers=["other"]), {}),
    "a signature of zeros": (
        change(2, _line={"sigs": [{"key": forge.IDS["recorder"], "sig": base64.b64encode(bytes(64)).decode()}]}),
        {},
    ),
    "an empty signature": (change(2, _line={"sigs": [{"key": forge.IDS["recorder"], "sig": ""}]}), {}),
    "a signature with ä": (change(2, _line={"sigs": [{"key": forge.IDS["recorder"], "sig": "ä"}]}), {}),
    "genesis not signed by a key": (change(0, _signers=["recorder"]), {}),
    "genesis without log key": (change(0, keys=declared(BOTH[1]), _signers=["recorder"]), {}),
    "genesis without recorder": (change(0, keys=declared(BOTH[0]), _signers=["log"]), {}),
    "genesis with a key twice": (change(0, keys=declared(*BOTH, BOTH[1])), {}),
    "genesis with a key in two roles": (change(0, keys=declared(*BOTH, ("recorder", "log"))), {}),
    "genesis with a key of low order": (
        change(0, keys=[*declared(*BOTH), {"role": "log", "key": "01" + "00" * 31}]),
        {},
    ),
    "genesis with a short key": (change(0, keys=[*declared(*BOTH), {"role": "log", "key": "01"}]), {}),
    "genesis of a ledger": (change(0, mode="ledger"), {}),
    "genesis of format 2": (change(0, format=2), {}),
    "genesis twice": (lambda records, folder: numbered([records[0], *records]), {}),
    "another number of lines than named": (change(0, lines_per_file=5), {}),
    "no lines per file": (change(0, lines_per_file=0), {}),
    "declared key not signed": (
        insert(2, kind="keys.declared", keys=declared(("log", "other")), reason="", _signers=["recorder"]),
        {},
    ),
    "a run that ended ends again": (insert(7, of=6), {}),
    "a case starts after its run": (insert(7, of=2), {}),
    "a step after the result": (insert(6, of=3), {}),
    "a result again": (insert(6, of=5), {}),
    "a case starts after its result": (insert(6, of=2), {}),
    "a run again": (change(7, run="dry-0001"), {}),
    "a run left out": (change(7, run="dry-0003"), {}),
    "a formal run": (change(7, mode="formal"), {}),
    "an unknown run": (change(8, run="dry-0007"), {}),
    "a result without its steps": (change(5, steps=[]), {}),
    "an unknown outcome": (change(3, outcome="passed"), {}),
    "an unknown outcome in the summary": (change(6, summary={"passed": 1}), {}),
    "a kind of ledgers": (insert(3, kind="session.closed", session="0" * 32, reason="left"), {}),
    "an attachment of another size": (change(4, attachments=[{**ATTACHMENT, "size": 11}]), {}),
    "an attachment that is missing": (change(4, attachments=[{**ATTACHMENT, "sha256": "0" * 64}]), {}),
    "an attachment with two sizes": (change(4, attachments=[ATTACHMENT, {**ATTACHMENT, "size": 11}]), {}),
    "an attachment with a wrong time": (change(4, attachments=[{**ATTACHMENT, "captured_at": "x"}]), {}),
    "attachments that are null": (change(4, attachments=None), {}),
    "a longer head": (long("ä" * 2000, head="ä" * 1001), {}),
    "a long value of another type": (long("abc", media_type="text/html"), {}),
    "a long value where none may be": (long("abc", "keyword"), {}),
    "a long value that is missing": (long("abc", sha256="0" * 64), {}),
    "a long value with one more key": (long("abc", x=1), {}),
    "a line that is too long": (change(4, message="x" * (1 << 20)), {}),
    "a plan that is an object": (content("plan", {}), {}),
    "a plan with a space": (content("plan", 0, b"[ ]"), {}),
    "an empty file as plan": (content("plan", 0, b""), {}),
    "facts that are a plan": (change(1, facts=forge.bodies()[1]["plan"]), {}),
    **{
        f"plan without {key}": (content("plan", [{name: PLAN[0][name] for name in PLAN[0] if name != key}]), {})
        for key in PLAN[0]
    },
    **{
        f"facts without {key}": (content("facts", {name: FACTS[name] for name in FACTS if name != key}), {})
        for key in FACTS
    },
    "a git that is text": (content("facts", {**FACTS, "git": "null"}), {}),
    "a step of another kind": (
        content("plan", [{**PLAN[0], "steps": [{**PLAN[0]["steps"][0], "kind": "But"}]}]),
        {},
    ),
    "kept sizes that fall": (keep, {"kept": (1, 9, 7)}),
    "a kept checkpoint of nothing": (keep, {"kept": (0, 9)}),
    "records beyond the checkpoint": (keep, {"kept": (1, 7)}),
    "the newest checkpoint before the last kept": (keep, {"kept": (1, 9), "newest": 5}),
    "checkpoints of another origin": (keep, {"origin": "Other"}),
    "signed under another name": (keep, {"lines": lambda text: sign(text, name="Other")}),
    "signed by the recorder": (keep, {"lines": lambda text: sign(text, key="recorder")}),
    "signed with another hint": (keep, {"lines": lambda text: sign(text, hint=b"abcd")}),
    "a wrong line beside": (keep, {"lines": lambda text: sign(text) + sign(text + "x")}),
    "a wrong line before": (keep, {"lines": lambda text: sign(text + "x") + sign(text)}),
    "101 lines": (keep, {"lines": lambda text: sign(text) + "— w AAAAAAA=\n" * 100}),
    "a note that is too long": (keep, {"lines": lambda text: sign(text) + f"— w {'AAAA' * 16400}\n"}),
    **{
        f"signature line {line!r}": (keep, {"lines": lambda text, line=line: sign(text) + line + "\n"})
        for line in (
            "— w AAAA",
            "— w A-AAAAA=",
            "— w AAAAAAB=",
            "— w ",
            "— w",
            "— w+x AAAAAAA=",
            "— w\u00a0x AAAAAAA=",
            "— w\t AAAAAAA=",
            "— w AAAAAAA= x",
            "- w AAAAAAA=",
            "—  w AAAAAAA=",
            "",
        )
    },
    "a log key that was declared later": (
        insert(2, kind="keys.declared", keys=declared(("log", "other")), reason="", _signers=["other", "recorder"]),
        {"kept": (2, 10), "lines": lambda text: sign(text, key="other")},
    ),
    "a torn line": (keep, {"last": b'{"bo'}),
    "a blank line": (keep, {"last": b"\n", "per_file": 9}),
    "30 February": (change(2, time="2026-02-30T09:30:00Z"), {}),
    "a head that is too short": (long("ä" * 2000, head="ä" * 999), {}),
    "a head that says something else": (long("abc", head="abd"), {}),
    "a text called a list": (long("abc", media_type="application/json"), {}),
    "a list called a text": (long(["a"], "expected", media_type="text/plain"), {}),
    "a long list of numbers": (long([1], "expected"), {}),
    "long tables that are rows": (long([["a"]], "tables"), {}),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_the_format_allows_verifies(name: str, tmp_path: Path) -> None:
    folder = forged(GOOD[name], tmp_path)
    assert verify_log(folder).ok
    assert report(folder, program=FAST)["problems"] == []


@pytest.mark.parametrize("name", BAD)
def test_what_the_format_refuses_does_not_verify(name: str, tmp_path: Path) -> None:
    folder = forged(BAD[name], tmp_path)
    assert (report(folder)["ok"], verify_log(folder).ok) == (False, False)


def test_forged_logs_read_the_same_without_cryptography(tmp_path: Path) -> None:
    for number, name in enumerate(list(GOOD)[:8] + list(BAD)[-30:]):
        (tmp_path / str(number)).mkdir()
        folder = forged({**GOOD, **BAD}[name], tmp_path / str(number))
        assert report(folder, program=ALONE)["ok"] == report(folder, program=FAST)["ok"], name


def forged(case: tuple[Change, dict[str, Any]], folder: Path) -> Path:
    records = forge.sample()
    return forge.write(folder, case[0](records, folder) or records, **case[1])  # type: ignore[no-any-return]


# ---- files ----


@pytest.mark.parametrize(
    ("name", "data", "verified", "strict"),
    [
        (".gitignore", b"*\n", True, True),
        (".gitignore", b"x", False, False),
        (".gitattributes", b"* -text", False, False),
        ("torn/x", b"", True, True),
        ("lock/x", b"", True, True),
        ("cache/x", b"", True, True),
        ("dry/x", b"", True, True),
        ("index.sqlite", b"", True, True),
        ("TORN/x", b"", True, False),
        ("blobs/x", b"", True, False),
        ("blobs/00/" + "0" * 62, b"", True, False),
        ("notes.txt", b"extra", True, False),
        ("sub/index.x", b"", True, False),
        ("log/000000004 (conflicted copy).jsonl", b"", False, False),
        ("log/000000012.jsonl", b"", False, False),
        ("log/sub/x", b"", False, False),
    ],
)
def test_files_beside_the_records(copy: Path, name: str, data: bytes, verified: bool, strict: bool) -> None:
    path = copy / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    assert (report(copy)["ok"], report(copy, "--strict")["ok"]) == (verified, strict)
    assert (verify_log(copy).ok, verify_log(copy, strict=True).ok) == (verified, strict)


def test_links_pipes_and_devices_in_place_of_files_are_noticed_without_waiting(copy: Path, tmp_path: Path) -> None:
    for name in tamper.covered(copy):
        path = copy / name
        path.rename(tmp_path / "elsewhere")
        for put in (lambda at: at.symlink_to(tmp_path / "elsewhere"), os.mkfifo, lambda at: at.symlink_to("/dev/zero")):
            put(path)
            assert not report(copy)["ok"], name
            path.unlink()
        path.mkdir()
        assert not report(copy)["ok"], name
        path.rmdir()
        (tmp_path / "elsewhere").rename(path)
    assert report(copy)["ok"]


# ---- the program ----


def test_any_input_gives_a_report_and_never_a_traceback(tmp_path: Path) -> None:
    deep = b'{"body":' + b"[" * 50_000 + b"]" * 50_000 + b"}\n"
    junk = hashlib.sha512(b"junk").digest() * 100
    cases = [
        b"",
        b"\n",
        b"\0" * 5000,
        junk,
        deep,
        b'{"body":{"seq":' + b"9" * 90_000 + b"}}\n",
        b"\xff\xfe{}\n",
        b"{}\n",
    ]
    cases += [b'{"checkpoint":5}\n', b'{"checkpoint":"x"}\n', b"[]\n", b"null\n", b'{"body":{},"sigs":[],"type":""}\n']
    cases += [b"x" * (3 << 20), (b"x" * (1 << 20)) + b"\n", b"\n" * 5000]
    for number, data in enumerate(cases):
        folder = tmp_path / str(number)
        (folder / "log").mkdir(parents=True)
        for name in ("log/000000000.jsonl", "checkpoint", "checkpoints.jsonl"):
            (folder / name).write_bytes(data)
        found = report(folder)
        assert not found["ok"]
        assert len(found["problems"]) <= 1001
        report(folder / "checkpoint")
    for path in (tmp_path, Path(__file__), Path("/dev/null")):
        assert not report(path)["ok"]


def test_nothing_in_a_record_steers_the_terminal(tmp_path: Path) -> None:
    forge.write(tmp_path / "dry", [{**body, "\x1b[2J\u202e": 1} for body in forge.bodies()[:1]], kept=(1,))
    (tmp_path / "dry" / "\x1b[2J\u202e").write_bytes(b"")
    _, out = run(FAST, str(tmp_path / "dry"))
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    for arguments in ([], ["--nothing", str(DRY)], [str(tmp_path / "missing")], [str(DRY), str(DRY)]):
        done = subprocess.run([sys.executable, str(verifier_path()), *arguments], capture_output=True, check=False)
        assert done.returncode == 2, arguments
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-I"], ["-I", "-S"]], ids=" ".join)
def test_it_runs_alone_and_with_optimised_python(copy: Path, tmp_path: Path, options: list[str]) -> None:
    alone = tmp_path / "elsewhere.py"
    alone.write_bytes(verifier_text())
    for change_it, code in ((False, 0), (True, 1)):
        if change_it:
            path = copy / "log/000000004.jsonl"
            path.write_bytes(path.read_bytes().replace(b"Failed", b"Passed"))
        command = [sys.executable, *options, "-W", "error", str(alone), str(copy), "--json"]
        done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (code, b"")
        assert json.loads(done.stdout)["ok"] == (code == 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dry", "elsewhere.py"]


def test_it_imports_nothing_of_valgen_and_is_python_3_9() -> None:
    tree = ast.parse(verifier_text(), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {name.split(".")[0] for name in names} - sys.stdlib_module_names
    assert outside == {"cryptography"}
    assert not any(isinstance(node, ast.Assert | ast.Match) for node in ast.walk(tree))
    network = {"socket", "ssl", "http", "urllib", "subprocess", "ctypes", "tempfile"}
    assert not network & {name.split(".")[0] for name in names}
