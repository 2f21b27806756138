"""A sealed key opens with its password, for its account and ledger, and for nothing else (S-6)."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from valgen.errors import AuthorityError
from valgen.ledger import user_keys
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
