"""Checks of the HTML site in Chromium, opened from the file system as a reader opens it.

Each page is opened twice: as it is, to hear what it says on the console and what it asks for, and once more with its
policy lifted, because that forbids foreign scripts such as axe. Matrix, graph and first page are also looked at in
the states that their readers bring them to. Part of ``check_rendering.py``.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rendering import Check

_TABS = 3  # at a time
_SECONDS = 120  # for one page
_SETTLED = 300  # milliseconds that scripts get after a page is loaded
_AXE = "axe.run(document, {resultTypes: ['violations']})"
_OPEN = "document.querySelectorAll('.vg-test').forEach(one => { one.open = true })"
_FIND = (
    "const one = document.getElementById('vg--graph-find'); one.value = 'urs'; one.dispatchEvent(new Event('input'))"
)


@dataclass(frozen=True, slots=True)
class View:
    """A page in a state: its address in the site, what brings it there, and what then must be seen."""

    address: str
    act: str = ""
    wanted: str = "h1"
    scheme: str = "light"
    width: int = 1400


@dataclass(slots=True)
class _Seen:
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    requests: int = 0
    rules: int = 0


def check(pack: Path, axe: Path) -> list[Check]:
    """Return the checks of the folder html; ``axe`` is the script of axe-core."""
    site = pack / "html"
    pages = sorted(path.name for path in site.glob("*.html"))
    interactive = [name for name in ("matrix.html", "graph.html", "index.html") if name in pages]
    views = [View(name) for name in pages] + _states(pack, pages)
    seen = asyncio.run(_look(site, views, axe.read_text(encoding="utf-8")))
    count = len(views)
    return [
        Check("interactive pages of the site: matrix, graph and dashboard", 3,
              tuple({"matrix.html", "graph.html", "index.html"} - set(interactive))),
        Check("views of HTML pages that show what they are for", count, tuple(seen.unseen),
              f"{len(pages)} pages, {count - len(pages)} opened states"),
        Check("views of HTML pages without a violation found by axe", count, tuple(seen.violations),
              f"{seen.rules} rules passed in all"),
        Check("views of HTML pages without a complaint on the console", count, tuple(seen.said)),
        Check("requests of HTML pages that stay in the file system", seen.requests, tuple(seen.asked)),
    ]  # fmt: skip


def _states(pack: Path, pages: list[str]) -> list[View]:
    """Return what readers open in the interactive pages, and a document by night and on a telephone."""
    rows = json.loads((pack / "data" / "trace.json").read_text(encoding="utf-8"))["rows"]
    tested = next((row for row in rows if row["tests"] and row["clauses"]), rows[0] if rows else None)
    found = [View("URS.html", scheme="dark"), View("OQ-report.html", width=400), View("search.html?q=record")]
    found += [View("index.html", scheme="dark"), View("index.html", width=400)]
    if tested is None:
        return found
    item, clause = quote(tested["id"]), quote(next(iter(tested["clauses"]), ""))
    if "matrix.html" in pages:
        rows_seen = ".vg-grid-row"
        found += [
            View(f"matrix.html#{item}", _OPEN, ".vg-record tbody tr"),
            View(f"matrix.html#{item}", _OPEN, ".vg-record tbody tr", "dark"),
            View(f"matrix.html#{item}", _OPEN, ".vg-record tbody tr", width=400),
            View("matrix.html#view=tests", wanted=rows_seen),
            View("matrix.html#view=clauses&group=family", wanted=rows_seen),
            View(f"matrix.html#{clause}", wanted=".vg-detail-in"),
            View(
                "matrix.html#sort=type,-id&group=status", "document.querySelector('.vg-popup').open = true", rows_seen
            ),
            View("matrix.html#q=nothing has this"),
        ]
    if "graph.html" in pages:
        found += [
            View(f"graph.html#{item}", wanted=".vg-node-link"),
            View(f"graph.html#{item}", wanted=".vg-node-link", scheme="dark"),
            View(f"graph.html#{item}", wanted=".vg-node-link", width=400),
            View(f"graph.html#{item}", _FIND, ".vg-node-link"),
            View("graph.html#id=URS-9999"),
        ]
    return found


async def _look(site: Path, views: list[View], axe: str) -> _Seen:
    from playwright.async_api import async_playwright

    seen = _Seen()
    free = asyncio.Semaphore(_TABS)
    async with async_playwright() as playwright:
        program = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])

        async def one(view: View) -> None:
            async with free:
                for work in (_listen(browser, site, view, seen), _examine(browser, site, view, axe, seen)):
                    await _bounded(work, view, seen)

        await asyncio.gather(*(one(view) for view in views))
        await browser.close()
    return seen


async def _bounded(work: Coroutine[Any, Any, None], view: View, seen: _Seen) -> None:
    from playwright.async_api import Error

    try:
        await asyncio.wait_for(work, _SECONDS)
    except (Error, TimeoutError) as problem:
        seen.unseen.append(f"{_name(view)}: {type(problem).__name__} {problem}")


async def _listen(browser: Any, site: Path, view: View, seen: _Seen) -> None:
    """Open a view as a reader does; note what it says, what it asks for and whether it shows what it is for."""
    context = await browser.new_context(color_scheme=view.scheme, viewport={"width": view.width, "height": 900})
    page = await context.new_page()
    name = _name(view)

    def request(one: Any) -> None:
        seen.requests += 1
        if not one.url.startswith(("file:", "blob:", "data:")):
            seen.asked.append(f"{name}: {one.url}")

    page.on(
        "console", lambda one: seen.said.append(f"{name}: {one.text}") if one.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda one: seen.said.append(f"{name}: {one}"))
    page.on("request", request)
    page.on("requestfailed", lambda one: seen.said.append(f"{name}: not there: {one.url}"))
    await _open(page, site, view)
    if await page.locator(f"{view.wanted}:visible").count() == 0:
        seen.unseen.append(f"{name}: no {view.wanted}")
    await context.close()


async def _examine(browser: Any, site: Path, view: View, axe: str, seen: _Seen) -> None:
    """Open a view once more and have axe look at it."""
    context = await browser.new_context(
        bypass_csp=True, color_scheme=view.scheme, viewport={"width": view.width, "height": 900}
    )
    page = await context.new_page()
    await _open(page, site, view)
    await page.evaluate(axe)
    result = await page.evaluate(_AXE)
    seen.rules += len(result["passes"])
    for one in result["violations"]:
        seen.violations.append(f"{_name(view)}: {one['id']}: {one['nodes'][0]['html']}")
    await context.close()


async def _open(page: Any, site: Path, view: View) -> None:
    path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", view.address, re.S).groups()  # type: ignore[union-attr]
    await page.goto((site / path).resolve().as_uri() + mark + rest)
    await page.wait_for_timeout(_SETTLED)
    if view.act:
        await page.evaluate(view.act)
        await page.wait_for_timeout(_SETTLED)
    for _ in range(50):  # rows and steps come from files that are read when they are wanted
        if await page.locator(f"{view.wanted}:visible").count():
            return
        await page.wait_for_timeout(100)


def _name(view: View) -> str:
    return (
        f"{view.address} {'' if view.scheme == 'light' else view.scheme}{'' if view.width > 999 else ' narrow'}".strip()
    )
