"""Makes `sample_pack` importable for the tests of this folder and finds the browser."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample pack as a site; read it, do not change it."""
    import sample_pack

    from valgen.writers.html import build_site

    folder = tmp_path_factory.mktemp("site")
    build_site(sample_pack.pack(folder), folder / "html", title="S3V validation pack")
    return folder / "html"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A site with interactive pages, its data and its documents; read them, do not change them."""
    import explorer_pack

    return explorer_pack.build(tmp_path_factory.mktemp("explored"))
