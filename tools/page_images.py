"""Draw pages of the example's pack as pictures for the documentation.

    python tools/page_images.py examples/s3-records-vault/build/pack docs/images
    python tools/page_images.py --signed build/demo/s3-records-vault/build/pack docs/images

The first pack is that of the rehearsal, the second one that of the whole life, whose documents are signed.
Pages of PDF files by poppler, views of the site by Chromium; each picture with few colours, so that it stays small.
Prints name, size and bytes of each; exit status 1 when one is larger than 120 kB.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from PIL import Image

LIMIT = 120_000  # bytes
_COLOURS = 128
_PAGES = {
    "urs": ("URS", "4.2.1", 0),
    "oq-report": ("OQ-report", "OQ-018", 1),
    "rtm": ("RTM", "Requirements to tests", 0),
}
_SIGNED = {
    "summary": ("VSR", "Conclusion and release statement", 0),
    "signatures": ("VSR", "Approval", 0),
}
"""Picture: document, bookmark, and how many pages behind the bookmark the page is that is drawn."""


def main(pack: Path, out: Path, *, signed: bool = False) -> int:
    """Write the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    for name, (key, bookmark, behind) in (_SIGNED if signed else _PAGES).items():
        _write(out / f"page-{name}.png", _page(pack / "pdf" / f"{key}.pdf", bookmark, behind))
    for name, picture in ({} if signed else _views(pack)).items():
        _write(out / f"site-{name}.png", picture)
    large = [path.name for path in sorted(out.glob("*.png")) if path.stat().st_size > LIMIT]
    if large:
        print("Too large:", *large, file=sys.stderr)
    return 1 if large else 0


def _page(path: Path, bookmark: str, behind: int) -> bytes:
    """Return a page of a PDF file as PNG: that of the first bookmark with a text, or one behind it."""
    listed = subprocess.run(["qpdf", "--json", "--json-key=outlines", str(path)], capture_output=True, check=True)
    number = _find(json.loads(listed.stdout)["outlines"], bookmark) + behind
    command = ["pdftoppm", "-png", "-r", "90", "-f", str(number), "-l", str(number), "-singlefile", str(path)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _find(entries: list[dict[str, object]], text: str) -> int:
    for one in entries:
        if re.search(rf"(^|\s){re.escape(text)}\b", str(one["title"])):
            return int(str(one["destpageposfrom1"]))
        kids = one["kids"]
        found = _find(kids, text) if isinstance(kids, list) else 0
        if found:
            return found
    return 0


def _views(pack: Path) -> dict[str, bytes]:
    """Return views of the site as PNG."""
    from playwright.sync_api import sync_playwright

    rows = json.loads((pack / "data" / "trace.json").read_text(encoding="utf-8"))["rows"]
    failed = next((row["id"] for row in rows if row["type"] == "URS" and "Failed" in row["dry_status"]), "URS-001")
    views = {
        "dashboard": ("index.html#vg--coverage", ""),
        "matrix": ("matrix.html#type=URS", ".vg-grid-row"),
        "graph": (f"graph.html#{quote(failed)}", ".vg-node-link"),
    }
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (address, wanted) in views.items():
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            file, _, rest = address.partition("#")
            page.goto((pack / "html" / file).resolve().as_uri() + (f"#{rest}" if rest else ""))
            if wanted:
                page.locator(wanted).first.wait_for()
            page.wait_for_timeout(500)
            found[name] = page.screenshot()
            page.close()
        browser.close()
    return found


def _write(path: Path, picture: bytes) -> None:
    """Write a picture with few colours."""
    with Image.open(io.BytesIO(picture)) as opened:
        small = opened.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path.name}: {small.width} x {small.height}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    places = [one for one in sys.argv[1:] if one != "--signed"]
    if len(places) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(places[0]), Path(places[1]), signed="--signed" in sys.argv))
