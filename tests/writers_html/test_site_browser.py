"""The site in a real browser, opened from the file system: search, matrix, keyboard, accessibility, hostile text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_site_pages import hostile_pack

from valgen.writers.html import build_site

pytestmark = pytest.mark.real

PAGES = ("index", "URS", "OQ-protocol", "OQ-report", "RTM", "genindex", "search.html?q=retention")


def address(folder: Path, name: str) -> str:
    path, _, rest = name.partition("?")
    file = folder / (path if path.endswith(".html") else f"{path}.html")
    return file.as_uri() + (f"?{rest}" if rest else "")


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab that fails the test when a page complains or asks for anything outside the file system."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: None if request.url.startswith("file:") else said.append(request.url))
    yield page
    context.close()
    assert said == []


def test_every_page_opens_without_a_complaint(tab: Any, built: Path) -> None:
    for name in PAGES:
        tab.goto(address(built, name))
        assert tab.locator("h1").count() == 1


def test_search_finds_an_entry_and_leads_to_it(tab: Any, built: Path) -> None:
    tab.goto(address(built, "index"))
    tab.fill("#vg--q", "locked record AccessDenied")
    tab.press("#vg--q", "Enter")
    tab.wait_for_url("**/search.html?q=*")
    assert "1 place holds" in tab.locator(".vg-found").text_content()
    tab.locator(".vg-hits a").first.click()
    assert tab.url.endswith("OQ-report.html#OQ-014")


def test_search_for_an_id_names_the_entry_first(tab: Any, built: Path) -> None:
    tab.goto(address(built, "search.html?q=urs-020"))
    assert tab.locator(".vg-hits a").first.text_content().startswith("URS-020")


def test_search_that_finds_nothing_says_so(tab: Any, built: Path) -> None:
    tab.goto(address(built, "search.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"))
    assert tab.locator(".vg-found").text_content() == "No place holds “<img src=x onerror=alert(1)>”."


def test_matrix_is_filtered_by_words_and_by_status_and_counts_what_is_shown(tab: Any, built: Path) -> None:
    tab.goto(address(built, "RTM"))
    shown = tab.locator(".vg-role-matrix tbody tr:visible")
    count = tab.locator(".vg-count").first
    assert shown.count() == 300
    assert count.text_content() == "300 rows"
    tab.get_by_label("Coverage").first.select_option(label="Covered-Failed")
    assert shown.count() == 75
    assert count.text_content() == "75 of 300 rows shown (filtered)"
    tab.get_by_label("Filter", exact=True).first.fill("urs-011")
    tab.get_by_text("1 of 300 rows shown").wait_for()
    assert shown.count() == 1
    tab.get_by_role("button", name="Show all").first.click()
    assert shown.count() == 300


def test_matrix_is_sorted_by_its_column_headers_and_back(tab: Any, built: Path) -> None:
    tab.goto(address(built, "RTM"))
    first = tab.locator(".vg-role-matrix tbody tr").first
    header = tab.locator(".vg-role-matrix thead th").first
    before = first.get_attribute("id")
    button = header.get_by_role("button")
    button.focus()
    tab.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    tab.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert first.get_attribute("id") == "URS-399"
    tab.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") is None
    assert first.get_attribute("id") == before


def test_id_in_the_matrix_leads_to_its_steps(tab: Any, built: Path) -> None:
    tab.goto(address(built, "RTM"))
    tab.get_by_role("link", name="OQ-014").first.click()
    assert tab.url.endswith("OQ-report.html#OQ-014")
    assert tab.locator("#OQ-014 table.vg-role-steps").is_visible()


def test_link_to_a_filtered_row_shows_it(tab: Any, built: Path) -> None:
    tab.goto(address(built, "RTM"))
    tab.get_by_label("Coverage").first.select_option(label="Covered-Failed")
    tab.evaluate("location.hash = 'URS-103'")
    tab.locator("#URS-103").wait_for(state="visible")


def test_without_javascript_every_row_and_the_contents_are_there(browser: Any, built: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(built, "RTM"))
    assert page.locator(".vg-role-matrix tbody tr:visible").count() == 300
    assert page.locator(".vg-side a:visible").count() > 5
    context.close()


def test_first_tab_key_leads_past_the_navigation(tab: Any, built: Path) -> None:
    tab.goto(address(built, "URS"))
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to content"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "vg--content"


def test_contents_open_and_close_by_keyboard_on_a_narrow_screen(browser: Any, built: Path) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800})
    page = context.new_page()
    page.goto(address(built, "URS"))
    assert not page.locator(".vg-side").is_visible()
    assert page.locator(".vg-marks").is_visible()
    page.get_by_role("button", name="Contents").press("Enter")
    assert page.locator(".vg-side").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".vg-side").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_hostile_texts_run_nothing(tab: Any, tmp_path: Path) -> None:
    build_site(hostile_pack(), tmp_path, title="<script>alert(1)</script>")
    for name in ("index", "URS", "genindex", "search.html?q=alert", "search.html?q=%3Cscript%3Ealert(1)%3C/script%3E"):
        tab.goto(address(tmp_path, name))
        tab.mouse.move(700, 500)
        tab.wait_for_timeout(50)


def test_print_leaves_out_navigation_and_repeats_table_headers(tab: Any, built: Path) -> None:
    tab.goto(address(built, "RTM"))
    tab.emulate_media(media="print")
    assert not tab.locator(".vg-side").is_visible()
    assert not tab.locator(".vg-find").is_visible()
    assert tab.locator(".vg-marks").is_visible()
    style = "getComputedStyle(document.querySelector('.vg-role-matrix thead')).display"
    assert tab.evaluate(style) == "table-header-group"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_axe_finds_no_violation(browser: Any, built: Path, repository: Path, scheme: str, width: int) -> None:
    named = os.environ.get("VALGEN_AXE")
    axe = Path(named) if named else repository / "tests" / "real" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed in tests/real (npm install --prefix tests/real)")
    # The policy of the pages forbids foreign scripts, which is what axe is.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    found = []
    for name in PAGES:
        page.goto(address(built, name))
        page.evaluate(axe.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [(name, one["id"], one["nodes"][0]["html"]) for one in result["violations"]]
    context.close()
    assert found == []
