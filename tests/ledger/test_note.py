"""Signed notes and checkpoints (integrity.md I-11, I-12)."""

from __future__ import annotations

import base64

import ledger_sample as sample
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from valgen.errors import VerificationError
from valgen.ledger.keys import verify_signature
from valgen.ledger.note import Checkpoint, key_hint, open_note, read_checkpoint, sign_note

KEY = Ed25519PrivateKey.from_private_bytes(sample.SEEDS["log"])
PUBLIC = KEY.public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(sample.SEEDS["recorder"])
NAME = "example.com/log"
TEXT = Checkpoint(origin=NAME, size=7, root=bytes(32), extensions=("more",)).text()
NOTE = sign_note(TEXT, NAME, PUBLIC, KEY.sign)


def test_a_checkpoint_is_read_back() -> None:
    text, signers = open_note(NOTE, NAME, [PUBLIC], verify_signature)
    assert signers == {PUBLIC}
    assert read_checkpoint(text) == Checkpoint(origin=NAME, size=7, root=bytes(32), extensions=("more",))
    assert NOTE.decode().startswith(f"{NAME}\n7\n{base64.b64encode(bytes(32)).decode()}\nmore\n\n— {NAME} ")


def test_the_example_note_of_the_go_implementation_opens() -> None:
    # Key and note from the documentation of golang.org/x/mod/sumdb/note, which the C2SP text describes.
    kind, *public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    note = f"{text}\n— PeterNeumann {signature}\n".encode()
    assert kind == 1
    assert key_hint("PeterNeumann", bytes(public)).hex() == "c74f20a3"
    assert open_note(note, "PeterNeumann", [bytes(public)], verify_signature) == (text, {bytes(public)})


def test_lines_by_unknown_keys_are_passed_over_and_never_count() -> None:
    line = f"— {NAME} {base64.b64encode(b'abcd' + bytes(64)).decode()}\n".encode()
    foreign = "— witness.example/w AAAAAAA=\n".encode()
    assert open_note(NOTE + line + foreign, NAME, [PUBLIC], verify_signature)[1] == {PUBLIC}
    with pytest.raises(VerificationError, match="no key"):
        open_note(NOTE, NAME, [OTHER.public_key().public_bytes_raw()], verify_signature)


def test_a_key_listed_twice_counts_once() -> None:
    signature = NOTE.split(b"\n\n")[1]
    assert len(open_note(NOTE + signature, NAME, [PUBLIC, PUBLIC], verify_signature)[1]) == 1


def test_a_wrong_line_by_a_known_key_is_refused_even_beside_a_right_one() -> None:
    bad = f"— {NAME} {base64.b64encode(key_hint(NAME, PUBLIC) + bytes(64)).decode()}\n".encode()
    with pytest.raises(VerificationError, match="does not hold"):
        open_note(NOTE + bad, NAME, [PUBLIC], verify_signature)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n\n",
        TEXT.encode(),
        TEXT.encode() + b"\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + NOTE,
        NOTE.replace(b"\n7\n", b"\n8\n"),
        NOTE[:-3] + b"\n",
        NOTE + b"x" * (1 << 16),
        NOTE + NOTE.split(b"\n\n")[1] * 200,
        "— a\n".encode(),
    ],
)
def test_a_malformed_note_is_refused(note: bytes) -> None:
    with pytest.raises(VerificationError):
        open_note(note, NAME, [PUBLIC], verify_signature)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n1\nAAAA\n",
        TEXT[:-1],
        TEXT.replace("\n7\n", "\n07\n"),
        TEXT.replace("\n7\n", "\n-7\n"),
        TEXT.replace("\n7\n", "\n7.0\n"),
        TEXT.replace("\n7\n", "\n٧\n"),
        TEXT.replace("AAA=", "AAB="),
        TEXT.replace("AAA=", "AAA"),
        TEXT + "\n",
        TEXT.replace(NAME, ""),
        TEXT.replace(NAME, "a b"),
        TEXT.replace(NAME, "a+b"),
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        read_checkpoint(text)


def test_a_name_with_a_space_cannot_sign() -> None:
    with pytest.raises(VerificationError):
        sign_note(TEXT, "a b", PUBLIC, KEY.sign)
