"""Matrix, trace graph and dashboard in a real browser, opened from the file system."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from explorer_pack import HOSTILE

pytestmark = pytest.mark.real


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab that fails the test when a page complains or asks for anything outside the file system."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda one: None if one.url.startswith(("file:", "blob:")) else said.append(one.url))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url.rpartition("/")[2]))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def site(explored: Any) -> Path:
    return explored[0]


def until(page: Any, script: str, *values: str) -> None:
    """Wait until a script says yes; the driver's own waiting evaluates texts, which the pages forbid."""
    for _ in range(100):
        if page.evaluate(script, *values):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came: {script}")


def address(site: Path, name: str) -> str:
    page, _, place = name.partition("#")
    return (site / page).as_uri() + (f"#{place}" if place else "")


def count(tab: Any) -> str:
    return tab.locator(".vg-count").text_content()


def choose(tab: Any, facet: str, *values: str) -> None:
    box = tab.locator(".vg-popup", has=tab.locator("summary", has_text=re.compile(rf"^{re.escape(facet)}( \(\d+\))?$")))
    box.locator("summary").click()
    for value in values:
        box.locator(".vg-tick", has=tab.get_by_text(value, exact=True)).locator("input").check()
    tab.keyboard.press("Escape")


def ids(tab: Any) -> list[str]:
    return tab.locator(".vg-grid-row .vg-open").all_text_contents()


# Matrix


def test_matrix_shows_every_item_and_counts_it(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "matrix.html"))
    assert count(tab) == f"{len(data.items)} items"
    assert ids(tab) == [one.id for one in data.items]


def test_words_and_columns_filter_together(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "matrix.html"))
    choose(tab, "Type", "URS", "FS")
    wanted = [one for one in data.items if one.kind in {"URS", "FS"}]
    assert count(tab) == f"{len(wanted)} of {len(data.items)} items shown"
    choose(tab, "Coverage (dry run)", "Covered-Failed")
    wanted = [one for one in wanted if one.dry_status == "Covered-Failed"]
    assert ids(tab) == [one.id for one in wanted]
    assert "Type: URS or FS; Coverage (dry run): Covered-Failed" in tab.locator(".vg-told").text_content()
    tab.fill("#vg--grid-words", "audit urs")
    until(tab, "document.querySelector('.vg-told').textContent.includes('audit')")
    assert ids(tab) == [one.id for one in wanted if one.kind == "URS" and "audit" in one.title]
    tab.get_by_role("button", name="Clear filters").click()
    assert count(tab) == f"{len(data.items)} items"


@pytest.mark.parametrize(
    ("facet", "value"),
    [("Risk priority", "High"), ("Stage", "OQ"), ("Environment", "PROD"), ("Clause", "Annex11.9"),
     ("Dry run result", "Failed"), ("Category", "Retention")],
)  # fmt: skip
def test_each_column_filters(facet: str, value: str, tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html"))
    choose(tab, facet, value)
    assert 0 < len(ids(tab)) < 80


def test_choices_of_a_filter_count_what_the_other_filters_leave(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "matrix.html#type=RSK"))
    tab.locator("summary", has_text="Risk priority").click()
    line = tab.locator(".vg-popup[open] .vg-tick", has_text="High").text_content()
    high = sum(1 for one in data.items if one.kind == "RSK" and one.risks[0][1] == "High")
    assert line == f"High{high}"


def test_rows_are_sorted_by_several_columns(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "matrix.html"))
    header = tab.locator(".vg-grid > thead")
    header.get_by_role("button", name="Type").click()
    header.get_by_role("button", name="Id").click(modifiers=["Shift"])
    header.get_by_role("button", name="Id").click(modifiers=["Shift"])
    assert header.locator("[aria-sort]").count() == 1
    assert header.locator('[aria-sort="ascending"]').text_content().startswith("Type")
    assert ids(tab) == [
        one.id for kind in ("URS", "RSK", "FS") for one in reversed(data.items) if one.kind == kind
    ]  # the order of the trace: requirement, risk, function
    assert tab.url.endswith("#sort=type,-id") or tab.url.endswith(f"#sort={quote('type,-id', safe='')}")


def test_rows_are_grouped_and_groups_close(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "matrix.html"))
    tab.get_by_label("Group by").select_option(label="Clause")
    heads = tab.locator(".vg-group-open")
    assert heads.first.text_content().startswith("Clause: 21CFR11.10(c)")
    without = sum(1 for one in data.items if not one.clauses)
    assert heads.last.text_content() == f"Clause: (none) ({without} rows)"
    heads.first.press("Enter")
    assert heads.first.get_attribute("aria-expanded") == "false"
    assert tab.evaluate("document.activeElement.className") == "vg-group-open"


def test_columns_are_chosen(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html"))
    titles = tab.locator(".vg-grid > thead th")
    assert "Category" not in " ".join(titles.all_text_contents())
    choose(tab, "Columns", "Category")
    assert "Category" in " ".join(titles.all_text_contents())
    tab.reload()
    assert "Category" in " ".join(titles.all_text_contents())


def test_address_brings_back_the_same_view(tab: Any, site: Path, browser: Any) -> None:
    tab.goto(address(site, "matrix.html"))
    choose(tab, "Type", "FS")
    choose(tab, "Coverage (dry run)", "Covered-Failed", "Not covered (GAP)")
    tab.get_by_label("Group by").select_option("dry")
    seen = ids(tab), count(tab)
    context = browser.new_context()
    other = context.new_page()
    other.goto(tab.url)
    assert (ids(other), count(other)) == seen
    context.close()


def test_row_opens_by_keyboard_and_closes_with_escape(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html"))
    tab.locator(".vg-open").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        tab.keyboard.press(key)
    opener = tab.locator(".vg-open").nth(1)
    assert opener.get_attribute("aria-expanded") == "true"
    assert tab.locator(".vg-open[tabindex='0']").count() == 1
    assert tab.locator(f"#{opener.get_attribute('aria-controls')} h2").text_content().startswith("URS-0002")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Escape")
    assert opener.get_attribute("aria-expanded") == "false"
    assert tab.evaluate("document.activeElement.textContent") == "URS-0002"
    tab.keyboard.press("End")
    assert tab.evaluate("document.activeElement.textContent") == tab.locator(".vg-open").last.text_content()


def test_drill_down_leads_from_the_row_to_the_step_and_its_screenshot(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#URS-0007"))
    details = tab.locator(".vg-detail-in")
    assert details.locator("h2").text_content() == "URS-0007 Requirement 7 about audit trail"
    assert not any(name.startswith("steps-") for name in tab.asked)
    details.locator(".vg-test summary").first.click()
    steps = details.locator(".vg-record tbody tr")
    steps.first.wait_for()
    assert any(name.startswith("steps-") for name in tab.asked)
    cells = steps.last.locator("th, td").all_text_contents()
    assert cells[0] == "2–3"
    assert cells[1] == "When it is deleted"
    assert 'refused with "AccessDenied"' in cells[2]
    assert "HTTP 403, request OQ-0007" in cells[3]
    assert HOSTILE.replace("\u202e", "U+202E") in cells[3]
    assert cells[4] == "Failed"
    assert cells[5] == "2026-11-02 09:14:07"
    picture = steps.last.locator("img")
    picture.scroll_into_view_if_needed()
    until(tab, "document.querySelector('.vg-shot img').naturalWidth === 320")
    assert picture.get_attribute("alt") == "Screenshot OQ-0007-3-1: screen.png"
    link = steps.last.locator("li", has_text="answer.json").locator("a")
    assert link.get_attribute("href") == "../evidence/dry-0002/OQ-0007-3-2_answer.json"
    assert details.locator(".vg-dry").text_content() == "DRY RUN"


def test_attachment_that_the_pack_lacks_says_so(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#OQ-0002"))
    tab.locator(".vg-attachments").wait_for()
    assert "the file is not in this pack" in tab.locator(".vg-attachments").text_content()


def test_earlier_failure_is_shown_beside_the_pass(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#OQ-0001"))
    other = tab.locator(".vg-detail-in table", has_text="Other attempts")
    other.wait_for()
    assert other.locator("tbody td").all_text_contents()[:5] == [
        "dry-0001",
        "DRY RUN",
        "1",
        "2026-11-02 09:14:07 UTC",
        "Failed",
    ]


def test_test_that_never_ran_shows_its_planned_steps(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#" + quote("PQ-001[hot] in PROD")))
    tab.locator(".vg-record").wait_for()
    assert "Never run in this environment" in tab.locator(".vg-record-head").text_content()
    assert set(tab.locator(".vg-record tbody td:nth-child(5)").all_text_contents()) == {"Not executed"}


def test_missing_chunk_is_told_and_breaks_nothing(browser: Any, site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "html"
    shutil.copytree(site, copy)
    for path in (copy / "_data").glob("steps-*.js"):
        path.unlink()
    context = browser.new_context()
    page = context.new_page()
    page.goto(address(copy, "matrix.html#OQ-0001"))
    page.get_by_text("The steps could not be shown").wait_for()
    context.close()


def test_link_to_a_row_far_down_shows_it_at_once(tab: Any, tmp_path: Path) -> None:
    import explorer_pack

    site, data, _ = explorer_pack.build(tmp_path, 400)
    tab.goto(address(site, "matrix.html#FS-0390"))
    assert tab.evaluate("document.activeElement.textContent") == "FS-0390"
    place = tab.evaluate("document.activeElement.getBoundingClientRect().top")
    assert 0 < place < 600
    assert tab.locator(".vg-grid-row").count() < 400
    tab.locator(".vg-grid-frame").evaluate("one => one.scrollTo(0, 0)")
    until(tab, "document.querySelectorAll('.vg-grid-row').length > 150")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(".vg-grid-row").count() == len(data.items)
    assert ids(tab) == [one.id for one in data.items]


def test_export_holds_the_shown_rows_and_no_formula(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "matrix.html#type=URS"))
    with tab.expect_download() as got:
        tab.get_by_role("button", name="Save as CSV").click()
    assert got.value.suggested_filename == "items.csv"
    text = Path(got.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert [row[0] for row in rows[1:]] == [one.id for one in data.items if one.kind == "URS"]
    assert rows[3][2] == "'" + HOSTILE.replace("\u202e", "U+202E")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_unknown_id_is_told(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#URS-9999"))
    assert tab.get_by_text("URS-9999 is not in the matrix of this pack.").count() == 1


def test_clauses_lead_to_requirements_and_tests(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#" + quote("21CFR11.10(e)")))
    details = tab.locator(".vg-detail-in")
    assert details.get_by_role("link", name="URS-0003").count() == 1
    assert details.locator(".vg-test").count() > 5


def test_print_shows_the_rows_and_their_filter_without_controls(tab: Any, site: Path) -> None:
    tab.goto(address(site, "matrix.html#type=RSK"))
    tab.emulate_media(media="print")
    for hidden in (".vg-grid-bar", ".vg-views", ".vg-hint", ".vg-side", ".vg-crumbs"):
        assert not tab.locator(hidden).is_visible()
    assert tab.locator(".vg-told").is_visible()
    assert tab.locator(".vg-marks").is_visible()


def test_without_javascript_the_pages_name_the_document_instead(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(site, "matrix.html"))
    assert page.locator("noscript a").get_attribute("href") == "RTM.html"
    page.goto(address(site, "index.html"))
    assert page.locator(".vg-bars li").count() > 5
    context.close()


# Graph


def labels(tab: Any) -> set[str]:
    found = tab.locator(".vg-node-link").evaluate_all("list => list.map(one => one.getAttribute('aria-label'))")
    return {one.partition(",")[0] for one in found}


def test_graph_shows_what_an_id_comes_from_and_leads_to(tab: Any, site: Path) -> None:
    tab.goto(address(site, "graph.html#FS-0006"))
    assert labels(tab) == {"FS-0006", "URS-0006", "RSK-0006", "OQ-0006", "21CFR11.10(e)"}
    assert tab.locator(".vg-graph-told").text_content() == "FS-0006 with 4 neighbours within 2 steps."
    tab.get_by_label("Steps").select_option("1")
    assert labels(tab) == {"FS-0006", "URS-0006", "RSK-0006", "OQ-0006"}
    tab.get_by_label("Direction").select_option("down")
    assert labels(tab) == {"FS-0006", "OQ-0006"}
    assert tab.url.endswith("#id=FS-0006&steps=1&way=down")


def test_text_of_the_graph_names_the_same_nodes(tab: Any, site: Path) -> None:
    tab.goto(address(site, "graph.html#URS-0009"))
    listed = set(tab.locator(".vg-graph-text li .vg-id").all_text_contents())
    assert listed == labels(tab) - {"URS-0009"}
    line = tab.locator(".vg-graph-text li", has=tab.get_by_role("link", name="FS-0009", exact=True))
    assert "satisfies URS-0009" in line.text_content()


def test_click_and_enter_move_on_and_back_returns(tab: Any, site: Path) -> None:
    tab.goto(address(site, "graph.html#FS-0006"))
    tab.locator('.vg-node-link[aria-label^="OQ-0006"]').click()
    assert tab.locator(".vg-graph-told").text_content().startswith("OQ-0006 with")
    tab.locator('.vg-node-link[tabindex="0"]').focus()
    tab.keyboard.press("ArrowLeft")
    name = tab.evaluate("document.activeElement.getAttribute('aria-label')").partition(",")[0]
    assert name != "OQ-0006"
    tab.keyboard.press("Enter")
    until(tab, "name => document.querySelector('.vg-graph-told').textContent.startsWith(name)", name)
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith(name)
    tab.go_back()
    until(tab, "document.querySelector('.vg-graph-told').textContent.startsWith('OQ-0006')")


def test_graph_is_found_by_words_of_a_title(tab: Any, site: Path) -> None:
    tab.goto(address(site, "graph.html"))
    tab.get_by_label("Id or words").last.fill("requirement 12")
    tab.get_by_label("Id or words").last.press("Enter")
    until(tab, "document.querySelector('.vg-graph-told').textContent.startsWith('URS-0012')")


def test_small_project_is_drawn_as_a_whole(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "graph.html"))
    assert tab.locator(".vg-node").count() == len(data.nodes)
    assert tab.locator(".vg-graph-text li").count() == len(data.nodes)


def test_unknown_id_is_told_by_the_graph(tab: Any, site: Path) -> None:
    tab.goto(address(site, "graph.html#URS-9999"))
    assert tab.locator(".vg-graph-told").text_content() == "URS-9999 is not in the trace of this pack."


def test_graph_zooms_by_button_and_key(tab: Any, site: Path) -> None:
    tab.goto(address(site, "graph.html#FS-0006"))
    picture = tab.locator("svg.vg-graph")
    before = picture.get_attribute("viewBox")
    tab.get_by_role("button", name="Zoom in").click()
    near = picture.get_attribute("viewBox")
    assert float(near.split()[2]) < float(before.split()[2])
    tab.locator('.vg-node-link[tabindex="0"]').focus()
    tab.keyboard.press("-")
    assert float(picture.get_attribute("viewBox").split()[2]) > float(near.split()[2])


def test_entry_of_a_document_leads_to_its_place_in_the_graph(tab: Any, site: Path) -> None:
    tab.goto(address(site, "URS.html#URS-0004"))
    tab.get_by_role("link", name="URS-0004 in the trace graph").click()
    tab.wait_for_url("**/graph.html#URS-0004")
    assert tab.locator(".vg-graph-told").text_content().startswith("URS-0004 with")


# Dashboard and documents


def test_each_figure_of_the_first_page_leads_to_as_many_rows(tab: Any, explored: Any) -> None:
    site, data, _ = explored
    tab.goto(address(site, "index.html"))
    figures = tab.locator(".vg-figures a").evaluate_all("list => list.map(one => [one.textContent, one.href])")
    assert len(figures) == sum(len(bar.figures) for one in data.dashboard.panels for bar in one.bars)
    for text, link in figures:
        tab.goto("about:blank")
        tab.goto(link)
        assert count(tab).split()[0] == text.split()[0], (text, link)


def test_first_page_says_what_speaks_against_release_and_that_no_deviation_is_recorded(tab: Any, site: Path) -> None:
    tab.goto(address(site, "index.html"))
    text = tab.locator("main").text_content()
    assert "Not released" in text
    assert "No deviation is recorded" in text
    assert tab.get_by_role("heading", name="Coverage by level, by formal results").count() == 1


def test_jump_lands_on_its_entry_in_a_document_of_many(tab: Any, tmp_path: Path) -> None:
    import explorer_pack

    site, _, _ = explorer_pack.build(tmp_path, 400)
    tab.goto(address(site, "URS.html#URS-0300"))
    tab.wait_for_timeout(300)
    assert 0 <= tab.locator("#URS-0300").evaluate("one => one.getBoundingClientRect().top") < 250


def test_permalink_is_copied(browser: Any, site: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address(site, "URS.html"))
    page.locator("#URS-0002 .vg-permalink").click()
    page.get_by_text("Link copied").wait_for()
    assert page.url.endswith("URS.html#URS-0002")
    context.close()


@pytest.mark.parametrize("width", [320, 700])
@pytest.mark.parametrize(
    "name", ["index.html", "matrix.html", "matrix.html#URS-0007", "graph.html#FS-0006", "URS.html"]
)
def test_page_fits_a_narrow_screen(browser: Any, site: Path, width: int, name: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 600})
    page = context.new_page()
    page.goto(address(site, name))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


STATES = (
    ("index.html", ""),
    ("matrix.html", ""),
    ("matrix.html#URS-0007", "document.querySelector('.vg-test').open = true"),
    ("matrix.html#view=tests&open=OQ-0001 in VAL", ""),
    ("matrix.html#view=clauses&group=family", "document.querySelectorAll('.vg-popup')[1].open = true"),
    ("matrix.html#sort=type,-id&group=status&q=nothing has this", "document.querySelector('.vg-popup').open = true"),
    ("graph.html", ""),
    ("graph.html#FS-0006", "const one = document.getElementById('vg--graph-find'); one.value = 'urs';"
     " one.dispatchEvent(new Event('input'))"),
    ("graph.html#URS-9999", ""),
    ("URS.html", ""),
    ("OQ-report.html", ""),
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 320])
def test_axe_finds_no_violation_in_any_state(
    browser: Any, site: Path, repository: Path, scheme: str, width: int
) -> None:
    named = os.environ.get("VALGEN_AXE")
    axe = Path(named) if named else repository / "tests" / "real" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed in tests/real (npm install --prefix tests/real)")
    # The policy of the pages forbids foreign scripts, which is what axe is.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = []
    for name, act in STATES:
        page = context.new_page()
        page.goto(address(site, name))
        if act:
            page.evaluate(act)
        page.wait_for_timeout(250)
        page.evaluate(axe.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [(name, one["id"], one["nodes"][0]["html"]) for one in result["violations"]]
        page.close()
    context.close()
    assert found == []
