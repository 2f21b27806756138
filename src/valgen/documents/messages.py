"""What a test that did not pass says, in the words of its script.

A failed comparison comes with lines for programmers below the message: the expression and how its two sides differ.
They stay in the record and in the trace that a report prints for each failed step; tables show the message alone.

Source: domain/documents.md b.12.
"""

from __future__ import annotations

_APPENDED = "\nassert "


def said(message: str) -> str:
    """Return a message without the comparison appended to it; one that is nothing else stays as it is."""
    first = message.partition(_APPENDED)[0].strip()
    return first or message
