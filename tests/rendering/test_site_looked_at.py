"""The look at a site in Chromium takes the site where it is and can fail."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium"),
]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{0}</title></head>
<body><main><h1>{0}</h1>{1}</main></body></html>"""


@pytest.fixture(autouse=True)
def _tools(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the modules of the folder tools importable."""
    monkeypatch.syspath_prepend(str(repository / "tools"))
    yield
    for name in ("rendering", "rendering_html"):
        sys.modules.pop(name, None)


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small pack, named as people name it: from the folder they are in."""
    made = tmp_path / "pack"
    (made / "html").mkdir(parents=True)
    (made / "data").mkdir()
    (made / "data" / "trace.json").write_text('{"rows": []}', encoding="utf-8")
    for name in ("URS", "OQ-report", "search", "index"):
        (made / "html" / f"{name}.html").write_text(_PAGE.format(name, "<p>Text.</p>"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("pack")


def _failed(pack: Path, repository: Path) -> set[str]:
    from rendering_html import check

    axe = repository / "tests" / "real" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("needs axe-core; make system installs it")
    return {one.what for one in check(pack, axe) if not one.ok}


def test_site_named_from_the_working_folder_is_opened(pack: Path, repository: Path) -> None:
    assert _failed(pack, repository) == {"interactive pages of the site: matrix, graph and dashboard"}


def test_page_that_complains_breaks_rules_and_asks_elsewhere_is_found(pack: Path, repository: Path) -> None:
    bad = '<img src="http://127.0.0.1:9/a.png"><script>console.error("no")</script>'
    (pack / "html" / "URS.html").write_text(_PAGE.format("URS", bad).replace("h1>", "h2>"), encoding="utf-8")
    assert _failed(pack, repository) == {
        "interactive pages of the site: matrix, graph and dashboard",
        "views of HTML pages that show what they are for",
        "views of HTML pages without a violation found by axe",
        "views of HTML pages without a complaint on the console",
        "requests of HTML pages that stay in the file system",
    }
