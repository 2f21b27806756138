"""The verifier that goes with packs and disclosures: one file that runs without valgen.

``valgen_verify.py`` beside this module was written from the pages of the record format alone. It imports nothing of
valgen and nothing of valgen imports it, so that the two check each other; this module only hands out its bytes.
Source: integrity.md §3.6.
"""

from __future__ import annotations

from importlib.resources import files

NAME = "valgen_verify.py"
"""Name of the file, in packs and disclosures too."""


def verifier_source() -> bytes:
    """Return the verifier as it is to be written into a pack or a disclosure, byte for byte."""
    return files(__name__).joinpath(NAME).read_bytes()
