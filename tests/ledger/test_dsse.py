"""Signed records leave as DSSE envelopes that another program verifies (integrity.md §3.2, I-1, S-1)."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError as NotVerified
from securesystemslib.signer import SSlibKey

from valgen.errors import VerificationError
from valgen.ledger.dsse import dsse_envelope
from valgen.ledger.record import brought_keys

VECTOR = Path(__file__).parents[1] / "vectors/ledger"
LINES = [line for path in sorted((VECTOR / "log").iterdir()) for line in path.read_bytes().splitlines()]
SIGNED = [line for line in LINES if json.loads(line)["sigs"]]


def keys() -> dict[str, SSlibKey]:
    """Return every public key that the records bring, as securesystemslib knows keys."""
    found = {}
    for line in LINES:
        for name, (_, public) in brought_keys(json.loads(line)["body"]).items():
            found[name] = SSlibKey(name, "ed25519", "ed25519", {"public": public.hex()})
    return found


def verify(envelope: dict[str, Any]) -> set[str]:
    """Let securesystemslib verify every signature; return the keys that it accepted."""
    given = Envelope.from_dict(copy.deepcopy(envelope))
    signers = [keys()[name] for name in given.signatures]
    return set(given.verify(signers, len(signers)))


def test_every_signed_record_of_the_vector_ledger_verifies_in_another_program() -> None:
    assert len(SIGNED) > 40
    for line in SIGNED:
        value = json.loads(line)
        envelope = json.loads(json.dumps(dsse_envelope(line)))
        assert verify(envelope) == {entry["key"] for entry in value["sigs"]}
        assert Envelope.from_dict(envelope).payload_type == value["type"]


def test_payload_is_the_body_byte_for_byte() -> None:
    for line in SIGNED:
        payload = Envelope.from_dict(dsse_envelope(line)).payload
        assert b'{"body":' + payload + b',"sigs":' == line[: len(payload) + 16]


@pytest.mark.parametrize("at", range(0, 400, 37))
def test_changed_payload_type_or_signature_does_not_verify(at: int) -> None:
    envelope = dsse_envelope(SIGNED[-1])
    data = bytearray(Envelope.from_dict(copy.deepcopy(envelope)).payload)
    data[at] ^= 1

    for changed in (
        {**envelope, "payload": base64.b64encode(data).decode()},
        {**envelope, "payloadType": envelope["payloadType"].replace("audit", "signature")},
        {**envelope, "signatures": [{**envelope["signatures"][0], "sig": base64.b64encode(bytes(64)).decode()}]},
    ):
        with pytest.raises(NotVerified):
            verify(changed)


def test_record_that_nobody_signed_has_no_envelope() -> None:
    unsigned = next(line for line in LINES if not json.loads(line)["sigs"])
    with pytest.raises(VerificationError, match="not signed") as refusal:
        dsse_envelope(unsigned)
    assert refusal.value.code == "VG505"
    with pytest.raises(VerificationError):
        dsse_envelope(b"{}")
