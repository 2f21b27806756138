"""Records as DSSE envelopes, so that programs which know nothing of valgen check their signatures.

A signature of a record covers the DSSE pre-authentication encoding of its type and its canonical body. So the body is
the payload, the type the payload type, and the signatures stay as they are; nothing is signed again. An envelope shows
who signed which bytes. That the record stands in the log is shown by ``disclosure``, and who may sign by ``registry``.

No files here. Source: integrity.md §3.2. Format: docs/format.md, "Records"; DSSE v1 of the Secure Systems Lab.
"""

from __future__ import annotations

import base64
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.kinds import KINDS
from valgen.ledger.record import read_line


def dsse_envelope(line: bytes) -> dict[str, Any]:
    """Return the DSSE envelope of a signed record, ready to be written as JSON.

    Args:
        line: of the record, as it stands in the log, without its newline.

    Returns:
        ``payload`` in base64, ``payloadType``, and ``signatures`` with ``keyid`` and ``sig``. A ``keyid`` is the
        SHA-256 of the raw public key, hex.

    Raises:
        VerificationError: the line is no record (VG503), or nobody signed it (VG505). The signatures are not checked.
    """
    body, sigs = read_line(line)
    if not sigs:
        raise VerificationError(
            f"record {body['seq']} is not signed",
            why="a DSSE envelope carries signatures; steps are bound by the signed record of their case",
            fix="export the record of the case, or disclose the step with valgen disclose",
            code="VG505",
        )
    return {
        "payload": base64.b64encode(canonical.encode(body)).decode("ascii"),
        "payloadType": KINDS[body["kind"]].type,
        "signatures": [{"keyid": name, "sig": text} for name, text in sigs.items()],
    }
