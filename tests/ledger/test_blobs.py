"""Attachments (integrity.md H-10, H-11, I-8, I-9)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.blobs import BlobRef, Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "tmp").mkdir()
    return Blobs(tmp_path / "blobs", tmp_path / "tmp", limit=1000)


def test_bytes_and_files_are_kept_under_their_digest_and_cannot_be_written(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    ref = blobs.put(tmp_path / "file")
    assert ref == blobs.put(b"content") == BlobRef(hashlib.sha256(b"content").hexdigest(), 7)
    path = tmp_path / "blobs" / ref.sha256[:2] / ref.sha256[2:]
    assert path.read_bytes() == blobs.read(ref.sha256) == b"content"
    assert blobs.check(ref) == ""
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o444
    assert list((tmp_path / "tmp").iterdir()) == []
    assert blobs.read(blobs.put(b"").sha256) == b""


def test_an_altered_blob_is_not_read(blobs: Blobs) -> None:
    ref = blobs.put(b"content")
    path = blobs.path(ref.sha256)
    path.chmod(0o644)
    path.write_bytes(b"CONTENT")
    with pytest.raises(VerificationError, match="does not have this digest"):
        blobs.read(ref.sha256)
    assert "altered" in blobs.check(ref)
    assert "bytes, not 8" in blobs.check(BlobRef(ref.sha256, 8))
    path.unlink()
    with pytest.raises(VerificationError):
        blobs.read(ref.sha256)
    assert blobs.check(ref)


def test_keeping_the_same_content_again_mends_an_altered_blob(blobs: Blobs) -> None:
    ref = blobs.put(b"content")
    path = blobs.path(ref.sha256)
    path.chmod(0o644)
    path.write_bytes(b"")
    assert blobs.put(b"content") == ref
    assert blobs.read(ref.sha256) == b"content"


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 33, "é" * 64])
def test_what_is_no_digest_is_never_a_path(blobs: Blobs, name: str) -> None:
    with pytest.raises(VerificationError):
        blobs.read(name)


def test_too_large_and_missing_are_refused_with_a_way_out_and_leave_nothing(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(1001))
    for content in (bytes(1001), tmp_path / "large", tmp_path / "missing", tmp_path):
        with pytest.raises(ExecutionError) as caught:
            blobs.put(content)
        assert caught.value.fix
        assert caught.value.code == "VG524"
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "blobs").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices")
def test_links_pipes_and_devices_are_refused_without_waiting(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for content in (tmp_path / "link", tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(ExecutionError, match=r"link|not an ordinary file|symbolic"):
            blobs.put(content)
