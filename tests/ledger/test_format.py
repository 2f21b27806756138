"""docs/format.md, docs/format-ledger.md, their test vectors and the code say the same."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import ledger_sample as sample
import pytest

import tamper
from valgen.errors import VerificationError
from valgen.ledger import canonical, files, kinds, merkle
from valgen.ledger.blobs import MAX_BLOB_BYTES
from valgen.ledger.keys import check_public_key, key_id
from valgen.ledger.note import key_hint
from valgen.ledger.people_kinds import check_manifest
from valgen.ledger.record import pae
from valgen.ledger.store import read_log
from valgen.ledger.verify import verify_log
from valgen.model.outcome import Outcome

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors"
DRY = VECTORS / "dry-log"
TEXT = (ROOT / "docs/format.md").read_text(encoding="utf-8")
LEDGER_TEXT = (ROOT / "docs/format-ledger.md").read_text(encoding="utf-8")


def load(name: str) -> dict[str, object]:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def section(title: str, text: str = TEXT) -> str:
    return re.split(r"^##+ ", text.split(f"\n{title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table_keys(text: str) -> tuple[set[str], set[str]]:
    """Return required and optional keys of the first table of a section."""
    required: set[str] = set()
    optional: set[str] = set()
    for row in re.findall(r"^\| (`[^|]*) \| ([^|]*(?:\\\|[^|]*)*) \|", text, flags=re.MULTILINE):
        target = optional if row[1].startswith("optional") else required
        target |= set(re.findall(r"`(\w+)`", row[0]))
    return required, optional


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=lambda kind: kind.name)
def test_the_keys_of_every_kind_are_those_of_the_document(kind: kinds.Kind) -> None:
    if kind.dry:
        text = section(f"### {kind.name} (signed)" if kind.signed else f"### {kind.name}").split("The *plan*")[0]
    else:
        text = section(f"### {kind.name} ({kind.signer})", LEDGER_TEXT).split("The *content manifest*")[0]
    assert table_keys(text) == (set(kind.required), set(kind.optional))
    long = set(re.findall(r"^\| `(\w+)` \|[^|]*long\(", text, flags=re.MULTILINE))
    assert long == kind.long


def test_no_kind_is_documented_that_the_code_does_not_know() -> None:
    titles = re.findall(r"^### ([a-z.]+\S*?)(?: \(signed\))?$", section_block("## Record kinds"), flags=re.MULTILINE)
    assert titles == [kind.name for kind in kinds.KINDS.values() if kind.dry]
    titles = re.findall(r"^### ([a-z.]+) \(", LEDGER_TEXT, flags=re.MULTILINE)
    assert titles == [kind.name for kind in kinds.KINDS.values() if not kind.dry]


def test_the_further_keys_of_a_ledger_are_those_of_the_document() -> None:
    genesis = section("## What makes a log a ledger", LEDGER_TEXT).split("Its `keys`")[0]
    assert table_keys(genesis)[0] | {"keys"} == set(kinds.KINDS["genesis"].further["ledger"])
    run = section("## Formal executions", LEDGER_TEXT)
    assert table_keys(run)[0] == set(kinds.KINDS["run.started"].further["formal"])


def test_the_content_manifest_is_that_of_the_document() -> None:
    keys, _ = table_keys(section("### signature (person)", LEDGER_TEXT).split("The *content manifest*")[1])
    body = {key: "x" for key in ("document", "number", "version", "title", "content")}
    problem = "; ".join(check_manifest(body, {}))
    assert set(re.findall(r"(\w+) is missing", problem)) == keys


def section_block(title: str) -> str:
    return re.split(r"^## ", TEXT.split(f"\n{title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_common_keys_outcomes_and_limits_are_those_of_the_document() -> None:
    common = {"seq", "time", "mono", "boot", "actor", "kind", "origin", "salt"}
    assert table_keys(section_block("## Records").split("### Signatures")[0])[0] == common
    assert ", ".join(f"`{outcome.value}`" for outcome in Outcome) in TEXT
    for number in (
        canonical.MAX_LINE_BYTES,
        MAX_BLOB_BYTES,
        kinds.LONG_BYTES,
        kinds.HEAD_CHARS,
        files.LINES_PER_FILE,
    ):
        assert f"{number:,}" in TEXT, number
    for name in (*files.OUTSIDE, "index."):
        assert f"`{name}`" in TEXT
    assert f"{canonical.MAX_DEPTH} levels" in TEXT


def test_plan_and_facts_are_those_of_the_document() -> None:
    text = section("### run.started (signed)")
    plan, facts = text.split("The *plan*")[1].split("The *facts*")
    case = {key: None for key in table_keys(plan)[0]}
    assert "is missing" not in "".join(kinds.check_plan([case]))
    assert "not known" not in "".join(kinds.check_plan([case]))
    assert table_keys(facts)[0] == {"host", "packages", "plugins", "code", "git"}
    log_facts = json.loads(
        (DRY / "blobs/de/fbe86e5f54b1914b1f4b95d32fece336a14b8d001ace4bb20bbb7e14cca126").read_bytes()
    )
    assert kinds.check_facts(log_facts) == []
    assert kinds.check_facts({**log_facts, "more": 1})


def test_the_vector_log_is_written_again_byte_for_byte(tmp_path: Path, keystore: Path) -> None:
    sample.build_sample(tmp_path / "dry", keystore)
    written = tamper.covered(tmp_path / "dry")
    assert written.pop(".gitignore") == files.FIXED[".gitignore"]
    assert written == tamper.covered(DRY)


def test_the_vector_log_verifies() -> None:
    report = verify_log(DRY, strict=True)
    assert report.problems == ()
    assert (report.records, report.sealed, report.origin, report.mode) == (9, 9, "S3V", "dry")


def test_the_document_shows_the_values_of_the_vector_log() -> None:
    report = verify_log(DRY)
    for stored in read_log(DRY):
        assert f"| {stored.seq} | `{stored.kind}` | `{stored.leaf}` |" in TEXT
    assert f"`{report.root}`" in TEXT
    assert f"```text\n{(DRY / 'checkpoint').read_text(encoding='utf-8')}```" in TEXT
    line = (DRY / "log/000000000.jsonl").read_bytes().splitlines()[2]
    value = json.loads(line)
    assert f"```text\n{line.decode()}\n```" in TEXT
    assert f"```text\n{pae(value['type'], canonical.encode(value['body'])).decode()}\n```" in TEXT
    for key in load("keys.json")["keys"]:  # type: ignore[attr-defined]
        row = " | ".join(f"`{key[name]}`" for name in ("role", "seed", "public", "id", "hint"))
        assert f"| {row} |" in TEXT


def test_the_vector_log_follows_from_the_definitions_alone() -> None:
    def root(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        k = 1 << ((len(leaves) - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()

    names = ["000000000.jsonl", "000000004.jsonl", "000000008.jsonl"]
    lines = [line for name in names for line in (DRY / "log" / name).read_bytes().split(b"\n")[:-1]]
    leaves = [hashlib.sha256(b"\x00" + line).digest() for line in lines]
    kept = (DRY / "checkpoints.jsonl").read_bytes().splitlines(keepends=True)
    for number, entry in enumerate(kept):
        origin, size, text, extension = json.loads(entry)["checkpoint"].split("\n")[:4]
        assert origin == "S3V"
        assert base64.b64decode(text) == root(leaves[: int(size)])
        assert extension == f"kept {number} {hashlib.sha256(b''.join(kept[:number])).hexdigest()}"
    assert json.loads(kept[-1])["checkpoint"].encode() == (DRY / "checkpoint").read_bytes()


def test_canonical_vectors() -> None:
    vectors = load("canonical.json")
    for text in vectors["accept"]:  # type: ignore[attr-defined]
        line = base64.b64decode(text)
        assert canonical.encode(canonical.decode_line(line)) == line
    for case in vectors["refuse"]:  # type: ignore[attr-defined]
        with pytest.raises(VerificationError):
            canonical.decode_line(base64.b64decode(case["line"]))


def test_tree_vectors() -> None:
    vectors = load("merkle.json")
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in vectors["records"]]  # type: ignore[attr-defined]
    roots = [bytes.fromhex(text) for text in vectors["roots"]]  # type: ignore[attr-defined]
    assert [leaf.hex() for leaf in leaves] == vectors["leaves"]
    assert [merkle.root_of(leaves[:n]) for n in range(9)] == roots
    for case in vectors["inclusion"]:  # type: ignore[attr-defined]
        proof = [bytes.fromhex(text) for text in case["proof"]]
        merkle.verify_inclusion(leaves[case["index"]], case["index"], case["size"], proof, roots[8])
    for case in vectors["consistency"]:  # type: ignore[attr-defined]
        proof = [bytes.fromhex(text) for text in case["proof"]]
        merkle.verify_consistency(case["first"], case["second"], roots[case["first"]], roots[8], proof)


def test_key_vectors() -> None:
    vectors = load("keys.json")
    for key in vectors["keys"]:  # type: ignore[attr-defined]
        public = bytes.fromhex(key["public"])
        check_public_key(public)
        assert (key_id(public), key_hint("S3V", public).hex()) == (key["id"], key["hint"])
        assert bytes.fromhex(key["seed"]) == sample.SEEDS[key["role"]]
    for text in vectors["refuse"]:  # type: ignore[attr-defined]
        with pytest.raises(VerificationError):
            check_public_key(bytes.fromhex(text))


def test_signed_bytes_vector() -> None:
    vector = load("pae.json")
    assert pae(str(vector["type"]), str(vector["body"]).encode()).decode() == vector["pae"]


def test_a_log_of_an_unknown_format_cannot_be_verified(tmp_path: Path, keystore: Path) -> None:
    ledger = {"mode": "ledger", "threshold": 1, "single_administrator": False}
    for number, changes in enumerate(({"format": 2}, {**ledger, "format": 2})):
        folder = tmp_path / str(number)
        sample.open_log(folder, keystore).close()
        path = folder / "log/000000000.jsonl"
        body = {**json.loads(path.read_bytes())["body"], **changes}
        log = sample.open_log(tmp_path / f"{number} keys", keystore)
        from valgen.ledger.record import build_line

        path.write_bytes(build_line(body, log._keys.values()) + b"\n")
        log.close()
        assert "VG513" in [problem.code for problem in verify_log(folder).problems]


def test_an_unknown_kind_cannot_be_verified(tmp_path: Path, keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        kinds.KINDS,
        "review",
        kinds.Kind(name="review", required={}, optional={}, signer="recorder", long=frozenset()),
    )
    with sample.open_log(tmp_path / "dry", keystore) as log:
        log.append([sample.Draft("review", {})], **sample.stamp(1))
    assert verify_log(tmp_path / "dry").ok
    monkeypatch.delitem(kinds.KINDS, "review")
    (problem,) = verify_log(tmp_path / "dry").problems
    assert (problem.code, problem.where) == ("VG503", "log/000000000.jsonl record 1")
    assert "'review' is not known" in problem.message
