"""Canonical JSON, digests and times: equal content gives equal bytes. Implements DS-001 and DS-011."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def canonical_bytes(value: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted keys, without blanks, in UTF-8, ended by one line feed."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def timestamp(moment: datetime) -> str:
    """Return a time in UTC with milliseconds and the suffix Z.

    Raises:
        ValueError: the time has no zone, so that its UTC value would be a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without zone cannot be stated in UTC")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """Return the time that ``timestamp`` wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
