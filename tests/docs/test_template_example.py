"""The worked example of the page on document templates does what the page says."""

from __future__ import annotations

from pathlib import Path

from valgen.documents.blocks import Section, Table, plain_text, walk
from valgen.workflow.check import check
from valgen.workflow.load import Executed, load, make_context
from valgen.workflow.publish import assemble_documents
from valgen.workflow.templates import eject_template

FILES = {
    "valgen.toml": '[project]\nid = "P"\nname = "P"\nretention = "10 y"\n[system]\nname = "Stack"\nversion = "1"\n',
    "requirements/urs.yaml": "- {id: URS-1, title: A, text: It shall be found within 2 s.}\n",
    "requirements/rsk.yaml": "- {id: RSK-1, title: Lost, text: It is lost., assesses: [URS-1]}\n",
    "test_scripts/oq/a.feature": "Feature: F\n  @OQ-1 @verifies:URS-1 @risk:RSK-1\n  Scenario: S\n    Then y\n",
}


def marked(all_examples: list, name: str) -> str:  # type: ignore[type-arg]
    (found,) = [one.text for one in all_examples if (one.mark, one.name) == ("template", name)]
    return str(found)


def insert(path: Path, before: str, text: str) -> None:
    heading = f"{before}\n{'=' * len(before)}\n"
    content = path.read_text(encoding="utf-8")
    assert content.count(heading) == 1, f"the page names a heading that {path.name} has not"
    path.write_text(content.replace(heading, f"{text}\n{heading}"), encoding="utf-8")


def test_section_for_the_urs_and_table_for_the_oq_report(all_examples: list, tmp_path: Path) -> None:  # type: ignore[type-arg]
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    urs = eject_template(tmp_path, "URS")
    report = eject_template(tmp_path, "report").rename(tmp_path / "templates" / "OQ-report.rst")
    insert(urs, "Conventions", marked(all_examples, "urs"))
    insert(report, "Coverage by this stage", marked(all_examples, "report"))
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "URS.md").write_text(marked(all_examples, "prose"), encoding="utf-8")

    about = [one for one in check(tmp_path, cached=False).findings if one.location]
    assert [one for one in about if one.location and one.location.path.startswith("templates")] == []
    made = {one.key: one for one in assemble_documents(tmp_path, make_context(load(tmp_path), Executed()))}

    def section(key: str, title: str) -> Section:
        return next(one for one in walk(made[key].sections) if isinstance(one, Section) and one.title == title)

    volumes = section("URS", "Data volumes")
    assert "Stack keeps its records for this time: 10 y." in plain_text(volumes.blocks)
    assert "40,000" in plain_text(volumes.blocks)
    risks = section("OQ-report", "Risks challenged")
    assert any("RSK-1" in plain_text((one,)) for one in risks.blocks if isinstance(one, Table))
    titles = [one.title for one in made["OQ-protocol"].sections]
    assert "Risks challenged" not in titles
