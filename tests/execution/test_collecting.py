"""What is collected, in every Gherkin form, and what is refused before the first step."""

from __future__ import annotations

import pytest

from valgen.model.outcome import Outcome


def test_every_gherkin_form_becomes_a_case_and_runs(box):
    box.write(
        "test_scripts/oq/forms.feature",
        '''
        Feature: forms
          Background:
            Given a number

          @OQ-001
          Scenario Outline: rows
            When <n> is added
            Then the number is <sum>
            Examples:
              | n | sum |
              | 1 | 4   |
            Examples: more
              | n | sum |
              | 2 | 5   |

          @OQ-002
          Scenario Outline: named rows
            When <n> is added
            Then the number is 4
            Examples:
              | case | n |
              | good | 1 |
              | bad  | 2 |

          Rule: of thumb
            Background:
              Given 2 more

            @OQ-003
            Example: in a rule
              Then the number is 5

          @OQ-004
          Scenario: table and text
            When the table is
              | name | value |
              | a    | 1     |
            And the text is
              """json
              {"a": 1}
              """
        ''',
    )
    box.write(
        "test_scripts/oq/deutsch.feature",
        """
        # language: de
        Funktionalität: Zahlen
          @OQ-005
          Szenario: addieren
            Angenommen a number
            Wenn 1 is added
            Dann the number is 4
        """,
    )
    box.write(
        "test_scripts/steps/forms.py",
        """
        from pytest_bdd import given, parsers, when

        @given(parsers.parse("{n:d} more"))
        def _(box, n):
            box["n"] += n

        @when("the table is")
        def _(datatable, evidence):
            evidence.actual(repr(datatable))
            evidence.table([{"name": "a", "value": 1}, {"value": 2, "unit": None}])

        @when("the text is")
        def _(docstring, evidence, tmp_path):
            path = tmp_path / "answer.json"
            path.write_text(docstring)
            evidence.attach(path)
            evidence.attach(b"\\x89PNG...", "../../etc/passwd", "image/png")
        """,
    )
    done = box.pytest("test_scripts/oq", "-v", "--strict-markers")
    run = box.run()
    results = {found.case: found.outcome for found in run.attempts}
    assert results == {
        "OQ-001[1]": Outcome.PASSED,
        "OQ-001[2]": Outcome.PASSED,
        "OQ-002[good]": Outcome.PASSED,
        "OQ-002[bad]": Outcome.FAILED,
        "OQ-003": Outcome.PASSED,
        "OQ-004": Outcome.PASSED,
        "OQ-005": Outcome.PASSED,
    }
    assert "test_scripts/oq/forms.feature::OQ-001[2] PASSED" in done.stdout
    table, text = run.last_attempt("OQ-004").steps[2:]
    assert table.data_table == (("name", "value"), ("a", "1"))
    assert table.actual == ("[['name', 'value'], ['a', '1']]",)
    assert table.tables == ((("name", "value", "unit"), ("a", "1", ""), ("", "2", "")),)
    assert text.doc_string == '{"a": 1}'
    assert [(ref.id, ref.name, ref.media_type) for ref in text.evidence] == [
        ("OQ-004-4-1", "answer.json", "application/json"),
        ("OQ-004-4-2", "../../etc/passwd", "image/png"),
    ]


def test_chosen_cases_run_and_every_planned_one_stays_a_row(box):
    box.write(
        "test_scripts/oq/a.feature",
        """
        Feature: a
          @OQ-001 @critical
          Scenario: a
            Given a number
          @OQ-002 @verifies:FS-012
          Scenario: b
            Given a number
        """,
    )
    box.write("test_scripts/oq/b.feature", "Feature: b\n  @OQ-003\n  Scenario: c\n    Given a number\n")
    for arguments in (
        ["test_scripts/oq", "-m", "critical", "--strict-markers"],
        ["test_scripts/oq/a.feature::OQ-001"],
        ["test_scripts/oq", "--deselect", "test_scripts/oq/a.feature::OQ-002", "--maxfail=1", "-k", "not OQ-003"],
    ):
        assert box.pytest(*arguments).returncode == 0
        run = box.runs()[-1]
        assert [(case.id, case.selected) for case in run.plan] == [
            ("OQ-001", True),
            ("OQ-002", False),
            ("OQ-003", False),
        ]
        assert [found.case for found in run.attempts] == ["OQ-001"]


@pytest.mark.real
def test_collecting_only_makes_no_run(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    assert "OQ-001" in box.pytest("--collect-only", "-q").stdout
    assert box.runs() == ()


def test_python_tests_of_a_project_start_no_recorder(box):
    box.write("tests/test_unit.py", "def test_it():\n    pass\n")
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    assert box.pytest("tests").returncode == 0
    assert not box.dry.exists()


@pytest.mark.real
def test_feature_outside_a_project_or_its_test_scripts_is_left_alone(box, tmp_path):
    box.write("docs/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.feature").write_text("Feature: a\n")
    done = box.pytest("docs", str(tmp_path / "other"))
    assert done.returncode == 5
    assert "no tests ran" in done.stdout


def test_case_without_an_id_is_an_error_with_its_place(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  Scenario: a\n    Given a number\n")
    done = box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "test_scripts/oq/a.feature:2:" in done.stdout
    assert "Traceback" not in done.stdout
    assert not box.dry.exists()


def test_two_cases_of_one_id_are_refused_with_both_places(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    box.write("test_scripts/oq/b.feature", "Feature: b\n  @OQ-001\n  Scenario: b\n    Given a number\n")
    done = box.pytest("test_scripts/oq/b.feature")
    assert done.returncode == 2
    assert "VG405" in done.stdout
    assert "test_scripts/oq/a.feature:3" in done.stdout


@pytest.mark.real
def test_feature_that_a_module_binds_as_well_is_refused_naming_both(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    box.write("test_scripts/oq/test_a.py", "from pytest_bdd import scenarios\nscenarios('a.feature')\n")
    done = box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "test_scripts/oq/test_a.py:2:1: error[VG407] test_scripts/oq/a.feature" in done.stdout

    box.write("test_scripts/oq/test_a.py", "from pytest_bdd import scenarios\nscenarios('a' + '.feature')\n")
    done = box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "VG407" in done.stdout
    assert not box.dry.exists()


@pytest.mark.real
def test_step_module_that_cannot_be_loaded_is_named_with_its_line(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    box.write("test_scripts/steps/bad.py", "import os\nimport no_such_module\n")
    done = box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "test_scripts/steps/bad.py:2:1: error[VG406]" in done.stdout
    box.write("test_scripts/steps/bad.py", "x = (\n")
    assert "test_scripts/steps/bad.py:1:1: error[VG406]" in box.pytest("test_scripts/oq").stdout
    assert not box.dry.exists()


def test_step_modules_import_each_other_and_conftest_steps_and_fixtures_work(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given shared\n    Then own\n")
    box.write("test_scripts/steps/common.py", "NUMBER = 7\n")
    box.write(
        "test_scripts/steps/shared.py",
        "from pytest_bdd import given\nfrom .common import NUMBER\n\n@given('shared', target_fixture='seven')\n"
        "def _(tmp_path, own):\n    assert tmp_path.is_dir()\n    return NUMBER + own\n",
    )
    box.write(
        "test_scripts/conftest.py",
        "import pytest\nfrom pytest_bdd import then\n\n@pytest.fixture\ndef own():\n    yield 1\n\n"
        "@then('own')\ndef _(seven):\n    assert seven == 8\n",
    )
    assert box.pytest("test_scripts/oq").returncode == 0
    assert box.run().attempts[0].steps[1].observed


def test_environment_that_is_not_clear_is_refused_and_a_named_one_is_taken(box):
    box.write("test_scripts/iq/a.feature", "Feature: a\n  @IQ-001\n  Scenario: a\n    Given a number\n")
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    Given a number\n")
    done = box.pytest("test_scripts/iq")
    assert done.returncode == 2
    assert "IQ is planned in 2 environments: VAL, PROD" in done.stdout
    assert box.pytest("test_scripts/iq", "--valgen-env", "NOWHERE").returncode == 2
    assert not box.dry.exists()
    assert box.pytest("test_scripts", "--valgen-env", "VAL").returncode == 0
    assert [(run.id, run.stage, run.environment) for run in box.runs()] == [
        ("dry-0001", "IQ", "VAL"),
        ("dry-0002", "OQ", "VAL"),
    ]


def test_destructive_case_is_blocked_in_production(box):
    box.write("test_scripts/pq/a.feature", "Feature: a\n  @PQ-001 @destructive\n  Scenario: a\n    Given a number\n")
    box.pytest("test_scripts/pq")
    found = box.run().attempts[0]
    assert found.outcome is Outcome.BLOCKED
    assert "@destructive" in found.message
    assert [step.outcome for step in found.steps] == [Outcome.NOT_EXECUTED]
