"""Write the packs of tests/vectors/fail, each of which every verifier must refuse.

    python tools/write_fail_packs.py           write them anew
    python tools/write_fail_packs.py --check   change nothing; exit 1 and name those that differ

A pack shows one row of the attack matrix (docs/attack-matrix.md), whose id its name begins with. What is attacked is a
small ledger with fixed keys, or the ledger of tests/vectors/ledger; nothing here depends on chance or time.
``index.json`` says of each what was done and the options with which it must be refused.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "tests/vectors/fail"
ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group that Ed25519 signs in

Files = dict[str, bytes]


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


people: Any = _load("people_ledger", ROOT / "tests/writers_html/people_ledger.py")
insider: Any = _load("fail_insider_acts", ROOT / "tests/writers_html/insider_acts.py")


def small() -> Any:
    """Return a ledger of an administrator and an author who signs and tests, as it must be."""
    ledger = people.Ledger()
    ledger.activate(ledger.create("ada", "Ada Admin", "administrator"))
    ledger.activate(ledger.create("ann", "Ann Author", "author", "tester", by="u-0001"))
    ledger.open("u-0002")
    ledger.execution("u-0002")
    ledger.run("u-0002")
    ledger.keep()
    ledger.sign("u-0002", "URS", "authored", "author")
    ledger.keep()
    return ledger


def _sealed_again(ledger: Any, lines: list[bytes]) -> Files:
    """Return the files after the log key sealed other lines."""
    ledger.lines = lines
    ledger.kept.clear()
    ledger.keep()
    return dict(ledger.files())


def _line(ledger: Any, kind: str) -> int:
    return next(n for n, line in enumerate(ledger.lines) if f'"kind":"{kind}"'.encode() in line)


def _log(files: Files) -> list[bytes]:
    return [row for name in sorted(files) if name.startswith("log/") for row in files[name].splitlines()]


def _put(files: Files, lines: list[bytes]) -> Files:
    """Put lines in place of those of the log, without sealing them."""
    rest = {name: data for name, data in files.items() if not name.startswith("log/")}
    for first in range(0, len(lines), 10):
        rest[f"log/{first:09d}.jsonl"] = b"".join(line + b"\n" for line in lines[first : first + 10])
    return rest


# Files: somebody without any key


def _files() -> Iterator[tuple[str, str, Files, dict[str, Any]]]:
    files = dict(small().files())
    first = "log/000000000.jsonl"
    blobs = sorted(name for name in files if name.startswith("blobs/"))
    lines = _log(files)

    def flip(name: str, at: int) -> Files:
        data = bytearray(files[name])
        data[at] ^= 1
        return {**files, name: bytes(data)}

    yield "I-1_bit_of_a_record", "one bit of a record was changed", flip(first, 700), {}
    yield "I-1_bit_of_the_checkpoint", "one bit of the checkpoint was changed", flip("checkpoint", 70), {}
    yield "I-1_bit_of_an_attachment", "one bit of an attachment was changed", flip(blobs[0], 3), {}
    yield "I-1_bit_of_the_root", "one bit of root.json was changed", flip("root.json", 20), {}
    yield "I-2_line_ends", "line ends were converted", {**files, first: files[first].replace(b"\n", b"\r\n")}, {}
    yield "I-2_blank_line", "a blank line stands before the records", {**files, first: b"\n" + files[first]}, {}
    yield "I-2_byte_order_mark", "a byte order mark was added", {**files, first: b"\xef\xbb\xbf" + files[first]}, {}
    yield (
        "I-2_inserted_byte",
        "a byte was inserted",
        {**files, first: files[first][:300] + b"0" + files[first][300:]},
        {},
    )
    yield "I-3_last_record_cut", "the last record is missing", _put(files, lines[:-1]), {}
    yield "I-3_half_a_record", "the last record was cut in half", _put(files, [*lines[:-1], lines[-1][:200]]), {}
    kept = files["checkpoints.jsonl"]
    yield (
        "I-3_kept_checkpoints_cut",
        "a kept checkpoint is missing",
        {**files, "checkpoints.jsonl": kept[: len(kept) // 2]},
        {},
    )
    old = json.loads(kept.splitlines()[0])["checkpoint"].encode()
    yield "I-4_old_checkpoint", "the first checkpoint stands in place of the newest", {**files, "checkpoint": old}, {}
    yield "I-4_old_records", "records and kept checkpoints are older than the checkpoint", {
        **_put(files, lines[:1]), "checkpoints.jsonl": kept.splitlines(keepends=True)[0]}, {}  # fmt: skip
    yield "I-5_record_deleted", "a record was deleted", _put(files, [*lines[:4], *lines[5:]]), {}
    yield (
        "I-5_records_swapped",
        "two records were swapped",
        _put(files, [*lines[:4], lines[5], lines[4], *lines[6:]]),
        {},
    )
    yield "I-5_record_doubled", "a record stands twice", _put(files, [*lines[:5], *lines[4:]]), {}
    yield "I-8_attachments_swapped", "two attachments were swapped", {
        **files, blobs[0]: files[blobs[1]], blobs[1]: files[blobs[0]]}, {}  # fmt: skip
    yield "I-9_attachment_missing", "an attachment is missing", {
        name: data for name, data in files.items() if name != blobs[0]}, {}  # fmt: skip
    yield "I-9_attachment_empty", "an attachment is empty", {**files, blobs[0]: b""}, {}
    rotten = files[blobs[0]]
    yield "I-16_rotten_attachment", "one bit of an attachment rotted", {
        **files, blobs[0]: rotten[:-1] + bytes([rotten[-1] ^ 1])}, {}  # fmt: skip
    more = hashlib.sha256(b"more").hexdigest()
    yield "I-10_file_that_no_record_names", "a file lies beside those that records name", {
        **files, f"blobs/{more[:2]}/{more[2:]}": b"more"}, {"strict": True}  # fmt: skip
    yield "C-6_copy_of_a_synchronising_program", "a program that synchronises folders left a second copy", {
        **files, "log/000000000 (conflicted copy).jsonl": files[first]}, {}  # fmt: skip


# Records: somebody with the key of the log


def _sealed() -> Iterator[tuple[str, str, Files, dict[str, Any]]]:
    def result() -> tuple[Any, int]:
        ledger = small()
        return ledger, _line(ledger, "case.result")

    ledger, at = result()
    yield "I-5_deleted_and_sealed_again", "a record was deleted and the rest sealed again", _sealed_again(
        ledger, [*ledger.lines[:at], *ledger.lines[at + 1 :]]), {}  # fmt: skip
    yield "I-6_run_left_out", "a whole run was left out, with every key of the machine", _without_run(), {}
    yield "I-7_two_continuations", "a kept checkpoint belongs to another continuation", _fork(), {}
    ledger, at = result()
    spelled = ledger.lines[at].replace(b"Passed", b"P\\u0061ssed", 1)
    yield "I-11_escapes", "a record is spelled with an escape", _sealed_again(
        ledger, [*ledger.lines[:at], spelled, *ledger.lines[at + 1 :]]), {}  # fmt: skip
    ledger, at = result()
    doubled = b'{"sigs":[],' + ledger.lines[at][1:]
    yield "I-11_repeated_key", "a key stands twice in a record", _sealed_again(
        ledger, [*ledger.lines[:at], doubled, *ledger.lines[at + 1 :]]), {}  # fmt: skip
    ledger, at = result()
    number = ledger.lines[at].replace(b'"attempt":1', b'"attempt":1.0', 1)
    yield "I-11_other_number", "a number is spelled otherwise", _sealed_again(
        ledger, [*ledger.lines[:at], number, *ledger.lines[at + 1 :]]), {}  # fmt: skip
    ledger = small()
    foreign = {"account": "", "source": "tty1", "reason": "credentials", "origin": people.ORIGIN.replace("S3V", "T9")}
    ledger.machine("login.failed", **foreign)
    yield (
        "I-15_record_of_another_project",
        "a record of another project stands among the others",
        dict(ledger.files()),
        {},
    )
    yield from _signatures()
    unknown = small()
    unknown.machine("future.act", account="u-0001")
    yield "C-14_unknown_kind", "a record is of a kind that nobody knows", dict(unknown.files()), {}
    later = small()
    later.lines[0] = later.lines[0].replace(b'"format":1', b'"format":2')
    yield "C-14_later_format", "the first record names a later format", _sealed_again(later, later.lines), {}


def _without_run() -> Files:
    """The lines of a run are gone; the machine wrote the rest again, the signature of the author it could not."""
    honest = small()
    signed = honest.lines[_line(honest, "signature")]
    ledger = people.Ledger()
    ledger.activate(ledger.create("ada", "Ada Admin", "administrator"))
    ledger.activate(ledger.create("ann", "Ann Author", "author", "tester", by="u-0001"))
    ledger.open("u-0002")
    ledger.execution("u-0002")
    ledger.paper("URS")  # its blobs
    return _sealed_again(ledger, [*ledger.lines, signed])


def _fork() -> Files:
    one, other = small(), small()
    one.machine("login.failed", account="", source="tty1", reason="credentials")
    other.machine("login.failed", account="", source="tty2", reason="credentials")
    one.keep()
    other.kept.append(one.kept[-1])
    other.keep()
    return dict(other.files())


def _signatures() -> Iterator[tuple[str, str, Files, dict[str, Any]]]:
    def changed(before: bytes, after: bytes) -> Files:
        ledger = small()
        at = _line(ledger, "signature")
        line = ledger.lines[at].replace(before, after)
        if line == ledger.lines[at]:
            raise ValueError(before)
        return _sealed_again(ledger, [*ledger.lines[:at], line, *ledger.lines[at + 1 :]])

    yield "S-1_other_meaning", "a signature was given another meaning", changed(b'"authored"', b'"approved"'), {}
    yield (
        "S-1_other_version",
        "a signature was moved to another version",
        changed(b'"version":"1.0"', b'"version":"2.0"'),
        {},
    )
    yield "S-1_other_kind", "a signature was made a rejection", changed(b"signature.v1", b"rejection.v1"), {}
    yield "S-8_second_signature", "a signature was turned into another one over the same bytes", _malleable(), {}
    yield "S-3_every_key_replaced", "the whole ledger was written again with other keys", _other_keys(), {
        "root": small().fingerprint}  # fmt: skip


def _malleable() -> Files:
    ledger = small()
    at = _line(ledger, "signature")
    value = json.loads(ledger.lines[at])
    raw = base64.b64decode(value["sigs"][0]["sig"])
    other = int.from_bytes(raw[32:], "little") + ORDER
    value["sigs"][0]["sig"] = base64.b64encode(raw[:32] + other.to_bytes(32, "little")).decode()
    return _sealed_again(ledger, [*ledger.lines[:at], people.canonical(value), *ledger.lines[at + 1 :]])


def _other_keys() -> Files:
    real = people.Key
    people.Key = lambda name: real(f"other {name}")
    try:
        return dict(small().files())
    finally:
        people.Key = real


# Insiders: somebody with keys who breaks a rule

_INSIDERS = {
    "I-12_checkpoint_by_a_stranger": ("log_key_declared_by_nobody", "the checkpoint is signed by a key of nobody"),
    "I-16_verification_of_something_else": (
        "verification_of_something_else",
        "a machine recorded that another ledger was verified",
    ),
    "S-2_other_key_under_the_name": ("with_other_key", "somebody else signed under the name"),
    "S-2_name_of_another": ("name_of_another", "the printed name is that of somebody else"),
    "S-4_before_activation": ("before_activation", "somebody acts before the account is active"),
    "S-4_after_disabling": ("after_disabling", "somebody signs after the account was disabled"),
    "S-4_key_before_a_reset": ("with_the_key_before_a_reset", "somebody signs with the key from before a reset"),
    "S-4_key_of_two_accounts": ("key_used_twice", "two accounts have one key"),
    "S-5_reset_by_one": ("reset_by_one", "one administrator proposed and did a reset"),
    "S-5_reset_without_proposal": ("reset_alone", "a reset was done that nobody proposed"),
    "S-7_key_of_low_order": ("key_of_low_order", "a key was enrolled that fits many messages"),
    "S-10_first_signing_with_password_only": ("first_with_password_only", "the first signing of a session took less"),
    "S-10_session_of_another": ("session_of_another", "somebody signed in the session of somebody else"),
    "S-11_user_id_twice": ("user_id_twice", "a user id was given twice"),
    "S-12_two_accounts_of_one_person": ("second_account_proposes", "one person acted as two"),
    "S-13_retired_recorder_key": ("retired_recorder", "a retired key of a machine signs"),
    "S-13_retired_log_key": ("retired_log_key", "a retired key seals the log"),
    "C-9_restored_by_one": ("restored_by_one", "one person alone recorded a restore"),
}


def _insiders() -> Iterator[tuple[str, str, Files, dict[str, Any]]]:
    for name, (act, words) in _INSIDERS.items():
        ledger = people.enrolled()
        getattr(insider, act)(ledger)
        yield name, words, dict(ledger.files()), {}


# Packs


def pack(ledger: Files, page: bytes = b"%PDF URS") -> Files:
    """Return the files of a small pack: a document, the ledger, and the manifest."""
    files = {"pdf/URS.pdf": page} | {f"evidence/ledger/{name}": data for name, data in ledger.items()}
    lines = _log(ledger)
    leaves = [people.sha256(b"\x00" + line) for line in lines]
    manifest: dict[str, Any] = {
        "format": 1,
        "project": "S3V",
        "files": [
            {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in sorted(files.items())
        ],
        "ledger": {
            "origin": people.ORIGIN,
            "size": len(leaves),
            "root": people.root_of(leaves).hex(),
            "root_fingerprint": hashlib.sha256(ledger["root.json"][:-1]).hexdigest(),
        },
    }
    return {**files, "manifest.json": sealed_manifest(manifest)}


def sealed_manifest(manifest: dict[str, Any]) -> bytes:
    """Return the bytes of a manifest with the digest over itself."""
    text = json.dumps({**manifest, "digest": "0" * 64}, indent=1) + "\n"
    return text.replace("0" * 64, hashlib.sha256(text.encode()).hexdigest()).encode()


def _packs() -> Iterator[tuple[str, str, Files, dict[str, Any]]]:
    ledger = dict(small().files())
    whole = pack(ledger)
    yield "D-1_changed_document", "a document of the pack was changed", {**whole, "pdf/URS.pdf": b"%PDF URs"}, {}
    yield (
        "D-1_bytes_behind_a_document",
        "bytes were added behind a document",
        {**whole, "pdf/URS.pdf": b"%PDF URS\n"},
        {},
    )
    yield "D-1_bit_of_the_manifest", "one bit of the manifest was changed", {
        **whole, "manifest.json": whole["manifest.json"].replace(b"S3V", b"S3W")}, {}  # fmt: skip
    yield "D-1_file_added", "a file was added", {**whole, "pdf/OQ.pdf": b"%PDF OQ"}, {}
    yield "D-1_file_removed", "a document was removed", {
        name: data for name, data in whole.items() if name != "pdf/URS.pdf"}, {}  # fmt: skip
    more = small()
    more.machine("login.failed", account="", source="tty1", reason="credentials")
    later = pack(dict(more.files()))
    mixed = {name: data for name, data in later.items() if name != "manifest.json"}
    listed = json.loads(later["manifest.json"])
    listed["ledger"] = json.loads(whole["manifest.json"])["ledger"]
    yield "D-4_head_of_another_pack", "the manifest names the records of another pack", {
        **mixed, "manifest.json": sealed_manifest(listed)}, {}  # fmt: skip
    half = {name: data for name, data in mixed.items() if name.startswith("evidence/")}
    yield "D-4_records_of_another_pack", "the records are those of another pack", {
        **{name: data for name, data in whole.items() if not name.startswith("evidence/")}, **half}, {}  # fmt: skip
    for name, words, entries in (
        ("D-8_path_out_of_the_zip", "a file of the zip lies outside of it", {"../../evil.txt": b"x"}),
        ("D-8_name_twice", "a file stands twice in the zip", {"pdf/URS.pdf": b"%PDF other"}),
        ("D-8_names_that_differ_in_case", "two names of the zip differ in case only", {"PDF/urs.pdf": b"%PDF other"}),
    ):
        yield name, words, {"pack.zip": _zip([*whole.items(), *entries.items()])}, {"zip": True}


def _zip(entries: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            if name in archive.NameToInfo:  # zipfile warns of what is meant here
                archive.NameToInfo.pop(name)
            archive.writestr(info, data)
    return made.getvalue()


def all_packs() -> Iterator[tuple[str, str, Files, dict[str, Any]]]:
    """Yield name, what was done, files and options of every pack."""
    makers: tuple[Callable[[], Iterator[tuple[str, str, Files, dict[str, Any]]]], ...]
    makers = (_files, _sealed, _insiders, _packs)
    for maker in makers:
        yield from maker()


def wanted() -> Files:
    """Return every file below tests/vectors/fail."""
    found: Files = {}
    index = []
    for name, words, files, options in all_packs():
        index.append({"name": name, "row": name.partition("_")[0], "done": words, **options})
        found |= {f"{name}/{path}": data for path, data in files.items()}
    index.sort(key=lambda one: (one["row"][0], int(one["row"][2:]), one["name"]))
    found["index.json"] = json.dumps(index, indent=1).encode() + b"\n"
    found[".gitattributes"] = b"* -text\n"
    return found


def main(arguments: list[str]) -> int:
    """Write the packs, or check them."""
    files = wanted()
    present = {path.relative_to(TARGET).as_posix(): path.read_bytes() for path in TARGET.rglob("*") if path.is_file()}
    differing = sorted({name.partition("/")[0] for name in {*files, *present} if files.get(name) != present.get(name)})
    if arguments == ["--check"]:
        print(*(f"{name} differs; run tools/write_fail_packs.py" for name in differing), sep="\n")
        return 1 if differing else 0
    if TARGET.exists():
        shutil.rmtree(TARGET)
    for name, data in files.items():
        path = TARGET / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len({name.partition('/')[0] for name in files if '/' in name})} packs written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
