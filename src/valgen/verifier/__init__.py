"""The verifier that goes with packs and disclosures: one file that runs without valgen.

``valgen_verify.py`` beside this module was written from the pages of the record format alone. It imports nothing of
valgen and nothing of valgen imports it, so that the two check each other; this module only hands it out.
Source: integrity.md §3.6.
"""

from __future__ import annotations

from pathlib import Path

NAME = "valgen_verify.py"
"""Name of the file, in packs and disclosures too."""


def verifier_path() -> Path:
    """Return where the verifier lies in this installation."""
    return Path(__file__).with_name(NAME)


def verifier_source() -> bytes:
    """Return the verifier as it is to be written into a pack or a disclosure, byte for byte."""
    return verifier_path().read_bytes()


verifier_text = verifier_source
