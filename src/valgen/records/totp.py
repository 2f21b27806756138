"""The second factor: one-time codes from an authenticator app.

A code is right for the step of 30 seconds in which it was made, one step before and one after; a step that was used
once never counts again, so that a code that somebody looked at over the shoulder is worth nothing.

No clock: the time comes in. Source: RFC 6238; design.md §5.
"""

from __future__ import annotations

import hmac
import io
import secrets
from typing import Any

STEP = 30
"""Seconds for which a code stands."""

_SECRET_BYTES = 20
_WINDOW = 1
# Blocks white, ground black, by their numbers in the table of 256 colours, which themes of terminals leave alone.
_COLOURS = "\x1b[38;5;231;48;5;16m"
_PLAIN = "\x1b[0m"


def new_secret() -> bytes:
    """Return the secret that the app and the sealed key share."""
    return secrets.token_bytes(_SECRET_BYTES)


def address(secret: bytes, *, user: str, issuer: str) -> str:
    """Return the ``otpauth`` address that an app takes.

    Args:
        secret: from ``new_secret``.
        user: user id.
        issuer: what the app shows beside it, such as ``valgen S3V``.
    """
    return str(_totp(secret).provisioning_uri(name=user, issuer_name=issuer))


def written(secret: bytes) -> str:
    """Return the secret in groups of four, for typing."""
    import base64

    text = base64.b32encode(secret).decode("ascii").rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def picture(text: str) -> str:
    """Return a QR code for the terminal, in half blocks, dark on light as scanners expect.

    The colours are set, so that it is not inverted where the terminal writes dark on light.
    """
    import segno

    out = io.StringIO()
    segno.make(text, micro=False, error="m").terminal(out, compact=True)
    return "".join(f"{_COLOURS}{line}{_PLAIN}\n" for line in out.getvalue().splitlines())


def check(secret: bytes, code: str, *, now: int, last_used: int) -> int | None:
    """Return the step in which a code is right, or None.

    Args:
        secret: of the person.
        code: as typed; spaces are passed over.
        now: seconds since 1970-01-01 in UTC.
        last_used: step that was used last; -1 for none. It and earlier ones count no more.
    """
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return None
    made = _totp(secret)
    found = None
    for step in range(max(0, now // STEP - _WINDOW), now // STEP + _WINDOW + 1):
        if hmac.compare_digest(made.generate_otp(step), typed) and step > last_used:
            found = step
    return found


def _totp(secret: bytes) -> Any:
    import base64

    from pyotp.totp import TOTP

    return TOTP(base64.b32encode(secret).decode("ascii"), interval=STEP)
