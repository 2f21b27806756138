"""Issuing, anchoring and putting back a copy through the real command line (C-9, C-13, D-2, D-7)."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import ledger_tsa as tsa
from command_line import good
from people_site import PASSPHRASE, PASSWORDS, Site
from signing_site import approve


def issued(site: Site, *words: str, user: str = "quinn") -> CompletedProcess[str]:
    return site.by(user, "build", *words, "--issue")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_not_approved_is_refused_and_then_issued_once(site: Site, tmp_path: Path) -> None:
    done = issued(site, "URS")
    assert done.returncode == 1 and "refused[VG630]" in done.stderr and "Nothing was issued" in done.stderr
    assert [one["act"] for one in site.records() if one["kind"] == "refused"] == ["issue"]
    assert not (site.root / "build").exists()
    approve(site)
    said = good(issued(site, "URS"))
    (record,) = [one for one in site.records() if one["kind"] == "document.issued"]
    assert f"Issued: URS 1.0 by Quinn Quality, {record['time']}, record {record['seq']}" in said
    pack = site.root / "build/pack"
    files = {str(one["name"]): str(one["sha256"]) for one in record["files"]}
    assert {name.partition("/")[0] for name in files} == {"word", "pdf", "evidence"}
    for name, sha256 in files.items():
        assert f"{sha256}  {name}" in said and digest(pack / name) == sha256
    assert (pack / "html/URS.html").exists() or list((pack / "html").rglob("URS.html"))
    # Again, by somebody else: no record, the same files, also in another folder and without any cache.
    assert f"URS 1.0 was issued before, in record {record['seq']}" in good(issued(site, "URS", user="anna"))
    good(site.valgen("build", "--fresh", "-o", str(tmp_path / "pack")))
    for name, sha256 in files.items():
        assert digest(tmp_path / "pack" / name) == sha256
    assert len([one for one in site.records() if one["kind"] == "document.issued"]) == 1
    # The project, the pack and the single file verify, with both verifiers.
    good(site.valgen("verify"))
    assert "Byte for byte as issued" in good(site.valgen("verify", str(tmp_path / "pack")))
    assert "URS 1.0" in good(site.valgen("verify", str(pack / "pdf/URS.pdf")))
    alone = [sys.executable, str(pack / "evidence/valgen_verify.py"), str(pack)]
    checked = subprocess.run(alone, capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_nobody_issues_without_a_password(site: Site) -> None:
    done = site.valgen("build", "--issue", "--as", "quinn")
    assert done.returncode == 2 and "VG588" in done.stderr
    done = site.valgen("build", "--issue", "--as", "quinn", secrets={"--password-fd": "a wrong password of quinn"})
    assert done.returncode != 0 and "VG576" in done.stderr
    done = site.valgen("build", "--as", "quinn")
    assert done.returncode == 2 and "belong to --issue" in done.stderr


@pytest.mark.attack("D-7")
@pytest.mark.real
@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed")
def test_pdfsig_accepts_the_seal_and_nothing_behind_it(site: Site, tmp_path: Path) -> None:
    """D-7"""
    approve(site)
    good(issued(site, "URS", "--format", "pdf"))
    sealed = site.root / "build/pack/pdf/URS.pdf"

    def said(path: Path) -> str:
        return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True).stdout

    text = said(sealed)
    assert "Signature is Valid" in text and "Total document signed" in text and "valgen seal of T1" in text
    longer = tmp_path / "longer.pdf"
    longer.write_bytes(sealed.read_bytes() + b"% more\n")
    assert "Not total document signed" in said(longer)
    data = bytearray(sealed.read_bytes())
    data[200] ^= 1
    (tmp_path / "flipped.pdf").write_bytes(data)
    assert "Signature is Valid" not in said(tmp_path / "flipped.pdf")


@pytest.mark.attack("C-13")
def test_a_time_stamp_that_cannot_be_had_is_pending_in_status_and_verify_until_it_is_there(
    site: Site, tmp_path: Path
) -> None:
    """C-13"""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    root = tsa.holder("Root of time stamps", ca=True, with_rsa=True)
    authority = tsa.Authority(tmp_path / "tsa", tsa.holder("Authority", root, with_rsa=True), [root])
    assert "VG634" in site.valgen("records", "anchor").stderr
    (site.root / "tsa-root.pem").write_bytes(root.pem)
    with (site.root / "valgen.toml").open("a") as file:
        file.write('[records]\ntsa = "http://127.0.0.1:9/tsa"\ntsa_root = "tsa-root.pem"\n')
    done = site.valgen("records", "anchor")
    assert done.returncode == 1 and "VG541" in done.stderr and "pending" in done.stdout
    assert "a time stamp is pending since" in site.valgen("status").stdout
    assert json.loads(site.valgen("status", "--json").stdout)["pending"]
    assert "A time stamp is pending since" in good(site.valgen("verify", str(site.root / ".valgen")))
    with tsa.served(authority.answer) as url:
        said = good(site.valgen("records", "anchor", "--tsa", url))
    assert re.search(r"Anchored by time stamp: [0-9]+ records, .* by Authority", said)
    assert "pending" not in site.valgen("status").stdout
    said = good(site.valgen("verify", str(site.root / ".valgen"), "--authority", str(site.root / "tsa-root.pem")))
    assert re.search(r"Confirmed up to [0-9]+ records, by anchors/[0-9]{9}\.tsr Authority", said)
    approve(site)
    good(site.valgen("build", "--format", "html"))
    assert list((site.root / "build/pack/evidence/ledger/anchors").glob("*.tsr"))


@pytest.mark.attack("C-9")
def test_an_older_state_is_refused_and_put_back_by_two_with_a_record(site: Site, tmp_path: Path) -> None:
    """C-9"""
    good(site.valgen("records", "backup", str(tmp_path / "copy")))
    good(site.sign("URS", "authored", "anna"))
    folder = site.root / ".valgen"
    good(site.valgen("verify", str(folder)))
    before = site.records()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    done = site.sign("FS", "authored", "anna")
    assert done.returncode == 1 or done.returncode == 2
    assert "VG624" in done.stderr and "valgen records restore" in done.stderr
    words = ("records", "restore", "--from", str(tmp_path / "copy"), "--reason", "disk of the server failed")
    alone = site.valgen(*words, "--as", "mara", secrets={"--password-fd": PASSWORDS["mara"]})
    assert "VG582" in alone.stderr  # there is one administrator, so the root key has to agree
    said = good(
        site.valgen(
            *words, "--as", "mara", "--root-key", str(site.root_key),
            secrets={"--password-fd": PASSWORDS["mara"], "--root-passphrase-fd": PASSPHRASE},
        )
    )  # fmt: skip
    assert "It is in place. The gap is record" in said
    (gap,) = [one for one in site.records() if one["kind"] == "restored"]
    assert gap["known"]["size"] == len(before) and gap["kept"] < len(before)
    assert (site.root / ".valgen-replaced-1/log").is_dir()
    good(site.sign("URS", "authored", "anna"))
    assert "an older copy" in good(site.valgen("verify", str(folder)))


@pytest.fixture(autouse=True)
def _no_shared_memory(site: Site) -> None:
    shutil.rmtree(site.keystore / "seen", ignore_errors=True)
