"""Colours of valgen's office documents, six hex digits each; Word and Excel look alike.

Text on a tone's background has a contrast of at least 4.5 to 1, and so has text on white.
"""

from __future__ import annotations

from valgen.documents.blocks import Tone

INK = "1F2933"
ACCENT = "1F4E79"
MUTED = "5F6B7A"
LINE = "BFC8D2"
SHADE = "E8EEF4"

FILLS = {Tone.GOOD: "E4F2E6", Tone.BAD: "FBE4E2", Tone.WARN: "FFF2D9", Tone.MUTED: "F3F5F7", Tone.NEUTRAL: "EEF2F6"}
"""Background of a tone."""

INKS = {Tone.GOOD: "1B5E20", Tone.BAD: "9B1C1C", Tone.WARN: "7A4B00", Tone.MUTED: MUTED, Tone.NEUTRAL: ACCENT}
"""Text of a tone."""
