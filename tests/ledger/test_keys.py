"""Keys of the machine (integrity.md S-7, S-8, C-15)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from valgen.errors import AuthorityError, VerificationError
from valgen.ledger.keys import KeyStore, check_public_key, default_key_store, key_id, verify_signature

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Add two points of edwards25519, by the book."""
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P


def low_order_points() -> set[tuple[int, int]]:
    """All eight points whose order divides 8, found from one of order 8."""
    root = pow(1 + D, (P + 3) // 8, P)
    if (root * root - 1 - D) % P:
        root = root * pow(2, (P - 1) // 4, P) % P
    for square in ((root - 1) * pow(D, P - 2, P) % P, (-root - 1) * pow(D, P - 2, P) % P):
        y = pow(square, (P + 3) // 8, P)
        if (y * y - square) % P:
            y = y * pow(2, (P - 1) // 4, P) % P
        if (y * y - square) % P == 0:
            break
    x = y * pow(2, (P - 1) // 4, P) % P  # y^2 = -x^2 on these points
    generator, points, point = (x, y), set(), (0, 1)
    for _ in range(8):
        points.add(point)
        point = add(point, generator)
    return points


def spellings(point: tuple[int, int]) -> list[bytes]:
    """Every way to write a point in 32 bytes, correct or not."""
    x, y = point
    ways = []
    for number in (y, y + P):
        for sign in {x & 1, 1 - (x & 1)} if x == 0 else {x & 1}:
            if number < 1 << 255:
                ways.append((number | sign << 255).to_bytes(32, "little"))
    return ways


def test_all_keys_of_low_order_are_refused_in_every_spelling() -> None:
    """S-7: the 14 spellings of the eight points of low order."""
    points = low_order_points()
    assert len(points) == 8
    keys = {way for point in points for way in spellings(point)}
    assert len(keys) == 14
    for key in keys:
        with pytest.raises(VerificationError):
            check_public_key(key)


def test_keys_off_the_curve_and_of_another_length_are_refused() -> None:
    """S-7: non-canonical keys, and those that are no point."""
    refused = 0
    for n in range(2, 40):
        try:
            check_public_key(n.to_bytes(32, "little"))
        except VerificationError:
            refused += 1
    assert 5 < refused < 35
    for key in (b"", bytes(31), bytes(33), b"\xff" * 32, (P + 3).to_bytes(32, "little")):
        with pytest.raises(VerificationError):
            check_public_key(key)


def test_keys_that_were_made_are_accepted() -> None:
    for _ in range(50):
        check_public_key(Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def test_the_known_answer_of_rfc_8032() -> None:
    """S-8: the same signature with S + L, of another length or zero does not hold."""
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_signature(public, signature, b"")
    assert not verify_signature(public, signature, b"x")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    assert not verify_signature(public, signature[:32] + s.to_bytes(32, "little"), b"")
    for wrong in (b"", signature[:-1], signature + b"\x00", bytes(64)):
        assert not verify_signature(public, wrong, b"")
    assert not verify_signature(b"\xff" * 32, signature, b"")


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """C-15: file modes hold under umask 000."""
    old = os.umask(0)
    try:
        store = KeyStore(tmp_path / "a/keys")
        first = store.machine_key("log")
    finally:
        os.umask(old)
    again = KeyStore(tmp_path / "a/keys").machine_key("log")
    assert first.id == again.id == key_id(first.public)
    assert verify_signature(first.public, again.sign(b"m"), b"m")
    assert store.machine_key("recorder").id != first.id
    assert not list((tmp_path / "a/keys").glob(".*"))
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "a/keys").glob("*.pem")} == {0o600}
        assert (tmp_path / "a/keys").stat().st_mode & 0o777 == 0o700


def test_two_that_make_a_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(KeyStore(tmp_path / "keys").machine_key("log").id))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    KeyStore(tmp_path).machine_key("log")
    (tmp_path / "log.pem").chmod(0o640)
    with pytest.raises(AuthorityError, match="other users may read"):
        KeyStore(tmp_path).machine_key("log")


def test_a_file_that_is_no_key_is_refused_with_a_way_out(tmp_path: Path) -> None:
    for data in (
        b"nonsense",
        X25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    ):
        path = tmp_path / "log.pem"
        path.write_bytes(data)
        path.chmod(0o600)
        with pytest.raises(AuthorityError) as caught:
            KeyStore(tmp_path).machine_key("log")
        assert caught.value.fix
        assert caught.value.code == "VG522"


def test_a_key_store_that_cannot_be_made_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AuthorityError, match="cannot be used"):
        KeyStore(tmp_path / "file" / "keys").machine_key("log")


def test_the_key_store_follows_the_platform_and_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VALGEN_KEYSTORE", str(tmp_path / "chosen"))
    assert default_key_store() == tmp_path / "chosen"
    monkeypatch.delenv("VALGEN_KEYSTORE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_key_store() == tmp_path / "data/valgen/keys"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_key_store() == tmp_path / ".local/share/valgen/keys"
    monkeypatch.setattr("sys.platform", "darwin")
    assert default_key_store() == tmp_path / "Library/Application Support/valgen/keys"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert default_key_store() == tmp_path / "local/valgen/keys"
