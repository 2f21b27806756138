"""A sealed key opens with its password, for its account and ledger, and for nothing else (S-6)."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger import sealed, user_keys
from valgen.ledger.durable import Disk
from valgen.ledger.keys import PrivateKey, verify_signature
from valgen.ledger.sealed import Cost, public_part, seal, unseal

_CHEAP = Cost(memory_kib=8 * 1024, passes=1, lanes=1)
_PASSWORD = "orange bicycle over the harbour"
_WHO = {"role": "person", "origin": "valgen:1/T", "account": "u-0001"}


def _sealed(private: PrivateKey, **changed: object) -> bytes:
    return seal(private, _PASSWORD, **{**_WHO, "cost": _CHEAP, **changed})  # type: ignore[arg-type]


def test_key_signs_after_it_was_opened() -> None:
    private = PrivateKey.generate()
    opened = unseal(_sealed(private, second_factor=b"secret"), _PASSWORD, **_WHO)
    assert verify_signature(private.public, opened.key.sign(b"text"), b"text")
    assert opened.second_factor == b"secret"
    assert opened.key.role == "person"


def test_password_may_be_typed_in_either_unicode_form() -> None:
    private = PrivateKey.generate()
    data = seal(private, "Ame\u0301lie is at the harbour", cost=_CHEAP, **_WHO)
    assert unseal(data, "Am\u00e9lie is at the harbour", **_WHO).key.public == private.public


@pytest.mark.parametrize("changed", [{"account": "u-0002"}, {"origin": "valgen:2/T"}, {"role": "root"}])
def test_key_does_not_open_for_another_account_ledger_or_role(changed: dict[str, str]) -> None:
    data = _sealed(PrivateKey.generate())
    with pytest.raises(AuthorityError) as caught:
        unseal(data, _PASSWORD, **{**_WHO, **changed})
    assert caught.value.code == "VG530"


def test_line_that_was_rewritten_for_another_account_does_not_open() -> None:
    value = json.loads(_sealed(PrivateKey.generate()))
    value["account"] = "u-0002"
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(AuthorityError):
        unseal(data, _PASSWORD, **{**_WHO, "account": "u-0002"})


def test_wrong_password_and_damaged_file_give_the_same_words() -> None:
    data = _sealed(PrivateKey.generate())
    said = set()
    damaged = (
        data[:-10] + b"A" + data[-9:],
        data[: len(data) // 2],
        b"",
        b"{}",
        data.replace(b"argon2id", b"argon2xx"),
    )
    for broken, password in ((data, "another password"), *((one, _PASSWORD) for one in damaged)):
        with pytest.raises(AuthorityError) as caught:
            unseal(broken, password, **_WHO)
        said.add((caught.value.what, caught.value.why, caught.value.fix))
    assert len(said) == 1


def test_every_changed_byte_is_refused() -> None:
    data = _sealed(PrivateKey.generate()).rstrip(b"\n")
    for place in range(0, len(data), 7):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(AuthorityError):
            unseal(changed, _PASSWORD, **_WHO)


def test_cost_outside_the_limits_is_refused_before_it_is_paid() -> None:
    value = json.loads(_sealed(PrivateKey.generate()))
    for name, number in (("memory_kib", 1), ("memory_kib", 1 << 40), ("passes", 0), ("lanes", 10_000)):
        kdf = {**value["kdf"], name: number}
        data = json.dumps({**value, "kdf": kdf}, sort_keys=True, separators=(",", ":")).encode()
        with pytest.raises(AuthorityError):
            unseal(data, _PASSWORD, **_WHO)


def test_file_holds_neither_key_nor_password_nor_second_factor() -> None:
    private, factor = PrivateKey.generate(), os.urandom(20)
    data = _sealed(private, second_factor=factor)
    for hidden in (private.seed(), factor, _PASSWORD.encode()):
        assert hidden not in data
        assert hidden.hex().encode() not in data
    assert public_part(data) == private.public


@pytest.mark.skipif(os.name != "posix", reason="permission bits of POSIX")
def test_sealed_keys_are_for_their_owner_alone_whatever_the_umask_is(tmp_path: Path) -> None:
    """C-15: file modes hold under umask 000."""
    before = os.umask(0)
    try:
        path = user_keys.write_sealed(tmp_path / "keys", "valgen:1/T", "u-0001", b"line\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert user_keys.read_sealed(tmp_path / "keys", "valgen:1/T", "u-0001") == b"line\n"
    assert user_keys.read_sealed(tmp_path / "keys", "valgen:2/T", "u-0001") is None
    path.chmod(0o644)
    with pytest.raises(AuthorityError):
        user_keys.read_sealed(tmp_path / "keys", "valgen:1/T", "u-0001")


def test_sealed_key_is_replaced_and_removed_as_a_whole(tmp_path: Path) -> None:
    for content in (b"one\n", b"two\n"):
        path = user_keys.write_sealed(tmp_path, "valgen:1/T", "u-0001", content)
    assert path.read_bytes() == b"two\n"
    assert list(path.parent.iterdir()) == [path]
    user_keys.drop_sealed(tmp_path, "valgen:1/T", "u-0001")
    user_keys.drop_sealed(tmp_path, "valgen:1/T", "u-0001")
    assert user_keys.read_sealed(tmp_path, "valgen:1/T", "u-0001") is None


def _spellings(secret: bytes) -> list[bytes]:
    """How a secret may come to lie in a file by mistake."""
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
        base64.b32encode(secret).rstrip(b"="),
        repr(secret)[2:-1].encode(),
    ]


class _FailingDisk(Disk):
    """Fails in one operation, after its bytes were written."""

    def __init__(self, fails: str) -> None:
        self.fails = fails

    def sync(self, fd: int) -> None:
        if self.fails == "sync":
            raise OSError(5, "Input/output error")
        super().sync(fd)

    def replace(self, source: Path, target: Path) -> None:
        if self.fails == "replace":
            raise OSError(28, "No space left on device")
        super().replace(source, target)


def test_s6_nothing_in_the_key_store_shows_key_password_or_second_factor(tmp_path: Path) -> None:
    """S-6: also after a changed password, and after a disk that failed."""
    canaries = []
    for number in range(20):
        private, factor = PrivateKey.generate(), os.urandom(20)
        first, second = (f"canary {os.urandom(12).hex()}" for _ in range(2))
        who = {**_WHO, "account": f"u-{number:04}"}
        data = seal(private, first, second_factor=factor, cost=_CHEAP, **who)
        user_keys.write_sealed(tmp_path, who["origin"], who["account"], data)
        opened = unseal(data, first, **who)
        again = seal(opened.private, second, second_factor=opened.second_factor, cost=_CHEAP, **who)
        for fails in ("sync", "replace"):
            with pytest.raises(AuthorityError):
                user_keys.write_sealed(tmp_path, who["origin"], who["account"], again, disk=_FailingDisk(fails))
        assert user_keys.read_sealed(tmp_path, who["origin"], who["account"]) == data
        user_keys.write_sealed(tmp_path, who["origin"], who["account"], again)
        assert unseal(again, second, **who).second_factor == factor
        with pytest.raises(AuthorityError):
            unseal(again, first, **who)
        canaries += [private.seed(), factor, first.encode(), second.encode()]
        assert private.seed().hex() not in f"{opened!r}{private!r}{opened.key!r}"
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 20, "a write that failed leaves nothing behind"
    assert not [one for canary in canaries for one in _spellings(canary) if any(one in data for data in written)]


def test_s6_each_sealing_has_its_own_salt_and_nonce() -> None:
    private = PrivateKey.generate()
    made = [json.loads(_sealed(private)) for _ in range(20)]
    assert len({one["kdf"]["salt"] for one in made}) == 20
    assert len({base64.b64decode(one["sealed"])[:12] for one in made}) == 20


def test_s6_keys_are_sealed_at_full_cost_unless_told_otherwise() -> None:
    data = seal(PrivateKey.generate(), _PASSWORD, **_WHO)
    kdf = json.loads(data)["kdf"]
    assert (kdf["name"], kdf["memory_kib"], kdf["passes"], kdf["lanes"]) == ("argon2id", 65_536, 3, 4)
    assert unseal(data, _PASSWORD, **_WHO).key.role == "person"


def test_s6_lowered_cost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """S-6: whoever edits the cost in the file gets no cheaper guess that could open it."""
    data = _sealed(PrivateKey.generate(), cost=Cost(memory_kib=16 * 1024, passes=2, lanes=1))
    value = json.loads(data)
    value["kdf"]["passes"] = 1
    lowered = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    # Even with the derived key of the true cost, the changed line does not open: the cost is bound to the content.
    true = sealed._derive
    monkeypatch.setattr(
        sealed, "_derive", lambda word, salt, cost: true(word, salt, Cost(memory_kib=16 * 1024, passes=2, lanes=1))
    )
    assert unseal(data, _PASSWORD, **_WHO).key.role == "person"
    with pytest.raises(AuthorityError):
        unseal(lowered, _PASSWORD, **_WHO)


def test_error_of_a_damaged_file_carries_no_cause_that_tells_it_from_a_wrong_password() -> None:
    data = _sealed(PrivateKey.generate())
    for broken in (b"{", data[:-20], b"\xff"):
        with pytest.raises(AuthorityError) as caught:
            unseal(broken, _PASSWORD, **_WHO)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def test_machine_without_memory_is_not_taken_for_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.kdf import argon2

    data = _sealed(PrivateKey.generate())

    def fails(**parameters: object) -> None:
        raise MemoryError

    monkeypatch.setattr(argon2, "Argon2id", fails)
    with pytest.raises(ExecutionError) as caught:
        unseal(data, _PASSWORD, **_WHO)
    assert caught.value.code == "VG531"
    assert _PASSWORD not in caught.value.what


def test_private_key_is_neither_printed_nor_pickled() -> None:
    import pickle

    private = PrivateKey.generate()
    with pytest.raises(TypeError):
        pickle.dumps(private)
    assert private.seed().hex() not in repr(private)
    with pytest.raises(ValueError, match="tester"):
        private.signing_key("tester")


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_link_in_place_of_a_sealed_key_is_refused(tmp_path: Path) -> None:
    path = user_keys.write_sealed(tmp_path, "valgen:1/T", "u-0001", b"line\n")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuthorityError):
        user_keys.read_sealed(tmp_path, "valgen:1/T", "u-0001")


@pytest.mark.parametrize("account", ["../u-0001", "u-1", "", "u-0001/x", "U-0001", "u-0001\n"])
def test_only_an_account_id_names_a_file(tmp_path: Path, account: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        user_keys.sealed_path(tmp_path, "valgen:1/T", account)
