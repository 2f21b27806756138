"""Signing through the real command line: people, passwords, documents in every format, and what is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from command_line import good
from people_site import PASSWORDS, REASON, Person, Site


def words_of(path: Path) -> str:
    """Return the text of a Word, PDF or HTML file, white space made one."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            names = [
                name for name in archive.namelist() if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name)
            ]
            text = " ".join(re.sub(r"<[^>]+>", " ", archive.read(name).decode("utf-8")) for name in names)
    elif path.suffix == ".pdf":
        if shutil.which("pdftotext") is None:
            pytest.skip("pdftotext is not installed")
        text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout
    else:
        text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
    return " ".join(unescape(text).split())


@pytest.fixture
def life(site: Site) -> Iterator[Callable[[], dict[str, str]]]:
    """Build the pack and return the text of the URS in each format."""

    def build() -> dict[str, str]:
        good(site.valgen("build", "--format", "docx,pdf,html"))
        pack = site.root / "build/pack"
        return {
            "docx": words_of(pack / "word/URS.docx"),
            "pdf": words_of(pack / "pdf/URS.pdf"),
            "html": words_of(pack / "html/URS.html"),
        }

    yield build


def test_a_document_is_signed_built_changed_and_signed_again(
    site: Site, life: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    """W-1: what was shown is what is signed; X-7: an item that changed after the approval is named."""
    # Anna looks at her tasks and signs the very file that she saw.
    tasks = json.loads(good(site.valgen("sign", "--json", "--as", "anna")))["tasks"]
    assert [one["document"] for one in tasks] == ["URS", "FS", "OQ-protocol"]
    urs = tasks[0]
    assert (urs["version"], urs["meaning"], urs["role"], urs["signed"]) == ("1.0", "authored", "author", [])
    assert (site.root / urs["path"]).read_bytes().startswith(b"%PDF-")
    assert not (site.root / "baselines").exists()
    answer = json.loads(good(site.sign("URS", "authored", "anna", "--json", "--expect", urs["digest"])))
    assert (answer["digest"], answer["status"]) == (urs["digest"], "In review")
    assert [step["role"] for step in answer["missing"]] == ["process_owner", "qa"]

    # Paul and QA find it among their tasks; the last signature approves it.
    for user in ("paul", "quinn"):
        (task,) = json.loads(good(site.valgen("sign", "--json", "--as", user)))["tasks"]
        assert (task["document"], task["meaning"], task["digest"]) == ("URS", "approved", urs["digest"])
        said = good(site.sign("URS", "approved", user, "--expect", task["digest"]))
    assert "Version 1.0 is approved with every signature" in said
    assert site.standing("URS")["status"] == "Approved"

    # Every format says who signed, as what, when, and that it is approved.
    signatures = [one for one in site.records() if one["kind"] == "signature"]
    for form, text in life().items():
        assert "DRAFT" not in text.replace("the mark DRAFT", ""), form
        assert "Approved" in text, form
        solid = text.replace(" ", "")
        for one in signatures:
            assert str(one["name"]).replace(" ", "") in solid, (form, one["name"])
            assert REASON.replace(" ", "") in solid, form
            date, time = str(one["time"])[:10], str(one["time"])[11:19]
            assert date in solid and time in solid, (form, one["time"])
        for meaning in ("prepared, content is correct", "fits the intended use", "complies with procedures"):
            assert meaning.replace(" ", "") in solid, (form, meaning)
    frozen = version_files(site, tmp_path / "first")

    # A changed text is a draft again, and status names the item.
    site.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    for form, text in life().items():
        assert "1.0 DRAFT" in text and "Signed with other content" in text, form
    status = site.standing("URS")
    assert (status["status"], status["valid"]) == ("Draft", "1.0")
    assert status["changed"] == [{"id": "URS-001", "change": "changed"}]
    shown = site.valgen("status").stdout
    assert "changed since it was approved: URS-001 changed" in shown
    assert "URS 1.0 was approved, and changed since: URS-001" in shown
    assert "VG613" in site.valgen("check").stdout
    done = site.sign("URS", "authored", "anna")
    assert done.returncode == 1 and "VG611" in done.stderr

    # Version 1.1 is approved; until then 1.0 is valid, and it stays the same files for ever.
    row = '{version: "1.0", date: "2026-01-01", author: Anna Author, change_ref: CR-1, summary: First issue}\n'
    new = '      - {version: "1.1", date: "2026-02-01", author: Anna Author, change_ref: CR-2, summary: More numbers}\n'
    site.edit("requirements/documents.yaml", row, row + new)
    good(site.sign("URS", "authored", "anna"))
    assert (site.standing("URS")["version"], site.standing("URS")["valid"]) == ("1.1 DRAFT", "1.0")
    assert version_files(site, tmp_path / "drafted") == frozen
    good(site.sign("URS", "approved", "paul"))
    assert "It takes the place of version 1.0." in good(site.sign("URS", "approved", "quinn"))
    assert (site.standing("URS")["status"], site.standing("URS")["valid"]) == ("Approved", "1.1")
    assert version_files(site, tmp_path / "second") == frozen
    changed = [one for one in site.records() if one["kind"] == "document.changed"][-1]
    assert (changed["previous"], changed["reason"], changed["change_ref"]) == ("1.0", "More numbers", "CR-2")
    assert changed["changes"] == [
        ["URS-001", "text", "The system shall add two numbers.", "The system shall add many numbers."]
    ]
    assert good(site.valgen("verify"))


def version_files(site: Site, output: Path) -> dict[str, bytes]:
    """Write URS 1.0 anew and return its files."""
    words = ("build", "URS", "--version", "1.0", "--format", "docx,pdf,html", "--fresh", "-o", str(output))
    good(site.valgen(*words))
    files = {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    assert {"word/URS-1.0.docx", "pdf/URS-1.0.pdf", "html/URS-1.0/URS.html"} <= files.keys()
    assert files.pop("manifest.json")
    return files


def test_each_refusal_is_told_recorded_and_changes_nothing_else(site: Site) -> None:
    """X-11, X-12, S-12 and W-1, each as somebody would try it."""
    site.hire("bert", Person("Anna Author", "Second account", ("process_owner",), person="anna"))
    good(site.sign("URS", "authored", "anna"))
    seen = json.loads(good(site.valgen("sign", "--json", "--as", "paul")))["tasks"][0]["digest"]
    tries: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
        ("VG601", ("URS", "approved", "paul"), {"reason": "n/a"}),
        ("VG601", ("URS", "approved", "paul"), {"reason": "\u200b\u200b"}),
        ("VG601", ("URS", "approved", "paul"), {"reason": ""}),
        ("VG602", ("URS", "approved", "tess"), {}),
        ("VG602", ("URS", "reviewed", "paul"), {}),
        ("VG603", ("FS", "approved", "quinn"), {}),
        ("VG604", ("URS", "approved", "bert"), {}),
        ("VG608", ("OQ-report", "authored", "anna"), {}),
        ("VG610", ("URS", "approved", "paul", "--expect", "0" * 64), {}),
        ("VG611", ("URS", "approved", "paul", "--version", "0.9"), {}),
    ]
    baselines = snapshot(site.root / "baselines")
    for code, words, more in tries:
        before = site.records()
        done = site.sign(words[0], words[1], words[2], *words[3:], **more)
        assert done.returncode == 1, (code, done.stderr)
        assert f"refused[{code}]" in done.stderr
        added = [one for one in site.records()[len(before) :] if not str(one["kind"]).startswith("session.")]
        assert [one["kind"] for one in added] == ["refused"], code
        assert added[0]["code"] == code
        assert site.records()[: len(before)] == before
    assert snapshot(site.root / "baselines") == baselines
    assert site.standing("URS")["status"] == "In review"
    good(site.sign("URS", "approved", "paul", "--expect", seen))
    good(site.valgen("verify"))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nobody_signs_in_the_session_of_somebody_else(site: Site) -> None:
    """S-10: the desk is unlocked, and the session of somebody else is open."""
    good(site.sign("URS", "authored", "anna"))
    before = [one for one in site.records() if one["kind"] == "signature"]
    # At the unlocked desk of Anna, Paul types his own password, and none at all.
    done = site.sign("FS", "authored", "anna", password=PASSWORDS["paul"])
    assert done.returncode != 0 and "VG576" in done.stderr
    done = site.valgen("sign", "FS", "--meaning", "authored", "--reason", REASON, "--yes")
    assert done.returncode == 2 and "VG588" in done.stderr
    assert [one for one in site.records() if one["kind"] == "signature"] == before
    assert [one["kind"] for one in site.records()].count("login.failed") == 1
    # Paul's signature is in a session of his own.
    good(site.sign("URS", "approved", "paul"))
    sessions = [one["session"] for one in site.records() if one["kind"] == "signature"]
    assert len(set(sessions)) == 2


def test_the_first_signature_of_a_session_has_every_component(site: Site) -> None:
    good(site.sign("URS", "authored", "anna"))
    good(site.sign("FS", "authored", "anna"))
    first, second = (one for one in site.records() if one["kind"] == "signature")
    assert first["session"] == second["session"]
    assert first["components"] == "all"


def test_without_a_terminal_nothing_is_signed_that_nobody_confirmed(site: Site) -> None:
    words = ("sign", "URS", "--meaning", "authored", "--reason", REASON, "--as", "anna")
    done = site.valgen(*words, secrets={"--password-fd": PASSWORDS["anna"]})
    assert done.returncode == 2 and "VG617" in done.stderr
    assert not [one for one in site.records() if one["kind"] in ("signature", "refused")]


def test_tasks_are_listed_without_a_terminal_and_recorded_nowhere(site: Site) -> None:
    before = site.records()
    done = site.valgen("sign", "--as", "anna")
    assert "3 tasks of anna" in good(done)
    assert "T1-URS-001" in done.stderr and "digest" in done.stderr
    assert "Nothing waits" in good(site.valgen("sign", "--as", "quinn"))
    assert site.records() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_at_a_terminal_tasks_are_gone_through_one_by_one(site: Site) -> None:
    said = at_terminal(
        site,
        ["sign", "--as", "anna"],
        [("later", "sign"), ("Reason", REASON), ("Password of anna", PASSWORDS["anna"]), ("Task 2", ""),
         ("later)", "later"), ("Task 3", ""), ("later)", "reject"), ("Reason", "."), ("Password", PASSWORDS["anna"])],
    )  # fmt: skip
    assert "Task 1 of 3" in said and "digest: " in said and "Signed (authored): URS 1.0 by Anna Author" in said
    assert "refused[VG601]" in said
    assert [one["document"] for one in site.records() if one["kind"] == "signature"] == ["URS"]
    assert [one["act"] for one in site.records() if one["kind"] == "refused"] == ["rejection"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_at_a_terminal_the_file_is_shown_and_confirmed_before_it_is_signed(site: Site) -> None:
    words = ["sign", "URS", "--meaning", "authored", "--reason", REASON, "--as", "anna"]
    said = at_terminal(site, words, [("do you go on", "n")])
    assert "to-sign/URS-1.0-" in said and "Stopped." in said
    assert not [one for one in site.records() if one["kind"] == "signature"]
    said = at_terminal(site, words, [("do you go on", "y"), ("Password of anna", PASSWORDS["anna"])])
    assert "Signed (authored)" in said
    assert PASSWORDS["anna"] not in said


def at_terminal(site: Site, words: list[str], answers: list[tuple[str, str]]) -> str:
    """Run a command at a terminal of its own; after each awaited word its answer is typed; return what was shown."""
    import pty
    import select
    import time

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(site.root)
        os.environ |= {"COLUMNS": "200", "VALGEN_KEYSTORE": str(site.keystore), "TERM": "dumb"}
        os.execv(sys.executable, [sys.executable, "-m", "valgen", *words])
    shown, seen, limit = "", 0, time.monotonic() + 60
    try:
        while time.monotonic() < limit:
            if answers and answers[0][0] in shown[seen:]:
                awaited, answer = answers.pop(0)
                seen += shown[seen:].index(awaited) + len(awaited)
                if answer:
                    time.sleep(0.2)  # a hidden prompt first turns the echo off
                    os.write(terminal, answer.encode() + b"\n")
                continue
            if select.select([terminal], [], [], 0.5)[0]:
                try:
                    data = os.read(terminal, 1 << 16)
                except OSError:  # the other end is closed
                    break
                if not data:
                    break
                shown += data.decode("utf-8", "replace")
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    assert not answers, shown
    return shown


def test_a_rejection_sends_the_document_back(site: Site) -> None:
    good(site.sign("URS", "authored", "anna"))
    reason = "URS-001 does not say how large the numbers are"
    words = ("reject", "URS", "--reason", reason, "--as", "quinn", "--yes", "--json")
    answer = json.loads(good(site.valgen(*words, secrets={"--password-fd": PASSWORDS["quinn"]})))
    assert (answer["signed"], answer["rejected"], answer["status"]) == (False, True, "Rejected")
    assert site.standing("URS")["status"] == "Rejected"
    good(site.valgen("build", "URS", "--format", "docx"))
    text = words_of(site.root / "build/pack/word/URS.docx")
    assert reason in text and "Rejected" in text
    done = site.sign("URS", "approved", "paul")
    assert done.returncode == 1 and "VG603" in done.stderr


def test_no_secret_is_written_or_shown(site: Site) -> None:
    shown = [site.sign("URS", "authored", "anna"), site.sign("URS", "approved", "paul", "--json")]
    shown.append(site.sign("FS", "authored", "anna", password="a wrong password of anna"))
    wrong = b"a wrong password of anna"
    for secret in (PASSWORDS["anna"].encode(), PASSWORDS["paul"].encode(), wrong):
        for done in shown:
            assert secret.decode() not in done.stdout + done.stderr
        for base in (site.root, site.keystore):
            assert not [path for path in base.rglob("*") if path.is_file() and secret in path.read_bytes()]


def test_a_project_without_a_ledger_says_what_to_do(
    project: Path, valgen: Callable[..., CompletedProcess[str]]
) -> None:
    done = valgen("sign", "URS", "--meaning", "authored", "--reason", REASON, "--as", "anna", "--yes")
    assert done.returncode == 2
    assert "valgen records init" in done.stderr
