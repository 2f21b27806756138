"""Data of the interactive pages: figures equal those of documents, steps equal those of reports, bytes repeat."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from explorer_pack import HOSTILE, evidence_paths, make_context, write_project

from valgen.documents import matrix as views
from valgen.documents.blocks import Entry, Table, plain_text, walk
from valgen.documents.context import Context
from valgen.documents.dashboard import COVERAGE_TONES, family_of
from valgen.documents.interactive import SiteData, site_data
from valgen.errors import RenderError
from valgen.model.deviation import Deviation, DeviationClass
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.workflow.publish import assemble_documents
from valgen.writers.html import build_site
from valgen.writers.html.data_files import chunk_of, data_files


@pytest.fixture
def context(tmp_path: Path) -> Context:
    write_project(tmp_path / "project", 22)
    return make_context(tmp_path / "project")


def deviation(name: str, **values: Any) -> Deviation:
    return Deviation(
        id=name, opened_at="2026-11-02T10:00:00Z", opened_by="T. Ester", phase="OQ", environment="VAL", case="OQ-0007",
        expected="403", observed="200", **values,
    )  # fmt: skip


def panel(data: SiteData, title: str) -> dict[str, dict[str, int]]:
    found = next(one for one in data.dashboard.panels if one.title == title)
    return {bar.label: {figure.word: figure.count for figure in bar.figures} for bar in found.bars}


def test_coverage_by_level_equals_the_counts_of_the_matrix_document(context: Context) -> None:
    data = site_data(context, ())
    for mode, title in ((RunMode.FORMAL, "by formal results"), (RunMode.DRY, "by dry runs")):
        shown = panel(data, f"Coverage by level, {title}")
        tables = [one for one in views.counts(context, None) if isinstance(one, Table)]
        printed = {plain_text(row.cells[0].blocks) for table in tables for row in table.rows}
        assert set(shown) >= printed
        for kind, figures in shown.items():
            counts = context.matrix.counts(kind, mode=mode)
            assert figures == {status.value: number for status, number in counts.items()}


def test_results_by_stage_count_every_planned_test_once(context: Context) -> None:
    data = site_data(context, ())
    for title, mode in (("by formal results", RunMode.FORMAL), ("by dry runs", RunMode.DRY)):
        shown = panel(data, f"Results by stage and environment, {title}")
        statuses = context.matrix.statuses(mode).values()
        assert shown["OQ in VAL"] == Counter(one.outcome.value for one in statuses if one.stage is Stage.OQ)
        assert shown["PQ in PROD"] == {"Not executed": 2}
        assert sum(sum(one.values()) for one in shown.values()) == len(context.matrix.formal)


def test_words_about_the_release_rest_on_the_status_of_the_documents(context: Context, tmp_path: Path) -> None:
    """The first page said that no document is approved, above a list of approved ones."""
    drafts = assemble_documents(tmp_path / "project", context)
    assert "no document of the pack is approved" in plain_text(site_data(context, drafts).dashboard.release)
    approved = tuple(replace(one, status="Approved") for one in drafts)
    assert "approved" not in plain_text(site_data(context, approved).dashboard.release)
    some = (*approved[1:], drafts[0])
    assert f"1 document is not approved: {drafts[0].key}" in plain_text(site_data(context, some).dashboard.release)


def test_dry_results_never_count_as_formal_ones(context: Context) -> None:
    data = site_data(context, ())
    assert "Passed" not in panel(data, "Results by stage and environment, by formal results")["OQ in VAL"]
    assert "Covered-Passed" not in panel(data, "Coverage by level, by formal results")["URS"]
    assert {one.result for one in data.tests} == {"Not executed"}


def test_clauses_are_counted_as_the_matrix_prints_them(context: Context) -> None:
    data = site_data(context, ())
    tables = [one for one in views.regulations(context, None) if isinstance(one, Table)]
    assert [one.id for one in data.clauses] == [
        plain_text(row.cells[0].blocks) for table in tables for row in table.rows
    ]
    part_11 = next(one.title for one in data.dashboard.panels if one.title.startswith("21 CFR Part 11"))
    printed = sum(len(table.rows) for table in tables if table.anchor == "matrix-21-cfr-part-11")
    assert sum(sum(one.values()) for one in panel(data, part_11).values()) == printed
    assert all(one.status and one.dry_status for one in data.clauses)


def test_every_coverage_status_has_the_tone_of_the_documents(context: Context) -> None:
    tones = {
        plain_text(cell.blocks): cell.tone
        for block in views.forward(context, None)
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
    }
    for status in Coverage:
        if status.value in tones and status in COVERAGE_TONES:
            assert COVERAGE_TONES[status] is tones[status.value]


def test_gaps_of_the_first_page_are_those_of_the_matrix(context: Context) -> None:
    data = site_data(context, ())
    printed = next(one for one in views.gaps(context, None) if isinstance(one, Table))
    assert data.dashboard.gaps_total == len(printed.rows) == sum(one.count for one in data.dashboard.gap_counts)
    assert isinstance(data.dashboard.gaps[0], Table)
    assert data.dashboard.gaps[0].rows == printed.rows[: len(data.dashboard.gaps[0].rows)]


def test_project_without_deviations_says_that_none_is_recorded(context: Context) -> None:
    assert "No deviation is recorded" in plain_text(site_data(context, ()).dashboard.deviations)


def test_open_deviations_are_counted_by_class_and_unclassified_counts_as_critical(context: Context) -> None:
    found = (deviation("DEV-001"), deviation("DEV-002", classification=DeviationClass.MINOR))
    data = site_data(replace(context, deviations=found), ())
    text = plain_text(data.dashboard.deviations)
    assert "2 recorded, 2 open: 1 critical, 1 minor." in text
    assert "not classified, counts as critical" in text
    assert {(edge.lower, edge.upper) for edge in data.edges if edge.link == "deviates"} == {
        ("DEV-001", "OQ-0007"),
        ("DEV-002", "OQ-0007"),
    }
    assert next(one for one in data.tests if one.id == "OQ-0007").deviations == ("DEV-001", "DEV-002")


def test_family_is_the_clause_at_the_first_level() -> None:
    known = ("21CFR11.10", "Annex11.12", "ALCOA.original")
    assert family_of("21CFR11.10(k)(1)", known) == "21CFR11.10"
    assert family_of("Annex11.12.3", known) == "Annex11.12"
    assert family_of("AWS-S3-01", known) == ""


def test_steps_read_as_in_the_report(context: Context, tmp_path: Path) -> None:
    documents = assemble_documents(tmp_path / "project", context)
    report = next(one for one in documents if one.key == "OQ-report")
    executed = {(one.case, one.environment): one for one in site_data(context, documents).executions}
    compared = 0
    for entry in walk(report.sections):
        if not isinstance(entry, Entry):
            continue
        steps = next(one for one in entry.blocks if isinstance(one, Table) and one.role == "steps")
        found = executed[entry.anchor, "VAL"]
        assert [plain_text(row.cells[0].blocks) for row in steps.rows] == [row.label for row in found.rows]
        for row, other in zip(steps.rows, found.rows, strict=True):
            for cell, lines in zip(row.cells[1:4], (other.instruction, other.expected, other.observed), strict=True):
                assert plain_text(cell.blocks) == "\n".join(line.text for line in lines)
            compared += 1
    assert compared > 20


def test_other_attempts_stay_visible_beside_the_one_that_decides(context: Context) -> None:
    found = {one.case: one for one in site_data(context, ()).executions}
    assert found["OQ-0001"].outcome is Outcome.PASSED
    assert [(one.run, one.outcome) for one in found["OQ-0001"].others] == [("dry-0001", Outcome.FAILED)]
    assert found["OQ-0002"].others == ()


def test_formal_attempt_decides_and_the_dry_one_is_listed(tmp_path: Path) -> None:
    write_project(tmp_path, 6)
    data = site_data(make_context(tmp_path, RunMode.FORMAL), ())
    found = {one.case: one for one in data.executions}["OQ-0001"]
    assert (found.mode, found.outcome) == (RunMode.FORMAL, Outcome.PASSED)
    assert [(one.run, one.mode) for one in found.others] == [("dry-0001", RunMode.DRY)]
    assert data.has_formal


def test_rows_of_an_outline_are_one_node_and_several_tests(context: Context) -> None:
    data = site_data(context, ())
    assert [one.rows for one in data.nodes if one.id == "PQ-001"] == [2]
    assert len([one for one in data.tests if one.base == "PQ-001"]) == 4  # two rows in two environments


def test_attachment_without_a_file_in_the_pack_has_no_link(context: Context, tmp_path: Path) -> None:
    data = site_data(context, (), evidence_paths(context, tmp_path / "pack"))
    held = {one.case: one.rows[-1].attachments for one in data.executions if one.rows}
    assert [(one.path, one.picture) for one in held["OQ-0002"]] == [("", False), ("", False)]
    assert [one.picture for one in held["OQ-0001"]] == [True, False]
    assert held["OQ-0001"][0].path == "evidence/dry-0002/OQ-0001-3-1_screen.png"


# Files of the site


def test_data_files_are_the_same_on_every_build(context: Context) -> None:
    first = data_files(site_data(context, ()), lambda name: None)
    assert first == data_files(site_data(context, ()), lambda name: None)


def test_hostile_text_is_visible_and_stays_text(context: Context) -> None:
    trace = data_files(site_data(context, ()), lambda name: None)["_data/trace.js"]
    value = json.loads(trace.partition("const valgenTrace = ")[2].rstrip(";\n"))
    title = next(node[2] for node in value["nodes"] if node[0] == "URS-0003")
    assert title == HOSTILE.replace("\u202e", "U+202E")
    assert "\u202e" not in trace


def test_test_stays_in_its_chunk_when_others_are_added() -> None:
    assert chunk_of("OQ-014[2]", 8) == chunk_of("OQ-014", 8) == chunk_of("OQ-014[hot]", 8)


def test_site_without_data_has_no_interactive_page(context: Context, tmp_path: Path) -> None:
    documents = assemble_documents(tmp_path / "project", context)[:2]
    out = tmp_path / "html"
    build_site(documents, out, title="T", data=site_data(context, documents))
    assert (out / "matrix.html").is_file()
    build_site(documents, out, title="T")
    assert not (out / "matrix.html").exists()
    assert not (out / "_data").exists()
    assert "matrix.html" not in (out / "index.html").read_text(encoding="utf-8")


def test_only_what_changed_is_written_again(context: Context, tmp_path: Path) -> None:
    documents = assemble_documents(tmp_path / "project", context)
    out, cache = tmp_path / "html", tmp_path / "cache"
    data = site_data(context, documents)

    def times() -> dict[str, int]:
        return {path.relative_to(out).as_posix(): path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}

    def changed(new: SiteData) -> set[str]:
        before = times()
        build_site(documents, out, title="T", doctree_cache=cache, data=new)
        return {name for name, time in times().items() if before.get(name) != time} - {"site-files.txt"}

    build_site(documents, out, title="T", doctree_cache=cache, data=data)
    assert changed(data) == set()
    one = replace(data.executions[0], note="looked at again")
    chunk = chunk_of(one.case, 1)
    assert changed(replace(data, executions=(one, *data.executions[1:]))) == {f"_data/steps-{chunk:04}.js"}
    fewer = replace(data, dashboard=replace(data.dashboard, gaps_total=999))
    assert changed(fewer) == {"index.html", f"_data/steps-{chunk:04}.js"}


@pytest.mark.parametrize("name", ["matrix", "Graph"])
def test_names_of_the_interactive_pages_are_taken(name: str, context: Context, tmp_path: Path) -> None:
    document = replace(assemble_documents(tmp_path / "project", context)[0], key=name)
    with pytest.raises(RenderError, match="taken by a page of the site itself"):
        build_site([document], tmp_path / "html", title="T")


def test_case_of_several_environments_is_found_under_its_own_id(context: Context, tmp_path: Path) -> None:
    documents = assemble_documents(tmp_path / "project", context)
    build_site(documents, tmp_path / "html", title="T")
    report = (tmp_path / "html" / "PQ-report.html").read_text(encoding="utf-8")
    assert report.count('id="PQ-001[hot]"') == 1
    assert report.index('id="PQ-001[hot]"') < report.index('id="PQ-001[hot].VAL"')


def test_entries_lead_to_matrix_and_graph_where_the_site_has_them(explored: Any) -> None:
    folder, _, _ = explored
    text = (folder / "URS.html").read_text(encoding="utf-8")
    assert 'href="graph.html#URS-0001" aria-label="URS-0001 in the trace graph"' in text
    assert 'href="matrix.html#URS-0001"' in text


def test_no_page_has_an_inline_script_or_style(explored: Any) -> None:
    folder, _, _ = explored
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert text.count("<script") == text.count('<script src="')
        assert "<style" not in text
        assert " style=" not in text.replace(" style=x", "")
        assert "Content-Security-Policy" in text
