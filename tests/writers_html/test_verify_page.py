"""verify.html of a pack: what it finds, what it says, that it asks for nothing (integrity.md I, S, D; promise 9)."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import people_ledger
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from insider_acts import ACTS
from people_ledger import HOSTILE

from valgen.ledger.verify import verify_log
from valgen.workflow.pack_manifest import write_manifest
from valgen.writers.html.verifier import verify_page

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors"
DRY = VECTORS / "dry-log"
L = 2**252 + 27742317777372353535851937790883648493
real = pytest.mark.real

RUN = """async ([base, cases]) => {
  const page = window.valgenVerify;
  const file = (text) => {
    const bytes = page.bytesOfBase64(text);
    return { size: bytes.length, read: async (from, to) => bytes.slice(from, to) };
  };
  const files = Object.entries(base).map(([name, text]) => [name, file(text)]);
  const found = [];
  for (const changes of cases) {
    const all = new Map(files);
    for (const [name, text] of Object.entries(changes)) {
      if (text === null) all.delete(name);
      else all.set(name, file(text));
    }
    const report = await page.verifyLedger(all);
    found.push({ ok: report.ok, problems: report.problems, unknown: report.unknown, visible: report.visible,
      anchored: report.anchored ?? 0, records: report.records.length });
  }
  return found;
}"""


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


tamper = load("tamper", ROOT / "tests/tamper.py")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def coded(files: Mapping[str, bytes | None]) -> dict[str, str | None]:
    return {name: None if data is None else b64(data) for name, data in files.items()}


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make_pack(folder: Path, ledger: Mapping[str, bytes], **more: bytes) -> Path:
    """A pack with a ledger, the page and a manifest; the keyword is a path with dots for underscores."""
    put(folder, {f"evidence/ledger/{name}": data for name, data in ledger.items()})
    put(folder, {"verify.html": verify_page(), "pdf/URS.pdf": b"%PDF URS", "html/index.html": b"<p>index</p>"})
    put(folder, {name.replace("_", "."): data for name, data in more.items()})
    seal(folder)
    return folder


def seal(folder: Path) -> None:
    entries = [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in sorted(files_of(folder).items())
        if name != "manifest.json"
    ]
    manifest = {
        "format": 1,
        "project": "S3V",
        "system": {"name": "Vault", "version": "2.1.0"},
        "tool": "valgen 0.2.0",
        "dry_run": False,
        "documents": [
            {"key": "URS", "number": "S3V-URS", "version": "1.0", "status": HOSTILE, "content_sha256": "ab" * 32}
        ],
        "files": entries,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """The page in a tab that fails the test when it complains or asks for anything but itself."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    own = tmp_path / "page" / "verify.html"
    put(own.parent, {own.name: verify_page()})
    page.on("request", lambda one: None if one.url.split("#")[0] == own.as_uri() else said.append(one.url))
    page.goto(own.as_uri())
    yield page
    context.close()
    assert said == []


def run(tab: Any, base: Mapping[str, bytes], cases: list[Mapping[str, bytes | None]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for at in range(0, len(cases), 100):
        found += tab.evaluate(RUN, [coded(base), [coded(one) for one in cases[at : at + 100]]])
    return found


def check(tab: Any, folder: Path) -> str:
    """Have a folder checked as a person does; return the verdict."""
    tab.set_input_files("#folder", str(folder))
    tab.locator("#verdict").wait_for()
    return str(tab.locator("#verdict").text_content())


def problems(tab: Any) -> list[list[str]]:
    rows = tab.locator("table", has=tab.locator("caption", has_text=re.compile("^Problems$"))).locator("tbody tr")
    return [row.locator("th, td").all_text_contents() for row in rows.all()]


# The page itself


def test_page_is_one_file_that_may_run_nothing_but_itself() -> None:
    page = verify_page()
    assert page == verify_page()
    text = page.decode("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        assert rules[f"{tag}-src"] == f"'sha256-{b64(hashlib.sha256(content.encode()).digest())}'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert not re.search(r"\b(src|href)=\"(?!#)", text)
    assert not re.search(r"https?://|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
    assert not re.search(r" on[a-z]+=", text)
    assert b"\r" not in page


def test_page_says_what_it_does_not_replace() -> None:
    text = verify_page().decode("utf-8")
    assert "python valgen_verify.py</code>, which this page does not replace" in text
    assert "It does not check" in text
    assert "openssl ts -verify" in text


def test_no_line_of_the_scripts_comes_from_the_code_it_checks() -> None:
    assert "from valgen" not in verify_page().decode("utf-8")


# Arithmetic


@real
def test_own_digests_are_those_of_the_browser_and_of_python(tab: Any) -> None:
    sizes = [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000, 70001]
    found = tab.evaluate(
        """async (sizes) => {
          const page = window.valgenVerify;
          const out = [];
          for (const size of sizes) {
            const data = Uint8Array.from({ length: size }, (_, at) => (at * 7 + size) & 255);
            const pieces = new page.Sha256();
            for (let at = 0; at < size; at += 37) pieces.update(data.subarray(at, at + 37));
            const browser = await crypto.subtle.digest("SHA-256", data);
            out.push([page.sha256(data), pieces.finish(), new Uint8Array(browser), page.sha512(data)].map(page.hexOf));
          }
          return out;
        }""",
        sizes,
    )
    for size, hashes in zip(sizes, found, strict=True):
        data = bytes((at * 7 + size) & 255 for at in range(size))
        assert hashes == [hashlib.sha256(data).hexdigest()] * 3 + [hashlib.sha512(data).hexdigest()]


@real
def test_a_big_file_is_digested_in_pieces_like_a_small_one(tab: Any) -> None:
    found = tab.evaluate(
        """async () => {
          const page = window.valgenVerify;
          const one = new Uint8Array(9 * 1048576 + 13).fill(7);
          const small = await page.digestOfFile({ size: one.length, read: async (from, to) => one.subarray(from, to) });
          const reads = [];
          const read = async (from, to) => {
            reads.push(to - from);
            return new Uint8Array(to - from);
          };
          const big = { size: 68 * 1048576, read };
          return [small, await page.digestOfFile(big), Math.max(...reads)];
        }"""
    )
    assert found == [
        hashlib.sha256(b"\x07" * (9 * 1048576 + 13)).hexdigest(),
        hashlib.sha256(bytes(68 * 1048576)).hexdigest(),
        4 * 1048576,
    ]


def signature_cases() -> list[tuple[str, bytes, bytes, bytes, bool]]:
    """Key, message, signature and whether it holds: right ones, and every way to bend one that the format names."""
    cases = []
    for number in range(12):
        private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % number).digest())
        key = private.public_key().public_bytes_raw()
        message = bytes(range(number * 11))
        good = private.sign(message)
        half = int.from_bytes(good[32:], "little")
        cases.append(("right", key, message, good, True))
        cases.append(("S + L", key, message, good[:32] + (half + L).to_bytes(32, "little"), False))
        cases.append(("S = L", key, message, good[:32] + L.to_bytes(32, "little"), False))
        cases.append(("other message", key, message + b"x", good, False))
        cases.append(("one byte short", key, message, good[:-1], False))
        cases.append(("one byte more", key, message, good + b"\0", False))
        cases.append(("zeros", key, message, bytes(64), False))
        cases.append(("halves swapped", key, message, good[32:] + good[:32], False))
        for bit in (0, 7, 255, 256, 300, 511):
            bent = bytearray(good)
            bent[bit // 8] ^= 1 << bit % 8
            cases.append((f"bit {bit}", key, message, bytes(bent), False))
    # With a key of low order, R = S·B without the key gives signatures that many checkers take for any message.
    base = bytes([0x58] + [0x66] * 31)
    one = (1).to_bytes(32, "little")
    for text in json.loads((VECTORS / "keys.json").read_text(encoding="utf-8"))["refuse"]:
        key = bytes.fromhex(text)
        cases.append(("refused key", key, b"anything", base + one, False))
        cases.append(("refused key, R neutral", key, b"anything", one + bytes(32), False))
        cases.append(("refused key, R itself", key, b"anything", key + bytes(32), False))
    return cases


@real
def test_own_arithmetic_and_the_browser_agree_on_every_signature(tab: Any) -> None:
    cases = signature_cases()
    found = tab.evaluate(
        """async (cases) => {
          const page = window.valgenVerify;
          if (!(await page.browserSigns())) return "no";
          const out = [];
          for (const one of cases) {
            const parts = one.map(page.bytesOfHex);
            out.push([page.holdsByOwn(...parts), await page.holdsByBrowser(...parts)]);
          }
          return out;
        }""",
        [[part.hex() for part in one[1:4]] for one in cases],
    )
    wrong = [(one[0], answers) for one, answers in zip(cases, found, strict=True) if answers != [one[4], one[4]]]
    assert wrong == []


@real
def test_without_signatures_in_the_browser_the_page_computes_them_itself(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(globalThis, 'crypto', { value: undefined })")
    page = context.new_page()
    pack = make_pack(tmp_path / "pack", people_ledger.whole().files())
    page.goto((pack / "verify.html").as_uri())
    assert check(page, pack).startswith("No problem found")
    assert "by arithmetic of this page" in page.locator("#result").text_content()
    files = people_ledger.whole().files()
    name = "log/000000010.jsonl"
    assert not run(page, files, [{name: files[name].replace(b'"sig":"', b'"sig":"A', 1)}])[0]["ok"]
    context.close()


@real
def test_canonical_lines_are_those_of_the_vectors(tab: Any) -> None:
    vectors = json.loads((VECTORS / "canonical.json").read_text(encoding="utf-8"))
    script = """(lines) => lines.map((line) => {
      const page = window.valgenVerify;
      try {
        return Object.getPrototypeOf(page.readCanonical(page.bytesOfBase64(line))) === Object.prototype;
      } catch {
        return false;
      }
    })"""
    assert all(tab.evaluate(script, vectors["accept"]))
    refused = tab.evaluate(script, [one["line"] for one in vectors["refuse"]])
    assert [one["why"] for one, taken in zip(vectors["refuse"], refused, strict=True) if taken] == []


@real
def test_roots_and_signed_bytes_are_those_of_the_vectors(tab: Any) -> None:
    tree = json.loads((VECTORS / "merkle.json").read_text(encoding="utf-8"))
    pae = json.loads((VECTORS / "pae.json").read_text(encoding="utf-8"))
    roots, message = tab.evaluate(
        """([records, type, body]) => {
          const page = window.valgenVerify;
          const tree = new page.Tree();
          for (const one of records) tree.add(page.Tree.leaf(page.bytesOfHex(one)));
          const roots = Array.from({ length: records.length + 1 }, (_, size) => page.hexOf(tree.root(size)));
          return [roots, new TextDecoder().decode(page.signedBytes(type, body))];
        }""",
        [tree["records"], pae["type"], pae["body"]],
    )
    assert roots == tree["roots"]
    assert message == pae["pae"]


# A dry log


def sampled(folder: Path) -> list[tuple[str, dict[str, bytes | None]]]:
    """Some sixty alterations, a few of every sort."""
    sorts: dict[str, list[tuple[str, dict[str, bytes | None]]]] = {}
    for name, changes in tamper.everything(folder, flip=97, cut=400, insert=400):
        sort = re.sub(r"\d+|[0-9a-f]{20,}", "", name).split(":")[0]
        sorts.setdefault(sort, []).append((name, changes))
    return [one for some in sorts.values() for one in (some[0], some[len(some) // 2])]


@real
def test_page_and_valgen_say_the_same_of_each_altered_dry_log(tab: Any, tmp_path: Path) -> None:
    copy = tmp_path / "dry"
    shutil.copytree(DRY, copy)
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    original = tamper.covered(copy)
    cases = [("nothing", {}), *sampled(DRY)]
    assert len(cases) > 60
    differ = []
    for (name, changes), found in zip(cases, run(tab, original, [one for _, one in cases]), strict=True):
        for path in changes:
            (copy / path).unlink(missing_ok=True)
        put(copy, {path: data for path, data in changes.items() if data is not None})
        theirs = verify_log(copy)
        put(copy, {path: original[path] for path in changes})
        if theirs.ok != found["ok"] or found["ok"] != (name == "nothing"):
            differ.append((name, theirs.ok, found))
    assert differ == []


@real
def test_every_changed_byte_of_a_dry_log_is_noticed(tab: Any) -> None:
    files = tamper.covered(DRY)
    cases = list(tamper.flips(files))
    found = run(tab, files, [changes for _, changes in cases])
    assert len(cases) == sum(map(len, files.values()))
    assert [name for (name, _), one in zip(cases, found, strict=True) if one["ok"]] == []
    assert all(problem["where"] for one in found for problem in one["problems"] + one["unknown"])


@real
def test_a_dry_log_is_shown_as_rehearsal_and_never_as_evidence(tab: Any, tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack", files_of(DRY))
    assert check(tab, pack) == "Rehearsal: as written, but never evidence"
    text = tab.locator("#result").text_content()
    assert text.count("DRY RUN: rehearsal, never evidence.") == 2
    assert "No problem found" not in text
    assert tab.locator(".notice.good").count() == 0


@real
def test_a_folder_that_is_a_log_is_checked_as_one(tab: Any) -> None:
    assert check(tab, DRY) == "Rehearsal: as written, but never evidence"
    assert "compared with manifest.json" not in tab.locator("#result").text_content()


# A ledger of people


@real
def test_a_ledger_that_is_as_it_must_be_verifies(tab: Any) -> None:
    ledger = people_ledger.whole()
    (found,) = run(tab, ledger.files(), [{}])
    assert (found["problems"], found["unknown"], found["visible"]) == ([], [], [])
    assert found["records"] == len(ledger.lines)
    assert found["anchored"] > 30


@real
def test_alterations_of_a_ledger_of_people_are_noticed(tab: Any, tmp_path: Path) -> None:
    put(tmp_path / "ledger", people_ledger.whole().files())
    cases = [
        case
        for number, case in enumerate(tamper.everything(tmp_path / "ledger", flip=301, cut=5000, insert=9000))
        if not case[0].startswith(("move", "swap", "flip")) or number % 13 == 0
    ]
    found = run(tab, tamper.covered(tmp_path / "ledger"), [changes for _, changes in cases])
    assert len(cases) > 700
    assert [name for (name, _), one in zip(cases, found, strict=True) if one["ok"]] == []


@real
def test_what_an_insider_with_keys_signs_against_a_rule_is_noticed(tab: Any) -> None:
    ledgers = []
    for act in ACTS:
        ledger = people_ledger.enrolled()
        act(ledger)
        ledgers.append(ledger.files())
    base = people_ledger.enrolled().files()
    assert run(tab, base, [{}])[0]["ok"]
    found = run(tab, {}, ledgers)
    assert [act.__name__ for act, one in zip(ACTS, found, strict=True) if one["ok"]] == []
    assert [act.__name__ for act, one in zip(ACTS, found, strict=True) if not one["problems"]] == []
    # Each is noticed for what was done: a few problems, not a flood.
    few = {act.__name__: one["problems"] for act, one in zip(ACTS, found, strict=True)}
    assert {name: some for name, some in few.items() if len(some) > 6} == {}


def test_valgen_says_the_same_of_these_ledgers(tmp_path: Path) -> None:
    for number, make in enumerate((people_ledger.enrolled, people_ledger.whole)):
        put(tmp_path / f"good{number}", make().files())
        assert verify_log(tmp_path / f"good{number}").problems == ()
    for act in ACTS:
        ledger = people_ledger.enrolled()
        act(ledger)
        put(tmp_path / act.__name__, ledger.files())
        assert not verify_log(tmp_path / act.__name__).ok, act.__name__


@real
def test_what_is_not_known_cannot_be_verified_and_is_never_right(tab: Any, tmp_path: Path) -> None:
    ledger = people_ledger.enrolled()
    ledger.machine("prophecy", text=HOSTILE)
    pack = make_pack(tmp_path / "kind", ledger.files())
    assert check(tab, pack) == "Cannot be verified"
    assert "records of the kind prophecy are not known here" in tab.locator("#result").text_content()
    for change in (b'"format":2', b'"mode":"cloud"'):
        files = people_ledger.enrolled().files()
        name = "log/000000000.jsonl"
        old = b'"format":1' if b"format" in change else b'"mode":"ledger"'
        (found,) = run(tab, files, [{name: files[name].replace(old, change, 1)}])
        assert not found["ok"]
        assert found["unknown"]


@real
def test_single_administrator_mode_is_printed_at_every_signature(tab: Any, tmp_path: Path) -> None:
    ledger = people_ledger.enrolled(single=True)
    ledger.sign("u-0003", "URS", "authored", "author")
    ledger.reset("u-0003", "u-0001", -2)
    check(tab, make_pack(tmp_path / "pack", ledger.files()))
    assert problems(tab) == []
    words = "ingle-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"
    assert tab.locator("#result").text_content().count(words) == 2


@real
def test_vectors_of_a_ledger_verify(tab: Any) -> None:
    folder = VECTORS / "ledger"
    if not folder.is_dir():
        pytest.skip("there are no vectors of a ledger of people")
    files = tamper.covered(folder)
    cases = [{}, *(changes for _, changes in tamper.flips(files, 400))]
    good, *bad = run(tab, files, cases)
    assert (good["problems"], good["unknown"], good["visible"]) == ([], [], [])
    assert len(bad) > 100
    assert not any(one["ok"] for one in bad)


# The root


@real
def test_root_fingerprint_is_compared_with_the_one_that_was_given(tab: Any, tmp_path: Path) -> None:
    ledger = people_ledger.whole()
    pack = make_pack(tmp_path / "pack", ledger.files())
    assert check(tab, pack) == "No problem found; compare the root fingerprint"
    assert "The root was taken from the ledger itself" in tab.locator("#result").text_content()
    given = ledger.fingerprint.upper()
    tab.fill("#fingerprint", " ".join(given[at : at + 8] for at in range(0, 64, 8)))
    tab.locator("#fingerprint").blur()
    assert tab.locator("#verdict").text_content() == "No problem found"
    tab.fill("#fingerprint", "0" * 64)
    tab.locator("#fingerprint").blur()
    assert tab.locator("#verdict").text_content() == "Problems found"
    assert problems(tab)[0][0] == "root.json"
    tab.fill("#fingerprint", "abc")
    tab.locator("#fingerprint").blur()
    assert tab.locator("#fingerprint").get_attribute("aria-invalid") == "true"
    assert tab.locator("#verdict").text_content() == "Problems found"


# Files of the pack


@real
def test_altered_missing_and_additional_files_are_named(tab: Any, tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack", people_ledger.whole().files())
    (pack / "html/index.html").write_bytes(b"<p>Index</p>")
    (pack / "pdf/URS.pdf").unlink()
    (pack / "pdf/URS (1).pdf").write_bytes(b"%PDF")
    assert check(tab, pack) == "Problems found"
    assert problems(tab) == [
        ["html/index.html", "the file was altered"],
        ["pdf/URS.pdf", "the file is missing"],
        ["pdf/URS (1).pdf", "the manifest does not name this file"],
    ]


def other_format(manifest: dict[str, Any]) -> None:
    manifest["format"] = 2


def path_outside(manifest: dict[str, Any]) -> None:
    manifest["files"][0]["path"] = "../verify.html"


def named_twice(manifest: dict[str, Any]) -> None:
    manifest["files"].append(manifest["files"][0])


def no_files(manifest: dict[str, Any]) -> None:
    manifest["files"] = {}


def digest_in_capitals(manifest: dict[str, Any]) -> None:
    manifest["files"][0]["sha256"] = manifest["files"][0]["sha256"].upper()


def other_size(manifest: dict[str, Any]) -> None:
    manifest["files"][0]["size"] += 1


def unknown_key(manifest: dict[str, Any]) -> None:
    manifest["more"] = 1


def wrong_digest(manifest: dict[str, Any]) -> None:
    manifest["digest"] = "ab" * 32


@real
@pytest.mark.parametrize(
    "change",
    [
        other_format,
        path_outside,
        named_twice,
        no_files,
        digest_in_capitals,
        other_size,
        unknown_key,
        wrong_digest,
    ],
)
def test_a_bent_manifest_is_noticed(tab: Any, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    pack = make_pack(tmp_path / "pack", files_of(DRY))
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (pack / "manifest.json").write_text(text, encoding="utf-8")
    assert check(tab, pack) == ("Cannot be verified" if change is other_format else "Problems found")
    assert "written in the one way" not in tab.locator("#result").text_content()


@real
def test_a_manifest_with_the_digest_over_itself_is_accepted(tab: Any, tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack", files_of(DRY))
    before = check(tab, pack)
    write_manifest(pack, json.loads((pack / "manifest.json").read_text(encoding="utf-8")))
    assert '"digest": "' in (pack / "manifest.json").read_text(encoding="utf-8")
    assert check(tab, pack) == before != "Problems found"


@real
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "\ufeff{}", '{"format":1,"format":1,"files":[]}', '{"format":1.0,"files":[]}']
)
def test_a_manifest_that_can_be_read_in_two_ways_or_in_none_is_refused(tab: Any, tmp_path: Path, text: str) -> None:
    pack = make_pack(tmp_path / "pack", {})
    (pack / "manifest.json").write_text(text, encoding="utf-8")
    assert check(tab, pack) == "Problems found"
    assert problems(tab)[0][0] == "manifest.json"


@real
def test_a_folder_without_manifest_is_no_pack(tab: Any, tmp_path: Path) -> None:
    put(tmp_path / "some", {"a.txt": b"a", "b/c.txt": b"c"})
    assert check(tab, tmp_path / "some") == "Problems found"
    assert problems(tab) == [["manifest.json", "the file is missing"]]


@real
def test_a_pack_without_ledger_is_not_called_right(tab: Any, tmp_path: Path) -> None:
    assert check(tab, make_pack(tmp_path / "pack", {})) == "Files as listed; no records"
    assert "signed by nobody" in tab.locator("#result").text_content()
    assert tab.locator(".notice.good").count() == 0


@real
def test_the_ledger_of_another_pack_is_noticed_by_the_manifest(tab: Any, tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack", people_ledger.whole().files())
    shutil.rmtree(pack / "evidence/ledger")
    put(pack / "evidence/ledger", people_ledger.enrolled().files())
    assert check(tab, pack) == "Problems found"
    assert ["evidence/ledger/checkpoint", "the file was altered"] in problems(tab)


DROP = """(make) => {
  const plain = { isFile: true, isDirectory: false };
  const file = (name, content) => ({ ...plain, name, file: (done) => done(new File([content], name)) });
  const unreadable = (name) => ({ ...plain, name, file: (done, failed) => failed(new Error("not readable")) });
  const folder = (name, inside) => ({ isFile: false, isDirectory: true, name, createReader: () => {
    const rest = [inside.slice(0, 1), inside.slice(1), []];
    return { readEntries: (done) => done(rest.shift() ?? []) };
  } });
  const list = (...files) => file("manifest.json", JSON.stringify({ files, format: 1 }));
  const entries = {
    pack: () => [folder("pack", [list(), folder("html", [file("new.html", "x")])])],
    unreadable: () => [unreadable("manifest.json")],
    big: () => {
      const size = 90 * 1048576;
      return [list({ path: "big.bin", sha256: "0".repeat(64), size }), file("big.bin", new Uint8Array(size))];
    },
  }[make]();
  const event = new Event("drop", { bubbles: true, cancelable: true });
  const items = entries.map((one) => ({ webkitGetAsEntry: () => one }));
  Object.defineProperty(event, "dataTransfer", { value: { items } });
  document.getElementById("drop").dispatchEvent(event);
}"""


@real
def test_a_folder_can_be_dropped(tab: Any) -> None:
    tab.evaluate(DROP, "pack")
    tab.locator("#verdict").wait_for()
    assert problems(tab) == [["html/new.html", "the manifest does not name this file"]]


@real
def test_a_check_that_cannot_be_finished_says_so_and_nothing_else(tab: Any) -> None:
    tab.evaluate(DROP, "unreadable")
    tab.locator("#verdict").wait_for()
    assert tab.locator("#verdict").text_content() == "Cannot be verified"
    assert "not readable" in tab.locator("#result").text_content()


@real
def test_progress_is_shown_and_a_check_can_be_stopped(tab: Any) -> None:
    tab.evaluate(DROP, "big")
    tab.locator("#share", has_text="%").wait_for()
    tab.get_by_role("button", name="Stop").click()
    tab.locator("#verdict").wait_for()
    assert tab.locator("#verdict").text_content() == "Stopped"
    assert "Nothing is known about this pack" in tab.locator("#result").text_content()


# What it shows


@pytest.fixture
def shown(tab: Any, tmp_path: Path) -> Any:
    check(tab, make_pack(tmp_path / "pack", people_ledger.whole().files()))
    return tab


@real
def test_signatures_stand_by_document_with_name_meaning_and_reason(shown: Any) -> None:
    table = shown.locator("table", has=shown.locator("caption", has_text="Signatures on URS 1.0"))
    rows = [row.locator("th, td").all_text_contents() for row in table.locator("tbody tr").all()]
    assert rows[0][0] == "Ann Author"
    assert [row[2] for row in rows] == ["authored", "approved", "verified copy"]
    assert rows[1][4] == "I have approved it"
    assert "Europe/Berlin" in rows[0][3]
    assert rows[0][5].startswith("Holds")
    text = shown.locator("#result").text_content()
    assert "in this pack as pdf/URS.pdf" in text
    assert "Key made after a reset in record 37, less than a minute before" in text
    assert "Holds, but no longer counts: rejected in record 22" in text


@real
def test_hostile_text_stays_text_and_hidden_characters_are_seen(shown: Any) -> None:
    visible = HOSTILE.replace("\u202e", "U+202E").replace("\u200b", "U+200B")
    for number in (7, 22, 26):
        shown.locator(f"#record-{number} .open").click()
    shown.locator("#record-26 + .more dl").first.wait_for()
    text = shown.locator("#result").text_content()
    assert text.count(visible) > 8
    assert "\u202e" not in text
    assert "\u200b" not in text
    assert shown.locator("#result img, #result script").count() == 0
    assert shown.evaluate("document.querySelectorAll('script').length") == 1


@real
def test_records_are_filtered_by_kind_person_document_and_words(shown: Any) -> None:
    count = shown.locator("#result [role=status]")
    assert count.text_content() == "48 records"
    shown.get_by_label("Document", exact=True).select_option("URS")
    assert count.text_content() == "5 of 48 records shown"
    shown.get_by_label("Kind", exact=True).select_option("signature")
    assert count.text_content() == "3 of 48 records shown"
    shown.get_by_label("Person", exact=True).select_option("u-0003")
    assert count.text_content() == "2 of 48 records shown"
    shown.get_by_label("Words", exact=True).fill("copy URS")
    assert count.text_content() == "1 of 48 records shown"
    shown.get_by_role("button", name="Clear filters").click()
    assert count.text_content() == "48 records"


@real
def test_a_record_opens_by_keyboard_and_leads_to_those_it_names(shown: Any) -> None:
    shown.get_by_label("Kind", exact=True).select_option("case.result")
    opener = shown.locator("#record-27 .open")
    opener.focus()
    shown.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    more = shown.locator("#record-27 + .more")
    more.get_by_role("link", name="record 26").focus()
    shown.keyboard.press("Enter")
    shown.locator("#record-26 + .more dl").first.wait_for()
    assert shown.evaluate("document.activeElement.getAttribute('aria-label')") == "Record 26: Step result"
    assert shown.url.endswith("#record-26")
    step = shown.locator("#record-26 + .more")
    assert "evidence/ledger/blobs/" in step.text_content()
    step.get_by_role("link", name="record 24").first.click()
    shown.locator("#record-24 + .more dl").first.wait_for()
    assert "Named by" in shown.locator("#record-24 + .more").text_content()
    shown.locator("#record-24 .open").click()
    assert shown.locator("#record-24 + .more").count() == 0


@real
def test_many_records_come_in_pages_and_an_address_finds_its_record(tab: Any, tmp_path: Path) -> None:
    ledger = people_ledger.enrolled()
    for _ in range(230):
        ledger.machine("login.failed", account="u-0003", source="tty1", reason="credentials")
    pack = make_pack(tmp_path / "pack", ledger.files())
    check(tab, pack)
    assert tab.locator("tbody tr[id^=record-]").count() == 100
    tab.get_by_role("button", name="Later records").click()
    assert tab.locator("#record-100").count() == 1
    tab.evaluate("location.hash = '#record-245'")
    tab.locator("#record-245 + .more dl").first.wait_for()
    assert not tab.get_by_role("button", name="Later records").is_enabled()


@real
def test_a_record_that_was_altered_is_marked_where_it_stands(tab: Any, tmp_path: Path) -> None:
    files = people_ledger.whole().files()
    name = "log/000000010.jsonl"
    files[name] = files[name].replace(b"I have approved it", b"I have improved it")
    check(tab, make_pack(tmp_path / "pack", files))
    assert "a signature does not hold" in tab.locator("#record-17").text_content()
    signatures = tab.locator("table", has=tab.locator("caption", has_text="Signatures on URS 1.0"))
    assert "Does not hold: a signature does not hold" in signatures.text_content()


@real
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 320])
def test_axe_finds_no_violation_in_any_state(
    browser: Any, tmp_path: Path, repository: Path, scheme: str, width: int
) -> None:
    named = os.environ.get("VALGEN_AXE")
    axe = Path(named) if named else repository / "tests" / "real" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed in tests/real (npm install --prefix tests/real)")
    good = make_pack(tmp_path / "good", people_ledger.whole().files())
    bad = make_pack(tmp_path / "bad", people_ledger.whole().files())
    (bad / "html/index.html").unlink()
    dry = make_pack(tmp_path / "dry", files_of(DRY))
    # The policy of the page forbids foreign scripts, which is what axe is.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = []
    for folder in (None, good, bad, dry):
        page = context.new_page()
        page.goto((good / "verify.html").as_uri())
        if folder is not None:
            check(page, folder)
            for number in (1, 8):
                page.locator(f"#record-{number} .open").click()
            page.locator("#record-8 + .more dl").first.wait_for()
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.evaluate(axe.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [(str(folder), one["id"], one["nodes"][0]["html"]) for one in result["violations"]]
        page.close()
    context.close()
    assert found == []


@real
def test_print_leaves_out_what_only_works_on_a_screen(shown: Any) -> None:
    shown.emulate_media(media="print")
    for hidden in ("#choose", ".filters", ".pages button"):
        assert not shown.locator(hidden).first.is_visible()
    assert shown.locator("#verdict").is_visible()
    assert shown.locator("#record-0").is_visible()


def test_scripts_hold_nothing_that_reaches_out() -> None:
    script = re.search(r"<script>(.*)</script>", verify_page().decode("utf-8"), flags=re.DOTALL)
    assert script is not None
    for word in ("fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "import(", "Storage", "cookie"):
        assert word not in script[1]
