"""Vectors that others published, before both verifiers: JSONTestSuite and Wycheproof (integrity.md I-11, S-8).

Both must come to the same answer on every case, and never to a traceback: a reader that accepts what the other one
refuses lets two people see two records.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.keys import check_public_key, verify_signature
from valgen.verifier import verifier_path

VECTORS = Path(__file__).parents[1] / "vectors"
ORDER = 2**252 + 27742317777372353535851937790883648493
REFUSED = "refused"


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("verifier_of_vectors", verifier_path())
    if spec is None or spec.loader is None:
        raise ImportError(verifier_path())
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


alone = _load()


# JSON


def suite() -> dict[str, bytes]:
    """Return the bytes of each case by its name."""
    cases = json.loads((VECTORS / "json/suite.json").read_text("utf-8"))["cases"]
    return {
        case["name"]: bytes.fromhex(case["bytes"])
        if "bytes" in case
        else (case["text"] * case.get("times", 1) + case.get("end", "")).encode()
        for case in cases
    }


SUITE = suite()


def read_by_valgen(data: bytes) -> Any:
    try:
        return canonical.decode(data, limit=canonical.MAX_LINE_BYTES)
    except VerificationError:
        return REFUSED


def read_alone(data: bytes) -> Any:
    """Return what the verifier that stands alone reads; like its report, whatever goes wrong is a refusal."""
    try:
        return alone.read_json(data)
    except (ValueError, RecursionError):
        return REFUSED


@pytest.mark.attack("I-11")
def test_the_json_test_suite_is_whole() -> None:
    assert Counter(name[0] for name in SUITE) == {"y": 95, "n": 188, "i": 35}


@pytest.mark.attack("I-11")
@pytest.mark.parametrize("name", [name for name in SUITE if name[0] == "n"])
def test_what_is_no_json_is_accepted_by_no_reader(name: str) -> None:
    data = SUITE[name]
    assert read_by_valgen(data) == read_alone(data) == REFUSED
    line = b'{"body":%b,"sigs":[],"type":"t"}' % data  # and not within a record either
    assert read_by_valgen(line) == read_alone(line) == REFUSED


@pytest.mark.attack("I-11")
@pytest.mark.parametrize("name", [name for name in SUITE if name[0] != "n"])
def test_json_is_read_alike_and_only_in_its_one_spelling(name: str) -> None:
    data = SUITE[name]
    found = read_by_valgen(data)
    assert found == read_alone(data)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        assert found == REFUSED
        return
    if found != REFUSED:
        assert found == value and canonical.encode(value) == data
        return
    try:
        one = canonical.encode(value)
    except VerificationError:
        assert read_alone(data) == REFUSED  # what cannot be written cannot be read: fractions, large numbers, depth
        return
    assert one != data
    assert read_by_valgen(one) == read_alone(one) == value


@pytest.mark.attack("I-11")
def test_most_json_of_the_suite_is_refused_only_for_its_spelling() -> None:
    """The counts show that the tests above do not pass because everything is refused."""
    accepted = Counter(name[0] for name in SUITE if read_by_valgen(SUITE[name]) != REFUSED)
    assert accepted == {"y": 40}
    why = Counter(_why_not(json.loads(SUITE[name])) for name in SUITE if name[0] == "y")
    assert why == {"": 80, "number": 15}  # so 40 of the other 55 are another spelling, 15 a number no record may hold


def _why_not(value: Any) -> str:
    try:
        canonical.encode(value)
    except VerificationError as error:
        return "number" if "floating-point" in error.what or "2^53" in error.what else error.what
    return ""


# Ed25519


def wycheproof() -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / "ed25519_wycheproof.json").read_text("utf-8"))["cases"])


CASES = wycheproof()


def held_by_valgen(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature counts, which takes a key that may be enrolled."""
    try:
        check_public_key(public)
    except VerificationError:
        return False
    return verify_signature(public, signature, message)


def held_alone(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        return bool(alone.signature_holds(public, signature, message))
    except ValueError:  # the key is refused; its report says so
        return False


@pytest.fixture(params=["cryptography", "own code"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let the verifier that stands alone check with the library, or with its own arithmetic."""
    if request.param == "own code":
        monkeypatch.setattr(alone, "FastKey", None)
    assert (alone.FastKey is None) == (request.param == "own code")
    yield request.param


@pytest.mark.attack("S-8")
def test_every_signature_of_wycheproof_is_judged_as_published_by_every_way(way: str) -> None:
    assert Counter(case["result"] for case in CASES) == {"valid": 117, "invalid": 64, "acceptable": 29}
    wrong = []
    for case in CASES:
        parts = [bytes.fromhex(case[name]) for name in ("key", "sig", "msg")]
        found = (held_by_valgen(*parts), held_alone(*parts))
        if found[0] != found[1] or (case["result"] != "acceptable" and found[0] != (case["result"] == "valid")):
            wrong.append((case["id"], case["result"], case["flags"], found))
        if case["flags"] == ["SmallOrderPublicKey"] and True in found:
            wrong.append((case["id"], "a key of small order counts", case["flags"], found))
    assert wrong == []


@pytest.mark.attack("S-8")
def test_no_other_form_of_a_signature_holds(way: str) -> None:
    """S + n L for every n that fits, other lengths, zeros, and each half from another signature."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = key.public_key().public_bytes_raw()
    for message in (b"", b"record", b"x" * 5000):
        good = key.sign(message)
        first, second = good[:32], int.from_bytes(good[32:], "little")
        forms = [
            first + (second + n * ORDER).to_bytes(32, "little") for n in range(1, 16) if second + n * ORDER < 1 << 256
        ]
        assert len(forms) >= 14
        forms += [good[:length] for length in range(64)] + [good + b"\0", b"\0" + good, good * 2, bytes(64)]
        forms += [first + bytes(32), bytes(32) + good[32:], good[32:] + first, first + first]
        forms += [first + (ORDER - second).to_bytes(32, "little"), first[:31] + bytes([first[31] ^ 0x80]) + good[32:]]
        forms += [key.sign(message + b"!")[:32] + good[32:], first + key.sign(message + b"!")[32:]]
        assert held_by_valgen(public, good, message) and held_alone(public, good, message)
        for form in forms:
            assert not held_by_valgen(public, form, message), form.hex()
            assert not held_alone(public, form, message), form.hex()


@pytest.mark.attack("S-8")
def test_no_bit_of_a_signature_is_free(way: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    public, good = key.public_key().public_bytes_raw(), key.sign(b"record")
    for bit in range(512):
        changed = bytearray(good)
        changed[bit // 8] ^= 1 << bit % 8
        assert not held_by_valgen(public, bytes(changed), b"record")
        assert not held_alone(public, bytes(changed), b"record")
