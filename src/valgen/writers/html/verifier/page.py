"""One self-contained HTML file out of the scripts, the style and the frame of this folder.

The page must work from ``file://``, where a browser loads nothing from beside it, and must not run or show anything but
itself. So script and style stand in the page, and its policy names them by their SHA-256 and forbids everything else:
no request, no foreign script, no markup made from text. The scripts are written from docs/format.md and
docs/format-ledger.md and share nothing with the code that writes and verifies records.

The same source gives the same bytes. The page says nothing about any pack; it is the same in all of them.

Source: 21 CFR 11.10(b), 11.10(c).
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

_FOLDER = Path(__file__).parent
_SCRIPTS = (
    "digest.js", "ed25519.js", "bytes.js", "kinds.js", "runs.js", "people.js", "words.js", "ledger.js", "pack.js",
    "show.js", "records.js", "papers.js", "verify.js",
)  # fmt: skip


def verify_page() -> bytes:
    """Return the page, UTF-8 with line feeds."""
    script = _script()
    style = _read("verify.css")
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = _read("verify.html")
    for mark, content in (("{{policy}}", policy), ("{{style}}", style), ("{{script}}", script)):
        before, _, after = page.partition(mark)
        page = before + content + after
    return page.encode("utf-8")


def _script() -> str:
    """Return all scripts as one, so that none of their names is a name of the page."""
    parts = "\n".join(_read(name) for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _read(name: str) -> str:
    # A checkout on Windows may have other line ends, which would give other digests.
    return (_FOLDER / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
