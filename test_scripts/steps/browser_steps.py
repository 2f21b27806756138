"""The interactive pages of the site in a real browser, opened from the file system."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from .judge import equal, holds, same_members
from .pack_steps import pack
from .workbench import Workbench


@pytest.fixture
def tab() -> Iterator[Any]:
    """A page of Chromium without a window; what it complains about and asks for outside is kept."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise FileNotFoundError("Chromium is not installed; the protocol asks for it as an entry criterion")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        page.said = []
        page.on("console", lambda one: page.said.append(one.text) if one.type in {"error", "warning"} else None)
        page.on("pageerror", lambda one: page.said.append(str(one)))
        page.on("request", lambda one: None if one.url.startswith(("file:", "blob:")) else page.said.append(one.url))
        yield page
        browser.close()


@given(parsers.parse('the page "{name}" of the site is opened in a browser from the file system'))
@when(parsers.parse('the page "{name}" of the site is opened in a browser from the file system'))
def _(bench: Workbench, tab: Any, name: str, evidence: Any) -> None:
    path, _, place = name.partition("#")
    tab.goto("about:blank")
    tab.goto((pack(bench) / "html" / path).as_uri() + (f"#{place}" if place else ""))
    evidence.actual(f"title: {tab.title()}")


@when(parsers.parse('the reader types "{words}" into the filter of the matrix'))
def _(tab: Any, words: str, evidence: Any) -> None:
    field = tab.locator("input[type=search], input[type=text]").locator("visible=true").last
    field.fill(words)
    tab.wait_for_timeout(400)
    evidence.actual(f"shown: {tab.locator('.vg-count').text_content()}")


@when(parsers.parse('the reader ticks "{value}" under "{facet}"'))
def _(tab: Any, value: str, facet: str, evidence: Any) -> None:
    box = tab.locator(".vg-popup", has=tab.locator("summary", has_text=re.compile(rf"^{re.escape(facet)}( \(\d+\))?$")))
    box.locator("summary").click()
    box.locator(".vg-tick", has=tab.get_by_text(value, exact=True)).locator("input").check()
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(400)
    evidence.actual(f"shown: {tab.locator('.vg-count').text_content()}")


@then(parsers.parse("the matrix shows exactly {ids}"))
def _(tab: Any, ids: str, evidence: Any) -> None:
    evidence.screenshot(tab, "matrix.png")
    same_members(evidence, "rows", ids.split(", "), tab.locator(".vg-grid-row .vg-open").all_text_contents())


@then("the matrix shows every active item of the project, as many as the data of the pack")
def _(bench: Workbench, tab: Any, evidence: Any) -> None:
    import json

    tab.wait_for_timeout(300)
    rows = [row["id"] for row in json.loads((pack(bench) / "data/trace.json").read_text("utf-8"))["rows"]]
    same_members(evidence, "rows", rows, tab.locator(".vg-grid-row .vg-open").all_text_contents())


@then(parsers.parse('the open row leads to the test "{case}", whose steps show'))
def _(tab: Any, case: str, datatable: list[list[str]], evidence: Any) -> None:
    details = tab.locator(".vg-detail-in").first
    details.wait_for()
    test = details.locator(".vg-test", has_text=case).first
    test.locator("summary").first.click()
    test.locator(".vg-record tbody tr").first.wait_for()
    text = " ".join(" ".join(test.locator(".vg-record").all_inner_texts()).split())
    evidence.screenshot(tab, "steps.png")
    for words, *_ in datatable[1:]:
        holds(evidence, f"the steps show {words}", text[:1500], words in text)


@then(parsers.parse('the open details of "{case}" say'))
def _(tab: Any, case: str, datatable: list[list[str]], evidence: Any) -> None:
    details = tab.locator(".vg-detail-in").first
    details.wait_for()
    details.locator(".vg-record tbody tr").first.wait_for()
    text = " ".join(details.inner_text().split())
    evidence.screenshot(tab, f"{case}.png")
    for words, *_ in datatable[1:]:
        holds(evidence, f"the details say {words}", text[:2000], words in text)


@then(parsers.parse("the page names these ids and words"))
def _(tab: Any, datatable: list[list[str]], evidence: Any) -> None:
    tab.wait_for_timeout(500)
    text = " ".join(tab.locator("body").inner_text().split())
    evidence.screenshot(tab, "page.png")
    for words, *_ in datatable[1:]:
        holds(evidence, f"the page names {words}", words in text, words in text)


@then("the browser reported no mistake and asked for nothing outside the folder")
def _(tab: Any, evidence: Any) -> None:
    equal(evidence, "messages and requests", [], tab.said)
