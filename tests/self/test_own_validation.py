"""valgen's own requirements and scripts keep to the rules that they help others to keep."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from valgen import __version__
from valgen.errors import Severity
from valgen.trace.risk import initial_score
from valgen.workflow.check import CheckReport, check_loaded
from valgen.workflow.load import Loaded, load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def own() -> Loaded:
    return load(ROOT)


@pytest.fixture(scope="module")
def report(own) -> CheckReport:
    return check_loaded(own)


def test_check_finds_no_error_and_no_warning(report):
    serious = [
        f"{one.location}: {one.code} {one.message}" for one in report.findings if one.severity is not Severity.INFO
    ]
    assert serious == []


def test_declared_version_of_the_system_is_that_of_the_package(own):
    settings = own.project.settings
    assert settings.system.version == __version__
    assert settings.components[0].version == __version__


def test_every_module_that_a_design_element_names_exists(own):
    named = {
        item.id: [name for name in re.split(r",\s*", item.value("module")) if name.startswith("valgen")]
        for item in own.graph.active("DS")
    }
    missing = [
        (item, name) for item, names in named.items() for name in names if importlib.util.find_spec(name) is None
    ]
    assert missing == []
    assert sum(map(len, named.values())) > 20


def test_every_function_and_design_element_is_named_by_a_test(own):
    named = {link.target for case in own.project.cases for link in case.verifies}
    assert [item.id for kind in ("FS", "DS") for item in own.graph.active(kind) if item.id not in named] == []


def test_every_high_risk_is_challenged_by_a_negative_boundary_or_stress_case(own):
    graph, method = own.graph, own.project.settings.risk
    soft = [
        item.id
        for item in graph.active("RSK")
        if initial_score(item, method).priority == "high"
        and not any(
            {"negative", "boundary", "stress"} & set(graph.cases[name].kinds)
            for name in graph.risk_tests.get(item.id, ())
        )
    ]
    assert soft == []


def test_every_case_has_an_objective_and_says_whether_it_is_a_good_or_a_bad_path(own):
    poor = [case.id for case in own.project.cases if not case.objective or not case.kinds]
    assert poor == []


def test_every_requirement_that_must_be_met_has_an_acceptance_criterion(own):
    assert [item.id for item in own.graph.active("URS") if not item.value("acceptance")] == []


def test_every_required_clause_is_answered_or_excluded_with_a_reason(report):
    assert [one.message for one in report.findings if one.code in ("VG171", "VG173")] == []


def test_documents_are_numbered_by_the_project(own):
    assert all(re.fullmatch(r"VGN-[A-Z]+-\d{3}", entry.number) for entry in own.project.documents)
